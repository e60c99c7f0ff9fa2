# A utility for trying, whose customers are known by the test identifiers of docs/oauth.md: a home with one meter
# and a business with four. POSIX sh; after hub.sh, when busbar-ingestd runs.
#
#   sandbox_up [DAYS]       makes it, with so many days of reads (14) that end yesterday in Chicago
#   sandbox_client CSP ID URI   a public client of the sandbox, for everybody
#   sandbox_csp1 URI        the client of CSP1, with one consent

sandbox_prefix=1099990
sandbox_esiid() { printf '%s%010d' $sandbox_prefix "$1"; } # NUMBER, 1 to 5

sandbox_csv() { # FORMAT COLUMNS: records from standard input, sent and loaded
	{
		printf 'busbar,%s,1\n%s\n' "$1" "$2"
		cat
	} >"$hub_state/tmp/sandbox-$1.csv"
	busbar submit "$hub_state/tmp/sandbox-$1.csv" --as sandbox --wait >>"$hub_state/log/sandbox.log" 2>&1 ||
		die "the sandbox's $1 file was not loaded: $(tail -n 3 "$hub_state/log/sandbox.log"; busbar file rejects "$(busbar file list --json | tr "{" "\n" | sed -n "s/.*\"file\":\([0-9]*\).*/\1/p" | tail -n 1)" | head -5)"
	rm -f "$hub_state/tmp/sandbox-$1.csv"
}

# A quarter-hour's use that looks like a day: less at night, more in the evening; from meter, day and slot alone.
sandbox_reads() { # DAYS
	sandbox_last=$(TZ=America/Chicago date -d yesterday +%F)
	sandbox_file=$hub_state/tmp/099999990IntervalData$(date -u +%Y%m%d%H%M%S)001.lse
	for sandbox_back in $(seq $(($1 - 1)) -1 0); do
		sandbox_day=$(date -d "$sandbox_last - $sandbox_back days" +%F)
		sandbox_next=$(date -d "$sandbox_day + 1 day" +%F)
		sandbox_slots=$((($(TZ=America/Chicago date -d "$sandbox_next" +%s) - $(TZ=America/Chicago date -d "$sandbox_day" +%s)) / 900))
		awk -v day="$(echo "$sandbox_day" | tr -d -)" -v slots="$sandbox_slots" -v prefix=$sandbox_prefix \
			-v made="$(echo "$sandbox_next" | tr -d -)" -v back="$sandbox_back" 'BEGIN {
			for (n = 1; n <= 5; n++) {
				printf "00000001,%s%010d,4,%s000000,%s235959,Y,N\n", prefix, n, day, day
				printf "00000002,,,1,0,1,0,900,01,,,,\n00000003,\n00000004,%s060000,M\n10000000", made
				for (i = 0; i < slots; i++) {
					hour = i / 4
					base = n == 1 ? 0.08 : 0.4 * n
					use = base + (hour >= 6 && hour < 9 ? base : 0) + (hour >= 17 && hour < 22 ? 1.5 * base : 0)
					printf ",%.3f,A,", use * (1 + ((i * 7 + n * 13 + back * 5) % 10) / 20)
				}
				printf "\n"
			}
		}'
	done >"$sandbox_file"
	busbar submit "$sandbox_file" --as sandbox --wait >>"$hub_state/log/sandbox.log" 2>&1 ||
		die "the sandbox's reads were not loaded: $(busbar file rejects 6 | head -n 5; tail -n 3 "$hub_state/log/sandbox.log")"
	rm -f "$sandbox_file"
}

sandbox_bills() {
	for sandbox_n in 1 2 3 4 5; do
		for sandbox_back in 3 2 1; do
			sandbox_month=$(date -d "$(date +%Y-%m-01) - $sandbox_back months" +%F)
			echo "$(sandbox_esiid $sandbox_n),LOAD,$sandbox_month,$(date -d "$sandbox_month + 1 month - 1 day" +%F),$((300 * sandbox_n + 17 * sandbox_back)).000,$((40 * sandbox_n + sandbox_back)).50,USD"
		done
	done
}

sandbox_up() {
	! busbar tdu list --json | grep -q '"sandbox"' || return 0
	busbar tdu add sandbox --name "Sandbox Utility" --duns 099999990 --prefix $sandbox_prefix/17 --sandbox >/dev/null
	for sandbox_n in 1 2 3 4 5; do
		echo "$(sandbox_esiid $sandbox_n),ACTIVE,$([ $sandbox_n = 1 ] && echo RESIDENTIAL || echo BUSINESS),2023-01-01,$((300 + sandbox_n)) Sample Street,Austin,TX,78701"
	done | sandbox_csv premise esiid,status,class,effective,street,city,state,zip
	for sandbox_n in 1 2 3 4 5; do
		echo "$(sandbox_esiid $sandbox_n),SANDBOX$sandbox_n,2023-01-01"
	done | sandbox_csv meter esiid,meter_number,effective
	busbar rep add sandbox-rep --name 'Sandbox Retail' --certificate 98999 >/dev/null
	for sandbox_n in 1 2 3 4 5; do
		echo "$(sandbox_esiid $sandbox_n),98999,2023-01-01"
	done | sandbox_csv rep esiid,rep,effective
	sandbox_csv customer account,name,kind,phones,emails,billing_address,language <<-'CSV'
		111111111-1,Riley Residential,RESIDENTIAL,111-111-1111,uapi-test-residential@example.com,"333 W EL CAMINO REAL STE 600, SUNNYVALE CA 94087",EN
		222222222-2,Casey Commercial Company,BUSINESS,222-222-2222,uapi-test-commercial@example.com,"333 W EL CAMINO REAL STE 700, SUNNYVALE CA 94087",EN
	CSV
	for sandbox_n in 1 2 3 4 5; do
		echo "$(sandbox_esiid $sandbox_n),$([ $sandbox_n = 1 ] && echo 111111111-1 || echo 222222222-2),2023-01-01"
	done | sandbox_csv occupancy esiid,account,effective
	sandbox_bills | sandbox_csv billing esiid,channel,start_date,end_date,kwh,amount,currency
	sandbox_reads "${1:-14}"
}

# CSP1's own client, for real customers and those of the sandbox; its secret beside its other ones. One customer of the
# sandbox has said yes to it.
sandbox_scope='FB=4_5_15;IntervalDuration=900;BlockDuration=daily;HistoryLength=63072000'
sandbox_csp1() { # REDIRECT_URI
	if [ ! -s "$hub_state/partners/csp1.client" ]; then
		(umask 077 && busbar client add --as csp1 --redirect "$1" --portal "$1" --scope "$sandbox_scope" --scope FB=34_35 \
			--scope FB=36_40 --json >"$hub_state/partners/csp1.new") || return 1
		mv "$hub_state/partners/csp1.new" "$hub_state/partners/csp1.client"
	fi
	sandbox_id=$(sandbox_value client_id) sandbox_secret=$(sandbox_value client_secret)
	busbar client grants "$sandbox_id" --json | grep -q '"state":"ACTIVE"' || sandbox_consent "$sandbox_id" "$sandbox_secret" "$1"
}
sandbox_value() { sed -n 's/.*"'"$1"'":"\([^"]*\)".*/\1/p' "$hub_state/partners/csp1.client"; }

# The home of the sandbox says yes in a browser without script; the client takes its tokens. After customer.sh.
sandbox_consent() { # CLIENT_ID SECRET REDIRECT_URI
	sandbox_portal=https://localhost:${nginx_portal_port:-8443} sandbox_jar=$hub_state/tmp/sandbox.jar
	rm -f "$sandbox_jar"
	sandbox_page=$(customer_curl "$sandbox_jar" -G -L -w '\n%{url_effective}' --data-urlencode "client_id=$1" -d response_type=code \
		--data-urlencode "redirect_uri=$3" --data-urlencode "scope=$sandbox_scope" "$sandbox_portal/oauth/authorize") || return 1
	sandbox_press do=find by=phone value=111-111-1111 via=mail || return 1
	sandbox_press do=code "code=$(echo "$sandbox_page" | sed -n 's/.*id="code-shown">\([0-9]*\)<.*/\1/p')" || return 1
	sleep "${sandbox_dwell:-4}" # as long as somebody reads at least: portal.dwell
	sandbox_address=$(echo "$sandbox_page" | tail -n 1)
	sandbox_code=$(customer_curl "$sandbox_jar" -o /dev/null -w '%{redirect_url}' -H "Origin: $sandbox_portal" \
		--data-urlencode "nonce=$(sandbox_nonce)" -d do=yes -d agree=1 -d months=12 -d history=24 -d reads=1 -d billing=1 \
		-d "$(echo "$sandbox_page" | grep -o 'name="p[0-9]*"' | sed 's/name="\(.*\)"/\1=1/')" "$sandbox_address" |
		sed -n 's/.*[?&]code=\([^&]*\).*/\1/p')
	[ -n "$sandbox_code" ] || return 1
	customer_curl "$sandbox_jar" -o /dev/null -f -u "$1:$2" -d grant_type=authorization_code --data-urlencode "code=$sandbox_code" \
		--data-urlencode "redirect_uri=$3" "https://localhost:${nginx_api_port:-8444}/oauth/token"
}
sandbox_nonce() { echo "$sandbox_page" | sed -n 's/.*name="nonce" value="\([^"]*\)".*/\1/p' | head -n 1; }
sandbox_press() { # NAME=VALUE...: a button of the page; then the page that comes
	sandbox_address=$(echo "$sandbox_page" | tail -n 1)
	sandbox_sent=$(sandbox_nonce)
	set -- "$@" "nonce=$sandbox_sent"
	for sandbox_field; do
		set -- "$@" --data-urlencode "$sandbox_field"
		shift
	done
	sandbox_page=$(customer_curl "$sandbox_jar" -L -w '\n%{url_effective}' -H "Origin: $sandbox_portal" "$@" "$sandbox_address")
}

sandbox_client() { # CSP CLIENT_ID REDIRECT_URI
	! busbar client list --json | grep -q "\"$2\"" ||
		return 0
	busbar client add --as "$1" --id "$2" --name "Test Company" --public --sandbox --redirect "$3" >/dev/null
}
