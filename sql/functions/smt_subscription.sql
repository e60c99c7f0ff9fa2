-- Subscriptions in the words of the Smart Meter Texas family, on top of those of delivery_subscription.sql: into the
-- box, every day, or of bills every month.
set local check_function_bodies = off;

-- SCHEDULE: of the ESI IDs named; SCHEDULES: of all that the caller may read, as that changes. CSPENROLL and REPENROLL
-- are SCHEDULES for that kind of party, with months of history once (in EnrollmentReports). result: OK; NO_DELIVERY:
-- the party has no box; ACTIVE: it is there already; FOREIGN: nothing of one of the ESI IDs is the caller's; MISMATCH.
create or replace function smt.subscription_add(shown bytea, requestor text, type text, data_type text, esiids text[],
	format text, history_months int4)
returns table (result text, subscription int8)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := smt.who(shown);
	of_kind text := case data_type when 'INTERVAL' then 'interval' when 'DAILY' then 'register' else 'billing' end;
	monthly bool := data_type = 'MONTHLY';
	made int8;
begin
	if lower(requestor) is distinct from w.login then
		return query select 'MISMATCH', null::int8;
		return;
	elsif type = 'CSPENROLL' and w.kind <> 'CSP' or type = 'REPENROLL' and w.kind <> 'REP' then
		raise exception using errcode = 'BB003', message = format('subscriptionType: %s is not for a %s', type, w.kind);
	elsif (delivery.folder_of(w.account, 'daily')).folder is null then
		return query select 'NO_DELIVERY', null::int8;
		return;
	elsif (type = 'SCHEDULE') <> (cardinality(esiids) > 0) then
		raise exception using errcode = 'BB003',
			message = 'esiid: expected with SCHEDULE, and with no other subscriptionType';
	elsif exists (select from unnest(esiids) e where not smt.is_of(w.party, e, null, null, null)) then
		return query select 'FOREIGN', null::int8;
		return;
	end if;
	perform from delivery.account a where a.account = w.account for no key update;
	if type <> 'SCHEDULE' and exists (select from smt.subscription x
		join delivery.subscription s on s.subscription = x.subscription
		where s.account = w.account and s.state = 'ACTIVE' and x.type = subscription_add.type
			and x.data_type = subscription_add.data_type) then
		return query select 'ACTIVE', null::int8;
		return;
	end if;
	made := delivery.subscription_add(w.login, type || ' ' || data_type, case type when 'SCHEDULE' then 'GROUP' else 'ALL' end,
		esiids, array[of_kind], format, 'NONE', null, case when monthly then 'MONTHLY' else 'DAILY' end, '06:00', null,
		case when monthly then 5 end, null, 1, null, null, null, w.login);
	insert into smt.subscription (subscription, type, data_type) values (made, type, data_type);
	if history_months is not null then
		perform delivery.subscription_add(w.login, type || ' ' || data_type || ' history',
			case type when 'SCHEDULE' then 'GROUP' else 'ALL' end, esiids, array[of_kind], format, 'NONE', null,
			'ONCE', null, null, null, null, 1, null, history_months, 'EnrollmentReports', w.login);
	end if;
	return query select 'OK', made;
end $$;

-- The caller's, in the order in which they were made; of one number if given.
create or replace function smt.subscriptions(shown bytea, requestor text)
returns table (subscription int8, type text, data_type text, format text, frequency text, state text,
	made_at timestamptz, last_at timestamptz)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := smt.who(shown);
begin
	if lower(requestor) is distinct from w.login then
		raise exception using errcode = 'BB003', message = 'MISMATCH';
	end if;
	return query
	select s.subscription, x.type, x.data_type, s.format, s.schedule, s.state, s.made_at,
		(select max(d.built_at) from delivery.drop d where d.subscription = s.subscription)
	from smt.subscription x join delivery.subscription s on s.subscription = x.subscription
	where s.account = w.account
	order by s.subscription;
end $$;

-- BB001: the caller has none of that number; BB004: it has ended.
create or replace function smt.subscription_end(shown bytea, requestor text, number int8)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := smt.who(shown);
begin
	if lower(requestor) is distinct from w.login then
		raise exception using errcode = 'BB003', message = 'MISMATCH';
	elsif not exists (select from smt.subscription x join delivery.subscription s on s.subscription = x.subscription
		where x.subscription = number and s.account = w.account) then
		raise exception using errcode = 'BB001', message = 'there is no such subscription';
	end if;
	return delivery.subscription_move(number, 'end', w.login);
end $$;
