-- Agreements, as far as they exist: recorded by the operator of a demo, moved along agreement.step.
set local check_function_bodies = off;

-- An active agreement over these ESI IDs. reads_from: how far back reads are covered (null: from the
-- start on). All ESI IDs must be of known premises.
create or replace function agreement.record(csp int4, esiids text[], kinds text[],
	starts_at timestamptz, ends_at timestamptz, reads_from timestamptz default null,
	actor text default session_user)
returns int8
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	made int8;
begin
	if not exists (select from party.csp c where c.party = csp) then
		raise exception using errcode = 'BB001', message = 'there is no such CSP';
	end if;
	if coalesce(cardinality(esiids), 0) = 0 or exists (select from unnest(esiids) e
		where not exists (select from premise.premise p where p.esiid = e and p.known)) then
		raise exception using errcode = 'BB001',
			message = 'one of the ESI IDs is of no known premise';
	end if;
	insert into agreement.agreement as a (csp, state, starts_at, ends_at, reads_from, kinds)
	values (record.csp, 'ACTIVE', record.starts_at, record.ends_at,
		coalesce(record.reads_from, record.starts_at), record.kinds)
	returning a.agreement into made;
	insert into agreement.premise (agreement, premise, customer)
	select made, p.premise, (select o.customer from premise.occupancy o
		join party.tdu t on t.party = p.tdu
		where o.premise = p.premise and o.during @> (starts_at at time zone t.zone)::date)
	from premise.premise p where p.esiid = any (esiids);
	perform audit.record('agreement.recorded', actor, csp, p.premise, jsonb_build_object(
		'agreement', made, 'kinds', kinds, 'starts_at', starts_at, 'ends_at', ends_at))
	from agreement.premise p where p.agreement = made;
	return made;
exception when check_violation then
	raise exception using errcode = 'BB003', message = 'expected kinds out of interval, register, '
		'billing, and reads_from <= starts_at < ends_at';
end $$;

-- suspend, resume, terminate, complete.
create or replace function agreement.move(agreement int8, event text, actor text default session_user)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	a agreement.agreement;
	then_is text;
begin
	select o.* into a from agreement.agreement o where o.agreement = move.agreement for update;
	if not found then
		raise exception using errcode = 'BB001', message = 'there is no such agreement';
	end if;
	select s.next into then_is from agreement.step s where s.state = a.state and s.event = move.event;
	if not found then
		raise exception using errcode = 'BB004',
			message = format('"%s" is not possible for an agreement that is %s', event, a.state);
	end if;
	update agreement.agreement o set state = then_is
	where o.agreement = move.agreement and o.state = a.state;
	perform audit.record('agreement.moved', actor, a.csp, null, jsonb_build_object(
		'agreement', agreement, 'event', event, 'was', a.state, 'state', then_is));
	return then_is;
end $$;

create or replace function agreement.list(csp int4 default null)
returns table (agreement int8, csp text, state text, starts_at timestamptz, ends_at timestamptz,
	reads_from timestamptz, kinds text, premises int8)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select a.agreement, p.code, a.state, a.starts_at, a.ends_at, a.reads_from,
		array_to_string(a.kinds, ','),
		(select count(*) from agreement.premise x where x.agreement = a.agreement)
	from agreement.agreement a join party.party p on p.party = a.csp
	where list.csp is null or a.csp = list.csp
	order by a.agreement
$$;
