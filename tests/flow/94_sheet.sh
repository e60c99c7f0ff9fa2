#!/bin/bash
# Files of invitations: by the operator's hand and through a third party's box, with a result that names every
# fault; once each, whatever dies meanwhile.
. "$(dirname "$0")/lib.sh"

nginx_api_port=$(free_port) nginx_api_tls13_port=$(free_port) nginx_ops_port=$(free_port) nginx_portal_port=$(free_port)
export nginx_api_port nginx_api_tls13_port nginx_ops_port nginx_portal_port
trap 'nginx_down; hub_stop_one apid' EXIT
holds 'nginx runs' nginx_up
hub_start_one apid
holds 'busbar-apid runs' within 10 test -S "$hub_state/run/web/apid/1.sock"

day=$(state_yesterday)
busbar synth --out "$work/synth" --meters 150 --from "$day" --days 1 >/dev/null
for tdu in oncor centerpoint; do
	for file in "$work/synth/$tdu"/*.csv; do
		busbar submit "$file" --as $tdu >/dev/null
	done
done
holds 'premises of two utilities are known' within 60 settled
busbar synth --samples >"$work/samples"
. "$work/samples"
says 'a third party' 0 '' csp add sheet-csp --name 'Sheet Third Party'
says 'its box' 0 sheet-csp account add sheet-csp --party sheet-csp
token=$(busbar credential add sheet-csp --token --json >"$work/out" && json "$work/out" $.secret)
ask() { # CURL_ARGUMENTS...: the status; body in $work/body
	timeout 60 curl -sS --cacert "$hub_state/tls/ca.pem" -H "Authorization: Bearer $token" -o "$work/body" \
		-w '%{http_code}' "$@" 2>"$work/curl"
}
url=https://localhost:$nginx_api_port/box
asked() { sql -c "select count(*) from agreement.agreement a join party.party p on p.party = a.csp where p.code = 'sheet-csp'"; }

# ---- every kind of fault, by hand ----

head=esiid,meter,rep,email,months,reference,group
cat >"$work/first.csv" <<-CSV
	$head
	$SAMPLE_ESIID_1,$SAMPLE_METER_1,$SAMPLE_REP_1,Ada.Merriweather@example.com,12,R-1,
	$SAMPLE_ESIID_2,WRONG1,$SAMPLE_REP_2,bruno@example.org,12,R-2,
	$SAMPLE_ESIID_2,$SAMPLE_METER_2,99999,bruno@example.org,12,R-3,
	10443720000999999,$SAMPLE_METER_2,$SAMPLE_REP_2,bruno@example.org,12,R-4,
	1044372000099999,1,$SAMPLE_REP_2,bruno@example.org,12,R-5,
	$SAMPLE_ESIID_2,$SAMPLE_METER_2,$SAMPLE_REP_2,bruno at example.org,12,R-6,
	$SAMPLE_ESIID_3,$SAMPLE_METER_3,$SAMPLE_REP_3,clara@example.com,12,R-7,G-1
	$SAMPLE_ESIID_4,WRONG1,$SAMPLE_REP_4,clara@example.com,12,R-7,G-1
	$SAMPLE_ESIID_3,$SAMPLE_METER_3,$SAMPLE_REP_3,clara@example.com,24,R-8,
CSV
busbar agreement import "$work/first.csv" --as SHEET-CSP --json >"$work/lines" 2>"$work/err"
equals 'a file with faults ends with findings' 1 $?
line() { # N MEMBER...: of the record of that line
	local n=$1 paths=
	shift
	for member; do paths="$paths \$.items[*]?(@.line==$n).$member"; done
	json "$work/lines" $paths
}
one=$(line 2 agreement)
equals 'the good record is an invitation' 'PENDING -' "$(line 2 state code)"
equals 'of this premise and this reference' "$SAMPLE_ESIID_1 R-1" "$(sql -F' ' -c "select p.esiid, a.reference
	from agreement.agreement a join agreement.premise x on x.agreement = a.agreement
	join premise.premise p on p.premise = x.premise where a.agreement = $one")"
equals 'its mailbox is sealed' 0 "$(sql -c "select count(*) from agreement.agreement a
	where position('ada' in lower(encode(email_sealed, 'escape'))) > 0")"
for n in 3 4 5; do
	equals "what does not match is told in one way ($n)" "not-matched - $(line 3 expected)" "$(line $n code agreement expected)"
done
equals 'an ESI ID of another shape' 'esiid-shape 1 1044372000099999' "$(line 6 code column found)"
equals 'what is no mailbox, not quoted' 'field 20 bytes one mailbox such as name@example.com, in ASCII' "$(line 7 code found expected)"
equals 'of a group one premise does not match' 'not-matched -' "$(line 9 code agreement)"
equals 'so the other is not asked either' 'group -' "$(line 8 code agreement)"
equals 'a term that is too long for a home' '-' "$(line 10 agreement)"
equals 'one customer was asked' 1 "$(asked)"
says 'the ledger has the file' 0 INVITED file list
says 'and its faults' 0 esiid-shape file rejects "$(sql -c "select file from ledger.file where name = 'first.csv'")"
equals 'all of it is on record' 1 "$(sql -c "select count(*) from audit.event where kind = 'file.invited'")"
busbar agreement import "$work/first.csv" --as sheet-csp --json >"$work/again" 2>"$work/err"
equals 'the same bytes again are the same findings' 1 $?
same 'word for word' "$work/lines" "$work/again"
equals 'and nobody is asked' 1 "$(asked)"
says 'not for a party that is no CSP' 65 'expected a CSP' agreement import "$work/first.csv" --as oncor

# ---- what cannot be read at all ----

printf 'esiid;meter;rep;email;months\n' >"$work/semicolons.csv"
says 'a file of another kind is refused' 65 'line 1: found "esiid;meter;rep;email;months", expected one of esiid, meter' \
	agreement import "$work/semicolons.csv" --as sheet-csp
: >"$work/empty.csv"
says 'an empty one too' 65 'REFUSED' agreement import "$work/empty.csv" --as sheet-csp
head -c 9000000 /dev/zero | tr '\0' '\n' >"$work/large.csv"
says 'one that is too large is not read' 65 'a file of at most 8 MiB' agreement import "$work/large.csv" --as sheet-csp

# ---- through the box ----

sql -F, -c "select p.esiid, m.meter_number, r.certificate, 'flow-' || row_number() over (order by p.esiid) || '@example.com', 12,
		'N-' || row_number() over (order by p.esiid), ''
	from premise.premise p join premise.meter m on m.premise = p.premise and upper_inf(m.during)
	join premise.rep_span s on s.premise = p.premise and upper_inf(s.during)
	join party.rep r on r.party = s.rep
	where p.known and p.status = 'ACTIVE' and p.esiid not in ('$SAMPLE_ESIID_1', '$SAMPLE_ESIID_2', '$SAMPLE_ESIID_3', '$SAMPLE_ESIID_4')
	order by 1" >"$work/good"
good=$(wc -l <"$work/good")
equals 'there are premises to ask for' true "$([ "$good" -ge 200 ] && echo true)"
(echo $head; head -n 3 "$work/good"; echo "$SAMPLE_ESIID_2,WRONG1,$SAMPLE_REP_2,bruno@example.org,12,=cmd,") >"$work/box.csv"
begun=$(date +%s%N)
equals 'a third party puts a file into its box' 201 "$(ask -T "$work/box.csv" "$url/in/")"
there() { [ "$(ask "$url/ack/$1.result.csv")" = 200 ]; }
holds 'the result lies there' within 5 there box.csv
equals 'within five seconds' true "$([ $(($(date +%s%N) - begun)) -lt 5000000000 ] && echo true)"
tr -d '\r' <"$work/body" >"$work/result"
equals 'with a line a record' 'INVITED INVITED INVITED FAULT' "$(sed 1d "$work/result" | cut -d, -f5 | xargs)"
equals 'the number of each agreement' "$(sql -c "select agreement from agreement.sheet_row r join ledger.file f on f.file = r.file
	where f.name = 'box.csv' and agreement is not null order by line" | xargs)" "$(sed 1d "$work/result" | cut -d, -f6 | xargs)"
holds 'and what a spreadsheet must not run is guarded' grep -q "'=cmd" "$work/result"
equals 'four are asked now' 4 "$(asked)"

# ---- killed while it reads ----

(echo $head; sed 1,3d "$work/good") >"$work/many.csv"
equals 'a long file' 201 "$(ask -T "$work/many.csv" "$url/in/")"
done_rows() { sql -c "select count(*) from agreement.sheet_row r join ledger.file f on f.file = r.file where f.name = 'many.csv'"; }
more_than() { [ "$(done_rows)" -gt "$1" ]; }
other_than() { [ "$(cat "$hub_state/run/ingestd.pid" 2>/dev/null)" != "$1" ]; }
kills=0 halfway=0 pid=
for n in 0 60 120 180; do # records that are done, at least
	within 20 other_than "$pid" && within 20 more_than $n
	pid=$(cat "$hub_state/run/ingestd.pid")
	kill -9 "$pid" && kills=$((kills + 1))
	[ "$(done_rows)" -ge $((good - 3)) ] || halfway=$((halfway + 1))
done
equals 'its reader is killed four times' 4 $kills
equals 'and at least once in the middle' true "$([ $halfway -ge 1 ] && echo true)"
holds 'and comes to the end all the same' within 60 there many.csv
equals 'each record was asked for once' "$((good - 3)) $((good - 3)) $((good - 3))" "$(sql -F' ' -c "select count(*),
	count(distinct r.agreement), count(distinct a.email_index) from agreement.sheet_row r
	join ledger.file f on f.file = r.file join agreement.agreement a on a.agreement = r.agreement where f.name = 'many.csv'")"
equals 'nobody besides' $((good + 1)) "$(asked)"
equals 'the result has every record' "$((good - 3))" "$(grep -c ',INVITED,' "$work/body")"
curl -s "http://127.0.0.1:$nginx_ops_port/ingestd/metrics" >"$work/metrics"
equals 'and was counted' 1 "$(grep -c '^busbar_ingestd_sheets_total{state="INVITED"} 1$' "$work/metrics")"
# nobody else's mails wait behind these
sql -c "select count(agreement.withdraw(a.csp, a.agreement, 'flow')) from agreement.agreement a
	join party.party p on p.party = a.csp where p.code = 'sheet-csp' and a.state = 'PENDING'" >/dev/null
ended
