-- What the pages of third parties need beyond what /v1 answers.
set local check_function_bodies = off;

-- How a third party stands: its state, what its registration waits for, what its customers have answered. ending: those
-- that run and end within 30 days, with nothing that renews them.
create or replace function portal.csp_home(shown bytea)
returns table (state text, missing text, expires_at timestamptz, waiting int8, active int8, held int8, ending int8,
	box text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.csp(shown, '{ACCOUNT}');
begin
	return query
	select c.state, party.csp_missing(c.party), party.csp_expires(c.party), n.waiting, n.active, n.held, n.ending,
		(select a.login from delivery.account a where a.party = w.party and a.person is null and a.state = 'OPEN'
			order by a.account limit 1)
	from party.csp c
	cross join lateral (
		select count(*) filter (where a.state = 'PENDING') as waiting,
			count(*) filter (where a.state = 'ACTIVE' and a.ends_at > ops.now()) as active,
			count(*) filter (where a.state = 'HELD') as held,
			count(*) filter (where a.state = 'ACTIVE' and a.ends_at > ops.now()
				and a.ends_at < ops.now() + interval '30 days'
				and not exists (select from agreement.agreement x where x.renews = a.agreement)) as ending
		from agreement.agreement a where a.csp = c.party and a.state in ('PENDING', 'ACTIVE', 'HELD')) n
	where c.party = w.party;
end $$;
