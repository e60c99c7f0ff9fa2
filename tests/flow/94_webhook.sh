#!/bin/bash
# Webhooks from an event to a partner's program over HTTPS: who is told what, signed, in order, again when it was
# not taken; a program that is slow, down, wrong or false; replay, rotation, and a right that ends.
. "$(dirname "$0")/lib.sh"

hook_port=$(free_port)
receiver=
receiver_up() { # [CERTIFICATE KEY]
	rm -f "$work/ready"
	python3 "$source/tests/lib/hook_receiver.py" "$hook_port" "${1:-$hub_state/tls/server.pem}" \
		"${2:-$hub_state/tls/server.key}" "$work" 2>>"$work/receiver.log" &
	receiver=$!
	within 10 test -s "$work/ready"
}
receiver_down() { { kill "$receiver" && wait "$receiver"; } 2>/dev/null; }
trap '{ hub_stop_one hookd; receiver_down; busbar clock reset; hub_hook_conf= hub_conf; } >/dev/null 2>&1' EXIT
hub_hook_conf='timeout = 2s
connect = 1s' hub_conf
holds 'a program that takes webhooks runs' receiver_up
hub_start_one hookd

# Values out of what a path got: the n-th request (from 1, negative from the end), an expression over r and b (its body).
got() { # NAME N EXPRESSION
	python3 -c 'import json, sys
rs = [json.loads(l) for l in open(sys.argv[1])]
n = int(sys.argv[2])
r = rs[n - 1 if n > 0 else n]
b = json.loads(r["body"]) if r["body"].startswith("{") else r["body"]
print(eval(sys.argv[3]))' "$work/$1.got" "$2" "$3" 2>&1
}
count() { [ ! -e "$work/$1.got" ] && echo 0 || wc -l <"$work/$1.got"; }
has() { [ "$(count "$1")" -ge "$2" ]; }
state() { sql -c "select state from hook.endpoint where endpoint = $1"; }
is() { [ "$(state "$1")" = "$2" ]; }
told() { [ "$(sql -c "select h.seq = e.seq from hook.endpoint e join hook.party h using (party) where endpoint = $1")" = t ]; }
add() { # PARTY NAME [OPTION...]: a webhook, its number on line 1, its secret in $work/NAME.secret
	local party=$1 name=$2
	shift 2
	busbar webhook add "https://127.0.0.1:$hook_port/$name" --as "$party" --json "$@" >"$work/made" || return 1
	json "$work/made" '$.secret' >"$work/$name.secret"
	json "$work/made" '$.webhook'
}
results() { sql -c "select string_agg(result, ' ' order by attempt) from hook.attempt where endpoint = $1"; }
wrong() { [ "$(sql -c "select result from hook.attempt where endpoint = $1 order by attempt desc limit 1")" = "$2" ]; }

# ---- a third party with an agreement over two homes ----

day=$(state_yesterday) before=$(date -d "$(state_yesterday) - 1 day" +%F)
ymd=${day//-/} bmd=${before//-/}
a=10443720000094001 b=10443720000094002 other=10443720000094003
printf 'busbar,premise,1\nesiid,status,class,effective,channels\n%s,ACTIVE,RESIDENTIAL,2024-01-01,LOAD\n%s,ACTIVE,RESIDENTIAL,2024-01-01,LOAD\n%s,ACTIVE,RESIDENTIAL,2024-01-01,LOAD\n' \
	$a $b $other >"$work/premises.csv"
submitted oncor "$work/premises.csv" >/dev/null
busbar csp add hook-csp --name 'Told of Events' >/dev/null
agreement=$(busbar agreement record --as hook-csp --esiid $a --esiid $b --months 12 --history 12 --json 2>"$work/err" |
	sed 's/.*"\(agreement\|id\)":\([0-9]*\).*/\2/')
holds 'an agreement over two homes' test -n "$agreement"
loads=0
load() { # DATE VALUE ESIID...: a file of a day
	local date=$1 value=$2 esiid name
	shift 2
	loads=$((loads + 1))
	name=1039940674000IntervalData20260824100000$(printf %03d $loads)
	for esiid; do
		block "$esiid" 4 "$date" 96 "$value" "$(date +%Y%m%d%H%M%S)"
	done >"$work/$name.lse"
	submitted oncor "$work/$name.lse"
}

# ---- proven first ----

hook=$(add hook-csp one)
holds 'a webhook is asked to prove itself' within 10 has one 1
equals 'by a challenge' 'challenge True' "$(got one 1 'b["type"], "challenge" in b' | tr -d "(',)")"
holds 'which it answers' within 10 is "$hook" PROVEN
echo echo >"$work/false.mode"
false=$(add hook-csp false)
holds 'one that sends back what it got' within 10 wrong "$false" challenge
equals 'has proven nothing' UNPROVEN "$(state "$false")"
busbar webhook end "$false" >/dev/null

# ---- told ----

load "$ymd" 0.250 $a $b $other >"$work/file"
holds 'reads that arrive are told' within 5 has one 2
equals 'of the homes of the agreement' "reads.arrived $a $day $day reads.arrived $b $day $day" \
	"$(got one 2 '" ".join(" ".join((x["type"], x["esiid"], x["from"], x["to"])) for x in b["events"])')"
equals 'within a second of the commit' 1 "$(sql -c "select count(*) from hook.attempt t, ledger.file f where t.endpoint = $hook
	and f.file = $(cat "$work/file") and t.what = 'EVENTS' and t.at - t.ms * interval '1 ms' - f.loaded_at < interval '1 s'")"
# the reader's side as docs/webhooks.md has it: how many of the signatures are by that secret, of how many
sed -n '/^```python/,/^```/p' "$source/docs/webhooks.md" | grep -v '^```' >"$work/genuine.py"
cat >"$work/verify.py" <<'PY'
import json, sys
sys.path.insert(0, sys.argv[3])
from genuine import genuine
secret = open(sys.argv[1]).read().strip()
for line in open(sys.argv[2]):
    r = json.loads(line)
    t, *v1 = r["headers"]["busbar-signature"].split(",")
    body = r["body"].encode()
    assert not genuine(secret, ",".join([t] + v1), body + b" ")
    print(sum(genuine(secret, t + "," + v, body) for v in v1), len(v1))
PY
verify() { python3 "$work/verify.py" "$work/$1" "$work/$2" "$work" | sort -u; }
equals 'signed with its secret, each request' '1 1' "$(verify one.secret one.got)"
load "$ymd" 0.500 $a >/dev/null
holds 'newer versions are told' within 5 has one 3
equals 'as corrected' "reads.corrected $a" "$(got one 3 '" ".join((b["events"][0]["type"], b["events"][0]["esiid"]))')"

# ---- not taken ----

trouble() { # MODE RESULT SENTENCE
	local was
	was=$(count one)
	echo "$1" >"$work/one.mode"
	busbar webhook announce degraded "$2" >/dev/null
	holds "$3" within 10 wrong "$hook" "$2"
	echo ok >"$work/one.mode"
	busbar clock advance 20s >/dev/null
	holds 'and is told again when it answers' within 10 told "$hook"
	equals 'with the same id' True "$(got one -1 "b['events'][0]['id'] == json.loads(rs[$was]['body'])['events'][0]['id']")"
}
trouble 500 status 'one that says 500 has not taken it'
equals 'what it said is in the log, cleaned' 'no? <b>not</b> now' "$(sql -c "select says from hook.attempt where endpoint = $hook
	and result = 'status'")"
trouble 'slow 4' timeout 'one that is too slow neither'
trouble 'redirect https://127.0.0.1:1/elsewhere' redirect 'one that sends elsewhere is not followed'
trouble big too-big 'one whose answer has no end is cut off'
trouble cut reset 'one that hangs up is tried again'
receiver_down
busbar webhook announce down down >/dev/null
holds 'one that is down' within 10 wrong "$hook" connect
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
	-addext subjectAltName=IP:127.0.0.1 -keyout "$work/false.key" -out "$work/false.pem" 2>/dev/null
receiver_up "$work/false.pem" "$work/false.key"
busbar clock advance 20s >/dev/null
holds 'a certificate of nobody that is believed' within 10 wrong "$hook" tls
equals 'gets nothing' 0 "$(grep -c '"state": "DOWN"' "$work/one.got")"
receiver_down
receiver_up
busbar clock advance 40s >/dev/null
holds 'when it is back it is told' within 10 told "$hook"
equals 'sequence after sequence, none left out' True "$(python3 -c 'import json, sys
seen = []
for l in open(sys.argv[1]):
    for x in json.loads(json.loads(l)["body"]).get("events", []):
        if x["sequence"] not in seen: seen.append(x["sequence"])
print(seen == list(range(seen[0], seen[0] + len(seen))))' "$work/one.got")"

# ---- others are not held up ----

fast=$(add hook-csp fast)
within 10 is "$fast" PROVEN
echo 'slow 1.5' >"$work/one.mode"
was=$(count fast) before_slow=$(count one)
for n in 1 2 3; do
	busbar webhook announce ok "all is well $n" >/dev/null
done
holds 'while one is slow another is told at once' within 1 has fast $((was + 1))
holds 'the slow one gets what came meanwhile' within 10 told "$hook"
equals 'one request at a time' 1 "$(tail -n +$((before_slow + 1)) "$work/one.got" | python3 -c 'import json, sys; print(max(json.loads(l)["together"] for l in sys.stdin))')"
echo ok >"$work/one.mode"

# ---- replay, rotation, pause ----

was=$(count fast)
busbar webhook replay "$fast" 0 >/dev/null
holds 'a replay tells all of the log' within 10 eval "told $fast && has fast $((was + 1))"
equals 'from its beginning' 1 "$(got fast $((was + 1)) 'b["events"][0]["sequence"]')"
busbar webhook rotate "$fast" --json >"$work/made"
json "$work/made" '$.secret' >"$work/fast.next"
was=$(count fast)
busbar webhook test "$fast" >/dev/null
holds 'a ping' within 10 has fast $((was + 1))
tail -n 1 "$work/fast.got" >"$work/last.got"
equals 'both secrets sign for a day' '1 2 1 2' "$(verify fast.secret last.got) $(verify fast.next last.got)"
busbar clock advance 25h >/dev/null
was=$(count fast)
busbar webhook test "$fast" >/dev/null
within 10 has fast $((was + 1))
tail -n 1 "$work/fast.got" >"$work/last.got"
equals 'then the new one alone' '0 1 1 1' "$(verify fast.secret last.got) $(verify fast.next last.got)"
busbar webhook pause "$fast" >/dev/null
was=$(count fast)
busbar webhook announce ok 'told later' >/dev/null
holds 'the others go on' within 10 told "$hook"
equals 'one that is paused is told nothing' "$was" "$(count fast)"
busbar webhook resume "$fast" >/dev/null
holds 'and all of it afterwards' within 10 has fast $((was + 1))

# ---- UtilityAPI's words ----

utility=$(add hook-csp utility --kind utilityapi)
within 10 is "$utility" PROVEN
equals 'a ping in its words' 'ping None' "$(got utility 1 'b["events"][0]["type"], b["next"]' | tr -d "(',)")"
load "$bmd" 0.125 $a >/dev/null
holds 'reads in its words' within 10 has utility 2
equals 'of the type that it knows' meter_intervals_added "$(got utility 2 'b["events"][0]["type"]')"
equals 'its signature' True "$(got utility 2 "__import__('hashlib').sha256((open('$work/utility.secret').read().strip() + '.' +
	r['headers']['x-utilityapi-webhook-salt'] + '.' + r['body']).encode()).hexdigest() == r['headers']['x-utilityapi-webhook-signature']")"
busbar webhook end "$utility" >/dev/null

# ---- a right that ends ----

echo 500 >"$work/one.mode"
load "$bmd" 0.375 $b >/dev/null
holds 'reads wait for a program that is down' within 10 wrong "$hook" status
busbar agreement terminate "$agreement" --as hook-csp >/dev/null 2>&1 || sql -c "select agreement.terminate($agreement, 'OPERATOR', null, 'test')" >/dev/null
echo ok >"$work/one.mode"
busbar clock advance 1m >/dev/null
holds 'when it is back' within 10 told "$hook"
equals 'it is told that the agreement has ended, and of no reads' 'agreement.changed' "$(got one -1 '" ".join(x["type"] for x in b["events"])')"

# ---- given up ----

echo 503 >"$work/one.mode"
busbar webhook announce down 'for long' >/dev/null
within 10 wrong "$hook" status
for _ in 1 2 3; do
	busbar clock advance 25h >/dev/null
	within 5 eval '[ "$(sql -c "select tried_at > ops.now() - interval '"'1 h'"' from hook.endpoint where endpoint = '"$hook"'")" = t ]'
done
holds 'after 72 hours it is paused' within 10 is "$hook" PAUSED
says 'which its list says' 0 PAUSED webhook list --as hook-csp
says 'with a log of attempts' 0 503 webhook log "$hook"
ended
