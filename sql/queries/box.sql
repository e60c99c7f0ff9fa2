-- Statements of the box, for the doors: FTPS, SFTP and HTTPS. `handle` is the session's, 32 bytes.

--! box_salt(login) one read
select delivery.salt($1::text) as salt;

-- result: OK, WRONG, WAIT or FULL (then wait_s says how long); handle only with OK.
--! box_login(login, derived, door, from) one
select result, wait_s, handle, account, party, party_code, kind, login_name as login, data_tls
from delivery.login($1::text, $2::bytea, $3::text, $4::text);

--! box_login_certificate(sha256, login, door, from) one
select result, wait_s, handle, account, party, party_code, kind, login_name as login, data_tls
from delivery.login_certificate($1::bytea, $2::text, $3::text, $4::text);

--! box_login_token(sha256, door, from) one
select result, wait_s, handle, account, party, party_code, kind, login_name as login, data_tls
from delivery.login_token($1::bytea, $2::text, $3::text);

--! box_login_portal(shown, from) one
select result, wait_s, handle, account, party, party_code, kind, login_name as login, data_tls
from delivery.login_portal($1::bytea, $2::text);

--! box_login_once(handle, from) one
select result, wait_s, session_handle as handle, account, party, party_code, kind, login_name as login,
	data_tls
from delivery.open_once($1::bytea, $2::text);

-- handles: of all sessions that the door holds, 32 bytes each.
--! box_beat(handles) exec
select delivery.beat($1::bytea);

--! box_session_end(handle) exec
select delivery.session_end($1::bytea);

-- The folders (folder '') or the files of one.
--! box_list(handle, folder) rows
select name, folder, size, modified_at, can_put, can_remove, entry, sha256, side
from delivery.list($1::bytea, $2::text);

--! box_find(handle, folder, name) one
select name, folder, size, modified_at, can_put, can_remove, entry, sha256, side
from delivery.find($1::bytea, $2::text, $3::text);

-- The same, with the event that must be committed before a byte leaves.
--! box_open(handle, folder, name) one
select name, folder, size, modified_at, can_put, can_remove, entry, sha256, side
from delivery.open($1::bytea, $2::text, $3::text);

-- While it goes out.
--! box_still(handle, entry) exec
select delivery.still($1::bytea, $2::int8);

-- part 0: one is in the way, under part_name; asked again with that as `over`, it is given up.
--! box_put_begin(handle, folder, name, again, over) one
select part, part_name, most_bytes, dropped, others
from delivery.put_begin($1::bytea, $2::text, $3::text, $4::bool, $5::text);

--! box_part_find(handle, folder, name) one
select part_name from delivery.part_find($1::bytea, $2::text, $3::text);

--! box_part_drop(handle, folder, name, part_name) exec
select delivery.part_drop($1::bytea, $2::text, $3::text, $4::text);

-- Asked again about the same part it gives the same answer.
--! box_put_end(handle, part, sha256, size) one
select entry, ledger_file, repeated
from delivery.put_end($1::bytea, $2::int8, $3::bytea, $4::int8);

--! box_remove(handle, folder, name) exec
select delivery.remove($1::bytea, $2::text, $3::text);

--! box_rename(handle, folder, name, to_folder, to_name) exec
select delivery.rename($1::bytea, $2::text, $3::text, $4::text, $5::text);

--! box_touch(handle, folder, name, modified) exec
select delivery.touch($1::bytea, $2::text, $3::text, $4::timestamptz);

-- handles: one behind the other; whole: 0 or 1.
--! box_moved(handles, entries, bytes, whole, ms) exec
select delivery.moved($1::bytea, $2::int8[], $3::int8[], $4::int4[], $5::int8[]);
