-- Boxes: what a partner's account sees as folders. Files are rows, their bytes objects of the store.
--
-- Sessions, guesses, one-use handles and expiry go by the real clock: moving the hub's own must not open
-- or close a door.
create schema delivery;

create table delivery.account (
	account int4 generated always as identity primary key,
	party int4 not null references party.party,
	login text not null unique check (login ~ '^[a-z0-9][a-z0-9._-]{0,63}$'),
	state text not null default 'OPEN' check (state in ('OPEN', 'CLOSED')),
	keep_days int4 not null default 10 check (keep_days between 1 and 400),
	quota_bytes int8 not null default 21474836480 check (quota_bytes > 0),
	sessions_most int4 not null default 50 check (sessions_most between 1 and 10000),
	-- whether an FTPS data connection must have resumed a TLS session of its control connection
	data_tls text not null default 'REQUIRE' check (data_tls in ('REQUIRE', 'PREFER', 'OFF')),
	networks cidr[],	-- null: from anywhere
	made_at timestamptz not null default clock_timestamp()
);
create index on delivery.account (party);

-- Several may be valid at once, so that a partner can change one for another without a gap.
create table delivery.credential (
	credential int8 generated always as identity primary key,
	account int4 not null references delivery.account,
	kind text not null check (kind in ('PASSWORD', 'CERTIFICATE', 'SSH_KEY', 'TOKEN')),
	label text not null check (length(label) between 1 and 100),
	-- SHA-256 of what argon2id made of the password, of the certificate, of the key blob, of the token
	verifier bytea not null check (octet_length(verifier) = 32),
	made_at timestamptz not null default clock_timestamp(),
	expires_at timestamptz,
	ended_at timestamptz,
	last_used_at timestamptz
);
create index on delivery.credential (account);
-- a key, certificate or token opens one account
create unique index on delivery.credential (kind, verifier) where ended_at is null and kind <> 'PASSWORD';

create table delivery.session (
	session int8 generated always as identity primary key,
	account int4 not null references delivery.account,
	credential int8 not null references delivery.credential,
	door text not null check (door in ('FTPS', 'SFTP', 'HTTPS')),
	handle_sha256 bytea not null unique check (octet_length(handle_sha256) = 32),
	from_address inet,
	opened_at timestamptz not null default clock_timestamp(),
	seen_at timestamptz not null default clock_timestamp(),
	ended_at timestamptz
);
create index on delivery.session (account) where ended_at is null;

-- Handles of one use, for sshd's forced command.
create table delivery.once (
	handle_sha256 bytea primary key check (octet_length(handle_sha256) = 32),
	account int4 not null references delivery.account,
	credential int8 not null references delivery.credential,
	made_at timestamptz not null default clock_timestamp(),
	used_at timestamptz
);

-- What the folders of a kind of party allow.
create table delivery.folder (
	kind text not null,
	folder text not null check (folder ~ '^[A-Za-z]{1,32}$'),
	put bool not null,
	remove bool not null,
	loads bool not null default false,	-- what is put there goes to the loader
	keep_hours int4,			-- null: as long as the account says
	primary key (kind, folder)
);
insert into delivery.folder (kind, folder, put, remove, loads, keep_hours) values
	('TDU',       'in',                true,  false, true,  null),
	('TDU',       'ack',               false, true,  false, null),
	('TDU',       'rejects',           false, true,  false, null),
	('TDU',       'reports',           false, true,  false, null),
	('TDU',       'test',              true,  true,  false, 24),
	('REP',       'daily',             false, true,  false, null),
	('REP',       'adhocusage',        false, true,  false, null),
	('REP',       'EnrollmentReports', false, true,  false, null),
	('REP',       'greenbutton',       false, true,  false, null),
	('REP',       'in',                true,  false, false, null),
	('REP',       'test',              true,  true,  false, 24),
	('CSP',       'daily',             false, true,  false, null),
	('CSP',       'adhocusage',        false, true,  false, null),
	('CSP',       'EnrollmentReports', false, true,  false, null),
	('CSP',       'greenbutton',       false, true,  false, null),
	('CSP',       'in',                true,  false, false, null),
	('CSP',       'test',              true,  true,  false, 24),
	('REGULATOR', 'reports',           false, true,  false, null),
	('REGULATOR', 'audit',             false, true,  false, null),
	('REGULATOR', 'test',              true,  true,  false, 24);

create table delivery.entry (
	entry int8 generated always as identity primary key,
	account int4 not null references delivery.account,
	folder text not null,
	name text collate "C" not null check (length(name) between 1 and 255),
	sha256 bytea not null check (octet_length(sha256) = 32),
	size int8 not null check (size >= 0),
	side text not null check (side in ('in', 'out')),	-- of the store
	made_at timestamptz not null default clock_timestamp(),
	modified_at timestamptz not null default clock_timestamp(),
	expires_at timestamptz not null,
	removed_at timestamptz,
	-- no foreign key: a load holds its file's row until it commits, and a partner who sends the same bytes
	-- again meanwhile would wait that long for a receipt; files of the ledger are never removed
	ledger_file int8
);
create unique index entry_name on delivery.entry (account, folder, name) where removed_at is null;
create index on delivery.entry (expires_at) where removed_at is null;

-- Uploads that are not whole: hidden, and resumed by name. A part becomes an entry with its number, so
-- that asking again after a lost connection finds what was made of it.
create table delivery.part (
	part int8 generated always as identity primary key,
	account int4 not null references delivery.account,
	folder text not null,
	name text collate "C" not null check (length(name) between 1 and 255),
	part_name text not null unique check (part_name ~ '^[0-9a-f]{32}$'),
	begun_at timestamptz not null default clock_timestamp(),
	seen_at timestamptz not null default clock_timestamp(),
	entry int8 references delivery.entry	-- set: it is whole
);
create unique index part_name_free on delivery.part (account, folder, name) where entry is null;

-- The defender: failures by network (/24 or /64) and login; login '' counts for all of a network.
create table delivery.guess (
	network cidr not null,
	login text not null,
	failures int4 not null,
	last_at timestamptz not null,
	until timestamptz not null,
	primary key (network, login)
);

-- Salts of passwords are made of it and the login, so that one that does not exist has one too, always the
-- same, and several passwords of a login share theirs.
create table delivery.secret (
	salts bytea not null check (octet_length(salts) = 32)
);
insert into delivery.secret (salts)
values (sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())));
