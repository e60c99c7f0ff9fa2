-- Reference files: rows of stage.<format> become events, and what is derived from them is made anew
-- for the premises they name. Each loader gives its findings and empties its rows. Column numbers are
-- not known here (a file may order its columns freely), so findings blame the record: col 0.
set local check_function_bodies = off;

-- Tells the planner what the staging table holds, when that is much: without, it takes 0.5 % of the rows
-- to be of the load and nests loops. Called before anything else is locked, since loads of the same
-- format by two utilities follow one another from here on.
create or replace function premise.stage_measure(load int4, format text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
set default_statistics_target = 10
as $$
declare
	much bool;
begin
	execute format('select count(*) > 1000 from (select from stage.%I s where s.load = $1 limit 1001) s',
		format) into much using load;
	if much then
		execute format('analyze stage.%I', format);
	end if;
end $$;

-- What all formats with ESI IDs have in common. Rows about another utility's ESI ID are removed and
-- reported; ESI IDs never seen become stubs; rows about stubs are kept and reported (not for the
-- premise format itself, which makes them known).
create or replace function premise.stage_check(load int4, format text)
returns table (line int8, col int4, rule text, severity text, esiid text, found text, expected text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan set work_mem = '64MB'
as $$
declare
	f ledger.file := ledger.loading(load);
begin
	return query execute format($x$
		with foreign_rows as (
			delete from stage.%1$I s
			using (select d.esiid, coalesce(p.tdu, o.tdu) as owner
				from (select distinct x.esiid from stage.%1$I x where x.load = $1) d
				left join premise.premise p on p.esiid = d.esiid
				left join party.tdu_prefix o on o.prefix = substr(d.esiid, 1, 7)::int4) o
			where s.load = $1 and s.esiid = o.esiid and o.owner <> $2
			returning s.line, s.esiid, o.owner
		)
		select r.line::int8, 0, 'other-utility', ops.severity($2, 'other-utility', 'reject'),
			r.esiid, r.esiid, 'an ESI ID of the sender; this one is ' || p.code || '''s'
		from foreign_rows r join party.party p on p.party = r.owner $x$, format)
	using load, f.party;
	execute format($x$
		with made as (
			insert into premise.premise (esiid, tdu)
			select distinct s.esiid collate "C", $2 from stage.%1$I s
			where s.load = $1 and not exists (
				select from premise.premise p where p.esiid = s.esiid)
			order by 1
			on conflict do nothing
			returning premise
		)
		insert into premise.touched (load, premise) select $1, m.premise from made m $x$, format)
	using load, f.party;
	if format = 'premise' then
		return;
	end if;
	return query execute format($x$
		select s.line::int8, 0, 'unknown-esiid', v.severity, s.esiid, s.esiid,
			'a known premise; kept until it arrives'
		from stage.%1$I s
		join premise.premise p on p.esiid = s.esiid and not p.known
		cross join (select ops.severity($2, 'unknown-esiid', 'flag') as severity) v
		where s.load = $1 and v.severity <> 'off' $x$, format)
	using load, f.party;
end $$;

-- Rows of one file that are made at the same time, about the same thing, and say different things:
-- none of them is taken, so their order in the file cannot matter. `same` names the columns that say
-- what a row is about.
create or replace function premise.stage_conflicts(load int4, format text, same text)
returns table (line int8, col int4, rule text, severity text, esiid text, found text, expected text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan set work_mem = '64MB'
as $$
declare
	f ledger.file := ledger.loading(load);
begin
	return query execute format($x$
		with twice as (
			select %2$s, coalesce(g.created, $3) as made_at, min(g.line) as first_line
			from stage.%1$I g where g.load = $1
			group by %2$s, coalesce(g.created, $3)
			having count(*) > 1
		), groups as (
			select %4$s, g.made_at, g.first_line,
				count(distinct to_jsonb(s) - 'line' - 'created') as sayings
			from twice g join stage.%1$I s on s.load = $1 and (%3$s) = (%4$s)
				and coalesce(s.created, $3) = g.made_at
			group by %4$s, g.made_at, g.first_line
		), bad as (
			delete from stage.%1$I s using groups g
			where s.load = $1 and (%3$s) = (%4$s) and coalesce(s.created, $3) = g.made_at
				and (g.sayings > 1 or s.line > g.first_line)
			returning s.line, s.esiid, g.sayings, g.first_line
		)
		select b.line::int8, 0, 'conflict', ops.severity($2, 'conflict', 'reject'), b.esiid,
			format('%%s different records of the same time and effect', b.sayings),
			case when b.line = b.first_line then 'one record'
				else 'one record; see also line ' || b.first_line end
		from bad b where b.sayings > 1 order by b.line $x$, format, same,
		's.' || replace(same, ', ', ', s.'), 'g.' || replace(same, ', ', ', g.'))
	using load, f.party, f.received_at;
end $$;

create or replace function premise.load_premise(load int4)
returns table (line int8, col int4, rule text, severity text, esiid text, found text, expected text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan set work_mem = '64MB'
as $$
declare
	f ledger.file := ledger.loading(load);
	touched int4[];
	news int4[];
begin
	perform premise.stage_measure(load, 'premise');
	return query
	with bad as (
		delete from stage.premise s
		where s.load = load_premise.load and s.ends < s.effective
		returning s.*
	)
	select b.line::int8, 0, 'field', ops.severity(f.party, 'field', 'reject'), b.esiid,
		format('effective %s, ends %s', b.effective, b.ends), 'ends not before effective'
	from bad b order by b.line;
	return query select * from premise.stage_check(load, 'premise');
	return query select * from premise.stage_conflicts(load, 'premise', 'esiid, effective');
	select array_agg(distinct p.premise), array_agg(distinct p.premise) filter (where not p.known)
	into touched, news
	from stage.premise s join premise.premise p on p.esiid = s.esiid
	where s.load = load_premise.load;
	perform premise.due_count(load, f.party, touched, -1);
	insert into premise.premise_event (premise, effective, created, load, line, commodity, class,
		status, ends, street, city, state, zip, load_profile, rate_class, service_voltage, channels)
	select p.premise, s.effective, coalesce(s.created, f.received_at), s.load, s.line,
		coalesce(s.commodity, 'ELECTRIC'), s.class, s.status, s.ends, s.street, s.city, s.state,
		s.zip, s.load_profile, s.rate_class, s.service_voltage,
		case when s.channels = 'LOAD_GENERATION' then 2 else 1 end
	from stage.premise s join premise.premise p on p.esiid = s.esiid
	where s.load = load_premise.load;
	delete from stage.premise s where s.load = load_premise.load;
	perform premise.rebuild_premise(touched);
	perform premise.due_count(load, f.party, touched, 1);
	delete from premise.due d where d.load = load_premise.load and d.delta = 0;
	insert into premise.touched (load, premise) select load_premise.load, u.p from unnest(news) u (p)
	on conflict do nothing;
	perform reads.rollup_known(load, f.party, news);
end $$;

create or replace function premise.load_meter(load int4)
returns table (line int8, col int4, rule text, severity text, esiid text, found text, expected text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan set work_mem = '64MB'
as $$
declare
	f ledger.file := ledger.loading(load);
	touched int4[];
begin
	perform premise.stage_measure(load, 'meter');
	return query
	with bad as (
		delete from stage.meter s
		where s.load = load_meter.load and s.removed < s.effective
		returning s.*
	)
	select b.line::int8, 0, 'field', ops.severity(f.party, 'field', 'reject'), b.esiid,
		format('effective %s, removed %s', b.effective, b.removed),
		'removed not before effective'
	from bad b order by b.line;
	return query select * from premise.stage_check(load, 'meter');
	return query select * from premise.stage_conflicts(load, 'meter', 'esiid, effective');
	select array_agg(distinct p.premise) into touched
	from stage.meter s join premise.premise p on p.esiid = s.esiid where s.load = load_meter.load;
	insert into premise.meter_event (premise, effective, created, load, line, meter_number, removed,
		multiplier, dials, manufacturer, model, meter_class, phases, utility_meter_id, interval_s,
		installed, tested, firmware)
	select p.premise, s.effective, coalesce(s.created, f.received_at), s.load, s.line,
		s.meter_number, s.removed, s.multiplier, s.dials, s.manufacturer, s.model, s.meter_class,
		s.phases, s.utility_meter_id, s.interval_s, s.installed, s.tested, s.firmware
	from stage.meter s join premise.premise p on p.esiid = s.esiid where s.load = load_meter.load;
	delete from stage.meter s where s.load = load_meter.load;
	perform premise.rebuild_meter(touched);
end $$;

create or replace function premise.load_rep(load int4)
returns table (line int8, col int4, rule text, severity text, esiid text, found text, expected text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan set work_mem = '64MB'
as $$
declare
	f ledger.file := ledger.loading(load);
	touched int4[];
begin
	perform premise.stage_measure(load, 'rep');
	return query
	with bad as (
		delete from stage.rep s
		where s.load = load_rep.load and s.rep is not null and not exists (
			select from party.rep r where r.certificate = s.rep)
		returning s.line, s.esiid, s.rep
	)
	select b.line::int8, 0, 'unknown-rep', ops.severity(f.party, 'unknown-rep', 'reject'), b.esiid,
		b.rep, 'the PUCT certificate number of a registered REP'
	from bad b order by b.line;
	return query select * from premise.stage_check(load, 'rep');
	return query select * from premise.stage_conflicts(load, 'rep', 'esiid, effective');
	select array_agg(distinct p.premise) into touched
	from stage.rep s join premise.premise p on p.esiid = s.esiid where s.load = load_rep.load;
	insert into premise.rep_event (premise, effective, created, load, line, rep)
	select p.premise, s.effective, coalesce(s.created, f.received_at), s.load, s.line, r.party
	from stage.rep s
	join premise.premise p on p.esiid = s.esiid
	left join party.rep r on r.certificate = s.rep
	where s.load = load_rep.load;
	delete from stage.rep s where s.load = load_rep.load;
	perform premise.rebuild_rep(touched);
end $$;

create or replace function premise.load_occupancy(load int4)
returns table (line int8, col int4, rule text, severity text, esiid text, found text, expected text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan set work_mem = '64MB'
as $$
declare
	f ledger.file := ledger.loading(load);
	touched int4[];
begin
	perform premise.stage_measure(load, 'occupancy');
	return query select * from premise.stage_check(load, 'occupancy');
	return query select * from premise.stage_conflicts(load, 'occupancy', 'esiid, effective');
	perform premise.ensure_customers(f.party, (select array_agg(distinct s.account_index)
		from stage.occupancy s where s.load = load_occupancy.load));
	return query
	select s.line::int8, 0, 'unknown-account', v.severity, s.esiid, null::text,
		'a known customer account; kept until it arrives'
	from stage.occupancy s
	join premise.customer c on c.tdu = f.party and c.account_index = s.account_index
	cross join (select ops.severity(f.party, 'unknown-account', 'flag') as severity) v
	where s.load = load_occupancy.load and not c.known and v.severity <> 'off'
	order by s.line;
	select array_agg(distinct p.premise) into touched
	from stage.occupancy s join premise.premise p on p.esiid = s.esiid
	where s.load = load_occupancy.load;
	insert into premise.occupancy_event (premise, effective, created, load, line, customer)
	select p.premise, s.effective, coalesce(s.created, f.received_at), s.load, s.line, c.customer
	from stage.occupancy s
	join premise.premise p on p.esiid = s.esiid
	left join premise.customer c on c.tdu = f.party and c.account_index = s.account_index
	where s.load = load_occupancy.load;
	delete from stage.occupancy s where s.load = load_occupancy.load;
	perform premise.rebuild_occupancy(touched);
end $$;

-- Of each account the newest statement counts, with all its phones, e-mails and premises; there is no
-- history of personal data.
create or replace function premise.load_customer(load int4)
returns table (line int8, col int4, rule text, severity text, esiid text, found text, expected text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan set work_mem = '64MB'
as $$
declare
	f ledger.file := ledger.loading(load);
	newer int4[];
begin
	perform premise.stage_measure(load, 'customer');
	return query
	with foreign_rows as (
		select s.line, e.esiid, coalesce(p.tdu, x.tdu) as owner
		from stage.customer s
		cross join unnest(s.esiids) e (esiid)
		left join premise.premise p on p.esiid = e.esiid
		left join party.tdu_prefix x on x.prefix = substr(e.esiid, 1, 7)::int4
		where s.load = load_customer.load
	), bad as (
		delete from stage.customer s using (select distinct on (r.line) r.* from foreign_rows r
			where r.owner <> f.party order by r.line, r.esiid) o
		where s.load = load_customer.load and s.line = o.line
		returning s.line, o.esiid, o.owner
	)
	select b.line::int8, 0, 'other-utility', ops.severity(f.party, 'other-utility', 'reject'),
		b.esiid, b.esiid, 'an ESI ID of the sender; this one is ' || p.code || '''s'
	from bad b join party.party p on p.party = b.owner order by b.line;

	perform premise.ensure_customers(f.party, (select array_agg(distinct s.account_index)
		from stage.customer s where s.load = load_customer.load));
	with made as (
		insert into premise.premise (esiid, tdu)
		select distinct e.esiid collate "C", f.party
		from stage.customer s cross join unnest(s.esiids) e (esiid)
		where s.load = load_customer.load
			and not exists (select from premise.premise p where p.esiid = e.esiid)
		order by 1
		on conflict do nothing
		returning premise
	)
	insert into premise.touched (load, premise) select load_customer.load, m.premise from made m;
	return query
	select s.line::int8, 0, 'unknown-esiid', v.severity, e.esiid, e.esiid,
		'a known premise; kept until it arrives'
	from stage.customer s
	cross join unnest(s.esiids) e (esiid)
	join premise.premise p on p.esiid = e.esiid and not p.known
	cross join (select ops.severity(f.party, 'unknown-esiid', 'flag') as severity) v
	where s.load = load_customer.load and v.severity <> 'off'
	order by s.line, e.esiid;

	with newest as (
		select distinct on (s.account_index) s.*, coalesce(s.created, f.received_at) as made_at
		from stage.customer s
		where s.load = load_customer.load
		order by s.account_index, coalesce(s.created, f.received_at) desc, s.line desc
	), written as (
		update premise.customer c
		set known = true, kind = n.kind, language = n.language,
			account_sealed = n.account_sealed, name_sealed = n.name_sealed,
			name_index = n.name_index, address_sealed = n.address_sealed,
			address_index = n.address_index, created = n.made_at, load = n.load, line = n.line
		from newest n
		where c.tdu = f.party and c.account_index = n.account_index
			and (c.created is null
				or (n.made_at, n.load, n.line) > (c.created, c.load, c.line))
		returning c.customer
	)
	select array_agg(w.customer) into newer from written w;

	delete from premise.contact x where x.customer = any (newer);
	insert into premise.contact (customer, kind, sealed, index)
	select c.customer, k.kind, k.sealed, k.index
	from premise.customer c
	join stage.customer s on s.load = c.load and s.line = c.line
	cross join lateral (
		select 'phone', u.* from unnest(s.phones_sealed, s.phones_index) u
		union all select 'email', u.* from unnest(s.emails_sealed, s.emails_index) u
	) k (kind, sealed, index)
	where c.customer = any (newer)
	on conflict do nothing;		-- the same number twice in one list
	delete from premise.account_premise x where x.customer = any (newer);
	insert into premise.account_premise (customer, premise)
	select distinct c.customer, p.premise
	from premise.customer c
	join stage.customer s on s.load = c.load and s.line = c.line
	cross join unnest(s.esiids) e (esiid)
	join premise.premise p on p.esiid = e.esiid
	where c.customer = any (newer);
	delete from stage.customer s where s.load = load_customer.load;
end $$;

create or replace function premise.load_rate(load int4)
returns table (line int8, col int4, rule text, severity text, esiid text, found text, expected text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan set work_mem = '64MB'
as $$
declare
	f ledger.file := ledger.loading(load);
begin
	perform premise.stage_measure(load, 'rate');
	return query
	with bad as (
		delete from stage.rate s
		where s.load = load_rate.load and (s.from_time >= s.to_time or s.ends < s.effective)
		returning s.*
	)
	select b.line::int8, 0, 'field', ops.severity(f.party, 'field', 'reject'), null::text,
		case when b.from_time >= b.to_time
			then format('from %s to %s minutes of the day', b.from_time, b.to_time)
			else format('effective %s, ends %s', b.effective, b.ends) end,
		case when b.from_time >= b.to_time then 'from_time before to_time'
			else 'ends not before effective' end
	from bad b order by b.line;
	insert into premise.rate (tdu, rate, channel, effective, ends, days, from_minute, to_minute,
		price_micro, currency, created, load, line)
	select f.party, s.rate, case when s.channel = 'GENERATION' then 1 else 0 end, s.effective,
		s.ends, coalesce(s.days, 'ALL'), s.from_time, s.to_time, s.price, s.currency,
		coalesce(s.created, f.received_at), s.load, s.line
	from stage.rate s where s.load = load_rate.load;
	delete from stage.rate s where s.load = load_rate.load;
end $$;
