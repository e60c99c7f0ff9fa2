// Every form of every page x every field x what nobody should type there; and every form sent from elsewhere. Forms are
// found on the pages of `busbar-portald --pages`, as whom each is for, and behind one link of each kind: a new form is here by itself.
import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import https from 'node:https';
import { createHmac } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { forget, links, url } from './browser.js';

const people = JSON.parse(readFileSync(process.env.BUSBAR_KINDS, 'utf8'));
const table = execFileSync(process.env.BUSBAR_PORTALD, ['--pages'], { encoding: 'utf8' }).trim().split('\n').map((line) => line.split('\t'));
// Who walks, of each kind: { kind, user, password }; nobody; and some who have what those lack (tests/lib/forms.sh).
const walkers = Object.entries({ anybody: { kind: 'anybody' },
	...Object.fromEntries(Object.entries(people).map(([kind, who]) => [kind, { kind, ...who }])), ...JSON.parse(readFileSync(process.env.BUSBAR_FORMS, 'utf8')) });
// What is posted to and not fuzzed here; each with why. Whatever need not stand here fails.
const WITHOUT = { 'POST /sign-out': 'has no field: it is sent from elsewhere, and pressed, below' };
// What ends by its own form: there are many of these, and each try that is taken goes on with the next.
const ENDS = ['/operator/holds/{key}', '/operator/jobs/{key}'], MANY = 40;
const agent = new https.Agent({ keepAlive: true, maxSockets: 8 });
after(() => { agent.destroy(); forget(); });

// ---- a browser without a screen ----

class Person {
	constructor(kind, who) { this.kind = kind; this.who = who; this.jar = {}; }
	ask(method, path, { body, type = 'application/x-www-form-urlencoded', headers = {} } = {}) {
		return new Promise((resolve, reject) => {
			const cookie = Object.entries(this.jar).map(([k, v]) => `${k}=${v}`).join('; ');
			const asked = https.request(url + path, {
				method, agent, headers: {
					...(cookie ? { Cookie: cookie } : {}), ...(body === undefined ? {} : { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) }),
					'Sec-Fetch-Site': 'same-origin', ...headers,
				},
			}, (said) => {
				const parts = [];
				said.on('data', (part) => parts.push(part));
				said.on('end', () => resolve({ status: said.statusCode, headers: said.headers, raw: said.rawHeaders, body: Buffer.concat(parts).toString('utf8') }));
			});
			asked.on('error', reject);
			asked.end(body);
		});
	}
	// As a browser: keeps the cookies.
	async go(method, path, more) {
		const said = await this.ask(method, path, more);
		for (const line of said.headers['set-cookie'] ?? []) {
			const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
			this.jar[name] = value;
		}
		return said;
	}
	async signIn() {
		if (this.kind === 'anybody') return;
		const [form] = formsOf((await this.go('GET', '/sign-in?l=en')).body);
		const { user, password } = this.who ?? people[this.kind];
		form.fill({ user, password });
		assert.equal((await this.go('POST', form.action, { body: form.encode() })).status, 303, `${this.kind} signs in`);
	}
}

// ---- forms as they stand in a page ----

const plain = (text) => text.replace(/&(lt|gt|quot|#39|amp);/g, (_, e) => ({ lt: '<', gt: '>', quot: '"', '#39': "'", amp: '&' }[e]));
const attributes = (tag) => Object.fromEntries([...tag.matchAll(/([a-z-]+)(?:="([^"]*)")?/g)].map(([, k, v]) => [k, plain(v ?? '')]));
const PLAUSIBLE = { email: 'a@b.example', url: 'https://x.example/', date: '2026-01-02', password: 'wrong horse battery', file: 'a,b\n', number: '1' };

class Form {
	constructor(opening, inside) {
		const a = attributes(opening);
		this.action = a.action, this.method = (a.method ?? 'get').toUpperCase(), this.parts = a.enctype === 'multipart/form-data';
		this.fields = [], this.buttons = [];
		for (const [, input, other, rest, content] of inside.matchAll(/<input\b([^>]*)>|<(select|textarea|button)\b([^>]*)>([\s\S]*?)<\/\2>/g)) {
			const tag = other ?? 'input', at = attributes(input ?? rest);
			if (tag === 'button') { if (at.name) this.buttons[at.class === 'yes' ? 'unshift' : 'push']({ name: at.name, value: at.value }); continue; }
			if (!at.name || this.fields.some((f) => f.name === at.name)) continue;
			const first = tag === 'select' ? [...content.matchAll(/<option value="([^"]+)"/g)].map(([, v]) => plain(v))[0] : undefined;
			this.fields.push({
				name: at.name, type: tag === 'input' ? at.type ?? 'text' : tag, most: Number(at.maxlength ?? 0), must: 'required' in at,
				// what a person does not see stays as it stands: a trap for programs that is filled in is refused before all else
				value: first ?? (at.value || (at.type === 'hidden' || at.tabindex === '-1' ? '' : PLAUSIBLE[at.inputmode === 'numeric' ? 'number' : at.type] || 'x')),
			});
		}
		// what it says in its address
		if (this.method === 'POST')
			for (const [name, value] of new URL(this.action, url).searchParams) if (name !== 'l') this.fields.push({ name, type: 'address', most: 0, value });
	}
	get name() { return `${this.method} ${shape(this.action, this.method) ?? this.action} (${this.fields.filter((f) => f.name !== 'nonce').map((f) => f.name)}; ${this.buttons.map((b) => b.value)})`; }
	fill(values) { for (const f of this.fields) if (f.name in values) f.value = values[f.name]; }
	get nonce() { return this.fields.find((f) => f.name === 'nonce')?.value; }
	// `instead`: [field, value already escaped for an address, and how often]; button: which is pressed
	pairs(instead, button = this.buttons[0]) {
		const all = this.fields.filter((f) => f.type !== 'address').map((f) => (instead && instead[0] === f.name ? [f.name, instead[1]] : [f.name, encodeURIComponent(f.value)]));
		if (button) all.push([button.name, instead && instead[0] === button.name ? instead[1] : encodeURIComponent(button.value)]);
		if (instead && instead[2] && all.some(([name]) => name === instead[0])) all.push([instead[0], instead[1]]);
		return all;
	}
	encode(instead, button) { return this.pairs(instead, button).map(([k, v]) => `${k}=${v}`).join('&'); }
	// The same as parts, by bytes.
	multipart(instead, button) {
		const files = new Set(this.fields.filter((f) => f.type === 'file').map((f) => f.name)), bytes = [];
		for (const [name, value] of this.pairs(instead, button))
			bytes.push(`--bb7\r\nContent-Disposition: form-data; name="${name}"${files.has(name) ? '; filename="x.csv"' : ''}\r\n\r\n`,
				Buffer.from(value.replace(/%([0-9A-Fa-f]{2})/g, (_, h) => String.fromCharCode(parseInt(h, 16))), 'latin1'), '\r\n');
		return Buffer.concat([...bytes, '--bb7--\r\n'].map((b) => Buffer.from(b)));
	}
	send(person, instead, button, language = 'en', headers = {}) {
		let path = this.action.replace(/([?&]l=)e[ns]/, `$1${language}`);
		if (instead && this.fields.some((f) => f.type === 'address' && f.name === instead[0]))
			path = path.replace(new RegExp(`([?&]${instead[0]}=)[^&]*`), (_, name) => name + instead[1]) + (instead[2] ? `&${instead[0]}=${instead[1]}` : '');
		if (this.method === 'GET') return person.ask('GET', `${path}?${this.encode(instead, button)}`);
		return person.ask('POST', path, this.parts
			? { body: this.multipart(instead, button), type: 'multipart/form-data; boundary=bb7', headers } : { body: this.encode(instead, button), headers });
	}
}
const formsOf = (html) => [...html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)].map(([, a, inside]) => new Form(a, inside));

// The row of the table that an address belongs to.
const shape = (path, of = 'GET') => table.find(([method, at]) => method === of && new RegExp(`^${at.replace(/\{[^}]+\}/g, '[^/]+')}$`).test(path.replace(/\?.*/, '')))?.[1];

// The forms that a person comes to: { form, page, spares }, one of each name and, of what ends, the others; also every page that was seen.
async function found(person) {
	const kind = person.kind, seen = new Map(), forms = new Map(), pages = [];
	const may = ([method, path, who]) => method === 'GET' && (kind === 'anybody' ? who === 'anybody' : who.split(',').includes(kind));
	const todo = table.filter(may).map(([, path]) => path).filter((path) => !/\{|authorize|myAuthorization|shared/i.test(path));
	if (kind === 'anybody')
		for (const [name, token] of Object.entries(links)) todo.push(`/${name === 'opt_out' ? 'o' : ['confirm', 'choose'].includes(name) ? 'c' : 'a'}/${token}`);
	while (todo.length > 0) {
		const path = todo.shift(), said = await person.go('GET', `${path}${path.includes('?') ? '&' : '?'}l=en`);
		pages.push({ path, said });
		for (const form of formsOf(said.body)) {
			if (!form.action) continue;
			if (!forms.has(form.name)) forms.set(form.name, { form, page: path, spares: [] });
			else if (ENDS.includes(shape(form.action, 'POST'))) forms.get(form.name).spares.push(form);
			// a button that asks for a page, as a link does
			if (form.method !== 'GET' || !shape(form.action)) continue;
			for (const { name, value } of form.buttons) {
				if (seen.has(`${form.action} ${name}`)) continue;
				seen.set(`${form.action} ${name}`, 1);
				todo.push(`${form.action}?${name}=${encodeURIComponent(value)}`);
			}
		}
		for (const [, to] of said.body.matchAll(/<a\b[^>]*href="(\/[^"]*)"/g)) {
			const row = shape(plain(to)), n = seen.get(row) ?? 0;
			if (!row?.includes('{') || /^\/(s|a|o|c|connect|share|help|consent)\//.test(row) || n >= (ENDS.includes(row) ? MANY : 2)) continue;
			if (!may(table.find(([m, p]) => m === 'GET' && p === row))) continue;
			seen.set(row, n + 1);
			todo.push(plain(to).replace(/[?&]l=e[ns]/, ''));
		}
	}
	return { forms: [...forms.values()], pages };
}

// ---- forms behind a step: no link leads there ----

const with_ = (forms, action, field) => forms.find((f) => f.action.startsWith(action) && (!field || f.fields.some(({ name }) => name === field)));
const led = (said) => { assert.ok([302, 303].includes(said.status), `a step is taken, not ${said.status}`); return said.headers.location.replace(url, ''); };

// A code of the second factor (RFC 6238), as a phone makes it.
function totp(key, now = Date.now()) {
	const bits = [...key.replace(/[^A-Z2-7]/g, '')].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
	const counter = Buffer.alloc(8);
	counter.writeBigUInt64BE(BigInt(Math.floor(now / 30000)));
	const mac = createHmac('sha1', Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)))).update(counter).digest();
	return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1000000).padStart(6, '0');
}
const gil = { user: 'gil', password: 'gil-right horse battery' };
let recovery; // codes of gil's, once its factor is set
async function factor() {
	const person = new Person('customer', gil), at = '/account/factor?l=en', page = async () => (await person.go('GET', at)).body;
	await person.signIn();
	const begin = with_(formsOf(await page()), '/account/factor');
	await person.go('POST', begin.action, { body: begin.encode() });
	const html = await page(), set = with_(formsOf(html), '/account/factor', 'code');
	set.fill({ code: totp(/class="key">([^<]+)</.exec(html)[1]) });
	const said = await person.go('POST', set.action, { body: set.encode() });
	const codes = [...said.body.matchAll(/<li>([^<]+)<\/li>/g)].map(([, code]) => code);
	assert.ok(codes.length >= AWAY.length, 'a second factor is set');
	return codes;
}
async function code(to = 'home') {
	recovery ??= await factor();
	const person = new Person('customer', gil), [form] = formsOf((await person.go('GET', `/sign-in?l=en&to=${to}`)).body);
	form.fill(gil);
	const step = led(await person.go('POST', form.action, { body: form.encode() }));
	return { person, form: with_(formsOf((await person.go('GET', step)).body), '/code') };
}

// A consent that a client begins, as far as `field`, which stands in the form that is wanted.
const ASKED = '/oauth/authorize?' + new URLSearchParams({
	response_type: 'code', client_id: 'BUSBAR_ccccccccc', redirect_uri: `${url}/demo-third-party`, scope: 'FB=4_5_15',
	state: 'x', code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256',
});
const DWELL_MS = 600; // in which nobody reads what a consent says: the run's dwell, and some
async function consent(field) {
	const person = new Person('anybody');
	let at = led(await person.go('GET', ASKED)), said;
	for (const values of [{ by: 'phone', value: '111-111-1111' }, { code: () => /id="code-shown">(\d+)</.exec(said.body)[1] }, {}]) {
		said = await person.go('GET', `${at}${at.includes('?') ? '&' : '?'}l=en`);
		const forms = formsOf(said.body), wanted = with_(forms, '/consent/', field);
		if (wanted) {
			if (field === 'agree') await new Promise((done) => { setTimeout(done, DWELL_MS); });
			return { person, form: wanted };
		}
		const [form] = forms.filter((f) => f.action.startsWith('/consent/'));
		form.fill(Object.fromEntries(Object.entries(values).map(([k, v]) => [k, typeof v === 'function' ? v() : v])));
		at = led(await person.go('POST', form.action, { body: form.encode() }));
	}
	return assert.fail(`no way to a consent's ${field}`);
}
// again: a new one for each try, not only once one was taken; before: each try
const STEPS = [
	{ page: 'the second step of signing in', begin: () => code(), before: forget, lanes: 1 },
	...['value', 'user', 'code', 'agree'].map((field) => ({ page: `a consent, ${field}`, begin: () => consent(field), again: field === 'code' || field === 'user', lanes: 6 })),
];

// ---- what nobody should type ----

const PROVEN_BY_LINK = /^\/[aco]\//; // one answer each
const escaped = (text) => encodeURIComponent(text);
const UNREAD = ['cursor']; // by the button that is pressed here
const REFUSED = true; // whatever the field is; else only: answered, harmless
const VALUES = [
	['nothing', () => ''],
	['markup', () => escaped('"\'><bb7 onbb7=1></textarea></option></select>&bb7;{{nonce}}')],
	['a formula', () => escaped("=bb7|' /C calc'!A0")],
	['too much', (f) => (f.most > 0 && f.most < 3500 ? escaped('x'.repeat(f.most + 1)) : null), REFUSED],
	['more than a form', (f) => (f.type === 'file' ? null : 'x'.repeat(70000)), REFUSED],
	['control characters', (f) => (f.type === 'file' ? null : escaped('bb7\x01\x07\x1b[31m\x7f')), REFUSED],
	['a NUL', (f) => (f.type === 'file' ? null : 'bb7%00x'), REFUSED],
	['no UTF-8', (f) => (f.type === 'file' ? null : 'bb7%ff%fe'), REFUSED],
	['UTF-8 that is too long', (f) => (f.type === 'file' ? null : 'bb7%c0%af'), REFUSED],
	['half a surrogate', (f) => (f.type === 'file' ? null : 'bb7%ed%a0%80'), REFUSED],
	['text that turns round', () => escaped('bb7\u202e\u2066gpj.exe')],
	['characters far up', () => escaped('😀𝟙e\u0301\u0301\u0301ﷺ')],
	['lines of a header', () => escaped('bb7\r\nX-Bb7: 1\r\n\r\n<bb7>')],
	['a long number', () => '99999999999999999999'],
	['less than nothing', () => '-1'],
	['a day that there is not', () => '2026-02-30'],
	['a day far away', () => '99999-12-31'],
	['an address elsewhere', () => escaped('//bb7.example/')],
	['a script as an address', () => escaped('javascript:bb7()')],
	['SQL', () => escaped("bb7' or 1=1; --%s%n\\")],
	['itself twice', (f) => [escaped(f.value), true], REFUSED],
];

// What is wrong with an answer, whatever was sent.
function harm(said, nonce) {
	const wrong = [], to = said.headers.location;
	if (said.status >= 500) wrong.push(`status ${said.status}`);
	if (/<bb7|&bb7;/i.test(said.body)) wrong.push('markup came back as it was');
	if (/(href|src|action)="?\s*(javascript|data):/i.test(said.body)) wrong.push('a script as an address');
	if (nonce && said.body.includes(`&amp;bb7;${nonce}`)) wrong.push('a template was read');
	// eslint-disable-next-line no-control-regex
	if (/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/.test(said.body) && /html/.test(said.headers['content-type'] ?? '')) wrong.push('control characters in the page');
	if (said.raw.some((name) => /^x-bb7$/i.test(name))) wrong.push('a header of the sender');
	if (to !== undefined && !/^\/(?![/\\])/.test(to) && !to.startsWith(`${url}/`)) wrong.push(`leads to ${to}`);
	return wrong;
}

// What a refusal must say, and where.
function told(said, field, value) {
	if (said.status < 400 || !/html/.test(said.headers['content-type'] ?? '') || [404, 413, 429].includes(said.status)) return [];
	const beside = new RegExp(`id="${field.name}-bad"[^>]*>\\s*[^<\\s]|name="${field.name}"[^>]*aria-describedby="[^"]*\\bwrong\\b`);
	// of a consent it is said above, and the field tells so
	if ((value === 'nothing' && field.must) || (value === 'too much' && !['hidden', 'file'].includes(field.type))) {
		if (beside.test(said.body)) return [];
		// what was taken a moment ago may have ended the form
		if (said.body.includes(`name="${field.name}"`)) return ['nothing is said beside the field'];
	}
	return /role="alert"/.test(said.body) || /id="[a-z_-]+-bad"[^>]*>\s*[^<\s]/.test(said.body) ? [] : [`refused (${said.status}) without a word`];
}
const words = (html) => [...html.matchAll(/(?:role="alert"[^>]*>([\s\S]*?)<\/div>|-bad"[^>]*>([^<]+)<)/g)].map(([, a, b]) => a ?? b).join();

// ---- sent from elsewhere, opened elsewhere, led elsewhere ----

const events = () => execFileSync(process.env.BUSBAR_EVENTS, { encoding: 'utf8' }).trim();
const ELSEWHERE = [
	['without a nonce', { nonce: '' }, {}],
	['with a nonce of somebody else', { nonce: 'other' }, {}],
	['from another site', {}, { 'Sec-Fetch-Site': 'cross-site' }],
	['from another host of the site', {}, { 'Sec-Fetch-Site': 'same-site' }],
	['from an address typed in', {}, { 'Sec-Fetch-Site': 'none' }],
	['from another origin', {}, { Origin: 'https://bb7.example' }],
];
// RFC 8058: a mail program has no page before it, and what such a link can do is stop mails
const WITHOUT_NONCE = /^\/o\//;
const HEADERS = [
	['content-security-policy', /default-src 'none'.*frame-ancestors 'none'/], ['x-frame-options', /^DENY$/], ['x-content-type-options', /^nosniff$/],
	['referrer-policy', /^no-referrer|^same-origin|^strict/], ['strict-transport-security', /max-age=\d{7,}/],
];
function badHeaders(said) {
	const wrong = HEADERS.filter(([name, is]) => !is.test(said.headers[name] ?? '')).map(([name]) => `${name}: ${said.headers[name]}`);
	for (const line of said.headers['set-cookie'] ?? [])
		if (!/^__Host-/.test(line) || !/; Secure/.test(line) || !/; HttpOnly/.test(line) || !/; SameSite=(Lax|Strict)/.test(line)) wrong.push(`cookie: ${line}`);
	return wrong;
}
const AWAY = ['//bb7.example', 'https://bb7.example/', '/\\bb7.example', '\\\\bb7.example', '/%0d%0aX-Bb7:%201', 'javascript:bb7()', '%2f%2fbb7.example'];

for (const [name, { kind, ...who }] of walkers)
	test(`pages of ${name}: nobody frames them, nothing is sent to them from elsewhere, they lead nowhere else`, { timeout: 100000 }, async () => {
		forget();
		const person = new Person(kind, who.user && who), other = new Person(kind === 'customer' ? 'csp' : 'customer'), wrong = [];
		await other.signIn();
		await person.signIn();
		const { forms, pages } = await found(person);
		for (const { page, begin } of name === 'anybody' ? STEPS : []) forms.push({ page, ...await begin() });
		const foreign = formsOf((await other.go('GET', '/account?l=en')).body)[0].nonce;
		for (const { path, said } of pages) {
			wrong.push(...badHeaders(said).map((w) => `${path}: ${w}`));
			if (kind !== 'anybody' && !/no-store/.test(said.headers['cache-control'] ?? '')) wrong.push(`${path}: may be kept`);
			for (const name of ['to', 'done', 'next'])
				for (const to of AWAY.slice(0, 2)) {
					const answer = await person.ask('GET', `${path}${path.includes('?') ? '&' : '?'}${name}=${to}`);
					wrong.push(...harm(answer).map((w) => `${path}?${name}=${to}: ${w}`));
				}
		}
		const before = events();
		for (const { form, page, person: whose } of forms.filter((f) => f.form.method === 'POST')) {
			if (WITHOUT_NONCE.test(form.action)) continue;
			if (!form.nonce) wrong.push(`${form.name} on ${page}: has no nonce`);
			for (const [what, { nonce }, headers] of ELSEWHERE) {
				const said = await form.send(whose ?? person, nonce === undefined ? undefined : ['nonce', nonce === '' ? '' : encodeURIComponent(foreign)], undefined, 'en', headers);
				// signing out leads back instead; that nobody is signed out is seen below
				if (said.status < 400 && !form.action.startsWith('/sign-out')) wrong.push(`${form.name} on ${page}: taken ${what} (${said.status})`);
				wrong.push(...badHeaders(said).map((w) => `${form.name} ${what}: ${w}`));
			}
		}
		assert.equal(events(), before, 'nothing was done by what came from elsewhere');
		if (kind !== 'anybody') assert.equal((await person.ask('GET', '/account')).status, 200, 'still signed in');
		assert.deepEqual(wrong, []);
	});

// ---- each field of each form ----

const fuzzed = new Set(), tried = new Set();
// spares: others of what a form that is taken ends; step: how one comes to it anew
async function fuzz(person, form, page, wrong, { spares, step } = {}) {
	const begun = Date.now(), row = `${form.method} ${shape(form.action, form.method)}`;
	// of what ends there are as many as are needed of one form; other buttons of the same handler get what there is
	const ends = ENDS.includes(row.replace('POST ', '')) && !tried.has(row);
	fuzzed.add(form.name); // what several kinds have is one handler's
	let n = 0;
	const next = async (lane) => {
		step?.before?.();
		if (!lane.over) return;
		lane.over = false;
		if (step) Object.assign(lane, await step.begin());
		else if (spares?.length > 0) lane.form = spares.shift();
		else if (ends) wrong.push(`${form.name} on ${page}: there were too few of it`);
	};
	const jobs = [];
	for (const field of [...form.fields, ...form.buttons.slice(0, 1).map((b) => ({ ...b, type: 'button', most: 0 }))])
		for (const [what, make, refused] of field.name === 'nonce' ? [] : VALUES) {
			const made = make(field), [value, twice] = Array.isArray(made) ? made : [made, false];
			if (value === null || ((form.method === 'GET' || field.type === 'address') && value.length > 4000)) continue;
			if (row.startsWith('POST')) tried.add(row);
			jobs.push(async (lane) => {
				await next(lane);
				const language = ++n % 2 === 0 ? 'en' : 'es', said = await lane.form.send(lane.person, [field.name, value, twice], undefined, language).catch((e) => ({ broken: e }));
				const at = `${form.name} on ${page}: ${field.name}, ${what}`;
				// nginx may end a connection whose body it does not want
				if (said.broken) { if (value.length < 5000) wrong.push(`${at}: ${said.broken}`); return; }
				lane.over = step?.again || ((step || spares) && said.status < 400);
				wrong.push(...harm(said, lane.form.nonce).map((w) => `${at}: ${w}`));
				if (form.method !== 'POST') return;
				// an answer that was given before is shown again
				const over = PROVEN_BY_LINK.test(form.action) && said.status === 200;
				if (refused && field.type !== 'address' && said.status < 400 && !over && !(UNREAD.includes(field.name) && what === 'too much')) wrong.push(`${at}: taken (${said.status})`);
				wrong.push(...told(said, field, what).map((w) => `${at}: ${w}`));
				if (language === 'es' && said.status >= 400 && /html/.test(said.headers['content-type'] ?? '') && ![404, 413].includes(said.status)) {
					if (!/<html lang="es"/.test(said.body) && !/lang="es"/.test(said.body)) wrong.push(`${at}: not in Spanish`);
					if (/This |Please |Enter |Choose |must /.test(words(said.body))) wrong.push(`${at}: English words: ${words(said.body).slice(0, 80)}`);
				}
			});
		}
	const run = async () => {
		const lane = { person, form, over: Boolean(step) };
		for (let job; (job = jobs.shift());) await job(lane);
	};
	forget();
	await Promise.all(Array.from({ length: step?.lanes ?? (ends ? 1 : 6) }, run));
	if (process.env.BUSBAR_TELL) console.error(`${person.kind} ${form.name}: ${n} in ${Date.now() - begun} ms`);
	if (!step && person.kind !== 'anybody' && (await person.ask('GET', '/account')).status !== 200) {
		forget();
		await person.signIn();
	}
}

for (const [name, { kind, ...who }] of walkers)
	test(`forms of ${name}: whatever is typed is answered, and harmless`, { timeout: 200000 }, async () => {
		forget();
		const person = new Person(kind, who.user && who), wrong = [];
		await person.signIn();
		const fresh = async () => (await found(person)).forms.filter(({ form }) => !fuzzed.has(form.name));
		let forms = await fresh();
		assert.ok(forms.length >= 1, `${name} has forms`);
		// what was taken makes things, which have forms
		for (let pass = 0; pass < 3 && forms.length > 0; pass++, forms = await fresh())
			for (const { form, page, spares } of forms)
				await fuzz(person, form, page, wrong, ENDS.includes(shape(form.action, 'POST')) ? { spares } : {});
		for (const step of name === 'anybody' ? STEPS : []) {
			const { person: whose, form } = await step.begin();
			await fuzz(whose, form, step.page, wrong, { step });
		}
		// what was kept of it comes back somewhere
		for (const { path, said } of (await found(person)).pages) {
			wrong.push(...harm(said).map((w) => `${path}, afterwards: ${w}`));
			for (const [, to] of said.body.matchAll(/href="([^"]*csv[^"]*)"/g)) {
				const at = new URL(plain(to), url + path), file = await person.ask('GET', at.pathname + at.search);
				if (/(^|,)"?[=@+]/m.test(file.body)) wrong.push(`${at.pathname}: a cell is a formula`);
			}
		}
		assert.deepEqual(wrong, []);
	});

test('every form that there is was fuzzed, and nothing is left out that need not be', () => {
	const missed = table.filter(([method]) => method === 'POST').map(([method, path]) => `${method} ${path}`).filter((at) => !tried.has(at) && !(at in WITHOUT));
	assert.deepEqual(missed, []);
	assert.deepEqual(Object.keys(WITHOUT).filter((at) => tried.has(at) || !table.some(([method, path]) => `${method} ${path}` === at)), []);
});

test('a session is drawn when somebody signs in, whatever was there before', async () => {
	forget();
	const planted = 'A'.repeat(43), person = new Person('customer');
	person.jar['__Host-busbar-session'] = planted;
	await person.signIn();
	const first = person.jar['__Host-busbar-session'];
	assert.notEqual(first, planted);
	const as = async (secret) => { const p = new Person('customer'); p.jar['__Host-busbar-session'] = secret; return (await p.ask('GET', '/account')).status; };
	assert.equal(await as(planted), 303);
	assert.equal(await as(first), 200);
	// a second time in the same browser: another one, and the first is over
	const again = new Person('customer');
	const [form] = formsOf((await again.go('GET', '/sign-in?l=en')).body);
	form.fill(people.customer);
	again.jar['__Host-busbar-session'] = first;
	assert.equal((await again.go('POST', form.action, { body: form.encode() })).status, 303);
	const second = again.jar['__Host-busbar-session'];
	assert.notEqual(second, first);
	assert.equal(await as(first), 303);
	const out = formsOf((await again.go('GET', '/account?l=en')).body).find((f) => f.action.startsWith('/sign-out'));
	assert.equal((await out.send(again)).status, 303);
	assert.equal(await as(second), 303, 'what was signed out is over');
	for (const to of AWAY) {
		const led = new Person('customer'), [page] = formsOf((await led.go('GET', `/sign-in?l=en&to=${to}`)).body);
		page.fill(people.customer);
		const said = await led.go('POST', page.action, { body: page.encode(['to', to]) });
		assert.equal(said.status, 303);
		assert.deepEqual(harm(said), [], `signed in with to=${to}`);
	}
	for (const to of AWAY) {
		forget();
		const { person: led, form: second } = await code(to);
		second.fill({ code: recovery.shift() });
		const said = await led.go('POST', second.action, { body: second.encode(['to', to]) });
		assert.equal(said.status, 303);
		assert.deepEqual(harm(said), [], `the second step with to=${to}`);
	}
});

// ---- what is somebody else's is as what there is not ----

const NOBODY = '987654321';
const bare = (said, path) => `${said.status} ${said.body.replaceAll(path.replaceAll('&', '&amp;'), 'PATH').replaceAll(path, 'PATH').replace(/value="[\w-]{20,}"/g, '')}`;
for (const [kind, user, password] of [
	['csp', 'library-admin', readFileSync(`${process.env.BUSBAR_PEOPLE}/library-admin.password`, 'utf8').trim()],
	['tdu', 'tnmp-admin', readFileSync(`${process.env.BUSBAR_PEOPLE}/tnmp-admin.password`, 'utf8').trim()],
	['customer', 'ann', 'ann-right horse battery'],
])
	test(`things of one ${kind} are for another as what there is not`, async () => {
		forget();
		const one = new Person(kind), two = new Person(kind), wrong = [];
		await one.signIn();
		const mine = people[kind];
		people[kind] = { user, password };
		await two.signIn().finally(() => { people[kind] = mine; });
		const { pages } = await found(one), asked = new Map();
		for (const { path, said } of pages) {
			const row = shape(path);
			if (row?.includes('{') && row !== '/tdu/days/{day}') asked.set(path, path.split('/').pop());
			for (const [, to, key] of said.body.matchAll(/href="([^"]*[?&;]premise=(\d+)[^"]*)"/g)) {
				const at = new URL(plain(to), url + path);
				asked.set(at.pathname + at.search, key);
			}
		}
		assert.ok(asked.size > 0, 'there is something');
		for (const [path, key] of asked) {
			const own = await one.ask('GET', path), unknown = path.replace(key, NOBODY.padStart(key.length, '1')), theirs = await two.ask('GET', path), none = await two.ask('GET', unknown);
			if (own.status !== 200) wrong.push(`${path}: ${own.status} for whose it is`);
			if (bare(theirs, path) !== bare(none, unknown)) wrong.push(`${path}: ${theirs.status}, what there is not ${none.status}`);
		}
		assert.deepEqual(wrong, []);
	});

test('who has an account and who has none are told the same', async () => {
	const same = async (path, one, two) => {
		const said = [];
		for (const values of [one, two]) {
			forget();
			const person = new Person('anybody'), form = formsOf((await person.go('GET', `${path}?l=en`)).body).find((f) => f.method === 'POST');
			form.fill(values);
			const answer = await form.send(person);
			let text = `${answer.status} ${answer.headers.location ?? ''} ${answer.body.replace(/value="[\w-]{20,}"/g, '')}`;
			for (const value of Object.values(values)) text = text.replaceAll(value, 'VALUE');
			said.push(text);
		}
		assert.equal(said[0], said[1], path);
	};
	await same('/sign-in', { user: 'uma', password: 'wrong horse battery' }, { user: 'nobody-of-that-name', password: 'wrong horse battery' });
	await same('/forgot', { email: 'uma@accounts.example' }, { email: 'nobody@accounts.example' });
	await same('/sign-up', { email: 'uma@accounts.example' }, { email: 'nobody@accounts.example' });
});
