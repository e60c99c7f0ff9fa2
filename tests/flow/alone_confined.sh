#!/bin/bash
# What each process gave up for good (hub/sys/confine.h): the call is made inside of the process, by a library that is
# loaded into it, and fails. What it needs it still can, which all other tests show. And what systemd takes from its unit.
. "$(dirname "$0")/lib.sh"
. "$lib/sink.sh"
here=$(cd "$(dirname "$0")" && pwd)
units=$source/deploy/systemd
mail_port=$(free_port) mail_page_port=$(free_port) mail_text_port=$(free_port) ftps_port=$(free_port) ftps_implicit_port=$(free_port)

# ---- the units ----

for unit in "$units"/*.service; do
	score=$(systemd-analyze security --offline=yes "$unit" 2>/dev/null | sed -n 's/.*exposure level for .*: \([0-9.]*\) .*/\1/p')
	holds "${unit##*/} is exposed to ${score:-?}, expected at most 1.5" awk -v is="${score:-9}" 'BEGIN { exit !(is <= 1.5) }'
done
one=$work/busbar-apid@.service
sed '/^SystemCallFilter\|^PrivateNetwork\|^RestrictAddress/d' "$units/busbar-apid@.service" >"$one"
score=$(systemd-analyze security --offline=yes "$one" 2>/dev/null | sed -n 's/.*exposure level for .*: \([0-9.]*\) .*/\1/p')
holds 'a unit with less of it is seen' awk -v is="$score" 'BEGIN { exit !(is > 1.5) }'

# ---- the processes ----

hub_conf
holds 'a mail server runs' sink_up
nginx_folders
install -d -m 1777 "$work/said" "$work/try" "$work/try/writable"
echo public >"$work/try/readable"
chmod 644 "$work/try/readable"
gcc -D_GNU_SOURCE -shared -fPIC -Wall -Wextra -Werror -o "$work/forbidden.so" "$here/forbidden.c" || ended
started() { # NAME: a log line that says so
	grep -qE "$1\.?(ready|proc.start)|ready|proc.start" "$hub_state/log/$1.log"
}
tried() { grep -q '^end=' "$work/said/$1."* && [ "$(ls "$work/said/$1."* | wc -l)" = "$(grep -l '^end=' "$work/said/$1."* | wc -l)" ]; }
# What calls of a process end with, in order, "-" where it may.
refused() { # PROGRAM CALL...
	local program=$1 call
	shift
	for call; do
		cat "$work/said/$program."* | sed -n "s/^$call=//p" | sort -u | paste -sd/
	done | paste -sd' '
}
# 1: not permitted (seccomp); 13: no right to it (Landlock)
daemon() { # NAME READ WRITE INET FORK EXEC
	local name=$1
	hub_stop_one "$name"
	: >"$hub_state/log/$name.log"
	LD_PRELOAD=$work/forbidden.so FORBIDDEN_LOG=$work/said FORBIDDEN_TRY=$work/try hub_start_one "$name"
	holds "$name starts" within 20 started "$name"
	within 20 test -s "$hub_state/run/$name.pid"
	main=$(cat "$hub_state/run/$name.pid")
	# those that strangers speak with are its children
	[ "$name" != ftpsd ] || main=$(within 10 pgrep -P "$main" && pgrep -P "$main" | head -n 1)
	within 10 confined "$main"
	kill -USR2 "$main"
	within 20 tried "busbar-$name"
	equals "$name: read, write, sockets, processes, programs that it has no use for" "$2 $3 $4 $5 $6" \
		"$(refused "busbar-$name" read write inet fork exec)"
	equals "$name: no tracing, no namespaces, no bpf, no io_uring, no keys" '1 1 1 1 1' \
		"$(refused "busbar-$name" ptrace unshare bpf io_uring keyctl)"
	equals "$name: it speaks with those behind it" 0 "$(refused "busbar-$name" unix)"
	hub_stop_one "$name"
}
confined() { [ "$(awk '/^Seccomp:/ { print $2 }' "/proc/$1/status")" = 2 ]; }
daemon ingestd 13 13 1 0 13
daemon auditd 13 13 1 1 1
daemon apid 13 13 1 0 13
daemon portald 13 13 1 0 13
daemon dropd 13 13 1 0 13
daemon hookd 13 13 0 1 1
daemon agreementd 13 13 0 1 1
daemon ftpsd 13 13 0 1 1
daemon push 13 13 0 0 13
sink_down
ended
