-- busbar-portald: what the holder of a mail's link sees and decides. Each function takes the SHA-256 of the
-- link's secret, and does what that link is for.
grant usage on schema agreement, mail, party, ops, oauth, utility, portal to busbar_portald;

grant execute on function
	ops.schema_number(),
	agreement.page(bytea), agreement.opened(bytea, inet, text), agreement.code_try(bytea, bytea),
	agreement.decide(bytea, text, text, bytea, jsonb, inet, text),
	agreement.renew_by_link(bytea, jsonb, inet, text),
	agreement.stop_ask(bytea, inet), agreement.stop_by_link(bytea, inet, text),
	agreement.not_me(bytea, inet, text), agreement.receipt_by_link(bytea),
	mail.opt_out_page(bytea), mail.opt_out_by_link(bytea, bool),
	party.link_about(bytea), party.confirm(bytea, inet)
	to busbar_portald;

-- consents: each takes the SHA-256 of what one browser has
grant execute on function
	oauth.client_asks(text), oauth.client_portal(text),
	oauth.consent_begin(bytea, text, text, bool, text, bytea, text, bool, timestamptz, timestamptz, text, bytea, text),
	oauth.consent_page(bytea), oauth.consent_find(bytea, text, bytea, text, inet, bytea, bytea, bytea),
	oauth.consent_code(bytea, text, bytea, inet), oauth.consent_again(bytea),
	oauth.consent_login(bytea, bytea, bytea), oauth.consent_deny(bytea, inet, text),
	oauth.consent_grant(bytea, int4[], text, int4, text, bytea, jsonb, inet, text, bytea),
	utility.share_begin(text, text, text)
	to busbar_portald;

-- what everybody may see
grant usage on schema api to busbar_portald;
grant execute on function
	api.status(), api.slo(int4), api.scoreboard(date, int4), portal.companies(text, text, int4)
	to busbar_portald;

-- who is signed in: each takes the SHA-256 of the secret in the browser's cookie
grant execute on function
	portal.salt(text, bytea), portal.login(text, bytea, bytea, text), portal.sign_in(text, bytea, bytea, bytea, bytea, text, text),
	portal.me(bytea), portal.sign_out(bytea),
	portal.shares(bytea), portal.share_end(bytea, int8), portal.reads(bytea, int8),
	portal.sessions(bytea), portal.session_end(bytea, int8)
	to busbar_portald;

-- a customer's use: reads by a release as of any door, with what was shown
grant usage on schema api, reads to busbar_portald;
grant execute on function
	portal.places(bytea, text, int4), portal.facts(bytea, text), portal.read_now(bytea, text),
	portal.reads_now(bytea, text), portal.device_state(bytea, text), portal.devices(bytea, text),
	portal.device_messages(bytea, text), portal.device_join(bytea, text, text, text, text, text),
	portal.device_remove(bytea, text, int8),
	api.release_open(bytea, text[], text, date, date, timestamptz, timestamptz, timestamptz, bool, text),
	api.release_rows(bytea, int8), api.release_registers(bytea, int8), api.release_billings(bytea, int8),
	api.release_prices(bytea, int8), reads.shapes(), reads.release_known(int8)
	to busbar_portald;

-- a customer with many premises
grant execute on function
	api.totals_open(bytea, date, date, text), api.total_groups(bytea, int8),
	portal.premises(bytea, int8, int4, text, text, int4),
	api.groups(bytea), api.group_make(bytea, text), api.group_rename(bytea, int4, text), api.group_remove(bytea, int4),
	api.group_move(bytea, int4, text[]), api.group_move_found(bytea, int4, int4, text),
	portal.access(bytea, int4), portal.access_end(bytea, text, int4, int4),
	api.upload(bytea, int8[], int4[], text[], text[], text[], text[], text[], text[], text[], inet),
	api.uploads(bytea, int8), api.upload_rows(bytea, int8, bool, int4, int4)
	to busbar_portald;
