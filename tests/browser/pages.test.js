// Every page, in both languages, light and dark, at 320 px and wide: no violation of WCAG 2.2 AA or of axe's best
// practice, nothing cut off, no word of the other language.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { launch, links, look, open, shoot } from './browser.js';

let browser;
before(async () => { browser = await launch(); });
after(async () => { await browser.close(); });

const of = (name) => `/a/${links[name]}`;
const pages = {
	decide: of('decide'), many: of('many'), once: of('once'), device: of('device'), active: of('active'), sent: `${of('active')}?l=LL&sent`,
	HELD: of('HELD'), REJECTED: of('REJECTED'), REPORTED: of('REPORTED'), LAPSED: of('LAPSED'), WITHDRAWN: of('WITHDRAWN'),
	UNDELIVERABLE: of('UNDELIVERABLE'), COMPLETED: of('COMPLETED'), TERMINATED: of('TERMINATED'), SUSPENDED: of('SUSPENDED'),
	stop: of('stop'), renew: of('renew'), renewed: of('renewed_link'), not_me: of('not_me'), receipt: of('receipt'),
	receipt_signed: of('receipt_signed'), opt_out: `/o/${links.opt_out}`, confirm: `/c/${links.confirm}`,
};
// what a third party gave, and names: the same in both
const same = /^(Busbar|English|Español|Sunny Roof Solar|help@localhost|\d+ Pecan St, Austin|[\d\s·,.…]+|\{"type.*|ESI ID.*)$/s;

const words = (page) => page.evaluate(() => {
	const found = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	while (walk.nextNode()) {
		const text = walk.currentNode.textContent.replace(/\s+/g, ' ').trim();
		if (text) found.push(text);
	}
	return found.concat([document.title], [...document.querySelectorAll('[aria-label]')].map((e) => e.getAttribute('aria-label')));
});

for (const [name, path] of Object.entries(pages)) {
	test(`${name} is for everybody`, async () => {
		const said = {};
		for (const language of ['en', 'es']) {
			const at = path.includes('l=LL') ? path.replace('LL', language) : `${path}?l=${language}`;
			const page = await open(browser, at);
			assert.equal(page.status, 200);
			assert.equal(await page.evaluate(() => document.documentElement.lang), language);
			// each colour once: the sheet is the same in both languages
			await page.emulateMedia({ colorScheme: language === 'en' ? 'light' : 'dark' });
			assert.deepEqual(await look(page), [], language);
			await page.emulateMedia({ colorScheme: 'light' });
			const wide = await page.evaluate(() => document.documentElement.scrollWidth);
			assert.ok(wide <= 320, `it is ${wide} px wide at 320`);
			await shoot(page, `${name}-${language}-phone`);
			said[language] = await words(page);
			if (process.env.BUSBAR_SHOTS) await page.setViewportSize({ width: 1280, height: 900 });
			await shoot(page, `${name}-${language}-wide`);
			assert.deepEqual(page.complaints, []);
			await page.context().close();
		}
		assert.equal(said.en.length, said.es.length, 'as many texts in Spanish');
		const left = said.es.filter((text) => said.en.includes(text) && !same.test(text));
		assert.deepEqual(left, [], 'no English is left');
	});
}

for (const [name, path, status] of [['unknown', '/a/none', 404], ['nowhere', '/none', 404]]) {
	test(`${name} says so in both languages`, async () => {
		const page = await open(browser, path);
		assert.equal(page.status, status);
		assert.deepEqual(await look(page), []);
		assert.equal(await page.locator('section[lang=en] h1').count(), 1);
		assert.equal(await page.locator('section[lang=es] h1').count(), 1);
		assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= 320);
		await shoot(page, name);
		await page.context().close();
	});
}

test('what is wrong is said at the top, has the focus and is for everybody', async () => {
	for (const language of ['en', 'es']) {
		const page = await open(browser, `${of('mistakes')}?l=${language}`, { javaScriptEnabled: false });
		await page.locator('button.yes').evaluate((e) => e.form.noValidate = true).catch(() => {});
		await page.locator('#agree').check();
		await page.locator('#code').fill('000000');
		await page.locator('button.yes').click();
		await shoot(page, `mistakes-${language}`);
		const html = await page.content();
		assert.match(html, language === 'en' ? /Not sent yet/ : /Todavía no se ha enviado/);
		await page.context().close();
		// the same page with script, for axe
		const again = await open(browser, `${of('mistakes')}?l=${language}`);
		await again.setContent(html.replace(/<link[^>]*>|<script.*<\/script>/g, ''));
		assert.deepEqual((await look(again)).filter((v) => !v.startsWith('color-contrast') && !v.startsWith('target-size')), []);
		await again.context().close();
	}
});

test('the receipt is a file, too, and its page says how to stop', async () => {
	const page = await open(browser, of('receipt_signed'));
	const [file] = await Promise.all([page.waitForEvent('download'), page.locator('a.file').click()]);
	assert.match(file.suggestedFilename(), /^busbar-receipt-\d+\.json$/);
	assert.equal(readFileSync(await file.path(), 'utf8').trim(), (await page.locator('pre').textContent()).trim());
	await page.locator('button[value=STOP_ASK]').click();
	await page.waitForURL('**sent');
	assert.equal(await page.locator('.sent h2').textContent(), 'The mail is on its way');
	assert.equal(await page.locator('h1').textContent(), 'Consent receipt');
	await page.context().close();
});

test('a confirmation speaks the language of its mail', async () => {
	const page = await open(browser, pages.confirm);
	assert.equal(await page.evaluate(() => document.documentElement.lang), 'es');
	await page.context().close();
});

test('the receipt can be printed', async () => {
	const page = await open(browser, of('receipt_signed'));
	await page.emulateMedia({ media: 'print' });
	assert.equal(await page.locator('nav:visible').count(), 0);
	assert.equal(await page.locator('pre').isVisible(), true);
	await page.context().close();
});

test('a page comes in at most 40 kB with all that it loads', async () => {
	const context = await browser.newContext({ ignoreHTTPSErrors: true });
	const page = await context.newPage();
	const bodies = [];
	page.on('response', (r) => bodies.push(r.body()));
	await page.goto(`${process.env.BUSBAR_URL}${of('decide')}?l=es`);
	await page.waitForLoadState('networkidle');
	const bytes = (await Promise.all(bodies)).reduce((sum, body) => sum + body.length, 0);
	console.log(`page: ${bytes} bytes in all`);
	assert.ok(bytes > 5000 && bytes <= 40000, `${bytes} bytes`);
	await context.close();
});
