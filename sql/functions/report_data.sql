-- What the utilities sent: how complete, timely and true. Of roll-ups, which loads add to and never change.
set local check_function_bodies = off;

-- The first day that counts of a utility: on which half of what was due came, or, if that is earlier, the day before its
-- first load came. History that was brought in later for a few meters is not what was due then.
create or replace function report.measured_from(of_tdu int4, upto int4)
returns date
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
	set plan_cache_mode = force_generic_plan
as $$
begin
	return (	-- PL/pgSQL: its plan is kept
	select least(
		(select r.day
		from (select x.day, sum(x.meter_days) as came from reads.rollup x where x.tdu = of_tdu and x.load <= upto group by x.day) r
		cross join lateral (select sum(d.delta) as due from premise.due d where d.tdu = of_tdu and d.load <= upto and d.day <= r.day) q
		where q.due > 0 and r.came * 2 >= q.due order by r.day limit 1),
		(select (min(f.hub_at) at time zone t.zone)::date - 1
		from party.tdu t join ledger.file f on f.party = t.party
		where t.party = of_tdu and f.state = 'LOADED' and f.load <= upto
			and exists (select from reads.rollup x where x.tdu = of_tdu and x.load = f.load and x.meter_days > 0)
		group by t.zone)));
end $$;

-- A utility's days within a snapshot: due, and what came, as the roll-ups of its loads up to then have it.
create or replace function report.data_days(of_snapshot int8, from_day date, to_day date, of_party int4)
returns table (utility text, day date, due int8, received int8, by_06 int8, by_noon int8, by_23 int8, late int8, intervals int8,
	estimated int8, missing int8, changed int8, unknown int8)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select p.code, d.day::date, coalesce(q.due, 0), coalesce(r.received, 0), coalesce(r.by_06, 0), coalesce(r.by_noon, 0),
		coalesce(r.by_23, 0), coalesce(r.late, 0), coalesce(r.intervals, 0), coalesce(r.estimated, 0), coalesce(r.missing, 0),
		coalesce(r.changed, 0), coalesce(r.unknown, 0)
	from report.snapshot_load s
	join party.tdu t on t.party = s.tdu
	join party.party p on p.party = s.tdu
	cross join lateral (select report.measured_from(s.tdu, s.load) as day) m
	cross join lateral generate_series(greatest(from_day, m.day)::timestamp, to_day::timestamp, interval '1 day') d (day)
	cross join lateral (select sum(x.delta)::int8 as due from premise.due x
		where x.tdu = s.tdu and x.load <= s.load and x.day <= d.day::date) q
	cross join lateral (
		select sum(x.meter_days)::int8 as received, sum(x.intervals)::int8 as intervals, sum(x.estimated)::int8 as estimated,
			sum(x.missing)::int8 as missing, sum(x.late)::int8 as late, sum(x.changed)::int8 as changed, sum(x.unknown)::int8 as unknown,
			sum(x.meter_days) filter (where f.hub_at <= (d.day + interval '30 hours') at time zone t.zone)::int8 as by_06,
			sum(x.meter_days) filter (where f.hub_at <= (d.day + interval '36 hours') at time zone t.zone)::int8 as by_noon,
			sum(x.meter_days) filter (where f.hub_at <= (d.day + interval '47 hours') at time zone t.zone)::int8 as by_23
		from reads.rollup x join ledger.file f on f.load = x.load
		where x.tdu = s.tdu and x.day = d.day::date and x.load <= s.load) r
	where s.snapshot = of_snapshot and not t.sandbox and (of_party is null or s.tdu = of_party) and m.day is not null
$$;

call report.define('data', 10, 'Data from utilities',
	'How much of the interval reads that were due came, by when, and how much of it was estimated, missing or corrected later.', '{TDU}');
call report.part_is('data', 'utilities', 'By utility',
	array['utility|Utility', 'due|Meter-days due', 'received|Received', 'complete|Share received', 'by_06|By 06:00', 'by_noon|By noon',
		'by_23|By 23:00', 'actual|Share actual', 'intervals|Intervals', 'estimated|Estimated', 'missing|Missing', 'late|Late',
		'changed|Corrected intervals', 'unknown|Of unknown premises'],
	'{file.received,file.loaded}', $q$
select x.utility, sum(x.due) as due, sum(x.received) as received, api.share(sum(x.received) - sum(x.unknown), sum(x.due)) as complete,
	sum(x.by_06) as by_06, sum(x.by_noon) as by_noon, sum(x.by_23) as by_23,
	api.share(sum(x.intervals) - sum(x.estimated), sum(x.intervals)) as actual,
	sum(x.intervals) as intervals, sum(x.estimated) as estimated, sum(x.missing) as missing, sum(x.late) as late,
	sum(x.changed) as changed, sum(x.unknown) as unknown
from report.data_days($4, $1, $2, $3) x
group by x.utility order by x.utility collate "C"
$q$, 'utility', 'complete');
call report.part_is('data', 'days', 'By utility and day',
	array['utility|Utility', 'day|Day', 'due|Meter-days due', 'received|Received', 'complete|Share received', 'by_06|By 06:00',
		'by_noon|By noon', 'by_23|By 23:00', 'actual|Share actual', 'intervals|Intervals', 'estimated|Estimated', 'missing|Missing',
		'late|Late', 'changed|Corrected intervals', 'unknown|Of unknown premises'],
	'{file.received,file.loaded}', $q$
select x.utility, x.day, x.due, x.received, api.share(x.received - x.unknown, x.due) as complete, x.by_06, x.by_noon, x.by_23,
	api.share(x.intervals - x.estimated, x.intervals) as actual, x.intervals, x.estimated, x.missing, x.late, x.changed, x.unknown
from report.data_days($4, $1, $2, $3) x
order by x.utility collate "C", x.day
$q$);
