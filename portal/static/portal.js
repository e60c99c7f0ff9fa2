/* A yes shows a little work of the browser; see portal/work.h. Without this script, or where it
 * cannot work, the code from the mail is typed instead. Nothing is sent before a button is pressed. */
'use strict';
(function () {
	var begun = Date.now(), subtle = window.crypto && window.crypto.subtle;
	if (!subtle || !window.TextEncoder || !window.Promise) return;
	document.documentElement.className = 'able';
	document.addEventListener('DOMContentLoaded', function () {
		var form = document.querySelector('form[data-bits]'), said = document.getElementById('said');
		var text = new TextEncoder(), pressed = null, found = null;
		if (!form) return;
		var ask = form.dataset, bits = Number(ask.bits);

		function attempt(key, n) {
			var how = { name: 'PBKDF2', hash: 'SHA-256', salt: text.encode(String(n)), iterations: Number(ask.rounds) };
			return subtle.deriveBits(how, key, 32).then(function (got) {
				var head = new DataView(got).getUint32(0);
				return bits === 0 || head >>> (32 - bits) === 0 ? n : attempt(key, n + 1);
			});
		}
		function work() { // once; from the tick on, so that it is done when the button is pressed
			if (!found) found = subtle.importKey('raw', text.encode(form.elements.nonce.value), 'PBKDF2', false, ['deriveBits'])
				.then(function (key) { return attempt(key, 0); });
			return found;
		}
		function send() {
			var choice = document.createElement('input');
			choice.type = 'hidden';
			choice.name = 'choice';
			choice.value = pressed;
			form.appendChild(choice);
			setTimeout(function () { form.submit(); }, Math.max(0, Number(ask.dwell) + 200 - (Date.now() - begun)));
		}
		form.elements.agree.addEventListener('change', function () { work().catch(function () {}); });
		form.addEventListener('click', function (event) {
			if (event.target.name === 'choice') pressed = event.target.value;
		});
		form.addEventListener('submit', function (event) {
			if (event.submitter) pressed = event.submitter.value;
			if (!pressed) return; // sent as it stands: the page says what is missing
			event.preventDefault();
			if (form.className === 'busy') return;
			form.className = 'busy';
			said.textContent = ask.working;
			(pressed !== 'CONFIRM' || form.elements.code.value ? Promise.resolve('') : work()).then(function (n) {
				form.elements.work.value = n;
				send();
			}, function () {
				document.documentElement.className = form.className = '';
				said.textContent = ask.failed;
				form.elements.code.focus();
			});
		});
		window.addEventListener('pageshow', function (event) { // back from the next page
			if (event.persisted) window.location.reload();
		});
	});
})();
