-- Registrations as they stand: what a state allows, the time a step has, the queue, what is missing.
set local check_function_bodies = off;

-- ---- what a state allows ----

-- May anything be agreed with, built for or given to it? Before it is live: of the sandbox.
create or replace function party.csp_open(state text)
returns bool
language sql immutable security definer set search_path = pg_catalog, pg_temp
as $$
	select state in ('ACTIVE', 'TESTED', 'APPROVED', 'REVIEWED', 'CONFIRMED', 'REQUESTED')
$$;

-- May it have to do with that premise at all? A real one only when it is live. What of its reads it may see is
-- the agreement's matter (reads.rights).
-- PL/pgSQL, as the two below: they stand in every invitation, and plans are kept.
create or replace function party.csp_may(of_csp int4, of_premise int4)
returns bool
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
	state text := (select c.state from party.csp c where c.party = of_csp);
begin
	return state = 'ACTIVE' or coalesce(party.csp_open(state) and (select t.sandbox
		from premise.premise p join party.tdu t on t.party = p.tdu where p.premise = of_premise), false);
end $$;

-- Faults of ESI IDs that one who is not live may not ask for: by their utility's prefix, so that it says nothing
-- of whether there is such a premise. [{"row": 1, "code": "not-live", "message": …}]
create or replace function party.csp_outside(of_csp int4, esiids text[])
returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
	if (select c.state = 'ACTIVE' from party.csp c where c.party = of_csp) then
		return '[]';
	end if;
	return (select coalesce(jsonb_agg(jsonb_build_object('row', u.n, 'code', 'not-live', 'message',
			'before it is live a third party asks for premises of the sandbox alone')
			order by u.n), '[]')
		from unnest(esiids) with ordinality u (esiid, n)
		where not exists (select from party.tdu_prefix x join party.tdu t on t.party = x.tdu
			where t.sandbox and x.prefix::text = left(btrim(u.esiid), 7)));
end $$;

-- The wall behind every way to an agreement.
create or replace function party.agreement_premise_may()
returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	of_csp int4 := (select a.csp from agreement.agreement a where a.agreement = new.agreement);
begin
	if (select c.state = 'ACTIVE' from party.csp c where c.party = of_csp)
		or party.csp_may(of_csp, new.premise) then
		return new;
	end if;
	raise exception using errcode = 'BB002',
		message = 'a third party that is not live has to do with premises of the sandbox alone';
end $$;
create or replace trigger csp_may before insert on agreement.premise
	for each row execute function party.agreement_premise_may();

-- ---- time ----

-- 24:00 in Texas of the n-th day, or the n-th weekday, after an instant.
create or replace function party.step_deadline(at timestamptz, n int4, weekdays bool)
returns timestamptz
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select (d.day + 1)::timestamp at time zone 'America/Chicago'
	from (select (at at time zone 'America/Chicago')::date + i as day
		from generate_series(1, 2 * n + 7) i) d
	where not weekdays or extract(isodow from d.day) < 6
	order by d.day offset n - 1 limit 1
$$;

create or replace function party.csp_acted(of_csp int4, of_act text)
returns party.csp_act
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select a.* from party.csp_act a where a.csp = of_csp and a.act = of_act
$$;

-- When a registration expires; null while it waits for the hub, not for the CSP.
create or replace function party.csp_expires(of_csp int4)
returns timestamptz
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select party.step_deadline(greatest(c.state_at, case c.state when 'TESTED' then
			(party.csp_acted(of_csp, 'SECOND')).at end),
		ops.setting_of(w.setting)::int4, w.weekdays)
	from party.csp c join party.csp_wait w on w.state = c.state
	join party.csp_profile f on f.csp = c.party
	where c.party = of_csp and not (c.state = 'REVIEWED' and f.certificate is not null)
		and not (c.state = 'TESTED' and (party.csp_acted(of_csp, 'SECOND')).at is null)
$$;

-- Ready for a step: locks the CSP. BB004: its time is over.
create or replace function party.csp_ready(of_csp int4)
returns party.csp
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	c party.csp;
begin
	select x.* into c from party.csp x where x.party = of_csp for no key update;
	if not found then
		raise exception using errcode = 'BB001', message = 'there is no such CSP';
	end if;
	if party.csp_expires(of_csp) <= ops.now() then
		raise exception using errcode = 'BB004', message = format(
			'the time for this step ended at %s: the registration begins anew',
			to_char(party.csp_expires(of_csp) at time zone 'America/Chicago', 'YYYY-MM-DD HH24:MI'));
	end if;
	return c;
end $$;

-- ---- the queue ----

-- First come, first served: the place among those that no operator has reviewed yet; null behind that.
create or replace function party.csp_position(of_csp int4)
returns int4
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select (select count(*)::int4 from party.csp x
		where x.state in ('REQUESTED', 'CONFIRMED')
			and (x.requested_at, x.party) <= (c.requested_at, c.party))
	from party.csp c
	where c.party = of_csp and c.state in ('REQUESTED', 'CONFIRMED')
$$;

-- What it waits for, in words.
create or replace function party.csp_missing(of_csp int4)
returns text
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select case c.state
		when 'REQUESTED' then 'its contact confirms the mailbox'
		when 'CONFIRMED' then 'an operator reviews it'
		when 'REVIEWED' then case when f.certificate is null then 'its client certificate'
			else 'an operator approves it' end
		when 'APPROVED' then 'the connectivity test: ' || (
			select string_agg(k.name, ', ' order by k.place) from party.csp_check k
			where k.needed and not exists (select from party.csp_check_result r
				where r.csp = of_csp and r.name = k.name and r.passed))
		when 'TESTED' then case when (party.csp_acted(of_csp, 'SECOND')).at is null
			then 'the approval of a second person' else 'it switches itself to live' end
	end
	from party.csp c left join party.csp_profile f on f.csp = c.party
	where c.party = of_csp
$$;

create or replace function party.csp_list()
returns table (code text, name text, state text, step int4, "position" int4, missing text, expires_at timestamptz,
	requested_at timestamptz)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select p.code, p.name, c.state, case c.state when 'REQUESTED' then 1 when 'CONFIRMED' then 2
			when 'REVIEWED' then 2 when 'APPROVED' then 3 when 'TESTED' then 3 end,
		party.csp_position(c.party), party.csp_missing(c.party), party.csp_expires(c.party),
		c.requested_at
	from party.csp c join party.party p on p.party = c.party
	order by p.code
$$;

create or replace function party.csp_show(of_code text)
returns table (code text, name text, state text, step int4, "position" int4, missing text, expires_at timestamptz,
	requested_at timestamptz, tax_id text, duns text, site text, privacy_url text, use_en text, use_es text,
	standing text, capability text, terms_version int4, redirect_uris text, portal_uri text,
	notification_uri text, certificate bytea, client_id text, reviewed_by text, approved_by text,
	second_by text)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select l.*, f.tax_id, f.duns, f.site, f.privacy_url, f.use_en, f.use_es, f.standing, f.capability,
		f.terms_version, array_to_string(f.redirect_uris, ' '), f.portal_uri, f.notification_uri,
		f.certificate, k.client_id, (party.csp_acted(p.party, 'REVIEW')).actor,
		(party.csp_acted(p.party, 'APPROVE')).actor, (party.csp_acted(p.party, 'SECOND')).actor
	from party.csp_list() l join party.party p on p.code = l.code
	left join party.csp_profile f on f.csp = p.party
	left join party.csp_client k on k.csp = p.party and k.ended_at is null
	where l.code = lower(of_code)
$$;

create or replace function party.csp_named(of_code text)
returns int4
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
	found_csp int4 := (select c.party from party.csp c join party.party p on p.party = c.party
		where p.code = lower(of_code));
begin
	if found_csp is null then
		raise exception using errcode = 'BB001', message = format('there is no CSP "%s"', of_code);
	end if;
	return found_csp;
end $$;

-- ---- the clock ----

-- Does what customers asked for, and ends what has run out: registrations, customers' ties to premises they have
-- left. Gives how many.
create or replace function party.csp_tick()
returns int4
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	one record;
	n int4 := 0;
begin
	for one in select c.party from party.csp c join party.csp_wait w on w.state = c.state
		where party.csp_expires(c.party) <= ops.now() order by c.party for no key update of c skip locked
	loop
		if party.csp_expires(one.party) <= ops.now() then
			perform party.csp_end(one.party, 'expire', null, 'clock');
			n := n + 1;
		end if;
	end loop;
	return n + party.holder_claims() + party.upload_tick() + party.holder_ties() + party.holder_tick() + portal.forgotten_tick();
end $$;

create or replace function party.csp_next_due()
returns timestamptz
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select least((select min(party.csp_expires(c.party)) from party.csp c
			join party.csp_wait w on w.state = c.state),
		(select min(a.asked_at) from party.claim a),
		(select min(u.asked_at) from party.upload u where u.state = 'WAITING'),
		(select min(h.ties_asked_by) from party.holder h where h.ties_asked_by is not null),
		(select min(f.asked_at) from portal.forgotten f),
		(select min(upper(o.during)::timestamp at time zone t.zone)
		from party.holder_premise h join premise.premise p on p.premise = h.premise
		join party.tdu t on t.party = p.tdu
		join premise.occupancy o on o.premise = h.premise and o.customer = h.customer
		where h.state <> 'ENDED' and not upper_inf(o.during)
			and upper(o.during)::timestamp at time zone t.zone > ops.now()))
$$;

-- ---- invariants ----

create or replace function party.check_csp()
returns table (name text, ok bool, found text)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select 'a third party before it is live has agreements over the sandbox alone', count(*) = 0,
		coalesce('CSPs ' || string_agg(distinct p.code, ', '), 'all')
	from party.csp c join party.party p on p.party = c.party
	join agreement.agreement a on a.csp = c.party
	join agreement.premise x on x.agreement = a.agreement
	where c.state <> 'ACTIVE' and party.csp_open(c.state) and not party.csp_may(c.party, x.premise)
	union all
	select 'who went live was approved by two persons', count(*) = 0,
		coalesce('CSPs ' || string_agg(p.code, ', ' order by p.code), 'all')
	from party.csp c join party.party p on p.party = c.party
	where c.requested_at is not null and c.state in ('ACTIVE', 'SUSPENDED', 'REVOKED')
		and 2 > (select count(distinct a.actor) from party.csp_act a
			where a.csp = c.party and a.act in ('APPROVE', 'SECOND'))
$$;
