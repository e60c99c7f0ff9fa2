-- Times of commands to devices in the home, in the report of meter commands.
set local check_function_bodies = off;

call report.part_is('commands', 'devices', 'Devices in the home',
	array['kind|Kind', 'asked|Asked', 'completed|Completed', 'failed|Failed', 'median_s|Delivered: median, s',
		'p95_s|95 of 100 within, s', 'ready_s|Meter ready: median, s'],
	'{device.asked,device.moved}', $q$
select a.detail ->> 'kind' collate "C" as kind, count(*) as asked, count(*) filter (where m.state = 'COMPLETED') as completed,
	count(*) filter (where m.state = 'FAILED') as failed,
	round(percentile_disc(0.5) within group (order by m.took) filter (where m.state = 'COMPLETED'), 3) as median_s,
	round(percentile_disc(0.95) within group (order by m.took) filter (where m.state = 'COMPLETED'), 3) as p95_s,
	round(percentile_disc(0.5) within group (order by r.took), 3) as ready_s
from report.event a
left join lateral (
	select e.detail ->> 'state' as state, extract(epoch from e.recorded_at - a.recorded_at) as took
	from report.event e
	where e.kind = 'device.moved' and e.recorded_at >= a.recorded_at and e.recorded_at < a.recorded_at + interval '2 days'
		and e.party = a.party and e.detail ->> 'command' = a.detail ->> 'command' and e.detail ->> 'state' in ('COMPLETED', 'FAILED') and e.entry < $7
	order by e.event limit 1) m on true
left join lateral (
	select extract(epoch from e.recorded_at - a.recorded_at) as took
	from report.event e
	where e.kind = 'device.moved' and e.recorded_at >= a.recorded_at and e.recorded_at < a.recorded_at + interval '2 days'
		and e.party = a.party and e.detail ->> 'command' = a.detail ->> 'command' and e.detail ->> 'state' = 'READY' and e.entry < $7
	order by e.event limit 1) r on true
where a.kind = 'device.asked' and a.recorded_at >= $5 and a.recorded_at < $6 and a.entry < $7
group by 1 order by 1
$q$, 'kind', 'asked');
