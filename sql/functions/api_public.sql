-- What everybody may see: how the hub does, and how the utilities do. No secret, nothing of a person: figures of groups
-- smaller than the setting scoreboard.least are not told. A process asks seldom and keeps the answer (api/v1/public.c).
set local check_function_bodies = off;

create or replace function api.share(part numeric, whole numeric)
returns numeric
language sql immutable security definer set search_path = pg_catalog, pg_temp
as $$
	select case when whole > 0 then trunc(least(1, part / whole), 4) end
$$;

-- How it is now. state: behind, when files wait longer than a minute or drops are late.
create or replace function api.status()
returns text
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select jsonb_build_object('state', case when f.waiting_s > 60 or d.late > 0 then 'behind' else 'ok' end,
		'at', api.instant(clock_timestamp()), 'hub_time', api.instant(ops.now()),
		'files', jsonb_build_object('waiting', f.n, 'oldest_waiting_s', f.waiting_s),
		'drops', jsonb_build_object('waiting', d.n, 'late', d.late),
		'announcements', (select coalesce(jsonb_agg(jsonb_build_object('kind', n.kind, 'from', api.instant(n.at),
			'to', api.instant(n.until), 'title', jsonb_build_object('en', n.title_en, 'es', n.title_es),
			'body', jsonb_build_object('en', n.body_en, 'es', n.body_es))), '[]') from portal.announcements() n),
		'utilities', (
			select coalesce(jsonb_agg(jsonb_build_object('tdu', x.tdu, 'name', p.name, 'sandbox', t.sandbox,
				'loaded', api.instant(x.loaded_at), 'last_day', x.day,
				'last_day_complete', case when x.due >= l.few then api.share(x.received, x.due) end) order by x.tdu), '[]')
			from api.freshness() x join party.party p on p.code = x.tdu join party.tdu t on t.party = p.party))::text
	from (select ops.setting_of('scoreboard.least')::int4 as few) l,
	(select count(*) as n, coalesce(extract(epoch from clock_timestamp() - min(x.received_at))::int8, 0) as waiting_s
		from ledger.file x where x.state = 'RECEIVED') f,
	(select count(*) as n, count(*) filter (where x.due_at < ops.now() - interval '15 min') as late
		from delivery.drop x where x.state in ('DUE', 'BUILDING')) d
$$;

-- What the hub promises, and how it kept it: by day of UTC, the last `days` of the real clock and today. Held files are
-- left out: those wait for a person.
create or replace function api.slo(days int4)
returns text
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
	today date := (clock_timestamp() at time zone 'UTC')::date;
	since timestamptz := (today - days)::timestamp at time zone 'UTC';
begin
	if days not between 1 and 90 then
		raise exception using errcode = 'BB003', message = 'expected 1 to 90 days';
	end if;
	return (
		with seen as (
			select 'freshness' as name, f.loaded_at as at, extract(epoch from f.loaded_at - f.received_at) as took_s, 5 as within_s
			from party.tdu t join ledger.file f on f.party = t.party
			where f.state = 'LOADED' and f.loaded_at >= since and not f.released and f.size <= 67108864
			union all
			select 'drops', d.built_at, extract(epoch from d.built_at - d.made_at), 900
			from delivery.drop d where d.state in ('BUILT', 'DELIVERED') and d.built_at >= since
			union all
			select 'drops', d.ended_at, null, 900 from delivery.drop d where d.state = 'FAILED' and d.ended_at >= since
			union all
			-- by a prober outside
			select 'availability', b.at, case when b.ok then b.ms / 1000.0 end, 10 from report.probe b where b.at >= since
			union all
			-- asked and answered; the utility's no is an answer too, that none came is not
			select 'commands', c.real_answered_at, case when c.reason is distinct from 'no-answer'
				then extract(epoch from c.real_answered_at - c.real_asked_at) end, 900
			from odr.command c where c.real_answered_at >= since and c.reason is distinct from 'not-allowed'
			union all
			-- when the last event of a request was first tried, behind what was in hand before it; never tried again, so
			-- that a receiver that is away is no fault of the hub's
			select 'webhooks', a.at, extract(epoch from a.at - a.ms * interval '1 ms' - greatest(e.made_at, p.proven_at, (
				select b.at from hook.attempt b where b.endpoint = a.endpoint and b.attempt < a.attempt
				order by b.attempt desc limit 1))), 60
			from hook.attempt a
			join hook.endpoint p on p.endpoint = a.endpoint
			join hook.log l on l.party = p.party and l.seq = a.to_seq
			join hook.event e on e.event = l.event
			where a.what = 'EVENTS' and a.at >= since and not exists (select from hook.attempt b
				where b.endpoint = a.endpoint and b.attempt < a.attempt and b.what = 'EVENTS' and b.to_seq >= a.to_seq)
		), by_day as (
			select s.name, (s.at at time zone 'UTC')::date as day, count(*) as total,
				count(*) filter (where s.took_s <= s.within_s) as good
			from seen s group by 1, 2
		)
		select jsonb_build_object('from', today - days, 'to', today, 'items', jsonb_agg(jsonb_build_object('name', o.name,
			'promise', o.promise, 'within_s', o.within_s, 'target', o.target, 'total', coalesce(x.total, 0),
			'good', coalesce(x.good, 0), 'share', api.share(x.good, x.total), 'met', x.good >= o.target * x.total,
			'median_s', x.median_s, 'p99_s', x.p99_s, 'days', coalesce((
				select jsonb_agg(jsonb_build_object('date', b.day, 'total', b.total, 'good', b.good) order by b.day)
				from by_day b where b.name = o.name), '[]')) order by o.n))::text
		from (values (1, 'freshness', 5, 0.99, 'reads of a file of up to 64 MiB can be read within 5 s of its receipt'),
			(2, 'drops', 900, 0.99, 'a drop is built within 15 minutes of falling due'),
			(3, 'commands', 900, 0.99, 'a meter command is answered within 15 minutes of being asked for'),
			(4, 'webhooks', 60, 0.99, 'an event is on its way to an endpoint within 60 s'),
			(5, 'availability', 10, 0.995, 'each door answers a prober outside within 10 s'))
			o (n, name, within_s, target, promise)
		left join lateral (
			select count(*) as total, count(*) filter (where s.took_s <= s.within_s) as good,
				round(percentile_disc(0.5) within group (order by s.took_s)::numeric, 3) as median_s,
				round(percentile_disc(0.99) within group (order by s.took_s)::numeric, 3) as p99_s
			from seen s where s.name = o.name
		) x on true);
end $$;

-- How complete, timely and true the utilities' interval reads of some days are (the last one: null is yesterday), as
-- the roll-ups have it. suppressed: so few are due that figures would be about somebody, or so few have come that what
-- is told of those would be.
create or replace function api.scoreboard(day date, days int4)
returns text
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
	few int4 := ops.setting_of('scoreboard.least')::int4;
	last date := coalesce(day, ops.today('America/Chicago') - 1);
begin
	if days not between 1 and 31 or last not between '2000-01-01' and ops.today('America/Chicago') then
		raise exception using errcode = 'BB003', message = 'expected a day that is not in the future, and 1 to 31 days';
	end if;
	return (
		with since as materialized ( -- days before a utility's first load are nobody's fault
			select y.party, report.measured_from(y.party, (select max(r.load) from reads.rollup r where r.tdu = y.party)) as day
			from party.tdu y
		)
		select jsonb_build_object('from', last - days + 1, 'to', last, 'least', few, 'items', coalesce(jsonb_agg(
			jsonb_build_object('date', d.d, 'tdu', c.tdu, 'name', p.name, 'sandbox', t.sandbox,
				'due', case when k.told then c.due end, 'received', case when k.told then k.known end,
				'complete', case when k.told then api.share(k.known, c.due) end,
				'intervals', case when k.parts then c.intervals end,
				'estimated', case when k.parts then c.estimated end,
				'estimated_share', case when k.parts then api.share(c.estimated, c.intervals) end,
				'missing', case when k.parts then c.missing end,
				'missing_share', case when k.parts then api.share(c.missing, c.intervals) end,
				'late', case when k.parts then c.late end, 'late_share', case when k.parts then api.share(c.late, c.received) end,
				'changed', case when k.parts then c.changed end,
				'suppressed', not k.told or not k.parts and k.known > 0) order by d.d, c.tdu), '[]'))::text
		from generate_series(0, days - 1) n
		cross join lateral (select last - days + 1 + n as d) d
		cross join lateral reads.completeness(d.d) c
		join party.party p on p.code = c.tdu
		join party.tdu t on t.party = p.party
		join since on since.party = t.party and d.d >= since.day
		cross join lateral (select c.due >= few as told, c.received - c.unknown as known) j
		cross join lateral (select j.told, j.known, j.told and j.known >= few as parts) k);
end $$;
