#!/bin/bash
# 1,000 random changes of an exported log - bytes, words, lines removed, swapped, repeated, added, cut off, and
# rewritten with their hashes - are all found, and the first bad entry is named. AUDIT_EDITS and AUDIT_SEED
# change how many and which.
. "$(dirname "$0")/lib.sh"
here=$(cd "$(dirname "$0")" && pwd)
hub_start_one auditd
for part in 1 2 3 4 5 6 7 8; do
	sql >/dev/null <<-SQL
		select count(audit.record('flow.edit', 'some one', null, n, jsonb_build_object('part', $part, 'n', n, 'text', md5(n::text))))
		from generate_series(1, 10 + $part * 5) n
	SQL
	busbar audit checkpoint >/dev/null
done
says 'a log with checkpoints on the way is exported' 0 '' audit export --out "$work/log"
says 'and verified' 0 'all are there, unchanged' audit verify --key "$work/log/key" "$work/log"
equals 'it has 260 entries and more' true "$([ "$(wc -l <"$work/log/entries")" -gt 260 ] && echo true)"
count=${AUDIT_EDITS:-1000}
python3 "$here/audit_edits.py" "$hub_programs/bin/busbar-verify" "$work/log" "$work/log/key" \
	"$count" "${AUDIT_SEED:-4}" >"$work/edits" 2>&1
equals 'every change is found, with its entry' "$count of $count" "$(tail -n 1 "$work/edits")"
[ "$(wc -l <"$work/edits")" = 1 ] || head -n 20 "$work/edits"
ended
