-- Who is at the door: logins, sessions and the defender. A door shows what the partner showed it; no
-- function gives out a verifier.
set local check_function_bodies = off;

create or replace function delivery.random32()
returns bytea
language sql volatile security definer set search_path = pg_catalog, pg_temp
as $$
	-- each is 122 bits of the server's strong source
	select sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())
		|| uuid_send(gen_random_uuid()))
$$;

-- What a guess counts against: one subscriber's line, 24 bits of IPv4 or 64 of IPv6.
create or replace function delivery.network_of(address inet)
returns cidr
language sql immutable security definer set search_path = pg_catalog, pg_temp
as $$
	select network(set_masklen(address, case family(address) when 4 then 24 else 64 end))
$$;

-- The salt of a login's passwords, 16 bytes, whether or not there is such a login.
create or replace function delivery.salt(login text)
returns bytea
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select substr(sha256(s.salts || convert_to(lower(salt.login), 'UTF8')), 1, 16)
	from delivery.secret s
$$;

-- How long this network, or this login from it, must still wait; 0: not at all.
create or replace function delivery.must_wait(address inet, login text)
returns int4
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select coalesce(ceil(extract(epoch from max(g.until) - clock_timestamp())), 0)::int4
	from delivery.guess g
	where g.network = delivery.network_of(address) and g.login in ('', lower(must_wait.login))
		and g.until > clock_timestamp()
$$;

-- One more failure. Five of a login or twenty of a network within 15 minutes make it wait 2 s, and twice
-- as long for each more, up to 10 minutes.
create or replace function delivery.guessed(address inet, login text)
returns void
language sql security definer set search_path = pg_catalog, pg_temp
as $$
	insert into delivery.guess as g (network, login, failures, last_at, until)
	select delivery.network_of(address), k.login, 1, clock_timestamp(), '-infinity'
	from (values (left(lower(guessed.login), 64), 5), ('', 20)) k (login, free)
	where k.login <> '' or k.free = 20
	on conflict (network, login) do update
	set failures = case when g.last_at < clock_timestamp() - interval '15 min' then 1
			else g.failures + 1 end,
		last_at = clock_timestamp(),
		until = case when g.last_at >= clock_timestamp() - interval '15 min'
			and g.failures + 1 >= case g.login when '' then 20 else 5 end
			then clock_timestamp() + least(interval '10 min', interval '2 s' * (2 ^ least(10,
				g.failures + 1 - case g.login when '' then 20 else 5 end)))
			else '-infinity' end
$$;

-- One that counted as a failure was none.
create or replace function delivery.not_guessed(address inet, login text)
returns void
language sql security definer set search_path = pg_catalog, pg_temp
as $$
	update delivery.guess g set failures = greatest(g.failures - 1, 0), until = '-infinity'
	where g.network = delivery.network_of(address) and g.login = lower(not_guessed.login)
$$;

-- Opens a session of a credential that was proven, or says why not: the end of every login.
create or replace function delivery.enter(of_credential int8, asked text, door text, address inet)
returns table (result text, wait_s int4, handle bytea, account int4, party int4, party_code text,
	kind text, login text, data_tls text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	c delivery.credential;
	a delivery.account;
	p party.party;
	made bytea;
begin
	select x.* into c from delivery.credential x
	where x.credential = of_credential and x.ended_at is null
		and (x.expires_at is null or x.expires_at > clock_timestamp());
	if found then
		select x.* into a from delivery.account x
		where x.account = c.account and x.state = 'OPEN'
			and (x.networks is null or exists (
				select from unnest(x.networks) n (net) where address <<= n.net))
			and (asked = '' or x.login = lower(asked))
			-- a customer has no box; a person of an organisation has the portal alone
			and (door in ('HTTPS', 'PORTAL') or exists (select from party.party o
				where o.party = x.party and o.kind <> 'CUSTOMER'))
			and (door = 'PORTAL' or x.person is null)
			-- where signing in takes a second factor, the password alone opens no other door
			and (door = 'PORTAL' or c.kind <> 'PASSWORD' or not portal.has_factor(x.account));
	end if;
	if a.account is null then
		perform delivery.guessed(address, asked);
		-- only a login that there is: people type passwords where their name belongs
		perform audit.record('login.refused', coalesce((select x.login from delivery.account x
			where x.login = lower(asked)), host(address)), null, null,
			jsonb_build_object('door', door, 'from', host(address)));
		return query select 'WRONG', 0, null::bytea, null::int4, null::int4, null::text,
			null::text, null::text, null::text;
		return;
	end if;
	-- one after the other, so that two logins cannot both be the last one allowed; not FOR UPDATE: a
	-- loader's answer, which refers to the account, must never wait for a door
	perform from delivery.account x where x.account = a.account for no key update;
	if (select count(*) from delivery.session s
		where s.account = a.account and s.ended_at is null
			and delivery.alive(s)) >= a.sessions_most then
		return query select 'FULL', 60, null::bytea, null::int4, null::int4, null::text,
			null::text, null::text, null::text;
		return;
	end if;
	select x.* into p from party.party x where x.party = a.party;
	made := delivery.random32();
	insert into delivery.session (account, credential, door, handle_sha256, from_address)
	values (a.account, c.credential, door, sha256(made), address);
	update delivery.credential x set last_used_at = clock_timestamp()
	where x.credential = c.credential
		and (x.last_used_at is null or x.last_used_at < clock_timestamp() - interval '1 min');
	delete from delivery.guess g
	where g.network = delivery.network_of(address) and g.login = a.login;
	perform audit.record('login.ok', a.login, a.party, null, jsonb_build_object('door', door,
		'from', host(address), 'credential', c.credential, 'by', c.kind));
	return query select 'OK', 0, made, a.account, a.party, p.code, p.kind, a.login, a.data_tls;
end $$;

-- The answer to one who must wait, without looking at what was shown.
create or replace function delivery.waiting(wait int4)
returns table (result text, wait_s int4, handle bytea, account int4, party int4, party_code text,
	kind text, login text, data_tls text)
language sql immutable security definer set search_path = pg_catalog, pg_temp
as $$
	select 'WAIT', wait, null::bytea, null::int4, null::int4, null::text, null::text, null::text,
		null::text
$$;

-- result: OK with a handle; WRONG for all that is wrong; WAIT or FULL with the seconds to wait.
-- derived: argon2id of the password under delivery.salt(login), 32 bytes.
create or replace function delivery.login(login text, derived bytea, door text, from_address text)
returns table (result text, wait_s int4, handle bytea, account int4, party int4, party_code text,
	kind text, login_name text, data_tls text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
	set plan_cache_mode = force_generic_plan
as $$
declare
	wait int4 := delivery.must_wait(from_address::inet, login);
	proven int8;
begin
	if wait > 0 then
		return query select * from delivery.waiting(wait);
		return;
	end if;
	select c.credential into proven
	from delivery.account a join delivery.credential c on c.account = a.account
	where a.login = lower(login.login) and c.kind = 'PASSWORD' and c.verifier = sha256(derived)
		and c.ended_at is null and (c.expires_at is null or c.expires_at > clock_timestamp())
	order by c.credential desc limit 1;
	return query select * from delivery.enter(proven, login.login, door, from_address::inet);
end $$;

-- By a certificate that TLS has proven; login '' when the client gave none. One that nobody knows is no
-- guess: it cannot be tried without its key, and some clients show theirs to everybody.
create or replace function delivery.login_certificate(sha256 bytea, login text, door text,
	from_address text)
returns table (result text, wait_s int4, handle bytea, account int4, party int4, party_code text,
	kind text, login_name text, data_tls text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
	set plan_cache_mode = force_generic_plan
as $$
declare
	wait int4 := delivery.must_wait(from_address::inet, login);
	proven int8;
begin
	if wait > 0 then
		return query select * from delivery.waiting(wait);
		return;
	end if;
	select c.credential into proven from delivery.credential c
	where c.kind = 'CERTIFICATE' and c.verifier = login_certificate.sha256 and c.ended_at is null;
	if not found then
		return query select 'WRONG', 0, null::bytea, null::int4, null::int4, null::text,
			null::text, null::text, null::text;
		return;
	end if;
	return query select * from delivery.enter(proven, login, door, from_address::inet);
end $$;

-- By a bearer token, of which the door has made the SHA-256.
create or replace function delivery.login_token(sha256 bytea, door text, from_address text)
returns table (result text, wait_s int4, handle bytea, account int4, party int4, party_code text,
	kind text, login_name text, data_tls text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
	set plan_cache_mode = force_generic_plan
as $$
declare
	wait int4 := delivery.must_wait(from_address::inet, '');
begin
	if wait > 0 then
		return query select * from delivery.waiting(wait);
		return;
	end if;
	return query select * from delivery.enter((select c.credential from delivery.credential c
		where c.kind = 'TOKEN' and c.verifier = login_token.sha256 and c.ended_at is null),
		'', door, from_address::inet);
end $$;

-- A handle of one use, in hex, for the account of an SSH key (SHA-256 of its blob); no row when no open
-- account has it. sshd asks before it has seen a proof of the key, so this opens nothing by itself.
create or replace function delivery.key_handle(key_sha256 bytea)
returns table (handle text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
	set plan_cache_mode = force_generic_plan
as $$
declare
	made bytea := delivery.random32();
begin
	return query
	with known as (
		select c.account, c.credential
		from delivery.credential c join delivery.account a on a.account = c.account
		where c.kind = 'SSH_KEY' and c.verifier = key_sha256 and c.ended_at is null
			and (c.expires_at is null or c.expires_at > clock_timestamp())
			and a.state = 'OPEN'
	), kept as (
		insert into delivery.once (handle_sha256, account, credential)
		select sha256(made), k.account, k.credential from known k
		returning 1
	)
	select encode(made, 'hex') from kept;
end $$;

-- Turns a handle of one use, at most 120 s old, into a session.
create or replace function delivery.open_once(handle bytea, from_address text)
returns table (result text, wait_s int4, session_handle bytea, account int4, party int4,
	party_code text, kind text, login_name text, data_tls text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
	set plan_cache_mode = force_generic_plan
as $$
declare
	of_credential int8;
begin
	update delivery.once o set used_at = clock_timestamp()
	where o.handle_sha256 = sha256(open_once.handle) and o.used_at is null
		and o.made_at > clock_timestamp() - interval '120 s'
	returning o.credential into of_credential;
	return query select * from delivery.enter(of_credential, '', 'SFTP',
		coalesce(nullif(from_address, '')::inet, '127.0.0.1'));
end $$;

-- The session of a handle, or BB002: it has ended, its account was closed, its credential taken back.
create or replace function delivery.session_of(handle bytea)
returns delivery.session
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	s delivery.session;
	key bytea := sha256(handle); -- not in the statement, which might make it for every row
begin
	select x.* into s
	from delivery.session x
	join delivery.account a on a.account = x.account
	join delivery.credential c on c.credential = x.credential
	where x.handle_sha256 = key and x.ended_at is null and a.state = 'OPEN'
		and c.ended_at is null and (c.expires_at is null or c.expires_at > clock_timestamp())
		and (x.portal is null or exists (select from portal.session p where p.session = x.portal and portal.alive(p)));
	if not found then
		raise exception using errcode = 'BB002', message = 'the session has ended';
	end if;
	if s.seen_at < clock_timestamp() - interval '1 min' and not pg_is_in_recovery() then
		update delivery.session x set seen_at = clock_timestamp() where x.session = s.session;
	end if;
	return s;
end $$;

-- Sessions whose door still holds them: it says so once a minute. Those of a door that was killed are not
-- counted for long.
create or replace function delivery.alive(s delivery.session)
returns bool
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select s.ended_at is null and s.seen_at > clock_timestamp() - interval '3 min'
$$;

-- A door says which sessions it holds: their handles, one behind the other.
create or replace function delivery.beat(handles bytea)
returns void
language sql security definer set search_path = pg_catalog, pg_temp
as $$
	update delivery.session s set seen_at = clock_timestamp()
	from (select sha256(substr(handles, i, 32)) as handle
		from generate_series(1, octet_length(handles), 32) i) h
	where s.handle_sha256 = h.handle and s.ended_at is null
$$;

create or replace function delivery.session_end(handle bytea)
returns void
language sql security definer set search_path = pg_catalog, pg_temp
as $$
	update delivery.session s set ended_at = clock_timestamp()
	where s.handle_sha256 = sha256(session_end.handle) and s.ended_at is null
$$;
