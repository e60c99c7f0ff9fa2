-- /v1 beside reads: what the caller has of its own, and what everybody may see.
grant execute on function
	api.token_make(bytea, bytea, text, text[], int4), api.tokens(bytea), api.token_end(bytea, int8), api.limits(bytea),
	api.box(bytea), api.box_files(bytea, text, text, int4),
	api.subscriptions(bytea), api.subscription(bytea, int8),
	api.subscription_add(bytea, text, text[], text[], text, text, text, text, text, int4, text, int4, int4, int4, text, text),
	api.subscription_move(bytea, int8, text),
	api.drops(bytea, int8, text, int8, int4), api.drop(bytea, int8), api.drop_build(bytea, int8, text),
	api.drop_replay(bytea, int8), api.drop_cancel(bytea, int8, text),
	api.files(bytea, text, int8, int4), api.file(bytea, int8), api.file_rejects(bytea, int8, int8, int4),
	api.consents(bytea), api.consent_end(bytea, text),
	api.groups(bytea), api.totals_open(bytea, date, date, text), api.total_groups(bytea, int8),
	api.total_premises(bytea, int8, int4, text, text, int4),
	api.upload(bytea, int8[], int4[], text[], text[], text[], text[], text[], text[], text[], inet),
	api.upload_state(bytea, int8), api.upload_rows(bytea, int8, bool, int4, int4),
	api.status(), api.slo(int4), api.scoreboard(date, int4),
	oauth.purge()
	to busbar_apid;

-- the signed log, for whoever verifies it: hashes and keys tell nothing of what is in it
grant usage on schema audit to busbar_apid;
grant execute on function
	audit.checkpoint_public(int8), audit.subtrees(int4[], int8[]), audit.keys(), audit.witnesses(),
	audit.cosign(bytea, int8, bytea, text, timestamptz, text), audit.proof(bytea, text, int8)
	to busbar_apid;

-- busbar budget
grant usage on schema api to busbar_operator;
grant execute on function api.rates(int4), api.rate_set(int4, text, int4, text) to busbar_operator;
