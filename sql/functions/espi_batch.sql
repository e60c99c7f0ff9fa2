-- Green Button: answers that are built on their own.
set local check_function_bodies = off;

-- Of whom a batch is that is held by this secret; null: none.
create or replace function espi.builder(shown bytea)
returns api.principal
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select row(case when b.granted is null then 'CLIENT' else 'ACCESS' end, p.party, p.kind, p.code, null, null, null,
		b.client, b.granted, g.agreement, coalesce(g.scope, ''), null, null)::api.principal
	from espi.batch b join oauth.client l on l.client = b.client join party.party p on p.party = l.csp
	left join oauth.grant g on g.granted = b.granted
	where b.lease = sha256(shown) and b.state = 'PENDING' and b.lease_until > clock_timestamp()
		and l.ended_at is null
$$;

-- What a batch of somebody would be made of now.
create or replace function espi.rights_of(w api.principal)
returns bytea
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select sha256(convert_to(coalesce(string_agg(format('%s/%s/%s/%s/%s', g.granted, g.scope, k.kind, x.premise,
		x.permitted), ' ' order by g.granted, k.kind, x.premise, x.permitted), ''), 'UTF8'))
	from espi.grants(w) g cross join (values ('interval'), ('billing')) k (kind)
	cross join lateral reads.rights(g.csp, k.kind, tstzrange(null, null), null, g.agreement) x
$$;

-- How many days of usage points lie in what is asked, at most.
create or replace function espi.weight(shown bytea, of_subscription uuid, from_day date, to_day date)
returns int8
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := espi.who(shown, of_subscription);
begin
	return coalesce((
		select sum(greatest(0, least(upper(x.permitted)::date, to_day + 1, ops.now()::date + 1)
			- greatest(lower(x.permitted)::date, from_day)))
		from espi.spans(w, 'interval', null) x), 0);
end $$;

-- Asks for a batch. is: NEW, PENDING; TWICE when the same is asked too soon; READY with the object in the store,
-- and an event that must be committed before a byte leaves.
create or replace function espi.batch_ask(shown bytea, of_subscription uuid, resource text)
returns table ("is" text, sha256 bytea, size int8, retry_s int4)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := espi.who(shown, of_subscription);
	b espi.batch;
	again int4 := ops.setting_of('espi.retry_s')::int4;
	then_is text := 'NEW';
begin
	-- a second request of the same moment waits here
	perform pg_advisory_xact_lock(hashtextextended(format('espi %s %s', w.client, batch_ask.resource), 0));
	select o.* into b from espi.batch o
	where o.client = w.client and o.granted is not distinct from w.granted and o.resource = batch_ask.resource;
	if b.state = 'PENDING' then
		then_is := case when b.asked_at > clock_timestamp() - make_interval(secs => again) then 'TWICE'
			else 'PENDING' end;
		update espi.batch o set asked_at = clock_timestamp() where o.batch = b.batch and then_is = 'PENDING';
	elsif b.state = 'READY' and b.forget_at > clock_timestamp() and b.rights = espi.rights_of(w) then
		then_is := 'READY';
		perform audit.record('reads.released', w.code, w.party, null, jsonb_strip_nulls(jsonb_build_object(
			'door', 'espi', 'right', 'agreement', 'agreement', w.agreement, 'client', w.client, 'batch',
			b.batch, 'entries', b.entries, 'resource', left(b.resource, 300), 'built_as', b.number)));
	else
		delete from espi.batch o where o.batch = b.batch;
		insert into espi.batch (client, granted, customer, resource)
		values (w.client, w.granted, false, batch_ask.resource);
		perform pg_notify('espi_batch', '');
	end if;
	return query select then_is, case when then_is = 'READY' then b.sha256 end, b.size, again;
end $$;

-- The oldest one that waits is the caller's, for an hour: the secret that it drew reads what the batch is to hold.
create or replace function espi.batch_claim(secret bytea)
returns table (batch int8, resource text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	delete from espi.batch b where b.state <> 'PENDING' and b.forget_at <= clock_timestamp();
	update espi.batch b set state = 'FAILED', lease = null, forget_at = clock_timestamp() + interval '1 hour'
	where b.state = 'PENDING' and b.attempts >= 3 and b.lease_until <= clock_timestamp();
	return query
	update espi.batch b set lease = sha256(secret), lease_until = clock_timestamp() + interval '50 min',
		attempts = b.attempts + 1
	where b.batch = (
		select o.batch from espi.batch o
		where o.state = 'PENDING' and (o.lease_until is null or o.lease_until <= clock_timestamp())
		order by o.batch limit 1 for no key update skip locked)
	returning b.batch, b.resource;
end $$;

-- It is in the store: whoever asked is told.
create or replace function espi.batch_end(secret bytea, of_sha256 bytea, of_size int8, entries int8, number int8)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := espi.builder(secret);
	b espi.batch;
begin
	update espi.batch o set state = 'READY', sha256 = of_sha256, size = of_size, entries = batch_end.entries,
		number = batch_end.number, rights = espi.rights_of(w), ready_at = clock_timestamp(), lease = null,
		forget_at = clock_timestamp() + make_interval(days => ops.setting_of('espi.keep_days')::int4)
	where o.lease = sha256(secret) and o.state = 'PENDING'
	returning o.* into b;
	if not found then
		raise exception using errcode = 'BB004', message = 'the batch is held by somebody else';
	end if;
	perform audit.record('espi.batch_ready', 'espi', w.party, null, jsonb_strip_nulls(jsonb_build_object('batch', b.batch,
		'client', b.client, 'agreement', w.agreement, 'size', b.size, 'entries', b.entries)));
	perform hook.record('batch.ready', w.party, null, w.agreement, jsonb_build_object('resources',
		jsonb_build_array('/DataCustodian/espi/1_1/resource' || b.resource)), b.client);
end $$;

-- It could not be built: tried again in a minute, at most three times.
create or replace function espi.batch_fail(secret bytea, why text, over bool)
returns void
language sql security definer set search_path = pg_catalog, pg_temp
as $$
	update espi.batch b set lease = null, lease_until = clock_timestamp() + interval '1 min', why = left(batch_fail.why, 500),
		state = case when over or b.attempts >= 3 then 'FAILED' else 'PENDING' end,
		forget_at = case when over or b.attempts >= 3 then clock_timestamp() + interval '1 hour' end
	where b.lease = sha256(secret) and b.state = 'PENDING'
$$;
