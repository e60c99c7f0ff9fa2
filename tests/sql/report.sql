-- Reports: what they count, by hand; the same bytes again, whatever came since; whose part is whose; the schedule.
begin;
\ir lib/fixture.psql
\ir lib/agreement.psql
select plan(68);
-- the tree takes all events that there are (busbar-auditd only what others committed)
create function t.grown() returns void language sql as $$
	select audit.append((select size from audit.tree), (select array_agg(e.event order by e.event) from audit.event e
		where not exists (select from audit.leaf l where l.event = e.event)));
	update audit.tree set size = (select count(*) from audit.leaf);
$$;
create function t.says(statement text) returns text language plpgsql as $$
begin
	execute statement;
	return 'ok';
exception when others then
	return sqlstate;
end $$;
-- a report of a table: {column: value, …} of each row
create function t.rows(m report.made, name text) returns jsonb language sql as $$
	select t -> 'rows' from jsonb_array_elements(m.document::jsonb -> 'tables') t where t ->> 'name' = rows.name
$$;
create function t.made(of_report text, from_day date, to_day date, of_snapshot int8 default null, of_party int4 default null)
returns report.made language sql as $$
	select report.make(of_report, of_party, from_day, to_day, of_snapshot, false, 'tester')
$$;

-- ---- each report runs, on nothing, and has the columns that it says ----
select t.grown();
select is((select string_agg(k.report || '.' || (x ->> 'name'), ' ')
	from report.kind k cross join lateral (select t.made(k.report, '2026-01-01', '2026-01-31') as m) m
	cross join jsonb_array_elements((m.m).document::jsonb -> 'tables') x
	where x -> 'rows' <> '[]'), null, 'of a month before the hub there is nothing');
select cmp_ok((select count(*)::int from report.kind), '>=', 3, 'there are reports');

-- ---- data: due, received, estimated, missing, late, corrected ----
update ops.clock set ahead = '0';
select (now() at time zone 'America/Chicago')::date as chicago \gset
select t.load('centerpoint') as c1 \gset
select t.premise(:c1, 1, '1008901000000000000001', '2024-01-01'), t.premise(:c1, 2, '1008901000000000000002', '2024-01-01'),
	t.premise(:c1, 3, '1008901000000000000003', '2024-01-01');
select premise.load_premise(:c1);
select t.roll(:c1, :'chicago'::date - 2, 1, 96, 0, 0, 0, 0, 100, 0, 0), t.roll(:c1, :'chicago'::date - 1, 2, 192, 10, 5, 1, 0, 100, 0, 0);
select t.done(:c1);
select t.grown();
select * from t.made('data', :'chicago'::date - 40, :'chicago'::date) \gset one_
select is((select jsonb_agg(r - 'by_noon' - 'by_23' - 'by_06') from jsonb_array_elements(t.rows(t.made('data', :'chicago'::date - 40, :'chicago'::date,
	:one_snapshot), 'days')) r where r ->> 'utility' = 'centerpoint'),
	jsonb_build_array(jsonb_build_object('utility', 'centerpoint', 'day', :'chicago'::date - 1, 'due', 3, 'received', 2, 'complete', 0.6666,
		'actual', 0.9479, 'intervals', 192, 'estimated', 10, 'missing', 5, 'late', 1, 'changed', 0, 'unknown', 0),
	jsonb_build_object('utility', 'centerpoint', 'day', :'chicago'::date, 'due', 3, 'received', 0, 'complete', 0,
		'actual', null, 'intervals', 0, 'estimated', 0, 'missing', 0, 'late', 0, 'changed', 0, 'unknown', 0)),
	'a utility''s days begin the day before its first load came');
select t.load('centerpoint') as c2 \gset
select t.roll(:c2, :'chicago'::date - 1, 1, 96, -4, 0, 1, 7, 0, 0, 0);
select t.done(:c2);
select is((select r ->> 'received' from jsonb_array_elements(t.rows(t.made('data', :'chicago'::date - 1, :'chicago'::date - 1), 'days')) r
	where r ->> 'utility' = 'centerpoint'), '2', 'a load whose event is not in the tree yet does not count');
select t.grown();
select is((select r - 'by_06' - 'by_noon' - 'by_23' from jsonb_array_elements(t.rows(t.made('data', :'chicago'::date - 1, :'chicago'::date - 1), 'utilities')) r
	where r ->> 'utility' = 'centerpoint'),
	'{"utility": "centerpoint", "due": 3, "received": 3, "complete": 1, "actual": 0.9791, "intervals": 288, "estimated": 6, "missing": 5,
	"late": 2, "changed": 7, "unknown": 0}', 'then it does');
select ok(report.again(:one_made) = :'one_document', 'an older snapshot gives the same bytes');
-- a year later, after more loads, and by queries that have changed since
update ops.clock set ahead = '366 days';
call report.define('data', 10, 'Other', 'Other.', '{TDU}');
call report.part_is('data', 'utilities', 'Other', '{utility|Utility}', '{}', 'select 1 as utility');
select ok(report.again(:one_made) = :'one_document', 'and a year later, by the queries of then');
select ok((select body from report.print('data', :one_snapshot, null, null, null, 'json', 'tester')) = :'one_document', 'busbar report --snapshot too');
select is((report.make('data', null, :'chicago'::date - 40, :'chicago'::date, :one_snapshot, false, 'x')).document::jsonb ->> 'title', 'Other',
	'asked anew of that snapshot, by the queries of now');
\ir ../../sql/functions/report_data.sql
update ops.clock set ahead = '0';
select is((report.make('data', null, :'chicago'::date - 40, :'chicago'::date, :one_snapshot, false, 'x')).made, :one_made::int8, 'the same is made once');
update report.made set document = replace(document, '"due":3', '"due":2'), sha256 = sha256(convert_to(replace(document, '"due":3', '"due":2'), 'UTF8'))
where made = :one_made;
select is(t.says(format('select report.again(%s)', :one_made)), 'BB005', 'what was changed is seen');
-- functions that queries call are part of what a report is, and those of then make it again
select is((select string_agg(f ->> 'name', ' ') from json_array_elements(:'one_document'::json #> '{code,functions}') f),
	'api.share report.data_days report.measured_from', 'a report has its functions in it');
select * from t.made('data', :'chicago'::date - 3, :'chicago'::date - 1) \gset two_
create function t.other_days() returns void language plpgsql as $$
begin
	execute replace(pg_get_functiondef('report.data_days'::regproc), 'coalesce(q.due, 0)', '7::int8');
end $$;
select t.other_days();
select ok(report.again(:two_made) = :'two_document', 'a function that has changed since makes no difference');
select is((select r ->> 'due' from jsonb_array_elements(t.rows(report.make('data', null, :'chicago'::date - 3, :'chicago'::date - 1, :two_snapshot,
	false, 'x'), 'days')) r where r ->> 'utility' = 'centerpoint' limit 1), '7', 'but for what is asked anew');
select isnt(report.edition_now('data'), (select m.edition from report.made m where m.made = :two_made), 'which is another edition');
\ir ../../sql/functions/report_data.sql
-- ---- estimates and registers: remarks of the loader, and how utilities say that they estimated ----
insert into reads.flag (series, day, load, line, rule, found)
select p.premise * 8 + x.channel, :'chicago'::date - x.ago, x.load, 1, x.rule, x.found
from (values ('1008901000000000000001', 0, 9, :c1, 'estimate-streak', '3 days in a row'), ('1008901000000000000001', 0, 2, :c1, 'estimate-streak', '10 days in a row'),
	('1008901000000000000001', 1, 2, :c1, 'estimate-streak', '31 days in a row'), ('1008901000000000000002', 0, 1, :c2, 'estimate-streak', '3 days in a row'),
	('1008901000000000000002', 0, 50, :c1, 'estimate-streak', '99 days in a row'), ('1008901000000000000003', 0, 1, :c1, 'spike', 'x'),
	('1008901000000000000003', 0, 1, :c1, 'register-mismatch', '5 Wh'), ('1008901000000000000003', 1, 1, :c1, 'register-mismatch', '5 Wh'))
	x (esiid, channel, ago, load, rule, found)
join premise.premise p on p.esiid = x.esiid;
insert into reads.rollup_reason (tdu, day, load, method, estimated)
select f.party, :'chicago'::date - 1, x.load, x.method, x.n from (values (:c1, 8, 3), (:c1, 9, 4), (:c2, 9, -2)) x (load, method, n)
join ledger.file f on f.load = x.load;
select * from t.made('estimates', :'chicago'::date - 20, :'chicago'::date) \gset es_
select is(:'es_document'::jsonb #> '{tables,0,rows}', '[{"utility": "centerpoint", "meters": 3, "findings": 4, "longest": 31, "over_7": 2, "over_30": 1}]',
	'estimates by utility: four remarks about three channels');
select is((select jsonb_agg(r - 'last') from jsonb_array_elements(:'es_document'::jsonb #> '{tables,1,rows}') r), '[{"utility": "centerpoint", "meter": "0001",
	"channel": 1, "days": 31}, {"utility": "centerpoint", "meter": "0001", "channel": 0, "days": 10}, {"utility": "centerpoint", "meter": "0002", "channel": 0,
	"days": 3}]', 'the longest');
-- 6 of the day are estimated (10, and 4 that a correction made actual); of 3 the source told one way, of 2 another
select is(:'es_document'::jsonb #> '{tables,2,rows}', '[{"utility": "centerpoint", "reason": "linear", "estimated": 2, "share": 0.3333}, {"utility": "centerpoint",
	"reason": "not told", "estimated": 1, "share": 0.1666}, {"utility": "centerpoint", "reason": "reference day", "estimated": 3, "share": 0.5}]', 'how they were estimated');
select is((select m.document::jsonb #> '{tables,0,rows}' from report.make('estimates', null, :'chicago'::date - 20, :'chicago'::date, :one_snapshot, false, 'x') m),
	'[{"utility": "centerpoint", "meters": 2, "findings": 3, "longest": 31, "over_7": 2, "over_30": 1}]', 'what a later load brought is not in an older snapshot');
select is(t.rows(t.made('registers', :'chicago'::date - 20, :'chicago'::date), 'days'), jsonb_build_array(jsonb_build_object('utility', 'centerpoint', 'day',
	:'chicago'::date - 1, 'mismatches', 2, 'meters', 1)), 'registers that disagree');
-- history that came in for a few is not what was due then
select t.load('oncor') as o1 \gset
select t.roll(:o1, :'chicago'::date - 300, 1, 96, 0, 0, 1, 0, 1, 0, 0);
select t.done(:o1);
select t.grown();
select is((select count(*) from jsonb_array_elements(t.rows(t.made('data', :'chicago'::date - 320, :'chicago'::date - 200), 'days')) r
	where r ->> 'utility' = 'oncor'), 0::int8, 'history is no day that was due');

-- ---- agreements ----
select t.asked(:csp1, array[:'e1']) as a1, t.asked(:csp1, array[:'e2'], 'bob') as a2, t.asked(:csp2, array[:'e3'], 'eve') as a3 \gset
select t.decide(t.sent(:a1)), t.decide(t.sent(:a2), 'DECLINE'), t.decide(t.sent(:a3), 'REPORT');
select agreement.terminate(:a1, 'CUSTOMER', 'enough', 'tester');
select t.grown();
select * from t.made('agreements', :'chicago'::date - 1, :'chicago'::date + 1) \gset ag_
select is((select jsonb_agg(r order by r ->> 'company') from jsonb_array_elements(:'ag_document'::jsonb #> '{tables,0,rows}') r),
	'[{"company": "csp1", "asked": 2, "delivered": 2, "opened": 0, "affirmed": 1, "declined": 1, "reported": 0, "lapsed": 0, "withdrawn": 0,
	"undeliverable": 0, "held": 0, "ended_customer": 1, "ended_company": 0, "ended_hub": 0, "completed": 0},
	{"company": "csp2", "asked": 1, "delivered": 1, "opened": 0, "affirmed": 0, "declined": 0, "reported": 1, "lapsed": 0, "withdrawn": 0,
	"undeliverable": 0, "held": 0, "ended_customer": 0, "ended_company": 0, "ended_hub": 0, "completed": 0}]', 'outcomes');
select is(:'ag_document'::jsonb #> '{tables,1,rows}', '[{"company": "csp1", "state": "REJECTED", "agreements": 1},
	{"company": "csp1", "state": "TERMINATED", "agreements": 1}, {"company": "csp2", "state": "REPORTED", "agreements": 1}]', 'states');
select is((select jsonb_agg(r ->> 'company') from jsonb_array_elements(t.rows(t.made('agreements', :'chicago'::date - 1, :'chicago'::date + 1,
	of_party => :csp2), 'states')) r), '["csp2"]', 'a third party''s part is its own');
select is((select e.detail ->> 'sha256' from audit.event e where e.event = :ag_event), encode(:'ag_sha256', 'hex'), 'the log says its digest');

-- ---- forms ----
select is(split_part(report.form(:'ag_document', 'csv'), E'\r\n', 1), '# report: agreements', 'CSV says what it is');
select ok(report.form(:'ag_document', 'csv') like E'%\r\ncompany,state,agreements\r\ncsp1,REJECTED,1\r\ncsp1,TERMINATED,1\r\ncsp2,REPORTED,1\r\n', 'and has the rows');
select is(report.csv_cell(v::json), c, 'a cell ' || v) from (values ('"=1+1"', '''=1+1'), ('"-x"', '''-x'), ('-1', '-1'), ('"a,\"b"', '"a,""b"'), ('null', ''), ('0.5', '0.5')) x (v, c);
select ok(report.form(:'ag_document', 'html') like '%<svg %' and xml_is_well_formed_content(regexp_replace(report.form(:'ag_document', 'html'),
	'^<!doctype html>|<meta [^>]*>|–', '', 'g')), 'a page with a chart, which is well formed');
select is(report.escape('<a href="x">&'), '&lt;a href=&quot;x&quot;&gt;&amp;', 'nothing of a report is markup');

-- ---- who ----
insert into party.party (kind, code, name) values ('REGULATOR', 'puct', 'Commission') returning party as puct \gset
create function t.token(who int4, name text) returns bytea language plpgsql as $$
declare
	a int4;
begin
	insert into delivery.account (party, login) values (who, name) returning account into a;
	perform api.token_add(sha256(name::bytea), 'SESSION', who, a, null, null, null, '', null, '1 hour');
	return sha256(name::bytea);
end $$;
select t.token(:puct, 'puct') as sp, t.token(:csp1, 'csp1') as s1, t.token(:oncor, 'oncor') as so, t.token((select t.customer('a')), 'ann') as sc \gset
select is(t.says(format('select report.of(%L, 9223372036854775807, 10)', :'sc')), 'BB002', 'customers have no reports');
select cmp_ok(jsonb_array_length(report.of(:'sp', 9223372036854775807, 100)::jsonb -> 'items'), '>', 5, 'a regulator sees all');
select is(jsonb_array_length(report.of(:'s1', 9223372036854775807, 100)::jsonb -> 'items'), 0, 'a third party none that is not of its part');
select is(t.says(format('select report.one(%L, %s, ''json'')', :'s1', :ag_made)), 'BB001', 'nor by its number');
select number as own from report.ask(:'s1', 'agreements', :'chicago'::date, :'chicago'::date) \gset
select is(report.one(:'s1', :own, 'json')::jsonb #>> '{parameters,party}', 'csp1', 'it asks for its part');
select is(t.says(format('select report.ask(%L, ''data'', null, null)', :'s1')), 'BB003', 'and for no report of others');
select is(t.says(format('select report.one(%L, %s, ''json'')', :'so', :own)), 'BB001', 'which others do not see');
select is(report.one(:'sp', :own, 'json'), report.one(:'s1', :own, 'json'), 'but the regulator does');
select is(t.says(format('select report.ask(%L, ''nothing'', null, null)', :'sp')), 'BB003', 'what there is not');
select is(t.says(format('select report.ask(%L, ''data'', ''2026-03-02'', ''2026-03-01'')', :'sp')), 'BB003', 'days the wrong way round');

-- ---- the schedule ----
select is(report.due(), null, 'of the month before the hub began nothing is due');
update ops.clock set ahead = '32 days';
create temp table due as select report.due() as made from generate_series(1, 40);
select is((select count(distinct made) from due), (select count(*) from report.kind where monthly), 'each report once');
select is((select count(distinct m.snapshot) from report.made m join due using (made)), 1::int8, 'of one snapshot');
select is((select min(extract(day from m.from_day))::int from report.made m join due using (made)), 1, 'of a month');
select is(report.due(), null, 'and no more');
create function t.placed() returns int language plpgsql as $$
declare
	n int := 0;
	f record;
begin
	loop
		select * into f from report.unplaced();
		exit when f.made is null;
		perform report.place(f.made, f.format, f.name, sha256(convert_to(f.body, 'UTF8')), octet_length(f.body));
		n := n + 1;
	end loop;
	return n;
end $$;
select is(t.placed(), 3 * (select count(*)::int from report.kind where monthly), 'as JSON, CSV and page');
select is((select count(*)::int from delivery.entry e join delivery.account a using (account) where a.party = :puct and e.folder = 'reports'),
	3 * (select count(*)::int from report.kind where monthly), 'in the regulator''s box');
select is((select count(*)::int from delivery.entry e join delivery.account a using (account) where a.party <> :puct), 0, 'and nobody else''s');

-- ---- requests ----
select report.requests_add('api', '[{"what": "v1", "kind": "CSP", "answered": 3, "refused": 1, "failed": 0}, {"what": "v1", "kind": "", "answered": 0, "refused": 2, "failed": 0}]');
select report.requests_add('api', '[{"what": "v1", "kind": "CSP", "answered": 1, "refused": 0, "failed": 2}]');
select t.grown();
select is(t.rows(t.made('use', current_date - 1, current_date + 1), 'requests'), '[{"door": "api", "what": "v1", "kind": "CSP", "requests": 7, "answered": 4,
	"refused": 1, "failed": 2}, {"door": "api", "what": "v1", "kind": "NOBODY", "requests": 2, "answered": 0, "refused": 2, "failed": 0}]', 'requests are counted');
select is(t.rows(t.made('use', current_date - 1, current_date + 1, of_party => :csp1), 'requests'), '[]', 'which are nobody''s part');

-- ---- devices in the home: joins of 10, 20, 30 and 40 s, one refused after 8; meters ready after 2, 4, 6 and 30 s; of the refused one 7 ----
create function t.event(kind text, s numeric, of_command int4, more jsonb) returns void language sql as $$
	insert into audit.event (kind, actor, party, premise, detail, recorded_at)
	values (kind, 'x', (select party from party.party where code = 'csp1'), null, more || jsonb_build_object('command', of_command),
		date_trunc('day', now()) - interval '1 day' + s * interval '1 second') $$;
select t.event('device.asked', 100 * n, n, '{"kind": "HAN_JOIN"}'), t.event('device.moved', 100 * n + ready, n, '{"state": "READY"}'),
	t.event('device.moved', 100 * n + took, n, jsonb_build_object('state', state))
from (values (1, 2, 10, 'COMPLETED'), (2, 4, 20, 'COMPLETED'), (3, 6, 30, 'COMPLETED'), (4, 30, 40, 'COMPLETED'), (5, 7, 8, 'FAILED')) v (n, ready, took, state);
select t.event('device.asked', 900, 6, '{"kind": "HAN_TEXT"}');
select t.grown();
select is(t.rows(t.made('commands', current_date - 2, current_date + 1), 'devices'), '[{"kind": "HAN_JOIN", "asked": 5, "completed": 4, "failed": 1,
	"median_s": 20.000, "p95_s": 40.000, "ready_s": 6.000}, {"kind": "HAN_TEXT", "asked": 1, "completed": 0, "failed": 0, "median_s": null,
	"p95_s": null, "ready_s": null}]', 'delivery and meter-ready times as they are by hand');

-- ---- the prober ----
select is(report.probe_record(format(E'{"at":"%s","target":"portal","ok":true,"ms":12,"says":"200"}\n{"at":"%s","target":"api","ok":false,"ms":9,"says":"x"}\n',
	now() - interval '1 min', now() - interval '1 min'), 'prober'), 2, 'what a prober saw is taken');
select is(report.probe_record(format('{"at":"%s","target":"portal","ok":true,"ms":12}', now() - interval '1 min'), 'prober'), 0, 'once');
select is(t.says($$ select report.probe_record('{"at":"x"}', 'prober') $$), 'BB003', 'lines of another kind are not');
select is(t.says($$ select report.probe_record('not json', 'prober') $$), 'BB003', 'nor what is none');
select is((select string_agg(target || ' ' || ok, ', ' order by target) from report.probes_last()), 'api false, portal true', 'how each door was seen last');
select t.grown();
select is(t.rows(t.made('availability', current_date - 1, current_date + 1), 'doors'),
	'[{"target": "api", "probes": 1, "good": 0, "share": 0, "most_ms": 9}, {"target": "portal", "probes": 1, "good": 1, "share": 1, "most_ms": 12}]',
	'the report has it');
select is((select x - 'days' - 'promise' from jsonb_array_elements(api.slo(7)::jsonb -> 'items') x where x ->> 'name' = 'availability'),
	'{"name": "availability", "within_s": 10, "target": 0.995, "total": 2, "good": 1, "share": 0.5, "met": false, "median_s": 0.012, "p99_s": 0.012}',
	'and the status page');
select is((select count(*) from audit.event where kind = 'probe.recorded'), 1::int8, 'one event a record');

-- ---- networks in the log ----
select is(report.network_digest('192.0.2.7'), report.network_digest('192.0.2.200'), 'a network is one');
select isnt(report.network_digest('192.0.2.7'), report.network_digest('192.0.3.7'), 'another is another');
select is(report.network_digest('::ffff:192.0.2.9'), report.network_digest('192.0.2.7'), 'in clothes of IPv6 too');
select is(report.network_digest(null), null, 'none is none');

select * from finish();
rollback;
