-- The regulator's cases at the portal: its people ask and look, operators grant (ops.approval) and may end them.
set local check_function_bodies = off;

-- key: all; else those that wait or are open. A regulator sees its own.
create or replace function portal.desk_cases(shown bytea, key text, before int8)
returns table (id text, number text, premises text, from_day date, to_day date, state text, asked_by text, ends_at timestamptz)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR,REGULATOR}');
begin
	return query
	select i.inquiry::text, i.number, case when w.kind = 'OPERATOR' or i.granted_at is not null or not i.by_mailbox then (select count(*)::text
			from reads.inquiry_premise x where x.inquiry = i.inquiry) end,
		i.from_day, i.to_day, s.state, i.asked_by, i.ends_at
	from reads.inquiry i cross join lateral (select reads.inquiry_state(i) as state) s
	where (w.kind = 'OPERATOR' or i.regulator = w.party) and (before is null or i.inquiry < before)
		and (key = 'all' or s.state in ('ASKED', 'OPEN'))
	order by i.inquiry desc limit 50;
end $$;

-- One that the caller may know of. BB001.
create or replace function portal.case_of(w api.principal, key text)
returns reads.inquiry
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
	i reads.inquiry;
begin
	select x.* into i from reads.inquiry x
	where x.inquiry = portal.number_of(key) and (w.kind = 'OPERATOR' or x.regulator = w.party);
	if not found then
		raise exception using errcode = 'BB001', message = 'there is no such case';
	end if;
	return i;
end $$;

create or replace function portal.desk_case(shown bytea, key text, before int8)
returns table (title text, may text, state text, reason text, from_day date, to_day date, whose text, asked_at timestamptz, asked_by text,
	granted_at timestamptz, granted_by text, ends_at timestamptz, ended_at timestamptz, ended_by text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR,REGULATOR}');
	i reads.inquiry := portal.case_of(w, key);
	is_now text := reads.inquiry_state(i);
begin
	return query
	select i.number, case when is_now = 'OPEN' or is_now = 'ASKED' and w.kind = 'REGULATOR' then 'end' end, is_now, i.reason, i.from_day,
		i.to_day, case when i.by_mailbox then 'OF_CUSTOMER' else 'OF_PREMISES' end, i.asked_at, i.asked_by, i.granted_at,
		i.granted_by, i.ends_at, i.ended_at, i.ended_by;
end $$;

-- The id leads to its reads. The homes of a customer stand here for the regulator when it is granted.
create or replace function portal.desk_case_premises(shown bytea, key text, before int8)
returns table (id text, esiid text, utility text, class text, city text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR,REGULATOR}');
	i reads.inquiry := portal.case_of(w, key);
begin
	return query
	-- reads are seen while it is open: until then, and behind it, nothing leads there
	select case when reads.inquiry_state(i) = 'OPEN' then format('%s/reads?premise=%s', i.inquiry, p.esiid) end, p.esiid, t.name, p.class, p.city
	from reads.inquiry_premise x join premise.premise p on p.premise = x.premise join party.party t on t.party = p.tdu
	where x.inquiry = i.inquiry and (w.kind = 'OPERATOR' or i.granted_at is not null or not i.by_mailbox)
	order by p.esiid;
end $$;

-- What was seen under it, the newest first: releases, as the customers see them.
create or replace function portal.desk_case_looks(shown bytea, key text, before int8)
returns table (id text, at timestamptz, by text, premise text, from_day date, to_day date, door text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR,REGULATOR}');
	i reads.inquiry := portal.case_of(w, key);
begin
	return query
	select e.event::text, e.recorded_at, coalesce((select a.login from delivery.account a
			where a.person = (e.detail ->> 'by_person')::int4), e.actor), '…' || right(p.esiid, 4),
		(e.detail ->> 'from')::date, (e.detail ->> 'to')::date, e.detail ->> 'door'
	from reads.inquiry_premise x
	join premise.premise p on p.premise = x.premise
	join audit.event e on e.premise = x.premise and e.kind = 'reads.released' and e.party = i.regulator
	where x.inquiry = i.inquiry and e.detail ->> 'inquiry' = i.inquiry::text and (desk_case_looks.before is null
		or e.event < desk_case_looks.before)
	order by e.event desc limit 50;
end $$;

-- words: number, first and last day, how many days it is to be open, ESI IDs, the blind index of a mailbox in hex, why.
create or replace function portal.act_case(shown bytea, key text, words text[])
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{REGULATOR}', 'MEMBER');
begin
	perform radar.must_say(words[7], 'why you want to see them');
	return reads.inquiry_ask(w.party, words[1], portal.day_of(words[2]), portal.day_of(words[3]), portal.whole(words[4]),
		array(select distinct x from regexp_split_to_table(trim(words[5]), '[\s,;]+') x where x <> ''),
		case when words[6] ~ '^[0-9a-f]{32}$' then decode(words[6], 'hex') end, words[7], portal.actor(w))::text;
end $$;

create or replace function portal.act_case_end(shown bytea, key text, words text[])
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR,REGULATOR}', 'MEMBER');
	i reads.inquiry := portal.case_of(w, key);
begin
	perform reads.inquiry_end(i.inquiry, portal.actor(w));
	return key;
end $$;

-- One premise of an open case, for the page that shows its reads: these leave by api.release_open alone. newest: the last
-- day of the case that its utility has sent reads of. BB001.
create or replace function portal.case_place(shown bytea, key text, of_esiid text)
returns table (esiid text, zone text, utility text, number text, from_day date, to_day date, newest date)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{REGULATOR}');
	i reads.inquiry := portal.case_of(w, key);
begin
	return query
	select p.esiid, t.zone, u.name, i.number, i.from_day, i.to_day, (select max(r.day) from reads.rollup r
		where r.tdu = p.tdu and r.day between i.from_day and least(i.to_day, ops.today(t.zone)))
	from reads.inquiry_premise x
	join premise.premise p on p.premise = x.premise
	join party.tdu t on t.party = p.tdu join party.party u on u.party = p.tdu
	where x.inquiry = i.inquiry and p.esiid = of_esiid and reads.inquiry_state(i) = 'OPEN';
	if not found then
		raise exception using errcode = 'BB001', message = 'there is no such premise in an open case of yours';
	end if;
end $$;
