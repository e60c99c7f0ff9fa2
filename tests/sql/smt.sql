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

-- which organisation
update party.rep set duns = '007924772' where party = (select party from party.party where code = 'rep1');
select results_eq(format($$ select smt.is_duns(%L, d) from (values ('007924772'), (' 7924772 '), ('7924772000'), ('1039940674000'), ('')) x (d) $$,
	:'token'), $$ values (true), (true), (false), (false), (false) $$, 'its own number, with its zeros or without; no other');
select ok(smt.is_duns(:'csp', '123456789'), 'of who has none on file nobody can tell');

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

-- reports: so many of a row on one day
create function t.order(shown bytea, kind text, esiids text[], from_day date, to_day date, delivery text default 'FTP')
returns text language sql as $$
	select r.result || case when r.report >= 100000001 then ' ' || (r.report - 100000000)::text else '' end
	from smt.report_add(shown, kind, esiids, from_day, to_day, delivery, 'SMT_CSV', 't') r
$$;
select throws_ok(format($$ select t.order(%L, 'interval', array[%L], '2026-01-01', '2026-01-01') $$, :'token', :'e2'), 'BB001', null,
	'nothing of somebody else''s');
select is(t.order(:'token', 'interval', array[:'e1'], '2026-01-01', '2026-01-01', 'EML'), 'NO_DELIVERY', 'no mailbox is known of a retailer');
select is(string_agg(t.order(:'token', 'interval', array[:'e1'], '2026-01-01', '2026-12-31'), ' ' order by i), 'OK 1 OK 2 OK 3 OK 4 OK 5 OK 6 '
	'OK 7 OK 8 OK 9 OK 10 OK 11 OK 12 OK 13 OK 14 OK 15 OK 16 OK 17 OK 18 OK 19 OK 20 DAY_USED', 'twenty of them')
from generate_series(1, 21) i;
select is((select count(*) from delivery.drop where state = 'DUE'), 20::int8, 'each is a drop that waits to be made');
update smt.report set day = day - 1;
select is(t.order(:'token', 'interval', array[:'e1'], '2026-01-01', '2026-12-31'), 'OK 21', 'another day, another twenty');
select results_eq(format($$ select state, kind, delivery from smt.report_state(%L, 'rep-one', 100000021) $$, :'token'),
	$$ values ('PEN', 'interval', 'FTP') $$, 'it is being made');
select is((select count(*) from smt.report_state(:'csp', 'csp-one', 100000021)), 0::int8, 'of which others know nothing');
select throws_ok(format('select smt.report_open(%L, 100000021, null)', :'token'), 'BB001', null, 'no file yet');
select throws_ok($$ select smt.report_open(null, null, sha256('guess')) $$, 'BB001', null, 'nor by a link that nobody was sent');
select results_eq('select looked, made from delivery.schedule_due()', 'values (0, 0)', 'the scheduler makes nothing of them');
select * from finish();
