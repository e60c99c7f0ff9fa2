#!/bin/bash
# Accounts that people make by themselves: nginx, busbar-portald and busbar-agreementd with a mail server behind them. From
# the form to a password by the link of the mail, and in; forgotten, chosen anew, and whoever was in is out.
. "$(dirname "$0")/lib.sh"
. "$source/tests/lib/links.sh"
. "$lib/sink.sh"
. "$lib/customer.sh"
. "$lib/staff.sh"

nginx_api_port=$(free_port) nginx_api_tls13_port=$(free_port) nginx_ops_port=$(free_port) nginx_portal_port=$(free_port)
mail_port=$(free_port) mail_page_port=$(free_port) mail_text_port=$(free_port)
nginx_portal_rate=6000r/m nginx_portal_burst=1000
export nginx_api_port nginx_api_tls13_port nginx_ops_port nginx_portal_port
over() {
	hub_stop_one agreementd
	nginx_down
	hub_stop_one portald
	sink_down
	hub_conf
}
trap over EXIT
hub_conf
holds 'a mail server runs' sink_up
hub_start_one agreementd
hub_start_one portald
holds 'nginx takes the shipped configuration' nginx_up
links_begin 130
there() { staff_curl nobody -o /dev/null "$(staff_url /sign-up)"; }
holds 'the portal answers' within 10 there

status() { # LOGIN PATH [CURL_ARGUMENTS...]: body in $work/body
	local who=$1 path=$2
	shift 2
	staff_curl "$who" -o "$work/body" -D "$work/headers" -w '%{http_code}' "$@" "$(staff_url "$path")"
}
posts() { # LOGIN PATH FIELD=VALUE...: the status; body in $work/body, the place it leads to in $work/headers
	local who=$1 path=$2 nonce
	shift 2
	nonce=$(staff_get "$who" "$path" | sed -n 's/.*name="nonce" value="\([^"]*\)".*/\1/p' | head -n 1)
	local args=()
	for field; do args+=(--data-urlencode "$field"); done
	status "$who" "$path" -H 'Sec-Fetch-Site: same-origin' --data-urlencode "nonce=$nonce" "${args[@]}"
}
leads_to() { tr -d '\r' <"$work/headers" | sed -n 's/^Location: //Ip'; }
link() { customer_waits "$@" | grep -oE 'https://[^ <>"]+/c/[A-Za-z0-9_-]{43}' | head -n 1 | sed 's,^https://[^/]*,,'; }
first='tundra lamp quiche' second='ukulele fjord nachos'
lives() { # WHO NUMBER: somebody lives there
	links_sql -v who="$1" >/dev/null <<-SQL
		with made as (insert into party.party (kind) values ('CUSTOMER') returning party), lives as (
			insert into premise.customer (party, tdu, account_index)
			select made.party, (select party from party.party where code = 'oncor'), substr(sha256(('account ' || :'who')::bytea), 1, 16)
			from made returning customer)
		insert into premise.occupancy (premise, customer, during)
		select p.premise, lives.customer, daterange('2024-01-01', null) from lives, premise.premise p
		where p.esiid = '104437200099' || lpad('$2', 5, '0');
	SQL
}
lives una 121
esiid='esiid=10443 72000 9900121' meter=meter=l121 rep=rep=19777 # in groups, as bills print it

# ---- an account ----

equals 'the form is there' 200 "$(status una /sign-up)"
holds 'retailers are offered by name and number' grep -q '<option value="19777">Links REP (19777)</option>' "$work/body"
equals 'what is missing or badly written is said' 422 "$(posts una /sign-up esiid=123 meter= rep= email=una)"
for field in esiid meter rep email; do
	holds "beside the field: $field" grep -q "id=\"$field-bad\"" "$work/body"
done
equals 'a wrong meter is answered' 303 "$(posts una /sign-up "$esiid" meter=L9 "$rep" email=una@signup.example)"
wrong=$(leads_to)
equals 'as a right one is' 303 "$(posts una /sign-up "$esiid" "$meter" "$rep" email=una@signup.example)"
equals 'to the same page' "$wrong" "$(leads_to)"
status una "$wrong" >/dev/null
holds 'which says where to look' grep -q 'Look into your mailbox' "$work/body"
link=$(link una@signup.example)
equals 'the mail has a link to a page' 200 "$(status una "$link")"
holds 'where a password is chosen' grep -q 'autocomplete="new-password"' "$work/body"
equals 'not one that is easy to guess' 422 "$(posts una "$link" choice=GO password=password1234 again=password1234)"
holds 'and says why' grep -q 'easy to guess' "$work/body"
holds 'nor shows what was typed' sh -c "! grep -q password1234 '$work/body'"
equals 'nor two that differ' 422 "$(posts una "$link" choice=GO "password=$first" "again=$second")"
equals 'nor is anything confirmed by that' REQUESTED "$(sql -c "select state from party.holder order by holder desc limit 1")"
equals 'a good one is taken' 303 "$(posts una "$link" choice=GO "password=$first" "again=$first")"
equals 'and leads to the door' '/sign-in?chosen=1&l=en' "$(leads_to)"
equals 'where it opens' 303 "$(posts una /sign-in user=una@signup.example "password=$first")"
equals 'the home' 200 "$(status una /home)"
equals 'the link chooses once' 200 "$(status other "$link")"
holds 'and says that it was used' grep -q 'this address is confirmed' "$work/body"
equals 'the mailbox opens for the operator' una@signup.example \
	"$(busbar customer list --json | tr '{' '\n' | sed -n 's/.*"email":"\(una[^"]*\)".*/\1/p')"

# ---- forgotten ----

mails=$(sql -c "select coalesce(max(mail), 0) from mail.outbox")
equals 'a mailbox that nobody has is answered' 303 "$(posts una2 /forgot email=nobody@signup.example)"
wrong=$(leads_to)
equals 'as one that somebody has' 303 "$(posts una2 /forgot email=UNA@signup.example)"
equals 'with the same page' "$wrong" "$(leads_to)"
link=$(link una@signup.example 'Choose a new password')
equals 'the link is for another password' 303 "$(posts una2 "$link" choice=GO "password=$second" "again=$second")"
equals 'who was in by the old one is out' 303 "$(status una /home)"
equals 'the old one is none' 422 "$(posts una2 /sign-in user=una@signup.example "password=$first")"
equals 'the new one opens' 303 "$(posts una2 /sign-in user=una@signup.example "password=$second")"
holds 'a mail tells of it' customer_waits una@signup.example 'password .*was changed'
equals 'nobody else got a mail' 0 "$(sql -c "select count(*) from mail.outbox where mail > $mails and kind = 'password' and recipient_index <> (
	select email_index from party.holder order by holder desc limit 1)")"

# ---- a second factor ----

code() { # STEPS_AHEAD: of the key on the page
	/usr/bin/python3 - "$key" "$1" <<-'PY'
		import base64, hmac, struct, sys, time
		key, ahead = base64.b32decode(sys.argv[1].replace(' ', '')), int(sys.argv[2])
		mac = hmac.new(key, struct.pack('>Q', int(time.time()) // 30 + ahead), 'sha1').digest()
		at = mac[-1] & 15
		print('%06d' % ((struct.unpack('>I', mac[at:at + 4])[0] & 0x7fffffff) % 1000000))
	PY
}
equals 'it is begun by a button' 303 "$(posts una2 /account/factor do=begin)"
equals 'then there is a page' 200 "$(status una2 /account/factor)"
key=$(sed -n 's/.*class="key">\([A-Z2-7 ]*\)<.*/\1/p' "$work/body")
equals 'with a key of 160 bits' 39 "${#key}"
holds 'and its picture' grep -q '<svg class="qr"' "$work/body"
equals 'a wrong code does not set it' 422 "$(posts una2 /account/factor code=000000)"
equals 'a right one does' 200 "$(posts una2 /account/factor "code=$(code 0)")"
recovery=$(sed -n 's,<li>\([A-Z2-7-]*\)</li>,\1,p' "$work/body")
equals 'with ten recovery codes' 10 "$(echo "$recovery" | wc -l)"
equals 'the password alone' 303 "$(posts una3 /sign-in user=una@signup.example "password=$second" to=reads)"
equals 'leads to the question for a code' '/code?to=reads&l=en' "$(leads_to)"
equals 'and to no page else' 303 "$(status una3 /reads)"
equals 'a wrong code is none' 422 "$(posts una3 '/code?to=reads' code=000000)"
was=$(awk '$6 == "__Host-busbar-session" { print $7 }' "$hub_state/tmp/una3.jar")
equals 'a recovery code is one' 303 "$(posts una3 '/code?to=reads' to=reads "code=$(echo "$recovery" | sed -n 4p | tr 'A-Z' 'a-z')")"
holds 'the secret in the browser is another' test "$was" != "$(awk '$6 == "__Host-busbar-session" { print $7 }' "$hub_state/tmp/una3.jar")"
equals 'and the page is there' 200 "$(status una3 /reads)"
equals 'it ends by a new code' 303 "$(posts una3 /account/factor "code=$(code 1)")"
equals 'then the password opens' 303 "$(posts una4 /sign-in user=una@signup.example "password=$second")"
equals 'the home' 200 "$(status una4 /home)"
equals 'the password is changed by who knows it' 422 "$(posts una4 /account/password "old=$first" "password=$first" "again=$first")"
equals 'and then' 303 "$(posts una4 /account/password "old=$second" "password=$first" "again=$first")"
equals 'who changed it stays' 200 "$(status una4 /home)"
equals 'others do not' 303 "$(status una3 /home)"

# ---- a person of an organisation ----

says 'a third party' 0 '' csp add signup-csp --name 'Sign-up Third Party'
says 'has a person' 0 '' person add signup-csp --name Pat --email pat@signup.example --role admin --login signup-pat
equals 'who forgot the password' 303 "$(posts pat /forgot email=pat@signup.example)"
link=$(link pat@signup.example 'Sign-up Third Party')
equals 'and chooses one' 303 "$(posts pat "$link" choice=GO "password=$first" "again=$first")"
equals 'by which that one is in' 303 "$(posts pat /sign-in user=pat@signup.example "password=$first")"
status pat /account >/dev/null
holds 'for the organisation' grep -q 'Sign-up Third Party' "$work/body"

# ---- whom an organisation lets in ----

status pat /people >/dev/null
holds 'an admin sees the people' grep -q signup-pat "$work/body"
equals 'and adds one' 303 "$(posts pat /people login=signup.kim email=kim@signup.example role=READER)"
equals 'a name once' 409 "$(posts pat /people login=signup.kim email=kim2@signup.example role=READER)"
holds 'which is said' grep -q 'There is one like it already' "$work/body"
link=$(link kim@signup.example 'may act for Sign-up Third Party')
equals 'who chooses a password' 303 "$(posts kim "$link" choice=GO "password=$second" "again=$second")"
equals 'and is in' 303 "$(posts kim /sign-in user=signup.kim "password=$second")"
equals 'sees who else is' 200 "$(status kim /people)"
holds 'and can change nothing of it' sh -c "! grep -q 'name=\"remove\"' '$work/body'"
kim=$(sql -c "select person from delivery.account where login = 'signup.kim'")
pat=$(sql -c "select person from delivery.account where login = 'signup-pat'")
equals 'not by asking either' 403 "$(posts kim /people "remove=$pat")"
equals 'the last admin stays' 409 "$(posts pat /people "MEMBER=$pat")"
equals 'a role is given' 303 "$(posts pat /people "ADMIN=$kim")"
equals 'and holds' 303 "$(posts kim /people "remove=$pat")"
equals 'who was removed is out' 303 "$(status pat /people)"

equals 'a second factor is begun' 303 "$(posts kim /account/factor do=begin)"
status kim /account/factor >/dev/null
key=$(sed -n 's/.*class="key">\([A-Z2-7 ]*\)<.*/\1/p' "$work/body")
equals 'and set' 200 "$(posts kim /account/factor "code=$(code 0)")"
says 'who lost it asks an operator' 0 signup.kim account factor signup.kim
equals 'then the password alone' 303 "$(posts kim2 /sign-in user=signup.kim "password=$second")"
equals 'opens' 200 "$(status kim2 /people)"
says 'what is not there is not taken away' 65 'has no second factor' account factor signup.kim

# ---- one's own account ----

equals 'another language' 303 "$(posts una4 /account/preferences language=ES signs=1 mails=1)"
status una4 /account >/dev/null
holds 'is that of the pages' grep -q '<html lang="es">' "$work/body"
equals 'a token is made' 303 "$(posts una4 /account/tokens label=battery words-interval=1 words-billing=1 days=30)"
equals 'and shown' 200 "$(status una4 '/account/tokens?done=made')"
token=$(sed -n 's,.*<pre[^>]*>\(bbp_[A-Za-z0-9_-]*\)</pre>.*,\1,p' "$work/body")
equals 'of which the database has the digest' 'interval billing' "$(sql -v t="$token" <<<"select scope from api.token where verifier = sha256(sha256(convert_to(:'t', 'UTF8')))")"
number=$(sql -c "select max(token) from api.token where class = 'PERSONAL'")
equals 'and ended' 303 "$(posts una4 /account/tokens "end=$number")"
lives una-elsewhere 122
equals 'another home is asked for' 303 "$(posts una4 /account/homes esiid=10443720009900122 meter=L122 rep=19777)"
link=$(link una@signup.example 'Confirme')
equals 'and confirmed, without another password' 303 "$(posts una4 "$link" choice=GO)"
status una4 /account/homes >/dev/null
holds 'it is there' grep -q 10443720009900122 "$work/body"
equals 'the account is not deleted by a wrong password' 422 "$(posts una4 /account/delete "old=$second" sure=1)"
equals 'nor without being sure' 422 "$(posts una4 /account/delete "old=$first")"
equals 'but by both' 303 "$(posts una4 /account/delete "old=$first" sure=1 shares=1)"
equals 'then it is gone' 422 "$(posts una4 /sign-in user=una@signup.example "password=$first")"
holds 'and a mail says so' customer_waits una@signup.example 'Su cuenta está borrada'

ended
