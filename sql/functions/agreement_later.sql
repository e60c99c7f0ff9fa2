-- After the decision: renewing, stopping, and the word of others that somebody else has decided.
set local check_function_bodies = off;

-- May it be renewed now? In words what is against it, or null.
create or replace function agreement.renew_fault(a agreement.agreement)
returns text
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select case
		when not a.large or a.months is null or a.email_index is null
			then 'only a large business renews its agreement so; others are invited again'
		when a.state <> 'ACTIVE' then format('an agreement that is %s is not renewed, expected ACTIVE', a.state)
		when a.ends_at <= ops.now() then 'its term is over'
		when not exists (select from party.csp c where c.party = a.csp and party.csp_open(c.state))
			then 'the third party is not active'
		when not exists (select from agreement.premise x where x.agreement = a.agreement
			and x.ended_at is null) then 'none of its premises is left'
		end
$$;

-- Asks the customer now whether it goes on for another term, as the clock does near its end.
create or replace function agreement.renew_ask(csp int4, agreement int8, actor text)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	a agreement.agreement;
	wrong text;
begin
	select o.* into a from agreement.agreement o where o.agreement = renew_ask.agreement for no key update;
	if a.agreement is null or renew_ask.csp is not null and a.csp <> renew_ask.csp then
		raise exception using errcode = 'BB001', message = 'there is no such agreement';
	end if;
	wrong := agreement.renew_fault(a);
	if wrong is null and exists (select from agreement.agreement n where n.renews = a.agreement) then
		wrong := 'it is renewed already';
	end if;
	if wrong is not null then
		raise exception using errcode = 'BB004', message = wrong;
	end if;
	if agreement.mail_customer('renewal', a, '{}', format('renewal/%s/%s', a.agreement,
			(ops.now() at time zone 'America/Chicago')::date)) is not null then
		perform agreement.note('agreement.renewal_asked', a, actor, '{}');
	end if;
	return a.state;
end $$;

-- One press of the button on our page: another term as long as the first, from its end on. The same again
-- changes nothing. Gives the number of the agreement that goes on.
create or replace function agreement.renew_by_link(link bytea, evidence jsonb, source inet, agent text)
returns int8
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	l agreement.link := agreement.link_must(link, array['RENEW']);
	a agreement.agreement;
	made int8;
	wrong text;
begin
	select o.* into a from agreement.agreement o where o.agreement = l.agreement for no key update;
	select n.agreement into made from agreement.agreement n where n.renews = a.agreement;
	if found then
		return made;
	end if;
	wrong := agreement.renew_fault(a);
	if wrong is not null then
		raise exception using errcode = 'BB004', message = wrong;
	end if;
	insert into agreement.agreement as n (csp, state, kind, kinds, months, history_months, language, reference,
		email_sealed, email_place, email_index, large, invited_at, accepted_at, decided_at, moved_by,
		starts_at, ends_at, reads_from, renews)
	values (a.csp, 'ACTIVE', a.kind, a.kinds, a.months, a.history_months,
		agreement.language_shown(evidence, a.language), a.reference,
		a.email_sealed, a.email_place, a.email_index, a.large, ops.now(), a.accepted_at, ops.now(),
		'CUSTOMER', a.ends_at, agreement.months_on(a.ends_at, a.months), a.reads_from, a.agreement)
	returning n.agreement into made;
	insert into agreement.premise (agreement, premise, customer, until)
	select made, x.premise, x.customer, agreement.share_until(x.premise, x.customer, a.ends_at)
	from agreement.premise x
	where x.agreement = a.agreement and x.ended_at is null;
	l.agreement := made;
	perform agreement.decision_keep(l, 'RENEW', null, null, evidence, source, agent);
	perform agreement.renewed(made);
	return made;
end $$;

-- What goes with a renewal: the record, the receipt, word to both sides.
create or replace function agreement.renewed(made int8)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	a agreement.agreement;
begin
	select o.* into a from agreement.agreement o where o.agreement = made;
	perform agreement.note('agreement.renewed', a, 'link', jsonb_build_object('renews', a.renews,
		'starts_at', a.starts_at, 'ends_at', a.ends_at));
	perform audit.receipt_ask(made, agreement.receipt_body(made));
	perform agreement.mail_customer('renewed', a);
	perform party.csp_mail('renewed', a.csp, made);
	perform utility.event(a.csp, 'authorization_renewed', made, null);
	perform pg_notify('agreement_due', '');
end $$;

-- Who holds an old mail may ask for a fresh one to the same mailbox, once an hour; that one's link can end
-- the share.
create or replace function agreement.stop_ask(link bytea, source inet)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	l agreement.link := agreement.link_must(link, array['DECIDE', 'RENEW', 'STOP', 'RECEIPT']);
	a agreement.agreement;
begin
	select o.* into a from agreement.agreement o where o.agreement = agreement.now_of(l.agreement);
	if a.state in ('ACTIVE', 'HELD', 'SUSPENDED') and agreement.mail_customer('stop', a, '{}',
			format('stop/%s/%s', a.agreement, to_char(ops.now() at time zone 'UTC', 'YYYY-MM-DD-HH24')))
			is not null then
		perform agreement.note('agreement.stop_asked', a, 'link', '{}');
	end if;
end $$;

-- An agreement, what it renewed and what renews it, the oldest first.
create or replace function agreement.chain(of_agreement int8)
returns setof int8
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	with recursive before as (
		select a.agreement, a.renews from agreement.agreement a where a.agreement = of_agreement
		union
		select p.agreement, p.renews from agreement.agreement p join before b on p.agreement = b.renews
	), after as (
		select of_agreement as agreement
		union
		select n.agreement from agreement.agreement n join after f on n.renews = f.agreement
	)
	select b.agreement from before b union select f.agreement from after f order by 1
$$;

-- Ends the share, and what it renewed or is renewed by. Gives the state, also when it had ended before.
create or replace function agreement.stop_by_link(link bytea, source inet, agent text)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	l agreement.link := agreement.link_must(link, array['STOP']);
	one int8;
begin
	for one in select c.* from agreement.chain(l.agreement) c (agreement) loop
		-- the first one takes those with it that follow it
		if (select a.state in ('ACTIVE', 'HELD', 'SUSPENDED') from agreement.agreement a
			where a.agreement = one for no key update) then
			perform agreement.decision_keep(l, 'STOP', null, null, '{}', source, agent);
			perform agreement.terminate(one, 'CUSTOMER', 'stopped', 'link');
		end if;
	end loop;
	return (select a.state from agreement.agreement a where a.agreement = agreement.now_of(l.agreement));
end $$;

-- Somebody who is known for the premise says: not me. Nothing is given out until a person has looked, also not by
-- what renews it.
create or replace function agreement.not_me(link bytea, source inet, agent text)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	l agreement.link := agreement.link_must(link, array['NOT_ME']);
	a agreement.agreement;
	one int8;
begin
	select o.* into a from agreement.agreement o where o.agreement = l.agreement for no key update;
	select x.* into l from agreement.link x where x.sha256 = l.sha256;	-- as it is now that nobody else has it
	if l.used_at is not null then
		return a.state;
	end if;
	perform agreement.decision_keep(l, 'NOT_ME', null, null, '{}', source, agent);
	for one in select c.* from agreement.chain(l.agreement) c (agreement)
		where c.agreement >= l.agreement
	loop
		if (select o.state in ('ACTIVE', 'SUSPENDED') from agreement.agreement o
			where o.agreement = one for no key update) then
			perform agreement.take(one, 'hold', 'CUSTOMER', 'not-me', 'link');
		end if;
	end loop;
	perform radar.on_event('complaint', a.csp, a.agreement, null, a.email_index, source,
		'{"flag": "a", "by": "not-me"}');
	return (select o.state from agreement.agreement o where o.agreement = agreement.now_of(l.agreement));
end $$;
