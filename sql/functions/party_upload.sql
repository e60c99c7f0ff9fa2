-- Lists of premises that a customer's account hands in: the same triple, the same budget and the same proof by the mailbox as
-- one premise that is asked for. What did not match is told in the same words whatever was wrong, line by line; when too much
-- was wrong nothing more is tried. busbar-agreementd looks at the lines, some at a time.
set local check_function_bodies = off;

-- Takes one in. Of what is badly written code, found and expected say so already; of the rest they are null. BB003: no lines,
-- or too many; BB004: too many lists today; BB005: one is being looked at.
create or replace function api.upload(shown bytea, lines int8[], cols int4[], esiids text[], meters text[], reps text[],
	groups text[], codes text[], founds text[], expecteds text[], source inet)
returns int8
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.who(shown, '{ACCOUNT,SESSION,PERSONAL}');
	me int4 := api.holder_of(w, true);
	most int4 := ops.setting_of('portal.upload_rows')::int4;
	made int8;
begin
	perform api.writes(w);
	perform api.scope_need(w, 'profile');
	if coalesce(cardinality(lines), 0) not between 1 and most then
		raise exception using errcode = 'BB003', message = format('%s lines, expected 1 to %s', coalesce(cardinality(lines), 0), most);
	end if;
	perform from party.holder h where h.holder = me for no key update;
	if exists (select from party.upload u where u.holder = me and u.state = 'WAITING') then
		raise exception using errcode = 'BB005', message = 'a list of yours is being looked at: wait until that is done';
	elsif (select count(*) from party.upload u where u.holder = me and u.real_at > clock_timestamp() - interval '24 hours')
			>= ops.setting_of('portal.uploads_day')::int4 then
		raise exception using errcode = 'BB004', message = format('%s lists were handed in within 24 hours: wait until tomorrow',
			ops.setting_of('portal.uploads_day'));
	end if;
	insert into party.upload as u (holder, asked_at, source, lines, done)
	values (me, ops.now(), upload.source, cardinality(lines), 0)
	returning u.upload into made;
	-- an ESI ID twice: the first counts. In the one statement: a join of the rows with themselves, of which no statistics tell
	-- yet how many they are, took minutes
	insert into party.upload_row (upload, n, line, col, esiid, meter, rep, group_name, code, found, expected)
	select made, y.n, y.line, y.col, y.esiid, case when y.said is null then y.meter end, case when y.said is null then y.rep end,
		y.group_name, y.said, case when y.said = 'twice' then 'again' else y.found end,
		case when y.said = 'twice' then 'each ESI ID once; it stands in line ' || y.first else y.expected end
	from (
		select x.n, x.line, x.col, left(x.esiid, 30) as esiid, x.meter, x.rep, x.group_name, x.found, x.expected,
			case when x.code is null and row_number() over same > 1 then 'twice' else x.code end as said,
			first_value(x.line) over same as first
		from unnest(lines, cols, esiids, meters, reps, groups, codes, founds, expecteds) with ordinality
			x (line, col, esiid, meter, rep, group_name, code, found, expected, n)
		window same as (partition by x.code is null, left(x.esiid, 30) order by x.n)
	) y;
	update party.upload u set done = (select count(*) from party.upload_row r where r.upload = made and r.code is not null)
	where u.upload = made;
	perform audit.record('premises.handed_in', api.actor(w), w.party, null, jsonb_build_object('upload', made,
		'lines', cardinality(lines)));
	perform pg_notify('agreement_due', '');
	return made;
end $$;

-- ---- the clock ----

-- Looks at some lines of the oldest list that waits. Gives how many, and 1 for an end.
create or replace function party.upload_tick()
returns int4
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	u party.upload;
	n int4;
begin
	select x.* into u from party.upload x where x.state = 'WAITING' order by x.upload limit 1 for no key update skip locked;
	if not found then
		return 0;
	end if;
	n := party.upload_look(u, 200);
	if n = 0 or (select h.state from party.holder h where h.holder = u.holder) <> 'CONFIRMED' then
		perform party.upload_end(u);
		return 1;
	end if;
	return n;
end $$;

-- What an account may still get wrong today.
create or replace function party.upload_misses_left(u party.upload)
returns int4
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select ops.setting_of('portal.upload_misses')::int4 - coalesce(sum(x.missed), 0)::int4
	from party.upload x
	where x.holder = u.holder and x.real_at > clock_timestamp() - interval '24 hours'
$$;

-- The next lines: those whose premise the account has already, or has asked for, are told so without a look at what proves it.
create or replace function party.upload_look(u party.upload, most int4)
returns int4
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	may_miss int4 := party.upload_misses_left(u);
	n_held int4;
	n_good int4;
	ns int4[];
	esiids text[];
	meters text[];
	reps text[];
	groups text[];
	premises int4[];
begin
	if may_miss <= 0 then
		update party.upload_row r set code = 'not-tried', meter = null, rep = null,
			expected = 'fewer lines that do not match: put those right, then hand in the rest tomorrow'
		where r.upload = u.upload and r.code is null;
		get diagnostics n_held = row_count;
		update party.upload x set done = x.done + n_held where x.upload = u.upload;
		return n_held;
	end if;
	with tied as (
		select r.n, r.group_name, t.premise, t.state
		from (select x.* from party.upload_row x where x.upload = u.upload and x.code is null order by x.n limit most) r
		join premise.premise p on p.esiid = r.esiid
		join party.holder_premise t on t.holder = u.holder and t.premise = p.premise and t.state <> 'ENDED'
	), moved as (
		update party.holder_premise t set premise_group = party.upload_group(u.holder, d.group_name)
		from tied d where d.group_name is not null and t.holder = u.holder and t.premise = d.premise and t.state <> 'ENDED'
	), said as (
		update party.upload_row r set code = case d.state when 'HELD' then 'held' else 'asked' end, meter = null, rep = null
		from tied d where r.upload = u.upload and r.n = d.n returning r.n
	)
	select count(*) into n_held from said;
	select array_agg(r.n order by r.n), array_agg(r.esiid order by r.n), array_agg(r.meter order by r.n), array_agg(r.rep order by r.n),
		array_agg(r.group_name order by r.n)
	into ns, esiids, meters, reps, groups
	from (select x.* from party.upload_row x where x.upload = u.upload and x.code is null order by x.n limit least(most, may_miss)) r;
	if ns is not null then
		-- what matches, and somebody is known to live there
		premises := array(select case when party.occupant_of(m.premise) is not null then m.premise end
			from premise.match(null, esiids, meters, reps, u.source) m order by m."row");
		insert into party.holder_premise (holder, premise, customer, asked_at, premise_group)
		select u.holder, x.p, party.occupant_of(x.p), ops.now(), party.upload_group(u.holder, x.g)
		from unnest(premises, groups) x (p, g) where x.p is not null
		on conflict (holder, premise) where state <> 'ENDED' do nothing;
		update party.upload_row r set meter = null, rep = null, code = case when x.p is null then 'not-matched' else 'asked' end,
			expected = case when x.p is null
				then 'an ESI ID, its meter number and its retailer of today that belong together' end
		from unnest(ns, premises) x (n, p) where r.upload = u.upload and r.n = x.n;
	end if;
	n_good := (select count(x) from unnest(premises) x);
	update party.upload x set done = x.done + n_held + coalesce(cardinality(ns), 0), good = x.good + coalesce(n_good, 0),
		missed = x.missed + coalesce(cardinality(ns), 0) - coalesce(n_good, 0)
	where x.upload = u.upload;
	return n_held + coalesce(cardinality(ns), 0);
end $$;

-- The group of that name, as long as there may be one more; null: none.
create or replace function party.upload_group(of_holder int4, called text)
returns int4
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	return case when called is not null then (api.group_named(of_holder, called)).premise_group end;
exception
	when sqlstate 'BB004' or sqlstate 'BB003' then
		return null;
end $$;

-- All lines were looked at: a link for the mailbox, if there is something to confirm.
create or replace function party.upload_end(u party.upload)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	h party.holder;
	mailed int8;
begin
	select x.* into h from party.holder x where x.holder = u.holder and x.state = 'CONFIRMED';
	select x.* into u from party.upload x where x.upload = u.upload;
	if found and h.holder is not null and exists (select from party.upload_row r where r.upload = u.upload and r.code = 'asked') then
		mailed := mail.queue('customer-confirm', h.email_sealed, h.email_place, h.email_index, h.language, null, null);
		if mailed is not null then
			insert into party.proof (mail, holder, valid_until) values (mailed, h.holder, ops.now() + interval '72 hours');
		end if;
	end if;
	update party.upload x set state = 'DONE', ended_at = ops.now(), mail = mailed where x.upload = u.upload;
	if u.good > 0 then
		perform audit.record('customer.requested', 'customer account ' || u.holder, h.party, null,
			jsonb_build_object('holder', u.holder, 'upload', u.upload, 'premises', u.good));
	end if;
	if u.missed > 0 then
		perform audit.record('customer.not_matched', 'customer account ' || u.holder, null, null,
			jsonb_build_object('upload', u.upload, 'premises', u.missed));
	end if;
	-- results are kept for a month
	delete from party.upload x where x.holder = u.holder and x.real_at < clock_timestamp() - interval '30 days' and x.state = 'DONE';
end $$;

-- ---- what came of it ----

-- Newest first, or the one: good are lines whose premise the mail's link adds, held those that were the account's before,
-- faulty the others; mailed: a mail with that link was written. BB001: there is no such.
drop function if exists api.uploads(bytea, int8);	-- its form before
create function api.uploads(shown bytea, of_upload int8)
returns table (upload int8, at timestamptz, state text, lines int4, done int4, good int4, held int4, faulty int4, mailed bool)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.who(shown, '{ACCOUNT,SESSION,PERSONAL}');
	me int4 := api.holder_of(w);
begin
	perform api.scope_need(w, 'profile');
	return query
	select u.upload, u.asked_at, u.state, u.lines, u.done, r.good, r.held, r.faulty, u.mail is not null
	from party.upload u
	cross join lateral (
		select count(*) filter (where x.code = 'asked')::int4 as good, count(*) filter (where x.code = 'held')::int4 as held,
			count(*) filter (where x.code not in ('asked', 'held'))::int4 as faulty
		from party.upload_row x where x.upload = u.upload
	) r
	where u.holder = me and (of_upload is null or u.upload = of_upload) order by u.upload desc limit 20;
	if not found and of_upload is not null then
		raise exception using errcode = 'BB001', message = 'you have handed in no such list';
	end if;
end $$;

-- One as /v1 tells it.
create or replace function api.upload_state(shown bytea, of_upload int8)
returns text
language sql security definer set search_path = pg_catalog, pg_temp
as $$
	select jsonb_build_object('upload', u.upload, 'at', api.instant(u.at), 'state', u.state, 'lines', u.lines, 'done', u.done,
		'good', u.good, 'held', u.held, 'faulty', u.faulty, 'mailed', u.mailed)::text
	from api.uploads(shown, coalesce(of_upload, 0)) u
$$;

-- What came of the lines behind `after`: those that were not taken first, if asked so.
create or replace function api.upload_rows(shown bytea, of_upload int8, faults bool, after int4, most int4)
returns table (n int4, line int8, col int4, esiid text, group_name text, code text, found text, expected text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	perform from api.uploads(shown, coalesce(of_upload, 0));
	return query
	select r.n, r.line, r.col, r.esiid, r.group_name, r.code, r.found, r.expected
	from party.upload_row r
	where r.upload = of_upload and r.n > coalesce(after, 0) and (faults is not true or r.code not in ('asked', 'held'))
	order by r.n limit most;
end $$;
