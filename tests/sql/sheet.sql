-- Files of invitations, record by record; the funnel; what busbar check says of agreements.
begin;
\ir lib/fixture.psql
\ir lib/agreement.psql
select no_plan();
update radar.detector set action = 'NOTE';
select t.at('2026-05-04 10:00');	-- a Monday

create function t.sheet(name text default 'a.csv') returns int8 language sql as $$
	select file from ledger.receive((select party from party.find('csp1')), name, sha256(name::bytea), 10, 'test', 'csp1')
$$;
-- One agreement's worth of lines, as busbar-ingestd asks for it.
create function t.invite(file int8, lines int8[], esiids text[], email text default 'ann', meter text default null,
	months int4 default 12) returns text language sql as $$
	select string_agg(format('%s %s', r.line, coalesce(r.code, 'asked')), ', ' order by r.line)
	from agreement.sheet_invite(file, lines, esiids,
		array(select coalesce(meter, 'M' || right(e, 1)) from unnest(esiids) with ordinality u (e, n) order by n),
		array_fill('10001'::text, array[cardinality(esiids)]), email::bytea, 'agreement.email'::bytea || t.box(email),
		t.box(email), 'ENERGY', '{interval}', months, 0, 'EN', 'ref', null) r
$$;

select is_empty('select * from agreement.sheets()', 'nothing waits');
select t.sheet() as f \gset
select t.sheet('b.csv') as f2 \gset
select results_eq('select file, csp_code, name from agreement.sheets()', format('values (%s::int8, ''csp1'', ''a.csv'')', :f),
	'the oldest file of a third party waits');
select is_empty('select * from ledger.waiting()', 'not for the loader of utilities');

select is(t.invite(:f, '{2}', array[:'e1']), '2 asked', 'a line is an invitation');
select is(t.invite(:f, '{2}', array[:'e1']), '2 asked', 'asked for again it is the same');
select is((select count(*)::int from agreement.agreement), 1, 'and no second one');
select is(t.invite(:f, '{3}', array[:'e1']), '3 open-invitation', 'another line for the premise is a fault');
select is(t.invite(:f, '{4,6}', array[:'e2', :'e3'], 'bob'), '4 asked, 6 asked', 'lines of a group are one agreement');
select is((select count(distinct agreement)::int from agreement.sheet_row where line in (4, 6)), 1, 'one');
select is(t.invite(:f, '{7,8}', array[:'e4', :'e1'], 'eve'), '7 group, 8 open-invitation', 'nobody is asked for half a group');
select is(t.invite(:f, '{9}', array[:'e4'], 'eve', 'M9'), '9 not-matched', 'a meter that is not there');
select is(t.invite(:f, '{10}', array['10443720000000099'], 'eve'), '10 not-matched', 'an ESI ID that nobody knows: the same');
select is((select count(distinct message)::int from agreement.sheet_row where code = 'not-matched'), 1, 'in the same words');
select is(t.invite(:f, '{11}', array[:'e4'], 'eve', months => 99), '11 refused', 'what is wrong as a whole');
select is((select message ~ '^99 months, expected' from agreement.sheet_row where line = 11), true, 'says so');
select throws_ok(format('select t.invite(%s, ''{12}'', array[%L, %L])', :f, :'e4', :'e3'), 'BB003', 'expected a line for each ESI ID', 'a line for each');
select throws_ok('select t.invite(0, ''{2}'', array[''1''])', 'BB001', 'there is no file 0 of a third party', 'no such file');

-- the end
insert into delivery.account (party, login) values (:csp1, 'csp1') returning account \gset
select api.token_add(sha256('t'), 'SESSION', :csp1, :account, null, null, null, null, null, '1 hour');
select lives_ok(format($$ select agreement.sheet_end(%s, '{"records": 9}', sha256('r'), 1, '{3}', '{0}', '{open-invitation}',
	array[%L], '{""}', '{words}') $$, :f, :'e1'), 'the file ends');
select results_eq(format('select state, format, counts ->> ''records'', loaded_at is null from ledger.file where file = %s', :f),
	$$ values ('INVITED', 'invitation', '9', true) $$, 'as INVITED');
select matches(api.file(sha256('t'), :f)::jsonb -> 'acknowledgement' ->> 'href', '/ack/a\.csv\.result\.csv$', 'what came of it is where the box has it');
select results_eq(format('select line, rule, found from ledger.rejects(%s)', :f), $$ values (3::int8, 'open-invitation', '') $$, 'with its faults');
select throws_ok(format('select t.invite(%s, ''{20}'', array[%L])', :f, :'e4'), 'BB004', null, 'nothing comes after the end');
select results_eq('select file from agreement.sheets()', format('values (%s::int8)', :f2), 'the next one waits');
select lives_ok(format($$ select agreement.sheet_refuse(%s, 'structure', 'no header', 1, 0, 'x', 'y', sha256('r'), 1) $$, :f2), 'it is refused');
select matches(api.file(sha256('t'), :f2)::jsonb -> 'acknowledgement' ->> 'href', '/ack/b\.csv\.result\.csv$', 'and its answer lies there too');
select is((select state || ' ' || hold_text from ledger.file where file = :f2), 'REFUSED no header', 'with words');
select is((select count(*)::int from agreement.sheet_rows(:f)), 9, 'who handed it in sees every line');

-- the funnel: each in one place
create function t.funnel() returns text language sql as $$
	select format('%s = %s sent %s delivered %s opened %s affirmed %s declined %s reported %s lapsed %s undeliverable %s withdrawn',
		invited, sent, delivered, opened, affirmed, declined, reported, lapsed, undeliverable, withdrawn)
	from agreement.funnel((select party from party.find('csp1')))
$$;
select is(t.funnel(), '2 = 2 sent 0 delivered 0 opened 0 affirmed 0 declined 0 reported 0 lapsed 0 undeliverable 0 withdrawn', 'asked');
select agreement as a1 from agreement.sheet_row where line = 2 \gset
select agreement as a2 from agreement.sheet_row where line = 4 \gset
select t.sent(:a1) as link \gset
select is(t.funnel(), '2 = 1 sent 1 delivered 0 opened 0 affirmed 0 declined 0 reported 0 lapsed 0 undeliverable 0 withdrawn', 'taken');
select agreement.opened(:'link', '192.0.2.1', 'a browser');
select is(t.funnel(), '2 = 1 sent 0 delivered 1 opened 0 affirmed 0 declined 0 reported 0 lapsed 0 undeliverable 0 withdrawn', 'opened');
select t.decide(:'link');
select is(t.funnel(), '2 = 1 sent 0 delivered 0 opened 1 affirmed 0 declined 0 reported 0 lapsed 0 undeliverable 0 withdrawn', 'affirmed');
select t.decide(t.sent(:a2), 'REPORT');
select is(t.funnel(), '2 = 0 sent 0 delivered 0 opened 1 affirmed 0 declined 1 reported 0 lapsed 0 undeliverable 0 withdrawn', 'reported');
select is_empty($$ select * from agreement.funnel((select party from party.find('csp1')), '2026-05-05', '2026-05-09') where invited > 0 $$, 'of other days: none');
select isnt_empty($$ select * from agreement.funnel((select party from party.find('csp1')), '2026-05-04', '2026-05-04') where invited = 2 $$, 'of that day: both');

-- what is checked: each rule holds, and is seen when it is broken
create function t.broken() returns text language sql as $$
	select coalesce(string_agg(name, '; ' order by name), 'none') from ops.check_agreements() where not ok
$$;
select is(t.broken(), 'none', 'all holds');
savepoint s;
delete from agreement.decision where agreement = :a1;
select is(t.broken(), 'an agreement in force has the word of its customer', 'without the decision');
rollback to s;
-- past its wall, as only the machine's administrator could
alter table audit.receipt disable trigger user;
delete from audit.receipt where agreement = :a1;
select is(t.broken(), 'each such word has a receipt', 'without a receipt');
rollback to s;
delete from mail.outbox where agreement = :a2 and kind = 'reported' and recipient_index = t.box('csp1');
select is(t.broken(), 'both sides were told of each agreement that ended', 'one side not told');
rollback to s;
insert into agreement.waiting (csp, premise, agreement) values (:csp1, t.p(:'e1'), :a1);
select is(t.broken(), 'premises with an open invitation are those of the invitations that wait', 'waiting for what is decided');
rollback to s;
update agreement.agreement set state = 'PENDING', dies_at = ops.now() - interval '2 hours' where agreement = :a2;
insert into agreement.waiting (csp, premise, agreement) select :csp1, premise, :a2 from agreement.premise where agreement = :a2;
select is(t.broken(), 'no invitation is open beyond its time', 'an invitation forgotten');
rollback to s;
update mail.outbox set state = 'QUEUED', give_up_at = ops.now() - interval '2 hours' where agreement = :a1 and kind = 'invitation';
select is(t.broken(), 'no mail lies in the outbox beyond its time', 'a mail forgotten');
rollback to s;
update agreement.sheet_row set agreement = :a1, code = null where line = 9;
select is(t.broken(), 'an agreement that came by a file has the premises of its lines', 'a line too many');
rollback to s;
insert into reads.release (event, principal, premise, kind, from_day, to_day, versions, door)
values ((select max(event) from audit.event), :csp1, t.p(:'e2'), 'interval', '2026-05-01', '2026-05-02', false, 'test');
select is(t.broken(), 'what third parties were given was under an agreement that was active', 'given out beside it');
rollback to s;
insert into reads.release (event, principal, premise, kind, from_day, to_day, versions, door)
values ((select max(event) from audit.event), :csp1, t.p(:'e1'), 'interval', '2026-05-01', '2026-05-02', false, 'test');
select is(t.broken(), 'none', 'given out under it');

select * from finish();
rollback;
