-- Statements of the operator about mails.

--! mail_list(state, agreement, most) rows read
select mail, kind, state, csp, agreement, language, attempts, queued_at, due_at, give_up_at, accepted_at, reply
from mail.list($1::text, $2::int8, $3::int4);

--! mail_show(mail) one read
select mail, kind, state, csp, agreement, language, attempts, queued_at, due_at, give_up_at, accepted_at, bounced_at,
	reply, facts
from mail.show($1::int8);

--! mail_again(mail, actor) exec
select mail.again($1::int8, $2::text);

--! mail_suppressions() rows read
select recipient_index, csp, reason, since from mail.suppressions();

--! mail_opt_out(recipient_index, csp, reason, actor) one
select mail.opt_out($1::bytea, $2::int4, $3::text, $4::text) as changed;

--! mail_opt_in(recipient_index, csp, actor) one
select mail.opt_in($1::bytea, $2::int4, $3::text) as changed;
