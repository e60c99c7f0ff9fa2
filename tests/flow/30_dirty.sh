#!/bin/bash
# A synthetic state of two days with every kind of fault goes through the spool; what the hub says of
# each file (state, counts, and of each fault line, column, rule and severity) is compared with what
# `busbar synth` expects, which is written from the rules and not from the hub.
. "$(dirname "$0")/lib.sh"

out=$work/synth
busbar synth --out "$out" --meters 40 --from "$(date -d "$(state_yesterday) -1 day" +%F)" --days 2 \
	--dirty >/dev/null || not_ok 'files are made'

# ---- sending: each utility's files one after the other, the four at the same time ----

send_all() { # TDU
	local file
	cut -d, -f1 "$out/$1/expected.csv" | sed 1d >"$work/$1.files"
	while read -r file; do
		drop "$1" "$out/$1/$file" </dev/null && taken "$1" "${file##*/}" || return 1
	done <"$work/$1.files"
}
for tdu in oncor centerpoint aep tnmp; do
	send_all $tdu &
	pids="${pids:-} $!"
done
for pid in $pids; do
	holds 'a utility sends its files' wait "$pid"
done
holds 'nothing waits any more' within 60 settled

# ---- what should be ----

# One line a fault: tdu/file:line,column,rule,severity; one a file: tdu/file:state,records,...
wanted() { # TDU
	sed -n "2,\$s|^\([^,]*\),\(.*\)|$1/\1:\2|p" "$out/$1/expected.faults.csv" >>"$work/faults.want"
	sed -n "2,\$s|^\([^,]*\),\(.*\)|$1/\1:\2|p" "$out/$1/expected.csv" | grep -v ':REPEATED,' |
		sed 's/\(:HELD,\).*,/\1/' >>"$work/files.want"
	# the digest says which file of the ledger it is: names are used twice
	(cd "$out/$1" && cut -d, -f1 expected.csv | sed 1d | xargs sha256sum) |
		awk -v tdu="$1" '!seen[$1]++ { print tdu "," $1 "," tdu "/" $2 }' >>"$work/digests"
}
: >"$work/faults.want" >"$work/files.want" >"$work/digests"
for tdu in oncor centerpoint aep tnmp; do
	wanted $tdu
done

# ---- what is: the words of `busbar file show` and `busbar file rejects` ----

sql -c "select party_code || ',' || encode(s.sha256, 'hex') || ',' || f.file
	from ledger.file f cross join ledger.show(f.file) s" >"$work/ledger"
awk -F, 'NR == FNR { number[$1 "," $2] = $3; next } { print $3, number[$1 "," $2] }' \
	"$work/ledger" "$work/digests" >"$work/numbers"
while read -r name number; do
	show=$(busbar file show "$number" --json </dev/null)
	rejects=$(busbar file rejects "$number" --json </dev/null)
	printf '%s\001%s\001%s\n' "$name" "$show" "$rejects"
done <"$work/numbers" >"$work/words"
sql >"$work/is" <<-SQL
	create temp table words (name text, show jsonb, rejects jsonb);
	\\copy words from '$work/words' csv delimiter e'\\001' quote e'\\002'
	select 'file ' || name || ':' || coalesce(show->>'state', '?') || ',' ||
		case when show->>'state' = 'HELD' then '' else
			concat_ws(',', show#>>'{counts,records}', show#>>'{counts,accepted}',
				show#>>'{counts,rejected}', show#>>'{counts,flagged}') || ',' end ||
		coalesce(show->>'hold_rule', '')
	from words;
	-- remarks on loaded reads stand beside the reads, not in the list of rejects
	select 'fault ' || name || ':' || coalesce(r->>'line', '0') || ',' || coalesce(r->>'col', '0')
		|| ',' || (r->>'rule') || ',' || (r->>'severity')
	from words cross join jsonb_array_elements(rejects->'items') r
	where show->>'state' <> 'HELD'
	union all
	select 'fault ' || name || ':' || line || ',0,' || rule || ',flag'
	from words join reads.flag f on f.load = (show->>'load')::int;
SQL
sed -n 's/^file //p' "$work/is" | sort >"$work/files.is"
sed -n 's/^fault //p' "$work/is" | sort >"$work/faults.is"

# A test a file: its line, and its faults.
while IFS=: read -r name wanted; do
	is=$(grep -F "$name:" "$work/files.is" | head -n 1)
	grep -F "$name:" "$work/faults.want" | sort >"$work/a"
	grep -F "$name:" "$work/faults.is" >"$work/b"
	if [ "$is" != "$name:$wanted" ]; then
		not_ok "$name" "expected $wanted, found ${is##*:}"
	elif [ "${wanted%%,*}" != HELD ] && ! cmp -s "$work/a" "$work/b"; then
		not_ok "$name" "$(diff "$work/a" "$work/b" | grep '^[<>]' | sed 's/ [^:]*:/ /' | tr '\n' ' ')"
	else
		ok "$name: ${wanted%,}"
	fi
done <"$work/files.want"
equals 'the same bytes again are no new file' 4 \
	"$(sql -c "select count(*) from audit.event where kind = 'file.repeated' and
		detail->>'door' = 'spool' and recorded_at > clock_timestamp() - interval '5 minutes'")"
says 'everything holds' 0 'roll-ups equal a recount' check --deep
ended
