#!/bin/bash
# Green Button: the customer feed, for grants that say so. It opens what stands sealed, and no usage stands beside it.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/green.sh"

home=10443720000099001 shop=10443720000099002 shop2=10443720000099003
cat >"$work/who-premises.csv" <<-CSV
	busbar,premise,1
	esiid,status,class,effective,street,city,state,zip,created
	$home,ACTIVE,RESIDENTIAL,2025-01-01,12 Oak & Elm Street,Dallas,TX,75201,2025-01-01T06:00:00Z
	$shop,ACTIVE,BUSINESS,2025-01-01,1 Bay Road,Corpus Christi,TX,78401,2025-01-01T06:00:00Z
	$shop2,ACTIVE,BUSINESS,2025-01-01,,,,,2025-01-01T06:00:00Z
CSV
cat >"$work/who-meters.csv" <<-CSV
	busbar,meter,1
	esiid,meter_number,effective,interval_s
	$home,GREENMETER1,2025-01-01,900
	$shop,GREENMETER2,2025-01-01,900
CSV
cat >"$work/who-customers.csv" <<-CSV
	busbar,customer,1
	account,name,kind,phones,emails,billing_address,language,esiids
	G-1000443,Jordan <b>Rivera</b>,RESIDENTIAL,5125550100,jordan@green.example;jr@green.example,"12 Oak Street, Apt 4, Dallas TX 75201",EN,$home
	G-2000017,"Bay Road Bakery, LLC",BUSINESS,+52 55 1234,,,ES,$shop;$shop2
CSV
cat >"$work/who-occupancy.csv" <<-CSV
	busbar,occupancy,1
	esiid,account,effective
	$home,G-1000443,2025-02-01
	$shop,G-2000017,2025-02-01
	$shop2,G-2000017,2025-02-01
CSV
for file in who-premises who-meters who-customers who-occupancy; do
	submitted oncor "$work/$file.csv" >/dev/null
	equals "$file are loaded" 'LOADED 0' "$(json "$work/receipt" $.state $.refused)"
done
says 'a third party' 0 '' csp add who-csp --name 'Who Third Party'
app=$(client who-csp who-app-1)
g1=$(granted who-csp "$app" 'FB=4_5_46_51' $home)
g2=$(granted who-csp "$app" 'FB=4_5_51_54_58' $shop $shop2)
g3=$(granted who-csp "$app" 'FB=4_5' $home)
sql -c "update agreement.premise x set customer = o.customer from premise.occupancy o where o.premise = x.premise
	and x.agreement in (select agreement from oauth.grant where client = $app);
	update oauth.grant set customer_data = true where granted in ($g1, $g2)"
a1=$(token ACCESS "$app" "$g1") a2=$(token ACCESS "$app" "$g2") a3=$(token ACCESS "$app" "$g3") c1=$(token CLIENT "$app" null)
rc1=$(of "$g1" retail_customer) rc2=$(of "$g2" retail_customer) rc3=$(of "$g3" retail_customer)
bulk=$(sql -c "select bulk from oauth.client where client = $app")
kinds() { for kind in Customer CustomerAccount CustomerAgreement ServiceSupplier ServiceLocation Meter; do count "<$kind xmlns="; done | tr '\n' ' '; }
told() { sql -c "select count(*) from audit.event where kind = 'espi.customer_released'"; }

before=$(told)
equals 'a home' '200 1 1 1 1 1 1 ' "$(ask "$a1" $base/Batch/RetailCustomer/$rc1) $(kinds)"
equals 'is on record' $((before + 1)) "$(told)"
equals 'and not kept on the way' no-store "$(header Cache-Control)"
valid 'is valid' customer
links 'and tied together' "$a1" $base/Batch/RetailCustomer/$rc1
ask "$a1" $base/Batch/RetailCustomer/$rc1 >/dev/null
for part in '<customerName>Jordan &lt;b&gt;Rivera&lt;/b&gt;</customerName>' '<accountId>G-1000443</accountId>' \
	'<addressGeneral>12 Oak Street, Apt 4, Dallas TX 75201</addressGeneral>' '<addressGeneral>12 Oak &amp; Elm Street</addressGeneral>' \
	'<areaCode>512</areaCode>' '<localNumber>5550100</localNumber>' '<kind>residential</kind>' "<agreementId>$home</agreementId>" \
	'<organisationName>Oncor</organisationName>' '<serialNumber>GREENMETER1</serialNumber>'; do
	equals "says $part" 1 "$(count "$part")"
done
where=$(sed -n 's/.*<UsagePoint>\(.*\)<\/UsagePoint>.*/\1/p' "$work/body")
equals 'no usage beside it' 0 "$(grep -c 'naesb.org/espi"' "$work/body")"
equals 'and names the usage point by its own address' '200 1' "$(ask "$a1" "$where") $(grep -cF "rel=\"self\" type=\"espi-entry/UsagePoint\" href=\"$where\"" "$work/body")"
equals 'where no name stands' 0 "$(grep -ciE 'jordan|oak|G-1000443|GREENMETER' "$work/body")"

equals 'a business, of which name and places were granted' '200 1 0 0 0 2 0 ' "$(ask "$a2" $base/Batch/RetailCustomer/$rc2) $(kinds)"
valid 'is valid' customer
equals 'with its name, and no more' '1 1 0' "$(count '<organisationName>Bay Road Bakery, LLC</organisationName>') $(count '<locale>es-US</locale>') $(grep -cE 'phone|account|Meter>|>[^<:-]*1234<' "$work/body")"
links 'tied together' "$a2" $base/Batch/RetailCustomer/$rc2
equals 'all of a client' '200 2 1 1 1 3 1 ' "$(ask "$c1" $base/Batch/BulkRetailCustomerInfo/$bulk) $(kinds)"
valid 'is valid' customer
customer=$(ask "$a1" $base/RetailCustomer/$rc1/Customer; sed -n 's/.*rel="self" type="cust-entry\/Customer" href="\([^"]*\)".*/\1/p' "$work/body")
customer=${customer#200}
equals 'one customer' '200 1 0 0 0 0 0 ' "$(ask "$a1" "$customer") $(kinds)"
equals 'its accounts' '200 0 1 0 0 0 0 ' "$(ask "$a1" "$customer/CustomerAccount") $(kinds)"
agreement=$(ask "$a1" $base/Batch/RetailCustomer/$rc1 >/dev/null; sed -n 's/.*rel="self" type="cust-entry\/CustomerAgreement" href="\([^"]*\)".*/\1/p' "$work/body")
location=$(sed -n 's/.*rel="self" type="cust-entry\/ServiceLocation" href="\([^"]*\)".*/\1/p' "$work/body")
equals 'a place' '200 0 0 0 0 1 0 ' "$(ask "$a1" "$location") $(kinds)"
equals 'its meters' '200 0 0 0 0 0 1 ' "$(ask "$a1" "$location/Meter") $(kinds)"
equals 'no other devices' '200 0 0 0 0 0 0 ' "$(ask "$a1" "$location/EndDevice") $(kinds)"
equals 'a supplier' '200 0 0 0 1 0 0 ' "$(ask "$a1" "$agreement/ServiceSupplier") $(kinds)"
printf 'busbar,billing,1\nesiid,channel,start_date,end_date,kwh,amount,currency\n%s,LOAD,2026-02-10,2026-03-11,612.250,84.17,USD\n' "$home" >"$work/who-bills.csv"
submitted oncor "$work/who-bills.csv" >/dev/null
equals 'no statements where none were granted' '200 0' "$(ask "$a1" "$customer/Statement") $(count '<Statement xmlns=')"
before=$(of "$g1" scope)
sql -c "update oauth.grant set scope = 'FB=4_5_15_71' where granted = $g1"
equals 'where they were, one a bill' '200 1' "$(ask "$a1" "$customer/Statement") $(count '<Statement xmlns=')"
holds 'is valid' xmllint --nonet --noout --relaxng "$rules/customer.rng" "$work/body"
for xsd in ${BUSBAR_ESPI_XSD:-}; do # of 4.0: 3.3 has no statements
	! grep -q '"Statement"' "$xsd/customer.xsd" || holds "says $xsd" xmllint --nonet --noout --schema "$xsd/greenbutton.xsd" "$work/body"
done
equals 'its document is the summary of that bill' '200 2' "$(ask "$a1" "$(sed -n 's/.*<statementURL>\(.*\)<\/statementURL>.*/\1/p' "$work/body")") $(count '<value>612250</value>')"
ask "$a1" "$customer/Statement" >/dev/null
equals 'one of them' '200 1' "$(ask "$a1" "$(sed -n 's/.*rel="self" type="cust-entry\/Statement" href="\([^"]*\)".*/\1/p' "$work/body")") $(count '<Statement xmlns=')"
links 'tied together' "$a1" $base/Batch/RetailCustomer/$rc1
sql -c "update oauth.grant set scope = '$before' where granted = $g1"
random=$(cat /proc/sys/kernel/random/uuid)
equals 'nothing is nothing' '404 404 404' "$(ask "$a1" "$customer/CustomerAccount/$random") $(ask "$a1" "$base/RetailCustomer/$rc1/Customer/$random/CustomerAccount") $(ask "$a1" "$location/EndDevice/$random")"

equals 'a grant of usage alone shows nobody' 404 "$(ask "$a3" $base/Batch/RetailCustomer/$rc3)"
equals "another's customer is none" '404 404' "$(ask "$a1" $base/Batch/RetailCustomer/$rc2) $(ask "$a1" $base/RetailCustomer/$random/Customer)"
equals 'a client has no single ones, a customer no bulk' '403 403' "$(ask "$c1" $base/Batch/RetailCustomer/$rc1) $(ask "$a1" $base/Batch/BulkRetailCustomerInfo/$bulk)"
busbar custodian token --reason customers --json >"$work/out"
d1=$(json "$work/out" '$.**.token')
equals 'the custodian sees one, all of a client, and each kind' "200 1 200 2 200 200 1" "$(ask "$d1" $base/Batch/RetailCustomer/$rc1) $(count '<Customer xmlns=') \
$(ask "$d1" $base/Batch/BulkRetailCustomerInfo/$bulk) $(count '<Customer xmlns=') $(ask "$d1" $base/ServiceLocation) $(ask "$d1" "$base/Meter/$(
	ask "$d1" $base/Meter >/dev/null; sed -n 's/.*rel="self" type="cust-entry\/Meter" href=".*\/\([^"]*\)".*/\1/p' "$work/body" | head -n 1)") $(count '<Meter xmlns=')"
valid 'is valid' customer
equals 'nobody writes' '405 405' "$(ask "$a1" -X PUT -d x $base/Batch/RetailCustomer/$rc1) $(ask "$a1" -X DELETE "$customer")"
ask "$c1" $base/Authorization >/dev/null
equals 'authorizations name where it is' 2 "$(count '<customerResourceURI>')"
equals 'no name is in a log' 0 "$(cat "$hub_state"/log/apid*.log | grep -ciE 'jordan|bakery|G-1000443')"

# ---- a consent on paper ----

echo 'signed by hand' >"$work/form.pdf"
offline() { busbar grant offline who-app-1 --esiid "$1" --scope "$2" --months 12 --email paper@green.example --form "$work/form.pdf" --paper 2026-17 --json >"$work/out" 2>"$work/err"; }
holds 'an operator types in what was signed' offline $shop 'FB=4_5;IntervalDuration=900'
number=$(json "$work/out" '$.**.id')
equals 'it is in force' ACTIVE "$(json "$work/out" '$.**.state')"
equals 'who, what and which form is on record' "true 2026-17 $(sha256sum <"$work/form.pdf" | cut -d' ' -f1)" \
	"$(sql -F' ' -c "select actor <> '', detail ->> 'paper', detail ->> 'form_sha256' from audit.event where kind = 'espi.granted_offline' and detail ->> 'agreement' = '$number'" | sed 's/^t /true /')"
equals 'with a receipt' 1 "$(sql -c "select count(*) from audit.receipt where agreement = $number")"
equals 'its customer is told' t "$(sql -c "select count(*) > 0 from mail.outbox where agreement = $number and kind = 'affirmed'")"
equals 'the third party finds it' '200 1' "$(ask "$c1" "$base/Authorization/$(json "$work/out" '$.**.authorization_id')") $(count '<status>1</status>')"
equals 'in its bulk' '200 1' "$(ask "$c1" $base/Batch/Bulk/$bulk) $(grep -c "Subscription/$(sql -c "select subscription from oauth.grant where agreement = $number")/UsagePoint\"" "$work/body" | sed 's/[1-9]/1/')"
holds 'never more than the client may ask for' sh -c '! "$@"' sh busbar grant offline who-app-1 --esiid $shop --scope 'FB=4_5_46' --months 12 \
	--email paper@green.example --form "$work/form.pdf" --paper 2026-18
says 'nor of what nobody knows' 65 'not known' grant offline who-app-1 --esiid 10443720000099099 --scope 'FB=4_5;IntervalDuration=900' --months 12 \
	--email paper@green.example --form "$work/form.pdf" --paper 2026-19

# ---- a customer downloads its own ----

{
	for day in 20260301 20260302 20260303; do values $home 4 $day 96 20260304060000 0.125,A; done
	values $shop 4 20260301 96 20260304060000 0.125,A
	values $home 4 20250115 96 20250116060000 0.125,A # before it moved in
} >"$work/1039940674000IntervalData20260601080500001.lse"
submitted oncor "$work/1039940674000IntervalData20260601080500001.lse" >/dev/null
own=bbp_$(openssl rand 32 | basenc --base64url | tr -d '=\n')
sql -c "with a as (insert into delivery.account (login, party, quota_bytes, keep_days) select 'green-jordan', c.party, 1000000, 30
		from premise.customer c join premise.occupancy o using (customer) join premise.premise p using (premise)
		where p.esiid = '$home' returning account, party)
	select api.token_add(sha256('$own'), 'PERSONAL', a.party, a.account, null, null, null, '', 'mine', null) from a" >/dev/null
equals 'its usage' '200 1 3' "$(ask "$own" $base/Download/Usage) $(entries UsagePoint) $(entries IntervalBlock)"
valid 'is valid'
equals 'as a file that names nobody' 'attachment; filename="Busbar_Electric_Usage_2026-03-01_2026-03-03.XML"' "$(header Content-Disposition)"
equals 'nor in it' 0 "$(grep -ciE "jordan|$home" "$work/body")"
equals 'its ids are those of the grant' "$(basename "$where")" "$(sed -n 's/.*rel="self" type="espi-entry\/UsagePoint" href=".*\/\([^"]*\)".*/\1/p' "$work/body")"
equals 'a range of days' '200 2 attachment; filename="Busbar_Electric_Usage_2026-03-02_2026-03-03.XML"' \
	"$(ask "$own" "$base/Download/Usage?from=2026-03-02&to=2026-12-31") $(entries IntervalBlock) $(header Content-Disposition)"
equals 'that is none' 400 "$(ask "$own" "$base/Download/Usage?from=yesterday")"
equals 'what is known of it, apart' '200 1 1 1 1 1 1 ' "$(ask "$own" $base/Download/Customer) $(kinds)"
valid 'is valid' customer
equals 'as a file' 'attachment; filename="Busbar_Electric_Customer.XML"' "$(header Content-Disposition)"
equals 'with its name' 1 "$(count '<customerName>Jordan')"
equals 'it is on record' 'customer occupancy' "$(sql -F' ' -c "select split_part(actor, ' ', 1), detail ->> 'right' from audit.event
	where kind = 'reads.released' and detail ->> 'resource' = '/Download/Usage' order by event desc limit 1")"
sql -c "update api.token set scope = 'interval' where verifier = sha256(sha256('$own'))"
equals 'a token for one kind of reads gives that one' '200 3 0' "$(ask "$own" $base/Download/Usage) $(entries IntervalBlock) $(entries UsageSummary)"
sql -c "update api.token set scope = 'profile' where verifier = sha256(sha256('$own'))"
equals 'and for none of them none' 403 "$(ask "$own" $base/Download/Usage)"
sql -c "update api.token set scope = '' where verifier = sha256(sha256('$own'))"
equals 'no other resources are for it' '403 403 403' "$(ask "$own" "$where") $(ask "$own" $base/ReadServiceStatus) $(ask "$own" $base/Batch/RetailCustomer/$rc1)"
equals 'nor is this for a program' '403 403' "$(ask "$a1" $base/Download/Usage) $(ask "$c1" $base/Download/Customer)"

sql -c "update agreement.agreement set state = 'TERMINATED' where agreement = $(of "$g1" agreement)"
equals 'after the end there is nobody' '401 1' "$(ask "$a1" $base/Batch/RetailCustomer/$rc1) $(ask "$c1" $base/Batch/BulkRetailCustomerInfo/$bulk >/dev/null; count '<Customer xmlns=')"
ended
