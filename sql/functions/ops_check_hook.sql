-- Invariants of webhooks: no log with a gap, nobody ahead of it, nothing told to whom nothing goes.
set local check_function_bodies = off;

create or replace function ops.check_hooks()
returns table (name text, ok bool, found text)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select 'a log of webhooks has no gap and ends where its party says', count(*) = 0,
		coalesce('parties ' || string_agg(x.party::text, ', ' order by x.party), 'all')
	from (select h.party from hook.party h left join hook.log l on l.party = h.party
		group by h.party, h.seq
		having count(l.seq) > 0 and (max(l.seq) <> h.seq or max(l.seq) - min(l.seq) + 1 <> count(l.seq))) x
	union all
	select 'no webhook is ahead of its log', count(*) = 0,
		coalesce('webhooks ' || string_agg(e.endpoint::text, ', ' order by e.endpoint), 'all')
	from hook.endpoint e left join hook.party h on h.party = e.party
	where e.seq > coalesce(h.seq, 0)
	union all
	select 'a webhook is held by a token and a lease, or by neither', count(*) = 0,
		coalesce('webhooks ' || string_agg(e.endpoint::text, ', ' order by e.endpoint), 'all')
	from hook.endpoint e
	where (e.token is not null) <> (e.lease_until is not null) or e.token is not null and e.state = 'ENDED'
	union all
	select 'one that has ended keeps no secret', count(*) = 0,
		coalesce('webhooks ' || string_agg(e.endpoint::text, ', ' order by e.endpoint), 'all')
	from hook.endpoint e
	where e.state = 'ENDED' and (octet_length(e.secret) > 0 or e.secret_next is not null)
	union all
	select 'a webhook that is told of events has answered its challenge', count(*) = 0,
		coalesce('webhooks ' || string_agg(e.endpoint::text, ', ' order by e.endpoint), 'all')
	from hook.endpoint e
	where e.state in ('PROVEN', 'PAUSED') and e.proven_at is null
$$;
