-- Statements of busbar account, credential, session, box and regulator, as the operator's role.

--! regulator_add(code, name, actor) one
select party.regulator_add($1::text, $2::text, $3::text) as party;

-- BB001: no such party; BB003: a value that cannot be; BB005: the login is taken.
--! account_add(party, login, keep_days, quota, sessions, data_tls, networks, actor) one
select delivery.account_add($1::text, $2::text, $3::int4, $4::int8, $5::int4, $6::text, $7::text[], $8::text)
	as account;

-- Null leaves a value as it is; networks '{}' is anywhere.
--! account_set(login, keep_days, quota, sessions, data_tls, networks, actor) exec
select delivery.account_set($1::text, $2::int4, $3::int8, $4::int4, $5::text, $6::text[], $7::text);

-- Null leaves it.
--! account_smt(login, basic, certificate, actor) exec
select smt.account_set($1::text, $2::bool, $3::bool, $4::text);

--! account_close(login, actor) exec
select delivery.account_close($1::text, $2::text);

--! account_factor(login, actor) exec
select party.factor_lost($1::text, $2::text);

--! account_list() rows read
select account, login, party_code, kind, state, keep_days, quota_bytes, used_bytes, sessions_most, data_tls,
	networks, files, made_at
from delivery.accounts();

-- BB005: a key, certificate or token that is in use.
--! credential_add(login, kind, label, salt, verifier, expires, actor) one
select delivery.credential_add($1::text, $2::text, $3::text, $4::bytea, $5::bytea, $6::text::timestamptz,
	$7::text) as credential;

-- What it had of that kind ends.
--! credential_replace(login, kind, label, salt, verifier, expires, actor) one
select delivery.credential_replace($1::text, $2::text, $3::text, $4::bytea, $5::bytea, $6::text::timestamptz,
	$7::text) as credential;

--! credential_salt(login) one read
select delivery.salt($1::text) as salt;

--! credential_end(credential, actor) exec
select delivery.credential_end($1::int8, $2::text);

--! credential_list(login) rows read
select credential, kind, label, fingerprint, made_at, expires_at, ended_at, last_used_at
from delivery.credentials($1::text);

--! session_list() rows read
select login, party_code, door, from_address, opened_at, seen_at from delivery.sessions();

-- Names of the parts that are forgotten.
--! box_sweep() rows
select part_name from delivery.sweep();
