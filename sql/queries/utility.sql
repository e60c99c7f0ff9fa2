-- Statements of UtilityAPI's family (busbar-apid). Lists: a page of bodies that are JSON already; a row without one says
-- where the next page begins.

--! utility_authorizations(shown, hub, filters, after, most) rows
select uid, body from utility.authorizations($1::bytea, $2::jsonb, $3::jsonb, $4::text, $5::int4);

--! utility_meters(shown, hub, filters, after, most) rows
select uid, body from utility.meters($1::bytea, $2::jsonb, $3::jsonb, $4::text, $5::int4);

--! utility_forms(shown, hub, filters, after, most) rows
select uid, body from utility.forms($1::bytea, $2::jsonb, $3::jsonb, $4::text, $5::int4);

--! utility_events(shown, hub, filters, after, most) rows
select uid, body from utility.events($1::bytea, $2::jsonb, $3::jsonb, $4::text, $5::int4);

--! utility_authorization_change(shown, uid, body) exec
select utility.authorization_change($1::bytea, $2::text, $3::jsonb);

--! utility_authorization_revoke(shown, uid, body) exec
select utility.authorization_revoke($1::bytea, $2::text, $3::jsonb);

--! utility_authorization_delete(shown, uid, body) exec
select utility.authorization_delete($1::bytea, $2::text, $3::jsonb);

--! utility_meter_change(shown, uid, body) exec
select utility.meter_change($1::bytea, $2::text, $3::jsonb);

--! utility_collect(shown, body) exec
select utility.collect($1::bytea, $2::jsonb);

--! utility_monitor(shown, body) exec
select utility.monitor($1::bytea, $2::jsonb);

--! utility_event_change(shown, uid, body) exec
select utility.event_change($1::bytea, $2::text, $3::jsonb);

--! utility_form_add(shown, hub, body) one
select utility.form_add($1::bytea, $2::jsonb, $3::jsonb) as uid;

--! utility_form_change(shown, uid, body) exec
select utility.form_change($1::bytea, $2::text, $3::jsonb);

--! utility_form_delete(shown, uid, body) exec
select utility.form_delete($1::bytea, $2::text, $3::jsonb);

-- residential, commercial: blind indexes of the mailboxes that the players of the sandbox have.
--! utility_test_submit(shown, uid, body, residential, commercial) one
select utility.test_submit($1::bytea, $2::text, $3::jsonb, $4::bytea, $5::bytea) as referral;

-- Whose reads of a kind filters ask for, and which days there are.
--! utility_read_plan(shown, filters, kind, from_day, to_day) rows
select uid, agreement, esiid, utility, zone, first_day, last_day, base
from utility.read_plan($1::bytea, $2::jsonb, $3::text, $4::date, $5::date);

--! utility_release_open(shown, agreement, esiid, kind, from_day, to_day) one
select number, premises, first_day, last_day, not_found, tdus
from utility.release_open($1::bytea, $2::int8, $3::text, $4::text, $5::date, $6::date);
