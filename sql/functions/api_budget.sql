-- Budgets of clients, and answers that are kept.
set local check_function_bodies = off;

-- Takes up to n requests of a class out of what the caller may ask for in the window that runs. granted 0: nothing is
-- left; left: what remains after this; reset_s: until the next window.
create or replace function api.budget_take(shown bytea, class text, n int4)
returns table (granted int4, most int4, remaining int4, reset_s int4)
language plpgsql security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan set enable_seqscan = off
as $$
declare
	w api.principal := api.who(shown);
	r api.rate;
	now timestamptz := clock_timestamp();
	window_begin timestamptz;
	taken_now int4;
begin
	select x.* into r from api.rate x where x.class = budget_take.class;
	if not found or n < 1 then
		raise exception using errcode = 'BB003', message = 'there is no such class of requests';
	end if;
	most := coalesce((select o.most from api.rate_of o where o.party = w.party and o.class = r.class), r.most);
	window_begin := to_timestamp(floor(extract(epoch from now) / r.window_s) * r.window_s);
	insert into api.spent as s (party, client, class, window_at, taken)
	values (w.party, coalesce(w.client, 0), r.class, window_begin, least(n, most))
	on conflict on constraint spent_pkey do update set
		taken = case when s.window_at < window_begin then least(n, most) else least(s.taken + n, most + n) end,
		window_at = window_begin
	returning s.taken into taken_now;
	granted := greatest(0, least(n, most - (taken_now - n)));
	remaining := greatest(0, most - taken_now);
	reset_s := greatest(1, ceil(extract(epoch from window_begin - now) + r.window_s))::int4;
	return next;
end $$;

-- What was used of a budget since that was last said, for the caller to see in its limits.
create or replace function api.budget_used(shown bytea, class text, n int4)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.who(shown);
begin
	if n < 1 or not exists (select from api.rate r where r.class = budget_used.class) then
		raise exception using errcode = 'BB003', message = 'expected a class of requests and how many there were';
	end if;
	insert into api.month_use as m (party, client, class, month, requests)
	values (w.party, coalesce(w.client, 0), budget_used.class,
		date_trunc('month', clock_timestamp() at time zone 'UTC')::date, n)
	on conflict on constraint month_use_pkey do update set requests = m.requests + excluded.requests;
end $$;

-- Another budget for a party; null: the one that all have.
create or replace function api.rate_set(party int4, class text, most int4, actor text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	if not exists (select from api.rate r where r.class = rate_set.class)
		or not exists (select from party.party p where p.party = rate_set.party)
		or most not between 1 and 100000000 then
		raise exception using errcode = 'BB003', message = format('expected a party, one of the classes %s and '
			'a number of 1 to 100,000,000', (select string_agg(r.class, ', ' order by r.class) from api.rate r));
	end if;
	if most is null then
		delete from api.rate_of o where o.party = rate_set.party and o.class = rate_set.class;
	else
		insert into api.rate_of as o (party, class, most)
		values (rate_set.party, rate_set.class, rate_set.most)
		on conflict on constraint rate_of_pkey do update set most = excluded.most;
	end if;
	perform audit.record('api.rate_set', actor, party, null, jsonb_build_object('class', class, 'most', most));
end $$;

-- The key of a caller: what one customer's grant was answered is nothing to the next one's of the same program.
create or replace function api.once_key(w api.principal, key text)
returns text
language plpgsql immutable security definer set search_path = pg_catalog, pg_temp
as $$
begin
	return case when w.granted is null then key
		else encode(sha256(convert_to(w.granted || ' ' || key, 'UTF8')), 'hex') end;
end $$;

-- Begins what is to be done once. NEW: do it, then say how it ended by once_end. SAME: it was done, this is the answer.
-- OTHER: the key stands for another request. RUNNING: it is being done. One that was begun minutes ago and never ended
-- was cut: it may be begun again. Keys are kept for a day.
create or replace function api.once_begin(shown bytea, key text, what text, body_sha256 bytea)
returns table (result text, status int4, type text, headers text, answer bytea)
language plpgsql security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan set enable_seqscan = off
as $$
declare
	w api.principal := api.who(shown);
	o api.once;
	own text := api.once_key(w, key);
begin
	delete from api.once x where x.begun_at < clock_timestamp() - interval '24 hours';
	insert into api.once as x (party, client, key, what, body_sha256)
	values (w.party, coalesce(w.client, 0), own, once_begin.what, once_begin.body_sha256)
	on conflict on constraint once_pkey do update set begun_at = clock_timestamp()
	where x.status is null and x.begun_at < clock_timestamp() - interval '5 minutes'
		and x.what = excluded.what and x.body_sha256 = excluded.body_sha256;
	if found then
		return query select 'NEW', null::int4, null::text, null::text, null::bytea;
		return;
	end if;
	select x.* into o from api.once x
	where x.party = w.party and x.client = coalesce(w.client, 0) and x.key = own;
	if o.what <> once_begin.what or o.body_sha256 <> once_begin.body_sha256 then
		return query select 'OTHER', null::int4, null::text, null::text, null::bytea;
	elsif o.status is null then
		return query select 'RUNNING', null::int4, null::text, null::text, null::bytea;
	else
		return query select 'SAME', o.status, o.type, o.headers, o.answer;
	end if;
end $$;

-- How it ended; status null: it was not done, and may be asked for again.
create or replace function api.once_end(shown bytea, key text, status int4, type text, headers text, answer bytea)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan set enable_seqscan = off
as $$
declare
	w api.principal := api.who(shown);
	own text := api.once_key(w, key);
begin
	if status is null then
		delete from api.once x
		where x.party = w.party and x.client = coalesce(w.client, 0) and x.key = own and x.status is null;
	else
		update api.once x set status = once_end.status, type = once_end.type, headers = once_end.headers,
			answer = once_end.answer
		where x.party = w.party and x.client = coalesce(w.client, 0) and x.key = own;
	end if;
end $$;
