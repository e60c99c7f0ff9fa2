-- A customer is asked in a browser. `shown` is the SHA-256 of what that browser has: a secret of the page's address
-- and one of a cookie. What is asked stays here, so that nothing of it can be changed on the way.
set local check_function_bodies = off;

-- What the page of a request must know of a client; no row: there is none.
create or replace function oauth.client_asks(of_client_id text)
returns table (name text, public bool, may bool, why text, redirect_uris text[], scopes text[], unknown text, excess text)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select c.name, c.secret_sha256 is null, 'authorization_code' = any (c.grant_types), oauth.client_wrong(c),
		c.redirect_uris, c.scopes, ops.setting_of('oauth.scope_unknown'), ops.setting_of('oauth.scope_excess')
	from oauth.client c
	where c.client_id = of_client_id and c.ended_at is null
$$;

create or replace function oauth.consent_begin(shown bytea, of_client_id text, redirect_uri text, redirect_told bool,
	state text, challenge bytea, scope text, fixed bool, prefer_until timestamptz, at_least_until timestamptz,
	prefill text, prefill_sealed bytea, language text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	c oauth.client;
begin
	select x.* into c from oauth.client x where x.client_id = of_client_id and x.ended_at is null;
	if not found or redirect_uri <> all (c.redirect_uris) or oauth.client_wrong(c) is not null
		or not 'authorization_code' = any (c.grant_types) or c.secret_sha256 is null and challenge is null
		or not exists (select from unnest(c.scopes) s where oauth.scope_within(scope, s)) then
		raise exception using errcode = 'BB003', message = 'that request is not one of its client''s';
	end if;
	insert into oauth.consent (verifier, client, redirect_uri, redirect_told, state, challenge, scope, fixed,
		prefer_until, at_least_until, prefill, prefill_sealed, language, until)
	values (sha256(shown), c.client, consent_begin.redirect_uri, consent_begin.redirect_told, consent_begin.state,
		consent_begin.challenge, consent_begin.scope, coalesce(consent_begin.fixed, false),
		consent_begin.prefer_until, consent_begin.at_least_until, consent_begin.prefill,
		consent_begin.prefill_sealed, coalesce(consent_begin.language, 'EN'),
		clock_timestamp() + ops.setting_of('oauth.consent_min')::int4 * interval '1 min');
end $$;

-- BB001: there is none, or its time is over.
create or replace function oauth.consent_of(shown bytea, steps text[])
returns oauth.consent
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	k oauth.consent;
begin
	select x.* into k from oauth.consent x
	where x.verifier = sha256(shown) and x.until > clock_timestamp()
	for no key update;
	if not found then
		raise exception using errcode = 'BB001', message = 'there is no such request, or its time is over';
	elsif k.step <> all (steps) then
		raise exception using errcode = 'BB004', message = format('the request is at %s', k.step);
	end if;
	return k;
end $$;

-- The premises that may be chosen: those that who was found occupies, as far as the client may ask for them.
create or replace function oauth.consent_premises(k oauth.consent)
returns table (premise int4)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
	return query
	select p.premise
	from premise.premise p
	join party.tdu t on t.party = p.tdu
	join oauth.client c on c.client = k.client
	where k.step = 'CHOOSE' and p.known and p.status <> 'RETIRED'
		and (p.premise in (select o.premise from premise.occupancy o where o.customer = any (k.customers)
				and o.during @> (ops.now() at time zone t.zone)::date)
			or k.holder is not null and p.premise in (select h.premise from party.holder_premise h
				where h.holder = k.holder and h.state = 'HELD')
				and party.holder_may(k.holder, p.premise))
		and (not c.sandbox or t.sandbox)
		and party.csp_may(c.csp, p.premise)
	order by p.esiid
	limit 200;
end $$;

-- What the page shows; null: there is no such request.
create or replace function oauth.consent_page(shown bytea)
returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
	k oauth.consent;
	c oauth.client;
	premises int4[];
	large bool;
begin
	select x.* into k from oauth.consent x where x.verifier = sha256(shown) and x.until > clock_timestamp();
	if not found then
		return null;
	end if;
	select x.* into c from oauth.client x where x.client = k.client;
	premises := array(select p.premise from oauth.consent_premises(k) p);
	large := (select coalesce(bool_and(agreement.is_large(p)), false) from unnest(premises) p);
	return jsonb_build_object('step', k.step, 'name', c.name, 'redirect_uri', k.redirect_uri,
		'state', k.state, 'scope', k.scope, 'fixed', k.fixed, 'language', k.language,
		'prefill', k.prefill, 'prefill_sealed', encode(k.prefill_sealed, 'hex'),
		'prefer_until', k.prefer_until, 'at_least_until', k.at_least_until,
		'code_shown', case when k.code_until > clock_timestamp() then k.code_shown end,
		'proven', k.proven, 'sandbox', c.sandbox,
		'kinds', to_jsonb(oauth.scope_kinds(k.scope)), 'customer', oauth.scope_customer(k.scope),
		'history', oauth.scope_history(k.scope),
		'large', large, 'terms', oauth.consent_terms(k, large),
		'premises', (select coalesce(jsonb_agg(jsonb_build_object('premise', m.premise, 'masked', '…' || right(m.esiid, 4),
				'street', m.street, 'city', m.city, 'meter_masked', '…' || right(n.meter_number, 4))
				order by m.esiid), '[]')
			from unnest(premises) x (premise)
			join premise.premise m on m.premise = x.premise
			join party.tdu t on t.party = m.tdu
			left join premise.meter n on n.premise = x.premise
				and n.during @> (ops.now() at time zone t.zone)::date))
		|| agreement.csp_words(c.csp);
end $$;

-- How long it may be for: [{"months": 12, "ends_at": seconds, "wished": true}], the shortest first. What the client
-- needs at least leaves shorter ones out; the longest stays in any case.
create or replace function oauth.consent_terms(k oauth.consent, large bool)
returns jsonb
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	with term as (
		select m, agreement.months_on(ops.now(), m) as ends, max(m) over () as longest
		from unnest(case when large then array[1, 3, 6, 12, 24, 36] else array[1, 3, 6, 12] end) m
	), left_over as (
		select t.* from term t
		where t.ends >= coalesce(k.at_least_until, '-infinity') or t.m = t.longest
	)
	select jsonb_agg(jsonb_build_object('months', t.m, 'ends', floor(extract(epoch from t.ends))::int8, 'wished',
		t.m = (select coalesce(min(w.m) filter (where k.prefer_until is not null and w.ends >= k.prefer_until), max(w.m))
			from left_over w)) order by t.m)
	from left_over t
$$;

-- Where a consent begins when the customer comes from here: the client's own page, and what it may ask for.
create or replace function oauth.client_portal(of_client_id text)
returns table (portal_uri text, scope text)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select c.portal_uri, c.scopes[1] from oauth.client c
	where c.client_id = of_client_id and c.portal_uri is not null and oauth.client_wrong(c) is null
		and 'authorization_code' = any (c.grant_types)
$$;

-- Nothing may be shared; what the client is told follows.
create or replace function oauth.consent_deny(shown bytea, source inet, agent text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	k oauth.consent := oauth.consent_of(shown, array['FIND', 'CODE', 'CHOOSE']);
begin
	update oauth.consent x set step = 'DONE', code_sha256 = null, code_shown = null, customers = '{}', holder = null
	where x.consent = k.consent;
	perform audit.record('oauth.denied', 'consent', (select c.csp from oauth.client c where c.client = k.client), null,
		jsonb_build_object('consent', k.consent, 'client', k.client));
end $$;

-- Yes: the premises, and the scope as it was narrowed. code_shown: the SHA-256 of the code that the browser takes
-- to the client. state: of the agreement that this made.
create or replace function oauth.consent_grant(shown bytea, premises int4[], scope text, months int4,
	disclosure text, disclosure_sha256 bytea, evidence jsonb, source inet, agent text, code_shown bytea)
returns table (state text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
	k oauth.consent := oauth.consent_of(shown, array['CHOOSE']);
	made int8;
begin
	if coalesce(cardinality(premises), 0) = 0
		or not premises <@ array(select p.premise from oauth.consent_premises(k) p) then
		raise exception using errcode = 'BB003', message = 'expected some of the premises that were shown';
	elsif not oauth.scope_less(consent_grant.scope, k.scope) or k.fixed and consent_grant.scope <> k.scope then
		raise exception using errcode = 'BB003', message = 'expected what was asked for, or less';
	end if;
	made := oauth.grant_make(utility.grant_client(k.client, consent_grant.scope), premises, consent_grant.scope, months, k.language, k.email_sealed,
		k.email_place, k.email_index, disclosure, disclosure_sha256,
		coalesce(evidence, '{}') || jsonb_build_object('proven', k.proven), source, agent, k.verifier, 'consent');
	perform utility.submitted(k.client, k.state, made);
	update oauth.consent x set step = 'DONE', granted = made, customers = '{}', holder = null
	where x.consent = k.consent;
	insert into oauth.code (verifier, granted, client, redirect_uri, challenge, expires_at)
	values (sha256(consent_grant.code_shown), made, k.client, case when k.redirect_told then k.redirect_uri end,
		k.challenge, clock_timestamp() + least(300, ops.setting_of('oauth.code_s')::int4) * interval '1 s');
	return query select a.state from oauth.grant g join agreement.agreement a on a.agreement = g.agreement
		where g.granted = made;
end $$;

-- Requests that are long over go, and what was counted; how many.
create or replace function oauth.purge()
returns int4
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	n int4;
begin
	delete from oauth.consent k where k.until < clock_timestamp()
		- (select r.keep_days from ops.retention r where r.thing = 'oauth.consent') * interval '1 day';
	get diagnostics n = row_count;
	delete from oauth.look l where l.at < clock_timestamp() - interval '2 days';
	delete from oauth.code d where d.expires_at < clock_timestamp() - interval '400 days';
	return n;
end $$;
