#!/bin/bash
# /v1 beside reads, through nginx: a utility's files in by POST and what became of them; the box, subscriptions and drops
# of a REP; a customer's tokens and consents; changes by tokens of grants; limits; what everybody may see.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/api.sh"
over() {
	hub_stop_one dropd
	api_down
	sql -c "update ops.setting set value = '20' where name = 'scoreboard.least'" >/dev/null
}
trap over EXIT
holds 'nginx and busbar-apid' api_up
send() { # TOKEN METHOD PATH [JSON]: the status
	local token=$1 method=$2 path=$3
	if [ $# -gt 3 ]; then
		ask "$token" -X "$method" -H 'Content-Type: application/json' -d "$4" "$url$path"
	else
		ask "$token" -X "$method" "$url$path"
	fi
}

# ---- a utility's files ----

home=10443720000098811 shop=10443720000098812 other=10443720000098813 day=$(state_yesterday)
for login in rest-oncor:oncor rest-tnmp:tnmp; do says "a box for ${login#*:}" 0 '' account add "${login%:*}" --party "${login#*:}"; done
oncor=$(token_of rest-oncor) tnmp=$(token_of rest-tnmp)
post() { # FILE [CURL_ARGUMENTS...]: the status
	local file=$1
	shift
	ask "$oncor" -H 'Content-Type: application/octet-stream' --data-binary "@$work/$file" "$@" "$url/v1/files?name=$file"
}
is_now() { # FILE STATE
	[ "$(send "$oncor" GET "/v1/files/$1") $(body $.state)" = "200 $2" ]
}
loaded() { # FILE: sent, and loaded
	local number
	[ "$(post "$1")" = 201 ] && number=$(body $.file) && within 30 is_now "$number" LOADED && [ "$(body $.rejected)" = "${2:-0}" ] && echo "$number" >"$work/number"
}
says 'a REP' 0 '' rep add rest-rep --name 'Flow Rest REP' --certificate 19797 --duns 199799999
cat >"$work/rest-premises.csv" <<-CSV
	busbar,premise,1
	esiid,status,class,effective,created
	$home,ACTIVE,RESIDENTIAL,2025-01-01,2025-01-01T06:00:00Z
	$shop,ACTIVE,RESIDENTIAL,2025-01-01,2025-01-01T06:00:00Z
	$other,ACTIVE,RESIDENTIAL,2025-01-01,2025-01-01T06:00:00Z
CSV
cat >"$work/rest-customers.csv" <<-CSV
	busbar,customer,1
	account,name,kind,phones,emails,billing_address,language,esiids
	R-1,Kim Rest,RESIDENTIAL,,kim@rest.example,,EN,$home
	R-2,Lee Rest,RESIDENTIAL,,lee@rest.example,,EN,$shop
CSV
printf 'busbar,occupancy,1\nesiid,account,effective\n%s,R-1,2025-02-01\n%s,R-2,2025-02-01\n' $home $shop >"$work/rest-occupancy.csv"
printf 'busbar,rep,1\nesiid,rep,effective\n%s,19797,2025-02-01\n%s,19797,2025-02-01\n' $home $shop >"$work/rest-rep.csv"
for file in premises customers occupancy rep; do holds "a utility posts $file, and they are loaded" loaded rest-$file.csv; done
number=$(cat "$work/number") digest=$(sha256sum <"$work/rest-rep.csv" | cut -c1-64)
equals 'the receipt came again, to the same number' "201 true $number /v1/files/$number $digest" \
	"$(post rest-rep.csv) $(body $.repeated $.file) $(header Location) $(body $.sha256)"
echo bad >"$work/bad"
equals 'a digest that is not that of the bytes is no receipt' 422 "$(post bad -H "X-SHA256: $digest")"
equals 'a name must be told' '400 USAGE' "$(ask "$oncor" --data-binary x "$url/v1/files") $(body $.code)"
equals 'and be one' '404 404' "$(ask "$oncor" --data-binary x "$url/v1/files?name=..%2Fx") $(ask "$oncor" --data-binary x "$url/v1/files?name=..")"
head -c 5000000 /dev/zero >"$work/rest-large"
equals 'a large one comes whole' '201 5000000' "$(post rest-large) $(body $.size)"
head -c 1000 "$work/rest-large" >"$work/rest-head"
tail -c +1001 "$work/rest-large" >"$work/rest-tail"
equals 'one that was cut goes on' '308 1000 201 5000000' "$(timeout 60 curl -sS --cacert "$hub_state/tls/ca.pem" -H "Authorization: Bearer $oncor" -o /dev/null -D "$work/headers" \
	-w '%{http_code}' -H 'Content-Range: bytes 0-999/5000000' --data-binary "@$work/rest-head" "$url/v1/files?name=rest-cut") $(header Upload-Offset) \
$(ask "$oncor" -H 'Content-Range: bytes 1000-4999999/5000000' --data-binary "@$work/rest-tail" "$url/v1/files?name=rest-cut") $(body $.size)"
equals 'a length must be told' 411 "$(ask "$oncor" --http1.1 -H 'Transfer-Encoding: chunked' --data-binary x "$url/v1/files?name=x")"
lse=1039940674000IntervalData20260601080500097.lse
{
	for esiid in $home $shop $other; do block $esiid 4 "$(date -d "$day" +%Y%m%d)" "$(sql -c "select reads.slots('$day', 'America/Chicago')")" 0.250 "$(date -d "$day + 1 day" +%Y%m%d)060000"; done
	printf '00000001,not-an-esiid,4,20260421000000,20260421235959,Y,N\n'
} >"$work/$lse"
equals 'a cursor of now' 200 "$(send "$oncor" GET /v1/changes)"
before=$(body $.cursor)
equals 'reads are posted' 201 "$(post $lse)"
number=$(body $.file)
holds 'and loaded' within 30 is_now "$number" LOADED
equals 'but for what is no block' 1 "$(body $.rejected)"
ack=$(body $.acknowledgement.href) ack_sha=$(body $.acknowledgement.sha256)
equals 'which is told to the line' "200 $(grep -n not-an "$work/$lse" | cut -d: -f1) reject" "$(send "$oncor" GET "/v1/files/$number/rejects") $(body '$.items[0].line' '$.items[0].severity')"
equals 'the acknowledgement is where it says' "200 $ack_sha" "$(ask "$oncor" "$url$ack") $(sha256sum <"$work/body" | cut -c1-64)"
equals 'files are listed page by page' "200 $number" "$(send "$oncor" GET '/v1/files?limit=1&state=loaded') $(body '$.items[0].file')"
equals 'and on' "200 rest-large" "$(send "$oncor" GET "/v1/files?limit=1&cursor=$(body $.cursor)") $(body '$.items[0].name')"
equals 'another utility has none of them' '200 0 404 404' "$(send "$tnmp" GET /v1/files) $(grep -c rest- "$work/body") \
$(send "$tnmp" GET "/v1/files/$number") $(send "$tnmp" GET "/v1/files/$number/rejects")"

# ---- the box, subscriptions, drops ----

says 'a box for the REP' 0 '' account add rest-rep --party rest-rep
says 'and one more' 0 '' account add rest-rep2 --party rest-rep
rep=$(token_of rest-rep) rep2=$(token_of rest-rep2)
equals 'a box is shown' '200 rest-rep /box/daily/' "$(send "$rep" GET /v1/box) $(body $.login '$.items[*] ? (@.folder == "daily").href')"
equals 'no other folder' 404 "$(send "$rep" GET /v1/box/secrets)"
daily='{"schedule":"daily","format":"csv","label":"Rest"'
equals 'the REP subscribes' '201 daily 06:00 csv' "$(send "$rep" POST /v1/subscriptions "$daily,\"esiids\":[\"$home\"]}") $(body $.schedule $.at $.format)"
sub=$(body $.subscription) at=$(header Location)
send "$rep" POST /v1/subscriptions "$daily,\"esiids\":[\"$other\"]}" >"$work/status"
words=$(cat "$work/status") detail=$(body $.detail | tr -d 0-9)
equals 'a premise of others is as one that nobody knows' "404 404 $detail" "$words $(send "$rep" POST /v1/subscriptions "$daily,\"esiids\":[\"10443720000097999\"]}") $(body $.detail | tr -d 0-9)"
equals 'what cannot be is refused' '422 422 422' "$(send "$rep" POST /v1/subscriptions '{"schedule":"weekly"}') \
$(send "$rep" POST /v1/subscriptions "$daily,\"lag_days\":31}") $(send "$rep" POST /v1/subscriptions "$daily,\"more\":1}")"
export GNUPGHOME=$work/gnupg
mkdir -m 700 "$GNUPGHOME"
gpg --batch --quiet --passphrase '' --quick-generate-key rest@example.org future-default default >/dev/null 2>&1
gpg --batch --quiet --armor --export rest@example.org | sed -z 's/\n/\\n/g' >"$work/key"
gpgconf --kill all >/dev/null 2>&1
equals 'files may be encrypted to a key' '201 true' "$(send "$rep" POST /v1/subscriptions "$daily,\"openpgp\":\"$(cat "$work/key")\"}") $(body $.openpgp)"
equals 'which must be one' '422 1' "$(send "$rep" POST /v1/subscriptions "$daily,\"openpgp\":\"-----BEGIN PGP\"}") $(body $.detail | grep -c '^OpenPGP key: ')"
equals 'a period is built now' "202 DUE $sub" "$(send "$rep" POST "$at/build" "{\"period\":\"$day\"}") $(body $.state $.subscription)"
drop=$(body $.drop)
equals 'once' 409 "$(send "$rep" POST "$at/build" "{\"period\":\"$day\"}")"
hub_start_one dropd
built() { [ "$(send "$rep" GET "/v1/drops/$1") $(body $.state)" = '200 BUILT' ]; }
holds 'dropd builds it' within 30 built "$drop"
equals 'of one premise' '1 96' "$(body $.premises) $(body $.rows | sed 's/92\|100/96/')"
href=$(body '$.files[*] ? (@.manifest == false).href') sha=$(body '$.files[*] ? (@.manifest == false).sha256')
equals 'its file is where it says' "200 $sha" "$(ask "$rep" "$url$href") $(sha256sum <"$work/body" | cut -c1-64)"
equals 'the box lists it, with its drop' "200 $drop" "$(send "$rep" GET /v1/box/daily) $(body "\$.items[*] ? (@.href == \"$href\").drop")"
equals 'one at a time' '200 1' "$(send "$rep" GET '/v1/box/daily?limit=1') $(body '$.items.size()')"
equals 'another account of the REP has nothing of it' '404 404 404 404 200 0' "$(send "$rep2" GET "$at") $(send "$rep2" POST "$at/pause") \
$(send "$rep2" GET "/v1/drops/$drop") $(send "$rep2" POST "/v1/drops/$drop/cancel") $(send "$rep2" GET /v1/drops) $(body '$.items.size()')"
equals 'again, as the next revision' '202 2' "$(send "$rep" POST "/v1/drops/$drop/replay") $(body $.revision)"
again=$(body $.drop)
holds 'is built too' within 30 built "$again"
equals 'and taken back' '200 CANCELLED enough' "$(send "$rep" POST "/v1/drops/$again/cancel" '{"reason":"enough"}') $(body $.state $.says)"
equals 'its file is nobody'"'"'s any more' 40 "$(ask "$rep" "$url$href" | sed 's/[34]$//')" # until it is swept it is forbidden
equals 'drops, newest first' "200 $again $drop" "$(send "$rep" GET "/v1/drops?subscription=$sub") $(body '$.items[0].drop' '$.items[1].drop')"
equals 'paused, resumed, ended' 'PAUSED ACTIVE ENDED 409' "$(for step in 'POST /pause' 'POST /resume' 'DELETE '; do
	send "$rep" ${step% *} "$at${step#* }" >/dev/null && body $.state && echo -n ' '
done | tr -d '\n')$(send "$rep" POST "$at/resume")"

# ---- a customer: tokens and consents ----

sql -c "insert into delivery.account (login, party) select 'rest-kim', c.party from premise.customer c join premise.occupancy o using (customer)
	join premise.premise p using (premise) where p.esiid = '$home'" >/dev/null
kim=$(token_of rest-kim)
equals 'a customer makes a token' '201 bbp_ ["interval"]' "$(send "$kim" POST /v1/tokens '{"label":"my script","scope":["interval"],"days":7}') $(body $.secret | cut -c1-4) $(body $.scope)"
mine=$(body $.secret) number=$(body $.token)
equals 'it reads its premise' "200 24.000" "$(send "$mine" GET "/v1/premises/$home/reads?from=$day") $(body '$.items[0].total_kwh' | sed 's/23.000\|25.000/24.000/')"
equals 'no other kind, no webhooks, no consents, no more tokens' '403 403 403 403' "$(send "$mine" GET "/v1/premises/$home/reads?from=$day&kind=billing") \
$(send "$mine" GET /v1/webhooks) $(send "$mine" GET /v1/consents) $(send "$mine" POST /v1/tokens '{"label":"x"}')"
equals 'nor whose premise is not its' 404 "$(send "$mine" GET "/v1/premises/$shop/reads?from=$day")"
equals 'tokens are listed without what opens anything' "200 my script 0" "$(send "$kim" GET /v1/tokens) $(body '$.items[0].label') $(grep -c bbp_ "$work/body")"
equals 'partners have none' 403 "$(send "$rep" POST /v1/tokens '{"label":"x"}')"
equals 'one ends' '204 401' "$(send "$kim" DELETE "/v1/tokens/$number") $(send "$mine" GET /v1/premises)"
says 'a third party' 0 '' csp add rest-csp --name 'Rest Third Party'
client=$(client rest-csp rest-app-1)
g1=$(granted rest-csp $client FB=4_5 $home) g2=$(granted rest-csp $client FB=4_5 $shop)
a1=$(token ACCESS $client "$g1") c1=$(token CLIENT $client null)
changed() { send "$1" GET "/v1/changes?cursor=$before&limit=1" >/dev/null && body '$.items.size()' '$.items[0].esiid'; }
equals 'an access token is told what has changed for it' "1 $home" "$(changed "$a1")"
equals 'and nothing more' '200 0' "$(send "$a1" GET "/v1/changes?cursor=$(body $.cursor)") $(body '$.items.size()')"
equals 'a program of all its grants' "1 $home 200 $shop" "$(changed "$c1") $(send "$c1" GET "/v1/changes?cursor=$(body $.cursor)") $(body '$.items[0].esiid')"
equals 'the customer sees what it allowed' "200 1 rest-app-1 $home ACTIVE" \
	"$(send "$kim" GET /v1/consents) $(body '$.items.size()' '$.items[0].client_id' '$.items[0].esiids[0]' '$.items[0].state')"
consent=$(body '$.items[0].consent')
others=$(sql -c "select authorization_id from oauth.grant where granted = $g2")
equals 'nobody ends another'"'"'s' '404 404' "$(send "$kim" DELETE "/v1/consents/$others") $(send "$kim" DELETE /v1/consents/x)"
equals 'its own ends' '200 TERMINATED CUSTOMER' "$(send "$kim" DELETE "/v1/consents/$consent") $(body $.state $.ended_by)"
equals 'and with it the token, at once' 401 "$(send "$a1" GET /v1/changes)"
equals 'the program is told of the other alone' "1 $shop" "$(changed "$c1")"

# ---- limits ----

says 'another budget' 0 777 budget set tnmp BULK 777
equals 'is told' '200 777' "$(send "$tnmp" GET /v1/limits) $(body '$.budgets[*] ? (@.class == "BULK").most')"
says 'and is what all have again' 0 120 budget set tnmp BULK
says 'those that all have' 0 NORMAL budget list
says 'no such class' 64 '' budget set tnmp OTHER 1
month() { # how many requests of class NORMAL there were
	[ "$(send "$tnmp" GET /v1/limits)" = 200 ] && body '$.budgets[*] ? (@.class == "NORMAL").month'
}
was=$(month)
for _ in 1 2 3; do send "$tnmp" GET /v1/status/slo >/dev/null && send "$tnmp" GET /v1/me >/dev/null; done
equals 'what was asked for in a month is counted, the question too' $((was + 4)) "$(month)"
equals 'a program is told too' '200 4' "$(send "$c1" GET /v1/limits) $(body '$.budgets.size()')"
equals 'nobody is not' 401 "$(ask_plain $url/v1/limits)"

# ---- for everybody ----

equals 'status' 200 "$(ask_plain $url/v1/status)"
equals 'of each utility' oncor "$(body '$.utilities[*] ? (@.tdu == "oncor").tdu')"
equals 'kept for seconds' 'public, max-age=2' "$(header Cache-Control)"
# an answer that is too long is not kept half
sql -At -c "select pg_get_functiondef('api.status()'::regprocedure)" >"$work/status.sql"
sql -c "create or replace function api.status() returns text language sql security definer as 'select repeat(''x'', 1100000)'" >/dev/null
sleep 2
equals 'too long an answer: each time' '413 413 413 413' "$(for i in 1 2 3 4; do ask_plain $url/v1/status; echo; done | xargs)"
sql -f "$work/status.sql" >/dev/null
equals 'as it was' 200 "$(ask_plain $url/v1/status)"
equals 'promises' '200 freshness' "$(ask_plain "$url/v1/status/slo?days=2") $(body '$.items[0].name')"
holds 'of which some was kept' test "$(body '$.items[0].good')" -ge 1
board() { # LEAST EXPECTED
	sql -c "update ops.setting set value = '$1' where name = 'scoreboard.least'" >/dev/null
	[ "$(ask_plain "$url/v1/scoreboard?day=$day") $(body '$.items[*] ? (@.tdu == "oncor").suppressed')" = "200 $2" ]
}
holds 'small groups are not told of' within 15 board 9999 true
equals 'in any figure' '- -' "$(body '$.items[*] ? (@.tdu == "oncor").due' '$.items[*] ? (@.tdu == "oncor").estimated_share')"
holds 'others are' within 15 board 1 false
holds 'with what was due' test "$(body '$.items[*] ? (@.tdu == "oncor").due')" -ge 3
equals 'a day that is none' '400 422 400' "$(ask_plain "$url/v1/scoreboard?day=2026-02-30") $(ask_plain "$url/v1/scoreboard?day=2999-01-01") $(ask_plain "$url/v1/scoreboard?days=32")"

# ---- what nobody needs any more ----

sql -c "insert into oauth.consent (verifier, client, redirect_uri, redirect_told, scope, language, until) values (sha256('rest-old'), $client,
	'https://rest.example/back', true, 'FB=4_5', 'EN', clock_timestamp() - interval '8 days')" >/dev/null
hub_stop_one apid && hub_start_one apid
purged() { [ "$(sql -c "select count(*) from oauth.consent where verifier = sha256('rest-old')")" = 0 ]; }
holds 'requests that are long over go by themselves' within 15 purged
equals 'no secret is in a log' 0 "$(cat "$hub_state"/log/apid*.log "$hub_state"/log/nginx* 2>/dev/null | grep -c "${mine:-bbp_}")"
ended
