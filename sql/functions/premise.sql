-- Premises: numbers for ESI IDs, and what is derived from the events (sql/migrations/0003).
set local check_function_bodies = off;

create or replace function premise.of_tdu(tdu int4)
returns table (premise int4, esiid text, known bool)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select p.premise, p.esiid, p.known from premise.premise p where p.tdu = of_tdu.tdu
$$;

create or replace function premise.of_load(load int4)
returns table (premise int4, esiid text, known bool)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select p.premise, p.esiid, p.known
	from premise.touched t join premise.premise p on p.premise = t.premise
	where t.load = of_load.load
$$;

-- Numbers for ESI IDs; new ones become stubs of the utility. What belongs to another utility is not
-- made: the row then has that utility, and premise 0 when it knows no such ESI ID either.
create or replace function premise.ensure(of_tdu int4, esiids text[])
returns table (premise int4, esiid text, known bool, tdu int4)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	if cardinality(esiids) > 1000000 then
		raise exception using errcode = 'BB006', message = 'more than 1,000,000 ESI IDs at a time';
	end if;
	-- in one order always, so that two utilities can never wait for each other crosswise
	insert into premise.premise (esiid, tdu)
	select e.esiid, ensure.of_tdu
	from (select distinct u.esiid collate "C" from unnest(esiids) u (esiid)) e
	left join party.tdu_prefix x on x.prefix = substr(e.esiid, 1, 7)::int4
	where not exists (select from premise.premise p where p.esiid = e.esiid)
		and coalesce(x.tdu, ensure.of_tdu) = ensure.of_tdu
	order by 1
	on conflict do nothing;
	return query
	select coalesce(p.premise, 0), e.esiid, coalesce(p.known, false), coalesce(p.tdu, x.tdu)
	from (select distinct u.esiid collate "C" as esiid from unnest(esiids) u (esiid)) e
	left join premise.premise p on p.esiid = e.esiid
	left join party.tdu_prefix x on x.prefix = substr(e.esiid, 1, 7)::int4;
exception when check_violation then
	raise exception using errcode = 'BB003',
		message = 'an ESI ID is "10" and 15 or 20 more digits';
end $$;

-- The facts of a premise as spans of days, from its events.
create or replace function premise.facts(premises int4[])
returns table (premise int4, during daterange, status text, class text, rate_class text,
	channels int2)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select w.premise,
		daterange(w.effective, least(w.ends + 1, lead(w.effective) over by_day)),
		w.status, w.class, w.rate_class, w.channels
	from (select distinct on (e.premise, e.effective) e.*
		from premise.premise_event e
		where e.premise = any (premises)
		order by e.premise, e.effective, e.created desc, e.load desc, e.line desc) w
	window by_day as (partition by w.premise order by w.effective)
$$;

-- The first day from a day on at which the premise is retired, or is not stated any more since what was stated held
-- up to a day only, by all that is known of it; null: none is known.
create or replace function premise.retired_from(of_premise int4, day date)
returns date
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
	return (
	select min(greatest(g.since, retired_from.day))
	from (
		select case when w.status = 'RETIRED' then w.effective else w.ends + 1 end as since,
			lead(w.effective) over (order by w.effective) as next
		from (select distinct on (e.effective) e.*
			from premise.premise_event e
			where e.premise = of_premise
			order by e.effective, e.created desc, e.load desc, e.line desc) w
	) g
	where g.since is not null and coalesce(g.next > greatest(g.since, retired_from.day), true));
end $$;

-- Adds what these premises are due now, times `sign`, to premise.due: -1 before their events change,
-- +1 after.
create or replace function premise.due_count(load int4, tdu int4, premises int4[], sign int4)
returns void
language sql security definer set search_path = pg_catalog, pg_temp
as $$
	insert into premise.due as d (tdu, day, load, delta)
	select due_count.tdu, s.day, due_count.load, sum(s.delta)
	from (
		select lower(f.during) as day, sign * f.channels as delta
		from premise.facts(premises) f where f.status = 'ACTIVE' and not isempty(f.during)
		union all
		select upper(f.during), -sign * f.channels
		from premise.facts(premises) f
		where f.status = 'ACTIVE' and not isempty(f.during) and not upper_inf(f.during)
	) s
	group by s.day
	on conflict on constraint due_pkey do update set delta = d.delta + excluded.delta
$$;

-- Columns of premise.premise from the statement with the latest effective date.
create or replace function premise.rebuild_premise(premises int4[])
returns void
language sql security definer set search_path = pg_catalog, pg_temp
as $$
	update premise.premise p
	set known = true, commodity = w.commodity, class = w.class, status = w.status,
		effective = w.effective, ends = w.ends, street = w.street, city = w.city,
		state = w.state, zip = w.zip, load_profile = w.load_profile,
		rate_class = w.rate_class, service_voltage = w.service_voltage, channels = w.channels
	from (select distinct on (e.premise) e.*
		from premise.premise_event e
		where e.premise = any (premises)
		order by e.premise, e.effective desc, e.created desc, e.load desc, e.line desc) w
	where p.premise = w.premise
$$;

create or replace function premise.rebuild_meter(premises int4[])
returns void
language sql security definer set search_path = pg_catalog, pg_temp
as $$
	delete from premise.meter m where m.premise = any (premises);
	insert into premise.meter (premise, during, meter_number, multiplier, dials, manufacturer,
		model, meter_class, phases, utility_meter_id, interval_s, installed, tested, firmware)
	select s.premise, s.during, s.meter_number, s.multiplier, s.dials, s.manufacturer, s.model,
		s.meter_class, s.phases, s.utility_meter_id, s.interval_s, s.installed, s.tested,
		s.firmware
	from (
		select w.*, daterange(w.effective, least(
			w.removed, lead(w.effective) over (partition by w.premise order by w.effective))) as during
		from (select distinct on (e.premise, e.effective) e.*
			from premise.meter_event e
			where e.premise = any (premises)
			order by e.premise, e.effective, e.created desc, e.load desc, e.line desc) w
	) s
	where not isempty(s.during)
$$;

-- A statement that repeats the value before it changes nothing: such neighbours are one span.
create or replace function premise.rep_spans(premises int4[])
returns table (premise int4, rep int4, during daterange)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select s.premise, s.rep, s.during
	from (
		select c.premise, c.rep, daterange(c.effective,
			lead(c.effective) over (partition by c.premise order by c.effective)) as during
		from (
			select w.premise, w.effective, w.rep,
				row_number() over by_day = 1
					or w.rep is distinct from lag(w.rep) over by_day as changes
			from (select distinct on (e.premise, e.effective) e.premise, e.effective, e.rep
				from premise.rep_event e
				where e.premise = any (premises)
				order by e.premise, e.effective, e.created desc, e.load desc,
					e.line desc) w
			window by_day as (partition by w.premise order by w.effective)
		) c
		where c.changes
	) s
	where s.rep is not null
$$;

-- Only what is different is written: utilities send the same facts again and again.
create or replace function premise.rebuild_rep(premises int4[])
returns void
language sql security definer set search_path = pg_catalog, pg_temp
as $$
	delete from premise.rep_span s
	where s.premise = any (premises) and (s.premise, s.rep, s.during) not in (
		select n.premise, n.rep, n.during from premise.rep_spans(premises) n);
	insert into premise.rep_span (premise, rep, during)
	select n.premise, n.rep, n.during from premise.rep_spans(premises) n
	where not exists (select from premise.rep_span s
		where s.premise = n.premise and s.during = n.during)
$$;

-- Keeps premise.rep_count: what a statement has put into premise.rep_span, or taken away. Nothing changes a span.
create or replace function premise.rep_counted()
returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	n int8 := case tg_op when 'INSERT' then 1 else -1 end;
begin
	insert into premise.rep_count (rep, day, begun, ended)
	select c.rep, c.day, sum(c.begun), sum(c.ended)
	from (
		select s.rep, lower(s.during) as day, n as begun, 0 as ended from spans s
		union all select s.rep, upper(s.during), 0, n from spans s where not upper_inf(s.during)
	) c
	group by c.rep, c.day;
	return null;
end $$;

create or replace function premise.occupancies(premises int4[])
returns table (premise int4, customer int4, during daterange)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select s.premise, s.customer, s.during
	from (
		select c.premise, c.customer, daterange(c.effective,
			lead(c.effective) over (partition by c.premise order by c.effective)) as during
		from (
			select w.premise, w.effective, w.customer,
				row_number() over by_day = 1
					or w.customer is distinct from lag(w.customer) over by_day as changes
			from (select distinct on (e.premise, e.effective) e.premise, e.effective,
					e.customer
				from premise.occupancy_event e
				where e.premise = any (premises)
				order by e.premise, e.effective, e.created desc, e.load desc,
					e.line desc) w
			window by_day as (partition by w.premise order by w.effective)
		) c
		where c.changes
	) s
	where s.customer is not null
$$;

create or replace function premise.rebuild_occupancy(premises int4[])
returns void
language sql security definer set search_path = pg_catalog, pg_temp
as $$
	delete from premise.occupancy o
	where o.premise = any (premises) and (o.premise, o.customer, o.during) not in (
		select n.premise, n.customer, n.during from premise.occupancies(premises) n);
	insert into premise.occupancy (premise, customer, during)
	select n.premise, n.customer, n.during from premise.occupancies(premises) n
	where not exists (select from premise.occupancy o
		where o.premise = n.premise and o.during = n.during)
$$;

-- Customers for account digests; new ones become stubs of the utility (known = false) with a party.
create or replace function premise.ensure_customers(tdu int4, accounts bytea[])
returns void
language sql security definer set search_path = pg_catalog, pg_temp
as $$
	with fresh as materialized (
		select d.account, nextval('party.party_party_seq')::int4 as party
		from (select distinct u.account from unnest(accounts) u (account)
			where u.account is not null and not exists (select from premise.customer c
				where c.tdu = ensure_customers.tdu and c.account_index = u.account)
			order by 1) d
	), made as (
		insert into party.party (party, kind) overriding system value
		select f.party, 'CUSTOMER' from fresh f
	)
	insert into premise.customer (party, tdu, account_index)
	select f.party, ensure_customers.tdu, f.account from fresh f
$$;
