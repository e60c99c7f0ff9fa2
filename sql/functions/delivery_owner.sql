-- What the owner of an account may do about its own credentials, by the handle of a session: add the new
-- one, log in with it, end the old one. Each answers about that account alone.
--
-- A key or a certificate opens the account that has it, whoever shows it. So the door must have seen a
-- proof that the owner holds it (a signature; the TLS handshake itself): with somebody else's public key
-- in an account of one's own, that somebody would log in to the wrong box.
set local check_function_bodies = off;

-- Whose session it is, and the salt that its passwords take.
create or replace function delivery.own_account(handle bytea)
returns table (login text, salt bytea)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	s delivery.session := delivery.session_of(handle);
begin
	return query
	select a.login, delivery.salt(a.login) from delivery.account a where a.account = s.account;
end $$;

-- Those that are still valid or have only run out. here: what this session was opened with.
create or replace function delivery.own_credentials(handle bytea)
returns table (credential int8, kind text, label text, fingerprint text, made_at timestamptz,
	expires_at timestamptz, last_used_at timestamptz, here bool)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	s delivery.session := delivery.session_of(handle);
begin
	return query
	select c.credential, c.kind, c.label,
		case when c.kind <> 'PASSWORD' then encode(c.verifier, 'hex') else '' end, c.made_at,
		c.expires_at, c.last_used_at, c.credential = s.credential
	from delivery.credential c
	where c.account = s.account and c.ended_at is null
	order by c.credential;
end $$;

-- The session, and its account to itself until the transaction ends: two sessions that end each other's
-- credentials come one after the other, and the second finds that it has ended.
create or replace function delivery.own_session(handle bytea)
returns delivery.session
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	perform from delivery.account a
	where a.account = (delivery.session_of(handle)).account for no key update;
	return delivery.session_of(handle);
end $$;

-- As delivery.credential_add, but at most 20 that are valid at once (BB004), and each kind and label once, so
-- that asking again after an answer was lost does not add a second one (BB005).
create or replace function delivery.own_credential_add(handle bytea, kind text, label text, salt bytea,
	verifier bytea, expires_at timestamptz)
returns int8
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	s delivery.session := delivery.own_session(handle);
	own_login text := (select a.login from delivery.account a where a.account = s.account);
begin
	if expires_at <= clock_timestamp() then
		raise exception using errcode = 'BB003', message = 'the end lies behind us';
	end if;
	if (select count(*) from delivery.credential c
		where c.account = s.account and c.ended_at is null
			and (c.expires_at is null or c.expires_at > clock_timestamp())) >= 20 then
		raise exception using errcode = 'BB004',
			message = 'the account has 20 credentials: end one that is not used any more';
	end if;
	if exists (select from delivery.credential c where c.account = s.account and c.ended_at is null
		and c.kind = upper(own_credential_add.kind) and c.label = own_credential_add.label) then
		raise exception using errcode = 'BB005', message = format(
			'there is a %s "%s" already', upper(kind), label);
	end if;
	return delivery.credential_add(own_login, kind, label, salt, verifier, expires_at, own_login);
end $$;

-- As delivery.credential_end. The one that this session was opened with ends only when another is known to
-- work (BB004): it is valid and somebody has logged in with it.
create or replace function delivery.own_credential_end(handle bytea, of_credential int8)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	s delivery.session := delivery.own_session(handle);
begin
	if not exists (select from delivery.credential c where c.credential = of_credential
		and c.account = s.account and c.ended_at is null) then
		raise exception using errcode = 'BB001', message = format(
			'there is no credential %s that is still valid', of_credential);
	end if;
	if of_credential = s.credential and not exists (select from delivery.credential c
		where c.account = s.account and c.credential <> of_credential and c.ended_at is null
			and (c.expires_at is null or c.expires_at > clock_timestamp())
			and c.last_used_at is not null) then
		raise exception using errcode = 'BB004', message = 'this session was opened with that '
			'credential: log in with another one first, so that it is known to work';
	end if;
	perform delivery.credential_end(of_credential, (select a.login from delivery.account a
		where a.account = s.account));
end $$;
