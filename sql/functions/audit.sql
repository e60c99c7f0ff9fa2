-- Functions are applied at every migrate, in one transaction with sql/grants. All of them run with a
-- fixed search_path; those that a process may call are SECURITY DEFINER and owned by busbar_owner.
-- Errors of ours: BB001 not found, BB002 forbidden, BB003 bad input, BB004 wrong state,
-- BB005 conflict, BB006 too big, BB007 not logged in.
set local check_function_bodies = off;

-- Writes one event. Only functions of the owner call it: no process has a right to it. PL/pgSQL, though one
-- statement: a function in SQL would be parsed and planned anew at each call. Alone among all functions it runs as
-- who calls it, in that one's search_path, since who calls it is the owner in a fixed one: to set it again cost a
-- fifth of the whole. That a kind is a kind is looked at here too: a constraint of the table would be read anew
-- from its text for each event, which was a quarter.
create or replace function audit.record(kind text, actor text, party int4, premise int4, detail jsonb)
returns int8
language plpgsql
as $$
declare
	made int8;
begin
	if (kind ~ '^[a-z]+(\.[a-z_]+)+$' and length(actor) between 1 and 200) is not true then
		raise exception using errcode = 'check_violation',
			message = format('an event "%s" by "%s", expected words and dots, by somebody', kind, actor);
	end if;
	insert into audit.event as e (kind, actor, party, premise, detail)
	-- by whose hand, where a person of an organisation is at the portal (api.who, portal.person_of)
	values (record.kind, record.actor, record.party, record.premise, coalesce(record.detail, '{}')
		|| case when coalesce(current_setting('busbar.person', true), '') = '' then '{}'
			else jsonb_build_object('by_person', current_setting('busbar.person')::int4) end)
	returning e.event into made;
	return made;
end $$;

-- For whom a thing of the audit is never changed: everybody. Its argument says what it is.
create or replace function audit.refuse_change()
returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	raise exception using errcode = 'BB002',
		message = tg_argv[0] || ' are never changed or removed';
end $$;

-- Of a receipt the signature is added, once; of personal text, the text is erased, once, when it is due.
create or replace function audit.refuse_rewrite()
returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	if tg_table_name = 'receipt' then
		if old.signed is null and new.signed is not null
			and (new.receipt, new.agreement, new.body, new.asked_at)
				= (old.receipt, old.agreement, old.body, old.asked_at) then
			return new;
		end if;
	elsif old.body is not null and new.body is null
		and (new.event, new.kept_from) = (old.event, old.kept_from)
		and new.agreement is not distinct from old.agreement
		and audit.personal_due(old.agreement, old.kept_from) then
		return new;
	end if;
	raise exception using errcode = 'BB002',
		message = tg_argv[0] || ' are never changed or removed';
end $$;

do $$
declare
	kept record;
begin
	for kept in select * from (values
		('event', 'audit events', 'update or delete'),
		('leaf', 'leaves of the audit tree', 'update or delete'),
		('node', 'nodes of the audit tree', 'update or delete'),
		('signer', 'keys of the audit', 'update or delete'),
		('checkpoint', 'checkpoints', 'update or delete'),
		('tree', 'trees', 'delete'),
		('receipt', 'receipts', 'delete'),
		('personal', 'personal texts', 'delete')) v (name, words, what)
	loop
		execute format('create or replace trigger refuse_change before %s on audit.%I
			for each row execute function audit.refuse_change(%L)', kept.what, kept.name, kept.words);
		execute format('create or replace trigger refuse_truncate before truncate on audit.%I
			for each statement execute function audit.refuse_change(%L)', kept.name, kept.words);
		-- also where replication is being played
		execute format('alter table audit.%I enable always trigger refuse_change', kept.name);
		execute format('alter table audit.%I enable always trigger refuse_truncate', kept.name);
	end loop;
	for kept in select * from (values ('receipt', 'receipts'), ('personal', 'personal texts')) v (name, words)
	loop
		execute format('create or replace trigger refuse_rewrite before update on audit.%I
			for each row execute function audit.refuse_rewrite(%L)', kept.name, kept.words);
		execute format('alter table audit.%I enable always trigger refuse_rewrite', kept.name);
	end loop;
end $$;

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

-- Asks for a receipt of what an agreement says; busbar-auditd signs it. The event binds its words to the
-- tree, so that no later thief of the key can make one up for today. Only functions of the owner call it.
create or replace function audit.receipt_ask(agreement int8, body jsonb)
returns int8
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	made audit.receipt;
begin
	insert into audit.receipt as r (agreement, body)
	values (receipt_ask.agreement, receipt_ask.body::text)
	returning r.* into made;
	perform audit.record('receipt.asked', 'hub',
		(select a.csp from agreement.agreement a where a.agreement = receipt_ask.agreement), null,
		jsonb_build_object('receipt', made.receipt, 'agreement', made.agreement,
			'sha256', encode(sha256(convert_to(made.body, 'UTF8')), 'hex')));
	perform pg_notify('audit_receipt', '');
	return made.receipt;
end $$;

-- As record, with a text that says something of a person: it stands beside the event, which commits to it
-- ("personal": SHA-256 of salt and text, in hex), and can be erased when it is due. agreement: the one whose
-- end counts, if there is one.
create or replace function audit.record_personal(kind text, actor text, party int4, premise int4, detail jsonb,
	body text, agreement int8 default null)
returns int8
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	made int8;
	salt bytea := uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid());
begin
	made := audit.record(kind, actor, party, premise, coalesce(detail, '{}') || jsonb_build_object('personal',
		encode(sha256(salt || convert_to(record_personal.body, 'UTF8')), 'hex')));
	insert into audit.personal (event, agreement, salt, body, kept_from)
	values (made, record_personal.agreement, salt, record_personal.body, ops.now());
	return made;
end $$;

-- Whether the years since the end are over. An agreement that goes on, or may yet, has none.
create or replace function audit.personal_due(agreement int8, kept_from timestamptz)
returns bool
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
	ended timestamptz := kept_from;
begin
	if agreement is not null then
		select case when a.state in ('PENDING', 'HELD', 'ACTIVE', 'SUSPENDED') then null
			else coalesce(a.ended_at, a.ends_at, a.decided_at, a.dies_at, a.recorded_at) end into ended
		from agreement.agreement a where a.agreement = personal_due.agreement;
	end if;
	return coalesce(ended + make_interval(years => ops.setting_of('audit.personal_keep_years')::int4)
		<= ops.now(), false);
end $$;

-- Erases what is due, at most so much of each kind: the texts; and of agreements the mailbox and what else says
-- where somebody was. Affirmations, receipts and events stay. What is younger than the years is not looked at.
-- How many.
create or replace function audit.personal_erase(most int4 default 10000, actor text default session_user)
returns int8
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	before timestamptz := ops.now() - make_interval(years => ops.setting_of('audit.personal_keep_years')::int4);
	texts int8;
	mailboxes int8;
	salts int8;
begin
	with due as (
		select p.event from audit.personal p
		where p.body is not null and p.kept_from <= before and audit.personal_due(p.agreement, p.kept_from)
		order by p.event limit most for no key update skip locked
	)
	update audit.personal p set salt = null, body = null, erased_at = ops.now()
	from due where p.event = due.event;
	get diagnostics texts = row_count;
	with due as (
		select a.agreement from agreement.agreement a
		where a.email_sealed is not null and a.recorded_at <= before
			and audit.personal_due(a.agreement, a.recorded_at)
		order by a.agreement limit most for no key update skip locked
	), wiped as (
		update agreement.agreement a set email_sealed = null, email_place = null, email_index = null
		from due where a.agreement = due.agreement returning a.agreement
	)
	select count(*) into mailboxes from wiped, lateral agreement.personal_erase(wiped.agreement);
	-- which network a digest of a decision stands for, nobody can tell without the month's
	delete from report.salt s where s.month + interval '1 month' <= before;
	get diagnostics salts = row_count;
	if texts + mailboxes + salts > 0 then
		perform audit.record('personal.erased', actor, null, null,
			jsonb_build_object('texts', texts, 'mailboxes', mailboxes, 'salts', salts));
	end if;
	return texts + mailboxes + salts;
end $$;
