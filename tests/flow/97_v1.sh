#!/bin/bash
# The API /v1 through nginx: who one is by what one shows, and what is refused in which words.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/api.sh"
trap 'api_down' EXIT
holds 'nginx and busbar-apid' api_up

# ---- who one is ----

says 'a box for a utility' 0 v1-oncor account add v1-oncor --party oncor
static=$(token_of v1-oncor)
equals 'a static token' '200 oncor TDU ACCOUNT v1-oncor' \
	"$(ask "$static" $url/v1/me) $(json "$work/body" $.party $.kind $.class $.login)"
made() { # CLASS PREFIX: a token of v1-oncor's account
	local token
	token=bb$2_$(head -c 32 /dev/urandom | base64 -w0 | tr '+/' '-_' | tr -d =)
	sql -c "select api.token_add(sha256('$token'), '$1', a.party, a.account, null, null, null, null, null, '1 hour')
		from delivery.account a where a.login = 'v1-oncor'" >/dev/null
	echo "$token"
}
session=$(made SESSION s) personal=$(made PERSONAL p)
equals 'one that the hub made' '200 SESSION v1-oncor' "$(ask "$session" $url/v1/me) $(json "$work/body" $.class $.login)"
equals 'a personal one' '200 PERSONAL' "$(ask "$personal" $url/v1/me) $(json "$work/body" $.class)"
equals 'which does not open the box' '403 FORBIDDEN' "$(ask "$personal" $url/box/) $(json "$work/body" $.code)"
equals 'a static one does' 200 "$(ask "$static" $url/box/)"
sql -c "update api.token set ended_at = clock_timestamp() where class = 'SESSION' and account =
	(select account from delivery.account where login = 'v1-oncor')" >/dev/null
ended_now() { [ "$(ask "$session" $url/v1/me)" = 401 ]; }
holds 'one that has ended is nothing a moment later' within 10 ended_now
equals 'and that is said' '401 LOGIN' "$(ask "$session" $url/v1/me) $(json "$work/body" $.code)"
says 'a password' 0 '' credential add v1-oncor --password --json
password=$(json "$work/out" $.secret)
basic() { timeout 60 curl -sS --cacert "$hub_state/tls/ca.pem" -u "$1" -o "$work/body" -w '%{http_code}' "$url/v1/me"; }
equals 'name and password' '200 ACCOUNT' "$(basic "v1-oncor:$password") $(json "$work/body" $.class)"
equals 'of which both must be right' 401 "$(basic "v1-oncor:x$password")"

# ---- words for what is refused ----

equals 'nobody' '401 application/problem+json' "$(ask_plain $url/v1/me) $(header Content-Type)"
equals 'no such path' '404 NOT_FOUND' "$(ask "$static" $url/v1/nothing) $(json "$work/body" $.code)"
equals 'no such method' '405 METHOD GET, HEAD' "$(ask "$static" -X POST $url/v1/me) $(json "$work/body" $.code) $(header Allow)"
equals 'no such parameter' '400 USAGE' "$(ask "$static" "$url/v1/me?a=1") $(json "$work/body" $.code)"
equals 'one twice' '400 USAGE' "$(ask "$static" "$url/v1/me?a=1&a=2") $(json "$work/body" $.code)"
equals 'a bad escape' '400 USAGE' "$(ask "$static" "$url/v1/me?a=%zz") $(json "$work/body" $.code)"
equals 'a body where none is' '413 TOO_BIG' "$(ask "$static" -X GET -d x $url/v1/me) $(json "$work/body" $.code)"
holds 'all routes are listed' test "$(ask_plain $url/)" = 200
ended
