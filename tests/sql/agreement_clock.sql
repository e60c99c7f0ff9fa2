-- What time does to agreements: the five weekdays for each day and hour, what falls due, once each, and the guard
-- against a real clock that jumps. Expected instants are by hand, from a calendar.
begin;
\ir lib/fixture.psql
\ir lib/agreement.psql
select plan(99);
set timezone = 'Asia/Tokyo';	-- whatever the session's zone

-- The day of acceptance is day 0; over at 24:00 Chicago of the fifth weekday after it. A week without anything:
select is_empty($$
	select d.day, h.hour, agreement.deadline((d.day + h.hour) at time zone 'America/Chicago')
	from (values
		('2026-05-04'::date, '2026-05-12 05:00Z'::timestamptz),	-- Monday: to Monday 11 at 24:00 (CDT)
		('2026-05-05', '2026-05-13 05:00Z'),
		('2026-05-06', '2026-05-14 05:00Z'),
		('2026-05-07', '2026-05-15 05:00Z'),
		('2026-05-08', '2026-05-16 05:00Z'),	-- Friday: to Friday 15 at 24:00
		('2026-05-09', '2026-05-16 05:00Z'),	-- Saturday and Sunday: Monday is the first, so too
		('2026-05-10', '2026-05-16 05:00Z')) d (day, over)
	cross join (select i * interval '1 hour' + m as hour from generate_series(0, 23) i,
		unnest(array[interval '0', '1 second', '59 minutes', '59 minutes 59.999999 seconds']) m) h
	where agreement.deadline((d.day + h.hour) at time zone 'America/Chicago') <> d.over $$,
	'each hour of each day of a week: 672 starts');
select is(agreement.deadline(accepted::timestamptz) at time zone 'UTC', over::timestamp, words)
from (values
	('2026-05-08 23:59 America/Chicago', '2026-05-16 05:00', 'Friday 23:59'),
	('2026-05-09 00:00 America/Chicago', '2026-05-16 05:00', 'one minute later it is Saturday, for the same Friday'),
	('2026-05-10 23:59 America/Chicago', '2026-05-16 05:00', 'Sunday 23:59'),
	('2026-05-11 00:00 America/Chicago', '2026-05-19 05:00', 'one minute later it is Monday, to the next one'),
	-- spring, 2026-03-08: 02:00 CST is 03:00 CDT
	('2026-03-02 18:00Z', '2026-03-10 05:00', 'a Monday before the clocks go forward'),
	('2026-03-07 05:59Z', '2026-03-14 05:00', 'Friday 23:59 CST before'),
	('2026-03-07 18:00Z', '2026-03-14 05:00', 'Saturday before'),
	('2026-03-08 07:59Z', '2026-03-14 05:00', 'Sunday 01:59 CST, the last minute before'),
	('2026-03-08 08:00Z', '2026-03-14 05:00', 'Sunday 03:00 CDT, the first after'),
	('2026-03-09 04:59Z', '2026-03-14 05:00', 'Sunday 23:59 CDT'),
	('2026-03-09 05:00Z', '2026-03-17 05:00', 'Monday 00:00 CDT'),
	-- autumn, 2026-11-01: 02:00 CDT is 01:00 CST
	('2026-10-26 17:00Z', '2026-11-03 06:00', 'a Monday before the clocks go back'),
	('2026-10-31 04:59Z', '2026-11-07 06:00', 'Friday 23:59 CDT before'),
	('2026-11-01 06:30Z', '2026-11-07 06:00', 'Sunday 01:30 CDT'),
	('2026-11-01 07:30Z', '2026-11-07 06:00', 'Sunday 01:30 CST, an hour later'),
	('2026-11-02 05:59Z', '2026-11-07 06:00', 'Sunday 23:59 CST'),
	('2026-11-02 06:00Z', '2026-11-10 06:00', 'Monday 00:00 CST'),
	-- spring, 2027-03-14
	('2027-03-08 18:00Z', '2027-03-16 05:00', '2027: a Monday before the clocks go forward'),
	('2027-03-13 05:59Z', '2027-03-20 05:00', '2027: Friday 23:59 CST before'),
	('2027-03-14 07:59Z', '2027-03-20 05:00', '2027: Sunday 01:59 CST'),
	('2027-03-14 08:00Z', '2027-03-20 05:00', '2027: Sunday 03:00 CDT'),
	('2027-03-15 05:00Z', '2027-03-23 05:00', '2027: Monday 00:00 CDT'),
	-- autumn, 2027-11-07
	('2027-11-01 17:00Z', '2027-11-09 06:00', '2027: a Monday before the clocks go back'),
	('2027-11-06 04:59Z', '2027-11-13 06:00', '2027: Friday 23:59 CDT before'),
	('2027-11-07 06:30Z', '2027-11-13 06:00', '2027: Sunday 01:30 CDT'),
	('2027-11-07 07:30Z', '2027-11-13 06:00', '2027: Sunday 01:30 CST'),
	('2027-11-08 06:00Z', '2027-11-16 06:00', '2027: Monday 00:00 CST'),
	-- holidays are not skipped; the turn of a year, a leap day
	('2026-11-20 18:00Z', '2026-11-28 06:00', 'Friday before Thanksgiving: to the Friday after it'),
	('2026-12-28 18:00Z', '2027-01-05 06:00', 'over New Year'),
	('2028-02-25 18:00Z', '2028-03-04 06:00', 'over the 29th of February')
) v (accepted, over, words);
select is(agreement.weekday_end(asked::timestamptz, 10) at time zone 'UTC', over::timestamp, words)
from (values
	('2026-05-04 15:00Z', '2026-05-19 05:00', 'ten weekdays from a Monday: Monday in two weeks'),
	('2026-05-08 15:00Z', '2026-05-23 05:00', 'from a Friday'),
	('2026-05-09 15:00Z', '2026-05-23 05:00', 'from a Saturday'),
	('2026-10-28 15:00Z', '2026-11-12 06:00', 'over the change of the clocks')
) v (asked, over, words);
-- each number of weekdays from each day, beside a calendar
select is_empty($$
	select d.day, n from generate_series(date '2026-02-20', date '2026-03-20', interval '1 day') d (day), generate_series(1, 15) n
	where agreement.weekday_end((d.day::date + time '12:00') at time zone 'America/Chicago', n) <> (
		select (max(w.day)::date + 1)::timestamp at time zone 'America/Chicago' from (
			select c.day from generate_series(d.day + interval '1 day', d.day + interval '40 days', interval '1 day') c (day)
			where to_char(c.day, 'Dy') not in ('Sat', 'Sun') order by 1 limit n) w)
	$$, 'as many as are counted one by one');

-- An invitation that nobody answers.
select t.at('2026-05-04 10:00');
select t.asked(:csp1, array[:'e1'], 'ann') as a \gset
select t.asked(:csp1, array[:'e2'], 'bob') as b \gset
select is(agreement.tick(), 0, 'nothing is due');
select is(t.chicago(agreement.next_due()), 'Tue 2026-05-05 10:00', 'looked at again within a day');
select t.at('2026-05-05 11:00');
select t.sent(:a) as link \gset
select is(t.chicago(dies_at), 'Wed 2026-05-13 00:00', 'day 0 is the day that a mail server took it')
from agreement.agreement where agreement = :a;
select agreement.mail_accepted(:a, ops.now() + interval '3 days');
select is(t.chicago(dies_at), 'Wed 2026-05-13 00:00', 'and no later one') from agreement.agreement where agreement = :a;
select t.at('2026-05-08 08:59');
select is(agreement.tick(), 0, 'before nine of the third weekday');
select is(t.chicago(agreement.next_due()), 'Fri 2026-05-08 09:00', 'which is when something falls due');
select t.at('2026-05-08 09:01');
select is(agreement.tick(), 1, 'the customer is reminded');
select is(agreement.tick(), 0, 'once');
select is(t.mails(:a), 'invitation reminder', 'by a mail');
select ok(give_up_at between dies_at and dies_at + interval '2 seconds', 'that is not tried for longer than it makes sense')
from mail.outbox o join agreement.agreement a using (agreement) where o.agreement = :a and o.kind = 'reminder';
select t.at('2026-05-12 09:01');
select is(agreement.tick(), 1, 'and on the last day');
select t.at('2026-05-12 23:59:50');
select is(agreement.tick(), 0, 'it lives to the last second');
select is(t.state(:a), 'PENDING', 'of the fifth weekday');
select t.at('2026-05-13 00:00');
select is(agreement.tick(), 1, 'and not longer');
select is(t.state(:a), 'LAPSED', 'no answer');
select is(t.mails(:a), 'invitation reminder- reminder- lapsed lapsed>csp', 'both sides hear of it');
select is(t.decide(:'link'), 'LAPSED', 'then it is too late');
select is(t.state(:b), 'PENDING', 'what no mail server took does not lapse');
select t.at('2026-05-18 23:59');
select is(agreement.tick(), 0, 'for ten weekdays from its making');
select t.at('2026-05-19 00:00');
update mail.outbox set state = 'SENDING', lease_token = gen_random_uuid(), lease_until = clock_timestamp() + interval '1 minute'
where agreement = :b and kind = 'invitation';
select is(agreement.tick(), 0, 'not while a sender has it in hand: it may be taken this time');
select ok(agreement.next_due() > ops.now(), 'which nobody looks at again and again');
select agreement.due_do(:b, null, 'give-up', ops.now()) as done \gset
select is(:done, 0, 'nor when it was taken up after the look at what is due');
update mail.outbox set lease_until = clock_timestamp() where agreement = :b and kind = 'invitation';
select ok(not agreement.mail_under_way(:b), 'one who died with it has it no more when its lease is over');
update mail.outbox set state = 'QUEUED', lease_token = null, lease_until = null where agreement = :b and kind = 'invitation';
select is(agreement.tick(), 1, 'then it is given up');
select is(t.state(:b) || ' ' || reason, 'UNDELIVERABLE given-up', 'as what it is')
from agreement.agreement where agreement = :b;
select is(t.mails(:b), 'invitation- undeliverable>csp', 'who asked hears of it; the mail does not go any more');
select agreement.mail_accepted(:b, ops.now());
select is(t.state(:b), 'UNDELIVERABLE', 'also when a server takes it after that');
select is(agreement.next_due(), null, 'nothing to wait for');

-- Past its time it lapses at the moment somebody decides, whether or not the clock has looked.
select t.asked(:csp1, array[:'e1'], 'ann') as a \gset
select t.sent(:a) as link \gset
select t.at('2026-06-02 00:00');
select is(t.decide(:'link'), 'LAPSED', 'a decision after the end does nothing');
select is((select count(*)::int from audit.event where kind = 'agreement.decided' and (detail ->> 'agreement')::int8 = :a), 0,
	'and none is on record');
-- nine days at once: no reminder is sent when it is over
select t.asked(:csp1, array[:'e1'], 'ann') as a \gset
select t.sent(:a) as link \gset
select t.at('2026-06-11 00:00');
select agreement.tick();
select is(t.state(:a) || ' ' || t.mails(:a), 'LAPSED invitation lapsed lapsed>csp', 'the clock moved nine days');
-- a refusal, and one that comes back later
select t.asked(:csp1, array[:'e1'], 'cat') as a \gset
select agreement.mail_refused(:a, 'refused');
select is(t.state(:a), 'UNDELIVERABLE', 'refused for good');
select agreement.mail_refused(:a, 'refused');
select is((select count(*)::int from audit.event where kind = 'agreement.moved' and (detail ->> 'agreement')::int8 = :a), 1, 'once');

-- The term: warnings to both sides, the end.
select t.at('2026-06-15 10:00');
select t.asked(:csp1, array[:'e1'], 'dan', 3) as a \gset
select t.decide(t.sent(:a));
select is(t.chicago(ends_at), 'Tue 2026-09-15 10:00', 'three months') from agreement.agreement where agreement = :a;
create function t.due(local timestamp) returns text language plpgsql as $$
begin
	perform t.at(local);
	return agreement.tick() || ' ' || agreement.tick();
end $$;
select is(t.due('2026-08-16 09:59'), '0 0', 'not before 30 days');
select is(t.due('2026-08-16 10:00:02'), '1 0', '30 days before the end');
select is(t.due('2026-09-08 10:00:02'), '1 0', '7 days');
select is(t.due('2026-09-14 10:00:02'), '1 0', '1 day');
select is((select string_agg(o.kind || ' ' || (o.args ->> 'days') || case when o.recipient_index = t.box('csp1') then ' csp' else '' end, ', ' order by o.mail)
	from mail.outbox o where o.agreement = :a and o.kind = 'expiry-warning'),
	'expiry-warning 30, expiry-warning 30 csp, expiry-warning 7, expiry-warning 7 csp, expiry-warning 1, expiry-warning 1 csp',
	'to both sides, once each');
select t.at('2026-09-15 09:59:55');
select ok(reads.may_read(:csp1, :'e1', 'interval', '[2026-07-01 05:00Z,2026-07-02 05:00Z)'), 'to its last second');
select t.at('2026-09-15 10:00:02');
select ok(not reads.may_read(:csp1, :'e1', 'interval', '[2026-07-01 05:00Z,2026-07-02 05:00Z)'), 'it may be read; and no longer');
select is(t.due('2026-09-15 10:00:02'), '1 0', 'the term is over');
select is(t.state(:a) || ' ' || right(t.mails(:a), 15), 'COMPLETED ended ended>csp', 'and both sides hear of it');
-- after a long sleep the nearest warning goes, not all
select t.asked(:csp1, array[:'e1'], 'dan', 3) as a \gset
select t.decide(t.sent(:a));
select t.due('2026-12-12 10:00');
select is((select string_agg(o.args ->> 'days', ' ') from mail.outbox o where o.agreement = :a and o.kind = 'expiry-warning'), '7 7',
	'of two that are due at once the nearer goes');
select t.due('2026-12-20 10:00');
-- once: a month to fetch it
select (t.ask(:csp1, array[:'e1'], 'dan', null, 'ENERGY_ONCE') ->> 'id')::int8 as a \gset
select t.decide(t.sent(:a));
select is(t.chicago(ends_at), 'Tue 2027-01-19 10:00', 'what is given once may be fetched for 30 days')
from agreement.agreement where agreement = :a;
select is(t.due('2027-01-18 10:00'), '0 0', 'without a warning');
select is(t.due('2027-01-19 10:00:02'), '1 0', 'then it is over');

-- ---- the guard: clocks that nobody sets ----
select t.at('2027-02-01 10:00');
select t.asked(:csp1, array[:'e1'], 'eve') as a \gset
select t.sent(:a) as link \gset
update agreement.watch set at = null, boot = null, uptime_s = null;
select agreement.tick('boot-1', 1000);
select t.at('2027-02-09 00:00');
-- the hub's clock was moved by days, the real one was not: that is no disagreement
update agreement.watch set at = clock_timestamp() - interval '100 seconds';
select is(agreement.tick('boot-1', 1100), 1, 'the hub''s clock may be moved');
select is(t.state(:a), 'LAPSED', 'and things expire by it');
select t.asked(:csp1, array[:'e1'], 'eve') as a \gset
select t.sent(:a) as link \gset
select t.at('2027-02-17 00:00');
update agreement.watch set at = clock_timestamp() - interval '30 days';
select is(agreement.tick('boot-1', 1160), 0, 'a real clock that jumped a month ahead: nothing expires');
select is(t.state(:a), 'PENDING', 'not this one');
select throws_ok(format('select t.decide(%L)', :'link'), 'BB004', null, 'nor is it decided whether it was in time');
select is((select (detail ->> 'off_s')::int between 2591900 and 2592000 from audit.event where kind = 'clock.disagrees'), true,
	'that is on record, once');
select agreement.tick('boot-1', 1200);
select agreement.tick();
select is(agreement.tick('boot-2', 5), 0, 'a restart of the machine does not make it right');
select is((select count(*)::int from audit.event where kind = 'clock.disagrees'), 1, 'still once');
select ok(agreement.next_due() <= ops.now() + interval '61 seconds', 'it is looked at each minute');
select agreement.clock_trust('tester');
select is(agreement.tick('boot-2', 65), 1, 'a person says that it is right');
select is(t.state(:a), 'LAPSED', 'then it goes on');
select t.asked(:csp1, array[:'e1'], 'eve') as a \gset
select t.sent(:a) as link \gset
select t.at('2027-02-25 00:00');
update agreement.watch set at = clock_timestamp() + interval '7 days';
select is(agreement.tick('boot-2', 125), 0, 'a real clock that went back');
update agreement.watch set at = clock_timestamp() - interval '100 seconds';
select is(agreement.tick('boot-2', 165), 1, 'it goes on by itself when the two agree again');
select is((select count(*)::int from audit.event where kind = 'clock.agrees'), 1, 'on record too');
update agreement.watch set at = clock_timestamp() - interval '50 seconds';
select is(agreement.clocks_agree('boot-2', 165 + 109), true, 'within a minute they agree');
update agreement.watch set at = clock_timestamp() - interval '50 seconds';
select is(agreement.clocks_agree('boot-2', 165 + 109 + 111), false, 'a second more and they do not');

select * from finish();
rollback;
