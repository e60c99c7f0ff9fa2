-- Operation: what was migrated, settings, the hub's clock, rules of a utility; and the audit events,
-- which exist from the first day. Everything is owned by busbar_owner; nobody else has any right
-- until sql/grants says so.
alter default privileges revoke all on tables from public;
alter default privileges revoke all on sequences from public;
alter default privileges revoke all on functions from public;
alter default privileges revoke all on types from public;

create extension if not exists btree_gist with schema public;

create schema ops;
create schema audit;

create table ops.migration (
	number int4 primary key,
	name text not null,
	sha256 bytea not null check (octet_length(sha256) = 32),
	applied_at timestamptz not null default clock_timestamp(),
	version text not null
);
comment on table ops.migration is 'Migrations that were applied, with the digest of their text.';

create table ops.setting (
	name text primary key check (name ~ '^[a-z]+(\.[a-z_]+)+$'),
	value text not null check (length(value) <= 200)
);
insert into ops.setting (name, value) values
	('clock.movable', 'false'),	-- true in a demo or sandbox only; set by the owner
	('reads.merge_after_days', '90'),
	('reads.keep_months', '24');

create table ops.clock (
	one bool primary key default true check (one),
	ahead interval not null default '0' check (ahead >= '0')
);
comment on table ops.clock is 'How far the hub''s clock is ahead of the real one: one row.';
insert into ops.clock default values;

-- The audit events: added to, never changed. xid orders them for the sequencer that comes later:
-- a row is final once no transaction older than its xid is running.
create table audit.event (
	event int8 generated always as identity primary key,
	xid xid8 not null default pg_current_xact_id(),
	recorded_at timestamptz not null default clock_timestamp(),
	kind text not null check (kind ~ '^[a-z]+(\.[a-z_]+)+$'),
	actor text not null check (length(actor) between 1 and 200),
	party int4,
	premise int4,
	detail jsonb not null default '{}'
);
create index on audit.event (xid, event);
create index on audit.event (party, event) where party is not null;
create index on audit.event (premise, event) where premise is not null;
comment on table audit.event is 'Every business event and every release of reads, for ever.';
