// A customer's account: in and out, who has access, and what strangers try.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { forget, launch, look, open, shoot, tabTo, url } from './browser.js';

let browser;
before(async () => { browser = await launch(); });
after(async () => { forget(); await browser.close(); });

const password = (who) => `${who}-right horse battery`;
const wide = { viewport: { width: 1280, height: 900 } };
async function signIn(who, options = {}, path = '/sign-in?l=en') {
	const page = await open(browser, path, options);
	await page.locator('#user').fill(who);
	await page.locator('#password').fill(password(who.replace(/@.*/, '')));
	await page.getByRole('main').getByRole('button').first().click();
	await page.waitForURL(/\/(home|reads)\?/);
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

for (const language of ['en', 'es'])
	for (const [where, options] of [['a phone', {}], ['a desk', wide]])
		test(`sign-in and home are for everybody, ${language}, on ${where}`, async () => {
			let page = await open(browser, `/sign-in?l=${language}`, options);
			assert.equal(page.status, 200);
			await good(page, 'sign-in');
			await page.locator('#user').fill('nobody');
			await page.locator('#password').fill('nothing');
			await page.getByRole('main').getByRole('button').click();
			await page.locator('#wrong').waitFor();
			assert.equal(await page.locator('#user').inputValue(), 'nobody');
			assert.equal(await page.locator('#password').inputValue(), '', 'a password is not shown again');
			await good(page, 'sign-in-wrong');
			await page.context().close();
			page = await signIn('bea', options, `/sign-in?l=${language}`);
			assert.equal(await page.locator('.share').count(), 3);
			await good(page, 'home');
			await page.locator('summary').click();
			await good(page, 'home-past');
			await page.emulateMedia({ media: 'print' });
			assert.ok(await page.locator('.share').first().isVisible(), 'it can be printed');
			assert.equal(await page.locator('button:visible').count(), 0);
			await page.context().close();
			page = await signIn('eve', options, `/sign-in?l=${language}`);
			await page.locator('.empty').waitFor();
			await good(page, 'home-empty');
			await page.context().close();
		});

test('one click ends a share: without script, by keyboard, from sign-in to sign-out', async () => {
	const page = await open(browser, '/home?l=en', { javaScriptEnabled: false });
	await page.waitForURL('**/sign-in?to=home&l=en');
	await tabTo(page, '#user');
	await page.keyboard.type('ann@accounts.example');
	await page.keyboard.press('Tab');
	await page.keyboard.type(password('ann'));
	await Promise.all([page.waitForURL('**/home?l=en'), page.keyboard.press('Enter')]);
	assert.deepEqual(await page.locator('h2').allTextContents(), ['What you used in 30 days', 'Asks for access', 'Has access now', 'Had access, or asked for it']);
	const stop = page.getByRole('button', { name: 'Stop sharing with Sunny Roof Solar' });
	assert.equal(await stop.count(), 1);
	await tabTo(page, stop);
	await Promise.all([page.waitForURL('**/home?done=*'), page.keyboard.press('Enter')]);
	assert.match(await page.locator('.sent').textContent(), /Sunny Roof Solar gets no more of your data/);
	assert.equal(await page.locator('.empty strong').textContent(), 'Nobody');
	await shoot(page, 'home-done');
	await Promise.all([page.waitForURL('**/home?done=*'), page.getByRole('button', { name: 'Do not share with' }).click()]);
	assert.deepEqual(await page.locator('h2').allTextContents(), ['Done', 'What you used in 30 days', 'Has access now', 'Had access, or asked for it']);
	await page.reload(); // asks for nothing twice
	await Promise.all([page.waitForURL('**/sign-in?out=1**'), page.getByRole('button', { name: 'Sign out' }).click()]);
	assert.match(await page.locator('.sent').textContent(), /You are signed out/);
	await page.goBack();
	await page.goto(`${url}/home?l=en`);
	assert.match(page.url(), /sign-in/);
	await page.context().close();
});

test('what is missing stands beside the field, and is read with it', async () => {
	const page = await open(browser, '/sign-in?l=en', { javaScriptEnabled: false });
	const html = async () => (await page.request.post(`${url}/sign-in?l=en`, {
		form: { nonce: await page.locator('[name=nonce]').inputValue(), user: ' ', password: '' }, headers: { Origin: url },
	})).text();
	const said = await html();
	assert.match(said, /id="user"[^>]* aria-invalid="true" aria-describedby="user-bad"/);
	assert.match(said, /id="user-bad">Please type your e-mail address or user name\./);
	assert.match(said, /id="password-bad">Please type your password\./);
	await page.context().close();
});

for (const [language, options] of [['en', {}], ['es', wide]])
	test(`who read my data, ${language}`, async () => {
		const page = await signIn('bea', options, `/sign-in?l=${language}`);
		await page.getByRole('link', { name: language === 'en' ? 'Who read it' : 'Quién los leyó' }).click();
		await page.waitForURL('**/reads?l=*');
		const said = await page.locator('.reads li').allTextContents();
		// home has looked, too: the newest
		assert.match(said.shift(), language === 'en' ? /You, or a program of yours.*on (a page|pages) of ours/s : /en (una página nuestra|páginas nuestras)/);
		assert.equal(said.length, 3, 'one entry for a reader, a door and a day');
		if (language === 'en') {
			assert.match(said[0], /Links REP.*your retail electric provider then.*by a program/s);
			assert.match(said[1], /Somebody who works for Busbar.*at a desk of ours.*The reason given: A call <b>about<\/b> a bill/s);
			assert.match(said[2], /Sunny Roof Solar.*by a program, 2 times.*of January 1, 2026 to February 1, 2026.*…0094/s);
		}
		await good(page, 'reads');
		// hers alone to be proven; nothing is signed here (no auditor runs), so there is no proof yet
		const proofs = await page.locator('.reads a').evaluateAll((all) => all.map((a) => a.getAttribute('href')));
		assert.ok(proofs.length >= 2 && proofs.every((href) => /^\/v1\/releases\/\d+\/proof$/.test(href)), proofs.join());
		for (const href of proofs) assert.equal((await page.request.get(url + href)).status(), 409, href);
		assert.equal(await page.locator('a.file').count(), 0, 'all are on this page');
		await page.goto(`${url}/reads?before=1&l=${language}`);
		await page.locator('.empty').waitFor();
		await good(page, 'reads-end');
		await page.goto(`${url}/reads?before=x%27;--&l=${language}`);
		assert.equal(await page.locator('.reads li').count(), 4);
		await page.context().close();
		const eve = await signIn('eve', options, `/sign-in?to=reads&l=${language}`);
		await eve.goto(`${url}/reads?l=${language}`);
		// the REP's, and her own, if she was at home before
		assert.ok([1, 2].includes(await eve.locator('.reads li').count()));
		// the REP's was of both homes; the third party's of one
		assert.equal((await eve.request.get(url + proofs.at(-1))).status(), 404, 'not another one\'s');
		await eve.context().close();
	});

for (const [language, options] of [['en', wide], ['es', {}]])
	test(`where I am signed in, and out there, ${language}`, async () => {
		const there = await signIn('bea', {}, `/sign-in?l=${language}`);
		const page = await signIn('bea', options, `/sign-in?l=${language}`);
		await page.getByRole('link', { name: language === 'en' ? 'Account' : 'Cuenta' }).click();
		await page.waitForURL('**/account?l=*');
		assert.match(await page.locator('.share').first().textContent(), language === 'en' ? /Chrome · Linux\s+This browser/ : /Chrome · Linux\s+Este navegador/);
		await good(page, 'account');
		await page.locator('button.stop').click();
		await page.locator('.sent').waitFor();
		assert.equal(await page.locator('.share').count(), 1);
		await good(page, 'account-alone');
		await there.reload();
		assert.match(there.url(), /sign-in/);
		await there.context().close();
		await page.context().close();
	});

// ---- what strangers try ----

const cookies = async (page) => Object.fromEntries((await page.context().cookies()).map((c) => [c.name, c]));
const session = '__Host-busbar-session';
const post = (page, path, form, headers = { Origin: url }) => page.request.post(url + path, { form, headers, maxRedirects: 0 });

test('a session begins with a secret of its own; the one from before is worth nothing', async () => {
	const page = await open(browser, '/sign-in?l=en');
	assert.equal((await cookies(page))[session], undefined, 'nobody has one before');
	await page.context().addCookies([{ name: session, value: 'A'.repeat(43), url, secure: true, httpOnly: true }]);
	await page.locator('#user').fill('bea');
	await page.locator('#password').fill(password('bea'));
	await page.getByRole('button', { name: 'Sign in' }).click();
	await page.waitForURL('**/home**');
	const first = (await cookies(page))[session];
	assert.notEqual(first.value, 'A'.repeat(43));
	assert.equal(first.value.length, 43);
	assert.ok(first.secure && first.httpOnly && first.sameSite === 'Lax' && first.path === '/' && !first.domain.startsWith('.'));
	// again, by the form that another tab still shows: the first one ends
	await page.context().clearCookies({ name: session });
	await page.goto(`${url}/sign-in?l=en`);
	const old = { ...first };
	await page.context().addCookies([old]);
	await page.locator('#user').fill('bea');
	await page.locator('#password').fill(password('bea'));
	await page.getByRole('button', { name: 'Sign in' }).click();
	await page.waitForURL('**/home**');
	assert.notEqual((await cookies(page))[session].value, first.value);
	const thief = await open(browser, '/sign-in');
	await thief.context().addCookies([old]);
	await thief.goto(`${url}/home`);
	assert.match(thief.url(), /sign-in/);
	await thief.context().close();
	await page.context().close();
});

test('a form counts in its own session and browser alone, and from this site', async () => {
	const ann = await signIn('bea'), other = await signIn('cal');
	const id = await ann.locator('button.stop').getAttribute('value');
	const nonce = await ann.locator('main [name=nonce]').inputValue();
	const theirs = await other.locator('main [name=nonce]').inputValue();
	const bad = [
		['without a nonce', { end: id }, {}], ['with that of another session', { end: id, nonce: theirs }, {}],
		['from another site', { end: id, nonce }, { Origin: 'https://evil.example' }],
		['from another site, as browsers say', { end: id, nonce }, { Origin: url, 'Sec-Fetch-Site': 'cross-site' }],
		['from a neighbour', { end: id, nonce }, { Origin: url, 'Sec-Fetch-Site': 'same-site' }],
	];
	for (const [why, form, headers] of bad) {
		const said = await post(ann, '/home?l=en', form, { Origin: url, ...headers });
		assert.ok([403, 422].includes(said.status()), `${why}: ${said.status()}`);
	}
	assert.equal((await post(other, '/home?l=en', { end: id, nonce: theirs })).status(), 409, "another's is none of one's own");
	assert.equal((await post(other, '/home?l=en', { end: '0', nonce: theirs })).status(), 409, 'as one that there is not');
	await ann.reload();
	assert.equal(await ann.locator('button.stop').count(), 1, 'nothing was ended');
	// neither does GET, nor a sign-out from elsewhere
	await ann.goto(`${url}/home?end=${id}&nonce=${nonce}&l=en`);
	assert.equal(await ann.locator('button.stop').count(), 1);
	await post(ann, '/sign-out', { nonce: theirs });
	await ann.reload();
	assert.match(ann.url(), /home/);
	await ann.context().close();
	await other.context().close();
});

test('signing in leads to a page of this site, whatever the address says', async () => {
	for (const to of ['https://evil.example', '//evil.example', '/\\evil.example', '..//evil.example', 'home%0d%0aX: y', 'home'])
		for (const where of ['?l=en&to=', '']) {
			const page = await open(browser, `/sign-in${where}${where ? encodeURIComponent(to) : ''}`);
			const nonce = await page.locator('[name=nonce]').inputValue();
			const said = await post(page, '/sign-in?l=en', { nonce, user: 'max', password: password('max'), to });
			assert.equal(said.status(), 303);
			assert.equal(said.headers().location, to === 'home' ? '/?to=home&l=en' : '/?l=en');
			await page.context().close();
		}
});

test('whether there is an account no answer tells, nor how long it takes', async () => {
	forget();
	const page = await open(browser, '/sign-in?l=en');
	const nonce = await page.locator('[name=nonce]').inputValue();
	const tries = { 'cal@accounts.example': [], 'nobody@accounts.example': [] };
	for (let i = 0; i < 2; i++)
		for (const user of Object.keys(tries)) {
			const begun = performance.now();
			const said = await post(page, '/sign-in?l=en', { nonce, user, password: 'wrong' });
			tries[user].push(performance.now() - begun);
			assert.equal(said.status(), 422);
			tries[user].text = (await said.text()).replaceAll(user, 'USER');
		}
	const [known, unknown] = Object.values(tries);
	assert.equal(known.text, unknown.text);
	const least = (times) => Math.min(...times);
	assert.ok(least(known) >= 390 && least(unknown) >= 390, 'each comes when it is due');
	// and the wait that grows is that of both; the right password waits, too
	for (const user of Object.keys(tries)) {
		for (let i = 0; i < 3; i++) await post(page, '/sign-in?l=en', { nonce, user, password: 'wrong' });
		forget('long'); // of who has failed five times
		const said = await post(page, '/sign-in?l=en', { nonce, user, password: password('cal') });
		assert.equal(said.status(), 429, user);
		assert.ok(Number(said.headers()['retry-after']) >= 1);
		assert.match(await said.text(), /too many tries/);
	}
	await page.context().close();
});

test('pages of who is signed in are kept by nobody and framed by nobody', async () => {
	const page = await signIn('max');
	const said = await page.request.get(`${url}/home`);
	assert.equal(said.headers()['cache-control'], 'no-store');
	assert.equal(said.headers()['x-frame-options'], 'DENY');
	assert.match(said.headers()['content-security-policy'], /frame-ancestors 'none'/);
	assert.doesNotMatch(said.headers()['content-security-policy'], /unsafe/);
	await page.context().close();
});
