-- People make their accounts at the portal: passwords chosen by the link of a mail, forgotten ones.

-- links by which the password of an account that is there is chosen: a new one, or a person's first one
alter table party.proof add column account int4 references delivery.account;
alter table party.proof drop constraint proof_check;
alter table party.proof add constraint proof_check check (num_nonnulls(csp, holder, account) = 1);

-- Who has forgotten a password. The clock looks at it, so that asking takes the same whether there is such a mailbox.
create table portal.forgotten (
	forgotten int8 generated always as identity primary key,
	asked_at timestamptz not null,	-- by the hub's clock, as mails are
	email_index bytea not null check (octet_length(email_index) = 16),
	source inet
);
create index on portal.forgotten (asked_at);

insert into ops.setting (name, value) values
	('portal.password_min', '60'),	-- how long the link of a forgotten password is good
	('portal.invited_h', '72');	-- and that of a person's first one

insert into mail.kind (kind, must_go, about) values
	('password', true, 'the link by which a password is chosen anew, asked for at the portal'),
	('password-set', true, 'a password was chosen'),
	('person-invited', true, 'somebody may act for an organisation, and chooses a password');
