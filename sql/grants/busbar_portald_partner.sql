-- pages of utilities and retail electric providers: each takes the SHA-256 of the secret in the browser's cookie
grant execute on function
	portal.tdu_home(bytea), portal.tdu_days(bytea, date, int4), portal.tdu_absent(bytea, date, int4),
	portal.tdu_streaks(bytea, int4), portal.tdu_corrections(bytea, int8, int4),
	portal.tdu_commands(bytea, text, int8, int4), api.files(bytea, text, int8, int4), api.file(bytea, int8),
	api.file_rejects(bytea, int8, int8, int4), portal.rep_home(bytea), portal.rep_customers(bytea, text, bool, int4, int4)
	to busbar_portald;
