-- Mass enrolment by a third party, and honest ones, from invitation to decision with the real functions: of a
-- thousand faked affirmations from twenty addresses at most ten ever begin; of a thousand honest ones none is
-- held. Drawn from a seed (FRAUD_SEED); FRAUD_N says how many of each (1000 in
-- deploy/test --long).
begin;
\ir lib/fixture.psql
select plan(14);
\set seed `echo "${FRAUD_SEED:-7}"`
\set n `echo "${FRAUD_N:-250}"`
select setseed(:seed / 1000.0);
update ops.setting set value = 'true' where name = 'clock.movable';

-- homes, each with a meter, REP 10001 and a customer; the utility knows a mailbox of nine in ten
create function t.e(i int) returns text language sql immutable as $$ select '10443720' || lpad(i::text, 9, '0') $$;
create function t.box(a text) returns bytea language sql immutable as $$ select substr(sha256(a::bytea), 1, 16) $$;
select t.load('oncor') as l \gset
select count(*) from (select t.premise(:l, i, t.e(i), '2024-01-01') from generate_series(1, :n) i) x \gset
select premise.load_premise(:l);
insert into stage.meter (load, line, esiid, effective, meter_number) select :l, i, t.e(i), '2024-01-01', 'M' || i from generate_series(1, :n) i;
select premise.load_meter(:l);
select count(*) from (select t.rep(:l, i, t.e(i), '2024-01-01', '10001') from generate_series(1, :n) i) x \gset
select premise.load_rep(:l);
select count(*) from (select t.occupancy(:l, i, t.e(i), '2024-01-01', 'c' || i) from generate_series(1, :n) i) x \gset
select premise.load_occupancy(:l);
select t.done(:l);
insert into premise.contact (customer, kind, sealed, index)
select o.customer, 'email', 'sealed', t.box('m' || substr(p.esiid, 9)::int)
from premise.premise p join premise.occupancy o on o.premise = p.premise where random() < 0.9;
analyze;
select party.csp_add('c' || i, 'CSP ' || i) from generate_series(3, 8) i;
create temp table csp as select row_number() over (order by party) as n, party from party.csp;

-- One customer, or who plays one: asked at an hour, the mail is taken, answered so much later.
create temp table play (i int primary key, csp int4, box text, asked_h float8, delay_s float8, dwell_s float8,
	source inet, choice text, agreement int8, link bytea);
create function t.at(h float8) returns void language sql as $$
	update ops.clock set ahead = timestamptz '2030-05-06 06:00+0' - clock_timestamp() + h * interval '1 hour'
$$;
create function t.invite(p play) returns void language plpgsql as $$
declare
	a int8;
	m int8;
begin
	a := agreement.invite(p.csp, array[t.e(p.i)], array['M' || p.i], '{10001}', p.box::bytea, 'agreement.email'::bytea || t.box(p.box),
		t.box(p.box), 'ENERGY', '{interval}', 12, 6, 'EN', null, true, '198.51.100.7', 'test',
		t.box('mail.example')) ->> 'id';
	if a is null then
		return;
	end if;
	m := (select max(o.mail) from mail.outbox o where o.agreement = a and o.kind = 'invitation');
	perform agreement.link_make(m, 'DECIDE', sha256(('token ' || m)::bytea));
	perform agreement.mail_accepted(a, ops.now());
	update play set agreement = a, link = sha256(('token ' || m)::bytea) where i = p.i;
exception when sqlstate 'BB002' then
	return; -- who is suspended invites nobody
end $$;
create function t.answer(p play) returns void language sql as $$
	select agreement.decide(p.link, p.choice, 'v1', sha256('d'), jsonb_build_object('machine', 'work', 'dwell_ms',
		(p.dwell_s * 1000)::int), p.source, 'a browser') where p.link is not null
$$;
-- Everything in the order of its time.
create function t.run() returns void language plpgsql as $$
declare
	s record;
begin
	for s in select * from (select i, asked_h as h, true as asks from play
		union all select i, asked_h + delay_s / 3600, false from play where choice <> 'NONE') x order by h, i
	loop
		perform t.at(s.h);
		if s.asks then
			perform t.invite(p) from play p where p.i = s.i;
		else
			perform t.answer(p) from play p where p.i = s.i;
		end if;
	end loop;
end $$;
create function t.began() returns int language sql as $$
	select count(distinct e.detail ->> 'agreement')::int from audit.event e
	where e.kind = 'agreement.moved' and e.detail ->> 'state' = 'ACTIVE'
$$;
savepoint s;

-- a thousand faked ones of one third party: a mailbox each that no utility knows, twenty addresses in twenty
-- networks in turn, all asked before the first one answers, patience and a plausible pace
insert into play (i, csp, box, asked_h, delay_s, dwell_s, source, choice)
select i, (select party from csp where n = 1), 'fake' || i, random(), 3600 + random() * 86400, 5 + random() * 60,
	('203.0.' || i % 20 || '.9')::inet, 'CONFIRM'
from generate_series(1, :n) i;
select t.run();
select is((select count(*)::int from agreement.decision), :n, 'so many affirm');
select cmp_ok(t.began(), '<=', 10, 'a mailbox for each: at most ten of a thousand ever begin');
select is((select count(*)::int from agreement.agreement where state = 'ACTIVE'), t.began(), 'the others hold nothing open');
select is((select state from party.csp where party = (select party from csp where n = 1)), 'SUSPENDED', 'the third party is suspended');
select is((select count(*)::int from agreement.agreement a where a.state = 'HELD' and a.decided_at is not null)
	+ t.began(), (select count(*)::int from agreement.decision), 'whoever affirmed besides is held');
select cmp_ok((select count(distinct v.event)::int from radar.hit h join radar.evidence v using (hit)), '>', 25, 'with evidence');
rollback to s;

-- the same by few mailboxes, four premises each
insert into play (i, csp, box, asked_h, delay_s, dwell_s, source, choice)
select i, (select party from csp where n = 1), 'fake' || i / 4, random() * 24, 60 + random() * 86400, 5 + random() * 60,
	('203.0.' || i % 20 || '.9')::inet, 'CONFIRM'
from generate_series(1, :n) i;
select t.run();
select cmp_ok(t.began(), '<=', 10, 'a mailbox for four: at most ten');
rollback to s;

-- spread over a fortnight
insert into play (i, csp, box, asked_h, delay_s, dwell_s, source, choice)
select i, (select party from csp where n = 1), 'fake' || i, i * 336.0 / :n, 60 + random() * 3600, 5 + random() * 60,
	('203.0.' || i % 20 || '.9')::inet, 'CONFIRM'
from generate_series(1, :n) i;
select t.run();
select cmp_ok(t.began(), '<=', 10, 'over a fortnight: at most ten');
rollback to s;

-- honest ones: eight third parties of different size, 40 days; nine in ten customers use the mailbox that their utility knows, one in
-- twelve comes by a carrier's network that others use too, one in eight declines, one in six does not answer,
-- three in a thousand say that they did not ask
insert into play (i, csp, box, asked_h, delay_s, dwell_s, source, choice)
select i, (array(select party from csp order by n))[1 + floor(8 * random() ^ 2)], case when random() < 0.9 then 'm' || i else 'other' || i end,
	random() * 960, 40 + 4 * 86400 * random() ^ 4, 4 + 300 * random() ^ 2,
	case when random() < 1 / 12.0 then ('100.64.' || floor(random() * 20) || '.' || floor(random() * 250))::inet
		else ('71.' || floor(random() * 250) || '.' || floor(random() * 250) || '.' || floor(random() * 250))::inet end,
	(array['CONFIRM', 'DECLINE', 'NONE', 'REPORT'])[case when r < 0.125 then 2 when r < 0.29 then 3 when r < 0.293 then 4 else 1 end]
from (select i, random() as r from generate_series(1, :n) i) x;
select t.run();
select cmp_ok(t.began(), '>', (:n * 0.65)::int, 'honest ones begin');
select is((select count(*)::int from agreement.agreement where state = 'HELD'), 0, 'none of them is held');
select is_empty($$ select detector, found from radar.hit where action in ('HOLD', 'SUSPEND') $$, 'nothing is found that holds');
select is((select count(*)::int from party.csp where state <> 'ACTIVE'), 0, 'no third party is suspended');
select is((select count(*)::int from agreement.agreement), :n, 'all were asked');
select is(t.began(), (select count(*)::int from agreement.decision where choice = 'CONFIRM'), 'whoever affirmed has begun');

select * from finish();
rollback;
