-- Statements of busbar csp, person and customer, as the operator's role.

-- ---- third parties ----

--! csp_list() rows read
select code, name, state, step::text as step, "position"::text as "position", missing, expires_at, requested_at from party.csp_list();

--! csp_show(code) rows read
select code, name, state, step::text as step, "position"::text as "position", missing, expires_at, requested_at, tax_id, duns, site, privacy_url, use_en,
	use_es, standing, capability, terms_version, redirect_uris, portal_uri, notification_uri,
	certificate is not null as has_certificate, client_id, reviewed_by, approved_by, second_by
from party.csp_show($1::text);

-- BB001: there is no CSP of that code.
--! csp_named(code) one read
select party.csp_named($1::text) as party;

-- DER, its own first; empty when there is none yet.
--! csp_certificate(code) one read
select coalesce(certificate, '') as certificate from party.csp_show($1::text);

-- BB003: what cannot be; BB005: the code or the tax ID is taken.
--! csp_request(code, name, tax_id, duns, site, privacy, use_en, use_es, standing, capability, terms, redirects, portal, notification, certificate, sealed, place, index, language, actor) one
select party.csp_request($1::text, $2::text, row (null, $3::text, $4::text, $5::text, $6::text, $7::text, $8::text,
	$9::text, $10::text, $11::int4, null, $12::text[], $13::text, $14::text, $15::bytea, null)::party.csp_profile,
	$16::bytea, $17::bytea, $18::bytea, $19::text, $20::text) as party;

--! csp_contact_set(csp, role, sealed, place, index, language, actor) exec
select party.csp_contact_set($1::int4, $2::text, $3::bytea, $4::bytea, $5::bytea, $6::text, $7::text);

--! csp_contacts(csp) rows read
select role, email_sealed, email_place, language from party.csp_contacts($1::int4);

-- A domain that is the CSP's own: customers' mailboxes there are looked at twice.
--! csp_domain_add(csp, domain, says) exec
select radar.own_domain_add($1::int4, $2::bytea, $3::text);

-- BB001: the link is unknown or over.
--! party_confirm(link) rows
select kind, code, name, state, "position"::text as "position" from party.confirm($1::bytea);

--! csp_review(csp, note, out_of_turn, actor) exec
select party.csp_review($1::int4, $2::text, $3::text, $4::text);

--! csp_refuse(csp, why, actor) exec
select party.csp_refuse($1::int4, $2::text, $3::text);

--! csp_approve(csp, chain, leaf, secret, registration, actor) one
select state, client_id, login
from party.csp_approve($1::int4, $2::bytea, $3::bytea, $4::bytea, $5::bytea, $6::text);

--! csp_second(csp, actor) exec
select party.csp_second($1::int4, $2::text);

--! csp_test(csp, passed, found, actor) rows
select name, about, needed, passed, found from party.csp_test($1::int4, $2::bool, $3::text, $4::text);

-- BB002: not its token, or no second person has approved it.
--! csp_live(code, registration) exec
select party.csp_live($1::text, $2::bytea);

-- ---- people ----

--! person_add(party, role, name, sealed, place, index, actor, login) one
select party.person_add($1::text, $2::text, $3::bytea, $4::bytea, $5::bytea, $6::bytea, $7::text, $8::text) as person;

--! person_role(person, role, actor) exec
select party.person_role($1::int4, $2::text, $3::text);

--! person_remove(person, actor) exec
select party.person_remove($1::int4, $2::text);

--! person_list(party) rows read
select person, party_code, role, name_sealed, email_sealed, email_place, made_at from party.persons($1::text);

-- ---- customers ----

-- Says nothing of what was right or wrong.
--! customer_request(esiids, meters, reps, sealed, place, index, language, actor) exec
select party.holder_request($1::text[], $2::text[], $3::text[], $4::bytea, $5::bytea, $6::bytea, $7::text, null,
	$8::text);

--! customer_list() rows read
select holder, login, state, language, email_sealed, email_place, premises, made_at, confirmed_at, ended_at
from party.holders();

-- BB001: no such account that is confirmed; BB005: the name is taken.
--! customer_login(holder, login, actor) exec
select party.holder_login($1::int4, $2::text, $3::text);
