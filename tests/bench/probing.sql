\o /dev/null
update ops.setting set value = 'true' where name = 'clock.movable';
update radar.detector set action = 'OFF' where detector in ('match-failures', 'esiid-enumeration');
select party.tdu_add('oncor', 'Oncor', 'America/Chicago', array['1039940674000'], array[1044372], array[17]);
select party.rep_add('rep' || i, 'R', (10000 + i)::text, null) from generate_series(1, 2) i;
select party.csp_add('p' || i, 'P') from generate_series(1, 3 * :n / 100 + 1) i;
insert into premise.premise (esiid, tdu, known, commodity, class, status, effective, channels)
select '1044372' || lpad(i::text, 10, '0'), (select party from party.tdu), true, 'ELECTRIC', 'RESIDENTIAL', 'ACTIVE', '2024-01-01', 1
from generate_series(1, 3 * :n) i where i % 3 <> 0;
insert into premise.meter (premise, during, meter_number)
select premise, '[2024-01-01,)', 'M' || right(esiid, 8) from premise.premise;
insert into premise.rep_span (premise, during, rep)
select premise, '[2024-01-01,)', (select party from party.rep where certificate = '10001') from premise.premise;
analyze;
create table took (kind text, us float8);
-- in no order, so that none is the neighbour of the one before
create table turn as
select row_number() over (order by hashint4(i), i)::int4 as turn, i, '1044372' || lpad(i::text, 10, '0') as esiid,
	(array['no such ESI ID', 'another meter', 'another REP'])[1 + i % 3] as kind,
	'M' || lpad((i + case i % 3 when 1 then 1 else 0 end)::text, 8, '0') as meter,
	case i % 3 when 2 then '10002' else '10001' end as rep
from generate_series(1, 3 * :n) i;
create unique index on turn (turn);
create function guess(n int) returns void language plpgsql as $$
declare
	csp int4 := (select party from party.party where code = 'p' || 1 + n / 100);
	id text;
	kind text;
	meter text;
	rep text;
	begun timestamptz;
	a jsonb;
begin
	select t.esiid, t.kind, t.meter, t.rep into id, kind, meter, rep from turn t where t.turn = n;
	begun := clock_timestamp();
	a := agreement.invite(csp, array[id], array[meter], array[rep], 'x', 'x', substr(sha256('x'), 1, 16), 'ENERGY',
		'{interval}', 12, 0, 'EN', null, true, '192.0.2.9', 'prober');
	insert into took values (kind, extract(epoch from clock_timestamp() - begun) * 1e6);
	if a ->> 'id' is not null then
		raise 'guess % was right', i;
	end if;
end $$;
select count(guess(i)) from generate_series(1, 300) i;
truncate took;
delete from radar.budget_esiid;
delete from radar.budget_csp;
-- as many transactions as third parties, as they would come
select format('select count(guess(i)) from generate_series(%s, %s) i', s, least(s + 99, 3 * :n)) from generate_series(1, 3 * :n, 100) s \gexec
\set of 'agreement.invite'
\ir probing_gap.psql

-- a customer's account is asked for: right ones too, whose answer is the same
\o /dev/null
truncate took;
delete from radar.budget_esiid;
create function claim(n int) returns void language plpgsql as $$
declare
	t turn;
	begun timestamptz;
begin
	select x.* into t from turn x where x.turn = n;
	begun := clock_timestamp();
	perform party.holder_request(array[t.esiid], array[t.meter], array[case when t.kind = 'another REP' then '10001' else t.rep end],
		'x', 'x', substr(sha256('x'), 1, 16), 'EN', inet '10.0.0.0' + n * 256, 'prober');
	insert into took values (case t.kind when 'another REP' then 'nothing' else t.kind end,
		extract(epoch from clock_timestamp() - begun) * 1e6);
end $$;
select count(claim(i)) from generate_series(1, 300) i;
truncate took;
truncate party.claim;
delete from radar.budget_esiid;
delete from delivery.guess;
select format('select count(claim(i)) from generate_series(%s, %s) i', s, least(s + 99, 3 * :n)) from generate_series(1, 3 * :n, 100) s \gexec
select 1 / (count(*) = :n)::int from party.claim where 0 <> all (premises);	-- or they were not what they are called
\set of 'party.holder_request'
\ir probing_gap.psql

-- what on_event costs, with fifty thousand events of the third party in its windows
\o /dev/null
update radar.detector set action = 'NOTE';
insert into radar.event (at, kind, csp, agreement, mailbox, source, detail)
select ops.now() - i * interval '20 s', (array['mail_accepted', 'affirmed', 'declined', 'opened', 'match_tried'])[1 + i % 5],
	(select party from party.party where code = 'p1'), i, substr(sha256(i::text::bytea), 1, 16),
	inet '10.0.0.0' + (i::int8 * 977) % 16000000, case i % 5 when 1 then jsonb_build_object('known', i % 10 = 1)
		when 4 then '{"ok": true}' else '{}' end
from generate_series(1, 50000) i;
analyze radar.event;
truncate took;
create function noted(k text, i int, d jsonb) returns void language plpgsql as $$
declare
	begun timestamptz := clock_timestamp();
begin
	perform radar.on_event(k, (select party from party.party where code = 'p1'), 100000 + i, i, substr(sha256((k || i)::bytea), 1, 16),
		inet '10.0.0.0' + i * 300, d);
	insert into took values (k, extract(epoch from clock_timestamp() - begun) * 1e6);
end $$;
select count(*) from (select noted(k, i, d) from generate_series(1, 500) i, (values ('opened', '{}'::jsonb), ('mail_accepted', '{}'),
	('match_tried', '{"ok": true, "esiid": "10443720000000001"}'), ('declined', '{}'), ('affirmed', '{"dwell_ms": 9000}')) v (k, d)) x;
\o
\echo radar.on_event, 50,000 events in its windows: kind, median us, p95 us
select kind, round(percentile_cont(0.5) within group (order by us)::numeric), round(percentile_cont(0.95) within group (order by us)::numeric)
from took group by kind order by 2;
