#!/bin/bash
# What a later statement does to an earlier one: versions of days, files sent twice, spans of retailers
# and occupants in any order, agreements and their end, prices.
. "$(dirname "$0")/lib.sh"
lse() { echo "$work/1039940674000IntervalData$1.lse"; }
counts() { json "$work/ack" $.state $.records $.accepted $.unchanged $.rejected; }
reads() { # ESIID DAY [OPTION...]
	local esiid=$1 day=$2
	shift 2
	busbar reads "$esiid" --from "$day" --to "$day" --reason test "$@"
}
# The distinct "value,status" of a day.
values() { reads "$@" 2>"$work/err" | tr -d '\r' | sed 1d | cut -d, -f6,7 | sort -u | xargs; }
board() { # DAY: estimated, changed, kWh of load and received of oncor
	busbar completeness --day "$1" --json >"$work/board"
	local of='$.items[*] ? (@.tdu == "oncor")'
	json "$work/board" "$of.estimated" "$of.changed" "$of.load_kwh" "$of.received"
}
known() { # when the file of the last acknowledgement was loaded, to the microsecond
	busbar file show "$(json "$work/ack" $.number)" --json >"$work/show"
	json "$work/show" $.loaded_at
}

# ---- an estimate, its correction, an older revision ----

esiid=10443720000050001 day=2026-08-20
block $esiid 4 20260820 96 0.250 20260821080000 E >"$(lse 20260821080000001)"
sent oncor "$(lse 20260821080000001)"
first_known=$(known)
equals 'an estimated day is loaded' '0.250,E' "$(values $esiid $day)"
equals 'and counted as such' '96 0 24.000 1' "$(board $day)"
block $esiid 4 20260820 96 0.250 20260821180000 |
	sed '/^10000000/s/\(\(,0.250,A,\)\{4\}\)$/,1.250,A,,0.250,A,,0.250,A,,0.250,A,/' >"$(lse 20260821180000001)"
sent oncor "$(lse 20260821180000001)"
second_known=$(known)
equals 'the actual values replace it' '0.250,A 1.250,A' "$(values $esiid $day)"
equals 'roll-ups tell how many intervals changed' '0 96 25.000 1' "$(board $day)"
block $esiid 4 20260820 96 0.250 20260822080000 |
	sed '/^10000000/s/\(\(,0.250,A,\)\{4\}\)$/,2.000,A,,2.000,A,,0.250,A,,0.250,A,/' >"$(lse 20260822080000001)"
sent oncor "$(lse 20260822080000001)"
equals 'two corrected intervals are two' '0 98 27.500 1' "$(board $day)"
block $esiid 4 20260820 96 9.000 20260821120000 >"$(lse 20260822090000001)"
sent oncor "$(lse 20260822090000001)"
equals 'an older revision that comes late is taken' 'LOADED 1 1 0 0' "$(counts)"
equals 'and does not win' '0.250,A 2.000,A' "$(values $esiid $day)"
equals 'nor does it move the roll-ups' '0 98 27.500 1' "$(board $day)"
equals 'all four versions are there' 4 "$(reads $esiid $day --versions --format json | wc -l)"
reads $esiid $day --versions --format json >"$work/versions"
equals 'in the order in which they were made' \
	'2026-08-21T13:00:00Z 2026-08-21T17:00:00Z 2026-08-21T23:00:00Z 2026-08-22T13:00:00Z' \
	"$(sed 's/.*"created":"\([^"]*\)".*/\1/' "$work/versions" | xargs)"
equals 'each with its load' 4 "$(sed 's/.*"load":\([0-9]*\).*/\1/' "$work/versions" | sort -u | wc -l)"
equals 'as known after the first' '0.250,E' "$(values $esiid $day --as-of "$first_known")"
equals 'as known after the second' '0.250,A 1.250,A' "$(values $esiid $day --as-of "$second_known")"
equals 'as known before' '' "$(values $esiid $day --as-of 2026-08-21T00:00:00Z)"
block $esiid 4 20260820 96 3.000 20260822080000 >"$(lse 20260822100000001)"
sent oncor "$(lse 20260822100000001)"
equals 'of two made at the same time the one received later counts' '3.000,A' "$(values $esiid $day)"

# ---- files sent twice ----

number=$(submitted oncor "$(lse 20260822100000001)")
equals 'the same bytes give the first receipt' "$(json "$work/ack" $.number) true 1" \
	"$number $(json "$work/receipt" $.repeated $.revision)"
number=$(submitted oncor "$(lse 20260822100000001)" --name 1039940674000IntervalData20260823100000001.lse)
equals 'under another name, too' "$(json "$work/ack" $.number) true" \
	"$number $(json "$work/receipt" $.repeated)"
number=$(submitted centerpoint "$(lse 20260822100000001)" --name 957877905IntervalData20260822100000001.lse)
equals 'from another utility it is another file' 'false LOADED 0 1' \
	"$(json "$work/receipt" $.repeated $.state $.accepted $.refused)"
block $esiid 4 20260820 96 4.000 20260823080000 >"$work/other"
submitted oncor "$work/other" --name "$(basename "$(lse 20260822100000001)")" >"$work/number"
equals 'other bytes under the same name are a second revision' '2 false LOADED' \
	"$(json "$work/receipt" $.revision $.repeated $.state)"
equals 'and count' '4.000,A' "$(values $esiid $day)"
holds 'it has an answer of its own' \
	within 10 test -e "$hub_state/spool/oncor/ack/$(basename "$(lse 20260822100000001)").r2.ack.json"
block $esiid 4 20260820 96 4.100 20260824080000 >"$(lse 20260824080000001)"
for i in 1 2 3 4; do
	busbar submit "$(lse 20260824080000001)" --as oncor --wait --json >"$work/at-once.$i" 2>&1 &
	pids="${pids:-} $!"
done
wait $pids
equals 'four who send the same at once get one receipt' 1 \
	"$(sed 's/.*"file":\([0-9]*\).*/\1/' "$work"/at-once.? | sort -u | wc -l)"
equals 'three of them as a repetition' 3 "$(cat "$work"/at-once.? | grep -c '"repeated":true')"
equals 'and the day is there once' 1 "$(reads $esiid $day --format json | wc -l)"

# ---- a year later ----

block $esiid 4 20250820 96 0.100 20250821080000 >"$(lse 20250821080000001)"
block $esiid 4 20250820 96 0.200 20250822080000 >"$(lse 20250822080000001)"
sent oncor "$(lse 20250821080000001)"
sent oncor "$(lse 20250822080000001)"
{
	cat "$(lse 20250821080000001)"
	block $esiid 1 20250820 96 0.050 20250821080000
} >"$(lse 20260823090000001)"
sent oncor "$(lse 20260823090000001)"
equals 'a year-old file that is sent again brings what was missing' '0.050,A 0.200,A' "$(values $esiid 2025-08-20)"
equals 'and changes nothing else' '0 96 19.200 2' "$(board 2025-08-20)"

# ---- retailers, in any order ----

rep() { # FILE LINE...: a file with these records
	local file="$work/$1.csv"
	shift
	printf 'busbar,rep,1\nesiid,rep,effective,created\n' >"$file"
	printf '%s\n' "$@" >>"$file"
	sent oncor "$file"
}
one=10443720000050011 two=10443720000050012 three=10443720000050013
said=(,90001,2026-06-01,2026-05-01T00:00:00Z
	,90002,2026-06-10,2026-06-05T00:00:00Z
	,90003,2026-06-10,2026-06-01T00:00:00Z
	,90003,2026-06-20,2026-06-15T00:00:00Z
	,,2026-06-25,2026-06-20T00:00:00Z)
{
	echo 'busbar,premise,1'
	echo 'esiid,status,class,effective,rate_class,channels'
	for esiid in $one $two $three; do
		echo $esiid,ACTIVE,RESIDENTIAL,2026-01-01,FLOW,LOAD_GENERATION
	done
} >"$work/premise-50.csv"
sent oncor "$work/premise-50.csv"
for day in $(seq 20260601 20260630); do
	for esiid in $one $two $three; do block $esiid 4 "$day" 96 0.250 20260701060000; done
done >"$(lse 20260701060000001)"
sent oncor "$(lse 20260701060000001)"
equals 'a month of three premises' 'LOADED 90 90 0 0' "$(counts)"
rep one "${said[@]/#/$one}"
for i in 4 3 2 1 0; do rep "two-$i" "$two${said[i]}"; done
for i in 2 4 1 0 3; do rep "three-$i" "$three${said[i]}"; done
spans() { # ESIID
	sql -c "select string_agg(r.certificate || s.during::text, ' ' order by s.during)
		from premise.rep_span s join premise.premise p using (premise) join party.rep r on r.party = s.rep
		where p.esiid = '$1'"
}
may() { # ESIID REP: the days it may read, as first-last
	busbar reads "$1" --from 2026-06-01 --to 2026-06-30 --as "$2" | sed 1d | cut -d, -f2 | uniq |
		sed -n '1p;$p' | xargs
}
want='90001[2026-06-01,2026-06-10) 90002[2026-06-10,2026-06-20) 90003[2026-06-20,2026-06-25)'
for esiid in $one $two $three; do
	equals "spans of $esiid" "$want" "$(spans $esiid)"
	equals 'the first retailer reads its days' '06/01/2026 06/09/2026' "$(may $esiid rep1)"
	equals 'the second its own' '06/10/2026 06/19/2026' "$(may $esiid pecangrove)"
	equals 'the third its own' '06/20/2026 06/24/2026' "$(may $esiid loneoak)"
done
says 'who was never one reads nothing' 65 'there are no reads of that ESI ID for you' \
	reads $one --from 2026-06-01 --to 2026-06-30 --as "$(sql -c "select code from party.party
		join party.rep using (party) where certificate = '90004'")"
rep conflict "$one,90001,2026-06-28,2026-06-26T00:00:00Z" "$one,90002,2026-06-28,2026-06-26T00:00:00Z"
equals 'two that contradict each other are both refused' 'LOADED 2 0 0 2' "$(counts)"
equals 'and change nothing' "$want" "$(spans $one)"

# ---- a premise's end, and prices: unknown is not zero ----

{
	echo 'busbar,rate,1'
	echo 'rate,effective,ends,days,from_time,to_time,price,currency'
	echo 'FLOW,2026-06-01,2026-06-29,ALL,00:00,12:00,0,USD'
	echo 'FLOW,2026-06-01,2026-06-29,WEEKEND,06:00,08:00,-0.015,USD'
	echo 'FLOW,2026-06-01,,ALL,18:00,24:00,0.0715,USD'
} >"$work/rate-50.csv"
sent oncor "$work/rate-50.csv"
equals 'rates are loaded' 'LOADED 3 3 0 0' "$(counts)"
price() { # LOCAL_TIME [CHANNEL]: in millionths, "none" when it is not known
	sql -c "select coalesce(reads.price(p.premise, ${2:-0},
			timestamp '$1' at time zone 'America/Chicago')::text, 'none')
		from premise.premise p where p.esiid = '$one'"
}
equals 'a price of zero is zero' 0 "$(price '2026-06-10 11:59')"
equals 'no price is none' none "$(price '2026-06-10 12:00')"
equals 'the evening has its own' 71500 "$(price '2026-06-10 23:59')"
equals 'a weekend may be below zero' -15000 "$(price '2026-06-13 07:00')"
equals 'a weekday is not a weekend' 0 "$(price '2026-06-12 07:00')"
equals 'the last day belongs to it' 0 "$(price '2026-06-29 00:00')"
equals 'the day after does not' none "$(price '2026-06-30 00:00')"
equals 'nor the day before' none "$(price '2026-05-31 23:59')"
equals 'generation has none' none "$(price '2026-06-10 11:00' 1)"

# ---- occupancy and agreements ----

account() { # NUMBER: a customer
	printf 'busbar,customer,1\naccount,name,kind\n%s,Flow Person %s,RESIDENTIAL\n' "$1" "$1" \
		>"$work/customer-$1.csv"
	sent oncor "$work/customer-$1.csv"
}
occupies() { # FILE ESIID ACCOUNT DATE
	printf 'busbar,occupancy,1\nesiid,account,effective\n%s,%s,%s\n' "$2" "$3" "$4" >"$work/$1.csv"
	sent oncor "$work/$1.csv"
}
party_of() { # ESIID DATE: the party of who lives there
	sql -c "select c.party from premise.occupancy o join premise.customer c using (customer)
		join premise.premise p on p.premise = o.premise
		where p.esiid = '$1' and o.during @> date '$2'"
}
may_customer() { # PARTY ESIID DAY
	sql -c "select reads.may_read($1, '$2', 'interval', tstzrange(
		timestamp '$3' at time zone 'America/Chicago',
		timestamp '$3' at time zone 'America/Chicago' + interval '24 hours'))"
}
account FLOW-1
account FLOW-2
occupies in-2 $one FLOW-2 2026-06-20
occupies in-1 $one FLOW-1 2026-06-05
occupies out-2 $one '' 2026-06-28
first=$(party_of $one 2026-06-05) second=$(party_of $one 2026-06-20)
equals 'who moved in reads from that day on' 'f t t f' \
	"$(for d in 04 05 19 20; do may_customer "$first" $one 2026-06-$d; done | xargs)"
equals 'who came after reads nothing from before, nor after the end' 'f t t f' \
	"$(for d in 19 20 27 28; do may_customer "$second" $one 2026-06-$d; done | xargs)"

sql -c "update ops.setting set value = 'true' where name = 'clock.movable'"
ends() { # whatever happens the clock goes back
	busbar clock reset >/dev/null
}
trap ends EXIT
csp() { # DAY: may the third party read it
	if reads "$1" "$2" --as flow-csp --format json 2>/dev/null | grep -q '"total_kwh":24.000'; then
		echo t
	else
		echo f
	fi
}
says 'a third party' 0 'flow-csp' csp add flow-csp --name 'Flow CSP'
occupies in-3 $three FLOW-1 2026-06-10
today=$(TZ=America/Chicago date +%F)
equals 'without agreement a third party reads nothing' f "$(csp $three 2026-06-15)"
says 'an agreement needs a third party' 65 'is a REP, expected a CSP' \
	agreement record --as rep1 --esiid $three --months 1
says 'and a premise that is known' 65 'one of the ESI IDs is of no known premise' \
	agreement record --as flow-csp --esiid 10443720000059999 --months 1
says 'one over register reads' 0 '"state":"ACTIVE"' \
	agreement record --as flow-csp --esiid $three --kind register --months 2 --history 12 --json
equals 'opens no intervals' f "$(csp $three 2026-06-15)"
says 'one over intervals, two months, twelve back' 0 '"state":"ACTIVE"' \
	agreement record --as flow-csp --esiid $three --kind interval --months 2 --history 12 --json
equals 'opens the days of the person it was made with, no others' 'f t t' \
	"$(for d in 09 10 30; do csp $three 2026-06-$d; done | xargs)"
equals 'and of no other premise' f "$(csp $two 2026-06-15)"
busbar clock advance 30d >/dev/null
occupies out-3 $three FLOW-2 "$(date -d "$today +10 days" +%F)"
for i in 5 12; do
	block $three 4 "$(date -d "$today +$i days" +%Y%m%d)" 96 0.250 "$(date -d "$today +13 days" +%Y%m%d)060000"
done >"$(lse "$(date -d "$today +13 days" +%Y%m%d)060000050")"
sent oncor "$(lse "$(date -d "$today +13 days" +%Y%m%d)060000050")"
equals 'days that were to come are over by the hub'\''s clock' 'LOADED 2 2 0 0' "$(counts)"
equals 'a move-out ends it, once its day has come' 'f f' \
	"$(csp $three "$(date -d "$today +5 days" +%F)") $(csp $three "$(date -d "$today +12 days" +%F)")"
equals 'also for what was before' f "$(csp $three 2026-06-15)"
busbar clock advance 33d >/dev/null
equals 'its end ends all' 'f f' "$(csp $three 2026-06-15) $(csp $three "$(date -d "$today +5 days" +%F)")"
busbar clock reset >/dev/null
equals 'before its end it is as it was' t "$(csp $three 2026-06-15)"
occupies late-3 $three FLOW-2 "$(date -d "$today -5 days" +%F)"
equals 'when another had moved in before it was made, it opens nothing' f "$(csp $three 2026-06-15)"
holds 'each release is on record' test "$(sql -c "select count(*) >= 3 from audit.event
	where kind = 'reads.released' and actor = 'flow-csp'")" = t
says 'everything holds' 0 'roll-ups equal a recount' check --deep
ended
