-- People at the portal: the sessions of their browsers.
create schema portal;

-- A browser shows 256 random bits in a cookie; portald hands on their SHA-256, and here is the SHA-256 of that. A
-- session never gets another secret: who signs in gets a new session.
create table portal.session (
	session int8 generated always as identity primary key,
	verifier bytea not null unique check (octet_length(verifier) = 32),
	account int4 not null references delivery.account,
	credential int8 not null references delivery.credential,
	holder int4 not null references party.holder,
	-- CODE: the password was right, the second factor is still to come
	step text not null default 'OPEN' check (step in ('CODE', 'OPEN')),
	agent text not null check (length(agent) <= 200),
	from_address inet,
	-- browsers go by the real clock
	opened_at timestamptz not null default clock_timestamp(),
	seen_at timestamptz not null default clock_timestamp(),
	until timestamptz not null,
	ended_at timestamptz
);
create index on portal.session (account) where ended_at is null;
create index on portal.session (until);

insert into ops.setting (name, value) values
	('portal.idle_min', '15'),	-- how long a session lasts without a request
	('portal.session_h', '8'),	-- and at most
	('portal.sessions_most', '20');	-- of one account; the oldest makes room
