-- Statements of busbar-apid for webhooks. `shown` is what a caller has shown: whose they are is for it to say.

--! apihook_party(shown) one read
select hook.own_party($1::bytea) as party;

--! apihook_list(shown, webhook) rows read
select webhook, kind, url, label, events, state, says, cursor, log_end, failing_since, attempts, next_at, rotates_at,
	made_at, proven_at, sent_at
from hook.own_list($1::bytea, $2::int8);

-- BB003: a value that cannot be.
--! apihook_add(shown, kind, url, label, events, secret) one
select hook.own_add($1::bytea, $2::text, $3::text, $4::text, $5::text[], $6::bytea) as webhook;

--! apihook_change(shown, webhook, url, label, events) exec
select hook.own_change($1::bytea, $2::int8, $3::text, $4::text, $5::text[]);

-- event: pause, resume, end, test.
--! apihook_step(shown, webhook, event) exec
select hook.own_step($1::bytea, $2::int8, $3::text);

--! apihook_rotate(shown, webhook, secret, at_once) one
select hook.own_rotate($1::bytea, $2::int8, $3::bytea, $4::bool) as alone_at;

--! apihook_replay(shown, webhook, cursor) exec
select hook.own_replay($1::bytea, $2::int8, $3::text);

--! apihook_log(shown, webhook, before, most) rows read
select attempt, at, what, items, bytes, from_cursor, to_cursor, address, status, ms, result, says
from hook.own_attempts($1::bytea, $2::int8, $3::int8, $4::int4);

-- The last row has no id: how far the page goes.
--! apihook_events(shown, cursor, most) rows
select id, kind, seq, at, esiid, agreement, from_day, to_day, detail, more
from hook.own_events($1::bytea, $2::text, $3::int4);
