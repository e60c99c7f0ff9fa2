# What the tests of this folder share: a hub of their own with one utility, files with known sums, the
# shim, and waits that all have a deadline. bash, root; sourced.
#
#   $work      everything of this run, gone at the end     $hub_state, $hub_programs   see hub.sh
#   $passed $failed   counters; test_end prints them
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
checkout=$(cd "$here/../.." && pwd)
lib=$checkout/deploy/lib
build=$(cd "${BUSBAR_BUILD:-$checkout/build}" && pwd) || exit 99
long=${BUSBAR_TEST_LONG:-false}
. "$lib/hub.sh"

passed=0 failed=0
ok() {
	passed=$((passed + 1))
	echo "ok $1"
}
not_ok() { # SENTENCE DETAIL...
	failed=$((failed + 1))
	echo "not ok $1"
	shift
	printf '    %s\n' "$@"
}
# Compares word for word.
same() { # SENTENCE FOUND EXPECTED
	if [ "$2" = "$3" ]; then
		ok "$1"
	else
		not_ok "$1" "found    $2" "expected $3"
	fi
}
test_end() {
	hub_gone
	echo "$passed passed, $failed failed"
	[ $failed = 0 ]
}

# ---- time ----

now_ms() { echo $((${EPOCHREALTIME/./} / 1000)); }
# Asks until COMMAND says yes; false after MS.
within() { # MS COMMAND...
	local until=$(($(now_ms) + $1))
	shift
	until "$@"; do
		[ "$(now_ms)" -lt $until ] || return 1
		read -rt 0.01 <>"$work/never" || true
	done
}

# ---- the hub ----

daemon=
hub_make() {
	work=$(mktemp -d /tmp/busbar-fault-XXXXXX) || exit 99
	chmod 755 "$work"
	hub_state=$work/state hub_programs=$work/programs
	mkfifo "$work/never"
	hub_watch
	hub_shared_buffers=64MB
	hub_users
	mkdir "$hub_state" "$hub_programs"
	[ -z "${hub_mounts:-}" ] || $hub_mounts
	hub_up "$build" "$checkout"
	mkdir "$work/fault" "$work/files"
	chown busbar-ingestd "$work/fault"
	${CC:-cc} -std=c17 -D_GNU_SOURCE -O2 -fPIC -shared -o "$work/shim.so" "$here/shim.c" -ldl || exit 99
	${CC:-cc} -std=c17 -D_GNU_SOURCE -O2 -o "$work/proxy" "$here/proxy.c" || exit 99
	busbar tdu add oncor --name Oncor --duns 1039940674000 --prefix 1044372/17 >/dev/null
	spool=$hub_state/spool/oncor
}

postgres_kill() { # SIGKILL to all processes of this cluster at once
	local main all one
	[ -f "$hub_state/db/postmaster.pid" ] || return 0
	main=$(head -n 1 "$hub_state/db/postmaster.pid")
	kill -STOP "$main" 2>/dev/null # so that it starts nothing new while its children go
	all="$(ps -o pid= --ppid "$main" | tr '\n' ' ')"
	for one in $all $main; do
		kill -KILL "$one" 2>/dev/null
	done
	for one in $all $main; do
		within 10000 is_gone "$one"
	done
	rm -f "$hub_state/db/postmaster.pid" "$hub_state"/run/db/.s.PGSQL.*
}

is_gone() { # PID: also when nobody has asked yet how it ended
	local state
	read -r _ _ state _ 2>/dev/null <"/proc/$1/stat" || return 0
	[ "$state" = Z ]
}

hub_gone() {
	[ -d "$work" ] || return 0
	[ "$(type -t doors_down)" != function ] || doors_down 2>/dev/null
	[ ! -s "$work/daemon" ] || kill -KILL "$(cat "$work/daemon")" 2>/dev/null
	postgres_kill 2>/dev/null
	mount | sed -n "s|^tmpfs on \($work[^ ]*\) .*|\1|p" | while read -r at; do
		umount -l "$at"
	done
	[ -n "${KEEP:-}" ] || rm -rf "$work"
}

# Clears up however the test ends, SIGKILL too. Not in a trap of the test: bash may be in the middle of
# anything when a signal comes.
hub_watch() {
	(
		trap '' TERM INT HUP
		while [ -d /proc/$$ ]; do
			sleep 0.2
		done
		hub_gone
	) </dev/null >/dev/null 2>&1 &
	disown $!
}

# The loader, in the reach of the shim; it does nothing unless there is a plan.
ingestd_start() {
	LD_PRELOAD=$work/shim.so FAULT_PROGRAM=busbar-ingestd FAULT_PLAN=$work/fault/plan \
		FAULT_FROM=${fault_from-/in/} FAULT_LOG=$work/fault/log \
		setsid "$hub_programs/bin/busbar-ingestd" -c "$hub_state/busbar.conf" \
		</dev/null >>"$hub_state/log/ingestd.log" 2>&1 &
	daemon=$!
	echo "$daemon" >"$work/daemon"
	disown "$daemon" # bash would tell of each one that is killed
}
ingestd_stop() {
	kill -TERM "$daemon" 2>/dev/null
	within 15000 is_gone "$daemon" || kill -KILL "$daemon"
	: >"$work/daemon"
	daemon=
}
ingestd_ready() {
	within 15000 grep -q "ingest.ready" "$hub_state/log/ingestd.log"
}
ingestd_died() { is_gone "$daemon"; }

plan() { # ACTION CALL N [every]
	: >"$work/fault/log"
	chmod 666 "$work/fault/log"
	rm -f "$work/fault/plan.go"
	echo "$*" >"$work/fault/plan.new"
	mv "$work/fault/plan.new" "$work/fault/plan"
}
plan_calls() { wc -l <"$work/fault/log"; } # how many calls were counted

# As the owner of the schema: the operator's role cannot read reads without a release.
sql() { # from standard input
	{
		echo 'set role busbar_owner;'
		cat
	} | psql -XqAt -v ON_ERROR_STOP=1 -h "$hub_state/run/db" -U busbar_migrate -d busbar
}

# ---- files ----

file_name() { printf '1039940674000IntervalData20260301%06d%03d.lse' $(($1 / 1000)) $(($1 % 1000)); }

# Days of 96 intervals, YYYYMMDD, from 2025-01-01 on; also the name of N days later as a date.
days=()
ordinary_days() { # COUNT
	local i day
	for ((i = 0; ${#days[@]} < $1; i++)); do
		printf -v day '%(%Y%m%d)T' $((1735732800 + i * 86400))
		case $day in
		20250309 | 20251102 | 20260308) ;;
		*) days+=("$day") ;;
		esac
	done
}

# A file of parts as lse.awk takes them from standard input; their Wh become $sums.
sums=()
lse_make() { # NAME
	awk -v sums="$work/sums" -f "$here/lse.awk" >"$work/files/$1"
	mapfile -t sums <"$work/sums"
}

spool_send() { # FILE: as a utility would, written elsewhere, then renamed
	cp "$1" "$spool/.sending"
	chown busbar-ingestd "$spool/.sending"
	mv "$spool/.sending" "$spool/in/${1##*/}"
}
spool_empty() { [ -z "$(find "$spool/in" -type f -print -quit)" ]; }
acked() { [ -e "$spool/ack/$1.ack.json" ]; }

check_is_clean() { # SENTENCE
	if busbar check --deep >"$work/check" 2>&1; then
		ok "$1"
	else
		not_ok "$1" "$(cat "$work/check")"
	fi
}
