// Every page of the portal that has an address of its own, as whom it is for, and what it links to: nothing breaks, nothing
// is refused by the policy, nothing is cut off, nothing is heavy. BUSBAR_TEST_LONG=true: also axe, in both languages, light
// and dark, at 320, 768 and 1280 px.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { forget, launch, long, look, open, shoot, url } from './browser.js';

let browser;
before(async () => { browser = await launch(); });
after(async () => { forget(); await browser.close(); });

// kind -> who signs in, and by which password
const people = JSON.parse(readFileSync(process.env.BUSBAR_KINDS, 'utf8'));
const pages = execFileSync(process.env.BUSBAR_PORTALD, ['--pages'], { encoding: 'utf8' }).trim().split('\n')
	.map((line) => line.split('\t')).filter(([method, path]) => method === 'GET' && !path.includes('{') && !/authorize|myAuthorization|shared/i.test(path));
const FIRST_VIEW_MOST = 150000; // bytes as they are sent
const widths = [320, 768, 1280];

async function signIn(kind, options) {
	const page = await open(browser, '/sign-in?l=en', options);
	if (kind === 'anybody') return page;
	await page.locator('#user').fill(people[kind].user);
	await page.locator('#password').fill(people[kind].password);
	await page.getByRole('main').getByRole('button').first().click();
	await page.waitForURL((at) => !at.pathname.startsWith('/sign-in'));
	return page;
}

// What a view costs with nothing kept from before.
async function weigh(page, path) {
	let bytes = 0;
	const cdp = await page.context().newCDPSession(page);
	await cdp.send('Network.enable');
	await cdp.send('Network.setCacheDisabled', { cacheDisabled: true });
	cdp.on('Network.loadingFinished', (e) => { bytes += e.encodedDataLength; });
	const said = await page.goto(url + path);
	// scripts fetch more
	if (await page.locator('script[src]').count() > 0) await page.waitForLoadState('networkidle');
	await cdp.detach();
	return { bytes, status: said.status() };
}

for (const kind of ['anybody', ...Object.keys(people)]) {
	const own = pages.filter(([, , who]) => (kind === 'anybody' ? who === 'anybody' : who.split(',').includes(kind))).map(([, path]) => path);
	test(`pages of ${kind}: none breaks, none is cut off, none is heavy`, async () => {
		const page = await signIn(kind, { viewport: { width: 320, height: 700 } });
		const seen = new Set(own), todo = [...own], wrong = [];
		for (let n = 0; todo.length > 0 && n < 60; n++) {
			const path = todo.shift();
			const { bytes, status } = await weigh(page, `${path}${path.includes('?') ? '&' : '?'}l=en`);
			if (status !== 200) wrong.push(`${path}: ${status}`);
			if (bytes > FIRST_VIEW_MOST) wrong.push(`${path}: ${bytes} bytes`);
			const wide = await page.evaluate(() => document.documentElement.scrollWidth);
			if (wide > 320) wrong.push(`${path}: ${wide} px wide at 320`);
			if (await page.locator('h1').count() !== 1) wrong.push(`${path}: ${await page.locator('h1').count()} headings of the first rank`);
			wrong.push(...page.complaints.splice(0).map((c) => `${path}: ${c}`));
			// things behind lists: one of each kind of address
			for (const at of own.includes(path) ? await page.locator('main a[href^="/"]').evaluateAll((all) => all.map((a) => a.getAttribute('href'))) : []) {
				const shape = at.replace(/\?.*/, '').replace(/[0-9]+|[^/]*[0-9…][^/]*/g, 'N');
				if (seen.has(shape) || /^\/(v1|box|s|sign-out|connect|share|help)\b/.test(at)) continue;
				seen.add(shape);
				todo.push(at.replace(/[?&]l=e[ns]/, ''));
			}
		}
		assert.deepEqual(wrong, []);
		await page.context().close();
	});
	if (!long) continue;
	for (const language of ['en', 'es'])
		for (const width of widths)
			test(`pages of ${kind} are for everybody, ${language}, at ${width} px`, async () => {
				const page = await signIn(kind, { viewport: { width, height: 800 } }), wrong = [];
				for (const path of own) {
					await page.goto(`${url}${path}?l=${language}`);
					for (const colorScheme of ['light', 'dark']) {
						await page.emulateMedia({ colorScheme });
						wrong.push(...(await look(page)).map((v) => `${path} ${colorScheme}: ${v}`));
						await shoot(page, `every-${kind}-${path.slice(1).replaceAll('/', '_') || 'front'}-${language}-${width}-${colorScheme}`);
					}
					await page.emulateMedia({ colorScheme: 'light' });
				}
				assert.deepEqual(wrong, []);
				await page.context().close();
			});
}
