-- busbar-sftp-keys: the handle for a key, and nothing else.
grant usage on schema delivery, ops to busbar_sftp_keys;

grant execute on function
	ops.schema_number(), delivery.key_handle(bytea)
	to busbar_sftp_keys;
