// What the tests share: Chromium of Debian, pages in it, axe.
import { readFileSync, mkdirSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import assert from 'node:assert/strict';
import axe from 'axe-core';
import { chromium } from 'playwright-core';

export const url = process.env.BUSBAR_URL;
export const links = JSON.parse(readFileSync(process.env.BUSBAR_LINKS, 'utf8'));
export const code = process.env.BUSBAR_CODE;
export const long = process.env.BUSBAR_TEST_LONG === 'true';
// waits that wrong passwords have made: over, or ('long') for an hour
export const forget = (...how) => execFileSync(process.env.BUSBAR_FORGET, how);
export const state = () => execFileSync(process.env.BUSBAR_STATE, { encoding: 'utf8' });

// --no-sandbox since tests run as root; the rest keeps it from calling home
export const launch = () => chromium.launch({
	executablePath: '/usr/bin/chromium',
	args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking',
		'--disable-component-update', '--disable-sync', '--no-first-run'],
});

// A page that fails its test when something on it is refused or breaks.
export async function open(browser, path, options = {}) {
	const context = await browser.newContext({
		ignoreHTTPSErrors: true, viewport: { width: 320, height: 640 }, reducedMotion: 'reduce', ...options,
	});
	const page = await context.newPage();
	page.complaints = [];
	page.on('console', (line) => {
		if (line.type() === 'error' && !/status of (4|5)\d\d/.test(line.text())) page.complaints.push(line.text());
	});
	page.on('pageerror', (error) => page.complaints.push(String(error)));
	page.status = (await page.goto(path.startsWith('https:') ? path : url + path)).status();
	return page;
}

export async function look(page) {
	await page.evaluate(axe.source);
	const { violations } = await page.evaluate(() => window.axe.run(document, {
		runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
	}));
	return violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.html}: ${n.failureSummary}`));
}

export async function shoot(page, name) {
	if (!process.env.BUSBAR_SHOTS) return;
	mkdirSync(process.env.BUSBAR_SHOTS, { recursive: true });
	await page.screenshot({ path: `${process.env.BUSBAR_SHOTS}/${name}.png`, fullPage: true });
}

// By the Tab key alone, with the focus in sight.
export async function tabTo(page, what) {
	for (let i = 0; i < 80; i++) {
		await page.keyboard.press('Tab');
		const at = await (typeof what === 'string' ? page.locator(what).first() : what).evaluate((e) => e === document.activeElement && getComputedStyle(e).outlineStyle);
		if (at) return assert.notEqual(at, 'none', `${what} shows no focus`);
	}
	return assert.fail(`no way to ${what}`);
}
