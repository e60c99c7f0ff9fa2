-- Green Button 4.0: statements (function block 71), one a bill that may be read. What each refers to is the UsageSummary of
-- that bill, for utilities send figures and no images.
set local check_function_bodies = off;

-- Of a grant, or (null) of all grants of a client, or those a custodian asks about; empty for a grant without bills. Who asks has
-- had its event by espi.customers().
create or replace function espi.statements(shown bytea, of_customer uuid)
returns table (retail_customer uuid, customer int4, subscription uuid, esiid text, first_day date, last_day date,
	issued_at timestamptz, made_at timestamptz)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.who(shown, case when of_customer is null
		then '{CLIENT,ACCOUNT,SESSION,PERSONAL,CUSTODIAN}'::text[] else '{ACCESS,CUSTODIAN}' end);
begin
	if w.class = 'CUSTODIAN' and of_customer is not null then
		w := espi.custodian_of(w, of_customer);
	end if;
	if w.kind = 'CUSTOMER' then
		return;
	end if;
	return query
	with g as materialized (
		select distinct on (r.premise) g.*, r.premise, range_agg(r.permitted) over (partition by r.premise, g.granted) as spans
		from espi.grants(w) g
		cross join lateral reads.rights(g.csp, 'billing', tstzrange(null, null), null, g.agreement) r
		where g.customer_data and (of_customer is null or g.retail_customer = of_customer or w.class = 'CUSTODIAN')
			and 71 = any (espi.blocks(g.scope)) and espi.blocks(g.scope) && '{15,16,27,28}'
		order by r.premise, g.made_at desc, g.granted desc
	)
	select g.retail_customer, c.customer, g.subscription, p.esiid, b.start_date, b.end_date, max(f.loaded_at), g.made_at
	from g
	join agreement.premise x on x.agreement = g.agreement and x.premise = g.premise
	join premise.customer c on c.customer = x.customer and c.known
	join premise.premise p on p.premise = g.premise
	join party.tdu t on t.party = p.tdu
	join reads.billing b on b.series = g.premise * 8
		and daterange(b.start_date, b.end_date, '[]') <@ reads.whole_days_of(g.spans, t.zone)
	join ledger.file f on f.load = b.load
	group by g.retail_customer, c.customer, g.subscription, p.esiid, b.start_date, b.end_date, g.made_at
	order by g.retail_customer, c.customer, p.esiid, b.end_date, b.start_date;
end $$;
