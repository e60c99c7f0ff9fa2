-- Statements of busbar-apid for all of its families. `shown` is what a caller has shown: 32 bytes.

-- Whose token that is; BB007: nobody's (any more). Asking twice does no harm.
--! api_who(shown) one read
select class as class_, kind, code, login, party, account, client
from api.who($1::bytea);

-- How far each utility's reads have come.
--! api_freshness() rows read
select tdu, loaded_at, day, due, received from api.freshness();

-- Some requests out of the caller's budget.
--! api_budget_take(shown, class, n) one
select granted, most, remaining, reset_s from api.budget_take($1::bytea, $2::text, $3::int4);

--! api_budget_used(shown, class, n) exec
select api.budget_used($1::bytea, $2::text, $3::int4);

--! api_once_begin(shown, key, what, body_sha256) one
select result, status, type, headers, answer from api.once_begin($1::bytea, $2::text, $3::text, $4::bytea);

--! api_once_end(shown, key, status, type, headers, answer) exec
select api.once_end($1::bytea, $2::text, $3::int4, $4::text, $5::text, $6::bytea);
