-- The gate to reads. reads.rights is the one definition of who may read what; everything that gives
-- reads away goes through reads.release_open and a release_* function behind it.
--
-- A release is two transactions. release_open checks, writes the audit event and is committed; then
-- release_rows checks again and reads. So a right that ends in between ends the release, and no byte
-- leaves without its event.
set local check_function_bodies = off;

-- Who may read which premises' reads of a kind (interval, register, billing), when, and why:
--   own-utility     a TDU: all its premises, always
--   rep-of-record   a REP: the days on which it is the premise's REP, in the utility's zone
--   occupancy       a customer: the days on which it occupies the premise; by an account only what that
--                   holds, while the occupancy goes on in which it was tied
--   regulator-case  a regulator: premises and days of its open cases (reads_inquiry.sql), intervals alone, and by
--                   one premise at a time: who asks for all that it may read, or for a list, has nothing
--   agreement       a CSP that is active (before that, of the sandbox alone): premises and kinds of its
--                   active agreements between start
--                   and end by the hub's clock; reads from reads_from to the end, but only of the
--                   occupancy (or the gap between two) in which the agreement began, so that nobody
--                   can agree for those before or after; nothing when it turns out that another
--                   customer than was known had moved in by then; no longer once its share of the
--                   premise has ended; of what is given once only what was there at the start
-- Nobody else may read anything. One premise if given, or a list, else all; by one agreement if given:
-- then whoever has not that one may read nothing.
--
-- How many are asked for decides how it is planned: one premise, or one agreement, by the same few keys each time, so
-- once a connection; more of them anew, by how many there are. tests/sql/readable.sql holds the three against each
-- other.
create or replace function reads.rights(principal int4, kind text, during tstzrange, of_premise int4,
	of_agreement int8 default null, of_premises int4[] default null)
returns table (premise int4, permitted tstzrange, reason text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan set enable_seqscan = off
as $$
declare
	party_kind text := (select p.kind from party.party p where p.party = principal);
begin
	if rights.kind not in ('interval', 'register', 'billing') or isempty(during)
		or of_agreement is not null and party_kind is distinct from 'CSP' then
		return;
	elsif of_premise is not null and of_premises is null then
		return query select o.* from reads.rights_of_one(principal, party_kind, kind, during, of_premise,
			of_agreement) o;
	elsif of_agreement is not null and of_premises is null then
		return query
		select v.premise, v.span * during, 'agreement'
		from reads.agreed v
		where v.agreement = of_agreement and v.csp = principal and rights.kind = any (v.kinds) and v.span && during;
	else
		return query select o.* from reads.rights_of_many(principal, party_kind, kind, during, of_premise,
			of_agreement, of_premises) o;
	end if;
end $$;

create or replace function reads.rights_of_one(principal int4, party_kind text, kind text, asked tstzrange,
	of_premise int4, of_agreement int8)
returns table (premise int4, permitted tstzrange, reason text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
	if party_kind = 'TDU' then
		return query
		select p.premise, asked, 'own-utility' from premise.premise p
		where p.premise = of_premise and p.tdu = principal;
	elsif party_kind = 'REP' then
		return query
		select s.premise, r.span * asked, 'rep-of-record'
		from premise.rep_span s
		join premise.premise p on p.premise = s.premise
		join party.tdu t on t.party = p.tdu
		cross join lateral (select reads.instants(s.during, t.zone) as span) r
		where s.premise = of_premise and s.rep = principal and r.span && asked;
	elsif party_kind = 'CUSTOMER' then
		return query
		select o.premise, r.span * asked, 'occupancy'
		from premise.occupancy o
		join premise.premise p on p.premise = o.premise
		join party.tdu t on t.party = p.tdu
		cross join lateral (select reads.instants(o.during, t.zone) as span) r
		join (
			select c.customer, null::int4 as premise from premise.customer c where c.party = principal
			union all
			select h.customer, h.premise from party.held_by(principal, of_premise) h
		) c on c.customer = o.customer and coalesce(c.premise, o.premise) = o.premise
		where o.premise = of_premise and r.span && asked;
	elsif party_kind = 'CSP' then
		return query
		select v.premise, v.span * asked, 'agreement'
		from reads.agreed v
		-- from the premise, which few have a share of, not from the party, which may have thousands
		where v.agreement = any (array(select x.agreement from agreement.premise x
				where x.premise = of_premise and (of_agreement is null or x.agreement = of_agreement)))
			and v.premise = of_premise and v.csp = principal and rights_of_one.kind = any (v.kinds)
			and v.span && asked;
	elsif party_kind = 'REGULATOR' and rights_of_one.kind = 'interval' then
		return query
		select v.premise, v.span * asked, 'regulator-case' from reads.inquired v
		where v.regulator = principal and v.premise = of_premise and v.span && asked;
	end if;
end $$;

-- Of a customer, by a plan that is kept: it has few premises, and what a plan would take of their numbers is no better.
create or replace function reads.rights_of_customer(principal int4, asked tstzrange, of_premise int4, of_premises int4[])
returns table (premise int4, permitted tstzrange, reason text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
	set plan_cache_mode = force_generic_plan set enable_seqscan = off	-- tables may grow under a plan
as $$
begin
	return query
	with mine as materialized (
		select o.premise, o.during, p.tdu
		from (
			select k.premise, k.during
			from premise.customer c join premise.occupancy k on k.customer = c.customer
			where c.party = principal
			union all
			select h.premise, h.during from party.held_spans(principal) h
		) o
		join premise.premise p on p.premise = o.premise
		where (of_premise is null or o.premise = of_premise)
			and (of_premises is null or o.premise = any (of_premises))
	), spans as materialized (
		select k.during, k.tdu, reads.instants(k.during, t.zone) * asked as span
		from (select distinct m.during, m.tdu from mine m) k
		join party.tdu t on t.party = k.tdu
	)
	select m.premise, k.span, 'occupancy'
	from mine m join spans k on k.during = m.during and k.tdu = m.tdu
	where not isempty(k.span);
end $$;

create or replace function reads.rights_of_many(principal int4, party_kind text, kind text, asked tstzrange,
	of_premise int4, of_agreement int8, of_premises int4[])
returns table (premise int4, permitted tstzrange, reason text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan set enable_seqscan = on
as $$
begin
	if party_kind = 'TDU' then
		return query
		select p.premise, asked, 'own-utility'
		from premise.premise p
		where p.tdu = principal and (of_premise is null or p.premise = of_premise)
			and (of_premises is null or p.premise = any (of_premises));
	elsif party_kind = 'REP' then
		return query
		with mine as materialized (
			select s.premise, s.during, p.tdu
			from premise.rep_span s join premise.premise p on p.premise = s.premise
			where s.rep = principal and (of_premise is null or s.premise = of_premise)
				and (of_premises is null or s.premise = any (of_premises))
		), spans as materialized (
			-- reads.instants() once a span: a hundred thousand premises have few different ones
			select k.during, k.tdu, reads.instants(k.during, t.zone) * asked as span
			from (select distinct m.during, m.tdu from mine m) k
			join party.tdu t on t.party = k.tdu
		)
		select m.premise, k.span, 'rep-of-record'
		from mine m join spans k on k.during = m.during and k.tdu = m.tdu
		where not isempty(k.span);
	elsif party_kind = 'CUSTOMER' then
		return query select o.* from reads.rights_of_customer(principal, asked, of_premise, of_premises) o;
	elsif party_kind = 'CSP' then
		return query
		select v.premise, v.span * asked, 'agreement'
		from reads.agreed v
		where v.csp = principal and rights_of_many.kind = any (v.kinds)
			and (of_premise is null or v.premise = of_premise)
			and (of_premises is null or v.premise = any (of_premises))
			and (of_agreement is null or v.agreement = of_agreement) and v.span && asked;
	end if;
end $$;

-- Local days as instants of a zone. PL/pgSQL: see reads.whole_days_of().
create or replace function reads.instants(days daterange, zone text)
returns tstzrange
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
	return case when isempty(days) then 'empty' else tstzrange(
		lower(days)::timestamp at time zone zone, upper(days)::timestamp at time zone zone) end;
end $$;

-- The occupancy that holds a day, or the gap between those before and after it; of a customer if given:
-- then nothing when it is not that one's.
create or replace function premise.occupancy_around(premise int4, day date, customer int4)
returns daterange
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan set enable_seqscan = off	-- once a premise: planned anew it was most of what bulk readers cost
as $$
begin
	return (
	select coalesce(
		(select case when o.customer = coalesce(occupancy_around.customer, o.customer)
			then o.during else 'empty' end
		from premise.occupancy o
		where o.premise = occupancy_around.premise and o.during @> occupancy_around.day),
		case when occupancy_around.customer is not null then 'empty' else daterange(
			(select max(upper(o.during)) from premise.occupancy o
			where o.premise = occupancy_around.premise
				and upper(o.during) <= occupancy_around.day),
			(select min(lower(o.during)) from premise.occupancy o
			where o.premise = occupancy_around.premise
				and lower(o.during) > occupancy_around.day)) end));
end $$;

-- What agreements let third parties read now.
create or replace view reads.agreed as
	select a.csp, a.agreement, a.kinds, x.premise, r.span
	from party.csp c
	join agreement.agreement a on a.csp = c.party
	join agreement.kind k on k.kind = a.kind
	join agreement.premise x on x.agreement = a.agreement
	join premise.premise p on p.premise = x.premise
	join party.tdu t on t.party = p.tdu
	cross join lateral (
		select tstzrange(a.reads_from, case when k.continuous then a.ends_at else a.starts_at end)
			* reads.instants(premise.occupancy_around(x.premise, (a.starts_at at time zone t.zone)::date,
				x.customer), t.zone) as span
		offset 0	-- looked up once, not for each use of it
	) r
	where a.state = 'ACTIVE' and (c.state = 'ACTIVE' or t.sandbox and party.csp_open(c.state)) and not k.of_device
		and a.starts_at <= (select ops.now()) and (select ops.now()) < a.ends_at
		and x.ended_at is null and (x.until is null or (select ops.now()) < x.until);

-- What cases let their regulator read now: of intervals alone, and of one premise at a time (reads.rights).
create or replace view reads.inquired as
	select i.regulator, i.inquiry, i.number, x.premise, r.span, t.zone
	from reads.inquiry i
	join reads.inquiry_premise x on x.inquiry = i.inquiry
	join premise.premise p on p.premise = x.premise
	join party.tdu t on t.party = p.tdu
	cross join lateral unnest(coalesce(x.days, '{(,)}') * datemultirange(daterange(i.from_day, i.to_day, '[]'))) d (days)
	cross join lateral (select reads.instants(d.days, t.zone) as span offset 0) r
	where i.granted_at is not null and i.ended_at is null and (select ops.now()) < i.ends_at;

-- The right as a set of series: bulk readers join it.
create or replace function reads.readable(principal int4, kind text, during tstzrange)
returns table (series int4, permitted tstzrange, reason text)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select r.premise * 8 + c, r.permitted, r.reason
	from reads.rights(principal, kind, during, null) r cross join generate_series(0, 1) c
$$;

-- Does the right cover all of the range? False for ESI IDs that nobody knows.
create or replace function reads.may_read(principal int4, esiid text, kind text, during tstzrange)
returns bool
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select coalesce((
		select range_agg(r.permitted) @> during
		from premise.premise p
		cross join lateral reads.rights(principal, kind, during, p.premise) r
		where p.esiid = may_read.esiid
	), false) and not isempty(during)
$$;

-- Of a range of days (last one inclusive) those that are permitted as a whole: a day of which only a
-- part is permitted is not given at all. The operator (null) may read all.
create or replace function reads.whole_days(principal int4, kind text, of_premise int4, from_day date,
	to_day date, of_agreement int8 default null)
returns datemultirange
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
	zone text := (select t.zone from premise.premise p join party.tdu t on t.party = p.tdu
		where p.premise = of_premise);
	asked daterange := daterange(from_day, to_day, '[]');
begin
	if principal is null then
		return datemultirange(asked);
	end if;
	return reads.whole_days_of((select range_agg(r.permitted)
		from reads.rights(principal, kind, reads.instants(asked, zone), of_premise, of_agreement) r), zone);
end $$;

-- The local days that lie in these spans as a whole. PL/pgSQL: it is asked for each request, and a function in SQL
-- would be parsed and planned anew each time.
create or replace function reads.whole_days_of(spans tstzmultirange, zone text)
returns datemultirange
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
	return coalesce((
		select range_agg(d.days)
		from unnest(spans) u (span)
		cross join lateral (
			select (lower(u.span) at time zone zone) as first, (upper(u.span) at time zone zone)
				as past
		) l
		cross join lateral (
			select l.first::date + (l.first::date < l.first)::int4 as first_day,
				l.past::date as past_day
		) w
		cross join lateral (
			select daterange(w.first_day, w.past_day) as days
			where w.first_day is null or w.past_day is null or w.first_day < w.past_day
		) d
	), '{}');
end $$;

-- First half of a release. Writes the audit event and gives its number; commit before the second.
-- BB001 in the same words whether the ESI ID is unknown, not allowed, or has no allowed day.
create or replace function reads.release_open(principal int4, esiid text, kind text, from_day date,
	to_day date, as_of timestamptz, versions bool, door text, reason text)
returns table (number int8, lsn pg_lsn)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	p premise.premise;
	days datemultirange;
	why text;
	made int8;
begin
	if from_day is null or to_day is null or from_day > to_day or to_day - from_day > 4000
		or kind not in ('interval', 'register', 'billing') or coalesce(door, '') = '' then
		raise exception using errcode = 'BB003', message = 'expected a kind of interval, register '
			'or billing, a first day not after the last, and at most 4000 days';
	end if;
	if principal is null and coalesce(trim(reason), '') = '' then
		raise exception using errcode = 'BB003',
			message = 'an operator gives a reason for reading a customer''s data';
	end if;
	select o.* into p from premise.premise o where o.esiid = release_open.esiid;
	if found then
		days := reads.whole_days(principal, kind, p.premise, from_day, to_day);
	end if;
	if days is null or isempty(days) then
		raise exception using errcode = 'BB001',
			message = 'there are no reads of that ESI ID for you in that range';
	end if;
	why := case when principal is null then 'operator' else (
		select string_agg(distinct r.reason, ',')
		from reads.rights(principal, kind, tstzrange(null, null), p.premise) r) end;
	made := audit.record('reads.released', coalesce(
			(select x.code from party.party x where x.party = principal),
			case when principal is null then session_user else 'customer ' || principal end),
		principal, p.premise, jsonb_strip_nulls(jsonb_build_object('kind', kind, 'from', from_day,
			'to', to_day, 'days', days, 'as_of', as_of, 'versions', versions, 'door', door,
			'right', why, 'reason', reason)) || reads.inquiry_says(principal, p.premise, days));
	return query
	insert into reads.release as r (event, principal, premise, kind, from_day, to_day, as_of,
		versions, door, reason)
	values (made, release_open.principal, p.premise, release_open.kind, release_open.from_day,
		release_open.to_day, release_open.as_of, coalesce(release_open.versions, false),
		release_open.door, release_open.reason)
	returning r.number, pg_current_wal_insert_lsn();
end $$;

-- Is it here already? Its transaction is the last one that what is read of it must have seen (hub/store/standby.h).
create or replace function reads.release_known(number int8)
returns bool
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select exists (select from reads.release r where r.number = release_known.number)
$$;

-- The release of a number and the days that may be read of it now; by the role that opened it, and
-- within an hour.
create or replace function reads.release_now(number int8, kind text)
returns table (premise int4, as_of timestamptz, versions bool, days datemultirange, from_day date,
	to_day date)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
	r reads.release;
	allowed datemultirange;
begin
	select o.* into r from reads.release o where o.number = release_now.number;
	if not found or r.premise is null or r.opened_by <> session_user or r.kind <> release_now.kind
		or r.opened_at < clock_timestamp() - interval '1 hour' then
		raise exception using errcode = 'BB001', message = 'there is no such open release';
	end if;
	-- a billing period may begin before the range in which it ends
	allowed := reads.whole_days(r.principal, r.kind, r.premise,
		r.from_day - case r.kind when 'billing' then 100 else 0 end, r.to_day, r.agreement);
	if isempty(allowed) then
		raise exception using errcode = 'BB001',
			message = 'there are no reads of that ESI ID for you in that range';
	end if;
	return query select r.premise, r.as_of, r.versions, allowed, r.from_day, r.to_day;
end $$;

-- How a statement over days is planned: one over few days anew, so that only their partitions are planned for and locked;
-- one over many once a connection, since to plan for hundreds of partitions takes ten times as long as to look into
-- them. For functions that have plan_cache_mode set, which is then as before when they end.
create or replace function reads.plan_for(days int4)
returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
begin
	perform set_config('plan_cache_mode', case when days > 31 then 'force_generic_plan' else 'force_custom_plan' end,
		true);
end $$;

-- Second half, intervals: current versions of each day, or all versions, oldest first, as the ledger
-- stood at as_of (inclusive); by day, channel, version.
create or replace function reads.release_rows(number int8)
returns table (series int4, channel int4, day date, created timestamptz, load int4, line int4,
	loaded_at timestamptz, data bytea, esiid text, tdu text, zone text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan set enable_seqscan = off	-- a partition may grow under a plan
as $$
declare
	r record;
	p record;
begin
	select o.* into r from reads.release_now(number, 'interval') o;
	select o.esiid, t.zone, y.code into p
	from premise.premise o join party.tdu t on t.party = o.tdu join party.party y on y.party = o.tdu
	where o.premise = r.premise;
	perform reads.plan_for(r.to_day - r.from_day + 1);
	return query
	select v.series, v.series & 7, v.day, v.created, v.load, v.line, v.loaded_at, v.data,
		p.esiid, p.code, p.zone
	from (
		select d.*, f.loaded_at, row_number() over (partition by d.series, d.day
			order by d.created desc, d.load desc, d.line desc) as age
		from reads.day d
		cross join lateral (select x.loaded_at from ledger.file x where x.load = d.load offset 0) f
		where d.series in (r.premise * 8, r.premise * 8 + 1)
			and d.day >= r.from_day and d.day <= r.to_day and d.day <@ r.days
			and (r.as_of is null or f.loaded_at <= r.as_of)
	) v
	where r.versions or v.age = 1
	order by v.day, v.series, v.created, v.load, v.line;
end $$;

create or replace function reads.release_registers(number int8)
returns table (channel int4, day date, created timestamptz, load int4, line int4,
	loaded_at timestamptz, start_wh int8, end_wh int8, wh int8, status text, esiid text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
	return query
	select v.series & 7, v.day, v.created, v.load, v.line, v.loaded_at, v.start_wh, v.end_wh, v.wh,
		v.status, p.esiid
	from reads.release_spans(number, 'register') r
	join premise.premise p on p.premise = r.premise
	cross join lateral (
		select d.*, f.loaded_at, row_number() over (partition by d.series, d.day
			order by d.created desc, d.load desc, d.line desc) as age
		from reads.register d join ledger.file f on f.load = d.load
		where d.series in (p.premise * 8, p.premise * 8 + 1)
			and d.day >= r.from_day and d.day <= r.to_day and d.day <@ r.days
			and (r.as_of is null or f.loaded_at <= r.as_of)
	) v
	where r.versions or v.age = 1
	order by r.premise, v.day, v.series, v.created, v.load, v.line;
end $$;

-- Billing periods that end within the range and are permitted as a whole, from their first day on
-- (100 days at most).
create or replace function reads.release_billings(number int8)
returns table (channel int4, start_date date, end_date date, created timestamptz, load int4, line int4,
	loaded_at timestamptz, wh int8, metered_w int8, billed_w int8, metered_va int8, billed_va int8,
	amount int8, currency text, items text, status text, esiid text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
	return query
	select v.series & 7, v.start_date, v.end_date, v.created, v.load, v.line, v.loaded_at, v.wh,
		v.metered_w, v.billed_w, v.metered_va, v.billed_va, v.amount, v.currency, v.items,
		v.status, p.esiid
	from reads.release_spans(number, 'billing') r
	join premise.premise p on p.premise = r.premise
	cross join lateral (
		select d.*, f.loaded_at, row_number() over (partition by d.series, d.start_date, d.end_date
			order by d.created desc, d.load desc, d.line desc) as age
		from reads.billing d join ledger.file f on f.load = d.load
		where d.series in (p.premise * 8, p.premise * 8 + 1)
			and d.end_date between r.from_day and r.to_day
			and daterange(d.start_date, d.end_date, '[]') <@ r.days
			and (r.as_of is null or f.loaded_at <= r.as_of)
	) v
	where r.versions or v.age = 1
	order by r.premise, v.end_date, v.start_date, v.series, v.created, v.load, v.line;
end $$;
