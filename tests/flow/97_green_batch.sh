#!/bin/bash
# Green Button: batches that are built on their own. Too many days, or asked for so: 202, then the same bytes each time.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/green.sh"
hub_start_one auditd # what is checked at the end wants it; a flow before this one may have stopped it

echo "busbar,premise,1
esiid,status,class,effective,created" >"$work/batch-premises.csv"
points=()
for i in $(seq 100 139); do
	points+=("10443720000098$i")
	echo "10443720000098$i,ACTIVE,RESIDENTIAL,2025-01-01,2025-01-01T06:00:00Z" >>"$work/batch-premises.csv"
done
for esiid in "${points[@]}"; do
	for day in 20260301 20260302 20260303; do values "$esiid" 4 $day 96 20260304060000 0.125,A; done
done >"$work/1039940674000IntervalData20260501080500001.lse"
for file in batch-premises.csv 1039940674000IntervalData20260501080500001.lse; do
	submitted oncor "$work/$file" >/dev/null
	equals "$file is loaded" 'LOADED 0' "$(json "$work/receipt" $.state $.refused)"
done
says 'a third party' 0 '' csp add batch-csp --name 'Batch Third Party'
app=$(client batch-csp batch-app-1)
g1=$(granted batch-csp "$app" 'FB=4_5;IntervalDuration=900' "${points[@]}")
sub=$(of "$g1" subscription) a1=$(token ACCESS "$app" "$g1") c1=$(token CLIENT "$app" null)
bulk=$(sql -c "select bulk from oauth.client where client = $app")

equals 'few days are answered at once' '200 40 120' "$(ask "$a1" $base/Batch/Subscription/$sub) $(entries UsagePoint) $(entries IntervalBlock)"
cp "$work/body" "$work/sync"
equals 'and a bulk' '200 40' "$(ask "$c1" $base/Batch/Bulk/$bulk) $(entries UsagePoint)"
sql -c "update ops.setting set value = '100' where name = 'espi.sync_days'"
state() { sql -c "select coalesce(string_agg(state, ' '), 'none') from espi.batch where client = $app"; }
is_state() { [ "$(state)" = "$1" ]; }
given() { [ "$(ask "$@")" = 200 ]; }

# nobody builds: what is asked waits
hub_stop_one apid
sql -c "create function tests_hold_batches() returns trigger language plpgsql as \$\$ begin
	if new.lease is not null then return null; end if; return new; end \$\$;
	create trigger hold before update on espi.batch for each row execute function tests_hold_batches()"
hub_start_one apid
within 10 curl -sfo "$work/out" --cacert "$hub_state/tls/ca.pem" $url/
equals 'more days are built apart' '202 5 0' "$(ask "$a1" $base/Batch/Subscription/$sub) $(header Retry-After) $(header Content-Length)"
equals 'it waits' PENDING "$(state)"
equals 'the same again is refused while it does' '400 An unprocessed batch request for the same resource already exists' \
	"$(ask "$a1" $base/Batch/Subscription/$sub) $(json "$work/body" $.detail)"
equals 'there is one' PENDING "$(state)"
sql -c "update espi.batch set asked_at = asked_at - interval '10 s'"
equals 'asked again in time it still waits' 202 "$(ask "$a1" $base/Batch/Subscription/$sub)"
equals 'a narrow question is answered at once' '200 40' \
	"$(ask "$a1" "$base/Batch/Subscription/$sub?published-min=2026-03-02T06:00:00Z&published-max=2026-03-03T06:00:00Z") $(entries IntervalBlock)"
equals 'also a page' '200 10' "$(ask "$a1" "$base/Batch/Subscription/$sub?max-results=10") $(count '<entry>')"
# a builder that died with it
sql -c "drop trigger hold on espi.batch; update espi.batch set lease = sha256('gone'), lease_until = clock_timestamp() - interval '1 s', attempts = 1"
sql -c "notify espi_batch"
holds 'it is built, also after a builder died' within 20 is_state READY
told() { sql -c "select count(*) from audit.event where kind = 'reads.released' and detail ->> 'batch' is not null"; }
equals 'who waits for it is told where' "[\"/DataCustodian/espi/1_1/resource/Batch/Subscription/$sub\"] $app" \
	"$(sql -F' ' -c "select detail -> 'resources', client from hook.event where kind = 'batch.ready' order by event desc limit 1")"
before=$(told)
equals 'and given' 200 "$(ask "$a1" $base/Batch/Subscription/$sub)"
cp "$work/body" "$work/first"
valid 'it is valid'
same 'with the same entries as at once' <(grep -v '^<updated>' "$work/sync" | sed 1,6d) <(grep -v '^<updated>' "$work/first" | sed 1,6d)
ask "$a1" $base/Batch/Subscription/$sub >/dev/null
same 'byte for byte the same again' "$work/first" "$work/body"
hub_stop_one apid
hub_start_one apid
holds 'also after a restart' within 10 given "$a1" $base/Batch/Subscription/$sub
same 'to the byte' "$work/first" "$work/body"
holds 'each time on record' test "$(told)" -ge $((before + 3))
# Said whole if it does not hold. Within: what came before auditd was started waits for its first checkpoint.
wrong() { busbar check --json | tr '{' '\n' | grep '"ok":false'; }
nothing_wrong() { wrong=$(wrong) && return 1 || [ -z "$wrong" ]; }
holds 'the store knows it' within 90 nothing_wrong
equals 'of all of it' '' "${wrong-}"
values "${points[0]}" 4 20260304 96 20260305060000 0.125,A >"$work/1039940674000IntervalData20260502080500001.lse"
submitted oncor "$work/1039940674000IntervalData20260502080500001.lse" >/dev/null
ask "$a1" $base/Batch/Subscription/$sub >/dev/null
same 'and when there is more since' "$work/first" "$work/body"

# asked for by the program; of all subscriptions of the client
sql -c "update ops.setting set value = '100000' where name = 'espi.sync_days'"
equals 'a program may want it so' 202 "$(ask "$c1" "$base/Batch/Bulk/$bulk?correlationID=77&published-min=2026-03-04T06:00:00Z")"
holds 'it comes' within 20 given "$c1" "$base/Batch/Bulk/$bulk?correlationID=77&published-min=2026-03-04T06:00:00Z"
equals 'with what was asked' '40 1' "$(entries UsagePoint) $(entries IntervalBlock)"
equals 'nobody else gets it' '403 404' "$(ask "$a1" "$base/Batch/Bulk/$bulk?correlationID=77") $(ask "$c1" "$base/Batch/Bulk/$sub?correlationID=77")"

# rights are those of the moment
sql -c "update agreement.premise set ended_at = ops.now() where premise = (select premise from premise.premise where esiid = '${points[1]}')"
sql -c "update ops.setting set value = '100' where name = 'espi.sync_days'"
equals 'what was built for other rights is not given' 202 "$(ask "$a1" $base/Batch/Subscription/$sub)"
again() { sql -c "update espi.batch set asked_at = asked_at - interval '10 s'"; given "$a1" $base/Batch/Subscription/$sub; }
holds 'it is built anew' within 20 again
equals 'without what ended' 39 "$(entries UsagePoint)"
sql -c "update espi.batch set forget_at = clock_timestamp() - interval '1 s'"
equals 'what is too old is built anew' 202 "$(ask "$a1" $base/Batch/Subscription/$sub)"
holds 'as it is by then' within 20 again
equals 'with the new day' 39 "$(entries UsagePoint)"

# ---- told by BatchList over HTTPS, what to fetch; and it is there ----

sql -c "update ops.setting set value = '100000' where name = 'espi.sync_days'"
hook_port=$(free_port)
python3 "$source/tests/lib/hook_receiver.py" "$hook_port" "$hub_state/tls/server.pem" "$hub_state/tls/server.key" "$work" 2>>"$work/receiver.log" &
receiver=$!
trap '{ hub_stop_one hookd; kill $receiver; nginx_down; hub_stop_one apid; } >/dev/null 2>&1' EXIT
holds 'a program that takes notifications' within 10 test -s "$work/ready"
resources() { # all that it was told to fetch, in order; bad XML is seen
	[ ! -e "$work/batchlist.got" ] || python3 - "$work/batchlist.got" <<-'PY'
		import json, sys, xml.etree.ElementTree as xml
		for line in open(sys.argv[1]):
		    told = json.loads(line)
		    root = xml.fromstring(told['body'])
		    assert root.tag == '{http://naesb.org/espi}BatchList' and told['headers']['content-type'] == 'application/xml', line
		    for r in root:
		        assert r.tag == '{http://naesb.org/espi}resources', line
		        print(r.text)
	PY
}
named() { [ "$(resources | grep -cF -- "$1")" != 0 ]; }
sql -c "update oauth.client set notify_uri = 'https://127.0.0.1:$hook_port/batchlist' where client = $app"
hub_start_one hookd
information=$url/DataCustodian/espi/1_1/resource/ApplicationInformation/$(sql -c "select information from oauth.client where client = $app")
holds 'first it is asked whether it listens' within 20 named "$information"
equals 'by its own record, which its token opens' 200 "$(ask "$(token REGISTRATION "$app" null)" "$(resources | sed -n 1p)")"
values "${points[2]}" 4 20260305 96 20260306060000 0.125,A >"$work/1039940674000IntervalData20260503080500001.lse"
submitted oncor "$work/1039940674000IntervalData20260503080500001.lse" >/dev/null
holds 'new reads are told' within 20 named /Batch/Subscription/$sub
equals 'where they are fetched' '200 1' "$(ask "$a1" "$(resources | grep -F /Batch/Subscription/$sub | tail -n 1)?published-min=2026-03-05T06:00:00Z") $(entries IntervalBlock)"
echo 500 >"$work/batchlist.mode"
equals 'a batch is asked for' 202 "$(ask "$c1" "$base/Batch/Bulk/$bulk?correlationID=78&published-min=2026-03-05T06:00:00Z")"
failed_once() { [ "$(sql -c "select count(*) from hook.attempt t join hook.endpoint e using (endpoint) where e.client = $app and t.result = 'status'")" != 0 ]; }
holds 'while the program fails it is told again' within 20 failed_once
echo ok >"$work/batchlist.mode"
again=$(resources | wc -l)
more() { [ "$(resources | wc -l)" -gt "$again" ]; }
busbar clock advance 20s >/dev/null
holds 'until it takes it' within 20 more
equals 'the address is the one that was asked, and has the batch' '200 1' \
	"$(ask "$c1" "$(resources | grep -F correlationID=78 | tail -n 1)") $(entries IntervalBlock)"
authorization=$base/Authorization/$(of "$g1" authorization_id)
equals 'the third party gives the grant back' 200 "$(ask "$c1" -X DELETE "$authorization")"
holds 'that is told, too' within 20 named "$authorization"
equals 'and the authorization says so' '200 1' "$(ask "$c1" "$(resources | grep -F /Authorization/ | tail -n 1)") $(count '<status>0</status>')"
busbar clock reset >/dev/null
equals 'after the end there is nothing' 401 "$(ask "$a1" $base/Batch/Subscription/$sub)"
sql -c "update ops.setting set value = '100000' where name = 'espi.sync_days'; drop function tests_hold_batches"
ended
