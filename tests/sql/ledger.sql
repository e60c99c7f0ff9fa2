begin;
\ir lib/fixture.psql
select plan(56);

-- receipt
select file as f1, received_at as at1, repeated, revision
from ledger.receive(:oncor, 'a.lse', sha256('a'), 10, 'spool', 'oncor') \gset
select is(:'repeated'::text, 'f', 'a new file is not repeated');
select is(:revision, 1, 'and is the first revision of its name');
select results_eq(
	$$ select file, revision, repeated, received_at, state
	from ledger.receive((select party from party.find('oncor')), 'a.lse', sha256('a'), 10, 'https', 'x') $$,
	format($$ values (%s::int8, 1, true, %L::timestamptz, 'RECEIVED') $$, :f1, :'at1'),
	'the same bytes again: the first receipt again');
select results_eq(
	$$ select file, revision, repeated
	from ledger.receive((select party from party.find('oncor')), 'other.lse', sha256('a'), 10, 'spool', 'x') $$,
	format('values (%s::int8, 1, true)', :f1), 'also by another name');
select file as f2, revision from ledger.receive(:oncor, 'a.lse', sha256('b'), 10, 'spool', 'oncor')
\gset
select isnt(:f2::int8, :f1::int8, 'other bytes by the same name are another file');
select is(:revision, 2, 'its second revision');
select file as f3, repeated, revision
from ledger.receive(:centerpoint, 'a.lse', sha256('a'), 10, 'spool', 'centerpoint') \gset
select is(:'repeated' || :'revision', 'f1', 'another party''s same bytes are its own file');
select is((select string_agg(kind, ' ' order by event) from audit.event where kind like 'file.%'),
	'file.received file.repeated file.repeated file.received file.received',
	'each receipt and each repetition is an audit event');
select throws_ok($$ select ledger.receive(0, 'a', sha256('a'), 1, 'x', 'x') $$, 'BB001',
	'there is no such party', 'nobody''s file');
select throws_ok(format($$ select ledger.receive(%s, %L, sha256('z'), 1, 'x', 'x') $$, :oncor, n),
	'BB003', 'expected a file name of 1 to 255 characters without slashes or control characters, a SHA-256 and a size',
	'name refused: ' || what)
from (values ('', 'empty'), ('a/b', 'slash'), (E'a\nb', 'line feed'), ('..', 'parent'),
	(repeat('x', 256), 'too long')) v (n, what);
select throws_ok(format($$ select ledger.receive(%s, 'a', 'short', 1, 'x', 'x') $$, :oncor),
	'BB003', null, 'a digest has 32 bytes');
select throws_ok(format($$ select ledger.receive(%s, 'a', sha256('z'), -1, 'x', 'x') $$, :oncor),
	'BB003', null, 'a size is not negative');
select party.rep_add('rep9', 'Retailer Nine', '10009', null) as rep9 \gset
select lives_ok(format($$ select ledger.receive(%s, 'r', sha256('r'), 1, 'x', 'x') $$, :rep9),
	'a REP may send files too');

-- the queue
select results_eq($$ select file from ledger.waiting() $$,
	format('values (%s::int8), (%s)', :f1, :f3),
	'the oldest file of each utility waits; a REP''s file does not');

-- load
select ledger.load_begin(:f1) as l1 \gset
select is((select load from ledger.file where file = :f1), :l1, 'a load has a number');
select throws_ok('select ledger.load_end(0, ''lse'', ''{}'', sha256(''x''), 1, null, null)', 'BB004',
	'load 0 is not open', 'a load that never began cannot end');
select ledger.load_end(:l1, 'lse', '{"records": 3}', sha256('ack'), 3, sha256('rej'), 4);
select results_eq(format('select state, load, loaded_at is not null, format, counts->>''records'',
	ack_size, rejects_size from ledger.show(%s)', :f1),
	format($$ values ('LOADED', %s, true, 'lse', '3', 3::int8, 4::int8) $$, :l1),
	'a loaded file says so, with counts and reports');
select throws_ok(format('select ledger.load_end(%s, ''lse'', ''{}'', null, null, null, null)', :l1),
	'BB004', null, 'a load ends once');
select throws_ok(format('select ledger.load_begin(%s)', :f1), 'BB004',
	format('file %s is LOADED, expected RECEIVED', :f1), 'a loaded file is not loaded again');
select throws_ok('select ledger.load_begin(0)', 'BB001', 'there is no file 0 of a utility',
	'no such file');
select throws_ok(format('select ledger.load_begin((select file from ledger.file where party = %s))',
	:rep9), 'BB001', null, 'a REP''s file is not loaded');
select ledger.load_begin(:f2) as l2 \gset
select cmp_ok(:l2, '>', :l1, 'later loads have higher numbers');
select results_eq($$ select kind, party, detail->>'load' from audit.event order by event desc limit 1 $$,
	format($$ values ('file.loaded', %s, '%s') $$, :oncor, :l1), 'a load ends with its audit event');

-- hold, release, discard, refuse
select ledger.hold(:f3, 'file-shift', 'too much', 'lse', '{"records": 2}', sha256('ack'), 3, null, null);
insert into ledger.reject (file, line, col, rule, severity) values (:f3, 1, 0, 'spike', 'flag');
select results_eq(format('select state, hold_rule, hold_text, load, ack_size from ledger.show(%s)', :f3),
	$$ values ('HELD', 'file-shift', 'too much', null::int4, 3::int8) $$, 'a file can be held');
select is_empty('select * from ledger.waiting() where name = ''a.lse'' and tdu_code = ''centerpoint''',
	'a held file does not wait for the loader');
select throws_ok(format('select ledger.load_begin(%s)', :f3), 'BB004', null, 'nor is it loaded');
select ledger.release(:f3, 'someone');
select results_eq(format('select released from ledger.waiting() where file = %s', :f3), array[true],
	'a released file waits again and says so');
select is((select count(*)::int from ledger.rejects(:f3)), 1, 'its findings are still there');
select ledger.load_begin(:f3) as l3 \gset
select is((select count(*)::int from ledger.rejects(:f3)), 0, 'until it is loaded');
select t.done(:l3);
select is((select state from ledger.show(:f3)), 'LOADED', 'and then it is loaded');
select is((select string_agg(kind || ' ' || actor, ', ' order by event) from audit.event
	where (detail->>'file')::int8 = :f3),
	'file.received centerpoint, file.held postgres, file.released someone, file.loaded postgres',
	'each step is an audit event with who took it');
select ledger.hold(:f2, 'file-name', 'odd', 'lse', '{}', null, null, null, null);
select is((select load from ledger.show(:f2)), null, 'a file that is held after all has no load');
select ledger.discard(:f2, 'someone');
select is((select state from ledger.show(:f2)), 'DISCARDED', 'a held file can be discarded');
select file as f4 from ledger.receive(:oncor, 'b.lse', sha256('b4'), 10, 'spool', 'oncor') \gset
select ledger.refuse(:f4, 'structure', 'no format', null, null, sha256('ack'), 3, null, null);
select is((select state from ledger.show(:f4)), 'REFUSED', 'a file can be refused');

-- every pair of state and event that the table does not have
select file as f5 from ledger.receive(:oncor, 'c.lse', sha256('c5'), 10, 'spool', 'oncor') \gset
select throws_ok(format('select ledger.move(%s, %L, %L, null)',
		case s.state when 'LOADED' then :f1 when 'DISCARDED' then :f2 when 'REFUSED' then :f4
			else :f5 end, e.event, 'x'),
	'BB004', null, format('%s: %s is not possible', s.state, e.event))
from (values ('RECEIVED'), ('LOADED'), ('DISCARDED'), ('REFUSED')) s (state)
cross join (values ('load'), ('hold'), ('release'), ('discard')) e (event)
where not exists (select from ledger.file_step x where x.state = s.state and x.event = e.event)
	and s.state <> 'RECEIVED';
select throws_ok(format('select ledger.release(%s, ''x'')', :f5), 'BB004',
	format('"release" is not possible for file %s, which is RECEIVED', :f5),
	'a waiting file is not released');
select throws_ok('select ledger.discard(0, ''x'')', 'BB001', 'there is no file 0', 'no such file');

-- lists
select results_eq(format('select file from ledger.files(%s, 2)', :oncor),
	format('values (%s::int8), (%s)', :f5, :f4), 'files of a party, newest first');
select is((select count(*)::int from ledger.files()), 6, 'files of all');
insert into ledger.reject (file, line, col, rule, severity, esiid, day, channel, found, expected)
values (:f4, 7, 0, 'b', 'reject', :'e1', '2025-01-01', 0, 'x', 'y'), (:f4, 3, 2, 'a', 'flag',
	null, null, null, null, null);
select results_eq(format('select line, rule, found from ledger.rejects(%s)', :f4),
	$$ values (3::int8, 'a', null), (7, 'b', 'x') $$, 'rejects in the order of the file');
select is((select rejected from ledger.show(:f4)), 2::int8, 'and their number');

select * from finish();
rollback;
