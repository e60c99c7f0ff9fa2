-- Devices in the home, on a customer's page: odr.ask and odr.devices, for who is signed in.
set local check_function_bodies = off;

-- Whether the meter there speaks to devices, and whether the customer lives there now. BB001: it is none of its premises.
create or replace function portal.device_state(shown bytea, of_esiid text)
returns table (served bool, lives bool)
language plpgsql security definer set search_path = pg_catalog, pg_temp
	set plan_cache_mode = force_generic_plan set enable_seqscan = off
as $$
declare
	s portal.session := portal.session_of(shown);
	p int4;
begin
	select o.premise into p from api.own_premises(portal.party_of(s)) o
	join premise.premise x on x.premise = o.premise where x.esiid = of_esiid limit 1;
	if not found then
		raise exception using errcode = 'BB001', message = 'there is no such premise for you';
	end if;
	return query select exists (select from odr.han h where h.premise = p), odr.device_lives(api.who(shown), p);
end $$;

-- Devices of the customer's own time there, newest first; those that have left or never came, the last ten.
create or replace function portal.devices(shown bytea, of_esiid text)
returns table (device int8, label text, class text, mac text, state text, asked_at timestamptz, joined_at timestamptz,
	left_at timestamptz)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	p int4;
begin
	if not (select x.lives from portal.device_state(shown, of_esiid) x) then
		return;
	end if;
	select o.premise into p from premise.premise o where o.esiid = of_esiid;
	return query
	select x.device, x.label, x.class, x.mac, x.state, x.asked_at, x.joined_at, x.left_at
	from (select d.*, row_number() over (partition by d.state in ('REMOVED', 'FAILED') order by d.device desc) as nth
		from odr.device d
		where d.premise = p and d.customer is not distinct from premise.occupant_at(p, ops.now())) x
	where x.state not in ('REMOVED', 'FAILED') or x.nth <= 10
	order by x.state in ('REMOVED', 'FAILED'), x.device desc;
end $$;

-- What was sent to devices there in the customer's own time, by whom, and what became of it: the newest fifty.
create or replace function portal.device_messages(shown bytea, of_esiid text)
returns table (kind text, who text, state text, reason text, asked_at timestamptz, ready_s int4, took_s int4, words text,
	mills int4, minutes int4, class text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
	set plan_cache_mode = force_generic_plan set enable_seqscan = off
as $$
declare
	me int4 := portal.party_of(portal.session_of(shown));
	p int4;
	days datemultirange;
begin
	select o.premise, range_agg(o.days) into p, days from api.own_premises(me) o
	join premise.premise x on x.premise = o.premise where x.esiid = of_esiid group by o.premise;
	return query
	select c.kind, case when c.class = 'HUB' then 'HUB' when c.asked_by = me then 'YOU' else coalesce(y.name, '') end, c.state,
		c.reason, c.asked_at, extract(epoch from c.real_ready_at - c.real_asked_at)::int4,
		case when c.state = 'COMPLETED' then extract(epoch from c.real_answered_at - c.real_asked_at)::int4 end,
		coalesce(c.args ->> 'text', case when c.kind in ('HAN_JOIN', 'HAN_REMOVE') then coalesce(d.label, '') end),
		(c.args ->> 'mills_per_kwh')::int4, (c.args ->> 'minutes')::int4, coalesce(c.args ->> 'class', d.class)
	from odr.command c
	join odr.kind k on k.kind = c.kind
	join premise.premise x on x.premise = c.premise
	join party.tdu t on t.party = x.tdu
	left join odr.device d on d.device = c.device
	left join party.party y on y.party = c.asked_by and y.kind <> 'CUSTOMER'
	where c.premise = p and k.of_device and days @> (c.asked_at at time zone t.zone)::date
		-- the end of what the one before left behind says what that one called it
		and (d.device is null or d.customer is not distinct from premise.occupant_at(p, c.asked_at))
	order by c.command desc limit 50;
end $$;

create or replace function portal.device_join(shown bytea, of_esiid text, label text, class text, mac text, code text)
returns table (result text, wait_s int4)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	perform portal.session_of(shown);
	return query select a.result, a.wait_s from odr.ask(shown, of_esiid, '', 'HAN_JOIN', '', 'portal', jsonb_strip_nulls(
		jsonb_build_object('label', nullif(trim(label), ''), 'class', class, 'mac', mac, 'install_code', code))) a;
end $$;

create or replace function portal.device_remove(shown bytea, of_esiid text, device int8)
returns table (result text, wait_s int4)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	perform portal.session_of(shown);
	return query select a.result, a.wait_s from odr.ask(shown, of_esiid, '', 'HAN_REMOVE', '', 'portal',
		jsonb_build_object('device', device)) a;
end $$;
