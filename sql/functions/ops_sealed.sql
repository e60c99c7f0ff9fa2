-- What stands sealed (hub/sys/secret.h), so that it can be sealed anew when a key is changed. The keys are not here:
-- busbar takes what an older key sealed, and brings it back sealed by the newest.
set local check_function_bodies = off;

-- Every sealed column, the file of its key, and what it is bound to. One that is not listed would keep an old key
-- from being retired unseen: tests/sql/sealed.sql looks for such ones.
create or replace function ops.sealed_columns()
returns table (name text, key text, of_table text, of_column text, place text)
language sql immutable security definer set search_path = pg_catalog, pg_temp
as $$
	values ('account numbers of customers', 'pii', 'premise.customer', 'account_sealed',
			'''customer.account''::bytea || x.account_index'),
		('names of customers', 'pii', 'premise.customer', 'name_sealed',
			'''customer.name''::bytea || x.account_index'),
		('addresses of customers', 'pii', 'premise.customer', 'address_sealed',
			'''customer.address''::bytea || x.account_index'),
		('contacts of customers', 'pii', 'premise.contact', 'sealed',
			'convert_to(''contact.'' || x.kind, ''UTF8'') || (select c.account_index from premise.customer c '
				'where c.customer = x.customer)'),
		('mailboxes of agreements', 'pii', 'agreement.agreement', 'email_sealed', 'x.email_place'),
		('mailboxes of mails', 'pii', 'mail.outbox', 'recipient_sealed', 'x.recipient_place'),
		('contacts of third parties', 'pii', 'party.csp_contact', 'email_sealed', 'x.email_place'),
		('mailboxes of people', 'pii', 'party.person', 'email_sealed', 'x.email_place'),
		('names of people', 'pii', 'party.person', 'name_sealed',
			'''person.name''::bytea || substr(x.email_place, octet_length(x.email_place) - 15)'),
		('mailboxes of accounts', 'pii', 'party.holder', 'email_sealed', 'x.email_place'),
		('mailboxes of claims', 'pii', 'party.claim', 'email_sealed', 'x.email_place'),
		('secrets of partners'' servers', 'push', 'delivery.endpoint', 'secret',
			'convert_to(''endpoint:'' || encode(sha256(convert_to(x.kind, ''UTF8'') || ''\x00'' '
				'|| convert_to(x.host, ''UTF8'') || ''\x00'' || convert_to(x.port::text, ''UTF8'') '
				'|| ''\x00'' || convert_to(x.login, ''UTF8'') || ''\x00'' || x.pin), ''hex''), ''UTF8'')')
$$;

-- How much of each is sealed by another key than the one with this id, the first byte of what it seals.
create or replace function ops.sealed_left(of_key text, id int4)
returns table (name text, rows int8)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
	c record;
begin
	for c in select s.* from ops.sealed_columns() s where s.key = of_key loop
		name := c.name;
		-- an empty one was wiped
		execute format('select count(*) from %s x where octet_length(x.%I) > 0 and get_byte(x.%2$I, 0) <> $1',
			c.of_table, c.of_column) into rows using id;
		return next;
	end loop;
end $$;

-- The next of them behind a place in the table, in the order in which they lie there.
create or replace function ops.sealed_take(of_name text, id int4, after text, most int4)
returns table (at text, sealed bytea, place bytea)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set synchronize_seqscans = off
as $$
declare
	c record;
begin
	select s.* into strict c from ops.sealed_columns() s where s.name = of_name;
	return query execute format('select x.ctid::text, x.%I, %s from %s x
		where x.ctid > $2 and octet_length(x.%1$I) > 0 and get_byte(x.%1$I, 0) <> $1
		limit $3', c.of_column, c.place, c.of_table) using id, after::tid, least(most, 1000);
end $$;

-- Brings them back, sealed anew (in hex): what was changed or removed meanwhile stays as it is. Gives how many.
create or replace function ops.sealed_put(of_name text, id int4, places text[], was text[], now text[])
returns int8
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
	c record;
	n int8 := 0;
	found_rows int8;
begin
	select s.* into strict c from ops.sealed_columns() s where s.name = of_name;
	for i in 1 .. coalesce(cardinality(places), 0) loop
		if get_byte(decode(now[i], 'hex'), 0) <> id or length(now[i]) <> length(was[i]) then
			raise exception using errcode = 'BB003', message = 'that is not the same, sealed anew';
		end if;
		execute format('update %s x set %I = $1 where x.ctid = $2 and x.%2$I = $3', c.of_table, c.of_column)
		using decode(now[i], 'hex'), places[i]::tid, decode(was[i], 'hex');
		get diagnostics found_rows = row_count;
		n := n + found_rows;
	end loop;
	return n;
end $$;

-- A step of a key's change, on record.
create or replace function ops.key_note(of_key text, step text, detail jsonb, actor text)
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
	if step not in ('added', 'used', 'resealed', 'replaced', 'retired') then
		raise exception using errcode = 'BB003', message = format('there is no step %s', step);
	end if;
	perform audit.record('key.' || step, actor, null, null, coalesce(detail, '{}')
		|| jsonb_build_object('key', of_key));
end $$;
