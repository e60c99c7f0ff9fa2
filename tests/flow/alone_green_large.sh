#!/bin/bash
# Green Button: 1,000 usage points in one answer. It is whole, and its process does not grow with it.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/green.sh"

points=()
for i in $(seq 1000 1999); do points+=("1044372000009$i"); done
{
	echo "busbar,premise,1"
	echo "esiid,status,class,effective,created"
	printf '%s,ACTIVE,RESIDENTIAL,2025-01-01,2025-01-01T06:00:00Z\n' "${points[@]}"
} >"$work/large-premises.csv"
printf '%s\n' "${points[@]}" | awk '{
	for (day = 20260301; day <= 20260304; day++) {
		printf "00000001,%s,4,%s000000,%s235959,Y,N\n00000002,,,1,0,1,0,900,01,,,,\n00000003,\n", $1, day, day
		printf "00000004,20260305060000,M\n10000000"
		for (i = 0; i < 96; i++)
			printf ",%.3f,A,", (NR + i) % 900 / 1000
		print ""
	}
}' >"$work/1039940674000IntervalData20260505080500001.lse"
for file in large-premises.csv 1039940674000IntervalData20260505080500001.lse; do
	submitted oncor "$work/$file" >/dev/null
	equals "$file is loaded" 'LOADED 0' "$(json "$work/receipt" $.state $.refused)"
done
says 'a third party' 0 '' csp add large-csp --name 'Large Third Party'
app=$(client large-csp large-app-1)
for ((i = 0; i < 1000; i += 100)); do granted large-csp "$app" 'FB=4_5;IntervalDuration=900' "${points[@]:i:100}" >/dev/null; done
c1=$(token CLIENT "$app" null)
bulk=$(sql -c "select bulk from oauth.client where client = $app")
pid=$(cat "$hub_state/run/apid.pid")
most() { sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$pid/status"; }

sql -c "update ops.setting set value = '10000000' where name = 'espi.sync_days'"
equals 'one page' 200 "$(ask "$c1" "$base/Batch/Bulk/$bulk?max-results=400")"
before=$(most)
begun=$(date +%s%N)
equals 'all of them' '200 1000 4000' "$(ask "$c1" $base/Batch/Bulk/$bulk) $(entries UsagePoint) $(entries IntervalBlock)"
took=$((($(date +%s%N) - begun) / 1000000))
size=$(stat -c %s "$work/body")
equals 'each reading is there' 384000 "$(count '<IntervalReading>')"
holds 'it is large' test "$size" -gt 50000000
valid 'and valid'
equals 'its length was told' "$size" "$(header Content-Length)"
grew=$(($(most) - before))
holds "memory stays flat: $grew kB more" test "$grew" -lt 8192
echo "# $((size / 1000000)) MB in $took ms"
equals 'no entry is twice' '' "$(grep '^<id>' "$work/body" | sort | uniq -d)"
sql -c "update ops.setting set value = '100000' where name = 'espi.sync_days'"
ended
