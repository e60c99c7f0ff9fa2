begin;
\ir lib/fixture.psql
select plan(164);

-- What argon2id would make of a password is its SHA-256 here; logins come from 192.0.2.1.
create function t.enter(login text, password text, from_address text default '192.0.2.1')
returns text language sql as $$
	select result || ' ' || wait_s from delivery.login(login, sha256(password::bytea), 'FTPS', from_address)
$$;
-- how long the last failure makes it wait; then it does for an hour, however slow the test is
create function t.made_wait(of_login text) returns numeric language sql as $$
	with was as (select network, login, round(extract(epoch from until - last_at)) as s from delivery.guess
		where login = of_login and network = '192.0.2.0/24')
	update delivery.guess g set until = clock_timestamp() + interval '1 hour' from was
	where g.network = was.network and g.login = was.login
	returning was.s
$$;
create function t.box(who text) returns bytea language sql as $$
	select handle from delivery.login(who, sha256('right'), 'FTPS', '192.0.2.9')
$$;
create function t.put(h bytea, folder text, name text, bytes text, out entry int8, out ledger_file int8,
	out repeated bool) language sql as $$
	select e.* from delivery.put_begin(h, folder, name, false,
			coalesce((select part_name from delivery.part_find(h, folder, name)), '')) b,
		delivery.put_end(h, b.part, sha256(bytes::bytea), length(bytes)) e
$$;
create function t.names(h bytea, of_folder text) returns text language sql as $$
	select coalesce(string_agg(name, ' '), '') from delivery.list(h, of_folder)
$$;
create function t.ended(h bytea) returns text language plpgsql as $$
begin
	perform delivery.list(h, '');
	return 'open';
exception when sqlstate 'BB002' then
	return sqlerrm;
end $$;

-- accounts
select party.regulator_add('puct', 'Commission') as puct \gset
select delivery.account_add('oncor', 'Oncor') as oncor_box, delivery.account_add('oncor', 'oncor-2') as oncor2_box,
	delivery.account_add('centerpoint', 'cnp') as cnp_box, delivery.account_add('rep1', 'rep1') as rep1_box,
	delivery.account_add('csp1', 'csp1') as csp1_box, delivery.account_add('puct', 'puct') as puct_box \gset
select throws_ok($$ select delivery.account_add('nobody', 'x') $$, 'BB001', 'there is no party "nobody"',
	'an account belongs to a party');
select throws_ok($$ select delivery.account_add('rep1', 'ONCOR') $$, 'BB005', 'the login "ONCOR" is taken',
	'a login is given once, in any case');
select throws_ok(format($$ select delivery.account_add('rep1', %L) $$, n), 'BB003', null, 'no login: ' || what)
from (values ('', 'empty'), ('a b', 'blank'), ('.x', 'dot first'), (repeat('x', 65), 'too long')) v (n, what);
select throws_ok($$ select delivery.account_add('rep1', 'x', data_tls => 'NEVER') $$, 'BB003', null,
	'a choice that there is not');
select throws_ok($$ select delivery.account_add('rep1', 'x', networks => '{192.0.2.1/24}') $$, 'BB003',
	'expected networks such as 192.0.2.0/24 or 2001:db8::/32', 'a network has no bits of a host');
select throws_ok($$ select delivery.account_set('nobody', 1, null, null, null, null) $$, 'BB001',
	'there is no account "nobody"', 'no such account');
select delivery.account_set('rep1', 20, null, 7, null, '{198.51.100.0/24}');
select results_eq($$ select keep_days, quota_bytes, sessions_most, data_tls, networks, party_code, kind, files
	from delivery.accounts() where login = 'rep1' $$,
	$$ values (20, 21474836480, 7, 'REQUIRE', '198.51.100.0/24', 'rep1', 'REP', 0::int8) $$,
	'what is not given stays as it is');

-- salts
select is(length(delivery.salt('oncor')), 16, 'a salt has 16 bytes');
select is(delivery.salt('oncor'), delivery.salt('ONCOR'), 'a login has one salt');
select is(length(delivery.salt('nobody')), 16, 'one that does not exist has one of the same length');
select is(delivery.salt('nobody'), delivery.salt('nobody'), 'always the same');
select isnt(delivery.salt('nobody'), delivery.salt('nobody2'), 'and its own');

-- credentials
select delivery.credential_add('oncor', 'password', 'first', delivery.salt('oncor'), sha256(sha256('right'))) as pw1,
	delivery.credential_add('oncor', 'PASSWORD', 'next', delivery.salt('oncor'), sha256(sha256('other'))) as pw2,
	delivery.credential_add('oncor', 'CERTIFICATE', 'c', null, sha256('certificate')) as cert,
	delivery.credential_add('csp1', 'TOKEN', 't', null, sha256('token')) as token,
	delivery.credential_add('rep1', 'SSH_KEY', 'k', null, sha256('key')) as key \gset
select delivery.credential_add(l, 'PASSWORD', 'p', delivery.salt(l), sha256(sha256('right')))
from unnest(array['oncor-2', 'cnp', 'csp1', 'puct']) l;
select throws_ok($$ select delivery.credential_add('rep1', 'PASSWORD', 'p', delivery.salt('oncor'), sha256('x')) $$,
	'BB003', 'the password was not derived with the salt of its login', 'a password takes its login''s salt');
select throws_ok($$ select delivery.credential_add('oncor', 'SSH_KEY', 'k', null, sha256('key')) $$, 'BB005', null,
	'a key opens one account');
select throws_ok($$ select delivery.credential_add('oncor', 'TOKEN', 'k', null, 'short') $$, 'BB003', null,
	'a digest has 32 bytes');
select is((select string_agg(fingerprint, ',') from delivery.credentials('oncor')),
	',,' || encode(sha256('certificate'), 'hex'), 'nothing of a password is shown');

-- logins
select results_eq($$ select result, wait_s, length(handle), account, party_code, kind, login_name, data_tls
	from delivery.login('ONCOR', sha256('right'), 'FTPS', '192.0.2.1') $$,
	format($$ values ('OK', 0, 32, %s, 'oncor', 'TDU', 'oncor', 'REQUIRE') $$, :oncor_box), 'a good password');
select is(t.enter('oncor', 'other'), 'OK 0', 'another that is valid at the same time');
select results_eq($$ select result, handle, account, login_name from delivery.login('oncor', sha256('wrong'),
	'FTPS', '203.0.113.1') $$,
	$$ select result, handle, account, login_name from delivery.login('nobody', sha256('wrong'), 'FTPS', '203.0.113.1') $$,
	'a wrong password and a login that does not exist look the same');
select results_eq($$ select kind, actor, party, detail - 'from' - 'door' from audit.event order by event desc limit 1 $$,
	$$ values ('login.refused', '203.0.113.1', null::int4, '{}'::jsonb) $$,
	'a refusal is an audit event without a secret, nor a name that may be one');
select is((select string_agg(t.enter('oncor', 'wrong'), ',') from generate_series(1, 5)),
	'WRONG 0,WRONG 0,WRONG 0,WRONG 0,WRONG 0', 'five wrong passwords');
select is(t.made_wait('oncor'), 2::numeric, 'make it wait two seconds');
select matches(t.enter('oncor', 'right'), '^WAIT 3[56]', 'then even a good one waits');
select matches(t.enter('Oncor', 'right', '192.0.2.200'), '^WAIT 3[56]', 'from the whole network, in any case');
select is(t.enter('oncor', 'right', '192.0.3.1'), 'OK 0', 'not from another');
select is(t.enter('cnp', 'right'), 'OK 0', 'nor another login');
update delivery.guess set until = clock_timestamp() where login = 'oncor';
select is(t.enter('oncor', 'wrong'), 'WRONG 0', 'a sixth failure after the wait');
select is(t.made_wait('oncor'), 4::numeric, 'makes it wait twice as long');
update delivery.guess set until = clock_timestamp(), failures = 30 where login = 'oncor';
select is(t.enter('oncor', 'wrong') || ' ' || t.made_wait('oncor'), 'WRONG 0 600', 'ten minutes at most');
update delivery.guess set until = clock_timestamp() where login = 'oncor';
select is(t.enter('oncor', 'right'), 'OK 0', 'a good login');
select is_empty($$ select * from delivery.guess where login = 'oncor' and network = '192.0.2.0/24' $$, 'clears it');
update delivery.guess set failures = 19, last_at = clock_timestamp() where login = '' and network = '192.0.2.0/24';
select is(t.enter('nobody3', 'x') || ' ' || t.made_wait(''), 'WRONG 0 2', 'twenty failures make a network wait');
select matches(t.enter('cnp', 'right'), '^WAIT 3[56]', 'with every login');
delete from delivery.guess;
select is(t.enter('x', 'x', '2001:db8:1:2::1'), 'WRONG 0', 'IPv6');
select is((select max(network) from delivery.guess), '2001:db8:1:2::/64', 'counts 64 bits');
delete from delivery.guess;
select delivery.account_set('cnp', null, null, 1, null, '{}');
update delivery.session set ended_at = clock_timestamp();
select is(t.enter('cnp', 'right') || t.enter('cnp', 'right'), 'OK 0FULL 60', 'no more sessions than the account may have');
update delivery.session set seen_at = clock_timestamp() - interval '181 s' where ended_at is null;
select is(t.enter('cnp', 'right'), 'OK 0', 'one whose door was killed counts three minutes');
select t.box('cnp') as h \gset
select is(t.enter('cnp', 'right'), 'FULL 60', 'and one that is there counts');
update delivery.session set ended_at = clock_timestamp();
select t.box('cnp') as h \gset
update delivery.session set seen_at = clock_timestamp() - interval '181 s' where ended_at is null;
select delivery.beat('\x00'::bytea || substr(:'h'::bytea, 2) || :'h'::bytea);
select is(t.enter('cnp', 'right'), 'FULL 60', 'also when it only waits and its door says so');
update delivery.session set seen_at = clock_timestamp() - interval '181 s' where ended_at is null;
select is_empty('select * from delivery.sessions()', 'the list of sessions is of those that are there');
update delivery.session set ended_at = clock_timestamp();

select results_eq($$ select result, login_name from delivery.login_certificate(sha256('certificate'), '', 'FTPS', '192.0.2.1') $$,
	$$ values ('OK', 'oncor') $$, 'a certificate');
select is((select result from delivery.login_certificate(sha256('certificate'), 'cnp', 'FTPS', '192.0.2.1')), 'WRONG',
	'of another login');
delete from delivery.guess;
select is((select result from delivery.login_certificate(sha256('none'), 'cnp', 'FTPS', '192.0.2.1')), 'WRONG', 'unknown');
select is_empty($$ select * from delivery.guess $$, 'one that nobody knows is no guess');
select results_eq($$ select result, login_name from delivery.login_token(sha256('token'), 'HTTPS', '192.0.2.1') $$,
	$$ values ('OK', 'csp1') $$, 'a token');
select is((select result from delivery.login_token(sha256('certificate'), 'HTTPS', '192.0.2.1')), 'WRONG', 'no token');
select is((select actor from audit.event order by event desc limit 1), '192.0.2.1',
	'who shows no login is known by the address');

-- handles of one use; rep1 may come from 198.51.100.0/24 only
select handle as once from delivery.key_handle(sha256('key')) \gset
select is((select result from delivery.open_once(decode(:'once', 'hex'), '192.0.2.1')), 'WRONG', 'a network that is not allowed');
select handle as once from delivery.key_handle(sha256('key')) \gset
select results_eq(format($$ select result, login_name, length(session_handle) from delivery.open_once(%L, '198.51.100.7') $$,
	decode(:'once', 'hex')), $$ values ('OK', 'rep1', 32) $$, 'a handle opens a session');
select is((select result from delivery.open_once(decode(:'once', 'hex'), '198.51.100.7')), 'WRONG', 'once');
select handle as once from delivery.key_handle(sha256('key')) \gset
update delivery.once set made_at = clock_timestamp() - interval '121 s' where used_at is null;
select is((select result from delivery.open_once(decode(:'once', 'hex'), '198.51.100.7')), 'WRONG', 'within two minutes');
select handle as once from delivery.key_handle(sha256('key')) \gset
update delivery.once set made_at = clock_timestamp() - interval '115 s' where used_at is null;
select is((select result from delivery.open_once(decode(:'once', 'hex'), '198.51.100.7')), 'OK', 'and not less');
select is_empty($$ select * from delivery.key_handle(sha256('none')) $$, 'no handle for a key that nobody has');
delete from delivery.guess;

-- sessions end at the next call
select t.box('oncor') as h \gset
select delivery.session_end(:'h');
select is(t.ended(:'h'), 'the session has ended', 'a session that was ended');
select is(t.ended('\x00'), 'the session has ended', 'or never was');
select handle as h from delivery.login_certificate(sha256('certificate'), '', 'FTPS', '192.0.2.1') \gset
select is(t.ended(:'h'), 'open', 'a session');
update delivery.credential set expires_at = clock_timestamp() where credential = :cert;
select is(t.ended(:'h'), 'the session has ended', 'ends when its credential expires');
select is((select result from delivery.login_certificate(sha256('certificate'), '', 'FTPS', '192.0.2.1')), 'WRONG',
	'which opens nothing any more');
select handle as h from delivery.login_token(sha256('token'), 'HTTPS', '192.0.2.1') \gset
select delivery.credential_end(:token);
select is(t.ended(:'h'), 'the session has ended', 'and when it is taken back');
select is_empty($$ select * from delivery.sessions() where login = 'csp1' $$, 'and is not listed');
select throws_ok(format('select delivery.credential_end(%s)', :token), 'BB001', null, 'once');
select handle as once from delivery.key_handle(sha256('key')) \gset
select delivery.account_close('rep1');
select is((select result from delivery.open_once(decode(:'once', 'hex'), '198.51.100.7')), 'WRONG',
	'a closed account is not entered');
select is_empty($$ select * from delivery.key_handle(sha256('key')) $$, 'nor has its key a handle');
select is_empty($$ select * from delivery.sessions() where login = 'rep1' $$, 'nor a session');
select t.box('puct') as h \gset
update delivery.account set state = 'CLOSED' where login = 'puct';
select is(t.ended(:'h'), 'the session has ended', 'nor does one go on that is open');
update delivery.account set state = 'OPEN' where login = 'puct';
delete from delivery.guess;

-- folders
select t.box('oncor') as tdu, t.box('oncor-2') as tdu2, t.box('cnp') as cnp, t.box('csp1') as csp, t.box('puct') as puct \gset
select is(t.names(:'tdu', ''), 'ack in rejects reports test', 'folders of a utility');
select is(t.names(:'csp', ''), 'EnrollmentReports ack adhocusage daily greenbutton in test', 'of a third party');
select is(t.names(:'puct', ''), 'audit reports test', 'of the regulator');
select results_eq(format('select folder, name, can_put, can_remove from delivery.find(%L, ''in'', '''')', :'tdu'),
	$$ values (true, 'in', true, false) $$, 'a folder says what it takes');
select results_eq(format('select folder, name from delivery.find(%L, '''', '''')', :'tdu'), $$ values (true, '') $$, 'the root');
select is_empty(format('select * from delivery.find(%L, ''daily'', '''')', :'tdu'), 'another kind''s folder is not there');
select throws_ok(format('select * from delivery.list(%L, ''daily'')', :'tdu'), 'BB001', 'there is no such folder', 'nor has a list');

-- uploads
select throws_ok(format('select delivery.put_begin(%L, ''ack'', ''a'', false)', :'tdu'), 'BB002',
	'nothing can be put into ack', 'a folder that takes nothing');
select throws_ok(format('select delivery.put_begin(%L, ''none'', ''a'', false)', :'tdu'), 'BB001', null, 'one that is not there');
select throws_ok(format('select delivery.put_begin(%L, ''in'', %L, false)', :'tdu', n), 'BB003', null, 'no name: ' || what)
from (values ('', 'empty'), ('a/b', 'slash'), (E'a\nb', 'line feed'), ('..', 'parent'), (repeat('x', 201), 'too long'),
	(repeat('ä', 101), 'too many bytes')) v (n, what);
select throws_ok(format('select delivery.put_begin(%L, ''in'', ''a'', true)', :'tdu'), 'BB001',
	'there is no upload of that name to go on with', 'nothing to go on with');
select part as p1, part_name as n1 from delivery.put_begin(:'tdu', 'in', 'a.lse', false) \gset
select results_eq(format('select part, part_name, dropped from delivery.put_begin(%L, ''in'', ''a.lse'', true)', :'tdu'),
	format('values (%s::int8, %L, null)', :p1, :'n1'), 'it goes on');
select is((select part_name from delivery.part_find(:'tdu', 'in', 'a.lse')), :'n1', 'and is found');
select is_empty(format('select * from delivery.part_find(%L, ''in'', ''a.lse'')', :'tdu2'), 'by nobody else');
select is(t.names(:'tdu', 'in'), '', 'it is hidden');
select results_eq(format('select part, part_name, dropped from delivery.put_begin(%L, ''in'', ''a.lse'', false)', :'tdu'),
	format('values (0::int8, %L, null)', :'n1'), 'anew, it is in the way');
select results_eq(format('select part, part_name from delivery.put_begin(%L, ''in'', ''a.lse'', false, repeat(''0'', 32))', :'tdu'),
	format('values (0::int8, %L)', :'n1'), 'also of who names another one');
select part as p2, dropped from delivery.put_begin(:'tdu', 'in', 'a.lse', false, :'n1') \gset
select is(:'dropped'::text, :'n1', 'who names it gives it up');
select throws_ok(format('select delivery.put_end(%L, %s, sha256(''a''), 1)', :'tdu', :p1), 'BB001',
	'there is no such upload', 'and cannot end');
select throws_ok(format('select delivery.put_end(%L, %s, sha256(''a''), 1)', :'tdu2', :p2), 'BB001',
	'there is no such upload', 'nor can another account end it');
select entry as en1, ledger_file as f1, repeated from delivery.put_end(:'tdu', :p2, sha256('a'), 10) \gset
select is(:'repeated'::text, 'f', 'its bytes are new');
select results_eq(format('select party_code, name, size, door, actor, state from ledger.show(%s)', :f1),
	$$ values ('oncor', 'a.lse', 10::int8, 'ftps', 'oncor', 'RECEIVED') $$, 'what a utility puts into in/ is a file of the ledger');
select results_eq(format('select * from delivery.put_end(%L, %s, sha256(''a''), 10)', :'tdu', :p2),
	format('values (%s::int8, %s::int8, false)', :en1, :f1), 'asked again it gives the same answer');
select is((select count(*)::int from delivery.entry), 1, 'and makes nothing');
select entry as en2, ledger_file as f2, repeated from t.put(:'tdu', 'in', 'b.lse', 'a') \gset
select is(:'f2' || :'repeated', :'f1' || 't', 'the same bytes again are the same file of the ledger');
select results_eq(format('select * from delivery.put_end(%L, (select part from delivery.part where entry = %s), sha256(''a''), 1)', :'tdu', :en2),
	format('values (%s::int8, %s::int8, true)', :en2, :f1), 'asked again it still says so');
select is((select ledger_file from t.put(:'tdu', 'test', 'a', 'aa')), null, 'what lies in test/ is not loaded');
select isnt((select ledger_file from t.put(:'csp', 'in', 'request', 'request')), null, 'what a third party sends is');
select is((select round(extract(epoch from expires_at - made_at) / 3600) from delivery.entry where folder = 'test'), 24::numeric,
	'test/ keeps a day');
select is((select round(extract(epoch from expires_at - made_at) / 3600) from delivery.entry where entry = :en1), 240::numeric,
	'the others what the account keeps');
select entry as en3 from t.put(:'tdu', 'test', 'a', 'aaa') \gset
select results_eq(format('select name, size, entry from delivery.list(%L, ''test'')', :'tdu'), format($$ values ('a', 3::int8, %s::int8) $$, :en3),
	'a file of the same name takes its place');
select delivery.account_set('oncor', null, 15, null, null, null);	-- 10 + 1 + 3 bytes are there
select is((select most_bytes from delivery.put_begin(:'tdu', 'test', 'b', false)), 1::int8, 'no more than is left');
select throws_ok(format('select t.put(%L, ''test'', ''b'', ''bb'')', :'tdu'), 'BB006', 'the box is full', 'too much');
select lives_ok(format('select t.put(%L, ''test'', ''b'', ''b'')', :'tdu'), 'as much as is left');
select throws_ok(format('select delivery.put_begin(%L, ''test'', ''c'', false)', :'tdu'), 'BB006', 'the box is full', 'then nothing more');
select delivery.account_set('oncor', null, 1000, null, null, null);

-- what is unfinished: told to the door, which knows its bytes; and given up
select part_name as u1 from delivery.put_begin(:'tdu', 'test', 'u1', false) \gset
select is((select others from delivery.put_begin(:'tdu', 'test', 'u1', true)), null, 'no other is unfinished');
select part_name as u2, others from delivery.put_begin(:'tdu', 'test', 'u2', false) \gset
select is(:'others'::text, :'u1', 'the other one is named');
select throws_ok(format('select delivery.part_drop(%L, ''test'', ''u1'', %L)', :'tdu', :'u2'), 'BB001',
	'there is no upload of that name', 'not by the name of another');
select throws_ok(format('select delivery.part_drop(%L, ''test'', ''u1'', %L)', :'tdu2', :'u1'), 'BB001', null, 'nor by another account');
select lives_ok(format('select delivery.part_drop(%L, ''test'', ''u1'', %L)', :'tdu', :'u1'), 'an upload is given up');
select is_empty(format('select * from delivery.part_find(%L, ''test'', ''u1'')', :'tdu'), 'and not there any more');
insert into delivery.part (account, folder, name, part_name)
select p.account, 'test', 'many' || i, md5(i::text) from delivery.part p, generate_series(1, 256) i where p.part_name = :'u2';
select throws_ok(format('select delivery.put_begin(%L, ''test'', ''u3'', false)', :'tdu'), 'BB006', null, 'unfinished ones are not without end');
delete from delivery.part where name like 'many%' or name = 'u2';

-- only the own box
select results_eq(format('select name, size, sha256, side, can_remove from delivery.find(%L, ''in'', ''a.lse'')', :'tdu'),
	$$ values ('a.lse', 10::int8, sha256('a'), 'in', false) $$, 'the own file');
select is(t.names(:'tdu2', 'in') || t.names(:'cnp', 'in'), '', 'in no other box, not of the same party either');
select is_empty(format('select * from delivery.find(%L, ''in'', ''a.lse'')', :'tdu2'), 'nor found');
select throws_ok(format('select * from delivery.open(%L, ''in'', ''a.lse'')', :'tdu2'), 'BB001', 'there is no such file', 'nor opened');
select throws_ok(format('select * from delivery.remove(%L, ''test'', ''a'')', :'tdu2'), 'BB001', null, 'nor removed');
select throws_ok(format('select * from delivery.open(%L, ''in'', '''')', :'tdu'), 'BB001', null, 'a folder is not opened');
select is((select entry from delivery.open(:'tdu', 'in', 'a.lse')), :en1::int8, 'it is opened');
select results_eq($$ select kind, actor, party, detail->>'name' from audit.event order by event desc limit 1 $$,
	format($$ values ('box.opened', 'oncor', %s, 'a.lse') $$, :oncor), 'with its audit event');

-- a third party that is suspended: from that instant nothing of the hub's is given out
select delivery.place(:csp1, 'daily', 'd.csv', sha256('d'), 1);
select is((select name from delivery.open(:'csp', 'daily', 'd.csv')), 'd.csv', 'a drop is opened');
select entry as d_entry from delivery.find(:'csp', 'daily', 'd.csv') \gset
select party.csp_move(:csp1, 'suspend');
select throws_ok(format('select * from delivery.open(%L, ''daily'', ''d.csv'')', :'csp'), 'BB002',
	'nothing is given out to a third party that is not active', 'not while the third party is suspended');
select throws_ok(format('select * from delivery.find(%L, ''daily'', ''d.csv'')', :'csp'), 'BB002', null, 'nor told of');
select throws_ok(format('select delivery.still(%L, %s)', :'csp', :d_entry), 'BB002', null, 'nor does it go on');
select is((select name from delivery.open(:'csp', 'in', 'request')), 'request', 'what it sent itself is');
select party.csp_move(:csp1, 'resume');
select lives_ok(format('select * from delivery.open(%L, ''daily'', ''d.csv'')', :'csp'), 'until it is resumed');

-- remove, rename, touch
select throws_ok(format('select delivery.remove(%L, ''in'', ''a.lse'')', :'tdu'), 'BB002', 'nothing can be removed from in', 'what was sent stays');
select throws_ok(format('select delivery.rename(%L, ''in'', ''a.lse'', ''in'', ''c'')', :'tdu'), 'BB002', null, 'under its name');
select throws_ok(format('select delivery.rename(%L, ''test'', ''a'', ''in'', ''c'')', :'tdu'), 'BB002', null, 'nothing is sent by a rename');
select throws_ok(format('select delivery.rename(%L, ''test'', ''none'', ''test'', ''c'')', :'tdu'), 'BB001', null, 'no such file');
select throws_ok(format('select delivery.rename(%L, ''test'', ''a'', ''daily'', ''c'')', :'tdu'), 'BB001', null, 'no such folder');
select throws_ok(format('select delivery.rename(%L, ''test'', ''a'', ''test'', %L)', :'tdu', n), 'BB003', null, 'no new name')
from unnest(array['', '..', 'x/y', repeat('ä', 101)]) n;
select delivery.rename(:'tdu', 'test', 'a', 'test', 'a');
select delivery.rename(:'tdu', 'test', 'a', 'test', 'b');
select results_eq(format('select name, entry from delivery.list(%L, ''test'')', :'tdu'), format($$ values ('b', %s::int8) $$, :en3),
	'a file of test/ is renamed, over another');
select delivery.touch(:'tdu', 'test', 'b', '2025-01-02 03:04Z');
select is((select modified_at from delivery.find(:'tdu', 'test', 'b')), '2025-01-02 03:04Z', 'what was put can be given a time');
select delivery.remove(:'tdu', 'test', 'b');
select is(t.names(:'tdu', 'test'), '', 'and be removed');
select throws_ok(format('select delivery.remove(%L, ''test'', ''b'')', :'tdu'), 'BB001', null, 'once');

-- answers
select ledger.load_begin(:f1) as l1 \gset
select ledger.load_end(:l1, 'lse', '{}', sha256('ack'), 3, sha256('rejects'), 7);
select is(t.names(h, 'ack') || ' ' || t.names(h, 'rejects'), 'a.lse.ack.json a.lse.rejects.csv', 'a loaded file''s answers: ' || what)
from (values (:'tdu'::bytea, 'in the sender''s box'), (:'tdu2', 'in every box of the party')) v (h, what);
select is(t.names(:'cnp', 'ack'), '', 'in no other party''s');
select results_eq(format('select sha256, size, side, can_remove from delivery.find(%L, ''ack'', ''a.lse.ack.json'')', :'tdu'),
	$$ values (sha256('ack'), 3::int8, 'out', true) $$, 'they are the hub''s');
select ledger_file as f3 from t.put(:'tdu2', 'in', 'a.lse', 'second') \gset
select ledger.refuse(:f3, 'structure', 'no format', null, null, sha256('ack2'), 3, null, null);
select is(t.names(:'tdu', 'ack') || ' ' || t.names(:'tdu', 'rejects'), 'a.lse.ack.json a.lse.r2.ack.json a.lse.rejects.csv',
	'a second revision has its own, and no reject file where nothing is in it');
select throws_ok(format('select delivery.touch(%L, ''ack'', ''a.lse.ack.json'', now())', :'tdu'), 'BB002', null, 'their times are the hub''s');
select file as f4 from ledger.receive(:oncor, repeat('n', 255), sha256('long'), 4, 'spool', 'oncor') \gset
select lives_ok(format('select ledger.refuse(%s, ''structure'', ''x'', null, null, sha256(''ack3''), 3, null, null)', :f4),
	'a name that is as long as may be has an answer too');
select delivery.remove(:'tdu', 'ack', 'a.lse.ack.json');
select is(t.names(:'tdu', 'ack') like 'a.lse.r2.ack.json %' and t.names(:'tdu2', 'ack') like 'a.lse.ack.json %', true,
	'an answer is removed from one box alone');
select is((select used_bytes from delivery.accounts() where login = 'oncor'), 11::int8, 'what the hub puts there does not count');

-- what went through a door, also of a session that is over
select delivery.session_end(:'tdu2');
select delivery.moved(:'tdu2'::bytea || :'tdu'::bytea, array[:en1, :en1], '{10, 4}', '{1, 0}', '{5, 6}');
select results_eq($$ select kind, actor, detail->>'bytes', detail->>'whole', detail->>'ms' from audit.event
	order by event desc limit 2 $$, $$ values ('box.transferred', 'oncor', '4', 'false', '6'),
	('box.transferred', 'oncor-2', '10', 'true', '5') $$, 'each transfer is an audit event');

-- what is held is kept with the files
select is_empty($$ select * from ops.check_ledger() where name like 'boxes hold%' and not ok $$, 'boxes add up');

-- objects
select is((select count(distinct size)::int from ledger.objects() where sha256 = sha256('request') and side = 'in'), 1,
	'the store must hold what is in a box');
select is_empty($$ select * from ledger.objects() where sha256 = sha256('aaa') $$, 'and not what was removed');

-- a list never has more than a door can give, and one more
insert into delivery.entry (account, folder, name, sha256, size, side, expires_at)
select a.account, 'test', 'many' || i, sha256(''), 0, 'out', clock_timestamp() + interval '1 hour'
from delivery.account a, generate_series(1, 100010) i where a.login = 'csp1';
select is((select count(*)::int from delivery.list(:'csp', 'test')), 100001, 'a list ends');
delete from delivery.entry where name like 'many%';

-- sweep
select entry as en4 from t.put(:'csp', 'test', 'old', 'old') \gset
select entry as en5 from t.put(:'csp', 'test', 'new', 'new') \gset
update delivery.entry set expires_at = clock_timestamp() where entry = :en4;
select is(t.names(:'csp', 'test'), 'new', 'what is over is not listed');
select part_name as old from delivery.put_begin(:'csp', 'in', 'old', false) \gset
select part_name as young from delivery.put_begin(:'csp', 'in', 'young', false) \gset
update delivery.part set seen_at = clock_timestamp() - interval '24 h 1 s' where part_name = :'old';
update delivery.part set seen_at = clock_timestamp() - interval '23 h 59 min' where part_name = :'young';
update delivery.session set seen_at = clock_timestamp() - interval '25 h' where handle_sha256 = sha256(:'cnp');
select is_empty('select part_name from delivery.sweep()', 'a part is kept while the session that writes it lives');
update delivery.session set seen_at = clock_timestamp() - interval '4 min' where handle_sha256 = sha256(:'csp');
select results_eq('select part_name from delivery.sweep()', array[:'old'], 'a part of a day ago is forgotten, and named');
select is((select part_name from delivery.part_find(:'csp', 'in', 'young')), :'young', 'a younger one is not');
select results_eq(format('select entry, removed_at is null from delivery.entry where entry in (%s, %s) order by entry', :en4, :en5),
	format('values (%s::int8, false), (%s, true)', :en4, :en5), 'files past their time are');
select is_empty($$ select * from ledger.objects() where sha256 = sha256('old') $$, 'and the store may forget them');
select is(t.ended(:'cnp'), 'the session has ended', 'a session that nobody used for a day is over');
select is_empty('select * from delivery.sweep()', 'a second sweep finds nothing');

select * from finish();
rollback;
