-- What a third party (CSP) says of itself, and whom the hub writes to. How it comes to be live follows in its
-- own file.

-- The words that customers read in mails and on the page are plain: no links and no mark-up, so that nobody
-- is led away by them; web addresses are https and nothing else.
create table party.csp_profile (
	csp int4 primary key references party.csp,
	tax_id text not null check (tax_id ~ '^[0-9]{9}$'),	-- 00…: a made one, of a demo
	duns text check (duns ~ '^([0-9]{9}|[0-9]{13})$'),
	site text not null check (length(site) <= 200),
	privacy_url text not null check (length(privacy_url) <= 300),
	use_en text not null check (length(use_en) between 10 and 600),
	use_es text not null check (length(use_es) between 10 and 600),
	standing text not null check (length(standing) between 1 and 500),	-- with the commission
	capability text not null check (length(capability) between 1 and 500),
	terms_version int4 not null check (terms_version > 0),
	terms_at timestamptz not null,	-- by the hub's clock
	redirect_uris text[] not null default '{}' check (cardinality(redirect_uris) <= 10
		and length(array_to_string(redirect_uris, '')) <= 3000),
	portal_uri text check (length(portal_uri) <= 300),
	notification_uri text check (length(notification_uri) <= 300),
	certificate bytea check (octet_length(certificate) between 100 and 16384),	-- DER
	-- set when the registration came to nothing: the tax ID is free again
	ended_at timestamptz,
	constraint csp_profile_words check (
		(use_en || ' ' || use_es) !~* '(://|www\.|[<>@]|[[:cntrl:]]|[a-z0-9]\.(com|net|org|io|info|biz|us|mx|co|app|energy)\M)'),
	constraint csp_profile_addresses check (
		array_to_string(array[site, privacy_url, portal_uri, notification_uri] || redirect_uris, ' ')
		~ '^(https://[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?(:[0-9]{1,5})?(/[A-Za-z0-9._~%/?=&+,;:-]*)?( |$))+$')
);
-- one registration a tax ID, and a DUNS number of one organisation
create unique index csp_profile_tax_id on party.csp_profile (tax_id) where ended_at is null;
create unique index csp_profile_duns on party.csp_profile (duns) where ended_at is null;

create table party.csp_contact (
	csp int4 not null references party.csp,
	role text not null check (role in ('BUSINESS', 'TECHNICAL', 'SECURITY')),
	-- sealed, the place it was sealed for, and its blind index (hub/sys/secret.h)
	email_sealed bytea not null,
	email_place bytea not null,
	email_index bytea not null check (octet_length(email_index) = 16),
	language text not null default 'EN' check (language in ('EN', 'ES')),
	primary key (csp, role)
);

insert into ops.setting (name, value) values
	('csp.terms_version', '1');	-- of the terms that a registration accepts

alter table party.csp add constraint csp_state check (state in ('REQUESTED', 'CONFIRMED', 'REVIEWED', 'APPROVED',
	'TESTED', 'ACTIVE', 'SUSPENDED', 'REVOKED', 'REFUSED', 'EXPIRED'));

-- third parties that were there before have what csp add would give them
insert into party.csp_profile (csp, tax_id, site, privacy_url, use_en, use_es, standing, capability,
	terms_version, terms_at)
select p.party, '00' || lpad(p.party::text, 7, '0'), 'https://' || p.code || '.example/',
	'https://' || p.code || '.example/privacy', 'Shows you your energy use and how to lower it.',
	'Le muestra su consumo de energía y cómo reducirlo.', 'none: made for a demo', 'none: made for a demo',
	1, clock_timestamp()
from party.csp c join party.party p on p.party = c.party;

-- its form before
drop function if exists party.csp_add(text, text, text);
