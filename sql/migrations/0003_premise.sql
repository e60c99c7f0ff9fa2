-- Premises: points of delivery, what is known about them, and since when.
--
-- What a utility states about a premise arrives as rows with an effective date, in any order, and may
-- be restated. Rows go into *_event tables and stay there. What holds on a day is derived: for each
-- effective date the statement with the newest (created, load, line) counts, and it holds until the
-- next effective date. The derived tables (spans, columns of premise.premise, premise.due) are made
-- anew from the events for every premise that a load touches, so the order of arrival leaves no trace.
--
-- What loads fill by the hundred thousand has no foreign keys: rows come from a join with the table they
-- belong to, from which nothing is ever deleted, and a key's check would be most of the time (20 to 40
-- us a row, since it locks and so rewrites the row it looks at). `busbar check` counts orphans.
create schema premise;

create table premise.premise (
	premise int4 generated always as identity primary key,
	esiid text collate "C" not null unique check (esiid ~ '^10([0-9]{15}|[0-9]{20})$'),
	tdu int4 not null,
	-- false: a stub, made because something about it came before the premise itself
	known bool not null default false,
	-- from here on: as of the latest effective date
	commodity text check (commodity in ('ELECTRIC', 'GAS', 'WATER')),
	class text check (class in ('RESIDENTIAL', 'BUSINESS')),
	status text check (status in ('ACTIVE', 'INACTIVE', 'RETIRED')),
	effective date,
	ends date,
	street text,
	city text,
	state text,
	zip text,
	load_profile text,
	rate_class text,
	service_voltage text,
	channels int2 check (channels in (1, 2)),
	check (known = (status is not null))
);
-- a series is premise * 8 + channel in an int4
alter table premise.premise add constraint premise_fits_series check (premise < 268435456);
create index on premise.premise (tdu);

create table premise.premise_event (
	premise int4 not null,
	effective date not null,
	created timestamptz not null,
	load int4 not null,
	line int4 not null,
	commodity text not null,
	class text not null,
	status text not null,
	ends date,	-- the last day
	street text,
	city text,
	state text,
	zip text,
	load_profile text,
	rate_class text,
	service_voltage text,
	channels int2 not null,
	primary key (premise, effective, created, load, line)
);

-- How many channels of how many premises are due from a day on: signed, summed over days <= day.
create table premise.due (
	tdu int4 not null references party.tdu,
	day date not null,
	load int4 not null,
	delta int8 not null,
	primary key (tdu, day, load)
);

-- Premises that a load made, or made known: the loader's memory is brought up to date from it.
create table premise.touched (
	load int4 not null,
	premise int4 not null,
	primary key (load, premise)
);

create table premise.meter_event (
	premise int4 not null,
	effective date not null,
	created timestamptz not null,
	load int4 not null,
	line int4 not null,
	meter_number text not null,
	removed date,	-- the first day without it
	multiplier int8,	-- thousandths
	dials int4,
	manufacturer text,
	model text,
	meter_class text,
	phases int4,
	utility_meter_id text,
	interval_s int4,
	installed date,
	tested date,
	firmware text,
	primary key (premise, effective, created, load, line)
);

create table premise.meter (
	premise int4 not null,
	during daterange not null check (not isempty(during)),
	meter_number text not null,
	multiplier int8,
	dials int4,
	manufacturer text,
	model text,
	meter_class text,
	phases int4,
	utility_meter_id text,
	interval_s int4,
	installed date,
	tested date,
	firmware text,
	exclude using gist (premise with =, during with &&)
);

create table premise.rep_event (
	premise int4 not null,
	effective date not null,
	created timestamptz not null,
	load int4 not null,
	line int4 not null,
	rep int4,	-- null: none from then on
	primary key (premise, effective, created, load, line)
);

create table premise.rep_span (
	premise int4 not null,
	rep int4 not null,
	during daterange not null check (not isempty(during)),
	exclude using gist (premise with =, during with &&)
);
create index on premise.rep_span (rep);

-- Customers: who they are stands sealed (hub/sys/secret.h); *_index are keyed digests for finding.
create table premise.customer (
	customer int4 generated always as identity primary key,
	party int4 not null unique,
	tdu int4 not null,
	account_index bytea not null check (octet_length(account_index) = 16),
	-- false: occupancy named the account before the account itself came
	known bool not null default false,
	kind text check (kind in ('RESIDENTIAL', 'BUSINESS')),
	language text check (language in ('EN', 'ES')),
	account_sealed bytea,
	name_sealed bytea,
	name_index bytea,
	address_sealed bytea,
	address_index bytea,
	-- which statement these columns are from; an older one arriving later changes nothing
	created timestamptz,
	load int4,
	line int4,
	unique (tdu, account_index),
	check (known = (kind is not null))
);

create table premise.contact (
	customer int4 not null,
	kind text not null check (kind in ('phone', 'email')),
	sealed bytea not null,
	index bytea not null check (octet_length(index) = 16),
	primary key (customer, kind, index)
);
create index on premise.contact (kind, index);

-- Premises that a customer's account names (no right follows from it: occupancy gives rights).
create table premise.account_premise (
	customer int4 not null,
	premise int4 not null,
	primary key (customer, premise)
);
create index on premise.account_premise (premise);

create table premise.occupancy_event (
	premise int4 not null,
	effective date not null,
	created timestamptz not null,
	load int4 not null,
	line int4 not null,
	customer int4,	-- null: vacant from then on
	primary key (premise, effective, created, load, line)
);

create table premise.occupancy (
	premise int4 not null,
	customer int4 not null,
	during daterange not null check (not isempty(during)),
	exclude using gist (premise with =, during with &&)
);
create index on premise.occupancy (customer);

-- Prices by time band. A price that is not here is unknown, which is not zero.
create table premise.rate (
	tdu int4 not null references party.tdu,
	rate text not null,
	channel int2 not null check (channel between 0 and 7),
	effective date not null,
	ends date,			-- the last day
	days text not null check (days in ('ALL', 'WEEKDAY', 'WEEKEND')),
	from_minute int4 not null check (from_minute >= 0),
	to_minute int4 not null check (to_minute <= 1440),
	price_micro int8 not null,	-- millionths of the currency a kWh
	currency text not null,
	created timestamptz not null,
	load int4 not null,
	line int4 not null,
	check (from_minute < to_minute),
	primary key (tdu, rate, channel, effective, created, load, line)
);
