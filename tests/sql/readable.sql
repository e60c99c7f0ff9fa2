-- Who may read what: each reason, its edges, and nothing else.
begin;
\ir lib/fixture.psql
select plan(64);

select t.load('oncor') as l \gset
select t.premise(:l, 3, :'e1', '2024-01-01'), t.premise(:l, 4, :'e2', '2024-01-01');
select premise.load_premise(:l);
select t.rep(:l, 3, :'e1', '2025-01-01', '10001'), t.rep(:l, 4, :'e1', '2025-03-09', '10002'),
	t.rep(:l, 5, :'e1', '2025-11-02', null), t.rep(:l, 6, :'e2', '2025-01-01', '10001');
select premise.load_rep(:l);
select t.occupancy(:l, 3, :'e1', '2024-06-01', 'a'), t.occupancy(:l, 4, :'e1', '2025-05-01', null),
	t.occupancy(:l, 5, :'e1', '2025-05-15', 'b'), t.occupancy(:l, 6, :'e2', '2025-05-01', 'a');
select premise.load_occupancy(:l);
select t.done(:l);
select t.customer('a') as ca, t.customer('b') as cb \gset

-- One premise, one agreement and many are looked up in ways of their own: that they agree, for whoever has a right.
create function t.same() returns bool language sql as $$
	with x as (select p.party as who, k.kind, span from party.party p
		cross join unnest('{interval,register,billing}'::text[]) k (kind)
		cross join unnest(array[tstzrange(null, null), tstzrange('2025-03-05 00:00-06', '2025-06-01 00:00-05')]) span
	), many as (select x.*, r.premise, r.permitted, r.reason from x, reads.rights(who, x.kind, span, null) r
	), listed as (select x.*, r.premise, r.permitted, r.reason
		from x, reads.rights(who, x.kind, span, null, null, array(select p.premise from premise.premise p)) r
	), one as (select x.*, r.premise, r.permitted, r.reason
		from x, premise.premise p, reads.rights(who, x.kind, span, p.premise) r
	), agreed as (select x.*, r.premise, r.permitted, r.reason
		from x, agreement.agreement a, reads.rights(who, x.kind, span, null, a.agreement) r
	), agreed_one as (select x.*, r.premise, r.permitted, r.reason
		from x, agreement.agreement a, premise.premise p, reads.rights(who, x.kind, span, p.premise, a.agreement) r
	), agreed_listed as (select x.*, r.premise, r.permitted, r.reason
		from x, agreement.agreement a, reads.rights(who, x.kind, span, null, a.agreement,
			array(select p.premise from premise.premise p)) r
	)
	select exists (select from many) and not exists ((table many except all table listed) union all
		(table listed except all table many) union all (table many except all table one) union all
		(table one except all table many) union all (table agreed except all table agreed_one) union all
		(table agreed_one except all table agreed) union all (table agreed except all table agreed_listed) union all
		(table agreed_listed except all table agreed) union all
		(select * from many where reason = 'agreement' except all table agreed) union all
		(table agreed except all select * from many where reason = 'agreement'))
$$;

create function t.may(who int4, esiid text, first text, past text, kind text default 'interval')
returns bool language sql as $$
	select reads.may_read(who, esiid, kind, tstzrange(first::timestamp at time zone 'America/Chicago',
		past::timestamp at time zone 'America/Chicago'))
$$;

-- the utility's own
select ok(t.may(:oncor, :'e1', '2000-01-01', '2100-01-01', kind), 'a utility may read its own: ' || kind)
from unnest(array['interval', 'register', 'billing']) kind;
select ok(not t.may(:centerpoint, :'e1', '2025-01-01', '2025-01-02'), 'but not another''s');
select ok(reads.may_read(:oncor, :'e1', 'interval', tstzrange(null, null)), 'at any time');

-- REP of record
select is(t.may(who, esiid, first, past), may, words)
from (values
	(:rep1, :'e1', '2025-01-01', '2025-03-09', true, 'a REP may read its span'),
	(:rep1, :'e1', '2024-12-31 23:45', '2025-01-02', false, 'not a quarter-hour before'),
	(:rep1, :'e1', '2025-03-08', '2025-03-09', true, 'the last day of the old REP'),
	(:rep1, :'e1', '2025-03-09', '2025-03-10', false, 'not the day of the switch'),
	(:rep1, :'e1', '2025-03-08', '2025-03-09 00:15', false, 'not its first quarter-hour'),
	(:rep2, :'e1', '2025-03-09', '2025-03-10', true, 'that is the new REP''s, a day of 23 hours'),
	(:rep2, :'e1', '2025-03-08 23:45', '2025-03-10', false, 'but nothing before'),
	(:rep2, :'e1', '2025-11-01', '2025-11-02', true, 'the day before there was none'),
	(:rep2, :'e1', '2025-11-02', '2025-11-03', false, 'the day from which there is none'),
	(:rep1, :'e1', '2025-01-01', '2025-11-01', false, 'a range is covered as a whole or not'),
	(:rep1, :'e2', '2025-01-01', '2099-01-01', true, 'a span without an end goes on'),
	(:rep2, :'e2', '2025-01-01', '2025-01-02', false, 'other premises are not its own')
) v (who, esiid, first, past, may, words);

-- occupancy
select is(t.may(who, esiid, first, past), may, words)
from (values
	(:ca, :'e1', '2024-06-01', '2025-05-01', true, 'a customer may read its occupancy'),
	(:ca, :'e1', '2025-04-30', '2025-05-01', true, 'up to the last day'),
	(:ca, :'e1', '2025-05-01', '2025-05-02', false, 'not the day of the move-out'),
	(:ca, :'e1', '2025-05-20', '2025-05-21', false, 'nor the next occupant''s'),
	(:cb, :'e1', '2025-05-15', '2026-01-01', true, 'who may read from the day of moving in'),
	(:cb, :'e1', '2025-05-14', '2025-05-16', false, 'and nothing before'),
	(:ca, :'e2', '2025-05-01', '2025-06-01', true, 'also at the new place'),
	(:cb, :'e2', '2025-05-20', '2025-05-21', false, 'and not at other people''s')
) v (who, esiid, first, past, may, words);

-- agreements: Chicago noon of 2025-04-01 to 2026-04-01, history from 2024-01-01
update ops.setting set value = 'true' where name = 'clock.movable';
update ops.clock set ahead = '0';
create function t.at(local timestamp) returns void language sql as $$
	-- the constraint says ahead only; tests also look back
	alter table ops.clock drop constraint if exists clock_ahead_check;
	update ops.clock set ahead = (local at time zone 'America/Chicago') - clock_timestamp()
$$;
select t.at('2025-04-10 12:00');
select agreement.record(:csp1, array[:'e1'], array['interval', 'register'],
	'2025-04-01 12:00 America/Chicago', '2026-04-01 12:00 America/Chicago',
	'2024-01-01 America/Chicago') as a1 \gset
select is(t.may(:csp1, esiid, first, past, kind), may, words)
from (values
	(:'e1', '2024-06-01', '2025-05-01', 'interval', true, 'a CSP may read the occupancy of its agreement'),
	(:'e1', '2024-06-01', '2025-05-01', 'register', true, 'the kinds of the agreement'),
	(:'e1', '2024-06-01', '2025-05-01', 'billing', false, 'no other kind'),
	(:'e1', '2024-05-31', '2024-06-01', 'interval', false, 'nothing of who lived there before'),
	(:'e1', '2025-05-01', '2025-05-02', 'interval', false, 'nothing after the move-out'),
	(:'e1', '2025-05-20', '2025-05-21', 'interval', false, 'nothing of who lives there next'),
	(:'e2', '2025-05-01', '2025-05-02', 'interval', false, 'no other premise')
) v (esiid, first, past, kind, may, words);
select ok(not t.may(:csp2, :'e1', '2025-04-01', '2025-04-02'), 'no other CSP');
select ok(t.same(), 'one by one it is the same as all of them');
select is(agreement.move(:a1, 'suspend'), 'SUSPENDED', 'an agreement is suspended');
select ok(not t.may(:csp1, :'e1', '2025-04-01', '2025-04-02'), 'then nothing may be read');
select ok(t.same(), 'by whatever way');
select agreement.move(:a1, 'resume');
select ok(t.may(:csp1, :'e1', '2025-04-01', '2025-04-02'), 'until it is resumed');
select party.csp_move(:csp1, 'suspend');
select ok(not t.may(:csp1, :'e1', '2025-04-01', '2025-04-02'), 'nor while the CSP is suspended');
select party.csp_move(:csp1, 'resume');
select t.at('2025-04-01 11:59:30');
select ok(not t.may(:csp1, :'e1', '2025-03-01', '2025-03-02'), 'nor before the agreement starts');
select t.at('2025-04-01 12:00:01');
select ok(t.may(:csp1, :'e1', '2025-03-01', '2025-03-02'), 'from its first moment on');
select t.at('2025-04-30 23:59:30');
select ok(t.may(:csp1, :'e1', '2025-03-01', '2025-03-02'), 'to the last of its customer''s occupancy');
select t.at('2025-05-01 00:00');
select ok(not t.may(:csp1, :'e1', '2025-03-01', '2025-03-02'), 'and nothing when the customer has moved out');
select agreement.record(:csp1, array[:'e2'], array['interval'], '2025-06-01 12:00 America/Chicago',
	'2026-06-01 12:00 America/Chicago', '2025-05-01 America/Chicago');
select t.at('2026-06-01 11:59:30');
select ok(t.may(:csp1, :'e2', '2025-05-02', '2025-05-03'), 'or to the last moment of the agreement');
select ok(t.same(), 'where one has ended and one has not');
select t.at('2026-06-01 12:00:00');
select ok(not t.may(:csp1, :'e2', '2025-05-02', '2025-05-03'), 'and nothing when that is over');
select t.at('2025-04-10 12:00');
select agreement.move(:a1, 'terminate');
select ok(not t.may(:csp1, :'e1', '2025-04-01', '2025-04-02'), 'nor when it is terminated');
select throws_ok(format('select agreement.move(%s, ''resume'')', :a1), 'BB004', null,
	'which is for good');
-- an agreement where nobody is known to live reaches from occupancy to occupancy
select t.at('2025-05-10 12:00');
select agreement.record(:csp2, array[:'e1'], array['interval'], ops.now() - interval '1 second',
	ops.now() + interval '90 days', '2024-01-01 America/Chicago') as a2 \gset
select ok(t.may(:csp2, :'e1', '2025-05-01', '2025-05-15'), 'an agreement of a vacant time covers it');
select ok(not t.may(:csp2, :'e1', '2025-04-30', '2025-05-01'), 'and nothing before');
select ok(not t.may(:csp2, :'e1', '2025-05-15', '2025-05-16'), 'and nothing after');
select ok(t.same(), 'where nobody is known');
select throws_ok(format('select agreement.record(%s, %L, %L, %L, %L)', who, esiids, kinds, first, past),
	state, null, words)
from (values
	(0, array[:'e1'], '{interval}', '2025-01-01', '2025-02-01', 'BB001', 'no agreement of nobody'),
	(:csp2, array[:'e3'], '{interval}', '2025-01-01', '2025-02-01', 'BB001', 'of no premise'),
	(:csp2, array[]::text[], '{interval}', '2025-01-01', '2025-02-01', 'BB001', 'of no ESI ID'),
	(:csp2, array[:'e1'], '{everything}', '2025-01-01', '2025-02-01', 'BB003', 'of an unknown kind'),
	(:csp2, array[:'e1'], '{interval}', '2025-02-01', '2025-02-01', 'BB003', 'of no time')
) v (who, esiids, kinds, first, past, state, words);

-- nobody else
select is_empty(format('select * from reads.readable(%s, ''interval'', tstzrange(null, null))', 0),
	'nobody may read nothing');
with made as (insert into party.party (kind, code, name) values ('REGULATOR', 'puct', 'Regulator'),
	('OPERATOR', 'op', 'Operator') returning party)
select string_agg(party::text, ',') as others from made \gset
select is_empty(format('select p, r.* from unnest(array[%s]) p,
	reads.readable(p, ''interval'', tstzrange(null, null)) r', :'others'),
	'regulators and operators have no right of their own');
select ok(not reads.may_read(:oncor, :'e1', 'secrets', tstzrange(null, null)), 'an unknown kind');
select ok(not reads.may_read(:oncor, :'e3', 'interval', tstzrange(null, null)), 'an unknown ESI ID');
select ok(not reads.may_read(:oncor, :'e1', 'interval', 'empty'), 'an empty range is not permitted');
select results_eq(format('select series, permitted, reason from reads.readable(%s, ''interval'',
	tstzrange(''2025-03-01 00:00-06'', ''2025-04-01 00:00-05'')) order by 1, 2', :rep2),
	format($$ values (%1$s, tstzrange('2025-03-09 00:00-06', '2025-04-01 00:00-05'), 'rep-of-record'),
	(%1$s + 1, tstzrange('2025-03-09 00:00-06', '2025-04-01 00:00-05'), 'rep-of-record') $$,
	t.p(:'e1') * 8), 'the set has both channels, clipped to what was asked');

update agreement.premise set ended_at = ops.now();
select ok(t.same(), 'where shares have ended');
select * from finish();
rollback;
