-- Statements of busbar-portald about consents. shown: the SHA-256 of the page's secret and the browser's.

--! portal_client(client_id) one read
select name, public, may, why, array_to_string(redirect_uris, ' ') as redirect_uris,
	array_to_string(scopes, ' ') as scopes, unknown, excess
from oauth.client_asks($1::text);

--! portal_consent_begin(shown, client_id, redirect_uri, told, state, challenge, scope, fixed, prefer_until, at_least_until, prefill, prefill_sealed, language) exec
select oauth.consent_begin($1::bytea, $2::text, $3::text, $4::bool, $5::text, $6::bytea, $7::text, $8::bool,
	$9::timestamptz, $10::timestamptz, $11::text, $12::bytea, $13::text);

--! portal_consent(shown) one read
select p->>'step' as step, p->>'name' as csp, p->>'redirect_uri' as redirect_uri, p->>'state' as state, p->>'scope' as scope,
	(p->>'fixed')::bool as fixed, p->>'language' as language, p->>'prefill' as prefill,
	decode(p->>'prefill_sealed', 'hex') as prefill_sealed, p->>'code_shown' as code_shown,
	(p->>'history')::int4 as history, p->>'site' as site, p->>'privacy' as privacy,
	coalesce(p->>'use_en', '') as use_en, coalesce(p->>'use_es', p->>'use_en', '') as use_es,
	jsonb_build_object('items', p->'premises')::text as premises,
	jsonb_build_object('items', p->'terms')::text as terms
from oauth.consent_page($1::bytea) p
where p is not null;

--! portal_consent_find(shown, kind, index, via, source, to_sealed, to_place, to_index) exec
select oauth.consent_find($1::bytea, $2::text, $3::bytea, $4::text, $5::inet, $6::bytea, $7::bytea, $8::bytea);

--! portal_consent_code(shown, code, new_shown, source) one
select oauth.consent_code($1::bytea, $2::text, $3::bytea, $4::inet) as ok;

--! portal_consent_again(shown) exec
select oauth.consent_again($1::bytea);

--! portal_consent_login(shown, handle, new_shown) one
select oauth.consent_login($1::bytea, $2::bytea, $3::bytea) as ok;

--! portal_consent_deny(shown, source, agent) exec
select oauth.consent_deny($1::bytea, $2::inet, $3::text);

--! portal_consent_grant(shown, premises, scope, months, disclosure, disclosure_sha256, evidence, source, agent, code) one
select state
from oauth.consent_grant($1::bytea, $2::int4[], $3::text, $4::int4, $5::text, $6::bytea, $7::jsonb, $8::inet, $9::text,
	$10::bytea);

--! portal_connect(client_id) one read
select portal_uri, scope from oauth.client_portal($1::text);

-- A third party's data-share link: where the browser goes on.
--! portal_share(code, form, portal) one
select client_id, scope, redirect_uri from utility.share_begin($1::text, $2::text, $3::text);
