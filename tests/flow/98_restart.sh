#!/bin/bash
# Processes that share a socket are started anew, one after the other, while many ask: nobody is broken off.
. "$(dirname "$0")/lib.sh"

nginx_api_port=$(free_port) nginx_api_tls13_port=$(free_port) nginx_ops_port=$(free_port) nginx_portal_port=$(free_port)
nginx_portal_rate=100000r/s nginx_portal_burst=100000 nginx_pages_rate=100000r/s nginx_pages_burst=100000 # who asks here is one address
export nginx_api_port nginx_api_tls13_port nginx_ops_port nginx_portal_port nginx_portal_rate nginx_portal_burst nginx_pages_rate nginx_pages_burst
trap 'nginx_down' EXIT
hub_stop_one apid portald
holds 'nginx runs' nginx_up
anew() { # PROCESS URL
	/usr/bin/python3 "$(dirname "$0")/restart.py" "$hub_state/run/web/$1/1.sock" "$hub_programs/bin/busbar-$1" \
		"$hub_state/busbar.conf" "$hub_state/tls/ca.pem" "$2" >"$work/$1" 2>"$work/$1.log"
	sed 's/^/# /' "$work/$1"
	equals "busbar-$1 is started anew twenty times; of those who asked meanwhile are broken off" 0 \
		"$(sed -n 's/^broken off: //p' "$work/$1")"
	holds 'many asked' grep -qE '^answered: [0-9]{3,}' "$work/$1"
	equals 'each process ended in order' 0 "$(sed -n 's/^ended otherwise: //p' "$work/$1")"
}
anew apid "https://localhost:$nginx_api_port/v1/status"
anew portald "https://localhost:$nginx_portal_port/status"
ended
