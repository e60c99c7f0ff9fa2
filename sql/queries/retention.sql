-- How long what is kept, for busbar retention.

--! retention_list() rows
select thing, keep_days::int8, least_days::int8, removed_by, since, holds, why from ops.retention_list();

--! retention_set(thing, days, actor) exec
select ops.retention_set($1::text, $2::int4, $3::text);

-- One step; no row: nothing is left to do.
--! retention_step(actor) rows
select thing, to_char(before at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as before, gone
from ops.retention_step(10000, $1::text);
