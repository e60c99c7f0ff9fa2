-- Subscriptions and when they fall due. A schedule names a local time of day; the hub's clock says when
-- that is. Each period of a subscription has one drop, by a unique key, whatever restarts and however the
-- clock is moved.
set local check_function_bodies = off;

-- The instant of a local time. One that comes twice is the first of the two; one that the clock jumps
-- over is as far behind the jump as it would have been (02:30 is 03:30): RFC 5545, 3.3.5.
create or replace function delivery.instant_of("local" timestamp, zone text)
returns timestamptz
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select min(c.at)
	from (select instant_of."local" at time zone zone as at) x
	cross join lateral (
		select x.at
		union all
		select x.at - d from unnest(array['30 min', '1 hour', '2 hours']::interval[]) d
		where (x.at - d) at time zone zone = instant_of."local"
	) c
$$;

-- The day of a month, or its last day where it has fewer.
create or replace function delivery.day_of_month(month date, month_day int4)
returns date
language sql immutable security definer set search_path = pg_catalog, pg_temp
as $$
	select least(date_trunc('month', month::timestamp)::date + (month_day - 1),
		(date_trunc('month', month::timestamp) + interval '1 month')::date - 1)
$$;

-- The first local day after a day on which the subscription falls due; null: not by the clock.
create or replace function delivery.due_after(s delivery.subscription, day date)
returns date
language sql immutable security definer set search_path = pg_catalog, pg_temp
as $$
	select case s.schedule
		when 'DAILY' then day + 1
		when 'WEEKLY' then day + (s.weekday - extract(isodow from day)::int4 + 6) % 7 + 1
		when 'MONTHLY' then case
			when delivery.day_of_month(day, s.month_day) > day
				then delivery.day_of_month(day, s.month_day)
			else delivery.day_of_month(
				(date_trunc('month', day::timestamp) + interval '1 month')::date, s.month_day)
			end
		end
$$;

-- What falls due on a local day is of these days (last one inclusive): the day lag_days before; the seven
-- days that end with it; the calendar month before; or months of history up to it.
create or replace function delivery.period_of(s delivery.subscription, due_on date)
returns table (period text, from_day date, to_day date)
language sql immutable security definer set search_path = pg_catalog, pg_temp
as $$
	select case s.schedule
			when 'DAILY' then d.to_day::text
			when 'WEEKLY' then d.from_day || '/' || d.to_day
			when 'MONTHLY' then to_char(d.from_day, 'YYYY-MM')
			else 'once'
		end, d.from_day, d.to_day
	from (
		select due_on - s.lag_days, due_on - s.lag_days where s.schedule = 'DAILY'
		union all
		select due_on - s.lag_days - 6, due_on - s.lag_days where s.schedule = 'WEEKLY'
		union all
		select (date_trunc('month', due_on::timestamp) - interval '1 month')::date,
			date_trunc('month', due_on::timestamp)::date - 1
		where s.schedule = 'MONTHLY'
		union all
		select (due_on - s.lag_days + 1 - s.history_months * interval '1 month')::date,
			due_on - s.lag_days
		where s.schedule = 'ONCE'
	) d (from_day, to_day)
$$;

create or replace function delivery.subscription_of(of_subscription int8)
returns delivery.subscription
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
	s delivery.subscription;
begin
	select x.* into s from delivery.subscription x where x.subscription = of_subscription;
	if not found then
		raise exception using errcode = 'BB001',
			message = format('there is no subscription %s', of_subscription);
	end if;
	return s;
end $$;

-- Where it falls due next from now on: what was missed before is not made up for.
create or replace function delivery.subscription_plan(of_subscription int8)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	s delivery.subscription := delivery.subscription_of(of_subscription);
	hub_now timestamptz := ops.now();
	today date := (hub_now at time zone s.zone)::date;
	due_on date := delivery.due_after(s, today - 1);
	due_at timestamptz := case when s.schedule in ('ONCE', 'CHANGE') then hub_now
		else delivery.instant_of(due_on + s.local_minute * interval '1 min', s.zone) end;
begin
	if due_on is not null and due_at < hub_now then
		due_on := delivery.due_after(s, due_on);
		due_at := delivery.instant_of(due_on + s.local_minute * interval '1 min', s.zone);
	end if;
	if s.schedule = 'ONCE' and exists (select from delivery.drop d
		where d.subscription = of_subscription) then
		due_at := null;
	end if;
	update delivery.subscription x set next_on = due_on, next_at = due_at
	where x.subscription = of_subscription;
	perform pg_notify('delivery_schedule', '');
end $$;

-- The folder that a party's drops go to unless it says otherwise.
create or replace function delivery.folder_for(kind text, format text, schedule text)
returns text
language sql immutable security definer set search_path = pg_catalog, pg_temp
as $$
	select case when kind in ('TDU', 'REGULATOR') then 'reports'
		when format = 'GREEN_BUTTON' then 'greenbutton'
		when schedule = 'ONCE' then 'adhocusage'
		else 'daily' end
$$;

-- esiids: null with scope ALL. local_time: HH:MM. Nulls take the preset. BB001: no such account, or an ESI
-- ID of no known premise; BB002: a party that may read nothing; BB003: what cannot be.
create or replace function delivery.subscription_add(login text, label text, scope text, esiids text[],
	kinds text[], format text, packing text, openpgp_key text, schedule text, local_time text,
	weekday int4, month_day int4, zone text, lag_days int4, every_min int4, history_months int4,
	folder text, actor text default session_user)
returns int8
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	a delivery.account := delivery.account_named(login);
	party_kind text := (select p.kind from party.party p where p.party = a.party);
	into_folder text := coalesce(subscription_add.folder, delivery.folder_for(party_kind,
		upper(subscription_add.format), upper(subscription_add.schedule)));
	f delivery.folder := delivery.folder_of(a.account, into_folder);
	made int8;
begin
	if party_kind not in ('TDU', 'REP', 'CSP') then
		raise exception using errcode = 'BB002',
			message = pg_catalog.format('a %s has no right to reads', party_kind);
	end if;
	if party_kind = 'CSP' and (not party.csp_open((select c.state from party.csp c where c.party = a.party))
		or exists (select from unnest(esiids) e join premise.premise p on p.esiid = e
			where not party.csp_may(a.party, p.premise))) then
		raise exception using errcode = 'BB002', message = 'a third party that is not live has to '
			'do with premises of the sandbox alone';
	end if;
	if f.folder is null or f.put then
		raise exception using errcode = 'BB003', message = pg_catalog.format(
			'folder "%s", expected one of the box that the hub alone puts files into',
			into_folder);
	end if;
	if local_time !~ '^([01][0-9]|2[0-3]):[0-5][0-9]$' then
		raise exception using errcode = 'BB003', message = pg_catalog.format(
			'the time of day is "%s", expected HH:MM', local_time);
	end if;
	if not exists (select from pg_timezone_names z
		where z.name = coalesce(subscription_add.zone, 'America/Chicago')) then
		raise exception using errcode = 'BB003', message = pg_catalog.format(
			'zone is "%s", expected one like America/Chicago', zone);
	end if;
	if (upper(scope) = 'ALL') <> (coalesce(cardinality(esiids), 0) = 0)
		or upper(scope) = 'ONE' and cardinality(esiids) <> 1 then
		raise exception using errcode = 'BB003',
			message = 'expected no ESI ID with ALL, one with ONE and some with GROUP';
	end if;
	insert into delivery.subscription as s (account, label, scope, kinds, format, packing, openpgp_key,
		schedule, local_minute, weekday, month_day, zone, lag_days, every_min, history_months, folder)
	values (a.account, subscription_add.label, upper(subscription_add.scope),
		(select array_agg(distinct lower(k)) from unnest(subscription_add.kinds) k),
		upper(subscription_add.format), upper(coalesce(subscription_add.packing, 'NONE')),
		subscription_add.openpgp_key, upper(subscription_add.schedule),
		coalesce(split_part(local_time, ':', 1)::int4 * 60
			+ split_part(local_time, ':', 2)::int4, 360),
		subscription_add.weekday, subscription_add.month_day,
		coalesce(subscription_add.zone, 'America/Chicago'), coalesce(subscription_add.lag_days, 1),
		coalesce(subscription_add.every_min, 15), subscription_add.history_months, into_folder)
	returning s.subscription into made;
	perform delivery.subscription_premises(made, esiids);
	if upper(schedule) = 'CHANGE' then
		insert into delivery.subscription_mark (subscription, tdu, load)
		select made, t.party, ledger.last_load(t.party) from party.tdu t;
	end if;
	perform delivery.subscription_plan(made);
	perform audit.record('subscription.added', actor, a.party, null, (select to_jsonb(s) - 'openpgp_key'
		from delivery.subscription s where s.subscription = made));
	return made;
exception
	when check_violation then
		raise exception using errcode = 'BB003', message = 'expected a label; kinds out of '
			'interval, register, billing; SMT_CSV, CSV, LSE, GREEN_BUTTON or JSONL; NONE, GZIP, '
			'ZIP or ZSTD; DAILY, WEEKLY with a weekday 1 to 7, MONTHLY with a day 1 to 31, ONCE '
			'with 1 to 24 months, or CHANGE (CSV or JSONL); LSE, Green Button and CHANGE for '
			'interval alone';
end $$;

create or replace function delivery.subscription_premises(of_subscription int8, esiids text[])
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	if exists (select from unnest(esiids) e
		where not exists (select from premise.premise p where p.esiid = e and p.known)) then
		raise exception using errcode = 'BB001',
			message = 'one of the ESI IDs is of no known premise';
	end if;
	insert into delivery.subscription_premise (subscription, premise)
	select of_subscription, p.premise from premise.premise p where p.esiid = any (esiids);
end $$;

-- pause, resume, end. What falls due while it is paused is not made up for.
create or replace function delivery.subscription_move(of_subscription int8, event text,
	actor text default session_user)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	s delivery.subscription;
	then_is text;
begin
	perform delivery.subscription_of(of_subscription);
	select x.* into s from delivery.subscription x where x.subscription = of_subscription for no key update;
	select t.next into then_is from delivery.subscription_step t
	where t.state = s.state and t.event = subscription_move.event;
	if not found then
		raise exception using errcode = 'BB004', message = format(
			'"%s" is not possible for a subscription that is %s', event, s.state);
	end if;
	update delivery.subscription x set state = then_is,
		ended_at = case when then_is = 'ENDED' then clock_timestamp() end
	where x.subscription = of_subscription and x.state = s.state;
	perform audit.record('subscription.moved', actor, (select a.party from delivery.account a
		where a.account = s.account), null, jsonb_build_object('subscription', of_subscription,
		'event', event, 'was', s.state, 'state', then_is));
	if then_is = 'ACTIVE' then
		perform delivery.subscription_plan(of_subscription);
	elsif then_is = 'ENDED' then
		perform delivery.drop_move(d.drop, 'cancel', 'the subscription was ended', actor)
		from (select o.drop from delivery.drop o where o.subscription = of_subscription
			and o.state in ('DUE', 'BUILDING') order by o.drop) d;
	end if;
	return then_is;
end $$;

create or replace function delivery.subscriptions(login text default null)
returns table (subscription int8, login_name text, party_code text, label text, scope text, premises int8,
	kinds text, format text, packing text, openpgp bool, schedule text, local_time text, weekday int4,
	month_day int4, zone text, lag_days int4, every_min int4, history_months int4, folder text,
	state text, next_at timestamptz, made_at timestamptz, last_period text, last_state text)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select s.subscription, a.login, p.code, s.label, s.scope,
		(select count(*) from delivery.subscription_premise x where x.subscription = s.subscription),
		array_to_string(s.kinds, ','), s.format, s.packing, s.openpgp_key is not null, s.schedule,
		to_char(make_time(s.local_minute / 60, s.local_minute % 60, 0), 'HH24:MI'), s.weekday,
		s.month_day, s.zone, s.lag_days, s.every_min, s.history_months, s.folder, s.state,
		case when s.state = 'ACTIVE' and s.schedule <> 'CHANGE' then s.next_at end, s.made_at,
		d.period, d.state
	from delivery.subscription s
	join delivery.account a on a.account = s.account
	join party.party p on p.party = a.party
	left join lateral (
		select o.period, o.state from delivery.drop o
		where o.subscription = s.subscription order by o.drop desc limit 1
	) d on true
	where subscriptions.login is null or a.login = lower(subscriptions.login)
	order by s.subscription
$$;

-- A drop of a period, its first or its next revision; null when the first is there already.
create or replace function delivery.drop_make(s delivery.subscription, period text, from_day date,
	to_day date, due_at timestamptz, again bool, actor text)
returns int8
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	made int8;
	number int4 := 1;
begin
	if again then
		select coalesce(max(d.revision), 0) + 1 into number from delivery.drop d
		where d.subscription = s.subscription and d.period = drop_make.period;
	end if;
	insert into delivery.drop as d (subscription, period, revision, due_at, from_day, to_day)
	values (s.subscription, drop_make.period, number, drop_make.due_at, drop_make.from_day,
		drop_make.to_day)
	on conflict on constraint drop_subscription_period_revision_key do nothing
	returning d.drop into made;
	if made is not null then
		perform audit.record('drop.due', actor, (select a.party from delivery.account a
			where a.account = s.account), null, jsonb_build_object('drop', made, 'subscription',
			s.subscription, 'period', drop_make.period, 'revision', number));
		perform pg_notify('delivery_drop', '');
	end if;
	return made;
end $$;

-- Has anything been loaded that an on-change subscription has not told yet?
create or replace function delivery.change_pending(of_subscription int8)
returns bool
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select exists (
		select from party.tdu t
		left join delivery.subscription_mark m
			on m.subscription = of_subscription and m.tdu = t.party
		where ledger.last_load(t.party) > coalesce(m.load, 0))
$$;

-- All changes since the last drop of it make the next one. The caller has locked the subscription.
create or replace function delivery.change_make(s delivery.subscription, actor text)
returns int8
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	made int8 := delivery.drop_make(s, 'change ' || (select count(distinct d.period) + 1
		from delivery.drop d where d.subscription = s.subscription),
		null, null, ops.now(), false, actor);
begin
	insert into delivery.drop_mark as x (drop, tdu, after_load, load, rights_load)
	select made, t.party, coalesce(m.load, 0), ledger.last_load(t.party), 0
	from party.tdu t left join delivery.subscription_mark m
		on m.subscription = s.subscription and m.tdu = t.party
	where made is not null;
	insert into delivery.subscription_mark as m (subscription, tdu, load)
	select s.subscription, x.tdu, x.load from delivery.drop_mark x where x.drop = made
	on conflict on constraint subscription_mark_pkey do update set load = excluded.load;
	return made;
end $$;

-- One subscription whose time has come: its drop, and when the next one comes. Periods of which all reads
-- are past their keeping are left out.
create or replace function delivery.schedule_one(s delivery.subscription)
returns int8
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	hub_now timestamptz := ops.now();
	due_on date := coalesce(s.next_on, (hub_now at time zone s.zone)::date);
	p record;
	made int8;
begin
	if s.schedule = 'CHANGE' then
		update delivery.subscription x set next_at = hub_now + s.every_min * interval '1 min'
		where x.subscription = s.subscription;
		return delivery.change_make(s, 'dropd');
	end if;
	select * into p from delivery.period_of(s, due_on);
	if p.to_day >= (hub_now - ops.setting_of('reads.keep_months')::int4 * interval '1 month')::date then
		made := delivery.drop_make(s, p.period, p.from_day, p.to_day, s.next_at, false, 'dropd');
	end if;
	due_on := delivery.due_after(s, due_on);
	update delivery.subscription x set next_on = due_on, next_at = delivery.instant_of(
		due_on + s.local_minute * interval '1 min', s.zone)
	where x.subscription = s.subscription;
	return made;
end $$;

-- Makes the drops of what has fallen due: the next period of each subscription, oldest first, as many as
-- `most`. looked: at how many subscriptions. next_in_ms: until something falls due; 0 when more has already, null when nothing will.
create or replace function delivery.schedule_due(most int4 default 500)
returns table (looked int4, made int4, next_in_ms int8)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	hub_now timestamptz := ops.now();
	s delivery.subscription;
	n int4 := 0;
	of int4 := 0;
begin
	for s in
		select x.* from delivery.subscription x join delivery.account a on a.account = x.account
		where x.state = 'ACTIVE' and a.state = 'OPEN'
			and (x.schedule <> 'CHANGE' and x.next_at <= hub_now
				-- the clock may have been set back
				or x.schedule = 'CHANGE' and (x.next_at <= hub_now
					or x.next_at > hub_now + x.every_min * interval '1 min')
				and delivery.change_pending(x.subscription))
		order by x.next_at, x.subscription
		limit most
		for no key update of x skip locked
	loop
		of := of + 1;
		n := n + (delivery.schedule_one(s) is not null)::int4;
	end loop;
	return query
	select of, n, greatest(0, extract(epoch from min(x.next_at) - hub_now) * 1000)::int8
	from delivery.subscription x join delivery.account a on a.account = x.account
	where x.state = 'ACTIVE' and a.state = 'OPEN' and x.next_at is not null
		and (x.schedule <> 'CHANGE' or delivery.change_pending(x.subscription));
end $$;
