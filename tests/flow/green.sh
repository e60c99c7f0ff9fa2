# A hub's Green Button for flows: nginx and busbar-apid, grants and tokens as OAuth makes them, and what looks at
# answers. After lib.sh.
nginx_api_port=$(free_port) nginx_api_tls13_port=$(free_port) nginx_ops_port=$(free_port) nginx_portal_port=$(free_port)
export nginx_api_port nginx_api_tls13_port nginx_ops_port nginx_portal_port
trap 'nginx_down; hub_stop_one apid' EXIT
hub_conf # with the API's port
holds 'nginx takes the shipped configuration' nginx_up
hub_start_one apid
url=https://localhost:$nginx_api_port
base=$url/DataCustodian/espi/1_1/resource
holds 'busbar-apid answers' within 10 curl -sfo "$work/out" --cacert "$hub_state/tls/ca.pem" $url/

values() { # ESIID CHANNEL YYYYMMDD SLOTS CREATED VALUE,STATUS...: the last of them for the rest of the day
	local esiid=$1 channel=$2 day=$3 slots=$4 created=$5 list= i
	shift 5
	printf '00000001,%s,%s,%s000000,%s235959,Y,N\n' "$esiid" "$channel" "$day" "$day"
	printf '00000002,,,1,0,1,0,900,01,,,,\n00000003,\n00000004,%s,M\n10000000' "$created"
	for ((i = 0; i < slots; i++)); do
		list=$list,$1,
		[ $# = 1 ] || shift
	done
	echo "$list"
}

client() { # CSP CLIENT_ID
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
		insert into agreement.premise (agreement, premise)
		select a.agreement, p.premise from a, premise.premise p where p.esiid in ($(printf "'%s'," "$@" | sed 's/,$//'))
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
of() { sql -c "select $2 from oauth.grant where granted = $1"; } # GRANT COLUMN
ask() { # TOKEN CURL_ARGUMENTS...: the status; body in $work/body, headers in $work/headers
	local token=$1
	shift
	timeout 60 curl -sS --cacert "$hub_state/tls/ca.pem" -H "Authorization: Bearer $token" -o "$work/body" \
		-D "$work/headers" -w '%{http_code}' "$@" 2>"$work/curl"
}
header() { # NAME
	tr -d '\r' <"$work/headers" | sed -n "s/^$1: //Ip" | tail -n 1
}
count() { grep -o -- "$1" "$work/body" | wc -l; }

rules=$(dirname "$0")/../data/green
valid() { # SENTENCE [customer]: what was answered last follows our rules; and others' schemas, where there are some
	holds "$1" xmllint --nonet --noout --relaxng "$rules/${2:-usage}.rng" "$work/body"
	for xsd in ${BUSBAR_ESPI_XSD:-}; do
		holds "$1, says $xsd" xmllint --nonet --noout --schema "$xsd/greenbutton.xsd" "$work/body"
	done
}
links() { # SENTENCE TOKEN URL: all lead somewhere
	equals "$1" '' "$(python3 "$(dirname "$0")/green_links.py" "$hub_state/tls/ca.pem" "$2" "$3")"
}
entries() { # OF: how many entries hold it
	count "<$1 xmlns="
}
hrefs() { # REL KIND: addresses of such links, each once
	sed -n "s|^<link rel=\"$1\" type=\"$2\" href=\"\(.*\)\"/>\$|\1|p" "$work/body" | sed 's/&amp;/\&/g' | sort -u
}
