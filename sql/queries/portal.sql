-- Statements of busbar-portald. `link` is the SHA-256 of a link's token.

-- What a link is for, and what it tells; no row: there is no such link, or it is over.
--! portal_page(link) one read
select p->>'purpose' as purpose, p->>'state' as state, (p->>'id')::int8 as id,
	p->'csp'->>'name' as csp, p->'csp'->>'site' as site, p->'csp'->>'privacy' as privacy,
	coalesce(p->'csp'->>'use_en', p->'csp'->>'use') as use_en,
	coalesce(p->'csp'->>'use_es', p->'csp'->>'use_en', p->'csp'->>'use') as use_es,
	p->>'kind' as kind,
	(select string_agg(k, ',') from jsonb_array_elements_text(p->'kinds') k) as kinds,
	coalesce((p->>'months')::int4, 0) as months,
	coalesce((p->>'history_months')::int4, 0) as history_months,
	p->>'language' as language, p->>'by' as by, p->>'reason' as reason,
	(p->>'dies_at')::timestamptz as dies_at, (p->>'starts_at')::timestamptz as starts_at,
	(p->>'ends_at')::timestamptz as ends_at, (p->>'decided_at')::timestamptz as decided_at,
	(p->>'ended_at')::timestamptz as ended_at, p->>'used_at' is not null
		or p->>'purpose' = 'RENEW' and p->>'renewed_by' is not null as used,
	jsonb_build_object('items', coalesce(p->'premises', '[]'))::text as premises
from agreement.page($1::bytea) p
where p is not null;

--! portal_opened(link, source, agent) exec
select agreement.opened($1::bytea, $2::inet, $3::text);

--! portal_code(link, code_sha256) one
select agreement.code_try($1::bytea, $2::bytea) as right;

--! portal_decide(link, choice, disclosure, disclosure_sha256, evidence, source, agent) one
select state, first
from agreement.decide($1::bytea, $2::text, $3::text, $4::bytea, $5::jsonb, $6::inet, $7::text);

--! portal_renew(link, evidence, source, agent) exec
select agreement.renew_by_link($1::bytea, $2::jsonb, $3::inet, $4::text);

-- A mail to the same mailbox, with a link that ends the agreement.
--! portal_stop_ask(link, source) exec
select agreement.stop_ask($1::bytea, $2::inet);

--! portal_stop(link, source, agent) exec
select agreement.stop_by_link($1::bytea, $2::inet, $3::text);

--! portal_not_me(link, source, agent) exec
select agreement.not_me($1::bytea, $2::inet, $3::text);

--! portal_receipt(link) one read
select signed, signed_at from agreement.receipt_by_link($1::bytea);

--! portal_opt_out_page(link) one read
select p->>'csp' as csp, p->>'language' as language, coalesce((p->>'done')::bool, false) as done
from mail.opt_out_page($1::bytea) p
where p is not null;

-- every: of all CSPs, not only the one that the mail was about
--! portal_opt_out(link, every) one
select mail.opt_out_by_link($1::bytea, $2::bool) as known;

--! portal_confirm_page(link) one read
select kind, name, done, chooses, language from party.link_about($1::bytea);

--! portal_confirm(link, source) exec
select kind from party.confirm($1::bytea, $2::inet);
