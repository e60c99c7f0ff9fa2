-- Green Button: what a client is told of itself and of what was granted to it.
set local check_function_bodies = off;

-- Anything at all: a client, the custodian, or a utility asks whether the service runs.
create or replace function espi.service_status(shown bytea)
returns int4
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.who(shown, '{CLIENT,CUSTODIAN,ACCOUNT,SESSION}');
begin
	if w.class in ('ACCOUNT', 'SESSION') and w.kind <> 'TDU' then
		raise exception using errcode = 'BB002', message = 'that is for programs and utilities';
	end if;
	return 1;
end $$;

-- Grants of a client, and what it may do by itself. kind: GRANT, CLIENT (bulk), REGISTRATION. active: false when it
-- cannot be used, for now or for ever. authorization_id is null for those that are no grants: their id is made of
-- information.
create or replace function espi.authorizations(shown bytea)
returns table (kind text, authorization_id uuid, information uuid, active bool, starts_at timestamptz, ends_at timestamptz,
	reads_from timestamptz, expires_at timestamptz, scope text, subscription uuid, retail_customer uuid, bulk uuid,
	made_at timestamptz, changed_at timestamptz)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.who(shown, '{CLIENT,CUSTODIAN}');
	hub_now timestamptz := ops.now();
begin
	return query
	select 'GRANT', g.authorization_id, l.information, a.state = 'ACTIVE' and a.ends_at > hub_now, a.starts_at,
		a.ends_at, a.reads_from, least(a.ends_at, coalesce(a.ended_at, a.ends_at)), g.scope, g.subscription,
		case when g.customer_data then g.retail_customer end, l.bulk, g.made_at,
		greatest(g.changed_at, a.ended_at)
	from oauth.grant g join oauth.client l on l.client = g.client
	join agreement.agreement a on a.agreement = g.agreement
	where w.class = 'CUSTODIAN' or g.client = w.client
	union all
	select x.class, null, l.information, true, l.issued_at, null, null, x.expires_at,
		case x.class when 'CLIENT' then 'FB=34_35' else 'FB=36_40' end, null, null, l.bulk, l.issued_at, l.issued_at
	from oauth.client l
	cross join lateral (
		-- of several tokens of a class the one that lives longest
		select distinct on (t.class) t.class, t.expires_at from api.token t
		where t.client = l.client and t.class in ('CLIENT', 'REGISTRATION') and t.ended_at is null
			and (t.expires_at is null or t.expires_at > clock_timestamp())
		order by t.class, t.expires_at desc nulls first
	) x
	where w.class = 'CUSTODIAN' or l.client = w.client
	order by 13, 2;
end $$;

-- A client gives back what was granted to it; or the custodian ends it.
create or replace function espi.revoke(shown bytea, of_authorization uuid)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.who(shown, '{CLIENT,CUSTODIAN}');
	g oauth.grant;
begin
	select o.* into g from oauth.grant o where o.authorization_id = of_authorization
		and (w.class = 'CUSTODIAN' or o.client = w.client);
	if not found then
		raise exception using errcode = 'BB001', message = 'there is no such authorization';
	end if;
	if not (select s.over from agreement.agreement a join agreement.state s on s.state = a.state
		where a.agreement = g.agreement) then
		if w.class = 'CUSTODIAN' then
			perform agreement.terminate(g.agreement, 'OPERATOR', espi.custodian_why(w), w.code);
		else
			perform agreement.terminate(g.agreement, 'CSP', 'the third party gave it back', w.code);
		end if;
	end if;
	update api.token t set ended_at = clock_timestamp() where t.granted = g.granted and t.ended_at is null;
	update oauth.grant o set changed_at = ops.now() where o.granted = g.granted;
end $$;

-- A client's record, for its registration token; for a custodian of any, or (null) all clients.
create or replace function espi.information(shown bytea, of_information uuid)
returns table (information uuid, bulk uuid, client_id text, name text, state text, sandbox bool, description text,
	redirect_uris text[], scopes text[], grant_types text[], notify_uri text, portal_uri text, scope_uri text,
	logo_uri text, client_uri text, tos_uri text, policy_uri text, software_id text, software_version text,
	issued_at timestamptz, changed_at timestamptz)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.who(shown, '{REGISTRATION,CUSTODIAN}');
begin
	return query
	select l.information, l.bulk, l.client_id, l.name, l.state, l.sandbox, coalesce(l.description, p.use_en),
		l.redirect_uris, l.scopes, l.grant_types, l.notify_uri, coalesce(l.portal_uri, p.portal_uri), l.scope_uri,
		l.logo_uri, coalesce(l.client_uri, p.site), l.tos_uri, coalesce(l.policy_uri, p.privacy_url),
		l.software_id, l.software_version, l.issued_at, l.issued_at
	from oauth.client l left join party.csp_profile p on p.csp = l.csp
	where (w.class = 'CUSTODIAN' or l.client = w.client)
		and l.information = coalesce(of_information, case when w.class = 'CUSTODIAN' then l.information end)
	order by l.client;
	if not found then
		raise exception using errcode = 'BB001', message = 'there is no such record';
	end if;
end $$;

-- Who the customers are behind a grant, or (null) behind all grants of a client that give that: a row a premise and
-- its occupant at the start, as far as one is known. The texts stand sealed, each under its column's name and the index
-- of the account. What a scope does not name (54 to 60) is null, unless it names none of these. The event is in
-- the same transaction: commit before the first byte leaves.
create or replace function espi.customers(shown bytea, of_customer uuid, resource text)
returns table (premise int4, esiid text, zone text, subscription uuid, retail_customer uuid, made_at timestamptz,
	customer int4, kind text, language text, index bytea, account_sealed bytea, name_sealed bytea, address_sealed bytea,
	phone_sealed bytea, email_sealed bytea, agreement bool, signed_at timestamptz, starts_at timestamptz,
	ends_at timestamptz, location bool, street text, city text, state text, zip text, supplier text, meter text,
	interval_s int4)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.who(shown, case when of_customer is null
		then '{CLIENT,ACCOUNT,SESSION,PERSONAL,CUSTODIAN}'::text[] else '{ACCESS,CUSTODIAN}' end);
	parts int4[] := '{54,55,56,57,58,59,60,61,62}';
	hub_now timestamptz := ops.now();
begin
	if w.class = 'CUSTODIAN' and of_customer is not null then
		w := espi.custodian_of(w, of_customer);	-- of a retail customer, or a bulk
	end if;
	if of_customer is not null and not exists (select from espi.grants(w) g
		where g.customer_data and (g.retail_customer = of_customer or w.class = 'CUSTODIAN')) then
		raise exception using errcode = 'BB001', message = 'there is no such customer';
	end if;
	if w.client is null and w.kind not in ('CUSTOMER', 'OPERATOR') then
		raise exception using errcode = 'BB002', message = 'that is for customers themselves';
	end if;
	perform api.scope_need(w, 'profile');
	perform audit.record('espi.customer_released', coalesce(w.code, 'customer ' || w.party), w.party, null, jsonb_strip_nulls(jsonb_build_object(
		'agreement', w.agreement, 'client', w.client, 'reason', espi.custodian_why(w), 'resource', left(resource, 300))));
	if w.kind = 'CUSTOMER' then
		-- who opened an account by a meter's number is not known to be who the utility's record names: that one's
		-- name and numbers stay closed
		return query
		select p.premise, p.esiid, t.zone, null::uuid, '00000000-0000-0000-0000-000000000000'::uuid,
			timestamptz '2026-11-01 00:00Z', c.customer, c.kind, c.language, c.account_index,
			case when c.party = w.party then c.account_sealed end, case when c.party = w.party then c.name_sealed end,
			case when c.party = w.party then c.address_sealed end, null::bytea, null::bytea, true,
			lower(r.permitted), lower(r.permitted), coalesce(upper(r.permitted), hub_now), true, p.street, p.city,
			p.state, p.zip, y.name, m.meter_number, m.interval_s
		from reads.rights(w.party, 'interval', tstzrange(null, null), null) r
		join premise.premise p on p.premise = r.premise
		join party.tdu t on t.party = p.tdu join party.party y on y.party = p.tdu
		join premise.occupancy o on o.premise = r.premise and o.during @> (hub_now at time zone t.zone)::date
		join premise.customer c on c.customer = o.customer
		left join premise.meter m on m.premise = r.premise and m.during @> (hub_now at time zone t.zone)::date
		where c.known and r.permitted @> hub_now
		order by c.customer, p.premise;
		return;
	end if;
	return query
	with g as materialized (
		select g.*, espi.blocks(g.scope) as blocks, not espi.blocks(g.scope) && parts as every, a.kinds, a.starts_at,
			a.ends_at, a.decided_at
		from espi.grants(w) g join agreement.agreement a on a.agreement = g.agreement
		where g.customer_data
	), r as materialized (
		select distinct on (x.premise) x.premise, g.*
		from g cross join lateral reads.rights(g.csp, g.kinds[1], tstzrange(null, null), null, g.agreement) x
		order by x.premise, g.made_at desc, g.granted desc
	)
	select r.premise, p.esiid, t.zone, r.subscription, r.retail_customer, r.made_at, c.customer, c.kind, c.language,
		c.account_index,
		case when r.every or r.blocks && '{56,57}' then c.account_sealed end,
		case when r.every or 54 = any (r.blocks) then c.name_sealed end,
		case when r.every or 55 = any (r.blocks) then c.address_sealed end,
		case when r.every or 55 = any (r.blocks) then (select n.sealed from premise.contact n
			where n.customer = c.customer and n.kind = 'phone' order by n.index limit 1) end,
		case when r.every or 55 = any (r.blocks) then (select n.sealed from premise.contact n
			where n.customer = c.customer and n.kind = 'email' order by n.index limit 1) end,
		r.every or 57 = any (r.blocks), coalesce(r.decided_at, r.starts_at), r.starts_at, r.ends_at,
		r.every or 58 = any (r.blocks), p.street, p.city, p.state, p.zip,
		case when r.every or 59 = any (r.blocks) then y.name end,
		case when r.every or r.blocks && '{60,61}' then m.meter_number end, m.interval_s
	from r
	join agreement.premise x on x.agreement = r.agreement and x.premise = r.premise
	join premise.customer c on c.customer = x.customer
	join premise.premise p on p.premise = r.premise
	join party.tdu t on t.party = p.tdu join party.party y on y.party = p.tdu
	left join premise.meter m on m.premise = r.premise and m.during @> (hub_now at time zone t.zone)::date
	where c.known
	order by r.retail_customer, c.customer, r.premise;
end $$;

-- For the test addresses: whether a client shows its secret, or (secret_sha256 null) may be sent back to an address.
create or replace function espi.trial_client(client_id text, secret_sha256 bytea, redirect_uri text)
returns bool
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select exists (select from oauth.client l
		where l.client_id = trial_client.client_id and l.ended_at is null and l.state <> 'REVOKED'
			and case when trial_client.secret_sha256 is null then trial_client.redirect_uri = any (l.redirect_uris)
				else l.secret_sha256 = trial_client.secret_sha256 end)
$$;

-- A consent on paper, which an operator types in (function block 40): a grant as any other. form_sha256 is of the
-- form that was signed, paper what is written on it to find it by. The agreement's number and state.
create or replace function espi.grant_offline(client_id text, esiids text[], scope text, months int4, language text,
	email_sealed bytea, email_place bytea, email_index bytea, paper text, form_sha256 bytea, actor text)
returns table (agreement int8, state text, authorization_id uuid)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	c oauth.client;
	premises int4[] := array(select p.premise from premise.premise p where p.esiid = any (esiids));
	made int8;
begin
	select l.* into c from oauth.client l where l.client_id = grant_offline.client_id and l.ended_at is null;
	if not found then
		raise exception using errcode = 'BB001', message = format('there is no client "%s"', client_id);
	elsif cardinality(premises) is distinct from (select count(distinct e)::int4 from unnest(esiids) e) then
		raise exception using errcode = 'BB001', message = 'one of the ESI IDs is not known';
	elsif coalesce(length(trim(paper)), 0) not between 1 and 100 or octet_length(form_sha256) is distinct from 32 then
		raise exception using errcode = 'BB003', message = 'expected the number of the form, and the form itself';
	end if;
	made := oauth.grant_make(c.client, premises, grant_offline.scope, grant_offline.months, upper(grant_offline.language),
		grant_offline.email_sealed, grant_offline.email_place, grant_offline.email_index, 'paper', form_sha256,
		jsonb_build_object('paper', paper), null, null, sha256(uuid_send(gen_random_uuid())), actor);
	perform audit.record('espi.granted_offline', actor, c.csp, null, jsonb_build_object('agreement', g.agreement,
		'client', c.client_id, 'paper', paper, 'form_sha256', encode(form_sha256, 'hex')))
	from oauth.grant g where g.granted = made;
	return query
	select g.agreement, a.state, g.authorization_id
	from oauth.grant g join agreement.agreement a on a.agreement = g.agreement where g.granted = made;
end $$;
