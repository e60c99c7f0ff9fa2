-- Accounts that people make by themselves: asked for, a password chosen by the link of a mail, one that was forgotten.
begin;
\ir lib/fixture.psql
\ir lib/agreement.psql
select no_plan();

select t.at('2025-03-03 10:00');
-- the newest mail of a kind to a mailbox has the link that its secret's digest is asked by
create function t.link(mailbox text, kind text) returns bytea language plpgsql as $$
declare
	m int8 := (select max(o.mail) from mail.outbox o where o.kind = link.kind and o.recipient_index = t.box(mailbox));
begin
	perform party.link_make(m, 'CONFIRM', sha256(int8send(m)));
	return sha256(int8send(m));
end $$;
create function t.mails(mailbox text) returns text language sql as $$
	select string_agg(o.kind, ' ' order by o.mail) from mail.outbox o where o.recipient_index = t.box(mailbox)
$$;
create function t.up(mailbox text, esiid text, meter text) returns void language sql as $$
	select portal.sign_up(array[esiid], array[meter], array['10001'], mailbox::bytea, '\x01', t.box(mailbox), 'es', '192.0.2.7')
$$;
create function t.in_as(typed text, password text, browser text) returns text language sql as $$
	select result from portal.sign_in(typed, case when typed ~ '@' then t.box(split_part(typed, '@', 1)) end, sha256(password::bytea),
		sha256(browser::bytea), sha256(''), '192.0.2.8', 'Browser 1.0')
$$;

select results_eq('select certificate, name from portal.reps()', $$ values ('10001', 'Retailer One'), ('10002', 'Retailer Two') $$,
	'retailers are offered by name and certificate number');

-- ---- an account is made ----

select m.meter_number as meter from premise.meter m where m.premise = t.p(:'e1') limit 1 \gset
select t.up('ann', :'e1', :'meter');
select is(t.mails('ann'), null, 'who asks gets no answer');
select party.csp_tick();
select is(t.mails('ann'), 'customer-confirm', 'the clock sends a link');
select t.link('ann', 'customer-confirm') as link \gset
select results_eq(format($$ select kind, done, chooses, language from party.link_about(%L) $$, :'link'),
	$$ values ('CUSTOMER', false, true, 'ES') $$, 'by which a password is chosen');
select is((select count(*) from delivery.account a join party.party p on p.party = a.party where p.kind = 'CUSTOMER'), 0::int8,
	'looking at it makes no account');
select portal.link_salt(:'link') as salt \gset
select login from delivery.account a join party.holder h on h.party = a.party \gset
select is(:'salt'::bytea, delivery.salt(:'login'), 'its salt is that of the account');
select is((select state from party.holder), 'REQUESTED', 'nothing is confirmed by asking for that');
select throws_ok(format('select portal.choose_password(%L, %L, null)', :'link', 'short'), 'BB003', null, 'no plain password is taken');
select portal.choose_password(:'link', sha256('first'), '192.0.2.7');
select is((select state from party.holder), 'CONFIRMED', 'choosing one proves the mailbox');
select is(t.in_as('ann@x', 'first', 'b1'), 'OPEN', 'and it signs in by mailbox');
select is(t.in_as(:'login', 'first', 'b2'), 'OPEN', 'or by name');
select is(t.mails('ann'), 'customer-confirm', 'of the first password nobody is told');
select throws_ok(format('select portal.choose_password(%L, sha256(%L), null)', :'link', 'x'), 'BB001', null, 'a link chooses once');
select throws_ok(format('select portal.link_salt(%L)', :'link'), 'BB001', null, 'and has no salt then');
select throws_ok($$ select portal.link_salt(sha256('none')) $$, 'BB001', 'this link is not valid, or not any more', 'nor has one that is none');
-- another home of the same mailbox: its link is no way to another password
select t.up('ann', :'e1', :'meter');
select party.csp_tick();
select t.link('ann', 'customer-confirm') as more \gset
select is((select chooses from party.link_about(:'more')), false, 'who has a password confirms and chooses none');
select throws_ok(format('select portal.choose_password(%L, sha256(%L), null)', :'more', 'x'), 'BB001', null, 'and cannot by asking');
select party.confirm(:'more');
select is(t.in_as('ann@x', 'first', 'b3'), 'OPEN', 'the password stays');

-- ---- a password that was forgotten ----

create function t.left_by_asking() returns text language sql volatile as $$
	select concat_ws(' ', (select count(*) from portal.forgotten), (select count(*) from mail.outbox), (select count(*) from audit.event),
		(select sum(failures) from delivery.guess))
$$;
savepoint before;
select portal.forgot(t.box('ann'), '198.51.100.1');
select t.left_by_asking() as known \gset
rollback to before;
select portal.forgot(t.box('nobody'), '198.51.100.1');
select is(t.left_by_asking(), :'known', 'asking for a mailbox that nobody has leaves as much behind');
select is(party.csp_next_due() <= ops.now(), true, 'the clock is to look at once');
select party.csp_tick();
select is(t.mails('nobody'), null, 'nobody gets no mail');
select is((select sum(failures) from delivery.guess where network = '198.51.100.0/24'), 1::int8, 'and that was a guess');
rollback to before;
select portal.forgot(t.box('ann'), '198.51.100.1');
select party.csp_tick();
select is((select sum(failures) from delivery.guess where network = '198.51.100.0/24'), 0::int8, 'a right one is none in the end');
select is(t.mails('ann'), 'customer-confirm customer-confirm password', 'who has the mailbox gets a link');
select t.link('ann', 'password') as link \gset
select results_eq(format($$ select kind, done, chooses from party.link_about(%L) $$, :'link'), $$ values ('PASSWORD', false, true) $$,
	'to choose another');
select portal.forgot(t.box('ann'), '198.51.100.1') from generate_series(1, 4);
select party.csp_tick();
select is((select count(*) from mail.outbox where kind = 'password'), 3::int8, 'three a day at most');
savepoint later;
update ops.clock set ahead = ahead + interval '61 min';
select is_empty(format('select * from party.link_about(%L)', :'link'), 'a link is good for an hour');
select throws_ok(format('select portal.choose_password(%L, sha256(%L), null)', :'link', 'x'), 'BB001', null, 'no longer');
rollback to later;
-- a wait that wrong passwords have made is over then, too
select t.in_as('ann@x', 'wrong ' || i, 'b9') from generate_series(1, 6) i;
select is(t.in_as('ann@x', 'first', 'b9'), 'WAIT', 'who was wrong too often waits');
select t.link('ann', 'password') as last \gset
select portal.choose_password(:'link', sha256('second'), '198.51.100.1');
select is(t.in_as('ann@x', 'first', 'b4'), 'WRONG', 'the old password is none');
select is(t.in_as('ann@x', 'second', 'b4'), 'OPEN', 'the new one is, at once');
select is_empty(format('select * from portal.me(sha256(%L))', b), 'who was signed in by the old one is out: ' || b)
from unnest(array['b1', 'b2', 'b3']) b;
select is((select count(*) from mail.outbox where kind = 'password-set' and recipient_index = t.box('ann')), 1::int8, 'its holder is told');
select throws_ok(format('select portal.choose_password(%L, sha256(%L), null)', :'last', 'x'), 'BB001', null,
	'other links of before choose none any more');

-- ---- a password is changed by who is signed in ----

select t.in_as('ann@x', 'second', b) from unnest(array['c1', 'c2']) b;
select is((select result from portal.password_change(sha256('c1'), sha256('guess'), sha256('third'))), 'WRONG', 'not without the one that holds');
select is((select result from portal.password_change(sha256('c1'), sha256('second'), sha256('third'))), 'OK', 'with it');
select is((select step from portal.me(sha256('c1'))), 'OPEN', 'who changed it goes on');
select is_empty($$ select * from portal.me(sha256('c2')) $$, 'others are out');
select is(t.in_as('ann@x', 'second', 'c3'), 'WRONG', 'the old one is none');
delete from delivery.guess;
select is((select string_agg(x.result, ' ') from generate_series(1, 6) i,
	lateral (select result from portal.password_change(sha256('c1'), sha256(('guess ' || i)::bytea), sha256('x'))) x),
	'WRONG WRONG WRONG WRONG WRONG WAIT', 'and guessing waits here, too');
delete from delivery.guess;

-- ---- the second factor ----

select results_eq($$ select is_set, codes from portal.factor_state(sha256('c1')) $$, 'values (false, 0)', 'there is none');
select is((select result from portal.factor_set(sha256('c1'), 100, '')), 'WRONG', 'nor is one set that was not begun');
select portal.factor_begin(sha256('c1'), 'sealed one', 'place');
select is(t.in_as('ann@x', 'third', 'c4'), 'OPEN', 'one that was begun asks for nothing');
select portal.factor_begin(sha256('c1'), 'sealed two', 'place');
select results_eq($$ select sealed, is_set, login from portal.factor_secret(sha256('c1')) $$,
	format($$ values ('sealed two'::bytea, false, %L) $$, :'login'), 'it can be begun again');
select is((select result from portal.factor_set(sha256('c1'), -1, sha256('r1') || sha256('r2'))), 'WRONG', 'a wrong code sets nothing');
select is((select result from portal.factor_set(sha256('c1'), 100, sha256('r1') || sha256('r2'))), 'OK', 'a right one does');
select results_eq($$ select is_set, codes from portal.factor_state(sha256('c1')) $$, 'values (true, 2)', 'with recovery codes');
select is_empty($$ select * from portal.me(sha256('c4')) $$, 'who was in without it is out');
select throws_ok($$ select portal.factor_begin(sha256('c1'), 'sealed three', 'place') $$, 'BB004', null, 'it is not overwritten');
select is((select string_agg(kind, ' ' order by mail) from mail.outbox where kind like 'factor%'), 'factor-set', 'its holder is told');

select is(t.in_as('ann@x', 'third', 'd1'), 'CODE', 'the password alone opens the next step');
select throws_ok(format('select portal.%s', f), 'BB007', null, 'which shows nothing: ' || f)
from unnest(array['shares(sha256(''d1''))', 'sessions(sha256(''d1''))', 'factor_state(sha256(''d1''))', 'own_salt(sha256(''d1''))']) f;
select throws_ok($$ select api.who(sha256('d1')) $$, 'BB007', null, 'nor to the API');
select is((select result from portal.code(sha256('d1'), sha256('e1'), -1, sha256('r9'))), 'WRONG', 'a wrong code');
select is((select result from portal.code(sha256('d1'), sha256('e1'), 100, sha256('r9'))), 'WRONG', 'one that was taken');
select is((select result from portal.code(sha256('d1'), sha256('e1'), 101, sha256('r9'))), 'OPEN', 'a new one opens');
select is_empty($$ select * from portal.me(sha256('d1')) $$, 'the secret of before is none');
select is((select step from portal.me(sha256('e1'))), 'OPEN', 'the new one is');
select t.in_as('ann@x', 'third', 'd2');
select is((select result from portal.code(sha256('d2'), sha256('e2'), -1, sha256('r1'))), 'OPEN', 'a recovery code opens');
select t.in_as('ann@x', 'third', 'd3');
select is((select result from portal.code(sha256('d3'), sha256('e3'), -1, sha256('r1'))), 'WRONG', 'once');
select is((select string_agg(x.result, ' ') from generate_series(1, 5) i,
	lateral (select result from portal.code(sha256('d3'), sha256('e3'), -1, sha256(('r9' || i)::bytea))) x), 'WRONG WRONG WRONG WRONG WAIT',
	'five wrong ones make it wait');
select is((select result from portal.code(sha256('d3'), sha256('e3'), 102, sha256('r9'))), 'WAIT', 'the right one has to wait, too');
-- a new sign-in does not make that shorter
select t.in_as('ann@x', 'third', 'd4');
select is((select result from portal.code(sha256('d4'), sha256('e4'), 102, sha256('r9'))), 'WAIT', 'also after another password');
update portal.factor set wait_until = '-infinity';
select is((select result from portal.code(sha256('d4'), sha256('e4'), 102, sha256('r9'))), 'OPEN', 'until that is over');
select is((select result from delivery.login(:'login', sha256('third'), 'HTTPS', '192.0.2.9')), 'WRONG', 'no program signs in by the password');
select is((select result from portal.factor_end(sha256('e1'), 102, sha256('r9'))), 'WRONG', 'it ends by a new code alone');
select is((select result from portal.factor_end(sha256('e1'), 103, sha256('r9'))), 'OK', 'by that it ends');
select is(t.in_as('ann@x', 'third', 'd5'), 'OPEN', 'and the password opens');
select is((select result from delivery.login(:'login', sha256('third'), 'HTTPS', '192.0.2.9')), 'OK', 'for programs, too');
select portal.factor_begin(sha256('e1'), 'sealed four', 'place');
select portal.factor_set(sha256('e1'), 200, sha256('r3'));
select party.factor_lost(:'login', 'tester');
select is(t.in_as('ann@x', 'third', 'd6'), 'OPEN', 'an operator can take it away');
select is((select string_agg(replace(kind, 'factor.', ''), ' ' order by event) from audit.event where kind like 'factor.%'),
	'set recovered ended set lost', 'all of it is on record');

-- ---- people of organisations ----

select party.person_add('csp1', 'admin', '\x01', 'pat', '\x02', t.box('pat'), 'tester', 'pat') as pat \gset
select portal.forgot(t.box('pat'), '198.51.100.1');
select party.csp_tick();
select is((select args ->> 'organisation' from mail.outbox where recipient_index = t.box('pat')), 'Third Party One',
	'a person is told for whom');
select portal.choose_password(t.link('pat', 'password'), sha256('pats'), null);
select is(t.in_as('pat@x', 'pats', 'b5'), 'OPEN', 'and signs in by what was chosen');
select portal.forgot(t.box('pat'), '198.51.100.1');
select party.csp_tick();
select t.link('pat', 'password') as link \gset
select party.person_add('csp1', 'admin', '\x01', 'sue', '\x02', t.box('sue'), 'tester', 'sue') as sue \gset
select party.person_remove(:pat, 'tester');
select throws_ok(format('select portal.choose_password(%L, sha256(%L), null)', :'link', 'x'), 'BB001', null,
	'who was removed chooses none');
select portal.forgot(t.box('pat'), '198.51.100.1');
select party.csp_tick();
select is((select count(*) from mail.outbox where kind = 'password' and recipient_index = t.box('pat')), 2::int8, 'and gets no link');

-- ---- an admin and the people ----

select portal.choose_password(l.link, sha256('sues'), null)
from (select portal.link_send((select account from delivery.account where login = 'sue'), 'password', '1 hour')) x,
	lateral (select t.link('sue', 'password') as link) l;
select is(t.in_as('sue', 'sues', 'p1'), 'OPEN', 'an admin');
select portal.person_invite(sha256('p1'), 'Kim', 'reader', '\x01', 'kim', '\x02', t.box('kim'), 'es');
select results_eq($$ select login, role, ready, me from portal.people(sha256('p1')) $$,
	$$ values ('kim', 'READER', false, false), ('sue', 'ADMIN', true, true) $$, 'adds somebody');
select is((select string_agg(o.kind || ' ' || o.language || ' ' || (o.args ->> 'organisation'), ', ') from mail.outbox o
	where o.recipient_index = t.box('kim')), 'person-invited ES Third Party One', 'who gets a link, in the language asked for');
select is((select detail ->> 'by_person' from audit.event where kind = 'person.added' order by event desc limit 1), :'sue', 'on record, by whom');
select throws_ok($$ select portal.person_invite(sha256('p1'), 'sue', 'reader', '\x01', 'x', '\x02', t.box('x'), 'en') $$, 'BB005', null,
	'a user name is one person''s');
select throws_ok($$ select portal.person_invite(sha256('p1'), 'kim2', 'reader', '\x01', 'x', '\x02', t.box('kim'), 'en') $$, 'BB005', null,
	'a mailbox is there once');
select portal.person_remind(sha256('p1'), person) from portal.people(sha256('p1')) where login = 'kim';
select portal.choose_password(t.link('kim', 'person-invited'), sha256('kims'), null);
select person as kim from portal.people(sha256('p1')) where login = 'kim' \gset
select throws_ok(format('select portal.person_remind(sha256(%L), %s)', 'p1', :kim), 'BB004', null, 'once in there is nothing to remind of');
select is(t.in_as('kim@x', 'kims', 'p2'), 'OPEN', 'that one is in');
select isnt_empty($$ select * from portal.people(sha256('p2')) $$, 'and sees who else is');
select throws_ok(format('select portal.%s', f), 'BB002', null, 'a reader changes nothing: ' || f)
from unnest(array['person_set(sha256(''p2''), ' || :kim || ', ''admin'')', 'person_drop(sha256(''p2''), ' || :sue || ')',
	'person_invite(sha256(''p2''), ''x'', ''admin'', ''\x01'', ''x'', ''\x02'', t.box(''x''), ''en'')']) f;
select throws_ok(format('select portal.person_set(sha256(%L), %s, %L)', 'p1', :sue, 'member'), 'BB004', null, 'the last admin stays one');
select throws_ok(format('select portal.person_drop(sha256(%L), %s)', 'p1', :sue), 'BB004', null, 'and stays');
select throws_ok(format('select portal.person_invite(sha256(%L), %L, %L, %L, %L, %L, t.box(%L), %L)', 'p1', 'x', 'boss', 'x', 'x', 'x', 'x', 'en'),
	'BB003', null, 'there are three roles');
select party.person_add('csp2', 'admin', '\x01', 'oth', '\x02', t.box('oth'), 'tester', 'oth') as oth \gset
select throws_ok(format('select portal.person_drop(sha256(%L), %s)', 'p1', :oth), 'BB001', null, 'of another organisation nobody is');
select throws_ok(format('select portal.person_set(sha256(%L), %s, %L)', 'p1', :oth, 'reader'), 'BB001', null, 'nor gets a role');
select portal.person_set(sha256('p1'), :kim, 'admin');
select is((select role from portal.people(sha256('p2')) where login = 'kim'), 'ADMIN', 'a role holds at once');
select portal.person_drop(sha256('p2'), :sue);
select is_empty($$ select * from portal.me(sha256('p1')) $$, 'who is removed is out');
select throws_ok($$ select portal.people(sha256('e1')) $$, 'BB002', null, 'a customer has no people');

-- ---- preferences ----

select results_eq($$ select language, sign_in_mails, mails from portal.preferences(sha256('e1')) $$, $$ values ('ES', true, true) $$, 'as it begins');
select portal.preferences_set(sha256('e1'), 'en', false, false);
select results_eq($$ select language, sign_in_mails, mails from portal.preferences(sha256('e1')) $$, $$ values ('EN', false, false) $$, 'as it was set');
select is(mail.suppressed('reminder', t.box('ann'), :csp1, '{}'), 'OPT_OUT', 'no mails about requests');
select is(mail.suppressed('password', t.box('ann'), null, '{}'), null, 'but those that must go');
select portal.preferences_set(sha256('e1'), 'en', true, true);
select is(mail.suppressed('reminder', t.box('ann'), :csp1, '{}'), null, 'they can be had again');
select results_eq($$ select language, mails from portal.preferences(sha256('p2')) $$, $$ values ('ES', null::bool) $$, 'a person has fewer');
select throws_ok($$ select portal.preferences_set(sha256('e1'), 'fr', true, true) $$, 'BB003', null, 'two languages there are');

-- a sign-in from elsewhere
create function t.from_where(browser text, source text) returns text language sql as $$
	select result from portal.sign_in('x', t.box('ann'), sha256('third'), sha256(browser::bytea), sha256(''), source, 'Browser 1.0')
$$;
create function t.new_mails() returns int8 language sql as $$ select count(*) from mail.outbox where kind = 'sign-in-new' $$;
select t.new_mails() as before \gset
select t.from_where('g1', '192.0.2.99');
select is(t.new_mails() - :before, 0::int8, 'of a network that is known nobody is told');
select t.from_where('g2', '203.0.113.5');
select is(t.new_mails() - :before, 1::int8, 'of a new one the holder is');
select is((select args ->> 'from' from mail.outbox where kind = 'sign-in-new' order by mail desc limit 1), '203.0.113.5', 'from where');
select t.from_where('g3', '203.0.113.77');
select is(t.new_mails() - :before, 1::int8, 'once');
select portal.preferences_set(sha256('e1'), 'en', false, true);
select t.from_where('g4', '198.51.100.200');
select is(t.new_mails() - :before, 1::int8, 'who wants none gets none');

-- ---- homes and tokens ----

select results_eq($$ select esiid, state from portal.homes(sha256('e1')) $$, format($$ values (%L, 'HELD') $$, :'e1'), 'a home');
select portal.home_add(sha256('e1'), array[:'e2'], array['M2'], array['10001'], '192.0.2.7');
select party.csp_tick();
select results_eq($$ select esiid, street, state from portal.homes(sha256('e1')) $$,
	format($$ values (%L, (select street from premise.premise where esiid = %1$L), 'HELD'), ('…0002', null, 'ASKED') $$, :'e1'),
	'one more waits for the link, and is told by its end alone');
select party.confirm(t.link('ann', 'customer-confirm'));
select is((select count(*) from portal.homes(sha256('e1')) where state = 'HELD'), 2::int8, 'by that it is held');
select token from api.token_make(sha256('e1'), sha256('tok'), 'battery', '{interval}', 30) \gset
select results_eq($$ select label, scope from portal.tokens(sha256('e1')) $$, $$ values ('battery', 'interval') $$, 'a token');
select is((select class from api.who(sha256('tok'))), 'PERSONAL', 'opens the API');
select throws_ok($$ select portal.tokens(sha256('p2')) $$, 'BB002', null, 'an organisation has none');

-- ---- the end ----

select is((select result from portal.account_delete(sha256('e1'), sha256('guess'), true)), 'WRONG', 'not without the password');
select is((select result from portal.account_delete(sha256('e1'), sha256('third'), true)), 'OK', 'with it the account ends');
select is_empty(format('select * from portal.me(sha256(%L))', b), 'whoever was in is out: ' || b) from unnest(array['e1', 'g1', 'c1']) b;
select throws_ok($$ select api.who(sha256('tok')) $$, 'BB007', null, 'its token opens nothing');
select is(t.in_as('ann@x', 'third', 'z'), 'WRONG', 'nor does its password');
select results_eq($$ select state, octet_length(email_sealed), email_index = t.box('ann') from party.holder $$, $$ values ('ENDED', 0, false) $$,
	'its mailbox is forgotten');
select is((select count(*) from party.holder_premise where state <> 'ENDED'), 0::int8, 'it holds nothing');
select is((select kind from mail.outbox where recipient_index = t.box('ann') order by mail desc limit 1), 'account-deleted', 'a last mail tells');
update ops.clock set ahead = ahead + interval '25 hours';	-- three such mails a day
select t.up('ann', :'e1', :'meter');
select party.csp_tick();
select is((select count(*) from party.holder where state = 'REQUESTED'), 1::int8, 'and a new one can be made');

select * from finish();
rollback;
