-- Lists of premises that a customer's account hands in.
begin;
\ir lib/fixture.psql
\ir lib/agreement.psql
select no_plan();
select t.at('2025-03-11 10:00');
insert into party.holder (email_sealed, email_place, email_index, language, state, made_at, confirmed_at)
values ('ann', '\x01', t.box('ann'), 'EN', 'CONFIRMED', ops.now(), ops.now()) returning holder as ann \gset
select party.holder_account(:ann);
select api.token_add('ann', 'PERSONAL', h.party, a.account, null, null, null, '', 'x', interval '1 day')
from party.holder h join delivery.account a on a.party = h.party where h.holder = :ann;
insert into party.holder_premise (holder, premise, customer, state, asked_at) values (:ann, t.p(:'e1'), party.occupant_of(t.p(:'e1')), 'HELD', ops.now());

-- ESI IDs, meters and retailers, one behind the other; a group each
create function t.hand_in(esiids text[], meters text[], reps text[], groups text[] default null, code text default null, shown bytea default 'ann')
returns int8 language sql as $$
	select api.upload(shown, (select array_agg(n + 1 order by n) from generate_subscripts(esiids, 1) n)::int8[],
		array_fill(0, array[cardinality(esiids)]), esiids, meters, reps, coalesce(groups, array_fill(null::text, array[cardinality(esiids)])),
		array_fill(code, array[cardinality(esiids)]), array_fill(case when code is not null then 'x' end, array[cardinality(esiids)]),
		array_fill(case when code is not null then 'y' end, array[cardinality(esiids)]), '192.0.2.7')
$$;
create function t.outcome(of_upload int8) returns text language sql as $$
	select string_agg(r.line || ' ' || coalesce(r.code, 'waits'), ', ' order by r.n) from api.upload_rows('ann', of_upload, false, null, 100) r
$$;
create function t.clock() returns int4 language plpgsql as $$
declare
	n int4 := 0;
begin
	while party.upload_tick() > 0 loop
		n := n + 1;
	end loop;
	return n;
end $$;

-- what proves them, right and wrong: e1 she has, e2 and e4 match, the others not, for one reason each
select t.hand_in(array[:'e1', :'e2', :'e3', :'e4', '10443720000000099', :'e2', :'e2'], array['M1', 'M2', 'M3', ' m4 ', 'M1', 'M2', 'M3'],
	array['10001', '10001', '10001', '10001', '10001', '10001', '10002'], array['North', 'North', null, 'South', null, null, null]) as one \gset
select is(t.outcome(:one), '2 waits, 3 waits, 4 waits, 5 waits, 6 waits, 7 twice, 8 twice', 'nothing is looked at when it is handed in');
select throws_ok(format('select t.hand_in(array[%L], array[%L], array[%L])', :'e2', 'M2', '10001'), 'BB005', null, 'one list at a time');
select is(party.csp_next_due() <= ops.now(), true, 'the clock is to look at once');
select is(t.clock() > 0, true, 'it looks');
-- e3 has nobody who is known to live there
select is(t.outcome(:one), '2 held, 3 asked, 4 not-matched, 5 asked, 6 not-matched, 7 twice, 8 twice',
	'one word for all that did not match, whatever was wrong');
select results_eq(format($$ select found, expected from api.upload_rows('ann', %s, true, null, 100) where code = 'not-matched' $$, :one), $$ values
	(null::text, 'an ESI ID, its meter number and its retailer of today that belong together'), (null, 'an ESI ID, its meter number and its retailer of today that belong together') $$,
	'and one line of words');
select results_eq(format($$ select state, lines, done, good, held, faulty, mailed from api.uploads('ann', %s) $$, :one), $$ values ('DONE', 7, 7, 2, 1, 4, true) $$,
	'it is counted: each line once');
select is((select count(*) from party.upload_row where meter is not null or rep is not null), 0::int8, 'what proves a premise is forgotten');
select is((select string_agg(o.kind, ' ' order by o.mail) from mail.outbox o where o.recipient_index = t.box('ann')), 'customer-confirm', 'one mail for all');
select is((select count(*) from party.held_by((select party from party.holder where holder = :ann))), 1::int8, 'before its link nothing is more');
-- one at a time: the clock goes on with what the request left
update ops.setting set value = '1' where name = 'portal.ties_step';
select party.holder_confirm(r.holder, r.mail) from party.proof r where r.mail = (select max(mail) from party.proof);
select is((select count(*) from party.held_by((select party from party.holder where holder = :ann))), 2::int8, 'the link ties the first of them');
select is(party.csp_next_due() <= ops.now(), true, 'the clock is to go on at once');
select is(party.csp_tick(), 1, 'it ties one more');
select is(party.csp_tick(), 0, 'and sees that nothing is left');
select is((select count(*) from party.holder where ties_asked_by is not null), 0::int8, 'so it has nothing to look for');
select is((select string_agg(p.esiid, ' ' order by p.esiid) from party.held_by((select party from party.holder where holder = :ann)) h
	join premise.premise p on p.premise = h.premise), concat_ws(' ', :'e1', :'e2', :'e4'), 'then they are the account''s');
select results_eq($$ select name, premises from api.groups('ann') $$, $$ values ('North', 2::int8), ('South', 1) $$, 'in the groups that the list named');
select is((select string_agg(distinct kind, ' ') from audit.event where detail ->> 'upload' = :'one'), 'customer.not_matched customer.requested premises.handed_in',
	'and it is on record');
-- the same rows count against an ESI ID as any other try
select is((select count(*) from radar.event where kind = 'match_tried' and detail ->> 'esiid' = :'e3'), 1::int8, 'a try is a try');

-- too much that is wrong
update ops.setting set value = '3' where name = 'portal.upload_misses';
select t.hand_in(array[:'e3', '10443720000000098', :'e2'], array['M9', 'M9', 'M2'], array['10001', '10001', '10001']) as two \gset
select t.clock();
select is(t.outcome(:two), '2 not-matched, 3 not-tried, 4 held', 'then nothing more is tried that day, right or wrong');
select is((select count(*) from mail.outbox o where o.recipient_index = t.box('ann')), 1::int8, 'and nobody is written to');
select results_eq(format($$ select lines, good, held, faulty, mailed from api.uploads('ann', %s) $$, :two), $$ values (3, 0, 1, 2, false) $$,
	'and nobody is told of a mail');
update ops.setting set value = '1000' where name = 'portal.upload_misses';

-- badly written ones keep what the reader said, and are never looked at
select t.hand_in(array[:'e3'], array['M9'], array['10001'], null, 'field') as three \gset
select t.clock();
select results_eq(format($$ select code, found, expected from api.upload_rows('ann', %s, true, null, 100) $$, :three), $$ values ('field', 'x', 'y') $$, 'as it was told');
select throws_ok(format('select t.hand_in(array[%L], array[%L], array[%L])', :'e2', 'M2', '10001'), 'BB004', null, 'three lists within 24 hours');
update party.upload set real_at = real_at - interval '25 hours';
update ops.setting set value = '2' where name = 'portal.upload_rows';
select throws_ok(format('select t.hand_in(array[%L, %L, %L], array[%L, %L, %L], array[%L, %L, %L])', 'a', 'b', 'c', 'M', 'M', 'M', '1', '1', '1'), 'BB003',
	'3 lines, expected 1 to 2', 'no more lines than that');
select throws_ok($$ select t.hand_in('{}', '{}', '{}') $$, 'BB003', null, 'and not none');
select throws_ok(format('select t.hand_in(array[%L], array[%L], array[%L], null, null, %L)', :'e2', 'M2', '10001', 'nobody'), 'BB007', null, 'by who shows nothing');
-- names of groups that cannot be are no group
select t.hand_in(array[:'e4'], array['M4'], array['10001'], array[E'a\x07b']) as four \gset
select t.clock();
select is(t.outcome(:four), '2 held', 'a group that cannot be is none');

-- as many lines as there may be are taken in at once: when nobody knows yet how many they are, too
update party.upload set real_at = real_at - interval '25 hours';
update ops.setting set value = '10000' where name = 'portal.upload_rows';
set statement_timeout = '20s';
select t.hand_in(array_agg('1044372' || lpad((n % 9950)::text, 10, '0') order by n), array_agg(text 'M1'), array_agg(text '10001')) as five
from generate_series(0, 9999) n \gset
reset statement_timeout;
select is((select count(*) from api.upload_rows('ann', :five, true, null, 10000) where code = 'twice'), 50::int8, 'ten thousand, of which fifty are twice');

-- another account sees nothing of it
insert into party.holder (email_sealed, email_place, email_index, language, state, made_at, confirmed_at)
values ('eve', '\x01', t.box('eve'), 'EN', 'CONFIRMED', ops.now(), ops.now()) returning holder as eve \gset
select party.holder_account(:eve);
select api.token_add('eve', 'PERSONAL', h.party, a.account, null, null, null, '', 'x', interval '1 day')
from party.holder h join delivery.account a on a.party = h.party where h.holder = :eve;
select throws_ok(format($$ select * from api.upload_rows('eve', %s, false, null, 10) $$, :one), 'BB001', 'you have handed in no such list', 'it is nobody else''s');
select is((select count(*) from api.uploads('eve', null)), 0::int8, 'nor listed');

select * from finish();
rollback;
