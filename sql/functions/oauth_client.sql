-- Programs of third parties.
set local check_function_bodies = off;

-- What a client may ask for when nobody says otherwise: quarter-hours, the summary of bills, two years back; all
-- that was allowed to it at once; its own record.
create or replace function oauth.default_scopes()
returns text[]
language sql immutable security definer set search_path = pg_catalog, pg_temp
as $$
	select array['FB=4_5_15;IntervalDuration=900;BlockDuration=daily;HistoryLength=63072000', 'FB=34_35', 'FB=36_40']
$$;

-- A CSP that is approved has a client of the same name and secret.
create or replace function oauth.client_of_csp()
returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	if new.ended_at is not null or tg_op = 'DELETE' then
		update oauth.client c set ended_at = coalesce(c.ended_at, clock_timestamp()), state = 'REVOKED'
		where c.csp = new.csp and c.client_id = new.client_id;
		return null;
	end if;
	insert into oauth.client as c (csp, client_id, name, secret_sha256, redirect_uris, scopes, notify_uri, portal_uri,
		client_uri, policy_uri, description)
	select new.csp, new.client_id, p.name, new.secret_sha256, f.redirect_uris, oauth.default_scopes(),
		f.notification_uri, f.portal_uri, f.site, f.privacy_url, f.use_en
	from party.party p join party.csp_profile f on f.csp = p.party
	where p.party = new.csp
	on conflict (client_id) do update set secret_sha256 = excluded.secret_sha256, ended_at = null,
		state = 'PRODUCTION', redirect_uris = excluded.redirect_uris;
	return null;
end $$;
create or replace trigger oauth_client after insert or update on party.csp_client
	for each row execute function oauth.client_of_csp();

-- BB003: one of them is none.
create or replace function oauth.scopes_check(scopes text[])
returns void
language plpgsql immutable security definer set search_path = pg_catalog, pg_temp
as $$
declare
	wrong text;
begin
	select s into wrong from unnest(scopes) s where not coalesce(oauth.scope_within(s, s), false) limit 1;
	if wrong is not null then
		raise exception using errcode = 'BB003', message = format('scope "%s", expected FB=4_5;… with at most 256 '
			'characters', left(wrong, 100));
	end if;
end $$;

-- A client of a CSP: of the sandbox from its first minute on; another one only when it is live. secret_sha256
-- null: a public one, which has PKCE. client_id null: a new name.
create or replace function oauth.client_add(of_csp int4, of_client_id text, of_name text, secret_sha256 bytea,
	of_sandbox bool, redirect_uris text[], of_scopes text[], notify_uri text, portal_uri text, actor text)
returns table (client int4, client_id text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
	c party.csp;
	made oauth.client;
begin
	select x.* into c from party.csp x where x.party = of_csp;
	if not found then
		raise exception using errcode = 'BB001', message = 'there is no such CSP';
	elsif not party.csp_open(c.state) or c.state <> 'ACTIVE' and not of_sandbox then
		raise exception using errcode = 'BB004', message = format('a third party that is %s has clients of '
			'the sandbox alone', c.state);
	elsif of_sandbox and not party.csp_open(c.state) then
		raise exception using errcode = 'BB004', message = format('a third party that is %s has no clients', c.state);
	end if;
	perform oauth.scopes_check(of_scopes);
	insert into oauth.client (csp, client_id, name, secret_sha256, sandbox, redirect_uris, scopes, notify_uri,
		portal_uri, client_uri, policy_uri, description, grant_types, state)
	select of_csp, coalesce(of_client_id, p.code || '-' || replace(gen_random_uuid()::text, '-', '')),
		coalesce(of_name, p.name), client_add.secret_sha256, of_sandbox, client_add.redirect_uris,
		coalesce(of_scopes, oauth.default_scopes()), client_add.notify_uri,
		coalesce(client_add.portal_uri, f.portal_uri), f.site, f.privacy_url, f.use_en,
		case when client_add.secret_sha256 is null then array['authorization_code', 'refresh_token']
			else array['authorization_code', 'refresh_token', 'client_credentials'] end,
		case when of_sandbox then 'REVIEW' else 'PRODUCTION' end
	from party.party p join party.csp_profile f on f.csp = p.party
	where p.party = of_csp
	returning * into made;
	perform audit.record('oauth.client_added', actor, of_csp, null, jsonb_build_object('client', made.client,
		'client_id', made.client_id, 'sandbox', made.sandbox, 'public', made.secret_sha256 is null));
	return query select made.client, made.client_id;
exception
	when unique_violation then
		raise exception using errcode = 'BB005', message = 'there is a client of that name';
	when check_violation then
		raise exception using errcode = 'BB003', message = 'expected a client name of 8 to 80 letters, digits, dots, '
			'hyphens and underscores, at most ten redirect addresses that begin with https://, and one to ten scopes';
end $$;

create or replace function oauth.client_named(of_client_id text)
returns oauth.client
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
	c oauth.client;
begin
	select x.* into c from oauth.client x where x.client_id = of_client_id;
	if not found then
		raise exception using errcode = 'BB001', message = 'there is no such client';
	end if;
	return c;
end $$;

-- REVIEW, PRODUCTION, ON_HOLD, REVOKED. On hold it keeps its grants, and its tokens open nothing but its own
-- record; revoked is for good.
create or replace function oauth.client_state(of_client_id text, to_state text, why text, actor text)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	c oauth.client := oauth.client_named(of_client_id);
	one record;
begin
	if c.state = 'REVOKED' or c.state = to_state then
		raise exception using errcode = 'BB004', message = format('the client is %s', c.state);
	elsif to_state = 'PRODUCTION' and c.sandbox then
		raise exception using errcode = 'BB004', message = 'a client of the sandbox stays there';
	end if;
	update oauth.client x set state = to_state,
		ended_at = case to_state when 'REVOKED' then clock_timestamp() end
	where x.client = c.client;
	if to_state = 'REVOKED' then
		for one in select g.granted from oauth.grant g join agreement.agreement a on a.agreement = g.agreement
			join agreement.state s on s.state = a.state
			where g.client = c.client and not s.over
		loop
			perform oauth.grant_end(one.granted, 'OPERATOR', coalesce(why, 'client-revoked'), actor);
		end loop;
	end if;
	perform audit.record('oauth.client_moved', actor, c.csp, null, jsonb_strip_nulls(jsonb_build_object(
		'client_id', c.client_id, 'was', c.state, 'state', to_state, 'why', why)));
	perform oauth.client_changed(c.client);
	return to_state;
exception when check_violation then
	raise exception using errcode = 'BB003', message = format('state is "%s", expected PRODUCTION, ON_HOLD or '
		'REVOKED', to_state);
end $$;

-- A new secret; the old one is nothing from then on.
create or replace function oauth.client_secret(of_client_id text, secret_sha256 bytea, actor text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	c oauth.client := oauth.client_named(of_client_id);
begin
	if c.secret_sha256 is null then
		raise exception using errcode = 'BB004', message = 'a public client has no secret';
	end if;
	update oauth.client x set secret_sha256 = client_secret.secret_sha256 where x.client = c.client;
	perform audit.record('oauth.client_secret', actor, c.csp, null, jsonb_build_object('client_id', c.client_id));
end $$;

-- What a client is registered with, anew; scopes null: those of a client of which nothing is said. What customers
-- allowed has a scope of its own and stays.
create or replace function oauth.client_set(of_client_id text, of_name text, redirect_uris text[], of_scopes text[],
	notify_uri text, actor text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
	was oauth.client := oauth.client_named(of_client_id);
	is_now oauth.client;
begin
	perform oauth.scopes_check(of_scopes);
	update oauth.client x set name = coalesce(of_name, x.name), redirect_uris = client_set.redirect_uris,
		scopes = coalesce(of_scopes, oauth.default_scopes()), notify_uri = nullif(client_set.notify_uri, '')
	where x.client = was.client and x.ended_at is null
	returning * into is_now;
	if not found then
		raise exception using errcode = 'BB004', message = format('the client is %s', was.state);
	end if;
	perform audit.record('oauth.client_set', actor, was.csp, null, jsonb_build_object('client_id', was.client_id,
		'was', jsonb_build_object('redirects', was.redirect_uris, 'scopes', was.scopes, 'notify', was.notify_uri),
		'now', jsonb_build_object('redirects', is_now.redirect_uris, 'scopes', is_now.scopes, 'notify', is_now.notify_uri)));
	perform oauth.client_changed(was.client);
exception when check_violation then
	raise exception using errcode = 'BB003', message = 'expected a name of 1 to 200 characters, at most ten redirect '
		'addresses that begin with https:// and hold no fragment, 3,000 characters in all, and at most ten scopes';
end $$;

create or replace function oauth.clients(of_csp int4 default null)
returns table (client_id text, csp text, name text, state text, sandbox bool, public bool, redirect_uris text,
	scopes text, grants int8, information uuid, bulk uuid, notify_uri text, portal_uri text, issued_at timestamptz,
	ended_at timestamptz)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select c.client_id, p.code, c.name, c.state, c.sandbox, c.secret_sha256 is null,
		array_to_string(c.redirect_uris, ' '), array_to_string(c.scopes, ' '),
		(select count(*) from oauth.grant g join agreement.agreement a on a.agreement = g.agreement
			join agreement.state s on s.state = a.state where g.client = c.client and not s.over),
		c.information, c.bulk, c.notify_uri, c.portal_uri, c.issued_at, c.ended_at
	from oauth.client c join party.party p on p.party = c.csp
	where of_csp is null or c.csp = of_csp
	order by c.client
$$;

-- The record that its owner sees has changed.
create or replace function oauth.client_changed(of_client int4)
returns void
language sql security definer set search_path = pg_catalog, pg_temp
as $$
	select pg_notify('oauth_changed', 'client/' || of_client)
$$;

-- Who shows its name and the SHA-256 of its secret (null: none); null when that is nobody.
create or replace function oauth.client_shown(of_client_id text, secret_sha256 bytea)
returns oauth.client
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select c.* from oauth.client c
	where c.client_id = of_client_id and c.ended_at is null
		and c.secret_sha256 is not distinct from client_shown.secret_sha256
$$;

-- May it ask customers, or have what they allowed, now? Null, or why not.
create or replace function oauth.client_wrong(c oauth.client)
returns text
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select case when c.state in ('ON_HOLD', 'REVOKED') or c.ended_at is not null then 'the client is ' || lower(c.state)
		when not exists (select from party.csp x where x.party = c.csp and party.csp_open(x.state))
			then 'the third party is suspended' end
$$;

create or replace function oauth.client_grants(of_client_id text)
returns table (agreement int8, state text, scope text, premises int8, made_at timestamptz, ends_at timestamptz,
	authorization_id uuid)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select g.agreement, a.state, g.scope, (select count(*) from agreement.premise x where x.agreement = g.agreement),
		g.made_at, a.ends_at, g.authorization_id
	from oauth.grant g join oauth.client c on c.client = g.client
	join agreement.agreement a on a.agreement = g.agreement
	where c.client_id = of_client_id
	order by g.granted
$$;
