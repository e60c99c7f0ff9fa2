begin;
\ir lib/fixture.psql
select plan(55);

-- days and zones
select is(reads.slots(day, 'America/Chicago', interval_s), n, format('%s has %s of %s s', day, n,
	interval_s))
from (values (date '2025-03-08', 96, 900), ('2025-03-09', 92, 900), ('2025-11-02', 100, 900),
	('2025-11-03', 96, 900), ('2025-03-09', 23, 3600), ('2025-11-02', 25, 3600),
	('2025-11-02', 300, 300)) v (day, n, interval_s);
select is(reads.slots('2025-03-09', 'America/Phoenix'), 96, 'where clocks stay, the day has 96');
select is(reads.midnight('2025-03-10', 'America/Chicago'), timestamptz '2025-03-10 05:00+00',
	'midnight in summer time');
select results_eq(format('select due from reads.days_due(%s, array[date ''2025-03-07'', ''2025-03-08'', ''2025-11-01''])', :oncor),
	$$ values (timestamptz '2025-03-09 05:00+00'), ('2025-03-10 04:00+00'), ('2025-11-03 05:00+00') $$,
	'reads are due at 23:00 of the day after by the clock on the wall');

-- shapes
select reads.shape_of('one') as s1, reads.shape_of('two') as s2 \gset
select is(reads.shape_of('one'), :s1, 'a shape keeps its number');
select isnt(:s1::int, :s2::int, 'another has another');
select set_eq('select text from reads.shapes()', array['one', 'two'], 'shapes are listed');

-- partitions
select lives_ok($$ select reads.ensure_days(array['2025-03-08', '2025-03-10', '2025-03-09', '2025-03-08',
	'2025-02-28', '2025-01-01']::date[]) $$, 'partitions are made');
select lives_ok($$ select reads.ensure_days(array['2025-03-10', '2025-03-11']::date[]) $$,
	'those that exist are left alone');
select is((select count(*)::int from reads.parts()), 6, 'one a day');
select throws_ok('select reads.ensure_days(array_fill(date ''2025-01-01'', array[4001]))', 'BB006',
	'partitions for more than 4000 days', 'there is a limit');
select is((select count(*)::int from pg_index i join pg_inherits h on h.inhrelid = i.indrelid
	where h.inhparent = 'reads.day'::regclass), 6, 'each with no index but the primary key');
select is((select count(*)::int from pg_constraint c join pg_inherits h on h.inhrelid = c.conrelid
	where h.inhparent = 'reads.day'::regclass and c.contype = 'c'), 0, 'and no check left over');
select throws_ok(format($$ insert into reads.day values (1, now(), 8, '2025-04-01', 1, 1, 96, 0, 0, '') $$),
	'23514', null, 'a day without a partition is an error, not a default partition');

-- versions
select t.load('oncor') as l1 \gset
select premise.ensure(:oncor, array[:'e1', :'e2']);
select t.p(:'e1') * 8 as s, t.p(:'e2') * 8 as q \gset
select t.day(:l1, 1, :'e1', '2025-03-08', '2025-03-09 08:00+00', 100, 5);
select t.day(:l1, 2, :'e1', '2025-03-09', '2025-03-10 08:00+00', 200, 1);
select t.day(:l1, 3, :'e1', '2025-03-10', '2025-03-11 08:00+00', 300);
select t.day(:l1, 4, :'e2', '2025-03-10', '2025-03-11 08:00+00', 0, 0);
select t.day(:l1, 5, :'e2', '2025-03-09', '2025-03-10 08:00+00', 0, 0);
select t.day(:l1, 6, :'e2', '2025-03-08', '2025-03-10 08:00+00', 0, 0, 96);
select t.roll(:l1, '2025-03-08', 2, 192, 5, 96, 0, 0, 100, 0, 2);
select t.roll(:l1, '2025-03-09', 2, 184, 1, 0, 0, 0, 200, 0, 2);
select t.roll(:l1, '2025-03-10', 1, 96, 0, 0, 0, 0, 300, 0, 1);
select t.roll(:l1, '2025-03-10', 1, 96, 0, 0, 0, 0, 0, 0, 1);
select t.done(:l1);
select t.load('oncor') as l2 \gset
select t.day(:l2, 1, :'e1', '2025-03-08', '2025-03-12 08:00+00', 110);
select t.day(:l2, 2, :'e1', '2025-03-09', '2025-03-09 23:00+00', 210);
select t.day(:l2, 3, :'e1', '2025-03-10', '2025-03-11 08:00+00', 310, 4);
select t.day(:l2, 9, :'e1', '2025-03-10', '2025-03-11 08:00+00', 320, 4);
select results_eq(format('select series, day, load, line from reads.current(
	array[%1$s, %1$s, %1$s, %2$s, %1$s], array[''2025-03-08'', ''2025-03-09'', ''2025-03-10'', ''2025-03-10'', ''2025-03-11'']::date[])
	order by series, day', :s, :q), format($$ values
	(%1$s, date '2025-03-08', %4$s, 1), (%1$s, '2025-03-09', %3$s, 2), (%1$s, '2025-03-10', %4$s, 9),
	(%2$s, '2025-03-10', %3$s, 4) $$, :s, :q, :l1, :l2),
	'current: the newest by creation, then load, then line; an older revision arriving late never');
select is_empty(format('select * from reads.current(array[%s], array[date ''2030-01-01''])', :s),
	'no partition, no row, no error');
select is_empty('select * from reads.current(''{}'', ''{}'')', 'nothing asked, nothing found');
select results_eq(format('select day from reads.earlier(%s, array[''2025-03-10'', ''2025-03-08'', ''2025-03-11'', ''2025-03-10'']::date[])',
	:oncor), $$ values (date '2025-03-08'), ('2025-03-10') $$, 'days that hold rows of the utility');
select is_empty(format('select * from reads.earlier(%s, array[''2025-03-10'']::date[])', :centerpoint),
	'another utility has none');
select results_eq(format('select series, estimated_days from reads.history(
	array[%s, %s], ''2025-03-11'', 5) order by 1', :s, :q),
	format('values (%s, 2)', :s),
	'runs of estimates by the current versions');
select results_eq(format('select series, estimated_days from reads.history(
	array[%s, %s], ''2025-03-11'', 1) order by 1', :s, :q),
	format('values (%s, 1)', :s), 'not further back than asked');
select is_empty(format('select * from reads.history(array[%s, %s], ''2025-03-12'', 5)', :s, :q),
	'a run reaches to the day before');
select throws_ok('select * from reads.history(''{8}'', ''2025-03-12'', 401)', 'BB006',
	'looking back more than 400 days', 'there is a limit');
select results_eq(format('select series, total_wh from reads.totals(array[%s, %s], ''2025-03-16'') order by 1', :s, :q),
	format('values (%s, 320::int8), (%s, 0)', :s, :q), 'totals of the latest day before');
select is_empty(format('select * from reads.totals(array[%s], ''2025-03-19'')', :s),
	'not further back than 8 days');
select results_eq(format('select total_wh from reads.totals(array[%s], ''2025-03-09'')', :s),
	array[110::int8], 'nor from the day itself');

-- roll-ups: by how much the current versions differ
select t.roll(:l2, '2025-03-08', 0, 0, -5, 0, 0, 7, 10, 0, 0);
select t.roll(:l2, '2025-03-10', 0, 0, 4, 0, 0, 9, 20, 0, 0);
select t.done(:l2);
select results_eq($$ select received, intervals, estimated, missing, late, changed, unknown, load_kwh,
	generation_kwh from reads.completeness('2025-03-08') where tdu = 'oncor' $$,
	$$ values (2::int8, 192::int8, 0::int8, 96::int8, 0::int8, 7::int8, 2::int8, 0.110, 0.000) $$,
	'deltas add up');
select results_eq(format($$ select estimated, load_kwh from reads.completeness('2025-03-08', %L)
	where tdu = 'oncor' $$, (select loaded_at from ledger.file where load = :l1)),
	$$ values (5::int8, 0.100) $$, 'as the ledger stood when the first load ended (inclusive)');
select results_eq(format($$ select received, load_kwh from reads.completeness('2025-03-08', %L)
	where tdu = 'oncor' $$, (select loaded_at - interval '1 us' from ledger.file where load = :l1)),
	$$ values (0::int8, 0.000) $$, 'and a moment before');
select results_eq($$ select due, received from reads.completeness('2025-03-08') where tdu = 'centerpoint' $$,
	$$ values (0::int8, 0::int8) $$, 'a utility without anything has a row of zeros');
select throws_ok(format('select t.roll(%s, ''2025-03-08'', 0, 0, 0, 0, 0, 0, 0, 0, 0)', :l2), 'BB004',
	format('load %s is not open', :l2), 'an ended load adds nothing');
select t.load('oncor') as l3 \gset
select throws_ok(format('select reads.rollup_add(%s, array[date ''2025-03-08''], ''{}'', ''{0}'', ''{0}'', ''{0}'', ''{0}'', ''{0}'', ''{0}'', ''{0}'', ''{0}'')', :l3),
	'BB003', 'arrays of different lengths', 'arrays go together');

-- a stub becomes known
select t.premise(:l3, 3, :'e1', '2025-01-01');
select premise.load_premise(:l3);
select results_eq($$ select day, received, unknown, due from unnest(array['2025-03-08', '2025-03-09', '2025-03-10']::date[]) day,
	reads.completeness(day) where tdu = 'oncor' $$,
	$$ values (date '2025-03-08', 2::int8, 1::int8, 1::int8), ('2025-03-09', 2, 1, 1), ('2025-03-10', 2, 1, 1) $$,
	'its meter-days are unknown no longer, once for each day however many versions');

-- registers against intervals
insert into stage.meter (load, line, esiid, meter_number, effective, dials, multiplier) values
	(:l3, 3, :'e1', 'M', '2025-01-01', 5, 1000);
select premise.load_meter(:l3);
insert into stage.register (load, line, esiid, channel, read_date, start_kwh, end_kwh, kwh, status)
values (:l3, 3, :'e1', 'LOAD', '2025-03-10', 99999900, 220, null, 'A'),
	(:l3, 4, :'e1', 'LOAD', '2025-03-08', 1000, 1161, null, 'A'),
	(:l3, 5, :'e1', 'LOAD', '2025-03-09', 1000, 1000, 250, 'A'),
	(:l3, 6, :'e2', 'LOAD', '2025-03-08', 0, 900000, null, 'A'),
	(:l3, 7, :'e1', 'GENERATION', '2025-04-08', 0, 900, null, 'E');
select results_eq(format('select line, rule, severity, found, expected from reads.load_register(%s)', :l3), $$
	values (6::int8, 'unknown-esiid', 'flag', '10443720000000002', 'a known premise; kept until it arrives'),
	(4, 'register-mismatch', 'flag', '110 Wh of intervals on 2025-03-08', '161 Wh by the register, within 50') $$,
	'51 Wh apart is remarked; 50 Wh and a rollover are not, nor days with missing values');
select results_eq('select rule, found, expected from reads.flag',
	$$ values ('register-mismatch', '110 Wh', '161 Wh by the register') $$, 'the remark is kept');
select results_eq(format('select day, wh from reads.registers(array[%1$s, %1$s, %1$s], array[''2025-03-09'', ''2025-03-10'', ''2025-03-11'']::date[])', :s),
	$$ values (date '2025-03-09', 250::int8), ('2025-03-10', 320) $$,
	'what the registers state, for intervals that come later');
select is(reads.register_wh(t.p(:'e2'), '2025-03-08', 10, 5, null), null,
	'a rollover without known dials is not guessed');
insert into stage.billing (load, line, esiid, channel, start_date, end_date, kwh, amount, currency)
values (:l3, 3, :'e1', 'LOAD', '2025-02-10', '2025-03-09', 500000, 1234500, 'USD'),
	(:l3, 4, :'e1', 'LOAD', '2025-03-10', '2025-03-09', 1, null, null);
select results_eq(format('select line, rule, found, expected from reads.load_billing(%s)', :l3),
	$$ values (4::int8, 'field', 'from 2025-03-10 to 2025-03-09', 'end_date not before start_date') $$,
	'a billing period ends after it begins');
select is((select count(*)::int from reads.billing), 1, 'the other is stored');
select t.done(:l3);

-- housekeeping
create table t.before as select * from reads.day;
select is(reads.merge_month('2025-03-15'), 10::int8, 'a month is merged');
select results_eq('select part, from_day, to_day from reads.parts()', $$ values
	('day_20250101', date '2025-01-01', date '2025-01-02'),
	('day_20250228', '2025-02-28', '2025-03-01'), ('month_202503', '2025-03-01', '2025-04-01') $$,
	'its days are one partition');
select set_eq('select * from reads.day', 'select * from t.before', 'with the same rows');
select throws_ok('select reads.merge_month(''2025-03-01'')', 'BB004', '2025-03 is merged already',
	'once');
select lives_ok('select reads.ensure_days(array[date ''2025-03-20''])', 'its days need no partition');
select is((select count(*)::int from reads.parts()), 3, 'and get none');
select t.load('oncor') as l4 \gset
select t.day(:l4, 1, :'e1', '2025-03-20', '2025-03-21 08:00+00', 400);
select t.roll(:l4, '2025-03-20', 1, 96, 0, 0, 1, 0, 400, 0, 0);
select t.done(:l4);
select results_eq(format('select load from reads.current(array[%s], array[date ''2025-03-20''])', :s),
	array[:l4], 'a merged month still takes rows');
select throws_ok(format('select reads.purge(%L)', (ops.now()::date - 27)), 'BB003', null,
	'recent reads are never purged');
select is(reads.purge('2025-02-28'), 1, 'old partitions are purged as a whole');
select is((select detail->'partitions'->>0 from audit.event where kind = 'reads.purged'), 'day_20250101',
	'and that is an audit event');

select * from finish();
rollback;
