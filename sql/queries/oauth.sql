-- Statements of busbar-apid's OAuth family. secret: the SHA-256 of the client's, null for none; shown, access, refresh:
-- SHA-256 of tokens. An error of the protocol is part of the row.

--! oauth_by_code(client_id, secret, shown, redirect_uri, verifier, access, refresh) one
select error, description, coalesce(expires_s, 0) as expires_s, coalesce(refresh, false) as refresh, scope, resource,
	authorization_id, customer
from oauth.token_by_code($1::text, $2::bytea, $3::bytea, $4::text, $5::text, $6::bytea, $7::bytea);

--! oauth_by_refresh(client_id, secret, shown, scope, access, refresh) one
select error, description, coalesce(expires_s, 0) as expires_s, coalesce(refresh, false) as refresh, scope, resource,
	authorization_id, customer
from oauth.token_by_refresh($1::text, $2::bytea, $3::bytea, $4::text, $5::bytea, $6::bytea);

--! oauth_by_client(client_id, secret, scope, access) one
select error, description, coalesce(expires_s, 0) as expires_s, coalesce(refresh, false) as refresh, scope, resource,
	authorization_id, customer
from oauth.token_by_client($1::text, $2::bytea, $3::text, $4::bytea);

--! oauth_revoke(client_id, secret, shown) one
select oauth.revoke($1::text, $2::bytea, $3::bytea) as known;

--! oauth_introspect(client_id, secret, shown) one
select said is not null as known, coalesce(said::text, '') as said
from oauth.introspect($1::text, $2::bytea, $3::bytea) said;
