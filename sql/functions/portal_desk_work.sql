-- What runs, on the operator's desk: mails, jobs that need a hand, parties, limits, thresholds, settings.
set local check_function_bodies = off;

-- ---- mails ----

-- key: waiting, failed (given up, bounced), sent; else all.
create or replace function portal.desk_mails(shown bytea, key text, before int8)
returns table (id text, kind text, csp text, state text, attempts int8, queued_at timestamptz, due_at timestamptz, reply text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR}');
	states text[] := case key when 'waiting' then '{QUEUED,SENDING}' when 'failed' then '{FAILED,BOUNCED}'
		when 'sent' then '{SENT}' else '{QUEUED,SENDING,SENT,BOUNCED,FAILED,CANCELLED,SUPPRESSED}' end;
begin
	return query
	select o.mail::text, 'mailed.' || o.kind, p.name, o.state, o.attempts::int8, o.queued_at, case when o.state = 'QUEUED' then o.due_at end,
		left(o.reply, 120)
	from mail.outbox o left join party.party p on p.party = o.csp
	where o.state = any (states) and (before is null or o.mail < before)
	order by o.mail desc limit 50;
end $$;

-- The mailbox is told apart by the first digits of its keyed digest; who it is, only a look with a reason tells.
create or replace function portal.desk_mail(shown bytea, key text, before int8)
returns table (title text, may text, kind text, csp text, agreement text, language text, mailbox text, state text, attempts int8,
	queued_at timestamptz, due_at timestamptz, give_up_at timestamptz, accepted_at timestamptz, bounced_at timestamptz,
	reply text, suppressed text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR}');
begin
	return query
	select null::text, case when o.recipient_sealed is not null and (o.state = 'QUEUED'
			or o.state = 'FAILED' and o.kind <> 'invitation') then 'again' end,
		'mailed.' || o.kind, p.name, o.agreement::text, o.language, left(encode(o.recipient_index, 'hex'), 8), o.state, o.attempts::int8,
		o.queued_at, case when o.state = 'QUEUED' then o.due_at end, o.give_up_at, o.accepted_at, o.bounced_at, o.reply,
		(select string_agg(s.reason || coalesce(' ' || y.code, ''), ', ') from mail.suppression s
			left join party.party y on y.party = s.csp where s.recipient_index = o.recipient_index)
	from mail.outbox o left join party.party p on p.party = o.csp
	where o.mail = portal.number_of(key);
end $$;

create or replace function portal.act_mail_again(shown bytea, key text, words text[])
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR}', 'MEMBER');
begin
	perform mail.again(portal.number_of(key), portal.actor(w));
	return key;
end $$;

-- ---- jobs that stopped, or wait for a person ----

create or replace function portal.jobs()
returns table (id text, what text, party text, says text, since timestamptz, state text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
	set plan_cache_mode = force_generic_plan
as $$
begin
	return query	-- PL/pgSQL: its plan, of nine tables, is kept
	select 'file-' || f.file, 'FILE', p.name, concat_ws(': ', f.name, f.hold_rule, f.hold_text), f.received_at, f.state
	from ledger.file f join party.party p on p.party = f.party where f.state = 'HELD'
	union all
	select 'drop-' || d.drop, 'DROP', p.name, concat_ws(': ', s.label || ' ' || d.period, d.says), coalesce(d.ended_at, d.due_at), d.state
	from delivery.drop d join delivery.subscription s on s.subscription = d.subscription
	join delivery.account a on a.account = s.account join party.party p on p.party = a.party
	where d.state = 'FAILED' and not exists (select from delivery.drop n where n.subscription = d.subscription
			and n.period = d.period and n.revision > d.revision)
		or d.state in ('DUE', 'BUILDING') and d.due_at < ops.now() - interval '15 min'
	union all
	select 'push-' || u.push, 'PUSH', p.name, concat_ws(': ', e.host, u.reason, u.says), u.queued_at, u.state
	from delivery.push u join delivery.endpoint e on e.endpoint = u.endpoint
	join delivery.account a on a.account = e.account join party.party p on p.party = a.party
	where u.state = 'FAILED'
	union all
	select 'webhook-' || e.endpoint, 'WEBHOOK', p.name, concat_ws(': ', e.label, e.says), e.failing_since, e.state
	from hook.endpoint e join party.party p on p.party = e.party
	where e.state in ('PROVEN', 'FAILED', 'PAUSED') and (e.failing_since is not null or e.state = 'FAILED');
end $$;

create or replace function portal.desk_jobs(shown bytea, key text, before int8)
returns table (id text, what text, party text, says text, since timestamptz, state text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR}');
begin
	return query select * from portal.jobs() j order by j.since limit 200;
end $$;

create or replace function portal.desk_job(shown bytea, key text, before int8)
returns table (may text, what text, party text, says text, since timestamptz, state text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR}');
begin
	return query
	select case when j.what = 'FILE' then 'release,discard' when j.what = 'WEBHOOK' then null
			when j.state = 'FAILED' then case j.what when 'DROP' then 'again' else 'again,cancel' end
			else 'cancel' end, j.what, j.party, j.says, j.since, j.state
	from portal.jobs() j where j.id = key;
end $$;

-- words: what the other side is told of a cancelled one.
create or replace function portal.job_do(shown bytea, key text, act text, word text)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR}', 'MEMBER');
	who text := portal.actor(w);
	n int8 := portal.number_of(split_part(key, '-', 2));
begin
	case split_part(key, '-', 1) || ' ' || act
	when 'file release' then perform ledger.release(n, who);
	when 'file discard' then perform ledger.discard(n, who);
	when 'drop again' then perform delivery.drop_again(n, who);
	when 'drop cancel' then perform delivery.drop_cancel(n, word, who);
	when 'push again' then perform delivery.push_again(n, who);
	when 'push cancel' then perform delivery.push_cancel(n, word, who);
	else raise exception using errcode = 'BB004', message = 'that is not possible with it';
	end case;
	return key;
end $$;

create or replace function portal.act_job_again(shown bytea, key text, words text[])
returns text
language sql security definer set search_path = pg_catalog, pg_temp
as $$
	select portal.job_do(shown, key, 'again', null)
$$;
create or replace function portal.act_job_cancel(shown bytea, key text, words text[])
returns text
language sql security definer set search_path = pg_catalog, pg_temp
as $$
	select portal.job_do(shown, key, 'cancel', nullif(trim(words[1]), ''))
$$;
create or replace function portal.act_job_release(shown bytea, key text, words text[])
returns text
language sql security definer set search_path = pg_catalog, pg_temp
as $$
	select portal.job_do(shown, key, 'release', null)
$$;
create or replace function portal.act_job_discard(shown bytea, key text, words text[])
returns text
language sql security definer set search_path = pg_catalog, pg_temp
as $$
	select portal.job_do(shown, key, 'discard', null)
$$;

-- ---- parties ----

-- key: a kind of party in small letters, else all but customers.
create or replace function portal.desk_parties(shown bytea, key text, before int8)
returns table (id text, name text, kind text, says text, state text, people int8, accounts int8)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR}');
begin
	return query
	select p.code, p.name, p.kind, coalesce(p.certificate, p.duns, p.zone), p.state,
		(select count(*) from party.person x where x.party = p.party and x.removed_at is null),
		(select count(*) from delivery.account a where a.party = p.party and a.state = 'OPEN' and a.person is null)
	from party.list(nullif(key, '')) p;
end $$;

-- Its first person, and its box, begin here; what comes after is its own admins' matter.
drop function if exists portal.desk_party(bytea, text, int8);	-- its form before
create function portal.desk_party(shown bytea, key text, before int8)
returns table (title text, may text, kind text, code text, duns text, certificate text, zone text, state text, people int8,
	subscriptions int8, last_login timestamptz)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR}');
begin
	return query
	select p.name, case when w.role = 'ADMIN' then concat_ws(',',
			case when not exists (select from party.person x where x.party = p.party and x.removed_at is null) then 'person' end,
			case when portal.lacks_box(p.party) then 'box' end) end,
		p.kind, p.code, p.duns, p.certificate, p.zone, p.state,
		(select count(*) from party.person x where x.party = p.party and x.removed_at is null),
		(select count(*) from delivery.subscription s join delivery.account a on a.account = s.account
			where a.party = p.party and s.state = 'ACTIVE'),
		(select max(s.opened_at) from delivery.session s join delivery.account a on a.account = s.account where a.party = p.party)
	from party.list() p where p.code = lower(key);
end $$;

create or replace function portal.desk_party_accounts(shown bytea, key text, before int8)
returns table (login text, whose text, state text, credentials text, last_login timestamptz)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR}');
begin
	return query
	select a.login, case when a.person is null then 'MACHINE' else x.role end, a.state,
		(select string_agg(distinct lower(c.kind), ', ') from delivery.credential c where c.account = a.account and c.ended_at is null),
		(select max(s.opened_at) from delivery.session s where s.account = a.account)
	from delivery.account a join party.party p on p.party = a.party left join party.person x on x.person = a.person
	where p.code = lower(key) and p.kind <> 'CUSTOMER'
	order by a.person nulls first, a.login limit 200;
end $$;

-- Asks for a new one: words are its kind, code and name, the REP's certificate, DUNS numbers, a utility's prefixes and zone,
-- why. What the second person's word would do is tried at once, and undone.
create or replace function portal.act_party(shown bytea, key text, words text[])
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR}', 'ADMIN');
	code text := lower(trim(words[2]));
	detail jsonb := jsonb_build_object('kind', words[1], 'name', trim(words[3]));
begin
	detail := detail || case words[1] when 'REP' then jsonb_build_object('certificate', trim(words[4]), 'duns', trim(words[5]))
		when 'TDU' then jsonb_build_object('duns', trim(words[5]), 'prefixes', trim(words[6]), 'zone', trim(words[7]))
		else '{}' end;
	begin
		perform party.add_approved(code, detail, portal.actor(w));
		raise exception using errcode = 'BB999';
	exception when sqlstate 'BB999' then
		null;
	end;
	return ops.approval_ask('party.add', code, detail, trim(words[8]), portal.actor(w))::text;
end $$;

-- The first person of an organization that has none: words are a login, hidden ones in hex: name and mailbox, both sealed.
create or replace function portal.act_party_person(shown bytea, key text, words text[])
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR}', 'ADMIN');
	of_party int4 := (select p.party from party.find(key) p where p.kind <> 'CUSTOMER');
begin
	-- one after the other, so that two do not both find nobody
	perform from party.party p where p.party = of_party for no key update;
	if exists (select from party.person x where x.party = of_party and x.removed_at is null) then
		raise exception using errcode = 'BB004', message = 'it has people: its own admins add others';
	end if;
	if exists (select from unnest(words[4:7]) x where x !~ '^([0-9a-f]{2})+$') then
		raise exception using errcode = 'BB003', message = 'that is no e-mail address';
	end if;
	perform portal.person_begin(key, words[1], 'ADMIN', decode(words[4], 'hex'), decode(words[5], 'hex'),
		decode(words[6], 'hex'), decode(words[7], 'hex'), words[8], portal.actor(w));
	return key;
end $$;

-- Is it to have a box, and has none? A third party's comes with its approval.
create or replace function portal.lacks_box(of_party int4)
returns bool
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select exists (select from party.party p left join party.csp c on c.party = p.party
		where p.party = of_party and exists (select from delivery.folder f where f.kind = p.kind) and coalesce(c.state = 'ACTIVE', true)
			and not exists (select from delivery.account a where a.party = p.party and a.person is null and a.state = 'OPEN'))
$$;

create or replace function portal.act_party_box(shown bytea, key text, words text[])
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR}', 'ADMIN');
begin
	perform from party.party p where p.code = lower(key) for no key update;
	if not portal.lacks_box((select p.party from party.find(key) p)) then
		raise exception using errcode = 'BB004', message = 'it has a box already, or is to have none';
	end if;
	perform delivery.account_add(key, trim(words[3]), actor => portal.actor(w));
	return key;
end $$;

-- ---- limits of the API ----

create or replace function portal.desk_limits(shown bytea, key text, before int8)
returns table (id text, about text, most int8, window_s int8, own int8)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR}');
begin
	return query
	select r.class, 'class.' || r.class, r.most::int8, r.window_s::int8, (select count(*) from api.rate_of o where o.class = r.class)
	from api.rate r order by r.class;
end $$;

create or replace function portal.desk_limits_own(shown bytea, key text, before int8)
returns table (party text, class text, most int8)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR}');
begin
	return query
	select p.code, o.class, o.most::int8 from api.rate_of o join party.party p on p.party = o.party order by p.code, o.class;
end $$;

-- Who took most of what it may have, in the windows that run now.
create or replace function portal.desk_limits_used(shown bytea, key text, before int8)
returns table (party text, class text, taken int8, most int8)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR}');
begin
	return query
	select coalesce(p.code, 'customer'), s.class, s.taken::int8,
		coalesce((select o.most from api.rate_of o where o.party = s.party and o.class = s.class), r.most)::int8
	from api.spent s join api.rate r on r.class = s.class join party.party p on p.party = s.party
	where s.window_at > clock_timestamp() - r.window_s * interval '1 s'
	order by s.taken::numeric / r.most desc limit 20;
end $$;

-- words: party, class, how many ('': as all others).
create or replace function portal.act_limit(shown bytea, key text, words text[])
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR}', 'MEMBER');
begin
	perform api.rate_set((select p.party from party.find(trim(words[1])) p), upper(trim(words[2])),
		portal.whole(words[3]), portal.actor(w));
	return null;
end $$;

-- A whole number out of a form; null: nothing was typed. BB003.
create or replace function portal.whole(word text)
returns int4
language plpgsql immutable security definer set search_path = pg_catalog, pg_temp
as $$
begin
	if coalesce(trim(word), '') = '' then
		return null;
	elsif trim(word) !~ '^[0-9]{1,9}$' then
		raise exception using errcode = 'BB003', message = format('"%s": expected a whole number', left(word, 20));
	end if;
	return trim(word)::int4;
end $$;

-- ---- thresholds of the watch, settings ----

-- What a detector counts, as the portal has words for it.
create or replace function portal.unit_word(unit text)
returns text
language sql immutable security definer set search_path = pg_catalog, pg_temp
as $$
	select 'unit.' || replace(lower(unit), ' ', '_')
$$;

create or replace function portal.desk_thresholds(shown bytea, key text, before int8)
returns table (id text, about text, fires text, threshold int8, unit text, action text, flag text, standing int8)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR,REGULATOR}');
begin
	return query
	select d.detector, d.about, d.fires, d.threshold::int8, portal.unit_word(d.unit), d.action, d.flag, d.hits_open from radar.detectors() d;
end $$;

create or replace function portal.desk_threshold(shown bytea, key text, before int8)
returns table (title text, may text, about text, fires text, threshold int8, unit text, "least" int8, window_h text, scope text, kinds text, action text,
	flag text, standing int8)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR}');
begin
	return query
	select d.detector, 'set', d.detector, d.fires, d.threshold::int8, portal.unit_word(d.unit), d."least"::int8,
		trim_scale(round(d.window_s / 3600.0, 2))::text, d.scope, d.kinds, d.action, d.flag, d.hits_open
	from radar.detectors() d where d.detector = key;
end $$;

-- words: action, threshold, least, window in hours; '': as it is.
create or replace function portal.act_threshold(shown bytea, key text, words text[])
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR}', 'MEMBER');
begin
	perform radar.detector_set(key, nullif(words[1], ''), portal.whole(words[2]), portal.whole(words[3]),
		portal.whole(words[4])::int8 * 3600, portal.actor(w));
	return key;
end $$;

-- about: what the portal has words for (portal/kinds_table.h).
drop function if exists portal.desk_settings(bytea, text, int8);	-- its form before
create function portal.desk_settings(shown bytea, key text, before int8)
returns table (id text, about text, value text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR}');
begin
	return query
	select s.name, 'setting.' || s.name, s.value
	from ops.setting s where s.name <> 'clock.movable' and s.name not like 'schema.%' order by s.name;
end $$;

drop function if exists portal.desk_setting(bytea, text, int8);	-- its form before
create function portal.desk_setting(shown bytea, key text, before int8)
returns table (title text, may text, about text, value text, allowed text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR}');
begin
	return query
	select s.name, case when s.least is not null and w.role = 'ADMIN' then 'set' end, 'setting.' || s.name, s.value,
		s.least || ' – ' || s.most
	from ops.setting s where s.name = key and s.name <> 'clock.movable' and s.name not like 'schema.%';
end $$;

-- Who changed it, the newest first.
create or replace function portal.desk_setting_past(shown bytea, key text, before int8)
returns table (at timestamptz, by text, says text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR}');
begin
	return query
	select e.recorded_at, e.actor, (e.detail ->> 'was') || ' → ' || (e.detail ->> 'value')
	from (select * from audit.event v where v.kind = 'setting.changed' order by v.event desc limit 1000) e
	where e.detail ->> 'name' = key order by e.event desc limit 20;
end $$;

create or replace function portal.act_setting(shown bytea, key text, words text[])
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := portal.person_of(shown, '{OPERATOR}', 'ADMIN');
begin
	perform ops.setting_set(key, trim(words[1]), portal.actor(w));
	return key;
end $$;
