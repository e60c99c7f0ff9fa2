-- Files of invitations: busbar-ingestd reads them, record by record, and says at the end what became of each.
set local check_function_bodies = off;

-- The oldest file that waits of each third party.
create or replace function agreement.sheets()
returns table (file int8, csp int4, csp_code text, name text, sha256 bytea, size int8)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select f.file, f.party, p.code, f.name, f.sha256, f.size
	from party.csp c
	join party.party p on p.party = c.party
	cross join lateral (
		select w.* from ledger.file w
		where w.party = c.party and w.state = 'RECEIVED'
		order by w.file
		limit 1
	) f
	order by f.file
$$;

-- A file that is being read: BB004 when it is over. Held until the transaction ends, so that two who read
-- the same file do not both invite.
create or replace function agreement.sheet_of(file int8)
returns ledger.file
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	f ledger.file;
begin
	select o.* into f from ledger.file o join party.csp c on c.party = o.party
	where o.file = sheet_of.file for no key update of o;
	if not found then
		raise exception using errcode = 'BB001',
			message = format('there is no file %s of a third party', file);
	elsif f.state <> 'RECEIVED' then
		raise exception using errcode = 'BB004',
			message = format('file %s is %s, expected RECEIVED', file, f.state);
	end if;
	return f;
end $$;

-- One agreement's worth of records: invites, unless that was done before. What came of each line: either an
-- agreement or a code with words.
create or replace function agreement.sheet_invite(file int8, lines int8[], esiids text[], meters text[],
	reps text[], email_sealed bytea, email_place bytea, email_index bytea, kind text, kinds text[],
	months int4, history_months int4, language text, reference text, domain_index bytea)
returns table (line int8, agreement int8, code text, message text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	f ledger.file := agreement.sheet_of(file);
	got jsonb;
begin
	if coalesce(cardinality(lines), 0) = 0 or cardinality(lines) <> cardinality(esiids) then
		raise exception using errcode = 'BB003', message = 'expected a line for each ESI ID';
	end if;
	if not exists (select from agreement.sheet_row r where r.file = f.file and r.line = lines[1]) then
		begin
			got := agreement.invite(f.party, esiids, meters, reps, email_sealed, email_place,
				email_index, kind, kinds, months, history_months, language, reference, true, null,
				f.actor, domain_index);
		exception when sqlstate 'BB002' or sqlstate 'BB003' or sqlstate 'BB004' or sqlstate 'BB005'
			or sqlstate 'BB006' then
			-- about the invitation as a whole, so about its first line
			got := jsonb_build_object('faults', jsonb_build_array(jsonb_build_object('row', 1,
				'code', 'refused', 'message', sqlerrm)));
		end;
		insert into agreement.sheet_row (file, line, agreement, code, message)
		select f.file, u.line, (got ->> 'id')::int8,
			case when got ->> 'id' is null then coalesce(x.code, 'group') end,
			case when got ->> 'id' is null then coalesce(x.message,
				'nobody is invited for a premise whose group has a fault') end
		from unnest(lines) with ordinality u (line, n)
		left join lateral (
			select v ->> 'code' as code, left(v ->> 'message', 500) as message
			from jsonb_array_elements(got -> 'faults') v
			-- row 0: about the invitation as a whole
			where (v ->> 'row')::int8 in (0, u.n)
			order by (v ->> 'row')::int8 desc
			limit 1
		) x on true;
	end if;
	return query
	select r.line, r.agreement, r.code, r.message from agreement.sheet_row r
	where r.file = f.file and r.line = any (lines)
	order by r.line;
end $$;

-- The file is done: its result lies in the store, and from this instant on in the boxes of the third party.
-- What could not be used, line by line, in arrays of the same length.
create or replace function agreement.sheet_end(file int8, counts jsonb, result_sha256 bytea,
	result_size int8, lines int8[], cols int4[], codes text[], esiids text[], was text[], wanted text[])
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	f ledger.file := agreement.sheet_of(file);
begin
	perform ledger.move(f.file, 'invite', f.actor, jsonb_build_object('counts', counts));
	perform agreement.sheet_tell(f, counts, result_sha256, result_size);
	perform hook.filed((select o from ledger.file o where o.file = f.file), 'file.accepted', 'invitation', counts);
	insert into ledger.reject (file, line, col, rule, severity, esiid, found, expected)
	select f.file, u.line, u.col, u.code, 'reject', u.esiid, u.found, u.expected
	from unnest(lines, cols, codes, esiids, was, wanted) u (line, col, code, esiid, found, expected);
end $$;

-- Nothing of the file can be used: rule and words say why.
create or replace function agreement.sheet_refuse(file int8, rule text, words text, line int8, col int4,
	was text, wanted text, result_sha256 bytea, result_size int8)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	f ledger.file := agreement.sheet_of(file);
begin
	perform ledger.move(f.file, 'refuse', f.actor, jsonb_build_object('rule', rule, 'words', words));
	update ledger.file o set hold_rule = rule, hold_text = words where o.file = f.file;
	perform agreement.sheet_tell(f, '{"records": 0, "accepted": 0, "rejected": 0}', result_sha256,
		result_size);
	insert into ledger.reject (file, line, col, rule, severity, found, expected)
	values (f.file, sheet_refuse.line, sheet_refuse.col, sheet_refuse.rule, 'reject', was, wanted);
end $$;

create or replace function agreement.sheet_tell(f ledger.file, counts jsonb, result_sha256 bytea,
	result_size int8)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	update ledger.file o set format = 'invitation', counts = sheet_tell.counts,
		ack_sha256 = result_sha256, ack_size = result_size
	where o.file = f.file returning o.* into f;
	perform delivery.place(f.party, 'ack', delivery.answer_name(f, 'ack'), result_sha256, result_size);
	perform pg_notify('reads_loaded', f.party || ' ' || f.file);
end $$;

-- What became of each record of a file, for who handed it in. Lines without a row were refused before anybody
-- was asked: ledger.rejects() has them.
create or replace function agreement.sheet_rows(file int8)
returns table (line int8, agreement int8, state text, col int4, code text, found text, expected text)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select coalesce(r.line, j.line), r.agreement, a.state, j.col, coalesce(r.code, j.rule), j.found,
		coalesce(j.expected, r.message)
	from (select * from agreement.sheet_row s where s.file = sheet_rows.file) r
	full join (select * from ledger.reject s where s.file = sheet_rows.file) j on j.line = r.line
	left join agreement.agreement a on a.agreement = r.agreement
	order by 1
$$;
