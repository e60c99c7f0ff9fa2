-- /v1: agreements, as a third party and its customers look at them and end them. Whatever is not the caller's is not
-- there, in the same words.
set local check_function_bodies = off;

-- Who asks: a third party or a customer. BB002: somebody else.
create or replace function api.agreement_who(shown bytea, may text[])
returns api.principal
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.who(shown, may);
begin
	if w.kind not in ('CSP', 'CUSTOMER') then
		raise exception using errcode = 'BB002', message = 'agreements are for third parties and their customers';
	end if;
	perform api.scope_need(w, 'agreements');
	return w;
end $$;

create or replace function api.actor(w api.principal)
returns text
language sql immutable security definer set search_path = pg_catalog, pg_temp
as $$
	select case when w.kind = 'CUSTOMER' then 'customer ' || w.party else coalesce(w.login, w.code) end
$$;

-- The premises of a customer, with the days on which they are its own: by an account as long as it lives there.
create or replace function api.own_premises(of_party int4)
returns table (premise int4, customer int4, days datemultirange)
language plpgsql stable rows 10 security definer set search_path = pg_catalog, pg_temp
	set plan_cache_mode = force_generic_plan set enable_seqscan = off
as $$
begin
	return query
	select o.premise, o.customer, range_agg(o.during)
	from (
		select k.premise, k.customer, k.during
		from premise.customer c join premise.occupancy k on k.customer = c.customer
		where c.party = of_party
		union all
		select h.premise, h.customer, h.during from party.held_spans(of_party) h
	) o
	group by o.premise, o.customer;
end $$;

-- Those premises of agreements that are a customer's own: it lived there when they began, or when it was asked.
create or replace function api.own_shares(of_party int4, of_agreement int8 default null)
returns table (agreement int8, premise int4)
language plpgsql stable rows 10 security definer set search_path = pg_catalog, pg_temp
	set plan_cache_mode = force_generic_plan set enable_seqscan = off
as $$
begin
	return query
	select distinct x.agreement, x.premise
	from api.own_premises(of_party) o
	-- by premise: it is a customer's, who has few
	cross join lateral (select y.* from agreement.premise y where y.premise = o.premise
		and (of_agreement is null or y.agreement = of_agreement) offset 0) x
	join agreement.agreement a on a.agreement = x.agreement
	where o.customer = coalesce(x.customer, premise.occupant_at(x.premise, coalesce(a.starts_at, a.invited_at)));
end $$;

-- Agreements that were asked for at the mailbox that a customer's account has proven.
create or replace function api.own_mailbox(of_party int4)
returns setof int8
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select a.agreement
	from party.holder h join agreement.agreement a on a.email_index = h.email_index
	where h.party = of_party and h.state = 'CONFIRMED'
$$;

-- May a third party's caller see it: by a program's token those that were granted to it, by a customer's the one.
create or replace function api.agreement_of(w api.principal, a agreement.agreement)
returns bool
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select a.csp = w.party and (w.agreement is null or a.agreement = w.agreement)
		and (w.client is null or exists (select from oauth.grant g
			where g.agreement = a.agreement and g.client = w.client))
$$;

-- What an agreement is to the caller: WHOLE, all of its premises are its own; MAILBOX, it was asked for at the caller's;
-- REST, all that have not ended; PART, some. BB001: nothing, or there is none.
create or replace function api.agreement_is(w api.principal, of_agreement int8)
returns text
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
	a agreement.agreement;
	own int4[];
begin
	select o.* into a from agreement.agreement o where o.agreement = of_agreement;
	if w.kind = 'CSP' and api.agreement_of(w, a) then
		return 'WHOLE';
	elsif w.kind = 'CUSTOMER' then
		own := array(select s.premise from api.own_shares(w.party, of_agreement) s);
		if of_agreement in (select api.own_mailbox(w.party)) then
			return 'MAILBOX';
		elsif cardinality(own) > 0 then
			return (
			select case when bool_or(x.ended_at is null) then 'PART' when count(*) > 0 then 'REST' else 'WHOLE' end
			from agreement.premise x where x.agreement = of_agreement and x.premise <> all (own));
		end if;
	end if;
	raise exception using errcode = 'BB001', message = 'there is no such agreement for you';
end $$;

-- ---- what is shown ----

-- What a third party says why, its customer is not told; nor is what that calls it.
create or replace function api.agreement_body(w api.principal, a agreement.agreement)
returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
	set plan_cache_mode = force_generic_plan
as $$
begin
	return (	-- PL/pgSQL: its plan is kept
	select jsonb_build_object('agreement', a.agreement, 'csp', p.code, 'csp_name', p.name, 'state', a.state,
		'stage', case when a.state = 'PENDING' then case when a.opened_at is not null then 'opened'
			when a.accepted_at is not null then 'delivered' else 'sent' end end,
		'kind', a.kind, 'reads', a.kinds, 'months', a.months, 'history_months', a.history_months,
		'language', a.language, 'reference', case when w.kind = 'CSP' then a.reference end, 'large', a.large,
		'invited_at', api.instant(a.invited_at), 'accepted_at', api.instant(a.accepted_at),
		'dies_at', api.instant(a.dies_at), 'opened_at', api.instant(a.opened_at),
		'decided_at', api.instant(a.decided_at), 'starts_at', api.instant(a.starts_at),
		'ends_at', api.instant(a.ends_at), 'reads_from', api.instant(a.reads_from),
		'ended_at', api.instant(a.ended_at), 'by', a.moved_by,
		'reason', case when w.kind = 'CSP' or a.moved_by is distinct from 'CSP' then a.reason end,
		'renews', a.renews, 'renewed_by', (select n.agreement from agreement.agreement n where n.renews = a.agreement))
	from party.party p
	where p.party = a.csp);
end $$;

-- A page of the caller's, newest first, behind `before`.
create or replace function api.agreements(shown bytea, states text[], of_kind text, of_esiid text, of_reference text,
	from_day date, to_day date, before int8, most int4)
returns table (agreement int8, body text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.agreement_who(shown, '{ACCOUNT,SESSION,PERSONAL,ACCESS,CLIENT}');
	behind int8 := coalesce(before, 9223372036854775807);
	from_at timestamptz := from_day::timestamp at time zone 'America/Chicago';
	to_at timestamptz := (to_day + 1)::timestamp at time zone 'America/Chicago';
	those int8[];
begin
	-- two forms of the same: in one the plan of neither would be good
	if w.kind = 'CSP' then
		those := array(
			select a.agreement from agreement.agreement a
			where a.csp = w.party and a.agreement < behind
				and (states is null or a.state = any (states))
				and (of_kind is null or a.kind = of_kind)
				and (of_reference is null or a.reference = of_reference)
				and (from_at is null or coalesce(a.invited_at, a.recorded_at) >= from_at)
				and (to_at is null or coalesce(a.invited_at, a.recorded_at) < to_at)
				and (of_esiid is null or a.agreement in (select x.agreement from agreement.premise x
					join premise.premise p on p.premise = x.premise where p.esiid = of_esiid))
				and (w.agreement is null or a.agreement = w.agreement)
				and (w.client is null or a.agreement in (select g.agreement from oauth.grant g
					where g.client = w.client))
			order by a.agreement desc limit most);
	else
		those := array(
			select a.agreement
			from (
				select s.agreement, s.premise from api.own_shares(w.party) s
				union all
				select m, null from api.own_mailbox(w.party) m
			) s
			join agreement.agreement a on a.agreement = s.agreement
			left join premise.premise p on p.premise = s.premise
			where a.agreement < behind and of_reference is null
				and (states is null or a.state = any (states))
				and (of_kind is null or a.kind = of_kind)
				and (from_at is null or coalesce(a.invited_at, a.recorded_at) >= from_at)
				and (to_at is null or coalesce(a.invited_at, a.recorded_at) < to_at)
				and (of_esiid is null or p.esiid = of_esiid)
			group by a.agreement
			order by a.agreement desc limit most);
	end if;
	return query
	select a.agreement, (api.agreement_body(w, a) || jsonb_build_object('premise_count',
		(select count(*) from agreement.premise x where x.agreement = a.agreement)))::text
	from unnest(those) t (agreement) join agreement.agreement a on a.agreement = t.agreement
	order by a.agreement desc;
end $$;

-- The premises of one, each with how it stands. Of those that are not a customer's own it sees no more than what its
-- mail said, and by them alone nothing.
create or replace function api.agreement_premises(w api.principal, a agreement.agreement, is_what text)
returns jsonb
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select coalesce(jsonb_agg(jsonb_build_object('esiid', case when o.mine then p.esiid end,
		'masked', '…' || right(p.esiid, 4),
		'state', case when x.ended_at is not null then 'ENDED'
			when a.state = 'ACTIVE' and x.until <= ops.now() then 'ENDED' else a.state end,
		'until', api.instant(x.until), 'ended_at', api.instant(x.ended_at), 'reason', x.reason) order by p.esiid), '[]')
	from agreement.premise x
	join premise.premise p on p.premise = x.premise
	cross join lateral (select w.kind = 'CSP' or x.premise in
		(select s.premise from api.own_shares(w.party, a.agreement) s) as mine) o
	where x.agreement = a.agreement and (o.mine or is_what = 'MAILBOX')
$$;

-- One, with its premises, what happened to it, and whether there is a receipt.
create or replace function api.agreement(shown bytea, of_agreement int8)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.agreement_who(shown, '{ACCOUNT,SESSION,PERSONAL,ACCESS,CLIENT}');
	is_what text := api.agreement_is(w, of_agreement);
	a agreement.agreement;
begin
	select o.* into a from agreement.agreement o where o.agreement = of_agreement;
	return api.agreement_body(w, a) || jsonb_build_object(
		'premise_count', (select count(*) from agreement.premise x where x.agreement = a.agreement),
		'premises', api.agreement_premises(w, a, is_what),
		'steps', (select coalesce(jsonb_agg(jsonb_build_object('at', api.instant(e.recorded_at),
				'event', e.detail ->> 'event', 'was', e.detail ->> 'was', 'state', e.detail ->> 'state',
				'by', e.detail ->> 'by', 'why', case when w.kind = 'CSP' or e.detail ->> 'by' <> 'CSP'
					then e.detail ->> 'why' end) order by e.event), '[]')
			from audit.event e
			where e.kind = 'agreement.moved' and (e.detail ->> 'agreement')::int8 = a.agreement),
		'receipt', (select case when r.signed_at is null then 'WAITS' else 'SIGNED' end
			from audit.receipt r where r.agreement = a.agreement and is_what in ('WHOLE', 'MAILBOX')
			order by r.receipt desc limit 1));
end $$;

-- The newest receipt, byte for byte as it was signed; signed null: that is still to come. BB001 also when nobody agreed,
-- and for who has only a part: it names all premises.
create or replace function api.agreement_receipt(shown bytea, of_agreement int8)
returns table (receipt int8, signed text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.agreement_who(shown, '{ACCOUNT,SESSION,PERSONAL,ACCESS,CLIENT}');
	is_what text := api.agreement_is(w, of_agreement);
begin
	return query
	select r.receipt, r.signed from audit.receipt r
	where r.agreement = of_agreement and is_what in ('WHOLE', 'MAILBOX')
	order by r.receipt desc limit 1;
	if not found then
		raise exception using errcode = 'BB001', message = 'there is no receipt of that agreement for you';
	end if;
end $$;

create or replace function api.agreement_funnel(shown bytea, from_day date, to_day date)
returns table (invited int8, sent int8, delivered int8, opened int8, affirmed int8, declined int8, reported int8,
	lapsed int8, undeliverable int8, withdrawn int8)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.csp(shown, '{ACCOUNT,SESSION}');
begin
	return query
	select f.invited, f.sent, f.delivered, f.opened, f.affirmed, f.declined, f.reported, f.lapsed, f.undeliverable,
		f.withdrawn
	from agreement.funnel(w.party, from_day, to_day) f;
end $$;

-- ---- what is done ----

-- A third party. BB002: somebody else.
create or replace function api.csp(shown bytea, may text[])
returns api.principal
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.who(shown, may);
begin
	if w.kind <> 'CSP' then
		raise exception using errcode = 'BB002', message = 'that is for third parties';
	end if;
	return w;
end $$;

-- What a third party does to one of its own: withdraw, or renew: ask its customer now whether it goes on.
create or replace function api.agreement_move(shown bytea, of_agreement int8, event text)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.csp(shown, '{ACCOUNT,SESSION}');
begin
	perform api.writes(w);
	perform api.agreement_is(w, of_agreement);
	return case event when 'withdraw' then agreement.withdraw(w.party, of_agreement, w.login)
		when 'renew' then agreement.renew_ask(w.party, of_agreement, w.login) end;
end $$;

-- Ends one. A third party takes one back that still waits; a customer ends what is its own of it, with what renewed it
-- and what is to follow. Gives the state that it is in then. BB004: it has ended already, or waits for its answer.
create or replace function api.agreement_end(shown bytea, of_agreement int8, why text)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.agreement_who(shown, '{ACCOUNT,SESSION,PERSONAL}');
	is_what text := api.agreement_is(w, of_agreement);
	one int8;
	then_is text;
	did bool := false;
begin
	perform api.writes(w);
	if w.kind = 'CSP' then
		return agreement.terminate(of_agreement, 'CSP', nullif(btrim(why), ''), w.login);
	end if;
	for one in select c.* from agreement.chain(of_agreement) c (agreement) loop
		-- the first takes those with it that follow it
		select a.state into then_is from agreement.agreement a where a.agreement = one for no key update;
		continue when then_is not in ('ACTIVE', 'HELD', 'SUSPENDED');
		if is_what = 'PART' then
			did := coalesce((select bool_or(agreement.share_end(one, s.premise, ops.now(), 'stopped', api.actor(w)))
				from api.own_shares(w.party, one) s), false) or did;
		else
			perform agreement.terminate(one, 'CUSTOMER', 'stopped', api.actor(w));
			did := true;
		end if;
	end loop;
	select a.state into then_is from agreement.agreement a where a.agreement = of_agreement;
	if not did then
		raise exception using errcode = 'BB004', message = case then_is
			when 'PENDING' then 'it waits for your answer, by the mail that asks'
			else format('what is yours of an agreement that is %s has ended already', then_is) end;
	end if;
	return then_is;
end $$;

-- Asks a customer, as agreement.invite. batch: of who may have to ask again (null: nobody), n: the place in it; what
-- came of it the first time is told then. A row with the agreement, one for each fault, or both.
create or replace function api.invite(shown bytea, batch bytea, n int4, esiids text[], meters text[], reps text[],
	email_sealed bytea, email_place bytea, email_index bytea, domain_index bytea, kind text, kinds text[], months int4,
	history_months int4, language text, reference text, all_or_none bool, source inet)
returns table (agreement int8, state text, "row" int4, code text, message text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.csp(shown, '{ACCOUNT,SESSION}');
	got jsonb;
begin
	perform api.writes(w);
	perform agreement.invite_may(w.party);
	if batch is not null then
		if n <= 1 and pg_try_advisory_xact_lock(hashtextextended('api.invited', 0)) then
			delete from api.invited o where o.at < clock_timestamp() - interval '24 hours';
		end if;
		-- who asks the same at the same time waits here for what comes of it
		insert into api.invited (party, batch, n) values (w.party, invite.batch, invite.n) on conflict do nothing;
		if not found then
			select o.outcome into got from api.invited o
			where o.party = w.party and o.batch = invite.batch and o.n = invite.n;
		end if;
	end if;
	if got is null then
		begin
			got := agreement.invite(w.party, esiids, meters, reps, email_sealed, email_place, email_index, kind, kinds,
				months, history_months, language, nullif(reference, ''), coalesce(all_or_none, true), source, w.login,
				domain_index);
		exception when sqlstate 'BB003' or sqlstate 'BB004' or sqlstate 'BB005' or sqlstate 'BB006' then
			got := jsonb_build_object('faults', jsonb_build_array(jsonb_build_object('row', 0, 'code', 'refused',
				'message', sqlerrm)));
		end;
		update api.invited o set outcome = got
		where o.party = w.party and o.batch = invite.batch and o.n = invite.n;
	end if;
	return query
	select (got ->> 'id')::int8, got ->> 'state', f."row", f.code, f.message
	from (values (1)) one
	left join jsonb_to_recordset(got -> 'faults') f ("row" int4, code text, message text) on true;
end $$;

-- What came of a batch of the caller's so far, for who sends it once more: as api.invite told each.
create or replace function api.invited_before(shown bytea, of_batch bytea)
returns table (n int4, agreement int8, "row" int4, code text, message text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.csp(shown, '{ACCOUNT,SESSION}');
begin
	perform api.writes(w);
	return query
	select o.n, (o.outcome ->> 'id')::int8, f."row", f.code, f.message
	from api.invited o
	left join jsonb_to_recordset(o.outcome -> 'faults') f ("row" int4, code text, message text) on true
	where o.party = w.party and o.batch = of_batch and o.outcome is not null
	order by o.n;
end $$;

-- A file of invitations that the caller put into its box. BB001: it has none of that number.
create or replace function api.invitation_file(shown bytea, of_file int8)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.csp(shown, '{ACCOUNT,SESSION}');
	body jsonb;
begin
	select jsonb_build_object('file', f.file, 'name', f.name, 'revision', f.revision, 'sha256', encode(f.sha256, 'hex'),
		'size', f.size, 'received_at', api.instant(f.received_at), 'state', f.state, 'counts', f.counts,
		'code', f.hold_rule, 'detail', f.hold_text)
	into body
	from ledger.file f where f.file = of_file and f.party = w.party;
	if not found then
		raise exception using errcode = 'BB001', message = 'there is no such file of yours';
	end if;
	return body;
end $$;

create or replace function api.invitation_rows(shown bytea, of_file int8)
returns table (line int8, agreement int8, state text, col int4, code text, found text, expected text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	perform api.invitation_file(shown, of_file);
	return query select r.* from agreement.sheet_rows(of_file) r;
end $$;
