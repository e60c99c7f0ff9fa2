-- What is kept for how long: each thing that ops.retention removes has its step; what is over goes, what is not stays; it
-- is on record; nobody keeps it for less than is allowed.
begin;
\ir lib/fixture.psql
select plan(24);

select is((select string_agg(thing, ' ' order by thing) from ops.retention r where r.removed_by = 'retention'
	and coalesce(ops.retention_doors(r.thing, '-infinity', 10), ops.retention_work(r.thing, '-infinity', 10)) is null),
	null, 'each thing that is to be removed has its step');
select is(ops.retention_doors('none', now(), 1), null, 'and nothing else');
select is((select count(*)::int from ops.retention r where r.removed_by = 'never' and r.thing in
	('audit.event', 'agreement.agreement', 'reads.release', 'ledger.file')), 4, 'what proves is kept for ever');
select is((select count(*)::int from ops.retention_list() where removed_by <> 'never' and keep_days is null), 0,
	'the rest has a time');

-- how long
select throws_ok($$ select ops.retention_set('audit.event', 4000) $$, 'BB002', 'audit.event is kept for ever', 'not to be changed');
select throws_ok($$ select ops.retention_set('reads.day', 4000) $$, 'BB002', null, 'a setting of its own');
select throws_ok($$ select ops.retention_set('nothing.there', 400) $$, 'BB001', null, 'unknown');
select throws_ok($$ select ops.retention_set('ledger.bytes', 729) $$, 'BB003',
	'ledger.bytes is kept for 729 days, expected from 730 to 36500', 'not for less than is allowed');
select ops.retention_set('ledger.bytes', 730);
select is((select keep_days from ops.retention_list() where thing = 'ledger.bytes'), 730, 'for as long as is allowed');
select is((select detail - 'thing' from audit.event where kind = 'retention.changed'),
	'{"was": 2557, "days": 730}', 'and on record');

-- nothing is over
select is((select count(*)::int from ops.retention_step()), 0, 'of a new hub nothing goes');
select is((select times::int from ops.done where what = 'retention'), 1, 'and it is known that somebody looked');
select is((select count(*)::int from audit.event where kind = 'retention.purged'), 0, 'with no word about nothing');

-- what is over and what is not
select file as old from ledger.receive(:oncor, 'old', sha256('old'), 10, 'spool', 'x') \gset
select file as new from ledger.receive(:oncor, 'new', sha256('new'), 10, 'spool', 'x') \gset
select file as held from ledger.receive(:oncor, 'held', sha256('held'), 10, 'spool', 'x') \gset
update ledger.file set received_at = now() - interval '731 days', state = 'REFUSED' where file = :old;
update ledger.file set received_at = now() - interval '729 days', state = 'REFUSED' where file = :new;
update ledger.file set received_at = now() - interval '3 years', state = 'HELD' where file = :held;
insert into ledger.reject (file, line, col, rule, severity)
select f, n, 0, 'x', 'reject' from unnest(array[:old, :new, :held]::int8[]) f, generate_series(1, 3) n;
insert into mail.outbox (kind, language, recipient_index, state, queued_at, due_at, give_up_at)
select 'receipt', 'EN', decode(repeat('00', 16), 'hex'), state, now() - age, now(), now()
from (values ('SENT', interval '800 days'), ('SENT', '700 days'), ('QUEUED', '800 days')) v (state, age);
create temporary table gone as select 1 as step, '' as thing, 0::int8 as n limit 0;
do $$
declare
	r record;
begin
	for i in 1..20 loop
		select * into r from ops.retention_step(2, 'tester');
		exit when not found;
		insert into gone values (i, r.thing, r.gone);
	end loop;
end $$;
select is((select string_agg(thing || ' ' || n, ', ' order by step) from gone),
	'ledger.bytes 1, ledger.reject 2, ledger.reject 1, mail.outbox 1', 'in steps, until nothing is left');
select is((select array_agg(file order by file) from ledger.reject where file in (:old, :new, :held)),
	array[:new, :new, :new, :held, :held, :held]::int8[], 'records of what is old go; a held file''s wait with it');
select is((select array_agg(state || ' ' || (now()::date - queued_at::date) order by queued_at desc, state) from mail.outbox),
	array['SENT 700', 'QUEUED 800'], 'mails that went long ago; never one that is to go');
select is((select count(*)::int from ledger.file where file = :old and bytes_gone_at is not null), 1, 'the file''s row stays');
select is((select array_agg(file order by file) from ledger.objects() where file in (:old, :new, :held)), array[:new, :held]::int8[],
	'its bytes are not asked for any more, and are swept');
select is((select repeated from ledger.receive(:oncor, 'old', sha256('old'), 10, 'spool', 'x')), true,
	'the same file again still is the same');
select is((select string_agg(detail ->> 'thing' || ' ' || (detail ->> 'rows'), ', ' order by event) from audit.event
	where kind = 'retention.purged' and actor = 'tester'),
	'ledger.bytes 1, ledger.reject 2, ledger.reject 1, mail.outbox 1', 'each step is on record');

-- by the hub's clock
update ops.setting set value = 'true' where name = 'clock.movable';
select ops.clock_advance('2 days', 'tester');
select is((select thing || ' ' || gone from ops.retention_step()), 'ledger.bytes 1', 'time is the hub''s');
select is((select count(*)::int from ops.dids() where what = 'retention' and age_s < 60), 1, 'when it was done last is told');
select is((select value from ops.gauges() where name = 'files_held'), 1::int8, 'what is held is counted for alarms');
select ok((select value from ops.gauges() where name = 'done_age_seconds' and of = 'retention') between 0 and 60,
	'and how long ago what was done');
select finish();
rollback;
