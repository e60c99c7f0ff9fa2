#!/bin/bash
# A third party from its request to the first real premise: the commands of both sides, mails in a real mailbox,
# certificates of a real authority, its box over HTTPS for the connectivity test. And customers' accounts.
. "$(dirname "$0")/lib.sh"
. "$lib/sink.sh"
. "$lib/customer.sh"

nginx_api_port=$(free_port) nginx_api_tls13_port=$(free_port) nginx_ops_port=$(free_port) nginx_portal_port=$(free_port)
mail_port=$(free_port) mail_page_port=$(free_port) mail_text_port=$(free_port)
export nginx_api_port nginx_api_tls13_port nginx_ops_port nginx_portal_port mail_port mail_page_port mail_text_port
trap 'hub_stop_one agreementd; sink_down; nginx_down; hub_stop_one apid; busbar clock reset >/dev/null 2>&1; hub_conf' EXIT
hub_conf
holds 'a mail server runs' sink_up
hub_start_one agreementd
holds 'nginx runs' nginx_up
hub_start_one apid
holds 'busbar-apid runs' within 10 test -S "$hub_state/run/web/apid/1.sock"

# certificates as a partner may hand them over; the authority is the one that the hub was told (csp.ca)
mkdir "$work/chains"
holds 'certificates, good and bad' "$source/tests/lib/make_chains" "$work/chains"
sed "s,^ca = .*,ca = $work/chains/ca.pem," "$hub_state/busbar.conf" >"$work/register.conf"
busbar() { timeout 60 "$hub_programs/bin/busbar" -c "$work/register.conf" "$@"; }
alice() { SUDO_USER=nobody busbar "$@"; }
says_alice() { # SENTENCE STATUS TEXT ARGUMENTS...
	SUDO_USER=nobody says "$@"
}

# ---- step 1: the request ----

request() { # NAME TAX_ID USE SECURITY DOMAIN: what is asked with
	request=(--name "$1" --tax-id "$2" --duns "$2" --site https://sun.example/ --privacy https://sun.example/privacy
		--use "${3:-Shows you how to use the sun.}" --use-es 'Le muestra cómo usar el sol.' --standing 'registered, 10007'
		--capability 'OAuth 2.0, FTPS' --terms 1 --contact "desk@${5:-sun}.example" --security "${4:-alarm@sun.example}"
		--language es --redirect https://sun.example/back --notification https://sun.example/told)
}
request 'Flow Sun' 912345678 'Go to https://sun.example and sign in.'
says 'a use with a link is refused' 65 'the stated use has a link' csp register flow-sun "${request[@]}"
request 'Flow Sun' 912345678 '' nobody
says 'a contact is a mailbox' 65 'expected one mailbox' csp register flow-sun "${request[@]}"
request 'Flow Sun' 912345678
for bad in short:'expected RSA of 2048 bits' sha1:'expected SHA-2' self:'signed by itself' old:'it has expired' \
	stranger:'no authority that the hub knows'; do
	says "a certificate that will not do: ${bad%%:*}" 65 "${bad#*:}" csp register flow-sun "${request[@]}" \
		--certificate "$work/chains/${bad%%:*}.pem"
done
says 'nothing was made by any of these' 65 'there is no CSP of that code' csp show flow-sun
says 'a third party asks' 0 '"state":"REQUESTED","step":1,"position":1' csp register flow-sun "${request[@]}" --json
request 'Flow Moon' 912345679 '' '' moon
says 'another one after it' 0 '"position":2' csp register flow-moon "${request[@]}" --json
says 'a tax ID is registered once' 65 'registered with this tax ID' csp register flow-star "${request[@]}"
says 'its contacts are sealed, and shown to the operator' 0 '"role":"SECURITY","email":"alarm@sun.example","language":"ES"' \
	csp contact flow-sun --json
equals 'nowhere in clear' 0 "$(hub_psql -d busbar -At -c 'select * from party.csp_contact' -c 'select * from mail.outbox' \
	-c 'select * from audit.event' | grep -c 'alarm@\|desk@')"

# the link of the newest mail to a mailbox
link_of() { # ADDRESS PATTERN
	customer_waits "$1" "$2" | grep -oE 'https://[^ <>"]+/c/[A-Za-z0-9_-]{43}' | head -n 1
}
says 'a link that nobody sent' 65 'this link is not valid' csp confirm https://localhost:8443/c/guess
link=$(link_of desk@sun.example 'Flow Sun')
says 'its contact follows the link' 0 '"state":"CONFIRMED","position":1' csp confirm "$link" --json
says 'once more: the same answer' 0 '"state":"CONFIRMED","position":1' csp confirm "${link##*/}" --json
says 'the other one too' 0 CONFIRMED csp confirm "$(link_of desk@moon.example 'Flow Moon')"

# ---- step 2: the review ----

says_alice 'who came later is not served first' 65 '"flow-sun" has waited longer' csp review flow-moon
says_alice 'an operator reviews' 0 '"state":"REVIEWED"' csp review flow-sun --note 'found in the register' --json
says 'what is missing is told' 0 '"missing":"its client certificate"' csp show flow-sun --json
says_alice 'a bad certificate is not stored' 65 'signed by itself' csp approve flow-sun --certificate "$work/chains/self.pem"
alice csp approve flow-sun --certificate "$work/chains/chain.pem" --json >"$work/approved" 2>"$work/said"
equals 'approved' APPROVED "$(json "$work/approved" $.state)"
holds 'the certificate is described' grep -q 'RSA 2048, SHA256, signed by middle' "$work/said"
holds 'our own is shown' grep -q 'BEGIN CERTIFICATE' "$work/approved"
token=$(json "$work/approved" $.registration_token)
secret=$(json "$work/approved" $.client_secret)
equals 'secrets are kept as digests alone' 1 "$(sql -c "select count(*) from party.csp_client
	where registration_sha256 = sha256('$token') and secret_sha256 = sha256('$secret')")"
holds 'its contact is told, in its language' customer_waits desk@sun.example '[Aa]prob'

# ---- step 3: the connectivity test ----

says 'nothing has been seen yet' 1 '2 of the steps that are needed have not passed' csp test flow-sun
box=https://localhost:$nginx_api_port/box/test
show=(--cacert "$hub_state/tls/ca.pem" --cert "$work/chains/below.pem" --key "$work/chains/below.key")
echo 'hello, hub' >"$work/hello"
equals 'its certificate opens its box' 201 "$(timeout 20 curl -sS "${show[@]}" -T "$work/hello" -o "$work/body" \
	-w '%{http_code}' "$box/hello")"
says 'a login was seen, a file is not back yet' 1 '"name":"box-file","passed":false,"found":"not yet"' csp test flow-sun --json
holds 'the file comes back' timeout 20 curl -sSf "${show[@]}" -o "$work/back" "$box/hello"
same 'as it was put' "$work/hello" "$work/back"
seen() { busbar csp test flow-sun --json | grep -q '"name":"box-file","passed":true,"found":"test/hello, 11 bytes, over HTTPS"'; }
holds 'all steps have passed' within 10 seen
says 'it is tested' 0 '"state":"TESTED","step":3,"position":null,"missing":"the approval of a second person"' csp show flow-sun --json

live() { busbar csp live flow-sun --json; }
told() { # SENTENCE STATUS TEXT: of a live with the token $1 on standard input
	printf '%s\n' "$4" | live >"$work/out" 2>&1
	[ $? = "$2" ] && grep -qF -- "$3" "$work/out" && ok "$1" || { not_ok "$1"; head -c 500 "$work/out"; }
}
told 'not live without a second person' 65 'a second person has not approved it yet' "$token"
says_alice 'who is not the first one' 65 "another person's" csp approve flow-sun --second
says 'another operator approves' 0 '"second_by":"operator root"' csp approve flow-sun --second --json

esiid=10443720000094001
cat >"$work/premise.csv" <<-CSV
	busbar,premise,1
	esiid,status,class,effective,channels
	$esiid,ACTIVE,RESIDENTIAL,2024-01-01,LOAD
CSV
says 'a real premise' 0 LOADED submit "$work/premise.csv" --as oncor --wait --json
says 'until then no real premise' 65 'not live has to do with premises of the sandbox alone' \
	agreement record --as flow-sun --esiid $esiid --months 1
says 'nor a subscription to one' 65 'not live has to do with premises of the sandbox alone' \
	subscription add flow-sun --schedule daily --esiid $esiid
told 'nobody else switches it' 65 'the registration token is not the one' guess
told 'it switches itself to live' 0 '"state":"ACTIVE"' "$token"
says 'and has to do with real premises' 0 ACTIVE agreement record --as flow-sun --esiid $esiid --months 1
equals 'each step is on record, and whose it was' \
	'confirm csp flow-sun, review operator nobody, approve operator nobody, test operator root, live csp flow-sun' \
	"$(sql -c "select string_agg((detail ->> 'event') || ' ' || actor, ', ' order by event) from audit.event
		where kind = 'csp.moved' and party = party.csp_named('flow-sun')")"

# ---- who does not come so far ----

says 'a refusal has its reason' 0 REFUSED csp refuse flow-moon --why 'no good standing'
holds 'which is told' customer_waits desk@moon.example 'no good standing'
says 'and the tax ID is free again' 0 '"state":"REQUESTED"' csp register flow-moon "${request[@]}" --json

# ---- the sandbox, from the first minute ----

says 'a utility for trying' 0 flow-sandbox tdu add flow-sandbox --name Sandbox --duns 919191919 --prefix 1099994/17 --sandbox
sed "s/$esiid/10999940000000001/" "$work/premise.csv" >"$work/sandbox.csv"
says 'with a premise' 0 LOADED submit "$work/sandbox.csv" --as flow-sandbox --wait --json
says 'is open to one that has only asked' 0 ACTIVE agreement record --as flow-moon --esiid 10999940000000001 --months 1
says 'which no real one is' 65 'sandbox alone' agreement record --as flow-moon --esiid $esiid --months 1

# ---- people ----

says 'an organisation begins with an admin' 65 'keeps one admin at least' person add flow-sun --name Bo --email bo@sun.example --role member
busbar person add flow-sun --name 'Ana Sol' --email ana@sun.example --role admin --json >"$work/ana"
equals 'who is shown' 'Ana Sol' "$(json "$work/ana" $.name)"
ana=$(json "$work/ana" $.person)
says 'others follow' 0 '"role":"READER","name":"Bo"' person add flow-sun --name Bo --email bo@sun.example --role reader --json
says 'once a mailbox' 65 'has a person with that mailbox already' person add flow-sun --name B --email BO@sun.example --role reader
says 'the last admin stays' 65 'keeps one admin at least' person remove "$ana"
says 'and stays one' 65 'keeps one admin at least' person role "$ana" reader
bo=$(busbar person list --party flow-sun --json | grep -o '"person":[0-9]*,"party":"flow-sun","role":"READER"' | grep -o '[0-9]*')
says 'until there is another' 0 '"role":"ADMIN"' person role "$bo" admin --json
says 'then the first may go' 0 '' person remove "$ana"
equals 'and is forgotten' '0' "$(sql -c "select length(name_sealed) + length(email_sealed) from party.person where person = $ana")"

# ---- a customer's account ----

{
	printf 'busbar,meter,1\nesiid,meter_number,effective\n%s,94001LG,2024-01-01\n' $esiid >"$work/meter.csv"
	printf 'busbar,rep,1\nesiid,rep,effective\n%s,90001,2024-01-01\n' $esiid >"$work/rep.csv"
	printf 'busbar,customer,1\naccount,name,kind\nREG-1,A Customer,RESIDENTIAL\n' >"$work/customer.csv"
	printf 'busbar,occupancy,1\nesiid,account,effective\n%s,REG-1,2024-01-01\n' $esiid >"$work/occupancy.csv"
}
for file in meter rep customer occupancy; do
	says "the utility tells of its $file" 0 LOADED submit "$work/$file.csv" --as oncor --wait --json
done
account() { # METER EMAIL: the answer, which is always the same
	busbar customer register --esiid $esiid --meter "$1" --rep 90001 --email "$2" --json
}
account 1 eve@home.example >"$work/wrong"
account 94001LG ann@home.example >"$work/right"
same 'a wrong number is answered as a right one' "$work/wrong" "$work/right"
says 'the link makes the account' 0 '"kind":"CUSTOMER"' customer confirm "$(link_of ann@home.example .)" --json
says 'which has its premise' 0 '"state":"CONFIRMED","email":"ann@home.example","language":"EN","premises":1' customer list --json
holder=$(sql -c "select holder from party.holder where state = 'CONFIRMED' order by 1 desc limit 1")
says 'it has a login' 0 "\"login\":\"customer-$holder\"" customer list --json
says 'of another name, if it likes' 0 '"login":"flow-ann"' customer login "$holder" flow-ann --json
says 'one account, one name' 65 'the login "flow-sun" is taken' customer login "$holder" flow-sun
says 'a password' 0 '"kind":"PASSWORD"' credential add flow-ann --password --json
says 'and another instead of it' 0 '"kind":"PASSWORD"' credential add flow-ann --password --replace --json
equals 'the first one has ended' 1 "$(sql -c "select count(*) from delivery.credential c join delivery.account a using (account)
	where a.login = 'flow-ann' and c.ended_at is null")"
account 94001LG bob@home.example >/dev/null
says 'somebody else of the same home' 0 CONFIRMED customer confirm "$(link_of bob@home.example .)" --json
holds 'of whom the first is told' customer_waits ann@home.example 4001
holds 'nobody wrote to who was wrong' test -z "$(customer_mail eve@home.example)"

# ---- time goes by ----

says 'two weeks and a day later' 0 '' clock advance 16d
expired() { busbar csp show flow-moon --json | grep -q '"state":"EXPIRED"'; }
holds 'the request that nobody confirmed has expired' within 10 expired
holds 'nobody is told who has not shown to hold the mailbox' test "$(sql -c "select count(*) from mail.outbox
	where kind = 'csp-expired'")" = 0
says 'all invariants hold' 0 '' check
ended
