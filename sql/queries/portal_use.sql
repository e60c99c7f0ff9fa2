-- Statements of busbar-portald about a customer's use. shown: the SHA-256 of the secret in the browser's cookie.

--! portal_places(shown, esiid, most) rows
select esiid, street, city, utility, zone, channels, class, first_day, last_day, today, newest, meter, places
from portal.places($1::bytea, $2::text, $3::int4);

--! portal_facts(shown, esiid) one
select esiid, street, city, state, zip, utility, class, status, load_profile, rate_class, channels, meter, meter_since,
	manufacturer, model, coalesce(interval_s, 0) as interval_s, coalesce(multiplier, 0) as multiplier, provider,
	provider_since, hour_most, hour_left
from portal.facts($1::bytea, $2::text);

--! portal_read_now(shown, esiid) one
select result, wait_s, coalesce(command, 0) as command from portal.read_now($1::bytea, $2::text);

--! portal_reads_now(shown, esiid) rows
select command, state, reason, asked_at, answered_at, read_at,
	coalesce(read_wh, '-9223372036854775808'::int8) as read_wh,
	coalesce(generation_wh, '-9223372036854775808'::int8) as generation_wh
from portal.reads_now($1::bytea, $2::text);
