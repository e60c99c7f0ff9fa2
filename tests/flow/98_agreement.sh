#!/bin/bash
# An agreement from the invitation to its end, through what everybody has: the operator's command, a mail, a page
# without script, the third party's box. Nothing is given out a second before the customer's yes, nor one after
# its end.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/api.sh"
. "$lib/sink.sh"
. "$lib/customer.sh"

mail_port=$(free_port) mail_page_port=$(free_port) mail_text_port=$(free_port)
nginx_portal_rate=100r/s hub_portal_conf='dwell = 300ms'
detectors='affirmed-fast dwell network-crowd own-address unproven'
radar() { for detector in $detectors; do busbar radar set $detector --action "$1" >/dev/null; done; }
over() {
	radar hold
	busbar clock reset >/dev/null 2>&1
	nginx_down
	for one in portald apid dropd agreementd; do hub_stop_one $one; done
	sink_down
	unset hub_portal_conf mail_port mail_page_port mail_text_port nginx_portal_port
	hub_conf
}
trap over EXIT
hub_conf
radar note # all here comes from one machine, within seconds
holds 'a mail server runs' sink_up
holds 'nginx runs' nginx_up
for one in auditd agreementd portald apid dropd; do hub_start_one $one; done

# ---- a day of a utility, a third party with a box ----

oncor_day
says 'a third party' 0 '' csp add life-csp --name 'Life Third Party' --contact agreements@life-csp.example
says 'its box' 0 life-csp account add life-csp --party life-csp
token=$(token_of life-csp)
box=$url/box
reads() { # ESIID: as the third party; its status
	busbar reads "$1" --as life-csp --from "$day" --to "$day" >"$work/reads" 2>"$work/err"
	echo $?
}
invite() { # SAMPLE EMAIL OPTION...: its number
	local sample=$1 email=$2 esiid meter rep
	shift 2
	esiid=SAMPLE_ESIID_$sample meter=SAMPLE_METER_$sample rep=SAMPLE_REP_$sample
	busbar agreement invite --as life-csp --esiid "${!esiid}" --meter "${!meter}" --rep "${!rep}" --email "$email" --json "$@" \
		>"$work/invited" 2>"$work/err" && json "$work/invited" $.id
}
taken() { # NUMBER: a mail server has its mail
	busbar agreement show "$1" --json >"$work/shown" && [ "$(json "$work/shown" $.dies_at)" != - ]
}
state() { busbar agreement show "$1" --json >"$work/shown" && json "$work/shown" $.state; }
is() { [ "$(state "$1")" = "$2" ]; }
jar=$work/jar
answer() { # ADDRESS CHOICE [CODE]: as the newest invitation to it leads; the page in $work/page
	customer_waits "$1" 'asks to see readings|pide ver lecturas' >"$work/mail" 2>"$work/err" || return 1
	rm -f "$jar"
	customer_answers "$jar" "$(customer_link <"$work/mail")" "$2" "${3-$(customer_code <"$work/mail")}" >"$work/page"
}

# ---- asked ----

one=$(invite 1 life-ada@example.com --months 12 --history 1 --reference R-1)
equals 'a customer is asked' PENDING "$(state "$one")"
equals 'nothing may be read yet' 65 "$(reads "$SAMPLE_ESIID_1")"
holds 'the mail is in the customer'\''s mailbox' customer_waits life-ada@example.com 'Life Third Party'
customer_mail life-ada@example.com >"$work/mail"
link=$(customer_link <"$work/mail") code=$(customer_code <"$work/mail")
equals 'with a link and a code' '1 1' "$(grep -cE "^https://localhost:$nginx_portal_port/a/[A-Za-z0-9_-]{43}$" <<<"$link") $(grep -cE '^[0-9]{6}$' <<<"$code")"
holds 'its time runs since the mail was taken' within 10 taken "$one"
for method in GET HEAD OPTIONS; do
	customer_curl "$jar" -o "$work/page" -X $method $([ $method = HEAD ] && echo -I) "$link" >/dev/null 2>&1
done
equals 'looking changes nothing' PENDING "$(state "$one")"
equals 'a wrong code neither' PENDING "$(answer life-ada@example.com CONFIRM 000000 && state "$one")"
equals 'and still nothing may be read' 65 "$(reads "$SAMPLE_ESIID_1")"

# ---- yes ----

holds 'the customer says yes' answer life-ada@example.com CONFIRM
equals 'from then on it is active' ACTIVE "$(state "$one")"
equals 'and may be read' 0 "$(reads "$SAMPLE_ESIID_1")"
busbar reads "$SAMPLE_ESIID_1" --from "$day" --to "$day" --reason test >"$work/all"
same 'as the utility sent it' "$work/all" "$work/reads"
busbar reads --as life-csp --from "$day" --to "$day" >"$work/out" 2>"$work/err"
equals 'and nothing else' "'$SAMPLE_ESIID_1" "$(sed 1d "$work/out" | cut -d, -f1 | sort -u)"
equals 'not of a neighbour' 65 "$(reads "$SAMPLE_ESIID_2")"
holds 'the customer hears of it' customer_waits life-ada@example.com 'You said yes: readings'
answer life-ada@example.com DECLINE
equals 'a second answer changes nothing' ACTIVE "$(state "$one")"
equals 'a receipt was asked for' 1 "$(sql -c "select count(*) from audit.receipt where agreement = $one")"

says 'what it gets every day' 0 '' subscription add life-csp --schedule daily --kind interval
number=$(sql -c "select max(subscription) from delivery.subscription")
busbar drop build "$number" >/dev/null
built() { [ "$(sql -c "select state from delivery.drop where subscription = $number order by drop desc limit 1")" = BUILT ]; }
holds 'is built' within 20 built
file=$(ask "$token" "$box/daily/" >/dev/null; json "$work/body" '$.items[*] ? (@.name like_regex "[.]CSV$").name')
equals 'and taken' 200 "$(ask "$token" "$box/daily/$file")"
same 'the same reads' "$work/all" "$work/body"

# ---- stopped by the customer ----

rm -f "$jar"
customer_answers "$jar" "$link" STOP_ASK >"$work/page"
holds 'who holds the old mail may ask how to stop' customer_waits life-ada@example.com '^Stop sharing'
customer_waits life-ada@example.com '^Stop sharing' >"$work/mail"
stop=$(customer_link <"$work/mail")
rm -f "$jar"
holds 'the new mail has a button' customer_answers "$jar" "$stop" GO
begun=$(date +%s%N)
status=$(reads "$SAMPLE_ESIID_1")
took=$((($(date +%s%N) - begun) / 1000000))
equals 'from then on nothing may be read' 65 "$status"
equals 'within a second' true "$([ $took -lt 1000 ] && echo true)"
equals 'it is over, by the customer' 'TERMINATED CUSTOMER' "$(state "$one") $(json "$work/shown" $.by)"
holds 'the customer hears of it' customer_waits life-ada@example.com 'gets no more readings'
holds 'and the third party' customer_waits agreements@life-csp.example '^Ended: agreement'
equals 'what lay in the box is not given out' 403 "$(ask "$token" "$box/daily/$file")"
ask "$token" "$box/daily/" >/dev/null
equals 'nor shown' 0 "$(grep -c "$file" "$work/body")"

# ---- no, not me, nothing ----

two=$(invite 2 life-bob@example.com --months 6)
holds 'another is asked and says no' answer life-bob@example.com DECLINE
equals 'that is the end of it' REJECTED "$(state "$two")"
three=$(invite 3 life-cleo@example.com --months 6 --language ES)
holds 'one is asked in Spanish and did not ask for it' answer life-cleo@example.com REPORT
equals 'which is kept apart' REPORTED "$(state "$three")"
four=$(invite 4 life-dan@example.com --months 24)
holds 'one does not answer' within 15 taken "$four"
five=$(invite 2 refuse-life@example.com --months 6)
holds 'one has no mailbox' within 15 is "$five" UNDELIVERABLE
six=$(invite 2 life-eve@example.com --months 6)
says 'one is taken back' 0 WITHDRAWN agreement withdraw "$six" --as life-csp
seven=$(invite 1 life-ada@example.com --months 12 --history 1)
holds 'the first is asked once more' within 15 taken "$seven"
holds 'who answers' answer life-ada@example.com CONFIRM
equals 'and says yes again' ACTIVE "$(state "$seven")"
busbar clock advance 9d >/dev/null
holds 'nine days later the silent one has lapsed' within 20 is "$four" LAPSED
holds 'as its customer hears' customer_waits life-dan@example.com 'has run out'
equals 'the others are as they were' 'ACTIVE REJECTED' "$(state "$seven") $(state "$two")"
busbar clock reset >/dev/null

busbar agreement funnel --as life-csp --json >"$work/out"
equals 'the funnel has each once' '7 0 0 0 2 1 1 1 1 1' "$(json "$work/out" '$.items[0].invited' '$.items[0].sent' '$.items[0].delivered' \
	'$.items[0].opened' '$.items[0].affirmed' '$.items[0].declined' '$.items[0].reported' '$.items[0].lapsed' \
	'$.items[0].undeliverable' '$.items[0].withdrawn')"
busbar agreement list --as life-csp --state active --json >"$work/out"
equals 'the list has its number and state' "$seven ACTIVE" "$(json "$work/out" '$.items[0].id' '$.items[0].state')"

# ---- held, suspended ----

busbar radar set dwell --action hold >/dev/null
eight=$(invite 3 life-fay@example.com --months 6 --history 1)
holds 'a yes that came fast' answer life-fay@example.com CONFIRM
equals 'is held' HELD "$(state "$eight")"
equals 'and gives nothing' 65 "$(reads "$SAMPLE_ESIID_3")"
says 'a person looks' 0 '' hold release "$eight" --reason 'asked by telephone'
equals 'then it is active' 'ACTIVE 0' "$(state "$eight") $(reads "$SAMPLE_ESIID_3")"
busbar radar set dwell --action note >/dev/null
equals 'as is the other' 0 "$(reads "$SAMPLE_ESIID_1")"
says 'a third party is suspended' 0 '' csp suspend life-csp --reason 'flow'
equals 'and reads nothing' '65 65' "$(reads "$SAMPLE_ESIID_1") $(reads "$SAMPLE_ESIID_3")"
says 'nor does it ask anybody' 65 SUSPENDED agreement invite --as life-csp --esiid "$SAMPLE_ESIID_2" --meter "$SAMPLE_METER_2" \
	--rep "$SAMPLE_REP_2" --email life-gus@example.com --months 6
says 'an agreement is ended by order' 0 TERMINATED agreement terminate "$seven" --by commission --why 'docket 12345'
says 'all of it holds together' 0 HOLDS check
ended
