-- Reports: what regulators and partners are told in figures, so that each can be made again and counted again.
--
-- A snapshot says what was known: so many entries of the audit tree, and of each utility its loads up to one. A report is
-- queries over what never changes (events, loads' roll-ups), limited to a snapshot and to days. What was asked (the
-- edition: queries word for word) is kept by its digest, and so is what came out, byte for byte.
create schema report;

create table report.kind (
	report text primary key check (report ~ '^[a-z]+(-[a-z]+)*$'),
	turn int4 not null,
	title text not null,
	about text not null,
	parties text[] not null check (parties <@ array['CSP', 'REP', 'TDU']),	-- who get their own part
	monthly bool not null
);

-- The tables of a report as this version of the hub has them; columns: name|title.
create table report.part (
	report text not null references report.kind,
	place int4 not null,
	name text not null check (name ~ '^[a-z]+(_[a-z0-9]+)*$'),
	title text not null,
	columns text[] not null,
	label text,		-- the column that names the bars of a chart, and the one that is their height
	height text,
	events text[] not null,	-- kinds of events that are counted, for who counts again
	query text not null,
	primary key (report, place),
	unique (report, name),
	check (num_nulls(label, height) in (0, 2))
);

create table report.edition (
	edition bytea primary key check (octet_length(edition) = 32),	-- SHA-256 of the text
	report text not null references report.kind,
	text text not null,
	made_at timestamptz not null default clock_timestamp()
);

create table report.snapshot (
	snapshot int8 generated always as identity primary key,
	taken_at timestamptz not null default clock_timestamp(),
	hub_at timestamptz not null,
	entries int8 not null check (entries >= 0),
	migration int4 not null,
	version text not null
);
create table report.snapshot_load (
	snapshot int8 not null references report.snapshot,
	tdu int4 not null references party.tdu,
	load int4 not null,
	primary key (snapshot, tdu)
);

create table report.made (
	made int8 generated always as identity primary key,
	report text not null references report.kind,
	edition bytea not null references report.edition,
	snapshot int8 not null references report.snapshot,
	party int4 references party.party,	-- whose part it is; null: all
	from_day date not null,
	to_day date not null,			-- inclusive
	monthly bool not null,			-- made by the schedule
	document text not null,
	sha256 bytea not null check (octet_length(sha256) = 32),
	made_at timestamptz not null default clock_timestamp(),
	made_by text not null,
	event int8,
	check (from_day <= to_day)
);
create unique index made_once on report.made (report, edition, snapshot, coalesce(party, 0), from_day, to_day);
create index on report.made (party, made);
create unique index made_monthly on report.made (report, from_day) where monthly and party is null;

-- Files of reports that were made by the schedule, in the boxes of regulators.
create table report.placed (
	made int8 not null references report.made,
	format text not null check (format in ('json', 'csv', 'html')),
	name text not null,
	sha256 bytea not null,
	size int8 not null,
	placed_at timestamptz not null default clock_timestamp(),
	primary key (made, format)
);

-- An event with its place in the tree. Reports count those below a snapshot's number of entries.
create view report.event as
select l.entry, e.event, e.recorded_at, e.kind, e.actor, e.party, e.premise, e.detail
from audit.event e join audit.leaf l on l.event = e.event;
create index if not exists event_kind_recorded on audit.event (kind, recorded_at);

-- Networks from which customers decide are told apart in the log by a digest with a salt of the month, which is forgotten
-- with them (audit.personal_keep_years): who has the log alone cannot tell which network it was.
create table report.salt (
	month date primary key check (extract(day from month) = 1),
	salt bytea not null check (octet_length(salt) = 32)
);
