-- The signed tree over the audit events (RFC 6962), and what of events can be erased without it.

-- An event as it is hashed, behind its number in the tree: never to be changed, since what was hashed stays
-- hashed. Another form would be another view, for entries from a number on.
create view audit.canonical as
select e.event, format(',"event":%s,"at":"%s","kind":"%s","actor":%s,"party":%s,"premise":%s,"detail":%s}',
	e.event, to_char(e.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), e.kind,
	to_json(e.actor), coalesce(e.party::text, 'null'), coalesce(e.premise::text, 'null'), e.detail) as rest
from audit.event e;

-- How far the tree is: one row. snapshot: the events that were visible in it have their entry; next: the one
-- whose events are being numbered, up to (at_xid, at_event). grown: entries whose hashes are in the edge, the
-- roots of the complete subtrees, from the largest to the smallest.
create table audit.tree (
	one bool primary key default true check (one),
	origin text,		-- null: busbar-auditd has never been here
	cluster text,		-- transaction numbers count in this cluster alone
	base_event int8 not null default 0,	-- events up to here came from another one
	size int8 not null default 0,
	snapshot pg_snapshot not null default '1:1:',
	next pg_snapshot,
	at_xid xid8 not null default '0',
	at_event int8 not null default 0,
	grown int8 not null default 0 check (grown between 0 and size),
	edge bytea not null default '' check (octet_length(edge) = 32 * bit_count(int8send(grown)))
);
insert into audit.tree default values;

create table audit.leaf (
	entry int8 primary key,
	event int8 not null unique,	-- no reference: events cannot go, and each would cost a look
	salt bytea not null check (octet_length(salt) = 16),
	hash bytea not null check (octet_length(hash) = 32)
);

-- Complete subtrees of 256, 65536, … entries, so that a proof needs a few hundred leaves at most.
create table audit.node (
	level int2 check (level in (8, 16, 24, 32, 40, 48, 56)),
	index int8,
	hash bytea not null check (octet_length(hash) = 32),
	primary key (level, index)
);

-- Who has signed: never one removed, or old checkpoints could not be told from false ones.
create table audit.signer (
	public_key bytea primary key check (octet_length(public_key) = 32),
	name text not null,
	known_as text not null,	-- NAME+ID+KEY, as it is handed on
	since timestamptz not null default clock_timestamp()
);

create table audit.checkpoint (
	size int8 primary key check (size > 0),
	root bytea not null check (octet_length(root) = 32),
	note text not null,	-- C2SP tlog-checkpoint, signed
	signed_at timestamptz not null default clock_timestamp()
);
create index on audit.checkpoint (signed_at);

-- Personal text of an event, which has a commitment to it: SHA-256 of salt and text. Without the salt nobody
-- can tell what it was, not even by guessing; the event and its proof stay as they are.
create table audit.personal (
	event int8 primary key references audit.event,
	agreement int8,		-- whose end counts; null: the event's own time
	salt bytea check (octet_length(salt) = 32),
	body text,
	kept_from timestamptz not null,	-- by the hub's clock, as erased_at
	erased_at timestamptz,
	check ((salt is null) = (body is null) and (body is null) = (erased_at is not null))
);
create index on audit.personal (agreement) where body is not null;
create index on audit.personal (kept_from) where body is not null;

insert into ops.setting (name, value) values
	('audit.personal_keep_years', '7');	-- past the end
