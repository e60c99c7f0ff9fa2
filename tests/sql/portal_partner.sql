-- What the pages of utilities and retail electric providers tell: theirs, counted right, and nothing of others.
begin;
\ir lib/fixture.psql
\ir lib/agreement.psql
select no_plan();

create function t.person(code text, login text) returns void language plpgsql as $$
begin
	perform party.person_add(code, 'admin', '\x01', '\x02', '\x03', t.box(login), 'tester', login);
	perform delivery.credential_add(login, 'password', 'one', delivery.salt(login), sha256(convert_to(login, 'UTF8')));
	perform portal.sign_in(login, null, convert_to(login, 'UTF8'), sha256(login::bytea), sha256(''), '192.0.2.1', 'Browser 1.0');
end $$;
create function t.shown(login text) returns bytea language sql as $$ select sha256(login::bytea) $$;
select t.person('oncor', 'olga'), t.person('centerpoint', 'carl'), t.person('rep1', 'rita'), t.person('rep2', 'rob');

-- ---- a day: four channels are due; e1 came at five, e2 at seven, e3 in the afternoon, e4 not ----

select t.at('2025-03-11 05:00');
select reads.ensure_days(array[date '2025-03-10']);
select t.load('oncor') as l \gset
select t.day(:l, 1, :'e1', '2025-03-10', '2025-03-11', 1000, 96), t.roll(:l, '2025-03-10', 1, 96, 96, 0, 0, 0, 1, 0, 0);
select t.done(:l);
select t.at('2025-03-11 07:00');
select t.load('oncor') as l \gset
select t.day(:l, 1, :'e2', '2025-03-10', '2025-03-11'), t.roll(:l, '2025-03-10', 1, 96, 0, 3, 0, 0, 1, 0, 0);
select t.done(:l);
select t.at('2025-03-11 23:30');
select t.load('oncor') as l \gset
select t.day(:l, 1, :'e3', '2025-03-10', '2025-03-11'), t.roll(:l, '2025-03-10', 2, 192, 0, 0, 1, 1, 1, 0, 1);
select t.done(:l);
select t.at('2025-03-12 08:00');

select results_eq($$ select day, due, received, unknown, intervals, estimated, missing, late, changed, by_six, by_noon, by_night
	from portal.tdu_days(t.shown('olga'), '2025-03-10', 1) $$,
	$$ values (date '2025-03-10', 4::int8, 3::int8, 1::int8, 384::int8, 96::int8, 3::int8, 1::int8, 1::int8, 1::int8, 2::int8, 2::int8) $$,
	'what came by six, noon and 23:00 of the next day; of unknown premises apart');
select results_eq($$ select received, due from portal.tdu_days(t.shown('carl'), '2025-03-10', 1) $$, $$ values (0::int8, 0::int8) $$,
	'another utility has its own');
select results_eq($$ select count(*), max(day) from portal.tdu_days(t.shown('olga'), null, 1000) $$, $$ values (62::int8, date '2025-03-11') $$,
	'without a day it ends yesterday, and it has an end');
select is((select by_noon from portal.tdu_days(t.shown('olga'), '2025-03-08', 1)), 0::int8, 'a day on which nothing came');

select results_eq($$ select esiid, due, here from portal.tdu_absent(t.shown('olga'), '2025-03-10', null) $$,
	format($$ values (%L, 1, 0), (null, null, null) $$, :'e4'), 'the premise that lacks, and that all were looked at');
select results_eq($$ select esiid from portal.tdu_absent(t.shown('carl'), '2025-03-10', null) $$, $$ values (null::text) $$, 'of another utility none of these');
select is((select count(*) from portal.tdu_absent(t.shown('olga'), '2022-12-31', null)), 1::int8, 'before they were announced nothing is due');

select results_eq($$ select received, due, late, files, held, commands from portal.tdu_home(t.shown('olga')) $$,
	$$ values (0::int8, 4::int8, 0::int8, 4::int8, 0::int8, 0::int8) $$, 'home tells of yesterday and of the last 24 hours');

-- ---- marks ----

-- where the loader writes them
insert into reads.flag (series, day, load, line, rule, found, expected)
select t.p(:'e1') * 8 + v.channel, ops.today('America/Chicago') - v.ago, (select max(f.load) from ledger.file f), v.line, v.rule, v.found, 'x'
from (values (1, 'estimate-streak', 3, 0, '3 days in a row'), (2, 'estimate-streak', 2, 0, '4 days in a row'),
	(3, 'estimate-streak', 2, 1, '9 days in a row'), (4, 'spike', 2, 0, 'much'), (5, 'estimate-streak', 40, 2, '5 days in a row'))
	v (line, rule, ago, channel, found);
select results_eq($$ select esiid, channel, day, found from portal.tdu_streaks(t.shown('olga'), 10) order by channel $$, format($$ values
	(%1$L, 'consumption', ops.today('America/Chicago') - 2, '4 days in a row'), (%1$L, 'generation', ops.today('America/Chicago') - 2, '9 days in a row') $$, :'e1'),
	'of each channel the last that was said lately, and no other mark');
select is_empty($$ select from portal.tdu_streaks(t.shown('carl'), 10) $$, 'of another utility none');
select results_eq($$ select changed, first_day, last_day from portal.tdu_corrections(t.shown('olga'), null, 10) $$,
	$$ values (1::int8, date '2025-03-10', date '2025-03-10') $$, 'files that changed days');
select is_empty($$ select from portal.tdu_corrections(t.shown('carl'), null, 10) $$, 'of another utility none, again');

insert into odr.command (kind, tdu, premise, asked_by, class, state, asked_at, expires_at)
values ('ON_DEMAND_READ', :oncor, t.p(:'e1'), :rep1, 'ACCOUNT', 'PENDING', ops.now(), ops.now() + interval '15 min');
select results_eq($$ select esiid, state from portal.tdu_commands(t.shown('olga'), null, null, 10) $$, format($$ values (%L, 'PENDING') $$, :'e1'),
	'the queue of its commands');
select is_empty($$ select from portal.tdu_commands(t.shown('olga'), 'FAILED', null, 10) $$, 'of one state');
select is_empty($$ select from portal.tdu_commands(t.shown('carl'), null, null, 10) $$, 'not another''s');

-- ---- retail electric providers ----

select t.load('oncor') as l \gset
select t.rep(:l, 1, :'e2', '2025-03-10', '10002');
select premise.load_rep(:l);
select t.done(:l);
select results_eq($$ select esiid, from_day, to_day, now from portal.rep_customers(t.shown('rita'), null, false, null, 10) $$,
	$$ values ('10443720000000001', date '2023-01-01', null::date, true), ('10443720000000002', '2023-01-01', '2025-03-09', false),
		('10443720000000003', '2023-01-01', null, true), ('10443720000000004', '2023-01-01', null, true) $$, 'premises with the days that were its own');
select is((select count(*) from portal.rep_customers(t.shown('rita'), null, true, null, 10)), 3::int8, 'those of today');
select results_eq($$ select esiid, from_day from portal.rep_customers(t.shown('rob'), null, false, null, 10) $$,
	$$ values ('10443720000000002', date '2025-03-10') $$, 'the other has what it has');
select is_empty($$ select from portal.rep_customers(t.shown('rob'), '10443720000000001', false, null, 10) $$, 'one that is not its own is none');
select is((select count(*) from portal.rep_customers(t.shown('rita'), null, false, t.p('10443720000000002'), 10)), 2::int8, 'a page begins behind one');
select results_eq($$ select customers, came, went from portal.rep_home(t.shown('rita')) $$, $$ values (3::int8, 0::int8, 1::int8) $$, 'who came and went lately');
select results_eq($$ select customers, came, went from portal.rep_home(t.shown('rob')) $$, $$ values (1::int8, 1::int8, 0::int8) $$, 'and where they went');
-- one that comes back has two spans, which a page does not part
select t.load('oncor') as l \gset
select t.rep(:l, 1, :'e2', '2025-03-12', '10001');
select premise.load_rep(:l);
select t.done(:l);
select results_eq($$ select esiid, from_day, to_day from portal.rep_customers(t.shown('rita'), null, false, null, 2) $$,
	$$ values ('10443720000000001', date '2023-01-01', null::date), ('10443720000000002', '2023-01-01', '2025-03-09'),
		('10443720000000002', '2025-03-12', null) $$, 'all days of a premise stand on one page');
select results_eq($$ select customers, came, went from portal.rep_home(t.shown('rita')) $$, $$ values (4::int8, 1::int8, 1::int8) $$, 'who comes back is counted');
select results_eq($$ select customers, came, went from portal.rep_home(t.shown('rob')) $$, $$ values (0::int8, 1::int8, 1::int8) $$, 'and who went');

-- ---- nobody else ----

select throws_ok(format('select portal.%s', call), 'BB002', null, call) from unnest(array[
	$$tdu_home(t.shown('rita'))$$, $$tdu_days(t.shown('rita'), null, 1)$$, $$tdu_absent(t.shown('rita'), '2025-03-10', null)$$,
	$$tdu_streaks(t.shown('rita'), 1)$$, $$tdu_corrections(t.shown('rita'), null, 1)$$, $$tdu_commands(t.shown('rita'), null, null, 1)$$,
	$$rep_home(t.shown('olga'))$$, $$rep_customers(t.shown('olga'), null, false, null, 1)$$]) call;
select throws_ok(format('select portal.%s', call), 'BB007', null, call) from unnest(array[
	$$tdu_home(t.shown('nobody'))$$, $$rep_home(t.shown('nobody'))$$]) call;

-- ---- companies for everybody ----

select results_eq($$ select code, client_id from portal.companies(null, null, 10) $$, $$ values ('csp1', null::text), ('csp2', null) $$,
	'third parties that are live, by name');
select is((select count(*) from portal.companies('tWO', null, 10)), 1::int8, 'by a word of the name');
select results_eq($$ select code from portal.companies('', 'csp1', 10) $$, $$ values ('csp2') $$, 'behind one');
update party.csp set state = 'SUSPENDED' where party = :csp1;
select is_empty($$ select from portal.companies('one', null, 10) $$, 'one that is suspended is none');
select * from finish();
rollback;
