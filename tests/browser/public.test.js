// Pages for everybody: what they say, in both languages, and where they lead.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { launch, look, open, shoot, url } from './browser.js';

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

const wide = { viewport: { width: 1280, height: 900 } };
const pages = ['/', '/companies', '/status', '/scoreboard', '/help', '/privacy', '/help/csp', '/help/formats'];
const name = (path) => (path === '/' ? 'front' : path.slice(1).replace('/', '-'));

// each language, each width, light and dark: not all with all
for (const [language, colorScheme, options] of [['en', 'light', {}], ['en', 'dark', wide], ['es', 'dark', {}], ['es', 'light', wide]])
	test(`pages for everybody, ${language}, ${colorScheme}, ${options.viewport ? 'on a desk' : 'on a phone'}`, async () => {
		const page = await open(browser, `/?l=${language}`, { colorScheme, ...options });
		for (const path of pages) {
			assert.equal((await page.goto(`${url}${path}?l=${language}`)).status(), 200, path);
			assert.equal(await page.locator('html').getAttribute('lang'), language);
			assert.equal(await page.locator('h1').count(), 1, `${path} has one title`);
			await page.evaluate(() => document.querySelectorAll('details').forEach((d) => { d.open = true; }));
			assert.deepEqual(await look(page), [], `${path} ${language} ${colorScheme}`);
			assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= page.viewportSize().width, `${path} is too wide`);
			await page.evaluate(() => document.querySelectorAll('details').forEach((d) => { d.open = false; }));
			await shoot(page, `public-${name(path)}-${language}-${page.viewportSize().width}-${colorScheme}`);
		}
		assert.deepEqual(page.complaints, []);
		assert.deepEqual(await page.context().cookies(), [], 'they need no cookie');
		await page.context().close();
	});

test('each link of a page for everybody leads somewhere', async () => {
	const page = await open(browser, '/?l=en');
	const seen = new Set(), todo = pages.slice();
	while (todo.length > 0) {
		const path = todo.pop();
		if (seen.has(path)) continue;
		seen.add(path);
		const answer = await page.request.get(url + path, { maxRedirects: 0 });
		assert.equal(answer.status(), 200, path);
		if (!/^\/(?:companies|status|scoreboard|help|privacy|$)/.test(path.replace(/\?.*/, ''))) continue;
		const html = await answer.text();
		for (const [, href] of html.matchAll(/href="(\/[^"]*)"/g)) {
			const to = href.replace(/&amp;/g, '&').replace(/#.*/, '');
			if (!/^\/(?:s|connect)\//.test(to)) todo.push(to);
		}
		for (const [, anchor] of html.matchAll(/href="#([^"]+)"/g)) assert.ok(html.includes(`id="${anchor}"`), `${path} has #${anchor}`);
	}
	assert.ok(seen.size > 40, `${seen.size} pages were looked at`);
	await page.context().close();
});

test('the language is the browser\'s, then what one chooses; names of others are names', async () => {
	const spanish = await open(browser, '/help', { locale: 'es-MX' });
	assert.equal(await spanish.locator('html').getAttribute('lang'), 'es');
	await spanish.getByRole('link', { name: 'English' }).click();
	await spanish.waitForURL('**/help?l=en');
	assert.equal(await spanish.locator('html').getAttribute('lang'), 'en');
	await spanish.goto(`${url}/help/csp?l=es`);
	assert.equal(await spanish.locator('article').getAttribute('lang'), 'en', 'a guide in another language says so');
	assert.equal((await spanish.goto(`${url}/help/nothing`)).status(), 404);
	for (const odd of ['..%2f..%2fetc', 'customer.html', '%00', 'x'.repeat(290), 'guide_customer'])
		assert.ok([400, 404].includes((await spanish.goto(`${url}/help/${odd}`)).status()), odd);
	await spanish.context().close();
});

test('a consent begins at a company that is live', async () => {
	const page = await open(browser, '/companies?l=en', { javaScriptEnabled: false });
	assert.equal(await page.locator('article').count(), 20);
	await page.getByRole('link', { name: 'Show more companies' }).click();
	await page.waitForURL('**after=**');
	const answer = await page.request.get(`${url}${await page.getByRole('link', { name: 'Connect to Sunny Roof Solar' }).getAttribute('href')}`, { maxRedirects: 0 });
	assert.equal(answer.status(), 302);
	assert.match(answer.headers().location, /^https:\/\/sunny\.example\/connect\?scope=/);
	await page.goto(`${url}/companies?l=en&name=sUnny`);
	assert.equal(await page.locator('article').count(), 1);
	await page.goto(`${url}/companies?l=en&name=%3Cb%3E%27`);
	await page.locator('.empty').waitFor();
	assert.equal(await page.locator('#name').inputValue(), "<b>'");
	for (const odd of ['name=%', 'name=a&name=b', 'after=%00', `name=${'x'.repeat(3000)}`])
		assert.equal((await page.goto(`${url}/companies?${odd}`)).status(), 200, odd);
	await page.context().close();
});

test('figures of the page are those that programs get', async () => {
	const page = await open(browser, '/scoreboard?l=en&days=7', wide);
	const { items, to } = await (await page.request.get(`${process.env.BUSBAR_API}/v1/scoreboard?days=7`)).json();
	const oncor = items.filter((i) => i.tdu === 'oncor');
	const sum = (what) => oncor.reduce((n, i) => n + i[what], 0);
	const said = await page.locator('#u-oncor').locator('..').textContent();
	assert.ok(said.includes(`${sum('received').toLocaleString('en')} / ${sum('due').toLocaleString('en')}`), said);
	assert.ok(said.includes(`Corrected${sum('changed')}`.replace(/(\D)(\d)/, '$1$2')) || said.replace(/\s+/g, '').includes(`Corrected${sum('changed')}`), said);
	const few = items.filter((i) => i.suppressed && i.due === null).map((i) => i.tdu);
	assert.ok(few.length > 0, 'one utility has few meters');
	for (const tdu of few) assert.match(await page.locator(`#u-${tdu}`).locator('..').textContent(), /too few to tell/);
	assert.equal(await page.locator('#u-oncor').locator('..').locator('rect').count(), 7);
	assert.equal(await page.locator('#day').inputValue(), to);
	await page.locator('#days').selectOption('1');
	await page.locator('#day').fill(oncor[2].date);
	await Promise.all([page.waitForURL('**days=1**'), page.getByRole('button', { name: 'Show' }).click()]);
	assert.ok((await page.locator('#u-oncor').locator('..').textContent()).includes(oncor[2].received.toLocaleString('en')));
	for (const odd of ['day=tomorrow', 'day=2999-01-01', 'days=0', 'days=1000', 'days=x', 'day=2026-02-30&days=-1'])
		assert.equal((await page.goto(`${url}/scoreboard?${odd}`)).status(), 200, odd);
	await page.goto(`${url}/status?l=en`);
	const slo = await (await page.request.get(`${process.env.BUSBAR_API}/v1/status/slo?days=90`)).json();
	const fresh = slo.items.find((i) => i.name === 'freshness');
	assert.ok((await page.locator('#p-freshness').locator('..').textContent()).includes(` of ${fresh.total}.`));
	assert.equal(await page.locator('#p-freshness').locator('..').locator('rect').count(), 91);
	assert.equal(await page.locator('#p-freshness').locator('..').locator('rect.missed').count(), fresh.days.filter((d) => d.good < 0.99 * d.total).length);
	await page.context().close();
});
