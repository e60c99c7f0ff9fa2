-- Third parties register at the portal: they ask, hand in their certificate, test, go live; and try things meanwhile.
set local check_function_bodies = off;

-- The version of the terms that a registration accepts.
create or replace function portal.terms_version()
returns int4
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select ops.setting_of('csp.terms_version')::int4
$$;

-- Step 1, as `busbar csp register`: the request, its contact, and that one as the organisation's first person, who gets a
-- way in when the mailbox is confirmed. BB004: too many from that network; BB005: the code or tax ID is taken.
create or replace function portal.csp_register(code text, name text, f party.csp_profile, contact_sealed bytea,
	contact_place bytea, contact_index bytea, domains bytea[], person_name bytea, person_sealed bytea, person_place bytea,
	language text, source inet)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	made int4;
	one bytea;
begin
	if delivery.must_wait(source, '') > 0 then
		raise exception using errcode = 'BB004', message = 'there were too many requests from your network: try again later';
	end if;
	perform delivery.guessed(source, '');
	f.terms_version := portal.terms_version();
	made := party.csp_request(code, name, f, contact_sealed, contact_place, contact_index, language, 'portal');
	foreach one in array domains loop
		perform radar.own_domain_add(made, one, 'site');
	end loop;
	if not exists (select from party.person x where x.party = made and x.removed_at is null) then
		perform party.person_add(code, 'ADMIN', person_name, person_sealed, person_place, contact_index, 'portal');
	end if;
	-- of a registration that came to nothing before
	update delivery.account a set state = 'OPEN' where a.party = made and a.person is not null;
	update party.person x set language = csp_register.language where x.party = made and x.removed_at is null;
end $$;

-- Its mailbox is confirmed: those of its people who have no password get a link by which they choose one.
create or replace function portal.csp_welcome(of_csp int4)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	perform portal.link_send(a.account, 'person-invited', make_interval(hours => ops.setting_of('portal.invited_h')::int4))
	from delivery.account a join party.person x on x.person = a.person
	where x.party = of_csp and x.removed_at is null and a.state = 'OPEN'
		and not exists (select from delivery.credential c where c.account = a.account and c.ended_at is null);
end $$;

-- How a registration stands. certificate: as it was handed in, in DER.
create or replace function portal.csp_registration(shown bytea)
returns table (code text, name text, state text, "position" int4, missing text, expires_at timestamptz,
	requested_at timestamptz, tax_id text, site text, privacy_url text, use_en text, use_es text, standing text,
	capability text, redirects text, certificate bytea, client_id text, reviewed bool, approved bool, second bool)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.csp(shown, '{ACCOUNT}');
begin
	return query
	select s.code, s.name, s.state, s."position", s.missing, s.expires_at, s.requested_at, s.tax_id, s.site, s.privacy_url,
		s.use_en, s.use_es, s.standing, s.capability, s.redirect_uris, s.certificate, s.client_id,
		s.reviewed_by is not null, s.approved_by is not null, s.second_by is not null
	from party.csp_show(w.code) s;
end $$;

-- The steps of the test, as they came out the last time.
create or replace function portal.csp_checks(shown bytea)
returns table (name text, needed bool, passed bool, found text, at timestamptz)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.csp(shown, '{ACCOUNT}');
begin
	return query
	select k.name, k.needed, coalesce(r.passed, false), coalesce(r.found, ''), r.at
	from party.csp_check k left join party.csp_check_result r on r.csp = w.party and r.name = k.name
	order by k.place;
end $$;

-- Its certificate, before an operator has approved it.
create or replace function portal.csp_certificate(shown bytea, chain bytea)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.csp(shown, '{ACCOUNT}');
	c party.csp;
begin
	perform api.writes(w, 'ADMIN');
	c := party.csp_ready(w.party);
	if c.state not in ('REQUESTED', 'CONFIRMED', 'REVIEWED') then
		raise exception using errcode = 'BB004', message = 'it is approved with the certificate that it had: add another one '
			'to your box';
	end if;
	update party.csp_profile f set certificate = chain where f.csp = w.party;
	perform audit.record('csp.certificate', w.login, w.party, null, jsonb_build_object('sha256', encode(sha256(chain), 'hex')));
end $$;

-- Runs the test, as `busbar csp test`.
create or replace function portal.csp_test(shown bytea, certificate_passed bool, certificate_found text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.csp(shown, '{ACCOUNT}');
begin
	perform api.writes(w);
	perform party.csp_test(w.party, certificate_passed, certificate_found, w.login);
end $$;

-- The CSP switches itself to live: an admin of its own is the CSP.
create or replace function portal.csp_live(shown bytea)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.csp(shown, '{ACCOUNT}');
	c party.csp;
begin
	perform api.writes(w, 'ADMIN');
	c := party.csp_ready(w.party);
	if c.state = 'TESTED' and (party.csp_acted(c.party, 'SECOND')).at is null then
		raise exception using errcode = 'BB004', message = 'a second person has not approved it yet';
	end if;
	return party.csp_move(c.party, 'live', 'csp ' || w.code);
end $$;

-- ---- the sandbox ----

-- Premises to try invitations with: those of utilities that are made up, with what stands on their bill.
create or replace function portal.sandbox_premises(shown bytea, most int4)
returns table (esiid text, meter text, certificate text, rep text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
	set plan_cache_mode = force_generic_plan set enable_seqscan = off
as $$
declare
	made_up int4[] := array(select p.premise from party.tdu t join premise.premise p on p.tdu = t.party where t.sandbox);
begin
	perform api.csp(shown, '{ACCOUNT}');
	return query
	select p.esiid, m.meter_number, r.certificate, y.name
	from unnest(made_up) x (premise)
	join premise.premise p on p.premise = x.premise
	join party.tdu t on t.party = p.tdu
	cross join lateral (select n.meter_number from premise.meter n where n.premise = p.premise
		and n.during @> (ops.now() at time zone t.zone)::date order by n.meter_number limit 1) m
	join premise.rep_span s on s.premise = p.premise and s.during @> (ops.now() at time zone t.zone)::date
	join party.rep r on r.party = s.rep
	join party.party y on y.party = r.party
	order by p.premise limit most;
end $$;

create or replace function portal.sandbox_clock(shown bytea)
returns table (now timestamptz, movable bool)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	perform api.csp(shown, '{ACCOUNT}');
	return query select ops.now(), ops.setting_of('clock.movable') = 'true';
end $$;

-- Moves the hub's clock on, where it may be moved: where all is made up.
create or replace function portal.sandbox_advance(shown bytea, hours int4)
returns timestamptz
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.csp(shown, '{ACCOUNT}');
begin
	perform api.writes(w, 'ADMIN');
	if hours not between 1 and 24 * 40 then
		raise exception using errcode = 'BB003', message = 'expected 1 hour to 40 days';
	end if;
	perform ops.clock_advance(make_interval(hours => hours), w.login);
	return ops.now();
end $$;
