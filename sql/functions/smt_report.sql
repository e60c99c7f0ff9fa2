-- Reports: reads that are asked for by one request and delivered later, into the box, by mail, or to be fetched by
-- their number. A report is a drop (delivery_drop.sql), made by busbar-dropd as any other: its rights are looked at
-- when it is made, and again whenever it is given out.
set local check_function_bodies = off;

-- A mailbox of the account's party, for reports by mail; no row when none is known.
create or replace function smt.mailbox_of(w api.principal)
returns table (sealed bytea, place bytea, index bytea, language text)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select h.email_sealed, h.email_place, h.email_index, h.language
	from party.holder h where h.party = w.party and h.state = 'CONFIRMED'
	union all
	select c.email_sealed, c.email_place, c.email_index, c.language
	from party.csp_contact c
	where c.csp = w.party and c.role = 'BUSINESS'
	limit 1
$$;

-- Orders one. result: OK with its number; NO_DELIVERY: the party has no box, or no mailbox is known; DAY_USED: its
-- reports of the day are used, and report is how many seconds that day still has. What stands against the request itself: smt.against, before.
create or replace function smt.report_add(shown bytea, kind text, esiids text[], from_day date, to_day date,
	delivery text, format text, trans_id text)
returns table (result text, report int8)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := smt.who(shown);
	part int4 := smt.share_of(cardinality(esiids), to_day - from_day + 1);
	today date := (clock_timestamp() at time zone 'America/Chicago')::date;
	s delivery.subscription;
	made int8;
begin
	if smt.against(shown, null, kind, esiids, from_day, to_day) is not null then
		raise exception using errcode = 'BB001', message = 'there are no reads of that ESI ID for you in that range';
	end if;
	if report_add.delivery = 'FTP' and (delivery.folder_of(w.account, 'adhocusage')).folder is null
		or report_add.delivery = 'EML' and not exists (select from smt.mailbox_of(w)) then
		return query select 'NO_DELIVERY', null::int8;
		return;
	end if;
	perform from delivery.account a where a.account = w.account for no key update;
	if part + (select coalesce(sum(r.share), 0) from smt.report r where r.account = w.account and r.day = today) > 60 then
		return query select 'DAY_USED', ceil(extract(epoch from (today + 1)::timestamp at time zone 'America/Chicago'
			- clock_timestamp()))::int8;
		return;
	end if;
	insert into delivery.subscription as x (account, label, scope, kinds, format, schedule, folder, state, ended_at)
	values (w.account, 'Report', 'GROUP', array[report_add.kind], report_add.format, 'REPORT', 'adhocusage', 'ENDED',
		clock_timestamp())
	returning x.* into s;
	perform delivery.subscription_premises(s.subscription, esiids);
	insert into smt.report as r (account, day, trans_id, delivery, kind, share, subscription)
	values (w.account, today, report_add.trans_id, report_add.delivery, report_add.kind, part, s.subscription)
	returning r.report into made;
	perform delivery.drop_make(s, 'once', from_day, to_day, ops.now(), false, w.login);
	return query select 'OK', made;
end $$;

-- What became of one of the caller's; no row: there is none of that number. state: PEN, COM (made), DEL (delivered to
-- where it was to go), FAI (failed, or not any more). file null: there is none (any more).
create or replace function smt.report_state(shown bytea, requestor text, number int8)
returns table (report int8, state text, says text, kind text, delivery text, asked_at timestamptz, built_at timestamptz,
	file text, size int8, expires_at timestamptz)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := smt.who(shown);
begin
	if lower(requestor) is distinct from w.login then
		raise exception using errcode = 'BB003', message = 'MISMATCH';
	end if;
	return query
	select r.report, case when d.state in ('DUE', 'BUILDING') then 'PEN'
			when d.state not in ('BUILT', 'DELIVERED') or not delivery.drop_may_go(d.drop) then 'FAI'
			when r.delivery = 'EML' and m.state not in ('SENT', 'SENDING', 'QUEUED') then 'FAI'
			when r.delivery = 'EML' and m.state <> 'SENT' then 'COM'
			when r.delivery = 'API' then 'COM' else 'DEL' end,
		coalesce(delivery.drop_stopped(d.drop), d.says, ''), r.kind, r.delivery, r.asked_at, d.built_at,
		e.name, e.size, e.expires_at
	from smt.report r
	join delivery.drop d on d.subscription = r.subscription
	left join mail.outbox m on m.mail = r.mail
	left join lateral (
		select n.name, n.size, n.expires_at from delivery.drop_file f join delivery.entry n on n.entry = f.entry
		where f.drop = d.drop and not f.manifest and n.removed_at is null and n.expires_at > clock_timestamp()
		limit 1
	) e on true
	where r.account = w.account and r.report = number
	order by d.drop desc limit 1;
end $$;

-- The file of one, to be given out now: to its account by its number, or to who has the link of its mail. BB001: there
-- is none; BB002: a right that it was made under is over.
create or replace function smt.report_open(shown bytea, number int8, link bytea)
returns table (name text, sha256 bytea, size int8, media text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal;
	r smt.report;
	f record;
	why text;
begin
	if link is not null then
		select x.* into r from smt.link l join smt.report x on x.mail = l.mail where l.sha256 = link;
	else
		w := smt.who(shown);
		select x.* into r from smt.report x where x.report = number and x.account = w.account;
	end if;
	select n.name, n.sha256, n.size, d.drop into f
	from delivery.drop d join delivery.drop_file o on o.drop = d.drop and not o.manifest
	join delivery.entry n on n.entry = o.entry
	where d.subscription = r.subscription and d.state in ('BUILT', 'DELIVERED') and n.removed_at is null
		and n.expires_at > clock_timestamp()
	order by d.drop desc limit 1;
	if not found then
		raise exception using errcode = 'BB001', message = 'there is no such file, or not any more';
	end if;
	why := delivery.drop_stopped(f.drop);
	if why is not null then
		raise exception using errcode = 'BB002', message = why;
	end if;
	perform audit.record('box.transferred', coalesce(w.login, 'link of a mail'), (select a.party
		from delivery.account a where a.account = r.account), null, jsonb_build_object('door', 'HTTPS',
		'report', r.report, 'file', f.name, 'bytes', f.size));
	return query select f.name, f.sha256, f.size, case when f.name ~* '\.xml$' then 'application/atom+xml'
		when f.name ~* '\.csv$' then 'text/csv' else 'application/octet-stream' end;
end $$;

-- ---- by mail ----

-- It is made: who is to get it by mail is written to.
create or replace function smt.report_built()
returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	r smt.report;
	w api.principal;
	b record;
	made int8;
begin
	select x.* into r from smt.report x where x.subscription = new.subscription and x.delivery = 'EML' and x.mail is null;
	if not found then
		return null;
	end if;
	select a.party into w.party from delivery.account a where a.account = r.account;
	select * into b from smt.mailbox_of(w);
	if found then
		made := mail.queue('report', b.sealed, b.place, b.index, b.language, null, null, jsonb_build_object('report',
			r.report, 'days', (select a.keep_days from delivery.account a where a.account = r.account)));
		update smt.report x set mail = made where x.report = r.report;
	end if;
	return null;
end $$;
create or replace trigger smt_report_built after update of state on delivery.drop
	for each row when (new.state = 'BUILT' and old.state <> 'BUILT') execute function smt.report_built();

-- May the mail of a report go now?
create or replace function smt.report_may_go(of_mail int8)
returns bool
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select exists (select from smt.report r join delivery.drop d on d.subscription = r.subscription
		where r.mail = of_mail and d.state in ('BUILT', 'DELIVERED') and delivery.drop_may_go(d.drop))
$$;

create or replace function smt.link_make(of_mail int8, sha256 bytea)
returns void
language sql security definer set search_path = pg_catalog, pg_temp
as $$
	insert into smt.link (sha256, mail) values (link_make.sha256, of_mail) on conflict do nothing
$$;

-- The file that goes with a mail as a whole, up to 5 MB: whoever holds the mail asks just before it sends it, and
-- whether every right still holds is looked at then. No row: nothing goes with it. BB002: it must not go.
create or replace function smt.attachment(of_mail int8, of_token text)
returns table (name text, sha256 bytea, size int8)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	perform mail.held(of_mail, of_token);
	if not exists (select from smt.report r where r.mail = of_mail) then
		return;
	end if;
	if not smt.report_may_go(of_mail) then
		raise exception using errcode = 'BB002', message = 'a right that the report was made under is over';
	end if;
	return query
	select n.name, n.sha256, n.size
	from smt.report r join delivery.drop d on d.subscription = r.subscription
	join delivery.drop_file f on f.drop = d.drop and not f.manifest
	join delivery.entry n on n.entry = f.entry
	where r.mail = of_mail and d.state in ('BUILT', 'DELIVERED') and n.removed_at is null
		and n.size <= 5 * 1024 * 1024
	order by d.drop desc limit 1;
end $$;
