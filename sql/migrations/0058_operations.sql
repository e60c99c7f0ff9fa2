-- When what runs at times of its own last did (backups, housekeeping, a drill), for alarms; and how long what is kept.
create table ops.done (
	what text primary key check (what ~ '^[a-z]+(\.[a-z]+)*$'),
	at timestamptz not null,
	times int8 not null default 1
);
comment on table ops.done is 'What was last done when, by the real clock.';

create table ops.retention (
	thing text primary key check (thing ~ '^[a-z]+\.[a-z_]+$'),
	keep_days int4 check (keep_days >= least_days),	-- null: for ever
	least_days int4 not null check (least_days > 0),	-- no operator may keep it for less
	removed_by text not null check (removed_by in ('retention', 'audit', 'reads', 'hook', 'never')),
	holds text not null,
	since text not null,
	why text not null,
	check ((keep_days is null) = (removed_by = 'never'))
);
comment on table ops.retention is 'How long what is kept, from when on, and what removes it.';
insert into ops.retention (thing, keep_days, least_days, removed_by, holds, since, why) values
	('audit.event', null, 3650, 'never', 'every business event, its leaf, checkpoints', 'it happened',
		'the log proves by being whole'),
	('audit.personal', 2557, 365, 'audit', 'what says something of a person beside an event', 'the agreement ended, or the event',
		'setting audit.personal_keep_years; the proofs hold without it'),
	('agreement.agreement', null, 3650, 'never', 'agreements, decisions and their states, without addresses once those are erased',
		'it was made', 'consent must be provable'),
	('reads.day', 730, 730, 'reads', 'interval reads, registers, billing reads; roll-ups stay', 'the day',
		'setting reads.keep_months: 24 months must be at hand'),
	('reads.release', null, 3650, 'never', 'who read what when', 'it was opened', 'a customer may ask'),
	('ledger.file', null, 3650, 'never', 'the row of each received file, its digest and what became of it', 'it was received',
		'every value traces to a line of a file'),
	('ledger.bytes', 2557, 730, 'retention', 'the bytes of received files and of the answers to them', 'it was loaded or refused',
		'evidence; customer files hold names in the clear'),
	('ledger.reject', 730, 90, 'retention', 'records that were refused, with what they said', 'the file was received',
		'a sender corrects by them'),
	('hook.event', 30, 1, 'hook', 'events of webhooks and attempts', 'it was told', 'setting hook.keep_days'),
	('delivery.session', 400, 90, 'retention', 'logins to boxes, with the address', 'its end', 'abuse is seen late'),
	('delivery.guess', 1, 1, 'retention', 'wrong logins by network', 'the last one', 'they slow down who guesses'),
	('portal.session', 400, 90, 'retention', 'sign-ins at the portal', 'its end', 'abuse is seen late'),
	('portal.look', 2557, 730, 'retention', 'an operator''s look at a customer, with its reason', 'the look', 'the customer sees it'),
	('oauth.consent', 7, 1, 'retention', 'requests of consent that are over, tries, codes', 'its end', 'they are of no use'),
	('api.token', 400, 90, 'retention', 'verifiers of tokens that are over', 'its end', 'abuse is seen late'),
	('api.once', 1, 1, 'retention', 'what makes a repeated request one', 'the request', 'promised for 24 hours'),
	('radar.event', 1095, 400, 'retention', 'what detectors count: addresses of networks and of mailboxes, as digests', 'it happened',
		'detectors look back 400 days at most'),
	('mail.outbox', 730, 90, 'retention', 'mails that went or could not go, their sealed address', 'its end',
		'that a mail was taken stands in the audit'),
	('party.claim', 30, 7, 'retention', 'claims of accounts and of forgotten passwords that nobody confirmed', 'it was asked',
		'their links are over');

-- The bytes of an old file go, its row stays.
alter table ledger.file add column bytes_gone_at timestamptz;
