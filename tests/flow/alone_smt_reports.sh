#!/bin/bash
# Reports of the Smart Meter Texas family: into the box, by mail, to be fetched; rights that end on the way. And
# subscriptions.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/api.sh"
trap people_down EXIT
people_up dropd
us=$(date -d "$day" +%m/%d/%Y)
rep=$(state_party rep1)
says 'the box of a retailer' 0 '' account add smt-rep --party "$rep"
token=$(token_of smt-rep)
customer=$(cat "$hub_state/partners/customer1.token") # a static token opens it too

post() { # TOKEN PATH BODY
	ask "$1" -H 'Content-Type: application/json' -d "$3" "$url$2"
}
reads() { # LOGIN DELIVERY FORMAT ESIID...
	local login=$1 delivery=$2 format=$3 list
	shift 3
	list=$(printf ',"%s"' "$@")
	echo "{\"trans_id\":\"r-$RANDOM$RANDOM\",\"requestorID\":\"$login\",\"deliveryMode\":\"$delivery\",\"reportFormat\":\"$format\",
		\"esiid\":[${list#,}],\"startDate\":\"$us\",\"endDate\":\"$us\",\"SMTTermsandConditions\":\"Y\"}"
}
order() { # TOKEN BODY: the number of the report, in $number; status printed
	post "$1" /v2/15minintervalreads/ "$2" >"$work/status"
	number=$(json "$work/body" $.correlationId)
	cat "$work/status"
}
state() { # TOKEN LOGIN: of report $number
	post "$1" /v2/reportrequeststatus/ "{\"requestorID\":\"$2\",\"correlationId\":\"$number\",\"serviceType\":\"ADHOC\"}" >"$work/status"
	json "$work/body" $.statusCode
}
is() { [ "$(state "$1" "$2")" = "$3" ]; }

# ---- into the box ----

mine=$(sql -c "select string_agg(esiid, ' ') from (select p.esiid from reads.rights((select party from party.party where code = '$rep'),
	'interval', tstzrange(null, null), null) r join premise.premise p using (premise) order by 1 limit 12) x")
set -- $mine
order "$token" "$(reads smt-rep FTP CSV $1 $2)" >/dev/null
equals 'a report is ordered' 200 "$(cat "$work/status")"
holds 'with a number' test "$number" -ge 100000001
holds 'and made' within 20 is "$token" smt-rep 0
file=$(json "$work/body" $.fileName)
holds 'of the name known' sh -c "echo '$file' | grep -qE '^IntervalMeterUsage[0-9a-f]{24}[0-9]{14}[.]CSV'"
equals 'it lies in the box' 200 "$(ask "$token" "$url/box/adhocusage/$file")"
equals 'with both premises' "$1 $2" "$(awk -F, 'NR > 1 { print substr($1, 2) }' "$work/body" | sort -u | xargs)"
cp "$work/body" "$work/file"
equals 'and is fetched by its number' 200 "$(ask "$token" "$url/v2/reportfile/$number")"
same 'as the same bytes' "$work/file" "$work/body"
equals 'not by somebody else' 404 "$(ask "$customer" "$url/v2/reportfile/$number")"
equals 'who is not told of it either' '404 4008' "$(post "$customer" /v2/reportrequeststatus/ \
	"{\"requestorID\":\"customer1\",\"correlationId\":\"$number\",\"serviceType\":\"ADHOC\"}") $(json "$work/body" $.errorCode)"
if [ $# -ge 11 ]; then
	order "$token" "$(reads smt-rep API XML "$@")" >/dev/null
	equals 'eleven premises are a report, though the answer was asked for' 200 "$(cat "$work/status")"
	holds 'which is made' within 20 is "$token" smt-rep 0
	equals 'and fetched' '200 application/atom+xml' "$(ask "$token" "$url$(json "$work/body" $.filePath)") $(header Content-Type | cut -d';' -f1)"
	holds 'as XML' xmllint --noout "$work/body"
fi
equals 'a customer has no box' '400 2076 API Integration is not done.' \
	"$(post "$customer" /v2/15minintervalreads/ "$(reads customer1 FTP CSV "$SAMPLE_ESIID_1")") $(json "$work/body" $.errorCode $.errorMessage)"
equals 'all versions are no report' '400 4001' "$(post "$token" /v2/15minintervalreads/ \
	"$(reads smt-rep FTP CSV $1 | sed 's/"trans_id"/"version":"A","trans_id"/')") $(json "$work/body" $.errorCode)"
equals 'nor is what is not one'"'"'s own' '401 4006' "$(post "$token" /v2/15minintervalreads/ "$(reads smt-rep FTP CSV 10443720000099999)") $(json "$work/body" $.errorCode)"

# ---- so many a day: tests/sql/smt.sql counts them ----

sql -c "update smt.report set share = 60 where report = $number" >/dev/null
order "$token" "$(reads smt-rep FTP CSV $1)" >/dev/null
equals 'more than a day has' '429 4005' "$(cat "$work/status") $(json "$work/body" $.errorCode)"
midnight=$(($(TZ=America/Chicago date -d 'tomorrow 00:00' +%s) - $(date +%s) - $(header Retry-After)))
holds 'until the day of Texas is over' test "${midnight#-}" -le 120
equals 'a trans_id with blanks and letters of any kind is one as well' '429 4005' \
	"$(post "$token" /v2/15minintervalreads/ "$(reads smt-rep FTP CSV $1 | sed 's/"trans_id":"[^"]*"/"trans_id":"días 27 Nov 10:00"/')") $(json "$work/body" $.errorCode)"

# ---- by mail ----

mails() { customer_mail "$CUSTOMER1_EMAIL" 'Your report'; }
order "$customer" "$(reads customer1 EML CSV "$SAMPLE_ESIID_1")" >/dev/null
equals 'a report by mail' 200 "$(cat "$work/status")"
holds 'goes to the customer' within 20 mails
holds 'and is said to be delivered' within 20 is "$customer" customer1 0
attached() { # the newest mail's file to standard output
	/usr/bin/python3 - "$hub_state/mail/Maildir/new" "$CUSTOMER1_EMAIL" <<-'PY'
		import email, email.policy, glob, os, sys
		found = []
		for path in glob.glob(sys.argv[1] + '/*'):
		    m = email.message_from_binary_file(open(path, 'rb'), policy=email.policy.default)
		    if 'report' in str(m['Subject']) and str(m['To']).lower() == sys.argv[2].lower():
		        found.append((os.stat(path).st_mtime_ns, path, m))
		for part in max(found)[2].iter_attachments():
		    sys.stdout.buffer.write(part.get_content())
	PY
}
attached >"$work/attached"
busbar reads "$SAMPLE_ESIID_1" --from "$day" --to "$day" --reason flow --format csv >"$work/csv"
same 'with its file' "$work/csv" "$work/attached"
link=$(mails | grep -oE 'https://[^ <>"]+/r/[A-Za-z0-9_-]{43}' | head -n 1)
equals 'the link in it gives the same' 200 "$(ask_plain "$link")"
same 'byte for byte' "$work/csv" "$work/body"
equals 'another link is none' 404 "$(ask_plain "${link%?????}AAAAA")"
holds 'no link is in a log' sh -c "! grep -rqF '${link##*/}' '$hub_state/log'"
equals 'a large one has the link alone' 0 "$(sql -c "begin; update delivery.entry set size = 6 * 1024 * 1024 where entry in (select entry
	from delivery.drop_file f join delivery.drop d using (drop) join smt.report r using (subscription) where r.report = $number
	and not manifest); update mail.outbox set state = 'SENDING', lease_token = '00000000-0000-0000-0000-000000000001', lease_until = 'infinity'
	where mail = (select mail from smt.report where report = $number);
	select count(*) from smt.attachment((select mail from smt.report where report = $number), '00000000-0000-0000-0000-000000000001');
	rollback" | tail -n 1)"

# ---- a right that ends on the way ----

says 'an account that ends' 0 '' account close customer1
holds 'ends its links' sh -c "echo $(ask_plain "$link") | grep -qE '^40[34]$'"
sql -c "update delivery.account set state = 'OPEN' where login = 'customer1'" # for other flows

# ---- subscriptions ----

wants() { # MORE
	echo "{\"trans_id\":\"s-$RANDOM$RANDOM\",\"requestorID\":\"smt-rep\",\"requesterType\":\"REP\",\"requesterAuthenticationID\":\"007929441\",$1
		\"SMTTermsandConditions\":\"Y\"}"
}
enroll='"subscriptionType":"REPENROLL","dataType":"INTERVAL","reportFormat":"CSV","deliveryMode":"FTP","historicalSubscriptionDuration":"3",'
equals 'an enrolment' '200 0000' "$(post "$token" /v2/NewSubscription/ "$(wants "$enroll")") $(json "$work/body" $.statusCode)"
subscription=$(json "$work/body" $.subscriptionNumber)
equals 'is there once' '400 0001 Subcription is already active::007929441' "$(post "$token" /NewSubscription "$(wants "$enroll")") \
$(json "$work/body" $.statusCode '$.CustomerDUNSFaultList[0].reasonCode')"
history() { [ "$(sql -c "select count(*) from delivery.entry e join delivery.account a using (account) where a.login = 'smt-rep'
	and e.folder = 'EnrollmentReports' and e.removed_at is null")" -ge 1 ]; }
holds 'its history comes once' within 30 history
equals 'of some ESI IDs' '200 0000' "$(post "$token" /v2/NewSubscription/ \
	"$(wants "\"subscriptionType\":\"schedule\",\"dataType\":\"DAILY\",\"esiid\":[\"$1\"],")") $(json "$work/body" $.statusCode)"
equals 'not of others'"'"' ones' '401 4006' "$(post "$token" /v2/NewSubscription/ \
	"$(wants '"subscriptionType":"SCHEDULE","dataType":"DAILY","esiid":["10443720000099999"],')") $(json "$work/body" $.errorCode)"
equals 'nor as a third party' '400 4001' "$(post "$token" /v2/NewSubscription/ "$(wants "${enroll/REPENROLL/CSPENROLL}")") $(json "$work/body" $.errorCode)"
equals 'they are listed' "200 $subscription REPENROLL ACTIVE DAILY" "$(post "$token" /v2/Mysubscriptions/ "$(wants '')") \
$(json "$work/body" '$.subscriptionList[0].subscriptionNumber' '$.subscriptionList[0].subscriptionType' '$.subscriptionList[0].status' '$.subscriptionList[1].dataType')"
equals 'by the other name too' "200 $subscription" "$(post "$token" /v2/reportrequeststatus/ "$(wants '"serviceType":"SUBSCRIPTION",')") \
$(json "$work/body" '$.subscriptionList[0].subscriptionId')"
ends() { post "$token" /v2/UnSubscription/ "$(wants "\"subscriptionNumber\":\"$1\",")"; }
equals 'one ends' '200 0000' "$(ends "$subscription") $(json "$work/body" $.statusCode)"
equals 'once' '400 0001' "$(ends "$subscription") $(json "$work/body" $.statusCode)"
equals 'nobody else'"'"'s' '404 4008' "$(ends 1000000) $(json "$work/body" $.errorCode)"
equals 'and may begin again' '200 0000' "$(post "$token" /v2/NewSubscription/ "$(wants "$enroll")") $(json "$work/body" $.statusCode)"
holds 'busbar check finds nothing wrong' busbar check
ended
