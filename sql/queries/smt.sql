-- Statements of busbar-apid for the Smart Meter Texas family.

-- A token for an hour; BB007: the login does not hold any more.
--! smt_token(handle, made) one
select issued_at, expires_at from smt.token($1::bytea, $2::bytea);

-- What stands against a request, null when nothing does; kind and days may be null.
--! smt_against(shown, requestor, kind, esiids, from_day, to_day) one
select coalesce(smt.against($1::bytea, $2::text, $3::text, $4::text[], $5::date, $6::date), '') as against;

--! smt_is_duns(shown, duns) one
select smt.is_duns($1::bytea, $2::text) as same;

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

-- ---- agreements ----

-- A row for each fault; one with null row when there is none. BB003: what cannot be, or MISMATCH.
--! smt_agreement_add(shown, requestor, esiids, meters, reps, sealed, place, index, domain, months, language, reference, source) rows
select (r ->> 'id')::int8 as id, f.row, f.code, f.message
from (select smt.agreement_add($1::bytea, $2::text, $3::text[], $4::text[], $5::text[], $6::bytea, $7::bytea, $8::bytea,
	$9::bytea, $10::int4, $11::text, $12::text, $13::text::inet) as r) x
left join lateral jsonb_to_recordset(r -> 'faults') f ("row" int4, code text, message text) on true
order by f.row;

--! smt_agreements(shown, requestor, number, code, most) rows
select agreement, code, words, invited_at, starts_at, ends_at, coalesce(months, 0) as months, premises
from smt.agreements($1::bytea, $2::text, $3::int8, $4::text, $5::int4);

--! smt_agreement_esiids(shown, requestor, number) rows
select esiid, active from smt.agreement_esiids($1::bytea, $2::text, $3::int8);

--! smt_agreement_end(shown, requestor, number, index) one
select smt.agreement_end($1::bytea, $2::text, $3::int8, $4::bytea) as state;

-- ---- reports ----

-- BB001: nothing of one of the premises is the caller's.
--! smt_report_add(shown, kind, esiids, from_day, to_day, delivery, format, trans_id) one
select result, coalesce(report, 0) as report
from smt.report_add($1::bytea, $2::text, $3::text[], $4::date, $5::date, $6::text, $7::text, $8::text);

--! smt_report_state(shown, requestor, number) one
select report, state, says, kind, delivery, asked_at, built_at, file, coalesce(size, 0) as size, expires_at
from smt.report_state($1::bytea, $2::text, $3::int8);

-- By number, or (shown null) by the SHA-256 of a link. BB001, BB002.
--! smt_report_open(shown, number, link) one
select name, sha256, size, media from smt.report_open($1::bytea, $2::int8, $3::bytea);

-- ---- subscriptions ----

--! smt_subscription_add(shown, requestor, type, data_type, esiids, format, history) one
select result, coalesce(subscription, 0) as subscription
from smt.subscription_add($1::bytea, $2::text, $3::text, $4::text, $5::text[], $6::text, $7::int4);

--! smt_subscriptions(shown, requestor) rows
select subscription, type, data_type, format, frequency, state, made_at, last_at
from smt.subscriptions($1::bytea, $2::text);

--! smt_subscription_end(shown, requestor, number) one
select smt.subscription_end($1::bytea, $2::text, $3::int8) as state;
