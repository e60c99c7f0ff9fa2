-- Meter commands, for busbar-apid. `shown` is what a caller has shown: 32 bytes.

-- result: OK with the number; METER or TDU with the seconds to wait.
--! command_ask(shown, esiid, meter, kind, trans_id, door, body) one
select result, wait_s, command, left_hour, date_trunc('second', asked_at) as asked_at
from odr.ask($1::bytea, $2::text, $3::text, $4::text, $5::text, $6::text, $7::jsonb -> 'args');

-- Of a number, an ESI ID, or all. Unknown numbers are the least there is.
--! command_asked(shown, command, esiid, most) rows
select command, kind, esiid, meter_number, state, reason, reason_words, words, trans_id,
	date_trunc('second', asked_at) as asked_at, date_trunc('second', answered_at) as answered_at,
	coalesce(took_ms, '-9223372036854775808'::int8) as took_ms, date_trunc('second', read_at) as read_at,
	coalesce(read_wh, '-9223372036854775808'::int8) as read_wh,
	coalesce(generation_wh, '-9223372036854775808'::int8) as generation_wh, zone, args, coalesce(device, 0) as device,
	coalesce(ready_ms, '-9223372036854775808'::int8) as ready_ms
from odr.asked($1::bytea, $2::int8, $3::text, $4::int4);

--! command_take(shown, most) rows
select command, kind, esiid, meter_number, args, date_trunc('second', asked_at) as asked_at,
	date_trunc('second', expires_at) as expires_at, again
from odr.take($1::bytea, $2::int4);

--! command_answer(shown, command, state, read_at, read_wh, generation_wh, meter, reason, words) one
select odr.answer($1::bytea, $2::int8, $3::text, $4::timestamptz, $5::int8, $6::int8, $7::text, $8::text, $9::text)
	as result;

--! command_expire() one
select odr.expire() as n;

--! command_devices(shown, esiid) one
select odr.devices($1::bytea, $2::text)::text as body, 0::int8 as number;
