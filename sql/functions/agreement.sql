-- Agreements: how one moves. agreement.step says which event leads from which state to which, agreement.event who
-- may ask for it, agreement.notice who is told; agreement.take is the one function that moves them.
set local check_function_bodies = off;

-- Moves an agreement, if it may be: state compared and set, on record, both sides told, all in the caller's
-- transaction. why: a code such as move-out, or words. Returns the state that it is in then.
create or replace function agreement.take(agreement int8, event text, by_whom text, why text, actor text)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	a agreement.agreement;
	was text;
	then_is text;
begin
	select o.* into a from agreement.agreement o where o.agreement = take.agreement for no key update;
	if not found then
		raise exception using errcode = 'BB001', message = 'there is no such agreement';
	end if;
	if not exists (select from agreement.event v where v.event = take.event) then
		raise exception using errcode = 'BB003', message = format('"%s" is no event of an agreement', event);
	elsif not exists (select from agreement.event v where v.event = take.event
		and take.by_whom = any (v.by_whom)) then
		raise exception using errcode = 'BB002',
			message = format('"%s" is not for %s to ask for', event, coalesce(by_whom, 'nobody'));
	end if;
	was := a.state;
	select s.next into then_is from agreement.step s where s.state = was and s.event = take.event;
	if not found then
		raise exception using errcode = 'BB004',
			message = format('"%s" is not possible for an agreement that is %s', event, was);
	end if;
	update agreement.agreement o
	set state = then_is, reason = left(why, 500), moved_by = by_whom,
		ended_at = case when (select s.over from agreement.state s where s.state = then_is)
			then ops.now() end
	where o.agreement = take.agreement and o.state = was
	returning o.* into a;
	if was = 'PENDING' then
		delete from agreement.waiting w where w.agreement = take.agreement;
	end if;
	perform agreement.note('agreement.moved', a, actor, jsonb_strip_nulls(jsonb_build_object('event', event,
		'was', was, 'state', then_is, 'by', by_whom, 'why', why)));
	perform agreement.tell(a, was, event, why);
	perform hook.agreement_moved(a, was, event, why);
	perform agreement.renewal_too(a, event, by_whom, why, actor);
	perform pg_notify('agreement_due', '');
	return then_is;
end $$;

-- What is to follow an agreement ends, is held and released with it. What the hub itself suspends and resumes, it
-- finds one by one.
create or replace function agreement.renewal_too(a agreement.agreement, event text, by_whom text, why text, actor text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	n record;
begin
	for n in
		select o.agreement, o.state from agreement.agreement o
		join agreement.state s on s.state = o.state
		where o.renews = a.agreement and not s.over
		for no key update of o
	loop
		if event in ('terminate', 'decline', 'report') then
			perform agreement.terminate(n.agreement, by_whom, why, actor);
		elsif (event in ('hold', 'release', 'park') or event in ('suspend', 'resume') and by_whom <> 'HUB')
			and exists (select from agreement.step s where s.state = n.state and s.event = renewal_too.event) then
			perform agreement.take(n.agreement, event, by_whom, why, actor);
		end if;
	end loop;
end $$;

-- An audit event of an agreement; of its premise, when it has one, else they are listed in it.
create or replace function agreement.note(kind text, a agreement.agreement, actor text, detail jsonb)
returns int8
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	premises int4[] := array(select x.premise from agreement.premise x where x.agreement = a.agreement
		order by 1);
begin
	return audit.record(kind, actor, a.csp, case cardinality(premises) when 1 then premises[1] end,
		jsonb_build_object('agreement', a.agreement) || detail || case when cardinality(premises) > 1
			then jsonb_build_object('premises', premises) else '{}' end);
end $$;

-- Both sides get the mail that agreement.notice has for a move.
create or replace function agreement.tell(a agreement.agreement, was text, event text, why text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	n agreement.notice;
	args jsonb := jsonb_strip_nulls(jsonb_build_object(
		'why', case when event = 'complete' then 'term'
			when event = 'terminate' and a.moved_by <> 'HUB' then 'by-' || lower(a.moved_by)
			when a.moved_by = 'HUB' then why end,
		-- words of the operator or the commission, never those of a third party
		-- the reads are not at an end with it
		'goes_on', case when event = 'terminate' and why = 'superseded'
			or event = 'complete' and exists (select from agreement.agreement r
				join agreement.state s on s.state = r.state
				where r.renews = a.agreement and not s.over) then true end,
		'reason', case when a.moved_by in ('OPERATOR', 'COMMISSION') and why !~ '^[a-z]+(-[a-z]+)*$'
			then why end));
begin
	if was = 'PENDING' and event <> 'affirm' then
		perform mail.cancel(a.agreement, array['invitation', 'reminder']);
	end if;
	for n in select x.* from agreement.notice x where x.event = tell.event loop
		-- who never got the invitation is not told that it was taken back
		continue when n.side = 'CUSTOMER' and event in ('lapse', 'withdraw') and a.accepted_at is null;
		if n.side = 'CUSTOMER' then
			perform agreement.mail_customer(n.kind, a, args);
		else
			perform party.csp_mail(n.kind, a.csp, a.agreement, args);
		end if;
	end loop;
	if event = 'hold' and was = 'PENDING' then
		perform agreement.mail_customer('affirmed', a, args || '{"held": true}');
	end if;
end $$;

-- A mail to the mailbox that was invited; none where an agreement has none.
create or replace function agreement.mail_customer(kind text, a agreement.agreement, args jsonb default '{}',
	once text default null, give_up interval default '96 hours')
returns int8
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	if a.email_sealed is null then
		return null;
	end if;
	return mail.queue(kind, a.email_sealed, a.email_place, a.email_index, a.language, a.agreement, a.csp, args,
		once, null, give_up);
end $$;

-- What an operator moves along: suspend, resume, terminate, complete, hold, release, decline.
create or replace function agreement.move(agreement int8, event text, actor text default session_user)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	a agreement.agreement;
	then_is text;
begin
	select o.* into a from agreement.agreement o where o.agreement = move.agreement for no key update;
	if event = 'terminate' and a.state <> 'PENDING' then
		return agreement.terminate(agreement, 'OPERATOR', null, actor);
	elsif event = 'release' and a.state = 'HELD' and not agreement.csp_open(a.csp) then
		then_is := agreement.take(agreement, 'park', 'HUB', 'csp-suspended', actor);
	else
		then_is := agreement.take(agreement, event, 'OPERATOR', null, actor);
	end if;
	if event = 'release' then
		perform agreement.supersede(agreement, actor);
	end if;
	return then_is;
end $$;

-- May it be asked for anything now? Until the caller's transaction ends it stays so: what becomes ACTIVE meanwhile is
-- found by the suspension that comes after it.
create or replace function agreement.csp_open(csp int4)
returns bool
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	c party.csp;
begin
	select x.* into c from party.csp x where x.party = csp_open.csp for share;
	return coalesce(party.csp_open(c.state), false);
end $$;

-- Ends one that is in force; one that still waits for its customer is withdrawn. by_whom: CUSTOMER, CSP,
-- OPERATOR, COMMISSION or HUB.
create or replace function agreement.terminate(agreement int8, by_whom text, why text, actor text)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	a agreement.agreement;
	then_is text;
begin
	select o.* into a from agreement.agreement o where o.agreement = terminate.agreement for no key update;
	then_is := agreement.take(agreement, case when a.state = 'PENDING' and by_whom <> 'CUSTOMER'
		then 'withdraw' else 'terminate' end, by_whom, why, actor);
	perform radar.on_event('terminated', a.csp, agreement, null, a.email_index, null,
		jsonb_build_object('by', by_whom));
	return then_is;
end $$;

-- A third party takes its invitation back, or ends its agreement.
create or replace function agreement.withdraw(csp int4, agreement int8, actor text)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	a agreement.agreement;
begin
	select o.* into a from agreement.agreement o where o.agreement = withdraw.agreement for no key update;
	if a.csp is distinct from withdraw.csp then
		raise exception using errcode = 'BB001', message = 'there is no such agreement';
	end if;
	return agreement.take(agreement, 'withdraw', 'CSP', null, actor);
end $$;

-- Ends a premise's share of an agreement; the agreement too when that was the last. False: it had ended.
create or replace function agreement.share_end(agreement int8, premise int4, at timestamptz, why text, actor text)
returns bool
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	a agreement.agreement;
begin
	select o.* into a from agreement.agreement o where o.agreement = share_end.agreement for no key update;
	-- while this one waited for it, it may have come to another end
	if (select s.over from agreement.state s where s.state = a.state) then
		return false;
	end if;
	update agreement.premise x set ended_at = share_end.at, reason = share_end.why
	where x.agreement = share_end.agreement and x.premise = share_end.premise and x.ended_at is null;
	if not found then
		return false;
	end if;
	perform audit.record('agreement.share_ended', actor, a.csp, premise,
		jsonb_build_object('agreement', agreement, 'at', at, 'why', why));
	perform hook.record('agreement.changed', a.csp, premise, agreement, jsonb_build_object('agreement', agreement,
		'state', a.state, 'event', 'share-ended', 'at', at, 'why', why));
	delete from agreement.waiting w
	where w.agreement = share_end.agreement and w.premise = share_end.premise;
	perform agreement.share_end(n.agreement, share_end.premise, at, why, actor)
	from agreement.agreement n where n.renews = share_end.agreement;
	if exists (select from agreement.premise x where x.agreement = share_end.agreement
		and x.ended_at is null) then
		return true;
	end if;
	if a.state = 'PENDING' then
		perform agreement.take(agreement, 'withdraw', 'HUB', why, actor);
	else
		perform agreement.terminate(agreement, 'HUB', why, actor);
	end if;
	return true;
end $$;

-- An active agreement over these ESI IDs, as an operator records it for a demo. reads_from: how far back reads are
-- covered (null: from the start on). All ESI IDs must be of known premises.
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
	insert into agreement.premise (agreement, premise, customer, until)
	select made, p.premise, o.customer, agreement.share_until(p.premise, o.customer, record.starts_at)
	from premise.premise p
	cross join lateral (select premise.occupant_at(p.premise, record.starts_at) as customer) o
	where p.esiid = any (esiids);
	perform audit.record('agreement.recorded', actor, csp, p.premise, jsonb_build_object(
		'agreement', made, 'kinds', kinds, 'starts_at', starts_at, 'ends_at', ends_at))
	from agreement.premise p where p.agreement = made;
	return made;
exception when check_violation then
	raise exception using errcode = 'BB003', message = 'expected kinds out of interval, register, '
		'billing, and reads_from <= starts_at < ends_at';
end $$;

-- The customer that the hub knows at a premise at an instant; null: nobody.
create or replace function premise.occupant_at(premise int4, at timestamptz)
returns int4
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
	return (
	select o.customer
	from premise.premise p
	join party.tdu t on t.party = p.tdu
	join premise.occupancy o on o.premise = p.premise and o.during @> (at at time zone t.zone)::date
	where p.premise = occupant_at.premise);
end $$;
