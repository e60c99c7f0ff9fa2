-- What only the pages for people need.
set local check_function_bodies = off;

-- The newest receipt of a link's agreement; signed is null as long as busbar-auditd has not signed it. No row: the
-- link is none of a receipt, or nothing was agreed.
create or replace function agreement.receipt_by_link(link bytea)
returns table (signed text, signed_at timestamptz)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select r.signed, r.signed_at
	from agreement.link l join audit.receipt r on r.agreement = l.agreement
	where l.sha256 = receipt_by_link.link and l.purpose = 'RECEIPT' and l.valid_until > ops.now()
	order by r.receipt desc
	limit 1
$$;
