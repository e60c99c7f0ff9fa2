-- Estimates that last, how utilities estimated, and registers that disagree: what the loader remarked, of the loads of the snapshot.
set local check_function_bodies = off;

-- What the loader remarked about a utility's meters, within a snapshot.
create or replace function report.remarks(of_snapshot int8, of_rule text, from_day date, to_day date, of_party int4)
returns table (utility text, esiid text, channel int4, day date, load int4, line int4, found text)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select p.code, h.esiid, r.series & 7, r.day, r.load, r.line, r.found
	from reads.flag r
	join premise.premise h on h.premise = r.series >> 3
	join report.snapshot_load s on s.snapshot = of_snapshot and s.tdu = h.tdu and r.load <= s.load
	join party.tdu t on t.party = h.tdu and not t.sandbox
	join party.party p on p.party = h.tdu
	where r.rule = of_rule and r.day between from_day and to_day and (of_party is null or h.tdu = of_party)
$$;

call report.define('estimates', 11, 'Estimates that last',
	'Meters whose reads were estimated for days in a row, as the loader found them when each day came: which utility, how many, how long. And how utilities estimated, where they tell.', '{TDU}');
call report.part_is('estimates', 'utilities', 'By utility',
	array['utility|Utility', 'meters|Meters', 'findings|Findings', 'longest|Longest, days', 'over_7|Meters of 7 days or more', 'over_30|Of 30 or more'],
	'{file.received,file.loaded}', $q$
select x.utility, count(*) as meters, sum(x.findings)::int8 as findings, max(x.days) as longest,
	count(*) filter (where x.days >= 7) as over_7, count(*) filter (where x.days >= 30) as over_30
from (
	select r.utility, r.esiid, r.channel, count(*) as findings, max(substring(r.found from '^[0-9]+')::int4) as days
	from report.remarks($4, 'estimate-streak', $1, $2, $3) r
	group by 1, 2, 3
) x group by x.utility order by x.utility collate "C"
$q$, 'utility', 'longest');
call report.part_is('estimates', 'longest', 'The longest, fifty at most',
	array['utility|Utility', 'meter|ESI ID ends in', 'channel|Channel', 'days|Days in a row', 'last|Last seen'], '{file.received,file.loaded}', $q$
select x.utility, right(x.esiid, 4) as meter, x.channel, x.days, x.last
from (
	select r.utility, r.esiid, r.channel, max(substring(r.found from '^[0-9]+')::int4) as days, max(r.day) as last
	from report.remarks($4, 'estimate-streak', $1, $2, $3) r
	group by 1, 2, 3
) x order by x.days desc, x.utility collate "C", x.esiid collate "C", x.channel limit 50
$q$);
call report.part_is('estimates', 'reasons', 'How they were estimated',
	array['utility|Utility', 'reason|How', 'estimated|Intervals', 'share|Share'], '{file.received,file.loaded}', $q$
with total as (
	select d.utility, min(d.day) as first, sum(d.estimated)::int8 as n from report.data_days($4, $1, $2, $3) d group by 1
), told as (
	select t.utility, case r.method when 8 then 'reference day' when 9 then 'linear' when 12 then 'projected' else 'weather-normalised' end as reason,
		sum(r.estimated)::int8 as n
	from total t
	join party.party p on p.code = t.utility
	join report.snapshot_load s on s.snapshot = $4 and s.tdu = p.party
	join reads.rollup_reason r on r.tdu = s.tdu and r.load <= s.load and r.day between t.first and $2
	group by 1, 2
)
select x.utility, x.reason, x.n as estimated, api.share(x.n, t.n) as share
from (
	select t.utility, t.reason, t.n from told t
	union all
	select t.utility, 'not told', t.n - coalesce((select sum(o.n)::int8 from told o where o.utility = t.utility), 0) from total t
) x join total t on t.utility = x.utility
where x.n > 0 order by x.utility collate "C", x.reason collate "C"
$q$);

call report.define('registers', 12, 'Registers against intervals',
	'Meter-days whose intervals do not add up to what the register advanced, by utility and day.', '{TDU}');
call report.part_is('registers', 'days', 'By utility and day',
	array['utility|Utility', 'day|Day', 'mismatches|Remarks', 'meters|Meters'], '{file.received,file.loaded}', $q$
select r.utility collate "C" as utility, r.day, count(*) as mismatches, count(distinct r.esiid) as meters
from report.remarks($4, 'register-mismatch', $1, $2, $3) r
group by 1, 2 order by 1, 2
$q$);
