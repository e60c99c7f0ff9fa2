-- Scheduled drops: what an account has subscribed to, the drops that come of it, their files, and the
-- rights each was built under.
--
-- When a drop is due goes by the hub's clock (ops.now()); leases, retries and expiry by the real one.

create table delivery.subscription (
	subscription int8 generated always as identity primary key,
	account int4 not null references delivery.account,
	label text not null check (length(label) between 1 and 100),
	-- all premises that the party may read, or of them only those of delivery.subscription_premise
	scope text not null check (scope in ('ALL', 'GROUP', 'ONE')),
	kinds text[] not null check (cardinality(kinds) > 0
		and kinds <@ array['interval', 'register', 'billing']),
	format text not null check (format in ('SMT_CSV', 'CSV', 'LSE', 'GREEN_BUTTON', 'JSONL')),
	packing text not null default 'NONE' check (packing in ('NONE', 'GZIP', 'ZIP', 'ZSTD')),
	openpgp_key text check (length(openpgp_key) between 1 and 65536),
	schedule text not null check (schedule in ('DAILY', 'WEEKLY', 'MONTHLY', 'CHANGE', 'ONCE')),
	local_minute int4 not null default 360 check (local_minute between 0 and 1439),
	weekday int4 check (weekday between 1 and 7),		-- ISO: 1 is Monday
	month_day int4 check (month_day between 1 and 31),	-- in a shorter month its last day
	zone text not null default 'America/Chicago',
	lag_days int4 not null default 1 check (lag_days between 1 and 30),
	every_min int4 not null default 15 check (every_min between 1 and 1440),
	history_months int4 check (history_months between 1 and 24),
	folder text not null,
	endpoint int8,		-- delivery.endpoint, which comes with the next migration
	state text not null default 'ACTIVE' check (state in ('ACTIVE', 'PAUSED', 'ENDED')),
	-- the local day on which it falls due next, and that instant; null: not by the clock
	next_on date,
	next_at timestamptz,
	made_at timestamptz not null default clock_timestamp(),
	ended_at timestamptz,
	check ((schedule = 'WEEKLY') = (weekday is not null)),
	check ((schedule = 'MONTHLY') = (month_day is not null)),
	check ((schedule = 'ONCE') = (history_months is not null)),
	check (kinds = '{interval}' or format in ('SMT_CSV', 'CSV', 'JSONL') and schedule <> 'CHANGE'),
	check (schedule <> 'CHANGE' or format in ('CSV', 'JSONL'))
);
create index on delivery.subscription (account);
create index on delivery.subscription (next_at) where state = 'ACTIVE';

-- A subscription's life: state and event give the next state; what is not here is not possible.
create table delivery.subscription_step (
	state text not null,
	event text not null,
	next text not null,
	primary key (state, event)
);
insert into delivery.subscription_step (state, event, next) values
	('ACTIVE', 'pause', 'PAUSED'),
	('PAUSED', 'resume', 'ACTIVE'),
	('ACTIVE', 'end', 'ENDED'),
	('PAUSED', 'end', 'ENDED');

create table delivery.subscription_premise (
	subscription int8 not null references delivery.subscription,
	premise int4 not null references premise.premise,
	primary key (subscription, premise)
);

-- Up to which load of each utility an on-change subscription has told all changes.
create table delivery.subscription_mark (
	subscription int8 not null references delivery.subscription,
	tdu int4 not null references party.tdu,
	load int4 not null,
	primary key (subscription, tdu)
);

create table delivery.drop (
	"drop" int8 generated always as identity primary key,
	subscription int8 not null references delivery.subscription,
	-- 2026-11-24, 2026-11-16/2026-11-22, 2026-10, once, change 17
	period text not null check (length(period) between 1 and 40),
	revision int4 not null default 1 check (revision > 0),
	state text not null default 'DUE',
	due_at timestamptz not null,	-- by the hub's clock
	from_day date,			-- local days, the last one inclusive; null: on change
	to_day date,
	made_at timestamptz not null default clock_timestamp(),
	-- a builder's lease: whoever has the token may write; after lease_until another takes it
	token uuid,
	worker text,
	lease_until timestamptz,
	attempts int4 not null default 0,
	next_try_at timestamptz not null default clock_timestamp(),
	begun_at timestamptz,
	planned_at timestamptz,		-- its rights were looked up and the release is on record
	event int8 references audit.event,
	built_at timestamptz,
	ended_at timestamptz,
	premises int8 not null default 0,
	rows int8 not null default 0,
	watermark int4,			-- the highest load that is in it; by utility in delivery.drop_mark
	first_at timestamptz,
	last_at timestamptz,
	says text,			-- why it failed, was cancelled or withdrawn
	unique (subscription, period, revision),
	check (from_day is null and to_day is null or from_day <= to_day),
	check ((state = 'BUILDING') = (token is not null))
);
create index on delivery.drop (next_try_at, due_at, "drop") where state = 'DUE';
create index on delivery.drop (lease_until) where state = 'BUILDING';
create index on delivery.drop (built_at) where state in ('BUILT', 'DELIVERED');
-- of a period one revision at most is on its way or valid
create unique index drop_one_alive on delivery.drop (subscription, period)
	where state in ('DUE', 'BUILDING', 'BUILT', 'DELIVERED');

-- A drop's life: state and event give the next state; what is not here is not possible.
create table delivery.drop_step (
	state text not null,
	event text not null,
	next text not null,
	primary key (state, event)
);
insert into delivery.drop_step (state, event, next) values
	('DUE', 'take', 'BUILDING'),
	('DUE', 'cancel', 'CANCELLED'),
	('BUILDING', 'build', 'BUILT'),
	('BUILDING', 'lose', 'DUE'),		-- the lease ran out, or its worker began anew
	('BUILDING', 'retry', 'DUE'),
	('BUILDING', 'fail', 'FAILED'),
	('BUILDING', 'cancel', 'CANCELLED'),
	('BUILT', 'deliver', 'DELIVERED'),	-- pushed to the partner's server, with its receipt
	('BUILT', 'withdraw', 'WITHDRAWN'),
	('BUILT', 'cancel', 'CANCELLED'),
	('BUILT', 'replace', 'CANCELLED'),	-- a person had the period built again
	('DELIVERED', 'withdraw', 'WITHDRAWN'),
	('DELIVERED', 'cancel', 'CANCELLED'),
	('DELIVERED', 'replace', 'CANCELLED');

-- Of each utility: the loads that are in it. after_load: on change, those up to it are not.
-- rights_load: up to which load its rights were last looked at as a whole.
create table delivery.drop_mark (
	"drop" int8 not null references delivery.drop,
	tdu int4 not null references party.tdu,
	after_load int4,
	load int4 not null,
	rights_load int4 not null,
	primary key ("drop", tdu)
);

-- What it was built under: premises in numbered pages, with the local days that were permitted as a whole
-- (the upper one exclusive), and under which agreement; null: own utility, or REP-of-record span.
create table delivery.drop_basis (
	"drop" int8 not null references delivery.drop,
	kind text not null check (kind in ('interval', 'register', 'billing')),
	page int4 not null,
	agreement int8 references agreement.agreement,
	days daterange not null,
	premises int4[] not null check (cardinality(premises) > 0)
);
create index on delivery.drop_basis ("drop", kind, page);
create index on delivery.drop_basis (agreement) where agreement is not null;

-- A drop's files, manifests among them. sha256 and size are of what lies in the store and in the box.
create table delivery.drop_file (
	"drop" int8 not null references delivery.drop,
	name text collate "C" not null check (length(name) between 1 and 255),
	kind text not null check (kind in ('interval', 'register', 'billing')),
	manifest bool not null,
	sha256 bytea not null check (octet_length(sha256) = 32),
	size int8 not null check (size >= 0),
	plain_sha256 bytea not null check (octet_length(plain_sha256) = 32),
	plain_size int8 not null check (plain_size >= 0),
	rows int8 not null check (rows >= 0),
	first_at timestamptz,
	last_at timestamptz,
	entry int8 references delivery.entry,
	primary key ("drop", name)
);

-- A file of a box that is a drop's is given out only while delivery.drop_may_go() says so.
alter table delivery.entry add column "drop" int8 references delivery.drop;
create index on delivery.entry ("drop") where "drop" is not null and removed_at is null;

-- takes a premise since (sql/functions/reads_release_all.sql)
drop function if exists reads.all_days(int4, text, date, date);
