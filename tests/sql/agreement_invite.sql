-- Who may ask whom for what: faults of a row, errors of the whole, terms by class, duplicates, limits.
begin;
\ir lib/fixture.psql
\ir lib/agreement.psql
select plan(72);
select t.at('2026-05-04 10:00');

-- ---- a premise that does not match ----
select t.load('oncor') as l \gset
select t.class(:l, 1, '10443720000000005', '2023-01-01', 'RESIDENTIAL', 'RETIRED'), t.class(:l, 2, '10443720000000006', '2023-01-01', 'RESIDENTIAL');
select premise.load_premise(:l);
select t.meter(:l, 1, :'e3', '2026-05-04', 'M3-new');
select t.meter(:l, 2, '10443720000000005', '2023-01-01', 'M5'), t.meter(:l, 3, '10443720000000006', '2023-01-01', 'M6');
select premise.load_meter(:l);
select t.rep(:l, 1, '10443720000000005', '2023-01-01', '10001'), t.rep(:l, 2, '10443720000000006', '2023-01-01', '10001'),
	t.rep(:l, 3, '10443720000000006', '2026-05-05', '10002');
select premise.load_rep(:l);
select t.done(:l);
create function t.match(csp int4, esiid text, meter text, rep text) returns int4 language sql as $$
	select m.premise from premise.match(csp, array[esiid], array[meter], array[rep], '192.0.2.7') m
$$;
select is(t.match(:csp1, esiid, meter, rep), null, words)
from (values
	('10443720000000099', 'M1', '10001', 'an ESI ID that nobody knows'),
	('1008901000000000000099', 'M1', '10001', 'nor that utility'),
	('what', 'M1', '10001', 'what is none'),
	(null, 'M1', '10001', 'none at all'),
	(:'e1', 'M2', '10001', 'another meter'),
	(:'e1', 'M 1', '10001', 'a space within a meter number counts'),
	(:'e1', 'M1LG', '10001', 'and so does what stands behind it'),
	(:'e1', null, '10001', 'no meter number'),
	(:'e1', 'M1', '10002', 'another REP'),
	(:'e1', 'M1', '99999', 'a REP that is none'),
	(:'e1', 'M1', null, 'no REP'),
	(:'e3', 'M3', '10001', 'the meter of before today'),
	('10443720000000006', 'M6', '10002', 'the REP of tomorrow'),
	('10443720000000005', 'M5', '10001', 'a retired premise'),
	(:'c1', 'M1', '10001', 'a premise of which only the number is known')
) v (esiid, meter, rep, words);
select is(t.match(:csp1, ' ' || :'e1', ' m1 ', '10001 '), t.p(:'e1'), 'the three that belong together match, in any case and with spaces around');
select is(t.match(:csp1, :'e3', 'M3-new', '10001'), t.p(:'e3'), 'with the meter of today');
select results_eq(format($$ select "row", premise from premise.match(%s, array[%L, 'x', %L], array['M2', 'x', 'M1'],
	array['10001', 'x', '10001'], null) $$, :csp1, :'e2', :'e1'),
	format('values (1, %s), (2, null), (3, %s)', t.p(:'e2'), t.p(:'e1')), 'answers are in the order of the questions');
select results_eq($$ select detail ->> 'ok', count(*)::int from radar.event where kind = 'match_tried' group by 1 order by 1 $$,
	$$ values ('false', 16), ('true', 4) $$, 'each try is counted');
select is(agreement.invite(:csp1, array['10443720000000099', :'e1', :'e1'], array['M1', 'M2', 'M1'], array['10001', '10001', '10002'],
	'ann', 'p', t.box('ann'), 'ENERGY', '{interval}', 12, 0, 'EN', null, true, null, 'tester'),
	(select jsonb_build_object('id', null, 'state', null, 'faults', jsonb_agg(jsonb_build_object('row', i, 'code', 'not-matched',
		'message', 'the ESI ID, meter number and REP certificate do not belong together')))
	from generate_series(1, 3) i), 'whatever is wrong, the answer is the same');
select is((select count(*)::int from agreement.agreement), 0, 'and nobody is asked');
select is((select count(*)::int from mail.outbox where kind = 'invitation'), 0, 'no mail');

-- ---- errors of the whole ----
select throws_ok(format('select agreement.invite(%s, %L, %L, %L, %L, %L, %L, %L, %L, %L, %L, %L, %L, true, null, ''tester'')',
	csp, esiids, meters, reps, 'ann', 'p', t.box('ann'), kind, kinds, months, history, language, reference), state, said, said)
from (values
	(0, array[:'e1'], '{M1}', '{10001}', 'ENERGY', '{interval}', 12, 0, 'EN', 'r', 'BB001', 'there is no such CSP'),
	(:csp1, array[:'e1'], '{M1}', '{10001}', 'GAS', '{interval}', 12, 0, 'EN', 'r', 'BB003',
		'kind is "GAS", expected one of DEVICE, DEVICE_SERVICES, ENERGY, ENERGY_ONCE'),
	(:csp1, '{}', '{}', '{}', 'ENERGY', '{interval}', 12, 0, 'EN', 'r', 'BB003', '0 ESI IDs, expected 1 to 100'),
	(:csp1, array_fill(:'e1'::text, array[101]), '{}', '{}', 'ENERGY', '{interval}', 12, 0, 'EN', 'r', 'BB003', '101 ESI IDs, expected 1 to 100'),
	(:csp1, array[:'e1'], '{}', '{10001}', 'ENERGY', '{interval}', 12, 0, 'EN', 'r', 'BB003',
		'expected a meter number and a REP certificate number for each ESI ID'),
	(:csp1, array[:'e1'], '{M1}', '{10001}', 'ENERGY', '{interval,all}', 12, 0, 'EN', 'r', 'BB003',
		'reads are "interval,all", expected some of interval, register, billing'),
	(:csp1, array[:'e1'], '{M1}', '{10001}', 'ENERGY', '{}', 12, 0, 'EN', 'r', 'BB003',
		'reads are "", expected some of interval, register, billing'),
	(:csp1, array[:'e1'], '{M1}', '{10001}', 'DEVICE', '{interval}', 12, 0, 'EN', 'r', 'BB003',
		'DEVICE gives no reads, expected no kinds of them'),
	(:csp1, array[:'e1'], '{M1}', '{10001}', 'ENERGY', '{interval}', 0, 0, 'EN', 'r', 'BB003', '0 months, expected 1 to 36'),
	(:csp1, array[:'e1'], '{M1}', '{10001}', 'ENERGY', '{interval}', 37, 0, 'EN', 'r', 'BB003', '37 months, expected 1 to 36'),
	(:csp1, array[:'e1'], '{M1}', '{10001}', 'ENERGY', '{interval}', null, 0, 'EN', 'r', 'BB003', 'no months, expected 1 to 36'),
	(:csp1, array[:'e1'], '{M1}', '{10001}', 'ENERGY_ONCE', '{interval}', 3, 6, 'EN', 'r', 'BB003',
		'3 months, expected none: reads are given once'),
	(:csp1, array[:'e1'], '{M1}', '{10001}', 'ENERGY_ONCE', '{interval}', null, 0, 'EN', 'r', 'BB003',
		'no months of history, expected 1 to 24: there is nothing else to give'),
	(:csp1, array[:'e1'], '{M1}', '{10001}', 'ENERGY', '{interval}', 12, 25, 'EN', 'r', 'BB003', '25 months of history, expected 0 to 24'),
	(:csp1, array[:'e1'], '{M1}', '{10001}', 'ENERGY', '{interval}', 12, 0, 'FR', 'r', 'BB003', 'language is "FR", expected EN or ES'),
	(:csp1, array[:'e1'], '{M1}', '{10001}', 'ENERGY', '{interval}', 12, 0, 'EN', repeat('r', 101), 'BB003',
		'a reference of 101 characters, expected 1 to 100')
) v (csp, esiids, meters, reps, kind, kinds, months, history, language, reference, state, said);
select throws_ok(format('select agreement.invite(%s, %L, %L, %L, null, null, null, %L, %L, 12, 0, %L, null, true, null, ''tester'')',
	:csp1, array[:'e1'], '{M1}', '{10001}', 'ENERGY', '{interval}', 'EN'), 'BB003', 'expected the customer''s mailbox', 'no mailbox');
select party.csp_move(:csp2, 'suspend');
select throws_ok(format('select t.ask(%s, %L)', :csp2, array[:'e1']), 'BB002', null, 'a suspended third party invites nobody');
select party.csp_move(:csp2, 'resume');

-- ---- one open invitation of a CSP for a premise ----
create function t.codes(said jsonb) returns text language sql as $$
	select coalesce(string_agg((f ->> 'row') || ' ' || (f ->> 'code'), ', ' order by n), said ->> 'state')
	from jsonb_array_elements(said -> 'faults') with ordinality x (f, n)
$$;
select is(t.codes(t.ask(:csp1, array[:'e1', :'e2', :'e1'])), '3 twice', 'a premise stands in a list once');
select t.asked(:csp1, array[:'e1'], 'ann') as a \gset
select is(t.codes(t.ask(:csp1, array[:'e2', :'e1'], 'bob')), '2 open-invitation', 'a second one waits for the first');
select is(t.codes(t.ask(:csp2, array[:'e1'], 'bob')), 'PENDING', 'another third party may ask too');
select is(t.ask(:csp1, array[:'e2', :'e1', :'e2'], 'bob', all_or_none => false) -> 'state', '"PENDING"', 'the good ones alone, if so wished');
select is((select string_agg(p.esiid, ' ') from agreement.premise x join premise.premise p using (premise)
	where agreement = (select max(agreement) from agreement.agreement)), :'e2', 'those alone');
select is(agreement.withdraw(:csp1, :a, 'tester'), 'WITHDRAWN', 'when the first is taken back');
select is(t.mails(:a), 'invitation- withdrawn>csp', 'of which the customer never hears');
select is(t.codes(t.ask(:csp1, array[:'e1'], 'cat')), 'PENDING', 'there is room for another');
select throws_ok(format('select agreement.withdraw(%s, %s, ''tester'')', :csp2, :a), 'BB001', 'there is no such agreement',
	'nobody takes back another''s');
select throws_ok(format('select agreement.withdraw(%s, %s, ''tester'')', :csp1, :a), 'BB004',
	'"withdraw" is not possible for an agreement that is WITHDRAWN', 'nor what is over');
select is((select count(*)::int from agreement.waiting w join agreement.agreement a using (agreement) where a.state <> 'PENDING'), 0,
	'nothing waits that is over');

-- ---- three a mailbox and day, of all CSPs together ----
select t.at('2026-05-05 00:00:01');
select is(t.codes(t.ask(csp, esiids, 'dora')), said, words)
from (values
	(:csp2, array[:'e2'], 'PENDING', 'one'), (:csp1, array[:'e2', :'e1'], '1 open-invitation, 2 open-invitation', 'what is refused does not count'),
	(:csp2, array[:'e4'], 'PENDING', 'two')) v (csp, esiids, said, words);
select is(t.codes(t.ask(:csp1, array[:'e4'], 'dora')), 'PENDING', 'three invitations a day for a mailbox');
select is(t.codes(t.ask(:csp2, array[:'e3'], 'dora', 12, 'DEVICE', '{}', 0)), '0 mailbox-limit', 'are the most');
select t.at('2026-05-06 00:00:01');
select is(t.codes(t.ask(:csp2, array[:'e3'], 'dora', 12, 'DEVICE', '{}', 0)), 'PENDING', 'until midnight in Chicago');

-- ---- terms by class: 15,000 kWh in one of the last 12 months ----
select t.at('2026-07-15 12:00');
update agreement.agreement set state = 'LAPSED';
delete from agreement.waiting;
create function t.large(words text, want bool) returns text language sql as $$
	select is(agreement.is_large(t.p('10443720000000004')), want, words)
$$;
select t.load('oncor') as b \gset
select t.large('a business without bills is not large', false);
select t.bill(:b, 1, :'e4', '2026-05-20', '2026-06-18', 14999999);
select t.large('14,999.999 kWh is not', false);
select t.bill(:b, 2, :'e4', '2025-06-16', '2025-07-15', 20000000);
select t.large('nor what ended twelve months ago', false);
select t.bill(:b, 3, :'e4', '2026-04-20', '2026-06-19', 29000000);
select t.large('two months on a bill are no month', false);
select t.bill(:b, 4, :'e4', '2026-03-20', '2026-04-18', 15000000, channel => 1);
select t.large('what it generated does not count', false);
select t.bill(:b, 5, :'e4', '2025-06-17', '2025-07-16', 15000000);
select t.large('15,000 kWh in the month that ended a day less than twelve months ago', true);
select t.bill(:b, 6, :'e4', '2025-06-17', '2025-07-16', 14999999, '2025-09-01');
select t.large('until a correction says that it was less', false);
select t.bill(:b, 7, :'e4', '2026-01-20', '2026-02-18', 15000000);
select t.large('any one of the twelve will do', true);
select t.bill(:b, 8, :'e1', '2026-01-20', '2026-02-18', 99000000);
select is(agreement.is_large(t.p(:'e1')), false, 'a home is none, however much it uses');
select is(t.codes(t.ask(:csp1, esiids, 'x' || n, months)), said, words)
from (values
	(1, array[:'e1'], 13, '1 term', 'thirteen months of a home'), (2, array[:'e1'], 12, 'PENDING', 'twelve'),
	(3, array[:'e4'], 36, 'PENDING', 'thirty-six of a large business'),
	(4, array[:'e4', :'e2'], 36, '1 open-invitation, 2 term', 'the strictest of a mixed list'),
	(5, array[:'e2'], 13, '1 term', 'a small one')) v (n, esiids, months, said, words);
select is((select string_agg(large::text, ' ' order by agreement) from agreement.agreement where state = 'PENDING'), 'false true',
	'it is kept which were large');

select * from finish();
rollback;
