#!/bin/bash
# One file in every wrapping, wrappings that are traps, Green Button XML, and files whose faults are
# told with line, column, what was found and what was expected, byte for byte.
. "$(dirname "$0")/lib.sh"
lse() { echo "$work/1039940674000IntervalData20261120060000$1.lse"; } # NUMBER
verdict() { json "$work/ack" $.state $.records $.accepted $.rejected; }
reason() { json "$work/ack" $.reason; }
reads() { # ESIID DAY [OPTION...]
	local esiid=$1 day=$2
	shift 2
	busbar reads "$esiid" --from "$day" --to "$day" --reason test "$@"
}
rejects() { cp "$hub_state/spool/$1/rejects/$2.rejects.csv" "$work/rejects"; } # TDU NAME

# ---- wrapped ----

wrap() { # HOW FROM TO: the file FROM, wrapped
	rm -f "$3"
	case $1 in
	plain) cp "$2" "$3" ;;
	gzip) gzip -c "$2" >"$3" ;;
	zstd) zstd -q -19 -c "$2" >"$3" ;;
	zip) (cd "$(dirname "$2")" && zip -q - "$(basename "$2")") >"$3" ;; # its size stands behind it
	stored) zip -q -0 -j "$3" "$2" ;;
	esac
}
n=0
for how in plain gzip zstd zip stored; do
	n=$((n + 1))
	esiid=1044372000006010$n
	block $esiid 4 20261119 96 0.250 20261120060000 >"$(lse 10$n)"
	case $how in plain) to=$(lse 10$n) ;; stored) to=$(lse 10$n).zip ;; *) to=$(lse 10$n).$how ;; esac
	[ $how = plain ] || wrap $how "$(lse 10$n)" "$to"
	sent oncor "$to"
	equals "$how: it is loaded" 'LOADED 1 1 0' "$(verdict)"
	reads $esiid 2026-11-19 --format lse >"$work/back"
	sed '5s/$/,/' "$(lse 10$n)" >"$work/tidy" # the empty time of the last triple
	same "$how: and is what was wrapped" "$work/tidy" "$work/back"
done

# ---- traps: nothing of them is loaded, and the words say why ----

block 10443720000060200 4 20261119 96 0.250 20261120060000 >"$(lse 200)"
trap_is() { # WORDS FILE WHAT_IT_SAYS
	sent oncor "$2" || not_ok "$1" 'no answer'
	equals "$1 is refused" REFUSED "$(json "$work/ack" $.state)"
	holds "$1: the words are the reason alone" test "$(reason | grep -c 'busbar-unpack\|?$')" = 0
	holds "$1: the words say why: $(reason)" grep -qF -- "$3" <(reason)
	rejects oncor "${2##*/}"
	holds "$1: the reject file says it, too" grep -qF -- "$3" "$work/rejects"
}
gzip -c "$(lse 200)" >"$work/one.gz"
gzip -c "$work/one.gz" >"$(lse 201).gz"
trap_is 'gzip within gzip' "$(lse 201).gz" 'gzip within gzip, expected plain content'
(cd "$work" && zip -q two.zip one.gz) && mv "$work/two.zip" "$(lse 202).zip"
trap_is 'gzip within a zip' "$(lse 202).zip" 'gzip within zip, expected plain content'
(cd "$work" && zip -q inner.zip one.gz && zip -q outer.zip inner.zip) && mv "$work/outer.zip" "$(lse 203).zip"
trap_is 'a zip within a zip' "$(lse 203).zip" 'zip within zip, expected plain content'
(cd "$work" && cp "$(lse 200)" a.lse && cp a.lse b.lse && zip -q pair.zip a.lse b.lse)
mv "$work/pair.zip" "$(lse 204).zip"
trap_is 'a zip of two' "$(lse 204).zip" 'a second member in the zip, expected exactly one'
(cd "$work" && zip -q -P secret locked.zip a.lse) && mv "$work/locked.zip" "$(lse 205).zip"
trap_is 'an encrypted zip' "$(lse 205).zip" 'an encrypted zip, expected an open one'
for i in $(seq 20); do block "104437200000602$((i + 20))" 4 20261119 96 "0.$((i + 200))" 20261120060000; done >"$work/many"
gzip -c "$work/many" >"$work/many.gz"
head -c -20 "$work/many.gz" >"$(lse 206).gz"
trap_is 'a gzip that was cut off' "$(lse 206).gz" 'damaged gzip'
gzip -c "$(lse 200)" | head -c 40 >"$(lse 207).gz"
trap_is 'one that was cut at once' "$(lse 207).gz" 'damaged gzip: its header is cut off'
cat "$work/one.gz" "$work/many.gz" >"$(lse 208).gz"
trap_is 'two gzips in one' "$(lse 208).gz" 'more than one gzip member'
{
	cat "$work/a.lse"
	head -c 64M /dev/zero | tr '\0' '\n'
} >"$work/bomb"
gzip -c "$work/bomb" >"$(lse 209).gz"
trap_is 'a gzip that grows without end' "$(lse 209).gz" 'grows more than 100 times, which is the most'
zstd -q -c "$work/bomb" >"$(lse 210).zst"
trap_is 'a zstd that does' "$(lse 210).zst" 'grows more than 100 times, which is the most'
mv "$work/bomb" "$work/bomb.lse"
zip -q -j "$(lse 211).zip" "$work/bomb.lse" && rm "$work/bomb.lse"
trap_is 'a zip that does' "$(lse 211).zip" 'grows more than 100 times, which is the most'
head -c 2000 /dev/urandom >"$(lse 212)"
trap_is 'noise' "$(lse 212)" 'which is none of lse, espi, premise'
equals 'nothing of them was loaded' 0 "$(sql -c "select count(*) from reads.day d
	join premise.premise p on p.premise = d.series / 8 where p.esiid like '1044372000006020%'
		or p.esiid like '1044372000006022%' or p.esiid like '1044372000006023%'")"
equals 'the loader lives' LOADED "$(sent oncor "$(lse 200)" && json "$work/ack" $.state)"

# ---- Green Button XML ----

sent oncor "$data/espi/good/two-channels.xml"
equals 'a feed of two channels is loaded' 'LOADED 2 2 0' "$(verdict)"
equals 'as what it is' 'espi 2 4 1' "$(json "$work/ack" $.format $.meter_days $.intervals $.estimated)"
reads 10443720001234567 2026-11-20 --format csv-ext >"$work/espi"
same 'and comes out as it should' "$data/flow/espi.csv-ext" "$work/espi"
cp "$work/espi" "$work/espi-csv"
reads 10443720001234567 2026-11-20 --format json >"$work/espi"
equals 'what was not read is null' '"kwh":null,"status":"M"' \
	"$(grep -o '"kwh":null,"status":"M"' "$work/espi" | sort -u)"
equals 'in 21 hours of one channel and 23 of the other' '21 23' \
	"$(while read -r line; do echo "$line" | grep -o '"kwh":null' | wc -l; done <"$work/espi" | xargs)"
reads 10443720001234567 2026-11-20 --format espi >"$work/out.xml"
equals 'Green Button out has the values and nothing for what is missing' \
	'0 1500 2000 720' \
	"$(grep -o '<value>[0-9]*' "$work/out.xml" | grep -o '[0-9]*$' | sort | xargs)"
sed 's/10443720001234567/10443720001234568/' "$work/out.xml" >"$work/back.xml"
sent oncor "$work/back.xml"
equals 'read back for another premise it loads as before' 'LOADED 2 2 0 4' \
	"$(verdict) $(json "$work/ack" $.intervals)"
reads 10443720001234568 2026-11-20 --format csv-ext | sed 's/10443720001234568/10443720001234567/' >"$work/again"
same 'and gives the same values, qualities, channels and times' "$work/espi-csv" "$work/again"
says 'every version at once is no feed' 64 'not with --versions' \
	reads 10443720001234567 --from 2026-11-20 --to 2026-11-20 --versions --format espi --reason test
sent tnmp "$data/espi/good/any-order.xml.gz"
equals 'entries in any order, compressed' 'LOADED 1 1 0 3' "$(verdict) $(json "$work/ack" $.intervals)"
equals 'are the same three hours' '0.001 0.002 0.003' "$(reads 1040051000123456789012 2026-11-20 |
	tr -d '\r' | cut -d, -f6 | sed 1d | xargs)"

xml() { # NAME FILE WORDS: refused as a whole
	sent oncor "$2" "$1.xml" || not_ok "$1" 'no answer'
	equals "$1 is refused" 'REFUSED 0' "$(json "$work/ack" $.state $.accepted)"
	holds "$1: the words say why" grep -qF -- "$3" <(reason)
}
feed=$data/espi/good/two-channels.xml
{
	echo '<?xml version="1.0"?>'
	echo '<!DOCTYPE feed [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
	sed '1d; s/House/\&b;/' "$feed"
} >"$work/doctype"
xml doctype "$work/doctype" 'document type'
sed '1a <!DOCTYPE feed SYSTEM "file:///etc/passwd">' "$feed" >"$work/external"
xml external "$work/external" 'document type'
head -n 100 "$feed" >"$work/cut"
xml cut-feed "$work/cut" 'line'
sed 's|<title>House</title>|<title>House</titel>|' "$feed" >"$work/crossed"
xml crossed-tags "$work/crossed" 'line 1'
sed 's/House/Haus \xe4/' "$feed" >"$work/latin"
xml not-utf8 "$work/latin" 'line 1'
{
	echo '<feed xmlns="http://www.w3.org/2005/Atom">'
	printf '<a>%.0s' $(seq 100)
	printf '</a>%.0s' $(seq 100)
	echo '</feed>'
} >"$work/deep"
xml deep "$work/deep" 'deep'

# ---- faults, told exactly ----

sent oncor "$data/csv/bad/register.csv" register-60.csv
equals 'a CSV with seven bad records of eight' 'LOADED 8 1 7' "$(verdict)"
cat >"$work/want" <<'CSV'
line,column,rule,severity,esiid,date,channel,found,expected
3,24,field,reject,10443720001234567,,load,2026-13-01,a date YYYY-MM-DD
4,1,esiid-shape,reject,,2026-11-20,load,1044372000123456,17 or 22 digits that begin with 10
5,19,field,reject,10443720001234567,2026-11-20,,NET,LOAD or GENERATION
6,45,field,reject,10443720001234567,2026-11-20,load,,a number of kWh; end_kwh must not be empty
7,55,negative,reject,10443720001234567,2026-11-20,load,"'-19.250",kWh of 0 or more
8,,structure,reject,10443720001234567,2026-11-20,load,5 fields,"7, as in the header line"
9,35,too-precise,reject,10443720001234567,2026-11-20,load,48211.2505,kWh with at most three decimals
CSV
sed -i 's/$/\r/' "$work/want"
rejects oncor register-60.csv
grep -v ',flag,' "$work/rejects" >"$work/have"
same 'each is told with its place' "$work/want" "$work/have"
sent oncor "$data/csv/bad/semicolons.csv" semicolons-60.csv
equals 'a header with semicolons refuses the file' \
	'REFUSED line 2: found "esiid;rep;effective", expected one of esiid, rep, effective, created' \
	"$(json "$work/ack" $.state $.reason)"
sent oncor "$data/csv/bad/version.csv" version-60.csv
equals 'so does a version that is to come' \
	'REFUSED line 1: found "2", expected version 1; line 1 is busbar,customer,1' \
	"$(json "$work/ack" $.state $.reason)"

cp "$data/flow/faults.lse" "$(lse 300)"
sent oncor "$(lse 300)"
equals 'an LSE file with seven kinds of fault between good blocks' 'LOADED 9 2 7 2' \
	"$(verdict) $(json "$work/ack" $.meter_days)"
equals 'each counted by its rule' '1 1 1 1 1 1 1' "$(json "$work/ack" '$.by_rule."negative"' \
	'$.by_rule."null-interval"' '$.by_rule."wrong-interval-count"' '$.by_rule."esiid-shape"' \
	'$.by_rule."not-a-whole-day"' '$.by_rule."other-utility"' '$.by_rule."structure"')"
rejects oncor "$(basename "$(lse 300)")"
grep -v ',flag,' "$work/rejects" >"$work/have"
same 'its reject file is as it should be' "$data/flow/faults.rejects.csv" "$work/have"
equals 'and the object of the ledger is the same file' \
	"$(sha256sum <"$work/rejects" | cut -d' ' -f1)" \
	"$(sql -c "select encode(rejects_sha256, 'hex') from ledger.file where file = $(json "$work/ack" $.number)")"
equals 'the two good blocks are loaded' '6.000 6.000' "$(for i in 1 8; do
	reads 1044372000006000$i 2026-11-19 --format json | sed 's/.*"total_kwh":\([0-9.]*\).*/\1/'
done | xargs)"
ended
