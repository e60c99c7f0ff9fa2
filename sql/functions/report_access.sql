-- Who tried to come in, and from where customers decided.
set local check_function_bodies = off;

call report.define('authentication', 40, 'Authentication',
	'Sign-ins and refusals by door, and how often third parties, and people who ask for an account, named a home by its three numbers.', '{CSP}');
call report.part_is('authentication', 'doors', 'Sign-ins by door', array['door|Door', 'opened|Opened', 'refused|Refused'],
	'{login.ok,login.refused}', $q$
select coalesce(e.detail ->> 'door', '') collate "C" as door, count(*) filter (where e.kind = 'login.ok') as opened,
	count(*) filter (where e.kind = 'login.refused') as refused
from report.event e
where e.kind in ('login.ok', 'login.refused') and e.recorded_at >= $5 and e.recorded_at < $6 and e.entry < $7
	and ($3 is null or e.party = $3)
group by 1 order by 1
$q$, 'door', 'opened');
call report.part_is('authentication', 'matches', 'Homes named by their numbers',
	array['company|Third party', 'tried|Tried', 'matched|Matched', 'wrong|Not matched', 'over|Over the limit'], '{premise.tried}', $q$
select coalesce(p.code, 'customers') collate "C" as company, sum((e.detail ->> 'tried')::int8) as tried, sum((e.detail ->> 'matched')::int8) as matched,
	sum((e.detail ->> 'tried')::int8 - (e.detail ->> 'matched')::int8) as wrong, sum((e.detail ->> 'over')::int8) as over
from report.event e left join party.party p on p.party = e.party
where e.kind = 'premise.tried' and e.recorded_at >= $5 and e.recorded_at < $6 and e.entry < $7 and ($3 is null or e.party = $3)
group by 1 order by 1
$q$, 'company', 'tried');

call report.define('addresses', 41, 'Where customers decided from',
	'Networks (/24, /64) from which decisions came, how many came from one, and how many came within a minute of the mail. Networks are told apart by digests.');
call report.part_is('addresses', 'companies', 'By third party',
	array['company|Third party', 'decisions|Decisions', 'yes|Yes', 'networks|Networks', 'most|Most from one network', 'quick|Within a minute'],
	'{agreement.decided,agreement.clock_started}', $q$
select p.code collate "C" as company, sum(x.n)::int8 as decisions, sum(x.yes)::int8 as yes, count(x.network) as networks, max(x.n) filter (where x.network is not null) as most,
	sum(x.quick)::int8 as quick
from (
	select e.party, e.detail ->> 'network' as network, count(*) as n, count(*) filter (where e.detail ->> 'choice' = 'CONFIRM') as yes,
		count(*) filter (where exists (select from report.event m where m.kind = 'agreement.clock_started' and m.party = e.party
			and m.recorded_at > e.recorded_at - interval '1 minute' and m.recorded_at <= e.recorded_at
			and m.entry < $7 and m.detail ->> 'agreement' = e.detail ->> 'agreement')) as quick
	from report.event e
	where e.kind = 'agreement.decided' and e.recorded_at >= $5 and e.recorded_at < $6 and e.entry < $7
	group by 1, 2
) x join party.party p on p.party = x.party
group by 1 order by 1
$q$, 'company', 'networks');
call report.part_is('addresses', 'clusters', 'Networks of five decisions or more',
	array['network|Network', 'companies|Third parties', 'decisions|Decisions', 'yes|Yes'], '{agreement.decided}', $q$
select e.detail ->> 'network' collate "C" as network, count(distinct e.party) as companies, count(*) as decisions,
	count(*) filter (where e.detail ->> 'choice' = 'CONFIRM') as yes
from report.event e
where e.kind = 'agreement.decided' and e.recorded_at >= $5 and e.recorded_at < $6 and e.entry < $7 and e.detail ? 'network'
group by 1 having count(*) >= 5 order by 3 desc, 1 limit 100
$q$);
