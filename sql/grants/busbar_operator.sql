-- The operator's command line, busbar: parties, files, releases with a reason, the clock, checks.
grant usage on schema ops, audit, party, premise, reads, ledger, agreement, delivery to busbar_operator;

grant execute on function
	ops.now(), ops.today(text), ops.clock_show(), ops.clock_advance(interval, text),
	ops.clock_reset(text), ops.setting_of(text), ops.setting_set(text, text, text),
	ops.rules_of(int4), ops.rule_set(int4, text, text, int8, text), ops.schema_number(),
	ops.status(), ops.check(date),
	audit.latest(int4, int4),
	party.tdu_add(text, text, text, text[], int4[], int4[], text),
	party.rep_add(text, text, text, text, text), party.csp_add(text, text, text),
	party.regulator_add(text, text, text),
	party.csp_move(int4, text, text), party.list(text), party.find(text), party.tdus(),
	party.prefixes(),
	ledger.receive(int4, text, bytea, int8, text, text),
	ledger.files(int4, int4), ledger.show(int8), ledger.rejects(int8), ledger.objects(), ledger.summary(),
	ledger.release(int8, text), ledger.discard(int8, text),
	agreement.record(int4, text[], text[], timestamptz, timestamptz, timestamptz, text),
	agreement.move(int8, text, text), agreement.list(int4),
	reads.release_open(int4, text, text, date, date, timestamptz, bool, text, text),
	reads.release_all_open(int4, date, date, timestamptz, text, text),
	reads.release_all_rows(int8), reads.release_rows(int8), reads.release_registers(int8), reads.release_billings(int8),
	reads.shapes(), reads.may_read(int4, text, text, tstzrange),
	reads.completeness(date, timestamptz), reads.housekeep(text), reads.purge(date, text),
	reads.merge_month(date, text),
	delivery.salt(text),
	delivery.account_add(text, text, int4, int8, int4, text, text[], text),
	delivery.account_set(text, int4, int8, int4, text, text[], text),
	delivery.account_close(text, text),
	delivery.credential_add(text, text, text, bytea, bytea, timestamptz, text),
	delivery.credential_end(int8, text), delivery.accounts(), delivery.credentials(text),
	delivery.sessions(), delivery.sweep()
	to busbar_operator;
