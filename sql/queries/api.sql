-- Statements of busbar-apid for all of its families. `shown` is what a caller has shown: 32 bytes.

-- Whose token that is; BB007: nobody's (any more). Asking twice does no harm.
--! api_who(shown) one read
select class as class_, kind, code, login, party, account, client
from api.who($1::bytea);

-- First half of a release: its audit event is committed when this has answered.
--! api_release_open(shown, esiids, kind, from, to, from_at, to_at, as_of, versions, door) one
select number, premises, first_day, last_day, not_found, tdus
from api.release_open($1::bytea, $2::text[], $3::text, $4::date, $5::date, $6::timestamptz, $7::timestamptz,
	$8::timestamptz, $9::bool, $10::text);

-- Second one. A number that nobody knows is the least one there is. Whole seconds, rounded up: "as of" the time that is shown has the version in it.
--! api_release_rows(shown, number) rows read
select channel, day, created, load, line,
	date_trunc('second', loaded_at + interval '999999 microseconds') as loaded_at, data, esiid, tdu, zone
from api.release_rows($1::bytea, $2::int8);

--! api_release_registers(shown, number) rows read
select channel, day, created, load, line,
	date_trunc('second', loaded_at + interval '999999 microseconds') as loaded_at,
	coalesce(start_wh, '-9223372036854775808'::int8) as start_wh, end_wh, coalesce(wh, '-9223372036854775808'::int8) as wh, status, esiid, tdu, zone
from api.release_registers($1::bytea, $2::int8);

--! api_release_billings(shown, number) rows read
select channel, start_date, end_date, created, load, line,
	date_trunc('second', loaded_at + interval '999999 microseconds') as loaded_at, wh,
	coalesce(metered_w, '-9223372036854775808'::int8) as metered_w,
	coalesce(billed_w, '-9223372036854775808'::int8) as billed_w,
	coalesce(metered_va, '-9223372036854775808'::int8) as metered_va,
	coalesce(billed_va, '-9223372036854775808'::int8) as billed_va,
	coalesce(amount, '-9223372036854775808'::int8) as amount,
	currency, items, status, esiid, tdu, zone
from api.release_billings($1::bytea, $2::int8);

--! api_shapes() rows read
select shape, text from reads.shapes();

-- Prices of the premises of a release that is open.
--! api_release_prices(shown, number) rows read
select esiid, channel, first_day, last_day, days, from_minute, to_minute, price_micro, currency
from api.release_prices($1::bytea, $2::int8);

-- How far each utility's reads have come.
--! api_freshness() rows read
select tdu, loaded_at, day, due, received from api.freshness();

-- Some requests out of the caller's budget.
--! api_budget_take(shown, class, n) one
select granted, most, remaining, reset_s from api.budget_take($1::bytea, $2::text, $3::int4);

--! api_once_begin(shown, key, what, body_sha256) one
select result, status, type, headers, answer from api.once_begin($1::bytea, $2::text, $3::text, $4::bytea);

--! api_once_end(shown, key, status, type, headers, answer) exec
select api.once_end($1::bytea, $2::text, $3::int4, $4::text, $5::text, $6::bytea);
