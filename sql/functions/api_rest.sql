-- /v1 beside reads: the box, subscriptions and drops, files of the ledger, limits, personal tokens, and what a customer
-- has granted by OAuth. Each takes what was shown, and answers about that one's own. What is public is in api_public.sql.
set local check_function_bodies = off;

-- One segment of an address.
create or replace function api.escaped(name text)
returns text
language sql immutable security definer set search_path = pg_catalog, pg_temp
as $$
	select string_agg(case when c ~ '^[A-Za-z0-9._~-]$' then c
		else regexp_replace(upper(encode(convert_to(c, 'UTF8'), 'hex')), '(..)', '%\1', 'g') end, '' order by n)
	from string_to_table(name, null) with ordinality x (c, n)
$$;

create or replace function api.box_href(folder text, name text)
returns text
language sql immutable security definer set search_path = pg_catalog, pg_temp
as $$
	select '/box/' || folder || '/' || api.escaped(name)
$$;

-- A page's end: what is behind it begins with `next`, null: nothing is.
create or replace function api.page(items jsonb, next text)
returns text
language sql immutable security definer set search_path = pg_catalog, pg_temp
as $$
	select jsonb_build_object('items', coalesce(items, '[]'), 'cursor', next)::text
$$;

-- ---- what a personal token is for ----

create or replace function api.scope_words()
returns text[]
language sql immutable security definer set search_path = pg_catalog, pg_temp
as $$
	select '{interval,register,billing,profile,commands,webhooks,agreements}'::text[]
$$;

-- May it, as far as a customer narrowed it? Other classes have their own rules.
create or replace function api.scope_has(w api.principal, word text)
returns bool
language plpgsql immutable security definer set search_path = pg_catalog, pg_temp
as $$
begin
	return w.class is distinct from 'PERSONAL' or w.scope = '' or word = any (string_to_array(w.scope, ' '));
end $$;

create or replace function api.scope_need(w api.principal, word text)
returns void
language plpgsql immutable security definer set search_path = pg_catalog, pg_temp
as $$
begin
	if not api.scope_has(w, word) then
		raise exception using errcode = 'BB002', message = format('this token is not for "%s"', word);
	end if;
end $$;

-- A new token for a program of the customer's own; made: SHA-256 of its text. It may do no more than `words`, ends
-- after so many days, and no personal token makes another: none outlives what it was made with by making one.
create or replace function api.token_make(shown bytea, made bytea, label text, words text[], days int4)
returns table (token int8, expires_at timestamptz)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.who(shown, '{ACCOUNT,SESSION}');
	most int4 := ops.setting_of('tokens.personal_most')::int4;
	number int8;
begin
	if w.kind <> 'CUSTOMER' then
		raise exception using errcode = 'BB002', message = 'personal tokens are for customers; an account of '
			'a partner has its own credentials (/box-credentials/)';
	elsif cardinality(words) is distinct from (select count(*) from unnest(words) x where x = any (api.scope_words()))
		or cardinality(words) = 0 then
		raise exception using errcode = 'BB003', message = 'scope: expected one or several of '
			|| array_to_string(api.scope_words(), ', ');
	elsif length(label) not between 1 and 100 or days not between 1 and 366 then
		raise exception using errcode = 'BB003', message = 'expected a label of 1 to 100 characters and 1 to 366 days';
	end if;
	-- one after the other, so that two cannot both be the last one allowed
	perform from delivery.account a where a.account = w.account for no key update;
	if (select count(*) from api.token t where t.account = w.account and t.class = 'PERSONAL' and t.ended_at is null
		and (t.expires_at is null or t.expires_at > clock_timestamp())) >= most then
		raise exception using errcode = 'BB004', message = format('there are %s personal tokens already: end one', most);
	end if;
	number := api.token_add(made, 'PERSONAL', w.party, w.account, null, null, null,
		(select string_agg(s, ' ' order by n) from unnest(api.scope_words()) with ordinality x (s, n)
			where s = any (words)), label, days * interval '1 day');
	perform audit.record('token.made', w.login, w.party, null, jsonb_build_object('token', number, 'scope', words,
		'days', days));
	return query select t.token, t.expires_at from api.token t where t.token = number;
end $$;

-- The caller's personal tokens that still open something, newest first; a personal token sees itself alone.
create or replace function api.tokens(shown bytea)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.who(shown, '{ACCOUNT,SESSION,PERSONAL}');
begin
	return api.page((select jsonb_agg(jsonb_build_object('token', t.token, 'label', t.label,
			'scope', to_jsonb(case when t.scope = '' then api.scope_words() else string_to_array(t.scope, ' ') end),
			'made', api.instant(t.issued_at), 'until', api.instant(t.expires_at),
			'used', api.instant(t.last_used_at), 'here', t.token is not distinct from w.token) order by t.token desc)
		from api.token t
		where t.account = w.account and t.class = 'PERSONAL' and t.ended_at is null
			and (t.expires_at is null or t.expires_at > clock_timestamp())
			and (w.class <> 'PERSONAL' or t.token = w.token)), null);
end $$;

create or replace function api.token_end(shown bytea, number int8)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.who(shown, '{ACCOUNT,SESSION,PERSONAL}');
begin
	update api.token t set ended_at = clock_timestamp()
	where t.token = number and t.account = w.account and t.class = 'PERSONAL' and t.ended_at is null
		and (w.class <> 'PERSONAL' or t.token = w.token);
	if not found then
		raise exception using errcode = 'BB001', message = 'there is no such token of yours';
	end if;
	perform audit.record('token.ended', w.login, w.party, null, jsonb_build_object('token', number));
end $$;

-- ---- limits ----

create or replace function api.limits(shown bytea)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.who(shown);
	now timestamptz := clock_timestamp();
	budgets jsonb;
begin
	select jsonb_agg(jsonb_build_object('class', r.class, 'about', r.about, 'most', m.most, 'window_s', r.window_s,
			'taken', m.taken, 'remaining', greatest(0, m.most - m.taken),
			'resets_at', api.instant(m.window_at + r.window_s * interval '1 s'), 'month', coalesce((
				select u.requests from api.month_use u where u.party = w.party and u.client = coalesce(w.client, 0)
					and u.class = r.class and u.month = date_trunc('month', now at time zone 'UTC')::date), 0)) order by r.class)
	into budgets
	from api.rate r
	cross join lateral (select to_timestamp(floor(extract(epoch from now) / r.window_s) * r.window_s) as window_at) b
	cross join lateral (select b.window_at,
		coalesce((select o.most from api.rate_of o where o.party = w.party and o.class = r.class), r.most) as most,
		coalesce((select s.taken from api.spent s where s.party = w.party and s.client = coalesce(w.client, 0)
			and s.class = r.class and s.window_at = b.window_at), 0) as taken) m;
	return jsonb_build_object('budgets', budgets,
		'reads', jsonb_build_object('esiids_most', 1000, 'meter_days_most', 2000000),
		'commands', (select jsonb_agg(jsonb_build_object('kind', k.kind, 'meter_hour_most', k.hour_most,
			'utility_day_most', (select s.value::int4 from ops.setting s where s.name = k.tdu_setting)) order by k.kind)
			from odr.kind k),
		'box', case when w.class in ('ACCOUNT', 'SESSION') and w.kind <> 'CUSTOMER' then (
			select jsonb_build_object('quota_bytes', a.quota_bytes, 'used_bytes', delivery.used_bytes(a.account),
				'keep_days', a.keep_days, 'sessions_most', a.sessions_most)
			from delivery.account a where a.account = w.account) end,
		'tokens', case when w.kind = 'CUSTOMER' then jsonb_build_object(
			'personal_most', ops.setting_of('tokens.personal_most')::int4) end)::text;
end $$;

-- The budgets that parties have of their own (null: of all), and those that all have, for the operator.
create or replace function api.rates(of_party int4)
returns table (party_code text, class text, most int4, window_s int4, own bool, about text)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select p.code, r.class, coalesce(o.most, r.most), r.window_s, o.most is not null, r.about
	from api.rate r
	cross join (select null::int4 as party where of_party is null
		union all select p.party from party.party p where p.party = of_party
		union all select distinct o.party from api.rate_of o where of_party is null) who
	left join party.party p on p.party = who.party
	left join api.rate_of o on o.party = who.party and o.class = r.class
	where who.party is null or of_party is not null or o.most is not null
	order by p.code nulls first, r.class
$$;

-- ---- the box ----

create or replace function api.box(shown bytea)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.who(shown, '{ACCOUNT}');
begin
	return (select jsonb_build_object('login', a.login, 'party', w.code, 'quota_bytes', a.quota_bytes,
			'used_bytes', delivery.used_bytes(a.account), 'keep_days', a.keep_days, 'items', coalesce((
				select jsonb_agg(jsonb_build_object('folder', l.name, 'can_put', l.can_put,
					'can_remove', l.can_remove, 'href', '/box/' || l.name || '/') order by l.name collate "C")
				from delivery.list(shown, '') l), '[]'))::text
		from delivery.account a where a.account = w.account);
end $$;

-- Files of a folder by name, behind `after`, as the box lists them; with what each comes of.
create or replace function api.box_files(shown bytea, of_folder text, after text, most int4)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.who(shown, '{ACCOUNT}');
	items jsonb;
	n int8;
	last text;
begin
	if of_folder = '' then
		raise exception using errcode = 'BB001', message = 'there is no such folder';
	end if;
	select jsonb_agg(jsonb_build_object('name', l.name, 'size', l.size, 'modified', api.instant(l.modified_at),
			'until', api.instant(e.expires_at), 'sha256', encode(l.sha256, 'hex'), 'can_remove', l.can_remove,
			'href', api.box_href(of_folder, l.name), 'drop', e.drop, 'file', e.ledger_file)
			order by l.name collate "C"), count(*), max(l.name collate "C")
	into items, n, last
	from (select x.* from delivery.list(shown, of_folder) x where after is null or x.name collate "C" > after
		order by x.name collate "C" limit most) l
	join delivery.entry e on e.entry = l.entry;
	return api.page(items, case when n = most then last end);
end $$;

-- ---- subscriptions ----

create or replace function api.word(name text)	-- GREEN_BUTTON is green-button
returns text
language sql immutable security definer set search_path = pg_catalog, pg_temp
as $$
	select replace(lower(name), '_', '-')
$$;

create or replace function api.word_in(name text)
returns text
language sql immutable security definer set search_path = pg_catalog, pg_temp
as $$
	select replace(upper(name), '-', '_')
$$;

-- Weekdays by name; 1 is Monday.
create or replace function api.weekdays()
returns text[]
language sql immutable security definer set search_path = pg_catalog, pg_temp
as $$
	select '{monday,tuesday,wednesday,thursday,friday,saturday,sunday}'::text[]
$$;

-- Who it is, when the subscription (null: none yet) is one of the caller's account. BB001: it is not, or there is none.
create or replace function api.subscriber(shown bytea, number int8)
returns api.principal
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.who(shown, '{ACCOUNT,SESSION}');
begin
	if number is not null and not exists (select from delivery.subscription s
		where s.subscription = number and s.account = w.account) then
		raise exception using errcode = 'BB001', message = 'there is no such subscription of yours';
	end if;
	return w;
end $$;

create or replace function api.subscription_bodies(of_account int4, number int8)
returns table (subscription int8, body jsonb)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select x.subscription, jsonb_build_object('subscription', x.subscription, 'label', x.label, 'state', x.state,
		'esiids', case when x.scope <> 'ALL' then (select jsonb_agg(p.esiid order by p.esiid)
			from delivery.subscription_premise r join premise.premise p on p.premise = r.premise
			where r.subscription = x.subscription) end,
		'kinds', to_jsonb(string_to_array(x.kinds, ',')), 'format', api.word(x.format), 'packing', api.word(x.packing),
		'openpgp', x.openpgp, 'schedule', api.word(x.schedule), 'at', x.local_time, 'zone', x.zone,
		'weekday', (api.weekdays())[x.weekday], 'month_day', x.month_day, 'lag_days', x.lag_days,
		'every_min', x.every_min, 'history_months', x.history_months, 'folder', x.folder,
		'next', api.instant(x.next_at), 'made', api.instant(x.made_at), 'last_period', x.last_period,
		'last_state', x.last_state)
	from delivery.account a cross join lateral delivery.subscriptions(a.login) x
	where a.account = of_account and (number is null or x.subscription = number)
$$;

create or replace function api.subscriptions(shown bytea)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.subscriber(shown, null);
begin
	return api.page((select jsonb_agg(b.body order by b.subscription)
		from api.subscription_bodies(w.account, null) b), null);
end $$;

create or replace function api.subscription(shown bytea, number int8)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.subscriber(shown, number);
begin
	return (select b.body::text from api.subscription_bodies(w.account, number) b);
end $$;

-- One of the ESI IDs of which the party may read nothing, whoever's it is; null: there is none.
create or replace function api.foreign_one(of_party int4, esiids text[])
returns text
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
	those int4[] := array(select p.premise from premise.premise p where p.esiid = any (esiids));
	mine int4[] := array(select distinct r.premise from unnest('{interval,register,billing}'::text[]) k (kind)
		cross join lateral reads.rights(of_party, k.kind, tstzrange(null, null), null, null, those) r);
begin
	return (select e from unnest(esiids) e where not exists (select from premise.premise p
		where p.esiid = e and p.premise = any (mine)) limit 1);
end $$;

-- As `busbar subscription add` makes one. An ESI ID that is not the caller's is answered as one that nobody knows.
-- openpgp: an armoured public key, which the door has looked at.
drop function if exists api.subscription_add(bytea, text, text[], text[], text, text, text, text, text, int4, text, int4, int4,
	int4, text);	-- its form before
create or replace function api.subscription_add(shown bytea, label text, esiids text[], kinds text[], format text,
	packing text, schedule text, local_time text, weekday text, month_day int4, zone text, lag_days int4, every_min int4,
	history_months int4, folder text, openpgp text)
returns table (subscription int8, body text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.subscriber(shown, null);
	foreign_one text := api.foreign_one(w.party, esiids);
	made int8;
begin
	perform api.writes(w);
	if w.kind = 'CUSTOMER' then
		raise exception using errcode = 'BB002', message = 'a customer has no box that drops could go to';
	elsif foreign_one is not null then
		raise exception using errcode = 'BB001', message = pg_catalog.format('there is no premise of ESI ID "%s" for you',
			left(foreign_one, 30));
	elsif weekday is not null and lower(weekday) <> all (api.weekdays()) then
		raise exception using errcode = 'BB003', message = 'weekday: expected ' || array_to_string(api.weekdays(), ', ');
	elsif lag_days not between 1 and 30 or every_min not between 1 and 1440 then
		raise exception using errcode = 'BB003', message = 'expected lag_days of 1 to 30 and every_min of 1 to 1440';
	end if;
	made := delivery.subscription_add(w.login, coalesce(nullif(label, ''), lower(schedule)),
		case coalesce(cardinality(esiids), 0) when 0 then 'ALL' when 1 then 'ONE' else 'GROUP' end, esiids,
		coalesce(kinds, '{interval}'), api.word_in(coalesce(format, case when lower(schedule) = 'change' then 'csv'
			else 'smt-csv' end)), api.word_in(packing), openpgp, api.word_in(schedule), local_time,
		array_position(api.weekdays(), lower(weekday)), month_day, zone, lag_days, every_min, history_months, folder,
		w.login);
	return query select b.subscription, b.body::text from api.subscription_bodies(w.account, made) b;
end $$;

-- pause, resume, end.
create or replace function api.subscription_move(shown bytea, number int8, event text)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.subscriber(shown, number);
begin
	perform api.writes(w);
	perform delivery.subscription_move(number, event, w.login);
	return (select b.body::text from api.subscription_bodies(w.account, number) b);
end $$;

-- ---- drops ----

create or replace function api.drop_body(d int8, with_files bool)
returns jsonb
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select jsonb_build_object('drop', x.drop, 'subscription', x.subscription, 'label', x.label, 'schedule',
			api.word(x.schedule), 'period', x.period, 'revision', x.revision, 'state', x.state,
			'first_day', x.from_day, 'last_day', x.to_day, 'due', api.instant(x.due_at), 'built', api.instant(x.built_at),
			'ended', api.instant(x.ended_at), 'attempts', x.attempts, 'premises', x.premises, 'rows', x.rows,
			'bytes', x.bytes, 'may_go', x.may_go, 'says', x.says)
		|| case when not with_files then '{}' else jsonb_build_object(
			'files', coalesce((select jsonb_agg(jsonb_build_object('name', f.name, 'kind', f.kind, 'manifest', f.manifest,
				'size', f.size, 'rows', f.rows, 'sha256', f.sha256, 'plain_sha256', f.plain_sha256,
				'href', case when f.in_box and x.may_go then api.box_href(s.folder, f.name) end)
				order by f.manifest, f.name) from delivery.drop_files(x.drop) f), '[]'),
			'agreements', coalesce((select jsonb_agg(jsonb_build_object('agreement', b.agreement, 'kind', b.kind,
				'first_day', b.first_day, 'last_day', b.last_day, 'premises', b.premises)
				order by b.agreement nulls first, b.kind) from delivery.drop_bases(x.drop) b), '[]')) end
	from delivery.drops(null, null, 1, d) x
	join delivery.subscription s on s.subscription = x.subscription
$$;

-- Newest first, before a number; of one subscription, in one state, if given.
create or replace function api.drops(shown bytea, of_subscription int8, of_state text, before int8, most int4)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.subscriber(shown, of_subscription);
	those int8[] := array(
		select d.drop from delivery.drop d join delivery.subscription s on s.subscription = d.subscription
		where s.account = w.account and (of_subscription is null or d.subscription = of_subscription)
			and (of_state is null or d.state = upper(of_state)) and (before is null or d.drop < before)
		order by d.drop desc limit most);
begin
	return api.page((select jsonb_agg(api.drop_body(u.d, false) order by u.d desc) from unnest(those) u (d)),
		case when cardinality(those) = most then those[most]::text end);
end $$;

-- Who it is, when the drop is of the caller's account.
create or replace function api.drop_owner(shown bytea, number int8)
returns api.principal
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.subscriber(shown, null);
begin
	if not exists (select from delivery.drop d join delivery.subscription s on s.subscription = d.subscription
		where d.drop = number and s.account = w.account) then
		raise exception using errcode = 'BB001', message = 'there is no such drop of yours';
	end if;
	return w;
end $$;

create or replace function api.drop(shown bytea, number int8)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	perform api.drop_owner(shown, number);
	return api.drop_body(number, true)::text;
end $$;

-- A period of a subscription now (null: the latest that could have fallen due), again if it was built before.
create or replace function api.drop_build(shown bytea, of_subscription int8, period text)
returns table ("drop" int8, body text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.subscriber(shown, of_subscription);
	made int8;
begin
	perform api.writes(w);
	if (select s.state from delivery.subscription s where s.subscription = of_subscription) = 'ENDED' then
		raise exception using errcode = 'BB004', message = 'the subscription has ended';
	end if;
	made := delivery.drop_build(of_subscription, period, w.login);
	return query select made, api.drop_body(made, true)::text;
end $$;

create or replace function api.drop_replay(shown bytea, number int8)
returns table ("drop" int8, body text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.drop_owner(shown, number);
	made int8;
begin
	perform api.writes(w);
	made := delivery.drop_again(number, w.login);
	return query select made, api.drop_body(made, true)::text;
end $$;

create or replace function api.drop_cancel(shown bytea, number int8, words text)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.drop_owner(shown, number);
begin
	perform api.writes(w);
	perform delivery.drop_cancel(number, coalesce(left(nullif(words, ''), 200), 'cancelled by its owner'), w.login);
	return api.drop_body(number, true)::text;
end $$;

-- ---- files that the caller's party sent ----

create or replace function api.file_body(f ledger.file)
returns jsonb
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select jsonb_build_object('file', f.file, 'name', f.name, 'revision', f.revision, 'size', f.size,
		'sha256', encode(f.sha256, 'hex'), 'door', f.door, 'received', api.instant(f.received_at), 'state', f.state,
		'format', f.format, 'load', f.load, 'loaded', api.instant(f.loaded_at), 'held_by', f.hold_rule,
		'held_why', f.hold_text, 'counts', f.counts)
$$;

-- Newest first, before a number; in one state if given.
create or replace function api.files(shown bytea, of_state text, before int8, most int4)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.who(shown, '{ACCOUNT,SESSION}');
	items jsonb;
	n int8;
	last int8;
begin
	select jsonb_agg(api.file_body(x) order by x.file desc), count(*), min(x.file) into items, n, last
	from (select f.* from ledger.file f where f.party = w.party and (of_state is null or f.state = upper(of_state))
		and (before is null or f.file < before) order by f.file desc limit most) x;
	return api.page(items, case when n = most then last::text end);
end $$;

create or replace function api.file_of(shown bytea, number int8)
returns ledger.file
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.who(shown, '{ACCOUNT,SESSION}');
	f ledger.file;
begin
	select x.* into f from ledger.file x where x.file = number and x.party = w.party;
	if not found then
		raise exception using errcode = 'BB001', message = 'there is no such file of yours';
	end if;
	return f;
end $$;

-- One: its receipt, what became of it, and where its acknowledgement and the list of what was not taken lie in the
-- caller's box (href null: not any more).
create or replace function api.file(shown bytea, number int8)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	f ledger.file := api.file_of(shown, number);
	w api.principal := api.who(shown);
	answers jsonb;
begin
	select jsonb_object_agg(k.name, case when k.sha256 is not null then jsonb_build_object('size', k.size,
		'sha256', encode(k.sha256, 'hex'), 'href', (select api.box_href(e.folder, e.name) from delivery.entry e
			where e.account = w.account and e.folder = k.folder and e.sha256 = k.sha256 and e.removed_at is null
				and e.name = delivery.answer_name(f, k.folder) and e.expires_at > clock_timestamp())) end)
	into answers
	from (values ('acknowledgement', 'ack', f.ack_sha256, f.ack_size),
		('rejects', 'rejects', f.rejects_sha256, f.rejects_size)) k (name, folder, sha256, size);
	return (api.file_body(f) || answers || jsonb_build_object('rejected', (select count(*) from ledger.reject r
		where r.file = number)))::text;
end $$;

-- What was not taken of it, to the line, column and rule, behind so many.
create or replace function api.file_rejects(shown bytea, number int8, after int8, most int4)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	f ledger.file := api.file_of(shown, number);
	items jsonb;
	n int8;
begin
	select jsonb_agg(jsonb_build_object('line', x.line, 'column', nullif(x.col, 0), 'rule', x.rule, 'severity', x.severity,
			'esiid', x.esiid, 'date', x.day, 'channel', case x.channel when 0 then 'consumption' when 1 then 'generation' end,
			'found', x.found, 'expected', x.expected) order by x.line, x.col, x.rule), count(*)
	into items, n
	from (select r.* from ledger.reject r where r.file = f.file order by r.line, r.col, r.rule
		offset coalesce(after, 0) limit most) x;
	return api.page(items, case when n = most then (coalesce(after, 0) + n)::text end);
end $$;

-- ---- what a customer has granted by OAuth ----

-- Its agreements with a program, with the premises of them that are the customer's: as the utility's customer, or by
-- what its account holds. whole: nobody else's is in it.
create or replace function api.consent_grants(w api.principal)
returns table (granted int8, agreement int8, esiids text[], whole bool)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
	return query
	with mine as materialized (
		select c.customer, null::int4 as premise from premise.customer c where c.party = w.party
		union all
		select h.customer, h.premise from party.held_by(w.party) h
	), those as (
		select distinct x.agreement from mine m join agreement.premise x on x.customer = m.customer
			and x.premise = coalesce(m.premise, x.premise)
	)
	select g.granted, g.agreement, array_agg(p.esiid order by p.esiid) filter (where m.mine),
		bool_and(m.mine or x.ended_at is not null)
	from those t
	join oauth.grant g on g.agreement = t.agreement
	join agreement.premise x on x.agreement = t.agreement
	join premise.premise p on p.premise = x.premise
	cross join lateral (select exists (select from mine o where o.customer = x.customer
		and x.premise = coalesce(o.premise, x.premise)) as mine) m
	group by g.granted, g.agreement;
end $$;

create or replace function api.consent_who(shown bytea)
returns api.principal
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.who(shown, '{ACCOUNT,SESSION,PERSONAL}');
begin
	if w.kind <> 'CUSTOMER' then
		raise exception using errcode = 'BB002', message = 'that is for customers themselves';
	end if;
	perform api.scope_need(w, 'agreements');
	return w;
end $$;

-- of_id: null, or an Authorization's id.
create or replace function api.consent_bodies(w api.principal, of_id text)
returns table (agreement int8, body jsonb)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select a.agreement, jsonb_build_object('consent', g.authorization_id, 'agreement', a.agreement, 'client_id', l.client_id,
		'client', l.name, 'csp', p.code, 'scope', g.scope, 'customer_data', g.customer_data, 'kinds', a.kinds,
		'esiids', c.esiids, 'state', a.state, 'over', s.over, 'made', api.instant(g.made_at),
		'reads_from', api.instant(a.reads_from), 'starts', api.instant(a.starts_at), 'ends', api.instant(a.ends_at),
		'ended', api.instant(a.ended_at), 'ended_by', a.moved_by, 'reason', a.reason,
		'last_used', api.instant((select max(t.last_used_at) from api.token t where t.granted = g.granted)))
	from api.consent_grants(w) c
	join oauth.grant g on g.granted = c.granted
	join oauth.client l on l.client = g.client
	join party.party p on p.party = l.csp
	join agreement.agreement a on a.agreement = g.agreement
	join agreement.state s on s.state = a.state
	where of_id is null or g.authorization_id::text = lower(of_id)
$$;

create or replace function api.consents(shown bytea)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.consent_who(shown);
begin
	return api.page((select jsonb_agg(b.body order by b.agreement desc) from api.consent_bodies(w, null) b), null);
end $$;

-- Ends one: at once, for every token of it. One that is over is answered as it is.
create or replace function api.consent_end(shown bytea, of_id text)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.consent_who(shown);
	c record;
begin
	select x.* into c from api.consent_grants(w) x join oauth.grant g on g.granted = x.granted
	where g.authorization_id::text = lower(of_id);
	if not found then
		raise exception using errcode = 'BB001', message = 'there is no such consent of yours';
	elsif not c.whole then
		raise exception using errcode = 'BB004', message = 'it is about premises of others too: ask the hub''s operator';
	end if;
	perform oauth.grant_end(c.granted, 'CUSTOMER', 'ended by the customer', coalesce(w.login, 'customer ' || w.party));
	return (select b.body::text from api.consent_bodies(w, of_id) b);
end $$;

-- ---- what has changed, for a program that reads by grants ----

-- Premises of a load behind `after` that the client may read by its grants (an access token: by its own), with the days
-- that it brought, as hook.load_premises has them for a party. In order, and no further than `most`.
create or replace function api.granted_premises(w api.principal, of_load int4, of_kind text, after int4, most int4)
returns table (premise int4, from_day date, to_day date, corrected_from date, corrected_to date, arrived bool)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan set enable_seqscan = off set enable_hashjoin = off
set enable_mergejoin = off set enable_bitmapscan = off
as $$
declare
	of_tdu int4 := (select f.party from ledger.file f where f.load = of_load);
	first_day date;
	last_day date;
	mine record;
	days datemultirange;
	n int4 := 0;
begin
	select min(r.day), max(r.day) into first_day, last_day
	from reads.rollup r where r.tdu = of_tdu and r.load = of_load;
	for mine in
		select x.premise, array_agg(g.agreement) as agreements
		from oauth.grant g
		join agreement.agreement a on a.agreement = g.agreement
		join agreement.premise x on x.agreement = g.agreement
		join premise.premise p on p.premise = x.premise
		where g.client = w.client and (w.granted is null or g.granted = w.granted) and a.state = 'ACTIVE'
			and p.tdu = of_tdu and x.premise > coalesce(after, 0) and of_kind = any (a.kinds)
		group by x.premise order by x.premise
	loop
		select range_agg(d.d) into days
		from unnest(mine.agreements) g (agreement)
		cross join lateral unnest(reads.whole_days(w.party, of_kind, mine.premise, coalesce(first_day, '2000-01-01'),
			coalesce(last_day, (ops.now() at time zone 'UTC')::date + 2), g.agreement)) d (d);
		continue when days is null or isempty(days);
		select mine.premise, min(v.first), max(v.last), min(v.first) filter (where v.was),
			max(v.last) filter (where v.was), bool_or(not v.was)
		into premise, from_day, to_day, corrected_from, corrected_to, arrived
		from generate_series(mine.premise * 8, mine.premise * 8 + 1) c (series)
		cross join lateral (
			select r.day as first, r.day as last, exists (select from reads.day e
				where e.series = r.series and e.day = r.day and e.load < of_load) as was
			from reads.day r
			where of_kind = 'interval' and r.series = c.series and r.day between first_day and last_day
				and r.load = of_load
			union all
			select r.day, r.day, exists (select from reads.register e
				where e.series = r.series and e.day = r.day and e.load < of_load)
			from reads.register r where of_kind = 'register' and r.series = c.series and r.load = of_load
			union all
			select r.start_date, r.end_date, exists (select from reads.billing e where e.series = r.series
				and e.end_date = r.end_date and e.start_date = r.start_date and e.load < of_load)
			from reads.billing r where of_kind = 'billing' and r.series = c.series and r.load = of_load
		) v
		where days @> daterange(v.first, v.last, '[]');
		if from_day is not null then
			return next;
			n := n + 1;
			exit when n >= most;
		end if;
	end loop;
end $$;
