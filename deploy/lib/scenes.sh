# Agreements as a demo shows them: a third party asks, customers answer on the pages that their mails lead to. One
# says yes and is read; one says no; one says nothing until the clock has passed; two mails stay for a person to
# answer in a browser. POSIX sh; after hub.sh, state.sh, sink.sh and customer.sh, while the mails go out and the
# portal answers.
#
# Each scene is known by its reference, so that a demo that is started again goes on where it was.

scene_state() { # REFERENCE: "NUMBER STATE" of the last agreement that bears it
	busbar agreement list --json --reference "$1" | tr '{' '\n' | grep -F "\"reference\":\"$1\"" | tail -n 1 |
		sed 's/.*"id":\([0-9]*\),.*"state":"\([A-Z]*\)".*/\1 \2/'
}

scene_invite() { # REFERENCE CSP NUMBER_OF_SAMPLE EMAIL OPTION...: unless that was done before
	[ -z "$(scene_state "$1")" ] || return 0
	scene_reference=$1 scene_csp=$2 scene_sample=$3 scene_email=$4
	shift 4
	busbar agreement invite --as "$scene_csp" --reference "$scene_reference" --email "$scene_email" \
		--esiid "$(scene_value "SAMPLE_ESIID_$scene_sample")" --meter "$(scene_value "SAMPLE_METER_$scene_sample")" \
		--rep "$(scene_value "SAMPLE_REP_$scene_sample")" "$@" >>"$hub_state/log/scenes.log" ||
		die "the invitation \"$scene_reference\" was refused; see $hub_state/log/scenes.log"
}

scene_value() { busbar synth --samples | sed -n "s/^$1='\(.*\)'/\1/p"; }

scene_waits() { # REFERENCE STATE SECONDS
	for _ in $(seq 1 $(($3 * 10))); do
		case $(scene_state "$1") in
		*" $2") return 0 ;;
		esac
		sleep 0.1
	done
	die "the agreement \"$1\" is not $2 but: $(scene_state "$1"); see $hub_state/log/agreementd.log"
}

# As somebody does whose browser has no script: mail, link, code, button.
scene_answer() { # REFERENCE EMAIL CONFIRM|DECLINE|REPORT THEN_IS
	case $(scene_state "$1") in
	*" PENDING") ;;
	*) return 0 ;;
	esac
	scene_taken "$1"
	scene_mail=$(customer_waits "$2" "$BUSBAR_SCENE_INVITATION") || die "no mail came to $2; see $hub_state/log/agreementd.log"
	rm -f "$hub_state/tmp/jar"
	customer_answers "$hub_state/tmp/jar" "$(echo "$scene_mail" | customer_link)" "$3" \
		"$(echo "$scene_mail" | customer_code)" >"$hub_state/log/scene-page.html" ||
		die "the page of $2 did not take the answer; see $hub_state/log/scene-page.html"
	scene_waits "$1" "$4" 10
}
BUSBAR_SCENE_INVITATION='asks to see readings|pide ver lecturas'

# The detectors take everybody for one another here: all comes from this machine, within seconds.
scene_radar() {
	for detector in affirmed-fast dwell network-crowd own-address unproven mass-enrolment; do
		busbar radar set $detector --action note
	done >/dev/null
}

# Nobody answers: nine days later the invitation is over. Before anything is scheduled, for the clock that moves
# ahead makes whatever falls due meanwhile; then it is set back.
scene_lapse() {
	[ -z "$(scene_state 'demo: no answer')" ] || return 0
	say "CSP1 asks a business, which does not answer; the clock moves nine days on"
	scene_invite 'demo: no answer' csp1 4 "$(scene_value BUSINESS1_EMAIL)" --months 24
	customer_waits "$(scene_value BUSINESS1_EMAIL)" "$BUSBAR_SCENE_INVITATION" >/dev/null || die "no mail came; see $hub_state/log/agreementd.log"
	scene_taken 'demo: no answer'
	busbar clock advance 9d >/dev/null
	scene_waits 'demo: no answer' LAPSED 30
	scene_told 'demo: no answer' # what falls due by a clock that is set back waits until then
	busbar clock reset >/dev/null
}

scene_told() { # REFERENCE: until its mails have gone
	scene_number=$(scene_state "$1" | cut -d' ' -f1)
	for _ in $(seq 1 300); do
		busbar agreement show "$scene_number" --json | grep -qE '"state": "(QUEUED|SENDING)"' || return 0
		sleep 0.1
	done
	die "the mails of \"$1\" do not go; see $hub_state/log/agreementd.log"
}

scene_taken() { # REFERENCE: until the hub knows that its mail was taken
	for _ in $(seq 1 100); do
		! busbar agreement list --json --reference "$1" | tr '{' '\n' | grep -F "\"reference\":\"$1\"" | grep -q '"dies_at":"' || return 0
		sleep 0.1
	done
	die "the mail of \"$1\" is not on record as taken; see $hub_state/log/agreementd.log"
}

scene_answers() {
	say "CSP1 asks a home, which says yes; CSP2 asks another, which says no"
	scene_invite 'demo: yes' csp1 1 "$(scene_value CUSTOMER1_EMAIL)" --months 12 --history 12
	scene_invite 'demo: no' csp2 3 "$(scene_value CUSTOMER2_EMAIL)" --months 12
	scene_answer 'demo: yes' "$(scene_value CUSTOMER1_EMAIL)" CONFIRM ACTIVE
	scene_answer 'demo: no' "$(scene_value CUSTOMER2_EMAIL)" DECLINE REJECTED
}

# The meter of sample 1 speaks to devices; CUSTOMER1 has a display join. After the head ends.
scene_devices() {
	scene_home=$(scene_value SAMPLE_ESIID_1)
	busbar han on "$scene_home" >/dev/null
	scene_api="https://localhost:${nginx_api_port:-8444}/v1/premises/$scene_home"
	scene_ask() { curl -sS --cacert "$hub_state/tls/ca.pem" -H "Authorization: Bearer $(cat "$hub_state/partners/customer1.token")" "$@"; }
	! scene_ask "$scene_api/devices" | grep -q '"device"' || return 0
	# the code is the standard's own example
	scene_ask -H 'Content-Type: application/json' -d '{"kind":"HAN_JOIN","args":{"mac":"000D6F0001234567",
		"install_code":"83FED3407A939723A5C639B26916D505C3B5","class":"DISPLAY","label":"Display in the kitchen"}}' \
		"$scene_api/commands" | grep -q '"PENDING"' || die "no device was let join"
}

# For a person: two mails that wait for an answer. CSP1 itself may ask the home again: docs/guides/csp-quick-start.md does.
scene_open() {
	say "CSP2 asks CUSTOMER1, and CSP1 BUSINESS1: two mails to answer in a browser"
	scene_invite 'demo: in the browser, home' csp2 1 "$(scene_value CUSTOMER1_EMAIL)" --months 12 --history 24
	scene_invite 'demo: in the browser, business' csp1 4 "$(scene_value BUSINESS1_EMAIL)" --months 36 --history 24
	customer_waits "$(scene_value CUSTOMER1_EMAIL)" '' >/dev/null && customer_waits "$(scene_value BUSINESS1_EMAIL)" '' >/dev/null ||
		die "no mail came; see $hub_state/log/agreementd.log"
}
