-- Invariants of mails: none lost, nobody's mailbox or link kept, no invitation that nobody will send.
set local check_function_bodies = off;

create or replace function ops.check_mails()
returns table (name text, ok bool, found text)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select 'a mail that has gone keeps neither mailbox nor salt', count(*) = 0,
		coalesce('mails ' || string_agg(o.mail::text, ', ' order by o.mail), 'all')
	from mail.outbox o
	where o.state in ('SENT', 'BOUNCED', 'CANCELLED', 'SUPPRESSED')
		and (o.salt is not null or o.recipient_sealed is not null)
	union all
	select 'a mail that is to go has a mailbox', count(*) = 0,
		coalesce('mails ' || string_agg(o.mail::text, ', ' order by o.mail), 'all')
	from mail.outbox o
	where o.state in ('QUEUED', 'SENDING') and (o.recipient_sealed is null or o.recipient_place is null)
	union all
	select 'a mail is held by a token and a lease, or by neither', count(*) = 0,
		coalesce('mails ' || string_agg(o.mail::text, ', ' order by o.mail), 'all')
	from mail.outbox o
	where (o.state = 'SENDING') <> (o.lease_token is not null and o.lease_until is not null)
	union all
	-- one that no server has taken yet is on its way; one that was taken has its clock
	select 'an invitation that waits for an answer has gone, or is going', count(*) = 0,
		coalesce('agreements ' || string_agg(a.agreement::text, ', ' order by a.agreement), 'all')
	from agreement.agreement a
	where a.state = 'PENDING' and case when a.accepted_at is not null then a.dies_at is null
		else not exists (select from mail.outbox o where o.agreement = a.agreement
			and o.kind = 'invitation' and o.state in ('QUEUED', 'SENDING')) end
	union all
	select 'none lapsed that had not gone', count(*) = 0,
		coalesce('agreements ' || string_agg(a.agreement::text, ', ' order by a.agreement), 'all')
	from agreement.agreement a
	where a.state = 'LAPSED' and a.accepted_at is null
$$;
