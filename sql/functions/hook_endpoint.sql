-- Where webhooks go: how an endpoint is made, proven, changed and ended, by its owner through the API (what is shown
-- says who that is) or by the operator.
set local check_function_bodies = off;

create or replace function hook.endpoint_of(number int8)
returns hook.endpoint
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	e hook.endpoint;
begin
	select x.* into e from hook.endpoint x where x.endpoint = number for no key update;
	if not found then
		raise exception using errcode = 'BB001', message = format('there is no webhook %s', number);
	end if;
	return e;
end $$;

-- One step of an endpoint's life, with its audit event: the only way in which a state changes.
create or replace function hook.endpoint_move(number int8, event text, words text, actor text)
returns hook.endpoint
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	e hook.endpoint := hook.endpoint_of(number);
	was text := e.state;
	then_is text;
begin
	select s.next into then_is from hook.endpoint_step s where s.state = was and s.event = endpoint_move.event;
	if not found then
		raise exception using errcode = 'BB004',
			message = format('"%s" is not possible for webhook %s, which is %s', event, number, was);
	end if;
	update hook.endpoint x set state = then_is, says = words,
		attempts = 0, failing_since = null, told_at = null, tried_at = null, next_at = ops.now(),
		proven_at = case when event = 'prove' then clock_timestamp() when then_is = 'UNPROVEN' then null
			else x.proven_at end,
		ended_at = case when then_is = 'ENDED' then clock_timestamp() end
	where x.endpoint = number
	returning x.* into e;
	perform audit.record('webhook.' || case event when 'prove' then 'proven' when 'change' then 'changed'
		when 'pause' then 'paused' when 'give-up' then 'given_up' when 'resume' then 'resumed' else 'ended' end,
		actor, e.party, null, jsonb_strip_nulls(jsonb_build_object('webhook', number, 'was', was, 'state', then_is,
		'host', split_part(e.url, '/', 3), 'says', words)));
	perform pg_notify('hook_due', '');
	return e;
end $$;

-- A challenge that its program has to answer before anything is sent there.
create or replace function hook.challenge()
returns text
language sql volatile security definer set search_path = pg_catalog, pg_temp
as $$
	select encode(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()), 'hex')
$$;

create or replace function hook.events_ok(events text[])
returns text[]
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
	wrong text := (select string_agg(format('"%s"', w), ', ') from unnest(events_ok.events) w
		where not exists (select from hook.kind k where k.kind = w));
begin
	if wrong is not null then
		raise exception using errcode = 'BB003', message = format('there are no events of kind %s; expected some of %s',
			wrong, (select string_agg(k.kind, ', ' order by k.kind) from hook.kind k));
	end if;
	return case when cardinality(events_ok.events) > 0 then array(select distinct w from unnest(events_ok.events) w
		order by 1) end;
end $$;

-- A new endpoint of a party, told of what happens from now on once it is proven. secret: sealed by the caller.
create or replace function hook.make(party int4, account int4, client int4, kind text, url text, label text,
	events text[], secret bytea, actor text)
returns int8
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	made int8;
begin
	perform pg_advisory_xact_lock(5, make.party);
	if (select count(*) from hook.endpoint e where e.party = make.party and e.state <> 'ENDED') >= 20 then
		raise exception using errcode = 'BB004', message = 'there are 20 webhooks already: end one first';
	end if;
	insert into hook.endpoint as e (party, account, client, kind, url, label, events, secret, challenge, seq, next_at)
	values (make.party, make.account, make.client, make.kind, make.url, nullif(make.label, ''),
		hook.events_ok(make.events), make.secret, hook.challenge(),
		coalesce((select h.seq from hook.party h where h.party = make.party), 0), ops.now())
	returning e.endpoint into made;
	perform audit.record('webhook.made', actor, party, null, jsonb_strip_nulls(jsonb_build_object('webhook', made,
		'kind', kind, 'host', split_part(url, '/', 3), 'events', events, 'client', client)));
	perform pg_notify('hook_due', '');
	return made;
exception when check_violation or not_null_violation then
	raise exception using errcode = 'BB003', message = 'expected a kind of BUSBAR or UTILITYAPI, an https:// '
		'address without a query, of at most 400 characters, and a label of at most 100';
end $$;

-- Another address, label or events; null leaves one as it is (an empty list of events: all). Another address is
-- proven anew.
create or replace function hook.change(number int8, url text, label text, events text[], actor text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	e hook.endpoint := hook.endpoint_of(number);
begin
	if e.state = 'ENDED' then
		raise exception using errcode = 'BB004', message = format('webhook %s was ended', number);
	elsif change.url is not null and change.url <> e.url then
		perform hook.endpoint_move(number, 'change', null, actor);
		update hook.endpoint x set url = change.url, challenge = hook.challenge(), ping = true, token = null,
			worker = null, lease_until = null
		where x.endpoint = number;
	end if;
	update hook.endpoint x set label = coalesce(change.label, x.label),
		events = case when change.events is null then x.events else hook.events_ok(change.events) end
	where x.endpoint = number;
	if change.label is not null or change.events is not null then
		perform audit.record('webhook.changed', actor, e.party, null, jsonb_strip_nulls(jsonb_build_object(
			'webhook', number, 'events', change.events)));
	end if;
exception when check_violation then
	raise exception using errcode = 'BB003', message = 'expected an https:// address without a query, of at most '
		'400 characters, and a label of at most 100';
end $$;

-- pause, resume, end.
create or replace function hook.step(number int8, event text, actor text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	if event not in ('pause', 'resume', 'end') then
		raise exception using errcode = 'BB003', message = format('"%s", expected pause, resume or end', event);
	end if;
	perform hook.endpoint_move(number, event, null, actor);
	if event = 'end' then
		update hook.endpoint x set token = null, worker = null, lease_until = null, secret = '', secret_next = null,
			rotates_at = null, ping = false
		where x.endpoint = number;
		delete from hook.item i where i.endpoint = number;
	end if;
end $$;

-- A ping at once; of one that is not proven the challenge again.
create or replace function hook.test(number int8, actor text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	e hook.endpoint := hook.endpoint_of(number);
begin
	if e.state not in ('UNPROVEN', 'PROVEN') then
		raise exception using errcode = 'BB004', message = format('webhook %s is %s', number, e.state);
	end if;
	update hook.endpoint x set ping = true, next_at = ops.now(), tried_at = null,
		failing_since = case when x.state = 'UNPROVEN' then null else x.failing_since end,
		attempts = case when x.state = 'UNPROVEN' then 0 else x.attempts end
	where x.endpoint = number;
	perform audit.record('webhook.tested', actor, e.party, null, jsonb_build_object('webhook', number));
	perform pg_notify('hook_due', '');
end $$;

-- Another secret: for a day both sign, then it alone. At once when `now`, or when one is under way already.
create or replace function hook.rotate(number int8, new_secret bytea, "now" bool, actor text)
returns timestamptz
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	e hook.endpoint := hook.endpoint_of(number);
	until timestamptz := ops.now() + interval '24 hours';
begin
	if e.state = 'ENDED' or e.kind = 'BATCHLIST' then
		raise exception using errcode = 'BB004', message = format('webhook %s has no secret', number);
	elsif octet_length(coalesce(new_secret, '')) = 0 then
		raise exception using errcode = 'BB003', message = 'expected a sealed secret';
	end if;
	update hook.endpoint x set secret = case when "now" then new_secret else x.secret end,
		secret_next = case when not "now" then new_secret end, rotates_at = case when not "now" then until end
	where x.endpoint = number;
	perform audit.record('webhook.rotated', actor, e.party, null,
		jsonb_build_object('webhook', number, 'at_once', "now"));
	return case when "now" then ops.now() else until end;
end $$;

-- Goes on from a place in the log: "1234", or "1234.ESIID" within the event after it. What was told since is told
-- again, with the same ids. Nothing older than the log.
create or replace function hook.replay(number int8, cursor text, actor text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	e hook.endpoint := hook.endpoint_of(number);
	head int8 := coalesce((select h.seq from hook.party h where h.party = e.party), 0);
	oldest int8 := coalesce((select min(l.seq) from hook.log l where l.party = e.party), head + 1) - 1;
	wanted int8;
	of_premise int4;
begin
	if e.state = 'ENDED' then
		raise exception using errcode = 'BB004', message = format('webhook %s was ended', number);
	elsif cursor !~ '^[0-9]{1,18}(\.[0-9]{10,36})?$' then
		raise exception using errcode = 'BB003', message = 'expected a cursor as it stood in a request, or 0';
	end if;
	wanted := greatest(split_part(cursor, '.', 1)::int8, oldest);
	if wanted > head then
		raise exception using errcode = 'BB003',
			message = format('there is nothing at %s yet: the log ends at %s', wanted, head);
	end if;
	of_premise := (select p.premise from premise.premise p where p.esiid = nullif(split_part(cursor, '.', 2), ''));
	-- what is under way does not count any more
	update hook.endpoint x set seq = wanted, premise = of_premise, token = null, worker = null, lease_until = null,
		next_at = ops.now(), tried_at = null
	where x.endpoint = number;
	delete from hook.item i where i.endpoint = number;
	perform audit.record('webhook.replayed', actor, e.party, null,
		jsonb_build_object('webhook', number, 'from', wanted, 'was', e.seq));
	perform pg_notify('hook_due', '');
end $$;

-- ---- programs of third parties (OAuth): their notify_uri is an endpoint ----

-- Follows oauth.client.notify_uri: a program that has one gets BatchLists there, once it has answered.
create or replace function hook.follow_client()
returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	e hook.endpoint;
begin
	select x.* into e from hook.endpoint x where x.client = new.client and x.state <> 'ENDED';
	if found and (new.notify_uri is null or new.ended_at is not null) then
		perform hook.step(e.endpoint, 'end', 'oauth');
	elsif found and new.notify_uri <> e.url then
		perform hook.change(e.endpoint, new.notify_uri, null, null, 'oauth');
	elsif not found and new.notify_uri is not null and new.ended_at is null then
		perform hook.make(new.csp, null, new.client, 'BATCHLIST', new.notify_uri, null, null, '', 'oauth');
	end if;
	return null;
end $$;

-- ---- what is shown ----

create or replace function hook.endpoints(of_party int4)
returns table (webhook int8, party_code text, kind text, url text, label text, events text, state text, says text,
	"cursor" text, log_end int8, failing_since timestamptz, attempts int4, next_at timestamptz, rotates_at timestamptz,
	made_at timestamptz, proven_at timestamptz, sent_at timestamptz)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select e.endpoint, p.code, e.kind, e.url, e.label, array_to_string(e.events, ','), e.state, e.says,
		e.seq || coalesce('.' || m.esiid, ''), coalesce(h.seq, 0), e.failing_since, e.attempts,
		case when e.state in ('UNPROVEN', 'PROVEN') and e.attempts > 0 then e.next_at end, e.rotates_at, e.made_at,
		e.proven_at, e.sent_at
	from hook.endpoint e
	join party.party p on p.party = e.party
	left join hook.party h on h.party = e.party
	left join premise.premise m on m.premise = e.premise
	where (of_party is null or e.party = of_party) and e.state <> 'ENDED'
	order by e.endpoint
$$;

-- The newest attempts, before a number if given.
create or replace function hook.attempts(number int8, before int8, most int4)
returns table (attempt int8, at timestamptz, what text, items int4, bytes int4, from_cursor int8, to_cursor int8,
	address text, status int4, ms int4, result text, says text)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select a.attempt, a.at, a.what, a.items, a.bytes, a.from_seq, a.to_seq, a.address, a.status, a.ms, a.result, a.says
	from hook.attempt a
	where a.endpoint = number and (attempts.before is null or a.attempt < attempts.before)
	order by a.attempt desc
	limit least(greatest(attempts.most, 1), 1000)
$$;

-- ---- for the API: whose they are is what is shown ----

create or replace function hook.own(shown bytea, number int8)
returns api.principal
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.who(shown, '{ACCOUNT,SESSION,PERSONAL,CLIENT}');
begin
	perform api.scope_need(w, 'webhooks');
	if number is not null and not exists (select from hook.endpoint e where e.endpoint = number
		and e.party = w.party and e.state <> 'ENDED' and (w.client is null or e.client = w.client)) then
		raise exception using errcode = 'BB001', message = format('there is no webhook %s', number);
	end if;
	return w;
end $$;

create or replace function hook.own_party(shown bytea)
returns int4
language sql security definer set search_path = pg_catalog, pg_temp
as $$
	select (hook.own(shown, null)).party
$$;

create or replace function hook.own_list(shown bytea, number int8)
returns table (webhook int8, party_code text, kind text, url text, label text, events text, state text, says text,
	"cursor" text, log_end int8, failing_since timestamptz, attempts int4, next_at timestamptz, rotates_at timestamptz,
	made_at timestamptz, proven_at timestamptz, sent_at timestamptz)
language sql security definer set search_path = pg_catalog, pg_temp
as $$
	select e.* from hook.own(shown, number) w cross join lateral hook.endpoints(w.party) e
	where (number is null or e.webhook = number)
		and (w.client is null or exists (select from hook.endpoint x where x.endpoint = e.webhook and x.client = w.client))
$$;

create or replace function hook.own_add(shown bytea, kind text, url text, label text, events text[], secret bytea)
returns int8
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.who(shown, '{ACCOUNT,SESSION,PERSONAL}');
begin
	perform api.writes(w);
	perform api.scope_need(w, 'webhooks');
	if upper(kind) not in ('BUSBAR', 'UTILITYAPI') then
		raise exception using errcode = 'BB003',
			message = 'expected a kind of BUSBAR or UTILITYAPI; BatchLists go to the notify_uri of a program';
	end if;
	return hook.make(w.party, w.account, null, upper(kind), url, label, events, secret, coalesce(w.login, w.code));
end $$;

create or replace function hook.own_change(shown bytea, number int8, url text, label text, events text[])
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := hook.own(shown, number);
begin
	perform api.writes(w);
	if (select e.kind from hook.endpoint e where e.endpoint = number) = 'BATCHLIST' and own_change.url is not null then
		raise exception using errcode = 'BB004', message = 'its address is the notify_uri of a program';
	end if;
	perform hook.change(number, own_change.url, own_change.label, own_change.events, coalesce(w.login, w.code));
end $$;

-- pause, resume, end, test.
create or replace function hook.own_step(shown bytea, number int8, event text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := hook.own(shown, number);
begin
	perform api.writes(w);
	if event = 'test' then
		perform hook.test(number, coalesce(w.login, w.code));
	else
		perform hook.step(number, event, coalesce(w.login, w.code));
	end if;
end $$;

create or replace function hook.own_rotate(shown bytea, number int8, secret bytea, "now" bool)
returns timestamptz
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := hook.own(shown, number);
begin
	perform api.writes(w);
	return hook.rotate(number, secret, "now", coalesce(w.login, w.code));
end $$;

create or replace function hook.own_replay(shown bytea, number int8, cursor text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := hook.own(shown, number);
begin
	perform api.writes(w);
	perform hook.replay(number, cursor, coalesce(w.login, w.code));
end $$;

create or replace function hook.own_attempts(shown bytea, number int8, before int8, most int4)
returns table (attempt int8, at timestamptz, what text, items int4, bytes int4, from_cursor int8, to_cursor int8,
	address text, status int4, ms int4, result text, says text)
language sql security definer set search_path = pg_catalog, pg_temp
as $$
	select a.* from hook.own(shown, number) w cross join lateral hook.attempts(number, before, most) a
$$;

-- ---- for the operator ----

create or replace function hook.add(party int4, kind text, url text, label text, events text[], secret bytea,
	actor text default session_user)
returns int8
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	if upper(kind) not in ('BUSBAR', 'UTILITYAPI') then
		raise exception using errcode = 'BB003', message = 'expected a kind of BUSBAR or UTILITYAPI';
	elsif not exists (select from party.party p where p.party = add.party) then
		raise exception using errcode = 'BB001', message = 'there is no such party';
	end if;
	return hook.make(party, null, null, upper(kind), url, label, events, secret, actor);
end $$;

create or replace function hook.party_of(number int8)
returns int4
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select e.party from hook.endpoint e where e.endpoint = number
$$;
