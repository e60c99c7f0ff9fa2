-- Who is signed in at the portal. Each function for a page takes `shown`, the SHA-256 of the secret in the browser's
-- cookie, and finds out by itself whose it is; there is no other way to name a customer.
set local check_function_bodies = off;

-- By what a login is known: its name, or the mailbox of a customer's account or else of a person of an organisation
-- (index: the blind index of what was typed, if that may be a mailbox); who works for two signs in to the second by its
-- name. Of nobody a name that is as good: its salt and its delays are those of any other.
create or replace function portal.login_of(typed text, index bytea)
returns text
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select case when login_of.index is null then left(lower(login_of.typed), 64)
		else coalesce((
			select a.login from party.holder h join delivery.account a on a.party = h.party
			where h.email_index = login_of.index and h.state = 'CONFIRMED'),
			(select a.login from party.person x join delivery.account a on a.person = x.person
			where x.email_index = login_of.index and x.removed_at is null order by x.person limit 1),
			'-' || encode(login_of.index, 'hex')) end
$$;

create or replace function portal.salt(typed text, index bytea)
returns bytea
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select delivery.salt(portal.login_of(typed, index))
$$;

-- The end of a customer's login by a password, as delivery.login: derived is argon2id of it under portal.salt().
create or replace function portal.login(typed text, index bytea, derived bytea, source text)
returns table (result text, wait_s int4, handle bytea)
language sql security definer set search_path = pg_catalog, pg_temp
as $$
	select l.result, l.wait_s, l.handle
	from delivery.login(portal.login_of(typed, index), derived, 'HTTPS', source) l
$$;

-- Signs in: derived is argon2id of the password under portal.salt(); shown belongs to a secret that was drawn for this.
-- result: OPEN; CODE, a second factor is wanted; WRONG; WAIT, with the seconds. A session that the browser had before (was) ends: nobody goes on with a secret from before.
create or replace function portal.sign_in(typed text, index bytea, derived bytea, shown bytea, was bytea, source text,
	agent text)
returns table (result text, wait_s int4)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	l record;
	s delivery.session;
	h int4;
	x party.person;
	made portal.session;
begin
	select * into l from delivery.login(portal.login_of(typed, index), derived, 'PORTAL', source);
	if l.result <> 'OK' then
		return query select case l.result when 'WRONG' then 'WRONG' else 'WAIT' end, l.wait_s;
		return;
	end if;
	-- the door's own session was only the way here
	s := delivery.session_of(l.handle);
	perform delivery.session_end(l.handle);
	select o.holder into h from party.holder o where o.state = 'CONFIRMED'
		and o.party = (select a.party from delivery.account a where a.account = s.account);
	select p.* into x from party.person p where p.removed_at is null
		and p.person = (select a.person from delivery.account a where a.account = s.account);
	if h is null and x.person is null then
		return query select 'WRONG', 0;
		return;
	end if;
	perform portal.sign_out(was);
	perform portal.make_room(s.account);
	insert into portal.session as n (verifier, account, credential, holder, person, step, agent, from_address, until)
	values (sha256(shown), s.account, s.credential, h, x.person, portal.first_step(s.account), left(agent, 200),
		source::inet, clock_timestamp() + make_interval(hours => ops.setting_of('portal.session_h')::int4))
	returning n.* into made;
	perform portal.tell_new(made);
	return query select portal.first_step(s.account), 0;
end $$;

-- Of the sessions of an account those that were used last may stay, so that one more fits.
create or replace function portal.make_room(of_account int4)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	perform from delivery.account a where a.account = of_account for no key update;
	update portal.session s set ended_at = clock_timestamp()
	where s.session in (select x.session from portal.session x where x.account = of_account and x.ended_at is null
		order by x.seen_at desc, x.session desc offset ops.setting_of('portal.sessions_most')::int4 - 1);
	-- what is long over goes
	delete from portal.session s where s.account = of_account and s.until < clock_timestamp()
		- make_interval(days => ops.setting_of('portal.sessions_days')::int4);
end $$;

create or replace function portal.alive(s portal.session)
returns bool
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
	set plan_cache_mode = force_generic_plan set enable_seqscan = off
as $$
begin
	return (select s.ended_at is null and s.until > clock_timestamp() and s.seen_at > clock_timestamp()
				- make_interval(mins => ops.setting_of('portal.idle_min')::int4)
			and exists (select from delivery.account a where a.account = s.account and a.state = 'OPEN')
			and exists (select from delivery.credential c where c.credential = s.credential and c.ended_at is null
				and (c.expires_at is null or c.expires_at > clock_timestamp()))
			and (exists (select from party.holder h where h.holder = s.holder and h.state = 'CONFIRMED')
				or exists (select from party.person p where p.person = s.person and p.removed_at is null)));
end $$;

-- The session of a browser as it stands now, at a step, whoever that is. BB007: there is none (any more).
create or replace function portal.any_session(shown bytea, step text default 'OPEN')
returns portal.session
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	s portal.session;
	key bytea := sha256(shown);
begin
	select x.* into s from portal.session x where x.verifier = key;
	if not found or s.step <> any_session.step or not portal.alive(s) then
		raise exception using errcode = 'BB007', message = 'the session has ended: sign in again';
	end if;
	if s.seen_at < clock_timestamp() - interval '1 min' and not pg_is_in_recovery() then
		update portal.session x set seen_at = clock_timestamp() where x.session = s.session;
	end if;
	return s;
end $$;

-- The same, of a customer. BB002: it is a person's of an organisation.
create or replace function portal.session_of(shown bytea, step text default 'OPEN')
returns portal.session
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	s portal.session := portal.any_session(shown, step);
begin
	if s.holder is null then
		raise exception using errcode = 'BB002', message = 'that is for customers';
	end if;
	return s;
end $$;

-- Whom a session acts for, as api.who says it: a customer, or an organisation through its box. What is recorded from then
-- on in this transaction names the person.
create or replace function portal.principal(s portal.session)
returns api.principal
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal;
begin
	w.class := 'ACCOUNT';
	w.scope := '';
	if s.person is null then
		w.account := s.account;
	else
		select p.party, p.role, p.person into w.party, w.role, w.person from party.person p where p.person = s.person;
		w.account := (select a.account from delivery.account a
			where a.party = w.party and a.person is null and a.state = 'OPEN'
			order by a.account is distinct from s.box, a.account limit 1);
		perform set_config('busbar.person', s.person::text, true);
	end if;
	w.party := coalesce(w.party, (select a.party from delivery.account a where a.account = w.account));
	select p.kind, p.code into w.kind, w.code from party.party p where p.party = w.party;
	-- an organisation that has no box yet goes by its code
	w.login := coalesce((select a.login from delivery.account a where a.account = w.account), w.code);
	return w;
end $$;

-- A person of an organisation of one of these kinds, whose role is least_role or more. BB002: it is not.
create or replace function portal.person_of(shown bytea, kinds text[], least_role text default 'READER')
returns api.principal
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.principal(portal.any_session(shown));
begin
	if w.person is null or w.kind <> all (kinds) then
		raise exception using errcode = 'BB002', message = format('that is for a %s',
			array_to_string(kinds, ' or '));
	end if;
	perform api.writes(w, least_role);
	return w;
end $$;

-- Opens the organisation's box for who is signed in, as delivery.login does for partners' programs; by busbar-apid, which
-- lets it be read alone. BB007: nobody is; BB002: there is no box, or not from there.
create or replace function delivery.login_portal(shown bytea, from_address text)
returns table (result text, wait_s int4, handle bytea, account int4, party int4, party_code text, kind text,
	login_name text, data_tls text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	s portal.session := portal.any_session(shown);
	w api.principal := portal.principal(s);
	made bytea := delivery.random32();
begin
	if w.person is null or not exists (select from delivery.account a where a.account = w.account
		and (a.networks is null or exists (select from unnest(a.networks) n (net) where from_address::inet <<= n.net))) then
		raise exception using errcode = 'BB002', message = 'there is no box for you here';
	end if;
	insert into delivery.session (account, credential, door, handle_sha256, from_address, portal)
	values (w.account, s.credential, 'PORTAL', sha256(made), from_address::inet, s.session);
	perform audit.record('login.ok', w.login, w.party, null, jsonb_build_object('door', 'PORTAL', 'from', from_address,
		'credential', s.credential, 'by', 'SESSION'));
	return query select 'OK', 0, made, w.account, w.party, w.code, w.kind, w.login, 'OFF';
end $$;

-- Who that is, for the frame of a page; no row: nobody. role: null of customers; name: of the organisation.
drop function if exists portal.me(bytea);
create function portal.me(shown bytea)
returns table (step text, login text, language text, idle_min int4, kind text, role text, name text, many bool)
language plpgsql security definer set search_path = pg_catalog, pg_temp
	set plan_cache_mode = force_generic_plan set enable_seqscan = off
as $$
declare
	s portal.session;
	key bytea := sha256(shown);
begin
	select x.* into s from portal.session x where x.verifier = key;
	if not found or not portal.alive(s) then
		return;
	end if;
	if s.seen_at < clock_timestamp() - interval '1 min' then
		update portal.session x set seen_at = clock_timestamp() where x.session = s.session;
	end if;
	return query
	select s.step, a.login, coalesce(h.language, x.language), ops.setting_of('portal.idle_min')::int4, p.kind, x.role,
		coalesce(p.name, ''), exists (select from party.holder_premise t where t.holder = s.holder and t.state = 'HELD' offset 1)
	from delivery.account a
	join party.party p on p.party = a.party
	left join party.holder h on h.holder = s.holder
	left join party.person x on x.person = s.person
	where a.account = s.account;
end $$;

-- Ends a session, at whichever step it is; nothing when there is none.
create or replace function portal.sign_out(shown bytea)
returns void
language sql security definer set search_path = pg_catalog, pg_temp
as $$
	update portal.session s set ended_at = clock_timestamp()
	where s.verifier = sha256(sign_out.shown) and s.ended_at is null
$$;

-- Where its customer is signed in, this browser first.
create or replace function portal.sessions(shown bytea)
returns table (session int8, here bool, agent text, from_address text, opened_at timestamptz, seen_at timestamptz)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	s portal.session := portal.any_session(shown);
begin
	return query
	select x.session, x.session = s.session, x.agent, host(x.from_address), x.opened_at, x.seen_at
	from portal.session x
	where x.account = s.account and x.ended_at is null and portal.alive(x)
	order by 2 desc, x.seen_at desc;
end $$;

-- Ends one of them, or (null) all but this browser's; how many. One that is another's is none.
create or replace function portal.session_end(shown bytea, of_session int8)
returns int4
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	s portal.session := portal.any_session(shown);
	n int4;
begin
	update portal.session x set ended_at = clock_timestamp()
	where x.account = s.account and x.ended_at is null
		and (x.session = of_session or of_session is null and x.session <> s.session);
	get diagnostics n = row_count;
	return n;
end $$;
