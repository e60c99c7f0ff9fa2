-- The desks of operators and regulators at the portal: who sees them, what they do, and what two persons must want.
begin;
\ir lib/fixture.psql
\ir lib/agreement.psql
select no_plan();

create function t.person(code text, role text, login text) returns int4 language plpgsql as $$
declare
	made int4 := party.person_add(code, role, '\x01', '\x02', '\x03', t.box(login), 'tester', login);
begin
	perform delivery.credential_add(login, 'password', 'one', delivery.salt(login), sha256(convert_to(login, 'UTF8')));
	perform portal.sign_in(login, null, convert_to(login, 'UTF8'), sha256(login::bytea), sha256(''), '192.0.2.' || length(login), 'B');
	return made;
end $$;
create function t.shown(login text) returns bytea language sql as $$ select sha256(login::bytea) $$;
create function t.last(kinds text) returns text language sql as $$
	select kind || ' by ' || actor from audit.event where kind like kinds order by event desc limit 1
$$;
select t.at('2025-03-03 10:00');
select party.regulator_add('puct', 'Commission');
select t.person('operator', 'admin', 'olga'), t.person('operator', 'member', 'otto'), t.person('operator', 'reader', 'oren'),
	t.person('puct', 'admin', 'rita'), t.person('puct', 'member', 'ralf'), t.person('csp1', 'admin', 'carl');

-- ---- who ----

-- each list, thing and act, by whoever it is not for
create table t.desk as
select p.oid::regprocedure::text as call, p.proname as name, p.proname like 'act%' as acts,
	p.prosrc ~ '\{[A-Z,]*OPERATOR' or p.prosrc ~ 'job_do|look_of' as operator, p.prosrc ~ '\{[A-Z,]*REGULATOR' as regulator
from pg_proc p join pg_namespace n on n.oid = p.pronamespace
where n.nspname = 'portal' and p.proname ~ '^(desk|act)_' and p.pronargs = 3;
select cmp_ok((select count(*) from t.desk), '>=', 60::int8, 'there are desks');
create function t.call(name text, login text) returns text language plpgsql as $$
begin
	execute format('select count(*) from portal.%I(%L::bytea, ''1'', %s)', name, t.shown(login),
		case when name like 'act%' then '''{a,b,c,d,e,f,g}''::text[]' else 'null::int8' end);
	return 'OK';
exception when others then
	return case when sqlstate like 'BB%' then sqlstate else sqlstate || ' ' || sqlerrm end;
end $$;
select is(string_agg(name, ', '), null, 'a third party''s administrator gets none of them') from t.desk where t.call(name, 'carl') <> 'BB002';
select is(string_agg(name, ', '), null, 'nor who is not signed in') from t.desk where t.call(name, 'nobody') <> 'BB007';
select is(string_agg(name, ', '), null, 'a regulator gets none that is the operator''s') from t.desk
where not regulator and t.call(name, 'rita') <> 'BB002';
select is(string_agg(name, ', '), null, 'nor an operator the regulator''s') from t.desk where not operator and t.call(name, 'olga') <> 'BB002';
select is(string_agg(name, ', '), null, 'who may only read changes nothing') from t.desk where acts and operator and t.call(name, 'oren') <> 'BB002';
select is(string_agg(name || ': ' || said, ', '), null, 'all else works, or says why not in our words')
from (select d.name, t.call(d.name, case when d.operator then 'olga' else 'rita' end) as said from t.desk d where name <> 'act_announce') x
where said !~ '^(OK|BB00[1345])$';
select is(string_agg(name || ': ' || said, ', '), null, 'the regulator''s too')
from (select d.name, t.call(d.name, 'rita') as said from t.desk d where d.regulator) x where said !~ '^(OK|BB00[1345])$';

-- ---- two persons ----

select lives_ok($$ select portal.act_csp_suspend(t.shown('olga'), 'csp1', '{red flag e}') $$, 'one suspends at once');
select is((select c.state from party.csp c where c.party = :csp1), 'SUSPENDED', 'it is');
select is(t.last('csp.suspended'), 'csp.suspended by operator olga', 'on record by whom');
select is((select detail ->> 'by_person' from audit.event where kind = 'csp.suspended'),
	(select person::text from delivery.account where login = 'olga'), 'with the person''s number');
select throws_ok($$ select portal.act_csp_resume(t.shown('oren'), 'csp1', '{settled}') $$, 'BB002', null, 'a reader asks for nothing');
select lives_ok($$ select portal.act_csp_resume(t.shown('olga'), 'csp1', '{settled}') $$, 'one asks to lift it');
select is((select may from portal.desk_csp(t.shown('otto'), 'csp1', null)), 'revoke', 'once');
select approval as a from ops.approval where state = 'ASKED' \gset
select is((select may from portal.desk_approval(t.shown('olga'), :'a', null)), 'refuse', 'who asked sees no button for it');
select throws_ok(format('select portal.act_approval_confirm(t.shown(''olga''), %L, ''{}'')', :'a'), 'BB002', null, 'and cannot confirm');
select throws_ok(format('select portal.act_approval_confirm(t.shown(''rita''), %L, ''{}'')', :'a'), 'BB002',
	'"csp.resume" is not for a person of the regulator', 'nor can the regulator');
select is_empty($$ select * from portal.desk_approvals(t.shown('rita'), null, null) $$, 'who does not see it');
select is((select may from portal.desk_approval(t.shown('otto'), :'a', null)), 'confirm,refuse', 'another sees it');
select lives_ok(format('select portal.act_approval_confirm(t.shown(''otto''), %L, ''{}'')', :'a'), 'and confirms');
select is((select c.state from party.csp c where c.party = :csp1), 'ACTIVE', 'it resumes');
select is(t.last('csp.resumed'), 'csp.resumed by operator olga and operator otto', 'by both');
select throws_ok($$ select portal.act_csp_revoke(t.shown('otto'), 'csp2', '{" "}') $$, 'BB003', null, 'an end for good needs a reason');
select lives_ok($$ select portal.act_csp_revoke(t.shown('otto'), 'csp2', '{flag a upheld}') $$, 'and is asked for');
select is((select c.state from party.csp c where c.party = :csp2), 'ACTIVE', 'no more than that');
select ops.approval_confirm(approval, 'operator ann') is not null from ops.approval where state = 'ASKED';
select is((select c.state from party.csp c where c.party = :csp2), 'REVOKED', 'the command line is a second person, too');
select is((select detail ->> 'reason' from audit.event where kind = 'csp.revoked'), 'flag a upheld', 'with the reason');

-- ---- an order of the commission ----

select throws_ok($$ select portal.act_order(t.shown('rita'), 'csp1', '{52500,SUSPEND,2025-03-04,oncor,why}') $$, 'BB003', null,
	'notice was given on a day that has been');
select throws_ok($$ select portal.act_order(t.shown('rita'), 'csp1', '{52500,SUSPEND,2025-02-30,oncor,why}') $$, 'BB003', null, 'that there is');
select throws_ok($$ select portal.act_order(t.shown('rita'), 'csp1', '{52500,SUSPEND,2025-03-01,rep1,why}') $$, 'BB003', null, 'it directs utilities');
select throws_ok($$ select portal.act_order(t.shown('olga'), 'csp1', '{52500,SUSPEND,2025-03-01,oncor,why}') $$, 'BB002', null, 'it is no operator''s');
select lives_ok($$ select portal.act_order(t.shown('rita'), 'csp1', '{52500,SUSPEND,2025-03-01,"Oncor, centerpoint",after notice}') $$, 'one person asks');
select is((select count(*) from radar.commission_order), 0::int8, 'nothing is ordered yet');
select throws_ok($$ select ops.approval_confirm(approval, 'operator ann') from ops.approval where state = 'ASKED' $$, 'BB002', null, 'no operator confirms it');
select throws_ok($$ select portal.act_approval_confirm(t.shown('rita'), approval::text, '{}') from ops.approval where state = 'ASKED' $$, 'BB002', null,
	'nor who asked');
select lives_ok($$ select portal.act_approval_confirm(t.shown('ralf'), approval::text, '{}') from ops.approval where state = 'ASKED' $$,
	'another of the regulator does');
select results_eq($$ select docket, what, utilities, recorded_by, state from portal.desk_orders(t.shown('olga'), null, null) $$,
	$$ values ('52500', 'SUSPEND', 'centerpoint,oncor', 'regulator rita and regulator ralf', 'CARRIED_OUT') $$, 'it is recorded and carried out');
select is((select c.state from party.csp c where c.party = :csp1), 'SUSPENDED', 'the third party is suspended');
select throws_ok($$ select portal.act_csp_resume(t.shown('olga'), 'csp1', '{settled}') $$, 'BB002', null, 'two operators cannot lift that');
select is((select encode(evidence_sha256, 'hex') from radar.commission_order), (select encode(sha256(convert_to(detail::text, 'UTF8')), 'hex')
	from ops.approval where action = 'csp.order'), 'the digest is that of what was entered');

-- ---- a look at a customer ----

insert into party.holder (email_sealed, email_place, email_index, language, state, made_at, confirmed_at)
values ('\x01', '\x01', t.box('ann'), 'ES', 'CONFIRMED', ops.now(), ops.now()) returning holder as ann \gset
select party.holder_account(:ann), party.holder_login(:ann, 'ann', 'tester');
insert into party.holder_premise (holder, premise, customer, state, asked_at)
values (:ann, t.p(:'e1'), party.occupant_of(t.p(:'e1')), 'HELD', ops.now());
select delivery.credential_replace('ann', 'password', 'one', delivery.salt('ann'), sha256('ann'));
select portal.sign_in('ann', null, 'ann', t.shown('ann'), sha256(''), '192.0.2.9', 'B');
select throws_ok(format('select portal.act_look(t.shown(''olga''), null, array['' '', %L, ''''])', :'e1'), 'BB003', null, 'it needs a reason');
select throws_ok(format('select portal.act_look(t.shown(''oren''), null, array[''x'', %L, ''''])', :'e1'), 'BB002', null, 'and more than a reader');
select is((select count(*) from portal.look where reason <> 'a'), 0::int8, 'there was none');
select portal.act_look(t.shown('olga'), null, array['T-1', '', encode(t.box('ann'), 'hex')]) as look \gset
select results_eq(format('select esiid, state, account from portal.desk_look_premises(t.shown(''olga''), %L, null)', :'look'),
	format('values (%L, ''ACTIVE'', ''ACTIVE'')', :'e1'), 'by a mailbox: the homes of its account');
select throws_ok(format('select * from portal.desk_look(t.shown(''otto''), %L, null)', :'look'), 'BB001', null, 'another sees nothing by it');
select results_eq($$ select who, part, door, times, reason, masked from portal.reads(t.shown('ann')) $$,
	$$ values (null::text, 'OPERATOR', 'look', 1::int8, 'T-1', '…0001') $$, 'the customer sees it, without a name');
select is(t.last('customer.looked'), 'customer.looked by operator olga', 'it is on record');
update portal.look set at = at - interval '31 min';
select throws_ok(format('select * from portal.desk_look(t.shown(''olga''), %L, null)', :'look'), 'BB001', null, 'after half an hour it is over');
select portal.act_look(t.shown('olga'), null, array['T-2', '10443720000000099', '']) as look \gset
select is_empty(format('select * from portal.desk_look_premises(t.shown(''olga''), %L, null)', :'look'), 'of nobody nothing is found');
select is((select detail ->> 'found' from audit.event where kind = 'customer.searched' order by event desc limit 1), '0', 'that is on record as well');

-- ---- a case of the regulator's ----

select party as puct from party.party where code = 'puct' \gset
select t.load('oncor') as l \gset
select reads.ensure_days('{2025-02-10}');
select t.day(:l, n, esiid, '2025-02-10', '2025-02-11') from (values (1, :'e1'), (2, :'e2'), (3, :'e3')) v (n, esiid);
select t.done(:l);
create function t.open(login text, esiids text[], first date default '2025-02-10', last date default '2025-02-10') returns text language plpgsql as $$
begin
	return (select format('%s %s', premises, (select count(*) from api.release_rows(t.shown(login), number)))
		from api.release_open(t.shown(login), esiids, 'interval', first, last, null, null, null, false, 'v1'));
exception when others then
	return sqlstate;
end $$;
select is(t.open('rita', array[:'e1']), 'BB001', 'without a case a regulator sees no read');
select throws_ok(format('select portal.act_case(t.shown(''rita''), null, array[''52500'', ''2025-02-01'', ''2025-02-28'', ''30'', %L, '''', '' ''])', :'e1'),
	'BB003', null, 'to ask for one needs a reason');
select throws_ok(format('select portal.act_case(t.shown(''rita''), null, array[''52500'', ''2025-02-01'', ''2025-02-28'', ''91'', %L, '''', ''why''])', :'e1'),
	'BB003', 'a case is open for 1 to 90 days', 'it ends');
select throws_ok($$ select portal.act_case(t.shown('rita'), null, '{52500,2025-02-01,2025-02-28,30,10443720000000999,"",why}') $$,
	'BB003', null, 'of homes that there are');
select throws_ok($$ select portal.act_case(t.shown('rita'), null, '{52500,2025-02-01,2025-02-28,30,"","",why}') $$, 'BB003', null, 'of some');
select throws_ok(format('select portal.act_case(t.shown(''olga''), null, array[''52500'', ''2025-02-01'', ''2025-02-28'', ''30'', %L, '''', ''why''])', :'e1'),
	'BB002', null, 'no operator asks');
select portal.act_case(t.shown('rita'), null, array['52500', '2025-02-01', '2025-02-28', '30', :'e1' || ' ' || :'e3', '', 'estimates in a row']) as kase \gset
select is(t.open('rita', array[:'e1']), 'BB001', 'what is asked for is not granted');
select throws_ok($$ select portal.act_approval_confirm(t.shown('ralf'), approval::text, '{}') from ops.approval where action = 'case.open' $$, 'BB002', null,
	'another of the regulator''s does not grant it');
select is((select may from portal.desk_approval(t.shown('otto'), (select approval::text from ops.approval where action = 'case.open'), null)),
	'confirm,refuse', 'an operator may');
select lives_ok($$ select portal.act_approval_confirm(t.shown('otto'), approval::text, '{}') from ops.approval where action = 'case.open' $$, 'and does');
select is(t.last('case.granted'), 'case.granted by regulator rita and operator otto', 'two persons are on record');
select is((select state from portal.desk_case(t.shown('rita'), :'kase', null)), 'OPEN', 'it is open');
select is(t.open('rita', array[:'e1']), '1 1', 'now its reads are seen');
select is(t.open('ralf', array[:'e3']), '1 1', 'by any person of the regulator''s');
select is(t.open('rita', array[:'e2']), 'BB001', 'not of another home');
select is(t.open('rita', array[:'e1'], '2025-01-01', '2025-01-31'), 'BB001', 'nor of days outside of it');
select is(t.open('rita', null), 'BB001', 'nor all at once');
select is(t.open('rita', array[:'e1', :'e3']), 'BB001', 'nor several');
select is(t.open('olga', array[:'e1']), 'BB001', 'nor by an operator');
select throws_ok(format($$ select * from api.release_open(t.shown('rita'), array[%L], 'billing', '2025-02-10', '2025-02-10', null, null, null, false, 'v1') $$, :'e1'),
	'BB001', null, 'intervals alone');
select throws_ok(format($$ select odr.ask(t.shown('rita'), %L, '', 'ON_DEMAND_READ', '', 'v1') $$, :'e1'), 'BB001', null, 'no meter is asked');
select results_eq($$ select by, premise, door from portal.desk_case_looks(t.shown('olga'), (select max(inquiry)::text from reads.inquiry), null) $$,
	$$ values ('ralf', '…0003', 'v1'), ('rita', '…0001', 'v1') $$, 'each look is listed');
select results_eq($$ select who, part, door, reason, masked from portal.reads(t.shown('ann')) limit 1 $$,
	$$ values ('Commission', 'REGULATOR', 'v1', '52500', '…0001') $$, 'the customer sees it with the number of the case');
select is((select args - 'organisation' from mail.outbox where kind = 'regulator-look' and recipient_index = t.box('ann')),
	'{"case": "52500", "masked": "…0001", "first": "2025-02-10", "last": "2025-02-10"}', 'and a mail says it');
select is(t.open('rita', array[:'e1']), '1 1', 'another look');
select is((select count(*) from mail.outbox where kind = 'regulator-look'), 1::int8, 'is in the mail of that day');
select throws_ok(format('insert into reads.release (event, principal, premise, kind, from_day, to_day, versions, door) values (%s, %s, t.p(%L), ''interval'', '
	'''2025-02-10'', ''2025-02-10'', false, ''x'')', (select min(event) from audit.event), :puct, :'e1'), 'BB002', null,
	'a door that forgets the case opens nothing');
select number as n from api.release_open(t.shown('rita'), array[:'e1'], 'interval', '2025-02-10', '2025-02-10', null, null, null, false, 'v1') \gset
select t.at('2025-04-02 11:30');
select throws_ok(format('select * from api.release_rows(t.shown(''rita''), %s)', :n), 'BB001', null, 'it ends by itself, also between the two steps');
select is(t.open('rita', array[:'e1']), 'BB001', 'for good');
select is((select state from portal.desk_case(t.shown('rita'), :'kase', null)), 'OVER', 'and says so');
select throws_ok(format('select portal.act_case_end(t.shown(''olga''), %L, ''{}'')', :'kase'), 'BB004', null, 'what is over cannot be ended');
select t.at('2025-03-03 10:10');
-- by a mailbox: the homes of its account, on its days
select portal.act_case(t.shown('rita'), null, array['52501', '2023-01-01', '2025-02-28', '9', '', encode(t.box('nobody'), 'hex'), 'why']) as none \gset
select is_empty(format('select * from portal.desk_case_premises(t.shown(''rita''), %L, null)', :'none'), 'to ask by a mailbox tells nothing');
select throws_ok($$ select portal.act_approval_confirm(t.shown('otto'), max(approval)::text, '{}') from ops.approval $$, 'BB004', null, 'a case of nobody is not granted') ;
select portal.act_case(t.shown('rita'), null, array['52502', '2023-01-01', '2024-12-31', '9', '', encode(t.box('ann'), 'hex'), 'why']) as kase \gset
select is_empty(format('select * from portal.desk_case_premises(t.shown(''rita''), %L, null)', :'kase'), 'nor does one of somebody');
select is((select string_agg(esiid, ' ') from portal.desk_case_premises(t.shown('otto'), :'kase', null)), :'e1', 'whom the operator sees');
select portal.act_approval_confirm(t.shown('otto'), max(approval)::text, '{}') is not null from ops.approval;
select is(t.open('rita', array[:'e1'], '2024-02-01', '2024-02-28'), '1 0', 'the days that the customer lived there');
select is(t.open('rita', array[:'e1'], '2023-02-01', '2023-02-28'), 'BB001', 'and none before');
select lives_ok(format('select portal.act_case_end(t.shown(''otto''), %L, ''{}'')', :'kase'), 'an operator may end it');
select is(t.open('rita', array[:'e1'], '2024-02-01', '2024-02-28'), 'BB001', 'then nothing is seen');

-- ---- what everybody is told ----

create function t.in_hours(n int) returns text language sql as $$
	select to_char((clock_timestamp() + n * interval '1 hour') at time zone 'America/Chicago', 'YYYY-MM-DD"T"HH24:MI')
$$;
delete from ops.announcement;
select throws_ok($$ select portal.act_announce(t.shown('olga'), null, array['OUTAGE', t.in_hours(3), t.in_hours(2), 'A', '', 'B', '']) $$, 'BB003', null,
	'an outage ends behind its beginning');
select throws_ok($$ select portal.act_announce(t.shown('olga'), null, array['OUTAGE', 'soon', t.in_hours(2), 'A', '', 'B', '']) $$, 'BB003', null, 'at a time');
select portal.act_announce(t.shown('olga'), null, array['OUTAGE', t.in_hours(1), t.in_hours(2), 'Disks', 'Late.', 'Discos', '']) as n \gset
select results_eq($$ select kind, title_en, title_es, body_en, until > at from portal.announcements() $$,
	$$ values ('OUTAGE', 'Disks', 'Discos', 'Late.', true) $$, 'it is told');
select portal.act_announce(t.shown('olga'), null, array['NOTICE', t.in_hours(400), t.in_hours(401), 'Later', '', 'B', '']) is not null;
select is((select count(*) from portal.announcements()), 1::int8, 'not more than two weeks before');
select portal.act_announcement_end(t.shown('otto'), :'n', '{}') is not null;
select is_empty($$ select * from portal.announcements() $$, 'what was taken down is not told');
select throws_ok(format('select portal.act_announcement_end(t.shown(''otto''), %L, ''{}'')', :'n'), 'BB004', null, 'once');

-- ---- thresholds, limits, settings ----

select portal.act_threshold(t.shown('olga'), 'dwell', '{NOTE,5,"",48}') is not null;
select is((select concat_ws(' ', action, threshold, "least", window_h) from portal.desk_threshold(t.shown('otto'), 'dwell', null)), 'NOTE 5 0 48',
	'what is left empty stays');
select throws_ok($$ select portal.act_threshold(t.shown('olga'), 'dwell', '{"",-1,"",""}') $$, 'BB003', null, 'numbers are numbers');
select portal.act_limit(t.shown('olga'), null, '{csp2,reads,77}') is null;
select results_eq($$ select * from portal.desk_limits_own(t.shown('otto'), null, null) $$, $$ values ('csp2', 'READS', 77::int8) $$, 'a limit of its own');
select portal.act_limit(t.shown('olga'), null, '{csp2,READS,""}') is null;
select is_empty($$ select * from portal.desk_limits_own(t.shown('otto'), null, null) $$, 'and none again');
select throws_ok($$ select portal.act_setting(t.shown('otto'), 'portal.idle_min', '{20}') $$, 'BB002', null, 'settings are an administrator''s');
select portal.act_setting(t.shown('olga'), 'portal.idle_min', '{20}') is not null;
select is((select says || ' by ' || by from portal.desk_setting_past(t.shown('oren'), 'portal.idle_min', null)), '15 → 20 by operator olga', 'and on record');

-- ---- organizations ----

select throws_ok($$ select portal.act_party(t.shown('olga'), null, '{REP,watt,Watt,1,"","","",why}') $$, 'BB003', null, 'what would be refused is refused at once');
select throws_ok($$ select portal.act_party(t.shown('olga'), null, '{TDU,wires,Wires,"",123456789,1044/17,"",why}') $$, 'BB003', null, 'prefixes, too');
select throws_ok($$ select portal.act_party(t.shown('olga'), null, '{REP,watt,Watt,10777,"","","",""}') $$, 'BB003', null, 'it needs a reason');
select portal.act_party(t.shown('olga'), null, '{REP,watt,Watt,10777,"","","",why}') as n \gset
select portal.act_party(t.shown('olga'), null, '{TDU,wires,Wires,"","123456789, 987654321",1099999/17,"",why}') as n2 \gset
select is((select count(*) from party.party where code in ('watt', 'wires')), 0::int8, 'nothing is there before a second person wants it');
select throws_ok(format('select portal.act_approval_confirm(t.shown(''olga''), %L, ''{}'')', :'n'), 'BB002', null, 'which is another one');
select lives_ok(format('select portal.act_approval_confirm(t.shown(''otto''), %L, ''{}'')', x), 'then it is') from unnest(array[:'n', :'n2']) x;
select is((select string_agg(concat_ws(' ', kind, code, zone, certificate, duns), ', ' order by code) from party.list() where code in ('watt', 'wires')),
	'REP watt 10777, TDU wires America/Chicago 123456789,987654321', 'as it was typed');
select is(t.last('party.added'), 'party.added by operator olga and operator otto', 'by both');
create function t.first(who text, login text) returns text language plpgsql as $$
begin
	perform portal.act_party_person(t.shown(who), 'watt', array[login, '', '', '01', '02', '03', repeat('ab', 16), 'ES']);
	return 'OK';
exception when others then return sqlstate || ' ' || sqlerrm;
end $$;
select is((select may from portal.desk_party(t.shown('olga'), 'watt', null)), 'person,box', 'how it begins is an admin''s matter');
select is((select may from portal.desk_party(t.shown('otto'), 'watt', null)), null, 'and nobody else''s');
select is(t.first('otto', 'w1'), 'BB002 that takes the role ADMIN in your organisation; yours is MEMBER', 'the first person neither');
select is(t.first('olga', 'w1'), 'OK', 'one is invited');
select is(t.first('olga', 'w2'), 'BB004 it has people: its own admins add others', 'no operator makes itself another''s admin');
select is((select concat_ws(' ', x.role, x.language, a.login) from party.person x join delivery.account a on a.person = x.person
	join party.party p on p.party = x.party where p.code = 'watt'), 'ADMIN ES w1', 'as an admin');
select is((select kind from portal.desk_mails(t.shown('oren'), null, null) limit 1), 'mailed.person-invited', 'by a mail');
select is(portal.act_party_box(t.shown('olga'), 'watt', '{"","",watt}'), 'watt', 'its box');
select throws_ok($$ select portal.act_party_box(t.shown('olga'), 'watt', '{"","",watt2}') $$, 'BB004', null, 'is one');
select is((select may from portal.desk_party(t.shown('olga'), 'watt', null)), '', 'then it has begun');

-- ---- the regulator ----

select is((select n from portal.desk_watch(t.shown('rita'), null, null) where what = 'SUSPENDED_CSPS'), 1::int8, 'counts');
select is((select count(*) from portal.desk_audit(t.shown('rita'), 'order. csp1', null)), 2::int8, 'events are found by kind and party');
select is_empty($$ select * from portal.desk_audit(t.shown('rita'), 'order. csp2', null) $$, 'all that is looked for');
select is((select string_agg(distinct kind, ',') from portal.desk_audit(t.shown('rita'), 'reason=t-1', null)), 'customer.looked,customer.searched', 'by a detail');
select is((select premise from portal.desk_audit(t.shown('rita'), 'customer.looked', null) limit 1), '…0001', 'homes by four digits');
create function t.sought(key text) returns text language sql as $$
	select string_agg(concat_ws(' ', kind, party), ', ' order by id::int8) from portal.desk_audit(t.shown('rita'), key, null)
$$;
select is(t.sought('order. third csp1'), 'order.added Third Party One, order.carried_out Third Party One', 'a party by the beginning of its name, too; by which it stands there');
select is(t.sought(:'e3'), 'reads.released Commission', 'by a whole ESI ID');
select is(t.sought(:'e3' || ' reads.released ' || to_char(now() at time zone 'America/Chicago', 'YYYY-MM-DD')), 'reads.released Commission', 'and kind, and day');
select is(t.sought(:'e3' || ' case.'), null, 'all of it');
select is(t.sought('10443720000009999'), null, 'of nobody nothing');
select is(t.sought('no.such'), null, 'nor of no kind');
select is(t.sought('reads.released 2020-01-01..2020-12-31'), null, 'nor of other days');
select ok(t.sought('case.granted 2020-01-01..' || to_char(now() at time zone 'America/Chicago' + interval '1 day', 'YYYY-MM-DD')) like 'case.granted%', 'of a span of days');
select throws_ok($$ select * from portal.desk_audit(t.shown('rita'), '2025-02-30', null) $$, 'BB003', null, 'of days that there are');
-- a page goes on where the one before it ended, and each is there once, by whichever index
insert into audit.event (kind, actor, party, detail, recorded_at)
select 'many.one', 'x', :csp1, jsonb_build_object('n', n), clock_timestamp() - (n % 7) * interval '1 ms' from generate_series(1, 180) n;
create function t.pages(key text) returns text language plpgsql as $$
declare
	before int8;
	ids int8[] := '{}';
	page int8[];
begin
	loop
		page := array(select id::int8 from portal.desk_audit(t.shown('rita'), key, before));
		exit when page = '{}';
		ids := ids || page;
		before := page[cardinality(page)];
	end loop;
	return format('%s %s', cardinality(ids), (select count(distinct u) from unnest(ids) u));
end $$;
select is(t.pages('many.'), '180 180', 'all pages of a kind');
select is(t.pages('many. csp1'), '180 180', 'and of a party');
select is(t.pages('many. n=17'), '1 1', 'by a detail');
select is((select count(*) from portal.desk_audit(t.shown('rita'), 'csp1', null)), 50::int8, 'of a party alone');
select event as third, recorded_at as third_at from audit.event order by event offset 2 limit 1 \gset
select is(audit.event_at(:'third_at'), :third::int8, 'times and numbers');
select is(audit.event_at('2000-01-01'), (select min(event) from audit.event), 'before all');
select is(audit.event_at('2999-01-01'), (select max(event) + 1 from audit.event), 'behind all');
-- figures: of utilities that have begun, by their names, none of the sandbox
update party.tdu set sandbox = true where tdu.party = (select party from party.party where code = 'centerpoint');
select reads.rollup_add(k.load, '{2025-03-01}', '{2}', '{192}', '{0}', '{0}', '{0}', '{0}', '{1}', '{0}', '{0}')
from (select t.load('oncor') as load) k;
-- two of four are half of what was due; one of a day long before is no begin
select reads.rollup_add(k.load, '{2024-12-01}', '{1}', '{96}', '{0}', '{0}', '{0}', '{0}', '{1}', '{0}', '{0}')
from (select t.load('oncor') as load) k;
select is((select string_agg(distinct utility || ' ' || day, ', ') from portal.desk_scoreboard(t.shown('rita'), '2025-03-02', null)),
	'Oncor Electric 2025-03-01, Oncor Electric 2025-03-02', 'no day before the first one, no sandbox');
select * from finish();
rollback;
