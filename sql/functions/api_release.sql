-- /v1: who got what of a customer's reads, as the audit has it.
set local check_function_bodies = off;

-- The state that an agreement was in when an event was written, by the order of events: the hub's clock may have been
-- moved since.
create or replace function api.agreement_was(a agreement.agreement, at_event int8)
returns text
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select coalesce(
		(select e.detail ->> 'state' from audit.event e where e.kind = 'agreement.moved'
			and (e.detail ->> 'agreement')::int8 = a.agreement and e.event < at_event order by e.event desc limit 1),
		(select e.detail ->> 'was' from audit.event e where e.kind = 'agreement.moved'
			and (e.detail ->> 'agreement')::int8 = a.agreement and e.event >= at_event order by e.event limit 1),
		a.state)
$$;

-- Did an agreement give a premise's reads of a kind (null: any) when an event was written?
create or replace function api.agreement_gave(a agreement.agreement, of_premise int4, of_kind text, e audit.event)
returns bool
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select a.recorded_at <= e.recorded_at and (of_kind is null or of_kind = any (a.kinds))
		and api.agreement_was(a, e.event) = 'ACTIVE'
		and not exists (select from audit.event s where s.premise = of_premise and s.event < e.event
			and s.kind = 'agreement.share_ended' and (s.detail ->> 'agreement')::int8 = a.agreement)
$$;

-- Was a premise among those of a release of several? A list says so, of a drop its basis. A release of all that somebody
-- might read says how many: then it is what that one had a right to at the time.
create or replace function api.release_had(e audit.event, of_premise int4, of_days daterange)
returns bool
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
	who text := (select p.kind from party.party p where p.party = e.party);
begin
	return case
		when jsonb_typeof(e.detail -> 'premises') = 'array' then e.detail -> 'premises' @> to_jsonb(of_premise)
		when e.detail ->> 'door' = 'drop' then exists (select from delivery.drop_basis b
			where b.drop = (e.detail ->> 'drop')::int8 and of_premise = any (b.premises))
		when who = 'CSP' then exists (select from agreement.premise x
			join agreement.agreement a on a.agreement = x.agreement
			where x.premise = of_premise and a.csp = e.party
				and a.agreement = coalesce((e.detail ->> 'agreement')::int8, a.agreement)
				and (e.detail ->> 'client' is null or exists (select from oauth.grant g
					where g.agreement = a.agreement and g.client = (e.detail ->> 'client')::int4))
				and api.agreement_gave(a, of_premise, e.detail ->> 'kind', e))
		-- of the custodian: what is granted to clients of any
		when who = 'OPERATOR' then exists (select from agreement.premise x
			join agreement.agreement a on a.agreement = x.agreement
			join oauth.grant g on g.agreement = a.agreement
			where x.premise = of_premise
				and a.agreement = coalesce((e.detail ->> 'agreement')::int8, a.agreement)
				and g.client = coalesce((e.detail ->> 'client')::int4, g.client)
				and (e.kind <> 'espi.customer_released' or g.customer_data)
				and api.agreement_gave(a, of_premise, e.detail ->> 'kind', e))
		when who = 'REP' then exists (select from premise.rep_span s
			where s.rep = e.party and s.premise = of_premise and s.during && of_days)
		when who = 'TDU' then exists (select from premise.premise p where p.premise = of_premise and p.tdu = e.party)
		when who = 'CUSTOMER' then exists (select from api.own_premises(e.party) o
			where o.premise = of_premise and o.days && of_days)
		else false end;
end $$;

-- The days that an event is of. Nothing said: all up to its own.
create or replace function api.release_days(e audit.event)
returns daterange
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select case when e.kind in ('reads.released', 'customer.looked') then daterange((e.detail ->> 'from')::date,
			coalesce((e.detail ->> 'to')::date, d.day), '[]')
		else daterange(d.day, d.day, '[]') end
	from (select (e.recorded_at at time zone 'America/Chicago')::date as day) d
$$;

-- Those who may ever have got reads of premises.
create or replace function api.release_parties(of_premises int4[])
returns setof int4
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
	set plan_cache_mode = force_generic_plan set enable_seqscan = off
as $$
begin
	return query	-- PL/pgSQL: its plan is kept
	select p.tdu from premise.premise p where p.premise = any (of_premises)
	union select s.rep from premise.rep_span s where s.premise = any (of_premises) and s.rep is not null
	union select a.csp from agreement.premise x join agreement.agreement a on a.agreement = x.agreement
		where x.premise = any (of_premises)
	union select c.party from premise.occupancy o join premise.customer c on c.customer = o.customer
		where o.premise = any (of_premises) and c.party is not null
	union select h.party from party.holder_premise t join party.holder h on h.holder = t.holder
		where t.premise = any (of_premises) and h.party is not null
	union select c.party from party.party c where c.code = 'custodian' and c.kind = 'OPERATOR';
end $$;

-- What an event gave, by commas: kinds of reads, "on-demand", "customer" (name, address, account). Empty: a look that gave none.
create or replace function api.release_kinds(e audit.event)
returns text
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select case e.kind when 'command.asked' then 'on-demand' when 'espi.customer_released' then 'customer'
		else coalesce(e.detail ->> 'kind', case when e.detail ? 'kinds' then (select coalesce(string_agg(k, ','), '')
			from jsonb_array_elements_text(e.detail -> 'kinds') k) end, 'interval') end
$$;

create or replace function api.release_body(e audit.event, premises int4[], me int4)
returns jsonb
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select jsonb_build_object('event', e.event, 'at', api.instant(e.recorded_at),
		'who', case when e.party is null then 'OPERATOR' when e.party = me then 'YOU' else p.kind end,
		'code', case when p.kind <> 'CUSTOMER' then p.code end, 'name', case when p.kind <> 'CUSTOMER' then p.name end,
		'what', api.release_kinds(e),
		'esiids', array(select m.esiid from premise.premise m where m.premise = any (premises) order by m.esiid),
		'from', e.detail ->> 'from', 'to', e.detail ->> 'to', 'as_of', e.detail ->> 'as_of',
		'door', coalesce(e.detail ->> 'door', 'espi'), 'agreement', (e.detail ->> 'agreement')::int8,
		'right', e.detail ->> 'right', 'reason', e.detail ->> 'reason')
	from (values (1)) one left join party.party p on p.party = e.party
$$;

-- The one list of who got what of a customer's premises (of_esiid: of one), of the days on which they were its own, that /v1 and the
-- portal show: reads and what is known of the customer, reads that were asked of the meter, looks of the operator. The newest
-- first, behind `before`, `most` at most. The last row has no premises, and says behind what the next page is (null: there
-- is none). Releases of many premises are looked at some at a time, so a page may be short.
create or replace function api.release_events(of_party int4, of_esiid text, before int8, most int4)
returns table (event int8, premises int4[])
language plpgsql security definer set search_path = pg_catalog, pg_temp
	set plan_cache_mode = force_generic_plan set enable_seqscan = off
as $$
declare
	at_once int4;
	top int8 := coalesce(before, 9223372036854775807);
	own int4[];
	own_days datemultirange[];
	many int8[];
	single int8[];
	n int4 := 0;
begin
	select array_agg(o.premise), array_agg(o.days) into own, own_days
	from (select k.premise, range_agg(k.days) as days from api.own_premises(of_party) k
		join premise.premise p on p.premise = k.premise
		where of_esiid is null or p.esiid = of_esiid group by k.premise) o;
	-- each is looked at for each premise
	at_once := greatest(20, least(500, 10000 / greatest(1, coalesce(cardinality(own), 0))));
	many := array(
		select v.event
		from api.release_parties(own) r (party)
		cross join lateral (select e.event from audit.event e where e.party = r.party and e.premise is null
			and e.kind in ('reads.released', 'espi.customer_released') and e.event < top
			order by e.event desc limit at_once) v
		order by 1 desc limit at_once);
	-- of each premise as many as a page has
	single := array(
		select v.event
		from unnest(own, own_days) q (premise, days)
		cross join lateral (select e.event from audit.event e
			where e.premise = q.premise and e.kind in ('reads.released', 'command.asked', 'customer.looked') and e.event < top
				and (cardinality(many) < at_once or e.event >= many[at_once]) and q.days && api.release_days(e)
			order by e.event desc limit most) v
		order by 1 desc limit most);
	for event, premises in
		select v.event, array_agg(v.premise)
		from (
			select e.event, e.premise from unnest(single) s (event) join audit.event e on e.event = s.event
			union all
			select e.event, q.premise from unnest(many) m (event) join audit.event e on e.event = m.event
			cross join unnest(own, own_days) q (premise, days)
			-- all that it may read, taken by itself, is its own: no look for each
			where q.days && api.release_days(e) and (e.party = of_party and e.kind = 'reads.released'
				and jsonb_typeof(e.detail -> 'premises') is distinct from 'array' and e.detail ->> 'door' is distinct from 'drop'
				or api.release_had(e, q.premise, api.release_days(e)))
		) v
		group by v.event
		order by v.event desc
		limit most
	loop
		n := n + 1;
		return next;
	end loop;
	event := case when n = most then event when cardinality(many) = at_once then many[at_once] end;
	premises := null;
	return next;
end $$;

-- A page of that list, as api.release_events has it; the last row has no body.
create or replace function api.releases(shown bytea, of_esiid text, before int8, most int4)
returns table (event int8, body text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.who(shown, '{ACCOUNT,SESSION,PERSONAL}');
begin
	if w.kind <> 'CUSTOMER' then
		raise exception using errcode = 'BB002', message = 'that is for customers';
	end if;
	perform api.scope_need(w, 'agreements');
	return query
	select r.event, case when r.premises is not null then api.release_body(e, r.premises, w.party)::text end
	from api.release_events(w.party, of_esiid, before, most) with ordinality r (event, premises, n)
	left join audit.event e on e.event = r.event
	order by r.n;
end $$;
