begin;
\ir lib/fixture.psql
select plan(37);

-- What argon2id would make of a password is its SHA-256 here.
create function t.in(who text, password text, from_address text default '192.0.2.1') returns bytea
language sql as $$
	select handle from delivery.login(who, sha256(password::bytea), 'FTPS', from_address)
$$;
create function t.token(word text) returns bytea language sql as $$
	select handle from delivery.login_token(sha256(word::bytea), 'HTTPS', '192.0.2.1')
$$;
create function t.own(h bytea) returns text language sql as $$
	select string_agg(kind || ' ' || label || case when here then ' here' else '' end, ', ' order by credential)
	from delivery.own_credentials(h)
$$;
select delivery.account_add('rep1', 'rep1') as rep1_box, delivery.account_add('rep1', 'rep1-b') as other_box,
	delivery.account_add('csp1', 'csp1') as csp1_box \gset
select delivery.credential_add('rep1', 'PASSWORD', 'old', delivery.salt('rep1'), sha256(sha256('old'))) as old,
	delivery.credential_add('rep1-b', 'PASSWORD', 'b', delivery.salt('rep1-b'), sha256(sha256('b'))) as b,
	delivery.credential_add('csp1', 'TOKEN', 't', null, sha256('t')) as csp1_token \gset
select t.in('rep1', 'old') as h, t.in('rep1-b', 'b') as hb, t.token('t') as ht \gset

-- one's own and nothing else
select results_eq(format('select login, salt = delivery.salt(''rep1'') from delivery.own_account(%L)', :'h'),
	$$ values ('rep1', true) $$, 'whose session it is');
select is(t.own(:'h'), 'PASSWORD old here', 'one''s own');
select is(t.own(:'hb'), 'PASSWORD b here', 'not those of another account of the same party');
select throws_ok($$ select * from delivery.own_credentials(sha256('x')) $$, 'BB002', 'the session has ended',
	'nothing without a session');
select throws_ok($$ select * from delivery.own_account(sha256('x')) $$, 'BB002', null, 'not the salt');
select throws_ok($$ select delivery.own_credential_add(sha256('x'), 'TOKEN', 'x', null, sha256('x'), null) $$, 'BB002',
	null, 'nor can one be added');
select throws_ok(format($$ select delivery.own_credential_end(sha256('x'), %s) $$, :old), 'BB002', null, 'or ended');
select throws_ok(format($$ select delivery.own_credential_end(%L, %s) $$, :'h', :b), 'BB001',
	format('there is no credential %s that is still valid', :b), 'nor one of another account');
select throws_ok(format($$ select delivery.own_credential_end(%L, %s) $$, :'hb', :csp1_token), 'BB001', null,
	'nor of another party');
select is(t.own(:'ht'), 'TOKEN t here', 'where it stays');

-- the old one cannot end before a new one has opened the door
select throws_ok(format($$ select delivery.own_credential_end(%L, %s) $$, :'h', :old), 'BB004',
	'this session was opened with that credential: log in with another one first, so that it is known to work',
	'the only one does not end');
select delivery.own_credential_add(:'h', 'password', 'new', delivery.salt('rep1'), sha256(sha256('new')), null) as new \gset
select is(t.own(:'h'), 'PASSWORD old here, PASSWORD new', 'a new one beside it');
select results_eq($$ select kind, actor, party, detail from audit.event order by event desc limit 1 $$,
	format($$ values ('credential.added', 'rep1', %s, '{"account": %s, "credential": %s, "kind": "PASSWORD", "label": "new"}'::jsonb) $$,
	:rep1, :rep1_box, :new), 'is on record as made by its owner');
select throws_ok(format($$ select delivery.own_credential_end(%L, %s) $$, :'h', :old), 'BB004', null,
	'one that nobody has used yet is not known to work');
select throws_ok(format($$ select delivery.own_credential_add(%L, 'PASSWORD', 'new', delivery.salt('rep1'), sha256('x'), null) $$,
	:'h'), 'BB005', 'there is a PASSWORD "new" already', 'a label is there once');
select t.in('rep1', 'new') as h2 \gset
select is(t.own(:'h2'), 'PASSWORD old, PASSWORD new here', 'it opens the account');
select lives_ok(format($$ select delivery.own_credential_end(%L, %s) $$, :'h2', :old), 'now the old one ends');
select results_eq($$ select kind, actor, party, detail from audit.event order by event desc limit 1 $$,
	format($$ values ('credential.ended', 'rep1', %s, '{"kind": "PASSWORD", "credential": %s}'::jsonb) $$, :rep1, :old),
	'on record');
select throws_ok(format('select * from delivery.own_credentials(%L)', :'h'), 'BB002', null,
	'with the sessions that it opened');
select is(t.in('rep1', 'old'), null, 'and opens none any more');
select throws_ok(format($$ select delivery.own_credential_end(%L, %s) $$, :'h2', :old), 'BB001', null, 'once');
select is(t.own(:'h2'), 'PASSWORD new here', 'what has ended is not listed');

-- the one in use may end when another works
select delivery.own_credential_add(:'h2', 'TOKEN', 'tok', null, sha256('tok'), clock_timestamp() + interval '1 day') as tok \gset
select t.token('tok') as h3 \gset
update delivery.credential set expires_at = clock_timestamp() where credential = :tok;
select throws_ok(format($$ select delivery.own_credential_end(%L, %s) $$, :'h2', :new), 'BB004', null,
	'one that has run out does not count');
select is(t.own(:'h2'), 'PASSWORD new here, TOKEN tok', 'but is listed');
update delivery.credential set expires_at = null where credential = :tok;
select lives_ok(format($$ select delivery.own_credential_end(%L, %s) $$, :'h2', :new), 'one that works does');
select throws_ok(format('select * from delivery.own_credentials(%L)', :'h2'), 'BB002', null, 'this session is over');
select is(t.own(:'h3'), 'TOKEN tok here', 'the other goes on');

-- what is no credential
select throws_ok(format($$ select delivery.own_credential_add(%L, 'PASSWORD', 'x', delivery.salt('rep1-b'), sha256('x'), null) $$,
	:'h3'), 'BB003', 'the password was not derived with the salt of its login', 'a salt of another login');
select throws_ok(format($$ select delivery.own_credential_add(%L, 'TOKEN', 'x', null, sha256('t'), null) $$, :'h3'), 'BB005',
	null, 'a token that opens an account already');
select throws_ok(format($$ select delivery.own_credential_add(%L, 'TOKEN', '', null, sha256('x'), null) $$, :'h3'), 'BB003',
	null, 'one without a label');
select throws_ok(format($$ select delivery.own_credential_add(%L, 'TOKEN', 'x', null, sha256('x'), '2020-01-01') $$, :'h3'),
	'BB003', 'the end lies behind us', 'one that has run out');
select delivery.own_credential_add(:'h3', 'SSH_KEY', 'k' || n, null, sha256(n::text::bytea), null)
from generate_series(1, 19) n;
select throws_ok(format($$ select delivery.own_credential_add(%L, 'SSH_KEY', 'k', null, sha256('k'), null) $$, :'h3'),
	'BB004', 'the account has 20 credentials: end one that is not used any more', 'twenty are enough');

-- networks
select delivery.account_set('rep1-b', null, null, null, null, '{192.0.2.0/24,2001:db8::/32}');
select is(t.own(:'hb'), 'PASSWORD b here', 'who is inside from an allowed network stays');
select is((select count(t.in('rep1-b', 'b', a)) from unnest(array['192.0.2.7', '2001:db8:9::1']) a), 2::int8,
	'they open to a good password');
select is((select string_agg(result, ',') from unnest(array['192.0.3.7', '2001:db9::1']) a,
	delivery.login('rep1-b', sha256('b'), 'FTPS', a)), 'WRONG,WRONG', 'others do not, in the words of a wrong one');
select delivery.account_set('rep1-b', null, null, null, null, '{198.51.100.0/24}');
select throws_ok(format('select * from delivery.own_credentials(%L)', :'hb'), 'BB002', null,
	'who is inside from a network that is taken away is out');
select delivery.account_close('csp1');
select throws_ok(format('select * from delivery.own_credentials(%L)', :'ht'), 'BB002', null,
	'nothing of a closed account');

select * from finish();
rollback;
