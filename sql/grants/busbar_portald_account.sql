-- accounts that people make and keep by themselves: of who is not signed in, and by the link of a mail
grant execute on function
	portal.reps(), portal.sign_up(text[], text[], text[], bytea, bytea, bytea, text, inet), portal.forgot(bytea, inet),
	portal.link_salt(bytea), portal.choose_password(bytea, bytea, inet)
	to busbar_portald;
