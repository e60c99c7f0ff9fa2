-- /v1: premises that one may read, their meters, and what has changed behind a cursor.
begin;
\ir lib/fixture.psql
select plan(27);

select t.load('oncor') as l1 \gset
select t.premise(:l1, 3, :'e1', '2024-01-01'), t.premise(:l1, 4, :'e2', '2024-01-01');
select premise.load_premise(:l1);
insert into stage.meter (load, line, esiid, meter_number, effective) values (:l1, 5, :'e1', 'M1', '2024-01-01'),
	(:l1, 6, :'e1', 'M2', '2025-03-06'), (:l1, 7, :'e1', 'M3', '2025-03-20');
select premise.load_meter(:l1);
select t.rep(:l1, 3, :'e1', '2025-03-05', '10001'), t.rep(:l1, 8, :'e1', '2025-03-10', '10002'),
	t.rep(:l1, 4, :'e2', '2025-03-07', '10001');
select premise.load_rep(:l1);
select t.done(:l1);
select reads.ensure_days(array(select generate_series('2025-03-04', '2025-03-10', interval '1 day')::date));

create function t.shown(login text, who int4) returns bytea language plpgsql as $$
declare
	account int4 := delivery.account_add((select code from party.party where party = who), login, null, null, null,
		null, null, 'test');
begin
	perform api.token_add(sha256(convert_to(login, 'UTF8')), 'SESSION', who, account, null, null, null, null, null,
		'1 hour');
	return sha256(convert_to(login, 'UTF8'));
end $$;
create function t.page(shown bytea, after int4, most int4) returns text language sql as $$
	select string_agg(case when body is null then case when place is null then 'end' else 'more' end
		else right(body::jsonb->>'esiid', 1) end, ' ')
	from api.premises(shown, after, most)
$$;
select t.shown('rep1', :rep1) as rep1s, t.shown('rep2', :rep2) as rep2s, t.shown('csp1', :csp1) as csp1s,
	t.shown('oncor', :oncor) as oncors \gset

-- premises
select is(t.page(:'oncors', null, 10), '1 2 end', 'a utility has all of its own');
select is(t.page(:'oncors', null, 1), '1 more', 'a page at a time');
select is(t.page(:'oncors', t.p(:'e1'), 1), '2 more', 'and on');
select is(t.page(:'oncors', t.p(:'e2'), 1), 'end', 'to the end');
select is(t.page(:'rep2s', null, 10), '1 end', 'a REP those that were its');
select is(t.page(:'csp1s', null, 10), 'end', 'a third party none');
select is((select body::jsonb->'readable' from api.premises(:'rep2s', null, 10) where body is not null),
	'[{"kind":"billing","from":"2025-03-10T05:00:00Z","to":null,"why":"rep-of-record"},
	{"kind":"interval","from":"2025-03-10T05:00:00Z","to":null,"why":"rep-of-record"},
	{"kind":"register","from":"2025-03-10T05:00:00Z","to":null,"why":"rep-of-record"}]'::jsonb, 'with what may be read');
create function t.meters(shown bytea, esiid text) returns text language sql as $$
	select string_agg(m->>'meter', ' ') from jsonb_array_elements(api.premise(shown, esiid)::jsonb->'meters') m
$$;
select is(t.meters(:'oncors', :'e1'), 'M1 M2 M3', 'meters of a premise');
select is(t.meters(:'rep1s', :'e1'), 'M1 M2', 'those of a REP''s time');
select is(t.meters(:'rep2s', :'e1'), 'M2 M3', 'and the next one''s');
select is(t.meters(:'oncors', :'e2'), null, 'none that is known');
select throws_ok(format('select api.premise(%L, %L)', :'rep2s', esiid), 'BB001',
	'there is no premise of that ESI ID for you', words)
from (values (:'e2', 'a foreign one'), (:'e3', 'one that nobody knows'), ('x', 'and what is none')) v (esiid, words);
select throws_ok(format('select api.premises(%L, null, 1)', 'x'), 'BB007', null, 'nobody has none');

-- changes
create function t.changes(shown bytea, cursor text, most int4 default 100) returns text language sql as $$
	select coalesce(string_agg(format('%s/%s-%s%s', right(esiid, 1), to_char(first_day, 'DD'), to_char(last_day, 'DD'),
		'!' || to_char(corrected_first, 'DD')), ' ') filter (where esiid is not null), '') || case when bool_or(more)
		then ' …' else '' end
	from api.changes(shown, cursor, null, most)
$$;
create function t.next(shown bytea, cursor text, most int4 default 100) returns text language sql as $$
	select next_cursor from api.changes(shown, cursor, null, most) where esiid is null
$$;
create function t.loaded(lines text) returns void language plpgsql as $$
declare
	l int4 := t.load('oncor');
	one text[];
begin
	for one in select string_to_array(x, ' ') from string_to_table(lines, ',') x loop
		perform t.day(l, one[3]::int4, one[1], one[2]::date, clock_timestamp(), one[3]::int8);
	end loop;
	insert into reads.rollup (tdu, day, load, meter_days, intervals, estimated, missing, late, changed, load_wh,
		generation_wh, unknown)
	select distinct (select party from party.tdu t join party.party p using (party) where p.code = 'oncor'),
		(string_to_array(x, ' '))[2]::date, l, 1, 96, 0, 0, 0, 0, 0, 0, 0 from string_to_table(lines, ',') x
	on conflict do nothing;
	perform t.done(l);
end $$;
select t.next(:'oncors', null) as c0 \gset
select is(t.changes(:'oncors', :'c0'), '', 'nothing since now');
select t.loaded(:'e1' || ' 2025-03-06 1,' || :'e1' || ' 2025-03-07 2,' || :'e2' || ' 2025-03-06 3');
select is(t.changes(:'oncors', :'c0'), '1/06-07 2/06-06', 'what came');
select is(t.changes(:'rep1s', :'c0'), '1/06-07', 'as far as one may read it');
select is(t.changes(:'csp1s', :'c0'), '', 'which may be nothing');
select is(t.changes(:'oncors', :'c0', 1), '1/06-07 …', 'some at a time');
select t.next(:'oncors', :'c0', 1) as c1 \gset
select is(t.changes(:'oncors', :'c1', 1), '2/06-06 …', 'and on, within a load');
select t.next(:'oncors', :'c1', 1) as c2 \gset
select is(t.changes(:'oncors', :'c2', 1), '', 'to its end');
select t.next(:'oncors', :'c0') as c3 \gset
select t.loaded(:'e1' || ' 2025-03-06 9,' || :'e1' || ' 2025-03-08 4');
select is(t.changes(:'oncors', :'c3'), '1/06-08!06', 'a day that was there already is corrected');
select is(t.changes(:'oncors', :'c0'), '1/06-07 2/06-06 1/06-08!06', 'an old cursor still tells all');
select is((select next_cursor from api.changes(:'oncors', null, '2000-01-01', 100) where esiid is null),
	t.next(:'oncors', :'c0'), 'from the beginning comes to the same end');
select throws_ok(format('select * from api.changes(%L, %L, null, 1)', :'oncors', c), 'BB003', null, 'no cursor: ' || c)
from unnest('{x,1:2:3}'::text[]) c;
select * from finish();
rollback;
