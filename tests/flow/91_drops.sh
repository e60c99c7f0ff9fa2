#!/bin/bash
# Scheduled drops: a REP's daily file is what it may read of the day, with a manifest that holds; a third
# party's goes with its agreement, at the next call; the clock makes the next day's; what dies is built
# once. Through OpenSSH's sftp, as partners take them.
. "$(dirname "$0")/lib.sh"
. "$lib/sshd.sh"

sshd_port=$(free_port)
trap 'hub_stop_one dropd; sshd_down; busbar clock reset >/dev/null 2>&1' EXIT
holds 'sshd runs' sshd_up
sshd_known_hosts >"$work/known"

# ---- a small state: two days of two utilities ----

day=$(state_yesterday)
before=$(date -d "$day - 1 day" +%F)
busbar synth --out "$work/synth" --meters 12 --from "$before" --days 2 >/dev/null
for tdu in oncor centerpoint; do
	for file in "$work/synth/$tdu"/*; do
		[ ! -f "$file" ] || busbar submit "$file" --as $tdu >/dev/null
	done
done
holds 'two days of two utilities are loaded' within 60 settled
busbar synth --samples >"$work/samples"
. "$work/samples"
rep=$(busbar rep list --json | tr '{' '\n' | grep "\"$SAMPLE_REP_1\"" | sed 's/.*"code":"\([^"]*\)".*/\1/')
other=$SAMPLE_ESIID_2 # of the same utility, and like the first no other flow's

for login in drops-rep drops-csp; do
	ssh-keygen -q -t ed25519 -N '' -C "$login" -f "$work/$login"
done
says 'a third party' 0 '' csp add drops-csp --name 'Flow Third Party'
for login in drops-rep drops-csp; do
	party=$([ $login = drops-rep ] && echo "$rep" || echo drops-csp)
	says "a box for $party" 0 $login account add $login --party "$party"
	says 'with a key' 0 SSH_KEY credential add $login --ssh-key "$work/$login.pub"
done
options=(-P "$sshd_port" -o "UserKnownHostsFile=$work/known" -o StrictHostKeyChecking=yes -o BatchMode=yes
	-o IdentitiesOnly=yes -q)
as() { # LOGIN: sftp commands on standard input
	timeout 60 sftp "${options[@]}" -i "$work/$1" -b - busbar@127.0.0.1 >"$work/said" 2>&1
}
lists() { # LOGIN FOLDER
	echo "ls -1 $2" | as "$1" && grep -v '^sftp>' "$work/said" | sed 's,.*/,,' | sort
}
states() { # SUBSCRIPTION: of its drops, oldest first
	sql -c "select coalesce(string_agg(period || ' r' || revision || ' ' || state, ', ' order by drop), '')
		from delivery.drop where subscription = $1"
}
is_in() { case $(states "$1") in *"$2"*) ;; *) return 1 ;; esac; }

# ---- a REP's day ----

rep_daily=$(busbar subscription add drops-rep --schedule daily --at 00:00 --label 'Every day' --json |
	sed 's/.*"subscription":\([0-9]*\).*/\1/')
says 'a subscription is listed' 0 'Every day' subscription list --login drops-rep
says 'its period can be asked for now' 0 DUE drop build "$rep_daily"
says 'not twice' 65 'already' drop build "$rep_daily"
hub_start_one dropd
holds 'dropd builds it' within 20 is_in "$rep_daily" "$day r1 BUILT"
file=$(lists drops-rep daily | grep '\.CSV$')
equals 'it has the name that SMT gives' 1 "$(echo "$file" | grep -cE '^IntervalMeterUsage[0-9a-f]{24}[0-9]{14}\.CSV$')"
holds 'the file and its manifest come over SFTP' as drops-rep <<-SFTP
	get daily/$file $work/rep.csv
	get daily/$file.manifest.json $work/rep.json
SFTP
busbar reads --as "$rep" --from "$day" --to "$day" --reason test >"$work/reads.csv"
same 'it is what busbar reads gives the REP of that day' "$work/reads.csv" "$work/rep.csv"
equals 'which is not nothing' true "$([ "$(wc -l <"$work/rep.csv")" -gt 96 ] && echo true)"
equals 'the manifest tells its digest' "$(sha256sum <"$work/rep.csv" | cut -c1-64)" "$(json "$work/rep.json" $.sha256)"
equals 'its size and rows' "$(stat -c %s "$work/rep.csv") $(($(wc -l <"$work/rep.csv") - 1))" \
	"$(json "$work/rep.json" $.size $.rows)"
equals 'its period and how far the ledger went' "$day 1 $(sql -c "select max(load) from ledger.file")" \
	"$(json "$work/rep.json" $.period $.revision $.watermark.load)"
equals 'the release is on record' "drop $(json "$work/rep.json" $.premises)" \
	"$(sql -F' ' -c "select detail ->> 'door', detail ->> 'premises' from audit.event
		where kind = 'reads.released' and detail ->> 'door' = 'drop' order by event desc limit 1")"

# ---- packed, encrypted, and of every kind ----

export GNUPGHOME=$work/gpg
mkdir -m 700 "$GNUPGHOME"
holds 'a partner makes a key' gpg --batch --quiet --passphrase '' --quick-gen-key flow@example.org default default never
gpg --armor --export flow@example.org >"$work/key.asc"
sealed=$(busbar subscription add drops-rep --schedule daily --kind interval --kind register --kind billing \
	--format csv --packing zip --openpgp "$work/key.asc" --json | sed 's/.*"subscription":\([0-9]*\).*/\1/')
busbar drop build "$sealed" >/dev/null
holds 'a file of each kind is built' within 20 is_in "$sealed" "$day r1 BUILT"
equals 'each packed and encrypted, with a manifest' 'DailyMeterUsage IntervalMeterUsage MonthlyBilling' \
	"$(lists drops-rep daily | grep '\.csv\.zip\.asc$' | sed 's/[0-9a-f]\{38\}\.csv.*//' | sort | tr '\n' ' ' | sed 's/ $//')"
file=$(lists drops-rep daily | grep '^IntervalMeterUsage.*asc$')
as drops-rep <<-SFTP
	get daily/$file $work/sealed.asc
	get daily/$file.manifest.json $work/sealed.json
SFTP
holds 'gpg and unzip open it' sh -c "gpg --batch --quiet --decrypt '$work/sealed.asc' >'$work/sealed.zip' && unzip -p '$work/sealed.zip' >'$work/sealed.csv'"
busbar reads --as "$rep" --from "$day" --to "$day" --format csv-ext --reason test >"$work/reads.csv"
same 'to the same reads' "$work/reads.csv" "$work/sealed.csv"
equals 'the manifest tells both digests' "$(sha256sum <"$work/sealed.asc" | cut -c1-64) $(sha256sum <"$work/sealed.csv" | cut -c1-64)" \
	"$(json "$work/sealed.json" $.sha256 $.plain.sha256)"
equals 'a zip of this size does without zip64' '2.0' \
	"$(unzip -Zv "$work/sealed.zip" | grep 'required to extract' | grep -o '[0-9.]*$')"
gpg --batch --quiet --pinentry-mode loopback --passphrase '' --armor --export-secret-keys flow@example.org >"$work/private.asc"
says 'a private key is refused' 65 'private key' subscription add drops-rep --schedule daily --openpgp "$work/private.asc"
head -c 300 "$work/key.asc" >"$work/half.asc"
says 'so is half of one' 65 'cut off' subscription add drops-rep --schedule daily --openpgp "$work/half.asc"
says 'and what is none' 65 'no armoured key' subscription add drops-rep --schedule daily --openpgp "$work/drops-rep.pub"
gpgconf --kill gpg-agent

# ---- Green Button: two days, premise by premise ----

green=$(busbar subscription add drops-rep --schedule once --history 1 --format green-button --packing gzip --json |
	sed 's/.*"subscription":\([0-9]*\).*/\1/')
holds 'a Green Button file is built' within 20 is_in "$green" 'once r1 BUILT'
file=$(lists drops-rep greenbutton | grep '\.xml\.gz$')
as drops-rep <<<"get greenbutton/$file $work/green.xml.gz"
holds 'gzip opens it' sh -c "gzip -dc '$work/green.xml.gz' >'$work/green.xml'"
for d in "$before" "$day"; do busbar reads --as "$rep" --from "$d" --to "$d" --format csv-ext --reason test | sed 1d; done >"$work/reads.csv"
equals 'its values are those of the reads, to the Wh' "$(awk -F, '$6 != "" { n++; s += $6 * 1000 } END { printf "%d %.0f", n, s }' "$work/reads.csv")" \
	"$(grep -o '<value>[0-9]*' "$work/green.xml" | awk -F'>' '{ n++; s += $2 } END { printf "%d %.0f", n, s }')"
equals 'each premise is in it once' "$(cut -d, -f1 "$work/reads.csv" | tr -d "'" | sort -u | xargs)" \
	"$(grep -o '<name>[0-9]*' "$work/green.xml" | grep -o '[0-9]*$' | sort | xargs)"
equals 'no entry stands twice' '' "$(grep -o '<id>[^<]*' "$work/green.xml" | sort | uniq -d)"
equals 'as many days as there are' "$(cut -d, -f1,2,8 "$work/reads.csv" | sort -u | wc -l)" "$(grep -c '<IntervalBlock ' "$work/green.xml")"

# ---- a third party's, and the end of its right ----

says 'a third party without an agreement' 0 '' subscription add drops-csp --schedule daily --kind interval
csp_daily=$(sed -n 's/^NUMBER *\([0-9]*\).*/\1/p; s/^subscription *\([0-9]*\).*/\1/p' "$work/out" | head -n 1)
csp_daily=${csp_daily:-$(sql -c 'select max(subscription) from delivery.subscription')}
busbar drop build "$csp_daily" >/dev/null
holds 'gets a file' within 20 is_in "$csp_daily" "$day r1 BUILT"
empty=$(lists drops-csp daily | grep '\.CSV$')
as drops-csp <<<"get daily/$empty $work/empty.csv"
equals 'of a header alone' 1 "$(wc -l <"$work/empty.csv")"
both=$(busbar agreement record --as drops-csp --esiid "$other" --months 12 --history 1 --json | sed 's/.*"id":\([0-9]*\).*/\1/')
one=$(busbar agreement record --as drops-csp --esiid "$SAMPLE_ESIID_1" --months 12 --history 1 --json |
	sed 's/.*"id":\([0-9]*\).*/\1/')
says 'its agreements are built under' 0 'REVISION  2' drop build "$csp_daily"
holds 'as the next revision' within 20 is_in "$csp_daily" "$day r2 BUILT"
file=$(lists drops-csp daily | grep '\.CSV$')
equals 'the file before is gone' 1 "$(echo "$file" | wc -l)"
as drops-csp <<-SFTP
	get daily/$file $work/csp.csv
	get daily/$file.manifest.json $work/csp.json
SFTP
equals 'it holds both premises' 2 "$(sed 1d "$work/csp.csv" | cut -d, -f1 | sort -u | wc -l)"
equals 'and names the agreements' "$both $one" "$(json "$work/csp.json" '$.agreements[0]' '$.agreements[1]')"

# dropd is not there to help: the door itself must refuse
hub_stop_one dropd
sql -c "select agreement.move($one, 'terminate')" >/dev/null
holds 'an agreement that ended is the end of the file' eval "! as drops-csp <<<'get daily/$file $work/late.csv'"
equals 'not a byte of it' '' "$(cat "$work/late.csv" 2>/dev/null)"
equals 'with words' 1 "$(grep -ciE 'permission denied|no longer in force' "$work/said")"
equals 'it is listed no more' '' "$(lists drops-csp daily)"
hub_start_one dropd
holds 'it is withdrawn and built again' within 20 is_in "$csp_daily" "$day r2 WITHDRAWN, $day r3 BUILT"
file=$(lists drops-csp daily | grep '\.CSV$')
as drops-csp <<<"get daily/$file $work/csp.csv"
equals 'without that premise' "'$other" "$(sed 1d "$work/csp.csv" | cut -d, -f1 | sort -u)"

# ---- the clock ----

sql -c "update ops.setting set value = 'true' where name = 'clock.movable'"
busbar clock advance 48h >/dev/null
next=$(date -d "$day + 1 day" +%F)
holds 'two days later there are two more' within 20 is_in "$rep_daily" "$(date -d "$day + 2 days" +%F) r1 BUILT"
equals 'of each day one' "$day r1 BUILT, $next r1 BUILT, $(date -d "$day + 2 days" +%F) r1 BUILT" "$(states "$rep_daily")"
busbar clock reset >/dev/null

# ---- what changes ----

changes=$(busbar subscription add drops-csp --schedule change --format jsonl --every 1 --json |
	sed 's/.*"subscription":\([0-9]*\).*/\1/')
slots=$(sql -c "select reads.slots('$before', 'America/Chicago')")
fix=1039940674000IntervalData20260901120000001.lse
block "$other" 4 "${before//-/}" "$slots" 7.250 "$(TZ=America/Chicago date +%Y%m%d%H%M%S)" >"$work/$fix"
number=$(submitted oncor "$work/$fix")
equals 'a correction is loaded' 'LOADED 1' "$(sql -F' ' -c "select state, counts ->> 'accepted' from ledger.file where file = $number")"
holds 'a file of changes comes of it' within 20 is_in "$changes" 'change 1 r1 BUILT'
file=$(lists drops-csp daily | grep '^IntervalMeterChanges.*jsonl$')
as drops-csp <<<"get daily/$file $work/changes"
equals 'with each value, the old one beside it' "7.250 true" "$(head -n 1 "$work/changes" >"$work/line" &&
	json "$work/line" $.kwh) $(grep -q '"old_kwh":[0-9]' "$work/line" && grep -qE '"reason":"(CORRECTED|ESTIMATE_REPLACED)"' "$work/line" && echo true)"
equals 'and nothing else' "$slots $other" "$(wc -l <"$work/changes") $(sed 's/.*"esiid":"\([0-9]*\)".*/\1/' "$work/changes" | sort -u)"

# ---- killed at any moment ----

entries() { sql -c "select count(*) from delivery.entry e join delivery.drop d on d.drop = e.drop
	where d.subscription = $rep_daily and d.period = '$before'"; }
busbar drop build "$rep_daily" --period "$before" >/dev/null
for pause in 0.005 0.01 0.02 0.03 0.05; do
	kill -KILL "$(cat "$hub_state/run/dropd.pid")" 2>/dev/null
	within 5 sh -c "kill -0 \"\$(cat '$hub_state/run/dropd.pid')\""
	read -rt "$pause" <>"$hub_state/tmp/never" || :
done
holds 'a dropd that is killed again and again builds it' within 20 is_in "$rep_daily" "$before r1 BUILT"
equals 'once' 2 "$(entries)"
says 'replayed, it is another revision' 0 'REVISION  2' drop replay "$(sql -c "select max(drop) from delivery.drop
	where subscription = $rep_daily and period = '$before'")"
kill -KILL "$(cat "$hub_state/run/dropd.pid")"
holds 'which is built too' within 20 is_in "$rep_daily" "$before r1 CANCELLED, $before r2 BUILT"
says 'the invariants hold' 0 '' check
[ $failed = 0 ] || { echo '---- dropd'; tail -n 60 "$hub_state/log/dropd.log"; }
ended
