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
