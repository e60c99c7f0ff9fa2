#!/bin/bash
# Green Button: a third party's program takes a customer's usage by OAuth tokens, through nginx.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/green.sh"

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
app=$(client green-csp green-app-1) grey=$(client grey-csp grey-app-1)
g1=$(granted green-csp "$app" 'FB=4_5_12_15_16;IntervalDuration=900' $one)
g2=$(granted green-csp "$app" 'FB=4_5;IntervalDuration=900' $two)
g3=$(granted grey-csp "$grey" 'FB=4_5;IntervalDuration=900' $other)
sub1=$(of "$g1" subscription) sub2=$(of "$g2" subscription) sub3=$(of "$g3" subscription)
a1=$(token ACCESS "$app" "$g1") a2=$(token ACCESS "$app" "$g2") a3=$(token ACCESS "$grey" "$g3")
c1=$(token CLIENT "$app" null) r1=$(token REGISTRATION "$app" null)
bulk=$(sql -c "select bulk from oauth.client where client = $app")

# ---- a batch ----

equals 'a subscription in one batch' 200 "$(ask "$a1" $base/Batch/Subscription/$sub1)"
equals 'as Atom' application/atom+xml "$(header Content-Type)"
cp "$work/body" "$work/batch1"
valid 'it is valid'
links 'and tied together' "$a1" $base/Batch/Subscription/$sub1
equals 'one usage point, two series, a zone' '1 2 2 1' \
	"$(entries UsagePoint) $(entries MeterReading) $(entries ReadingType) $(entries LocalTimeParameters)"
equals 'a block a day and series' 5 "$(entries IntervalBlock)"
equals 'of 23, 24 and 25 hours' '1 3 1' "$(count '<interval><duration>82800<') $(count '<interval><duration>86400<') $(count '<interval><duration>90000<')"
equals 'with 92, 96 and 100 quarter-hours but the missing one' $((92 + 3 * 96 + 99)) "$(count '<IntervalReading>')"
equals 'zero is a reading, an estimated one says so' '1 1' \
	"$(grep -c '<start>1762060500</start></timePeriod><value>0</value>' "$work/body") $(count '<quality>8</quality></ReadingQuality><timePeriod><duration>900</duration><start>1762061400<')"
equals 'what is missing is not there' 0 "$(grep -c '<start>1762062300</start></timePeriod>' "$work/body")"
total() { # of the values in $work/body, in Wh
	grep -o '</timePeriod><value>[0-9-]*' "$work/body" | awk -F'>' '{ sum += $3 } END { print sum + 0 }'
}
csv_total() { # ESIID: by the operator's CSV
	busbar reads "$1" --from 2025-06-01 --to 2026-06-01 --reason test --format csv | tr -d '\r' |
		awk -F, 'NR > 1 { sum += $6 * 1000 } END { printf "%.0f\n", sum }'
}
equals 'the sum is that of the CSV' "$(csv_total $one)" "$(total)"
equals 'costs where there is a price' "$(( 92 / 2 - 2 + 96 / 2 + 96 + (48 - 1 + 4) ))" "$(count '<cost>')"
equals 'to the hundred-thousandth: 0.150 kWh at 0.1' 44 "$(count '<cost>1500</cost>')"
equals 'bills' 2 "$(entries UsageSummary)"
equals 'with amounts and their lines' '8417000 8417000 3' \
	"$(sed -n 's/.*<billLastPeriod>\([0-9]*\)<.*<costAdditionalLastPeriod>\([0-9]*\)<.*/\1 \2/p' "$work/body") $(count '<costAdditionalDetailLastPeriod>')"
equals 'text of others is escaped' 1 "$(count '<note>Energy &amp; more</note>')"
equals 'nothing names the customer' '0 0' "$(grep -c "$one" "$work/body") $(grep -ciE '10443720|green-app' "$work/body")"
equals 'the short address is the same' "200 $(entries IntervalBlock)" \
	"$(ask "$a1" $url/espi/1_1/resource/Batch/Subscription/$sub1) $(entries IntervalBlock)"
equals 'without costs and bills where the grant has none' '200 0 0 0' \
	"$(ask "$a2" $base/Batch/Subscription/$sub2) $(count '<cost>') $(count '<currency>') $(entries UsageSummary)"
valid 'valid too'
links 'and tied' "$a2" $base/Batch/Subscription/$sub2
ids() { sed -n 's/^<id>\(.*\)<\/id>$/\1/p' "$1" | sed 1d; }
ask "$a1" $base/Batch/Subscription/$sub1 >/dev/null
same 'ids are the same each time' <(ids "$work/batch1") <(ids "$work/body")
busbar reads $one --from 2026-03-08 --to 2026-03-08 --reason test --format espi >"$work/file.xml"
equals 'and in files' '' "$(ids "$work/file.xml" | grep -vxFf <(ids "$work/batch1"; sed -n 's/.*\/ReadingType\/\([0-9a-f-]*\)".*/urn:uuid:\1/p' "$work/file.xml"))"
released() { sql -c "select count(*) from audit.event where kind = 'reads.released' and detail ->> 'door' = 'espi'"; }
before=$(released)
ask "$a1" $base/Batch/Subscription/$sub1 >/dev/null
equals 'each release is on record: of days and of bills' $((before + 2)) "$(released)"

# ---- single resources and their feeds ----

point=$(sed -n 's/.*rel="self" type="espi-entry\/UsagePoint" href="\([^"]*\)".*/\1/p' "$work/body")
for row in "$base/Subscription/$sub1/UsagePoint UsagePoint 1" "$point UsagePoint 1" "$base/ReadingType ReadingType 2" \
	"$base/LocalTimeParameters LocalTimeParameters 1" "$point/MeterReading MeterReading 2" "$point/UsageSummary UsageSummary 2" \
	"$point/ElectricPowerUsageSummary UsageSummary 2" "$point/ElectricPowerQualitySummary ElectricPowerQualitySummary 0"; do
	read -r address of n <<<"$row"
	equals "${address#"$base"}" "200 $n" "$(ask "$a1" "$address") $(entries "$of")"
	valid 'is valid'
done
equals 'power quality there is none' 404 "$(ask "$a1" "$point/ElectricPowerQualitySummary/${point##*/}")"

# ---- query parameters ----

blocks() { # QUERY: their titles
	ask "$a1" "$base/Batch/Subscription/$sub1?$1" >"$work/status"
	sed -n 's/^<title>\(20[0-9-]*\)<\/title>$/\1/p' "$work/body" | tr '\n' ' '
}
equals 'all' '2025-11-01 2025-11-02 2025-11-03 2025-11-03 2026-03-08 ' "$(blocks '')"
equals 'from the second to the last but one' '2025-11-02 2025-11-03 2025-11-03 ' \
	"$(blocks 'published-min=2025-11-02T05:00:00Z&published-max=2025-11-04T06:00:00Z')"
links 'still tied together' "$a1" "$base/Batch/Subscription/$sub1?published-min=2025-11-02T05:00:00Z&published-max=2025-11-04T06:00:00Z"
equals 'blocks are cut as a whole' '2025-11-03 2025-11-03 ' \
	"$(blocks 'PublishedMin=2025-11-02T05:00:01Z&publishedMax=2026-03-09T04:59:59Z')"
equals 'an offset is a time too' '2025-11-02 2025-11-03 2025-11-03 2026-03-08 ' "$(blocks 'published-min=2025-11-02T00:00:00-05:00')"
equals 'nothing of the future' ' 200' "$(blocks 'updated-min=2100-01-01T00:00:00Z') $(cat "$work/status")"
for bad in published-min=All published-min=03/01/2016 published-max=1 max-results=All depth=All start-index=0 start-index=-1 \
	updated-min= max-results=1.5 'published-min=2026-01-01T00:00:00Z&publishedMin=2026-01-01T00:00:00Z' max-results=99999999999999999999 \
	updated-max=2026-13-01T00:00:00Z 'start-index=%zz'; do
	equals "$bad is refused" 400 "$(ask "$a1" "$base/Batch/Subscription/$sub1?$bad")"
done
equals 'what is not known is let pass' 200 "$(ask "$a1" "$base/Batch/Subscription/$sub1?view=full")"
ask "$a1" "$base/Batch/Subscription/$sub1" >/dev/null
ids "$work/body" >"$work/whole"
next="$base/Batch/Subscription/$sub1?max-results=4" pages=0
: >"$work/paged"
while [ -n "$next" ] && [ $pages -lt 9 ]; do
	ask "$a1" "$next" >"$work/status"
	ids "$work/body" >>"$work/paged"
	next=$(hrefs next espi-feed/page)
	pages=$((pages + 1))
	if [ $pages = 1 ]; then # a day comes while a reader pages on
		values $one 4 20251031 96 20251101060000 0.100,A >"$work/1039940674000IntervalData20260424080500001.lse"
		submitted oncor "$work/1039940674000IntervalData20260424080500001.lse" >/dev/null
	fi
done
same 'pages are the whole, without loss or repeat, while data arrive' "$work/whole" "$work/paged"
equals 'the new day is there now' '2025-10-31 ' "$(blocks '' | cut -c1-11)"
ask "$a1" "$base/Batch/Subscription/$sub1?Published-Min=2025-11-02T00:00:00-05:00&max-results=1" >/dev/null
holds 'the next page has the same filter, however it was written' sh -c "echo '$(hrefs next espi-feed/page)' | grep -qi 'published-min=2025-11-02'"
since=$(sql -c "select to_char(max(loaded_at) at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') from ledger.file")
values $one 4 20260308 92 20260310060000 0.151,A >"$work/1039940674000IntervalData20260425080500001.lse"
newer() { [ "$(date -u +%FT%TZ)" \> "$since" ]; }
within 5 newer
submitted oncor "$work/1039940674000IntervalData20260425080500001.lse" >/dev/null
after=$(sql -c "select to_char(max(loaded_at) at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') from ledger.file")
equals 'updated-min gives what was corrected since, and that alone' '2026-03-08 ' "$(blocks "updated-min=$after")"
equals 'under its id, with its time' "1 1" "$(grep -c "^<id>$(grep -B9 '^<title>2026-03-08' "$work/batch1" | sed -n 's/^<id>\(.*\)<\/id>/\1/p' | tail -n 1)" "$work/body") $(grep -A2 '^<title>2026-03-08' "$work/body" | grep -c "<updated>$after")"

# ---- who may ----

random=$(cat /proc/sys/kernel/random/uuid)
equals "another's subscription is none" '404 404' "$(ask "$a1" $base/Batch/Subscription/$sub2) $(ask "$a1" $base/Batch/Subscription/$random)"
said() { sed 's/,"request":.*//' "$work/body"; }
ask "$a1" $base/Batch/Subscription/$random >/dev/null
words=$(said)
ask "$a1" $base/Batch/Subscription/$sub3 >/dev/null
equals 'in the same words' "$words" "$(said)"
equals 'what is no id is none' 404 "$(ask "$a1" $base/Batch/Subscription/1)"
equals 'nor is a usage point of others' '404 404' \
	"$(ask "$a3" "$base/Batch/Subscription/$sub3/UsagePoint/${point##*/}") $(ask "$a3" "$base/Subscription/$sub3/UsagePoint/${point##*/}")"
equals 'one usage point in a batch' '200 1' "$(ask "$a1" "$base/Batch/Subscription/$sub1/UsagePoint/${point##*/}") $(entries UsagePoint)"
equals 'all of a client in bulk' '200 2' "$(ask "$c1" $base/Batch/Bulk/$bulk) $(entries UsagePoint)"
valid 'is valid'
equals 'the sum is that of both' $(($(csv_total $one) + $(csv_total $two))) "$(total)"
equals 'no other bulk' 404 "$(ask "$c1" $base/Batch/Bulk/$random)"
equals 'runs' '200 application/xml' "$(ask "$c1" $base/ReadServiceStatus) $(header Content-Type)"
valid 'as the status says'
equals 'two grants, and what the client has of itself' '200 4' "$(ask "$c1" $base/Authorization) $(entries Authorization)"
valid 'is valid'
authorization=$(of "$g1" authorization_id)
equals 'of one' '200 1 1' "$(ask "$c1" $base/Authorization/$authorization) $(entries Authorization) $(count '<status>1</status>')"
valid 'is valid'
links 'and each answers' "$c1" $base/Authorization
information=$(sql -c "select information from oauth.client where client = $app")
equals 'the record of the application' 200 "$(ask "$r1" $base/ApplicationInformation/$information)"
valid 'is valid'
equals 'with its text escaped' 1 "$(count '<client_name>App &amp; Co</client_name>')"
equals 'not that of another' 404 "$(ask "$r1" $base/ApplicationInformation/$random)"

equals 'without a token there is nothing' '401 401' "$(ask none $base/ReadServiceStatus) $(timeout 20 curl -sS --cacert "$hub_state/tls/ca.pem" -o "$work/body" -w '%{http_code}' $base/ReadServiceStatus)"

# the custodian itself: what was granted, to whomever, with a reason
busbar custodian token --reason 'flow 97' --hours 2 --json >"$work/out" 2>"$work/err"
d1=$(json "$work/out" '$.**.token')
equals 'the custodian takes a subscription of any' "200 $(csv_total $other)" "$(ask "$d1" $base/Batch/Subscription/$sub3) $(total)"
valid 'is valid'
equals 'with the reason on record' 'custodian flow 97' "$(sql -F' ' -c "select actor, detail ->> 'reason' from audit.event
	where kind = 'reads.released' order by event desc limit 1")"
equals "and a client's bulk" "200 2 $(($(csv_total $one) + $(csv_total $two)))" "$(ask "$d1" $base/Batch/Bulk/$bulk) $(entries UsagePoint) $(total)"
busbar account add green-oncor --party oncor >/dev/null && busbar credential add green-oncor --token --json >"$work/out"
u1=$(json "$work/out" $.secret)
equals 'a utility asks whether it runs, and no more' '200 403' "$(ask "$u1" $base/ReadServiceStatus) $(ask "$u1" $base/Authorization)"
equals 'usage points of all grants, a page of them' '200 1' "$(ask "$d1" "$base/UsagePoint?max-results=1") $(entries UsagePoint)"
# one that takes by its own token alone has no address to lead back to
sql -c "insert into oauth.client (csp, client_id, name, redirect_uris, scopes) select csp, 'green-no-way-back', 'No way back', '{}', scopes
	from oauth.client where client = $app" >/dev/null
equals 'all clients' 200 "$(ask "$d1" $base/ApplicationInformation)"
valid 'is valid'
holds 'more than one' test "$(entries ApplicationInformation)" -ge 2
equals 'nothing of what is no grant' 404 "$(ask "$d1" $base/Batch/Subscription/$random)"
says 'a reason must be there' 64 reason custodian token
ask "$a1" $base/Batch/Subscription/$sub1 >/dev/null
block=$(sed -n 's/.*rel="self" type="espi-entry\/IntervalBlock" href=".*\/\([^"]*\)".*/\1/p' "$work/body" | head -n 1)

# every address, with each class of token: whose it is 200, others 403, nobody 401; no method but GET
expired=$(token ACCESS "$app" "$g1" -1)
while read -r class address; do
	case $class in
	A) want='200 403 403 200' ;;
	C) want='403 200 403 200' ;;
	R) want='403 403 200 200' ;;
	*) want='403 403 403 200' ;;
	esac
	equals "$address is for $class and the custodian, and cannot be written" "$want 401 401 405 405" \
		"$(for who in "$a1" "$c1" "$r1" "$d1" "$expired" bba_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA; do
			ask "$who" "$base$address"; echo; done | tr '\n' ' ')$(ask "$a1" -X PUT -d x "$base$address") $(ask "$d1" -X POST -d x "$base$address")"
done <<-ROWS
	C /ReadServiceStatus
	D /ApplicationInformation
	R /ApplicationInformation/$information
	C /Authorization
	C /Authorization/$authorization
	A /Batch/Subscription/$sub1
	A /Batch/Subscription/$sub1/UsagePoint/${point##*/}
	C /Batch/Bulk/$bulk
	D /Batch/RetailCustomer/$(of "$g1" retail_customer)/UsagePoint
	A /LocalTimeParameters
	A /ReadingType
	A /Subscription/$sub1/UsagePoint
	A ${point#"$base"}
	A ${point#"$base"}/MeterReading
	A ${point#"$base"}/UsageSummary
	A ${point#"$base"}/ElectricPowerQualitySummary
	A ${point#"$base"}/ElectricPowerUsageSummary
	D /UsagePoint
	D /UsagePoint/${point##*/}
	D /MeterReading
	D /IntervalBlock
	D /IntervalBlock/$block
	D /Customer
	D /CustomerAccount
	D /CustomerAgreement
	D /ServiceLocation
	D /ServiceSupplier
	D /Meter
	D /EndDevice
	D /Statement
ROWS

# ---- the end ----

equals 'a third party gives a grant back' '200 1' "$(ask "$c1" -X DELETE $base/Authorization/$authorization) $(count '<status>0</status>')"
equals 'its token is none from then on' 401 "$(ask "$a1" $base/Batch/Subscription/$sub1)"
equals 'bulk has the others alone' '200 1' "$(ask "$c1" $base/Batch/Bulk/$bulk) $(entries UsagePoint)"
equals 'the agreement has ended' 'TERMINATED CSP' \
	"$(sql -F' ' -c "select a.state, a.moved_by from agreement.agreement a join oauth.grant g using (agreement) where g.granted = $g1")"
equals 'once more changes nothing' 200 "$(ask "$c1" -X DELETE $base/Authorization/$authorization)"
equals 'nor can one of others be ended' 404 "$(ask "$c1" -X DELETE "$base/Authorization/$(of "$g3" authorization_id)")"
equals 'nor by its own token' 403 "$(ask "$a2" -X DELETE "$base/Authorization/$(of "$g2" authorization_id)")"
equals 'the custodian ends one' '200 1 TERMINATED OPERATOR' "$(ask "$d1" -X DELETE "$base/Authorization/$(of "$g3" authorization_id)") $(count '<status>0</status>') \
$(sql -F' ' -c "select a.state, a.moved_by from agreement.agreement a join oauth.grant g using (agreement) where g.granted = $g3")"
ended
