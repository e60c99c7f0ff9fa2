-- Agreements, as far as the gate to reads needs them: who may read which premises' reads, of which
-- kinds, of which period, while the agreement is active. How they come about is added later.
create schema agreement;

create table agreement.agreement (
	agreement int8 generated always as identity primary key,
	csp int4 not null references party.csp,
	state text not null,
	starts_at timestamptz not null,
	ends_at timestamptz not null,
	-- reads from here on are covered: history before the start, as far as the customer allowed
	reads_from timestamptz not null,
	kinds text[] not null check (cardinality(kinds) > 0
		and kinds <@ array['interval', 'register', 'billing']),
	recorded_at timestamptz not null default clock_timestamp(),
	check (starts_at < ends_at and reads_from <= starts_at)
);
create index on agreement.agreement (csp);

create table agreement.premise (
	agreement int8 not null references agreement.agreement,
	premise int4 not null references premise.premise,
	-- who occupied it at the start as far as was known then; null: nobody known
	customer int4 references premise.customer,
	primary key (agreement, premise)
);
create index on agreement.premise (premise);

create table agreement.step (
	state text not null,
	event text not null,
	next text not null,
	primary key (state, event)
);
insert into agreement.step (state, event, next) values
	('ACTIVE', 'suspend', 'SUSPENDED'),
	('SUSPENDED', 'resume', 'ACTIVE'),
	('ACTIVE', 'terminate', 'TERMINATED'),
	('SUSPENDED', 'terminate', 'TERMINATED'),
	('ACTIVE', 'complete', 'COMPLETED'),
	('SUSPENDED', 'complete', 'COMPLETED');
