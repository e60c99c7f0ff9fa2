-- The box of an organisation at the portal: what lies in it, what opens it, from where.
set local check_function_bodies = off;

-- A person of an organisation that has a box. BB002: it is none, or the role is not enough; BB004: it has no box yet.
create or replace function portal.box_of(shown bytea, least_role text default 'READER')
returns api.principal
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{CSP,REP,TDU,REGULATOR}', least_role);
begin
	if w.account is null then
		raise exception using errcode = 'BB004', message = 'your organisation has no box yet: it is made with the approval';
	end if;
	return w;
end $$;

create or replace function portal.box(shown bytea)
returns table (login text, quota_bytes int8, used_bytes int8, keep_days int4, networks text, sessions_most int4)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.box_of(shown);
begin
	return query
	select a.login, a.quota_bytes, delivery.used_bytes(a.account), a.keep_days,
		coalesce(array_to_string(a.networks, E'\n'), ''), a.sessions_most
	from delivery.account a where a.account = w.account;
end $$;

create or replace function portal.box_folders(shown bytea)
returns table (folder text, can_put bool, files int8, bytes int8)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.box_of(shown);
begin
	return query
	select f.folder, f.put, count(e.entry), coalesce(sum(e.size), 0)::int8
	from delivery.folder f
	left join delivery.entry e on e.account = w.account and e.folder = f.folder and e.removed_at is null
		and e.expires_at > clock_timestamp()
	where f.kind = w.kind
	group by f.folder, f.put
	order by f.folder collate "C";
end $$;

-- Newest first, behind an entry. may_go: whether the doors give it out now.
create or replace function portal.box_files(shown bytea, of_folder text, before int8, most int4)
returns table (entry int8, name text, size int8, modified_at timestamptz, expires_at timestamptz, href text, may_go bool)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.box_of(shown);
begin
	return query
	select e.entry, e.name, e.size, e.modified_at, e.expires_at, api.box_href(e.folder, e.name),
		e.drop is null or delivery.drop_may_go(e.drop)
	from (select x.* from delivery.entry x
		where x.account = w.account and x.folder = of_folder and x.removed_at is null
			and x.expires_at > clock_timestamp() and (before is null or x.entry < before)
		order by x.entry desc limit most) e
	order by e.entry desc;
end $$;

-- What opens the box, the newest first.
create or replace function portal.box_credentials(shown bytea)
returns table (credential int8, kind text, label text, fingerprint text, made_at timestamptz, expires_at timestamptz,
	last_used_at timestamptz)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.box_of(shown);
begin
	return query
	select c.credential, c.kind, c.label, case when c.kind <> 'PASSWORD' then encode(c.verifier, 'hex') else '' end,
		c.made_at, c.expires_at, c.last_used_at
	from delivery.credential c
	where c.account = w.account and c.ended_at is null
	order by c.credential desc;
end $$;

-- A new token that was drawn for it, or a key or certificate that the caller has seen a proof of (decision 15), as
-- delivery.own_credential_add: at most 20, each kind and label once. days null: without end.
drop function if exists portal.box_token(bytea, text, bytea, int4);	-- its form before
create or replace function portal.box_credential_add(shown bytea, kind text, label text, verifier bytea, days int4)
returns int8
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.box_of(shown, 'ADMIN');
begin
	if kind is null or kind not in ('TOKEN', 'SSH_KEY', 'CERTIFICATE') or length(label) not between 1 and 100
		or days not between 1 and 732 or days is null and kind = 'TOKEN' then
		raise exception using errcode = 'BB003', message = 'expected a TOKEN, SSH_KEY or CERTIFICATE, a label of 1 to 100 '
			'characters and 1 to 732 days';
	end if;
	perform from delivery.account a where a.account = w.account for no key update;
	if (select count(*) from delivery.credential c where c.account = w.account and c.ended_at is null
		and (c.expires_at is null or c.expires_at > clock_timestamp())) >= 20 then
		raise exception using errcode = 'BB004', message = 'the account has 20 credentials: end one that is not used any more';
	elsif exists (select from delivery.credential c where c.account = w.account and c.ended_at is null
		and c.kind = box_credential_add.kind and c.label = box_credential_add.label) then
		raise exception using errcode = 'BB005', message = 'there is one of that kind and name already';
	end if;
	return delivery.credential_add(w.login, kind, label, null, verifier, clock_timestamp() + make_interval(days => days),
		w.login);
end $$;

create or replace function portal.box_credential_end(shown bytea, of_credential int8)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.box_of(shown, 'ADMIN');
begin
	if not exists (select from delivery.credential c where c.credential = of_credential and c.account = w.account
		and c.ended_at is null) then
		raise exception using errcode = 'BB001', message = 'there is no such credential that is still valid';
	end if;
	perform delivery.credential_end(of_credential, w.login);
end $$;

-- From where the box may be opened; none: from anywhere.
create or replace function portal.box_networks(shown bytea, networks text[])
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.box_of(shown, 'ADMIN');
begin
	if cardinality(networks) > 50 then
		raise exception using errcode = 'BB003', message = 'expected at most 50 networks';
	end if;
	perform delivery.account_set(w.login, null, null, null, null, networks, w.login);
end $$;
