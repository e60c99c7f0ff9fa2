-- What happens to premises, and what that means for the agreements over them. A new meter or another REP changes
-- nothing; a customer that moves out ends its share, and so does a premise that is retired or that its utility
-- states no longer than up to a day.
set local check_function_bodies = off;

-- When the share of a premise ends that began at an instant, with a customer (null: nobody was known): as far as
-- is known now. At its own beginning, when somebody else turns out to have lived there. Null: no end is known.
create or replace function agreement.share_until(premise int4, customer int4, at timestamptz)
returns timestamptz
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
	return (
	select least(
		case when isempty(o.days) then at
			when not upper_inf(o.days) then upper(o.days)::timestamp at time zone t.zone end,
		r.day::timestamp at time zone t.zone)
	from premise.premise p
	join party.tdu t on t.party = p.tdu
	cross join lateral (select premise.occupancy_around(p.premise, (at at time zone t.zone)::date,
		share_until.customer) as days) o
	cross join lateral (select premise.retired_from(p.premise, (at at time zone t.zone)::date) as day) r
	where p.premise = share_until.premise);
end $$;

-- Why it ends, when it does: in the words of mails.
create or replace function agreement.share_why(of_premise int4)
returns text
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select case when premise.retired_from(p.premise, d.today) = d.today then 'retired' else 'move-out' end
	from premise.premise p join party.tdu t on t.party = p.tdu
	cross join lateral (select (ops.now() at time zone t.zone)::date as today) d
	where p.premise = of_premise
$$;

-- Looks again at the shares of premises about which something new is known.
create or replace function agreement.shares_look(premises int4[])
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	update agreement.premise x
	set until = u.until
	from (
		select y.agreement, y.premise, agreement.share_until(y.premise, y.customer,
			coalesce(a.starts_at, a.invited_at)) as until
		from agreement.premise y
		join agreement.agreement a on a.agreement = y.agreement
			and a.state in ('PENDING', 'ACTIVE', 'HELD', 'SUSPENDED')
		where y.premise = any (premises) and y.ended_at is null
	) u
	where x.agreement = u.agreement and x.premise = u.premise and x.until is distinct from u.until;
	if found then
		perform pg_notify('agreement_due', '');
	end if;
end $$;

create or replace function agreement.occupancy_changed()
returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	perform agreement.shares_look(array(select distinct c.premise from changed c
		where exists (select from agreement.premise x where x.premise = c.premise)));
	return null;
end $$;
create or replace trigger agreement_occupancy_gone after delete on premise.occupancy
	referencing old table as changed
	for each statement execute function agreement.occupancy_changed();
create or replace trigger agreement_occupancy_new after insert on premise.occupancy
	referencing new table as changed
	for each statement execute function agreement.occupancy_changed();

-- That a premise is retired, or stated up to a day only, or was not after all, may be told of any day.
create or replace function agreement.premise_told()
returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	perform agreement.shares_look(array(select distinct c.premise from changed c
		where exists (select from agreement.premise x where x.premise = c.premise)
			and exists (select from premise.premise_event e
				where e.premise = c.premise and (e.status = 'RETIRED' or e.ends is not null))));
	return null;
end $$;
create or replace trigger agreement_premise_told after insert on premise.premise_event
	referencing new table as changed
	for each statement execute function agreement.premise_told();
drop trigger if exists agreement_premise_retired on premise.premise;
drop function if exists agreement.premise_retired();
