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
equals 'no text for an ESI ID' '400 USAGE' "$(ask "$static" "$url/v1/premises/%ff/reads?from=2026-04-21") $(json "$work/body" $.code)"
equals 'a bad escape' '400 USAGE' "$(ask "$static" "$url/v1/me?a=%zz") $(json "$work/body" $.code)"
equals 'a body where none is' '413 TOO_BIG' "$(ask "$static" -X GET -d x $url/v1/me) $(json "$work/body" $.code)"
# ---- budgets ----

says 'another utility' 0 '' account add v1-aep --party aep
aep=$(token_of v1-aep)
equals 'what may be asked for is said' '200 1200' "$(ask "$aep" $url/v1/me) $(header RateLimit-Limit)"
holds 'and what is left' test "$(header RateLimit-Remaining)" -le 1199 -a "$(header RateLimit-Reset)" -le 60
sql -c "select api.rate_set((select party from party.party where code = 'aep'), 'NORMAL', 1210, 'test')" >/dev/null
# what is taken ends with the process: two of them, and one that is started anew, are one budget
sql -c "update api.spent set taken = 1209, window_at = to_timestamp(floor(extract(epoch from clock_timestamp()) / 60) * 60)
	where class = 'NORMAL' and party = (select party from party.party where code = 'aep')" >/dev/null
hub_stop_one apid && hub_start_one apid
holds 'a process that is started anew' within 10 answers
few() { # the statuses of three requests; a minute that ends meanwhile gives more
	for _ in 1 2 3; do
		ask "$aep" $url/v1/me
		echo -n ' '
	done
}
if [ $(($(date +%s) % 60)) -lt 55 ]; then
	equals 'after the last one there are no more' '200 429 429 ' "$(few)"
	equals 'when there are is said' WAIT "$(json "$work/body" $.code)"
	holds 'in seconds' test "$(header Retry-After)" -ge 1 -a "$(header Retry-After)" -le 60
fi
equals 'others are not touched' 200 "$(ask "$static" $url/v1/me)"
# many at once when the next portion is due: it is taken once, or they would take all that there is
says 'a third utility' 0 '' account add v1-tnmp --party tnmp
tnmp=$(token_of v1-tnmp)
says 'two hundred a minute, in portions of ten' 0 '' budget set tnmp NORMAL 200
used_up() { # nothing is left of the portions that were taken
	[ "$(ask "$tnmp" $url/v1/me)" = 200 ] && [ $(($(header RateLimit-Remaining) + $(spent))) = "$(header RateLimit-Limit)" ]
}
spent() { sql -c "select taken from api.spent s join party.party p using (party) where p.code = 'tnmp' and class = 'NORMAL'"; }
holds 'a portion is used up' within 10 used_up
mkfifo "$work/holder"
sql <"$work/holder" >"$work/held_row" 2>&1 &
holder=$!
exec 7>"$work/holder"
tells 7 "begin; select 1 from api.spent s join party.party p using (party) where p.code = 'tnmp' for no key update of s;" "$work/held_row"
holds 'the next one is held up' within 10 grep -q 1 "$work/held_row"
codes() { grep -c "^$1" "$work/codes"; }
all_told() { [ "$(codes .)" = 70 ]; }
for _ in $(seq 70); do
	curl -sS --cacert "$hub_state/tls/ca.pem" -H "Authorization: Bearer $tnmp" -o "$work/many" -w '%{http_code} %header{retry-after}\n' $url/v1/me &
done >"$work/codes"
refused_now() { [ "$(codes '503 1')" = 6 ]; }
holds 'of seventy at once those beyond 64 are told to come again' within 20 refused_now
tells 7 'commit;' "$work/held_row"
exec 7>&-
wait $holder
holds 'each has its answer' within 30 all_told
equals 'the others are all answered' 64 "$(codes 200)"
says 'as all have again' 0 '' budget set tnmp NORMAL

# ---- once ----

post() { # KEY BODY [PATH]
	ask "$static" -H "Idempotency-Key: $1" -H 'Content-Type: application/json' -d "$2" \
		$url/v1/${3:-premises/10443720000098001/commands}
}
block 10443720000098001 4 20260421 96 1.250 20260422060000 A >"$work/day"
sent oncor "$work/day" 1039940674000IntervalData20260422080500981.lse
# 1,250 Wh more than nothing, then 95 times no more: 2500 = 4 + 32 * (14 + 32 * 2)
equals 'a day in few bytes' "200 kuC$(printf 'A%.0s' $(seq 95))" \
	"$(ask "$static" "$url/v1/premises/10443720000098001/reads?from=2026-04-21&format=days") $(json "$work/body" '$.items[0].wh')"
counted() { sql -c "select count(*) from odr.command"; }
before=$(counted)
read='{"kind":"ON_DEMAND_READ"}'
equals 'a request with a key' 202 "$(post key-1 "$read")"
cp "$work/body" "$work/first"
at=$(header Location)
equals 'asked again gives the same answer' "202 true $at" "$(post key-1 "$read") $(header Idempotent-Replayed) $(header Location)"
same 'to the byte' "$work/first" "$work/body"
equals 'and is done once' $((before + 1)) "$(counted)"
equals 'another body under its key is a conflict' '409 CONFLICT' "$(post key-1 '{"kind":"ON_DEMAND_READ","trans_id":"x"}') $(json "$work/body" $.code)"
equals 'what failed may be asked for again' '422 422' "$(post key-2 '{"kind":1}') $(post key-2 '{"kind":1}')"
ask_reads() { post key-3 '{"esiids":["10443720000098001"],"from":"2026-04-21"}' reads; }
equals 'reads are never kept: a right to them may end' '200 200 ' "$(ask_reads) $(ask_reads) $(header Idempotent-Replayed)"
equals 'a key has an end' 400 "$(post "$(head -c 201 /dev/zero | tr '\0' k)" "$read")"
holds 'all routes are listed' test "$(ask_plain $url/)" = 200
ended
