#!/bin/bash
# The watched folder: what is half written, hidden, no file or badly named; what came while the loader
# was away; a loader that is killed. Nothing is lost, nothing twice, and the folder is never an open door.
. "$(dirname "$0")/lib.sh"
in=$hub_state/spool/oncor/in refused=$hub_state/spool/oncor/refused
n=0
next() { # a fresh file of one good block; its name in $name, its ESI ID in $esiid
	n=$((n + 1))
	name=$(printf '1039940674000IntervalData20260816060000%03d.lse' $n)
	esiid=$(printf '104437200000800%02d' $n)
	block "$esiid" 4 20260815 96 0.250 20260816060000 >"$work/$name"
}
state_of() { # NAME
	sql -c "select string_agg(state, ' ' order by revision) from ledger.file where name = '$1'"
}
away() { [ ! -e "$1" ] && [ ! -L "$1" ]; }
loaded() { [ "$(state_of "$1")" = LOADED ]; }

# ---- what lies there is taken when it is whole ----

next
half=$name
cp "$work/$name" "$in/.$name" && chown busbar-ingestd "$in/.$name"
next
holds 'a file beside a hidden one is taken' sent oncor "$work/$name"
holds 'the hidden one is not' test -e "$in/.$half"
equals 'nor known' '' "$(state_of "$half")"
mv "$in/.$half" "$in/$half"
holds 'renamed, it is' within 20 loaded "$half"
holds 'and gone from the folder' gone "$in/$half"

# ---- what is no file, or no name ----

put() { # NAME: moves $work/part there
	chown -h busbar-ingestd "$work/part" && mv "$work/part" "$in/$1"
}
name_bad=$'two\nlines.lse'
ln -s /etc/shadow "$work/part" && put link.lse
ln -s "$work/$name" "$work/part" && put link-good.lse
mkfifo "$work/part" && put pipe.lse
cp "$work/$name" "$work/part" && put "$name_bad"
for what in link.lse link-good.lse pipe.lse "$name_bad"; do
	holds "${what//$'\n'/?} does not stay" within 20 away "$in/$what"
done
holds 'links are kept aside as links' test -L "$refused/link.lse"
equals 'nothing of them is in the ledger' 0 "$(sql -c "select count(*) from ledger.file
	where name in ('link.lse', 'link-good.lse', 'pipe.lse') or name like 'two_lines%'")"
n=50
for name_odd in 'with blanks; $(rm -rf).csv' "it's \"quoted\".csv" '-rf.csv' 'Grüße.csv' '%s%n.csv'; do
	n=$((n + 1))
	printf 'busbar,premise,1\nesiid,status,class,effective\n104437200000800%s,ACTIVE,RESIDENTIAL,2026-01-01\n' $n \
		>"$work/odd"
	sent oncor "$work/odd" "$name_odd"
	equals "odd name: $name_odd" "$name_odd LOADED" "$(json "$work/ack" $.file $.state)"
done

# ---- a loader that is away, stopped or killed ----

pid() { cat "$hub_state/run/ingestd.pid"; }
hub_stop_one ingestd
next
drop oncor "$work/$name"
holds 'nobody takes a file while the loader is away' test -e "$in/$name"
busbar submit "$work/$name" --as oncor --json >"$work/receipt"
equals 'submit receives it all the same' RECEIVED "$(json "$work/receipt" $.state)"
hub_start_one ingestd
holds 'it is loaded when the loader comes' within 30 loaded "$name"
holds 'and the copy in the spool is gone' within 20 gone "$in/$name"
equals 'known once' 1 "$(sql -c "select count(*) from ledger.file where name = '$name'")"

names=
for i in $(seq 12); do
	next
	names="$names $name"
	drop oncor "$work/$name"
	if [ $((i % 4)) = 0 ]; then
		was=$(pid)
		kill -KILL "$was"
		holds "killed at file $i, it comes back" within 20 sh -c "
			[ \"\$(cat '$hub_state/run/ingestd.pid')\" != $was ]"
	fi
done
all_loaded() { for name in $names; do loaded "$name" || return 1; done; }
holds 'all files are loaded in the end' within 40 all_loaded
equals 'each day once' 12 "$(sql -c "select count(*) from reads.day d join ledger.file f on f.load = d.load
	where f.name in ('$(echo $names | sed "s/ /','/g")')")"
acked() { for name in $names; do [ -e "$hub_state/spool/oncor/ack/$name.ack.json" ] || return 1; done; }
holds 'and acknowledged' within 20 acked
holds 'the folder is empty' sh -c "[ -z \"\$(ls -A '$in')\" ]"
says 'everything holds' 0 'roll-ups equal a recount' check --deep
ended
