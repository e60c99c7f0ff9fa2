-- Statements of busbar-portald for third parties. shown: the SHA-256 of the secret in the browser's cookie. What /v1
-- answers in JSON is taken apart here.

--! portal_csp_home(shown) one
select state, missing, expires_at, waiting, active, held, ending, box from portal.csp_home($1::bytea);

--! portal_csp_agreements(shown, states, kind, esiid, reference, from, to, before, most) rows
select a.agreement, b ->> 'state' as state, b ->> 'stage' as stage, b ->> 'kind' as kind,
	(b ->> 'premise_count')::int8 as premises, b ->> 'reference' as reference,
	(b ->> 'invited_at')::timestamptz as invited_at, (b ->> 'dies_at')::timestamptz as dies_at,
	(b ->> 'starts_at')::timestamptz as starts_at, (b ->> 'ends_at')::timestamptz as ends_at,
	(b ->> 'ended_at')::timestamptz as ended_at, b ->> 'by' as by
from api.agreements($1::bytea, $2::text[], $3::text, $4::text, $5::text, $6::date, $7::date, $8::int8, $9::int4) a
cross join lateral (select a.body::jsonb as b) x
order by a.agreement desc;

--! portal_csp_agreement(shown, agreement) one
select (b ->> 'agreement')::int8 as agreement, b ->> 'state' as state, b ->> 'stage' as stage, b ->> 'kind' as kind,
	array_to_string(array(select jsonb_array_elements_text(b -> 'reads')), ',') as reads,
	coalesce((b ->> 'months')::int4, 0) as months, coalesce((b ->> 'history_months')::int4, 0) as history,
	b ->> 'language' as language, b ->> 'reference' as reference, coalesce((b ->> 'large')::bool, false) as large,
	(b ->> 'invited_at')::timestamptz as invited_at, (b ->> 'accepted_at')::timestamptz as accepted_at,
	(b ->> 'opened_at')::timestamptz as opened_at, (b ->> 'dies_at')::timestamptz as dies_at,
	(b ->> 'decided_at')::timestamptz as decided_at, (b ->> 'starts_at')::timestamptz as starts_at,
	(b ->> 'ends_at')::timestamptz as ends_at, (b ->> 'reads_from')::timestamptz as reads_from,
	(b ->> 'ended_at')::timestamptz as ended_at, b ->> 'by' as by, b ->> 'reason' as reason,
	coalesce((b ->> 'renews')::int8, 0) as renews, coalesce((b ->> 'renewed_by')::int8, 0) as renewed_by,
	b ->> 'receipt' as receipt, b -> 'premises' as premises, b -> 'steps' as steps
from (select api.agreement($1::bytea, $2::int8)::jsonb as b) x;

--! portal_csp_premises(premises) rows read
select x.esiid, x.state, x.until, x.ended_at, x.reason
from jsonb_to_recordset($1::jsonb) x (esiid text, state text, until timestamptz, ended_at timestamptz, reason text)
order by x.esiid
limit 200;

--! portal_csp_steps(steps) rows read
select x.at, x.state, x.by, x.why
from jsonb_to_recordset($1::jsonb) x (at timestamptz, state text, by text, why text)
limit 100;

--! portal_csp_funnel(shown, from, to) one
select invited, sent, delivered, opened, affirmed, declined, reported, lapsed, undeliverable, withdrawn
from api.agreement_funnel($1::bytea, $2::date, $3::date);

--! portal_csp_move(shown, agreement, event) one
select api.agreement_move($1::bytea, $2::int8, $3::text) as state;

--! portal_csp_end(shown, agreement, why) one
select api.agreement_end($1::bytea, $2::int8, $3::text) as state;

-- A row with the agreement, one for each fault, or both.
--! portal_csp_invite(shown, batch, n, esiids, meters, reps, email_sealed, email_place, email_index, domain_index, kind, kinds, months, history, language, reference, source) rows
select coalesce(agreement, 0) as agreement, coalesce("row", 0) as row, code, message
from api.invite($1::bytea, $2::bytea, $3::int4, $4::text[], $5::text[], $6::text[], $7::bytea, $8::bytea, $9::bytea,
	$10::bytea, $11::text, $12::text[], $13::int4, $14::int4, $15::text, $16::text, true, $17::inet);
