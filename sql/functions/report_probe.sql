-- The prober's history, and the report of it.
set local check_function_bodies = off;

-- Lines of deploy/prober: {"at":"…","target":"portal","ok":true,"ms":12,"says":"","until":"…"}, until: of
-- the certificate, where there is one. The same line again changes nothing. How many
-- were new. One audit event a call, with the sums that reports count.
create or replace function report.probe_record(lines text, actor text)
returns int4
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	n int4;
	sums jsonb;
begin
	with told as (
		select l::jsonb as j from regexp_split_to_table(lines, E'\n') l where trim(l) <> ''
	), added as (
		insert into report.probe as p (at, target, ok, ms, says, certificate_until)
		select (t.j ->> 'at')::timestamptz, t.j ->> 'target', (t.j ->> 'ok')::bool, (t.j ->> 'ms')::int4, left(t.j ->> 'says', 200),
			(t.j ->> 'until')::timestamptz
		from told t
		on conflict on constraint probe_target_at_key do nothing
		returning p.*
	), summed as (
		select a.target, count(*) as total, count(*) filter (where a.ok) as good, max(a.ms) as most_ms, count(*) as c
		from added a group by a.target
	)
	select sum(s.total)::int4, jsonb_object_agg(s.target, jsonb_build_object('total', s.total, 'good', s.good, 'most_ms', s.most_ms))
	into n, sums from summed s;
	if n > 0 then
		perform audit.record('probe.recorded', actor, null, null, jsonb_build_object('targets', sums));
	end if;
	return coalesce(n, 0);
exception when others then
	if sqlstate like '22%' or sqlstate like '23%' then
		raise exception using errcode = 'BB003', message = 'expected lines of JSON with at, target, ok, ms: ' || sqlerrm;
	end if;
	raise;
end $$;

-- Each target as it was seen last.
drop function if exists report.probes_last();	-- its columns were others
create or replace function report.probes_last()
returns table (target text, at timestamptz, ok bool, ms int4, says text, certificate_until timestamptz)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select distinct on (p.target) p.target, p.at, p.ok, p.ms, p.says, p.certificate_until from report.probe p
	where p.at > clock_timestamp() - interval '1 day' order by p.target, p.at desc
$$;

call report.define('availability', 63, 'Availability',
	'What a prober outside saw of each door, outages that were announced, and what was told of the hub''s state.');
call report.part_is('availability', 'doors', 'Doors, as seen from outside',
	array['target|Door', 'probes|Probes', 'good|Answered', 'share|Share', 'most_ms|Slowest, ms'], '{probe.recorded}', $q$
select t.key collate "C" as target, sum((t.value ->> 'total')::int8)::int8 as probes, sum((t.value ->> 'good')::int8)::int8 as good,
	api.share(sum((t.value ->> 'good')::int8), sum((t.value ->> 'total')::int8)) as share, max((t.value ->> 'most_ms')::int4) as most_ms
from report.event e cross join lateral jsonb_each(e.detail -> 'targets') t
where e.kind = 'probe.recorded' and e.recorded_at >= $5 and e.recorded_at < $6 and e.entry < $7
group by 1 order by 1
$q$, 'target', 'share');
call report.part_is('availability', 'incidents', 'Announced',
	array['at|When', 'what|What', 'begins|From', 'ends|To'], '{announcement.made,status.announced}', $q$
select api.instant(e.recorded_at) as at, coalesce(e.detail ->> 'kind', e.detail ->> 'state') as what, e.detail ->> 'begins_at' as begins,
	e.detail ->> 'ends_at' as ends
from report.event e
where e.kind in ('announcement.made', 'status.announced') and e.recorded_at >= $5 and e.recorded_at < $6 and e.entry < $7
order by e.entry
$q$);
