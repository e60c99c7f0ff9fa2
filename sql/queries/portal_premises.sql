-- Statements of busbar-portald about customers with many premises. shown: the SHA-256 of the secret in the browser's cookie.

--! portal_totals_open(shown, from, to) one
select number, first_day, last_day from api.totals_open($1::bytea, $2::date, $3::date, 'portal');

--! portal_total_groups(shown, number) rows
select part, coalesce(premise_group, 0) as premise_group, name, premises, load_wh, generation_wh, due, days, intervals,
	estimated, missing
from api.total_groups($1::bytea, $2::int8);

--! portal_premises(shown, number, group, find, after, most) rows
select esiid, street, city, group_name, load_wh, generation_wh, due, days, last_read, shares
from portal.premises($1::bytea, $2::int8, $3::int4, $4::text, $5::text, $6::int4);

--! portal_groups(shown) rows
select premise_group, name, premises from api.groups($1::bytea);

--! portal_group_make(shown, name) exec
select api.group_make($1::bytea, $2::text);

--! portal_group_rename(shown, group, name) exec
select api.group_rename($1::bytea, $2::int4, $3::text);

--! portal_group_remove(shown, group) exec
select api.group_remove($1::bytea, $2::int4);

--! portal_group_move(shown, to, esiids) exec
select api.group_move($1::bytea, $2::int4, $3::text[]);

--! portal_group_move_found(shown, to, group, find) exec
select api.group_move_found($1::bytea, $2::int4, $3::int4, $4::text);

--! portal_access(shown, group) rows
select csp, name, premises, agreements from portal.access($1::bytea, $2::int4);

--! portal_access_end(shown, csp, group, most) one
select ended, remain from portal.access_end($1::bytea, $2::text, $3::int4, $4::int4);

--! portal_uploads(shown) rows
select upload, at, state, lines, done, good, held, faulty, mailed from api.uploads($1::bytea, null);

--! portal_upload_one(shown, upload) one
select upload, at, state, lines, done, good, held, faulty, mailed from api.uploads($1::bytea, $2::int8);

--! portal_upload(shown, lines, columns, esiids, meters, reps, groups, codes, found, expected, source) one
select api.upload($1::bytea, $2::int8[], $3::int4[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
	$10::text[], $11::inet) as upload;

--! portal_upload_rows(shown, upload, faults, after, most) rows
select n, line, col, esiid, group_name, code, found, expected
from api.upload_rows($1::bytea, $2::int8, $3::bool, $4::int4, $5::int4);
