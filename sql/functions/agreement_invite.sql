-- Invitations: a third party asks for premises, the hub asks the customer by mail.
set local check_function_bodies = off;

-- A large business: 15,000 kWh or more in one of the billing months that ended in the last twelve months, as the
-- newest statement about each has it.
create or replace function agreement.is_large(of_premise int4)
returns bool
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
	return (
	select coalesce(p.class = 'BUSINESS', false) and exists (
		select from (
			select distinct on (b.start_date, b.end_date) b.wh
			from reads.billing b
			where b.series = of_premise * 8
				and b.end_date > d.today - interval '12 months' and b.end_date <= d.today
				-- two months on one bill are no month
				and b.end_date - b.start_date < 45
			order by b.start_date, b.end_date, b.created desc, b.load desc, b.line desc
		) m
		where m.wh >= 15000000)
	from premise.premise p
	join party.tdu t on t.party = p.tdu
	cross join lateral (select (ops.now() at time zone t.zone)::date as today) d
	where p.premise = of_premise);
end $$;

-- What may be asked at all, in words; null when all is well.
create or replace function agreement.invite_fault(csp int4, esiids text[], meters text[], reps text[],
	email_sealed bytea, email_place bytea, email_index bytea, kind text, kinds text[], months int4,
	history_months int4, language text, reference text)
returns text
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
	k agreement.kind;
begin
	select o.* into k from agreement.kind o where o.kind = invite_fault.kind;
	return case
		when k.kind is null then format('kind is "%s", expected one of %s', kind,
			(select string_agg(o.kind, ', ' order by o.kind) from agreement.kind o))
		when coalesce(cardinality(esiids), 0) not between 1 and 100 then
			format('%s ESI IDs, expected 1 to 100', coalesce(cardinality(esiids), 0))
		when cardinality(meters) is distinct from cardinality(esiids)
			or cardinality(reps) is distinct from cardinality(esiids)
			then 'expected a meter number and a REP certificate number for each ESI ID'
		when num_nulls(email_sealed, email_place, email_index) > 0 then 'expected the customer''s mailbox'
		when k.of_device and coalesce(cardinality(kinds), 0) > 0
			then format('%s gives no reads, expected no kinds of them', kind)
		when not k.of_device and (coalesce(cardinality(kinds), 0) = 0
			or not kinds <@ array['interval', 'register', 'billing'])
			then format('reads are "%s", expected some of interval, register, billing',
				coalesce(array_to_string(kinds, ','), ''))
		when k.continuous and coalesce(months, 0) not between 1 and 36
			then format('%s months, expected 1 to 36', coalesce(months::text, 'no'))
		when not k.continuous and months is not null
			then format('%s months, expected none: reads are given once', months)
		when coalesce(history_months, 0) not between 0 and 24
			then format('%s months of history, expected 0 to 24', history_months)
		when not k.continuous and not k.of_device and coalesce(history_months, 0) = 0
			then 'no months of history, expected 1 to 24: there is nothing else to give'
		when coalesce(language, '') not in ('EN', 'ES')
			then format('language is "%s", expected EN or ES', coalesce(language, ''))
		when length(reference) not between 1 and 100
			then format('a reference of %s characters, expected 1 to 100', length(reference))
		end;
end $$;

-- What is wrong with single premises: row, code, message. of_premises[i] null: no match.
create or replace function agreement.invite_faults(csp int4, of_premises int4[], email_index bytea, months int4)
returns table ("row" int4, code text, message text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
	return query
	select u.n::int4, f.code, f.message
	from unnest(of_premises) with ordinality u (premise, n)
	cross join lateral (values
		(u.premise is null, 'not-matched',
			'the ESI ID, meter number and REP certificate do not belong together'),
		(u.premise = any (of_premises[: u.n::int4 - 1]), 'twice', 'this premise stands above already'),
		(months > 12 and not agreement.is_large(u.premise), 'term',
			format('%s months, expected at most 12: not a large business', months)),
		(exists (select from agreement.waiting w where w.csp = invite_faults.csp and w.premise = u.premise),
			'open-invitation', 'an invitation for this premise waits for its answer')
	) f (wrong, code, message)
	where f.wrong
	union all
	select 0, 'mailbox-limit', 'this mailbox has had three invitations today, which is the most'
	where (select count(*) from agreement.agreement a
		where a.email_index = invite_faults.email_index and a.renews is null
			and a.invited_at >= agreement.day_begins(ops.now())) >= 3
	order by 1, 2;
end $$;

-- Midnight before, in Chicago.
create or replace function agreement.day_begins(at timestamptz)
returns timestamptz
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select date_trunc('day', at, 'America/Chicago')
$$;

-- Asks a customer. What is wrong with a premise is a fault of its row (all_or_none: then nobody is asked;
-- else the good ones are); what is wrong as a whole is an error. {"id": …|null, "state": …, "faults": […]}.
create or replace function agreement.invite(csp int4, esiids text[], meters text[], reps text[],
	email_sealed bytea, email_place bytea, email_index bytea, kind text, kinds text[], months int4,
	history_months int4, language text, reference text, all_or_none bool, source inet, actor text,
	domain_index bytea default null)
returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	found_premises int4[];
	faults jsonb;
	made int8;
	wrong text;
begin
	perform agreement.invite_may(csp);
	wrong := agreement.invite_fault(csp, esiids, meters, reps, email_sealed, email_place, email_index,
		kind, kinds, months, history_months, language, reference);
	if wrong is not null then
		raise exception using errcode = 'BB003', message = wrong;
	end if;
	-- before anything is matched: who is not live learns nothing of real premises
	faults := party.csp_outside(csp, esiids);
	if faults <> '[]' then
		return jsonb_build_object('id', null, 'state', null, 'faults', faults);
	end if;
	-- of one mailbox, one after the other
	perform pg_advisory_xact_lock(hashtextextended(encode(email_index, 'hex'), 4));
	select array_agg(m.premise order by m."row") into found_premises
	from premise.match(csp, esiids, meters, reps, source) m;
	select coalesce(jsonb_agg(jsonb_build_object('row', f."row", 'code', f.code, 'message', f.message)), '[]')
	into faults
	from agreement.invite_faults(csp, found_premises, email_index, months) f;
	select coalesce(array_agg(distinct u.premise), '{}') into found_premises
	from unnest(found_premises) with ordinality u (premise, n)
	where not exists (select from jsonb_array_elements(faults) f
		where (f ->> 'row')::int8 = u.n and f ->> 'code' <> 'twice');
	if jsonb_path_exists(faults, '$[*] ? (@.row == 0)') or cardinality(found_premises) = 0
		or (coalesce(all_or_none, true) and faults <> '[]') then
		return jsonb_build_object('id', null, 'state', null, 'faults', faults);
	end if;
	insert into agreement.agreement as a (csp, state, kind, kinds, months, history_months, language, reference,
		email_sealed, email_place, email_index, large, invited_at, gives_up_at)
	select invite.csp, 'PENDING', invite.kind, coalesce(invite.kinds, '{}'), invite.months,
		coalesce(invite.history_months, 0), invite.language, invite.reference, invite.email_sealed,
		invite.email_place, invite.email_index,
		(select bool_and(agreement.is_large(u.p)) from unnest(found_premises) u (p)), n.now,
		agreement.weekday_end(n.now, 10)
	from (select ops.now() as now) n
	returning a.agreement into made;
	return agreement.invite_premises(made, found_premises, faults, coalesce(all_or_none, true), source, actor,
		domain_index);
end $$;

-- BB001: no CSP; BB002: one that may ask nobody now. Before it is live it may ask for premises of the sandbox.
create or replace function agreement.invite_may(csp int4)
returns void
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
	c party.csp;
begin
	select o.* into c from party.csp o where o.party = invite_may.csp;
	if not found then
		raise exception using errcode = 'BB001', message = 'there is no such CSP';
	elsif not party.csp_open(c.state) then
		raise exception using errcode = 'BB002',
			message = format('a third party that is %s invites nobody, expected ACTIVE', c.state);
	end if;
end $$;

-- The premises of a new invitation, its mail and what is on record of it. A premise for which another session
-- has asked meanwhile becomes a fault too.
create or replace function agreement.invite_premises(made int8, premises int4[], faults jsonb, all_or_none bool,
	source inet, actor text, domain_index bytea)
returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	a agreement.agreement;
	taken int4[];
begin
	select o.* into a from agreement.agreement o where o.agreement = made;
	with mine as (
		insert into agreement.waiting as w (csp, premise, agreement)
		select a.csp, u.p, made from unnest(premises) u (p) order by u.p
		on conflict do nothing
		returning w.premise
	)
	select array_agg(m.premise) into taken from mine m;
	if coalesce(cardinality(taken), 0) < cardinality(premises) then
		faults := faults || jsonb_build_array(jsonb_build_object('row', 0, 'code', 'open-invitation',
			'message', 'an invitation for one of these premises waits for its answer'));
		if all_or_none or taken is null then
			delete from agreement.waiting w where w.agreement = made;
			delete from agreement.agreement o where o.agreement = made;
			return jsonb_build_object('id', null, 'state', null, 'faults', faults);
		end if;
	end if;
	insert into agreement.premise (agreement, premise, customer, until)
	select made, u.p, o.customer, agreement.share_until(u.p, o.customer, a.invited_at)
	from unnest(taken) u (p)
	cross join lateral (select premise.occupant_at(u.p, a.invited_at) as customer) o
	order by u.p;
	perform agreement.mail_customer('invitation', a, '{}', 'invitation/' || made);
	perform agreement.note('agreement.invited', a, actor, jsonb_strip_nulls(jsonb_build_object('kind', a.kind,
		'kinds', a.kinds, 'months', a.months, 'history_months', a.history_months, 'large', a.large)));
	perform radar.on_event('invited', a.csp, made, null, a.email_index, source,
		jsonb_strip_nulls(jsonb_build_object('domain_index', encode(domain_index, 'hex'))));
	perform pg_notify('agreement_due', '');
	return jsonb_build_object('id', made, 'state', 'PENDING', 'faults', faults);
end $$;
