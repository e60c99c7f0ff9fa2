/* Long charts of use: every quarter-hour of weeks, months or a year, to move and to enlarge, and a year as a map of days
 * and hours. The numbers come from /v1, as each download does; without this script the page has its own chart and table. */
'use strict';
addEventListener('DOMContentLoaded', () => {
	const root = document.querySelector('[data-reads]');
	if (!root) return;
	const says = root.dataset, zone = says.zone, language = document.documentElement.lang + '-US'; // as the tables write
	const part = name => root.querySelector('.' + name);
	const colour = name => getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();
	const when = new Intl.DateTimeFormat(language, { timeZone: zone, month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit' });
	let digits = 3; // that values have, where they are rounded
	const kwh = n => n.toFixed(digits) + ' kWh';

	/* ---- numbers ---- */

	const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
	const value = new Uint8Array(128);
	[...letters].forEach((letter, n) => { value[letter.charCodeAt(0)] = n; });
	function unpack(text) { // watt-hours out of differences: docs/api.md
		const list = [];
		let at = 0, unit = 1, wh = 0;
		for (let i = 0; i < text.length; i++) {
			const five = value[text.charCodeAt(i)];
			at += (five & 31) * unit;
			unit *= 32;
			if (five & 32) continue;
			wh += at % 2 ? -(at - 1) / 2 : at / 2;
			list.push(wh);
			at = 0;
			unit = 1;
		}
		return list;
	}
	const midnights = new Map();
	function midnight(date) { // of the zone, in seconds UTC
		if (!midnights.has(date)) {
			const guess = Date.parse(date + 'T00:00:00Z') / 1000;
			const parts = new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric',
				day: 'numeric', hour: 'numeric', minute: 'numeric' });
			const offset = s => {
				const p = Object.fromEntries(parts.formatToParts(s * 1000).map(x => [x.type, Number(x.value)]));
				return Date.UTC(p.year, p.month - 1, p.day, p.hour, p.minute) / 1000 - s;
			};
			midnights.set(date, guess - offset(guess - offset(guess)));
		}
		return midnights.get(date);
	}
	/* Columns: instants, used, given (below zero), and used once more where it is estimated. null: missing. */
	function columns(items) {
		const days = new Map();
		for (const item of items) {
			const day = days.get(item.date) || days.set(item.date, {}).get(item.date);
			const list = unpack(item.wh), unit = item.unit_wh || 1;
			digits = 3 - Math.round(Math.log10(unit));
			day[item.channel] = list.map((wh, i) => item.status && item.status[i] === 'M' ? null : wh * unit / 1000);
			if (item.channel === 'consumption') day.status = item.status;
			day.step = item.interval_s;
		}
		const all = [[], [], [], []];
		for (const date of [...days.keys()].sort()) {
			const day = days.get(date), used = day.consumption || [], given = day.generation || [];
			const n = Math.max(used.length, given.length), from = midnight(date);
			if (all[0].length && from > all[0][all[0].length - 1] + day.step) push(all, all[0][all[0].length - 1] + day.step, null, null, null);
			for (let i = 0; i < n; i++) {
				const u = i < used.length ? used[i] : null, g = i < given.length ? given[i] : null;
				push(all, from + i * day.step, u, g === null ? null : -g, day.status && day.status[i] === 'E' ? u : null);
			}
		}
		return { all, days };
	}
	function push(all, at, used, given, guessed) {
		all[0].push(at);
		all[1].push(used);
		all[2].push(given);
		all[3].push(guessed);
	}
	/* The most of each four hours, for spans that have more values than a screen has columns by far. */
	const ROUGH = 16, ROUGH_FROM = 6000;
	function roughly(all) {
		const to = [[], [], [], []], n = all[0].length;
		for (let from = 0; from < n; from += ROUGH) {
			to[0].push(all[0][from]);
			for (let k = 1; k < 4; k++) {
				let most = null;
				for (let i = from; i < Math.min(n, from + ROUGH); i++) {
					const v = all[k][i];
					if (v !== null && (most === null || Math.abs(v) > Math.abs(most))) most = v;
				}
				to[k].push(most);
			}
		}
		return to;
	}

	/* ---- to move and to enlarge ---- */

	const format = options => new Intl.DateTimeFormat(language, { timeZone: zone, ...options });
	const shown = { year: format({ year: 'numeric' }), month: format({ month: 'short' }), day: format({ month: 'short', day: 'numeric' }),
		hour: format({ hour: 'numeric' }), minute: format({ hour: 'numeric', minute: '2-digit' }) };
	/* What stands at the axis, in the page's language; below it, at the first one and where it changes, what that is of. */
	function ticks(u, list, axis, space, step) {
		const [small, large] = step >= 300 * 86400 ? ['year'] : step >= 28 * 86400 ? ['month', 'year'] : step >= 86400 ? ['day', 'year']
			: [step >= 3600 ? 'hour' : 'minute', 'day'];
		let before = '';
		return list.map(s => {
			const below = large ? shown[large].format(s * 1000) : '', changed = below !== before;
			before = below;
			return shown[small].format(s * 1000) + (changed ? '\n' + below : '');
		});
	}
	function wave(all) {
		const box = part('wave'), first = all[0][0], last = all[0][all[0].length - 1] + 900;
		const generation = all[2].some(x => x !== null);
		if (!box || !window.uPlot) return;
		const stepped = uPlot.paths.stepped({ align: 1 }), lines = uPlot.paths.linear();
		// of more values than there are columns of the screen, lines draw the least and the most of each column
		const steps = (u, series, from, to) => (to - from > 2 * u.bbox.width ? lines : stepped)(u, series, from, to);
		const missing = runs(all), rough = roughly(all);
		const dense = (min, max) => (max - min) / 900 > ROUGH_FROM;
		function see(min, max) {
			if (dense(min, max) !== (plot.data[0] === rough[0])) plot.setData(dense(min, max) ? rough : all, false);
			plot.setScale('x', { min, max });
		}
		function nearest(s) { // of all values: the last that begins by then
			let low = 0, high = all[0].length - 1;
			while (low < high) {
				const middle = (low + high + 1) >> 1;
				if (all[0][middle] <= s) low = middle; else high = middle - 1;
			}
			return low;
		}
		const axis = () => ({ stroke: colour('soft'), grid: { stroke: colour('line'), width: 1 }, ticks: { stroke: colour('line'), width: 1 } });
		let plot;
		const make = () => {
			const range = plot ? [plot.scales.x.min, plot.scales.x.max] : [first, last];
			if (plot) plot.destroy();
			plot = new uPlot({
				width: box.clientWidth, height: 300, pxAlign: 0, tzDate: s => uPlot.tzDate(new Date(s * 1000), zone), legend: { show: false },
				cursor: { drag: { x: true, y: false }, points: { show: false } },
				scales: { x: { time: true }, y: { range: (u, low, high) => [Math.min(0, low) * 1.05, Math.max(0.1, high) * 1.05] } },
				axes: [{ ...axis(), values: ticks }, { ...axis(), size: 64, values: (u, list) => list.map(n => Math.abs(n) + ' kWh') }],
				series: [{}, { stroke: colour('main'), fill: colour('main'), width: 1, paths: steps, points: { show: false } },
					{ stroke: colour('soft'), fill: colour('soft'), width: 1, paths: steps, points: { show: false }, show: generation },
					{ stroke: colour('warn'), width: 2, dash: [4, 3], paths: steps, points: { show: false } }],
				hooks: { drawClear: [u => holes(u, missing)], setScale: [(u, key) => { // also by a mouse that drags
					const { min, max } = u.scales.x;
					if (key === 'x' && u === plot && dense(min, max) !== (u.data[0] === rough[0])) queueMicrotask(() => see(min, max));
				}], setCursor: [u => {
					if (u.cursor.left >= 0) tell(nearest(u.posToVal(u.cursor.left, 'x')));
				}] },
			}, dense(...range) ? rough : all, box);
			plot.setScale('x', { min: range[0], max: range[1] });
		};
		const told = part('wave-told');
		function tell(i) {
			told.textContent = when.format(all[0][i] * 1000) + ': ' + (all[1][i] === null ? says.missing
				: kwh(all[1][i]) + (all[3][i] === null ? '' : ', ' + says.estimated))
				+ (generation && all[2][i] !== null ? ' · ' + says.given + ' ' + kwh(-all[2][i] || 0) : '');
		}
		function go(move, zoom) { // by parts of what is seen
			const { min, max } = plot.scales.x, wide = Math.min(last - first, Math.max(7200, (max - min) * zoom));
			const middle = (min + max) / 2 + (max - min) * move;
			const from = Math.max(first, Math.min(last - wide, middle - wide / 2));
			see(from, from + wide);
			told.textContent = when.format(from * 1000) + ' – ' + when.format((from + wide) * 1000);
		}
		const ways = { earlier: [-.5, 1], later: [.5, 1], closer: [0, .5], farther: [0, 2], all: [0, 1e9] };
		for (const [name, way] of Object.entries(ways)) {
			const button = root.querySelector(`[data-way=${name}]`);
			if (button) button.addEventListener('click', () => go(...way));
		}
		box.addEventListener('keydown', event => {
			const way = { ArrowLeft: 'earlier', ArrowRight: 'later', '+': 'closer', '-': 'farther', Home: 'all' }[event.key];
			if (way) { event.preventDefault(); go(...ways[way]); }
		});
		box.addEventListener('wheel', event => {
			if (!event.ctrlKey && !event.shiftKey) return; // the page goes on scrolling
			event.preventDefault();
			go(0, event.deltaY < 0 ? .8 : 1.25);
		}, { passive: false });
		touch(box, () => plot, see, first, last);
		make();
		addEventListener('resize', () => plot.setSize({ width: box.clientWidth, height: 300 }));
		matchMedia('(prefers-color-scheme: dark)').addEventListener('change', make);
	}
	function runs(all) { // of what is missing: from, past
		const found = [];
		for (let i = 0, n = all[0].length; i < n; i++) {
			if (all[1][i] !== null) continue;
			const from = all[0][i];
			while (i + 1 < n && all[1][i + 1] === null) i++;
			found.push([from, i + 1 < n ? all[0][i + 1] : all[0][i] + 900]);
		}
		return found;
	}
	function holes(u, list) { // from above to below
		u.ctx.save();
		u.ctx.fillStyle = colour('warn-ground');
		u.ctx.strokeStyle = colour('warn');
		u.ctx.setLineDash([4, 6]);
		for (const [from, past] of list) {
			const x = Math.max(u.bbox.left, u.valToPos(from, 'x', true));
			const wide = Math.min(u.bbox.left + u.bbox.width, u.valToPos(past, 'x', true)) - x;
			if (wide <= 0) continue;
			u.ctx.fillRect(x, u.bbox.top, wide, u.bbox.height);
			u.ctx.strokeRect(x, u.bbox.top, wide, u.bbox.height);
		}
		u.ctx.restore();
	}
	/* One finger moves sideways, two enlarge; up and down the page scrolls (touch-action in use.css). */
	function touch(box, plot, see, first, last) {
		const fingers = new Map();
		let from = null;
		const begin = () => {
			const xs = [...fingers.values()], { min, max } = plot().scales.x;
			from = xs.length ? { xs, min, max } : null;
		};
		box.addEventListener('pointerdown', event => {
			if (event.pointerType === 'mouse') return;
			event.stopPropagation();
			fingers.set(event.pointerId, event.clientX);
			begin();
		}, true);
		box.addEventListener('pointermove', event => {
			if (!fingers.has(event.pointerId)) return;
			fingers.set(event.pointerId, event.clientX);
			const xs = [...fingers.values()], a = plot().over.getBoundingClientRect();
			const at = x => from.min + (x - a.left) / a.width * (from.max - from.min);
			let min, max;
			if (xs.length > 1 && from.xs.length > 1) {
				const scale = Math.max(20, Math.abs(from.xs[0] - from.xs[1])) / Math.max(20, Math.abs(xs[0] - xs[1]));
				const middle = at((from.xs[0] + from.xs[1]) / 2), wide = Math.max(7200, (from.max - from.min) * scale);
				min = middle - wide * ((xs[0] + xs[1]) / 2 - a.left) / a.width;
				max = min + wide;
			} else {
				const by = at(from.xs[0]) - at(xs[0]);
				[min, max] = [from.min + by, from.max + by];
			}
			const wide = Math.min(last - first, max - min);
			min = Math.max(first, Math.min(last - wide, min));
			see(min, min + wide);
		});
		for (const end of ['pointerup', 'pointercancel'])
			box.addEventListener(end, event => { fingers.delete(event.pointerId); begin(); });
	}

	/* ---- a year of days and hours ---- */

	/* Which of a clock's 96 quarters. On the day of 23 hours one hour is left out; on that of 25 the second pass falls on
	 * the first, and the mean of both is shown. */
	function clock(n, i) {
		const quarter = Math.floor(i * (n % 25 === 0 ? 100 : n % 23 === 0 ? 92 : 96) / n);
		return quarter < 8 ? quarter : n % 25 === 0 ? quarter - 4 : n % 23 === 0 ? quarter + 4 : quarter;
	}
	function map(days) {
		const canvas = part('heat');
		if (!canvas) return;
		const first = Date.parse(says.first), n = Math.round((Date.parse(says.last) - first) / 86400000) + 1;
		const sums = new Float64Array(n * 96), counts = new Uint8Array(n * 96), missing = new Uint8Array(n * 96);
		for (const [date, day] of days) {
			const x = Math.round((Date.parse(date) - first) / 86400000), list = day.consumption || [];
			list.forEach((v, i) => {
				const at = clock(list.length, i) * n + x;
				if (v === null) { missing[at] = 1; return; }
				sums[at] += v;
				counts[at]++;
			});
		}
		const sorted = [...sums].filter((v, i) => counts[i]).sort((a, b) => a - b);
		const most = sorted.length ? Math.max(.001, sorted[Math.floor(sorted.length * .995)]) : 1;
		const rgb = name => {
			const digits = colour(name).slice(1), n = digits.length / 3;
			return [0, 1, 2].map(i => parseInt(digits.slice(i * n, i * n + n).repeat(3 - n), 16));
		};
		canvas.width = n;
		canvas.height = 96;
		const draw = () => {
			const to = canvas.getContext('2d'), image = to.createImageData(n, 96), low = rgb('ground'), high = rgb('main'), hole = rgb('warn');
			for (let i = 0; i < n * 96; i++) {
				const share = counts[i] ? Math.min(1, sums[i] / counts[i] / most) ** .7 : 0;
				const c = missing[i] ? hole : low.map((l, k) => l + (high[k] - l) * share);
				for (let k = 0; k < 3; k++) image.data[i * 4 + k] = c[k];
				image.data[i * 4 + 3] = counts[i] || missing[i] ? 255 : 0;
			}
			to.putImageData(image, 0, 0);
		};
		draw();
		matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
		part('heat-most').textContent = kwh(most);
		hours(sums, counts, n);
		reading(canvas, sums, counts, missing, n, first);
	}
	function reading(canvas, sums, counts, missing, n, first) {
		const told = part('heat-told');
		let x = n - 1, y = 48;
		const date = new Intl.DateTimeFormat(language, { timeZone: 'UTC', weekday: 'short', month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit' });
		const say = () => {
			const i = y * n + x;
			told.textContent = date.format(first + x * 86400000 + y * 900000) + ': '
				+ (counts[i] ? kwh(sums[i] / counts[i]) : missing[i] ? says.missing : says.nothing);
		};
		const to = event => {
			const box = canvas.getBoundingClientRect();
			x = Math.max(0, Math.min(n - 1, Math.floor((event.clientX - box.left) / box.width * n)));
			y = Math.max(0, Math.min(95, Math.floor((event.clientY - box.top) / box.height * 96)));
			say();
		};
		canvas.addEventListener('pointermove', to);
		canvas.addEventListener('pointerdown', to);
		canvas.addEventListener('keydown', event => {
			const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
			if (!step) return;
			event.preventDefault();
			x = Math.max(0, Math.min(n - 1, x + step[0]));
			y = Math.max(0, Math.min(95, y + step[1]));
			say();
		});
	}
	/* The same for who does not see it: what an hour of the day has on average. */
	function hours(sums, counts, n) {
		const body = part('heat-hours'), hour = new Intl.DateTimeFormat(language, { timeZone: 'UTC', hour: 'numeric' });
		for (let h = 0; h < 24; h++) {
			let sum = 0, days = 0;
			for (let x = 0; x < n; x++) {
				let here = 0, of = 0;
				for (let q = h * 4; q < h * 4 + 4; q++)
					if (counts[q * n + x]) { here += sums[q * n + x] / counts[q * n + x]; of++; }
				if (of === 4) { sum += here; days++; }
			}
			const row = body.insertRow(), head = document.createElement('th');
			head.scope = 'row';
			head.textContent = hour.format(h * 3600000) + ' – ' + hour.format((h + 1) % 24 * 3600000);
			row.append(head);
			const cell = row.insertCell();
			cell.className = 'n';
			cell.textContent = days ? (sum / days).toFixed(3) : '–';
		}
	}

	root.hidden = false;
	const status = part('loading');
	fetch(says.reads, { headers: { Accept: 'application/vnd.busbar.days+json' } }).then(answer => {
		if (!answer.ok) throw new Error(String(answer.status));
		return answer.json();
	}).then(answer => {
		const { all, days } = columns(answer.items);
		status.hidden = true;
		for (const shown of root.querySelectorAll('[hidden]:not(.loading)')) shown.hidden = false;
		map(days);
		setTimeout(() => { if (all[0].length) wave(all); }); // a task of its own: a finger may come between
		if (says.instead && window.uPlot) document.querySelector('figure.chart.made').hidden = true;
	}).catch(() => { status.textContent = says.failed; });
});
