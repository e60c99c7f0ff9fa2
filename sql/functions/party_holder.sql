-- Customers' accounts, which nobody needs: a mailbox, proven by a link, tied to premises by ESI ID, meter number
-- and the REP's certificate number. A tie ends with the occupancy in which it was made.
set local check_function_bodies = off;

-- Who occupies a premise now, as far as is known.
create or replace function party.occupant_of(of_premise int4)
returns int4
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
	set plan_cache_mode = force_generic_plan set enable_seqscan = off
as $$
begin
	return (
		select o.customer from premise.occupancy o
		join premise.premise p on p.premise = o.premise join party.tdu t on t.party = p.tdu
		where o.premise = of_premise and o.during @> ops.today(t.zone));
end $$;

-- Asks for an account, or for more premises of one that there is. Whatever was wrong, or over budget: the same
-- answer, which is none, after the same work, since what follows from it is the clock's (holder_claims). Each counts
-- against the network that it comes from, until the clock has seen that it was right.
create or replace function party.holder_request(esiids text[], meters text[], reps text[], email_sealed bytea,
	email_place bytea, email_index bytea, language text, source inet, actor text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	if coalesce(cardinality(esiids), 0) not between 1 and 20
		or cardinality(meters) is distinct from cardinality(esiids)
		or cardinality(reps) is distinct from cardinality(esiids) then
		raise exception using errcode = 'BB003', message = 'expected 1 to 20 premises, each with its '
			'ESI ID, meter number and REP certificate number';
	end if;
	if source is not null then
		if delivery.must_wait(source, '') > 0 then
			return;
		end if;
		perform delivery.guessed(source, '');
	end if;
	insert into party.claim (asked_at, premises, email_sealed, email_place, email_index, language, source, actor)
	select ops.now(), array_agg(coalesce(m.premise, 0) order by m."row"), holder_request.email_sealed,
		holder_request.email_place, holder_request.email_index, upper(holder_request.language),
		holder_request.source, holder_request.actor
	from premise.match(null, esiids, meters, reps, source) m;
	perform pg_notify('agreement_due', '');
end $$;

-- Does what was asked for, oldest first. Gives how many.
create or replace function party.holder_claims()
returns int4
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	asked party.claim;
	n int4 := 0;
begin
	for asked in select c.* from party.claim c order by c.claim limit 500 for no key update skip locked loop
		perform party.holder_claim(asked);
		delete from party.claim c where c.claim = asked.claim;
		n := n + 1;
	end loop;
	return n;
end $$;

-- A link for the mailbox, if all matched and somebody is known to live there; at most three in 24 hours.
create or replace function party.holder_claim(asked party.claim)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	customers int4[] := (select array_agg(party.occupant_of(u.p) order by u.n)
		from unnest(asked.premises) with ordinality u (p, n));
	h party.holder;
	mailed int8;
begin
	if asked.source is not null and 0 <> all (asked.premises) then
		perform delivery.not_guessed(asked.source, '');
	end if;
	if array_position(customers, null) is not null
		or (select count(*) from party.proof r join mail.outbox o on o.mail = r.mail
			where r.holder is not null and o.recipient_index = asked.email_index
				and o.queued_at > asked.asked_at - interval '24 hours') >= 3 then
		perform audit.record('customer.not_matched', asked.actor, null, null,
			jsonb_build_object('premises', cardinality(asked.premises)));
		return;
	end if;
	insert into party.holder as x (email_sealed, email_place, email_index, language, made_at)
	values (asked.email_sealed, asked.email_place, asked.email_index, asked.language, asked.asked_at)
	on conflict (email_index) where state <> 'ENDED' do update set language = excluded.language
	returning x.* into h;
	insert into party.holder_premise (holder, premise, customer, asked_at)
	select h.holder, u.p, u.c, asked.asked_at from unnest(asked.premises, customers) u (p, c)
	on conflict (holder, premise) where state <> 'ENDED' do nothing;
	mailed := mail.queue('customer-confirm', h.email_sealed, h.email_place, h.email_index, h.language, null,
		null);
	if mailed is not null then
		insert into party.proof (mail, holder, valid_until)
		values (mailed, h.holder, ops.now() + interval '72 hours');
	end if;
	perform audit.record('customer.requested', asked.actor, null, u.p, jsonb_build_object('holder', h.holder))
	from unnest(asked.premises) u (p);
end $$;

-- The mailbox is proven: what was asked for until that mail is tied, the first of it at once, the rest by the clock.
create or replace function party.holder_confirm(of_holder int4, of_mail int8)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	update party.holder h set state = 'CONFIRMED', confirmed_at = coalesce(h.confirmed_at, ops.now()),
		ties_asked_by = greatest(h.ties_asked_by, (select o.queued_at from mail.outbox o where o.mail = of_mail))
	where h.holder = of_holder and h.state <> 'ENDED';
	if not found then
		raise exception using errcode = 'BB001',
			message = 'this link is not valid, or not any more';
	end if;
	perform party.holder_account(of_holder);
	perform party.holder_tie(of_holder);
end $$;

-- Ties a step of what an account may have, and tells those who were there before. Gives how many.
create or replace function party.holder_tie(of_holder int4)
returns int4
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	most int4 := ops.setting_of('portal.ties_step')::int4;
	asked_by timestamptz := (select h.ties_asked_by from party.holder h where h.holder = of_holder for no key update);
	tie party.holder_premise;
	n int4 := 0;
begin
	for tie in update party.holder_premise t set state = 'HELD'
		where t.holder = of_holder and t.state = 'ASKED' and t.premise in (
			select x.premise from party.holder_premise x
			where x.holder = of_holder and x.state = 'ASKED' and x.asked_at <= asked_by
				and party.occupant_of(x.premise) = x.customer
			limit most)
		returning t.*
	loop
		n := n + 1;
		perform audit.record('customer.confirmed', 'customer account ' || of_holder, (select c.party
			from premise.customer c where c.customer = tie.customer), tie.premise,
			jsonb_build_object('holder', of_holder));
		perform party.holder_tell(of_holder, tie.premise);
	end loop;
	if n < most then
		update party.holder h set ties_asked_by = null where h.holder = of_holder;
	else
		perform pg_notify('agreement_due', '');
	end if;
	return n;
end $$;

-- Goes on with those of which something is left. Gives how many premises.
create or replace function party.holder_ties()
returns int4
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	return (select coalesce(sum(party.holder_tie(h.holder)), 0)::int4 from party.holder h where h.ties_asked_by is not null);
end $$;

-- The party of a confirmed account, which reads as the occupant of what it holds, and what it logs in by: no box,
-- and no password or token yet. Made once.
create or replace function party.holder_account(of_holder int4)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	made int4;
	name text := 'customer-' || of_holder;
begin
	perform from party.holder h where h.holder = of_holder and h.party is null for no key update;
	if not found then
		return;
	end if;
	insert into party.party (kind) values ('CUSTOMER') returning party into made;
	update party.holder h set party = made where h.holder = of_holder;
	-- somebody may have taken the name
	if exists (select from delivery.account a where a.login = name) then
		name := name || '-' || left(encode(delivery.random32(), 'hex'), 8);
	end if;
	insert into delivery.account (party, login) values (made, name);
	perform audit.record('account.added', 'customer account ' || of_holder, made, null,
		jsonb_build_object('login', name));
end $$;

-- Another name to log in by. What was made of its password fits the old name alone, so that ends.
create or replace function party.holder_login(of_holder int4, login text, actor text default session_user)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	a delivery.account;
begin
	select x.* into a from party.holder h join delivery.account x on x.party = h.party
	where h.holder = of_holder and h.state = 'CONFIRMED' for no key update of x;
	if not found then
		raise exception using errcode = 'BB001',
			message = format('there is no confirmed account %s', of_holder);
	elsif a.login = lower(holder_login.login) then
		return;
	end if;
	perform delivery.credential_end(c.credential, actor) from delivery.credential c
	where c.account = a.account and c.kind = 'PASSWORD' and c.ended_at is null;
	update delivery.account x set login = lower(holder_login.login) where x.account = a.account;
	perform audit.record('account.set', actor, a.party, null, jsonb_build_object('account', a.account,
		'was', a.login, 'login', lower(holder_login.login)));
exception
	when unique_violation then
		raise exception using errcode = 'BB005',
			message = format('the login "%s" is taken', holder_login.login);
	when check_violation then
		raise exception using errcode = 'BB003', message = format('login "%s", expected up to 64 '
			'letters, digits, dots, hyphens and underscores', holder_login.login);
end $$;

-- Tells earlier holders of a premise of a new one.
create or replace function party.holder_tell(of_holder int4, of_premise int4)
returns void
language sql security definer set search_path = pg_catalog, pg_temp
as $$
	with told as (
		select distinct on (h.email_index) h.email_sealed, h.email_place, h.email_index, h.language
		from party.holder_premise t join party.holder h on h.holder = t.holder
		where t.premise = of_premise and t.state = 'HELD' and t.holder <> of_holder
			and h.email_index <> (select x.email_index from party.holder x
				where x.holder = of_holder)
		order by h.email_index
	)
	select mail.queue('customer-notice', o.email_sealed, o.email_place, o.email_index, o.language, null, null,
		jsonb_build_object('masked', '…' || (select right(p.esiid, 4) from premise.premise p
			where p.premise = of_premise)),
		format('customer-notice/%s/%s/%s', of_holder, of_premise, encode(o.email_index, 'hex')))
	from told o
$$;

-- Ends ties whose occupancy is over, and accounts that nothing is tied to. Gives how many.
create or replace function party.holder_tick()
returns int4
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	tie party.holder_premise;
	n int4 := 0;
	closed text[];
	hub_now timestamptz := ops.now();
begin
	-- of before accounts were parties
	perform party.holder_account(h.holder) from party.holder h where h.state = 'CONFIRMED' and h.party is null;
	for tie in update party.holder_premise t set state = 'ENDED', ended_at = hub_now, reason = 'move-out'
		-- not occupant_of(): this looks at every tie, each time something falls due
		where t.state <> 'ENDED' and not exists (select from premise.occupancy o
			join premise.premise p on p.premise = o.premise
			join party.tdu u on u.party = p.tdu
			where o.premise = t.premise and o.customer = t.customer
				and o.during @> (hub_now at time zone u.zone)::date)
		returning t.*
	loop
		perform audit.record('customer.ended', 'clock', (select c.party from premise.customer c
			where c.customer = tie.customer), tie.premise,
			jsonb_build_object('holder', tie.holder, 'reason', 'move-out'));
		n := n + 1;
	end loop;
	if n = 0 then
		return 0;
	end if;
	with over as (
		update party.holder h set state = 'ENDED', ended_at = hub_now
		where h.state <> 'ENDED' and not exists (select from party.holder_premise t
			where t.holder = h.holder and t.state <> 'ENDED')
		returning h.party
	)
	select array_agg(a.login) into closed from over o join delivery.account a on a.party = o.party;
	perform delivery.account_close(l, 'clock') from unnest(closed) l;
	return n;
end $$;

-- May an account see a premise now? Looked at each time, so that it ends at the instant of a move-out.
create or replace function party.holder_may(of_holder int4, of_premise int4)
returns bool
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select exists (select from party.holder_premise t join party.holder h on h.holder = t.holder
		where t.holder = of_holder and t.premise = of_premise and t.state = 'HELD'
			and h.state = 'CONFIRMED' and party.occupant_of(t.premise) = t.customer)
$$;

-- What the account of a party holds now, with all spans in which its customer of now has occupied it. It may be ten thousand
-- premises of one customer: so occupancies are found by customer and joined once, not looked up for each.
create or replace function party.held_spans(of_party int4)
returns table (premise int4, customer int4, during daterange)
language plpgsql stable rows 1000 security definer set search_path = pg_catalog, pg_temp
	set plan_cache_mode = force_generic_plan set enable_seqscan = off
as $$
declare
	hub_now timestamptz := ops.now();
begin
	return query
	with ties as materialized (
		select t.premise, t.customer
		from party.holder h join party.holder_premise t on t.holder = h.holder
		where h.party = of_party and h.state = 'CONFIRMED' and t.state = 'HELD'
	), lived as materialized (
		select o.premise, o.customer, o.during
		from (select distinct x.customer from ties x) c join premise.occupancy o on o.customer = c.customer
	)
	select s.premise, s.customer, s.during
	from (
		select l.premise, l.customer, l.during, bool_or(l.during @> (hub_now at time zone u.zone)::date) over (
			partition by l.premise) as lives
		from ties t
		join lived l on l.premise = t.premise and l.customer = t.customer
		cross join lateral (select y.tdu from premise.premise y where y.premise = t.premise offset 0) p
		join party.tdu u on u.party = p.tdu
	) s
	where s.lives;
end $$;

-- The same without the spans; of one premise if given.
drop function if exists party.held_by(int4);	-- its form before
create or replace function party.held_by(of_party int4, of_premise int4 default null)
returns table (premise int4, customer int4)
language plpgsql stable rows 1000 security definer set search_path = pg_catalog, pg_temp
	set plan_cache_mode = force_generic_plan set enable_seqscan = off
as $$
begin
	if of_premise is null then
		return query select distinct s.premise, s.customer from party.held_spans(of_party) s;
	else
		return query
		select t.premise, t.customer
		from party.holder h join party.holder_premise t on t.holder = h.holder
		where h.party = of_party and h.state = 'CONFIRMED' and t.state = 'HELD' and t.premise = of_premise
			and party.occupant_of(t.premise) = t.customer;
	end if;
end $$;

drop function if exists party.holders();	-- its form before
create function party.holders()
returns table (holder int4, login text, state text, language text, email_sealed bytea, email_place bytea,
	premises int8, made_at timestamptz, confirmed_at timestamptz, ended_at timestamptz)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select h.holder, (select a.login from delivery.account a where a.party = h.party), h.state, h.language,
		h.email_sealed, h.email_place,
		(select count(*) from party.holder_premise t where t.holder = h.holder and t.state = 'HELD'
			and party.holder_may(h.holder, t.premise)),
		h.made_at, h.confirmed_at, h.ended_at
	from party.holder h order by h.holder
$$;
