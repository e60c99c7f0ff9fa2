-- Files and messages, in and out.
set local check_function_bodies = off;

-- What a door tells of its requests: sys/use.h.
create or replace function report.requests_add(door text, counts jsonb)
returns void
language sql security definer set search_path = pg_catalog, pg_temp
as $$ select audit.record('requests.counted', 'busbar', null, null, jsonb_build_object('door', door, 'counts', counts)) $$;

call report.define('drops', 60, 'Drops and deliveries',
	'What subscriptions were due, what was built, and what became of deliveries to partners'' own servers.', '{CSP,REP,TDU}');
call report.part_is('drops', 'drops', 'Drops by party',
	array['party|Party', 'due|Fell due', 'built|Built', 'failed|Failed', 'cancelled|Cancelled', 'withdrawn|Taken back'],
	'{drop.due,drop.built,drop.failed,drop.cancelled,drop.withdrawn}', $q$
select case p.kind when 'CUSTOMER' then 'customers' else p.code end collate "C" as party, count(distinct e.detail ->> 'drop') filter (where e.kind = 'drop.due') as due,
	count(distinct e.detail ->> 'drop') filter (where e.kind = 'drop.built') as built,
	count(*) filter (where e.kind = 'drop.failed') as failed, count(*) filter (where e.kind = 'drop.cancelled') as cancelled,
	count(*) filter (where e.kind = 'drop.withdrawn') as withdrawn
from report.event e join party.party p on p.party = e.party
where e.kind in ('drop.due', 'drop.built', 'drop.failed', 'drop.cancelled', 'drop.withdrawn')
	and e.recorded_at >= $5 and e.recorded_at < $6 and e.entry < $7 and ($3 is null or e.party = $3)
group by 1 order by 1
$q$, 'party', 'due');
call report.part_is('drops', 'pushes', 'Deliveries by party',
	array['party|Party', 'sent|Sent', 'retried|Tried again', 'failed|Given up', 'cancelled|Cancelled'],
	'{push.sent,push.retried,push.failed,push.cancelled}', $q$
select p.code collate "C" as party, count(*) filter (where e.kind = 'push.sent') as sent, count(*) filter (where e.kind = 'push.retried') as retried,
	count(*) filter (where e.kind = 'push.failed') as failed, count(*) filter (where e.kind = 'push.cancelled') as cancelled
from report.event e join party.party p on p.party = e.party
where e.kind in ('push.sent', 'push.retried', 'push.failed', 'push.cancelled')
	and e.recorded_at >= $5 and e.recorded_at < $6 and e.entry < $7 and ($3 is null or e.party = $3)
group by 1 order by 1
$q$);
call report.part_is('drops', 'files', 'Files that came in',
	array['party|Party', 'received|Received', 'repeated|Sent again', 'loaded|Loaded', 'held|Held', 'refused|Refused'],
	'{file.received,file.repeated,file.loaded,file.held,file.refused}', $q$
select p.code collate "C" as party, count(*) filter (where e.kind = 'file.received') as received, count(*) filter (where e.kind = 'file.repeated') as repeated,
	count(*) filter (where e.kind = 'file.loaded') as loaded, count(*) filter (where e.kind = 'file.held') as held,
	count(*) filter (where e.kind = 'file.refused') as refused
from report.event e join party.party p on p.party = e.party
where e.kind in ('file.received', 'file.repeated', 'file.loaded', 'file.held', 'file.refused')
	and e.recorded_at >= $5 and e.recorded_at < $6 and e.entry < $7 and ($3 is null or e.party = $3)
group by 1 order by 1
$q$);

call report.define('use', 61, 'Use of API, portal and boxes',
	'Who came in by which door, what was taken from boxes, and how many answers with reads each door gave.', '{CSP,REP,TDU}');
call report.part_is('use', 'doors', 'Sessions by door and kind of party',
	array['door|Door', 'kind|Kind of party', 'sessions|Sessions', 'parties|Parties'], '{login.ok}', $q$
select coalesce(e.detail ->> 'door', '') collate "C" as door, coalesce(p.kind, 'OPERATOR') collate "C" as kind, count(*) as sessions, count(distinct e.party) as parties
from report.event e left join party.party p on p.party = e.party
where e.kind = 'login.ok' and e.recorded_at >= $5 and e.recorded_at < $6 and e.entry < $7 and ($3 is null or e.party = $3)
group by 1, 2 order by 1, 2
$q$);
call report.part_is('use', 'boxes', 'Files taken from boxes',
	array['party|Party', 'door|Door', 'files|Files', 'whole|Whole', 'bytes|Bytes'], '{box.transferred}', $q$
select case p.kind when 'CUSTOMER' then 'customers' else p.code end collate "C" as party, e.detail ->> 'door' collate "C" as door, count(*) as files,
	count(*) filter (where (e.detail ->> 'whole')::bool) as whole, sum((e.detail ->> 'bytes')::int8)::int8 as bytes
from report.event e join party.party p on p.party = e.party
where e.kind = 'box.transferred' and e.detail ->> 'direction' = 'down'
	and e.recorded_at >= $5 and e.recorded_at < $6 and e.entry < $7 and ($3 is null or e.party = $3)
group by 1, 2 order by 1, 2
$q$, 'party', 'files');
call report.part_is('use', 'answers', 'Answers with reads by door and kind of party',
	array['door|Door', 'kind|Kind of party', 'answers|Answers'], '{reads.released}', $q$
select coalesce(e.detail ->> 'door', '') collate "C" as door, coalesce(p.kind, 'OPERATOR') collate "C" as kind, count(*) as answers
from report.event e left join party.party p on p.party = e.party
where e.kind = 'reads.released' and e.recorded_at >= $5 and e.recorded_at < $6 and e.entry < $7 and ($3 is null or e.party = $3)
group by 1, 2 order by 1, 2
$q$);
call report.part_is('use', 'requests', 'Requests by door and kind of party',
	array['door|Door', 'what|What', 'kind|Kind of party', 'requests|Requests', 'answered|Answered', 'refused|Refused', 'failed|Failed'],
	'{requests.counted}', $q$
select x.door collate "C" as door, x.what collate "C" as what, x.kind collate "C" as kind, sum(x.answered + x.refused + x.failed)::int8 as requests,
	sum(x.answered)::int8 as answered, sum(x.refused)::int8 as refused, sum(x.failed)::int8 as failed
from (
	select e.detail ->> 'door' as door, c ->> 'what' as what, coalesce(nullif(c ->> 'kind', ''), 'NOBODY') as kind,
		(c ->> 'answered')::int8 as answered, (c ->> 'refused')::int8 as refused, (c ->> 'failed')::int8 as failed
	from report.event e cross join lateral jsonb_array_elements(e.detail -> 'counts') c
	where e.kind = 'requests.counted' and e.recorded_at >= $5 and e.recorded_at < $6 and e.entry < $7 and $3 is null
) x group by 1, 2, 3 order by 1, 2, 3
$q$, 'what', 'requests');
call report.part_is('use', 'tokens', 'Tokens and programs',
	array['kind|Kind of party', 'made|Tokens made', 'ended|Tokens ended', 'granted|OAuth tokens given'], '{token.made,token.ended,oauth.token}', $q$
select coalesce(p.kind, 'OPERATOR') collate "C" as kind, count(*) filter (where e.kind = 'token.made') as made,
	count(*) filter (where e.kind = 'token.ended') as ended, count(*) filter (where e.kind = 'oauth.token') as granted
from report.event e left join party.party p on p.party = e.party
where e.kind in ('token.made', 'token.ended', 'oauth.token') and e.recorded_at >= $5 and e.recorded_at < $6 and e.entry < $7
	and ($3 is null or e.party = $3)
group by 1 order by 1
$q$);

call report.define('commands', 62, 'Meter commands',
	'On-demand reads and other commands to meters: how many were asked for, what came of them, and how long the answer took.');
call report.part_is('commands', 'kinds', 'By kind',
	array['kind|Kind', 'asked|Asked', 'completed|Completed', 'failed|Failed', 'median_s|Median, s', 'p95_s|95 of 100 within, s'],
	'{command.asked,command.moved}', $q$
select a.detail ->> 'kind' collate "C" as kind, count(*) as asked, count(*) filter (where m.state = 'COMPLETED') as completed,
	count(*) filter (where m.state = 'FAILED') as failed,
	round(percentile_disc(0.5) within group (order by m.took) filter (where m.state = 'COMPLETED'), 3) as median_s,
	round(percentile_disc(0.95) within group (order by m.took) filter (where m.state = 'COMPLETED'), 3) as p95_s
from report.event a
left join lateral (
	select e.detail ->> 'state' as state, extract(epoch from e.recorded_at - a.recorded_at) as took
	from report.event e
	where e.kind = 'command.moved' and e.recorded_at >= a.recorded_at and e.recorded_at < a.recorded_at + interval '2 days'
		and e.party = a.party and e.detail ->> 'command' = a.detail ->> 'command' and e.detail ->> 'state' in ('COMPLETED', 'FAILED') and e.entry < $7
	order by e.event limit 1) m on true
where a.kind = 'command.asked' and a.recorded_at >= $5 and a.recorded_at < $6 and a.entry < $7
group by 1 order by 1
$q$, 'kind', 'asked');
call report.part_is('commands', 'reasons', 'Why they failed', array['reason|Reason', 'commands|Commands'], '{command.moved}', $q$
select coalesce(e.detail ->> 'reason', '') collate "C" as reason, count(*) as commands
from report.event e
where e.kind = 'command.moved' and e.detail ->> 'state' = 'FAILED' and e.recorded_at >= $5 and e.recorded_at < $6 and e.entry < $7
group by 1 order by 1
$q$, 'reason', 'commands');
