-- What two persons must want: one asks, another confirms, and only then it is done, in the same transaction.
set local check_function_bodies = off;

create or replace function ops.approval_ask(action text, subject text, detail jsonb, reason text,
	actor text default session_user)
returns int8
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	made int8;
begin
	if coalesce(trim(reason), '') = '' then
		raise exception using errcode = 'BB003', message = 'what a second person is to confirm needs a reason';
	end if;
	-- what nobody confirmed in its time is over
	update ops.approval a set state = 'REFUSED', decided_by = 'hub', decided_at = clock_timestamp()
	where a.action = approval_ask.action and a.subject = approval_ask.subject and a.state = 'ASKED'
		and a.valid_until <= clock_timestamp();
	insert into ops.approval as a (action, subject, detail, reason, asked_by)
	values (approval_ask.action, approval_ask.subject, coalesce(approval_ask.detail, '{}'), approval_ask.reason,
		approval_ask.actor)
	returning a.approval into made;
	perform audit.record('approval.asked', actor, null, null, jsonb_build_object('approval', made,
		'action', action, 'subject', subject, 'reason', reason));
	return made;
exception
	when unique_violation then
		raise exception using errcode = 'BB005',
			message = format('"%s" of %s has been asked for and waits for a second person', action, subject);
	when foreign_key_violation then
		raise exception using errcode = 'BB003', message = format('there is no action "%s"', action);
end $$;

-- One that waits, locked.
create or replace function ops.approval_open(approval int8)
returns ops.approval
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	a ops.approval;
begin
	select x.* into a from ops.approval x where x.approval = approval_open.approval for no key update;
	if not found then
		raise exception using errcode = 'BB001', message = format('there is no approval %s', approval);
	end if;
	if a.state <> 'ASKED' then
		raise exception using errcode = 'BB004', message = format('approval %s is %s already', approval, a.state);
	end if;
	return a;
end $$;

-- kind: of whom the one who confirms is (ops.approval_action).
create or replace function ops.approval_do(approval int8, actor text, kind text)
returns ops.approval
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	a ops.approval := ops.approval_open(approval);
begin
	perform ops.approval_whose(a, kind);
	if a.valid_until <= clock_timestamp() then
		raise exception using errcode = 'BB004', message = format('approval %s waited too long: ask anew', approval);
	end if;
	if a.asked_by = actor then
		raise exception using errcode = 'BB002', message = format('it was asked for by %s: another person confirms it', actor);
	end if;
	update ops.approval x set state = 'DONE', decided_by = actor, decided_at = clock_timestamp()
	where x.approval = a.approval
	returning x.* into a;
	perform audit.record('approval.confirmed', actor, null, null, jsonb_build_object('approval', a.approval,
		'action', a.action, 'subject', a.subject, 'asked_by', a.asked_by));
	execute format('select %s($1, $2, $3)', (select x.does from ops.approval_action x where x.action = a.action))
	using a.subject, a.detail, a.asked_by || ' and ' || actor;
	return a;
end $$;

create or replace function ops.approval_whose(a ops.approval, kind text)
returns void
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
	if (select x.kind from ops.approval_action x where x.action = a.action) <> kind then
		raise exception using errcode = 'BB002', message = format('"%s" is not for a person of the %s', a.action, lower(kind));
	end if;
end $$;

create or replace function ops.approval_confirm(approval int8, actor text default session_user)
returns ops.approval
language sql security definer set search_path = pg_catalog, pg_temp
as $$
	select ops.approval_do(approval, actor, 'OPERATOR')
$$;

-- Anybody of that kind may refuse, also who asked.
create or replace function ops.approval_undo(approval int8, actor text, kind text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	a ops.approval := ops.approval_open(approval);
begin
	perform ops.approval_whose(a, kind);
	update ops.approval x set state = 'REFUSED', decided_by = actor, decided_at = clock_timestamp()
	where x.approval = a.approval;
	perform audit.record('approval.refused', actor, null, null, jsonb_build_object('approval', a.approval,
		'action', a.action, 'subject', a.subject));
end $$;

create or replace function ops.approval_refuse(approval int8, actor text default session_user)
returns void
language sql security definer set search_path = pg_catalog, pg_temp
as $$
	select ops.approval_undo(approval, actor, 'OPERATOR')
$$;

create or replace function ops.approvals(only_open bool default false)
returns table (approval int8, action text, about text, subject text, reason text, state text, asked_by text,
	asked_at timestamptz, valid_until timestamptz, decided_by text, decided_at timestamptz)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select a.approval, a.action, x.about, coalesce((select p.code from party.party p
			where a.action like 'csp.%' and p.party::text = a.subject), (select i.number from reads.inquiry i
			where a.action = 'case.open' and i.inquiry::text = a.subject), a.subject),
		a.reason, case when a.state = 'ASKED' and a.valid_until <= clock_timestamp() then 'OVER' else a.state end,
		a.asked_by, a.asked_at, a.valid_until, a.decided_by, a.decided_at
	from ops.approval a join ops.approval_action x on x.action = a.action
	where not only_open or a.state = 'ASKED' and a.valid_until > clock_timestamp()
	order by a.approval
$$;
