#!/bin/bash
# A third party from nothing to live at the portal, without writing to anybody: asks, confirms by its mail, chooses a
# password, hands in its certificate, tests its connection, goes live.
. "$(dirname "$0")/lib.sh"
. "$lib/sink.sh"
. "$lib/customer.sh"
. "$lib/staff.sh"

nginx_api_port=$(free_port) nginx_api_tls13_port=$(free_port) nginx_ops_port=$(free_port) nginx_portal_port=$(free_port)
mail_port=$(free_port) mail_page_port=$(free_port) mail_text_port=$(free_port)
export nginx_api_port nginx_api_tls13_port nginx_ops_port nginx_portal_port mail_port mail_page_port mail_text_port
nginx_portal_rate=6000r/m nginx_portal_burst=1000
trap 'hub_stop_one portald; hub_stop_one agreementd; sink_down; nginx_down; hub_stop_one apid; hub_conf' EXIT
hub_conf
mkdir "$work/chains"
chmod 755 "$work" "$work/chains"
holds 'certificates, good and bad' "$source/tests/lib/make_chains" "$work/chains"
chmod 644 "$work"/chains/*.pem
install -m 644 "$work/chains/ca.pem" "$hub_state/csp_ca.pem"
sed -i "/^\[csp\]/,/^\[/s,^ca = .*,ca = $hub_state/csp_ca.pem," "$hub_state/busbar.conf"
holds 'a mail server runs' sink_up
hub_start_one agreementd
holds 'nginx runs' nginx_up
hub_start_one apid
hub_start_one portald
there() { staff_curl nobody -f -o /dev/null "$(staff_url /sign-in)"; }
holds 'the portal answers' within 10 there

# a form with a file: send WHO PATH FIELD=VALUE...; the status
nonce() { staff_get "$1" "$2" | sed -n 's/.*name="nonce" value="\([^"]*\)".*/\1/p' | head -n 1; }
send() {
	local who=$1 path=$2 field fields=()
	shift 2
	for field; do fields+=(--form-string "$field"); done
	staff_curl "$who" -o "$work/body" -w '%{http_code}' -H 'Sec-Fetch-Site: same-origin' \
		--form-string "nonce=$(nonce "$who" "$path")" "${fields[@]}" ${file:+-F "certificate=@$file"} "$(staff_url "$path")"
}
asked=(name='Enrol Sun' code=enrol-sun tax_id=912345690 duns= site=https://enrol.example/ privacy=https://enrol.example/privacy
	use_en='Shows you how to use the sun.' use_es='Le muestra cómo usar el sol.' standing='registered, 10011' capability=FTPS
	redirects= person='Ann Enrol' email=ann@enrol.example)
equals 'without the terms there is no registration' 422 "$(send new /register "${asked[@]}")"
equals 'nor by another site' 403 "$(staff_curl new -o /dev/null -w '%{http_code}' -H 'Sec-Fetch-Site: cross-site' \
	--form-string "nonce=$(nonce new /register)" --form-string terms=1 "$(staff_url /register)")"
equals 'a certificate that will not do' 422 "$(file=$work/chains/self.pem send new /register "${asked[@]}" terms=1)"
holds 'which is said' grep -q 'signed by itself' "$work/body"
equals 'a third party asks' 303 "$(send new /register "${asked[@]}" terms=1)"
equals 'a tax ID is registered once' 409 "$(send new /register "${asked[@]/code=enrol-sun/code=enrol-two}" terms=1)"

link_of() { # ADDRESS PATTERN
	customer_waits "$1" "$2" | grep -oE 'https://[^ <>"]+/c/[A-Za-z0-9_-]{43}' | head -n 1
}
page_of() { echo "/c/${1##*/}"; } # LINK: on this hub's port
link=$(page_of "$(link_of ann@enrol.example 'Enrol Sun')")
holds 'the mail leads to a button' grep -q 'name="choice" value="GO"' <<<"$(staff_get new "$link")"
staff_post new "$link" choice=GO >/dev/null
says 'which confirms it' 0 '"state":"CONFIRMED"' csp show enrol-sun --json
link=$(page_of "$(link_of ann@enrol.example 'Choose a password')")
staff_post new "$link" 'password=an enrol horse battery' 'again=an enrol horse battery' >/dev/null
install -d -m 0700 "$hub_state/partners"
printf '%s' 'an enrol horse battery' >"$hub_state/partners/ann@enrol.example.password"
holds 'a second mail is the way in' staff_sign_in ann@enrol.example

ann=ann@enrol.example
page() { staff_get $ann "$1" >"$work/page"; }
page /csp
holds 'its home says that it is not live' grep -q 'not live yet' "$work/page"
page /csp/registration
holds 'and where it stands' grep -q 'a person here reviews your request' "$work/page"
SUDO_USER=nobody says 'an operator reviews' 0 REVIEWED csp review enrol-sun --note 'found in the register'
equals 'a bad certificate is refused' 422 "$(file=$work/chains/old.pem send $ann /csp/registration do=certificate)"
equals 'a good one is taken' 303 "$(file=$work/chains/chain.pem send $ann /csp/registration do=certificate)"
page /csp/registration
holds 'and described' grep -q 'RSA 2048, SHA256, signed by middle' "$work/page"
SUDO_USER=nobody says 'an operator approves' 0 'BEGIN CERTIFICATE' csp approve enrol-sun
says 'it is approved' 0 '"state":"APPROVED"' csp show enrol-sun --json
staff_post $ann /csp/registration do=test >"$work/page"
page /csp/registration
holds 'the test has seen nothing yet' grep -q 'login to the box' "$work/page"
box=https://localhost:$nginx_api_port/box/test
show=(--cacert "$hub_state/tls/ca.pem" --cert "$work/chains/below.pem" --key "$work/chains/below.key")
echo 'hello, hub' >"$work/hello"
equals 'its certificate opens its box' 201 "$(timeout 20 curl -sS "${show[@]}" -T "$work/hello" -o "$work/out" -w '%{http_code}' "$box/hello")"
holds 'the file comes back' timeout 20 curl -sSf "${show[@]}" -o "$work/back" "$box/hello"
tested() { staff_post $ann /csp/registration do=test >/dev/null && busbar csp show enrol-sun --json | grep -q '"state":"TESTED"'; }
holds 'the test has seen both' within 10 tested
equals 'not live without a second person' 409 "$(send $ann /csp/registration do=live)"
says 'who approves' 0 second_by csp approve enrol-sun --second --json
equals 'then it goes live by a button' 303 "$(send $ann /csp/registration do=live)"
says 'and is' 0 '"state":"ACTIVE"' csp show enrol-sun --json
page /csp
holds 'its home says so' grep -q 'You are live' "$work/page"
equals 'what it did is on record as that person'"'s" 1 "$(sql -c "select count(*) from audit.event e
	where e.kind = 'csp.certificate' and e.detail ? 'by_person'")"
ended
