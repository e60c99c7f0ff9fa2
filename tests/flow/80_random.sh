#!/bin/bash
# Versions by chance: files of random blocks over few meters, days, values and creation times, with
# repeats in a file, between files, older ones late and known and unknown meters. What is current is
# told by a model of a few lines of awk; what the roll-ups say, by `busbar check`, which recounts.
#
# The hub runs with batches of 64 meanwhile, so that versions meet within a batch and across them.
# SEED repeats a run; FILES is how many there are (fewer than 60).
. "$(dirname "$0")/lib.sh"
seed=${SEED:-20261122} files=${FILES:-24}

restart() {
	hub_stop_one ingestd
	hub_start_one ingestd
}
sed -i '/^\[ingest\]/a batch = 64' "$hub_state/busbar.conf"
rule_back() { busbar rule set oncor file-shift hold 20 >/dev/null; }
trap 'sed -i "/^batch = 64$/d" "$hub_state/busbar.conf"; rule_back; restart' EXIT
restart
# use that jumps from block to block would hold the files
says 'a rule is set' 0 '' rule set oncor file-shift off

# One file: lines "meter channel day slots value created status", made into blocks by block().
chances() { # NUMBER
	awk -v seed="$((seed + $1))" 'BEGIN {
		srand(seed)
		n = rand() < 0.2 ? 200 : 1 + int(rand() * 14)
		for (i = 0; i < n; i++) {
			if (i == 0 || rand() > 0.25)
				line = sprintf("%d %d %d 96 %d.%03d 202608%02d060000 %s", rand() * 5,
					rand() < 0.3 ? 1 : 4, 20260801 + int(rand() * 4), rand() * 2,
					rand() * 3, 10 + int(rand() * 4), rand() < 0.3 ? "E" : "A")
			print line
		}
	}'
}
name() { printf '1039940674000IntervalData20260815%06d001.lse' "$1"; }

# meters 0 and 1 are announced after a third of the files, 2 after two thirds, 3 and 4 never
announce() { # NUMBER METER...
	local number=$1 meter
	shift
	{
		printf 'busbar,premise,1\nesiid,status,class,effective\n'
		for meter; do
			echo "1044372000009800$meter,ACTIVE,RESIDENTIAL,2026-01-01"
		done
	} >"$work/premise-$number.csv"
	holds "meters $* are announced" sent oncor "$work/premise-$number.csv"
}

: >"$work/all"
for ((i = 1; i <= files; i++)); do
	chances $i | tee "$work/chances" | sed "s/^/$i /" >>"$work/all"
	while read -r meter channel day slots value created status; do
		block "1044372000009800$meter" "$channel" "$day" "$slots" "$value" "$created" "$status"
	done <"$work/chances" >"$work/$(name $i)"
	sent oncor "$work/$(name $i)" || not_ok "file $i is answered"
	[ "$(json "$work/ack" $.state)" = LOADED ] || not_ok "file $i is loaded"
	[ "$(json "$work/ack" $.records)" = "$(wc -l <"$work/chances")" ] || not_ok "file $i: all records are counted"
	sum=$(($(json "$work/ack" $.accepted) + $(json "$work/ack" $.unchanged) + $(json "$work/ack" $.rejected) + $(json "$work/ack" $.quarantined)))
	[ "$(json "$work/ack" $.records)" = "$sum" ] || not_ok "file $i: records = accepted + unchanged + rejected + quarantined"
	[ $i != $((files / 3)) ] || announce 1 0 1
	[ $i != $((files * 2 / 3)) ] || announce 2 2
done
ok "$files files are answered"

# The model: of a meter, channel and day the highest (created, file, line); a block that says what the
# current one says, made at the same time, is not a version.
awk '{
	key = $2 " " ($3 == 1 ? 1 : 0) " " $4
	if (key in created && ($7 + 0 < created[key] || ($7 == created[key] && said[key] == $6 " " $8))) {
		versions[key] += $7 + 0 < created[key]
		next
	}
	versions[key]++
	created[key] = $7
	said[key] = $6 " " $8
}
END {
	for (key in created) {
		split(said[key], s, " ")
		print key, created[key], sprintf("%.0f", s[1] * 1000 * 96), s[2] == "E" ? 96 : 0, versions[key]
	}
}' "$work/all" | sort >"$work/want"
sql -F ' ' -c "select substr(p.esiid, 17), c.series & 7, to_char(c.day, 'YYYYMMDD'),
		to_char(c.created at time zone 'America/Chicago', 'YYYYMMDDHH24MISS'), c.total_wh, c.estimated, c.versions
	from (select distinct on (v.series, v.day) v.*, count(*) over (partition by v.series, v.day) as versions
		from reads.day v order by v.series, v.day, v.created desc, v.load desc, v.line desc) c
	join premise.premise p on p.premise = c.series >> 3
	where p.esiid like '1044372000009800_'" | sort >"$work/have"
same 'what is current, and how many versions there are, is what the model says' "$work/want" "$work/have"
says 'roll-ups equal a recount and nothing is lost' 0 '' check --deep

# ---- a file replaced under its name while it is taken ----

in=$hub_state/spool/oncor/in
for ((i = 1; i <= 40; i++)); do
	block 10443720000098009 4 20260701 96 0.$((100 + i)) 20260815060000 >"$in/.next"
	chown busbar-ingestd "$in/.next"
	mv "$in/.next" "$in/$(name 959)"
done
holds 'the spool comes to rest' taken oncor "$(name 959)"
holds 'all is loaded' within 30 settled
equals 'the last of forty files of one name has not been lost' 13440 "$(sql -c "select v.total_wh
	from reads.day v join premise.premise p on p.premise = v.series >> 3
	where p.esiid = '10443720000098009' order by v.created desc, v.load desc, v.line desc limit 1")"
ended
