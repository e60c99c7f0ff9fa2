-- Deliveries to partners' own servers: proof of a server, once a drop, leases, retries, and rights that end.
begin;
\ir lib/fixture.psql
select plan(75);
update ops.setting set value = 'true' where name = 'clock.movable';
-- premises that there are
select t.load('oncor') as l1 \gset
select t.premise(:l1, 1, :'e1', '2024-01-01'), t.premise(:l1, 2, :'e2', '2024-01-01'),
	t.premise(:l1, 3, :'e3', '2024-01-01');
select premise.load_premise(:l1);
select t.done(:l1);

create function t.add(login text, pin text default 'one') returns int8 language sql as $$
	select delivery.endpoint_add(login, 'sftp', false, 'files.example', 22, '/in', 'hub', 'key',
		'\x01'::bytea, sha256(pin::bytea), 'tester')
$$;
create function t.take() returns table (push int8, token text, action text, "drop" int8, endpoint int8,
	publishing bool, resume bool, challenge text, attempts int4) language sql as $$
	select x.push, x.token, x.action, coalesce(x.drop, 0), x.endpoint, x.publishing, x.resume, coalesce(x.challenge, ''), x.attempts
	from delivery.push_take('w', 72 * 3600) x
$$;
-- A drop that was built, with a file and its manifest, under an agreement.
create function t.built(sub int8, period text, agreement int8) returns int8 language plpgsql as $$
declare
	made int8;
begin
	insert into delivery.drop as d (subscription, period, state, due_at, from_day, to_day, built_at)
	values (sub, period, 'BUILT', ops.now(), '2026-11-20', '2026-11-20', clock_timestamp())
	returning d.drop into made;
	insert into delivery.drop_basis values (made, 'interval', 0, agreement, '[2026-11-20,2026-11-21)',
		array[1]);
	insert into delivery.drop_file (drop, name, kind, manifest, sha256, size, plain_sha256, plain_size, rows)
	values (made, 'a' || made || '.json', 'interval', true, sha256('m'), 7, sha256('m'), 7, 0),
		(made, 'b' || made || '.csv', 'interval', false, sha256('d'), 100, sha256('d'), 100, 1);
	perform delivery.push_queue(made);
	return made;
end $$;
create function t.state(number int8) returns text language sql as $$
	select p.state from delivery.push p where p.push = number
$$;
create function t.events(of_kind text) returns int8 language sql as $$
	select count(*) from audit.event e where e.kind = of_kind
$$;

select delivery.account_add('csp1', 'csp1'), delivery.account_add('csp2', 'csp2');
select agreement.record((select party from party.find('csp1')), array[:'e1'], array['interval'],
	ops.now() - interval '1 day', ops.now() + interval '100 days', null, 'tester') as agreement \gset
insert into delivery.subscription (account, label, scope, kinds, format, schedule, folder, next_at)
select account, 'daily', 'ALL', '{interval}', 'CSV', 'DAILY', 'daily', null from delivery.account
where login in ('csp1', 'csp2') order by login;
select min(subscription) as s1, max(subscription) as s2 from delivery.subscription \gset

-- ---- an endpoint, and its proof ----

select throws_ok($$ select t.add('nobody') $$, 'BB001', 'there is no account "nobody"', 'an endpoint is of an account');
select throws_ok($$ select delivery.endpoint_add('csp1', 'ftp', false, 'h', 21, '', 'l', 'key', '', sha256('x')) $$,
	'BB003', null, 'of a kind that there is');
select throws_ok($$ select delivery.endpoint_add('csp1', 'sftp', false, 'h', 0, '', 'l', 'key', '', sha256('x')) $$,
	'BB003', null, 'with a port');
select throws_ok($$ select delivery.endpoint_add('csp1', 'sftp', true, 'h', 22, '', 'l', 'key', '', sha256('x')) $$,
	'BB003', null, 'implicit TLS is of FTPS');
select t.add('csp1') as p1 \gset
select results_eq(format($$ select state, challenge, subscriptions from delivery.endpoints('csp1') where endpoint = %s $$, :p1),
	$$ values ('UNPROVEN', 'queued', 0::int8) $$, 'it begins unproven, with a challenge on its way');
select delivery.subscription_endpoint(:s1, :p1, 'tester');
select throws_ok(format('select delivery.subscription_endpoint(%s, %s)', :s2, :p1), 'BB002', null,
	'nothing is pushed to the server of another account');
select t.built(:s1, 'd1', :agreement) as d1 \gset
select is((select count(*) from delivery.push where drop = :d1), 1::int8, 'a drop that is built is queued');
select delivery.push_queue(:d1);
select is((select count(*) from delivery.push where drop = :d1), 1::int8, 'once, however often it is said');
select throws_ok(format('insert into delivery.push (drop, endpoint, queued_at, next_at) values (%s, %s, now(), now())',
	:d1, :p1), '23505', null, 'there cannot be two');

select * from t.take() \gset c_
select ok(:'c_action' = 'send' and :'c_challenge' ~ '^[A-HJ-NP-Z2-9]{12}$' and :c_drop = 0,
	'the challenge goes first, with a code');
select is_empty('select * from t.take()', 'a server that is not proven gets nothing else');
select is((select count(*) from delivery.push_files(:c_push, :'c_token')), 0::int8, 'a challenge has no files of a drop');
select ok(delivery.push_publish(:c_push, :'c_token', 20), 'it may be published');
select delivery.push_sent(:c_push, :'c_token', 20, '250 fine');
select is((select state from delivery.endpoints('csp1') where endpoint = :p1), 'UNPROVEN',
	'that it was sent proves nothing: the owner must have read it');
select results_eq(format($$ select proven, says from delivery.endpoint_prove(%s, 'ABCDEFGHJKLM') $$, :p1),
	$$ values (false, 'that is not the code in the last challenge file') $$, 'a wrong code is no proof');
select is((select bool_or(proven) from generate_series(1, 9) n, delivery.endpoint_prove(:p1, 'X' || n)), false, 'nor are more of them');
select is((select says from delivery.endpoint_prove(:p1, :'c_challenge')),
	'too many wrong codes: have another challenge sent', 'after ten even the right one is not taken');
select delivery.endpoint_challenge(:p1, 'tester');
select * from t.take() \gset c_
select delivery.push_publish(:c_push, :'c_token', 20), delivery.push_sent(:c_push, :'c_token', 20, '250 fine');
select is((select proven from delivery.endpoint_prove(:p1, lower(left(:'c_challenge', 4)) || '-' || substr(:'c_challenge', 5))), true,
	'the code of the new one proves it, however it is typed');
select is((select state from delivery.endpoints('csp1') where endpoint = :p1), 'PROVEN', 'so it is');
select is(t.events('endpoint.proven'), 1::int8, 'and that is an event');
select throws_ok(format('select delivery.endpoint_prove(%s, %L)', :p1, :'c_challenge'), 'BB004', null, 'once');

-- ---- a delivery ----

select * from t.take() \gset a_
select ok(:a_drop = :d1 and :'a_action' = 'send' and not :'a_publishing' and not :'a_resume', 'the drop is taken');
select is((select string_agg(name, ' ') from delivery.push_files(:a_push, :'a_token')),
	'b' || :d1 || '.csv a' || :d1 || '.json', 'its files, the manifest last');
select is_empty('select * from t.take()', 'nobody else takes it');
select throws_ok(format('select delivery.push_sent(%s, %L, 1, %L)', :a_push, gen_random_uuid(), 'x'), 'BB004', null,
	'nor says what became of it');
select delivery.push_moved(:a_push, :'a_token', 55);
select is(delivery.push_start('w'), 1, 'a sender that begins anew gives back what it had');
select throws_ok(format('select delivery.push_publish(%s, %L, 1)', :a_push, :'a_token'), 'BB004', null, 'and has it no more');
select * from t.take() \gset a_
select ok(:'a_resume' and :a_attempts = 2, 'the next one knows that some of it went');
update delivery.push set lease_until = clock_timestamp() - interval '1 s' where push = :a_push;
select throws_ok(format('select delivery.push_publish(%s, %L, 1)', :a_push, :'a_token'), 'BB004', null, 'a lease ends');
select * from t.take() \gset a_
select is(:a_attempts, 3, 'and another takes it');
select ok(delivery.push_publish(:a_push, :'a_token', 107), 'it may be published');
select is(delivery.push_start('w'), 1, 'the sender dies before it could say that it was');
select * from t.take() \gset a_
select ok(:'a_publishing', 'the next one knows that it may be there');
select delivery.push_sent(:a_push, :'a_token', 107, '250 renamed');
select results_eq(format($$ select state, receipt, bytes, total from delivery.pushes() where push = %s $$, :a_push),
	$$ values ('SENT', '250 renamed', 107::int8, 107::int8) $$, 'it is sent, with its receipt');
select is((select state from delivery.drop where drop = :d1), 'DELIVERED', 'the drop is delivered');
select is_empty('select * from t.take()', 'it is not sent twice');
select throws_ok(format('select delivery.push_again(%s)', :a_push), 'BB004', null, 'not even if asked to');

-- ---- failures, and how long it is tried ----

select results_eq($$ select n, delivery.push_pause(n, 0), delivery.push_pause(n, 1) from generate_series(0, 9) n $$,
	$$ values (0, interval '60 s', interval '48 s'), (1, '60 s', '48 s'), (2, '120 s', '96 s'), (3, '240 s', '192 s'),
		(4, '480 s', '384 s'), (5, '960 s', '768 s'), (6, '1920 s', '1536 s'), (7, '3600 s', '2880 s'),
		(8, '3600 s', '2880 s'), (9, '3600 s', '2880 s') $$, 'pauses double up to an hour, with jitter');
select is(delivery.drop_pushed(:d1), 'SENT', 'as the list of drops tells');
select t.built(:s1, 'd2', :agreement) as d2 \gset
select * from t.take() \gset a_
select delivery.push_failed(:a_push, :'a_token', 'space', 'no space left');
select results_eq(format($$ select state, reason, says, next_at > ops.now() + interval '47 s', next_at <= ops.now() + interval '60 s'
	from delivery.pushes() where push = %s $$, :a_push), $$ values ('QUEUED', 'space', 'no space left', true, true) $$,
	'a failure is tried again in a minute');
select is_empty('select * from t.take()', 'and not before');
select cmp_ok(delivery.push_next_ms(), '<=', 60000::int8, 'until when the sender sleeps');
select ops.clock_advance(interval '2 min', 'tester') is null as x \gset
select * from t.take() \gset a_
select is(:a_drop::int8, :d2::int8, 'by the hub''s clock');
select delivery.push_failed(:a_push, :'a_token', 'reset', 'it broke');
select ops.clock_advance(interval '72 h', 'tester') is null as x \gset
select is_empty('select * from t.take()', 'after 72 hours it is given up');
select is(t.state(:a_push), 'FAILED', 'which is failed');
select is(t.events('push.failed'), 1::int8, 'an event');
select is((select value from ops.status() where name = 'pushes.failed'), '1', 'in the status');
select results_eq('select push, says, label, file from delivery.push_untold()', format($$ values (%s::int8, 'it broke', 'daily', %L) $$,
	:a_push, 'b' || :d2 || '.csv'), 'and the partner is to be told');
select is(delivery.drop_pushed(:d2), 'FAILED: reset', 'the list of drops tells it too');
select delivery.push_tell(:a_push, 'b.not-delivered.txt', sha256('told'), 4);
select is_empty('select * from delivery.push_untold()', 'once');
select is((select count(*) from delivery.entry where name = 'b.not-delivered.txt' and folder = 'daily'
	and removed_at is null), 1::int8, 'by a file in its box');
select delivery.push_again(:a_push, 'tester');
select * from t.take() \gset a_
select ok(:a_drop = :d2 and :a_attempts = 1, 'a person can have it tried again');

-- ---- rights that end ----

select ok(delivery.push_publish(:a_push, :'a_token', 5), 'while its right holds it may be published');
select delivery.push_start('w');
select agreement.move(:agreement, 'terminate', 'tester');
select * from t.take() \gset a_
select is(:'a_action'::text, 'clean', 'when it has ended it is only cleaned up after');
select is(t.state(:a_push), 'WITHDRAWN', 'the delivery is withdrawn');
select is(t.events('push.withdrawn'), 1::int8, 'an event');
select is((select says from delivery.pushes() where push = :a_push),
	'an agreement that it was built under is no longer in force', 'with the reason');
select is((select count(*) from delivery.push where push = :a_push and clean_at is not null), 1::int8,
	'what it may have left there is to be removed');
select is_empty('select * from t.take()', 'one at a time');
select delivery.push_failed(:a_push, :'a_token', 'connect', 'away');
select is(t.state(:a_push), 'WITHDRAWN', 'which may fail');
select ops.clock_advance(interval '1 h', 'tester') is null as x \gset
select * from t.take() \gset a_
select delivery.push_withdrawn(:a_push, :'a_token');
select is((select count(*) from delivery.push where push = :a_push and clean_at is null and token is null), 1::int8,
	'and is done once');
select agreement.record((select party from party.find('csp1')), array[:'e2'], array['interval'],
	ops.now() - interval '1 day', ops.now() + interval '100 days', null, 'tester') as agreement \gset
select t.built(:s1, 'd3', :agreement) as d3 \gset
select * from t.take() \gset a_
select agreement.move(:agreement, 'terminate', 'tester');
select ok(not delivery.push_publish(:a_push, :'a_token', 107), 'a right that ends between upload and publishing: it may not');
select delivery.push_withdrawn(:a_push, :'a_token');
select is(t.state(:a_push), 'WITHDRAWN', 'and is withdrawn');
select is((select state from delivery.drop where drop = :d3), 'BUILT', 'that is not told as delivered');

-- ---- at most two at an endpoint; another host key ----

select agreement.record((select party from party.find('csp1')), array[:'e3'], array['interval'],
	ops.now() - interval '1 day', ops.now() + interval '100 days', null, 'tester') as agreement \gset
select t.built(:s1, 'e' || n, :agreement) from generate_series(1, 4) n;
select * from t.take() \gset a_
select * from t.take() \gset b_
select is_empty('select * from t.take()', 'two are under way at an endpoint, no more');
select t.add('csp2', 'two') as p2 \gset
select * from t.take() \gset c_
select is(:c_endpoint::int8, :p2::int8, 'another endpoint does not wait for them');
select delivery.push_failed(:a_push, :'a_token', 'pin', 'another host key');
select results_eq(format('select state, says from delivery.endpoints() where endpoint = %s', :p1),
	$$ values ('FAILED', 'another host key') $$, 'another host key ends the use of the endpoint');
select is(t.events('endpoint.failed'), 1::int8, 'an event');
select is((select value from ops.status() where name = 'endpoints.failed'), '1', 'in the status');
select ok(not delivery.push_publish(:b_push, :'b_token', 1), 'also for what is under way');
select ops.clock_advance(interval '1 h', 'tester') is null as x \gset
select is((select count(*) from t.take() where endpoint = :p1), 0::int8, 'nothing goes there');
select delivery.endpoint_pin(:p1, 'key', '\x02', sha256('new'), 'tester');
select is((select state from delivery.endpoints() where endpoint = :p1), 'UNPROVEN', 'a new pin must be proven anew');
select throws_ok(format('select delivery.subscription_endpoint(%s, 12345)', :s1), 'BB001', 'there is no endpoint 12345', 'no such endpoint');
select delivery.endpoint_end(:p1, 'tester');
select is((select count(*) from delivery.push where endpoint = :p1 and state in ('QUEUED', 'SENDING')), 0::int8,
	'an endpoint that is ended gets nothing more');
select is((select octet_length(secret) from delivery.endpoint where endpoint = :p1), 0, 'and its secret is forgotten');
select * from finish();
rollback;
