-- Statements of busbar-portald about a customer's use. shown: the SHA-256 of the secret in the browser's cookie.

--! portal_places(shown, esiid, most) rows
select esiid, street, city, utility, zone, channels, class, first_day, last_day, today, newest, meter, places
from portal.places($1::bytea, $2::text, $3::int4);
