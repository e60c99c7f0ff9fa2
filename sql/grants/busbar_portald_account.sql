-- accounts that people make and keep by themselves: of who is not signed in, and by the link of a mail
grant execute on function
	portal.reps(), portal.sign_up(text[], text[], text[], bytea, bytea, bytea, text, inet), portal.forgot(bytea, inet),
	portal.link_salt(bytea), portal.choose_password(bytea, bytea, inet)
	to busbar_portald;

-- … and of who is signed in
grant execute on function
	portal.own_salt(bytea), portal.password_change(bytea, bytea, bytea),
	portal.factor_state(bytea), portal.factor_secret(bytea), portal.factor_begin(bytea, bytea, bytea),
	portal.factor_set(bytea, int8, bytea), portal.factor_end(bytea, int8, bytea), portal.code(bytea, bytea, int8, bytea)
	to busbar_portald;
