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
