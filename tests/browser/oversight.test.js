// Operators and regulators at their desks: each page, and what two persons do.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { forget, launch, look, open, shoot, url } from './browser.js';

let browser;
before(async () => { browser = await launch(); });
after(async () => { forget(); await browser.close(); });

const wide = { viewport: { width: 1280, height: 900 } };
async function signIn(who, options = {}, language = 'en') {
	const page = await open(browser, `/sign-in?l=${language}`, options);
	await page.locator('#user').fill(who);
	await page.locator('#password').fill(`${who}-right horse battery`);
	await page.getByRole('main').getByRole('button').first().click();
	await page.waitForURL(/\/(operator|regulator)\?/);
	return page;
}
// axe in light or dark, as the page is; all pages in both is for others to look at
async function good(page, name, colorScheme = 'light') {
	const language = await page.evaluate(() => document.documentElement.lang);
	await page.emulateMedia({ colorScheme });
	assert.deepEqual(await look(page), [], `${name} ${language} ${colorScheme}`);
	await shoot(page, `${name}-${language}-${page.viewportSize().width}-${colorScheme}`);
	await fits(page, name);
	assert.deepEqual(page.complaints, []);
}
const fits = async (page, name) =>
	assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= page.viewportSize().width, `${name} is too wide`);
const go = async (page, path, language = 'en') => {
	const said = await page.goto(`${url}${path}${path.includes('?') ? '&' : '?'}l=${language}`);
	assert.equal(said.status(), 200, path);
};
const press = async (page, name) => {
	await Promise.all([page.waitForNavigation(), page.getByRole('button', { name, exact: true }).click()]);
};

test('a setting says what it does and what is possible', async () => {
	const page = await signIn('olga', wide);
	await go(page, '/operator/settings');
	assert.deepEqual((await page.locator('.listing td:nth-child(2)').allTextContents()).filter((words) => words.startsWith('setting.')), []);
	await go(page, '/operator/settings/reads.keep_months');
	assert.match(await page.locator('.facts').textContent(), /months that reads are kept; older ones are dropped.*24 – 1200/s);
	await page.locator('#value').fill('23');
	await press(page, 'Set it');
	assert.match(await page.locator('.wrong').textContent(), /expected a whole number from 24 to 1200/);
	await go(page, '/operator/settings/espi.company');
	assert.equal(await page.locator('#value').count(), 0, 'words are not set here');
	await go(page, '/operator/settings', 'es');
	assert.match(await page.locator('.listing').textContent(), /minutos sin actividad/);
	await page.context().close();
});

test('a share that is held is released with a reason, and not without', async () => {
	const page = await signIn('otto', { javaScriptEnabled: false });
	await go(page, '/operator/holds');
	await Promise.all([page.waitForNavigation(), page.locator('td a').first().click()]);
	assert.match(await page.locator('main').textContent(), /dwell.*affirmed.*198\.51\.100\.7/s);
	const held = page.url();
	await press(page, 'Release the share');
	assert.match(await page.locator('.bad').textContent(), /needed/);
	assert.equal(await page.locator('#why').getAttribute('aria-invalid'), 'true');
	await page.locator('#why').fill('customer <b>called</b>, T-4711');
	await press(page, 'Release the share');
	assert.match(await page.locator('.sent').textContent(), /The share begins/);
	assert.match(await page.locator('.facts').textContent(), /active/);
	assert.equal(await page.getByRole('main').getByRole('button').count(), 0, 'there is nothing more to decide');
	await page.goto(held.replace(/\d+(\?|$)/, '999999$1'));
	assert.match(await page.locator('h1').first().textContent(), /(There is no|No page|not|no )/i);
	await page.context().close();
});

test('a third party is suspended at once, and resumes when a second person wants it too', async () => {
	const olga = await signIn('olga', wide), otto = await signIn('otto', wide);
	await go(olga, '/operator/csps/sunny');
	await olga.locator('#why').fill('red flag e, T-17');
	await press(olga, 'Suspend at once');
	assert.match(await olga.locator('.sent').textContent(), /It reads nothing from now on/);
	await good(olga, 'operator-csp-suspended');
	await olga.locator('#why').fill('settled, T-18');
	await press(olga, 'Ask to lift the suspension');
	assert.match(await olga.locator('.sent').textContent(), /waits for a second person/);
	await go(olga, '/operator/approvals');
	await Promise.all([olga.waitForNavigation(), olga.locator('td a').first().click()]);
	assert.equal(await olga.getByRole('button', { name: 'Confirm: do it' }).count(), 0, 'not the first one');
	await go(otto, new URL(olga.url()).pathname);
	await good(otto, 'operator-approval');
	await press(otto, 'Confirm: do it');
	assert.match(await otto.locator('.facts').textContent(), /confirmed and done.*olga.*otto/s);
	await go(otto, '/operator/csps/sunny');
	assert.match(await otto.locator('.facts').first().textContent(), /State\s*active/);
	await olga.context().close();
	await otto.context().close();
});

test('a third party is approved by two persons, and its credentials are shown once', async () => {
	const olga = await signIn('olga', wide), otto = await signIn('otto');
	await go(olga, '/operator/csps/dawn');
	await press(olga, 'It is eligible');
	assert.match(await olga.locator('.sent').textContent(), /It is reviewed/);
	await press(olga, 'Approve, and make its credentials');
	assert.match(await olga.locator('.sent').first().textContent(), /Hand this over now/);
	assert.equal(await olga.locator('.sent code').count(), 4);
	await good(olga, 'operator-csp-approved');
	const secret = await olga.locator('.sent code').nth(1).textContent();
	await go(olga, '/operator/csps/dawn');
	assert.doesNotMatch(await olga.content(), new RegExp(secret), 'what was shown is shown once');
	assert.equal(await olga.getByRole('button', { name: 'Approve as the second person' }).count(), 0, 'not who approved it');
	await go(otto, '/operator/csps/dawn');
	await press(otto, 'Approve as the second person');
	assert.match(await otto.locator('.sent').textContent(), /It has both approvals/);
	assert.match(await otto.locator('.facts').first().textContent(), /operator olga.*operator otto/s);
	await olga.context().close();
	await otto.context().close();
});

test('an order of the commission takes two of its persons, and is carried out then', async () => {
	const rita = await signIn('rita', wide), ralf = await signIn('ralf');
	await go(rita, '/regulator/companies/mailed');
	await rita.locator('#docket').fill('52500');
	await rita.locator('#notice').fill('2026-01-05');
	await rita.locator('#utilities').fill('oncor');
	await rita.locator('#why').fill('after notice');
	await press(rita, 'Give the order to a second person');
	assert.match(await rita.locator('.sent').textContent(), /second person of the commission/);
	await good(rita, 'regulator-company-asked');
	await go(ralf, '/regulator/approvals');
	await Promise.all([ralf.waitForNavigation(), ralf.locator('td a').first().click()]);
	await good(ralf, 'regulator-approval');
	await press(ralf, 'Confirm: do it');
	await go(ralf, '/regulator/companies/mailed');
	assert.match(await ralf.locator('.facts').first().textContent(), /suspended/);
	await go(rita, '/regulator/audit?f=order.+mailed');
	assert.match(await rita.locator('tbody tr').first().locator('td').nth(2).textContent(), /an order of the commission was carried out order\.carried_out/);
	await go(rita, '/regulator/audit?f=order.+mailed', 'es');
	assert.match(await rita.locator('tbody tr').first().locator('td').nth(2).textContent(), /se cumplió una orden de la comisión/);
	await go(rita, '/regulator/audit?f=order.+mailed');
	assert.match(await rita.locator('tbody').first().textContent(), /regulator rita and regulator ralf/);
	await good(rita, 'regulator-audit-found');
	const csv = await (await rita.request.get(`${url}/regulator/audit?format=csv&f=order.+mailed`)).text();
	assert.match(csv, /^"id","at","kind"/);
	await rita.context().close();
	await ralf.context().close();
});

test('reads of a home are seen under a case that an operator granted, and its customer is told', async () => {
	const rita = await signIn('rita', wide), otto = await signIn('otto');
	const home = '10443720009900116';
	const none = await rita.request.get(`${url}/v1/reads?esiid=${home}&from=2020-01-01&to=2030-01-01`);
	assert.equal(none.status(), 404, 'no case, no reads');
	await go(rita, '/regulator/cases');
	const day = (back) => new Date(Date.now() - back * 864e5).toLocaleDateString('sv-SE', { timeZone: 'America/Chicago' });
	for (const [field, text] of [['number', '52500'], ['from', day(40)], ['to', day(1)], ['days', '30'], ['esiids', home], ['why', 'estimates in a row']])
		await rita.locator(`#${field}`).fill(text);
	await press(rita, 'Ask for the case');
	assert.match(await rita.locator('.sent').textContent(), /waits for a person of the operator/);
	const path = new URL(rita.url()).pathname;
	await good(rita, 'regulator-case-asked');
	assert.equal((await rita.request.get(`${url}${path}/reads?premise=${home}`)).status(), 404, 'not before it is granted');
	await go(otto, '/operator/approvals');
	await Promise.all([otto.waitForNavigation(), otto.getByRole('link', { name: /see reads of a case/ }).first().click()]);
	await press(otto, 'Confirm: do it');
	await go(rita, path);
	await good(rita, 'regulator-case');
	await Promise.all([rita.waitForNavigation(), rita.locator('td a').first().click()]);
	assert.equal(await rita.locator('table').count(), 0, 'nothing until days are named');
	await good(rita, 'regulator-case-reads-none');
	await press(rita, 'Look, on record');
	assert.equal(await rita.locator('tbody tr').count(), 7);
	assert.equal(await rita.locator('#to').inputValue(), day(1), 'the days stay');
	assert.match(await rita.locator('tbody').textContent(), /\d+\.\d{3}/);
	await good(rita, 'regulator-case-reads');
	const file = await rita.request.get(url + await rita.locator('main a.file').getAttribute('href'));
	assert.equal(file.status(), 200);
	assert.ok((await file.text()).split('\n').length > 600, 'quarter-hours of seven days');
	await rita.locator('#from').fill(await rita.locator('#to').inputValue());
	await press(rita, 'Look, on record');
	assert.ok(await rita.locator('tbody tr').count() >= 92, 'of a day its quarter-hours');
	await rita.locator('#from').fill(day(200));
	await Promise.all([rita.waitForNavigation(), rita.getByRole('button', { name: 'Look, on record' }).click()]);
	assert.match(await rita.locator('.wrong').textContent(), /not days of this case/);
	await good(rita, 'regulator-case-reads-wrong');
	await go(otto, path.replace('/regulator/', '/operator/'));
	await good(otto, 'operator-case');
	assert.match(await otto.locator('main').textContent(), /rita.*…0116/s);
	const uma = await open(browser, '/sign-in?l=en&to=reads');
	await uma.locator('#user').fill('uma');
	await uma.locator('#password').fill('uma-right horse battery');
	await uma.getByRole('main').getByRole('button').first().click();
	await uma.waitForURL(/\/reads/);
	assert.match(await uma.locator('.reads li').first().textContent(), /Public Utility Commission.*52500/s);
	await shoot(uma, 'reads-case');
	await press(otto, 'End the case now');
	assert.equal((await rita.request.get(`${url}${path}/reads?premise=${home}`)).status(), 404, 'an end is at once');
	for (const page of [rita, otto, uma]) await page.context().close();
});

test('a look at a customer takes a reason, shows no reading, and the customer sees it', async () => {
	const page = await signIn('olga', wide);
	await go(page, '/operator/customers');
	await page.locator('#who').fill('bea@accounts.example');
	await press(page, 'Look, on record');
	assert.match(await page.locator('.bad').textContent(), /needed/);
	await page.locator('#why').fill('asks why her account is empty, T-99');
	await press(page, 'Look, on record');
	await good(page, 'operator-look');
	const said = await page.locator('main').textContent();
	assert.match(said, /10443720009900094/);
	assert.doesNotMatch(said, /kWh/);
	const otto = await signIn('otto');
	assert.equal((await otto.goto(page.url())).status(), 404, "another's look shows nothing");
	await otto.context().close();
	const bea = await open(browser, '/sign-in?l=en&to=reads');
	await bea.locator('#user').fill('bea');
	await bea.locator('#password').fill('bea-right horse battery');
	await bea.getByRole('main').getByRole('button').first().click();
	await bea.waitForURL(/\/reads/);
	assert.match(await bea.locator('.reads li').first().textContent(), /works for Busbar.*T-99/s);
	await shoot(bea, 'reads-looked');
	await bea.context().close();
	await page.context().close();
});

test('what is announced is listed, and can be taken down', async () => {
	const page = await signIn('otto', wide);
	await go(page, '/operator/announcements');
	const soon = (hours) => new Date(Date.now() + hours * 3600e3).toLocaleString('sv-SE', { timeZone: 'America/Chicago' }).slice(0, 16).replace(' ', 'T');
	await page.locator('#from').fill(soon(24));
	await page.locator('#until').fill(soon(23));
	for (const [field, text] of [['title_en', 'New disks'], ['body_en', 'Reads are late.'], ['title_es', 'Discos nuevos'], ['body_es', 'Las lecturas se retrasan.']])
		await page.locator(`#${field}`).fill(text);
	await press(page, 'Publish');
	assert.match(await page.locator('.wrong').textContent(), /cannot be taken.*behind the beginning/s);
	assert.equal(await page.locator('#title_es').inputValue(), 'Discos nuevos', 'what was typed stays');
	await page.goto(page.url().replace('l=en', 'l=es'));
	for (const [field, text] of [['from', soon(24)], ['until', soon(23)], ['title_en', 'New disks'], ['title_es', 'Discos nuevos']])
		await page.locator(`#${field}`).fill(text);
	await press(page, 'Publicar');
	assert.match(await page.locator('.wrong').textContent(), /el final ha de estar por venir y ser posterior al comienzo/);
	assert.equal(await page.locator('.wrong [lang=en]').count(), 0, 'in Spanish, all of it');
	await go(page, '/operator/announcements');
	for (const [field, text] of [['from', soon(24)], ['title_en', 'New disks'], ['body_en', 'Reads are late.'], ['title_es', 'Discos nuevos'], ['body_es', 'Las lecturas se retrasan.']])
		await page.locator(`#${field}`).fill(text);
	await page.locator('#until').fill(soon(26));
	await press(page, 'Publish');
	assert.match(await page.locator('.facts').textContent(), /planned outage.*to come.*New disks/s);
	await good(page, 'operator-announcement');
	// everybody is told: who is nobody, on the status page; who is signed in, on each page, within a quarter of a minute
	const anybody = await open(browser, '/status?l=es');
	const told = async (who, title) => {
		for (const until = Date.now() + 40000; Date.now() < until; await who.reload())
			if ((await who.getByRole('main').textContent()).includes(title)) return true;
		return false;
	};
	assert.ok(await told(anybody, 'Discos nuevos'), 'on the status page');
	await shoot(anybody, 'status-announced');
	const its = page.url();
	await go(page, '/operator');
	assert.ok(await told(page, 'Reads are late.'), 'on a page of the operator');
	await good(page, 'operator-announced');
	await page.goto(its);
	await anybody.context().close();
	await press(page, 'Take it down');
	assert.match(await page.locator('.facts').textContent(), /taken down/);
	await page.context().close();
});

test('an organization is wanted by two persons; its first person is invited, and its box made', async () => {
	const olga = await signIn('olga', wide), otto = await signIn('otto');
	await go(olga, '/operator/parties');
	for (const [field, text] of [['code', 'watt'], ['name', 'Watt Light'], ['certificate', '1'], ['why', 'licensed, T-200']])
		await olga.locator(`#${field}`).fill(text);
	await press(olga, 'Ask a second person to add it');
	assert.match(await olga.locator('#wrong').textContent(), /certificate "1".*five digits/);
	await olga.locator('#certificate').fill('10777');
	await press(olga, 'Ask a second person to add it');
	assert.match(await olga.locator('.sent').textContent(), /waits for a second person/);
	await go(otto, new URL(olga.url()).pathname);
	assert.match(await otto.locator('.facts').textContent(), /add an organization.*watt.*10777/s);
	await press(otto, 'Confirm: do it');
	await go(otto, '/operator/parties/watt');
	assert.equal(await otto.getByRole('main').getByRole('button').count(), 0, 'who is no admin begins nothing');
	await go(olga, '/operator/parties/watt');
	await olga.locator('#login').fill('watt-admin');
	await olga.locator('#email').fill('wanda@watt');
	await press(olga, 'Invite its first person');
	assert.match(await olga.locator('#wrong').textContent(), /no e-mail address/);
	await olga.locator('#email').fill('wanda@watt.example');
	await press(olga, 'Invite its first person');
	assert.match(await olga.locator('.sent').textContent(), /link to choose a password/);
	assert.equal(await olga.locator('#email').count(), 0, 'its own admins add others');
	await olga.locator('#box').fill('watt');
	await press(olga, 'Make its box');
	assert.match(await olga.locator('.sent').textContent(), /It has a box/);
	assert.match(await olga.locator('tbody').first().textContent(), /watt.*watt-admin/s);
	await good(olga, 'operator-party-begun');
	await go(olga, '/operator/mail');
	assert.match(await olga.locator('tbody tr').first().textContent(), /a person may act for an organization/);
	await go(olga, '/operator/mail', 'es');
	assert.match(await olga.locator('tbody tr').first().textContent(), /una persona puede actuar por una organización/);
	await olga.context().close();
	await otto.context().close();
});

test('who may only read has no button, and a form that is sent anyway does nothing', async () => {
	const page = await signIn('oren');
	await go(page, '/operator/csps/dawn');
	assert.equal(await page.getByRole('main').getByRole('button').count(), 0);
	const nonce = await page.locator('[name=nonce]').first().inputValue();
	const said = await page.request.post(`${url}/operator/csps/dawn?l=en`, { form: { nonce, do: 'review', why: '', turn: '' }, headers: { Origin: url } });
	assert.equal(said.status(), 403);
	await page.context().close();
});
