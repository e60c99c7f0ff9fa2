# A synthetic state of four utilities in a running hub: its parties, its files through the spool, its
# samples for scripts, and a table of what happened. POSIX sh; after hub.sh.

state_yesterday() { TZ=America/Chicago date -d yesterday +%F; }

state_parties() {
	[ -z "$(busbar tdu list --json | grep -o '"oncor"')" ] || return 0
	busbar tdu add oncor --name "Oncor" --duns 1039940674000 --prefix 1044372/17 --prefix 1017699/17
	busbar tdu add centerpoint --name "CenterPoint Energy" --duns 957877905 --prefix 1008901/22
	busbar tdu add aep --name "AEP Texas" --duns 007924772 --duns 007923311 --prefix 1003278/17 --prefix 1020404/17
	busbar tdu add tnmp --name "TNMP" --duns 007929441 --prefix 1040051/17
	busbar synth --reps >"$hub_state/tmp/reps.csv"
	busbar rep load "$hub_state/tmp/reps.csv"
} >/dev/null

# Moves one file into a utility's spool as the utility would: written elsewhere, then renamed.
state_put() { # TDU FILE
	name=$(basename "$2")
	in="$hub_state/spool/$1/in"
	chown busbar-ingestd "$2"
	mv "$2" "$in/.$name"
	# the same name a moment ago: it must have been taken first
	for _ in $(seq 1 300); do
		[ -e "$in/$name" ] || break
		sleep 0.1
	done
	mv "$in/.$name" "$in/$name"
}

# All files of a made state in order of name; of the faulty ones below dirty/ those of the cases named
# ("all": every one).
state_send() { # FOLDER CASES
	for folder in "$1"/*/; do
		tdu=$(basename "$folder")
		[ -d "$hub_state/spool/$tdu/in" ] || die "no spool folder for $tdu"
		for file in "$folder"*; do
			case $file in
			*/expected.*) continue ;;
			esac
			[ ! -f "$file" ] || state_put "$tdu" "$file"
		done
		for case in "$folder"dirty/*/; do
			case " $2 " in
			" all " | *" $(basename "$case") "*) ;;
			*) continue ;;
			esac
			for file in "$case"*; do
				[ ! -f "$file" ] || state_put "$tdu" "$file"
			done
		done
	done
}

state_waiting() { # how many files are not yet in the ledger, or not yet loaded
	spooled=$(find "$hub_state/spool" \( -path '*/in/*' -o -path '*/taking/*' \) -type f | wc -l)
	queued=$(busbar status --json | sed -n 's/.*"files_waiting":\([0-9]*\).*/\1/p')
	# no answer is not an empty queue
	echo $((spooled + ${queued:-1}))
}

state_settle() { # waits until nothing waits
	for _ in $(seq 1 3600); do
		[ "$(state_waiting)" != 0 ] || return 0
		sleep 0.5
	done
	die "the files are still waiting; see $hub_state/log/ingestd.log"
}

state_load() { # METERS DAYS DIRTY
	for _ in $(seq 1 60); do
		[ -d "$hub_state/spool/tnmp/in" ] && break
		sleep 0.5
	done
	last=$(state_yesterday)
	first=$(date -d "$last - $(($2 - 1)) days" +%F)
	say "making the files of $1 meters of each of four utilities, $first to $last"
	rm -rf "$hub_state/spool/.synth"
	busbar synth --out "$hub_state/spool/.synth" --meters "$1" --from "$first" --days "$2" --dirty >/dev/null
	if [ -n "$3" ]; then
		say "sending them, and files with every kind of fault"
		cases=all
	else
		say "sending them, and some with faults (--dirty sends every kind)"
		cases="negative null-interval one-interval-short other-utility not-a-number csv-meter other-duns"
	fi
	state_send "$hub_state/spool/.synth" "$cases"
	rm -rf "$hub_state/spool/.synth"
	state_settle
	say "loaded"
}

state_env() {
	env="$hub_state/demo.env"
	(
		umask 077
		cat >"$env.new" <<-ENV
			BUSBAR_DB='host=$hub_state/run/db dbname=busbar user=busbar_operator'
			BUSBAR_CONF='$hub_state/busbar.conf'
			SAMPLE_DATE='$(state_yesterday)'
		ENV
		busbar synth --samples >>"$env.new"
	)
	mv "$env.new" "$env"
}

state_show() {
	day=$(state_yesterday)
	sample=$(sed -n "s/^SAMPLE_ESIID_1='\(.*\)'/\1/p" "$hub_state/demo.env")
	printf '\n%sWhat became of the files%s\n\n' "$bold" "$plain"
	busbar file summary
	printf '\n%sCompleteness of %s%s\n\n' "$bold" "$day" "$plain"
	busbar completeness --day "$day"
	printf '\n%sOne home, %s, as it was received%s\n\n' "$bold" "$day" "$plain"
	busbar reads "$sample" --from "$day" --to "$day" --chart --reason "demo"
	cat <<-TEXT

		Try
		  build/bin/busbar reads $sample --from $day --to $day
		  build/bin/busbar file list
		  build/bin/busbar check --deep

	TEXT
}
