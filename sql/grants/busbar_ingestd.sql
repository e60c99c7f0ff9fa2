-- busbar-ingestd: takes what was received, writes reads and what is known of premises. It adds rows to
-- reads, flags, rejects and staging tables by COPY; it can read, change or remove none of them.
grant usage on schema ops, party, premise, reads, ledger, stage, agreement to busbar_ingestd;

grant insert on reads.day, reads.flag, ledger.reject to busbar_ingestd;
grant insert on stage.premise, stage.meter, stage.rep, stage.occupancy, stage.customer,
	stage.register, stage.billing, stage.rate to busbar_ingestd;

grant execute on function
	ops.now(), ops.today(text), ops.rules_of(int4), ops.schema_number(),
	party.tdus(), party.prefixes(),
	ledger.receive(int4, text, bytea, int8, text, text), ledger.waiting(),
	ledger.load_begin(int8), ledger.last_load(int4),
	ledger.load_end(int4, text, jsonb, bytea, int8, bytea, int8),
	ledger.hold(int8, text, text, text, jsonb, bytea, int8, bytea, int8),
	ledger.refuse(int8, text, text, text, jsonb, bytea, int8, bytea, int8),
	premise.of_tdu(int4), premise.of_load(int4), premise.ensure(int4, text[]),
	premise.load_premise(int4), premise.load_meter(int4), premise.load_rep(int4),
	premise.load_occupancy(int4), premise.load_customer(int4), premise.load_rate(int4),
	reads.load_register(int4), reads.load_billing(int4),
	reads.shapes(), reads.shape_of(text), reads.ensure_days(date[]), reads.days_due(int4, date[]),
	reads.earlier(int4, date[]), reads.current(int4[], date[]),
	reads.history(int4[], date, int4), reads.totals(int4[], date),
	reads.registers(int4[], date[]), reads.register_days(int4, date[]),
	reads.rollup_add(int4, date[], int4[], int8[], int8[], int8[], int4[], int8[], int8[], int8[],
		int4[]),
	reads.reasons_add(int4, date[], int4[], int8[]),
	agreement.sheets(), agreement.sheet_invite(int8, int8[], text[], text[], text[], bytea, bytea, bytea, text,
		text[], int4, int4, text, text, bytea),
	agreement.sheet_end(int8, jsonb, bytea, int8, int8[], int4[], text[], text[], text[], text[]),
	agreement.sheet_refuse(int8, text, text, int8, int4, text, text, bytea, int8)
	to busbar_ingestd;
