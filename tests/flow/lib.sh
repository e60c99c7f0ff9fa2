# What every flow shares: the hub that tests/flow/run started, assertions, waiting with an end. Bash.
#
#   hub_state, hub_programs   of the running hub (deploy/lib/hub.sh)
#   source                    the checkout
set -u
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
[ -n "${hub_state:-}" ] || { echo "run it by tests/flow/run ${0##*/}" >&2; exit 99; }
lib=$source/deploy/lib
. "$lib/hub.sh"
. "$lib/state.sh"
busbar() { timeout 60 "$hub_programs/bin/busbar" -c "$hub_state/busbar.conf" "$@"; }
data=$source/tests/data
work=$(mktemp -d "$hub_state/tmp/${0##*/}.XXXXXX")
chmod 755 "$work" # the database reads what tests give it
passed=0 failed=0

. "$source/tests/lib/ports.sh"

ok() { # SENTENCE
	passed=$((passed + 1))
	echo "ok $1"
}
not_ok() { # SENTENCE WHAT
	failed=$((failed + 1))
	echo "not ok $1${2:+: $2}"
}
ended() { # the last line of every flow
	echo "$passed passed, $failed failed"
	[ $failed = 0 ]
}

holds() { # SENTENCE COMMAND...
	local sentence=$1
	shift
	if "$@" >"$work/held" 2>&1; then
		ok "$sentence"
	else
		not_ok "$sentence" "$*"
		head -c 2000 "$work/held"
	fi
}
equals() { # SENTENCE EXPECTED FOUND
	if [ "$2" = "$3" ]; then ok "$1"; else not_ok "$1" "expected \"$2\", found \"$3\""; fi
}
same() { # SENTENCE EXPECTED_FILE FOUND_FILE: byte for byte
	if cmp -s "$2" "$3"; then
		ok "$1"
	else
		not_ok "$1" "$(cmp "$2" "$3" 2>&1)"
		diff "$2" "$3" | cut -c1-300 | head -n 10
	fi
}
# Runs busbar: exit status, and a text that stands on either stream. Leaves $work/out, $work/err.
says() { # SENTENCE STATUS TEXT ARGUMENTS...
	local sentence=$1 status=$2 text=$3 got
	shift 3
	busbar "$@" >"$work/out" 2>"$work/err" </dev/null
	got=$?
	if [ $got = "$status" ] && cat "$work/out" "$work/err" | grep -qF -- "$text"; then
		ok "$sentence"
	else
		not_ok "$sentence" "busbar $*: status $got, expected $status and \"$text\""
		head -c 2000 "$work/out" "$work/err"
	fi
}

# A line to who reads a pipe; if nobody does any more, that is one failure with its last words, and no end of the flow.
tells() { # DESCRIPTOR LINE FILE_WITH_ITS_WORDS
	(echo "$2" >&"$1") 2>/dev/null || {
		not_ok 'who is told more is still there' "$2"
		tail -n 5 "$3"
	}
}

# ---- waiting: every wait has an end ----

within() { # SECONDS COMMAND...: until it succeeds
	local end=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $end ] || return 1
		read -rt 0.05 <>"$hub_state/tmp/never" || :
	done
}
settled() { [ "$(state_waiting)" = 0 ]; }
gone() { [ ! -e "$1" ]; }

# ---- SQL and JSON ----

sql() { hub_psql -d busbar -At "$@"; }
# Values out of a JSON document by SQL/JSON paths, "-" for what is not there; the whole document is
# parsed, so bad JSON is seen.
json() { # FILE PATH...
	local file=$1 path list=
	shift
	for path; do
		list="$list${list:+ || ' ' ||} coalesce(jsonb_path_query_first(d, '$path') #>> '{}', '-')"
	done
	psql -XqAt -h "$hub_state/run/db" -U busbar_operator -d busbar 2>&1 <<-SQL
		select $list from (select \$doc\$$(cat "$file")\$doc\$::jsonb) x (d);
	SQL
}

# ---- files in ----

# A utility's file into its spool folder, as a utility does it: hidden, then renamed.
drop() { # TDU FILE [NAME]
	local in=$hub_state/spool/$1/in name=${3:-${2##*/}}
	cp "$2" "$in/.$name.part" && chown busbar-ingestd "$in/.$name.part" &&
		mv "$in/.$name.part" "$in/$name"
}
taken() { # TDU NAME: waits until the spool has received it
	within 20 gone "$hub_state/spool/$1/in/$2"
}
# Sends a file and waits for its acknowledgement, of the revision given; its text is in $work/ack.
sent() { # TDU FILE [NAME [REVISION]]
	local name=${3:-${2##*/}} ack
	ack=$hub_state/spool/$1/ack/$name${4:+.r$4}.ack.json
	drop "$1" "$2" "$name" && within 30 test -e "$ack" && cp "$ack" "$work/ack"
}
# Sends by `busbar submit --wait`; the receipt is in $work/receipt. The number of the file.
submitted() { # TDU FILE [OPTION...]
	local tdu=$1 file=$2
	shift 2
	busbar submit "$file" --as "$tdu" --wait --json "$@" >"$work/receipt" 2>"$work/err"
	json "$work/receipt" '$.file'
}

# A block of an LSE file with one value all day.
block() { # ESIID CHANNEL YYYYMMDD SLOTS VALUE CREATED [STATUS]
	printf '00000001,%s,%s,%s000000,%s235959,Y,N\n' "$1" "$2" "$3" "$3"
	printf '00000002,,,1,0,1,0,900,01,,,,\n00000003,\n00000004,%s,M\n10000000' "$6"
	printf ",$5,${7:-A},%.0s" $(seq "$4")
	echo
}
