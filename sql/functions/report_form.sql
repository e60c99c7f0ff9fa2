-- How a report looks: the document itself is JSON; out of it come CSV and a page to print. Made here, where the numbers are,
-- so that every door hands out the same bytes.
set local check_function_bodies = off;

create or replace function report.form(document text, format text)
returns text
language plpgsql immutable security definer set search_path = pg_catalog, pg_temp
as $$
begin
	return case format when 'json' then document when 'csv' then report.form_csv(document::json)
		when 'html' then report.form_html(document::json) end;
end $$;

-- ---- CSV: lines that begin with # say what it is, then the tables, an empty line between them ----

-- A text that a spreadsheet would take for a formula gets an apostrophe.
create or replace function report.csv_cell(v json)
returns text
language sql immutable security definer set search_path = pg_catalog, pg_temp
as $$
	select case when v is null or json_typeof(v) = 'null' then ''
		when json_typeof(v) <> 'string' then v::text
		else (select case when c ~ '[",\r\n]' then '"' || replace(c, '"', '""') || '"' else c end
			from (select case when v #>> '{}' ~ '^[=+@\t\r-]' then '''' else '' end || (v #>> '{}') as c) x) end
$$;

-- Words of several lines, each behind a #.
create or replace function report.csv_lines(words text)
returns text
language sql immutable security definer set search_path = pg_catalog, pg_temp
as $$ select '# ' || replace(btrim(words, E'\n'), E'\n', E'\r\n#   ') || E'\r\n' $$;

create or replace function report.form_csv(d json)
returns text
language sql immutable security definer set search_path = pg_catalog, pg_temp
as $$
	select '# report: ' || (d ->> 'report') || E'\r\n# title: ' || (d ->> 'title')
		|| E'\r\n# from: ' || (d #>> '{parameters,from}') || E'\r\n# to: ' || (d #>> '{parameters,to}')
		|| E'\r\n# zone: ' || (d #>> '{parameters,zone}') || E'\r\n# party: ' || coalesce(d #>> '{parameters,party}', '')
		|| E'\r\n# snapshot: ' || (d #>> '{snapshot,number}') || E'\r\n# entries: ' || (d #>> '{snapshot,entries}')
		|| E'\r\n# loads: ' || coalesce((select string_agg(l.key || '=' || l.value, ' ') from json_each_text(d #> '{snapshot,loads}') l), '')
		|| E'\r\n# version: ' || (d #>> '{code,version}') || E'\r\n# migration: ' || (d #>> '{code,migration}')
		|| E'\r\n# edition: ' || (d #>> '{code,edition}') || E'\r\n'
		|| coalesce((select string_agg(report.csv_lines('function: ' || (f ->> 'text')), '') from json_array_elements(d #> '{code,functions}') f), '')
		|| coalesce((select string_agg(report.csv_lines('not proven: ' || n), '') from json_array_elements_text(d -> 'not_proven') n), '')
		|| (select string_agg(E'\r\n# table: ' || (t ->> 'name') || E'\r\n' || report.csv_lines('query: ' || (t ->> 'query'))
			|| (select string_agg(c ->> 'name', ',') from json_array_elements(t -> 'columns') c) || E'\r\n'
			|| coalesce((select string_agg((select string_agg(report.csv_cell(r -> (c ->> 'name')), ',')
				from json_array_elements(t -> 'columns') c) || E'\r\n', '') from json_array_elements(t -> 'rows') r), ''), '')
		from json_array_elements(d -> 'tables') t)
$$;

-- ---- a page to print ----

create or replace function report.escape(words text)
returns text
language sql immutable security definer set search_path = pg_catalog, pg_temp
as $$
	select replace(replace(replace(replace(words, '&', '&amp;'), '<', '&lt;'), '>', '&gt;'), '"', '&quot;')
$$;

-- The page's one style: who sends it allows it by its digest.
create or replace function report.style()
returns text
language sql immutable security definer set search_path = pg_catalog, pg_temp
as $$
	select 'body{font:15px/1.45 system-ui,sans-serif;color:#111;background:#fff;max-width:60rem;margin:2rem auto;padding:0 1rem}'
		'h1{font-size:1.6rem}h2{font-size:1.15rem;margin-top:2rem}dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem}'
		'dt{color:#555}dd{margin:0;overflow-wrap:anywhere}.wide{overflow-x:auto}table{border-collapse:collapse;font-size:.85rem}'
		'th,td{padding:.2rem .6rem;border-bottom:1px solid #ccc;text-align:left;vertical-align:top}'
		'.n{text-align:right;font-variant-numeric:tabular-nums}svg{max-width:100%;height:auto;display:block;margin:.5rem 0}'
		'pre{white-space:pre-wrap;font-size:.75rem;background:#f4f4f4;padding:.6rem}summary{padding:.2rem 0}'
		'@media print{body{margin:0;max-width:none}details{display:none}h2,svg{break-after:avoid}tr{break-inside:avoid}}'
$$;

create or replace function report.style_digest()
returns text
language sql immutable security definer set search_path = pg_catalog, pg_temp
as $$ select encode(sha256(convert_to(report.style(), 'UTF8')), 'base64') $$;

-- Bars to the right, a line each, of the first 40 rows that have a height.
create or replace function report.chart(t json)
returns text
language sql immutable security definer set search_path = pg_catalog, pg_temp
as $$
	with bars as (
		select row_number() over () as n, coalesce(r ->> (t ->> 'label'), '') as label, (r ->> (t ->> 'height'))::numeric as height
		from json_array_elements(t -> 'rows') r where r ->> (t ->> 'height') is not null limit 40
	), most as (select greatest(max(height), case when max(height) <= 1 then 1 else 0 end) as m, count(*) as n from bars)
	select case when m.n > 0 and m.m > 0 then format('<svg viewBox="0 0 720 %s" width="720" height="%s" role="img" aria-label="%s">',
			m.n * 22 + 4, m.n * 22 + 4, report.escape(t ->> 'title') || ': ' || report.escape(t ->> 'height'))
		|| (select string_agg(format('<text x="172" y="%s" text-anchor="end" font-size="13">%s</text>'
			'<rect x="180" y="%s" width="%s" height="16" fill="#2a6fb0"/><text x="%s" y="%s" font-size="13">%s</text>',
			b.n * 22 - 5, report.escape(left(b.label, 26)), b.n * 22 - 18, trunc(440 * b.height / m.m),
			trunc(440 * b.height / m.m) + 186, b.n * 22 - 5, b.height::text), '' order by b.n) from bars b)
		|| '</svg>' else '' end
	from most m
$$;

create or replace function report.form_table(t json)
returns text
language sql immutable security definer set search_path = pg_catalog, pg_temp
as $$
	select '<h2>' || report.escape(t ->> 'title') || '</h2>'
		|| case when json_array_length(t -> 'rows') = 0 then '<p>Nothing of the kind in this time.</p>' else
			case when t ->> 'label' is not null then report.chart(t) else '' end
			|| '<div class="wide" tabindex="0"><table><thead><tr>' || (select string_agg('<th scope="col"' || case when
				(t #>> array['rows', '0', c ->> 'name']) ~ '^-?[0-9.]+$' then ' class="n"' else '' end || '>'
				|| report.escape(c ->> 'title') || '</th>', '') from json_array_elements(t -> 'columns') c) || E'</tr></thead><tbody>\n'
			|| (select string_agg('<tr>' || (select string_agg('<td' || case when json_typeof(r -> (c ->> 'name')) = 'number'
				then ' class="n">' else '>' end || coalesce(report.escape(r ->> (c ->> 'name')), '–') || '</td>', '')
				from json_array_elements(t -> 'columns') c) || E'</tr>\n', '') from json_array_elements(t -> 'rows') r)
			|| '</tbody></table></div>' end
		|| E'\n<details><summary>How it was counted</summary><pre>' || report.escape(t ->> 'query') || E'</pre></details>\n'
$$;

create or replace function report.form_html(d json)
returns text
language sql immutable security definer set search_path = pg_catalog, pg_temp
as $$
	select '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,'
		'initial-scale=1"><title>' || report.escape(d ->> 'title') || ', ' || (d #>> '{parameters,from}') || ' to '
		|| (d #>> '{parameters,to}') || '</title><style>' || report.style() || E'</style></head><body><main>\n<h1>'
		|| report.escape(d ->> 'title') || '</h1><p>' || report.escape(d ->> 'about') || '</p><dl>'
		|| (select string_agg('<dt>' || v.name || '</dt><dd>' || report.escape(v.value) || '</dd>', '' order by v.n)
			from (values (1, 'Days', (d #>> '{parameters,from}') || ' to ' || (d #>> '{parameters,to}') || ', ' || (d #>> '{parameters,zone}')),
				(2, 'Whose', coalesce(d #>> '{parameters,party}', 'the whole hub')),
				(3, 'Snapshot', (d #>> '{snapshot,number}') || ', taken ' || (d #>> '{snapshot,taken_at}')),
				(4, 'Audit log', 'the first ' || (d #>> '{snapshot,entries}') || ' entries'),
				(5, 'Loads', coalesce((select string_agg(l.key || ' up to ' || l.value, ', ') from json_each_text(d #> '{snapshot,loads}') l), 'none')),
				(6, 'Made by', 'busbar ' || (d #>> '{code,version}') || ', schema ' || (d #>> '{code,migration}') || ', edition '
					|| (d #>> '{code,edition}'))) v (n, name, value))
		|| E'</dl>\n' || (select string_agg(report.form_table(t), '') from json_array_elements(d -> 'tables') t)
		|| coalesce('<h2>What this does not prove</h2><ul>' || (select string_agg('<li>' || report.escape(n) || '</li>', '')
			from json_array_elements_text(d -> 'not_proven') n) || E'</ul>\n', '')
		|| coalesce((select string_agg('<details><summary>' || report.escape(f ->> 'name') || '</summary><pre>' || report.escape(f ->> 'text')
			|| E'</pre></details>\n', '') from json_array_elements(d #> '{code,functions}') f), '')
		|| E'</main></body></html>\n'
$$;
