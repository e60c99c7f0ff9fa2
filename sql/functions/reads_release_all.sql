-- A release of everything that a party may read in a range of days: what a REP's daily file or a
-- utility's own extract is made of. Two transactions, as for one premise (reads_release.sql).
set local check_function_bodies = off;

-- Premises with the local days (last one inclusive) that the party may read of them as a whole; of one
-- premise if given.
create or replace function reads.all_days(principal int4, kind text, from_day date, to_day date,
	of_premise int4 default null)
returns table (premise int4, days daterange)
language sql stable security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
	with r as materialized (
		select r.premise, r.permitted, p.tdu
		from reads.rights(principal, kind, tstzrange(
			(from_day - 1)::timestamp at time zone 'UTC',
			(to_day + 2)::timestamp at time zone 'UTC'), of_premise) r
		join premise.premise p on p.premise = r.premise
	), w as materialized (
		-- a hundred thousand premises have few different ranges
		select k.permitted, k.tdu, case when d.first_day >= d.past_day then 'empty'
			else daterange(d.first_day, d.past_day) * daterange(from_day, to_day, '[]')
			end as days
		from (select distinct r.permitted, r.tdu from r) k
		join party.tdu t on t.party = k.tdu
		cross join lateral (
			select lower(k.permitted) at time zone t.zone as first,
				upper(k.permitted) at time zone t.zone as past offset 0
		) l
		cross join lateral (
			select l.first::date + (l.first::date < l.first)::int4 as first_day,
				l.past::date as past_day offset 0
		) d
	)
	select r.premise, w.days
	from r join w on w.permitted = r.permitted and w.tdu = r.tdu
	where not isempty(w.days)
$$;

-- First half: the audit event, with the number of premises; commit before the second. BB001 when the
-- party may read nothing of the range.
create or replace function reads.release_all_open(principal int4, from_day date, to_day date,
	as_of timestamptz, door text, reason text)
returns table (number int8, lsn pg_lsn)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	premises int8;
	made int8;
begin
	if principal is null or from_day is null or to_day is null or from_day > to_day
		or to_day - from_day > 400 or coalesce(door, '') = '' then
		raise exception using errcode = 'BB003', message = 'expected a party, a first day not '
			'after the last, and at most 400 days';
	end if;
	select count(distinct d.premise) into premises
	from reads.all_days(principal, 'interval', from_day, to_day) d;
	if premises = 0 then
		raise exception using errcode = 'BB001',
			message = 'there are no reads for that party in that range';
	end if;
	made := audit.record('reads.released',
		coalesce((select x.code from party.party x where x.party = principal), 'party ' || principal),
		principal, null, jsonb_strip_nulls(jsonb_build_object('kind', 'interval', 'from', from_day,
			'to', to_day, 'premises', premises, 'as_of', as_of, 'door', door, 'reason', reason)));
	return query
	insert into reads.release as r (event, principal, premise, kind, from_day, to_day, as_of,
		versions, door, reason)
	values (made, release_all_open.principal, null, 'interval', release_all_open.from_day,
		release_all_open.to_day, release_all_open.as_of, false, release_all_open.door,
		release_all_open.reason)
	returning r.number, pg_current_wal_insert_lsn();
end $$;

-- Second half: current versions by day, premise, channel, of what the party may read now.
create or replace function reads.release_all_rows(number int8)
returns table (series int4, channel int4, day date, created timestamptz, load int4, line int4,
	loaded_at timestamptz, data bytea, esiid text, tdu text, zone text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
declare
	r reads.release;
begin
	select o.* into r from reads.release o where o.number = release_all_rows.number;
	if not found or r.opened_by <> session_user or r.premise is not null
		or r.opened_at < clock_timestamp() - interval '1 hour' then
		raise exception using errcode = 'BB001', message = 'there is no such open release';
	end if;
	-- a day at a time, so that only one day is sorted at once
	for i in 0 .. r.to_day - r.from_day loop
		return query
		select v.series, v.series & 7, v.day, v.created, v.load, v.line, v.loaded_at, v.data,
			p.esiid, y.code, t.zone
		from (
			select distinct on (d.series) d.*, f.loaded_at
			from reads.all_days(r.principal, 'interval', r.from_day + i, r.from_day + i) a
			cross join generate_series(0, 1) c
			join reads.day d on d.series = a.premise * 8 + c and d.day = r.from_day + i
			join ledger.file f on f.load = d.load
			where r.as_of is null or f.loaded_at <= r.as_of
			order by d.series, d.created desc, d.load desc, d.line desc
		) v
		join premise.premise p on p.premise = v.series / 8
		join party.tdu t on t.party = p.tdu
		join party.party y on y.party = p.tdu
		order by v.series;
	end loop;
end $$;
