// The table of `busbar-portald --pages`, row by row, as somebody: one address for each, found by following links.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { links, open, url } from './browser.js';

// kind -> who signs in, and by which password
export const people = JSON.parse(readFileSync(process.env.BUSBAR_KINDS, 'utf8'));
export const table = execFileSync(process.env.BUSBAR_PORTALD, ['--pages'], { encoding: 'utf8' }).trim().split('\n')
	.map((line) => line.split('\t')).filter(([method]) => method === 'GET').map(([, path, who]) => ({ path, who: who.split(',') }));
const shapes = table.map(({ path }) => [path, new RegExp(`^${path.replace(/\{[^}]+\}/g, '[^/]+')}$`)]);
export const rowOf = (at) => shapes.find(([, shape]) => shape.test(at.replace(/[?#].*/, '')))?.[0];
// a page for everybody is looked at as nobody
export const rowsOf = (kind) => table.filter(({ who }) => who.includes(kind)).map(({ path }) => path);

export const authorize = '/oauth/authorize?' + new URLSearchParams({
	response_type: 'code', client_id: 'BUSBAR_ccccccccc', redirect_uri: `${url}/demo-third-party`, scope: 'FB=4_5_15',
	state: 'x', code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256',
});

export async function signIn(browser, kind, options, who = people[kind]) {
	const page = await open(browser, '/sign-in?l=en', options);
	if (kind === 'anybody') return page;
	await page.locator('#user').fill(who.user);
	await page.locator('#password').fill(who.password);
	await page.getByRole('main').getByRole('button').first().click();
	await page.waitForURL((at) => !at.pathname.startsWith('/sign-in'));
	return page;
}

const plain = (text) => text.replace(/&(lt|gt|quot|#39|amp);/g, (_, e) => ({ lt: '<', gt: '>', quot: '"', '#39': "'", amp: '&' }[e]));
export const withLanguage = (path, language) => `${path}${path.includes('?') ? '&' : '?'}l=${language}`;

// row -> an address of it, of those rows that links lead to. Each row's page is read, with a few of its filters, since what stands
// behind a key may be found in another view than the first.
export async function found(page, kind, wrong = []) {
	const own = new Set(rowsOf(kind)), at = new Map(), views = new Map();
	const todo = [...own].filter((path) => !/\{|authorize|myAuthorization/i.test(path));
	for (const path of own) if (!path.includes('{')) at.set(path, path);
	if (kind === 'anybody') {
		at.set('/a/{token}', `/a/${links.decide}`).set('/o/{token}', `/o/${links.opt_out}`).set('/c/{token}', `/c/${links.confirm}`);
		for (const path of own) if (path.endsWith('authorize') || path === '/myAuthorization') at.set(path, authorize.replace('/oauth/authorize', path.replace('{utility}', 'oncor')));
	}
	while (todo.length > 0) {
		const path = todo.shift(), said = await page.request.get(url + withLanguage(path, 'en'), { maxRedirects: 0 });
		if (said.status() >= 400) wrong.push(`${path}: ${said.status()}`);
		if (said.status() !== 200 || !/html/.test(said.headers()['content-type'] ?? '')) continue;
		for (const [, href] of (await said.text()).matchAll(/<a\b[^>]*href="(\/[^"]*)"/g)) {
			const to = plain(href).replace(/([?&])l=e[ns](&|$)/, (_, a, b) => (b ? a : '')).replace(/#.*/, ''), row = rowOf(to), n = views.get(row) ?? 0;
			if (!own.has(row) || todo.includes(to) || n > 4 || /format=|^\/s\//.test(to)) continue;
			if (!at.has(row)) at.set(row, to);
			views.set(row, n + 1);
			todo.push(to);
		}
	}
	return at;
}
