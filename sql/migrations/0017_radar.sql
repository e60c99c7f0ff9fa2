-- The watch over abuse: what detectors look for, what they found and from which events, what third parties may
-- try, complaints, orders of the commission, suspensions; and what two persons must want.

-- What the docket (47472) calls red flags. Those that no counter sees come in as complaints.
create table radar.red_flag (
	flag text primary key check (flag ~ '^[a-f]$'),
	words text not null
);
insert into radar.red_flag (flag, words) values
	('a', 'interfering with or falsifying customer affirmation'),
	('b', 'receiving customer data that the customer has not authorized'),
	('c', 'falsifying IP addresses'),
	('d', 'failure to terminate data access at the customer''s direction'),
	('e', 'sharing, selling or distributing customer data without authorization'),
	('f', 'modifying or altering customer data');

-- A detector looks at each event of its kinds: what it measures over the window is compared with the
-- threshold. measure names a function radar.find_* (sql/functions/radar_find.sql). scope AGREEMENT: the share
-- at hand is concerned, and a hit holds that one. scope CSP: all of the third party's are, and a hit holds
-- those that are affirmed from then on, until a person clears it or the window has gone by.
create table radar.detector (
	detector text primary key check (detector ~ '^[a-z]+(-[a-z]+)*$'),
	kinds text[] not null check (cardinality(kinds) > 0),
	measure text not null,
	part text[] not null default '{}',	-- of RATIO and COUNT: the kinds that are counted,
	whole text[] not null default '{}',	-- and of RATIO those that they are a part of
	scope text not null check (scope in ('AGREEMENT', 'CSP')),
	time_window interval not null check (time_window between '1 minute' and '3660 days'),
	fires text not null default 'ABOVE' check (fires in ('ABOVE', 'BELOW')),
	threshold int4 not null check (threshold between 0 and 1000000),
	unit text not null,
	least int4 not null default 0 check (least between 0 and 1000000),	-- of `part`, or it is not looked at
	action text not null check (action in ('OFF', 'NOTE', 'HOLD', 'SUSPEND')),
	flag text references radar.red_flag,
	turn int4 not null default 1,		-- those that count hits come last
	about text not null
);
insert into radar.detector (detector, kinds, measure, part, whole, scope, time_window, fires, threshold, unit, least,
	action, flag, turn, about) values
	('mailbox-premises', '{affirmed}', 'MAILBOX', '{}', '{}', 'AGREEMENT', '365 days', 'ABOVE', 3, 'customers', 0,
		'HOLD', 'a', 1, 'one mailbox affirms for premises of so many different customers'),
	('own-domain', '{affirmed}', 'OWN_DOMAIN', '{}', '{}', 'AGREEMENT', '365 days', 'ABOVE', 0, 'domains', 0,
		'HOLD', 'a', 1, 'the customer''s mailbox is of a domain of the third party itself'),
	('own-address', '{affirmed}', 'OWN_ADDRESS', '{}', '{}', 'AGREEMENT', '30 days', 'ABOVE', 0, 'visits', 0,
		'HOLD', 'a', 1, 'affirmed from an address from which the third party logs in or invites'),
	('network-crowd', '{affirmed}', 'NETWORK', '{}', '{}', 'AGREEMENT', '24 hours', 'ABOVE', 5, 'others', 0,
		'HOLD', 'a', 1, 'so many other shares were affirmed from the same /24 (IPv6: /64)'),
	('affirmed-fast', '{affirmed}', 'FAST', '{}', '{}', 'AGREEMENT', '365 days', 'BELOW', 20, 'seconds', 0,
		'HOLD', 'a', 1, 'affirmed sooner than this after a mail server took the invitation'),
	('dwell', '{affirmed}', 'DWELL', '{}', '{}', 'AGREEMENT', '24 hours', 'BELOW', 3, 'seconds', 0,
		'HOLD', 'a', 1, 'the page was open for less than this'),
	('unproven', '{affirmed}', 'UNPROVEN', '{}', '{}', 'AGREEMENT', '7 days', 'ABOVE', 10, 'shares', 0,
		'HOLD', 'a', 1, 'affirmed by mailboxes that no utility knows as the customer''s, beyond what the '
			'third party''s record allows: as many more as it has older ones without a report'),
	('reports', '{reported}', 'RATIO', '{reported}', '{mail_accepted}', 'CSP', '30 days', 'ABOVE', 20,
		'per 1000 mails', 3, 'HOLD', 'a', 1, 'customers say that they did not ask'),
	('reports-flood', '{reported}', 'RATIO', '{reported}', '{mail_accepted}', 'CSP', '30 days', 'ABOVE', 100,
		'per 1000 mails', 10, 'SUSPEND', 'a', 1, 'customers say that they did not ask, very many'),
	('declines', '{declined}', 'RATIO', '{declined}', '{affirmed,declined,reported}', 'CSP', '30 days', 'ABOVE',
		600, 'per 1000 decisions', 20, 'HOLD', null, 1, 'customers decline; silence is not counted here'),
	('lapses', '{lapsed}', 'RATIO', '{lapsed}', '{affirmed,declined,reported,lapsed}', 'CSP', '30 days', 'ABOVE',
		900, 'per 1000 invitations', 50, 'NOTE', null, 1, 'customers do not answer'),
	('match-failures', '{match_tried}', 'RATIO', '{match_failed}', '{match_tried}', 'CSP', '24 hours', 'ABOVE',
		500, 'per 1000 tries', 20, 'HOLD', null, 1, 'ESI ID, meter and REP do not belong together'),
	('esiid-enumeration', '{match_tried}', 'NEIGHBOURS', '{}', '{}', 'CSP', '24 hours', 'ABOVE', 10, 'ESI IDs', 0,
		'HOLD', 'b', 1, 'failed tries at ESI IDs that lie within fifty of each other'),
	('reads-after-end', '{read_after_end}', 'COUNT', '{read_after_end}', '{}', 'CSP', '24 hours', 'ABOVE', 10,
		'reads', 0, 'NOTE', 'd', 1, 'asks for reads of agreements that have ended; it gets none'),
	('complaints', '{complaint}', 'COUNT', '{complaint}', '{}', 'CSP', '30 days', 'ABOVE', 0, 'complaints', 0,
		'NOTE', null, 1, 'a customer, a utility or the commission complains'),
	('mass-enrolment', '{affirmed}', 'HELD', '{}', '{}', 'CSP', '24 hours', 'ABOVE', 25, 'held shares', 0,
		'SUSPEND', 'a', 2, 'so many of its affirmations had to be held');

-- What a detector found, as it was then.
create table radar.hit (
	hit int8 generated always as identity primary key,
	at timestamptz not null,	-- by the hub's clock
	detector text not null references radar.detector,
	csp int4 not null,
	agreement int8,			-- null: scope CSP
	event int8 not null,		-- the one that it looked at
	found numeric not null,
	threshold int4 not null,
	action text not null,
	cleared_at timestamptz,		-- by the hub's clock
	cleared_by text,
	cleared_why text check (length(cleared_why) between 1 and 500),
	check (num_nulls(cleared_at, cleared_by, cleared_why) in (0, 3))
);
create index on radar.hit (csp, detector, at);
create index on radar.hit (agreement) where agreement is not null;

-- The events that speak for it, at most a hundred.
create table radar.evidence (
	hit int8 not null references radar.hit,
	event int8 not null,
	primary key (hit, event)
);

-- Which hits held a share.
create table radar.held (
	agreement int8 not null,
	hit int8 not null references radar.hit,
	primary key (agreement, hit)
);
create index on radar.held (hit);

alter table radar.event
	-- one subscriber's line: 24 bits of IPv4, 64 of IPv6
	add column network cidr generated always as
		(network(set_masklen(source, case family(source) when 4 then 24 else 64 end))) stored;
create index on radar.event (mailbox, at) where kind = 'affirmed';
create index on radar.event (network, at) where kind = 'affirmed';
create index on radar.event (csp, at) where kind = 'affirmed' and detail ->> 'known' = 'false';
create index on radar.event (csp, network, at) where kind in ('invited', 'match_tried');
create index on radar.event (csp, (detail ->> 'esiid') collate "C") where kind = 'match_tried'
	and detail ->> 'ok' = 'false';
create index on radar.event (csp, at) where kind = 'match_tried' and detail ->> 'ok' = 'false';
create index on delivery.session (account, from_address);

-- Domains that a third party calls its own: blind indexes.
create table radar.own_domain (
	csp int4 not null references party.csp,
	domain_index bytea not null check (octet_length(domain_index) = 16),
	says text not null check (length(says) between 1 and 100),	-- where it was named: "contact", "site"
	primary key (csp, domain_index)
);

-- Wrong triples by ESI ID (over all third parties) and by third party: the instants of the last ones, by the
-- real clock, since moving the hub's must not open a door.
create table radar.budget_esiid (
	esiid text collate "C" primary key check (length(esiid) <= 40),
	at timestamptz[] not null
);
create table radar.budget_csp (
	csp int4 primary key references party.csp,
	at timestamptz[] not null
);
insert into ops.setting (name, value) values
	('radar.tries_per_esiid_a_day', '20'),
	('radar.tries_per_csp_an_hour', '100');

-- ---- what two persons must want ----

-- does: a function of (subject text, detail jsonb, actor text) that is called when a second person confirms.
create table ops.approval_action (
	action text primary key check (action ~ '^[a-z]+(\.[a-z_]+)+$'),
	does text not null,
	about text not null
);
create table ops.approval (
	approval int8 generated always as identity primary key,
	action text not null references ops.approval_action,
	subject text not null check (length(subject) between 1 and 100),
	detail jsonb not null default '{}',
	reason text not null check (length(trim(reason)) between 1 and 500),
	asked_by text not null,
	asked_at timestamptz not null default clock_timestamp(),
	valid_until timestamptz not null default clock_timestamp() + interval '7 days',
	state text not null default 'ASKED' check (state in ('ASKED', 'DONE', 'REFUSED')),
	decided_by text,
	decided_at timestamptz,
	check ((state = 'ASKED') = (decided_by is null) and (state = 'ASKED') = (decided_at is null)),
	-- the whole point
	check (state <> 'DONE' or decided_by <> asked_by)
);
create unique index on ops.approval (action, subject) where state = 'ASKED';
insert into ops.approval_action (action, does, about) values
	('csp.resume', 'radar.resume_approved', 'lift the suspension of a third party');

-- ---- complaints, orders, suspensions ----

-- What no counter sees. The evidence is a file that stays outside; its digest shows later that it is the same.
create table radar.complaint (
	complaint int8 generated always as identity primary key,
	at timestamptz not null,	-- by the hub's clock
	from_kind text not null check (from_kind in ('CUSTOMER', 'TDU', 'COMMISSION')),
	from_party int4 references party.party,
	csp int4 not null references party.csp,
	agreement int8 references agreement.agreement,
	flag text not null references radar.red_flag,
	-- of the file at the operator's, such as a ticket's number: names nobody
	reference text not null check (length(trim(reference)) between 1 and 100),
	evidence_name text check (length(evidence_name) between 1 and 100),
	evidence_sha256 bytea check (octet_length(evidence_sha256) = 32),
	recorded_by text not null,
	state text not null default 'OPEN' check (state in ('OPEN', 'UPHELD', 'DISMISSED')),
	decided_at timestamptz,
	decided_by text,
	decision text check (length(trim(decision)) between 1 and 500),
	check ((state = 'OPEN') = (decided_at is null)),
	check (num_nulls(decided_at, decided_by, decision) in (0, 3)),
	check (num_nulls(evidence_name, evidence_sha256) in (0, 2))
);
create index on radar.complaint (csp);

-- What the commission directs, by and through utilities, after notice. Carried out by an operator.
create table radar.commission_order (
	number int8 generated always as identity primary key,
	docket text not null check (docket ~ '^[0-9A-Za-z][0-9A-Za-z .-]{0,39}$'),
	csp int4 not null references party.csp,
	what text not null check (what in ('SUSPEND', 'TERMINATE', 'LIFT')),
	notice_on date not null,	-- when the third party was given notice
	tdus int4[] not null check (cardinality(tdus) > 0),	-- whom the commission directed
	evidence_name text not null check (length(evidence_name) between 1 and 100),
	evidence_sha256 bytea not null check (octet_length(evidence_sha256) = 32),	-- of the order itself
	recorded_at timestamptz not null,	-- by the hub's clock
	recorded_by text not null,
	carried_out_at timestamptz,
	carried_out_by text,
	check ((carried_out_at is null) = (carried_out_by is null))
);
create index on radar.commission_order (csp);

-- Why a third party is suspended; several reasons may stand at once.
create table radar.suspension (
	suspension int8 generated always as identity primary key,
	csp int4 not null references party.csp,
	cause text not null check (cause in ('OPERATOR', 'RADAR', 'COMPLAINT', 'ORDER')),
	reason text not null check (length(trim(reason)) between 1 and 500),
	hit int8 references radar.hit,
	complaint int8 references radar.complaint,
	commission_order int8 references radar.commission_order,
	began_at timestamptz not null,	-- by the hub's clock
	began_by text not null,
	ended_at timestamptz,
	ended_by text,			-- both persons, or the order that lifted it
	check ((ended_at is null) = (ended_by is null))
);
create index on radar.suspension (csp) where ended_at is null;

-- Agreements that were suspended because their third party was, and resume with it.
create table radar.followed (
	agreement int8 primary key references agreement.agreement
);
