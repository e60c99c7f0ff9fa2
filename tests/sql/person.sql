-- People of organisations; customers' accounts.
begin;
\ir lib/fixture.psql
select no_plan();

-- ---- people ----

create function t.add(code text, role text, mailbox text) returns int4 language sql as $$
	select party.person_add(code, role, '\x01', '\x02', '\x03', substr(sha256(mailbox::bytea), 1, 16), 'tester')
$$;
select throws_ok($$ select t.add('csp1', 'member', 'a') $$, 'BB004',
	'an organisation keeps one admin at least: make another one first', 'the first is an admin');
select t.add('csp1', 'admin', 'a') as a \gset
select t.add('csp1', 'reader', 'b') as b \gset
select throws_ok($$ select t.add('csp1', 'admin', 'b') $$, 'BB005', '"csp1" has a person with that mailbox already',
	'once a mailbox');
select isnt(t.add('csp2', 'admin', 'b'), null, 'who may be in two organisations');
select throws_ok($$ select t.add('nobody', 'admin', 'b') $$, 'BB001', 'there is no party "nobody"', 'of one that there is');
select throws_ok($$ select t.add('csp1', 'boss', 'c') $$, 'BB003', 'role "boss", expected ADMIN, MEMBER or READER',
	'in one of three roles');
select throws_ok(format('select party.person_remove(%s)', :a), 'BB004', null, 'the last admin is not removed');
select throws_ok(format('select party.person_role(%s, %L)', :a, 'member'), 'BB004', null, 'nor made less');
select lives_ok(format('select party.person_role(%s, %L)', :b, 'admin'), 'with a second admin');
select lives_ok(format('select party.person_remove(%s)', :a), 'the first may go');
select throws_ok(format('select party.person_remove(%s)', :a), 'BB001', format('there is no person %s', :a), 'once');
select throws_ok(format('select party.person_remove(%s)', :b), 'BB004', null, 'the other is the last now');
select results_eq($$ select person, party_code, role from party.persons('CSP1') $$,
	format($$ values (%s, 'csp1', 'ADMIN') $$, :b), 'who is left');
select results_eq($$ select kind, detail - 'person' from audit.event where kind like 'person.%' and party = $$ || :csp1
	|| ' order by event', $$ values ('person.added', '{"role": "ADMIN"}'::jsonb), ('person.added', '{"role": "READER"}'),
		('person.role_set', '{"was": "READER", "role": "ADMIN"}'), ('person.removed', '{}') $$,
	'all on record, without a name');

-- ---- customers ----

update ops.clock set ahead = (select '2027-03-01 18:00+00'::timestamptz - clock_timestamp());
select t.load('oncor') as load \gset
select t.premise(:load, 1, :'e1', '2020-01-01'), t.premise(:load, 2, :'e2', '2020-01-01');
select premise.load_premise(:load);
insert into stage.meter (load, line, esiid, meter_number, effective)
values (:load, 3, :'e1', 'M1', '2020-01-01'), (:load, 4, :'e2', 'M2', '2020-01-01');
select premise.load_meter(:load);
select t.rep(:load, 5, :'e1', '2020-01-01', '10001'), t.rep(:load, 6, :'e2', '2020-01-01', '10001');
select premise.load_rep(:load);
select t.occupancy(:load, 7, :'e1', '2020-01-01', 'a');
select premise.load_occupancy(:load);
select t.done(:load);
create function t.asks(mailbox text, esiid text, meter text, rep text default '10001', source inet default null)
returns void language sql as $$
	select party.holder_request(array[esiid], array[meter], array[rep], convert_to(mailbox, 'UTF8'), '\x02',
		substr(sha256(mailbox::bytea), 1, 16), 'EN', source, 'tester')
$$;
-- how many rows there are of whatever an asking may leave, all counts of guesses with it
create function t.left_by_asking() returns text language sql volatile as $$
	select concat_ws(' ', (select count(*) from party.claim), (select count(*) from party.holder), (select count(*) from mail.outbox),
		(select count(*) from audit.event), (select count(*) from radar.event), (select sum(failures) from delivery.guess),
		(select sum(cardinality(at)) from radar.budget_esiid))
$$;
create function t.follow(mailbox text) returns text language plpgsql as $$
declare
	of_mail int8 := (select max(o.mail) from mail.outbox o where o.kind = 'customer-confirm'
		and o.recipient_sealed = convert_to(mailbox, 'UTF8'));
begin
	perform party.link_make(of_mail, 'CONFIRM', sha256(int8send(of_mail)));
	return (select c.kind || ' ' || c.state from party.confirm(sha256(int8send(of_mail))) c);
end $$;

-- the same is done for a right triple as for wrong ones, until the clock looks at it
savepoint before;
select t.asks('ann', :'e1', 'M1', '10001', '192.0.2.7');
select t.left_by_asking() as right_one \gset
rollback to before;
select t.asks('ann', :'e1', 'M2', '10001', '192.0.2.7');
select is(t.left_by_asking(), :'right_one', 'a wrong meter leaves as many rows behind as a right one');
rollback to before;
select t.asks('ann', '10443720000000099', 'M1', '10001', '192.0.2.7');
select is(t.left_by_asking(), :'right_one', 'and so does an ESI ID that nobody knows');
select is(:'right_one', '1 0 0 ' || (select count(*) from audit.event) || ' 1 1 1', 'which are a claim, a try and the counts of it');
select cmp_ok(party.csp_next_due(), '<=', ops.now(), 'it is due now');
rollback to before;

-- whatever is wrong: nothing is said, nobody is written to
select t.asks('eve', :'e1', 'M2'), t.asks('eve', :'e1', 'M1', '10002'), t.asks('eve', '10443720000000099', 'M1'),
	t.asks('eve', :'e2', 'M2');	-- the last: right, but nobody is known to live there
select is(party.csp_tick(), 4, 'the clock looks at each');
select is((select count(*) from mail.outbox), 0::int8, 'a wrong triple is not answered otherwise than a right one');
select is((select count(*) from audit.event where kind = 'customer.not_matched'), 4::int8, 'but is on record');
select is((select count(*) from radar.event where kind = 'match_tried' and csp is null and not (detail ->> 'ok')::bool), 3::int8,
	'and is counted');
select t.asks('ann', :'e1', 'M1', '10001', '192.0.2.7');
select party.csp_tick();
select is((select sum(failures) from delivery.guess), 0::int8, 'a right one is no guess in the end');
select is((select string_agg(kind, ' ') from mail.outbox), 'customer-confirm', 'a right one gets a link');
select results_eq('select state, premises from party.holders()', $$ values ('REQUESTED', 0::int8) $$, 'which it waits for');
select is(party.holder_may(holder, t.p(:'e1')), false, 'before that it sees nothing') from party.holder;
select is(t.follow('ann'), 'CUSTOMER CONFIRMED', 'the link makes the account');
select is(t.follow('ann'), 'CUSTOMER CONFIRMED', 'once more: the same answer');
select is(party.holder_may(holder, t.p(:'e1')), true, 'it sees its premise') from party.holder;
select is(party.holder_may(holder, t.p(:'e2')), false, 'and no other') from party.holder;
-- it is a party that reads, and something to log in to
select h.party as ann, h.holder as ann_holder from party.holder h \gset
select is((select p.kind || coalesce(p.code, '') from party.party p where p.party = :ann), 'CUSTOMER', 'the account is a customer');
select results_eq(format('select login, state, keep_days from delivery.account where party = %s', :ann),
	format($$ values ('customer-%s', 'OPEN', 10) $$, :ann_holder), 'with a login, once');
select is(reads.may_read(:ann, :'e1', 'interval', '[2020-06-01 05:00+00,2020-06-02 05:00+00)'), true,
	'it reads what is its occupancy''s');
select is(reads.may_read(:ann, :'e1', 'billing', '[2019-06-01 05:00+00,2019-06-02 05:00+00)'), false, 'not what was before');
select is(reads.may_read(:ann, :'e2', 'interval', '[2020-06-01 05:00+00,2020-06-02 05:00+00)'), false, 'nor of another home');
select is((select count(*) from reads.rights(:ann, 'interval', tstzrange(null, null), null)), 1::int8, 'that is all');
-- a name of its own, a password, another
select party.holder_login(:ann_holder, 'Ann', 'tester');
select is((select login from party.holders() where holder = :ann_holder), 'ann', 'it has a name of its own');
select throws_ok(format('select party.holder_login(%s, %L, %L)', :ann_holder, 'a b', 'tester'), 'BB003', null, 'of some form');
select throws_ok('select party.holder_login(0, ''x'', ''tester'')', 'BB001', null, 'of an account that there is');
select delivery.credential_replace('ann', 'password', 'one', delivery.salt('ann'), sha256('first'));
select result, handle from delivery.login('ann', 'first', 'HTTPS', '192.0.2.1') \gset
select is(:'result'::text, 'OK', 'the password opens the door for programs');
select is((select result from delivery.login('ann', 'first', d, '192.0.2.1')), 'WRONG', 'but not ' || d || ': there is no box')
from unnest(array['FTPS', 'SFTP']) d;
select results_eq(format($$ select class, party, kind, login from api.who(%L) $$, :'handle'),
	format($$ values ('ACCOUNT', %s, 'CUSTOMER', 'ann') $$, :ann), 'it is who it is');
select api.token_add(sha256('session'), 'SESSION', :ann, a.account, c.credential, null, null, '', null, '1 hour')
from delivery.account a join delivery.credential c on c.account = a.account where a.login = 'ann' and c.ended_at is null;
select is((select class from api.who(sha256('session'))), 'SESSION', 'a token of its password');
select delivery.credential_replace('ann', 'password', 'two', delivery.salt('ann'), sha256('second'));
select is((select result from delivery.login('ann', 'first', 'HTTPS', '192.0.2.1')), 'WRONG', 'a new password ends the old one');
select is((select result from delivery.login('ann', 'second', 'HTTPS', '192.0.2.1')), 'OK', 'and is one');
select throws_ok(format('select api.who(%L)', :'handle'), 'BB007', null, 'who was inside by the old one is outside');
select throws_ok($$ select api.who(sha256('session')) $$, 'BB007', null, 'with each token of it');

-- somebody else of the same home: the first one is told
select t.asks('bob', :'e1', 'M1 ');
select party.csp_tick();
select t.follow('bob');
select is((select string_agg(convert_from(recipient_sealed, 'UTF8') || ' ' || (args ->> 'masked'), ', ') from mail.outbox
	where kind = 'customer-notice'), 'ann …0001', 'earlier holders are told of a new one');
select t.asks('eve', :'e1', 'M1'), t.asks('eve', :'e1', 'M1'), t.asks('eve', :'e1', 'M1'), t.asks('eve', :'e1', 'M1');
select party.csp_tick();
select is((select count(*) from mail.outbox where recipient_sealed = convert_to('eve', 'UTF8')), 3::int8,
	'a mailbox gets three such mails a day at most');

-- guesses from one network
select t.asks('eve', :'e2', 'X' || i, '10001', '192.0.2.7') from generate_series(1, 20) i;
select cmp_ok(delivery.must_wait('192.0.2.9', ''), '>', 0, 'who guesses waits');
select t.asks('zoe', :'e1', 'M1', '10001', '192.0.2.9');
select party.csp_tick();
select is((select count(*) from mail.outbox where recipient_sealed = convert_to('zoe', 'UTF8')), 0::int8,
	'and is answered no otherwise');

-- the occupancy ends, and the account with it
select party.csp_tick();
select is((select count(*) from party.holder where state = 'CONFIRMED'), 2::int8, 'nothing ends before its time');
select t.load('oncor') as load \gset
select t.occupancy(:load, 1, :'e1', '2027-03-10', 'b');
select premise.load_occupancy(:load);
select t.done(:load);
select is(party.csp_next_due(), '2027-03-10 00:00-06', 'it is known when');
update ops.clock set ahead = ahead + interval '9 days';
select is((select bool_or(party.holder_may(h.holder, t.p(:'e1'))) from party.holder h), false, 'from that day on they see nothing');
select cmp_ok(agreement.tick(), '>=', 2, 'the clock ends them');
select results_eq('select distinct state from party.holder', $$ values ('ENDED') $$, 'all of that occupancy');
select is((select state from delivery.account where login = 'ann'), 'CLOSED', 'its login too');
select is(reads.may_read(:ann, :'e1', 'interval', '[2020-06-01 05:00+00,2020-06-02 05:00+00)'), false, 'nothing is read by it');
select is((select count(*) from audit.event where kind = 'customer.ended'), 3::int8, 'on record');
select throws_ok($$ select t.follow('eve') $$, 'BB001', 'this link is not valid, or not any more',
	'a link that waited is over');

select * from finish();
rollback;
