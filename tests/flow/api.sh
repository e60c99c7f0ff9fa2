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
	local said
	rm -f "$work/body"
	said=$(timeout 60 curl -sS --cacert "$hub_state/tls/ca.pem" -o "$work/body" -D "$work/headers" \
		-w '%{method} %{http_code} %{url_effective}' "$@" 2>"$work/curl")
	keep_answer "$said"
	said=${said#* }
	echo -n "${said%% *}"
}
# Answers of /v1 are kept, and at the end of the flow are held against api/openapi.yaml.
keep_answer() { # METHOD STATUS URL
	local base
	case $1 in
	*" $url/v1/"*) ;;
	*) return 0 ;;
	esac
	mkdir -p "$work/v1" && base=$(mktemp "$work/v1/XXXXXXXX") || return
	echo "$1" >"$base.at"
	cp "$work/headers" "$base.headers"
	[ ! -e "$work/body" ] || cp "$work/body" "$base.body"
}
eval "flow_$(declare -f ended)"
ended() {
	[ ! -d "$work/v1" ] || holds 'each answer of /v1 is as api/openapi.yaml tells' \
		/usr/bin/python3 "$source/tests/lib/openapi.py" answers "$work/v1"
	flow_ended
}
ask() { # TOKEN CURL_ARGUMENTS...
	local token=$1
	shift
	ask_plain -H "Authorization: Bearer $token" "$@"
}
answers() { [ "$(ask_plain $url/)" = 200 ]; }
body() { json "$work/body" "$@"; } # PATH...: of what was answered last
header() { # NAME
	tr -d '\r' <"$work/headers" | sed -n "s/^$1: //Ip" | tail -n 1
}

# ---- people: customers with accounts, and what they need ----

oncor_day() { # leaves $day and SAMPLE_*
	local file
	day=$(state_yesterday)
	busbar synth --out "$work/synth" --meters 12 --from "$day" --days 1 >/dev/null
	for file in "$work/synth/oncor"/*; do
		[ ! -f "$file" ] || busbar submit "$file" --as oncor >/dev/null
	done
	holds 'a day of a utility is loaded' within 60 settled
	busbar synth --samples >"$work/samples"
	. "$work/samples"
}
people_more=
people_up() { # [DAEMON...]: beside those that people need; oncor_day, and secrets of customers_up
	local one
	for one in sink customer scenes customers; do . "$lib/$one.sh"; done
	people_more=$*
	mail_port=$(free_port) mail_page_port=$(free_port)
	nginx_portal_rate=100r/s hub_portal_conf='dwell = 300ms'
	hub_conf
	scene_radar # all comes from one machine, within seconds
	holds 'a mail server runs' sink_up
	holds 'nginx and busbar-apid' api_up
	for one in portald agreementd $people_more; do hub_start_one $one; done
	oncor_day
	state_logins= # the partners of other flows are not looked at
	holds 'customers open accounts' customers_up
}
people_down() {
	api_down
	hub_stop_one portald agreementd $people_more
	sink_down
	unset hub_portal_conf mail_port mail_page_port nginx_portal_port
	hub_conf
}
