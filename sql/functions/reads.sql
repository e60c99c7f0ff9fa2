-- Reads: what the loader asks while it compares a file with what is stored, and the roll-ups.
--
-- Functions that look into reads.day run one statement per day with that day as a constant, planned
-- anew: only its partition is then planned for and locked, however many there are.
set local check_function_bodies = off;

create or replace function reads.shape_of(text text)
returns int4
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	number int4;
begin
	insert into reads.shape (text) values (shape_of.text) on conflict do nothing;
	select s.shape into number from reads.shape s where s.text = shape_of.text;
	return number;
end $$;

create or replace function reads.shapes()
returns table (shape int4, text text)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select s.shape, s.text from reads.shape s order by 1
$$;

-- Local midnight: the instant at which a day begins.
create or replace function reads.midnight(day date, zone text)
returns timestamptz
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select day::timestamp at time zone zone
$$;

-- How many intervals of that length the local day has: 92, 96 or 100 quarter-hours.
create or replace function reads.slots(day date, zone text, interval_s int4 default 900)
returns int4
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select (extract(epoch from ((day + 1)::timestamp at time zone zone)
		- (day::timestamp at time zone zone)) / interval_s)::int4
$$;

-- From when on reads of a day are late: wall-clock time, so 23:00 also when the clocks change.
create or replace function reads.days_due(tdu int4, days date[])
returns table (day date, due timestamptz)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select d.day, (d.day::timestamp + t.late_after) at time zone t.zone
	from party.tdu t cross join unnest(days) d (day)
	where t.party = days_due.tdu
$$;

create or replace function reads.current(of_series int4[], days date[])
returns table (series int4, day date, created timestamptz, load int4, line int4, data bytea)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
-- a bitmap would gather the whole range before the first look is answered
set enable_seqscan = off set enable_bitmapscan = off
as $$
declare
	one record;
begin
	for one in
		select k.day, array_agg(k.series) as series, min(k.series) as low,
			max(k.series) as high
		from unnest(current.of_series, current.days) k (series, day) group by k.day order by k.day
	loop
		-- the parts of a utility's day come one after the other, and of a part's meters there is
		-- nothing yet: one look instead of one a meter
		continue when not exists (select from reads.day v
			where v.day = one.day and v.series between one.low and one.high);
		return query
		select distinct on (v.series) v.series, v.day, v.created, v.load, v.line, v.data
		from unnest(one.series) k (series)
		cross join lateral (select * from reads.day v
			where v.series = k.series and v.day = one.day offset 0) v
		order by v.series, v.created desc, v.load desc, v.line desc;
	end loop;
end $$;

create or replace function reads.earlier(tdu int4, days date[])
returns table (day date)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select d.day
	from (select distinct u.day from unnest(days) u (day)) d
	where exists (select from reads.rollup r where r.tdu = earlier.tdu and r.day = d.day)
	order by 1
$$;

-- For how many days in a row before this one the current version of each held estimates; no row: for none.
drop function if exists reads.history(int4[], date, int4);
create or replace function reads.history(of_series int4[], day date, back int4)
returns table (series int4, estimated_days int4)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
declare
	running int4[] := history.of_series;	-- those whose run goes on
	found_all int4[] := '{}';		-- each as often as it has days
	before date;
begin
	if back > 400 then
		raise exception using errcode = 'BB006', message = 'looking back more than 400 days';
	end if;
	for i in 1 .. back loop
		before := day - i;
		running := array(
			select k.series
			from unnest(running) k (series)
			cross join lateral (
				select v.estimated
				from reads.day v
				where v.series = k.series and v.day = before
				order by v.created desc, v.load desc, v.line desc
				limit 1
			) c
			where c.estimated > 0);
		exit when cardinality(running) = 0;
		found_all := found_all || running;
	end loop;
	return query select s.series, count(*)::int4 from unnest(found_all) s (series) group by s.series;
end $$;

create or replace function reads.totals(of_series int4[], day date)
returns table (series int4, total_wh int8)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
declare
	missing int4[] := totals.of_series;
	found_now int4[];
	sums int8[];
	before date;
begin
	for i in 1 .. 8 loop
		before := day - i;
		select array_agg(c.series), array_agg(c.total_wh) into found_now, sums
		from unnest(missing) k (series)
		cross join lateral (
			select v.series, v.total_wh
			from reads.day v
			where v.series = k.series and v.day = before
			order by v.created desc, v.load desc, v.line desc
			limit 1
		) c;
		continue when found_now is null;
		return query select u.s, u.w from unnest(found_now, sums) u (s, w);
		missing := array(select unnest(missing) except select unnest(found_now));
		exit when cardinality(missing) = 0;
	end loop;
end $$;

-- Adds a load's deltas to the roll-ups; the load must be open.
create or replace function reads.rollup_add(load int4, days date[], meter_days int4[],
	intervals int8[], estimated int8[], missing int8[], late int4[], changed int8[],
	load_wh int8[], generation_wh int8[], unknown int4[])
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	f ledger.file := ledger.loading(load);
begin
	if not (cardinality(days) = all (array[cardinality(meter_days), cardinality(intervals),
		cardinality(estimated), cardinality(missing), cardinality(late), cardinality(changed),
		cardinality(load_wh), cardinality(generation_wh), cardinality(unknown)])) then
		raise exception using errcode = 'BB003', message = 'arrays of different lengths';
	end if;
	insert into reads.rollup as r (tdu, day, load, meter_days, intervals, estimated, missing, late,
		changed, load_wh, generation_wh, unknown)
	select f.party, u.day, rollup_add.load, sum(u.md), sum(u.n), sum(u.e), sum(u.m), sum(u.l),
		sum(u.c), sum(u.lw), sum(u.gw), sum(u.u)
	from unnest(days, meter_days, intervals, estimated, missing, late, changed, load_wh,
		generation_wh, unknown) u (day, md, n, e, m, l, c, lw, gw, u)
	group by u.day
	on conflict on constraint rollup_pkey do update set
		meter_days = r.meter_days + excluded.meter_days,
		intervals = r.intervals + excluded.intervals,
		estimated = r.estimated + excluded.estimated,
		missing = r.missing + excluded.missing,
		late = r.late + excluded.late,
		changed = r.changed + excluded.changed,
		load_wh = r.load_wh + excluded.load_wh,
		generation_wh = r.generation_wh + excluded.generation_wh,
		unknown = r.unknown + excluded.unknown;
end $$;

-- Of a load's estimated intervals, those of which the source told how it estimated, as signed deltas.
create or replace function reads.reasons_add(load int4, days date[], methods int4[], estimated int8[])
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	f ledger.file := ledger.loading(load);
begin
	insert into reads.rollup_reason (tdu, day, load, method, estimated)
	select f.party, u.day, reasons_add.load, u.method, u.n from unnest(days, methods, estimated) u (day, method, n);
end $$;

-- Premises became known: what was counted as unknown of them no longer is.
create or replace function reads.rollup_known(load int4, tdu int4, premises int4[])
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
declare
	series int4[] := array(select p * 8 + c from unnest(premises) p, generate_series(0, 7) c);
	of_day record;
	n int4;
begin
	if cardinality(series) = 0 then
		return;
	end if;
	for of_day in
		select r.day from reads.rollup r where r.tdu = rollup_known.tdu
		group by r.day having sum(r.unknown) > 0 order by r.day
	loop
		select count(*) into n
		from unnest(series) k (series)
		where exists (select from reads.day d where d.series = k.series and d.day = of_day.day);
		continue when n = 0;
		insert into reads.rollup as r (tdu, day, load, meter_days, intervals, estimated, missing,
			late, changed, load_wh, generation_wh, unknown)
		values (rollup_known.tdu, of_day.day, rollup_known.load, 0, 0, 0, 0, 0, 0, 0, 0, -n)
		on conflict on constraint rollup_pkey do update set unknown = r.unknown - n;
	end loop;
end $$;

-- The scoreboard of a day: now, or as the ledger stood at an instant (inclusive). received counts
-- meter-days; unknown are those among them whose premise is not known, so not due either.
create or replace function reads.completeness(day date, as_of timestamptz default null)
returns table (tdu text, due int8, received int8, intervals int8, estimated int8, missing int8,
	late int8, changed int8, unknown int8, load_kwh numeric, generation_kwh numeric)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select p.code, coalesce(d.due, 0)::int8, coalesce(r.meter_days, 0), coalesce(r.intervals, 0)::int8,
		coalesce(r.estimated, 0)::int8, coalesce(r.missing, 0)::int8, coalesce(r.late, 0),
		coalesce(r.changed, 0)::int8, coalesce(r.unknown, 0),
		(coalesce(r.load_wh, 0) / 1000)::numeric(20, 3),
		(coalesce(r.generation_wh, 0) / 1000)::numeric(20, 3)
	from party.tdu t
	join party.party p on p.party = t.party
	left join lateral (
		select sum(x.delta) as due
		from premise.due x
		where x.tdu = t.party and x.day <= completeness.day and (as_of is null or exists (
			select from ledger.file f where f.load = x.load and f.loaded_at <= as_of))
	) d on true
	left join lateral (
		select sum(x.meter_days) as meter_days, sum(x.intervals) as intervals,
			sum(x.estimated) as estimated, sum(x.missing) as missing, sum(x.late) as late,
			sum(x.changed) as changed, sum(x.unknown) as unknown, sum(x.load_wh) as load_wh,
			sum(x.generation_wh) as generation_wh
		from reads.rollup x
		where x.tdu = t.party and x.day = completeness.day and (as_of is null or exists (
			select from ledger.file f where f.load = x.load and f.loaded_at <= as_of))
	) r on true
	order by p.code
$$;

-- The price of a kWh at an instant in millionths of the currency; null: no known price, never 0.
-- By the premise's rate class on the local day; of several bands that fit, the latest effective, then
-- the one for weekdays or weekends alone, then the newest statement.
create or replace function reads.price(premise int4, channel int4, at timestamptz)
returns int8
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select r.price_micro
	from premise.premise p
	join party.tdu t on t.party = p.tdu
	cross join lateral (select price.at at time zone t.zone as local) w
	join premise.facts(array[price.premise]) f on f.during @> w.local::date
	join premise.rate r on r.tdu = p.tdu and r.rate = f.rate_class
	where p.premise = price.premise and r.channel = price.channel
		and r.effective <= w.local::date and (r.ends is null or w.local::date <= r.ends)
		and extract(hour from w.local) * 60 + extract(minute from w.local) >= r.from_minute
		and extract(hour from w.local) * 60 + extract(minute from w.local) < r.to_minute
		and (r.days = 'ALL'
			or (r.days = 'WEEKEND') = (extract(isodow from w.local) >= 6))
	order by r.effective desc, r.days = 'ALL', r.created desc, r.load desc, r.line desc
	limit 1
$$;
