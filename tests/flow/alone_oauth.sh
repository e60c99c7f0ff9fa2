#!/bin/bash
# OAuth through nginx: a client sends a customer's browser to the portal, the customer says who that is and yes; code,
# tokens, what they open and how they end. curl plays the browser and the client.
. "$(dirname "$0")/lib.sh"
. "$source/tests/lib/links.sh"
. "$(dirname "$0")/api.sh"
. "$lib/sink.sh"
. "$lib/customer.sh"
. "$lib/sandbox.sh"
mail_port=$(free_port) mail_page_port=$(free_port) mail_text_port=$(free_port)
nginx_portal_rate=6000r/m nginx_portal_burst=1000
portal=https://localhost:$nginx_portal_port
links_quiet
trap '{ api_down; hub_stop_one portald; hub_stop_one agreementd; sink_down; links_loud; hub_portal_conf=; hub_conf; } 2>/dev/null' EXIT
hub_portal_conf='dwell = 0ms'
hub_conf
holds 'a mail server' sink_up
holds 'busbar-agreementd' hub_start_one agreementd
hub_start_one portald
holds 'nginx, busbar-apid and busbar-portald' api_up
holds 'portald listens' within 10 test -S "$hub_state/run/web/portald/1.sock"
sandbox_there() (sandbox_up 3 || { busbar file rejects 6 | head -5; exit 1; })
holds 'a utility for trying' sandbox_there
says 'a third party' 0 '' csp add oauth-sunny --name 'Sunny OAuth' --contact oauth-sunny@example.com
redirect='https://sunny.example/back?a=b'
scope='FB=4_5_15;IntervalDuration=900;BlockDuration=daily;HistoryLength=63072000'
client_made() { # OPTION...: client_id and secret
	busbar client add --as oauth-sunny --json "$@" >"$work/client" && json "$work/client" $.client_id $.client_secret
}
read -r id secret <<<"$(client_made --redirect "$redirect" --notify https://sunny.example/notify)"
holds 'its client' test ${#secret} -ge 40
read -r public _ <<<"$(client_made --public --sandbox --redirect https://public.example/)"
says 'clients are listed' 0 "$id" client list

# ---- the browser ----

jar=$work/jar
web() { # CURL_ARGUMENTS...: the status; as a browser
	rm -f "$work/body"
	timeout 60 curl -sS --cacert "$hub_state/tls/ca.pem" -b "$jar" -c "$jar" -o "$work/body" -D "$work/headers" \
		-w '%{http_code}' "$@" 2>"$work/curl"
}
escape() { # TEXT: of ASCII
	local i c
	for ((i = 0; i < ${#1}; i++)); do
		c=${1:i:1}
		case $c in
		[A-Za-z0-9._~-]) printf %s "$c" ;;
		*) printf '%%%02X' "'$c" ;;
		esac
	done
}
authorize() { # NAME=VALUE...: the status
	local query= pair
	for pair; do query="$query${query:+&}${pair%%=*}=$(escape "${pair#*=}")"; done
	web "$portal/oauth/authorize?$query"
}
asked() { # MORE...: a request as it should be
	authorize response_type=code "client_id=$id" "redirect_uri=$redirect" state='s t&1' "scope=$scope" "$@"
}
nonce() { sed -n 's/.*name="nonce" value="\([^"]*\)".*/\1/p' "$work/body" | head -n 1; }
title() { sed -n 's,.*<title>\(.*\)</title>.*,\1,p' "$work/body"; }
wrong() { sed -n '/id="wrong"/,/<\/div>/s,<p>\(.*\)</p>,\1,p' "$work/body"; }
follow() { # to where the last reply leads; $(at) is where one is
	echo "$portal$(header Location)" >"$work/at"
	web "$(at)"
}
at() { cat "$work/at"; }
press() { # FIELD=VALUE...: sends the form of the page
	local args=() field
	for field; do args+=(--data-urlencode "$field"); done
	web -H "Origin: $portal" -H 'Sec-Fetch-Site: same-origin' --data-urlencode "nonce=$(nonce)" "${args[@]}" "$(at)"
}
part() { # NAME: of the query of Location, decoded
	local value
	value=$(header Location | tr '?&' '\n\n' | sed -n "s/^$1=//p" | head -n 1)
	printf '%b\n' "${value//%/\\x}"
}
shown_code() { sed -n 's/.*id="code-shown">\([0-9]*\)<.*/\1/p' "$work/body"; }
found() { # BY VALUE MORE...: to the page that asks for the code
	local by=$1 value=$2
	shift 2
	[ "$(press do=find "by=$by" "value=$value" via=mail "$@")" = 302 ] && [ "$(follow)" = 200 ]
}
chosen() { grep -o 'name="p[0-9]*"' "$work/body" | sed 's/name="\(.*\)"/\1=1/'; }
yes_with() { press do=yes agree=1 months=12 reads=1 billing=1 $(chosen) "$@"; }

equals 'the page that asks' 302 "$(asked)"
equals 'it is at the portal' 200 "$(follow)"
equals 'it asks who one is' 'Who are you?' "$(title)"
holds 'it says who asks' grep -q 'Sunny OAuth' "$work/body"
holds 'it may lead back to the client' grep -qi "form-action 'self' https://sunny.example;" "$work/headers"
holds 'and nothing else loads' grep -qi "default-src 'none'" "$work/headers"
equals 'nobody keeps it' no-store "$(header Cache-Control)"
equals 'another browser sees nothing of it' 404 "$(jar=$work/other web "$(at)")"
equals 'nor one with another cookie' 404 "$(jar=/dev/null web -H 'Cookie: __Host-busbar=AAAAAAAAAAAAAAAAAAAAAA' "$(at)")"
web "$(at)" >/dev/null
holds 'a customer of the sandbox' found phone '(111) 111-1111'
equals 'the code is shown' 6 "$(shown_code | wc -c | awk '{ print $1 - 1 }')"
code=$(shown_code)
equals 'another one is not taken' 422 "$(press do=code code=$(printf %06d $(((10#$code + 1) % 1000000))))"
equals 'the code is' 302 "$(press do=code "code=${code:0:3} ${code:3}")"
old=$(at)
equals 'and leads to what is asked' 200 "$(follow)"
equals 'the page before is nothing any more' 404 "$(web "$old")"
web "$(at)" >/dev/null
equals 'it shows the question' 'Sunny OAuth asks to see your electricity data' "$(title)"
equals 'with one meter' 1 "$(chosen | wc -l)"
holds 'and when it would end' grep -q '12 months, until' "$work/body"
equals 'without the tick: no' 422 "$(press do=yes months=12 history=24 reads=1 billing=1 $(chosen))"
equals 'without an address: no' 422 "$(press do=yes agree=1 months=12 history=24 reads=1)"
equals 'without any data: no' 422 "$(press do=yes agree=1 months=12 history=24 $(chosen))"
equals 'from another site: no' 403 "$(web -H 'Origin: https://evil.example' --data-urlencode "nonce=$(nonce)" -d do=deny "$(at)")"
web "$(at)" >/dev/null
equals 'yes' 302 "$(yes_with history=12)"
holds 'back to the client' sh -c "grep -qi '^location: https://sunny.example/back?a=b&code=' '$work/headers'"
equals 'with its state' 's t&1' "$(part state)"
equals 'and who answers' "$url" "$(part iss)"
auth_code=$(part code)
equals 'once' 410 "$(web "$(at)")"

# ---- the client ----

tokens() { # NAME=VALUE...: the status; the reply in $work/body
	local args=() field
	for field; do args+=(--data-urlencode "$field"); done
	ask_plain -u "${as:-$id:$secret}" "${args[@]}" "$url/${to:-oauth/token}"
}
error() { json "$work/body" $.error; }
by_code() { tokens grant_type=authorization_code "code=$auth_code" "redirect_uri=$redirect" "$@"; }
equals 'metadata' "200 $url $portal/oauth/authorize $url/oauth/token true" \
	"$(ask_plain $url/.well-known/oauth-authorization-server) $(json "$work/body" $.issuer $.authorization_endpoint $.token_endpoint $.authorization_response_iss_parameter_supported)"
equals 'token: no Basic' '401 invalid_client' "$(ask_plain -d grant_type=authorization_code $url/oauth/token) $(error)"
holds 'it says how' grep -qi '^www-authenticate: Basic' "$work/headers"
equals 'token: wrong Basic' '401 invalid_client' "$(as=$id:wrong by_code) $(error)"
equals 'token: unknown client' '401 invalid_client' "$(as=nobody-$id:$secret by_code) $(error)"
equals 'token: no grant_type' '400 invalid_request' "$(tokens "code=$auth_code") $(error)"
equals 'token: another grant_type' '400 unsupported_grant_type' "$(tokens grant_type=password) $(error)"
equals 'token: no code' '400 invalid_request' "$(tokens grant_type=authorization_code "redirect_uri=$redirect") $(error)"
equals 'token: no redirect_uri' '400 invalid_grant' "$(tokens grant_type=authorization_code "code=$auth_code") $(error)"
equals 'token: another redirect_uri' '400 invalid_grant' \
	"$(tokens grant_type=authorization_code "code=$auth_code" redirect_uri=https://sunny.example/back) $(error)"
equals 'token: a wrong code' '400 invalid_grant' "$(tokens grant_type=authorization_code code=x "redirect_uri=$redirect") $(error)"
equals 'token: client_id in both places' '400 invalid_request' "$(by_code "client_id=$id") $(error)"
equals 'token: secret in the form' '400 invalid_request' "$(by_code "client_secret=$secret") $(error)"
equals 'token: GET' '405 POST' "$(ask_plain -u "$id:$secret" $url/oauth/token) $(header Allow)"
equals 'token: JSON' '400 invalid_request' "$(ask_plain -u "$id:$secret" -H 'Content-Type: application/json' -d '{}' $url/oauth/token) $(error)"
equals 'the code is taken' 200 "$(by_code)"
cp "$work/body" "$work/tokens"
equals 'as JSON that nobody keeps' 'application/json no-store' "$(header Content-Type) $(header Cache-Control)"
equals 'with all fields' "Bearer 3600 FB=4_5_15;IntervalDuration=900;BlockDuration=daily;HistoryLength=31536000" \
	"$(json "$work/tokens" $.token_type $.expires_in $.scope)"
access=$(json "$work/tokens" $.access_token) refresh=$(json "$work/tokens" $.refresh_token)
equals 'tokens look like ours' 'bba_ bbr_' "${access:0:4} ${refresh:0:4}"
resource=$(json "$work/tokens" $.resourceURI) authorization=$(json "$work/tokens" $.authorizationURI)
holds 'where the reads are' grep -qE '/espi/1_1/resource/Batch/Subscription/[0-9a-f-]{36}$' <<<"$resource"
holds 'and the authorization' grep -qE '/espi/1_1/resource/Authorization/[0-9a-f-]{36}$' <<<"$authorization"
equals 'no address of personal data' - "$(json "$work/tokens" $.customerResourceURI)"
me() { ask "$1" $url/v1/me; }
equals 'it is whose it is' '200 ACCESS oauth-sunny' "$(me "$access") $(json "$work/body" $.class $.party)"
equals 'and it opens the readings' 200 "$(ask "$access" "$resource")"
holds 'of each quarter-hour' grep -q IntervalReading "$work/body"
equals 'an agreement stands behind it' 'ACTIVE 12' \
	"$(sql -F' ' -c "select a.state, a.months from agreement.agreement a join oauth.grant using (agreement) where authorization_id = '${authorization##*/}'")"
equals 'refresh: none' '400 invalid_request' "$(tokens grant_type=refresh_token) $(error)"
equals 'refresh: unknown' '400 invalid_grant' "$(tokens grant_type=refresh_token refresh_token=bbr_x) $(error)"
equals 'refresh: more scope' '400 invalid_scope' "$(tokens grant_type=refresh_token "refresh_token=$refresh" scope=FB=4_5_16) $(error)"
equals 'refresh' 200 "$(tokens grant_type=refresh_token "refresh_token=$refresh")"
again=$(json "$work/body" $.refresh_token)
equals 'has the same addresses' "$resource $authorization" "$(json "$work/body" $.resourceURI $.authorizationURI)"
equals 'its lost reply can be had again' 200 "$(tokens grant_type=refresh_token "refresh_token=$refresh")"
new=$(json "$work/body" $.refresh_token) newer=$(json "$work/body" $.access_token)
equals 'which replaces the lost one' '400 invalid_grant' "$(tokens grant_type=refresh_token "refresh_token=$again") $(error)"
equals 'and lives' 200 "$(me "$newer")"
equals 'the code again' '400 invalid_grant' "$(by_code) $(error)"
over() { [ "$(me "$1")" = 401 ]; }
holds 'ends all that it gave' within 10 over "$newer"
equals 'refresh tokens too' '400 invalid_grant' "$(tokens grant_type=refresh_token "refresh_token=$new") $(error)"

equals 'client_credentials: bulk' 200 "$(tokens grant_type=client_credentials scope=FB=34_35)"
equals 'without a refresh token' "- FB=34_35" "$(json "$work/body" $.refresh_token $.scope)"
holds 'and where the bulk is' grep -qE '/Batch/Bulk/[0-9a-f-]{36}$' <<<"$(json "$work/body" $.resourceURI)"
first=$(json "$work/body" $.access_token)
tokens grant_type=client_credentials scope=FB=34_35 >/dev/null
equals 'one after the other both work' '200 200 CLIENT' \
	"$(me "$first") $(me "$(tokens grant_type=client_credentials scope=FB=34_35 >/dev/null; json "$work/body" $.access_token)") $(json "$work/body" $.class)"
equals 'client_credentials: registration' '200 REGISTRATION' \
	"$(me "$(tokens grant_type=client_credentials scope=FB=36_40 >/dev/null; json "$work/body" $.access_token)") $(json "$work/body" $.class)"
equals 'client_credentials: another scope' '400 invalid_scope' "$(tokens grant_type=client_credentials scope=FB=4_5) $(error)"
equals 'client_credentials: a public client' '401 invalid_client' \
	"$(ask_plain -d "grant_type=client_credentials&client_id=$public" $url/oauth/token) $(error)"

# ---- what is wrong with a request ----

equals 'authorize: no client' 401 "$(authorize response_type=code "redirect_uri=$redirect")"
equals 'authorize: unknown client' 401 "$(authorize response_type=code client_id=nobody "redirect_uri=$redirect")"
for bad in "$redirect&c" https://sunny.example/back 'https://sunny.example/back?a=%62' "$redirect#x" https://evil.example/ 'HTTPS://sunny.example/back?a=b'; do
	equals "authorize: redirect_uri $bad" '400 ' "$(authorize response_type=code "client_id=$id" "redirect_uri=$bad") $(header Location)"
done
sent_back() { # SENTENCE ERROR PAIR...
	local sentence=$1 expected=$2
	shift 2
	equals "$sentence" "302 $expected -" "$(authorize "client_id=$id" "redirect_uri=$redirect" state=s "$@") $(part error) $(part code | sed 's/^$/-/')"
}
sent_back 'authorize: no response_type' invalid_request "scope=$scope"
sent_back 'authorize: another response_type' unsupported_response_type response_type=token "scope=$scope"
sent_back 'authorize: a bad scope' invalid_scope response_type=code scope=openid
sent_back 'authorize: more than is registered' invalid_scope response_type=code scope=FB=4_5_16
sent_back 'authorize: a scope of 257 characters' invalid_scope response_type=code "scope=FB=4;BR=$(printf 'x%.0s' $(seq 249))"
sent_back 'authorize: plain PKCE' invalid_request response_type=code "scope=$scope" code_challenge=abc code_challenge_method=plain
equals 'its state goes back' s "$(part state)"
equals 'authorize: a public client without PKCE' '302 invalid_request' \
	"$(authorize response_type=code "client_id=$public" redirect_uri=https://public.example/ "scope=$scope") $(part error)"
sql -c "update ops.setting set value = 'refuse' where name = 'oauth.scope_unknown'"
sent_back 'authorize: an unknown term, where that is refused' invalid_scope response_type=code "scope=FB=4;Colour=blue"
sql -c "update ops.setting set value = 'ignore' where name = 'oauth.scope_unknown'"
equals 'authorize: an unknown term' 302 "$(authorize response_type=code "client_id=$id" "redirect_uri=$redirect" 'scope=FB=4;Colour=blue')"
holds 'is ignored otherwise' grep -qi '^location: /consent/' "$work/headers"
equals 'the API sends browsers to the portal' "302 $portal/oauth/authorize?a=b" "$(ask_plain "$url/DataCustodian/oauth/authorize?a=b") $(header Location)"

# ---- no ----

asked >/dev/null && follow >/dev/null
equals 'no' 302 "$(press do=deny)"
equals 'is access_denied' "access_denied s t&1 $url" "$(part error) $(part state) $(part iss)"

# ---- PKCE, prefill, the business, a real mail, nobody ----

verifier=$(openssl rand -hex 32)
challenge=$(printf %s "$verifier" | openssl dgst -sha256 -binary | basenc --base64url | tr -d '=\n')
equals 'a public client, prefilled' 302 "$(authorize response_type=code "client_id=$public" \
	"scope=FB=4_5_15;AdditionalScope=auth-account-222222222-2" code_challenge=$challenge code_challenge_method=S256)"
follow >/dev/null
holds 'the account stands there' grep -q 'value="222222222-2"' "$work/body"
holds 'and is chosen' grep -q 'value="account" selected' "$work/body"
holds 'and found' found account 222222222-2
press do=code "code=$(shown_code)" >/dev/null
follow >/dev/null
equals 'the business has four meters' 4 "$(chosen | wc -l)"
equals 'three of them' 302 "$(press do=yes agree=1 months=1 history=1 reads=1 $(chosen | head -n 3))"
auth_code=$(part code)
by_public() { ask_plain -d "grant_type=authorization_code&client_id=$public&code=$auth_code" "$@" $url/oauth/token; }
equals 'PKCE: no verifier' '400 invalid_grant' "$(by_public) $(error)"
equals 'PKCE: another verifier' '400 invalid_grant' "$(by_public -d code_verifier=$challenge) $(error)"
equals 'PKCE' "200 FB=4_5;IntervalDuration=900;BlockDuration=daily;HistoryLength=2628000" \
	"$(by_public -d code_verifier=$verifier) $(json "$work/body" $.scope)"
public_access=$(json "$work/body" $.access_token)
equals 'it opens the readings of the sandbox' 200 "$(ask "$public_access" "$(json "$work/body" $.resourceURI)")"
equals 'premises of that share' 3 "$(sql -c "select count(*) from agreement.premise join oauth.grant using (agreement)
	join api.token using (granted) where verifier = sha256(sha256('$public_access'))")"

asked 'scope=FB=4;AdditionalScope=auth-email' >/dev/null
authorize response_type=code "client_id=$id" "redirect_uri=$redirect" 'scope=FB=4;AdditionalScope=auth-email' >/dev/null
follow >/dev/null
holds 'e-mail is chosen' grep -q 'value="email" selected' "$work/body"
holds 'a code that really goes out' found email TEST_residential_me@oauth.example
equals 'is not shown' '' "$(shown_code)"
mail=$(customer_waits me@oauth.example 'is your code')
equals 'but mailed' 302 "$(press do=code "code=$(customer_code <<<"$mail")")"
follow >/dev/null
equals 'it was that customer' 1 "$(chosen | wc -l)"
press do=deny >/dev/null
asked >/dev/null && follow >/dev/null
holds 'a code to a phone' found phone TEST_commercial_512-555-0147
text=$(customer_waits +15125550147@phone.invalid 'is your')
equals 'comes as a text message' 302 "$(press do=code "code=$(customer_code <<<"$text")")"
follow >/dev/null
equals 'of the other customer' 4 "$(chosen | wc -l)"
press do=deny >/dev/null
for nobody in 'phone 333-333-3333' 'email uapi-test-badlogin@example.com' 'account 333333333-3' \
	'address 333 W EL CAMINO REAL STE 800, SUNNYVALE CA 94087' 'phone TEST_badlogin_5125550100'; do
	asked >/dev/null && follow >/dev/null
	equals "$nobody" 422 "$(press do=find "by=${nobody%% *}" "value=${nobody#* }" via=mail)"
	equals 'is nobody, it says' 'We could not find that customer.' "$(wrong)"
done
asked >/dev/null && follow >/dev/null
holds 'who is unknown goes on like others' found email nobody@oauth.example
equals 'to the same page' 'Type the code' "$(title)"
sed 's/name="nonce" value="[^"]*"//; s,/consent/[^"?]*,,g' "$work/body" >"$work/unknown"
asked >/dev/null && follow >/dev/null
holds 'as who is known' found email TEST_residential_you@oauth.example
sed 's/name="nonce" value="[^"]*"//; s,/consent/[^"?]*,,g' "$work/body" >"$work/known"
same 'byte for byte' "$work/known" "$work/unknown"
equals 'no code is right for nobody' 422 "$(press do=code code=000000)"

# ---- as the demo does it, and its third party's page ----

sandbox_dwell=0
holds 'a consent by the demo''s customer' sandbox_consent "$id" "$secret" "$redirect"
equals 'is active' ACTIVE "$(sql -c "select a.state from agreement.agreement a join oauth.grant using (agreement) order by granted desc limit 1")"
says 'a third party of the demo' 0 '' csp add csp1 --name 'Third Party 1'
install -d -m 0700 "$hub_state/partners"
holds 'its client, with a consent' sandbox_csp1 "$portal/demo-third-party"
equals 'by its own name and secret' 200 "$(as=$(sandbox_value client_id):$(sandbox_value client_secret) tokens grant_type=client_credentials scope=FB=34_35)"
equals 'opens its bulk' 200 "$(ask "$(json "$work/body" $.access_token)" "$(json "$work/body" $.resourceURI)")"
holds 'with a meter' grep -q UsagePoint "$work/body"
equals 'where its customers begin' "302 $portal/demo-third-party?scope=FB%3D4_5_15%3BIntervalDuration%3D900%3BBlockDuration%3Ddaily%3BHistoryLength%3D63072000&ThirdPartyID=$(sandbox_value client_id)" \
	"$(web "$portal/connect/$(sandbox_value client_id)") $(header Location)"
equals 'nobody''s client' 404 "$(web "$portal/connect/nobody")"
equals 'no demo, no third party' 404 "$(web "$portal/demo-third-party")"

# ---- ends ----

renewed() { # a consent with a token in $access
	asked >/dev/null && follow >/dev/null && found email uapi-test-residential@example.com || return 1
	press do=code "code=$(shown_code)" >/dev/null && follow >/dev/null && yes_with history=24 >/dev/null || return 1
	auth_code=$(part code)
	by_code >/dev/null
	access=$(json "$work/body" $.access_token) refresh=$(json "$work/body" $.refresh_token)
	[ "$(me "$access")" = 200 ]
}
state_of_last() { sql -c "select a.state from agreement.agreement a join oauth.grant using (agreement) order by granted desc limit 1"; }
sql -c 'delete from oauth.look'
holds 'another consent' renewed
equals 'introspect' "200 true $id" "$(to=oauth/introspect tokens "token=$access") $(json "$work/body" $.active $.client_id)"
equals 'introspect another' '200 false' "$(to=oauth/introspect tokens token=bba_x) $(json "$work/body" $.active)"
equals 'as who is no text' '401 invalid_client' "$(as=$'\xff':x to=oauth/introspect tokens "token=$access") $(error)"
equals 'introspect as nobody' '401 invalid_client' "$(as=$id:x to=oauth/introspect tokens "token=$access") $(error)"
equals 'revoke an unknown token' 200 "$(to=oauth/revoke tokens token=bba_x)"
equals 'which ends nothing' 200 "$(me "$access")"
equals 'revoke' 200 "$(to=oauth/revoke tokens "token=$access")"
holds 'ends it' within 10 over "$access"
equals 'and the consent' TERMINATED "$(state_of_last)"
holds 'one more' renewed
says 'an operator ends the agreement' 0 '' agreement terminate "$(sql -c 'select max(agreement) from oauth.grant')" --by operator --why test
holds 'an operator ends it' within 10 over "$access"
equals 'refresh: nothing' '400 invalid_grant' "$(tokens grant_type=refresh_token "refresh_token=$refresh") $(error)"
says 'a client is held' 0 ON_HOLD client hold "$id" --why test
equals 'it gets no token' '400 unauthorized_client' "$(tokens grant_type=client_credentials scope=FB=34_35) $(error)"
sent_back 'and asks nobody' unauthorized_client response_type=code "scope=$scope"
says 'and goes on' 0 PRODUCTION client resume "$id"
says 'a new secret' 0 '' client secret "$id" --json
fresh=$(json "$work/out" $.client_secret)
equals 'the old one is nothing' '401 invalid_client' "$(tokens grant_type=client_credentials scope=FB=34_35) $(error)"
equals 'the new one is' 200 "$(as=$id:$fresh tokens grant_type=client_credentials scope=FB=34_35)"
says 'revoked for good' 0 REVOKED client revoke "$id" --why test
equals 'nobody knows it' 401 "$(authorize response_type=code "client_id=$id" "redirect_uri=$redirect")"

# ---- nothing of it in logs or in the clear ----

for secret_text in "$access" "$refresh" "$auth_code" "$fresh" uapi-test-residential; do
	holds "no log has ${secret_text:0:4}…" sh -c "! grep -rqF -- '$secret_text' '$hub_state/log/portald.log' '$hub_state/log/apid.log' '$hub_state/log/nginx.access.log' '$hub_state/log/nginx.log'"
done
hub_psql -d busbar -c "copy (select to_jsonb(t)::text from api.token t union all select to_jsonb(r)::text from oauth.refresh r
	union all select to_jsonb(c)::text from oauth.code c union all select to_jsonb(k)::text from oauth.consent k
	union all select to_jsonb(o)::text from mail.outbox o) to stdout" >"$work/tables"
for secret_text in "$access" "$refresh" "$auth_code" uapi-test me@oauth; do
	holds "no table has ${secret_text:0:9}…" sh -c "! grep -qF -- '$secret_text' '$work/tables'"
done
ended
