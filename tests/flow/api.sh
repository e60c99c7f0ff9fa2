# What flows of the API share: nginx and busbar-apid before it on ports of their own, asking, headers. After lib.sh.
nginx_api_port=$(free_port) nginx_api_tls13_port=$(free_port) nginx_ops_port=$(free_port) nginx_portal_port=$(free_port)
export nginx_api_port nginx_api_tls13_port nginx_ops_port nginx_portal_port
url=https://localhost:$nginx_api_port
api_up() {
	nginx_up && hub_start_one apid && within 10 test -S "$hub_state/run/web/apid/1.sock"
}
api_down() {
	nginx_down
	hub_stop_one apid
}
token_of() { # LOGIN: a new static token
	busbar credential add "$1" --token --json >"$work/out" || return 1
	json "$work/out" $.secret
}
ask_plain() { # CURL_ARGUMENTS...: the status; body in $work/body, headers in $work/headers
	rm -f "$work/body"
	timeout 60 curl -sS --cacert "$hub_state/tls/ca.pem" -o "$work/body" -D "$work/headers" -w '%{http_code}' \
		"$@" 2>"$work/curl"
}
ask() { # TOKEN CURL_ARGUMENTS...
	local token=$1
	shift
	ask_plain -H "Authorization: Bearer $token" "$@"
}
header() { # NAME
	tr -d '\r' <"$work/headers" | sed -n "s/^$1: //Ip" | tail -n 1
}
