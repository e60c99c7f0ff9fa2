-- Who the customer is: by a code that goes to a mailbox or phone that the utility has of them, or by the login
-- of an account. Whether anybody was found, nobody is told: the same is done, said and counted for all.
set local check_function_bodies = off;

-- Customers of an account number, phone number, e-mail or billing address, that is its blind index, as far as the
-- client may ask them; the address in use of one who is at home nowhere opens nothing.
create or replace function oauth.customers_of(c oauth.client, kind text, index bytea)
returns table (customer int4, tdu int4, sandbox bool)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	-- found first, then looked up one by one: before there are statistics, a plan may look through all for each
	with k as materialized (
		select x.customer from premise.contact x where x.kind = customers_of.kind and x.index = customers_of.index
		union
		select x.customer from premise.customer x where customers_of.kind = 'account' and x.account_index = customers_of.index
		union
		select x.customer from premise.customer x where customers_of.kind = 'address' and x.address_index = customers_of.index
	)
	select u.customer, u.tdu, t.sandbox
	from k
	cross join lateral (select y.* from premise.customer y where y.customer = k.customer offset 0) u
	join party.tdu t on t.party = u.tdu
	where exists (select from premise.occupancy o where o.customer = u.customer
			and o.during @> (ops.now() at time zone t.zone)::date)
		and (t.sandbox or not c.sandbox
			and (select y.state = 'ACTIVE' from party.csp y where y.party = c.csp))
	order by u.customer
$$;

-- How often this was asked for lately; true: not again now.
create or replace function oauth.look_count(of_kind text, of_index bytea)
returns bool
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	hour_n int8;
	day_n int8;
begin
	perform pg_advisory_xact_lock(hashtextextended(encode(of_index, 'hex'), 9));
	select count(*) filter (where l.at > clock_timestamp() - interval '1 hour'), count(*) into hour_n, day_n
	from oauth.look l where l.index = of_index and l.at > clock_timestamp() - interval '1 day';
	insert into oauth.look (kind, index) values (of_kind, of_index);
	return hour_n >= ops.setting_of('oauth.otp_hour_most')::int4 or day_n >= ops.setting_of('oauth.otp_day_most')::int4;
end $$;

-- Six digits that nobody can foretell.
create or replace function oauth.six_digits()
returns text
language sql volatile security definer set search_path = pg_catalog, pg_temp
as $$
	select lpad((('x' || substr(encode(uuid_send(gen_random_uuid()), 'hex'), 1, 7))::bit(28)::int4 % 1000000)::text, 6, '0')
$$;

-- Looks for a customer and sends a code. kind: account, phone, email, address; via: MAIL or TEXT, for an account or
-- address. to_*: where it is to go instead, for who tries the sandbox.
create or replace function oauth.consent_find(shown bytea, kind text, index bytea, via text, source inet,
	to_sealed bytea default null, to_place bytea default null, to_index bytea default null)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	k oauth.consent := oauth.consent_of(shown, array['FIND', 'CODE']);
	c oauth.client;
	who int4[];
	sandbox bool;
	most bool := oauth.look_count(kind, coalesce(index, '\x00'));
	r premise.contact;
	way text := case kind when 'phone' then 'phone' when 'email' then 'email'
		else case via when 'TEXT' then 'phone' else 'email' end end;
	mailed int8;
	shows text;
begin
	select x.* into c from oauth.client x where x.client = k.client;
	-- what somebody of the sandbox has is for trying: whoever else has it is not asked
	with u as materialized (select x.* from oauth.customers_of(c, kind, index) x)
	select coalesce(array_agg(u.customer), '{}'), bool_and(u.sandbox) into who, sandbox
	from u where u.sandbox or not exists (select from u y where y.sandbox);
	-- an account number or address of two customers is nobody's
	-- a test identifier is for everybody who tries, and its code is sent nowhere: no limit of a mailbox
	if most and not (coalesce(sandbox, false) and to_index is null) or k.looks >= 10 or delivery.must_wait(source, '') > 0
		or consent_find.kind in ('account', 'address') and cardinality(who) <> 1 then
		who := '{}';
	end if;
	select x.* into r from premise.contact x
	where x.customer = any (who) and x.kind = way and (consent_find.kind not in ('email', 'phone') or x.index = consent_find.index)
	order by x.customer, x.index limit 1;
	if r.customer is null then
		who := '{}';
	elsif to_index is not null and not coalesce(sandbox, false) then
		who := '{}';	-- no real customer's code goes anywhere else
	end if;
	if cardinality(who) > 0 and sandbox and to_index is null then
		shows := oauth.six_digits();
	elsif cardinality(who) > 0 then
		mailed := oauth.code_send(k, way, coalesce(to_sealed, r.sealed), coalesce(to_place,
			('contact.' || way)::bytea || (select u.account_index from premise.customer u where u.customer = r.customer)),
			coalesce(to_index, r.index), c.csp);
	else
		perform delivery.guessed(source, '');
	end if;
	if mailed is null then
		-- as much is written for nobody as for somebody
		mailed := oauth.code_decoy(k, way, coalesce(index, sha256('nobody')), c.csp);
	end if;
	update oauth.consent x set step = 'CODE', customers = who, mail = mailed, code_shown = shows, code_sha256 = null,
		code_tries = 0, looks = x.looks + 1, proven = null,
		code_until = clock_timestamp() + ops.setting_of('oauth.otp_min')::int4 * interval '1 min',
		(email_sealed, email_place, email_index) = (select e.sealed, 'contact.email'::bytea || u.account_index, e.index
			from premise.contact e join premise.customer u on u.customer = e.customer
			where e.customer = any (who) and e.kind = 'email'
			order by e.index = consent_find.index desc, e.customer, e.index limit 1)
	where x.consent = k.consent;
end $$;

create or replace function oauth.code_send(k oauth.consent, way text, sealed bytea, place bytea, index bytea, csp int4)
returns int8
language sql security definer set search_path = pg_catalog, pg_temp
as $$
	select mail.queue(case way when 'phone' then 'consent-text' else 'consent-code' end, sealed, place, index, k.language,
		null, csp, '{}', null, null, ops.setting_of('oauth.otp_min')::int4 * interval '1 min')
$$;

create or replace function oauth.code_decoy(k oauth.consent, way text, index bytea, csp int4)
returns int8
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	made int8;
begin
	insert into mail.outbox as o (kind, csp, language, recipient_index, queued_at, due_at, give_up_at, state)
	values (case way when 'phone' then 'consent-text' else 'consent-code' end, code_decoy.csp, k.language,
		substr(sha256(code_decoy.index), 1, 16), ops.now(), ops.now(), ops.now(), 'CANCELLED')
	returning o.mail into made;
	return made;
end $$;

-- busbar-agreementd has made the code of a mail: SHA-256 of the mail's number, ':' and the digits.
create or replace function oauth.code_made(of_mail int8, sha256 bytea)
returns void
language sql security definer set search_path = pg_catalog, pg_temp
as $$
	update oauth.consent x set code_sha256 = code_made.sha256 where x.mail = of_mail and x.step = 'CODE'
$$;

-- Is it the code? Five tries; after that, or when its time is over, another one must be asked for. Then the
-- request has a new name: who knew the old one, before anything was proven, has nothing.
create or replace function oauth.consent_code(shown bytea, code text, new_shown bytea, source inet)
returns bool
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	k oauth.consent := oauth.consent_of(shown, array['CODE']);
	fits bool;
begin
	update oauth.consent x set code_tries = x.code_tries + 1 where x.consent = k.consent;
	fits := k.code_tries < 5 and k.code_until > clock_timestamp() and cardinality(k.customers) > 0
		and coalesce(case when k.code_shown is not null then k.code_shown = code
			else k.code_sha256 = sha256(convert_to(k.mail || ':' || code, 'UTF8')) end, false);
	if not fits then
		perform delivery.guessed(source, '');
		return false;
	end if;
	update oauth.consent x set step = 'CHOOSE', verifier = sha256(new_shown), code_sha256 = null, code_shown = null,
		proven = case when k.code_shown is not null then 'PAGE' else (select case o.kind when 'consent-text'
			then 'TEXT' else 'MAIL' end from mail.outbox o where o.mail = k.mail) end
	where x.consent = k.consent;
	perform audit.record('oauth.identified', 'consent', (select c.csp from oauth.client c where c.client = k.client),
		null, jsonb_build_object('consent', k.consent, 'by', 'code'));
	return true;
end $$;

-- Another one is to be looked for.
create or replace function oauth.consent_again(shown bytea)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	k oauth.consent := oauth.consent_of(shown, array['FIND', 'CODE', 'CHOOSE']);
begin
	update oauth.consent x set step = 'FIND', customers = '{}', holder = null, proven = null, code_sha256 = null,
		code_shown = null, mail = null, email_sealed = null, email_place = null, email_index = null
	where x.consent = k.consent;
end $$;

-- By the login of a customer's account; handle: of the session that its password opened, which ends here.
create or replace function oauth.consent_login(shown bytea, handle bytea, new_shown bytea)
returns bool
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	k oauth.consent := oauth.consent_of(shown, array['FIND', 'CODE']);
	s delivery.session := delivery.session_of(handle);
	h party.holder;
begin
	perform delivery.session_end(handle);
	select x.* into h from delivery.account a join party.holder x on x.party = a.party
	where a.account = s.account and x.state = 'CONFIRMED';
	if not found then
		return false;
	end if;
	update oauth.consent x set step = 'CHOOSE', verifier = sha256(new_shown), holder = h.holder, customers = '{}',
		proven = 'LOGIN', email_sealed = h.email_sealed, email_place = h.email_place, email_index = h.email_index,
		code_sha256 = null, code_shown = null, mail = null
	where x.consent = k.consent;
	perform audit.record('oauth.identified', 'customer account ' || h.holder, (select c.csp from oauth.client c
		where c.client = k.client), null, jsonb_build_object('consent', k.consent, 'by', 'login'));
	return true;
end $$;
