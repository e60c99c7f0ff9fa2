#!/bin/bash
# A normal, a spring, an autumn and a solar day come in by the spool as LSE files and go out in every
# format, byte for byte as the files that were made by hand (tests/data/out); what goes out as LSE
# comes in again as the same day.
. "$(dirname "$0")/lib.sh"

# name tdu esiid day file
days='normal oncor 10443720000000001 2026-09-01 1039940674000IntervalData20260902073717001.lse
spring centerpoint 1008901000000000000002 2026-03-08 957877905IntervalData20260309060504001.lse
autumn oncor 10443720000000003 2026-11-01 1039940674000IntervalData20261102062118001.lse
solar aep 10032780000000004 2026-06-21 007924772IntervalData20260622120000001.lse'

reads() { # ESIID DAY FORMAT
	busbar reads "$1" --from "$2" --to "$2" --format "$3" --reason test
}

while read -r name tdu esiid day file; do
	sent $tdu "$data/lse/good/$name.lse" $file </dev/null
	equals "$name: the spool answers" LOADED "$(json "$work/ack" '$.state')"
	blocks=$([ $name = solar ] && echo 2 || echo 1)
	slots=$(case $name in spring) echo 92 ;; autumn) echo 100 ;; solar) echo 192 ;; *) echo 96 ;; esac)
	equals "$name: blocks, meter-days and intervals are counted" "$blocks $blocks $slots 0" \
		"$(json "$work/ack" $.records $.meter_days $.intervals $.rejected)"
	for format in csv csv-ext lse json; do
		reads $esiid $day $format </dev/null >"$work/$name.$format"
	done
	for format in csv csv-ext lse; do
		same "$name: out as $format" "$data/out/$name.$format" "$work/$name.$format"
	done
	# when and in which load it came is the hub's own; it is compared with the ledger
	received=$(sed -n 's/.*"number":\([0-9]*\).*/\1/p' "$work/ack")
	busbar file show "$received" --json >"$work/show"
	load=$(json "$work/show" '$.load')
	loaded=$(sql -c "select to_char(date_trunc('second', loaded_at + interval '999999 microseconds')
		at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') from ledger.file where file = $received")
	sed "s/\"loaded\":\"[^\"]*\",\"load\":[0-9]*/\"loaded\":\"$loaded\",\"load\":$load/
		s/\"tdu\":\"[A-Z]*\"/\"tdu\":\"$tdu\"/" "$data/out/$name.json" >"$work/$name.json.expected"
	same "$name: out as json" "$work/$name.json.expected" "$work/$name.json"
done <<<"$days"

# ---- LSE in, out, in ----

cat "$work/normal.lse" "$work/autumn.lse" >"$work/again"
sent oncor "$work/again" 1039940674000IntervalData20261122000000001.lse
equals 'what went out comes in again as nothing new' '2 0 2 0 0 0' \
	"$(json "$work/ack" $.records $.accepted $.unchanged $.rejected $.meter_days $.intervals)"
while read -r name tdu esiid day file; do
	# the same day of another premise
	other=${esiid%??}77
	sed "s/$esiid/$other/" "$work/$name.lse" >"$work/other"
	sent $tdu "$work/other" "${file%001.lse}002.lse" </dev/null
	for format in csv csv-ext lse; do
		reads $other $day $format </dev/null | sed "s/$other/$esiid/" >"$work/$name.other"
		same "$name: out, in and out is the same $format" "$data/out/$name.$format" "$work/$name.other"
	done
	reads $esiid $day lse </dev/null >"$work/$name.lse.2"
	same "$name: and the first is as it was" "$data/out/$name.lse" "$work/$name.lse.2"
done <<<"$days"
ended
