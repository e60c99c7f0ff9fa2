-- Meter commands. odr.step says which event leads from which state to which; odr.move is the one function that
-- moves a command.
set local check_function_bodies = off;

-- Moves a command, if it may be: on record, and told to who asked, in the caller's transaction. False when the state
-- that it is in knows no such event.
create or replace function odr.move(of_command int8, of_event text, of_reason text, of_words text, actor text)
returns bool
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	c odr.command;
	s odr.step;
	k odr.kind;
begin
	select o.* into c from odr.command o where o.command = of_command for no key update;
	select x.* into k from odr.kind x where x.kind = c.kind;
	select x.* into s from odr.step x where x.state = c.state and x.event = of_event;
	if s.next is null then
		return false;
	end if;
	update odr.command o
	set state = s.next, reason = of_reason, words = left(of_words, 200),
		-- a device's code is nobody's any more when it has been used
		args = case when t.over then o.args - 'install_code' else o.args end,
		ready_at = case when of_event = 'ready' then ops.now() else o.ready_at end,
		real_ready_at = case when of_event = 'ready' then clock_timestamp() else o.real_ready_at end,
		real_taken_at = case when of_event = 'take' then coalesce(o.real_taken_at, clock_timestamp())
			else o.real_taken_at end,
		takes = o.takes + (of_event = 'take')::int4,
		-- a meter that is ready is given again too: the head end may have forgotten it since
		taken_until = case when of_event in ('take', 'ready') then clock_timestamp() + interval '60 s' end,
		answered_at = case when t.over then ops.now() end,
		real_answered_at = case when t.over then clock_timestamp() end
	from odr.state t
	where o.command = of_command and t.state = s.next;
	if c.state <> s.next then
		if c.device is not null then
			perform odr.device_move(c, s.next);
		end if;
		perform audit.record(case when k.of_device then 'device.moved' else 'command.moved' end, actor, c.asked_by, c.premise, jsonb_strip_nulls(jsonb_build_object(
			'command', of_command, 'event', of_event, 'was', c.state, 'state', s.next, 'reason', of_reason,
			'device', c.device)));
		perform hook.record('command.changed', c.asked_by, c.premise, c.agreement, jsonb_strip_nulls(
			jsonb_build_object('command', of_command, 'kind', c.kind, 'state', s.next, 'reason', of_reason)));
	end if;
	return true;
end $$;

-- Commands that nobody answered in time have failed. How many that were.
create or replace function odr.expire()
returns int4
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	n int4 := 0;
	c record;
begin
	for c in
		select o.command from odr.command o
		where o.state in ('PENDING', 'TAKEN', 'READY') and o.expires_at <= clock_timestamp()
		order by o.command for no key update skip locked limit 1000
	loop
		n := n + odr.move(c.command, 'expire', 'no-answer', null, 'hub')::int4;
	end loop;
	return n + odr.device_leave();
end $$;

-- Who may ask for a command to a premise: whoever may read, at this moment, the reads that its kind names; of a
-- regulator, who sees what there is, nobody; of a device, who lives there and who has an agreement for it (odr_device.sql).
create or replace function odr.may(w api.principal, of_premise int4, of_kind odr.kind)
returns bool
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
	at timestamptz := ops.now();
begin
	if of_kind.of_device then
		return odr.device_may(w, of_premise, of_kind);
	end if;
	return w.kind <> 'REGULATOR' and exists (select from reads.rights(w.party, of_kind.reads, tstzrange(at, at, '[]'), of_premise,
		w.agreement));
end $$;

-- Whether who asked for a command still may, by what it was asked under. What the hub itself asks for may be done.
create or replace function odr.still_may(c odr.command)
returns bool
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal;
	k odr.kind;
begin
	if c.class = 'HUB' then
		return true;
	end if;
	select x.* into k from odr.kind x where x.kind = c.kind;
	w.class := c.class;
	w.party := c.asked_by;
	w.kind := (select p.kind from party.party p where p.party = c.asked_by);
	w.agreement := c.agreement;
	return odr.may(w, c.premise, k)
		-- a device may leave a meter that speaks to none any more
		and (not k.of_device or c.kind = 'HAN_REMOVE' or exists (select from odr.han h where h.premise = c.premise));
end $$;

-- Asks. result: OK with the command; METER or TDU when that has had as many as it may, with the seconds until it may
-- again. left_hour: how many more of that meter within the hour. BB001 in the same words for an ESI ID that nobody
-- knows, that is not the caller's, or whose meter is another; BB003.
-- of_meter null or '': whichever is there. wanted: what its kind takes besides (odr.kind_arg).
create or replace function odr.ask(shown bytea, esiid text, of_meter text, of_kind text, of_trans_id text, door text,
	wanted jsonb default null)
returns table (result text, wait_s int4, command int8, left_hour int4, asked_at timestamptz)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.who(shown, '{ACCOUNT,SESSION,PERSONAL,ACCESS}');
	k odr.kind;
	p record;
	met text;
	zone text;
	recent timestamptz[];
	made int8;
	today date;
	given jsonb;
	of_device int8;
begin
	perform api.scope_need(w, 'commands');
	select x.* into k from odr.kind x where x.kind = of_kind;
	if not found then
		raise exception using errcode = 'BB003', message = format('there is no command "%s"', of_kind);
	end if;
	select o.premise, o.tdu, o.status, t.zone into p
	from premise.premise o join party.tdu t on t.party = o.tdu where o.esiid = ask.esiid;
	if found then
		zone := p.zone;
		met := (select m.meter_number from premise.meter m
			where m.premise = p.premise and m.during @> (ops.now() at time zone p.zone)::date);
	end if;
	if p.premise is null or not odr.may(w, p.premise, k)
		or nullif(trim(of_meter), '') is not null and upper(trim(of_meter)) is distinct from met then
		raise exception using errcode = 'BB001',
			message = 'there is no such ESI ID and meter for you';
	end if;
	if p.status = 'RETIRED' then
		raise exception using errcode = 'BB004', message = 'the premise is retired';
	end if;
	given := odr.args(k, p.premise, coalesce(wanted, '{}'));
	perform odr.expire();
	-- one after the other for a meter, and for a utility's day
	insert into odr.meter_lock (premise) values (p.premise) on conflict do nothing;
	perform from odr.meter_lock l where l.premise = p.premise for no key update;
	recent := array(select c.real_asked_at from odr.command c
		where c.premise = p.premise and c.kind = of_kind
			and c.real_asked_at > clock_timestamp() - interval '1 hour'
		order by c.real_asked_at desc limit k.hour_most);
	if cardinality(recent) >= k.hour_most then
		return query select 'METER', greatest(1, ceil(extract(epoch from recent[k.hour_most]
			+ interval '1 hour' - clock_timestamp())))::int4, null::int8, 0, null::timestamptz;
		return;
	end if;
	today := (clock_timestamp() at time zone zone)::date;
	if k.tdu_setting is not null then
		insert into odr.tdu_day as d (tdu, day, kind, asked) values (p.tdu, today, of_kind, 1)
		on conflict (tdu, day, kind) do update set asked = d.asked + 1
		where d.asked < ops.setting_of(k.tdu_setting)::int4;
		if not found then
			return query select 'TDU', ceil(extract(epoch from ((today + 1)::timestamp at time zone zone)
				- clock_timestamp()))::int4, null::int8, k.hour_most - cardinality(recent), null::timestamptz;
			return;
		end if;
	end if;
	if k.of_device then
		w.agreement := odr.device_agreed(w, p.premise, k);
		of_device := odr.device_asked(w, p.premise, k, given);
	end if;
	insert into odr.command as c (kind, tdu, premise, meter_number, asked_by, class, login, agreement, trans_id, state,
		asked_at, expires_at, args, device)
	values (of_kind, p.tdu, p.premise, met, w.party, w.class, w.login, w.agreement, left(of_trans_id, 64), 'PENDING',
		ops.now(), clock_timestamp() + k.answer_within, given, of_device)
	returning c.command into made;
	perform audit.record(case when k.of_device then 'device.asked' else 'command.asked' end, coalesce(w.code, 'customer ' || w.party), w.party, p.premise,
		jsonb_strip_nulls(jsonb_build_object('command', made, 'kind', of_kind, 'door', door, 'class', w.class,
			'agreement', w.agreement, 'device', of_device)));
	perform hook.record('command.changed', p.tdu, p.premise, null, jsonb_build_object('command', made,
		'kind', of_kind, 'state', 'PENDING', 'esiid', ask.esiid, 'meter_number', met));
	perform pg_notify('odr_command', p.tdu::text);
	return query select 'OK', 0, made, k.hour_most - cardinality(recent) - 1, ops.now();
end $$;

-- Commands that the caller asked for, newest first: the one of a number, or those of an ESI ID, or all; each only
-- while the caller may still ask for one there.
create or replace function odr.asked(shown bytea, of_command int8, of_esiid text, most int4)
returns table (command int8, kind text, esiid text, meter_number text, state text, reason text, reason_words text,
	words text, trans_id text, asked_at timestamptz, answered_at timestamptz, took_ms int8, read_at timestamptz,
	read_wh int8, generation_wh int8, zone text, args text, device int8, ready_ms int8)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.who(shown, '{ACCOUNT,SESSION,PERSONAL,ACCESS}');
begin
	perform api.scope_need(w, 'commands');
	perform odr.expire();
	return query
	select c.command, c.kind, p.esiid, c.meter_number, c.state, c.reason, r.about, c.words, c.trans_id, c.asked_at,
		c.answered_at, (extract(epoch from c.real_answered_at - c.real_asked_at) * 1000)::int8, c.read_at, c.read_wh,
		c.generation_wh, t.zone, nullif(c.args - 'install_code', '{}')::text, c.device,
		(extract(epoch from c.real_ready_at - c.real_asked_at) * 1000)::int8
	from odr.command c
	join odr.kind k on k.kind = c.kind
	join premise.premise p on p.premise = c.premise
	join party.tdu t on t.party = c.tdu
	left join odr.reason r on r.reason = c.reason
	where c.asked_by = w.party and (of_command is null or c.command = of_command)
		and (of_esiid is null or p.esiid = of_esiid)
		and (w.agreement is null or c.agreement = w.agreement)
		and odr.may(w, c.premise, k)
	order by c.command desc
	limit least(most, 1000);
end $$;

-- ---- the utility's side ----

-- Commands for the caller's meters, oldest first. What it takes and says nothing of for a minute, it gets again:
-- the number is the same, and a head end does one once. What nobody may ask for any more fails instead of being given.
create or replace function odr.take(shown bytea, most int4)
returns table (command int8, kind text, esiid text, meter_number text, args text, asked_at timestamptz,
	expires_at timestamptz, again bool)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.who(shown, '{ACCOUNT,SESSION}');
	c odr.command;
begin
	if w.kind <> 'TDU' then
		raise exception using errcode = 'BB002', message = 'only a utility takes commands';
	end if;
	for c in
		select o.* from odr.command o
		where o.tdu = w.party and o.expires_at > clock_timestamp()
			and (o.state = 'PENDING' or o.state in ('TAKEN', 'READY') and o.taken_until <= clock_timestamp())
		order by o.command for no key update skip locked limit least(most, 1000)
	loop
		if not odr.still_may(c) then
			perform odr.move(c.command, 'withdraw', 'not-allowed', null, 'hub');
			continue;
		end if;
		perform odr.move(c.command, 'take', null, null, w.code);
		return query select c.command, c.kind, p.esiid, c.meter_number, c.args::text, c.asked_at, c.expires_at,
			c.takes > 0
		from premise.premise p where p.premise = c.premise;
	end loop;
end $$;

-- What the head end says. result: DONE; AGAIN when the same was said before; LATE when it had failed for want of an
-- answer, or was withdrawn (it stays failed; that there was one is noted). BB001: none of the caller's; BB003: not an answer; BB004: it
-- has another answer.
create or replace function odr.answer(shown bytea, of_command int8, outcome text, of_read_at timestamptz,
	of_read_wh int8, of_generation_wh int8, of_meter text, of_reason text, of_words text)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.who(shown, '{ACCOUNT,SESSION}');
	c odr.command;
	ok bool := outcome = 'COMPLETED';
	read bool;
	said text := case when not ok then of_reason end;
	hubs constant text[] := '{no-answer,not-allowed}';	-- reasons that are the hub's to give
begin
	select o.* into c from odr.command o where o.command = of_command and o.tdu = w.party for no key update;
	if not found then
		raise exception using errcode = 'BB001', message = 'there is no such command for you';
	end if;
	if c.expires_at <= clock_timestamp() and odr.move(of_command, 'expire', 'no-answer', null, 'hub') then
		-- nobody has looked since it was too late
		select o.* into c from odr.command o where o.command = of_command;
	end if;
	read := ok and (select k.answer = 'READ' from odr.kind k where k.kind = c.kind);
	if outcome = 'READY' and c.kind = 'HAN_JOIN' and not (select s.over from odr.state s where s.state = c.state) then
		return case when c.state <> 'READY' and odr.move(of_command, 'ready', null, null, w.code) then 'DONE' else 'AGAIN' end;
	elsif outcome = 'READY' and c.kind = 'HAN_JOIN' then
		return case when c.reason = any (hubs) then 'LATE' else 'AGAIN' end;
	elsif outcome not in ('COMPLETED', 'FAILED') or outcome is null then
		raise exception using errcode = 'BB003', message = case when c.kind = 'HAN_JOIN'
			then 'state: expected READY, COMPLETED or FAILED' else 'state: expected COMPLETED or FAILED' end;
	elsif ok and not read and (of_read_at is not null or of_read_wh is not null or of_generation_wh is not null) then
		raise exception using errcode = 'BB003', message = 'a read was not asked for';
	elsif read and (of_read_at is null or of_read_wh is null or of_read_wh < 0 or coalesce(of_generation_wh, 0) < 0) then
		raise exception using errcode = 'BB003',
			message = 'expected the time of the read and a register of 0 kWh or more';
	elsif read and of_read_at > ops.now() + interval '5 min' then
		raise exception using errcode = 'BB003', message = 'the time of the read is in the future';
	elsif read and of_read_at < c.asked_at - interval '5 min' then
		raise exception using errcode = 'BB003',
			message = 'the read is from before it was asked for: expected a new one';
	elsif ok and of_meter is not null and upper(trim(of_meter)) is distinct from c.meter_number then
		raise exception using errcode = 'BB003', message = 'the answer is of another meter';
	elsif not ok and not exists (select from odr.reason r where r.reason = of_reason and r.reason <> all (hubs)) then
		raise exception using errcode = 'BB003', message = format('reason: expected one of %s',
			(select string_agg(r.reason, ', ' order by r.reason) from odr.reason r where r.reason <> all (hubs)));
	end if;
	if (select s.over from odr.state s where s.state = c.state) then
		if c.reason = any (hubs) then
			update odr.command o set late_at = coalesce(o.late_at, clock_timestamp()) where o.command = of_command;
			if ok and c.device is not null and c.late_at is null then
				-- of a device the list says what is so
				perform odr.device_move(c, outcome);
			end if;
			return 'LATE';
		elsif c.state = outcome and c.reason is not distinct from said
			and (not read or c.read_wh = of_read_wh and c.read_at = of_read_at
				and c.generation_wh is not distinct from of_generation_wh) then
			return 'AGAIN';
		end if;
		raise exception using errcode = 'BB004', message = 'the command has been answered otherwise already';
	end if;
	if read then
		update odr.command o
		set read_at = of_read_at, read_wh = of_read_wh, generation_wh = of_generation_wh
		where o.command = of_command;
	end if;
	if not odr.move(of_command, case when ok then 'complete' else 'fail' end, said, of_words, w.code) then
		raise exception using errcode = 'BB004', message = 'the command is not in a state to be answered';
	end if;
	return 'DONE';
end $$;

-- ---- operators ----

-- Commands, newest first.
create or replace function odr.list(of_tdu int4, of_state text, most int4)
returns table (command int8, kind text, tdu text, esiid text, asked_by text, state text, reason text,
	asked_at timestamptz, answered_at timestamptz, took_ms int8, takes int4)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select c.command, c.kind, y.code, '…' || right(p.esiid, 4), coalesce(a.code, 'customer ' || a.party), c.state,
		c.reason, c.asked_at, c.answered_at,
		(extract(epoch from c.real_answered_at - c.real_asked_at) * 1000)::int8, c.takes
	from odr.command c
	join premise.premise p on p.premise = c.premise
	join party.party y on y.party = c.tdu
	join party.party a on a.party = c.asked_by
	where (of_tdu is null or c.tdu = of_tdu) and (of_state is null or c.state = of_state)
	order by c.command desc
	limit most
$$;
