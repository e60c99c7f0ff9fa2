-- What the pages of third parties need beyond what /v1 answers.
set local check_function_bodies = off;

-- How a third party stands: its state, what its registration waits for, what its customers have answered. ending: those
-- that run and end within 30 days, with nothing that renews them.
create or replace function portal.csp_home(shown bytea)
returns table (state text, missing text, expires_at timestamptz, waiting int8, active int8, held int8, ending int8,
	box text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.csp(shown, '{ACCOUNT}');
	hub_now timestamptz := ops.now();	-- once: a third party may have 100,000 that run
	n jsonb := ops.kept('csp_home', w.party::text);
begin
	if n is null then
		select jsonb_build_object('waiting', c.waiting, 'active', c.active, 'held', c.held, 'ending', e.ending) into n
		from (
			select count(*) filter (where a.state = 'PENDING') as waiting,
				count(*) filter (where a.state = 'ACTIVE' and a.ends_at > hub_now) as active,
				count(*) filter (where a.state = 'HELD') as held
			from agreement.agreement a where a.csp = w.party and a.state in ('PENDING', 'ACTIVE', 'HELD')) c
		cross join (
			select count(*) as ending
			from agreement.agreement a
			where a.csp = w.party and a.state = 'ACTIVE' and a.ends_at > hub_now and a.ends_at < hub_now + interval '30 days'
				and not exists (select from agreement.agreement x where x.renews = a.agreement)) e;
		perform ops.keep('csp_home', w.party::text, (n ->> 'waiting')::int8 + (n ->> 'active')::int8 + (n ->> 'held')::int8, n);
	end if;
	return query
	select c.state, party.csp_missing(c.party), party.csp_expires(c.party), (n ->> 'waiting')::int8, (n ->> 'active')::int8,
		(n ->> 'held')::int8, (n ->> 'ending')::int8,
		(select a.login from delivery.account a where a.party = w.party and a.person is null and a.state = 'OPEN'
			order by a.account limit 1)
	from party.csp c where c.party = w.party;
end $$;

-- Its programs (OAuth).
create or replace function portal.csp_clients(shown bytea)
returns table (client_id text, name text, state text, sandbox bool, public bool, redirect_uris text, scopes text,
	grants int8, notify_uri text, issued_at timestamptz)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.csp(shown, '{ACCOUNT}');
begin
	return query
	select c.client_id, c.name, c.state, c.sandbox, c.public, c.redirect_uris, c.scopes, c.grants, c.notify_uri, c.issued_at
	from oauth.clients(w.party) c where c.ended_at is null;
end $$;

-- One of them; addresses and scopes one a line.
create or replace function portal.csp_client(shown bytea, of_client_id text)
returns table (client_id text, name text, state text, sandbox bool, public bool, redirect_uris text, scopes text,
	grants int8, notify_uri text, issued_at timestamptz)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.csp(shown, '{ACCOUNT}');
begin
	return query
	select c.client_id, c.name, c.state, c.sandbox, c.public, replace(c.redirect_uris, ' ', E'\n'),
		replace(c.scopes, ' ', E'\n'), c.grants, c.notify_uri, c.issued_at
	from oauth.clients(w.party) c where c.client_id = of_client_id and c.ended_at is null;
	if not found then
		raise exception using errcode = 'BB001', message = 'there is no such program of yours';
	end if;
end $$;

-- Scopes '{}': those of a program of which nothing is said. secret null: a public one.
create or replace function portal.csp_client_add(shown bytea, name text, secret bytea, sandbox bool, redirects text[],
	scopes text[], notify text)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.csp(shown, '{ACCOUNT}');
begin
	perform api.writes(w, 'ADMIN');
	-- one after the other, so that they are counted
	perform from party.csp x where x.party = w.party for no key update;
	if (select count(*) from oauth.client c where c.csp = w.party and c.ended_at is null) >= 50 then
		raise exception using errcode = 'BB004', message = 'a third party has at most 50 programs';
	elsif octet_length(secret) <> 32 then
		raise exception using errcode = 'BB003', message = 'expected a SHA-256 of 32 bytes';
	end if;
	return (select x.client_id from oauth.client_add(w.party, null, name, secret, coalesce(sandbox, false), redirects,
		nullif(scopes, '{}'), notify, null, w.login) x);
end $$;

create or replace function portal.csp_client_set(shown bytea, of_client_id text, name text, redirects text[], scopes text[],
	notify text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.csp(shown, '{ACCOUNT}');
begin
	perform api.writes(w, 'ADMIN');
	if not exists (select from oauth.client c where c.client_id = of_client_id and c.csp = w.party and c.ended_at is null) then
		raise exception using errcode = 'BB001', message = 'there is no such program of yours';
	end if;
	perform oauth.client_set(of_client_id, name, redirects, nullif(scopes, '{}'), notify, w.login);
end $$;

-- Another secret of one of them, which the caller has drawn; the old one is nothing from then on.
create or replace function portal.csp_client_secret(shown bytea, of_client_id text, secret_sha256 bytea)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.csp(shown, '{ACCOUNT}');
begin
	perform api.writes(w, 'ADMIN');
	if not exists (select from oauth.client c where c.client_id = of_client_id and c.csp = w.party and c.ended_at is null) then
		raise exception using errcode = 'BB001', message = 'there is no such program of yours';
	elsif octet_length(secret_sha256) is distinct from 32 then
		raise exception using errcode = 'BB003', message = 'expected a SHA-256 of 32 bytes';
	end if;
	perform oauth.client_secret(of_client_id, secret_sha256, w.login);
end $$;
