# People of organisations who sign in at the portal, in a demo and in tests. POSIX sh; after hub.sh.

# staff_person PARTY LOGIN [ROLE]: its password lies beside those of partners. Once.
staff_person() {
	install -d -m 0700 "$hub_state/partners"
	[ ! -s "$hub_state/partners/$2.password" ] || return 0
	busbar person add "$1" --name "$2" --email "$2@staff.example" --role "${3:-admin}" --login "$2" >/dev/null || return 1
	openssl rand -hex 16 >"$hub_state/partners/$2.new"
	busbar credential add "$2" --password --stdin <"$hub_state/partners/$2.new" >/dev/null || return 1
	mv "$hub_state/partners/$2.new" "$hub_state/partners/$2.password"
}

# One of each kind; a second operator, since what is heavy takes two.
staff_up() {
	staff_logins="oncor-admin rep1-admin csp1-admin csp2-admin regulator-admin operator1 operator2"
	staff_person oncor oncor-admin && staff_person "$(state_party rep1)" rep1-admin && staff_person csp1 csp1-admin &&
		staff_person csp2 csp2-admin && staff_person regulator regulator-admin && staff_person operator operator1 &&
		staff_person operator operator2
}

# staff_sign_in LOGIN: signs in with curl, cookies in $hub_state/tmp/LOGIN.jar; staff_get LOGIN PATH, staff_post LOGIN PATH
# FIELD=VALUE...: pages; the nonce of a post is that of the page at the same path, or at staff_page.
staff_curl() { # LOGIN ARGUMENT...
	staff_jar=$hub_state/tmp/$1.jar
	shift
	curl -sS --max-time 30 --cacert "$hub_state/tls/ca.pem" -b "$staff_jar" -c "$staff_jar" "$@"
}
staff_url() { echo "https://localhost:${nginx_portal_port:-8443}$1"; }
staff_get() { staff_curl "$1" "$(staff_url "$2")"; }
staff_post() { # LOGIN PATH FIELD=VALUE...
	staff_who=$1 staff_path=$2
	shift 2
	staff_nonce=$(staff_get "$staff_who" "${staff_page:-$staff_path}" | sed -n 's/.*name="nonce" value="\([^"]*\)".*/\1/p' | head -n 1)
	for staff_field; do
		shift
		set -- "$@" --data-urlencode "$staff_field"
	done
	staff_curl "$staff_who" -H 'Sec-Fetch-Site: same-origin' --data-urlencode "nonce=$staff_nonce" "$@" "$(staff_url "$staff_path")"
}
staff_sign_in() {
	staff_post "$1" /sign-in "user=$1" "password=$(cat "$hub_state/partners/$1.password")" >/dev/null
	staff_get "$1" /account | grep -q 'action="/sign-out'
}
