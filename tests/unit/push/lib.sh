# What tests of busbar-push share: servers in a folder of their own, jobs, the supervisor. Bash, as root.
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
passed=0 failed=0
. "$here/../../lib/partners.sh"

ok() { passed=$((passed + 1)) && echo "ok $1"; }
not_ok() { failed=$((failed + 1)) && echo "not ok $1${2:+: $2}"; }
not() { ! "$@"; }
holds() { # SENTENCE COMMAND...
	local sentence=$1
	shift
	if "$@" >"$work/held" 2>&1; then ok "$sentence"; else not_ok "$sentence" "$*" && head -c 1000 "$work/held"; fi
}
equals() { if [ "$2" = "$3" ]; then ok "$1"; else not_ok "$1" "expected \"$2\", found \"$3\""; fi; }
same() { if cmp "$2" "$3" >"$work/held" 2>&1; then ok "$1"; else not_ok "$1" "$(cat "$work/held")"; fi; }
says() { # SENTENCE STATUS PATTERN COMMAND...
	local sentence=$1 status=$2 pattern=$3 got
	shift 3
	"$@" >"$work/said" 2>&1
	got=$?
	if [ $got = "$status" ] && { [ -z "$pattern" ] || grep -qE "$pattern" "$work/said"; }; then
		ok "$sentence"
	else
		not_ok "$sentence" "status $got, expected $status and $pattern"
		head -c 1000 "$work/said"
	fi
}
ended() {
	echo "$passed passed, $failed failed"
	[ $failed = 0 ]
}
within() { # SECONDS COMMAND...
	local end=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $end ] || return 1
		read -rt 0.05 <>"$work/never" || :
	done
}
dead() { ! kill -0 "$1" 2>/dev/null; }
begin() {
	work=$(mktemp -d /tmp/busbar-push-XXXXXX)
	chmod 755 "$work"
	home=$work/theirs
	mkdir -p "$home/in" "$work/small" "$work/dav/in"
	mkfifo "$work/never"
	mount -t tmpfs -o size=1m none "$work/small"
	trap finish EXIT
	partners_keys
	printf 'late\n' >"$work/late.csv"
	cp "$push" "$work/busbar-push"
	push_begin
}
finish() {
	push_end
	partners_end
	umount "$work/small"
	rm -rf "$work"
}

# ---- busbar-push ----

push_end() {
	[ -z "${push_pid:-}" ] || { kill "$push_pid" && wait "$push_pid"; } 2>/dev/null
	push_pid=
}
push_begin() { # [private=CIDR] [ports=LIST] [dropd=USER] [children=N] [stall=T] [rate=N]
	local private=127.0.0.0/8 ports=1-65535 dropd=root children=8 stall=20s rate=1 what
	for what; do
		local "${what?}"
	done
	push_end
	cat >"$work/push.conf" <<-CONF
		[push]
		private_networks = $private
		ports = $ports
		dropd_user = $dropd
		children = $children
		stall = $stall
		least_rate = $rate
		connect = 5s
	CONF
	# a delivery is a process that ends, at any call: what it holds then is no leak
	ASAN_OPTIONS=detect_leaks=0 "$work/busbar-push" -c "$work/push.conf" --listen "unix:$work/push.sock" 2>>"$work/push.log" &
	push_pid=$!
	within 10 python3 -c "import socket; s = socket.socket(socket.AF_UNIX); s.connect('$work/push.sock')"
	within 5 children 0
}
children() { [ "$(pgrep -P "$push_pid" | wc -l)" = "$1" ]; }
json_of() { python3 -c 'import json, sys; print(json.dumps(sys.stdin.read()))'; }
# A job file: later members win, so a caller changes what it likes.
job() { # NAME PIN MEMBERS...
	local name=$1 pin=$2
	shift 2
	python3 - "$work/$name.job" "$pin" "${sshd_port:-0}" "$(id -un)" "$home" "$@" <<-'PY'
		import json, sys
		to, pin, port, login, home = sys.argv[1:6]
		j = {"action": "send", "kind": "SFTP", "host": "127.0.0.1", "port": int(port), "login": login,
		     "path": home + "/in", "pin": pin}
		for more in sys.argv[6:]:
		    j.update(json.loads("{" + more + "}"))
		if j["kind"] != "SFTP" and j["path"].endswith("/theirs/in"):
		    j["path"] = "/in"
		json.dump(j, open(to, "w"))
	PY
}
ask() { # JOB [OPTION | FILE]...
	local name=$1
	shift
	"$here/ask" "$work/push.sock" "$work/$name.job" "$@"
}
names() { ls -A "$home/in" | tr '\n' ' ' | sed 's/ $//'; }
