#!/bin/bash
# The Smart Meter Texas family as its clients call it, through nginx: tokens, reads, what customers' own programs
# ask, and what is refused in which words. A customer, the retailer of its home, a third party before and after its
# yes.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/api.sh"
trap people_down EXIT
people_up dropd

# ---- customers with accounts, a third party ----

us=$(date -d "$day" +%m/%d/%Y)
equals 'each has a name, a password and a token' 6 \
	"$(ls "$hub_state/partners"/{customer1,customer2,business1}.{password,token} | wc -l)"
state_env
holds 'which scripts are told' grep -q "^CUSTOMER1_USER='customer1'" "$hub_state/demo.env"
holds 'and no key: a customer has no box' sh -c "! grep -q CUSTOMER1_SSH_KEY '$hub_state/demo.env'"
says 'a third party' 0 '' csp add smt-csp --name 'SMT Third Party' --contact agreements@smt-csp.example
says 'its box' 0 smt-csp account add smt-csp --party smt-csp
busbar credential add smt-csp --password --json >"$work/out"
csp_password=$(json "$work/out" $.secret)
customer_password=$(cat "$hub_state/partners/customer1.password")

post() { # TOKEN PATH BODY: the status
	local token=$1 path=$2 body=$3
	shift 3
	ask_plain ${token:+-H "Authorization: Bearer $token"} -H 'Content-Type: application/json' "$@" -d "$body" "$url$path"
}
login() { # LOGIN PASSWORD: a token
	post '' /v2/token/ "{\"username\":\"$1\",\"password\":\"$2\"}" >"$work/status"
	json "$work/body" $.accessToken
}
reads() { # LOGIN FUNCTION ESIID OPTIONS
	echo "{\"trans_id\":\"t-1\",\"requestorID\":\"$1\",\"requesterType\":\"RES\",\"deliveryMode\":\"API\",
		\"reportFormat\":\"JSON\",\"version\":\"L\",\"readingType\":\"C\",\"esiid\":[\"$2\"],
		\"startDate\":\"${3:-$us}\",\"endDate\":\"${4:-$us}\",\"SMTTermsandConditions\":\"Y\"}"
}

# ---- tokens ----

customer=$(login customer1 "$customer_password")
equals 'a token' 200 "$(cat "$work/status")"
equals 'with the names and forms of Smart Meter Texas' '200 Bearer 3600 true true' \
	"$(json "$work/body" $.statusCode $.tokenType $.expiresIn \
		'$.issuedAt like_regex "^[01][0-9]/[0-3][0-9]/20[0-9]{2} [0-2][0-9]:[0-5][0-9]:[0-5][0-9]$"' \
		'$.expiresAt like_regex "^[01][0-9]/[0-3][0-9]/20[0-9]{2} [0-2][0-9]:[0-5][0-9]:[0-5][0-9]$"')"
issued=$(json "$work/body" $.issuedAt) expires=$(json "$work/body" $.expiresAt)
chicago() { TZ=America/Chicago date -d "TZ=\"America/Chicago\" $1" +%s; }
equals 'of 3600 seconds' 3600 $(($(chicago "$expires") - $(chicago "$issued")))
holds 'by the clock of Texas' test $(($(date +%s) - $(chicago "$issued"))) -lt 60
equals 'without a name' '400 {"error":"Please provide username."}' "$(post '' /v2/token/ '{"password":"x"}') $(cat "$work/body")"
equals 'without a password' '400 {"error":"Please provide password."}' "$(post '' /v2/token/ '{"username":"customer1"}') $(cat "$work/body")"
wrong='401 {"error":"Incorrect username or password."}'
equals 'a wrong one' "$wrong" "$(post '' /v2/token/ '{"username":"customer1","password":"not it at all"}') $(cat "$work/body")"
equals 'nobody' "$wrong" "$(post '' /v2/token/ '{"username":"nobody-here","password":"not it at all"}') $(cat "$work/body")"
equals 'whatever the capitals and slashes' '200 200 200 200' "$(for path in /v2/token /V2/Token/ /token/ /TOKEN; do
	post '' $path "{\"Username\":\"CUSTOMER1\",\"PASSWORD\":\"$customer_password\"}"; echo; done | xargs)"

# ---- the four words for what was shown ----

basic() { # NAME:PASSWORD
	ask_plain -u "$1" -H 'Content-Type: application/json' -d "$(reads customer1 "$SAMPLE_ESIID_1")" $url/v2/15minintervalreads/
}
equals 'nothing shown' '403 {"error":"Basic authentication header is missing."}' \
	"$(post '' /v2/15minintervalreads/ "$(reads customer1 "$SAMPLE_ESIID_1")") $(cat "$work/body")"
equals 'no name' '400 {"error":"Please provide username."}' "$(basic ":x") $(cat "$work/body")"
equals 'no password' '400 {"error":"Please provide password."}' "$(basic "customer1:") $(cat "$work/body")"
equals 'the wrong one' "$wrong" "$(basic "customer1:wrong wrong wrong") $(cat "$work/body")"
says 'one may have it off' 0 '' account smt customer1 --basic off
equals 'the right one, by an account that has not switched that on' 403 "$(basic "customer1:$customer_password")"
says 'it is switched on' 0 '' account smt customer1 --basic on
equals 'and opens' 200 "$(basic "customer1:$customer_password")"
says 'and off' 0 '' account smt customer1 --basic off
equals 'and does not' 403 "$(basic "customer1:$customer_password")"
equals 'a token that is none' 401 "$(post bbs_nothing /v2/15minintervalreads/ "$(reads customer1 "$SAMPLE_ESIID_1")")"
equals 'in JSON' '{"error":"Invalid Token","message":"Invalid Token"}' "$(cat "$work/body")"

# ---- reads ----

interval() { post "$1" /v2/15minintervalreads/ "$2"; }
equals 'a day of a home, to who lives there' 200 "$(interval "$customer" "$(reads customer1 "$SAMPLE_ESIID_1")")"
equals 'as Smart Meter Texas says it' "t-1 $SAMPLE_ESIID_1 $us C" \
	"$(json "$work/body" $.trans_id $.esiid '$.energyData[0].DT' '$.energyData[0].RT')"
rd=$(json "$work/body" '$.energyData[0].RD')
equals 'of 100 slots' 100 "$(echo "$rd" | tr ',' '\n' | wc -l)"
kwh() { busbar reads "$SAMPLE_ESIID_1" --from "$day" --to "$day" --reason flow --format csv | awk -F, 'NR > 1 && $8 ~ /^Cons/ { s += $6 } END { printf "%.3f", s }'; }
equals 'whose sum is the hub'"'"'s' "$(kwh)" "$(echo "$rd" | tr ',' '\n' | sed 's/-[AE]$//' | awk '{ s += $1 } END { printf "%.3f", s }')"
equals 'capitals make no difference' 200 "$(post "$customer" /v2/15MinIntervalReads \
	"$(reads customer1 "$SAMPLE_ESIID_1" | sed 's/"esiid"/"ESIID"/; s/"API"/"api"/; s/"C"/"c"/; s/"Y"/"y"/; s/"L"/"l"/')")"
equals 'daily reads' '200 '"$us" "$(post "$customer" /v2/dailyreads/ "$(reads customer1 "$SAMPLE_ESIID_1")") $(json "$work/body" '$.registeredReads[0].readDate')"
holds 'with readings of three decimals, as text' sh -c "grep -qE '\"startReading\":\"[0-9]+\\.[0-9]{3}\",\"endReading\":\"[0-9]+\\.[0-9]{3}\",\"energyDataKwh\":\"[0-9]+\\.[0-9]{3}\"' '$work/body'"
month=$(date -d "$day -120 days" +%m/%d/%Y)
equals 'monthly reads' 200 "$(post "$customer" /v2/monthlybillingInformation/ "$(reads customer1 "$SAMPLE_ESIID_1" "$month")")"
equals 'whether or not there are any' true "$(json "$work/body" 'exists($.billingData[0].actualkWh) || $.errorCode == "1"')"
equals 'Green Button' '200 application/atom+xml' "$(post "$customer" /v2/greenbutton/ "$(reads customer1 "$SAMPLE_ESIID_1")") $(header Content-Type | cut -d';' -f1)"
holds 'which is XML' xmllint --noout "$work/body"
equals 'CSV' 200 "$(post "$customer" /v2/15minintervalreads/ "$(reads customer1 "$SAMPLE_ESIID_1" | sed 's/"JSON"/"CSV"/')")"
busbar reads "$SAMPLE_ESIID_1" --from "$day" --to "$day" --reason flow --format csv | grep -v 'Surplus' >"$work/csv"
same 'as the hub has it' "$work/csv" "$work/body"
long_ago='{"errorCode":"1","errorMessage":"No data received from the respective TDSP"}'
equals 'days of which there is nothing' "200 $long_ago" \
	"$(interval "$customer" "$(reads customer1 "$SAMPLE_ESIID_1" "$month" "$month")") $(cat "$work/body")"
equals 'told apart from an answer, if wished' '404 1001' "$(interval "$customer" \
	"$(reads customer1 "$SAMPLE_ESIID_1" "$month" "$month" | sed 's/}$/,"extended":"Y"}/')") $(json "$work/body" $.errorCode)"

# ---- what is refused ----

refused() { # SENTENCE EXPECTED SED: of the customer's request, changed
	equals "$1" "$2" "$(interval "$customer" "$(reads customer1 "$SAMPLE_ESIID_1" | sed "$3")") $(json "$work/body" $.errorCode)"
}
refused 'somebody else'"'"'s name' '401 4007' 's/customer1/customer2/'
holds 'in the words known' grep -q 'Username/ServiceID Mismatch on both Header and Payload message.' "$work/body"
refused 'no name' '400 4001' 's/"requestorID"/"requestor"/'
refused 'terms not accepted' '400 4003' 's/"Y"/"N"/'
refused 'or not named' '400 4003' 's/"SMTTermsandConditions"/"terms"/'
refused 'a date of another form' '400 4002' "s,\"startDate\":\"[^\"]*,\"startDate\":\"$day,"
holds 'in the words known' grep -q 'Invalid Date. Expected format of: startDate is MM/dd/yyyy' "$work/body"
refused 'an end before the start' '400 4002' "s,\"startDate\":\"[^\"]*,\"startDate\":\"12/31/2099,"
refused 'more days than a request may have' '400 4004' "s,\"startDate\":\"[^\"]*,\"startDate\":\"01/01/2020,"
refused 'no ESI ID' '400 4001' 's/\["1[0-9]*"\]/[]/'
refused 'a bad one' '400 4001' 's/\["1[0-9]*"\]/["10443720"]/'
refused 'one twice' '400 4001' 's/\[\("1[0-9]*"\)\]/[\1,\1]/'
foreign=$(interval "$customer" "$(reads customer1 "$SAMPLE_ESIID_2")"; sed 's/t-1//' "$work/body")
equals 'the home of somebody else' 401 "${foreign:0:3}"
equals 'is said to be what one is that there is not' "$foreign" \
	"$(interval "$customer" "$(reads customer1 10443720000099999)"; sed 's/t-1//' "$work/body")"
equals 'bad JSON' 400 "$(interval "$customer" '{"a":')"
equals 'a member twice' 422 "$(interval "$customer" '{"esiid":["1"],"ESIID":["2"]}')"
equals 'too large' 413 "$(head -c 100000 /dev/zero | tr '\0' ' ' >"$work/blanks"; ask "$customer" -d @"$work/blanks" $url/v2/dailyreads/)"
equals 'no such function' '404 application/json' "$(post "$customer" /v2/nothing/ '{}') $(header Content-Type)"
equals 'no such method' '405 POST' "$(ask "$customer" $url/v2/dailyreads/) $(header Allow)"

# ---- premises and meters ----

premise() { echo "{\"trans_id\":\"9\",\"requestorID\":\"customer1\",\"SMTTermsandConditions\":\"Y\",$1}"; }
equals 'a meter' "200 9 $SAMPLE_METER_1" "$(post "$customer" /v2/meterInfo/ "$(premise "\"ESIIDMeterList\":[{\"esiid\":\"$SAMPLE_ESIID_1\"}]")") \
$(json "$work/body" $.trans_id $.MeterData.meterSerialNumber)"
names='KWHMeterMultiplier configuredChannels manufacturerName meterClass intervalSetting reverseFlowHandling DGChannel disconnect
	meterStatus meterPhases meterModel testDate installationDate initialProvisionDate LastUpdated communicationIndicator
	instrumentRated currentTransformersRatio potentialTransformersRatio esiFirmwareVersion HANProtocol smartEnergyProfile'
equals 'with all its fields' '' "$(for name in $names; do grep -q "\"$name\":\"" "$work/body" || echo $name; done)"
equals 'a premise' "200 $SAMPLE_ESIID_1 ACTIVE" "$(post "$customer" /premiseInfo "$(premise "\"esiid\":[\"$SAMPLE_ESIID_1\"]")") \
$(json "$work/body" '$.premiseData[0].ESIID' '$.premiseData[0].premiseStatus')"
equals 'not somebody else'"'"'s' 401 "$(post "$customer" /v2/premiseInfo/ "$(premise "\"esiid\":[\"$SAMPLE_ESIID_2\"]")")"

# ---- a third party: before and after the customer's yes ----

csp=$(login smt-csp "$csp_password")
equals 'before the yes nothing' '401 4006' "$(interval "$csp" "$(reads smt-csp "$SAMPLE_ESIID_1")") $(json "$work/body" $.errorCode)"
scene_invite 'flow: yes' smt-csp 1 "$CUSTOMER1_EMAIL" --months 12 --history 12
scene_answer 'flow: yes' "$CUSTOMER1_EMAIL" CONFIRM ACTIVE
equals 'after it, reads' "200 $SAMPLE_ESIID_1" "$(interval "$csp" "$(reads smt-csp "$SAMPLE_ESIID_1")") $(json "$work/body" $.esiid)"
equals 'of that home alone' '401 4006' "$(interval "$csp" "$(reads smt-csp "$SAMPLE_ESIID_2")") $(json "$work/body" $.errorCode)"
equals 'not beside another either' '401 4006' "$(interval "$csp" "$(reads smt-csp "$SAMPLE_ESIID_1\",\"$SAMPLE_ESIID_2")") $(json "$work/body" $.errorCode)"
holds 'how far reads have come is told with each' test -n "$(interval "$csp" "$(reads smt-csp "$SAMPLE_ESIID_1")" >/dev/null; header Busbar-Loaded-At)"
equals 'each is on record before' "smt-csp $day" "$(sql -c "select actor || ' ' || (detail ->> 'from') from audit.event
	where kind = 'reads.released' and detail ->> 'door' = 'smt' order by event desc limit 1")"

# ---- agreements, as a third party asks for them ----

asks() { # MORE: a request of smt-csp
	echo "{\"trans_id\":\"a-${2:-1}\",\"requestorID\":\"smt-csp\",\"requesterType\":\"CSP\",
		\"requesterAuthenticationID\":\"123456789\",$1\"SMTTermsandConditions\":\"Y\"}"
}
invites() { # MONTHS METER [TRANS_ID]
	asks "\"retailCustomerEmail\":\"$CUSTOMER2_EMAIL\",\"agreementDuration\":$1,\"customerLanguagePreference\":\"ENGLISH\",
		\"customerMeterList\":[{\"ESIID\":\"$SAMPLE_ESIID_3\",\"meterNumber\":\"$2\",\"PUCTRORNumber\":$SAMPLE_REP_3}]," "${3:-1}"
}
equals 'a wrong meter number' '400 0001' "$(post "$csp" /v2/NewAgreement/ "$(invites 12 "${SAMPLE_METER_3%??}XX" 7)") $(json "$work/body" $.statusCode)"
holds 'which is told of that meter alone' grep -q "\"ESIID\":\"$SAMPLE_ESIID_3\",\"reasonCode\":\"not-matched::" "$work/body"
equals 'for 13 months' '400 4001' "$(post "$csp" /v2/NewAgreement/ "$(invites 13 "$SAMPLE_METER_3" 8)") $(json "$work/body" $.errorCode)"
equals 'for 24 months, a home' '400 0001' "$(post "$csp" /v2/NewAgreement/ "$(invites 24 "$SAMPLE_METER_3" 9)") $(json "$work/body" $.statusCode)"
equals 'a customer is asked' '200 a-1 0000' "$(post "$csp" /v2/NewAgreement/ "$(invites 12 "$SAMPLE_METER_3")") \
$(json "$work/body" $.trans_id $.statusCode)"
number=$(json "$work/body" $.agreementNumber)
equals 'once: the same answer to the same request' "200 $number" "$(post "$csp" /v2/NewAgreement/ "$(invites 12 "$SAMPLE_METER_3")") \
$(json "$work/body" $.agreementNumber)"
equals 'another request by its trans_id is none' 409 "$(post "$csp" /v2/NewAgreement/ "$(invites 6 "$SAMPLE_METER_3")")"
holds 'by a mail' customer_waits "$CUSTOMER2_EMAIL" "$BUSBAR_SCENE_INVITATION"
mine() { post "$csp" /v2/myagreements/ "$(asks "$1")"; }
equals 'it waits' '200 PEN Pending - Customer Authorization' "$(mine "\"agreementNumber\":$number,") \
$(json "$work/body" '$.agreementStatusList[0].statusReason' '$.agreementStatusList[0].status')"
equals 'the one that is active' "200 Active - Authorization Confirmed -" "$(mine '"statusReason":"act",') \
$(json "$work/body" '$.agreementStatusList[0].status' '$.agreementStatusList[1].status')"
equals 'all of them' '200 2' "$(mine '') $(json "$work/body" '$.agreementStatusList.size()')"
equals 'a code that is none' '400 4001' "$(mine '"statusReason":"OFF",') $(json "$work/body" $.errorCode)"
equals 'its premises' "200 $SAMPLE_ESIID_3 Non Active" "$(post "$csp" /v2/AgreementESIIDs/ "$(asks "\"agreementNumber\":$number,")") \
$(json "$work/body" '$.esiidList[0].ESIID' '$.esiidList[0].status')"
equals 'not those of another' '404 4008' "$(post "$csp" /v2/AgreementESIIDs/ "$(asks '"agreementNumber":1000000,')") $(json "$work/body" $.errorCode)"
ends() { post "$csp" /v2/TerminateAgreement "$(asks "\"agreementList\":[{\"agreementNumber\":$number,\"retailCustomerEmail\":\"$1\"}],")"; }
equals 'not ended by the wrong mailbox' '200 0001' "$(ends "$CUSTOMER1_EMAIL") $(json "$work/body" '$.agreementList[0].statusCode')"
equals 'taken back' '200 0000' "$(ends "${CUSTOMER2_EMAIL^^}") $(json "$work/body" '$.agreementList[0].statusCode')"
equals 'once' '200 0001' "$(ends "$CUSTOMER2_EMAIL") $(json "$work/body" '$.agreementList[0].statusCode')"
equals 'and that is its state' '200 NACOM' "$(mine "\"agreementNumber\":$number,") $(json "$work/body" '$.agreementStatusList[0].statusReason')"
equals 'customers ask nobody' 403 "$(post "$customer" /v2/myagreements/ "$(asks '' | sed 's/smt-csp/customer1/')")"
equals 'in another name' '401 4007' "$(post "$csp" /v2/myagreements/ "$(asks '' | sed 's/smt-csp/customer1/')") $(json "$work/body" $.errorCode)"
sql -c "update party.csp_profile set duns = '123456789' where csp = (select party from party.party where code = 'smt-csp')" >/dev/null
equals 'with the DUNS number that is its own' 200 "$(mine '')"
equals 'with that of another' '401 4007' "$(post "$csp" /v2/myagreements/ "$(asks '' | sed 's/"123456789"/"123456780"/')") $(json "$work/body" $.errorCode)"
for name in username serviceId; do
	equals "its own name in the header $name" 200 "$(post "$csp" /v2/myagreements/ "$(asks '')" -H "$name: SMT-CSP")"
	equals 'another one there' '401 4007' "$(post "$csp" /v2/myagreements/ "$(asks '')" -H "$name: customer1") $(json "$work/body" $.errorCode)"
done
equals 'months that only wrap around to twelve' '400 4001' "$(post "$csp" /v2/NewAgreement/ "$(invites -4294967284 "$SAMPLE_METER_3" 10)") $(json "$work/body" $.errorCode)"

# ---- a customer's own program, as it calls the portal ----

portal=https://localhost:$nginx_portal_port
for way in "$url /commonapi/user/authenticate" "$url /api/user/authenticate" "$portal /CommonAPI/user/authenticate/" \
	"$portal /api/user/authenticate"; do
	set -- $way
	equals 'first, the page' 200 "$(ask_plain "$1/")"
	equals "login by $2" 200 "$(ask_plain -H 'Content-Type: application/json' \
		-d "{\"username\":\"customer1\",\"password\":\"$customer_password\",\"rememberMe\":\"true\"}" "$1$2")"
	web=$(json "$work/body" $.token)
	equals 'wrong' '400 ERR-USR-INVALIDPASSWORDERROR' "$(ask_plain -d '{"username":"customer1","password":"no no no no","rememberMe":"true"}' \
		-H 'Content-Type: application/json' "$1$2") $(json "$work/body" $.errormessage)"
	url=$1 # of what follows
	equals 'its meters' "200 $SAMPLE_ESIID_1 $SAMPLE_METER_1 -" "$(post "$web" /api/meter '{"esiid":"*"}') \
$(json "$work/body" '$.data[0].esiid' '$.data[0].meterNumber' '$.data[1].esiid')"
	equals 'with an address' true "$(json "$work/body" '$.data[0].address like_regex "^[0-9]+ "')"
	equals 'its reads' "200 $us" "$(post "$web" /api/adhoc/intervalsynch "{\"startDate\":\"$us\",\"endDate\":\"$us\",\"reportFormat\":\"JSON\",
		\"ESIID\":[\"$SAMPLE_ESIID_1\"],\"versionDate\":null,\"readDate\":null,\"versionNum\":null,\"dataType\":null}") \
$(json "$work/body" '$.data.energyData[0].DT')"
done
equals 'too large a request, on the portal' '400 application/json' "$(head -c 100000 /dev/zero | tr '\0' ' ' >"$work/blanks"
	ask "$web" -d @"$work/blanks" $url/api/meter) $(header Content-Type)"
url=https://localhost:$nginx_api_port
equals 'nothing there' '200 1 No Energy Data received from the respective TDSP' "$(post "$web" /api/adhoc/intervalsynch \
	"{\"startDate\":\"$month\",\"endDate\":\"$month\",\"ESIID\":[\"$SAMPLE_ESIID_1\"]}") $(json "$work/body" $.data.errorCode $.data.errorMessage)"
equals 'not its own' '403 application/json' "$(post "$web" /api/adhoc/intervalsynch \
	"{\"startDate\":\"$us\",\"endDate\":\"$us\",\"ESIID\":[\"$SAMPLE_ESIID_2\"]}") $(header Content-Type)"
# fields as programs that call these pages read them (docs/api-smt.md has whose)
usage() { post "$web" "/api/usage/$1" "{\"esiid\":\"$SAMPLE_ESIID_1\",\"startDate\":\"$us\",\"endDate\":\"$us\"}"; }
iso=$(date -d "$us" +%F)
equals 'intervals of a usage page' "200 96 $iso  12:00 am  12:15 am A 0  11:45 pm  12:00 am false" "$(usage interval) $(json "$work/body" \
	'$.intervaldata.size()' '$.intervaldata[0].date' '$.intervaldata[0].starttime' '$.intervaldata[0].endtime' \
	'$.intervaldata[0].consumption_est_act' '$.intervaldata[0].generation' '$.intervaldata[95].starttime' '$.intervaldata[95].endtime' $.generationFlag)"
sum=$(python3 -c 'import json, sys; print("%.3f" % sum(i["consumption"] for i in json.load(open(sys.argv[1]))["intervaldata"]))' "$work/body")
equals 'as many kWh as /v1 has' "$sum" "$(ask "$web" "$url/v1/premises/$SAMPLE_ESIID_1/reads?from=$iso" >/dev/null; json "$work/body" '$.items[0].total_kwh')"
equals 'the same to a form' "200 $iso" "$(ask "$web" -d "esiid=$SAMPLE_ESIID_1&startDate=${us//\//%2F}&endDate=${us//\//%2F}" "$url/api/usage/interval") \
$(json "$work/body" '$.intervaldata[0].date')"
equals 'a day' "200 $us true" "$(usage daily) $(json "$work/body" '$.dailyData[0].date' '$.dailyData[0].reading > 0')"
equals 'no bill ended then' '200 0' "$(usage monthly) $(json "$work/body" '$.monthlyData.size()')"
equals 'nothing is an empty list' '200 0' "$(post "$web" /api/usage/interval "{\"esiid\":\"$SAMPLE_ESIID_1\",\"startDate\":\"$month\",\"endDate\":\"$month\"}") \
$(json "$work/body" '$.intervaldata.size()')"
equals 'a dashboard has the first meter' "200 $SAMPLE_ESIID_1 $SAMPLE_METER_1" "$(ask "$web" -X POST -H 'Content-Type: application/json' "$url/api/dashboard") \
$(json "$work/body" '$.data.defaultMeterDetails.esiid' '$.data.defaultMeterDetails.meterNumber')"
equals 'login by a form' '200 bbs_' "$(ask_plain -d username=customer1 --data-urlencode "password=$customer_password" -d rememberMe=true \
	"$url/api/user/authenticate") $(json "$work/body" $.token | head -c 4)"
equals 'a form that says a thing twice' '422 application/json' "$(ask_plain -d 'username=a&username=b&password=c' "$url/api/user/authenticate") \
$(header Content-Type)"
equals 'without a token' '403 application/json' "$(post '' /api/meter '{"esiid":"*"}') $(header Content-Type)"
equals 'with one that is over' '401 Invalid Token' "$(post bbs_over /api/meter '{"esiid":"*"}') $(json "$work/body" $.message)"

# ---- the manual's transcripts ----

holds 'docs/api-smt.md shows what is so' env CURL_CA_BUNDLE="$hub_state/tls/ca.pem" API=$url PORTAL=$portal LOGIN=customer1 \
	PASSWORD="$customer_password" ESIID="$SAMPLE_ESIID_1" DAY="$us" "$source/tests/lib/transcript" "$source/docs/api-smt.md"

# ---- every path, however it is written ----

paths=$(ask_plain $url/ >/dev/null; grep -oE '"/v2/[A-Za-z0-9]+"' "$work/body" | tr -d '"' | sort -u)
holds 'the hub lists its functions' test "$(echo "$paths" | wc -l)" -ge 20
for path in $paths; do
	short=${path#/v2}
	for way in "$path" "$path/" "$short" "$short/" "${path^^}/" "${short,,}"; do
		printf 'url = "%s%s"\noutput = /dev/null\n' "$url" "$way"
	done
done >"$work/ways"
timeout 60 curl -s --cacert "$hub_state/tls/ca.pem" -H 'Content-Type: application/json' -d '{}' -K "$work/ways" \
	-w '%{http_code} %{url_effective}\n' >"$work/ways.answers"
equals 'all of them are asked' "$(grep -c ^url "$work/ways")" "$(wc -l <"$work/ways.answers")"
# no login; a token's body; SOAP
lost=$(grep -vE '^(403|400|500) ' "$work/ways.answers" | head -n 5)
equals 'each is there with and without /v2, with and without a slash, in any case' '' "$lost"

# ---- SOAP ----

equals 'SOAP is refused as SOAP refuses' '500 text/xml' "$(ask_plain -H 'Content-Type: text/xml' -H 'SOAPAction: x' -d '<x/>' \
	$url/v2/energydata) $(header Content-Type | cut -d';' -f1)"
equals 'with a fault' soap:Client "$(xmllint --xpath 'string(//faultcode)' "$work/body")"

# ---- a password that changes ----

busbar credential add customer1 --password --replace --json >"$work/out"
json "$work/out" $.secret >"$hub_state/partners/customer1.password"
equals 'ends each token of it' 401 "$(interval "$customer" "$(reads customer1 "$SAMPLE_ESIID_1")")"
holds 'no password is in a log' sh -c "! grep -rqF -e '$customer_password' -e '$csp_password' '$hub_state/log'"
holds 'nor a token' sh -c "! grep -rqF -e '$customer' -e '$csp' '$hub_state/log'"
ended
