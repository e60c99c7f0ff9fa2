-- Guesses at ESI ID, meter number and REP, as a third party makes them: one answer for all that is wrong, and a
-- limit that no number of third parties gets round. PROBES says how many (100000 in deploy/test --long).
begin;
\ir lib/fixture.psql
\set real_radar true
\ir lib/agreement.psql
select plan(9);
\set n `echo "${PROBES:-2000}"`
update radar.detector set action = 'OFF';
select party.csp_add('p' || i, 'P ' || i) from generate_series(1, 40) i;
create temp table said (n int, what text, esiid text, answer text, id text);

-- One invitation; what is wrong: ESI ID, METER, REP, or NOTHING.
create function t.guess(n int, csp int4, esiid text, what text) returns void language sql as $$
	insert into said
	select n, what, esiid, a.answer::text, a.answer ->> 'id'
	from agreement.invite(csp, array[esiid], array[case what when 'METER' then 'M9' else 'M' || right(esiid, 1) end],
		array[case what when 'REP' then '10002' else '10001' end], 'x', 'agreement.email'::bytea || t.box('x'), t.box('x'),
		'ENERGY', '{interval}', 12, 0, 'EN', null, true, '192.0.2.9', 'prober') a (answer)
$$;
-- forty third parties, three ESI IDs that are there and some that are not, each thing wrong in turn
select count(*) from (select t.guess(i, (select party from party.find('p' || 1 + i % 40)),
	case when i % 3 = 0 then '1044372' || lpad((900 + i % 7)::text, 10, '0') else (array[:'e1', :'e2', :'e3'])[1 + i / 3 % 3] end,
	(array['ESIID', 'METER', 'REP'])[1 + i % 3])
from generate_series(1, :n) i) x \gset
select is((select count(*)::int from said), :n, 'so many guesses');
select is((select count(distinct answer)::int from said), 1, 'one answer, byte for byte');
select is((select answer from said limit 1), '{"id": null, "state": null, "faults": [{"row": 1, "code": "not-matched", "message": '
	'"the ESI ID, meter number and REP certificate do not belong together"}]}', 'which says nothing of what was wrong');
select is((select max(n)::int from (select count(*) as n from radar.event where kind = 'match_tried' group by detail ->> 'esiid') x), 20,
	'no ESI ID was tried more than twenty times, by all of them');
select is((select count(distinct detail ->> 'esiid')::int from radar.event where kind = 'match_tried'), 10, 'of those that are there and those that are not');
select cmp_ok((select max(n)::int from (select count(*) as n from radar.event where kind = 'match_tried' group by csp) x), '<=', 100,
	'no third party tried more than a hundred');
select is((select count(*)::int from mail.outbox), 0, 'no mail was queued');
-- the right triple too is not found any more today, in the same words
select t.guess(0, :csp1, :'e1', 'NOTHING');
select is((select id from said where what = 'NOTHING'), null, 'who knows the right one must wait as well');
select is((select count(distinct answer)::int from said), 1, 'and cannot tell');

select * from finish();
rollback;
