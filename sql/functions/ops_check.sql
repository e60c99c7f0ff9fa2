-- Invariants that can be seen from SQL: nothing lost, nothing twice, nothing leaked. One row each;
-- `found` says what is wrong, or how much was looked at. `since` bounds those that look at reads.
set local check_function_bodies = off;

create or replace function ops.check(since date default null)
returns table (name text, ok bool, found text)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select * from ops.check_ledger()
	union all select * from ops.check_reads(coalesce(since, '-infinity'))
	union all select * from ops.check_rollups(coalesce(since, '-infinity'))
	union all select * from ops.check_premises()
	union all select * from ops.check_rights()
	union all select * from ops.check_drops()
	union all select * from ops.check_agreements()
	union all select * from party.check_csp()
	union all select * from ops.check_mails()
	union all select * from ops.check_hooks()
	union all select * from audit.check_tree()
$$;

create or replace function ops.check_drops()
returns table (name text, ok bool, found text)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select 'files of drops lie in the box of their account, once', count(*) = 0,
		coalesce('entries ' || string_agg(e.entry::text, ', ' order by e.entry), 'all')
	from delivery.entry e
	where e.drop is not null and (e.side <> 'out' or 1 <> (
		select count(*) from delivery.drop_file f
		join delivery.drop d on d.drop = f.drop
		join delivery.subscription s on s.subscription = d.subscription
		where f.entry = e.entry and f.drop = e.drop and s.account = e.account
			and f.sha256 = e.sha256 and f.size = e.size))
	union all
	select 'a drop that is built was on record as a release before', count(*) = 0,
		coalesce('drops ' || string_agg(d.drop::text, ', ' order by d.drop), 'all')
	from delivery.drop d
	where d.built_at is not null and not exists (select from audit.event e
		where e.event = d.event and e.kind = 'reads.released'
			and (e.detail ->> 'drop')::int8 = d.drop and e.recorded_at <= d.built_at)
	union all
	select 'a third party''s drop is of premises of its agreements', count(*) = 0,
		coalesce('drops ' || string_agg(b.drop::text, ', ' order by b.drop), 'all')
	from (
		select distinct b.drop
		from delivery.drop_basis b
		join delivery.drop d on d.drop = b.drop
		join delivery.subscription s on s.subscription = d.subscription
		join delivery.account a on a.account = s.account
		join party.csp c on c.party = a.party
		left join agreement.agreement g on g.agreement = b.agreement
		where g.csp is distinct from a.party or not b.kind = any (g.kinds)
			or exists (select from unnest(b.premises) u where not exists (
				select from agreement.premise x
				where x.agreement = b.agreement and x.premise = u))
	) b
$$;

create or replace function ops.check_ledger()
returns table (name text, ok bool, found text)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select 'loaded files have a load and an acknowledgement', count(*) = 0,
		coalesce('files ' || string_agg(f.file::text, ', ' order by f.file), 'none without')
	from ledger.file f
	where f.state = 'LOADED' and (f.load is null or f.ack_sha256 is null or f.counts is null)
	union all
	select 'only loaded files have a load', count(*) = 0,
		coalesce('files ' || string_agg(f.file::text, ', ' order by f.file), 'none else')
	from ledger.file f where f.state <> 'LOADED' and f.load is not null
	union all
	select 'loads of a utility are numbered in the order of their commits', count(*) = 0,
		coalesce('loads ' || string_agg(f.load::text, ', ' order by f.load), 'in order')
	from (select o.load, o.loaded_at < lag(o.loaded_at) over (partition by o.party order by o.load)
			as back
		from ledger.file o where o.state = 'LOADED') f
	where f.back
	union all
	select 'rejected records belong to files', count(*) = 0,
		coalesce('files ' || string_agg(distinct r.file::text, ', '), 'all')
	from ledger.reject r where not exists (select from ledger.file f where f.file = r.file)
	union all
	select 'boxes hold what their files add up to', count(*) = 0,
		coalesce('accounts ' || string_agg(coalesce(h.account, e.account)::text, ', '), 'all')
	from delivery.held h
	full join (select x.account, sum(x.size) as bytes from delivery.entry x
		where x.removed_at is null and x.side = 'in' group by x.account) e on e.account = h.account
	where coalesce(h.bytes, 0) <> coalesce(e.bytes, 0)
	union all
	select 'nothing is left in the staging tables', sum(s.n) = 0, sum(s.n) || ' rows'
	from (select count(*) as n from stage.premise
		union all select count(*) from stage.meter
		union all select count(*) from stage.rep
		union all select count(*) from stage.occupancy
		union all select count(*) from stage.customer
		union all select count(*) from stage.register
		union all select count(*) from stage.billing
		union all select count(*) from stage.rate) s
$$;

create or replace function ops.check_reads(since date)
returns table (name text, ok bool, found text)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select 'reads belong to finished loads', count(*) = 0,
		coalesce('loads ' || string_agg(d.load::text, ', '), 'all')
	from (select distinct v.load from reads.day v where v.day >= since) d
	where not exists (select from ledger.file f where f.load = d.load and f.state = 'LOADED')
	union all
	select 'reads are of premises of the utility that sent them', count(*) = 0, count(*) || ' rows'
	from (select distinct v.series, v.load from reads.day v where v.day >= since) d
	join ledger.file f on f.load = d.load
	left join premise.premise p on p.premise = d.series >> 3
	where p.tdu is distinct from f.party
	union all
	-- bit 7 of the first byte: another interval than 900 s (hub/meter/pack.h)
	select 'quarter-hour days have 92, 96 or 100 values as the zone has it', count(*) = 0,
		count(*) || ' rows'
	from reads.day v
	join premise.premise p on p.premise = v.series >> 3
	join party.tdu t on t.party = p.tdu
	join (select z.zone, g.day, reads.slots(g.day, z.zone) as n
		from (select distinct o.zone from party.tdu o) z
		cross join (select distinct r.day from reads.rollup r where r.day >= since) g
	) s on s.zone = t.zone and s.day = v.day
	where get_byte(v.data, 0) & 128 = 0 and v.n <> s.n
	union all
	select 'counts of a row fit its number of values', count(*) = 0, count(*) || ' rows'
	from reads.day v
	where v.day >= since and (v.n <= 0 or v.estimated < 0 or v.missing < 0
		or v.estimated + v.missing > v.n)
	union all
	select 'remarks belong to stored reads or registers', count(*) = 0, count(*) || ' remarks'
	from reads.flag f
	where f.day >= since
		and not exists (select from reads.day v where v.series = f.series and v.day = f.day
			and v.load = f.load and v.line = f.line)
		and not exists (select from reads.register r where r.series = f.series
			and r.day = f.day and r.load = f.load and r.line = f.line)
$$;

-- Recounts everything that a roll-up counts but `changed`, which needs the values before.
create or replace function ops.check_rollups(since date)
returns table (name text, ok bool, found text)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	with version as (
		select v.series, v.day, v.load, v.n, v.estimated, v.missing, v.total_wh,
			row_number() over newest = 1 as current,
			min(v.load) over (partition by v.series, v.day) as first_load
		from reads.day v
		where v.day >= since
		window newest as (partition by v.series, v.day
			order by v.created desc, v.load desc, v.line desc)
	), counted as (
		select p.tdu, v.day, count(*) as meter_days, sum(v.n - v.missing) as intervals,
			sum(v.estimated) as estimated, sum(v.missing) as missing,
			count(*) filter (where date_trunc('second', f.hub_at)
				> (v.day::timestamp + t.late_after) at time zone t.zone)
				as late,
			coalesce(sum(v.total_wh) filter (where v.series & 7 = 0), 0) as load_wh,
			coalesce(sum(v.total_wh) filter (where v.series & 7 = 1), 0) as generation_wh,
			count(*) filter (where not p.known) as unknown
		from version v
		join premise.premise p on p.premise = v.series >> 3
		join party.tdu t on t.party = p.tdu
		join ledger.file f on f.load = v.first_load
		where v.current
		group by p.tdu, v.day
	), summed as (
		select r.tdu, r.day, sum(r.meter_days) as meter_days, sum(r.intervals) as intervals,
			sum(r.estimated) as estimated, sum(r.missing) as missing, sum(r.late) as late,
			sum(r.load_wh) as load_wh, sum(r.generation_wh) as generation_wh,
			sum(r.unknown) as unknown
		from reads.rollup r
		where r.day >= since and reads.has_partition(r.day)
		group by r.tdu, r.day
	)
	select 'roll-ups equal a recount', count(*) = 0, coalesce(string_agg(format('%s %s', p.code,
		coalesce(c.day, s.day)), ', ' order by coalesce(c.day, s.day), p.code), 'all equal')
	from counted c
	full join summed s on s.tdu = c.tdu and s.day = c.day
	left join party.party p on p.party = coalesce(c.tdu, s.tdu)
	where (coalesce(c.meter_days, 0), coalesce(c.intervals, 0), coalesce(c.estimated, 0),
			coalesce(c.missing, 0), coalesce(c.late, 0), coalesce(c.load_wh, 0),
			coalesce(c.generation_wh, 0), coalesce(c.unknown, 0))
		is distinct from (coalesce(s.meter_days, 0), coalesce(s.intervals, 0),
			coalesce(s.estimated, 0), coalesce(s.missing, 0), coalesce(s.late, 0),
			coalesce(s.load_wh, 0), coalesce(s.generation_wh, 0), coalesce(s.unknown, 0))
$$;

create or replace function ops.check_premises()
returns table (name text, ok bool, found text)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select 'spans of a premise do not overlap', count(*) = 0, count(*) || ' overlaps'
	from (select s.during && lead(s.during) over (partition by s.of, s.premise order by s.during) as hit
		from (select 'meter' as of, premise, during from premise.meter
			union all select 'rep', premise, during from premise.rep_span
			union all select 'occupancy', premise, during from premise.occupancy) s) x
	where x.hit
	union all
	select 'due counts equal a recount', count(*) = 0,
		coalesce(string_agg(format('%s %s', p.code, x.day), ', ' order by x.day, p.code), 'all equal')
	from (
		select s.tdu, s.day, sum(s.delta) as off
		from (
			select d.tdu, d.day, d.delta from premise.due d
			union all
			select o.tdu, e.day, -e.delta
			from premise.premise o
			join (
				select f.premise, lower(f.during) as day, f.channels as delta
				from premise.facts(array(select premise from premise.premise where known)) f
				where f.status = 'ACTIVE' and not isempty(f.during)
				union all
				select f.premise, upper(f.during), -f.channels
				from premise.facts(array(select premise from premise.premise where known)) f
				where f.status = 'ACTIVE' and not isempty(f.during)
					and not upper_inf(f.during)
			) e on e.premise = o.premise
		) s
		group by s.tdu, s.day having sum(s.delta) <> 0
	) x
	join party.party p on p.party = x.tdu
	union all
	select 'counts of retailers'' customers equal a recount', count(*) = 0,
		coalesce(string_agg(format('%s %s', p.code, x.day), ', ' order by x.day, p.code), 'all equal')
	from (
		select c.rep, c.day
		from (
			select n.rep, n.day, n.begun, n.ended from premise.rep_count n
			union all select s.rep, lower(s.during), -1, 0 from premise.rep_span s
			union all select s.rep, upper(s.during), 0, -1 from premise.rep_span s where not upper_inf(s.during)
		) c
		group by c.rep, c.day having sum(c.begun) <> 0 or sum(c.ended) <> 0
	) x
	join party.party p on p.party = x.rep
	union all
	select 'known premises have facts and stubs have none', count(*) = 0, count(*) || ' premises'
	from premise.premise p
	where p.known <> exists (select from premise.premise_event e where e.premise = p.premise)
	union all
	select 'what is said of premises and customers is of known ones', count(*) = 0, count(*) || ' rows'
	from (
		select e.premise, null::int4 as customer from premise.premise_event e
		union all select e.premise, null from premise.meter_event e
		union all select e.premise, null from premise.rep_event e
		union all select e.premise, e.customer from premise.occupancy_event e
		union all select a.premise, a.customer from premise.account_premise a
		union all select null, c.customer from premise.contact c
	) x
	where x.premise is not null and not exists (
			select from premise.premise p where p.premise = x.premise)
		or x.customer is not null and not exists (
			select from premise.customer c where c.customer = x.customer)
	union all
	select 'premises are of utilities and customers are parties', count(*) = 0, count(*) || ' rows'
	from (
		select p.premise from premise.premise p
		where not exists (select from party.tdu t where t.party = p.tdu)
		union all
		select c.customer from premise.customer c
		where not exists (select from party.tdu t where t.party = c.tdu)
			or not exists (select from party.party o where o.party = c.party)
	) x
$$;

-- What the catalog says about rights. Roles: all that may log in and are no superuser; but for
-- busbar_migrate, which becomes the owner.
create or replace function ops.check_rights()
returns table (name text, ok bool, found text)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	with role as (
		select r.oid, r.rolname from pg_roles r
		where r.rolname like 'busbar\_%' and r.rolname not in ('busbar_owner', 'busbar_migrate')
			and not r.rolsuper
	), ours as (
		select n.oid, n.nspname from pg_namespace n
		where n.nspname in ('ops', 'audit', 'party', 'premise', 'reads', 'ledger', 'stage',
			'agreement', 'delivery', 'mail', 'radar')
	)
	select 'no process but the loader has rights to tables', count(*) = 0,
		coalesce(string_agg(format('%s on %s.%s', r.rolname, o.nspname, c.relname), ', '), 'none')
	from pg_class c join ours o on o.oid = c.relnamespace
	cross join role r
	where c.relkind in ('r', 'p', 'v', 'm', 'f') and has_table_privilege(r.oid, c.oid,
			'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
		and not (r.rolname = 'busbar_ingestd'
			and (o.nspname = 'stage'
				or (o.nspname, c.relname) in (('reads', 'day'), ('reads', 'flag'),
					('ledger', 'reject')))
			and not has_table_privilege(r.oid, c.oid,
				'SELECT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER'))
	union all
	select 'nothing is granted to everybody', count(*) = 0,
		coalesce(string_agg(x.what, ', '), 'nothing')
	from (
		select o.nspname || '.' || c.relname as what
		from pg_class c join ours o on o.oid = c.relnamespace, aclexplode(c.relacl) a
		where a.grantee = 0
		union all
		select o.nspname || '.' || f.proname
		from pg_proc f join ours o on o.oid = f.pronamespace,
			aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) a
		where a.grantee = 0
		union all
		select n.nspname from pg_namespace n join ours o on o.oid = n.oid, aclexplode(n.nspacl) a
		where a.grantee = 0
	) x
	union all
	select 'functions run with a fixed search_path and as their owner', count(*) = 0,
		coalesce(string_agg(o.nspname || '.' || f.proname, ', '), 'all')
	from pg_proc f join ours o on o.oid = f.pronamespace
	where (not f.prosecdef or not coalesce('search_path=pg_catalog, pg_temp' = any (f.proconfig), false))
		-- but audit.record, as long as only functions of the owner can call it
		and not (f.oid = to_regprocedure('audit.record(text, text, int4, int4, jsonb)') and not exists (
			select from aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) a
			where a.grantee <> f.proowner))
	union all
	select 'everything belongs to busbar_owner', count(*) = 0, coalesce(string_agg(x.what, ', '), 'all')
	from (
		select o.nspname || '.' || c.relname as what
		from pg_class c join ours o on o.oid = c.relnamespace
		where c.relowner <> 'busbar_owner'::regrole
		union all
		select o.nspname || '.' || f.proname
		from pg_proc f join ours o on o.oid = f.pronamespace
		where f.proowner <> 'busbar_owner'::regrole
	) x
$$;
