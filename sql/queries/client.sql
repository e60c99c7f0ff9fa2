-- Statements of busbar client, as the operator's role.

--! client_list(csp) rows read
select client_id, csp, name, state, sandbox, public, redirect_uris, scopes, grants, information::text as information,
	bulk::text as bulk, notify_uri, portal_uri, issued_at, ended_at
from oauth.clients($1::int4);

--! client_add(csp, client_id, name, secret, sandbox, redirect_uris, scopes, notify_uri, portal_uri, actor) one
select client_id
from oauth.client_add($1::int4, $2::text, $3::text, $4::bytea, $5::bool, $6::text[], nullif($7::text[], '{}'), $8::text,
	$9::text, $10::text);

--! client_state(client_id, state, why, actor) one
select oauth.client_state($1::text, $2::text, $3::text, $4::text) as state;

--! client_secret(client_id, secret, actor) exec
select oauth.client_secret($1::text, $2::bytea, $3::text);

-- What customers allowed to a client, the newest last.
--! client_grants(client_id) rows read
select agreement as id, state, scope, premises, made_at, ends_at, authorization_id::text as authorization_id
from oauth.client_grants($1::text);

--! grant_offline(client_id, esiids, scope, months, language, sealed, place, index, paper, form_sha256, actor) one
select agreement as id, state, authorization_id::text as authorization_id
from espi.grant_offline($1::text, $2::text[], $3::text, $4::int4, $5::text, $6::bytea, $7::bytea, $8::bytea, $9::text,
	$10::bytea, $11::text);

--! custodian_token(shown, reason, hours, actor) one
select espi.custodian_token($1::bytea, $2::text, $3::int4, $4::text) as expires_at;
