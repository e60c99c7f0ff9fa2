#!/bin/bash
# The drill of docs/operations.md, "A standby", and two processes of a door: the primary is lost, the standby takes its place,
# and nobody is told. What was acknowledged is there; processes find the new primary by themselves. Then one of two
# busbar-apid is killed under load, and certificates change, while sessions go on.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/api.sh"
ftps_port=$(free_port) ftps_implicit_port=$(free_port) nginx_api_processes=2
export nginx_api_processes
second=$hub_state/run/db2
trap 'api_down; [ -z "${apid2:-}" ] || kill $apid2 2>/dev/null; as_db $pgbin/pg_ctl -D "$hub_state/db2" -m immediate stop >/dev/null 2>&1' EXIT
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
hub_psql -d busbar -c "alter system set synchronous_standby_names = 'standby_1'" -c 'select pg_reload_conf()' >/dev/null
in_step() { [ "$(hub_psql -d busbar -Atc "select sync_state from pg_stat_replication where application_name = 'standby_1'")" = sync ]; }
holds 'in step' within 20 in_step
[ $failed = 0 ] || { ended; exit; }
# whoever is the primary
sed -i "s|^conninfo = .*|conninfo = host=$hub_state/run/db,$second dbname=busbar target_session_attrs=read-write|" "$hub_state/busbar.conf"
sed -i "s|^port = .*|port = $ftps_port|; s|^implicit_port = .*|implicit_port = $ftps_implicit_port|" "$hub_state/busbar.conf"
for name in ingestd auditd; do hub_stop_one $name; hub_start_one $name; done
says 'a login' 0 '' account add standby-box --party oncor
token=$(token_of standby-box)
holds 'nginx and two processes' api_up
"$hub_programs/bin/busbar-apid" -c "$hub_state/busbar.conf" -n 2 >>"$hub_state/log/apid2.log" 2>&1 &
apid2=$!
holds 'the second' within 10 test -S "$hub_state/run/web/apid/2.sock"
holds 'a file is loaded' given 1
equals 'the standby tells how far behind it is' t "$(sql -c "select value >= 0 from ops.gauges() where name = 'slot_behind_bytes' and of = 'standby_1'")"
equals 'it answers who only reads' 1 "$(hub_psql -h "$second" -d busbar -Atc 'select count(*) from ledger.file where state = '"'LOADED'")"

# ---- the primary is lost ----

kill -KILL $(head -n 1 "$hub_state/db/postmaster.pid")
rm -rf "$hub_state/db"
holds 'the standby takes its place' as_db $pgbin/pg_ctl -D "$hub_state/db2" -w promote
hub_psql -h "$second" -d busbar -c "alter system reset synchronous_standby_names" -c 'select pg_reload_conf()' >/dev/null
equals 'with all that was acknowledged' 1 "$(hub_psql -h "$second" -d busbar -Atc "select count(*) from ledger.file where state = 'LOADED'")"
me() { [ "$(ask "$token" $url/v1/me)" = 200 ]; }
holds 'the API finds it by itself' within 30 me
holds 'so do the loaders' within 60 given 2
says 'the log goes on' 0 '' audit checkpoint
says 'all of it holds' 0 '' check --deep

# ---- one of two processes ----

statuses() { # COUNT: of requests, one after the other
	for _ in $(seq "$1"); do ask "$token" $url/v1/me; echo; done | sort | uniq -c | awk '{ printf "%s%sx%s", sep, $2, $1; sep = " " }'
}
equals 'both answer' 200x12 "$(statuses 12)"
told() { curl -s "http://127.0.0.1:$nginx_ops_port/$1/metrics" | awk '/^busbar_apid_requests_total/ { n += $NF } END { print n + 0 }'; }
holds 'each of them' test "$(told apid)" -gt 0 -a "$(told apid.2)" -gt 0
kill -KILL $apid2
wait $apid2 2>/dev/null
apid2=
equals 'one of them dies, and nobody notices' 200x12 "$(statuses 12)"

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
