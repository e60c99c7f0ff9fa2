-- busbar-portald, for organisations that have a box: what /v1 answers, for the session of a browser.
grant usage on schema hook to busbar_portald;

grant execute on function
	portal.box(bytea), portal.box_folders(bytea), portal.box_files(bytea, text, int8, int4), portal.box_credentials(bytea),
	portal.box_credential_add(bytea, text, text, bytea, int4), portal.box_credential_end(bytea, int8), portal.box_networks(bytea, text[]),
	api.subscriptions(bytea), api.subscription_move(bytea, int8, text),
	api.subscription_add(bytea, text, text[], text[], text, text, text, text, text, int4, text, int4, int4, int4, text, text),
	api.drops(bytea, int8, text, int8, int4), api.drop(bytea, int8), api.drop_build(bytea, int8, text),
	api.drop_replay(bytea, int8), api.drop_cancel(bytea, int8, text), api.limits(bytea),
	hook.own_party(bytea), hook.own_list(bytea, int8), hook.own_add(bytea, text, text, text, text[], bytea),
	hook.own_step(bytea, int8, text), hook.own_rotate(bytea, int8, bytea, bool), hook.own_replay(bytea, int8, text),
	hook.own_attempts(bytea, int8, int8, int4)
	to busbar_portald;
