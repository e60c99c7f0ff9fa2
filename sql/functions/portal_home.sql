-- What a customer sees at home: who has access, and ends it.
set local check_function_bodies = off;

create or replace function portal.party_of(s portal.session)
returns int4
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select h.party from party.holder h where h.holder = s.holder
$$;

-- Who has access (NOW), asks for it (ASKED), had it or asked for it (PAST). Only the caller's own premises are counted and
-- named. A share of which all that is the caller's has ended is PAST, whatever becomes of the rest. What follows a term
-- that went by is shown in its place.
create or replace function portal.shares(shown bytea)
returns table (part text, agreement int8, csp text, site text, privacy text, use_en text, use_es text, state text, kind text,
	kinds text, premises int8, masked text, street text, city text, starts_at timestamptz, ends_at timestamptz,
	ended_at timestamptz, dies_at timestamptz, by text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
	set plan_cache_mode = force_generic_plan set enable_seqscan = off
as $$
declare
	s portal.session := portal.session_of(shown);
begin
	return query
	with own as materialized (
		select x.agreement, count(*) as n, min(x.premise) as one, bool_and(p.ended_at is not null) as over,
			max(p.ended_at) as over_at
		from api.own_shares(portal.party_of(s)) x
		cross join lateral (select y.* from agreement.premise y where y.agreement = x.agreement and y.premise = x.premise offset 0) p
		group by x.agreement
	)
	select case when t.over or o.over then 'PAST' when a.state = 'PENDING' then 'ASKED' else 'NOW' end,
		a.agreement, p.name, w ->> 'site', w ->> 'privacy', coalesce(w ->> 'use_en', w ->> 'use'),
		coalesce(w ->> 'use_es', w ->> 'use_en', w ->> 'use'), case when o.over and not t.over then 'TERMINATED'
			else a.state end, a.kind, array_to_string(a.kinds, ','), o.n, '…' || right(m.esiid, 4), m.street, m.city,
		a.starts_at, a.ends_at, coalesce(a.ended_at, case when o.over then o.over_at end), a.dies_at,
		case when t.over then a.moved_by when o.over then 'HUB' end
	from own o
	join agreement.agreement a on a.agreement = o.agreement
	join agreement.state t on t.state = a.state
	join party.party p on p.party = a.csp
	join premise.premise m on m.premise = o.one
	cross join lateral agreement.csp_words(a.csp) w
	where agreement.now_of(a.agreement) = a.agreement
	order by 1, a.agreement desc
	limit 200;
end $$;

-- Ends one for all that is the caller's of it, with what renewed it and what is to follow; one that still waits for an
-- answer is declined. The state that it is in then; BB001: it is none of the caller's; BB004: there is nothing to end.
create or replace function portal.share_end(shown bytea, of_agreement int8)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	s portal.session := portal.session_of(shown);
	me int4 := portal.party_of(s);
	actor text := 'customer ' || me;
	own int4[] := array(select x.premise from api.own_shares(me, of_agreement) x);
	whole bool;
	one int8;
	then_is text;
	did bool := false;
begin
	if cardinality(own) = 0 then
		raise exception using errcode = 'BB001', message = 'there is no such agreement for you';
	end if;
	-- others may live at the rest
	whole := not exists (select from agreement.premise x where x.agreement = of_agreement and x.ended_at is null
		and x.premise <> all (own));
	for one in select c.* from agreement.chain(of_agreement) c (agreement) loop
		select a.state into then_is from agreement.agreement a where a.agreement = one for no key update;
		if then_is = 'PENDING' and one = of_agreement and whole then
			perform agreement.take(one, 'decline', 'CUSTOMER', null, actor);
		elsif then_is in ('ACTIVE', 'HELD', 'SUSPENDED') and whole then
			perform agreement.terminate(one, 'CUSTOMER', 'stopped', actor);
		elsif then_is in ('ACTIVE', 'HELD', 'SUSPENDED') or then_is = 'PENDING' and one = of_agreement then
			did := coalesce((select bool_or(agreement.share_end(one, x.premise, ops.now(), 'stopped', actor))
				from api.own_shares(me, one) x), false) or did;
			continue;
		else
			continue;
		end if;
		did := true;
	end loop;
	if not did then
		raise exception using errcode = 'BB004', message = 'it has ended already';
	end if;
	return (select a.state from agreement.agreement a where a.agreement = agreement.now_of(of_agreement));
end $$;
