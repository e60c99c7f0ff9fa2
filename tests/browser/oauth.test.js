// A consent by OAuth as a person walks it: from the demo's third party to the hub and back, with a code, on a phone and
// on a desk; every page for everybody, in both languages; by keyboard and without script.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { launch, look, open, shoot, url } from './browser.js';

let browser;
before(async () => { browser = await launch(); });
after(async () => { await browser.close(); });

const wide = { viewport: { width: 1280, height: 900 } };
const request = (scope = 'FB=4_5_15') => '/oauth/authorize?' + new URLSearchParams({
	response_type: 'code', client_id: 'BUSBAR_ccccccccc', redirect_uri: `${url}/demo-third-party`, scope,
	state: 'x', code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256',
});
const good = async (page, name) => {
	for (const language of ['en', 'es']) {
		await page.getByRole('link', { name: language === 'en' ? 'English' : 'Español' }).click();
		assert.equal(await page.evaluate(() => document.documentElement.lang), language);
		for (const colorScheme of ['light', 'dark']) {
			await page.emulateMedia({ colorScheme });
			assert.deepEqual(await look(page), []);
		}
		await page.emulateMedia({ colorScheme: 'light' });
		assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing is cut off');
		await shoot(page, `${name}-${language}-${page.viewportSize().width}`);
	}
	await page.getByRole('link', { name: 'English' }).click();
};
const find = async (page, value) => {
	await page.getByLabel('Find me by').selectOption('phone');
	await page.getByLabel('As it stands on your bill').fill(value);
	await page.getByRole('button', { name: 'Send me a code' }).click();
};
const type = async (page) => {
	await page.getByLabel('Six-digit code').fill(await page.locator('#code-shown').textContent());
	await page.getByRole('button', { name: 'Continue' }).click();
};

for (const [where, options] of [['a phone', {}], ['a desk', wide]])
	test(`from the third party and back, on ${where}`, async () => {
		const page = await open(browser, '/demo-third-party', options);
		assert.equal(page.status, 200);
		assert.deepEqual(await look(page), []);
		await shoot(page, `demo-begin-${page.viewportSize().width}`);
		await page.getByRole('button', { name: 'Ask a customer' }).click();
		await page.getByRole('heading', { name: 'Who are you?' }).waitFor();
		await good(page, 'find');
		await find(page, '333-333-3333');
		await page.getByText('We could not find that customer.').waitFor();
		assert.deepEqual(await look(page), []);
		await shoot(page, `find-wrong-${page.viewportSize().width}`);
		await find(page, options === wide ? '222-222-2222' : '111-111-1111');
		await page.getByRole('heading', { name: 'Type the code' }).waitFor();
		await good(page, 'code');
		await type(page);
		await page.getByRole('heading', { name: 'Test Company asks to see your electricity data' }).waitFor();
		await good(page, 'choose');
		assert.equal(await page.locator('input[name^=p]').count(), options === wide ? 4 : 1);
		await page.waitForTimeout(600); // the test's dwell
		await page.getByRole('button', { name: 'Yes, share my data' }).click(); // the tick is missing: the browser says so
		await page.getByLabel('I have read this').check();
		await page.getByLabel('The monthly use on your bills').uncheck();
		await page.getByRole('button', { name: 'Yes, share my data' }).click();
		await page.getByText('The customer said yes.').waitFor();
		assert.match(await page.locator('#token').textContent(), /"access_token": "bba_/);
		assert.match(await page.locator('#token').textContent(), /"scope": "FB=4_5;/);
		await page.locator('#chart svg').waitFor();
		assert.equal(await page.locator('#chart rect').count(), 96);
		assert.deepEqual(await look(page), []);
		await shoot(page, `demo-end-${page.viewportSize().width}`);
		const first = await page.locator('#token').textContent();
		await page.getByRole('button', { name: 'Use the refresh token' }).click();
		// what it says stands there already: the other token is what tells that it was used
		await page.waitForFunction((was) => document.querySelector('#token').textContent !== was, first);
		await page.getByRole('button', { name: 'Give the consent up' }).click();
		await page.getByText('Given up').waitFor();
		assert.deepEqual(page.complaints, []);
		await page.context().close();
	});

test('no goes back as no', async () => {
	const page = await open(browser, '/demo-third-party');
	await page.getByRole('button', { name: 'Ask a customer' }).click();
	await page.getByRole('button', { name: 'Do not share, go back' }).click();
	await page.getByText('No: access_denied').waitFor();
	await page.context().close();
});

test('in Spanish, there and back; who comes from the list of companies comes with a client', async () => {
	const page = await open(browser, '/demo-third-party?l=es');
	assert.deepEqual(await look(page), []);
	await shoot(page, 'demo-begin-es');
	await page.getByRole('button', { name: 'Pedir a un cliente' }).click();
	assert.equal(await page.evaluate(() => document.documentElement.lang), 'es');
	await page.getByRole('button', { name: 'No compartir, volver' }).click();
	await page.locator('#told', { hasText: 'dijo que no: access_denied' }).waitFor();
	assert.equal(await page.evaluate(() => document.documentElement.lang), 'es');
	await page.goto(`${url}/demo-third-party?l=en&scope=FB%3D4_5&ThirdPartyID=somebody`);
	assert.equal(await page.getByLabel('Client').inputValue(), 'somebody');
	assert.equal(await page.getByLabel('Scope').inputValue(), 'FB=4_5');
	assert.deepEqual(page.complaints, []);
	await page.context().close();
});

test('without script, by keyboard', async () => {
	const page = await open(browser, request('FB=4_5_15;AdditionalScope=auth-phone-1111111111'), { javaScriptEnabled: false });
	assert.equal(await page.getByLabel('As it stands on your bill').inputValue(), '1111111111');
	await page.getByLabel('As it stands on your bill').press('Enter');
	await page.getByRole('heading', { name: 'Type the code' }).waitFor();
	const code = await page.locator('#code-shown').textContent();
	await page.getByLabel('Six-digit code').focus();
	await page.keyboard.type(code);
	await page.keyboard.press('Enter');
	await page.getByRole('heading', { name: 'Test Company asks to see your electricity data' }).waitFor();
	await page.waitForTimeout(600); // the test's dwell
	await page.getByLabel('I have read this').focus();
	await page.keyboard.press('Space');
	await page.getByRole('button', { name: 'Yes, share my data' }).focus();
	await Promise.all([page.waitForURL(/demo-third-party\?code=.+&state=x&iss=/), page.keyboard.press('Enter')]);
	await page.context().close();
});

test('what is wrong with a request is said on a page for everybody', async () => {
	const page = await open(browser, '/oauth/authorize?client_id=nobody');
	assert.equal(page.status, 401);
	assert.deepEqual(await look(page), []);
	await shoot(page, 'request-wrong-320');
	await page.context().close();
});
