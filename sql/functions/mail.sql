-- Mails: how one is asked for. What is done with the outbox is busbar-agreementd's.
set local check_function_bodies = off;

-- Puts a mail into the outbox, in the transaction of what it tells of. once: told already, nothing happens
-- (null). give_up: how long it is tried from due_at on. Returns its number, null when it is not to go.
create or replace function mail.queue(kind text, recipient_sealed bytea, recipient_place bytea,
	recipient_index bytea, language text, agreement int8, csp int4, args jsonb default '{}',
	once text default null, due_at timestamptz default null, give_up interval default '96 hours')
returns int8
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	made int8;
	hub_now timestamptz := ops.now();
begin
	insert into mail.outbox as o (kind, once, agreement, csp, language, args, recipient_sealed,
		recipient_place, recipient_index, queued_at, due_at, give_up_at)
	values (queue.kind, queue.once, queue.agreement, queue.csp, queue.language, queue.args,
		queue.recipient_sealed, queue.recipient_place, queue.recipient_index, hub_now,
		coalesce(queue.due_at, hub_now), coalesce(queue.due_at, hub_now) + queue.give_up)
	on conflict on constraint outbox_once_key do nothing
	returning o.mail into made;
	perform pg_notify('mail_outbox', '');
	return made;
end $$;
