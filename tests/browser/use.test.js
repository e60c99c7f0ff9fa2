// A customer's use: every range in both languages, on a phone and at a desk; the numbers are those that were sent.
import { after, before, test } from 'node:test';
import { readFileSync } from 'node:fs';
import assert from 'node:assert/strict';
import { forget, launch, look, open, shoot, tabTo, url } from './browser.js';

let browser;
before(async () => { browser = await launch(); });
after(async () => { forget(); await browser.close(); });

const use = JSON.parse(readFileSync(process.env.BUSBAR_USE, 'utf8'));
const wide = { viewport: { width: 1280, height: 900 } };
async function signIn(options = {}, path = '/sign-in?l=en&to=use', who = 'uma') {
	const page = await open(browser, path, options);
	await page.locator('#user').fill(who);
	await page.locator('#password').fill(`${who}-right horse battery`);
	await Promise.all([page.waitForURL(/\/(home|use|premises)\?/), page.getByRole('main').getByRole('button').first().click()]);
	return page;
}
async function good(page, name) {
	const language = await page.evaluate(() => document.documentElement.lang);
	// both on a phone; at a desk, where sheets are the same, one
	for (const colorScheme of page.viewportSize().width > 400 && !process.env.BUSBAR_SHOTS ? ['dark'] : ['light', 'dark']) {
		await page.emulateMedia({ colorScheme });
		assert.deepEqual(await look(page), [], `${name} ${language} ${colorScheme}`);
		await shoot(page, `${name}-${language}-${page.viewportSize().width}-${colorScheme}`);
	}
	await page.emulateMedia({ colorScheme: 'light' });
	assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= page.viewportSize().width, `${name} is too wide`);
	assert.deepEqual(page.complaints, []);
}
const day = (age) => new Date(Date.parse(use.last) - age * 86400000).toISOString().slice(0, 10);
const kwh = (wh) => (wh / 1000).toFixed(3);
const total = (from, to, what = 'used') => Object.entries(use.days).filter(([d]) => d >= from && d <= to).reduce((sum, [, d]) => sum + d[what], 0);
const cents = (nano) => String(Math.floor((Math.abs(nano) + 5e6) / 1e7)).padStart(3, '0');
const cost = (is) => {
	const nano = is.used * 120000 - is.given * 45000;
	return `${nano < 0 ? '−' : ''}$${cents(nano).slice(0, -2)}.${cents(nano).slice(-2)}`;
};
const rows = (page) => page.locator('.numbers tbody tr').evaluateAll((all) => all.map((r) => [...r.cells].map((c) => c.textContent)));

for (const [language, options] of [['en', {}], ['es', wide]])
	test(`35 days, then one of them, ${language}`, async () => {
		const page = await signIn(options, `/sign-in?l=${language}&to=use`);
		await page.waitForURL('**/use?**');
		let table = await rows(page);
		assert.equal(table.length, 35);
		for (let age = 0; age < 35; age++) {
			const is = use.days[day(age)], row = table[34 - age];
			assert.equal(row[1], is ? kwh(is.used) : '–', day(age));
			assert.equal(row[2], is ? kwh(is.given) : '–', day(age));
			assert.equal(row[3], is ? cost(is) : '–', day(age));
		}
		if (language === 'en')
			assert.deepEqual([3, 5, 10].map((age) => table[34 - age][4]), ['4 of 96 estimated', '8 of 96 missing', 'Missing']);
		await good(page, 'use-35');
		await page.locator('.numbers summary').click();
		await good(page, 'use-35-table');
		await page.locator('.numbers tbody a').nth(31).click();
		await page.waitForURL('**span=day**');
		table = await rows(page);
		assert.equal(table.length, use.days[day(2)] ? use.days[day(2)].slots : 0);
		assert.equal(await page.locator('.numbers tfoot td').nth(2).textContent(), cost(use.days[day(2)]));
		await good(page, 'use-day');
		// of days before the first price some values have none, and nothing is made up
		await page.goto(`${url}/use?span=35&at=${day(366)}&l=${language}`);
		assert.match(await page.locator('main').textContent(), language === 'en' ? /Of \d+ values no price is known/ : /De \d+ valores no se conoce el precio/);
		assert.deepEqual((await rows(page)).map((r) => r[3] === '–'), [...Array(35)].map((_, i) => i < 30));
		await page.context().close();
	});

for (const [language, options, where] of [['en', wide, 'a desk'], ['es', {}, 'a phone']])
	test(`every range, ${language}, on ${where}`, async () => {
		const page = await signIn(options, `/sign-in?l=${language}&to=use`);
		for (const [span, by, from] of [['week', 'day', day(6)], ['week', '15', day(6)], ['35', '15', day(34)],
			['month', 'day', use.last.slice(0, 8) + '01'], ['year', 'day', use.last.slice(0, 5) + '01-01'], ['year', 'month', use.last.slice(0, 5) + '01-01']]) {
			await page.goto(`${url}/use?span=${span}&by=${by}&l=${language}`);
			assert.equal(await page.locator('.numbers tfoot td').first().textContent(), kwh(total(from, use.last)), `${span} by ${by}`);
			if (by === '15') await page.locator('.wave canvas').waitFor(); // beside the table, from /v1
			if (span === 'month' || span === 'week' && by === '15') await good(page, `use-${span}-${by}`);
		}
		await page.context().close();
	});

for (const [language, options] of [['en', {}], ['es', wide]])
	test(`a year: map, every quarter-hour, to move by keys, ${language}`, async () => {
		const page = await signIn(options, `/sign-in?l=${language}&to=use`);
		const answered = page.waitForResponse(/\/v1\/.*format=days/);
		await page.goto(`${url}/use?span=year&l=${language}`);
		const answer = await answered;
		assert.equal(answer.headers()['content-encoding'], 'gzip');
		const { responseBodySize } = await answer.request().sizes();
		assert.ok(responseBodySize <= 60000, `${responseBodySize} bytes`);
		await page.locator('.wave canvas').waitFor();
		await good(page, 'use-year');
		const map = page.locator('.heat');
		assert.deepEqual(await map.evaluate((c) => [c.width, c.height]), [/^(\d\d(0[48]|[2468][048]|[13579][26]))/.test(use.last) ? 366 : 365, 96]);
		await map.focus();
		const x = Math.round((Date.parse(day(5)) - Date.parse(use.last.slice(0, 5) + '01-01')) / 86400000);
		for (const n of [x, 0]) assert.ok(n >= 0);
		// from the last day at noon to the day of which values are missing
		const columns = await map.evaluate((c) => c.width);
		for (let i = columns - 1; i > x; i--) await page.keyboard.press('ArrowLeft');
		for (let i = 48; i > 44; i--) await page.keyboard.press('ArrowUp');
		assert.match(await page.locator('.heat-told').textContent(), language === 'en' ? /11:00 AM: Missing/ : /11:00.*Falta/);
		await page.keyboard.press('ArrowDown');
		assert.match(await page.locator('.heat-told').textContent(), language === 'en' ? /11:15 AM: Missing/ : /11:15.*Falta/);
		await page.locator('.wave').focus();
		await page.keyboard.press('+');
		const seen = await page.locator('.wave-told').textContent();
		await page.keyboard.press('ArrowRight');
		assert.notEqual(await page.locator('.wave-told').textContent(), seen);
		await page.context().close();
	});

test('home and a year are light; a year moves under fingers', async () => {
	const page = await signIn({ viewport: { width: 390, height: 780 }, hasTouch: true, isMobile: true });
	const cdp = await page.context().newCDPSession(page);
	await cdp.send('Network.enable');
	await cdp.send('Network.setCacheDisabled', { cacheDisabled: true });
	let bytes, scripts, requests;
	const scripted = new Set();
	cdp.on('Network.responseReceived', (e) => { if (e.type === 'Script') scripted.add(e.requestId); });
	cdp.on('Network.loadingFinished', (e) => {
		bytes += e.encodedDataLength;
		requests++;
		if (scripted.has(e.requestId)) scripts += e.encodedDataLength;
	});
	// what a phone has to fetch and to run before it is of use; how long that takes is tests/bench/phone's
	for (const [path, most, most_scripts, most_requests] of [['/home', 30000, 0, 5], ['/use', 30000, 5000, 6], ['/use?span=year', 120000, 40000, 10]]) {
		bytes = scripts = requests = 0;
		await page.goto(`${url}${path}${path.includes('?') ? '&' : '?'}l=en`);
		await page.waitForLoadState('networkidle');
		assert.ok(bytes <= most && scripts <= most_scripts && requests <= most_requests, `${path}: ${bytes} bytes, ${scripts} of scripts, ${requests} requests`);
	}
	await page.locator('.wave canvas').waitFor();
	await page.locator('.wave').scrollIntoViewIfNeeded();
	const box = await page.locator('.wave').boundingBox(), y = box.y + box.height / 2;
	const touch = (type, ...xs) => cdp.send('Input.dispatchTouchEvent', { type, touchPoints: xs.map((x, id) => ({ x: box.x + x, y, id })) });
	// the labels of the axis are drawn, so what is seen is told by the buttons, which move nothing at the ends
	const seen = async () => {
		await page.locator('[data-way=closer]').click();
		return page.locator('.wave-told').textContent();
	};
	const whole = await seen();
	await page.locator('[data-way=all]').click();
	await touch('touchStart', 170, 200);
	for (let i = 1; i <= 10; i++) await touch('touchMove', 170 - i * 8, 200 + i * 8);
	await touch('touchEnd');
	const closer = await seen();
	assert.notEqual(closer, whole);
	await touch('touchStart', 300);
	for (let i = 1; i <= 10; i++) await touch('touchMove', 300 - i * 15);
	await touch('touchEnd');
	assert.notEqual(await seen(), closer);
	assert.deepEqual(page.complaints, []);
	await page.context().close();
});

test('what an hour has twice or not at all is told so, and the sum is that of the day', async () => {
	const page = await signIn(wide);
	const changed = Object.entries(use.days).filter(([, d]) => d.slots !== 96);
	assert.deepEqual(changed.map(([, d]) => d.slots).sort((a, b) => a - b).slice(0, 2), [100, 92].sort((a, b) => a - b));
	for (const [date, is] of changed) {
		await page.goto(`${url}/use?span=day&at=${date}&l=en`);
		const table = await rows(page);
		assert.equal(table.length, is.slots);
		assert.equal(table.filter((r) => /again/.test(r[0])).length, is.slots === 100 ? 4 : 0);
		assert.equal(table.filter((r) => /^2:\d\d AM/.test(r[0])).length, is.slots === 92 ? 0 : 4);
		assert.equal(await page.locator('.numbers tfoot td').first().textContent(), kwh(is.used));
	}
	// the other language is of the same day
	const [date, is] = changed[0];
	await page.goto(`${url}/use?span=day&at=${date}&l=en`);
	await Promise.all([page.waitForURL('**l=es**'), page.getByRole('link', { name: 'Español' }).click()]);
	assert.equal((await rows(page)).length, is.slots);
	await page.context().close();
});

test('without script there is a chart and a table; what is not mine is unknown', async () => {
	const page = await signIn({ javaScriptEnabled: false });
	await page.goto(`${url}/use?span=year&l=en`);
	assert.equal(await page.locator('svg.bars path.up:not(.guessed)').count(), 1);
	assert.equal(await page.locator('.long:visible').count(), 0);
	await page.locator('.numbers summary').click();
	assert.equal(await page.locator('.numbers tbody tr:visible').count(), 12);
	for (const other of ['10443720009900091', '10443720009999999', "x' or 1=1", '%00']) {
		const said = await page.goto(`${url}/use?premise=${encodeURIComponent(other)}`);
		assert.equal(said.status(), 404, other);
	}
	await page.goto(`${url}/use?premise=10443720009900117&l=en`);
	assert.equal(await page.locator('.empty').count(), 1, 'a home of which nothing is here');
	for (const odd of ['span=x&by=y&at=z&vs=q', 'at=9999-12-31', 'at=0001-01-01', 'span=day&by=month', 'at=2026-02-30'])
		assert.equal((await page.goto(`${url}/use?${odd}`)).status(), 200, odd);
	await page.context().close();
});

for (const [language, options, where] of [['en', { javaScriptEnabled: false }, 'a phone without script'], ['es', wide, 'a desk']])
	test(`downloads, by keyboard, ${language}, on ${where}`, async () => {
		const page = await signIn(options, `/sign-in?l=${language}&to=use`);
		await page.goto(`${url}/download?l=${language}`);
		if (options === wide) await good(page, 'download');
		await page.locator('#to').fill(day(40));
		await page.locator('#from').fill(day(39));
		await tabTo(page, '#what-use');
		await page.keyboard.press('Space');
		await tabTo(page, 'form button.yes');
		await Promise.all([page.waitForURL('**go=1**'), page.keyboard.press('Enter')]);
		assert.equal(await page.locator('#wrong').count(), 1);
		assert.equal(await page.locator('fieldset .bad').count(), 1, 'nothing was ticked');
		await page.locator('#to').fill(day(0));
		for (const what of ['use', 'cost', 'customer']) await page.locator(`#what-${what}`).check();
		await page.locator('#detail').selectOption('day');
		await tabTo(page, 'form button.yes');
		await Promise.all([page.waitForURL('**what-cost**'), page.keyboard.press('Enter')]);
		if (options === wide) await good(page, 'download-files');
		const links = await page.locator('.files a').evaluateAll((all) => all.map((a) => [a.getAttribute('download'), a.href]));
		assert.deepEqual(links.map(([name]) => name), [`busbar-use-0116-${day(39)}-${day(0)}.csv`, `busbar-cost-0116-${day(39)}-${day(0)}.json`, 'busbar-customer.xml']);
		const [csv, cost, customer] = await Promise.all(links.map(async ([, href]) => {
			const said = await page.request.get(href);
			assert.equal(said.status(), 200, href);
			return said.text();
		}));
		const lines = csv.trim().split('\r\n').slice(1).map((line) => line.split(','));
		const sum = (channel) => lines.filter((l) => l[7] === channel).reduce((all, l) => all + Math.round(l[5] * 1000), 0);
		const holed = use.days[day(5)].used; // a day of which a part is missing is missing as a whole
		assert.equal(sum('Consumption'), total(day(39), day(0)) - holed);
		assert.equal(sum('Surplus Generation'), total(day(39), day(0), 'given'));
		assert.equal(JSON.parse(cost).totals.generation_kwh, total(day(39), day(0), 'given') / 1000);
		assert.match(customer, /Green Button customer/);
		for (const odd of ['go=1&from=x&to=2026-02-30', 'go=1&from=2026-11-01&to=2026-10-01&what-use=1', 'go=1&from=1990-01-01&to=2026-10-01&what-use=1'])
			assert.equal((await page.goto(`${url}/download?${odd}`)).status(), 422, odd);
		await page.context().close();
	});

for (const [language, options] of [['en', {}], ['es', wide]])
	test(`home says how much, compared to what, and what is wrong, ${language}`, async () => {
		const page = await signIn(options, `/sign-in?l=${language}`);
		await page.waitForURL('**/home?**');
		const said = await page.locator('.answer').textContent();
		assert.ok(said.includes(`${(total(day(29), day(0)) / 1000).toFixed(1)} kWh`), said);
		// of 30 days one is not here and one has holes
		assert.match(said, language === 'en' ? /About as much as .* \(28 days that both have whole\)/ : /Más o menos como .* \(28 días completos/);
		assert.match(said, language === 'en' ? /nothing is here: 1\..* 8 of [\d,]+ values are missing.* 4 of [\d,]+ values are estimated/s : /no hay nada: 1\..*Faltan 8 de/s);
		await good(page, 'home-use');
		await page.locator('.answer a').first().click();
		await page.waitForURL('**/use?premise=*');
		await page.context().close();
	});

for (const [language, options, premise] of [['en', { javaScriptEnabled: false }, '10443720009900116'], ['es', wide, '10443720009900117']])
	test(`what the meter shows now, as often as it may be asked, ${language}`, async () => {
		const page = await signIn(options, `/sign-in?l=${language}&to=use`);
		await page.goto(`${url}/meter?premise=${premise}&l=${language}`);
		if (options === wide) await good(page, 'meter');
		assert.match(await page.locator('.facts').textContent(), new RegExp(`${premise}.*Oncor.*Links REP.*L${premise.slice(-3)}`, 's'));
		for (const left of [1, 0]) {
			await Promise.all([page.waitForURL('**done=1**'), page.locator('button.yes').click()]);
			assert.match(await page.locator('.reads li').first().textContent(), language === 'en' ? /Waits for the utility/ : /Espera a la empresa/);
			assert.match(await page.locator('main').textContent(), language === 'en' ? new RegExp(`left of these now: ${left}\\.`) : new RegExp(`quedan ahora: ${left}\\.`));
			if (left === 1) await page.goBack();
		}
		assert.equal(await page.locator('button.yes').count(), 0);
		if (options === wide) await good(page, 'meter-waits');
		const nonce = await page.locator('[name=nonce]').first().inputValue();
		const again = await page.request.post(`${url}/meter?premise=${premise}`, { form: { nonce }, headers: { Origin: url } });
		assert.equal(again.status(), 429);
		const other = await page.request.post(`${url}/meter?premise=10443720009900091`, { form: { nonce }, headers: { Origin: url } });
		assert.equal(other.status(), 404);
		await page.context().close();
	});

for (const [language, options] of [['en', {}], ['es', { ...wide, javaScriptEnabled: false }]])
	test(`a device is to join, ${language}`, async () => {
		const page = await signIn(options, `/sign-in?l=${language}&to=use`);
		await page.goto(`${url}/devices?premise=10443720009900117&l=${language}`);
		assert.match(await page.locator('.empty').textContent(), language === 'en' ? /speaks to no devices/ : /no habla con aparatos/);
		assert.equal(await page.locator('button.yes').count(), 0);
		await page.goto(`${url}/meter?premise=10443720009900116&l=${language}`);
		const shown = await page.locator('.reads li').count();
		await page.getByRole('link', { name: language === 'en' ? /Devices that this meter/ : /Aparatos con los que habla este/ }).click();
		await page.waitForURL('**/devices?**');
		if (options.javaScriptEnabled !== false) await good(page, 'devices');
		await page.locator('#label').fill(language === 'en' ? 'Kitchen <b>' : 'Cocina');
		await page.locator('#class').selectOption('DISPLAY');
		await page.locator('#mac').fill(language === 'en' ? '00:0d:6f:00:01:23:45:67' : '000D6F0001234568');
		await page.locator('#code').fill('83FED3407A939723A5C639B26916D505C3B6'); // its check is another
		await page.locator('button.yes').click();
		assert.match(await page.locator('#code-bad').textContent(), language === 'en' ? /compare it/ : /compárelo/);
		assert.equal(await page.locator('#mac').inputValue(), language === 'en' ? '00:0d:6f:00:01:23:45:67' : '000D6F0001234568');
		if (options.javaScriptEnabled !== false) await good(page, 'devices-wrong');
		await page.locator('#code').fill('83FE D340 7A93 9723 A5C6 39B2 6916 D505 C3B5');
		await Promise.all([page.waitForURL('**done=1**'), page.locator('button.yes').click()]);
		const device = await page.locator('section ul.reads li').first().textContent();
		assert.match(device, language === 'en' ? /Kitchen <b>.*Is to join/s : /Cocina.*Va a unirse/s);
		assert.match(await page.locator('[aria-labelledby=sent] li').first().textContent(), language === 'en' ? /was to join:.*Waits for.*You/s : /iba a unirse:.*Espera a.*Usted/s);
		if (options.javaScriptEnabled !== false) await good(page, 'devices-joining');
		await page.goto(`${url}/meter?premise=10443720009900116&l=${language}`);
		assert.equal(await page.locator('.reads li').count(), shown, 'what is asked for a device is no reading of the meter');
		const nonce = await page.locator('[name=nonce]').first().inputValue();
		const other = await page.request.post(`${url}/devices?premise=10443720009900091`, { form: { nonce, device: '1' }, headers: { Origin: url } });
		assert.equal(other.status(), 404);
		await page.context().close();
	});
for (const [language, options] of [['en', {}], ['es', wide]])
	test(`many premises: groups, totals, files, who has access, ${language}`, async () => {
		const page = await signIn(options, `/sign-in?l=${language}&to=premises`);
		await page.waitForURL('**/premises?**');
		const numbers = async () => page.locator('#page section').first().locator('tbody tr').evaluateAll((all) => all.map((r) => [...r.cells].map((c) => c.textContent)));
		const from = day(29), used = total(from, use.last), whole = (wh) => Math.round(wh / 1000).toLocaleString('en');
		const shown = (wh) => (wh >= 1e6 ? whole(wh) : (Math.floor((wh + 50) / 100) / 10).toFixed(1));
		assert.deepEqual((await numbers()).map((r) => [r[1], r[2], r[3]]), [['2', shown(used), shown(total(from, use.last, 'given'))], ['2', shown(used), shown(total(from, use.last, 'given'))]], 'all, and what is in no group');
		await good(page, 'premises');
		// between a phone and a desk a table of many columns is one card a row, not both at once
		const before = page.viewportSize();
		await page.setViewportSize({ width: 800, height: 900 });
		assert.deepEqual(await page.locator('.listing.many tbody td').first().evaluate((td) => [getComputedStyle(td).display, getComputedStyle(td, '::before').content]),
			['grid', '"' + (language === 'en' ? 'Choose' : 'Elegir') + '"']);
		await page.setViewportSize(before);
		// a group by keys alone, in a page of its own
		await page.goto(`${url}/premises/groups?l=${language}`);
		await good(page, 'groups-none');
		const group = `Roofs & "sheds" ${language}`;
		await page.locator('#name').focus();
		await page.keyboard.type(group);
		await Promise.all([page.waitForURL('**done=make**'), page.keyboard.press('Enter')]);
		assert.match(await page.locator('.listing').textContent(), /Roofs & "sheds"/);
		await page.locator('#name').fill(group.toUpperCase());
		await page.locator('button[value=make]').click();
		await page.locator('#wrong').waitFor();
		assert.equal(await page.locator('#name').inputValue(), group.toUpperCase(), 'what was typed is kept');
		await good(page, 'groups-wrong');
		// the first home into it; without a choice nothing is moved
		await page.goto(`${url}/premises?l=${language}`);
		await page.locator('#move_to').selectOption({ label: group });
		await page.locator('button[value=some]').click();
		await page.locator('#wrong').waitFor();
		await page.locator('#move_to').selectOption({ label: group });
		await page.locator('[name=e-10443720009900116]').check();
		await Promise.all([page.waitForURL('**done=move**'), page.locator('button[value=some]').click()]);
		let rows3 = await numbers();
		assert.deepEqual(rows3.map((r) => [r[0], r[1], r[2]]).slice(1), [[group, '1', shown(used)], [language === 'en' ? 'In no group' : 'En ningún grupo', '1', '0.0']]);
		await good(page, 'premises-groups');
		// the file has the same numbers, and each day is what was sent
		const csv = await (await page.request.get(`${url}${await page.locator('a[download]').last().getAttribute('href')}`)).text();
		const line = csv.split('\r\n').find((l) => l.startsWith('10443720009900116'));
		assert.ok(line.includes(`"Roofs & ""sheds"" ${language}",${kwh(used)},`), line);
		// what a filter finds, and nothing else
		await page.goto(`${url}/premises?l=${language}&find=9900117`);
		assert.equal(await page.locator('tbody input[type=checkbox]').count(), 1);
		await page.goto(`${url}/premises?l=${language}&from=2026-01-02&to=2026-01-01`);
		assert.equal(await page.locator('#to').getAttribute('aria-invalid'), 'true');
		await page.goto(`${url}/premises/access?l=${language}`);
		await page.locator('.empty').waitFor();
		await good(page, 'access-none');
		await page.goto(`${url}/premises/groups?l=${language}`);
		assert.equal(await page.locator('td[data-title]').last().getAttribute('data-title'), language === 'en' ? 'Remove' : 'Quitar');
		await Promise.all([page.waitForURL('**done=remove**'), page.locator('button[name=remove]').click()]);
		await spreadsheet(page, language);
		await page.context().close();
	});
// A list of premises: what cannot be read is told in the page's language, with line and place; one list at a time.
async function spreadsheet(page, language) {
	const hand = async (text) => {
		await page.goto(`${url}/premises/file?l=${language}`);
		await page.locator('#file').setInputFiles({ name: 'homes.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
		await page.getByRole('main').locator('button.yes').click();
	};
	await hand('esiid,meter\n10443720009900116,L116\n');
	assert.match(await page.locator('#wrong').textContent(), language === 'en'
		? /Line 1, place 1: found “a header line without it”, expected: the column rep/ : /Línea 1, lugar 1: hay «una línea de nombres sin ella»; se espera: la columna rep/);
	await good(page, 'premises-file-wrong');
	await hand('esiid,meter,rep,group\n10443720009900116,L116,19777,Roofs\n123,L1,19777,\n10443720009900117,,19777,\n');
	if (language === 'es') {
		assert.match(await page.locator('#wrong').textContent(), /se está revisando una lista suya/);
		await page.locator('table a').first().click();
	}
	await page.waitForURL('**/premises/file/**');
	assert.match(await page.locator('.lead').textContent(), language === 'en' ? /2 of 3 lines were looked at/ : /Se revisaron 2 de 3 líneas/);
	assert.deepEqual(await page.locator('tbody tr').evaluateAll((all) => all.map((r) => `${r.cells[0].textContent} ${r.cells[4].textContent}`)), language === 'en'
		? ['3 17 or 22 digits that begin with 10', '4 a meter number of at most 32 letters, digits and hyphens; meter must not be empty']
		: ['3 17 o 22 cifras que empiecen por 10', '4 un número de medidor de 32 letras, cifras y guiones como máximo; meter no puede estar vacío']);
	await good(page, 'premises-file-waits');
}

test('one press ends many shares, after what is about to end was said: without script', async () => {
	const page = await signIn({ javaScriptEnabled: false }, '/sign-in?l=en', 'dot');
	await page.goto(`${url}/premises/access?l=en`);
	assert.deepEqual(await page.locator('tbody tr').evaluateAll((all) => all.map((r) => [...r.cells].slice(0, 3).map((c) => c.textContent))), [['Sunny Roof Solar', '1', '1']]);
	await page.getByRole('button', { name: 'End all of Sunny Roof Solar' }).click();
	assert.match(await page.locator('.lead').textContent(), /Sunny Roof Solar will get nothing more of them\. Premises concerned: 1\./);
	await shoot(page, 'access-sure');
	assert.deepEqual(page.complaints, []);
	await page.getByRole('button', { name: 'Yes, end it' }).click();
	assert.match(await page.locator('.sent').textContent(), /Agreements ended: 1\./);
	await page.locator('.empty').waitFor();
	await page.context().close();
});
