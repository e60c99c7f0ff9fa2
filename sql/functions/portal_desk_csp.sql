-- Third parties on the operator's desk: registrations, suspensions, what is held and flagged, complaints, orders, and
-- what a second person confirms. As `busbar csp`, `hold`, `radar`, `complaint`, `order`, `approval` have them.
set local check_function_bodies = off;

-- ---- third parties ----

-- Does it wait for the hub?
create or replace function portal.csp_waits(of_csp int4)
returns bool
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select c.state = 'CONFIRMED' or c.state = 'REVIEWED' and f.certificate is not null
		or c.state in ('APPROVED', 'TESTED') and (party.csp_acted(c.party, 'SECOND')).at is null
	from party.csp c left join party.csp_profile f on f.csp = c.party
	where c.party = of_csp
$$;

-- What it waits for, as party.csp_missing() says it, as a code.
create or replace function portal.csp_missing(of_csp int4)
returns text
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select case c.state
		when 'REQUESTED' then 'M_CONFIRM'
		when 'CONFIRMED' then 'M_REVIEW'
		when 'REVIEWED' then case when f.certificate is null then 'M_CERTIFICATE' else 'M_APPROVE' end
		when 'APPROVED' then 'M_TEST'
		when 'TESTED' then case when (party.csp_acted(of_csp, 'SECOND')).at is null then 'M_SECOND' else 'M_LIVE' end
	end
	from party.csp c left join party.csp_profile f on f.csp = c.party
	where c.party = of_csp
$$;

-- key: waiting, live, suspended; else all.
create or replace function portal.desk_csps(shown bytea, key text, before int8)
returns table (id text, name text, state text, missing text, queue text, expires_at timestamptz)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR}');
begin
	return query
	select p.code, p.name, c.state, portal.csp_missing(c.party), party.csp_position(c.party)::text, party.csp_expires(c.party)
	from party.csp c join party.party p on p.party = c.party
	where case key when 'waiting' then portal.csp_waits(c.party) when 'live' then c.state = 'ACTIVE'
		when 'suspended' then c.state = 'SUSPENDED' else true end
	order by party.csp_position(c.party), p.name;
end $$;

-- What this person may do with it now.
create or replace function portal.csp_buttons(of_csp int4, actor text)
returns text
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select concat_ws(',',
		case when c.state = 'CONFIRMED' then 'review' end,
		case when c.state = 'REVIEWED' and f.certificate is not null then 'approve' end,
		case when c.state in ('APPROVED', 'TESTED') and not exists (select from party.csp_act a
			where a.csp = c.party and (a.act = 'SECOND' or a.actor = csp_buttons.actor)) then 'second' end,
		case when c.state = 'ACTIVE' then 'suspend' end,
		case when c.state = 'SUSPENDED' and not exists (select from ops.approval a where a.action = 'csp.resume'
			and a.subject = c.party::text and a.state = 'ASKED' and a.valid_until > clock_timestamp()) then 'resume' end,
		case when c.state in ('ACTIVE', 'SUSPENDED') and not exists (select from ops.approval a where a.action = 'csp.revoke'
			and a.subject = c.party::text and a.state = 'ASKED' and a.valid_until > clock_timestamp()) then 'revoke' end,
		case when exists (select from party.csp_step s where s.state = c.state and s.event = 'refuse') then 'refuse' end)
	from party.csp c left join party.csp_profile f on f.csp = c.party
	where c.party = of_csp
$$;

create or replace function portal.desk_csp(shown bytea, key text, before int8)
returns table (title text, may text, code text, state text, missing text, queue text, expires_at timestamptz,
	requested_at timestamptz, tax_id text, duns text, site text, privacy_url text, use_en text, use_es text, standing text,
	capability text, redirects text, certificate text, reviewed_by text, approved_by text, second_by text, agreements int8)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR}');
begin
	return query
	select s.name, portal.csp_buttons(p.party, portal.actor(w)), s.code, s.state, portal.csp_missing(p.party), s.position::text, s.expires_at,
		s.requested_at, s.tax_id, s.duns, s.site, s.privacy_url, s.use_en, s.use_es, s.standing, s.capability,
		s.redirect_uris, case when s.certificate is not null then 'YES' else 'NO' end, s.reviewed_by, s.approved_by, s.second_by,
		(select count(*) from agreement.agreement a where a.csp = p.party and a.state in ('ACTIVE', 'HELD', 'SUSPENDED'))
	from party.csp_show(key) s join party.party p on p.code = s.code;
end $$;

-- The steps of its connectivity test.
create or replace function portal.desk_csp_checks(shown bytea, key text, before int8)
returns table (about text, ok text, found text, at timestamptz)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR}');
	of_csp int4 := party.csp_named(key);
begin
	return query
	select 'check.' || k.name, case when r.passed then 'GOOD' when r.csp is null then 'NOT_YET' else 'LOOK' end, r.found, r.at
	from party.csp_check k left join party.csp_check_result r on r.name = k.name and r.csp = of_csp
	where exists (select from party.csp c where c.party = of_csp and c.requested_at is not null)
	order by k.place;
end $$;

-- What happened to it: from the events, the newest first.
create or replace function portal.desk_csp_past(shown bytea, key text, before int8)
returns table (at timestamptz, what text, by text, says text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR,REGULATOR}');
	of_csp int4 := party.csp_named(key);
begin
	return query
	select e.recorded_at, e.kind, e.actor, concat_ws(' · ', e.detail ->> 'was', e.detail ->> 'state', e.detail ->> 'cause',
		e.detail ->> 'reason', e.detail ->> 'why', e.detail ->> 'docket', e.detail ->> 'flag', e.detail ->> 'detector')
	from audit.event e
	where e.party = of_csp and (e.kind like 'csp.%' or e.kind like 'order.%' or e.kind like 'complaint.%'
		or e.kind in ('radar.hit', 'radar.hit_cleared', 'party.added'))
	order by e.event desc limit 50;
end $$;

-- words of all acts on a third party: what is to be said, and why out of turn.
create or replace function portal.act_csp_review(shown bytea, key text, words text[])
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR}', 'MEMBER');
begin
	perform party.csp_review(party.csp_named(key), nullif(trim(words[1]), ''), nullif(trim(words[2]), ''), portal.actor(w));
	return key;
end $$;

-- What the browser's portald has made and looked at: see party.csp_approve.
create or replace function portal.csp_chain(shown bytea, key text)
returns bytea
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR}', 'MEMBER');
begin
	return (select f.certificate from party.csp_profile f where f.csp = party.csp_named(key));
end $$;

create or replace function portal.act_csp_approve(shown bytea, key text, leaf_sha256 bytea, secret_sha256 bytea,
	registration_sha256 bytea)
returns table (client_id text, login text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR}', 'MEMBER');
begin
	return query
	select a.client_id, a.login from party.csp_approve(party.csp_named(key), null, leaf_sha256, secret_sha256,
		registration_sha256, portal.actor(w)) a;
end $$;

create or replace function portal.act_csp_second(shown bytea, key text, words text[])
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR}', 'MEMBER');
begin
	perform party.csp_second(party.csp_named(key), portal.actor(w));
	return key;
end $$;

create or replace function portal.act_csp_refuse(shown bytea, key text, words text[])
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR}', 'MEMBER');
begin
	perform party.csp_refuse(party.csp_named(key), trim(words[1]), portal.actor(w));
	return key;
end $$;

create or replace function portal.act_csp_suspend(shown bytea, key text, words text[])
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR}', 'MEMBER');
begin
	perform radar.csp_suspend(party.csp_named(key), trim(words[1]), portal.actor(w));
	return key;
end $$;

create or replace function portal.act_csp_resume(shown bytea, key text, words text[])
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR}', 'MEMBER');
begin
	perform radar.csp_resume_ask(party.csp_named(key), trim(words[1]), portal.actor(w));
	return key;
end $$;

create or replace function portal.act_csp_revoke(shown bytea, key text, words text[])
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR}', 'MEMBER');
	of_csp int4 := party.csp_named(key);
begin
	if not exists (select from party.csp c where c.party = of_csp and c.state in ('ACTIVE', 'SUSPENDED')) then
		raise exception using errcode = 'BB004', message = 'only the access of one that is live or suspended is ended for good';
	end if;
	perform ops.approval_ask('csp.revoke', of_csp::text, '{}', trim(words[1]), portal.actor(w));
	return key;
end $$;

-- What the second one's word does: see ops.approval_action.
create or replace function radar.revoke_approved(subject text, detail jsonb, actor text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	perform radar.csp_revoke(subject::int4, (select a.reason from ops.approval a
		where a.action = 'csp.revoke' and a.subject = revoke_approved.subject and a.state = 'DONE'
		order by a.approval desc limit 1), actor);
end $$;

-- ---- what a second person confirms ----

-- Those of one's own kind of person; key: past, else those that wait.
create or replace function portal.desk_approvals(shown bytea, key text, before int8)
returns table (id text, action text, about text, reason text, state text, asked_by text, asked_at timestamptz,
	valid_until timestamptz)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR,REGULATOR}');
begin
	return query
	select a.approval::text, a.action, a.subject, a.reason, a.state, a.asked_by, a.asked_at, a.valid_until
	from ops.approvals(coalesce(key, '') <> 'past') a
	join ops.approval_action x on x.action = a.action
	where x.kind = w.kind and (before is null or a.approval < before)
	order by a.approval desc limit 50;
end $$;

create or replace function portal.desk_approval(shown bytea, key text, before int8)
returns table (title text, may text, action text, about text, detail text, reason text, state text, asked_by text,
	asked_at timestamptz, valid_until timestamptz, decided_by text, decided_at timestamptz)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR,REGULATOR}');
begin
	return query
	select null::text, case when a.state = 'ASKED' then
			concat_ws(',', case when a.asked_by <> portal.actor(w) then 'confirm' end, 'refuse') end,
		a.action, a.subject, (select string_agg(format('%s: %s', d.key, d.value), '; ' order by d.key)
			from ops.approval y, jsonb_each_text(y.detail) d where y.approval = a.approval), a.reason,
		a.state, a.asked_by, a.asked_at, a.valid_until, a.decided_by, a.decided_at
	from ops.approvals(false) a join ops.approval_action x on x.action = a.action
	where a.approval = portal.number_of(key) and x.kind = w.kind;
end $$;

create or replace function portal.act_approval_confirm(shown bytea, key text, words text[])
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR,REGULATOR}', 'MEMBER');
begin
	perform ops.approval_do(portal.number_of(key), portal.actor(w), w.kind);
	return key;
end $$;

create or replace function portal.act_approval_refuse(shown bytea, key text, words text[])
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR,REGULATOR}', 'MEMBER');
begin
	perform ops.approval_undo(portal.number_of(key), portal.actor(w), w.kind);
	return key;
end $$;

-- ---- held shares ----

create or replace function portal.desk_holds(shown bytea, key text, before int8)
returns table (id text, csp text, held_at timestamptz, premises int8, reason text, detectors text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR}');
begin
	return query
	select h.agreement::text, p.name, h.held_at, h.premises, h.reason, replace(h.detectors, ', ', ' · ')
	from radar.holds() h join party.party p on p.code = h.csp where before is null or h.agreement > before
	order by h.agreement limit 50;
end $$;

create or replace function portal.desk_hold(shown bytea, key text, before int8)
returns table (may text, csp text, state text, held_at timestamptz, kind text, months text, premises int8, why text,
	detectors text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR}');
begin
	return query
	select case when a.state = 'HELD' then 'release,refuse' end, p.name, a.state, a.decided_at, a.kind, a.months::text,
		(select count(*) from agreement.premise x where x.agreement = a.agreement), a.reason,
		(select string_agg(distinct h.detector, ' · ' order by h.detector) from radar.held x
			join radar.hit h on h.hit = x.hit where x.agreement = a.agreement)
	from agreement.agreement a join party.party p on p.party = a.csp
	where a.agreement = portal.number_of(key)
		and (a.state = 'HELD' or exists (select from radar.held x where x.agreement = a.agreement));
end $$;

create or replace function portal.desk_hold_evidence(shown bytea, key text, before int8)
returns table (at timestamptz, detector text, kind text, premises text, source text, mailbox text, detail text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR}');
begin
	return query
	select v.at, v.detector, v.kind, v.premises, v.source, v.mailbox, portal.event_words(v.detail::jsonb)
	from radar.evidence_of(null, portal.number_of(key)) v limit 200;
end $$;

create or replace function portal.act_hold_release(shown bytea, key text, words text[])
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR}', 'MEMBER');
begin
	perform radar.hold_decide(portal.number_of(key), true, trim(words[1]), portal.actor(w));
	return key;
end $$;

create or replace function portal.act_hold_refuse(shown bytea, key text, words text[])
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR}', 'MEMBER');
begin
	perform radar.hold_decide(portal.number_of(key), false, trim(words[1]), portal.actor(w));
	return key;
end $$;

-- ---- flags: what detectors found ----

-- key: all, else those that stand. The regulator sees them too.
create or replace function portal.desk_flags(shown bytea, key text, before int8)
returns table (id text, at timestamptz, csp text, detector text, found text, action text, flag text, state text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR,REGULATOR}');
begin
	return query
	select h.hit::text, h.at, p.name, h.detector, format('H_FOUND|%s / %s|%s', trim_scale(round(h.found, 1)), h.threshold, portal.unit_word(d.unit)), h.action, d.flag,
		case when h.cleared_at is null then 'STANDS' else 'CLEARED' end
	from radar.hit h join radar.detector d on d.detector = h.detector join party.party p on p.party = h.csp
	where (before is null or h.hit < before) and (coalesce(key, '') = 'all' or h.cleared_at is null)
	order by h.hit desc limit 50;
end $$;

create or replace function portal.desk_flag(shown bytea, key text, before int8)
returns table (title text, may text, csp text, about text, at timestamptz, found text, action text, flag text, flag_says text,
	state text, cleared_at timestamptz, cleared_by text, cleared_why text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR,REGULATOR}');
begin
	return query
	select h.detector, case when w.kind = 'OPERATOR' and h.cleared_at is null then 'clear' end, p.name, h.detector, h.at,
		format('H_FOUND|%s / %s|%s', trim_scale(round(h.found, 1)), h.threshold, portal.unit_word(d.unit)), h.action, d.flag, 'flag.' || d.flag,
		case when h.cleared_at is null then 'STANDS' else 'CLEARED' end, h.cleared_at, h.cleared_by, h.cleared_why
	from radar.hit h join radar.detector d on d.detector = h.detector join party.party p on p.party = h.csp
	where h.hit = portal.number_of(key);
end $$;

create or replace function portal.desk_flag_evidence(shown bytea, key text, before int8)
returns table (at timestamptz, kind text, premises text, source text, mailbox text, detail text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR,REGULATOR}');
begin
	return query
	select v.at, v.kind, v.premises, v.source, v.mailbox, portal.event_words(v.detail::jsonb)
	from radar.evidence_of(portal.number_of(key), null) v limit 200;
end $$;

create or replace function portal.act_flag_clear(shown bytea, key text, words text[])
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR}', 'MEMBER');
begin
	perform radar.hit_clear(portal.number_of(key), trim(words[1]), portal.actor(w));
	return key;
end $$;

-- ---- complaints ----

create or replace function portal.desk_complaints(shown bytea, key text, before int8)
returns table (id text, at timestamptz, csp text, whose text, flag text, reference text, state text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR,REGULATOR}');
begin
	return query
	select c.complaint::text, c.at, p.name, c."from", c.flag, c.reference, c.state
	from radar.complaints() c join party.party p on p.code = c.csp
	where (before is null or c.complaint < before) and (coalesce(key, '') = 'all' or c.state = 'OPEN')
	order by c.complaint desc limit 50;
end $$;

create or replace function portal.desk_complaint(shown bytea, key text, before int8)
returns table (may text, at timestamptz, csp text, whose text, from_party text, flag text, flag_says text, reference text, agreement text,
	evidence text, evidence_sha256 text, state text, decided_at timestamptz, decided_by text, decision text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR,REGULATOR}');
begin
	return query
	select case when w.kind = 'OPERATOR' and c.state = 'OPEN' then 'dismiss,uphold,suspend' end, c.at, c.csp, c."from",
		c.from_party, c.flag, 'flag.' || c.flag, c.reference, c.agreement::text, c.evidence_name, encode(c.evidence_sha256, 'hex'),
		c.state, c.decided_at, c.decided_by, c.decision
	from radar.complaints() c where c.complaint = portal.number_of(key);
end $$;

-- words: the third party's code, from whom, the utility's code or '', red flag, reference.
create or replace function portal.act_complain(shown bytea, key text, words text[])
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR}', 'MEMBER');
begin
	return radar.complaint_add(words[2], (select p.party from party.find(trim(words[3])) p where p.kind = 'TDU'),
		party.csp_named(trim(words[1])), null, words[4], trim(words[5]), null, null, portal.actor(w))::text;
end $$;

create or replace function portal.act_complaint_dismiss(shown bytea, key text, words text[])
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR}', 'MEMBER');
begin
	perform radar.complaint_decide(portal.number_of(key), false, false, trim(words[1]), portal.actor(w));
	return key;
end $$;

create or replace function portal.act_complaint_uphold(shown bytea, key text, words text[])
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR}', 'MEMBER');
begin
	perform radar.complaint_decide(portal.number_of(key), true, false, trim(words[1]), portal.actor(w));
	return key;
end $$;

create or replace function portal.act_complaint_suspend(shown bytea, key text, words text[])
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR}', 'MEMBER');
begin
	perform radar.complaint_decide(portal.number_of(key), true, true, trim(words[1]), portal.actor(w));
	return key;
end $$;

-- ---- orders of the commission ----

create or replace function portal.desk_orders(shown bytea, key text, before int8)
returns table (id text, docket text, csp text, what text, notice_on date, utilities text, recorded_by text, state text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR,REGULATOR}');
begin
	return query
	select o."order"::text, o.docket, p.name, o.what, o.notice_on, o.tdus, o.recorded_by,
		case when o.carried_out_at is null then 'TO_CARRY_OUT' else 'CARRIED_OUT' end
	from radar.orders() o join party.party p on p.code = o.csp where before is null or o."order" < before
	order by o."order" desc limit 50;
end $$;

create or replace function portal.desk_order(shown bytea, key text, before int8)
returns table (title text, may text, csp text, what text, notice_on date, utilities text, evidence text, evidence_sha256 text,
	recorded_at timestamptz, recorded_by text, state text, carried_out_at timestamptz, carried_out_by text, csp_state text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR,REGULATOR}');
begin
	return query
	select o.docket, case when w.kind = 'OPERATOR' and o.carried_out_at is null then 'carry' end, o.csp, o.what, o.notice_on,
		o.tdus, o.evidence_name, encode(o.evidence_sha256, 'hex'), o.recorded_at, o.recorded_by,
		case when o.carried_out_at is null then 'TO_CARRY_OUT' else 'CARRIED_OUT' end, o.carried_out_at, o.carried_out_by, o.state
	from radar.orders() o where o."order" = portal.number_of(key);
end $$;

create or replace function portal.act_order_carry(shown bytea, key text, words text[])
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR}', 'MEMBER');
begin
	perform radar.order_carry_out(portal.number_of(key), portal.actor(w));
	return key;
end $$;
