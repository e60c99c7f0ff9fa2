-- Statements of busbar endpoint and busbar push, as the operator's role.

-- BB001: no such account; BB003: a value that cannot be.
--! endpoint_add(login, kind, implicit, host, port, path, server_login, secret_kind, secret, pin, actor) one
select delivery.endpoint_add($1::text, $2::text, $3::bool, $4::text, $5::int4, $6::text, $7::text, $8::text,
	$9::bytea, $10::bytea, $11::text) as endpoint;

--! endpoint_pin(endpoint, secret_kind, secret, pin, actor) exec
select delivery.endpoint_pin($1::int8, $2::text, $3::bytea, $4::bytea, $5::text);

--! endpoint_challenge(endpoint, actor) exec
select delivery.endpoint_challenge($1::int8, $2::text);

--! endpoint_prove(endpoint, code, actor) one
select proven, says from delivery.endpoint_prove($1::int8, $2::text, $3::text);

--! endpoint_end(endpoint, actor) exec
select delivery.endpoint_end($1::int8, $2::text);

--! endpoint_use(subscription, endpoint, actor) exec
select delivery.subscription_endpoint($1::int8, $2::int8, $3::text);

--! endpoint_list(login) rows read
select endpoint, login_name as login, party_code, kind, implicit, host, port, path, server_login, secret_kind,
	pin, state, says, challenge, subscriptions, waiting, made_at, proven_at, last_sent_at
from delivery.endpoints($1::text);

--! push_list(endpoint, state, most) rows read
select push, drop, endpoint, login, party_code, kind, host, label, period, state, attempts, queued_at, next_at,
	bytes, total, reason, says, receipt, sent_at
from delivery.pushes($1::int8, $2::text, $3::int4);

--! push_again(push, actor) exec
select delivery.push_again($1::int8, $2::text);

--! push_cancel(push, words, actor) exec
select delivery.push_cancel($1::int8, $2::text, $3::text);
