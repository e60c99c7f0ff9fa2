-- Subscriptions and drops: when they fall due, once and no more; what may be in them; who gets them until when.
begin;
\ir lib/fixture.psql
select plan(155);

-- The hub's clock stands at an instant: far ahead, so that it can.
create function t.at(instant text) returns void language sql as $$
	update ops.clock set ahead = instant::timestamptz - clock_timestamp()
$$;
create function t.box(who text) returns bytea language sql as $$
	select handle from delivery.login(who, sha256('right'), 'FTPS', '192.0.2.9')
$$;
create function t.names(h bytea, of_folder text) returns text language sql as $$
	select coalesce(string_agg(name, ' '), '') from delivery.list(h, of_folder)
$$;
create function t.sub(login text, schedule text, at text default '06:00', weekday int4 default null,
	month_day int4 default null, kinds text[] default '{interval}', format text default 'SMT_CSV',
	esiids text[] default null, history int4 default null, lag int4 default null, every int4 default null)
returns int8 language sql as $$
	select delivery.subscription_add(login, 'label', case coalesce(cardinality(esiids), 0) when 0 then 'ALL'
		when 1 then 'ONE' else 'GROUP' end, esiids, kinds, format, null, null, schedule, at, weekday,
		month_day, null, lag, every, history, null, 'tester')
$$;
create function t.next(of_subscription int8) returns text language sql as $$
	select to_char(next_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI') from delivery.subscription
	where subscription = of_subscription
$$;
create function t.schedule() returns int4 language plpgsql as $$
declare
	r record;
	n int4 := 0;
begin
	loop
		select * into r from delivery.schedule_due(100);
		n := n + r.made;
		exit when r.looked = 0 or r.next_in_ms <> 0;
	end loop;
	return n;
end $$;
create function t.periods(of_subscription int8) returns text language sql as $$
	select coalesce(string_agg(period || case when revision > 1 then ' r' || revision else '' end || ' ' || state,
		', ' order by drop), '') from delivery.drop where subscription = of_subscription
$$;
-- takes the next drop and plans it
create function t.take(out "drop" int8, out token text) returns record language plpgsql as $$
begin
	select k.drop, k.token into take.drop, take.token from delivery.build_take('w') k;
	perform delivery.build_plan(take.drop, take.token);
end $$;
create function t.esiids(of_drop int8, token text) returns text language sql as $$
	select coalesce(string_agg(distinct right(p.esiid, 1) || '@' || to_char(p.day, 'MM-DD'), ' '), '')
	from delivery.build_page(of_drop, token, 0) p
$$;
create function t.files(name text) returns jsonb language sql as $$
	select jsonb_build_array(jsonb_build_object('name', name, 'kind', 'interval', 'manifest', false,
		'sha256', encode(sha256(name::bytea), 'hex'), 'size', 3, 'plain_sha256',
		encode(sha256(name::bytea), 'hex'), 'plain_size', 3, 'rows', 96, 'first', 0, 'last', 900))
$$;
create function t.opens(h bytea, folder text, name text) returns text language plpgsql as $$
begin
	perform delivery.open(h, folder, name);
	return 'open';
exception when sqlstate 'BB001' or sqlstate 'BB002' then
	return sqlstate || ' ' || sqlerrm;
end $$;

create function t.facts(h bytea, folder text, name text) returns text language plpgsql as $$
begin
	return (select 'size ' || size from delivery.find(h, folder, name));
exception when sqlstate 'BB002' then
	return sqlstate || ' ' || sqlerrm;
end $$;
create function t.goes_on(h bytea, of_entry int8) returns text language plpgsql as $$
begin
	perform delivery.still(h, of_entry);
	return 'yes';
exception when sqlstate 'BB001' or sqlstate 'BB002' then
	return sqlstate || ' ' || sqlerrm;
end $$;

select party.regulator_add('puct', 'Commission') as puct \gset
select delivery.account_add('rep1', 'rep1') as a1, delivery.account_add('rep2', 'rep2') as a2,
	delivery.account_add('csp1', 'csp1') as a3, delivery.account_add('puct', 'puct') as a4,
	delivery.account_add('oncor', 'oncor') as a5 \gset
select delivery.credential_add(l, 'PASSWORD', 'p', delivery.salt(l), sha256(sha256('right')))
from unnest(array['rep1', 'rep2', 'csp1']) l;

-- ---- a local time as an instant ----
select is(to_char(delivery.instant_of(l::timestamp, z) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI'), i, words)
from (values
	('2026-06-01 06:00', 'America/Chicago', '2026-06-01T11:00', 'a summer morning'),
	('2026-12-01 06:00', 'America/Chicago', '2026-12-01T12:00', 'a winter morning'),
	('2026-03-08 01:59', 'America/Chicago', '2026-03-08T07:59', 'before the jump'),
	('2026-03-08 02:30', 'America/Chicago', '2026-03-08T08:30', '02:30 that is not: 03:30'),
	('2026-03-08 03:30', 'America/Chicago', '2026-03-08T08:30', 'as is 03:30'),
	('2026-11-01 01:30', 'America/Chicago', '2026-11-01T06:30', '01:30 that comes twice: the first'),
	('2026-11-01 02:00', 'America/Chicago', '2026-11-01T08:00', 'behind it'),
	('2026-04-05 01:45', 'Australia/Lord_Howe', '2026-04-04T14:45', 'also where half an hour is repeated'),
	('2026-06-01 06:00', 'UTC', '2026-06-01T06:00', 'without changes')
) v (l, z, i, words);
select is(delivery.day_of_month(m, d), e, 'day ' || d || ' of ' || m)
from (values (date '2026-02-10', 31, date '2026-02-28'), ('2028-02-10', 30, '2028-02-29'),
	('2026-04-30', 31, '2026-04-30'), ('2026-12-05', 31, '2026-12-31'), ('2026-12-31', 1, '2026-12-01')) v (m, d, e);

-- ---- what cannot be ----
select throws_ok(q, s, m, w) from (values
	($$ select t.sub('nobody', 'DAILY') $$, 'BB001', 'there is no account "nobody"', 'an account'),
	($$ select t.sub('puct', 'DAILY') $$, 'BB002', 'a REGULATOR has no right to reads', 'a party with a right'),
	($$ select t.sub('rep1', 'DAILY', '24:00') $$, 'BB003', 'the time of day is "24:00", expected HH:MM', 'a time'),
	($$ select t.sub('rep1', 'HOURLY') $$, 'BB003', null, 'a schedule'),
	($$ select t.sub('rep1', 'WEEKLY') $$, 'BB003', null, 'a weekday'),
	($$ select t.sub('rep1', 'MONTHLY') $$, 'BB003', null, 'a day of the month'),
	($$ select t.sub('rep1', 'ONCE') $$, 'BB003', null, 'a history'),
	($$ select t.sub('rep1', 'DAILY', kinds => '{prices}') $$, 'BB003', null, 'a kind'),
	($$ select t.sub('rep1', 'DAILY', kinds => '{interval,register}', format => 'LSE') $$, 'BB003', null,
		'LSE is of intervals'),
	($$ select t.sub('rep1', 'CHANGE') $$, 'BB003', null, 'changes are CSV or JSON lines'),
	($$ select t.sub('rep1', 'DAILY', esiids => '{10443720000000001}') $$, 'BB001', null, 'a known premise'),
	($$ select delivery.subscription_add('rep1', 'x', 'ALL', null, '{interval}', 'CSV', null, null, 'DAILY', null,
		null, null, null, null, null, null, 'in') $$, 'BB003', null, 'a folder that only the hub fills'),
	($$ select delivery.subscription_add('rep1', 'x', 'ALL', null, '{interval}', 'CSV', null, null, 'DAILY', null,
		null, null, 'Texas', null, null, null, null) $$, 'BB003', null, 'a zone')
) v (q, s, m, w);

-- ---- daily, over both changes of the clock ----
select t.at('2040-03-09 12:00 America/Chicago');
select t.sub('rep1', 'DAILY', '02:30') as daily \gset
select is(t.next(:daily), '2040-03-10T08:30', 'the next 02:30');
select is(t.schedule(), 0, 'before it nothing is made');
select t.at('2040-03-10 02:31 America/Chicago');
select is(t.schedule(), 1, 'then one drop');
select is(t.schedule(), 0, 'once');
select is(t.next(:daily), '2040-03-11T08:30', 'the day without a 02:30 has one at 03:30');
select t.at('2040-03-11 03:29 America/Chicago');
select is(t.schedule(), 0, 'not sooner');
select t.at('2040-03-11 03:30:01 America/Chicago');
select is(t.schedule(), 1, 'but then');
select is(t.next(:daily), '2040-03-12T07:30', 'and goes on by the wall clock');
select is(t.periods(:daily), '2040-03-09 DUE, 2040-03-10 DUE', 'each of the day before');
select delivery.subscription_move(:daily, 'pause');
select t.at('2040-11-03 12:00 America/Chicago');
select t.sub('rep1', 'DAILY', '01:30', lag => 2) as twice \gset
select is(t.next(:twice), '2040-11-04T06:30', 'a time that comes twice: the first');
select t.at('2040-11-04 06:31 UTC');
select is(t.schedule(), 1, 'it fires');
select t.at('2040-11-04 07:31 UTC');
select is(t.schedule(), 0, 'and not again an hour later, when the clock says the same');
select is(t.next(:twice), '2040-11-05T07:30', 'but the day after');
select is(t.periods(:twice), '2040-11-02 DUE', 'with a lag of two days');

-- ---- exactly once ----
select t.at('2040-11-04 01:00 America/Chicago');
select is(t.schedule(), 0, 'a clock that was set back makes nothing again');
update delivery.subscription set next_on = '2040-11-04', next_at = '2040-11-04 06:30Z' where subscription = :twice;
select t.at('2040-11-04 12:00 America/Chicago');
select is(t.schedule(), 0, 'nor does a schedule that forgot what it had done');
select is(t.periods(:twice), '2040-11-02 DUE', 'there is one drop of the period');
select t.at('2040-11-09 12:00 America/Chicago');
select is(t.schedule(), 5, 'what was missed is made, each period by itself');
select is(t.periods(:twice), '2040-11-02 DUE, 2040-11-03 DUE, 2040-11-04 DUE, 2040-11-05 DUE, 2040-11-06 DUE, 2040-11-07 DUE',
	'the oldest first');
select t.at('2043-11-09 12:00 America/Chicago');
select ok(t.schedule() between 725 and 735, 'but no further back than reads are kept');
select delivery.subscription_move(:twice, 'pause');
select t.at('2043-12-01 12:00 America/Chicago');
select is(t.schedule(), 0, 'nothing of one that is paused');
select delivery.subscription_move(:twice, 'resume');
select is(t.next(:twice), '2043-12-02T07:30', 'resumed, it goes on from now');
select is(delivery.subscription_move(:twice, 'end'), 'ENDED', 'or ends');
select is((select count(*) from delivery.drop where subscription = :twice and state <> 'CANCELLED'), 0::int8,
	'and what was not built will not be');
select throws_ok(format('select delivery.subscription_move(%s, ''resume'')', :twice), 'BB004',
	'"resume" is not possible for a subscription that is ENDED', 'for good');
select delivery.subscription_move(:daily, 'end');

-- ---- weekly, monthly, once ----
select t.at('2040-06-13 12:00 America/Chicago');	-- a Wednesday
select t.sub('rep1', 'WEEKLY', '06:00', weekday => 1) as weekly, t.sub('rep1', 'MONTHLY', '06:00', month_day => 31) as monthly,
	t.sub('rep1', 'ONCE', history => 3) as once \gset
select is(t.next(:weekly), '2040-06-18T11:00', 'the next Monday');
select is(t.next(:monthly), '2040-06-30T11:00', 'the last day where there is no 31st');
select is(t.schedule(), 1, 'history is due at once');
select results_eq(format('select period, from_day, to_day from delivery.drop where subscription = %s', :once),
	$$ values ('once', date '2040-03-13', date '2040-06-12') $$, 'three months up to yesterday');
select t.at('2040-07-20 12:00 America/Chicago');
select is(t.schedule(), 6, 'five Mondays and a month');
select is((select string_agg(period || ' ' || from_day || ' ' || to_day, ', ' order by drop) from (select * from delivery.drop
	where subscription = :weekly order by drop limit 2) d),
	'2040-06-11/2040-06-17 2040-06-11 2040-06-17, 2040-06-18/2040-06-24 2040-06-18 2040-06-24', 'seven days that end on Sunday');
select is((select period || ' ' || from_day || ' ' || to_day from delivery.drop where subscription = :monthly),
	'2040-05 2040-05-01 2040-05-31', 'the month before');
select is(t.next(:monthly), '2040-07-31T11:00', 'then the 31st');
select is(t.next(:once), null, 'once is once');
select is((select string_agg(period, ' ' order by n) from (select 1 n, p.* from delivery.subscription s, delivery.period_latest(s) p
		where s.subscription = :weekly
	union all select 2, p.* from delivery.subscription s, delivery.period_latest(s) p where s.subscription = :monthly) x),
	'2040-07-09/2040-07-15 2040-05', 'the latest that could have fallen due');
select throws_ok(format('select delivery.drop_build(%s, %L)', s, p), c, null, p) from (values
	(:weekly, '2040-06-12', 'BB003'), (:weekly, '2040-06-11/2040-06-16', 'BB003'), (:monthly, '2040-13', 'BB003'),
	(:monthly, '2040-05-01', 'BB003'), (:weekly, '2040-06-11/2040-06-17', 'BB004')) v (s, p, c);
select delivery.subscription_move(s, 'end') from unnest(array[:weekly, :monthly, :once]::int8[]) s;

-- ---- whose reads: REPs by the day ----
select t.load('oncor') as l \gset
select t.premise(:l, 1, :'e1', '2039-01-01'), t.premise(:l, 2, :'e2', '2039-01-01'), t.premise(:l, 3, :'e3', '2039-01-01');
select premise.load_premise(:l);
select t.rep(:l, 1, :'e1', '2039-01-01', '10001'), t.rep(:l, 2, :'e1', '2040-06-11', '10002'),
	t.rep(:l, 3, :'e2', '2039-01-01', '10001'), t.rep(:l, 4, :'e3', '2039-01-01', '10002');
select premise.load_rep(:l);
select reads.ensure_days(array(select d::date from generate_series(timestamp '2040-06-09', '2040-06-12', '1 day') d));
select t.day(:l, (row_number() over ())::int4, e, d, '2040-06-13Z')
from unnest(array[:'e1', :'e2', :'e3']) e, unnest(array[date '2040-06-10', '2040-06-11']) d;
select ledger.load_end(:l, 'rep', '{}', sha256('ack'), 3, null, null);

select t.at('2040-06-12 05:00 America/Chicago');
select t.sub('rep1', 'DAILY') as s1, t.sub('rep2', 'DAILY') as s2, t.sub('rep1', 'DAILY', esiids => array[:'e1', :'e3']) as s3 \gset
select delivery.drop_build(:s1, '2040-06-10') as d10 \gset
select * from delivery.build_take('w') \gset k_
select results_eq(format('select kind, pages, premises, agreements from delivery.build_plan(%s, %L)', :k_drop, :'k_token'),
	$$ values ('interval', 1, 2::int8, '') $$, 'a plan counts premises');
select is(t.esiids(:k_drop, :'k_token'), '1@06-10 2@06-10', 'REP of record on that day');
select throws_ok(format('select * from delivery.build_page(%s, %L, 0)', :k_drop, gen_random_uuid()), 'BB004',
	format('drop %s is not this builder''s any more', :k_drop), 'a token that is not the drop''s');
select results_eq($$ select kind, actor, detail ->> 'door', detail ->> 'premises' from audit.event order by event desc limit 1 $$,
	$$ values ('reads.released', 'rep1', 'drop', '2') $$, 'the release is on record before a read is looked at');
select is(t.names(t.box('rep1'), 'daily'), '', 'nothing is in the box yet');
select throws_ok(format('select * from delivery.build_end(%s, %L, ''[]'')', :k_drop, gen_random_uuid()), 'BB004', null,
	'nobody else ends it');
select is((select result || ' ' || folder from delivery.build_end(:k_drop, :'k_token', t.files('a.CSV'))), 'BUILT daily', 'its builder does');
select is(t.names(t.box('rep1'), 'daily'), 'a.CSV', 'and the file is there');
select throws_ok(format('select * from delivery.build_end(%s, %L, ''[]'')', :k_drop, :'k_token'), 'BB004', null, 'once');
select is(t.opens(t.box('rep1'), 'daily', 'a.CSV'), 'open', 'it opens');
select is(t.facts(t.box('rep1'), 'daily', 'a.CSV'), 'size 3', 'its facts are told');
select entry as a_entry from delivery.open(t.box('rep1'), 'daily', 'a.CSV') \gset
select is(t.goes_on(t.box('rep1'), :a_entry), 'yes', 'and it may go on going out');
select is(t.goes_on(t.box('rep2'), :a_entry), 'BB001 there is no such file', 'of its own box alone');
select is(t.opens(t.box('rep2'), 'daily', 'a.CSV'), 'BB001 there is no such file', 'for nobody else');
select delivery.drop_build(s, p) from (values (:s1, '2040-06-11'), (:s2, '2040-06-11'), (:s3, '2040-06-10')) v (s, p);
select drop as x1, token as y1 from t.take() \gset
select drop as x2, token as y2 from t.take() \gset
select drop as x3, token as y3 from t.take() \gset
select is(t.esiids(:x1, :'y1'), '2@06-11', 'the day of a switch is not the old REP''s');
select is(t.esiids(:x2, :'y2'), '1@06-11 3@06-11', 'but the new one''s');
select is(t.esiids(:x3, :'y3'), '1@06-10', 'a group narrows, and gives nothing of others');
select result from delivery.build_end(:x2, :'y2', t.files('two.CSV'));

-- ---- premises that lie far apart ----
select setval(pg_get_serial_sequence('premise.premise', 'premise'), t.p(:'e3') + 1000);
select t.load('oncor') as lf \gset
select t.premise(:lf, 1, '10443720000000009', '2039-01-01');
select premise.load_premise(:lf);
select t.rep(:lf, 2, '10443720000000009', '2039-01-01', '10001');
select premise.load_rep(:lf);
select t.day(:lf, 3, '10443720000000009', '2040-06-11', '2040-06-13Z');
select t.done(:lf);
select t.sub('rep1', 'DAILY') as far \gset
select delivery.drop_build(:far, '2040-06-11');
select drop as f, token as ft from t.take() \gset
select is_empty(format('select * from delivery.build_dense(%s, ''interval'', 0)', :f), 'premises far apart');
select is(t.esiids(:f, :'ft'), '2@06-11 9@06-11', 'are looked at each');
select isnt_empty(format('select * from delivery.build_dense(%s, ''interval'', 0)', :x1), 'those that lie together are walked over');
select delivery.drop_cancel(:f, null);
select delivery.subscription_move(:far, 'end');

-- ---- a lease that ran out ----
update delivery.drop set lease_until = clock_timestamp() - interval '1 s' where drop = :x1;
select throws_ok(format('select delivery.build_beat(%s, %L)', :x1, :'y1'), 'BB004', null, 'it cannot be kept');
select drop as x1b, token as y1b from delivery.build_take('other') \gset
select is(:x1b, :x1, 'another takes the drop');
select throws_ok(format('select * from delivery.build_end(%s, %L, ''[]'')', :x1, :'y1'), 'BB004', null,
	'and the first one places nothing');
select is(delivery.build_start('other'), 1, 'a worker that begins anew gives back what it had');
select is((select state from delivery.drop where drop = :x1), 'DUE', 'to be built');
select is(delivery.build_start('other'), 0, 'once');

-- ---- what is learnt late about REPs ----
select t.load('oncor') as l2 \gset
select t.rep(:l2, 1, :'e1', '2040-06-05', '10002', '2040-06-14Z');
select premise.load_rep(:l2);
select is(t.opens(t.box('rep1'), 'daily', 'a.CSV'), 'open', 'a load that is not over tells nothing');
select ledger.load_end(:l2, 'rep', '{}', sha256('ack'), 3, null, null);
select is(t.opens(t.box('rep1'), 'daily', 'a.CSV'), 'BB002 it holds reads of days that are not yours, as is known now',
	'a day that was another''s is not given out any more');
select is(t.names(t.box('rep1'), 'daily'), '', 'nor listed');
select is(t.facts(t.box('rep1'), 'daily', 'a.CSV'), 'BB002 it holds reads of days that are not yours, as is known now',
	'nor are its size and digest told');
select is(t.goes_on(t.box('rep1'), :a_entry), 'BB002 it holds reads of days that are not yours, as is known now',
	'nor does it go on going out');
select is(t.opens(t.box('rep2'), 'daily', 'two.CSV'), 'open', 'who has all days still has the file');
select is((select result from delivery.build_end(:x3, :'y3', t.files('three.CSV'))), 'AGAIN', 'one under way is begun anew');
select is(delivery.rights_check(), 1, 'the file is taken back');
select is(t.facts(t.box('rep1'), 'daily', 'a.CSV') like 'BB002 it was taken back: %', true, 'with all that is known of it');
select delivery.remove(t.box('rep1'), 'daily', 'a.CSV');
select is(t.facts(t.box('rep1'), 'daily', 'a.CSV'), null, 'but its owner may remove it');
select is(delivery.rights_check(), 0, 'once');
select is((select string_agg(period || ' r' || revision || ' ' || state, ', ' order by revision) from delivery.drop
	where subscription = :s1 and period = '2040-06-10'), '2040-06-10 r1 WITHDRAWN, 2040-06-10 r2 DUE', 'to be built again');
select drop as z, token as zt from t.take() \gset
select drop as z2, token as zt2 from t.take() \gset
select drop as z3, token as zt3 from t.take() \gset
select is((select string_agg(p, ', ' order by p) from (values (t.esiids(:z, :'zt')), (t.esiids(:z2, :'zt2')),
	(t.esiids(:z3, :'zt3'))) v (p)), ', 2@06-10, 2@06-11 9@06-11', 'without what is lost');
select results_eq(format('select pages, premises from delivery.build_plan(%s, %L)', (select d.drop from delivery.drop d
	where d.subscription = :s3 and d.state = 'BUILDING'), (select d.token from delivery.drop d where d.subscription = :s3
	and d.state = 'BUILDING')), 'values (0, 0::int8)', 'which may be all');

-- ---- builds that fail ----
update delivery.drop set attempts = 1 where drop = :z;
select is(delivery.build_fail(:z, :'zt', 'the disk', false), 'DUE', 'a build that failed is due again');
select ok((select next_try_at - clock_timestamp() between interval '50 s' and interval '60 s' from delivery.drop
	where drop = :z), 'in a minute');
select is(delivery.build_fail(:z2, :'zt2', 'no such form', true), 'FAILED', 'or never, when that is no use');
select is((select says from delivery.drop where drop = :z2), 'no such form', 'the reason is kept');
update delivery.drop set next_try_at = clock_timestamp(), attempts = 9 where drop = :z;
select drop as z, token as zt from t.take() \gset
select is(delivery.build_fail(:z, :'zt', 'the disk', false), 'FAILED', 'after ten attempts it has failed');
select is((select value from ops.status() where name = 'drops.failed'), '2', 'which the status counts');
select delivery.drop_again(:z) as again \gset
select is((select revision || ' ' || state from delivery.drop where drop = :again), '2 DUE', 'a person tries anew');
select is((select value from ops.status() where name = 'drops.failed'), '1', 'then it has not failed any more');
select lives_ok(format('select delivery.drop_cancel(%s, ''not wanted'')', :again), 'or gives up');
select throws_ok(format('select delivery.drop_cancel(%s, null)', :again), 'BB004', null, 'once');

-- ---- a third party's agreements ----
select delivery.subscription_move(s, 'end') from unnest(array[:s1, :s2, :s3]::int8[]) s;
select agreement.record(:csp1, array[:'e2'], '{interval,register}', '2040-05-01 00:00 America/Chicago', '2040-08-01 00:00 America/Chicago', null) as g2,
	agreement.record(:csp1, array[:'e3'], '{interval}', '2040-05-01 00:00 America/Chicago', '2040-07-01 00:00 America/Chicago', null) as g3 \gset
select t.sub('csp1', 'DAILY', kinds => '{register,interval}') as c \gset
select t.box('csp1') as h \gset
select delivery.drop_build(:c, '2040-06-10') as cd \gset
select * from delivery.build_take('w') \gset k_
select results_eq(format('select kind, premises, agreements from delivery.build_plan(%s, %L)', :k_drop, :'k_token'),
	format($$ values ('interval', 2::int8, '%s,%s'), ('register', 1, '%s') $$, :g2, :g3, :g2), 'a file of each kind, under its agreements');
select is(t.esiids(:k_drop, :'k_token'), '2@06-10 3@06-10', 'of their premises');
select result from delivery.build_end(:k_drop, :'k_token', t.files('c.CSV'));
select is(t.opens(:'h', 'daily', 'c.CSV'), 'open', 'a third party has its file');
select agreement.move(:g3, 'suspend');
select is(t.opens(:'h', 'daily', 'c.CSV'), 'BB002 an agreement that it was built under is no longer in force',
	'until an agreement is suspended');
select agreement.move(:g3, 'resume');
select is(t.opens(:'h', 'daily', 'c.CSV'), 'open', 'and again when it is resumed');
select t.at('2040-06-30 23:59:59 America/Chicago');
select is(t.opens(:'h', 'daily', 'c.CSV'), 'open', 'to the last second');
select t.at('2040-07-01 00:00:01 America/Chicago');
select matches(t.opens(:'h', 'daily', 'c.CSV'), '^BB002', 'and not after its time, by the hub''s clock');
select is(t.names(:'h', 'daily'), '', 'it is not listed');
select is(delivery.rights_check(), 1, 'it is taken back');
select drop as x, token as y from t.take() \gset
select is(t.esiids(:x, :'y'), '2@06-10', 'and built again without that premise');
select party.csp_move(:csp1, 'suspend');
select is((select result from delivery.build_end(:x, :'y', t.files('d.CSV'))), 'CANCELLED', 'nothing is placed for one that is suspended');
select party.csp_move(:csp1, 'resume');
select delivery.drop_again(:x);
select drop as x, token as y from t.take() \gset
select result from delivery.build_end(:x, :'y', t.files('e.CSV'));
select party.csp_move(:csp1, 'suspend');
select is(t.opens(:'h', 'daily', 'e.CSV'), 'BB002 nothing is given out to a third party that is not active', 'nor given out');
select is(delivery.rights_check(), 1, 'it is taken back');
select is(t.periods(:c), '2040-06-10 WITHDRAWN, 2040-06-10 r2 CANCELLED, 2040-06-10 r3 WITHDRAWN', 'and not built for it');
select party.csp_move(:csp1, 'resume');
select delivery.drop_build(:c, '2040-06-10');
select drop as x, token as y from t.take() \gset
select result from delivery.build_end(:x, :'y', t.files('f.CSV'));
select delivery.drop_again(:x) as x2 \gset
select is(t.opens(:'h', 'daily', 'f.CSV'), 'BB002 it was taken back: built again as revision 5', 'a replay replaces');
select delivery.drop_cancel(:x2, 'not wanted');
-- one premise of several ends
select agreement.record(:csp1, array[:'e1', :'e3'], '{interval}', '2040-05-01 00:00 America/Chicago', '2040-08-01 00:00 America/Chicago', null) as g4 \gset
select delivery.drop_build(:c, '2040-06-10');
select drop as x, token as y from t.take() \gset
select is(t.esiids(:x, :'y'), '1@06-10 2@06-10 3@06-10', 'two agreements, three premises');
select result from delivery.build_end(:x, :'y', t.files('g.CSV'));
select is(t.opens(:'h', 'daily', 'g.CSV'), 'open', 'it is given out');
select agreement.share_end(:g4, t.p(:'e3'), ops.now(), 'move-out', 'clock');
select is(t.opens(:'h', 'daily', 'g.CSV'), 'BB002 it holds reads of days that are not yours, as is known now', 'until the share of one has ended');
select is(delivery.rights_check(), 1, 'it is taken back');
select drop as x, token as y from t.take() \gset
select is(t.esiids(:x, :'y'), '1@06-10 2@06-10', 'and built again without that premise');
select result from delivery.build_end(:x, :'y', t.files('h.CSV'));
select is(delivery.rights_check(), 0, 'which stays');
select delivery.subscription_move(:c, 'end');

-- ---- changes, with the ledger's order of two utilities ----
select t.at('2040-06-12 12:00 America/Chicago');
select t.load('centerpoint') as lc0 \gset
select t.premise(:lc0, 1, :'c1', '2039-01-01');
select premise.load_premise(:lc0);
select ledger.load_end(:lc0, 'premise', '{}', sha256('ack'), 3, null, null);
select agreement.record(:csp1, array[:'c1'], '{interval}', '2040-05-01 00:00 America/Chicago', '2040-08-01 00:00 America/Chicago', null);
select t.sub('csp1', 'CHANGE', format => 'CSV', every => 5) as ch \gset
select is(t.schedule(), 0, 'what was there before is no change');
select t.load('oncor') as lo \gset
select t.load('centerpoint') as lc \gset
select t.day(:lc, 51, :'c1', '2040-06-10', '2040-06-11Z', 500), t.roll(:lc, '2040-06-10', 1, 96, 0, 0, 0, 0, 500, 0, 0);
select t.done(:lc);
select is(t.schedule(), 1, 'a load makes a drop');
select is(t.schedule(), 0, 'once');
select drop as x, token as y from t.take() \gset
create function t.changes(of_drop int8, token text) returns text language sql as $$
	select coalesce(string_agg(right(esiid, 1) || ' ' || day || ' ' || line || ' was ' || coalesce(encode(was_data, 'hex'), 'nothing'),
		', ' order by esiid), '') from delivery.build_changes(of_drop, token, 0)
$$;
select is(t.changes(:x, :'y'), '1 2040-06-10 51 was nothing', 'a day that is new');
select result from delivery.build_end(:x, :'y', t.files('g.csv'));
-- an earlier number that commits later; one day corrected, one restated by an older version
select t.day(:lo, 61, :'e2', '2040-06-10', '2040-06-14Z', 700), t.day(:lo, 62, :'e2', '2040-06-11', '2040-06-01Z', 700),
	t.roll(:lo, '2040-06-10', 1, 96, 0, 0, 0, 0, 500, 0, 0), t.roll(:lo, '2040-06-11', 1, 96, 0, 0, 0, 0, 500, 0, 0);
select is(t.schedule(), 0, 'a load that is not over is no change');
select t.done(:lo);
select is(t.schedule(), 0, 'nor sooner than after five minutes');
select t.at('2040-06-12 12:05:01 America/Chicago');
select is(t.schedule(), 1, 'a load with a lower number is not lost');
select drop as x, token as y from t.take() \gset
select is(t.changes(:x, :'y'), '2 2040-06-10 61 was 01' || lpad(to_hex((select d.line from reads.day d where d.load = :l
		and d.series = t.p(:'e2') * 8 and d.day = '2040-06-10')), 8, '0'),
	'with what was current before; a version that does not win is no change');
select results_eq(format('select tdu, after_load < load from delivery.build_marks(%s, %L)', :x, :'y'),
	$$ values ('centerpoint', false), ('oncor', true) $$, 'marks by utility');
select result from delivery.build_end(:x, :'y', '[]');
select is((select rows from delivery.drop where drop = :x), 0::int8, 'nothing may come of it');
select throws_ok(format('select delivery.drop_build(%s, null)', :ch), 'BB004', 'nothing was loaded since the last drop', 'and nothing has changed since');
select delivery.drop_again(:x);
select drop as x, token as y from t.take() \gset
select matches(t.changes(:x, :'y'), '^2 2040-06-10 61', 'the same again when it is replayed');

-- ---- no drop without its period, whatever the state ----
select throws_ok(format('insert into delivery.drop (subscription, period, revision, due_at) values (%s, ''change 2'', 9, now())', :ch),
	'23505', null, 'of a period one drop at most is on its way or valid');

-- ---- invariants: each is seen when it is broken ----
create function t.broken() returns text language sql as $$
	select coalesce(string_agg(name, ', '), '') from ops.check_drops() where not ok
$$;
select is(t.broken(), '', 'all hold');
update delivery.entry set sha256 = sha256('else') where drop = :x2 or name = 'a.CSV';
select is(t.broken(), 'files of drops lie in the box of their account, once', 'another file in its place');
update delivery.entry set sha256 = sha256('a.CSV'::bytea) where name = 'a.CSV';
update delivery.drop set event = (select min(event) from audit.event) where drop = :d10;
select is(t.broken(), 'a drop that is built was on record as a release before', 'a drop without its release');
update delivery.drop set event = (select max(event) from audit.event where detail ->> 'drop' = :d10::text
	and kind = 'reads.released') where drop = :d10;
update delivery.drop_basis set premises = premises || t.p(:'e1') where drop = :cd and agreement = :g2 and kind = 'interval';
select is(t.broken(), 'a third party''s drop is of premises of its agreements', 'one premise more');

select * from finish();
rollback;
