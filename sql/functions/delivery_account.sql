-- The operator's side of the boxes: accounts, what opens them, and who is inside.
set local check_function_bodies = off;

create or replace function delivery.account_named(login text)
returns delivery.account
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
	a delivery.account;
begin
	select x.* into a from delivery.account x where x.login = lower(account_named.login);
	if not found then
		raise exception using errcode = 'BB001', message = format('there is no account "%s"', login);
	end if;
	return a;
end $$;

-- Nulls take the preset; networks '{}' is anywhere.
create or replace function delivery.account_add(party_code text, login text, keep_days int4 default null,
	quota_bytes int8 default null, sessions_most int4 default null, data_tls text default null,
	networks text[] default null, actor text default session_user)
returns int4
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	p party.party;
	made int4;
begin
	select x.* into p from party.party x where x.code = lower(account_add.party_code);
	if not found then
		raise exception using errcode = 'BB001',
			message = format('there is no party "%s"', party_code);
	end if;
	if not exists (select from delivery.folder f where f.kind = p.kind) then
		raise exception using errcode = 'BB003',
			message = format('a %s has no box', p.kind);
	end if;
	insert into delivery.account as a (party, login) values (p.party, lower(account_add.login))
	returning a.account into made;
	perform audit.record('account.added', actor, p.party, null,
		jsonb_build_object('account', made, 'login', lower(login)));
	perform delivery.account_set(login, keep_days, quota_bytes, sessions_most, data_tls, networks,
		actor);
	return made;
exception
	when unique_violation then
		raise exception using errcode = 'BB005', message = format('the login "%s" is taken', login);
	when check_violation then
		raise exception using errcode = 'BB003', message = format('login "%s", expected up to 64 '
			'letters, digits, dots, hyphens and underscores; kept 1 to 400 days; a quota '
			'above 0; 1 to 10000 sessions; REQUIRE, PREFER or OFF', login);
end $$;

-- Nulls leave a value as it is; networks '{}' is anywhere.
create or replace function delivery.account_set(login text, keep_days int4, quota_bytes int8,
	sessions_most int4, data_tls text, networks text[], actor text default session_user)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	was delivery.account := delivery.account_named(login);
	is_now delivery.account;
begin
	update delivery.account a set keep_days = coalesce(account_set.keep_days, a.keep_days),
		quota_bytes = coalesce(account_set.quota_bytes, a.quota_bytes),
		sessions_most = coalesce(account_set.sessions_most, a.sessions_most),
		data_tls = coalesce(upper(account_set.data_tls), a.data_tls),
		networks = case when account_set.networks is null then a.networks
			when account_set.networks = '{}' then null
			else account_set.networks::cidr[] end
	where a.account = was.account
	returning a.* into is_now;
	-- who is inside from elsewhere is not any more
	update delivery.session x set ended_at = clock_timestamp()
	where x.account = was.account and x.ended_at is null and is_now.networks is not null
		and not exists (select from unnest(is_now.networks) n (net) where x.from_address <<= n.net);
	if to_jsonb(is_now) <> to_jsonb(was) then
		perform audit.record('account.set', actor, was.party, null,
			jsonb_build_object('account', was.account, 'was', to_jsonb(was), 'now',
			to_jsonb(is_now)));
	end if;
exception
	when check_violation then
		raise exception using errcode = 'BB003', message = 'expected 1 to 400 days kept, a quota '
			'above 0, 1 to 10000 sessions, and REQUIRE, PREFER or OFF';
	when invalid_text_representation then
		raise exception using errcode = 'BB003',
			message = 'expected networks such as 192.0.2.0/24 or 2001:db8::/32';
end $$;

-- Ends its sessions at once; what lies in the box stays until its time is over.
create or replace function delivery.account_close(login text, actor text default session_user)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	a delivery.account := delivery.account_named(login);
begin
	update delivery.account x set state = 'CLOSED' where x.account = a.account;
	update delivery.session s set ended_at = clock_timestamp()
	where s.account = a.account and s.ended_at is null;
	perform audit.record('account.closed', actor, a.party, null,
		jsonb_build_object('account', a.account));
end $$;

-- salt: PASSWORD only, and then delivery.salt(login). verifier: 32 bytes, see delivery.credential.
create or replace function delivery.credential_add(login text, kind text, label text, salt bytea,
	verifier bytea, expires_at timestamptz default null, actor text default session_user)
returns int8
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	a delivery.account := delivery.account_named(login);
	made int8;
begin
	if a.person is not null and upper(kind) <> 'PASSWORD' then
		raise exception using errcode = 'BB003', message = 'a person signs in by a password alone';
	end if;
	if upper(kind) = 'PASSWORD' and salt is distinct from delivery.salt(login) then
		raise exception using errcode = 'BB003',
			message = 'the password was not derived with the salt of its login';
	end if;
	insert into delivery.credential as c (account, kind, label, verifier, expires_at)
	values (a.account, upper(credential_add.kind), credential_add.label, credential_add.verifier,
		credential_add.expires_at)
	returning c.credential into made;
	perform audit.record('credential.added', actor, a.party, null, jsonb_build_object('account',
		a.account, 'credential', made, 'kind', upper(kind), 'label', label));
	return made;
exception
	when unique_violation then
		raise exception using errcode = 'BB005',
			message = 'this key, certificate or token opens an account already';
	when check_violation then
		raise exception using errcode = 'BB003', message = 'expected a PASSWORD, CERTIFICATE, '
			'SSH_KEY or TOKEN, a label of 1 to 100 characters and a digest of 32 bytes';
end $$;

-- The same, and what the account had of that kind ends, with the sessions that it opened: a change.
create or replace function delivery.credential_replace(login text, kind text, label text, salt bytea,
	verifier bytea, expires_at timestamptz default null, actor text default session_user)
returns int8
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	made int8 := delivery.credential_add(login, kind, label, salt, verifier, expires_at, actor);
begin
	perform delivery.credential_end(c.credential, actor)
	from delivery.credential x join delivery.credential c
		on c.account = x.account and c.kind = x.kind and c.credential <> x.credential
	where x.credential = made and c.ended_at is null;
	return made;
end $$;

-- Ends it, and the sessions that it opened, at once.
create or replace function delivery.credential_end(of_credential int8, actor text default session_user)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	c delivery.credential;
begin
	update delivery.credential x set ended_at = clock_timestamp()
	where x.credential = of_credential and x.ended_at is null
	returning x.* into c;
	if not found then
		raise exception using errcode = 'BB001', message = format(
			'there is no credential %s that is still valid', of_credential);
	end if;
	update delivery.session s set ended_at = clock_timestamp()
	where s.credential = of_credential and s.ended_at is null;
	perform audit.record('credential.ended', actor, (select a.party from delivery.account a
		where a.account = c.account), null, jsonb_build_object('credential', of_credential,
		'kind', c.kind));
end $$;

create or replace function delivery.accounts()
returns table (account int4, login text, party_code text, kind text, state text, keep_days int4,
	quota_bytes int8, used_bytes int8, sessions_most int4, data_tls text, networks text, files int8,
	made_at timestamptz)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select a.account, a.login, p.code, p.kind, a.state, a.keep_days, a.quota_bytes,
		delivery.used_bytes(a.account), a.sessions_most, a.data_tls,
		coalesce(array_to_string(a.networks, ','), ''),
		(select count(*) from delivery.entry e
			where e.account = a.account and e.removed_at is null),
		a.made_at
	from delivery.account a join party.party p on p.party = a.party
	order by a.login
$$;

-- fingerprint: of keys, certificates and tokens their SHA-256 in hex; of passwords nothing.
create or replace function delivery.credentials(login text)
returns table (credential int8, kind text, label text, fingerprint text, made_at timestamptz,
	expires_at timestamptz, ended_at timestamptz, last_used_at timestamptz)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select c.credential, c.kind, c.label,
		case when c.kind <> 'PASSWORD' then encode(c.verifier, 'hex') else '' end, c.made_at,
		c.expires_at, c.ended_at, c.last_used_at
	from delivery.credential c
	where c.account = (delivery.account_named(login)).account
	order by c.credential
$$;

create or replace function delivery.sessions()
returns table (login text, party_code text, door text, from_address text, opened_at timestamptz,
	seen_at timestamptz)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select a.login, p.code, s.door, host(s.from_address), s.opened_at, s.seen_at
	from delivery.session s join delivery.account a on a.account = s.account
	join party.party p on p.party = a.party
	where delivery.alive(s)
	order by s.opened_at
$$;
