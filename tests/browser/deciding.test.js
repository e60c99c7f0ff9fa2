// Deciding, as people do it: by mouse, by keys alone, without script; and what machines can do, which is nothing.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { code, launch, links, long, open, state, url } from './browser.js';

let browser;
before(async () => { browser = await launch(); });
after(async () => { await browser.close(); });
const of = (name) => `/a/${links[name]}`;
const heading = (page) => page.locator('h1').textContent();

test('two clicks with script: the code is not asked for', async () => {
	const page = await open(browser, of('script'));
	const begun = Date.now();
	assert.equal(await page.locator('#code').isVisible(), false);
	await page.locator('#agree').click();
	await page.locator('button.yes').click();
	await page.waitForURL('**?l=en');
	assert.equal(await heading(page), 'You share your data with Sunny Roof Solar');
	assert.deepEqual(page.complaints, []);
	console.log(`decided: 2 clicks, ${Date.now() - begun} ms (500 ms of them the dwell of this test)`);
	await page.context().close();
});

test('on a processor six times slower, as an old phone has', async () => {
	const page = await open(browser, of('phone'));
	const session = await page.context().newCDPSession(page);
	await session.send('Emulation.setCPUThrottlingRate', { rate: 6 });
	const begun = Date.now();
	await page.locator('#agree').click();
	await page.locator('button.yes').click();
	await page.waitForURL('**?l=en');
	assert.equal(await heading(page), 'You share your data with Sunny Roof Solar');
	console.log(`a processor six times slower: ${Date.now() - begun} ms from the tick to the answer`);
	await page.context().close();
});

test('without the tick a browser says what is missing, and nothing is sent', async () => {
	const page = await open(browser, of('mistakes'));
	const before = state();
	await page.locator('button.yes').click();
	assert.equal(await page.evaluate(() => document.activeElement.id), 'agree');
	assert.equal(state(), before);
	await page.context().close();
});

test('by keys alone', async () => {
	const page = await open(browser, of('keyboard'));
	const met = [];
	const tab = async () => {
		await page.keyboard.press('Tab');
		const at = await page.evaluate(() => {
			const e = document.activeElement, s = getComputedStyle(e), r = e.getBoundingClientRect();
			return { name: e.id || e.value || e.textContent.trim(), outline: s.outlineStyle, inside: r.right > 0 && r.bottom > 0 && r.top < innerHeight };
		});
		assert.notEqual(at.outline, 'none', `${at.name} shows no focus`);
		assert.ok(at.inside, `${at.name} has the focus out of sight`);
		met.push(at.name);
		return at.name;
	};
	assert.equal(await tab(), 'Skip to the page');
	await page.keyboard.press('Enter');
	assert.equal(await page.evaluate(() => document.activeElement.id), 'page');
	for (let i = 0; i < 20 && await tab() !== 'agree'; i++);
	await page.keyboard.press('Space');
	assert.equal(await page.locator('#agree').isChecked(), true);
	assert.equal(await tab(), 'CONFIRM');
	assert.ok(!met.includes('fax'), 'the hidden field is never met');
	await page.keyboard.press('Enter');
	await page.waitForURL('**?l=en');
	assert.equal(await heading(page), 'You share your data with Sunny Roof Solar');
	await page.context().close();
});

test('without script, by the code of the mail', async () => {
	const page = await open(browser, `${of('noscript')}?l=es`, { javaScriptEnabled: false });
	assert.equal(await page.locator('#code').isVisible(), true);
	await page.locator('#agree').check();
	await page.locator('#code').fill(`${code.slice(0, 3)} ${code.slice(3)}`);
	await page.locator('button.yes').click();
	if (await page.locator('#wrong').count()) { // faster than a person: the same page again
		assert.equal(await page.locator('#agree').isChecked(), true);
		await page.locator('#code').fill(code);
		await page.waitForTimeout(600); // the test's dwell
		await page.locator('button.yes').click();
	}
	assert.equal(await heading(page), 'Usted comparte sus datos con Sunny Roof Solar');
	await page.context().close();
});

for (const [name, button, says] of [['decline', 'button.no', 'You said no'], ['report', 'button.report', 'Thank you for telling us']]) {
	test(`one click to ${name}, and it is said what became of it`, async () => {
		const page = await open(browser, of(name));
		await page.locator(button).click();
		await page.waitForURL('**?l=en');
		assert.equal(await heading(page), says);
		await page.reload();
		assert.equal(await heading(page), says);
		await page.context().close();
	});
}

test('stopping is asked for by mail', async () => {
	const page = await open(browser, of('active'));
	await page.locator('button[value=STOP_ASK]').click();
	await page.waitForURL('**sent');
	assert.equal(await page.locator('.sent h2').textContent(), 'The mail is on its way');
	await page.context().close();
});

test('where the browser cannot work, the code is asked for', async () => {
	const context = await browser.newContext({ ignoreHTTPSErrors: true });
	const page = await context.newPage();
	await page.addInitScript(() => { crypto.subtle.deriveBits = () => Promise.reject(new Error('no')); });
	await page.goto(url + of('slow'));
	await page.locator('#agree').click();
	await page.locator('button.yes').click();
	await page.locator('#code').waitFor();
	assert.match(await page.locator('#said').textContent(), /type the code from our mail/);
	await page.locator('#code').fill(code);
	await page.locator('button.yes').click();
	await page.waitForURL('**?l=en');
	assert.equal(await heading(page), 'You share your data with Sunny Roof Solar');
	await context.close();
});

test('machines that look at links change nothing', async () => {
	const visits = long ? 1000 : 150, browsers = long ? 50 : 8;
	const before = state();
	const ways = [
		{ method: 'GET' }, { method: 'HEAD' }, { method: 'OPTIONS' },
		{ method: 'GET', headers: { 'Sec-Purpose': 'prefetch;prerender', Purpose: 'prefetch' } },
		{ method: 'GET', headers: { 'User-Agent': 'BarracudaCentral' } },
		{ method: 'POST', body: '' }, { method: 'POST', body: new URLSearchParams({ choice: 'CONFIRM', agree: '1' }) },
		{ method: 'PUT', body: 'choice=CONFIRM' }, { method: 'DELETE' },
	];
	const names = ['scanned', 'stop', 'renew', 'not_me', 'receipt'];
	for (let i = 0; i < visits; i++) {
		const how = ways[i % ways.length], name = names[i % names.length];
		const answer = await fetch(url + of(name), { redirect: 'manual', ...how });
		assert.ok([200, 403, 405, 422].includes(answer.status), `${how.method} ${name}: ${answer.status}`);
		await answer.text();
	}
	for (let i = 0; i < browsers; i++) {
		const page = await open(browser, of(names[i % names.length]));
		await page.mouse.move(100, 300);
		await page.mouse.wheel(0, 2000);
		await page.waitForLoadState('networkidle');
		await page.evaluate(() => new Promise((done) => setTimeout(done, 700))); // longer than the dwell
		assert.deepEqual(page.complaints, []);
		await page.context().close();
	}
	assert.equal(state(), before);
	console.log(`${visits} visits and ${browsers} of Chromium with script: nothing changed`);
});
