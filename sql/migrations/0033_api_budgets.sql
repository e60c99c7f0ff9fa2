-- How much a client may ask for, and answers that are kept so that asking again does nothing twice.
create table api.rate (
	class text primary key,
	most int4 not null check (most > 0),		-- requests of a client in a window
	window_s int4 not null check (window_s > 0),
	about text not null
);
insert into api.rate (class, most, window_s, about) values
	('NORMAL', 1200, 60, 'all that has no class of its own'),
	('READS', 2400, 60, 'reads of one premise'),
	('BULK', 120, 60, 'reads of several premises, or of all'),
	('WRITE', 600, 60, 'what changes something');

-- Another budget for a party than all others have.
create table api.rate_of (
	party int4 not null references party.party,
	class text not null references api.rate,
	most int4 not null check (most > 0),
	primary key (party, class)
);

-- What a client has taken of the window that runs. Processes take some requests at a time, so this is a row a client
-- and some updates a minute, not one a request.
create table api.spent (
	party int4 not null references party.party,
	client int4 not null,				-- 0: none
	class text not null references api.rate,
	window_at timestamptz not null,
	taken int4 not null,
	primary key (party, client, class)
);

-- Answers by Idempotency-Key (SMT: trans_id), for a day.
create table api.once (
	party int4 not null references party.party,
	client int4 not null,
	key text not null check (length(key) between 1 and 200),
	what text not null,				-- method and path
	body_sha256 bytea not null check (octet_length(body_sha256) = 32),
	begun_at timestamptz not null default clock_timestamp(),
	status int4,					-- null: it is being done
	type text,
	headers text,
	answer bytea,
	primary key (party, client, key)
);
create index on api.once (begun_at);
