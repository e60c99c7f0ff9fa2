#!/bin/bash
# What goes out when its right ends: three slow downloads of one account, over FTPS, HTTPS and SFTP, and then the
# account is closed. None is given to its end, and how much went is on record at each door.
. "$(dirname "$0")/lib.sh"
. "$lib/sshd.sh"

sshd_port=$(free_port) ftps_port=$(free_port)
nginx_api_port=$(free_port) nginx_api_tls13_port=$(free_port) nginx_ops_port=$(free_port) nginx_portal_port=$(free_port)
export nginx_api_port nginx_api_tls13_port nginx_ops_port nginx_portal_port
mkdir -p "$work/run"
ftps_down() {
	[ ! -e "$work/run/ftpsd.keeper" ] || kill "$(cat "$work/run/ftpsd.keeper")" 2>/dev/null
	within 25 gone "$work/run/ftpsd.keeper"
}
trap 'ftps_down; sshd_down; nginx_down; hub_stop_one apid' EXIT

install -d -m 0755 "$work/tls"
cp "$hub_state/tls/server.pem" "$work/tls/"
install -m 0640 -g busbar-ftpsd "$hub_state/tls/server.key" "$work/tls/"
sed -e "s/^port = .*/port = $ftps_port/" -e "s/^implicit_port = .*/implicit_port = 0/" \
	-e "s,^certificate = .*,certificate = $work/tls/server.pem," -e "s,^key = .*,key = $work/tls/server.key," \
	"$hub_state/busbar.conf" >"$work/ftpsd.conf"
setsid "$lib/keeper" "$work/run/ftpsd" "$hub_programs/bin/busbar-ftpsd" -c "$work/ftpsd.conf" \
	</dev/null >>"$work/ftpsd.log" 2>&1 &
holds 'busbar-ftpsd runs' within 10 grep -q ftps.ready "$work/ftpsd.log"
holds 'sshd runs' sshd_up
sshd_known_hosts >"$work/known"
holds 'nginx runs' nginx_up
hub_start_one apid
holds 'busbar-apid runs' within 10 test -S "$hub_state/run/web/apid/1.sock"

login=ends-oncor
ssh-keygen -q -t ed25519 -N '' -C $login -f "$work/key"
says 'a box' 0 $login account add $login --party oncor
holds 'opened by a password' busbar credential add $login --password --stdin <<<'flow-password-1'
says 'by a key' 0 SSH_KEY credential add $login --ssh-key "$work/key.pub"
busbar credential add $login --token --json >"$work/out"
token=$(json "$work/out" $.secret)

size=$((80 * 1024 * 1024))
head -c $size /dev/urandom >"$work/big"
ca=(--cacert "$hub_state/tls/ca.pem")
url=https://localhost:$nginx_api_port/box/test/big
equals 'a large file lies in it' 201 "$(curl -sS "${ca[@]}" -H "Authorization: Bearer $token" -T "$work/big" \
	-o "$work/out" -w '%{http_code}' "$url")"

# 4 MB a second: 20 s
timeout 60 curl -sS "${ca[@]}" --limit-rate 4M -H "Authorization: Bearer $token" -o "$work/by.https" "$url" 2>/dev/null &
https=$!
timeout 60 curl -sS "${ca[@]}" --limit-rate 4M --ssl-reqd -u $login:flow-password-1 -o "$work/by.ftps" \
	"ftp://localhost:$ftps_port/test/big" 2>/dev/null &
ftps=$!
timeout 60 sftp -P "$sshd_port" -o "UserKnownHostsFile=$work/known" -o BatchMode=yes -o IdentitiesOnly=yes -q \
	-l 32000 -i "$work/key" busbar@127.0.0.1:/test/big "$work/by.sftp" >/dev/null 2>&1 &
sftp=$!
begun() {
	local door
	for door in https ftps sftp; do
		[ "$(stat -c %s "$work/by.$door" 2>/dev/null || echo 0)" -gt 1000000 ] || return 1
	done
}
holds 'three downloads are under way' within 15 begun
says 'the account is closed' 0 '' account close $login
closed=$SECONDS
for door in https ftps sftp; do
	wait ${!door}
	status=$?
	holds "$door: the download fails" test $status != 0 -a $status != 124
	holds "$door: within ten seconds" test $((SECONDS - closed)) -le 10
	holds "$door: it is not whole" test "$(stat -c %s "$work/by.$door")" -lt $size
done
moved() { # how many doors have said how much went, and that it was not all
	[ "$(sql -c "select count(distinct detail ->> 'door') from audit.event where kind = 'box.transferred'
		and actor = '$login' and detail ->> 'whole' = 'false' and (detail ->> 'bytes')::int8 between 1 and $size - 1")" = 3 ]
}
holds 'what went is on record, of each door' within 10 moved
holds 'a new login is refused' \
	test "$(curl -sS "${ca[@]}" -H "Authorization: Bearer $token" -o /dev/null -w '%{http_code}' "$url")" = 401
ended
