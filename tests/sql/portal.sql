-- Who is signed in at the portal, and what that one sees and ends.
begin;
\ir lib/fixture.psql
\ir lib/agreement.psql
select no_plan();

select t.at('2025-03-03 10:00');
-- accounts: ann and cat of home 1 (cat's of another customer's home too), bob of the business
create function t.holder(mailbox text, esiids text[]) returns int4 language plpgsql as $$
declare
	made int4;
begin
	insert into party.holder (email_sealed, email_place, email_index, language, state, made_at, confirmed_at)
	values (mailbox::bytea, '\x01', t.box(mailbox), 'ES', 'CONFIRMED', ops.now(), ops.now()) returning holder into made;
	perform party.holder_account(made);
	perform party.holder_login(made, mailbox, 'tester');
	insert into party.holder_premise (holder, premise, customer, state, asked_at)
	select made, t.p(e), party.occupant_of(t.p(e)), 'HELD', ops.now() from unnest(esiids) e;
	perform delivery.credential_replace(mailbox, 'password', 'one', delivery.salt(mailbox), sha256(convert_to(mailbox, 'UTF8')));
	return made;
end $$;
select t.holder('ann', array[:'e1']) as ann, t.holder('bob', array[:'e4']) as bob \gset
create function t.in_as(mailbox text, browser text, password text default null, was text default '') returns text language sql as $$
	select result from portal.sign_in(mailbox, null, convert_to(coalesce(password, mailbox), 'UTF8'), sha256(browser::bytea),
		sha256(was::bytea), '192.0.2.' || length(mailbox), 'Browser 1.0')
$$;

-- ---- signing in ----

select is(portal.salt('Ann', null), delivery.salt('ann'), 'a name is known in any case');
select is(portal.salt('ann@example.org', t.box('ann')), delivery.salt('ann'), 'and by its mailbox');
select is(octet_length(portal.salt('eve@example.org', t.box('eve'))), 16, 'of nobody there is a salt as well');
select is(portal.salt('eve@example.org', t.box('eve')), portal.salt('EVE@example.org ', t.box('eve')), 'always the same');
select is(t.in_as('ann', 'a1'), 'OPEN', 'a password signs in');
select is((select result from portal.sign_in('x', t.box('ann'), 'ann', sha256('a2'), sha256(''), '192.0.2.9', '')), 'OPEN',
	'also with the mailbox');
select results_eq($$ select step, login, language, idle_min from portal.me(sha256('a1')) $$,
	$$ values ('OPEN', 'ann', 'ES', 15) $$, 'it is known who that is');
select is_empty($$ select * from portal.me(sha256('a3')) $$, 'another secret is nobody');
select is_empty($$ select m.* from portal.session s, portal.me(s.verifier) m $$, 'nor is what the table holds');
select is(t.in_as('ann', 'a3', 'wrong'), 'WRONG', 'a wrong password does not');
select is(t.in_as('eve', 'a3'), 'WRONG', 'nor a name that nobody has: in the same words');
select is((select result from portal.sign_in('x', t.box('eve'), sha256('x'), sha256('a3'), sha256(''), '192.0.2.9', '')), 'WRONG',
	'nor a mailbox');
select delivery.account_add('csp1', 'csp1');
select delivery.credential_replace('csp1', 'password', 'one', delivery.salt('csp1'), sha256('csp1'));
select is(t.in_as('csp1', 'a3'), 'WRONG', 'nor who is no customer');
select is_empty($$ select * from portal.me(sha256('a3')) $$, 'and nobody is signed in by that');
select is((select count(*) from delivery.session where ended_at is null), 0::int8, 'no session of the other doors is left open');
-- each signs in to a session of its own
select is(t.in_as('ann', 'a4', null, 'a1'), 'OPEN', 'who signs in again');
select is_empty($$ select * from portal.me(sha256('a1')) $$, 'has nothing by the secret from before');
select throws_ok($$ select t.in_as('ann', 'a4') $$, '23505', null, 'a secret is that of one session');
-- failures make wait, whether there is such a name or not
select t.in_as(n, 'x', 'wrong') from unnest(array['bob', 'nob']) n, generate_series(1, 5) i;
select is(t.in_as('bob', 'x'), 'WAIT', 'after some wrong ones the right one has to wait too');
select is(t.in_as('nob', 'x'), 'WAIT', 'as one that nobody has');
select cmp_ok((select max(wait_s) from portal.sign_in('bob', null, 'bob', sha256('x'), sha256(''), '192.0.2.3', '')), '>', 0,
	'it is said how long');
delete from delivery.guess;

-- ---- a session ends ----

select is(t.in_as('bob', 'b1'), 'OPEN', 'bob too');
update portal.session s set seen_at = clock_timestamp() - interval '14 min' where s.verifier = sha256(sha256('b1'));
select isnt_empty($$ select * from portal.me(sha256('b1')) $$, 'after 14 minutes it goes on');
select cmp_ok((select seen_at from portal.session s where s.verifier = sha256(sha256('b1'))), '>', now() - interval '1 min', 'from then');
update portal.session s set seen_at = clock_timestamp() - interval '16 min' where s.verifier = sha256(sha256('b1'));
select is_empty($$ select * from portal.me(sha256('b1')) $$, 'after 16 it is over');
select throws_ok($$ select portal.shares(sha256('b1')) $$, 'BB007', 'the session has ended: sign in again', 'for each page');
select is(t.in_as('bob', 'b2'), 'OPEN', 'another');
update portal.session s set until = clock_timestamp() where s.verifier = sha256(sha256('b2'));
select is_empty($$ select * from portal.me(sha256('b2')) $$, 'is over when its hours are');
select is(t.in_as('bob', 'b3'), 'OPEN', 'another');
select portal.sign_out(sha256('b3'));
select is_empty($$ select * from portal.me(sha256('b3')) $$, 'is over when its owner says so');
select is(t.in_as('bob', 'b4'), 'OPEN', 'another');
savepoint s;
select delivery.credential_replace('bob', 'password', 'two', delivery.salt('bob'), sha256('new'));
select is_empty($$ select * from portal.me(sha256('b4')) $$, 'with the password it was opened by');
rollback to s;
select delivery.account_close('bob', 'tester');
select is_empty($$ select * from portal.me(sha256('b4')) $$, 'with the account');
rollback to s;
update party.holder set state = 'ENDED', ended_at = ops.now() where holder = :bob;
select is_empty($$ select * from portal.me(sha256('b4')) $$, 'with the customer');
rollback to s;
update portal.session set step = 'CODE' where verifier = sha256(sha256('b4'));
select is((select step from portal.me(sha256('b4'))), 'CODE', 'who has shown a password only');
select throws_ok($$ select portal.shares(sha256('b4')) $$, 'BB007', null, 'sees nothing');
select throws_ok($$ select portal.share_end(sha256('b4'), 1) $$, 'BB007', null, 'and ends nothing');
rollback to s;
update ops.setting set value = '3' where name = 'portal.sessions_most';
select t.in_as('bob', 'c' || i) from generate_series(1, 3) i;
select is_empty($$ select * from portal.me(sha256('b4')) $$, 'the oldest makes room');
select is((select count(*) from generate_series(1, 3) i, portal.me(sha256(('c' || i)::bytea))), 3::int8, 'the others stay');
rollback to s;

-- ---- where one is signed in ----

select t.in_as('bob', 'd1'), t.in_as('bob', 'd2');
select is((select string_agg(concat_ws(' ', here, agent, from_address), ',') from portal.sessions(sha256('d1'))),
	't Browser 1.0 192.0.2.3,f Browser 1.0 192.0.2.3,f Browser 1.0 192.0.2.3', 'all that go on, this one first');
select is(portal.session_end(sha256('a4'), session), 0, 'nobody else ends one') from portal.sessions(sha256('d1')) where here;
select is(portal.session_end(sha256('d1'), session), 1, 'its customer does') from portal.sessions(sha256('d2')) where here;
select is_empty($$ select * from portal.me(sha256('d2')) $$, 'that browser is out');
select cmp_ok(portal.session_end(sha256('d1'), null), '>=', 1, 'all others');
select is((select count(*) from portal.sessions(sha256('d1'))), 1::int8, 'are out');
select isnt_empty($$ select * from portal.me(sha256('d1')) $$, 'not this one');
select isnt_empty($$ select * from portal.me(sha256('a4')) $$, 'nor those of somebody else');
select throws_ok($$ select portal.sessions(sha256('d2')) $$, 'BB007', null, 'for who is signed in');
select throws_ok($$ select portal.session_end(sha256('d2'), null) $$, 'BB007', null, 'nor ends it any');
select is(t.in_as('bob', 'b4' || i), 'OPEN', 'again') from generate_series(1, 1) i;

-- ---- who has access ----

create function t.has(browser text) returns setof text language sql as $$
	select concat_ws(' ', part, csp, state, kinds, premises, masked, ended_at is not null, by) from portal.shares(sha256(browser::bytea))
$$;
select is_empty($$ select t.has('a4') $$, 'nobody');
select t.asked(:csp1, array[:'e1']) as asked \gset
select is((select string_agg(part || ' ' || state, ',') from portal.shares(sha256('a4'))), 'ASKED PENDING', 'who asks is shown');
select is_empty($$ select t.has('b41') $$, 'to nobody else');
select t.sent(:asked) as link \gset
select agreement.decide(:'link', 'CONFIRM', '2026-1', sha256('x'), '{}', '192.0.2.8', 'b');
select is((select string_agg(part || ' ' || state || ' ' || masked, ',') from portal.shares(sha256('a4'))), 'NOW ACTIVE …0001',
	'who has access');
select throws_ok(format('select portal.share_end(sha256(''b41''), %s)', :asked), 'BB001', 'there is no such agreement for you',
	'nobody else ends it');
select throws_ok('select portal.share_end(sha256(''b41''), 0)', 'BB001', 'there is no such agreement for you', 'unknown: the same words');
select is(portal.share_end(sha256('a4'), :asked), 'TERMINATED', 'one click ends it');
select is((select string_agg(part || ' ' || state || ' ' || by, ',') from portal.shares(sha256('a4'))), 'PAST TERMINATED CUSTOMER',
	'it is past');
select is((select actor || ' ' || (detail ->> 'by') from audit.event where kind = 'agreement.moved' order by event desc limit 1),
	(select 'customer ' || party || ' CUSTOMER' from party.holder where holder = :ann), 'on record');
select cmp_ok((select count(*) from mail.outbox where agreement = :asked and kind = 'ended'), '>=', 1::int8, 'it is told');
select throws_ok(format('select portal.share_end(sha256(''a4''), %s)', :asked), 'BB004', 'it has ended already', 'once');
-- an invitation is declined
select t.asked(:csp1, array[:'e1']) as asked \gset
select is(portal.share_end(sha256('a4'), :asked), 'REJECTED', 'an invitation is declined');
-- of an agreement over two homes, of which one is ann's
select t.asked(:csp1, array[:'e1', :'e2']) as asked \gset
select t.sent(:asked) as link \gset
select agreement.decide(:'link', 'CONFIRM', '2026-1', sha256('x'), '{}', '192.0.2.8', 'b');
select is((select premises from portal.shares(sha256('a4')) where part = 'NOW'), 1::int8, 'of others'' homes nothing is said');
select is(portal.share_end(sha256('a4'), :asked), 'ACTIVE', 'the rest goes on');
select is((select string_agg(state || ' ' || by, ',') from portal.shares(sha256('a4')) where agreement = :asked), 'TERMINATED HUB',
	'what is ann''s is over');
select is((select string_agg((ended_at is null)::text, ',' order by premise) from agreement.premise where agreement = :asked), 'false,true',
	'that alone');
-- ---- who read it ----

create function t.read(browser text, before int8 default null) returns setof text language sql as $$
	select concat_ws(' ', part, door, kinds, times, masked, places, reason) from portal.reads(sha256(browser::bytea), before)
$$;
create function t.gave(party int4, esiids text[], door text, day date default '2025-02-01', agreement int8 default null) returns int8
language sql as $$
	select audit.record('reads.released', 'x', party, case when cardinality(esiids) = 1 then t.p(esiids[1]) end, jsonb_strip_nulls(
		jsonb_build_object('kind', 'interval', 'from', day, 'to', day, 'door', door, 'agreement', agreement,
			'premises', case when cardinality(esiids) > 1 then to_jsonb((select array_agg(t.p(e)) from unnest(esiids) e))
				when esiids is null then '7'::jsonb end)))
$$;
select is_empty($$ select t.read('a4') $$, 'nobody read it');
select t.gave(:csp1, array[:'e1'], 'v1'), t.gave(:csp1, array[:'e1'], 'v1'), t.gave(:csp1, array[:'e2'], 'v1');
select results_eq($$ select t.read('a4') $$, $$ values ('CSP v1 interval 2 …0001 1') $$, 'what one took on a day is one row; others'' is not told');
select is_empty($$ select t.read('b41') $$, 'nor to others');
select t.gave(:csp1, array[:'e1'], 'v1', '2023-05-01');
select is((select sum(times) from portal.reads(sha256('a4'))), 2::numeric, 'of days before ann lived there nothing is told');
select t.gave(:csp2, array[:'e1', :'e4'], 'smt');
select is((select count(*) from t.read('a4') r where r like '%smt%'), 0::int8, 'a list by who has nothing of ann''s is none of hers');
select t.gave(:csp1, array[:'e1', :'e2'], 'smt');
select results_eq($$ select r from t.read('a4') r where r like '%smt%' $$, $$ values ('CSP smt interval 1 …0001 1') $$, 'one that names it');
select t.gave(:csp1, null, 'web');
select is((select count(*) from t.read('a4') r where r like '%web%'), 0::int8, 'all that it may read, when ann''s had ended: not hers');
select t.asked(:csp1, array[:'e1'], 'dan') as asked \gset
select t.gave(:csp1, null, 'web');
select is((select count(*) from t.read('a4') r where r like '%web%'), 0::int8, 'nor while it asks');
select t.sent(:asked) as link \gset
select agreement.decide(:'link', 'CONFIRM', '2026-1', sha256('x'), '{}', '192.0.2.8', 'b');
select t.gave(:csp1, null, 'web', '2025-02-02', :asked + 1);
select is((select count(*) from t.read('a4') r where r like '%web%'), 0::int8, 'nor by another agreement');
select t.gave(:csp1, null, 'web');
select is((select count(*) from t.read('a4') r where r like '%web%'), 1::int8, 'but while it had access');
select t.gave((select party from party.rep where certificate = '10001'), null, 'espi');
select is((select count(*) from t.read('a4') r where r like 'REP espi%'), 1::int8, 'and her REP''s');
select audit.record('espi.customer_released', 'csp1', :csp1, null, jsonb_build_object('agreement', :asked + 1));
select is((select count(*) from t.read('a4') r where r like '% customer %'), 0::int8, 'who she is was told by an agreement of others');
select audit.record('espi.customer_released', 'csp1', :csp1, null, jsonb_build_object('agreement', :asked));
select results_eq($$ select r from t.read('a4') r where r like '% customer %' $$, $$ values ('CSP espi customer 1 …0001 1') $$, 'and by hers');
select audit.record('command.asked', 'csp1', :csp1, t.p(:'e1'), '{"door": "v1", "kind": "on-demand"}');
select is((select count(*) from t.read('a4') r where r like 'CSP v1 interval,on-demand %'), 1::int8, 'a read that was asked of her meter is of the day''s row');
select audit.record('reads.released', 'root', null, t.p(:'e1'), '{"kind": "billing", "from": "2025-01-01", "to": "2025-01-31", "door": "cli", "reason": "she called"}');
select is((select r from t.read('a4') r limit 1), 'OPERATOR cli billing 1 …0001 1 she called', 'the operator''s, with the reason; newest first');
select is((select count(*) from portal.reads(sha256('a4'), (select max(event) from audit.event)) where part = 'OPERATOR'), 0::int8,
	'a next page begins behind the last one');
select is((select sum(times) from portal.reads(sha256('a4'))),
	(select count(*) from api.release_events((select party from party.holder where holder = :ann), null, null, 500) where premises is not null)::numeric,
	'the page tells of as many as the list of /v1 has');
select is((select last from portal.reads(sha256('a4')) limit 1), null, 'all are on one page');
select throws_ok($$ select portal.reads(sha256('b1')) $$, 'BB007', null, 'for who is signed in');
-- the hub takes what the one before left behind off the meter: that is not ann's to read, nor what it was called
with d as (insert into odr.device (premise, customer, mac, class, label, asked_by, asked_at, state)
	select t.p(:'e1'), t.customer('b'), '000D6F0001234567', 'DISPLAY', x.label, 1, ops.now(), 'LEAVING' from (values ('Bob''s bed')) x (label)
	returning device)
insert into odr.command (kind, tdu, premise, asked_by, class, state, asked_at, expires_at, device)
select 'HAN_REMOVE', p.tdu, p.premise, p.tdu, 'HUB', 'PENDING', ops.now(), clock_timestamp() + interval '1 hour', d.device
from premise.premise p, d where p.esiid = :'e1';
select is_empty($$ select * from portal.device_messages(sha256('a4'), '10443720000000001') $$, 'what another left behind is not said');
update odr.device set customer = premise.occupant_at(premise, ops.now());
select is((select string_agg(who || ' ' || words, '') from portal.device_messages(sha256('a4'), '10443720000000001')), 'HUB Bob''s bed', 'what is one''s own is');
-- what the one who lived there before agreed to is not ann's business
update party.holder_premise set customer = t.customer('b') where holder = :ann;
select is_empty($$ select t.has('a4') $$, 'who does not live there sees nothing');

select * from finish();
rollback;
