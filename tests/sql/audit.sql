-- Audit events are added and never changed, by nobody, not even by the owner or a superuser.
begin;
\ir lib/fixture.psql
select plan(13);

select audit.record('test.made', 'someone', :oncor, null, '{"a": 1}') as e1,
	audit.record('test.made', 'someone', :rep1, null, null) as e2 \gset
select cmp_ok(:e2, '>', :e1, 'events are numbered in order');
select results_eq(format('select kind, actor, party, detail, xid = pg_current_xact_id(),
	recorded_at <= clock_timestamp() from audit.event where event = %s', :e1),
	format($$ values ('test.made', 'someone', %s, '{"a": 1}'::jsonb, true, true) $$, :oncor),
	'an event says what, who, about whom, in which transaction and when');
select is((select detail from audit.event where event = :e2), '{}'::jsonb, 'detail is never null');
select throws_ok(format(what, :e1), 'BB002', 'audit events are never changed or removed', words)
from (values ('update audit.event set actor = ''x'' where event = %s', 'no change'),
	('delete from audit.event where event = %s', 'no removal'),
	('truncate audit.event cascade -- %s', 'no emptying')) v (what, words);
savepoint replica;
set local session_replication_role = replica;
select throws_ok(format('delete from audit.event where event = %s', :e1), 'BB002', null,
	'nor while triggers are off for replication');
rollback to replica;
set local role busbar_owner;
select throws_ok(format('delete from audit.event where event = %s', :e1), 'BB002', null,
	'nor by the owner');
reset role;
select throws_ok($$ select audit.record('Bad Kind', 'x', null, null, null) $$, '23514', null,
	'a kind is words and dots');
select throws_ok($$ select audit.record('test.made', '', null, null, null) $$, '23514', null,
	'somebody did it');
select is((select event from audit.latest(most => 1)), :e2::int8, 'the latest event');
select is((select event from audit.latest(:oncor, 1)), :e1::int8, 'the latest of a party');
select is((select count(*)::int from audit.latest(most => 1000000)), (select count(*)::int from audit.event),
	'all that there are');

select * from finish();
rollback;
