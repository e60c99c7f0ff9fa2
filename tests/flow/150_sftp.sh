#!/bin/bash
# The SFTP door through a real sshd with the shipped configuration, spoken to by OpenSSH's sftp, lftp
# and curl. What stands behind the door is a folder (tests/unit/sftp/box_folder.c): no database. As
# root; needs a build with tests:
#
#   BUSBAR_BUILD=build-debug tests/flow/150_sftp.sh
set -u
source=$(cd "$(dirname "$0")/../.." && pwd)
program=${BUSBAR_BUILD:-$source/build-debug}/tests/sftp_stand_in
lib=$source/deploy/lib
. "$lib/say.sh"
. "$lib/sshd.sh"
[ "$(id -u)" = 0 ] || die "run it as root: sshd becomes another user"
[ -x "$program" ] || die "no $program: cmake --preset debug, then build"
hub_state=$(mktemp -d /tmp/busbar-sftp-XXXXXX) || exit 99
chmod 755 "$hub_state"
hub_programs=$hub_state/programs
passed=0 failed=0
ended() {
	sshd_down
	[ -n "${BUSBAR_KEEP:-}" ] && echo "kept: $hub_state" || rm -rf "$hub_state"
}
trap ended EXIT
trap 'exit 143' INT TERM HUP

free_port() {
	local port
	for _ in $(seq 50); do
		port=$((20000 + RANDOM % 9000))
		(exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo $port; return; }
	done
}
ok() { # SENTENCE COMMAND...
	local sentence=$1
	shift
	if "$@"; then
		passed=$((passed + 1))
		echo "ok $sentence"
	else
		failed=$((failed + 1))
		echo "not ok $sentence: $*"
		head -c 1000 "$hub_state/tmp/said"
		tail -n 3 "$hub_state/log/sftp.log"
	fi
}
refused() { ! "$@"; }
within() { # SECONDS COMMAND...
	local end=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $end ] || return 1
		read -rt 0.05 <>"$hub_state/tmp/never" || :
	done
}

# ---- start: keys/known lists the keys of open accounts, as the database would ----

mkdir -p "$hub_programs/bin" "$hub_state/keys" "$hub_state/tmp" "$hub_state/store" \
	"$hub_state"/box/{in,ack,test} "$hub_state"/box/parts/{in,test}
mkfifo "$hub_state/tmp/never"
box=$hub_state/box tmp=$hub_state/tmp
cp "$program" "$hub_programs/bin/busbar-sftp"
ssh-keygen -q -t ed25519 -N '' -C a -f "$tmp/key"
ssh-keygen -q -t rsa -b 3072 -N '' -C b -f "$tmp/rsa"
ssh-keygen -q -t ed25519 -N '' -C c -f "$tmp/wrong"
cut -d' ' -f2 "$tmp/key.pub" "$tmp/rsa.pub" >"$hub_state/keys/known"
printf '[store]\npath = %s/store\n[sftp]\nlog = %s/log/sftp.log\n' "$hub_state" "$hub_state" \
	>"$hub_state/busbar.conf"
cat >"$hub_programs/bin/busbar-sftp-keys" <<-KEYS
	#!/bin/sh
	grep -qxF -- "\$4" $hub_state/keys/known || exit 0
	echo "restrict,command=\"BOX_FOLDER=$box exec \$(dirname "\$0")/busbar-sftp -c \$2 --handle f0\" \$3 \$4"
	KEYS
sshd_port=$(free_port)
sshd_up
chown -R busbar "$box" "$hub_state/store"
sshd_known_hosts >"$tmp/known_hosts"
options="-o IdentitiesOnly=yes -o BatchMode=yes -o UserKnownHostsFile=$tmp/known_hosts -o StrictHostKeyChecking=yes"
client() { # KEY [OPTION...]: commands of standard input
	local key=$1
	shift
	timeout 60 sftp -q -b - -P "$sshd_port" -i "$tmp/$key" $options "$@" busbar@127.0.0.1 >"$tmp/said" 2>&1
}
shell() { timeout 20 ssh -p "$sshd_port" -i "$tmp/key" $options "$@" </dev/null >"$tmp/said" 2>&1; }
lftp_() { # COMMANDS
	timeout 60 lftp -c "set sftp:connect-program 'ssh -a -x -i $tmp/key $options'; set net:max-retries 2;
		set net:timeout 10; open -u busbar, -p $sshd_port sftp://127.0.0.1; $1" >"$tmp/said" 2>&1
}
curl_() { # --insecure: its check of host keys is its own affair
	timeout 60 curl -sS --insecure --key "$tmp/key" --pubkey "$tmp/key.pub" -u busbar: "$@" >"$tmp/said" 2>&1
}
url=sftp://127.0.0.1:$sshd_port
head -c 8000000 /dev/urandom >"$tmp/a"
head -c 3000 /dev/urandom >"$tmp/small"

# ---- OpenSSH ----

ok 'sftp puts and gets' client key <<<"put $tmp/a /in/a.lse
get /in/a.lse $tmp/b"
ok 'the same bytes' cmp "$tmp/a" "$tmp/b"
ok 'and lists' client key <<<'ls -l /in'
ok 'with sizes' grep -q '8000000 .*a\.lse' "$tmp/said"
ok 'an RSA key does as well' client rsa <<<'ls'
ok 'it renames where that is allowed' client key <<<"put $tmp/small /test/a
rename /test/a /test/b"
ok 'the file has its new name' cmp "$tmp/small" "$box/test/b"

# ---- a process killed in the middle, then reput ----

(client key -l 16000 <<<"put $tmp/a /in/cut.lse") &
sender=$!
arrived() { [ "$(stat -c %s "$box/parts/in/cut.lse")" -ge 1000000 ]; }
ok 'an upload is under way' within 20 arrived
pid=$(sed -n 's/.*sftp\.begin.*pid=\([0-9]*\).*/\1/p' "$hub_state/log/sftp.log" | tail -n 1)
kill -KILL "$pid"
ok 'its client is told when the process is killed' refused wait $sender
ok 'what arrived is not listed' test ! -e "$box/in/cut.lse"
ok 'but kept' arrived
ok 'reput goes on' client key <<<"reput $tmp/a /in/cut.lse"
ok 'to the whole' cmp "$tmp/a" "$box/in/cut.lse"

# ---- lftp, with and without temporary names ----

ok 'lftp puts under a temporary name' lftp_ "set xfer:use-temp-file yes; put -O /in $tmp/a -o l.lse"
ok 'and renames it' cmp "$tmp/a" "$box/in/l.lse"
ok 'lftp puts again over it' lftp_ "set xfer:use-temp-file yes; put -O /in $tmp/small -o l.lse"
ok 'and the new bytes are there' cmp "$tmp/small" "$box/in/l.lse"
ok 'lftp puts without' lftp_ "put -O /in $tmp/a -o m.lse"
ok 'the same bytes' cmp "$tmp/a" "$box/in/m.lse"
ok 'lftp gets' lftp_ "get /in/m.lse -o $tmp/m"
ok 'the same bytes' cmp "$tmp/a" "$tmp/m"
head -c 5000000 "$tmp/a" >"$box/parts/in/n.lse"
chown busbar "$box/parts/in/n.lse"
ok 'lftp goes on with a part' lftp_ "put -c -O /in $tmp/a -o n.lse"
ok 'to the whole' cmp "$tmp/a" "$box/in/n.lse"

# ---- curl ----

ok 'curl puts' curl_ -T "$tmp/a" $url/in/c.lse
ok 'the same bytes' cmp "$tmp/a" "$box/in/c.lse"
ok 'curl gets' curl_ $url/in/c.lse -o "$tmp/c"
ok 'the same bytes' cmp "$tmp/a" "$tmp/c"
ok 'curl gets a piece' curl_ -r 1000-1999 $url/in/c.lse -o "$tmp/c"
ok 'the right one' cmp <(tail -c +1001 "$tmp/a" | head -c 1000) "$tmp/c"

# ---- what is refused ----

ok 'another key is refused' refused client wrong <<<'ls'
ok 'nothing is put where nothing may be' refused client key <<<"put $tmp/small /ack/x"
ok 'there is no shell' refused shell busbar@127.0.0.1
ok 'it says so' grep -q 'speaks SFTP only' "$tmp/said"
ok 'no command' refused shell busbar@127.0.0.1 id
ok 'it says so, too' grep -q 'speaks SFTP only' "$tmp/said"
ok 'no terminal' refused shell -tt busbar@127.0.0.1
ok 'no forwarding from there' refused shell -o ExitOnForwardFailure=yes -N -R 0:127.0.0.1:22 busbar@127.0.0.1
ok 'nor to there' refused shell -W "127.0.0.1:$sshd_port" busbar@127.0.0.1
ok 'nobody else logs in' refused shell root@127.0.0.1
ok 'no handle is in the log of sshd' refused grep -q -e --handle "$hub_state/log/sshd.log"
: >"$hub_state/keys/known"
ok 'an account that was closed is refused' refused client key <<<'ls'
echo "$passed passed, $failed failed"
[ $failed = 0 ]
