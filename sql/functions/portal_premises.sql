-- Customers with many premises: groups of them, totals over some days, and the end of many shares at once. Each takes what
-- was shown, so /v1 and the pages ask the same; nothing here knows of a premise that the caller does not hold.
set local check_function_bodies = off;

-- The account behind what was shown; null: the utility's customer itself, who has no groups. BB002: it is no customer's.
create or replace function api.holder_of(w api.principal, must bool default false)
returns int4
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
	set plan_cache_mode = force_generic_plan
as $$
declare
	h int4 := (select x.holder from party.holder x where x.party = w.party and x.state = 'CONFIRMED');
begin
	if w.kind <> 'CUSTOMER' or h is null and must then
		raise exception using errcode = 'BB002', message = 'that is for customers';
	end if;
	return h;
end $$;

-- What a customer has now, each with its group.
create or replace function api.mine(of_party int4, of_holder int4)
returns table (premise int4, premise_group int4)
language plpgsql stable rows 1000 security definer set search_path = pg_catalog, pg_temp
as $$
begin
	if of_holder is null then
		return query
		select o.premise, null::int4
		from premise.customer c join premise.occupancy o on o.customer = c.customer
		join premise.premise p on p.premise = o.premise join party.tdu t on t.party = p.tdu
		where c.party = of_party and o.during @> (ops.now() at time zone t.zone)::date;
	else
		return query
		select h.premise, t.premise_group
		from party.held_by(of_party) h
		join party.holder_premise t on t.holder = of_holder and t.premise = h.premise and t.state = 'HELD';
	end if;
end $$;

-- ---- groups ----

-- A group of that account; null is none. BB001: there is no such.
create or replace function api.group_of(of_holder int4, of_group int4)
returns int4
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
	if of_group is not null and not exists (select from party.premise_group g
		where g.premise_group = of_group and g.holder = of_holder) then
		raise exception using errcode = 'BB001', message = 'you have no such group';
	end if;
	return of_group;
end $$;

create or replace function api.groups(shown bytea)
returns table (premise_group int4, name text, premises int8)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.who(shown, '{ACCOUNT,SESSION,PERSONAL}');
	me int4 := api.holder_of(w);
begin
	perform api.scope_need(w, 'profile');
	return query
	select g.premise_group, g.name, count(t.premise)
	from party.premise_group g
	left join api.mine(w.party, me) t on t.premise_group = g.premise_group
	where g.holder = me
	group by g.premise_group order by lower(g.name);
end $$;

-- What a group may be called, without blanks around it. BB003.
create or replace function api.group_name(name text)
returns text
language plpgsql immutable security definer set search_path = pg_catalog, pg_temp
as $$
begin
	name := btrim(regexp_replace(name, '\s+', ' ', 'g'));
	if coalesce(length(name), 0) not between 1 and 60 or name ~ '[[:cntrl:]]' then
		raise exception using errcode = 'BB003', message = 'a group has a name of 1 to 60 characters';
	end if;
	return name;
end $$;

-- The group of that name, made where there is none. BB004: there are too many.
create or replace function api.group_named(of_holder int4, called text, out premise_group int4, out made bool)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	called := api.group_name(called);
	made := false;
	perform from party.holder h where h.holder = of_holder for no key update;
	select g.premise_group into group_named.premise_group from party.premise_group g
	where g.holder = of_holder and lower(g.name) = lower(called);
	if found then
		return;
	elsif (select count(*) from party.premise_group g where g.holder = of_holder) >= ops.setting_of('portal.groups_most')::int4 then
		raise exception using errcode = 'BB004', message = format('there are %s groups already: remove one',
			ops.setting_of('portal.groups_most'));
	end if;
	made := true;
	insert into party.premise_group as g (holder, name) values (of_holder, called)
	returning g.premise_group into group_named.premise_group;
end $$;

-- BB005: there is one of that name.
create or replace function api.group_make(shown bytea, name text)
returns int4
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.who(shown, '{ACCOUNT,SESSION,PERSONAL}');
	g record;
begin
	perform api.writes(w);
	perform api.scope_need(w, 'profile');
	g := api.group_named(api.holder_of(w, true), name);
	if not g.made then
		raise exception using errcode = 'BB005', message = 'you have a group of that name already';
	end if;
	return g.premise_group;
end $$;

create or replace function api.group_rename(shown bytea, of_group int4, name text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.who(shown, '{ACCOUNT,SESSION,PERSONAL}');
begin
	perform api.writes(w);
	perform api.scope_need(w, 'profile');
	of_group := api.group_of(api.holder_of(w, true), coalesce(of_group, 0));
	update party.premise_group g set name = api.group_name(group_rename.name) where g.premise_group = of_group;
exception
	when unique_violation then
		raise exception using errcode = 'BB005', message = 'you have a group of that name already';
end $$;

-- Its premises are in none then.
create or replace function api.group_remove(shown bytea, of_group int4)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.who(shown, '{ACCOUNT,SESSION,PERSONAL}');
begin
	perform api.writes(w);
	perform api.scope_need(w, 'profile');
	delete from party.premise_group g where g.premise_group = api.group_of(api.holder_of(w, true), coalesce(of_group, 0));
end $$;

-- Puts premises into a group, null: into none. How many were moved; BB001: one of them is not the caller's, and none is.
create or replace function api.group_move(shown bytea, to_group int4, esiids text[])
returns int4
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.who(shown, '{ACCOUNT,SESSION,PERSONAL}');
	me int4 := api.holder_of(w, true);
	those int4[];
	n int4;
begin
	perform api.writes(w);
	perform api.scope_need(w, 'profile');
	to_group := api.group_of(me, to_group);
	those := array(select distinct h.premise from party.held_by(w.party) h join premise.premise p on p.premise = h.premise
		where p.esiid = any (esiids));
	if cardinality(those) < (select count(distinct e) from unnest(esiids) e) then
		raise exception using errcode = 'BB001', message = 'there is no such premise for you';
	end if;
	update party.holder_premise t set premise_group = to_group
	where t.holder = me and t.state = 'HELD' and t.premise = any (those) and t.premise_group is distinct from to_group;
	get diagnostics n = row_count;
	return n;
end $$;

-- The same with all that are in a group (0: in none, null: wherever) and have that text in ESI ID, street or city.
create or replace function api.group_move_found(shown bytea, to_group int4, of_group int4, find text)
returns int4
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.who(shown, '{ACCOUNT,SESSION,PERSONAL}');
	me int4 := api.holder_of(w, true);
	n int4;
begin
	perform api.writes(w);
	perform api.scope_need(w, 'profile');
	to_group := api.group_of(me, to_group);
	update party.holder_premise t set premise_group = to_group
	from premise.premise p, party.held_by(w.party) h
	where t.holder = me and t.state = 'HELD' and h.premise = t.premise and p.premise = t.premise
		and t.premise_group is distinct from to_group
		and (of_group is null or coalesce(t.premise_group, 0) = of_group) and (coalesce(find, '') = '' or position(lower(find) in lower(concat_ws(' ', p.esiid, p.street, p.city))) > 0);
	get diagnostics n = row_count;
	return n;
end $$;

-- ---- totals ----

-- The last thirty days that an account's utilities have sent reads of.
create or replace function portal.latest_days(of_holder int4, out from_day date, out to_day date)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
	set plan_cache_mode = force_generic_plan set enable_seqscan = off
as $$
begin
	select max(r.day) into to_day
	from (select distinct p.tdu from party.holder_premise t join premise.premise p on p.premise = t.premise
		where t.holder = of_holder and t.state = 'HELD') u
	join party.tdu t on t.party = u.tdu
	cross join lateral (select x.day from reads.rollup x where x.tdu = u.tdu and x.day < ops.today(t.zone)
		order by x.day desc limit 1) r;
	to_day := coalesce(to_day, ops.today('America/Chicago') - 1);
	from_day := to_day - 29;
end $$;

-- First half: a release of all that the caller may read of these days (null: the last thirty), as any other, and the totals
-- of it, kept for the second. Commit before that. BB001: it may read nothing of those days.
create or replace function api.totals_open(shown bytea, from_day date, to_day date, door text)
returns table (number int8, first_day date, last_day date)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.who(shown, '{ACCOUNT,SESSION,PERSONAL}');
	me int4 := api.holder_of(w);
	r record;
	kept portal.total;
	made portal.total;
begin
	perform api.scope_need(w, 'interval');
	if from_day is null or to_day is null then
		select d.from_day, d.to_day into first_day, last_day from portal.latest_days(me) d;
	else
		first_day := from_day;
		last_day := to_day;
	end if;
	select * into r from reads.release_make(w.party, null, null, 'interval', first_day, last_day, null, false, door, api.actor(w));
	number := r.number;
	made.given := md5((select string_agg(g::text, ',' order by g) from unnest(r.given) g));
	made.mark := api.cursor_at(null);
	select t.* into kept from portal.total t
	where t.party = w.party and t.from_day = first_day and t.to_day = last_day;
	-- while files come in, once a minute is enough
	if not found or kept.given <> made.given
		or (kept.mark <> made.mark and kept.made_at < clock_timestamp() - interval '1 min') then
		perform portal.total_make(w.party, number, first_day, last_day, made.given, made.mark);
	end if;
	return next;
end $$;

-- Makes and keeps them, of the current version of each day.
create or replace function portal.total_make(of_party int4, number int8, from_day date, to_day date, given text, mark text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
begin
	-- of an account the newest few
	delete from portal.total t where t.party = of_party and (t.from_day, t.to_day) in (
		select x.from_day, x.to_day from portal.total x where x.party = of_party order by x.made_at desc offset 7);
	insert into portal.total as o (party, from_day, to_day, made_at, given, mark, premises, load_wh, generation_wh, due, days,
		intervals, estimated, missing, newest)
	select of_party, total_make.from_day, total_make.to_day, clock_timestamp(), total_make.given, total_make.mark,
		array_agg(s.premise), array_agg(coalesce(d.load_wh, 0)), array_agg(coalesce(d.generation_wh, 0)), array_agg(s.due),
		array_agg(coalesce(d.days, 0)), array_agg(coalesce(d.intervals, 0)), array_agg(coalesce(d.estimated, 0)),
		array_agg(coalesce(d.missing, 0)), array_agg(d.newest)
	from (
		select k.premise, sum(upper(x.span) - lower(x.span))::int4 as due
		from reads.release_spans(number, 'interval') k
		cross join lateral unnest(k.days * datemultirange(daterange(k.from_day, k.to_day, '[]'))) x (span)
		group by k.premise
	) s
	left join (
		select v.series >> 3 as premise, sum(v.total_wh) filter (where v.series & 7 = 0) as load_wh,
			sum(v.total_wh) filter (where v.series & 7 = 1) as generation_wh,
			(count(*) filter (where v.series & 7 = 0))::int4 as days, sum(v.n)::int4 as intervals,
			sum(v.estimated)::int4 as estimated, sum(v.missing)::int4 as missing, max(v.day) as newest
		from (
			select d.series, d.day, d.total_wh, d.n, d.estimated, d.missing, row_number() over (
				partition by d.series, d.day order by d.created desc, d.load desc, d.line desc) as age
			from reads.release_spans(number, 'interval') k
			cross join generate_series(0, 1) c
			join reads.day d on d.series = k.premise * 8 + c and d.day between total_make.from_day and total_make.to_day
				and d.day <@ k.days
		) v
		where v.age = 1
		group by v.series >> 3
	) d on d.premise = s.premise
	on conflict on constraint total_pkey do update set made_at = excluded.made_at, given = excluded.given, mark = excluded.mark,
		premises = excluded.premises, load_wh = excluded.load_wh, generation_wh = excluded.generation_wh, due = excluded.due,
		days = excluded.days, intervals = excluded.intervals, estimated = excluded.estimated, missing = excluded.missing,
		newest = excluded.newest;
end $$;

-- The totals of a release that is open, of the premises that the caller still holds. Null: of none.
create or replace function portal.total_rows(of_party int4, number int8)
returns table (premise int4, load_wh int8, generation_wh int8, due int4, days int4, intervals int4, estimated int4, missing int4,
	newest date)
language plpgsql stable rows 1000 security definer set search_path = pg_catalog, pg_temp
as $$
declare
	r reads.release;
begin
	if number is null then
		return;
	end if;
	select o.* into r from reads.release o where o.number = total_rows.number;
	if not found or r.opened_by <> session_user or r.principal is distinct from of_party or r.premise is not null
		or r.kind <> 'interval' or r.opened_at < clock_timestamp() - interval '1 hour' then
		raise exception using errcode = 'BB001', message = 'there is no such open release';
	end if;
	return query
	select x.premise, x.load_wh, x.generation_wh, x.due, x.days, x.intervals, x.estimated, x.missing, x.newest
	from portal.total t
	cross join lateral unnest(t.premises, t.load_wh, t.generation_wh, t.due, t.days, t.intervals, t.estimated, t.missing, t.newest)
		x (premise, load_wh, generation_wh, due, days, intervals, estimated, missing, newest)
	where t.party = of_party and t.from_day = r.from_day and t.to_day = r.to_day;
end $$;

-- A row of all (ALL), of each group (GROUP), and of what is in none (NONE).
create or replace function api.total_groups(shown bytea, number int8)
returns table (part text, premise_group int4, name text, premises int8, load_wh int8, generation_wh int8, due int8, days int8,
	intervals int8, estimated int8, missing int8)
language plpgsql security definer set search_path = pg_catalog, pg_temp
	set plan_cache_mode = force_generic_plan
as $$
declare
	w api.principal := api.who(shown, '{ACCOUNT,SESSION,PERSONAL}');
	me int4 := api.holder_of(w);
begin
	perform api.scope_need(w, 'interval');
	return query
	with mine as materialized (
		select coalesce(t.premise_group, 0) as in_group, count(*) as premises, sum(x.load_wh)::int8 as load_wh,
			sum(x.generation_wh)::int8 as generation_wh, sum(x.due) as due, sum(x.days) as days, sum(x.intervals) as intervals,
			sum(x.estimated) as estimated, sum(x.missing) as missing
		from api.mine(w.party, me) t
		left join portal.total_rows(w.party, number) x on x.premise = t.premise
		group by 1
	), parts as (
		select 'GROUP' as part, g.premise_group, g.name, coalesce(m.premises, 0) as premises, m.load_wh, m.generation_wh, m.due,
			m.days, m.intervals, m.estimated, m.missing
		from party.premise_group g left join mine m on m.in_group = g.premise_group
		where g.holder = me
		union all
		select 'NONE', null, null, m.premises, m.load_wh, m.generation_wh, m.due, m.days, m.intervals, m.estimated, m.missing
		from mine m where m.in_group = 0
	)
	select p.part, p.premise_group, p.name, p.premises::int8, coalesce(p.load_wh, 0), coalesce(p.generation_wh, 0),
		coalesce(p.due, 0), coalesce(p.days, 0), coalesce(p.intervals, 0), coalesce(p.estimated, 0), coalesce(p.missing, 0)
	from (
		select p.* from parts p
		union all
		select 'ALL', null, null, coalesce(sum(p.premises), 0), sum(p.load_wh)::int8, sum(p.generation_wh)::int8, sum(p.due)::int8,
			sum(p.days)::int8, sum(p.intervals)::int8, sum(p.estimated)::int8, sum(p.missing)::int8
		from parts p
	) p
	order by case p.part when 'ALL' then 0 when 'GROUP' then 1 else 2 end, lower(p.name);
end $$;

-- Premises behind an ESI ID, in their order: of a group (0: in none, null: all), with that text in ESI ID, street or city.
create or replace function api.total_premises(shown bytea, number int8, of_group int4, find text, after text, most int4)
returns table (premise int4, esiid text, street text, city text, premise_group int4, group_name text, load_wh int8, generation_wh int8, due int4,
	days int4, intervals int4, estimated int4, missing int4, newest date)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.who(shown, '{ACCOUNT,SESSION,PERSONAL}');
	me int4 := api.holder_of(w);
begin
	perform api.scope_need(w, 'interval');
	return query
	select p.premise, p.esiid, p.street, p.city, t.premise_group, g.name, coalesce(x.load_wh, 0), coalesce(x.generation_wh, 0),
		coalesce(x.due, 0), coalesce(x.days, 0), coalesce(x.intervals, 0), coalesce(x.estimated, 0), coalesce(x.missing, 0),
		x.newest
	from api.mine(w.party, me) t
	cross join lateral (select y.* from premise.premise y where y.premise = t.premise offset 0) p
	left join party.premise_group g on g.premise_group = t.premise_group
	left join portal.total_rows(w.party, number) x on x.premise = t.premise
	where p.esiid > coalesce(after, '') and (of_group is null or coalesce(t.premise_group, 0) = of_group)
		and (coalesce(find, '') = '' or position(lower(find) in lower(concat_ws(' ', p.esiid, p.street, p.city))) > 0)
	order by p.esiid limit most;
end $$;

-- The same for a page, each with the last day that there are reads of within forty days (null: of none), and how many
-- third parties have access.
create or replace function portal.premises(shown bytea, number int8, of_group int4, find text, after text, most int4)
returns table (esiid text, street text, city text, group_name text, load_wh int8, generation_wh int8, due int4, days int4,
	last_read date, shares int8)
language plpgsql security definer set search_path = pg_catalog, pg_temp
	-- to plan for a month of partitions takes longer than to ask them
	set plan_cache_mode = force_generic_plan set enable_seqscan = off
as $$
declare
	w api.principal := api.who(shown, '{ACCOUNT,SESSION,PERSONAL}');
	me int4 := api.holder_of(w);
	last date := ops.today('America/Chicago');	-- of every zone by a day; known before, so that few partitions are begun
begin
	return query
	select x.esiid, x.street, x.city, x.group_name, x.load_wh, x.generation_wh, x.due, x.days, d.day,
		(select count(distinct a.csp) from agreement.premise y join agreement.agreement a on a.agreement = y.agreement
		where y.premise = x.premise and y.ended_at is null and a.state in ('ACTIVE', 'HELD', 'SUSPENDED')
			and h.customer = coalesce(y.customer, premise.occupant_at(y.premise, coalesce(a.starts_at, a.invited_at))))
	from api.total_premises(shown, number, of_group, find, after, most) x
	join party.holder_premise h on h.holder = me and h.premise = x.premise and h.state = 'HELD'
	cross join lateral (select y.* from premise.premise y where y.premise = x.premise offset 0) p
	join party.tdu t on t.party = p.tdu
	cross join lateral (select ops.today(t.zone) as today offset 0) n	-- once a premise, not for each partition
	left join lateral (select r.day from reads.day r where r.series = x.premise * 8 and r.day between n.today - 40 and n.today
			and r.day between last - 41 and last + 1
		order by r.day desc limit 1) d on true
	order by x.esiid;
end $$;

-- ---- who has access to many ----

-- The caller's shares that live, of premises of a group (0: of none, null: all) and of a third party (null: each).
create or replace function portal.live_shares(of_party int4, of_holder int4, of_csp text, of_group int4)
returns table (agreement int8, premise int4, csp int4)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
	return query
	select x.agreement, x.premise, a.csp
	from api.own_shares(of_party) x
	join agreement.agreement a on a.agreement = x.agreement and a.state in ('ACTIVE', 'HELD', 'SUSPENDED')
	join agreement.premise y on y.agreement = x.agreement and y.premise = x.premise and y.ended_at is null
	left join party.holder_premise t on t.holder = of_holder and t.premise = x.premise and t.state = 'HELD'
	where (of_csp is null or a.csp = (select p.party from party.party p where p.code = of_csp and p.kind = 'CSP'))
		and (of_group is null or coalesce(t.premise_group, 0) = of_group);
end $$;

-- Third parties that have access, and to how many of the caller's premises.
create or replace function portal.access(shown bytea, of_group int4)
returns table (csp text, name text, premises int8, agreements int8)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.who(shown, '{ACCOUNT,SESSION,PERSONAL}');
	me int4 := api.holder_of(w);
begin
	perform api.scope_need(w, 'agreements');
	return query
	select p.code, p.name, count(distinct s.premise), count(distinct s.agreement)
	from portal.live_shares(w.party, me, null, api.group_any(me, of_group)) s join party.party p on p.party = s.csp
	group by p.code, p.name order by lower(p.name), p.code;
end $$;

-- A group of that account, 0 (in none) or null (all). BB001.
create or replace function api.group_any(of_holder int4, of_group int4)
returns int4
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
	return case when of_group = 0 then 0 else api.group_of(of_holder, of_group) end;
end $$;

-- Ends those of a third party (null: of each), at most so many agreements at a time: of each what is the caller's and is
-- meant. ended: of how many; remain: how many are left, for the next call.
create or replace function portal.access_end(shown bytea, of_csp text, of_group int4, most int4)
returns table (ended int4, remain int4)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.who(shown, '{ACCOUNT,SESSION,PERSONAL}');
	me int4 := api.holder_of(w);
	actor text := api.actor(w);
	one record;
begin
	perform api.writes(w);
	perform api.scope_need(w, 'agreements');
	ended := 0;
	remain := 0;
	for one in
		select s.agreement, array_agg(s.premise order by s.premise) as premises,
			not exists (select from agreement.premise x where x.agreement = s.agreement and x.ended_at is null
				and x.premise <> all (array_agg(s.premise))) as whole
		from portal.live_shares(w.party, me, of_csp, api.group_any(me, of_group)) s
		group by s.agreement order by s.agreement
	loop
		if ended >= most then
			remain := remain + 1;
			continue;
		end if;
		-- another may have ended it meanwhile
		perform from agreement.agreement a where a.agreement = one.agreement and a.state in ('ACTIVE', 'HELD', 'SUSPENDED')
			for no key update;
		continue when not found;
		if one.whole then
			perform agreement.terminate(one.agreement, 'CUSTOMER', 'stopped', actor);
		else
			perform agreement.share_end(one.agreement, u.p, ops.now(), 'stopped', actor) from unnest(one.premises) u (p);
		end if;
		ended := ended + 1;
	end loop;
	return next;
end $$;
