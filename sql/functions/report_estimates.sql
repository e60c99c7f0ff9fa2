-- Estimates that last, and registers that disagree: what the loader remarked, of the loads of the snapshot.
set local check_function_bodies = off;

call report.define('estimates', 11, 'Estimates that last',
	'Meters whose reads were estimated for days in a row, as the loader found them when each day came. Which utility, how many, how long.', '{TDU}');
call report.part_is('estimates', 'utilities', 'By utility',
	array['utility|Utility', 'meters|Meters', 'findings|Findings', 'longest|Longest, days', 'over_7|Meters of 7 days or more', 'over_30|Of 30 or more'],
	'{file.received,file.loaded}', $q$
select x.utility, count(*) as meters, sum(x.findings) as findings, max(x.days) as longest,
	count(*) filter (where x.days >= 7) as over_7, count(*) filter (where x.days >= 30) as over_30
from (
	select p.code as utility, r.esiid, r.channel, count(*) as findings, max(substring(r.found from '^[0-9]+')::int4) as days
	from report.snapshot_load s
	join party.tdu t on t.party = s.tdu and not t.sandbox
	join party.party p on p.party = s.tdu
	join ledger.file f on f.party = s.tdu and f.load <= s.load and f.state = 'LOADED'
	join ledger.reject r on r.file = f.file
	where s.snapshot = $4 and ($3 is null or s.tdu = $3) and r.rule = 'estimate-streak' and r.day between $1 and $2
	group by 1, 2, 3
) x group by x.utility order by x.utility collate "C"
$q$, 'utility', 'longest');
call report.part_is('estimates', 'longest', 'The longest, fifty at most',
	array['utility|Utility', 'meter|ESI ID ends in', 'channel|Channel', 'days|Days in a row', 'last|Last seen'], '{file.received,file.loaded}', $q$
select x.utility, x.meter, x.channel, x.days, x.last
from (
	select p.code as utility, right(r.esiid, 4) as meter, r.esiid, r.channel, max(substring(r.found from '^[0-9]+')::int4) as days,
		max(r.day) as last
	from report.snapshot_load s
	join party.tdu t on t.party = s.tdu and not t.sandbox
	join party.party p on p.party = s.tdu
	join ledger.file f on f.party = s.tdu and f.load <= s.load and f.state = 'LOADED'
	join ledger.reject r on r.file = f.file
	where s.snapshot = $4 and ($3 is null or s.tdu = $3) and r.rule = 'estimate-streak' and r.day between $1 and $2
	group by 1, 2, 3, 4
) x order by x.days desc, x.utility collate "C", x.esiid collate "C", x.channel limit 50
$q$);

call report.define('registers', 12, 'Registers against intervals',
	'Meter-days whose intervals do not add up to what the register advanced, by utility and day.', '{TDU}');
call report.part_is('registers', 'days', 'By utility and day',
	array['utility|Utility', 'day|Day', 'mismatches|Meter-days that disagree', 'meters|Meters'], '{file.received,file.loaded}', $q$
select p.code collate "C" as utility, r.day, count(*) as mismatches, count(distinct r.esiid) as meters
from report.snapshot_load s
join party.tdu t on t.party = s.tdu and not t.sandbox
join party.party p on p.party = s.tdu
join ledger.file f on f.party = s.tdu and f.load <= s.load and f.state = 'LOADED'
join ledger.reject r on r.file = f.file
where s.snapshot = $4 and ($3 is null or s.tdu = $3) and r.rule = 'register-mismatch' and r.day between $1 and $2
group by 1, 2 order by 1, 2
$q$);
