#!/bin/bash
# The pages behind the links of mails: nginx with the shipped configuration, busbar-portald behind it, curl before it.
# Looking changes nothing, whoever looks and however; an answer counts when it comes from the page, once.
. "$(dirname "$0")/lib.sh"
. "$source/tests/lib/links.sh"

nginx_api_port=$(free_port) nginx_api_tls13_port=$(free_port) nginx_ops_port=$(free_port) nginx_portal_port=$(free_port)
nginx_portal_rate=6000r/m nginx_portal_burst=1000
export nginx_api_port nginx_api_tls13_port nginx_ops_port nginx_portal_port
links_quiet
trap 'nginx_down; hub_stop_one portald; links_loud; hub_conf' EXIT
start() { # [SETTING...]: portald with these settings of [portal]
	hub_stop_one portald
	hub_portal_conf=$(printf '%s\n' "${@:-dwell = 0ms}")
	hub_conf
	rm -f "$socket"
	hub_start_one portald
	within 10 test -S "$socket"
}
socket=$hub_state/run/web/portald/1.sock
holds 'busbar-portald listens' start
holds 'nginx takes the shipped configuration' nginx_up
equals 'at a socket that nginx alone may open' 'busbar-portald busbar-web 660' "$(stat -c '%U %G %a' "$socket")"
equals 'its key is its own' 'root busbar-portald 640' "$(stat -c '%U %G %a' "$hub_state/keys/portal.key")"
links_begin 40

url=https://localhost:$nginx_portal_port
jar=$work/jar
get() { # PATH CURL_ARGUMENTS...: the status; body in $work/body, headers in $work/headers
	local path=$1
	shift
	timeout 60 curl -sS --cacert "$hub_state/tls/ca.pem" -b "$jar" -c "$jar" -o "$work/body" -D "$work/headers" \
		-w '%{http_code}' "$@" "$url$path" 2>"$work/curl"
}
header() { tr -d '\r' <"$work/headers" | sed -n "s/^$1: //Ip" | tail -n 1; }
nonce() { sed -n 's/.*name="nonce" value="\([^"]*\)".*/\1/p' "$work/body"; }
title() { sed -n 's,.*<title>\(.*\)</title>.*,\1,p' "$work/body"; }
wrong() { sed -n '/id="wrong"/,/<\/div>/s,<p>\(.*\)</p>,\1,p' "$work/body"; }
origin="Origin: $url"
say() { # TOKEN FIELD=VALUE...: opens the page, then answers as a browser does
	local token=$1 field
	shift
	get "/a/$token" >/dev/null
	set -- --data-urlencode "nonce=$(nonce)" $(printf -- '--data-urlencode %s ' "$@")
	get "/a/$token?l=en" -H "$origin" -H 'Sec-Fetch-Site: same-origin' "$@"
}
yes='choice=CONFIRM agree=1 code=123456'

# ---- the page ----

token=$(links_token)
id=$(links_invite "$token" 1)
before=$(links_all)
equals 'the page is there' 200 "$(get "/a/$token")"
equals 'it says who asks' 'Sunny Roof Solar asks to see your electricity data' "$(title)"
for part in '101 Pecan St, Austin' '…0001' '12 months from your yes on' 'The 12 months before your yes' \
	'every 15 minutes' 'value="CONFIRM"' 'value="DECLINE"' 'value="REPORT"' 'Public Utility Commission'; do
	holds "it says: $part" grep -qF -- "$part" "$work/body"
done
holds 'and no whole ESI ID' sh -c "! grep -q 10443720009900001 '$work/body'"
equals 'nobody keeps it' no-store "$(header Cache-Control)"
equals 'nobody is told where it was' no-referrer "$(header Referrer-Policy)"
holds 'nothing of others is loaded' grep -q "default-src 'none'" "$work/headers"
holds 'its cookie is its own' grep -qi 'set-cookie: __Host-busbar=.*; Path=/; Secure; HttpOnly; SameSite=Lax' "$work/headers"
page=$(stat -c %s "$work/body")
for file in $(grep -o '/s/[^"]*' "$work/body"); do
	equals "it comes with ${file##*/}" 200 "$(get "$file")"
	holds 'to be kept' grep -qi 'cache-control: .*immutable' "$work/headers"
	page=$((page + $(stat -c %s "$work/body")))
done
holds 'all of it in at most 40 kB' test "$page" -le 40000
get "/a/$token?l=es" >/dev/null
equals 'it can be had in Spanish' 'Sunny Roof Solar pide ver sus datos de electricidad' "$(title)"
holds 'and says so' grep -q '<html lang="es">' "$work/body"
holds 'with the words of the third party' grep -q 'paneles solares' "$work/body"
equals 'HEAD' 200 "$(get "/a/$token" -I)"
equals 'OPTIONS' 405 "$(get "/a/$token" -X OPTIONS)"
equals 'PUT' 405 "$(get "/a/$token" -X PUT -d choice=CONFIRM)"
equals 'DELETE' 405 "$(get "/a/$token" -X DELETE)"
equals 'GET with an answer' 200 "$(get "/a/$token?choice=CONFIRM&agree=1&code=123456")"
equals 'GET with a body' 413 "$(get "/a/$token" -X GET -d 'choice=CONFIRM&agree=1&code=123456')"
equals 'a prefetch' 200 "$(get "/a/$token" -H 'Sec-Purpose: prefetch;prerender' -H 'Purpose: prefetch')"
equals 'none of that has changed a thing' "$before" "$(links_all)"
equals 'but that the page was seen is on record' t "$(links_sql -c "select opened_at is not null from agreement.agreement where agreement = $id")"

# ---- links that are none ----

: >"$work/bodies"
foreign=$(links_token)
for path in "/a/$foreign" "/a/${token%?}" "/a/${token}A" /a/x /a/ /a/%ff "/a/%00" "/a/$token/more" /b/x /etc/passwd \
	"/a/$(printf 'A%.0s' $(seq 3000))" "/s/0000000000000000/portal.css" /s/x/decide.html; do
	code=$(get "$path" | sed 's/^400$/404/')
	[ "$code" = 404 ] || not_ok "$path is unknown" "$code"
	case $path in *%00*) continue ;; esac # nginx itself says that this is no HTTP
	sha256sum <"$work/body" >>"$work/bodies"
	case $path in /s/*) continue ;; esac # files may be packed, and say so
	sed '/^date: /Id; /^x-request-id: /Id' "$work/headers" | sort >"$work/sorted"
	sha256sum <"$work/sorted" >>"$work/bodies.headers"
	[ -e "$work/first" ] || cp "$work/sorted" "$work/first"
	diff "$work/first" "$work/sorted"
done
equals 'unknown, malformed and foreign links have one answer' 1 "$(sort -u "$work/bodies" | wc -l)"
equals 'with the same headers' 1 "$(sort -u "$work/bodies.headers" | wc -l)"
equals 'also to an answer' 404 "$(get "/a/$foreign" -H "$origin" -d 'choice=CONFIRM')"
equals 'byte for byte' "$(head -n 1 "$work/bodies")" "$(sha256sum <"$work/body")"

# ---- answers that do not count ----

before=$(links_all)
refused() { # SENTENCE STATUS WORDS TOKEN FIELD=VALUE...
	local sentence=$1 status=$2 words=$3
	shift 3
	equals "$sentence" "$status" "$(say "$@")"
	holds 'it says why' grep -qF "$words" <(wrong)
}
refused 'no tick' 422 'tick the box' "$token" choice=CONFIRM code=123456
refused 'another code' 422 'is not that code' "$token" choice=CONFIRM agree=1 code=123457
refused 'no code' 422 'is not that code' "$token" choice=CONFIRM agree=1
refused 'work that is none' 422 'is not that code' "$token" choice=CONFIRM agree=1 work=x
refused 'a field that people do not see' 422 'should stay empty' "$token" $yes fax=1
refused 'no choice' 422 'one of the three' "$token" agree=1 code=123456
refused 'another choice' 422 'one of the three' "$token" choice=PERHAPS agree=1 code=123456
holds 'what was ticked stays ticked' grep -q 'name="agree".* checked' "$work/body"
get "/a/$token" >/dev/null
good=$(nonce)
post() { # TOKEN CURL_ARGUMENTS...
	local token=$1
	shift
	get "/a/$token?l=en" -d "nonce=$good&choice=CONFIRM&agree=1&code=123456" "$@"
}
equals 'from another site' 403 "$(post "$token" -H 'Origin: https://evil.example')"
equals 'from another site by its own word' 403 "$(post "$token" -H "$origin" -H 'Sec-Fetch-Site: cross-site')"
equals 'from a site beside it' 403 "$(post "$token" -H "$origin" -H 'Sec-Fetch-Site: same-site')"
equals 'from a hidden frame' 403 "$(post "$token" -H 'Origin: null' -H 'Sec-Fetch-Site: cross-site')"
equals 'without the cookie' 422 "$(jar=/dev/null post "$token" -H "$origin" -b '')"
holds 'it says so' grep -q cookie <(wrong)
equals 'with another cookie' 422 "$(jar=/dev/null post "$token" -H "$origin" -H 'Cookie: __Host-busbar=AAAAAAAAAAAAAAAAAAAAAA')"
other=$(links_token)
other_id=$(links_invite "$other" 2)
before=$(links_all)
equals 'with the page of another link' 422 "$(post "$other" -H "$origin")"
equals 'with no page before it' 422 "$(good=x post "$token" -H "$origin")"
equals 'as JSON' 422 "$(get "/a/$token" -H "$origin" -H 'Content-Type: application/json' -d '{"choice":"CONFIRM"}')"
equals 'as text' 422 "$(get "/a/$token" -H "$origin" -H 'Content-Type: text/plain' -d "nonce=$good&choice=CONFIRM&agree=1&code=123456")"
equals 'a field twice' 422 "$(post "$token" -H "$origin" -d 'choice=DECLINE')"
equals 'too large' 413 "$(get "/a/$token" -H "$origin" -d "$(printf 'x%.0s' $(seq 5000))")"
equals 'all these have changed nothing' "$before" "$(links_all)"
for n in $(seq 9); do
	say "$other" choice=CONFIRM agree=1 "code=00000$n" >/dev/null
done
equals 'after ten tries' 422 "$(say "$other" choice=CONFIRM agree=1 code=999999)"
refused 'not even the right code counts' 422 'is not that code' "$other" $yes
equals 'but to decline takes none' 303 "$(say "$other" choice=DECLINE)"
equals 'and counts' REJECTED "$(links_state "$other_id")"

# ---- dwell, and how long a page is good ----

holds 'portald starts with a long dwell' start 'dwell = 1h'
before=$(links_all)
refused 'a yes that comes too soon' 422 'very fast' "$token" $yes
refused 'a no as well' 422 'very fast' "$token" choice=DECLINE
equals 'they have changed nothing' "$before" "$(links_all)"
get "/a/$token" >/dev/null
good=$(nonce)
holds 'portald starts with a short life of pages' start 'page_life = 1s' 'dwell = 0ms'
old() { # without the tick, so that it would not count anyway
	[ "$(get "/a/$token?l=en" -d "nonce=$good&choice=CONFIRM" -H "$origin")" = 422 ] && grep -q 'no longer current' <(wrong)
}
holds 'a page of before does not count' within 5 old
holds 'portald starts as before' start

# ---- answers that count ----

get "/a/$token" >/dev/null
good=$(nonce)
equals 'yes' 303 "$(post "$token" -H "$origin" -A 'A browser/1.0')"
equals 'leads back to the page' "/a/$token?l=en" "$(header Location)"
equals 'it is a yes' ACTIVE "$(links_state "$id")"
equals 'of that browser, by the code' 'CONFIRM t t code EN 2026-1 EN' "$(links_sql -F' ' -c "
	select d.choice, p.body::text ~ 'A browser/1.0', p.body::text ~ '127.0.0.1', d.evidence->>'machine', d.evidence->>'shown',
		d.disclosure
	from agreement.decision d join audit.event e on e.kind = 'agreement.decided' and (e.detail->>'agreement')::int8 = d.agreement
	join audit.personal p using (event) where d.agreement = $id")"
get "/a/$token?l=en" >/dev/null
equals 'the page shows what is so' 'You share your data with Sunny Roof Solar' "$(title)"
before=$(links_all)
equals 'the same answer again' 303 "$(post "$token" -H "$origin")"
equals 'another answer' 303 "$(say "$token" choice=DECLINE)"
equals 'the first one counts' "$before" "$(links_all)"
equals 'stopping is asked for by mail' "303 /a/$token?l=en&sent" "$(say "$token" choice=STOP_ASK) $(header Location)"
get "/a/$token?l=en&sent" >/dev/null
holds 'the page says so' grep -q 'The mail is on its way' "$work/body"
equals 'a mail to the same mailbox' 1 "$(links_sql -c "select count(*) from mail.outbox o join agreement.agreement a using (agreement)
	where o.kind = 'stop' and o.agreement = $id and o.recipient_index = a.email_index")"
equals 'nothing has ended by it' ACTIVE "$(links_state "$id")"
stop=$(links_token)
links_more "$stop" "$id" STOP
before=$(links_all)
equals 'the link of that mail shows what it does' '200 Stop sharing with Sunny Roof Solar?' "$(get "/a/$stop") $(title)"
equals 'and does nothing by itself' "$before" "$(links_all)"
equals 'from another site it does nothing' 403 "$(get "/a/$stop" -H 'Origin: https://evil.example' -d "nonce=$(nonce)")"
equals 'its button' 303 "$(say "$stop" choice=GO)"
equals 'ends the share' TERMINATED "$(links_state "$id")"
get "/a/$stop" >/dev/null
equals 'the page says so' 'Sharing with Sunny Roof Solar has ended' "$(title)"
holds 'and who ended it' grep -q 'You ended it on' "$work/body"

third=$(links_token)
third_id=$(links_invite "$third" 3 3 ES)
get "/a/$third" >/dev/null
equals 'a page speaks the language of the agreement' 'Sunny Roof Solar pide ver sus datos de electricidad' "$(title)"
equals 'I did not ask' 303 "$(say "$third" choice=REPORT)"
equals 'counts' REPORTED "$(links_state "$third_id")"
get "/a/$third?l=en" >/dev/null
equals 'and is thanked for' 'Thank you for telling us' "$(title)"

# ---- no more mails ----

no_more=$(links_token)
links_sql -v token="$no_more" >/dev/null <<-SQL
	insert into mail.opt_out_link (sha256, mail, recipient_index, csp, language)
	select sha256(:'token'), o.mail, o.recipient_index, o.csp, 'EN' from mail.outbox o where o.agreement = $id order by o.mail limit 1;
SQL
out() { links_sql -F' ' -c "select coalesce(p.code, 'all'), s.reason from mail.suppression s left join party.party p on p.party = s.csp
	join agreement.agreement a on a.email_index = s.recipient_index where a.agreement = $id order by 1"; }
before=$(links_all)
equals 'looking stops no mails' '200 No more mails?' "$(get "/o/$no_more") $(title)"
equals 'nor does a program that only asks' "" "$(get "/o/$no_more" -I >/dev/null; get "/o/$no_more" -X OPTIONS >/dev/null; out)"
equals 'nor one that sends something else' '422 ' "$(get "/o/$no_more" -d 'x=1') $(out)"
equals 'one click of a mail program, without cookie and page' '200 sunny OPT_OUT' \
	"$(jar=/dev/null get "/o/$no_more" -d 'List-Unsubscribe=One-Click') $(out)"
equals 'as multipart' 200 "$(jar=/dev/null get "/o/$no_more" -F 'List-Unsubscribe=One-Click')"
equals 'the page says so' 'Done: no more of these mails' "$(title)"
equals 'no mail of anybody' "200 all OPT_OUT
sunny OPT_OUT" "$(get "/o/$no_more" -d 'mails=all') $(out)"
equals 'and it changes nothing else' "$before" "$(links_all)"
equals 'an unknown one has the same answer as any' 404 "$(get "/o/$foreign" -d 'List-Unsubscribe=One-Click')"
equals 'byte for byte' "$(head -n 1 "$work/bodies")" "$(sha256sum <"$work/body")"
equals 'a link to decide stops no mails' 404 "$(get "/o/$token")"
equals 'and one that stops mails decides nothing' 404 "$(get "/a/$no_more")"

# ---- whose address it is ----

holds 'a third party registers' busbar csp register links-moon --name 'Moon & Sons' --tax-id 912345600 --duns 912345600 \
	--site https://moon.example/ --privacy https://moon.example/privacy --use 'Shows you how to use the moon.' \
	--use-es 'Le muestra cómo usar la luna.' --standing 'registered, 10008' --capability 'FTPS' --terms 1 \
	--contact desk@moon.example --security alarm@moon.example --language es
mine=$(links_token)
links_sql -v token="$mine" >/dev/null <<-SQL
	select party.link_make(r.mail, 'CONFIRM', sha256(:'token')) from party.proof r join party.party p on p.party = r.csp
	where p.code = 'links-moon'
SQL
moon() { links_sql -c "select c.state from party.csp c join party.party p using (party) where p.code = 'links-moon'"; }
equals 'its mail asks whose address it is, in its language' '200 ¿Es esta la dirección de Moon &amp; Sons?' "$(get "/c/$mine") $(title)"
equals 'looking confirms nothing' REQUESTED "$(moon)"
equals 'nor does a form from elsewhere' '403 REQUESTED' "$(get "/c/$mine" -H 'Origin: https://evil.example' -d "nonce=$(nonce)") $(moon)"
get "/c/$mine" >/dev/null
good=$(nonce)
equals 'the button does' "303 /c/$mine?l=es CONFIRMED" "$(get "/c/$mine" -H "$origin" -d "nonce=$good&choice=GO") $(header Location) $(moon)"
equals 'with thanks' '200 Thank you, the address is confirmed' "$(get "/c/$mine?l=en") $(title)"
equals 'an unknown one has the same answer as any' 404 "$(get "/c/$foreign")"
equals 'byte for byte' "$(head -n 1 "$work/bodies")" "$(sha256sum <"$work/body")"

# ---- two answers at once: one wins, both see the same ----

for pair in 'CONFIRM DECLINE' 'CONFIRM REPORT' 'DECLINE REPORT' 'CONFIRM CONFIRM'; do
	both=$(links_token) first=${pair% *} second=${pair#* }
	both_id=$(links_invite "$both" $((10 + passed % 20)))
	get "/a/$both" >/dev/null
	good=$(nonce)
	cp "$jar" "$work/jar.2"
	asking=()
	for choice in $first $second; do
		curl -sS --cacert "$hub_state/tls/ca.pem" -b "$work/jar.2" -o /dev/null -w '%{http_code}\n' -H "$origin" \
			-d "nonce=$good&choice=$choice&agree=1&code=123456" "$url/a/$both" >>"$work/codes" &
		asking+=($!)
	done
	wait "${asking[@]}"
	equals "$pair at once: one decision" 1 "$(links_sql -c "select count(*) from agreement.decision where agreement = $both_id")"
done
equals 'everybody was sent to the page' 8 "$(grep -c 303 "$work/codes")"

# ---- the others: renewal, not me, receipt ----

not_me=$(links_token)
home=$(links_token)
home_id=$(links_invite "$home" 35)
say "$home" $yes >/dev/null
links_more "$not_me" "$home_id" NOT_ME
equals 'who is told of a share is asked' '200 Was this you?' "$(get "/a/$not_me") $(title)"
equals 'and may say no' 303 "$(say "$not_me" choice=GO)"
equals 'then it is held' HELD "$(links_state "$home_id")"
get "/a/$not_me" >/dev/null
equals 'with thanks' 'Thank you for telling us' "$(title)"
receipt=$(links_token)
links_more "$receipt" "$home_id" RECEIPT
equals 'the receipt has a page' '200 Consent receipt: Sunny Roof Solar' "$(get "/a/$receipt") $(title)"
office=$(links_token) renew=$(links_token)
office_id=$(links_invite "$office" 36 38)
say "$office" $yes >/dev/null
links_sql -c "update agreement.agreement set large = true where agreement = $office_id" >/dev/null
links_more "$renew" "$office_id" RENEW
before=$(links_all)
equals 'a renewal is asked for' '200 Go on sharing with Sunny Roof Solar?' "$(get "/a/$renew") $(title)"
holds 'with one button, no tick and no code' sh -c "! grep -qE 'name=\"(agree|code)\"' '$work/body'"
equals 'looking renews nothing' "$before" "$(links_all)"
good=$(nonce)
equals 'the button does' 303 "$(get "/a/$renew" -H "$origin" -d "nonce=$good&choice=GO")"
equals 'once' 1 "$(links_sql -c "select count(*) from agreement.agreement where renews = $office_id")"
equals 'also when it is pressed again' '303 1' "$(get "/a/$renew" -H "$origin" -d "nonce=$good&choice=GO") $(links_sql -c "select count(*) from agreement.agreement where renews = $office_id")"
get "/a/$renew" >/dev/null
equals 'the page says that it is done' 'You go on sharing with Sunny Roof Solar' "$(title)"

# ---- when something is away ----

hub_stop_one portald
equals 'without portald' 503 "$(get "/a/$token")"
holds 'people are told in both languages' grep -q 'Inténtelo' "$work/body"
holds 'portald starts' start
nginx_portal_rate=30r/m nginx_portal_burst=30
holds 'nginx starts with the limit of production' nginx_up
codes=$(for _ in $(seq 40); do get "/a/$foreign"; echo; done | sort | uniq -c | tr -s ' \n' ' ')
case $codes in
*' 404 '*' 429 '*) ok 'so many tries of links from one network are stopped' ;;
*) not_ok 'so many tries of links from one network are stopped' "$codes" ;;
esac
equals 'style and script are not counted' 404 "$(get /s/x/y)"
equals 'nor other pages: who has signed in may click' '40 200' "$(for _ in $(seq 40); do get /sign-in; echo; done | sort | uniq -c | tr -s ' ' | sed 's/^ //')"

# ---- what is counted and told ----

equals 'it is healthy' ok "$(curl -sS "http://127.0.0.1:$nginx_ops_port/portald/healthz")"
curl -sS "http://127.0.0.1:$nginx_ops_port/portald/metrics" >"$work/metrics"
holds 'it counts' grep -q '^busbar_portald_requests_total{page="GET /a/{token}",status="404"}' "$work/metrics"
logged() { grep -q 'path="/a/\.\.\."' "$hub_state/log/nginx.access.log"; }
holds 'the access log has its lines' within 10 logged
nginx_down # which writes out what it holds
holds 'no log holds a link' sh -c "! grep -rqE '$token|$foreign|$third|$stop' '$hub_state/log'"
ended
