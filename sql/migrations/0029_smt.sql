-- The Smart Meter Texas family: how accounts may log in to it, how much may be asked for at once, and reports that
-- are made behind it.
create schema smt;

-- Beside its own token, which every account may ask for by name and password. No row: neither.
create table smt.account (
	account int4 primary key references delivery.account,
	basic bool not null default false,		-- name and password with each request
	certificate bool not null default false		-- a client certificate of the account
);

-- How much a request may ask for: it must fit one row, with its premises and with its days. Reports (what is not
-- answered at once) are counted too: so many of a row are all that a party may have made on one day.
create table smt.size (
	esiids int4 not null check (esiids > 0),
	days int4 not null check (days > 0),
	reports int4 not null check (reports > 0),
	primary key (esiids, days)
);
insert into smt.size (reports, esiids, days) values
	(20, 1, 365),
	(20, 10, 20),
	(20, 50, 5),
	(10, 100, 2),
	(10, 200, 1);

-- A report: what is asked for by one request and delivered later. Its number is the correlationId.
create table smt.report (
	report int8 generated always as identity (start with 100000001) primary key,
	account int4 not null references delivery.account,
	asked_at timestamptz not null default clock_timestamp(),
	day date not null,			-- of Chicago, by the real clock: it counts for that day
	trans_id text not null check (length(trans_id) <= 64),
	delivery text not null check (delivery in ('API', 'FTP', 'EML')),
	kind text not null check (kind in ('interval', 'register', 'billing')),
	share int4 not null check (share > 0),	-- of what a day has, which is 60
	subscription int8 not null unique references delivery.subscription,
	mail int8 unique			-- EML: the mail that tells of it
);
create index on smt.report (account, day);

-- A report is a drop of its own days, by a subscription that has no other.
alter table delivery.subscription drop constraint subscription_schedule_check;
alter table delivery.subscription add constraint subscription_schedule_check
	check (schedule in ('DAILY', 'WEEKLY', 'MONTHLY', 'CHANGE', 'ONCE', 'REPORT'));

-- What was subscribed to in the words of this family.
create table smt.subscription (
	subscription int8 primary key references delivery.subscription,
	type text not null check (type in ('SCHEDULE', 'SCHEDULES', 'CSPENROLL', 'REPENROLL')),
	data_type text not null check (data_type in ('INTERVAL', 'DAILY', 'MONTHLY'))
);
