-- Who got reads and customers' records, by which door, under what right: every release is an event before its first byte.
set local check_function_bodies = off;

call report.define('releases', 30, 'Releases of data',
	'Each time that reads, or a customer''s record, were given to somebody: by door, by party and by agreement.', '{CSP,REP,TDU}');
call report.part_is('releases', 'doors', 'By door',
	array['door|Door', 'releases|Releases', 'parties|Parties'], '{reads.released,espi.customer_released,customer.looked}', $q$
select case e.kind when 'espi.customer_released' then 'espi' else coalesce(e.detail ->> 'door', '') end collate "C" as door, count(*) as releases,
	count(distinct coalesce(e.party, 0)) as parties
from report.event e
where e.kind in ('reads.released', 'espi.customer_released', 'customer.looked')
	and e.recorded_at >= $5 and e.recorded_at < $6 and e.entry < $7 and ($3 is null or e.party = $3)
group by 1 order by 1
$q$, 'door', 'releases');
call report.part_is('releases', 'parties', 'By party',
	array['kind|Kind of party', 'party|Party', 'releases|Releases', 'agreements|Agreements'],
	'{reads.released,espi.customer_released,customer.looked}', $q$
select coalesce(p.kind, 'OPERATOR') collate "C" as kind, case p.kind when 'CUSTOMER' then 'customers' else coalesce(p.code, 'hub') end collate "C" as party,
	count(*) as releases, count(distinct e.detail ->> 'agreement') as agreements
from report.event e left join party.party p on p.party = e.party
where e.kind in ('reads.released', 'espi.customer_released', 'customer.looked')
	and e.recorded_at >= $5 and e.recorded_at < $6 and e.entry < $7 and ($3 is null or e.party = $3)
group by 1, 2 order by 1, 2
$q$);
call report.part_is('releases', 'agreements', 'By agreement, the hundred most asked',
	array['party|Party', 'agreement|Agreement', 'releases|Releases'], '{reads.released,espi.customer_released}', $q$
select p.code collate "C" as party, (e.detail ->> 'agreement')::int8 as agreement, count(*) as releases
from report.event e join party.party p on p.party = e.party
where e.kind in ('reads.released', 'espi.customer_released') and e.detail ? 'agreement'
	and e.recorded_at >= $5 and e.recorded_at < $6 and e.entry < $7 and ($3 is null or e.party = $3)
group by 1, 2 order by 3 desc, 1, 2 limit 100
$q$);
