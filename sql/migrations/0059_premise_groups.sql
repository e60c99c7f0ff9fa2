-- Customers with many premises: groups of them, lists of them that are handed in, and totals that were made.

-- A premise is in one group or in none, so that totals of groups add up to the total.
create table party.premise_group (
	premise_group int4 generated always as identity primary key,
	holder int4 not null references party.holder,
	name text not null check (length(name) between 1 and 60),
	made_at timestamptz not null default clock_timestamp()
);
create unique index premise_group_name on party.premise_group (holder, lower(name));
alter table party.holder_premise add column premise_group int4 references party.premise_group on delete set null;
create index on party.holder_premise (premise_group) where premise_group is not null;

-- A list of premises that an account hands in. What proves that somebody knows a premise is forgotten with the look at it.
create table party.upload (
	upload int8 generated always as identity primary key,
	holder int4 not null references party.holder,
	asked_at timestamptz not null,		-- by the hub's clock
	real_at timestamptz not null default clock_timestamp(),
	source inet,
	state text not null default 'WAITING' check (state in ('WAITING', 'DONE')),
	lines int4 not null,
	done int4 not null,		-- lines that were looked at, those that are badly written among them
	good int4 not null default 0,	-- … that the account may have, once its mailbox says so
	missed int4 not null default 0,	-- … that did not match
	ended_at timestamptz,
	mail int8
);
create unique index upload_one_at_a_time on party.upload (holder) where state = 'WAITING';
create index on party.upload (holder, real_at);

create table party.upload_row (
	upload int8 not null references party.upload on delete cascade,
	n int4 not null,
	line int8 not null,
	col int4 not null default 0,
	esiid text,
	meter text,
	rep text,
	group_name text,
	code text,	-- null: not looked at yet; asked, held, or what is wrong
	found text,
	expected text,
	primary key (upload, n)
);
create index on party.upload_row (upload, n) where code is null;

-- Totals of all premises of an account over some days, as they were when somebody looked: kept, since a page is looked at
-- again and again, for as long as nothing came that may change them. One place of each list is one premise.
create table portal.total (
	party int4 not null,
	from_day date not null,
	to_day date not null,
	made_at timestamptz not null,
	given text not null,	-- digest of the premises that it is of
	mark text not null,	-- how far the reads of their utilities had come
	premises int4[] not null,
	load_wh int8[] not null,
	generation_wh int8[] not null,
	due int4[] not null,	-- days of the range that are the account's
	days int4[] not null,	-- … of which there are reads
	intervals int4[] not null,
	estimated int4[] not null,
	missing int4[] not null,
	newest date[] not null,
	primary key (party, from_day, to_day)
);

insert into ops.setting (name, value) values
	('portal.groups_most', '200'),		-- of one account
	('portal.upload_rows', '10000'),	-- of one list of premises
	('portal.uploads_day', '3'),		-- lists that an account may hand in within 24 hours
	('portal.upload_misses', '100');	-- … and premises in them that may be wrong: then nothing more is tried
