-- What people do with their own account at the portal, and an organisation's admins with its people.
set local check_function_bodies = off;

-- ---- people of an organisation ----

-- Who may act for it: any of its people sees that.
create or replace function portal.people(shown bytea)
returns table (person int4, login text, role text, made_at timestamptz, seen_at timestamptz, ready bool, me bool)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{CSP,REP,TDU,REGULATOR,OPERATOR}');
begin
	return query
	select x.person, a.login, x.role, x.made_at, (select max(s.seen_at) from portal.session s where s.account = a.account),
		exists (select from delivery.credential c where c.account = a.account and c.kind = 'PASSWORD' and c.ended_at is null),
		x.person = w.person
	from party.person x join delivery.account a on a.person = x.person
	where x.party = w.party and x.removed_at is null
	order by a.login;
end $$;

-- The admin who asks, and the login of whom it is about. BB001: no person of that organisation.
create or replace function portal.admin_of(shown bytea, of_person int4, out admin text, out account int4)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{CSP,REP,TDU,REGULATOR,OPERATOR}', 'ADMIN');
begin
	admin := (select a.login from delivery.account a where a.person = w.person);
	if of_person is not null then
		select a.account into account from party.person x join delivery.account a on a.person = x.person
		where x.person = of_person and x.party = w.party and x.removed_at is null;
		if not found then
			raise exception using errcode = 'BB001', message = 'your organisation has no such person';
		end if;
	end if;
end $$;

-- Somebody more, who gets a link to choose a password by.
create or replace function portal.person_invite(shown bytea, login text, role text, name_sealed bytea, email_sealed bytea,
	email_place bytea, email_index bytea, language text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{CSP,REP,TDU,REGULATOR,OPERATOR}', 'ADMIN');
begin
	perform portal.person_begin(w.code, login, role, name_sealed, email_sealed, email_place, email_index, language,
		(portal.admin_of(shown, null)).admin);
end $$;

create or replace function portal.person_begin(code text, login text, role text, name_sealed bytea, email_sealed bytea,
	email_place bytea, email_index bytea, language text, actor text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	made int4 := party.person_add(code, role, name_sealed, email_sealed, email_place, email_index, actor, login);
begin
	update party.person x set language = upper(person_begin.language) where x.person = made;
	perform portal.link_send((select a.account from delivery.account a where a.person = made), 'person-invited',
		make_interval(hours => ops.setting_of('portal.invited_h')::int4));
end $$;

-- The link again, for who has no password yet. BB004: who has one asks for a link by the page for forgotten ones.
create or replace function portal.person_remind(shown bytea, of_person int4)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	a record;
begin
	select * into a from portal.admin_of(shown, of_person);
	if exists (select from delivery.credential c where c.account = a.account and c.kind = 'PASSWORD' and c.ended_at is null) then
		raise exception using errcode = 'BB004', message = 'that person has a password already';
	elsif (select count(*) from party.proof r join mail.outbox o on o.mail = r.mail
		where r.account = a.account and o.queued_at > ops.now() - interval '24 hours') >= 3 then
		raise exception using errcode = 'BB004', message = 'that person got three such mails within a day: wait until tomorrow';
	end if;
	perform portal.link_send(a.account, 'person-invited', make_interval(hours => ops.setting_of('portal.invited_h')::int4));
end $$;

create or replace function portal.person_set(shown bytea, of_person int4, role text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	perform party.person_role(of_person, role, (portal.admin_of(shown, of_person)).admin);
end $$;

-- Signed out at once, everywhere.
create or replace function portal.person_drop(shown bytea, of_person int4)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	perform party.person_remove(of_person, (portal.admin_of(shown, of_person)).admin);
end $$;

-- ---- preferences ----

-- mails: about requests and agreements, but for those that must go; null of people of organisations, who get none.
create or replace function portal.preferences(shown bytea)
returns table (language text, sign_in_mails bool, mails bool)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	s portal.session := portal.any_session(shown);
begin
	return query
	select m.language, coalesce((select p.sign_in_mails from portal.preference p where p.account = s.account), true),
		case when s.holder is not null then not exists (select from mail.suppression x
			where x.recipient_index = m.index and x.csp is null) end
	from portal.mailbox_of(s.account) m;
end $$;

create or replace function portal.preferences_set(shown bytea, language text, sign_in_mails bool, mails bool)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	s portal.session := portal.any_session(shown);
	box bytea := (select m.index from portal.mailbox_of(s.account) m);
begin
	if upper(language) is null or upper(language) not in ('EN', 'ES') then
		raise exception using errcode = 'BB003', message = format('language "%s", expected EN or ES', language);
	end if;
	update party.holder h set language = upper(preferences_set.language) where h.holder = s.holder;
	update party.person x set language = upper(preferences_set.language) where x.person = s.person;
	insert into portal.preference as p (account, sign_in_mails) values (s.account, coalesce(preferences_set.sign_in_mails, true))
	on conflict (account) do update set sign_in_mails = excluded.sign_in_mails;
	if s.holder is not null and mails then
		perform mail.opt_in(box, null, 'customer account ' || s.holder);
	elsif s.holder is not null then
		perform mail.opt_out(box, null, 'OPT_OUT', 'customer account ' || s.holder);
	end if;
end $$;

-- Somebody has signed in: the holder is told when it was from a network that no session of the account was opened
-- from for some months, unless this is the first time at all.
create or replace function portal.tell_new(s portal.session)
returns void
language sql security definer set search_path = pg_catalog, pg_temp
as $$
	select portal.tell(s.account, 'sign-in-new', jsonb_build_object('from', host(s.from_address)))
	where s.step = 'OPEN' and s.from_address is not null
		and coalesce((select p.sign_in_mails from portal.preference p where p.account = s.account), true)
		and not exists (select from portal.session x where x.account = s.account and x.session <> s.session and x.step = 'OPEN'
			and delivery.network_of(x.from_address) = delivery.network_of(s.from_address))
		and (exists (select from portal.session x where x.account = s.account and x.session <> s.session and x.step = 'OPEN')
			or exists (select from delivery.credential c where c.credential = s.credential
				and c.made_at < clock_timestamp() - interval '7 days'))
$$;

-- ---- homes of a customer ----

-- What is asked for or held; an ESI ID that waits for the link of a mail is told by its end alone.
create or replace function portal.homes(shown bytea)
returns table (esiid text, street text, city text, state text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	s portal.session := portal.session_of(shown);
begin
	return query
	select case when t.state = 'HELD' then p.esiid else '…' || right(p.esiid, 4) end,
		case when t.state = 'HELD' then p.street end, case when t.state = 'HELD' then p.city end, t.state
	from party.holder_premise t join premise.premise p on p.premise = t.premise
	where t.holder = s.holder and t.state in ('ASKED', 'HELD')
	order by t.state desc, p.street, p.esiid
	limit 1000;
end $$;

-- One more home of who is signed in: as an account is asked for, and proven by the same mailbox.
create or replace function portal.home_add(shown bytea, esiids text[], meters text[], reps text[], source inet)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	s portal.session := portal.session_of(shown);
	h party.holder;
begin
	select x.* into h from party.holder x where x.holder = s.holder;
	perform party.holder_request(esiids, meters, reps, h.email_sealed, h.email_place, h.email_index, h.language, source,
		'customer account ' || s.holder);
end $$;

-- ---- personal tokens, for programs: api.token_make and its neighbours, with dates for a page ----

create or replace function portal.tokens(shown bytea)
returns table (token int8, label text, scope text, made_at timestamptz, expires_at timestamptz, used_at timestamptz)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	s portal.session := portal.session_of(shown);
begin
	return query
	select t.token, t.label, coalesce(nullif(t.scope, ''), array_to_string(api.scope_words(), ' ')), t.issued_at, t.expires_at,
		t.last_used_at
	from api.token t
	where t.account = s.account and t.class = 'PERSONAL' and t.ended_at is null
		and (t.expires_at is null or t.expires_at > clock_timestamp())
	order by t.token desc;
end $$;

create or replace function portal.token_end(shown bytea, number int8)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	perform portal.session_of(shown);	-- a customer
	perform api.token_end(shown, number);
end $$;

-- ---- the end of an account ----

-- By who knows its password; shares: all that is shared ends with it, else it goes on, by the links of its mails. What was
-- personal is forgotten; what happened stays on record without it. OK, WRONG or WAIT.
create or replace function portal.account_delete(shown bytea, derived bytea, shares bool)
returns table (result text, wait_s int4)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	s portal.session := portal.session_of(shown);
	t record;
	one int8;
	actor text := 'customer account ' || s.holder;
	a delivery.account;
begin
	select * into t from portal.own_password(s, derived);
	if t.result <> 'OK' then
		return query select t.result, t.wait_s;
		return;
	end if;
	if shares then
		for one in select x.agreement from portal.shares(shown) x where x.part in ('NOW', 'ASKED') loop
			perform portal.share_end(shown, one);
		end loop;
	end if;
	perform portal.tell(s.account, 'account-deleted');
	update party.holder_premise x set state = 'ENDED', ended_at = ops.now(), reason = 'deleted'
	where x.holder = s.holder and x.state <> 'ENDED';
	update party.holder h set state = 'ENDED', ended_at = ops.now(), email_sealed = '',
		email_index = substr(delivery.random32(), 1, 16)
	where h.holder = s.holder;
	delete from portal.factor f where f.account = s.account;
	select x.* into a from delivery.account x where x.account = s.account;
	update api.token x set ended_at = clock_timestamp() where x.account = s.account and x.ended_at is null;
	perform delivery.credential_end(c.credential, actor) from delivery.credential c
	where c.account = s.account and c.ended_at is null;
	perform delivery.account_close(a.login, actor);
	delete from portal.session x where x.account = s.account;
	perform audit.record('customer.deleted', actor, a.party, null, jsonb_build_object('holder', s.holder, 'shares', shares));
	return query select 'OK', 0;
end $$;
