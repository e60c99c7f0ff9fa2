/* Sends a large spreadsheet as often as it takes, and shows how far it has come; the last time as the form itself does, so
 * that the result is a page. Without this script the person sends it again. */
'use strict';
addEventListener('DOMContentLoaded', () => {
	const form = document.querySelector('form[data-going]'), going = document.getElementById('going');
	const file = form.querySelector('input[type=file]');
	const send = () => fetch(form.action, { method: 'POST', body: new FormData(form) }).then(answer => answer.text()).then(text => {
		const next = new DOMParser().parseFromString(text, 'text/html').getElementById('going');
		const bar = next && next.querySelector('progress');
		if (!bar) return form.submit();
		going.querySelector('progress').max = bar.max;
		going.querySelector('progress').value = bar.value;
		going.querySelector('label').textContent = next.querySelector('label').textContent;
		return send();
	});
	form.addEventListener('submit', event => {
		if (!file.files.length || file.files[0].size < 50000) return;
		event.preventDefault();
		if (form.className === 'busy') return;
		form.className = 'busy';
		going.innerHTML = '<p></p><p><label for="progress"></label></p><progress id="progress"></progress>';
		going.querySelector('p').textContent = form.dataset.going;
		send().catch(() => form.submit());
	});
});
