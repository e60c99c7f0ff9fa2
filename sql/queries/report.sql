-- Reports, as the operator's commands, the API, the portal and the schedule ask for them: sql/functions/report.sql.

--! report_print(report, snapshot, from, to, party, format, actor) one
select body, made, snapshot
from report.print($1::text, $2::int8, $3::date, $4::date, $5::text, $6::text, $7::text);

--! report_kinds() rows read
select report, title, parties, monthly from report.kinds();

--! report_list(most) rows read
select made, report, party, from_day, to_day, snapshot, entries, made_at, made_by, monthly, sha256, event
from report.list($1::int4);

-- [{"what":"v1","kind":"CSP","answered":1,"refused":0,"failed":0}, …] of a door, since it was told last.
--! requests_add(door, counts) exec
select report.requests_add($1::text, $2::jsonb);

--! probe_record(lines, actor) one
select report.probe_record($1::text, $2::text) as n;

--! probes_last() rows read
select target, at, ok, ms, says, certificate_until from report.probes_last();
