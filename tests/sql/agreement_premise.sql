-- What happens to premises under an agreement, also when it is told late.
begin;
\ir lib/fixture.psql
\ir lib/agreement.psql
select plan(43);
select t.at('2026-05-04 10:00');
create function t.may(csp int4, esiid text, day date default '2026-04-01') returns bool language sql as $$
	select reads.may_read(csp, esiid, 'interval', tstzrange(day::timestamp at time zone 'America/Chicago', (day + 1)::timestamp at time zone 'America/Chicago'))
$$;
-- Loads a row of a reference file: created after all before it.
create function t.fact(format text, esiid text, effective date, value text) returns void language plpgsql as $$
declare
	l int4 := t.load('oncor');
	made timestamptz := clock_timestamp();
begin
	if format = 'occupancy' then
		perform t.occupancy(l, 1, esiid, effective, value, made);
		perform premise.load_occupancy(l);
	elsif format = 'rep' then
		perform t.rep(l, 1, esiid, effective, value, made);
		perform premise.load_rep(l);
	elsif format = 'meter' then
		perform t.meter(l, 1, esiid, effective, value);
		perform premise.load_meter(l);
	else
		perform t.class(l, 1, esiid, effective, 'RESIDENTIAL', value);
		perform premise.load_premise(l);
	end if;
	perform t.done(l);
end $$;
create function t.shares(a int8) returns text language sql as $$
	select t.state(a) || ': ' || string_agg(p.esiid || ' ' || coalesce(x.reason || ' ' || t.chicago(x.ended_at), 'goes on'), ', ' order by p.esiid)
	from agreement.premise x join premise.premise p using (premise) where x.agreement = a
$$;

-- ---- a move-out that is told before, of one of two premises ----
select t.asked(:csp1, array[:'e1', :'e2'], 'ann') as a \gset
select t.decide(t.sent(:a));
select t.fact('meter', :'e1', '2026-05-06', 'M1-new');
select t.fact('rep', :'e1', '2026-05-06', '10002');
select t.fact('occupancy', :'e1', '2026-05-20', null);
select is(t.chicago(agreement.next_due()), 'Tue 2026-05-05 10:00', 'the end is known, and not yet due');
select t.at('2026-05-19 23:59:55');
select is(agreement.tick(), 0, 'a new meter and another REP end nothing');
select ok(t.may(:csp1, :'e1') and t.may(:csp1, :'e2'), 'both may be read');
select is(t.chicago(agreement.next_due()), 'Wed 2026-05-20 00:00', 'until the day of moving out begins');
select t.at('2026-05-20 00:00');
select ok(not t.may(:csp1, :'e1') and t.may(:csp1, :'e2'), 'then that one may not, whether or not the clock has looked');
select is(agreement.tick(), 1, 'it looks');
select is(t.shares(:a), 'ACTIVE: ' || :'e1' || ' move-out Wed 2026-05-20 00:00, ' || :'e2' || ' goes on', 'its share has ended, the other goes on');
select is(agreement.tick(), 0, 'once');
-- the last one, told three days late
select t.at('2026-06-04 12:00');
select t.fact('occupancy', :'e2', '2026-06-01', 'b');
select ok(not t.may(:csp1, :'e2'), 'a move that is told late ends the right as it is told');
select is(agreement.tick(), 1, 'and is seen');
select is(t.shares(:a), 'TERMINATED: ' || :'e1' || ' move-out Wed 2026-05-20 00:00, ' || :'e2' || ' move-out Mon 2026-06-01 00:00',
	'of the instant at which it happened; with the last one the agreement is over');
select is((select string_agg(args ->> 'why', ' ') from mail.outbox where agreement = :a and kind = 'ended' and recipient_index = t.box('ann')), 'move-out', 'the customer hears why');
-- a move-out that is taken back in time
select t.asked(:csp1, array[:'e2'], 'bob') as a \gset
select t.decide(t.sent(:a));
select t.fact('occupancy', :'e2', '2026-06-20', null);
select t.fact('occupancy', :'e2', '2026-06-20', 'b');
select t.at('2026-06-21 10:00');
select is(agreement.tick(), 0, 'a move-out that is taken back ends nothing');
select ok(t.may(:csp1, :'e2', '2026-06-02'), 'nor does the gate close');
-- somebody else had lived there all along
select t.fact('occupancy', :'e2', '2026-06-03', 'c');
select ok(not t.may(:csp1, :'e2', '2026-06-02'), 'it turns out that somebody else had moved in before');
select agreement.tick();
select is(t.state(:a), 'TERMINATED', 'then it is over');

-- ---- while the customer is asked ----
select t.fact('occupancy', :'e1', '2026-06-10', 'd');
select t.asked(:csp1, array[:'e1'], 'dan') as a \gset
select t.sent(:a) as link \gset
select t.fact('occupancy', :'e1', '2026-06-22', 'e');
select t.at('2026-06-22 08:00');
select is(t.decide(:'link'), 'WITHDRAWN', 'who has moved out cannot say yes any more');
select is(t.mails(:a), 'invitation withdrawn withdrawn>csp', 'and hears so');
select is((select reason from agreement.agreement where agreement = :a), 'move-out', 'with the reason');
select is((select count(*)::int from audit.receipt where agreement = :a), 0, 'there is no receipt');
select t.asked(:csp1, array[:'e1'], 'eve') as a \gset
select t.sent(:a) as link \gset
select t.fact('occupancy', :'e1', '2026-06-23', null);
select t.at('2026-06-23 08:00');
select agreement.tick();
select is(t.state(:a), 'WITHDRAWN', 'the clock sees it too');

-- ---- nobody known at first ----
select t.asked(:csp1, array[:'e1'], 'fay') as a \gset
select t.decide(t.sent(:a));
select is((select customer from agreement.premise where agreement = :a), null, 'nobody is known to live there');
select t.fact('occupancy', :'e1', '2026-06-23', 'f');
select t.at('2026-06-25 08:00');
select agreement.tick();
select is(t.state(:a), 'ACTIVE', 'told late who does: it goes on');
select t.fact('occupancy', :'e1', '2026-07-01', 'g');
select t.at('2026-07-01 00:00:01');
select agreement.tick();
select is(t.state(:a), 'TERMINATED', 'until the next one moves in');

-- ---- a premise is retired ----
select t.asked(:csp1, array[:'e4', :'e1'], 'gus') as a \gset
select t.decide(t.sent(:a));
select t.fact('premise', :'e1', '2026-07-10', 'RETIRED');
select t.at('2026-07-09 23:59:55');
select is(agreement.tick(), 0, 'one that will be retired');
select t.at('2026-07-10 00:00');
select is(agreement.tick(), 1, 'is, on its day');
select is(t.shares(:a), 'ACTIVE: ' || :'e1' || ' retired Fri 2026-07-10 00:00, ' || :'e4' || ' goes on', 'its share ends');
select is((select count(*)::int from audit.event where kind = 'agreement.share_ended' and premise = t.p(:'e1') and detail ->> 'why' = 'retired'), 1, 'on record');

-- its utility states it up to a day only: the facts of a premise hold to their last day
create function t.states(esiid text, effective date, ends date) returns void language plpgsql as $$
declare
	l int4 := t.load('oncor');
begin
	insert into stage.premise (load, line, esiid, status, class, effective, ends, channels, created)
	values (l, 1, esiid, 'ACTIVE', 'RESIDENTIAL', effective, ends, 'LOAD', clock_timestamp());
	perform premise.load_premise(l);
	perform t.done(l);
end $$;
select t.asked(:csp2, array[:'e2'], 'hal') as b \gset
select t.decide(t.sent(:b));
select t.states(:'e2', '2026-07-11', '2026-07-20');
select t.at('2026-07-20 23:59:55');
select ok(t.may(:csp2, :'e2', '2026-07-19'), 'a premise that its utility states up to a day may be read on that day');
select t.at('2026-07-21 00:00');
select ok(not t.may(:csp2, :'e2', '2026-07-19'), 'and not after it');
select is(agreement.tick(), 1, 'which the clock sees');
select is(t.shares(:b), 'TERMINATED: ' || :'e2' || ' retired Tue 2026-07-21 00:00', 'the share is over');
select ok(not (select k.known from premise.keys_now(:'e2') k), 'nobody is asked for it any more');
select t.states(:'e2', '2026-07-11', null);
select ok((select k.known from premise.keys_now(:'e2') k), 'until its utility states it again');
-- and goes on, or not, as it is told of whichever day
select t.fact('premise', :'e1', '2026-07-14', 'ACTIVE');
select t.at('2026-07-15 12:00');
select t.asked(:csp2, array[:'e1'], 'gus') as b \gset
select t.decide(t.sent(:b));
select t.fact('premise', :'e1', '2026-07-25', 'RETIRED');
select t.fact('premise', :'e1', '2026-07-28', 'ACTIVE');
select isnt(t.asked(:csp1, array[:'e1'], 'hal'), null, 'one that will be retired can be asked for');
select t.at('2026-07-25 00:00');
select ok(not t.may(:csp2, :'e1', '2026-07-03'), 'a share ends on that day, though the premise will be back');
select agreement.tick();
select is(t.shares(:b), 'TERMINATED: ' || :'e1' || ' retired Sat 2026-07-25 00:00', 'as it is told');
select is(t.asked(:csp2, array[:'e1'], 'gus'), null, 'one that is retired cannot be asked for, though it will be back');
select t.at('2026-07-28 00:00');
select t.asked(:csp2, array[:'e1'], 'gus') as b \gset
select t.decide(t.sent(:b));
select ok(t.may(:csp2, :'e1', '2026-07-03'), 'one that is back can');
select t.fact('premise', :'e1', '2026-07-28', 'RETIRED');
select t.fact('premise', :'e1', '2026-07-30', 'ACTIVE');
select ok(not t.may(:csp2, :'e1', '2026-07-03'), 'it turns out that it was not back on that day');

-- ---- a renewal that is to follow knows of it too ----
select agreement.terminate(:a, 'CSP', null, 'csp');
select t.load('oncor') as l \gset
select t.bill(:l, 1, :'e4', '2026-05-01', '2026-05-31', 15000000);
select t.done(:l);
select t.asked(:csp1, array[:'e4'], 'firm', 13) as a \gset
select t.decide(t.sent(:a));
select agreement.renew_ask(:csp1, :a, 'csp1');
select agreement.renew_by_link(t.sent(:a, 'renewal', 'RENEW'), '{}', null, null) as next \gset
select t.fact('occupancy', :'e4', '2026-08-01', null);
select t.at('2026-08-01 00:00:01');
select agreement.tick();
select is(t.state(:a) || ' ' || t.state(:next), 'TERMINATED TERMINATED', 'who moves out before the renewal begins ends both');

-- ---- the loader's rows by the hundred ----
select is((select count(*)::int from pg_trigger where tgrelid = 'premise.occupancy'::regclass and not tgisinternal), 2, 'a look at each load of occupancies');
select is((select count(*)::int from agreement.premise x join agreement.agreement a using (agreement)
	where x.ended_at is null and a.state in ('PENDING', 'ACTIVE', 'HELD', 'SUSPENDED')
		and x.until is distinct from agreement.share_until(x.premise, x.customer, coalesce(a.starts_at, a.invited_at))), 0, 'what is kept is what would be found');

select * from finish();
rollback;
