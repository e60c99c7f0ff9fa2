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
	/* A sentence of this page's, with its values. */
	const words = (text, values) => text.replace(/\[(\w+)\]/g, (_, name) => values[name]);
	const kwh = wh => (wh / 1000).toLocaleString(page.l, { minimumFractionDigits: 3 });
	let asked = 0; /* what was asked last is what is told: an answer that comes late says nothing */
	const say = (text, values) => { at('result').hidden = false; at('told').textContent = words(text, values); };

	const ask = async event => {
		event.preventDefault();
		const verifier = random(), state = random();
		const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
		for (const [name, value] of Object.entries({ verifier, state, l: page.l, client: at('client').value, secret: at('secret').value }))
			kept.setItem(name, value);
		location.href = page.authorize + '?' + new URLSearchParams({ response_type: 'code', client_id: at('client').value,
			redirect_uri: redirect, scope: at('scope').value, state, code_challenge: base64url(digest),
			code_challenge_method: 'S256', ui_locales: page.l });
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
		const day = new Date(start * 1000).toLocaleDateString(page.l === 'es' ? 'es-US' : 'en-US', { timeZone: 'America/Chicago', dateStyle: 'long' });
		svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
		svg.setAttribute('role', 'img');
		svg.setAttribute('aria-label', words(page.bars, { day, n: readings.length, most: kwh(most) }));
		readings.forEach((value, i) => {
			const bar = document.createElementNS(name, 'rect'), step = width / readings.length;
			for (const [key, v] of Object.entries({ x: i * step, y: height - value / most * height, width: Math.max(step - 1, 1), height: value / most * height, class: 'bar' }))
				bar.setAttribute(key, v);
			svg.append(bar);
		});
		const line = document.createElement('p');
		line.textContent = words(page.day, { day, n: readings.length, total: kwh(readings.reduce((a, b) => a + b, 0)), most: kwh(most) });
		at('chart').replaceChildren(svg, line);
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
			say(page.noReads, { status: reply.status });
			return;
		}
		const feed = new DOMParser().parseFromString(text, 'application/xml');
		const espi = (from, what) => [...from.getElementsByTagNameNS('http://naesb.org/espi', what)];
		say(page.yes, { meters: espi(feed, 'UsagePoint').length, days: espi(feed, 'IntervalBlock').length });
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
			return say(page.noToken, { why: [token.error, token.error_description].filter(Boolean).join(', ') });
		kept.setItem('token', JSON.stringify(token));
		await show();
	};

	at('begin').addEventListener('submit', ask);
	at('renew').addEventListener('click', () => take({ grant_type: 'refresh_token', refresh_token: JSON.parse(kept.getItem('token')).refresh_token }));
	at('revoke').addEventListener('click', async () => {
		asked++;
		await post('/oauth/revoke', { token: JSON.parse(kept.getItem('token')).refresh_token });
		say(page.givenUp);
	});
	const back = new URLSearchParams(location.search);
	/* who comes from the list of companies comes with a client */
	for (const [id, name] of [['client', 'ThirdPartyID'], ['scope', 'scope']])
		if (back.has(name))
			at(id).value = back.get(name);
	if (back.has('state') && !back.has('l') && kept.getItem('l') && kept.getItem('l') !== page.l) {
		location.replace(redirect + '?l=' + kept.getItem('l') + '&' + back);
	} else if (back.has('state')) {
		history.replaceState(null, '', redirect + '?l=' + page.l);
		if (back.get('state') !== kept.getItem('state') || back.get('iss') !== page.issuer)
			say(page.strange);
		else if (back.has('error'))
			say(page.no, { why: [back.get('error'), back.get('error_description')].filter(Boolean).join(', ') });
		else
			take({ grant_type: 'authorization_code', code: back.get('code'), redirect_uri: redirect, code_verifier: kept.getItem('verifier') });
		kept.removeItem('state');
	}
});
