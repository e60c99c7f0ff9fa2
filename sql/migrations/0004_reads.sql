-- Reads. One row is one channel of one premise on one local day in one version; rows are added and
-- never changed. series = premise * 8 + channel (0 load, 1 generation).
create schema reads;

-- Column order: 8, 8, 4 x 4, 2 x 3, then the packed day (hub/meter/pack.h): no padding.
create table reads.day (
	total_wh int8 not null,
	created timestamptz not null,	-- by the source; current = highest (created, load, line)
	series int4 not null,
	day date not null,
	load int4 not null,
	line int4 not null,
	n int2 not null,
	estimated int2 not null,
	missing int2 not null,
	data bytea not null,
	primary key (series, day, load, line)
) partition by range (day);
-- packed already: never compressed again
alter table reads.day alter column data set storage external;
comment on table reads.day is 'Versions of meter-days; reads.ensure_days makes the partitions.';

-- What the loader remarked about a meter-day that it did load.
create table reads.flag (
	series int4 not null,
	day date not null,
	load int4 not null,
	line int4 not null,
	rule text not null,
	found text,
	expected text
);
create index on reads.flag (series, day);

-- Sums by utility and day as signed deltas of each load: sum() is the truth, now or as of a load.
create table reads.rollup (
	tdu int4 not null references party.tdu,
	day date not null,
	load int4 not null,
	meter_days int4 not null,
	intervals int8 not null,
	estimated int8 not null,
	missing int8 not null,
	late int4 not null,
	changed int8 not null,
	load_wh int8 not null,
	generation_wh int8 not null,
	unknown int4 not null,
	primary key (tdu, day, load)
);

-- Row-2 fields of LSE and the like: few different ones, so days hold a number.
create table reads.shape (
	shape int4 generated always as identity primary key,
	text text not null unique check (length(text) <= 1000)
);

create table reads.register (
	series int4 not null,
	day date not null,
	created timestamptz not null,
	load int4 not null,
	line int4 not null,
	start_wh int8,
	end_wh int8 not null,
	wh int8,
	status text not null check (status in ('A', 'E')),
	primary key (series, day, load, line)
);

-- Days of which a utility has register reads at all: only for these are intervals that come later
-- compared with them.
create table reads.register_day (
	tdu int4 not null references party.tdu,
	day date not null,
	primary key (tdu, day)
);

create table reads.billing (
	series int4 not null,
	start_date date not null,
	end_date date not null,		-- the last day, inclusive
	created timestamptz not null,
	load int4 not null,
	line int4 not null,
	wh int8 not null,
	metered_w int8,
	billed_w int8,
	metered_va int8,
	billed_va int8,
	amount int8,			-- ten-thousandths of the currency
	currency text,
	items text,
	status text,
	check (start_date <= end_date),
	primary key (series, end_date, start_date, load, line)
);

-- Releases: a row is written and committed before the first byte of reads leaves.
create table reads.release (
	number int8 generated always as identity primary key,
	event int8 not null references audit.event,
	opened_at timestamptz not null default clock_timestamp(),
	opened_by name not null default session_user,
	principal int4 references party.party,	-- null: the operator
	premise int4 references premise.premise,	-- null: all that the principal may read
	kind text not null check (kind in ('interval', 'register', 'billing')),
	from_day date not null,
	to_day date not null,		-- inclusive
	as_of timestamptz,
	versions bool not null,
	door text not null,
	reason text,
	check (principal is not null or premise is not null)
);
