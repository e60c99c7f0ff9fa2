-- Agreements as operators and third parties look at them.
set local check_function_bodies = off;

-- The latest ones, oldest first; of one CSP, in one state, with one reference, if given.
drop function if exists agreement.list(int4, text, int4);	-- its form before
create or replace function agreement.list(csp int4 default null, of_state text default null, most int4 default 1000,
	of_reference text default null)
returns table (agreement int8, csp text, state text, kind text, reads text, premises int8, months int4,
	history_months int4, language text, reference text, invited_at timestamptz, accepted_at timestamptz,
	dies_at timestamptz, opened_at timestamptz, decided_at timestamptz, starts_at timestamptz,
	ends_at timestamptz, ended_at timestamptz, "by" text, reason text, renews int8, reads_from timestamptz)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select l.* from (
		select a.agreement, p.code, a.state, a.kind, array_to_string(a.kinds, ','),
			(select count(*) from agreement.premise x where x.agreement = a.agreement), a.months,
			a.history_months, a.language, a.reference, a.invited_at, a.accepted_at, a.dies_at, a.opened_at,
			a.decided_at, a.starts_at, a.ends_at, a.ended_at, a.moved_by, a.reason, a.renews, a.reads_from
		from agreement.agreement a join party.party p on p.party = a.csp
		where (list.csp is null or a.csp = list.csp)
			and (of_state is null or a.state = upper(of_state))
			and (of_reference is null or a.reference = of_reference)
		order by a.agreement desc
		limit least(list.most, 100000)
	) l
	order by l.agreement
$$;

-- One agreement with its premises, its moves and its mails; null when there is none.
create or replace function agreement.show(agreement int8)
returns jsonb
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select jsonb_build_object('id', a.agreement, 'csp', p.code, 'state', a.state, 'kind', a.kind,
		'reads', a.kinds, 'months', a.months, 'history_months', a.history_months, 'language', a.language,
		'reference', a.reference, 'large', a.large, 'invited_at', a.invited_at,
		'accepted_at', a.accepted_at, 'dies_at', a.dies_at, 'opened_at', a.opened_at,
		'decided_at', a.decided_at, 'starts_at', a.starts_at, 'ends_at', a.ends_at,
		'reads_from', a.reads_from, 'ended_at', a.ended_at, 'by', a.moved_by, 'reason', a.reason,
		'renews', a.renews,
		'premises', (select coalesce(jsonb_agg(jsonb_build_object('esiid', m.esiid, 'until', x.until,
				'ended_at', x.ended_at, 'reason', x.reason) order by m.esiid), '[]')
			from agreement.premise x join premise.premise m on m.premise = x.premise
			where x.agreement = a.agreement),
		'steps', (select coalesce(jsonb_agg(jsonb_build_object('at', e.recorded_at, 'event', e.detail ->> 'event',
				'was', e.detail ->> 'was', 'state', e.detail ->> 'state', 'by', e.detail ->> 'by',
				'why', e.detail ->> 'why', 'actor', e.actor) order by e.event), '[]')
			from audit.event e
			where e.party = a.csp and e.kind = 'agreement.moved'
				and (e.detail ->> 'agreement')::int8 = a.agreement),
		'mails', (select coalesce(jsonb_agg(jsonb_build_object('mail', o.mail, 'kind', o.kind,
				'state', o.state, 'queued_at', o.queued_at, 'accepted_at', o.accepted_at) order by o.mail), '[]')
			from mail.outbox o where o.agreement = a.agreement),
		'visits', (select count(*) from agreement.visit v where v.agreement = a.agreement))
	from agreement.agreement a join party.party p on p.party = a.csp
	where a.agreement = show.agreement
$$;

-- How far the invitations of a CSP (null: of each) came that were made on these days of Chicago, both inclusive. Each
-- stands in one place; they add up to invited. sent: no mail server has taken the mail yet; delivered: taken, not
-- looked at; opened: looked at, by a person or a machine.
-- without: agreements that are not counted.
create or replace function agreement.funnel_without(csp int4, from_day date, to_day date, without int8[])
returns table (csp text, invited int8, sent int8, delivered int8, opened int8, affirmed int8, declined int8,
	reported int8, lapsed int8, undeliverable int8, withdrawn int8)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select p.code, count(a.agreement),
		count(a.agreement) filter (where a.state = 'PENDING' and a.opened_at is null and a.accepted_at is null),
		count(a.agreement) filter (where a.state = 'PENDING' and a.opened_at is null and a.accepted_at is not null),
		count(a.agreement) filter (where a.state = 'PENDING' and a.opened_at is not null),
		count(a.agreement) filter (where a.state in ('ACTIVE', 'HELD', 'SUSPENDED', 'COMPLETED', 'TERMINATED')),
		count(a.agreement) filter (where a.state = 'REJECTED'),
		count(a.agreement) filter (where a.state = 'REPORTED'),
		count(a.agreement) filter (where a.state = 'LAPSED'),
		count(a.agreement) filter (where a.state = 'UNDELIVERABLE'),
		count(a.agreement) filter (where a.state = 'WITHDRAWN')
	from party.csp c
	join party.party p on p.party = c.party
	left join agreement.agreement a on a.csp = c.party and a.invited_at is not null and a.renews is null
		and (from_day is null or a.invited_at >= from_day::timestamp at time zone 'America/Chicago')
		and (to_day is null or a.invited_at < (to_day + 1)::timestamp at time zone 'America/Chicago')
		and a.agreement <> all (without)
	where funnel_without.csp is null or c.party = funnel_without.csp
	group by p.code
	order by p.code
$$;

drop function if exists agreement.funnel(int4, date, date);
create or replace function agreement.funnel(csp int4 default null, from_day date default null,
	to_day date default null)
returns table (csp text, invited int8, sent int8, delivered int8, opened int8, affirmed int8, declined int8,
	reported int8, lapsed int8, undeliverable int8, withdrawn int8)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select f.* from agreement.funnel_without(funnel.csp, from_day, to_day, '{}') f
$$;
