-- What detectors measure: what was found, and the events that speak for it. No figure: nothing to be said.
set local check_function_bodies = off;

-- By the name in radar.detector.measure.
create or replace function radar.find(d radar.detector, e radar.event, since timestamptz)
returns table (found numeric, evidence int8[])
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
	case d.measure
	when 'MAILBOX' then return query select x.* from radar.find_mailbox(e, since) x;
	when 'OWN_DOMAIN' then return query select x.* from radar.find_own_domain(e) x;
	when 'OWN_ADDRESS' then return query select x.* from radar.find_own_address(e, since) x;
	when 'NETWORK' then return query select x.* from radar.find_network(e, since) x;
	when 'FAST' then return query select x.* from radar.find_fast(e) x;
	when 'DWELL' then return query select (e.detail ->> 'dwell_ms')::numeric / 1000, '{}'::int8[];
	when 'UNPROVEN' then return query select x.* from radar.find_unproven(e, since, d.threshold) x;
	when 'NEIGHBOURS' then return query select x.* from radar.find_neighbours(e, since) x;
	when 'HELD' then return query select x.* from radar.find_held(e, since) x;
	when 'COUNT' then return query select c.n::numeric, radar.last_of(e.csp, d.part, since)
		from (select radar.tally(e.csp, d.part, since) as n offset 0) c where c.n > d.threshold;
	when 'RATIO' then return query select x.* from radar.find_ratio(e, d, since) x;
	end case;
end $$;

-- Different customers for whose premises the mailbox has affirmed; where no customer is known, premises.
create or replace function radar.find_mailbox(e radar.event, since timestamptz)
returns table (found numeric, evidence int8[])
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
	return query
	select count(distinct coalesce(w.customer, -w.premise))::numeric, array_agg(distinct v.event)
	from (select x.* from radar.event x where x.kind = 'affirmed' and x.mailbox = e.mailbox
		and x.at > since order by x.at desc limit 1000) v
	cross join lateral radar.whose(v.agreement, v.premise, v.at) w;
end $$;

-- Was the invitation sent to a domain that the third party calls its own?
create or replace function radar.find_own_domain(e radar.event)
returns table (found numeric, evidence int8[])
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
	return query
	select count(*)::numeric, array_agg(v.event)
	from radar.event v
	join radar.own_domain o on o.csp = e.csp and encode(o.domain_index, 'hex') = v.detail ->> 'domain_index'
	where v.agreement = e.agreement and v.kind = 'invited';
end $$;

-- Visits of the third party from the same address (IPv6: the same /64): sessions of its boxes, invitations.
create or replace function radar.find_own_address(e radar.event, since timestamptz)
returns table (found numeric, evidence int8[])
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
	return query
	with asked as materialized (
		select v.event from radar.event v
		where v.csp = e.csp and v.network = e.network and v.at > since
			and v.kind in ('invited', 'match_tried') and (family(e.source) = 6 or v.source = e.source)
		limit 100
	), visits as materialized (
		select s.session
		from delivery.account a join delivery.session s on s.account = a.account
		where a.party = e.csp and (s.from_address = e.source
				or family(e.source) = 6 and s.from_address <<= e.network)
			-- sessions go by the real clock
			and s.opened_at > clock_timestamp() - (e.at - since)
		limit 100
	)
	select ((select count(*) from asked) + (select count(*) from visits))::numeric,
		array(select a.event from asked a)
	where e.source is not null;
end $$;

-- Other shares that were affirmed from the same network, of whichever third party.
create or replace function radar.find_network(e radar.event, since timestamptz)
returns table (found numeric, evidence int8[])
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
	return query
	select count(distinct coalesce(v.agreement, -v.event))::numeric, array_agg(v.event)
	from (select x.event, x.agreement from radar.event x
		where x.kind = 'affirmed' and x.network = e.network and x.at > since and x.event <> e.event
			and x.agreement is distinct from e.agreement
		order by x.at desc limit 1000) v
	where e.network is not null;
end $$;

-- Seconds since a mail server took the invitation.
create or replace function radar.find_fast(e radar.event)
returns table (found numeric, evidence int8[])
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
	return query
	select extract(epoch from e.at - v.at), array[v.event]
	from radar.event v
	where v.agreement = e.agreement and v.kind = 'mail_accepted'
	order by v.at desc limit 1;
end $$;

-- Shares of the window whose mailbox no utility knows as the customer's, less what the third party's record is
-- good for: such ones of before that were not held (time passed, nobody complained), and half of those of the
-- last year whose mailbox a utility does know, since no third party can make up those. A report costs ten.
create or replace function radar.find_unproven(e radar.event, since timestamptz, allowed int4)
returns table (found numeric, evidence int8[])
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
	n int8;
	earlier int8;
	known int8;
	record int8 := 0;
begin
	if e.detail ->> 'known' <> 'false' then
		return;
	end if;
	select count(*) into n from radar.event v
	where v.csp = e.csp and v.at > since and v.kind = 'affirmed' and v.detail ->> 'known' = 'false';
	if n > allowed then
		select count(*) into earlier from (select from radar.event v
			where v.csp = e.csp and v.at <= since and v.kind = 'affirmed' and v.detail ->> 'known' = 'false'
				and not exists (select from radar.held h where h.agreement = v.agreement)
			limit n) x;
		select count(*) into known from (select from radar.event v
			where v.csp = e.csp and v.at > e.at - interval '365 days' and v.kind = 'affirmed'
				and v.detail ->> 'known' = 'true'
			limit 2 * n) x;
		record := greatest(0, earlier + known / 2
			- 10 * radar.tally(e.csp, '{reported}', e.at - interval '365 days'));
	end if;
	return query select (n - record)::numeric, array(select v.event from radar.event v
		where v.csp = e.csp and v.at > since and v.kind = 'affirmed' and v.detail ->> 'known' = 'false'
		order by v.at desc limit 100)
	where n - record > allowed;
end $$;

-- Failed tries at ESI IDs near this one: within fifty up or down.
create or replace function radar.find_neighbours(e radar.event, since timestamptz)
returns table (found numeric, evidence int8[])
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
	id text := e.detail ->> 'esiid';
begin
	if e.detail ->> 'ok' <> 'false' or id is null or id !~ '^[0-9]{10,22}$' then
		return;
	end if;
	return query
	select count(distinct v.detail ->> 'esiid')::numeric, array_agg(v.event)
	from radar.event v
	where v.csp = e.csp and v.kind = 'match_tried' and v.detail ->> 'ok' = 'false' and v.at > since
		and (v.detail ->> 'esiid') collate "C" between
			lpad((id::numeric - 50)::text, length(id), '0') and (id::numeric + 50)::text
		and length(v.detail ->> 'esiid') = length(id);
end $$;

-- Shares of the third party that were held.
create or replace function radar.find_held(e radar.event, since timestamptz)
returns table (found numeric, evidence int8[])
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
	return query
	select count(distinct h.agreement)::numeric, array_agg(distinct h.event)
	from radar.hit h
	where h.csp = e.csp and h.at > since and h.agreement is not null and h.action in ('HOLD', 'SUSPEND');
end $$;

-- `part` of a thousand of `whole`; nothing when there are fewer than `least` of the part, or no more of it than the
-- threshold allows: then the whole is counted only as far as that takes.
create or replace function radar.find_ratio(e radar.event, d radar.detector, since timestamptz)
returns table (found numeric, evidence int8[])
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
	n int8 := radar.tally(e.csp, d.part, since);
	enough int8 := ceil(1000.0 * n / greatest(d.threshold, 1));
	whole int8;
begin
	if n = 0 or n < d.least then
		return;
	end if;
	whole := radar.tally(e.csp, d.whole, since, enough);
	if whole >= enough and d.threshold > 0 then
		return;
	end if;
	return query select 1000.0 * n / greatest(whole, n), radar.last_of(e.csp, d.part, since);
end $$;

-- How many events of kinds, at most so many; match_failed: match_tried that did not match.
create or replace function radar.tally(csp int4, kinds text[], since timestamptz, most int8 default null)
returns int8
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
	if kinds = '{match_failed}' then
		return (select count(*) from (select from radar.event v
			where v.csp = tally.csp and v.kind = 'match_tried' and v.detail ->> 'ok' = 'false' and v.at > since
			limit most) x);
	end if;
	return (select count(*) from (select from radar.event v
		where v.csp = tally.csp and v.kind = any (kinds) and v.at > since
		limit most) x);
end $$;

-- The last hundred of them.
create or replace function radar.last_of(csp int4, kinds text[], since timestamptz)
returns int8[]
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
	if kinds = '{match_failed}' then
		return array(select v.event from radar.event v
			where v.csp = last_of.csp and v.kind = 'match_tried' and v.detail ->> 'ok' = 'false' and v.at > since
			order by v.at desc limit 100);
	end if;
	return array(select v.event from radar.event v
		where v.csp = last_of.csp and v.kind = any (kinds) and v.at > since
		order by v.at desc limit 100);
end $$;
