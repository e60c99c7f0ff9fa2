-- Partners' own servers: how one is named, proven and given up.
set local check_function_bodies = off;

create or replace function delivery.endpoint_of(number int8)
returns delivery.endpoint
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
	p delivery.endpoint;
begin
	select x.* into p from delivery.endpoint x where x.endpoint = number;
	if not found then
		raise exception using errcode = 'BB001', message = format('there is no endpoint %s', number);
	end if;
	return p;
end $$;

-- One step of an endpoint's life, with its audit event: the only way in which a state changes.
create or replace function delivery.endpoint_move(number int8, event text, says text, actor text)
returns delivery.endpoint
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	p delivery.endpoint := delivery.endpoint_of(number);
	was text;
	then_is text;
begin
	select x.* into p from delivery.endpoint x where x.endpoint = number for no key update;
	was := p.state;
	select s.next into then_is from delivery.endpoint_step s
	where s.state = was and s.event = endpoint_move.event;
	if not found then
		raise exception using errcode = 'BB004', message = format(
			'"%s" is not possible for endpoint %s, which is %s', event, number, was);
	end if;
	update delivery.endpoint x set state = then_is, says = endpoint_move.says,
		proven_at = case when then_is = 'PROVEN' then clock_timestamp() else x.proven_at end,
		ended_at = case when then_is = 'ENDED' then clock_timestamp() end
	where x.endpoint = number
	returning x.* into p;
	perform audit.record('endpoint.' || case event when 'prove' then 'proven' when 'fail' then 'failed'
		when 'end' then 'ended' when 'pin' then 'pinned' else 'challenged' end, actor,
		(select a.party from delivery.account a where a.account = p.account), null,
		jsonb_strip_nulls(jsonb_build_object('endpoint', number, 'was', was, 'state', then_is,
		'host', p.host, 'says', endpoint_move.says)));
	return p;
end $$;

-- A new code, and the delivery that takes it there. Upper case and digits that cannot be mistaken.
create or replace function delivery.challenge_make(number int8)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	letters constant text := 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
	random bytea := delivery.random32();
begin
	update delivery.endpoint x set challenge_tries = 0,
		challenge = (select string_agg(substr(letters, 1 + get_byte(random, i) % 32, 1), '' order by i)
			from generate_series(0, 11) i)
	where x.endpoint = number;
	perform delivery.push_move(p.push, 'cancel', null, null, 'dropd') from delivery.push p
	where p.endpoint = number and p.drop is null and p.state in ('QUEUED', 'SENDING');
	insert into delivery.push (endpoint, queued_at, next_at) values (number, ops.now(), ops.now());
	perform pg_notify('delivery_push', '');
end $$;

-- secret: sealed by the caller; pin: SHA-256 of host key or certificate. The challenge goes out at once.
create or replace function delivery.endpoint_add(login text, kind text, implicit bool, host text, port int4,
	path text, server_login text, secret_kind text, secret bytea, pin bytea,
	actor text default session_user)
returns int8
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	a delivery.account := delivery.account_named(login);
	made int8;
begin
	if a.state <> 'OPEN' then
		raise exception using errcode = 'BB002', message = 'the account is closed';
	end if;
	insert into delivery.endpoint as x (account, kind, implicit, host, port, path, login, secret_kind,
		secret, pin)
	values (a.account, upper(endpoint_add.kind), endpoint_add.implicit, endpoint_add.host,
		endpoint_add.port, endpoint_add.path, server_login, upper(endpoint_add.secret_kind),
		endpoint_add.secret, endpoint_add.pin)
	returning x.endpoint into made;
	perform audit.record('endpoint.added', actor, a.party, null, jsonb_build_object('endpoint', made,
		'account', a.account, 'kind', upper(kind), 'host', host, 'port', port, 'path', path,
		'pin', encode(pin, 'hex')));
	perform delivery.challenge_make(made);
	return made;
exception when check_violation then
	raise exception using errcode = 'BB003', message = 'expected SFTP, FTPS or HTTPS, a host, a port, and '
		'a SHA-256 to pin';
end $$;

-- Another host key or certificate, and the secret sealed to it: it must be proven anew. What waits to be
-- delivered goes on waiting.
create or replace function delivery.endpoint_pin(number int8, secret_kind text, secret bytea, pin bytea,
	actor text default session_user)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	perform delivery.endpoint_move(number, 'pin', null, actor);
	update delivery.endpoint x set secret_kind = upper(endpoint_pin.secret_kind),
		secret = endpoint_pin.secret, pin = endpoint_pin.pin
	where x.endpoint = number;
	perform delivery.challenge_make(number);
exception when check_violation then
	raise exception using errcode = 'BB003', message = 'expected a SHA-256 to pin';
end $$;

-- A new challenge file; the code of the one before is void.
create or replace function delivery.endpoint_challenge(number int8, actor text default session_user)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	perform delivery.endpoint_move(number, 'challenge', null, actor);
	perform delivery.challenge_make(number);
end $$;

-- The partner has read the code in the file. After ten wrong ones another challenge is needed. A wrong code
-- is an answer, not an error, so that its count is kept.
create or replace function delivery.endpoint_prove(number int8, code text, actor text default session_user)
returns table (proven bool, says text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	p delivery.endpoint := delivery.endpoint_of(number);
begin
	select x.* into p from delivery.endpoint x where x.endpoint = number for no key update;
	if p.state = 'UNPROVEN' and p.challenge_tries < 10
		and upper(regexp_replace(code, '[^A-Za-z0-9]', '', 'g')) is distinct from p.challenge then
		update delivery.endpoint x set challenge_tries = x.challenge_tries + 1 where x.endpoint = number;
		return query select false, 'that is not the code in the last challenge file';
	elsif p.state = 'UNPROVEN' and p.challenge_tries >= 10 then
		return query select false, 'too many wrong codes: have another challenge sent';
	else
		perform delivery.endpoint_move(number, 'prove', null, actor);
		update delivery.endpoint x set challenge = null where x.endpoint = number;
		perform pg_notify('delivery_push', '');
		return query select true, null::text;
	end if;
end $$;

-- Nothing goes there any more; its secret is forgotten.
create or replace function delivery.endpoint_end(number int8, actor text default session_user)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	-- first what a sender locks first, so that neither waits for the other for ever
	perform from delivery.push p where p.endpoint = number and p.state in ('QUEUED', 'SENDING')
	order by p.push for no key update;
	perform delivery.endpoint_move(number, 'end', null, actor);
	update delivery.subscription s set endpoint = null where s.endpoint = number;
	perform delivery.push_move(p.push, 'cancel', null, 'the endpoint was ended', actor)
	from delivery.push p where p.endpoint = number and p.state in ('QUEUED', 'SENDING');
	update delivery.endpoint x set secret = '', challenge = null where x.endpoint = number;
end $$;

-- Drops of a subscription are pushed there from the next one on; null: to nobody.
create or replace function delivery.subscription_endpoint(of_subscription int8, number int8,
	actor text default session_user)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	s delivery.subscription := delivery.subscription_of(of_subscription);
	p delivery.endpoint;
begin
	if number is not null then
		p := delivery.endpoint_of(number);
		if p.account <> s.account then
			raise exception using errcode = 'BB002',
				message = 'the endpoint is of another account than the subscription';
		elsif p.state = 'ENDED' then
			raise exception using errcode = 'BB004', message = 'the endpoint was ended';
		end if;
	end if;
	update delivery.subscription x set endpoint = number where x.subscription = of_subscription;
	perform audit.record('subscription.endpoint', actor, (select a.party from delivery.account a
		where a.account = s.account), null, jsonb_strip_nulls(jsonb_build_object(
		'subscription', of_subscription, 'endpoint', number)));
end $$;

create or replace function delivery.endpoints(login text default null)
returns table (endpoint int8, login_name text, party_code text, kind text, implicit bool, host text,
	port int4, path text, server_login text, secret_kind text, pin text, state text, says text,
	challenge text, subscriptions int8, waiting int8, made_at timestamptz, proven_at timestamptz,
	last_sent_at timestamptz)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select x.endpoint, a.login, p.code, x.kind, x.implicit, x.host, x.port, x.path, x.login,
		x.secret_kind, encode(x.pin, 'hex'), x.state, x.says,
		(select lower(q.state) from delivery.push q where q.endpoint = x.endpoint and q.drop is null
			order by q.push desc limit 1),
		(select count(*) from delivery.subscription s where s.endpoint = x.endpoint),
		(select count(*) from delivery.push q where q.endpoint = x.endpoint
			and q.drop is not null and q.state in ('QUEUED', 'SENDING')),
		x.made_at, x.proven_at,
		(select max(q.sent_at) from delivery.push q where q.endpoint = x.endpoint)
	from delivery.endpoint x
	join delivery.account a on a.account = x.account
	join party.party p on p.party = a.party
	where endpoints.login is null or a.login = lower(endpoints.login)
	order by x.endpoint
$$;
