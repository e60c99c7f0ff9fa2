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
begin
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
		(7, '/regulator/outcomes', 'SHARES_NOW', (select count(*) from agreement.agreement a where a.state = 'ACTIVE'))
	) x (n1, path, what, n)
	order by x.n1;
end $$;

-- Yesterday's interval reads by utility, whole: nothing is held back here, as it is in public. key: another day.
create or replace function portal.desk_scoreboard(shown bytea, key text, before int8)
returns table (day date, utility text, due int8, received int8, complete text, estimated text, missing text, late text, changed int8)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{REGULATOR}');
	last date := coalesce(portal.day_of(key), ops.today('America/Chicago') - 1);
begin
	return query
	select d.d, c.tdu, c.due::int8, (c.received - c.unknown)::int8, portal.percent(c.received - c.unknown, c.due),
		portal.percent(c.estimated, c.intervals), portal.percent(c.missing, c.intervals), portal.percent(c.late, c.received),
		c.changed::int8
	from generate_series(0, 6) n cross join lateral (select last - n as d) d cross join lateral reads.completeness(d.d) c
	order by d.d desc, c.tdu;
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
	select c.tdu, c.due::int8, (c.received - c.unknown)::int8, portal.percent(c.received - c.unknown, c.due),
		portal.percent(c.estimated, c.intervals), portal.percent(c.missing, c.intervals), portal.percent(c.late, c.received),
		c.changed::int8
	from reads.completeness(ops.today('America/Chicago') - 1) c order by c.tdu;
end $$;

-- 99.97 of a hundred, cut and not rounded: 100 is all of it.
create or replace function portal.percent(part numeric, whole numeric)
returns text
language sql immutable security definer set search_path = pg_catalog, pg_temp
as $$
	select case when whole > 0 then trunc(100 * part / whole, 2) || ' %' end
$$;

create or replace function portal.desk_companies(shown bytea, key text, before int8)
returns table (id text, name text, state text, since timestamptz, shares int8, flags int8, complaints int8)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{REGULATOR}');
begin
	return query
	select p.code, p.name, c.state, c.state_at, (select count(*) from agreement.agreement a where a.csp = c.party and a.state = 'ACTIVE'),
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
begin
	return query
	select s.name, case when s.state in ('ACTIVE', 'SUSPENDED') and not exists (select from ops.approval a
			where a.action = 'csp.order' and a.subject = p.party::text and a.state = 'ASKED'
				and a.valid_until > clock_timestamp()) then 'order' end,
		s.code, s.state, c.state_at, s.requested_at, s.tax_id, s.site, s.privacy_url, s.use_en, s.standing, s.reviewed_by,
		s.approved_by, s.second_by, (select count(*) from agreement.agreement a where a.csp = p.party and a.state = 'ACTIVE')
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
	join agreement.funnel(null, first, last) f on f.csp = p.code
	cross join lateral (
		select count(*) filter (where x.kind = 'match_tried') as tries,
			count(*) filter (where x.kind = 'match_tried' and not (x.detail ->> 'ok')::bool) as failed,
			count(distinct radar.address(x.source)) filter (where x.kind = 'affirmed') as addresses
		from radar.event x where x.csp = c.party and x.kind in ('match_tried', 'affirmed') and x.at >= since and x.at < until) e
	order by p.name;
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

-- key: what is looked for, all of it: words of a kind ("agreement.moved", "csp."), a party's code, a day, `agreement=17`.
-- Among the newest 200,000. Premises show the last four digits.
create or replace function portal.desk_audit(shown bytea, key text, before int8)
returns table (id text, at timestamptz, kind text, actor text, party text, premise text, says text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{REGULATOR}');
	words text[] := array(select x from regexp_split_to_table(lower(trim(coalesce(key, ''))), '\s+') x where x <> '');
	newest int8 := (select max(e.event) from audit.event e);
	parties int4[] := array(select p.party from party.party p where p.code = any (words));
begin
	return query
	select e.event::text, e.recorded_at, e.kind, portal.plain_actor(e.actor), p.code, '…' || right(m.esiid, 4), left(portal.event_words(e.detail), 300)
	from audit.event e
	left join party.party p on p.party = e.party
	left join premise.premise m on m.premise = e.premise
	where e.event > newest - 200000 and (before is null or e.event < before)
		and (cardinality(parties) = 0 or e.party = any (parties))
		and not exists (select from unnest(words) x where (
			x = p.code
			or e.kind like replace(x, '_', '\_') || '%'
			or x ~ '^\d{4}-\d\d-\d\d$' and (e.recorded_at at time zone 'America/Chicago')::date::text = x
			or x ~ '^[a-z_]+=[a-z0-9-]+$' and lower(e.detail ->> split_part(x, '=', 1)) = split_part(x, '=', 2)
			) is not true)
	order by e.event desc limit 50;
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
