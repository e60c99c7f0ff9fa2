-- busbar-portald, for third parties: what /v1 answers, for the session of a browser.
grant execute on function
	api.agreements(bytea, text[], text, text, text, date, date, int8, int4), api.agreement(bytea, int8),
	api.agreement_funnel(bytea, date, date), api.agreement_move(bytea, int8, text), api.agreement_end(bytea, int8, text),
	api.invite(bytea, bytea, int4, text[], text[], text[], bytea, bytea, bytea, bytea, text, text[], int4, int4, text, text, bool, inet),
	portal.csp_home(bytea)
	to busbar_portald;
