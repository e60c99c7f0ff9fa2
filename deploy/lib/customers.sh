# Customers' accounts of a demo and of tests: asked for with ESI ID, meter and REP number, confirmed by the link of a
# mail, then a name, a password and a token. POSIX sh; after hub.sh, state.sh, sink.sh, customer.sh and scenes.sh,
# when reads are loaded and mails go out.

customers_number() { # LOGIN or EMAIL: of the account
	busbar customer list --json | tr '{' '\n' | grep -F "\"$1\"" | grep -v '"state":"ENDED"' |
		sed -n 's/.*"holder":\([0-9]*\),.*/\1/p' | tail -n 1
}

customers_account() { # LOGIN NUMBER_OF_SAMPLE
	[ -z "$(customers_number "$1")" ] || return 0
	customers_email=$(scene_value "$(echo "$1" | tr '[:lower:]' '[:upper:]')_EMAIL")
	if [ -z "$(customers_number "$customers_email")" ] ||
		! busbar customer list --json | tr '{' '\n' | grep -F "\"$customers_email\"" | grep -q '"state":"CONFIRMED"'; then
		busbar customer register --email "$customers_email" --esiid "$(scene_value "SAMPLE_ESIID_$2")" \
			--meter "$(scene_value "SAMPLE_METER_$2")" --rep "$(scene_value "SAMPLE_REP_$2")" >/dev/null || return 1
		customers_link=$(customer_waits "$customers_email" '/c/' | grep -oE 'https://[^ <>"]+/c/[A-Za-z0-9_-]{43}' | head -n 1)
		busbar customer confirm "$customers_link" >/dev/null || return 1
	fi
	busbar customer login "$(customers_number "$customers_email")" "$1" >/dev/null
}

customers_secrets() { # LOGIN: as state_doors and state_https make for partners
	if [ ! -s "$hub_state/partners/$1.password" ]; then
		openssl rand -hex 16 >"$hub_state/partners/$1.new"
		busbar credential add "$1" --password --stdin --replace <"$hub_state/partners/$1.new" >/dev/null || return 1
		mv "$hub_state/partners/$1.new" "$hub_state/partners/$1.password"
	fi
	busbar account smt "$1" --basic on >/dev/null || return 1
	[ -s "$hub_state/partners/$1.token" ] || (umask 077 && busbar credential add "$1" --token --json |
		sed -n 's/.*"secret":"\([^"]*\)".*/\1/p' >"$hub_state/partners/$1.token")
	[ -s "$hub_state/partners/$1.token" ]
}

customers_ask() { # LOGIN PATH CURL_ARGUMENT...: /v1 as a customer
	customers_token=$(cat "$hub_state/partners/$1.token") customers_path=$2
	shift 2
	curl -sS --cacert "$hub_state/tls/ca.pem" -H "Authorization: Bearer $customers_token" "$@" \
		"https://localhost:${nginx_api_port:-8444}/v1/$customers_path"
}

customers_confirms() { # EMAIL: the newest link by which a mailbox says yes
	customer_mail "$1" '/c/' | grep -oE 'https://[^ <>"]+/c/[A-Za-z0-9_-]{43}' | head -n 1
}

# BUSINESS1 hands in a spreadsheet: its plant and four shops, in groups, and one more with a meter that is not there.
customers_many() {
	! customers_ask business1 groups | grep -q Shops || return 0
	customers_email=$(scene_value BUSINESS1_EMAIL)
	customers_before=$(customers_confirms "$customers_email")
	{
		echo esiid,meter,rep,group
		for customers_line in 4:Plant 6:Shops 7:Shops 8:Shops 9:Shops; do
			customers_n=${customers_line%:*}
			echo "$(scene_value "SAMPLE_ESIID_$customers_n"),$(scene_value "SAMPLE_METER_$customers_n"),$(scene_value "SAMPLE_REP_$customers_n"),${customers_line#*:}"
		done
		echo "$(scene_value SAMPLE_ESIID_2),100000999SE,$(scene_value SAMPLE_REP_2),Shops"
	} >"$hub_state/tmp/premises.csv"
	customers_ask business1 uploads -H 'Content-Type: text/csv' --data-binary "@$hub_state/tmp/premises.csv" | grep -q '"upload"' || return 1
	for _ in $(seq 300); do
		customers_link=$(customers_confirms "$customers_email")
		[ "$customers_link" = "$customers_before" ] || break
		sleep 0.1
	done
	[ "$customers_link" != "$customers_before" ] && busbar customer confirm "$customers_link" >/dev/null
}

# CUSTOMER1 lives in sample 1, CUSTOMER2 in 3, BUSINESS1 has sample 4 and four shops, 6 to 9; nobody has an account for 2.
customers_up() {
	install -d -m 0700 "$hub_state/partners"
	for customers_pair in customer1:1 customer2:3 business1:4; do
		customers_account "${customers_pair%:*}" "${customers_pair#*:}" && customers_secrets "${customers_pair%:*}" ||
			die "no account for ${customers_pair%:*}; see $hub_state/log/agreementd.log"
	done
	case " $state_logins " in
	*" customer1 "*) ;;
	*) state_logins="$state_logins customer1 customer2 business1" ;;
	esac
}
