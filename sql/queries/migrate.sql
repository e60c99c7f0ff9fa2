-- Statements of busbar migrate, as the role that may become the owner of the schema.

-- Becomes the owner for this connection. Functions are checked when they first run: they may name each other in any order.
--! migrate_become(owner) exec
select set_config('role', $1::text, false), set_config('check_function_bodies', 'off', false),
	set_config('client_min_messages', 'warning', false);

-- One migration at a time, for as long as this connection lives: for another one to end it waits however long that takes,
-- for what daemons have locked ten seconds at most.
--! migrate_lock() exec
select pg_advisory_lock(hashtext('busbar migrate')), set_config('lock_timeout', '10s', false);

--! migrate_known() one read
select to_regclass('ops.migration') is not null as known;

--! migrate_applied() rows read
select number, name, sha256, version from ops.migration order by number;

--! migrate_record(number, name, sha256, version) exec
insert into ops.migration (number, name, sha256, version)
values ($1::int4, $2::text, $3::bytea, $4::text);

-- The mark of the functions and grants that stand in the database.
--! migrate_mark() rows read
select value from ops.setting where name = 'schema.functions';

--! migrate_set_mark(digest) exec
insert into ops.setting (name, value) values ('schema.functions', $1::text)
on conflict (name) do update set value = excluded.value;
