-- Scopes as the hub writes them (hub/meter/scope.c reads what others write): FB=4_5;Name=value_value;…
set local check_function_bodies = off;

create or replace function oauth.scope_values(scope text, term text)
returns text[]
language sql immutable security definer set search_path = pg_catalog, pg_temp
as $$
	select string_to_array(substr(t, length(term) + 2), '_')
	from unnest(string_to_array(scope, ';')) t
	where starts_with(t, term || '=')
	limit 1
$$;

create or replace function oauth.scope_term_names(scope text)
returns text[]
language sql immutable security definer set search_path = pg_catalog, pg_temp
as $$
	select coalesce(array_agg(split_part(t, '=', 1)), '{}') from unnest(string_to_array(scope, ';')) t where t <> ''
$$;

-- Nothing in it that the other does not have, and no term left out that limits.
create or replace function oauth.scope_within(scope text, most text)
returns bool
language sql immutable security definer set search_path = pg_catalog, pg_temp
as $$
	select coalesce(scope ~ '^FB=[0-9]{1,3}(_[0-9]{1,3})*(;[A-Za-z]+=[A-Za-z0-9_-]+)*$' and length(scope) <= 256
		and (select count(*) = count(distinct n) from unnest(oauth.scope_term_names(scope)) n)
		and oauth.scope_term_names(scope) <@ oauth.scope_term_names(most)
		and oauth.scope_term_names(most) <@ oauth.scope_term_names(scope)
		and (select bool_and(case n when 'HistoryLength'
			then (oauth.scope_values(scope, n))[1]::int8 <= (oauth.scope_values(most, n))[1]::int8
			else oauth.scope_values(scope, n) <@ oauth.scope_values(most, n) end)
			from unnest(oauth.scope_term_names(scope)) n), false)
$$;

create or replace function oauth.scope_blocks(scope text)
returns int4[]
language sql immutable security definer set search_path = pg_catalog, pg_temp
as $$
	select coalesce(array_agg(b::int4), '{}') from unnest(oauth.scope_values(scope, 'FB')) b
$$;

-- Which reads its function blocks are about.
create or replace function oauth.scope_kinds(scope text)
returns text[]
language sql immutable security definer set search_path = pg_catalog, pg_temp
as $$
	select array_remove(array[
		case when b && array[4, 6, 7, 8, 12, 17] then 'interval' end,
		case when b && array[9] then 'register' end,
		case when b && array[15, 16, 26, 27, 28] then 'billing' end], null)
	from oauth.scope_blocks(scope) b
$$;

-- Is it about the customer too: name, address, account?
create or replace function oauth.scope_customer(scope text)
returns bool
language sql immutable security definer set search_path = pg_catalog, pg_temp
as $$
	select exists (select from unnest(oauth.scope_blocks(scope)) b where b between 46 and 65 or b in (67, 69, 70, 71))
$$;

-- How far back: months of 2,628,000 s (63,072,000 s, two years, are 24), as far as a customer may allow.
create or replace function oauth.scope_history(scope text)
returns int4
language sql immutable security definer set search_path = pg_catalog, pg_temp
as $$
	select least(24, round(coalesce((oauth.scope_values(scope, 'HistoryLength'))[1]::int8, 0) / 2628000.0))::int4
$$;

-- As scope_within, for a customer, who may leave out blocks, but not the terms that limit.
create or replace function oauth.scope_less(scope text, most text)
returns bool
language sql immutable security definer set search_path = pg_catalog, pg_temp
as $$
	select oauth.scope_within(scope, most) and cardinality(oauth.scope_kinds(scope)) > 0
$$;
