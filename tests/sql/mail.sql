-- Mails: what is queued, who wants none, leases, what becomes of an attempt, links, bounces.
begin;
\ir lib/fixture.psql
\ir lib/agreement.psql
select plan(92);

create function t.queue(kind text, name text default 'ann', args jsonb default '{}', once text default null,
	agreement int8 default null, csp int4 default null) returns int8 language sql as $$
	select mail.queue(kind, name::bytea, 'contact.email'::bytea || t.box(name), t.box(name), 'EN', agreement, csp, args, once)
$$;
create function t.take(most int4 default 10, worker text default 'w') returns table (mail int8, token text, kind text,
	salt bytea, verp text, attempts int4, opt_out bool, to_csp bool) language sql as $$
	select c.mail, c.token, c.kind, c.salt, c.verp, c.attempts, c.opt_out, c.to_csp from mail.claim(most, 600, worker) c
$$;
create function t.mail_state(m int8) returns text language sql as $$ select o.state from mail.outbox o where o.mail = m $$;
create function t.events(of_kind text) returns int8 language sql as $$
	select count(*) from audit.event e where e.kind = of_kind
$$;
create function t.later(by interval) returns void language sql as $$ update ops.clock set ahead = ahead + by $$;

-- ---- queueing ----

select throws_ok($$ select t.queue('flyer') $$, 'BB003', 'there are no mails of kind "flyer"', 'kinds are rows');
select t.queue('ended', once => 'ended/1') as m1 \gset
select is(t.queue('ended', once => 'ended/1'), null::int8, 'what was told once is not told twice');
select is((select count(*) from mail.outbox), 1::int8, 'there is one');
select is(mail.next_ms(), 0::int8, 'it is due');

-- ---- claims ----

select is((select count(*) from t.take()), 1::int8, 'it is taken');
select is((select count(*) from t.take()), 0::int8, 'once');
select is(t.mail_state(:m1), 'SENDING', 'it is under way');
select lease_token::text as token, encode(salt, 'hex') as salt, verp from mail.outbox where mail = :m1 \gset
select is(length(:'salt'::text), 64, 'with a salt of 32 bytes');
select matches(:'verp'::text, '^[0-9a-f]{20}$', 'and a code for bounces');
select throws_ok(format('select mail.accepted(%s, ''00000000-0000-0000-0000-000000000000'', ''x'')', :m1), 'BB004', null,
	'only who holds it says what became of it');
select ok(mail.next_ms() > 500000, 'it is looked at again when its lease ends');
update mail.outbox set lease_until = clock_timestamp() - interval '1 s' where mail = :m1;
select is(mail.next_ms(), 0::int8, 'a lease that ended');
select is((select attempts from t.take()), 2, 'gives it to the next one');
select is(encode(salt, 'hex') || verp, (:'salt' || :'verp')::text, 'with the salt and code that it had')
from mail.outbox where mail = :m1;
select throws_ok(format('select mail.accepted(%s, %L, ''250'')', :m1, :'token'), 'BB004',
	format('mail %s is not this sender''s any more', :m1), 'the one before is late');
select is(mail.start('other'), 0, 'a sender that begins takes back its own');
select is(mail.start('w'), 1, 'of its name only');
select is(t.mail_state(:m1), 'QUEUED', 'which are due again');
select is((select count(*) from t.take(1)), 1::int8, 'taken a third time');
select lease_token::text as token from mail.outbox where mail = :m1 \gset
select lives_ok(format('select mail.accepted(%s, %L, ''250 OK'')', :m1, :'token'), 'the relay has taken it');
select results_eq(format($$ select state, salt is null, recipient_sealed is null, recipient_place is null, lease_token is null,
	reply, accepted_at is not null from mail.outbox where mail = %s $$, :m1),
	$$ values ('SENT', true, true, true, true, '250 OK', true) $$, 'what made its links, and whose mailbox it is, is gone');
select is(t.events('mail.sent'), 1::int8, 'on record');
select is(mail.next_ms(), null::int8, 'nothing is left to do');

-- ---- what is not taken ----

select t.queue('ended') as m2 \gset
select token from t.take() \gset
select is(mail.deferred(:m2, :'token', '451 later', 600), false, 'not now');
select is(t.mail_state(:m2), 'QUEUED', 'is later');
select is((select count(*) from t.take()), 0::int8, 'and not before');
select t.later('601 s');
select token from t.take() \gset
select is(mail.deferred(:m2, :'token', '451 later', 86400 * 30), false, 'however long the pause');
select is(due_at, give_up_at, 'the last attempt is when it is given up') from mail.outbox where mail = :m2;
select t.later('96 h');
select token from t.take() \gset
select is(mail.deferred(:m2, :'token', '451 later', 60), true, 'four days are enough');
select is(t.mail_state(:m2), 'FAILED', 'it has failed');
select is(t.events('mail.failed'), 1::int8, 'on record');
select lives_ok(format('select mail.again(%s, ''tester'')', :m2), 'an operator may try it again');
select token from t.take() \gset
select mail.refused(:m2, :'token', '550 nobody');
select is((select state || ' ' || reply from mail.outbox where mail = :m2), 'FAILED 550 nobody', 'refused for good');
select throws_ok(format('select mail.again(%s, ''tester'')', :m1), 'BB004', null, 'what has gone is not sent again');
select throws_ok('select mail.again(99999, ''tester'')', 'BB001', 'there is no mail 99999', 'nor what is none');

-- a relay that is away
select t.queue('ended') as m3, t.queue('ended') as m4 \gset
select token from t.take(1) \gset
select mail.released(:m3, :'token', 'connection refused');
select results_eq(format('select state, attempts, due_at <= ops.now() from mail.outbox where mail = %s', :m3),
	$$ values ('QUEUED', 0, true) $$, 'is no attempt: it stays due');
select isnt((select down_since from mail.relay), null::timestamptz, 'since when it is away is known');
select t.later('95 h');
select is(mail.give_up(100), 0, 'nothing is given up before its time');
select t.later('2 h');
select is(mail.give_up(100), 2, 'after four days all that waited is');
update mail.relay set down_since = ops.now();
select t.queue('ended') as m5 \gset
update mail.outbox set give_up_at = queued_at where mail = :m5;
select is(mail.give_up(100), 0, 'but not by a hub that has just begun to try');
select token from t.take() \gset
select mail.accepted(:m5, :'token', '250');
select is((select down_since from mail.relay), null::timestamptz, 'a mail that went says that the relay is there');
update mail.relay set down_since = ops.now() - interval '9 days';
select mail.start('w');
select is((select down_since from mail.relay), null::timestamptz, 'who begins has not asked it yet');

-- a clock that was put back
select t.later('9 days');
select t.queue('ended') as m6 \gset
update ops.clock set ahead = '0';
select is((select mail from t.take()), :m6::int8, 'what was due at once in the future is due now');
select mail.start('w');
update mail.outbox set state = 'CANCELLED', recipient_sealed = null, recipient_place = null, salt = null where mail = :m6;

-- ---- who wants none ----

select is(mail.opt_out(t.box('bob'), :csp1, 'OPT_OUT'), true, 'bob wants no mails of a third party');
select is(mail.opt_out(t.box('bob'), :csp1, 'OPT_OUT'), false, 'that is known');
select is(t.queue('expiry-warning', 'bob', csp => :csp1), null::int8, 'he gets none');
select is((select state || ' ' || (recipient_sealed is null) from mail.outbox order by mail desc limit 1), 'SUPPRESSED true',
	'which is noted, without his mailbox');
select isnt(t.queue('expiry-warning', 'bob', csp => :csp2), null::int8, 'but of others');
select isnt(t.queue('ended', 'bob', csp => :csp1), null::int8, 'and what must go');
select isnt(t.queue('expiry-warning', 'bob', '{"to":"csp"}', csp => :csp1), null::int8, 'and what goes to the third party''s own contact');
select is(mail.opt_out(t.box('bob'), null, 'OPT_OUT'), true, 'bob wants no mails at all');
select is(t.queue('expiry-warning', 'bob', csp => :csp2), null::int8, 'of others neither');
select throws_ok($$ select mail.opt_out(t.box('bob'), 1, 'BORED') $$, 'BB003', null, 'for a reason that there is');
select is(mail.opt_in(t.box('bob'), null, 'tester') and mail.opt_in(t.box('bob'), :csp1, 'tester'), true, 'it can be taken back');
select is(mail.opt_in(t.box('bob'), null, 'tester'), false, 'once');
update mail.outbox set state = 'CANCELLED', recipient_sealed = null, recipient_place = null, salt = null where state in ('QUEUED', 'SENT');

-- links to opt out by
select t.queue('expiry-warning', 'eve', csp => :csp1) as m7 \gset
select token, opt_out, to_csp from t.take() \gset
select is(:'opt_out'::bool and not :'to_csp'::bool, true, 'who may opt out is told how');
select mail.links(:m7, :'token', '{OPT_OUT}', array[encode(sha256('o'), 'hex')]);
select lives_ok(format('select mail.links(%s, %L, ''{OPT_OUT}'', array[%L])', :m7, :'token', encode(sha256('o'), 'hex')),
	'the same link again changes nothing');
select is(mail.opt_out_page(sha256('o')), '{"csp": "Third Party One", "language": "EN", "done": false}'::jsonb, 'its page');
select is(mail.opt_out_page(sha256('x')), null::jsonb, 'of a link that is none');
select is(mail.opt_out_by_link(sha256('x'), true), false, 'which does nothing');
select is(mail.opt_out_by_link(sha256('o'), false), true, 'the link does');
select is(mail.suppressed('expiry-warning', t.box('eve'), :csp1, '{}') || '/'
	|| coalesce(mail.suppressed('expiry-warning', t.box('eve'), :csp2, '{}'), 'none'), 'OPT_OUT/none', 'for that third party');
select mail.opt_out_by_link(sha256('o'), true);
select is(mail.suppressed('expiry-warning', t.box('eve'), :csp2, '{}'), 'OPT_OUT', 'or for all');
select mail.accepted(:m7, :'token', '250');

-- ---- invitations ----

select t.at('2026-05-04 10:00');
select t.asked(:csp1, array[:'e1'], 'cat') as a1 \gset
select mail, token, kind from t.take() \gset
select mail.links(:mail, :'token', '{DECIDE,CODE}', array[encode(sha256('t'), 'hex'), encode(sha256('t:123456'), 'hex')]);
select is((mail.facts(:mail) ->> 'premises') || ', ' || (mail.facts(:mail) ->> 'months'), '…0001, 12', 'a mail names premises by their end');
select mail.accepted(:mail, :'token', '250');
select results_eq(format('select state, t.chicago(dies_at) from agreement.agreement where agreement = %s', :a1),
	$$ values ('PENDING', 'Tue 2026-05-12 00:00') $$, 'with the mail its clock begins');
select mail.bounced(verp, true, '5.1.1 no such user') from mail.outbox where mail = :mail;
select is((select state from agreement.agreement where agreement = :a1), 'UNDELIVERABLE', 'one that bounces reached nobody');
select mail.opt_out(t.box('dan'), null, 'OPT_OUT');
select t.asked(:csp1, array[:'e2'], 'dan') as a2 \gset
select is((select state from agreement.agreement where agreement = :a2), 'PENDING', 'an invitation to who wants none is taken');
select is((select count(*) from t.take() where kind = 'invitation'), 0::int8, 'and does not go');
select is((select state from agreement.agreement where agreement = :a2), 'UNDELIVERABLE', 'it reached nobody');
select t.asked(:csp1, array[:'e3'], 'fay') as a3 \gset
update party.csp set state = 'SUSPENDED' where party = :csp1;
select is((select count(*) from t.take() where kind = 'invitation'), 0::int8, 'a third party that is suspended invites nobody');
select isnt(mail.next_ms(), 0::int8, 'and nobody waits for that');
update party.csp set state = 'ACTIVE' where party = :csp1;
select agreement.withdraw(:csp1, :a3, 'tester');
select is((select count(*) from t.take() where kind = 'invitation'), 0::int8, 'one that was taken back does not go');
-- nor does one that a sender has in hand while it is taken back: if it goes all the same, whom it reached hears of that
select t.asked(:csp1, array[:'e3'], 'flo') as a3 \gset
select mail, token from t.take() where kind = 'invitation' \gset
select agreement.withdraw(:csp1, :a3, 'tester');
select is((select string_agg(kind, ' ') from mail.outbox where agreement = :a3 and kind <> 'invitation' and coalesce(args ->> 'to', '') <> 'csp'), null,
	'whom nothing has reached is told nothing');
select mail.accepted(:mail, :'token', '250');
select is((select string_agg(kind, ' ') from mail.outbox where agreement = :a3 and kind <> 'invitation' and recipient_index = t.box('flo')), 'withdrawn',
	'whom a mail reached that was in hand is told that it was taken back');
select ok(ok, name || ': ' || found) from ops.check_agreement_words() where name like 'both sides%';
-- what a mail tells may be over before it goes: a relay that was away for days
select t.asked(:csp1, array[:'e3'], 'kim') as a4 \gset
select t.decide(t.sent(:a4));
update mail.outbox set state = 'SENT', recipient_sealed = null, recipient_place = null, salt = null where state in ('QUEUED', 'SENT');
select t.queue(kind, 'kim', agreement => :a4, csp => :csp1) as stale from unnest(array['stop', 'renewal', 'expiry-warning']) kind;
select is((select string_agg(kind, ' ' order by kind) from t.take()), 'expiry-warning renewal stop', 'of an agreement in force they go');
update mail.outbox set state = 'QUEUED' where agreement = :a4 and state = 'SENDING';
select agreement.terminate(:a4, 'CSP', null, 'csp');
select is((select string_agg(kind, ' ' order by mail) from t.take()), 'ended ended', 'of one that is over only that it is');
select is((select count(*) from mail.outbox where agreement = :a4 and state = 'CANCELLED'), 3::int8, 'the others never do');

-- ---- bounces ----

select is(mail.bounced('0123456789abcdef0123', true, '5.1.1'), 'UNKNOWN', 'a code of nobody''s');
-- a bounce that is faster than the sender's word
select t.asked(:csp1, array[:'e3'], 'lee') as a5 \gset
select mail, token, verp from t.take() where kind = 'invitation' \gset
select is(mail.bounced(:'verp', false, '4.4.1'), 'UNKNOWN', 'a delay of one that is not known to have gone is nothing');
select is(mail.bounced(:'verp', true, '5.1.1 none'), 'EARLY', 'a bounce of it comes too early');
select is((select state from mail.outbox where mail = :mail), 'SENDING', 'and changes nothing yet');
select mail.accepted(:mail, :'token', '250');
select is((select state from agreement.agreement where agreement = :a5), 'PENDING', 'the sender says that it went');
select is(mail.bounced(:'verp', true, '5.1.1 none'), 'HARD', 'told again it counts');
select is((select state from agreement.agreement where agreement = :a5), 'UNDELIVERABLE', 'it reached nobody');
select is(mail.bounced(:'verp', true, '5.1.1 none'), 'HARD', 'once');
insert into mail.outbox (kind, language, recipient_index, state, queued_at, due_at, give_up_at, verp)
select 'ended', 'EN', t.box('gus'), 'SENT', ops.now(), ops.now(), ops.now(), lpad(n::text, 20, '0') from generate_series(1, 4) n;
select is(mail.bounced(lpad('1', 20, '0'), false, '4.2.2 full'), 'SOFT', 'one that is late');
select mail.bounced(lpad(n::text, 20, '0'), true, case n when 1 then '5.2.2 full' else '5.1.1 none' end) from generate_series(1, 3) n;
select is((select count(*) from mail.suppression where recipient_index = t.box('gus')), 0::int8, 'a full mailbox is no dead one');
select mail.bounced(lpad('4', 20, '0'), true, '5.1.1 none');
select is((select reason from mail.suppression where recipient_index = t.box('gus')), 'BOUNCE', 'three that came back are');
select is(t.events('mail.bounced'), 6::int8, 'each is on record');

select is((select string_agg(name || ': ' || found, '; ') from ops.check_mails() where not ok), null, 'the invariants hold');
-- ---- what somebody waits for at a screen ----

update mail.outbox set state = 'CANCELLED' where state in ('QUEUED', 'SENDING');
select t.queue('ended', n::text) from generate_series(1, 12) n;
select t.later('1 minute');
select t.queue('consent-code', 'waits') as waits \gset
select is((select array_agg(c.mail = :waits) from t.take(1) c), '{t}', 'goes before what has been due for longer');

select * from finish();
rollback;
