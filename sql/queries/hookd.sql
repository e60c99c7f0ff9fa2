-- Statements of busbar-hookd. sql/functions/hook.sql and hook_send.sql say what each function does.

--! hook_start(worker) one
select hook.start($1::text) as again;

--! hook_sequence(most) one
select hook.sequence($1::int4) as events;

--! hook_tidy() one
select hook.tidy() as gone;

--! hook_gauges() rows read
select name, value from hook.gauges();

--! hook_take(worker, lease_s) one
select endpoint, token, party, kind, url, what, challenge, secret, secret_next, attempts
from hook.take($1::text, $2::int4);

-- BB004 from here on: the endpoint is not this sender's any more.
--! hook_page(endpoint, token, most) rows
select id, kind, seq, at, esiid, agreement, from_day, to_day, detail, utility, paths, premise, more
from hook.page($1::int8, $2::text, $3::int4);

--! hook_told(endpoint, token, what, good, to_seq, to_premise, pause_s, give_up_s, ms, items, bytes, address, status, result, says) one
select hook.told($1::int8, $2::text, $3::text, $4::bool, $5::int8, nullif($6::int4, 0), $7::int8, $8::int8, $9::int4,
	$10::int4, $11::int4, $12::text, $13::int4, $14::text, $15::text) as more;

--! hook_released(endpoint, token) exec
select hook.released($1::int8, $2::text);

--! hook_next_ms() one read
select coalesce(hook.next_ms(), -1) as next_ms;
