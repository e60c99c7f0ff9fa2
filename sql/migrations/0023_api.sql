-- Who calls the API: bearer tokens that the hub makes, the programs of third parties, and what customers have
-- granted to them. Codes, refresh tokens, webhooks and meter commands have files of their own.
create schema api;
create schema oauth;
create schema espi;	-- Green Button
create schema hook;	-- webhooks and notifications
create schema odr;	-- meter commands

-- A program of a third party, that asks customers by OAuth 2.0. A CSP that is approved has one, made with its
-- client credentials; in the sandbox it may have more, and there is a public one for everybody.
create table oauth.client (
	client int4 generated always as identity primary key,
	csp int4 not null references party.csp,
	client_id text not null unique check (client_id ~ '^[A-Za-z0-9._-]{8,80}$'),
	name text not null check (length(name) between 1 and 200),
	secret_sha256 bytea check (octet_length(secret_sha256) = 32),	-- null: a public client, which has PKCE
	sandbox bool not null default false,		-- never more than premises of sandbox utilities
	state text not null default 'PRODUCTION' check (state in ('REVIEW', 'PRODUCTION', 'ON_HOLD', 'REVOKED')),
	redirect_uris text[] not null check (cardinality(redirect_uris) between 1 and 10),
	scopes text[] not null check (cardinality(scopes) between 1 and 10),	-- what it may ask for at most
	grant_types text[] not null default '{authorization_code,refresh_token,client_credentials}',
	notify_uri text, portal_uri text, scope_uri text, logo_uri text, client_uri text, tos_uri text, policy_uri text,
	description text,
	software_id text not null default 'none', software_version text not null default '1',
	-- opaque names in addresses of its own
	information uuid not null unique default gen_random_uuid(),	-- ApplicationInformation
	bulk uuid not null unique default gen_random_uuid(),		-- Batch/Bulk
	issued_at timestamptz not null default clock_timestamp(),
	ended_at timestamptz
);
create index on oauth.client (csp);

-- What a customer allowed to a client: the agreement has the rules, this what OAuth and Green Button add. It
-- lives as the agreement does. One agreement, one grant, one subscription, one live family of tokens.
create table oauth.grant (
	granted int8 generated always as identity primary key,
	client int4 not null references oauth.client,
	agreement int8 not null unique references agreement.agreement,
	scope text not null check (length(scope) <= 256),	-- as it was narrowed: final
	customer_data bool not null default false,		-- name, address, account too (FB 46 to 65)
	subscription uuid not null unique default gen_random_uuid(),
	authorization_id uuid not null unique default gen_random_uuid(),
	retail_customer uuid not null unique default gen_random_uuid(),
	made_at timestamptz not null,				-- by the hub's clock
	changed_at timestamptz not null				-- last change that its feed shows
);
create index on oauth.grant (client);

-- Bearer tokens. Whoever shows one shows its SHA-256 to the database, which keeps the SHA-256 of that: what is
-- read out of a table or a backup opens nothing.
create table api.class (
	class text primary key,
	about text not null
);
insert into api.class (class, about) values
	('SESSION', 'a login of the Smart Meter Texas kind: the account''s, for an hour'),
	('PERSONAL', 'a customer''s own, for a program of theirs'),
	('ACCESS', 'of one grant of a customer (OAuth access_token)'),
	('CLIENT', 'of a third party''s program as such (client_access_token)'),
	('REGISTRATION', 'its record alone (registration_access_token)');
create table api.token (
	token int8 generated always as identity primary key,
	verifier bytea not null unique check (octet_length(verifier) = 32),
	class text not null references api.class,
	party int4 not null references party.party,
	account int4 references delivery.account,		-- it ends with its account
	credential int8 references delivery.credential,		-- and with what it was got by
	client int4 references oauth.client,
	granted int8 references oauth.grant,
	scope text not null default '',
	label text check (length(label) between 1 and 100),
	-- sessions and tokens go by the real clock
	issued_at timestamptz not null default clock_timestamp(),
	expires_at timestamptz,
	ended_at timestamptz,
	last_used_at timestamptz,
	check (class not in ('SESSION', 'PERSONAL') or account is not null),
	check (class not in ('ACCESS', 'CLIENT', 'REGISTRATION') or client is not null),
	check (class <> 'ACCESS' or granted is not null)
);
create index on api.token (account) where ended_at is null and account is not null;
create index on api.token (granted) where ended_at is null and granted is not null;
create index on api.token (client) where ended_at is null and client is not null;

-- Who somebody is who has shown something: see api.who().
create type api.principal as (
	class text,		-- of api.class, or ACCOUNT: a box's session, by token, password or certificate
	party int4, kind text, code text,
	account int4, login text,
	token int8, client int4, granted int8,
	agreement int8,		-- ACCESS: nothing but what this one allows
	scope text
);

-- A customer's account is a party of its own: it reads as the occupant of the premises it holds.
alter table party.holder add column party int4 unique references party.party;
-- An access token reads by its agreement alone.
alter table reads.release add column agreement int8 references agreement.agreement;
