#!/bin/bash
# The operator's command against a database and a loader of its own: exit codes, words, and that what
# is stored comes out again. Ends with "N passed, N failed".
set -u
here=$(cd "$(dirname "$0")" && pwd)
source=$here/../..
bin=$(cd "${BUSBAR_BIN:-$source/build/bin}" && pwd) || exit 99
[ -n "${TEST_PG_DIR:-}" ] || exec "$here/../lib/with_pg" "$0" "$@"

work=$(mktemp -d)
loader=
ended() {
	[ -z "$loader" ] || { kill "$loader" && wait "$loader"; } 2>/dev/null
	rm -rf "$work"
}
trap ended EXIT
mkdir "$work/store" "$work/spool" "$work/keys"
cat >"$work/busbar.conf" <<CONF
[db]
conninfo = host=$TEST_PG_DIR dbname=busbar
[store]
path = $work/store
[spool]
path = $work/spool
[keys]
path = $work/keys
CONF
export BUSBAR_CONF=$work/busbar.conf

passed=0 failed=0
# Runs busbar and looks at its exit status and at what it says on either stream.
says() { # SENTENCE STATUS TEXT ARGUMENTS...
	local sentence=$1 status=$2 text=$3 got
	shift 3
	"$bin/busbar" "$@" >"$work/out" 2>"$work/err" </dev/null
	got=$?
	if [ $got = "$status" ] && cat "$work/out" "$work/err" | grep -qF -- "$text"; then
		passed=$((passed + 1))
		echo "ok $sentence"
	else
		failed=$((failed + 1))
		echo "not ok $sentence: busbar $*: status $got, expected $status and \"$text\""
		head -c 2000 "$work/out" "$work/err"
	fi
}
holds() { # SENTENCE COMMAND...
	local sentence=$1
	shift
	if "$@" >"$work/held" 2>&1; then
		passed=$((passed + 1))
		echo "ok $sentence"
	else
		failed=$((failed + 1))
		echo "not ok $sentence: $*"
		head -c 2000 "$work/held"
	fi
}
sql() { psql -XqAt -v ON_ERROR_STOP=1 "$@"; }
member() { sed -n "s/.*\"$1\":\"\{0,1\}\([^\",}]*\).*/\1/p" "$work/out" | head -n 1; }

# How often the last command said it.
count_of() { # SENTENCE NUMBER TEXT
	holds "$1" test "$(grep -oF -- "$3" "$work/out" | wc -l)" = "$2"
}

# ---- help and usage ----

says 'help lists the commands' 0 'agreement record' --help
says 'each command has help' 0 'usage: busbar reads [ESIID] --from DATE --to DATE' reads --help
says 'an unknown command is usage' 64 'there is no command "raeds"; there is: reads' raeds
says 'a bad date is usage' 64 '--from is "2026-02-30", expected a date as 2026-11-01' \
	reads 10443720000000001 --from 2026-02-30 --to 2026-03-01
says 'missing settings are told' 65 'nowhere.conf' -c "$work/nowhere.conf" status
echo "[db]
conninfo = host=$work dbname=busbar" >"$work/away.conf"
says 'a database that is away is unavailable' 69 'cannot reach the database' -c "$work/away.conf" status

# ---- migrations ----

sql -f "$source/sql/roles.sql"
cp -R "$source/sql" "$work/sql"
count=$(ls "$work/sql/migrations" | wc -l)
next=$(printf %04d $((count + 1))) after=$(printf %04d $((count + 2)))
migrate() { # SENTENCE STATUS TEXT [OPTION...]
	local sentence=$1 status=$2 text=$3
	shift 3
	says "$sentence" "$status" "$text" migrate --dir "$work/sql" "$@"
}
migrate 'check tells what is to be done' 1 'to apply: 0001_ops' --check
migrate 'migrations are applied' 0 "$count migrations applied, the schema is at"
migrate 'again there is nothing to apply' 0 '0 migrations applied'
migrate 'check is content' 0 'functions and grants: current' --check

echo 'create table ops.half (); select 1/0;' >"$work/sql/migrations/${next}_bad.sql"
migrate 'a migration that fails says where' 65 "migrations/${next}_bad"
holds 'and leaves nothing of itself' test "$(sql -c "select to_regclass('ops.half') is null")" = t
rm "$work/sql/migrations/${next}_bad.sql"

cat >"$work/sql/migrations/${next}_slow.auto.sql" <<'SQL'
-- outside a transaction; from its start when it was cut short
drop index concurrently if exists ops.setting_value;
create index concurrently setting_value on ops.setting (value);
select 1 / (select count(*) from ops.setting where name = 'test.go');
SQL
migrate 'a migration outside a transaction may be cut short' 65 "migrations/${next}_slow"
sql -c "insert into ops.setting (name, value) values ('test.go', '1')"
migrate 'and is run again from its start' 0 '1 migrations applied'
echo '-- changed' >>"$work/sql/migrations/${next}_slow.auto.sql"
migrate 'a migration that changed is refused' 65 "${next}_slow has changed since it was applied"
rm "$work/sql/migrations/${next}_slow.auto.sql"
migrate 'a schema from the future is refused' 65 "the database has migration ${next}_slow of busbar"
cp -R "$source/sql/migrations/." "$work/sql/migrations/"
sql -c "delete from ops.migration where number > $count" -c 'drop index ops.setting_value' \
	-c "delete from ops.setting where name = 'test.go'"

echo 'create table ops.once ();' >"$work/sql/migrations/${next}_once.sql"
for i in 1 2 3; do
	"$bin/busbar" migrate --dir "$work/sql" >"$work/migrate.$i" 2>&1 &
	pids="${pids:-} $!"
done
statuses=
for pid in $pids; do
	wait "$pid"
	statuses=$statuses$?
done
holds 'three at once wait for each other' test "$statuses" = 000
holds 'and one of them applies it' test "$(cat "$work"/migrate.? | grep -c '^1 migrations')" = 1
sql -c "delete from ops.migration where number > $count" -c 'drop table ops.once'
rm "$work/sql/migrations/${next}_once.sql"
migrate 'all is as before' 0 '0 migrations applied'

# ---- parties and rules ----

says 'a utility is taken in' 0 'oncor' tdu add Oncor --name Oncor --duns 1039940674000 --prefix 1044372/17
says 'once' 65 'there is a party "oncor" already' \
	tdu add oncor --name Oncor --duns 1039940674000 --prefix 1044372/17
says 'a prefix has a length' 64 'expected seven digits and a length of 17 or 22' \
	tdu add other --name Other --duns 123456789 --prefix 1044372
says 'a utility is shown in any case' 0 '"prefixes":"1044372/17"' tdu show ONCOR --json
says 'another that is not there is told' 65 'there is no utility of that code' tdu show nobody
printf 'certificate,code,name\r\n10001,alpha,"Alpha, Inc."\r\n10002,beta,Beta\r\n' >"$work/reps.csv"
says 'REPs come from a file' 0 '"added":2' rep load "$work/reps.csv" --json
says 'again they are passed over' 0 '"added":0,"there":2' rep load "$work/reps.csv" --json
printf 'certificate,code,name\n10003,gamma,Gamma\n1000,delta,Delta\n' >"$work/bad.csv"
says 'a bad line refuses the file' 65 'bad.csv: line 3: certificate "1000"' rep load "$work/bad.csv"
says 'all of it' 0 '{"items":[{"code":"alpha","name":"Alpha, Inc."' rep list --json
count_of 'so gamma is not there' 0 gamma
says 'a rule is changed for one utility' 0 '"severity":"flag","threshold":40' \
	rule set oncor spike flag 40 --json
says 'and listed as its own' 0 '"code":"spike","severity":"flag","threshold":40,"unit":"times the day' \
	rule list oncor --json
says 'an unknown rule is told' 65 'there is no rule "spyke"' rule set oncor spyke flag
says 'a real hub takes a third party by the steps of a registration alone' 65 'csp add is for a demo or sandbox' \
	csp add sunny --name 'Sunny Example'

# ---- the clock ----

says 'a clock that may not move does not' 65 'cannot be moved' clock advance 9d
sql -c "update ops.setting set value = 'true' where name = 'clock.movable'"
says 'one that may does' 0 '"ahead_s":777600' clock advance 9d --json
says 'and comes back' 0 '"ahead_s":0' clock reset --json
says 'a hub for trying takes a third party at once' 0 'sunny' csp add sunny --name 'Sunny Example' \
	--site https://sunny.example/ --use 'Helps you to use the sun.'

# ---- files in ----

says 'keys are made' 0 "$work/keys" keys make
says 'never over old ones' 65 "$work/keys" keys make
"$bin/busbar-ingestd" -c "$BUSBAR_CONF" 2>"$work/ingestd.log" &
loader=$!
esiid=10443720000000001
premise="$work/premise.csv"
{
	echo 'busbar,premise,1'
	echo 'esiid,status,class,effective,channels'
	echo "$esiid,ACTIVE,RESIDENTIAL,2024-01-01,LOAD_GENERATION"
} >"$premise"
says 'a file is received and loaded' 0 '"state":"LOADED"' submit "$premise" --as ONCOR --wait --json
says 'again it is the first receipt' 0 '"file":1,"name":"premise.csv","revision":1,"repeated":true' \
	submit "$premise" --as oncor --json
echo "10443720000000002,ACTIVE,RESIDENTIAL,2024-01-01,LOAD" >>"$premise"
says 'other bytes are a new revision' 0 '"revision":2,"repeated":false' submit "$premise" --as oncor --wait --json
says 'a folder is no file' 65 'is not a plain file' submit "$work" --as oncor
says 'nobody sends as nobody' 65 'there is no party "nobody"' submit "$premise" --as nobody
says 'a third party is no utility' 65 '"sunny" is a CSP, expected a TDU' submit "$premise" --as sunny

# A day of an LSE file: ESI ID, channel, YYYYMMDD, slots, value, creation time.
block() {
	printf '00000001,%s,%s,%s000000,%s235959,Y,N\n' "$1" "$2" "$3" "$3"
	printf '00000002,,,1,0,1,0,900,01,,,,\n00000003,\n00000004,%s,M\n10000000' "$6"
	for _ in $(seq "$4"); do printf ',%s,A,' "$5"; done
	echo
}
lse() { echo "$work/1039940674000IntervalData$1.lse"; }
{
	block $esiid 4 20251102 100 0.250 20251103060000
	block $esiid 1 20251102 100 0.125 20251103060000
	block $esiid 4 20250309 92 0.250 20250310060000
} >"$(lse 20251103060000001)"
says 'days of 100 and 92 quarter-hours are loaded' 0 '"accepted":3' \
	submit "$(lse 20251103060000001)" --as oncor --wait --json
says 'when it was is known to the microsecond' 0 '"loaded_at"' file show 3 --json
first_known=$(member loaded_at)
block $esiid 4 20251102 100 0.500 20251104060000 >"$(lse 20251104060000001)"
says 'a correction is loaded' 0 '"accepted":1' submit "$(lse 20251104060000001)" --as oncor --wait --json
block $esiid 4 20251102 96 0.500 20251105060000 >"$(lse 20251105060000001)"
says 'a day of the wrong length is refused' 1 'records were refused; "busbar file rejects 5" lists them.' \
	submit "$(lse 20251105060000001)" --as oncor --wait
says 'and listed with its reason' 0 '"rule":"wrong-interval-count","severity":"reject"' file rejects 5 --json
says 'no such file is told' 65 'there is no file of that number' file rejects 99
says 'files are listed' 0 '{"items":[{"file":5,' file list --json
block $esiid 4 20251102 100 0.500 20251106060000 >"$work/123456789IntervalData20251106060000001.lse"
says 'a file of another sender is held' 1 'The file is HELD:' \
	submit "$work/123456789IntervalData20251106060000001.lse" --as oncor --wait
says 'a person lets it in' 0 '"released":true' file release 6 --json
says 'and it is loaded' 0 '"repeated":true' \
	submit "$work/123456789IntervalData20251106060000001.lse" --as oncor --wait --json
says 'only what is held' 65 'is not possible' file discard 5

# ---- reads out ----

reads() { # SENTENCE STATUS TEXT OPTION...
	local sentence=$1 status=$2 text=$3
	shift 3
	says "$sentence" "$status" "$text" reads $esiid --from 2025-11-02 --to 2025-11-02 "$@"
}
reads 'the current version comes out' 0 "'$esiid,11/02/2025,11/0" --format csv
count_of 'with 100 rows a channel' 100 ',Consumption'
count_of 'of the correction' 100 ',0.500,A,Consumption'
reads 'as it was known before' 0 ',0.250,A,Consumption' --as-of "$first_known"
count_of 'nothing of the later one' 0 ',0.500,'
reads 'as it was before anything' 0 'There are no reads in that range.' --as-of 2025-01-01T00:00:00Z
reads 'every version' 0 '"total_kwh":25.000' --versions --json
count_of 'three of one channel' 3 '"channel":"consumption"'
count_of 'and one of the other' 1 '"channel":"generation"'
reads 'out as it came in' 0 '00000001,10443720000000001,4,20251102000000,20251102235959,Y,N' --format lse
reads 'with instants in UTC' 0 '2025-11-02T' --format csv-ext
reads 'as a chart' 0 '2025-11-02 10443720000000001 load, 50.000 kWh in 100 intervals' --chart
says 'the spring day has 92' 0 '"total_kwh":23.000' reads $esiid --from 2025-03-09 --to 2025-03-09 --json
reads 'a third party without agreement reads nothing' 65 'there are no reads of that ESI ID for you' --as sunny
says 'nor anything of an ESI ID that is not there' 65 'there are no reads of that ESI ID for you' \
	reads 10443720000000999 --from 2025-11-02 --to 2025-11-02 --as sunny
says 'the operator may vouch for one' 0 '"id":1,"state":"ACTIVE"' \
	agreement record --as sunny --esiid $esiid --months 12 --history 24 --json
reads 'then it reads' 0 ',Consumption' --as sunny
holds 'each release is on record' test \
	"$(sql -c "select count(*) > 8 from audit.event where kind = 'reads.released'")" = t
says 'an ESI ID of another shape is told' 65 'expected 10 and 15 or 20 more digits' \
	reads 123 --from 2025-11-02 --to 2025-11-02
says 'the scoreboard has the day' 0 '"tdu":"oncor"' completeness --day 2025-11-02 --json

# ---- months, and that all holds ----

says 'a month is merged' 0 '"rows":' month merge 2025-11 --json
says 'a month is a month' 64 'expected a month as 2026-07' month merge 2025-13
says 'housekeeping says what it does' 0 'DONE' month housekeep
reads 'the reads are as before' 0 ',0.500,A,Consumption'
says 'everything holds' 0 'roll-ups equal a recount' check
says 'down to the last byte' 0 'every stored day unpacks' check --deep
says 'the state in one object' 0 '"files_waiting":' status --json

object=$(find "$work/store/in" -type f -size +1k | head -n 1)
cp -p "$object" "$work/kept"
chmod u+w "$object"
printf x | dd of="$object" bs=1 seek=100 conv=notrunc 2>/dev/null
says 'a changed byte is not seen at a glance' 0 'every file of the ledger' check
says 'but by its digest' 1 'the bytes of an object are not those it is named by' check --deep
rm -f "$object"
says 'a lost file is seen' 1 'the store has no object' check
cp -p "$work/kept" "$object"
echo stray >"$work/store/in/ab/ab$(printf %062d 0)"
touch -d '2 hours ago' "$work/store/in/ab/ab$(printf %062d 0)"
says 'a stray one is counted' 0 '1 to sweep' check
sql -c 'update reads.day set total_wh = total_wh + 1 where line = 1'
says 'a day that is not what its row says is seen' 1 'its row says' check --deep
sql -c 'update reads.day set total_wh = total_wh - 1 where line = 1'
says 'and all is well again' 0 'every stored day unpacks' check --deep

echo "$passed passed, $failed failed"
[ $failed = 0 ]
