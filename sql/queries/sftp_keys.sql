-- Statements of busbar-sftp-keys.

-- A handle of one use for the account of that key; no row when no open account has it.
--! sftp_key_handle(sha256) one
select handle from delivery.key_handle($1::bytea);
