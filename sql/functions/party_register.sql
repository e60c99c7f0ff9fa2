-- The steps of a registration: request, confirmation, review, approval, test, live. Each is one function, which
-- looks at what its event asks for and then moves the CSP along party.csp_step.
set local check_function_bodies = off;

-- ---- step 1: the request ----

-- Whose code or tax ID stands for a registration that came to nothing begins anew, at the end of the queue.
create or replace function party.csp_again(code text, name text, tax_id text, actor text)
returns int4
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	old party.csp;
begin
	select c.* into old
	from party.csp c join party.party p on p.party = c.party join party.csp_profile f on f.csp = c.party
	where p.code = lower(csp_again.code) and f.tax_id = csp_again.tax_id and f.ended_at is not null
	for no key update of c;
	if not found then
		return null;
	end if;
	perform party.csp_move(old.party, 'again', actor);
	delete from party.csp_act a where a.csp = old.party;
	delete from party.csp_check_result r where r.csp = old.party;
	delete from party.csp_client k where k.csp = old.party;
	delete from party.csp_contact o where o.csp = old.party;
	update party.party p set name = csp_again.name where p.party = old.party;
	return old.party;
end $$;

-- A new registration, which waits for its mailbox to be confirmed. f: its own words; csp and times are set here.
-- contact_*: the business contact, who gets the link.
create or replace function party.csp_request(code text, name text, f party.csp_profile, contact_sealed bytea,
	contact_place bytea, contact_index bytea, language text, actor text)
returns int4
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	made int4;
	mailed int8;
	at_now timestamptz := ops.now();
	current_terms int4 := ops.setting_of('csp.terms_version')::int4;
begin
	if f.tax_id like '00%' then
		raise exception using errcode = 'BB003', message = format('tax ID "%s", expected one that was '
			'given out: none begins with 00', f.tax_id);
	end if;
	if f.terms_version is distinct from current_terms then
		raise exception using errcode = 'BB003', message = format('version %s of the terms was accepted, '
			'expected %s, which are in force', f.terms_version, current_terms);
	end if;
	if name ~* '(://|www\.|[<>@]|[[:cntrl:]])' then
		raise exception using errcode = 'BB003',
			message = 'the name has a link, an address or mark-up; expected plain words';
	end if;
	made := party.csp_again(code, name, f.tax_id, actor);
	if made is null then
		made := party.add('CSP', code, name);
		insert into party.csp (party, state) values (made, 'REQUESTED');
		perform audit.record('party.added', actor, made, null,
			jsonb_build_object('kind', 'CSP', 'code', lower(code)));
	end if;
	update party.csp c set requested_at = at_now, state_at = at_now where c.party = made;
	f.csp := made;
	f.terms_at := at_now;
	f.ended_at := null;
	perform party.csp_profile_put(f);
	perform party.csp_contact_set(made, 'BUSINESS', contact_sealed, contact_place, contact_index, language,
		actor);
	mailed := party.csp_mail('csp-confirm', made, null, jsonb_build_object('position',
		party.csp_position(made), 'until', (party.csp_expires(made) at time zone 'America/Chicago'
		- interval '1 day')::date));
	if mailed is not null then
		insert into party.proof (mail, csp, valid_until) values (mailed, made, party.csp_expires(made));
	end if;
	perform audit.record('csp.requested', actor, made, null, jsonb_build_object('position',
		party.csp_position(made), 'terms_version', f.terms_version));
	return made;
end $$;

-- ---- step 2: the review ----

-- An operator has looked at the tax ID, the standing with the commission, the technical capability and the
-- stated use. out_of_turn: why it goes before others that have waited longer.
create or replace function party.csp_review(of_csp int4, note text, out_of_turn text, actor text)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	c party.csp := party.csp_ready(of_csp);
	first text;
	moved text := party.csp_move(of_csp, 'review', actor);
begin
	select p.code into first
	from party.csp x join party.party p on p.party = x.party
	where x.state = 'CONFIRMED' and (x.requested_at, x.party) < (c.requested_at, c.party)
	order by x.requested_at, x.party limit 1;
	if first is not null and coalesce(trim(out_of_turn), '') = '' then
		raise exception using errcode = 'BB004', message = format(
			'"%s" has waited longer: give a reason to go out of turn', first);
	end if;
	insert into party.csp_act (csp, act, actor, at, note)
	values (of_csp, 'REVIEW', csp_review.actor, ops.now(), csp_review.note);
	if first is not null then
		perform audit.record('csp.out_of_turn', actor, of_csp, null,
			jsonb_build_object('why', out_of_turn));
	end if;
	return moved;
end $$;

-- Its certificate is stored, and opens its box; client credentials are made, of which the digests come here.
-- chain: certificates in DER, its own first (null: the one of the request); leaf_sha256: the digest of that one.
create or replace function party.csp_approve(of_csp int4, chain bytea, leaf_sha256 bytea, secret_sha256 bytea,
	registration_sha256 bytea, actor text)
returns table (state text, client_id text, login text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	c party.csp := party.csp_ready(of_csp);
	moved text := party.csp_move(of_csp, 'approve', actor);
	made text := gen_random_uuid()::text;
	box text;
begin
	update party.csp_profile f set certificate = coalesce(chain, f.certificate) where f.csp = of_csp;
	if (select f.certificate is null from party.csp_profile f where f.csp = of_csp) then
		raise exception using errcode = 'BB004', message = 'its certificate is missing';
	end if;
	insert into party.csp_client (csp, client_id, secret_sha256, registration_sha256)
	values (of_csp, made, csp_approve.secret_sha256, csp_approve.registration_sha256);
	select a.login into box from delivery.account a where a.party = of_csp and a.person is null and a.state = 'OPEN'
	order by a.account limit 1;
	if box is null then
		box := party.csp_box(of_csp, actor);
	end if;
	if not exists (select from delivery.credential x join delivery.account a on a.account = x.account
		where a.party = of_csp and x.kind = 'CERTIFICATE' and x.verifier = leaf_sha256
			and x.ended_at is null) then
		perform delivery.credential_add(box, 'CERTIFICATE', 'of the registration', null, leaf_sha256,
			null, actor);
	end if;
	insert into party.csp_act (csp, act, actor, at) values (of_csp, 'APPROVE', csp_approve.actor, ops.now());
	perform party.csp_mail('csp-approved', of_csp, null, jsonb_build_object('until',
		(party.csp_expires(of_csp) at time zone 'America/Chicago' - interval '1 day')::date));
	return query select moved, made, box;
end $$;

-- A box with the CSP's code as its login, or the code and a number where that is taken.
create or replace function party.csp_box(of_csp int4, actor text)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	code text := (select p.code from party.party p where p.party = of_csp);
	login text;
begin
	select l into login from (select code as l, 1 as i union all
		select code || '-' || i, i from generate_series(2, 100) i) x
	where not exists (select from delivery.account a where a.login = x.l)
	order by x.i limit 1;
	perform delivery.account_add(code, login, null, null, null, null, null, actor);
	return login;
end $$;

-- The second person, without whom nobody goes live.
create or replace function party.csp_second(of_csp int4, actor text)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	c party.csp := party.csp_ready(of_csp);
begin
	if c.state not in ('APPROVED', 'TESTED') then
		raise exception using errcode = 'BB004', message = format(
			'the second approval is for a CSP that is APPROVED or TESTED, not %s', c.state);
	end if;
	if exists (select from party.csp_act a where a.csp = of_csp and a.act in ('REVIEW', 'APPROVE')
		and a.actor = csp_second.actor) then
		raise exception using errcode = 'BB002', message = format(
			'%s has reviewed or approved it already: the second approval is another person''s', actor);
	end if;
	insert into party.csp_act (csp, act, actor, at) values (of_csp, 'SECOND', csp_second.actor, ops.now());
	perform audit.record('csp.second_approval', actor, of_csp, null, '{}');
	return c.state;
exception when unique_violation then
	raise exception using errcode = 'BB004', message = 'it has the second approval already';
end $$;

-- The registration comes to nothing: what it opened is shut, its tax ID is free.
create or replace function party.csp_end(of_csp int4, event text, why text, actor text)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	confirmed bool := (select c.state <> 'REQUESTED' from party.csp c where c.party = of_csp);
	moved text := party.csp_move(of_csp, event, actor);
begin
	update party.csp_profile f set ended_at = ops.now() where f.csp = of_csp;
	update party.csp_client k set ended_at = clock_timestamp() where k.csp = of_csp and k.ended_at is null;
	update party.proof p set valid_until = ops.now() where p.csp = of_csp and p.valid_until > ops.now();
	perform delivery.account_close(a.login, actor) from delivery.account a
	where a.party = of_csp and a.state = 'OPEN';
	if confirmed then	-- else nobody has shown to hold the mailbox
		perform party.csp_mail(case event when 'expire' then 'csp-expired' else 'csp-refused' end,
			of_csp, null, jsonb_strip_nulls(jsonb_build_object('reason', why)));
	end if;
	return moved;
end $$;

create or replace function party.csp_refuse(of_csp int4, why text, actor text)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	if coalesce(trim(why), '') = '' or length(why) > 300 then
		raise exception using errcode = 'BB003',
			message = 'expected a reason of 1 to 300 characters, which the applicant is told';
	end if;
	return party.csp_end(of_csp, 'refuse', why, actor);
end $$;

-- ---- step 3: the test, and live ----

-- What the hub itself saw of a step since the approval; null: that step is reported by who looks at it.
create or replace function party.csp_seen(of_csp int4, step text)
returns text
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select case step
	when 'box-login' then (
		select format('%s by %s at %s', s.door, lower(c.kind), to_char(s.opened_at at time zone 'UTC',
			'YYYY-MM-DD"T"HH24:MI:SS"Z"'))
		from delivery.account a join delivery.session s on s.account = a.account
		join delivery.credential c on c.credential = s.credential
		where a.party = of_csp and c.kind in ('CERTIFICATE', 'TOKEN')
			and s.opened_at >= (party.csp_acted(of_csp, 'APPROVE')).real_at
		order by s.session limit 1)
	when 'box-file' then (
		select format('test/%s, %s bytes, over %s', n.name, n.size, e.detail ->> 'door')
		from delivery.account a join delivery.entry n on n.account = a.account
		join audit.event e on e.party = of_csp and e.kind = 'box.transferred'
			and e.detail ->> 'entry' = n.entry::text and (e.detail ->> 'whole')::bool
		where a.party = of_csp and n.folder = 'test' and n.side = 'in'
			and n.made_at >= (party.csp_acted(of_csp, 'APPROVE')).real_at
		order by n.entry limit 1)
	end
$$;

-- What was found of a step that is not seen from the database.
create or replace function party.csp_check_report(of_csp int4, step text, passed bool, found_text text)
returns void
language sql security definer set search_path = pg_catalog, pg_temp
as $$
	insert into party.csp_check_result as r (csp, name, passed, found)
	values (of_csp, step, csp_check_report.passed, left(found_text, 500))
	on conflict (csp, name) do update
	set passed = excluded.passed, found = excluded.found, at = excluded.at
$$;

-- Runs the test: each step with what was found; when all that are needed have passed, the CSP is TESTED.
-- certificate_*: what the caller found of the certificate.
create or replace function party.csp_test(of_csp int4, certificate_passed bool, certificate_found text, actor text)
returns table (name text, about text, needed bool, passed bool, found text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	c party.csp := party.csp_ready(of_csp);
begin
	if c.state not in ('APPROVED', 'TESTED') then
		raise exception using errcode = 'BB004', message = format(
			'the connection is tested of a CSP that is APPROVED, not %s', c.state);
	end if;
	perform party.csp_check_report(of_csp, 'certificate', certificate_passed, certificate_found);
	perform party.csp_check_report(of_csp, k.name, s.seen is not null, coalesce(s.seen, 'not yet'))
	from party.csp_check k cross join lateral (select party.csp_seen(of_csp, k.name) as seen) s
	where k.name in ('box-login', 'box-file');
	perform audit.record('csp.tested', actor, of_csp, null, (select jsonb_object_agg(r.name, r.passed)
		from party.csp_check_result r where r.csp = of_csp));
	if c.state = 'APPROVED' and not exists (select from party.csp_check k where k.needed
		and not exists (select from party.csp_check_result r
			where r.csp = of_csp and r.name = k.name and r.passed)) then
		perform party.csp_move(of_csp, 'test', actor);
	end if;
	return query
	select k.name, k.about, k.needed, coalesce(r.passed, false), coalesce(r.found, 'not yet')
	from party.csp_check k left join party.csp_check_result r on r.csp = of_csp and r.name = k.name
	order by k.place;
end $$;

-- The CSP switches itself: who shows its registration token is the CSP.
create or replace function party.csp_live(of_code text, registration_sha256 bytea)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	c party.csp := party.csp_ready(party.csp_named(of_code));
begin
	if not exists (select from party.csp_client k where k.csp = c.party and k.ended_at is null
		and k.registration_sha256 = csp_live.registration_sha256) then
		raise exception using errcode = 'BB002',
			message = 'the registration token is not the one that was shown when it was approved';
	end if;
	if c.state = 'TESTED' and (party.csp_acted(c.party, 'SECOND')).at is null then
		raise exception using errcode = 'BB002', message = 'a second person has not approved it yet';
	end if;
	return party.csp_move(c.party, 'live', 'csp ' || lower(of_code));
end $$;
