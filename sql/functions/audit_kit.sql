-- What outsiders verify the audit with: checkpoints with the signatures of witnesses, proofs of single events.
set local check_function_bodies = off;

do $$
begin
	create or replace trigger refuse_change before update or delete on audit.cosignature
		for each row execute function audit.refuse_change('signatures of witnesses');
	create or replace trigger refuse_truncate before truncate on audit.cosignature
		for each statement execute function audit.refuse_change('signatures of witnesses');
	alter table audit.cosignature enable always trigger refuse_change;
	alter table audit.cosignature enable always trigger refuse_truncate;
end $$;

-- A checkpoint with whoever has signed it.
create or replace function audit.cosigned(of_size int8, note text)
returns text
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select note || coalesce((select string_agg(c.line || E'\n', '' order by c.witness) from audit.cosignature c
		where c.size = of_size), '')
$$;

-- ---- witnesses ----

create or replace function audit.witness_add(name text, known_as text, actor text)
returns int8
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	if exists (select from audit.signer s where s.name = witness_add.name) then
		raise exception using errcode = 'BB003', message = 'that is the name of the log itself';
	end if;
	insert into audit.witness (name, known_as) values (witness_add.name, witness_add.known_as);
	return audit.record('audit.witness_added', actor, null, null, jsonb_build_object('known_as', known_as));
exception when unique_violation then
	raise exception using errcode = 'BB005', message = format('there is a witness %s already', witness_add.name);
end $$;

create or replace function audit.witness_end(name text, actor text)
returns int8
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	update audit.witness w set ended_at = clock_timestamp() where w.name = witness_end.name and w.ended_at is null;
	if not found then
		raise exception using errcode = 'BB001', message = format('there is no witness %s', witness_end.name);
	end if;
	return audit.record('audit.witness_ended', actor, null, null, jsonb_build_object('name', witness_end.name));
end $$;

-- With the largest checkpoint that each has signed.
create or replace function audit.witnesses()
returns table (witness int4, name text, known_as text, added_at timestamptz, ended_at timestamptz, size int8,
	signed_at timestamptz)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select w.witness, w.name, w.known_as, w.added_at, w.ended_at, c.size, c.signed_at
	from audit.witness w
	left join lateral (select o.size, o.signed_at from audit.cosignature o where o.witness = w.witness
		order by o.size desc limit 1) c on true
	order by w.witness
$$;

-- What a witness has signed, which busbar-apid has verified with the key that stands here; who hands it in is somebody
-- of the commission. False: it was there already. BB001: no such witness; BB005: that checkpoint is none of ours.
create or replace function audit.cosign(shown bytea, size int8, root bytea, name text, signed_at timestamptz, line text)
returns bool
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.who(shown, '{ACCOUNT,SESSION}');
	known audit.witness;
begin
	if w.kind <> 'REGULATOR' then
		raise exception using errcode = 'BB002', message = 'that is for the commission';
	end if;
	select x.* into known from audit.witness x where x.name = cosign.name and x.ended_at is null;
	if not found then
		raise exception using errcode = 'BB001', message = 'there is no such witness';
	end if;
	if not exists (select from audit.checkpoint c where c.size = cosign.size and c.root = cosign.root) then
		raise exception using errcode = 'BB005', message = 'that is no checkpoint of this log';
	end if;
	insert into audit.cosignature (size, witness, signed_at, line)
	values (cosign.size, known.witness, cosign.signed_at, cosign.line)
	on conflict do nothing;
	return found;
end $$;

-- The last checkpoint, for everybody: numbers and hashes tell nothing of what is in the log. `old`: of so many entries
-- there must be some (BB005: the log has fewer).
create or replace function audit.checkpoint_public(old int8)
returns table (size int8, note text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
	return query
	select c.size, audit.cosigned(c.size, c.note) from audit.checkpoint c order by c.size desc limit 1;
	if not found then
		raise exception using errcode = 'BB001', message = 'nothing has been signed yet';
	elsif old > (select max(c.size) from audit.checkpoint c) then
		raise exception using errcode = 'BB005', message = format('the log has fewer than %s entries', old);
	end if;
end $$;

-- ---- proofs ----

-- The event behind what somebody may have proven to him. BB001 in the same words for what is not his and what there is
-- not.
create or replace function audit.proof_event(shown bytea, what text, number int8)
returns int8
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	w api.principal := api.who(shown);
	found_event int8;
begin
	case what
	when 'release' then
		-- its own list is the definition of what a customer may see
		select r.event into found_event from api.releases(shown, null, number + 1, 1) r where r.body is not null;
		found_event := nullif(found_event, nullif(found_event, number));
	when 'agreement' then
		w := api.agreement_who(shown, '{ACCOUNT,SESSION,PERSONAL,ACCESS,CLIENT}');
		-- who has a part of it would see the other premises
		if api.agreement_is(w, number) in ('WHOLE', 'MAILBOX') then
			select e.event into found_event from audit.event e
			where e.kind = 'agreement.moved' and (e.detail ->> 'agreement')::int8 = number
				and e.detail ->> 'event' in ('affirm', 'hold')
			order by e.event limit 1;
		end if;
	when 'event' then
		w := api.who(shown, '{ACCOUNT,SESSION}');
		if w.kind not in ('REGULATOR', 'OPERATOR') then
			raise exception using errcode = 'BB002', message = 'that is for the commission and the operator';
		end if;
		select e.event into found_event from audit.event e where e.event = number;
	else
		found_event := null;
	end case;
	if found_event is null then
		raise exception using errcode = 'BB001', message = 'there is nothing of that number for you';
	end if;
	return found_event;
end $$;

-- Its entry and the last checkpoint. entry null: it is not signed yet, and is about to be.
create or replace function audit.proof(shown bytea, what text, number int8)
returns table (entry int8, line text, size int8, note text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	of_event int8 := audit.proof_event(shown, what, number);
begin
	return query
	select l.entry, x.line, c.size, audit.cosigned(c.size, c.note)
	from audit.leaf l
	cross join lateral (select k.* from audit.checkpoint k order by k.size desc limit 1) c
	cross join lateral audit.lines(l.entry, l.entry + 1) x
	where l.event = of_event and l.entry < c.size;
	if not found then
		perform pg_notify('audit_checkpoint', '');
		return query select null::int8, null::text, null::int8, null::text;
	end if;
end $$;
