-- What people want to be told, and how long it is known where they signed in.
create table portal.preference (
	account int4 primary key references delivery.account,
	sign_in_mails bool not null	-- a mail when somebody signs in from a network that is new
);
insert into mail.kind (kind, must_go, about) values
	('sign-in-new', true, 'somebody signed in from a network that is new; the reader can turn it off'),
	('account-deleted', true, 'an account was deleted by its holder');
insert into ops.setting (name, value) values
	('portal.sessions_days', '90');	-- so long it is known where somebody signed in
