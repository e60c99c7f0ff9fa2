-- Does a third party know the premise that it asks for? ESI ID, meter number and the REP's certificate must belong
-- together today. The meter number is the only one of the three that is no public knowledge, and no front role
-- reads it: it is compared here, and every miss is counted.
set local check_function_bodies = off;

-- One row for each ESI ID, in their order. Case and outer spaces make no difference, and nothing else is left out.
-- premise null: not matched, whatever was wrong, also when nothing more
-- may be tried. Nothing ends early: the look-ups and the comparisons are the same whatever is wrong, an ESI ID that
-- nobody knows included (keys_now). Misses are counted by the rows that are written here: who calls must not roll
-- them back.
create or replace function premise.match(csp int4, esiids text[], meters text[], reps text[], source inet)
returns table ("row" int4, premise int4)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	asked record;
	found_one record;
	answers int4[] := array_fill(0, array[cardinality(esiids)]);
	over int4 := 0;
begin
	-- in the order of ESI IDs, so that two that ask crosswise never wait for each other
	for asked in
		select upper(btrim(u.esiid)) as esiid, upper(btrim(u.meter)) as meter, btrim(u.rep) as rep, u.n::int4 as n
		from unnest(esiids, meters, reps) with ordinality u (esiid, meter, rep, n)
		order by upper(btrim(u.esiid)) collate "C", u.n
	loop
		if not radar.budget(csp, asked.esiid) then
			over := over + 1;
			continue;
		end if;
		-- a sum, since AND stops at the first that is wrong
		select k.premise, k.known::int4 + (upper(btrim(k.meter)) is not distinct from asked.meter)::int4
			+ (k.certificate is not distinct from asked.rep)::int4 = 3 as ok
		into found_one
		from premise.keys_now(asked.esiid) k;
		perform radar.on_event('match_tried', csp, null,
			-- of a customer's try the claim says it
			case when found_one.ok and csp is not null then found_one.premise end, null, source,
			jsonb_build_object('ok', found_one.ok, 'esiid', left(asked.esiid, 30)));
		answers[asked.n] := case when found_one.ok then found_one.premise else 0 end;
	end loop;
	-- how often, and no more: for reports
	perform audit.record('premise.tried', 'match', csp, null, jsonb_build_object('tried', cardinality(answers) - over,
		'matched', (select count(*) from unnest(answers) a (premise) where a.premise > 0), 'over', over));
	return query select a.n::int4, nullif(a.premise, 0) from unnest(answers) with ordinality a (premise, n) order by 1;
end $$;

-- What belongs to an ESI ID today, always one row. It is the row of the nearest ESI ID that there is, which is not
-- known when it is another one: so what is read for an ESI ID that nobody knows is what is read for its neighbour.
create or replace function premise.keys_now(of_esiid text)
returns table (premise int4, known bool, meter text, certificate text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
	return query
	select p.premise, coalesce((p.esiid = of_esiid)::int4 + p.known::int4
		+ (premise.retired_from(p.premise, d.today) is distinct from d.today)::int4, 0) = 3, m.meter_number, r.certificate
	from (select
		(select x.premise from premise.premise x where x.esiid >= of_esiid order by x.esiid limit 1) as above,
		(select x.premise from premise.premise x where x.esiid <= of_esiid order by x.esiid desc limit 1) as below
	) near
	left join premise.premise p on p.premise = coalesce(near.above, near.below)
	left join party.tdu t on t.party = p.tdu
	cross join lateral (select (ops.now() at time zone coalesce(t.zone, 'America/Chicago'))::date as today) d
	left join premise.meter m on m.premise = p.premise and m.during @> d.today
	left join premise.rep_span s on s.premise = p.premise and s.during @> d.today
	left join party.rep r on r.party = s.rep;
end $$;
