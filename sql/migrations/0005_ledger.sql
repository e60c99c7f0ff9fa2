-- The ledger: every file that came, what became of it, and what was refused of it.
create schema ledger;

create table ledger.file (
	file int8 generated always as identity primary key,
	party int4 not null references party.party,
	name text not null check (length(name) between 1 and 255),
	revision int4 not null check (revision > 0),
	sha256 bytea not null check (octet_length(sha256) = 32),
	size int8 not null check (size >= 0),
	door text not null,
	actor text not null,
	received_at timestamptz not null default clock_timestamp(),
	hub_at timestamptz not null,	-- the same instant by the hub's clock
	state text not null default 'RECEIVED',
	format text,
	load int4 unique,		-- drawn in the order of commits within a utility
	loaded_at timestamptz,
	hold_rule text,
	hold_text text,
	released bool not null default false,
	counts jsonb,
	ack_sha256 bytea check (octet_length(ack_sha256) = 32),
	ack_size int8,
	rejects_sha256 bytea check (octet_length(rejects_sha256) = 32),
	rejects_size int8,
	unique (party, sha256),
	unique (party, name, revision),
	check ((state = 'LOADED') = (loaded_at is not null)),
	check (state <> 'LOADED' or load is not null)
);
create index on ledger.file (party, file) where state = 'RECEIVED';
create index on ledger.file (party, loaded_at, load) where state = 'LOADED';

-- A file's life: state and event give the next state; what is not here is not possible.
create table ledger.file_step (
	state text not null,
	event text not null,
	next text not null,
	primary key (state, event)
);
insert into ledger.file_step (state, event, next) values
	('RECEIVED', 'load', 'LOADED'),
	('RECEIVED', 'hold', 'HELD'),
	('RECEIVED', 'refuse', 'REFUSED'),
	('HELD', 'release', 'RECEIVED'),
	('HELD', 'discard', 'DISCARDED');

-- Numbers of loads; reads, events and roll-ups carry them.
create sequence ledger.load_number as int4;

create table ledger.reject (
	file int8 not null,
	line int8 not null,
	col int4 not null,		-- 0: the record as a whole
	rule text not null,
	severity text not null,
	esiid text,
	day date,
	channel int2,
	found text,
	expected text
);
create index on ledger.reject (file);
