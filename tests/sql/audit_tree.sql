-- The tree over the audit events: numbering, hashes by the words of RFC 6962, what is refused to everybody,
-- receipts, personal text.
begin;
\ir lib/fixture.psql
select no_plan();

-- one transaction sees no event of its own as committed, so what is numbered here comes as if by others
create function t.event(xid xid8, kind text default 'test.made', detail jsonb default '{}') returns int8
language sql as $$
	insert into audit.event (xid, recorded_at, kind, actor, detail)
	values (xid, '2026-01-02 03:04:05.6+00', kind, 'some "one"', detail) returning event
$$;
create function t.tree() returns audit.tree language sql as 'select t from audit.tree t';

-- ---- the row that is hashed, by hand ----

select t.event('3', 'test.form', '{"b": 1, "a": "x"}') as form \gset
select is((select '{"entry":7' || rest from audit.canonical where event = :form),
	'{"entry":7,"event":' || :form || ',"at":"2026-01-02T03:04:05.600000Z","kind":"test.form","actor":"some \"one\"",'
	'"party":null,"premise":null,"detail":{"a": "x", "b": 1}}', 'a row has this form, for ever');
select is((select c.rest::json ->> 'x' from (select '{"x":1' || rest as rest from audit.canonical where event = :form) c), '1',
	'which is JSON');

-- ---- numbering ----

select size as size0 from audit.start('hub.example/test', decode(repeat('ab', 32), 'hex'), 'test key') \gset
select taken, size as size1 from audit.sequence(100000) \gset
select is((select count(*) from audit.leaf), :size1::int8, 'what others committed has its entry');
select is((select count(*) from audit.leaf l join audit.event e using (event) where e.xid = pg_current_xact_id()), 0::int8,
	'what is not committed has none');
select is((select taken from audit.sequence(100000)), 0, 'nothing is numbered twice');

-- a snapshot of its time: transactions 10, 12 open, up to 13; then all are over
update audit.tree set snapshot = '10:14:10,12', base_event = (select max(event) from audit.event);
select t.event('9') as e9, t.event('10') as e10, t.event('11') as e11, t.event('12') as e12, t.event('13') as e13,
	t.event('14') as e14, t.event('15') as e15, t.event('14') as e14b \gset
create function t.since(at int8) returns int8[] language sql as $$
	select array_agg(event order by entry) from audit.leaf where entry >= at
$$;
select is((select taken from audit.sequence(1000)), 5, 'those of transactions that were open then, or came after');
select is(t.since(:size1), array[:e10, :e12, :e14, :e14b, :e15]::int8[], 'by transaction, then by event');
select is((select count(*) from audit.leaf where event in (:e9, :e11, :e13)), 0::int8,
	'none of those that had been visible');

-- in parts: the snapshot moves when all of it has its entry
select max(entry) + 1 as size2 from audit.leaf \gset
select pg_snapshot_xmax(pg_current_snapshot())::text::int8 as top \gset
update audit.tree set snapshot = '20:21:20', base_event = (select max(event) from audit.event);
select t.event('20') as p1, t.event('22') as p2, t.event('22') as p3, t.event('23') as p4 \gset
select is((select array[taken, size::int4] from audit.sequence(2)), array[2, :size2 + 2], 'two of four');
select is((t.tree()).snapshot::text, '20:21:20', 'the snapshot waits');
select t.event('21') as p5 \gset
select is((select taken from audit.sequence(2)), 2, 'two more');
select is((select taken from audit.sequence(2)), 0, 'then none');
select ok((t.tree()).next is null, 'and the snapshot has moved');
select is(t.since(:size2), array[:p1, :p2, :p3, :p4]::int8[], 'each once, in order');

-- ---- hashes ----

select is((select hash from audit.leaf where event = :p1),
	(select sha256('\x00'::bytea || salt || convert_to('{"entry":' || entry || ',"event":' || :p1 ||
		',"at":"2026-01-02T03:04:05.600000Z","kind":"test.made","actor":"some \"one\"","party":null,"premise":null,"detail":{}}',
		'UTF8')) from audit.leaf where event = :p1), 'a leaf is SHA-256 of 0x00, salt and row');
select is((select count(distinct salt) = count(*) from audit.leaf), true, 'each has a salt of its own');
select is(audit.subtree(1, 0), (select sha256('\x01'::bytea || string_agg(hash, '' order by entry)) from audit.leaf where entry < 2),
	'a node is SHA-256 of 0x01 and both below it');
select throws_ok('select audit.subtree(8, 1)', 'BB001', null, 'a subtree that is not complete is not there');
select is(length(audit.hashes(0, 3)), 96, 'hashes of entries, end to end');

-- ---- growing and signing ----

select size from audit.tree \gset
select throws_ok(format('select audit.grow(1, %s, '''', ''{}'', ''{}'', '''')', :size), 'BB005', null, 'only from where it is');
select throws_ok('select audit.checkpoint_add(1, sha256(''x''), ''x'')', 'BB005', null, 'nothing is signed but what has grown');
select throws_ok(format('select audit.grow(0, %s, ''\x00'', ''{}'', ''{}'', '''')', :size), '23514', null, 'an edge has a hash for each bit');
select lives_ok(format('select audit.grow(0, %s, decode(repeat(''00'', 32 * bit_count(int8send(%s))::int4), ''hex''),
	''{8}'', ''{0}'', sha256(''n''))', :size, :size), 'grown');
select is((select hash from audit.node where level = 8 and index = 0), sha256('n'), 'with its nodes');
select lives_ok(format('select audit.checkpoint_add(%s, sha256(''r''), ''note'')', :size), 'signed');
select throws_ok(format('select audit.checkpoint_add(%s, sha256(''r''), ''other'')', :size), '23505', null, 'not twice');
select is((select note from audit.checkpoint_last(:p4)), 'note', 'a checkpoint that covers an event');
select is((select count(*) from audit.checkpoint_last(:p5)), 0::int8, 'none does that one');
select throws_ok($$ select audit.start('hub.example/other', sha256('k'), 'k') $$, 'BB004', null, 'a tree keeps its name');

-- ---- restored into another cluster: transaction numbers begin anew ----

update audit.tree set cluster = 'another', snapshot = '1000000:1000000:';
select t.event('999999999') as r1, t.event('5') as r2 \gset
select ok((select moved from audit.start('hub.example/test', decode(repeat('ab', 32), 'hex'), 'test key')), 'it is seen');
select ok((select count(*) = 2 from audit.leaf where event in (:r1, :r2)), 'all that is there has its entry');
select is((select taken from audit.sequence(1000)), 0, 'and none twice, though its transaction seems to come');
select ok(not (select moved from audit.start('hub.example/test', decode(repeat('ab', 32), 'hex'), 'test key')), 'once');

-- ---- receipts ----

select audit.receipt_ask(5, '{"z": 1, "a": [2]}') as receipt \gset
select is((select body from audit.receipts_waiting(10) where receipt = :receipt), '{"a": [2], "z": 1}', 'a receipt waits to be signed');
select is((select detail ->> 'sha256' from audit.event where kind = 'receipt.asked' and detail ->> 'receipt' = :'receipt'),
	encode(sha256('{"a": [2], "z": 1}'), 'hex'), 'an event has the digest of its words');
select ok(not audit.receipt_sign(:receipt, '{"receipt":{"a": [3]},"key":"k","signature":"s"}'), 'other words are not its signature');
select ok(audit.receipt_sign(:receipt, '{"receipt":{"a": [2], "z": 1},"key":"k","signature":"s"}'), 'signed');
select ok(not audit.receipt_sign(:receipt, '{"receipt":{"a": [2], "z": 1},"key":"k","signature":"t"}'), 'once');
select is((select count(*) from audit.receipts(5)), 1::int8, 'it is found by its agreement');

-- ---- personal text ----

select audit.record_personal('test.told', 'x', null, null, '{"k": 1}', 'Jane Doe') as told \gset
select is((select detail from audit.event where event = :told), (select jsonb_build_object('k', 1, 'personal',
	encode(sha256(salt || 'Jane Doe'), 'hex')) from audit.personal where event = :told), 'an event commits to the text');
select is(audit.personal_erase(), 0::int8, 'nothing is due');
select throws_ok(format('update audit.personal set salt = null, body = null, erased_at = now() where event = %s', :told),
	'BB002', 'personal texts are never changed or removed', 'what is not due is not erased');
insert into agreement.agreement (csp, state, starts_at, ends_at, reads_from, kinds, recorded_at, email_sealed, email_place, email_index)
values (:csp1, 'ACTIVE', '2018-01-01', '2019-01-01', '2018-01-01', '{interval}', '2018-01-01', 'x', 'x', decode(repeat('00', 16), 'hex'))
returning agreement as running \gset
insert into agreement.agreement (csp, state, starts_at, ends_at, reads_from, kinds, recorded_at, ended_at, email_sealed, email_place, email_index)
values (:csp1, 'TERMINATED', '2018-01-01', '2019-01-01', '2018-01-01', '{interval}', '2018-01-01', ops.now() - interval '7 years',
	'x', 'x', decode(repeat('00', 16), 'hex')) returning agreement as ended \gset
insert into agreement.agreement (csp, state, starts_at, ends_at, reads_from, kinds, ended_at)
values (:csp1, 'COMPLETED', '2018-01-01', '2019-01-01', '2018-01-01', '{interval}', ops.now() - interval '7 years' + interval '1 hour')
returning agreement as almost \gset
select audit.record('test.told', 'x', null, null, null) as t1, audit.record('test.told', 'x', null, null, null) as t2,
	audit.record('test.told', 'x', null, null, null) as t3 \gset
insert into audit.personal (event, agreement, salt, body, kept_from)
values (:t1, :running, sha256('s'), 'a', '2018-01-01'), (:t2, :ended, sha256('s'), 'b', '2018-01-01'),
	(:t3, :almost, sha256('s'), 'c', '2018-01-01');
insert into agreement.visit (agreement, purpose, at, source, agent)
select v, 'DECIDE', '2018-01-01', '192.0.2.7', 'a browser' from unnest(array[:running, :ended]) v;
select is(audit.personal_erase(), 2::int8, 'the text and the mailbox of the one that ended seven years ago');
select results_eq(format('select body is null from audit.personal where event in (%s, %s, %s) order by event', :t1, :t2, :t3),
	array[false, true, false], 'not of one that ended later, nor of one that goes on');
select results_eq(format('select email_sealed is null from agreement.agreement where agreement in (%s, %s) order by 1', :running, :ended),
	array[false, true], 'mailboxes likewise');
select results_eq(format('select source is null from agreement.visit where agreement in (%s, %s) order by agreement', :running, :ended),
	array[false, true], 'and where its visitors were');
select is((select count(*) from agreement.agreement where agreement = :ended), 1::int8, 'the agreement itself stays');
select is((select detail ->> 'texts' || (detail ->> 'mailboxes') from audit.event where kind = 'personal.erased' order by event desc limit 1),
	'11', 'erasing is on record');
insert into report.salt (month, salt)
select m.month, sha256('s') from (values (date_trunc('month', ops.now() - interval '7 years 1 month')::date), (date_trunc('month', ops.now() - interval '6 years 11 months')::date)) m (month);
select is(audit.personal_erase(), 1::int8, 'what tells networks of a month apart goes after the years');
select ok((select min(month) > (ops.now() - interval '7 years')::date - 31 from report.salt), 'not of a later one');
select throws_ok(format('update audit.personal set salt = sha256(''x''), body = ''x'', erased_at = null where event = %s', :t2),
	'BB002', null, 'what is erased is not written again');

-- ---- refused to everybody ----

select ops.setting_set('audit.personal_keep_years', '9999', 'test');
create temp table try as
select r.rolname as who, v.name, w.what, replace(w.words, '%', v.name) as words
from pg_roles r, (values ('event', 'kind = ''x.y'''), ('leaf', 'salt = salt'), ('node', 'hash = hash'),
		('signer', 'name = name'), ('checkpoint', 'note = note'), ('receipt', 'body = body'),
		('personal', 'agreement = 1')) v (name, change),
	lateral (values ('update', 'update audit.% set ' || v.change), ('delete', 'delete from audit.%'),
		('truncate', 'truncate audit.% cascade')) w (what, words)
where r.rolname like 'busbar%' or r.rolname = current_user;
grant select on try to public;
create function t.refused(words text) returns text language plpgsql as $$
begin
	execute words;
	return 'done';
exception when insufficient_privilege or sqlstate 'BB002' then
	return 'refused';
end $$;
create function t.refused_to(who name, words text) returns text language plpgsql as $$
declare
	said text;
begin
	execute format('set local role %I', who);
	said := t.refused(words);
	reset role;
	return said;
end $$;
insert into audit.node values (16, 0, sha256('x'));
select ok((select count(*) >= 10 * 21 from try), 'every role, seven tables, three ways');
select is_empty('select who, words from try where t.refused_to(who, words) <> ''refused''', 'nobody changes, removes or empties');
savepoint replica;
set local session_replication_role = replica;
select is_empty('select words from try where who = current_user and t.refused(words) <> ''refused''',
	'nor while replication is played back');
rollback to replica;
select throws_ok('delete from audit.tree', 'BB002', null, 'nor the tree itself');

select * from finish();
rollback;
