-- Mails that somebody waits for at a screen go before those that a list of ten thousand has made.
alter table mail.kind add column urgent bool not null default false;
update mail.kind set urgent = true where kind in ('consent-code', 'consent-text', 'password', 'password-set', 'customer-confirm',
	'csp-confirm', 'person-invited', 'stop', 'factor-set', 'factor-ended', 'sign-in-new');
alter table mail.outbox add column urgent bool not null default false;	-- of its kind
create index on mail.outbox (urgent desc, due_at, mail) where state in ('QUEUED', 'SENDING');
