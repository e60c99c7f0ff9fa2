#!/bin/bash
# On-demand reads as Smart Meter Texas has them: asked for, pending before that is answered, read by the utility's head
# end, and limited; by the API's words and by those of customers' programs.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/api.sh"
. "$lib/headend.sh"
trap 'headend_down oncor; people_down' EXIT
people_up
customer=$(cat "$hub_state/partners/customer1.token")
says 'a login of the utility' 0 '' account add smt-oncor --party oncor
token_of smt-oncor >"$hub_state/partners/oncor.token"
post() { # PATH BODY
	ask "$customer" -H 'Content-Type: application/json' -d "$2" "$url$1"
}
odr() { # ESIID [MORE]
	post /v2/odr/ "{\"trans_id\":\"o-1\",\"requestorID\":\"customer1\",\"requesterType\":\"RES\",\"deliveryMode\":\"API\",
		\"ESIID\":\"$1\",${2:-}\"SMTTermsandConditions\":\"Y\"}"
}
status() { # its statusCode; the rest in $work/body
	post /v2/odrstatus/ "{\"trans_id\":\"o-2\",\"requestorID\":\"customer1\",\"correlationId\":\"$number\"}" >/dev/null
	json "$work/body" $.statusCode
}
latest() { post /api/usage/latestodrread "{\"ESIID\":\"$SAMPLE_ESIID_1\"}" >/dev/null; json "$work/body" $.data.odrstatus; }

equals 'before any there is none' - "$(latest)"
equals 'a read is asked for' '200 o-1 0 Request submitted successfully for further processing' "$(odr "$SAMPLE_ESIID_1") \
$(json "$work/body" $.trans_id $.statusCode $.statusReason)"
number=$(json "$work/body" $.correlationId)
equals 'it is pending by then' 'PEN PENDING' "$(status) $(latest)"
latest >/dev/null
equals 'with numbers that programs can read, and when it was asked for' '0 0 SUCCESS true' "$(json "$work/body" $.data.odrread $.data.odrusage \
	$.data.responseMessage '$.data.odrdate like_regex "^[01][0-9]/[0-3][0-9]/20[0-9]{2} [0-2][0-9]:[0-5][0-9]:[0-5][0-9]$"')"
equals 'somebody else'"'"'s meter is not read' '401 4006' "$(odr "$SAMPLE_ESIID_2") $(json "$work/body" $.errorCode)"
equals 'nor by another meter number' '401 4006' "$(odr "$SAMPLE_ESIID_1" '"MeterNumber":"1XX",') $(json "$work/body" $.errorCode)"
equals 'without the terms' '400 4003' "$(post /v2/odr/ "{\"requestorID\":\"customer1\",\"ESIID\":\"$SAMPLE_ESIID_1\"}") $(json "$work/body" $.errorCode)"
headend_up oncor --seed 1 --delay 0-0
done_now() { [ "$(status)" = 0 ]; }
holds 'the head end reads it' within 20 done_now
holds 'a number, and when' grep -qE '"odrRead":\{"registeredRead":[0-9]+\.[0-9]{3},"readDate":"[01][0-9]/[0-3][0-9]/20[0-9]{2} [0-2][0-9]:[0-5][0-9]:[0-5][0-9]"\}' "$work/body"
read=$(json "$work/body" $.odrRead.registeredRead)
equals 'as customers'"'"' programs see it' "COMPLETED $read" "$(latest) $(json "$work/body" $.data.odrread)"
equals 'which ask in their words' '200 0' "$(post /api/ondemandread "{\"ESIID\":\"$SAMPLE_ESIID_1\",\"MeterNumber\":\"OPTIONAL\"}") \
$(json "$work/body" $.data.statusCode)"
equals 'twice an hour a meter' '200 5031' "$(post /api/ondemandread "{\"ESIID\":\"$SAMPLE_ESIID_1\",\"MeterNumber\":\"$SAMPLE_METER_1\"}") \
$(json "$work/body" $.data.statusCode)"
holds 'until when is told' test "$(header Retry-After)" -gt 60
equals 'in either words' '200 5031' "$(odr "$SAMPLE_ESIID_1") $(json "$work/body" $.statusCode)"
equals 'a number that is nobody'"'"'s' '404 4008' "$(number=99999; status >/dev/null; post /v2/odrstatus/ \
	'{"requestorID":"customer1","correlationId":"99999"}') $(json "$work/body" $.errorCode)"
equals 'no name but one'"'"'s own' '401 4007' "$(post /v2/odrstatus/ '{"requestorID":"customer2","correlationId":"1"}') $(json "$work/body" $.errorCode)"
equals 'no meter but one'"'"'s own' 404 "$(post /api/ondemandread "{\"ESIID\":\"$SAMPLE_ESIID_2\",\"MeterNumber\":\"$SAMPLE_METER_2\"}")"
ended
