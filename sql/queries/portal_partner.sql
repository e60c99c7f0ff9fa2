-- Statements of busbar-portald for utilities and retail electric providers. shown: the SHA-256 of the secret in the browser's
-- cookie. What /v1 answers in JSON is taken apart here.

--! tdu_home(shown) one
select files, waiting, held, refused, faulty, loaded_at, day, due, received, intervals, estimated, missing, late, commands
from portal.tdu_home($1::bytea);

--! tdu_files(shown, state, before, most) rows
select (f->>'file')::int8 as file, f->>'name' as name, (f->>'revision')::int4 as revision, (f->>'size')::int8 as size,
	f->>'door' as door, (f->>'received')::timestamptz as received, f->>'state' as state, f->>'held_why' as why,
	coalesce((f->'counts'->>'accepted')::int8, 0) as accepted, coalesce((f->'counts'->>'rejected')::int8, 0) as rejected,
	coalesce((f->'counts'->>'flagged')::int8, 0) as flagged
from jsonb_array_elements(api.files($1::bytea, $2::text, $3::int8, $4::int4)::jsonb->'items') f
order by 1 desc;

--! tdu_file(shown, file) one
select f->>'name' as name, (f->>'revision')::int4 as revision, (f->>'size')::int8 as size, f->>'sha256' as sha256,
	f->>'door' as door, (f->>'received')::timestamptz as received, f->>'state' as state, f->>'format' as format,
	(f->>'loaded')::timestamptz as loaded, f->>'held_why' as why,
	f->'acknowledgement'->>'href' as ack, f->'rejects'->>'href' as rejects, coalesce(f->'counts', '{}')::text as counts
from (select api.file($1::bytea, $2::int8)::jsonb as f) x;

-- Numbers of a file: records, accepted, …; by rule those that were broken.
--! tdu_file_rules(counts) rows read
select r.key as rule, r.value::int8 as n
from jsonb_each_text(case jsonb_typeof($1::jsonb->'by_rule') when 'object' then $1::jsonb->'by_rule' else '{}' end) r
order by r.value::int8 desc, r.key limit 100;

--! tdu_rejects(shown, file, after, most) rows
select coalesce((r->>'line')::int8, 0) as line, coalesce((r->>'column')::int8, 0) as col, r->>'rule' as rule,
	r->>'severity' as severity, coalesce(r->>'esiid', '') as esiid, (r->>'date')::date as day, coalesce(r->>'found', '') as found,
	coalesce(r->>'expected', '') as expected
from jsonb_array_elements(api.file_rejects($1::bytea, $2::int8, $3::int8, $4::int4)::jsonb->'items') with ordinality x (r, n)
order by x.n;

--! tdu_days(shown, last, days) rows
select day, due, received, unknown, intervals, estimated, missing, late, changed, by_six, by_noon, by_night
from portal.tdu_days($1::bytea, $2::date, $3::int4);

--! tdu_absent(shown, day, after) rows
select place, esiid, due, here, city from portal.tdu_absent($1::bytea, $2::date, $3::int4);

--! tdu_streaks(shown, most) rows
select esiid, channel, day, found, file, name from portal.tdu_streaks($1::bytea, $2::int4);

--! tdu_corrections(shown, before, most) rows
select file, name, loaded_at, changed, first_day, last_day from portal.tdu_corrections($1::bytea, $2::int8, $3::int4);

--! tdu_commands(shown, state, before, most) rows
select command, kind, esiid, meter, state, reason, asked_at, answered_at, expires_at, takes
from portal.tdu_commands($1::bytea, $2::text, $3::int8, $4::int4);

--! rep_home(shown) one
select customers, came, went, subscriptions, delivered, failed, waiting, last_built from portal.rep_home($1::bytea);

--! rep_customers(shown, esiid, now_only, after, most) rows
select place, esiid, tdu, street, city, class, from_day, to_day, now
from portal.rep_customers($1::bytea, $2::text, $3::bool, $4::int4, $5::int4);
