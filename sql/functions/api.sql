-- Who calls the API.
set local check_function_bodies = off;

-- Whose secret this is, as it stands now: a token's SHA-256, or the handle of a session of the box. BB007 when it
-- is nothing, or nothing any more. Every function for the API begins with it; `may` lists the classes that may.
create or replace function api.who(shown bytea, may text[] default null)
returns api.principal
language plpgsql security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan set enable_seqscan = off
as $$
declare
	key bytea := sha256(shown);
	t api.token;
	w api.principal;
	s delivery.session;
begin
	select x.* into t
	from api.token x
	left join delivery.account a on a.account = x.account
	left join delivery.credential c on c.credential = x.credential
	left join oauth.client l on l.client = x.client
	where x.verifier = key and x.ended_at is null
		and (x.expires_at is null or x.expires_at > clock_timestamp())
		and (x.account is null or a.state = 'OPEN')
		and (x.credential is null or c.ended_at is null
			and (c.expires_at is null or c.expires_at > clock_timestamp()))
		and (x.client is null or l.ended_at is null
			-- on hold it sees its own record, and no more
			and (x.class = 'REGISTRATION' or oauth.client_wrong(l) is null))
		-- what a customer allowed is over
		and (x.granted is null or exists (select from oauth.grant g
			join agreement.agreement m on m.agreement = g.agreement
			join agreement.state n on n.state = m.state
			where g.granted = x.granted and not n.over and m.ends_at > ops.now()));
	if found then
		w.class := t.class;
		w.party := t.party;
		w.account := t.account;
		w.token := t.token;
		w.client := t.client;
		w.granted := t.granted;
		w.agreement := (select g.agreement from oauth.grant g where g.granted = t.granted);
		w.scope := t.scope;
		if (t.last_used_at is null or t.last_used_at < clock_timestamp() - interval '1 min')
			and not pg_is_in_recovery() then	-- a standby only reads
			update api.token x set last_used_at = clock_timestamp() where x.token = t.token;
		end if;
	elsif exists (select from portal.session x where x.verifier = key) then
		w := portal.principal(portal.any_session(shown));
	else
		begin
			s := delivery.session_of(shown);
		exception when sqlstate 'BB002' then
			raise exception using errcode = 'BB007', message = 'the login or token is not valid (any more)';
		end;
		w.class := 'ACCOUNT';
		w.account := s.account;
		w.party := (select a.party from delivery.account a where a.account = s.account);
		w.scope := '';
	end if;
	if w.kind is null then
		select p.kind, p.code into w.kind, w.code from party.party p where p.party = w.party;
	end if;
	w.login := coalesce((select a.login from delivery.account a where a.account = w.account), w.login);
	if may is not null and w.class <> all (may) then
		raise exception using errcode = 'BB002', message = format('that is not for a token of class %s', w.class);
	end if;
	return w;
end $$;

-- May who is at the portal change something? A machine may what its credential lets it; a person what the role does.
-- Each function that changes something and that busbar-portald may call asks this. BB002: no.
create or replace function api.writes(w api.principal, least_role text default 'MEMBER')
returns void
language plpgsql immutable security definer set search_path = pg_catalog, pg_temp
as $$
begin
	if w.role is not null and array_position('{READER,MEMBER,ADMIN}'::text[], w.role)
			< array_position('{READER,MEMBER,ADMIN}'::text[], least_role) then
		raise exception using errcode = 'BB002', message = format('that takes the role %s in your organisation; yours is %s',
			least_role, w.role);
	end if;
end $$;

-- A new token of 256 bits, which the caller has drawn: shown is its SHA-256.
create or replace function api.token_add(shown bytea, class text, party int4, account int4, credential int8,
	client int4, granted int8, scope text, label text, lives interval)
returns int8
language sql security definer set search_path = pg_catalog, pg_temp
as $$
	insert into api.token (verifier, class, party, account, credential, client, granted, scope, label,
		expires_at)
	values (sha256(shown), token_add.class, token_add.party, token_add.account, token_add.credential,
		token_add.client, token_add.granted, coalesce(token_add.scope, ''), token_add.label,
		clock_timestamp() + lives)
	returning token
$$;
