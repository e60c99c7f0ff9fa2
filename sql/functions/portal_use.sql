-- What a customer's pages about use need beside the reads themselves, which leave by api.release_open alone.
set local check_function_bodies = off;

-- The caller's premises, those where it lives now first; of one ESI ID if given. first_day, last_day: when it has lived
-- there (last_day null: it still does), with what was between not told apart. meter: the one that is there, or was there
-- last. newest: the last day that its utility has sent reads of, up to today and the customer's last; null: none.
-- The columns changed.
drop function if exists portal.places(bytea, text, int4);
drop function if exists portal.newest(bytea, text);
create function portal.places(shown bytea, of_esiid text default null, most int4 default 200)
returns table (esiid text, street text, city text, utility text, zone text, channels int4, class text, first_day date,
	last_day date, today date, newest date, meter text, places int8)
language plpgsql security definer set search_path = pg_catalog, pg_temp
	set plan_cache_mode = force_generic_plan set enable_seqscan = off
as $$
declare
	s portal.session := portal.session_of(shown);
begin
	return query
	with own as materialized (
		select o.premise, range_agg(o.days) as days
		from (select x.premise, unnest(x.days) as days from api.own_premises(portal.party_of(s)) x) o
		group by o.premise
	)
	select p.esiid, p.street, p.city, u.name, t.zone, coalesce(p.channels, 1)::int4, p.class,
		case when not lower_inf(o.days) then lower(o.days) end,
		case when upper(o.days) <= n.today then upper(o.days) - 1 end, n.today,
		(select max(r.day) from reads.rollup r where r.tdu = p.tdu
			and r.day <= least(n.today, upper(o.days) - 1)),
		(select m.meter_number from premise.meter m where m.premise = p.premise and m.during && o.days
			order by lower(m.during) desc limit 1),
		(select count(*) from own)
	from own o
	-- by key: it is a customer's, who has few; a plan made once for all would read all of a utility's
	cross join lateral (select y.* from premise.premise y where y.premise = o.premise offset 0) p
	join party.tdu t on t.party = p.tdu
	join party.party u on u.party = p.tdu
	cross join lateral (select ops.today(t.zone) as today) n
	where of_esiid is null or p.esiid = of_esiid
	order by upper(o.days) <= n.today nulls first, p.street, p.esiid
	limit most;
end $$;

-- What is known of one of the caller's premises, its meter, its provider, and how many more reads of the meter it may ask
-- for within the hour. BB001: it is none of the caller's.
create or replace function portal.facts(shown bytea, of_esiid text)
returns table (esiid text, street text, city text, state text, zip text, utility text, class text, status text,
	load_profile text, rate_class text, channels int4, meter text, meter_since date, manufacturer text, model text,
	interval_s int4, multiplier int8, provider text, provider_since date, hour_most int4, hour_left int4)
language plpgsql security definer set search_path = pg_catalog, pg_temp
	set plan_cache_mode = force_generic_plan set enable_seqscan = off
as $$
declare
	s portal.session := portal.session_of(shown);
begin
	return query
	select p.esiid, p.street, p.city, p.state, p.zip, u.name, p.class, p.status, p.load_profile, p.rate_class,
		coalesce(p.channels, 1)::int4, m.meter_number, lower(m.during), m.manufacturer, m.model, m.interval_s, m.multiplier,
		y.name, lower(r.during), k.hour_most, greatest(0, k.hour_most - (select count(*) from odr.command c
			where c.premise = p.premise and c.kind = k.kind and c.real_asked_at > clock_timestamp() - interval '1 hour'))::int4
	from (select x.premise, range_agg(x.span) as days
		from (select o.premise, unnest(o.days) as span from api.own_premises(portal.party_of(s)) o) x
		group by x.premise) o
	cross join lateral (select y.* from premise.premise y where y.premise = o.premise offset 0) p
	join party.tdu t on t.party = p.tdu
	join party.party u on u.party = p.tdu
	join odr.kind k on k.kind = 'ON_DEMAND_READ'
	cross join lateral (select ops.today(t.zone) as today) n
	left join premise.meter m on m.premise = p.premise and m.during @> n.today and o.days @> n.today
	left join premise.rep_span r on r.premise = p.premise and r.during @> n.today and o.days @> n.today
	left join party.party y on y.party = r.rep
	where p.esiid = of_esiid;
	if not found then
		raise exception using errcode = 'BB001', message = 'there is no such premise for you';
	end if;
end $$;

-- Asks for a read of its meter now, and what became of those that were asked for: odr.ask and odr.asked, for customers.
create or replace function portal.read_now(shown bytea, of_esiid text)
returns table (result text, wait_s int4, command int8)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	perform portal.session_of(shown);
	return query select a.result, a.wait_s, a.command from odr.ask(shown, of_esiid, '', 'ON_DEMAND_READ', '', 'portal') a;
end $$;

create or replace function portal.reads_now(shown bytea, of_esiid text)
returns table (command int8, state text, reason text, asked_at timestamptz, answered_at timestamptz, read_at timestamptz,
	read_wh int8, generation_wh int8)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	perform portal.session_of(shown);
	return query
	select a.command, a.state, a.reason, a.asked_at, a.answered_at, a.read_at, a.read_wh, a.generation_wh
	-- it may have been asked for other things since
	from odr.asked(shown, null, of_esiid, 200) a where a.kind = 'ON_DEMAND_READ' order by a.command desc limit 10;
end $$;
