/* Looks whether what was asked for has come, and shows the page anew when it has. Without this script a link does. */
'use strict';
addEventListener('DOMContentLoaded', () => {
	const waiting = document.getElementById('waiting');
	const bar = document.querySelector('progress');
	let tries = 0;
	const look = () => {
		if (++tries > (bar ? 600 : 60)) return;
		fetch(waiting.dataset.command).then(answer => answer.ok ? answer.json() : {}).then(command => {
			if (bar && command.done) {
				bar.value = command.done;
				bar.labels[0].textContent = bar.labels[0].textContent.replace(/[\d,]+/, command.done.toLocaleString('en-US'));
			}
			if (['COMPLETED', 'FAILED', 'DONE'].includes(command.state)) location.replace(waiting.querySelector('a').href);
			else setTimeout(look, 3000);
		}, () => setTimeout(look, 10000));
	};
	if (waiting) setTimeout(look, 2000);
});
