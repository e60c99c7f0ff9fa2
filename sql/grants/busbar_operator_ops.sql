-- What is kept for how long, and when what was done last (migration 0058).
grant execute on function
	ops.retention_list(), ops.retention_set(text, int4, text), ops.retention_step(int4, text), ops.did(text), ops.dids(), ops.gauges()
	to busbar_operator;
grant execute on function ops.gauges() to busbar_auditd;
