\o /dev/null
update ops.setting set value = 'true' where name = 'clock.movable';
update radar.detector set action = 'OFF' where detector in ('match-failures', 'esiid-enumeration');
select party.tdu_add('oncor', 'Oncor', 'America/Chicago', array['1039940674000'], array[1044372], array[17]);
select party.rep_add('rep' || i, 'R', (10000 + i)::text, null) from generate_series(1, 2) i;
select party.csp_add('p' || i, 'P') from generate_series(1, 3 * :n / 100 + 1) i;
insert into premise.premise (esiid, tdu, known, commodity, class, status, effective, channels)
select '1044372' || lpad(i::text, 10, '0'), (select party from party.tdu), true, 'ELECTRIC', 'RESIDENTIAL', 'ACTIVE', '2024-01-01', 1
from generate_series(1, 3 * :n) i where i % 3 <> 0;
insert into premise.meter (premise, during, meter_number) select premise, '[2024-01-01,)', 'M' || premise from premise.premise;
insert into premise.rep_span (premise, during, rep)
select premise, '[2024-01-01,)', (select party from party.rep where certificate = '10001') from premise.premise;
analyze;
create table took (kind text, us float8);
create function guess(i int) returns void language plpgsql as $$
declare
	csp int4 := (select party from party.party where code = 'p' || 1 + i / 100);
	id text := '1044372' || lpad(i::text, 10, '0');
	kind text := (array['no such ESI ID', 'another meter', 'another REP'])[1 + i % 3];
	meter text := coalesce((select 'M' || p.premise + case when kind = 'another meter' then 1 else 0 end
		from premise.premise p where p.esiid = id), 'M1');
	rep text := case when kind = 'another REP' then '10002' else '10001' end;
	begun timestamptz;
	a jsonb;
begin
	-- what the guess looks at is warm for each kind alike
	perform from premise.premise p where p.esiid = id;
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
\o
\echo what was wrong, median us, p95 us
select kind, round(percentile_cont(0.5) within group (order by us)::numeric, 1), round(percentile_cont(0.95) within group (order by us)::numeric, 1)
from took group by kind order by kind;
\echo widest gap of medians, percent
with m as (select percentile_cont(0.5) within group (order by us) as us from took group by kind)
select round((100 * (max(us) - min(us)) / min(us))::numeric, 2) from m;
\echo Kolmogorov-Smirnov: pair, distance, p
with f as (
	select a.kind as k1, b.kind as k2 from (select distinct kind from took) a, (select distinct kind from took) b where a.kind < b.kind
), d as (
	select f.k1, f.k2, max(abs(c.f1 - c.f2)) as d, max(c.n) as n
	from f cross join lateral (
		select sum((t.kind = f.k1)::int) over w / (select count(*)::float8 from took where kind = f.k1) as f1,
			sum((t.kind = f.k2)::int) over w / (select count(*)::float8 from took where kind = f.k2) as f2,
			(select count(*)::float8 from took where kind = f.k1) as n
		from took t where t.kind in (f.k1, f.k2) window w as (order by t.us)) c
	group by f.k1, f.k2
)
select k1 || ' / ' || k2, round(d::numeric, 4), round(least(1, 2 * exp(-2 * d * d * n / 2))::numeric, 4) from d order by 1;

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
