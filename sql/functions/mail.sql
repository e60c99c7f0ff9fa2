-- Mails: how one is asked for, and who wants none. mail_send.sql has what busbar-agreementd does with them.
set local check_function_bodies = off;

-- Why a mail of that kind is not for that mailbox, or null. What goes to a third party's own contact
-- (args.to = csp) is never held back.
create or replace function mail.suppressed(kind text, recipient_index bytea, csp int4, args jsonb)
returns text
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select s.reason from mail.suppression s join mail.kind k on k.kind = suppressed.kind
	where s.recipient_index = suppressed.recipient_index and (s.csp is null or s.csp = suppressed.csp)
		and not k.must_go and coalesce(args ->> 'to', '') <> 'csp'
	order by s.csp nulls first
	limit 1
$$;

-- Puts a mail into the outbox, in the transaction of what it tells of. once: told already, nothing happens
-- (null). give_up: how long it is tried from due_at on. Returns its number, null when it is not to go. An
-- invitation to who wants none is taken all the same, and ends when it would be sent: whoever invites is
-- not told more at once than of any other.
create or replace function mail.queue(kind text, recipient_sealed bytea, recipient_place bytea,
	recipient_index bytea, language text, agreement int8, csp int4, args jsonb default '{}',
	once text default null, due_at timestamptz default null, give_up interval default '96 hours')
returns int8
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	made int8;
	hub_now timestamptz := ops.now();
	why text;
begin
	if not exists (select from mail.kind k where k.kind = queue.kind) then
		raise exception using errcode = 'BB003', message = format('there are no mails of kind "%s"', kind);
	end if;
	if kind <> 'invitation' then
		why := mail.suppressed(kind, recipient_index, csp, args);
	end if;
	insert into mail.outbox as o (kind, once, agreement, csp, language, args, recipient_sealed,
		recipient_place, recipient_index, queued_at, due_at, give_up_at, state, urgent)
	values (queue.kind, queue.once, queue.agreement, queue.csp, queue.language, coalesce(queue.args, '{}'),
		case when why is null then queue.recipient_sealed end,
		case when why is null then queue.recipient_place end,
		queue.recipient_index, hub_now,
		coalesce(queue.due_at, hub_now), coalesce(queue.due_at, hub_now) + queue.give_up,
		case when why is null then 'QUEUED' else 'SUPPRESSED' end, (select k.urgent from mail.kind k where k.kind = queue.kind))
	on conflict on constraint outbox_once_key do nothing
	returning o.mail into made;
	if why is not null then
		if made is not null then
			perform audit.record('mail.suppressed', 'agreementd', csp, null, jsonb_strip_nulls(
				jsonb_build_object('mail', made, 'kind', kind, 'agreement', agreement, 'reason', why)));
		end if;
		return null;
	end if;
	perform pg_notify('mail_outbox', '');
	return made;
end $$;

-- What has not gone yet of an agreement does not go any more: of these kinds, or (null) of all. How many.
create or replace function mail.cancel(agreement int8, kinds text[] default null)
returns int4
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	n int4;
begin
	update mail.outbox o set state = 'CANCELLED', recipient_sealed = null, recipient_place = null, salt = null
	where o.agreement = cancel.agreement and o.state = 'QUEUED'
		and (cancel.kinds is null or o.kind = any (cancel.kinds));
	get diagnostics n = row_count;
	return n;
end $$;

-- ---- who wants no mails ----

-- No more mails to that mailbox, of a third party's or (null) of any, but for those that must go. True: that
-- is new.
create or replace function mail.opt_out(recipient_index bytea, csp int4, reason text,
	actor text default 'customer')
returns bool
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	insert into mail.suppression (recipient_index, csp, reason, since)
	values (opt_out.recipient_index, opt_out.csp, opt_out.reason, ops.now())
	on conflict do nothing;
	if not found then
		return false;
	end if;
	perform audit.record('mail.opted_out', actor, csp, null,
		jsonb_build_object('reason', reason, 'all', csp is null));
	return true;
exception when check_violation then
	raise exception using errcode = 'BB003', message = format('reason is "%s" for an index of %s bytes, '
		'expected OPT_OUT, REPORTED or BOUNCE, and 16', reason, octet_length(recipient_index));
end $$;

-- Takes it back: of one third party, or (null) of all. False: there was none.
create or replace function mail.opt_in(recipient_index bytea, csp int4, actor text)
returns bool
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	delete from mail.suppression s
	where s.recipient_index = opt_in.recipient_index and s.csp is not distinct from opt_in.csp;
	if not found then
		return false;
	end if;
	perform audit.record('mail.opted_in', actor, csp, null, jsonb_build_object('all', csp is null));
	return true;
end $$;

-- What the page of an opt-out link shows; null: there is no such link.
create or replace function mail.opt_out_page(link bytea)
returns jsonb
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select jsonb_build_object('csp', p.name, 'language', l.language, 'done', exists (
		select from mail.suppression s where s.recipient_index = l.recipient_index
			and (s.csp is null or s.csp = l.csp)))
	from mail.opt_out_link l left join party.party p on p.party = l.csp
	where l.sha256 = opt_out_page.link
$$;

-- The reader of a mail wants no more of that third party's ("all": of any). It stops mails and nothing else, so
-- that whoever forwards a mail gives away no more. False: there is no such link.
create or replace function mail.opt_out_by_link(link bytea, "all" bool)
returns bool
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	l mail.opt_out_link;
begin
	update mail.opt_out_link x set used_at = coalesce(x.used_at, ops.now())
	where x.sha256 = opt_out_by_link.link
	returning x.* into l;
	if not found then
		return false;
	end if;
	perform mail.opt_out(l.recipient_index, case when not "all" then l.csp end, 'OPT_OUT');
	return true;
end $$;
