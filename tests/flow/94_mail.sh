#!/bin/bash
# Mails from the outbox to a mailbox, through a real SMTP server over TLS: both parts, both languages, the headers
# that mail programs look for; what a relay refuses for now, for good, or by being away for days.
. "$(dirname "$0")/lib.sh"
. "$lib/sink.sh"

mail_port=$(free_port) mail_page_port=$(free_port) mail_text_port=$(free_port)
trap 'hub_stop_one agreementd; sink_down; busbar clock reset >/dev/null 2>&1; hub_conf' EXIT
hub_conf
holds 'a mail server runs' sink_up
hub_start_one agreementd

# ---- customers with mailboxes, and an agreement ----

busbar csp add mail-csp --name 'Bright <Ideas> & Co' >/dev/null
csp=$(sql -c "select party from party.party where code = 'mail-csp'")
# A customer with a mailbox that the hub knows; prints its number.
customer() { # ADDRESS LANGUAGE
	printf 'busbar,customer,1\naccount,name,kind,emails,language\nM-%s,A Customer,RESIDENTIAL,%s,%s\n' \
		"${1%@*}" "$1" "$2" >"$work/customer.csv"
	submitted oncor "$work/customer.csv" >/dev/null
	sql -c 'select max(customer) from premise.contact'
}
ann=$(customer ann@mail.example EN)
benito=$(customer benito@mail.example ES)
nobody=$(customer refuse-me@mail.example EN)
slow=$(customer defer-me@mail.example EN)
grey=$(customer greylist-me@mail.example EN)
# A mail to a customer's mailbox; prints its number.
queue() { # KIND CUSTOMER LANGUAGE [ARGS]
	sql -c "select mail.queue('$1', k.sealed, 'contact.email'::bytea || c.account_index, k.index, '$3', null,
		$csp, '${4:-{\}}') from premise.customer c join premise.contact k using (customer)
		where customer = $2 and k.kind = 'email'"
}
state() { sql -c "select state from mail.outbox where mail = $1"; }
is() { [ "$(state "$1")" = "$2" ]; }
reply() { sql -c "select reply from mail.outbox where mail = $1"; }
# The newest mail to an address, as it lies in the Maildir.
newest() { # ADDRESS
	grep -l "^Delivered-To: $1" -r "$hub_state/mail/Maildir/new" | xargs -r ls -t | head -n 1
}
header() { # FILE NAME: unfolded and decoded
	python3 -c 'import email, email.policy, sys
m = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)
print("-" if m[sys.argv[2]] is None else m[sys.argv[2]])' "$1" "$2"
}
body() { # FILE plain|html: decoded
	python3 -c 'import email, email.policy, sys
m = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)
print(m.get_body((sys.argv[2],)).get_content())' "$1" "$2"
}

# ---- one that arrives ----

first=$(queue expiry-warning "$ann" EN '{"days":7}')
holds 'a mail goes out' within 15 is "$first" SENT
mail=$(newest ann@mail.example)
equals 'it is there, once' 1 "$(grep -l '^Delivered-To: ann@mail.example' -r "$hub_state/mail/Maildir" | wc -l)"
equals 'two parts of the same' 'multipart/alternative text/plain text/html' "$(python3 -c 'import email, sys
m = email.message_from_binary_file(open(sys.argv[1], "rb"))
print(m.get_content_type(), *(p.get_content_type() for p in m.get_payload()))' "$mail")"
equals 'its subject' 'Sharing with Bright <Ideas> & Co ends soon' "$(header "$mail" Subject)"
equals 'its sender' 'Busbar <no-reply@busbar.example>' "$(header "$mail" From | tr -d '"')"
equals 'its recipient' ann@mail.example "$(header "$mail" To | tr -d '<>')"
equals 'a date' 1 "$(header "$mail" Date | grep -cE '^[A-Z][a-z]{2}, [0-9]{1,2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} \+0000$')"
equals 'a message id of the hub' 1 "$(header "$mail" Message-ID | grep -cE '^<[0-9]+\.[0-9a-f]{32}@busbar\.example>$')"
equals 'nobody should answer by machine' auto-generated "$(header "$mail" Auto-Submitted)"
equals 'bounces come to an address of its own' \
	"<bounce+$(sql -c "select verp from mail.outbox where mail = $first")@busbar.example>" "$(header "$mail" Return-Path)"
equals 'one click ends such mails (RFC 8058)' 'List-Unsubscribe=One-Click' "$(header "$mail" List-Unsubscribe-Post)"
url=$(header "$mail" List-Unsubscribe | tr -d '<>')
equals 'by a link of 256 bits' 1 "$(grep -cE '^https://localhost:8443/o/[A-Za-z0-9_-]{43}$' <<<"$url")"
equals 'of which the database has only the SHA-256' "$first" "$(sql -c "select mail from mail.opt_out_link
	where sha256 = sha256('${url##*/}')")"
body "$mail" plain >"$work/plain"
body "$mail" html >"$work/html"
equals 'the link stands in the text too' 1 "$(grep -cF "  $url" "$work/plain")"
equals 'both say what the hub never asks for' '1 1' "$(cat "$work/plain" "$work/html" | tr '\n' ' ' |
	grep -o 'never ask for a password' | wc -l | sed 's/2/1 1/')"
equals 'the name of the third party is text' '1 0' "$(grep -c 'Bright &lt;Ideas&gt; &amp; Co gets no more' "$work/html") $(grep -c '<Ideas>' "$work/html")"
equals 'a part of it in words: days' 1 "$(grep -c 'In 7 days or less' "$work/plain")"
equals 'no line is too long' 0 "$(grep -vF 'https://' "$work/plain" | awk 'length > 72' | wc -l)"
equals 'what made its links is gone, and whose mailbox it is' t "$(sql -c "select salt is null and recipient_sealed is null
	from mail.outbox where mail = $first")"
equals 'the page of the sink lists it' 1 "$(curl -s "http://127.0.0.1:$mail_page_port/" | grep -c 'Sharing with Bright &lt;Ideas&gt; &amp; Co ends soon')"

second=$(queue expiry-warning "$benito" ES '{"days":7}')
holds 'one in Spanish' within 15 is "$second" SENT
mail=$(newest benito@mail.example)
body "$mail" plain >"$work/plain"
equals 'is in Spanish' 'Pronto termina lo que comparte con Bright <Ideas> & Co 1' \
	"$(header "$mail" Subject) $(grep -c 'En 7 días o menos' "$work/plain")"
equals 'its HTML says so' 1 "$(body "$mail" html | grep -c '<html lang="es">')"

# ---- who wants no more ----

sql -c "select mail.opt_out_by_link(sha256('${url##*/}'), false)" >/dev/null
equals 'who opted out gets no more of them' '' "$(queue expiry-warning "$ann" EN '{"days":1}')"
told=$(queue ended "$ann" EN '{"why":"term"}')
holds 'but is told of the end' within 15 is "$told" SENT
equals 'without a link to opt out by' - "$(header "$(newest ann@mail.example)" List-Unsubscribe)"

# ---- what is refused ----

number=$(queue ended "$nobody" EN)
holds 'a mailbox that is none fails at once' within 15 is "$number" FAILED
equals 'with what the server said, without the address' '550 5.1.1 <…> is nobody here' "$(reply "$number")"
number=$(queue ended "$grey" EN)
holds 'a server that wants to be asked again' within 15 eval '[ -n "$(reply '"$number"')" ]'
equals 'is asked again, later' 'QUEUED 451 4.7.1 greylisted, try again' "$(state "$number") $(reply "$number")"
busbar clock advance 2m >/dev/null
holds 'and takes it' within 15 is "$number" SENT
number=$(queue ended "$slow" EN)
holds 'one that never takes it' within 15 eval '[ -n "$(reply '"$number"')" ]'
for _ in 1 2 3 4 5; do
	busbar clock advance 1d >/dev/null
	within 15 sql -c "select 1 / (not exists (select from mail.outbox where mail = $number
		and state = 'QUEUED' and due_at <= ops.now() or state = 'SENDING'))::int"
done
equals 'is given up after four days' FAILED "$(state "$number")"
busbar clock reset >/dev/null

# ---- by an operator's hand ----

says 'mails are listed' 0 'expiry-warning' mail list --most 20
says 'those that failed' 0 "$number" mail list --state failed
says 'one is shown, without whose it is' 0 '"csp": "Bright <Ideas> & Co"' mail show "$first"
equals 'nor in the list' 0 "$(busbar mail list --json | grep -c 'mail.example')"
says 'what has gone is not sent again' 65 'only one that waits or' mail retry "$first"
says 'one that failed is' 0 "$number" mail retry "$number"
holds 'and is tried' within 15 eval '[ "$(state '"$number"')" = QUEUED ] && [ -n "$(reply '"$number"')" ]'
says 'a mailbox is spared' 0 suppressed mail suppress --email benito@mail.example
says 'in any case of its letters, and once' 0 unchanged mail suppress --email Benito@Mail.Example
equals 'it gets no more that may be left out' '' "$(queue expiry-warning "$benito" ES)"
says 'it is listed by its index' 0 OPT_OUT mail suppressed
says 'and allowed again' 0 allowed mail allow --email benito@mail.example
says 'what is no mailbox is none' 65 'mailbox' mail allow --email 'benito at mail'

# ---- a relay that is away ----

sink_down
numbers=
for _ in 1 2 3; do numbers="$numbers $(queue ended "$ann" EN)"; done
down() { [ -n "$(sql -c 'select down_since from mail.relay')" ]; }
holds 'a relay that is away is noticed' within 15 down
busbar clock advance 3d >/dev/null
equals 'three days later nothing is lost' 3 "$(sql -c "select count(*) from mail.outbox
	where mail in ($(tr ' ' ',' <<<"${numbers# }")) and state in ('QUEUED', 'SENDING') and attempts <= 1")"
sink_up
for number in $numbers; do
	holds 'when it is back it goes out' within 70 is "$number" SENT
done
busbar clock reset >/dev/null
[ $failed = 0 ] || { echo '---- agreementd'; tail -n 40 "$hub_state/log/agreementd.log"; tail -n 5 "$hub_state/log/sink.log"; }
ended
