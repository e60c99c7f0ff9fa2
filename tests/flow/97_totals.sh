#!/bin/bash
# The same reads by every door and in every format: made days of 92, 96 and 100 quarter-hours with values that are
# missing, zero or estimated, whose every value is known, are asked back, and each answer has the same values and so the
# same totals. BUSBAR_SEED=N makes those of another run again.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/green.sh"
trap 'hub_stop_one dropd; nginx_down; hub_stop_one apid' EXIT
seed=${BUSBAR_SEED:-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}
echo "seed $seed"
totals() { python3 "$(dirname "$0")/totals.py" "$@"; }
totals make "$seed" 8 "$work"
days=($(totals days x))
first=${days[0]} last=${days[2]}
for file in "$work"/premises.csv "$work"/totals-*.xml; do
	submitted oncor "$file" >/dev/null
	equals "${file##*/} is loaded" 'LOADED 0' "$(json "$work/receipt" $.state $.refused)"
done
premises=($(sed -n 's/^\(10[0-9]*\),.*/\1/p' "$work/premises.csv"))
says 'a third party' 0 '' csp add totals-csp --name 'Totals Third Party'
says 'with a box' 0 '' account add totals-csp --party totals-csp
token=$(busbar credential add totals-csp --token --json >"$work/out" && json "$work/out" $.secret)
esiids=
for esiid in "${premises[@]}"; do esiids="$esiids --esiid $esiid"; done
says 'may read them' 0 '' agreement record --as totals-csp $esiids --months 12 --history 24

sum= # what the first answer has; each of the others has it too
is() { # SENTENCE FORMAT [FILE [DAY]]
	local said
	said=$(totals check "$work" "$2" "${3:-$work/body}" ${4:-})
	case $said in same:*) ;; *) not_ok "$1 (seed $seed)" "$said"; return ;; esac
	case $2${4:-} in
	hour | day | *-*-*) ok "$1: $said" ;; # of what is whole; of one day
	*) equals "$1: ${sum:=$said}" "$sum" "$said" ;;
	esac
}

# ---- /v1 ----

all="$url/v1/reads?esiid=all&from=$first&to=$last"
for row in json:application/json ndjson:application/x-ndjson csv:text/csv 'csv-ext:text/csv;profile=extended' \
	espi:application/atom+xml lse:application/x-lse; do
	equals "/v1 as ${row#*:}" 200 "$(ask "$token" -H "Accept: ${row#*:}" "$all")"
	is "/v1, ${row%%:*}" "${row%%:*}"
done
for by in hour day; do
	equals "/v1 by $by" 200 "$(ask "$token" "$all&resolution=$by")"
	is "/v1, by $by" $by
done

# ---- Smart Meter Texas ----

smt() { # PATH FORMAT DAY: of a year one request may not ask
	local us
	us=$(date -d "$3" +%m/%d/%Y)
	ask "$token" -H 'Content-Type: application/json' -d "{\"requestorID\":\"totals-csp\",\"deliveryMode\":\"API\",
		\"reportFormat\":\"$2\",\"version\":\"L\",\"readingType\":\"A\",\"esiid\":[$(printf '"%s",' "${premises[@]}" | sed 's/,$//')],
		\"startDate\":\"$us\",\"endDate\":\"$us\",\"SMTTermsandConditions\":\"Y\"}" "$url$1"
}
for day in "${days[@]}"; do
	for row in JSON:rd CSV:csv XML:espi LSE:lse; do
		equals "SMT, ${row%:*} of $day" 200 "$(smt /v2/15minintervalreads/ "${row%:*}" "$day")"
		is "SMT, ${row%:*} of $day" "${row#*:}" "$work/body" "$day"
	done
	equals "SMT's Green Button of $day" 200 "$(smt /v2/greenbutton/ XML "$day")"
	is "SMT's Green Button of $day" espi "$work/body" "$day"
done

# ---- Green Button Connect ----

app=$(client totals-csp totals-app-1)
grant=$(granted totals-csp "$app" 'FB=4_5_8;IntervalDuration=900' "${premises[@]}")
access=$(token ACCESS "$app" "$grant") own=$(token CLIENT "$app" null)
equals 'a subscription' 200 "$(ask "$access" "$base/Batch/Subscription/$(of "$grant" subscription)")"
is 'Green Button, a subscription' points
equals 'a bulk' 200 "$(ask "$own" "$base/Batch/Bulk/$(sql -c "select bulk from oauth.client where client = $app")")"
is 'Green Button, a bulk' points

# ---- drops and the operator's own ----

hub_start_one dropd
declare -A drops
for format in smt-csv csv lse green-button jsonl; do
	drops[$format]=$(busbar subscription add totals-csp --schedule once --history 24 --format $format --json |
		sed 's/.*"subscription":\([0-9]*\).*/\1/')
done
built() { [ "$(sql -c "select state from delivery.drop where subscription = $1 order by drop desc limit 1")" = BUILT ]; }
for row in smt-csv:csv csv:csv-ext lse:lse green-button:espi jsonl:ndjson; do
	format=${row%:*}
	holds "a drop of $format is built" within 20 built "${drops[$format]}"
	path=$(sql -F/ -c "select e.folder, e.name from delivery.entry e join delivery.drop d using (drop)
		where d.subscription = ${drops[$format]} and e.name not like '%.manifest.json'")
	equals 'and fetched' 200 "$(ask "$token" "$url/box/$path")"
	is "a drop, $format" "${row#*:}"
done
for row in csv:csv csv-ext:csv-ext json:ndjson lse:lse; do
	busbar reads --as totals-csp --from "$first" --to "$last" --reason test --format "${row%:*}" >"$work/file"
	is "busbar reads, ${row%:*}" "${row#*:}" "$work/file"
done
ended
