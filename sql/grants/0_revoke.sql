-- Everything is taken back first, so that a right that is no longer listed is gone after a migrate.
-- Applied before the other files of this folder. All roles of the hub (sql/roles.sql) but the owner, and all
-- schemas of the owner: no list here that could be one short.
do $$
declare
	s text;
	r text;
begin
	execute format('revoke all on database %I from public', current_database());
	revoke all on schema public from public;
	for r in select 'public' union all
		select quote_ident(rolname) from pg_roles where rolname ~ '^busbar_' and rolname <> 'busbar_owner'
			and rolname <> 'busbar_db' and not rolsuper
	loop
		if r <> 'public' then
			execute format('grant connect on database %I to %s', current_database(), r);
		end if;
		continue when r = 'busbar_migrate';
		for s in select nspname from pg_namespace n join pg_roles o on o.oid = n.nspowner
			where o.rolname = current_user
		loop
			execute format('revoke all on schema %I from %s', s, r);
			execute format('revoke all on all tables in schema %I from %s', s, r);
			execute format('revoke all on all sequences in schema %I from %s', s, r);
			execute format('revoke all on all routines in schema %I from %s', s, r);
		end loop;
	end loop;
end $$;
