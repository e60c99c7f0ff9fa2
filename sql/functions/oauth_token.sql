-- The token endpoint. Its functions do not raise what the protocol has a word for: the error is part of the row,
-- so that what a refusal does (a code shown twice ends what it gave) is kept.
set local check_function_bodies = off;

do $$ begin
	if to_regtype('oauth.said') is null then
		create type oauth.said as (
			error text, description text,	-- of RFC 6749 section 5.2; null: a token was made
			expires_s int4, refresh bool, scope text,
			resource text, authorization_id text, customer text	-- below the address of the resources
		);
	end if;
end $$;

create or replace function oauth.no(error text, description text)
returns oauth.said
language sql immutable security definer set search_path = pg_catalog, pg_temp
as $$
	select row (no.error, no.description, null, null, null, null, null, null)::oauth.said
$$;

-- Ends every token of a grant; the customer's consent stays.
create or replace function oauth.tokens_end(of_granted int8, why text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	update api.token t set ended_at = clock_timestamp() where t.granted = of_granted and t.ended_at is null;
	update oauth.refresh r set ended_at = clock_timestamp() where r.granted = of_granted and r.ended_at is null;
	perform audit.record('oauth.tokens_ended', 'oauth', c.csp, null, jsonb_build_object('agreement', g.agreement,
		'why', why))
	from oauth.grant g join oauth.client c on c.client = g.client where g.granted = of_granted;
end $$;

-- A new access token of a grant, and (shown: its SHA-256) the refresh token with it.
create or replace function oauth.tokens_make(g oauth.grant, c oauth.client, access_shown bytea, refresh_shown bytea,
	of_scope text)
returns oauth.said
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	lives int4 := ops.setting_of('oauth.access_s')::int4;
	renews bool := 'refresh_token' = any (c.grant_types);
	said oauth.said;
begin
	perform api.token_add(access_shown, 'ACCESS', c.csp, null, null, c.client, g.granted, of_scope, null,
		lives * interval '1 s');
	if renews then
		insert into oauth.refresh (verifier, granted, client, expires_at)
		values (sha256(refresh_shown), g.granted, c.client,
			clock_timestamp() + ops.setting_of('oauth.refresh_days')::int4 * interval '1 day');
	end if;
	said.expires_s := lives;
	said.refresh := renews;
	said.scope := of_scope;
	said.resource := 'Batch/Subscription/' || g.subscription;
	said.authorization_id := g.authorization_id::text;
	said.customer := case when g.customer_data then 'Batch/RetailCustomer/' || g.retail_customer end;
	return said;
end $$;

-- grant_type=authorization_code. What is wrong is told in one way; the order of looks gives nothing away.
create or replace function oauth.token_by_code(client_id text, secret_sha256 bytea, code_shown bytea, redirect_uri text,
	verifier text, access_shown bytea, refresh_shown bytea)
returns oauth.said
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	c oauth.client := oauth.client_shown(client_id, secret_sha256);
	d oauth.code;
	g oauth.grant;
begin
	if c.client is null then
		return oauth.no('invalid_client', 'the client or its secret is not right');
	elsif not 'authorization_code' = any (c.grant_types) or oauth.client_wrong(c) is not null then
		return oauth.no('unauthorized_client', coalesce(oauth.client_wrong(c), 'the client is not registered for that'));
	end if;
	select x.* into d from oauth.code x where x.verifier = sha256(code_shown) for no key update;
	if d.client is distinct from c.client then
		return oauth.no('invalid_grant', 'the code is not valid, or not any more');
	elsif d.used_at is not null then
		perform oauth.tokens_end(d.granted, 'code-again');
		return oauth.no('invalid_grant', 'the code is not valid, or not any more');
	elsif d.expires_at <= clock_timestamp() then
		return oauth.no('invalid_grant', 'the code is not valid, or not any more');
	elsif redirect_uri is distinct from d.redirect_uri
		and not (d.redirect_uri is null and redirect_uri = any (c.redirect_uris)) then
		return oauth.no('invalid_grant', 'redirect_uri is not that of the request');
	elsif d.challenge is distinct from sha256(convert_to(verifier, 'UTF8')) then	-- of null: null
		return oauth.no('invalid_grant', 'code_verifier is not that of the request');
	end if;
	update oauth.code x set used_at = clock_timestamp() where x.verifier = d.verifier;
	select x.* into g from oauth.grant x where x.granted = d.granted;
	perform audit.record('oauth.token', 'oauth', c.csp, null, jsonb_build_object('client_id', c.client_id, 'agreement',
		g.agreement, 'by', 'code'));
	return oauth.tokens_make(g, c, access_shown, refresh_shown, g.scope);
end $$;

-- grant_type=refresh_token. A used one may be shown once more within the grace: the reply may have been lost, so
-- what it gave and nobody used is replaced. After that it is a sign that two have it.
create or replace function oauth.token_by_refresh(client_id text, secret_sha256 bytea, shown bytea, of_scope text,
	access_shown bytea, refresh_shown bytea)
returns oauth.said
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	c oauth.client := oauth.client_shown(client_id, secret_sha256);
	r oauth.refresh;
	after_it oauth.refresh;
	g oauth.grant;
	said oauth.said;
begin
	if c.client is null then
		return oauth.no('invalid_client', 'the client or its secret is not right');
	elsif not 'refresh_token' = any (c.grant_types) or oauth.client_wrong(c) is not null then
		return oauth.no('unauthorized_client', coalesce(oauth.client_wrong(c), 'the client is not registered for that'));
	end if;
	select x.* into r from oauth.refresh x where x.verifier = sha256(shown) for no key update;
	if r.client is distinct from c.client or r.ended_at is not null or r.expires_at <= clock_timestamp() then
		return oauth.no('invalid_grant', 'the refresh token is not valid, or not any more');
	end if;
	select x.* into g from oauth.grant x where x.granted = r.granted;
	if of_scope is not null and not oauth.scope_within(of_scope, g.scope) then
		return oauth.no('invalid_scope', 'the scope is more than was granted');
	end if;
	if r.used_at is not null then
		select x.* into after_it from oauth.refresh x where x.refresh = r.next for no key update;
		if r.again_at is not null or after_it.used_at is not null or r.used_at
			< clock_timestamp() - ops.setting_of('oauth.refresh_grace_s')::int4 * interval '1 s' then
			perform oauth.tokens_end(r.granted, 'refresh-again');
			return oauth.no('invalid_grant', 'the refresh token is not valid, or not any more');
		end if;
		update oauth.refresh x set ended_at = clock_timestamp() where x.refresh = after_it.refresh;
	end if;
	said := oauth.tokens_make(g, c, access_shown, refresh_shown, coalesce(of_scope, g.scope));
	update oauth.refresh x set used_at = coalesce(x.used_at, clock_timestamp()),
		again_at = case when x.used_at is not null then clock_timestamp() end,
		next = (select n.refresh from oauth.refresh n where n.verifier = sha256(refresh_shown))
	where x.refresh = r.refresh;
	perform audit.record('oauth.token', 'oauth', c.csp, null, jsonb_build_object('client_id', c.client_id, 'agreement',
		g.agreement, 'by', 'refresh'));
	return said;
end $$;

-- grant_type=client_credentials: FB=34_35 is the client as such (bulk), FB=36_40 or 44 its own record.
create or replace function oauth.token_by_client(client_id text, secret_sha256 bytea, of_scope text, access_shown bytea)
returns oauth.said
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	c oauth.client := oauth.client_shown(client_id, secret_sha256);
	blocks int4[] := oauth.scope_blocks(of_scope);
	class text := case when cardinality(blocks) = 0 then null
		when blocks <@ array[34, 35, 66, 67] then 'CLIENT'
		when blocks <@ array[36, 40, 41, 44, 70] then 'REGISTRATION' end;
	lives int4 := ops.setting_of('oauth.access_s')::int4;
	said oauth.said;
begin
	if c.client is null or c.secret_sha256 is null then
		return oauth.no('invalid_client', 'the client or its secret is not right');
	elsif not 'client_credentials' = any (c.grant_types) then
		return oauth.no('unauthorized_client', 'the client is not registered for that');
	elsif class is null or not exists (select from unnest(c.scopes) s where oauth.scope_blocks(s) @> blocks) then
		return oauth.no('invalid_scope', 'the scope is not registered for client_credentials');
	elsif class = 'CLIENT' and oauth.client_wrong(c) is not null then
		return oauth.no('unauthorized_client', oauth.client_wrong(c));
	end if;
	perform api.token_add(access_shown, class, c.csp, null, null, c.client, null, of_scope, null, lives * interval '1 s');
	perform audit.record('oauth.token', 'oauth', c.csp, null, jsonb_build_object('client_id', c.client_id, 'by', 'client',
		'class', class));
	said.expires_s := lives;
	said.refresh := false;
	said.scope := of_scope;
	said.resource := case class when 'CLIENT' then 'Batch/Bulk/' || c.bulk
		else 'ApplicationInformation/' || c.information end;
	return said;
end $$;

-- RFC 7009. The token of a customer's consent ends that consent, whichever of the two it is: one authorization has
-- one token. What is unknown or another's is no error and nothing happens. False: the client is not who it says.
create or replace function oauth.revoke(client_id text, secret_sha256 bytea, shown bytea)
returns bool
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	c oauth.client := oauth.client_shown(client_id, secret_sha256);
	t api.token;
	of_granted int8;
begin
	if c.client is null then
		return false;
	end if;
	select x.* into t from api.token x where x.verifier = sha256(shown) and x.client = c.client and x.ended_at is null;
	if found and t.granted is null then
		update api.token x set ended_at = clock_timestamp() where x.token = t.token;
		return true;
	end if;
	of_granted := coalesce(t.granted, (select r.granted from oauth.refresh r
		where r.verifier = sha256(shown) and r.client = c.client and r.ended_at is null));
	if of_granted is not null then
		perform oauth.grant_end(of_granted, 'CSP', 'revoked', 'oauth ' || c.client_id);
	end if;
	return true;
end $$;

-- RFC 7662, for the client that has the token and proves who it is. Null: it is not who it says, or public: whoever has
-- found a token could ask in its name.
create or replace function oauth.introspect(client_id text, secret_sha256 bytea, shown bytea)
returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
	c oauth.client := oauth.client_shown(client_id, secret_sha256);
	said jsonb;
begin
	if c.client is null or c.secret_sha256 is null then
		return null;
	end if;
	select jsonb_strip_nulls(jsonb_build_object('active', true, 'client_id', c.client_id, 'scope', x.scope, 'token_type',
		x.kind, 'iat', floor(extract(epoch from x.issued_at))::int8, 'exp', floor(extract(epoch from x.expires_at))::int8,
		'sub', coalesce((select g.retail_customer::text from oauth.grant g where g.granted = x.granted), c.client_id)))
	into said
	from (select t.scope, 'Bearer' as kind, t.issued_at, t.expires_at, t.granted from api.token t
			where t.verifier = sha256(shown) and t.client = c.client and t.ended_at is null
		union all
		select g.scope, 'refresh_token', r.issued_at, r.expires_at, r.granted from oauth.refresh r
		join oauth.grant g on g.granted = r.granted
		where r.verifier = sha256(shown) and r.client = c.client and r.ended_at is null and r.used_at is null) x
	where x.expires_at > clock_timestamp()
		and (x.granted is null or exists (select from oauth.grant g join agreement.agreement a on a.agreement = g.agreement
			where g.granted = x.granted and a.state = 'ACTIVE' and a.ends_at > ops.now()))
		and oauth.client_wrong(c) is null;
	return coalesce(said, '{"active": false}');
end $$;
