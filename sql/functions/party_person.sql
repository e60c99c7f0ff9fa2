-- People of organisations, and the proof of a mailbox by a link.
set local check_function_bodies = off;

-- ---- people ----

-- An organisation's first person is an admin, and its last admin stays one. BB004 with words.
create or replace function party.admin_stays(of_party int4, leaves int4)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	-- one after the other: of two admins who remove each other one stays
	perform from party.party p where p.party = of_party for no key update;
	if not exists (select from party.person x where x.party = of_party and x.removed_at is null
		and x.role = 'ADMIN' and x.person is distinct from leaves) then
		raise exception using errcode = 'BB004',
			message = 'an organisation keeps one admin at least: make another one first';
	end if;
end $$;

-- login: by which it signs in at the portal, beside its mailbox; null: "person-" and its number. Its password comes later.
drop function if exists party.person_add(text, text, bytea, bytea, bytea, bytea, text);
create or replace function party.person_add(code text, role text, name_sealed bytea, email_sealed bytea,
	email_place bytea, email_index bytea, actor text default session_user, login text default null)
returns int4
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	p party.party;
	made int4;
begin
	select x.* into p from party.party x where x.code = lower(person_add.code);
	if not found then
		raise exception using errcode = 'BB001', message = format('there is no party "%s"', code);
	end if;
	if upper(role) <> 'ADMIN' then
		perform party.admin_stays(p.party, null);
	end if;
	insert into party.person as x (party, role, name_sealed, email_sealed, email_place, email_index)
	values (p.party, upper(person_add.role), person_add.name_sealed, person_add.email_sealed,
		person_add.email_place, person_add.email_index)
	returning x.person into made;
	perform party.person_account(made, login);
	perform audit.record('person.added', actor, p.party, null,
		jsonb_build_object('person', made, 'role', upper(role)));
	return made;
exception
	when unique_violation then
		raise exception using errcode = 'BB005',
			message = format('"%s" has a person with that mailbox already', lower(code));
	when check_violation then
		raise exception using errcode = 'BB003',
			message = format('role "%s", expected ADMIN, MEMBER or READER', role);
end $$;

-- What a person signs in by: no box, and no password yet.
create or replace function party.person_account(of_person int4, login text default null)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	name text := lower(coalesce(nullif(btrim(login), ''), 'person-' || of_person));
begin
	if name !~ '^[a-z0-9][a-z0-9._-]{0,63}$' then
		raise exception using errcode = 'BB003', message = format('login "%s", expected up to 64 letters, digits, '
			'dots, hyphens and underscores', name);
	elsif exists (select from delivery.account a where a.login = name) then
		raise exception using errcode = 'BB005', message = format('the login "%s" is taken', name);
	end if;
	insert into delivery.account (party, login, person)
	select x.party, name, x.person from party.person x where x.person = of_person;
end $$;

create or replace function party.person_of(of_person int4)
returns party.person
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	x party.person;
begin
	select o.* into x from party.person o where o.person = of_person and o.removed_at is null;
	if not found then
		raise exception using errcode = 'BB001', message = format('there is no person %s', of_person);
	end if;
	return x;
end $$;

create or replace function party.person_role(of_person int4, role text, actor text default session_user)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	x party.person := party.person_of(of_person);
begin
	if upper(role) <> 'ADMIN' then
		perform party.admin_stays(x.party, of_person);
	end if;
	update party.person o set role = upper(person_role.role) where o.person = of_person;
	perform audit.record('person.role_set', actor, x.party, null,
		jsonb_build_object('person', of_person, 'was', x.role, 'role', upper(role)));
exception when check_violation then
	raise exception using errcode = 'BB003',
		message = format('role "%s", expected ADMIN, MEMBER or READER', role);
end $$;

-- What was personal is forgotten with it.
create or replace function party.person_remove(of_person int4, actor text default session_user)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	x party.person := party.person_of(of_person);
begin
	perform party.admin_stays(x.party, of_person);
	update party.person o set removed_at = clock_timestamp(), name_sealed = '', email_sealed = ''
	where o.person = of_person;
	update delivery.account a set state = 'CLOSED' where a.person = of_person;
	perform audit.record('person.removed', actor, x.party, null, jsonb_build_object('person', of_person));
end $$;

create or replace function party.persons(code text default null)
returns table (person int4, party_code text, role text, name_sealed bytea, email_sealed bytea,
	email_place bytea, made_at timestamptz)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select x.person, p.code, x.role, x.name_sealed, x.email_sealed, x.email_place, x.made_at
	from party.person x join party.party p on p.party = x.party
	where x.removed_at is null and (persons.code is null or p.code = lower(persons.code))
	order by p.code, x.person
$$;

-- ---- mailboxes proven by a link ----

-- The secret of the link in a mail that asks for a confirmation: its digest. Once more changes nothing.
create or replace function party.link_make(mail int8, purpose text, sha256 bytea)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	if purpose <> 'CONFIRM' or not exists (select from party.proof p where p.mail = link_make.mail) then
		raise exception using errcode = 'BB001',
			message = format('mail %s asks for no confirmation', mail);
	end if;
	insert into party.link (sha256, mail) values (link_make.sha256, link_make.mail)
	on conflict on constraint link_pkey do nothing;
end $$;

-- What a link is about, for the page behind it; no row for one that is unknown or over. chooses: a password, too.
drop function if exists party.link_about(bytea);	-- its form before
create function party.link_about(link bytea)
returns table (mail int8, kind text, csp int4, holder int4, account int4, code text, name text, done bool, chooses bool,
	language text)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select r.mail, case when r.csp is not null then 'CSP' when r.holder is not null then 'CUSTOMER' else 'PASSWORD' end,
		r.csp, r.holder, r.account, p.code, coalesce(p.name, (select o.name from delivery.account a
			join party.party o on o.party = a.party where a.account = r.account)),
		r.used_at is not null, case when r.holder is null then r.account is not null
			else not exists (select from party.holder h join delivery.account a on a.party = h.party
				join delivery.credential c on c.account = a.account
				where h.holder = r.holder and c.kind = 'PASSWORD' and c.ended_at is null) end,
		(select o.language from mail.outbox o where o.mail = l.mail)
	from party.link l join party.proof r on r.mail = l.mail
	left join party.party p on p.party = r.csp
	where l.sha256 = link_about.link and (r.used_at is not null or r.valid_until > ops.now())
$$;

-- Who follows the link holds the mailbox. Again, the same answer. BB001: the link is unknown or over.
create or replace function party.confirm(link bytea, source inet default null)
returns table (kind text, code text, name text, state text, "position" int4)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	a record;
begin
	-- one after the other
	perform from party.proof r join party.link l on l.mail = r.mail
	where l.sha256 = confirm.link for no key update of r;
	select * into a from party.link_about(link);
	if not found then
		raise exception using errcode = 'BB001',
			message = 'this link is not valid, or not any more';
	end if;
	if not a.done then
		if a.kind = 'CSP' then
			perform party.csp_ready(a.csp);
			perform party.csp_move(a.csp, 'confirm', 'csp ' || a.code);
			perform portal.csp_welcome(a.csp);
		elsif a.kind = 'CUSTOMER' then
			perform party.holder_confirm(a.holder, a.mail);
		end if;
		update party.proof r set used_at = ops.now() where r.mail = a.mail;
	end if;
	return query select a.kind, a.code, a.name, case a.kind when 'CSP'
			then (select c.state from party.csp c where c.party = a.csp)
			when 'CUSTOMER' then (select h.state from party.holder h where h.holder = a.holder)
			else 'CONFIRMED' end,
		party.csp_position(a.csp);
end $$;
