-- busbar-auditd: numbers audit events, grows the tree over them, adds checkpoints and signatures of receipts,
-- and erases personal text that is due. It reads hashes, not events, and no table.
grant usage on schema audit, ops to busbar_auditd;

grant execute on function
	ops.schema_number(),
	audit.start(text, bytea, text), audit.sequence(int4), audit.hashes(int8, int8),
	audit.grow(int8, int8, bytea, int4[], int8[], bytea), audit.checkpoint_add(int8, bytea, text),
	audit.subtrees(int4[], int8[]), audit.receipts_waiting(int4), audit.receipt_sign(int8, text),
	audit.personal_erase(int4, text), audit.state()
	to busbar_auditd;
