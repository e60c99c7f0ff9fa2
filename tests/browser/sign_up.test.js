// An account, by who has it: asked for, a password chosen, a second factor, and the pages of the account.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { forget, launch, links, look, open, shoot, url } from './browser.js';

let browser;
before(async () => { browser = await launch(); });
after(async () => { forget(); await browser.close(); });

const wide = { viewport: { width: 1280, height: 900 } };
const password = (who) => `${who}-right horse battery`;
const press = async (page, name, to) => Promise.all([page.waitForURL(to), page.getByRole('main').getByRole('button', { name }).click()]);
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
async function signIn(who, secret, options, language) {
	const page = await open(browser, `/sign-in?l=${language}`, options);
	await page.locator('#user').fill(who);
	await page.locator('#password').fill(secret);
	await Promise.all([page.waitForURL((to) => to.pathname !== '/sign-in'), page.getByRole('main').getByRole('button').first().click()]);
	return page;
}
// of the key that the page shows (RFC 6238), in a step of 30 seconds
function code(key, ahead = 0) {
	const bits = [...key.replaceAll(' ', '')].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
	const counter = Buffer.alloc(8);
	counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000) + ahead));
	const mac = createHmac('sha1', Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)))).update(counter).digest();
	return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1e6).padStart(6, '0');
}

for (const [language, options] of [['en', {}], ['es', wide]])
	test(`asking for an account and for a password is for everybody, ${language}`, async () => {
		const page = await open(browser, `/sign-up?l=${language}`, options);
		await good(page, 'sign-up');
		await page.locator('#esiid').fill('123');
		await page.locator('#meter').fill('?');
		await page.locator('#rep').selectOption('19777');
		await page.locator('#email').fill('somebody@nowhere');
		await page.getByRole('main').getByRole('button').click();
		await page.locator('#wrong').waitFor();
		for (const field of ['esiid', 'meter', 'email'])
			assert.equal(await page.locator(`#${field}`).getAttribute('aria-describedby'), `${field}-bad`);
		assert.equal(await page.locator('#rep').inputValue(), '19777', 'what was chosen stays');
		assert.equal(await page.locator('#esiid').inputValue(), '123', 'and what was typed');
		await good(page, 'sign-up-wrong');
		await page.goto(`${url}/forgot?l=${language}`);
		await good(page, 'forgot');
		await page.context().close();
	});

test('from the form to one\'s home: without script, by keyboard', async () => {
	let page = await open(browser, '/sign-up?l=en', { javaScriptEnabled: false });
	await page.locator('#esiid').focus();
	for (const typed of ['10443 72000 9900001', 'L1']) {
		await page.keyboard.type(typed);
		await page.keyboard.press('Tab');
	}
	await page.keyboard.type('Links');
	await page.keyboard.press('Tab');
	await page.keyboard.type('walk@accounts.example');
	await Promise.all([page.waitForURL('**/sign-up?sent=1*'), page.keyboard.press('Enter')]);
	assert.match(await page.locator('.sent').textContent(), /Look into your mailbox/);
	await page.context().close();
	// the mail's link, of an account that was asked for like that
	page = await open(browser, `/c/${links.choose}?l=en`, { javaScriptEnabled: false });
	await page.locator('#password').focus();
	await page.keyboard.type('tundra lamp quiche');
	await page.keyboard.press('Tab');
	await page.keyboard.type('tundra lamp quiche');
	await Promise.all([page.waitForURL('**/sign-in?chosen=1*'), page.keyboard.press('Enter')]);
	await page.locator('#user').fill('new@accounts.example');
	await page.locator('#password').fill('tundra lamp quiche');
	await Promise.all([page.waitForURL('**/home?*'), page.keyboard.press('Enter')]);
	assert.equal((await page.goto(`${url}/c/${links.choose}`)).status(), 200);
	assert.equal(await page.locator('#password').count(), 0, 'the link chooses once');
	await page.context().close();
});

test('a second factor: set, asked for, and ended', async () => {
	let page = await signIn('cal', password('cal'), {}, 'en');
	await page.goto(`${url}/account/factor?l=en`);
	await good(page, 'factor');
	await press(page, 'Set it up', '**/account/factor?*');
	await page.locator('.qr').waitFor();
	await good(page, 'factor-begun');
	const key = await page.locator('.key').textContent();
	await page.locator('#code').fill(code(key));
	await page.getByRole('button', { name: 'Turn it on' }).click();
	await page.locator('.codes').waitFor();
	await good(page, 'factor-codes');
	const codes = await page.locator('.codes li').allTextContents();
	assert.equal(new Set(codes).size, 10);
	await page.context().close();
	page = await signIn('cal', password('cal'), wide, 'es');
	assert.equal(new URL(page.url()).pathname, '/code');
	await good(page, 'code');
	await page.goto(`${url}/home`);
	assert.equal(new URL(page.url()).pathname, '/code', 'no other page is there');
	await page.locator('#code').fill('000000');
	await page.getByRole('main').getByRole('button').click();
	await page.locator('#wrong').waitFor();
	await good(page, 'code-wrong');
	await page.locator('#code').fill(codes[3].toLowerCase());
	await Promise.all([page.waitForURL('**/home?*'), page.getByRole('main').getByRole('button').click()]);
	await page.goto(`${url}/account/factor?l=es`);
	await good(page, 'factor-set');
	await page.locator('#code').fill(code(key, 1));
	await Promise.all([page.waitForURL('**/account/factor?done=1*'), page.getByRole('main').getByRole('button').click()]);
	await page.context().close();
});

for (const [language, options] of [['en', wide], ['es', {}]])
	test(`pages of one's account are for everybody, ${language}`, async () => {
		const page = await signIn('max', password('max'), options, language);
		for (const path of ['account', 'account/password', 'account/preferences', 'account/homes', 'account/tokens', 'account/delete']) {
			assert.equal((await page.goto(`${url}/${path}?l=${language}`)).status(), 200, path);
			await good(page, path.replace('/', '-'));
		}
		await page.goto(`${url}/account/tokens?l=${language}`);
		await page.locator('#label').fill('battery');
		await page.locator('#words-interval').check();
		await page.locator('#days').selectOption('30');
		const tokens = () => page.locator('table.listing tbody tr').count();
		const before = await tokens();
		await Promise.all([page.waitForURL('**/account/tokens?done=made*'), page.getByRole('main').getByRole('button').last().click()]);
		assert.match(await page.locator('pre').textContent(), /^bbp_[\w-]{40,}$/);
		await good(page, 'token-made');
		await page.reload();
		assert.deepEqual([await page.locator('pre, .sent').count(), await tokens()], [0, before + 1], 'shown once, and sent again it makes none');
		await page.context().close();
	});

test('people of an organisation', async () => {
	const page = await signIn('olga', password('olga'), wide, 'en');
	await page.goto(`${url}/people?l=en`);
	await good(page, 'people');
	const last = page.locator('tr', { hasText: 'oren' });
	await Promise.all([page.waitForURL('**/people?done=1*'), last.getByRole('button', { name: 'Make member' }).click()]);
	assert.equal(await page.locator('tr', { hasText: 'oren' }).getByText('Member', { exact: true }).count(), 1);
	await page.setViewportSize({ width: 320, height: 640 });
	await page.goto(`${url}/people?l=es`);
	await good(page, 'people');
	await page.context().close();
});
