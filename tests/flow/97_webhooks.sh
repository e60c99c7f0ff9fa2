#!/bin/bash
# /v1/webhooks: a third party looks after its own webhooks by its token, through nginx; of others' it learns nothing.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/api.sh"

hook_port=$(free_port)
python3 "$source/tests/lib/hook_receiver.py" "$hook_port" "$hub_state/tls/server.pem" "$hub_state/tls/server.key" "$work" &
receiver=$!
trap '{ kill $receiver; api_down; hub_stop_one hookd; } >/dev/null 2>&1' EXIT
holds 'nginx and busbar-apid run' api_up
hub_start_one hookd

for csp in hooks-a hooks-b; do
	busbar csp add $csp --name "$csp" >/dev/null
	busbar account add $csp --party $csp >/dev/null
done
a=$(token_of hooks-a) b=$(token_of hooks-b)
post() { # TOKEN PATH JSON
	ask "$1" -X POST -H 'Content-Type: application/json' --data "$3" "$url/v1/webhooks$2"
}

equals 'nothing shown, nothing seen' 401 "$(ask_plain "$url/v1/webhooks")"
equals 'there are none' '200 0' "$(ask "$a" "$url/v1/webhooks") $(body '$.items.size()')"
equals 'one is made' 201 "$(post "$a" '' "{\"url\":\"https://127.0.0.1:$hook_port/api\",\"label\":\"mine\",\"events\":[\"status.changed\"]}")"
n=$(body '$.webhook')
equals 'with a secret of its own' 1 "$(body '$.secret' | grep -cE '^whsec_[A-Za-z0-9_-]{43}$')"
equals 'which the database has sealed alone' 0 "$(sql -c "select count(*) from hook.endpoint where position(convert_to('$(body '$.secret')', 'UTF8') in secret) > 0")"
proven() { [ "$(ask "$a" "$url/v1/webhooks/$n")" = 200 ] && [ "$(body '$.state')" = PROVEN ]; }
holds 'it is proven' within 10 proven
equals 'and shown' "mine status.changed 0" "$(body '$.label' '$.events[0]' '$.failed_attempts')"
equals 'another party sees none' '200 0' "$(ask "$b" "$url/v1/webhooks") $(body '$.items.size()')"
for what in "GET /$n" "DELETE /$n" "GET /$n/log" "POST /$n/test" "POST /$n/pause" "POST /$n/resume"; do
	equals "another's is none: $what" 404 "$(ask "$b" -X "${what% *}" "$url/v1/webhooks${what#* }")"
done
equals 'nor can it be changed' 404 "$(ask "$b" -X PATCH -H 'Content-Type: application/json' --data '{"label":"x"}' "$url/v1/webhooks/$n")"
equals 'or turned back' 404 "$(post "$b" "/$n/replay" '{"cursor":"0"}')"
equals 'or given another secret' 404 "$(post "$b" "/$n/rotate" '{}')"
equals 'what is no number is none' 404 "$(ask "$a" "$url/v1/webhooks/x")"

refused() { # URL SENTENCE
	equals "$2" 422 "$(post "$a" '' "{\"url\":\"$1\"}")"
}
refused http://127.0.0.1/x 'not in the clear'
refused https://u:p@127.0.0.1/x 'no password in it'
refused "https://127.0.0.1:22/x" 'no port but those of the rules'
refused https://127.1/x 'no number that is not one'
refused https://169.254.169.254/x 'no address inside'
refused 'https://[fd00::1]/x' 'nor one of IPv6'
refused "https://a.example/?a=b" 'no query'
refused ftps://a.example/ 'no other protocol'
equals 'no event that there is not' 422 "$(post "$a" '' '{"url":"https://a.example/","events":["reads.gone"]}')"
equals 'no member that there is not' 422 "$(post "$a" '' '{"url":"https://a.example/","secret":"mine"}')"
equals 'no BatchList' 422 "$(post "$a" '' '{"url":"https://a.example/","kind":"BATCHLIST"}')"
equals 'a body of another type' 415 "$(ask "$a" -X POST -H 'Content-Type: text/plain' --data '{}' "$url/v1/webhooks")"

busbar webhook announce ok 'as it should be' >/dev/null
got() { [ -e "$work/api.got" ] && grep -q "$1" "$work/api.got"; }
holds 'it is told' within 10 got 'as it should be'
equals 'its log' '200 EVENTS ok 200' "$(ask "$a" "$url/v1/webhooks/$n/log?most=1") $(body '$.items[0].what' '$.items[0].result' '$.items[0].status')"
equals 'older ones' '200 CHALLENGE' "$(ask "$a" "$url/v1/webhooks/$n/log?most=1&before=$(body '$.items[0].attempt')") $(body '$.items[0].what')"
equals 'a parameter that there is not' 400 "$(ask "$a" "$url/v1/webhooks/$n/log?x=1")"
equals 'a ping is asked for' 202 "$(ask "$a" -X POST "$url/v1/webhooks/$n/test")"
holds 'and comes' within 10 got '\\"type\\":\\"ping\\"'
equals 'paused' '200 PAUSED' "$(ask "$a" -X POST "$url/v1/webhooks/$n/pause") $(body '$.state')"
equals 'twice is not possible' 409 "$(ask "$a" -X POST "$url/v1/webhooks/$n/pause")"
equals 'resumed' '200 PROVEN' "$(ask "$a" -X POST "$url/v1/webhooks/$n/resume") $(body '$.state')"
equals 'replayed' 202 "$(post "$a" "/$n/replay" '{"cursor":"0"}')"
equals 'not from what is to come' 422 "$(post "$a" "/$n/replay" '{"cursor":"4711"}')"
equals 'another secret' '200 1' "$(post "$a" "/$n/rotate" '{}') $(body '$.secret' | grep -c whsec_)"
equals 'changed' '200 0' "$(ask "$a" -X PATCH -H 'Content-Type: application/json' --data '{"events":[]}' "$url/v1/webhooks/$n") $(body '$.events.size()')"
equals 'the log for who asks' '200 status.changed as it should be false' "$(ask "$a" "$url/v1/events") $(body '$.events[0].type' '$.events[0].detail.words' '$.more')"
equals 'behind its end there is nothing' '200 0' "$(ask "$a" "$url/v1/events?after=$(body '$.cursor')") $(body '$.events.size()')"
equals 'a cursor that is none' 422 "$(ask "$a" "$url/v1/events?after=x")"
equals 'of others there is nothing' '200 0' "$(ask "$b" "$url/v1/events") $(body '$.events.size()')"
# ---- the receiver of docs/webhooks.md ----

example=$(free_port)
sed -n '/^```python/,/^```/p' "$source/docs/webhooks.md" | grep -v '^```' >"$work/genuine.py"
sed -n '/^```py$/,/^```/p' "$source/docs/webhooks.md" | grep -v '^```' | sed "s,var/tls,$hub_state/tls,g; s/9443/$example/" >"$work/receiver.py"
(cd "$work" && exec python3 receiver.py >"$work/printed" 2>"$work/receiver.log") &
example_pid=$!
listens() { (exec 3<>"/dev/tcp/127.0.0.1/$example") 2>/dev/null; }
holds 'the example of the docs listens' within 10 listens
equals 'it is registered' 201 "$(post "$b" '' "{\"url\":\"https://localhost:$example/\"}")"
body '$.secret' >"$work/secret"
m=$(body '$.webhook')
heard() { [ "$(ask "$b" "$url/v1/webhooks/$m")" = 200 ] && [ "$(body '$.state')" = PROVEN ]; }
holds 'it proves itself' within 10 heard
busbar webhook announce ok 'can you hear me' >/dev/null
holds 'and prints what it is told, signed by its secret' within 10 grep -q "^status.changed None .*can you hear me" "$work/printed"
kill $example_pid

equals 'ended' 204 "$(ask "$a" -X DELETE "$url/v1/webhooks/$n")"
equals 'is none any more' 404 "$(ask "$a" "$url/v1/webhooks/$n")"
equals 'its secret is gone' 0 "$(sql -c "select octet_length(secret) from hook.endpoint where endpoint = $n")"
ended
