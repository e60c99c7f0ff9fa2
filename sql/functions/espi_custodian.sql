-- Green Button: tokens of the custodian's own staff (datacustodian_access_token). Such a token sees what customers have
-- granted, to whichever client, and nothing that nobody has granted: never more than leaves by Green Button anyway. It
-- belongs to the hub's own party, lives for hours, and its reason stands in every event that it leads to.
set local check_function_bodies = off;

create or replace function espi.custodian_token(shown bytea, reason text, hours int4, actor text)
returns timestamptz
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	own int4;
	made int8;
begin
	if octet_length(shown) is distinct from 32 or coalesce(length(trim(reason)), 0) not between 1 and 100 then
		raise exception using errcode = 'BB003', message = 'expected a reason of 1 to 100 characters';
	elsif coalesce(hours, 0) not between 1 and 8 then
		raise exception using errcode = 'BB003', message = 'expected 1 to 8 hours';
	end if;
	insert into party.party (kind, code, name) values ('OPERATOR', 'custodian', 'The custodian itself')
	on conflict (code) do nothing
	returning party into own;
	if own is not null then
		perform audit.record('party.added', actor, own, null, jsonb_build_object('kind', 'OPERATOR', 'code', 'custodian'));
	end if;
	select p.party into own from party.party p where p.code = 'custodian' and p.kind = 'OPERATOR';
	if own is null then
		raise exception using errcode = 'BB005', message = 'a party that is not the hub is called "custodian"';
	end if;
	made := api.token_add(shown, 'CUSTODIAN', own, null, null, null, null, '', trim(reason), make_interval(hours => hours));
	perform audit.record('espi.custodian_token', actor, own, null, jsonb_build_object('token', made, 'reason',
		trim(reason), 'hours', hours));
	return (select t.expires_at from api.token t where t.token = made);
end $$;

-- Of which grant or client a custodian asks: `of` is a subscription, a retail customer or a bulk.
create or replace function espi.custodian_of(w api.principal, of uuid)
returns api.principal
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
	select g.granted, g.client, g.agreement into w.granted, w.client, w.agreement
	from oauth.grant g where of in (g.subscription, g.retail_customer);
	if not found then
		select l.client into w.client from oauth.client l where l.bulk = of;
	end if;
	if w.client is null then
		raise exception using errcode = 'BB001', message = 'there is no such resource';
	end if;
	return w;
end $$;

-- Why a custodian's token was made; null for other tokens.
create or replace function espi.custodian_why(w api.principal)
returns text
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select t.label from api.token t where t.token = w.token and w.class = 'CUSTODIAN'
$$;
