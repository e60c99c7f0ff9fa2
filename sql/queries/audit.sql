-- Statements of `busbar audit`, as the operator's role. sql/functions/audit_tree.sql says what each does.

--! audit_latest(party, most) rows read
select event, to_char(recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as recorded_at, kind,
	actor, party::text, premise::text, detail::text
from audit.latest($1::int4, $2::int4);

--! audit_state() rows read
select coalesce(origin, '') as origin, size, signed_size, signed_at, behind_s, receipts from audit.state();

--! audit_keys() rows read
select name, known_as, since from audit.keys();

-- what: checkpoint_asked, exported
--! audit_checkpoint_ask(what, actor) one
select audit.checkpoint_ask($1::text, $2::text) as event;

-- No row: there is none yet, or none that covers the event.
--! audit_checkpoint_last(event) one read
select size, note, signed_at from audit.checkpoint_last($1::int8);

--! audit_checkpoints(before, most, exactly) rows read
select size, note from audit.checkpoints($1::int8, $2::int4, $3::int8);

--! audit_lines(from, to) rows read
select line from audit.lines($1::int8, $2::int8);

--! audit_entry_of(event) one read
select entry, line from audit.entry_of($1::int8);

--! audit_subtrees(levels, indexes) one read
select audit.subtrees($1::int4[], $2::int8[]) as hashes;

--! audit_receipts(agreement, receipt) rows read
select receipt, agreement, asked_at, signed_at, signed from audit.receipts($1::int8, $2::int8);

--! audit_personal_erase(most, actor) one
select audit.personal_erase($1::int4, $2::text) as erased;

--! witness_list() rows read
select name, known_as, added_at, ended_at, size, signed_at from audit.witnesses();

--! witness_add(name, known_as, actor) one
select audit.witness_add($1::text, $2::text, $3::text);

--! witness_end(name, actor) one
select audit.witness_end($1::text, $2::text);
