#!/bin/bash
# Invitations on their way: in both languages, with a link and six digits of which the database has only hashes;
# through three days without a mail server, none lapsed; refused, and bounced by a mail server's pipe.
. "$(dirname "$0")/lib.sh"
. "$lib/sink.sh"

mail_port=$(free_port) mail_page_port=$(free_port) mail_text_port=$(free_port)
trap 'hub_stop_one agreementd; sink_down; busbar clock reset >/dev/null 2>&1; hub_conf' EXIT
hub_conf
holds 'a mail server runs' sink_up
hub_start_one agreementd

day=$(state_yesterday)
busbar synth --out "$work/synth" --meters 12 --from "$day" --days 1 >/dev/null
for tdu in oncor centerpoint; do
	for file in "$work/synth/$tdu"/*.csv; do
		busbar submit "$file" --as $tdu >/dev/null
	done
done
holds 'premises of two utilities are known' within 60 settled
busbar synth --samples >"$work/samples"
. "$work/samples"
says 'a third party' 0 '' csp add invite-csp --name 'Sunny Savings'

# Invites for a sample premise; prints the agreement's number.
invite() { # SAMPLE ADDRESS LANGUAGE
	local esiid=SAMPLE_ESIID_$1 meter=SAMPLE_METER_$1 rep=SAMPLE_REP_$1
	busbar agreement invite --as invite-csp --esiid "${!esiid}" --meter "${!meter}" --rep "${!rep}" --email "$2" \
		--months 12 --language "$3" --json >"$work/invited" 2>"$work/err"
	json "$work/invited" $.id
}
agreement() { sql -c "select state from agreement.agreement where agreement = $1"; }
agreement_is() { [ "$(agreement "$1")" = "$2" ]; }
gone_out() { [ -n "$(sql -c "select accepted_at from agreement.agreement where agreement = $1 and dies_at is not null")" ]; }
newest() { # ADDRESS
	grep -l "^Delivered-To: $1" -r "$hub_state/mail/Maildir/new" | xargs -r ls -t | head -n 1
}
part() { # FILE plain|html
	python3 -c 'import email, email.policy, sys
m = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)
print("Subject:", m["Subject"])
print(m.get_body((sys.argv[2],)).get_content())' "$1" "$2"
}

# ---- one in each language ----

first=$(invite 1 lia@home.example EN)
second=$(invite 2 mario@casa.example ES)
holds 'an invitation goes out' within 20 gone_out "$first"
holds 'and one in Spanish' within 20 gone_out "$second"
part "$(newest lia@home.example)" plain >"$work/en"
part "$(newest lia@home.example)" html >"$work/en.html"
part "$(newest mario@casa.example)" plain >"$work/es"
equals 'it says who asks' 'Subject: Sunny Savings asks to see readings of your electric meter' "$(head -n 1 "$work/en")"
equals 'in their language' 'Subject: Sunny Savings pide ver lecturas de su medidor eléctrico' "$(head -n 1 "$work/es")"
equals 'for which meter, by its last digits' 1 "$(grep -c "ESI ID: …${SAMPLE_ESIID_1: -4}\$" "$work/en")"
equals 'and nowhere by all of them' '' "$(grep -l "$SAMPLE_ESIID_1\|$SAMPLE_ESIID_2\|$SAMPLE_METER_1" "$work/en" "$work/en.html" "$work/es")"
equals 'for how long' 1 "$(grep -c 'For how long: 12 months from your yes' "$work/en")"
equals 'which choices there are' 1 "$(tr '\n' ' ' <"$work/en" | grep -c 'yes, no, or "I did not ask for this"')"
equals 'where the page is, in words' 1 "$(tr '\n' ' ' <"$work/en" | tr -s ' ' | grep -c 'pages begin with https://localhost:[0-9]* and with nothing else')"
link=$(grep -o 'https://[^ ]*/a/[A-Za-z0-9_-]*' "$work/en" | head -n 1)
token=${link##*/}
equals 'one link, in both parts, of 256 bits' "43 1" "${#token} $(grep -c "href=\"$link\"" "$work/en.html")"
equals 'the database has its hash' "$first DECIDE" "$(sql -F' ' -c "select agreement, purpose from agreement.link
	where sha256 = sha256('$token')")"
equals 'and not the link' 0 "$(hub_psql -d busbar -At -c "select count(*) from mail.outbox where args::text || coalesce(reply, '') like '%$token%'")"
code=$(grep -xE ' +[0-9]{6}' "$work/en" | tr -d ' ')
equals 'the six digits are those of the link' t "$(sql -c "select agreement.code_try(sha256('$token'), sha256('$token:$code'))")"
equals 'others are not' f "$(sql -c "select agreement.code_try(sha256('$token'), sha256('$token:000000'))")"
equals 'its clock runs from when the server took it' t "$(sql -c "select dies_at = agreement.deadline(accepted_at)
	from agreement.agreement where agreement = $first")"

# ---- three days without a mail server ----

sink_down
third=$(invite 3 nora@home.example EN)
down() { [ -n "$(sql -c 'select down_since from mail.relay')" ]; }
holds 'a mail server that is away is noticed' within 20 down
busbar clock advance 3d >/dev/null
equals 'three days later the invitation waits, and its clock does not run' 'PENDING t' "$(sql -F' ' -c "select state,
	accepted_at is null and dies_at is null from agreement.agreement where agreement = $third")"
holds 'the mail server is back' sink_up
holds 'the invitation goes out' within 70 gone_out "$third"
equals 'once' 1 "$(grep -l '^Delivered-To: nora@home.example' -r "$hub_state/mail/Maildir/new" | wc -l)"
equals 'its five weekdays begin then' 't PENDING' "$(sql -F' ' -c "select dies_at = agreement.deadline(accepted_at)
	and dies_at > ops.now() + interval '4 days', state from agreement.agreement where agreement = $third")"

# ---- refused, and bounced ----

fourth=$(invite 4 refuse-oscar@home.example EN)
holds 'one that no server takes is undeliverable at once' within 20 agreement_is "$fourth" UNDELIVERABLE
verp=$(sql -c "select verp from mail.outbox where agreement = $second and kind = 'invitation'")
bounce() { # CODE ACTION STATUS: what a mail server pipes
	cat <<-MAIL
		From: MAILER-DAEMON@relay.example
		To: bounce+$1@busbar.example
		Subject: Undelivered Mail Returned to Sender
		MIME-Version: 1.0
		Content-Type: multipart/report; report-type=delivery-status; boundary="b"

		--b
		Content-Type: text/plain

		I am sorry.
		--b
		Content-Type: message/delivery-status

		Reporting-MTA: dns; relay.example

		Final-Recipient: rfc822; mario@casa.example
		Action: $2
		Status: $3
		Diagnostic-Code: smtp; 550 $3 <mario@casa.example>: no such user

		--b--
	MAIL
}
piped() { (cd / && runuser -u busbar-bounce -- "$hub_programs/bin/busbar-bounce" -c "$hub_state/busbar.conf") >"$work/said" 2>&1; }
bounce "$verp" delayed 4.4.1 | piped
equals 'a warning that it is late changes nothing' '0 PENDING' "$? $(agreement "$second")"
bounce 00000000000000000000 failed 5.1.1 | piped
equals 'nor does a code of nobody' '0 1' "$? $(grep -c 'became=UNKNOWN' "$work/said")"
echo 'I am on holiday' | piped
equals 'nor an answer of a machine' '0 1' "$? $(grep -c bounce.ignored "$work/said")"
bounce "$verp" failed 5.1.1 | piped
equals 'a bounce says that it reached nobody' '0 UNDELIVERABLE' "$? $(agreement "$second")"
equals 'with what the server said, without the address' '5.1.1 smtp; 550 5.1.1 <…> no such user' \
	"$(sql -c "select reply from mail.outbox where verp = '$verp'")"
equals 'its log names nobody' 0 "$(grep -c 'mario\|casa' "$work/said" "$hub_state/log/agreementd.log" | cut -d: -f2 | paste -sd+ | bc)"
sed 's,^conninfo = .*,conninfo = host=/nonexistent dbname=busbar,' "$hub_state/busbar.conf" >"$work/away.conf"
chmod 644 "$work/away.conf"
holds 'without a database the mail server keeps it' sh -c "cd / && echo 'To: bounce+$verp@busbar.example
Content-Type: message/delivery-status

Action: failed
Status: 5.1.1' | timeout 60 runuser -u busbar-bounce -- '$hub_programs/bin/busbar-bounce' -c '$work/away.conf'; [ \$? = 75 ]"
says 'the invariants hold' 0 '' check
[ $failed = 0 ] || { echo '---- agreementd'; tail -n 40 "$hub_state/log/agreementd.log"; tail -n 5 "$hub_state/log/sink.log"; }
ended
