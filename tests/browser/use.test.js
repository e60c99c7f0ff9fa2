// A customer's use: every range in both languages, on a phone and at a desk; the numbers are those that were sent.
import { after, before, test } from 'node:test';
import { readFileSync } from 'node:fs';
import assert from 'node:assert/strict';
import { forget, launch, look, open, shoot, url } from './browser.js';

let browser;
before(async () => { browser = await launch(); });
after(async () => { forget(); await browser.close(); });

const use = JSON.parse(readFileSync(process.env.BUSBAR_USE, 'utf8'));
const wide = { viewport: { width: 1280, height: 900 } };
async function signIn(options = {}, path = '/sign-in?l=en&to=use', who = 'uma') {
	const page = await open(browser, path, options);
	await page.locator('#user').fill(who);
	await page.locator('#password').fill(`${who}-right horse battery`);
	await Promise.all([page.waitForURL(/\/(home|use)\?/), page.getByRole('main').getByRole('button').first().click()]);
	return page;
}
async function good(page, name) {
	const language = await page.evaluate(() => document.documentElement.lang);
	for (const colorScheme of ['light', 'dark']) {
		await page.emulateMedia({ colorScheme });
		assert.deepEqual(await look(page), [], `${name} ${language} ${colorScheme}`);
		await shoot(page, `${name}-${language}-${page.viewportSize().width}-${colorScheme}`);
	}
	await page.emulateMedia({ colorScheme: 'light' });
	assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= page.viewportSize().width, `${name} is too wide`);
	assert.deepEqual(page.complaints, []);
}
const day = (age) => new Date(Date.parse(use.last) - age * 86400000).toISOString().slice(0, 10);
const kwh = (wh) => (wh / 1000).toFixed(3);
const rows = (page) => page.locator('.numbers tbody tr').evaluateAll((all) => all.map((r) => [...r.cells].map((c) => c.textContent)));

for (const [language, options] of [['en', {}], ['es', wide]])
	test(`35 days, then one of them, ${language}`, async () => {
		const page = await signIn(options, `/sign-in?l=${language}&to=use`);
		await page.waitForURL('**/use?**');
		let table = await rows(page);
		assert.equal(table.length, 35);
		for (let age = 0; age < 35; age++) {
			const is = use.days[day(age)], row = table[34 - age];
			assert.equal(row[1], is ? kwh(is.used) : '–', day(age));
			assert.equal(row[2], is ? kwh(is.given) : '–', day(age));
		}
		if (language === 'en')
			assert.deepEqual([3, 5, 10].map((age) => table[34 - age][3]), ['4 of 96 estimated', '8 of 96 missing', 'Missing']);
		await good(page, 'use-35');
		await page.locator('.numbers summary').click();
		await good(page, 'use-35-table');
		await page.locator('.numbers tbody a').nth(31).click();
		await page.waitForURL('**span=day**');
		table = await rows(page);
		assert.equal(table.length, use.days[day(2)] ? use.days[day(2)].slots : 0);
		await good(page, 'use-day');
		await page.context().close();
	});
