-- Register and billing reads from reference files; the common checks are in premise_load.sql.
set local check_function_bodies = off;

-- Energy that a register read states for its day: the kWh if given, else the difference of the
-- readings (over the meter's dials when it rolled over) times the multiplier; null when unknown.
create or replace function reads.register_wh(premise int4, day date, start_wh int8, end_wh int8,
	wh int8)
returns int8
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select coalesce(register_wh.wh, case
		when end_wh >= start_wh
			then (end_wh - start_wh) * coalesce(m.multiplier, 1000) / 1000
		when m.dials between 1 and 12
			then (end_wh - start_wh + power(10::numeric, m.dials)::int8 * 1000)
				* coalesce(m.multiplier, 1000) / 1000
	end)
	from (select 1) one
	left join premise.meter m
		on m.premise = register_wh.premise and m.during @> register_wh.day
$$;

-- The energy that the current register reads state, for comparing with intervals as they come:
-- series[i] on days[i]; no row where nothing is known.
create or replace function reads.registers(series int4[], days date[])
returns table (series int4, day date, wh int8)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select k.series, k.day, s.wh
	from unnest(registers.series, registers.days) k (series, day)
	cross join lateral (
		select reads.register_wh(r.series >> 3, r.day, r.start_wh, r.end_wh, r.wh) as wh
		from reads.register r
		where r.series = k.series and r.day = k.day
		order by r.created desc, r.load desc, r.line desc
		limit 1
	) s
	where s.wh is not null
$$;

-- Of these days, those of which the utility has register reads.
create or replace function reads.register_days(tdu int4, days date[])
returns table (day date)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select d.day from reads.register_day d where d.tdu = register_days.tdu and d.day = any (days)
$$;

create or replace function reads.load_register(load int4)
returns table (line int8, col int4, rule text, severity text, esiid text, found text, expected text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan set work_mem = '64MB'
as $$
declare
	f ledger.file := ledger.loading(load);
	severity_now text := ops.severity(f.party, 'register-mismatch', 'flag');
	most_wh int8 := ops.threshold(f.party, 'register-mismatch', 50);
	of_day date;
begin
	perform premise.stage_measure(load, 'register');
	return query select * from premise.stage_check(load, 'register');
	return query
		select * from premise.stage_conflicts(load, 'register', 'esiid, channel, read_date');
	insert into reads.register (series, day, created, load, line, start_wh, end_wh, wh, status)
	select p.premise * 8 + case when s.channel = 'GENERATION' then 1 else 0 end, s.read_date,
		coalesce(s.created, f.received_at), s.load, s.line, s.start_kwh, s.end_kwh, s.kwh, s.status
	from stage.register s join premise.premise p on p.esiid = s.esiid
	where s.load = load_register.load;
	insert into reads.register_day (tdu, day)
	select distinct f.party, s.read_date from stage.register s where s.load = load_register.load
	on conflict do nothing;
	for of_day in
		select distinct s.read_date from stage.register s where s.load = load_register.load
		order by 1
	loop
		continue when severity_now = 'off' or not reads.has_partition(of_day);
		return query
		with apart as (
			select r.series, r.line, c.total_wh, w.wh, p.esiid
			from reads.register r
			join premise.premise p on p.premise = r.series >> 3
			cross join lateral (
				select reads.register_wh(p.premise, r.day, r.start_wh, r.end_wh, r.wh) as wh
			) w
			cross join lateral (
				select v.total_wh, v.missing from reads.day v
				where v.series = r.series and v.day = of_day
				order by v.created desc, v.load desc, v.line desc
				limit 1
			) c
			where r.load = load_register.load and r.day = of_day and c.missing = 0
				and abs(c.total_wh - w.wh) > most_wh
		), kept as (
			insert into reads.flag (series, day, load, line, rule, found, expected)
			select a.series, of_day, load_register.load, a.line, 'register-mismatch',
				a.total_wh || ' Wh', a.wh || ' Wh by the register' from apart a
		)
		select a.line::int8, 0, 'register-mismatch', severity_now, a.esiid,
			a.total_wh || ' Wh of intervals on ' || of_day,
			a.wh || ' Wh by the register, within ' || most_wh
		from apart a order by a.line;
	end loop;
	delete from stage.register s where s.load = load_register.load;
end $$;

create or replace function reads.load_billing(load int4)
returns table (line int8, col int4, rule text, severity text, esiid text, found text, expected text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan set work_mem = '64MB'
as $$
declare
	f ledger.file := ledger.loading(load);
begin
	perform premise.stage_measure(load, 'billing');
	return query
	with bad as (
		delete from stage.billing s
		where s.load = load_billing.load and s.end_date < s.start_date
		returning s.*
	)
	select b.line::int8, 0, 'field', ops.severity(f.party, 'field', 'reject'), b.esiid,
		format('from %s to %s', b.start_date, b.end_date), 'end_date not before start_date'
	from bad b order by b.line;
	return query select * from premise.stage_check(load, 'billing');
	return query select * from premise.stage_conflicts(load, 'billing',
		'esiid, channel, start_date, end_date');
	insert into reads.billing (series, start_date, end_date, created, load, line, wh, metered_w,
		billed_w, metered_va, billed_va, amount, currency, items, status)
	select p.premise * 8 + case when s.channel = 'GENERATION' then 1 else 0 end, s.start_date,
		s.end_date, coalesce(s.created, f.received_at), s.load, s.line, s.kwh, s.metered_kw,
		s.billed_kw, s.metered_kva, s.billed_kva, s.amount, s.currency, s.items, s.status
	from stage.billing s join premise.premise p on p.esiid = s.esiid
	where s.load = load_billing.load;
	delete from stage.billing s where s.load = load_billing.load;
end $$;
