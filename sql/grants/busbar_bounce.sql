-- busbar-bounce: what came back, and nothing else.
grant usage on schema mail, ops to busbar_bounce;

grant execute on function
	ops.schema_number(), mail.bounced(text, bool, text)
	to busbar_bounce;
