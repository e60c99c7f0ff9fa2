#!/bin/bash
# Every route of every family x every kind of caller x every relation to what is asked for: through nginx, and as the
# API's own role in the database. The routes are those of `busbar-apid --routes`; what each cell must be is in
# tests/lib/matrix_rules.py, by hand. What is somebody else's is answered as what there is not, to the byte.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/api.sh"
trap 'api_down' EXIT
holds 'nginx and busbar-apid' api_up

# ---- a world in which each relation is there ----

# now: A agreed, R revoked, S suspended, H of a suspended third party, X expired (the agreement, the retailer's span and
# the occupancy), F others'; U nobody knows. The reads asked for are of $day, behind the ends of X.
day=$(state_yesterday) a=10443720000098601 x=10443720000098602 r=10443720000098603 s=10443720000098604
h=10443720000098605 f=10443720000098606 u=10443720000098699
all="$a $x $r $s $h $f"
{ echo busbar,premise,1; echo esiid,commodity,status,class,effective,channels,created
	for e in $all; do echo "$e,ELECTRIC,ACTIVE,RESIDENTIAL,2025-01-01,LOAD,2025-01-01T06:00:00Z"; done; } >"$work/mx-premise.csv"
{ echo busbar,meter,1; echo esiid,meter_number,effective
	for e in $all; do echo "$e,M${e:12}LG,2025-01-01"; done; } >"$work/mx-meter.csv"
{ echo busbar,customer,1; echo account,name,kind,phones,emails,billing_address,language,esiids
	echo "MX-1,Ann One,RESIDENTIAL,,ann@mx.example,,EN,$a|$r|$s|$h|$x"; echo "MX-2,Bob Two,RESIDENTIAL,,bob@mx.example,,EN,$f|$x"; } |
	tr '|' ';' >"$work/mx-customer.csv"
{ echo busbar,occupancy,1; echo esiid,account,effective
	for e in $a $r $s $h $x; do echo "$e,MX-1,2025-02-01"; done; echo "$f,MX-2,2025-02-01"; echo "$x,MX-2,2026-02-01"; } >"$work/mx-occupancy.csv"
{ echo busbar,rep,1; echo esiid,rep,effective
	for e in $a $r $s $h $x; do echo "$e,98601,2025-02-01"; done; echo "$f,98602,2025-02-01"; echo "$x,98602,2026-02-01"; } >"$work/mx-rep.csv"
for e in $all; do
	block $e 4 "$(date -d "$day" +%Y%m%d)" "$(sql -c "select reads.slots('$day', 'America/Chicago')")" 0.250 "$(date -d "$day + 1 day" +%Y%m%d)060000"
done >"$work/1039940674000IntervalData20260601080500986.lse"
says 'a retailer' 0 '' rep add mx-rep1 --name 'Matrix One' --certificate 98601
says 'another' 0 '' rep add mx-rep2 --name 'Matrix Two' --certificate 98602
says 'a regulator' 0 '' regulator add mx-regulator --name 'Matrix Commission'
for csp in a b s; do says "third party $csp" 0 '' csp add mx-csp-$csp --name "Matrix $csp"; done
for file in mx-premise.csv mx-meter.csv mx-customer.csv mx-occupancy.csv mx-rep.csv 1039940674000IntervalData20260601080500986.lse; do
	says "$file" 0 '' submit "$work/$file" --as oncor --wait
done
for one in tdu1:oncor tdu2:tnmp rep1:mx-rep1 rep2:mx-rep2 cspa:mx-csp-a cspb:mx-csp-b csps:mx-csp-s reg:mx-regulator; do
	says "an account: ${one%:*}" 0 '' account add "mx-${one%:*}" --party "${one#*:}"
done
sql -c "insert into delivery.account (login, party) select 'mx-cust' || right(k.account, 1), k.party from (
	select distinct case p.esiid when '$a' then '1' else '2' end as account, c.party from premise.occupancy o
	join premise.customer c using (customer) join premise.premise p using (premise) where p.esiid in ('$a', '$f')) k" >/dev/null
agreed() { # CSP STATE ESIID: its number
	sql -c "with a as (insert into agreement.agreement (csp, state, starts_at, ends_at, reads_from, kinds)
			select party, '$2', ops.now() - interval '1 min', ops.now() + interval '1 year', '2025-06-01', '{interval,register,billing}'
			from party.party where code = '$1' returning agreement),
		x as (insert into agreement.premise (agreement, premise, customer) select a.agreement, p.premise,
			(select o.customer from premise.occupancy o where o.premise = p.premise and o.during @> '$day'::date)
			from a, premise.premise p where p.esiid = '$3')
		select agreement from a"
}
granted() { # CLIENT AGREEMENT: the grant
	sql -c "insert into oauth.grant (client, agreement, scope, customer_data, made_at, changed_at) values ($1, $2,
		'FB=4_5_15_16', true, ops.now(), ops.now()) returning granted"
}
drawn() { # CLASS-LETTER CLASS PARTY ACCOUNT CLIENT GRANT [LIVES]: a token
	local text
	text=bb$1_$(head -c 32 /dev/urandom | base64 -w0 | tr '+/' '-_' | tr -d =)
	sql -c "select api.token_add(sha256('$text'), '$2', $3, $4, null, $5, $6, '', null, '${7:-1 hour}')" >/dev/null
	echo "$text"
}
party() { echo "(select party from party.party where code = '$1')"; }
account() { echo "(select account from delivery.account where login = '$1')"; }
# a number that stands for nothing else in an answer
sql -c "select setval(pg_get_serial_sequence('agreement.agreement', 'agreement'), 765432)" >/dev/null
ca=$(client mx-csp-a mx-csp-a-app) cb=$(client mx-csp-b mx-csp-b-app) cs=$(client mx-csp-s mx-csp-s-app)
{
	ga=$(agreed mx-csp-a ACTIVE $a); gx=$(agreed mx-csp-a COMPLETED $x); gr=$(agreed mx-csp-a TERMINATED $r)
	gs=$(agreed mx-csp-a SUSPENDED $s); gh=$(agreed mx-csp-s ACTIVE $h); gf=$(agreed mx-csp-b ACTIVE $f)
}
for g in ga gx gr gs; do declare t$g="$(granted $ca ${!g})"; done
tgh=$(granted $cs $gh) tgf=$(granted $cb $gf)
{
	for one in tdu1 tdu2 rep1 rep2 cspa cspb csps reg cust1 cust2; do echo "token $one $(token_of mx-$one)"; done
	echo "token cspa_session $(drawn s SESSION "$(party mx-csp-a)" "$(account mx-cspa)" null null)"
	# the same accounts, by secrets whose hash a function can be shown
	for one in tdu1:oncor tdu2:tnmp rep1:mx-rep1 rep2:mx-rep2 cspb:mx-csp-b csps:mx-csp-s reg:mx-regulator; do
		echo "secret session_${one%:*} $(drawn s SESSION "$(party ${one#*:})" "$(account mx-${one%:*})" null null)"
	done
	for n in 1 2; do
		echo "token personal$n $(drawn p PERSONAL "(select party from delivery.account where login = 'mx-cust$n')" "$(account mx-cust$n)" null null)"
	done
	echo "token over $(drawn s SESSION "$(party oncor)" "$(account mx-tdu1)" null null '1 ms')"
	for g in a x r s; do t=tg$g; echo "token access_$g $(drawn a ACCESS "$(party mx-csp-a)" null $ca ${!t})"; done
	echo "token access_h $(drawn a ACCESS "$(party mx-csp-s)" null $cs $tgh)"
	echo "token access_f $(drawn a ACCESS "$(party mx-csp-b)" null $cb $tgf)"
	for c in a b s; do t=c$c; echo "token client_$c $(drawn c CLIENT "$(party mx-csp-$c)" null ${!t} null)"; done
	for c in a b; do t=c$c; echo "token registration_$c $(drawn g REGISTRATION "$(party mx-csp-$c)" null ${!t} null)"; done
	busbar custodian token --reason 'flow 98' --hours 1 --json >"$work/out" && echo "token custodian $(json "$work/out" $.token)"
	for e in a x r s h f u; do echo "esiid $e ${!e}"; done
	for g in ga gx gr gs gh gf; do echo "agreement ${g#g} ${!g}"; done
	for g in a x r s h f; do t=tg$g
		echo "grant $g $(sql -c "select subscription || ' ' || authorization_id || ' ' || retail_customer from oauth.grant where granted = ${!t}")"
	done
	for c in a b; do t=c$c; echo "client $c mx-csp-$c-app $(sql -c "select c.bulk || ' ' || c.information from oauth.client c where client = ${!t}")"; done
	echo "day $day"
} >"$work/world"
sql -c "update party.csp set state = 'SUSPENDED' where party = $(party mx-csp-s)" >/dev/null
sql -c "select api.rate_set(p.party, c, 1000000, 'matrix') from party.party p cross join unnest('{READS,BULK,WRITE,NORMAL}'::text[]) c
	where p.code like 'mx-%' or p.code in ('oncor', 'tnmp') or p.party in (select party from delivery.account where login like 'mx-cust%')" >/dev/null

# ---- the database, by the API's own role ----

sql -F '	' -c "select p.oid::regproc, string_agg(a.name || ' ' || format_type(a.type, null), E'\t' order by a.nth)
	from pg_proc p cross join lateral unnest(p.proargtypes::oid[], p.proargnames[:p.pronargs]) with ordinality a (type, name, nth)
	where has_function_privilege('busbar_apid', p.oid, 'execute') and p.pronamespace <> 'pg_catalog'::regnamespace
		and p.proargnames[1] = 'shown' group by p.oid order by 1" >"$work/functions"
holds 'the role may call functions that ask who it is' test "$(wc -l <"$work/functions")" -gt 60
matrix_sql() { /usr/bin/python3 "$source/tests/lib/matrix_sql.py" "$@"; }
matrix_sql "$work/functions" "$work" >"$work/script.sql"
sql -q -f "$work/script.sql" >"$work/answers" 2>"$work/script.err" || head -5 "$work/script.err"
matrix_sql check "$work/answers" "$work" >"$work/cells" 2>&1
cat "$work/cells"
set -- $(tail -n 1 "$work/cells" | grep -E '^[0-9]+ cells, [0-9]+ wrong$')
holds "each function too: ${1:-none}, wrong: ${3:-?}" test "${1:-0}" -gt 3000 -a "${3:-1}" = 0

# ---- the routes, by HTTP ----

"$hub_programs/bin/busbar-apid" --routes >"$work/routes"
/usr/bin/python3 "$source/tests/lib/matrix.py" "$url" "$hub_state/tls/ca.pem" "$work" >"$work/cells" 2>&1
cat "$work/cells"
set -- $(tail -n 1 "$work/cells" | grep -E '^[0-9]+ cells, [0-9]+ wrong$')
holds "each cell is as it must be: ${1:-none}, wrong: ${3:-?}" test "${1:-0}" -gt 10000 -a "${3:-1}" = 0
ended
