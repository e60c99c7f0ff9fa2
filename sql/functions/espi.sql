-- Green Button: what a token may see of usage points, and their reads. As with all reads, two transactions:
-- espi.open checks and leaves the event, then espi.days and espi.bills check again and read.
set local check_function_bodies = off;

-- What the ids are made in: for the processes that write Green Button.
create or replace function espi.space()
returns uuid
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select s.space from espi.space s
$$;

-- What is the same in every answer.
create or replace function espi.custodian()
returns table (space uuid, company text, certificate text, sync_days int8, keep_days int4)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select espi.space(), ops.setting_of('espi.company'), ops.setting_of('espi.certificate'),
		ops.setting_of('espi.sync_days')::int8, ops.setting_of('espi.keep_days')::int4
$$;

-- The function blocks of a scope: FB=4_5_15;…
create or replace function espi.blocks(scope text)
returns int4[]
language sql immutable security definer set search_path = pg_catalog, pg_temp
as $$
	select coalesce(array_agg(b::int4), '{}')
	from regexp_split_to_table(substring(upper(scope) from 'FB=([0-9_]+)'), '_') b
	where b ~ '^[0-9]{1,4}$'
$$;

-- The grants that somebody's token reaches: an ACCESS token its own, as long as it is in force, a CLIENT token all
-- of its client's, a CUSTODIAN token those that it was asked about (espi.custodian_of), or all. One that is over is no
-- login any more; one that is held back for a while is refused.
create or replace function espi.grants(w api.principal)
returns table (granted int8, agreement int8, csp int4, client int4, scope text, subscription uuid,
	authorization_id uuid, retail_customer uuid, customer_data bool, made_at timestamptz)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan set enable_seqscan = off
as $$
declare
	hub_now timestamptz := ops.now();
	is_state text := (select a.state from agreement.agreement a where a.agreement = w.agreement
		and a.ends_at > hub_now);
begin
	if w.class = 'ACCESS' and is_state is distinct from 'ACTIVE' then
		if is_state in ('SUSPENDED', 'HELD') then
			raise exception using errcode = 'BB002', message = 'this authorization is held back';
		end if;
		raise exception using errcode = 'BB007', message = 'this authorization has ended';
	end if;
	if w.class <> 'CUSTODIAN' and not exists (select from oauth.client l where l.client = w.client and (l.state = 'PRODUCTION'
		-- one of the sandbox stays in review: it has premises of the sandbox alone
		or l.sandbox and l.state = 'REVIEW')) then
		raise exception using errcode = 'BB002', message = 'this application is not in production';
	end if;
	return query
	select g.granted, g.agreement, a.csp, g.client, g.scope, g.subscription, g.authorization_id,
		g.retail_customer, g.customer_data, g.made_at
	from oauth.grant g join agreement.agreement a on a.agreement = g.agreement
	where a.state = 'ACTIVE' and a.ends_at > hub_now
		and case w.class when 'ACCESS' then g.granted = w.granted when 'CLIENT' then g.client = w.client
			when 'CUSTODIAN' then g.granted = coalesce(w.granted, g.granted)
				and g.client = coalesce(w.client, g.client) else false end;
end $$;

-- What somebody's token reaches: the premises of grants with what their scopes name, and of customers their own.
-- of_kind null: whichever the grant gives.
create or replace function espi.spans(w api.principal, of_kind text, of_premise int4)
returns table (premise int4, permitted tstzrange, granted int8, subscription uuid, made_at timestamptz, kinds text[],
	blocks int4[])
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
	if w.kind = 'CUSTOMER' then
		return query
		select r.premise, r.permitted, null::int8, null::uuid, timestamptz '2026-11-01 00:00Z',
			array(select k from unnest('{interval,billing}'::text[]) k where api.scope_has(w, k)), '{4,5,12,15,16}'::int4[]
		from reads.rights(w.party, coalesce(of_kind, 'interval'), tstzrange(null, null), of_premise) r;
		return;
	end if;
	return query
	select r.premise, r.permitted, g.granted, g.subscription, g.made_at, a.kinds, espi.blocks(g.scope)
	from espi.grants(w) g join agreement.agreement a on a.agreement = g.agreement
	cross join lateral reads.rights(g.csp, coalesce(of_kind, a.kinds[1]), tstzrange(null, null), of_premise,
		g.agreement) r;
end $$;

-- Who asks, or builds a batch, for a resource of a subscription, or (null) for all that the token reaches. One of others is one that is
-- not. A custodian may name a bulk or a retail customer in its place.
create or replace function espi.who(shown bytea, of_subscription uuid)
returns api.principal
language plpgsql security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan set enable_seqscan = off
as $$
declare
	w api.principal := espi.builder(shown);
begin
	if w.class is null then
		w := api.who(shown, case when of_subscription is null
			then '{ACCESS,CLIENT,ACCOUNT,SESSION,PERSONAL,CUSTODIAN}'::text[] else '{ACCESS,CUSTODIAN}' end);
	end if;
	if w.class = 'CUSTODIAN' then
		return case when of_subscription is null then w else espi.custodian_of(w, of_subscription) end;
	end if;
	if w.client is null and w.kind <> 'CUSTOMER' then
		raise exception using errcode = 'BB002', message = 'that is for customers themselves';
	end if;
	if of_subscription is not null
		and not exists (select from espi.grants(w) g where g.subscription = of_subscription) then
		raise exception using errcode = 'BB001', message = 'there is no such subscription';
	end if;
	return w;
end $$;

-- The bulk that an address names must be the client's own.
create or replace function espi.bulk(shown bytea, bulk uuid)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := espi.who(shown, null);
begin
	if w.class not in ('CLIENT', 'CUSTODIAN') then
		raise exception using errcode = 'BB002', message = 'bulk is for a client''s own token';
	end if;
	if not exists (select from oauth.client l where l.client = coalesce(w.client, l.client) and l.bulk = $2) then
		raise exception using errcode = 'BB001', message = 'there is no such bulk';
	end if;
end $$;

-- Seconds of an interval, by how many a day has.
create or replace function espi.interval_of(n int4)
returns int4
language sql immutable security definer set search_path = pg_catalog, pg_temp
as $$
	select case when n <= 25 then 3600 when n <= 50 then 1800 when n <= 100 then 900 else 300 end
$$;

-- The usage points of a subscription, or (null) of all that the token reaches: each once, by the newest grant.
-- series: "0/900 1/900", its channels with their lengths of interval in days that may be read; not thorough: as the
-- newest day has it.
create or replace function espi.points(shown bytea, of_subscription uuid, thorough bool)
returns table (premise int4, esiid text, zone text, subscription uuid, made_at timestamptz, series text,
	reads bool, cost bool, summaries bool, amounts bool)
language plpgsql security definer set search_path = pg_catalog, pg_temp
-- over all partitions: planned once, since that takes longer than to look
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off
as $$
declare
	w api.principal := espi.who(shown, of_subscription);
begin
	return query
	with r as materialized (
		select distinct on (x.premise) x.*, range_merge(range_agg(x.permitted) over (partition by x.premise,
			x.granted)) as span
		from espi.spans(w, null, null) x
		order by x.premise, x.made_at desc, x.granted desc
	), y as materialized (
		select r.premise, coalesce((lower(r.span) at time zone t.zone)::date, '-infinity') as first,
			coalesce((upper(r.span) at time zone t.zone)::date, 'infinity') as last
		from r join premise.premise p on p.premise = r.premise join party.tdu t on t.party = p.tdu
		where 'interval' = any (r.kinds)
	), n as materialized (
		select y.premise, l.series & 7 as channel, espi.interval_of(l.n) as length
		from y cross join generate_series(0, 1) c cross join lateral (
			select d.series, d.n from reads.day d
			where d.series = y.premise * 8 + c and d.day >= y.first and d.day <= y.last
			order by d.day desc, d.load desc limit 1
		) l
		where not points.thorough
		union
		select y.premise, d.series & 7, espi.interval_of(d.n)
		from y cross join generate_series(0, 1) c
		cross join lateral (select v.series, v.n from reads.day v
			where v.series = y.premise * 8 + c and v.day >= y.first and v.day <= y.last offset 0) d
		where points.thorough
	), series as materialized (
		select n.premise, string_agg(n.channel || '/' || n.length, ' ' order by n.channel, n.length) as list
		from n group by n.premise
	)
	select r.premise, p.esiid, t.zone, r.subscription, r.made_at, s.list,
		'interval' = any (r.kinds), 12 = any (r.blocks),
		'billing' = any (r.kinds) and r.blocks && '{15,16,27,28}', 16 = any (r.blocks)
	from r join premise.premise p on p.premise = r.premise join party.tdu t on t.party = p.tdu
	left join series s on s.premise = r.premise
	order by r.subscription, r.premise;
end $$;

-- First half of a release: of one premise if given, else of all that the subscription or the client has. Commit it.
-- number is null when there is nothing to release. as_of: of it, for those that page on.
create or replace function espi.open(shown bytea, of_subscription uuid, of_premise int4, kind text, from_day date,
	to_day date, as_of timestamptz, resource text)
returns table (number int8, at timestamptz)
language plpgsql security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan set enable_seqscan = off
as $$
declare
	w api.principal := espi.who(shown, of_subscription);
	at_now timestamptz := least(coalesce(as_of, clock_timestamp()), clock_timestamp());
	premises int8;
	made int8;
	opened int8;
begin
	if not api.scope_has(w, open.kind) then
		-- a customer's own token may be for one of the two alone: the other is left out
		perform api.scope_need(w, case open.kind when 'billing' then 'interval' else 'billing' end);
		return query select null::int8, at_now;
		return;
	end if;
	select count(distinct x.premise) into premises
	from espi.spans(w, open.kind, of_premise) x where x.permitted && tstzrange(from_day - 1, to_day + 2);
	if premises > 0 then
		made := audit.record('reads.released', coalesce(w.code, 'customer ' || w.party), w.party, of_premise,
			jsonb_strip_nulls(jsonb_build_object('kind', open.kind, 'from', from_day, 'to', to_day,
				'premises', premises, 'as_of', at_now, 'door', 'espi', 'right',
				case when w.kind = 'CUSTOMER' then 'occupancy' else 'agreement' end, 'agreement', w.agreement,
				'client', w.client, 'reason', espi.custodian_why(w), 'resource', left(resource, 300))));
		insert into reads.release as r (event, principal, premise, kind, from_day, to_day, as_of, versions,
			door, agreement)
		values (made, w.party, of_premise, open.kind, open.from_day, open.to_day, at_now, false, 'espi',
			w.agreement)
		returning r.number into opened;
		insert into espi.release (number, client, granted) values (opened, w.client, w.granted);
	end if;
	return query select opened, at_now;
end $$;

-- Days of a premise that a release may read now.
create or replace function espi.allowed(of_number int8, of_premise int4, of_kind text)
returns datemultirange
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan set enable_seqscan = off
as $$
declare
	r record;
	zone text := (select t.zone from premise.premise p join party.tdu t on t.party = p.tdu
		where p.premise = of_premise);
	asked tstzrange;
begin
	select o.*, s.client, s.granted, p.kind as whose into r
	from reads.release o join espi.release s on s.number = o.number join party.party p on p.party = o.principal
	where o.number = of_number;
	if not found or r.opened_by <> session_user or r.kind <> of_kind
		or coalesce(r.premise, of_premise) <> of_premise
		or r.opened_at < clock_timestamp() - interval '1 hour' then
		raise exception using errcode = 'BB001', message = 'there is no such open release';
	end if;
	-- a billing period may begin before the range in which it ends
	asked := reads.instants(daterange(r.from_day - case r.kind when 'billing' then 100 else 0 end, r.to_day, '[]'),
		zone);
	return reads.whole_days_of(case when r.whose = 'CUSTOMER' then
		(select range_agg(x.permitted) from reads.rights(r.principal, of_kind, asked, of_premise) x)
	else
		(select range_agg(x.permitted)
		from oauth.grant g
		-- of a client's grants those of the premise: there may be many others
		join agreement.premise y on y.agreement = g.agreement and y.premise = of_premise
		join agreement.agreement a on a.agreement = g.agreement
		-- a custodian's release is of the agreements' third parties
		cross join lateral reads.rights(a.csp, of_kind, asked, of_premise, g.agreement) x
		where (g.client = r.client or r.client is null and r.whose = 'OPERATOR')
			and (r.granted is null or g.granted = r.granted))
	end, zone);
end $$;

-- Second half: the current versions of premises' days, by premise as they are listed, day and channel. One statement for
-- as many of them as have `most` days together, at least one: the last row has no day, and of which premise it is, is
-- how far this came. updated_at is when the hub took the version in, published_at when it took in the first of that
-- day.
create or replace function espi.days(of_number int8, of_premises int4[], from_day date, to_day date,
	updated_min timestamptz, updated_max timestamptz, most int4)
returns table (premise int4, channel int4, day date, published_at timestamptz, updated_at timestamptz, data bytea)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set enable_bitmapscan = off
as $$
declare
	until timestamptz := (select r.as_of from reads.release r where r.number = of_number);
	held daterange := daterange(days.from_day, days.to_day, '[]');
	here int4[] := '{}';
	here_days datemultirange[] := '{}';
	one int4;
	one_days datemultirange;
	n int8;
	total int8 := 0;
	-- so that only the partitions of these are looked into
	first date;
	last date;
	reached int4;
begin
	if to_day - from_day > 400 then
		held := held * (select daterange(min(p.from_day), max(p.to_day)) from reads.parts() p);
	end if;
	foreach one in array of_premises loop
		one_days := espi.allowed(of_number, one, 'interval') * datemultirange(held);
		n := coalesce(upper(one_days) - lower(one_days), 0);
		exit when reached is not null and total + n > most;
		reached := one;
		continue when n = 0;
		total := total + n;
		here := here || one;
		here_days := here_days || one_days;
		first := least(first, lower(one_days));
		last := greatest(last, upper(one_days) - 1);
	end loop;
	perform reads.plan_for(last - first + 1);
	return query
	select v.premise, v.series & 7, v.day, v.first_at, v.loaded_at, v.data
	from (
		select k.premise, k.nth, d.series, d.day, d.data, f.loaded_at,
			min(f.loaded_at) over (partition by d.series, d.day) as first_at,
			row_number() over (partition by d.series, d.day
				order by d.created desc, d.load desc, d.line desc) as age
		from unnest(here, here_days) with ordinality k (premise, days, nth)
		cross join generate_series(0, 1) c
		cross join lateral (select * from reads.day v where v.series = k.premise * 8 + c and v.day >= first
			and v.day <= last and v.day <@ k.days offset 0) d
		cross join lateral (select x.loaded_at from ledger.file x where x.load = d.load offset 0) f
		where f.loaded_at <= until
	) v
	where v.age = 1 and (updated_min is null or v.loaded_at >= updated_min)
		and (updated_max is null or v.loaded_at <= updated_max)
	order by v.nth, v.day, v.series;
	return query select reached, null::int4, null::date, null::timestamptz, null::timestamptz, null::bytea;
end $$;

-- The same for billing periods of what is delivered, that end in the range.
create or replace function espi.bills(of_number int8, of_premise int4, from_day date, to_day date,
	updated_min timestamptz, updated_max timestamptz)
returns table (first_day date, last_day date, published_at timestamptz, updated_at timestamptz, wh int8, demand_w int8,
	amount int8, currency text, items text, status text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
	allowed datemultirange := espi.allowed(of_number, of_premise, 'billing');
	until timestamptz := (select r.as_of from reads.release r where r.number = of_number);
begin
	return query
	select v.start_date, v.end_date, v.first_at, v.loaded_at, v.wh, v.metered_w, v.amount, v.currency, v.items,
		v.status
	from (
		select b.*, f.loaded_at,
			min(f.loaded_at) over (partition by b.series, b.start_date, b.end_date) as first_at,
			row_number() over (partition by b.series, b.start_date, b.end_date
				order by b.created desc, b.load desc, b.line desc) as age
		from reads.billing b join ledger.file f on f.load = b.load
		where b.series = of_premise * 8
			and b.end_date >= bills.from_day and b.end_date <= bills.to_day
			and daterange(b.start_date, b.end_date, '[]') <@ allowed
			and f.loaded_at <= until
	) v
	where v.age = 1 and (updated_min is null or v.loaded_at >= updated_min)
		and (updated_max is null or v.loaded_at <= updated_max)
	order by v.end_date, v.start_date;
end $$;

-- Prices for what a release gives of a premise.
create or replace function espi.prices(of_number int8, of_premise int4)
returns table (channel int4, first_day date, last_day date, days text, from_minute int4, to_minute int4,
	price_micro int8, currency text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
	r reads.release;
begin
	if isempty(espi.allowed(of_number, of_premise, 'interval')) then
		return;
	end if;
	select o.* into r from reads.release o where o.number = of_number;
	return query select * from premise.prices(of_premise, r.from_day, r.to_day);
end $$;
