// A utility and a retail electric provider: what they see of theirs, and nothing of others.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { forget, launch, look, open, shoot, url } from './browser.js';

let browser;
before(async () => { browser = await launch(); });
after(async () => { forget(); await browser.close(); });

const password = (who) => readFileSync(`${process.env.BUSBAR_PEOPLE}/${who}.password`, 'utf8').trim();
const wide = { viewport: { width: 1280, height: 900 } };
async function signIn(who, options = {}, language = 'en') {
	const page = await open(browser, `/sign-in?l=${language}`, options);
	await page.locator('#user').fill(who);
	await page.locator('#password').fill(password(who));
	await Promise.all([page.waitForURL(/\/(tdu|rep)\?/), page.getByRole('main').getByRole('button').first().click()]);
	if (!page.url().includes(`l=${language}`)) await page.goto(page.url().replace(/l=../, `l=${language}`));
	return page;
}
async function good(page, name) {
	const language = await page.evaluate(() => document.documentElement.lang);
	assert.deepEqual(await look(page), [], `${name} ${language}`);
	assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= page.viewportSize().width, `${name} is too wide`);
	await shoot(page, `${name}-${language}-${page.viewportSize().width}`);
	assert.deepEqual(page.complaints, []);
}
const go = (page, path, l = 'en') => page.goto(`${url}${path}${path.includes('?') ? '&' : '?'}l=${l}`);

test('a utility finds what was wrong with a file, to the line', async () => {
	const page = await signIn('oncor-admin', wide);
	await page.getByRole('link', { name: 'Files', exact: true }).click();
	await page.waitForURL('**/tdu/files?**');
	const row = page.getByRole('row', { name: /faulty\.csv/ });
	assert.match(await row.textContent(), /Loaded/);
	await row.getByRole('link', { name: 'faulty.csv' }).click();
	await page.waitForURL(/\/tdu\/files\/\d+\?/);
	const faults = page.getByRole('table', { name: 'Faults, line by line' });
	const said = await faults.textContent();
	assert.match(said, /2026-13-01/);
	assert.match(said, /a date YYYY-MM-DD/);
	assert.match(said, /<b>bold<\/b>/, 'what stands in a file is text');
	await good(page, 'tdu-file');
	const ack = await page.getByRole('link', { name: 'Acknowledgement (JSON)' }).getAttribute('href');
	const answer = await page.request.get(url + ack);
	assert.equal(answer.status(), 200);
	assert.equal((await answer.json()).file, 'faulty.csv');
	const file = page.url();
	// it is nobody else's
	const other = await signIn('tnmp-admin');
	assert.equal((await other.goto(file)).status(), 404);
	assert.equal(await other.locator('text=faulty.csv').count(), 0);
	await go(other, '/tdu/files');
	await other.locator('.empty').waitFor();
	await good(other, 'tdu-files-none');
	assert.equal((await go(other, '/rep')).status(), 403);
	await other.context().close();
	for (const odd of ['/tdu/files/0', '/tdu/files/x', '/tdu/files/99999999999999999999', '/tdu/days/tomorrow', '/tdu/days/9999-12-31'])
		assert.equal((await go(page, odd)).status(), 404, odd);
	for (const odd of ['/tdu/files?before=x', '/tdu/files?state=%27;--', '/tdu/days?last=never', '/tdu/commands?state=&before=-1', `${new URL(file).pathname}?after=99999`])
		assert.equal((await go(page, odd)).status(), 200, odd);
	await page.context().close();
});

test('days, gaps, streaks, corrections and the queue are those of the database', async () => {
	const page = await signIn('oncor-admin');
	await go(page, '/tdu/days');
	assert.equal(await page.locator('.listing tbody tr').count(), 31);
	const first = page.locator('.listing tbody tr').first();
	assert.match(await first.textContent(), /99\.9%.*19,99\d of 20,000/s);
	await first.getByRole('link').click();
	await page.waitForURL(/\/tdu\/days\/2/);
	assert.match(await page.locator('.listing').textContent(), /10443720009900001.*10443720009900002/s);
	assert.equal(await page.locator('.listing tbody tr').count(), 2);
	await good(page, 'tdu-day');
	await go(page, '/tdu/estimates');
	assert.match(await page.locator('.listing tbody tr').first().textContent(), /1044372000990000.*days in a row.*reads1\.lse/s);
	assert.equal(await page.locator('.listing tbody tr').count(), 5);
	await go(page, '/tdu/corrections');
	assert.match(await page.getByRole('row', { name: /reads1\.lse/ }).textContent(), /reads1\.lse.*\b2\b/s);
	await go(page, '/tdu/commands');
	assert.equal(await page.locator('.listing tbody tr').count(), 3);
	await page.locator('#state').selectOption('FAILED');
	await Promise.all([page.waitForURL('**state=FAILED**'), page.getByRole('main').getByRole('button').click()]);
	assert.match(await page.locator('.listing tbody tr').textContent(), /Failed.*could not reach the meter/s);
	await page.context().close();
});

for (const [language, options] of [['en', {}], ['es', { colorScheme: 'dark', ...wide }]])
	test(`a retail electric provider's customers and files, ${language}`, async () => {
		const page = await signIn('links-rep-admin', options, language);
		await good(page, 'rep');
		await go(page, '/rep/customers', language);
		assert.equal(await page.locator('.listing tbody tr').count(), 50);
		await good(page, 'rep-customers');
		await page.locator('#esiid').fill('10443720009900007');
		await Promise.all([page.waitForURL('**esiid=1**'), page.getByRole('main').getByRole('button').click()]);
		assert.equal(await page.locator('.listing tbody tr').count(), 1);
		await page.locator('.listing tbody a').click();
		await page.waitForURL('**/rep/exports?**');
		assert.equal(await page.locator('#esiid').inputValue(), '10443720009900007');
		await good(page, 'rep-exports');
		await page.locator('#format').selectOption('json');
		const [answer] = await Promise.all([page.waitForResponse('**/v1/reads?**'), page.getByRole('main').getByRole('button').click()]);
		assert.equal(answer.status(), 200);
		assert.deepEqual((await answer.json()).items, []);
		await page.context().close();
	});
