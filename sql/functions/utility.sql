-- Agreements and their premises as UtilityAPI has them: authorizations and meters. Lists come newest first, a page at
-- a time: `filters` are the parameters of the address, `after` the uid that the page before ended with.
set local check_function_bodies = off;

-- ---- words ----

create or replace function utility.stamp(at timestamptz)
returns text
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"')
$$;

-- Midnight of a day, as the clocks of a zone have it.
create or replace function utility.midnight(day date, zone text)
returns text
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select to_char(midnight.day, 'YYYY-MM-DD"T"00:00:00.000000') || case when o.min < 0 then '-' else '+' end
		|| lpad((abs(o.min) / 60)::text, 2, '0') || ':' || lpad((abs(o.min) % 60)::text, 2, '0')
	from (select round(extract(epoch from midnight.day::timestamp - (midnight.day::timestamp at time zone zone)
		at time zone 'UTC') / 60)::int4 as min) o
$$;

-- A filter that is a list, with commas; null: it is not there.
create or replace function utility.among(filters jsonb, name text)
returns text[]
language sql immutable security definer set search_path = pg_catalog, pg_temp
as $$
	select string_to_array(filters ->> name, ',')
$$;

-- One that is true or false, or not there.
create or replace function utility.truth(filters jsonb, name text)
returns bool
language plpgsql immutable security definer set search_path = pg_catalog, pg_temp
as $$
begin
	if lower(filters ->> name) not in ('true', 'false') then
		raise exception using errcode = 'BB003', message = format('%s is "%s", expected true or false', name,
			left(filters ->> name, 40));
	end if;
	return (filters ->> name)::bool;
end $$;

-- The number that a uid begins with ("17", "17-10443720000000001"); null: it is none.
create or replace function utility.number(uid text)
returns int8
language sql immutable security definer set search_path = pg_catalog, pg_temp
as $$
	select substring(uid from '^([0-9]{1,18})(-.*)?$')::int8
$$;

-- Members of a body that are not known are no good.
create or replace function utility.members(body jsonb, names text[])
returns void
language plpgsql immutable security definer set search_path = pg_catalog, pg_temp
as $$
declare
	wrong text := (select k from jsonb_object_keys(body) k where k <> all (names) order by k limit 1);
begin
	if wrong is not null then
		raise exception using errcode = 'BB003', message = format('"%s" is not known here, expected only: %s',
			left(wrong, 40), array_to_string(names, ', '));
	end if;
end $$;

create or replace function utility.flag(body jsonb, name text)
returns bool
language plpgsql immutable security definer set search_path = pg_catalog, pg_temp
as $$
begin
	if jsonb_typeof(body -> name) not in ('boolean', 'null') then
		raise exception using errcode = 'BB003', message = format('"%s": expected true or false', name);
	end if;
	return (body ->> name)::bool;
end $$;

-- ---- authorizations ----

-- What a third party has that a customer has answered: its agreements about reads, those too that are over.
create or replace function utility.answered(state text)
returns bool
language sql immutable security definer set search_path = pg_catalog, pg_temp
as $$
	select state in ('ACTIVE', 'HELD', 'SUSPENDED', 'COMPLETED', 'TERMINATED', 'REJECTED', 'REPORTED')
$$;

-- The utility of an agreement, and whether that is one for trying.
create or replace function utility.utility_of(agreement int8)
returns table (code text, sandbox bool)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select upper(y.code), t.sandbox
	from agreement.premise x
	join premise.premise p on p.premise = x.premise
	join party.tdu t on t.party = p.tdu
	join party.party y on y.party = t.party
	where x.agreement = utility_of.agreement
	order by t.sandbox, x.premise limit 1
$$;

-- A trial whose later part goes wrong; null: all is well.
create or replace function utility.trouble(scenario text)
returns text
language sql immutable security definer set search_path = pg_catalog, pg_temp
as $$
	select case scenario when 'badlogin_after' then 'the login was refused'
		when 'websitedown_after' then 'the utility''s site did not answer'
		when 'utilityerror_after' then 'the utility reported an error' end
$$;

create or replace function utility.authorization_body(a agreement.agreement, hub jsonb, meters bool)
returns text
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select json_build_object('uid', a.agreement::text, 'created', utility.stamp(coalesce(a.decided_at, a.starts_at)),
		'customer_email', '', 'customer_signature', case when a.state not in ('REJECTED', 'REPORTED') then
			json_build_object('type', 'confirmation', 'ts', utility.stamp(coalesce(a.decided_at, a.starts_at))) end,
		'declined', case when a.state in ('REJECTED', 'REPORTED') then utility.stamp(a.ended_at) end,
		'is_declined', a.state in ('REJECTED', 'REPORTED'),
		'expires', utility.stamp(a.ends_at),
		'is_expired', coalesce(a.state = 'COMPLETED' or a.ends_at <= ops.now(), false),
		'exports', json_build_object('intervals_csv', f.root || 'intervals_csv?authorizations=' || a.agreement,
			'bills_csv', f.root || 'bills_csv?authorizations=' || a.agreement),
		'exports_list', json_build_array(
			json_build_object('name', 'Intervals: all intervals [csv]',
				'link', f.root || 'intervals_csv?authorizations=' || a.agreement),
			json_build_object('name', 'Bills: all bills [csv]',
				'link', f.root || 'bills_csv?authorizations=' || a.agreement)),
		'form_uid', s.form::text, 'template_uid', '1', 'referral', s.referral,
		'is_archived', coalesce(m.archived, false), 'is_test', o.sandbox and s.scenario is not null,
		'nickname', coalesce(m.nickname, ''), 'notes', case when utility.trouble(s.scenario) is null then '[]'::json
			else json_build_array(json_build_object('type', split_part(s.scenario, '_', 1), 'msg',
				utility.trouble(s.scenario), 'ts', utility.stamp(s.made_at))) end,
		'revoked', case a.state when 'TERMINATED' then utility.stamp(a.ended_at) end,
		'is_revoked', a.state = 'TERMINATED',
		'scope', json_build_object('expires', utility.stamp(a.ends_at), 'reads', a.kinds,
			'history_months', a.history_months),
		'status', case when utility.trouble(s.scenario) is not null or a.state = 'SUSPENDED' then 'errored'
			when a.state = 'HELD' then 'pending' else 'updated' end,
		'status_message', coalesce(utility.trouble(s.scenario), case a.state when 'HELD' then 'it is being looked at'
			when 'SUSPENDED' then 'it is suspended' when 'ACTIVE' then 'all reads can be had'
			else 'it is over' || coalesce(': ' || a.reason, '') end),
		'status_ts', utility.stamp(coalesce(a.ended_at, a.decided_at, a.starts_at)),
		'user_email', l.login, 'user_uid', p.code, 'user_status', 'active', 'utility', o.code,
		'meters', case when meters then json_build_object('meters', coalesce((select json_agg(
			utility.meter_body(a.agreement, n.premise, hub, null, null)) from utility.meter_now n
			where n.agreement = a.agreement), '[]'), 'next', null) end)::text
	from utility.utility_of(a.agreement) o
	cross join (select (hub ->> 'api') || '/api/v2/files/' as root) f
	join party.party p on p.party = a.csp
	left join utility.submission s on s.agreement = a.agreement
	left join utility.mark m on m.agreement = a.agreement and m.premise = 0
	left join lateral (select x.login from delivery.account x where x.party = a.csp and x.person is null and x.state = 'OPEN'
		order by x.account limit 1) l on true
$$;

create or replace function utility.authorizations(shown bytea, hub jsonb, filters jsonb, after text, most int4)
returns table (uid text, body text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.csp(shown, '{ACCOUNT,SESSION}');
	uids int8[] := array(select utility.number(u) from unnest(utility.among(filters, 'uids')) u where u !~ '-');
	shelved bool := utility.truth(filters, 'is_archived');
	declined bool := utility.truth(filters, 'is_declined');
	test bool := utility.truth(filters, 'is_test');
	revoked bool := utility.truth(filters, 'is_revoked');
	expired bool := utility.truth(filters, 'is_expired');
begin
	return query
	select a.agreement::text, utility.authorization_body(a, hub, filters ->> 'include' = 'meters')
	from agreement.agreement a
	join agreement.kind k on k.kind = a.kind and not k.of_device
	left join utility.submission s on s.agreement = a.agreement
	left join utility.mark m on m.agreement = a.agreement and m.premise = 0
	where a.csp = w.party and utility.answered(a.state) and not coalesce(m.deleted, false)
		and (after is null or a.agreement < utility.number(after))
		and (not filters ? 'uids' or a.agreement = any (uids))
		and (not filters ? 'forms' or s.form::text = any (utility.among(filters, 'forms')))
		and (not filters ? 'templates' or '1' = any (utility.among(filters, 'templates')))
		and (not filters ? 'users' or w.code = any (utility.among(filters, 'users')))
		and (not filters ? 'referrals' or s.referral = any (utility.among(filters, 'referrals')))
		and (shelved is null or coalesce(m.archived, false) = shelved)
		and (declined is null or (a.state in ('REJECTED', 'REPORTED')) = declined)
		and (revoked is null or (a.state = 'TERMINATED') = revoked)
		and (expired is null or coalesce(a.state = 'COMPLETED' or a.ends_at <= ops.now(), false) = expired)
		and (test is null or (s.scenario is not null) = test)
		and (not filters ? 'utility' or exists (select from utility.utility_of(a.agreement) o
			where o.code = any (string_to_array(upper(filters ->> 'utility'), ','))))
	order by a.agreement desc
	limit most;
end $$;

-- One of the caller's own, that its customer has answered: BB001 in the same words for all others.
create or replace function utility.authorization_must(w api.principal, uid text)
returns agreement.agreement
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	a agreement.agreement;
begin
	select x.* into a from agreement.agreement x join agreement.kind k on k.kind = x.kind and not k.of_device
	where x.agreement = utility.number(uid) and uid !~ '-' and x.csp = w.party and utility.answered(x.state)
		and not exists (select from utility.mark m where m.agreement = x.agreement and m.premise = 0 and m.deleted);
	if not found then
		raise exception using errcode = 'BB001', message = 'there is no such authorization';
	end if;
	return a;
end $$;

create or replace function utility.authorization_change(shown bytea, uid text, body jsonb)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.csp(shown, '{ACCOUNT,SESSION}');
	a agreement.agreement := utility.authorization_must(w, uid);
	archive bool := utility.flag(body, 'is_archived');
begin
	perform utility.members(body, '{is_archived,nickname}');
	insert into utility.mark as m (agreement, archived, nickname)
	values (a.agreement, coalesce(archive, false), nullif(body ->> 'nickname', ''))
	on conflict on constraint mark_pkey do update set archived = coalesce(archive, m.archived),
		nickname = case when body ? 'nickname' then excluded.nickname else m.nickname end;
exception when check_violation then
	raise exception using errcode = 'BB003', message = '"nickname": expected at most 100 characters';
end $$;

-- Ends it at once, as every other way to end an agreement does.
create or replace function utility.authorization_revoke(shown bytea, uid text, body jsonb)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.csp(shown, '{ACCOUNT,SESSION}');
	a agreement.agreement := utility.authorization_must(w, uid);
begin
	if (select s.over from agreement.state s where s.state = a.state) then
		raise exception using errcode = 'BB004', message = 'this authorization is over already';
	end if;
	perform agreement.terminate(a.agreement, 'CSP', 'revoked', coalesce(w.login, w.code));
end $$;

-- A trial goes, and ends; others are for their customer to see.
create or replace function utility.authorization_delete(shown bytea, uid text, body jsonb)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.csp(shown, '{ACCOUNT,SESSION}');
	a agreement.agreement := utility.authorization_must(w, uid);
begin
	if not exists (select from utility.submission s where s.agreement = a.agreement and s.scenario is not null) then
		raise exception using errcode = 'BB002', message = 'only what test-submit made can be deleted: revoke it';
	elsif not (select s.over from agreement.state s where s.state = a.state) then
		perform agreement.terminate(a.agreement, 'CSP', 'revoked', coalesce(w.login, w.code));
	end if;
	insert into utility.mark as m (agreement, deleted) values (a.agreement, true)
	on conflict on constraint mark_pkey do update set deleted = true;
end $$;

-- ---- meters ----

-- Premises that third parties have something of right now; what ends is gone from here at once.
create or replace view utility.meter_now as
	select a.csp, x.agreement, x.premise
	from party.csp c
	join agreement.agreement a on a.csp = c.party and a.state = 'ACTIVE'
	join agreement.kind k on k.kind = a.kind and not k.of_device
	join agreement.premise x on x.agreement = a.agreement
	join premise.premise p on p.premise = x.premise
	join party.tdu t on t.party = p.tdu
	where (c.state = 'ACTIVE' or t.sandbox and party.csp_open(c.state))
		and a.starts_at <= (select ops.now()) and (select ops.now()) < a.ends_at
		and x.ended_at is null and (x.until is null or (select ops.now()) < x.until)
		and not exists (select from utility.mark m where m.agreement = x.agreement and m.premise = 0 and m.deleted);

-- What is said of a premise with each of its reads.
create or replace function utility.base(of_premise int4)
returns json
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select json_build_object('service_identifier', p.esiid, 'service_tariff', p.rate_class,
		'service_class', lower(p.class) || '-' || lower(coalesce(p.commodity, 'ELECTRIC')),
		'service_address', concat_ws(', ', nullif(p.street, ''), nullif(p.city, ''),
			nullif(concat_ws(' ', p.state, p.zip), '')),
		'meter_numbers', coalesce((select json_agg(m.meter_number order by lower(m.during))
			from premise.meter m where m.premise = p.premise
				and m.during @> (ops.now() at time zone t.zone)::date), '[]'),
		'billing_contact', null, 'billing_address', null, 'billing_account', null)
	from premise.premise p join party.tdu t on t.party = p.tdu
	where p.premise = of_premise
$$;

-- intervals, bills: what there is of them, [count, first day, day after the last]; null: nothing.
create or replace function utility.meter_body(of_agreement int8, of_premise int4, hub jsonb, intervals jsonb, bills jsonb)
returns json
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select json_build_object('uid', of_agreement || '-' || p.esiid, 'authorization_uid', of_agreement::text,
		'created', utility.stamp(a.starts_at), 'user_email', l.login, 'user_uid', c.code,
		'is_archived', coalesce(m.archived, false), 'is_activated', true, 'is_expired', false,
		'notes', case when utility.trouble(s.scenario) is null then '[]'::json else json_build_array(
			json_build_object('type', split_part(s.scenario, '_', 1), 'msg', utility.trouble(s.scenario),
			'ts', utility.stamp(s.made_at))) end,
		'status', case when utility.trouble(s.scenario) is null then 'updated' else 'errored' end,
		'status_message', coalesce(utility.trouble(s.scenario), 'all reads can be had'),
		'status_ts', utility.stamp(a.starts_at),
		'ongoing_monitoring', json_build_object('frequency', coalesce(m.frequency, 'daily'), 'fixed_refresh_day', null,
			'prepay', 0, 'next_prepay', null, 'next_refresh', null),
		'utility', upper(y.code),
		'bill_count', coalesce((bills ->> 0)::int8, 0), 'bill_coverage', utility.coverage(bills, t.zone),
		'bill_sources', case when bills is null then '[]' else '["utility"]' end::json,
		'interval_count', coalesce((intervals ->> 0)::int8, 0), 'interval_coverage', utility.coverage(intervals, t.zone),
		'interval_sources', case when intervals is null then '[]' else '["utility"]' end::json,
		'exports', json_build_object(
			'intervals_csv', (hub ->> 'api') || '/api/v2/files/intervals_csv?meters=' || of_agreement || '-' || p.esiid,
			'bills_csv', (hub ->> 'api') || '/api/v2/files/bills_csv?meters=' || of_agreement || '-' || p.esiid),
		'exports_list', '[]'::json, 'blocks', '["base"]'::json, 'base', utility.base(p.premise))
	from premise.premise p
	join party.tdu t on t.party = p.tdu
	join party.party y on y.party = p.tdu
	join agreement.agreement a on a.agreement = of_agreement
	join party.party c on c.party = a.csp
	left join utility.submission s on s.agreement = a.agreement
	left join utility.mark m on m.agreement = a.agreement and m.premise = p.premise
	left join lateral (select x.login from delivery.account x where x.party = a.csp and x.person is null and x.state = 'OPEN'
		order by x.account limit 1) l on true
	where p.premise = of_premise
$$;

create or replace function utility.coverage(has jsonb, zone text)
returns json
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select case when has is null then '[]'::json else json_build_array(json_build_array(
		utility.midnight((has ->> 1)::date, zone), utility.midnight((has ->> 2)::date, zone))) end
$$;

drop function if exists utility.meters_now(int4);	-- the view was one
drop function if exists utility.there(api.principal, int8, int4[], text, date, date);	-- its form before

-- What may be read of a kind of some premises, each by an agreement, and is there: days with their number of intervals,
-- or bills.
create or replace function utility.there(w api.principal, agreements int8[], premises int4[], kind text, from_day date,
	to_day date)
returns table (agreement int8, premise int4, n int8, first date, last date)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan set enable_seqscan = off
as $$
declare
	-- a bill may begin before the days in which it ends
	asked daterange := daterange(from_day - case kind when 'interval' then 0 else 100 end, to_day, '[]');
	around tstzrange := tstzrange((lower(asked) - 1)::timestamp at time zone 'UTC', (upper(asked) + 1)::timestamp at time zone 'UTC');
begin
	perform reads.plan_for(to_day - from_day + 1);
	return query
	with d as materialized (
		select v.agreement, v.premise, datemultirange(asked)
			* reads.whole_days_of(range_agg(v.span * around), t.zone) as days
		from unnest(agreements, premises) q (agreement, premise)
		join reads.agreed v on v.agreement = q.agreement and v.premise = q.premise
		join premise.premise p on p.premise = v.premise
		join party.tdu t on t.party = p.tdu
		where v.csp = w.party and there.kind = any (v.kinds) and v.span && around
		group by v.agreement, v.premise, t.zone
	), e as (
		select d.agreement, d.premise, s.n, s.day as first, s.day as last
		from d cross join generate_series(0, 1) c
		cross join lateral (select x.day, max(x.n) as n from reads.day x
			where x.series = d.premise * 8 + c and x.day between from_day and to_day and x.day <@ d.days
			group by x.day offset 0) s
		where there.kind = 'interval'
		union all
		select d.agreement, d.premise, 1, s.start_date, s.end_date
		from d cross join generate_series(0, 1) c
		cross join lateral (select distinct x.start_date, x.end_date from reads.billing x
			where x.series = d.premise * 8 + c and x.end_date between from_day and to_day
				and daterange(x.start_date, x.end_date, '[]') <@ d.days offset 0) s
		where there.kind <> 'interval'
	)
	select e.agreement, e.premise, sum(e.n)::int8, min(e.first), max(e.last) from e group by e.agreement, e.premise;
end $$;

-- Agreements that filters name by uids or meters, or by authorizations; null: they name none.
create or replace function utility.agreements_named(filters jsonb)
returns int8[]
language sql immutable security definer set search_path = pg_catalog, pg_temp
as $$
	select array_agg(utility.number(u)) filter (where utility.number(u) is not null)
	from unnest(coalesce(utility.among(filters, 'uids'), utility.among(filters, 'meters'),
		utility.among(filters, 'authorizations'))) u
	having filters ?| '{uids,meters,authorizations}'
$$;

-- The caller's meters that filters name.
create or replace function utility.chosen(w api.principal, filters jsonb)
returns table (agreement int8, premise int4, esiid text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
	named int8[] := coalesce(utility.agreements_named(filters), '{}');
	uids text[] := coalesce(utility.among(filters, 'uids'), utility.among(filters, 'meters'));
	authorizations text[] := utility.among(filters, 'authorizations');
begin
	return query
	select v.agreement, v.premise, p.esiid
	from utility.meter_now v
	join premise.premise p on p.premise = v.premise
	where v.csp = w.party and v.agreement = any (named)
		and (uids is null or v.agreement || '-' || p.esiid = any (uids))
		and (authorizations is null or v.agreement::text = any (authorizations));
end $$;

create or replace function utility.meters(shown bytea, hub jsonb, filters jsonb, after text, most int4)
returns table (uid text, body text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.csp(shown, '{ACCOUNT,SESSION}');
	shelved bool := utility.truth(filters, 'is_archived');
	activated bool := utility.truth(filters, 'is_activated');
	past date := (ops.now() at time zone 'UTC')::date + 1;
	named int8[] := utility.agreements_named(filters);
	uids text[] := coalesce(utility.among(filters, 'uids'), utility.among(filters, 'meters'));
	authorizations text[] := utility.among(filters, 'authorizations');
	at int8 := utility.number(after);
	utilities text[] := string_to_array(upper(filters ->> 'utility'), ',');
begin
	if filters ?| '{uids,meters,authorizations}' and named is null or activated is false
		or filters ? 'users' and w.code <> all (utility.among(filters, 'users')) then
		return;
	end if;
	return query
	-- by the agreements' numbers, so that a page of many is found without looking at all
	with page as materialized (
		select v.agreement, v.premise, p.esiid
		from utility.meter_now v
		join premise.premise p on p.premise = v.premise
		join party.party y on y.party = p.tdu
		left join utility.mark m on m.agreement = v.agreement and m.premise = v.premise
		where v.csp = w.party and (named is null or v.agreement = any (named))
			and (uids is null or v.agreement || '-' || p.esiid = any (uids))
			and (authorizations is null or v.agreement::text = any (authorizations))
			and (after is null or v.agreement <= at
				and (v.agreement < at or p.esiid > coalesce(substring(after from '-(.*)$'), '')))
			and (shelved is null or coalesce(m.archived, false) = shelved)
			and (utilities is null or upper(y.code) = any (utilities))
		order by v.agreement desc, p.esiid
		limit most
	), all_of as materialized (
		select array_agg(q.agreement) as agreements, array_agg(q.premise) as premises from page q
	), i as materialized (
		select t.* from all_of o
		cross join lateral utility.there(w, o.agreements, o.premises, 'interval', past - 1100, past) t
	), b as materialized (
		select t.* from all_of o
		cross join lateral utility.there(w, o.agreements, o.premises, 'billing', past - 1100, past) t
	)
	select q.agreement || '-' || q.esiid, utility.meter_body(q.agreement, q.premise, hub,
		case when i.n is not null then jsonb_build_array(i.n, i.first, i.last + 1) end,
		case when b.n is not null then jsonb_build_array(b.n, b.first, b.last + 1) end)::text
	from page q
	left join i on i.agreement = q.agreement and i.premise = q.premise
	left join b on b.agreement = q.agreement and b.premise = q.premise
	order by q.agreement desc, q.esiid;
end $$;

create or replace function utility.meter_must(w api.principal, uid text, out agreement int8, out premise int4)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	select c.agreement, c.premise into agreement, premise
	from utility.chosen(w, jsonb_build_object('uids', replace(uid, ',', ''))) c;
	if not found then
		raise exception using errcode = 'BB001', message = 'there is no such meter';
	end if;
end $$;

create or replace function utility.meter_change(shown bytea, uid text, body jsonb)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.csp(shown, '{ACCOUNT,SESSION}');
	n record;
	archive bool := utility.flag(body, 'is_archived');
begin
	select * into n from utility.meter_must(w, uid);
	perform utility.members(body, '{is_archived}');
	insert into utility.mark as m (agreement, premise, archived) values (n.agreement, n.premise, coalesce(archive, false))
	on conflict on constraint mark_pkey do update set archived = coalesce(archive, m.archived);
end $$;

-- historical-collection and ongoing-monitoring: {"meters": [uids]}. All of them must be the caller's.
create or replace function utility.meters_named(w api.principal, body jsonb)
returns table (agreement int8, premise int4)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	uid text;
begin
	if jsonb_typeof(body -> 'meters') is distinct from 'array' or jsonb_array_length(body -> 'meters') not between 1 and 1000
		or jsonb_path_exists(body, '$.meters[*] ? (@.type() != "string")') then
		raise exception using errcode = 'BB003', message = '"meters": expected a list of 1 to 1000 uids';
	end if;
	for uid in select distinct u from jsonb_array_elements_text(body -> 'meters') u loop
		return query select n.agreement, n.premise from utility.meter_must(w, uid) n;
	end loop;
end $$;

-- All that there is can be had already: it is told so.
create or replace function utility.collect(shown bytea, body jsonb)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.csp(shown, '{ACCOUNT,SESSION}');
	n record;
	types text[];
	i text;
begin
	perform utility.members(body, '{meters,collection_duration,fast_mode}');
	for n in select m.*, s.scenario from utility.meters_named(w, body) m
		left join utility.submission s on s.agreement = m.agreement
	loop
		types := case when utility.trouble(n.scenario) is not null then '{started,retrying,finished_errored}'
			when n.scenario = 'slow' then '{started,delayed,progress,finished_successful}'
			else '{started,finished_successful}' end;
		foreach i in array types loop
			perform utility.event(w.party, 'meter_historical_collection_' || i, n.agreement, n.premise);
		end loop;
	end loop;
end $$;

-- Is the third party not to be told of reads of a premise?
create or replace function utility.silent(of_csp int4, of_premise int4)
returns bool
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select exists (select from utility.mark m join agreement.agreement a on a.agreement = m.agreement
		where m.premise = of_premise and m.frequency = 'off' and a.csp = of_csp and a.state = 'ACTIVE')
$$;

-- Which meters the third party is told of: off, or as reads come, which is daily at least.
create or replace function utility.monitor(shown bytea, body jsonb)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.csp(shown, '{ACCOUNT,SESSION}');
begin
	perform utility.members(body, '{meters,frequency,prepay,fixed_refresh_day}');
	if body ->> 'frequency' not in ('off', 'daily', 'monthly') or body ->> 'frequency' is null then
		raise exception using errcode = 'BB003', message = '"frequency": expected off, daily or monthly';
	end if;
	insert into utility.mark as m (agreement, premise, frequency)
	select n.agreement, n.premise, body ->> 'frequency' from utility.meters_named(w, body) n
	on conflict on constraint mark_pkey do update set frequency = excluded.frequency;
end $$;

-- ---- reads ----

-- The meters whose reads of a kind filters ask for, with the days of them that there are between two: newest
-- agreement first.
create or replace function utility.read_plan(shown bytea, filters jsonb, kind text, from_day date, to_day date)
returns table (uid text, agreement int8, esiid text, utility text, zone text, first_day date, last_day date, base text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.csp(shown, '{ACCOUNT,SESSION}');
begin
	if not filters ?| '{meters,authorizations}' then
		raise exception using errcode = 'BB003', message = 'expected "meters" or "authorizations"';
	elsif (select count(*) from (select from utility.chosen(w, filters) limit 1001) x) > 1000 then
		raise exception using errcode = 'BB006', message = 'that is more than 1,000 meters: ask for fewer at a time';
	end if;
	return query
	with c as materialized (
		select x.* from utility.chosen(w, filters) x
	), all_of as materialized (
		select array_agg(c.agreement) as agreements, array_agg(c.premise) as premises from c
	), t as materialized (
		select t.* from all_of o
		cross join lateral utility.there(w, o.agreements, o.premises, read_plan.kind, from_day, to_day) t
	)
	select c.agreement || '-' || c.esiid, c.agreement, c.esiid, upper(y.code), u.zone, t.first, t.last,
		utility.base(c.premise)::text
	from c
	join t on t.agreement = c.agreement and t.premise = c.premise
	join premise.premise p on p.premise = c.premise
	join party.tdu u on u.party = p.tdu
	join party.party y on y.party = p.tdu
	order by c.agreement desc, c.esiid;
end $$;

-- A release of one premise by one of the caller's agreements alone; read by what api.release_open's are read by.
create or replace function utility.release_open(shown bytea, of_agreement int8, esiid text, kind text, from_day date,
	to_day date)
returns table (number int8, premises int4, first_day date, last_day date, not_found text, tdus text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.csp(shown, '{ACCOUNT,SESSION}');
	those int4[] := array(select p.premise from premise.premise p where p.esiid = release_open.esiid);
begin
	return query
	select m.number, cardinality(m.given), from_day, to_day, null::text, null::text
	from reads.release_make(w.party, of_agreement, those, release_open.kind, from_day, to_day, null, false, 'utility',
		coalesce(w.login, w.code)) m;
end $$;
