-- Webhooks on their way: what busbar-hookd calls. An endpoint that has something to be told is held with a token by
-- a lease of the real clock, so that one request at most is under way to it; what became of the request is told by
-- whoever holds it. When it is tried again and when it is given up goes by the hub's clock.
set local check_function_bodies = off;

-- ---- what a load holds for a party ----

-- Premises of a load that the party may read now, behind `after`, with the days that it brought and of those the ones
-- that were there already. arrived: some were not.
create or replace function hook.load_premises(of_party int4, of_load int4, reads text, after int4)
returns table (premise int4, from_day date, to_day date, corrected_from date, corrected_to date, arrived bool)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan set enable_seqscan = off set enable_hashjoin = off
set enable_mergejoin = off set enable_bitmapscan = off
as $$
declare
	first_day date;
	last_day date;
	of_tdu int4;
begin
	if reads = 'interval' then
		select min(r.day), max(r.day), min(r.tdu) into first_day, last_day, of_tdu from reads.rollup r
		where r.load = of_load and r.tdu = (select f.party from ledger.file f where f.load = of_load);
		return query
		select w.premise, min(v.day), max(v.day), min(v.day) filter (where v.was), max(v.day) filter (where v.was),
			bool_or(not v.was)
		from (select a.premise, range_agg(a.days) as days
			from reads.all_days(of_party, 'interval', first_day, last_day) a
			join premise.premise p on p.premise = a.premise and p.tdu = of_tdu
			where a.premise > coalesce(after, 0)
			group by a.premise offset 0) w
		cross join generate_series(0, 1) c
		-- what came before is looked at in the same walk: partitions are found once
		cross join lateral (select y.day, bool_or(y.load < of_load) as was from reads.day y
			where y.series = w.premise * 8 + c and y.day between first_day and last_day and y.load <= of_load
				and w.days @> y.day
			group by y.day having bool_or(y.load = of_load) offset 0) v
		group by w.premise;
		return;
	end if;
	return query
	with may as materialized (
		select a.premise, range_agg(a.days) as days
		from reads.all_days(of_party, reads, date '2000-01-01', (ops.now() at time zone 'UTC')::date + 2) a
		where a.premise > coalesce(after, 0)
		group by a.premise
	), found as (
		select m.premise, v.first, v.last, v.was
		from may m cross join generate_series(0, 1) c
		cross join lateral (
			select g.day as first, g.day as last, exists (select from reads.register e where e.series = g.series
				and e.day = g.day and e.load < of_load) as was
			from reads.register g
			where reads = 'register' and g.series = m.premise * 8 + c and g.load = of_load
			union all
			select b.start_date, b.end_date, exists (select from reads.billing e where e.series = b.series
				and e.end_date = b.end_date and e.start_date = b.start_date and e.load < of_load)
			from reads.billing b
			where reads = 'billing' and b.series = m.premise * 8 + c and b.load = of_load
		) v
		where m.days @> daterange(v.first, v.last, '[]')
	)
	select f.premise, min(f.first), max(f.last), min(f.first) filter (where f.was), max(f.last) filter (where f.was),
		bool_or(not f.was)
	from found f
	group by f.premise;
end $$;

-- The next premises of a load for an endpoint: looked up once, kept in hook.item until they have gone, and looked at
-- again when their turn comes: may is false when the right has ended meanwhile. Of a third party or REP that is its
-- agreement's end or a load that says who lives where or whose customer that is (delivery.drop_lost); without such a
-- load since, the look at the agreement is enough.
create or replace function hook.load_items(e hook.endpoint, of_seq int8, of_load int4, reads text, after int4, most int4)
returns table (premise int4, agreement int8, from_day date, to_day date, corrected_from date, corrected_to date,
	arrived bool, may bool)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	fresh bool := after is null or not exists (select from hook.item i
		where i.endpoint = e.endpoint and i.seq = of_seq);
	party_kind text := (select p.kind from party.party p where p.party = e.party);
	rights_now int4 := delivery.rights_load((select f.party from ledger.file f where f.load = of_load));
	same bool := not fresh and party_kind in ('CSP', 'REP') and e.rights_load = rights_now;
begin
	if e.endpoint is null then	-- somebody looks into the log
		return query
		select x.premise, null::int8, x.from_day, x.to_day, x.corrected_from, x.corrected_to, x.arrived, true
		from hook.load_premises(e.party, of_load, reads, after) x
		order by x.premise limit most;
		return;
	end if;
	if fresh then
		delete from hook.item i where i.endpoint = e.endpoint;
		update hook.endpoint x set rights_load = rights_now where x.endpoint = e.endpoint;
		insert into hook.item (endpoint, seq, premise, from_day, to_day, corrected_from, corrected_to, arrived)
		select e.endpoint, of_seq, x.premise, x.from_day, x.to_day, x.corrected_from, x.corrected_to, x.arrived
		from hook.load_premises(e.party, of_load, reads, after) x;
	end if;
	return query
	with here as materialized (
		select i.* from hook.item i
		where i.endpoint = e.endpoint and i.seq = of_seq and i.premise > coalesce(after, 0)
		order by i.premise limit most
	), still as materialized (
		select a.premise, min(lower(a.days)) as first, max(upper(a.days)) - 1 as last
		from (select array_agg(h.premise) as premises, min(h.from_day) as first, max(h.to_day) as last from here h) k
		cross join lateral reads.all_days(e.party, reads, k.first, k.last, null, null, k.premises) a
		where not fresh and not coalesce(same, false)
		group by a.premise
	)
	select h.premise, g.agreement, greatest(h.from_day, s.first), least(h.to_day, s.last), h.corrected_from,
		h.corrected_to, h.arrived, fresh or case when same then party_kind = 'REP' or g.agreement is not null
			else coalesce(s.first <= h.to_day and s.last >= h.from_day, false) end
	from here h
	left join still s on s.premise = h.premise
	-- of a third party: by which agreement; an old one and the renewal that follows it: one of them
	left join lateral (
		select o.agreement from agreement.premise x join agreement.agreement o on o.agreement = x.agreement
		where x.premise = h.premise and o.csp = e.party and o.state = 'ACTIVE' and reads = any (o.kinds)
			and o.starts_at <= ops.now() and ops.now() < o.ends_at and x.ended_at is null
			and (x.until is null or ops.now() < x.until)
		order by o.agreement limit 1
	) g on true
	order by h.premise;
end $$;

-- ---- taking ----

-- A sender begins: what one of its name held before is due again. How many.
create or replace function hook.start(of_worker text)
returns int4
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	n int4;
begin
	update hook.endpoint e set token = null, worker = null, lease_until = null
	where e.worker = of_worker;
	get diagnostics n = row_count;
	return n;
end $$;

-- May anything go to that endpoint's party now? A third party that is suspended is told nothing until it is resumed,
-- and an account that is closed nothing any more.
create or replace function hook.open(e hook.endpoint)
returns bool
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select not exists (select from party.csp c where c.party = e.party and not party.csp_open(c.state))
		and not exists (select from delivery.account a where a.account = e.account and a.state <> 'OPEN')
		and not exists (select from oauth.client c where c.client = e.client
			and (c.ended_at is not null or c.state in ('ON_HOLD', 'REVOKED')))
$$;

-- Is there something for it? A clock that was put back leaves attempts in what is the future now.
create or replace function hook.due(e hook.endpoint, at timestamptz)
returns bool
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select e.state in ('UNPROVEN', 'PROVEN') and (e.next_at <= at or e.tried_at > at)
		and (e.ping or e.state = 'PROVEN' and exists (select from hook.party h
			where h.party = e.party and h.seq > e.seq))
$$;

-- The endpoint that has waited longest, for so many seconds; no row when none is due.
create or replace function hook.take(of_worker text, lease_s int4)
returns table (endpoint int8, token text, party int4, kind text, url text, what text, challenge text, secret bytea,
	secret_next bytea, attempts int4)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	at timestamptz := ops.now();
	e hook.endpoint;
begin
	select x.* into e from hook.endpoint x
	where x.state in ('UNPROVEN', 'PROVEN') and (x.token is null or x.lease_until <= clock_timestamp())
		and hook.due(x, at) and hook.open(x)
	order by x.next_at, x.endpoint limit 1
	for no key update skip locked;
	if not found then
		return;
	end if;
	update hook.endpoint x set token = gen_random_uuid(), worker = of_worker,
		lease_until = clock_timestamp() + lease_s * interval '1 s',
		secret = case when x.rotates_at <= at then x.secret_next else x.secret end,
		secret_next = case when x.rotates_at <= at then null else x.secret_next end,
		rotates_at = case when x.rotates_at <= at then null else x.rotates_at end
	where x.endpoint = e.endpoint
	returning x.* into e;
	return query select e.endpoint, e.token::text, e.party, e.kind, e.url,
		case when e.state = 'UNPROVEN' then 'CHALLENGE' when e.ping then 'PING' else 'EVENTS' end,
		-- a program is asked whether it knows the address of its own record
		coalesce('/DataCustodian/espi/1_1/resource/ApplicationInformation/' || (select c.information from oauth.client c
			where c.client = e.client), e.challenge), e.secret, e.secret_next, e.attempts;
end $$;

-- The endpoint of a token, locked; BB004: it is not this sender's any more.
create or replace function hook.held(of_endpoint int8, of_token text)
returns hook.endpoint
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	e hook.endpoint;
begin
	select x.* into e from hook.endpoint x
	where x.endpoint = of_endpoint and x.token::text = of_token for no key update;
	if not found then
		raise exception using errcode = 'BB004',
			message = format('endpoint %s is not this sender''s any more', of_endpoint);
	end if;
	return e;
end $$;

-- The addresses of Green Button that a program is to fetch for an item; none: it is nothing for a BatchList.
create or replace function hook.paths(e hook.endpoint, kind text, agreement int8, detail jsonb)
returns text[]
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select case when e.client is null then '{}'
		when detail ? 'resources' then array(select jsonb_array_elements_text(detail -> 'resources'))
		else array(select '/DataCustodian/espi/1_1/resource/Batch/Subscription/' || g.subscription
			from oauth.grant g where g.agreement = paths.agreement and g.client = e.client) end
$$;

-- A UUID that is the same whenever an item of an event is told again.
create or replace function hook.item_id(id uuid, premise int4)
returns uuid
language sql immutable security definer set search_path = pg_catalog, pg_temp
as $$
	select encode(set_byte(set_byte(h.at, 6, get_byte(h.at, 6) & 15 | 128), 8, get_byte(h.at, 8) & 63 | 128), 'hex')::uuid
	from (select substr(sha256(uuid_send(id) || int4send(premise)), 1, 16)) h (at)
$$;

-- Does the party still have the right to be told of that? Of a drop that was taken back, or of what belongs to an
-- agreement that is over, it is told nothing; that it is over it is.
create or replace function hook.may_tell(v hook.event)
returns bool
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select case
		when v.kind = 'drop.ready' then coalesce(delivery.drop_may_go((v.detail ->> 'drop')::int8), false)
		when v.kind in ('command.changed', 'batch.ready') and v.agreement is not null then exists (
			select from agreement.agreement a where a.agreement = v.agreement and a.state = 'ACTIVE')
		else true end
$$;

-- Does an endpoint want events of a kind? Those of other families carry what these have a word for.
create or replace function hook.wants(e hook.endpoint, of_kind text)
returns bool
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select (e.events is null or of_kind = any (e.events)) and exists (select from hook.kind k where k.kind = of_kind
		and case e.kind when 'UTILITYAPI' then k.utility is not null when 'BATCHLIST' then k.paths else k.own end)
$$;

-- What comes next, `most` items at most, oldest first. The last row has no id: it says how far the endpoint is when
-- all before it has been taken, and whether there is more.
create or replace function hook.read(e hook.endpoint, most int4)
returns table (id text, kind text, seq int8, at timestamptz, esiid text, agreement int8, from_day date, to_day date,
	detail text, utility text, paths text, premise int4, more bool)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	arrived_too bool := hook.wants(e, 'reads.arrived');
	corrected_too bool := hook.wants(e, 'reads.corrected');
	v hook.event;
	l record;
	i record;
	taken int4 := 0;
	here int4;	-- premises of a load that were looked at
	room int4;
	last_seq int8 := e.seq;
	last_premise int4;
	at_once constant int4 := greatest(1, least(most, 1000));
begin
	for l in select g.seq, g.id, g.event from hook.log g where g.party = e.party and g.seq > e.seq
		order by g.seq limit 1000
	loop
		exit when taken >= at_once;
		select x.* into strict v from hook.event x where x.event = l.event;
		last_premise := case when l.seq = e.seq + 1 then e.premise end;
		if v.load is not null and (arrived_too or corrected_too) then
			here := 0;
			room := at_once - taken;
			for i in select x.* from hook.load_items(e, l.seq, v.load, v.detail ->> 'reads', last_premise, room) x
			loop
				here := here + 1;
				last_premise := i.premise;
				continue when not i.may or not (arrived_too and i.arrived
					or corrected_too and i.corrected_from is not null);
				kind := case when i.arrived and arrived_too then 'reads.arrived' else 'reads.corrected' end;
				agreement := i.agreement;
				paths := array_to_string(hook.paths(e, kind, agreement, v.detail), ' ');
				continue when e.kind = 'BATCHLIST' and paths = ''
					or e.kind = 'UTILITYAPI' and utility.silent(e.party, i.premise);
				taken := taken + 1;
				id := hook.item_id(l.id, i.premise)::text;
				seq := l.seq;
				at := v.hub_at;
				premise := i.premise;
				esiid := (select p.esiid from premise.premise p where p.premise = i.premise);
				from_day := i.from_day;
				to_day := i.to_day;
				detail := (v.detail || case when i.corrected_from is null then '{}' else jsonb_build_object(
					'corrected', jsonb_build_object('from', i.corrected_from, 'to', i.corrected_to)) end)::text;
				utility := case v.detail ->> 'reads' when 'billing' then 'meter_bills_added'
					else 'meter_intervals_added' end;
				return next;
			end loop;
			if e.endpoint is null and here = room or exists (select from hook.item x
				where x.endpoint = e.endpoint and x.seq = l.seq and x.premise > last_premise) then
				last_seq := l.seq - 1;	-- the rest of this load goes with the next request
				exit;
			end if;
		elsif v.load is null and hook.wants(e, v.kind) and (v.client is null or e.client is null or v.client = e.client)
			and hook.may_tell(v) then
			paths := array_to_string(hook.paths(e, v.kind, v.agreement, v.detail), ' ');
			if e.kind <> 'BATCHLIST' or paths <> '' then
				taken := taken + 1;
				id := l.id::text;
				kind := v.kind;
				seq := l.seq;
				at := v.hub_at;
				premise := v.premise;
				esiid := (select p.esiid from premise.premise p where p.premise = v.premise);
				agreement := v.agreement;
				from_day := null;
				to_day := null;
				detail := v.detail::text;
				utility := coalesce(v.detail ->> 'utility', (select k.utility from hook.kind k
					where k.kind = v.kind));
				return next;
			end if;
		end if;
		last_seq := l.seq;
		last_premise := null;
	end loop;
	id := null;
	kind := null;
	seq := last_seq;
	premise := last_premise;
	esiid := (select p.esiid from premise.premise p where p.premise = last_premise);
	more := last_premise is not null
		or exists (select from hook.party h where h.party = e.party and h.seq > last_seq);
	return next;
end $$;

-- A page of what is held. The lease is prolonged: a load of a hundred thousand premises takes its time.
create or replace function hook.page(of_endpoint int8, of_token text, most int4)
returns table (id text, kind text, seq int8, at timestamptz, esiid text, agreement int8, from_day date, to_day date,
	detail text, utility text, paths text, premise int4, more bool)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	e hook.endpoint := hook.held(of_endpoint, of_token);
begin
	update hook.endpoint x set lease_until = greatest(x.lease_until, clock_timestamp() + interval '10 min')
	where x.endpoint = e.endpoint;
	return query select r.* from hook.read(e, most) r;
end $$;

-- A page of a party's log behind a cursor ('0': all that is kept), for who asks instead of being told.
create or replace function hook.own_events(shown bytea, cursor text, most int4)
returns table (id text, kind text, seq int8, at timestamptz, esiid text, agreement int8, from_day date, to_day date,
	detail text, utility text, paths text, premise int4, more bool)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := hook.own(shown, null);
	e hook.endpoint;
begin
	if cursor !~ '^[0-9]{1,18}(\.[0-9]{10,36})?$' then
		raise exception using errcode = 'BB003', message = 'expected a cursor as it stood in a page, or 0';
	end if;
	e.party := w.party;
	e.client := w.client;
	e.kind := 'BUSBAR';
	e.seq := split_part(cursor, '.', 1)::int8;
	e.premise := (select p.premise from premise.premise p where p.esiid = nullif(split_part(cursor, '.', 2), ''));
	if not hook.open(e) then
		raise exception using errcode = 'BB002', message = 'nothing is told for now: access is suspended';
	end if;
	return query select r.* from hook.read(e, most) r;
end $$;

-- ---- what became of it ----

-- Puts an attempt on record and moves the endpoint: on, when it took what it was sent; else it waits, and after
-- give_up_s of failing is paused. True: there is more for it, and it is still this sender's.
create or replace function hook.told(of_endpoint int8, of_token text, what text, good bool, to_seq int8, to_premise int4,
	pause_s int8, give_up_s int8, ms int4, items int4, bytes int4, address text, status int4, result text, says text)
returns bool
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	e hook.endpoint := hook.held(of_endpoint, of_token);
	now_at timestamptz := ops.now();
	took_at timestamptz := case when good then clock_timestamp() end;
begin
	if result <> 'nothing' then
		insert into hook.attempt (endpoint, what, hub_at, ms, items, bytes, from_seq, to_seq, address, status,
			result, says)
		values (e.endpoint, told.what, now_at, told.ms, told.items, told.bytes,
			case when told.what = 'EVENTS' then e.seq end, case when told.what = 'EVENTS' then told.to_seq end,
			nullif(told.address, ''), nullif(told.status, 0), told.result, nullif(left(told.says, 400), ''));
	end if;
	if good then
		update hook.endpoint x set attempts = 0, failing_since = null, told_at = null, tried_at = now_at,
			next_at = now_at, sent_at = case when told.result = 'nothing' then x.sent_at else took_at end,
			ping = x.ping and told.what = 'EVENTS',
			seq = case when told.what = 'EVENTS' then told.to_seq else x.seq end,
			premise = case when told.what = 'EVENTS' then told.to_premise else x.premise end
		where x.endpoint = e.endpoint returning x.* into e;
		delete from hook.item i where i.endpoint = e.endpoint and i.seq <= e.seq;
		if told.what = 'CHALLENGE' and e.state = 'UNPROVEN' then
			e := hook.endpoint_move(e.endpoint, 'prove', null, 'hookd');
		end if;
	else
		update hook.endpoint x set attempts = x.attempts + 1, failing_since = coalesce(x.failing_since, now_at),
			tried_at = now_at, next_at = now_at + told.pause_s * interval '1 s'
		where x.endpoint = e.endpoint returning x.* into e;
		if e.failing_since <= now_at - told.give_up_s * interval '1 s' then
			perform hook.give_up(e, coalesce(told.says, told.result));
		elsif e.state = 'PROVEN' and e.told_at is null and e.failing_since
			<= now_at - ops.setting_of('hook.notice_hours')::int4 * interval '1 h' then
			update hook.endpoint x set told_at = now_at where x.endpoint = e.endpoint;
			perform hook.tell_contact('webhook-failing', e);
		end if;
	end if;
	select x.* into e from hook.endpoint x where x.endpoint = e.endpoint;
	if good and hook.due(e, now_at) and hook.open(e) then
		return true;
	end if;
	update hook.endpoint x set token = null, worker = null, lease_until = null where x.endpoint = e.endpoint;
	return false;
end $$;

-- Nothing is sent for now and nothing became of it: it is given back.
create or replace function hook.released(of_endpoint int8, of_token text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	e hook.endpoint := hook.held(of_endpoint, of_token);
begin
	update hook.endpoint x set token = null, worker = null, lease_until = null where x.endpoint = e.endpoint;
end $$;

-- It has been tried for long enough: nothing is sent until its owner resumes it. What it was not told stays in
-- its log.
create or replace function hook.give_up(e hook.endpoint, words text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	if e.state = 'PROVEN' then
		perform hook.endpoint_move(e.endpoint, 'give-up', left(words, 300), 'hookd');
		perform hook.tell_contact('webhook-paused', e);
	else
		update hook.endpoint x set ping = false, says = 'the challenge was not answered: ' || left(words, 300)
		where x.endpoint = e.endpoint;
	end if;
end $$;

-- To the technical contact of a third party; others have none.
create or replace function hook.tell_contact(mail_kind text, e hook.endpoint)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	if exists (select from party.csp c where c.party = e.party) then
		perform party.csp_mail(mail_kind, e.party, null, jsonb_build_object('masked', split_part(e.url, '/', 3)), null,
			'TECHNICAL');
	end if;
end $$;

-- Until something falls due, in ms; null when nothing will.
create or replace function hook.next_ms()
returns int8
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select greatest(0, ceil(extract(epoch from min(x.wait)) * 1000))::int8
	from (select min(case when e.tried_at > ops.now() then interval '0' else e.next_at - ops.now() end) as wait
		from hook.endpoint e left join hook.party h on h.party = e.party
		where e.state in ('UNPROVEN', 'PROVEN') and e.token is null and hook.open(e)
			and (e.ping or e.state = 'PROVEN' and h.seq > e.seq)
		union all
		select min(e.lease_until) - clock_timestamp() from hook.endpoint e where e.token is not null) x
$$;

-- What is counted: endpoints by state, those that fail, what waits in logs, and how long the oldest of it has.
create or replace function hook.gauges()
returns table (name text, value int8)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select lower(s.state), count(e.endpoint) from (values ('UNPROVEN'), ('PROVEN'), ('PAUSED')) s (state)
	left join hook.endpoint e on e.state = s.state group by s.state
	union all select 'failing', count(*) from hook.endpoint e where e.state = 'PROVEN' and e.failing_since is not null
	union all select 'behind', coalesce(sum(h.seq - e.seq), 0)::int8
		from hook.endpoint e join hook.party h on h.party = e.party where e.state = 'PROVEN'
	union all select 'lag_s', coalesce(extract(epoch from clock_timestamp() - min(v.made_at)), 0)::int8
		from hook.endpoint e join hook.log g on g.party = e.party and g.seq = e.seq + 1
		join hook.event v on v.event = g.event where e.state = 'PROVEN'
$$;
