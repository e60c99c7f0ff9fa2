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

# ---- third parties' programs, as OAuth would make them ----

client() { # CSP CLIENT_ID: its number
	sql -c "insert into oauth.client (csp, client_id, name, redirect_uris, scopes, notify_uri)
		select party, '$2', 'App & Co', '{https://$1.example/back}', '{FB=4_5_12_15_16;IntervalDuration=900}',
			'https://$1.example/notify' from party.party where code = '$1' returning client"
}
granted() { # CSP CLIENT SCOPE ESIID...: its number
	local csp=$1 client=$2 scope=$3
	shift 3
	sql -c "with a as (
		insert into agreement.agreement (csp, state, starts_at, ends_at, reads_from, kinds)
		select party, 'ACTIVE', ops.now() - interval '1 min', ops.now() + interval '1 year', '2025-06-01',
			'{interval,billing}' from party.party where code = '$csp' returning agreement
	), x as (
		insert into agreement.premise (agreement, premise, customer)
		select a.agreement, p.premise, (select o.customer from premise.occupancy o
			where o.premise = p.premise and o.during @> ops.now()::date)
		from a, premise.premise p where p.esiid in ($(printf "'%s'," "$@" | sed 's/,$//'))
	) insert into oauth.grant (client, agreement, scope, made_at, changed_at)
	select $client, agreement, '$scope', '2026-04-01', '2026-04-01' from a returning granted"
}
token() { # CLASS CLIENT GRANT-OR-null [SECONDS]: a token of it
	local text
	text=$(case $1 in ACCESS) echo bba_ ;; CLIENT) echo bbc_ ;; *) echo bbg_ ;; esac)$(openssl rand 32 | basenc --base64url | tr -d '=\n')
	sql -c "select api.token_add(sha256('$text'), '$1', (select csp from oauth.client where client = $2), null, null, $2, $3, '',
		null, interval '${4:-3600} s')" >/dev/null
	echo "$text"
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
	mail_port=$(free_port) mail_page_port=$(free_port) mail_text_port=$(free_port)
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
	unset hub_portal_conf mail_port mail_page_port mail_text_port nginx_portal_port
	hub_conf
}
