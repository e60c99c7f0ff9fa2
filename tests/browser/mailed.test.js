// From the mailbox on: the sink's pages, the mail as a person sees it, its link, the page, the button.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { launch, look, shoot } from './browser.js';

const mails = process.env.BUSBAR_MAILS;
let browser;
before(async () => { browser = await launch(); });
after(async () => { await browser.close(); });

const phone = (more) => browser.newContext({
	ignoreHTTPSErrors: true, viewport: { width: 320, height: 640 }, reducedMotion: 'reduce', ...more,
});
const fits = async (page) => assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= 320, 'it fits 320 px');

for (const colorScheme of ['light', 'dark']) {
	test(`the mailbox is for everybody, ${colorScheme}`, async () => {
		const context = await phone({ colorScheme });
		const page = await context.newPage();
		await page.goto(mails);
		assert.deepEqual(await look(page), []);
		await fits(page);
		await shoot(page, `sink-list-${colorScheme}`);
		await page.getByRole('link', { name: 'asks to go on' }).click();
		await page.waitForURL('**/mail/**');
		assert.deepEqual((await look(page)).filter((v) => !v.startsWith('frame-tested')), []);
		await fits(page);
		await shoot(page, `sink-mail-${colorScheme}`);
		// the mail itself allows no script: the same bytes in a page that does
		const html = await (await context.request.get(await page.locator('iframe').evaluate((e) => e.src))).text();
		await page.goto('about:blank');
		await page.setContent(html);
		assert.deepEqual(await look(page), []);
		await fits(page);
		await shoot(page, `mail-${colorScheme}`);
		await context.close();
	});
}

test('a business goes on by its mail: by keys alone, one press of one button', async () => {
	const context = await phone();
	const page = await context.newPage();
	await page.goto(mails);
	await page.getByRole('link', { name: 'asks to go on' }).focus();
	await page.keyboard.press('Enter');
	await page.waitForURL('**/mail/**');
	const link = page.frameLocator('iframe').getByRole('link', { name: 'Look at it and renew' });
	await link.focus();
	const [portal] = await Promise.all([context.waitForEvent('page'), page.keyboard.press('Enter')]);
	const begun = Date.now();
	await portal.waitForLoadState();
	assert.equal(await portal.locator('h1').textContent(), 'Go on sharing with Mailed Third Party?');
	assert.deepEqual(await look(portal), []);
	assert.equal(await portal.locator('button').count(), 1);
	assert.equal(await portal.locator('input:not([type=hidden])').count(), 0, 'no tick, no code');
	await portal.reload(); // looking again renews nothing
	assert.equal(await portal.locator('button').count(), 1);
	for (let i = 0; i < 20 && await portal.evaluate(() => document.activeElement.value) !== 'GO'; i++) await portal.keyboard.press('Tab');
	await Promise.all([portal.waitForURL('**?l=en'), portal.keyboard.press('Enter')]);
	assert.equal(await portal.locator('h1').textContent(), 'You go on sharing with Mailed Third Party');
	assert.equal(await portal.locator('button').count(), 0);
	assert.deepEqual(await look(portal), []);
	await shoot(portal, 'mailed-renewed');
	console.log(`renewed: 1 press, ${Date.now() - begun} ms`);
	await context.close();
});
