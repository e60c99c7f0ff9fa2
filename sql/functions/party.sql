-- Parties and how they are found.
set local check_function_bodies = off;

-- The party row itself; the others below add what its kind needs.
create or replace function party.add(kind text, code text, name text)
returns int4
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	made int4;
begin
	insert into party.party as p (kind, code, name)
	values (add.kind, lower(add.code), add.name)
	returning p.party into made;
	return made;
exception
	when unique_violation then
		raise exception using errcode = 'BB005',
			message = format('there is a party "%s" already', lower(code));
	when check_violation then
		raise exception using errcode = 'BB003', message = format(
			'party "%s" named "%s", expected a code of letters, digits and hyphens '
			'and a name of 1 to 200 characters', code, name);
end $$;

-- A utility with its DUNS numbers and the prefixes of its ESI IDs (lengths[i] goes with prefixes[i]). sandbox:
-- for trying, and that for good: its premises are made ones.
create or replace function party.tdu_add(code text, name text, zone text, duns text[],
	prefixes int4[], lengths int4[], actor text default session_user, sandbox bool default false)
returns int4
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	made int4;
begin
	if not exists (select from pg_timezone_names z where z.name = zone) then
		raise exception using errcode = 'BB003',
			message = format('zone is "%s", expected one like America/Chicago', zone);
	end if;
	if cardinality(prefixes) <> cardinality(lengths) then
		raise exception using errcode = 'BB003',
			message = 'expected one length for each prefix';
	end if;
	made := party.add('TDU', code, name);
	insert into party.tdu (party, zone, sandbox) values (made, zone, sandbox);
	insert into party.tdu_duns (duns, tdu) select d, made from unnest(duns) d;
	insert into party.tdu_prefix (prefix, length, tdu)
		select p, l, made from unnest(prefixes, lengths) u (p, l);
	perform audit.record('party.added', actor, made, null,
		jsonb_strip_nulls(jsonb_build_object('kind', 'TDU', 'code', lower(code), 'sandbox',
			nullif(sandbox, false))));
	return made;
exception
	when unique_violation then
		raise exception using errcode = 'BB005',
			message = 'a DUNS number or a prefix belongs to another utility already';
	when check_violation then
		raise exception using errcode = 'BB003', message = 'expected DUNS numbers of 9 or 13 '
			'digits, prefixes of seven digits that begin with 10, and lengths 17 or 22';
end $$;

create or replace function party.rep_add(code text, name text, certificate text, duns text,
	actor text default session_user)
returns int4
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	made int4 := party.add('REP', code, name);
begin
	insert into party.rep (party, certificate, duns) values (made, certificate, duns);
	perform audit.record('party.added', actor, made, null,
		jsonb_build_object('kind', 'REP', 'code', lower(code), 'certificate', certificate));
	return made;
exception
	when unique_violation then
		raise exception using errcode = 'BB005',
			message = 'the certificate or the DUNS number belongs to another REP already';
	when check_violation then
		raise exception using errcode = 'BB003', message = format('certificate "%s" and DUNS '
			'"%s", expected five digits, and 9 or 13 digits', certificate, duns);
end $$;

create or replace function party.regulator_add(code text, name text, actor text default session_user)
returns int4
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	made int4 := party.add('REGULATOR', code, name);
begin
	perform audit.record('party.added', actor, made, null,
		jsonb_build_object('kind', 'REGULATOR', 'code', lower(code)));
	return made;
end $$;

-- An organization that two of the operator's people want: see ops.approval_action. subject: its code; detail: the rest of
-- what was typed, which is looked at here alone.
create or replace function party.add_approved(subject text, detail jsonb, actor text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	numbers text[] := regexp_split_to_array(trim(coalesce(detail ->> 'duns', '')), '[\s,;]+');
	prefixes text[] := regexp_split_to_array(trim(coalesce(detail ->> 'prefixes', '')), '[\s,;]+');
begin
	if detail ->> 'kind' = 'REGULATOR' then
		perform party.regulator_add(subject, detail ->> 'name', actor);
	elsif detail ->> 'kind' = 'REP' then
		perform party.rep_add(subject, detail ->> 'name', detail ->> 'certificate', nullif(numbers[1], ''), actor);
	elsif detail ->> 'kind' is distinct from 'TDU' then
		raise exception using errcode = 'BB003', message = 'expected a TDU, REP or REGULATOR';
	elsif exists (select from unnest(prefixes) x where x !~ '^[0-9]{7}/[0-9]{2}$') then
		raise exception using errcode = 'BB003', message = 'expected prefixes of ESI IDs with the length of these, as 1044372/17';
	else
		perform party.tdu_add(subject, detail ->> 'name', coalesce(nullif(detail ->> 'zone', ''), 'America/Chicago'),
			array_remove(numbers, ''), array(select split_part(x, '/', 1)::int4 from unnest(prefixes) x),
			array(select split_part(x, '/', 2)::int4 from unnest(prefixes) x), actor);
	end if;
end $$;

-- Moves a CSP along party.csp_step; the gate to reads follows at once. What an event asks for besides is looked
-- at by the function behind its command (party_register.sql, radar), so only functions of the owner call this. No
-- more than FOR NO KEY UPDATE: an invitation that is being written refers to the row, and a suspension must not
-- wait for it.
create or replace function party.csp_move(csp int4, event text, actor text default session_user)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	was text;
	then_is text;
begin
	select c.state into was from party.csp c where c.party = csp for no key update;
	if not found then
		raise exception using errcode = 'BB001', message = 'there is no such CSP';
	end if;
	select s.next into then_is from party.csp_step s where s.state = was and s.event = csp_move.event;
	if not found then
		raise exception using errcode = 'BB004',
			message = format('"%s" is not possible for a CSP that is %s', event, was);
	end if;
	update party.csp c set state = then_is, state_at = ops.now() where c.party = csp and c.state = was;
	perform audit.record('csp.moved', actor, csp, null,
		jsonb_build_object('event', event, 'was', was, 'state', then_is));
	return then_is;
end $$;

create or replace function party.tdus()
returns table (party int4, code text, name text, zone text, late_after_s int4, prefixes text,
	duns text)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select p.party, p.code, p.name, t.zone, extract(epoch from t.late_after)::int4,
		coalesce((select string_agg(x.prefix || '/' || x.length, ',' order by x.prefix)
			from party.tdu_prefix x where x.tdu = p.party), ''),
		coalesce((select string_agg(d.duns, ',' order by d.duns)
			from party.tdu_duns d where d.tdu = p.party), '')
	from party.party p join party.tdu t on t.party = p.party
	order by p.party
$$;

create or replace function party.prefixes()
returns table (prefix int4, length int2, tdu int4)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select x.prefix, x.length, x.tdu from party.tdu_prefix x order by 1
$$;

-- Parties that have a code (all but customers), of one kind or of all.
create or replace function party.list(kind text default null)
returns table (party int4, kind text, code text, name text, zone text, certificate text, duns text,
	state text)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select p.party, p.kind, p.code, p.name, t.zone, r.certificate,
		coalesce(r.duns, (select string_agg(d.duns, ',' order by d.duns)
			from party.tdu_duns d where d.tdu = p.party)),
		c.state
	from party.party p
	left join party.tdu t on t.party = p.party
	left join party.rep r on r.party = p.party
	left join party.csp c on c.party = p.party
	where p.code is not null and (list.kind is null or p.kind = upper(list.kind))
	order by p.kind, p.code
$$;

-- By code in any case; no row when there is none.
create or replace function party.find(code text)
returns table (party int4, kind text, code text, name text, zone text)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select p.party, p.kind, p.code, p.name, t.zone
	from party.party p left join party.tdu t on t.party = p.party
	where p.code = lower(find.code)
$$;
