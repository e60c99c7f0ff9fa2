-- Files: receipt, the queue of the loader, and their life cycle (ledger.file_step).
--
-- Advisory locks: (1, party) numbers of received files; (2, tdu) loads of a utility;
-- (3, 0) partitions of reads.day. Each is held until the transaction ends, so numbers drawn under
-- one become visible in their order.
set local check_function_bodies = off;

-- Enters a file whose bytes are durable in the store. The same bytes from the same party again give
-- the first receipt again; the same name with other bytes is a new revision.
create or replace function ledger.receive(party int4, name text, sha256 bytea, size int8, door text,
	actor text)
returns table (file int8, revision int4, repeated bool, received_at timestamptz, state text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	sender party.party;
	was ledger.file;
begin
	select p.* into sender from party.party p where p.party = receive.party;
	if not found then
		raise exception using errcode = 'BB001', message = 'there is no such party';
	end if;
	if name !~ '^[^/[:cntrl:]]{1,255}$' or name in ('.', '..') or octet_length(sha256) <> 32
		or size < 0 then
		raise exception using errcode = 'BB003', message = 'expected a file name of 1 to 255 '
			'characters without slashes or control characters, a SHA-256 and a size';
	end if;
	perform pg_advisory_xact_lock(1, receive.party);
	select f.* into was from ledger.file f
	where f.party = receive.party and f.sha256 = receive.sha256;
	if found then
		perform audit.record('file.repeated', actor, receive.party, null,
			jsonb_build_object('file', was.file, 'name', name, 'door', door));
		return query select was.file, was.revision, true, was.received_at, was.state;
		return;
	end if;
	insert into ledger.file as f (party, name, revision, sha256, size, door, actor, hub_at)
	values (receive.party, receive.name,
		(select coalesce(max(o.revision), 0) + 1 from ledger.file o
		where o.party = receive.party and o.name = receive.name),
		receive.sha256, receive.size, receive.door, receive.actor, ops.now())
	returning f.* into was;
	perform audit.record('file.received', actor, receive.party, null, jsonb_build_object(
		'file', was.file, 'name', name, 'revision', was.revision, 'size', size,
		'sha256', encode(sha256, 'hex'), 'door', door));
	perform pg_notify('ledger_received', sender.code);
	return query select was.file, was.revision, false, was.received_at, was.state;
end $$;

-- The oldest file that waits of each utility: what its loader takes next. One a utility, so that a
-- long queue costs nothing to look at.
create or replace function ledger.waiting()
returns table (file int8, tdu int4, tdu_code text, name text, sha256 bytea, size int8,
	received_at timestamptz, hub_at timestamptz, released bool, revision int4)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select f.file, f.party, p.code, f.name, f.sha256, f.size, f.received_at, f.hub_at,
		f.released, f.revision
	from party.tdu t
	join party.party p on p.party = t.party
	cross join lateral (
		select w.* from ledger.file w
		where w.party = t.party and w.state = 'RECEIVED'
		order by w.file
		limit 1
	) f
	order by f.file
$$;

-- The newest load of a utility, 0 when there is none: whether anybody else loaded since a loader looked.
create or replace function ledger.last_load(tdu int4)
returns int4
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select coalesce((
		select f.load from ledger.file f
		where f.party = tdu and f.state = 'LOADED'
		order by f.loaded_at desc, f.load desc
		limit 1
	), 0)
$$;

-- One step of a file's life, with its audit event: the only way in which a state changes.
create or replace function ledger.move(file int8, event text, actor text, detail jsonb)
returns ledger.file
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	f ledger.file;
	was text;
	then_is text;
begin
	select o.* into f from ledger.file o where o.file = move.file for no key update;
	if not found then
		raise exception using errcode = 'BB001', message = format('there is no file %s', file);
	end if;
	was := f.state;
	select s.next into then_is from ledger.file_step s
	where s.state = was and s.event = move.event;
	if not found then
		raise exception using errcode = 'BB004',
			message = format('"%s" is not possible for file %s, which is %s', event, file, was);
	end if;
	update ledger.file o
	set state = then_is,
		loaded_at = case when then_is = 'LOADED' then clock_timestamp() end,
		load = case when then_is = 'LOADED' then o.load end
	where o.file = move.file and o.state = was
	returning o.* into f;
	perform audit.record('file.' || lower(case event when 'release' then 'released'
			else then_is end), actor, f.party, null,
		jsonb_build_object('file', file, 'was', was, 'state', then_is) || coalesce(detail, '{}'));
	return f;
end $$;

-- The file that a load of this transaction is about; BB004 when it is over or never began.
create or replace function ledger.loading(load int4)
returns ledger.file
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
	f ledger.file;
begin
	select o.* into f from ledger.file o
	where o.load = loading.load and o.state = 'RECEIVED';
	if not found then
		raise exception using errcode = 'BB004', message = format('load %s is not open', load);
	end if;
	return f;
end $$;

-- Opens the load of a waiting file. The number is drawn when no other load of the utility runs, so
-- numbers and commits have one order.
create or replace function ledger.load_begin(file int8)
returns int4
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	f ledger.file;
begin
	select o.* into f from ledger.file o join party.tdu t on t.party = o.party
	where o.file = load_begin.file;
	if not found then
		raise exception using errcode = 'BB001',
			message = format('there is no file %s of a utility', file);
	end if;
	perform pg_advisory_xact_lock(2, f.party);
	select o.* into f from ledger.file o where o.file = load_begin.file for no key update;
	if f.state <> 'RECEIVED' then
		raise exception using errcode = 'BB004',
			message = format('file %s is %s, expected RECEIVED', file, f.state);
	end if;
	delete from ledger.reject r where r.file = load_begin.file;	-- of a load before a hold
	delete from premise.touched t using ledger.file o
	where t.load = o.load and o.party = f.party;
	update ledger.file o set load = nextval('ledger.load_number')
	where o.file = load_begin.file and o.state = 'RECEIVED'
	returning o.load into f.load;
	return f.load;
end $$;

create or replace function ledger.load_end(load int4, format text, counts jsonb, ack_sha256 bytea,
	ack_size int8, rejects_sha256 bytea, rejects_size int8)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	f ledger.file := ledger.loading(load);
begin
	f := ledger.move(f.file, 'load', session_user, jsonb_build_object('load', load,
		'format', format, 'counts', counts));
	perform ledger.report(f.file, format, counts, ack_sha256, ack_size, rejects_sha256,
		rejects_size);
	perform hook.loaded(f, format, counts);
	perform pg_notify('reads_loaded', f.party || ' ' || f.file);
end $$;

-- What the hub said about a file: counts, acknowledgement and reject file in the store, and in the boxes
-- of the sender from the same instant on (delivery.answer()).
create or replace function ledger.report(file int8, format text, counts jsonb, ack_sha256 bytea,
	ack_size int8, rejects_sha256 bytea, rejects_size int8)
returns void
language sql security definer set search_path = pg_catalog, pg_temp
as $$
	update ledger.file o set format = report.format, counts = report.counts,
		ack_sha256 = report.ack_sha256, ack_size = report.ack_size,
		rejects_sha256 = report.rejects_sha256, rejects_size = report.rejects_size
	where o.file = report.file;
	select delivery.answer(report.file);
$$;

-- The file waits for a person: rule and words say why.
create or replace function ledger.hold(file int8, rule text, words text, format text, counts jsonb,
	ack_sha256 bytea, ack_size int8, rejects_sha256 bytea, rejects_size int8)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	perform ledger.move(file, 'hold', session_user,
		jsonb_build_object('rule', rule, 'words', words));
	update ledger.file o set hold_rule = rule, hold_text = words where o.file = hold.file;
	perform ledger.report(file, format, counts, ack_sha256, ack_size, rejects_sha256,
		rejects_size);
	perform hook.filed((select o from ledger.file o where o.file = hold.file), 'file.rejected', format, counts,
		rule, words);
end $$;

-- Nothing of the file can be used.
create or replace function ledger.refuse(file int8, rule text, words text, format text, counts jsonb,
	ack_sha256 bytea, ack_size int8, rejects_sha256 bytea, rejects_size int8)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	perform ledger.move(file, 'refuse', session_user,
		jsonb_build_object('rule', rule, 'words', words));
	update ledger.file o set hold_rule = rule, hold_text = words where o.file = refuse.file;
	perform ledger.report(file, format, counts, ack_sha256, ack_size, rejects_sha256,
		rejects_size);
	perform hook.filed((select o from ledger.file o where o.file = refuse.file), 'file.rejected', format, counts,
		rule, words);
end $$;

-- A person lets a held file in: it waits again, and rules that hold a file no longer stop it.
create or replace function ledger.release(file int8, actor text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	f ledger.file := ledger.move(file, 'release', actor, null);
begin
	update ledger.file o set released = true where o.file = release.file;
	perform pg_notify('ledger_received', (select p.code from party.party p
		where p.party = f.party));
end $$;

create or replace function ledger.discard(file int8, actor text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	perform ledger.move(file, 'discard', actor, null);
end $$;

-- Newest first; of one party if given.
create or replace function ledger.files(party int4 default null, most int4 default 100)
returns table (file int8, party_code text, name text, revision int4, size int8, door text,
	received_at timestamptz, state text, format text, load int4, loaded_at timestamptz,
	hold_rule text, released bool, counts jsonb)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select f.file, p.code, f.name, f.revision, f.size, f.door, f.received_at, f.state, f.format,
		f.load, f.loaded_at, f.hold_rule, f.released, f.counts
	from ledger.file f join party.party p on p.party = f.party
	where files.party is null or f.party = files.party
	order by f.file desc
	limit least(most, 100000)
$$;

create or replace function ledger.show(file int8)
returns table (file int8, party int4, party_code text, name text, revision int4, sha256 bytea,
	size int8, door text, actor text, received_at timestamptz, state text, format text, load int4,
	loaded_at timestamptz, hold_rule text, hold_text text, released bool, counts jsonb,
	ack_sha256 bytea, ack_size int8, rejects_sha256 bytea, rejects_size int8, rejected int8)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select f.file, f.party, p.code, f.name, f.revision, f.sha256, f.size, f.door, f.actor,
		f.received_at, f.state, f.format, f.load, f.loaded_at, f.hold_rule, f.hold_text,
		f.released, f.counts, f.ack_sha256, f.ack_size, f.rejects_sha256, f.rejects_size,
		(select count(*) from ledger.reject r where r.file = f.file)
	from ledger.file f join party.party p on p.party = f.party
	where f.file = show.file
$$;

create or replace function ledger.rejects(file int8)
returns table (line int8, col int4, rule text, severity text, esiid text, day date, channel int2,
	found text, expected text)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select r.line, r.col, r.rule, r.severity, r.esiid, r.day, r.channel, r.found, r.expected
	from ledger.reject r where r.file = rejects.file
	order by r.line, r.col, r.rule
$$;
