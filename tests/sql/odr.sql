-- Meter commands: every state against every event; who may ask; limits; what a head end says.
begin;
\ir lib/fixture.psql
select plan(51);
select t.load('oncor') as load \gset
select t.premise(:load, 1, :'e1', '2020-01-01'), t.premise(:load, 2, :'e2', '2020-01-01');
select premise.load_premise(:load);
select t.rep(:load, 3, :'e1', '2020-01-01', '10001'), t.rep(:load, 4, :'e2', '2020-01-01', '10002');
select premise.load_rep(:load);
insert into stage.meter (load, line, esiid, meter_number, effective)
values (:load, 5, :'e1', '12345LG', '2020-01-01'), (:load, 6, :'e2', '67890LG', '2020-01-01');
select premise.load_meter(:load);
select t.done(:load);
create function t.enter(code text) returns bytea language plpgsql as $$
begin
	perform delivery.account_add(code, code || '-a');
	perform delivery.credential_add(code || '-a', 'TOKEN', 'test', null, sha256(convert_to(code, 'UTF8')));
	return (select e.handle from delivery.login_token(sha256(convert_to(code, 'UTF8')), 'HTTPS', '192.0.2.1') e);
end $$;
select t.enter('oncor') as tdu, t.enter('centerpoint') as other, t.enter('rep1') as rep, t.enter('rep2') as rep2,
	t.enter('csp1') as csp \gset
create function t.ask(who bytea, esiid text, meter text default null) returns text language plpgsql as $$
begin
	return (select result || coalesce(' ' || left_hour, '') from odr.ask(who, esiid, meter, 'ON_DEMAND_READ', 'x', 'test'));
exception when others then
	return sqlstate || ' ' || sqlerrm;
end $$;
create function t.answer(who bytea, n int8, outcome text, at timestamptz default null, wh int8 default null,
	reason text default null, meter text default null, g int8 default null) returns text language plpgsql as $$
begin
	return odr.answer(who, n, outcome, at, wh, g, meter, reason, null);
exception when others then
	return sqlstate || ' ' || sqlerrm;
end $$;
create function t.newest() returns int8 language sql as $$ select max(command) from odr.command $$;
create function t.state(n int8) returns text language sql as $$ select state || coalesce(' ' || reason, '') from odr.command where command = n $$;

-- the table of states, written down by hand: what does not stand here is refused
create temp table allowed (state text, event text, next text);
insert into allowed values ('PENDING', 'take', 'TAKEN'), ('TAKEN', 'take', 'TAKEN'), ('PENDING', 'complete', 'COMPLETED'),
	('TAKEN', 'complete', 'COMPLETED'), ('PENDING', 'fail', 'FAILED'), ('TAKEN', 'fail', 'FAILED'),
	('PENDING', 'expire', 'FAILED'), ('TAKEN', 'expire', 'FAILED'), ('PENDING', 'ready', 'READY'), ('TAKEN', 'ready', 'READY'),
	('READY', 'take', 'READY'), ('READY', 'complete', 'COMPLETED'), ('READY', 'fail', 'FAILED'), ('READY', 'expire', 'FAILED');
create function t.cell(of_state text, of_event text) returns text language plpgsql as $$
declare
	n int8;
	moved bool;
begin
	insert into odr.command (kind, tdu, premise, asked_by, class, state, asked_at, expires_at)
	select 'ON_DEMAND_READ', p.tdu, p.premise, p.tdu, 'ACCOUNT', of_state, ops.now() - interval '2 h', clock_timestamp() + interval '1 h'
	from premise.premise p order by p.premise limit 1 returning command into n;
	update odr.command set real_asked_at = clock_timestamp() - interval '2 h' where command = n;
	moved := odr.move(n, of_event, case of_event when 'fail' then 'other' end, null, 'test');
	return case when moved then (select state from odr.command where command = n) end;
end $$;
select results_eq($$ select s.state, e.event, t.cell(s.state, e.event) from odr.state s
		cross join (values ('take'), ('ready'), ('complete'), ('fail'), ('expire')) e (event) order by 1, 2 $$,
	$$ select s.state, e.event, a.next from odr.state s
		cross join (values ('take'), ('ready'), ('complete'), ('fail'), ('expire')) e (event)
		left join allowed a on a.state = s.state and a.event = e.event order by 1, 2 $$,
	'every state and event: moved, or not');
delete from odr.command;

-- who may ask
select is(t.ask(:'rep', :'e1'), 'OK 1', 'its REP of record');
select is((select state from odr.command), 'PENDING', 'it is PENDING when the answer is there');
select is(t.ask(:'rep2', :'e1'), 'BB001 there is no such ESI ID and meter for you', 'not another REP');
select is(t.ask(:'rep2', '10443720000099999'), t.ask(:'rep2', :'e1'), 'which is told the same of an unknown one');
select is(t.ask(:'rep', :'e1', '99999LG'), t.ask(:'rep2', :'e1'), 'and of another meter');
select is(t.ask(:'csp', :'e1'), t.ask(:'rep2', :'e1'), 'nor a third party without agreement');
select is(t.ask(:'other', :'e1'), t.ask(:'rep2', :'e1'), 'nor another utility');
select is(t.ask('nobody', :'e1'), 'BB007 the login or token is not valid (any more)', 'nor nobody');
select is((select count(*) from odr.command), 1::int8, '(nothing of that is a command)');
select is((select count(*) from audit.event where kind = 'command.asked'), 1::int8, 'asking is on record');

-- limits
select is(t.ask(:'rep', :'e1', ' 12345lg '), 'OK 0', 'a second one of the hour, meter numbers without case and space');
select is(t.ask(:'rep', :'e1'), 'METER 0', 'a third one not');
select is(t.ask(:'tdu', :'e1'), 'METER 0', 'whoever asks: the meter counts');
select cmp_ok((select wait_s from odr.ask(:'rep', :'e1', null, 'ON_DEMAND_READ', null, 'test')), '<=', 3600, 'and when it may again is told');
select is(t.ask(:'rep2', :'e2'), 'OK 1', 'another meter has its own');
update odr.command set real_asked_at = real_asked_at - interval '59 min' where premise = t.p(:'e1');
select is(t.ask(:'rep', :'e1'), 'METER 0', 'after 59 minutes not yet');
update odr.command set real_asked_at = real_asked_at - interval '61 s' where premise = t.p(:'e1');
select is(t.ask(:'rep', :'e1'), 'OK 1', 'after 60 it may');
select is((select asked from odr.tdu_day), 4, 'the day of the utility counts what was taken');
update odr.tdu_day set asked = 2999;
select is(t.ask(:'rep', :'e1'), 'OK 0', 'the 3,000th of a day');
select is(t.ask(:'rep2', :'e2'), 'TDU 1', 'the next one not');
select is((select asked from odr.tdu_day), 3000, 'nor does it count');
update odr.tdu_day set asked = 4;

-- the utility
select throws_ok(format('select * from odr.take(%L, 10)', :'rep'), 'BB002', null, 'only utilities take');
select is((select count(*) from odr.take(:'other', 10)), 0::int8, 'each its own');
select is((select string_agg(meter_number, ' ' order by command) from odr.take(:'tdu', 3)), '12345LG 12345LG 67890LG', 'oldest first, as many as asked');
select is((select count(*) from odr.take(:'tdu', 10)), 2::int8, 'then the rest');
select is((select count(*) from odr.take(:'tdu', 10)), 0::int8, 'and no more');
update odr.command set taken_until = clock_timestamp() where command = t.newest();
select is((select again from odr.take(:'tdu', 10)), true, 'what it says nothing of for a minute it gets again');
select is(t.answer(:'other', t.newest(), 'COMPLETED', ops.now(), 5000), 'BB001 there is no such command for you', 'another utility answers nothing');
select is(t.answer(:'rep', t.newest(), 'COMPLETED', ops.now(), 5000), 'BB001 there is no such command for you', 'nor who asked');
select is(t.answer(:'tdu', t.newest(), 'COMPLETED', ops.now(), null), 'BB003 expected the time of the read and a register of 0 kWh or more', 'an answer has a register');
select is(t.answer(:'tdu', t.newest(), 'COMPLETED', ops.now(), -1), 'BB003 expected the time of the read and a register of 0 kWh or more', 'not below zero');
select is(t.answer(:'tdu', t.newest(), 'COMPLETED', ops.now() + interval '6 min', 1), 'BB003 the time of the read is in the future', 'not of the future');
select is(t.answer(:'tdu', t.newest(), 'COMPLETED', ops.now() - interval '1 h', 1), 'BB003 the read is from before it was asked for: expected a new one', 'not an old one for new');
select is(t.answer(:'tdu', t.newest(), 'COMPLETED', ops.now(), 1, null, '67890LG'), 'BB003 the answer is of another meter', 'not of another meter');
select is(t.answer(:'tdu', t.newest(), 'DONE'), 'BB003 state: expected COMPLETED or FAILED', 'one of two');
select matches(t.answer(:'tdu', t.newest(), 'FAILED', null, null, 'no-answer'), '^BB003 reason: expected one of busy, code-refused, disconnected, ', 'a reason of the list');
select is(t.state(t.newest()), 'TAKEN', '(nothing of that moved it)');
select is(t.answer(:'tdu', t.newest(), 'COMPLETED', date_trunc('second', ops.now()), 12345789), 'DONE', 'the register');
select is((select format('%s %s %s', state, read_wh, took_ms >= 0) from odr.asked(:'rep', t.newest(), null, 1)), 'COMPLETED 12345789 t', 'who asked sees it');
select is((select count(*) from odr.asked(:'rep2', t.newest(), null, 1)), 0::int8, 'nobody else');
select is((select count(*) from odr.asked(:'tdu', t.newest(), null, 1)), 0::int8, 'by this function');
select is(t.answer(:'tdu', t.newest(), 'COMPLETED', (select read_at from odr.command where command = t.newest()), 12345789), 'AGAIN', 'the same again changes nothing');
select is(t.answer(:'tdu', t.newest(), 'COMPLETED', ops.now(), 12345790), 'BB004 the command has been answered otherwise already', 'another one neither');
select (select min(command) from odr.command) as first \gset
select is(t.answer(:'tdu', :first, 'FAILED', null, null, 'not-reached') || ' ' || t.state(:first), 'DONE FAILED not-reached', 'or why not');
update odr.command set expires_at = clock_timestamp() where command = :first + 1;
select is(odr.expire() || ' ' || t.state(:first + 1), '1 FAILED no-answer', 'no answer in time');
select is(t.answer(:'tdu', :first + 1, 'COMPLETED', ops.now(), 7) || ' ' || t.state(:first + 1), 'LATE FAILED no-answer', 'one that comes later does not make it good');
select isnt((select late_at from odr.command where command = :first + 1), null, 'but is noted');
select is((select count(*) from hook.event where kind = 'command.changed' and detail ->> 'state' = 'COMPLETED'
	and party = (select party from party.find('rep1'))), 1::int8, 'who asked is told by webhook');

-- a right that ends
update premise.rep_span set during = daterange(lower(during), '2021-01-01') where premise = t.p(:'e1');
select is((select count(*) from odr.asked(:'rep', null, null, 10)), 0::int8, 'who may read it no more sees its commands no more');
select is(t.ask(:'rep', :'e1'), 'BB001 there is no such ESI ID and meter for you', 'nor asks');
select * from finish();
rollback;
