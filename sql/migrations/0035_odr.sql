-- Meter commands: somebody who may asks, the utility's head end takes the command and answers. One queue; what a
-- command can be is a row of odr.kind.

create table odr.kind (
	kind text primary key check (kind ~ '^[A-Z]+(_[A-Z]+)*$'),
	about text not null,
	reads text check (reads in ('interval', 'register', 'billing')),	-- who may read these now may ask
	answer_within interval not null,	-- after that it has failed
	hour_most int4 not null,		-- for one meter in sixty minutes
	tdu_setting text references ops.setting	-- how many a utility takes in a day of its zone
);
insert into ops.setting (name, value) values ('odr.tdu_day_most', '3000');
insert into odr.kind (kind, about, reads, answer_within, hour_most, tdu_setting) values
	('ON_DEMAND_READ', 'what the register of a meter shows now', 'interval', '15 minutes', 2, 'odr.tdu_day_most');

create table odr.state (
	state text primary key,
	over bool not null,
	about text not null
);
insert into odr.state (state, over, about) values
	('PENDING', false, 'waits for the utility to take it'),
	('TAKEN', false, 'the utility has it'),
	('COMPLETED', true, 'answered'),
	('FAILED', true, 'the utility could not, or did not answer in time');

create table odr.step (
	state text not null references odr.state,
	event text not null,
	next text not null references odr.state,
	primary key (state, event)
);
insert into odr.step (state, event, next) values
	('PENDING', 'take', 'TAKEN'),
	('TAKEN', 'take', 'TAKEN'),		-- again, when it was not heard of for a while
	('TAKEN', 'complete', 'COMPLETED'),
	('TAKEN', 'fail', 'FAILED'),
	('PENDING', 'complete', 'COMPLETED'),	-- of one that is told by a webhook
	('PENDING', 'fail', 'FAILED'),
	('PENDING', 'expire', 'FAILED'),
	('TAKEN', 'expire', 'FAILED');

-- Why one failed: what the utility says, and what the hub itself finds.
create table odr.reason (
	reason text primary key check (reason ~ '^[a-z]+(-[a-z]+)*$'),
	about text not null
);
insert into odr.reason (reason, about) values
	('no-answer', 'The utility did not answer in time.'),
	('not-reached', 'The utility could not reach the meter.'),
	('no-meter', 'The utility has no such meter at this premise.'),
	('not-equipped', 'The meter cannot do this.'),
	('disconnected', 'The meter is disconnected.'),
	('busy', 'The utility is too busy now.'),
	('other', 'The utility could not do it.');

create table odr.command (
	command int8 generated always as identity primary key,
	kind text not null references odr.kind,
	tdu int4 not null references party.tdu,
	premise int4 not null references premise.premise,
	meter_number text,		-- on that day, as the utility has it; null: not known
	asked_by int4 not null references party.party,
	class text not null,		-- of what was shown
	login text,
	agreement int8,			-- that it was asked under, if it was by an access token
	trans_id text check (length(trans_id) <= 64),
	args jsonb not null default '{}',
	state text not null references odr.state,
	reason text references odr.reason,
	words text check (length(words) <= 200),	-- the utility's own
	-- by the hub's clock: what people see
	asked_at timestamptz not null,
	answered_at timestamptz,
	-- by the real one: limits, leases, how long it took
	real_asked_at timestamptz not null default clock_timestamp(),
	real_taken_at timestamptz,
	real_answered_at timestamptz,
	late_at timestamptz,		-- an answer after it had failed
	expires_at timestamptz not null,
	taken_until timestamptz,
	takes int4 not null default 0,
	-- the answer
	read_at timestamptz,		-- of the register, as the meter says
	read_wh int8 check (read_wh >= 0),
	generation_wh int8 check (generation_wh >= 0)
);
create index on odr.command (tdu, command) where state in ('PENDING', 'TAKEN');
create index on odr.command (premise, real_asked_at);
create index on odr.command (asked_by, command);

-- What counts towards the limits; they hold across restarts. The row of a day is also what makes two that ask at
-- once wait for each other.
create table odr.tdu_day (
	tdu int4 not null references party.tdu,
	day date not null,		-- of its zone, by the real clock
	kind text not null references odr.kind,
	asked int4 not null,
	primary key (tdu, day, kind)
);
create table odr.meter_lock (
	premise int4 primary key
);
