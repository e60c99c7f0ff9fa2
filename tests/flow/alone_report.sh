#!/bin/bash
# Reports on a dirty synthetic month: by command, API and the regulator's box the same bytes; made again a simulated year
# and many events later, too; the log proves them. A script of nothing of ours counts
# them again from the export of the log and the files that were sent. Partners see their own part.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/api.sh"
trap 'hub_stop_one dropd; api_down; busbar clock reset >/dev/null 2>&1' EXIT

# ---- a month ----

last=$(state_yesterday)
first=$(date -d "$last - ${BUSBAR_REPORT_DAYS:-9} days" +%F)
busbar synth --out "$work/synth" --meters "${BUSBAR_REPORT_METERS:-40}" --from "$first" --days $((1 + ($(date -d "$last" +%s) - $(date -d "$first" +%s) + 7200) / 86400)) \
	--dirty --seed 11 >/dev/null || not_ok 'synth'
for tdu in oncor tnmp; do
	for file in "$work/synth/$tdu"/*; do
		[ ! -f "$file" ] || drop $tdu "$file"
	done
done
holds 'a dirty month of two utilities is loaded' within 60 settled
read -r esiid day < <(sql -F ' ' -c "select p.esiid, max(v.day) from reads.day v join premise.premise p on p.premise = v.series >> 3
	where p.known and v.estimated > 0 and p.tdu = (select party from party.party where code = 'oncor') group by 1 order by 1 limit 1")
printf 'busbar,register,1\nesiid,channel,read_date,end_kwh,kwh,status\n%s,LOAD,%s,2,0.001,A\n' "$esiid" "$day" >"$work/register-wrong.csv"
drop oncor "$work/register-wrong.csv"
streak=$work/1039940674000IntervalData$(date +%Y%m%d)080500009.lse
busbar reads "$esiid" --from "$first" --to "$(date -d "$first + 7 days" +%F)" --format lse |
	sed -E "/^10000000/s/,A,/,E,/; s/^00000004,[0-9]*/00000004,$(TZ=America/Chicago date +%Y%m%d%H%M%S)/" >"$streak"
drop oncor "$streak"
holds 'a register that says something else, and eight days that are estimated' within 60 settled
busbar regulator add puct --name 'Commission' >/dev/null
busbar csp add report-csp --name 'Reporter' >/dev/null
for login in puct report-csp; do
	busbar account add $login --party $login >/dev/null
done
hub_start_one auditd
numbered() { [ "$(sql -c 'select count(*) from audit.event e where not exists (select from audit.leaf l where l.event = e.event)')" = 0 ]; }
holds 'all that happened is in the tree' within 20 numbered

# ---- made ----

says 'which there are' 0 'Data from utilities' report kinds
says 'a report, for people' 0 'of snapshot' report data --from "$first" --to "$last"
equals 'as CSV' "# report: data" "$(head -1 "$work/out" | tr -d '\r')"
says 'and for programs' 0 '"report":"data"' report data --from "$first" --to "$last" --json
cp "$work/out" "$work/data.json"
snapshot=$(json "$work/data.json" $.snapshot.number)
says 'and to print' 0 '<svg ' report data --snapshot "$snapshot" --format html
says 'made again' 0 '' report data --snapshot "$snapshot" --json
same 'it is the same' "$work/data.json" "$work/out"
says 'what there is not' 65 'no report' report nothing
says 'a snapshot that there is not' 65 'no snapshot' report data --snapshot 999999
says 'no part of who has none' 65 'no part' report oversight --party report-csp

# ---- the API ----

web_count_every=200ms
hub_conf
holds 'nginx and busbar-apid' api_up
token=$(token_of puct) own=$(token_of report-csp)
equals 'the regulator sees them' 200 "$(ask "$token" $url/v1/reports)"
number=$(body '$.items[*] ? (@.report == "data").number')
equals 'as they are' 200 "$(ask "$token" $url/v1/reports/$number)"
same 'byte for byte' "$work/data.json" "$work/body"
equals 'once' 304 "$(ask "$token" -H "If-None-Match: $(header ETag)" $url/v1/reports/$number)"
equals 'a page to print' '200 text/html; charset=utf-8' "$(ask "$token" "$url/v1/reports/$number?format=html") $(header Content-Type)"
equals 'no other form' 400 "$(ask "$token" "$url/v1/reports/$number?format=pdf")"
equals 'a third party asks for its part' 201 "$(ask "$own" --json '{"report":"releases"}' $url/v1/reports)"
equals 'which is its own' report-csp "$(body $.party)"
equals 'of a report that is for it' 422 "$(ask "$own" --json '{"report":"data"}' $url/v1/reports)"
equals 'and sees no other' 404 "$(ask "$own" $url/v1/reports/$number)"
equals 'days that are none' 422 "$(ask "$token" --json '{"report":"data","from":"2026-02-30"}' $url/v1/reports)"

# ---- the prober ----

prober() { "$source/deploy/prober" --ca "$hub_state/tls/ca.pem" "$@"; }
holds 'a prober outside knocks at a door' prober --keep "$work/kept" "api=$url/v1/status"
equals 'not at one that is shut' 1 "$(prober "api=https://localhost:$(free_port)/" >>"$work/kept"; echo $?)"
says 'what it saw is taken' 0 '2 new' probe record "$work/kept"
says 'and shown' 0 'api' probe list

# ---- counted again ----

says 'somebody may read' 0 '' agreement record --as report-csp --esiid "$esiid" --months 12 --history 24
says 'and reads' 0 '' reads "$esiid" --as report-csp --from "$first" --to "$last" --format csv

api_told() {
	[ "$(sql -c "select count(distinct c ->> 'kind') from audit.event e cross join jsonb_array_elements(e.detail -> 'counts') c
		where e.kind = 'requests.counted' and c ->> 'kind' in ('REGULATOR', 'CSP')")" = 2 ]
}
holds 'how many asked the API is in the log' within 20 api_told
hub_stop_one ingestd # its queue is empty; nothing more comes
mkdir "$work/files" && for sha in $(sql -c "select encode(sha256, 'hex') from ledger.file"); do
	cp "$(find "$hub_state/store/in" -name "$sha" | head -1)" "$work/files/"
done
holds 'all that happened is in the tree' within 20 numbered
says 'the log is exported' 0 '' audit export --out "$work/bundle"
busbar report pack --from "$first" --to "$(date -d "$last + 2 days" +%F)" --json >"$work/pack.json"
recount() { python3 -B "$source/tests/recount/recount" "$@" >"$work/recount"; }
holds 'a script of nothing of ours counts the same' recount "$work/pack.json" "$work/bundle" "$work/files" "$hub_state/spool"
cat "$work/recount"
holds 'all that there is' eval '! grep -q "^not counted" "$work/recount"'
holds 'estimates and a register among it' eval '[ "$(grep -cE "^(estimates|registers)_.*: the same, [1-9]" "$work/recount")" = 4 ]'
holds 'eight days in a row' grep -q '"days":8,' "$work/pack.json"
sed -E 's/"(late|findings|mismatches|refused|most_ms)":([0-9]+)/"\1":1\2/' "$work/pack.json" >"$work/other.json"
holds 'other figures are seen' eval '! recount "$work/other.json" "$work/bundle" "$work/files" "$hub_state/spool"'
for one in data_utilities estimates_utilities registers_days use_requests authentication_doors availability_doors; do
	holds "in $one" grep -q "^$one: {" "$work/recount"
done

# ---- how a utility estimated, where its format says ----

hub_start_one ingestd
busbar reads "$esiid" --from "$first" --to "$first" --format espi | sed "s,quality>8<,quality>9<," >"$work/told.xml"
says 'a file that says how it estimated' 0 '' submit "$work/told.xml" --as oncor --wait
holds 'all that happened is in the tree' within 20 numbered
says 'is told' 0 'oncor,linear,' report estimates --from "$first" --to "$last"

# ---- a year later ----

hub_start_one dropd
busbar clock advance 370d >/dev/null
monthly() { [ "$(sql -c "select count(*) from report.placed")" = $((3 * $(sql -c 'select count(*) from report.kind where monthly'))) ]; }
holds 'the month before lies in the regulator'"'"'s box' within 30 monthly
equals 'as JSON, CSV and page' 200 "$(ask "$token" $url/v1/box/reports)"
name=$(body '$.items[*] ? (@.name starts with "pack" && @.name like_regex "csv$").name')
equals 'to be had' 200 "$(ask "$token" "$url/box/reports/$name")"
equals 'what it says it is' '# report: pack' "$(head -1 "$work/body" | tr -d '\r')"
says 'a year later' 0 '' report data --snapshot "$snapshot" --json
same 'it is the same' "$work/data.json" "$work/out"

# ---- the log proves it ----

event=$(sql -c "select event from report.made where made = $number")
says 'its digest is in the log' 0 tlog-proof audit prove "$event"
cp "$work/out" "$work/proof"
"$hub_programs/bin/busbar-verify" --key "$hub_state/audit.pub" "$work/proof" >"$work/out" 2>&1
holds 'and is that of the document' grep -q "$(sha256sum <"$work/data.json" | cut -c1-64)" "$work/out"
ended
