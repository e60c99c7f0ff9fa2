-- The hub's clock, settings, rules of a utility, status. The invariants are in ops_check.sql.
set local check_function_bodies = off;

-- The hub's clock: agreements, schedules and reading dates follow it. Sessions, leases, limits and
-- audit.recorded_at follow the real one. PL/pgSQL, as whatever is called for each row: its plan is kept.
create or replace function ops.now()
returns timestamptz
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
	return (select clock_timestamp() + c.ahead from ops.clock c);
end $$;

create or replace function ops.today(zone text)
returns date
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
	set plan_cache_mode = force_generic_plan
as $$
begin
	return (
		select (ops.now() at time zone zone)::date);
end $$;

-- A figure that was counted within the last ten seconds (null: none). Who counts says by ops.keep() what it was, when it had
-- to look at ten thousand rows or more: what is small is never old.
create or replace function ops.kept(name text, of text)
returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
	return (select k.value from ops.kept k where k.name = kept.name and k.of = kept.of
		and k.counted_at between clock_timestamp() - interval '10 s' and clock_timestamp());
end $$;

create or replace function ops.keep(name text, of text, rows_seen int8, value jsonb)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	if rows_seen < 10000 then
		return;
	end if;
	insert into ops.kept as k (name, of, counted_at, value) values (keep.name, keep.of, clock_timestamp(), keep.value)
	on conflict on constraint kept_pkey do update set counted_at = excluded.counted_at, value = excluded.value;
end $$;

create or replace function ops.setting_of(name text)
returns text
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
	found_value text;
begin
	select s.value into found_value from ops.setting s where s.name = setting_of.name;
	if not found then
		raise exception using errcode = 'BB001',
			message = format('there is no setting "%s"', name);
	end if;
	return found_value;
end $$;

-- clock.movable is not for the operator: the owner sets it when a demo or sandbox is installed. Only a whole number is
-- changed, within the setting's own limits.
create or replace function ops.setting_set(name text, value text, actor text default session_user)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	was text := ops.setting_of(name);
	may ops.setting := (select s from ops.setting s where s.name = setting_set.name);
begin
	if name = 'clock.movable' then
		raise exception using errcode = 'BB002',
			message = 'clock.movable is set by the owner of the schema alone';
	end if;
	if may.least is null then
		raise exception using errcode = 'BB003', message = format('%s is not changed here', name);
	elsif value !~ '^[1-9][0-9]{0,8}$' or value::int4 not between may.least and may.most then
		raise exception using errcode = 'BB003',
			message = format('%s is "%s", expected a whole number from %s to %s', name, value, may.least, may.most);
	end if;
	update ops.setting s set value = setting_set.value where s.name = setting_set.name;
	perform audit.record('setting.changed', actor, null, null,
		jsonb_build_object('name', name, 'was', was, 'value', value));
end $$;

create or replace function ops.clock_show()
returns table (now timestamptz, "real" timestamptz, ahead_s int8, movable bool)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select r.at + c.ahead, r.at, extract(epoch from c.ahead)::int8,
		ops.setting_of('clock.movable') = 'true'
	from ops.clock c, (select clock_timestamp() as at) r
$$;

create or replace function ops.clock_must_move()
returns void
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
	if ops.setting_of('clock.movable') <> 'true' then
		raise exception using errcode = 'BB002',
			message = 'the clock of this hub cannot be moved (setting clock.movable)';
	end if;
end $$;

-- Adds elapsed time; days and weeks are 24 and 168 hours.
create or replace function ops.clock_advance(by interval, actor text default session_user)
returns timestamptz
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	exact interval := make_interval(secs => extract(epoch from by)::float8);
begin
	perform ops.clock_must_move();
	if exact <= '0' or exact > '87600 hours' then
		raise exception using errcode = 'BB003',
			message = format('the clock moves ahead by %s, expected more than nothing and at '
				'most ten years', by);
	end if;
	update ops.clock set ahead = ahead + exact;
	perform audit.record('clock.advanced', actor, null, null,
		jsonb_build_object('by', exact, 'now', ops.now()));
	perform pg_notify('ops_clock', '');
	return ops.now();
end $$;

-- Back to the real time. What happened meanwhile stays.
create or replace function ops.clock_reset(actor text default session_user)
returns timestamptz
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	perform ops.clock_must_move();
	update ops.clock set ahead = '0';
	perform audit.record('clock.reset', actor, null, null, jsonb_build_object('now', ops.now()));
	perform pg_notify('ops_clock', '');
	return ops.now();
end $$;

create or replace function ops.rules_of(tdu int4)
returns table (code text, severity text, threshold int8)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select r.code, r.severity, r.threshold from ops.rule r where r.tdu = rules_of.tdu order by 1
$$;

create or replace function ops.rule_set(tdu int4, code text, severity text, threshold int8,
	actor text default session_user)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	if not exists (select from party.tdu t where t.party = rule_set.tdu) then
		raise exception using errcode = 'BB001', message = 'there is no such utility';
	end if;
	insert into ops.rule as r (tdu, code, severity, threshold)
	values (rule_set.tdu, rule_set.code, rule_set.severity, rule_set.threshold)
	on conflict on constraint rule_pkey do update
	set severity = excluded.severity, threshold = excluded.threshold;
	perform audit.record('rule.changed', actor, rule_set.tdu, null, jsonb_build_object(
		'code', code, 'severity', severity, 'threshold', threshold));
exception when check_violation then
	raise exception using errcode = 'BB003', message = format('rule "%s" with severity "%s" and '
		'threshold %s, expected a code in lower case, one of off, flag, quarantine, reject, '
		'hold, and a threshold of 0 or more', code, severity, threshold);
end $$;

-- What the utility wants of a rule, or the preset.
create or replace function ops.severity(tdu int4, code text, preset text)
returns text
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select coalesce((select r.severity from ops.rule r
		where r.tdu = severity.tdu and r.code = severity.code), preset)
$$;

create or replace function ops.threshold(tdu int4, code text, preset int8)
returns int8
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select coalesce((select r.threshold from ops.rule r
		where r.tdu = threshold.tdu and r.code = threshold.code), preset)
$$;

create or replace function ops.schema_number()
returns int4
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select coalesce(max(number), 0) from ops.migration
$$;

create or replace function ops.status()
returns table (name text, value text)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select 'schema', ops.schema_number()::text
	union all select 'clock.ahead', c.ahead::text from ops.clock c
	union all select 'clock.expiry', coalesce('waits since ' || w.paused_since, 'runs') from agreement.watch w
	union all select 'files.' || lower(s.state), count(f.file)::text
		from (values ('RECEIVED'), ('LOADED'), ('INVITED'), ('HELD'), ('REFUSED'), ('DISCARDED')) s (state)
		left join ledger.file f on f.state = s.state
		group by s.state
	union all select 'files.waiting_s', coalesce(extract(epoch from
			clock_timestamp() - min(f.received_at))::int8, 0)::text
		from ledger.file f where f.state = 'RECEIVED'
	-- late: due for a quarter of an hour by the hub's clock
	union all select 'drops.due', count(*)::text from delivery.drop d
		where d.state in ('DUE', 'BUILDING')
	union all select 'drops.late', count(*)::text from delivery.drop d
		where d.state in ('DUE', 'BUILDING') and d.due_at < ops.now() - interval '15 min'
	union all select 'drops.failed', count(*)::text from delivery.drop d where d.state = 'FAILED'
		and not exists (select from delivery.drop n where n.subscription = d.subscription
			and n.period = d.period and n.revision > d.revision)
	union all select 'premises.known', count(*)::text from premise.premise p where p.known
	union all select 'premises.stubs', count(*)::text from premise.premise p where not p.known
	union all select 'meter_days', coalesce(sum(r.meter_days), 0)::text from reads.rollup r
	union all select 'partitions', count(*)::text
		from pg_inherits i where i.inhparent = 'reads.day'::regclass
	union all select 'endpoints.' || lower(s.state), count(e.endpoint)::text
		from (values ('UNPROVEN'), ('PROVEN'), ('FAILED')) s (state)
		left join delivery.endpoint e on e.state = s.state
		group by s.state
	union all select 'pushes.' || lower(s.state), count(p.push)::text
		from (values ('QUEUED'), ('SENDING'), ('FAILED')) s (state)
		left join delivery.push p on p.state = s.state
		group by s.state
	-- what waits for a person (docs/abuse.md)
	union all select 'shares.held', count(*)::text from agreement.agreement a where a.state = 'HELD'
	union all select 'radar.hits', count(*)::text
		from radar.hit h join radar.detector d on d.detector = h.detector
		where h.cleared_at is null and h.agreement is null and h.at > ops.now() - d.time_window
	union all select 'complaints.open', count(*)::text from radar.complaint c where c.state = 'OPEN'
	union all select 'orders.open', count(*)::text from radar.commission_order o where o.carried_out_at is null
	union all select 'approvals.open', count(*)::text from ops.approval a
		where a.state = 'ASKED' and a.valid_until > clock_timestamp()
	union all select 'csps.suspended', count(*)::text from party.csp c where c.state = 'SUSPENDED'
	union all select 'database.bytes', pg_database_size(current_database())::text
$$;
