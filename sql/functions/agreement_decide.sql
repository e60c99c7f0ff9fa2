-- What customers decide behind the links of their mails. The first decision counts.
set local check_function_bodies = off;

-- What was decided, on record. Where it came from is personal: it stands beside the audit event, which has a salted
-- digest of it.
create or replace function agreement.decision_keep(l agreement.link, choice text, disclosure text,
	disclosure_sha256 bytea, evidence jsonb, source inet, agent text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	hub_now timestamptz := ops.now();
	premises int4[] := array(select x.premise from agreement.premise x where x.agreement = l.agreement
		order by 1);
begin
	insert into agreement.decision (agreement, choice, decided_at, link, disclosure, disclosure_sha256, evidence)
	values (l.agreement, decision_keep.choice, hub_now, l.sha256, decision_keep.disclosure,
		decision_keep.disclosure_sha256, coalesce(decision_keep.evidence, '{}'))
	on conflict on constraint decision_pkey do nothing;
	if not found then
		return;
	end if;
	update agreement.link x set used_at = coalesce(x.used_at, hub_now) where x.sha256 = l.sha256;
	perform audit.record_personal('agreement.decided', 'link', (select a.csp from agreement.agreement a
			where a.agreement = l.agreement),
		case cardinality(premises) when 1 then premises[1] end,
		jsonb_strip_nulls(jsonb_build_object('agreement', l.agreement, 'choice', choice,
			'decided_at', hub_now, 'disclosure', disclosure, 'network', report.network_digest(source),
			'disclosure_sha256', encode(disclosure_sha256, 'hex'),
			'premises', case when cardinality(premises) > 1 then premises end)),
		jsonb_build_object('source', source, 'agent', left(agent, 300),
			'evidence', coalesce(evidence, '{}'))::text, l.agreement);
end $$;

-- What is personal about an agreement's visits goes; decisions, receipts and events stay.
create or replace function agreement.personal_erase(agreement int8)
returns void
language sql security definer set search_path = pg_catalog, pg_temp
as $$
	select radar.personal_erase(personal_erase.agreement);
	update agreement.visit v set source = null, agent = null
	where v.agreement = personal_erase.agreement and num_nonnulls(v.source, v.agent) > 0
$$;

-- CONFIRM, DECLINE or REPORT. first: this one decided; else state says what had happened before.
create or replace function agreement.decide(link bytea, choice text, disclosure text, disclosure_sha256 bytea,
	evidence jsonb, source inet, agent text)
returns table (state text, first bool)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	l agreement.link := agreement.link_must(link, array['DECIDE']);
	a agreement.agreement;
begin
	if coalesce(choice, '') not in ('CONFIRM', 'DECLINE', 'REPORT') then
		raise exception using errcode = 'BB003', message = format(
			'choice is "%s", expected CONFIRM, DECLINE or REPORT', coalesce(choice, ''));
	elsif choice = 'CONFIRM' and (disclosure is null or octet_length(disclosure_sha256) is distinct from 32) then
		raise exception using errcode = 'BB003',
			message = 'expected which disclosures were agreed to, and their SHA-256';
	end if;
	perform from agreement.agreement o where o.agreement = l.agreement for no key update;
	perform agreement.due_now(l.agreement);
	select o.* into a from agreement.agreement o where o.agreement = l.agreement;
	if a.state <> 'PENDING' then
		return query select a.state, false;
		return;
	end if;
	perform agreement.decision_keep(l, choice, disclosure, disclosure_sha256, evidence, source, agent);
	-- further mails speak the language in which it was decided
	update agreement.agreement o set decided_at = ops.now(),
		language = agreement.language_shown(evidence, o.language)
	where o.agreement = a.agreement;
	if choice = 'CONFIRM' then
		return query select agreement.affirm(a.agreement, evidence, source), true;
	else
		return query select agreement.refuse(a, choice, source), true;
	end if;
end $$;

-- The language of the page on which a button was pressed.
create or replace function agreement.language_shown(evidence jsonb, otherwise text)
returns text
language sql immutable security definer set search_path = pg_catalog, pg_temp
as $$
	select case when evidence ->> 'shown' in ('EN', 'ES') then evidence ->> 'shown' else otherwise end
$$;

-- No, or: I never asked for this. Then that third party's mails stop too.
create or replace function agreement.refuse(a agreement.agreement, choice text, source inet)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	then_is text := agreement.take(a.agreement, case choice when 'REPORT' then 'report' else 'decline' end,
		'CUSTOMER', null, 'link');
begin
	perform radar.on_event(lower(then_is), a.csp, a.agreement, null, a.email_index, source);
	if then_is = 'REPORTED' then
		perform mail.opt_out(a.email_index, a.csp, 'REPORTED');
	end if;
	return then_is;
end $$;

-- Yes. From now on for its term; HELD instead when the watch over abuse says so, or the third party is not
-- active. All of it is the caller's transaction: the state, the receipt, the mails, who else is told.
create or replace function agreement.affirm(of_agreement int8, evidence jsonb, source inet)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	a agreement.agreement;
	verdict text;
	then_is text;
begin
	perform agreement.term_set(of_agreement, ops.now());
	select o.* into a from agreement.agreement o where o.agreement = of_agreement;
	verdict := radar.on_event('affirmed', a.csp, a.agreement, null, a.email_index, source, evidence);
	if verdict = 'NONE' and agreement.csp_open(a.csp) then
		then_is := agreement.take(a.agreement, 'affirm', 'CUSTOMER', null, 'link');
		perform agreement.supersede(a.agreement, 'link');
	else
		-- the customer has said yes; that it is held is the hub's doing
		then_is := agreement.take(a.agreement, 'hold', 'HUB',
			case verdict when 'NONE' then 'csp-suspended' else 'radar' end, 'link');
	end if;
	perform agreement.tell_others(a);
	perform audit.receipt_ask(a.agreement, agreement.receipt_body(a.agreement));
	return then_is;
end $$;

-- The term of an agreement that begins then: months of the calendar in Chicago; what is given once may be
-- fetched for 30 days.
create or replace function agreement.term_set(of_agreement int8, begins timestamptz)
returns void
language sql security definer set search_path = pg_catalog, pg_temp
as $$
	update agreement.premise x
	set customer = o.customer, until = agreement.share_until(x.premise, o.customer, begins)
	from agreement.premise y
	cross join lateral (select coalesce(y.customer, premise.occupant_at(y.premise, begins)) as customer) o
	where x.agreement = of_agreement and x.ended_at is null
		and y.agreement = x.agreement and y.premise = x.premise;
	update agreement.agreement a
	set starts_at = begins,
		ends_at = case when a.months is null then begins + interval '720 hours'
			else agreement.months_on(begins, a.months) end,
		reads_from = agreement.months_on(begins, -a.history_months)
	where a.agreement = of_agreement
$$;

create or replace function agreement.months_on(at timestamptz, months int4)
returns timestamptz
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select (at at time zone 'America/Chicago' + make_interval(months => months)) at time zone 'America/Chicago'
$$;

-- The newer agreement of a third party takes the place of its older ones of the same kind, premise by premise.
create or replace function agreement.supersede(by_agreement int8, actor text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	one record;
begin
	for one in
		select o.agreement, x.premise
		from agreement.agreement a
		join agreement.premise m on m.agreement = a.agreement and m.ended_at is null
		join agreement.premise x on x.premise = m.premise and x.ended_at is null
		join agreement.agreement o on o.agreement = x.agreement
		where a.agreement = by_agreement and o.csp = a.csp and o.kind = a.kind
			and o.agreement <> a.agreement and o.state in ('ACTIVE', 'HELD', 'SUSPENDED')
			and a.renews is distinct from o.agreement
			-- released after a newer one was affirmed: the newer one stays
			and coalesce(o.decided_at, o.starts_at) <= a.decided_at
		order by o.agreement, x.premise
	loop
		perform agreement.share_end(one.agreement, one.premise, ops.now(), 'superseded', actor);
	end loop;
end $$;

-- Every other mailbox that is known for a premise hears of a new share: those of its occupant's account, and those
-- that agreed to something for the same occupant.
create or replace function agreement.tell_others(a agreement.agreement)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	other record;
begin
	for other in
		select distinct on (k.index) k.*
		from agreement.premise x
		cross join lateral (
			select c.sealed, 'contact.email'::bytea || u.account_index as place, c.index,
				coalesce(u.language, 'EN') as language
			from premise.contact c join premise.customer u on u.customer = c.customer
			where c.customer = premise.occupant_at(x.premise, ops.now()) and c.kind = 'email'
			union all
			select o.email_sealed, o.email_place, o.email_index, o.language
			from agreement.premise y join agreement.agreement o on o.agreement = y.agreement
			where y.premise = x.premise and o.email_index is not null and o.starts_at is not null
				and y.customer is not distinct from x.customer and o.agreement <> a.agreement
		) k
		where x.agreement = a.agreement and x.ended_at is null and k.index is distinct from a.email_index
		order by k.index
		limit 50
	loop
		perform mail.queue('not-you', other.sealed, other.place, other.index, other.language, a.agreement,
			a.csp, '{}', format('not-you/%s/%s', a.agreement, encode(other.index, 'hex')));
	end loop;
end $$;

-- What a consent receipt says. ESI IDs stand in full: it is for those who know them.
create or replace function agreement.receipt_body(of_agreement int8)
returns jsonb
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select jsonb_strip_nulls(jsonb_build_object('type', 'busbar-consent-receipt', 'version', 1,
		'agreement', a.agreement, 'decision', d.choice,
		'csp', jsonb_build_object('code', p.code, 'name', p.name) || agreement.csp_words(a.csp),
		'premises', (select jsonb_agg(m.esiid order by m.esiid) from agreement.premise x
			join premise.premise m on m.premise = x.premise
			where x.agreement = a.agreement and x.ended_at is null),
		'kind', a.kind, 'kinds', a.kinds, 'months', a.months, 'history_months', a.history_months,
		'reads_from', a.reads_from, 'starts_at', a.starts_at, 'ends_at', a.ends_at, 'renews', a.renews,
		'reference', a.reference, 'invited_at', a.invited_at, 'accepted_at', a.accepted_at,
		'decided_at', d.decided_at, 'language', coalesce(d.evidence ->> 'shown', a.language),
		'disclosure', jsonb_build_object('version', d.disclosure, 'sha256', encode(d.disclosure_sha256, 'hex')),
		'mailbox_index', encode(a.email_index, 'hex'), 'held', case a.state when 'HELD' then true end))
	from agreement.agreement a
	join party.party p on p.party = a.csp
	left join lateral (select o.* from agreement.decision o where o.agreement = a.agreement
		and o.choice in ('CONFIRM', 'RENEW') order by o.decided_at limit 1) d on true
	where a.agreement = of_agreement
$$;

-- When a receipt is signed both sides hear of it.
create or replace function agreement.receipt_signed()
returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	a agreement.agreement;
begin
	select o.* into a from agreement.agreement o where o.agreement = new.agreement;
	if found then
		perform agreement.mail_customer('receipt', a, '{}', 'receipt/' || new.receipt);
		perform party.csp_mail('receipt', a.csp, a.agreement, '{}', format('receipt/%s/csp', new.receipt));
	end if;
	return null;
end $$;
create or replace trigger agreement_receipt_signed after update of signed on audit.receipt
	for each row when (old.signed is null and new.signed is not null)
	execute function agreement.receipt_signed();
