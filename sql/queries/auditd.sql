-- Statements of busbar-auditd. sql/functions/audit_tree.sql says what each function does.

--! audit_start(origin, public_key, known_as) one
select size, grown, edge, coalesce(checkpoint_size, 0) as checkpoint_size, checkpoint_root, moved
from audit.start($1::text, $2::bytea, $3::text);

-- In REPEATABLE READ.
--! audit_sequence(most) one
select taken, size from audit.sequence($1::int4);

--! audit_hashes(from, to) one read
select audit.hashes($1::int8, $2::int8) as hashes;

--! audit_grow(was, now, edge, levels, indexes, hashes) exec
select audit.grow($1::int8, $2::int8, $3::bytea, $4::int4[], $5::int8[], $6::bytea);

--! audit_checkpoint_add(size, root, note) exec
select audit.checkpoint_add($1::int8, $2::bytea, $3::text);

--! audit_receipts_waiting(most) rows read
select receipt, body from audit.receipts_waiting($1::int4);

--! audit_receipt_sign(receipt, signed) one
select audit.receipt_sign($1::int8, $2::text) as signed;

--! audit_erase(most, actor) one
select audit.personal_erase($1::int4, $2::text) as erased;

--! audit_behind() one read
select size, signed_size, behind_s, receipts from audit.state();

--! audit_known(levels, indexes) one read
select audit.subtrees($1::int4[], $2::int8[]) as hashes;

--! audit_gauges() rows read
select name, of, value from ops.gauges();
