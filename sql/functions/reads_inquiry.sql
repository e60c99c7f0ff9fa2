-- Cases of the regulator's (reads.inquiry): who asks, who grants, what they let be seen, and who is told. What may be read by
-- one is reads.rights; a release of a regulator's that no case carries is refused as it is opened, by whichever door.
set local check_function_bodies = off;

create or replace function reads.inquiry_state(i reads.inquiry)
returns text
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select case when i.ended_at is not null then 'ENDED'
		when i.granted_at is not null then case when ops.now() < i.ends_at then 'OPEN' else 'OVER' end
		else (select case when a.state = 'ASKED' and a.valid_until > clock_timestamp() then 'ASKED' else 'REFUSED' end
			from ops.approval a where a.approval = i.approval) end
$$;

-- Asks for one, of premises by their ESI IDs, or of the homes of who has that mailbox (its blind index). What there is
-- of that mailbox is the operator's to see before it is granted, and not who asks: to ask finds nobody out. BB003.
create or replace function reads.inquiry_ask(of_regulator int4, number text, from_day date, to_day date, open_days int4,
	esiids text[], mailbox bytea, reason text, actor text)
returns int4
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	made int4;
	unknown text;
	asked ops.approval.approval%type;
begin
	if trim(number) !~ '^[0-9A-Za-z][0-9A-Za-z .-]{0,39}$' then
		raise exception using errcode = 'BB003', message = 'expected a number of letters, digits, blanks, points and hyphens';
	elsif from_day is null or to_day is null or from_day > to_day or to_day - from_day >= 800 then
		raise exception using errcode = 'BB003', message = 'expected a first day not after the last, and at most 800 days';
	elsif open_days not between 1 and 90 then
		raise exception using errcode = 'BB003', message = 'a case is open for 1 to 90 days';
	elsif (cardinality(esiids) > 0) = (mailbox is not null) or cardinality(esiids) > 50 then
		raise exception using errcode = 'BB003', message = 'expected 1 to 50 ESI IDs, or the mailbox of one customer';
	end if;
	unknown := (select e from unnest(esiids) e where not exists (select from premise.premise p where p.esiid = e) limit 1);
	if unknown is not null then
		raise exception using errcode = 'BB003', message = format('"%s": there is no such ESI ID', left(unknown, 40));
	end if;
	insert into reads.inquiry as i (regulator, number, reason, by_mailbox, from_day, to_day, open_days, asked_at, asked_by)
	values (of_regulator, trim(inquiry_ask.number), trim(inquiry_ask.reason), mailbox is not null, inquiry_ask.from_day,
		inquiry_ask.to_day, inquiry_ask.open_days, ops.now(), actor)
	returning i.inquiry into made;
	insert into reads.inquiry_premise (inquiry, premise, days)
	select made, p.premise, null from premise.premise p where p.esiid = any (esiids)
	union all
	select made, o.premise, range_agg(o.days)
	from (select x.premise, unnest(x.days) as days
		from party.holder h cross join lateral api.own_premises(h.party) x
		where h.email_index = mailbox and h.state <> 'ENDED' and h.party is not null) o
	where o.days && daterange(inquiry_ask.from_day, inquiry_ask.to_day, '[]')
	group by o.premise;
	asked := ops.approval_ask('case.open', made::text, (select jsonb_build_object('case', i.number, 'from', i.from_day,
			'to', i.to_day, 'open_days', i.open_days, 'by_mailbox', i.by_mailbox, 'premises', (select count(*)
				from reads.inquiry_premise x where x.inquiry = made))
		from reads.inquiry i where i.inquiry = made), reason, actor);
	update reads.inquiry i set approval = asked where i.inquiry = made;
	perform audit.record('case.asked', actor, of_regulator, null, jsonb_build_object('inquiry', made, 'case',
		trim(number), 'from', from_day, 'to', to_day, 'open_days', open_days, 'approval', asked));
	return made;
end $$;

-- What the second person's word does, who is the operator's.
create or replace function reads.inquiry_approved(subject text, detail jsonb, actor text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	i reads.inquiry;
begin
	if not exists (select from reads.inquiry_premise x where x.inquiry = subject::int4) then
		raise exception using errcode = 'BB004', message = 'there is no premise in that case: refuse it';
	end if;
	update reads.inquiry x set granted_at = ops.now(), granted_by = actor,
		ends_at = ops.now() + make_interval(days => x.open_days)
	where x.inquiry = subject::int4 and x.granted_at is null and x.ended_at is null
	returning x.* into i;
	if not found then
		raise exception using errcode = 'BB004', message = 'that case has ended, or is granted already';
	end if;
	perform audit.record('case.granted', actor, i.regulator, null, jsonb_build_object('inquiry', i.inquiry,
		'case', i.number, 'ends_at', api.instant(i.ends_at), 'premises',
		(select jsonb_agg(x.premise order by x.premise) from reads.inquiry_premise x where x.inquiry = i.inquiry)));
end $$;

-- Ends one before its time, by whoever of the two sides: nothing is seen under it from then on.
create or replace function reads.inquiry_end(of_inquiry int4, actor text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	i reads.inquiry;
begin
	select x.* into i from reads.inquiry x where x.inquiry = of_inquiry for no key update;
	if i.inquiry is null or reads.inquiry_state(i) not in ('ASKED', 'OPEN') then
		raise exception using errcode = 'BB004', message = 'that case is over already';
	end if;
	update reads.inquiry x set ended_at = ops.now(), ended_by = actor where x.inquiry = i.inquiry;
	update ops.approval a set state = 'REFUSED', decided_by = actor, decided_at = clock_timestamp()
	where a.approval = i.approval and a.state = 'ASKED';
	perform audit.record('case.ended', actor, i.regulator, null, jsonb_build_object('inquiry', i.inquiry, 'case', i.number));
end $$;

-- What a release of a regulator's says of its case: its number is the reason that the customer reads. '{}': of anybody
-- else's there is nothing to say.
create or replace function reads.inquiry_says(principal int4, of_premise int4, days datemultirange)
returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
	if (select p.kind from party.party p where p.party = principal) is distinct from 'REGULATOR' then
		return '{}';
	end if;
	return coalesce((select jsonb_build_object('inquiry', v.inquiry, 'reason', v.number, 'right', 'regulator-case')
		from reads.inquired v
		where v.regulator = principal and v.premise = of_premise
			and v.span && reads.instants(range_merge(days), v.zone)
		order by v.inquiry desc limit 1), '{}');
end $$;

-- Every release that is opened: a regulator's has its case in its event, and is of one premise, whose people are told.
create or replace function reads.release_told()
returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	i reads.inquiry;
begin
	if (select p.kind from party.party p where p.party = new.principal) is distinct from 'REGULATOR' then
		return null;
	end if;
	select x.* into i from audit.event e join reads.inquiry x on x.inquiry = (e.detail ->> 'inquiry')::int4
	where e.event = new.event;
	if not found or new.premise is null or new.kind <> 'interval' then
		raise exception using errcode = 'BB002', message = 'a regulator sees reads under a case, one premise at a time';
	end if;
	perform reads.inquiry_tell(i, new);
	return null;
end $$;
create or replace trigger release_told after insert on reads.release
	for each row when (new.principal is not null) execute function reads.release_told();

-- A mail to each mailbox that is known of who lived there on those days: at most one a day for a case and premise.
create or replace function reads.inquiry_tell(i reads.inquiry, r reads.release)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	other record;
	seen daterange := daterange(r.from_day, r.to_day, '[]') * daterange(i.from_day, i.to_day, '[]');
	esiid text := (select p.esiid from premise.premise p where p.premise = r.premise);
begin
	for other in
		select distinct on (k.index) k.*
		from premise.occupancy o
		join premise.customer u on u.customer = o.customer
		cross join lateral (
			select c.sealed, 'contact.email'::bytea || u.account_index as place, c.index,
				coalesce(u.language, 'EN') as language, 2 as n
			from premise.contact c where c.customer = o.customer and c.kind = 'email'
			union all
			select h.email_sealed, h.email_place, h.email_index, h.language, 1
			from party.holder_premise t join party.holder h on h.holder = t.holder
			where t.premise = o.premise and t.customer = o.customer and t.state = 'HELD' and h.state = 'CONFIRMED'
		) k
		where o.premise = r.premise and o.during && seen and k.sealed is not null
		order by k.index, k.n
		limit 50
	loop
		perform mail.queue('regulator-look', other.sealed, other.place, other.index, other.language, null, null,
			jsonb_build_object('case', i.number, 'masked', '…' || right(esiid, 4), 'first', lower(seen),
				'last', upper(seen) - 1, 'organisation', (select p.name from party.party p where p.party = i.regulator)),
			format('regulator-look/%s/%s/%s/%s', i.inquiry, r.premise, ops.today('America/Chicago'),
				encode(other.index, 'hex')));
	end loop;
end $$;
