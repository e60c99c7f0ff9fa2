-- The watch over abuse: each detector just under, at and above its threshold.
begin;
\ir lib/fixture.psql
\set ON_ERROR_ROLLBACK on
select plan(81);

-- 400 premises of as many customers c1 …, whose mailboxes are known to the utility: m1 ….
select t.load('oncor') as l \gset
create function t.e(i int) returns text language sql immutable as $$ select '10443720' || lpad(i::text, 9, '0') $$;
select t.premise(:l, i, t.e(i), '2024-01-01') from generate_series(1, 400) i;
select premise.load_premise(:l);
select t.occupancy(:l, i, t.e(i), '2024-01-01', 'c' || i) from generate_series(1, 400) i;
select premise.load_occupancy(:l);
create function t.box(a text) returns bytea language sql immutable as $$ select substr(sha256(a::bytea), 1, 16) $$;
insert into premise.contact (customer, kind, sealed, index)
select o.customer, 'email', 'sealed', t.box('m' || substr(p.esiid, 9)::int)
from premise.premise p join premise.occupancy o on o.premise = p.premise;
select t.done(:l);

create function t.say(kind text, csp int4, agreement int8 default null, premise int4 default null, box text default null,
	source inet default null, detail jsonb default '{}') returns text language sql as $$
	select radar.on_event(kind, csp, agreement, premise, t.box(box), source, detail)
$$;
-- The customer of premise i affirms agreement i from a line of its own, unless something else is said.
create function t.affirm(csp int4, i int, box text default null, source inet default null, detail jsonb default '{}')
returns text language sql as $$
	select t.say('affirmed', csp, i, t.p(t.e(i)), coalesce(box, 'm' || i),
		coalesce(source, ('100.' || i / 250 || '.' || i % 250 || '.7')::inet), detail)
$$;
create function t.hits(agreement int8) returns text language sql as $$
	select string_agg(h.detector, ' ' order by h.detector) from radar.held x join radar.hit h on h.hit = x.hit
	where x.agreement = hits.agreement
$$;
create function t.clock(by interval) returns void language sql as $$ update ops.clock set ahead = ahead + $1 $$;
create function t.many(n int, query text) returns text language plpgsql as $$
declare
	r text;
begin
	for i in 1 .. n loop
		execute query using i into r;
	end loop;
	return r;
end $$;

select is(t.affirm(:csp1, 1), 'NONE', 'the customer''s own mailbox and line: nothing to be said');
select is_empty('select * from radar.hit', 'and nothing is written down');
select is((select detail ->> 'known' from radar.event order by event desc limit 1), 'true',
	'but that the utility knows the mailbox');

-- addresses
select is(radar.address('::ffff:192.0.2.7'), '192.0.2.7', 'IPv4 in IPv6''s clothes');
select is(radar.address('2001:db8::1/64'), '2001:db8::1', 'no mask');

-- mailbox-premises: more than 3 customers
create function t.invited(csp int4, i int, domain text) returns text language sql as $$
	select t.say('invited', csp, i, t.p(t.e(i)), 'm' || i, '198.51.100.1',
		jsonb_build_object('domain_index', encode(t.box(domain), 'hex')))
$$;
savepoint s;
update radar.detector set action = 'NOTE' where detector = 'unproven';
select is((select string_agg(t.affirm(:csp1, i, 'one'), ' ') from generate_series(2, 3) i), 'NONE NONE', 'mailbox: two customers');
select is(t.affirm(:csp2, 4, 'one'), 'NONE', 'mailbox: at the threshold of three, at another third party');
select is(t.affirm(:csp1, 5, 'one'), 'HOLD', 'mailbox: the fourth customer is held');
select is(t.hits(5), 'mailbox-premises', 'by the detector of that name');
select results_eq($$ select h.found, h.threshold, d.flag, (select array_agg(v.agreement order by v.event) from radar.evidence x
		join radar.event v on v.event = x.event where x.hit = h.hit)
	from radar.hit h join radar.detector d on d.detector = h.detector $$, $$ values (4.000, 3, 'a', array[2, 3, 4, 5]::int8[]) $$,
	'with its figure, the red flag and the four events');
rollback to s;
update radar.detector set action = 'NOTE' where detector = 'unproven';
select t.load('oncor') as l2 \gset
select t.occupancy(:l2, i, t.e(i), '2024-02-01', 'landlord') from generate_series(300, 305) i;
select premise.load_occupancy(:l2);
select t.done(:l2);
select is((select string_agg(distinct t.affirm(:csp1, i, 'one'), ' ') from generate_series(300, 305) i), 'NONE',
	'mailbox: six premises of one customer are one customer');
rollback to s;

-- unproven: more than 10 in 7 days
select is(t.many(9, format('select t.affirm(%s, $1, ''x'' || $1)', :csp1)), 'NONE', 'unproven: nine');
select is(t.affirm(:csp1, 10, 'x10'), 'NONE', 'unproven: ten, the threshold');
savepoint ten;
select is(t.affirm(:csp1, 11, 'x11'), 'HOLD', 'unproven: the eleventh is held');
select is(t.hits(11), 'unproven', 'by the detector of that name');
select is(t.affirm(:csp1, 12), 'NONE', 'a mailbox that the utility knows is not concerned');
select is(t.affirm(:csp2, 13, 'x13'), 'NONE', 'nor another third party');
rollback to ten;
select t.clock('7 days 1 second');
select is(t.many(20, format('select t.affirm(%s, $1 + 20, ''x'' || $1 + 20)', :csp1)), 'NONE',
	'a week later it has ten more by its record: twenty');
select is(t.affirm(:csp1, 41, 'x41'), 'HOLD', 'and not one more');
rollback to ten;
select t.clock('7 days 1 second');
select t.say('reported', :csp1, 9);
select is(t.many(10, format('select t.affirm(%s, $1 + 20, ''x'' || $1 + 20)', :csp1)), 'NONE', 'a report costs the record');
select is(t.affirm(:csp1, 41, 'x41'), 'HOLD', 'ten of it');
rollback to s;
select is(t.many(10, format('select t.affirm(%s, $1 + 1, ''x'' || $1 + 1)', :csp1)), 'NONE', 'ten unknown ones');
select is(t.many(2, format('select t.affirm(%s, $1 + 20)', :csp1)), 'NONE', 'and three of known mailboxes, with the first of all');
select is(t.affirm(:csp1, 31, 'x31'), 'NONE', 'allow one more');
select is(t.affirm(:csp1, 32, 'x32'), 'HOLD', 'not two');
rollback to s;

-- own-domain
select radar.own_domain_add(:csp1, t.box('own.example'), 'contact'), radar.own_domain_add(:csp1, t.box('own.example'), 'site');
select t.invited(:csp1, 2, 'else.example'), t.invited(:csp1, 3, 'own.example'), t.invited(:csp2, 4, 'own.example');
select is(t.affirm(:csp1, 2), 'NONE', 'own domain: another domain');
select is(t.affirm(:csp1, 3), 'HOLD', 'own domain: that of the third party');
select is(t.hits(3), 'own-domain', 'by the detector of that name');
select is(t.affirm(:csp2, 4), 'NONE', 'own domain: another third party''s is not its own');

-- own-address
select is(t.affirm(:csp1, 5, source => '198.51.100.2'), 'NONE', 'own address: a neighbour of the one that invites');
select is(t.affirm(:csp1, 6, source => '198.51.100.1'), 'HOLD', 'own address: the one that invites');
select is(t.hits(6), 'own-address', 'by the detector of that name');
select delivery.account_add('csp1', 'csp1') as box, delivery.credential_add('csp1', 'TOKEN', 't', null, sha256('t')) as token,
	(select result from delivery.login_token(sha256('t'), 'HTTPS', '203.0.113.9')) as r9,
	(select result from delivery.login_token(sha256('t'), 'HTTPS', '2001:db8:7::1')) as r6 \gset
select is(t.affirm(:csp1, 7, source => '203.0.113.9'), 'HOLD', 'own address: one from which it opened its box');
select is(t.affirm(:csp1, 8, source => '2001:db8:7::ffff'), 'HOLD', 'own address: the same line of IPv6');
select is(t.affirm(:csp1, 9, source => '2001:db8:8::1'), 'NONE', 'own address: another line');
select is(t.affirm(:csp2, 10, source => '203.0.113.9'), 'NONE', 'own address: not that of the other one');
select t.clock('31 days');
select is(t.affirm(:csp1, 11, source => '198.51.100.1'), 'NONE', 'own address: what is older than 30 days is forgotten');
rollback to s;

-- network-crowd: more than 5 others in 24 hours
select is(t.many(5, format('select t.affirm(%s, $1 + 10, null, (''192.0.2.'' || $1)::inet)', :csp1)), 'NONE', 'crowd: five of one /24');
select is(t.affirm(:csp2, 16, source => '192.0.2.6'), 'NONE', 'crowd: five others, the threshold');
savepoint six;
select is(t.affirm(:csp2, 16, source => '192.0.2.6'), 'NONE', 'crowd: a share is no other to itself');
rollback to six;
select is(t.affirm(:csp1, 17, source => '192.0.2.200'), 'HOLD', 'crowd: six others');
select is(t.hits(17), 'network-crowd', 'by the detector of that name');
select is(t.affirm(:csp1, 18, source => '192.0.3.1'), 'NONE', 'crowd: the next /24 is another line');
rollback to six;
select t.clock('24 hours 1 second');
select is(t.affirm(:csp1, 17, source => '192.0.2.200'), 'NONE', 'crowd: a day later');
rollback to s;
select is(t.many(6, format('select t.affirm(%s, $1 + 10, null, (''2001:db8:1:2::'' || $1)::inet)', :csp1)), 'NONE', 'crowd: six of one /64');
select is(t.affirm(:csp1, 17, source => '2001:db8:1:2:ffff::1'), 'HOLD', 'crowd: the seventh');
rollback to s;
-- item 64 of what the reference was asked: 50 from one address, 50 from 50
select set_eq(format('select t.affirm(%s, i, null, ''192.0.2.1'') from generate_series(1, 50) i', :csp1),
	array['NONE', 'HOLD', 'SUSPEND'], '50 from one address trip it');
select is((select count(distinct agreement)::int from radar.held), 44, 'all but the first six');
rollback to s;
select is((select string_agg(distinct t.affirm(:csp1, i), ' ') from generate_series(1, 50) i), 'NONE', 'the same from 50 addresses do not');
rollback to s;

-- affirmed-fast: below 20 seconds after the mail was taken
select t.say('mail_accepted', :csp1, i) from generate_series(2, 4) i;
update radar.event set at = ops.now() - interval '20.0 s' where agreement = 2 and kind = 'mail_accepted';
select is(t.affirm(:csp1, 2), 'NONE', 'fast: twenty seconds, the threshold');
update radar.event set at = ops.now() - interval '19.5 s' where agreement = 3 and kind = 'mail_accepted';
select is(t.affirm(:csp1, 3), 'HOLD', 'fast: less');
select is(t.hits(3), 'affirmed-fast', 'by the detector of that name');
select is(t.affirm(:csp1, 4), 'HOLD', 'fast: at once');
rollback to s;

-- dwell: below 3 seconds
select is(t.affirm(:csp1, 2, detail => '{"dwell_ms": 3001}'), 'NONE', 'dwell: more than three seconds');
select is(t.affirm(:csp1, 3, detail => '{"dwell_ms": 3000}'), 'NONE', 'dwell: three seconds, the threshold');
select is(t.affirm(:csp1, 4, detail => '{"dwell_ms": 2999}'), 'HOLD', 'dwell: less');
select is(t.hits(4), 'dwell', 'by the detector of that name');
rollback to s;

-- reports: more than 20 of 1000 mails and at least 3; reports-flood: more than 100 and at least 10
insert into radar.event (at, kind, csp, agreement) select ops.now() - interval '1 hour', 'mail_accepted', :csp1, i from generate_series(1, 150) i;
select is(t.many(2, format('select t.say(''reported'', %s, $1)', :csp1)), 'NONE', 'reports: two of 150');
select is_empty('select * from radar.hit', 'are fewer than are looked at');
select is(t.say('reported', :csp1, 3), 'NONE', 'reports: three of 150 are twenty of 1000, the threshold');
select is(t.say('reported', :csp1, 4), 'HOLD', 'reports: four are more');
select is(t.affirm(:csp1, 5), 'HOLD', 'and hold what is affirmed from then on');
select is(t.hits(5), 'reports', 'by the hit that stands');
select is(t.affirm(:csp2, 6), 'NONE', 'of that third party alone');
select is((select count(*)::int from radar.hit), 1, 'one hit that stands is enough');
select radar.hit_clear((select hit from radar.hit), 'a campaign of another, looked at', 'operator ann');
select is(t.affirm(:csp1, 7), 'NONE', 'cleared: nothing is held');
select is(t.say('reported', :csp1, 8), 'NONE', 'and what was counted counts no more');
rollback to s;
insert into radar.event (at, kind, csp, agreement) select ops.now() - interval '1 hour', 'mail_accepted', :csp1, i from generate_series(1, 100) i;
select is(t.many(10, format('select t.say(''reported'', %s, $1)', :csp1)), 'NONE', 'flood: ten of 100, the threshold');
select is(t.say('reported', :csp1, 11), 'SUSPEND', 'flood: eleven suspend');
select is((select state from party.csp where party = :csp1), 'SUSPENDED', 'at once');
rollback to s;

-- declines: more than 600 of 1000 decisions and at least 20
select is(t.many(13, format('select t.affirm(%s, $1 + 1)', :csp1)), 'NONE', 'declines: fourteen affirm');
select is(t.many(21, format('select t.say(''declined'', %s, $1 + 20)', :csp1)), 'NONE', 'declines: 21 of 35 are 600 of 1000');
select is(t.say('lapsed', :csp1, 50), 'NONE', 'silence is not counted');
select is(t.say('declined', :csp1, 51), 'HOLD', 'declines: 22 of 36 are more');
rollback to s;

-- lapses: a note, no more
insert into radar.event (at, kind, csp, agreement) select ops.now(), 'affirmed', :csp1, i from generate_series(2, 6) i;
select is(t.many(54, format('select t.say(''lapsed'', %s, $1 + 20)', :csp1)), 'NONE', 'lapses: 54 of 60');
select is_empty('select * from radar.hit', 'are 900 of 1000, the threshold');
select is(t.say('lapsed', :csp1, 90), 'NONE', 'lapses: one more');
select is((select detector || ' ' || action from radar.hit), 'lapses NOTE', 'is noted, and holds nothing');
rollback to s;

-- what is personal goes with the agreement
select t.invited(:csp1, 2, 'else.example'), t.affirm(:csp1, 2), t.affirm(:csp1, 3);
select radar.personal_erase(2);
select results_eq('select agreement, num_nonnulls(source, network, mailbox) > 0 from radar.event where kind = ''affirmed'' and agreement in (2, 3) order by 1',
	'values (2::int8, false), (3, true)', 'address and mailbox of one agreement go');
select is((select detail::text from radar.event where kind = 'invited' and agreement = 2), '{}', 'and its domain');
rollback to s;
select is_empty('select * from radar.hit', 'nothing of all this is left');

select * from finish();
rollback;
