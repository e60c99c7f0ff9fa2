-- Mails on their way: what busbar-agreementd does with the outbox. A mail under way is held with a token by a lease
-- of the real clock; what becomes of it is told by whoever holds it. When it is due and when it is given up
-- goes by the hub's clock.
set local check_function_bodies = off;

-- What a mail may say of its agreement, as texts. No address, no name of a customer, and nothing that a
-- third party has written but its registered name and, to itself, its reference.
create or replace function mail.facts(of_mail int8)
returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
	zone constant text := 'America/Chicago';
	found_facts jsonb;
begin
	select jsonb_build_object('csp', (select p.name from party.party p where p.party = coalesce(o.csp, a.csp)),
		'number', a.agreement::text, 'state', a.state, 'kind', a.kind,
		'kinds', array_to_string(a.kinds, ','), 'months', a.months::text,
		'history_months', nullif(a.history_months, 0)::text,
		'reference', case when o.args ->> 'to' = 'csp' then a.reference end,
		-- last days, inclusive
		'last_day', ((a.dies_at - interval '1 s') at time zone zone)::date::text,
		'start_day', (a.starts_at at time zone zone)::date::text,
		'end_day', ((a.ends_at - interval '1 s') at time zone zone)::date::text,
		'ended_day', (a.ended_at at time zone zone)::date::text,
		'premises', (select string_agg('…' || right(x.esiid, 4), ', ' order by x.esiid)
			from (select p.esiid from agreement.premise ap join premise.premise p on p.premise = ap.premise
				where ap.agreement = a.agreement order by p.esiid limit 20) x),
		'more', (select nullif(greatest(count(*) - 20, 0), 0)::text from agreement.premise ap
			where ap.agreement = a.agreement))
	into found_facts
	from mail.outbox o left join agreement.agreement a on a.agreement = o.agreement
	where o.mail = of_mail;
	return jsonb_strip_nulls(found_facts);
end $$;

-- An agreement is told that its invitation reached nobody.
create or replace function mail.tell_refused(o mail.outbox, reason text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	if o.kind = 'invitation' and o.agreement is not null then
		perform agreement.mail_refused(o.agreement, reason);
	end if;
end $$;

create or replace function mail.note(what text, o mail.outbox, says text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	perform audit.record('mail.' || what, 'agreementd', o.csp, null, jsonb_strip_nulls(jsonb_build_object(
		'mail', o.mail, 'kind', o.kind, 'agreement', o.agreement, 'attempts', nullif(o.attempts, 0),
		'says', says)));
end $$;

-- It is not to go after all: its reader wants none, or the question that it asks is answered. True: so it is.
create or replace function mail.is_void(o mail.outbox)
returns bool
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	why text := mail.suppressed(o.kind, o.recipient_index, o.csp, o.args);
	void_state text := 'SUPPRESSED';
begin
	if why is null and exists (select from agreement.agreement a join agreement.state s on s.state = a.state
		where a.agreement = o.agreement and case
			when o.kind in ('invitation', 'reminder') then a.state <> 'PENDING'
			when o.kind = 'stop' then s.over
			when o.kind in ('renewal', 'expiry-warning') then s.over
				or exists (select from agreement.agreement n where n.renews = a.agreement) end) then
		void_state := 'CANCELLED';
	elsif why is null and o.kind = 'report' and not smt.report_may_go(o.mail) then
		void_state := 'CANCELLED';
	elsif why is null then
		return false;
	end if;
	update mail.outbox x set state = void_state, recipient_sealed = null, recipient_place = null, salt = null,
		lease_token = null, lease_until = null, worker = null
	where x.mail = o.mail;
	if void_state = 'SUPPRESSED' then
		perform mail.note('suppressed', o, why);
		perform mail.tell_refused(o, 'suppressed');
	end if;
	return true;
end $$;

-- A sender begins: what one of its name held before is due again, and how long a relay has been away is counted
-- anew, since nobody asked it meanwhile. How many.
create or replace function mail.start(of_worker text)
returns int4
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	n int4;
begin
	update mail.outbox o set state = 'QUEUED', lease_token = null, lease_until = null, worker = null
	where o.state = 'SENDING' and o.worker = of_worker;
	get diagnostics n = row_count;
	update mail.relay r set down_since = null, says = null where r.down_since is not null;
	return n;
end $$;

-- Takes mails that are due, those that somebody waits for before others, the longest due first, but for those that wait for a third party's suspension to
-- end; nobody else gets them until lease_s seconds are over. A clock
-- that was put back leaves mails of what is the future now: those that were due at once still are.
create or replace function mail.claim(most int4, lease_s int4, of_worker text default 'agreementd')
returns table (mail int8, token text, kind text, language text, args text, facts text, recipient_sealed bytea,
	recipient_place bytea, salt bytea, verp text, attempts int4, to_csp bool, opt_out bool, hub_now timestamptz)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	at timestamptz := ops.now();
	o mail.outbox;
begin
	for o in select x.* from mail.outbox x
		where (x.state = 'QUEUED' and (x.due_at <= at
				or x.queued_at > at and (x.due_at = x.queued_at or x.attempts > 0))
			or x.state = 'SENDING' and x.lease_until <= clock_timestamp()) and not radar.mail_waits(x.kind, x.csp)
		order by x.urgent desc, x.due_at, x.mail
		limit least(claim.most, 100)
		for no key update skip locked
	loop
		continue when mail.is_void(o);
		update mail.outbox x set state = 'SENDING', lease_token = gen_random_uuid(),
			lease_until = clock_timestamp() + claim.lease_s * interval '1 s', worker = of_worker,
			attempts = x.attempts + 1,
			-- as secret as the database: the key that makes links of it is not here
			salt = coalesce(x.salt, uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())),
			verp = coalesce(x.verp, substr(encode(sha256(uuid_send(gen_random_uuid())
				|| uuid_send(gen_random_uuid())), 'hex'), 1, 20))
		where x.mail = o.mail
		returning x.* into o;
		return query select o.mail, o.lease_token::text, o.kind, o.language, o.args::text,
			mail.facts(o.mail)::text, o.recipient_sealed, o.recipient_place, o.salt, o.verp, o.attempts,
			coalesce(o.args ->> 'to', '') = 'csp',
			not k.must_go and coalesce(o.args ->> 'to', '') <> 'csp', at
		from mail.kind k where k.kind = o.kind;
	end loop;
end $$;

-- The mail of a token, locked. BB004: it is not this sender's any more.
create or replace function mail.held(of_mail int8, of_token text)
returns mail.outbox
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	o mail.outbox;
begin
	select x.* into o from mail.outbox x
	where x.mail = of_mail and x.state = 'SENDING' and x.lease_token::text = of_token
	for no key update;
	if not found then
		raise exception using errcode = 'BB004',
			message = format('mail %s is not this sender''s any more', of_mail);
	end if;
	return o;
end $$;

-- What its links may do, before it goes: purposes[i] with the SHA-256 of its secret in hex. The same again
-- changes nothing.
create or replace function mail.links(of_mail int8, of_token text, purposes text[], hashes text[])
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	o mail.outbox;
	hash bytea;
begin
	-- before the mail, as everybody does who moves an agreement and then cancels its mails: else one waits for the other
	perform from agreement.agreement a
	where a.agreement = (select x.agreement from mail.outbox x where x.mail = of_mail) for key share;
	o := mail.held(of_mail, of_token);
	for i in 1 .. coalesce(cardinality(purposes), 0) loop
		hash := decode(hashes[i], 'hex');
		if purposes[i] = 'OPT_OUT' then
			insert into mail.opt_out_link (sha256, mail, recipient_index, csp, language)
			values (hash, o.mail, o.recipient_index, o.csp, o.language)
			on conflict do nothing;
		elsif purposes[i] = 'CONFIRM' then
			perform party.link_make(o.mail, purposes[i], hash);
		elsif purposes[i] = 'REPORT' then
			perform smt.link_make(o.mail, hash);
		elsif purposes[i] = 'ONCE' then
			perform oauth.code_made(o.mail, hash);
		else
			perform agreement.link_make(o.mail, purposes[i], hash);
		end if;
	end loop;
end $$;

-- The relay has taken it. What made its links, and whose mailbox it is, is forgotten.
create or replace function mail.accepted(of_mail int8, of_token text, of_reply text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	o mail.outbox := mail.held(of_mail, of_token);
	at timestamptz := ops.now();
begin
	update mail.outbox x set state = 'SENT', accepted_at = at, reply = left(of_reply, 500),
		recipient_sealed = null, recipient_place = null, salt = null,
		lease_token = null, lease_until = null, worker = null
	where x.mail = o.mail;
	update mail.relay r set down_since = null, says = null where r.down_since is not null;
	perform mail.note('sent', o, null);
	if o.kind = 'invitation' and o.agreement is not null then
		perform agreement.mail_accepted(o.agreement, at);
	end if;
end $$;

-- For good: it was refused, or tried for too long. The mailbox is kept for an operator who tries again.
create or replace function mail.fail(o mail.outbox, says text, reason text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	update mail.outbox x set state = 'FAILED', reply = left(fail.says, 500), salt = null,
		lease_token = null, lease_until = null, worker = null
	where x.mail = o.mail;
	perform mail.note('failed', o, left(fail.says, 200));
	perform mail.tell_refused(o, fail.reason);
end $$;

create or replace function mail.refused(of_mail int8, of_token text, of_reply text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	perform mail.fail(mail.held(of_mail, of_token), of_reply, 'refused');
end $$;

-- Not now: again after pause_s seconds of the hub's clock, the last time when it is to be given up. True: that
-- was the last time.
create or replace function mail.deferred(of_mail int8, of_token text, of_reply text, pause_s int8)
returns bool
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	o mail.outbox := mail.held(of_mail, of_token);
	at timestamptz := ops.now();
begin
	if o.give_up_at <= at then
		perform mail.fail(o, of_reply, 'given-up');
		return true;
	end if;
	update mail.outbox x set state = 'QUEUED', reply = left(of_reply, 500),
		due_at = least(at + pause_s * interval '1 s', o.give_up_at),
		lease_token = null, lease_until = null, worker = null
	where x.mail = o.mail;
	return false;
end $$;

-- The relay was not there, which says nothing about the mail: it stays due, and that was no attempt.
create or replace function mail.released(of_mail int8, of_token text, of_reply text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	o mail.outbox := mail.held(of_mail, of_token);
begin
	update mail.outbox x set state = 'QUEUED', attempts = o.attempts - 1,
		lease_token = null, lease_until = null, worker = null
	where x.mail = o.mail;
	update mail.relay r set down_since = coalesce(r.down_since, ops.now()), says = left(of_reply, 500);
end $$;

-- After a relay was found away: gives up what has waited for it for too long. Only when it has been away for an
-- hour: a hub that comes back after a week begins with trying. How many.
create or replace function mail.give_up(most int4)
returns int4
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	at timestamptz := ops.now();
	o mail.outbox;
	n int4 := 0;
begin
	for o in select x.* from mail.outbox x, mail.relay r
		where x.state = 'QUEUED' and x.give_up_at <= at and r.down_since <= at - interval '1 h'
		order by x.mail
		limit least(give_up.most, 1000)
		for no key update of x skip locked
	loop
		perform mail.fail(o, (select r.says from mail.relay r), 'given-up');
		n := n + 1;
	end loop;
	return n;
end $$;

-- Until the next mail falls due, or a lease ends; null: there is none.
create or replace function mail.next_ms()
returns int8
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select case when min(s) is not null then greatest(0, ceil(1000 * min(s)))::int8 end from (
		select extract(epoch from min(case when o.queued_at > h.at and (o.due_at = o.queued_at or o.attempts > 0)
			then interval '0' else o.due_at - h.at end))
		from mail.outbox o, (select ops.now()) h (at) where o.state = 'QUEUED' and not radar.mail_waits(o.kind, o.csp)
		union all
		select extract(epoch from min(o.lease_until) - clock_timestamp())
		from mail.outbox o where o.state = 'SENDING'
	) x (s)
$$;

-- A bounce came back: permanent, the mail has not arrived. Three mails that a mailbox has not taken (status 5
-- but not "full") are the end of mails to it. HARD, SOFT, or UNKNOWN when no mail went out with that sender;
-- EARLY when it is not yet known to have gone, since its sender was slower or died: tell the bounce again.
create or replace function mail.bounced(verp text, permanent bool, says text)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	o mail.outbox;
begin
	select x.* into o from mail.outbox x where x.verp = lower(bounced.verp) for no key update;
	if permanent and o.state in ('QUEUED', 'SENDING') then
		return 'EARLY';
	elsif o.state is distinct from 'SENT' and o.state is distinct from 'BOUNCED' then
		return 'UNKNOWN';
	end if;
	if not permanent or o.state = 'BOUNCED' then
		if o.state = 'SENT' then
			perform mail.note('delayed', o, left(says, 200));
		end if;
		return case when permanent then 'HARD' else 'SOFT' end;
	end if;
	update mail.outbox x set state = 'BOUNCED', bounced_at = ops.now(), reply = left(bounced.says, 500)
	where x.mail = o.mail;
	perform mail.note('bounced', o, left(says, 200));
	perform mail.tell_refused(o, 'bounced');
	if (select count(*) from mail.outbox x where x.recipient_index = o.recipient_index
		and x.state = 'BOUNCED' and x.reply ~ '^5\.' and x.reply !~ '^5\.2\.2') >= 3 then
		perform mail.opt_out(o.recipient_index, null, 'BOUNCE', 'agreementd');
	end if;
	return 'HARD';
end $$;

-- ---- for the operator ----

create or replace function mail.list(of_state text default null, of_agreement int8 default null,
	most int4 default 100)
returns table (mail int8, kind text, state text, csp text, agreement int8, language text, attempts int4,
	queued_at timestamptz, due_at timestamptz, give_up_at timestamptz, accepted_at timestamptz, reply text)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select o.mail, o.kind, o.state, p.code, o.agreement, o.language, o.attempts, o.queued_at, o.due_at,
		o.give_up_at, o.accepted_at, o.reply
	from mail.outbox o left join party.party p on p.party = o.csp
	where (of_state is null or o.state = upper(of_state))
		and (of_agreement is null or o.agreement = of_agreement)
	order by o.mail desc
	limit least(list.most, 100000)
$$;

-- One mail, with what its text tells.
create or replace function mail.show(of_mail int8)
returns table (mail int8, kind text, state text, csp text, agreement int8, language text, attempts int4,
	queued_at timestamptz, due_at timestamptz, give_up_at timestamptz, accepted_at timestamptz,
	bounced_at timestamptz, reply text, facts text)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select o.mail, o.kind, o.state, p.code, o.agreement, o.language, o.attempts, o.queued_at, o.due_at,
		o.give_up_at, o.accepted_at, o.bounced_at, o.reply, (mail.facts(o.mail) || o.args)::text
	from mail.outbox o left join party.party p on p.party = o.csp
	where o.mail = of_mail
$$;

-- Tries a mail now: one that waits, or that was given up (again for as long), but for an invitation, whose
-- agreement was told already.
create or replace function mail.again(of_mail int8, actor text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	o mail.outbox;
begin
	select x.* into o from mail.outbox x where x.mail = of_mail for no key update;
	if not found then
		raise exception using errcode = 'BB001', message = format('there is no mail %s', of_mail);
	end if;
	if o.state not in ('QUEUED', 'FAILED') or o.state = 'FAILED' and o.kind = 'invitation'
		or o.recipient_sealed is null then
		raise exception using errcode = 'BB004', message = format(
			'mail %s (%s) is %s: only one that waits or, but for invitations, has failed is tried again',
			of_mail, o.kind, o.state);
	end if;
	update mail.outbox x set state = 'QUEUED', due_at = ops.now(),
		give_up_at = case when o.state = 'FAILED' then ops.now() + (o.give_up_at - o.queued_at)
			else o.give_up_at end
	where x.mail = of_mail;
	perform audit.record('mail.again', actor, o.csp, null, jsonb_build_object('mail', of_mail, 'was', o.state));
	perform pg_notify('mail_outbox', '');
end $$;

-- Who gets no mails: by blind index, since nobody but who has the key can tell whose it is.
create or replace function mail.suppressions()
returns table (recipient_index bytea, csp text, reason text, since timestamptz)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select s.recipient_index, p.code, s.reason, s.since
	from mail.suppression s left join party.party p on p.party = s.csp
	order by s.since, s.recipient_index
$$;
