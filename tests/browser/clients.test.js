// Programs that third parties write with libraries of others: OAuth and Green Button as oauth4webapi, openid-client,
// simple-oauth2, @badgateway/oauth2-client and @cityssm/green-button-parser want it. The customer says yes in Chromium.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { webcrypto } from 'node:crypto';
import * as oauth from 'oauth4webapi';
import * as openid from 'openid-client';
import { AuthorizationCode, ClientCredentials } from 'simple-oauth2';
import { OAuth2Client, OAuth2Fetch, generateCodeVerifier } from '@badgateway/oauth2-client';
import * as green from '@cityssm/green-button-parser';
import { launch, open, url } from './browser.js';

globalThis.crypto ??= webcrypto; // Node 18 has it, but not by that name

const api = process.env.BUSBAR_API;
const issuer = new URL(api);
const redirect = `${url}/demo-third-party`;
const scope = 'FB=4_5_12_15_16;IntervalDuration=900;BlockDuration=daily;HistoryLength=63072000';
const { client_id: id, client_secret: secret } = JSON.parse(readFileSync(process.env.BUSBAR_CLIENT, 'utf8'));

// Libraries leave bodies unread and connections open, which would hold this process for minutes.
const plain = globalThis.fetch, replies = [];
globalThis.fetch = async (...ask) => {
	const request = new Request(...ask);
	request.headers.set('connection', 'close');
	replies.push(await plain(request));
	return replies.at(-1);
};

let browser;
before(async () => { browser = await launch(); });
after(async () => {
	await Promise.all(replies.filter((r) => !r.bodyUsed).map((r) => r.body?.cancel()));
	await browser.close();
});

// What a customer of the sandbox does with an address of the authorization endpoint; where it leads in the end.
async function consent(address, phone = '111-111-1111') {
	const at = new URL(address);
	assert.equal(at.origin, url, 'customers are asked at the portal');
	const page = await open(browser, at.pathname + at.search, { javaScriptEnabled: false });
	await page.getByLabel('Find me by').selectOption('phone');
	await page.getByLabel('As it stands on your bill').fill(phone);
	await page.getByRole('button', { name: 'Send me a code' }).click();
	await page.getByLabel('Six-digit code').fill(await page.locator('#code-shown').textContent());
	await page.getByRole('button', { name: 'Continue' }).click();
	await page.getByLabel('I have read this').check();
	await page.waitForTimeout(600); // the test's dwell
	await page.getByRole('button', { name: 'Yes, share my data' }).click();
	await page.waitForURL((to) => to.pathname === '/demo-third-party' && to.searchParams.has('code'));
	const back = new URL(page.url());
	await page.context().close();
	return back;
}

// As a third party reads a feed: every block by its meter reading, that one's reading type and usage point.
async function usage(atom) {
	const feed = await green.atomToGreenButtonJson(atom);
	const of = (kind) => green.helpers.getEntriesByContentType(feed, kind);
	let wh = 0, readings = 0, cost = 0;
	for (const block of of('IntervalBlock')) {
		const type = green.helpers.getReadingTypeEntryFromIntervalBlockEntry(feed, block);
		assert.equal(type.content.ReadingType.uom_value, 'Wh');
		assert.equal(type.content.ReadingType.commodity_value, 'Electricity Secondary Metered');
		assert.equal(type.content.ReadingType.flowDirection_value, 'Forward');
		const scale = 10 ** Number(type.content.ReadingType.powerOfTenMultiplier);
		const point = green.helpers.getUsagePointEntryFromIntervalBlockEntry(feed, block);
		assert.equal(point.content.UsagePoint.ServiceCategory.kind_value, 'Electricity');
		for (const reading of [block.content.IntervalBlock].flat().flatMap((b) => b.IntervalReading)) {
			wh += Number(reading.value) * scale;
			cost += Number(reading.cost ?? 0);
			readings++;
		}
	}
	return { feed, of, wh, readings, cost };
}

test('oauth4webapi, green-button-parser: from discovery to the readings and the end of it', async () => {
	const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, { algorithm: 'oauth2' }));
	const client = { client_id: id }, auth = oauth.ClientSecretBasic(secret);
	const verifier = oauth.generateRandomCodeVerifier(), state = oauth.generateRandomState();
	const ask = new URL(as.authorization_endpoint);
	for (const [name, value] of Object.entries({
		client_id: id, redirect_uri: redirect, response_type: 'code', scope, state,
		code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
	})) ask.searchParams.set(name, value);
	const back = await consent(ask);
	const params = oauth.validateAuthResponse(as, client, back, state);
	const reply = () => oauth.authorizationCodeGrantRequest(as, client, auth, params, redirect, verifier);
	const tokens = await oauth.processAuthorizationCodeResponse(as, client, await reply());
	assert.equal(tokens.token_type, 'bearer');
	assert.equal(tokens.scope, scope);
	assert.ok(tokens.expires_in > 3000 && tokens.refresh_token);

	const get = async (address, token = tokens.access_token) => {
		const said = await oauth.protectedResourceRequest(token, 'GET', new URL(address));
		assert.equal(said.headers.get('content-type'), 'application/atom+xml');
		return said.text();
	};
	const whole = await usage(await get(tokens.resourceURI));
	assert.equal(whole.of('UsagePoint').length, 1);
	assert.ok(whole.readings >= 184, 'two days of quarter-hours');
	// what /v1 says to the same token
	const days = whole.of('IntervalBlock').map((b) => b.title).sort();
	const { items: [{ esiid }] } = await (await oauth.protectedResourceRequest(tokens.access_token, 'GET', new URL(`${api}/v1/premises`))).json();
	const v1 = await (await oauth.protectedResourceRequest(tokens.access_token, 'GET',
		new URL(`${api}/v1/premises/${esiid}/reads?from=${days[0]}&to=${days.at(-1)}`))).json();
	assert.equal(whole.wh, Math.round(v1.totals.consumption_kwh * 1000));
	// bills, with what they cost
	const bills = whole.of('UsageSummary');
	assert.ok(bills.length > 0);
	for (const bill of bills) {
		assert.equal(bill.content.UsageSummary.currency_value, 'USD');
		assert.ok(Number(bill.content.UsageSummary.billLastPeriod) > 0);
		assert.equal(green.helpers.getUsagePointEntryFromEntry(whole.feed, bill), whole.of('UsagePoint')[0]);
	}
	for (const { links } of whole.feed.entries) // each of its own resources is one
		assert.equal((await green.atomToGreenButtonJson(await get(links.self))).entries.length, 1);

	const seen = await oauth.processIntrospectionResponse(as, client,
		await oauth.introspectionRequest(as, client, auth, tokens.access_token));
	assert.equal(seen.active, true);
	assert.equal(seen.client_id, id);
	const fresh = await oauth.processRefreshTokenResponse(as, client,
		await oauth.refreshTokenGrantRequest(as, client, auth, tokens.refresh_token));
	assert.equal(fresh.resourceURI, tokens.resourceURI);
	assert.equal((await usage(await get(fresh.resourceURI, fresh.access_token))).wh, whole.wh);

	const bulk = await oauth.processClientCredentialsResponse(as, client,
		await oauth.clientCredentialsGrantRequest(as, client, auth, { scope: 'FB=34_35' }));
	assert.equal(bulk.refresh_token, undefined);
	assert.ok((await usage(await get(bulk.resourceURI, bulk.access_token))).wh >= whole.wh);
	const authorization = await green.atomToGreenButtonJson(await get(tokens.authorizationURI, bulk.access_token));
	assert.equal(authorization.entries[0].content.Authorization.status_value, 'Active');
	assert.equal(authorization.entries[0].content.Authorization.scope_functionBlock.usageSummaryWithCost, true);
	const own = await oauth.processClientCredentialsResponse(as, client,
		await oauth.clientCredentialsGrantRequest(as, client, auth, { scope: 'FB=36_40' }));
	const { entries: [{ content: { ApplicationInformation: record } }] } =
		await green.atomToGreenButtonJson(await get(own.resourceURI, own.access_token));
	assert.equal(record.client_id, id);
	assert.deepEqual(record.grant_types_values.filter((x) => x === undefined), []);

	await oauth.processRevocationResponse(await oauth.revocationRequest(as, client, auth, fresh.refresh_token));
	await assert.rejects(oauth.protectedResourceRequest(fresh.access_token, 'GET', new URL(fresh.resourceURI)),
		(e) => e.status === 401 && e.cause[0].scheme === 'bearer');
	const ended = await green.atomToGreenButtonJson(await get(tokens.authorizationURI, bulk.access_token));
	assert.equal(ended.entries[0].content.Authorization.status_value, 'Revoked');
	await assert.rejects(reply().then((r) => oauth.processAuthorizationCodeResponse(as, client, r)), { error: 'invalid_grant' });
});

test('openid-client: code, refresh, client credentials; a customer who says no', async () => {
	const config = await openid.discovery(issuer, id, secret, openid.ClientSecretBasic(secret), { algorithm: 'oauth2' });
	const verifier = openid.randomPKCECodeVerifier(), state = openid.randomState();
	const ask = openid.buildAuthorizationUrl(config, {
		redirect_uri: redirect, scope, state, code_challenge: await openid.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
	});
	const tokens = await openid.authorizationCodeGrant(config, await consent(ask, '222-222-2222'), { pkceCodeVerifier: verifier, expectedState: state });
	const said = await openid.fetchProtectedResource(config, tokens.access_token, new URL(tokens.resourceURI), 'GET');
	const whole = await usage(await said.text());
	assert.equal(whole.of('UsagePoint').length, 4);
	const fresh = await openid.refreshTokenGrant(config, tokens.refresh_token);
	assert.equal((await openid.tokenIntrospection(config, fresh.access_token)).active, true);
	const bulk = await openid.clientCredentialsGrant(config, { scope: 'FB=34_35' });
	assert.equal((await openid.fetchProtectedResource(config, bulk.access_token, new URL(bulk.resourceURI), 'GET')).status, 200);
	await openid.tokenRevocation(config, fresh.refresh_token);
	assert.equal((await openid.tokenIntrospection(config, fresh.access_token)).active, false);
	await assert.rejects(openid.refreshTokenGrant(config, fresh.refresh_token), { error: 'invalid_grant' });

	const page = await open(browser, ask.pathname + ask.search, { javaScriptEnabled: false });
	await page.getByRole('button', { name: 'Do not share, go back' }).click();
	await page.waitForURL(/error=/);
	await assert.rejects(openid.authorizationCodeGrant(config, new URL(page.url()), { pkceCodeVerifier: verifier, expectedState: state }),
		{ error: 'access_denied' });
	await page.context().close();
});

test('openid-client without a secret', async () => {
	const config = await openid.discovery(issuer, process.env.BUSBAR_PUBLIC, undefined, openid.None(), { algorithm: 'oauth2' });
	const verifier = openid.randomPKCECodeVerifier();
	const ask = openid.buildAuthorizationUrl(config, {
		redirect_uri: redirect, scope: 'FB=4_5', code_challenge: await openid.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
	});
	const back = await consent(ask);
	await assert.rejects(openid.authorizationCodeGrant(config, back, { pkceCodeVerifier: openid.randomPKCECodeVerifier() }), { error: 'invalid_grant' });
	const tokens = await openid.authorizationCodeGrant(config, await consent(ask), { pkceCodeVerifier: verifier });
	assert.equal((await openid.refreshTokenGrant(config, tokens.refresh_token)).scope, tokens.scope);
});

test('simple-oauth2', async () => {
	const auth = { tokenHost: api, tokenPath: '/oauth/token', revokePath: '/oauth/revoke' };
	const client = new AuthorizationCode({ client: { id, secret }, auth: { ...auth, authorizeHost: url, authorizePath: '/oauth/authorize' } });
	const back = await consent(client.authorizeURL({ redirect_uri: redirect, scope, state: 'x' }));
	let tokens = await client.getToken({ code: back.searchParams.get('code'), redirect_uri: redirect });
	assert.equal(tokens.expired(), false);
	tokens = await tokens.refresh();
	const said = await fetch(tokens.token.resourceURI, { headers: { authorization: `Bearer ${tokens.token.access_token}` } });
	assert.ok((await usage(await said.text())).readings >= 184);
	await tokens.revokeAll();
	assert.equal((await fetch(tokens.token.resourceURI, { headers: { authorization: `Bearer ${tokens.token.access_token}` } })).status, 401);
	assert.ok((await new ClientCredentials({ client: { id, secret }, auth }).getToken({ scope: 'FB=34_35' })).token.resourceURI.includes('/Batch/Bulk/'));
});

test('@badgateway/oauth2-client', async () => {
	const client = new OAuth2Client({ server: api, discoveryEndpoint: '/.well-known/oauth-authorization-server', clientId: id, clientSecret: secret });
	const codeVerifier = await generateCodeVerifier();
	const ask = await client.authorizationCode.getAuthorizeUri({ redirectUri: redirect, state: 'x', codeVerifier, scope: [scope] });
	const token = await client.authorizationCode.getTokenFromCodeRedirect(await consent(ask), { redirectUri: redirect, state: 'x', codeVerifier });
	let kept = token;
	const fetcher = new OAuth2Fetch({ client, scheduleRefresh: false, getNewToken: () => null, getStoredToken: () => token, storeToken: (t) => { kept = t; } });
	assert.equal((await fetcher.fetch(`${api}/v1/me`)).status, 200);
	await fetcher.refreshToken();
	assert.notEqual(kept.accessToken, token.accessToken);
	assert.equal((await client.introspect(kept)).active, true);
	await client.revoke(kept);
	assert.equal((await client.introspect(kept)).active, false);
	assert.ok((await client.clientCredentials({ scope: ['FB=34_35'] })).accessToken);
});
