-- What the portal tells everybody, beside what /v1 tells everybody.
set local check_function_bodies = off;

-- Third parties that are live, in the order of their names; `client_id`: where a consent can begin here, of a program that
-- is in use and has a page for it. named: words of it; after: behind that name and code.
create or replace function portal.companies(named text, after text, most int4)
returns table (code text, name text, site text, privacy text, use_en text, use_es text, client_id text)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select p.code, p.name, f.site, f.privacy_url, f.use_en, f.use_es, (
		select l.client_id from oauth.client l
		where l.csp = c.party and not l.sandbox and l.portal_uri is not null and 'authorization_code' = any (l.grant_types)
			and oauth.client_wrong(l) is null
		order by l.client desc limit 1)
	from party.csp c
	join party.party p on p.party = c.party
	join party.csp_profile f on f.csp = c.party
	where c.state = 'ACTIVE' and strpos(lower(p.name), lower(coalesce(companies.named, ''))) > 0
		and (coalesce(companies.after, '') = '' or (lower(p.name), p.code) > (
			select lower(o.name), o.code from party.party o where o.code = companies.after))
	order by lower(p.name), p.code
	limit least(companies.most, 200)
$$;
