-- Deliveries to partners' own servers: a row for each drop and endpoint, sent by whoever has its token.
-- Whether it may go is asked when it is taken and again before it is published (delivery.drop_may_go).
set local check_function_bodies = off;

-- The pause before the next attempt: 1 min, doubling, up to 1 h; jitter 0 to 1 makes it up to a fifth
-- shorter, so that what failed together does not come back together.
create or replace function delivery.push_pause(attempts int4, jitter float8)
returns interval
language sql immutable security definer set search_path = pg_catalog, pg_temp
as $$
	select least(interval '1 h', interval '1 min' * (2 ^ least(greatest(attempts - 1, 0), 10)))
		* (1 - jitter / 5)
$$;

-- One step of a delivery's life, with its audit event: the only way in which a state changes.
create or replace function delivery.push_move(number int8, event text, reason text, says text, actor text)
returns delivery.push
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	p delivery.push;
	was text;
	then_is text;
begin
	select x.* into p from delivery.push x where x.push = number for no key update;
	if not found then
		raise exception using errcode = 'BB001', message = format('there is no delivery %s', number);
	end if;
	was := p.state;
	select s.next into then_is from delivery.push_step s
	where s.state = was and s.event = push_move.event;
	if not found then
		raise exception using errcode = 'BB004', message = format(
			'"%s" is not possible for delivery %s, which is %s', event, number, was);
	end if;
	update delivery.push x set state = then_is,
		token = case when then_is = 'SENDING' then gen_random_uuid() end,
		worker = case when then_is = 'SENDING' then x.worker end,
		lease_until = null,
		reason = coalesce(push_move.reason, case when then_is <> 'SENT' then x.reason end),
		says = coalesce(push_move.says, case when then_is <> 'SENT' then x.says end),
		ended_at = case when then_is in ('SENT', 'FAILED', 'CANCELLED', 'WITHDRAWN')
			then clock_timestamp() end,
		-- what began may have left temporary names behind
		clean_at = case when then_is in ('CANCELLED', 'WITHDRAWN') and x.attempts > 0 and x.drop is not null
			then ops.now() end,
		told_at = case when then_is = 'QUEUED' then null else x.told_at end
	where x.push = number
	returning x.* into p;
	-- that an attempt begins, or is lost, is no event of its own
	if event not in ('take', 'lose') then
		perform audit.record('push.' || case event when 'retry' then 'retried' when 'again' then 'queued'
			else lower(then_is) end, actor, a.party, null, jsonb_strip_nulls(jsonb_build_object(
			'push', number, 'drop', p.drop, 'endpoint', p.endpoint, 'attempts', p.attempts,
			'bytes', nullif(p.bytes, 0), 'reason', push_move.reason, 'says', push_move.says)))
		from delivery.endpoint e join delivery.account a on a.account = e.account
		where e.endpoint = p.endpoint;
	end if;
	return p;
end $$;

-- A drop that was built goes to the endpoint of its subscription, once.
create or replace function delivery.push_queue(of_drop int8)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	s delivery.subscription;
begin
	select x.* into s from delivery.drop d join delivery.subscription x on x.subscription = d.subscription
	where d.drop = of_drop;
	if s.endpoint is null then
		return;
	end if;
	insert into delivery.push (drop, endpoint, queued_at, next_at)
	select of_drop, e.endpoint, ops.now(), ops.now()
	from delivery.endpoint e where e.endpoint = s.endpoint and e.state <> 'ENDED'
	on conflict on constraint push_drop_endpoint_key do nothing;
	perform pg_notify('delivery_push', of_drop::text);
end $$;

-- A worker begins: what one of its name had taken before is due again. Gives how many.
create or replace function delivery.push_start(of_worker text)
returns int4
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	n int4;
begin
	select count(delivery.push_move(x.push, 'lose', null, null, 'dropd')) into n
	from (select p.push from delivery.push p
		where p.state = 'SENDING' and p.worker = of_worker for no key update) x;
	update delivery.push p set token = null, worker = null, lease_until = null
	where p.token is not null and p.state in ('WITHDRAWN', 'CANCELLED') and p.worker = of_worker;
	return n;
end $$;

-- Puts right what time has changed: leases that ran out, and deliveries that were tried for too long.
create or replace function delivery.push_tidy(give_up_s int8)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	perform delivery.push_move(x.push, 'lose', null, null, 'dropd')
	from (select p.push from delivery.push p
		where p.state = 'SENDING' and p.lease_until <= clock_timestamp()
		for no key update skip locked) x;
	perform delivery.push_move(x.push, 'fail', null, null, 'dropd')
	from (select p.push from delivery.push p
		where p.state = 'QUEUED' and p.queued_at <= ops.now() - give_up_s * interval '1 s'
		for no key update skip locked) x;
	update delivery.push p set clean_at = null
	where p.clean_at <= ops.now() and p.ended_at <= clock_timestamp() - give_up_s * interval '1 s';
end $$;

-- The next delivery that is due, for 60 seconds (push_lease gives longer). action: send, or clean, which
-- takes the temporary names of one that was withdrawn away. Of one endpoint at most two are under way. No
-- row when none is due.
create or replace function delivery.push_take(of_worker text, give_up_s int8)
returns table (push int8, token text, action text, "drop" int8, endpoint int8, kind text, implicit bool,
	host text, port int4, path text, login text, secret_kind text, secret bytea, pin bytea,
	publishing bool, resume bool, challenge text, bytes int8, files int8, attempts int4)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	p delivery.push;
	why text;
begin
	perform delivery.push_tidy(give_up_s);
	loop
		select q.* into p
		from delivery.push q join delivery.endpoint e on e.endpoint = q.endpoint
		where (q.state = 'QUEUED' and q.next_at <= ops.now()
				and e.state = case when q.drop is null then 'UNPROVEN' else 'PROVEN' end
				or q.state in ('WITHDRAWN', 'CANCELLED') and q.clean_at <= ops.now()
				and (q.lease_until is null or q.lease_until <= clock_timestamp())
				and e.state in ('UNPROVEN', 'PROVEN'))
			and (select count(*) from delivery.push u where u.endpoint = q.endpoint
				and u.token is not null and u.lease_until > clock_timestamp()) < 2
		order by q.next_at, q.push
		limit 1
		for no key update skip locked;
		if not found then
			return;
		end if;
		exit when p.state <> 'QUEUED' or p.drop is null;
		why := delivery.drop_stopped(p.drop);
		exit when why is null;
		perform delivery.push_move(p.push, 'withdraw', null, why, 'dropd');
	end loop;
	if p.state = 'QUEUED' then
		p := delivery.push_move(p.push, 'take', null, null, 'dropd');
	end if;
	update delivery.push x set worker = of_worker, token = coalesce(x.token, gen_random_uuid()),
		lease_until = clock_timestamp() + interval '60 s',
		attempts = x.attempts + (x.state = 'SENDING')::int4,
		begun_at = coalesce(x.begun_at, clock_timestamp())
	where x.push = p.push
	returning x.* into p;
	return query
	select p.push, p.token::text, case p.state when 'SENDING' then 'send' else 'clean' end, p.drop,
		e.endpoint, e.kind, e.implicit, e.host, e.port, e.path, e.login, e.secret_kind, e.secret, e.pin,
		p.publishing, p.bytes > 0, e.challenge,
		(select coalesce(sum(f.size), 0)::int8 from delivery.drop_file f where f.drop = p.drop),
		(select count(*) from delivery.drop_file f where f.drop = p.drop), p.attempts
	from delivery.endpoint e where e.endpoint = p.endpoint;
end $$;

-- The delivery that a sender has taken, locked, or BB004: it is not its own any more.
create or replace function delivery.pushing(number int8, of_token text)
returns delivery.push
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	p delivery.push;
begin
	select x.* into p from delivery.push x
	where x.push = number and x.token = of_token::uuid and x.lease_until > clock_timestamp() for no key update;
	if not found then
		raise exception using errcode = 'BB004',
			message = format('delivery %s is not this sender''s any more', number);
	end if;
	return p;
end $$;

-- Keeps the delivery for so long from now.
create or replace function delivery.push_lease(number int8, of_token text, seconds int8)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	perform delivery.pushing(number, of_token);
	update delivery.push x set lease_until = clock_timestamp() + seconds * interval '1 s'
	where x.push = number;
end $$;

-- Manifests come last: where they are, all is.
create or replace function delivery.push_files(number int8, of_token text)
returns table (name text, size int8, sha256 bytea)
language sql security definer set search_path = pg_catalog, pg_temp
as $$
	select f.name, f.size, f.sha256
	from delivery.pushing(number, of_token) p
	join delivery.drop_file f on f.drop = p.drop
	order by f.manifest, f.name
$$;

create or replace function delivery.push_moved(number int8, of_token text, bytes int8)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	perform delivery.pushing(number, of_token);
	update delivery.push x set bytes = push_moved.bytes where x.push = number;
end $$;

-- All of it is there under temporary names: may it be given its own? False: it is to be withdrawn.
create or replace function delivery.push_publish(number int8, of_token text, bytes int8)
returns bool
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	p delivery.push := delivery.pushing(number, of_token);
begin
	update delivery.push x set bytes = push_publish.bytes where x.push = number;
	if p.state <> 'SENDING' or (select e.state from delivery.endpoint e where e.endpoint = p.endpoint)
		<> (case when p.drop is null then 'UNPROVEN' else 'PROVEN' end) then
		return false;
	end if;
	if p.drop is not null and not delivery.drop_may_go(p.drop) then
		return false;
	end if;
	update delivery.push x set publishing = true where x.push = number;
	return true;
end $$;

create or replace function delivery.push_sent(number int8, of_token text, bytes int8, receipt text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	p delivery.push := delivery.pushing(number, of_token);
begin
	update delivery.push x set bytes = push_sent.bytes, receipt = left(push_sent.receipt, 400),
		sent_at = clock_timestamp()
	where x.push = number;
	perform delivery.push_move(number, 'send', null, null, 'dropd');
	if (select d.state from delivery.drop d where d.drop = p.drop) = 'BUILT' then
		perform delivery.drop_move(p.drop, 'deliver', null, 'dropd');
	end if;
end $$;

-- The temporary names are gone; of one that was being sent, since its right ended meanwhile.
create or replace function delivery.push_withdrawn(number int8, of_token text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	p delivery.push := delivery.pushing(number, of_token);
begin
	if p.state = 'SENDING' then
		perform delivery.push_move(number, 'withdraw', null,
			coalesce(delivery.drop_stopped(p.drop), 'the endpoint is none any more'), 'dropd');
	end if;
	update delivery.push x set clean_at = null, token = null, worker = null, lease_until = null
	where x.push = number;
end $$;

-- It is tried again later. Another host key or certificate ends the endpoint's use until a person looks.
create or replace function delivery.push_failed(number int8, of_token text, reason text, says text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	p delivery.push := delivery.pushing(number, of_token);
	-- what is wrong on our side is put right sooner
	pause interval := delivery.push_pause(p.attempts, random())
		/ case push_failed.reason when 'ours' then 12 else 1 end;
begin
	if p.state = 'SENDING' then
		perform delivery.push_move(number, 'retry', push_failed.reason, left(push_failed.says, 400),
			'dropd');
		update delivery.push x set next_at = ops.now() + pause where x.push = number;
	else
		update delivery.push x set clean_at = ops.now() + pause, token = null, worker = null,
			lease_until = null
		where x.push = number;
	end if;
	if push_failed.reason = 'pin' and exists (select from delivery.endpoint e
		where e.endpoint = p.endpoint and e.state in ('UNPROVEN', 'PROVEN')) then
		perform delivery.endpoint_move(p.endpoint, 'fail', left(push_failed.says, 400), 'dropd');
	end if;
end $$;

-- Until something falls due, in ms; null when nothing will.
create or replace function delivery.push_next_ms()
returns int8
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select greatest(0, extract(epoch from min(x.wait)) * 1000)::int8
	from (select min(p.next_at) - ops.now() as wait from delivery.push p where p.state = 'QUEUED'
		union all
		select min(p.clean_at) - ops.now() from delivery.push p where p.clean_at is not null
		union all
		select min(p.lease_until) - clock_timestamp() from delivery.push p
		where p.token is not null) x
$$;

-- ---- both sides are told ----

-- Deliveries that failed for good and of which the partner was not told yet.
create or replace function delivery.push_untold()
returns table (push int8, "drop" int8, host text, period text, label text, queued_at timestamptz,
	attempts int4, says text, file text)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select p.push, p.drop, e.host, d.period, s.label, p.queued_at, p.attempts,
		coalesce(p.says, 'it was never tried: ' || case e.state when 'UNPROVEN'
			then 'the server was not proven' else 'the server was not used any more' end),
		(select min(f.name) from delivery.drop_file f where f.drop = p.drop and not f.manifest)
	from delivery.push p
	join delivery.endpoint e on e.endpoint = p.endpoint
	join delivery.drop d on d.drop = p.drop
	join delivery.subscription s on s.subscription = d.subscription
	where p.state = 'FAILED' and p.told_at is null
	order by p.push limit 100
$$;

-- A file that says so, an object of the store already, into the folder in which the drop lies.
create or replace function delivery.push_tell(number int8, name text, sha256 bytea, size int8)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	s delivery.subscription;
	made int8;
begin
	update delivery.push x set told_at = clock_timestamp()
	where x.push = number and x.state = 'FAILED' and x.told_at is null;
	if not found then
		return;
	end if;
	select u.* into s from delivery.push p join delivery.drop d on d.drop = p.drop
	join delivery.subscription u on u.subscription = d.subscription where p.push = number;
	made := delivery.enter_file(s.account, s.folder, push_tell.name, push_tell.sha256, push_tell.size,
		'out', null);
end $$;

-- ---- what a person sees and does ----

-- What became of a drop's delivery, "SENT" or "QUEUED: space"; null: it goes to no server.
create or replace function delivery.drop_pushed(of_drop int8)
returns text
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select p.state || case when p.state in ('QUEUED', 'FAILED') then coalesce(': ' || p.reason, '') else '' end
	from delivery.push p where p.drop = of_drop
	order by p.push desc limit 1
$$;

create or replace function delivery.pushes(of_endpoint int8 default null, of_state text default null,
	most int4 default 100)
returns table (push int8, "drop" int8, endpoint int8, login text, party_code text, kind text, host text,
	label text, period text, state text, attempts int4, queued_at timestamptz, next_at timestamptz,
	bytes int8, total int8, reason text, says text, receipt text, sent_at timestamptz)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select p.push, p.drop, p.endpoint, a.login, y.code, e.kind, e.host, coalesce(s.label, 'challenge'),
		d.period, p.state, p.attempts, p.queued_at, case p.state when 'QUEUED' then p.next_at end,
		p.bytes, (select coalesce(sum(f.size), 0)::int8 from delivery.drop_file f where f.drop = p.drop),
		p.reason, p.says, p.receipt, p.sent_at
	from delivery.push p
	join delivery.endpoint e on e.endpoint = p.endpoint
	join delivery.account a on a.account = e.account
	join party.party y on y.party = a.party
	left join delivery.drop d on d.drop = p.drop
	left join delivery.subscription s on s.subscription = d.subscription
	where (of_endpoint is null or p.endpoint = of_endpoint)
		and (of_state is null or p.state = upper(of_state))
	order by p.push desc
	limit least(most, 100000)
$$;

-- Tried at once, and for as long again.
create or replace function delivery.push_again(number int8, actor text default session_user)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	perform delivery.push_move(number, 'again', null, null, actor);
	update delivery.push x set queued_at = ops.now(), next_at = ops.now(), attempts = 0
	where x.push = number;
	perform pg_notify('delivery_push', '');
exception when unique_violation then
	raise exception using errcode = 'BB004', message = 'a newer challenge of this endpoint is under way';
end $$;

create or replace function delivery.push_cancel(number int8, words text, actor text default session_user)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	perform delivery.push_move(number, 'cancel', null, coalesce(words, 'cancelled by the hub''s operator'),
		actor);
end $$;
