-- What the file store must hold, for busbar check.
set local check_function_bodies = off;

-- Every object that a row names: bytes received (side in), answers given (side out), files in boxes, batches
-- of Green Button.
create or replace function ledger.objects()
returns table (file int8, side text, sha256 bytea, size int8)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
	select f.file, 'in', f.sha256, f.size from ledger.file f where f.bytes_gone_at is null
	union all select f.file, 'out', f.ack_sha256, f.ack_size from ledger.file f
		where f.ack_sha256 is not null and f.bytes_gone_at is null
	union all select f.file, 'out', f.rejects_sha256, f.rejects_size from ledger.file f
		where f.rejects_sha256 is not null and f.bytes_gone_at is null
	union all select e.entry, e.side, e.sha256, e.size from delivery.entry e
		where e.removed_at is null
	-- a drop may still be on its way to the partner's server when the partner empties the box
	union all select f.drop, 'out', f.sha256, f.size
		from delivery.drop_file f join delivery.drop d on d.drop = f.drop
		where d.state = 'BUILT' and d.built_at > clock_timestamp() - interval '10 days'
	union all select b.batch, 'out', b.sha256, b.size from espi.batch b where b.state = 'READY'
$$;
