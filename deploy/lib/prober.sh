# The demo's prober (deploy/prober): knocks at its doors each minute, so that the status page has a history. In production it
# stands on another machine. POSIX sh, root; after hub.sh, when all doors are open.

prober_up() {
	[ ! -e "$hub_state/run/prober.keeper" ] || ! hub_alive "$(cat "$hub_state/run/prober.keeper")" || return 0
	install -d -m 0755 "$hub_programs/prober"
	cp "$lib/../prober" "$hub_programs/prober/prober"
	cat >"$hub_programs/prober/minutely" <<-'SH'
		#!/bin/sh
		# minutely BUSBAR CONF PROBER ARGUMENTS...
		busbar=$1 conf=$2
		shift 2
		trap 'kill $! 2>/dev/null; exit 0' TERM
		while :; do
			/usr/bin/python3 "$@" | "$busbar" -c "$conf" probe record >/dev/null
			sleep 60 &
			wait $!
		done
	SH
	chmod 755 "$hub_programs/prober/minutely"
	setsid "$lib/keeper" "$hub_state/run/prober" "$hub_programs/prober/minutely" "$hub_programs/bin/busbar" "$hub_state/busbar.conf" \
		"$hub_programs/prober/prober" --ca "$hub_state/tls/ca.pem" "portal=https://localhost:${nginx_portal_port:-8443}/status" \
		"api=https://localhost:${nginx_api_port:-8444}/v1/status" "ftps=ftps://localhost:${ftps_port:-8021}" \
		"sftp=ssh://localhost:${sshd_port:-8022}" </dev/null >>"$hub_state/log/prober.log" 2>&1 &
}
