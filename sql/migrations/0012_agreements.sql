-- Agreements as customers make them: invitation, decision, end. Here is the ground that the agreement itself,
-- its mails, the watch over abuse and the receipts share; what only one of them needs comes in its own file.
create schema mail;
create schema radar;

-- What can be agreed on.
create table agreement.kind (
	kind text primary key,
	continuous bool not null,	-- false: reads that exist at the time, once
	of_device bool not null,	-- true: gives no right to reads
	about text not null
);
insert into agreement.kind (kind, continuous, of_device, about) values
	('ENERGY_ONCE', false, false, 'reads of the past, once'),
	('ENERGY', true, false, 'reads as they come, for a term'),
	('DEVICE', true, true, 'a device in the home that is told by the meter'),
	('DEVICE_SERVICES', true, true, 'services for such a device');

alter table agreement.agreement
	alter column starts_at drop not null,
	alter column ends_at drop not null,
	alter column reads_from drop not null,
	add column kind text not null default 'ENERGY' references agreement.kind,
	add column months int4 check (months between 1 and 36),
	add column history_months int4 not null default 0 check (history_months between 0 and 24),
	add column language text not null default 'EN' check (language in ('EN', 'ES')),
	add column reference text check (length(reference) between 1 and 100),	-- the CSP's own
	-- the mailbox that the CSP named: sealed, under the place it was sealed for, and its blind index
	add column email_sealed bytea,
	add column email_place bytea,
	add column email_index bytea check (octet_length(email_index) = 16),
	add column large bool not null default false,	-- a large business when it was asked
	-- all by the hub's clock
	add column invited_at timestamptz,
	add column accepted_at timestamptz,	-- a mail server took the invitation: day 0
	add column dies_at timestamptz,		-- 24:00 of the fifth weekday after it
	add column opened_at timestamptz,	-- the page was asked for, by a person or by a machine
	add column decided_at timestamptz,
	add column ended_at timestamptz,
	add column reason text check (length(reason) between 1 and 500),	-- of the last move, if it has one
	add column renews int8 references agreement.agreement,
	add constraint agreement_term check (
		state in ('PENDING', 'REJECTED', 'REPORTED', 'LAPSED', 'WITHDRAWN', 'UNDELIVERABLE')
		or (starts_at is not null and ends_at is not null and reads_from is not null)),
	add constraint agreement_mailbox check (num_nulls(email_sealed, email_place, email_index) in (0, 3));
create index on agreement.agreement (email_index) where email_index is not null;
create index on agreement.agreement (dies_at) where state = 'PENDING';

-- One premise of an agreement may end before the others: its customer moves out, it is retired.
alter table agreement.premise
	add column ended_at timestamptz,
	add column reason text check (length(reason) between 1 and 100);

-- What a mail's link may do. Only the SHA-256 of the secret is here; only busbar-agreementd ever made the secret.
create table agreement.link (
	sha256 bytea primary key check (octet_length(sha256) = 32),
	agreement int8 not null references agreement.agreement,
	mail int8 not null,
	purpose text not null check (purpose in ('DECIDE', 'RENEW', 'STOP', 'NOT_ME', 'OPT_OUT', 'RECEIPT')),
	valid_until timestamptz not null,	-- by the hub's clock
	used_at timestamptz
);
create index on agreement.link (agreement);

-- Mails that are to go, are going, went: never one lost, at most one repeat after a crash (same Message-ID).
create table mail.outbox (
	mail int8 generated always as identity primary key,
	kind text not null check (kind ~ '^[a-z]+(-[a-z]+)*$'),
	once text unique,		-- what must not be told twice, such as "lapsed/17"
	agreement int8,
	csp int4,
	language text not null check (language in ('EN', 'ES')),
	args jsonb not null default '{}',	-- nothing personal: recipients are sealed, premises masked when printed
	recipient_sealed bytea,		-- null: wiped
	recipient_place bytea,
	recipient_index bytea not null check (octet_length(recipient_index) = 16),
	state text not null default 'QUEUED' check (state in
		('QUEUED', 'SENDING', 'SENT', 'BOUNCED', 'FAILED', 'CANCELLED', 'SUPPRESSED')),
	salt bytea,			-- what the secrets of its links are made from, wiped when it has gone
	queued_at timestamptz not null,	-- these four by the hub's clock
	due_at timestamptz not null,
	give_up_at timestamptz not null,
	accepted_at timestamptz,
	attempts int4 not null default 0,
	lease_token uuid,
	lease_until timestamptz,	-- by the real clock
	reply text check (length(reply) <= 500)
);
create index on mail.outbox (due_at) where state in ('QUEUED', 'SENDING');
create index on mail.outbox (agreement) where agreement is not null;

-- Who wants no mail: of a CSP or (null) of all; or whose mailbox takes none.
create table mail.suppression (
	recipient_index bytea not null check (octet_length(recipient_index) = 16),
	csp int4,
	reason text not null check (reason in ('OPT_OUT', 'REPORTED', 'BOUNCE')),
	since timestamptz not null,
	unique nulls not distinct (recipient_index, csp)
);

-- What the watch over abuse counts: rows are added where things happen, detectors look at them.
create table radar.event (
	event int8 generated always as identity primary key,
	at timestamptz not null,	-- by the hub's clock
	kind text not null check (kind ~ '^[a-z]+(_[a-z]+)*$'),
	csp int4,
	agreement int8,
	premise int4,
	mailbox bytea check (octet_length(mailbox) = 16),
	source inet,
	detail jsonb not null default '{}'
);
create index on radar.event (csp, kind, at);
create index on radar.event (agreement) where agreement is not null;

-- Consent receipts: asked for in the transaction of the decision, signed by busbar-auditd, never purged.
create table audit.receipt (
	receipt int8 generated always as identity primary key,
	agreement int8 not null,
	body text not null,		-- the JSON that is signed, byte for byte
	asked_at timestamptz not null default clock_timestamp(),
	signed text,			-- the whole receipt: body, signature, key
	signed_at timestamptz,
	check ((signed is null) = (signed_at is null))
);
create index on audit.receipt (agreement);
create index on audit.receipt (receipt) where signed is null;
