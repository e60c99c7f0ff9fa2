-- Statements of /v1 (busbar-apid).

-- A page of premises; the last row has no body, and where the next page begins.
--! v1_premises(shown, after, most) rows
select coalesce(place, 0) as place, body from api.premises($1::bytea, $2::int4, $3::int4);

--! v1_premise(shown, esiid) one
select api.premise($1::bytea, $2::text) as body;

-- What has changed behind a cursor; the last row has no esiid, and the next cursor.
--! v1_changes(shown, cursor, since, most) rows
select esiid, tdu, kind, load, date_trunc('second', loaded_at + interval '999999 microseconds') as loaded_at,
	first_day, last_day, corrected_first, corrected_last, next_cursor, more
from api.changes($1::bytea, $2::text, $3::timestamptz, $4::int4);
