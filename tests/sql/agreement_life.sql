-- From the invitation to the end: who may ask whom for what, what is decided, what time does, who hears of it.
begin;
\ir lib/fixture.psql
\ir lib/agreement.psql
select no_plan();
select t.at('2026-05-04 10:00');	-- a Monday

select t.ask(:csp1, array[:'e1'], 'ann', reference => 'A-1') as said \gset
select (:'said'::jsonb ->> 'id')::int8 as a \gset
select is(:'said'::jsonb, jsonb_build_object('id', :a, 'state', 'PENDING', 'faults', '[]'::jsonb), 'a customer is asked');
select is(t.mails(:a), 'invitation', 'by a mail');
select ok(not reads.may_read(:csp1, :'e1', 'interval', '[2026-04-01 06:00+0,2026-04-02 06:00+0)'), 'nothing may be read yet');
select t.sent(:a) as link \gset
select is(t.chicago(dies_at), 'Tue 2026-05-12 00:00', 'its time runs') from agreement.agreement where agreement = :a;
select is(agreement.page('\x00'), null, 'an unknown link shows nothing');
select is(agreement.page(:'link') - 'csp' - 'id' - 'mail' - 'premises' - 'invited_at' - 'accepted_at' - 'dies_at',
	'{"purpose": "DECIDE", "state": "PENDING", "kind": "ENERGY", "kinds": ["interval", "register"], "months": 12,
	"history_months": 6, "language": "EN", "large": false, "starts_at": null, "ends_at": null, "decided_at": null,
	"ended_at": null, "by": null, "reason": null, "renews": null, "renewed_by": null,
	"disclosure": {"version": null}}', 'the page');
select is(agreement.page(:'link') -> 'premises' -> 0, '{"masked": "…0001", "street": null, "city": null, "meter_masked": "…M1",
	"ended_at": null, "reason": null}', 'premises are masked');
select is(t.decide(:'link'), 'ACTIVE first', 'yes');
select is(t.decide(:'link', 'DECLINE'), 'ACTIVE', 'the first decision counts');
select is(t.mails(:a), 'invitation affirmed affirmed>csp', 'both sides hear of it');
select ok(reads.may_read(:csp1, :'e1', 'interval', '[2026-04-01 06:00+0,2026-04-02 06:00+0)'), 'now it may be read');
select is(t.chicago(starts_at) || ' ' || t.chicago(ends_at) || ' ' || t.chicago(reads_from),
	'Mon 2026-05-04 10:00 Tue 2027-05-04 10:00 Tue 2025-11-04 10:00', 'its term by the calendar of Chicago')
from agreement.agreement where agreement = :a;
select is((select count(*)::int from audit.receipt where agreement = :a), 1, 'a receipt is asked for');

select * from finish();
rollback;
