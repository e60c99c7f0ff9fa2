#!/bin/bash
# Who sends what about whom: shapes of ESI IDs, prefixes, DUNS numbers with their zeros, files and
# records of another sender, ESI IDs that nobody announced yet, meter numbers.
. "$(dirname "$0")/lib.sh"
created=20260812060000
lse() { echo "$work/1039940674000IntervalData20260812060000$1.lse"; } # NUMBER
rejects() { # TDU NAME: the reject file beside the spool, to be compared
	cp "$hub_state/spool/$1/rejects/$2.rejects.csv" "$work/rejects" && tr -d '\r' <"$work/rejects"
}
reads() { # ESIID [OPTION...]: one day
	local esiid=$1
	shift
	busbar reads "$esiid" --from 2026-08-11 --to 2026-08-11 --reason test "$@"
}
counts() { json "$work/ack" $.state $.records $.accepted $.rejected $.quarantined $.flagged; }

# ---- shapes of ESI IDs ----

for esiid in 10443720000040001 1044372000004000212345 1044372000004003 104437200000400412 \
	104437200000400512345 1044372000004000X 11443720000040007 '1044372 000040008' '' 010443720000040001; do
	block "$esiid" 4 20260811 96 0.250 $created
done >"$(lse 001)"
holds 'ESI IDs of every shape are sent' sent oncor "$(lse 001)"
equals 'those of 17 and 22 digits are taken' 'LOADED 10 2 8 0 2' "$(counts)"
cat >"$work/want" <<'CSV'
line,column,rule,severity,esiid,date,channel,found,expected
1,,unknown-esiid,flag,10443720000040001,2026-08-11,load,,an announced premise; kept until it is
6,,unknown-esiid,flag,1044372000004000212345,2026-08-11,load,,an announced premise; kept until it is
11,10,esiid-shape,reject,,,,1044372000004003,10 and 15 or 20 more digits
16,10,esiid-shape,reject,,,,104437200000400412,10 and 15 or 20 more digits
21,10,esiid-shape,reject,,,,104437200000400512345,10 and 15 or 20 more digits
26,10,esiid-shape,reject,,,,1044372000004000X,10 and 15 or 20 more digits
31,10,esiid-shape,reject,,,,11443720000040007,10 and 15 or 20 more digits
36,10,esiid-shape,reject,,,,1044372 000040008,10 and 15 or 20 more digits
41,10,esiid-shape,reject,,,,nothing,10 and 15 or 20 more digits
46,10,esiid-shape,reject,,,,010443720000040001,10 and 15 or 20 more digits
CSV
rejects oncor "$(basename "$(lse 001)")" >"$work/have"
same 'each other shape is told with its place' "$work/want" "$work/have"
holds 'an ESI ID of 22 digits comes out whole' grep -q "^'1044372000004000212345,08/11/2026," \
	<(reads 1044372000004000212345)

# ---- the prefix table ----

says 'two prefixes of a utility, two numbers, zeros and all' 0 '"duns":"007923311,007924772"' tdu show aep --json
holds 'and its prefixes with the length of their ESI IDs' grep -qF '1003278/17' "$work/out"
says 'a prefix belongs to one utility' 65 '' \
	tdu add other --name Other --duns 123456789 --prefix 1044372/17
block 10999980000040010 4 20260811 96 0.250 $created >"$(lse 002)"
sent oncor "$(lse 002)"
equals 'an unknown prefix is a warning' 'LOADED 1 1 0 0 2' "$(counts)"
equals 'told as such' '1 1' "$(json "$work/ack" '$.by_rule."unknown-prefix"' '$.by_rule."unknown-esiid"')"
holds 'and its reads are kept' grep -q ',0.250,A,Consumption' <(reads 10999980000040010)

# ---- DUNS with zeros in front ----

name=007924772IntervalData20260812060000040.lse
block 10032780000040020 4 20260811 96 0.250 $created >"$work/aep.lse"
holds 'a name that begins with zeros is received' sent aep "$work/aep.lse" $name
equals 'acknowledged by that name' "$name LOADED" "$(json "$work/ack" $.file $.state)"
number=$(json "$work/ack" $.number)
says 'and shown by it' 0 "\"name\":\"$name\"" file show "$number" --json
says 'and listed by it' 0 "\"name\":\"$name\"" file list --from aep --json
block 10204040000040021 4 20260811 96 0.250 $created >"$work/aep.lse"
sent aep "$work/aep.lse" 007923311IntervalData20260812060000040.lse
equals 'a number of the same utility for its other part' LOADED "$(json "$work/ack" $.state)"
block 10032780000040022 4 20260811 96 0.250 $created >"$work/aep.lse"
sent aep "$work/aep.lse" 7924772IntervalData20260812060000040.lse
equals 'a number without its zeros is none' 'HELD the name of an LSE file is DUNS, report, 14 digits, 3 digits, .lse; not .csv' \
	"$(json "$work/ack" $.state $.reason)"

# ---- the name of another sender ----

name=957877905IntervalData20260812060000040.lse
block 10443720000040030 4 20260811 96 0.250 $created >"$work/wrong.lse"
holds 'a file in the name of another utility is received' sent oncor "$work/wrong.lse" $name
number=$(json "$work/ack" $.number)
equals 'and held' "HELD the DUNS in the name is not the sender's 0 0" \
	"$(json "$work/ack" $.state $.reason $.records $.accepted)"
says 'nothing of it can be read' 65 'there are no reads of that ESI ID for you' \
	reads 10443720000040030 --from 2026-08-11 --to 2026-08-11 --reason test
says 'the rule is named' 0 '"hold_rule":"file-owner"' file show "$number" --json
rm "$hub_state/spool/oncor/ack/$name.ack.json"
says 'a person releases it' 0 '"released":true' file release "$number" --json
holds 'it is loaded then' within 20 test -e "$hub_state/spool/oncor/ack/$name.ack.json"
cp "$hub_state/spool/oncor/ack/$name.ack.json" "$work/ack"
equals 'and acknowledged anew' "$number LOADED 1 1" "$(json "$work/ack" $.number $.state $.records $.accepted)"
holds 'and can be read' grep -q ',0.250,A,Consumption' <(reads 10443720000040030)
says 'a second release is refused' 65 'is not possible' file release "$number"
holds 'the release is on record' test "$(sql -c "select count(*) from audit.event
	where kind = 'file.released' and detail->>'file' = '$number'")" = 1

# ---- records of another utility ----

{
	block 10443720000040040 4 20260811 96 0.250 $created
	block 1008901000000000040041 4 20260811 96 0.250 $created
} >"$(lse 003)"
sent oncor "$(lse 003)"
equals 'a record of another utility is refused, its neighbour not' 'LOADED 2 1 1 0 1' "$(counts)"
rejects oncor "$(basename "$(lse 003)")" | grep other-utility >"$work/have"
equals 'with whose it should be' \
	'6,,other-utility,reject,1008901000000000040041,2026-08-11,load,1008901,an ESI ID prefix of the sender' \
	"$(cat "$work/have")"
says 'nothing of it is stored' 65 'there are no reads' \
	reads 1008901000000000040041 --from 2026-08-11 --to 2026-08-11 --reason test
printf 'busbar,premise,1\nesiid,status,class,effective\n%s,ACTIVE,RESIDENTIAL,2026-01-01\n' \
	1008901000000000040041 >"$work/premise-foreign.csv"
sent oncor "$work/premise-foreign.csv"
equals 'nor can its premise be announced' 'LOADED 1 0 1 0 0' "$(counts)"
equals 'it is unknown still' 0 "$(sql -c "select count(*) from premise.premise
	where esiid = '1008901000000000040041'")"

# Of 100 blocks n are of another utility; one in half holds the file.
mixed() { # FOREIGN OWN NUMBER
	local i
	{
		for i in $(seq -f %010.0f "$1"); do block "100890100005$i" 4 20260811 96 0.250 $created; done
		for i in $(seq -f %05.0f "$2"); do block "104437200005$i" 4 20260811 96 0.250 $created; done
	} >"$(lse "$3")"
	sent oncor "$(lse "$3")"
}
mixed 50 50 004
equals 'a file that is half of another utility is held' HELD "$(json "$work/ack" $.state)"
equals 'with the share in words' '50 of 100 records (threshold 50%)' \
	"$(json "$work/ack" $.reason | cut -d: -f1)"
says 'nothing of it is loaded, its own records neither' 0 'There are no reads in that range.' \
	reads 10443720000500050 --from 2026-08-11 --to 2026-08-11 --reason test
mixed 49 51 005
equals 'one record less and it is loaded' 'LOADED 100 51 49 0 51' "$(counts)"
mixed 99 0 006
equals 'few records never hold a file' 'LOADED 99 0 99 0 0' "$(counts)"

# ---- reads before their premise ----

says 'the scoreboard before' 0 '"tdu":"oncor"' completeness --day 2026-08-09 --json
before=$(json "$work/out" '$.items[*] ? (@.tdu == "oncor").due' \
	'$.items[*] ? (@.tdu == "oncor").received' '$.items[*] ? (@.tdu == "oncor").unknown')
esiid=10443720000040060
block $esiid 4 20260809 96 0.250 $created >"$(lse 007)"
sent oncor "$(lse 007)"
equals 'an ESI ID that nobody announced is taken with a remark' 'LOADED 1 1 0 0 1' "$(counts)"
board() { # what changed since: due, received, unknown
	busbar completeness --day 2026-08-09 --json >"$work/out"
	paste -d' ' <(echo "$before") <(json "$work/out" '$.items[*] ? (@.tdu == "oncor").due' \
		'$.items[*] ? (@.tdu == "oncor").received' '$.items[*] ? (@.tdu == "oncor").unknown') |
		awk '{ print $4 - $1, $5 - $2, $6 - $3 }'
}
equals 'and stands on the scoreboard as unknown' '0 1 1' "$(board)"
says 'its retailer does not see it yet' 65 'there are no reads' \
	reads $esiid --from 2026-08-09 --to 2026-08-09 --as pecangrove
printf 'busbar,premise,1\nesiid,status,class,effective\n%s,ACTIVE,RESIDENTIAL,2026-08-01\n' $esiid \
	>"$work/premise-late.csv"
printf 'busbar,rep,1\nesiid,rep,effective\n%s,90002,2026-08-05\n' $esiid >"$work/rep-late.csv"
sent oncor "$work/premise-late.csv"
equals 'its premise arrives' 'LOADED 1 1 0 0 0' "$(counts)"
equals 'then it is due, received and known' '1 1 0' "$(board)"
sent oncor "$work/rep-late.csv"
equals 'its retailer arrives' 'LOADED 1 1 0 0 0' "$(counts)"
says 'and reads what came before' 0 ',0.250,A,Consumption' \
	reads $esiid --from 2026-08-09 --to 2026-08-09 --as pecangrove
says 'another retailer does not' 65 'there are no reads' \
	reads $esiid --from 2026-08-09 --to 2026-08-09 --as rep1
says 'nor this one of the time before it' 65 'there are no reads' \
	reads $esiid --from 2026-08-01 --to 2026-08-04 --as pecangrove

# ---- meter numbers ----

printf 'busbar,meter,1\nesiid,meter_number,effective\n%s,%s,%s\n%s,%s,%s\n%s,%s,%s\n' \
	$esiid ' 118233904lg ' 2026-01-01 $esiid 118233904Lg 2026-02-01 $esiid '118 233' 2026-03-01 \
	>"$work/meter-case.csv"
sent oncor "$work/meter-case.csv"
equals 'a meter number with a blank inside is none' 'LOADED 3 2 1 0 0' "$(counts)"
equals 'case and outer blanks do not count, the letters stay' 118233904LG \
	"$(sql -c "select string_agg(distinct m.meter_number, ' ') from premise.meter m
		join premise.premise p using (premise) where p.esiid = '$esiid'")"
ended
