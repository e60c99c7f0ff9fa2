#!/bin/bash
# The watch over abuse as operators work with it: a share that was affirmed too fast is held and gives nothing until
# a person decides; a third party is suspended by hand, by complaint and by order, stops within a second, is told,
# and comes back by two persons.
. "$(dirname "$0")/lib.sh"
. "$lib/sink.sh"

mail_port=$(free_port) mail_page_port=$(free_port) mail_text_port=$(free_port)
nginx_api_port=$(free_port) nginx_api_tls13_port=$(free_port) nginx_ops_port=$(free_port) nginx_portal_port=$(free_port)
export nginx_api_port nginx_api_tls13_port nginx_ops_port nginx_portal_port
trap 'nginx_down; hub_stop_one apid; hub_stop_one dropd; hub_stop_one agreementd; sink_down
	busbar clock reset >/dev/null 2>&1; hub_conf' EXIT
hub_conf
holds 'a mail server runs' sink_up
hub_start_one agreementd

day=$(state_yesterday)
busbar synth --out "$work/synth" --meters 30 --from "$day" --days 1 >/dev/null
for tdu in oncor centerpoint; do
	for file in "$work/synth/$tdu"/*; do
		busbar submit "$file" --as $tdu >/dev/null
	done
done
holds 'a day of two utilities is loaded' within 60 settled
busbar synth --samples >"$work/samples"
. "$work/samples"
says 'a third party' 0 '' csp add radar-csp --name 'Watched Third Party'
csp=$(sql -c "select party from party.party where code = 'radar-csp'")
# its registered mailbox: that of a customer of the same day serves
sql -c "select party.csp_contact_set($csp, 'BUSINESS', k.sealed, 'contact.email'::bytea || c.account_index, k.index)
	from premise.contact k join premise.customer c using (customer) where k.kind = 'email' limit 1" >/dev/null

asked() { # NUMBER OF THE SAMPLE: invites; the agreement's number
	local esiid=SAMPLE_ESIID_$1 meter=SAMPLE_METER_$1 rep=SAMPLE_REP_$1
	busbar agreement invite --as radar-csp --esiid "${!esiid}" --meter "${!meter}" --rep "${!rep}" \
		--email "radar-$1@mail.example" --months 12 --history 1 --json >"$work/invited" 2>"$work/err"
	json "$work/invited" $.id
}
state() { sql -c "select state from agreement.agreement where agreement = $1"; }
is() { [ "$(state "$1")" = "$2" ]; }
mailed() { # KIND STATE [AGREEMENT]
	[ "$(sql -c "select count(*) from mail.outbox where csp = $csp and kind = '$1' and state = '$2'
		and (${3:-0} = 0 or agreement = ${3:-0})")" != 0 ]
}
affirms() { # AGREEMENT ADDRESS DWELL_MS: what the page does when the customer presses the button
	sql -c "select state from agreement.decide((select sha256 from agreement.link where agreement = $1
		and purpose = 'DECIDE' limit 1), 'CONFIRM', 'v1', sha256('d'),
		'{\"machine\": \"work\", \"dwell_ms\": $3}', '$2', 'a browser')"
}

# ---- held ----

says 'detectors are listed' 0 'affirmed-fast' radar list
first=$(asked 1)
holds 'an invitation goes out' within 15 mailed invitation SENT "$first"
equals 'affirmed in the same second: held' HELD "$(affirms "$first" 192.0.2.1 9000)"
says 'it is on the list' 0 affirmed-fast hold list --csp radar-csp
says 'with what speaks for it' 0 mail_accepted hold show "$first"
busbar hold show "$first" --json >"$work/shown"
equals 'each event in turn' 'mail_accepted affirmed' "$(json "$work/shown" '$.items[0].kind' '$.items[1].kind')"
equals 'no ESI ID and no mailbox in it' 0 "$(grep -cE "$SAMPLE_ESIID_1|mail\.example" "$work/shown")"
says 'nothing is given' 65 '' reads "$SAMPLE_ESIID_1" --as radar-csp --from "$day" --to "$day"
says 'a decision has a reason' 64 reason hold release "$first"
says 'a person releases it' 0 ACTIVE hold release "$first" --reason 'called the customer back'
says 'and reads are given' 0 '' reads "$SAMPLE_ESIID_1" --as radar-csp --from "$day" --to "$day"
says 'decided once' 65 'not held' hold release "$first" --reason again
second=$(asked 2)
holds 'another goes out' within 15 mailed invitation SENT "$second"
busbar clock advance 1h >/dev/null
equals 'a page left at once: held' HELD "$(affirms "$second" 192.0.2.2 900)"
says 'a person refuses it' 0 TERMINATED hold refuse "$second" --reason 'the customer knows nothing of it'
holds 'both sides are told' within 15 mailed ended SENT "$second"

# tuned
says 'a detector is tuned' 0 '5' radar set dwell --threshold 5 --action note
equals 'on record, with what it was' 'HOLD NOTE' "$(sql -F' ' -c "select detail #>> '{was,action}', detail #>> '{is,action}'
	from audit.event where kind = 'radar.detector_set' order by event desc limit 1")"
busbar radar set dwell --threshold 3 --action hold >/dev/null
says 'one that there is not' 65 'there is no detector' radar set nonsense --action off
third=$(asked 3)
holds 'a third goes out' within 15 mailed invitation SENT "$third"
busbar clock advance 1h >/dev/null
equals 'affirmed with time: in force' ACTIVE "$(affirms "$third" 192.0.2.3 9000)"

# what lies in its box: a drop that was built under the share
hub_start_one dropd
hub_start_one apid
holds 'nginx runs' nginx_up
holds 'busbar-apid runs' within 10 test -S "$hub_state/run/web/apid/1.sock"
busbar account add radar-box --party radar-csp >/dev/null
token=$(busbar credential add radar-box --token --json >"$work/out" && json "$work/out" $.secret)
says 'a drop is built for its box' 0 '' subscription add radar-box --schedule once --history 1 --folder daily
built() { [ "$(sql -c "select count(*) from delivery.entry e join delivery.account a using (account)
	where a.login = 'radar-box' and e.folder = 'daily' and e.removed_at is null")" != 0 ]; }
holds 'it lies there' within 30 built
file=$(sql -c "select e.name from delivery.entry e join delivery.account a using (account) where a.login = 'radar-box'
	and e.folder = 'daily' and e.name !~ 'manifest' limit 1")
fetched() { # the status of a download
	curl -sS --max-time 10 --cacert "$hub_state/tls/ca.pem" -H "Authorization: Bearer $token" -o "$work/body" \
		-w '%{http_code}' "https://localhost:$nginx_api_port/box/daily/$file" 2>"$work/curl"
}
equals 'it can be fetched' 200 "$(fetched)"

# ---- suspended ----

begun=$(date +%s%N)
says 'suspended by an operator' 0 SUSPENDED csp suspend radar-csp --reason 'red flag e'
says 'the next read is refused' 65 '' reads "$SAMPLE_ESIID_1" --as radar-csp --from "$day" --to "$day"
took=$((($(date +%s%N) - begun) / 1000000))
# two programs start and end in this time
holds "both within a second or two ($took ms)" test $took -lt 2000
isnt() { [ "$1" != "$2" ] && ok "$3 ($2)" || not_ok "$3" "$2"; }
isnt 200 "$(fetched)" 'its drop is given out no more'
says 'it invites nobody' 65 SUSPENDED agreement invite --as radar-csp --esiid "$SAMPLE_ESIID_4" --meter "$SAMPLE_METER_4" \
	--rep "$SAMPLE_REP_4" --email radar-4@mail.example --months 12
holds 'its contact is told' within 15 mailed csp-suspended SENT
holds 'its agreements follow' within 15 is "$third" SUSPENDED
holds 'and customers are told' within 15 mailed suspended SENT "$third"
says 'one person asks that it is lifted' 0 ASKED csp resume radar-csp --reason 'found in order'
approval=$(busbar approval list --json >"$work/out" && json "$work/out" '$.items[0].approval')
says 'the same person cannot confirm' 65 'another person confirms it' approval confirm "$approval"
says 'nor is it lifted' 0 SUSPENDED csp suspensions
SUDO_USER=nobody says 'another person can' 0 DONE approval confirm "$approval"
holds 'its agreements follow' within 15 is "$third" ACTIVE
says 'reads are given again' 0 '' reads "$SAMPLE_ESIID_1" --as radar-csp --from "$day" --to "$day"
holds 'its contact is told' within 15 mailed csp-resumed SENT

# ---- complaint, order ----

echo 'what the utility wrote' >"$work/letter.txt"
says 'a complaint of a utility' 0 OPEN complaint add radar-csp --from tdu --tdu oncor --flag f --reference T-17 \
	--evidence "$work/letter.txt"
equals 'with the digest of its evidence' "$(sha256sum "$work/letter.txt" | cut -c1-64)" \
	"$(busbar complaint list --json >"$work/out" && json "$work/out" '$.items[0].evidence_sha256')"
says 'upheld, and suspended' 0 UPHELD complaint decide "$(json "$work/out" '$.items[0].complaint')" suspend --reason 'proven'
says 'no reads' 65 '' reads "$SAMPLE_ESIID_1" --as radar-csp --from "$day" --to "$day"
echo 'it is so ordered' >"$work/order.txt"
says 'an order of the commission' 0 52500 order add radar-csp --docket 52500 --what suspend --notice 2026-01-05 --tdu oncor \
	--tdu centerpoint --file "$work/order.txt"
order=$(busbar order list --json >"$work/out" && json "$work/out" '$.items[0].order')
says 'is carried out by an operator' 0 SUSPENDED order carry-out "$order"
says 'two operators cannot lift it' 65 'an order that lifts it comes first' csp resume radar-csp --reason x
busbar order add radar-csp --docket 52500 --what lift --notice 2026-01-05 --tdu oncor --file "$work/order.txt" --json >"$work/out"
says 'the commission can' 0 SUSPENDED order carry-out "$(json "$work/out" $.order)"
busbar csp resume radar-csp --reason 'the complaint is settled' --json >"$work/out"
SUDO_USER=nobody says 'and two persons the rest' 0 DONE approval confirm "$(json "$work/out" $.approval)"
busbar order add radar-csp --docket 52500 --what terminate --notice 2026-01-05 --tdu oncor --file "$work/order.txt" --json >"$work/out"
says 'terminated by order' 0 REVOKED order carry-out "$(json "$work/out" $.order)"
says 'no reads' 65 '' reads "$SAMPLE_ESIID_1" --as radar-csp --from "$day" --to "$day"
holds 'its agreements end' within 15 is "$first" TERMINATED
for kind in csp.suspended csp.resumed csp.revoked radar.hit radar.hold_released radar.hold_refused complaint.added \
	complaint.decided order.added order.carried_out approval.asked approval.confirmed; do
	holds "on record: $kind" test "$(sql -c "select count(*) from audit.event where kind = '$kind'")" != 0
done
ended
