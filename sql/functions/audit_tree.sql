-- The tree over the audit events: numbering them, what busbar-auditd adds, what proofs and exports read.
set local check_function_bodies = off;

create or replace function audit.cluster()
returns text
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select system_identifier::text from pg_control_system()
$$;

-- Entries for these events, in their order, behind those that there are.
create or replace function audit.append(size int8, events int8[])
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	added int8;
begin
	insert into audit.leaf (entry, event, salt, hash)
	select x.entry, x.event, x.salt,
		sha256('\x00'::bytea || x.salt || convert_to('{"entry":' || x.entry || c.rest, 'UTF8'))
	from (select append.size + u.nth - 1 as entry, u.event, uuid_send(gen_random_uuid()) as salt
		from unnest(append.events) with ordinality u (event, nth)) x
	join audit.canonical c on c.event = x.event;
	get diagnostics added = row_count;
	if added <> coalesce(cardinality(events), 0) then
		raise exception 'there are % of % events', added, cardinality(events);
	end if;
end $$;

-- Numbers events, at most so many: those that are visible now and were not in the stored snapshot, in the
-- order of (transaction, event). A transaction that was open then is in the snapshot's list, so the events of
-- one that commits hours later are found by its number, and none is looked at twice. While more than `most`
-- are left the snapshot stays in `next`, and the next call goes on behind the last one. Nothing is written
-- when there is nothing to number. In REPEATABLE READ: two at once is a serialization failure of one.
create or replace function audit.sequence(most int4)
returns table (taken int4, size int8)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	t audit.tree;
	open_then xid8[];
	picked int8[];
	last_xid xid8;
begin
	select o.* into strict t from audit.tree o;
	t.next := coalesce(t.next, pg_current_snapshot());
	open_then := array(select pg_snapshot_xip(t.snapshot));
	select array_agg(x.event order by x.xid, x.event), (array_agg(x.xid order by x.xid desc))[1]
	into picked, last_xid
	from (
		(select e.xid, e.event from audit.event e
		where e.xid = any (open_then) and (e.xid, e.event) > (t.at_xid, t.at_event)
			and e.event > t.base_event and pg_visible_in_snapshot(e.xid, t.next)
		order by e.xid, e.event limit most)
		union all
		(select e.xid, e.event from audit.event e
		where e.xid >= pg_snapshot_xmax(t.snapshot) and e.xid < pg_snapshot_xmax(t.next)
			and (e.xid, e.event) > (t.at_xid, t.at_event)
			and e.event > t.base_event and pg_visible_in_snapshot(e.xid, t.next)
		order by e.xid, e.event limit most)
		order by 1, 2 limit most
	) x;
	taken := coalesce(cardinality(picked), 0);
	size := t.size + taken;
	if taken = 0 and t.at_xid = '0' then
		return next;
		return;
	end if;
	perform audit.append(t.size, picked);
	if taken = most then
		update audit.tree o set size = sequence.size, next = t.next, at_xid = last_xid,
			at_event = picked[taken];
	else
		update audit.tree o set size = sequence.size, snapshot = t.next, next = null,
			at_xid = '0', at_event = 0;
	end if;
	return next;
end $$;

-- busbar-auditd begins: it says which tree it signs, with which key. In READ COMMITTED: where the database was
-- restored into another cluster transaction numbers begin anew, so all events without an entry get one while
-- nobody adds any, and numbers of transactions count from there.
create or replace function audit.start(origin text, public_key bytea, known_as text)
returns table (size int8, grown int8, edge bytea, checkpoint_size int8, checkpoint_root bytea, moved bool)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	t audit.tree;
	events int8[];
begin
	select o.* into strict t from audit.tree o for no key update;
	if t.origin <> start.origin then
		raise exception using errcode = 'BB004', message = format('this tree is %s, the setting '
			'audit.origin says %s: a tree keeps its name', t.origin, start.origin);
	end if;
	moved := t.cluster <> audit.cluster();
	if moved then
		lock table audit.event in share mode;
		select array_agg(e.event order by e.event) into events from audit.event e
		where not exists (select from audit.leaf l where l.event = e.event);
		perform audit.append(t.size, events);
		t.size := t.size + coalesce(cardinality(events), 0);
		t.base_event := coalesce((select max(e.event) from audit.event e), 0);
		t.snapshot := pg_current_snapshot();
		t.next := null;
	end if;
	update audit.tree o set origin = start.origin, cluster = audit.cluster(), size = t.size,
		base_event = t.base_event, snapshot = t.snapshot, next = t.next,
		at_xid = case when t.next is null then '0' else o.at_xid end,
		at_event = case when t.next is null then 0 else o.at_event end;
	insert into audit.signer as s (public_key, name, known_as)
	values (start.public_key, start.origin, start.known_as)
	on conflict on constraint signer_pkey do nothing;
	if found then
		perform audit.record('audit.signer', 'auditd', null, null,
			jsonb_build_object('known_as', start.known_as));
	end if;
	return query select t.size, t.grown, t.edge, c.size, c.root, coalesce(start.moved, false)
	from (select) one left join (select k.size, k.root from audit.checkpoint k order by k.size desc limit 1) c
		on true;
end $$;

-- The hashes of entries from .. to - 1, one behind the other.
create or replace function audit.hashes(from_entry int8, to_entry int8)
returns bytea
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select coalesce(string_agg(l.hash, '' order by l.entry), '') from audit.leaf l
	where l.entry >= from_entry and l.entry < to_entry
$$;

-- The edge over more entries, with the nodes that are complete by them.
create or replace function audit.grow(was int8, now int8, edge bytea, levels int4[], indexes int8[], hashes bytea)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	update audit.tree t set grown = grow.now, edge = grow.edge where t.grown = grow.was;
	if not found then
		raise exception using errcode = 'BB005', message = 'the tree was grown by somebody else';
	end if;
	insert into audit.node (level, index, hash)
	select u.level, u.index, substr(grow.hashes, (u.nth * 32 - 31)::int4, 32)
	from unnest(grow.levels, grow.indexes) with ordinality u (level, index, nth);
end $$;

-- A checkpoint over all that has grown.
create or replace function audit.checkpoint_add(size int8, root bytea, note text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	perform from audit.tree t where t.grown = checkpoint_add.size for no key update;
	if not found then
		raise exception using errcode = 'BB005', message = 'the tree was grown by somebody else';
	end if;
	insert into audit.checkpoint (size, root, note)
	values (checkpoint_add.size, checkpoint_add.root, checkpoint_add.note);
	perform pg_notify('audit_signed', checkpoint_add.size::text);
end $$;

-- Complete subtrees of 2^level entries, number index of them, one hash behind the other: of stored nodes, or
-- of leaves, which are 255 at most for each.
create or replace function audit.subtree(level int4, index int8)
returns bytea
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
	found_hash bytea;
begin
	if level = 0 then
		select l.hash into found_hash from audit.leaf l where l.entry = index;
	elsif level % 8 = 0 then
		select n.hash into found_hash from audit.node n where n.level = subtree.level
			and n.index = subtree.index;
	else
		found_hash := sha256('\x01'::bytea || audit.subtree(level - 1, index * 2)
			|| audit.subtree(level - 1, index * 2 + 1));
	end if;
	if found_hash is null then
		raise exception using errcode = 'BB001', message =
			format('the tree has no subtree %s of level %s', index, level);
	end if;
	return found_hash;
end $$;

create or replace function audit.subtrees(levels int4[], indexes int8[])
returns bytea
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
	if cardinality(levels) > 4096 then
		raise exception using errcode = 'BB003', message = 'that is too many subtrees';
	end if;
	return (select coalesce(string_agg(audit.subtree(u.level, u.index), '' order by u.nth), '')
		from unnest(levels, indexes) with ordinality u (level, index, nth));
end $$;

-- ---- receipts ----

create or replace function audit.receipts_waiting(most int4)
returns table (receipt int8, body text)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select r.receipt, r.body from audit.receipt r where r.signed is null order by r.receipt limit most
$$;

-- Once, and of the words that were asked for.
create or replace function audit.receipt_sign(receipt int8, signed text)
returns bool
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	update audit.receipt r set signed = receipt_sign.signed, signed_at = clock_timestamp()
	where r.receipt = receipt_sign.receipt and r.signed is null
		and starts_with(receipt_sign.signed, '{"receipt":' || r.body || ',"key":"');
	if not found then
		return false;
	end if;
	perform pg_notify('audit_receipt_signed', receipt_sign.receipt::text);
	return true;
end $$;

-- The receipts of an agreement, or one of them.
create or replace function audit.receipts(of_agreement int8 default null, one int8 default null)
returns table (receipt int8, agreement int8, asked_at timestamptz, signed_at timestamptz, signed text)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select r.receipt, r.agreement, r.asked_at, r.signed_at, r.signed from audit.receipt r
	where r.agreement = of_agreement or r.receipt = one
	order by r.receipt
$$;

-- ---- what is shown ----

-- How far it is. behind_s: for how long the oldest event that has an entry waits for a signature.
create or replace function audit.state()
returns table (origin text, size int8, signed_size int8, signed_at timestamptz, behind_s int8, receipts int8)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select t.origin, t.size, coalesce(c.size, 0), c.signed_at,
		coalesce((select greatest(extract(epoch from clock_timestamp() - e.recorded_at), 0)::int8
			from audit.leaf l join audit.event e on e.event = l.event
			where l.entry = coalesce(c.size, 0)), 0),
		(select count(*) from audit.receipt r where r.signed is null)
	from audit.tree t
	left join (select k.size, k.signed_at from audit.checkpoint k order by k.size desc limit 1) c on true
$$;

create or replace function audit.keys()
returns table (name text, known_as text, since timestamptz)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select s.name, s.known_as, s.since from audit.signer s order by s.since, s.known_as
$$;

-- Asks for a checkpoint over everything until now: the event says who wanted it and what for, and when the
-- last checkpoint covers it, it covers all that was committed before.
create or replace function audit.checkpoint_ask(what text, actor text default session_user)
returns int8
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	perform pg_notify('audit_checkpoint', '');
	return audit.record('audit.' || what, actor, null, null, '{}');
end $$;

-- Names the key that will sign next, in an event that the one before it signs: who trusts that one can trust it.
create or replace function audit.signer_next(known_as text, actor text)
returns int8
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	perform pg_notify('audit_checkpoint', '');
	return audit.record('audit.signer_next', actor, null, null, jsonb_build_object('known_as', known_as));
end $$;

-- The last checkpoint; with an event, only when it covers that.
create or replace function audit.checkpoint_last(event int8 default null)
returns table (size int8, note text, signed_at timestamptz)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select c.size, audit.cosigned(c.size, c.note), c.signed_at
	from (select k.* from audit.checkpoint k order by k.size desc limit 1) c
	where checkpoint_last.event is null or exists (select from audit.leaf l
		where l.event = checkpoint_last.event and l.entry < c.size)
$$;

-- Checkpoints before `size`, at most so many, evenly over all; the one of `exactly`, if there is one.
create or replace function audit.checkpoints(before int8, most int4, exactly int8 default null)
returns table (size int8, note text, signed_at timestamptz)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select c.size, audit.cosigned(c.size, c.note), c.signed_at
	from (select k.*, row_number() over (order by k.size) as nth, count(*) over () as n
		from audit.checkpoint k
		where case when exactly is null then k.size < before else k.size = exactly end) c
	where (c.nth * most) / c.n > ((c.nth - 1) * most) / c.n
	order by c.size
$$;

-- Lines of an export: hash, salt and row of entries from .. to - 1. An event that is no more has no line.
create or replace function audit.lines(from_entry int8, to_entry int8)
returns table (line text)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select encode(l.hash, 'hex') || ' ' || encode(l.salt, 'hex') || ' {"entry":' || l.entry || c.rest
	from audit.leaf l join audit.canonical c on c.event = l.event
	where l.entry >= from_entry and l.entry < to_entry
	order by l.entry
$$;

-- The entry of an event.
create or replace function audit.entry_of(event int8)
returns table (entry int8, line text)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select l.entry, x.line from audit.leaf l, lateral audit.lines(l.entry, l.entry + 1) x
	where l.event = entry_of.event
$$;

-- What busbar check looks at: every event that was there five minutes ago has its entry, and one only.
create or replace function audit.check_tree()
returns table (name text, ok bool, found text)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select 'audit events have an entry in the tree', t.origin is null or count(e.event) = 0,
		case when t.origin is null then 'no tree yet'
		else coalesce('events ' || string_agg(e.event::text, ', ' order by e.event), 'all') end
	from audit.tree t
	left join (select v.event from audit.event v
		where v.recorded_at < clock_timestamp() - interval '5 minutes'
			and not exists (select from audit.leaf l where l.event = v.event)
		order by v.event limit 20) e on true
	group by t.origin
	union all
	select 'entries of the tree are numbered without a gap', t.size = count(l.entry)
			and (t.size = 0 or max(l.entry) = t.size - 1 and min(l.entry) = 0), count(l.entry) || ' entries'
	from audit.tree t left join audit.leaf l on true
	group by t.size
	union all
	select 'what has an entry is under a checkpoint within a minute', s.behind_s <= 60 or s.origin is null,
		s.behind_s || ' s'
	from audit.state() s
$$;
