// Every row of `busbar-portald --pages` as each kind of person that may see it: nothing breaks, nothing is refused by the
// policy, nothing is cut off, nothing is heavy, and axe finds nothing. A row that cannot be reached fails.
//
// A page is looked at in one of the twelve combinations of language, width and colour, each in another one; BUSBAR_TURN=N (0 to 11,
// 2) shifts them. The same ones each day: nothing turns red that nobody changed. BUSBAR_TEST_LONG=true: in all twelve;
// BUSBAR_KIND=tdu: as that one alone.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { forget, launch, links, long, look, shoot, url } from './browser.js';
import { found, people, rowOf, rowsOf, signIn, withLanguage } from './walk.js';

let browser;
before(async () => { browser = await launch(); });
after(async () => { forget(); await browser.close(); });

const FIRST_VIEW_MOST = 150000; // bytes as they are sent
const turn = Number(process.env.BUSBAR_TURN ?? 2) % 12;
const combinations = ['en', 'es'].flatMap((language) => [320, 768, 1280].flatMap((width) => ['light', 'dark'].map((colorScheme) => ({ language, width, colorScheme }))));
// What is no page, or is looked at where it comes from; each with why.
const WITHOUT = {
	'/s/{tag}/{name}': 'style, script, icon',
	'/connect/{client}': 'leads to a third party\'s own page',
	'/shared': 'where a consent ends: says so in both languages at once, as /a/none does in pages.test.js',
	'/code': 'stands between password and session: sign_up.test.js',
};
// What is there in English alone.
const ENGLISH = ['/reports/{report}/print'];
// What leads on, and where to.
const LEADS = {
	'/oauth/authorize': '/consent/{token}', '/DataCustodian/oauth/authorize': '/consent/{token}', '/myAuthorization': '/consent/{token}',
	'/DataCustodian/{utility}/oauth/authorize': '/consent/{token}', '/share/{party}': '/consent/{token}',
};

// ---- things that stand behind a key, made when there are none ----

const send = async (page, path, fields, button) => {
	await page.goto(url + withLanguage(path, 'en'));
	for (const [name, value] of Object.entries(fields)) await page.locator(`#${name}`).fill(value);
	const name = typeof button === 'string' ? { name: button, exact: true } : button;
	await Promise.all([page.waitForNavigation(), page.getByRole('main').getByRole('button', name).first().click()]);
	return new URL(page.url()).pathname;
};
const as = async (kind, user, what) => {
	const page = await signIn(browser, kind, {}, user ? { user, password: `${user}-right horse battery` } : people[kind]);
	const said = await what(page);
	await page.context().close();
	return said;
};
const day = (back) => new Date(Date.now() - back * 864e5).toLocaleDateString('sv-SE', { timeZone: 'America/Chicago' });
const HOME = '10443720009900116';
const order = (page, company) => send(page, `/regulator/companies/${company}`, { docket: '52600', notice: '2026-01-05', utilities: 'oncor', why: 'after notice' },
	'Give the order to a second person');
const case_of = async () => as('regulator', 'rita', (page) => send(page, '/regulator/cases', { number: '52600', from: day(30), to: day(2), days: '30', esiids: HOME, why: 'estimates' },
	'Ask for the case'));
const MAKE = {
	'/operator/approvals/{key}': case_of,
	'/regulator/approvals/{key}': () => as('regulator', 'rita', (page) => order(page, 'more2')),
	'/regulator/cases/{key}': case_of,
	'/regulator/cases/{key}/reads': async () => {
		const path = await case_of();
		await as('operator', 'otto', async (page) => {
			await page.goto(`${url}/operator/approvals?l=en`);
			await Promise.all([page.waitForNavigation(), page.getByRole('link', { name: /see reads of a case/ }).first().click()]);
			await Promise.all([page.waitForNavigation(), page.getByRole('button', { name: 'Confirm: do it' }).click()]);
		});
		return `${path}/reads?premise=${HOME}&from=${day(8)}&to=${day(2)}`;
	},
	'/operator/announcements/{key}': () => as('operator', 'otto', (page) => {
		const soon = (hours) => new Date(Date.now() + hours * 3600e3).toLocaleString('sv-SE', { timeZone: 'America/Chicago' }).slice(0, 16).replace(' ', 'T');
		return send(page, '/operator/announcements', { from: soon(240), until: soon(242), title_en: 'New disks', body_en: 'Reads are late.', title_es: 'Discos nuevos',
			body_es: 'Las lecturas se retrasan.' }, 'Publish');
	}),
	'/operator/customers/{key}': () => as('operator', 'olga', (page) => send(page, '/operator/customers', { who: 'bea@accounts.example', why: 'T-98' }, 'Look, on record')),
	'/premises/file/{upload}': () => as('customer', undefined, async (page) => {
		await page.goto(`${url}/premises/file?l=en`);
		await page.locator('#file').setInputFiles({ name: 'homes.csv', mimeType: 'text/csv', buffer: Buffer.from(`esiid,meter,rep,group\n${HOME},L116,19777,Roofs\n123,L1,19777,\n`) });
		await Promise.all([page.waitForNavigation(), page.getByRole('main').locator('button.yes').click()]);
		return new URL(page.url()).pathname;
	}),
	'/webhooks/{webhook}': () => as('csp', undefined, async (page) => { await send(page, '/webhooks', { url: 'https://hooks.sunny.example/busbar' }, 'Add it'); }),
};

async function addresses(page, kind, wrong) {
	let at = await found(page, kind, wrong);
	const own = rowsOf(kind).filter((row) => !(row in WITHOUT)), gone = own.filter((row) => !at.has(row) && row in MAKE);
	const made = [];
	for (const row of gone) made.push([row, await MAKE[row]()]);
	if (made.length > 0) at = await found(page, kind);
	for (const [row, path] of made) if (path && (!at.has(row) || path.includes('?'))) at.set(row, path);
	// a consent is reached by who asks for it
	if (kind === 'anybody') at.set('/consent/{token}', at.get('/oauth/authorize')).set('/share/{party}', '/share/sunny');
	return own.map((row) => [row, at.get(row)]);
}

// ---- what is looked at ----

// What a view costs with nothing kept from before.
async function weigh(page, path) {
	let bytes = 0;
	const cdp = await page.context().newCDPSession(page);
	await cdp.send('Network.enable');
	await cdp.send('Network.setCacheDisabled', { cacheDisabled: true });
	cdp.on('Network.loadingFinished', (e) => { bytes += e.encodedDataLength; });
	const said = await page.goto(url + path);
	// scripts fetch more
	if (await page.locator('script[src]').count() > 0) await page.waitForLoadState('networkidle');
	await cdp.detach();
	return { bytes, status: said.status() };
}

// Text that is not there whole: beyond the page, or cut by a box that does not scroll.
const cutOff = (page) => page.evaluate(() => {
	const cut = new Set(), walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), range = document.createRange();
	while (walk.nextNode()) {
		const text = walk.currentNode, own = text.parentElement, said = text.textContent.trim();
		if (!said || /^(SCRIPT|STYLE|OPTION|TEXTAREA)$/.test(own.tagName) || !own.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
		range.selectNodeContents(text);
		const at = range.getBoundingClientRect();
		if (at.width < 2 || at.height < 2 || at.right + scrollX <= 0 || at.bottom + scrollY <= 0) continue; // put aside, for readers of screens
		let scrolls = false;
		for (let box = own; box && box !== document.documentElement; box = box.parentElement) {
			const style = getComputedStyle(box), room = box.getBoundingClientRect();
			if (box.ariaHidden === 'true' || style.clip !== 'auto' || style.clipPath !== 'none' || room.width < 2) { scrolls = true; break; } // for readers of screens
			if (style.display === 'inline') continue;
			if (/auto|scroll/.test(style.overflowX)) { scrolls = true; break; }
			if (/hidden|clip/.test(style.overflowX) && (at.right > room.right + 1 || at.left < room.left - 1)) cut.add(`"${said.slice(0, 40)}" is cut by <${box.tagName.toLowerCase()} class="${box.className}">`);
			if (/hidden|clip/.test(style.overflowY) && at.bottom > room.bottom + 1) cut.add(`"${said.slice(0, 40)}" is cut below by <${box.tagName.toLowerCase()}>`);
		}
		if (!scrolls && (at.right > innerWidth + 1 || at.left + scrollX < -1)) cut.add(`"${said.slice(0, 40)}" stands outside`);
	}
	return [...cut];
});

// Words of English on a page in Spanish, but for what somebody typed here, names, details of events by the names of the record
// (`door: portal`), and what says that it is English.
const TYPED = /^(Shows you how to use the moon|Finds a cheaper plan for you|days of |New disks|Reads are late|A call |after notice|To plan solar panels|Shows you your|none: made for a demo|cancelled by its owner|as entered at the portal|Red River Lamp and Power|.* \(\d{5}\)$|[a-z_0-9]+: )/;
const english = (page) => page.evaluate(() => {
	const said = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	while (walk.nextNode()) {
		const text = walk.currentNode.textContent.replace(/\s+/g, ' ').trim(), own = walk.currentNode.parentElement;
		if (/\b(the|and|of|with|for|this|that|your|from|which|was|were|are|is|not|by|has|have|who|what|when|where|or|on|at|it|its|to|none|yes)\b/i.test(text) &&
			!own.closest('[lang=en], code, pre, script, style, textarea')) said.push(text);
	}
	return said;
});

async function wrongWith(page, row, { language, width }) {
	const wrong = await look(page);
	const said = await page.evaluate(() => ({ wide: document.documentElement.scrollWidth, room: innerWidth, lang: document.documentElement.lang, first: document.querySelectorAll('h1').length }));
	if (said.wide > said.room) wrong.push(`${said.wide} px wide at ${width}`);
	if (said.lang !== (ENGLISH.includes(row) ? 'en' : language)) wrong.push(`is in ${said.lang}`);
	if (said.first !== 1) wrong.push(`${said.first} headings of the first rank`);
	if (said.lang === 'es') wrong.push(...(await english(page)).filter((text) => !TYPED.test(text)).map((text) => `English: ${text.slice(0, 80)}`));
	wrong.push(...await cutOff(page), ...page.complaints.splice(0));
	return wrong;
}

const nameOf = (kind, row) => `every-${kind}-${row.slice(1).replace(/\W+/g, '_') || 'front'}`;
for (const kind of ['anybody', ...Object.keys(people)].filter((k) => [undefined, '', k].includes(process.env.BUSBAR_KIND)))
	test(`each page of ${kind} is reached and for everybody (${long ? 'all combinations' : `turn ${turn}`})`, async () => {
		forget();
		const page = await signIn(browser, kind, { viewport: { width: 320, height: 800 } }), wrong = [];
		const all = await addresses(page, kind, wrong);
		page.complaints.splice(0);
		for (const [n, [row, path]] of all.entries()) {
			if (!path) { wrong.push(`${row}: no way leads there`); continue; }
			const chosen = long ? combinations : [combinations[(n + turn) % 12]];
			let last;
			for (const one of chosen) {
				await page.setViewportSize({ width: one.width, height: 800 });
				await page.emulateMedia({ colorScheme: one.colorScheme });
				if (one.language !== last) {
					const { bytes, status } = await weigh(page, withLanguage(path, one.language)), at = new URL(page.url()).pathname;
					if (status !== 200) wrong.push(`${row}: ${status}`);
					if (rowOf(at) !== (LEADS[row] ?? row)) wrong.push(`${row}: led to ${at}`);
					if (bytes > FIRST_VIEW_MOST) wrong.push(`${row}: ${bytes} bytes`);
					last = one.language;
				}
				wrong.push(...(await wrongWith(page, row, one)).map((w) => `${row} ${Object.values(one)}: ${w}`));
				await shoot(page, `${nameOf(kind, row)}-${Object.values(one).join('-')}`);
			}
		}
		assert.deepEqual(wrong, []);
		await page.context().close();
	});

assert.ok(links.decide && links.confirm, 'links were made');
