// A third party: invitations, agreements, what became of them; its box and what goes there.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { forget, launch, look, open, shoot, url } from './browser.js';

let browser;
before(async () => { browser = await launch(); });
after(async () => { forget(); await browser.close(); });

const password = (who) => readFileSync(`${process.env.BUSBAR_PEOPLE}/${who}.password`, 'utf8').trim();
const wide = { viewport: { width: 1280, height: 900 } };
async function signIn(who, path, options = {}) {
	const page = await open(browser, '/sign-in?l=en', options);
	await page.locator('#user').fill(who);
	await page.locator('#password').fill(password(who));
	await Promise.all([page.waitForURL(/\/csp\?/), page.getByRole('main').getByRole('button').first().click()]);
	if (path) await page.goto(url + path);
	return page;
}
async function good(page, name) {
	const language = await page.evaluate(() => document.documentElement.lang);
	assert.deepEqual(await look(page), [], `${name} ${language}`);
	await shoot(page, `csp-${name}-${language}-${page.viewportSize().width}`);
	assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= page.viewportSize().width, `${name} is too wide`);
	assert.deepEqual(page.complaints, []);
}
const press = (page, name) => Promise.all([page.waitForLoadState('load'), page.getByRole('button', { name, exact: true }).click()]);
const rep = 'Links REP (19777)';

test('a customer is invited, and what is wrong stands beside its field: without script', async () => {
	const page = await signIn('sunny-admin', '/csp/invite?l=en', wide);
	assert.match(await page.locator('h1').textContent(), /Invite a customer/);
	await page.locator('#esiid1').fill('10443720009900115');
	await page.locator('#meter1').fill('L116'); // its neighbour's
	await page.locator('#rep1').selectOption({ label: rep });
	await page.locator('#email').fill('csp-115@accounts.example');
	await page.locator('#reference').fill('order <b>115</b>');
	await page.locator('#months').fill('12');
	await Promise.all([page.waitForEvent('load'), press(page, 'Ask the customer')]);
	assert.match(await page.locator('#esiid1-bad').textContent(), /do not belong together/);
	assert.equal(await page.locator('#email').inputValue(), 'csp-115@accounts.example');
	await good(page, 'invite-wrong');
	await page.locator('#meter1').fill('L115');
	await Promise.all([page.waitForEvent('load'), press(page, 'Add another premise')]);
	assert.equal(await page.locator('#meter1').inputValue(), 'L115');
	await page.locator('#esiid2').fill('12');
	await Promise.all([page.waitForEvent('load'), press(page, 'Ask the customer')]);
	assert.match(await page.locator('#esiid2-bad').textContent(), /17 or 22 digits/);
	assert.match(await page.locator('#rep2-bad').textContent(), /choose the provider/);
	await page.locator('#esiid2').fill('10443720009900116');
	await page.locator('#meter2').fill('L116');
	await page.locator('#rep2').selectOption({ label: rep });
	await Promise.all([page.waitForURL(/\/csp\/agreements\/\d+\?done=invited/), press(page, 'Ask the customer')]);
	assert.match(await page.locator('.sent').textContent(), /by mail/);
	assert.match(await page.locator('.facts').textContent(), /order <b>115<\/b>/);
	assert.equal(await page.locator('.listing').first().locator('tbody tr').count(), 2);
	await good(page, 'agreement');
	// once more is one too many; and it can be taken back
	await Promise.all([page.waitForURL(/done=withdraw/), press(page, 'Take it back')]);
	assert.match(await page.locator('.lead').textContent(), /Taken back/);
	await page.context().close();
});

test('a spreadsheet tells what became of each row, and the same one asks nobody twice', async () => {
	const page = await signIn('sunny-admin', '/csp/invite/file?l=en');
	await good(page, 'sheet');
	const csv = 'esiid,meter,rep,email,months,group\n' +
		'10443720009900117,L117,19777,csp-117@accounts.example,12,\n' +
		'10443720009900099,L1,19777,csp-1@accounts.example,12,\n' +
		'10443720009900120,L120,19777,not a mailbox,12,\n';
	for (let i = 0; i < 2; i++) {
		await page.locator('#file').setInputFiles({ name: 'a.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) });
		await Promise.all([page.waitForEvent('load'), press(page, 'Check it and ask')]);
		assert.match(await page.locator('.lead').textContent(), /3 rows: customers asked 1, rows that were not used 2/);
		const rows = await page.locator('.listing tbody tr').allTextContents();
		assert.match(rows[0], /3.*not-matched/s);
		assert.match(rows[1], /4.*field/s);
		assert.match(rows[2], /2.*asked/s);
		if (i === 0) {
			await good(page, 'sheet-result');
			await page.getByRole('link', { name: 'Another file' }).click();
		}
	}
	await page.goto(`${url}/csp/invite/file?l=en`);
	await page.locator('#file').setInputFiles({ name: 'a.csv', mimeType: 'text/csv', buffer: Buffer.from('nothing\n') });
	await Promise.all([page.waitForEvent('load'), press(page, 'Check it and ask')]);
	assert.match(await page.locator('.wrong').textContent(), /line 1/i);
	await page.context().close();
});

test('a large spreadsheet is asked for in steps, and has the rows to put right as a file', async () => {
	const page = await signIn('sunny-admin', '/csp/invite/file?l=en');
	const rows = Array.from({ length: 1500 }, (_, i) => `1044372${String(9100000000 + i)},L1,19777,csp-${i}@accounts.example,12,row ${i}`);
	const csv = `esiid,meter,rep,email,months,reference\n${rows.join('\n')}\n`;
	let sent = 0;
	page.on('request', (request) => sent += request.method() === 'POST');
	await page.locator('#file').setInputFiles({ name: 'many.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) });
	await page.getByRole('button', { name: 'Check it and ask', exact: true }).click();
	await page.getByRole('heading', { name: 'What became of the file' }).waitFor({ timeout: 120_000 });
	assert.ok(sent >= 2, 'by the script, then as a page');
	assert.match(await page.locator('.lead').textContent(), /1,500 rows: customers asked 0, rows that were not used 1,500\./);
	assert.equal(await page.locator('.listing tbody tr').count(), 500);
	assert.match(await page.locator('main').textContent(), /500 rows are shown, those to put right first/);
	await good(page, 'sheet-large');
	const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'The rows to put right, as CSV' }).click()]);
	const lines = (await (await import('node:fs/promises')).readFile(await file.path(), 'utf8')).trim().split('\n');
	assert.equal(lines.length, 1501);
	assert.match(lines[0], /^line,esiid,reference,code,column,found,expected$/);
	assert.match(lines[1], /^2,10443729100000000,row 0,not-matched,,,/);
	await page.context().close();
});

for (const [language, options] of [['en', wide], ['es', {}]])
	test(`overview, agreements with filters, funnel, ${language}`, async () => {
		const page = await signIn('sunny-admin', `/csp?l=${language}`, options);
		await page.waitForURL(/\/csp\?/);
		await good(page, 'home');
		assert.ok(await page.locator('.figures dd').count() === 4);
		await page.goto(`${url}/csp/agreements?l=${language}`);
		const numbers = (await page.locator('.listing tbody tr td:nth-child(1)').allTextContents()).map(Number);
		assert.ok(numbers.length > 20 && numbers.length <= 50, 'a page of them');
		await good(page, 'agreements');
		await page.goto(`${url}/csp/agreements?l=${language}&before=${numbers[9]}`);
		assert.equal(await page.locator('.listing tbody tr td:nth-child(1)').first().textContent(), String(numbers[10]));
		await page.goto(`${url}/csp/agreements?l=${language}&state=WITHDRAWN`);
		const states = await page.locator('.listing tbody tr td:nth-child(2)').allTextContents();
		assert.ok(states.length > 0 && states.every((s) => s.includes(language === 'en' ? 'Taken back' : 'Retirado')));
		await page.goto(`${url}/csp/agreements?l=${language}&esiid=%27&state=x&from=2026-99-99&before=-1`);
		await page.locator('.empty').waitFor();
		await good(page, 'agreements-none');
		await page.goto(`${url}/csp/funnel?l=${language}`);
		const counts = (await page.locator('.listing tbody tr td:nth-child(2)').allTextContents()).map(Number);
		assert.equal(counts.slice(1).reduce((a, b) => a + b, 0), counts[0], 'places add up');
		await good(page, 'funnel');
		await page.goto(`${url}/csp/invite?l=${language}`);
		await good(page, 'invite');
		await page.context().close();
	});

test('a reader looks and changes nothing; nobody sees what is not its own', async () => {
	const page = await signIn('sunny-reader', '/csp/agreements?l=en&state=PENDING');
	const first = await page.locator('.listing tbody a').first().getAttribute('href');
	await page.goto(url + first);
	const nonce = await page.locator('form.act [name=nonce]').inputValue();
	const said = await page.request.post(url + first, { form: { nonce, do: 'withdraw' }, headers: { Origin: url } });
	assert.equal(said.status(), 403);
	assert.equal((await page.goto(`${url}/csp/invite?l=en`)).status(), 403);
	assert.equal((await page.goto(`${url}/csp/agreements/999999999?l=en`)).status(), 404);
	assert.equal((await page.goto(`${url}/csp/agreements/x?l=en`)).status(), 404);
	await page.context().close();
});

// ---- the box ----

for (const [language, options] of [['en', wide], ['es', {}]])
	test(`the box and what is around it are for everybody, ${language}`, async () => {
		const page = await signIn('sunny-admin', `/box?l=${language}`, options);
		assert.ok(await page.locator('.listing tbody tr').count() > 2, 'folders');
		await good(page, 'box');
		for (const path of ['box?folder=in', 'keys', 'subscriptions', 'drops', 'webhooks', 'limits']) {
			await page.goto(`${url}/${path}${path.includes('?') ? '&' : '?'}l=${language}`);
			await good(page, path.replace(/\W/g, '-'));
		}
		await page.context().close();
	});

test('a token is shown once and ended; networks are said and taken back', async () => {
	const page = await signIn('sunny-admin', '/keys?l=en', wide);
	await page.locator('#label').fill('meter <script>');
	await Promise.all([page.waitForURL(/done=make/), press(page, 'Make a token')]);
	const token = await page.locator('.sent pre').textContent();
	assert.match(token, /^\S{20,}$/);
	await good(page, 'keys-made');
	const mine = page.locator('.listing tbody tr', { hasText: 'meter <script>' });
	await page.reload();
	assert.ok(!(await page.content()).includes(token), 'shown once');
	assert.match(await page.locator('.sent').textContent(), /it was shown before/);
	assert.equal(await mine.count(), 1, 'and made once');
	const api = (path) => page.request.get(process.env.BUSBAR_API + path, { headers: { Authorization: `Bearer ${token}` } });
	assert.equal((await api('/v1/limits')).status(), 200);
	await Promise.all([page.waitForURL(/done=end/), mine.getByRole('button').click()]);
	assert.equal(await mine.count(), 0);
	assert.equal((await api('/v1/limits')).status(), 401, 'at once');
	await page.locator('#networks').fill('192.0.2.0/24\n2001:db8::/32');
	await Promise.all([page.waitForURL(/done=networks/), press(page, 'Allow these')]);
	assert.equal(await page.locator('#networks').inputValue(), '192.0.2.0/24\n2001:db8::/32');
	await page.locator('#networks').fill('nowhere');
	await Promise.all([page.waitForEvent('load'), press(page, 'Allow these')]);
	assert.match(await page.locator('.wrong').textContent(), /expected networks such as/);
	await page.locator('#networks').fill('');
	await Promise.all([page.waitForURL(/done=networks/), press(page, 'Allow these')]);
	await page.context().close();
});

test('a key and a certificate are taken with their signature over the box', async () => {
	const page = await signIn('sunny-admin', '/keys?l=en', wide);
	const dir = mkdtempSync('/tmp/busbar-keys-');
	const sh = (line) => execFileSync('/bin/sh', ['-ec', line], { cwd: dir, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
	const box = (await page.locator('pre').first().textContent()).match(/printf %s (\S+) /)[1];
	sh(`ssh-keygen -q -t ed25519 -N '' -f id; ssh-keygen -q -t ed25519 -N '' -f other
		openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=sunny -days 9 -keyout client.key -out client.pem`);
	const by = (key, name) => sh(`cat id.pub; printf %s ${name} | ssh-keygen -Y sign -n busbar-box -f ${key}`);
	const certificate = (name) => sh(`cat client.pem; printf 'busbar-box %s' ${name} | openssl dgst -sha256 -sign client.key | base64`);
	const hand = async (label, proven) => {
		await page.locator('#key_label').fill(label);
		await page.locator('#proven').fill(proven);
		await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name: 'Add it', exact: true }).click()]);
	};
	for (const [proven, says] of [['x', /type of key/], [sh('cat id.pub'), /there is no signature/], [by('other', box), /not by that key/], [by('id', `${box}x`), /not by that key/],
		[certificate(`${box}x`), /not by the certificate's key/], [sh('cat client.pem'), /signature is not base64/], [sh('cat id'), /private key/]]) {
		await hand('laptop', proven);
		assert.match(await page.locator('.wrong').textContent(), says);
		assert.ok(!page.url().includes('done='));
	}
	await page.locator('#proven-bad').waitFor();
	await good(page, 'keys-wrong');
	await page.locator('#key_days').fill('30');
	for (const [label, proven] of [['laptop', by('id', box)], ['server', certificate(box)]]) {
		await hand(label, proven);
		assert.match(page.url(), /done=key/);
	}
	await good(page, 'keys-added');
	const row = (label) => page.locator('.listing tbody tr', { hasText: label });
	assert.match(await row('laptop').textContent(), /SSH key/);
	assert.match(await row('server').textContent(), /certificate/);
	await hand('again', certificate(box));
	assert.match(await page.locator('.wrong').textContent(), /opens an account already/);
	for (const label of ['laptop', 'server'])
		await Promise.all([page.waitForURL(/done=end/), row(label).getByRole('button').click()]);
	rmSync(dir, { recursive: true });
	await page.context().close();
});

test('a program is registered and changed; its addresses and scopes hold at once', async () => {
	const page = await signIn('sunny-admin', '/csp/clients?l=en', wide);
	await page.locator('summary').click();
	await page.locator('#name').fill('Sunny <app>');
	await page.locator('#redirects').fill('http://sunny.example/back');
	await page.locator('#scopes').fill('FB=4_5;IntervalDuration=x');
	await Promise.all([page.waitForEvent('load'), press(page, 'Register it')]);
	await page.locator('#scopes-bad').waitFor();
	await page.locator('#scopes').fill('FB=5_4;IntervalDuration=900;BlockDuration=daily;HistoryLength=31536000');
	await Promise.all([page.waitForEvent('load'), press(page, 'Register it')]);
	assert.match(await page.locator('.wrong').textContent(), /begin with https/);
	await good(page, 'client-wrong');
	await page.locator('#redirects').fill('https://sunny.example/back');
	await page.locator('#sandbox').check();
	await Promise.all([page.waitForURL(/\/csp\/clients\/[^/?]+\?done=made/), press(page, 'Register it')]);
	const secret = await page.locator('.sent pre').textContent();
	await good(page, 'client-made');
	await page.reload();
	assert.ok(!(await page.content()).includes(secret), 'shown once');
	assert.equal(await page.locator('#scopes').inputValue(), 'FB=4_5;IntervalDuration=900;BlockDuration=daily;HistoryLength=31536000', 'as the hub writes it');
	const id = new URL(page.url()).pathname.split('/').pop();
	const api = (word) => page.request.post(`${process.env.BUSBAR_API}/oauth/token`, { form: { grant_type: 'client_credentials' },
		headers: { Authorization: `Basic ${Buffer.from(`${id}:${word}`).toString('base64')}` } });
	assert.notEqual((await api(secret)).status(), 401);
	await page.locator('#redirects').fill('https://sunny.example/back\nhttps://sunny.example/other');
	await Promise.all([page.waitForURL(/done=set/), press(page, 'Keep this')]);
	assert.equal(await page.locator('#redirects').inputValue(), 'https://sunny.example/back\nhttps://sunny.example/other');
	await Promise.all([page.waitForURL(/done=secret/), press(page, 'Make another secret for it')]);
	assert.equal((await api(secret)).status(), 401, 'the old one is nothing');
	assert.notEqual((await api(await page.locator('.sent pre').textContent())).status(), 401);
	await page.goto(`${url}/csp/clients/none-such?l=en`);
	assert.equal((await page.goto(`${url}/csp/clients/%27%3Cb%3E?l=en`)).status(), 404);
	await page.context().close();
});

test('a subscription begins, is built, pauses and ends', async () => {
	const page = await signIn('sunny-admin', '/subscriptions?l=en', wide);
	await page.locator('summary').click();
	await page.locator('#label').fill('each morning');
	await page.locator('#schedule').selectOption('weekly');
	await page.locator('#esiids').fill('10443720009999999');
	await Promise.all([page.waitForEvent('load'), press(page, 'Begin it')]);
	assert.match(await page.locator('.wrong').textContent(), /no premise of ESI ID "10443720009999999" for you/);
	await good(page, 'subscription-wrong');
	await page.locator('#esiids').fill('');
	await Promise.all([page.waitForURL(/done=add/), press(page, 'Begin it')]);
	const row = page.locator('.listing tbody tr', { hasText: 'each morning' });
	assert.match(await row.textContent(), /runs.*each week/s);
	await Promise.all([page.waitForURL(/done=pause/), row.getByRole('button', { name: 'Pause' }).click()]);
	await Promise.all([page.waitForURL(/done=resume/), row.getByRole('button', { name: 'Go on' }).click()]);
	await good(page, 'subscriptions-one');
	await Promise.all([page.waitForURL(/\/drops\/\d+\?done=build/), row.getByRole('button', { name: 'Build now' }).click()]);
	await good(page, 'drop');
	await Promise.all([page.waitForURL(/done=cancel/), press(page, 'Take it back')]);
	assert.match(await page.locator('.facts').textContent(), /cancelled/);
	await page.goto(`${url}/drops?l=en&state=CANCELLED`);
	assert.equal(await page.locator('.listing tbody tr').count(), 1);
	await page.goto(`${url}/subscriptions?l=en`);
	await Promise.all([page.waitForURL(/done=end/), row.getByRole('button', { name: 'End', exact: true }).click()]);
	assert.equal(await row.getByRole('button').count(), 0);
	await page.context().close();
});

test('a webhook is added, tried, told again, and ends', async () => {
	const page = await signIn('sunny-admin', '/webhooks?l=en', wide);
	await page.locator('#url').fill('https://10.0.0.1/?x=1');
	await Promise.all([page.waitForEvent('load'), press(page, 'Add it')]);
	await page.locator('#url-bad').waitFor();
	await page.locator('#url').fill('https://hooks.sunny.example/busbar');
	await page.locator('#events-reads\\.arrived').check();
	await Promise.all([page.waitForURL(/done=make/), press(page, 'Add it')]);
	assert.match(await page.locator('.sent pre').textContent(), /^whsec_/);
	await good(page, 'webhook-made');
	await page.getByRole('link', { name: 'https://hooks.sunny.example/busbar' }).click();
	await page.waitForURL(/\/webhooks\/\d+/);
	await Promise.all([page.waitForURL(/done=test/), press(page, 'Send a test')]);
	await Promise.all([page.waitForURL(/done=make/), press(page, 'Make another secret')]);
	assert.match(await page.locator('.sent pre').textContent(), /^whsec_/);
	await good(page, 'webhook');
	await Promise.all([page.waitForURL(/done=end/), press(page, 'End it for good')]);
	await page.locator('.empty').waitFor();
	await page.context().close();
});

// ---- from nothing to live ----

for (const [language, options] of [['en', {}], ['es', wide]])
	test(`whoever asks to be registered is told what is wrong, and then to look for a mail, ${language}`, async () => {
		const page = await open(browser, `/register?l=${language}`, options);
		assert.match(await page.locator('.tick').textContent(), /versi\S+ 1:/);
		await good(page, 'register');
		const form = { name: 'Windy <Plans>', code: `windy-${language}`, tax_id: `91234570${language === 'en' ? 1 : 2}`, duns: '12', site: 'https://windy.example/',
			privacy: 'http://windy.example/privacy', use_en: 'Shows you how much wind would save you.', use_es: 'Le muestra cuánto ahorraría el viento.',
			standing: 'registered, 10009', capability: 'FTPS', person: 'Wanda Windy', email: `wanda-${language}@windy.example` };
		for (const [name, value] of Object.entries(form))
			await page.locator(`#${name}`).fill(value);
		await page.locator('#terms').check();
		await Promise.all([page.waitForEvent('load'), page.locator('button.yes').click()]);
		await page.locator('#duns-bad').waitFor();
		await page.locator('#privacy-bad').waitFor();
		await good(page, 'register-wrong');
		await page.locator('#duns').fill('');
		await page.locator('#privacy').fill('https://windy.example/privacy');
		await Promise.all([page.waitForEvent('load'), page.locator('button.yes').click()]);
		assert.match(await page.locator('.wrong').textContent(), language === 'en' ? /link, an address or mark-up/ : /enlace, una dirección o marcas/);
		await page.locator('#name').fill('Windy Plans');
		await Promise.all([page.waitForURL(/\/register\?sent=1/), page.locator('button.yes').click()]);
		await page.locator('.sent').waitFor();
		await page.context().close();
	});

for (const [language, options] of [['en', wide], ['es', {}]])
	test(`the way to live, and the sandbox, ${language}`, async () => {
		const page = await signIn('sunny-admin', `/csp/registration?l=${language}`, options);
		await good(page, 'registration');
		await page.goto(`${url}/csp/sandbox?l=${language}`);
		assert.ok(await page.locator('.listing').nth(1).locator('tbody tr').count() > 0, 'premises to try');
		await good(page, 'sandbox');
		await page.goto(`${url}/csp/clients?l=${language}`);
		await good(page, 'clients');
		await page.context().close();
	});
