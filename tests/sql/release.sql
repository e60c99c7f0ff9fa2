-- A release: opened with its audit event, checked again when the rows are read.
begin;
\ir lib/fixture.psql
select plan(45);

select t.load('oncor') as l1 \gset
select t.premise(:l1, 3, :'e1', '2024-01-01'), t.premise(:l1, 4, :'e2', '2024-01-01');
select premise.load_premise(:l1);
select t.rep(:l1, 3, :'e1', '2025-03-05', '10001'), t.rep(:l1, 4, :'e1', '2025-03-08', '10002');
select premise.load_rep(:l1);
select t.occupancy(:l1, 3, :'e1', '2025-01-01', 'a');
select premise.load_occupancy(:l1);
select reads.ensure_days(array(select generate_series('2025-03-04', '2025-03-10', interval '1 day')::date));
select t.day(:l1, extract(day from d)::int, :'e1', d::date, d + interval '1 day', 100)
from generate_series(timestamptz '2025-03-04', '2025-03-10', interval '1 day') d;
select t.day(:l1, 40, :'e1', '2025-03-06', '2025-03-07 00:00+00', 7, channel => 1);
select t.done(:l1);
select t.load('oncor') as l2 \gset
select t.day(:l2, 1, :'e1', '2025-03-06', '2025-03-09 00:00+00', 110);
select t.day(:l2, 2, :'e1', '2025-03-07', '2025-03-01 00:00+00', 90);
select t.done(:l2);
select loaded_at as at1 from ledger.file where load = :l1 \gset

create function t.open(who int4, esiid text, first date, last date, as_of timestamptz default null,
	versions bool default false, kind text default 'interval', reason text default null)
returns int8 language sql as $$
	select number from reads.release_open(who, esiid, kind, first, last, as_of, versions, 'test', reason)
$$;
create function t.got(number int8) returns text language sql as $$
	select string_agg(format('%s/%s/%s.%s', to_char(day, 'DD'), channel, load - (select min(load)
		from ledger.file) + 1, line), ' ') from reads.release_rows(number)
$$;

select results_eq(format('select number > 0, lsn is not null from reads.release_open(%s, %L, ''interval'',
	''2025-03-01'', ''2025-03-31'', null, false, ''test'', null)', :rep1, :'e1'),
	'values (true, true)', 'a release has a number and a position');
select results_eq($$ select kind, actor, party, premise, detail->>'from', detail->>'to', detail->>'days',
	detail->>'right', detail->>'door' from audit.event order by event desc limit 1 $$,
	format($$ values ('reads.released', 'rep1', %s, %s, '2025-03-01', '2025-03-31',
		'{[2025-03-05,2025-03-08)}', 'rep-of-record', 'test') $$, :rep1, t.p(:'e1')),
	'and its audit event names who, what, when, by which right and through which door');
select is(t.got(t.open(:rep1, :'e1', '2025-03-01', '2025-03-31')),
	'05/0/1.5 06/0/2.1 06/1/1.40 07/0/1.7',
	'a REP gets the days of its span only, current versions, by day and channel');
select is(t.got(t.open(:rep2, :'e1', '2025-03-01', '2025-03-31')), '08/0/1.8 09/0/1.9 10/0/1.10',
	'the next REP gets its own');
select is(t.got(t.open(:oncor, :'e1', '2025-03-06', '2025-03-06')), '06/0/2.1 06/1/1.40',
	'both ends of the range are inclusive');
select is(t.got(t.open(:oncor, :'e1', '2025-03-06', '2025-03-07', versions => true)),
	'06/0/1.6 06/0/2.1 06/1/1.40 07/0/2.2 07/0/1.7', 'all versions, oldest creation first');
select is(t.got(t.open(:oncor, :'e1', '2025-03-06', '2025-03-06', as_of => :'at1')),
	'06/0/1.6 06/1/1.40', 'as of the end of the first load (inclusive): its version');
select is(t.got(t.open(:oncor, :'e1', '2025-03-06', '2025-03-06',
	as_of => :'at1'::timestamptz - interval '1 us')), null, 'a moment before: nothing');
select is(t.got(t.open(t.customer('a'), :'e1', '2025-03-04', '2025-03-05')), '04/0/1.4 05/0/1.5',
	'a customer gets its own');
select is((select actor from audit.event order by event desc limit 1), 'customer ' || t.customer('a'),
	'whose audit event has a number, not a name');
select results_eq(format('select esiid, tdu, zone, loaded_at, data from reads.release_rows(%s)',
	t.open(:oncor, :'e1', '2025-03-04', '2025-03-04')), format($$ values (%L, 'oncor', 'America/Chicago',
	%L::timestamptz, '\x0100000004'::bytea) $$, :'e1', :'at1'), 'a row says whose and since when');

-- the operator
select throws_ok(format('select t.open(null, %L, ''2025-03-01'', ''2025-03-31'')', :'e1'), 'BB003',
	'an operator gives a reason for reading a customer''s data', 'the operator gives a reason');
select throws_ok(format('select t.open(null, %L, ''2025-03-01'', ''2025-03-31'', reason => '' '')', :'e1'),
	'BB003', null, 'and not a blank one');
select is(t.got(t.open(null, :'e1', '2025-03-04', '2025-03-04', reason => 'ticket 7')), '04/0/1.4',
	'then all can be read');
select results_eq($$ select actor, party, detail->>'right', detail->>'reason' from audit.event
	order by event desc limit 1 $$, $$ values ('postgres', null::int4, 'operator', 'ticket 7') $$,
	'and the audit event has it');

-- the same words whatever the cause
select throws_ok(format('select t.open(%s, %L, %L, %L, kind => %L)', who, esiid, first, last, kind),
	'BB001', 'there are no reads of that ESI ID for you in that range', words)
from (values
	(:rep1, :'e3', '2025-03-01', '2025-03-31', 'interval', 'unknown ESI ID'),
	(:rep1, 'nonsense', '2025-03-01', '2025-03-31', 'interval', 'no ESI ID at all'),
	(:rep1, :'e2', '2025-03-01', '2025-03-31', 'interval', 'not its premise'),
	(:rep1, :'e1', '2025-03-08', '2025-03-31', 'interval', 'not its time'),
	(:csp1, :'e1', '2025-03-01', '2025-03-31', 'interval', 'no agreement'),
	(0, :'e1', '2025-03-01', '2025-03-31', 'interval', 'nobody')
) v (who, esiid, first, last, kind, words);
select throws_ok(format('select t.open(%s, %L, %L, %L, kind => %L)', :rep1, :'e1', first, last, kind),
	'BB003', null, words)
from (values ('2025-03-02', '2025-03-01', 'interval', 'ends before it begins'),
	('2000-01-01', '2025-03-01', 'interval', 'too long'),
	('2025-03-01', '2025-03-01', 'all', 'unknown kind')) v (first, last, kind, words);

-- a right that ends between the two halves
update ops.setting set value = 'true' where name = 'clock.movable';
select agreement.record(:csp1, array[:'e1'], array['interval', 'billing'], ops.now() - interval '1 s',
	ops.now() + interval '30 days', '2025-03-04 12:00 America/Chicago') as a \gset
select t.open(:csp1, :'e1', '2025-03-01', '2025-03-31') as n \gset
select is(t.got(:n), '05/0/1.5 06/0/2.1 06/1/1.40 07/0/1.7 08/0/1.8 09/0/1.9 10/0/1.10',
	'a day that is permitted in part is not given');
select agreement.move(:a, 'suspend');
select throws_ok(format('select * from reads.release_rows(%s)', :n), 'BB001',
	'there are no reads of that ESI ID for you in that range', 'suspended in between: nothing');
select agreement.move(:a, 'resume');
select isnt(t.got(:n), null, 'resumed: readable again');
select t.load('oncor') as l3 \gset
select t.occupancy(:l3, 3, :'e1', '2025-03-07', 'b');
select premise.load_occupancy(:l3);
select t.done(:l3);
select t.customer('b') as cb \gset
select throws_ok(format('select * from reads.release_rows(%s)', :n), 'BB001', null,
	'the occupant had moved out before the agreement began: nothing');
select is(t.got(t.open(t.customer('a'), :'e1', '2025-03-06', '2025-03-08')), '06/0/2.1 06/1/1.40',
	'and has the days before only');

-- everything that a party may read, in one release
create function t.all_rows(number int8) returns text language sql as $$
	select string_agg(format('%s/%s/%s', to_char(r.day, 'DD'), r.channel, r.line), ' ')
	from reads.release_all_rows(number) r
$$;
select number as n from reads.release_all_open(:rep1, '2025-03-01', '2025-03-31', null, 'test', null) \gset
select is(t.all_rows(:n), '05/0/5 06/0/1 06/1/40 07/0/7', 'a REP''s days of all its premises');
select results_eq($$ select actor, premise, detail->>'premises' from audit.event order by event desc limit 1 $$,
	$$ values ('rep1', null::int4, '1') $$, 'with one audit event');
select throws_ok(format('select * from reads.release_rows(%s)', :n), 'BB001', null,
	'its number gives no single premise');
select number as n from reads.release_all_open(:oncor, '2025-03-06', '2025-03-06', :'at1', 'test', null) \gset
select is(t.all_rows(:n), '06/0/6 06/1/40', 'a utility''s day, as of an instant');
select throws_ok(format('select * from reads.release_all_open(%L, %L, %L, null, ''test'', null)', who, first, last),
	state, null, words)
from (values (:rep2, '2025-03-01', '2025-03-07', 'BB001', 'nothing of days that are another''s'),
	(:csp2, '2025-03-01', '2025-03-31', 'BB001', 'nothing without an agreement'),
	(null, '2025-03-01', '2025-03-31', 'BB003', 'nothing for nobody'),
	(:rep1, '2025-03-02', '2025-03-01', 'BB003', 'no range that ends before it begins')
) v (who, first, last, state, words);
select throws_ok(format('select * from reads.release_all_rows(%s)', t.open(:oncor, :'e1', '2025-03-06',
	'2025-03-06')), 'BB001', null, 'and a single premise''s number gives not all');

-- whose number it is
select throws_ok('select * from reads.release_rows(0)', 'BB001', 'there is no such open release',
	'no such number');
select throws_ok(format('select * from reads.release_rows(%s)', t.open(:oncor, :'e1', '2025-03-01',
	'2025-03-31', kind => 'register')), 'BB001', null, 'another kind');
select t.open(:oncor, :'e1', '2025-03-01', '2025-03-31') as n \gset
update reads.release set opened_at = opened_at - interval '61 minutes' where number = :n;
select throws_ok(format('select * from reads.release_rows(%s)', :n), 'BB001', null, 'too old');
select t.open(:oncor, :'e1', '2025-03-01', '2025-03-31') as n \gset
set session authorization busbar_operator;
select throws_ok(format('select * from reads.release_rows(%s)', :n), 'BB001', null,
	'opened by another role');
reset session authorization;

-- registers and bills
select t.load('oncor') as l4 \gset
insert into stage.register (load, line, esiid, channel, read_date, start_kwh, end_kwh, status)
values (:l4, 3, :'e1', 'LOAD', '2025-03-07', 0, 100, 'A'), (:l4, 4, :'e1', 'LOAD', '2025-03-08', 100, 200, 'A');
select count(*) from reads.load_register(:l4);
insert into stage.billing (load, line, esiid, channel, start_date, end_date, kwh, created)
values (:l4, 3, :'e1', 'LOAD', '2025-02-05', '2025-03-04', 1, null),
	(:l4, 4, :'e1', 'LOAD', '2025-03-05', '2025-03-06', 2, null),
	(:l4, 5, :'e1', 'LOAD', '2025-03-05', '2025-03-06', 3, '2020-01-01'),
	(:l4, 6, :'e1', 'LOAD', '2025-03-06', '2025-03-08', 4, null);
select reads.load_billing(:l4);
select t.done(:l4);
select results_eq(format('select day, end_wh from reads.release_registers(%s)',
	t.open(:rep1, :'e1', '2025-03-01', '2025-03-31', kind => 'register')),
	$$ values (date '2025-03-07', 100::int8) $$, 'registers of the REP''s days');
select results_eq(format('select end_date, wh from reads.release_billings(%s)',
	t.open(:rep1, :'e1', '2025-03-01', '2025-03-31', kind => 'billing')),
	$$ values (date '2025-03-06', 2::int8) $$, 'bills that lie in the span as a whole, newest version');
select results_eq(format('select wh from reads.release_billings(%s)',
	t.open(:oncor, :'e1', '2025-03-04', '2025-03-06', versions => true, kind => 'billing')),
	$$ values (1::int8), (3), (2) $$, 'bills that end in the range; all versions');

select * from finish();
rollback;
