-- The second factor of who signs in at the portal. Its secret is sealed here; busbar-portald opens it, and says which step
-- of time a code was of. Whether that may be, how often, and what it opens is said here.
set local check_function_bodies = off;

drop function if exists portal.first_step(int4);	-- its form before
-- What a right password opens: all, or (CODE) the page that asks for the second factor and nothing else.
create function portal.first_step(of_account int4)
returns text
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select case when portal.has_factor(of_account) then 'CODE' else 'OPEN' end
$$;

create or replace function portal.has_factor(of_account int4)
returns bool
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select exists (select from portal.factor f where f.account = of_account and f.set_at is not null)
$$;

-- How it stands, for the account's page.
create or replace function portal.factor_state(shown bytea)
returns table (is_set bool, codes int4)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	s portal.session := portal.any_session(shown);
begin
	return query select portal.has_factor(s.account), (select count(*)::int4 from portal.recovery_code c
		where c.account = s.account and c.used_at is null);
end $$;

-- Begins one: nothing is asked for before a code of it was shown. One that is set stays: BB004.
create or replace function portal.factor_begin(shown bytea, sealed bytea, place bytea)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	s portal.session := portal.any_session(shown);
begin
	insert into portal.factor as f (account, secret_sealed, secret_place)
	values (s.account, factor_begin.sealed, factor_begin.place)
	on conflict (account) do update set secret_sealed = excluded.secret_sealed, secret_place = excluded.secret_place
	where f.set_at is null;
	if not found then
		raise exception using errcode = 'BB004', message = 'there is a second factor already: end that one first';
	end if;
end $$;

-- The secret of who is at the step CODE, or of one that was begun; for busbar-portald, which compares. No row: none.
create or replace function portal.factor_secret(shown bytea)
returns table (sealed bytea, place bytea, is_set bool, login text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	s portal.session := portal.session_at_any_step(shown);
begin
	return query select f.secret_sealed, f.secret_place, f.set_at is not null, a.login
	from portal.factor f join delivery.account a on a.account = f.account
	where f.account = s.account;
end $$;

create or replace function portal.session_at_any_step(shown bytea)
returns portal.session
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	at text := (select x.step from portal.session x where x.verifier = sha256(session_at_any_step.shown));
begin
	return portal.any_session(shown, coalesce(at, 'OPEN'));
end $$;

-- A code was shown. step: of time, that it was of; null when it was of none. recovery: the SHA-256 of what may be a
-- recovery code. OK, WRONG, or WAIT with the seconds: five wrong ones in a row make the account wait, 2 s and twice
-- as long for each more, up to ten minutes. No code is taken twice.
create or replace function portal.factor_try(of_account int4, step int8, recovery bytea)
returns table (result text, wait_s int4)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	f portal.factor;
	ok bool;
begin
	select x.* into f from portal.factor x where x.account = of_account for no key update;
	if not found then
		return query select 'WRONG', 0;
		return;
	elsif f.wait_until > clock_timestamp() then
		return query select 'WAIT', ceil(extract(epoch from f.wait_until - clock_timestamp()))::int4;
		return;
	end if;
	ok := coalesce(factor_try.step > f.last_step, false);
	if not ok and f.set_at is not null then
		update portal.recovery_code c set used_at = clock_timestamp()
		where c.account = of_account and c.sha256 = factor_try.recovery and c.used_at is null;
		ok := found;
		if ok then
			perform audit.record('factor.recovered', (select a.login from delivery.account a where a.account = of_account),
				(select a.party from delivery.account a where a.account = of_account), null, '{}');
		end if;
	end if;
	update portal.factor x set last_step = greatest(x.last_step, case when ok then coalesce(factor_try.step, 0) else 0 end),
		wrong = case when ok then 0 else x.wrong + 1 end,
		wait_until = case when ok or x.wrong + 1 < 5 then '-infinity'
			else clock_timestamp() + least(interval '10 min', interval '2 s' * 2 ^ least(10, x.wrong + 1 - 5)) end
	where x.account = of_account;
	return query select case when ok then 'OK' else 'WRONG' end, 0;
end $$;

-- The second step of signing in: the session that a password has opened becomes another one, with another secret (next),
-- which may all. OPEN, WRONG or WAIT.
create or replace function portal.code(shown bytea, next bytea, step int8, recovery bytea)
returns table (result text, wait_s int4)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	s portal.session := portal.any_session(shown, 'CODE');
	t record;
begin
	select * into t from portal.factor_try(s.account, code.step, code.recovery);
	if t.result <> 'OK' then
		return query select t.result, t.wait_s;
		return;
	end if;
	update portal.session x set ended_at = clock_timestamp() where x.session = s.session;
	insert into portal.session as n (verifier, account, credential, holder, person, box, step, agent, from_address, until)
	values (sha256(code.next), s.account, s.credential, s.holder, s.person, s.box, 'OPEN', s.agent, s.from_address, s.until)
	returning n.* into s;
	perform portal.tell_new(s);
	return query select 'OPEN', 0;
end $$;

-- A code of the one that was begun: it is set from now on, with recovery codes (their SHA-256, one behind the other).
-- Others who are signed in to the account are not any more. OK, WRONG or WAIT.
create or replace function portal.factor_set(shown bytea, step int8, codes bytea)
returns table (result text, wait_s int4)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	s portal.session := portal.any_session(shown);
	t record;
begin
	if portal.has_factor(s.account) then
		raise exception using errcode = 'BB004', message = 'there is a second factor already';
	end if;
	select * into t from portal.factor_try(s.account, factor_set.step, null);
	if t.result = 'OK' then
		update portal.factor f set set_at = clock_timestamp() where f.account = s.account;
		perform portal.factor_codes(s.account, codes);
		update portal.session x set ended_at = clock_timestamp()
		where x.account = s.account and x.session <> s.session and x.ended_at is null;
		perform portal.factor_told(s.account, 'set');
	end if;
	return query select t.result, t.wait_s;
end $$;

create or replace function portal.factor_codes(of_account int4, codes bytea)
returns void
language sql security definer set search_path = pg_catalog, pg_temp
as $$
	delete from portal.recovery_code c where c.account = of_account;
	insert into portal.recovery_code (account, sha256)
	select of_account, substr(factor_codes.codes, i, 32) from generate_series(1, octet_length(factor_codes.codes), 32) i
$$;

create or replace function portal.factor_told(of_account int4, what text)
returns void
language sql security definer set search_path = pg_catalog, pg_temp
as $$
	select audit.record('factor.' || what, a.login, a.party, null, '{}'), portal.tell(of_account, 'factor-' || what)
	from delivery.account a where a.account = of_account
$$;

-- It ends, for one more code of it. OK, WRONG or WAIT.
create or replace function portal.factor_end(shown bytea, step int8, recovery bytea)
returns table (result text, wait_s int4)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	s portal.session := portal.any_session(shown);
	t record;
begin
	select * into t from portal.factor_try(s.account, factor_end.step, factor_end.recovery);
	if t.result = 'OK' then
		delete from portal.factor f where f.account = s.account;
		perform portal.factor_told(s.account, 'ended');
	end if;
	return query select t.result, t.wait_s;
end $$;

-- An operator takes it away from somebody who has lost device and recovery codes, and has shown who that is.
drop function if exists portal.factor_lost(text, text);	-- its place before
create or replace function party.factor_lost(of_login text, actor text default session_user)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	a delivery.account := delivery.account_named(of_login);
begin
	delete from portal.factor f where f.account = a.account;
	if not found then
		raise exception using errcode = 'BB004', message = format('"%s" has no second factor', a.login);
	end if;
	perform audit.record('factor.lost', actor, a.party, null, jsonb_build_object('login', a.login));
	perform portal.tell(a.account, 'factor-ended');
end $$;
