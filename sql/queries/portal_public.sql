-- Statements of busbar-portald for everybody: the same figures as /v1's. Shares come as ten thousandths, -1: not told.

-- One row a utility; how the hub does stands in each.
--! public_status() rows
select s->>'state' as state, (s->>'at')::timestamptz as at, (s->'files'->>'waiting')::int8 as files_waiting,
	(s->'files'->>'oldest_waiting_s')::int8 as waiting_s, (s->'drops'->>'late')::int8 as drops_late,
	coalesce(u->>'name', '') as name, coalesce((u->>'sandbox')::bool, false) as sandbox,
	(u->>'loaded')::timestamptz as loaded, (u->>'last_day')::date as last_day,
	coalesce(((u->>'last_day_complete')::numeric * 10000)::int4, -1) as complete
from (select api.status()::jsonb as s offset 0) x
left join lateral jsonb_array_elements(s->'utilities') u on true;

-- What was promised and how it was kept; a row for each day on which something was due, or one without a day.
--! public_slo(days) rows
select o->>'name' as name, o->>'promise' as promise, (x.s->>'from')::date as from_day, (x.s->>'to')::date as to_day,
	((o->>'target')::numeric * 10000)::int4 as target, (o->>'within_s')::int8 as within_s, (o->>'total')::int8 as total,
	(o->>'good')::int8 as good, (o->>'met')::bool as met,
	coalesce(((o->>'median_s')::numeric * 1000)::int8, -1) as median_ms,
	coalesce(((o->>'p99_s')::numeric * 1000)::int8, -1) as p99_ms,
	(d->>'date')::date as day, (d->>'total')::int8 as day_total, (d->>'good')::int8 as day_good
from (select api.slo($1::int4)::jsonb as s offset 0) x
cross join lateral jsonb_array_elements(x.s->'items') with ordinality o (o, n)
left join lateral jsonb_array_elements(o->'days') d on true
order by n, day;

-- Meter-days of each utility and day; -1 in place of what would be about few.
--! public_scoreboard(day, days) rows
select i->>'tdu' as tdu, i->>'name' as name, (i->>'sandbox')::bool as sandbox, (i->>'date')::date as day,
	(x.s->>'least')::int4 as least, (x.s->>'to')::date as last, coalesce((i->>'due')::int8, -1) as due, coalesce((i->>'received')::int8, -1) as received,
	coalesce((i->>'intervals')::int8, -1) as intervals, coalesce((i->>'estimated')::int8, -1) as estimated,
	coalesce((i->>'missing')::int8, -1) as missing, coalesce((i->>'late')::int8, -1) as late,
	coalesce((i->>'changed')::int8, -1) as changed
from (select api.scoreboard($1::date, $2::int4)::jsonb as s offset 0) x
cross join lateral jsonb_array_elements(x.s->'items') i
order by sandbox, tdu, day;

--! public_companies(named, after, most) rows
select code, name, site, privacy, use_en, use_es, coalesce(client_id, '') as client_id
from portal.companies($1::text, $2::text, $3::int4);

--! public_announcements() rows
select kind = 'OUTAGE' as outage, at, until, title_en, coalesce(title_es, title_en) as title_es, body_en,
	coalesce(body_es, body_en) as body_es
from portal.announcements();
