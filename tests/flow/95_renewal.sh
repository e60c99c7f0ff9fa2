#!/bin/bash
# A large business goes on: the mail that asks comes by the clock, its link leads to a page with one button, and the
# press of it renews. Both sides hear of each step; the reads flow on over the seam, and end when the customer says
# so through any of the mails.
. "$(dirname "$0")/lib.sh"
. "$lib/sink.sh"
. "$lib/customer.sh"

mail_port=$(free_port) mail_page_port=$(free_port) mail_text_port=$(free_port) nginx_portal_port=$(free_port)
nginx_api_port=$(free_port) nginx_api_tls13_port=$(free_port) nginx_ops_port=$(free_port)
nginx_portal_rate=100r/s hub_portal_conf='dwell = 300ms'
detectors='affirmed-fast dwell network-crowd own-address unproven'
radar() { for detector in $detectors; do busbar radar set $detector --action "$1" >/dev/null; done; }
over() {
	radar hold
	busbar clock reset >/dev/null 2>&1
	nginx_down
	hub_stop_one portald agreementd auditd
	sink_down
	unset hub_portal_conf mail_port mail_page_port mail_text_port nginx_portal_port
	hub_conf
}
trap over EXIT
hub_conf
radar note # all here comes from one machine, within seconds
holds 'a mail server runs' sink_up
holds 'nginx runs' nginx_up
for one in auditd agreementd portald; do hub_start_one $one; done

# ---- a business that uses 16,000 kWh a month, by its utility's files ----

day=$(state_yesterday)
file=RENEW-$$
office=10443720088800001 home=10443720088800002
printf 'busbar,premise,1\nesiid,status,class,effective,channels\n%s,ACTIVE,BUSINESS,2024-01-01,LOAD\n%s,ACTIVE,RESIDENTIAL,2024-01-01,LOAD\n' \
	$office $home >"$work/$file-premise.csv"
printf 'busbar,meter,1\nesiid,meter_number,effective\n%s,RN100,2024-01-01\n%s,RN200,2024-01-01\n' $office $home >"$work/$file-meter.csv"
busbar rep add renew-rep --name 'Renew REP' --certificate 19788 --duns 197880000 >/dev/null 2>&1
printf 'busbar,rep,1\nesiid,rep,effective\n%s,19788,2024-01-01\n%s,19788,2024-01-01\n' $office $home >"$work/$file-rep.csv"
for part in premise meter rep; do
	holds "its $part is loaded" submitted oncor "$work/$file-$part.csv"
done
from=$(date -d "$day - 45 days" +%Y-%m-01)
to=$(date -d "$from + 1 month - 1 day" +%F)
sql >/dev/null <<-SQL
	insert into reads.billing (series, start_date, end_date, created, load, line, wh)
	select p.premise * 8, '$from', '$to', now(), (select max(load) from ledger.file), 1, 16000000
	from premise.premise p where p.esiid = '$office'
SQL
says 'a third party' 0 '' csp add renew-csp --name 'Renewing & Co' --contact desk@renew-csp.example
csp=renew-csp

invite() { # ESIID METER EMAIL MONTHS OPTION...: its number
	local esiid=$1 meter=$2 email=$3 months=$4
	shift 4
	busbar agreement invite --as $csp --esiid "$esiid" --meter "$meter" --rep 19788 --email "$email" --months "$months" \
		--json "$@" >"$work/invited" 2>"$work/err" && json "$work/invited" $.id
}
show() { busbar agreement show "$1" --json >"$work/shown" && json "$work/shown" "${2:-$.state}"; }
is() { [ "$(show "$1")" = "$2" ]; }
jar=$work/jar
yes() { # ADDRESS: says yes to its invitation
	customer_waits "$1" 'asks to see readings' >"$work/mail" && rm -f "$jar" &&
		customer_answers "$jar" "$(customer_link <"$work/mail")" CONFIRM "$(customer_code <"$work/mail")" >"$work/page"
}
pressed() { rm -f "$jar" && customer_answers "$jar" "$@" >"$work/page"; } # LINK CHOICE
heading() { sed -n 's,.*<h1[^>]*>\(.*\)</h1>.*,\1,p' "$work/page"; }
mails() { customer_mail "$1" "$2" >/dev/null 2>&1; }

one=$(invite $office RN100 office@renew.example 36)
two=$(invite $home RN200 home@renew.example 12)
holds 'the business says yes' yes office@renew.example
holds 'and a home' yes home@renew.example
equals 'both share' 'ACTIVE ACTIVE' "$(show "$one") $(show "$two")"
first=$(customer_waits office@renew.example 'asks to see readings' | customer_link)

# ---- what the third party may ask for ----

says 'a home is not asked to renew' 65 'only a large business renews its agreement so' agreement renew "$two" --as $csp
says 'another third party' 0 '' csp add renew-other --name 'Another' --contact desk@renew-other.example
says 'cannot ask for it' 65 'there is no such agreement' agreement renew "$one" --as renew-other
says 'what is no number is refused' 64 '' agreement renew x --as $csp

# ---- the clock asks ----

busbar clock advance 1050d >/dev/null # 36 months are 1095 or 1096 days
sleepless() { mails office@renew.example 'asks to go on'; }
equals 'more than 45 days before the end nobody is asked' '' "$(sleepless && echo asked)"
end=$(show "$one" $.ends_at)
busbar clock advance 2d >/dev/null
holds 'then the mail comes' customer_waits office@renew.example 'asks to go on'
customer_mail office@renew.example 'asks to go on' >"$work/mail"
renew=$(customer_link <"$work/mail")
holds 'it says that a look renews nothing' grep -q 'opening the link does' "$work/mail"
equals 'the home has ended meanwhile, unasked' COMPLETED "$(within 20 is "$two" COMPLETED; show "$two")"
holds 'and has heard that it is over' customer_waits home@renew.example 'gets no more readings'
says 'the command asks as well' 0 '' agreement renew "$one" --as $csp
rm -f "$jar"
customer_curl "$jar" "$renew" >"$work/page"
equals 'the page has one question' 'Go on sharing with Renewing &amp; Co?' "$(heading)"
equals 'one button, no tick, no code' '1 0' "$(grep -c '<button' "$work/page") $(grep -cE 'name="(agree|code)"' "$work/page")"
customer_curl "$jar" -o "$work/page" -X HEAD -I "$renew" >/dev/null
equals 'looking has renewed nothing' 0 "$(sql -c "select count(*) from agreement.agreement where renews = $one")"

# ---- the button ----

holds 'the button is pressed' pressed "$renew" GO
equals 'the page says that it goes on' 'You go on sharing with Renewing &amp; Co' "$(heading)"
three=$(sql -c "select agreement from agreement.agreement where renews = $one")
equals 'for the same time, from the end of the first on' "ACTIVE 36 $end" \
	"$(show "$three") $(json "$work/shown" $.months) $(json "$work/shown" $.starts_at)"
holds 'the business hears of it' customer_waits office@renew.example '^Renewed: you share'
holds 'and the third party' customer_waits desk@renew-csp.example "^Renewed: agreement $three"
holds 'a receipt is asked for' test "$(sql -c "select count(*) from audit.receipt where agreement = $three")" = 1
holds 'it is signed, and the business gets it' customer_waits office@renew.example '^Receipt of your consent'
receipt=$(customer_mail office@renew.example '^Receipt of your consent' | customer_link)
equals 'as a file' 'application/json' "$(customer_curl "$jar" -o "$work/receipt.json" -w '%{content_type}' "$receipt?file")"
says 'that anybody can check' 0 '' audit verify "$work/receipt.json"
sed 's/"months": 36/"months": 35/' "$work/receipt.json" >"$work/forged.json"
equals 'and nobody can change' '1 1' "$(busbar audit verify "$work/forged.json" >/dev/null 2>&1; echo $?) $(cmp -s "$work/receipt.json" "$work/forged.json"; echo $?)"
says 'it is not asked again' 65 'it is renewed already' agreement renew "$one" --as $csp
customer_curl "$jar" "$renew" >"$work/page"
equals 'its page has no button any more' 0 "$(grep -c '<button' "$work/page")"
equals 'it is renewed once' 1 "$(sql -c "select count(*) from agreement.agreement where renews = $one")"

# ---- over the seam, and the end ----

busbar clock advance 50d >/dev/null
holds 'the first term goes by' within 20 is "$one" COMPLETED
equals 'the second goes on' ACTIVE "$(show "$three")"
holds 'the business hears that a newer one goes on' customer_waits office@renew.example '^A newer agreement with Renewing & Co goes on'
equals 'and not that it is over' '' "$(mails office@renew.example 'gets no more readings' && echo told)"
rm -f "$jar"
customer_curl "$jar" "$first" >"$work/page"
equals 'so the page of the first mail does not say that it is over' 'You share your data with Renewing &amp; Co' "$(heading)"
holds 'and says how to stop' grep -q 'value="STOP_ASK"' "$work/page"
holds 'which is asked for there' pressed "$first" STOP_ASK
holds 'a mail to stop comes' customer_waits office@renew.example '^Stop sharing'
holds 'its button is pressed' pressed "$(customer_mail office@renew.example '^Stop sharing' | customer_link)" GO
equals 'then it is over' 'TERMINATED CUSTOMER' "$(show "$three") $(json "$work/shown" $.by)"
holds 'as it hears' customer_waits office@renew.example '^Renewing & Co gets no more readings'
holds 'and the third party' customer_waits desk@renew-csp.example "^Ended: agreement $three"
busbar clock reset >/dev/null
says 'all of it holds together' 0 HOLDS check
ended
