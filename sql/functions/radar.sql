-- The watch over abuse: what happened is noted here by those who see it happen.
set local check_function_bodies = off;

-- Notes an event and says what is to be done about it at once: NONE, HOLD or SUSPEND.
create or replace function radar.on_event(kind text, csp int4, agreement int8 default null,
	premise int4 default null, mailbox bytea default null, source inet default null,
	detail jsonb default '{}')
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	insert into radar.event (at, kind, csp, agreement, premise, mailbox, source, detail)
	values (ops.now(), on_event.kind, on_event.csp, on_event.agreement, on_event.premise,
		on_event.mailbox, on_event.source, coalesce(on_event.detail, '{}'));
	return 'NONE';
end $$;
