-- The watch over abuse: what happened is noted here by those who see it happen, and judged.
--
-- Events and windows go by the hub's clock, what a third party may try by the real one. What detectors measure
-- is in radar_find.sql, what people do about it in radar_desk.sql, suspensions in radar_suspend.sql.
--
-- Advisory locks: (7, CSP) affirmations of a third party, so that two at once see each other; (8, hash of an
-- ESI ID) tries at it. Both until the transaction's end.
set local check_function_bodies = off;

-- Notes an event and says what is to be done about it at once: NONE; HOLD: the share that is being affirmed
-- releases nothing until a person decides; SUSPEND: the same, and the third party has been suspended.
create or replace function radar.on_event(kind text, csp int4, agreement int8 default null,
	premise int4 default null, mailbox bytea default null, source inet default null,
	detail jsonb default '{}')
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	e radar.event;
	d radar.detector;
	acts text := 'NONE';
	act text;
begin
	-- a trial with made customers (test-submit) says nothing of a third party, for it or against it
	if exists (select from utility.submission s where s.agreement = on_event.agreement and s.scenario is not null) then
		return 'NONE';
	end if;
	e.kind := on_event.kind;
	e.csp := on_event.csp;
	e.agreement := on_event.agreement;
	e.premise := on_event.premise;
	e.mailbox := on_event.mailbox;
	e.source := radar.address(on_event.source);
	e.detail := coalesce(on_event.detail, '{}');
	if e.kind = 'affirmed' then
		perform pg_advisory_xact_lock(7, e.csp);
		e.detail := e.detail || jsonb_build_object('known', radar.mailbox_known(e));
	elsif e.kind = 'match_tried' and (e.csp is null or e.detail ->> 'ok' = 'false') then
		-- of a customer's tries right ones count too: who tries is not to learn it from the work
		perform radar.spend(e.csp, e.detail ->> 'esiid');
	end if;
	insert into radar.event as x (at, kind, csp, agreement, premise, mailbox, source, detail)
	values (ops.now(), e.kind, e.csp, e.agreement, e.premise, e.mailbox, e.source, e.detail)
	returning x.* into e;
	if e.csp is null then
		return 'NONE';
	end if;
	for d in select x.* from radar.detector x
		where e.kind = any (x.kinds) and x.action <> 'OFF' order by x.turn, x.detector
	loop
		act := radar.look(d, e);
		acts := case when 'SUSPEND' in (acts, act) then 'SUSPEND' when 'HOLD' in (acts, act) then 'HOLD'
			else 'NONE' end;
	end loop;
	act := case when e.kind = 'affirmed' then radar.hold_standing(e) else 'NONE' end;
	return case acts when 'NONE' then act else acts end;
end $$;

-- An address without a mask; IPv4 that came in IPv6's clothes is IPv4.
create or replace function radar.address(source inet)
returns inet
language sql immutable security definer set search_path = pg_catalog, pg_temp
as $$
	select case when source <<= inet '::ffff:0:0/96' then inet '0.0.0.0' + (source - inet '::ffff:0.0.0.0')
		else set_masklen(source, case family(source) when 4 then 32 else 128 end) end
$$;

-- Is the mailbox one that a utility knows as that of the customer, at each premise? The third party did not
-- choose such a one.
create or replace function radar.mailbox_known(e radar.event)
returns bool
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
	return coalesce((
		select bool_and(exists (select from premise.contact c
			where c.customer = w.customer and c.kind = 'email' and c.index = e.mailbox))
		from radar.whose(e.agreement, e.premise, ops.now()) w), false);
end $$;

-- Premises of an agreement (or the one) and whose they were.
create or replace function radar.whose(of_agreement int8, of_premise int4, at timestamptz)
returns table (premise int4, customer int4)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
	return query
	select p.premise, coalesce(k.customer, (select o.customer from premise.occupancy o
		where o.premise = p.premise and o.during @> (whose.at at time zone t.zone)::date))
	from (select x.premise, x.customer from agreement.premise x where x.agreement = of_agreement
		union all
		select of_premise, null where of_premise is not null and not exists (
			select from agreement.premise x where x.agreement = of_agreement)) k
	join premise.premise p on p.premise = k.premise
	join party.tdu t on t.party = p.tdu;
end $$;

-- Looks with one detector at one event. What is to be done: NONE, HOLD, SUSPEND.
create or replace function radar.look(d radar.detector, e radar.event)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	since timestamptz := e.at - d.time_window;
	last radar.hit;
	f record;
begin
	if d.scope = 'CSP' then
		-- one that stands is enough; what was there when a person cleared it does not count again
		select x.* into last from radar.hit x
		where x.csp = e.csp and x.detector = d.detector and x.at > since
		order by x.at desc, x.hit desc limit 1;
		if found and last.cleared_at is null then
			return 'NONE';
		end if;
		since := greatest(since, last.cleared_at);
	end if;
	select x.* into f from radar.find(d, e, since) x;
	if f.found is null or d.fires = 'ABOVE' and f.found <= d.threshold
		or d.fires = 'BELOW' and f.found >= d.threshold then
		return 'NONE';
	end if;
	return radar.hit(d, e, f.found, f.evidence);
end $$;

-- Writes down what was found, and does what the detector says.
create or replace function radar.hit(d radar.detector, e radar.event, measured numeric, speaks int8[])
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	made int8;
begin
	insert into radar.hit as h (at, detector, csp, agreement, event, found, threshold, action)
	values (e.at, d.detector, e.csp, case d.scope when 'AGREEMENT' then e.agreement end, e.event,
		round(measured, 3), d.threshold, d.action)
	returning h.hit into made;
	insert into radar.evidence (hit, event)
	select made, x.event
	from (select distinct u.event from unnest(speaks || e.event) u (event) order by u.event desc limit 100) x;
	if d.action in ('HOLD', 'SUSPEND') and e.kind = 'affirmed' and e.agreement is not null then
		insert into radar.held (agreement, hit) values (e.agreement, made);
	end if;
	perform audit.record('radar.hit', 'radar', e.csp, null, jsonb_strip_nulls(jsonb_build_object('hit', made,
		'detector', d.detector, 'found', round(measured, 3), 'threshold', d.threshold, 'action', d.action,
		'flag', d.flag, 'agreement', case d.scope when 'AGREEMENT' then e.agreement end)));
	if d.action = 'SUSPEND' and exists (select from party.csp c where c.party = e.csp and c.state = 'ACTIVE') then
		perform radar.suspend(e.csp, 'RADAR', format('detector %s: %s', d.detector, d.about), 'radar', made);
	end if;
	return case d.action when 'NOTE' then 'NONE' else d.action end;
end $$;

-- Is something held against all that the third party has affirmed now? Then that holds this share too.
create or replace function radar.hold_standing(e radar.event)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	n int8;
begin
	insert into radar.held (agreement, hit)
	select e.agreement, h.hit
	from radar.hit h join radar.detector d on d.detector = h.detector
	where h.csp = e.csp and h.cleared_at is null and h.at > e.at - d.time_window
		and d.scope = 'CSP' and d.action in ('HOLD', 'SUSPEND') and h.action in ('HOLD', 'SUSPEND')
		and e.agreement is not null
	on conflict do nothing;
	get diagnostics n = row_count;
	return case when n > 0 then 'HOLD' else 'NONE' end;
end $$;

-- ---- what may be tried ----

-- May the third party try a triple of this ESI ID now? Asks only; wrong ones are spent by
-- on_event('match_tried', …, {"ok": false, "esiid": …}), whether there is such an ESI ID or not. Until the end
-- of the transaction nobody else may try the same one, so that the limit is exact; call it in the order of
-- ESI IDs.
create or replace function radar.budget(csp int4, esiid text)
returns bool
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	now timestamptz := clock_timestamp();
	n int4;
begin
	perform pg_advisory_xact_lock(8, hashtext(left(budget.esiid, 40)));
	select count(*) into n from radar.budget_esiid b, unnest(b.at) u (at)
	where b.esiid = left(budget.esiid, 40) and u.at > now - interval '24 hours';
	if n >= ops.setting_of('radar.tries_per_esiid_a_day')::int4 then
		return false;
	end if;
	select count(*) into n from radar.budget_csp b, unnest(b.at) u (at)
	where b.csp = budget.csp and u.at > now - interval '1 hour';
	return n < ops.setting_of('radar.tries_per_csp_an_hour')::int4;
end $$;

-- One wrong triple. Only as many are kept as the limits need.
create or replace function radar.spend(csp int4, esiid text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	now timestamptz := clock_timestamp();
begin
	-- a customer who claims a premise is no third party
	insert into radar.budget_csp as b (csp, at) select spend.csp, array[now] where spend.csp is not null
	on conflict on constraint budget_csp_pkey do update set at = array(select u.at
		from unnest(b.at || now) u (at) where u.at > now - interval '1 hour' order by u.at);
	insert into radar.budget_esiid as b (esiid, at) values (left(coalesce(spend.esiid, ''), 40), array[now])
	on conflict on constraint budget_esiid_pkey do update set at = array(select u.at
		from unnest(b.at || now) u (at) where u.at > now - interval '24 hours' order by u.at);
end $$;

-- How much is left, for an operator who is asked why nothing matches.
create or replace function radar.budget_left(csp int4)
returns table (tries int8, limit_an_hour int4, again_at timestamptz)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select count(u.at), ops.setting_of('radar.tries_per_csp_an_hour')::int4,
		case when count(u.at) >= ops.setting_of('radar.tries_per_csp_an_hour')::int4
			then min(u.at) + interval '1 hour' end
	from (select b.at from radar.budget_csp b where b.csp = budget_left.csp) b
	cross join unnest(b.at) u (at)
	where u.at > clock_timestamp() - interval '1 hour'
$$;

-- Domains that a third party calls its own (blind index of the kind "domain"); says where it was named.
create or replace function radar.own_domain_add(csp int4, domain_index bytea, says text)
returns void
language sql security definer set search_path = pg_catalog, pg_temp
as $$
	insert into radar.own_domain (csp, domain_index, says)
	values (own_domain_add.csp, own_domain_add.domain_index, own_domain_add.says)
	on conflict on constraint own_domain_pkey do nothing
$$;

-- A read that was refused: noted when the third party once had a right to that premise.
create or replace function radar.read_refused(csp int4, esiid text, source inet, door text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	a record;
begin
	select x.agreement, x.premise into a
	from premise.premise p join agreement.premise x on x.premise = p.premise
	join agreement.agreement g on g.agreement = x.agreement
	where p.esiid = read_refused.esiid and g.csp = read_refused.csp
		and g.state in ('TERMINATED', 'COMPLETED', 'SUSPENDED', 'ACTIVE')
	order by x.agreement desc limit 1;
	if found then
		perform radar.on_event('read_after_end', read_refused.csp, a.agreement, a.premise, null, source,
			jsonb_build_object('door', door));
	end if;
end $$;

-- What is personal about an agreement's events goes; that they were, and what was found, stays.
create or replace function radar.personal_erase(of_agreement int8)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	update radar.event v set source = null, mailbox = null, detail = v.detail - 'domain_index'
	where v.agreement = of_agreement
		and (num_nonnulls(v.source, v.mailbox) > 0 or v.detail ? 'domain_index');
end $$;
