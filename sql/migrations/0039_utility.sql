-- The family of UtilityAPI (docs/utility-api.md). What it calls an authorization is an agreement, and a meter a premise
-- of one: here is only what that family has beside them.
create schema utility;

-- The program behind a third party's data-share link: its consents end at a page of the portal, and it has no secret
-- that anybody knows.
alter table oauth.client add column share bool not null default false;
create unique index client_share on oauth.client (csp) where share and ended_at is null;

-- An address that a third party sends to a customer.
create table utility.form (
	form uuid primary key default gen_random_uuid(),
	csp int4 not null references party.csp,
	client int4 not null references oauth.client,
	-- what the third party said of it, told back and no more: neither narrows what its customer may choose
	renews int8 references agreement.agreement,	-- it is to follow this one
	utility text check (length(utility) <= 40),	-- chosen beforehand
	archived bool not null default false,
	disabled bool not null default false,
	made_at timestamptz not null,			-- these by the hub's clock
	changed_at timestamptz not null,
	deleted_at timestamptz
);
create index on utility.form (csp);

-- What came of a form: an agreement, or what a trial of the sandbox was to look like.
create table utility.submission (
	submission int8 generated always as identity primary key,
	csp int4 not null references party.csp,
	referral text not null unique default encode(uuid_send(gen_random_uuid()), 'hex'),
	form uuid references utility.form,
	agreement int8 unique references agreement.agreement,	-- null: none came of it
	scenario text check (length(scenario) <= 40),		-- of test-submit
	made_at timestamptz not null
);
create index on utility.submission (form);

-- A third party's own marks.
create table utility.mark (
	agreement int8 not null references agreement.agreement,
	premise int4 not null default 0,	-- 0: of the authorization itself
	archived bool not null default false,
	deleted bool not null default false,	-- a trial that is not shown any more
	nickname text check (length(nickname) between 1 and 100),
	frequency text check (frequency in ('off', 'daily', 'monthly')),
	primary key (agreement, premise)
);
create index on utility.mark (premise) where frequency = 'off';
create table utility.told (	-- events that the third party marked as delivered
	csp int4 not null references party.csp,
	id uuid not null,
	primary key (csp, id)
);

-- What is told in that family's words alone.
alter table hook.kind add column own bool not null default true;	-- the hub's own webhooks and /v1/events have it
insert into hook.kind (kind, about, utility, paths, own) values
	('utility.event', 'a form, an authorization or a meter in the words of UtilityAPI', 'authorization_update_progress',
		false, false);
update hook.kind set utility = null where kind = 'grant.changed';
