-- What time does to agreements. All of it goes by the hub's clock; the guard at the end looks at the real one.
set local check_function_bodies = off;

-- 24:00 in Chicago of the n-th weekday after the day of an instant; what is counted from a weekend is counted from
-- its Friday. Holidays are weekdays like others.
create or replace function agreement.weekday_end(at timestamptz, n int4)
returns timestamptz
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
	day date := (at at time zone 'America/Chicago')::date;
	weekday int4 := extract(isodow from day);	-- Monday is 1
	past_friday int4 := greatest(weekday - 5, 0);
begin
	return (day - past_friday + n + 2 * ((weekday - past_friday - 1 + n) / 5) + 1)::timestamp
		at time zone 'America/Chicago';
end $$;

-- Until when an invitation can be answered that a mail server took then: that day is day 0.
create or replace function agreement.deadline(accepted timestamptz)
returns timestamptz
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select agreement.weekday_end(accepted, 5)
$$;

-- A mail server took the invitation: now its time runs. Only the first time counts.
create or replace function agreement.mail_accepted(agreement int8, at timestamptz)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	a agreement.agreement;
begin
	-- reminded at nine in the morning of the third weekday
	update agreement.agreement o set accepted_at = at, dies_at = agreement.deadline(at),
		remind_at = agreement.weekday_end(at, 3) - interval '15 hours'
	where o.agreement = mail_accepted.agreement and o.accepted_at is null
	returning o.* into a;
	if not found then
		return;
	end if;
	perform agreement.note('agreement.clock_started', a, 'agreementd',
		jsonb_build_object('accepted_at', a.accepted_at, 'dies_at', a.dies_at));
	perform radar.on_event('mail_accepted', a.csp, a.agreement, null, a.email_index);
	-- a sender had it in hand when it was taken back: whom it reached now hears of that, too
	if a.state = 'WITHDRAWN' then
		perform agreement.mail_customer(n.kind, a) from agreement.notice n where n.event = 'withdraw' and n.side = 'CUSTOMER';
	end if;
	perform pg_notify('agreement_due', '');
end $$;

-- No mail server takes it, for good. Nothing when there has been a decision.
create or replace function agreement.mail_refused(agreement int8, reason text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	perform from agreement.agreement o
	where o.agreement = mail_refused.agreement and o.state = 'PENDING' for no key update;
	if found then
		perform agreement.take(agreement, 'bounce', 'HUB', coalesce(reason, 'refused'), 'agreementd');
	end if;
end $$;

-- Has a sender the invitation in hand? After a long sleep it may be both: tried once more, and due to be given up.
create or replace function agreement.mail_under_way(agreement int8)
returns bool
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select exists (select from mail.outbox o where o.agreement = mail_under_way.agreement and o.kind = 'invitation'
		and o.state = 'SENDING' and o.lease_until > clock_timestamp())
$$;

-- What falls due by an instant: of an agreement, or of one of its premises.
create or replace function agreement.dues(by timestamptz)
returns table (agreement int8, premise int4, what text, due_at timestamptz)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select a.agreement, null::int4, d.what, d.due_at
	from agreement.agreement a
	cross join (select ops.now() as now) n
	cross join lateral (values
		('lapse', a.dies_at),
		-- never lapsed, if no mail server took it
		('give-up', case when a.accepted_at is null then a.gives_up_at end),
		('remind-1', a.remind_at),
		('remind-2', a.dies_at - interval '15 hours')) d (what, due_at)
	where a.state = 'PENDING' and d.due_at <= dues.by
		-- nobody is reminded of what is over
		and (d.what in ('lapse', 'give-up') or a.dies_at > n.now)
		-- what becomes of a mail that a sender has in hand decides
		and (d.what <> 'give-up' or not agreement.mail_under_way(a.agreement))
		and not exists (select from agreement.told t
			where t.agreement = a.agreement and t.what = d.what)
	union all
	select a.agreement, null, 'complete', a.ends_at
	from agreement.agreement a
	where a.state in ('ACTIVE', 'HELD', 'SUSPENDED') and a.ends_at <= dues.by
	union all
	select a.agreement, null, l.what, a.ends_at - l.before
	from agreement.agreement a
	cross join agreement.lead l
	where a.state = 'ACTIVE' and a.ends_at <= dues.by + interval '1080 hours'
		and a.ends_at - l.before <= dues.by and a.ends_at - l.before > a.starts_at
		and a.months is not null and (l.kind <> 'renewal' or a.large)
		and not exists (select from agreement.told t where t.agreement = a.agreement and t.what = l.what)
		and not exists (select from agreement.agreement n where n.renews = a.agreement)
	union all
	select x.agreement, x.premise, 'share', x.until
	from agreement.premise x join agreement.agreement a on a.agreement = x.agreement
	where x.ended_at is null and x.until <= dues.by
		and a.state in ('PENDING', 'ACTIVE', 'HELD', 'SUSPENDED')
$$;

-- Does what is due, the longest due first, at most 500 things; gives how many, so that who calls knows whether
-- to call again. boot and uptime_s: which start of the machine, and a clock since then that nobody sets.
create or replace function agreement.tick(boot text default null, uptime_s float8 default null)
returns int4
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	hub_now timestamptz := ops.now();
	one record;
	n int4 := radar.follow(1000);
begin
	if not agreement.clocks_agree(boot, uptime_s) then
		return n;
	end if;
	n := n + party.csp_tick();
	for one in
		select d.* from agreement.dues(hub_now) d
		order by d.due_at, d.agreement, d.what
		limit 500
	loop
		-- whoever has it now decides; the next look finds what is left
		perform from agreement.agreement a where a.agreement = one.agreement for no key update skip locked;
		if found then
			n := n + agreement.due_try(one.agreement, one.premise, one.what, hub_now);
		end if;
	end loop;
	return n;
end $$;

-- One that cannot be done must not stop the others: it is said in the server's log, and is tried again.
create or replace function agreement.due_try(of_agreement int8, of_premise int4, what text, hub_now timestamptz)
returns int4
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	return agreement.due_do(of_agreement, of_premise, what, hub_now);
exception when others then
	raise warning 'agreement %: "%" fails: %', of_agreement, what, sqlerrm;
	return 0;
end $$;

-- Does what is due, if it still is. The agreement is locked.
create or replace function agreement.due_do(of_agreement int8, of_premise int4, what text, hub_now timestamptz)
returns int4
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	a agreement.agreement;
begin
	select o.* into a from agreement.agreement o where o.agreement = of_agreement;
	if what = 'share' then
		return (select agreement.share_end(of_agreement, of_premise, x.until,
			agreement.share_why(of_premise), 'clock')::int4
			from agreement.premise x
			where x.agreement = of_agreement and x.premise = of_premise and x.until <= hub_now);
	elsif what = 'lapse' then
		if a.state <> 'PENDING' or a.dies_at > hub_now then
			return 0;
		end if;
		perform agreement.take(of_agreement, 'lapse', 'HUB', null, 'clock');
		perform radar.on_event('lapsed', a.csp, of_agreement, null, a.email_index);
	elsif what = 'give-up' then
		if a.state <> 'PENDING' or a.accepted_at is not null then
			return 0;
		end if;
		-- from here on no sender begins with it
		perform from mail.outbox o where o.agreement = of_agreement and o.kind = 'invitation' for no key update;
		if agreement.mail_under_way(of_agreement) then
			return 0;
		end if;
		perform agreement.take(of_agreement, 'bounce', 'HUB', 'given-up', 'clock');
	elsif what = 'complete' then
		if a.state not in ('ACTIVE', 'HELD', 'SUSPENDED') or a.ends_at > hub_now then
			return 0;
		end if;
		perform agreement.take(of_agreement, 'complete', 'HUB', 'term', 'clock');
	else
		return agreement.tell_due(a, what, hub_now);
	end if;
	return 1;
end $$;

-- Mails that go at a time. Of several that are due at once, after a long sleep, the last one goes.
create or replace function agreement.tell_due(a agreement.agreement, what text, hub_now timestamptz)
returns int4
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	l agreement.lead;
begin
	insert into agreement.told (agreement, what, told_at) values (a.agreement, tell_due.what, hub_now)
	on conflict do nothing;
	if not found then
		return 0;
	elsif what like 'remind-%' then
		if a.state = 'PENDING' and a.accepted_at is not null and a.dies_at > hub_now
			and (what = 'remind-2' or a.dies_at - interval '15 hours' > hub_now) then
			perform agreement.mail_customer('reminder', a, '{}', format('reminder/%s/%s', a.agreement, what),
				a.dies_at - hub_now);
		end if;
		return 1;
	end if;
	select o.* into l from agreement.lead o where o.what = tell_due.what;
	if a.state <> 'ACTIVE' or exists (select from agreement.lead o where o.kind = l.kind
		and o.before < l.before and a.ends_at - o.before <= hub_now) then
		return 1;
	end if;
	perform agreement.mail_customer(l.kind, a, l.args, format('%s/%s', what, a.agreement));
	if l.kind = 'expiry-warning' then
		if l.before <= interval '24 hours' then
			perform utility.event(a.csp, 'authorization_expiring_soon', a.agreement, null);
		end if;
		perform party.csp_mail(l.kind, a.csp, a.agreement, l.args, format('%s/%s/csp', what, a.agreement));
	end if;
	return 1;
end $$;

-- What is due of one agreement, which the caller has locked, before something is decided about it.
create or replace function agreement.due_now(of_agreement int8)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	hub_now timestamptz := ops.now();
	x record;
begin
	if exists (select from agreement.agreement a where a.agreement = of_agreement and a.state = 'PENDING'
		and a.dies_at <= hub_now) then
		if (select w.paused_since is not null from agreement.watch w) then
			raise exception using errcode = 'BB004',
				message = 'the hub''s clock is being looked at; nothing expires or is decided meanwhile';
		end if;
		perform agreement.due_do(of_agreement, null, 'lapse', hub_now);
	end if;
	for x in select p.premise from agreement.premise p
		where p.agreement = of_agreement and p.ended_at is null and p.until <= hub_now
		order by 1
	loop
		perform agreement.due_do(of_agreement, x.premise, 'share', hub_now);
	end loop;
end $$;

-- When something falls due next; a day from now at the latest, as long as there is anything to wait for.
create or replace function agreement.next_due()
returns timestamptz
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select case when (select w.paused_since is not null from agreement.watch w)
		then n.now + interval '1 minute'
		else least(party.csp_next_due(),
			(select min(d.due_at) from agreement.dues(n.now + interval '24 hours') d),
			(select n.now + interval '24 hours' from agreement.agreement a
			where a.state in ('PENDING', 'ACTIVE', 'HELD', 'SUSPENDED') limit 1)) end
	from (select ops.now() as now) n
$$;

-- ---- the guard ----

-- Has as much real time gone by as on a clock that nobody sets, within a minute? If not, what expires waits until
-- the two agree again or a person says that the real one is right. Without such a clock only a step back is
-- seen.
create or replace function agreement.clocks_agree(boot text, uptime_s float8)
returns bool
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w agreement.watch;
	real_now timestamptz := clock_timestamp();
	same_start bool;
	off_s float8;
begin
	select o.* into w from agreement.watch o for no key update;
	same_start := w.uptime_s is not null and w.boot is not distinct from clocks_agree.boot
		and clocks_agree.uptime_s is not null;
	off_s := coalesce(extract(epoch from real_now - w.at), 0);
	off_s := case when same_start then off_s - (clocks_agree.uptime_s - w.uptime_s) else least(off_s, 0) end;
	-- what began with two clocks does not end with one
	if abs(off_s) > 60 or w.paused_since is not null and w.uptime_s is not null and not same_start then
		update agreement.watch o set paused_since = coalesce(o.paused_since, real_now);
		if w.paused_since is null then
			perform audit.record('clock.disagrees', 'clock', null, null,
				jsonb_build_object('real', real_now, 'off_s', round(off_s)));
		end if;
		return false;
	end if;
	update agreement.watch o set at = real_now, boot = clocks_agree.boot,
		uptime_s = clocks_agree.uptime_s, paused_since = null;
	if w.paused_since is not null then
		perform audit.record('clock.agrees', 'clock', null, null, jsonb_build_object('real', real_now));
	end if;
	return true;
end $$;

-- A person says that the real clock is right as it is.
create or replace function agreement.clock_trust(actor text default session_user)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	update agreement.watch w set at = null, boot = null, uptime_s = null, paused_since = null;
	perform audit.record('clock.trusted', actor, null, null,
		jsonb_build_object('real', clock_timestamp()));
	perform pg_notify('agreement_due', '');
end $$;
