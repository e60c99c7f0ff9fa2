-- Roles of the cluster. Run by a superuser, before the first migration; may be run again. Connected to
-- the hub's database, it also hands that over to its owner.
-- Nobody logs in as the owner; busbar_migrate becomes it for the time of a migration.
do $$
declare
	r text;
begin
	if not exists (select from pg_roles where rolname = 'busbar_owner') then
		create role busbar_owner nologin;
	end if;
	foreach r in array array[
		'busbar_migrate',
		'busbar_ingestd',
		'busbar_operator',
		'busbar_ftpsd',
		'busbar_sftp',
		'busbar_sftp_keys',
		'busbar_apid',
		'busbar_dropd',
		'busbar_auditd',
		'busbar_agreementd',
		'busbar_bounce',
		'busbar_portald',
		'busbar_hookd'
	] loop
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
alter role busbar_ftpsd set search_path = pg_catalog;
alter role busbar_sftp set search_path = pg_catalog;
alter role busbar_sftp_keys set search_path = pg_catalog;
alter role busbar_apid set search_path = pg_catalog;
alter role busbar_dropd set search_path = pg_catalog;
alter role busbar_portald set search_path = pg_catalog;
alter role busbar_auditd set search_path = pg_catalog;
alter role busbar_agreementd set search_path = pg_catalog;
alter role busbar_hookd set search_path = pg_catalog;
alter role busbar_bounce set search_path = pg_catalog;

-- the owner can then do the rest (sql/grants/0_revoke.sql); postgres and template1 are left alone
do $$
begin
	if current_database() not in ('postgres', 'template1') then
		execute format('alter database %I owner to busbar_owner', current_database());
	end if;
end $$;
