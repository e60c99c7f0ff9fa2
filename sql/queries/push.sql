-- Statements of busbar-dropd's deliveries. sql/functions/delivery_push.sql says what each function does.

--! push_start(worker) one
select delivery.push_start($1::text) as lost;

-- No row: none is due.
--! push_take(worker, give_up_s) one
select push, token, action, drop, endpoint, kind, implicit, host, port, path, login, secret_kind, secret,
	pin, publishing, resume, challenge, bytes, files, attempts
from delivery.push_take($1::text, $2::int8);

-- BB004 from here on: the delivery is not this sender's any more.
--! push_lease(push, token, seconds) exec
select delivery.push_lease($1::int8, $2::text, $3::int8);

--! push_files(push, token) rows
select name, size, sha256 from delivery.push_files($1::int8, $2::text);

--! push_moved(push, token, bytes) exec
select delivery.push_moved($1::int8, $2::text, $3::int8);

--! push_publish(push, token, bytes) one
select delivery.push_publish($1::int8, $2::text, $3::int8) as may;

--! push_sent(push, token, bytes, receipt) exec
select delivery.push_sent($1::int8, $2::text, $3::int8, $4::text);

--! push_withdrawn(push, token) exec
select delivery.push_withdrawn($1::int8, $2::text);

--! push_failed(push, token, reason, says) exec
select delivery.push_failed($1::int8, $2::text, $3::text, $4::text);

--! push_next_ms() one read
select coalesce(delivery.push_next_ms(), -1) as next_ms;

--! push_untold() rows read
select push, drop, host, period, label, queued_at, attempts, says, file from delivery.push_untold();

--! push_tell(push, name, sha256, size) exec
select delivery.push_tell($1::int8, $2::text, $3::bytea, $4::int8);
