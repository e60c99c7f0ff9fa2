#!/bin/bash
# /api/v2 as programs of UtilityAPI use it, through nginx: a form, a trial, authorizations, meters, bills, intervals,
# events and their webhook; a customer who follows a data-share link; what ends, and what others see.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/api.sh"
. "$source/tests/lib/links.sh"
. "$lib/sandbox.sh"
portal=https://localhost:$nginx_portal_port
nginx_portal_rate=6000r/m nginx_portal_burst=1000
hook_port=$(free_port)
receiver=
trap '{ api_down; hub_stop_one portald; hub_stop_one hookd; kill "$receiver"; links_loud; hub_portal_conf= hub_hook_conf= hub_conf; } >/dev/null 2>&1' EXIT
links_quiet
hub_portal_conf='dwell = 0ms' hub_hook_conf='timeout = 2s' hub_conf
hub_start_one portald && hub_start_one hookd
holds 'nginx, busbar-apid, busbar-portald' api_up
python3 "$source/tests/lib/hook_receiver.py" "$hook_port" "$hub_state/tls/server.pem" "$hub_state/tls/server.key" "$work" \
	2>"$work/receiver.log" &
receiver=$!
holds 'a program that takes webhooks' within 10 test -s "$work/ready"
sandbox_there() (sandbox_up 3)
holds 'a utility for trying' sandbox_there
busbar csp add util-csp --name 'Utility Reader' >/dev/null
busbar csp add util-other --name 'Another Reader' >/dev/null
says 'an account' 0 '' account add util-csp --party util-csp
says 'another third party''s' 0 '' account add util-other --party util-other
token=$(token_of util-csp) other=$(token_of util-other)
get() { ask "$token" "$url/api/v2/$1"; } # PATH: the status
send() { ask "$token" -X "$1" ${3:+-d "$3"} "$url/api/v2/$2"; } # METHOD PATH [BODY]: as their documentation does it, without a type
value() { json "$work/body" "$@"; }
last=$(TZ=America/Chicago date -d yesterday +%F)
slots() { # DAY [DAY]: quarter-hours of the days from one to the other; those of a change of clocks are longer or shorter
	echo $((($(TZ=America/Chicago date -d "${2:-$1} + 1 day" +%s) - $(TZ=America/Chicago date -d "$1" +%s)) / 900))
}
slots=$(slots "$(date -d "$last - 2 days" +%F)" "$last") # that sandbox_up made

# ---- who one is ----

equals 'nothing shown' '401 unauthorized' "$(ask_plain "$url/api/v2/meters") $(value $.error)"
equals 'a token in the address' '200 null' "$(ask_plain "$url/api/v2/meters?access_token=$token") $(json "$work/body" '$.next' | sed 's/^-$/null/')"
equals 'which is a wrong one' '401 unauthorized' "$(ask_plain "$url/api/v2/meters?access_token=x$token") $(value $.error)"
equals 'and only here' 401 "$(ask_plain "$url/v1/me?access_token=$token")"
hub_stop_one apid
equals 'nobody is there' 503 "$(ask_plain "$url/api/v2/meters?access_token=$token")"
hub_start_one apid
holds 'somebody is' within 10 answers
holds 'the token is in no log' sh -c "! grep -rqF '$token' '$hub_state/log'"
says 'a REP has none' 0 '' account add util-rep --party "$(sql -c "select code from party.party where kind = 'REP' order by party limit 1")"
equals 'it is for third parties' '403 forbidden' "$(ask "$(token_of util-rep)" "$url/api/v2/meters") $(value $.error)"
equals 'a parameter that is not known' '400 invalid_param' "$(get 'meters?color=blue') $(value $.error)"
equals 'a path that is not known' '404 not_found' "$(get nothing) $(value $.error)"
equals 'a method that is not' 405 "$(send PUT meters '{}')"

# ---- a webhook in their words ----

busbar webhook add "https://127.0.0.1:$hook_port/utility" --as util-csp --kind utilityapi --json >"$work/made"
secret=$(json "$work/made" $.secret)
proven() { [ "$(sql -c "select state from hook.endpoint where endpoint = $(json "$work/made" $.webhook)")" = PROVEN ]; }
holds 'a webhook' within 15 proven
types() { # of the events that came, sorted, each once
	python3 -c 'import json, sys
print(" ".join(sorted({e["type"] for l in open(sys.argv[1]) for e in json.loads(json.loads(l)["body"])["events"]})))' "$work/utility.got"
}

# ---- a form, and a trial of it ----

equals 'a form' 200 "$(send POST forms '{"utility": "sandbox", "customer_email": "heather@example.com"}')"
form=$(value $.uid)
equals 'with all that a form has' "$portal/share/util-csp?f=$form SANDBOX false 1" "$(value $.url $.utility $.disabled $.template_uid)"
equals 'it is listed' "200 $form -" "$(get forms) $(value '$.forms[0].uid' '$.next')"
equals 'and shown' "200 $form" "$(get "forms/$form") $(value $.uid)"
equals 'a body that is no JSON' '400 invalid_param' "$(send POST forms '{') $(value $.error)"
equals 'one with a member twice' 400 "$(send POST forms '{"utility": "sandbox", "utility": "oncor"}')"
equals 'a member that is not known' '400 invalid_param' "$(send POST forms '{"colour": 1}') $(value $.error)"
submit() { # SCENARIO [UTILITY]: the status, then the referral
	send POST "forms/$form/test-submit" "{\"utility\": \"${2:-DEMO}\", \"scenario\": \"$1\"}" && echo " $(value $.referral)"
}
equals 'a trial with a real utility: no' '400 invalid_param' "$(submit residential oncor | cut -d' ' -f1) $(value $.error)"
read -r status referral <<<"$(submit residential)"
equals 'a trial' '200 32' "$status ${#referral}"
equals 'is an authorization' '200 true false false updated SANDBOX' \
	"$(get "authorizations?referrals=$referral") $(value '$.authorizations[0].is_test' '$.authorizations[0].is_revoked' '$.authorizations[0].is_declined' '$.authorizations[0].status' '$.authorizations[0].utility')"
a1=$(value '$.authorizations[0].uid')
fields='created customer_email customer_signature declined expires exports exports_list form_uid is_archived is_declined is_expired
is_revoked is_test nickname notes referral revoked scope status status_message status_ts template_uid uid user_email user_status user_uid utility'
equals 'with every field' "$(echo $fields)" "$(python3 -c 'import json, sys
print(" ".join(k for k in sorted(json.load(open(sys.argv[1]))["authorizations"][0]) if k != "meters"))' "$work/body")"
equals 'an agreement stands behind it' 'ACTIVE 12' "$(sql -F' ' -c "select state, months from agreement.agreement where agreement = $a1")"
equals 'of the form' "$form" "$(json "$work/body" '$.authorizations[0].form_uid')"
equals 'it has a meter' '200 1' "$(get "authorizations/$a1?include=meters") $(json "$work/body" '$.meters.meters.size()')"
equals 'that is listed' "200 $a1-10999900000000001 $a1 10999900000000001 SANDBOX1 -" \
	"$(get "meters?authorizations=$a1") $(value '$.meters[0].uid' '$.meters[0].authorization_uid' '$.meters[0].base.service_identifier' '$.meters[0].base.meter_numbers[0]' '$.meters[1].uid')"
meter=$a1-10999900000000001
equals 'with what there is of it' "3 $slots true" "$(value '$.meters[0].bill_count' '$.meters[0].interval_count' '$.meters[0].is_activated' )"

# ---- its reads ----

equals 'reads of all: no' '400 invalid_param' "$(get intervals) $(value $.error)"
equals 'intervals' 200 "$(get "intervals?meters=$meter&order=earliest_first")"
python3 - "$work/body" >"$work/sums" <<'PY'
import json, sys
o = json.load(open(sys.argv[1]))
r = [x for i in o["intervals"] for x in i["readings"]]
print(len(r), "%.3f" % sum(x["kwh"] for x in r), all(a["end"] == b["start"] for a, b in zip(r, r[1:])), r[0]["start"][10:26], r[0]["datapoints"][0]["type"])
PY
db_kwh() { sql -c "select to_char(sum(total_wh) / 1000.0, 'FM9990.000') from (select distinct on (series, day) total_wh from reads.day d
	join premise.premise p on p.premise = d.series / 8 where p.esiid = '10999900000000001' order by series, day, created desc, load desc) x"; }
equals 'every quarter-hour once, with the sum of what is stored' "$slots $(db_kwh) True T00:00:00.000000 net" "$(cat "$work/sums")"
equals 'of one day' "200 $(slots "$last")" "$(get "intervals?meters=$meter&start=$last&end=$last") $(json "$work/body" '$.intervals[0].readings.size()')"
equals 'of an hour by instants' '200 4' "$(get "intervals?meters=$meter&start=${last}T18:00:00Z&end=${last}T19:00:00Z") $(json "$work/body" '$.intervals[0].readings.size()')"
equals 'each release is on record' 't' "$(sql -c "select bool_and(agreement = $a1) and count(*) >= 3 from reads.release where door = 'utility' and agreement = $a1")"
for wrong in limit=0 limit=201 limit=x order=last start=yesterday 'start=2026-05-02&end=2026-05-01' colour=blue; do
	equals "intervals: $wrong" '400 invalid_param' "$(get "intervals?meters=$meter&$wrong") $(value $.error)"
done
equals 'bills, the latest first' '200 3' "$(get "bills?authorizations=$a1") $(json "$work/body" '$.bills.size()')"
equals 'with what they are about' "351.000 kwh 10999900000000001" \
	"$(json "$work/body" '$.bills[2].base.bill_total_kwh' '$.bills[2].base.bill_total_unit' '$.bills[2].base.service_identifier')"
all=$(json "$work/body" '$.bills[0].uid' '$.bills[1].uid' '$.bills[2].uid')
paged() { # PATH KEY: uids of all pages of one object
	local at="$url/api/v2/$1&limit=1" found=
	while [ "$at" != - ] && [ ${#found} -lt 500 ]; do
		[ "$(ask "$token" "$at")" = 200 ] || return 1
		found="$found $(json "$work/body" "\$.$2[0].uid")"
		at=$(json "$work/body" '$.next')
	done
	echo $found
}
ends=$(value '$.bills[0].uid' | sed 's/.*-//')
of_bills() { # PARAMETERS: the status, how many
	echo "$(get "bills?meters=$meter&$1") $(json "$work/body" '$.bills.size()')"
}
equals 'by days: its last one counts' '200 3 200 1' "$(of_bills "end=$(date -d "$ends" +%F)") $(of_bills "start=$(date -d "$ends" +%F)")"
equals 'by instants: its end does' '200 2 200 3' "$(of_bills "end=$(date -d "$ends" +%F)T12:00:00Z") $(of_bills "end=$(date -d "$ends + 1 day" +%F)T12:00:00Z")"
equals 'and what ended before the start is not there' '200 0 200 1' \
	"$(of_bills "start=$(date -d "$ends + 1 day" +%F)T12:00:00Z") $(of_bills "start=$(date -d "$ends" +%F)T12:00:00Z")"
get "bills?authorizations=$a1" >/dev/null
equals 'page by page nothing is lost' "$all" "$(paged "bills?meters=$meter" bills)"
equals 'a file of them' '200 4' "$(get "files/bills_csv?meters=$meter") $(wc -l <"$work/body")"
equals 'and of intervals' "200 $((slots + 1))" "$(get "files/intervals_csv?authorizations=$a1") $(wc -l <"$work/body")"

# ---- other scenarios ----

read -r status referral <<<"$(submit commercial)"
get "authorizations?referrals=$referral" >/dev/null
a4=$(value '$.authorizations[0].uid')
equals 'a business has four meters' '200 4' "$(get "meters?authorizations=$a4") $(json "$work/body" '$.meters.size()')"
equals 'page by page' "$(json "$work/body" '$.meters[0].uid' '$.meters[1].uid' '$.meters[2].uid' '$.meters[3].uid')" "$(paged "meters?authorizations=$a4" meters)"
equals 'intervals of all of them page by page' 4 "$(paged "intervals?authorizations=$a4&start=$last&end=$last" intervals | wc -w)"
for scenario in badlogin websitedown utilityerror; do
	read -r status referral <<<"$(submit $scenario)"
	equals "$scenario: nothing comes of it" '200 200 -' "$status $(get "authorizations?referrals=$referral") $(value '$.authorizations[0].uid')"
done
for scenario in badlogin_after websitedown_after utilityerror_after slow declined revoked expiring renewed; do
	equals "$scenario" 200 "$(submit $scenario | cut -d' ' -f1)"
done
equals 'scenarios that are not known' '400 invalid_param' "$(submit nonsense | cut -d' ' -f1) $(value $.error)"
equals 'declined' 'true' "$(get 'authorizations?is_declined=true' >/dev/null; value '$.authorizations[0].is_declined')"
equals 'expired' 'true' "$(get 'authorizations?is_expired=true' >/dev/null; value '$.authorizations[0].is_expired')"
count_all() { get 'authorizations' >/dev/null; json "$work/body" '$.authorizations.size()'; }
equals 'all of them page by page' "$(count_all)" "$(paged 'authorizations?is_test=true' authorizations | wc -w)"
meters_of() { get "meters?authorizations=$1" >/dev/null; json "$work/body" '$.meters.size()'; }
equals 'one more consent replaced the first: its meter is gone' 0 "$(meters_of $a1)"
one=$(sql -c "select max(agreement) from agreement.agreement where state = 'ACTIVE' and csp = (select party from party.party where code = 'util-csp')
	and agreement <> $a4")
meter=$one-10999900000000001
equals 'history is there already' '200 true' "$(send POST meters/historical-collection "{\"meters\": [\"$meter\"]}") $(value $.success)"
equals 'a meter that is not mine' '404 not_found' "$(send POST meters/historical-collection '{"meters": ["1-1"]}') $(value $.error)"
equals 'monitoring' '200 true' "$(send POST meters/ongoing-monitoring "{\"meters\": [\"$meter\"], \"frequency\": \"off\"}") $(value $.success)"
equals 'is off' '200 off' "$(get "meters/$meter") $(value $.ongoing_monitoring.frequency)"
equals 'and on' 200 "$(send POST meters/ongoing-monitoring "{\"meters\": [\"$meter\"], \"frequency\": \"daily\"}")"
equals 'archive' '200 true' "$(send PATCH "authorizations/$one" '{"is_archived": true}') $(value $.is_archived)"
equals 'as filters see it' "$one" "$(get 'authorizations?is_archived=true' >/dev/null; value '$.authorizations[0].uid')"

# ---- what is told ----

all_told() { # TYPE...: those that are not yet are printed
	! printf '%s\n' "$@" | grep -vxFf <(types | tr ' ' '\n')
}
holds 'all types of events are told' within 20 all_told form_created authorization_created authorization_declined authorization_renewed \
	authorization_expiring_soon authorization_expired authorization_revoked authorization_update_started authorization_update_delayed \
	authorization_update_retrying authorization_update_progress authorization_update_finished_successful \
	authorization_update_finished_errored meter_created meter_historical_collection_started \
	meter_historical_collection_finished_successful ping
holds 'with the form, the authorization and the meter that they are of' sh -c "grep -q 'form_uid.*$form' '$work/utility.got' &&
	grep -q 'meter_uid.*$a4-10999900000000005' '$work/utility.got'"
signed() {
	python3 - "$work/utility.got" "$secret" <<-'PY'
		import hashlib, json, sys
		for line in open(sys.argv[1]):
		    r = json.loads(line)
		    h = r["headers"]
		    want = hashlib.sha256((sys.argv[2] + "." + h["x-utilityapi-webhook-salt"] + "." + r["body"]).encode()).hexdigest()
		    assert want == h["x-utilityapi-webhook-signature"]
	PY
}
holds 'each signed by their formula' signed
sandbox_again() (
	sandbox_bills | sed 's/\.50,USD/.75,USD/' | sandbox_csv billing esiid,channel,start_date,end_date,kwh,amount,currency
	{
		block 10999900000000001 4 ${last//-/} $(slots "$last") 0.250 "$(date -u +%Y%m%d%H%M%S)"
		block 10999900000000001 1 ${last//-/} $(slots "$last") 0.100 "$(date -u +%Y%m%d%H%M%S)" E
	} >"$work/099999990IntervalData$(date -u +%Y%m%d%H%M%S)007.lse"
	busbar submit "$work"/099999990IntervalData*007.lse --as sandbox --wait
)
holds 'newer bills and reads' sandbox_again
holds 'are told' within 20 all_told meter_bills_added meter_intervals_added
equals 'delivered and received stand together' '200 0.150 estimated net 0.150 forward 0.250 reverse 0.100' \
	"$(get "intervals?meters=$meter&start=$last&end=$last") $(value '$.intervals[0].readings[0].kwh' '$.intervals[0].readings[0].quality' \
	'$.intervals[0].readings[0].datapoints[0].type' '$.intervals[0].readings[0].datapoints[0].value' '$.intervals[0].readings[0].datapoints[1].type' \
	'$.intervals[0].readings[0].datapoints[1].value' '$.intervals[0].readings[0].datapoints[2].type' '$.intervals[0].readings[0].datapoints[2].value')"
everything() { # uids that the webhook got, and those of /events, page by page: the same
	python3 -c 'import json, sys
print("\n".join(sorted({e["uid"] for l in open(sys.argv[1]) for e in json.loads(json.loads(l)["body"])["events"] if e["type"] != "ping"})))' "$work/utility.got" >"$work/got"
	local at="$url/api/v2/events?limit=7"
	: >"$work/listed"
	while [ "$at" != - ]; do
		[ "$(ask "$token" "$at")" = 200 ] || return 1
		python3 -c 'import json, sys
print("\n".join(e["uid"] for e in json.load(open(sys.argv[1]))["events"]))' "$work/body" | sed '/^$/d' >>"$work/listed"
		at=$(json "$work/body" '$.next')
	done
	sort -o "$work/listed" "$work/listed"
	[ -s "$work/got" ] && cmp "$work/got" "$work/listed"
}
holds '/events has the same, each once' within 15 everything
event=$(tail -n 1 "$work/listed")
equals 'one of them' "200 $event" "$(get "events/$event") $(value $.uid)"
sql -c "select utility.event((select party from party.party where code = 'util-csp'), 'form_created', null, null) from generate_series(1, 120)" >/dev/null
many_told() { [ "$(get 'events?limit=1000') $(($(json "$work/body" '$.events.size()') > 120))" = '200 1' ]; }
holds 'many more' within 15 many_told
late=$(json "$work/body" '$.events[last].uid')
equals 'one behind a hundred others' "200 $late" "$(get "events/$late") $(value $.uid)"
equals 'is marked' '200 true' "$(send PATCH "events/$late" '{"is_delivered": true}') $(value $.is_delivered)"
equals 'with the meter it is of' 200 "$(get 'events?types=meter_intervals_added')"
holds 'by its uid' grep -qE "\"meter_uid\": *\"[0-9]+-1099990000000000[1-5]\"" "$work/body"

# ---- a customer follows the link ----

jar=$work/jar
web() {
	rm -f "$work/body"
	timeout 60 curl -sS --cacert "$hub_state/tls/ca.pem" -b "$jar" -c "$jar" -o "$work/body" -D "$work/headers" -w '%{http_code}' "$@" 2>"$work/curl"
}
nonce() { sed -n 's/.*name="nonce" value="\([^"]*\)".*/\1/p' "$work/body" | head -n 1; }
follow() {
	local to
	to=$(header Location)
	echo "${to/#\//$portal/}" >"$work/at"
	web "$(cat "$work/at")"
}
press() {
	local args=() field
	for field; do args+=(--data-urlencode "$field"); done
	web -H "Origin: $portal" --data-urlencode "nonce=$(nonce)" "${args[@]}" "$(cat "$work/at")"
}
chosen() { grep -o 'name="p[0-9]*"' "$work/body" | sed 's/name="\(.*\)"/\1=1/'; }
equals 'the link of a form' 302 "$(web "$portal/share/util-csp?f=$form")"
equals 'begins a consent' 302 "$(follow)"
equals 'it asks who one is' 200 "$(follow)"
holds 'and says who asks' grep -q 'Utility Reader' "$work/body"
equals 'a guest, by a phone number' 302 "$(press do=find by=phone value=111-111-1111 via=mail)"
follow >/dev/null
equals 'and a code' 302 "$(press do=code "code=$(sed -n 's/.*id="code-shown">\([0-9]*\)<.*/\1/p' "$work/body")")"
follow >/dev/null
equals 'says yes' 302 "$(press do=yes agree=1 months=12 history=24 reads=1 billing=1 $(chosen))"
equals 'and is thanked here' 200 "$(follow)"
holds 'in words' grep -q 'Thank you' "$work/body"
equals 'it is an authorization of that form, and no trial' "200 $form false updated" \
	"$(get "authorizations?forms=$form&is_test=false") $(value '$.authorizations[0].form_uid' '$.authorizations[0].is_test' '$.authorizations[0].status')"
mine=$(value '$.authorizations[0].uid')
equals 'with its meter' 1 "$(meters_of "$mine")"
# what comes of a link is the third party's own in Green Button too, where it has a program: no page of its own took part
says 'a program of its own' 0 '' client add --as util-csp --redirect https://util.example/back --json
client=$(json "$work/out" $.client_id):$(json "$work/out" $.client_secret)
equals 'the link again' '302 302 200' "$(web "$portal/share/util-csp?f=$form") $(follow) $(follow)"
from=$(web "$portal/share/util-csp?f=$form" >/dev/null; header Location)
equals 'as a guest in so many words, the account known' '302 200' \
	"$(web "$portal$from&login=guest" >/dev/null; web "$portal${from/HistoryLength%3D63072000/HistoryLength%3D63072000%3BAdditionalScope%3Dauth-account-111111111-1}&login=guest") $(follow)"
holds 'stands there' grep -q 'value="111111111-1"' "$work/body"
press do=find by=account value=111111111-1 via=mail >/dev/null && follow >/dev/null
press do=code "code=$(sed -n 's/.*id="code-shown">\([0-9]*\)<.*/\1/p' "$work/body")" >/dev/null && follow >/dev/null
equals 'yes' '302 200' "$(press do=yes agree=1 months=12 history=24 reads=1 billing=1 $(chosen)) $(follow)"
get "authorizations?forms=$form&is_test=false&is_revoked=false" >/dev/null
mine=$(value '$.authorizations[0].uid')
ask_plain -u "$client" -d 'grant_type=client_credentials&scope=FB=34_35' "$url/oauth/token" >/dev/null
bulk=$(value $.access_token) at=$(value $.resourceURI)
equals 'its program sees the authorization' '200 1' "$(ask "$bulk" "$url/GreenButtonConnect/espi/1_1/resource/Authorization") $(grep -o 'Batch/Subscription/[0-9a-f-]*' "$work/body" | sort -u | wc -l)"
equals 'and the bulk has the meter, and that alone' '200 1' "$(ask "$bulk" "$at?published-min=${last}T00:00:00Z") $(grep -o '<UsagePoint[ >]' "$work/body" | wc -l)"
equals 'a link without a form' 302 "$(web "$portal/share/util-csp")"
equals 'of nobody' 404 "$(web "$portal/share/nobody")"
equals 'or a form of nobody' 404 "$(web "$portal/share/util-csp?f=00000000-0000-4000-8000-000000000000")"
equals 'or another''s' 404 "$(web "$portal/share/util-other?f=$form")"
equals 'a form that is disabled' '200 true' "$(send PATCH "forms/$form" '{"disabled": true}') $(value $.disabled)"
equals 'leads nowhere' 404 "$(web "$portal/share/util-csp?f=$form")"
equals 'nor is it tried' '409 conflict' "$(submit residential | cut -d' ' -f1) $(value $.error)"

# ---- others, and ends ----

words() { ask "$1" ${3:+-X "$3"} ${4:+-d "$4"} "$url/api/v2/$2" && echo " $(value $.error $.error_description)"; }
for path in "authorizations/$mine" "meters/$mine-10999900000000001" "forms/$form" "events/$event"; do
	nobody=${path%/*}/999999999
	equals "another third party's view of ${path%/*}: as of none" "$(words "$other" "$nobody")" "$(words "$other" "$path")"
	holds 'which is 404' test "$(ask "$other" "$url/api/v2/$path")" = 404
done
equals 'lists of it are empty' '200 0 200 0 200 0 200 0' "$(for p in "authorizations?uids=$mine" "meters?uids=$mine-10999900000000001" "bills?authorizations=$mine" \
	"intervals?meters=$mine-10999900000000001"; do echo "$(ask "$other" "$url/api/v2/$p") $(value "\$.${p%%\?*}.size()")"; done | xargs)"
equals 'it ends nothing' "$(words "$other" authorizations/999999999/revoke POST)" "$(words "$other" "authorizations/$mine/revoke" POST)"
equals 'a real one is not deleted' '403 forbidden' "$(send DELETE "authorizations/$mine") $(value $.error)"
equals 'revoked' '200 true' "$(send POST "authorizations/$mine/revoke") $(value $.success)"
equals 'its meter is gone' 0 "$(meters_of "$mine")"
equals 'its intervals too' '200 -' "$(get "intervals?authorizations=$mine") $(value '$.intervals[0].uid')"
equals 'its bills too' '200 -' "$(get "bills?authorizations=$mine") $(value '$.bills[0].uid')"
equals 'that is said' '200 true TERMINATED' "$(get "authorizations/$mine") $(value $.is_revoked) $(sql -c "select state from agreement.agreement where agreement = $mine")"
equals 'once is enough' '409 conflict' "$(send POST "authorizations/$mine/revoke") $(value $.error)"
equals 'a trial is deleted' '200 true' "$(send DELETE "authorizations/$a4") $(value $.success)"
equals 'and is not there' '404 0' "$(get "authorizations/$a4") $(meters_of "$a4")"
ended
