-- Statements of the Green Button data custodian. shown: 32 bytes; subscription: text of a UUID, '' for all that
-- the token reaches.

--! espi_custodian() one read
select space::text as space, company, certificate, sync_days, keep_days from espi.custodian();

--! espi_points(shown, subscription, thorough) rows
select premise, esiid, zone, subscription::text as subscription, made_at, series, reads, cost, summaries, amounts
from espi.points($1::bytea, nullif($2::text, '')::uuid, $3::bool);

--! espi_bulk(shown, bulk) exec
select espi.bulk($1::bytea, $2::text::uuid);

-- as_of: RFC 3339 or null. Commit before the rest.
--! espi_open(shown, subscription, premise, kind, from, to, as_of, resource) one
select number, at from espi.open($1::bytea, nullif($2::text, '')::uuid, $3::int4, $4::text, $5::date, $6::date,
	$7::text::timestamptz, $8::text);

-- Of the first of these premises; the last row has no day, and the last premise that is in it.
--! espi_days(number, premises, from, to, updated_min, updated_max, most) rows read
select premise, channel, day, published_at, updated_at, data
from espi.days($1::int8, $2::int4[], $3::date, $4::date, $5::timestamptz, $6::timestamptz, $7::int4);

--! espi_bills(number, premise, from, to, updated_min, updated_max) rows read
select first_day, last_day, published_at, updated_at, wh, demand_w, amount, currency, items, status
from espi.bills($1::int8, $2::int4, $3::date, $4::date, $5::timestamptz, $6::timestamptz);

--! espi_prices(number, premise) rows read
select channel, first_day, last_day, days, from_minute, to_minute, price_micro, currency
from espi.prices($1::int8, $2::int4);

--! espi_service_status(shown) one
select espi.service_status($1::bytea) as status;

--! espi_authorizations(shown) rows
select kind, authorization_id::text as authorization_id, information::text as information, active, starts_at, ends_at,
	reads_from, expires_at, scope, subscription::text as subscription, retail_customer::text as retail_customer,
	bulk::text as bulk, made_at, changed_at
from espi.authorizations($1::bytea);

--! espi_revoke(shown, authorization) exec
select espi.revoke($1::bytea, $2::text::uuid);

-- Lists stand one item a line. information '': all that the caller may see.
--! espi_information(shown, information) rows
select information::text as information, bulk::text as bulk, client_id, name, state, sandbox, description,
	array_to_string(redirect_uris, e'\n') as redirect_uris, array_to_string(scopes, e'\n') as scopes,
	array_to_string(grant_types, e'\n') as grant_types, notify_uri, portal_uri, scope_uri, logo_uri, client_uri, tos_uri,
	policy_uri, software_id, software_version, issued_at, changed_at
from espi.information($1::bytea, nullif($2::text, '')::uuid);

--! espi_weight(shown, subscription, from, to) one
select espi.weight($1::bytea, nullif($2::text, '')::uuid, $3::date, $4::date) as days;

--! espi_batch_ask(shown, subscription, resource) one
select "is" as found, sha256, size, retry_s
from espi.batch_ask($1::bytea, nullif($2::text, '')::uuid, $3::text);

--! espi_batch_claim(secret) one
select batch, resource from espi.batch_claim($1::bytea);

--! espi_batch_end(secret, sha256, size, entries, number) exec
select espi.batch_end($1::bytea, $2::bytea, $3::int8, $4::int8, nullif($5::int8, 0));

--! espi_batch_fail(secret, why, over) exec
select espi.batch_fail($1::bytea, $2::text, $3::bool);

--! espi_customers(shown, retail_customer, resource) rows
select esiid, zone, subscription::text as subscription, retail_customer::text as retail_customer, made_at, customer,
	kind, language, index, account_sealed, name_sealed, address_sealed, phone_sealed, email_sealed, agreement, signed_at,
	starts_at, ends_at, location, street, city, state, zip, supplier, meter, interval_s
from espi.customers($1::bytea, nullif($2::text, '')::uuid, $3::text);

--! espi_statements(shown, retail_customer) rows
select retail_customer::text as retail_customer, customer, subscription::text as subscription, esiid, first_day, last_day,
	issued_at, made_at
from espi.statements($1::bytea, nullif($2::text, '')::uuid);

--! espi_trial_client(client_id, secret_sha256, redirect_uri) one read
select espi.trial_client($1::text, $2::bytea, $3::text) as ok;
