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
	join premise.premise p on p.premise = o.premise
	join party.tdu t on t.party = p.tdu
	join party.party u on u.party = p.tdu
	cross join lateral (select ops.today(t.zone) as today) n
	where of_esiid is null or p.esiid = of_esiid
	order by upper(o.days) <= n.today nulls first, p.street, p.esiid
	limit most;
end $$;
