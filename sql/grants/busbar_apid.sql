-- busbar-apid: logins by token, password and certificate, the box of the session that it holds, and the credentials
-- of its account.
grant usage on schema delivery, ops, reads, api, oauth, espi, hook, odr, utility to busbar_apid;

grant execute on function
	ops.schema_number(),
	delivery.salt(text), delivery.login(text, bytea, text, text),
	delivery.login_token(bytea, text, text), delivery.login_portal(bytea, text), delivery.login_certificate(bytea, text, text, text),
	delivery.list(bytea, text), delivery.find(bytea, text, text), delivery.open(bytea, text, text),
	delivery.still(bytea, int8),
	delivery.put_begin(bytea, text, text, bool, text), delivery.part_find(bytea, text, text),
	delivery.part_drop(bytea, text, text, text),
	delivery.put_end(bytea, int8, bytea, int8), delivery.remove(bytea, text, text),
	delivery.rename(bytea, text, text, text, text),
	delivery.touch(bytea, text, text, timestamptz),
	delivery.moved(bytea, int8[], int8[], int4[], int8[]), delivery.beat(bytea), delivery.session_end(bytea),
	delivery.own_account(bytea), delivery.own_credentials(bytea),
	delivery.own_credential_add(bytea, text, text, bytea, bytea, timestamptz),
	delivery.own_credential_end(bytea, int8)
	to busbar_apid;

-- the rest takes what was shown, and answers only what its owner may see now
grant execute on function
	api.who(bytea, text[]), reads.shapes(), reads.release_known(int8),
	api.release_open(bytea, text[], text, date, date, timestamptz, timestamptz, timestamptz, bool, text),
	api.premises(bytea, int4, int4), api.premise(bytea, text),
	api.changes(bytea, text, timestamptz, int4),
	api.release_rows(bytea, int8), api.release_registers(bytea, int8), api.release_billings(bytea, int8),
	api.release_prices(bytea, int8), api.freshness(),
	api.budget_take(bytea, text, int4), api.budget_used(bytea, text, int4), api.once_begin(bytea, text, text, bytea),
	api.once_end(bytea, text, int4, text, text, bytea)
	to busbar_apid;

-- Green Button
grant execute on function
	espi.space(), espi.custodian(), espi.bulk(bytea, uuid), espi.points(bytea, uuid, bool),
	espi.open(bytea, uuid, int4, text, date, date, timestamptz, text),
	espi.days(int8, int4[], date, date, timestamptz, timestamptz, int4),
	espi.bills(int8, int4, date, date, timestamptz, timestamptz), espi.prices(int8, int4),
	espi.service_status(bytea), espi.authorizations(bytea), espi.revoke(bytea, uuid), espi.information(bytea, uuid),
	espi.weight(bytea, uuid, date, date), espi.batch_ask(bytea, uuid, text), espi.batch_claim(bytea),
	espi.batch_end(bytea, bytea, int8, int8, int8), espi.batch_fail(bytea, text, bool), espi.customers(bytea, uuid, text), espi.statements(bytea, uuid), espi.trial_client(text, bytea, text)
	to busbar_apid;

-- webhooks of who has shown something
grant execute on function
	hook.own_party(bytea), hook.own_list(bytea, int8), hook.own_add(bytea, text, text, text, text[], bytea),
	hook.own_change(bytea, int8, text, text, text[]), hook.own_step(bytea, int8, text),
	hook.own_rotate(bytea, int8, bytea, bool), hook.own_replay(bytea, int8, text),
	hook.own_attempts(bytea, int8, int8, int4), hook.own_events(bytea, text, int4)
	to busbar_apid;

-- meter commands: of who asks, and of the utility that answers
grant execute on function
	odr.ask(bytea, text, text, text, text, text, jsonb), odr.devices(bytea, text), odr.asked(bytea, int8, text, int4), odr.take(bytea, int4),
	odr.answer(bytea, int8, text, timestamptz, int8, int8, text, text, text), odr.expire()
	to busbar_apid;

-- agreements and invitations: of third parties, and of customers what is theirs
grant execute on function
	api.agreements(bytea, text[], text, text, text, date, date, int8, int4), api.agreement(bytea, int8),
	api.agreement_receipt(bytea, int8), api.agreement_funnel(bytea, date, date), api.agreement_move(bytea, int8, text),
	api.agreement_end(bytea, int8, text),
	api.invite(bytea, bytea, int4, text[], text[], text[], bytea, bytea, bytea, bytea, text, text[], int4, int4, text,
		text, bool, inet),
	api.invitation_file(bytea, int8), api.invitation_rows(bytea, int8),
	api.releases(bytea, text, int8, int4)
	to busbar_apid;

-- OAuth: who shows a client's name and secret
grant execute on function
	oauth.token_by_code(text, bytea, bytea, text, text, bytea, bytea),
	oauth.token_by_refresh(text, bytea, bytea, text, bytea, bytea),
	oauth.token_by_client(text, bytea, text, bytea),
	oauth.revoke(text, bytea, bytea), oauth.introspect(text, bytea, bytea)
	to busbar_apid;

-- UtilityAPI's family: third parties by their accounts
grant execute on function
	utility.authorizations(bytea, jsonb, jsonb, text, int4), utility.authorization_change(bytea, text, jsonb),
	utility.authorization_revoke(bytea, text, jsonb), utility.authorization_delete(bytea, text, jsonb),
	utility.meters(bytea, jsonb, jsonb, text, int4), utility.meter_change(bytea, text, jsonb),
	utility.collect(bytea, jsonb), utility.monitor(bytea, jsonb),
	utility.read_plan(bytea, jsonb, text, date, date), utility.release_open(bytea, int8, text, text, date, date),
	utility.events(bytea, jsonb, jsonb, text, int4), utility.event_change(bytea, text, jsonb),
	utility.forms(bytea, jsonb, jsonb, text, int4), utility.form_add(bytea, jsonb, jsonb),
	utility.form_change(bytea, text, jsonb), utility.form_delete(bytea, text, jsonb),
	utility.test_submit(bytea, text, jsonb, bytea, bytea)
	to busbar_apid;
