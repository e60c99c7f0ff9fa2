-- The Smart Meter Texas family: who may log in how, what stands against a request.
begin;
\ir lib/fixture.psql
select no_plan();
select t.load('oncor') as load \gset
select t.premise(:load, 1, :'e1', '2020-01-01'), t.premise(:load, 2, :'e2', '2020-01-01');
select premise.load_premise(:load);
select t.rep(:load, 3, :'e1', '2020-01-01', '10001'), t.rep(:load, 4, :'e2', '2020-01-01', '10002');
select premise.load_rep(:load);
select t.done(:load);
select delivery.account_add('rep1', 'rep-one'), delivery.account_add('csp1', 'csp-one');
select party.regulator_add('puc', 'Commission');
select delivery.account_add('puc', 'puc-one');
create function t.enter(login text, kind text) returns bytea language plpgsql as $$
declare
	made int8 := delivery.credential_add(login, kind, 'test', case kind when 'PASSWORD' then delivery.salt(login) end,
		sha256(convert_to(login || kind, 'UTF8')));
begin
	return (select e.handle from delivery.enter(made, login, 'HTTPS', '192.0.2.1') e);
end $$;
select t.enter('rep-one', 'PASSWORD') as password, t.enter('rep-one', 'TOKEN') as token,
	t.enter('rep-one', 'CERTIFICATE') as certificate, t.enter('csp-one', 'TOKEN') as csp, t.enter('puc-one', 'TOKEN') as puc \gset

-- how
select is((select login from smt.who(:'token')), 'rep-one', 'a static token is one of ours');
select throws_ok(format('select smt.who(%L)', :'password'), 'BB002', 'the account does not log in here by password',
	'name and password with each request: not unless switched on');
select throws_ok(format('select smt.who(%L)', :'certificate'), 'BB002', 'the account does not log in here by certificate',
	'nor a certificate');
select smt.account_set('rep-one', true, null, 'tester');
select is((select login from smt.who(:'password')), 'rep-one', 'switched on');
select throws_ok(format('select smt.who(%L)', :'certificate'), 'BB002', null, 'each by itself');
select smt.account_set('rep-one', false, true, 'tester');
select throws_ok(format('select smt.who(%L)', :'password'), 'BB002', null, 'and off');
select is((select login from smt.who(:'certificate')), 'rep-one', 'the other way');
select throws_ok(format('select smt.who(%L)', :'puc'), 'BB002', 'that is not for a REGULATOR', 'regulators have no business here');
select throws_ok($$ select smt.who(sha256('nothing')) $$, 'BB007', null, 'nor has nobody');

-- a token for an hour
select results_eq(format($$ select extract(epoch from expires_at - issued_at)::int from smt.token(%L, sha256('made')) $$, :'password'),
	array[3600], 'a token of 3600 s, whatever is switched on');
select results_eq($$ select class, login from smt.who(sha256('made')) $$, $$ values ('SESSION', 'rep-one') $$, 'which is a login');
update api.token set expires_at = clock_timestamp() - interval '1 s';
select throws_ok($$ select smt.who(sha256('made')) $$, 'BB007', null, 'until it is over');

-- how much
select results_eq($$ select smt.share_of(e, d) from (values (1, 365), (1, 366), (1, 1), (10, 20), (10, 21), (11, 20), (50, 5), (51, 5),
	(51, 2), (100, 2), (101, 2), (200, 1), (201, 1), (2, 20), (2, 21)) x (e, d) $$,
	$$ values (3), (null), (3), (3), (null), (null), (3), (null), (6), (6), (null), (6), (null), (3), (null) $$,
	'a request fits one row of the table, at its edges');

-- what stands against it
select results_eq(format($$ select smt.against(%L, r, 'interval', e, '2026-01-01', d) from (values
	(1, 'rep-one', array[%L], '2026-01-31'::date), (2, 'REP-ONE', array[%L], '2026-12-31'), (3, 'rep-two', array[%L], '2026-01-31'),
	(4, 'rep-one', array[%L], '2027-01-01'), (5, 'rep-one', array[%L], '2026-01-01'), (6, 'rep-one', array['10443720000099999'], '2026-01-01'),
	(7, 'rep-one', array[%L, %L], '2026-01-01'), (8, '', array[%L], '2026-01-01')) x (n, r, e, d) order by n $$,
	:'token', :'e1', :'e1', :'e1', :'e1', :'e2', :'e1', :'e2', :'e1'),
	$$ values (null), (null), ('MISMATCH'), ('TOO_LARGE'), ('FOREIGN'), ('FOREIGN'), ('FOREIGN'), ('MISMATCH') $$,
	'nothing; or the first that does');
select is(smt.against(:'csp', 'csp-one', 'interval', array[:'e1'], '2026-01-01', '2026-01-01'), 'FOREIGN', 'a third party without agreement');
select is((select count(*) from smt.premises(:'token', array[:'e1', :'e2'])), 1::int8, 'premises: those that are one''s own');
select is((select count(*) from smt.premises(:'csp', array[:'e1', :'e2'])), 0::int8, 'or none');
select is((select count(*) from smt.mine(:'token', 10)), 0::int8, 'a list of one''s own is for customers');
select * from finish();
