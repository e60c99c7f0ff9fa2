-- A release of everything that a party may read in a range of days: what a REP's daily file or a
-- utility's own extract is made of. Two transactions, as for one premise (reads_release.sql).
set local check_function_bodies = off;

-- Premises with the local days (last one inclusive) that the party may read of them as a whole; of one
-- premise if given, of a list, by one agreement.
create or replace function reads.all_days(principal int4, kind text, from_day date, to_day date,
	of_premise int4 default null, of_agreement int8 default null, of_premises int4[] default null)
returns table (premise int4, days daterange)
language sql stable security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan set enable_seqscan = on
as $$
	with r as materialized (
		select r.premise, r.permitted, p.tdu
		from reads.rights(principal, kind, tstzrange(
			(from_day - 1)::timestamp at time zone 'UTC',
			(to_day + 2)::timestamp at time zone 'UTC'), of_premise, of_agreement, of_premises) r
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

-- A release of one premise, a list, or all, by a party and perhaps by one agreement of its: what the API
-- opens. Commit before the rows are asked for. BB001 in the same words whatever the reason; of a list, those that
-- may be read are given. given: how many; last: the one, when it is one.
create or replace function reads.release_make(principal int4, of_agreement int8, of_premises int4[], kind text,
	from_day date, to_day date, as_of timestamptz, versions bool, door text, actor text)
returns table (number int8, given int4[])
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	made int8;
	one int4 := case when cardinality(of_premises) = 1 then of_premises[1] end;
	days datemultirange;
	-- a billing period may begin before the range in which it ends
	since date := from_day - case release_make.kind when 'billing' then 100 else 0 end;
begin
	if principal is null or from_day is null or to_day is null or from_day > to_day or to_day - from_day > 4000
		or kind not in ('interval', 'register', 'billing') or coalesce(door, '') = '' then
		raise exception using errcode = 'BB003', message = 'expected a first day not after the last, and at '
			'most 4000 days';
	end if;
	if one is not null then
		days := reads.whole_days(principal, kind, one, since, to_day, of_agreement);
		given := case when isempty(days) then '{}' else array[one] end;
	elsif of_premises is null or cardinality(of_premises) > 0 then
		select coalesce(array_agg(distinct d.premise), '{}') into given
		from reads.all_days(principal, kind, since, to_day, null, of_agreement, of_premises) d;
	end if;
	if coalesce(cardinality(given), 0) = 0 then
		raise exception using errcode = 'BB001',
			message = 'there are no reads of that for you in that range';
	elsif cardinality(given)::int8 * (to_day - from_day + 1) > 2000000 then
		raise exception using errcode = 'BB006', message = format('%s premises and %s days are more than '
			'2,000,000 meter-days: ask for fewer, or have a drop made', cardinality(given), to_day - from_day + 1);
	end if;
	made := audit.record('reads.released', actor, principal, one,
		jsonb_strip_nulls(jsonb_build_object('kind', kind, 'from', from_day, 'to', to_day, 'days', days,
			'as_of', as_of, 'versions', versions, 'door', door, 'agreement', of_agreement,
			'premises', case when one is not null then null
				when of_premises is null then to_jsonb(cardinality(given)) else to_jsonb(given) end))
			|| reads.inquiry_says(principal, one, days));
	insert into reads.release as r (event, principal, agreement, premise, premises, kind, from_day, to_day, as_of,
		versions, door)
	values (made, release_make.principal, of_agreement, one, case when one is null then of_premises end,
		release_make.kind, release_make.from_day, release_make.to_day, release_make.as_of,
		coalesce(release_make.versions, false), release_make.door)
	returning r.number into release_make.number;
	return next;
end $$;

-- What may be read now of an open release, of whichever kind: its premises, each with its days.
create or replace function reads.release_spans(number int8, kind text)
returns table (premise int4, as_of timestamptz, versions bool, days datemultirange, from_day date, to_day date)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
	r reads.release;
begin
	select o.* into r from reads.release o where o.number = release_spans.number;
	if not found or r.premise is not null then
		return query select o.* from reads.release_now(release_spans.number, release_spans.kind) o;
		return;
	elsif r.opened_by <> session_user or r.kind <> release_spans.kind
		or r.opened_at < clock_timestamp() - interval '1 hour' then
		raise exception using errcode = 'BB001', message = 'there is no such open release';
	end if;
	return query
	select d.premise, r.as_of, r.versions, range_agg(d.days), r.from_day, r.to_day
	from reads.all_days(r.principal, r.kind, r.from_day - case r.kind when 'billing' then 100 else 0 end, r.to_day,
		null, r.agreement, r.premises) d
	group by d.premise;
end $$;

-- Intervals of a release of several premises: by premise, day, channel, version.
create or replace function reads.release_many_rows(number int8)
returns table (series int4, channel int4, day date, created timestamptz, load int4, line int4,
	loaded_at timestamptz, data bytea, esiid text, tdu text, zone text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
declare
	b record;
begin
	-- some at a time, so that only theirs is sorted at once
	for b in
		select array_agg(o.premise order by o.premise) as premises, array_agg(o.days order by o.premise) as days,
			bool_or(o.versions) as versions, min(o.as_of) as as_of, min(o.from_day) as from_day,
			max(o.to_day) as to_day
		from (select s.*, (row_number() over (order by s.premise) - 1) / 100 as part
			from reads.release_spans(number, 'interval') s) o
		group by o.part order by o.part
	loop
		return query
		select v.series, v.series & 7, v.day, v.created, v.load, v.line, v.loaded_at, v.data, v.esiid, v.tdu,
			v.zone
		from (
			select d.*, f.loaded_at, p.esiid, y.code as tdu, t.zone, row_number() over (
				partition by d.series, d.day order by d.created desc, d.load desc, d.line desc) as age
			from unnest(b.premises, b.days) k (premise, days)
			join premise.premise p on p.premise = k.premise
			join party.tdu t on t.party = p.tdu
			join party.party y on y.party = p.tdu
			cross join generate_series(0, 1) c
			join reads.day d on d.series = k.premise * 8 + c and d.day between b.from_day and b.to_day
				and d.day <@ k.days
			join ledger.file f on f.load = d.load
			where b.as_of is null or f.loaded_at <= b.as_of
		) v
		where b.versions or v.age = 1
		order by v.series / 8, v.day, v.series, v.created, v.load, v.line;
	end loop;
end $$;
