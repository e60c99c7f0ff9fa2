-- Webhooks: what is told to partners' programs, where it goes, and how far each of them is.
--
-- Retries and giving up go by the hub's clock (ops.now()); leases and the log of attempts by the real one.

-- What can be told. utility: its name in UtilityAPI's webhooks; paths: it names resources of Green Button, which a
-- BatchList can carry.
create table hook.kind (
	kind text primary key check (kind ~ '^[a-z]+\.[a-z]+$'),
	about text not null,
	utility text,
	paths bool not null default false
);
insert into hook.kind (kind, about, utility, paths) values
	('reads.arrived', 'reads of a premise were loaded', 'meter_intervals_added', true),
	('reads.corrected', 'reads of a premise that were there already have newer versions', 'meter_intervals_added', true),
	('agreement.changed', 'an agreement has another state, or one of its premises has left it', null, false),
	('grant.changed', 'what a customer allowed to a program was made, changed or ended', 'authorization_update_finished_successful', true),
	('application.changed', 'the record of a program has changed', null, true),
	('batch.ready', 'what was asked for and took longer can be fetched', null, true),
	('drop.ready', 'a drop lies in the box', null, false),
	('file.accepted', 'a file that was sent is loaded', null, false),
	('file.rejected', 'a file that was sent is held or refused', null, false),
	('command.changed', 'a meter command has another state', null, false),
	('status.changed', 'the hub works as it should, or no longer', null, false);

-- What happened, told in its transaction. party: for whom; null: for whoever may read a load, or (without one) for all.
create table hook.event (
	event int8 generated always as identity primary key,
	kind text not null references hook.kind,
	party int4,
	client int4,		-- for this program of the party alone
	premise int4,
	agreement int8,
	load int4,
	detail jsonb not null default '{}',
	hub_at timestamptz not null,
	made_at timestamptz not null default clock_timestamp(),
	waits bool not null default true,	-- busbar-hookd has not numbered it yet
	check (party is null or load is null)
);
create index on hook.event (event) where waits;
create index on hook.event (made_at);

-- Each party's own log: seq has no gaps and grows in the order in which things became visible.
create table hook.party (
	party int4 primary key references party.party,
	seq int8 not null default 0	-- the last one of its log
);
create table hook.log (
	party int4 not null,
	seq int8 not null,
	event int8 not null references hook.event on delete cascade,
	id uuid not null unique default gen_random_uuid(),	-- what its reader knows it by: the same in each attempt
	primary key (party, seq)
);
create index on hook.log (event);

create table hook.endpoint (
	endpoint int8 generated always as identity primary key,
	party int4 not null references party.party,
	account int4 references delivery.account,	-- that made it; it ends with that
	client int4 references oauth.client,		-- BATCHLIST: that program's notify_uri
	kind text not null check (kind in ('BUSBAR', 'BATCHLIST', 'UTILITYAPI')),
	url text not null check (url ~ '^https://[^/?#]+(/[^?#]*)?$' and length(url) <= 400),
	label text check (length(label) between 1 and 100),
	events text[] check (cardinality(events) between 1 and 50),	-- null: of all kinds
	-- sealed to busbar-hookd (hub/sys/secret.h: vault_seal), with the party's number; next: both sign until then
	secret bytea not null check (octet_length(secret) <= 400),
	secret_next bytea check (octet_length(secret_next) <= 400),
	rotates_at timestamptz,
	state text not null default 'UNPROVEN',
	says text,			-- why it is in that state
	challenge text not null,	-- what the owner's program must answer
	ping bool not null default true,	-- one is to be sent: before it is proven, the challenge
	-- how far it is: all of the log up to seq, and of what comes then the premises up to that one
	seq int8 not null default 0,
	premise int4,
	attempts int4 not null default 0,	-- that failed, one after the other
	failing_since timestamptz,
	told_at timestamptz,		-- that it fails: a mail to its technical contact
	tried_at timestamptz,
	next_at timestamptz not null,
	-- a sender's lease: whoever has the token may tell what became of it
	token uuid,
	worker text,
	lease_until timestamptz,
	made_at timestamptz not null default clock_timestamp(),
	proven_at timestamptz,
	sent_at timestamptz,
	ended_at timestamptz,
	check ((kind = 'BATCHLIST') = (client is not null)),
	check ((secret_next is null) = (rotates_at is null))
);
create index on hook.endpoint (party);
create index on hook.endpoint (next_at) where state in ('UNPROVEN', 'PROVEN');
create unique index endpoint_client on hook.endpoint (client) where state <> 'ENDED';

-- An endpoint's life: state and event give the next state; what is not here is not possible.
create table hook.endpoint_step (
	state text not null,
	event text not null,
	next text not null,
	primary key (state, event)
);
insert into hook.endpoint_step (state, event, next) values
	('UNPROVEN', 'prove', 'PROVEN'),
	('PROVEN', 'change', 'UNPROVEN'),	-- another address, to be proven anew
	('UNPROVEN', 'change', 'UNPROVEN'),
	('PAUSED', 'change', 'UNPROVEN'),
	('PROVEN', 'pause', 'PAUSED'),
	('PROVEN', 'give-up', 'PAUSED'),	-- by the hub, after 72 hours
	('PAUSED', 'resume', 'PROVEN'),
	('UNPROVEN', 'end', 'ENDED'),
	('PROVEN', 'end', 'ENDED'),
	('PAUSED', 'end', 'ENDED');

-- Premises of a load that do not fit into one request of an endpoint, until they have gone.
create table hook.item (
	endpoint int8 not null references hook.endpoint on delete cascade,
	seq int8 not null,
	premise int4 not null,
	agreement int8,
	from_day date not null, to_day date not null,
	corrected_from date, corrected_to date,
	arrived bool not null,
	primary key (endpoint, seq, premise)
);

-- The log of deliveries. No secret and no signature stands here.
create table hook.attempt (
	attempt int8 generated always as identity primary key,
	endpoint int8 not null references hook.endpoint on delete cascade,
	what text not null check (what in ('EVENTS', 'CHALLENGE', 'PING')),
	hub_at timestamptz not null,
	at timestamptz not null default clock_timestamp(),	-- its end
	ms int4 not null,
	items int4 not null,
	bytes int4 not null,
	from_seq int8, to_seq int8,
	address text,			-- that was connected to
	status int4,			-- of HTTP; null: it did not come to that
	result text not null,		-- 'ok', or a word for what went wrong
	says text check (length(says) <= 400)	-- and in words; the beginning of the answer
);
create index on hook.attempt (endpoint, attempt);
create index on hook.attempt (at);

insert into ops.setting (name, value) values
	('hook.notice_hours', '6'),	-- an endpoint fails for so long: its technical contact gets a mail
	('hook.keep_days', '30');	-- how long events and attempts are kept
insert into mail.kind (kind, must_go, about) values
	('webhook-failing', true, 'a third party''s program does not take what it is told'),
	('webhook-paused', true, 'and is told no more until it is resumed');

-- A program's notify_uri is an endpoint of its own (sql/functions/hook_endpoint.sql has the body).
create function hook.follow_client() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$ begin return null; end $$;
create trigger follow_client after insert or update of notify_uri, ended_at on oauth.client
	for each row execute function hook.follow_client();
