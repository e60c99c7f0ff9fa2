-- Statements of busbar-agreementd. sql/functions/mail_send.sql says what each function does.

--! mail_start(worker) one
select mail.start($1::text) as again;

--! mail_claim(most, lease_s, worker) rows
select mail, token, kind, language, args, facts, recipient_sealed, recipient_place, salt, verp, attempts,
	to_csp, opt_out, hub_now
from mail.claim($1::int4, $2::int4, $3::text);

-- BB004 from here on: the mail is not this sender's any more.
--! mail_links(mail, token, purposes, hashes) exec
select mail.links($1::int8, $2::text, $3::text[], $4::text[]);

--! mail_accepted(mail, token, reply) exec
select mail.accepted($1::int8, $2::text, $3::text);

--! mail_deferred(mail, token, reply, pause_s) one
select mail.deferred($1::int8, $2::text, $3::text, $4::int8) as over;

--! mail_refused(mail, token, reply) exec
select mail.refused($1::int8, $2::text, $3::text);

--! mail_released(mail, token, reply) exec
select mail.released($1::int8, $2::text, $3::text);

--! mail_give_up(most) one
select mail.give_up($1::int4) as mails;

--! mail_next_ms() one read
select coalesce(mail.next_ms(), -1) as next_ms;

-- boot: which start of the machine; uptime_ms: since then, by a clock that nobody sets.
--! agreement_tick(boot, uptime_ms) one
select agreement.tick(nullif($1::text, ''), $2::int8 / 1000.0) as done;

--! agreement_next_ms() one read
select coalesce(greatest(ceil(1000 * extract(epoch from d.at - ops.now())), 0)::int8, -1) as next_ms
from (select agreement.next_due()) d (at);

-- The file that goes with a mail; BB002: the mail must not go.
--! mail_attachment(mail, token) one
select name, sha256, size from smt.attachment($1::int8, $2::text);
