-- Parties: utilities (TDU), retailers (REP), third parties (CSP), customers, regulators, operators.
create schema party;

create table party.party (
	party int4 generated always as identity primary key,
	kind text not null check (kind in
		('TDU', 'REP', 'CSP', 'CUSTOMER', 'REGULATOR', 'OPERATOR')),
	code text unique check (code ~ '^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$'),
	name text check (length(name) between 1 and 200),
	-- a customer's name is personal: it stands sealed in premise.customer and nowhere else
	check ((kind = 'CUSTOMER') = (code is null) and (kind = 'CUSTOMER') = (name is null))
);

create table party.tdu (
	party int4 primary key references party.party,
	zone text not null,
	-- wall-clock time from the day's first midnight after which its reads are late: 23:00 the day after
	late_after interval not null default '47 hours' check (late_after > '24 hours')
);

create table party.tdu_duns (
	duns text primary key check (duns ~ '^([0-9]{9}|[0-9]{13})$'),
	tdu int4 not null references party.tdu
);

create table party.tdu_prefix (
	prefix int4 not null check (prefix between 1000000 and 1099999),
	length int2 not null check (length in (17, 22)),
	tdu int4 not null references party.tdu,
	primary key (prefix)
);
comment on table party.tdu_prefix is 'First seven digits of the ESI IDs of a utility.';

create table party.rep (
	party int4 primary key references party.party,
	certificate text not null unique check (certificate ~ '^[0-9]{5}$'),
	duns text unique check (duns ~ '^([0-9]{9}|[0-9]{13})$')
);

create table party.csp (
	party int4 primary key references party.party,
	state text not null
);

-- A CSP's life: state and event give the next state; what is not here is not possible.
create table party.csp_step (
	state text not null,
	event text not null,
	next text not null,
	primary key (state, event)
);
insert into party.csp_step (state, event, next) values
	('ACTIVE', 'suspend', 'SUSPENDED'),
	('SUSPENDED', 'resume', 'ACTIVE'),
	('ACTIVE', 'revoke', 'REVOKED'),
	('SUSPENDED', 'revoke', 'REVOKED');

-- What a utility wants otherwise than hub/meter/rule_table.h says.
create table ops.rule (
	tdu int4 not null references party.tdu,
	code text not null check (code ~ '^[a-z]+(-[a-z]+)*$'),
	severity text not null check (severity in ('off', 'flag', 'quarantine', 'reject', 'hold')),
	threshold int8 not null check (threshold >= 0),
	primary key (tdu, code)
);
