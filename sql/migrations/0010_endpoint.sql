-- Partners' own servers, and the drops that are sent there.
--
-- Retries and giving up go by the hub's clock (ops.now()); leases by the real one.

create table delivery.endpoint (
	endpoint int8 generated always as identity primary key,
	account int4 not null references delivery.account,
	kind text not null check (kind in ('SFTP', 'FTPS', 'HTTPS')),
	implicit bool not null default false,	-- FTPS: TLS from the first byte
	host text not null check (length(host) between 1 and 253),
	port int4 not null check (port between 1 and 65535),
	path text not null check (length(path) <= 255),
	login text not null check (length(login) <= 127),
	-- password or private key, sealed by push.key to this place (hub/store/endpoint.h)
	secret bytea not null,
	secret_kind text not null check (secret_kind in ('PASSWORD', 'KEY')),
	-- SHA-256 of the SSH host key, or of the certificate
	pin bytea not null check (octet_length(pin) = 32),
	state text not null default 'UNPROVEN',
	says text,
	-- what the partner must read in a file that the hub puts there
	challenge text,
	challenge_tries int4 not null default 0,
	made_at timestamptz not null default clock_timestamp(),
	proven_at timestamptz,
	ended_at timestamptz,
	check (not implicit or kind = 'FTPS')
);
create index on delivery.endpoint (account);

-- An endpoint's life: state and event give the next state; what is not here is not possible.
create table delivery.endpoint_step (
	state text not null,
	event text not null,
	next text not null,
	primary key (state, event)
);
insert into delivery.endpoint_step (state, event, next) values
	('UNPROVEN', 'prove', 'PROVEN'),
	('UNPROVEN', 'fail', 'FAILED'),		-- another host key or certificate than was pinned
	('PROVEN', 'fail', 'FAILED'),
	('UNPROVEN', 'challenge', 'UNPROVEN'),
	('UNPROVEN', 'pin', 'UNPROVEN'),	-- a new pin and secret, to be proven anew
	('PROVEN', 'pin', 'UNPROVEN'),
	('FAILED', 'pin', 'UNPROVEN'),
	('UNPROVEN', 'end', 'ENDED'),
	('PROVEN', 'end', 'ENDED'),
	('FAILED', 'end', 'ENDED');

alter table delivery.subscription
	add foreign key (endpoint) references delivery.endpoint;

create table delivery.push (
	push int8 generated always as identity primary key,
	"drop" int8 references delivery.drop,	-- null: the endpoint's challenge
	endpoint int8 not null references delivery.endpoint,
	state text not null default 'QUEUED',
	queued_at timestamptz not null,		-- by the hub's clock; from then on it is tried
	next_at timestamptz not null,		-- by the hub's clock
	attempts int4 not null default 0,
	-- a sender's lease: whoever has the token may tell what became of it
	token uuid,
	worker text,
	lease_until timestamptz,
	-- it was told to publish: the files may be there under their names
	publishing bool not null default false,
	bytes int8 not null default 0,		-- that went in the last attempt
	-- withdrawn: temporary names that may lie there are to be removed from then on
	clean_at timestamptz,
	reason text,				-- of the last failure, a word
	says text,				-- and in words
	receipt text,				-- what the server said when all was there
	made_at timestamptz not null default clock_timestamp(),
	begun_at timestamptz,
	sent_at timestamptz,
	ended_at timestamptz,
	told_at timestamptz,			-- that it failed: a file in the partner's box
	unique ("drop", endpoint)
);
create index on delivery.push (next_at) where state = 'QUEUED';
create index on delivery.push (lease_until) where token is not null;
create index on delivery.push (clean_at) where clean_at is not null;
create index on delivery.push (endpoint);
-- one challenge of an endpoint at a time
create unique index push_challenge on delivery.push (endpoint)
	where "drop" is null and state in ('QUEUED', 'SENDING');

create table delivery.push_step (
	state text not null,
	event text not null,
	next text not null,
	primary key (state, event)
);
insert into delivery.push_step (state, event, next) values
	('QUEUED', 'take', 'SENDING'),
	('QUEUED', 'withdraw', 'WITHDRAWN'),
	('QUEUED', 'cancel', 'CANCELLED'),
	('QUEUED', 'fail', 'FAILED'),
	('SENDING', 'send', 'SENT'),
	('SENDING', 'retry', 'QUEUED'),
	('SENDING', 'lose', 'QUEUED'),		-- the lease ran out, or its worker began anew
	('SENDING', 'withdraw', 'WITHDRAWN'),
	('SENDING', 'cancel', 'CANCELLED'),
	('FAILED', 'again', 'QUEUED'),		-- a person had it tried again
	('CANCELLED', 'again', 'QUEUED'),
	('QUEUED', 'again', 'QUEUED');
