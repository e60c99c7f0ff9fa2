#!/bin/bash
# /v1: a third party asks customers, one by one, several at once and by a file; looks what became of it, takes back, ends;
# the customer sees who has agreed on its home and who read it, and ends that. Of others' agreements nobody learns anything.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/api.sh"
trap people_down EXIT
people_up
hub_start_one auditd # which later flows go on with

# ---- a customer with an account, two third parties, a retailer ----

customer=$(cat "$hub_state/partners/customer1.token") neighbour=$(cat "$hub_state/partners/customer2.token")
for one in acc-csp acc-csp2; do
	says "a third party: $one" 0 '' csp add $one --name "Accord $one" --contact agreements@$one.example
	says 'its account' 0 '' account add $one --party $one
done
says 'a retailer' 0 '' rep add acc-rep --name 'Accord Retailer' --certificate 97301
says 'its account' 0 '' account add acc-rep --party acc-rep
csp=$(token_of acc-csp) csp2=$(token_of acc-csp2) rep=$(token_of acc-rep)

post() { # TOKEN PATH [JSON [CURL_ARGUMENT...]]: the status
	local token=$1 path=$2 body=${3:-}
	shift $(($# > 3 ? 3 : $#))
	ask "$token" -X POST ${body:+-H 'Content-Type: application/json' --data "$body"} "$@" "$url/v1$path"
}
premise() { # SAMPLE [METER]
	local esiid=SAMPLE_ESIID_$1 meter=SAMPLE_METER_$1 rep=SAMPLE_REP_$1
	echo "{\"esiid\":\"${!esiid}\",\"meter\":\"${2:-${!meter}}\",\"rep\":\"${!rep}\"}"
}
invitation() { # PREMISES EMAIL [MORE]
	echo "{\"premises\":[$1],\"email\":\"$2\",\"months\":12,\"history_months\":12${3:-}}"
}
state() { ask "$csp" "$url/v1/agreements/$1" >"$work/status" && body $.state; }
is() { [ "$(state "$1")" = "$2" ]; }
delivered() { ask "$csp" "$url/v1/agreements/$1" >"$work/status" && [ "$(body $.stage)" = delivered ]; }
answer() { # EMAIL CHOICE: as its mail leads to
	customer_waits "$1" "$BUSBAR_SCENE_INVITATION" >"$work/mail" && rm -f "$work/jar" &&
		customer_answers "$work/jar" "$(customer_link <"$work/mail")" "$2" "$(customer_code <"$work/mail")" >"$work/page"
}
strip() { sed 's/"request":"[^"]*"//' "$work/body"; }

# ---- one ----

equals 'a customer is asked' '201 PENDING R-1' "$(post "$csp" /invitations "$(invitation "$(premise 1)" acc-ada@example.com ',"reference":"R-1"')") \
$(body $.state $.reference)"
one=$(body $.agreement)
equals 'whose place is told' "/v1/agreements/$one" "$(header Location)"
equals 'not while it waits' '422 FAULTS open-invitation 1 - ' "$(post "$csp" /invitations "$(invitation "$(premise 1)" acc-ada@example.com)") \
$(body $.code '$.faults[0].code' '$.faults[0].premise' '$.faults[0].field') "
equals 'as problems are told' application/problem+json "$(header Content-Type)"
wrong() { # SENTENCE FAULT BODY: field, code, found, expected of the first one
	equals "$1" "422 $2" "$(post "$csp" /invitations "$3") $(body '$.faults[0].field') $(body '$.faults[0].code') $(body '$.faults[0].found') $(body '$.faults[0].expected')"
}
belong='an ESI ID, meter number and REP certificate that belong together'
wrong 'a wrong meter' "- not-matched $SAMPLE_ESIID_2 $belong" "$(invitation "$(premise 2 NOT1)" acc-bob@example.com)"
wrong 'an ESI ID that nobody has' "- not-matched 10443720000099999 $belong" \
	"$(invitation "$(premise 2 | sed "s/$SAMPLE_ESIID_2/10443720000099999/")" acc-bob@example.com)"
wrong 'no ESI ID' 'esiid field 123 an ESI ID: 17 or 22 digits from 10 on' "$(invitation '{"esiid":"123","meter":"1","rep":"10001"}' acc-bob@example.com)"
wrong 'no mailbox, which is not said back' 'email field 9 bytes one mailbox such as name@example.com, in ASCII' "$(invitation "$(premise 2)" 'nobody at')"
wrong 'too long' 'months field 37 a whole number from 1 to 36' "$(invitation "$(premise 2)" acc-bob@example.com | sed 's/"months":12/"months":37/')"
wrong 'too long for a home' 'months term 24 at most 12: not a large business' "$(invitation "$(premise 2)" acc-bob@example.com | sed 's/"months":12/"months":24/')"
wrong 'a member that there is not' '- structure typo only: premises email months kind reads history_months language reference all_or_none' \
	"$(invitation "$(premise 2)" acc-bob@example.com ',"typo":1')"
equals 'a member twice' 422 "$(post "$csp" /invitations '{"email":"a@b.example","Email":"c@d.example"}')"
equals 'what is not JSON' 400 "$(post "$csp" /invitations '{')"
equals 'retailers ask nobody' 403 "$(post "$rep" /invitations '{}')"
equals 'nor do customers' 403 "$(post "$customer" /invitations '{}')"

# ---- several: each by itself, once ----

several="{\"invitations\":[
	$(invitation "$(premise 2)" acc-bob@example.com ',"reference":"row 1"'),
	$(invitation "$(premise 3 NOT1)" acc-cleo@example.com),
	$(invitation "$(premise 3),$(premise 2 NOT2)" acc-dan@example.com ',"all_or_none":false'),
	$(invitation "$(premise 4)" acc-eve@example.com | sed 's/"months":12/"months":0/'),
	\"not an object\"]}"
equals 'several are asked' '200 5 2 1 3' "$(post "$csp" /invitations/bulk "$several" -H 'Idempotency-Key: acc-1') \
$(body $.rows $.invited $.partly $.refused)"
cp "$work/body" "$work/first"
equals 'the good ones' '1 PENDING row 1' "$(body '$.items[0].row' '$.items[0].state' '$.items[0].reference')"
equals 'the part of one that is good' '3 PENDING 2 not-matched' "$(body '$.items[2].row' '$.items[2].state' '$.items[2].faults[0].premise' '$.items[2].faults[0].code')"
equals 'not the bad ones, each with its row' "- 2 not-matched $SAMPLE_ESIID_3" "$(body '$.items[1].state' '$.items[1].faults[0].row' '$.items[1].faults[0].code' '$.items[1].faults[0].found')"
equals 'and field' '4 months 0 5 email' "$(body '$.items[3].faults[0].row' '$.items[3].faults[0].field' '$.items[3].faults[0].found' '$.items[4].faults[0].row' '$.items[4].faults[0].field')"
two=$(body '$.items[0].agreement') three=$(body '$.items[2].agreement')
equals 'again by the same key: the same answer' '200 true' "$(post "$csp" /invitations/bulk "$several" -H 'Idempotency-Key: acc-1') $(header Idempotent-Replayed)"
same 'byte for byte' "$work/first" "$work/body"
sql -c "delete from api.once where key = 'acc-1'" >/dev/null # as if the hub had died before it could answer
equals 'also when the answer was lost' 200 "$(post "$csp" /invitations/bulk "$several" -H 'Idempotency-Key: acc-1')"
same 'nobody is asked twice' "$work/first" "$work/body"
equals 'another request by that key is none' 409 "$(post "$csp" /invitations/bulk '{"invitations":[{}]}' -H 'Idempotency-Key: acc-1')"
equals 'without a key the mail that is out stands' '200 0' "$(post "$csp" /invitations/bulk "$several") $(body $.invited)"
odd='{"premises":5},{"premises":["x",null,[1]]},{"premises":[{"esiid":[],"meter":{},"rep":1}]},{"reads":{"a":1}},{"reads":["all"]},{"months":"12"},
	{"months":1.5},{"language":"en"},{"kind":null,"reads":[]},{"all_or_none":1},{"reference":7},{"email":["a@b.example"]},null,[],7,true'
equals 'whatever stands in it, that is a fault of it' '200 16 0 16' "$(post "$csp" /invitations/bulk "{\"invitations\":[$odd]}") $(body $.rows $.invited $.refused)"
equals 'each has some' '-' "$(body '$.items[*] ? (@.faults.size() == 0)')"
equals 'with field and what was found' '{"row": 6, "code": "field", "field": "months", "found": "12", "expected": "a whole number from 1 to 36"}' \
	"$(body '$.items[5].faults[*] ? (@.field == "months")')"
holds 'more than it may be' python3 -c "print('{\"invitations\":[' + ','.join(['{}'] * 201) + ']}')"
equals 'is refused' '413 TOO_BIG' "$(post "$csp" /invitations/bulk "$(cat "$work/held")") $(body $.code)"

# ---- a file ----

printf 'esiid,meter,rep,email,months\n%s,%s,%s,acc-fay@example.com,12\n%s,NOT1,%s,acc-gus@example.com,12\n' \
	"$SAMPLE_ESIID_4" "$SAMPLE_METER_4" "$SAMPLE_REP_4" "$SAMPLE_ESIID_4" "$SAMPLE_REP_4" >"$work/acc.csv"
equals 'a file goes into the box' 201 "$(ask "$csp" -T "$work/acc.csv" "$url/box/in/acc.csv")"
file=$(body $.file)
read_file() { [ "$(ask "$csp" "$url/v1/invitations/files/$file")" = 200 ] && [ "$(body $.file.state)" = INVITED ]; }
holds 'and is read' within 20 read_file
equals 'line by line' '2 PENDING 3 not-matched' "$(body '$.items[0].line' '$.items[0].state' '$.items[1].line' '$.items[1].code')"
four=$(body '$.items[0].agreement')
equals 'which others know nothing of' "404 404" "$(ask "$csp2" "$url/v1/invitations/files/$file") $(ask "$csp" "$url/v1/invitations/files/999999")"

# ---- who sees it ----

equals 'a third party has its own' "200 $four $three $two $one -" "$(ask "$csp" "$url/v1/agreements") \
$(body '$.items[0].agreement' '$.items[1].agreement' '$.items[2].agreement' '$.items[3].agreement' $.cursor)"
equals 'a page at a time' "200 $four" "$(ask "$csp" "$url/v1/agreements?limit=1") $(body '$.items[0].agreement')"
equals 'and on' "200 $three" "$(ask "$csp" "$url/v1/agreements?limit=1&cursor=$(body $.cursor)") $(body '$.items[0].agreement')"
equals 'of one premise' "200 1 $one" "$(ask "$csp" "$url/v1/agreements?esiid=$SAMPLE_ESIID_1&state=PENDING,ACTIVE") $(body '$.items.size()' '$.items[0].agreement')"
equals 'by its own words' "200 1 $two" "$(ask "$csp" "$url/v1/agreements?reference=row%201") $(body '$.items.size()' '$.items[0].agreement')"
equals 'of days to come' '200 0' "$(ask "$csp" "$url/v1/agreements?from=2099-01-01") $(body '$.items.size()')"
for query in state=OPEN kind=GAS from=today 'from=2026-02-01&to=2026-01-01' cursor=1 limit=0 what=1; do
	equals "not to be asked so: $query" 400 "$(ask "$csp" "$url/v1/agreements?$query")"
done
equals 'another third party has none' '200 0' "$(ask "$csp2" "$url/v1/agreements") $(body '$.items.size()')"
foreign=$(ask "$csp2" "$url/v1/agreements/$one" && strip)
unknown=$(ask "$csp2" "$url/v1/agreements/99999999" && strip)
equals 'one of somebody else is as one that there is not' "$unknown" "$foreign"
for what in "POST /$one/withdraw" "POST /$one/renew" "POST /$one/terminate" "GET /$one/receipt"; do
	equals "nor is there anything to do about it: $what" 404 "$(ask "$csp2" -X "${what% *}" "$url/v1/agreements${what#* }")"
done
equals 'retailers have none' '403 403' "$(ask "$rep" "$url/v1/agreements") $(ask "$rep" "$url/v1/releases")"
holds 'its mail is delivered' within 15 delivered "$one"
equals 'a customer sees who asks for its home' "200 acc-csp $SAMPLE_ESIID_1 PENDING" "$(ask "$customer" "$url/v1/agreements/$one") \
$(body $.csp '$.premises[0].esiid' '$.premises[0].state')"
equals 'and not what that calls it' - "$(body $.reference)"
equals 'a neighbour does not' 404 "$(ask "$neighbour" "$url/v1/agreements/$one")"
equals 'there is no receipt yet' 404 "$(ask "$customer" "$url/v1/agreements/$one/receipt")"
equals 'what waits for its answer is not ended' '409 SEQUENCE' "$(post "$customer" "/agreements/$one/terminate") $(body $.code)"

# ---- yes ----

holds 'the customer says yes' answer acc-ada@example.com CONFIRM
equals 'it is active' 'ACTIVE affirm CUSTOMER' "$(state "$one") $(body '$.steps[0].event' '$.steps[0].by')"
receipt() { [ "$(ask "$1" "$url/v1/agreements/$one/receipt")" = 200 ]; }
holds 'its receipt is signed' within 15 receipt "$csp"
cp "$work/body" "$work/receipt.json"
holds 'the customer has it' receipt "$customer"
same 'the same' "$work/receipt.json" "$work/body"
says 'it holds' 0 '' audit verify "$work/receipt.json"
holds 'and names the home' grep -q "$SAMPLE_ESIID_1" "$work/receipt.json"
equals 'the neighbour has not' 404 "$(ask "$neighbour" "$url/v1/agreements/$one/receipt")"
equals 'it is read' 200 "$(ask "$csp" "$url/v1/premises/$SAMPLE_ESIID_1/reads?from=$day")"
ask "$csp" "$url/v1/reads?esiid=all&from=$day" >/dev/null
got() { # PATH of the newest reads of acc-csp
	body "\$.items[*] ? (@.code == \"acc-csp\")$1"
}
equals 'which the customer sees' "200 $SAMPLE_ESIID_1 $day v1 interval" "$(ask "$customer" "$url/v1/releases") \
$(got '.esiids[0]') $(got .from) $(got .door) $(got .what)"
equals 'both times' 2 "$(grep -o '"code":[ ]*"acc-csp"' "$work/body" | wc -l)"
equals 'page by page' '200 1 200 1' "$(ask "$customer" "$url/v1/releases?limit=1") $(body '$.items.size()') \
$(ask "$customer" "$url/v1/releases?limit=1&cursor=$(body $.cursor)") $(body '$.items.size()')"
equals 'and the neighbour does not' '200 -' "$(ask "$neighbour" "$url/v1/releases") $(got .event)"
equals 'third parties do not look' 403 "$(ask "$csp" "$url/v1/releases")"
# each of it can be proven, to whom it is of
release=$(ask "$customer" "$url/v1/releases" >/dev/null; got .event | tr ' ' '\n' | head -n 1)
proven() { [ "$(ask "$customer" "$url/v1/releases/$release/proof")" = 200 ]; }
holds 'the customer has a release proven' within 20 proven
cp "$work/body" "$work/proof"
verified() { "$hub_programs/bin/busbar-verify" --key "$hub_state/audit.pub" "$work/proof" >"$work/verified"; }
holds 'which the key alone verifies' verified
holds 'it is that one' grep -q "\"event\":$release,.*reads.released" "$work/verified"
equals 'nobody else has' '404 403' "$(ask "$neighbour" "$url/v1/releases/$release/proof") $(ask "$csp" "$url/v1/releases/$release/proof")"
agreed() { [ "$(ask "$customer" "$url/v1/agreements/$one/proof")" = 200 ]; }
holds 'and the affirmation' within 20 agreed
cp "$work/body" "$work/proof"
holds 'to the customer' verified
holds 'that one' grep -q "\"event\": \"affirm\".*\"agreement\": $one[,}]" "$work/verified"
equals 'and the third party' '200 404' "$(ask "$csp" "$url/v1/agreements/$one/proof") $(ask "$neighbour" "$url/v1/agreements/$one/proof")"
BUSBAR=$hub_programs/bin/busbar BUSBAR_CONF=$hub_state/busbar.conf LOG_KEY=$hub_state/audit.pub \
	"$source/deploy/walk" "$work/walk" "$(TZ=America/Chicago date -d yesterday +%F)" "$(TZ=America/Chicago date +%F)" >"$work/walked" 2>&1
equals 'an auditor walks from a printed figure to the signed checkpoint' 0 $?
holds 'one that is not nought' grep -qE 'the figure is [1-9][0-9]*, the events are' "$work/walked"
[ $failed = 0 ] || cat "$work/walked"

equals 'a home is not renewed so' '409 SEQUENCE' "$(post "$csp" "/agreements/$one/renew") $(body $.code)"

# ---- ended ----

equals 'an invitation is taken back' '200 WITHDRAWN' "$(post "$csp" "/agreements/$two/withdraw") $(body $.state)"
equals 'once' 409 "$(post "$csp" "/agreements/$two/withdraw")"
equals 'by its end, too' '200 WITHDRAWN' "$(post "$csp" "/agreements/$three/terminate" '{"why":"asked by mistake"}') $(body $.state)"
equals 'with why' 'asked by mistake CSP' "$(state "$three" >/dev/null; body $.reason $.by)"
equals 'no other members' 422 "$(post "$csp" "/agreements/$four/terminate" '{"because":"x"}')"
equals 'the customer ends it' '200 TERMINATED' "$(post "$customer" "/agreements/$one/terminate") $(body $.state)"
equals 'from then on nothing is read' 404 "$(ask "$csp" "$url/v1/premises/$SAMPLE_ESIID_1/reads?from=$day")"
equals 'it is over, by the customer' 'TERMINATED CUSTOMER' "$(state "$one") $(body $.by)"
equals 'once' 409 "$(post "$customer" "/agreements/$one/terminate")"
holds 'the third party hears of it' customer_waits agreements@acc-csp.example '^Ended: agreement'
equals 'the receipt stays' 200 "$(ask "$customer" "$url/v1/agreements/$one/receipt")"
equals 'the funnel has each once' '200 4 1 2' "$(ask "$csp" "$url/v1/invitations/funnel") $(body $.invited $.affirmed $.withdrawn)"
equals 'of a day to come none' '200 0' "$(ask "$csp" "$url/v1/invitations/funnel?from=2099-01-01") $(body $.invited)"

# ---- kill -9 in the middle of several ----

three="{\"invitations\":[$(invitation "$(premise 1)" acc-ida@example.com),$(invitation "$(premise 2)" acc-bob@example.com),
	$(invitation "$(premise 3)" acc-jo@example.com)]}"
sql -c "/* acc holds */ begin; select pg_advisory_xact_lock(hashtextextended(encode(email_index, 'hex'), 4))
	from agreement.agreement where agreement = $two; select pg_sleep(60)" >/dev/null 2>&1 &
held() { [ "$(sql -c "select count(*) from pg_locks l join pg_stat_activity a using (pid)
	where l.locktype = 'advisory' and l.granted and a.query like '/* acc holds */%'")" = 1 ]; }
holds 'the second mailbox is busy' within 10 held
curl -sS --cacert "$hub_state/tls/ca.pem" -H "Authorization: Bearer $csp2" -H 'Content-Type: application/json' -H 'Idempotency-Key: acc-2' \
	-o "$work/cut" -w '%{http_code}' --data "$three" "$url/v1/invitations/bulk" >"$work/status.cut" 2>/dev/null &
cut=$!
asked() { sql -c "select count(*) from agreement.agreement a join party.party p on p.party = a.csp where p.code = 'acc-csp2'"; }
second() { [ "$(sql -c "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query like '%api.invite(%'")" = 1 ]; }
holds 'the first is asked, the second waits' within 10 second
equals 'which stands' 1 "$(asked)"
kill -KILL "$(cat "$hub_state/run/apid.pid")"
wait $cut
equals 'killed there, there is no answer' 503 "$(cat "$work/status.cut")"
sql -c "select pg_terminate_backend(pid) from pg_stat_activity where query like '/* acc holds */%'" >/dev/null
holds 'it is there again' within 30 answers
again() { post "$csp2" /invitations/bulk "$three" -H 'Idempotency-Key: acc-2'; }
equals 'at first it may still be under way' 409 "$(again)"
sql -c "update api.once set begun_at = begun_at - interval '6 min' where key = 'acc-2'" >/dev/null
equals 'then it goes on where it was cut' '200 3 3' "$(again) $(body $.rows $.invited)"
equals 'nobody is asked twice' '3 3' "$(asked) $(sql -c "select count(*) from mail.outbox o join party.party p on p.party = o.csp
	where p.code = 'acc-csp2' and o.kind = 'invitation'")"

# ---- suspended: nobody more is asked ----

says 'a third party is suspended' 0 '' csp suspend acc-csp --reason 'flow'
equals 'and asks nobody' '403 FORBIDDEN' "$(post "$csp" /invitations "$(invitation "$(premise 2)" acc-hal@example.com)") $(body $.code)"
equals 'nor several' 403 "$(post "$csp" /invitations/bulk "{\"invitations\":[$(invitation "$(premise 2)" acc-hal@example.com)]}")"
holds 'no mailbox is in a log' sh -c "! grep -rqE 'acc-(ada|bob|cleo|dan|eve)@' '$hub_state/log'"
says 'all of it holds together' 0 HOLDS check
ended
