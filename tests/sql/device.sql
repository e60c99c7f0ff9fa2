-- Devices in the home: who may have one join, leave or told something; what is looked at; what a head end says; who moves out.
begin;
\ir lib/fixture.psql
select plan(92);
select t.load('oncor') as load \gset
select t.premise(:load, 1, :'e1', '2020-01-01'), t.premise(:load, 2, :'e2', '2020-01-01');
select premise.load_premise(:load);
insert into stage.meter (load, line, esiid, meter_number, effective)
values (:load, 5, :'e1', '12345LG', '2020-01-01'), (:load, 6, :'e2', '67890LG', '2020-01-01');
select premise.load_meter(:load);
select t.occupancy(:load, 7, :'e1', '2020-01-01', 'ann'), t.occupancy(:load, 8, :'e2', '2020-01-01', 'bob');
select premise.load_occupancy(:load);
select t.done(:load);
create function t.enter(code text) returns bytea language plpgsql as $$
begin
	perform delivery.account_add(code, code || '-a');
	perform delivery.credential_add(code || '-a', 'TOKEN', 'test', null, sha256(convert_to(code, 'UTF8')));
	return (select e.handle from delivery.login_token(sha256(convert_to(code, 'UTF8')), 'HTTPS', '192.0.2.1') e);
end $$;
select t.enter('oncor') as tdu, t.enter('rep1') as rep, t.enter('csp1') as csp, t.enter('csp2') as csp2 \gset
insert into delivery.account (login, party) values ('ann-a', t.customer('ann')), ('bob-a', t.customer('bob'));
select delivery.credential_add('ann-a', 'TOKEN', 'test', null, sha256('ann')), delivery.credential_add('bob-a', 'TOKEN', 'test', null, sha256('bob'));
select e.handle as ann from delivery.login_token(sha256('ann'), 'HTTPS', '192.0.2.1') e \gset
select e.handle as bob from delivery.login_token(sha256('bob'), 'HTTPS', '192.0.2.1') e \gset
create function t.ask(who bytea, kind text, args jsonb, esiid text) returns text language plpgsql as $$
begin
	return (select result from odr.ask(who, esiid, null, kind, 'x', 'test', args));
exception when others then
	return sqlstate || ' ' || sqlerrm;
end $$;
create function t.answer(who bytea, n int8, outcome text, reason text default null, meter text default null, at timestamptz default null)
returns text language plpgsql as $$
begin
	return odr.answer(who, n, outcome, at, null, null, meter, reason, null);
exception when others then
	return sqlstate || ' ' || sqlerrm;
end $$;
create function t.newest() returns int8 language sql as $$ select max(command) from odr.command $$;
create function t.state(n int8) returns text language sql as $$
	select c.state || coalesce(' ' || c.reason, '') || coalesce(' ' || d.state, '')
	from odr.command c left join odr.device d on d.device = c.device where c.command = n $$;
create function t.taken(who bytea) returns int8 language sql as $$ select count(*) from odr.take(who, 100) $$;
\set join '{"mac": "00:0d:6f:00:01:23:45:67", "install_code": "83FE D340 7A93 9723 A5C6 39B2 6916 D505 C3B5", "class": "DISPLAY", "label": "Kitchen"}'

-- the code of the standard's example, and each of its digits another
select is(odr.code_holds('83FED3407A939723A5C639B26916D505C3B5'), true, 'an install code with its check');
select is((select count(*) from generate_series(1, 36) n where odr.code_holds(overlay('83FED3407A939723A5C639B26916D505C3B5'
	placing case substr('83FED3407A939723A5C639B26916D505C3B5', n, 1) when '0' then '1' else '0' end from n for 1))), 0::int8, 'no digit can be another');
select is(odr.code_holds('83FED3407A939723A5C639B26916D505C3'), false, 'nor missing');

-- who may
select is(t.ask(:'ann', 'HAN_JOIN', :'join', :'e1'), 'BB004 the meter there speaks to no devices', 'by itself no premise is served');
select is((select count(*) from odr.device), 0::int8, '(and nothing is made)');
select odr.han_set(:'e1', true, 'op'), odr.han_set(:'e2', true, 'op');
select is((select count(*) from audit.event where kind = 'device.served'), 2::int8, 'that one is, is on record');
select is(t.ask(:'ann', 'HAN_JOIN', :'join', :'e1'), 'OK', 'who lives there may');
select is(t.ask(:'bob', 'HAN_JOIN', :'join', :'e1'), 'BB001 there is no such ESI ID and meter for you', 'nobody else');
select is(t.ask(:'rep', 'HAN_JOIN', :'join', :'e1'), t.ask(:'bob', 'HAN_JOIN', :'join', :'e1'), 'nor a retailer');
select is(t.ask(:'csp', 'HAN_JOIN', :'join', :'e1'), t.ask(:'csp', 'HAN_JOIN', :'join', '10443720000099999'), 'nor a third party without an agreement');
select is(t.ask(:'ann', 'HAN_TEXT', '{"text": "hello"}', :'e1'), 'BB001 there is no such ESI ID and meter for you', 'texts are for who has an agreement');
create function t.agree(csp text, kind text, esiid text, state text default 'ACTIVE') returns int8 language sql as $$
	with a as (insert into agreement.agreement (csp, kind, state, starts_at, ends_at, reads_from, kinds)
		select p.party, $2, $4, ops.now() - interval '1 min', ops.now() + interval '1 year', ops.now() - interval '1 day',
			case when $2 like 'DEVICE%' then '{}' else '{interval}' end::text[]
		from party.party p where p.code = $1 returning agreement),
	x as (insert into agreement.premise (agreement, premise, customer) select a.agreement, t.p($3),
		premise.occupant_at(t.p($3), ops.now()) from a)
	select agreement from a $$;
select t.agree('csp1', 'ENERGY', :'e1') as energy \gset
select is(t.ask(:'csp', 'HAN_TEXT', '{"text": "hello"}', :'e1'), 'BB001 there is no such ESI ID and meter for you', 'one for reads is none for devices');
select t.agree('csp1', 'DEVICE_SERVICES', :'e1') as services \gset
select is(t.ask(:'csp', 'HAN_TEXT', '{"text": "hello"}', :'e1'), 'OK', 'one for services is');
select is((select agreement from odr.command where command = t.newest()), :services::int8, 'and stands in the command');
select is(t.ask(:'csp', 'HAN_JOIN', :'join', :'e1'), 'BB001 there is no such ESI ID and meter for you', 'but lets no device join');
select is(t.ask(:'csp', 'HAN_TEXT', '{"text": "hello"}', :'e2'), 'BB001 there is no such ESI ID and meter for you', 'nor at another home');
select is(t.ask(:'csp2', 'HAN_TEXT', '{"text": "hello"}', :'e1'), 'BB001 there is no such ESI ID and meter for you', 'nor another third party');

-- what it says
select is(t.ask(:'bob', 'HAN_JOIN', '{}', :'e2'), 'BB003 class: what it is', 'what is needed');
select is(t.ask(:'bob', 'HAN_JOIN', :'join'::jsonb || '{"mac": "123"}', :'e2'), 'BB003 mac: expected the 16 hexadecimal digits that stand on the device', 'an address');
select matches(t.ask(:'bob', 'HAN_JOIN', :'join'::jsonb || '{"install_code": "83FED3407A939723A5C639B26916D505C3B6"}', :'e2'), '^BB003 install_code: expected .* do not belong together$', 'a code');
select matches(t.ask(:'bob', 'HAN_JOIN', :'join'::jsonb || '{"class": "TOASTER"}', :'e2'), '^BB003 class: expected one of CHARGER, DISPLAY, ', 'a class');
select is(t.ask(:'bob', 'HAN_JOIN', :'join'::jsonb || '{"label": "a\nb"}', :'e2'), 'BB003 label: expected 1 to 40 characters, without line ends', 'a name');
select is(t.ask(:'bob', 'HAN_JOIN', :'join'::jsonb || '{"more": 1}', :'e2'), 'BB003 args: HAN_JOIN takes no "more"', 'nothing else');
select is(t.ask(:'bob', 'HAN_JOIN', :'join', :'e2'), 'BB004 a device with that address has joined already, or is about to', 'a device is in one place');
select is(t.ask(:'csp', 'HAN_PRICE', '{"mills_per_kwh": -1, "minutes": 5}', :'e1'), 'BB003 mills_per_kwh: expected a number from 0 to 100000', 'a number');
select is(t.ask(:'csp', 'HAN_TEXT', jsonb_build_object('text', x.text), :'e1'), 'BB003 text: expected 1 to 200 characters, without line ends', x.is_what)
from (values (repeat('x', 201), 'not too long'), ('', 'nor empty'), ('  ', 'nor blank'), (E'a\x1bb', 'nor with control characters'),
	(U&'a\202Eb', 'nor with what turns a line round')) x (text, is_what);
select is(t.ask(:'csp', 'HAN_TEXT', '{"text": "x", "device": 999}', :'e1'), 'BB003 device: there is no such device that has joined there', 'a device that is there');
select is(t.ask(:'csp', 'HAN_LOAD_CONTROL', '{"class": "THERMOSTAT", "minutes": 30, "duty_cycle": 50}', :'e1'), 'OK', 'load control');

-- the head end
select is(t.taken(:'tdu'), 3::int8, 'it takes all of it');
select (select min(command) from odr.command) as first \gset
select is((select args ->> 'install_code' from odr.command where command = :first), '83FED3407A939723A5C639B26916D505C3B5', 'with the code, and no blanks');
select is(t.answer(:'tdu', t.newest(), 'READY'), 'BB003 state: expected COMPLETED or FAILED', 'only what joins has a meter that is ready');
select is(t.answer(:'tdu', :first, 'COMPLETED', null, '99999LG'), 'BB003 the answer is of another meter', 'a wrong meter');
select is(t.answer(:'tdu', :first, 'COMPLETED', null, null, ops.now()), 'BB003 a read was not asked for', 'or a read');
select is(t.answer(:'tdu', :first, 'READY') || ' ' || t.state(:first), 'DONE READY READY', 'the meter is ready');
select is(t.answer(:'tdu', :first, 'READY') || ' ' || t.state(:first), 'AGAIN READY READY', 'twice is once');
select is(t.answer(:'tdu', :first, 'COMPLETED', null, '12345LG') || ' ' || t.state(:first), 'DONE COMPLETED JOINED', 'the device has joined');
select is(t.answer(:'tdu', :first, 'COMPLETED'), 'AGAIN', 'twice is once');
select is(t.answer(:'tdu', :first, 'READY'), 'AGAIN', 'and what comes late says nothing new');
select is((select args ? 'install_code' from odr.command where command = :first), false, 'the code is forgotten');
select is((select format('%s %s', ready_ms >= 0, took_ms >= ready_ms) from odr.asked(:'ann', :first, null, 1)), 't t', 'how long each took');
select is((select string_agg(kind, ' ' order by event) from audit.event where (detail ->> 'command')::int8 = :first), 'device.asked device.moved device.moved device.moved', 'all of it is on record');
select is((select count(*) from audit.event where kind like 'command.%'), 0::int8, 'not as reads');

-- what is seen
select is(odr.devices(:'ann', :'e1') -> 'items' -> 0 ->> 'mac', '000D6F0001234567', 'who lives there sees it');
select is(odr.devices(:'csp', :'e1') -> 'items' -> 0 ->> 'mac', '…4567', 'who has an agreement, a part');
select is(odr.devices(:'csp', :'e1') -> 'items' -> 0 ->> 'label', null, 'and not what it is called');
select throws_ok(format('select odr.devices(%L, %L)', :'bob', :'e1'), 'BB001', 'there is no such ESI ID for you', 'nobody else');
select throws_ok(format('select odr.devices(%L, %L)', :'bob', '10443720000099999'), 'BB001', 'there is no such ESI ID for you', 'in the same words');
update agreement.agreement set state = 'TERMINATED' where agreement = :services;
select is(t.ask(:'csp', 'HAN_TEXT', '{"text": "hello"}', :'e1'), 'BB001 there is no such ESI ID and meter for you', 'what ended gives nothing');

-- lost and late
select (select device from odr.device where state = 'JOINED') as device \gset
select is(t.ask(:'ann', 'HAN_REMOVE', jsonb_build_object('device', :device), :'e1'), 'OK', 'it may leave');
select is(t.state(t.newest()), 'PENDING LEAVING', 'is about to');
update odr.command set expires_at = clock_timestamp() where command = t.newest();
select is(odr.expire() || ' ' || t.state(t.newest()), '1 FAILED no-answer JOINED', 'if nobody answers it is there');
select is(t.answer(:'tdu', t.newest(), 'COMPLETED') || ' ' || t.state(t.newest()), 'LATE FAILED no-answer REMOVED', 'late it is gone: the list says what is so');
select is(t.ask(:'ann', 'HAN_JOIN', :'join', :'e1'), 'OK', 'it may come again');
select is(t.answer(:'tdu', t.newest(), 'FAILED', 'not-found') || ' ' || t.state(t.newest()), 'DONE FAILED not-found FAILED', 'or not be found');

-- between asking and giving: what nobody may ask for any more does not reach a meter
create function t.given(who bytea) returns text language sql as $$
	select t.taken(who) || ' ' || t.state(t.newest()) $$;
create function t.told(who bytea, esiid text) returns text language plpgsql as $$
begin
	delete from odr.meter_lock;
	update odr.command set real_asked_at = real_asked_at - interval '2 hours' where real_asked_at > clock_timestamp() - interval '1 hour';
	return t.ask(who, 'HAN_TEXT', '{"text": "hello"}', esiid);
end $$;
select t.agree('csp1', 'DEVICE_SERVICES', :'e1') as later \gset
select is(t.told(:'csp', :'e1') || ' ' || t.given(:'tdu'), 'OK 1 TAKEN', 'under an agreement it is given');
select is(t.told(:'csp', :'e1'), 'OK', 'one more');
update agreement.agreement set state = 'TERMINATED' where agreement = :later;
select is(t.given(:'tdu'), '0 FAILED not-allowed', 'of one that ended meanwhile it is not');
select is((select detail ->> 'event' from audit.event where kind = 'device.moved' order by event desc limit 1), 'withdraw', 'which is on record');
select is(t.answer(:'tdu', t.newest(), 'COMPLETED') || ' ' || t.state(t.newest()), 'LATE FAILED not-allowed', 'an answer does not undo it');
select is(left(t.answer(:'tdu', t.newest() - 1, 'FAILED', 'not-allowed'), 24), 'BB003 reason: expected o', 'and it is not the utility''s to say');
update agreement.agreement set state = 'ACTIVE' where agreement = :later;
select is(t.told(:'csp', :'e1'), 'OK', 'one more');
update agreement.agreement set ends_at = ops.now() where agreement = :later;
select is(t.given(:'tdu'), '0 FAILED not-allowed', 'nor of one that ran out');
update agreement.agreement set ends_at = ops.now() + interval '1 year' where agreement = :later;
select is(t.told(:'csp', :'e1'), 'OK', 'one more');
update party.csp set state = 'SUSPENDED' where party = (select party from party.party where code = 'csp1');
select is(t.given(:'tdu'), '0 FAILED not-allowed', 'nor of who is suspended');
update party.csp set state = 'ACTIVE' where party = (select party from party.party where code = 'csp1');
select is(t.told(:'csp', :'e1'), 'OK', 'one more');
select odr.han_set(:'e1', false, 'op');
select is(t.given(:'tdu'), '0 FAILED not-allowed', 'nor to a meter that is switched off');
select odr.han_set(:'e1', true, 'op');
select is(t.told(:'csp', :'e1') || ' ' || t.given(:'tdu'), 'OK 1 TAKEN', 'one that was given');
update agreement.agreement set state = 'TERMINATED' where agreement = :later;
update odr.command set taken_until = clock_timestamp() where state = 'TAKEN';
select is(t.given(:'tdu'), '0 FAILED not-allowed', 'is not given again');

-- the clock
select is(t.ask(:'ann', 'HAN_JOIN', :'join', :'e1'), 'OK', 'one is to join');
select t.newest() as first \gset
select is(t.taken(:'tdu'), 1::int8, '(it is given)');
select is(t.answer(:'tdu', :first, 'READY') || ' ' || t.taken(:'tdu'), 'DONE 0', 'a meter that is ready is not given at once');
update odr.command set taken_until = clock_timestamp() where command = :first;
select is((select again::text from odr.take(:'tdu', 10) where command = :first), 'true', 'but when its head end is not heard of');
update odr.command set expires_at = clock_timestamp() where command = :first;
select is(t.answer(:'tdu', :first, 'COMPLETED') || ' ' || t.state(:first), 'LATE FAILED no-answer JOINED', 'too late is too late, though nobody looked meanwhile');

-- a device that is to leave before it came
select (select device from odr.command where command = :first) as device \gset
update odr.device set state = 'FAILED', joined_at = null where device = :device;
select is(t.ask(:'ann', 'HAN_JOIN', :'join', :'e1') || t.answer(:'tdu', t.newest(), 'READY'), 'OKDONE', 'the meter waits');
select t.newest() as first \gset
select is(t.answer(:'tdu', :first - 1, 'COMPLETED'), 'LATE', 'what an older join says later');
select is((select count(*) from odr.device where mac = '000D6F0001234567' and state in ('READY', 'JOINED')), 1::int8, 'makes one device not two');
select is(t.ask(:'ann', 'HAN_REMOVE', jsonb_build_object('device', (select device from odr.command where command = :first)), :'e1'), 'OK', 'it is to leave');
select is(t.answer(:'tdu', :first, 'FAILED', 'not-found') || ' ' || t.state(:first), 'DONE FAILED not-found FAILED', 'it never came');
select is(t.answer(:'tdu', t.newest(), 'FAILED', 'not-found') || ' ' || t.state(t.newest()), 'DONE FAILED not-found FAILED', 'and is not there because it could not leave');
select t.agree('csp2', 'DEVICE', :'e1') as removes \gset
update odr.command set real_asked_at = real_asked_at - interval '2 hours';

-- who moves out before the head end comes
select is(t.ask(:'ann', 'HAN_JOIN', :'join'::jsonb || '{"mac": "000D6F0001234568"}', :'e1'), 'OK', 'one more is to join');
savepoint lives;
update premise.occupancy set during = daterange(lower(during), (ops.now() at time zone 'America/Chicago')::date) where premise = t.p(:'e1');
select is(t.given(:'tdu'), '0 FAILED not-allowed FAILED', 'but not when who asked has moved out');
rollback to lives;
select t.answer(:'tdu', t.newest(), 'FAILED', 'not-found');

-- who moves out
select is(t.ask(:'ann', 'HAN_JOIN', :'join', :'e1') || t.answer(:'tdu', t.newest(), 'COMPLETED'), 'OKDONE', 'one has joined');
select is(t.ask(:'csp2', 'HAN_REMOVE', jsonb_build_object('device', (select device from odr.device where state = 'JOINED')), :'e1'),
	'BB002 a third party removes only what it had join', 'which is not another''s to remove');
update premise.occupancy set during = daterange(lower(during), (ops.now() at time zone 'America/Chicago')::date) where premise = t.p(:'e1');
select is(odr.expire() || ' ' || t.state(t.newest()), '1 PENDING LEAVING', 'devices of who moved out are about to leave');
select is((select class from odr.command where command = t.newest()), 'HUB', 'the hub asks for it');
select is((select count(*) from odr.take(:'tdu', 10) where kind = 'HAN_REMOVE'), 1::int8, 'which the head end is told');
select is(t.answer(:'tdu', t.newest(), 'FAILED', 'not-found') || ' ' || odr.expire(), 'DONE 0', 'what it cannot do it is not told again at once');
update odr.command set real_asked_at = real_asked_at - interval '1 hour' where class = 'HUB';
select is(odr.expire(), 1, 'but later');
select * from finish();
rollback;
