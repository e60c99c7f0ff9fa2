#!/bin/bash
# Every page of the portal x every kind of person x every role, over HTTP; and the functions behind them as portald's own
# role in the database. Whom a page is for stands in tests/lib/page_rules.py, by hand.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/api.sh"
. "$lib/staff.sh"
. "$source/tests/lib/links.sh"
. "$source/tests/lib/accounts.sh"
nginx_portal_rate=6000r/s nginx_portal_burst=10000 nginx_pages_rate=6000r/s nginx_pages_burst=10000
over() {
	api_down
	hub_stop_one portald
}
trap over EXIT
holds 'nginx and busbar-apid' api_up
holds 'and the portal' hub_start_one portald
there() { staff_curl nobody -f -o /dev/null "$(staff_url /sign-in)"; }
holds 'answers' within 10 there

# ---- one of each ----

says 'a retailer' 0 '' rep add pages-rep --name 'Pages REP' --certificate 98701
says 'a third party' 0 '' csp add pages-csp --name 'Pages Third Party'
says 'a regulator' 0 '' regulator add pages-regulator --name 'Pages Commission'
for one in csp:pages-csp rep:pages-rep regulator:pages-regulator; do says "a box: $one" 0 '' account add "pages-${one%:*}" --party "${one#*:}"; done
signed_in() { # KIND ROLE LOGIN
	staff_sign_in "$3" && echo "$1 $2 $(awk '$6 == "__Host-busbar-session" { print $7 }' "$hub_state/tmp/$3.jar")" >>"$work/people"
}
for one in csp:pages-csp rep:pages-rep tdu:oncor regulator:pages-regulator operator:operator; do
	kind=${one%:*}
	for role in admin member reader; do
		holds "a person: $kind, $role" staff_person "${one#*:}" "pages-$kind-$role" $role
		holds 'signs in' signed_in $kind $role "pages-$kind-$role"
	done
done
customer() {
	links_quiet
	links_begin 2 && accounts_make pages-customer 1 1 || return 1
	install -m 600 /dev/null "$hub_state/partners/pages-customer.password"
	printf '%s' 'pages-customer-right horse battery' >"$hub_state/partners/pages-customer.password"
	signed_in customer - pages-customer
}
holds 'a customer' customer

# ---- the database, by portald's own role ----

sql -F '	' -c "select p.oid::regproc || case when p.prosrc ~ 'api\.writes\(w|''(MEMBER|ADMIN)''' then '!' else '' end, string_agg(a.name || ' ' || format_type(a.type, null), E'\t' order by a.nth)
	from pg_proc p cross join lateral unnest(p.proargtypes::oid[], p.proargnames[:p.pronargs]) with ordinality a (type, name, nth)
	where has_function_privilege('busbar_portald', p.oid, 'execute') and p.pronamespace <> 'pg_catalog'::regnamespace
		and p.proargnames[1] = 'shown' and p.pronamespace <> 'oauth'::regnamespace and p.proname not in ('me', 'sign_out', 'code')
	group by p.oid order by 1" >"$work/functions"
pages_sql() { /usr/bin/python3 "$source/tests/lib/pages_sql.py" "$@"; }
pages_sql "$work/functions" "$work" >"$work/script.sql"
sql -q -F '	' -f "$work/script.sql" >"$work/answers" 2>"$work/script.err" || head -5 "$work/script.err"
pages_sql check "$work/answers" "$work/functions" "$work" >"$work/cells" 2>&1
cat "$work/cells"
set -- $(tail -n 1 "$work/cells" | grep -E '^[0-9]+ cells, [0-9]+ wrong$')
holds "each function is for whom it must be: ${1:-none}, wrong: ${3:-?}" test "${1:-0}" -gt 200 -a "${3:-1}" = 0

# ---- the pages ----

"$hub_programs/bin/busbar-portald" --pages >"$work/pages"
/usr/bin/python3 "$source/tests/lib/pages.py" "$(staff_url '')" "$hub_state/tls/ca.pem" "$work" >"$work/cells" 2>&1
cat "$work/cells"
set -- $(tail -n 1 "$work/cells" | grep -E '^[0-9]+ cells, [0-9]+ wrong$')
holds "each cell is as it must be: ${1:-none}, wrong: ${3:-?}" test "${1:-0}" -gt 300 -a "${3:-1}" = 0
ended
