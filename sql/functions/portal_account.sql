-- Accounts that people make and keep by themselves at the portal: asking for one, choosing a password by the link of a
-- mail, a password that was forgotten. Whether there is such a mailbox or premise no answer tells: what follows from a
-- question is the clock's.
set local check_function_bodies = off;

-- The REPs of Texas: a bill shows the name, few know the certificate number.
create or replace function portal.reps()
returns table (certificate text, name text)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select r.certificate, p.name from party.rep r join party.party p on p.party = r.party
	order by lower(p.name), r.certificate
$$;

-- Asks for an account; see party.holder_request.
create or replace function portal.sign_up(esiids text[], meters text[], reps text[], email_sealed bytea, email_place bytea,
	email_index bytea, language text, source inet)
returns void
language sql security definer set search_path = pg_catalog, pg_temp
as $$
	select party.holder_request(esiids, meters, reps, email_sealed, email_place, email_index, language, source, 'portal')
$$;

-- ---- a password by the link of a mail ----

-- The account whose password a link may choose; null: none. A customer's own, made if there is none yet, as long as it
-- has no password: who has one and forgot it asks for another link.
create or replace function portal.link_account(link bytea)
returns delivery.account
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	about record;
	a delivery.account;
begin
	select l.* into about from party.link_about(link) l;
	if not found or about.done or not about.chooses then
		return null;
	end if;
	if about.holder is not null then
		perform party.holder_account(about.holder);
	end if;
	select x.* into a from delivery.account x
	where x.state = 'OPEN' and x.account = coalesce(about.account,
		(select y.account from party.holder h join delivery.account y on y.party = h.party where h.holder = about.holder));
	return a;
end $$;

-- What the password is to be derived under. BB001: this link chooses none.
create or replace function portal.link_salt(link bytea)
returns bytea
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	a delivery.account := portal.link_account(link);
begin
	if a.account is null then
		raise exception using errcode = 'BB001', message = 'this link is not valid, or not any more';
	end if;
	return delivery.salt(a.login);
end $$;

-- The mailbox is proven, and this is its password from now on: derived is argon2id of it under portal.link_salt().
-- Whoever was signed in by the old one is not any more. Once a link. BB001: it chooses none (any more).
create or replace function portal.choose_password(link bytea, derived bytea, source inet)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	a delivery.account;
begin
	-- one after the other: of two the second one finds that it is used
	perform from party.proof r join party.link l on l.mail = r.mail
	where l.sha256 = choose_password.link for no key update of r;
	a := portal.link_account(link);
	if a.account is null then
		raise exception using errcode = 'BB001', message = 'this link is not valid, or not any more';
	end if;
	perform party.confirm(link, source);
	perform portal.password_put(a, derived, 'the holder of ' || a.login);
	-- waits that wrong ones have made are over
	delete from delivery.guess g where g.login = a.login;
end $$;

-- The password of an account from now on; the one before ends, with the sessions that it opened, and its holder is told.
create or replace function portal.password_put(a delivery.account, derived bytea, actor text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	had bool := exists (select from delivery.credential c
		where c.account = a.account and c.kind = 'PASSWORD' and c.ended_at is null);
begin
	if octet_length(derived) is distinct from 32 then
		raise exception using errcode = 'BB003', message = 'expected what argon2id made of a password, 32 bytes';
	end if;
	perform delivery.credential_replace(a.login, 'PASSWORD', 'portal', delivery.salt(a.login), sha256(derived), null, actor);
	-- other links that wait choose none any more
	update party.proof r set used_at = ops.now() where r.account = a.account and r.used_at is null;
	if had then
		perform portal.tell(a.account, 'password-set');
	end if;
end $$;

-- Whose mailbox belongs to an account that people sign in to: a customer's, or a person's of an organisation.
create or replace function portal.mailbox_of(of_account int4)
returns table (sealed bytea, place bytea, index bytea, language text, organisation text)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select h.email_sealed, h.email_place, h.email_index, h.language, null
	from delivery.account a join party.holder h on h.party = a.party
	where a.account = of_account and h.state <> 'ENDED'
	union all
	select x.email_sealed, x.email_place, x.email_index, x.language, p.name
	from delivery.account a join party.person x on x.person = a.person join party.party p on p.party = x.party
	where a.account = of_account and x.removed_at is null
$$;

-- Tells the holder of an account something by mail. Its number, or null.
create or replace function portal.tell(of_account int4, kind text, args jsonb default '{}')
returns int8
language sql security definer set search_path = pg_catalog, pg_temp
as $$
	select mail.queue(tell.kind, m.sealed, m.place, m.index, m.language, null, null,
		jsonb_strip_nulls(jsonb_build_object('organisation', m.organisation)) || args)
	from portal.mailbox_of(of_account) m
$$;

-- A mail with a link by which the password of an account is chosen, for so long.
create or replace function portal.link_send(of_account int4, kind text, good interval)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	mailed int8 := portal.tell(of_account, kind);
begin
	if mailed is not null then
		insert into party.proof (mail, account, valid_until) values (mailed, of_account, ops.now() + good);
	end if;
end $$;

-- ---- a password that was forgotten ----

-- Asks for a link for all accounts of a mailbox. Nothing is answered, and the same is done whether there is one; each
-- counts against the network that it comes from until the clock has seen that it was right.
create or replace function portal.forgot(email_index bytea, source inet)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	if delivery.must_wait(source, '') > 0 then
		return;
	end if;
	perform delivery.guessed(source, '');
	insert into portal.forgotten (asked_at, email_index, source)
	values (ops.now(), forgot.email_index, forgot.source);
	perform pg_notify('agreement_due', '');
end $$;

-- Accounts of a mailbox that people sign in to.
create or replace function portal.accounts_of(email_index bytea)
returns table (account int4)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select a.account from party.holder h join delivery.account a on a.party = h.party
	where h.email_index = accounts_of.email_index and h.state = 'CONFIRMED' and a.state = 'OPEN'
	union all
	select a.account from party.person x join delivery.account a on a.person = x.person
	where x.email_index = accounts_of.email_index and x.removed_at is null and a.state = 'OPEN'
$$;

-- Does what was asked for, oldest first: at most three mails an account in 24 hours. Gives how many were looked at.
create or replace function portal.forgotten_tick()
returns int4
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	asked portal.forgotten;
	of_account int4;
	n int4 := 0;
begin
	for asked in select f.* from portal.forgotten f order by f.forgotten limit 500 for no key update skip locked loop
		for of_account in select x.account from portal.accounts_of(asked.email_index) x loop
			perform delivery.not_guessed(asked.source, '');
			continue when (select count(*) from party.proof r join mail.outbox o on o.mail = r.mail
				where r.account = of_account and o.queued_at > ops.now() - interval '24 hours') >= 3;
			perform portal.link_send(of_account, 'password',
				make_interval(mins => ops.setting_of('portal.password_min')::int4));
			perform audit.record('password.forgotten', 'portal', (select a.party from delivery.account a
				where a.account = of_account), null, jsonb_build_object('account', of_account));
		end loop;
		delete from portal.forgotten f where f.forgotten = asked.forgotten;
		n := n + 1;
	end loop;
	return n;
end $$;

-- ---- of who is signed in ----

-- What the password of who is signed in is derived under.
create or replace function portal.own_salt(shown bytea)
returns bytea
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	s portal.session := portal.any_session(shown);
begin
	return delivery.salt((select a.login from delivery.account a where a.account = s.account));
end $$;

-- Whether that is the password of who is signed in; what is wrong counts as at the door. OK, WRONG or WAIT.
create or replace function portal.own_password(s portal.session, derived bytea)
returns table (result text, wait_s int4)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	name text := (select a.login from delivery.account a where a.account = s.account);
	from_where inet := coalesce(s.from_address, '127.0.0.1');
	wait int4 := delivery.must_wait(from_where, name);
begin
	if wait > 0 then
		return query select 'WAIT', wait;
	elsif exists (select from delivery.credential c where c.account = s.account and c.kind = 'PASSWORD' and c.ended_at is null
		and (c.expires_at is null or c.expires_at > clock_timestamp()) and c.verifier = sha256(derived)) then
		return query select 'OK', 0;
	else
		perform delivery.guessed(from_where, name);
		return query select 'WRONG', 0;
	end if;
end $$;

-- Another password, by who knows the one that holds. This session goes on; all others end. OK, WRONG or WAIT.
create or replace function portal.password_change(shown bytea, derived bytea, new_derived bytea)
returns table (result text, wait_s int4)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	s portal.session := portal.any_session(shown);
	a delivery.account;
	t record;
begin
	select x.* into a from delivery.account x where x.account = s.account for no key update;
	select * into t from portal.own_password(s, derived);
	if t.result = 'OK' then
		perform portal.password_put(a, new_derived, a.login);
		update portal.session x set credential = (select max(c.credential) from delivery.credential c
			where c.account = a.account and c.kind = 'PASSWORD' and c.ended_at is null)
		where x.session = s.session;
	end if;
	return query select t.result, t.wait_s;
end $$;
