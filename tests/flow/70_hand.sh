#!/bin/bash
# What a stranger does by hand: the commands of the README, help of every command, exit statuses, and
# data as JSON from every command there is.
. "$(dirname "$0")/lib.sh"
esiid=10443720000070001
name=1039940674000IntervalData20260815060000001.lse
block $esiid 4 20260814 96 0.250 20260815060000 >"$work/$name"
submitted oncor "$work/$name" >"$work/number"
number=$(cat "$work/number")
printf 'busbar,premise,1\nesiid,status,class,effective\n%s,ACTIVE,RESIDENTIAL,2026-01-01\n' $esiid \
	>"$work/premise-70.csv"
submitted oncor "$work/premise-70.csv" >/dev/null

# ---- the README, word for word, in a checkout whose var/ is the hub's ----

mkdir -p "$work/checkout/build"
ln -s "$hub_state" "$work/checkout/var"
ln -s "$hub_programs/bin" "$work/checkout/build/bin"
block $esiid 4 20261101 100 0.250 20261102060000 >"$work/checkout/1039940674000IntervalData20261102060000001.lse"
sed -n 's|^    \(build/bin/busbar .*\)|\1|p' "$source/README.md" | sed 's/   .*//' >"$work/readme"
holds 'the README shows commands' test "$(wc -l <"$work/readme")" -ge 5
while read -r line; do
	line=${line//ESIID/$esiid}
	line=${line//FILE/1039940674000IntervalData20261102060000001.lse}
	(cd "$work/checkout" && timeout 60 env -u BUSBAR_CONF sh -c "$line") >"$work/out" 2>"$work/err" </dev/null
	equals "README: $line" 0 $?
	holds 'README: it says something' test -s "$work/out"
done <"$work/readme"
grep -oE '`(docs|hub|deploy|tests)/[a-z_/.]+`' "$source/README.md" | tr -d '`' >"$work/named"
while read -r path; do
	holds "the README's $path is there" test -e "$source/$path"
done <"$work/named"

# ---- help ----

busbar --help >"$work/help"
sed -n 's/^  \([a-z]\+\( [a-z]\+\)\{0,1\}\)   *.*/\1/p' "$work/help" | sed 's/ *$//' >"$work/commands"
holds 'help lists commands' test "$(wc -l <"$work/commands")" -ge 30
equals 'without a command it says how to use it' 64 "$(busbar >"$work/out" 2>"$work/err"; echo $?)"
holds 'and shows them' grep -q 'usage: busbar' <(cat "$work/out" "$work/err")
while read -r command; do
	says "$command: help" 0 "usage: busbar $command" $command --help
	cp "$work/out" "$work/said"
	busbar help $command >"$work/out" 2>&1 </dev/null
	same "$command: help by the other way is the same" "$work/said" "$work/out"
	says "$command: an unknown option is not understood" 64 '--no-such-option' $command --no-such-option
done <"$work/commands"
says 'a near miss is helped' 64 'reads' raeds
says 'words behind the last are not passed over' 64 'too' tdu list too many
says 'a missing word is named' 64 'FILE' file show
says 'a number is a number' 64 'abc' file show abc

# ---- exit statuses ----

says '0: done' 0 'oncor' tdu list
printf 'busbar,rep,1\nesiid,rep,effective\n%s,00001,2026-01-01\n' $esiid >"$work/rep-70.csv"
says '1: done, with findings' 1 'refused' submit "$work/rep-70.csv" --as oncor --wait
says '65: bad input' 65 'there is no file of that number' file show 999999
says '65: a file that is not there' 65 'nowhere.lse' submit "$work/nowhere.lse" --as oncor
sed "s|host=[^ ]*|host=$work|" "$hub_state/busbar.conf" >"$work/away.conf"
timeout 60 "$hub_programs/bin/busbar" -c "$work/away.conf" status >"$work/out" 2>"$work/err"
equals '69: the database is away' 69 $?
equals 'in words for people, no log' 'busbar: cannot reach the database: connection' \
	"$(sed -n '1s/ to server.*//p' "$work/err")"
busbar reads $esiid --from 2026-08-14 --to 2026-08-14 2>"$work/err" | head -n 1 >"$work/out"
equals 'a reader who goes away is no fault of ours' '' "$(cat "$work/err")"
holds 'nothing is coloured for a pipe' test "$(for c in 'file list' 'tdu list' status check; do busbar $c; done |
	grep -c "$(printf '\033')")" = 0

# ---- JSON: each command once; a command that is not here fails ----

block $esiid 4 20260813 96 0.250 20260815060000 >"$work/wrong.lse"
held() { json <(busbar submit "$1" --as oncor --wait --json --name "$2" 2>"$work/err") $.file; }
one=$(held "$work/wrong.lse" 957877905IntervalData20260815060000001.lse)
block $esiid 4 20260812 96 0.250 20260815060000 >"$work/wrong2.lse"
two=$(held "$work/wrong2.lse" 957877905IntervalData20260815060000002.lse)
block $esiid 4 20260811 96 0.250 20260815060000 >"$work/1039940674000IntervalData20260815060000003.lse"
printf 'certificate,code,name\n79001,hand-rep,"Hand, ""Quoted"" & Ünïcode"\n' >"$work/reps.csv"
mkdir "$work/keys"
# a subscription, its drop and a server, for the commands that take a number
number() { sed 's/[^0-9]*\([0-9]*\).*/\1/' "$work/out"; }
ssh-keygen -q -t ed25519 -N '' -f "$work/server"
pin=$(ssh-keygen -lf "$work/server.pub" | cut -d' ' -f2)
says 'a box' 0 '' account add hand-2 --party oncor
says 'a subscription' 0 subscription subscription add hand-2 --schedule daily --json
subscription=$(number)
says 'a drop of it' 0 drop drop build "$subscription" --period 2026-08-02 --json
drop=$(number)
says 'a server' 0 endpoint endpoint add hand-2 sftp://hub@192.0.2.7/in/ --pin $pin --key $work/server --json
endpoint=$(number)
says 'a webhook' 0 webhook webhook add https://hooks.example/hand --as oncor --json
webhook=$(json "$work/out" $.webhook)
sql -c "update ops.setting set value = 'true' where name = 'clock.movable'"
cat >"$work/table" <<LIST
submit|0|submit $work/1039940674000IntervalData20260815060000003.lse --as oncor --wait
file list|0|file list --most 5
file summary|0|file summary
file show|0|file show $number
file rejects|0|file rejects $number
file release|0|file release $one
file discard|0|file discard $two
reads|0|reads $esiid --from 2026-08-14 --to 2026-08-14 --reason test
reads|0|reads $esiid --from 2026-01-01 --to 2026-01-02 --reason test
completeness|0|completeness --day 2026-08-14
tdu list|0|tdu list
tdu show|0|tdu show oncor
tdu add|0|tdu add hand-tdu --name Hand --duns 123456789 --prefix 1077777/17
rep list|0|rep list
rep add|0|rep add hand-rep-2 --name Hand --certificate 79002 --duns 001234567
rep load|0|rep load $work/reps.csv
csp list|0|csp list
csp add|0|csp add hand-csp --name Hand
csp show|0|csp show hand-csp
csp contact|0|csp contact hand-csp --email hand@example.com
csp suspensions|0|csp suspensions
person list|0|person list
customer list|0|customer list
agreement list|0|agreement list
agreement funnel|0|agreement funnel
radar list|0|radar list
radar hits|0|radar hits
radar tries|0|radar tries hand-csp
hold list|0|hold list
client add|0|client add --as hand-csp --id hand-client-1 --redirect https://hand.example/back
client list|0|client list
client grants|0|client grants hand-client-1
command list|0|command list
webhook list|0|webhook list
webhook show|0|webhook show $webhook
webhook change|0|webhook change $webhook --label Hand
complaint list|0|complaint list
order list|0|order list
approval list|0|approval list
mail list|0|mail list
mail suppress|0|mail suppress --email hand@example.com
mail suppressed|0|mail suppressed
mail allow|0|mail allow --email hand@example.com
audit tail|0|audit tail --most 5
audit status|0|audit status
audit key|0|audit key
regulator list|0|regulator list
regulator add|0|regulator add hand-regulator --name Hand
account add|0|account add hand-1 --party hand-csp --network 192.0.2.0/24 --data-tls prefer
account list|0|account list
account show|0|account show hand-1
account set|0|account set hand-1 --anywhere --quota 1
credential add|0|credential add hand-1 --password
credential add|0|credential add hand-1 --token --label second
credential list|0|credential list hand-1
credential end|0|credential end 1
session list|0|session list
box sweep|0|box sweep
subscription add|0|subscription add hand-1 --schedule weekly --weekday monday
subscription list|0|subscription list
subscription show|0|subscription show $subscription
subscription pause|0|subscription pause $subscription
subscription resume|0|subscription resume $subscription
drop list|0|drop list
drop show|0|drop show $drop
drop cancel|0|drop cancel $drop
drop replay|0|drop replay $drop
drop build|0|drop build $subscription --period 2026-08-01
endpoint add|0|endpoint add hand-1 sftp://hub@192.0.2.7/in/ --pin $pin --key $work/server
endpoint list|0|endpoint list
endpoint show|0|endpoint show $endpoint
endpoint use|0|endpoint use $endpoint --subscription $subscription
endpoint pin|0|endpoint pin $endpoint --pin $pin --key $work/server
endpoint prove|0|endpoint prove $endpoint
endpoint end|0|endpoint end $endpoint
push list|0|push list
subscription end|0|subscription end $subscription
account close|0|account close hand-1
agreement record|0|agreement record --as hand-csp --esiid $esiid --months 1
rule list|0|rule list oncor
rule list|0|rule list
rule set|0|rule set hand-tdu spike flag 30
clock show|0|clock show
clock advance|0|clock advance 1h
clock reset|0|clock reset
clock trust|0|clock trust
status|0|status
check|0|check --deep
month merge|0|month merge 2026-08
month purge|0|month purge --before 2015-01-01
month housekeep|0|month housekeep
han on|0|han on $esiid
han list|0|han list
han off|0|han off $esiid
report list|0|report list
retention list|0|retention list
retention set|0|retention set portal.look 3000
retention run|0|retention run
migrate|0|migrate --dir $hub_programs/sql
migrate|0|migrate --dir $hub_programs/sql --check
keys make|0|keys make --dir $work/keys
synth|0|synth --out $work/synth --meters 10 --from 2026-08-01 --days 1
settings|0|settings
LIST
while IFS='|' read -r command status line; do
	busbar $line --json >"$work/out" 2>"$work/err" </dev/null
	got=$?
	kind=$(json "$work/out" '$.type()')
	if [ $got = "$status" ] && [ "$kind" = object ]; then
		ok "JSON: $command"
	else
		not_ok "JSON: $line" "status $got, kind $kind"
		head -c 300 "$work/out" "$work/err"
	fi
done <"$work/table"
# what takes a number says when there is none such
for command in 'agreement renew 999999 --as hand-csp' 'radar show 999999' 'radar clear 999999 --reason none' \
	'approval refuse 999999' 'push cancel 999999'; do
	says "there is none such: $command" 65 'there is no' $command
done
holds 'a third party is revoked' busbar csp revoke hand-csp --reason hand
says 'nothing is old enough to be erased' 0 '' audit erase
# the others need more than one line to get there: they are in the flow of what they are for
equals 'no command was left out' '' "$(grep -vxFf <(cut -d'|' -f1 "$work/table") "$work/commands" |
	while read -r command; do grep -qF "$command" "$(dirname "$0")"/{70,9?,alone}_*.sh || echo "$command"; done | xargs)"
busbar rep list --json >"$work/out"
equals 'names come through JSON whole' 'Hand, "Quoted" & Ünïcode' \
	"$(json "$work/out" '$.items[*] ? (@.certificate == "79001").name')"
equals 'numbers with zeros are text' '001234567' \
	"$(json "$work/out" '$.items[*] ? (@.certificate == "79002").duns')"
ended
