-- Statements of /v1 about agreements and invitations (busbar-apid). `shown` is what a caller has shown: 32 bytes.

--! v1_agreements(shown, states, kind, esiid, reference, from, to, before, most) rows
select agreement, body
from api.agreements($1::bytea, $2::text[], $3::text, $4::text, $5::text, $6::date, $7::date, $8::int8, $9::int4);

--! v1_agreement(shown, agreement) one
select api.agreement($1::bytea, $2::int8) as body;

-- signed is null until it is.
--! v1_agreement_receipt(shown, agreement) one
select receipt, signed from api.agreement_receipt($1::bytea, $2::int8);

--! v1_agreement_funnel(shown, from, to) one
select invited, sent, delivered, opened, affirmed, declined, reported, lapsed, undeliverable, withdrawn
from api.agreement_funnel($1::bytea, $2::date, $3::date);

--! v1_agreement_move(shown, agreement, event) one
select api.agreement_move($1::bytea, $2::int8, $3::text) as state;

--! v1_agreement_end(shown, agreement, why) one
select api.agreement_end($1::bytea, $2::int8, $3::text) as state;

-- A row with the agreement, one for each fault, or both.
--! v1_invite(shown, batch, n, esiids, meters, reps, email_sealed, email_place, email_index, domain_index, kind, kinds, months, history, language, reference, all_or_none, source) rows
select coalesce(agreement, 0) as agreement, state, coalesce("row", 0) as row, code, message
from api.invite($1::bytea, $2::bytea, $3::int4, $4::text[], $5::text[], $6::text[], $7::bytea, $8::bytea, $9::bytea,
	$10::bytea, $11::text, $12::text[], $13::int4, $14::int4, $15::text, $16::text, $17::bool, $18::inet);

--! v1_invitation_file(shown, file) one
select api.invitation_file($1::bytea, $2::int8) as body;

--! v1_invitation_rows(shown, file) rows
select line, coalesce(agreement, 0) as agreement, state, coalesce(col, 0) as col, code, found, expected
from api.invitation_rows($1::bytea, $2::int8);

-- The last row has no body, and behind what the next page is.
--! v1_releases(shown, esiid, before, most) rows
select coalesce(event, 0) as event, body from api.releases($1::bytea, $2::text, $3::int8, $4::int4);
