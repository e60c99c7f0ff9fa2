#!/bin/bash
# Odd records that a database would choke on: each is told of or taken, and never holds up the file.
. "$(dirname "$0")/lib.sh"
created=20260812060000
answer() { # SENTENCE EXPECTED FILE: state records accepted rejected
	holds "$1: answered" sent oncor "$3"
	equals "$1" "$2" "$(json "$work/ack" $.state $.records $.accepted $.rejected)"
}
customer() { # NAME ROW...
	local file=$work/$1.csv
	shift
	printf 'busbar,customer,1\naccount,name,kind,phones,emails,billing_address,language,esiids\n' >"$file"
	printf '%s\n' "$@" >>"$file"
}

customer odd-phone 'ODD-1,Ada Byron,RESIDENTIAL,n/a;5125550111,,,EN,'
answer 'a phone that is no number' 'LOADED 1 1 0' "$work/odd-phone.csv"
customer odd-name 'ODD-2,???,RESIDENTIAL,,,,EN,'
answer 'a name without letters' 'LOADED 1 0 1' "$work/odd-name.csv"
customer odd-address 'ODD-3,Ada Byron,RESIDENTIAL,,,---,EN,'
answer 'an address without letters' 'LOADED 1 1 0' "$work/odd-address.csv"
customer odd-account '###,Ada Byron,RESIDENTIAL,,,,EN,' 'ODD-4,Ada Byron,RESIDENTIAL,,,,EN,'
answer 'an account number without letters or digits' 'LOADED 2 1 1' "$work/odd-account.csv"
{
	printf 'busbar,occupancy,1\nesiid,account,effective\n'
	echo '10443720000098501,###,2026-01-01'
	echo '10443720000098501,ODD-4,2026-02-01'
} >"$work/odd-occupancy.csv"
answer 'an occupancy of such an account' 'LOADED 2 1 1' "$work/odd-occupancy.csv"
customer odd-list "ODD-5,Ada Byron,RESIDENTIAL,$(seq -s ';' 5125550100 5125550164),,,EN,"
answer 'more phones than a list has' 'LOADED 1 0 1' "$work/odd-list.csv"

name() { echo "$work/1039940674000IntervalData20260812060000$1.lse"; }
block 10000000000000001 4 20260811 96 0.250 $created >"$(name 851)"
answer 'an ESI ID of utility code 00000' 'LOADED 1 1 0' "$(name 851)"
block 10443720000098502 4 20240101 96 0.250 $created >"$(name 852)"
answer 'a day that the hub no longer keeps' 'LOADED 1 0 1' "$(name 852)"
for day in $(seq 0 399); do
	block 10443720000098503 4 "$(date -ud "2025-06-01 +$day day" +%Y%m%d)" 96 0.250 $created
done 2>/dev/null | awk '/^00000001/ { dst = substr($0, 22, 0) } { print }' >"$(name 853)"
holds 'four hundred days of a meter: answered' sent oncor "$(name 853)"
equals 'four hundred days of a meter but the two on which clocks change' 'LOADED 400 398 2' \
	"$(json "$work/ack" $.state $.records $.accepted $.rejected)"
{
	printf 'busbar,rep,1\n'
	yes '' | head -n 200000
} >"$work/odd-blank.csv"
answer 'nothing but empty lines' 'REFUSED 1 0 1' "$work/odd-blank.csv"
says 'the hub is sound' 0 '' check --deep
ended
