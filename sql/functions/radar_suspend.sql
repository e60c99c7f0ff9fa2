-- Suspending a third party, and what ends it. The gate to reads looks at party.csp.state, so a suspension holds
-- from its commit on; what follows (agreements' own states, mails) is told by radar.follow, later.
set local check_function_bodies = off;

-- At once. One that is suspended already gets one more reason, which must be lifted too.
create or replace function radar.suspend(csp int4, cause text, reason text, actor text, hit int8 default null,
	complaint int8 default null, commission_order int8 default null)
returns int8
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	made int8;
	was text := (select c.state from party.csp c where c.party = csp for no key update);
begin
	if coalesce(trim(reason), '') = '' then
		raise exception using errcode = 'BB003', message = 'a suspension needs a reason';
	end if;
	if was is distinct from 'SUSPENDED' then
		perform party.csp_move(csp, 'suspend', actor);
	end if;
	insert into radar.suspension as s (csp, cause, reason, hit, complaint, commission_order, began_at, began_by)
	values (suspend.csp, suspend.cause, suspend.reason, suspend.hit, suspend.complaint,
		suspend.commission_order, ops.now(), suspend.actor)
	returning s.suspension into made;
	perform audit.record('csp.suspended', actor, csp, null, jsonb_strip_nulls(jsonb_build_object('suspension', made,
		'cause', cause, 'reason', reason, 'hit', hit, 'complaint', complaint, 'order', commission_order)));
	if was is distinct from 'SUSPENDED' then
		perform radar.tell_csp(csp, 'csp-suspended', jsonb_build_object('cause', cause), 'csp-suspended/' || made);
		perform radar.follow_soon(csp);
	end if;
	return made;
end $$;

create or replace function radar.csp_suspend(csp int4, reason text, actor text default session_user)
returns int8
language sql security definer set search_path = pg_catalog, pg_temp
as $$
	select radar.suspend(csp, 'OPERATOR', reason, actor)
$$;

-- A mail to every contact of the third party's registration.
create or replace function radar.tell_csp(csp int4, kind text, args jsonb, once text)
returns void
language sql security definer set search_path = pg_catalog, pg_temp
as $$
	select mail.queue(tell_csp.kind, c.email_sealed, c.email_place, c.email_index, c.language, null,
		tell_csp.csp, tell_csp.args, tell_csp.once || '/' || c.role)
	from (select distinct on (x.email_index) x.* from party.csp_contact x where x.csp = tell_csp.csp
		order by x.email_index, x.role) c
$$;

-- The first of two persons.
create or replace function radar.csp_resume_ask(csp int4, reason text, actor text default session_user)
returns int8
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	c party.csp;
begin
	select x.* into c from party.csp x where x.party = csp;
	if not found then
		raise exception using errcode = 'BB001', message = 'there is no such CSP';
	end if;
	if c.state <> 'SUSPENDED' then
		raise exception using errcode = 'BB004',
			message = format('"resume" is not possible for a CSP that is %s', c.state);
	end if;
	perform radar.order_must_be_lifted(csp);
	return ops.approval_ask('csp.resume', csp::text, '{}', reason, actor);
end $$;

create or replace function radar.order_must_be_lifted(csp int4)
returns void
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
	o radar.commission_order;
begin
	select x.* into o from radar.suspension s join radar.commission_order x on x.number = s.commission_order
	where s.csp = order_must_be_lifted.csp and s.ended_at is null
	order by x.number limit 1;
	if found then
		raise exception using errcode = 'BB002', message = format('order %s of the commission (docket %s) '
			'stands: an order that lifts it comes first', o.number, o.docket);
	end if;
end $$;

-- What the second one's word does: see ops.approval_action.
create or replace function radar.resume_approved(subject text, detail jsonb, actor text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	perform radar.order_must_be_lifted(subject::int4);
	perform radar.resume(subject::int4, actor);
end $$;

create or replace function radar.resume(of_csp int4, actor text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	hub_now timestamptz := ops.now();
begin
	perform party.csp_move(of_csp, 'resume', actor);
	update radar.suspension s set ended_at = hub_now, ended_by = actor
	where s.csp = of_csp and s.ended_at is null;
	-- what led to it has been looked at, and does not suspend it again
	update radar.hit h set cleared_at = hub_now, cleared_by = actor, cleared_why = 'the suspension was lifted'
	where h.csp = of_csp and h.cleared_at is null and h.agreement is null;
	perform audit.record('csp.resumed', actor, of_csp, null, '{}');
	perform radar.tell_csp(of_csp, 'csp-resumed', '{}', 'csp-resumed/' || pg_current_xact_id()::text);
	perform radar.follow_soon(of_csp);
end $$;

-- For good. Its contact is not told: the docket wants that of a suspension, not of this.
create or replace function radar.csp_revoke(csp int4, reason text, actor text default session_user)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	if coalesce(trim(reason), '') = '' then
		raise exception using errcode = 'BB003', message = 'a revocation needs a reason';
	end if;
	perform party.csp_move(csp, 'revoke', actor);
	update radar.suspension s set ended_at = ops.now(), ended_by = actor
	where s.csp = csp_revoke.csp and s.ended_at is null;
	perform delivery.account_close(a.login, actor)
	from delivery.account a where a.party = csp and a.state = 'OPEN';
	perform audit.record('csp.revoked', actor, csp, null, jsonb_build_object('reason', reason));
	perform radar.follow_soon(csp);
end $$;

-- Is a mail to wait? Those in which a third party asks for something, while it is suspended.
create or replace function radar.mail_waits(kind text, csp int4)
returns bool
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
	return mail_waits.kind in ('invitation', 'reminder', 'renewal', 'expiry-warning') and exists (
		select from party.csp c where c.party = mail_waits.csp and c.state in ('SUSPENDED', 'REVOKED'));
end $$;

create or replace function radar.suspensions(csp int4 default null)
returns table (suspension int8, csp text, state text, cause text, reason text, hit int8, complaint int8,
	commission_order int8, began_at timestamptz, began_by text, ended_at timestamptz, ended_by text)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select s.suspension, p.code, c.state, s.cause, s.reason, s.hit, s.complaint, s.commission_order, s.began_at,
		s.began_by, s.ended_at, s.ended_by
	from radar.suspension s join party.party p on p.party = s.csp join party.csp c on c.party = s.csp
	where suspensions.csp is null or s.csp = suspensions.csp
	order by s.suspension
$$;

-- ---- agreements of one that was suspended, resumed, revoked ----

-- Brings agreements' own states after their third party's, at most so many: the gate does not wait for it. Both
-- sides are told. Gives how many moved.
create or replace function radar.follow(most int4)
returns int4
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	c record;
	n int4 := 0;
	moved int4;
begin
	for c in
		select f.number, f.csp, x.state from radar.following f join party.csp x on x.party = f.csp
		order by f.number for no key update of f skip locked
	loop
		moved := radar.follow_one(c.csp, c.state, most - n);
		n := n + moved;
		exit when n >= most;
		delete from radar.following f where f.number = c.number;
	end loop;
	return n;
end $$;

create or replace function radar.follow_one(of_csp int4, csp_is text, most int4)
returns int4
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	a record;
	n int4 := 0;
begin
	for a in
		select g.agreement
		from agreement.agreement g
		where g.csp = of_csp and case csp_is
			when 'SUSPENDED' then g.state = 'ACTIVE'
			when 'ACTIVE' then g.state = 'SUSPENDED' and g.reason = 'csp-suspended'
			when 'REVOKED' then g.state in ('PENDING', 'ACTIVE', 'HELD', 'SUSPENDED') end
		order by g.agreement
		limit most
		for no key update
	loop
		-- a renewal that was to follow may have ended with the one before it
		continue when csp_is = 'REVOKED' and (select s.over from agreement.agreement g
			join agreement.state s on s.state = g.state where g.agreement = a.agreement);
		case csp_is
		when 'SUSPENDED' then perform agreement.take(a.agreement, 'suspend', 'HUB', 'csp-suspended', 'hub');
		when 'ACTIVE' then perform agreement.take(a.agreement, 'resume', 'HUB', 'csp-resumed', 'hub');
		when 'REVOKED' then perform agreement.terminate(a.agreement, 'HUB', 'csp-revoked', 'hub');
		end case;
		n := n + 1;
	end loop;
	return n;
end $$;

create or replace function radar.follow_soon(csp int4)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	-- a row each time: one that is being worked on must not be waited for
	insert into radar.following (csp) values (follow_soon.csp);
	perform pg_notify('agreement_due', '');
end $$;
