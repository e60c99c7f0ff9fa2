-- What the portal's pages of utilities and of retail electric providers need beyond what /v1 answers.
set local check_function_bodies = off;

-- ---- utilities ----

-- How a utility's files and reads stand: what came in the last 24 hours and what became of it, the day before today in its
-- zone, and the meter commands that wait for it.
create or replace function portal.tdu_home(shown bytea)
returns table (files int8, waiting int8, held int8, refused int8, faulty int8, loaded_at timestamptz, day date, due int8,
	received int8, intervals int8, estimated int8, missing int8, late int8, commands int8)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{TDU}');
	since timestamptz := clock_timestamp() - interval '24 hours';
	last date := ops.today((select t.zone from party.tdu t where t.party = w.party)) - 1;
begin
	return query
	select f.n, (select count(*) from ledger.file x where x.party = w.party and x.state = 'RECEIVED'),
		(select count(*) from ledger.file x where x.party = w.party and x.state = 'HELD'), f.refused, f.faulty,
		(select max(x.loaded_at) from ledger.file x where x.party = w.party and x.state = 'LOADED'),
		last, d.due, d.received, d.intervals, d.estimated, d.missing, d.late,
		(select count(*) from odr.command c where c.tdu = w.party and c.state in ('PENDING', 'TAKEN', 'READY'))
	from (
		select count(*) as n, count(*) filter (where x.state = 'REFUSED') as refused,
			count(*) filter (where x.rejects_sha256 is not null) as faulty
		from ledger.file x where x.party = w.party and x.received_at > since
	) f
	cross join portal.tdu_figures(w.party, last, 1) d;
end $$;

-- A utility's reads by day, the newest first: what was due and came, what of it by six, noon and 23:00 of the day after
-- in its zone, what is late, estimated, missing or corrected, and what came of premises that nobody has announced.
create or replace function portal.tdu_figures(of_tdu int4, last date, days int4)
returns table (day date, due int8, received int8, unknown int8, intervals int8, estimated int8, missing int8, late int8,
	changed int8, by_six int8, by_noon int8, by_night int8)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select n.day, d.due, r.received, r.unknown, r.intervals, r.estimated, r.missing, r.late, r.changed,
		r.by_six, r.by_noon, r.by_night
	from party.tdu t
	cross join lateral (select last - i as day from generate_series(0, least(days, 62) - 1) i) n
	cross join lateral (select coalesce(sum(x.delta), 0)::int8 as due from premise.due x
		where x.tdu = t.party and x.day <= n.day) d
	cross join lateral (
		select coalesce(sum(x.meter_days - x.unknown), 0)::int8 as received, coalesce(sum(x.unknown), 0)::int8 as unknown,
			coalesce(sum(x.intervals), 0)::int8 as intervals, coalesce(sum(x.estimated), 0)::int8 as estimated,
			coalesce(sum(x.missing), 0)::int8 as missing, coalesce(sum(x.late), 0)::int8 as late,
			coalesce(sum(x.changed), 0)::int8 as changed,
			coalesce(sum(x.meter_days - x.unknown) filter (where f.hub_at < k.noon - interval '6 hours'), 0)::int8 as by_six,
			coalesce(sum(x.meter_days - x.unknown) filter (where f.hub_at < k.noon), 0)::int8 as by_noon,
			coalesce(sum(x.meter_days - x.unknown) filter (where f.hub_at < k.noon + interval '11 hours'), 0)::int8 as by_night
		from reads.rollup x
		-- noon is never where the clocks change
		cross join lateral (select (n.day + 1 + time '12:00') at time zone t.zone as noon) k
		left join ledger.file f on f.load = x.load
		where x.tdu = t.party and x.day = n.day
	) r
	where t.party = of_tdu
	order by n.day desc
$$;

-- last null: yesterday in the utility's zone.
create or replace function portal.tdu_days(shown bytea, last date, days int4)
returns table (day date, due int8, received int8, unknown int8, intervals int8, estimated int8, missing int8, late int8,
	changed int8, by_six int8, by_noon int8, by_night int8)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{TDU}');
begin
	return query
	select x.* from portal.tdu_figures(w.party,
		coalesce(last, ops.today((select t.zone from party.tdu t where t.party = w.party)) - 1), days) x;
end $$;

-- Premises of a utility of which on a day a channel has no reads though it is due, at most 200; looked for among the next
-- 5,000 behind `after`, so that a page costs little however many there are. The last row has no ESI ID and says where the
-- next look begins (null: all were looked at).
create or replace function portal.tdu_absent(shown bytea, of_day date, after int4)
returns table (place int4, esiid text, due int4, here int4, city text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
declare
	w api.principal := portal.person_of(shown, '{TDU}');
	those int4[] := array(select p.premise from premise.premise p
		where p.tdu = w.party and p.known and p.premise > coalesce(after, 0) order by p.premise limit 5000);
	n int4 := 0;
begin
	for place, esiid, due, here, city in
	select p.premise, p.esiid, f.channels::int4, r.n::int4, p.city
	from premise.facts(those) f
	join premise.premise p on p.premise = f.premise
	cross join lateral (
		select count(distinct d.series) as n from reads.day d
		where d.day = of_day and d.series in (f.premise * 8, f.premise * 8 + 1)) r
	where f.status = 'ACTIVE' and f.during @> of_day and r.n < f.channels
	order by p.premise limit 200
	loop
		n := n + 1;
		return next;
	end loop;
	if n < 200 then
		place := case when cardinality(those) = 5000 then those[5000] end;
	end if;
	esiid := null;
	due := null;
	here := null;
	city := null;
	return next;
end $$;

-- Meters whose reads are estimated for days in a row, as the loader found it on the last 35 days: of each the last that
-- it said.
create or replace function portal.tdu_streaks(shown bytea, most int4)
returns table (esiid text, channel text, day date, found text, file int8, name text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{TDU}');
begin
	return query
	select s.* from (
		select distinct on (r.series) p.esiid, case r.series & 7 when 0 then 'consumption' when 1 then 'generation' end, r.day,
			r.found, f.file, f.name
		from reads.flag r
		join premise.premise p on p.premise = r.series >> 3 and p.tdu = w.party
		join ledger.file f on f.load = r.load
		where r.rule = 'estimate-streak' and r.day > ops.today('America/Chicago') - 35
		order by r.series, r.day desc, r.load desc
	) s
	order by s.day desc, s.esiid
	limit least(most, 1000);
end $$;

-- Files that changed meter-days which had come before, newest first.
create or replace function portal.tdu_corrections(shown bytea, before int8, most int4)
returns table (file int8, name text, loaded_at timestamptz, changed int8, first_day date, last_day date)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{TDU}');
begin
	return query
	select f.file, f.name, f.loaded_at, c.changed, c.first_day, c.last_day
	from (
		select x.load, sum(x.changed)::int8 as changed, min(x.day) as first_day, max(x.day) as last_day
		from reads.rollup x where x.tdu = w.party and x.changed > 0 group by x.load
	) c
	join ledger.file f on f.load = c.load
	where before is null or f.file < before
	order by f.file desc
	limit least(most, 200);
end $$;

-- Meter commands of a utility, newest first; of one state if given.
create or replace function portal.tdu_commands(shown bytea, of_state text, before int8, most int4)
returns table (command int8, kind text, esiid text, meter text, state text, reason text, asked_at timestamptz,
	answered_at timestamptz, expires_at timestamptz, takes int4)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{TDU}');
begin
	return query
	select c.command, c.kind, p.esiid, c.meter_number, c.state, c.reason, c.asked_at, c.answered_at, c.expires_at, c.takes
	from odr.command c
	join premise.premise p on p.premise = c.premise
	where c.tdu = w.party and (of_state is null or c.state = of_state) and (before is null or c.command < before)
	order by c.command desc
	limit least(most, 200);
end $$;

-- ---- retail electric providers ----

-- How a provider stands: its customers today and those who came or go around today, and its drops of the last seven days.
create or replace function portal.rep_home(shown bytea)
returns table (customers int8, came int8, went int8, subscriptions int8, delivered int8, failed int8, waiting int8,
	last_built timestamptz)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{REP}');
	today date := ops.today('America/Chicago');
	since timestamptz := clock_timestamp() - interval '7 days';
begin
	return query
	select s.n, s.came, s.went, d.subscriptions, d.delivered, d.failed, d.waiting, d.last_built
	from (
		select coalesce(sum(x.begun - x.ended), 0)::int8 as n,
			coalesce(sum(x.begun) filter (where x.day >= today - 6), 0)::int8 as came,
			coalesce(sum(x.ended) filter (where x.day >= today - 6), 0)::int8 as went
		from premise.rep_count x where x.rep = w.party and x.day <= today
	) s
	cross join lateral (
		select count(distinct u.subscription) filter (where u.state = 'ACTIVE') as subscriptions,
			count(o."drop") filter (where o.state in ('BUILT', 'DELIVERED') and o.built_at > since) as delivered,
			count(o."drop") filter (where o.state = 'FAILED' and o.ended_at > since) as failed,
			count(o."drop") filter (where o.state in ('DUE', 'BUILDING')) as waiting, max(o.built_at) as last_built
		from delivery.account a
		join delivery.subscription u on u.account = a.account
		left join delivery.drop o on o.subscription = u.subscription
		where a.party = w.party
	) d;
end $$;

-- Premises with the days on which this provider is or was the one of record: of one ESI ID, or behind `after`. All days of a
-- premise stand together, so a page may be somewhat longer than `most`.
create or replace function portal.rep_customers(shown bytea, of_esiid text, now_only bool, after int4, most int4)
returns table (place int4, esiid text, tdu text, street text, city text, class text, from_day date, to_day date, now bool)
language plpgsql security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
declare
	w api.principal := portal.person_of(shown, '{REP}');
	today date := ops.today('America/Chicago');
begin
	return query
	select p.premise, p.esiid, y.name, p.street, p.city, p.class, lower(s.during), upper(s.during) - 1, s.during @> today
	from (
		select x.premise, x.during from premise.rep_span x
		where x.rep = w.party and x.premise > coalesce(after, 0)
			and (of_esiid is null or x.premise = (select o.premise from premise.premise o where o.esiid = of_esiid))
			and (not now_only or x.during @> today)
		order by x.premise fetch first (least(most, 500)) rows with ties
	) s
	join premise.premise p on p.premise = s.premise
	join party.party y on y.party = p.tdu
	order by s.premise, lower(s.during);
end $$;
