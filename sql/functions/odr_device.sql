-- Devices in the home that a meter speaks to: who may, what a command to them says, what becomes of them.
set local check_function_bodies = off;

-- ---- who may ----

-- The agreement by which a third party asks: of a kind that the command takes, in force, with who lives there now.
create or replace function odr.device_agreed(w api.principal, of_premise int4, of_kind odr.kind)
returns int8
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select a.agreement
	from agreement.premise x
	join agreement.agreement a on a.agreement = x.agreement
	join party.csp c on c.party = a.csp
	join premise.premise p on p.premise = x.premise
	join party.tdu t on t.party = p.tdu
	where x.premise = of_premise and a.csp = w.party and a.kind = any (of_kind.agreements) and a.state = 'ACTIVE'
		and (w.agreement is null or a.agreement = w.agreement)
		and (c.state = 'ACTIVE' or t.sandbox and party.csp_open(c.state))
		and a.starts_at <= ops.now() and ops.now() < a.ends_at
		and x.ended_at is null and (x.until is null or ops.now() < x.until)
		and premise.occupancy_around(x.premise, (a.starts_at at time zone t.zone)::date, x.customer)
			@> (ops.now() at time zone t.zone)::date
	order by a.agreement desc limit 1
$$;

create or replace function odr.device_lives(w api.principal, of_premise int4)
returns bool
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
	at timestamptz := ops.now();
begin
	return w.kind = 'CUSTOMER' and exists (select from reads.rights(w.party, 'interval', tstzrange(at, at, '[]'),
		of_premise, null));
end $$;

create or replace function odr.device_may(w api.principal, of_premise int4, of_kind odr.kind)
returns bool
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select case w.kind when 'CUSTOMER' then of_kind.customer and odr.device_lives(w, of_premise)
		when 'CSP' then odr.device_agreed(w, of_premise, of_kind) is not null
		else false end
$$;

-- ---- what a command says ----

-- CRC-16/X-25 over the bytes of an install code, which has it at its end, low byte first (ZigBee Smart Energy, 5.4.8.1.1).
create or replace function odr.code_holds(code text)
returns bool
language plpgsql immutable security definer set search_path = pg_catalog, pg_temp
as $$
declare
	bytes bytea;
	n int4;
	crc int4 := 65535;
begin
	if code !~ '^[0-9A-F]+$' or length(code) not in (16, 20, 28, 36) then
		return false;
	end if;
	bytes := decode(code, 'hex');
	n := octet_length(bytes) - 2;
	for i in 0 .. n - 1 loop
		crc := crc # get_byte(bytes, i);
		for bit in 1 .. 8 loop
			crc := case when crc & 1 = 1 then (crc >> 1) # 33800 else crc >> 1 end;
		end loop;
	end loop;
	crc := crc # 65535;
	return get_byte(bytes, n) = crc & 255 and get_byte(bytes, n + 1) = crc >> 8;
end $$;

-- One of them as it is kept. BB003 says what was expected.
create or replace function odr.arg(r odr.kind_arg, of_premise int4, v jsonb)
returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
	kind text := jsonb_typeof(v);
	said text := v #>> '{}';
	plain text := upper(regexp_replace(coalesce(said, ''), '[ :-]', '', 'g'));
	wrong text;
begin
	case r.form
	when 'TEXT' then
		-- nor what turns the direction of a line, or ends one otherwise
		if kind = 'string' and length(said) between r.least and r.most and said ~ '[^[:space:]]'
			and said !~ '[[:cntrl:]\u2028-\u202e\u2066-\u2069]' then
			return v;
		end if;
		wrong := format('expected %s to %s characters, without line ends', r.least, r.most);
	when 'INT' then
		if kind = 'number' and said ~ '^-?[0-9]{1,9}$' and said::int4 between r.least and r.most then
			return v;
		end if;
		wrong := format('expected a number from %s to %s', r.least, r.most);
	when 'BOOL' then
		if kind = 'boolean' then
			return v;
		end if;
		wrong := 'expected true or false';
	when 'MAC' then
		if kind = 'string' and plain ~ '^[0-9A-F]{16}$' then
			return to_jsonb(plain);
		end if;
		wrong := 'expected the 16 hexadecimal digits that stand on the device';
	when 'CODE' then
		if kind = 'string' and odr.code_holds(plain) then
			return to_jsonb(plain);
		end if;
		wrong := 'expected the 16, 20, 28 or 36 hexadecimal digits that came with the device; they do not belong together';
	when 'CLASS' then
		if exists (select from odr.device_class c where c.class = said) then
			return v;
		end if;
		wrong := 'expected one of ' || (select string_agg(c.class, ', ' order by c.class) from odr.device_class c);
	when 'DEVICE' then
		if kind = 'number' and said ~ '^[0-9]{1,18}$' and exists (select from odr.device d where d.device = said::int8
				and d.premise = of_premise and d.state in ('READY', 'JOINED')
				and d.customer is not distinct from premise.occupant_at(of_premise, ops.now())) then
			return v;
		end if;
		wrong := 'there is no such device that has joined there';
	end case;
	raise exception using errcode = 'BB003', message = format('%s: %s', r.name, wrong);
end $$;

create or replace function odr.args(k odr.kind, of_premise int4, wanted jsonb)
returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
	r odr.kind_arg;
	given jsonb := '{}';
	other text;
begin
	if jsonb_typeof(wanted) <> 'object' then
		raise exception using errcode = 'BB003', message = 'args: expected an object';
	end if;
	select x into other from jsonb_object_keys(wanted) x
	where not exists (select from odr.kind_arg a where a.kind = k.kind and a.name = x) limit 1;
	if found then
		raise exception using errcode = 'BB003', message = format('args: %s takes no "%s"', k.kind, left(other, 40));
	end if;
	for r in select a.* from odr.kind_arg a where a.kind = k.kind order by a.name loop
		if coalesce(jsonb_typeof(wanted -> r.name), 'null') <> 'null' then
			given := given || jsonb_build_object(r.name, odr.arg(r, of_premise, wanted -> r.name));
		elsif r.needed then
			raise exception using errcode = 'BB003', message = format('%s: %s', r.name, r.about);
		end if;
	end loop;
	return given;
end $$;

-- ---- what becomes of a device ----

-- The device of a command that is asked for. BB004: the premise is not served, or the device is on its way already.
create or replace function odr.device_asked(w api.principal, of_premise int4, k odr.kind, given jsonb)
returns int8
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	made int8 := (given ->> 'device')::int8;
begin
	if not exists (select from odr.han h where h.premise = of_premise) then
		raise exception using errcode = 'BB004', message = 'the meter there speaks to no devices';
	end if;
	if k.kind = 'HAN_JOIN' then
		insert into odr.device as d (premise, customer, mac, class, label, asked_by, agreement, asked_at)
		values (of_premise, premise.occupant_at(of_premise, ops.now()), given ->> 'mac', given ->> 'class',
			given ->> 'label', w.party, w.agreement, ops.now())
		returning d.device into made;
	elsif k.kind = 'HAN_REMOVE' then
		if w.kind = 'CSP' and not exists (select from odr.device d where d.device = made and d.asked_by = w.party) then
			raise exception using errcode = 'BB002', message = 'a third party removes only what it had join';
		end if;
		update odr.device d set state = 'LEAVING' where d.device = made and d.state in ('READY', 'JOINED');
	end if;
	return made;
exception when unique_violation then
	raise exception using errcode = 'BB004', message = 'a device with that address has joined already, or is about to';
end $$;

-- What becomes of the device of a command that moves. One that is to leave stays so when its join is answered meanwhile.
-- A join that is answered long after, of a device that has joined by another command since, changes nothing.
create or replace function odr.device_move(c odr.command, next text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	if c.kind = 'HAN_JOIN' then
		update odr.device d
		set state = case when next in ('READY', 'COMPLETED') and d.state = 'LEAVING' then 'LEAVING' when next = 'READY' then 'READY'
				when next = 'COMPLETED' then 'JOINED' when next = 'FAILED' then 'FAILED' else d.state end,
			ready_at = case when next = 'READY' then ops.now() else d.ready_at end,
			joined_at = case when next = 'COMPLETED' then ops.now() else d.joined_at end
		where d.device = c.device and d.state <> 'REMOVED';
	elsif c.kind = 'HAN_REMOVE' then
		update odr.device d
		set state = case when next = 'COMPLETED' then 'REMOVED' when next <> 'FAILED' or d.state <> 'LEAVING' then d.state
				when d.joined_at is not null then 'JOINED'
				when exists (select from odr.command o where o.device = d.device and o.kind = 'HAN_JOIN' and o.state = 'READY')
				then 'READY' else 'FAILED' end,
			left_at = case when next = 'COMPLETED' then ops.now() else d.left_at end
		where d.device = c.device and d.state <> 'REMOVED';
	end if;
exception when unique_violation then
	null;
end $$;

-- Devices of who has moved out leave, whoever asks: else the next one's use would be told to them. How many. What a head
-- end could not do it is asked for again after an hour.
create or replace function odr.device_leave()
returns int4
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	d record;
	n int4 := 0;
	made int8;
begin
	for d in
		select o.*, p.tdu, k.answer_within, m.meter_number
		from odr.device o
		join premise.premise p on p.premise = o.premise
		join party.tdu t on t.party = p.tdu
		join odr.kind k on k.kind = 'HAN_REMOVE'
		left join premise.meter m on m.premise = o.premise and m.during @> (ops.now() at time zone t.zone)::date
		where o.state = 'JOINED' and o.customer is distinct from premise.occupant_at(o.premise, ops.now())
			and not exists (select from odr.command c where c.premise = o.premise and c.device = o.device
				and c.class = 'HUB' and c.real_asked_at > clock_timestamp() - interval '1 hour')
		order by o.device for no key update of o skip locked limit 100
	loop
		insert into odr.command as c (kind, tdu, premise, meter_number, asked_by, class, state, asked_at, expires_at, args, device)
		values ('HAN_REMOVE', d.tdu, d.premise, d.meter_number, d.tdu, 'HUB', 'PENDING', ops.now(),
			clock_timestamp() + d.answer_within, jsonb_build_object('device', d.device), d.device)
		returning c.command into made;
		update odr.device o set state = 'LEAVING' where o.device = d.device;
		perform audit.record('device.asked', 'hub', d.tdu, d.premise, jsonb_build_object('command', made,
			'kind', 'HAN_REMOVE', 'why', 'moved-out', 'device', d.device));
		perform pg_notify('odr_command', d.tdu::text);
		n := n + 1;
	end loop;
	return n;
end $$;

-- ---- what is shown ----

-- The devices of a premise, for who lives there and for a third party that may speak to them: not what the owner calls them.
create or replace function odr.devices(shown bytea, of_esiid text)
returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.who(shown, '{ACCOUNT,SESSION,PERSONAL}');
	p int4;
	own bool;
begin
	perform api.scope_need(w, 'commands');
	select o.premise into p from premise.premise o where o.esiid = of_esiid;
	own := odr.device_lives(w, p);
	if p is null or not own and not exists (select from odr.kind k where k.of_device and odr.device_may(w, p, k)) then
		raise exception using errcode = 'BB001', message = 'there is no such ESI ID for you';
	end if;
	return jsonb_build_object('served', exists (select from odr.han h where h.premise = p), 'items', coalesce((
		select jsonb_agg(jsonb_build_object('device', d.device, 'class', d.class, 'state', d.state,
			'mac', case when own then d.mac else '…' || right(d.mac, 4) end, 'label', case when own then d.label end,
			'asked_at', api.instant(d.asked_at), 'ready_at', api.instant(d.ready_at),
			'joined_at', api.instant(d.joined_at), 'left_at', api.instant(d.left_at)) order by d.device desc)
		from odr.device d
		where d.premise = p and d.customer is not distinct from premise.occupant_at(p, ops.now())), '[]'));
end $$;

-- ---- operators ----

create or replace function odr.han_list()
returns table (esiid text, since timestamptz, by_whom text, joined int8, joining int8)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select '…' || right(p.esiid, 4), h.since, h.by_whom,
		(select count(*) from odr.device d where d.premise = h.premise and d.state in ('JOINED', 'LEAVING')),
		(select count(*) from odr.device d where d.premise = h.premise and d.state in ('JOINING', 'READY'))
	from odr.han h join premise.premise p on p.premise = h.premise order by h.since, h.premise
$$;

create or replace function odr.han_set(of_esiid text, on_ bool, actor text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	p int4 := (select o.premise from premise.premise o where o.esiid = of_esiid);
begin
	if p is null then
		raise exception using errcode = 'BB001', message = 'there is no such ESI ID';
	end if;
	if on_ then
		insert into odr.han (premise, since, by_whom) values (p, ops.now(), actor) on conflict do nothing;
	else
		delete from odr.han h where h.premise = p;
	end if;
	if found then
		perform audit.record(case when on_ then 'device.served' else 'device.not_served' end, actor, null, p, '{}');
	end if;
end $$;
