-- Partitions of reads.day: one a day while a month is open, one a month after it is closed.
-- LIKE and ATTACH rather than PARTITION OF: the parent is then locked against other makers of
-- partitions only, not against those who read or load.
set local check_function_bodies = off;

-- Does a partition hold this day? Days have day_YYYYMMDD, merged months month_YYYYMM.
create or replace function reads.has_partition(day date)
returns bool
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select to_regclass('reads.day_' || to_char(day, 'YYYYMMDD')) is not null
		or to_regclass('reads.month_' || to_char(day, 'YYYYMM')) is not null
$$;

-- An empty table like reads.day whose rows are checked to be of [from_day, to_day).
create or replace function reads.make_part(name text, from_day date, to_day date)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	execute format('create table reads.%I (like reads.day including defaults including storage, '
		'constraint span check (day >= %L and day < %L)) '
		'with (autovacuum_vacuum_insert_scale_factor = 0.5)', name, from_day, to_day);
end $$;

-- Attaches it; the check has proved the bounds and is not needed any more.
create or replace function reads.attach_part(name text, from_day date, to_day date)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	execute format('alter table reads.%I add primary key (series, day, load, line)', name);
	execute format('alter table reads.day attach partition reads.%I for values from (%L) to (%L)',
		name, from_day, to_day);
	execute format('alter table reads.%I drop constraint span', name);
end $$;

create or replace function reads.ensure_days(days date[])
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	one date;
begin
	if cardinality(days) > 4000 then
		raise exception using errcode = 'BB006', message = 'partitions for more than 4000 days';
	end if;
	if not exists (select from unnest(days) d (day) where not reads.has_partition(d.day)) then
		return;		-- the usual case: no lock
	end if;
	perform pg_advisory_xact_lock(3, 0);
	for one in select distinct d.day from unnest(days) d (day) order by 1 loop
		continue when reads.has_partition(one);
		perform reads.make_part('day_' || to_char(one, 'YYYYMMDD'), one, one + 1);
		perform reads.attach_part('day_' || to_char(one, 'YYYYMMDD'), one, one + 1);
	end loop;
end $$;

-- The leaves that hold any day of [from_day, to_day), with the days that they hold.
create or replace function reads.parts()
returns table (part text, from_day date, to_day date)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select c.relname::text,
		case when c.relname like 'day\_%' then to_date(substr(c.relname, 5), 'YYYYMMDD')
			else to_date(substr(c.relname, 7), 'YYYYMM') end,
		case when c.relname like 'day\_%' then to_date(substr(c.relname, 5), 'YYYYMMDD') + 1
			else (to_date(substr(c.relname, 7), 'YYYYMM') + interval '1 month')::date end
	from pg_inherits i join pg_class c on c.oid = i.inhrelid
	where i.inhparent = 'reads.day'::regclass
	order by 2
$$;

-- Makes one partition, in (series, day) order, of a month's days: the same rows with every version.
-- Corrections of that month wait meanwhile, loads of other months do not. Returns how many rows.
create or replace function reads.merge_month(month date, actor text default session_user)
returns int8
language plpgsql security definer set search_path = pg_catalog, pg_temp
set lock_timeout = '10s'
as $$
declare
	first_day date := date_trunc('month', month)::date;
	next_month date := (date_trunc('month', month) + interval '1 month')::date;
	name text := 'month_' || to_char(month, 'YYYYMM');
	part text;
	parts text[];
	n int8;
begin
	perform pg_advisory_xact_lock(3, 0);
	if to_regclass('reads.' || name) is not null then
		raise exception using errcode = 'BB004',
			message = format('%s is merged already', to_char(month, 'YYYY-MM'));
	end if;
	parts := array(select p.part from reads.parts() p
		where p.from_day >= first_day and p.to_day <= next_month order by p.from_day);
	perform reads.make_part(name, first_day, next_month);
	foreach part in array parts loop
		execute format('lock table reads.%I in share mode', part);
	end loop;
	execute format('insert into reads.%I select * from reads.day where day >= %L and day < %L '
		'order by series, day, load, line', name, first_day, next_month);
	get diagnostics n = row_count;
	foreach part in array parts loop
		execute format('alter table reads.day detach partition reads.%I', part);
		execute format('drop table reads.%I', part);
	end loop;
	perform reads.attach_part(name, first_day, next_month);
	execute format('analyze reads.%I', name);
	perform audit.record('reads.merged', actor, null, null,
		jsonb_build_object('month', to_char(month, 'YYYY-MM'), 'rows', n));
	return n;
end $$;

-- Removes what is older than a day: whole partitions that end by then, and older register and billing
-- reads and remarks. Roll-ups stay.
create or replace function reads.purge(before date, actor text default session_user)
returns int4
language plpgsql security definer set search_path = pg_catalog, pg_temp
set lock_timeout = '10s'
as $$
declare
	one record;
	dropped text[] := '{}';
	registers int8;
	billings int8;
begin
	if before > ops.now()::date - 28 then
		raise exception using errcode = 'BB003', message = format(
			'purge of reads before %s, expected a day at least four weeks back', before);
	end if;
	perform pg_advisory_xact_lock(3, 0);
	for one in select p.part from reads.parts() p where p.to_day <= before loop
		execute format('alter table reads.day detach partition reads.%I', one.part);
		execute format('drop table reads.%I', one.part);
		dropped := dropped || one.part;
	end loop;
	delete from reads.flag f where f.day < before;
	delete from reads.register r where r.day < before;
	get diagnostics registers = row_count;
	delete from reads.billing b where b.end_date < before;
	get diagnostics billings = row_count;
	if cardinality(dropped) + registers + billings > 0 then
		perform audit.record('reads.purged', actor, null, null, jsonb_build_object(
			'before', before, 'partitions', to_jsonb(dropped), 'registers', registers,
			'billings', billings));
	end if;
	return cardinality(dropped);
end $$;

-- One step of housekeeping by the settings: purges, or merges the oldest closed month. Says what it
-- did; no row: nothing is left to do. Call it in a transaction of its own until then.
create or replace function reads.housekeep(actor text default session_user)
returns table (done text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	today date := (ops.now() at time zone 'UTC')::date;
	keep date := (date_trunc('month', today)
		- make_interval(months => ops.setting_of('reads.keep_months')::int4))::date;
	closed date := today - ops.setting_of('reads.merge_after_days')::int4;
	month date;
	n int4 := reads.purge(keep, actor);
begin
	if n > 0 then
		return query select format('purged %s partitions before %s', n, keep);
		return;
	end if;
	select date_trunc('month', min(p.from_day))::date into month
	from reads.parts() p
	where p.part like 'day\_%' and (date_trunc('month', p.from_day) + interval '1 month')::date <= closed;
	if month is not null then
		return query select format('merged %s: %s rows', to_char(month, 'YYYY-MM'),
			reads.merge_month(month, actor));
	end if;
end $$;
