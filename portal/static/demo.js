/* The demo third party: asks, takes the code, shows token, resources and the newest day. */
'use strict';
addEventListener('DOMContentLoaded', () => {
	const at = id => document.getElementById(id);
	const page = at('demo').dataset;
	const redirect = location.origin + location.pathname;
	const kept = sessionStorage;
	const base64url = bytes => btoa(String.fromCharCode(...new Uint8Array(bytes)))
		.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
	const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)));
	let asked = 0; /* what was asked last is what is told: an answer that comes late says nothing */
	const say = words => { at('result').hidden = false; at('told').textContent = words; };

	const ask = async event => {
		event.preventDefault();
		const verifier = random(), state = random();
		const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
		for (const [name, value] of Object.entries({ verifier, state, client: at('client').value, secret: at('secret').value }))
			kept.setItem(name, value);
		location.href = page.authorize + '?' + new URLSearchParams({ response_type: 'code', client_id: at('client').value,
			redirect_uri: redirect, scope: at('scope').value, state, code_challenge: base64url(digest),
			code_challenge_method: 'S256' });
	};

	/* A form to the hub, as its client. */
	const post = (path, fields) => {
		const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
		if (kept.getItem('secret'))
			headers.Authorization = 'Basic ' + btoa(encodeURIComponent(kept.getItem('client')) + ':' + encodeURIComponent(kept.getItem('secret')));
		else
			fields.client_id = kept.getItem('client');
		return fetch(page.hub + path, { method: 'POST', headers, body: new URLSearchParams(fields) });
	};
	const get = (address, token) => fetch(page.hub + new URL(address).pathname, { headers: { Authorization: 'Bearer ' + token } });

	/* Bars of a day, with a line of words for who does not see them. */
	const draw = (readings, start) => {
		const name = 'http://www.w3.org/2000/svg', width = 960, height = 240, most = Math.max(...readings, 1);
		const svg = document.createElementNS(name, 'svg');
		const day = new Date(start * 1000).toLocaleDateString('en-US', { timeZone: 'America/Chicago', dateStyle: 'long' });
		svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
		svg.setAttribute('role', 'img');
		svg.setAttribute('aria-label', `${readings.length} readings of ${day}, the highest ${most / 1000} kWh`);
		readings.forEach((value, i) => {
			const bar = document.createElementNS(name, 'rect'), step = width / readings.length;
			for (const [key, v] of Object.entries({ x: i * step, y: height - value / most * height, width: Math.max(step - 1, 1), height: value / most * height, class: 'bar' }))
				bar.setAttribute(key, v);
			svg.append(bar);
		});
		const words = document.createElement('p');
		words.textContent = `${day}: ${readings.length} readings, ${(readings.reduce((a, b) => a + b, 0) / 1000).toFixed(3)} kWh in all, at most ${(most / 1000).toFixed(3)} kWh in one.`;
		at('chart').replaceChildren(svg, words);
	};

	const show = async () => {
		const token = JSON.parse(kept.getItem('token'));
		at('token').textContent = JSON.stringify(token, null, 2);
		const addresses = ['resourceURI', 'authorizationURI', 'customerResourceURI'].filter(name => token[name]);
		at('resources').replaceChildren(...addresses.map(name => {
			const item = document.createElement('li');
			item.textContent = name + ': ' + token[name];
			return item;
		}));
		const mine = ++asked;
		const reply = await get(token.resourceURI, token.access_token), text = await reply.text();
		if (mine !== asked)
			return;
		if (!reply.ok) {
			say('The hub answers ' + reply.status + ' to the readings.');
			return;
		}
		const feed = new DOMParser().parseFromString(text, 'application/xml');
		const espi = (from, what) => [...from.getElementsByTagNameNS('http://naesb.org/espi', what)];
		const count = (from, what, word) => `${espi(from, what).length} ${word}${espi(from, what).length === 1 ? '' : 's'}`;
		say(`The customer said yes. The feed has ${count(feed, 'UsagePoint', 'meter')} and ${count(feed, 'IntervalBlock', 'day')} of readings.`);
		const blocks = espi(feed, 'IntervalBlock').map(block => ({
			start: Number(espi(block, 'start')[0].textContent),
			readings: espi(block, 'IntervalReading').map(r => Number(espi(r, 'value')[0].textContent)),
		})).sort((a, b) => b.start - a.start);
		if (blocks.length)
			draw(blocks[0].readings, blocks[0].start);
	};

	const take = async fields => {
		const reply = await post('/oauth/token', fields), token = await reply.json();
		if (!reply.ok)
			return say('The hub gives no token: ' + token.error + (token.error_description ? ', ' + token.error_description : ''));
		kept.setItem('token', JSON.stringify(token));
		await show();
	};

	at('begin').addEventListener('submit', ask);
	at('renew').addEventListener('click', () => take({ grant_type: 'refresh_token', refresh_token: JSON.parse(kept.getItem('token')).refresh_token }));
	at('revoke').addEventListener('click', async () => {
		asked++;
		await post('/oauth/revoke', { token: JSON.parse(kept.getItem('token')).refresh_token });
		say('Given up: the token opens nothing any more.');
	});
	const back = new URLSearchParams(location.search);
	if (back.has('state')) {
		history.replaceState(null, '', redirect);
		if (back.get('state') !== kept.getItem('state') || back.get('iss') !== page.issuer)
			say('That is no answer to what this tab asked.');
		else if (back.has('error'))
			say('No: ' + back.get('error') + (back.has('error_description') ? ', ' + back.get('error_description') : ''));
		else
			take({ grant_type: 'authorization_code', code: back.get('code'), redirect_uri: redirect, code_verifier: kept.getItem('verifier') });
		kept.removeItem('state');
	}
});
