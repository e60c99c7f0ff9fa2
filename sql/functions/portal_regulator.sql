-- The regulator's pages: figures of utilities, outcomes of what third parties ask, the audit events, orders that two of
-- its people want. Never a reading: no function here has one to give.
set local check_function_bodies = off;

-- ---- home ----

create or replace function portal.desk_watch(shown bytea, key text, before int8)
returns table (id text, what text, n int8)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{REGULATOR}');
	of_sandbox int8[];
	shares int8 := ops.kept('shares_now', '');
begin
	if shares is null then
		of_sandbox := array(select portal.sandbox_shares());
		shares := (select count(*) from agreement.agreement a where a.state = 'ACTIVE' and a.agreement <> all (of_sandbox));
		perform ops.keep('shares_now', '', shares, to_jsonb(shares));
	end if;
	return query
	select x.path, x.what, x.n from (values
		(1, '/regulator/approvals', 'SECOND_PERSONS', (select count(*) from ops.approval a
			join ops.approval_action k on k.action = a.action
			where k.kind = 'REGULATOR' and a.state = 'ASKED' and a.valid_until > clock_timestamp())),
		(2, '/regulator/flags', 'FLAGS', (select count(*) from radar.hit h where h.cleared_at is null)),
		(3, '/regulator/complaints', 'COMPLAINTS', (select count(*) from radar.complaint c where c.state = 'OPEN')),
		(4, '/regulator/orders', 'ORDERS', (select count(*) from radar.commission_order o where o.carried_out_at is null)),
		(5, '/regulator/companies?f=suspended', 'SUSPENDED_CSPS', (select count(*) from party.csp c where c.state = 'SUSPENDED')),
		(6, '/regulator/companies?f=live', 'LIVE_CSPS', (select count(*) from party.csp c where c.state = 'ACTIVE')),
		(7, '/regulator/outcomes', 'SHARES_NOW', shares)
	) x (n1, path, what, n)
	order by x.n1;
end $$;

-- How complete the reads of a day and of those before it are, of utilities that are overseen: none of the sandbox, and none
-- before the first day that counts, as reports have it. That day is asked once of each utility, not for each of the days.
create or replace function portal.complete_on(of_day date, days int4)
returns table (day date, utility text, due int8, received int8, complete text, estimated text, missing text, late text, changed int8)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
	return query
	with u as materialized (
		select p.code, p.name, report.measured_from(t.party, (select max(r.load) from reads.rollup r where r.tdu = t.party)) as since
		from party.tdu t join party.party p on p.party = t.party
		where not t.sandbox
	)
	select d.d, u.name, c.due::int8, (c.received - c.unknown)::int8, portal.percent(c.received - c.unknown, c.due),
		portal.percent(c.estimated, c.intervals), portal.percent(c.missing, c.intervals), portal.percent(c.late, c.received),
		c.changed::int8
	from generate_series(0, days - 1) n
	cross join lateral (select of_day - n as d) d
	cross join lateral reads.completeness(d.d) c
	join u on u.code = c.tdu and d.d >= u.since
	order by d.d desc, u.name;
end $$;

-- Yesterday's interval reads by utility and those of the six days before, whole: nothing is held back here, as it is in
-- public. key: another day.
create or replace function portal.desk_scoreboard(shown bytea, key text, before int8)
returns table (day date, utility text, due int8, received int8, complete text, estimated text, missing text, late text, changed int8)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{REGULATOR}');
begin
	return query select c.* from portal.complete_on(coalesce(portal.day_of(key), ops.today('America/Chicago') - 1), 7) c;
end $$;

-- The same of yesterday alone.
create or replace function portal.desk_yesterday(shown bytea, key text, before int8)
returns table (utility text, due int8, received int8, complete text, estimated text, missing text, late text, changed int8)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{REGULATOR}');
begin
	return query
	select c.utility, c.due, c.received, c.complete, c.estimated, c.missing, c.late, c.changed
	from portal.complete_on(ops.today('America/Chicago') - 1, 1) c;
end $$;

-- 99.97 of a hundred, cut and not rounded: 100 is all of it.
create or replace function portal.percent(part numeric, whole numeric)
returns text
language sql immutable security definer set search_path = pg_catalog, pg_temp
as $$
	select case when whole > 0 then trunc(100 * part / whole, 2) || ' %' end
$$;

-- Agreements that are about the sandbox: nobody's reads. From its few premises by index; in one statement the planner takes a
-- sixth of all premises for the sandbox's, and reads them all.
create or replace function portal.sandbox_shares()
returns setof int8
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
	made_up int4[] := array(select p.premise from party.tdu t join premise.premise p on p.tdu = t.party where t.sandbox);
begin
	return query select distinct x.agreement from unnest(made_up) m join agreement.premise x on x.premise = m;
end $$;

create or replace function portal.desk_companies(shown bytea, key text, before int8)
returns table (id text, name text, state text, since timestamptz, shares int8, flags int8, complaints int8)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{REGULATOR}');
	of_sandbox int8[] := array(select portal.sandbox_shares());
begin
	return query
	select p.code, p.name, c.state, c.state_at, (select count(*) from agreement.agreement a where a.csp = c.party and a.state = 'ACTIVE' and a.agreement <> all (of_sandbox)),
		(select count(*) from radar.hit h where h.csp = c.party and h.cleared_at is null),
		(select count(*) from radar.complaint k where k.csp = c.party)
	from party.csp c join party.party p on p.party = c.party
	where case key when 'live' then c.state = 'ACTIVE' when 'suspended' then c.state = 'SUSPENDED' else true end
	order by p.name;
end $$;

create or replace function portal.desk_company(shown bytea, key text, before int8)
returns table (title text, may text, code text, state text, since timestamptz, requested_at timestamptz, tax_id text, site text,
	privacy_url text, use_en text, standing text, reviewed_by text, approved_by text, second_by text, shares int8)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{REGULATOR}');
	of_sandbox int8[] := array(select portal.sandbox_shares());
begin
	return query
	select s.name, case when s.state in ('ACTIVE', 'SUSPENDED') and not exists (select from ops.approval a
			where a.action = 'csp.order' and a.subject = p.party::text and a.state = 'ASKED'
				and a.valid_until > clock_timestamp()) then 'order' end,
		s.code, s.state, c.state_at, s.requested_at, s.tax_id, s.site, s.privacy_url, s.use_en, s.standing, s.reviewed_by,
		s.approved_by, s.second_by, (select count(*) from agreement.agreement a where a.csp = p.party and a.state = 'ACTIVE' and a.agreement <> all (of_sandbox))
	from party.csp_show(key) s join party.party p on p.code = s.code join party.csp c on c.party = p.party;
end $$;

-- The reasons for which it was suspended.
create or replace function portal.desk_company_suspensions(shown bytea, key text, before int8)
returns table (began_at timestamptz, cause text, reason text, began_by text, ended_at timestamptz, ended_by text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{REGULATOR,OPERATOR}');
begin
	return query
	select s.began_at, s.cause, s.reason, s.began_by, s.ended_at, s.ended_by
	from radar.suspensions(party.csp_named(key)) s order by s.suspension desc;
end $$;

-- ---- what came of what third parties asked ----

-- key: a month as 2026-11, else the running one. Counts of docket 47472: silence apart from a no; tries to prove a
-- customer; addresses from which affirmations came.
create or replace function portal.desk_outcomes(shown bytea, key text, before int8)
returns table (csp text, invited int8, waiting int8, affirmed int8, declined int8, reported int8, lapsed int8, undeliverable int8,
	withdrawn int8, ended_by_customer int8, tries int8, tries_failed int8, addresses int8, flags int8, reads int8)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{REGULATOR}');
	first date := portal.month_of(key);
	last date := (first + interval '1 month')::date - 1;
	counted jsonb := ops.kept('outcomes', first::text);
begin
	if counted is null then
		select coalesce(jsonb_agg(o), '[]') into counted from portal.outcomes_of(first, last) o;
		perform ops.keep('outcomes', first::text, (select sum((o ->> 'invited')::int8 + (o ->> 'tries')::int8 + (o ->> 'reads')::int8)
			from jsonb_array_elements(counted) o)::int8, counted);
	end if;
	return query
	select o.* from jsonb_to_recordset(counted) o (csp text, invited int8, waiting int8, affirmed int8, declined int8, reported int8,
		lapsed int8, undeliverable int8, withdrawn int8, ended_by_customer int8, tries int8, tries_failed int8, addresses int8,
		flags int8, reads int8)
	order by o.csp;
end $$;

-- The same, counted.
create or replace function portal.outcomes_of(first date, last date)
returns table (csp text, invited int8, waiting int8, affirmed int8, declined int8, reported int8, lapsed int8, undeliverable int8,
	withdrawn int8, ended_by_customer int8, tries int8, tries_failed int8, addresses int8, flags int8, reads int8)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
	since timestamptz := first::timestamp at time zone 'America/Chicago';
	until timestamptz := (last + 1)::timestamp at time zone 'America/Chicago';
begin
	return query
	select p.name, f.invited, f.sent + f.delivered + f.opened, f.affirmed, f.declined, f.reported, f.lapsed, f.undeliverable, f.withdrawn,
		(select count(*) from agreement.agreement a where a.csp = c.party and a.state = 'TERMINATED' and a.moved_by = 'CUSTOMER'
			and a.ended_at >= since and a.ended_at < until),
		e.tries, e.failed, e.addresses,
		(select count(*) from radar.hit h where h.csp = c.party and h.at >= since and h.at < until),
		(select count(*) from audit.event v where v.party = c.party and v.kind = 'reads.released'
			and v.recorded_at >= since and v.recorded_at < until)
	from party.csp c join party.party p on p.party = c.party
	join agreement.funnel_without(null, first, last, array(select portal.sandbox_shares())) f on f.csp = p.code
	cross join lateral (
		select count(*) filter (where x.kind = 'match_tried') as tries,
			count(*) filter (where x.kind = 'match_tried' and not (x.detail ->> 'ok')::bool) as failed,
			count(distinct radar.address(x.source)) filter (where x.kind = 'affirmed') as addresses
		from radar.event x where x.csp = c.party and x.kind in ('match_tried', 'affirmed') and x.at >= since and x.at < until) e;
end $$;

create or replace function portal.month_of(key text)
returns date
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
	return case when key ~ '^20[0-9]{2}-(0[1-9]|1[0-2])$' then (key || '-01')::date
		else date_trunc('month', ops.today('America/Chicago'))::date end;
end $$;

-- ---- the audit events ----

-- The first event that was recorded at an instant or later; behind all of them, where there is none. Numbers and times go
-- up together, but for what two sessions wrote at once.
create or replace function audit.event_at(at timestamptz)
returns int8
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
	set plan_cache_mode = force_generic_plan
as $$
declare
	low int8 := coalesce((select min(e.event) from audit.event e), 1);
	past int8 := coalesce((select max(e.event) from audit.event e), 0) + 1;
	middle int8;
begin
	while low < past loop
		middle := (low + past) / 2;
		-- numbers have gaps: of the first one from there on
		if (select e.recorded_at from audit.event e where e.event >= middle order by e.event limit 1) < at then
			low := middle + 1;
		else
			past := middle;
		end if;
	end loop;
	return low;
end $$;

-- The kinds that begin with any of these words; one look into the index for each that there is.
create or replace function portal.kinds_like(words text[])
returns text[]
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	with recursive k as (
		select (select min(e.kind) from audit.event e) as kind
		union all
		select (select min(e.kind) from audit.event e where e.kind > k.kind) from k where k.kind is not null
	)
	select coalesce(array_agg(k.kind), '{}') from k where exists (select from unnest(words) x where starts_with(k.kind, x))
$$;

-- What a search is for: its words, each of which narrows it down. A day (2026-11-27) or two (2026-11-01..2026-11-27); an
-- ESI ID; name=value of an event's details; an organisation by its code or the beginning of its name; the beginning of a
-- kind. Null: no such things are asked for; none found: '{}'.
create or replace function portal.audit_sought(key text)
returns table (kinds text[], parties int4[], premises int4[], since timestamptz, past timestamptz, details text[])
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
	x text;
	named int4[];
begin
	since := '-infinity';
	past := 'infinity';
	foreach x in array regexp_split_to_array(lower(trim(coalesce(key, ''))), '\s+') loop
		if x = '' then
			continue;
		elsif x ~ '^\d{4}-\d\d-\d\d(\.\.\d{4}-\d\d-\d\d)?$' then
			since := greatest(since, portal.day_of(left(x, 10))::timestamp at time zone 'America/Chicago');
			past := least(past, (portal.day_of(right(x, 10)) + 1)::timestamp at time zone 'America/Chicago');
		elsif x ~ '^\d{10,22}$' then
			premises := coalesce(premises, '{}') || array(select p.premise from premise.premise p where p.esiid = x);
		elsif x ~ '^[a-z_]+=.' then
			details := coalesce(details, '{}') || x;
			-- of an agreement all is its third party's
			if x ~ '^agreement=\d{1,18}$' and parties is null then
				parties := array(select a.csp from agreement.agreement a where a.agreement = split_part(x, '=', 2)::int8);
			end if;
		else
			named := array(select p.party from party.party p where p.code = x
				or p.kind <> 'CUSTOMER' and starts_with(lower(p.name), x));
			if named <> '{}' and portal.kinds_like(array[x]) = '{}' then
				parties := case when parties is null then named else array(select unnest(parties) intersect select unnest(named)) end;
			else
				kinds := case when kinds is null then portal.kinds_like(array[x])
					else array(select unnest(kinds) intersect select unnest(portal.kinds_like(array[x]))) end;
			end if;
		end if;
	end loop;
	return next;
end $$;

-- The numbers of the events that a search finds, newest first, behind `before`: by the index of what narrows it most.
-- Details alone, or nothing, are looked for among 200,000 events of the time that was named.
create or replace function portal.audit_found(key text, before int8, most int4)
returns setof int8
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
	set plan_cache_mode = force_custom_plan
as $$
declare
	s record;
	low int8;
	high int8;
	at timestamptz := (select e.recorded_at from audit.event e where e.event = before);
	name text;	-- of the first detail, which most events fail
	value text;
begin
	select o.* into s from portal.audit_sought(key) o;
	name := split_part(s.details[1], '=', 1);
	value := substr(s.details[1], strpos(s.details[1], '=') + 1);
	-- a minute more: what two sessions wrote at once
	low := case when isfinite(s.since) then audit.event_at(s.since - interval '1 min') else 0 end;
	high := least(before - 1, case when isfinite(s.past) then audit.event_at(s.past + interval '1 min')
		else (select coalesce(max(e.event), 0) from audit.event e) end);
	if s.premises is not null then
		return query
		select e.event from unnest(s.premises) p cross join lateral (select v.* from audit.event v
			where v.premise = p and v.event between low and high and (s.kinds is null or v.kind = any (s.kinds))
				and (s.parties is null or v.party = any (s.parties)) and v.recorded_at >= s.since and v.recorded_at < s.past
				and (s.details is null or lower(v.detail ->> name) = value
				and (s.details[2] is null or portal.audit_says(v.detail, s.details)))
			order by v.event desc limit most) e
		order by 1 desc limit most;
	elsif s.parties is not null and s.kinds is null then
		return query
		select e.event from unnest(s.parties) p cross join lateral (select v.* from audit.event v
			where v.party = p and v.event between low and high and v.recorded_at >= s.since and v.recorded_at < s.past
				and (s.details is null or lower(v.detail ->> name) = value
				and (s.details[2] is null or portal.audit_says(v.detail, s.details)))
			order by v.event desc limit most) e
		order by 1 desc limit most;
	elsif s.kinds is not null then
		-- the index is by time, which numbers follow but for what two sessions wrote at once: so these pages go by time
		return query
		select e.event from unnest(s.kinds) k cross join lateral (select v.* from audit.event v
			where v.kind = k and v.recorded_at >= s.since and v.recorded_at < s.past
				and v.recorded_at <= coalesce(at, 'infinity')
				and (before is null or (v.recorded_at, v.event) < (at, before))
				and (s.parties is null or v.party = any (s.parties))
				and (s.details is null or lower(v.detail ->> name) = value
				and (s.details[2] is null or portal.audit_says(v.detail, s.details)))
			order by v.recorded_at desc, v.event desc limit most) e
		order by e.recorded_at desc, e.event desc limit most;
	else
		return query
		select v.event from audit.event v
		where v.event between greatest(low, high - 200000) and high
			and v.recorded_at >= s.since and v.recorded_at < s.past and (s.details is null or lower(v.detail ->> name) = value
				and (s.details[2] is null or portal.audit_says(v.detail, s.details)))
		order by v.event desc limit most;
	end if;
end $$;

-- Are all of these (name=value) in the details of an event?
create or replace function portal.audit_says(detail jsonb, sought text[])
returns bool
language plpgsql immutable security definer set search_path = pg_catalog, pg_temp
as $$
begin
	return not exists (select from unnest(sought) d where lower(detail ->> split_part(d, '=', 1))
		is distinct from substr(d, strpos(d, '=') + 1));
end $$;

-- Premises show the last four digits.
create or replace function portal.desk_audit(shown bytea, key text, before int8)
returns table (id text, at timestamptz, kind text, actor text, party text, premise text, says text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{REGULATOR}');
	found_events int8[] := array(select * from portal.audit_found(key, before, 50));
begin
	return query
	select e.event::text, e.recorded_at, e.kind, portal.plain_actor(e.actor), case when p.kind <> 'CUSTOMER' then p.name end,
		'…' || right(m.esiid, 4), left(portal.event_words(e.detail), 300)
	from audit.event e
	left join party.party p on p.party = e.party
	left join premise.premise m on m.premise = e.premise
	where e.event = any (found_events)
	order by array_position(found_events, e.event);
end $$;

-- A customer's login is a mailbox or a name of its own: it stays out.
create or replace function portal.plain_actor(actor text)
returns text
language sql immutable security definer set search_path = pg_catalog, pg_temp
as $$
	select regexp_replace(actor, '\S+@\S+', '…')
$$;

create or replace function portal.event_words(detail jsonb)
returns text
language sql immutable security definer set search_path = pg_catalog, pg_temp
as $$
	select string_agg(format('%s: %s', d.key, d.value), '; ' order by d.key)
	from jsonb_each_text(detail - 'premises' - 'esiid' - 'esiids') d where d.value is not null
$$;

create or replace function portal.desk_event(shown bytea, key text, before int8)
returns table (title text, at timestamptz, kind text, actor text, party text, premise text, detail text, entry text, signed text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{REGULATOR}');
begin
	return query
	select e.kind, e.recorded_at, e.kind, portal.plain_actor(e.actor), p.code, '…' || right(m.esiid, 4), portal.event_words(e.detail),
		l.entry::text, (select format('%s, %s', c.size, api.instant(c.signed_at)) from audit.checkpoint c
			where c.size > l.entry order by c.size limit 1)
	from audit.event e left join party.party p on p.party = e.party left join premise.premise m on m.premise = e.premise
	left join audit.leaf l on l.event = e.event
	where e.event = portal.number_of(key);
end $$;

-- Where the proof of an event is to be had, by who may have it.
create or replace function portal.proof_of(w api.principal, of_event int8)
returns table (id text, what text)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select format('v1/audit/events/%s/proof', l.event), 'PROOF' from audit.leaf l where l.event = of_event and w.kind = 'REGULATOR'
$$;

create or replace function portal.desk_event_proof(shown bytea, key text, before int8)
returns table (id text, what text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	return query select p.id, p.what from portal.proof_of(portal.person_of(shown, '{REGULATOR}'), portal.number_of(key)) p;
end $$;

-- How far the signed tree is: what an offline verifier needs to know first.
create or replace function portal.desk_tree(shown bytea, key text, before int8)
returns table (origin text, size int8, signed_size int8, signed_at timestamptz, signer text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{REGULATOR}');
begin
	return query
	select s.origin, s.size, s.signed_size, s.signed_at, (select k.known_as from audit.keys() k order by k.since desc limit 1)
	from audit.state() s where s.origin is not null;
end $$;

-- ---- orders ----

-- Asks a second person of the regulator's: words are docket, what (SUSPEND, TERMINATE, LIFT), the day of the notice, the
-- utilities' codes, why. What they say is the order; its digest is kept as that of a document is.
create or replace function portal.act_order(shown bytea, key text, words text[])
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{REGULATOR}', 'MEMBER');
	of_csp int4 := party.csp_named(key);
	notice date := portal.day_of(words[3]);
	codes text[] := array(select x from regexp_split_to_table(lower(trim(words[4])), '[\s,;]+') x where x <> '' order by 1);
begin
	if words[2] not in ('SUSPEND', 'TERMINATE', 'LIFT') or trim(words[1]) !~ '^[0-9A-Za-z][0-9A-Za-z .-]{0,39}$' then
		raise exception using errcode = 'BB003', message = 'expected a docket of letters, digits, blanks, points and hyphens, and '
			'what is ordered';
	elsif notice is null or notice > ops.today('America/Chicago') then
		raise exception using errcode = 'BB003', message = 'the third party was given notice on a day that has been';
	elsif cardinality(codes) = 0 or exists (select from unnest(codes) x where not exists (select from party.find(x) p
		where p.kind = 'TDU')) then
		raise exception using errcode = 'BB003', message = 'an order names the utilities that it directs, by their codes';
	end if;
	perform ops.approval_ask('csp.order', of_csp::text, jsonb_build_object('docket', trim(words[1]), 'what', words[2],
		'notice_on', notice, 'utilities', array_to_string(codes, ','), 'csp', key), trim(words[5]), portal.actor(w));
	return key;
end $$;

-- What the second one's word does: the order is recorded, and carried out at once.
create or replace function radar.order_approved(subject text, detail jsonb, actor text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	made int8;
begin
	made := radar.order_add(detail ->> 'docket', subject::int4, detail ->> 'what', (detail ->> 'notice_on')::date,
		array(select p.party from string_to_table(detail ->> 'utilities', ',') c (code), lateral party.find(c.code) p),
		'as entered at the portal', sha256(convert_to(detail::text, 'UTF8')), actor);
	perform radar.order_carry_out(made, actor);
end $$;
