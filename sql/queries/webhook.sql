-- Statements of busbar webhook, as the operator's role.

--! webhook_list(party) rows read
select webhook, party_code, kind, url, label, events, state, says, cursor, log_end, failing_since, attempts, next_at,
	rotates_at, made_at, proven_at, sent_at
from hook.endpoints($1::int4);

--! webhook_party(webhook) one read
select coalesce(hook.party_of($1::int8), 0) as party;

-- BB003: a value that cannot be.
--! webhook_add(party, kind, url, label, events, secret, actor) one
select hook.add($1::int4, $2::text, $3::text, $4::text, $5::text[], $6::bytea, $7::text) as webhook;

--! webhook_change(webhook, url, label, events, actor) exec
select hook.change($1::int8, $2::text, $3::text, $4::text[], $5::text);

--! webhook_step(webhook, event, actor) exec
select hook.step($1::int8, $2::text, $3::text);

--! webhook_test(webhook, actor) exec
select hook.test($1::int8, $2::text);

--! webhook_rotate(webhook, secret, at_once, actor) one
select hook.rotate($1::int8, $2::bytea, $3::bool, $4::text) as alone_at;

--! webhook_replay(webhook, cursor, actor) exec
select hook.replay($1::int8, $2::text, $3::text);

--! webhook_log(webhook, before, most) rows read
select attempt, at, what, items, bytes, from_cursor, to_cursor, address, status, ms, result, says
from hook.attempts($1::int8, $2::int8, $3::int4);

--! webhook_announce(state, words, actor) exec
select hook.announce($1::text, $2::text, $3::text);
