-- What is told to partners' programs: put down in the transaction of what it tells, and numbered afterwards for each
-- party by busbar-hookd. hook_send.sql has how it goes out, hook_endpoint.sql where.
set local check_function_bodies = off;

-- Something happened that a party is to be told of (party null: all are). In the transaction of what it tells; it
-- costs one row. detail: what the reader gets; "resources" in it are paths of Green Button, "utility" the name
-- that UtilityAPI has for it. client: for this program of the party alone.
create or replace function hook.record(kind text, party int4, premise int4, agreement int8, detail jsonb,
	client int4 default null)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	insert into hook.event (kind, party, client, premise, agreement, detail, hub_at)
	values (record.kind, record.party, record.client, record.premise, record.agreement,
		coalesce(record.detail, '{}'), ops.now());
	perform pg_notify('hook_event', '');
end $$;

-- A load has ended: its utility is told of the file. Who may read what it brought is looked up later: one row,
-- whatever it holds.
create or replace function hook.loaded(f ledger.file, format text, counts jsonb)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	reads_kind text := case when format in ('register', 'billing') then format
		when exists (select from reads.rollup r where r.tdu = f.party and r.load = f.load) then 'interval' end;
begin
	perform hook.filed(f, 'file.accepted', format, counts);
	if reads_kind is not null then
		insert into hook.event (kind, load, detail, hub_at)
		values ('reads.arrived', f.load, jsonb_build_object('reads', reads_kind), ops.now());
	end if;
end $$;

-- What became of a file, to who sent it.
create or replace function hook.filed(f ledger.file, kind text, format text, counts jsonb, rule text default null,
	words text default null)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	perform hook.record(kind, f.party, null, null, jsonb_strip_nulls(jsonb_build_object('file', f.file,
		'name', f.name, 'revision', f.revision, 'sha256', encode(f.sha256, 'hex'), 'state', f.state,
		'format', format, 'counts', counts, 'rule', rule, 'words', words)));
end $$;

-- An agreement has another state. Where a program has it by OAuth, that is told of its grant.
create or replace function hook.agreement_moved(a agreement.agreement, was text, event text, why text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	g oauth.grant;
	what jsonb := jsonb_strip_nulls(jsonb_build_object('agreement', a.agreement, 'state', a.state, 'was', was,
		'event', event, 'by', a.moved_by, 'why', why, 'reference', a.reference));
begin
	perform hook.record('agreement.changed', a.csp, null, a.agreement, what);
	select x.* into g from oauth.grant x where x.agreement = a.agreement;
	if found then
		perform hook.record('grant.changed', a.csp, null, a.agreement, what || jsonb_build_object(
			'authorization', g.authorization_id,
			'resources', jsonb_build_array('/DataCustodian/espi/1_1/resource/Authorization/' || g.authorization_id)),
			g.client);
	end if;
	perform utility.moved(a, was, event);
end $$;

-- Something that all are to know of the hub itself.
create or replace function hook.announce(state text, words text, actor text default session_user)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	if upper(state) not in ('OK', 'DEGRADED', 'DOWN') or coalesce(trim(words), '') = '' or length(words) > 500 then
		raise exception using errcode = 'BB003',
			message = 'expected a state of OK, DEGRADED or DOWN, and words of 1 to 500 characters';
	end if;
	perform hook.record('status.changed', null, null, null,
		jsonb_build_object('state', upper(state), 'words', words));
	perform audit.record('status.announced', actor, null, null,
		jsonb_build_object('state', upper(state), 'words', words));
end $$;

-- ---- numbering ----

-- For whom an event is. Reads: parties with an endpoint that wants them and, as far as can be said quickly, something
-- to read of that utility; exactly what is looked up when it goes.
create or replace function hook.recipients(of_party int4, of_load int4)
returns table (party int4)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
	of_tdu int4;
begin
	if of_party is not null then
		return query select of_party;
		return;
	end if;
	of_tdu := (select f.party from ledger.file f where f.load = of_load);
	return query
	select p.party
	from (select distinct x.party from hook.endpoint x where x.state <> 'ENDED'
		and (x.events is null or of_load is null or x.events && '{reads.arrived,reads.corrected}')) x
	join party.party p on p.party = x.party
	where of_load is null or p.kind = 'CUSTOMER'
		or p.kind = 'CSP' and exists (select from agreement.agreement a
			join agreement.premise ap on ap.agreement = a.agreement and ap.ended_at is null
			join premise.premise pp on pp.premise = ap.premise and pp.tdu = of_tdu
			where a.csp = p.party and a.state = 'ACTIVE')
		or p.kind = 'REP' and exists (select from premise.rep_span s
			join premise.premise pp on pp.premise = s.premise and pp.tdu = of_tdu
			where s.rep = p.party);
end $$;

-- Puts what is visible now and was not before into the logs of those it is for; what commits later comes later,
-- so a log never grows behind a reader. How many events.
create or replace function hook.sequence(most int4 default 10000)
returns int4
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	n int4;
begin
	perform pg_advisory_xact_lock(5, 0);	-- one at a time
	with fresh as (
		update hook.event e set waits = false
		where e.event in (select x.event from hook.event x where x.waits order by x.event limit most)
		returning e.*
	), told as (
		select f.event, r.party, row_number() over (partition by r.party order by f.event) as nth,
			count(*) over (partition by r.party) as of
		from fresh f cross join lateral hook.recipients(f.party, f.load) r
	), heads as (
		insert into hook.party as h (party, seq)
		select t.party, max(t.nth) from told t group by t.party
		on conflict on constraint party_pkey do update set seq = h.seq + excluded.seq
		returning h.party, h.seq
	), logged as (
		insert into hook.log (party, seq, event)
		select t.party, h.seq - t.of + t.nth, t.event from told t join heads h on h.party = t.party
		returning 1
	)
	select count(*) into n from fresh, (select count(*) from logged) l;
	return n;
end $$;

-- Forgets what is old. How many events and attempts.
create or replace function hook.tidy()
returns int4
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	before timestamptz := clock_timestamp() - ops.setting_of('hook.keep_days')::int4 * interval '1 day';
	n int4;
	m int4;
begin
	delete from hook.event e where e.event in (
		select x.event from hook.event x where x.made_at < before and not x.waits order by x.made_at limit 10000);
	get diagnostics n = row_count;
	delete from hook.attempt a where a.attempt in (
		select x.attempt from hook.attempt x where x.at < before order by x.at limit 10000);
	get diagnostics m = row_count;
	return n + m;
end $$;
