-- Who read a customer's data, as its page shows it.
set local check_function_bodies = off;

-- A page of the list that /v1 has too (api.release_events), newest first: what one reader took by one door on one day is one row.
-- last: behind what the next page begins, null when there is none; a page may have that alone, in a row without a day. event:
-- the newest of the row, which can be proven (audit.proof).
create or replace function portal.reads(shown bytea, before int8 default null)
returns table (day date, who text, part text, door text, kinds text, times int8, from_day date, to_day date, masked text,
	places int8, reason text, last int8, event int8)
language plpgsql security definer set search_path = pg_catalog, pg_temp
	set plan_cache_mode = force_generic_plan set enable_seqscan = off
as $$
declare
	s portal.session := portal.session_of(shown);
	me int4 := portal.party_of(s);
begin
	return query
	with r as materialized (select x.* from api.release_events(me, null, before, 500) x),
	behind as (select x.event from r x where x.premises is null),
	g as (
		select (e.recorded_at at time zone 'America/Chicago')::date as on_day, e.party, coalesce(e.detail ->> 'door',
			case when e.party is not null then 'espi' else '' end) as by_door, array_agg(e.event) as events,
			lower(range_merge(range_agg(api.release_days(e)))) as first, upper(range_merge(range_agg(api.release_days(e)))) - 1 as final,
			string_agg(distinct api.release_kinds(e), ',') as given, max(e.detail ->> 'reason') as why
		from r join audit.event e on e.event = r.event
		where r.premises is not null
		-- each look of the operator has its reason
		group by on_day, e.party, by_door, case when e.party is null then e.event end
	)
	select g.on_day, p.name, case when g.party is null then 'OPERATOR' when g.party = me then 'YOU' else p.kind end, g.by_door,
		(select coalesce(string_agg(distinct k, ',' order by k), '') from unnest(string_to_array(g.given, ',')) k where k <> ''),
		cardinality(g.events)::int8, g.first, g.final, '…' || right(m.least, 4), m.n, g.why, (select b.event from behind b),
		(select max(x) from unnest(g.events) x)
	from g
	left join party.party p on p.party = g.party
	cross join lateral (select min(q.esiid) as least, count(distinct q.premise) as n
		from r join premise.premise q on q.premise = any (r.premises) where r.event = any (g.events)) m
	union all
	select null, null, null, null, null, null, null, null, null, null, null, b.event, null from behind b
	where b.event is not null and not exists (select from g)
	order by 13 desc;
end $$;
