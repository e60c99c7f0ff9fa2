#!/bin/bash
# Meter commands through nginx: a retailer asks for a read on demand, the utility's head end takes it and answers; a
# head end that loses, doubles, mistakes; limits that a restart does not forget; who may not.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/api.sh"
. "$lib/headend.sh"
over() {
	headend_down cmd-oncor
	api_down
}
trap over EXIT
holds 'nginx and busbar-apid' api_up

# ---- a utility, two retailers, a premise of its own ----

today=$(TZ=America/Chicago date +%F)
meter=C97001LG esiid=10443720000097901
cat >"$work/premise.csv" <<-CSV
	busbar,premise,1
	esiid,commodity,status,class,effective,channels
CSV
cat >"$work/meter.csv" <<-CSV
	busbar,meter,1
	esiid,meter_number,effective
CSV
cat >"$work/rep.csv" <<-CSV
	busbar,rep,1
	esiid,rep,effective
CSV
for i in 1 2 3 4 5 6; do
	echo "1044372000009790$i,ELECTRIC,ACTIVE,RESIDENTIAL,2026-01-01,LOAD" >>"$work/premise.csv"
	echo "1044372000009790$i,C9700${i}LG,2026-01-01" >>"$work/meter.csv"
	echo "1044372000009790$i,97001,2026-01-01" >>"$work/rep.csv"
done
says 'a retailer' 0 '' rep add cmd-rep --name 'Retailer' --certificate 97001
says 'another' 0 '' rep add cmd-rep2 --name 'Other Retailer' --certificate 97002
for file in premise meter rep; do
	says "its $file" 0 '' submit "$work/$file.csv" --as oncor --wait
done
for one in oncor:cmd-oncor centerpoint:cmd-cnp cmd-rep:cmd-rep cmd-rep2:cmd-rep2; do
	says "an account of ${one%:*}" 0 '' account add "${one#*:}" --party "${one%:*}"
done
rep=$(token_of cmd-rep) rep2=$(token_of cmd-rep2) tdu=$(token_of cmd-oncor)
install -d -m 0700 "$hub_state/partners"
(umask 077 && echo "$tdu" >"$hub_state/partners/cmd-oncor.token")

want() { # TOKEN ESIID [METER]
	ask "$1" -H 'Content-Type: application/json' \
		-d "{\"kind\":\"ON_DEMAND_READ\"${3:+,\"meter_number\":\"$3\"}}" "$url/v1/premises/$2/commands"
}
state() { # NUMBER
	ask "$rep" "$url/v1/commands/$1" >/dev/null
	json "$work/body" $.state
}
is_over() { [ "$(state "$1")" != PENDING ] && [ "$(state "$1")" != TAKEN ]; }
head_end() { # ARGUMENT...: what waits is answered, once
	/usr/bin/python3 "$lib/../headend/headend.py" --api "$url" --ca "$hub_state/tls/ca.pem" \
		--token-file "$hub_state/partners/cmd-oncor.token" --delay 0-0 --once "$@" >"$work/headend"
}

# ---- asked and answered ----

equals 'a read on demand' '202 PENDING 1' "$(want "$rep" $esiid $meter) $(json "$work/body" $.state $.left_this_hour)"
first=$(json "$work/body" $.command)
equals 'whose place is told' "/v1/commands/$first" "$(header Location)"
equals 'it waits' PENDING "$(state "$first")"
holds 'a head end answers' head_end
equals 'it is there' "COMPLETED $meter" "$(state "$first") $(json "$work/body" $.meter_number)"
holds 'with what the register showed' sh -c "grep -qE '\"read\":\{\"at\":\"[^\"]+Z\",\"register_kwh\":[0-9]+\.[0-9]{3}\}' '$work/body'"
holds 'how long it took' sh -c "grep -qE '\"took_ms\":[0-9]+' '$work/body'"
equals 'a list of one' '200 1' "$(ask "$rep" "$url/v1/commands?esiid=$esiid") $(json "$work/body" '$.items.size()')"

# ---- a head end that waits gets it at once ----

(ask "$tdu" "$url/v1/tdu/commands?wait_s=20" >"$work/status.poll"; cp "$work/body" "$work/poll") &
poll=$!
polling() { sql -c "select 1 from pg_stat_activity where query like '%odr.take%'" | grep -q 1; }
holds 'a head end waits' within 5 polling
(
	work=$work/asker
	mkdir -p "$work"
	want "$rep" 10443720000097902 >"$work/status"
)
wait $poll
equals 'and is told within its wait' "200 C97002LG false" "$(cat "$work/status.poll") $(json "$work/poll" '$.items[0].meter_number' '$.items[0].again')"
number=$(json "$work/poll" '$.items[0].command')
answer() { # TOKEN NUMBER BODY
	ask "$1" -H 'Content-Type: application/json' -d "$3" "$url/v1/tdu/commands/$2/answer"
}
equals 'an answer without a read' '422 BAD_INPUT' "$(answer "$tdu" "$number" '{"state":"COMPLETED"}') $(json "$work/body" $.code)"
equals 'of an odd time' '422 BAD_INPUT' "$(answer "$tdu" "$number" '{"state":"COMPLETED","read_at":"now","register_wh":1}') $(json "$work/body" $.code)"
equals 'that is not one' '422 BAD_INPUT' "$(answer "$tdu" "$number" '{"state":"COMPLETED","register_kwh":1}') $(json "$work/body" $.code)"
equals 'by another' '404 NOT_FOUND' "$(answer "$rep" "$number" '{"state":"FAILED","reason":"busy"}') $(json "$work/body" $.code)"
equals 'why not' '200 DONE' "$(answer "$tdu" "$number" '{"state":"FAILED","reason":"disconnected","words":"open switch"}') $(json "$work/body" $.result)"
equals 'the same again' '200 AGAIN' "$(answer "$tdu" "$number" '{"state":"FAILED","reason":"disconnected"}') $(json "$work/body" $.result)"
equals 'who asked is told why' 'FAILED disconnected The meter is disconnected. open switch' \
	"$(state "$number") $(json "$work/body" $.reason $.reason_words $.utility_words)"

# ---- head ends with faults ----

fault() { # NAME ESIID: the state after a head end with that fault alone
	want "$rep" "$2" >"$work/status"
	number=$(json "$work/body" $.command)
	head_end --faults "$1=1"
	state "$number"
}
equals 'one that mistakes the meter is refused, then right' 'COMPLETED' "$(fault wrong 10443720000097903)"
holds 'in clear words' grep -q "status=422 says='the answer is of another meter'" "$work/headend"
equals 'one that sends an old read for a new one too' 'COMPLETED' "$(fault old 10443720000097904)"
holds 'in clear words' grep -q "status=422 says='the read is from before it was asked for" "$work/headend"
equals 'one that says it twice changes nothing' 'COMPLETED' "$(fault double 10443720000097905)"
holds 'the second time' grep -q 'result=AGAIN' "$work/headend"
equals 'one that cannot reach the meter' 'FAILED' "$(fault failed 10443720000097906)"
equals 'one that loses it' 'TAKEN' "$(fault lost 10443720000097906)"
lost=$(sql -c 'select max(command) from odr.command')
sql -c "update odr.command set taken_until = clock_timestamp() where command = $lost" >/dev/null
equals 'gets it again' 'true' "$(ask "$tdu" "$url/v1/tdu/commands" >/dev/null; json "$work/body" '$.items[0].again')"
sql -c "update odr.command set expires_at = clock_timestamp() where command = $lost" >/dev/null
holds 'until it has failed' within 15 is_over "$lost"
equals 'for want of an answer' 'FAILED no-answer' "$(state "$lost") $(json "$work/body" $.reason)"
equals 'a late one does not make it good' '200 LATE FAILED' "$(answer "$tdu" "$lost" \
	"{\"state\":\"COMPLETED\",\"read_at\":\"$(date -u +%FT%TZ)\",\"register_wh\":1}") $(json "$work/body" $.result) $(state "$lost")"

# ---- devices in the home: a third party with an agreement of a device kind ----

says 'a third party' 0 '' csp add cmd-csp --name 'Devices Inc'
says 'its account' 0 '' account add cmd-csp --party cmd-csp
csp=$(token_of cmd-csp)
agree() { # KIND ESIID
	sql -c "with a as (insert into agreement.agreement (csp, kind, state, starts_at, ends_at, reads_from, kinds)
			select party, '$1', 'ACTIVE', ops.now() - interval '1 min', ops.now() + interval '1 year', ops.now() - interval '1 day', '{}'
			from party.party where code = 'cmd-csp' returning agreement)
		insert into agreement.premise (agreement, premise) select a.agreement, p.premise from a, premise.premise p where p.esiid = '$2'" >/dev/null
}
tell() { # KIND ESIID ARGS: the status; the number in $number
	local status
	status=$(ask "$csp" -H 'Content-Type: application/json' -d "{\"kind\":\"$1\",\"args\":$3}" "$url/v1/premises/$2/commands")
	number=$(json "$work/body" $.command 2>/dev/null)
	echo "$status" >"$work/said"
}
home=10443720000097904
join='{"mac":"000D6F0001234567","install_code":"83FED3407A939723A5C639B26916D505C3B5","class":"THERMOSTAT"}'
tell HAN_JOIN $home "$join"
equals 'without one it is told what it would be of an unknown ESI ID' '404 NOT_FOUND' "$(cat "$work/said") $(body $.code)"
agree DEVICE $home
tell HAN_JOIN $home "$join"
equals 'by itself no meter speaks to devices' '409 the meter there speaks to no devices' "$(cat "$work/said") $(body $.detail)"
says 'an operator lets this one' 0 '' han on $home
tell HAN_JOIN $home '{"mac":"000D6F0001234567","install_code":"83FED3407A939723A5C639B26916D505C3B6","class":"THERMOSTAT"}'
equals 'a code with a slip is refused' '422 BAD_INPUT' "$(cat "$work/said") $(body $.code)"
tell HAN_JOIN $home "$join"
equals 'a device is to join' 202 "$(cat "$work/said")"
join_number=$number
seen() { ask "$csp" "$url/v1/commands/$1" >/dev/null; body $.state; }
equals 'nobody sees its code again' 'PENDING false' "$(seen "$number") $(grep -q 83FED "$work/body" && echo true || echo false)"
holds 'the head end takes it' head_end --faults double=1
equals 'the meter was ready, and it has joined' 'COMPLETED true' "$(seen "$join_number") $([ "$(body $.took_ms)" -ge "$(body $.ready_ms)" ] && echo true)"
equals 'each answer that came twice was one' 'DONE AGAIN DONE AGAIN' "$(sed -n 's/.*result=//p' "$work/headend" | paste -sd' ')"
equals 'it is in the list' '200 JOINED …4567' "$(ask "$csp" "$url/v1/premises/$home/devices") $(body '$.items[0].state' '$.items[0].mac')"
tell HAN_PRICE $home '{"mills_per_kwh":95,"minutes":60}'
equals 'prices take an agreement for services' 404 "$(cat "$work/said")"
agree DEVICE_SERVICES $home
tell HAN_PRICE $home '{"mills_per_kwh":95,"minutes":60}'
head_end --faults wrong=1
equals 'a price is delivered, after an answer of a wrong meter' 'COMPLETED 422' "$(seen "$number") $(sed -n 's/.*status=\([0-9]*\).*/\1/p' "$work/headend")"
tell HAN_LOAD_CONTROL $home '{"class":"THERMOSTAT","minutes":30,"duty_cycle":50}'
head_end --faults lost=1
equals 'load control that is lost' TAKEN "$(seen "$number")"
sql -c "update odr.command set expires_at = clock_timestamp() where command = $number" >/dev/null
failed() { [ "$(seen "$1")" = FAILED ]; }
holds 'has failed' within 15 failed "$number"
tell HAN_TEXT $home '{"text":"Tomorrow is dear."}'
equals 'late, it stays so' '200 LATE' "$(answer "$tdu" "$number" '{"state":"FAILED","reason":"busy"}' >/dev/null
	sql -c "update odr.command set state = 'FAILED', reason = 'no-answer' where command = $number" >/dev/null
	answer "$tdu" "$number" '{"state":"COMPLETED"}') $(body $.result)"
foreign=$(token_of cmd-cnp)
equals 'an answer of another utility is one to an unknown command' '404 404' "$(answer "$foreign" "$number" '{"state":"COMPLETED"}') $(answer "$tdu" 999999999 '{"state":"COMPLETED"}')"
equals 'another utility is given none of it' '200 {"items":[]}' "$(ask "$foreign" "$url/v1/tdu/commands") $(cat "$work/body")"
tell HAN_TEXT $home '{"text":"a\u0000b"}'
equals 'a text with what is no character' '400 USAGE' "$(cat "$work/said") $(body $.code)"
tell HAN_TEXT $home '{"text":"Too late."}'
ends() { # WHEN: the third party's agreements
	sql -c "update agreement.agreement set ends_at = $1 where csp = (select party from party.party where code = 'cmd-csp')" >/dev/null
}
ends 'ops.now()'
ask "$tdu" "$url/v1/tdu/commands" >/dev/null
equals 'what was asked under an agreement that ended meanwhile reaches no meter' '0 FAILED not-allowed' "$(grep -c 'Too late' "$work/body") \
$(sql -c "select state || ' ' || reason from odr.command where command = $number")"
ends "ops.now() + interval '1 year'"
device=$(ask "$csp" "$url/v1/premises/$home/devices" >/dev/null; body '$.items[0].device')
tell HAN_REMOVE $home "{\"device\":$device}"
head_end --faults failed=1
equals 'one that could not leave is there' 'FAILED not-found JOINED' "$(seen "$number") $(body $.reason) $(ask "$csp" "$url/v1/premises/$home/devices" >/dev/null; body '$.items[0].state')"
tell HAN_REMOVE $home "{\"device\":$device}"
head_end
equals 'and then it leaves' 'COMPLETED REMOVED' "$(seen "$number") $(ask "$csp" "$url/v1/premises/$home/devices" >/dev/null; body '$.items[0].state')"
says 'who serves devices' 0 '…7904' han list

# ---- limits ----

equals 'a meter is asked twice an hour' 202 "$(want "$rep" $esiid)"
equals 'and not more' '429 METER_LIMIT' "$(want "$rep" $esiid) $(json "$work/body" $.code)"
holds 'when it may again is told' test "$(header Retry-After)" -gt 3000
while tell HAN_PRICE $home '{"mills_per_kwh":95,"minutes":60}' && [ "$(cat "$work/said")" = 202 ]; do :; done
equals 'prices twelve times an hour' '429 METER_LIMIT 12' "$(cat "$work/said") $(body $.code) \
$(sql -c "select count(*) from odr.command c join premise.premise p using (premise) where c.kind = 'HAN_PRICE' and p.esiid = '$home'")"
holds 'the process starts anew' hub_stop_one apid
hub_start_one apid
answers() { [ "$(ask "$rep" $url/v1/me)" = 200 ]; }
holds 'and is there' within 20 answers
equals 'which makes no difference' '429 METER_LIMIT' "$(want "$rep" $esiid) $(json "$work/body" $.code)"
tell HAN_PRICE $home '{"mills_per_kwh":95,"minutes":60}'
equals 'nor for devices' '429 METER_LIMIT' "$(cat "$work/said") $(body $.code)"

# ---- who may not ----

foreign=$(want "$rep2" 10443720000097902; cat "$work/body")
unknown=$(want "$rep2" 10443720000099998; cat "$work/body")
strip() { echo "$1" | sed 's/"request":"[^"]*"//'; }
equals 'another retailer is told what it would be of an unknown ESI ID' "$(strip "$unknown")" "$(strip "$foreign")"
equals 'not found' 404 "$(want "$rep2" 10443720000097902)"
equals 'another meter at the premise neither' 404 "$(want "$rep" 10443720000097902 X97002LG)"
equals 'its commands are not others' 404 "$(ask "$rep2" "$url/v1/commands/$first")"
equals 'a retailer takes none' 403 "$(ask "$rep" "$url/v1/tdu/commands")"
equals 'nobody' 401 "$(want bbs_nothing $esiid)"
equals 'another kind' '422 BAD_INPUT' "$(ask "$rep" -H 'Content-Type: application/json' -d '{"kind":"DISCONNECT"}' \
	"$url/v1/premises/$esiid/commands") $(json "$work/body" $.code)"
equals 'it is all on record' 't' "$(sql -c "select count(*) filter (where kind = 'command.asked') = 8
	and count(*) filter (where kind = 'command.moved') >= 9 from audit.event" | tr -d ' ')"
ended
