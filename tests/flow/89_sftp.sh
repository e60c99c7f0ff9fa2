#!/bin/bash
# A utility's day over SFTP: OpenSSH's sshd with the shipped configuration, OpenSSH's sftp, lftp and curl on
# the other side, the hub's own database behind it. What it puts is loaded, its acknowledgement lies in its
# box; what is cut off is never listed and goes on where it stopped; a right that ends, ends.
. "$(dirname "$0")/lib.sh"
. "$lib/sshd.sh"

sshd_port=$(free_port)
trap 'sshd_down' EXIT
holds 'sshd takes the shipped configuration' sshd_up
sshd_known_hosts >"$work/known"

for login in sftp-oncor sftp-rep; do
	ssh-keygen -q -t ed25519 -N '' -C "$login" -f "$work/$login"
done
ssh-keygen -q -t ed25519 -N '' -C nobody -f "$work/nobody"
says 'a box for a utility' 0 sftp-oncor account add sftp-oncor --party oncor
says 'with a key' 0 SSH_KEY credential add sftp-oncor --ssh-key "$work/sftp-oncor.pub"
says 'a REP' 0 '' rep add flow-sftp-rep --name 'Flow SFTP REP' --certificate 19999 --duns 199999999
says 'and its box' 0 sftp-rep account add sftp-rep --party flow-sftp-rep
says 'with a key of its own' 0 SSH_KEY credential add sftp-rep --ssh-key "$work/sftp-rep.pub"

options=(-P "$sshd_port" -o "UserKnownHostsFile=$work/known" -o StrictHostKeyChecking=yes -o BatchMode=yes
	-o IdentitiesOnly=yes -q)
as() { # LOGIN: sftp commands on standard input
	timeout 60 sftp "${options[@]}" -i "$work/$1" -b - busbar@127.0.0.1 >"$work/said" 2>&1
}
lists() { # LOGIN FOLDER
	echo "ls -1 $2" | as "$1" && grep -v '^sftp>' "$work/said" | sed 's,.*/,,' | sort
}

# ---- a day in ----

file=1039940674000IntervalData20260420080500001.lse
block 10443720000089001 4 20260419 96 1.250 20260420060000 A >"$work/$file"
equals 'a utility sees its folders' 'ack in rejects reports test' "$(lists sftp-oncor / | tr '\n' ' ' | sed 's/ $//')"
holds 'a file goes in' as sftp-oncor <<<"put $work/$file in/"
equals 'and is listed' "$file" "$(lists sftp-oncor in)"
holds 'it is loaded' within 30 settled
equals 'as LOADED, through this door' "LOADED sftp" \
	"$(sql -F' ' -c "select state, door from ledger.file where name = '$file'")"
equals 'its acknowledgement lies in the box' "$file.ack.json" "$(lists sftp-oncor ack)"
holds 'and can be taken' as sftp-oncor <<<"get ack/$file.ack.json $work/ack"
equals 'with the counts' 1 "$(json "$work/ack" $.accepted)"
holds 'the sender may read its file back' as sftp-oncor <<<"get in/$file $work/back"
same 'byte for byte' "$work/$file" "$work/back"
holds 'the same file again is no error' as sftp-oncor <<<"put $work/$file in/"
equals 'and no second one' 1 "$(sql -c "select count(*) from ledger.file where name = '$file'")"

# ---- cut and resumed ----

head -c 30000000 /dev/urandom >"$work/large"
head -c 12345678 "$work/large" >"$work/cut"
# the client dies, so nothing says CLOSE: what had come is a part
(
	printf 'put %s/large test/large\n' "$work" | timeout -s KILL 30 sftp "${options[@]}" -l 40000 \
		-i "$work/sftp-oncor" -b - busbar@127.0.0.1 >/dev/null 2>&1 &
	echo $! >"$work/pid"
	wait
) 2>/dev/null &
holds 'an upload is under way' within 20 test -n "$(:)$(within 20 sh -c "[ -n \"\$(find '$hub_state/store/part' -size +1000k)\" ]" && echo yes)"
pkill -KILL -f "sftp.*-l 40000" || :
wait
within 10 sh -c "! pgrep -u busbar busbar-sftp" || :
equals 'what was cut is not listed' '' "$(lists sftp-oncor test)"
holds 'it goes on where it stopped' as sftp-oncor <<<"reput $work/large test/large"
holds 'and comes back' as sftp-oncor <<<"get test/large $work/large.back"
same 'whole' "$work/large" "$work/large.back"

# ---- the hub's process dies ----

(as sftp-oncor <<<"put $work/large test/dies" || echo refused >"$work/told") &
dies=$!
holds 'another upload is under way' within 20 sh -c "pgrep -u busbar busbar-sftp"
pkill -KILL -u busbar busbar-sftp
wait $dies
holds 'the client is told, or had its receipt' test -s "$work/told" -o "$(lists sftp-oncor test | grep -c dies)" = 1

# ---- others' clients ----

shell="ssh -a -x -i $work/sftp-oncor -o UserKnownHostsFile=$work/known -o BatchMode=yes -o IdentitiesOnly=yes"
with_lftp() { # COMMANDS
	timeout 60 lftp -c "set sftp:connect-program '$shell'; set net:max-retries 2; set net:timeout 10;
		open -u busbar, sftp://127.0.0.1:$sshd_port; $1"
}
holds 'lftp puts, lists, gets and removes' with_lftp "put $work/cut -o test/by-lftp; cls test/by-lftp;
	get test/by-lftp -o $work/by-lftp; rm test/by-lftp"
same 'lftp brings what it put' "$work/cut" "$work/by-lftp"
second=1039940674000IntervalData20260421080500001.lse
block 10443720000089001 4 20260420 96 1.500 20260421060000 A >"$work/$second"
holds 'lftp puts under a temporary name' with_lftp "set xfer:use-temp-file yes; put -O in $work/$second"
holds 'what it renames is loaded' within 30 settled
equals 'under its name alone' "LOADED $second" "$(sql -F' ' -c "select state, name from ledger.file
	where door = 'sftp' and name like '%20260421%'")"
with_curl() {
	timeout 60 curl -sS --insecure --key "$work/sftp-oncor" --pubkey "$work/sftp-oncor.pub" -u busbar: "$@"
}
url=sftp://127.0.0.1:$sshd_port
holds 'curl puts' with_curl -T "$work/cut" $url/test/by-curl
holds 'curl gets' with_curl $url/test/by-curl -o "$work/by-curl"
same 'the same bytes' "$work/cut" "$work/by-curl"
holds 'curl gets a piece' with_curl -r 1000-1999 $url/test/by-curl -o "$work/piece"
same 'the right one' <(tail -c +1001 "$work/cut" | head -c 1000) "$work/piece"
holds 'a file of test/ gets another name' as sftp-oncor <<<"rename test/by-curl test/renamed"

# ---- host keys follow one another ----

again() { # sshd_config anew, as it is in use
	sh "$source/deploy/sshd/configure" "$sshd_port" 127.0.0.1 "$hub_state/keys/sshd" "$hub_state/run" \
		"$(dirname "$(sed -n 's/^AuthorizedKeysCommand \([^ ]*\) .*/\1/p' "$hub_state/run/sshd_config")")" "$hub_state/busbar.conf" >"$work/sshd_config" &&
		cp "$work/sshd_config" "$hub_state/run/sshd_config" && kill -HUP "$(cat "$hub_state/run/sshd.pid")"
}
mkfifo "$work/orders"
timeout 200 sftp "${options[@]}" -i "$work/sftp-oncor" -b "$work/orders" busbar@127.0.0.1 >"$work/long" 2>&1 &
long=$!
exec 7>"$work/orders"
tells 7 'ls -1 /' "$work/long"
holds 'a session is open' within 20 grep -q ack "$work/long"
cp "$work/known" "$work/pinned"
says_keys() { sed 's/ busbar$//' "$hub_state/keys/sshd/ssh_host_ed25519_key$1.pub"; }

holds 'the keys to come' "$source/deploy/sshd/host_keys" --next "$hub_state/keys/sshd"
new=$(says_keys .next)
holds 'sshd tells of them' again
learned() {
	timeout 60 sftp "${options[@]}" -o UpdateHostKeys=yes -i "$work/sftp-oncor" -b - busbar@127.0.0.1 <<<'ls in' >"$work/said" 2>&1
	grep -qF "$new" "$work/known"
}
holds 'a program that listens learns them' within 30 learned
holds 'they follow' "$source/deploy/sshd/host_keys" --change "$hub_state/keys/sshd"
holds 'sshd goes by them' again
shown() { ssh-keyscan -t ed25519 -p "$sshd_port" 127.0.0.1 2>/dev/null | grep -qF "$new"; }
holds 'as it shows' within 20 shown
equals 'whoever learned notices nothing' 'ack in rejects reports test' "$(lists sftp-oncor / | tr '\n' ' ' | sed 's/ $//')"
options[2]=-o options[3]="UserKnownHostsFile=$work/pinned"
equals 'whoever pinned the old one alone is refused' 1 "$(as sftp-oncor <<<'ls' && echo 0 || echo 1)"
options[3]="UserKnownHostsFile=$work/known"
tells 7 'ls -1 /in' "$work/long"
holds 'the session that was open went on' within 20 grep -q "$file" "$work/long"
exec 7>&-
holds 'to its end' wait $long

# ---- walls ----

holds 'another party has a box of its own' test "$(lists sftp-rep in)" = ''
equals 'cannot take the first one'"'s file" 1 "$(as sftp-rep <<<"get in/$file $work/stolen" && echo 0 || echo 1)"
equals 'nor climb out' 1 "$(as sftp-rep <<<"get ../../../etc/passwd $work/stolen" && echo 0 || echo 1)"
equals 'nor put into daily/' 1 "$(as sftp-rep <<<"put $work/cut daily/x" && echo 0 || echo 1)"
equals 'a key that nobody has is refused' 1 "$(as nobody <<<'ls' && echo 0 || echo 1)"
refused() { # SENTENCE ARGUMENTS: ssh must end with an error
	timeout 20 ssh -p "$sshd_port" "${options[@]:2}" -i "$work/sftp-oncor" "${@:2}" >"$work/said" 2>&1 </dev/null &&
		not_ok "$1" "ssh ${*:2}" || ok "$1"
}
refused 'there is no shell' busbar@127.0.0.1
refused 'no command' busbar@127.0.0.1 id
holds 'it says why' grep -q 'speaks SFTP only' "$work/said"
refused 'no terminal' -tt busbar@127.0.0.1
refused 'no forwarding from there' -o ExitOnForwardFailure=yes -N -R 0:127.0.0.1:22 busbar@127.0.0.1
refused 'nor to there' -W "127.0.0.1:$sshd_port" busbar@127.0.0.1
refused 'nobody else logs in' root@127.0.0.1
equals 'no handle is in the log of sshd' 0 "$(grep -c -e --handle "$hub_state/log/sshd.log")"
says 'a key is taken back' 0 '' credential end "$(busbar credential list sftp-rep --json |
	tee "$work/list" >/dev/null && json "$work/list" '$.items[0].credential')"
equals 'and opens nothing any more' 1 "$(as sftp-rep <<<'ls' && echo 0 || echo 1)"
says 'an account is closed' 0 '' account close sftp-oncor
equals 'and its key opens nothing' 1 "$(as sftp-oncor <<<'ls' && echo 0 || echo 1)"
equals 'every upload and download is on record' 'box.opened box.put box.removed login.ok' \
	"$(sql -c "select string_agg(distinct kind, ' ' order by kind) from audit.event
		where kind in ('box.opened', 'box.put', 'box.removed', 'login.ok')")"
holds 'busbar check finds nothing wrong' busbar check
ended
