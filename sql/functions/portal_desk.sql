-- The desks of the portal, where operators and regulators work: what they share, the operator's home, health,
-- announcements, and customers. Each function takes the SHA-256 of the browser's secret (shown) and finds out by itself
-- who that is; `key` names one thing, or is the filter of a list; `before` is where its next page begins. Acts take the
-- words of a form, in its order.
set local check_function_bodies = off;

-- Who did it, as events have it: the person's login, so that two are told apart.
create or replace function portal.actor(w api.principal)
returns text
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select lower(w.kind) || ' ' || coalesce((select a.login from delivery.account a where a.person = w.person),
		'person-' || w.person)
$$;

-- A number out of an address; null: it is none.
create or replace function portal.number_of(key text)
returns int8
language sql immutable security definer set search_path = pg_catalog, pg_temp
as $$
	select case when key ~ '^[0-9]{1,18}$' then key::int8 end
$$;

-- An instant out of a form, which is Chicago's (2026-11-27T02:00). BB003.
create or replace function portal.instant_of(word text)
returns timestamptz
language plpgsql immutable security definer set search_path = pg_catalog, pg_temp
as $$
begin
	if word !~ '^\d{4}-\d\d-\d\d[T ]\d\d:\d\d' then
		raise exception using errcode = 'BB003', message = format('"%s": expected a day and a time', word);
	end if;
	return left(word, 16)::timestamp at time zone 'America/Chicago';
exception when datetime_field_overflow or invalid_datetime_format then
	raise exception using errcode = 'BB003', message = format('"%s": there is no such day or time', word);
end $$;

create or replace function portal.day_of(word text)
returns date
language plpgsql immutable security definer set search_path = pg_catalog, pg_temp
as $$
begin
	if coalesce(word, '') = '' then
		return null;
	elsif word !~ '^\d{4}-\d\d-\d\d$' then
		raise exception using errcode = 'BB003', message = format('"%s": expected a day, as 2026-11-27', word);
	end if;
	return word::date;
exception when datetime_field_overflow or invalid_datetime_format then
	raise exception using errcode = 'BB003', message = format('"%s": there is no such day', word);
end $$;

-- ---- home: what waits for a person ----

create or replace function portal.desk_waits(shown bytea, key text, before int8)
returns table (id text, what text, waiting int8)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR}');
	files int8;
	others int8;
begin
	select count(*) filter (where j.what = 'FILE'), count(*) filter (where j.what <> 'FILE') into files, others from portal.jobs() j;
	return query
	select x.path, x.what, x.n from (values
		(1, '/operator/csps?f=waiting', 'REGISTRATIONS', (select count(*) from party.csp c where portal.csp_waits(c.party))),
		(2, '/operator/approvals', 'SECOND_PERSONS', (select count(*) from ops.approval a
			join ops.approval_action k on k.action = a.action
			where k.kind = 'OPERATOR' and a.state = 'ASKED' and a.valid_until > clock_timestamp())),
		(3, '/operator/holds', 'HELD_SHARES', (select count(*) from agreement.agreement a where a.state = 'HELD')),
		(4, '/operator/flags', 'FLAGS', (select count(*) from radar.hit h join radar.detector d on d.detector = h.detector
			where h.cleared_at is null and h.agreement is null and h.at > ops.now() - d.time_window)),
		(5, '/operator/complaints', 'COMPLAINTS', (select count(*) from radar.complaint c where c.state = 'OPEN')),
		(6, '/operator/orders', 'ORDERS', (select count(*) from radar.commission_order o where o.carried_out_at is null)),
		(7, '/operator/mail?f=failed', 'MAIL_FAILED', (select count(*) from mail.outbox o
			where o.state in ('FAILED', 'BOUNCED') and o.queued_at > ops.now() - interval '7 days')),
		(8, '/operator/jobs', 'FILES_HELD', files),
		(9, '/operator/jobs', 'JOBS', others)
	) x (n1, path, what, n)
	order by x.n1;
end $$;

-- ---- health ----

create or replace function portal.desk_health(shown bytea, key text, before int8)
returns table (what text, ok text, says text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR}');
	size jsonb := ops.kept('database_size', '');
begin
	if size is null then	-- looks at each file
		size := to_jsonb(pg_database_size(current_database()));
		perform ops.keep('database_size', '', 10000, size);
	end if;
	return query
	with f as (select count(*) as n, coalesce(extract(epoch from clock_timestamp() - min(x.received_at))::int8, 0) as s
			from ledger.file x where x.state = 'RECEIVED'),
		m as (select count(*) as n, coalesce(extract(epoch from ops.now() - min(x.due_at))::int8, 0) as s
			from mail.outbox x where x.state = 'QUEUED' and x.due_at <= ops.now() and not radar.mail_waits(x.kind, x.csp)),
		d as (select count(*) as n, count(*) filter (where x.due_at < ops.now() - interval '15 min') as late
			from delivery.drop x where x.state in ('DUE', 'BUILDING')),
		a as (select * from audit.state())
	select h.what, case when h.good then 'GOOD' else 'LOOK' end, h.says from (
		select 1, 'FILES_IN', f.s <= 60, format('H_FILES|%s|%s', f.n, f.s) from f
		union all select 2, 'DROPS_OUT', d.late = 0, format('H_DROPS|%s|%s', d.n, d.late) from d
		union all select 3, 'PUSHES', count(*) = 0, format('H_FAILED|%s', count(*)) from delivery.push p where p.state = 'FAILED'
		union all select 4, 'WEBHOOKS', count(*) = 0, format('H_FAILED|%s', count(*)) from hook.endpoint e
			where e.state <> 'ENDED' and e.failing_since is not null
		union all select 5, 'MAIL_OUT', m.s <= 600 and r.down_since is null, case when r.down_since is null
			then format('H_MAILS|%s|%s', m.n, greatest(m.s, 0))
			else format('H_RELAY|%s|%s', m.n, api.instant(r.down_since)) end from m, mail.relay r
		union all select 6, 'AGREEMENT_CLOCK', x.paused_since is null,
			coalesce('H_PAUSED|' || api.instant(x.paused_since), 'H_RUNS') from agreement.watch x
		union all select 7, 'AUDIT', a.behind_s <= 120, format('H_AUDIT|%s|%s', a.size - a.signed_size, a.receipts) from a
		union all select 8, 'COMMANDS', count(*) filter (where c.expires_at < clock_timestamp()) = 0,
			format('H_COMMANDS|%s', count(*)) from odr.command c where c.state in ('PENDING', 'TAKEN', 'READY')
		union all select 9, 'DATABASE', true, format('H_DATABASE|%s|%s', pg_size_pretty(size::int8),
			ops.schema_number())
		union all select 10, 'CLOCK', c.ahead = '0', case when c.ahead = '0' then 'H_REAL' else 'H_AHEAD|' || c.ahead end
			from ops.clock c
	) h (n, what, good, says)
	order by h.n;
end $$;

-- ---- announcements ----

-- What is told to everybody: of now and of the next fourteen days.
create or replace function portal.announcements()
returns table (kind text, at timestamptz, until timestamptz, title_en text, title_es text, body_en text, body_es text)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select a.kind, a.begins_at, a.ends_at, a.title_en, a.title_es, a.body_en, a.body_es
	from ops.announcement a
	where a.ended_at is null and a.ends_at > clock_timestamp() and a.begins_at < clock_timestamp() + interval '14 days'
	order by a.begins_at, a.announcement
$$;

create or replace function portal.desk_announcements(shown bytea, key text, before int8)
returns table (id text, title text, kind text, state text, begins_at timestamptz, ends_at timestamptz, made_by text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR}');
begin
	return query
	select a.announcement::text, a.title_en, a.kind, portal.announcement_state(a), a.begins_at, a.ends_at, a.made_by
	from ops.announcement a
	where before is null or a.announcement < before
	order by a.announcement desc limit 50;
end $$;

create or replace function portal.announcement_state(a ops.announcement)
returns text
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select case when a.ended_at is not null then 'TAKEN_DOWN' when a.ends_at <= clock_timestamp() then 'OVER'
		when a.begins_at > clock_timestamp() then 'TO_COME' else 'NOW' end
$$;

create or replace function portal.desk_announcement(shown bytea, key text, before int8)
returns table (title text, may text, kind text, state text, begins_at timestamptz, ends_at timestamptz, title_en text,
	body_en text, title_es text, body_es text, made_by text, ended_by text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR}');
begin
	return query
	select a.title_en, case when portal.announcement_state(a) in ('NOW', 'TO_COME') then 'end' end, a.kind,
		portal.announcement_state(a), a.begins_at, a.ends_at, a.title_en, a.body_en, a.title_es, a.body_es, a.made_by, a.ended_by
	from ops.announcement a where a.announcement = portal.number_of(key);
end $$;

-- words: kind, begin, end, title and text in English, both in Spanish. Gives its number.
create or replace function portal.act_announce(shown bytea, key text, words text[])
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR}', 'MEMBER');
	made int4;
begin
	if portal.instant_of(words[3]) <= greatest(clock_timestamp(), portal.instant_of(words[2])) then
		raise exception using errcode = 'BB003', message = 'the end is to come, and behind the beginning';
	end if;
	insert into ops.announcement as a (kind, begins_at, ends_at, title_en, body_en, title_es, body_es, made_by)
	values (words[1], portal.instant_of(words[2]), portal.instant_of(words[3]), trim(words[4]), coalesce(words[5], ''),
		trim(words[6]), coalesce(words[7], ''), portal.actor(w))
	returning a.announcement into made;
	perform audit.record('announcement.made', portal.actor(w), null, null, jsonb_build_object('announcement', made,
		'kind', words[1], 'begins_at', api.instant(portal.instant_of(words[2])),
		'ends_at', api.instant(portal.instant_of(words[3]))));
	return made::text;
exception when check_violation then
	raise exception using errcode = 'BB003', message = 'expected a kind, titles of 1 to 120 characters and texts of at most 1000';
end $$;

create or replace function portal.act_announcement_end(shown bytea, key text, words text[])
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR}', 'MEMBER');
begin
	update ops.announcement a set ended_at = clock_timestamp(), ended_by = portal.actor(w)
	where a.announcement = portal.number_of(key) and a.ended_at is null and a.ends_at > clock_timestamp();
	if not found then
		raise exception using errcode = 'BB004', message = 'it is over already';
	end if;
	perform audit.record('announcement.ended', portal.actor(w), null, null,
		jsonb_build_object('announcement', portal.number_of(key)));
	return key;
end $$;

-- ---- customers ----

-- A look at a customer: words are the reason, an ESI ID or '', the blind index of a mailbox in hex or ''. On record
-- whether anybody was found or not, and with each premise, so that whose it is sees it. Gives its number.
create or replace function portal.act_look(shown bytea, key text, words text[])
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR}', 'MEMBER');
	by_index bytea := case when words[3] ~ '^[0-9a-f]{32}$' then decode(words[3], 'hex') end;
	who party.holder;
	found_premises int4[];
	made int8;
begin
	perform radar.must_say(words[1], 'why you look');
	if by_index is not null then
		select h.* into who from party.holder h where h.email_index = by_index and h.state <> 'ENDED';
		found_premises := array(select distinct x.premise from (
			select h.premise from party.holder_premise h where h.holder = who.holder and h.state = 'HELD'
			union all select p.premise from agreement.agreement a join agreement.premise p on p.agreement = a.agreement
			where a.email_index = by_index) x order by 1 limit 100);
	else
		found_premises := array(select p.premise from premise.premise p where p.esiid = trim(words[2]));
	end if;
	insert into portal.look as l (by, reason, holder, premises)
	values (portal.actor(w), trim(words[1]), who.holder, found_premises)
	returning l.look into made;
	perform audit.record('customer.searched', portal.actor(w), null, null, jsonb_build_object('look', made,
		'by', case when by_index is null then 'esiid' else 'mailbox' end, 'found', cardinality(found_premises),
		'reason', trim(words[1])));
	perform audit.record('customer.looked', portal.actor(w), null, x, jsonb_build_object('look', made, 'door', 'look',
		'kinds', '[]'::jsonb, 'from', ops.today('America/Chicago'), 'to', ops.today('America/Chicago'), 'reason', trim(words[1])))
	from unnest(found_premises) x;
	return made::text;
end $$;

-- Who looked may go on looking for half an hour. BB001: anybody else, or later.
create or replace function portal.look_of(shown bytea, key text)
returns portal.look
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR}', 'MEMBER');
	l portal.look;
begin
	select x.* into l from portal.look x where x.look = portal.number_of(key) and x.by = portal.actor(w)
		and x.at > clock_timestamp() - interval '30 min';
	if not found then
		raise exception using errcode = 'BB001', message = 'this look is over, or another''s: look again, with a reason';
	end if;
	return l;
end $$;

create or replace function portal.account_word(state text)
returns text
language sql immutable security definer set search_path = pg_catalog, pg_temp
as $$
	select case account_word.state when 'CONFIRMED' then 'ACTIVE' else coalesce(account_word.state, 'NONE') end
$$;

create or replace function portal.desk_look(shown bytea, key text, before int8)
returns table (reason text, at timestamptz, account text, account_since timestamptz, account_language text, sign_ins int8)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	l portal.look := portal.look_of(shown, key);
begin
	return query
	select l.reason, l.at, portal.account_word(h.state), h.made_at, h.language,
		(select count(*) from portal.session s where s.holder = h.holder and portal.alive(s))
	from (select 1) one left join party.holder h on h.holder = l.holder;
end $$;

create or replace function portal.desk_look_premises(shown bytea, key text, before int8)
returns table (esiid text, utility text, class text, state text, rep text, meter text, since date, account text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	l portal.look := portal.look_of(shown, key);
begin
	return query
	select p.esiid, t.code, p.class, p.status, (select r.name from premise.rep_span s join party.party r on r.party = s.rep
			where s.premise = p.premise and s.during @> ops.today('America/Chicago')),
		(select m.meter_number from premise.meter m where m.premise = p.premise and m.during @> ops.today('America/Chicago')),
		(select lower(o.during) from premise.occupancy o where o.premise = p.premise and o.during @> ops.today('America/Chicago')),
		portal.account_word((select h.state from party.holder_premise x join party.holder h on h.holder = x.holder
			where x.premise = p.premise and x.state = 'HELD' order by x.holder limit 1))
	from premise.premise p join party.party t on t.party = p.tdu
	where p.premise = any (l.premises) order by p.esiid;
end $$;

create or replace function portal.desk_look_agreements(shown bytea, key text, before int8)
returns table (id text, csp text, state text, invited_at timestamptz, ends_at timestamptz, ended_at timestamptz, reason text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	l portal.look := portal.look_of(shown, key);
begin
	return query
	select a.agreement::text, p.name, a.state, a.invited_at, a.ends_at, a.ended_at, a.reason
	from agreement.agreement a join party.party p on p.party = a.csp
	where a.agreement in (select x.agreement from agreement.premise x where x.premise = any (l.premises))
	order by a.agreement desc limit 100;
end $$;

create or replace function portal.desk_look_mails(shown bytea, key text, before int8)
returns table (id text, kind text, state text, queued_at timestamptz, accepted_at timestamptz, reply text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	l portal.look := portal.look_of(shown, key);
begin
	return query
	select o.mail::text, 'mailed.' || o.kind, o.state, o.queued_at, o.accepted_at, o.reply
	from mail.outbox o
	where o.agreement in (select x.agreement from agreement.premise x where x.premise = any (l.premises))
		or o.recipient_index = (select h.email_index from party.holder h where h.holder = l.holder)
	order by o.mail desc limit 100;
end $$;
