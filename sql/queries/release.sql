-- Reads by what was shown (32 bytes): a token of busbar-apid's callers, a session of busbar-portald's.

-- First half of a release: its audit event is committed when this has answered.
--! api_release_open(shown, esiids, kind, from, to, from_at, to_at, as_of, versions, door) one
select number, premises, first_day, last_day, not_found, tdus
from api.release_open($1::bytea, $2::text[], $3::text, $4::date, $5::date, $6::timestamptz, $7::timestamptz,
	$8::timestamptz, $9::bool, $10::text);

-- On a standby: has it come so far?
--! api_release_known(number) one read
select reads.release_known($1::int8) as known;

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

-- Prices of the premises of a release that is open.
--! api_release_prices(shown, number) rows read
select esiid, channel, first_day, last_day, days, from_minute, to_minute, price_micro, currency
from api.release_prices($1::bytea, $2::int8);

--! api_shapes() rows read
select shape, text from reads.shapes();
