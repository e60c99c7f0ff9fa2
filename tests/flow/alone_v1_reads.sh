#!/bin/bash
# Reads by /v1 through nginx: in every form byte for byte as the files made by hand, whose totals are the same; hours,
# days, spans of instants, costs; several premises; what is not there for the caller.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/api.sh"
trap 'api_down' EXIT
holds 'nginx and busbar-apid' api_up

for who in oncor centerpoint aep; do
	says "a box for $who" 0 '' account add v1r-$who --party $who
done
oncor=$(token_of v1r-oncor) centerpoint=$(token_of v1r-centerpoint) aep=$(token_of v1r-aep)
days="normal oncor 10443720000000001 2026-09-01 1039940674000IntervalData20260902073717001.lse $oncor
spring centerpoint 1008901000000000000002 2026-03-08 957877905IntervalData20260309060504001.lse $centerpoint
autumn oncor 10443720000000003 2026-11-01 1039940674000IntervalData20261102062118001.lse $oncor
solar aep 10032780000000004 2026-06-21 007924772IntervalData20260622120000001.lse $aep"

total() { # the sum of a column of a CSV, for rows of a channel: COLUMN CHANNEL
	awk -F, -v column="$1" -v channel="$2" 'NR > 1 && $0 ~ "," channel "(,|\r|$)" { n += $column * 1000 }
		END { printf "%.3f", n / 1000 }' "$work/body"
}
while read -r name tdu esiid day file token; do
	exec 3<&0 </dev/null
	sent $tdu "$data/lse/good/$name.lse" $file
	at="$url/v1/premises/$esiid/reads?from=$day"
	for form in csv:text/csv csv-ext:'text/csv;profile=extended' lse:application/x-lse; do
		equals "$name: as ${form#*:}" 200 "$(ask $token -H "Accept: ${form#*:}" "$at")"
		same "$name: it is what it should be" "$data/out/$name.${form%%:*}" "$work/body"
	done
	ask $token "$at&format=csv" >/dev/null
	load=$(total 6 Consumption) generation=$(total 6 'Surplus Generation')
	equals "$name: JSON has the same totals" "200 $load $generation" \
		"$(ask $token "$at") $(json "$work/body" $.totals.consumption_kwh $.totals.generation_kwh)"
	ask $token "$at&format=csv-ext" >/dev/null
	equals "$name: the longer CSV too" "$load" "$(total 6 Consumption)"
	equals "$name: and Green Button" "$load" "$(ask $token "$at&format=xml" >/dev/null
		python3 - "$work/body" <<-'PY'
			import sys, xml.etree.ElementTree as x
			n = {'a': 'http://www.w3.org/2005/Atom', 'e': 'http://naesb.org/espi'}
			f = x.parse(sys.argv[1]).getroot()
			one = {e.find('.//e:ReadingType/e:flowDirection', n).text: e.find('a:link[@rel="self"]', n).get('href')
				for e in f.findall('a:entry', n) if e.find('.//e:ReadingType', n) is not None}
			meters = [e.find('a:link[@rel="self"]', n).get('href') for e in f.findall('a:entry', n)
				if e.find('.//e:MeterReading', n) is not None
				and any(l.get('href') == one['1'] for l in e.findall('a:link', n))]
			print('%.3f' % (sum(int(v.text) for e in f.findall('a:entry', n)
				if any(l.get('href').startswith(m + '/') for m in meters for l in e.findall('a:link', n))
				for v in e.findall('.//e:IntervalReading/e:value', n)) / 1000))
		PY
	)"
	for by in hour day; do
		equals "$name: by $by the same" "200 $load" \
			"$(ask $token "$at&resolution=$by") $(json "$work/body" $.totals.consumption_kwh)"
	done
	exec 0<&3 3<&-
done <<<"$days"
at=$url/v1/premises/1008901000000000000002/reads?from=2026-03-08
equals 'a spring day has 23 hours' 23 "$(ask $centerpoint "$at&resolution=hour" >/dev/null
	json "$work/body" '$.items[0].readings.size()')"
equals 'and as a day 82800 s' '82800 1' "$(ask $centerpoint "$at&resolution=day" >/dev/null
	json "$work/body" '$.items[0].interval_s' '$.items[0].readings.size()')"
equals 'to midnight in the CSV' ' 00:00' "$(ask $centerpoint "$at&resolution=day&format=csv" >/dev/null
	sed -n 2p "$work/body" | cut -d, -f5)"

# ---- missing and estimated ----

block 10443720000097002 4 20260421 96 0.250 20260422060000 A | sed 's/0\.250,A/0.250,E/5' >"$work/odd"
sent oncor "$work/odd" 1039940674000IntervalData20260422080500971.lse
ask $oncor "$url/v1/premises/10443720000097002/reads?from=2026-04-21&format=xml" >/dev/null
# as Green Button it comes back without its second quarter, as another premise's
sed '/<start>1776748500</d; s/10443720000097002/10443720000097001/' "$work/body" >"$work/odd.xml"
sent oncor "$work/odd.xml"
equals 'a day with a missing quarter comes in' '1 0 95' "$(json "$work/ack" $.meter_days $.rejected $.intervals)"
at=$url/v1/premises/10443720000097001/reads?from=2026-04-21
ask $oncor "$at&resolution=hour" >/dev/null
equals 'an hour with a missing quarter is missing' '- M 1.000 E 1.000 A' "$(json "$work/body" '$.items[0].readings[0].kwh' \
	'$.items[0].readings[0].status' '$.items[0].readings[1].kwh' '$.items[0].readings[1].status' \
	'$.items[0].readings[2].kwh' '$.items[0].readings[2].status')"
equals 'and so is the day' '- M' "$(ask $oncor "$at&resolution=day" >/dev/null
	json "$work/body" '$.items[0].readings[0].kwh' '$.items[0].readings[0].status')"
at=$url/v1/premises/10443720000097001/reads
equals 'instants: what begins between them' '200 2026-04-21T05:30:00Z 2 0.500' \
	"$(ask $oncor "$at?from=2026-04-21T05:30:00Z&to=2026-04-21T06:00:00Z") $(json "$work/body" \
		'$.items[0].readings[0].start' '$.items[0].readings.size()' $.totals.consumption_kwh)"

# ---- several, and none ----

equals 'a list, of which some is not there' '200 2 1008901000000000000002' \
	"$(ask $oncor "$url/v1/reads?esiid=10443720000000001,10443720000000003,1008901000000000000002&from=2026-09-01&to=2026-11-01") $(
		json "$work/body" $.totals.items '$.not_found[0]')"
equals 'asked by a body' '200 2' "$(ask $oncor -H 'Content-Type: application/json' \
	-d '{"esiids":["10443720000000001","10443720000000003"],"from":"2026-09-01","to":"2026-11-01"}' $url/v1/reads) $(
	json "$work/body" $.totals.items)"
equals 'all' '200 -' "$(ask $oncor "$url/v1/reads?esiid=all&from=2026-09-01") $(json "$work/body" '$.not_found[0]')"
equals 'as lines' '200 application/x-ndjson' \
	"$(ask $oncor -H 'Accept: application/x-ndjson' "$url/v1/reads?esiid=all&from=2026-09-01") $(header Content-Type)"
holds 'each of them JSON' python3 -c "import json,sys; [json.loads(l) for l in open('$work/body')]"
refused() { # TOKEN QUERY: status and code
	echo "$(ask "$1" "$url/v1/$2") $(json "$work/body" $.code)"
}
foreign=$(refused $oncor 'premises/1008901000000000000002/reads?from=2026-03-08' && json "$work/body" $.detail)
unknown=$(refused $oncor 'premises/10443720000099999/reads?from=2026-03-08' && json "$work/body" $.detail)
equals 'what is another'"'"'s is not there' '404 NOT_FOUND' "${foreign%%$'\n'*}"
equals 'in the words for what is nowhere' "$unknown" "$foreign"
equals 'an ESI ID must be named' '400 USAGE' "$(refused $oncor 'reads?from=2026-03-08')"
equals 'and a day' '400 USAGE' "$(refused $oncor 'reads?esiid=all')"
equals 'a real one' '400 USAGE' "$(refused $oncor 'reads?esiid=all&from=2026-02-30')"
equals 'ends are behind beginnings' '422 BAD_INPUT' "$(refused $oncor 'reads?esiid=all&from=2026-03-02&to=2026-03-01')"
equals 'no other form' '406 ACCEPT' "$(ask $oncor -H 'Accept: image/png' "$url/v1/reads?esiid=all&from=2026-09-01") $(json "$work/body" $.code)"
equals 'nothing twice in a body' '422 BAD_INPUT' "$(ask $oncor -d '{"esiids":[],"ESIIDS":[]}' -H 'Content-Type: application/json' $url/v1/reads) $(json "$work/body" $.code)"
equals 'nothing but JSON' '415 MEDIA' "$(ask $oncor -d 'a=b' $url/v1/reads) $(json "$work/body" $.code)"

# ---- what an answer tells of itself ----

at="$url/v1/premises/10443720000000001/reads?from=2026-09-01"
ask $oncor "$at" >/dev/null
holds 'how far reads have come' test -n "$(header Busbar-Loaded-At)"
equals 'also in it' "$(header Busbar-Loaded-At)" "$(json "$work/body" $.freshness.loaded_at)"
not_again() {
	ask $oncor "$at" >/dev/null
	tag=$(header ETag)
	[ "$(ask $oncor -H "If-None-Match: $tag" "$at")" = 304 ]
}
holds 'what one has is not sent again' within 10 not_again # what is said of freshness may be five seconds old, and then is new
equals 'HEAD has the length' "200 $(curl -sS --cacert "$hub_state/tls/ca.pem" -H "Authorization: Bearer $oncor" "$at" | wc -c)" \
	"$(ask $oncor -I "$at") $(header Content-Length)"
ask $oncor --compressed "$at" >/dev/null
equals 'compressed for who wants it' gzip "$(header Content-Encoding)"
equals 'each read is on record' v1 "$(sql -c "select detail->>'door' from audit.event where kind = 'reads.released' order by event desc limit 1")"

# ---- premises, and what has changed ----

says 'a REP' 0 '' rep add flow-v1-rep --name 'Flow V1 REP' --certificate 19797 --duns 197979797
says 'and its box' 0 '' account add v1r-rep --party flow-v1-rep
rep=$(token_of v1r-rep)
equals 'the feed begins now' '200 -' "$(ask $rep $url/v1/changes) $(json "$work/body" '$.items[0].esiid')"
cursor=$(json "$work/body" $.cursor)
csv() { # FORMAT COLUMNS RECORD...
	printf 'busbar,%s,1\n%s\n' "$1" "$2" >"$work/$1-97.csv"
	printf '%s\n' "${@:3}" >>"$work/$1-97.csv"
	sent oncor "$work/$1-97.csv"
	equals "$1 comes" 'LOADED 0' "$(json "$work/ack" $.state $.rejected)"
}
csv premise esiid,status,class,effective,rate_class 10443720000097001,ACTIVE,RESIDENTIAL,2020-01-01,V1R
csv meter esiid,meter_number,effective 10443720000097001,M97001,2020-01-01
csv rep esiid,rep,effective 10443720000097001,19797,2026-04-20
csv rate rate,effective,ends,days,from_time,to_time,price,currency,channel \
	V1R,2026-01-01,,ALL,00:00,12:00,0.1,USD, V1R,2026-01-01,,ALL,12:00,24:00,0.2,USD,
csv register esiid,channel,read_date,start_kwh,end_kwh,status 10443720000097001,LOAD,2026-04-23,,100.000,A
csv billing esiid,channel,start_date,end_date,kwh,amount,currency 10443720000097001,LOAD,2026-04-20,2026-04-22,1234.5,99.9,USD
equals 'premises of a REP' '200 10443720000097001 oncor interval 2026-04-20T05:00:00Z rep-of-record null' \
	"$(ask $rep $url/v1/premises) $(json "$work/body" '$.items[0].esiid' '$.items[0].tdu' '$.items[0].readable[1].kind' \
		'$.items[0].readable[1].from' '$.items[0].readable[1].why') $(grep -o '"cursor":null' "$work/body" | cut -d: -f2)"
equals 'with its meter' '200 M97001' "$(ask $rep $url/v1/premises/10443720000097001) $(json "$work/body" '$.meters[0].meter')"
equals 'no others' '404 NOT_FOUND' "$(ask $rep $url/v1/premises/10443720000000001) $(json "$work/body" $.code)"
ask $rep "$url/v1/changes?cursor=$cursor" >/dev/null
equals 'a register too' register "$(json "$work/body" '$.items[0].kind')"
cursor=$(json "$work/body" $.cursor)
block 10443720000097001 4 20260422 96 0.500 20260423060000 A >"$work/more"
sent oncor "$work/more" 1039940674000IntervalData20260423080500972.lse
equals 'reads that came are in the feed' '200 10443720000097001 interval 2026-04-22 -' \
	"$(ask $rep "$url/v1/changes?cursor=$cursor") $(json "$work/body" '$.items[0].esiid' '$.items[0].kind' \
		'$.items[0].first_day' '$.items[0].corrected_first_day')"
next=$(json "$work/body" $.cursor)
block 10443720000097001 4 20260422 96 0.600 20260424060000 A >"$work/more"
sent oncor "$work/more" 1039940674000IntervalData20260424080500973.lse
equals 'corrected ones too' '200 2026-04-22' \
	"$(ask $rep "$url/v1/changes?cursor=$next") $(json "$work/body" '$.items[0].corrected_first_day')"
equals 'of another utility nothing' '200 -' "$(ask $aep "$url/v1/changes?cursor=$next") $(json "$work/body" '$.items[0].esiid')"
equals 'all from a time on' '200 10443720000097001' \
	"$(ask $rep "$url/v1/changes?since=2020-01-01T00:00:00Z") $(json "$work/body" '$.items[0].esiid')"
equals 'a cursor that is none' '422 BAD_INPUT' "$(ask $rep "$url/v1/changes?cursor=x") $(json "$work/body" $.code)"
at=$url/v1/premises/10443720000097001/reads?from=2026-04-22
equals 'versions of a day' '200 48.000 57.600' "$(ask $rep "$at&versions=true") $(json "$work/body" \
	'$.items[0].total_kwh' '$.items[1].total_kwh')"
loaded=$(json "$work/body" '$.items[1].loaded')
equals 'as it is known now' '200 57.600' "$(ask $rep "$at&as_of=$loaded") $(json "$work/body" $.totals.consumption_kwh)"
equals 'and was known before' '200 0' "$(ask $rep "$at&as_of=2020-01-01T00:00:00Z") $(json "$work/body" $.totals.items)"

# ---- costs, registers, bills ----

at=$url/v1/premises/10443720000097001/reads
equals 'what a day costs' '200 8.640000 USD 0 0.060000 0.120000' "$(ask $rep "$at?from=2026-04-22&cost=true") $(json \
	"$work/body" '$.items[0].cost.amount' '$.items[0].cost.currency' '$.items[0].cost.unpriced' \
	'$.items[0].readings[0].cost' '$.items[0].readings[95].cost')"
equals 'and an hour' '200 8.640000 0.240000' "$(ask $rep "$at?from=2026-04-22&cost=true&resolution=hour") $(json \
	"$work/body" '$.items[0].cost.amount' '$.items[0].readings[0].cost')"
equals 'no price, no cost' '200 - -' "$(ask $oncor "$url/v1/premises/10443720000000001/reads?from=2026-09-01&cost=true") $(json \
	"$work/body" '$.items[0].cost' '$.items[0].readings[0].cost')"
equals 'a register whose start nobody knows' '200 - 100.000' "$(ask $rep "$at?kind=register&from=2026-04-23") $(json \
	"$work/body" '$.items[0].start_kwh' '$.items[0].end_kwh')"
holds 'is the same as CSV' grep -q "^'10443720000097001,04/23/2026,.*,,100.000,,A,Consumption" <(
	ask $rep "$at?kind=register&from=2026-04-23&format=csv" >/dev/null; cat "$work/body")
equals 'a bill' '200 1234.500 99.9000' "$(ask $rep "$at?kind=billing&from=2026-04-20&to=2026-04-30") $(json \
	"$work/body" $.totals.consumption_kwh '$.items[0].amount')"
equals 'has no hours' '400 USAGE' "$(ask $rep "$at?kind=billing&from=2026-04-20&resolution=hour") $(json "$work/body" $.code)"
equals 'nor is Green Button' '406 ACCEPT' "$(ask $rep "$at?kind=billing&from=2026-04-20&format=xml") $(json "$work/body" $.code)"

# ---- the manual's first reading ----

awk '/run by tests.flow.alone_v1_reads/ { here = 1 } here && /^```$/ { exit } here && told { print } here && /^```sh$/ { told = 1 }' \
	"$source/docs/api.md" | sed "s|https://hub.example:8444|$url|; s|^curl |curl --fail --cacert $hub_state/tls/ca.pem |
		s|(curl |(curl --fail --cacert $hub_state/tls/ca.pem |" >"$work/first.sh"
holds 'the manual has its first reading' test "$(grep -c '^curl' "$work/first.sh")" -ge 6
holds 'which goes as it says' env TOKEN="$rep" bash -euc '. "$1" >"$2"' - "$work/first.sh" "$work/first.out"
holds 'and gives a cursor' grep -q '"cursor":"[0-9:.]*"' "$work/first.out"
holds 'and a day' grep -q '"esiid":"10443720000097001"' "$work/first.out"

# ---- memory does not grow with an answer ----

# 60 premises for 50 days: 3,000 meter-days
awk 'BEGIN {
	for (m = 1; m <= 60; m++)
		for (d = 0; d < 50; d++) {
			day = strftime("%Y%m%d", 1767290400 + d * 86400)
			id = sprintf("104437200000973%02d", m)
			printf "00000001,%s,4,%s000000,%s235959,Y,N\n00000002,,,1,0,1,0,900,01,,,,\n00000003,\n", id, day, day
			printf "00000004,20260422060000,M\n10000000"
			for (i = 0; i < 96; i++)
				printf ",%.3f,A,", (m + i) / 100
			printf "\n"
		}
}' >"$work/many"
sent oncor "$work/many" 1039940674000IntervalData20260422080500974.lse
equals 'many days come in' 3000 "$(json "$work/ack" $.accepted)"
pid=$(pgrep -f "$hub_programs/bin/busbar-apid -c" | while read -r p; do
	[ "$(cat /proc/$p/comm)" = busbar-apid ] && echo $p; done | head -n 1)
most() { sed -n 's/^VmHWM:[[:space:]]*\([0-9]*\) kB/\1/p' /proc/$pid/status; }
at="$url/v1/reads?esiid=all&from=2026-01-01"
for form in json ndjson csv csv-ext xml; do
	equals "a day of all as $form" 200 "$(ask $oncor "$at&format=$form")"
done
before=$(most)
for form in json ndjson csv csv-ext xml; do
	equals "50 days of all as $form" 200 "$(ask $oncor "$at&to=2026-02-19&format=$form")"
	holds "which is large" test "$(stat -c %s "$work/body")" -gt 15000000
	[ $form != json ] || equals 'all of them' '3000 3000' "$(header Busbar-Items) $(grep -c '"esiid"' "$work/body")"
done
# less than one of the answers; what malloc keeps differs by some MB
holds 'took little more memory than one' test $(($(most) - before)) -lt 12000
holds 'and no file is left' test -z "$(find "$hub_state/store" -maxdepth 1 -type f)"
ended
