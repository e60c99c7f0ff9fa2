begin;
\ir lib/fixture.psql
select plan(80);

-- the clock
select throws_ok('select ops.clock_advance(''9 days'')', 'BB002',
	'the clock of this hub cannot be moved (setting clock.movable)', 'a real hub''s clock stays');
select throws_ok('select ops.clock_reset()', 'BB002', null, 'and is not reset');
select throws_ok('select ops.setting_set(''clock.movable'', ''true'')', 'BB002',
	'clock.movable is set by the owner of the schema alone', 'nor made movable by the operator');
update ops.setting set value = 'true' where name = 'clock.movable';
select is(ops.clock_advance('9 days') > clock_timestamp() + '8 days 23:59', true, 'a demo''s moves ahead');
select is(ops.now() - clock_timestamp() between '8 days 23:59' and '9 days', true, 'for everybody');
select ops.clock_advance('1 hour');
select results_eq('select ahead_s, movable from ops.clock_show()', 'values (9 * 86400 + 3600::int8, true)',
	'by all steps together');
select throws_ok(format('select ops.clock_advance(%L)', i), 'BB003', null, words)
from (values ('0', 'not by nothing'), ('-1 day', 'not back'), ('11 years', 'not by more than ten years'))
	v (i, words);
select is(ops.today('America/Chicago'), (ops.now() at time zone 'America/Chicago')::date,
	'today is a date of the zone by the hub''s clock');
select is(abs(extract(epoch from ops.clock_reset() - clock_timestamp())) < 5, true, 'and is reset');
select is((select string_agg(kind, ' ' order by event) from audit.event where kind like 'clock.%'),
	'clock.advanced clock.advanced clock.reset', 'each move is an audit event');
select ops.clock_advance('1 day');
select file from ledger.receive(:oncor, 'f', sha256('f'), 1, 'x', 'x') \gset
select is((select extract(epoch from hub_at - received_at)::int between 86399 and 86401 from ledger.file
	where file = :file), true, 'a file has the time of both clocks');
select is((select recorded_at < clock_timestamp() from audit.event order by event desc limit 1), true,
	'an audit event has the real one');
select ops.clock_reset();

-- settings and rules
select is(ops.setting_of('reads.keep_months'), '24', 'a preset');
select ops.setting_set('reads.keep_months', '25');
select is(ops.setting_of('reads.keep_months'), '25', 'is changed');
select throws_ok('select ops.setting_set(''reads.keep_months'', ''0'')', 'BB003',
	'reads.keep_months is "0", expected a whole number from 24 to 1200', 'to what is possible');
select throws_ok('select ops.setting_set(''reads.keep_months'', ''23'')', 'BB003', null, 'not to less than what is promised');
select throws_ok('select ops.setting_set(''oauth.code_s'', ''9999999999'')', 'BB003', null, 'nor to what no number holds');
select lives_ok('select ops.setting_set(''portal.upload_rows'', ''10000'')', 'what was installed can be put back');
select throws_ok('select ops.setting_set(''espi.company'', ''7'')', 'BB003', 'espi.company is not changed here',
	'words are not numbers');
select is_empty($$ select name, value from ops.setting where value ~ '^[0-9]+$' and name not like 'schema.%'
	and (least is null or value::int8 not between least and most) $$, 'each number has limits that it keeps');
select throws_ok('select ops.setting_of(''no.such'')', 'BB001', 'there is no setting "no.such"', 'unknown');
select throws_ok('select ops.setting_set(''no.such'', ''1'')', 'BB001', null, 'nor is it made');
select is_empty(format('select * from ops.rules_of(%s)', :oncor), 'a utility has no rules of its own');
select ops.rule_set(:oncor, 'spike', 'reject', 50);
select ops.rule_set(:oncor, 'spike', 'quarantine', 40);
select results_eq(format('select * from ops.rules_of(%s)', :oncor),
	$$ values ('spike', 'quarantine', 40::int8) $$, 'until it wants one otherwise');
select is_empty(format('select * from ops.rules_of(%s)', :centerpoint), 'the others are untouched');
select is(ops.severity(tdu, code, 'flag'), wanted, words)
from (values (:oncor, 'spike', 'quarantine', 'its own severity'), (:oncor, 'null', 'flag', 'the preset'),
	(:centerpoint, 'spike', 'flag', 'another''s preset')) v (tdu, code, wanted, words);
select is(ops.threshold(:oncor, 'spike', 20), 40::int8, 'its own threshold');
select throws_ok(format('select ops.rule_set(%s, %L, %L, %s)', :oncor, code, severity, threshold),
	'BB003', null, format('refused: %s %s %s', code, severity, threshold))
from (values ('Spike', 'flag', 1), ('spike', 'maybe', 1), ('spike', 'flag', -1)) v (code, severity, threshold);
select throws_ok('select ops.rule_set(0, ''spike'', ''flag'', 1)', 'BB001', 'there is no such utility',
	'rules are of utilities');
-- severities work in loads
select ops.rule_set(:oncor, 'unknown-esiid', 'off', 0);
select t.load('oncor') as l \gset
select t.rep(:l, 3, :'e1', '2025-01-01', '10001');
select is_empty(format('select * from premise.load_rep(%s)', :l), 'a rule that is off says nothing');
select is((select count(*)::int from premise.rep_event), 1, 'while the record is taken all the same');
select t.done(:l);

-- status
select is((select value from ops.status() where name = 'schema'),
	(select max(number)::text from ops.migration), 'status: the schema');
select is((select value from ops.status() where name = 'files.loaded'), '1', 'status: files');
select is((select value from ops.status() where name = 'files.refused'), '0', 'status: none is 0');
select is(ops.schema_number(), (select max(number) from ops.migration), 'the number of the schema');

-- housekeeping by the settings
update ops.setting set value = '2' where name = 'reads.keep_months';
update ops.setting set value = '10' where name = 'reads.merge_after_days';
create function t.months(n int4, day int4 default 0) returns date language sql as $$
	select (date_trunc('month', ops.now() at time zone 'UTC') - make_interval(months => n))::date + day
$$;
select reads.ensure_days(array[t.months(4), t.months(3, 5), t.months(2), t.months(2, 9), t.months(0)]);
select is((select done from reads.housekeep()), format('purged 2 partitions before %s', t.months(2)),
	'first what is too old is purged');
select is((select done from reads.housekeep()), format('merged %s: 0 rows', to_char(t.months(2), 'YYYY-MM')),
	'then the oldest closed month is merged');
select is_empty('select * from reads.housekeep()', 'then nothing is left to do');
select is((select count(*)::int from reads.parts()), 2, 'the open month stays by days');

-- invariants: each is seen when it is broken
select is_empty('select * from ops.check() where not ok', 'all invariants hold');
select is((select count(*)::int from ops.check()), 48, 'there are this many');
create function t.broken(breaking text) returns text language plpgsql as $$
declare
	names text;
begin
	execute breaking;
	select string_agg(c.name, '; ') into names from ops.check() c where not c.ok;
	raise exception using errcode = 'ZZ999', message = coalesce(names, 'nothing');
exception when sqlstate 'ZZ999' then
	return sqlerrm;
end $$;
select reads.ensure_days(array[date '2025-03-09', date '2025-03-10']);
select t.load('oncor') as l \gset
select t.premise(:l, 3, :'e1', '2025-01-01');
select premise.load_premise(:l);
select t.occupancy(:l, 3, :'e1', '2025-01-01', 'a');
select premise.load_occupancy(:l);
select t.day(:l, 5, :'e1', '2025-03-09', '2025-03-10 08:00+00');
select t.day(:l, 6, :'e1', '2025-03-10', '2025-03-11 08:00+00', 500, 2, 1);
select t.roll(:l, '2025-03-09', 1, 92, 0, 0, 1, 0, 1000, 0, 0);
select t.roll(:l, '2025-03-10', 1, 95, 2, 1, 1, 0, 500, 0, 0);
select t.done(:l);
select is(t.broken('select 1'), 'nothing', 'before they are broken all hold');
select is(t.broken(replace(breaking, '$L', :'l')), wanted, wanted || ': ' || breaking)
from (values
	('update ledger.file set ack_sha256 = null where load = $L', 'loaded files have a load and an acknowledgement'),
	('insert into ledger.file (party, name, revision, sha256, size, door, actor, hub_at, load) values ((select party from party.find(''oncor'')), ''x'', 1, sha256(''x''), 1, ''x'', ''x'', now(), 9999)', 'only loaded files have a load'),
	('update ledger.file set loaded_at = ''2000-01-01'' where load = $L', 'loads of a utility are numbered in the order of their commits'),
	('insert into ledger.reject (file, line, col, rule, severity) values (0, 1, 0, ''x'', ''flag'')', 'rejected records belong to files'),
	('insert into delivery.held (account, bytes) values (delivery.account_add(''oncor'', ''held''), 1)', 'boxes hold what their files add up to'),
	('insert into stage.rep values (9, 1, ''x'', null, ''2025-01-01'')', 'nothing is left in the staging tables'),
	('select t.day(9999, 1, ''10443720000000001'', ''2025-03-09'', ''2025-01-01'')', 'reads belong to finished loads'),
	('update premise.premise set tdu = (select party from party.find(''centerpoint''))', 'reads are of premises of the utility that sent them; roll-ups equal a recount; due counts equal a recount'),
	('update reads.day set n = 96 where day = ''2025-03-09''', 'quarter-hour days have 92, 96 or 100 values as the zone has it; roll-ups equal a recount'),
	('update reads.day set estimated = 93 where day = ''2025-03-09''', 'counts of a row fit its number of values; roll-ups equal a recount'),
	('insert into reads.flag (series, day, load, line, rule) values (8, ''2025-03-09'', $L, 9, ''x'')', 'remarks belong to stored reads or registers'),
	('update reads.rollup set late = 0', 'roll-ups equal a recount'),
	('update reads.rollup set load_wh = load_wh + 1', 'roll-ups equal a recount'),
	('update reads.rollup set generation_wh = 1', 'roll-ups equal a recount'),
	('update reads.rollup set unknown = 1', 'roll-ups equal a recount'),
	('delete from reads.rollup where day = ''2025-03-09''', 'roll-ups equal a recount'),
	('update premise.due set delta = 2', 'due counts equal a recount'),
	('update premise.occupancy_event set customer = 0', 'what is said of premises and customers is of known ones'),
	('insert into premise.rep_event (premise, effective, created, load, line) values (0, ''2025-01-01'', now(), $L, 99)', 'what is said of premises and customers is of known ones'),
	('update premise.customer set party = 0', 'premises are of utilities and customers are parties'),
	('insert into premise.rep_count values ((select party from party.find(''oncor'')), ''2025-01-01'', 1, 0)', 'counts of retailers'' customers equal a recount'),
	('delete from premise.premise_event', 'due counts equal a recount; known premises have facts and stubs have none'),
	('grant select on reads.day to busbar_operator', 'no process but the loader has rights to tables'),
	('grant select on reads.day to busbar_ingestd', 'no process but the loader has rights to tables'),
	('grant execute on function ops.check(date) to public', 'nothing is granted to everybody'),
	('alter function reads.earlier(int4, date[]) security invoker', 'functions run with a fixed search_path and as their owner'),
	('alter function reads.earlier(int4, date[]) reset search_path', 'functions run with a fixed search_path and as their owner'),
	('alter function ops.schema_number() owner to postgres', 'everything belongs to busbar_owner')
) v (breaking, wanted);

-- figures that are kept for ten seconds, of ten thousand rows and more
select ops.keep('t', 'small', 9999, '1'), ops.keep('t', 'large', 10000, '2');
select is(ops.kept('t', 'small'), null, 'what is soon counted is counted each time');
select is(ops.kept('t', 'large'), '2'::jsonb, 'what takes long is kept');
select ops.keep('t', 'large', 10000, '3');
select is(ops.kept('t', 'large'), '3'::jsonb, 'the newest of it');
update ops.kept set counted_at = clock_timestamp() - interval '10.1 s' where name = 't';
select is(ops.kept('t', 'large'), null, 'for ten seconds');

select * from finish();
rollback;
