-- Roles of the cluster. Run by a superuser, connected to the database of the hub; may be run again.
-- Nobody logs in as the owner; busbar_migrate becomes it for the time of a migration.
do $$
declare
	r text;
begin
	if not exists (select from pg_roles where rolname = 'busbar_owner') then
		create role busbar_owner nologin;
	end if;
	foreach r in array array['busbar_migrate', 'busbar_ingestd', 'busbar_operator'] loop
		if not exists (select from pg_roles where rolname = r) then
			execute format('create role %I login', r);
		end if;
		execute format('alter role %I nosuperuser nocreatedb nocreaterole noreplication '
			'nobypassrls noinherit', r);
	end loop;
end $$;

set client_min_messages = warning;
grant busbar_owner to busbar_migrate;
-- search_path: every statement names its schema; a table of somebody else's is never met by chance
alter role busbar_ingestd set search_path = pg_catalog;
alter role busbar_operator set search_path = pg_catalog;

do $$
begin
	execute format('alter database %I owner to busbar_owner', current_database());
	execute format('revoke all on database %I from public', current_database());
	execute format('grant connect on database %I to busbar_migrate, busbar_ingestd, '
		'busbar_operator', current_database());
end $$;
revoke all on schema public from public;
