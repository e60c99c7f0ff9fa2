-- What operators and regulators do at the portal: whose second person confirms what, announcements, and looks at a
-- customer, each with its reason.
alter table ops.approval_action add column kind text not null default 'OPERATOR'
	check (kind in ('OPERATOR', 'REGULATOR'));	-- of whom the second person is
insert into ops.approval_action (action, does, about, kind) values
	('csp.revoke', 'radar.revoke_approved', 'end the access of a third party for good', 'OPERATOR'),
	('csp.order', 'radar.order_approved', 'an order of the commission about a third party', 'REGULATOR');

-- What everybody is told: a notice, or an outage that is planned. By the real clock, as outages are.
create table ops.announcement (
	announcement int4 generated always as identity primary key,
	kind text not null check (kind in ('NOTICE', 'OUTAGE')),
	begins_at timestamptz not null,
	ends_at timestamptz not null,
	title_en text not null check (length(trim(title_en)) between 1 and 120),
	title_es text not null check (length(trim(title_es)) between 1 and 120),
	body_en text not null check (length(body_en) <= 1000),
	body_es text not null check (length(body_es) <= 1000),
	made_at timestamptz not null default clock_timestamp(),
	made_by text not null,
	ended_at timestamptz,
	ended_by text,
	check (ends_at > begins_at),
	check ((ended_at is null) = (ended_by is null))
);
create index on ops.announcement (ends_at) where ended_at is null;

-- A look of an operator at a customer: why, and at which premises. It shows for half an hour, to that person.
create table portal.look (
	look int8 generated always as identity primary key,
	at timestamptz not null default clock_timestamp(),
	by text not null,
	reason text not null check (length(trim(reason)) between 1 and 500),
	holder int4 references party.holder,
	premises int4[] not null
);
