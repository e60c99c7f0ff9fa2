-- Statements of busbar-portald for third parties. shown: the SHA-256 of the secret in the browser's cookie. What /v1
-- answers in JSON is taken apart here.

--! portal_csp_home(shown) one
select state, missing, expires_at, waiting, active, held, ending, box from portal.csp_home($1::bytea);

--! portal_csp_agreements(shown, states, kind, esiid, reference, from, to, before, most) rows
select a.agreement, b.state, b.stage, b.kind, b.premise_count as premises, b.reference, b.invited_at, b.dies_at, b.starts_at,
	b.ends_at, b.ended_at, b.by
from api.agreements($1::bytea, $2::text[], $3::text, $4::text, $5::text, $6::date, $7::date, $8::int8, $9::int4) a
cross join lateral jsonb_to_record(a.body::jsonb) b (state text, stage text, kind text, premise_count int8, reference text,
	invited_at timestamptz, dies_at timestamptz, starts_at timestamptz, ends_at timestamptz, ended_at timestamptz, by text)
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

--! portal_csp_invited(shown, batch) rows
select n, coalesce(agreement, 0) as agreement, coalesce("row", 0) as row, code, message
from api.invited_before($1::bytea, $2::bytea);

-- ---- registration ----

--! portal_csp_terms() one read
select portal.terms_version() as version;

--! portal_csp_register(code, name, tax_id, duns, site, privacy, use_en, use_es, standing, capability, redirects, certificate, sealed, place, index, domain_of_site, domain_of_contact, person_name, person_sealed, person_place, language, source) exec
select portal.csp_register($1::text, $2::text, row (null, $3::text, $4::text, $5::text, $6::text, $7::text, $8::text,
	$9::text, $10::text, null, null, $11::text[], null, null, $12::bytea, null)::party.csp_profile,
	$13::bytea, $14::bytea, $15::bytea, array[$16::bytea, $17::bytea], $18::bytea, $19::bytea, $20::bytea, $21::text,
	$22::inet);

--! portal_csp_registration(shown) one
select code, name, state, coalesce("position", 0) as position, expires_at, requested_at, tax_id, site, privacy_url,
	use_en, use_es, standing, capability, redirects, certificate, client_id, reviewed, approved, second
from portal.csp_registration($1::bytea);

--! portal_csp_checks(shown) rows
select name, needed, passed, found, at from portal.csp_checks($1::bytea);

--! portal_csp_certificate(shown, chain) exec
select portal.csp_certificate($1::bytea, $2::bytea);

--! portal_csp_test(shown, passed, found) exec
select portal.csp_test($1::bytea, $2::bool, $3::text);

--! portal_csp_live(shown) one
select portal.csp_live($1::bytea) as state;

-- ---- the sandbox ----

--! portal_sandbox_premises(shown, most) rows
select esiid, meter, certificate, rep from portal.sandbox_premises($1::bytea, $2::int4);

--! portal_sandbox_clock(shown) one
select now, movable from portal.sandbox_clock($1::bytea);

--! portal_sandbox_advance(shown, hours) one
select portal.sandbox_advance($1::bytea, $2::int4) as now;

-- ---- programs (OAuth) ----

--! portal_csp_clients(shown) rows
select client_id, name, state, sandbox, public, redirect_uris, scopes, grants, notify_uri, issued_at
from portal.csp_clients($1::bytea);

--! portal_csp_client_secret(shown, client_id, sha256) exec
select portal.csp_client_secret($1::bytea, $2::text, $3::bytea);

--! portal_csp_client(shown, client_id) one
select client_id, name, state, sandbox, public, redirect_uris, scopes, grants, notify_uri, issued_at
from portal.csp_client($1::bytea, $2::text);

--! portal_csp_client_add(shown, name, sha256, sandbox, redirects, scopes, notify) one
select portal.csp_client_add($1::bytea, $2::text, $3::bytea, $4::bool, $5::text[], $6::text[], $7::text) as client_id;

--! portal_csp_client_set(shown, client_id, name, redirects, scopes, notify) exec
select portal.csp_client_set($1::bytea, $2::text, $3::text, $4::text[], $5::text[], $6::text);
