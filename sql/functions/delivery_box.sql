-- What a session may see and do in its account's box. Each function takes the session's handle, looks at
-- what is true at that moment, and answers about that account alone.
--
-- They look rows up by their keys, for which one plan is as good as another: force_generic_plan keeps
-- PostgreSQL from making a new one at each call, which was 45 % of what an upload cost it.
set local check_function_bodies = off;

-- PL/pgSQL where SQL would do: plans of its statements are kept from call to call. So are those of note()
-- and used_bytes(): they stand in every transfer.
create or replace function delivery.folder_of(of_account int4, name text)
returns delivery.folder
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
	f delivery.folder;
begin
	select x.* into f
	from delivery.account a join party.party p on p.party = a.party
	join delivery.folder x on x.kind = p.kind and x.folder = folder_of.name
	where a.account = of_account;
	return f;
end $$;

-- Why a file may not be given out now, or null when it may. What its owner put there itself always may.
create or replace function delivery.entry_stopped(x delivery.entry)
returns text
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
	if x.side = 'in' then
		return null;
	elsif x.drop is not null then
		return delivery.drop_stopped(x.drop);
	elsif exists (select from delivery.account a join party.csp c on c.party = a.party
		where a.account = x.account and not party.csp_open(c.state)) then
		return 'nothing is given out to a third party that is not active';
	end if;
	return null;
end $$;

-- A file by its name; all null when it is not there.
create or replace function delivery.entry_named(of_account int4, of_folder text, of_name text)
returns delivery.entry
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
	x delivery.entry;
begin
	select e.* into x from delivery.entry e
	where e.account = of_account and e.folder = of_folder and e.name = of_name
		and e.removed_at is null and e.expires_at > clock_timestamp();
	return x;
end $$;

-- The folders, or the files of one; in order of name. Of a folder, can_put and can_remove are about the
-- files in it. BB001: there is no such folder.
create or replace function delivery.list(handle bytea, of_folder text)
returns table (name text, folder bool, size int8, modified_at timestamptz, can_put bool,
	can_remove bool, entry int8, sha256 bytea, side text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
	set plan_cache_mode = force_generic_plan
as $$
declare
	s delivery.session := delivery.session_of(handle);
	f delivery.folder;
begin
	if of_folder = '' then
		return query
		select x.folder, true, 0::int8, date_trunc('second', a.made_at), x.put, x.remove, null::int8,
			null::bytea, null::text
		from delivery.account a join party.party p on p.party = a.party
		join delivery.folder x on x.kind = p.kind
		where a.account = s.account
		order by x.folder collate "C";
		return;
	end if;
	f := delivery.folder_of(s.account, of_folder);
	if f.folder is null then
		raise exception using errcode = 'BB001', message = 'there is no such folder';
	end if;
	return query
	select x.name, false, x.size, x.modified_at, false, f.remove, x.entry, x.sha256, x.side
	from delivery.entry x
	where x.account = s.account and x.folder = of_folder and x.removed_at is null
		and x.expires_at > clock_timestamp()
		-- what may not be given out any more is not shown (who knows its name is told why)
		and (x.drop is null or delivery.drop_may_go(x.drop))
	order by x.name
	limit 100001;	-- one more than a door gives: however many files of no bytes somebody puts
end $$;

-- One file (name not '') or folder; no row when it is not there. BB002: it may not be given out now, and then
-- its size, time and digest are not told either.
create or replace function delivery.find(handle bytea, of_folder text, of_name text)
returns table (name text, folder bool, size int8, modified_at timestamptz, can_put bool,
	can_remove bool, entry int8, sha256 bytea, side text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
	set plan_cache_mode = force_generic_plan
as $$
declare
	s delivery.session := delivery.session_of(handle);
	f delivery.folder := delivery.folder_of(s.account, of_folder);
	x delivery.entry;
	why text;
begin
	if of_folder = '' or f.folder is not null and of_name = '' then
		return query
		select coalesce(f.folder, ''), true, 0::int8, date_trunc('second', a.made_at),
			coalesce(f.put, false), coalesce(f.remove, false), null::int8, null::bytea,
			null::text
		from delivery.account a where a.account = s.account;
		return;
	end if;
	x := delivery.entry_named(s.account, of_folder, of_name);
	if x.entry is null then
		return;
	end if;
	why := delivery.entry_stopped(x);
	if why is not null then
		raise exception using errcode = 'BB002', message = why;
	end if;
	return query select x.name::text, false, x.size, x.modified_at, false, f.remove, x.entry, x.sha256,
		x.side;
end $$;

-- The same, on record: after the commit of this the file may be given out. BB001: it is not there. BB002: it
-- may not be given out now; a drop asks delivery.drop_may_go() each time.
create or replace function delivery.open(handle bytea, of_folder text, of_name text)
returns table (name text, folder bool, size int8, modified_at timestamptz, can_put bool,
	can_remove bool, entry int8, sha256 bytea, side text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
	set plan_cache_mode = force_generic_plan
as $$
declare
	s delivery.session := delivery.session_of(handle);
	x delivery.entry := delivery.entry_named(s.account, of_folder, of_name);
	why text;
begin
	if x.entry is null then
		raise exception using errcode = 'BB001', message = 'there is no such file';
	end if;
	why := delivery.entry_stopped(x);
	if why is not null then
		raise exception using errcode = 'BB002', message = why;
	end if;
	perform delivery.note(s, 'box.opened', jsonb_build_object('entry', x.entry, 'folder',
		of_folder, 'name', x.name, 'size', x.size));
	return query select x.name::text, false, x.size, x.modified_at, false,
		(delivery.folder_of(s.account, of_folder)).remove, x.entry, x.sha256, x.side;
end $$;

-- Whether a file that was opened may go on going out: asked again and again while it does. One that was
-- removed or replaced meanwhile may. BB002: the session has ended, or it may not be given out any more.
create or replace function delivery.still(handle bytea, of_entry int8)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	s delivery.session := delivery.session_of(handle);
	x delivery.entry;
	why text;
begin
	select e.* into x from delivery.entry e where e.entry = of_entry and e.account = s.account;
	if not found then
		raise exception using errcode = 'BB001', message = 'there is no such file';
	end if;
	why := delivery.entry_stopped(x);
	if why is not null then
		raise exception using errcode = 'BB002', message = why;
	end if;
end $$;

-- An event about a session's box.
create or replace function delivery.note(s delivery.session, kind text, detail jsonb)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	a delivery.account;
begin
	select x.* into a from delivery.account x where x.account = s.account;
	perform audit.record(kind, a.login, a.party, null,
		jsonb_build_object('session', s.session, 'door', s.door) || detail);
end $$;

-- What an account holds in files; the sizes of parts are on the disk only, so the door adds those itself.
create or replace function delivery.used_bytes(of_account int4)
returns int8
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
	return coalesce((select h.bytes from delivery.held h where h.account = of_account), 0);
end $$;

create or replace function delivery.hold()
returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	insert into delivery.held as h (account, bytes) values (new.account, new.size)
	on conflict (account) do update set bytes = h.bytes + excluded.bytes;
	return null;
end $$;

-- Once a statement, not once a row: a sweep lets go of thousands, and each further version of the same row
-- of held would be dearer than the one before.
create or replace function delivery.let_go()
returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	update delivery.held h set bytes = h.bytes - g.bytes
	from (select o.account, sum(o.size)::int8 as bytes
		from was o join is_now n on n.entry = o.entry
		where o.side = 'in' and o.removed_at is null and n.removed_at is not null
		group by o.account) g
	where h.account = g.account;
	return null;
end $$;
create or replace trigger hold after insert on delivery.entry
	for each row when (new.side = 'in' and new.removed_at is null) execute function delivery.hold();
create or replace trigger let_go after update on delivery.entry
	referencing old table as was new table as is_now for each statement execute function delivery.let_go();

-- Begins an upload: `again` goes on with the part of that name (BB001: none). Anew, a former part of that
-- name is in the way: it comes back with the number 0, for the door to see whether somebody still writes it,
-- and is given up for one who names it as `over`; then its name comes back as dropped, for its bytes to be
-- removed. Not waited for on the disk: a part whose row is lost is an upload that was cut.
-- most_bytes is what files leave of the quota; others: the names, without spaces between, of the account's other
-- parts, whose bytes the door takes off it.
drop function if exists delivery.put_begin(bytea, text, text, bool);
drop function if exists delivery.put_begin(bytea, text, text, bool, text);
create or replace function delivery.put_begin(handle bytea, folder text, name text, again bool,
	over text default '')
returns table (part int8, part_name text, most_bytes int8, dropped text, others text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
	set plan_cache_mode = force_generic_plan
as $$
declare
	s delivery.session := delivery.session_of(handle);
	f delivery.folder := delivery.folder_of(s.account, put_begin.folder);
	room int8;
	old delivery.part;
	beside text;
	beside_n int8;
begin
	if f.folder is null then
		raise exception using errcode = 'BB001', message = 'there is no such folder';
	end if;
	if not f.put then
		raise exception using errcode = 'BB002',
			message = format('nothing can be put into %s', f.folder);
	end if;
	if name !~ '^[^/[:cntrl:]]{1,200}$' or name in ('.', '..') or octet_length(name) > 200 then
		raise exception using errcode = 'BB003', message = 'expected a file name of 1 to 200 '
			'bytes without slashes or control characters';
	end if;
	perform set_config('synchronous_commit', 'off', true);
	select a.quota_bytes into room from delivery.account a where a.account = s.account for no key update;
	room := room - delivery.used_bytes(s.account);
	if room <= 0 then
		raise exception using errcode = 'BB006', message = 'the box is full';
	end if;
	select p.* into old from delivery.part p
	where p.account = s.account and p.folder = put_begin.folder and p.name = put_begin.name
		and p.entry is null;
	if again and old.part is null then
		raise exception using errcode = 'BB001',
			message = 'there is no upload of that name to go on with';
	end if;
	select string_agg(p.part_name, ''), count(*) into beside, beside_n from delivery.part p
	where p.account = s.account and p.entry is null and p.part is distinct from old.part;
	if beside_n > 256 then
		raise exception using errcode = 'BB006',
			message = 'more than 256 uploads of the box are unfinished: go on with them or delete them';
	end if;
	if again then
		update delivery.part p set seen_at = clock_timestamp(), session = s.session
		where p.part = old.part;
		return query select old.part, old.part_name, room, null::text, beside;
		return;
	elsif old.part is not null and old.part_name <> over then
		return query select 0::int8, old.part_name, room, null::text, beside;
		return;
	elsif old.part is not null then
		delete from delivery.part p where p.part = old.part;
	end if;
	return query
	insert into delivery.part as p (account, folder, name, part_name, session)
	values (s.account, put_begin.folder, put_begin.name,
		replace(gen_random_uuid()::text, '-', ''), s.session)
	returning p.part, p.part_name, room, old.part_name, beside;
end $$;

-- Gives up the unfinished upload of that name, if its part still is `part_name`.
create or replace function delivery.part_drop(handle bytea, folder text, name text, part_name text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
	set plan_cache_mode = force_generic_plan
as $$
declare
	s delivery.session := delivery.session_of(handle);
begin
	delete from delivery.part p
	where p.account = s.account and p.folder = part_drop.folder and p.name = part_drop.name
		and p.part_name = part_drop.part_name and p.entry is null;
	if not found then
		raise exception using errcode = 'BB001', message = 'there is no upload of that name';
	end if;
	perform delivery.note(s, 'box.part_dropped', jsonb_build_object('folder', part_drop.folder,
		'name', part_drop.name));
end $$;

-- The part under which an upload of that name waits to be resumed; no row when none does.
create or replace function delivery.part_find(handle bytea, folder text, name text)
returns table (part_name text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
	set plan_cache_mode = force_generic_plan
as $$
declare
	s delivery.session := delivery.session_of(handle);
begin
	return query
	select p.part_name from delivery.part p
	where p.account = s.account and p.folder = part_find.folder and p.name = part_find.name
		and p.entry is null;
end $$;

-- The part is whole and durable: it becomes a file of the box, and of the ledger where the folder loads.
-- Asked again about the same part it gives the same answer. repeated: the ledger had these bytes already.
create or replace function delivery.put_end(handle bytea, of_part int8, sha256 bytea, size int8)
returns table (entry int8, ledger_file int8, repeated bool)
language plpgsql security definer set search_path = pg_catalog, pg_temp
	set plan_cache_mode = force_generic_plan
as $$
declare
	s delivery.session := delivery.session_of(handle);
	a delivery.account;
	f delivery.folder;
	p delivery.part;
	made int8;
	got record;
	at timestamptz := clock_timestamp(); -- before the ledger's: see repeated above
begin
	-- not FOR UPDATE: a loader that answers the same party would wait for this, while this waits for it
	select x.* into a from delivery.account x where x.account = s.account for no key update;
	select x.* into p from delivery.part x
	where x.part = of_part and x.account = s.account for no key update;
	if not found then
		raise exception using errcode = 'BB001', message = 'there is no such upload';
	end if;
	if p.entry is not null then
		return query
		select e.entry, e.ledger_file, coalesce(l.received_at < p.seen_at, false)
		from delivery.entry e left join ledger.file l on l.file = e.ledger_file
		where e.entry = p.entry;
		return;
	end if;
	f := delivery.folder_of(s.account, p.folder);
	if size > a.quota_bytes - delivery.used_bytes(a.account) then
		raise exception using errcode = 'BB006', message = 'the box is full';
	end if;
	if f.loads then
		select r.file, r.repeated into got
		from ledger.receive(a.party, p.name, put_end.sha256, put_end.size, lower(s.door),
			a.login) r;
	else
		select null::int8 as file, false as repeated into got;
	end if;
	made := delivery.enter_file(a.account, p.folder, p.name, put_end.sha256, put_end.size, 'in',
		got.file);
	update delivery.part x set seen_at = at, entry = made where x.part = p.part;
	perform delivery.note(s, 'box.put', jsonb_build_object('entry', made, 'folder', p.folder,
		'name', p.name, 'size', size, 'sha256', encode(put_end.sha256, 'hex')));
	return query select made, got.file::int8, got.repeated::bool;
end $$;

-- A file appears in a box; one of that name before it goes.
create or replace function delivery.enter_file(of_account int4, folder text, name text, sha256 bytea,
	size int8, side text, ledger_file int8)
returns int8
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	a delivery.account;
	made int8;
begin
	select x.* into a from delivery.account x where x.account = of_account;
	update delivery.entry e set removed_at = clock_timestamp()
	where e.account = of_account and e.folder = enter_file.folder and e.name = enter_file.name
		and e.removed_at is null;
	insert into delivery.entry as e (account, folder, name, sha256, size, side, expires_at, ledger_file)
	values (of_account, folder, name, sha256, size, side, clock_timestamp() + coalesce(
		(delivery.folder_of(of_account, folder)).keep_hours * interval '1 hour',
		a.keep_days * interval '1 day'), ledger_file)
	returning e.entry into made;
	return made;
end $$;

-- A file of the hub's own for every open box of a party: acknowledgements, reports, drops.
create or replace function delivery.place(of_party int4, folder text, name text, sha256 bytea, size int8)
returns void
language sql security definer set search_path = pg_catalog, pg_temp
as $$
	select delivery.enter_file(a.account, folder, name, sha256, size, 'out', null)
	from delivery.account a
	where a.party = of_party and a.person is null and a.state = 'OPEN'
	order by a.account
$$;

-- What an answer to a file is called in the box, as the spool calls it. A name of the spool may be too long for more
-- behind it: it is cut, for a load must not fail of that.
create or replace function delivery.answer_name(f ledger.file, folder text)
returns text
language sql immutable security definer set search_path = pg_catalog, pg_temp
as $$
	select left(f.name, 230) || case when f.revision > 1 then '.r' || f.revision else '' end
		|| case when folder = 'rejects' then '.rejects.csv' when f.format = 'invitation' then '.result.csv'
			else '.ack.json' end
$$;

-- The acknowledgement of a file and the list of what was not taken.
create or replace function delivery.answer(of_file int8)
returns void
language sql security definer set search_path = pg_catalog, pg_temp
as $$
	select delivery.place(f.party, k.folder, delivery.answer_name(f, k.folder), k.sha256, k.size)
	from ledger.file f
	cross join lateral (values ('ack', f.ack_sha256, f.ack_size),
		('rejects', f.rejects_sha256, f.rejects_size)) k (folder, sha256, size)
	where f.file = of_file and k.sha256 is not null
$$;

create or replace function delivery.remove(handle bytea, folder text, name text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
	set plan_cache_mode = force_generic_plan
as $$
declare
	s delivery.session := delivery.session_of(handle);
	x delivery.entry := delivery.entry_named(s.account, remove.folder, remove.name);
begin
	if x.entry is null then
		raise exception using errcode = 'BB001', message = 'there is no such file';
	end if;
	if not (delivery.folder_of(s.account, remove.folder)).remove then
		raise exception using errcode = 'BB002',
			message = format('nothing can be removed from %s', folder);
	end if;
	update delivery.entry e set removed_at = clock_timestamp()
	where e.entry = x.entry and e.removed_at is null;
	if not found then
		raise exception using errcode = 'BB001', message = 'there is no such file';
	end if;
	perform delivery.note(s, 'box.removed', jsonb_build_object('entry', x.entry, 'folder',
		remove.folder, 'name', x.name));
end $$;

-- Only between folders in which the session may both put and remove; a file that has the name goes.
create or replace function delivery.rename(handle bytea, folder text, name text, to_folder text,
	to_name text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
	set plan_cache_mode = force_generic_plan
as $$
declare
	s delivery.session := delivery.session_of(handle);
	f delivery.folder := delivery.folder_of(s.account, rename.folder);
	g delivery.folder := delivery.folder_of(s.account, to_folder);
	x delivery.entry;
begin
	-- as put_end(): whoever else gives or takes a name in this box comes before or after
	perform from delivery.account a where a.account = s.account for no key update;
	x := delivery.entry_named(s.account, rename.folder, rename.name);
	if x.entry is null or g.folder is null then
		raise exception using errcode = 'BB001', message = 'there is no such file or folder';
	end if;
	if not (f.put and f.remove and g.put and g.remove) then
		raise exception using errcode = 'BB002', message = 'files of this folder keep their names';
	end if;
	if to_name !~ '^[^/[:cntrl:]]{1,200}$' or to_name in ('.', '..')
		or octet_length(to_name) > 200 then
		raise exception using errcode = 'BB003', message = 'expected a file name of 1 to 200 '
			'bytes without slashes or control characters';
	end if;
	if rename.folder = to_folder and rename.name = to_name then
		return;
	end if;
	-- the one that goes only when the other still is there to take its place
	perform from delivery.entry e where e.entry = x.entry and e.removed_at is null for no key update;
	if not found then
		raise exception using errcode = 'BB001', message = 'there is no such file or folder';
	end if;
	update delivery.entry e set removed_at = clock_timestamp()
	where e.account = s.account and e.folder = to_folder and e.name = to_name
		and e.removed_at is null;
	update delivery.entry e set folder = to_folder, name = to_name where e.entry = x.entry;
	perform delivery.note(s, 'box.renamed', jsonb_build_object('entry', x.entry, 'folder',
		rename.folder, 'name', rename.name, 'to_folder', to_folder, 'to_name', to_name));
end $$;

-- The time that a client says its file is of; in folders in which it may put.
create or replace function delivery.touch(handle bytea, folder text, name text, modified timestamptz)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
	set plan_cache_mode = force_generic_plan
as $$
declare
	s delivery.session := delivery.session_of(handle);
	x delivery.entry := delivery.entry_named(s.account, touch.folder, touch.name);
begin
	if x.entry is null then
		raise exception using errcode = 'BB001', message = 'there is no such file';
	end if;
	if not (delivery.folder_of(s.account, touch.folder)).put then
		raise exception using errcode = 'BB002',
			message = format('the times of files in %s are the hub''s', folder);
	end if;
	update delivery.entry e set modified_at = modified where e.entry = x.entry;
end $$;

-- What went down through a door, of some transfers at once: handles one behind the other, a number each of
-- the rest. Not waited for on the disk: that a file was given out is in the event of open(), which is.
drop function if exists delivery.moved(bytea, int8, text, int8, bool, int8);
create or replace function delivery.moved(handles bytea, entries int8[], bytes int8[], whole int4[], ms int8[])
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
	set plan_cache_mode = force_generic_plan
as $$
begin
	perform set_config('synchronous_commit', 'off', true);
	-- also of a session that has ended meanwhile: what was sent was sent
	perform audit.record('box.transferred', a.login, a.party, null, jsonb_build_object('session',
		s.session, 'door', s.door, 'entry', x.entry, 'direction', 'down', 'bytes', x.bytes,
		'whole', x.whole = 1, 'ms', x.ms))
	from (select sha256(substr(handles, 32 * u.i::int4 - 31, 32)) as handle_sha256, u.*
		from unnest(entries, moved.bytes, moved.whole, moved.ms)
			with ordinality u (entry, bytes, whole, ms, i) offset 0) x
	join delivery.session s on s.handle_sha256 = x.handle_sha256
	join delivery.account a on a.account = s.account
	order by x.i;
end $$;

-- Forgets what is over: files past their time, uploads left for a day (their parts' names come back, for
-- the bytes to be removed), handles, guesses and sessions.
create or replace function delivery.sweep()
returns table (part_name text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	update delivery.entry e set removed_at = clock_timestamp()
	where e.removed_at is null and e.expires_at <= clock_timestamp();
	delete from delivery.once o where o.made_at < clock_timestamp() - interval '1 hour';
	delete from delivery.guess g
	where g.last_at < clock_timestamp() - interval '1 day' and g.until < clock_timestamp();
	update delivery.session s set ended_at = clock_timestamp()
	where s.ended_at is null and s.seen_at < clock_timestamp() - interval '1 day';
	return query
	delete from delivery.part p
	where p.seen_at < clock_timestamp() - interval '24 hours' and (p.entry is not null or not exists (
		select from delivery.session w where w.session = p.session and delivery.alive(w)))
	returning p.part_name;
end $$;
