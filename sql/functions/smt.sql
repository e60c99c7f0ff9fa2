-- The Smart Meter Texas family (api/smt). Each function takes what its caller has shown, finds out who that is, and
-- answers about what that one may see now.
set local check_function_bodies = off;

-- Who has shown something, when its account may use this family in that way. BB007: nobody (any more). BB002: not in
-- that way, or a kind of party that has no business here.
create or replace function smt.who(shown bytea)
returns api.principal
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.who(shown, '{ACCOUNT,SESSION}');
	by_what text;
begin
	if w.kind not in ('CUSTOMER', 'REP', 'CSP', 'TDU') then
		raise exception using errcode = 'BB002', message = 'that is not for a ' || w.kind;
	end if;
	if w.class = 'ACCOUNT' then
		select c.kind into by_what from delivery.session s join delivery.credential c
			on c.credential = s.credential where s.handle_sha256 = sha256(shown);
		if not coalesce((select case by_what when 'PASSWORD' then a.basic
				when 'CERTIFICATE' then a.certificate else true end
			from smt.account a where a.account = w.account), by_what = 'TOKEN') then
			raise exception using errcode = 'BB002',
				message = format('the account does not log in here by %s', lower(by_what));
		end if;
	end if;
	return w;
end $$;

-- How an account may log in, beside by a token; null leaves it.
create or replace function smt.account_set(login text, basic bool, certificate bool, actor text default session_user)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	a delivery.account := delivery.account_named(login);
begin
	insert into smt.account as x (account, basic, certificate)
	values (a.account, coalesce(account_set.basic, false), coalesce(account_set.certificate, false))
	on conflict (account) do update set basic = coalesce(account_set.basic, x.basic),
		certificate = coalesce(account_set.certificate, x.certificate);
	perform audit.record('account.set', actor, a.party, null, jsonb_strip_nulls(jsonb_build_object(
		'account', a.account, 'basic', basic, 'certificate', certificate)));
end $$;

-- A token for an hour, to one who has just logged in by its password: made is the token's SHA-256. It ends with
-- that password.
create or replace function smt.token(handle bytea, made bytea)
returns table (issued_at timestamptz, expires_at timestamptz)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	s delivery.session := delivery.session_of(handle);
	w api.principal := api.who(handle, '{ACCOUNT}');
	lives interval := '3600 s';
	number int8;
begin
	if w.kind not in ('CUSTOMER', 'REP', 'CSP', 'TDU') then
		raise exception using errcode = 'BB002', message = 'that is not for a ' || w.kind;
	end if;
	number := api.token_add(made, 'SESSION', w.party, w.account, s.credential, null, null, '', null, lives);
	return query select t.issued_at, t.expires_at from api.token t where t.token = number;
end $$;

-- The share of a day's reports that one of this size has, of 60; null when it is too large for any row.
create or replace function smt.share_of(esiids int4, days int4)
returns int4
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select min(60 / z.reports) from smt.size z where z.esiids >= share_of.esiids and z.days >= share_of.days
$$;

-- What stands against a request for reads, before anything is read: MISMATCH (requestor is not the login that was
-- shown), TOO_LARGE, FOREIGN (one of the premises is none, or nothing of it is the caller's: not told apart); null
-- when nothing does. days null: it is not about reads but about the premises as they are now.
create or replace function smt.against(shown bytea, requestor text, kind text, esiids text[], from_day date,
	to_day date)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := smt.who(shown);
begin
	if requestor is not null and lower(requestor) is distinct from w.login then
		return 'MISMATCH';
	elsif from_day is not null and smt.share_of(cardinality(esiids), to_day - from_day + 1) is null then
		return 'TOO_LARGE';
	elsif exists (select from unnest(esiids) e where not smt.is_of(w.party, e, kind, from_day, to_day)) then
		return 'FOREIGN';
	end if;
	return null;
end $$;

-- Is that the DUNS number of the caller's organisation? Of one that has none on file, or is no organisation, nobody can
-- tell, and it is let pass. Leading zeros are lost where it was taken for a number.
create or replace function smt.is_duns(shown bytea, duns text)
returns bool
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := smt.who(shown);
	own text[] := array(
		select r.duns from party.rep r where r.party = w.party and r.duns is not null
		union all
		select f.duns from party.csp_profile f where f.csp = w.party and f.duns is not null and f.ended_at is null
		union all
		select d.duns from party.tdu_duns d where d.tdu = w.party);
begin
	return cardinality(own) = 0 or exists (select from unnest(own) o where ltrim(o, '0') = ltrim(trim(is_duns.duns), '0'));
end $$;

-- Has the party anything to do with that ESI ID: a right to a whole day of the range, or to reads of any kind of
-- today? (Of its own meter, days of before its time are days without data.)
create or replace function smt.is_of(of_party int4, of_esiid text, kind text, from_day date, to_day date)
returns bool
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
	p record;
begin
	select o.premise, ops.today(t.zone) as today into p
	from premise.premise o join party.tdu t on t.party = o.tdu where o.esiid = of_esiid and o.known;
	if not found then
		return false;
	elsif from_day is not null and not isempty(reads.whole_days(of_party, is_of.kind, p.premise, from_day, to_day)) then
		return true;
	end if;
	return exists (select from unnest(array['interval', 'register', 'billing']) k
		where not isempty(reads.whole_days(of_party, k, p.premise, p.today, p.today)));
end $$;

-- ---- premises and meters as they are now ----

create or replace function smt.premises(shown bytea, esiids text[])
returns table (esiid text, tdu text, duns text, status text, street text, city text, state text, zip text, zone text,
	load_profile text, rate_class text, service_voltage text, class text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := smt.who(shown);
begin
	return query
	select p.esiid, y.name, (select min(d.duns) from party.tdu_duns d where d.tdu = p.tdu), p.status, p.street,
		p.city, p.state, p.zip, t.zone, p.load_profile, p.rate_class, p.service_voltage, p.class
	from unnest(premises.esiids) with ordinality e (id, n)
	join premise.premise p on p.esiid = e.id
	join party.tdu t on t.party = p.tdu join party.party y on y.party = p.tdu
	where smt.is_of(w.party, p.esiid, null, null, null)
	order by e.n;
end $$;

create or replace function smt.meters(shown bytea, esiids text[])
returns table (esiid text, tdu text, meter_number text, utility_meter_id text, multiplier int8, channels int4,
	manufacturer text, meter_class text, interval_s int4, model text, phases int4, status text, tested date,
	installed date, firmware text, updated timestamptz, zone text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := smt.who(shown);
begin
	return query
	select p.esiid, y.name, m.meter_number, m.utility_meter_id, m.multiplier, p.channels::int4, m.manufacturer,
		m.meter_class, m.interval_s, m.model, m.phases, p.status, m.tested, m.installed, m.firmware,
		(select max(v.created) from premise.meter_event v where v.premise = p.premise), t.zone
	from unnest(meters.esiids) with ordinality e (id, n)
	join premise.premise p on p.esiid = e.id
	join party.tdu t on t.party = p.tdu join party.party y on y.party = p.tdu
	join premise.meter m on m.premise = p.premise and m.during @> ops.today(t.zone)
	where smt.is_of(w.party, p.esiid, null, null, null)
	order by e.n;
end $$;

-- The premises that a customer holds, for the web's list of meters; of others none: they have thousands.
create or replace function smt.mine(shown bytea, most int4)
returns table (esiid text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := smt.who(shown);
begin
	return query
	select distinct p.esiid collate "C" from reads.rights(w.party, 'interval', tstzrange(ops.now(), ops.now() + interval '1 s'), null) r
	join premise.premise p on p.premise = r.premise
	where w.kind = 'CUSTOMER'
	order by 1 limit most;
end $$;
