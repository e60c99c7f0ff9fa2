-- Cases of the regulator's: under one that an operator has granted, its people may see the interval reads of the
-- premises that it names, of its days, until it ends by itself. Each look is a release.
create table reads.inquiry (
	inquiry int4 generated always as identity primary key,
	regulator int4 not null references party.party,
	number text not null check (number ~ '^[0-9A-Za-z][0-9A-Za-z .-]{0,39}$'),	-- the regulator's own
	reason text not null check (length(trim(reason)) between 1 and 500),
	by_mailbox bool not null,	-- of the homes of a customer, who was named by a mailbox
	from_day date not null,
	to_day date not null,
	open_days int4 not null check (open_days between 1 and 90),	-- from when it is granted on
	approval int8 references ops.approval,
	asked_at timestamptz not null,
	asked_by text not null,
	granted_at timestamptz,
	granted_by text,
	ends_at timestamptz,	-- by the hub's clock, as granted_at
	ended_at timestamptz,
	ended_by text,
	check (from_day <= to_day and to_day - from_day < 800),
	check ((granted_at is null) = (granted_by is null) and (granted_at is null) = (ends_at is null)),
	check ((ended_at is null) = (ended_by is null))
);
create index on reads.inquiry (regulator) where granted_at is not null and ended_at is null;

create table reads.inquiry_premise (
	inquiry int4 not null references reads.inquiry,
	premise int4 not null references premise.premise,
	days datemultirange,	-- of a customer's home those of its own; null: all
	primary key (inquiry, premise)
);
create index on reads.inquiry_premise (premise);

insert into ops.approval_action (action, does, about, kind) values
	('case.open', 'reads.inquiry_approved', 'let the commission see interval reads of a case', 'OPERATOR');
insert into mail.kind (kind, must_go, about) values
	('regulator-look', true, 'the regulator has seen reads of the premise, under a case');
