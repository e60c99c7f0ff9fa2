-- Flags, holds, complaints, suspensions and orders.
set local check_function_bodies = off;

call report.define('oversight', 50, 'Flags, holds, suspensions, orders',
	'What the watch over abuse found, what people decided about it, and what the commission ordered.');
call report.part_is('oversight', 'hits', 'Findings by detector',
	array['company|Third party', 'detector|Detector', 'action|What was done', 'flag|Red flag', 'hits|Findings'], '{radar.hit}', $q$
select p.code collate "C" as company, e.detail ->> 'detector' collate "C" as detector, e.detail ->> 'action' collate "C" as action, e.detail ->> 'flag' collate "C" as flag, count(*) as hits
from report.event e join party.party p on p.party = e.party
where e.kind = 'radar.hit' and e.recorded_at >= $5 and e.recorded_at < $6 and e.entry < $7
group by 1, 2, 3, 4 order by 1, 2, 3, 4
$q$, 'detector', 'hits');
call report.part_is('oversight', 'companies', 'By third party',
	array['company|Third party', 'cleared|Findings cleared', 'held|Shares held', 'released|Released', 'refused|Refused', 'complaints|Complaints',
		'decided|Complaints decided', 'suspended|Suspensions', 'resumed|Resumed', 'revoked|Ended for good', 'orders|Orders', 'carried_out|Orders carried out'],
	'{radar.hit_cleared,agreement.moved,radar.hold_released,radar.hold_refused,complaint.added,complaint.decided,csp.suspended,csp.resumed,csp.revoked,order.added,order.carried_out}', $q$
select p.code collate "C" as company, count(*) filter (where e.kind = 'radar.hit_cleared') as cleared, count(*) filter (where e.kind = 'agreement.moved') as held,
	count(*) filter (where e.kind = 'radar.hold_released') as released, count(*) filter (where e.kind = 'radar.hold_refused') as refused,
	count(*) filter (where e.kind = 'complaint.added') as complaints, count(*) filter (where e.kind = 'complaint.decided') as decided,
	count(*) filter (where e.kind = 'csp.suspended') as suspended, count(*) filter (where e.kind = 'csp.resumed') as resumed,
	count(*) filter (where e.kind = 'csp.revoked') as revoked, count(*) filter (where e.kind = 'order.added') as orders,
	count(*) filter (where e.kind = 'order.carried_out') as carried_out
from report.event e join party.party p on p.party = e.party
where (e.kind in ('radar.hit_cleared', 'radar.hold_released', 'radar.hold_refused', 'complaint.added', 'complaint.decided', 'csp.suspended',
		'csp.resumed', 'csp.revoked', 'order.added', 'order.carried_out')
		or e.kind = 'agreement.moved' and e.detail ->> 'state' = 'HELD')
	and e.recorded_at >= $5 and e.recorded_at < $6 and e.entry < $7
group by 1 order by 1
$q$);
