-- busbar-portald: what the holder of a mail's link sees and decides. Each function takes the SHA-256 of the
-- link's secret, and does what that link is for.
grant usage on schema agreement, mail, party, ops to busbar_portald;

grant execute on function
	ops.schema_number(),
	agreement.page(bytea), agreement.opened(bytea, inet, text), agreement.code_try(bytea, bytea),
	agreement.decide(bytea, text, text, bytea, jsonb, inet, text),
	agreement.renew_by_link(bytea, jsonb, inet, text),
	agreement.stop_ask(bytea, inet), agreement.stop_by_link(bytea, inet, text),
	agreement.not_me(bytea, inet, text), agreement.receipt_by_link(bytea),
	mail.opt_out_page(bytea), mail.opt_out_by_link(bytea, bool),
	party.link_about(bytea), party.confirm(bytea, inet)
	to busbar_portald;
