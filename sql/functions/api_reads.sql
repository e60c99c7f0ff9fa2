-- Reads for the API: a release is opened for who has shown something, and read by the same.
set local check_function_bodies = off;

-- First half; commit before the second. Days are local and inclusive; or instants, from inclusive, to not. A list of
-- ESI IDs, or null: all that the caller may read. not_found: those of the list that there is nothing of for it,
-- whatever the reason.
create or replace function api.release_open(shown bytea, esiids text[], kind text, from_day date, to_day date,
	from_at timestamptz, to_at timestamptz, as_of timestamptz, versions bool, door text)
returns table (number int8, premises int4, first_day date, last_day date, not_found text, tdus text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan set enable_seqscan = off
as $$
declare
	w api.principal := api.who(shown, '{ACCOUNT,SESSION,PERSONAL,ACCESS}');
	wanted int4[];
	given int4[];
begin
	perform api.scope_need(w, kind);
	if cardinality(esiids) > 1000 then
		raise exception using errcode = 'BB006', message = 'at most 1000 ESI IDs at once';
	end if;
	if esiids is not null then
		select coalesce(array_agg(p.premise), '{}') into wanted
		from premise.premise p where p.esiid = any (esiids);
	end if;
	first_day := from_day;
	last_day := to_day;
	if from_at is not null or to_at is not null then
		if from_at is null or to_at is null or from_at >= to_at or from_day is not null or to_day is not null then
			raise exception using errcode = 'BB003',
				message = 'expected two days, or two instants of which the first is before the second';
		end if;
		select min((from_at at time zone z.zone)::date), max(((to_at - interval '1 us') at time zone z.zone)::date)
		into first_day, last_day
		from (
			select distinct t.zone from party.tdu t
			where wanted is null or t.party in (
				select p.tdu from premise.premise p where p.premise = any (wanted))
		) z;
	end if;
	if first_day is null and from_at is not null then	-- none of them is known
		first_day := from_at::date;
		last_day := to_at::date;
	end if;
	select m.number, m.given into release_open.number, given
	from reads.release_make(w.party, w.agreement, wanted, kind, coalesce(first_day, from_day),
		coalesce(last_day, to_day), as_of, versions, door,
		case when w.kind = 'CUSTOMER' then 'customer ' || w.party else coalesce(w.login, w.code) end) m;
	premises := cardinality(given);
	if esiids is not null and premises < cardinality(esiids) then
		not_found := (select string_agg(distinct e, ',') from unnest(esiids) e
			where e not in (select p.esiid from premise.premise p where p.premise = any (given)));
	end if;
	tdus := (select string_agg(distinct y.code, ',') from premise.premise p join party.party y on y.party = p.tdu
		where p.premise = any (given[1:1000]));
	return next;
end $$;

-- The number, if the release is the caller's own.
create or replace function api.release_of(shown bytea, number int8)
returns reads.release
language plpgsql security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan set enable_seqscan = off
as $$
declare
	w api.principal := api.who(shown, '{ACCOUNT,SESSION,PERSONAL,ACCESS}');
	r reads.release;
begin
	select o.* into r from reads.release o
	where o.number = release_of.number and o.principal = w.party
		-- by one of its agreements an account opens them too: utility.release_open
		and (o.agreement is not distinct from w.agreement
			or o.door = 'utility' and w.agreement is null and w.class in ('ACCOUNT', 'SESSION'));
	if not found then
		raise exception using errcode = 'BB001', message = 'there is no such open release';
	end if;
	return r;
end $$;

-- Second half, which checks again. Intervals come by premise, day, channel, version.
create or replace function api.release_rows(shown bytea, number int8)
returns table (series int4, channel int4, day date, created timestamptz, load int4, line int4,
	loaded_at timestamptz, data bytea, esiid text, tdu text, zone text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
	r reads.release := api.release_of(shown, number);
begin
	if r.premise is not null then
		return query select o.* from reads.release_rows(r.number) o;
	else
		return query select o.* from reads.release_many_rows(r.number) o;
	end if;
end $$;

create or replace function api.release_registers(shown bytea, number int8)
returns table (channel int4, day date, created timestamptz, load int4, line int4,
	loaded_at timestamptz, start_wh int8, end_wh int8, wh int8, status text, esiid text,
	tdu text, zone text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
	r reads.release := api.release_of(shown, number);
begin
	return query
	select o.*, y.code, t.zone
	from reads.release_registers(r.number) o
	join premise.premise p on p.esiid = o.esiid
	join party.tdu t on t.party = p.tdu
	join party.party y on y.party = p.tdu
	order by p.premise, o.day, o.channel, o.created, o.load, o.line;
end $$;

create or replace function api.release_billings(shown bytea, number int8)
returns table (channel int4, start_date date, end_date date, created timestamptz, load int4, line int4,
	loaded_at timestamptz, wh int8, metered_w int8, billed_w int8, metered_va int8, billed_va int8,
	amount int8, currency text, items text, status text, esiid text, tdu text, zone text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
	r reads.release := api.release_of(shown, number);
begin
	return query
	select o.*, y.code, t.zone
	from reads.release_billings(r.number) o
	join premise.premise p on p.esiid = o.esiid
	join party.tdu t on t.party = p.tdu
	join party.party y on y.party = p.tdu
	order by p.premise, o.end_date, o.start_date, o.channel, o.created, o.load, o.line;
end $$;

-- Prices of the premises of a release: premise.prices() of each.
create or replace function api.release_prices(shown bytea, number int8)
returns table (esiid text, channel int4, first_day date, last_day date, days text, from_minute int4, to_minute int4,
	price_micro int8, currency text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	r reads.release := api.release_of(shown, number);
	those int4[] := (select array_agg(s.premise order by s.premise) from reads.release_spans(r.number, r.kind) s);
begin
	if cardinality(those) > 100 then
		raise exception using errcode = 'BB006', message = 'costs are for at most 100 premises at once';
	end if;
	return query
	select p.esiid::text, x.*
	from unnest(those) k
	join premise.premise p on p.premise = k
	cross join lateral premise.prices(p.premise, r.from_day, r.to_day) x;
end $$;

-- How far each utility's reads have come: its last load, and of yesterday how many meter-days were due and are here.
create or replace function api.freshness()
returns table (tdu text, loaded_at timestamptz, day date, due int8, received int8)
language sql security definer set search_path = pg_catalog, pg_temp
as $$
	select y.code, (select max(f.loaded_at) from ledger.file f where f.party = t.party and f.state = 'LOADED'),
		d.day, coalesce((select sum(x.delta) from premise.due x where x.tdu = t.party and x.day <= d.day), 0)::int8,
		coalesce((select sum(x.meter_days - x.unknown) from reads.rollup x
			where x.tdu = t.party and x.day = d.day), 0)::int8
	from party.tdu t
	join party.party y on y.party = t.party
	cross join lateral (select ops.today(t.zone) - 1 as day) d
$$;
