# Head ends of the demo's utilities (deploy/headend/headend.py): they take meter commands from the hub and answer
# them. POSIX sh, root; after hub.sh, when the API answers and utilities have their tokens.

headend_up() { # TDU [ARGUMENT...]
	headend_tdu=$1
	shift
	[ ! -e "$hub_state/run/headend-$headend_tdu.keeper" ] ||
		! kill -0 "$(cat "$hub_state/run/headend-$headend_tdu.keeper")" 2>/dev/null || return 0
	install -d -m 0755 "$hub_programs/headend"
	cp "$lib/../headend/headend.py" "$hub_programs/headend/headend.py"
	setsid "$lib/keeper" "$hub_state/run/headend-$headend_tdu" /usr/bin/python3 "$hub_programs/headend/headend.py" \
		--api "https://localhost:${nginx_api_port:-8444}" --ca "$hub_state/tls/ca.pem" \
		--token-file "$hub_state/partners/$headend_tdu.token" "$@" </dev/null \
		>>"$hub_state/log/headend-$headend_tdu.log" 2>&1 &
}

headend_down() { hub_stop_one "headend-$1"; }
