-- Reports on the desks of regulators and operators.
set local check_function_bodies = off;

create or replace function portal.desk_reports(shown bytea, key text, before int8)
returns table (id text, report text, from_day date, to_day date, party text, made_at timestamptz, made_by text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR,REGULATOR}');
begin
	return query
	select m.made::text, m.report, m.from_day, m.to_day, p.name, m.made_at, m.made_by
	from report.made m left join party.party p on p.party = m.party
	where desk_reports.before is null or m.made < desk_reports.before
	order by m.made desc limit 50;
end $$;

create or replace function portal.desk_report(shown bytea, key text, before int8)
returns table (report text, from_day date, to_day date, party text, made_at timestamptz, made_by text, snapshot int8, entries int8,
	sha256 text, event int8)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR,REGULATOR}');
begin
	return query
	select m.report, m.from_day, m.to_day, p.name, m.made_at, m.made_by, m.snapshot, s.entries, encode(m.sha256, 'hex'), m.event
	from report.made m
	join report.snapshot s on s.snapshot = m.snapshot
	left join party.party p on p.party = m.party
	where m.made = portal.number_of(desk_report.key);
end $$;

-- Where it is to be had, below the portal's own address; and for the commission the proof that the log names it.
create or replace function portal.desk_report_forms(shown bytea, key text, before int8)
returns table (id text, what text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR,REGULATOR}');
begin
	return query
	select format(f.at, m.made), f.what
	from report.made m
	cross join (values (1, 'reports/%s/print', 'PRINT'), (2, 'v1/reports/%s?format=csv', 'CSV'), (3, 'v1/reports/%s', 'JSON')) f (n, at, what)
	where m.made = portal.number_of(desk_report_forms.key)
	union all
	select p.id, p.what
	from report.made m cross join lateral portal.proof_of(w, m.event) p
	where m.made = portal.number_of(desk_report_forms.key);
end $$;

-- Words: the report's name, first and last day; empty days are those of the month before.
create or replace function portal.act_report(shown bytea, key text, words text[])
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR,REGULATOR}', 'MEMBER');
begin
	return (report.make(words[1], null, coalesce(nullif(words[2], '')::date, lower(report.last_month())),
		coalesce(nullif(words[3], '')::date, upper(report.last_month()) - 1), null, false, portal.actor(w))).made::text;
exception when invalid_datetime_format or datetime_field_overflow then
	raise exception using errcode = 'BB003', message = 'expected days as 2026-04-21';
end $$;

-- One to print, with the digest of its style.
create or replace function portal.report_page(shown bytea, of_report int8)
returns table (body text, style text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR,REGULATOR}');
begin
	return query
	select report.form(m.document, 'html'), report.style_digest() from report.made m where m.made = of_report;
	if not found then
		raise exception using errcode = 'BB001', message = 'there is no such report';
	end if;
end $$;
