#!/bin/bash
# The drill of docs/operations.md, "Upgrade": the database of an earlier release with what a hub has in it (tests/data/upgrade:
# parties, boxes, tokens, customers, agreements, a grant of OAuth, reads, a signed log), taken over by today's programs.
# Who had a token, an agreement or a grant has it still, numbers are the same, and the log goes on.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/api.sh"
trap 'api_down' EXIT
old=$data/upgrade
. "$old/0053.env"

# ---- what the earlier release left ----

hub_stop_one ingestd
hub_psql -d postgres -c 'drop database busbar' -c 'create database busbar owner busbar_owner'
holds 'a database of schema 53' hub_psql -d busbar -o /dev/null -f "$old/0053.sql"
equals 'and of no more' 53 "$(sql -c 'select max(number) from ops.migration')"
# their time goes on with the calendar, and this file does not
sql -c "update agreement.agreement set ends_at = now() + interval '1 year' where state = 'ACTIVE'" >/dev/null
cp "$old"/keys/*.key "$hub_state/keys/"
echo "$BUSBAR_AUDIT_KEY" >"$hub_state/audit.pub"
hub_keys
figures() {
	sql -c "select string_agg(party || ' ' || code, ',' order by party) from party.party" \
		-c "select string_agg(account || ' ' || login, ',' order by account) from delivery.account" \
		-c "select string_agg(credential || ' ' || encode(verifier, 'hex'), ',' order by credential) from delivery.credential where ended_at is null" \
		-c "select string_agg(token || ' ' || encode(verifier, 'hex'), ',' order by token) from api.token" \
		-c "select string_agg(agreement || ' ' || state || ' ' || csp, ',' order by agreement) from agreement.agreement" \
		-c "select string_agg(granted || ' ' || client || ' ' || agreement, ',' order by granted) from oauth.grant" \
		-c "select string_agg(premise || ' ' || esiid, ',' order by premise) from premise.premise" \
		-c "select count(*), sum(total_wh), max(load) from reads.day" -c "select count(*), max(event) from audit.event" \
		-c "select size, encode(root, 'hex') from audit.checkpoint order by size desc limit 1"
}
figures >"$work/before"
holds 'it has all kinds of things' test "$(grep -c . "$work/before")" = 10

# ---- the upgrade ----

says 'it is brought to today' 0 '' migrate --dir "$hub_programs/sql"
equals 'all the way' "$(ls "$source/sql/migrations" | sed -n '$s/_.*//p' | sed 's/^0*//')" "$(sql -c 'select max(number) from ops.migration')"
figures >"$work/after"
same 'parties, logins, tokens, agreements, grants, premises, reads and events are what they were' "$work/before" "$work/after"
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
for pair in "$ONCOR_TOKEN:oncor" "$REP1_TOKEN:rep1" "$CSP1_TOKEN:csp1"; do
	equals "the token of ${pair#*:}" "200 ${pair#*:}" "$(ask "${pair%%:*}" $url/v1/me) $(body $.party)"
done
equals "a customer's" '200 CUSTOMER' "$(ask "$CUSTOMER1_TOKEN" $url/v1/me) $(body $.kind)"
equals 'and password' 200 "$(ask_plain -u "customer1:$CUSTOMER1_PASSWORD" $url/v1/me)"
equals 'who shares still does' 200 "$(ask "$CUSTOMER1_TOKEN" $url/v1/agreements)"
equals 'and is read by who may' 200 "$(ask "$CSP1_TOKEN" "$url/v1/reads?esiid=$SAMPLE_ESIID_1&from=$SAMPLE_DATE&to=$SAMPLE_DATE")"
holds 'the day that was there' grep -q "$SAMPLE_DATE" "$work/body"
equals 'a program has its client, secret and right' 200 "$(ask_plain -u "$CSP1_CLIENT_ID:$CSP1_CLIENT_SECRET" \
	-d grant_type=client_credentials --data-urlencode 'scope=FB=34_35' $url/oauth/token)"
says 'a mailbox that was sealed opens' 0 '@' customer list
says 'the log goes on' 0 '' audit checkpoint
cp "$work/out" "$work/new"
says 'by the same key' 0 'is as it was signed' audit verify "$work/new"
echo "$(sql -c "select note from audit.checkpoint where size = $(sed -n '10s/|.*//p' "$work/before")")" >"$work/old"
busbar audit export --out "$work/log" >/dev/null
says 'from what was signed then' 0 '1 that were kept' audit verify "$work/log" "$work/old"
busbar check --json >"$work/check" 2>/dev/null
equals 'all holds in the database' '' "$(tr '{' '\n' <"$work/check" | grep '"ok":false' | grep -v 'is stored' | head -n 3)"
ended
