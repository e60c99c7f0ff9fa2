-- accounts that people make and keep by themselves: of who is not signed in, and by the link of a mail
grant execute on function
	portal.reps(), portal.sign_up(text[], text[], text[], bytea, bytea, bytea, text, inet), portal.forgot(bytea, inet),
	portal.link_salt(bytea), portal.choose_password(bytea, bytea, inet)
	to busbar_portald;

-- … and of who is signed in
grant usage on schema api to busbar_portald;
grant execute on function
	portal.own_salt(bytea), portal.password_change(bytea, bytea, bytea),
	portal.factor_state(bytea), portal.factor_secret(bytea), portal.factor_begin(bytea, bytea, bytea),
	portal.factor_set(bytea, int8, bytea), portal.factor_end(bytea, int8, bytea), portal.code(bytea, bytea, int8, bytea),
	portal.people(bytea), portal.person_invite(bytea, text, text, bytea, bytea, bytea, bytea, text),
	portal.person_remind(bytea, int4), portal.person_set(bytea, int4, text), portal.person_drop(bytea, int4),
	portal.preferences(bytea), portal.preferences_set(bytea, text, bool, bool), portal.homes(bytea),
	portal.home_add(bytea, text[], text[], text[], inet), portal.tokens(bytea),
	api.token_make(bytea, bytea, text, text[], int4), portal.token_end(bytea, int8), portal.account_delete(bytea, bytea, bool)
	to busbar_portald;

-- who has lost the second factor asks an operator
grant execute on function party.factor_lost(text, text) to busbar_operator;
