-- OAuth 2.0: what a customer is asked in a browser, the codes that come of it, and what renews tokens.

-- Where a browser may be sent back to, byte for byte; none for a program that never asks a customer.
alter table oauth.client drop constraint client_redirect_uris_check,
	add constraint client_redirect_uris check (cardinality(redirect_uris) <= 10
		and length(array_to_string(redirect_uris, '')) <= 3000
		and array_to_string(redirect_uris, ' ')
		~ '^(https://[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?(:[0-9]{1,5})?(/[A-Za-z0-9._~%/?=&+,;:-]*)?( |$))*$'),
	add constraint client_grant_types check (cardinality(grant_types) > 0
		and grant_types <@ array['authorization_code', 'refresh_token', 'client_credentials']);

-- A customer who is being asked, in one browser: what for, who that is as far as it is proven, and what came of
-- it. What the browser shows (a secret of the address and one of a cookie) comes as its SHA-256.
create table oauth.consent (
	consent int8 generated always as identity primary key,
	verifier bytea not null unique check (octet_length(verifier) = 32),
	client int4 not null references oauth.client,
	redirect_uri text not null,
	redirect_told bool not null,		-- false: it was not asked for, there is only one
	state text check (length(state) <= 1000),	-- the client's own, given back as it came
	challenge bytea check (octet_length(challenge) = 32),	-- PKCE, S256
	scope text not null check (length(scope) <= 256),	-- within what is registered
	fixed bool not null default false,	-- AdditionalScope=noedit: yes or no, nothing else
	prefer_until timestamptz,		-- PreferredAuthEndDate and MinAuthEndDate
	at_least_until timestamptz,
	prefill text check (prefill in ('account', 'phone', 'email', 'address')),
	prefill_sealed bytea,
	language text not null check (language in ('EN', 'ES')),
	step text not null default 'FIND' check (step in ('FIND', 'CODE', 'CHOOSE', 'DONE')),
	-- who it may be, and after CODE who it is
	customers int4[] not null default '{}',
	holder int4 references party.holder,
	proven text check (proven in ('MAIL', 'TEXT', 'PAGE', 'LOGIN')),
	-- the mailbox that mails about the agreement go to
	email_sealed bytea, email_place bytea, email_index bytea,
	-- the code that goes by mail or text: the digest comes from busbar-agreementd; shown: of a sandbox
	mail int8,
	code_sha256 bytea check (octet_length(code_sha256) = 32),
	code_shown text check (code_shown ~ '^[0-9]{6}$'),
	code_tries int4 not null default 0,
	code_until timestamptz,
	looks int4 not null default 0,
	granted int8 references oauth.grant,
	-- browsers go by the real clock
	made_at timestamptz not null default clock_timestamp(),
	until timestamptz not null,
	check (step not in ('CHOOSE') or proven is not null),
	check (num_nulls(email_sealed, email_place, email_index) in (0, 3))
);
create index on oauth.consent (mail) where mail is not null;
create index on oauth.consent (until);

-- Codes that were asked for, of whatever: so many an hour and a day for one mailbox, number, account or address.
create table oauth.look (
	look int8 generated always as identity primary key,
	kind text not null,
	index bytea not null,
	at timestamptz not null default clock_timestamp()
);
create index on oauth.look (index, at);

-- What the browser brings to the client, once.
create table oauth.code (
	verifier bytea primary key check (octet_length(verifier) = 32),
	granted int8 not null references oauth.grant,
	client int4 not null references oauth.client,
	redirect_uri text,		-- null: the request named none
	challenge bytea,
	made_at timestamptz not null default clock_timestamp(),
	expires_at timestamptz not null,
	used_at timestamptz
);

-- Refresh tokens: each is used once and gives the next; one that is shown again ends them all.
create table oauth.refresh (
	refresh int8 generated always as identity primary key,
	verifier bytea not null unique check (octet_length(verifier) = 32),
	granted int8 not null references oauth.grant,
	client int4 not null references oauth.client,
	issued_at timestamptz not null default clock_timestamp(),
	expires_at timestamptz not null,
	used_at timestamptz,
	again_at timestamptz,		-- once more, within the grace
	next int8 references oauth.refresh,
	ended_at timestamptz
);
create index on oauth.refresh (granted) where ended_at is null;

insert into ops.setting (name, value) values
	('oauth.code_s', '120'),		-- how long a code is good; 300 at most
	('oauth.access_s', '3600'),		-- access and client tokens
	('oauth.refresh_days', '365'),
	('oauth.refresh_grace_s', '60'),	-- how long a used one may be shown once more
	('oauth.consent_min', '60'),		-- how long a customer has
	('oauth.otp_min', '10'),
	('oauth.otp_hour_most', '5'),		-- codes for one mailbox or number in an hour
	('oauth.otp_day_most', '20'),
	('oauth.scope_unknown', 'ignore'),	-- terms of a scope that nobody knows: ignore or refuse
	('oauth.scope_excess', 'refuse');	-- more than is registered: refuse, or narrow

insert into mail.kind (kind, must_go, about) values
	('consent-code', true, 'the one-time code of who is asked for a consent'),
	('consent-text', true, 'the same, as a text message to a phone');
