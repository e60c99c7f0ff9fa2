-- Meter commands, for operators.
--! command_list(tdu, state, most) rows read
select command as id, kind, tdu, esiid, asked_by, state, reason, asked_at, answered_at, took_ms, takes
from odr.list($1::int4, upper($2::text), $3::int4);

--! han_list() rows read
select esiid, since, by_whom, joined, joining from odr.han_list();

--! han_set(esiid, on, actor) one
select odr.han_set($1::text, $2::bool, $3::text);
