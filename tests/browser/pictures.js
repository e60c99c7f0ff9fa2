// Pictures of a running demo for docs/guides/pictures; deploy/pictures starts this. Settings: BUSBAR_* as of demo.env.
//
//   node pictures.js FOLDER [all]   all: each page on a phone and on a desk, light and dark
import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const { BUSBAR_PORTAL_URL: url, BUSBAR_MAIL_DIR: mails, BUSBAR_PARTNERS: partners } = process.env;
const folder = process.argv[2], all = process.argv[3] === 'all';
const HIGHEST = 1600; // of a picture; what is longer is cut
const phone = { width: 390, height: 780 }, desk = { width: 1024, height: 768 };
const languages = ['en', 'es'];

// name, who signs in (none: anybody), page, of which size, what it shows, in both languages
const pages = [
	['front', null, '/', desk, 'Whoever comes without a link', 'Quien llega sin enlace'],
	['consent', null, 'decide', phone, 'A customer is asked', 'Se le pregunta a un cliente'],
	['customer', 'customer1', '/home', phone, 'Home of a customer', 'Inicio de un cliente'],
	['solar', 'customer2', '/home', phone, 'Home of a customer with a roof', 'Inicio de un cliente con paneles'],
	['use-35', 'customer1', '/use', phone, '35 days of use', '35 días de consumo'],
	['use-day', 'customer2', '/use?span=day', desk, 'A day of use', 'Un día de consumo'],
	['use-year', 'customer2', '/use?span=year', desk, 'A year of use', 'Un año de consumo'],
	['use-compared', 'customer1', '/use?span=month&vs=before', desk, 'A month, compared', 'Un mes, comparado'],
	['reads', 'customer1', '/reads', phone, 'Who read a customer’s data', 'Quién leyó los datos de un cliente'],
	['business', 'business1', '/home', desk, 'Home of a business', 'Inicio de un negocio'],
	['csp', 'csp1-admin', '/csp', desk, 'Home of a third party', 'Inicio de un tercero'],
	['funnel', 'csp1-admin', '/csp/funnel', desk, 'What became of its invitations', 'Qué fue de sus invitaciones'],
	['rep', 'rep1-admin', '/rep', desk, 'Home of a retailer', 'Inicio de un proveedor'],
	['utility', 'oncor-admin', '/tdu', desk, 'Home of a utility', 'Inicio de una empresa eléctrica'],
	['regulator', 'regulator-admin', '/regulator', desk, 'Home of the regulator', 'Inicio del regulador'],
	['operator', 'operator1', '/operator', desk, 'Home of the operator', 'Inicio del operador'],
	['scoreboard', null, '/scoreboard', desk, 'The utilities’ scoreboard', 'La tabla de las empresas eléctricas'],
];

// The newest link to decide by, out of the mails of the demo that were not answered.
async function decision(page) {
	const found = readdirSync(join(mails, 'new')).map((name) => join(mails, 'new', name))
		.sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)
		.flatMap((path) => readFileSync(path, 'utf8').replace(/=\r?\n/g, '').match(/\/a\/[\w-]{43}/) || []);
	for (const link of found) {
		await page.goto(url + link);
		if (await page.locator('button[value=CONFIRM]').count() > 0) return link;
	}
	throw new Error('no mail of the demo waits for an answer');
}

async function signIn(page, who) {
	await page.goto(`${url}/sign-in?l=en`);
	await page.locator('#user').fill(who);
	await page.locator('#password').fill(readFileSync(join(partners, `${who}.password`), 'utf8').trim());
	await page.getByRole('main').getByRole('button').first().click();
	await page.waitForURL((at) => !at.pathname.startsWith('/sign-in'));
}

const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--no-first-run'] });
const contexts = new Map();
async function pageOf(who) {
	if (!contexts.has(who)) {
		const context = await browser.newContext({ ignoreHTTPSErrors: true, reducedMotion: 'reduce' });
		contexts.set(who, await context.newPage());
		if (who) await signIn(contexts.get(who), who);
	}
	return contexts.get(who);
}

async function take(page, path, language, size, scheme, file) {
	await page.setViewportSize(size);
	await page.emulateMedia({ colorScheme: scheme });
	await page.goto(`${url}${path}${path.includes('?') ? '&' : '?'}l=${language}`);
	if (await page.locator('[data-reads]').count() > 0) await page.locator('.loading[hidden]').waitFor({ state: 'attached' });
	const height = await page.evaluate(() => document.documentElement.scrollHeight);
	await page.screenshot({ path: join(folder, file), fullPage: true,
		clip: { x: 0, y: 0, width: size.width, height: Math.min(HIGHEST, height) } });
}

mkdirSync(folder, { recursive: true });
const only = process.env.BUSBAR_PICTURES ? process.env.BUSBAR_PICTURES.split(' ') : null, taken = [];
for (const [name, who, where, size, ...says] of pages) {
	if (only && !only.includes(name)) continue;
	const page = await pageOf(who), path = where === 'decide' ? await decision(page) : where;
	for (const [n, language] of languages.entries()) {
		if (!all) {
			await take(page, path, language, size, 'light', `${name}-${language}.png`);
			taken.push([`${name}-${language}.png`, says[n], size.width]);
			continue;
		}
		for (const scheme of ['light', 'dark'])
			for (const [on, of] of [['phone', phone], ['desk', desk]]) {
				await take(page, path, language, of, scheme, `${name}-${language}-${scheme}-${on}.png`);
				taken.push([`${name}-${language}-${scheme}-${on}.png`, says[n], of.width]);
			}
	}
}
await browser.close();
const text = (t) => t.replace(/&/g, '&amp;').replace(/</g, '&lt;');
writeFileSync(join(folder, 'index.html'), `<!doctype html><html lang="en"><meta charset="utf-8"><title>Busbar: pictures</title>
<style>body{font:1rem/1.5 sans-serif;margin:1rem}figure{display:inline-block;vertical-align:top;margin:.5rem}img{border:1px solid #999;max-width:32rem}</style>
<h1>Busbar: pictures of a demo</h1>
${taken.map(([file, says, width]) => `<figure><figcaption>${text(says)}</figcaption><a href="${file}"><img src="${file}" alt="${text(says)}" width="${width}"></a></figure>`).join('\n')}
</html>
`);
console.log(`${taken.length} pictures in ${folder}`);
