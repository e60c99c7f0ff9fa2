-- What a builder of drops calls, in this order: build_take, build_plan, build_page..., build_end or
-- build_fail. See delivery_drop.sql.
set local check_function_bodies = off;

-- The drop that a builder has taken, or BB004: it is not its own any more.
create or replace function delivery.building(of_drop int8, of_token uuid)
returns delivery.drop
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
	d delivery.drop;
begin
	select x.* into d from delivery.drop x
	where x.drop = of_drop and x.state = 'BUILDING' and x.token = of_token
		and x.lease_until > clock_timestamp();
	if not found then
		raise exception using errcode = 'BB004',
			message = format('drop %s is not this builder''s any more', of_drop);
	end if;
	return d;
end $$;

-- A worker begins: what one of its name had taken before is due again. Gives how many.
create or replace function delivery.build_start(of_worker text)
returns int4
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	n int4;
begin
	select count(delivery.drop_move(x.drop, 'lose', null, 'dropd')) into n
	from (select d.drop from delivery.drop d
		where d.state = 'BUILDING' and d.worker = of_worker for no key update) x;
	return n;
end $$;

-- The drop that has waited longest, for 60 seconds; no row when none is due.
create or replace function delivery.build_take(of_worker text)
returns table ("drop" int8, token text, subscription int8, label text, login text, party_code text,
	period text, revision int4, kinds text, format text, packing text, openpgp_key text, schedule text,
	zone text, from_day date, to_day date, due_at timestamptz, made_at timestamptz, attempts int4)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	d delivery.drop;
begin
	perform delivery.drop_move(x.drop, 'lose', null, 'dropd')
	from (select o.drop from delivery.drop o
		where o.state = 'BUILDING' and o.lease_until <= clock_timestamp()
		for no key update skip locked) x;
	select o.* into d from delivery.drop o
	where o.state = 'DUE' and o.next_try_at <= clock_timestamp()
	order by o.due_at, o.drop limit 1
	for no key update skip locked;
	if not found then
		return;
	end if;
	d := delivery.drop_move(d.drop, 'take', null, 'dropd');
	update delivery.drop o set worker = of_worker, attempts = o.attempts + 1,
		lease_until = clock_timestamp() + interval '60 s',
		begun_at = coalesce(o.begun_at, clock_timestamp())
	where o.drop = d.drop;
	return query
	select d.drop, d.token::text, s.subscription, s.label, a.login, p.code, d.period, d.revision,
		array_to_string(s.kinds, ','), s.format, s.packing, s.openpgp_key, s.schedule, s.zone,
		d.from_day, d.to_day, d.due_at, ops.now(), d.attempts + 1
	from delivery.subscription s
	join delivery.account a on a.account = s.account
	join party.party p on p.party = a.party
	where s.subscription = d.subscription;
end $$;

-- Until a drop that could not be built is tried again, in ms; null when none waits.
create or replace function delivery.build_next_ms()
returns int8
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select greatest(0, extract(epoch from min(x.at) - clock_timestamp()) * 1000)::int8
	from (select min(d.next_try_at) as at from delivery.drop d where d.state = 'DUE'
		union all
		select min(d.lease_until) from delivery.drop d where d.state = 'BUILDING') x
$$;

-- Keeps the lease for 60 seconds more.
create or replace function delivery.build_beat(of_drop int8, of_token text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	d delivery.drop := delivery.building(of_drop, of_token::uuid);
begin
	update delivery.drop o set lease_until = clock_timestamp() + interval '60 s'
	where o.drop = d.drop and o.token = d.token;
end $$;

-- The days that a drop of a kind looks at: its own; on change those that its loads touched; of billing
-- also 100 before, since a period may begin before the range in which it ends.
create or replace function delivery.build_range(d delivery.drop, kind text)
returns table (from_day date, to_day date)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select d.from_day - case kind when 'billing' then 100 else 0 end, d.to_day
	where d.from_day is not null
	union all
	select min(r.day), max(r.day)
	from delivery.drop_mark m
	join reads.rollup r on r.tdu = m.tdu and r.load > m.after_load and r.load <= m.load
	where d.from_day is null and m.drop = d.drop
	having min(r.day) is not null
$$;

-- Premises and days that may be in the drop, each with the agreement it is permitted by.
create or replace function delivery.build_rights(d delivery.drop, kind text)
returns table (premise int4, days daterange, agreement int8)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
declare
	s delivery.subscription := delivery.subscription_of(d.subscription);
	of_party int4 := (select a.party from delivery.account a where a.account = s.account);
	third_party bool := exists (select from party.csp c where c.party = of_party);
	r record;
begin
	select * into r from delivery.build_range(d, kind);
	if not found then
		return;
	end if;
	return query
	with may as (
		select a.premise, a.days
		from reads.all_days(of_party, build_rights.kind, r.from_day, r.to_day) a
		where s.scope = 'ALL'
		union all
		select a.premise, a.days
		from delivery.subscription_premise x
		cross join lateral reads.all_days(of_party, build_rights.kind, r.from_day, r.to_day,
			x.premise) a
		where s.scope <> 'ALL' and x.subscription = s.subscription
	), whole as (
		select m.premise, unnest(range_agg(m.days)) as days from may m group by m.premise
	)
	select w.premise, w.days, g.agreement
	from whole w
	left join lateral (
		select a.agreement from agreement.premise x
		join agreement.agreement a on a.agreement = x.agreement
		where third_party and x.premise = w.premise and a.csp = of_party and a.state = 'ACTIVE'
			and build_rights.kind = any (a.kinds) and a.starts_at <= ops.now()
			and ops.now() < a.ends_at and x.ended_at is null
			and (x.until is null or ops.now() < x.until)
		-- an old one and the renewal that follows it: one of them
		order by a.agreement limit 1
	) g on true
	where d.from_day is not null or exists (
		select from reads.day v
		join premise.premise p on p.premise = w.premise
		join delivery.drop_mark m on m.drop = d.drop and m.tdu = p.tdu
		where v.series in (w.premise * 8, w.premise * 8 + 1) and v.day <@ w.days
			and v.day between r.from_day and r.to_day
			and v.load > m.after_load and v.load <= m.load);
end $$;

-- Looks up and keeps what the drop may hold, and puts the release on record: commit before reading a page.
-- Gives the kinds with their numbers of pages; pages hold about 8,000 days of premises each.
create or replace function delivery.build_plan(of_drop int8, of_token text)
returns table (kind text, pages int4, premises int8, agreements text, names text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	d delivery.drop := delivery.building(of_drop, of_token::uuid);
	s delivery.subscription := delivery.subscription_of(d.subscription);
	a delivery.account;
	k text;
	made int8;
	counted int8;
begin
	select x.* into a from delivery.account x where x.account = s.account;
	delete from delivery.drop_basis b where b.drop = of_drop;
	-- the loads first: what comes between this and the look at the rights is looked at again
	insert into delivery.drop_mark as m (drop, tdu, load, rights_load)
	select of_drop, t.party, l.load, l.load
	from party.tdu t cross join lateral (select ledger.last_load(t.party) as load) l
	on conflict on constraint drop_mark_pkey do update set rights_load = excluded.rights_load,
		load = case when d.from_day is null then m.load else excluded.load end;
	foreach k in array s.kinds loop
		insert into delivery.drop_basis (drop, kind, page, agreement, days, premises)
		select of_drop, k, p.page, p.agreement, p.days, array_agg(p.premise order by p.premise)
		from (select r.*, ((dense_rank() over (order by r.premise) - 1)
				/ greatest(1, 4096 / greatest(1, coalesce(d.to_day - d.from_day + 1, 1))))::int4
				as page
			from delivery.build_rights(d, k) r) p
		group by p.page, p.agreement, p.days;
	end loop;
	select count(distinct u) into counted
	from delivery.drop_basis b, unnest(b.premises) u where b.drop = of_drop;
	made := audit.record('reads.released', a.login, a.party, null, jsonb_strip_nulls(jsonb_build_object(
		'door', 'drop', 'drop', of_drop, 'subscription', s.subscription, 'period', d.period,
		'revision', d.revision, 'kinds', s.kinds, 'from', d.from_day, 'to', d.to_day,
		'premises', counted,
		'agreements', (select count(distinct b.agreement) from delivery.drop_basis b
			where b.drop = of_drop))));
	update delivery.drop x set planned_at = clock_timestamp(), event = made,
		premises = counted,
		watermark = (select max(m.load) from delivery.drop_mark m where m.drop = of_drop)
	where x.drop = of_drop;
	return query
	select q, coalesce(max(b.page) + 1, 0), count(distinct u.premise),
		coalesce(string_agg(distinct b.agreement::text, ','), ''),
		-- SMT's form: 24 hexadecimal digits; ours are the subscription and the drop
		lpad(to_hex(s.subscription), 8, '0') || lpad(to_hex(of_drop), 16, '0')
	from unnest(s.kinds) q
	left join delivery.drop_basis b on b.drop = of_drop and b.kind = q
	left join lateral unnest(b.premises) u (premise) on true
	group by q order by q;
end $$;

-- Of each utility: its code, and up to which load the drop goes (after_load: only on change).
create or replace function delivery.build_marks(of_drop int8, of_token text)
returns table (tdu text, after_load int4, load int4)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select p.code, m.after_load, m.load
	from delivery.building(of_drop, of_token::uuid) d
	join delivery.drop_mark m on m.drop = d.drop
	join party.party p on p.party = m.tdu
	where m.load > 0
	order by p.code
$$;

-- Premises of a page, each with its days and how far its utility's loads count.
create or replace function delivery.build_premises(of_drop int8, of_kind text, of_page int4)
returns table (premise int4, days daterange, after_load int4, load int4, esiid text, tdu text, zone text)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select distinct u.premise, b.days, m.after_load, m.load, p.esiid, y.code, t.zone
	from delivery.drop_basis b
	cross join unnest(b.premises) u (premise)
	join premise.premise p on p.premise = u.premise
	join delivery.drop_mark m on m.drop = of_drop and m.tdu = p.tdu
	join party.tdu t on t.party = p.tdu
	join party.party y on y.party = p.tdu
	where b.drop = of_drop and b.kind = of_kind and b.page = of_page
$$;

-- The premises of a page, when they lie close together and have the same days: then one walk over what lies
-- between them is cheaper than a look at each. No row otherwise.
create or replace function delivery.build_dense(of_drop int8, of_kind text, of_page int4)
returns table (premises int4[], days daterange)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select array_agg(distinct u.premise), (array_agg(b.days))[1]
	from delivery.drop_basis b cross join unnest(b.premises) u (premise)
	where b.drop = of_drop and b.kind = of_kind and b.page = of_page
	having count(distinct b.days) = 1
		and max(u.premise) - min(u.premise) < 4 * count(distinct u.premise)
$$;

-- Interval reads of a page: current versions as of the drop's loads, by premise, day and channel.
create or replace function delivery.build_page(of_drop int8, of_token text, of_page int4)
returns table (channel int4, day date, created timestamptz, load int4, line int4, loaded_at timestamptz,
	data bytea, esiid text, tdu text, zone text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan set enable_seqscan = off set enable_hashjoin = off
set enable_mergejoin = off set enable_bitmapscan = off
as $$
declare
	d delivery.drop := delivery.building(of_drop, of_token::uuid);
	p record;
	low int4;
	high int4;
	later int4[];
begin
	select * into p from delivery.build_dense(of_drop, 'interval', of_page);
	if found then
		select min(u), max(u) into low, high from unnest(p.premises) u;
		-- what came since the plan; a load is of the premises of its utility alone
		select coalesce(array_agg(f.load), '{}') into later
		from delivery.drop_mark m join ledger.file f on f.party = m.tdu and f.load > m.load
		where m.drop = of_drop and f.state = 'LOADED';
		return query
		select v.series & 7, v.day, v.created, v.load, v.line, f.loaded_at, v.data, o.esiid, y.code,
			t.zone
		from (
			select distinct on (r.series, r.day) r.series, r.day, r.created, r.load, r.line,
				r.data
			from reads.day r
			where r.series between low * 8 and high * 8 + 1 and r.series & 6 = 0
				and r.day between d.from_day and d.to_day and r.day <@ p.days
				and r.series >> 3 = any (p.premises) and r.load <> all (later)
			order by r.series, r.day, r.created desc, r.load desc, r.line desc
		) v
		join ledger.file f on f.load = v.load
		join premise.premise o on o.premise = v.series >> 3
		join party.tdu t on t.party = o.tdu
		join party.party y on y.party = o.tdu
		order by v.series, v.day;
		return;
	end if;
	return query
	select v.series & 7, v.day, v.created, v.load, v.line, f.loaded_at, v.data, v.esiid, v.tdu, v.zone
	from (
		select distinct on (r.series, r.day) r.series, r.day, r.created, r.load, r.line, r.data,
			k.esiid, k.tdu, k.zone
		from (select * from delivery.build_premises(of_drop, 'interval', of_page) offset 0) k
		cross join generate_series(0, 1) c
		join reads.day r on r.series = k.premise * 8 + c and r.day between d.from_day and d.to_day
		where r.day <@ k.days and r.load <= k.load
		order by r.series, r.day, r.created desc, r.load desc, r.line desc
	) v
	join ledger.file f on f.load = v.load
	order by v.series, v.day;
end $$;

-- On change: days of which the current version is another than it was after the drop before, with that.
create or replace function delivery.build_changes(of_drop int8, of_token text, of_page int4)
returns table (channel int4, day date, created timestamptz, load int4, line int4, loaded_at timestamptz,
	data bytea, was_data bytea, was_created timestamptz, esiid text, tdu text, zone text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan set enable_seqscan = off set enable_hashjoin = off
set enable_mergejoin = off set enable_bitmapscan = off
as $$
declare
	d delivery.drop := delivery.building(of_drop, of_token::uuid);
	r record;
begin
	select * into r from delivery.build_range(d, 'interval');
	if not found then
		return;
	end if;
	return query
	select v.series & 7, v.day, v.created, v.load, v.line, f.loaded_at, v.data, w.data, w.created,
		v.esiid, v.tdu, v.zone
	from (
		select distinct on (n.series, n.day) n.series, n.day, n.created, n.load, n.line, n.data,
			k.esiid, k.tdu, k.zone, k.after_load
		from (select * from delivery.build_premises(of_drop, 'interval', of_page) offset 0) k
		cross join generate_series(0, 1) c
		join reads.day n on n.series = k.premise * 8 + c and n.day between r.from_day and r.to_day
		where n.day <@ k.days and n.load <= k.load
		order by n.series, n.day, n.created desc, n.load desc, n.line desc
	) v
	join ledger.file f on f.load = v.load
	left join lateral (
		select o.data, o.created from reads.day o
		where o.series = v.series and o.day = v.day and o.load <= v.after_load
		order by o.created desc, o.load desc, o.line desc
		limit 1
	) w on true
	where v.load > v.after_load
	order by v.series, v.day;
end $$;

create or replace function delivery.build_registers(of_drop int8, of_token text, of_page int4)
returns table (channel int4, day date, created timestamptz, load int4, start_wh int8, end_wh int8, wh int8,
	status text, esiid text, tdu text, zone text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan set enable_seqscan = off set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
	d delivery.drop := delivery.building(of_drop, of_token::uuid);
begin
	return query
	select v.series & 7, v.day, v.created, v.load, v.start_wh, v.end_wh,
		reads.register_wh(v.series >> 3, v.day, v.start_wh, v.end_wh, v.wh), v.status, v.esiid,
		v.tdu, v.zone
	from (
		select distinct on (r.series, r.day) r.*, k.esiid, k.tdu, k.zone
		from (select * from delivery.build_premises(of_drop, 'register', of_page) offset 0) k
		cross join generate_series(0, 1) c
		join reads.register r on r.series = k.premise * 8 + c
			and r.day between d.from_day and d.to_day
		where r.day <@ k.days and r.load <= k.load
		order by r.series, r.day, r.created desc, r.load desc, r.line desc
	) v
	order by v.series, v.day;
end $$;

-- Billing periods that end in the drop's days and are permitted from their first day on.
create or replace function delivery.build_billings(of_drop int8, of_token text, of_page int4)
returns table (channel int4, start_date date, end_date date, created timestamptz, load int4, wh int8,
	metered_w int8, billed_w int8, metered_va int8, billed_va int8, amount int8, currency text,
	items text, status text, esiid text, tdu text, zone text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan set enable_seqscan = off set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
	d delivery.drop := delivery.building(of_drop, of_token::uuid);
begin
	return query
	select v.series & 7, v.start_date, v.end_date, v.created, v.load, v.wh, v.metered_w, v.billed_w,
		v.metered_va, v.billed_va, v.amount, v.currency, v.items, v.status, v.esiid, v.tdu, v.zone
	from (
		select distinct on (r.series, r.end_date, r.start_date) r.*, k.esiid, k.tdu, k.zone
		from (select * from delivery.build_premises(of_drop, 'billing', of_page) offset 0) k
		cross join generate_series(0, 1) c
		join reads.billing r on r.series = k.premise * 8 + c
			and r.end_date between d.from_day and d.to_day
		where daterange(r.start_date, r.end_date, '[]') <@ k.days and r.load <= k.load
		order by r.series, r.end_date, r.start_date, r.created desc, r.load desc, r.line desc
	) v
	order by v.series, v.end_date, v.start_date;
end $$;

-- All files are durable: they appear in the box of that account, all in this transaction. files: a list of
-- {name, kind, manifest, sha256, size, plain_sha256, plain_size, rows, first, last}, digests in hex, times
-- in seconds. result: BUILT; AGAIN, when a right ended since the plan: it is due again, without that;
-- CANCELLED, when its party gets nothing any more.
create or replace function delivery.build_end(of_drop int8, of_token text, files jsonb)
returns table (result text, folder text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	d delivery.drop;
	s delivery.subscription;
	why text;
begin
	-- whoever ends or takes back the drop waits for this, or is seen by it
	perform from delivery.drop x where x.drop = of_drop for no key update;
	d := delivery.building(of_drop, of_token::uuid);
	s := delivery.subscription_of(d.subscription);
	why := delivery.drop_stopped(of_drop);
	if why is not null then
		-- nothing is made for one to whom nothing goes
		if exists (select from delivery.account a left join party.csp c on c.party = a.party
			where a.account = s.account and (a.state <> 'OPEN' or not party.csp_open(c.state))) then
			perform delivery.drop_move(of_drop, 'cancel', why, 'dropd');
			return query select 'CANCELLED', null::text;
		else
			perform delivery.drop_move(of_drop, 'retry', why, 'dropd');
			return query select 'AGAIN', null::text;
		end if;
		return;
	end if;
	insert into delivery.drop_file (drop, name, kind, manifest, sha256, size, plain_sha256, plain_size,
		rows, first_at, last_at, entry)
	select of_drop, f.name, f.kind, f.manifest, decode(f.sha256, 'hex'), f.size,
		decode(f.plain_sha256, 'hex'), f.plain_size, f.rows, to_timestamp(f.first),
		to_timestamp(f.last), delivery.enter_file(s.account, s.folder, f.name,
		decode(f.sha256, 'hex'), f.size, 'out', null)
	from jsonb_to_recordset(files) f (name text, kind text, manifest bool, sha256 text, size int8,
		plain_sha256 text, plain_size int8, rows int8, first int8, last int8)
	order by f.name;
	update delivery.entry e set drop = of_drop
	from delivery.drop_file f where f.drop = of_drop and e.entry = f.entry;
	update delivery.drop x set (rows, first_at, last_at) = (
		select coalesce(sum(f.rows), 0), min(f.first_at), max(f.last_at)
		from delivery.drop_file f where f.drop = of_drop and not f.manifest)
	where x.drop = of_drop;
	perform delivery.drop_move(of_drop, 'build', null, 'dropd');
	perform delivery.push_queue(of_drop);
	perform hook.record('drop.ready', (select a.party from delivery.account a where a.account = s.account), null, null,
		jsonb_build_object('drop', of_drop, 'subscription', s.subscription, 'label', s.label, 'period', d.period,
		'revision', d.revision, 'folder', s.folder, 'files', (select jsonb_agg(jsonb_build_object('name', f.name,
			'size', f.size, 'sha256', encode(f.sha256, 'hex'), 'rows', f.rows) order by f.name)
			from delivery.drop_file f where f.drop = of_drop)));
	perform pg_notify('delivery_built', of_drop::text);
	return query select 'BUILT', s.folder;
end $$;

-- It could not be built. Tried again after 1, 2, 4... minutes, an hour at most, unless that is no use;
-- after ten attempts it has failed.
create or replace function delivery.build_fail(of_drop int8, of_token text, words text, for_good bool)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	d delivery.drop := delivery.building(of_drop, of_token::uuid);
begin
	d := delivery.drop_move(of_drop, case when for_good or d.attempts >= 10 then 'fail' else 'retry' end,
		left(words, 500), 'dropd');
	update delivery.drop x set next_try_at = clock_timestamp()
		+ least(3600, 60 * power(2, least(x.attempts, 10) - 1)) * interval '1 s'
	where x.drop = of_drop;
	return d.state;
end $$;
