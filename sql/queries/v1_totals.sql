-- Statements of /v1 for customers with many premises.

--! v1_totals_open(shown, from, to) one
select number, first_day, last_day from api.totals_open($1::bytea, $2::date, $3::date, 'v1');

--! v1_totals(shown, number, group) rows
select part, coalesce(premise_group, 0) as premise_group, name as group_name, null as esiid, null as street, null as city,
	premises, load_wh, generation_wh, due, days, intervals, estimated, missing
from api.total_groups($1::bytea, $2::int8)
where $3::int4 is null or coalesce(premise_group, 0) = $3::int4 and part <> 'ALL';

--! v1_totals_each(shown, number, group) rows
select null as part, coalesce(premise_group, 0) as premise_group, group_name, esiid, street, city, 1::int8 as premises, load_wh,
	generation_wh, due::int8 as due, days::int8 as days, intervals::int8 as intervals, estimated::int8 as estimated,
	missing::int8 as missing
from api.total_premises($1::bytea, $2::int8, $3::int4, null, null, null);

--! v1_groups(shown) one
select jsonb_build_object('items', coalesce(jsonb_agg(jsonb_build_object('group', premise_group, 'name', name, 'premises', premises)
	order by lower(name)), '[]'))::text as body
from api.groups($1::bytea);

-- the state of a list that was handed in
--! v1_upload(shown, upload) one
select api.upload_state($1::bytea, $2::int8) as body;

--! v1_upload_make(shown, lines, columns, esiids, meters, reps, groups, codes, found, expected, source) one
select api.upload($1::bytea, $2::int8[], $3::int4[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
	$10::text[], $11::inet) as upload;

--! v1_upload_lines(shown, upload, faults, after, most) rows
select n, line, col, esiid, group_name, code, found, expected
from api.upload_rows($1::bytea, $2::int8, $3::bool, $4::int4, $5::int4);
