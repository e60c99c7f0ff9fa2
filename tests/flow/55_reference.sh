#!/bin/bash
# Registers against intervals, past the end of the dials; bills; reference files as
# spreadsheets write them; retention.
. "$(dirname "$0")/lib.sh"
lse() { echo "$work/1039940674000IntervalData20260705060000$1.lse"; }
verdict() { json "$work/ack" $.state $.records $.accepted $.rejected $.flagged; }
csv() { # NAME FORMAT COLUMNS RECORD...: sends it
	local file=$work/$1.csv
	printf 'busbar,%s,1\n%s\n' "$2" "$3" >"$file"
	shift 3
	printf '%s\n' "$@" >>"$file"
	sent oncor "$file"
}
flags() { # ESIID DAY: rules remarked about it
	sql -c "select coalesce(string_agg(distinct f.rule, ' '), '') from reads.flag f
		join premise.premise p on p.premise = f.series / 8
		where p.esiid = '$1' and f.day = '$2'"
}
e() { echo 104437200000550$(printf %02d "$1"); }
known=()
for i in 1 2 3 4 5 6 7; do known+=("$(e $i),ACTIVE,RESIDENTIAL,2026-01-01"); done
csv premise-55 premise esiid,status,class,effective "${known[@]}"
csv meter-55 meter esiid,meter_number,effective,multiplier,dials \
	"$(e 1),M1,2026-01-01,1,5" "$(e 2),M2,2026-01-01,40,5" "$(e 3),M3,2026-01-01,,4" \
	"$(e 4),M4,2026-01-01,1," "$(e 5),M5,2026-01-01,1,5"
equals 'meters are loaded' 'LOADED 5 5 0 0' "$(verdict)"

# ---- registers against intervals ----

# Intervals are 24 kWh a day each.
for i in 1 2 3 4 5; do block "$(e $i)" 4 20260704 96 0.250 20260705060000; done >"$(lse 001)"
sent oncor "$(lse 001)"
equals 'intervals before their registers' 'LOADED 5 5 0 0' "$(verdict)"
csv register-55 register esiid,channel,read_date,start_kwh,end_kwh,status \
	"$(e 1),LOAD,2026-07-04,99990.000,14.040,A" \
	"$(e 2),LOAD,2026-07-04,100.000,100.600,A" \
	"$(e 3),LOAD,2026-07-04,9999.000,23.060,A" \
	"$(e 4),LOAD,2026-07-04,99990.000,14.000,A" \
	"$(e 5),LOAD,2026-07-04,100.000,148.000,A"
equals 'five registers, two off' 'LOADED 5 5 0 2' "$(verdict)"
equals 'past the end of five dials, within the threshold' '' "$(flags "$(e 1)" 2026-07-04)"
equals 'times forty' '' "$(flags "$(e 2)" 2026-07-04)"
equals 'past the end of four dials, 60 Wh off' register-mismatch "$(flags "$(e 3)" 2026-07-04)"
equals 'past an unknown end nothing is said' '' "$(flags "$(e 4)" 2026-07-04)"
equals 'twice the energy' register-mismatch "$(flags "$(e 5)" 2026-07-04)"
cp "$hub_state/spool/oncor/rejects/register-55.csv.rejects.csv" "$work/rejects"
equals 'told with what was found and expected' \
	"7,,register-mismatch,flag,$(e 5),,,24000 Wh of intervals on 2026-07-04,\"48000 Wh by the register, within 50\"" \
	"$(tr -d '\r' <"$work/rejects" | sed -n '$p')"

# Registers that come first: 30 kWh and 24 kWh.
csv register-first register esiid,channel,read_date,start_kwh,end_kwh,status \
	"$(e 6),LOAD,2026-07-04,100.000,130.000,A" "$(e 7),LOAD,2026-07-04,100.000,124.000,A"
for i in 6 7; do block "$(e $i)" 4 20260704 96 0.250 20260705060000; done >"$(lse 002)"
sent oncor "$(lse 002)"
equals 'intervals after their registers' 'LOADED 2 2 0 1' "$(verdict)"
equals 'the one that is off is remarked' 'register-mismatch ' \
	"$(flags "$(e 6)" 2026-07-04) $(flags "$(e 7)" 2026-07-04)"


# ---- bills ----

columns=esiid,channel,start_date,end_date,kwh,amount,currency,items,status
csv bill-55 billing $columns \
	"$(e 1),LOAD,2026-06-05,2026-07-04,720.000,84.1700,USD,Delivery=31.02;Energy=53.15,A" \
	"$(e 2),LOAD,2026-06-05,2026-07-04,0,,,,E" \
	"$(e 3),LOAD,2026-07-04,2026-06-05,720.000,,,,A" \
	"$(e 4),LOAD,2026-06-05,2026-07-04,720.000,84.17,,,A" \
	"$(e 5),GENERATION,2026-06-05,2026-07-04,12.5,-3.55,USD,,A"
equals 'five bills, one that ends before it begins, one without currency' 'LOADED 5 3 2 0' "$(verdict)"
equals 'amounts are whole, none is null' "841700USD $(e 1) -$(e 2) -35500USD $(e 5)" \
	"$(sql -c "select coalesce(b.amount || b.currency || ' ', '-') || p.esiid from reads.billing b
		join premise.premise p on p.premise = b.series / 8
		where p.esiid like '104437200000550__' order by p.esiid" | xargs)"

# ---- as spreadsheets write them ----

{
	printf '\xef\xbb\xbfBUSBAR_,premise,1,,,\r\n'
	printf ' Class ,"ESIID",Effective,STATUS,street\r\n'
	printf 'residential,%s, 2026-01-01 ,active,"12 Oak ""North"" Street, Apt 4",\r\n' "$(e 8)"
	printf '\r\n'
	printf 'BUSINESS,%s,2026-01-01,ACTIVE,"two\nlines",,,\r\n' "$(e 9)"
	printf 'BUSINESS,%s,2026-01-01,ACTIVE,Last Street' "$(e 10)"
} | sed 's/BUSBAR_/busbar/' >"$work/sheet.csv"
sent oncor "$work/sheet.csv"
equals 'mark, quotes, blanks, any case and order, spare commas, no last line end' 'LOADED 3 2 1 0' "$(verdict)"
equals 'fields are what was meant' '12 Oak "North" Street, Apt 4|RESIDENTIAL' \
	"$(sql -c "select street || '|' || class from premise.premise where esiid = '$(e 8)'")"
equals 'the last one, too' 'Last Street' \
	"$(sql -c "select street from premise.premise where esiid = '$(e 10)'")"

# ---- a premise that ends ----

due() { # DAY
	busbar completeness --day "$1" --json >"$work/out"
	json "$work/out" '$.items[*] ? (@.tdu == "oncor").due'
}
before="$(due 2020-03-01) $(due 2020-03-10) $(due 2020-03-11)"
csv premise-ends premise esiid,status,class,effective,ends "$(e 11),ACTIVE,RESIDENTIAL,2020-03-01,2020-03-10"
set -- $before
equals 'it is due to its last day' "$(($1 + 1)) $(($2 + 1)) $3" "$(due 2020-03-01) $(due 2020-03-10) $(due 2020-03-11)"

# ---- retention ----

block "$(e 1)" 4 20250110 96 0.250 20250111060000 >"$(lse 003)"
sent oncor "$(lse 003)"
equals 'an old day' 'LOADED 1 1 0 0' "$(verdict)"
says 'is dropped when it is time' 0 '' month purge --before 2025-02-01
says 'then it is no more' 0 'There are no reads in that range.' \
	reads "$(e 1)" --from 2025-01-10 --to 2025-01-10 --reason test
holds 'which is on record' test "$(sql -c "select count(*) > 0 from audit.event
	where kind ~ 'purge' and detail::text like '%2025-0%'")" = t
says 'everything holds' 0 'roll-ups equal a recount' check --deep
ended
