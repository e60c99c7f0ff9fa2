-- Devices in the home, for busbar-portald; sql/functions/portal_device.sql says what each does.

--! portal_device_state(shown, esiid) one
select served, lives from portal.device_state($1::bytea, $2::text);

--! portal_devices(shown, esiid) rows
select device, coalesce(label, '') as label, class, mac, state, date_trunc('second', asked_at) as asked_at,
	date_trunc('second', joined_at) as joined_at, date_trunc('second', left_at) as left_at
from portal.devices($1::bytea, $2::text);

--! portal_device_messages(shown, esiid) rows
select kind, who, state, coalesce(reason, '') as reason, date_trunc('second', asked_at) as asked_at,
	coalesce(ready_s, -1) as ready_s, coalesce(took_s, -1) as took_s, coalesce(words, '') as words,
	coalesce(mills, 0) as mills, coalesce(minutes, 0) as minutes, coalesce(class, '') as class
from portal.device_messages($1::bytea, $2::text);

--! portal_device_join(shown, esiid, label, class, mac, code) one
select result, wait_s from portal.device_join($1::bytea, $2::text, $3::text, $4::text, $5::text, $6::text);

--! portal_device_remove(shown, esiid, device) one
select result, wait_s from portal.device_remove($1::bytea, $2::text, $3::int8);
