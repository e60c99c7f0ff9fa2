# The doors of the hub of lib.sh, with a box of Oncor's behind them, and what the clients of doors.py must
# know of them ($there). bash; sourced after lib.sh.
. "$lib/sshd.sh"

doors=(sftp)

free_port() {
	local port
	while port=$((20000 + RANDOM % 9000)) && (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do
		:
	done
	echo $port
}

doors_up() {
	local log=$work/doors.log
	ssh-keygen -q -t ed25519 -N '' -C fault -f "$work/key"
	# killed sessions count until their hour is over
	busbar account add fault --party oncor --sessions 10000 --quota 100 >"$log" || exit 99
	busbar credential add fault --ssh-key "$work/key.pub" >>"$log" || exit 99
	password=$(busbar credential add fault --password --json | sed -n 's/.*"secret":"\([^"]*\)".*/\1/p')
	sshd_port=$(free_port)
	sshd_up
	sshd_known_hosts | sed 's/^[^ ]*/hub/' >"$work/known"
	there=$work/there.json
	there_write >"$there"
}

# All of them end with the hub, sessions too.
doors_down() {
	sshd_down
}

# Files of a utility for the sweeps: blocks of one day, 1999-09-09 to be replaced by another; a range of
# meters for each door, so that days need not differ between doors. About 1 kB a meter.
lse_meters=${lse_meters:-1500}
wh=()
lse_template() { # DOOR NUMBER
	lse_make "$1.template" <<<"19990909 20260228000000 $((1 + $2 * 100000)) $lse_meters $2 0"
	wh[$2]=${sums[0]}
}
# Every file that came is loaded: of each template that was used, and of nothing else.
nothing_waits() { [ "$(sql <<<"select count(*) from ledger.file where state <> 'LOADED'")" = 0 ]; }
all_loaded() {
	local expected
	within 60000 nothing_waits && ok "every file that came is loaded" ||
		not_ok "every file that came is loaded" "$(sql <<<"select state, count(*) from ledger.file group by 1")" \
			"$(tail -n 3 "$hub_state/log/ingestd.log")"
	sql >"$work/found" <<-SQL
		select distinct substr(name, 34, 3)::int, count(d.*), count(distinct d.day), sum(d.total_wh)
		from ledger.file f left join reads.day d on d.load = f.load group by f.file, 1 order by 1
	SQL
	expected=$(for n in $(cut -d '|' -f 1 "$work/found"); do echo "$n|$lse_meters|1|${wh[n]}"; done)
	same "each with its $lse_meters meters of one day" "$(cat "$work/found")" "$expected"
}

there_write() {
	local i
	ordinary_days 400
	cat <<-JSON
		{"sftp_port": $sshd_port, "sftp_key": "$work/key", "sftp_known": "$work/known",
		"sftp_public": ["$(cut -d ' ' -f 1 "$work/key.pub")", "$(cut -d ' ' -f 2 "$work/key.pub")"],
		"programs": "$hub_programs/bin", "conf": "$hub_state/busbar.conf",
		"shim": "$work/shim.so", "plan": "$work/fault/plan", "log": "$work/fault/log",
		"login": "fault", "password": "$password", "ca": "$hub_state/tls/ca.pem",
		"proxy": "$work/proxy", "size": 2000000,
		"psql": ["psql", "-XqAt", "-h", "$hub_state/run/db", "-U", "busbar_migrate", "-d", "busbar",
			"-c", "set role busbar_owner", "-f", "-"],
		"doors": {"sftp": 1, "ftps12": 2, "ftps13": 3, "https": 4},
		"lse": {"sftp": "$work/files/sftp.template", "ftps12": "$work/files/ftps12.template",
			"ftps13": "$work/files/ftps13.template", "https": "$work/files/https.template"},
		"lse_name": "1039940674000IntervalData20260301%03d%06d.lse",
		"days": [$(printf '"%s",' "${days[@]}" | sed 's/,$//')]}
	JSON
}
