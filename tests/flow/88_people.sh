#!/bin/bash
# People of organisations at the portal: in by name and password; pages by kind and role; what the API shows to the
# session's cookie on the portal's own host, and to nobody else.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/api.sh"
. "$lib/staff.sh"
nginx_portal_rate=100r/s
over() {
	api_down
	hub_stop_one portald
}
trap over EXIT
says 'a third party' 0 '' csp add people-csp --name 'People Third Party'
says 'with a box' 0 '' account add people-csp --party people-csp
holds 'nginx and busbar-apid' api_up
holds 'and the portal' hub_start_one portald
there() { staff_curl nobody -o /dev/null "$(staff_url /sign-in)"; }
holds 'answers' within 10 there

holds 'its first person is an admin' staff_person people-csp people-ann
says 'a login is one person'"'s" 65 'is taken' person add people-csp --name X --email x@staff.example --role reader --login people-ann
says 'a person has no token' 65 'by a password alone' credential add people-ann --token
holds 'the admin signs in' staff_sign_in people-ann
holds 'and sees for whom' grep -q 'People Third Party' <<<"$(staff_get people-ann /account)"
status() { # LOGIN PATH [CURL_ARGUMENTS...]
	local who=$1 path=$2
	shift 2
	staff_curl "$who" -o "$work/body" -w '%{http_code}' "$@" "$(staff_url "$path")"
}
equals "a customer's page is not for it" 403 "$(status people-ann /home)"
holds 'which is said' grep -q 'not for your account' "$work/body"
equals 'who is not signed in is sent to sign in' 303 "$(status nobody /account)"

equals 'its pages may ask the API' 200 "$(status people-ann /v1/limits -H 'Sec-Fetch-Site: same-origin')"
equals 'another site may not' 401 "$(status people-ann /v1/limits -H 'Sec-Fetch-Site: cross-site')"
equals 'nor who is not signed in' 401 "$(status nobody /v1/limits)"
equals 'nothing is changed by a cookie' 403 "$(status people-ann /v1/webhooks -H 'Content-Type: application/json' -d '{}')"
jar=$hub_state/tmp/people-ann.jar
secret=$(awk '$6 == "__Host-busbar-session" { print $7 }' "$jar")
equals "the API's own host takes no cookie" 401 "$(ask_plain -H "Cookie: __Host-busbar-session=$secret" "$url/v1/limits")"
equals 'nor the secret as a token' 401 "$(ask "$secret" "$url/v1/limits")"
password=$(cat "$hub_state/partners/people-ann.password")
equals 'nor does its password open a box' 401 "$(ask_plain -u "people-ann:$password" "$url/box/")"

equals 'its box opens by the cookie' 200 "$(status people-ann /box/)"
holds 'with its folders' grep -q '"in"' "$work/body"
equals 'not to put anything there' 403 "$(status people-ann /box/in/x.csv -T /etc/hostname)"

staff_page=/account staff_post people-ann /sign-out >/dev/null
equals 'signed out is out' 303 "$(status people-ann /account)"
equals 'of the API too' 401 "$(status people-ann /v1/limits)"
equals 'and of the box' 401 "$(status people-ann /box/)"
ended
