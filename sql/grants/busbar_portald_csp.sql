-- busbar-portald, for third parties: what /v1 answers, for the session of a browser.
grant execute on function
	api.agreements(bytea, text[], text, text, text, date, date, int8, int4), api.agreement(bytea, int8),
	api.agreement_funnel(bytea, date, date), api.agreement_move(bytea, int8, text), api.agreement_end(bytea, int8, text),
	api.invite(bytea, bytea, int4, text[], text[], text[], bytea, bytea, bytea, bytea, text, text[], int4, int4, text, text, bool, inet), api.invited_before(bytea, bytea),
	portal.csp_home(bytea), portal.csp_clients(bytea), portal.csp_client_secret(bytea, text, bytea),
	portal.csp_client(bytea, text), portal.csp_client_add(bytea, text, bytea, bool, text[], text[], text),
	portal.csp_client_set(bytea, text, text, text[], text[], text),
	portal.terms_version(),
	portal.csp_register(text, text, party.csp_profile, bytea, bytea, bytea, bytea[], bytea, bytea, bytea, text, inet),
	portal.csp_registration(bytea), portal.csp_checks(bytea), portal.csp_certificate(bytea, bytea),
	portal.csp_test(bytea, bool, text), portal.csp_live(bytea),
	portal.sandbox_premises(bytea, int4), portal.sandbox_clock(bytea), portal.sandbox_advance(bytea, int4)
	to busbar_portald;
