// How a slow phone does with a customer's pages of a running demo: a processor four times as slow, 1.6 Mbit/s. Told by
// Chromium's own performance entries. tests/bench/phone
// starts this; `moves`: only how a year moves.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from '../browser/node_modules/playwright-core/index.mjs';

const { BUSBAR_PORTAL_URL: url, BUSBAR_PARTNERS: partners } = process.env;
const TIMES = 5, SLOWER = 4, BYTES_S = 1.6e6 / 8;
const middle = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const part = (list, share) => [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * share))];
const say = (what, value, unit, target) => console.log(`${what.padEnd(64)} ${String(value).padStart(9)} ${unit.padEnd(6)} ${target || ''}`);

const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--no-first-run'] });

// Signed in; what comes then is as slow as the phone. Nothing is kept from before.
async function phone(who, latency) {
	const context = await browser.newContext({ ignoreHTTPSErrors: true, viewport: { width: 390, height: 780 }, deviceScaleFactor: 3, hasTouch: true, isMobile: true });
	const page = await context.newPage();
	await page.goto(`${url}/sign-in?l=en`);
	await page.locator('#user').fill(who);
	await page.locator('#password').fill(readFileSync(join(partners, `${who}.password`), 'utf8').trim());
	await page.getByRole('main').getByRole('button').first().click();
	await page.waitForURL('**/home**');
	await page.goto('about:blank');
	const cdp = await context.newCDPSession(page);
	await cdp.send('Network.enable');
	await cdp.send('Network.setCacheDisabled', { cacheDisabled: true });
	await cdp.send('Network.emulateNetworkConditions', { offline: false, latency, downloadThroughput: BYTES_S, uploadThroughput: BYTES_S });
	await cdp.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
	return { context, page, cdp };
}

// When what one came for is there and can be used: painted, all of the page read, scripts run.
async function view({ page, cdp }, path) {
	let bytes = 0, requests = 0;
	const count = (e) => { bytes += e.encodedDataLength; requests++; };
	await page.goto('about:blank');
	cdp.on('Network.loadingFinished', count);
	await page.goto(url + path);
	await page.waitForLoadState('networkidle');
	await page.waitForFunction(() => performance.getEntriesByName('first-contentful-paint').length > 0);
	const told = await page.evaluate(() => new Promise((done) => {
		const [n] = performance.getEntriesByType('navigation'), paint = performance.getEntriesByName('first-contentful-paint')[0];
		const long = [];
		let largest = 0;
		new PerformanceObserver((l) => long.push(...l.getEntries().map((e) => e.duration))).observe({ type: 'longtask', buffered: true });
		new PerformanceObserver((l) => l.getEntries().forEach((e) => { largest = e.startTime; })).observe({ type: 'largest-contentful-paint', buffered: true });
		setTimeout(() => done({ first: paint.startTime, largest, usable: Math.max(n.domContentLoadedEventEnd, paint.startTime, largest),
			long: Math.max(0, ...long) }), 300);
	}));
	cdp.off('Network.loadingFinished', count);
	return { ...told, bytes, requests };
}

const views = process.argv[2] === 'moves' ? [] : [['home', 'customer1', '/home', 1000], ['home with a roof', 'customer2', '/home', 1000],
	['35 days', 'customer1', '/use'], ['a year, with a roof', 'customer2', '/use?span=year']];
for (const [what, who, path, target] of views)
	for (const latency of [0, 150]) {
		const all = [], one = await phone(who, latency);
		for (let i = 0; i < TIMES; i++) all.push(await view(one, path));
		await one.context.close();
		const of = (name) => Math.round(middle(all.map((x) => x[name]))), on = latency ? `, ${latency} ms away` : '';
		say(`${what}${on}: something is seen`, of('first'), 'ms');
		say(`${what}${on}: usable`, of('usable'), 'ms', target && !latency ? `most ${target}  ${of('usable') <= target ? 'ok' : 'MISSED'}` : '');
		if (latency) continue;
		say(`${what}: bytes`, of('bytes'), 'B');
		say(`${what}: requests`, of('requests'), '');
		say(`${what}: longest task of the page`, of('long'), 'ms');
	}

// A year under a finger: how long a frame takes while it moves, and while two fingers enlarge.
const { context, page, cdp } = await phone('customer2', 0);
await page.goto(`${url}/use?span=year&l=en`);
await page.locator('.wave canvas').waitFor();
await page.locator('.wave').scrollIntoViewIfNeeded();
const box = await page.locator('.wave').boundingBox(), y = box.y + box.height / 2;
const touch = (type, ...xs) => cdp.send('Input.dispatchTouchEvent', { type, touchPoints: xs.map((x, id) => ({ x: box.x + x, y, id })) });
async function frames(moves) {
	await page.evaluate(() => {
		window.frames_ms = [];
		window.moving = true;
		let before = performance.now();
		const next = (now) => { window.frames_ms.push(now - before); before = now; if (window.moving) requestAnimationFrame(next); };
		requestAnimationFrame(next);
	});
	await moves();
	return page.evaluate(() => { window.moving = false; return window.frames_ms.slice(2); });
}
for (const [how, moves] of [
	['two fingers enlarge a year', async () => {
		await touch('touchStart', 150, 200);
		for (let i = 1; i <= 40; i++) await touch('touchMove', 150 - i * 2, 200 + i * 2);
		await touch('touchEnd');
	}],
	['a finger moves it', async () => {
		await touch('touchStart', 300);
		for (let i = 1; i <= 60; i++) await touch('touchMove', 300 - i * 3);
		await touch('touchEnd');
	}],
	['two fingers go back to all of it', async () => {
		await touch('touchStart', 70, 280);
		for (let i = 1; i <= 40; i++) await touch('touchMove', 70 + i * 2, 280 - i * 2);
		await touch('touchEnd');
	}]]) {
	const ms = await frames(moves);
	say(`${how}: frame, median`, part(ms, .5).toFixed(1), 'ms');
	say(`${how}: frame, p95`, part(ms, .95).toFixed(1), 'ms');
	say(`${how}: longest`, Math.max(...ms).toFixed(1), 'ms');
}
await context.close();
await browser.close();
