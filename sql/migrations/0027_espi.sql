-- Green Button: what its ids are made in, whose reads a release is of, and batches that are built on their own.

-- Ids of usage points and what hangs on them are names in this space, which is the hub's secret: nobody who does
-- not have it makes an id from an ESI ID, or finds the ESI ID of an id by trying all.
create table espi.space (
	one bool primary key default true check (one),
	space uuid not null default gen_random_uuid()
);
insert into espi.space default values;

-- Beside reads.release: of which client and, if of one grant alone, of which.
create table espi.release (
	number int8 primary key references reads.release,
	client int4 references oauth.client,
	granted int8 references oauth.grant
);

-- Answers that are too large to wait for, or were asked for so. The same question gets the same bytes until it
-- is forgotten.
create table espi.batch (
	batch int8 generated always as identity primary key,
	client int4 not null references oauth.client,
	granted int8 references oauth.grant,		-- null: bulk, of all the client's
	customer bool not null,				-- of the customer feed
	resource text not null check (length(resource) <= 1000),	-- path and query, as it was asked for
	state text not null default 'PENDING' check (state in ('PENDING', 'READY', 'FAILED')),
	asked_at timestamptz not null default clock_timestamp(),
	ready_at timestamptz,
	forget_at timestamptz,
	lease uuid,
	lease_until timestamptz,
	attempts int4 not null default 0,
	sha256 bytea check (octet_length(sha256) = 32),	-- of the object in the store
	size int8,
	entries int8,
	rights bytea,			-- digest of what it was built of: other rights, another answer
	number int8 references reads.release,
	check ((state = 'READY') = (sha256 is not null))
);
create unique index on espi.batch (client, coalesce(granted, 0), resource);
create index on espi.batch (state, batch) where state = 'PENDING';

insert into ops.setting (name, value) values
	('espi.sync_days', '100000'),	-- days of usage points that an answer may have without being a batch
	('espi.keep_days', '5'),	-- how long a batch is kept
	('espi.company', 'Busbar'),	-- in the names of downloaded files
	('espi.certificate', '');	-- number of the Green Button certificate, if there is one
