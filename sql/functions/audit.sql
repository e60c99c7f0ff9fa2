-- Functions are applied at every migrate, in one transaction with sql/grants. All of them run with a
-- fixed search_path; those that a process may call are SECURITY DEFINER and owned by busbar_owner.
-- Errors of ours: BB001 not found, BB002 forbidden, BB003 bad input, BB004 wrong state,
-- BB005 conflict, BB006 too big.
set local check_function_bodies = off;

-- Writes one event. Only functions of the owner call it: no process has a right to it. PL/pgSQL, though one
-- statement: a function in SQL would be parsed and planned anew at each call.
create or replace function audit.record(kind text, actor text, party int4, premise int4, detail jsonb)
returns int8
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	made int8;
begin
	insert into audit.event as e (kind, actor, party, premise, detail)
	values (record.kind, record.actor, record.party, record.premise, coalesce(record.detail, '{}'))
	returning e.event into made;
	return made;
end $$;

create or replace function audit.refuse_change()
returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	raise exception using errcode = 'BB002',
		message = 'audit events are never changed or removed';
end $$;

create or replace trigger refuse_change before update or delete on audit.event
	for each row execute function audit.refuse_change();
create or replace trigger refuse_truncate before truncate on audit.event
	for each statement execute function audit.refuse_change();
-- also where replication is being played
alter table audit.event enable always trigger refuse_change;
alter table audit.event enable always trigger refuse_truncate;

-- The latest events, newest first; of one party if given.
create or replace function audit.latest(party int4 default null, most int4 default 100)
returns table (event int8, recorded_at timestamptz, kind text, actor text, party int4, premise int4,
	detail jsonb)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select e.event, e.recorded_at, e.kind, e.actor, e.party, e.premise, e.detail
	from audit.event e
	where latest.party is null or e.party = latest.party
	order by e.event desc
	limit least(most, 10000)
$$;

-- Asks for a receipt of what an agreement says; busbar-auditd signs it. Only functions of the owner call it.
create or replace function audit.receipt_ask(agreement int8, body jsonb)
returns int8
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	made int8;
begin
	insert into audit.receipt as r (agreement, body)
	values (receipt_ask.agreement, receipt_ask.body::text)
	returning r.receipt into made;
	perform pg_notify('audit_receipt', '');
	return made;
end $$;
