# A synthetic state of four utilities in a running hub: its parties and their boxes, its files over FTPS and
# SFTP, its samples for scripts, and a table of what happened. POSIX sh; after hub.sh and sshd.sh.

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

# Who has a box: the utilities, and who takes reads out (made by state_partners, where that is called).
state_logins=${state_logins:-oncor centerpoint aep tnmp}

# Two third parties and a regulator beside the retailers; for state_logins.
state_partners() {
	state_logins="oncor centerpoint aep tnmp rep1 csp1 csp2 regulator"
	for csp in csp1 csp2; do
		[ -n "$(busbar csp list --json | grep -o "\"$csp\"")" ] ||
			busbar csp add $csp --name "Third Party ${csp#csp}" --contact "agreements@$csp.example.com"
	done
	[ -n "$(busbar regulator list --json | grep -o '"regulator"')" ] ||
		busbar regulator add regulator --name "Public Utility Commission"
} >/dev/null

# The party of a login: its own name, but in a state that was made before the first retailer was called rep1.
state_party() {
	if [ "$1" = rep1 ]; then
		busbar rep list --json | tr '{' '\n' | sed -n '/"90001"/s/.*"code":"\([^"]*\)".*/\1/p'
	else
		echo "$1"
	fi
}

# A box with an SSH key and a password for each of them, and the doors to them.
state_doors() {
	install -d -m 0700 "$hub_state/partners"
	for tdu in $state_logins; do
		key=$hub_state/partners/$tdu.key
		if [ ! -e "$key" ]; then
			ssh-keygen -q -t ed25519 -N '' -C "$tdu" -f "$key"
			busbar account show $tdu >/dev/null 2>&1 || busbar account add $tdu --party "$(state_party $tdu)" >/dev/null
			busbar credential add $tdu --ssh-key "$key.pub" >/dev/null
		fi
		if [ ! -e "$hub_state/partners/$tdu.password" ]; then
			openssl rand -hex 16 >"$hub_state/partners/$tdu.new"
			busbar credential add $tdu --password --stdin <"$hub_state/partners/$tdu.new" >/dev/null
			mv "$hub_state/partners/$tdu.new" "$hub_state/partners/$tdu.password"
		fi
		# programs of before 2025 show name and password with each request
		[ "$tdu" = regulator ] || busbar account smt $tdu --basic on >/dev/null
	done
	state_https
	hub_start_one ftpsd
	for _ in $(seq 1 100); do
		state_curl oncor -o /dev/null "ftp://127.0.0.1:${ftps_port:-8021}/" && break
		sleep 0.1
	done
	sshd_down
	sshd_up
	sshd_known_hosts >"$hub_state/partners/known_hosts"
}

# A token for each of them, and the HTTPS door.
state_https() {
	for tdu in $state_logins; do
		if [ ! -s "$hub_state/partners/$tdu.token" ]; then
			(umask 077 && busbar credential add $tdu --token --json |
				sed -n 's/.*"secret":"\([^"]*\)".*/\1/p' >"$hub_state/partners/$tdu.token")
		fi
	done
	hub_start_one apid
	hub_start_one portald
	nginx_up
}

# Puts files over SFTP into a utility's in/, in the order given, as its own job would.
state_sftp() { # TDU FILE...
	tdu=$1
	shift
	for file; do
		printf 'put "%s" in/\n' "$file"
	done | sftp -q -b - -P "${sshd_port:-8022}" -i "$hub_state/partners/$tdu.key" -o BatchMode=yes \
		-o IdentitiesOnly=yes -o "UserKnownHostsFile=$hub_state/partners/known_hosts" \
		"busbar@${sshd_address:-127.0.0.1}" >"$hub_state/log/sftp-$tdu.log" 2>&1 ||
		die "SFTP failed: $(tail -n 3 "$hub_state/log/sftp-$tdu.log")"
}

# curl as a utility, over FTPS; the password stays off the command line.
state_curl() { # TDU ARGUMENT...
	tdu=$1
	shift
	printf 'user = "%s:%s"\n' "$tdu" "$(cat "$hub_state/partners/$tdu.password")" |
		curl -sS -K - --ssl-reqd --cacert "$hub_state/tls/ca.pem" "$@" 2>>"$hub_state/log/curl-$tdu.log"
}

# Puts files over FTPS into a utility's in/, in the order given, in one session.
state_ftps() { # TDU FILE...
	tdu=$1
	shift
	for file; do
		set -- "$@" -T "$file" "ftp://127.0.0.1:${ftps_port:-8021}/in/"
		shift
	done
	state_curl "$tdu" --fail-early "$@" || die "FTPS failed: $(tail -n 3 "$hub_state/log/curl-$tdu.log")"
}

# By SFTP for those that state_over_sftp names, else by FTPS.
state_give() { # TDU FILE...
	[ $# -gt 1 ] || return 0
	case " ${state_over_sftp:-} " in
	*" $1 "*) state_sftp "$@" ;;
	*) state_ftps "$@" ;;
	esac
}

# All files of a made state in order of name; of the faulty ones below dirty/ those of the cases named
# ("all": every one).
state_send() { # FOLDER CASES
	for folder in "$1"/*/; do
		tdu=$(basename "$folder")
		set -- "$1" "$2"
		for file in "$folder"*; do
			case $file in
			*/expected.*) continue ;;
			esac
			[ ! -f "$file" ] || set -- "$@" "$file"
		done
		for case in "$folder"dirty/*/; do
			case " $2 " in
			" all " | *" $(basename "$case") "*) ;;
			*) continue ;;
			esac
			for file in "$case"*; do
				[ ! -f "$file" ] || set -- "$@" "$file"
			done
		done
		(shift 2 && state_give "$tdu" "$@")
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

state_load() { # METERS DAYS DIRTY: once for each day, size and version of the programs
	last=$(state_yesterday)
	first=$(date -d "$last - $(($2 - 1)) days" +%F)
	what="$1 $first $last $3 $(cksum <"$hub_programs/bin/busbar")"
	if [ "$(cat "$hub_state/loaded" 2>/dev/null)" = "$what" ]; then
		say "the files of $first to $last are there"
		return 0
	fi
	say "making the files of $1 meters of each of four utilities, $first to $last"
	rm -rf "$hub_state/tmp/synth"
	busbar synth --out "$hub_state/tmp/synth" --meters "$1" --from "$first" --days "$2" --dirty >/dev/null
	if [ -n "$3" ]; then
		say "sending them, and files with every kind of fault"
		cases=all
	else
		say "sending them, and some with faults (--dirty sends every kind)"
		cases="negative null-interval one-interval-short other-utility not-a-number csv-meter other-duns"
	fi
	state_send "$hub_state/tmp/synth" "$cases"
	rm -rf "$hub_state/tmp/synth"
	state_settle
	echo "$what" >"$hub_state/loaded"
	say "loaded"
}

# Of the sample premises more than the days of the state: a year and a month up to the day before its first, so that
# pages about use have something to show. Oncor sends what it read first, then its corrections, but those of the last
# two months. Once for each first day.
state_history() { # DAYS of the state
	history_last=$(date -d "$(state_yesterday) - $1 days" +%F)
	history_days=$((400 - $1))
	[ $history_days -gt 60 ] && [ "$(cat "$hub_state/history" 2>/dev/null)" != "$history_last" ] || return 0
	say "sending a year of the sample premises"
	history_from=$(date -d "$history_last - $((history_days - 1)) days" +%F)
	history_made=$hub_state/tmp/history
	rm -rf "$history_made"
	busbar synth --out "$history_made" --meters 9 --from "$history_from" --days $history_days --only lse >/dev/null
	# each month that is over in one partition, before it has any: a year is then read in a fraction of the time
	history_month=$(date -d "$history_from" +%Y-%m)
	while [ "$(echo "$history_month" | tr -d -)" -lt "$(date -d "${history_last%-*}-01 - 1 month" +%Y%m)" ]; do
		busbar month merge "$history_month" >/dev/null 2>&1 || : # it is
		history_month=$(date -d "$history_month-01 + 1 month" +%Y-%m)
	done
	for history_sent in "0805 $(date -d "$history_last + 1 day" +%Y%m%d)" "1045 $(date -d "$history_last - 60 days" +%Y%m%d)"; do
		history_files=$(cd "$history_made/oncor" && ls ./*IntervalData????????"${history_sent% *}"*.lse |
			awk -v last="${history_sent#* }" 'substr($0, index($0, "IntervalData") + 12, 8) <= last')
		history_name=$(basename "$(echo "$history_files" | tail -n 1)" 001.lse)901.lse
		(cd "$history_made/oncor" && echo "$history_files" | xargs cat) >"$history_made/$history_name"
		state_give oncor "$history_made/$history_name"
	done
	rm -rf "$history_made"
	state_settle
	echo "$history_last" >"$hub_state/history"
}

# What the retailer of the first sample and a third party with its customer's agreement get every morning;
# of the last day at once.
state_drops() {
	for login in rep1 csp1; do
		busbar subscription list --login $login --json | grep -q '"label":"Every morning"' ||
			busbar subscription add $login --schedule daily --at 06:00 --label "Every morning" >/dev/null
		number=$(busbar subscription list --login $login --json | tr '{' '\n' |
			sed -n 's/.*"subscription":\([0-9]*\),.*"label":"Every morning".*/\1/p')
		busbar drop list --subscription "$number" --json | grep -q "\"period\":\"$(state_yesterday)\"" ||
			busbar drop build "$number" >/dev/null
	done
	for _ in $(seq 1 300); do
		[ "$(busbar status --json | sed -n 's/.*"drops_due":\([0-9]*\).*/\1/p')" != 0 ] || return 0
		sleep 0.2
	done
	die "the drops are not built; see $hub_state/log/dropd.log"
}

state_env() {
	env="$hub_state/demo.env"
	(
		umask 077
		cat >"$env.new" <<-ENV
			BUSBAR_DB='host=$hub_state/run/db dbname=busbar user=busbar_operator'
			BUSBAR_CONF='$hub_state/busbar.conf'
			BUSBAR_CA='$hub_state/tls/ca.pem'
			BUSBAR_FTPS_HOST='127.0.0.1'
			BUSBAR_FTPS_PORT='${ftps_port:-8021}'
			BUSBAR_FTPS_IMPLICIT_PORT='${ftps_implicit_port:-8990}'
			BUSBAR_PORTAL_URL='https://localhost:${nginx_portal_port:-8443}'
			BUSBAR_MAIL_URL='http://localhost:${mail_page_port:-8026}'
			BUSBAR_MAIL_DIR='$hub_state/mail/Maildir'
			BUSBAR_API_URL='https://localhost:${nginx_api_port:-8444}'
			BUSBAR_API_TLS13_URL='https://localhost:${nginx_api_tls13_port:-8445}'
			BUSBAR_BOX_URL='https://localhost:${nginx_api_port:-8444}/box/'
			BUSBAR_SFTP_HOST='${sshd_address:-127.0.0.1}'
			BUSBAR_SFTP_PORT='${sshd_port:-8022}'
			BUSBAR_SFTP_USER='busbar'
			BUSBAR_SFTP_KNOWN_HOSTS='$hub_state/partners/known_hosts'
			BUSBAR_BOX_SCRATCH='test'
			BUSBAR_AUDIT_KEY='$(cat "$hub_state/audit.pub")'
			SAMPLE_DATE='$(state_yesterday)'
		ENV
		for login in $state_logins; do
			party=$(echo "$login" | tr '[:lower:]' '[:upper:]')
			cat <<-ENV
				${party}_USER='$login'
				${party}_PASSWORD='$(cat "$hub_state/partners/$login.password")'
				${party}_TOKEN='$(cat "$hub_state/partners/$login.token")'
			ENV
			# a customer has no box
			[ ! -e "$hub_state/partners/$login.key" ] || echo "${party}_SSH_KEY='$hub_state/partners/$login.key'"
		done >>"$env.new"
		for login in ${staff_logins:-}; do
			party=$(echo "$login" | tr '[:lower:]-' '[:upper:]_')
			cat <<-ENV
				${party}_USER='$login'
				${party}_PASSWORD='$(cat "$hub_state/partners/$login.password")'
			ENV
		done >>"$env.new"
		busbar synth --samples >>"$env.new"
		if [ -s "$hub_state/partners/csp1.client" ]; then # sandbox.sh
			cat >>"$env.new" <<-ENV
				CSP1_CLIENT_ID='$(sandbox_value client_id)'
				CSP1_CLIENT_SECRET='$(sandbox_value client_secret)'
				CSP1_REDIRECT_URI='https://localhost:${nginx_portal_port:-8443}/demo-third-party'
				CSP1_SCOPE='$sandbox_scope'
				CSP1_SHARE_URL='https://localhost:${nginx_portal_port:-8443}/share/csp1'
				BUSBAR_PUBLIC_CLIENT_ID='BUSBAR_ccccccccc'
			ENV
		fi
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
	printf '\n%sWhat lies in the boxes of those who take reads%s\n\n' "$bold" "$plain"
	busbar drop list --most 10
	printf '\n%sThird parties; CSP3 came by the steps of a registration%s\n\n' "$bold" "$plain"
	busbar csp list
	printf '\n%sWhat customers were asked, and what they said%s\n\n' "$bold" "$plain"
	busbar agreement list
	busbar agreement funnel
	printf '\n%sOne home, %s, as CSP1 may read it%s\n\n' "$bold" "$day" "$plain"
	busbar reads "$sample" --as csp1 --from "$day" --to "$day" --chart --reason "demo" ||
		echo "Its customer has stopped sharing since." # in a demo that is started again
	cat <<-TEXT

		Answer two mails: http://localhost:${mail_page_port:-8026}/ has them, their links lead to the portal
		  (https://localhost:${nginx_portal_port:-8443}; its CA is var/tls/ca.pem)

		Sign in there as customer1, csp1-admin, oncor-admin, rep1-admin, regulator-admin or operator1; the password is in
		  var/partners/NAME.password

		Try
		  build/bin/busbar agreement show 2
		  build/bin/busbar reads $sample --from $day --to $day
		  build/bin/busbar file list
		  build/bin/busbar check --deep
		  curl --ssl-reqd --cacert var/tls/ca.pem -u "oncor:\$(cat var/partners/oncor.password)" ftp://127.0.0.1:${ftps_port:-8021}/ack/
		  curl --cacert var/tls/ca.pem -H "Authorization: Bearer \$(cat var/partners/oncor.token)" https://localhost:${nginx_api_port:-8444}/box/ack/
		  curl --cacert var/tls/ca.pem -H "Authorization: Bearer \$(cat var/partners/rep1.token)" https://localhost:${nginx_api_port:-8444}/box/daily/
		  curl http://127.0.0.1:${nginx_ops_port:-9100}/ingestd/metrics
		  sftp -P ${sshd_port:-8022} -i var/partners/tnmp.key -o UserKnownHostsFile=var/partners/known_hosts busbar@${sshd_address:-127.0.0.1}

	TEXT
}
