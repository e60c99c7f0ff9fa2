-- Statements of busbar-apid for the Smart Meter Texas family.

-- A token for an hour; BB007: the login does not hold any more.
--! smt_token(handle, made) one
select issued_at, expires_at from smt.token($1::bytea, $2::bytea);

-- What stands against a request, null when nothing does; kind and days may be null.
--! smt_against(shown, requestor, kind, esiids, from_day, to_day) one
select coalesce(smt.against($1::bytea, $2::text, $3::text, $4::text[], $5::date, $6::date), '') as against;

-- What the ids of Green Button begin with.
--! smt_space() one read
select espi.space()::text as space;

--! smt_premises(shown, esiids) rows
select esiid, tdu, duns, status, street, city, state, zip, zone, load_profile, rate_class, service_voltage, class
from smt.premises($1::bytea, $2::text[]);

--! smt_meters(shown, esiids) rows
select esiid, tdu, meter_number, utility_meter_id, multiplier, channels, manufacturer, meter_class, interval_s,
	model, phases, status, tested, installed, firmware, updated, zone
from smt.meters($1::bytea, $2::text[]);

-- The premises of a customer.
--! smt_mine(shown, most) rows
select esiid from smt.mine($1::bytea, $2::int4);

--! smt_homes(shown, esiids) rows
select p.esiid, p.street, p.city, p.state, p.zip, p.duns, m.meter_number, m.multiplier
from smt.premises($1::bytea, $2::text[]) p left join smt.meters($1::bytea, $2::text[]) m on m.esiid = p.esiid;
