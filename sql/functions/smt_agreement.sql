-- Agreements in the words of the Smart Meter Texas family: what a third party (CSP) asks and is told.
set local check_function_bodies = off;

-- The caller, when it is a CSP: its requestorID is its login (BB007: it is not), and nobody else asks customers.
create or replace function smt.csp(shown bytea, requestor text)
returns api.principal
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := smt.who(shown);
begin
	if lower(requestor) is distinct from w.login then
		raise exception using errcode = 'BB003', message = 'MISMATCH';
	elsif w.kind <> 'CSP' then
		raise exception using errcode = 'BB002', message = 'that is for third parties';
	end if;
	return w;
end $$;

-- State on the wire: code and words.
create or replace function smt.state_words(state text, moved_by text)
returns table (code text, words text)
language sql immutable security definer set search_path = pg_catalog, pg_temp
as $$
	select s.code, s.words || case when s.state = 'TERMINATED' then case moved_by
			when 'CSP' then 'CSP' when 'CUSTOMER' then 'Customer' else 'SMT' end else '' end
	from (values ('PENDING', 'PEN', 'Pending - Customer Authorization'),
		('HELD', 'PEN', 'Pending - Customer Authorization'),	-- why it waits is not the CSP's business
		('ACTIVE', 'ACT', 'Active - Authorization Confirmed'),
		('SUSPENDED', 'SUS', 'Suspended'),
		('COMPLETED', 'COM', 'Completed - Term Ended'),
		('TERMINATED', 'COM', 'Non Active - Terminated by '),
		('REJECTED', 'NACOM', 'Not Accepted - Declined by Customer'),
		('REPORTED', 'NACOM', 'Not Accepted - Reported by Customer'),
		('LAPSED', 'NACOM', 'Not Accepted - No Answer'),
		('WITHDRAWN', 'NACOM', 'Not Accepted - Withdrawn by CSP'),
		('UNDELIVERABLE', 'NACOM', 'Not Accepted - Mail Not Deliverable')) s (state, code, words)
	where s.state = state_words.state
$$;

-- Asks a customer: as agreement.invite, for all kinds of reads and a year of history, all premises or none.
create or replace function smt.agreement_add(shown bytea, requestor text, esiids text[], meters text[], reps text[],
	email_sealed bytea, email_place bytea, email_index bytea, domain_index bytea, months int4, language text,
	reference text, source inet)
returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := smt.csp(shown, requestor);
begin
	if months is null or months not in (1, 3, 6, 9, 12, 24, 36) then
		raise exception using errcode = 'BB003',
			message = 'agreementDuration: expected 1, 3, 6, 9, 12, 24 or 36 months';
	end if;
	return agreement.invite(w.party, esiids, meters, reps, email_sealed, email_place, email_index, 'ENERGY',
		array['interval', 'register', 'billing'], months, 12, language, nullif(reference, ''), true, source,
		w.login, domain_index);
end $$;

-- The caller's agreements, newest first: one by its number, or those of a code.
create or replace function smt.agreements(shown bytea, requestor text, number int8, of_code text, most int4)
returns table (agreement int8, code text, words text, invited_at timestamptz, starts_at timestamptz,
	ends_at timestamptz, months int4, premises int8)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := smt.csp(shown, requestor);
begin
	return query
	select a.agreement, s.code, s.words, a.invited_at, a.starts_at, a.ends_at, a.months,
		(select count(*) from agreement.premise x where x.agreement = a.agreement)
	from agreement.agreement a
	cross join lateral smt.state_words(a.state, a.moved_by) s
	where a.csp = w.party and (agreements.number is null or a.agreement = agreements.number)
		and (of_code is null or s.code = of_code)
	order by a.agreement desc
	limit most;
end $$;

-- The premises of one of the caller's agreements; BB001: it has none of that number.
create or replace function smt.agreement_esiids(shown bytea, requestor text, number int8)
returns table (esiid text, active bool)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := smt.csp(shown, requestor);
begin
	if not exists (select from agreement.agreement a where a.agreement = number and a.csp = w.party) then
		raise exception using errcode = 'BB001', message = 'there is no such agreement';
	end if;
	return query
	select p.esiid, a.state = 'ACTIVE' and x.ended_at is null and (x.until is null or x.until > ops.now())
	from agreement.agreement a join agreement.premise x on x.agreement = a.agreement
	join premise.premise p on p.premise = x.premise
	where a.agreement = number
	order by p.esiid;
end $$;

-- Ends one, or takes it back while the customer has not answered. BB001: none of that number and mailbox; BB004: it
-- has ended already.
create or replace function smt.agreement_end(shown bytea, requestor text, number int8, email_index bytea)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := smt.csp(shown, requestor);
begin
	if not exists (select from agreement.agreement a where a.agreement = number and a.csp = w.party
		and a.email_index = agreement_end.email_index) then
		raise exception using errcode = 'BB001', message = 'there is no such agreement with that customer';
	end if;
	return agreement.terminate(number, 'CSP', null, w.login);
end $$;
