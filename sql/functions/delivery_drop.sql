-- Drops: their life cycle, whether they may be given out, and how a builder makes one.
--
-- A builder takes a drop with a token and a lease (by the real clock). It has the rights looked up and put
-- on record (build_plan, committed before a row is read), reads page by page, and ends with build_end, which
-- looks at the rights again and places all files in one transaction. Every call shows the token; one that
-- is no longer the drop's is refused, so a builder that was thought dead places nothing.
--
-- Advisory locks: see ledger.sql; drops use row locks alone.
set local check_function_bodies = off;

-- One step of a drop's life, with its audit event: the only way in which a state changes.
create or replace function delivery.drop_move(of_drop int8, event text, says text, actor text)
returns delivery.drop
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	d delivery.drop;
	was text;
	then_is text;
begin
	select o.* into d from delivery.drop o where o.drop = of_drop for no key update;
	if not found then
		raise exception using errcode = 'BB001', message = format('there is no drop %s', of_drop);
	end if;
	was := d.state;
	select s.next into then_is from delivery.drop_step s
	where s.state = was and s.event = drop_move.event;
	if not found then
		raise exception using errcode = 'BB004', message = format(
			'"%s" is not possible for drop %s, which is %s', event, of_drop, was);
	end if;
	update delivery.drop o
	set state = then_is,
		token = case when then_is = 'BUILDING' then gen_random_uuid() end,
		lease_until = null,
		worker = case when then_is = 'BUILDING' then o.worker end,
		built_at = case when then_is = 'BUILT' then clock_timestamp() else o.built_at end,
		ended_at = case when then_is in ('DELIVERED', 'FAILED', 'CANCELLED', 'WITHDRAWN')
			then clock_timestamp() end,
		says = coalesce(drop_move.says, case when then_is in ('DUE', 'BUILDING') then o.says end)
	where o.drop = of_drop and o.state = was
	returning o.* into d;
	perform audit.record('drop.' || lower(then_is), actor, a.party, null, jsonb_strip_nulls(
		jsonb_build_object('drop', of_drop, 'subscription', d.subscription, 'period', d.period,
		'revision', d.revision, 'event', event, 'was', was, 'says', drop_move.says)))
	from delivery.subscription s join delivery.account a on a.account = s.account
	where s.subscription = d.subscription;
	return d;
end $$;

-- The newest load of a utility that said something about REPs or occupants, 0 when there is none.
create or replace function delivery.rights_load(of_tdu int4)
returns int4
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select coalesce((
		select f.load from ledger.file f
		where f.party = of_tdu and f.state = 'LOADED' and f.load is not null
			and f.format in ('rep', 'occupancy', 'customer')
		order by f.load desc
		limit 1
	), 0)
$$;

-- Premises and days of the drop that its party may not read any more, as far as is known now. Looked at
-- only when something about REPs or occupants was loaded since, or the share of one of its premises has ended:
-- nothing else changes what spans say.
create or replace function delivery.drop_lost(of_drop int8)
returns bool
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
	of_party int4 := (select a.party from delivery.drop d
		join delivery.subscription s on s.subscription = d.subscription
		join delivery.account a on a.account = s.account where d.drop = of_drop);
begin
	if not exists (select from delivery.drop_mark m
		where m.drop = of_drop and m.rights_load < delivery.rights_load(m.tdu))
		and not exists (select from delivery.drop_basis b
			join agreement.premise x on x.agreement = b.agreement and x.premise = any (b.premises)
			where b.drop = of_drop and b.agreement is not null
				and (x.ended_at is not null or x.until <= ops.now())) then
		return false;
	end if;
	return exists (
		with given as (
			select b.kind, min(lower(b.days)) as first_day, max(upper(b.days)) - 1 as last_day
			from delivery.drop_basis b where b.drop = of_drop group by b.kind
		), may as materialized (
			select g.kind, a.premise, range_agg(a.days) as days
			from given g cross join lateral reads.all_days(of_party, g.kind, g.first_day,
				g.last_day) a
			group by g.kind, a.premise
		)
		select from delivery.drop_basis b
		cross join unnest(b.premises) u (premise)
		left join may m on m.kind = b.kind and m.premise = u.premise
		where b.drop = of_drop and not coalesce(m.days @> b.days, false));
end $$;

-- Why a drop may not be given out now, or null when it may: its account, its party, each agreement it was
-- built under (by the hub's clock), the spans as they are known now, and its own state.
create or replace function delivery.drop_stopped(of_drop int8)
returns text
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select case
		when d.state in ('CANCELLED', 'WITHDRAWN', 'FAILED')
			then coalesce('it was taken back: ' || d.says, 'it was taken back')
		when a.state <> 'OPEN' then 'the account is closed'
		when exists (select from party.csp c where c.party = a.party and not party.csp_open(c.state))
			then 'nothing is given out to a third party that is not active'
		when exists (
			select from (select distinct b.agreement from delivery.drop_basis b
				where b.drop = of_drop and b.agreement is not null) b
			join agreement.agreement g on g.agreement = b.agreement
			where g.state <> 'ACTIVE' or ops.now() not between g.starts_at and g.ends_at
				or ops.now() = g.ends_at)
			then 'an agreement that it was built under is no longer in force'
		when delivery.drop_lost(of_drop)
			then 'it holds reads of days that are not yours, as is known now'
		end
	from delivery.drop d
	join delivery.subscription s on s.subscription = d.subscription
	join delivery.account a on a.account = s.account
	where d.drop = of_drop
$$;

-- The one question that every door and every push asks: does every right it was built under still hold?
create or replace function delivery.drop_may_go(of_drop int8)
returns bool
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select exists (select from delivery.drop d where d.drop = of_drop)
		and delivery.drop_stopped(of_drop) is null
$$;

-- Takes back what may not go any more, and has it built again without what is lost. Gives how many.
create or replace function delivery.rights_check()
returns int4
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	one record;
	why text;
	n int4 := 0;
	loads jsonb;
begin
	for one in
		with loaded as materialized (
			select t.party as tdu, delivery.rights_load(t.party) as load from party.tdu t
		), ended as materialized (
			select g.agreement from agreement.agreement g
			where g.state <> 'ACTIVE' or ops.now() < g.starts_at or ops.now() >= g.ends_at
			union
			select x.agreement from agreement.premise x
			where x.ended_at is not null or x.until <= ops.now()
		)
		select d.drop
		from delivery.drop d
		join delivery.subscription s on s.subscription = d.subscription
		join delivery.account a on a.account = s.account
		left join party.csp c on c.party = a.party
		where d.state in ('BUILT', 'DELIVERED')
			and exists (select from delivery.entry e where e.drop = d.drop
				and e.removed_at is null and e.expires_at > clock_timestamp())
			-- who has lost something, or may have
			and (a.state <> 'OPEN' or not party.csp_open(c.state)
				or c.party is not null and exists (select from delivery.drop_basis b
					join ended x on x.agreement = b.agreement where b.drop = d.drop)
				or exists (select from delivery.drop_mark m join loaded l on l.tdu = m.tdu
					where m.drop = d.drop and m.rights_load < l.load))
		order by d.drop
	loop
		-- before the look, so that a load that comes meanwhile is looked at next time
		select jsonb_object_agg(t.party, ledger.last_load(t.party)) into loads from party.tdu t;
		why := delivery.drop_stopped(one.drop);
		if why is null then
			update delivery.drop_mark m set rights_load = (loads ->> m.tdu::text)::int4
			where m.drop = one.drop and m.rights_load < (loads ->> m.tdu::text)::int4;
		else
			perform delivery.drop_withdraw(one.drop, why);
			n := n + 1;
		end if;
	end loop;
	return n;
end $$;

create or replace function delivery.drop_withdraw(of_drop int8, why text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	d delivery.drop := delivery.drop_move(of_drop, 'withdraw', why, 'dropd');
	s delivery.subscription := delivery.subscription_of(d.subscription);
begin
	-- nothing more for one to whom nothing goes
	if s.state <> 'ENDED' and exists (select from delivery.account a
		left join party.csp c on c.party = a.party
		where a.account = s.account and a.state = 'OPEN'
			and party.csp_open(coalesce(c.state, 'ACTIVE'))) then
		perform delivery.drop_next(d, 'dropd');
	end if;
end $$;

-- The next revision of a drop, of the same days or of the same loads.
create or replace function delivery.drop_next(d delivery.drop, actor text)
returns int8
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	made int8 := delivery.drop_make(delivery.subscription_of(d.subscription), d.period, d.from_day,
		d.to_day, ops.now(), true, actor);
begin
	insert into delivery.drop_mark as x (drop, tdu, after_load, load, rights_load)
	select made, m.tdu, m.after_load, m.load, 0 from delivery.drop_mark m
	where m.drop = d.drop and d.from_day is null;
	return made;
end $$;

-- ---- what a person does ----

-- Builds a period of a subscription (null: the latest that could have fallen due) now; again, when it was
-- built before: those files go. BB004: it is on its way already, or there is nothing to tell.
create or replace function delivery.drop_build(of_subscription int8, period text,
	actor text default session_user)
returns int8
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	s delivery.subscription;
	p record;
	d delivery.drop;
begin
	perform delivery.subscription_of(of_subscription);
	select x.* into s from delivery.subscription x where x.subscription = of_subscription for no key update;
	if s.schedule = 'CHANGE' and period is null then
		if not delivery.change_pending(of_subscription) then
			raise exception using errcode = 'BB004',
				message = 'nothing was loaded since the last drop';
		end if;
		return delivery.change_make(s, actor);
	end if;
	if period is null then
		select * into p from delivery.period_latest(s);
	else
		select * into p from delivery.period_named(s, drop_build.period);
	end if;
	select o.* into d from delivery.drop o
	where o.subscription = of_subscription and o.period = p.period
	order by o.revision desc limit 1;
	if found then
		return delivery.drop_again(d.drop, actor);
	end if;
	if p.from_day is null then
		raise exception using errcode = 'BB001', message = format('there is no drop of "%s"', period);
	end if;
	return delivery.drop_make(s, p.period, p.from_day, p.to_day, ops.now(), false, actor);
end $$;

-- The period of the latest local day on which the subscription falls due, today included.
create or replace function delivery.period_latest(s delivery.subscription)
returns table (period text, from_day date, to_day date)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	with n as (select t.today, delivery.due_after(s, t.today) as due_on
		from (select ops.today(s.zone) as today) t)
	select p.* from n cross join lateral delivery.period_of(s, case s.schedule
		when 'DAILY' then n.today
		when 'WEEKLY' then n.due_on - 7
		when 'MONTHLY' then delivery.day_of_month(
			(date_trunc('month', n.due_on::timestamp) - interval '1 month')::date, s.month_day)
		else coalesce(s.next_on, n.today) end) p
$$;

-- A period by its name, in the form of the subscription's schedule.
create or replace function delivery.period_named(s delivery.subscription, name text)
returns table (period text, from_day date, to_day date)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
	expected text := case s.schedule when 'DAILY' then '^\d{4}-\d\d-\d\d$'
		when 'WEEKLY' then '^\d{4}-\d\d-\d\d/\d{4}-\d\d-\d\d$' when 'MONTHLY' then '^\d{4}-\d\d$'
		when 'ONCE' then '^once$' else '^change \d+$' end;
begin
	if name !~ expected then
		raise exception using errcode = 'BB003', message = format('period "%s", expected one such '
			'as %s', name, case s.schedule when 'DAILY' then '2026-11-24'
			when 'WEEKLY' then '2026-11-16/2026-11-22' when 'MONTHLY' then '2026-10'
			when 'ONCE' then 'once' else 'change 3' end);
	end if;
	if s.schedule = 'ONCE' then
		return query select * from delivery.period_latest(s);
	elsif s.schedule = 'CHANGE' then
		return query select name, null::date, null::date;
	elsif s.schedule = 'MONTHLY' then
		return query select p.* from delivery.period_of(s,
			((name || '-01')::date + interval '1 month')::date) p;
	else
		return query select p.* from delivery.period_of(s,
			split_part(name, '/', (s.schedule = 'WEEKLY')::int4 + 1)::date + s.lag_days) p
		where p.period = name;
		if not found then
			raise exception using errcode = 'BB003',
				message = format('period "%s" is not of seven days', name);
		end if;
	end if;
exception when datetime_field_overflow then
	raise exception using errcode = 'BB003', message = format('period "%s" is no date', name);
end $$;

-- Builds and sends one drop again, as a new revision; the files of the one before go.
create or replace function delivery.drop_again(of_drop int8, actor text default session_user)
returns int8
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	d delivery.drop;
begin
	select x.* into d from delivery.drop x where x.drop = of_drop for no key update;
	if not found then
		raise exception using errcode = 'BB001', message = format('there is no drop %s', of_drop);
	end if;
	select x.* into d from delivery.drop x
	where x.subscription = d.subscription and x.period = d.period
	order by x.revision desc limit 1 for no key update;
	if d.state in ('DUE', 'BUILDING') then
		raise exception using errcode = 'BB004', message = format(
			'drop %s of this period is %s already', d.drop, d.state);
	end if;
	if d.state in ('BUILT', 'DELIVERED') then
		perform delivery.drop_move(d.drop, 'replace', 'built again as revision ' || d.revision + 1,
			actor);
	end if;
	return delivery.drop_next(d, actor);
end $$;

-- What is not built will not be; files that lie in the box go.
create or replace function delivery.drop_cancel(of_drop int8, words text, actor text default session_user)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	perform delivery.drop_move(of_drop, 'cancel', coalesce(words, 'cancelled by the hub''s operator'),
		actor);
end $$;

-- Newest first; of one subscription, in one state, or one alone, if given.
drop function if exists delivery.drops(int8, text, int4);	-- its form before
create or replace function delivery.drops(of_subscription int8 default null, of_state text default null,
	most int4 default 100, of_drop int8 default null)
returns table ("drop" int8, subscription int8, login text, party_code text, label text, schedule text,
	period text, revision int4, state text, due_at timestamptz, from_day date, to_day date,
	begun_at timestamptz, built_at timestamptz, ended_at timestamptz, attempts int4, premises int8,
	rows int8, watermark int4, first_at timestamptz, last_at timestamptz, may_go bool, says text,
	bytes int8, files int8)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select d.drop, d.subscription, a.login, p.code, s.label, s.schedule, d.period, d.revision, d.state,
		d.due_at, d.from_day, d.to_day, d.begun_at, d.built_at, d.ended_at, d.attempts, d.premises,
		d.rows, d.watermark, d.first_at, d.last_at,
		d.state in ('BUILT', 'DELIVERED') and delivery.drop_may_go(d.drop), d.says,
		(select coalesce(sum(f.size), 0)::int8 from delivery.drop_file f where f.drop = d.drop),
		(select count(*) from delivery.drop_file f where f.drop = d.drop)
	from delivery.drop d
	join delivery.subscription s on s.subscription = d.subscription
	join delivery.account a on a.account = s.account
	join party.party p on p.party = a.party
	where (of_subscription is null or d.subscription = of_subscription)
		and (of_state is null or d.state = upper(of_state))
		and (drops.of_drop is null or d.drop = drops.of_drop)
	order by d.drop desc
	limit least(most, 100000)
$$;

create or replace function delivery.drop_files(of_drop int8)
returns table (name text, kind text, manifest bool, size int8, rows int8, sha256 text, plain_sha256 text,
	first_at timestamptz, last_at timestamptz, in_box bool)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select f.name, f.kind, f.manifest, f.size, f.rows, encode(f.sha256, 'hex'),
		encode(f.plain_sha256, 'hex'), f.first_at, f.last_at,
		exists (select from delivery.entry e where e.entry = f.entry and e.removed_at is null
			and e.expires_at > clock_timestamp())
	from delivery.drop_file f where f.drop = of_drop
	order by f.manifest, f.name
$$;

-- What it was built under, in words; agreement null: the party's own right.
create or replace function delivery.drop_bases(of_drop int8)
returns table (agreement int8, kind text, first_day date, last_day date, premises int8)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select b.agreement, b.kind, min(lower(b.days)), max(upper(b.days)) - 1,
		count(distinct u.premise)
	from delivery.drop_basis b cross join unnest(b.premises) u (premise)
	where b.drop = of_drop
	group by b.agreement, b.kind
	order by b.agreement nulls first, b.kind
$$;

-- ---- whom it concerns is told at once ----

create or replace function delivery.rights_changed()
returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	perform pg_notify('delivery_rights', '');
	return null;
end $$;
create or replace trigger rights_changed after update of state, ends_at on agreement.agreement
	for each statement execute function delivery.rights_changed();
create or replace trigger rights_changed after update of ended_at on agreement.premise
	for each statement execute function delivery.rights_changed();
create or replace trigger rights_changed after update of state on party.csp
	for each statement execute function delivery.rights_changed();
create or replace trigger rights_changed after update of state on delivery.account
	for each statement execute function delivery.rights_changed();
