-- The watch over abuse: tries at triples and their limits, hits of a third party as a whole, held shares,
-- complaints, orders, suspensions and what two persons must want.
begin;
\ir lib/fixture.psql
select plan(100);
\set ON_ERROR_ROLLBACK on

select t.load('oncor') as l \gset
create function t.e(i int) returns text language sql immutable as $$ select '10443720' || lpad(i::text, 9, '0') $$;
select t.premise(:l, i, t.e(i), '2024-01-01') from generate_series(1, 60) i;
select premise.load_premise(:l);
select t.occupancy(:l, i, t.e(i), '2024-01-01', 'c' || i) from generate_series(1, 60) i;
select premise.load_occupancy(:l);
select reads.ensure_days(array['2025-03-06'::date]);
select t.day(:l, i, t.e(i), '2025-03-06', '2025-03-07 00:00+00') from generate_series(1, 3) i;
select t.done(:l);
update ops.setting set value = 'true' where name = 'clock.movable';
create function t.box(a text) returns bytea language sql immutable as $$ select substr(sha256(a::bytea), 1, 16) $$;
create function t.clock(by interval) returns void language sql as $$ update ops.clock set ahead = ahead + $1 $$;
create function t.state(csp int4) returns text language sql as $$ select c.state from party.csp c where c.party = $1 $$;
create function t.events(like_kind text) returns text language sql as $$
	select string_agg(kind || ' by ' || actor, ', ' order by event) from audit.event where kind like like_kind
$$;
-- A try as premise.match makes it: whether it was tried.
create function t.try(csp int4, esiid text, ok bool default false) returns bool language plpgsql as $$
begin
	if not radar.budget(csp, esiid) then
		return false;
	end if;
	perform radar.on_event('match_tried', csp, null, null, null, '198.51.100.1', jsonb_build_object('ok', ok, 'esiid', esiid));
	return true;
end $$;

-- ---- tries ----
savepoint s;
select is((select count(*)::int from generate_series(1, 19) where t.try(:csp1, t.e(1))), 19, 'nineteen wrong tries at an ESI ID');
select is(t.try(:csp2, t.e(1)), true, 'the twentieth, by another third party');
select is(t.try(:csp2, t.e(1)), false, 'the 21st is not tried, by whomever');
select is(t.try(:csp1, t.e(1)), false, 'nor by the first one');
select is(t.try(:csp1, '19999999999999999'), true, 'another ESI ID may be tried');
select is((select count(*)::int from generate_series(1, 19) where t.try(:csp1, '19999999999999999')), 19, 'one that nobody has');
select is(t.try(:csp1, '19999999999999999'), false, 'has the same limit');
select is((select count(*)::int from radar.event where kind = 'match_tried'), 40, 'what was not tried is no event');
update radar.budget_esiid set at = array(select a - interval '24 hours' from unnest(at) a) where esiid = t.e(1);
select is(t.try(:csp1, t.e(1)), true, 'a day later it may be tried again');
select t.clock('25 hours');
select is(t.try(:csp1, '19999999999999999'), false, 'moving the hub''s clock opens nothing');
rollback to s;
select is((select count(*)::int from generate_series(1, 120) i where t.try(:csp1, '2' || lpad(i::text, 16, '0'))), 100,
	'a third party has a hundred wrong tries an hour');
select is((select count(*)::int from generate_series(1, 60) i where t.try(:csp1, t.e(i), true)), 0, 'then none at all');
select results_eq(format('select tries, limit_an_hour, again_at between now() and clock_timestamp() + interval ''1 hour'' from radar.budget_left(%s)',
	:csp1), 'values (100::int8, 100, true)', 'the operator sees why');
select is(t.try(:csp2, t.e(1)), true, 'another third party has its own');
update radar.budget_csp set at = array(select a - interval '1 hour' from unnest(at) a);
select is(t.try(:csp1, t.e(1)), true, 'an hour later it goes on');
rollback to s;
select is((select count(*)::int from generate_series(1, 60) i, generate_series(1, 30) j where t.try(:csp1, t.e(i), true)), 1800,
	'what matches costs nothing');
select is(t.try(:csp1, t.e(1)), true, 'so all is left');
select ops.setting_set('radar.tries_per_csp_an_hour', '2', 'operator ann');
select is((select count(*)::int from generate_series(2, 5) i where t.try(:csp1, t.e(i))), 1, 'the limits are settings');
rollback to s;

-- match-failures: more than 500 of 1000 tries and at least 20
update radar.detector set action = 'OFF' where detector = 'esiid-enumeration';
select t.try(:csp1, t.e(i), true) from generate_series(1, 20) i;
select t.try(:csp1, '2' || lpad(i::text, 16, '0')) from generate_series(1, 20) i;
select is_empty('select * from radar.hit', 'match failures: 20 of 40, the threshold');
select t.try(:csp1, '3' || lpad('1', 16, '0'));
select is((select detector || ' ' || action from radar.hit), 'match-failures HOLD', 'match failures: one more');
select is(radar.on_event('affirmed', :csp1, 7, t.p(t.e(7)), t.box('m'), '192.0.2.1'), 'HOLD', 'what is affirmed then is held');
select t.clock('24 hours 1 s');
select is(radar.on_event('affirmed', :csp1, 8, t.p(t.e(8)), t.box('n'), '192.0.2.2'), 'NONE', 'until the window has gone by');
rollback to s;

-- esiid-enumeration: more than 10 failed ones within 50 of each other
select is((select count(*)::int from generate_series(1, 10) i where t.try(:csp1, t.e(i * 5))), 10, 'neighbours: ten');
select t.try(:csp1, t.e(50)), t.try(:csp1, t.e(1050)), t.try(:csp2, t.e(11));
select is_empty('select * from radar.hit', 'the same again, a far one, one of another third party: the threshold');
select t.try(:csp1, t.e(60), true);
select is_empty('select * from radar.hit', 'one that matched is no guess');
select t.try(:csp1, t.e(11));
select is((select detector || ' ' || action || ' ' || found from radar.hit), 'esiid-enumeration HOLD 11.000', 'the eleventh trips it');
rollback to s;

-- reads-after-end: more than 10; only who once had a right
select agreement.record(:csp1, array[t.e(1)], array['interval'], ops.now() - interval '1 s', ops.now() + interval '30 days') as a \gset
select agreement.move(:a, 'terminate');
select radar.read_refused(:csp1, t.e(1), '198.51.100.1', 'cli') from generate_series(1, 10);
select radar.read_refused(:csp1, t.e(2), '198.51.100.1', 'cli'), radar.read_refused(:csp2, t.e(1), '198.51.100.1', 'cli'),
	radar.read_refused(:csp1, 'nonsense', '198.51.100.1', 'cli');
select is_empty('select * from radar.hit', 'reads after the end: ten, the threshold');
select radar.read_refused(:csp1, t.e(1), '198.51.100.1', 'cli');
select is((select h.detector || ' ' || h.action || ' ' || d.flag from radar.hit h join radar.detector d using (detector)),
	'reads-after-end NOTE d', 'one more is noted, as red flag d');
rollback to s;

-- mass-enrolment: more than 25 held shares in 24 hours
update radar.detector set action = 'OFF' where detector in ('unproven', 'network-crowd');
create function t.quick(csp int4, i int) returns text language sql as $$
	select radar.on_event('affirmed', csp, i, t.p(t.e(i)), t.box('m' || i), '192.0.2.1', '{"dwell_ms": 10}')
$$;
select is((select string_agg(distinct t.quick(:csp1, i), ' ') from generate_series(1, 25) i), 'HOLD', 'mass enrolment: 25 held');
select is(t.state(:csp1), 'ACTIVE', 'the threshold');
select is(t.quick(:csp1, 26), 'SUSPEND', 'one more suspends');
select is(t.state(:csp1), 'SUSPENDED', 'at once');
select results_eq('select cause, reason, hit = (select max(hit) from radar.hit), began_by from radar.suspension',
	$$ values ('RADAR', 'detector mass-enrolment: so many of its affirmations had to be held', true, 'radar') $$, 'with the hit that did it');
select is(t.events('csp.%'), 'csp.moved by radar, csp.suspended by radar', 'on record');
select radar.resume(:csp1, 'test');
select is(t.quick(:csp1, 27), 'HOLD', 'lifted: what was counted does not suspend it again');
select is(radar.on_event('affirmed', :csp1, 28, t.p(t.e(28)), t.box('m28'), '203.0.113.28', '{"dwell_ms": 9000}'), 'NONE',
	'nor holds what is as it should be');
rollback to s;

-- ---- detectors are tuned ----
select radar.detector_set('dwell', 'NOTE', 5, null, null, 'operator ann');
select is((select action || threshold from radar.detector where detector = 'dwell'), 'NOTE5', 'a detector is tuned');
select is((select detail from audit.event where kind = 'radar.detector_set' and actor = 'operator ann'), jsonb '{"detector": "dwell",
	"was": {"action": "HOLD", "threshold": 3, "least": 0, "window_s": 86400},
	"is": {"action": "NOTE", "threshold": 5, "least": 0, "window_s": 86400}}', 'with what it was, on record');
select throws_ok($$ select radar.detector_set('x', null, null, null, null) $$, 'BB001', 'there is no detector "x"', 'one that is not there');
select throws_ok($$ select radar.detector_set('dwell', 'REFUSE', null, null, null) $$, 'BB003', null, 'nothing is ever refused');
select throws_ok($$ select radar.detector_set('dwell', null, -1, null, null) $$, 'BB003', null, 'nor a threshold below nothing');
select is(radar.on_event('affirmed', :csp1, 7, t.p(t.e(7)), t.box('m'), '192.0.2.1', '{"dwell_ms": 4000}'), 'NONE', 'a note holds nothing');
select results_eq('select detector, action, found, threshold from radar.hits()', $$ values ('dwell', 'NOTE', 4.000, 5) $$, 'but it is there');
select radar.detector_set('dwell', 'OFF', null, null, null, 'operator ann');
select radar.on_event('affirmed', :csp1, 8, t.p(t.e(8)), t.box('m'), '192.0.2.1', '{"dwell_ms": 1}');
select is((select count(*)::int from radar.hits()), 1, 'one that is off sees nothing');
rollback to s;

-- ---- suspension ----
select agreement.record(:csp1, array[t.e(1)], array['interval'], ops.now() - interval '1 s', ops.now() + interval '30 days', '2025-01-01') as a \gset
select number as n from reads.release_open(:csp1, t.e(1), 'interval', '2025-03-06', '2025-03-06', null, false, 'test', null) \gset
select agreement.record(:csp1, array[t.e(2)], array['interval'], ops.now() - interval '1 s', ops.now() + interval '30 days') as own \gset
select agreement.move(:own, 'suspend', 'operator ann');
select is((select count(*)::int from reads.release_rows(:n)), 1, 'a release that is open gives its day');
select throws_ok(format('select radar.csp_suspend(%s, '' '')', :csp1), 'BB003', null, 'a suspension needs a reason');
select is(radar.csp_suspend(:csp1, 'red flag e', 'operator ann') > 0, true, 'an operator suspends');
select throws_ok(format('select * from reads.release_rows(%s)', :n), 'BB001', 'there are no reads of that ESI ID for you in that range',
	'the read in progress ends');
select throws_ok(format('select * from reads.release_open(%s, %L, ''interval'', ''2025-03-06'', ''2025-03-06'', null, false, ''test'', null)',
	:csp1, t.e(1)), 'BB001', null, 'no other begins');
select is(radar.mail_waits('invitation', :csp1), true, 'its invitations wait');
select is(radar.mail_waits('csp-suspended', :csp1), false, 'the mail that tells it does not');
select is(radar.mail_waits('invitation', :csp2), false, 'nor another''s');
select is(radar.follow(10), 1, 'its agreements follow');
select is((select state from agreement.agreement where agreement = :a), 'SUSPENDED', 'into their own state');
select is(radar.follow(10), 0, 'once');
select results_eq('select cause, reason, began_by, ended_at from radar.suspension', $$ values ('OPERATOR', 'red flag e', 'operator ann',
	null::timestamptz) $$, 'why and by whom');

-- two persons
select throws_ok(format('select radar.csp_resume_ask(%s, ''x'')', :csp2), 'BB004', '"resume" is not possible for a CSP that is ACTIVE',
	'who is not suspended is not resumed');
select radar.csp_resume_ask(:csp1, 'found in order', 'operator ann') as q \gset
select throws_ok(format('select radar.csp_resume_ask(%s, ''again'', ''operator bob'')', :csp1), 'BB005', null, 'asked once at a time');
select throws_ok(format('select ops.approval_confirm(%s, ''operator ann'')', :q), 'BB002',
	'it was asked for by operator ann: another person confirms it', 'the same person cannot confirm');
select is(t.state(:csp1), 'SUSPENDED', 'nothing has changed');
select is((select state || ' ' || decided_by from ops.approval_confirm(:q, 'operator bob')), 'DONE operator bob', 'another can');
select is(t.state(:csp1), 'ACTIVE', 'and it is lifted');
select throws_ok(format('select ops.approval_confirm(%s, ''operator cid'')', :q), 'BB004', format('approval %s is DONE already', :q), 'once');
select is((select ended_by from radar.suspension), 'operator ann and operator bob', 'both are named');
select is(t.events('approval.%'), 'approval.asked by operator ann, approval.confirmed by operator bob', 'and on record');
select is(radar.follow(10), 1, 'its agreements follow');
select is((select state from agreement.agreement where agreement = :a), 'ACTIVE', 'back');
select is((select state from agreement.agreement where agreement = :own), 'SUSPENDED', 'but for one that was suspended by itself');
select is((select count(*)::int from reads.release_rows(:n)), 1, 'the release gives its day again');
select radar.csp_suspend(:csp1, 'once more', 'operator ann');
select radar.csp_resume_ask(:csp1, 'found in order', 'operator ann') as q \gset
select ops.approval_refuse(:q, 'operator bob');
select is(t.state(:csp1), 'SUSPENDED', 'refused: it stays suspended');
select radar.csp_resume_ask(:csp1, 'found in order', 'operator ann') as q \gset
update ops.approval set valid_until = clock_timestamp() where approval = :q;
select throws_ok(format('select ops.approval_confirm(%s, ''operator bob'')', :q), 'BB004', null, 'what waited too long is over');
select throws_ok(format('update ops.approval set state = ''DONE'', decided_by = asked_by, decided_at = now() where approval = %s', :q),
	'23514', null, 'the table itself refuses one person alone');
rollback to s;

-- revoked
select agreement.record(:csp1, array[t.e(1)], array['interval'], ops.now() - interval '1 s', ops.now() + interval '30 days', '2025-01-01') as a \gset
select delivery.account_add('csp1', 'csp1') as box \gset
select radar.csp_revoke(:csp1, 'sold data', 'operator ann');
select is(t.state(:csp1), 'REVOKED', 'an operator revokes');
select is((select state from delivery.account where account = :box), 'CLOSED', 'its box is closed');
select throws_ok(format('select radar.csp_resume_ask(%s, ''x'')', :csp1), 'BB004', null, 'there is no way back');
select throws_ok(format('select radar.csp_suspend(%s, ''x'')', :csp1), 'BB004', null, 'nor to the side');
rollback to s;

-- ---- complaints ----
select radar.complaint_add('TDU', :oncor, :csp1, null, 'f', 'ticket 7', 'letter.pdf', sha256('letter'), 'operator ann') as c \gset
select results_eq('select "from", from_party, csp, flag, words, reference, evidence_sha256, state from radar.complaints()',
	$$ values ('TDU', 'oncor', 'csp1', 'f', 'modifying or altering customer data', 'ticket 7', sha256('letter'), 'OPEN') $$, 'a complaint of a utility');
select is((select detector || ' ' || action from radar.hit), 'complaints NOTE', 'is noted');
select throws_ok(format('select radar.complaint_add(''CUSTOMER'', null, %s, null, ''g'', ''x'', null, null)', :csp1), 'BB003', null, 'no seventh flag');
select throws_ok(format('select radar.complaint_add(''TDU'', null, %s, null, ''a'', ''x'', null, null)', :csp1), 'BB003',
	'a complaint of a utility names the utility', 'a utility is named');
select throws_ok(format('select radar.complaint_add(''CUSTOMER'', null, %s, 999999, ''a'', ''x'', null, null)', :csp1), 'BB001', null,
	'an agreement is one of its own');
select results_eq('select name, value from ops.status() where name in (''complaints.open'', ''radar.hits'', ''csps.suspended'') order by 1',
	$$ values ('complaints.open', '1'), ('csps.suspended', '0'), ('radar.hits', '1') $$, 'the status counts them');
select is(radar.complaint_decide(:c, true, true, 'the letter proves it', 'operator bob'), 'UPHELD', 'it is upheld');
select is(t.state(:csp1), 'SUSPENDED', 'and suspends');
select is((select cause || ' ' || (complaint = :c) from radar.suspension), 'COMPLAINT true', 'for that reason');
select throws_ok(format('select radar.complaint_decide(%s, false, false, ''x'')', :c), 'BB004', null, 'decided once');
select radar.complaint_add('COMMISSION', null, :csp2, null, 'e', 'ticket 8', null, null, 'operator ann') as c \gset
select is(radar.complaint_decide(:c, false, true, 'no', 'operator bob'), 'DISMISSED', 'another is dismissed');
select is(t.state(:csp2), 'ACTIVE', 'and suspends nobody');
rollback to s;

-- ---- orders ----
select throws_ok(format('select radar.order_add(''52500'', %s, ''SUSPEND'', current_date + 30, array[%s], ''o.pdf'', sha256(''o''))', :csp1, :oncor),
	'BB003', null, 'an order comes after notice');
select throws_ok(format('select radar.order_add(''52500'', %s, ''SUSPEND'', ''2026-01-01'', ''{}'', ''o.pdf'', sha256(''o''))', :csp1),
	'BB003', 'an order names the utilities that it directs', 'through utilities');
select radar.order_add('52500', :csp1, 'SUSPEND', '2026-01-01', array[:oncor, :centerpoint], 'o.pdf', sha256('o'), 'operator ann') as o \gset
select is(t.state(:csp1), 'ACTIVE', 'an order is a record');
select is(radar.order_carry_out(:o, 'operator bob'), 'SUSPENDED', 'until it is carried out');
select throws_ok(format('select radar.order_carry_out(%s)', :o), 'BB004', null, 'once');
select results_eq('select docket, csp, what, tdus, carried_out_by from radar.orders()',
	$$ values ('52500', 'csp1', 'SUSPEND', 'centerpoint,oncor', 'operator bob') $$, 'with all that it says');
select radar.csp_suspend(:csp1, 'and a reason of ours', 'operator ann');
select throws_ok(format('select radar.csp_resume_ask(%s, ''x'', ''operator ann'')', :csp1), 'BB002', format('order %s of the commission (docket 52500) '
	'stands: an order that lifts it comes first', :o), 'two operators cannot lift what the commission ordered');
select radar.order_add('52500', :csp1, 'LIFT', '2026-02-01', array[:oncor], 'l.pdf', sha256('l'), 'operator ann') as o2 \gset
select is(radar.order_carry_out(:o2, 'operator bob'), 'SUSPENDED', 'the commission lifts its own; the other reason stands');
select ops.approval_confirm(radar.csp_resume_ask(:csp1, 'done', 'operator ann'), 'operator bob');
select is(t.state(:csp1), 'ACTIVE', 'and is lifted by two');
select radar.order_add('52500', :csp1, 'SUSPEND', '2026-01-01', array[:oncor], 'o.pdf', sha256('o'), 'operator ann') as o3 \gset
select radar.order_carry_out(:o3, 'operator bob');
select radar.order_add('52500', :csp1, 'LIFT', '2026-02-01', array[:oncor], 'l.pdf', sha256('l'), 'operator ann') as o4 \gset
select is(radar.order_carry_out(:o4, 'operator bob'), 'ACTIVE', 'where it was the only reason, lifting resumes');
select radar.csp_suspend(:csp1, 'a reason of ours', 'operator ann');
select radar.csp_resume_ask(:csp1, 'x', 'operator ann') as q \gset
select radar.order_carry_out(radar.order_add('52501', :csp1, 'SUSPEND', '2026-01-01', array[:oncor], 'o.pdf', sha256('o'), 'operator ann'), 'operator bob');
select throws_ok(format('select ops.approval_confirm(%s, ''operator bob'')', :q), 'BB002', null, 'an order between the two persons counts');
select radar.order_add('52500', :csp1, 'TERMINATE', '2026-01-01', array[:oncor], 't.pdf', sha256('t'), 'operator ann') as o5 \gset
select is(radar.order_carry_out(:o5, 'operator bob'), 'REVOKED', 'terminated by order');

select * from finish();
rollback;
