-- People of organisations at the portal: whom they act for, and what their role lets them.
begin;
\ir lib/fixture.psql
\ir lib/agreement.psql
select no_plan();

create function t.person(code text, role text, login text) returns int4 language plpgsql as $$
declare
	made int4 := party.person_add(code, role, '\x01', '\x02', '\x03', t.box(login), 'tester', login);
begin
	perform delivery.credential_add(login, 'password', 'one', delivery.salt(login), sha256(convert_to(login, 'UTF8')));
	return made;
end $$;
create function t.in_as(login text, index bytea default null) returns text language sql as $$
	select result from portal.sign_in(login, index, convert_to(login, 'UTF8'), sha256(login::bytea), sha256(''), '192.0.2.1', 'Browser 1.0')
$$;
create function t.shown(login text) returns bytea language sql as $$ select sha256(login::bytea) $$;

select delivery.account_add('csp1', 'csp1');
select t.person('csp1', 'admin', 'ada') as ada, t.person('csp1', 'member', 'max') as max, t.person('csp1', 'reader', 'rea') as rea \gset
select t.person('operator', 'admin', 'ops') as ops \gset

-- ---- in ----

select is(t.in_as('ada'), 'OPEN', 'a person signs in by its name');
select is((select result from portal.sign_in('x', t.box('max'), 'max', t.shown('max'), sha256(''), '192.0.2.1', '')), 'OPEN', 'and by its mailbox');
select is(t.in_as('rea'), 'OPEN', 'a reader too');
select is(t.in_as('ops'), 'OPEN', 'and the hub''s own');
select results_eq($$ select kind, role, name, language from portal.me(t.shown('ada')) $$,
	$$ values ('CSP', 'ADMIN', 'Third Party One', 'EN') $$, 'it is known for whom');
select is((select result from delivery.login('ada', 'ada', 'HTTPS', '192.0.2.1')), 'WRONG', 'no other door opens: not the box by HTTPS');
select is((select result from delivery.login('ada', 'ada', 'FTPS', '192.0.2.1')), 'WRONG', 'nor by FTPS');
select is((select result from portal.login('ada', null, 'ada', '192.0.2.1')), 'WRONG', 'nor a customer''s consent');
select throws_ok($$ select delivery.credential_add('ada', 'token', 'one', null, sha256('x')) $$, 'BB003', null, 'and it has no token');

-- ---- whom for ----

select results_eq($$ select (w).class, (w).kind, (w).code, (w).login, (w).role from (select api.who(t.shown('ada')) as w) x $$,
	$$ values ('ACCOUNT', 'CSP', 'csp1', 'csp1', 'ADMIN') $$, 'to the API it is the organisation, with its box');
select results_eq($$ select (w).kind, (w).login, (w).role from (select api.who(t.shown('ops')) as w) x $$,
	$$ values ('OPERATOR', 'operator', 'ADMIN') $$, 'one that has no box goes by its code');
select throws_ok($$ select portal.shares(t.shown('ada')) $$, 'BB002', null, 'what is customers'' is not its');
select results_eq($$ select (w).person from (select portal.person_of(t.shown('max'), '{CSP}') as w) x $$, format('values (%s)', :max), 'by name');
select throws_ok($$ select portal.person_of(t.shown('ada'), '{TDU,REP}') $$, 'BB002', 'that is for a TDU or REP', 'of that kind alone');
select throws_ok($$ select portal.person_of(t.shown('nobody'), '{CSP}') $$, 'BB007', null, 'who is not signed in is nobody');

-- ---- what for ----

select lives_ok($$ select portal.person_of(t.shown('ada'), '{CSP}', 'ADMIN') $$, 'an admin may what admins may');
select throws_ok($$ select portal.person_of(t.shown('max'), '{CSP}', 'ADMIN') $$, 'BB002', null, 'a member may not');
select lives_ok($$ select portal.person_of(t.shown('max'), '{CSP}', 'MEMBER') $$, 'but what members may');
select throws_ok($$ select portal.person_of(t.shown('rea'), '{CSP}', 'MEMBER') $$, 'BB002',
	'that takes the role MEMBER in your organisation; yours is READER', 'a reader may not');
select lives_ok($$ select portal.person_of(t.shown('rea'), '{CSP}') $$, 'but look');
select audit.record('tried.it', 'csp1', :csp1, null, '{"a": 1}') as event \gset
select is((select detail from audit.event where event = :event), jsonb_build_object('a', 1, 'by_person', :rea),
	'what is recorded tells who it was');

-- ---- the box ----

select handle as box from delivery.login_portal(t.shown('rea'), '192.0.2.1') \gset
select results_eq(format('select kind, login_name from delivery.login_portal(t.shown(''ada''), ''192.0.2.1'')'),
	$$ values ('CSP', 'csp1') $$, 'the box of the organisation opens');
select lives_ok(format('select delivery.list(%L::bytea, ''in'')', :'box'), 'and can be looked into');
select throws_ok($$ select delivery.login_portal(t.shown('ops'), '192.0.2.1') $$, 'BB002', null, 'who has none gets none');
select delivery.account_set('csp1', null, null, null, null, '{198.51.100.0/24}');
select throws_ok($$ select delivery.login_portal(t.shown('ada'), '192.0.2.1') $$, 'BB002', null, 'nor from a network that is not the box''s');
select delivery.account_set('csp1', null, null, null, null, '{}');
select portal.sign_out(t.shown('rea'));
select throws_ok(format('select * from delivery.list(%L::bytea, ''in'')', :'box'), 'BB002', null, 'it is shut with the session of the portal');

-- ---- out ----

select party.person_role(:max, 'reader', 'tester');
select is((select role from portal.me(t.shown('max'))), 'READER', 'another role holds at once');
select party.person_remove(:max, 'tester');
select is_empty($$ select * from portal.me(t.shown('max')) $$, 'who is removed is out at once');
select is(t.in_as('max'), 'WRONG', 'and does not come in again');
select results_eq($$ select here from portal.sessions(t.shown('ada')) $$, 'values (true)', 'where one is signed in is one''s own to see');
select portal.sign_out(t.shown('ada'));
select is_empty($$ select * from portal.me(t.shown('ada')) $$, 'and to end');

select * from finish();
rollback;
