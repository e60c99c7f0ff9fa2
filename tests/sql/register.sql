-- How a third party comes to be live: each state by each event, who may, what expires, what is refused until then.
begin;
\ir lib/fixture.psql
select no_plan();
-- a Monday at noon in Texas
create function t.to_monday() returns void language sql as $$
	update ops.clock set ahead = (select '2027-03-01 18:00+00'::timestamptz - clock_timestamp())
$$;
select t.to_monday();

-- ---- the table of steps: written by hand ----

create temp table told (state text, event text, next text);
insert into told values
	('REQUESTED', 'confirm', 'CONFIRMED'), ('REQUESTED', 'refuse', 'REFUSED'), ('REQUESTED', 'expire', 'EXPIRED'),
	('CONFIRMED', 'review', 'REVIEWED'), ('CONFIRMED', 'refuse', 'REFUSED'),
	('REVIEWED', 'approve', 'APPROVED'), ('REVIEWED', 'refuse', 'REFUSED'), ('REVIEWED', 'expire', 'EXPIRED'),
	('APPROVED', 'test', 'TESTED'), ('APPROVED', 'refuse', 'REFUSED'), ('APPROVED', 'expire', 'EXPIRED'),
	('TESTED', 'live', 'ACTIVE'), ('TESTED', 'refuse', 'REFUSED'), ('TESTED', 'expire', 'EXPIRED'),
	('REFUSED', 'again', 'REQUESTED'), ('EXPIRED', 'again', 'REQUESTED');
select bag_eq($$ select state, event, next from party.csp_step
	where event not in ('suspend', 'resume', 'revoke') $$, 'select * from told', 'the steps of a registration');
select is_empty($$ select s.state from party.csp_step s where s.event in ('suspend', 'resume', 'revoke')
	and party.csp_open(s.state) and s.state <> 'ACTIVE' $$, 'suspension begins with what is live');

-- every state by every event: as the table says, else refused with words
create function t.try(of_csp int4, from_state text, of_event text) returns text language plpgsql as $$
begin
	update party.csp c set state = from_state where c.party = of_csp;
	return party.csp_move(of_csp, of_event, 'tester');
exception when sqlstate 'BB004' then
	return sqlerrm;
end $$;
select is_empty(format($$
	select s, e, found from (
		select s, e, t.try(%s, s, e) as found, coalesce(k.next,
			format('"%%s" is not possible for a CSP that is %%s', e, s)) as expected
		from unnest(array['REQUESTED', 'CONFIRMED', 'REVIEWED', 'APPROVED', 'TESTED', 'ACTIVE', 'SUSPENDED',
			'REVOKED', 'REFUSED', 'EXPIRED']) s
		cross join (select distinct event as e from party.csp_step union values ('nothing')) u
		left join party.csp_step k on k.state = s and k.event = e
	) x where found <> expected $$, :csp1), 'every state by every event');
update party.csp set state = 'ACTIVE' where party = :csp1;
select throws_ok(format('update party.csp set state = %L where party = %s', 'LIVE', :csp1), '23514', null,
	'there is no other state');

-- ---- deadlines: 24:00 in Texas of the tenth weekday, or the ninetieth day, after ----

select results_eq($$ select party.step_deadline(at::timestamptz, n, weekdays) from (values
	('2027-03-01 12:00-06', 10, true),	-- a Monday: Monday two weeks later; clocks go forward on the 14th
	('2027-03-05 23:59-06', 10, true),	-- Friday: the next but one
	('2027-03-06 12:00-06', 10, true),	-- Saturday counts from Monday
	('2027-03-07 23:00-06', 1, true),
	('2027-03-01 12:00-06', 90, false),
	('2027-11-05 12:00-05', 5, true)) v (at, n, weekdays) $$,
	$$ values ('2027-03-16 00:00-05'::timestamptz), ('2027-03-20 00:00-05'), ('2027-03-20 00:00-05'),
		('2027-03-09 00:00-06'), ('2027-05-31 00:00-05'), ('2027-11-13 00:00-06') $$,
	'time for a step');

-- ---- step 1 ----

create function t.profile(tax_id text, certificate bytea default null, terms int4 default 1)
returns party.csp_profile language sql as $$
	select p from (select null::int4, tax_id, null::text, 'https://sun.example/', 'https://sun.example/privacy',
		'Shows you how to use the sun.', 'Le muestra cómo usar el sol.', 'registered, number 10007',
		'OAuth 2.0 and REST, since 2019', terms, null::timestamptz, array['https://sun.example/back'],
		'https://sun.example/portal', null::text, certificate, null::timestamptz) x
	cross join lateral (select (x.*)::party.csp_profile as p) y
$$;
create function t.request(code text, tax_id text, certificate bytea default null) returns int4 language sql as $$
	select party.csp_request(code, 'Party ' || code, t.profile(tax_id, certificate), '\x01', '\x02',
		substr(sha256(code::bytea), 1, 16), 'EN', 'tester')
$$;
-- what busbar-agreementd does when it writes the mail
create function t.linked(code text) returns bytea language plpgsql as $$
declare
	mail int8 := (select max(p.mail) from party.proof p where p.csp = party.csp_named(code));
	link bytea := sha256(code::bytea || int8send(mail));
begin
	perform party.link_make(mail, 'CONFIRM', link);
	return link;
end $$;

select throws_ok($$ select t.request('sun', '12345678') $$, 'BB003', 'tax ID "12345678", expected nine digits',
	'a tax ID has nine digits');
select throws_ok($$ select t.request('sun', '001234567') $$, 'BB003', null, 'and was given out');
select throws_ok($$ select party.csp_request('sun', 'Sun', t.profile('123456789', null, 2), '', '', '', 'EN', 'x') $$,
	'BB003', 'version 2 of the terms was accepted, expected 1, which are in force', 'the terms are those in force');
select throws_ok($$ select party.csp_request('sun', 'See https://x', t.profile('123456789'), '\x01', '\x02',
	substr(sha256(''), 1, 16), 'EN', 'x') $$, 'BB003', null, 'a name is plain');
select t.request('sun', '123456789') as sun \gset
select t.request('moon', '223456789', '\x308200010203'::bytea || repeat('x', 100)::bytea) as moon \gset
select throws_ok($$ select t.request('star', '123456789') $$, 'BB005',
	'another third party is registered with this tax ID', 'a tax ID is registered once');
select throws_ok($$ select t.request('sun', '323456789') $$, 'BB005', 'there is a party "sun" already',
	'and so is a code');
select t.request('star', '323456789') as star \gset
select results_eq($$ select code, state, step, "position", missing, expires_at from party.csp_list()
	where code in ('sun', 'moon', 'star') order by "position" $$,
	$$ values ('sun', 'REQUESTED', 1, 1, 'its contact confirms the mailbox', '2027-03-16 00:00-05'::timestamptz),
		('moon', 'REQUESTED', 1, 2, 'its contact confirms the mailbox', '2027-03-16 00:00-05'),
		('star', 'REQUESTED', 1, 3, 'its contact confirms the mailbox', '2027-03-16 00:00-05') $$,
	'first come, first served, and shown');
select results_eq($$ select kind, csp, args from mail.outbox order by mail limit 1 $$,
	format($$ values ('csp-confirm', %s, '{"to": "csp", "position": 1, "until": "2027-03-15"}'::jsonb) $$, :sun),
	'the contact is written to');

-- the link
select throws_ok($$ select party.confirm(sha256('guess')) $$, 'BB001', 'this link is not valid, or not any more',
	'a link that nobody was sent');
select throws_ok($$ select party.link_make(0, 'CONFIRM', sha256('x')) $$, 'BB001', null,
	'nothing is confirmed by a mail that does not ask');
select t.linked('sun');
select results_eq($$ select kind, code, name, done, language from party.link_about(t.linked('sun')) $$,
	$$ values ('CSP', 'sun', 'Party sun', false, 'EN') $$, 'a link tells what it is about');
select results_eq($$ select kind, code, state, "position" from party.confirm(t.linked('sun')) $$,
	$$ values ('CSP', 'sun', 'CONFIRMED', 1) $$, 'the link confirms the mailbox');
select results_eq($$ select kind, code, state, "position" from party.confirm(t.linked('sun')) $$,
	$$ values ('CSP', 'sun', 'CONFIRMED', 1) $$, 'once more: the same answer');
select party.confirm(t.linked('moon'));
select party.confirm(t.linked('star'));

-- ---- step 2 ----

select throws_ok(format('select party.csp_approve(%s, null, sha256(%L), sha256(%L), sha256(%L), %L)', :sun, 'l', 's', 'r',
	'alice'), 'BB004', '"approve" is not possible for a CSP that is CONFIRMED', 'nobody is approved unseen');
select throws_ok(format('select party.csp_review(%s, null, null, %L)', :moon, 'alice'), 'BB004',
	'"sun" has waited longer: give a reason to go out of turn', 'nobody is passed over without a reason');
select is(party.csp_review(:sun, 'looked up', null, 'alice'), 'REVIEWED', 'an operator reviews');
select is(party.csp_review(:star, null, 'moon asked to wait', 'alice'), 'REVIEWED', 'or out of turn, with a reason');
select is((select detail ->> 'why' from audit.event where kind = 'csp.out_of_turn'), 'moon asked to wait',
	'which is on record');
select results_eq($$ select code, "position", missing, expires_at from party.csp_list()
	where code in ('sun', 'moon', 'star') order by code $$,
	$$ values ('moon', 1, 'an operator reviews it', null),
		('star', null, 'its client certificate', '2027-03-16 00:00-05'::timestamptz),
		('sun', null, 'its client certificate', '2027-03-16 00:00-05') $$,
	'who waits for the hub does not expire');
select throws_ok(format('select party.csp_approve(%s, null, sha256(%L), sha256(%L), sha256(%L), %L)', :sun, 'l', 's', 'r',
	'alice'), 'BB004', 'its certificate is missing', 'nobody is approved without a certificate');
select is((select state || ' ' || login from party.csp_approve(:sun, ('\x30820001'::bytea || repeat('x', 100)::bytea),
	sha256('leaf'), sha256('secret'), sha256('token'), 'alice')), 'APPROVED sun', 'the certificate is stored');
select results_eq($$ select c.kind from delivery.credential c join delivery.account a on a.account = c.account
	where a.login = 'sun' and c.verifier = sha256('leaf') $$, $$ values ('CERTIFICATE') $$, 'and opens its box');
select is((select missing from party.csp_list() where code = 'sun'),
	'the connectivity test: certificate, box-login, box-file', 'what is missing is told');
select is((select expires_at from party.csp_list() where code = 'sun'), '2027-05-31 00:00-05', 'within ninety days');
select is((select count(*) from mail.outbox where kind = 'csp-approved' and csp = :sun), 1::int8, 'the contact is told');

-- ---- step 3 ----

select throws_ok($$ select party.csp_live('sun', sha256('token')) $$, 'BB004',
	'"live" is not possible for a CSP that is APPROVED', 'not before the test');
select results_eq(format('select name, passed, found from party.csp_test(%s, true, %L, %L)', :sun, 'RSA 2048', 'alice'),
	$$ values ('certificate', true, 'RSA 2048'), ('box-login', false, 'not yet'), ('box-file', false, 'not yet') $$,
	'each step is told by itself');
select is((select state from party.csp where party = :sun), 'APPROVED', 'all must pass');
select delivery.login_certificate(sha256('leaf'), '', 'FTPS', '192.0.2.1');
select results_eq(format('select name, passed from party.csp_test(%s, true, %L, %L)', :sun, 'RSA 2048', 'alice'),
	$$ values ('certificate', true), ('box-login', true), ('box-file', false) $$, 'a login is seen');
create function t.fetched(of_login text, entire bool) returns void language plpgsql as $$
declare
	a delivery.account := delivery.account_named(of_login);
	made int8 := delivery.enter_file(a.account, 'test', 'hello', sha256('hello'), 5, 'in', null);
begin
	perform audit.record('box.transferred', of_login, a.party, null, jsonb_build_object('door', 'FTPS',
		'entry', made, 'whole', entire));
end $$;
select t.fetched('sun', false);
select is((select passed from party.csp_test(:sun, true, '', 'alice') where name = 'box-file'), false,
	'a file that broke off is no file');
select t.fetched('sun', true);
select results_eq(format('select name, passed, found from party.csp_test(%s, false, %L, %L) where name <> %L', :sun,
	'it has expired', 'alice', 'box-login'),
	$$ values ('certificate', false, 'it has expired'), ('box-file', true, 'test/hello, 5 bytes, over FTPS') $$,
	'a step that passed once may fail');
update party.csp_act set real_at = real_at + interval '1 hour' where csp = :sun and act = 'APPROVE';
select results_eq(format('select name, passed from party.csp_test(%s, true, %L, %L)', :sun, 'RSA 2048', 'alice'),
	$$ values ('certificate', true), ('box-login', false), ('box-file', false) $$, 'what was before the approval does not count');
update party.csp_act set real_at = real_at - interval '1 hour' where csp = :sun and act = 'APPROVE';
select is((select bool_and(passed) from party.csp_test(:sun, true, 'RSA 2048', 'alice')), true, 'all have passed');
select results_eq($$ select state, missing, expires_at from party.csp_list() where code = 'sun' $$,
	$$ values ('TESTED', 'the approval of a second person', null::timestamptz) $$, 'so it is tested');
select throws_ok($$ select party.csp_live('sun', sha256('token')) $$, 'BB002',
	'a second person has not approved it yet', 'not without a second person');
select throws_ok(format('select party.csp_second(%s, %L)', :sun, 'alice'), 'BB002',
	'alice has reviewed or approved it already: the second approval is another person''s', 'who is another one');
select is(party.csp_second(:sun, 'bob'), 'TESTED', 'bob approves');
select throws_ok(format('select party.csp_second(%s, %L)', :sun, 'carol'), 'BB004',
	'it has the second approval already', 'once');
select throws_ok($$ select party.csp_live('sun', sha256('guess')) $$, 'BB002',
	'the registration token is not the one that was shown when it was approved', 'nobody but the CSP switches it');
select throws_ok($$ select party.csp_live('moon', sha256('token')) $$, 'BB002', null, 'nor another one with its token');

-- ---- until then, every real premise is refused ----

select party.tdu_add('sandbox', 'Sandbox', 'America/Chicago', '{}', array[1099999], array[17], 'tester', true);
\set s1 10999990000000001
select t.load('oncor') as load \gset
select t.premise(:load, 1, :'e1', '2020-01-01');
select premise.load_premise(:load);
select t.done(:load);
select t.load('sandbox') as load \gset
select t.premise(:load, 1, :'s1', '2020-01-01');
select premise.load_premise(:load);
select t.done(:load);
create function t.agreed(of_csp int4, esiid text) returns int8 language sql as $$
	select agreement.record(of_csp, array[esiid], array['interval'], ops.now() - interval '1 hour',
		ops.now() + interval '30 days', ops.now() - interval '60 days')
$$;
create function t.reads(of_csp int4, esiid text) returns bool language sql as $$
	select reads.may_read(of_csp, esiid, 'interval', tstzrange(ops.now() - interval '3 days', ops.now() - interval '2 days'))
$$;
create function t.subscribes(esiid text) returns int8 language sql as $$
	select delivery.subscription_add('sun', 'x', 'ONE', array[esiid], array['interval'], 'SMT_CSV', null, null, 'DAILY',
		'06:00', null, null, null, null, null, null, null)
$$;
create function t.gate(of_state text, esiid text) returns text language plpgsql as $$
declare
	of_csp int4 := party.csp_named('sun');
	said text := '';
begin
	update party.csp c set state = of_state where c.party = of_csp;
	begin
		perform t.agreed(of_csp, esiid);
		said := 'agreed';
		said := said || case when t.reads(of_csp, esiid) then ' reads' else ' blind' end;
	exception when sqlstate 'BB002' then said := 'refused';
	end;
	begin
		perform t.subscribes(esiid);
		said := said || ' subscribes';
	exception when sqlstate 'BB002' then said := said || ' refused';
	end;
	return said;
end $$;
select results_eq(format($$ select s, t.gate(s, %L), t.gate(s, %L) from unnest(array['REQUESTED', 'CONFIRMED', 'REVIEWED',
		'APPROVED', 'TESTED', 'ACTIVE', 'SUSPENDED', 'REVOKED', 'REFUSED', 'EXPIRED']) s $$, :'e1', :'s1'),
	$$ values ('REQUESTED', 'refused refused', 'agreed reads subscribes'), ('CONFIRMED', 'refused refused', 'agreed reads subscribes'),
		('REVIEWED', 'refused refused', 'agreed reads subscribes'), ('APPROVED', 'refused refused', 'agreed reads subscribes'),
		('TESTED', 'refused refused', 'agreed reads subscribes'), ('ACTIVE', 'agreed reads subscribes', 'agreed reads subscribes'),
		('SUSPENDED', 'refused refused', 'refused refused'), ('REVOKED', 'refused refused', 'refused refused'),
		('REFUSED', 'refused refused', 'refused refused'), ('EXPIRED', 'refused refused', 'refused refused') $$,
	'real premises when live, those of the sandbox before, none after the end');
-- an agreement over a real premise that is there already, however it came: the gate itself looks too
create function t.sees(of_state text, esiid text) returns bool language plpgsql as $$
begin
	update party.csp c set state = of_state where c.party = party.csp_named('sun');
	return t.reads(party.csp_named('sun'), esiid);
end $$;
select results_eq(format($$ select s, t.sees(s, %L), t.sees(s, %L) from unnest(array['ACTIVE', 'REQUESTED', 'TESTED', 'SUSPENDED',
		'REVOKED', 'REFUSED', 'EXPIRED']) s $$, :'e1', :'s1'),
	$$ values ('ACTIVE', true, true), ('REQUESTED', false, true), ('TESTED', false, true), ('SUSPENDED', false, false),
		('REVOKED', false, false), ('REFUSED', false, false), ('EXPIRED', false, false) $$,
	'nor by an agreement that is there already');
update party.csp set state = 'TESTED' where party = :sun;

-- invitations
select t.load('sandbox') as load \gset
insert into stage.meter (load, line, esiid, meter_number, effective) values (:load, 1, :'s1', 'M1', '2020-01-01');
select premise.load_meter(:load);
select t.rep(:load, 2, :'s1', '2020-01-01', '10001');
select premise.load_rep(:load);
select t.done(:load);
create function t.invites(of_csp int4, esiid text) returns jsonb language sql as $$
	select agreement.invite(of_csp, array[esiid], array['M1'], array['10001'], '\x01', '\x02', substr(sha256(esiid::bytea), 1, 16),
		'ENERGY', array['interval'], 6, 0, 'EN', null, true, null, 'tester')
$$;
select is(t.invites(:sun, e) -> 'faults' -> 0 ->> 'code', 'not-live', 'asks nobody of a real premise: ' || e)
from unnest(array[:'e1', '10443720000000099', '1044372', '']) e;
select is((select count(*) from radar.event where csp = :sun and kind = 'match_tried'), 0::int8,
	'and learns nothing of whether there is one');
select is(t.invites(:sun, :'s1') ->> 'state', 'PENDING', 'but of the sandbox it does');

select is(party.csp_live('SUN', sha256('token')), 'ACTIVE', 'the CSP switches itself to live');
select results_eq($$ select actor from audit.event where kind = 'csp.moved' and detail ->> 'event' = 'live' and actor <> 'tester' $$,
	$$ values ('csp sun') $$, 'on record as its own doing');

select is_empty('select * from party.check_csp() where not ok', 'the invariants hold');
update party.csp_act set actor = 'alice' where csp = :sun;
select results_eq('select found from party.check_csp() where not ok', array['CSPs sun'], 'one person alone is seen');
update party.csp_act set actor = 'bob' where csp = :sun and act = 'SECOND';
update party.csp set state = 'TESTED' where party = :sun;
select results_eq('select found from party.check_csp() where not ok', array['CSPs sun'], 'a real premise too early is seen');
update party.csp set state = 'ACTIVE' where party = :sun;

-- ---- refusal, expiry, once more ----

select throws_ok(format('select party.csp_refuse(%s, %L, %L)', :moon, ' ', 'alice'), 'BB003', null,
	'a refusal has a reason');
select is(party.csp_refuse(:moon, 'no good standing', 'alice'), 'REFUSED', 'one is refused');
select is((select args ->> 'reason' from mail.outbox where kind = 'csp-refused'), 'no good standing', 'and told why');
select is(party.csp_tick(), 0, 'nothing has expired yet');
select is(party.csp_next_due(), '2027-03-16 00:00-05', 'it is known when something will');
update ops.clock set ahead = ahead + interval '14 days 11 hours';
select throws_ok(format('select party.csp_approve(%s, null, sha256(%L), sha256(%L), sha256(%L), %L)', :star, 'l2', 's2',
	'r2', 'alice'), 'BB004', 'the time for this step ended at 2027-03-16 00:00: the registration begins anew',
	'at midnight after the tenth weekday the step is over');
select is(party.csp_tick(), 1, 'the clock ends it');
select is(party.csp_tick(), 0, 'once');
select results_eq($$ select state, missing, expires_at from party.csp_list() where code = 'star' $$,
	$$ values ('EXPIRED', null, null::timestamptz) $$, 'it has expired');
select is((select count(*) from mail.outbox where kind = 'csp-expired' and csp = :star), 1::int8, 'and is told');
select is((select count(*) from party.csp_list() where code = 'sun' and state = 'ACTIVE'), 1::int8, 'who is live stays so');
select throws_ok($$ select t.request('star', '423456789') $$, 'BB005', 'there is a party "star" already',
	'an old code is not taken by another tax ID');
select is(t.request('star', '323456789'), :star, 'the same organisation may ask again');
select results_eq($$ select state, "position", reviewed_by from party.csp_show('star') $$,
	$$ values ('REQUESTED', 1, null) $$, 'from the beginning');
select isnt(t.request('moonlight', '223456789'), :moon, 'a tax ID that came to nothing is free under another code too');
select throws_ok($$ select t.request('moon', '223456789') $$, 'BB005', null, 'but not twice');
select is((select state from party.confirm(sha256('star'::bytea || int8send((select min(mail) from party.proof
	where csp = :star))))), 'REQUESTED', 'the link of the first time confirms nothing of the second');
select t.linked('star') as link \gset
update ops.clock set ahead = ahead + interval '15 days';
select throws_ok(format('select party.confirm(%L)', :'link'), 'BB001', 'this link is not valid, or not any more',
	'a link ends with its step');

-- the certificate that came with the request: then it is the hub that is waited for
select t.request('nova', '523456789', '\x30820001'::bytea || repeat('x', 100)::bytea) as nova \gset
select party.confirm(t.linked('nova'));
select party.csp_review(:nova, null, 'test', 'alice');
select results_eq($$ select missing, expires_at from party.csp_list() where code = 'nova' $$,
	$$ values ('an operator approves it', null::timestamptz) $$, 'a slow hub lets nobody expire');
select is((select state from party.csp_approve(:nova, null, sha256('leaf3'), sha256('s3'), sha256('r3'), 'bob')), 'APPROVED',
	'approved with that certificate');
select throws_ok(format('select party.csp_second(%s, %L)', :nova, 'bob'), 'BB002', null, 'the second is not who approved');
select is(party.csp_second(:nova, 'carol'), 'APPROVED', 'the second may come before the test');
update ops.clock set ahead = ahead + interval '91 days';
select is(party.csp_tick() >= 1, true, 'ninety days later it has expired');
select results_eq($$ select state, client_id from party.csp_show('nova') $$, $$ values ('EXPIRED', null) $$,
	'and its client credentials with it');
select is((select state from delivery.account where login = 'nova'), 'CLOSED', 'its box is closed');

select * from finish();
rollback;
