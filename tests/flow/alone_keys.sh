#!/bin/bash
# Keys are changed while a hub runs: what the old ones sealed opens all the way through, in the middle of sealing it
# anew too, and at last with the new ones alone; what was signed under two keys verifies without naming them.
. "$(dirname "$0")/lib.sh"
. "$lib/sink.sh"

mail_port=$(free_port) mail_page_port=$(free_port) mail_text_port=$(free_port)
trap 'hub_stop_one agreementd; sink_down; hub_conf' EXIT
hub_conf
holds 'a mail server runs' sink_up
hub_start_one auditd
hub_start_one agreementd
again() { # NAME...: restarts
	for name in "$@"; do
		hub_stop_one "$name"
		hub_start_one "$name"
	done
}
ids() { sql -c "select coalesce(string_agg(distinct get_byte(name_sealed, 0)::text, ' '), '') from premise.customer"; }
# Everything that is sealed, opened by the command: no mailbox or name that is said to be of other keys.
opens() { ! busbar customer list --json | grep -q 'other keys' && ! busbar person list --json | grep -q 'other keys'; }
mailed() { grep -lq "^Delivered-To: $1" -r "$hub_state/mail/Maildir/new"; }
customers() { # NAME...: of oncor, by its loader
	{
		echo 'busbar,customer,1'
		echo 'account,name,kind,phones,emails'
		for name in "$@"; do echo "KEYS-$name,$name Doe,RESIDENTIAL,512-555-0100,$name@home.example"; done
	} >"$work/customer.csv"
	busbar submit "$work/customer.csv" --as oncor --wait --json
}
rotate() { # SENTENCE TEXT ARGUMENTS...: a step that goes well
	local sentence=$1 text=$2
	shift 2
	says "$sentence" 0 "$text" keys rotate "$@"
}

# ---- what there is before ----

day=$(state_yesterday)
busbar synth --out "$work/synth" --meters 12 --from "$day" --days 1 >/dev/null
for file in "$work/synth/oncor"/*.csv; do busbar submit "$file" --as oncor >/dev/null; done
holds 'premises of a utility are known' within 60 settled
busbar synth --samples >"$work/samples"
. "$work/samples"
busbar csp add keys-csp --name 'Flow of Keys' >/dev/null
says 'a person of a third party' 0 '' person add keys-csp --name 'Pat Doe' --email pat@keys.example --role admin
invite() { # ADDRESS
	busbar agreement invite --as keys-csp --esiid "$SAMPLE_ESIID_1" --meter "$SAMPLE_METER_1" --rep "$SAMPLE_REP_1" \
		--email "$1" --months 12 --json
}
sink_down
holds 'a customer is asked, while no mail goes out' invite lia@home.example
old=$(ids)
holds 'one key seals' grep -qx '[0-9]*' <<<"$old"
says 'a server of a partner' 0 '' account add keys-box --party keys-csp
busbar endpoint add keys-box "sftp://me@127.0.0.1:2222/in" --pin "SHA256:$(head -c 32 /dev/zero | base64 | tr -d =)" --password <<<secret >/dev/null
busbar audit checkpoint >"$work/before"
cp "$hub_state/audit.pub" "$work/first.pub"

# ---- the key of personal fields ----

says 'nothing can be retired yet' 65 'no older key' keys rotate pii --retire
rotate 'a key is added' 'Restart busbar-ingestd and busbar-agreementd' pii
customers fay >/dev/null
equals 'who runs seals by the old one' "$old" "$(ids)"
again ingestd agreementd
customers gus >/dev/null
equals 'who was started again, too' "$old" "$(ids)"
rotate 'it is used from now on; five fields are sealed anew' 'run this again' pii --rows 5
holds 'both have sealed something' test "$(sql -c "select count(*) from (select get_byte(account_sealed, 0) from premise.customer
	union select get_byte(email_sealed, 0) from agreement.agreement) x")" = 2
holds 'in the middle of it everything opens' opens
says 'what the old one has sealed keeps it' 1 'still sealed by older keys' keys rotate pii --retire --rows 5
rotate 'the others are sealed anew' 'Restart busbar-ingestd' pii
customers hal >/dev/null
equals 'the loader that was not started again seals by the old one' 2 "$(ids | wc -w)"
again ingestd
rotate 'what came meanwhile too, and the old key goes' 'The older keys are gone' pii --retire
new=$(ids)
holds 'one key has sealed all' grep -qx '[0-9]*' <<<"$new"
holds 'another' test "$new" != "$old"
again ingestd agreementd
customers ida >/dev/null
equals 'the loader seals by it' "$new" "$(ids)"
holds 'everything opens by it alone' opens
rotate 'once more' 'Restart' pii
# nobody restarts agreementd now: what it cannot open waits
rotate 'all that was sealed anew opens, and is again' '"unopened":0' pii --json
equals 'nothing is left' 0 "$(sql -c "select sum(rows) from ops.sealed_left('pii', $(ids))")"

# ---- what opens partners' servers; links; pages ----

rotate 'a key for partners'\'' servers is added' busbar-dropd push
rotate 'and used: the password of that server opened by the old one' '"resealed":1,"left":0,"unopened":0' push --json
rotate 'which goes' 'The older keys are gone' push --retire
link=$(sha256sum "$hub_state/keys/link.key")
rotate 'a new key for links' 'Restart busbar-agreementd' link
holds 'takes the place of the old one' test "$link" != "$(sha256sum "$hub_state/keys/link.key")"
equals 'in a file of the same owner and mode' 'root:busbar-agreementd 640' "$(stat -c '%U:%G %a' "$hub_state/keys/link.key")"
rotate 'and for pages' 'Restart busbar-portald' portal
again agreementd ingestd
holds 'the mail server is there again' sink_up
busbar clock advance 1h >/dev/null
holds 'a mail that waited since before all this goes out' within 20 mailed lia@home.example
busbar clock reset >/dev/null

# ---- the key that signs ----

rotate 'the key that signs is changed' 'Restart busbar-auditd' audit
equals 'both are published' $(($(wc -l <"$work/first.pub") + 1)) "$(wc -l <"$hub_state/audit.pub")"
again auditd
says 'the new one signs' 0 '' audit checkpoint
cp "$work/out" "$work/after"
holds 'and is another' test "$(tail -n 1 "$work/before" | cut -c1-40)" != "$(tail -n 1 "$work/after" | cut -c1-40)"
says 'the log is exported' 0 '' audit export --out "$work/log"
says 'and verifies without a key named, under both' 0 'all are there, unchanged' audit verify "$work/log" "$work/before" "$work/after"
says 'the old key alone does not do' 1 'not signed by a key that is known' audit verify "$work/log" --key "$work/first.pub"
sql -c "select c.note from audit.checkpoint c, audit.leaf l, audit.event e where e.kind = 'audit.signer_next' and l.event = e.event
	and c.size > l.entry order by c.size limit 1" | sed '${/^$/d}' >"$work/named"
says 'it has signed the name of the new one' 0 'is as it was signed' audit verify "$work/named" --key "$work/first.pub"
busbar audit prove "$(sql -c "select event from audit.event where kind = 'audit.signer_next'")" >"$work/proof"
says 'which can be shown' 0 "$(tail -n 1 "$hub_state/audit.pub")" audit verify "$work/proof"
says 'which the database knows' 0 "$(tail -n 1 "$hub_state/audit.pub")" audit key
equals 'each step is on record' 'audit:added audit:replaced link:added link:replaced pii:added pii:retired pii:used portal:added portal:replaced push:added push:retired push:used' \
	"$(sql -c "select string_agg(distinct detail ->> 'key' || ':' || substr(kind, 5), ' ' order by detail ->> 'key' || ':' || substr(kind, 5))
		from audit.event where kind ~ '^key\.' and kind <> 'key.resealed'")"
says 'all invariants hold' 0 '' check
ended
