-- What came of what third parties asked customers for. Silence is told apart from a no, and a no from a report.
set local check_function_bodies = off;

call report.define('agreements', 20, 'Agreements',
	'What customers were asked for in this time and what they decided, and in which state all agreements were at its end.', '{CSP}');
call report.part_is('agreements', 'outcomes', 'Outcomes by third party',
	array['company|Third party', 'asked|Asked', 'delivered|Mail accepted', 'opened|Opened', 'affirmed|Said yes', 'declined|Said no',
		'reported|Did not ask for it', 'lapsed|No answer', 'withdrawn|Taken back', 'undeliverable|Undeliverable', 'held|Held',
		'ended_customer|Ended by the customer', 'ended_company|Ended by the third party', 'ended_hub|Ended by others', 'completed|Term over'],
	'{agreement.invited,agreement.asked,agreement.recorded,agreement.renewed,agreement.clock_started,agreement.opened,agreement.decided,agreement.moved}', $q$
select p.code as company, count(*) filter (where e.kind in ('agreement.invited', 'agreement.asked')) as asked,
	count(*) filter (where e.kind = 'agreement.clock_started') as delivered,
	count(distinct e.detail ->> 'agreement') filter (where e.kind = 'agreement.opened') as opened,
	count(*) filter (where e.kind = 'agreement.moved' and e.detail ->> 'was' = 'PENDING' and e.detail ->> 'state' in ('ACTIVE', 'HELD')) as affirmed,
	count(*) filter (where e.kind = 'agreement.moved' and e.detail ->> 'state' = 'REJECTED') as declined,
	count(*) filter (where e.kind = 'agreement.moved' and e.detail ->> 'state' = 'REPORTED') as reported,
	count(*) filter (where e.kind = 'agreement.moved' and e.detail ->> 'state' = 'LAPSED') as lapsed,
	count(*) filter (where e.kind = 'agreement.moved' and e.detail ->> 'state' = 'WITHDRAWN') as withdrawn,
	count(*) filter (where e.kind = 'agreement.moved' and e.detail ->> 'state' = 'UNDELIVERABLE') as undeliverable,
	count(*) filter (where e.kind = 'agreement.moved' and e.detail ->> 'state' = 'HELD') as held,
	count(*) filter (where e.kind = 'agreement.moved' and e.detail ->> 'state' = 'TERMINATED' and e.detail ->> 'by' = 'CUSTOMER') as ended_customer,
	count(*) filter (where e.kind = 'agreement.moved' and e.detail ->> 'state' = 'TERMINATED' and e.detail ->> 'by' = 'CSP') as ended_company,
	count(*) filter (where e.kind = 'agreement.moved' and e.detail ->> 'state' = 'TERMINATED' and e.detail ->> 'by' not in ('CUSTOMER', 'CSP')) as ended_hub,
	count(*) filter (where e.kind = 'agreement.moved' and e.detail ->> 'state' = 'COMPLETED') as completed
from report.event e join party.party p on p.party = e.party
where e.kind in ('agreement.invited', 'agreement.asked', 'agreement.clock_started', 'agreement.opened', 'agreement.moved')
	and e.recorded_at >= $5 and e.recorded_at < $6 and e.entry < $7 and ($3 is null or e.party = $3)
group by p.code order by p.code collate "C"
$q$, 'company', 'asked');
call report.part_is('agreements', 'states', 'States at the end',
	array['company|Third party', 'state|State', 'agreements|Agreements'],
	'{agreement.invited,agreement.asked,agreement.recorded,agreement.renewed,agreement.moved}', $q$
select p.code as company, x.state, count(*) as agreements
from (
	select distinct on (e.detail ->> 'agreement') e.party, case e.kind when 'agreement.moved' then e.detail ->> 'state'
		when 'agreement.invited' then 'PENDING' when 'agreement.asked' then 'PENDING' else 'ACTIVE' end as state
	from report.event e
	where e.kind in ('agreement.invited', 'agreement.asked', 'agreement.recorded', 'agreement.renewed', 'agreement.moved')
		and e.recorded_at < $6 and e.entry < $7 and ($3 is null or e.party = $3)
	order by e.detail ->> 'agreement', e.event desc
) x join party.party p on p.party = x.party
group by p.code, x.state order by p.code collate "C", x.state collate "C"
$q$);
