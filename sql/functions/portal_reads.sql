-- Who read a customer's data: from the events without which no read leaves.
set local check_function_bodies = off;

-- Events by which reads of a customer's premises, of days on which it lived there, were given to somebody; and looks of
-- operators at the customer, which gave none. A release of
-- many that does not name them had those that its owner could read then: a REP's of the time of its span, a third
-- party's by an agreement that was in force. The newest of each owner, behind `before`.
create or replace function portal.releases(of_party int4, before int8, most int4)
returns table (event int8, premise int4)
language plpgsql stable rows 20 security definer set search_path = pg_catalog, pg_temp
	set plan_cache_mode = force_generic_plan set enable_seqscan = off
as $$
begin
	return query
	with own as materialized (select o.* from api.own_premises(of_party) o),
	shares as materialized (
		select a.agreement, a.csp, x.premise, a.kinds, a.recorded_at
		from api.own_shares(of_party) x join agreement.agreement a on a.agreement = x.agreement
	), spans as materialized (
		select r.rep, r.premise, r.during from own o join premise.rep_span r on r.premise = o.premise
	), bulk as materialized (
		select e.*, daterange((e.detail ->> 'from')::date, (e.detail ->> 'to')::date, '[]') as days,
			case when jsonb_typeof(e.detail -> 'premises') = 'array' then e.detail -> 'premises' end as named
		from (select s.csp as party from shares s union select s.rep from spans s) w
		cross join lateral (
			select v.* from audit.event v
			where v.party = w.party and v.premise is null and v.kind = 'reads.released' and v.event < releases.before
			order by v.event desc limit 2000) e
	)
	(select e.event, o.premise
	from own o cross join lateral (
		select v.* from audit.event v
		where v.premise = o.premise and v.kind in ('reads.released', 'customer.looked') and v.event < releases.before
			and o.days && daterange((v.detail ->> 'from')::date, (v.detail ->> 'to')::date, '[]')
		order by v.event desc limit releases.most) e)
	union all
	(select b.event, o.premise
	from bulk b join own o on o.days && b.days
	where case when b.named is not null then b.named @> to_jsonb(o.premise)
		when b.detail ->> 'door' = 'drop' then exists (select from delivery.drop_basis d
			where d.drop = (b.detail ->> 'drop')::int8 and o.premise = any (d.premises))
		else exists (select from spans s where s.rep = b.party and s.premise = o.premise and s.during && b.days)
			or exists (select from shares s
				where s.csp = b.party and s.premise = o.premise and s.recorded_at <= b.recorded_at
					and coalesce((b.detail ->> 'agreement')::int8, s.agreement) = s.agreement
					and coalesce(b.detail ->> 'kind', s.kinds[1]) = any (s.kinds)
					and portal.ran_at(s.agreement, s.csp, s.premise, b.event)) end)
	order by 1 desc limit releases.most;
end $$;

-- Was an agreement in force for a premise when an event was written? As its last move before it says.
create or replace function portal.ran_at(of_agreement int8, csp int4, premise int4, event int8)
returns bool
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
	set plan_cache_mode = force_generic_plan
as $$
begin
	return (
		select coalesce((
			select v.detail ->> 'state' = 'ACTIVE' from audit.event v
			where v.party = ran_at.csp and v.kind = 'agreement.moved' and (v.detail ->> 'agreement')::int8 = of_agreement
				and v.event < ran_at.event
			order by v.event desc limit 1),
			-- one that was never asked for began as it is recorded
			(select a.invited_at is null from agreement.agreement a where a.agreement = of_agreement))
			and not exists (select from audit.event v
				where v.premise = ran_at.premise and v.kind = 'agreement.share_ended'
					and (v.detail ->> 'agreement')::int8 = of_agreement and v.event < ran_at.event));
end $$;

-- A page of them, newest first: what one reader took by one door on one day is one row. last: the oldest event of the page,
-- behind which the next one begins. event: the newest of the row, which can be proven (audit.proof).
drop function if exists portal.reads(bytea, int8);
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
	with r as materialized (select x.* from portal.releases(me, coalesce(before, 9223372036854775807), 500) x)
	select (e.recorded_at at time zone 'America/Chicago')::date as on_day, p.name,
		case when e.party is null then 'OPERATOR' when e.party = me then 'YOU' else p.kind end as whose,
		coalesce(e.detail ->> 'door', ''), (select coalesce(string_agg(distinct k, ','), '') from r x
			join audit.event y on y.event = x.event
			cross join lateral (select jsonb_array_elements_text(case when jsonb_typeof(y.detail -> 'kinds') = 'array'
				then y.detail -> 'kinds' else jsonb_build_array(y.detail ->> 'kind') end) as k) k
			where x.event = any (array_agg(e.event))),
		count(distinct e.event), min((e.detail ->> 'from')::date), max((e.detail ->> 'to')::date),
		'…' || right(min(m.esiid), 4), count(distinct m.premise), max(e.detail ->> 'reason'),
		(select min(x.event) from r x), max(e.event)
	from r
	join audit.event e on e.event = r.event
	join premise.premise m on m.premise = r.premise
	left join party.party p on p.party = e.party
	group by on_day, p.name, whose, e.detail ->> 'door', case when e.party is null then e.event end
	order by max(e.event) desc;
end $$;
