-- What became of each utility's files, in one line each: counts of files by state, of meter-days,
-- intervals and refused records with the rules they broke, and how long it took from the receipt to
-- the moment the reads could be read (milliseconds; median and worst).
create or replace function ledger.summary()
returns table (tdu text, files int8, loaded int8, held int8, refused int8, waiting int8,
	meter_days int8, intervals int8, estimated int8, missing int8, rejected int8, median_ms int8,
	worst_ms int8, reasons text)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select p.code,
		count(f.file),
		count(f.file) filter (where f.state = 'LOADED'),
		count(f.file) filter (where f.state = 'HELD'),
		count(f.file) filter (where f.state = 'REFUSED'),
		count(f.file) filter (where f.state = 'RECEIVED'),
		coalesce(r.meter_days, 0), coalesce(r.intervals, 0), coalesce(r.estimated, 0),
		coalesce(r.missing, 0),
		coalesce(sum((f.counts ->> 'rejected')::int8), 0)::int8,
		(percentile_disc(0.5) within group (order by t.ms))::int8,
		max(t.ms)::int8,
		coalesce((select string_agg(w.rule || ' ' || w.n, ', ' order by w.n desc, w.rule)
			from (select b.key as rule, sum(b.value::int8)::int8 as n
				from ledger.file g, jsonb_each_text(g.counts -> 'by_rule') b
				where g.party = p.party
				group by b.key) w), '')
	from party.party p
	join party.tdu d on d.party = p.party
	left join ledger.file f on f.party = p.party
	cross join lateral (select
		(extract(epoch from f.loaded_at - f.received_at) * 1000)::int8 as ms) t
	left join (select u.tdu, sum(u.meter_days)::int8 as meter_days, sum(u.intervals)::int8 as intervals,
			sum(u.estimated)::int8 as estimated, sum(u.missing)::int8 as missing
		from reads.rollup u group by u.tdu) r on r.tdu = p.party
	group by p.party, p.code, r.meter_days, r.intervals, r.estimated, r.missing
	order by p.party
$$;
revoke all on function ledger.summary() from public;
