-- Reports: defining them, taking snapshots, making them, and making them again. sql/functions/report_NAME.sql has one each;
-- sql/functions/report_form.sql how they look.
set local check_function_bodies = off;

-- ---- defining ----

-- A report of this version; its tables follow by report.part_is. Called when functions are brought up to date.
create or replace procedure report.define(report text, turn int4, title text, about text, parties text[] default '{}',
	monthly bool default true)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	insert into report.kind as k (report, turn, title, about, parties, monthly)
	values (define.report, define.turn, define.title, define.about, define.parties, define.monthly)
	on conflict on constraint kind_pkey do update set turn = excluded.turn, title = excluded.title,
		about = excluded.about, parties = excluded.parties, monthly = excluded.monthly;
	delete from report.part p where p.report = define.report;
end $$;

-- A table of it. query: $1 from, $2 to (days, inclusive), $3 whose part (null: all), $4 the snapshot, $5 and $6 the
-- instants between which events count, $7 the entries of the snapshot. It says its order.
create or replace procedure report.part_is(report text, name text, title text, columns text[], events text[], query text,
	label text default null, height text default null)
language sql security definer set search_path = pg_catalog, pg_temp
as $$
	insert into report.part (report, place, name, title, columns, label, height, events, query)
	values (part_is.report, 1 + (select count(*) from report.part p where p.report = part_is.report), part_is.name,
		part_is.title, part_is.columns, part_is.label, part_is.height, part_is.events, btrim(part_is.query, E'\n'))
$$;

-- A report of the tables of others, which come before it.
create or replace procedure report.pack_is(report text, of_reports text[])
language sql security definer set search_path = pg_catalog, pg_temp
as $$
	insert into report.part (report, place, name, title, columns, label, height, events, query)
	select pack_is.report, row_number() over (order by u.n, p.place), u.one || '_' || p.name, k.title || ': ' || p.title,
		p.columns, p.label, p.height, p.events, p.query
	from unnest(of_reports) with ordinality u (one, n)
	join report.kind k on k.report = u.one
	join report.part p on p.report = u.one
$$;

-- The functions of ours that words call, and those that they call: they are part of what a report is.
create or replace function report.functions_of(words text)
returns json
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	with recursive used (oid) as (
		select p.oid from report.calls(words) p (oid)
		union
		select p.oid from used u join pg_proc f on f.oid = u.oid cross join lateral report.calls(f.prosrc) p (oid)
	)
	select coalesce(json_agg(json_build_object('name', x.name, 'text', x.text) order by x.name, x.text), '[]')
	from (select u.oid::regproc::text as name, pg_get_functiondef(u.oid) as text from used u) x
$$;

create or replace function report.calls(words text)
returns setof oid
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select p.oid
	from (select distinct m[1] as place, m[2] as name from regexp_matches(words, '\m([a-z]+)\.([a-z_0-9]+)\(', 'g') m) c
	join pg_namespace n on n.nspname = c.place collate "C"
	join pg_proc p on p.pronamespace = n.oid and p.proname = c.name collate "C"
	where p.prokind = 'f'
$$;

-- What no report proves, said in each.
create or replace function report.not_proven()
returns json
language sql immutable security definer set search_path = pg_catalog, pg_temp
as $$
	select json_build_array('That what was told to the hub is true: it counts what it recorded, not whether a meter was right or who sat behind a mailbox.',
		'That all was recorded: what the hub''s programs do not write down is in no figure.',
		'What was left out of a utility''s file: lines that were not taken are believed to be wrong; the utility has the list of them.',
		'When it was: times are those of the hub''s own clock; a witness''s signature says by when an entry was there.')
$$;

-- What a report is now, kept by its digest for as long as anything was made by it.
create or replace function report.edition_now(of_report text)
returns bytea
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	words text;
begin
	select json_build_object('report', k.report, 'title', k.title, 'about', k.about, 'functions',
		(select report.functions_of(string_agg(p.query, E'\n' order by p.place)) from report.part p where p.report = k.report),
		'not_proven', report.not_proven(), 'tables',
		(select json_agg(json_build_object('name', p.name, 'title', p.title, 'columns', p.columns, 'label', p.label,
			'height', p.height, 'events', p.events, 'query', p.query) order by p.place)
		from report.part p where p.report = k.report))::text
	into words
	from report.kind k where k.report = of_report;
	if words is null then
		raise exception using errcode = 'BB001', message = format('there is no report "%s"', of_report);
	end if;
	insert into report.edition (edition, report, text)
	values (sha256(convert_to(words, 'UTF8')), of_report, words)
	on conflict on constraint edition_pkey do nothing;
	return sha256(convert_to(words, 'UTF8'));
end $$;

-- ---- snapshots ----

-- What is known now. Of a utility the last load whose event is in the tree: the loads before it are too.
create or replace function report.snapshot_take()
returns int8
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	made int8;
	n int8 := (select t.size from audit.tree t);
begin
	insert into report.snapshot as s (hub_at, entries, migration, version)
	select ops.now(), n, m.number, m.version from ops.migration m order by m.number desc limit 1
	returning s.snapshot into made;
	insert into report.snapshot_load (snapshot, tdu, load)
	select made, t.party, x.load
	from party.tdu t
	cross join lateral (
		select f.load from ledger.file f
		where f.party = t.party and f.state = 'LOADED' and exists (select from report.event e
			where e.kind = 'file.loaded' and e.party = t.party and e.recorded_at >= f.received_at
				and (e.detail ->> 'file')::int8 = f.file and e.entry < n)
		order by f.load desc limit 1) x;
	return made;
end $$;

-- ---- making ----

create or replace function report.zone()
returns text
language sql immutable security definer set search_path = pg_catalog, pg_temp
as $$ select 'America/Chicago'::text $$;

-- The document of an edition: the same bytes whenever it is asked for, since all that it reads is limited by the snapshot.
create or replace function report.compute(of_edition bytea, of_snapshot int8, of_party int4, from_day date, to_day date)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
set timezone = 'UTC' set datestyle = 'ISO' set extra_float_digits = 1 set plan_cache_mode = force_custom_plan
as $$
declare
	e report.edition;
	s report.snapshot;
	one json;
	rows text;
	tables text := '';
begin
	select x.* into strict e from report.edition x where x.edition = of_edition;
	select x.* into s from report.snapshot x where x.snapshot = of_snapshot;
	if not found then
		raise exception using errcode = 'BB001', message = format('there is no snapshot %s', of_snapshot);
	end if;
	for one in select t from json_array_elements(e.text::json -> 'tables') t loop
		execute 'select string_agg(to_json(x)::text, E'',\n'') from (' || (one ->> 'query') || ') x'
		into rows
		using from_day, to_day, of_party, of_snapshot, from_day::timestamp at time zone report.zone(),
			(to_day + 1)::timestamp at time zone report.zone(), s.entries;
		tables := tables || case when tables = '' then '' else E',\n' end || '{"name":' || to_json(one ->> 'name')
			|| ',"title":' || to_json(one ->> 'title')
			|| ',"columns":' || (select json_agg(json_build_object('name', split_part(c, '|', 1), 'title', split_part(c, '|', 2)))
				from json_array_elements_text(one -> 'columns') c)
			|| ',"label":' || coalesce((one -> 'label')::text, 'null') || ',"height":' || coalesce((one -> 'height')::text, 'null')
			|| ',"events":' || (one -> 'events') || ',"query":' || to_json(one ->> 'query')
			|| E',\n"rows":[' || coalesce(E'\n' || rows || E'\n', '') || ']}';
	end loop;
	return '{"report":' || to_json(e.report) || ',"title":' || to_json(e.text::json ->> 'title')
		|| ',"about":' || to_json(e.text::json ->> 'about')
		|| ',"parameters":' || json_build_object('from', from_day, 'to', to_day, 'zone', report.zone(),
			'party', (select p.code from party.party p where p.party = of_party))
		|| ',"snapshot":' || json_build_object('number', s.snapshot, 'taken_at', api.instant(s.taken_at),
			'hub_time', api.instant(s.hub_at), 'entries', s.entries, 'loads', (select coalesce(json_object_agg(p.code, l.load
				order by p.code collate "C"), '{}') from report.snapshot_load l join party.party p on p.party = l.tdu
				where l.snapshot = of_snapshot))
		|| ',"code":' || left(json_build_object('version', s.version, 'migration', s.migration, 'edition', encode(of_edition, 'hex'))::text, -1)
		-- editions of before functions were part of them have none
		|| coalesce(E',\n"functions":' || (e.text::json -> 'functions')::text, '') || '}' || coalesce(E',\n"not_proven":' || (e.text::json -> 'not_proven')::text, '')
		|| E',\n"tables":[\n' || tables || E'\n]}\n';
end $$;

-- Makes a report, or gives the one that was made of the same. of_snapshot null: of now.
create or replace function report.make(of_report text, of_party int4, from_day date, to_day date, of_snapshot int8,
	by_schedule bool, actor text)
returns report.made
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	m report.made;
	words text;
	asked bytea := report.edition_now(of_report);
	known int8 := coalesce(of_snapshot, report.snapshot_take());
begin
	if from_day is null or to_day is null or from_day > to_day or to_day - from_day > 366 or from_day < '2000-01-01' then
		raise exception using errcode = 'BB003', message = 'expected a first and a last day, a year apart at most';
	end if;
	select x.* into m from report.made x
	where x.report = of_report and x.edition = asked and x.snapshot = known
		and x.party is not distinct from of_party and x.from_day = make.from_day and x.to_day = make.to_day;
	if found then
		if by_schedule and not m.monthly then
			update report.made x set monthly = true where x.made = m.made returning x.* into m;
		end if;
		return m;
	end if;
	words := report.compute(asked, known, of_party, from_day, to_day);
	insert into report.made as x (report, edition, snapshot, party, from_day, to_day, monthly, document, sha256, made_by)
	values (of_report, asked, known, of_party, make.from_day, make.to_day, by_schedule, words,
		sha256(convert_to(words, 'UTF8')), actor)
	returning x.* into m;
	m.event := audit.record('report.made', actor, of_party, null, jsonb_build_object('made', m.made, 'report', of_report,
		'snapshot', known, 'entries', (select s.entries from report.snapshot s where s.snapshot = known),
		'from', from_day, 'to', to_day, 'sha256', encode(m.sha256, 'hex')));
	update report.made x set event = m.event where x.made = m.made;
	return m;
end $$;

-- As it was made, computed anew by the queries and functions of that time: BB005 when what comes is not what is kept.
create or replace function report.again(of_made int8)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	m report.made;
	words text;
	f json;
begin
	select x.* into m from report.made x where x.made = of_made;
	if not found then
		raise exception using errcode = 'BB001', message = 'there is no such report';
	end if;
	begin -- with the functions of then, for as long as it takes
		for f in
			select j from report.edition e cross join json_array_elements(e.text::json -> 'functions') j
			where e.edition = m.edition and not exists (select from pg_proc p
				where p.oid = to_regproc(j ->> 'name') and pg_get_functiondef(p.oid) = j ->> 'text')
		loop
			execute f ->> 'text';
		end loop;
		words := report.compute(m.edition, m.snapshot, m.party, m.from_day, m.to_day);
		raise exception using errcode = 'BB000', message = 'those of now come back';
	exception when sqlstate 'BB000' then
		null;
	end;
	if sha256(convert_to(words, 'UTF8')) <> m.sha256 then
		raise exception using errcode = 'BB005', message = format('report %s, made again of snapshot %s, is not what was kept: '
			'SHA-256 %s, expected %s', m.made, m.snapshot, encode(sha256(convert_to(words, 'UTF8')), 'hex'),
			encode(m.sha256, 'hex'));
	end if;
	return words;
end $$;

-- The month before this one, by the hub's clock.
create or replace function report.last_month()
returns daterange
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select daterange((date_trunc('month', d) - interval '1 month')::date, date_trunc('month', d)::date)
	from (select ops.today(report.zone())::timestamp as d) x
$$;

-- ---- the operator's: busbar report ----

create or replace function report.kinds()
returns table (report text, title text, parties text, monthly bool)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select k.report, k.title, array_to_string(k.parties, ' '), k.monthly from report.kind k order by k.turn, k.report
$$;

create or replace function report.list(most int4)
returns table (made int8, report text, party text, from_day date, to_day date, snapshot int8, entries int8, made_at timestamptz,
	made_by text, monthly bool, sha256 text, event int8)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select m.made, m.report, p.code, m.from_day, m.to_day, m.snapshot, s.entries, m.made_at, m.made_by, m.monthly,
		encode(m.sha256, 'hex'), m.event
	from report.made m
	join report.snapshot s on s.snapshot = m.snapshot
	left join party.party p on p.party = m.party
	order by m.made desc limit least(most, 10000)
$$;

-- One to be printed. Of a snapshot that it was made of, what was made then comes again, computed anew; else it is made.
-- Days: those given, else those of then, else the month before.
create or replace function report.print(of_report text, of_snapshot int8, from_day date, to_day date, code text,
	format text, actor text)
returns table (body text, made int8, snapshot int8)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	m report.made;
	words text;
	of_party int4;
begin
	if code is not null then
		of_party := (select p.party from party.party p where p.code = lower(print.code));
		if of_party is null then
			raise exception using errcode = 'BB001', message = format('there is no party "%s"', code);
		elsif not exists (select from report.kind k join party.party p on p.kind = any (k.parties)
			where k.report = of_report and p.party = of_party) then
			raise exception using errcode = 'BB003', message = format('of "%s" there is no part of one like "%s"', of_report, code);
		end if;
	end if;
	if of_snapshot is not null then
		select x.* into m from report.made x
		where x.report = of_report and x.snapshot = of_snapshot and x.party is not distinct from of_party
			and (print.from_day is null or x.from_day = print.from_day) and (print.to_day is null or x.to_day = print.to_day)
		order by x.made limit 1;
		if found then
			words := report.again(m.made);
		elsif not exists (select from report.snapshot s where s.snapshot = of_snapshot) then
			raise exception using errcode = 'BB001', message = format('there is no snapshot %s', of_snapshot);
		end if;
	end if;
	if words is null then
		m := report.make(of_report, of_party, coalesce(from_day, lower(report.last_month())),
			coalesce(to_day, upper(report.last_month()) - 1), of_snapshot, false, actor);
		words := m.document;
	end if;
	return query select report.form(words, format), m.made, m.snapshot;
end $$;

-- ---- the API's and the portal's: shown is what the caller has shown ----

-- Whose reports one sees: null is everybody's.
create or replace function report.scope_of(w api.principal)
returns int4
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
	if w.class is distinct from 'ACCOUNT' and w.class is distinct from 'SESSION'
		or w.kind not in ('REGULATOR', 'OPERATOR', 'CSP', 'REP', 'TDU') then
		raise exception using errcode = 'BB002', message = 'reports are for regulators, operators and partners';
	end if;
	return case when w.kind not in ('REGULATOR', 'OPERATOR') then w.party end;
end $$;

create or replace function report.item(m report.made)
returns jsonb
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select jsonb_build_object('number', m.made, 'report', m.report, 'title', k.title, 'from', m.from_day, 'to', m.to_day,
		'party', (select p.code from party.party p where p.party = m.party), 'snapshot', m.snapshot, 'entries', s.entries,
		'made_at', api.instant(m.made_at), 'monthly', m.monthly, 'sha256', encode(m.sha256, 'hex'), 'event', m.event)
	from report.kind k, report.snapshot s where k.report = m.report and s.snapshot = m.snapshot
$$;

-- {"kinds":[…],"items":[…],"cursor":…}
create or replace function report.of(shown bytea, before int8, most int4)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.who(shown);
	own int4 := report.scope_of(w);
begin
	return (
		with page as (
			select m from report.made m
			where m.made < before and (own is null or m.party = own)
			order by m.made desc limit most
		)
		select jsonb_build_object('kinds', (select coalesce(jsonb_agg(jsonb_build_object('report', k.report, 'title', k.title,
				'about', k.about) order by k.turn, k.report), '[]') from report.kind k
				where own is null or w.kind = any (k.parties)),
			'items', coalesce(jsonb_agg(report.item(p.m) order by (p.m).made desc), '[]'),
			'cursor', case when count(*) = most then 'r' || min((p.m).made) end)::text
		from page p);
end $$;

-- One in a form: json, csv, html.
create or replace function report.one(shown bytea, of_made int8, format text)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	own int4 := report.scope_of(api.who(shown));
	words text := (select m.document from report.made m where m.made = of_made and (own is null or m.party = own));
begin
	if words is null then
		raise exception using errcode = 'BB001', message = 'there is no such report';
	end if;
	return report.form(words, format);
end $$;

-- Makes one; partners their own part.
create or replace function report.ask(shown bytea, of_report text, from_day date, to_day date)
returns table (number int8, body text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.who(shown);
	own int4 := report.scope_of(w);
	m report.made;
begin
	perform api.writes(w);
	if not exists (select from report.kind k where k.report = of_report and (own is null or w.kind = any (k.parties))) then
		raise exception using errcode = 'BB003', message = format('there is no report "%s" for you', of_report);
	end if;
	m := report.make(of_report, own, coalesce(from_day, lower(report.last_month())),
		coalesce(to_day, upper(report.last_month()) - 1), null, false, w.login);
	return query select m.made, report.item(m)::text;
end $$;

-- ---- the schedule: busbar-dropd ----

-- Makes what of the month before is due, one at a call, all of one snapshot. Null: nothing is due, or the hub was not there
-- yet in that month.
create or replace function report.due()
returns int8
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	month daterange := report.last_month();
	kind text;
	of_snapshot int8;
begin
	perform pg_advisory_xact_lock(12, 0); -- one at a time
	select k.report into kind from report.kind k
	where k.monthly and exists (select from report.part p where p.report = k.report)
		and not exists (select from report.made m where m.monthly and m.report = k.report and m.from_day = lower(month)
			and m.party is null)
	order by k.turn, k.report limit 1;
	if kind is null or (select min(g.applied_at) from ops.migration g) >= upper(month)::timestamp at time zone report.zone() then
		return null;
	end if;
	of_snapshot := (select max(m.snapshot) from report.made m where m.monthly and m.from_day = lower(month) and m.party is null);
	return (report.make(kind, null, lower(month), upper(month) - 1, of_snapshot, true, 'schedule')).made;
end $$;

-- A file that belongs into the boxes of regulators and is not there.
create or replace function report.unplaced()
returns table (made int8, format text, name text, body text)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select n.made, n.format, n.report || '-' || to_char(n.from_day, 'YYYY-MM') || '.' || n.format, report.form(n.document, n.format)
	from (
		select m.made, f.format, m.report, m.from_day, m.document
		from report.made m
		cross join (values ('csv'), ('html'), ('json')) f (format)
		where m.monthly and m.party is null
			and not exists (select from report.placed p where p.made = m.made and p.format = f.format)
		order by m.made, f.format limit 1) n
$$;

create or replace function report.place(of_made int8, format text, name text, sha256 bytea, size int8)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	insert into report.placed (made, format, name, sha256, size)
	values (of_made, place.format, place.name, place.sha256, place.size)
	on conflict on constraint placed_pkey do nothing;
	if found then
		perform delivery.place(p.party, 'reports', place.name, place.sha256, place.size)
		from party.party p where p.kind = 'REGULATOR';
	end if;
end $$;

-- ---- networks ----

-- A network (/24, /64) as the log tells it apart from others of that month.
create or replace function report.network_digest(source inet)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	of_month date := date_trunc('month', ops.now() at time zone 'UTC')::date;
	key bytea;
begin
	if source is null then
		return null;
	end if;
	insert into report.salt as s (month, salt)
	values (of_month, uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()))
	on conflict on constraint salt_pkey do nothing;
	select s.salt into key from report.salt s where s.month = of_month;
	return encode(substr(sha256(key || convert_to(host(network(set_masklen(radar.address(source),
		case family(radar.address(source)) when 4 then 24 else 64 end))), 'UTF8')), 1, 12), 'hex');
end $$;
