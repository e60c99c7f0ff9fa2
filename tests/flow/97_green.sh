#!/bin/bash
# Green Button: a third party's program takes a customer's usage by OAuth tokens, through nginx.
. "$(dirname "$0")/lib.sh"

free_port() {
	local port
	for _ in $(seq 50); do
		port=$((20000 + RANDOM % 9000))
		(exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo $port; return; }
	done
}
nginx_api_port=$(free_port) nginx_api_tls13_port=$(free_port) nginx_ops_port=$(free_port) nginx_portal_port=$(free_port)
export nginx_api_port nginx_api_tls13_port nginx_ops_port nginx_portal_port
trap 'nginx_down; hub_stop_one apid' EXIT
hub_conf
holds 'nginx takes the shipped configuration' nginx_up
hub_start_one apid
url=https://localhost:$nginx_api_port
base=$url/DataCustodian/espi/1_1/resource
holds 'busbar-apid answers' within 10 curl -sfo "$work/out" --cacert "$hub_state/tls/ca.pem" $url/

# ---- what there is: three premises, days with 92, 96 and 100 quarter-hours, bills, prices ----

one=10443720000097001 two=10443720000097002 other=10443720000097003
cat >"$work/green-premises.csv" <<-CSV
	busbar,premise,1
	esiid,status,class,effective,rate_class,created
	$one,ACTIVE,RESIDENTIAL,2025-01-01,GREEN1,2025-01-01T06:00:00Z
	$two,ACTIVE,RESIDENTIAL,2025-01-01,GREEN1,2025-01-01T06:00:00Z
	$other,ACTIVE,RESIDENTIAL,2025-01-01,GREEN1,2025-01-01T06:00:00Z
CSV
cat >"$work/green-rates.csv" <<-CSV
	busbar,rate,1
	rate,effective,ends,days,from_time,to_time,price,currency,channel
	GREEN1,2025-01-01,,ALL,00:00,12:00,0.1,USD,
	GREEN1,2025-01-01,,WEEKDAY,12:00,24:00,0.2,USD,
CSV
cat >"$work/green-bills.csv" <<-CSV
	busbar,billing,1
	esiid,channel,start_date,end_date,kwh,metered_kw,billed_kw,amount,currency,items,status,created
	$one,LOAD,2026-02-10,2026-03-11,612.250,7.5,,84.17,USD,Delivery=31.02;Energy & more=49.60;Base charge=3.55,A,2026-03-12T09:00:00Z
	$one,LOAD,2026-03-12,2026-04-10,500,,,,,,E,2026-04-12T09:00:00Z
CSV
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
{
	values $one 4 20251101 96 20251102060000 0.100,A
	values $one 4 20251103 96 20251104060000 0.300,A
	values $one 1 20251103 96 20251104060000 0,A 0.400,A
	values $one 4 20260308 92 20260309060000 0.150,A
	values $two 4 20260308 92 20260309060000 0.050,E
	values $other 4 20260308 92 20260309060000 0.050,A
} >"$work/1039940674000IntervalData20260423080500001.lse"
# the day of 25 hours comes as Green Button, which has a form for what is missing: 250, 0, an estimated 125, none, 200 …
{
	cat <<-XML
		<feed xmlns="http://www.w3.org/2005/Atom"><entry><link rel="self" href="/U/1"/><link rel="related" href="/U/1/MeterReading"/>
		<title>$one</title><content><UsagePoint xmlns="http://naesb.org/espi"/></content></entry>
		<entry><link rel="self" href="/U/1/MeterReading/1"/><link rel="up" href="/U/1/MeterReading"/>
		<link rel="related" href="/U/1/MeterReading/1/IntervalBlock"/><link rel="related" href="/T/1"/>
		<content><MeterReading xmlns="http://naesb.org/espi"/></content></entry>
		<entry><link rel="self" href="/T/1"/><content><ReadingType xmlns="http://naesb.org/espi"><flowDirection>1</flowDirection>
		<intervalLength>900</intervalLength><uom>72</uom></ReadingType></content></entry>
		<entry><link rel="up" href="/U/1/MeterReading/1/IntervalBlock"/><updated>2025-11-03T11:00:00Z</updated>
		<content><IntervalBlock xmlns="http://naesb.org/espi">
	XML
	for ((i = 0; i < 100; i++)); do
		value=200 quality=17
		case $i in 0) value=250 ;; 1) value=0 ;; 2) value=125 quality=8 ;; 3) continue ;; esac
		echo "<IntervalReading><ReadingQuality><quality>$quality</quality></ReadingQuality><timePeriod><duration>900</duration>" \
			"<start>$((1762059600 + i * 900))</start></timePeriod><value>$value</value></IntervalReading>"
	done
	echo '</IntervalBlock></content></entry></feed>'
} >"$work/green-fall.xml"
for file in green-premises.csv green-rates.csv green-bills.csv 1039940674000IntervalData20260423080500001.lse green-fall.xml; do
	number=$(submitted oncor "$work/$file")
	equals "$file is loaded" 'LOADED 0' "$(json "$work/receipt" $.state $.refused)"; [ "$(json "$work/receipt" $.refused)" = 0 ] || busbar file rejects "$number"
done

# ---- grants and tokens, as OAuth makes them ----

says 'a third party' 0 '' csp add green-csp --name 'Green Third Party'
says 'and another' 0 '' csp add grey-csp --name 'Grey Third Party'
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
app=$(client green-csp green-app-1) grey=$(client grey-csp grey-app-1)
g1=$(granted green-csp "$app" 'FB=4_5_12_15_16;IntervalDuration=900' $one)
g2=$(granted green-csp "$app" 'FB=4_5;IntervalDuration=900' $two)
g3=$(granted grey-csp "$grey" 'FB=4_5;IntervalDuration=900' $other)
of() { sql -c "select $2 from oauth.grant where granted = $1"; }
sub1=$(of "$g1" subscription) sub2=$(of "$g2" subscription) sub3=$(of "$g3" subscription)
a1=$(token ACCESS "$app" "$g1") a2=$(token ACCESS "$app" "$g2") a3=$(token ACCESS "$grey" "$g3")
c1=$(token CLIENT "$app" null) r1=$(token REGISTRATION "$app" null)
bulk=$(sql -c "select bulk from oauth.client where client = $app")
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

# ---- a batch ----

equals 'a subscription in one batch' 200 "$(ask "$a1" $base/Batch/Subscription/$sub1)"
equals 'as Atom' application/atom+xml "$(header Content-Type)"
cp "$work/body" "$work/batch1"
ended
