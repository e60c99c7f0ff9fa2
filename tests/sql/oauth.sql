-- OAuth 2.0: clients, what a customer is asked, grants as agreements, codes, tokens and their ends.
begin;
\ir lib/fixture.psql
\ir lib/agreement.psql
select plan(136);
select t.at('2026-05-04 10:00');
\set redirect https://one.example/back?a=b
\set scope 'FB=4_5_15;IntervalDuration=900;BlockDuration=daily;HistoryLength=63072000'

-- the customers of the fixture have mailboxes, phones and addresses: 'a' at e1 and e2, 'b' at e4
create function t.i(kind text, value text) returns bytea language sql immutable as $$
	select substr(sha256((kind || ':' || value)::bytea), 1, 16)
$$;
create function t.k(a text) returns int4 language sql stable as $$ select customer from premise.customer where account_index = t.account(a) $$;
insert into premise.contact (customer, kind, sealed, index)
select t.k(a), kind, ('sealed ' || value)::bytea, t.i(kind, value)
from (values ('a', 'email', 'ann@example.com'), ('a', 'phone', '5125550100'), ('b', 'email', 'bob@example.com'),
	('b', 'phone', '5125550100')) v (a, kind, value);
update premise.customer set address_index = t.i('address', '1 PECAN') where customer = t.k('a');

-- ---- clients ----

select client as client, client_id as client_id from oauth.client_add(:csp1, 'client-one', null, sha256('secret'), false, array[:'redirect'::text],
	null, null, null, 'test') \gset
select is(:'client_id'::text, 'client-one', 'a client of a live third party');
select throws_ok($$ select * from oauth.client_add(1, 'client-one', null, null, false, '{}', null, null, null, 'test') $$, 'BB001');
select throws_ok(format('select * from oauth.client_add(%s, %L, null, null, false, %L, null, null, null, %L)', :csp1, 'client-one',
	'{}', 'test'), 'BB005');
select throws_ok(format('select * from oauth.client_add(%s, null, null, null, false, %L, null, null, null, %L)', :csp1, u, 'test'),
	'BB003', null, 'no address of ' || u)
from unnest(array['{http://one.example/}', '{https://one.example/*}', '{https://*.example/}', '{https://one.example/#a}',
	'{"https://one.example/ https://two.example/ x"}', '{https://user@one.example/}']) u;
select throws_ok(format('select * from oauth.client_add(%s, null, null, null, false, %L, %L, null, null, %L)', :csp1, '{}', s, 'test'),
	'BB003', null, 'no scope ' || s)
from unnest(array['{}', '{""}', '{FB}', '{FB=4 5}', '{FB=4;x}']) s where s <> '{}';
select client as public from oauth.client_add(:csp1, 'public-sandbox', null, null, true, array[:'redirect'::text], null, null, null, 'test') \gset
select is((select grant_types from oauth.client where client = :public), '{authorization_code,refresh_token}', 'a public one is nobody by itself');
select is((select state from oauth.client where client = :public), 'REVIEW', 'one of the sandbox stays in review');
update party.csp set state = 'SUSPENDED' where party = :csp1;
select is(why, 'the third party is suspended', 'with the third party suspended it may ask nobody') from oauth.client_asks('client-one');
update party.csp set state = 'CONFIRMED' where party = :csp1;
select throws_ok(format('select * from oauth.client_add(%s, null, null, null, false, %L, null, null, null, %L)', :csp1, '{}', 'test'),
	'BB004', null, 'before it is live: of the sandbox alone');
select lives_ok(format('select * from oauth.client_add(%s, null, null, null, true, %L, null, null, null, %L)', :csp1, '{}', 'test'),
	'and that from the first minute');
update party.csp set state = 'ACTIVE' where party = :csp1;
insert into party.csp_client (csp, client_id, secret_sha256, registration_sha256)
values (:csp2, 'csp2-client', sha256('x'), sha256('y'));
select results_eq($$ select client_id, secret_sha256, state, sandbox from oauth.client where csp = $$ || :csp2,
	$$ values ('csp2-client'::text, sha256('x'), 'PRODUCTION'::text, false) $$, 'an approval makes a client of the same name and secret');
update party.csp_client set ended_at = now() where csp = :csp2;
select is((select state from oauth.client where csp = :csp2), 'REVOKED', 'which ends with it');

-- ---- scopes ----

select is(oauth.scope_within(a, :'scope'), v, 'within: ' || a) from (values
	(:'scope', true),
	('FB=4_5;IntervalDuration=900;BlockDuration=daily;HistoryLength=2628000', true),
	('FB=4_5_16;IntervalDuration=900;BlockDuration=daily;HistoryLength=2628000', false),
	('FB=4_5;IntervalDuration=900;BlockDuration=daily;HistoryLength=63072001', false),
	('FB=4_5;IntervalDuration=900_3600;BlockDuration=daily;HistoryLength=1', false),
	('FB=4_5;BlockDuration=daily;HistoryLength=1', false),
	('FB=4;IntervalDuration=900;BlockDuration=daily;HistoryLength=1;AccountCollection=2', false),
	('FB=4;FB=16;IntervalDuration=900;BlockDuration=daily;HistoryLength=1', false),
	('', false)) x (a, v);
select is(oauth.scope_kinds(:'scope'), '{interval,billing}', 'what it is about');
select is(oauth.scope_history(:'scope'), 24, 'two years are 24 months');
select is(oauth.scope_history('FB=4;HistoryLength=34128000'), 13, '395 days are 13');

-- ---- the request ----

create function t.begin(shown text, client_id text default 'client-one', challenge bytea default null, scope text default
	'FB=4_5_15;IntervalDuration=900;BlockDuration=daily;HistoryLength=63072000', redirect text default 'https://one.example/back?a=b',
	told bool default true, fixed bool default false) returns void language sql as $$
	select oauth.consent_begin(sha256(shown::bytea), client_id, redirect, told, 'state 1', challenge, scope, fixed, null, null, null, null, 'EN')
$$;
create function t.page(shown text) returns jsonb language sql as $$ select oauth.consent_page(sha256(shown::bytea)) $$;
create function t.find(shown text, kind text, value text, via text default 'MAIL') returns void language sql as $$
	select oauth.consent_find(sha256(shown::bytea), kind, t.i(kind, value), via, '198.51.100.9')
$$;
-- What agreementd makes of the latest code mail: 123456.
create function t.code_sent() returns text language plpgsql as $$
declare
	o mail.outbox;
begin
	select x.* into o from mail.outbox x where x.kind like 'consent-%' order by x.mail desc limit 1;
	if o.state = 'QUEUED' then
		perform oauth.code_made(o.mail, sha256(convert_to(o.mail || ':123456', 'UTF8')));
	end if;
	return o.kind || ' ' || o.state || ' ' || coalesce(convert_from(o.recipient_sealed, 'UTF8'), '-');
end $$;
create function t.code(shown text, code text, new_shown text) returns bool language sql as $$
	select oauth.consent_code(sha256(shown::bytea), code, sha256(new_shown::bytea), '198.51.100.9')
$$;
select throws_ok($$ select t.begin('x', redirect => 'https://one.example/back?a=c') $$, 'BB003', null, 'another address is refused');
select throws_ok($$ select t.begin('x', scope => 'FB=4_5_16') $$, 'BB003', null, 'more than is registered too');
select throws_ok($$ select t.begin('x', 'public-sandbox') $$, 'BB003', null, 'a public client without PKCE');
select throws_ok($$ select t.begin('x', 'csp2-client') $$, 'BB003', null, 'one that ended');
select t.begin('one');
select is(t.page('another'), null, 'another browser sees nothing');
select is(t.page('one') ->> 'step', 'FIND', 'the page asks who it is');
select is(t.page('one') -> 'premises', '[]', 'and shows no premises');

-- ---- who it is ----

select throws_ok($$ select t.code('one', '123456', 'one-b') $$, 'BB004', null, 'no code before one was sent');
select t.find('one', 'email', 'nobody@example.com');
select is(t.code_sent(), 'consent-code CANCELLED -', 'nobody is written to');
select is(t.page('one') ->> 'step', 'CODE', 'but the page goes on as for anybody');
select is(t.page('one') ->> 'code_shown', null, 'and shows no code');
select ok(not t.code('one', '123456', 'one-b'), 'no code is right');
select t.find('one', 'email', 'ann@example.com');
select is(t.code_sent(), 'consent-code QUEUED sealed ann@example.com', 'who is known is written to');
select is(t.page('one') -> 'premises', '[]', 'nothing is shown yet');
select is((select count(*) from generate_series(1, 5) n where t.code('one', '65432' || n, 'one-b')), 0::int8, 'five wrong codes');
select ok(not t.code('one', '123456', 'one-b'), 'then not even the right one');
select t.find('one', 'email', 'ann@example.com');
select is(t.code_sent(), 'consent-code QUEUED sealed ann@example.com', 'another one');
update oauth.consent set code_until = clock_timestamp();
select ok(not t.code('one', '123456', 'one-b'), 'which has an end');
update oauth.consent set code_until = clock_timestamp() + interval '1 min';
select ok(t.code('one', '123456', 'one-b'), 'the right one');
select is(t.page('one'), null, 'and the old name of the request is nothing');
select is(t.page('one-b') ->> 'step', 'CHOOSE', 'the new one goes on');
select is(t.page('one-b') #> '{premises}' @? '$[*] ? (@.masked == "…0001")', true, 'with the premises');
select is(jsonb_array_length(t.page('one-b') -> 'premises'), 2, 'of that customer');
select throws_ok($$ select t.code('one-b', '123456', 'c') $$, 'BB004', null, 'a code is used once');
select t.begin('phone');
select t.find('phone', 'phone', '5125550100');
select is(t.code_sent(), 'consent-text QUEUED sealed 5125550100', 'a phone is sent a text');
select ok(t.code('phone', '123456', 'phone-b'), 'its code');
select is(jsonb_array_length(t.page('phone-b') -> 'premises'), 3, 'shows the premises of all who have that phone');
select t.begin('address');
select t.find('address', 'address', '1 PECAN', 'TEXT');
select is(t.code_sent(), 'consent-text QUEUED sealed 5125550100', 'an address: to the phone of its customer');
select t.code('address', '123456', 'address-b');
select is(jsonb_array_length(t.page('address-b') -> 'premises'), 2, 'and the premises of that one alone');
select t.begin('public', 'public-sandbox', sha256('v'));
select t.find('public', 'phone', '5125550100');
select is(t.code_sent(), 'consent-text CANCELLED -', 'a client of the sandbox finds no real customer');
savepoint trying;
update party.tdu set sandbox = true where party = :centerpoint;
update premise.customer set tdu = :centerpoint where customer = t.k('b');
select t.begin('trying');
select t.find('trying', 'phone', '5125550100');
select matches(t.page('trying') ->> 'code_shown', '^[0-9]{6}$', 'a number that somebody of the sandbox has is for trying: the code is shown');
select is((select customers from oauth.consent order by consent desc limit 1), array[t.k('b')], 'and whoever else has it is not asked');
select t.find('trying', 'phone', '5125550100') from generate_series(1, 7);
select matches(t.page('trying') ->> 'code_shown', '^[0-9]{6}$', 'as often as anybody tries: it goes to no mailbox');
rollback to trying;
select is((select count(*) from oauth.look where kind = 'email'), 3::int8, 'what was asked for is counted');
update oauth.consent set looks = 0;
select t.begin('much');
select t.find('much', 'email', 'ann@example.com') from generate_series(1, 4);
select is(t.code_sent(), 'consent-code CANCELLED -', 'five codes an hour for one mailbox, then none');
delete from delivery.guess;

-- ---- yes ----

create function t.grant(shown text, premises int4[], scope text default 'FB=4_5_15;IntervalDuration=900;BlockDuration=daily;HistoryLength=63072000',
	months int4 default 12, code text default 'code-1') returns text language sql as $$
	select state from oauth.consent_grant(sha256(shown::bytea), premises, scope, months, 'v1', sha256('disclosures'), '{"shown":"EN"}',
		'198.51.100.9', 'a browser', sha256(code::bytea))
$$;
select throws_ok(format('select t.grant(%L, array[%s])', 'one-b', t.p(:'e4')), 'BB003', null, 'nobody else''s premise');
select throws_ok($$ select t.grant('one-b', '{}') $$, 'BB003', null, 'none is not enough');
select throws_ok(format('select t.grant(%L, array[%s], %L)', 'one-b', t.p(:'e1'), 'FB=4_5_16;IntervalDuration=900;BlockDuration=daily;HistoryLength=1'),
	'BB003', null, 'not more than was asked');
select throws_ok(format('select t.grant(%L, array[%s], months => 13)', 'one-b', t.p(:'e1')), 'BB003', null, 'a home: a year at most');
select is(t.grant('one-b', array[t.p(:'e1')]), 'ACTIVE', 'yes makes an agreement that is active');
select is(t.page('one-b') ->> 'step', 'DONE', 'the request is over');
select throws_ok(format('select t.grant(%L, array[%s])', 'one-b', t.p(:'e1')), 'BB004', null, 'and answered once');
select granted as g, agreement as a from oauth.grant order by granted desc limit 1 \gset
select is(t.mails(:a), 'affirmed affirmed>csp', 'both sides are told');
select is((select count(*) from mail.outbox where kind = 'not-you' and agreement = :a), 0::int8, 'there is nobody else to tell');
select is((select body::jsonb ->> 'decision' from audit.receipt where agreement = :a), 'CONFIRM', 'a receipt is asked for');
select is((select evidence ->> 'proven' from agreement.decision where agreement = :a), 'MAIL', 'it says how the customer was known');
select ok(reads.may_read(:csp1, :'e1', 'interval', tstzrange('2026-04-01 05:00+00', '2026-04-02 05:00+00')), 'reads may be read');
select ok(not reads.may_read(:csp1, :'e1', 'register', tstzrange('2026-04-01 05:00+00', '2026-04-02 05:00+00')), 'of what was granted');

-- ---- code and tokens ----

create function t.by_code(code text, redirect text default 'https://one.example/back?a=b', verifier text default null, secret text default 'secret',
	n text default '1', client_id text default 'client-one') returns text language sql as $$
	select coalesce(s.error, s.expires_s || ' ' || s.refresh || ' ' || s.scope)
	from oauth.token_by_code(client_id, sha256(secret::bytea), sha256(code::bytea), redirect, verifier, sha256(('access-' || n)::bytea),
		sha256(('refresh-' || n)::bytea)) s
$$;
create function t.who(token text) returns text language plpgsql as $$
begin
	return (select w.class || ' ' || w.code from api.who(sha256(token::bytea)) w);
exception when others then
	return sqlstate;
end $$;
select is(t.by_code('code-1', secret => 'wrong'), 'invalid_client', 'another secret');
select is(t.by_code('code-2'), 'invalid_grant', 'another code');
select is(t.by_code('code-1', 'https://one.example/back'), 'invalid_grant', 'another address');
select is(t.by_code('code-1', null), 'invalid_grant', 'no address, where one was given');
select is(t.by_code('code-1', verifier => 'v'), 'invalid_grant', 'a verifier for a code without a challenge');
select is(t.by_code('code-1'), '3600 true ' || :'scope', 'the code');
select is(t.who('access-1'), 'ACCESS csp1', 'gives a token');
select is(t.by_code('code-1', n => '9'), 'invalid_grant', 'once');
select is(t.who('access-1'), 'BB007', 'shown again it ends what it gave');
select t.begin('two', challenge => sha256('verifier'), told => false);
select t.find('two', 'account', 'x');
update oauth.consent set step = 'CHOOSE', proven = 'MAIL', customers = array[t.k('a')] where verifier = sha256(sha256('two'));
select is(t.grant('two', array[t.p(:'e1'), t.p(:'e2')], code => 'code-2'), 'ACTIVE', 'a newer consent');
select is(t.state(:a), 'TERMINATED', 'takes the place of the older one');
select granted as g, agreement as a from oauth.grant order by granted desc limit 1 \gset
select is(t.by_code('code-2', null), 'invalid_grant', 'no verifier for a challenge');
select is(t.by_code('code-2', null, 'verifier!'), 'invalid_grant', 'another one');
update oauth.code set expires_at = clock_timestamp() where granted = :g;
select is(t.by_code('code-2', null, 'verifier'), 'invalid_grant', 'not when its time is over');
update oauth.code set expires_at = made_at + interval '300 s' where granted = :g;
select is(t.by_code('code-2', null, 'verifier', n => '2'), '3600 true ' || :'scope', 'the right one, without the address that was not given');

create function t.by_refresh(token text, n text, scope text default null) returns text language sql as $$
	select coalesce(s.error, s.scope)
	from oauth.token_by_refresh('client-one', sha256('secret'), sha256(token::bytea), scope, sha256(('access-' || n)::bytea),
		sha256(('refresh-' || n)::bytea)) s
$$;
select is(t.by_refresh('refresh-x', '3'), 'invalid_grant', 'an unknown refresh token');
select is(t.by_refresh('refresh-2', '3', 'FB=4_5_16'), 'invalid_scope', 'more than was granted');
select is(t.by_refresh('refresh-2', '3'), :'scope', 'a refresh token gives the next');
select is(t.who('access-2') || t.who('access-3'), 'ACCESS csp1ACCESS csp1', 'the old access token lives on, the new one lives');
select is(t.by_refresh('refresh-2', '4'), :'scope', 'once more, for the reply may be lost');
select is(t.by_refresh('refresh-3', '5'), 'invalid_grant', 'what that reply gave is replaced');
select is(t.by_refresh('refresh-4', '6'), :'scope', 'and its successor goes on');
select is(t.by_refresh('refresh-2', '7'), 'invalid_grant', 'a third time is one too many');
select is(t.who('access-6') || ' ' || t.by_refresh('refresh-6', '8'), 'BB007 invalid_grant', 'it ends all of them');
select is(t.state(:a), 'ACTIVE', 'the consent stays');

create function t.by_client(scope text, n text, client_id text default 'client-one') returns text language sql as $$
	select coalesce(s.error, s.refresh || ' ' || s.resource)
	from oauth.token_by_client(client_id, sha256('secret'), scope, sha256(('client-' || n)::bytea)) s
$$;
select is(t.by_client('FB=34_35', '1'), 'false Batch/Bulk/' || bulk, 'a client token') from oauth.client where client = :client;
select is(t.by_client('FB=34_35', '2'), 'false Batch/Bulk/' || bulk, 'another') from oauth.client where client = :client;
select is(t.who('client-1') || t.who('client-2'), 'CLIENT csp1CLIENT csp1', 'both live');
select is(t.by_client('FB=36_40', '3'), 'false ApplicationInformation/' || information, 'a registration token') from oauth.client where client = :client;
select is(t.by_client('FB=4_5', '4') || t.by_client('FB=34_36', '4') || t.by_client('', '4') || t.by_client('FB=44', '4'),
	'invalid_scopeinvalid_scopeinvalid_scopeinvalid_scope', 'no other scope');
select is(t.by_client('FB=34_35', '4', 'public-sandbox'), 'invalid_client', 'not by a public client');
select oauth.client_state('client-one', 'ON_HOLD', null, 'test');
select is(t.who('client-1') || t.who('client-3'), 'BB007REGISTRATION csp1', 'on hold it sees its record alone');
select is(t.by_client('FB=34_35', '5'), 'unauthorized_client', 'and gets no token');
select oauth.client_state('client-one', 'PRODUCTION', null, 'test');
select is(t.who('client-1'), 'CLIENT csp1', 'back again');

-- ---- who has an account logs in ----

insert into party.party (kind) values ('CUSTOMER') returning party as holder_party \gset
insert into party.holder (email_sealed, email_place, email_index, language, state, made_at, confirmed_at, party)
values ('sealed', 'holder.email', t.box('ann'), 'EN', 'CONFIRMED', ops.now(), ops.now(), :holder_party) returning holder \gset
insert into party.holder_premise (holder, premise, customer, state, asked_at)
values (:holder, t.p(:'e2'), t.k('a'), 'HELD', ops.now());
insert into delivery.account (party, login) values (:holder_party, 'login-1');
select delivery.credential_add('login-1', 'TOKEN', 'a', null, sha256('login'), null, 'test');
select delivery.account_add('csp1', 'csp1-box', null, null, null, null, null, 'test');
select delivery.credential_add('csp1-box', 'TOKEN', 'a', null, sha256('box'), null, 'test');
select t.begin('login');
select handle as stranger from delivery.login_token(sha256('box'), 'HTTPS', '192.0.2.1') \gset
select ok(not oauth.consent_login(sha256('login'), :'stranger', sha256('login-b')), 'a third party''s login is no customer');
select is(t.page('login') ->> 'step', 'FIND', 'and shows nothing');
select handle as session from delivery.login_token(sha256('login'), 'HTTPS', '192.0.2.1') \gset
select ok(oauth.consent_login(sha256('login'), :'session', sha256('login-b')), 'a customer''s is one');
select throws_ok(format('select delivery.session_of(%L)', :'session'), 'BB002', null, 'whose session ends with that');
select is(jsonb_array_length(t.page('login-b') -> 'premises'), 1, 'it shows what that account holds');
select is(t.page('login-b') ->> 'proven', 'LOGIN', 'and how it was known');
update party.holder set state = 'ENDED', ended_at = ops.now() where holder = :holder;
select is(t.page('login-b') -> 'premises', '[]', 'nothing, once that has ended');

-- ---- ends ----

select t.begin('three');
update oauth.consent set step = 'CHOOSE', proven = 'MAIL', customers = array[t.k('a')] where verifier = sha256(sha256('three'));
select t.grant('three', array[t.p(:'e1')], code => 'code-3');
select granted as g, agreement as a from oauth.grant order by granted desc limit 1 \gset
select is(t.by_code('code-3', n => '10'), '3600 true ' || :'scope', 'a third consent');
select is(oauth.introspect('client-one', sha256('secret'), sha256('access-10')) - 'iat' - 'exp' - 'sub',
	jsonb_build_object('active', true, 'client_id', 'client-one', 'scope', :'scope', 'token_type', 'Bearer'), 'introspected');
select is(oauth.introspect('client-one', sha256('secret'), sha256('x')), '{"active": false}', 'an unknown one is not active');
select is(oauth.introspect('client-one', sha256('no'), sha256('access-10')), null, 'a stranger is told nothing');
select is(oauth.introspect('public-sandbox', null, sha256('access-10')), null, 'nor is who proves nothing, as a public client');
select ok(oauth.revoke('client-one', sha256('secret'), sha256('x')), 'an unknown token is no error');
select ok(not oauth.revoke('client-one', sha256('no'), sha256('access-10')), 'a stranger ends nothing');
select is(t.who('access-10'), 'ACCESS csp1', 'so it lives');
select ok(oauth.revoke('client-one', sha256('secret'), sha256('refresh-10')), 'its client ends it');
select is(t.who('access-10') || t.state(:a) || t.by_refresh('refresh-10', '11'), 'BB007TERMINATEDinvalid_grant', 'at once, with the agreement');
select t.begin('four');
update oauth.consent set step = 'CHOOSE', proven = 'MAIL', customers = array[t.k('a')] where verifier = sha256(sha256('four'));
select set_config('t.verdict', 'HOLD', true);
select is(t.grant('four', array[t.p(:'e1')], code => 'code-4'), 'HELD', 'what is odd is held');
select granted as g, agreement as a from oauth.grant order by granted desc limit 1 \gset
select is(t.by_code('code-4', n => '12'), '3600 true ' || :'scope', 'the client has its tokens');
select ok(not reads.may_read(:csp1, :'e1', 'interval', tstzrange('2026-04-01 05:00+00', '2026-04-02 05:00+00')), 'which open nothing yet');
select agreement.move(:a, 'release', 'test');
select is(t.who('access-12'), 'ACCESS csp1', 'and do, once a person has looked');
select t.at('2027-05-05 10:00');
select is(t.who('access-12'), 'BB007', 'at the end of the term it is over');
select * from finish();
rollback;
