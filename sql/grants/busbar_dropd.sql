-- busbar-dropd: makes the drops that are due, builds those that it has taken, takes back those whose rights
-- ended, and forgets what is over in boxes. It reads what the plan of a drop that it holds allows.
grant usage on schema delivery, reads, ops, espi to busbar_dropd;

grant execute on function
	ops.schema_number(), reads.shapes(), espi.space(),
	delivery.schedule_due(int4), delivery.rights_check(), delivery.sweep(),
	delivery.build_start(text), delivery.build_take(text), delivery.build_next_ms(),
	delivery.build_beat(int8, text), delivery.build_plan(int8, text),
	delivery.build_marks(int8, text), delivery.build_page(int8, text, int4),
	delivery.build_changes(int8, text, int4), delivery.build_registers(int8, text, int4),
	delivery.build_billings(int8, text, int4), delivery.build_end(int8, text, jsonb),
	delivery.build_fail(int8, text, text, bool),
	delivery.push_start(text), delivery.push_take(text, int8), delivery.push_lease(int8, text, int8),
	delivery.push_files(int8, text), delivery.push_moved(int8, text, int8),
	delivery.push_publish(int8, text, int8), delivery.push_sent(int8, text, int8, text),
	delivery.push_withdrawn(int8, text), delivery.push_failed(int8, text, text, text),
	delivery.push_next_ms(), delivery.push_untold(), delivery.push_tell(int8, text, bytea, int8)
	to busbar_dropd;
