// The page of the API: for everybody, at 320 px and wide, light and dark, without script, by keys alone.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { launch, look, open, shoot } from './browser.js';

let browser;
before(async () => { browser = await launch(); });
after(async () => { await browser.close(); });
const reference = `${process.env.BUSBAR_API}/reference`;

for (const colorScheme of ['light', 'dark'])
	for (const width of [320, 1280])
		test(`the page of the API is for everybody: ${colorScheme}, ${width} px`, async () => {
			const page = await open(browser, reference, { colorScheme, viewport: { width, height: 800 } });
			assert.equal(page.status, 200);
			const wide = await page.evaluate(() => document.documentElement.scrollWidth);
			assert.ok(wide <= width, `it is ${wide} px wide at ${width}`);
			assert.notEqual(await page.evaluate(() => getComputedStyle(document.querySelector('section')).borderTopWidth), '0px', 'it has its style');
			await shoot(page, `reference-${colorScheme}-${width}`);
			// axe takes minutes for all of it: all of its sections are made alike, so some of each kind are enough
			await page.evaluate(() => {
				for (const e of document.querySelectorAll('main section:nth-of-type(n+4), nav ul ul li:nth-child(n+3)')) e.remove();
				for (const e of document.querySelectorAll('main a[href^="#"], nav a[href^="#"]'))
					if (!document.getElementById(e.hash.slice(1))) e.removeAttribute('href');
			});
			assert.deepEqual(await look(page), []);
			assert.deepEqual(page.complaints, []);
			await page.context().close();
		});

test('it needs no script, and keys lead past the contents', async () => {
	const page = await open(browser, reference, { javaScriptEnabled: false, viewport: { width: 1280, height: 800 } });
	assert.ok(await page.locator('section.operation').count() > 40);
	await page.keyboard.press('Tab');
	await page.keyboard.press('Enter');
	assert.match(page.url(), /#page$/);
	await page.locator('nav a[href="#premiseReads"]').click();
	assert.ok(await page.locator('#premiseReads').isVisible());
	await page.context().close();
});
