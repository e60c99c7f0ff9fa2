-- Reports: who prints them, who asks for them by a secret that was shown, who makes what is due.
grant usage on schema report to busbar_operator, busbar_apid, busbar_portald, busbar_dropd;
grant execute on function
	report.print(text, int8, date, date, text, text, text), report.kinds(), report.list(int4)
	to busbar_operator;
grant execute on function
	report.of(bytea, int8, int4), report.one(bytea, int8, text), report.ask(bytea, text, date, date)
	to busbar_apid, busbar_portald;
grant execute on function report.due(), report.unplaced(), report.place(int8, text, text, bytea, int8) to busbar_dropd;
