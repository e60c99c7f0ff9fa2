-- busbar-apid: the Smart Meter Texas family. Each takes what was shown.
grant usage on schema smt to busbar_apid;
grant execute on function
	smt.token(bytea, bytea), smt.against(bytea, text, text, text[], date, date), smt.premises(bytea, text[]),
	smt.meters(bytea, text[]), smt.mine(bytea, int4)
	to busbar_apid;
