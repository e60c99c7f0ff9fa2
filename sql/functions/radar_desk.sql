-- The watch over abuse, as people work with it: detectors, hits, held shares, complaints, orders.
set local check_function_bodies = off;

create or replace function radar.must_say(text text, what text)
returns void
language plpgsql immutable security definer set search_path = pg_catalog, pg_temp
as $$
begin
	if coalesce(trim(must_say.text), '') = '' or length(must_say.text) > 500 then
		raise exception using errcode = 'BB003', message = format('%s: expected words, at most 500 characters', what);
	end if;
end $$;

-- ---- detectors ----

create or replace function radar.detectors()
returns table (detector text, action text, fires text, threshold int4, unit text, "least" int4, window_s int8,
	scope text, kinds text, flag text, hits_open int8, about text)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select d.detector, d.action, d.fires, d.threshold, d.unit, d.least, extract(epoch from d.time_window)::int8,
		d.scope, array_to_string(d.kinds, ','), d.flag,
		(select count(*) from radar.hit h where h.detector = d.detector and h.cleared_at is null
			and h.at > ops.now() - d.time_window),
		d.about
	from radar.detector d order by d.turn, d.detector
$$;

-- Null: as it is. What is held or suspended stays so.
create or replace function radar.detector_set(detector text, action text, threshold int4, "least" int4,
	window_s int8, actor text default session_user)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	was jsonb;
	now_is jsonb;
begin
	select radar.detector_words(d) into was from radar.detector d where d.detector = detector_set.detector for no key update;
	if not found then
		raise exception using errcode = 'BB001', message = format('there is no detector "%s"', detector);
	end if;
	update radar.detector d
	set action = coalesce(detector_set.action, d.action), threshold = coalesce(detector_set.threshold, d.threshold),
		least = coalesce(detector_set.least, d.least),
		time_window = coalesce(make_interval(secs => detector_set.window_s), d.time_window)
	where d.detector = detector_set.detector
	returning radar.detector_words(d) into now_is;
	perform audit.record('radar.detector_set', actor, null, null,
		jsonb_build_object('detector', detector, 'was', was, 'is', now_is));
exception when check_violation then
	raise exception using errcode = 'BB003', message = 'expected an action of OFF, NOTE, HOLD or SUSPEND, a '
		'threshold and a least of 0 to 1000000, and a window of a minute to ten years';
end $$;

create or replace function radar.detector_words(d radar.detector)
returns jsonb
language sql immutable security definer set search_path = pg_catalog, pg_temp
as $$
	select jsonb_build_object('action', d.action, 'threshold', d.threshold, 'least', d.least,
		'window_s', extract(epoch from d.time_window)::int8)
$$;

-- ---- hits ----

create or replace function radar.hits(csp int4 default null, only_open bool default false, most int4 default 100)
returns table (hit int8, at timestamptz, csp text, detector text, action text, flag text, found numeric,
	threshold int4, unit text, agreement int8, cleared_at timestamptz, cleared_by text, cleared_why text)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select h.hit, h.at, p.code, h.detector, h.action, d.flag, h.found, h.threshold, d.unit, h.agreement,
		h.cleared_at, h.cleared_by, h.cleared_why
	from radar.hit h join radar.detector d on d.detector = h.detector join party.party p on p.party = h.csp
	where (hits.csp is null or h.csp = hits.csp) and (not only_open or h.cleared_at is null)
	order by h.hit desc limit least(most, 10000)
$$;

-- What speaks for hits: of one, or of all that held an agreement. Mailboxes are told apart by the first digits
-- of their blind index, ESI IDs by their last four.
create or replace function radar.evidence_of(of_hit int8, of_agreement int8)
returns table (hit int8, detector text, found numeric, threshold int4, unit text, about text, event int8,
	at timestamptz, kind text, csp text, agreement int8, premises text, source text, mailbox text, detail text)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select h.hit, h.detector, h.found, h.threshold, d.unit, d.about, e.event, e.at, e.kind, p.code, e.agreement,
		coalesce((select string_agg('…' || right(m.esiid, 4), ' ' order by m.esiid)
			from (select y.esiid from agreement.premise x join premise.premise y on y.premise = x.premise
				where x.agreement = e.agreement order by y.esiid limit 5) m),
			(select '…' || right(y.esiid, 4) from premise.premise y where y.premise = e.premise),
			'…' || right(e.detail ->> 'esiid', 4)),
		host(e.source), left(encode(e.mailbox, 'hex'), 8),
		(e.detail - 'esiid' - 'domain_index')::text
	from radar.hit h
	join radar.detector d on d.detector = h.detector
	join radar.evidence v on v.hit = h.hit
	join radar.event e on e.event = v.event
	left join party.party p on p.party = e.csp
	where h.hit = of_hit
		or of_agreement is not null and h.hit in (select x.hit from radar.held x where x.agreement = of_agreement)
	order by h.hit, e.event
$$;

-- A person has looked: it holds nothing any more, and what was counted for it counts no more.
create or replace function radar.hit_clear(hit int8, why text, actor text default session_user)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	h radar.hit;
begin
	perform radar.must_say(why, 'why it is cleared');
	update radar.hit x set cleared_at = ops.now(), cleared_by = actor, cleared_why = why
	where x.hit = hit_clear.hit and x.cleared_at is null
	returning x.* into h;
	if not found then
		raise exception using errcode = 'BB001', message = format('there is no hit %s that stands', hit);
	end if;
	perform audit.record('radar.hit_cleared', actor, h.csp, null,
		jsonb_build_object('hit', hit, 'detector', h.detector, 'why', why));
end $$;

-- ---- held shares ----

create or replace function radar.holds(csp int4 default null)
returns table (agreement int8, csp text, held_at timestamptz, kind text, months int4, premises int8, reason text,
	detectors text)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select a.agreement, p.code, a.decided_at, a.kind, a.months,
		(select count(*) from agreement.premise x where x.agreement = a.agreement), a.reason,
		(select string_agg(distinct h.detector, ',' order by h.detector) from radar.held x
			join radar.hit h on h.hit = x.hit where x.agreement = a.agreement)
	from agreement.agreement a join party.party p on p.party = a.csp
	where a.state = 'HELD' and (holds.csp is null or a.csp = holds.csp)
	order by a.agreement
$$;

-- The share goes as the customer wanted, or ends. The hits that held this one alone are cleared with it.
create or replace function radar.hold_decide(of_agreement int8, release bool, why text,
	actor text default session_user)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	a agreement.agreement;
	then_is text;
begin
	perform radar.must_say(why, 'why it is ' || case when release then 'released' else 'refused' end);
	select x.* into a from agreement.agreement x where x.agreement = of_agreement for no key update;
	if not found then
		raise exception using errcode = 'BB001', message = 'there is no such agreement';
	end if;
	if a.state <> 'HELD' then
		raise exception using errcode = 'BB004', message = format('agreement %s is not held, it is %s', of_agreement, a.state);
	end if;
	if release then
		then_is := agreement.move(of_agreement, 'release', actor);
	else
		perform agreement.terminate(of_agreement, 'OPERATOR', why, actor);
		then_is := 'TERMINATED';
	end if;
	update radar.hit h set cleared_at = ops.now(), cleared_by = actor, cleared_why = why
	where h.agreement = of_agreement and h.cleared_at is null;
	perform audit.record('radar.hold_' || case when release then 'released' else 'refused' end, actor, a.csp, null,
		jsonb_build_object('agreement', of_agreement, 'why', why));
	return then_is;
end $$;

-- ---- complaints ----

create or replace function radar.complaint_add(from_kind text, from_party int4, csp int4, agreement int8, flag text,
	reference text, evidence_name text, evidence_sha256 bytea, actor text default session_user)
returns int8
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	made int8;
begin
	if not exists (select from party.csp c where c.party = complaint_add.csp) then
		raise exception using errcode = 'BB001', message = 'there is no such CSP';
	end if;
	if agreement is not null and not exists (select from agreement.agreement a
		where a.agreement = complaint_add.agreement and a.csp = complaint_add.csp) then
		raise exception using errcode = 'BB001', message = format('the CSP has no agreement %s', agreement);
	end if;
	if from_kind = 'TDU' and not exists (select from party.tdu t where t.party = from_party) then
		raise exception using errcode = 'BB003', message = 'a complaint of a utility names the utility';
	end if;
	insert into radar.complaint as c (at, from_kind, from_party, csp, agreement, flag, reference, evidence_name,
		evidence_sha256, recorded_by)
	values (ops.now(), complaint_add.from_kind, complaint_add.from_party, complaint_add.csp,
		complaint_add.agreement, complaint_add.flag, complaint_add.reference, complaint_add.evidence_name,
		complaint_add.evidence_sha256, actor)
	returning c.complaint into made;
	perform audit.record('complaint.added', actor, csp, null, jsonb_strip_nulls(jsonb_build_object('complaint', made,
		'from', from_kind, 'flag', flag, 'agreement', agreement, 'reference', reference,
		'evidence_sha256', encode(evidence_sha256, 'hex'))));
	perform radar.on_event('complaint', csp, agreement, null, null, null,
		jsonb_build_object('complaint', made, 'flag', flag, 'from', from_kind));
	return made;
exception
	when check_violation or foreign_key_violation then
		raise exception using errcode = 'BB003', message = 'expected a complaint of CUSTOMER, TDU or COMMISSION, '
			'a red flag of a to f, and a reference of 1 to 100 characters';
end $$;

create or replace function radar.complaints(csp int4 default null)
returns table (complaint int8, at timestamptz, "from" text, from_party text, csp text, agreement int8, flag text,
	words text, reference text, evidence_name text, evidence_sha256 bytea, state text, decided_at timestamptz,
	decided_by text, decision text)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select c.complaint, c.at, c.from_kind, f.code, p.code, c.agreement, c.flag, r.words, c.reference,
		c.evidence_name, c.evidence_sha256, c.state, c.decided_at, c.decided_by, c.decision
	from radar.complaint c
	join party.party p on p.party = c.csp join radar.red_flag r on r.flag = c.flag
	left join party.party f on f.party = c.from_party
	where complaints.csp is null or c.csp = complaints.csp
	order by c.complaint
$$;

-- uphold, dismiss, or uphold and suspend at once.
create or replace function radar.complaint_decide(complaint int8, uphold bool, suspend bool, why text,
	actor text default session_user)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	c radar.complaint;
begin
	perform radar.must_say(why, 'why it is so decided');
	select x.* into c from radar.complaint x where x.complaint = complaint_decide.complaint for no key update;
	if not found then
		raise exception using errcode = 'BB001', message = format('there is no complaint %s', complaint);
	end if;
	if c.state <> 'OPEN' then
		raise exception using errcode = 'BB004', message = format('complaint %s is %s already', complaint, c.state);
	end if;
	update radar.complaint x set state = case when uphold then 'UPHELD' else 'DISMISSED' end,
		decided_at = ops.now(), decided_by = actor, decision = why
	where x.complaint = c.complaint
	returning x.* into c;
	perform audit.record('complaint.decided', actor, c.csp, null, jsonb_build_object('complaint', complaint,
		'state', c.state, 'flag', c.flag, 'suspend', uphold and suspend, 'why', why));
	if uphold and suspend then
		perform radar.suspend(c.csp, 'COMPLAINT', why, actor, null, c.complaint);
	end if;
	return c.state;
end $$;

-- ---- orders of the commission ----

create or replace function radar.order_add(docket text, csp int4, what text, notice_on date, tdus int4[],
	evidence_name text, evidence_sha256 bytea, actor text default session_user)
returns int8
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	made int8;
begin
	if not exists (select from party.csp c where c.party = order_add.csp) then
		raise exception using errcode = 'BB001', message = 'there is no such CSP';
	end if;
	if coalesce(cardinality(tdus), 0) = 0 or exists (select from unnest(tdus) t
		where not exists (select from party.tdu x where x.party = t)) then
		raise exception using errcode = 'BB003', message = 'an order names the utilities that it directs';
	end if;
	if notice_on > ops.today('America/Chicago') then
		raise exception using errcode = 'BB003', message = format('notice was given on %s, expected a day that has '
			'been: the commission directs after notice', notice_on);
	end if;
	insert into radar.commission_order as o (docket, csp, what, notice_on, tdus, evidence_name, evidence_sha256,
		recorded_at, recorded_by)
	values (order_add.docket, order_add.csp, order_add.what, order_add.notice_on, order_add.tdus,
		order_add.evidence_name, order_add.evidence_sha256, ops.now(), actor)
	returning o.number into made;
	perform audit.record('order.added', actor, csp, null, jsonb_build_object('order', made, 'docket', docket,
		'what', what, 'notice_on', notice_on, 'tdus', tdus, 'evidence_sha256', encode(evidence_sha256, 'hex')));
	return made;
exception when check_violation or not_null_violation then
	raise exception using errcode = 'BB003', message = 'expected a docket of letters, digits, blanks, points and '
		'hyphens, what of SUSPEND, TERMINATE or LIFT, the day of the notice, and the order itself as a file';
end $$;

create or replace function radar.orders()
returns table ("order" int8, docket text, csp text, what text, notice_on date, tdus text, evidence_name text,
	evidence_sha256 bytea, recorded_at timestamptz, recorded_by text, carried_out_at timestamptz,
	carried_out_by text, state text)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select o.number, o.docket, p.code, o.what, o.notice_on,
		(select string_agg(t.code, ',' order by t.code) from party.party t where t.party = any (o.tdus)),
		o.evidence_name, o.evidence_sha256, o.recorded_at, o.recorded_by, o.carried_out_at, o.carried_out_by, c.state
	from radar.commission_order o join party.party p on p.party = o.csp join party.csp c on c.party = o.csp
	order by o.number
$$;

-- Gives the third party's state then. LIFT ends what orders ask; who is suspended for another reason stays so.
create or replace function radar.order_carry_out(number int8, actor text default session_user)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	o radar.commission_order;
	says text;
begin
	select x.* into o from radar.commission_order x where x.number = order_carry_out.number for no key update;
	if not found then
		raise exception using errcode = 'BB001', message = format('there is no order %s', number);
	end if;
	if o.carried_out_at is not null then
		raise exception using errcode = 'BB004', message = format('order %s has been carried out', number);
	end if;
	update radar.commission_order x set carried_out_at = ops.now(), carried_out_by = actor where x.number = o.number;
	perform audit.record('order.carried_out', actor, o.csp, null,
		jsonb_build_object('order', o.number, 'docket', o.docket, 'what', o.what));
	says := format('order of the commission, docket %s', o.docket);
	case o.what
	when 'SUSPEND' then perform radar.suspend(o.csp, 'ORDER', says, actor, null, null, o.number);
	when 'TERMINATE' then perform radar.csp_revoke(o.csp, says, actor);
	when 'LIFT' then
		update radar.suspension s set ended_at = ops.now(), ended_by = says || ', by ' || actor
		where s.csp = o.csp and s.ended_at is null and s.cause = 'ORDER';
		if exists (select from party.csp c where c.party = o.csp and c.state = 'SUSPENDED')
			and not exists (select from radar.suspension s where s.csp = o.csp and s.ended_at is null) then
			perform radar.resume(o.csp, says || ', by ' || actor);
		end if;
	end case;
	return (select c.state from party.csp c where c.party = o.csp);
end $$;
