#!/bin/bash
# The drills of docs/operations.md, "A standby" and "Several processes". Reads are read on the standby, as long as it is there
# and has come as far as their release. The primary is lost, the standby takes its place, and nobody is told: what was
# acknowledged is there; processes find the new primary by themselves. Two busbar-apid take from one socket, are killed, and
# who asks meanwhile waits. Certificates change while sessions go on.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/api.sh"
ftps_port=$(free_port) ftps_implicit_port=$(free_port) nginx_api_processes=2 nginx_shared=yes
export nginx_api_processes nginx_shared
shared=$hub_state/run/web/apid/shared.sock
second=$hub_state/run/db2
trap 'nginx_down; [ -z "${doors:-}" ] || kill $doors 2>/dev/null; as_db $pgbin/pg_ctl -D "$hub_state/db2" -m immediate stop >/dev/null 2>&1' EXIT
day=$(state_yesterday)
lse=1039940674000IntervalData${day//-/}0737
given() { # NUMBER: a file of oncor's is loaded
	block 10443720000000042 1 "${day//-/}" 96 "$1.000" "${day//-/}235959" >"$work/${lse}0${1}001.lse"
	busbar submit "$work/${lse}0${1}001.lse" --as oncor --wait --json 2>/dev/null | grep -q LOADED
}

# ---- a standby that has all that was acknowledged ----

install -d -m 0755 -o busbar-db -g busbar-db "$second"
install -d -m 0700 -o busbar-db -g busbar-db "$hub_state/db2"
hub_psql -d busbar -Atc "select pg_create_physical_replication_slot('standby_1')" >/dev/null
holds 'a copy of the primary' as_db $pgbin/pg_basebackup -h "$hub_state/run/db" -U busbar_db -D "$hub_state/db2" -R -S standby_1 -X stream -c fast
as_db sh -c "printf \"unix_socket_directories = '%s'\nprimary_conninfo = 'host=%s user=busbar_db application_name=standby_1'\n\" '$second' '$hub_state/run/db' >>'$hub_state/db2/postgresql.auto.conf'"
holds 'runs as a standby' as_db $pgbin/pg_ctl -D "$hub_state/db2" -l "$second/log" -w start
streams() { [ "$(hub_psql -d busbar -Atc "select state from pg_stat_replication where application_name = 'standby_1'")" = streaming ]; }
holds 'and follows' within 20 streams

# ---- reads from it: two processes at one socket ----

sed -i "s|^conninfo = .*|&\nstandby = host=$second dbname=busbar|" "$hub_state/busbar.conf"
says 'a login' 0 '' account add standby-box --party oncor
token=$(token_of standby-box)
holds 'nginx' nginx_up
doors_up() {
	setsid "$source/tests/lib/share" "$shared" busbar-apid:busbar-web 2 "$hub_programs/bin/busbar-apid" -c "$hub_state/busbar.conf" \
		</dev/null >>"$hub_state/log/apid.log" 2>&1 &
	doors=$!
	within 20 both
}
healthy() { [ "$(curl -s "http://127.0.0.1:$nginx_ops_port/$1/healthz")" = ok ]; }
both() { healthy apid && healthy apid.2; }
holds 'and two processes' doors_up
[ $failed = 0 ] || { ended; exit; }
told() { # METRIC: the sum of both
	for one in apid apid.2; do curl -s "http://127.0.0.1:$nginx_ops_port/$one/metrics"; done | awk -v m="$1" 'index($0, m) == 1 { n += $NF } END { print n + 0 }'
}
given_by() { told "busbar_apid_standby_total{result=\"$1\"}"; }
reads() { ask "$token" "$url/v1/premises/10443720000000042/reads?from=$day&to=$day"; }
kwh() { echo "$(reads) $(body '$.totals.generation_kwh')"; }
holds 'a file is loaded' given 1
counted() { reads >/dev/null; [ "$(given_by "$1")" -gt 0 ]; } # of a busy machine it may have been another cause first
from_standby() { [ "$(reads)" = 200 ] && [ "$(given_by given)" -gt "$1" ]; }
holds 'reads come from the standby' within 30 from_standby 0
equals 'they are what was loaded' '200 96.000' "$(kwh)"
equals 'asked by who only reads' t "$(hub_psql -h "$second" -d busbar -Atc "select count(*) > 0 from pg_stat_activity where application_name = 'busbar-apid reads'")"
says 'a third party' 0 '' csp add standby-csp --name 'Standby Third Party'
app=$(client standby-csp standby-app)
grant=$(granted standby-csp "$app" 'FB=4_5;IntervalDuration=900' 10443720000000042)
access=$(token ACCESS "$app" "$grant") sub=$(sql -c "select subscription from oauth.grant where granted = $grant")
n=$(given_by given)
equals 'Green Button too' '200 1' "$(ask "$access" "$url/DataCustodian/espi/1_1/resource/Batch/Subscription/$sub") $(grep -c '<IntervalBlock xmlns=' "$work/body")"
holds 'from the standby' test "$(given_by given)" -gt "$n"
# behind: what it does not know yet is read where it is
hub_psql -h "$second" -d busbar -c 'select pg_wal_replay_pause()' >/dev/null
holds 'a second file' given 2
equals 'while it is behind, reads come from the primary' '200 192.000' "$(kwh)"
holds 'as is counted' within 30 counted behind
hub_psql -h "$second" -d busbar -c 'select pg_wal_replay_resume()' >/dev/null
n=$(given_by given)
holds 'it has come so far, and is read again' within 60 from_standby "$n"
# a right that ends, ends at once: it is the primary that is asked for it
says 'the token ends' 0 '' credential end "$(busbar credential list standby-box --json | grep -o '"credential":[0-9]*' | head -n 1 | cut -d: -f2)"
equals 'so nothing is given' 401 "$(reads)"
token=$(token_of standby-box)
as_db $pgbin/pg_ctl -D "$hub_state/db2" -m immediate stop >/dev/null
equals 'without the standby too' '200 192.000' "$(kwh)"
equals 'all of them' '200 192.000' "$(kwh)"
holds 'as is counted' within 30 counted away
holds 'it comes back' as_db $pgbin/pg_ctl -D "$hub_state/db2" -l "$second/log" -w start
n=$(given_by given)
holds 'and is read again' within 60 from_standby "$n"

# ---- in step: nothing is acknowledged that it has not ----

hub_psql -d busbar -c "alter system set synchronous_standby_names = 'standby_1'" -c 'select pg_reload_conf()' >/dev/null
in_step() { [ "$(hub_psql -d busbar -Atc "select sync_state from pg_stat_replication where application_name = 'standby_1'")" = sync ]; }
holds 'in step' within 20 in_step
[ $failed = 0 ] || { ended; exit; }
# whoever is the primary
sed -i "s|^conninfo = .*|conninfo = host=$hub_state/run/db,$second dbname=busbar target_session_attrs=read-write|" "$hub_state/busbar.conf"
sed -i "s|^port = .*|port = $ftps_port|; s|^implicit_port = .*|implicit_port = $ftps_implicit_port|" "$hub_state/busbar.conf"
kill $doors && wait $doors
for name in ingestd auditd; do hub_stop_one $name; hub_start_one $name; done
holds 'all know both' doors_up
holds 'a file is loaded' given 3
equals 'the standby tells how far behind it is' t "$(sql -c "select value >= 0 from ops.gauges() where name = 'slot_behind_bytes' and of = 'standby_1'")"
equals 'it answers who only reads' 3 "$(hub_psql -h "$second" -d busbar -Atc 'select count(*) from ledger.file where state = '"'LOADED'")"

# ---- the primary is lost ----

kill -KILL $(head -n 1 "$hub_state/db/postmaster.pid")
rm -rf "$hub_state/db"
holds 'the standby takes its place' as_db $pgbin/pg_ctl -D "$hub_state/db2" -w promote
hub_psql -h "$second" -d busbar -c "alter system reset synchronous_standby_names" -c 'select pg_reload_conf()' >/dev/null
equals 'with all that was acknowledged' 3 "$(hub_psql -h "$second" -d busbar -Atc "select count(*) from ledger.file where state = 'LOADED'")"
me() { [ "$(ask "$token" $url/v1/me)" = 200 ]; }
holds 'the API finds it by itself' within 30 me
holds 'so do the loaders' within 60 given 4
says 'the log goes on' 0 '' audit checkpoint
says 'all of it holds' 0 '' check --deep

# ---- two processes, one socket ----

statuses() { # COUNT: of requests, one after the other
	for _ in $(seq "$1"); do ask "$token" $url/v1/me; echo; done | sort | uniq -c | awk '{ printf "%s%sx%s", sep, $2, $1; sep = " " }'
}
equals 'both answer' 200x12 "$(statuses 12)"
pids() { pgrep -P "$doors"; }
kill -KILL "$(pids | head -n 1)"
equals 'one of them dies, and nobody notices' 200x12 "$(statuses 12)"
# what nobody has taken yet stays in the socket's queue
kill -KILL $(pids)
equals 'both die: who asks then waits until one is back' 200x3 "$(statuses 3)"
holds 'they are' within 20 both

# ---- certificates ----

hub_start_one ftpsd
within 20 grep -q 'ftps.ready' "$hub_state/log/ftpsd.log"
says 'a password' 0 '' credential add standby-box --password --json
password=$(sed -n 's/.*"secret":"\([^"]*\)".*/\1/p' "$work/out") # json() asks the primary that was
cat >"$work/session.py" <<-'PY'
	import ftplib, http.client, os, ssl, sys
	ca, ftps_port, api_port, password, token, pipe_in, pipe_out = sys.argv[1:]
	context = ssl.create_default_context(cafile=ca)
	def serial(sock):
	    return sock.getpeercert()["serialNumber"]
	def ftps():
	    f = ftplib.FTP_TLS(context=context)
	    f.connect("localhost", int(ftps_port))
	    f.login("standby-box", password)
	    return f
	def https():
	    h = http.client.HTTPSConnection("localhost", int(api_port), context=context)
	    ask(h)
	    return h
	def ask(h):
	    h.request("GET", "/v1/me", headers={"Authorization": "Bearer " + token})
	    a = h.getresponse()
	    a.read()
	    return a.status
	f, h = ftps(), https()
	before = serial(f.sock), serial(h.sock)
	sock = h.sock
	open(pipe_out, "w").write("ready\n")
	open(pipe_in).read()
	print("ftps", f.sendcmd("NOOP")[:3], "https", ask(h), "same", h.sock is sock)
	f2, h2 = ftps(), https()
	print("new", serial(f2.sock) != before[0], serial(h2.sock) != before[1])
PY
mkfifo "$work/go" "$work/ready"
# nginx ends idle connections of old workers when it reads its settings anew, so the request is made as it is told to
python3 "$work/session.py" "$hub_state/tls/ca.pem" "$ftps_port" "$nginx_api_port" "$password" "$token" "$work/go" "$work/ready" >"$work/sessions" 2>&1 &
session=$!
holds 'sessions are open' timeout 30 grep -q ready "$work/ready"
rm "$hub_state/tls/server.pem"
certs_make busbar-ftpsd
kill -HUP "$(cat "$hub_state/run/ftpsd.pid")"
within 10 grep -q 'ftps.certificate' "$hub_state/log/ftpsd.log"
timeout 10 sh -c "echo go >'$work/go'"
kill -HUP "$(cat "$hub_state/run/nginx.pid")"
wait $session || cat "$work/sessions"
equals 'sessions go on when the certificate changes' 'ftps 200 https 200' "$(sed -n 's/ same.*//p' "$work/sessions")"
fresh() { # new connections show the new one, once nginx has new workers
	echo | openssl s_client -connect "localhost:$nginx_api_port" -CAfile "$hub_state/tls/ca.pem" 2>/dev/null | openssl x509 -noout -serial
}
changed() { [ "$(fresh)" = "$(openssl x509 -noout -serial -in "$hub_state/tls/server.pem")" ]; }
equals 'new ones show the new one: FTPS' True "$(sed -n 's/^new \([A-Za-z]*\) .*/\1/p' "$work/sessions")"
holds 'and HTTPS' within 20 changed
hub_stop_one ftpsd
ended
