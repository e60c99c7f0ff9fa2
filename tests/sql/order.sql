-- Facts arrive in any order: all 120 orders of five statements, each in a file of its own, give the
-- same spans and the same due counts. Two of the five restate the same effective date.
begin;
\ir lib/fixture.psql
select plan(5);

create table t.event (n int4, effective date, created timestamptz, status text, channels text, rep text,
	account text, meter text, ends date);
insert into t.event values
	(1, '2025-01-01', '2025-01-02', 'ACTIVE', 'LOAD', '10001', 'a', 'M1', null),
	(2, '2025-03-01', '2025-02-20', 'ACTIVE', 'LOAD_GENERATION', '10002', 'b', 'M2', '2025-04-01'),
	(3, '2025-03-01', '2025-03-20', 'INACTIVE', 'LOAD', null, null, 'M3', null),
	(4, '2025-02-01', '2025-03-25', 'ACTIVE', 'LOAD_GENERATION', '10001', 'a', 'M4', '2025-02-10'),
	(5, '2025-05-01', '2025-01-10', 'ACTIVE', 'LOAD', '10002', 'b', 'M5', null);

create function t.outcome() returns text language sql as $$
	select (select string_agg(rep || ' ' || during, ' ' order by during) from premise.rep_span)
		|| ' | ' || (select string_agg(encode(c.account_index, 'hex') || ' ' || o.during, ' '
			order by o.during) from premise.occupancy o join premise.customer c using (customer))
		|| ' | ' || (select string_agg(meter_number || ' ' || during, ' ' order by during)
			from premise.meter)
		|| ' | ' || (select string_agg(day || ' ' || delta, ' ' order by day)
			from (select day, sum(delta) as delta from premise.due group by day) d where delta <> 0)
		|| ' | ' || (select string_agg(status || effective || channels, ' ') from premise.premise)
$$;

-- Applies the events in this order from an empty state; says what came out.
create function t.apply(of_order int4[]) returns text language plpgsql as $$
declare
	e t.event;
	one int4;
	l int4;
begin
	delete from premise.premise_event;
	delete from premise.meter_event;
	delete from premise.rep_event;
	delete from premise.occupancy_event;
	delete from premise.meter;
	delete from premise.rep_span;
	delete from premise.occupancy;
	delete from premise.due;
	delete from premise.touched;
	update premise.premise set known = false, status = null;
	foreach one in array of_order loop
		select * into e from t.event x where x.n = one;
		l := t.load('oncor');
		perform t.premise(l, 3, '10443720000000001', e.effective, e.status, e.channels, e.created,
			e.ends);
		perform t.rep(l, 4, '10443720000000001', e.effective, e.rep, e.created);
		perform t.occupancy(l, 5, '10443720000000001', e.effective, e.account, e.created);
		insert into stage.meter (load, line, esiid, meter_number, effective, removed, created)
		values (l, 6, '10443720000000001', e.meter, e.effective, e.ends, e.created);
		perform premise.load_rep(l);
		perform premise.load_premise(l);
		perform premise.load_occupancy(l);
		perform premise.load_meter(l);
		perform t.done(l);
	end loop;
	return t.outcome();
end $$;

select is(t.apply(array[1, 2, 3, 4, 5]), format('%s [2025-01-01,2025-03-01) %s [2025-05-01,) | '
	'%s [2025-01-01,2025-03-01) %s [2025-05-01,) | '
	'M1 [2025-01-01,2025-02-01) M4 [2025-02-01,2025-02-10) M3 [2025-03-01,2025-05-01) '
	'M5 [2025-05-01,) | '
	'2025-01-01 1 2025-02-01 1 2025-02-11 -2 2025-05-01 1 | ACTIVE2025-05-011', :rep1, :rep2,
	encode(t.account('a'), 'hex'), encode(t.account('b'), 'hex')), 'the outcome is as worked out by hand');

with recursive o (orders, rest) as (
	select array[]::int4[], array[1, 2, 3, 4, 5]
	union all
	select orders || n, array_remove(rest, n) from o cross join unnest(rest) n
)
select count(*) as orders, count(distinct t.apply(orders)) as outcomes
from o where cardinality(orders) = 5 \gset
select is(:orders, 120, 'all orders were tried');
select is(:outcomes, 1, 'all had one outcome');

-- lines of one file in any order
create function t.shuffled(of_order int4[]) returns text language plpgsql as $$
declare
	l int4;
begin
	delete from premise.premise_event;
	delete from premise.rep_event;
	delete from premise.rep_span;
	delete from premise.due;
	delete from premise.touched;
	update premise.premise set known = false, status = null;
	l := t.load('oncor');
	perform t.rep(l, 3 + i::int4, '10443720000000001', e.effective, e.rep, e.created)
	from unnest(of_order) with ordinality o (n, i) join t.event e on e.n = o.n;
	perform premise.load_rep(l);
	perform t.done(l);
	return (select string_agg(rep || ' ' || during, ' ' order by during) from premise.rep_span);
end $$;
with recursive o (orders, rest) as (
	select array[]::int4[], array[1, 2, 3, 4, 5]
	union all
	select orders || n, array_remove(rest, n) from o cross join unnest(rest) n
)
select count(distinct t.shuffled(orders)) as outcomes
from o where cardinality(orders) = 5 \gset
select is(:outcomes, 1, 'also as lines of one file');
select is_empty('select * from ops.check() where not ok', 'all invariants hold');

select * from finish();
rollback;
