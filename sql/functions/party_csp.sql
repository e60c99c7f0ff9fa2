-- Third parties (CSPs): what they say of themselves and whom the hub writes to.
set local check_function_bodies = off;

-- What a customer is told about a CSP.
create or replace function party.csp_card(of_csp int4)
returns table (csp int4, code text, name text, state text, site text, privacy_url text, use_en text, use_es text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
	set plan_cache_mode = force_generic_plan
as $$
begin
	return query
	select c.party, p.code, p.name, c.state, f.site, f.privacy_url, f.use_en, f.use_es
	from party.csp c join party.party p on p.party = c.party
	join party.csp_profile f on f.csp = c.party
	where c.party = of_csp;
end $$;

-- Puts a CSP's words into its profile, or replaces them; says in words what cannot be.
create or replace function party.csp_profile_put(p party.csp_profile)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	said text;
begin
	insert into party.csp_profile select p.*
	on conflict on constraint csp_profile_pkey do update set (tax_id, duns, site, privacy_url, use_en,
		use_es, standing, capability, terms_version, terms_at, redirect_uris, portal_uri,
		notification_uri, certificate, ended_at) = row (excluded.tax_id, excluded.duns,
		excluded.site, excluded.privacy_url, excluded.use_en, excluded.use_es, excluded.standing,
		excluded.capability, excluded.terms_version, excluded.terms_at, excluded.redirect_uris,
		excluded.portal_uri, excluded.notification_uri, excluded.certificate, excluded.ended_at);
exception
	when unique_violation then
		get stacked diagnostics said = constraint_name;
		raise exception using errcode = 'BB005', message = case said
			when 'csp_profile_duns' then 'another third party has this DUNS number'
			else 'another third party is registered with this tax ID' end;
	when check_violation or not_null_violation then
		get stacked diagnostics said = constraint_name;
		raise exception using errcode = 'BB003', message = case
			when said = 'csp_profile_words' then 'the stated use has a link, an address or '
				'mark-up; expected plain words'
			when said = 'csp_profile_addresses' then 'expected web addresses that begin with '
				'https:// and a host name'
			when said like '%tax_id%' then format('tax ID "%s", expected nine digits', p.tax_id)
			when said like '%duns%' then format('DUNS "%s", expected 9 or 13 digits', p.duns)
			else 'expected a stated use of 10 to 600 characters in English and in Spanish; '
				'standing and capability of 1 to 500; at most ten redirect addresses; a '
				'certificate of at most 16 KiB' end;
end $$;

-- An active CSP without the steps of a registration: for a demo, a sandbox or a test, where time can be moved.
-- Nulls take words that stand for any.
create or replace function party.csp_add(code text, name text, actor text default session_user,
	site text default null, privacy_url text default null, use_en text default null, use_es text default null)
returns int4
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	made int4;
	f party.csp_profile;
begin
	if ops.setting_of('clock.movable') <> 'true' then
		raise exception using errcode = 'BB002', message = 'a third party of this hub is registered by '
			'steps (busbar csp register); csp add is for a demo or sandbox';
	end if;
	made := party.add('CSP', code, name);
	insert into party.csp (party, state) values (made, 'ACTIVE');
	f.csp := made;
	f.tax_id := '00' || lpad(made::text, 7, '0');
	f.site := coalesce(csp_add.site, format('https://%s.example/', lower(code)));
	f.privacy_url := coalesce(csp_add.privacy_url, rtrim(f.site, '/') || '/privacy');
	f.use_en := coalesce(csp_add.use_en, 'Shows you your energy use and how to lower it.');
	f.use_es := coalesce(csp_add.use_es, csp_add.use_en, 'Le muestra su consumo de energía y cómo reducirlo.');
	f.standing := 'none: made for a demo';
	f.capability := 'none: made for a demo';
	f.terms_version := ops.setting_of('csp.terms_version')::int4;
	f.terms_at := ops.now();
	f.redirect_uris := '{}';
	perform party.csp_profile_put(f);
	perform audit.record('party.added', actor, made, null,
		jsonb_build_object('kind', 'CSP', 'code', lower(code)));
	return made;
end $$;

-- ---- contacts ----

-- The mailbox of a role, in place of one that was there.
create or replace function party.csp_contact_set(csp int4, role text, email_sealed bytea, email_place bytea,
	email_index bytea, language text default 'EN', actor text default session_user)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	if not exists (select from party.csp c where c.party = csp_contact_set.csp) then
		raise exception using errcode = 'BB001', message = 'there is no such CSP';
	end if;
	insert into party.csp_contact as o (csp, role, email_sealed, email_place, email_index, language)
	values (csp_contact_set.csp, upper(csp_contact_set.role), csp_contact_set.email_sealed,
		csp_contact_set.email_place, csp_contact_set.email_index, upper(csp_contact_set.language))
	on conflict on constraint csp_contact_pkey do update
	set email_sealed = excluded.email_sealed, email_place = excluded.email_place,
		email_index = excluded.email_index, language = excluded.language;
	perform audit.record('csp.contact_set', actor, csp, null,
		jsonb_build_object('role', upper(role), 'language', upper(language)));
exception when check_violation or not_null_violation then
	raise exception using errcode = 'BB003', message = format('role "%s" and language "%s", expected '
		'BUSINESS, TECHNICAL or SECURITY, EN or ES, and a sealed mailbox', role, language);
end $$;

create or replace function party.csp_contacts(csp int4)
returns table (role text, email_sealed bytea, email_place bytea, language text)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select o.role, o.email_sealed, o.email_place, o.language
	from party.csp_contact o where o.csp = csp_contacts.csp order by 1
$$;

-- The contact for a role; who has none of that role is written to at the business mailbox.
create or replace function party.csp_contact_of(csp int4, role text default 'BUSINESS')
returns party.csp_contact
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select o.* from party.csp_contact o
	where o.csp = csp_contact_of.csp and o.role in (csp_contact_of.role, 'BUSINESS')
	order by o.role = csp_contact_of.role desc limit 1
$$;

-- Queues a mail to a CSP's contact, in its language. Null when it has none, or is not to go (mail.queue).
create or replace function party.csp_mail(kind text, csp int4, agreement int8 default null,
	args jsonb default '{}', once text default null, role text default 'BUSINESS')
returns int8
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	o party.csp_contact := party.csp_contact_of(csp, role);
begin
	if o.csp is null then
		return null;
	end if;
	return mail.queue(kind, o.email_sealed, o.email_place, o.email_index, o.language, agreement, csp,
		args || '{"to": "csp"}', once);
end $$;
