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
equals 'nobody else got a mail' 0 "$(sql -c "select count(*) from mail.outbox where kind = 'password' and recipient_index <> (
	select email_index from party.holder order by holder desc limit 1)")"

# ---- a person of an organisation ----

says 'a third party' 0 '' csp add signup-csp --name 'Sign-up Third Party'
says 'has a person' 0 '' person add signup-csp --name Pat --email pat@signup.example --role admin --login signup-pat
equals 'who forgot the password' 303 "$(posts pat /forgot email=pat@signup.example)"
link=$(link pat@signup.example 'Sign-up Third Party')
equals 'and chooses one' 303 "$(posts pat "$link" choice=GO "password=$first" "again=$first")"
equals 'by which that one is in' 303 "$(posts pat /sign-in user=pat@signup.example "password=$first")"
status pat /account >/dev/null
holds 'for the organisation' grep -q 'Sign-up Third Party' "$work/body"

ended
