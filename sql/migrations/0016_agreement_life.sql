-- The life of an agreement: what may happen in which state, by whom, who is told; and what its clock needs.
drop function if exists agreement.list(int4);

-- Which moves there are at all, and who may ask for them. HUB: its clock, its mails, its watch over abuse, what
-- it learns of premises.
create table agreement.event (
	event text primary key check (event ~ '^[a-z]+$'),
	by_whom text[] not null check (cardinality(by_whom) > 0
		and by_whom <@ array['CUSTOMER', 'CSP', 'OPERATOR', 'COMMISSION', 'HUB']),
	about text not null
);
insert into agreement.event (event, by_whom, about) values
	('affirm', '{CUSTOMER}', 'the customer confirms'),
	('hold', '{CUSTOMER,OPERATOR,HUB}', 'something is odd: nothing is given out until a person has looked'),
	('release', '{OPERATOR}', 'a person has looked: it is as it should be'),
	('decline', '{CUSTOMER,OPERATOR}', 'the customer says no'),
	('report', '{CUSTOMER,OPERATOR}', 'the customer did not ask for it'),
	('lapse', '{HUB}', 'no answer by the end of the fifth weekday'),
	('withdraw', '{CSP,OPERATOR,COMMISSION,HUB}', 'the invitation is taken back, or nobody is left to answer it'),
	('bounce', '{HUB}', 'no mail server takes the invitation'),
	('complete', '{OPERATOR,HUB}', 'its term is over'),
	('terminate', '{CUSTOMER,CSP,OPERATOR,COMMISSION,HUB}', 'it is ended before its term is over'),
	('suspend', '{OPERATOR,COMMISSION,HUB}', 'the third party is suspended, or this agreement'),
	('resume', '{OPERATOR,COMMISSION,HUB}', 'and goes on');

delete from agreement.step;
insert into agreement.step (state, event, next) values
	('PENDING', 'affirm', 'ACTIVE'),
	('PENDING', 'hold', 'HELD'),
	('PENDING', 'decline', 'REJECTED'),
	('PENDING', 'report', 'REPORTED'),
	('PENDING', 'lapse', 'LAPSED'),
	('PENDING', 'withdraw', 'WITHDRAWN'),
	('PENDING', 'bounce', 'UNDELIVERABLE'),
	('HELD', 'release', 'ACTIVE'),
	('HELD', 'decline', 'REJECTED'),
	('HELD', 'report', 'REPORTED'),
	('HELD', 'complete', 'COMPLETED'),
	('HELD', 'terminate', 'TERMINATED'),
	('ACTIVE', 'hold', 'HELD'),
	('ACTIVE', 'complete', 'COMPLETED'),
	('ACTIVE', 'terminate', 'TERMINATED'),
	('ACTIVE', 'suspend', 'SUSPENDED'),
	('SUSPENDED', 'hold', 'HELD'),
	('SUSPENDED', 'resume', 'ACTIVE'),
	('SUSPENDED', 'complete', 'COMPLETED'),
	('SUSPENDED', 'terminate', 'TERMINATED');
alter table agreement.step add foreign key (event) references agreement.event;

-- States, so that none is misspelt; over: nothing can happen any more.
create table agreement.state (
	state text primary key,
	over bool not null,
	about text not null
);
insert into agreement.state (state, over, about) values
	('PENDING', false, 'the customer is asked'),
	('ACTIVE', false, 'the third party may read'),
	('HELD', false, 'the customer said yes; a person looks before anything is given out'),
	('SUSPENDED', false, 'stopped for now'),
	('REJECTED', true, 'the customer said no'),
	('REPORTED', true, 'the customer had not asked for it'),
	('LAPSED', true, 'no answer'),
	('WITHDRAWN', true, 'taken back before an answer'),
	('UNDELIVERABLE', true, 'no mail server took the invitation'),
	('COMPLETED', true, 'its term went by'),
	('TERMINATED', true, 'ended before');
alter table agreement.step
	add foreign key (state) references agreement.state,
	add foreign key (next) references agreement.state;
alter table agreement.agreement add foreign key (state) references agreement.state;

-- Who is told by which mail when a move has been made.
create table agreement.notice (
	event text not null references agreement.event,
	side text not null check (side in ('CUSTOMER', 'CSP')),
	kind text not null,
	primary key (event, side)
);
insert into agreement.notice (event, side, kind) values
	('affirm', 'CUSTOMER', 'affirmed'), ('affirm', 'CSP', 'affirmed'),
	('release', 'CUSTOMER', 'resumed'), ('release', 'CSP', 'affirmed'),
	('decline', 'CUSTOMER', 'declined'), ('decline', 'CSP', 'declined'),
	('report', 'CUSTOMER', 'reported'), ('report', 'CSP', 'reported'),
	('lapse', 'CUSTOMER', 'lapsed'), ('lapse', 'CSP', 'lapsed'),
	('withdraw', 'CUSTOMER', 'withdrawn'), ('withdraw', 'CSP', 'withdrawn'),
	('bounce', 'CSP', 'undeliverable'),
	('complete', 'CUSTOMER', 'ended'), ('complete', 'CSP', 'ended'),
	('terminate', 'CUSTOMER', 'ended'), ('terminate', 'CSP', 'ended'),
	('suspend', 'CUSTOMER', 'suspended'), ('suspend', 'CSP', 'suspended'),
	('resume', 'CUSTOMER', 'resumed'), ('resume', 'CSP', 'resumed');

alter table agreement.agreement
	add column moved_by text,	-- who asked for the last move: of agreement.event.by_whom
	-- by the hub's clock, as dies_at: when it is over if no mail server takes the invitation until then, and
	-- when a customer is reminded
	add column gives_up_at timestamptz,
	add column remind_at timestamptz,
	drop constraint agreement_kinds_check,
	add constraint agreement_kinds check (kinds <@ array['interval', 'register', 'billing']
		and (cardinality(kinds) > 0 or kind in ('DEVICE', 'DEVICE_SERVICES')));
create index on agreement.agreement (state) where state in ('PENDING', 'ACTIVE', 'HELD', 'SUSPENDED');
create unique index agreement_renewed_once on agreement.agreement (renews) where renews is not null;
create index on agreement.agreement (ends_at) where state in ('ACTIVE', 'HELD', 'SUSPENDED');

-- until: when its share ends by what is known of the premise now (its customer moves out, it is retired); null:
-- nothing is known. Kept by triggers on what the loader writes.
alter table agreement.premise add column until timestamptz;
create index on agreement.premise (until) where ended_at is null and until is not null;

-- One invitation of a CSP for a premise waits for an answer at a time.
create table agreement.waiting (
	csp int4 not null,
	premise int4 not null,
	agreement int8 not null references agreement.agreement,
	primary key (csp, premise)
);
create index on agreement.waiting (agreement);

-- What the customer decided, and how. Source and agent are personal: they stand here and not in the audit
-- events, which have the digest.
create table agreement.decision (
	agreement int8 not null references agreement.agreement,
	choice text not null check (choice in ('CONFIRM', 'DECLINE', 'REPORT', 'STOP', 'NOT_ME', 'RENEW')),
	decided_at timestamptz not null,	-- by the hub's clock
	recorded_at timestamptz not null default clock_timestamp(),
	link bytea not null,
	disclosure text,
	disclosure_sha256 bytea check (octet_length(disclosure_sha256) = 32),
	evidence jsonb not null default '{}',
	source inet,
	agent text check (length(agent) <= 300),
	primary key (agreement, choice, link)
);
-- Visits of the page: by people and by machines, which is why they change nothing.
create table agreement.visit (
	visit int8 generated always as identity primary key,
	agreement int8 not null references agreement.agreement,
	purpose text not null,
	at timestamptz not null,	-- by the hub's clock
	source inet,
	agent text check (length(agent) <= 300)
);
create index on agreement.visit (agreement);

alter table agreement.link
	-- the six digits of an invitation, for people whose browser runs no script: SHA-256(token ':' digits)
	add column code_sha256 bytea check (octet_length(code_sha256) = 32),
	add column code_tries int4 not null default 0;
create index on agreement.link (mail);

-- What the clock of an agreement has said already.
create table agreement.told (
	agreement int8 not null references agreement.agreement,
	what text not null,
	told_at timestamptz not null,	-- by the hub's clock
	primary key (agreement, what)
);
-- When the clock tells something: how long before the end, and by which mail.
create table agreement.lead (
	what text primary key,
	before interval not null,
	kind text not null,
	args jsonb not null
);
insert into agreement.lead (what, before, kind, args) values
	('ends-30', '720 hours', 'expiry-warning', '{"days": 30}'),
	('ends-7', '168 hours', 'expiry-warning', '{"days": 7}'),
	('ends-1', '24 hours', 'expiry-warning', '{"days": 1}'),
	('renew-45', '1080 hours', 'renewal', '{}');

-- The guard against a real clock that jumps: what the last look saw, and whether expiry waits for a person.
create table agreement.watch (
	one bool primary key default true check (one),
	at timestamptz,			-- the real clock
	boot text,			-- which start of the machine
	uptime_s float8,		-- and its clock since, which nobody sets
	paused_since timestamptz
);
insert into agreement.watch default values;
