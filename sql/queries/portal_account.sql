-- Statements of busbar-portald about accounts that people make and keep by themselves.

--! portal_reps() rows
select certificate, name from portal.reps();

--! portal_sign_up(esiids, meters, reps, sealed, place, index, language, source) exec
select portal.sign_up($1::text[], $2::text[], $3::text[], $4::bytea, $5::bytea, $6::bytea, $7::text, $8::inet);

--! portal_forgot(index, source) exec
select portal.forgot($1::bytea, $2::inet);

-- link: the SHA-256 of a mail's link
--! portal_link_salt(link) one
select portal.link_salt($1::bytea) as salt;

--! portal_choose(link, derived, source) exec
select portal.choose_password($1::bytea, $2::bytea, $3::inet);

-- ---- of who is signed in ----

--! portal_own_salt(shown) one
select portal.own_salt($1::bytea) as salt;

--! portal_password_change(shown, derived, new_derived) one
select result, wait_s from portal.password_change($1::bytea, $2::bytea, $3::bytea);

--! portal_factor_state(shown) one
select is_set, codes from portal.factor_state($1::bytea);

--! portal_factor_secret(shown) one
select sealed, place, is_set, login from portal.factor_secret($1::bytea);

--! portal_factor_begin(shown, sealed, place) exec
select portal.factor_begin($1::bytea, $2::bytea, $3::bytea);

--! portal_factor_set(shown, step, codes) one
select result, wait_s from portal.factor_set($1::bytea, $2::int8, $3::bytea);

--! portal_factor_end(shown, step, recovery) one
select result, wait_s from portal.factor_end($1::bytea, $2::int8, $3::bytea);

-- the second step of signing in
--! portal_code_in(shown, next, step, recovery) one
select case result when 'OPEN' then 'OK' else result end as result, wait_s
from portal.code($1::bytea, $2::bytea, $3::int8, $4::bytea);

-- ---- people of an organisation ----

--! portal_people(shown) rows
select person, login, role, made_at, seen_at, ready, me from portal.people($1::bytea);

--! portal_person_invite(shown, login, role, name, sealed, place, index, language) exec
select portal.person_invite($1::bytea, $2::text, $3::text, $4::bytea, $5::bytea, $6::bytea, $7::bytea, $8::text);

--! portal_person_remind(shown, person) exec
select portal.person_remind($1::bytea, $2::int4);

--! portal_person_set(shown, person, role) exec
select portal.person_set($1::bytea, $2::int4, $3::text);

--! portal_person_drop(shown, person) exec
select portal.person_drop($1::bytea, $2::int4);

-- ---- preferences, homes, tokens, the end ----

--! portal_preferences(shown) one
select language, sign_in_mails, coalesce(mails, false) as mails from portal.preferences($1::bytea);

--! portal_preferences_set(shown, language, sign_in_mails, mails) exec
select portal.preferences_set($1::bytea, $2::text, $3::bool, $4::bool);

--! portal_homes(shown) rows
select esiid, street, city, state from portal.homes($1::bytea);

--! portal_home_add(shown, esiids, meters, reps, source) exec
select portal.home_add($1::bytea, $2::text[], $3::text[], $4::text[], $5::inet);

--! portal_tokens(shown) rows
select token, label, scope, made_at, expires_at, used_at from portal.tokens($1::bytea);

--! portal_token_make(shown, made, label, words, days) one
select token, expires_at from api.token_make($1::bytea, $2::bytea, $3::text, $4::text[], $5::int4);

--! portal_token_end(shown, token) exec
select portal.token_end($1::bytea, $2::int8);

--! portal_account_delete(shown, derived, shares) one
select result, wait_s from portal.account_delete($1::bytea, $2::bytea, $3::bool);
