-- busbar-hookd: numbers events, takes endpoints that have something to be told, reads the page that each of them is to
-- get, tells what became of it. It reads no table and no reads.
grant usage on schema hook, ops to busbar_hookd;

grant execute on function
	ops.schema_number(), hook.start(text), hook.sequence(int4), hook.tidy(), hook.gauges(), hook.take(text, int4),
	hook.page(int8, text, int4),
	hook.told(int8, text, text, bool, int8, int4, int8, int8, int4, int4, int4, text, int4, text, text),
	hook.released(int8, text), hook.next_ms()
	to busbar_hookd;
