-- /v1: premises, their meters, and what has changed.
set local check_function_bodies = off;

-- An instant of a range's end as text, null where it has none.
-- In plpgsql, whose plan is kept: a page of agreements calls it 500 times.
create or replace function api.instant(at timestamptz)
returns text
language plpgsql stable strict security definer set search_path = pg_catalog, pg_temp	-- strict: most times of a row are none
as $$
begin
	return case when isfinite(at) then to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') end;
end $$;

-- What may be read of some premises, for each that something may be read of: kinds with their spans.
create or replace function api.readable(w api.principal, those int4[])
returns table (premise int4, readable jsonb)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select s.premise, jsonb_agg(jsonb_build_object('kind', s.kind, 'from', api.instant(lower(s.span)),
		'to', api.instant(upper(s.span)), 'why', s.reason) order by s.kind, lower(s.span) nulls first)
	from (
		select r.premise, k.kind, r.reason, unnest(range_agg(r.permitted)) as span
		from unnest('{billing,interval,register}'::text[]) k (kind)
		cross join lateral reads.rights(w.party, k.kind, tstzrange(null, null), null, w.agreement, those) r
		where api.scope_has(w, k.kind)
		group by r.premise, k.kind, r.reason
	) s
	group by s.premise
$$;

create or replace function api.premise_body(p premise.premise, readable jsonb)
returns jsonb
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select jsonb_build_object('esiid', p.esiid, 'tdu', y.code, 'zone', t.zone, 'commodity', p.commodity,
		'class', p.class, 'status', p.status, 'channels', p.channels, 'street', p.street, 'city', p.city,
		'state', p.state, 'zip', p.zip, 'load_profile', p.load_profile, 'rate_class', p.rate_class,
		'service_voltage', p.service_voltage, 'readable', readable)
	from party.tdu t join party.party y on y.party = t.party
	where t.party = p.tdu
$$;

-- A page of the premises that the caller may read something of, behind `after`; the last row has no body, and says
-- where the next page begins (null: there is none).
create or replace function api.premises(shown bytea, after int4, most int4)
returns table (place int4, body text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.who(shown, '{ACCOUNT,SESSION,PERSONAL,ACCESS}');
	behind int4 := coalesce(after, 0);
	those int4[];
begin
	-- the candidates of a page, by what makes rights: a statement for each kind, since of a million premises those of a
	-- page are to be found by an index in their order
	if w.kind = 'TDU' then
		those := array(select p.premise from premise.premise p where p.tdu = w.party and p.premise > behind
			order by p.premise limit most);
	elsif w.kind = 'REP' then
		those := array(select distinct s.premise from premise.rep_span s where s.rep = w.party and s.premise > behind
			order by s.premise limit most);
	elsif w.kind = 'CSP' then
		those := array(select distinct x.premise
			from agreement.agreement a join agreement.premise x on x.agreement = a.agreement
			where a.csp = w.party and a.state = 'ACTIVE' and x.premise > behind
				and (w.agreement is null or a.agreement = w.agreement)
			order by x.premise limit most);
	else
		those := array(select distinct r.premise
			from unnest('{billing,interval,register}'::text[]) k (kind)
			cross join lateral reads.rights(case when w.kind = 'CUSTOMER' then w.party end, k.kind,
				tstzrange(null, null), null) r
			where r.premise > behind
			order by r.premise limit most);
	end if;
	return query
	select p.premise, api.premise_body(p, r.readable)::text
	from api.readable(w, those) r join premise.premise p on p.premise = r.premise
	order by p.premise;
	place := case when cardinality(those) = most then those[most] end;
	body := null;
	return next;
end $$;

-- One; BB001 in the same words whether nobody knows it or it is not the caller's. meters: those of the spans that may
-- be read.
create or replace function api.premise(shown bytea, esiid text)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.who(shown, '{ACCOUNT,SESSION,PERSONAL,ACCESS}');
	p premise.premise;
	may jsonb;
begin
	select o.* into p from premise.premise o where o.esiid = premise.esiid;
	if found then
		select r.readable into may from api.readable(w, array[p.premise]) r;
	end if;
	if may is null then
		raise exception using errcode = 'BB001', message = 'there is no premise of that ESI ID for you';
	end if;
	return api.premise_body(p, may) || jsonb_build_object('meters', coalesce((
		select jsonb_agg(jsonb_build_object('meter', m.meter_number, 'from', lower(m.during),
			'to', upper(m.during) - 1, 'multiplier', m.multiplier / 1000.0, 'dials', m.dials,
			'manufacturer', m.manufacturer, 'model', m.model, 'class', m.meter_class, 'phases', m.phases,
			'interval_s', m.interval_s, 'installed', m.installed, 'firmware', m.firmware)
			order by lower(m.during))
		from premise.meter m join party.tdu t on t.party = p.tdu
		where m.premise = p.premise and exists (
			select from jsonb_array_elements(may) s where tstzrange((s->>'from')::timestamptz,
				(s->>'to')::timestamptz) && reads.instants(m.during, t.zone))), '[]'));
end $$;

-- ---- what has changed ----

-- A cursor says for each utility up to which load it has been told, and of the load that is being told up to which
-- premise: numbers of loads and commits have one order within a utility, not between them. "7:120.9:44~3001".
create or replace function api.cursor_read(cursor text)
returns table (tdu int4, load int4, premise int4)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
	if cursor !~ '^[0-9]{1,9}:[0-9]{1,9}(~[0-9]{1,9})?(\.[0-9]{1,9}:[0-9]{1,9}(~[0-9]{1,9})?){0,99}$' then
		raise exception using errcode = 'BB003', message = 'that is no cursor of this feed';
	end if;
	return query
	select split_part(c, ':', 1)::int4, split_part(split_part(c, ':', 2), '~', 1)::int4,
		nullif(split_part(c, '~', 2), '')::int4
	from string_to_table(cursor, '.') c;
end $$;

-- Where a reader begins: behind what was loaded by then; null: behind all of it. Of each utility the last load that
-- is visible: one that commits later has a higher number.
create or replace function api.cursor_at(since timestamptz)
returns text
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
	set plan_cache_mode = force_generic_plan
as $$
begin
	return (	-- PL/pgSQL: its plan is kept
	select string_agg(t.party || ':' || coalesce((select max(f.load) from ledger.file f
		where f.party = t.party and f.state = 'LOADED' and (since is null or f.loaded_at <= since)), 0), '.'
		order by t.party)
	from party.tdu t);
end $$;

-- Premises whose reads changed behind a cursor, as the caller may read them now: by utility, load, premise. The last
-- row has no esiid: its cursor is the next one, more says whether to go on at once. A program that shows a token of a
-- grant, or its own, is told of what it may read by grants alone.
create or replace function api.changes(shown bytea, cursor text, since timestamptz, most int4)
returns table (esiid text, tdu text, kind text, load int4, loaded_at timestamptz, first_day date, last_day date,
	corrected_first date, corrected_last date, next_cursor text, more bool)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.who(shown, '{ACCOUNT,SESSION,PERSONAL,ACCESS,CLIENT}');
	n int4 := 0;
	looked int4 := 0;
	place record;
	f record;
	x record;
	at_premise int4;
	told text[] := '{}';
	stop bool := false;
begin
	for place in
		select t.party, y.code, coalesce(c.load, 0) as load, c.premise
		from party.tdu t
		join party.party y on y.party = t.party
		left join api.cursor_read(coalesce(cursor, api.cursor_at(since))) c on c.tdu = t.party
		order by t.party
	loop
		at_premise := place.premise;
		for f in
			select o.load, o.loaded_at, r.kind
			from ledger.file o
			cross join lateral (select case when o.format in ('register', 'billing') then o.format
				when exists (select from reads.rollup q where q.tdu = o.party and q.load = o.load)
					then 'interval' end as kind) r
			where not stop and o.party = place.party and o.state = 'LOADED'
				and (o.load > place.load or o.load = place.load and place.premise is not null)
			order by o.load limit 1000
		loop
			looked := looked + 1;
			if f.kind is not null and api.scope_has(w, f.kind) then
				for x in select p.esiid, h.* from (
						select l.* from hook.load_premises(w.party, f.load, f.kind,
							case when f.load = place.load then place.premise end) l where w.client is null
						union all
						select g.* from api.granted_premises(w, f.load, f.kind,
							case when f.load = place.load then place.premise end, most - n) g
						where w.client is not null) h
					join premise.premise p on p.premise = h.premise order by h.premise limit most - n
				loop
					n := n + 1;
					at_premise := x.premise;
					esiid := x.esiid;
					tdu := place.code;
					kind := f.kind;
					load := f.load;
					loaded_at := f.loaded_at;
					first_day := x.from_day;
					last_day := x.to_day;
					corrected_first := x.corrected_from;
					corrected_last := x.corrected_to;
					return next;
				end loop;
			end if;
			place.load := f.load;
			stop := n >= most or looked >= 1000;
			place.premise := case when n >= most then at_premise end;
			exit when stop;
		end loop;
		told := told || (place.party || ':' || place.load || coalesce('~' || place.premise, ''));
	end loop;
	esiid := null;
	next_cursor := array_to_string(told, '.');
	more := stop;
	return next;
end $$;
