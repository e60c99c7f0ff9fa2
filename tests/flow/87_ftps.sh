#!/bin/bash
# A utility's day over FTPS, and everything else that may come to that door: curl, lftp, openssl and Python's
# ftplib on the other side (ftps_client.py has the dialogues), the hub's own database behind it.
. "$(dirname "$0")/lib.sh"

# ---- the door, with settings of its own for what is to be seen ----

export HOST=127.0.0.1 PORT IMPLICIT PYTHONDONTWRITEBYTECODE=1
export USER1=ftps-oncor PASS1=flow-password-1 USER2=ftps-rep PASS2=flow-password-2
mkdir -p "$work/run"
door_up() { # NAME SETTING...: of section [ftps]
	local name=$1 limit=${door_descriptors:-} setting
	shift
	PORT=$(free_port) IMPLICIT=$(free_port)
	[ "$PORT" != "$IMPLICIT" ] || IMPLICIT=$((PORT + 1))
	sed -e "s/^port = .*/port = $PORT/" -e "s/^implicit_port = .*/implicit_port = $IMPLICIT/" \
		-e "s,^certificate = .*,certificate = $work/tls/server.pem," -e "s,^key = .*,key = $work/tls/server.key," \
		"$hub_state/busbar.conf" >"$work/$name.conf"
	for setting; do
		sed -i "/^\[ftps\]/,/^\[[^f]/{/^${setting%% *} = /d}" "$work/$name.conf"
	done
	[ $# = 0 ] || printf '%s\n' '[ftps]' "$@" >>"$work/$name.conf"
	(
		[ -z "$limit" ] || ulimit -n "$limit"
		exec setsid "$lib/keeper" "$work/run/$name" "$hub_programs/bin/busbar-ftpsd" -c "$work/$name.conf"
	) </dev/null >>"$work/$name.log" 2>&1 &
	door=$name
	within 10 grep -q ftps.ready "$work/$name.log"
}
door_down() {
	[ -z "${door:-}" ] || kill "$(cat "$work/run/$door.keeper")" 2>/dev/null
	[ -z "${door:-}" ] || within 25 gone "$work/run/$door.keeper"
	door=
}
trap door_down EXIT
certificate() { # NAME: a key and a certificate that it signed itself
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "$work/$1.key" \
		-out "$work/$1.pem" -days 30 -subj "/CN=$1" 2>/dev/null
}
install -d -m 0755 "$work/tls"
cp "$hub_state/tls/server.pem" "$work/tls/"
install -m 0640 -g busbar-ftpsd "$hub_state/tls/server.key" "$work/tls/"
certificate client
certificate stranger
export CA=$hub_state/tls/ca.pem CERT=$work/client.pem CERTKEY=$work/client.key
export STRANGER=$work/stranger.pem STRANGERKEY=$work/stranger.key

says 'a box for a utility' 0 ftps-oncor account add ftps-oncor --party oncor
says 'a REP' 0 '' rep add flow-ftps-rep --name 'Flow FTPS REP' --certificate 19996 --duns 199999996
says 'and its box' 0 ftps-rep account add ftps-rep --party flow-ftps-rep
for n in 1 2; do
	login=USER$n word=PASS$n
	holds "a password for ${!login}" busbar credential add "${!login}" --password --stdin <<<"${!word}"
done
says 'a certificate' 0 CERTIFICATE credential add ftps-oncor --certificate "$CERT"

# Runs groups of cases of ftps_client.py; each is a test of its own.
client() { # GROUP...
	local line
	timeout 100 python3 "$source/tests/flow/ftps_client.py" "$@" >"$work/said" 2>&1 ||
		grep -q '^not ok' "$work/said" || echo "not ok the client ended early: $(tail -n 3 "$work/said")" >>"$work/said"
	while IFS= read -r line; do
		case $line in
		'ok '*) ok "${line#ok }" ;;
		'not ok '*) not_ok "${line#not ok }" ;;
		esac
	done <"$work/said"
}

holds 'the door opens' door_up main "workers = 2"

# ---- a day in ----

file=1039940674000IntervalData20260520080500001.lse
block 10443720000087001 4 20260519 96 1.250 20260520060000 A >"$work/$file"
with_curl() { timeout 60 curl -sS --cacert "$CA" -u "$USER1:$PASS1" "$@"; }
url=ftp://localhost:$PORT
holds 'curl puts a file' with_curl --ssl-reqd -T "$work/$file" "$url/in/"
holds 'it is loaded' within 30 settled
equals 'as LOADED, through this door' "LOADED ftps" \
	"$(sql -F' ' -c "select state, door from ledger.file where name = '$file'")"
loaded=$(sql -c "select extract(epoch from now())")
acknowledged() { with_curl --ssl-reqd -l "$url/ack/" | grep -q "^$file.ack.json"; }
holds 'its acknowledgement lies in the box within 5 s' within 5 acknowledged
holds 'and can be taken' with_curl --ssl-reqd "$url/ack/$file.ack.json" -o "$work/ack"
equals 'with the counts' 1 "$(json "$work/ack" $.accepted)"
holds 'the sender may read its file back' with_curl --ssl-reqd "$url/in/$file" -o "$work/back"
same 'byte for byte' "$work/$file" "$work/back"
holds 'the same file again is no error' with_curl --ssl-reqd -T "$work/$file" "$url/in/"
equals 'and no second one' 1 "$(sql -c "select count(*) from ledger.file where name = '$file'")"

# ---- others' clients ----

head -c 9000000 /dev/urandom >"$work/large"
holds 'curl puts over implicit TLS' with_curl -T "$work/large" "ftps://localhost:$IMPLICIT/test/implicit"
for version in 1.2 1.3; do
	holds "curl gets with TLS $version" with_curl --ssl-reqd --tlsv$version --tls-max $version \
		"$url/test/implicit" -o "$work/got"
	same 'the same bytes' "$work/large" "$work/got"
done
head -c 4000000 "$work/large" >"$work/got"
holds 'curl goes on with a download' with_curl --ssl-reqd -C - "$url/test/implicit" -o "$work/got"
same 'to the same bytes' "$work/large" "$work/got"
many=$(printf -- "-T {$(printf "$work/$file,%.0s" 1 2 3 4 5 6 7 8 | sed 's/,$//')}" | head -c 2000)
holds 'curl puts eight files over one connection' with_curl --ssl-reqd $many "$url/test/"
with_lftp() { # COMMANDS
	timeout 60 lftp -c "set ssl:ca-file $CA; set ftp:ssl-force yes; set net:max-retries 2; set net:timeout 10;
		open -u $USER1,$PASS1 ftp://localhost:$PORT; $1"
}
holds 'lftp puts, lists, gets and removes' with_lftp "put $work/large -o test/by-lftp; cls test/by-lftp;
	get test/by-lftp -o $work/by-lftp; rm test/by-lftp"
same 'lftp brings what it put' "$work/large" "$work/by-lftp"
second=1039940674000IntervalData20260521080500001.lse
block 10443720000087001 4 20260520 96 1.500 20260521060000 A >"$work/$second"
holds 'lftp puts under a temporary name' with_lftp "set xfer:use-temp-file yes; put -O in $work/$second"
holds 'what it renames is loaded' within 30 settled
equals 'under its name alone' "LOADED $second" "$(sql -F' ' -c "select state, name from ledger.file
	where door = 'ftps' and name like '%20260521%'")"
mkdir -p "$work/many" "$work/mirrored"
for i in $(seq 30); do head -c $((i * 1000)) "$work/large" >"$work/many/file$i"; done
: >"$work/many/file0"
holds 'lftp mirrors a folder with files of no bytes' with_lftp "mirror -R --no-perms $work/many test"
holds 'and back, three at a time' with_lftp "mirror --parallel=3 -i '^file[0-9]+$' test $work/mirrored"
holds 'all the same' diff -r "$work/many" "$work/mirrored"
client ftplib
with_openssl() { timeout 10 openssl s_client -CAfile "$CA" -verify_return_error "$@"; }
holds 'openssl speaks AUTH TLS' with_openssl -starttls ftp -connect "localhost:$PORT" -tls1_2 <<<QUIT
holds 'and implicit TLS with FTP announced' with_openssl -connect "localhost:$IMPLICIT" -alpn ftp -tls1_3 <<<QUIT
equals 'another protocol is refused' 1 "$(with_openssl -connect "localhost:$IMPLICIT" -alpn http/1.1 <<<QUIT >/dev/null 2>&1 && echo 0 || echo 1)"

# ---- everything else ----

client walls lines files
says 'an account that only prefers resumption' 0 '' account set ftps-oncor --data-tls prefer
client prefer
holds 'whoever did not resume stands in the log' grep -q 'ftps.unresumed party=oncor' "$work/main.log"
says 'as it was' 0 '' account set ftps-oncor --data-tls require

# ---- processes ----

workers() { pgrep -P "$(cat "$work/run/main.pid")"; }
equals 'two processes serve' 2 "$(workers | wc -l)"
logins_by() { grep ftps.login "$work/main.log" | wc -l; }
within_upload() { # until a part has grown
	within 15 sh -c "[ -n \"\$(find '$hub_state/store/part' -size +500k -newer '$work/marker')\" ]"
}
touch "$work/marker"
(with_curl --ssl-reqd --limit-rate 2M -T "$work/large" "$url/test/dies" && touch "$work/receipt.dies") 2>/dev/null &
upload=$!
holds 'an upload is under way' within_upload
was=$(workers | tr '\n' ' ')
for pid in $was; do kill -KILL "$pid"; done
wait $upload
holds 'both workers were killed: no receipt was given' test ! -e "$work/receipt.dies"
holds 'others take their place' within 8 sh -c "pgrep -P $(cat "$work/run/main.pid") | grep -c . | grep -qx 2"
back() { with_curl --ssl-reqd -l "$url/test/" -o "$work/listed"; }
holds 'and serve' within 10 back
equals 'what was cut is not listed' 0 "$(grep -c '^dies' "$work/listed")"
holds 'curl goes on with the upload' with_curl --ssl-reqd -C - -T "$work/large" "$url/test/dies"
holds 'and the whole comes back' with_curl --ssl-reqd "$url/test/dies" -o "$work/got"
same 'byte for byte' "$work/large" "$work/got"

# ---- another certificate, without a session noticing ----

serial() { with_openssl -connect "localhost:$IMPLICIT" <<<QUIT 2>/dev/null | openssl x509 -noout -serial; }
was=$(serial)
mkfifo "$work/reload"
timeout 60 python3 - "$source/tests/flow" "$work/reload" >"$work/across" 2>&1 <<'PY' &
import sys
sys.path.insert(0, sys.argv[1])
import ftps_raw as f
r = f.Raw()
print("before", r.put("STOR test/across", b"1"), flush=True)
open(sys.argv[2]).read()
print("after", r.put("STOR test/across", b"2"), r.get("RETR test/across"), flush=True)
PY
holds 'a session is open' within 10 grep -q 'before 226' "$work/across"
(hub_state=$work/other && mkdir -p "$hub_state/log" "$work/other/tls" && cp "$CA" "${CA%.pem}.key" "$work/other/tls/" &&
	certs_make busbar-ftpsd) >/dev/null 2>&1
cp "$work/other/tls/server.pem" "$work/tls/server.pem"
cp "$work/other/tls/server.key" "$work/tls/server.key"
kill -HUP "$(cat "$work/run/main.pid")"
changed() { [ "$(serial)" != "$was" ]; }
holds 'new connections see the new certificate' within 10 changed
echo go >"$work/reload"
wait $!
within 10 grep -q after "$work/across"
equals 'the session goes on, with data connections' "after 226 b'2'" "$(tail -n 1 "$work/across")"
echo broken >"$work/tls/server.pem"
kill -HUP "$(cat "$work/run/main.pid")"
holds 'a broken certificate is told' within 10 grep -q 'ftps.certificate kept=old' "$work/main.log"
holds 'and the old one stays' with_curl --ssl-reqd -l "$url/"
cp "$work/other/tls/server.pem" "$work/tls/server.pem"
client logins

# ---- a right that ends, ends ----

timeout 60 python3 - "$source/tests/flow" "$work/reload" >"$work/closed" 2>&1 <<'PY' &
import sys
sys.path.insert(0, sys.argv[1])
import ftps_raw as f
r = f.Raw(login=2)
print("before", r.ask("SIZE test/x"), flush=True)
open(sys.argv[2]).read()
r.passive()
print("after", r.ask("RETR in/x"), r.text, flush=True)
PY
holds 'another session is open' within 10 grep -q 'before 550' "$work/closed"
says 'its account is closed' 0 '' account close ftps-rep
echo go >"$work/reload"
wait $!
holds 'and it ends at the next call' grep -q 'after 550.*session has ended' "$work/closed"
door_down

# ---- limits ----

door_descriptors=160
holds 'a door with few descriptors' door_up few "workers = 1"
holds 'says so' grep -q 'ftps.limited sessions=32' "$work/few.log"
client full
door_down
door_descriptors=
if grep -q '^0\{31\}1 ' /proc/net/if_inet6; then
	holds 'a door with IPv6' door_up six "address = 127.0.0.1, [::1]"
	HOST=::1 client six
	door_down
fi
holds 'an impatient door' door_up idle "idle = 4s" "login = 2s" "stall = 1s" "connect = 1s"
client idle
door_down
equals 'no password is in any log' 0 "$(cat "$work"/*.log | grep -c -e "$PASS1" -e "$PASS2")"
holds 'busbar check finds nothing wrong' busbar check
ended
