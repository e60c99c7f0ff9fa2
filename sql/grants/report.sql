-- Reports: who prints them, who asks for them by a secret that was shown, who makes what is due.
grant usage on schema report to busbar_operator, busbar_apid, busbar_portald, busbar_dropd;
grant execute on function report.requests_add(text, jsonb) to busbar_apid, busbar_portald;
grant execute on function
	report.print(text, int8, date, date, text, text, text), report.kinds(), report.list(int4),
	report.probe_record(text, text), report.probes_last()
	to busbar_operator;
grant execute on function
	report.of(bytea, int8, int4), report.one(bytea, int8, text), report.ask(bytea, text, date, date)
	to busbar_apid;
grant execute on function report.due(), report.unplaced(), report.place(int8, text, text, bytea, int8) to busbar_dropd;
grant execute on function portal.desk_reports(bytea, text, int8), portal.desk_report(bytea, text, int8),
	portal.desk_report_forms(bytea, text, int8), portal.act_report(bytea, text, text[]), portal.report_page(bytea, int8)
	to busbar_portald;
