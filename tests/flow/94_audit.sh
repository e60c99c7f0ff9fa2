#!/bin/bash
# The signed log: what happens becomes an entry and stands under a checkpoint; the export can be verified
# without the hub, also by other code than ours; each kind of change is found and its entry named; proofs,
# consistency of checkpoints, receipts; an event that was committed late is there once; text is erased and
# the proofs hold.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/api.sh"
here=$(cd "$(dirname "$0")" && pwd)
verify=$hub_programs/bin/busbar-verify
key=$(cat "$hub_state/audit.pub")
trap 'exec 3>&-; api_down; busbar clock reset >/dev/null 2>&1' EXIT

# Runs busbar-verify alone, without the hub's settings: exit status, and a text on either stream.
verifies() { # SENTENCE STATUS TEXT ARGUMENTS...
	local sentence=$1 status=$2 text=$3 got
	shift 3
	(cd / && env -i "$verify" "$@") >"$work/out" 2>"$work/err" </dev/null
	got=$?
	if [ $got = "$status" ] && cat "$work/out" "$work/err" | grep -qF -- "$text"; then
		ok "$sentence"
	else
		not_ok "$sentence" "busbar-verify $*: status $got, expected $status and \"$text\""
		head -c 2000 "$work/out" "$work/err"
	fi
}
size_of() { sed -n 2p "$1"; }
entry_of() { # EVENT: its number in the tree
	sql -c "select entry from audit.leaf where event = $1"
}

# ---- a checkpoint ----

ldd "$verify" >"$work/links"
equals 'the verifier links no database and no network library' '' "$(grep -E 'libpq|libevent|libcurl' "$work/links")"
hub_start_one auditd
holds 'auditd starts' within 20 grep -q audit.ready "$hub_state/log/auditd.log"
says 'everything until now is signed' 0 '' audit checkpoint
cp "$work/out" "$work/first"
equals 'a checkpoint is origin, size, root, an empty line and a signature' 'hub.example/audit|number|root||— hub.example/audit' \
	"$(sed -E '2s/^[1-9][0-9]*$/number/; 3s,^[A-Za-z0-9+/]{43}=$,root,; 5s/ [A-Za-z0-9+\/=]{92}$//' "$work/first" | paste -sd'|')"
verifies 'the public key verifies it' 0 'is as it was signed' --key "$key" "$work/first"
verifies 'or the file with it' 0 'is as it was signed' --key "$hub_state/audit.pub" "$work/first"
verifies 'not without a key' 64 '--key' "$work/first"
says 'busbar audit verify has the key of the installation' 0 'is as it was signed' audit verify "$work/first"
sed '2s/$/0/' "$work/first" >"$work/forged"
verifies 'another size was not signed' 1 'does not belong to it' --key "$key" "$work/forged"
other=$(openssl genpkey -algorithm ed25519 -outform DER | tail -c 32 | xxd -p -c 64)
mkdir -m 700 "$work/keys" && (umask 077 && echo "$other" >"$work/keys/audit.key")
busbar keys public --dir "$work/keys" >"$work/other.pub"
verifies 'nor by somebody else' 1 'not signed by a key that is known' --key "$work/other.pub" "$work/first"

# ---- an export ----

busbar csp add audit-csp --name 'Flow Third Party' >/dev/null
says 'tail shows what was done' 0 '"audit-csp"' audit tail --most 5
says 'the log is exported' 0 "$work/log" audit export --out "$work/log"
says 'not over another one' 65 'exists' audit export --out "$work/log" --last
verifies 'and verified by a program that has the folder and the key alone' 0 'all are there, unchanged' --key "$key" "$work/log"
says 'or by busbar audit verify' 0 'all are there, unchanged' audit verify "$work/log"
verifies 'without a key the bundle vouches for itself only, and says so' 0 'is it the one that you were given' "$work/log"
holds 'other code than ours finds the same' python3 "$here/audit_check.py" "$work/log" "$key"
entries=$(wc -l <"$work/log/entries")
equals 'every event has its entry' "$(sql -c 'select count(*) from audit.event')" "$entries"
equals 'the last is the export itself' 'audit.exported' "$(tail -n 1 "$work/log/entries" | grep -o 'audit.exported')"
verifies 'a checkpoint that was kept is continued by it' 0 '1 that were kept' --key "$key" "$work/log" "$work/first"

# ---- each kind of change, and its entry ----

# signs are exchanged with the first that differs: what is the same twice would be no change

changed() { # SENTENCE TEXT COMMAND...: the command changes a copy of the log
	local sentence=$1 text=$2
	shift 2
	rm -rf "$work/copy"
	cp -r "$work/log" "$work/copy"
	(cd "$work/copy" && "$@")
	verifies "$sentence" 1 "$text" --key "$key" "$work/copy" "$work/first"
}
at=7 # an entry that is changed; lines are counted from 1
changed 'a word of a row' "entry $at was changed" sed -i "$((at + 1))s/actor/acted/" entries
changed 'a salt' "entry $at was changed" sed -i -E "$((at + 1))s/ (.)([0-9a-f]{31}) / \2\1 /; $((at + 1))s/ a/ b/" entries
changed 'a hash' "entry $at was changed" sed -i -E "$((at + 1))s/^../zz/" entries
changed 'a removed entry' "entry $at is missing" sed -i "$((at + 1))d" entries
changed 'the first one removed' 'entry 0 is missing' sed -i 1d entries
changed 'two swapped' "entry $at is missing; in its place stands: {\"entry\":$((at + 1))," sed -i "$((at + 1)){h;d};$((at + 2)){G}" entries
changed 'an entry twice' "entry $((at + 1)) is not in its place" sed -i "$((at + 1))p" entries
changed 'the end cut off' "entry $((entries - 1)) is missing: the log ends" sed -i '$d' entries
changed 'cut in a line' "entry $((entries - 1)) is cut off" truncate -s -3 entries
changed 'an entry added' "entry $entries was added" sed -i '$p' entries
changed 'another checkpoint' 'does not belong to it' sed -i '3s/^./=/;3s/^=/A/;3s/^\(.\)\(.\)/\2\1/' checkpoint
changed 'an earlier checkpoint' 'checkpoint' sed -i -E '4s/^((.)\2*)(.)/\3\1/' checkpoints
changed 'no checkpoint' 'No such file' rm checkpoint
# who changes a row and its hash has another root: the checkpoints tell between which entries
rehash() {
	python3 - "$1" <<'PY'
import hashlib, sys
n = int(sys.argv[1])
lines = open("entries").read().split("\n")
_, salt, row = lines[n].split(" ", 2)
row = row.replace('"actor"', '"acted"')
lines[n] = hashlib.sha256(b"\0" + bytes.fromhex(salt) + row.encode()).hexdigest() + " " + salt + " " + row
open("entries", "w").write("\n".join(lines))
PY
}
first=$(size_of "$work/first")
changed 'a row and its hash, before the first checkpoint' "before entry $first, is not what was signed" rehash $((first - 1))
changed 'and behind it' "entry $first or one behind it, before entry $entries, is not what was signed" rehash "$first"

# ---- one checkpoint continues another ----

says 'a proof from the kept checkpoint to a new one' 0 'busbar consistency proof v1' audit prove --from "$first"
cp "$work/out" "$work/bridge"
verifies 'holds with the key alone' 0 "continues that of $first" --key "$key" "$work/bridge" "$work/first"
says 'the new checkpoint' 0 '' audit checkpoint --last
cp "$work/out" "$work/second"
verifies 'and fits the one that is kept now' 0 "continues that of $first" --key "$key" "$work/bridge" "$work/second"
sed -E '2s/^((.)\2*)(.)/\3\1/' "$work/bridge" >"$work/forged"
verifies 'a changed proof does not' 1 'does not continue' --key "$key" "$work/forged"
says 'an event is proven' 0 'c2sp.org/tlog-proof@v1' audit prove 3
cp "$work/out" "$work/proof"
verifies 'with the key alone' 0 '"event":3,' --key "$key" "$work/proof"
sed -E '2s/^(extra .{60})((.)\3*)(.)/\1\4\2/' "$work/proof" >"$work/forged"
verifies 'another row is not in the log' 1 "entry $(entry_of 3) is not what was signed" --key "$key" "$work/forged"

# ---- a witness, on a machine of its own: it goes out, and nothing of the hub's comes in ----

holds 'nginx and busbar-apid' api_up
says 'a commission' 0 '' regulator add audit-commission --name 'Audit Commission'
says 'its account' 0 '' account add audit-commission --party audit-commission
mkdir -m 700 "$work/w"
(umask 077 && token_of audit-commission >"$work/w/token")
PATH=$hub_programs/bin:$PATH
wkey=$(busbar-witness make --key "$work/w/key" --memory "$work/w/last" commission.example/w)
cat >"$work/w/settings" <<-SETTINGS
	HUB=$url LOG_KEY=$hub_state/audit.pub KEY=$work/w/key MEMORY=$work/w/last TOKEN=$work/w/token
	EVIDENCE=$work/w CA=$hub_state/tls/ca.pem
SETTINGS
round() { PATH=$hub_programs/bin:$PATH "$source/deploy/witness/busbar-witness-run" "$work/w/settings" >"$work/out" 2>"$work/err"; echo $?; }
says 'its key is for the hub to know' 0 '' witness add "$wkey"
says 'a key of a log is no witness' 65 "expected a witness's" witness add "$key"
says 'a name only once' 75 'already' witness add "$wkey"
busbar audit checkpoint >/dev/null
equals 'it signs what it has never seen before' 0 "$(round)"
seen=$(busbar-witness size --log "$key" --memory "$work/w/last")
equals 'and knows how far it came' "$seen" "$(sed -n 2p "$work/w/last")"
busbar csp add audit-csp2 --name 'Flow Third Party 2' >/dev/null
says 'the log goes on' 0 '' audit checkpoint
equals 'it signs what continues that' 0 "$(round)"
equals 'everybody sees both signatures' "200 hub.example/audit commission.example/w" \
	"$(ask_plain "$url/v1/audit/checkpoint") $(sed -n 's/^— \([^ ]*\) .*/\1/p' "$work/body" | paste -sd' ')"
cp "$work/body" "$work/seen"
verifies 'they hold' 0 'witness commission.example/w signed the checkpoint of' --key "$key" --witness "$wkey" "$work/seen"
sed -E '$!b;s/[^A](.{20})$/A\1/;t;s/A(.{20})$/B\1/' "$work/seen" >"$work/forged"
verifies 'a forged one does not' 1 'of the witness commission.example/w' --key "$key" --witness "$wkey" "$work/forged"
busbar audit export --last --kit --out "$work/kit" >/dev/null
verifies 'a bundle says how far the witness saw it' 0 "signed the checkpoint of $(size_of "$work/seen") entries" --key "$key" --witness "$wkey" "$work/kit"
holds 'other code than ours finds the same' python3 "$here/audit_check.py" "$work/kit" "$key" "$wkey"
other=$(busbar-witness make --key "$work/w/key2" --memory "$work/w/last2" other.example/w)
verifies 'who did not sign is missed' 1 '1 of 2 witnesses have signed it, expected 2' --key "$key" --witness "$wkey" --witness "$other" "$work/kit"
verifies 'unless one of them is enough' 0 '' --key "$key" --witness "$wkey" --witness "$other" --quorum 1 "$work/kit"
equals 'nobody else hands signatures in' 401 "$(ask bbs_nothing -H 'Content-Type: text/plain' --data-binary "@$work/seen" "$url/v1/audit/cosignatures")"
equals 'a forged one is refused' '422 BAD_INPUT' "$(ask "$(cat "$work/w/token")" -H 'Content-Type: text/plain' \
	--data-binary "@$work/forged" "$url/v1/audit/cosignatures") $(body $.code)"

# a log that was forked: signed by its own key, of another root
cat >"$work/fork.py" <<'PY'
import base64, hashlib, subprocess, sys, tempfile
seed, old = bytes.fromhex(open(sys.argv[1]).read().split()[0]), open(sys.argv[2]).read().split("\n")
text = "\n".join([old[0], str(int(old[1]) + int(sys.argv[3])), base64.b64encode(hashlib.sha256(b"x").digest()).decode(), ""]).encode()
with tempfile.NamedTemporaryFile() as key, tempfile.NamedTemporaryFile() as data:
    key.write(bytes.fromhex("302e020100300506032b657004220420") + seed), key.flush(), data.write(text), data.flush()
    made = subprocess.run(["openssl", "pkeyutl", "-sign", "-rawin", "-keyform", "DER", "-inkey", key.name, "-in", data.name], stdout=subprocess.PIPE, check=True).stdout
    key_id = base64.b64decode(old[4].split(" ")[2])[:4]
print(text.decode() + "\n\u2014 " + old[0] + " " + base64.b64encode(key_id + made).decode())
PY
sign() { busbar-witness sign --key "$work/w/key" --log "$key" --memory "$work/w/last" >"$work/out" 2>"$work/err"; echo $?; }
last=$(size_of "$work/w/last")
ask_plain "$url/v1/audit/checkpoint?old=$seen" >/dev/null
cp "$work/body" "$work/request"
python3 "$work/fork.py" "$hub_state/keys/audit.key" "$work/seen" 0 >"$work/fork0"
python3 "$work/fork.py" "$hub_state/keys/audit.key" "$work/seen" 5 >"$work/fork5"
verifies 'the fork has the signature of the log' 0 'is as it was signed' --key "$key" "$work/fork5"
equals 'another root of the same size is not signed' 1 "$({ echo "old $last"; echo; cat "$work/fork0"; } | sign)"
equals 'nor one that does not continue' 1 "$({ sed "1s/.*/old $last/; /^$/q" "$work/request"; cat "$work/fork5"; } | sign)"
holds 'in clear words' grep -q 'does not continue that of' "$work/err"
equals 'nor a question from another size' "75 $last" "$(sign <"$work/request") $(cat "$work/out")"
equals 'nor without its memory' 65 "$(mv "$work/w/last" "$work/w/lost"; sign <"$work/request"; mv "$work/w/lost" "$work/w/last")"
equals 'it still knows the last' "$last" "$(busbar-witness size --log "$key" --memory "$work/w/last")"
equals 'a log that lost entries is found' 409 "$(ask_plain "$url/v1/audit/checkpoint?old=$((last + 100000))")"
says 'who has signed how far' 0 'commission.example/w' witness list
says 'it may end' 0 '' witness end commission.example/w
equals 'then no more of it is taken' '422 BAD_INPUT' "$(ask "$(cat "$work/w/token")" -H 'Content-Type: text/plain' \
	--data-binary "@$work/seen" "$url/v1/audit/cosignatures") $(body $.code)"

# ---- an auditor: the bundle, the verifier and two keys, on a machine with nothing else ----

mkdir -p "$work/machine"
mv "$work/kit" "$work/machine/bundle"
mv "$work/machine/bundle/busbar-verify" "$work/machine/busbar-verify"
echo "$key" >"$work/machine/log.pub"
echo "$wkey" >"$work/machine/witness.pub"
(cd "$work/machine" && tail -n 1 bundle/entries >row)
alone() { unshare -n -p -f chroot "$work/machine" /busbar-verify --key /log.pub "$@" >"$work/out" 2>"$work/err" </dev/null; }
holds 'the log is whole, by a program without libraries, without a network' alone --witness /witness.pub /bundle
holds 'events are found by their kind' alone --kind party. --with '"audit-csp2"' /bundle
equals 'as they stand there' 'audit-csp2 1 entries' "$(grep -o '"audit-csp2"' "$work/out" | tr -d '"' | head -n 1) $(tail -n 1 "$work/out")"
equals 'counted' "$(grep -c '"kind":"party' "$work/machine/bundle/entries") entries" "$(alone --kind party. --count /bundle; tail -n 1 "$work/out")"
day=$(date -u +%F)
equals 'by time' "$(wc -l <"$work/machine/bundle/entries") entries" "$(alone --from "$day" --before 2100-01-01 --count /bundle; tail -n 1 "$work/out")"
holds 'one by its number' alone --event 3 /bundle
equals 'alone' '3 1 entries' "$(grep -o '"event":3,' "$work/out" | grep -o 3) $(tail -n 1 "$work/out")"

# ---- an event that is committed late ----

exec 3> >(hub_psql -d busbar -At >"$work/late.out" 2>&1)
tells 3 "begin; select audit.record('flow.late', 'flow', null, null, '{}');" "$work/late.out"
holds 'a transaction has written an event and goes on' within 10 grep -qE '^[0-9]+$' "$work/late.out"
late=$(grep -E '^[0-9]+$' "$work/late.out")
after=$(sql -c "select audit.record('flow.early', 'flow', null, null, '{}')")
says 'later ones are signed meanwhile' 0 '' audit checkpoint
cp "$work/out" "$work/third"
equals 'the later event has its entry, the open one has none' "$(($(size_of "$work/third") - 2))|" "$(entry_of "$after")|$(entry_of "$late")"
tells 3 'commit;' "$work/late.out"
exec 3>&-
holds 'when it commits it gets one by itself' within 20 sh -c "[ -n \"\$(psql -XqAt -h $hub_state/run/db -U busbar_operator -d busbar -c 'select entry from audit.entry_of($late)')\" ]"
says 'all is exported' 0 '' audit export --out "$work/log2"
verifies 'and continues every checkpoint that was kept' 0 '3 that were kept' --key "$key" "$work/log2" "$work/first" "$work/second" "$work/third"
equals 'the late event is there once' 1 "$(grep -c "\"event\":$late," "$work/log2/entries")"
equals 'no event is lost or twice' "$(sql -c 'select count(*) from audit.event') 0" \
	"$(wc -l <"$work/log2/entries") $(grep -o '"event":[0-9][0-9]*' "$work/log2/entries" | sort | uniq -d | wc -l)"
verifies 'a log that is older than the checkpoint is not whole' 1 'older, or some were taken away' --key "$key" "$work/log" "$work/third"

# ---- many at once: late, rolled back, in parts of transactions ----

before=$(sql -c "select count(*) from audit.event where kind like 'flow.many%'")
writer() { # NUMBER
	local i
	for i in $(seq 40); do
		echo "begin; select audit.record('flow.many', 'flow', null, $1, '{\"i\": $i}');"
		echo "savepoint a; select audit.record('flow.many_sub', 'flow', null, $1, '{}');"
		[ $(((i + $1) % 3)) != 0 ] || echo 'rollback to a;'
		echo "select pg_sleep(random() * 0.06);"
		if [ $(((i * 7 + $1) % 5)) = 0 ]; then echo 'rollback;'; else echo 'commit;'; fi
	done | hub_psql -d busbar -At >/dev/null
}
for n in 1 2 3 4 5 6; do
	writer $n &
	writers="${writers:-} $!"
done
signed=0
while kill -0 $writers 2>/dev/null; do
	busbar audit checkpoint >"$work/meanwhile" 2>/dev/null && signed=$((signed + 1))
	cp "$work/meanwhile" "$work/many.$((signed % 5))"
done
wait $writers
holds 'checkpoints are signed while they write' test $signed -ge 3
says 'all of it is exported' 0 '' audit export --out "$work/log4"
verifies 'and continues what was signed meanwhile' 0 'all are there, unchanged' --key "$key" "$work/log4" "$work"/many.*
equals 'what was committed is there, once, and nothing else' "$(sql -c "select count(*) from audit.event where kind like 'flow.many%'") 0 t" \
	"$(grep -c '"kind":"flow.many' "$work/log4/entries") $(grep -o '"event":[0-9][0-9]*' "$work/log4/entries" | sort | uniq -d | wc -l) $(
		sql -c "select count(*) > $before + 200 from audit.event where kind like 'flow.many%'")"

# ---- receipts ----

body='{"agreement": 71, "who": "Ω", "what": ["interval"], "months": 12}'
number=$(sql -c "select audit.receipt_ask(71, '$body')")
signed() { busbar audit receipt --receipt "$number" >"$work/receipt" 2>/dev/null && [ -s "$work/receipt" ]; }
holds 'a receipt is signed when it is asked for' within 20 signed
equals 'the words are those that were asked for' "$(sql -c "select body from audit.receipt where receipt = $number")" \
	"$(sed 's/^{"receipt"://; s/,"key":"hub.example\/audit","signature":"[^"]*"}$//' "$work/receipt")"
equals 'it is JSON' 71 "$(json "$work/receipt" $.receipt.agreement)"
verifies 'the receipt and the key are enough' 0 'is as it was signed' --key "$key" "$work/receipt"
sed 's/"months": 12/"months": 36/' "$work/receipt" >"$work/forged"
verifies 'another word is not what was signed' 1 'does not belong to it' --key "$key" "$work/forged"
truncate -s -1 "$work/forged"
verifies 'nor is a part' 1 'not all of it' --key "$key" "$work/forged"
says 'receipts are found by their agreement' 0 '"agreement": 71' audit receipt 71

# ---- personal text ----

event=$(sql -c "select audit.record_personal('flow.told', 'flow', null, null, '{\"a\": 1}', 'Jane Doe, 1 Elm Street')")
commitment=$(sql -c "select detail ->> 'personal' from audit.event where event = $event")
equals 'an event commits to the text beside it' t \
	"$(sql -c "select sha256(salt || convert_to(body, 'UTF8')) = decode('$commitment', 'hex') from audit.personal where event = $event")"
says 'its proof' 0 '' audit prove "$event"
cp "$work/out" "$work/personal"
says 'nothing is due yet' 0 '0' audit erase
movable=$(sql -c "update ops.setting set value = 'true' where name = 'clock.movable' returning 1")
busbar clock advance 2600d >/dev/null
says 'seven years and more later it is erased' 0 '1' audit erase
equals 'text and salt are gone' '||t' "$(sql -c "select salt, body, erased_at is not null from audit.personal where event = $event")"
verifies 'and the proof still holds' 0 "$commitment" --key "$key" "$work/personal"
says 'so does the log' 0 '' audit export --out "$work/log3"
verifies 'all of it' 0 '3 that were kept' --key "$key" "$work/log3" "$work/first" "$work/second" "$work/third"
equals 'the name is nowhere in it' 0 "$(grep -c 'Jane Doe' "$work/log3/entries")"
equals 'receipts are not erased' 1 "$(sql -c "select count(*) from audit.receipt where receipt = $number and signed is not null")"
busbar clock reset >/dev/null

# ---- another name, another life ----

hub_stop_one auditd
equals 'nothing is signed while it is away' 69 "$(busbar audit checkpoint >/dev/null 2>&1; echo $?)"
hub_start_one auditd
says 'what waited is signed when it is back' 0 '' audit checkpoint
cp "$work/out" "$work/fourth"
verifies 'as before' 0 'is as it was signed' --key "$key" "$work/fourth"
# a database that has forgotten what was signed: nothing is signed that contradicts it
hub_stop_one auditd
cp "$hub_state/audit/last" "$work/last"
sed -i '2s/$/0/' "$hub_state/audit/last"
hub_start_one auditd
holds 'a database that is older than what was signed is refused' within 20 grep -q 'audit.refused.*it is an older one' "$hub_state/log/auditd.log"
hub_stop_one auditd
sed -E '3{s/^A/B/;t;s/^./A/}' "$work/last" >"$hub_state/audit/last" # another first sign, whatever it was
hub_start_one auditd
holds 'and one with another root' within 20 grep -q 'audit.refused.*another root' "$hub_state/log/auditd.log"
hub_stop_one auditd
cp "$work/last" "$hub_state/audit/last"
hub_start_one auditd
says 'else it goes on' 0 '' audit checkpoint
# the key is changed: both are needed from then on, and enough
hub_stop_one auditd
cp -p "$hub_state/keys/audit.key" "$work/old.key"
cat "$work/keys/audit.key" >"$hub_state/keys/audit.key"
busbar keys public >"$work/new.pub"
hub_start_one auditd
says 'with another key it goes on too' 0 '' audit export --out "$work/log5"
verifies 'what both signed is verified with both' 0 'all are there, unchanged' --key "$key" --key "$work/new.pub" "$work/log5" "$work/first"
verifies 'the new one knows nothing of the old' 1 'not signed by a key that is known' --key "$work/new.pub" "$work/log5"
equals 'the export has both' 2 "$(wc -l <"$work/log5/key")"
says 'one that was lost and is not published yet is missed' 1 'not signed by a key that is known' audit verify "$work/log5"
cat "$work/new.pub" >>"$hub_state/audit.pub"
says 'then the installation knows all that ever signed' 0 'all are there, unchanged' audit verify "$work/log5" "$work/first"
hub_stop_one auditd
cp -p "$work/old.key" "$hub_state/keys/audit.key"
hub_start_one auditd
says 'it is healthy' 0 'HOLDS' check
equals 'and the invariants of the tree hold' 0 "$(busbar check --json | grep -o '"name":"[^"]*tree[^"]*","ok":false' | wc -l)"
ended
