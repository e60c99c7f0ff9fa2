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
tag=$(header ETag)
holds 'how far reads have come' test -n "$(header Busbar-Loaded-At)"
equals 'also in it' "$(header Busbar-Loaded-At)" "$(json "$work/body" $.freshness.loaded_at)"
equals 'what one has is not sent again' "304" "$(ask $oncor -H "If-None-Match: $tag" "$at")"
equals 'HEAD has the length' "200 $(curl -sS --cacert "$hub_state/tls/ca.pem" -H "Authorization: Bearer $oncor" "$at" | wc -c)" \
	"$(ask $oncor -I "$at") $(header Content-Length)"
ask $oncor --compressed "$at" >/dev/null
equals 'compressed for who wants it' gzip "$(header Content-Encoding)"
equals 'each read is on record' v1 "$(sql -c "select detail->>'door' from audit.event where kind = 'reads.released' order by event desc limit 1")"
ended
