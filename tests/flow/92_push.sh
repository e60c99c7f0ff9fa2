#!/bin/bash
# Delivery to a third party's own server: OpenSSH's sshd behind a relay that stalls, resets and crawls; a
# server is proven before it gets anything; what is cut, killed or full goes on; another host key stops it; a
# right that ends while a file is on its way takes it back; what cannot be delivered is told to both sides.
. "$(dirname "$0")/lib.sh"
. "$source/tests/lib/partners.sh"
mkfifo "$work/never"
home=$work/theirs
mkdir -p "$home/in" "$work/small"
mount -t tmpfs -o size=1m none "$work/small"
ended_all() {
	busbar clock reset >/dev/null 2>&1
	hub_stop_one dropd
	hub_stop_one push
	nginx_down
	hub_stop_one apid
	partners_end
	umount "$work/small"
}
trap ended_all EXIT
partners_keys
sshd_begin
pin=$(ssh-keygen -lf "$work/host_ed25519.pub" | cut -d' ' -f2)
# At once, so that the relay never reads half a rule.
control() { # RULE FILE
	echo "$1" >"$2.new" && mv "$2.new" "$2"
}
control pass "$work/control"
relay_port=$(between --control "$work/control" "$sshd_port")
cat >>"$hub_state/busbar.conf" <<-CONF
	[push]
	stall = 4s
	connect = 6s
	least_rate = 2000
	clock = 30s
CONF

sql -c "update ops.setting set value = 'true' where name = 'clock.movable'"

# ---- a day, a third party, its subscription ----

day=$(state_yesterday)
busbar synth --out "$work/synth" --meters 60 --from "$day" --days 1 >/dev/null
for file in "$work/synth/oncor"/*; do
	[ ! -f "$file" ] || busbar submit "$file" --as oncor >/dev/null
done
holds 'a day is loaded' within 60 settled
says 'a third party' 0 '' csp add flow-push --name 'Flow Push'
says 'with a box' 0 flow-push account add flow-push --party flow-push
# of those with reads of that day: other flows have premises of their own
mapfile -t premises < <(sql -c "select p.esiid from premise.premise p where p.known and exists (select from reads.day d
	where d.day = '$day' and d.series = p.premise * 8)
	and (p.esiid like '1044372%' or p.esiid like '1017699%') order by 1 limit 40")
agree() { # FIRST COUNT: the number of an agreement
	busbar agreement record --as flow-push $(printf -- '--esiid %s ' "${premises[@]:$1:$2}") --months 12 --history 1 --json |
		sed 's/.*"id":\([0-9]*\).*/\1/'
}
kept=$(agree 0 20)
ending=$(agree 20 20)
subscription=$(busbar subscription add flow-push --schedule daily --label 'Pushed daily' --json |
	sed 's/.*"subscription":\([0-9]*\).*/\1/')

build() { # SUBSCRIPTION: has a drop of it built, $drop from then on
	drop=$(busbar drop build "$1" --json | sed 's/.*"drop":\([0-9]*\).*/\1/')
}
pushes() { # COLUMNS: of the delivery of $drop
	sql -F' ' -c "select $1 from delivery.push p where p.drop = $drop"
}
push_is() { [ "$(pushes p.state)" = "$1" ]; }
tried() { [ "$(pushes "p.attempts > 0 and p.state = 'QUEUED'")" = t ]; }
arrived() { # that $drop lies in FOLDER, once, whole, and nothing else of it does
	local name sha files=0
	while IFS='|' read -r name sha; do
		[ "$(sha256sum <"$1/$name" | cut -d' ' -f1)" = "$sha" ] || return 1
		[ ! -e "$1/.$name.part" ] || return 1
		files=$((files + 1))
	done < <(sql -c "select name, encode(sha256, 'hex') from delivery.drop_file where drop = $drop")
	[ $files = 2 ]
}
file() { sql -c "select name from delivery.drop_file where drop = $drop and not manifest"; }
code_in() { sed -n 's/^ *\([A-Z0-9]\{12\}\)$/\1/p' "$1"/busbar-challenge-*.txt; }

# ---- proof ----

hub_start_one push
hub_start_one dropd
says 'a server of no account' 65 'no account' endpoint add nobody "sftp://root@127.0.0.1:$relay_port$home/in" --pin "$pin" --key "$work/client"
says 'a server without a pin' 64 '--pin' endpoint add flow-push "sftp://root@127.0.0.1:$relay_port$home/in" --key "$work/client"
says 'a port that is none of ours' 65 'port 25' endpoint add flow-push "sftp://root@127.0.0.1:25$home/in" --pin "$pin" --key "$work/client"
says 'a partner names its server' 0 UNPROVEN endpoint add flow-push "sftp://root@127.0.0.1:$relay_port$home/in" --pin "$pin" --key "$work/client"
endpoint=$(sql -c 'select max(endpoint) from delivery.endpoint')
holds 'a challenge arrives there' within 20 sh -c "ls '$home'/in/busbar-challenge-*.txt"
says 'drops of the subscription go there' 0 UNPROVEN endpoint use "$endpoint" --subscription "$subscription"
build "$subscription"
holds 'a drop is built and queued' within 30 push_is QUEUED
says 'a wrong code proves nothing' 65 'not the code' endpoint prove "$endpoint" --code ABCDEFGHJKLM
equals 'nothing but the challenge is there' 0 "$(ls -A "$home/in" | grep -vc challenge)"
says 'the code in the file does' 0 PROVEN endpoint prove "$endpoint" --code "$(code_in "$home/in")"

# ---- delivered ----

holds 'then the drop is delivered' within 20 push_is SENT
holds 'whole, with its manifest, and nothing else' arrived "$home/in"
equals 'the drop is delivered' DELIVERED "$(sql -c "select state from delivery.drop where drop = $drop")"
says 'with a receipt' 0 '"receipt":' push list --json
size=$(stat -c %s "$home/in/$(file)")
holds 'it is large enough to be cut' test "$size" -gt 100000
# push.retried: a machine that is busy may stall for longer than this file lets a server
equals 'each attempt and receipt is on record' 'endpoint.added endpoint.proven push.sent' \
	"$(sql -c "select string_agg(distinct kind, ' ' order by kind) from audit.event where kind ~ '^(endpoint|push)' and kind <> 'push.retried'
		and party = (select party from party.party where code = 'flow-push')")"

# ---- a reset half way; 1 byte a second ----

control 'reset 60000' "$work/control"
build "$subscription"
holds 'a reset is a failure that is tried again' within 20 tried
equals 'and told as one' reset "$(pushes p.reason)"
control pass "$work/control"
says 'now' 0 '' push retry "$(pushes push)"
holds 'it goes' within 20 push_is SENT
holds 'whole' arrived "$home/in"
control 'rate 1' "$work/control"
build "$subscription"
holds 'a server that takes a byte a second is given up for now' within 30 tried
equals 'as a stall' stall "$(pushes p.reason)"
equals 'it is not there' 1 "$(ls "$home/in/$(file)" >/dev/null 2>&1 && echo 0 || echo 1)"
control pass "$work/control"
busbar clock advance 2m >/dev/null
holds 'by the hub'"'"'s clock it is tried again by itself' within 20 push_is SENT
holds 'whole' arrived "$home/in"

# ---- kill -9 of each process while the file is on its way ----

child() { pgrep -P "$(cat "$hub_state/run/push.pid")"; }
half() { [ -n "$(find "$home/in" -name '.*.part' -size +16k)" ]; }
for victim in child push dropd; do
	control 'pause 60000' "$work/control"
	build "$subscription"
	holds "a file is on its way, $victim" within 20 half
	case $victim in
	child) kill -KILL $(child) ;;
	*)
		was=$(cat "$hub_state/run/$victim.pid")
		kill -KILL "$was"
		within 10 sh -c "[ \"\$(cat '$hub_state/run/$victim.pid')\" != $was ]"
		;;
	esac
	control pass "$work/control"
	# what dropd lost is taken again at once; what it saw fail waits for its minute
	[ $victim = dropd ] || { within 10 tried && busbar clock advance 2m >/dev/null; }
	holds "$victim killed: it is delivered" within 20 push_is SENT
	holds 'whole, once' arrived "$home/in"
done
equals 'one delivery of a drop' 0 "$(sql -c 'select count(*) - count(distinct drop) from delivery.push where drop is not null')"

# ---- a right that ends while the file is on its way ----

control 'pause 60000' "$work/control"
build "$subscription"
holds 'a file is on its way' within 20 half
sql -c "select agreement.move($ending, 'terminate', 'flow')" >/dev/null
control pass "$work/control"
holds 'its right has ended: it is withdrawn' within 20 push_is WITHDRAWN
equals 'it did not get its name' 1 "$(ls "$home/in/$(file)" >/dev/null 2>&1 && echo 0 || echo 1)"
holds 'and its temporary names are gone' within 20 sh -c "! ls -A '$home/in' | grep '\.part$'"
next() { drop=$(sql -c "select drop from delivery.drop where subscription = $subscription and drop > $was and state in ('BUILT', 'DELIVERED')"); [ -n "$drop" ]; }
was=$drop
holds 'a new revision is built without it' within 30 next
holds 'what may still be read goes instead' within 30 push_is SENT
holds 'whole' arrived "$home/in"
equals 'of the other agreement alone' 20 "$(sed 1d "$home/in/$(file)" | cut -d, -f1 | sort -u | wc -l)"

# ---- a full disk, and that it delays nobody ----

says 'a box of another' 0 '' account add flow-push-2 --party flow-push
says 'with a small disk' 0 UNPROVEN endpoint add flow-push-2 "sftp://root@127.0.0.1:$sshd_port$work/small" --pin "$pin" --key "$work/client"
small=$(sql -c 'select max(endpoint) from delivery.endpoint')
holds 'its challenge arrives' within 20 sh -c "ls '$work'/small/busbar-challenge-*.txt"
busbar endpoint prove "$small" --code "$(code_in "$work/small")" >/dev/null
second=$(busbar subscription add flow-push-2 --schedule daily --json | sed 's/.*"subscription":\([0-9]*\).*/\1/')
busbar endpoint use "$small" --subscription "$second" >/dev/null
head -c 2000000 /dev/zero >"$work/small/full" 2>/dev/null
build "$second"
holds 'a full disk is told as one' within 20 tried
equals 'with its reason' space "$(pushes p.reason)"
rm "$work/small/full"
busbar push retry "$(pushes push)" >/dev/null
holds 'with room it goes' within 20 push_is SENT
holds 'whole' arrived "$work/small"

# ---- another host key ----

kill "${pids[0]}" && wait "${pids[0]}" 2>/dev/null
rm -f "$work"/host_*
ssh-keygen -q -t ed25519 -N '' -f "$work/host_ed25519"
ssh-keygen -q -t ecdsa -N '' -f "$work/host_ecdsa"
/usr/sbin/sshd -D -f "$work/sshd_config" -E "$work/sshd.log" &
pids+=($!)
within 10 answers "$sshd_port"
failed_at() { [ "$(sql -c "select state from delivery.endpoint where endpoint = $endpoint")" = FAILED ]; }
build "$subscription"
holds 'another host key stops the endpoint' within 20 failed_at
equals 'nothing went' 1 "$(ls "$home/in/$(file)" >/dev/null 2>&1 && echo 0 || echo 1)"
says 'the status tells' 0 '"endpoints_failed":1' status --json
equals 'so do the audit and the log' '1 1' "$(sql -c "select count(*) from audit.event where kind = 'endpoint.failed'") $(grep -c 'push.pin' "$hub_state/log/dropd.log")"
says 'the old pin is tried no more' 0 QUEUED push list --endpoint "$endpoint" --state queued
rm -f "$home"/in/busbar-challenge-*
new=$(ssh-keygen -lf "$work/host_ed25519.pub" | cut -d' ' -f2)
says 'the new one is pinned' 0 UNPROVEN endpoint pin "$endpoint" --pin "$new" --key "$work/client"
holds 'and proven' within 20 sh -c "ls '$home'/in/busbar-challenge-*.txt"
busbar endpoint prove "$endpoint" --code "$(code_in "$home/in")" >/dev/null
busbar clock advance 2m >/dev/null
holds 'what waited goes' within 20 push_is SENT
holds 'whole' arrived "$home/in"

# ---- to a box like ours, over HTTPS, cut and gone on with ----

nginx_api_port=$(free_port) nginx_api_tls13_port=$(free_port) nginx_ops_port=$(free_port) nginx_portal_port=$(free_port)
export nginx_api_port nginx_api_tls13_port nginx_ops_port nginx_portal_port
nginx_up
hub_start_one apid
within 10 answers "$nginx_api_port"
within 10 test -S "$hub_state/run/web/apid/1.sock"
control pass "$work/control.https"
https_port=$(between --control "$work/control.https" "$nginx_api_port")
says 'a partner with such a box' 0 '' csp add flow-push-3 --name 'Flow Push 3'
says 'and its account' 0 flow-push-3 account add flow-push-3 --party flow-push-3
token=$(busbar credential add flow-push-3 --token --json | sed 's/.*"secret":"\([^"]*\)".*/\1/')
tls=$(openssl x509 -in "$hub_state/tls/server.pem" -noout -fingerprint -sha256)
busbar endpoint add flow-push-2 "https://127.0.0.1:$https_port/box/test" --pin "$tls" --password <<<"$token" >/dev/null
https=$(sql -c 'select max(endpoint) from delivery.endpoint')
fetch() { curl -sS --cacert "$hub_state/tls/ca.pem" -H "Authorization: Bearer $token" "https://localhost:$nginx_api_port/box/test/$1"; }
challenge() {
	fetch '' | grep -o 'busbar-challenge-[0-9a-f]*.txt' | head -n 1
}
there() { [ -n "$(challenge)" ]; }
holds 'a challenge arrives in the box' within 20 there
fetch "$(challenge)" >"$work/busbar-challenge-https.txt"
says 'which proves it' 0 PROVEN endpoint prove "$https" --code "$(code_in "$work")"
busbar endpoint use "$https" --subscription "$second" >/dev/null
control 'pause 140000' "$work/control.https"
build "$second"
holds 'some of it has come' within 20 sh -c "[ -n \"\$(find '$hub_state/store/part' -user busbar-apid -size +32k -newer '$work/control.https')\" ]"
control refuse "$work/control.https"
holds 'the line breaks' within 10 test -e "$work/control.https.ended"
holds 'a delivery is cut' within 20 tried
equals 'and nothing of it is listed' 0 "$(fetch '' | grep -cF "$(file)")"
control pass "$work/control.https"
busbar push retry "$(pushes push)" >/dev/null
holds 'it goes' within 20 push_is SENT
holds 'on from where it stopped' grep -qE "push.resumed push=$(pushes push) at=[1-9]" "$hub_state/log/dropd.log"
fetch "$(file)" >"$work/https.csv"
equals 'whole' "$(sql -c "select encode(sha256, 'hex') from delivery.drop_file where drop = $drop and not manifest")" \
	"$(sha256sum <"$work/https.csv" | cut -d' ' -f1)"

# ---- given up ----

control refuse "$work/control"
build "$subscription"
holds 'a server that is gone' within 20 tried
busbar clock advance 73h >/dev/null
holds 'is given up after 72 hours' within 20 push_is FAILED
says 'in the status' 0 '"pushes_failed":'"$(sql -c "select count(*) from delivery.push where state = 'FAILED'")," status --json
told() { [ "$(sql -c "select count(*) from delivery.entry where name like '%.not-delivered.txt' and removed_at is null and folder = 'daily'")" = 1 ]; }
holds 'and the partner finds a notice in its box' within 20 told
equals 'no secret is in a log' 0 "$(cat "$hub_state"/log/dropd.log "$hub_state"/log/push.log | grep -c 'PRIVATE KEY')"
equals 'nor in the clear in the database' 0 "$(sql -c "select count(*) from delivery.endpoint where position('PRIVATE KEY'::bytea in secret) > 0")"
build "$subscription"
holds 'another waits' within 20 tried
push=$(pushes push)
mkfifo "$work/sender"
sql <"$work/sender" >"$work/sender.out" 2>&1 &
sender=$!
exec 7>"$work/sender"
in_state() { [ "$(sql -c "select count(*) from pg_stat_activity where query like '%$1%' and pid <> pg_backend_pid() and $2")" = 1 ]; }
write="update delivery.push set bytes = bytes where push = $push;"
tells 7 "begin; $write" "$work/sender.out"
holds 'a sender is writing down how far it is' within 30 in_state 'update delivery.push set bytes' "state = 'idle in transaction'"
busbar endpoint end "$endpoint" >"$work/ending" 2>&1 &
ending=$!
holds 'whoever ends the endpoint waits for it' within 30 in_state delivery.endpoint_end "wait_event_type = 'Lock'"
tells 7 "$write commit;" "$work/sender.out"
exec 7>&-
holds 'the sender goes on' wait $sender
holds 'then the endpoint is ended' wait $ending
holds 'with a word' grep -q ENDED "$work/ending"
equals 'and what waited is cancelled' CANCELLED "$(pushes state)"
equals 'its secret is forgotten' 0 "$(sql -c "select octet_length(secret) from delivery.endpoint where endpoint = $endpoint")"
holds 'busbar check finds nothing wrong' busbar check
ended
