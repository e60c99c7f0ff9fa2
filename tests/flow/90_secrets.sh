#!/bin/bash
# What must not be readable where it does not belong: persons in the database, ESI IDs and persons in the
# log, texts of persons in what is sent back.
. "$(dirname "$0")/lib.sh"
esiid=10443720000090001
long=$(printf 'Zebulonia-Overlong-%.0s' $(seq 8))
cat >"$work/customer-90.csv" <<CSV
busbar,customer,1
account,name,kind,phones,emails,billing_address,language,esiids
ZQ-90-ACCOUNT,Zebulonia Quickfingers,RESIDENTIAL,5125559090;(512) 555-9191,zebulonia@flow.example,"90 Zanzibar Street, Dallas TX",EN,$esiid
ZQ-91-ACCOUNT,$long,RESIDENTIAL,,,,EN,
ZQ-92-ACCOUNT,Zebulonia Second,PERSON,,zebulonia2@flow.example,,EN,
ZQ-93-ACCOUNT,Zebulonia Third,RESIDENTIAL,,zebulonia3@flow.example,,EN,1044372000009000
CSV
sent oncor "$work/customer-90.csv"
equals 'a file of customers, three of them faulty' 'LOADED 4 1 3' \
	"$(json "$work/ack" $.state $.records $.accepted $.rejected)"
printf 'busbar,occupancy,1\nesiid,account,effective\n%s,ZQ-90-ACCOUNT,2026-01-01\n' $esiid >"$work/occupancy-90.csv"
sent oncor "$work/occupancy-90.csv"
equals 'the account is known by its number' 'LOADED 1 1 0 0' \
	"$(json "$work/ack" $.state $.records $.accepted $.rejected '$.by_rule."unknown-account"' | sed 's/-$/0/')"
block $esiid 4 20260901 96 0.250 20260902060000 >"$work/1039940674000IntervalData20260902060000090.lse"
sent oncor "$work/1039940674000IntervalData20260902060000090.lse"
busbar reads $esiid --from 2026-09-01 --to 2026-09-01 --reason test >/dev/null

# ---- the database ----

as_db /usr/lib/postgresql/15/bin/pg_dump -h "$hub_state/run/db" -U busbar_db --data-only busbar >"$work/dump"
holds 'the dump is one' grep -q $esiid "$work/dump"
for text in Zebulonia Quickfingers 5125559090 555-9191 zebulonia@flow.example Zanzibar ZQ-90-ACCOUNT; do
	equals "the database does not have $text in clear" 0 "$(grep -ciF "$text" "$work/dump")"
	hex=$(printf %s "$text" | od -An -tx1 | tr -d ' \n')
	equals "nor as bytes" 0 "$(grep -ciF "$hex" "$work/dump")"
done
equals 'two phones and an e-mail are there, sealed' 3 "$(sql -c "select count(*) from premise.contact x
	join premise.customer c using (customer) join premise.account_premise a using (customer)
	join premise.premise p on p.premise = a.premise where p.esiid = '$esiid'")"

# ---- what goes back, and the log ----

rejects=$hub_state/spool/oncor/rejects/customer-90.csv.rejects.csv
equals 'three rejects' 3 "$(grep -c ',reject,' "$rejects")"
equals 'texts of persons are not quoted' 0 "$(grep -ci 'zebulonia\|ZQ-9' "$rejects")"
holds 'but measured' grep -q "${#long} bytes" "$rejects"
busbar file rejects "$(sql -c "select file from ledger.file where name = 'customer-90.csv'")" >"$work/out"
equals 'nor by the command' 0 "$(grep -ci 'zebulonia\|ZQ-9' "$work/out")"
log=$hub_state/log/ingestd.log
holds 'the loader keeps a log' test -s "$log"
equals 'without ESI IDs' '' "$(grep -oE '(^|[^0-9])10(44372|08901|03278|20404|40051)([0-9]{10}|[0-9]{15})([^0-9]|$)' \
	"$log" | head -n 3)"
equals 'without persons' '' "$(grep -iE 'zebulonia|@flow\.example|5125559090|ZQ-9|example\.(com|org)' "$log" | head -n 3)"

# ---- who may look where ----

equals 'keys are not for everybody' 640 "$(stat -c %a "$hub_state"/keys/*.key | sort -u | xargs)"
equals 'nor is the store' 0 "$(find "$hub_state/store" -type f -perm /007 | wc -l)"
equals 'nor the spool' 0 "$(find "$hub_state/spool" -mindepth 1 -maxdepth 1 -perm /007 | wc -l)"
equals 'the loader is not root' busbar-ingestd "$(ps -o user:20= -p "$(cat "$hub_state/run/ingestd.pid")" | xargs)"
equals 'and may not become it' 1 "$(sed -n 's/^NoNewPrivs:\t//p' "/proc/$(cat "$hub_state/run/ingestd.pid")/status")"
holds 'it reads no table of customers' sh -c "! runuser -u busbar-ingestd -- psql -XqAt \
	-h '$hub_state/run/db' -U busbar_ingestd -d busbar -c 'select * from premise.customer'"
holds 'nor any reads as it likes' sh -c "! runuser -u busbar-ingestd -- psql -XqAt \
	-h '$hub_state/run/db' -U busbar_ingestd -d busbar -c 'select * from reads.release_rows(1)'"
holds 'nor can the operator look into tables' sh -c "! psql -XqAt -h '$hub_state/run/db' \
	-U busbar_operator -d busbar -c 'select * from reads.day'"
ended
