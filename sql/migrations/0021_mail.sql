-- What sending mails needs beside the outbox: the kinds there are, who sends a mail, how a bounce finds it,
-- how its reader is spared more of them, and whether the relay answers.
create table mail.kind (
	kind text primary key check (kind ~ '^[a-z]+(-[a-z]+)*$'),
	must_go bool not null,	-- also to who wants no mails: it answers them, or tells what became of a right
	about text not null
);
insert into mail.kind (kind, must_go, about) values
	('invitation', false, 'a third party asks for reads'),
	('reminder', false, 'it is still waiting for an answer'),
	('affirmed', true, 'the customer has said yes'),
	('declined', true, 'the customer has said no'),
	('reported', true, 'the customer did not ask for it'),
	('lapsed', false, 'nobody answered in time'),
	('undeliverable', false, 'the invitation reached nobody'),
	('withdrawn', false, 'the third party took its request back'),
	('ended', true, 'sharing has ended, and why'),
	('suspended', true, 'sharing is stopped for now'),
	('resumed', true, 'sharing goes on'),
	('expiry-warning', false, 'sharing ends soon'),
	('renewal', false, 'sharing can be renewed'),
	('renewed', true, 'it was renewed'),
	('stop', true, 'the link to stop sharing, asked for by the customer'),
	('not-you', true, 'somebody else has shared the reads of the premise'),
	('receipt', true, 'the receipt of a consent'),
	('csp-confirm', true, 'a third party registers: is this its mailbox'),
	('csp-approved', true, 'its registration was approved'),
	('csp-refused', true, 'it was refused'),
	('csp-expired', true, 'it was not finished in time'),
	('csp-suspended', true, 'the third party may read nothing for now'),
	('csp-resumed', true, 'it may read again'),
	('customer-confirm', true, 'an account is made: is this your mailbox'),
	('customer-notice', true, 'somebody else made an account for the same premise');

alter table mail.outbox
	add column worker text check (length(worker) between 1 and 100),
	-- the part of its envelope sender that a bounce brings back
	add column verp text unique check (verp ~ '^[0-9a-f]{20}$'),
	add column bounced_at timestamptz;
create index on mail.outbox (recipient_index);

-- Links by which a reader wants no more of these mails; only the SHA-256 of the secret is here.
create table mail.opt_out_link (
	sha256 bytea primary key check (octet_length(sha256) = 32),
	mail int8 not null,
	recipient_index bytea not null check (octet_length(recipient_index) = 16),
	csp int4,	-- null: of no third party's, so of all
	language text not null,
	used_at timestamptz
);
create index on mail.opt_out_link (mail);

-- Since when (by the hub's clock) no relay has taken a mail; null: it did, last time.
create table mail.relay (
	one bool primary key default true check (one),
	down_since timestamptz,
	says text check (length(says) <= 500)
);
insert into mail.relay default values;
