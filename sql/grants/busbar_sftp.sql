-- busbar-sftp: opens the one session that its handle is for, and its box.
grant usage on schema delivery, ops to busbar_sftp;

grant execute on function
	ops.schema_number(),
	delivery.open_once(bytea, text),
	delivery.list(bytea, text), delivery.find(bytea, text, text), delivery.open(bytea, text, text),
	delivery.still(bytea, int8),
	delivery.put_begin(bytea, text, text, bool, text), delivery.part_find(bytea, text, text),
	delivery.part_drop(bytea, text, text, text),
	delivery.put_end(bytea, int8, bytea, int8), delivery.remove(bytea, text, text),
	delivery.rename(bytea, text, text, text, text),
	delivery.touch(bytea, text, text, timestamptz),
	delivery.moved(bytea, int8[], int8[], int4[], int8[]), delivery.beat(bytea), delivery.session_end(bytea)
	to busbar_sftp;
