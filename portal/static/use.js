/* What a bar of a chart is, told below it: by pointer, finger or arrow keys; a click opens it as the table does. The
 * numbers are those of the table. */
'use strict';
addEventListener('DOMContentLoaded', () => {
	const figure = document.querySelector('figure.chart'), svg = figure && figure.querySelector('svg.bars');
	const rows = svg && document.querySelectorAll('.numbers tbody tr'), heads = document.querySelectorAll('.numbers thead th');
	if (!svg || rows.length !== Number(svg.dataset.n)) return;
	const told = figure.querySelector('.told');
	const here = document.createElementNS('http://www.w3.org/2000/svg', 'path');
	here.setAttribute('class', 'here');
	svg.append(here);
	let at = -1;
	const say = n => {
		at = Math.max(0, Math.min(rows.length - 1, n));
		const cells = [...rows[at].cells].map(c => c.textContent.trim());
		told.textContent = cells[0] + ': ' + cells.slice(1).map((c, i) => c && (i + 2 < cells.length ? heads[i + 1].textContent + ' ' + c : c))
			.filter(Boolean).join(' · ');
		here.setAttribute('d', `M${at * 10} 0h10v1000h-10z`);
	};
	const of = event => {
		const box = svg.getBoundingClientRect();
		return Math.floor((event.clientX - box.left) / box.width * rows.length);
	};
	told.textContent = figure.dataset.touch;
	svg.setAttribute('tabindex', '0');
	svg.addEventListener('pointermove', event => say(of(event)));
	svg.addEventListener('pointerdown', event => say(of(event)));
	svg.addEventListener('click', event => {
		const link = rows[Math.max(0, Math.min(rows.length - 1, of(event)))].querySelector('a');
		if (link && event.pointerType === 'mouse') link.click();
	});
	svg.addEventListener('keydown', event => {
		const step = { ArrowLeft: -1, ArrowRight: 1, Home: -rows.length, End: rows.length }[event.key];
		if (step !== undefined) {
			event.preventDefault();
			say(at < 0 ? (step < 0 ? rows.length - 1 : 0) : at + step);
		} else if (event.key === 'Enter' && at >= 0) {
			const link = rows[at].querySelector('a');
			if (link) link.click();
		}
	});
});
