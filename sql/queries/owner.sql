-- Statements of an account's owner about its own credentials. `handle` is the session's, 32 bytes.

--! owner_account(handle) one read
select login, salt from delivery.own_account($1::bytea);

--! owner_credentials(handle) rows
select credential, kind, label, fingerprint, made_at, expires_at, last_used_at, here
from delivery.own_credentials($1::bytea);

-- BB003, BB004: too many; BB005: the key opens an account already.
--! owner_credential_add(handle, kind, label, salt, verifier, expires) one
select delivery.own_credential_add($1::bytea, $2::text, $3::text, $4::bytea, $5::bytea, $6::timestamptz)
	as credential;

-- BB004: it is the only one that is known to work.
--! owner_credential_end(handle, credential) exec
select delivery.own_credential_end($1::bytea, $2::int8);
