-- A second factor (RFC 6238) of who signs in at the portal, and the codes for when its device is lost.
create table portal.factor (
	account int4 primary key references delivery.account,
	-- sealed by consent.key, so that a dump or a backup holds none; busbar-portald compares
	secret_sealed bytea not null,
	secret_place bytea not null,
	set_at timestamptz,	-- null: begun, and asks for nothing yet
	last_step int8 not null default 0,	-- of the code that was taken last: none is taken twice
	-- wrong codes in a row, from wherever they came: who gives them has the password
	wrong int4 not null default 0,
	wait_until timestamptz not null default '-infinity'
);
-- for when the device is lost: 80 random bits each, of which only the SHA-256 is here; once each
create table portal.recovery_code (
	account int4 not null references portal.factor on delete cascade,
	sha256 bytea not null check (octet_length(sha256) = 32),
	used_at timestamptz,
	primary key (account, sha256)
);

insert into mail.kind (kind, must_go, about) values
	('factor-set', true, 'signing in takes a second factor from now on'),
	('factor-ended', true, 'or does not take one any more');
