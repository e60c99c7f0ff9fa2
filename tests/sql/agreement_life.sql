-- From the invitation to the end: what customers decide behind their links, who hears of it, and how it goes on.
begin;
\ir lib/fixture.psql
\ir lib/agreement.psql
select plan(135);
select t.at('2026-05-04 10:00');	-- a Monday

-- ---- asked, looked at, confirmed ----
select t.ask(:csp1, array[:'e1'], 'ann', reference => 'A-1') as said \gset
select (:'said'::jsonb ->> 'id')::int8 as a \gset
select is(:'said'::jsonb, jsonb_build_object('id', :a, 'state', 'PENDING', 'faults', '[]'::jsonb), 'a customer is asked');
select is(t.mails(:a), 'invitation', 'by a mail');
create function t.may(csp int4, esiid text, kind text default 'interval', day date default '2026-04-01') returns bool language sql as $$
	select reads.may_read(csp, esiid, kind, tstzrange(day::timestamp at time zone 'America/Chicago', (day + 1)::timestamp at time zone 'America/Chicago'))
$$;
select ok(not t.may(:csp1, :'e1'), 'nothing may be read yet');
select t.sent(:a) as link \gset
select is(t.chicago(dies_at), 'Tue 2026-05-12 00:00', 'its time runs') from agreement.agreement where agreement = :a;
select is(agreement.page(sha256('guess')), null, 'an unknown link shows nothing');
select is(agreement.page(null), null, 'none neither');
select is(agreement.page(:'link') - 'csp' - 'id' - 'mail' - 'used_at' - 'premises' - 'invited_at' - 'accepted_at' - 'dies_at',
	'{"purpose": "DECIDE", "state": "PENDING", "kind": "ENERGY", "kinds": ["interval", "register"], "months": 12,
	"history_months": 6, "language": "EN", "large": false, "starts_at": null, "ends_at": null, "decided_at": null,
	"ended_at": null, "by": null, "reason": null, "renews": null, "renewed_by": null,
	"disclosure": {"version": null}}', 'the page');
select is(agreement.page(:'link') -> 'premises' -> 0, '{"masked": "…0001", "street": null, "city": null, "meter_masked": "…1",
	"ended_at": null, "reason": null}', 'premises are masked');
select is(agreement.page(:'link') -> 'csp' ->> 'name', 'Third Party One', 'who asks');
-- looking changes nothing
create temp table before as select to_jsonb(a) - 'opened_at' as row from agreement.agreement a where agreement = :a;
select agreement.opened(:'link', '203.0.113.4', 'a scanner'), agreement.page(:'link') from generate_series(1, 50);
select agreement.opened(sha256('guess'), '203.0.113.4', 'a scanner'), agreement.opened(null, null, null);
select is((select to_jsonb(a) - 'opened_at' from agreement.agreement a where agreement = :a), (select b.row from before b),
	'fifty visits change nothing');
select is((select count(*)::int from agreement.visit), 50, 'but are kept');
select is((select count(*)::int from audit.event where kind = 'agreement.opened'), 1, 'the first one on record');
-- six digits
select agreement.link_make(mail, 'CODE', sha256('token:123456')), agreement.link_make(mail, 'DECIDE', :'link')
from mail.outbox where agreement = :a;
select is(agreement.code_try(:'link', sha256('token:123456')), true, 'the digits of the mail');
select is(agreement.code_try(sha256('guess'), sha256('token:123456')), false, 'of that mail');
select agreement.code_try(:'link', sha256('token:000000')) from generate_series(1, 9);
select is(agreement.code_try(:'link', sha256('token:123456')), false, 'ten tries are the most');

select throws_ok(format('select t.decide(%L)', sha256('guess')), 'BB001', 'there is no such link', 'an unknown link decides nothing');
select throws_ok(format('select t.decide(%L, ''MAYBE'')', :'link'), 'BB003', 'choice is "MAYBE", expected CONFIRM, DECLINE or REPORT', 'nor does a choice that is none');
select throws_ok(format('select agreement.decide(%L, ''CONFIRM'', null, null, null, null, null)', :'link'), 'BB003',
	'expected which disclosures were agreed to, and their SHA-256', 'nor a yes to nothing');
select is(t.decide(:'link'), 'ACTIVE first', 'yes');
select is(t.decide(:'link', choice), 'ACTIVE', 'the first decision counts: then ' || choice)
from unnest(array['CONFIRM', 'DECLINE', 'REPORT']) choice;
select is(t.mails(:a), 'invitation affirmed affirmed>csp', 'both sides hear of it, once');
select ok(t.may(:csp1, :'e1'), 'now it may be read');
select ok(not t.may(:csp1, :'e1', 'billing'), 'in the kinds that were agreed on');
select ok(t.may(:csp1, :'e1', day => '2025-11-05') and not t.may(:csp1, :'e1', day => '2025-11-04'), 'six months back');
select is(t.chicago(starts_at) || ', ' || t.chicago(ends_at) || ', ' || t.chicago(reads_from),
	'Mon 2026-05-04 10:00, Tue 2027-05-04 10:00, Tue 2025-11-04 10:00', 'its term by the calendar of Chicago')
from agreement.agreement where agreement = :a;
select is((select count(*)::int from audit.receipt where agreement = :a), 1, 'a receipt is asked for');
update audit.receipt set signed = 'x', signed_at = now() where agreement = :a;
select is(t.mails(:a), 'invitation affirmed affirmed>csp receipt receipt>csp', 'when it is signed both sides hear of it');
select is(body::jsonb - 'csp' - 'starts_at' - 'ends_at' - 'reads_from' - 'invited_at' - 'accepted_at' - 'decided_at', jsonb_build_object(
	'type', 'busbar-consent-receipt', 'version', 1, 'agreement', :a, 'decision', 'CONFIRM', 'premises', array[:'e1'], 'kind', 'ENERGY',
	'kinds', array['interval', 'register'], 'months', 12, 'history_months', 6, 'reference', 'A-1', 'language', 'EN',
	'disclosure', jsonb_build_object('version', 'v1', 'sha256', encode(sha256('disclosures'), 'hex')),
	'mailbox_index', encode(t.box('ann'), 'hex')), 'of what was agreed to') from audit.receipt where agreement = :a;
select is((select body::jsonb from audit.personal where agreement = :a), '{"source": "198.51.100.9", "agent": "a browser",
	"evidence": {"machine": "work", "dwell_ms": 9000}}', 'how it was decided is kept');
select is((select count(*)::int from audit.event where detail::text like '%198.51.100.9%' or detail::text like '%browser%'), 0,
	'and not in the audit events');
select is((select detail ->> 'personal' from audit.event where kind = 'agreement.decided'),
	(select encode(sha256(salt || convert_to(body, 'UTF8')), 'hex') from audit.personal where agreement = :a), 'which have a digest of it');
select agreement.personal_erase(:a);
select is((select count(*)::int from agreement.visit where agreement = :a and (source is not null or agent is not null)), 0, 'whose visits these were can be forgotten');
select is(agreement.page(:'link') ->> 'state', 'ACTIVE', 'later visits show the true state');

-- ---- no ----
select t.asked(:csp1, array[:'e2'], 'bob') as a \gset
select t.sent(:a) as link \gset
select is(t.decide(:'link', 'DECLINE'), 'REJECTED first', 'no');
select is(t.decide(:'link'), 'REJECTED', 'is no');
select is(t.mails(:a), 'invitation declined declined>csp', 'both hear of it');
select is((select count(*)::int from audit.receipt where agreement = :a), 0, 'without a receipt');
select ok(not t.may(:csp1, :'e2'), 'nothing may be read');
select t.asked(:csp1, array[:'e2'], 'bob') as a \gset
select is(t.decide(t.sent(:a), 'REPORT'), 'REPORTED first', 'I did not ask for this');
select is((select reason from mail.suppression where recipient_index = t.box('bob') and csp = :csp1), 'REPORTED', 'then that third party''s mails stop');
-- before agreementd could write down that the mail went, the customer may have decided
select t.asked(:csp1, array[:'e2'], 'bea') as a \gset
select agreement.link_make(mail, 'DECIDE', sha256('early')) from mail.outbox where agreement = :a;
select is(t.decide(sha256('early'), 'DECLINE'), 'REJECTED first', 'a decision before the mail is on record');
select agreement.mail_accepted(:a, ops.now());
select is(t.state(:a), 'REJECTED', 'stays');
select is((select o.state from mail.outbox o where o.agreement = :a and kind = 'invitation'), 'CANCELLED', 'and the mail does not go again');

-- ---- held ----
select set_config('t.verdict', 'HOLD', true);
select t.asked(:csp2, array[:'e2'], 'eva') as a \gset
select is(t.decide(t.sent(:a)), 'HELD first', 'a yes that looks odd');
select ok(not t.may(:csp2, :'e2'), 'releases nothing');
select is(t.mails(:a), 'invitation affirmed', 'the customer hears that the yes has come');
select is((select (body::jsonb ->> 'held')::bool from audit.receipt where agreement = :a), true, 'its receipt says so');
select set_config('t.verdict', '', true);
select t.at('2026-05-05 10:00');
select is(agreement.move(:a, 'release', 'operator'), 'ACTIVE', 'until a person has looked');
select ok(t.may(:csp2, :'e2'), 'then it may be read');
select is(t.chicago(starts_at), 'Mon 2026-05-04 10:00', 'its term is as the customer began it') from agreement.agreement where agreement = :a;
select is(t.mails(:a), 'invitation affirmed resumed', 'and it is told');
select is(agreement.terminate(:a, 'OPERATOR', 'a mistake', 'operator'), 'TERMINATED', 'an operator ends it');
select is((select args - 'to' from mail.outbox where agreement = :a and kind = 'ended'), '{"why": "by-operator", "reason": "a mistake"}', 'with the reason');
-- of a third party that is suspended
select t.asked(:csp2, array[:'e2'], 'eva') as a \gset
select t.sent(:a) as link \gset
select party.csp_move(:csp2, 'suspend');
select is(t.decide(:'link'), 'HELD first', 'a yes to a suspended third party is held');
select party.csp_move(:csp2, 'resume');
select ok(not t.may(:csp2, :'e2'), 'also when that one goes on, until a person has looked');
-- a person looks while the third party is suspended again
select party.csp_move(:csp2, 'suspend');
select is(agreement.move(:a, 'release', 'operator'), 'SUSPENDED', 'released while it is suspended it waits with it');
select is(reason || ' ' || moved_by, 'csp-suspended HUB', 'for that reason') from agreement.agreement where agreement = :a;
select is(t.mails(:a), 'invitation affirmed suspended', 'which the customer is told');
select ok(not t.may(:csp2, :'e2'), 'and gives nothing');
select throws_ok(format('select agreement.move(%s, ''release'', ''operator'')', :a), 'BB004', '"release" is not possible for an agreement that is SUSPENDED', 'once');
select party.csp_move(:csp2, 'resume');
select radar.follow_soon(:csp2);
select is(radar.follow(10), 1, 'when that one goes on');
select is(t.state(:a) || ' ' || t.may(:csp2, :'e2'), 'ACTIVE true', 'so does the agreement, without another look');
select agreement.terminate(:a, 'COMMISSION', 'docket 1', 'operator');

-- ---- others who are known for a premise ----
insert into premise.contact (customer, kind, sealed, index)
select c.customer, k.kind, k.who::bytea, t.box(k.who) from premise.customer c,
	(values ('email', 'spouse'), ('email', 'ann2'), ('phone', 'phone')) k (kind, who)
where c.account_index = t.account('a');
select t.asked(:csp2, array[:'e1', :'e2'], 'ann2') as a \gset
select t.decide(t.sent(:a));
select results_eq(format($$ select encode(recipient_sealed, 'escape') collate "C", recipient_place from mail.outbox where agreement = %s and kind = 'not-you' order by 1 $$, :a),
	format($$ values ('ann' collate "C", 'agreement.email'::bytea || t.box('ann')), ('eva', 'agreement.email' || t.box('eva')), ('spouse', 'contact.email'::bytea || t.account('a')) $$),
	'each mailbox that is known hears of it, once, but the one that said yes; who only said no is not known');
select t.sent(:a, 'not-you', 'NOT_ME') as notme \gset
select is(agreement.not_me(:'notme', '203.0.113.4', 'x'), 'HELD', 'one of them says: not me');
select ok(not t.may(:csp2, :'e1') and t.may(:csp1, :'e1'), 'then that share gives nothing; others go on');
select is(agreement.move(:a, 'release', 'operator'), 'ACTIVE', 'a person looks');
select is(agreement.not_me(:'notme', '203.0.113.4', 'x'), 'ACTIVE', 'the same link holds it once');
select t.at('2026-06-10 10:00');
select throws_ok(format('select agreement.not_me(%L, null, null)', :'notme'), 'BB001', 'there is no such link', 'and for 30 days');
select throws_ok(format('select agreement.not_me(%L, null, null)', :'link'), 'BB001', 'there is no such link', 'nor does a link for something else');

-- ---- stopping ----
select agreement.stop_ask(l.sha256, '203.0.113.4') from agreement.link l where l.agreement = :a and l.purpose = 'DECIDE';
select agreement.stop_ask(l.sha256, '203.0.113.4') from agreement.link l where l.agreement = :a and l.purpose = 'DECIDE';
select is((select count(*)::int from mail.outbox where agreement = :a and kind = 'stop' and recipient_index = t.box('ann2')), 1,
	'who asks gets a fresh mail to the same mailbox, once an hour');
select t.sent(:a, 'stop', 'STOP') as stop \gset
select is(t.state(:a), 'ACTIVE', 'which alone stops nothing');
select is(agreement.page(:'stop') ->> 'purpose', 'STOP', 'its page');
select is(agreement.stop_by_link(:'stop', '203.0.113.4', 'x'), 'TERMINATED', 'its button does');
select is(agreement.stop_by_link(:'stop', '203.0.113.4', 'x'), 'TERMINATED', 'once');
select ok(not t.may(:csp2, :'e1'), 'at once');
select is((select string_agg(args ->> 'why', ' ') from mail.outbox where agreement = :a and kind = 'ended'), 'by-customer', 'both sides hear who ended it');

-- ---- a newer one takes the place of the older, premise by premise ----
select t.asked(:csp1, array[:'e1', :'e2'], 'kim') as old \gset
select t.decide(t.sent(:old));
select is((select string_agg(state || ' ' || coalesce(reason, ''), ', ' order by agreement) from agreement.agreement a where a.csp = :csp1
	and exists (select from agreement.premise x where x.agreement = a.agreement and x.premise = t.p(:'e1')) and a.agreement < :old and a.state in ('ACTIVE', 'TERMINATED')),
	'TERMINATED superseded', 'the older one of the same premise is over');
select t.at('2026-06-11 10:00');
select t.asked(:csp1, array[:'e2'], 'kim') as new \gset
select set_config('t.verdict', 'HOLD', true);
select t.decide(t.sent(:new));
select ok(t.may(:csp1, :'e1') and t.may(:csp1, :'e2'), 'one that is held takes no place');
select set_config('t.verdict', '', true);
select agreement.move(:new, 'release', 'operator');
select is(t.state(:old) || ' ' || t.state(:new), 'ACTIVE ACTIVE', 'an older one goes on with the premises that are left');
select is((select string_agg(p.esiid || ' ' || coalesce(x.reason, 'goes on'), ', ' order by p.esiid) from agreement.premise x join premise.premise p using (premise) where x.agreement = :old),
	:'e1' || ' goes on, ' || :'e2' || ' superseded', 'not with the others');
select ok(t.may(:csp1, :'e1') and t.may(:csp1, :'e2'), 'nothing is lost between');
select (t.ask(:csp1, array[:'e1'], 'kim', 12, 'DEVICE', '{}', 0) ->> 'id')::int8 as device \gset
select is(t.decide(t.sent(:device)), 'ACTIVE first', 'another kind');
select is(t.state(:old), 'ACTIVE', 'takes no place');

-- ---- kinds ----
select agreement.terminate(:old, 'CSP', 'our customer left us: http://x', 'csp');
select is((select args - 'to' from mail.outbox where agreement = :old and kind = 'ended' limit 1), '{"why": "by-csp"}', 'a third party''s words go into no mail');
select ok(not t.may(:csp1, :'e1'), 'a device gives no reads');
select (t.ask(:csp1, array[:'e1'], 'kim', null, 'ENERGY_ONCE') ->> 'id')::int8 as once \gset
select t.decide(t.sent(:once));
select ok(t.may(:csp1, :'e1', day => '2026-06-10'), 'once: what was there');
select t.at('2026-06-13 10:00');
select ok(t.may(:csp1, :'e1', day => '2026-06-10') and not t.may(:csp1, :'e1', day => '2026-06-11') and not t.may(:csp1, :'e1', day => '2026-06-12'),
	'and nothing that came after');
-- an agreement in the form of before
select agreement.record(:csp2, array[:'e1'], '{interval}', ops.now(), ops.now() + interval '30 days', null) as plain \gset
select is(agreement.move(:plain, 'suspend') || ' ' || agreement.move(:plain, 'resume') || ' ' || agreement.move(:plain, 'terminate'),
	'SUSPENDED ACTIVE TERMINATED', 'one that an operator recorded moves as others do');
select is((select count(*)::int from mail.outbox where agreement = :plain and recipient_index <> t.box('csp1')), 0, 'and has no mailbox to write to');

-- ---- renewal: a large business, one press of a button, the same term, before the end ----
select t.load('oncor') as l \gset
select t.bill(:l, 1, :'e4', '2026-05-01', '2026-05-31', 15000000);
select t.asked(:csp1, array[:'e4'], 'firm', 24) as a \gset
select t.decide(t.sent(:a));
select throws_ok(format('select agreement.renew_ask(%s, %s, ''tester'')', :csp2, :a), 'BB001', null, 'of its own third party');
select throws_ok(format('select agreement.renew_ask(%s, %s, ''tester'')', :csp1, :new), 'BB004',
	'only a large business renews its agreement so; others are invited again', 'of a large business');
select t.at('2028-04-29 09:00');
select agreement.tick();
select is(t.mails(:a), 'invitation affirmed affirmed>csp', 'nothing is asked yet');
select t.at('2028-04-29 10:01');
select agreement.tick();
select is(right(t.mails(:a), 8), ' renewal', 'asked 45 days before the end');
select t.sent(:a, 'renewal', 'RENEW') as renew \gset
select agreement.opened(:'renew', null, null);
select is((select count(*)::int from agreement.agreement where renews = :a), 0, 'opening it renews nothing');
select agreement.renew_by_link(:'renew', '{}', '203.0.113.9', 'x') as next \gset
select is(agreement.renew_by_link(:'renew', '{}', '203.0.113.9', 'x'), :next::int8, 'one press, or two');
select is(n.state || ' ' || n.months || ' ' || (n.starts_at = a.ends_at) || ' ' || t.chicago(n.ends_at), 'ACTIVE 24 true Thu 2030-06-13 10:00', 'the same term again')
from agreement.agreement a, agreement.agreement n where a.agreement = :a and n.agreement = :next;
select is(t.mails(:next), 'renewed renewed>csp', 'both hear of it');
select is((select body::jsonb ->> 'decision' from audit.receipt where agreement = :next), 'RENEW', 'with a receipt of its own');
select throws_ok(format('select agreement.renew_ask(%s, %s, ''tester'')', :csp1, :a), 'BB004', 'it is renewed already', 'once');
select l.sha256 as first from agreement.link l where l.agreement = :a and l.purpose = 'DECIDE' \gset
create function t.shown(link bytea) returns text language sql as $$
	select (p ->> 'id') || ' ' || (p ->> 'state') || ' to ' || t.chicago((p ->> 'ends_at')::timestamptz) from agreement.page(link) p
$$;
select is(t.shown(:'first'), :a || ' ACTIVE to Thu 2030-06-13 10:00', 'the page of the first mail says how long it goes on now');
select t.at('2028-06-13 09:59:59');
select ok(t.may(:csp1, :'e4', day => '2028-06-01'), 'to the end of the first');
select t.at('2028-06-13 10:00:05');
select ok(t.may(:csp1, :'e4', day => '2028-06-01'), 'and on, without a gap');
select agreement.tick();
select is(t.state(:a) || ' ' || t.state(:next), 'COMPLETED ACTIVE', 'the first has gone by');
select is((select string_agg(args ->> 'goes_on', ' ') from mail.outbox where agreement = :a and kind = 'ended'), 'true true',
	'whose end both sides hear of as what it is: a newer one goes on');
select is(t.shown(:'first'), :a || ' ACTIVE to Thu 2030-06-13 10:00', 'its page does not say that it is over');
select agreement.stop_ask(:'first', null);
select is(right(t.mails(:next), 5), ' stop', 'who holds that mail may still ask how to stop');
select throws_ok(format('select agreement.renew_by_link(%L, null, null, null)', sha256('x')), 'BB001', 'there is no such link', 'an unknown link renews nothing');
select t.at('2030-05-01 10:00');
select agreement.tick();
select t.sent(:next, 'renewal', 'RENEW') as renew \gset
select t.at('2030-06-13 10:00:05');
select throws_ok(format('select agreement.renew_by_link(%L, null, null, null)', :'renew'), 'BB001', 'there is no such link', 'nor does one after the end');
-- a renewal that is to follow ends with what it renews
select agreement.tick();
select t.load('oncor') as l \gset
select t.bill(:l, 1, :'e4', '2030-05-01', '2030-05-31', 15000000);
select t.asked(:csp1, array[:'e4'], 'firm', 13) as a \gset
select t.decide(t.sent(:a));
select agreement.renew_ask(:csp1, :a, 'csp1');
select agreement.renew_by_link(t.sent(:a, 'renewal', 'RENEW'), '{}', null, null) as next \gset
select agreement.stop_ask(l.sha256, null) from agreement.link l where l.agreement = :a and l.purpose = 'RENEW';
select agreement.stop_by_link(t.sent(:a, 'stop', 'STOP'), null, null);
select is(t.state(:a) || ' ' || t.state(:next), 'TERMINATED TERMINATED', 'who stops it stops what was to follow');

-- and is held and released with it
select t.asked(:csp1, array[:'e4'], 'firm', 13) as a \gset
select t.decide(t.sent(:a));
select agreement.renew_ask(:csp1, :a, 'csp1');
select agreement.renew_by_link(t.sent(:a, 'renewal', 'RENEW'), '{}', null, null) as next \gset
create function t.both(a int8) returns text language sql as $$
	select string_agg(state, ' ' order by agreement) from agreement.agreement where agreement = a or renews = a
$$;
select agreement.take(:a, 'hold', 'CUSTOMER', 'not-me', 'link');
select is(t.both(:a), 'HELD HELD', 'who says "not me" holds what is to follow too');
select agreement.move(:a, 'release', 'operator');
select is(t.both(:a), 'ACTIVE ACTIVE', 'and it is released with it');
select agreement.move(:a, 'suspend', 'operator');
select is(t.both(:a), 'SUSPENDED SUSPENDED', 'an operator suspends both');
select agreement.take(:next, 'resume', 'HUB', 'csp-resumed', 'hub');
select is(t.both(:a), 'SUSPENDED ACTIVE', 'the hub each by itself');
select agreement.take(:a, 'hold', 'OPERATOR', 'odd', 'operator');
select agreement.move(:a, 'decline', 'operator');
select is(t.both(:a), 'REJECTED TERMINATED', 'what turns out to be no yes is not followed by anything');
-- released while the third party is suspended
\set refused :a
select t.asked(:csp1, array[:'e4'], 'firm', 13) as a \gset
select t.decide(t.sent(:a));
select agreement.renew_ask(:csp1, :a, 'csp1');
select agreement.renew_by_link(t.sent(:a, 'renewal', 'RENEW'), '{}', null, null) as next \gset
select agreement.take(:a, 'hold', 'CUSTOMER', 'not-me', 'link');
select party.csp_move(:csp1, 'suspend');
select agreement.move(:a, 'release', 'operator');
select is(t.both(:a), 'SUSPENDED SUSPENDED', 'what follows waits with it');
-- stopped through the first one's mail when the renewal has begun
select party.csp_move(:csp1, 'resume');
select radar.follow_soon(:csp1), radar.follow(10);
select t.sent(:a, 'renewal', 'RENEW') as old \gset
select agreement.stop_ask(:'old', null);
select t.sent(:a, 'stop', 'STOP') as stop \gset
select agreement.take(:a, 'complete', 'HUB', 'term', 'clock');
select is(agreement.stop_by_link(:'stop', null, null), 'TERMINATED', 'a mail of the first one stops the second');
select is(t.both(:a), 'COMPLETED TERMINATED', 'which had taken its place');

-- ---- in the language in which it was decided ----
select t.asked(:csp1, array[:'e3'], 'ines') as a \gset
select agreement.decide(t.sent(:a), 'CONFIRM', 'v1 ES', sha256('x'), '{"shown": "ES"}', null, null);
select is(string_agg(language, ' ' order by mail), 'EN ES', 'mails go on in the language of the page that was answered')
from mail.outbox where agreement = :a and recipient_index = t.box('ines');
select agreement.terminate(:a, 'CSP', null, 'csp');

-- ---- never more than half of a number is shown ----
update premise.meter set meter_number = '7' where premise = t.p(:'e3');
select is(agreement.page(l.sha256) -> 'premises' -> 0 ->> 'meter_masked', '…', 'of a meter number of one character nothing')
from agreement.link l where l.agreement = :a and l.purpose = 'DECIDE';
update premise.meter set meter_number = '12345' where premise = t.p(:'e3');
select is(agreement.page(l.sha256) -> 'premises' -> 0 ->> 'meter_masked', '…45', 'of one of five two')
from agreement.link l where l.agreement = :a and l.purpose = 'DECIDE';
\set a :refused

-- also by a link that comes late, when the first term is over and the next one runs
select t.at('2031-02-03 10:00');
select t.load('oncor') as l \gset
select t.bill(:l, 1, :'e4', '2031-01-01', '2031-01-31', 15000000);
select t.done(:l);
insert into premise.contact (customer, kind, sealed, index)
select c.customer, 'email', 'partner', t.box('partner') from premise.customer c where c.account_index = t.account('b');
select t.asked(:csp1, array[:'e4'], 'firm', 1) as b \gset
select t.decide(t.sent(:b));
select t.sent(:b, 'not-you', 'NOT_ME') as notme \gset
select agreement.renew_ask(:csp1, :b, 'csp1');
select agreement.renew_by_link(t.sent(:b, 'renewal', 'RENEW'), '{}', null, null) as following \gset
select t.at('2031-03-03 09:00');
select agreement.stop_ask(l.sha256, null) from agreement.link l where l.agreement = :b and l.purpose = 'RENEW';
select t.sent(:b, 'stop', 'STOP') as stop \gset
select t.at('2031-03-04 10:00');
select agreement.tick();
select is(t.both(:b), 'COMPLETED ACTIVE', 'a term is over and goes on in the next');
select agreement.not_me(:'notme', null, null);
select is(t.both(:b), 'COMPLETED HELD', 'who says "not me" then holds what goes on');
select agreement.move(:following, 'release', 'operator');
select agreement.stop_by_link(:'stop', null, null);
select is(t.both(:b), 'COMPLETED TERMINATED', 'who stops it then stops what goes on');

-- ---- as operators see it ----
select is(f.invited, f.affirmed + f.declined + f.reported + f.lapsed + f.undeliverable + f.withdrawn + f.sent + f.delivered + f.opened, 'the funnel adds up: ' || f.csp)
from agreement.funnel() f;
select is(f.invited || ' ' || f.declined || ' ' || f.reported, (select count(*) || ' 3 1' from agreement.agreement where csp = :csp1 and invited_at is not null and renews is null),
	'and counts what happened') from agreement.funnel(:csp1) f;
select is((select invited from agreement.funnel(:csp1, '2026-05-04', '2026-05-04')), 4::int8, 'by days, both inclusive');
select is((select invited from agreement.funnel(:csp1, '2026-05-05', '2026-05-05')), 0::int8, 'and no others');
select is((select count(*) from agreement.list(:csp1, 'rejected')), 3::int8, 'a list, of one state');
select is((select array_agg(agreement) from agreement.list(most => 2)), (select array_agg(x order by x) from (select agreement from agreement.agreement order by 1 desc limit 2) y (x)),
	'the latest ones');
update agreement.agreement set reference = 'only this' where agreement = (select min(x.agreement) from agreement.agreement x);
select is((select array_agg(l.agreement) from agreement.list(most => 1, of_reference => 'only this') l),
	(select array[min(x.agreement)] from agreement.agreement x), 'one of a reference, however many are newer');
select is(agreement.show(:a) ->> 'state' || ' ' || (agreement.show(:a) -> 'steps' -> -1 ->> 'by'), 'REJECTED OPERATOR', 'one of them, with its moves');
select is(agreement.show(0), null, 'or none');

select * from finish();
rollback;
