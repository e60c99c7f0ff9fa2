#!/bin/bash
# The drill of docs/operations.md, "Backups": a hub that is followed loses its database, its store and its keys, and comes
# back with what was written after the base backup too; what was signed, logins and numbers are what they were; damaged
# backups are refused before anything is touched.
. "$(dirname "$0")/lib.sh"
kept=$hub_state/backup
follower=
trap '[ -z "$follower" ] || { kill $follower; wait $follower; } 2>/dev/null; rm -rf "$kept"' EXIT
day=$(state_yesterday)
lse=1039940674000IntervalData${day//-/}0737
before=${lse}01001.lse after=${lse}02001.lse more=${lse}03001.lse
backup() { "$source/deploy/backup" --conf "$hub_state/busbar.conf" "$@"; }
restore() { "$source/deploy/restore" --conf "$hub_state/busbar.conf" "$@"; }
points() { [ "$(wc -l 2>/dev/null <"$kept/db/points")" -ge "$1" ]; }
# All that must come back, in one line each.
figures() {
	sql -c "select count(*), sum(total_wh), max(load) from reads.day" \
		-c "select count(*), max(file) from ledger.file" \
		-c "select string_agg(login || ' ' || account, ',' order by account) from delivery.account" \
		-c "select string_agg(encode(sha256(verifier), 'hex'), ',' order by credential) from delivery.credential" \
		-c "select string_agg(agreement || ' ' || state, ',' order by agreement) from agreement.agreement" \
		-c "select count(*) from audit.event where kind not like 'audit.%'"
	sql -c "select encode(name_sealed, 'hex') from premise.customer order by 1" | sha256sum
}
lse() { # NAME SLOT-VALUE
	block 10443720000000042 1 "${day//-/}" 96 "$2" "${day//-/}235959" >"$work/$1"
}
down() { # what a fire leaves: nothing, and nobody was told
	for name in ingestd auditd; do
		kill -KILL "$(cat "$hub_state/run/$name.keeper")" "$(cat "$hub_state/run/$name.pid")"
		rm -f "$hub_state/run/$name.keeper" "$hub_state/run/$name.pid"
	done
	postmaster=$(head -n 1 "$hub_state/db/postmaster.pid")
	kill -KILL "$postmaster"
	within 20 pg_gone
	rm -rf "$hub_state/db" "$hub_state/store" "$hub_state/keys"
}
# Also for who looks by its number alone, as its successor does: until it was waited for, there is one of that number.
pg_gone() { ! kill -0 "$postmaster" && ! pgrep -u busbar-db -f "$hub_state/db"; } >/dev/null 2>&1

# ---- a hub with something in it, that is followed ----

hub_start_one auditd
busbar account add backup-box --party oncor >/dev/null
says 'a login' 0 '' credential add backup-box --token
{
	printf 'busbar,customer,1\naccount,name,kind,phones,emails\n'
	echo 'KEPT-1,Ada Kept,RESIDENTIAL,512-555-0100,ada@kept.example'
} >"$work/customer.csv"
equals 'a customer, sealed' LOADED "$(busbar submit "$work/customer.csv" --as oncor --wait --json | grep -o LOADED)"
lse "$before" 1.000
equals 'a day of a meter' LOADED "$(busbar submit "$work/$before" --as oncor --wait --json | grep -o LOADED)"
"$source/deploy/backup" --conf "$hub_state/busbar.conf" --every 1 --follow "$kept" >"$work/follow" 2>&1 &
follower=$!
holds 'following begins with a base backup' within 60 points 1
lse "$after" 2.000
equals 'what comes after it' LOADED "$(busbar submit "$work/$after" --as oncor --wait --json | grep -o LOADED)"
busbar csp add backup-csp --name 'Came after the base' >/dev/null
says 'all of it is signed' 0 '' audit checkpoint
cp "$work/out" "$work/checkpoint"
figures >"$work/figures"
n=$(wc -l <"$kept/db/points")
holds 'and kept soon' within 30 points $((n + 2))
holds 'keys go elsewhere' backup --keep 1 --keys "$work/keys" "$kept"
equals 'one base backup is kept, as was asked' 1 "$(restore --list "$kept" | grep -c ^base)"
n=$(wc -l <"$kept/db/points")
holds 'from which one can go on too' within 30 points $((n + 2))
equals 'it is known when that was' 'backup.base backup.point' "$(sql -c "select string_agg(what, ' ' order by what) from ops.dids() where age_s < 60 and what like 'backup%'")"
{ kill $follower && wait $follower; } 2>/dev/null
follower=
slot_free() { [ "$(sql -c "select count(*) from pg_replication_slots where slot_name = 'busbar_backup' and active")" = 0 ]; }
holds 'once it ends nobody holds what the database keeps for it' within 20 slot_free
equals 'no key lies beside the data' '' "$(find "$kept" -name '*.key')"
equals 'the folder is closed to others' '711 700 700' "$(stat -c %a "$kept" "$kept/db" "$kept/store" | paste -sd' ')"

# ---- all is lost ----

down
file=$(find "$kept/db/base" -path '*/base/*/base/*' -type f -size +8k | head -n 1)
cp -p "$file" "$work/page" && printf '\xff' | dd of="$file" bs=1 seek=4000 conv=notrunc status=none
restore --keys "$work/keys" "$kept" >"$work/out" 2>&1
equals 'a damaged backup is refused' 'is damaged' "$(grep -o 'is damaged' "$work/out")"
equals 'before anything is touched' no "$([ -e "$hub_state/db" ] && echo yes || echo no)"
cp -p "$work/page" "$file"
holds 'the hub comes back, and all holds' restore --keys "$work/keys" "$kept"
figures >"$work/again"
same 'with what was written after the base backup: reads, files, logins, customers, events' "$work/figures" "$work/again"
hub_start_one ingestd
hub_start_one auditd
lse "$more" 3.000
equals 'it takes files again' LOADED "$(busbar submit "$work/$more" --as oncor --wait --json | grep -o LOADED)"
equals 'and knows those that it has' true "$(busbar submit "$work/$after" --as oncor --wait --json | grep -o '"repeated":true' | cut -d: -f2)"
says 'what is sealed opens with the keys' 0 '' check --deep
says 'it signs on' 0 '' audit checkpoint
busbar audit export --out "$work/log" >/dev/null
says 'as a continuation of what was signed before the loss' 0 '1 that were kept' audit verify "$work/log" "$work/checkpoint"
backup "$kept" >"$work/out" 2>&1
equals 'what came of a restore takes a folder of its own' 'begin a new folder' "$(grep -o 'begin a new folder' "$work/out")"

# ---- further back ----

holds 'back to when the base backup ended' restore --to base --forget "$kept"
equals 'there is nothing of later' 0 "$(sql -c "select count(*) from ledger.file where name = '$more'")"
ended
