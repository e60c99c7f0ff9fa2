-- busbar-apid: the Smart Meter Texas family. Each takes what was shown.
grant usage on schema smt to busbar_apid;
grant execute on function
	smt.token(bytea, bytea), smt.against(bytea, text, text, text[], date, date), smt.premises(bytea, text[]),
	smt.is_duns(bytea, text), smt.meters(bytea, text[]), smt.mine(bytea, int4),
	smt.agreement_add(bytea, text, text[], text[], text[], bytea, bytea, bytea, bytea, int4, text, text, inet),
	smt.agreements(bytea, text, int8, text, int4), smt.agreement_esiids(bytea, text, int8),
	smt.agreement_end(bytea, text, int8, bytea),
	smt.report_add(bytea, text, text[], date, date, text, text, text), smt.report_state(bytea, text, int8),
	smt.report_open(bytea, int8, bytea),
	smt.subscription_add(bytea, text, text, text, text[], text, int4), smt.subscriptions(bytea, text),
	smt.subscription_end(bytea, text, int8)
	to busbar_apid;
