#!/bin/bash
# The drill of docs/operations.md, "Upgrade": a hub with what a hub has in it (parties, boxes, tokens, customers, agreements,
# a program's grant, reads, a signed log) as it lay in the tables of schema 53, taken over by today's programs. Who had a token,
# an agreement or a grant has it still, numbers are the same, and the log goes on.
. "$(dirname "$0")/lib.sh"
. "$source/tests/lib/links.sh"
. "$source/tests/lib/accounts.sh"
. "$(dirname "$0")/api.sh"
links_quiet
trap '{ api_down; links_loud; } 2>/dev/null' EXIT
earlier=53

# ---- what a hub has ----

esiid=10443720000000001 day=2026-09-01
sent oncor "$data/lse/good/normal.lse" 1039940674000IntervalData20260902073717001.lse
holds 'a day of reads' within 20 settled
links_begin
busbar csp add earlier --name 'Earlier Third Party' >/dev/null
for who in oncor earlier; do
	says "a box for $who" 0 '' account add up-$who --party $who
done
oncor=$(token_of up-oncor) csp=$(token_of up-earlier)
sql -c "update premise.premise set known = true, commodity = 'ELECTRIC', class = 'RESIDENTIAL', status = 'ACTIVE', effective = '2024-01-01'
	where esiid = '$esiid'" >/dev/null
holds 'an agreement' busbar agreement record --as earlier --esiid $esiid --months 12 --history 12
holds 'a customer with a password' accounts_make up-customer 1 2
accounts_shares 1
says 'a mailbox is sealed' 0 '@' customer list
client earlier up-client >"$work/client"
sql -c "insert into oauth.grant (client, agreement, scope, made_at, changed_at) select c.client, a.agreement, 'FB=4_5', now(), now() from oauth.client c, agreement.agreement a
	where c.client_id = 'up-client' and a.csp = c.csp limit 1" >/dev/null
hub_start_one auditd
says 'the log is signed' 0 '' audit checkpoint
cp "$work/out" "$work/old"
figures() {
	sql -c "select string_agg(party || ' ' || code, ',' order by party) from party.party" \
		-c "select string_agg(account || ' ' || login, ',' order by account) from delivery.account" \
		-c "select string_agg(credential || ' ' || encode(verifier, 'hex'), ',' order by credential) from delivery.credential where ended_at is null" \
		-c "select string_agg(agreement || ' ' || state || ' ' || csp, ',' order by agreement) from agreement.agreement" \
		-c "select string_agg(g.granted || ' ' || c.client_id || ' ' || g.agreement, ',' order by g.granted) from oauth.grant g join oauth.client c using (client)" \
		-c "select string_agg(premise || ' ' || esiid, ',' order by premise) from premise.premise" \
		-c "select count(*), sum(total_wh), max(load) from reads.day" -c "select count(*), max(event) from audit.event" \
		-c "select size, encode(root, 'hex') from audit.checkpoint order by size desc limit 1"
}
held() { busbar check --json 2>/dev/null | tr '{' '\n' | sed -n 's/.*"name":"\([^"]*\)","ok":false.*/\1/p'; } # made by hand, not all does
held >"$work/held.before"

# ---- the same as an earlier release had it ----

holds 'the log rests' hub_stop_one auditd
holds 'and the loader' hub_stop_one ingestd
figures >"$work/before"
equals 'it has all kinds of things' 9 "$(grep -cv '^|*$' "$work/before")"
at_then() { hub_psql -d earlier -At "$@"; }
hub_psql -d postgres -c 'create database earlier owner busbar_owner'
migrations=$(ls "$hub_programs"/sql/migrations/*.sql | head -n $earlier)
{ echo 'set role busbar_owner; set check_function_bodies = off;'; cat $migrations; } >"$work/schema"
as_it_was() { at_then -1 <"$work/schema" >/dev/null; }
holds "the tables of schema $earlier" as_it_was
# rows go from today's tables into those of then, in the columns that both have; partitions are made as they are
columns="select n.nspname || '.' || quote_ident(c.relname), string_agg(quote_ident(a.attname), ',' order by a.attnum)
	from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
	where c.relkind in ('r', 'p') and not c.relispartition and n.nspname !~ '^(pg_|information)' and a.attnum > 0 and not a.attisdropped
		and a.attgenerated = ''"
of_both() { # TABLE COLUMNS_THEN: the columns that there still are
	sql -c "select string_agg(quote_ident(a.attname), ',') from pg_attribute a where a.attrelid = to_regclass('$1') and a.attnum > 0
		and not a.attisdropped and quote_ident(a.attname) = any (string_to_array('$2', ','))"
}
carried() {
	sql -c "select format('create table %s.%I partition of %s %s;', n.nspname, c.relname, i.inhparent::regclass, pg_get_expr(c.relpartbound, c.oid))
		from pg_inherits i join pg_class c on c.oid = i.inhrelid join pg_namespace n on n.oid = c.relnamespace where c.relispartition and c.relkind = 'r'" >"$work/partitions"
	{ echo 'set role busbar_owner; set client_min_messages = error;'; sed 's/^create table/create table if not exists/' "$work/partitions"; } | at_then || return 1
	at_then -F' ' -c "$columns group by 1" >"$work/tables"
	echo 'set session_replication_role = replica; set client_min_messages = error;' >"$work/rows"
	while read -r table then_has; do
		was=$(at_then -c "select count(*) from $table")
		case $table in
		party.party | ops.migration) ;; # what migrations put there is not all that is there
		*) [ "$was" = 0 ] || [ "$was" = "$(sql -c "select count(*) from $table")" ] || continue ;; # kinds that got more since
		esac
		echo "delete from $table;"
		both=$(of_both "$table" "$then_has")
		[ -n "$both" ] || continue
		echo "copy $table ($both) from stdin;"
		sql -c "copy (select $both from $table $([ "$table" != ops.migration ] || echo "where number <= $earlier")) to stdout"
		echo '\.'
	done <"$work/tables" >>"$work/rows"
	sql -c "select format('select setval(%L, %s);', schemaname || '.' || quote_ident(sequencename), last_value) from pg_sequences where last_value is not null" |
		while IFS= read -r line; do
			name=${line#*\'}
			[ "$(at_then -c "select to_regclass('${name%%\'*}') is not null")" != t ] || echo "$line"
		done >>"$work/rows"
	at_then -1 <"$work/rows" >/dev/null
}
holds 'with what is in the hub' carried
hub_psql -d postgres -c "select pg_terminate_backend(pid) from pg_stat_activity where datname = 'busbar'" >/dev/null
hub_psql -d postgres -c 'alter database busbar rename to later' -c 'alter database earlier rename to busbar'
equals 'no more than that' $earlier "$(sql -c 'select max(number) from ops.migration')"

# ---- the upgrade ----

says 'it is brought to today' 0 '' migrate --dir "$hub_programs/sql"
equals 'all the way' "$(ls "$source/sql/migrations" | sed -n '$s/_.*//p' | sed 's/^0*//')" "$(sql -c 'select max(number) from ops.migration')"
figures >"$work/after"
same 'parties, logins, secrets, agreements, programs, premises, reads and events are what they were' "$work/before" "$work/after"
says 'once more changes nothing' 0 '' migrate --dir "$hub_programs/sql"
cp -R "$hub_programs/sql" "$work/sql"
rm "$work/sql/migrations/$(ls "$work/sql/migrations" | tail -n 1)"
busbar migrate --dir "$work/sql" >"$work/out" 2>&1
equals 'an earlier release does not touch it' 'refused' "$([ $? = 0 ] && echo taken || echo refused)"

# ---- who had something has it still ----

hub_start_one ingestd
hub_start_one auditd
holds 'nginx and busbar-apid' api_up
holds 'the API answers' within 20 answers
equals 'the token of a utility' '200 oncor' "$(ask "$oncor" $url/v1/me) $(body $.party)"
equals 'that of a third party' '200 earlier' "$(ask "$csp" $url/v1/me) $(body $.party)"
equals 'a password' '200 CUSTOMER' "$(ask_plain -u 'up-customer:up-customer-right horse battery' $url/v1/me) $(body $.kind)"
equals 'who shares still does' 200 "$(ask_plain -u 'up-customer:up-customer-right horse battery' $url/v1/agreements)"
equals 'and is read by who may' 200 "$(ask "$csp" "$url/v1/reads?esiid=$esiid&from=$day&to=$day")"
holds 'the day that was there' grep -q "$day" "$work/body"
says 'a mailbox that was sealed opens' 0 '@accounts.example' customer list
says 'the log goes on' 0 '' audit checkpoint
cp "$work/out" "$work/new"
says 'by the same key' 0 'is as it was signed' audit verify "$work/new"
busbar audit export --out "$work/log" >/dev/null
says 'from what was signed then' 0 '1 that were kept' audit verify "$work/log" "$work/old"
same 'what held holds' "$work/held.before" <(held)
ended
