-- Everything is taken back first, so that a right that is no longer listed is gone after a migrate.
-- Applied before the other files of this folder.
do $$
declare
	s text;
	r text;
begin
	execute format('revoke all on database %I from public', current_database());
	execute format('grant connect on database %I to busbar_migrate, busbar_ingestd, '
		'busbar_operator, busbar_ftpsd, busbar_sftp, busbar_sftp_keys, busbar_apid, busbar_dropd, busbar_auditd',
		current_database());
	revoke all on schema public from public;
	foreach s in array array['ops', 'audit', 'party', 'premise', 'reads', 'ledger', 'stage',
		'agreement', 'delivery',
		'radar', 'mail'] loop
		foreach r in array array['public', 'busbar_ingestd', 'busbar_operator', 'busbar_ftpsd',
			'busbar_sftp', 'busbar_sftp_keys', 'busbar_apid', 'busbar_dropd', 'busbar_auditd'] loop
			execute format('revoke all on schema %I from %s', s, r);
			execute format('revoke all on all tables in schema %I from %s', s, r);
			execute format('revoke all on all sequences in schema %I from %s', s, r);
			execute format('revoke all on all routines in schema %I from %s', s, r);
		end loop;
	end loop;
end $$;
