-- How long what is kept, and its removal when the time is over: in steps of a transaction each, on record.
set local check_function_bodies = off;

create or replace function ops.did(what text)
returns void
language sql security definer set search_path = pg_catalog, pg_temp
as $$
	insert into ops.done (what, at) values (did.what, clock_timestamp())
	on conflict (what) do update set at = excluded.at, times = ops.done.times + 1
$$;

create or replace function ops.dids()
returns table (what text, at timestamptz, age_s int8)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select d.what, d.at, greatest(0, extract(epoch from clock_timestamp() - d.at))::int8 from ops.done d order by d.what
$$;

create or replace function ops.retention_list()
returns table (thing text, keep_days int4, least_days int4, removed_by text, since text, holds text, why text)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select r.thing, case r.thing
			when 'audit.personal' then (ops.setting_of('audit.personal_keep_years')::int4 * 365.25)::int4
			when 'reads.day' then (ops.setting_of('reads.keep_months')::int4 * 30.5)::int4
			when 'hook.event' then ops.setting_of('hook.keep_days')::int4
			else r.keep_days end,
		r.least_days, r.removed_by, r.since, r.holds, r.why
	from ops.retention r order by r.thing
$$;

create or replace function ops.retention_set(thing text, days int4, actor text default session_user)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	r ops.retention;
begin
	select * into r from ops.retention o where o.thing = retention_set.thing for no key update;
	if not found then
		raise exception using errcode = 'BB001', message = format('nothing that is kept is called "%s"', thing);
	end if;
	if r.removed_by <> 'retention' then
		raise exception using errcode = 'BB002', message = case r.removed_by when 'never'
			then format('%s is kept for ever', thing)
			else format('how long %s is kept is a setting: %s', thing, r.why) end;
	end if;
	if days < r.least_days or days > 36500 then
		raise exception using errcode = 'BB003', message = format(
			'%s is kept for %s days, expected from %s to 36500', thing, days, r.least_days);
	end if;
	update ops.retention o set keep_days = days where o.thing = r.thing;
	perform audit.record('retention.changed', actor, null, null,
		jsonb_build_object('thing', thing, 'was', r.keep_days, 'days', days));
end $$;

-- Of the doors: who came and tried. How many rows went.
create or replace function ops.retention_doors(thing text, before timestamptz, most int4)
returns int8
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	n int8 := 0;
begin
	case thing
	when 'delivery.session' then
		delete from delivery.session s where s.session in (select x.session from delivery.session x
			where x.ended_at < before
				and not exists (select from delivery.part p where p.session = x.session)
			order by x.ended_at limit most);
	when 'delivery.guess' then
		delete from delivery.guess g where g.last_at < before and g.until < clock_timestamp();
	when 'portal.session' then
		delete from portal.session s where s.session in (select x.session from portal.session x
			where coalesce(x.ended_at, x.until) < before limit most);
	when 'portal.look' then
		delete from portal.look l where l.look in (select x.look from portal.look x where x.at < before limit most);
	when 'api.token' then
		delete from api.token t where t.token in (select x.token from api.token x
			where least(x.ended_at, x.expires_at) < before limit most);
	when 'api.once' then
		delete from api.once o where o.begun_at < before;
	when 'oauth.consent' then
		return oauth.purge();
	else
		return null;
	end case;
	get diagnostics n = row_count;
	return n;
end $$;

-- Of what was received, sent and watched. How many rows went.
create or replace function ops.retention_work(thing text, before timestamptz, most int4)
returns int8
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	n int8 := 0;
begin
	case thing
	when 'ledger.bytes' then -- busbar check --sweep removes what no row names any more
		update ledger.file f set bytes_gone_at = clock_timestamp() where f.file in (select x.file from ledger.file x
			where x.bytes_gone_at is null and x.state in ('LOADED', 'REFUSED', 'DISCARDED')
				and x.received_at < before and coalesce(x.loaded_at, x.received_at) < before
			order by x.file limit most);
	when 'ledger.reject' then
		delete from ledger.reject j using (select x.ctid as at from ledger.reject x join ledger.file f on f.file = x.file
			where f.received_at < before and f.state <> 'HELD' limit most) o where j.ctid = o.at;
	when 'radar.event' then
		delete from radar.event v where v.event in (select x.event from radar.event x
			where x.at < before and not exists (select from radar.evidence e where e.event = x.event)
			order by x.at limit most);
	when 'mail.outbox' then
		delete from mail.outbox o where o.mail in (select x.mail from mail.outbox x
			where x.state in ('SENT', 'BOUNCED', 'FAILED', 'CANCELLED', 'SUPPRESSED') and x.queued_at < before
				and not exists (select from agreement.link k where k.mail = x.mail) limit most);
	when 'party.claim' then
		delete from portal.forgotten f where f.asked_at < before;
		delete from party.claim c where c.claim in (select x.claim from party.claim x where x.asked_at < before limit most);
	else
		return null;
	end case;
	get diagnostics n = row_count;
	return n;
end $$;

-- One step: what is over of the first thing that has any, on record. No row: nothing is left to do. Call it in a
-- transaction of its own until then.
create or replace function ops.retention_step(most int4 default 10000, actor text default session_user)
returns table (thing text, before timestamptz, gone int8)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	r ops.retention;
	n int8;
begin
	for r in select * from ops.retention o where o.removed_by = 'retention' order by o.thing loop
		before := ops.now() - r.keep_days * interval '1 day';
		n := coalesce(ops.retention_doors(r.thing, before, most), ops.retention_work(r.thing, before, most), 0);
		if n > 0 then
			perform audit.record('retention.purged', actor, null, null, jsonb_build_object(
				'thing', r.thing, 'before', before, 'days', r.keep_days, 'rows', n));
			thing := r.thing;
			gone := n;
			return next;
			return;
		end if;
	end loop;
	perform ops.did('retention');
end $$;

-- What the machine's operator watches of the database itself, for alarms: a name, what it is of (or null), a value.
create or replace function ops.gauges()
returns table (name text, of text, value int8)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select 'done_age_seconds', d.what, d.age_s from ops.dids() d
	union all
	-- what waits for who reads the log of writes: a standby, a backup; one that is lost too
	select 'slot_behind_bytes', s.slot_name::text, case when s.wal_status = 'lost' then 9223372036854775807
		when pg_is_in_recovery() then 0
		else coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), s.restart_lsn), 0) end::int8
	from pg_replication_slots s
	union all
	select 'slot_active', s.slot_name::text, s.active::int4::int8 from pg_replication_slots s
	union all
	select 'database_bytes', null, pg_database_size(current_database())
	union all
	select 'connections_now', null, (select count(*) from pg_stat_activity where backend_type = 'client backend')
	union all
	select 'connections_most', null, current_setting('max_connections')::int8
	union all
	select 'transaction_age_seconds', null, (select coalesce(max(extract(epoch from clock_timestamp() - a.xact_start)), 0)::int8
		from pg_stat_activity a where a.backend_type = 'client backend' and a.xact_start is not null)
	union all
	select 'files_held', null, (select count(*) from ledger.file f where f.state = 'HELD')
	union all
	select 'approvals_waiting', null, (select count(*) from ops.approval p where p.decided_at is null
		and p.valid_until > clock_timestamp())
	union all
	-- each utility, from the database: what a process counts begins with it
	select 'loaded_age_seconds', y.code, extract(epoch from clock_timestamp() - l.loaded_at)::int8
	from party.tdu t
	join party.party y on y.party = t.party
	cross join lateral (select max(f.loaded_at) as loaded_at from ledger.file f
		where f.party = t.party and f.state = 'LOADED') l
	where not t.sandbox and l.loaded_at is not null
	union all
	-- what a prober outside saw of each door last, within a day
	select v.name, p.target, v.value
	from report.probes_last() p
	cross join lateral (values
		('probe_age_seconds', extract(epoch from clock_timestamp() - p.at)::int8),
		('probe_failed', (not p.ok)::int4::int8),
		('certificate_left_seconds', extract(epoch from p.certificate_until - clock_timestamp())::int8)
	) v (name, value)
	where v.value is not null
	union all
	select 'freeze_age', null, (select max(age(d.datfrozenxid))::int8 from pg_database d)
$$;
