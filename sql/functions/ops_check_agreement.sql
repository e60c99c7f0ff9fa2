-- Invariants of agreements: by the customer's word alone, given out within it alone, both sides told, in time.
set local check_function_bodies = off;

create or replace function ops.check_agreements()
returns table (name text, ok bool, found text)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	-- what an operator recorded for a demo has no invitation; a renewal has its own word
	select 'an agreement in force has the word of its customer', count(*) = 0,
		coalesce('agreements ' || string_agg(a.agreement::text, ', ' order by a.agreement), 'all')
	from agreement.agreement a
	where a.invited_at is not null and a.state in ('ACTIVE', 'HELD', 'SUSPENDED', 'COMPLETED', 'TERMINATED')
		and not exists (select from agreement.decision d where d.agreement = a.agreement
			and d.choice = case when a.renews is null then 'CONFIRM' else 'RENEW' end)
	union all
	select 'each such word has a receipt', count(*) = 0,
		coalesce('agreements ' || string_agg(d.agreement::text, ', ' order by d.agreement), 'all')
	from agreement.decision d
	where d.choice in ('CONFIRM', 'RENEW') and not exists (
		select from audit.receipt r where r.agreement = d.agreement)
	union all
	select * from ops.check_agreement_releases()
	union all
	select * from ops.check_agreement_words()
	union all
	select 'premises with an open invitation are those of the invitations that wait', count(*) = 0,
		coalesce('agreements ' || string_agg(distinct coalesce(w.agreement, x.agreement)::text, ', '), 'all')
	from agreement.waiting w
	full join (select p.agreement, p.premise, a.csp from agreement.premise p
		join agreement.agreement a on a.agreement = p.agreement where a.state = 'PENDING') x
		on x.agreement = w.agreement and x.premise = w.premise and x.csp = w.csp
	where w.agreement is null or x.agreement is null
	union all
	select 'an agreement that came by a file has the premises of its lines', count(*) = 0,
		coalesce('agreements ' || string_agg(r.agreement::text, ', ' order by r.agreement), 'all')
	from (select s.agreement, count(*) as lines, count(distinct s.file) as files
		from agreement.sheet_row s where s.agreement is not null group by s.agreement) r
	where r.files <> 1 or r.lines <> (select count(*) from agreement.premise p where p.agreement = r.agreement)
$$;

-- By the real clock on both sides. A release and a move that met are let pass: which came first, nobody can say.
create or replace function ops.check_agreement_releases()
returns table (name text, ok bool, found text)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	with move as materialized (
		select (e.detail ->> 'agreement')::int8 as agreement, e.event, e.recorded_at,
			coalesce(e.detail ->> 'state', 'ACTIVE') as state
		from audit.event e
		where e.kind in ('agreement.moved', 'agreement.recorded', 'agreement.renewed')
	), span as materialized (
		select m.agreement, m.state, m.recorded_at - interval '10 s' as since,
			coalesce(lead(m.recorded_at) over w, 'infinity') + interval '10 s' as until
		from move m
		window w as (partition by m.agreement order by m.event)
	), active as materialized (
		select a.csp, x.premise, s.since, s.until
		from span s join agreement.agreement a on a.agreement = s.agreement
		join agreement.premise x on x.agreement = a.agreement
		where s.state = 'ACTIVE'
	)
	select 'what third parties were given was under an agreement that was active', count(*) = 0,
		coalesce('releases ' || string_agg(r.number::text, ', ' order by r.number), 'all')
	from reads.release r
	join party.csp c on c.party = r.principal
	where r.premise is not null and not exists (select from active v
		where v.csp = r.principal and v.premise = r.premise and r.opened_at >= v.since and r.opened_at < v.until)
$$;

create or replace function ops.check_agreement_words()
returns table (name text, ok bool, found text)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	with last_move as materialized (
		select distinct on (m.agreement) m.agreement, m.event, m.number
		from (select (e.detail ->> 'agreement')::int8 as agreement, e.detail ->> 'event' as event, e.event as number
			from audit.event e where e.kind = 'agreement.moved') m
		order by m.agreement, m.number desc
	), reached as materialized (
		select (e.detail ->> 'agreement')::int8 as agreement, min(e.event) as number
		from audit.event e where e.kind = 'agreement.clock_started' group by 1
	)
	-- not told: who wants no mail, whom the invitation did not reach (or, of one that lapsed, not before: its mail may have
	-- been in hand), a third party without a mailbox
	select 'both sides were told of each agreement that ended', count(*) = 0,
		coalesce('agreements ' || string_agg(distinct a.agreement::text, ', '), 'all')
	from agreement.agreement a
	join agreement.state s on s.state = a.state and s.over
	join last_move m on m.agreement = a.agreement
	join agreement.notice n on n.event = m.event
	left join reached r on r.agreement = a.agreement
	where not exists (select from mail.outbox o where o.agreement = a.agreement and o.kind = n.kind
			and case n.side
				when 'CUSTOMER' then o.recipient_index = a.email_index and coalesce(o.args ->> 'to', '') <> 'csp'
				else o.args ->> 'to' = 'csp' or exists (select from party.csp_contact c
					where c.csp = a.csp and c.email_index = o.recipient_index) end)
		and case n.side
			when 'CUSTOMER' then a.email_index is not null
				and not (m.event in ('lapse', 'withdraw') and a.accepted_at is null)
				and not (m.event = 'lapse' and r.number > m.number)
				and not exists (select from mail.suppression p where p.recipient_index = a.email_index
					and (p.csp is null or p.csp = a.csp))
			else exists (select from audit.event e where e.party = a.csp and e.kind = 'csp.contact_set'
				and e.event < m.number) end
	union all
	select 'no mail lies in the outbox beyond its time', count(*) = 0,
		coalesce('mails ' || string_agg(o.mail::text, ', ' order by o.mail), 'none')
	from mail.outbox o
	where (o.state in ('QUEUED', 'SENDING') and o.give_up_at < ops.now() - interval '1 hour')
		or (o.state = 'SENDING' and o.lease_until < clock_timestamp() - interval '1 hour')
	union all
	select 'no invitation is open beyond its time', count(*) = 0,
		coalesce('agreements ' || string_agg(a.agreement::text, ', ' order by a.agreement), 'none')
	from agreement.agreement a
	where a.state = 'PENDING' and a.dies_at < ops.now() - interval '1 hour'
$$;
