-- Statements of busbar-portald about who is signed in. shown: the SHA-256 of the secret in the browser's cookie; index: of
-- the mailbox that was typed instead of a name, else null.

--! portal_salt(typed, index) one read
select portal.salt($1::text, $2::bytea) as salt;

--! portal_login(typed, index, derived, source) one
select result = 'OK' as ok, handle from portal.login($1::text, $2::bytea, $3::bytea, $4::text);

--! portal_sign_in(typed, index, derived, shown, was, source, agent) one
select result, wait_s from portal.sign_in($1::text, $2::bytea, $3::bytea, $4::bytea, $5::bytea, $6::text, $7::text);

--! portal_me(shown) one
select step, login, language, idle_min, kind, coalesce(role, '') as role, name, many
from portal.me($1::bytea);

--! portal_sign_out(shown) exec
select portal.sign_out($1::bytea);

--! portal_shares(shown) rows
select part, agreement, csp, site, privacy, use_en, use_es, state, kind, kinds, premises, masked, street, city, starts_at,
	ends_at, ended_at, dies_at, by
from portal.shares($1::bytea);

--! portal_share_end(shown, agreement) one
select portal.share_end($1::bytea, $2::int8) as state;

--! portal_reads(shown, before) rows
select day, who, part, door, kinds, times, from_day, to_day, masked, places, reason, last, event
from portal.reads($1::bytea, $2::int8);

--! portal_sessions(shown) rows
select session, here, agent, from_address, opened_at, seen_at from portal.sessions($1::bytea);

--! portal_session_end(shown, session) one
select portal.session_end($1::bytea, $2::int8) as ended;
