#!/bin/bash
# Accounts and credentials by the command line: what is shown once, what is refused, what ends at once. The
# doors' own side of a login is the functions that they call.
. "$(dirname "$0")/lib.sh"

says 'a box needs a party' 65 'there is no party' account add flow-1 --party nobody
says 'a regulator is taken in' 0 flow-regulator regulator add flow-regulator --name 'Flow Commission'
says 'and listed' 0 flow-regulator regulator list
says 'a box for a utility' 0 OPEN account add flow-1 --party oncor --keep-days 3 --quota 2 --network 192.0.2.0/24
busbar account show flow-1 --json >"$work/out"
equals 'with the limits given' '3 2147483648 REQUIRE 192.0.2.0/24' \
	"$(json "$work/out" $.keep_days $.quota_bytes $.data_tls $.networks)"
says 'a login is one account' 65 flow-1 account add flow-1 --party aep
says 'a login has its own letters' 65 '' account add 'Flow 1' --party oncor
says 'no network' 65 '' account set flow-1 --network neither
says 'a word that is none' 64 'expected require, prefer or off' account set flow-1 --data-tls maybe
says 'one kind at a time' 64 'expected one of' credential add flow-1
says 'both ways are one too many' 64 'exclude each other' account set flow-1 --anywhere --network 192.0.2.0/24

# ---- passwords ----

password=$(busbar credential add flow-1 --password --json >"$work/out" && json "$work/out" $.secret)
first=$(json "$work/out" $.credential)
equals 'a new password has 24 signs' 24 ${#password}
echo 'correct horse battery' | busbar credential add flow-1 --password --stdin --label second --json >"$work/out"
equals 'one from standard input is not shown' '- PASSWORD' "$(json "$work/out" $.secret $.kind)"
echo short | busbar credential add flow-1 --password --stdin >"$work/out" 2>&1
equals 'a short one is refused' 65 $?
as_db /usr/lib/postgresql/15/bin/pg_dump -h "$hub_state/run/db" -U busbar_db --data-only busbar >"$work/dump"
equals 'the database has neither' 0 "$(grep -cF -e "$password" -e 'correct horse battery' "$work/dump")"

# ---- keys, certificates, tokens ----

ssh-keygen -q -t ed25519 -N '' -C flow -f "$work/key"
says 'an SSH key' 0 SSH_KEY credential add flow-1 --ssh-key "$work/key.pub"
says 'not its private half' 65 'expected the file NAME.pub' credential add flow-1 --ssh-key "$work/key"
says 'a key opens one account' 65 'already' credential add flow-1 --ssh-key "$work/key.pub"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=flow \
	-keyout "$work/c.key" -out "$work/c.pem" 2>/dev/null
says 'a certificate' 0 CERTIFICATE credential add flow-1 --certificate "$work/c.pem" --until 2030-01-01T00:00:00Z
token=$(busbar credential add flow-1 --token --json >"$work/out" && json "$work/out" $.secret)
busbar credential list flow-1 --json >"$work/list"
fingerprint() { json "$work/list" "\$.items[*] ? (@.kind == \"$1\").fingerprint"; }
equals 'the key is the one that ssh-keygen knows' \
	"$(cut -d' ' -f2 "$work/key.pub" | base64 -d | sha256sum | cut -c1-64)" "$(fingerprint SSH_KEY)"
equals 'the certificate is the one that openssl knows' \
	"$(openssl x509 -in "$work/c.pem" -outform DER | sha256sum | cut -c1-64)" "$(fingerprint CERTIFICATE)"
equals 'the token is known by its digest' "$(printf %s "$token" | sha256sum | cut -c1-64)" "$(fingerprint TOKEN)"
equals 'a certificate ends by itself' 2030-01-01T00:00:00Z \
	"$(json "$work/list" '$.items[*] ? (@.kind == "CERTIFICATE").expires_at')"

# ---- ends ----

opens() { # ADDRESS: what a door is told that was shown the certificate
	sql -c "select result from delivery.login_certificate('\\x$(fingerprint CERTIFICATE)', 'flow-1', 'FTPS', '$1')"
}
equals 'the certificate opens the box from its network' OK "$(opens 192.0.2.7)"
equals 'and from no other' WRONG "$(opens 198.51.100.7)"
says 'the session is seen' 0 192.0.2.7 session list
says 'a credential ends' 0 "$first" credential end "$first"
says 'once' 65 'still valid' credential end "$first"
says 'closed' 0 CLOSED account close flow-1
equals 'its session has ended' 0 "$(busbar session list --json | grep -c flow-1)"
equals 'and opens no more' WRONG "$(opens 192.0.2.7)"
says 'closing it again is no fault' 0 CLOSED account close flow-1
says 'nothing is past its time' 0 0 box sweep
says 'all of it is on record' 0 'HOLDS' check
equals 'credentials and their ends are too' t "$(sql -c "select count(*) >= 6 from audit.event where kind like 'credential.%'")"
ended
