-- How a third party (CSP) comes to be live: request, review, test of the connection; people of organisations;
-- customers' accounts.

-- A utility for trying: its premises are made ones, and all that may be read before a CSP is live.
alter table party.tdu add column sandbox bool not null default false;
drop function if exists party.tdu_add(text, text, text, text[], int4[], int4[], text);

alter table party.csp
	add column requested_at timestamptz,	-- its place in the queue; these two by the hub's clock
	add column state_at timestamptz;

insert into party.csp_step (state, event, next) values
	('REQUESTED', 'confirm', 'CONFIRMED'),	-- its contact has shown to hold the mailbox
	('CONFIRMED', 'review', 'REVIEWED'),	-- an operator found it eligible
	('REVIEWED', 'approve', 'APPROVED'),	-- its certificate is stored, its client credentials made
	('APPROVED', 'test', 'TESTED'),		-- all steps of the connectivity test have passed
	('TESTED', 'live', 'ACTIVE'),		-- it has switched itself, after a second person's approval
	('REQUESTED', 'refuse', 'REFUSED'),
	('CONFIRMED', 'refuse', 'REFUSED'),
	('REVIEWED', 'refuse', 'REFUSED'),
	('APPROVED', 'refuse', 'REFUSED'),
	('TESTED', 'refuse', 'REFUSED'),
	-- not CONFIRMED: there it waits for us
	('REQUESTED', 'expire', 'EXPIRED'),
	('REVIEWED', 'expire', 'EXPIRED'),
	('APPROVED', 'expire', 'EXPIRED'),
	('TESTED', 'expire', 'EXPIRED'),
	('REFUSED', 'again', 'REQUESTED'),
	('EXPIRED', 'again', 'REQUESTED');

-- How long a CSP has for what it must do in a state.
create table party.csp_wait (
	state text primary key,
	setting text not null references ops.setting,
	weekdays bool not null
);
insert into ops.setting (name, value) values
	('csp.confirm_weekdays', '10'),
	('csp.certificate_weekdays', '10'),
	('csp.test_days', '90'),
	('csp.live_days', '90');
insert into party.csp_wait (state, setting, weekdays) values
	('REQUESTED', 'csp.confirm_weekdays', true),
	('REVIEWED', 'csp.certificate_weekdays', true),
	('APPROVED', 'csp.test_days', false),
	('TESTED', 'csp.live_days', false);

-- What operators have decided about a registration, and who.
create table party.csp_act (
	csp int4 not null references party.csp,
	act text not null check (act in ('REVIEW', 'APPROVE', 'SECOND')),
	actor text not null,
	at timestamptz not null,	-- by the hub's clock
	real_at timestamptz not null default clock_timestamp(),	-- sessions go by the real one
	note text check (length(note) <= 500),
	primary key (csp, act)
);

-- What a CSP shows to the API, and to switch itself to live. Of its secrets only the SHA-256.
create table party.csp_client (
	csp int4 primary key references party.csp,
	client_id text not null unique,
	secret_sha256 bytea not null check (octet_length(secret_sha256) = 32),
	registration_sha256 bytea not null unique check (octet_length(registration_sha256) = 32),
	made_at timestamptz not null default clock_timestamp(),
	ended_at timestamptz
);

-- The connectivity test. A step is a row; who adds one adds what looks at it to party.csp_test() or reports it.
create table party.csp_check (
	name text primary key check (name ~ '^[a-z]+(-[a-z]+)*$'),
	place int4 not null unique,
	about text not null,
	needed bool not null default true
);
insert into party.csp_check (name, place, about) values
	('certificate', 10, 'the client certificate is signed by an authority that the hub knows, is not its own '
		'signer, has RSA of 2048 bits or more (or EC of 256), SHA-2, and is valid now'),
	('box-login', 20, 'a login to the box by certificate or token, after the approval'),
	('box-file', 30, 'a file put into test/ of the box and fetched back, whole');
create table party.csp_check_result (
	csp int4 not null references party.csp,
	name text not null references party.csp_check,
	passed bool not null,
	found text not null check (length(found) <= 500),
	at timestamptz not null default clock_timestamp(),
	primary key (csp, name)
);

-- A mailbox is proven by the link in a mail. Only the SHA-256 of its secret is here.
create table party.proof (
	mail int8 primary key,
	csp int4 references party.csp,
	holder int4,
	valid_until timestamptz not null,	-- by the hub's clock
	used_at timestamptz,
	check (num_nonnulls(csp, holder) = 1)
);
create table party.link (
	sha256 bytea primary key check (octet_length(sha256) = 32),
	mail int8 not null references party.proof
);

-- People of an organisation. Names and mailboxes are sealed (hub/sys/secret.h).
create table party.person (
	person int4 generated always as identity primary key,
	party int4 not null references party.party,
	role text not null check (role in ('ADMIN', 'MEMBER', 'READER')),
	name_sealed bytea not null,
	email_sealed bytea not null,
	email_place bytea not null,
	email_index bytea not null check (octet_length(email_index) = 16),
	made_at timestamptz not null default clock_timestamp(),
	removed_at timestamptz
);
create unique index person_mailbox on party.person (party, email_index) where removed_at is null;

-- A customer's account, which nobody needs: a proven mailbox, tied to premises by the triple that the bill and
-- the meter show.
create table party.holder (
	holder int4 generated always as identity primary key,
	email_sealed bytea not null,
	email_place bytea not null,
	email_index bytea not null check (octet_length(email_index) = 16),
	language text not null check (language in ('EN', 'ES')),
	state text not null default 'REQUESTED' check (state in ('REQUESTED', 'CONFIRMED', 'ENDED')),
	made_at timestamptz not null,	-- these three by the hub's clock
	confirmed_at timestamptz,
	ended_at timestamptz
);
create unique index holder_mailbox on party.holder (email_index) where state <> 'ENDED';
alter table party.proof add foreign key (holder) references party.holder;

create table party.holder_premise (
	holder int4 not null references party.holder,
	premise int4 not null,
	customer int4 not null,		-- who occupied it when it was tied: it ends with that
	state text not null default 'ASKED' check (state in ('ASKED', 'HELD', 'ENDED')),
	asked_at timestamptz not null,
	ended_at timestamptz,
	reason text
);
create unique index holder_premise_once on party.holder_premise (holder, premise) where state <> 'ENDED';
create index on party.holder_premise (premise) where state = 'HELD';
