-- Agreements and invitations over /v1.

-- What became of each invitation of a request: whoever asks it again, because the answer was lost, is told that. For a
-- day, by the real clock.
create table api.invited (
	party int4 not null references party.party,
	batch bytea not null check (octet_length(batch) = 32),	-- SHA-256 of the key and the body of the request
	n int4 not null,
	outcome jsonb,						-- null only within the transaction that makes it
	at timestamptz not null default clock_timestamp(),
	primary key (party, batch, n)
);
create index on api.invited (at);

-- Lists of one third party, newest first.
create index on agreement.agreement (csp, agreement);

-- What happened to an agreement, and what was given away of many premises at once.
create index event_agreement_moved on audit.event (((detail ->> 'agreement')::int8), event)
	where kind = 'agreement.moved';
create index event_many_released on audit.event (party, event)
	where premise is null and kind in ('reads.released', 'espi.customer_released');
