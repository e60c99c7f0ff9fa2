# The doors of the hub of lib.sh, with a box of Oncor's behind them, and what the clients of doors.py must
# know of them ($there). bash; sourced after lib.sh.
. "$lib/sshd.sh"

doors=(sftp ftps12 ftps13 https)
declare -A door_number=([sftp]=1 [ftps12]=2 [ftps13]=3 [https]=4)

. "$(dirname "${BASH_SOURCE[0]}")/../lib/ports.sh"

# Before hub_make, which writes the settings.
doors_ports() {
	sshd_port=$(free_port) ftps_port=$(free_port) ftps_implicit_port=$(free_port)
	nginx_api_port=$(free_port) nginx_api_tls13_port=$(free_port) nginx_ops_port=$(free_port) nginx_portal_port=$(free_port)
}

# A daemon in the reach of the shim, which does nothing unless there is a plan.
door_start() { # NAME FAULT_PROGRAM
	LD_PRELOAD=$work/shim.so FAULT_PROGRAM=$2 FAULT_PLAN=$work/fault/plan FAULT_LOG=$work/fault/log \
		hub_start_one "$1"
}
doors_ready() {
	[ -S "$hub_state/run/web/apid/1.sock" ] && grep -q ftps.ready "$hub_state/log/ftpsd.log"
}

doors_up() {
	local log=$work/doors.log
	ssh-keygen -q -t ed25519 -N '' -C fault -f "$work/key"
	busbar account add fault --party oncor --sessions 10000 --quota 100 >"$log" || exit 99
	busbar credential add fault --ssh-key "$work/key.pub" >>"$log" || exit 99
	password=$(busbar credential add fault --password --json | sed -n 's/.*"secret":"\([^"]*\)".*/\1/p')
	token=$(busbar credential add fault --token --json | sed -n 's/.*"secret":"\([^"]*\)".*/\1/p')
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=fault \
		-keyout "$work/client.key" -out "$work/client.pem" 2>>"$log" || exit 99
	busbar credential add fault --certificate "$work/client.pem" >>"$log" || exit 99
	sshd_up
	door_start ftpsd busbar-ftpsd
	door_start apid busbar-apid
	nginx_up
	within 40000 doors_ready || { tail "$hub_state"/log/{ftpsd,apid,nginx}.log; exit 99; }
	sshd_known_hosts | sed 's/^[^ ]*/hub/' >"$work/known"
	there=$work/there.json
	there_write >"$there"
}

# All of them end with the hub, sessions too.
doors_down() {
	sshd_down
	nginx_down
	hub_stop_one ftpsd
	hub_stop_one apid
}

# Files of a utility for the sweeps: blocks of one day, 1999-09-09 to be replaced by another; a range of
# meters for each door, so that days need not differ between doors. About 1 kB a meter.
lse_meters=${lse_meters:-1500}
wh=()
lse_template() { # DOOR
	local n=${door_number[$1]}
	lse_make "$1.template" <<<"19990909 20260228000000 $((1 + n * 100000)) $lse_meters $n 0"
	wh[n]=${sums[0]}
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
		"ftps_port": $ftps_port, "ftps_implicit_port": $ftps_implicit_port, "https_port": $nginx_api_port,
		"login": "fault", "token": "$token", "password": "$password", "ca": "$hub_state/tls/ca.pem",
		"certificate": "$work/client.pem", "certificate_key": "$work/client.key",
		"ftpsd_pid": "$hub_state/run/ftpsd.pid", "apid_pid": "$hub_state/run/apid.pid",
		"proxy": "$work/proxy", "size": 2000000,
		"psql": ["psql", "-XqAt", "-h", "$hub_state/run/db", "-U", "busbar_migrate", "-d", "busbar",
			"-c", "set role busbar_owner", "-f", "-"],
		"doors": {$(for i in "${!door_number[@]}"; do printf '"%s": %s, ' "$i" "${door_number[$i]}"; done | sed 's/, $//')},
		"lse": {"sftp": "$work/files/sftp.template", "ftps12": "$work/files/ftps12.template",
			"ftps13": "$work/files/ftps13.template", "https": "$work/files/https.template"},
		"lse_name": "1039940674000IntervalData20260301%03d%06d.lse",
		"days": [$(printf '"%s",' "${days[@]}" | sed 's/,$//')]}
	JSON
}
