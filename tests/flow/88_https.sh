#!/bin/bash
# The box over HTTPS: nginx with the shipped configuration, busbar-apid behind it, curl and openssl before it.
# What is put is loaded; what is cut is never listed and goes on where it stopped; a right that ends, ends;
# requests that try to be two are one or none.
. "$(dirname "$0")/lib.sh"

nginx_api_port=$(free_port) nginx_api_tls13_port=$(free_port) nginx_ops_port=$(free_port) nginx_portal_port=$(free_port)
export nginx_api_port nginx_api_tls13_port nginx_ops_port nginx_portal_port
trap 'nginx_down; hub_stop_one apid.2; hub_stop_one apid' EXIT
holds 'nginx takes the shipped configuration' nginx_up
hub_start_one apid
socket=$hub_state/run/web/apid/1.sock
holds 'busbar-apid listens' within 10 test -S "$socket"
equals 'at a socket that nginx alone may open' 'busbar-apid busbar-web 660' "$(stat -c '%U %G %a' "$socket")"

url=https://localhost:$nginx_api_port
token_of() { # LOGIN: a new token, its credential in $work/LOGIN.credential
	busbar credential add "$1" --token --json >"$work/out" || return 1
	json "$work/out" $.credential >"$work/$1.credential"
	json "$work/out" $.secret
}
says 'a box for a utility' 0 https-oncor account add https-oncor --party oncor
says 'a REP' 0 '' rep add flow-https-rep --name 'Flow HTTPS REP' --certificate 19998 --duns 199999998
says 'and its box' 0 https-rep account add https-rep --party flow-https-rep
oncor=$(token_of https-oncor) rep=$(token_of https-rep)
ask() { # TOKEN CURL_ARGUMENTS...: the status; body in $work/body, headers in $work/headers
	local token=$1
	shift
	rm -f "$work/body" # curl -C would go on with it
	timeout 60 curl -sS --cacert "$hub_state/tls/ca.pem" -H "Authorization: Bearer $token" -o "$work/body" \
		-D "$work/headers" -w '%{http_code}' "$@" 2>"$work/curl"
}
header() { # NAME
	tr -d '\r' <"$work/headers" | sed -n "s/^$1: //Ip" | tail -n 1
}

# ---- a day in ----

file=1039940674000IntervalData20260422080500001.lse
block 10443720000089201 4 20260421 96 1.250 20260422060000 A >"$work/$file"
sha=$(sha256sum <"$work/$file" | cut -d' ' -f1)
equals 'a utility sees its folders' 200 "$(ask "$oncor" $url/box/)"
equals 'by name' 'ack in rejects reports test' \
	"$(json "$work/body" '$.items[0].name' '$.items[1].name' '$.items[2].name' '$.items[3].name' '$.items[4].name')"
equals 'a file goes in' 201 "$(ask "$oncor" -T "$work/$file" $url/box/in/)"
equals 'the receipt says what it was' "$file $sha $(stat -c %s "$work/$file") false" \
	"$(json "$work/body" $.name $.sha256 $.size $.repeated)"
equals 'and its number in the ledger' "$(sql -c "select file from ledger.file where name = '$file'")" \
	"$(json "$work/body" $.file)"
holds 'it is loaded' within 30 settled
equals 'as LOADED, through this door' 'LOADED https' \
	"$(sql -F' ' -c "select state, door from ledger.file where name = '$file'")"
equals 'the folder lists it' "200 $file $sha" \
	"$(ask "$oncor" $url/box/in/) $(json "$work/body" '$.items[0].name' '$.items[0].sha256')"
equals 'a browser gets a page' '200 text/html; charset=utf-8' \
	"$(ask "$oncor" -H 'Accept: text/html' $url/box/in/) $(header Content-Type)"
holds 'with a link' grep -qF "href=\"/box/in/$file\"" "$work/body"
equals 'its acknowledgement can be taken' 200 "$(ask "$oncor" $url/box/ack/$file.ack.json)"
equals 'with the counts' 1 "$(json "$work/body" $.accepted)"
equals 'the sender may read its file back' 200 "$(ask "$oncor" $url/box/in/$file)"
same 'byte for byte' "$work/$file" "$work/body"
equals 'the same file again is no error' '201 true' "$(ask "$oncor" -T "$work/$file" $url/box/in/) $(json "$work/body" $.repeated)"
equals 'and no second one' 1 "$(sql -c "select count(*) from ledger.file where name = '$file'")"

# ---- a file out, and pieces of it ----

head -c 30000000 /dev/urandom >"$work/large"
large=$(sha256sum <"$work/large" | cut -d' ' -f1)
equals 'a large file goes in' "201 $large" "$(ask "$oncor" -T "$work/large" $url/box/test/large) $(json "$work/body" $.sha256)"
equals 'and comes back' 200 "$(ask "$oncor" $url/box/test/large)"
same 'whole' "$work/large" "$work/body"
equals 'its tag is its digest' "\"$large\"" "$(header ETag)"
equals 'and in HTTP/1.1' 200 "$(ask "$oncor" --http1.1 $url/box/test/large)"
same 'as well' "$work/large" "$work/body"
equals 'a range' '206 bytes 1000-1999/30000000' "$(ask "$oncor" -r 1000-1999 $url/box/test/large) $(header Content-Range)"
same 'is the right one' <(tail -c +1001 "$work/large" | head -c 1000) "$work/body"
equals 'the last bytes' '206 29999900-29999999' "$(ask "$oncor" -r -100 $url/box/test/large) $(header Content-Range | sed 's/bytes //; s,/.*,,')"
same 'are the right ones' <(tail -c 100 "$work/large") "$work/body"
equals 'behind the end there is nothing' '416 bytes */30000000' "$(ask "$oncor" -r 30000000- $url/box/test/large) $(header Content-Range)"
equals 'If-Range with another tag gives the whole' '200 30000000' \
	"$(ask "$oncor" -r 0-9 -H 'If-Range: "0"' $url/box/test/large) $(header Content-Length)"
equals 'with the right one the range' 206 "$(ask "$oncor" -r 0-9 -H "If-Range: \"$large\"" $url/box/test/large)"
opened() { sql -c "select count(*) from audit.event where kind = 'box.opened'"; }
before=$(opened)
equals 'what one has already is not sent again' 304 "$(ask "$oncor" -H "If-None-Match: \"$large\"" $url/box/test/large)"
equals 'nor opened' "$before" "$(opened)"
equals 'HEAD tells size and digest' "200 30000000 sha-256=:$(openssl dgst -sha256 -binary "$work/large" | base64):" \
	"$(ask "$oncor" -I $url/box/test/large) $(header Content-Length) $(header Repr-Digest)"
head -c 12345678 "$work/large" >"$work/had"
holds 'curl goes on with a download' timeout 60 curl -sS --cacert "$hub_state/tls/ca.pem" -C - \
	-H "Authorization: Bearer $oncor" -o "$work/had" $url/box/test/large
same 'to the same bytes' "$work/large" "$work/had"
counted() { # what the last transfer's event says
	sql -F' ' -c "select detail->>'bytes', detail->>'whole' from audit.event
		where kind = 'box.transferred' order by event desc limit 1"
}
was_counted() { [ "$(counted)" = "17654322 false" ]; }
holds 'what went is counted' within 5 was_counted
transfers() { sql -c "select count(*) from audit.event where kind = 'box.transferred'"; }
before=$(transfers)
(timeout -s KILL 2 curl -sS --cacert "$hub_state/tls/ca.pem" --limit-rate 2m -H "Authorization: Bearer $oncor" \
	-o "$work/slow" $url/box/test/large || :) 2>/dev/null
cut_counted() { [ "$(transfers)" -gt "$before" ]; }
holds 'a download that is cut is on record' within 10 cut_counted
read -r bytes whole <<<"$(counted)"
equals 'as cut' false "$whole"
got=$(stat -c %s "$work/slow")
holds 'with what went, and what lay between' test "$bytes" -ge "$got" -a "$bytes" -le $((got + 8000000))
equals 'an empty file goes in' "201 0" "$(: >"$work/empty"; ask "$oncor" -T "$work/empty" $url/box/test/empty) $(json "$work/body" $.size)"
equals 'and comes back' '200 0' "$(ask "$oncor" $url/box/test/empty) $(header Content-Length)"
equals 'a name may be anything' 201 "$(ask "$oncor" -T "$work/empty" "$url/box/test/a%20%22b%22%20%3Cc%3E%20%C3%A9")"
equals 'and is found in the page' 200 "$(ask "$oncor" -H 'Accept: text/html' $url/box/test/)"
holds 'without becoming part of it' grep -qF 'a &quot;b&quot; &lt;c&gt; é</a>' "$work/body"
equals 'a file is removed' 204 "$(ask "$oncor" -X DELETE $url/box/test/empty)"
equals 'and gone' 404 "$(ask "$oncor" $url/box/test/empty)"
equals 'what is loaded cannot be' 403 "$(ask "$oncor" -X DELETE $url/box/in/$file)"

# ---- cut and resumed ----

head -c 100 /dev/zero >"$work/hundred"
parted() { # BYTES: the part that there is has so many at least
	[ -n "$(find "$hub_state/store/part" -type f -size +"$(($1 / 1024))"k)" ]
}
cut_upload() { # NAME LIMIT
	curl -sS --max-time 60 --cacert "$hub_state/tls/ca.pem" --limit-rate "$2" -H "Authorization: Bearer $oncor" \
		-o /dev/null -w '%{http_code}' -T "$work/large" "$url/box/test/$1" >"$work/told" 2>/dev/null &
	client=$!
	within 20 parted 1000000
}
offset_of() { # NAME: how much of it is here, by HEAD
	ask "$oncor" -I "$url/box/test/$1" >/dev/null
	header Upload-Offset
}
holds 'an upload is under way' cut_upload cut 4m
kill -KILL $client
wait $client 2>/dev/null
equals 'what was cut is not listed' 404 "$(ask "$oncor" $url/box/test/cut)"
offset=$(offset_of cut)
holds 'its sender is told how much is here' test "${offset:-0}" -gt 1000000 -a "${offset:-0}" -lt 30000000
equals 'and by asking, as others do it' "308 bytes=0-$((offset - 1))" \
	"$(ask "$oncor" -X PUT -H 'Content-Range: bytes */30000000' -H 'Content-Length: 0' $url/box/test/cut) $(header Range)"
equals 'it cannot go on elsewhere' "409 $offset" \
	"$(ask "$oncor" -X PUT -H "Content-Range: bytes 100-199/30000000" --data-binary "@$work/hundred" $url/box/test/cut 2>/dev/null) $(header Upload-Offset)"
equals 'it goes on where it stopped' "201 $large" \
	"$(ask "$oncor" -C "$offset" -T "$work/large" $url/box/test/cut) $(json "$work/body" $.sha256)"
equals 'and comes back' 200 "$(ask "$oncor" $url/box/test/cut)"
same 'whole' "$work/large" "$work/body"
equals 'nothing of it waits any more' '' "$(offset_of cut)"
put_part() { # NAME FIRST LAST: bytes FIRST to LAST of the large file
	tail -c +$(($2 + 1)) "$work/large" | head -c $(($3 - $2 + 1)) >"$work/piece"
	ask "$oncor" -X PUT -H "Content-Range: bytes $2-$3/30000000" --data-binary "@$work/piece" "$url/box/test/$1"
}
equals 'in pieces: the first' '308 bytes=0-9999999' "$(put_part pieces 0 9999999) $(header Range)"
equals 'the second' '308 bytes=0-19999999' "$(put_part pieces 10000000 19999999) $(header Range)"
equals 'the second again is one too many' '409 20000000' "$(put_part pieces 10000000 19999999) $(header Upload-Offset)"
equals 'the last' "201 $large" "$(put_part pieces 20000000 29999999) $(json "$work/body" $.sha256)"
equals 'asked afterwards, the receipt again' "200 $large" \
	"$(ask "$oncor" -X PUT -H 'Content-Range: bytes */30000000' -H 'Content-Length: 0' -H "X-SHA256: $large" $url/box/test/pieces) $(json "$work/body" $.sha256)"
equals 'but no receipt for other bytes of that name and size' '308 0' \
	"$(ask "$oncor" -X PUT -H 'Content-Range: bytes */30000000' -H 'Content-Length: 0' -H "X-SHA256: $sha" $url/box/test/pieces) $(header Upload-Offset)"
equals 'nor for bytes that are not named' '308 0' \
	"$(ask "$oncor" -X PUT -H 'Content-Range: bytes */30000000' -H 'Content-Length: 0' $url/box/test/pieces) $(header Upload-Offset)"
equals 'a piece that is not as long as it says' 400 \
	"$(ask "$oncor" -X PUT -H 'Content-Range: bytes 0-99/200' --data-binary "@$work/large" $url/box/test/lies)"
equals 'nothing there is nothing to go on with' '409 0' "$(put_part nothing 100 199) $(header Upload-Offset)"

# ---- unfinished uploads count, until they are given up ----

sql -q -c "update delivery.account a set quota_bytes = delivery.used_bytes(a.account) + 1000000 where login = 'https-oncor'"
equals 'a piece that fits' '308 bytes=0-699999' "$(put_part half 0 699999) $(header Range)"
equals 'and one of another file' '308 bytes=0-199999' "$(put_part half2 0 199999) $(header Range)"
equals 'together they have the room' 413 "$(put_part half 700000 999999)"
sql -q -c "update delivery.account a set quota_bytes = 20::int8 << 30 where login = 'https-oncor'"

# ---- what the sender says it is ----

digest=$(openssl dgst -sha256 -binary "$work/large" | base64)
equals 'the right digest' 201 "$(ask "$oncor" -H "Repr-Digest: sha-256=:$digest:" -T "$work/large" $url/box/test/right)"
equals 'the wrong one' '422 BAD_FILE' "$(ask "$oncor" -H "X-SHA256: $sha" -T "$work/large" $url/box/test/wrong) $(json "$work/body" $.code)"
equals 'keeps nothing' 404 "$(ask "$oncor" $url/box/test/wrong)"
equals 'one that is none' 400 "$(ask "$oncor" -H "X-SHA256: abc" -T "$work/$file" $url/box/test/wrong)"
equals 'only if nothing is there' 412 "$(ask "$oncor" -H 'If-None-Match: *' -T "$work/$file" $url/box/test/right)"
equals 'and nothing is' 201 "$(ask "$oncor" -H 'If-None-Match: *' -T "$work/$file" $url/box/test/fresh)"
equals 'without a length there is no upload' 411 "$(cat "$work/$file" | ask "$oncor" --http1.1 -T - $url/box/test/chunked)"
equals 'in HTTP/2 neither' 411 "$(cat "$work/$file" | ask "$oncor" --http2 -T - $url/box/test/chunked)"
equals 'and no file of it' 404 "$(ask "$oncor" $url/box/test/chunked)"
equals 'more than 2 GiB is refused before it comes' 413 "$(ask "$oncor" -X PUT -H 'Content-Length: 2147483649' \
	-H 'Expect: 100-continue' --data-binary x $url/box/test/huge)"

# ---- walls ----

said() { sed 's/,"request":.*//' "$work/body"; }
equals 'without a token' 401 "$(timeout 20 curl -sS --cacert "$hub_state/tls/ca.pem" -o "$work/body" -w '%{http_code}' $url/box/)"
words=$(said)
equals 'with a wrong one' "401 $words" "$(ask wrong $url/box/) $(said)"
equals 'with what is none' "401 $words" "$(timeout 20 curl -sS --cacert "$hub_state/tls/ca.pem" -u oncor:x -o "$work/body" \
	-w '%{http_code}' $url/box/) $(said)"
equals 'another party has a box of its own' 404 "$(ask "$rep" $url/box/in/$file)"
equals 'cannot take by another way' 404 "$(ask "$rep" $url/box/test/../in/$file)"
equals 'nor by an escape' 404 "$(ask "$rep" --path-as-is "$url/box/in/..%2F..%2Ftest%2Flarge")"
equals 'nor put into daily/' 403 "$(ask "$rep" -T "$work/$file" $url/box/daily/x)"
equals 'no folder, no file' 404 "$(ask "$rep" -T "$work/$file" $url/box/nowhere/x)"
equals 'a method that is none' '405 GET, HEAD, PUT, DELETE' "$(ask "$oncor" -X PATCH $url/box/in/x) $(header Allow)"
equals 'every error has the number of its request' "$(header X-Request-Id)" "$(json "$work/body" $.request)"
says 'a token is taken back' 0 '' credential end "$(cat "$work/https-rep.credential")"
equals 'and opens nothing from then on' "401 $words" "$(ask "$rep" $url/box/) $(said)"

# ---- a client certificate ----

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$work/client.key" -out "$work/client.pem" \
	-days 30 -subj '/CN=flow' 2>/dev/null
says 'a certificate for the REP' 0 '' credential add https-rep --certificate "$work/client.pem"
with_certificate() {
	timeout 20 curl -sS --cacert "$hub_state/tls/ca.pem" --cert "$work/client.pem" --key "$work/client.key" -o "$work/body" \
		-w '%{http_code}' "$@"
}
equals 'opens its box' '200 flow-https-rep' "$(with_certificate $url/box/) $(json "$work/body" $.party)"
equals 'over TLS 1.3 alone too' 200 "$(with_certificate https://localhost:$nginx_api_tls13_port/box/)"
equals 'where TLS 1.2 is refused' 35 "$(with_certificate --tls-max 1.2 https://localhost:$nginx_api_tls13_port/box/ >/dev/null 2>&1; echo $?)"
equals 'and TLS 1.2 is spoken elsewhere' 200 "$(with_certificate --tls-max 1.2 $url/box/)"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$work/client.key" -out "$work/client.pem" \
	-days 30 -subj '/CN=flow' 2>/dev/null
equals 'another of the same name does not' 401 "$(with_certificate $url/box/)"

# ---- an account's own credentials ----

own=$url/box-credentials
number() { json "$work/body" $.credential; }
equals 'an account sees what it logs in with' '200 https-oncor TOKEN true' \
	"$(ask "$oncor" $own/) $(json "$work/body" $.login '$.items[0].kind' '$.items[0].here')"
first=$(json "$work/body" '$.items[0].credential')
equals 'the only one does not end' '409 SEQUENCE' "$(ask "$oncor" -X DELETE "$own/$first") $(json "$work/body" $.code)"
equals 'a new token' '201 TOKEN next' "$(ask "$oncor" -X PUT "$own/token/next?until=2099-01-01T00:00:00Z") $(json "$work/body" $.kind $.label)"
next=$(json "$work/body" $.secret)
equals 'is there once' '409 CONFLICT' "$(ask "$oncor" -X PUT $own/token/next) $(json "$work/body" $.code)"
equals 'the old one stays until the new one has worked' 409 "$(ask "$oncor" -X DELETE "$own/$first")"
equals 'which it does' '200 2099-01-01T00:00:00Z' "$(ask "$next" $own/) $(json "$work/body" '$.items[1].until')"
equals 'then the old one ends' 204 "$(ask "$next" -X DELETE "$own/$first")"
equals 'at once' "401 $words" "$(ask "$oncor" $url/box/) $(said)"
old=$oncor oncor=$next
equals 'nobody ends one of another account' 404 "$(ask "$oncor" -X DELETE "$own/$(cat "$work/https-rep.credential")")"
equals 'nor one that is none' 404 "$(ask "$oncor" -X DELETE $own/next)"
equals 'a password of its own making' '201 PASSWORD -' \
	"$(ask "$oncor" -X PUT --data-binary 'a good long password' $own/password/mine) $(json "$work/body" $.kind $.secret)"
equals 'or of ours' '201 24' "$(ask "$oncor" -X PUT $own/password/ours) $(json "$work/body" $.secret | tr -d '\n' | wc -c)"
equals 'a short one is none' '422 BAD_INPUT' "$(ask "$oncor" -X PUT --data-binary short $own/password/short) $(json "$work/body" $.code)"
ssh-keygen -q -t ed25519 -N '' -C '' -f "$work/mine"
ssh-keygen -q -t ecdsa -N '' -C '' -f "$work/theirs"
signed() { # KEY LOGIN SIGNED_BY: key and signature
	cat "$work/$1.pub"
	printf %s "$2" | ssh-keygen -q -Y sign -n "${4:-busbar-box}" -f "$work/$3" 2>/dev/null
}
head -c 40000 /dev/zero >"$work/long"
put_key() { signed "$@" >"$work/proof"; ask "$oncor" -X PUT --data-binary "@$work/proof" $own/ssh-key/laptop; }
equals "somebody else's public key is not taken" '422 BAD_INPUT' "$(put_key theirs https-oncor mine) $(json "$work/body" $.code)"
equals 'nor one that is signed for another account' 422 "$(put_key mine https-rep mine)"
equals 'nor for another purpose' 422 "$(put_key mine https-oncor mine file)"
equals 'nor without a signature' 422 "$(ask "$oncor" -X PUT --data-binary "@$work/mine.pub" $own/ssh-key/laptop)"
equals 'nor a private one' 422 "$(ask "$oncor" -X PUT --data-binary "@$work/mine" $own/ssh-key/laptop)"
equals 'nor more than there is room for' 413 "$(ask "$oncor" -X PUT --data-binary "@$work/long" $own/ssh-key/laptop)"
equals "one's own is" '201 SSH_KEY' "$(put_key mine https-oncor mine) $(json "$work/body" $.kind)"
equals 'of any kind' 201 "$(signed theirs https-oncor theirs >"$work/proof"; ask "$oncor" -X PUT --data-binary "@$work/proof" $own/ssh-key/other)"
equals 'by its digest' "$(cut -d' ' -f2 "$work/mine.pub" | base64 -d | sha256sum | cut -d' ' -f1)" \
	"$(sql -c "select encode(verifier, 'hex') from delivery.credential where label = 'laptop' and ended_at is null")"
show=(--cert "$work/client.pem" --key "$work/client.key")
equals 'a certificate is added by showing it' '201 CERTIFICATE' "$(ask "$oncor" "${show[@]}" -X PUT $own/certificate/tls) $(json "$work/body" $.kind)"
equals 'and opens the box' '200 oncor' "$(with_certificate $url/box/) $(json "$work/body" $.party)"
equals 'without one there is none' 422 "$(ask "$oncor" -X PUT $own/certificate/none)"
equals 'there is no other kind' 404 "$(ask "$oncor" -X PUT $own/retina/x)"
equals 'a time that is over' 422 "$(ask "$oncor" -X PUT "$own/token/x?until=2020-01-01T00:00:00Z")"
equals 'one that is none' 400 "$(ask "$oncor" -X PUT "$own/token/x?until=tomorrow")"
equals 'a form of a web page can do nothing' 405 "$(ask "$oncor" -X POST --data-binary 'a good long password' $own/password/x)"
equals 'each is on record, by its owner' 7 \
	"$(sql -c "select count(*) from audit.event where kind in ('credential.added', 'credential.ended') and actor = 'https-oncor'")"
equals 'without a session there is nothing' 401 "$(ask wrong -X PUT $own/token/x)"

# ---- requests that are none ----

raw() { # BYTES: sends them over TLS; the status lines that come back
	local name=${2:--servername localhost}
	printf "$1" | timeout 15 openssl s_client -quiet -connect "127.0.0.1:$nginx_api_port" $name 2>/dev/null | tr -d '\r' | grep -a '^HTTP/1' | cut -d' ' -f2 | tr '\n' ' '
}
bearer="Host: localhost\r\nAuthorization: Bearer $oncor\r\n"
equals 'two lengths' '400 ' "$(raw "PUT /box/test/s HTTP/1.1\r\n${bearer}Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef")"
equals 'a length and chunks' '400 ' "$(raw "PUT /box/test/s HTTP/1.1\r\n${bearer}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /box/ HTTP/1.1\r\n\r\n")"
equals 'a length with a sign' '400 ' "$(raw "PUT /box/test/s HTTP/1.1\r\n${bearer}Content-Length: +5\r\n\r\nabcde")"
equals 'chunks of another kind' '501 ' "$(raw "PUT /box/test/s HTTP/1.1\r\n${bearer}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n")"
equals 'a NUL in the address' '400 ' "$(raw "GET /box/in/a%%00b HTTP/1.1\r\n${bearer}Connection: close\r\n\r\n")"
equals 'a header line that goes on' '400 ' "$(raw "GET /box/ HTTP/1.1\r\nHost: localhost\r\n X: y\r\n\r\n")"
equals 'another host is misdirected' '421 ' "$(raw "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n")"
equals 'and without a name in TLS gets nothing' '' "$(raw "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n" -noservername)"
equals 'two hosts' '400 ' "$(raw "GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil\r\n\r\n")"
equals 'a header of 40,000 bytes' '400 ' "$(raw "GET / HTTP/1.1\r\nHost: localhost\r\nX: $(printf %040000d 0)\r\n\r\n")"
equals 'nothing of all this came in' 404 "$(ask "$oncor" $url/box/test/s)"
equals 'no header can say where a request comes from' 127.0.0.1 \
	"$(ask "$oncor" -H 'REMOTE_ADDR: 192.0.2.1' -H 'X-Forwarded-For: 192.0.2.1' $url/box/ >/dev/null
	sql -c "select host(from_address) from delivery.session where door = 'HTTPS' order by session desc limit 1")"

# ---- at the socket itself ----

direct() { # UID GID BYTES: to busbar-apid without nginx; the first line of what it says
	python3 - "$socket" "$@" <<-'PY'
		import os, socket, sys
		path, uid, gid, bytes_ = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
		bytes_ = bytes_.encode().decode('unicode_escape').encode('latin-1')
		if bytes_.endswith(b'\0'): # the inside of a netstring
		    bytes_ = b'%d:%s,' % (len(bytes_), bytes_)
		os.setgroups([]); os.setgid(gid); os.setuid(uid)
		s = socket.socket(socket.AF_UNIX)
		s.settimeout(15)
		try:
		    s.connect(path)
		    s.sendall(bytes_)
		    s.shutdown(socket.SHUT_WR)
		    print(s.recv(4096).split(b'\r\n')[0].decode())
		except PermissionError:
		    print('may not')
		except (ConnectionResetError, BrokenPipeError):
		    print('')
	PY
}
web=$(id -u busbar-web) group=$(getent group busbar-web | cut -d: -f3)
get='CONTENT_LENGTH\x000\x00SCGI\x001\x00REQUEST_METHOD\x00GET\x00REQUEST_URI\x00/\x00HTTP_HOST\x00x\x00'
equals "nginx's user is answered" 'Status: 200 OK' "$(direct "$web" "$group" "$get")"
equals 'others may not even connect' 'may not' "$(direct "$(id -u busbar-ftpsd)" "$(id -g busbar-ftpsd)" "$get")"
equals 'and if they could, hear nothing' '' "$(direct "$(id -u busbar-ftpsd)" "$group" "$get")"
equals 'nor is what is no netstring answered' '' "$(direct "$web" "$group" 'GET / HTTP/1.1\r\n\r\n')"
equals 'what is none inside is a bad request' 'Status: 400 Bad Request' \
	"$(direct "$web" "$group" "$(sed 's/HTTP_HOST/HTTP_HOSX/' <<<"$get")")"
equals 'a name twice as well' 'Status: 400 Bad Request' \
	"$(direct "$web" "$group" 'CONTENT_LENGTH\x000\x00SCGI\x001\x00REQUEST_METHOD\x00GET\x00REQUEST_URI\x00/\x00SCGI\x001\x00')"

# ---- the process dies ----

pid_of() { cat "$hub_state/run/apid.pid"; }
was=$(pid_of)
holds 'another upload is under way' cut_upload dies 4m
kill -KILL "$was"
wait $client
equals 'its client has no receipt' 503 "$(cat "$work/told")"
again() { [ "$(pid_of)" != "$was" ] && [ "$(ask "$oncor" $url/box/)" = 200 ]; }
holds 'the process is there again' within 10 again
offset=$(offset_of dies)
holds 'and has what came' test "${offset:-0}" -gt 1000000
equals 'to be gone on with' "201 $large" "$(ask "$oncor" -C "$offset" -T "$work/large" $url/box/test/dies) $(json "$work/body" $.sha256)"

# ---- slow ones ----

slow() { # opens 2,000 connections that say nothing more, and says when all were cut
	python3 - "$nginx_api_port" "$work/slow.ready" <<-'PY'
		import select, socket, sys, time
		open_ = {}
		for _ in range(2000):
		    s = socket.create_connection(('127.0.0.1', int(sys.argv[1])))
		    s.sendall(b'\x16\x03\x01')
		    open_[s.fileno()] = s
		open(sys.argv[2], 'w').close()
		end = time.monotonic() + 20
		p = select.poll()
		for fd in open_:
		    p.register(fd, select.POLLIN)
		while open_ and time.monotonic() < end:
		    for fd, _ in p.poll(1000):
		        p.unregister(fd)
		        open_.pop(fd).close()
		print(len(open_))
	PY
}
slow >"$work/slow.left" &
slow=$!
holds '2,000 connections that say nothing' within 10 test -e "$work/slow.ready"
begun=$(date +%s%N)
equals 'do not keep an honest one waiting' 200 "$(ask "$oncor" $url/box/)"
holds 'for a second' test $((($(date +%s%N) - begun) / 1000000)) -lt 1000

# ---- for the operator ----

ops=http://127.0.0.1:$nginx_ops_port
counts() { # PROCESS LINE: what it says of a metric
	timeout 10 curl -sS "$ops/$1/metrics" | sed -n "s/^$2 //p"
}
list='busbar_apid_requests_total{route="GET \/box\/{folder}\/",status="200"}'
ask "$oncor" $url/box/in/ >/dev/null
was=$(counts apid "$list")
equals 'a request is counted' "200 $((${was:-0} + 1))" "$(ask "$oncor" $url/box/in/) $(counts apid "$list")"
was=$(counts apid 'busbar_apid_bytes_total{direction="out"}')
ask "$oncor" $url/box/test/large >/dev/null
equals 'and every byte' $((was + 30000000)) "$(counts apid 'busbar_apid_bytes_total{direction="out"}')"
holds 'the loader counts its files' test "$(counts ingestd 'busbar_ingestd_files_total{utility="oncor",state="LOADED"}')" -ge 1
equals 'and is well' 'ok' "$(curl -sS $ops/ingestd/healthz)"
equals 'so is the door' 'ok' "$(curl -sS $ops/apid/healthz)"
ftps_port=$(free_port) ftps_implicit_port=$(free_port)
(
	hub_conf
	hub_start_one ftpsd
)
equals 'the FTPS door, too' ok "$(within 10 sh -c "curl -sf $ops/ftpsd/healthz" && curl -sS $ops/ftpsd/healthz)"
equals 'whichever of its processes is asked' 0 "$(counts ftpsd busbar_ftpsd_sessions_now)"
hub_stop_one ftpsd
hub_start_one dropd
holds 'and the builder of drops' within 10 sh -c "curl -sf $ops/dropd/healthz"
equals 'with what it counts' 0 "$(counts dropd busbar_dropd_bytes_total)"
hub_stop_one dropd
hub_start_one auditd
holds 'and who signs the audit' within 10 sh -c "curl -sf $ops/auditd/healthz"
equals 'who has one tree' 1 "$(curl -sS $ops/auditd/metrics | grep -c '^busbar_auditd_tree_size ')" # it stays: busbar check wants it
equals 'of others it knows nothing' 404 "$(curl -s -o /dev/null -w '%{http_code}' $ops/)"
as_db $pgbin/pg_ctl -D "$hub_state/db" -m fast -w stop >/dev/null
equals 'without a database it says so' 503 "$(curl -s -o /dev/null -w '%{http_code}' $ops/apid/healthz)"
equals 'and gives no receipt' 503 "$(ask "$oncor" --max-time 45 -T "$work/$file" $url/box/in/)"
hub_database_start
equals 'with it it is well again' ok "$(curl -sS $ops/apid/healthz)"
equals 'and gives one' 201 "$(ask "$oncor" -T "$work/$file" $url/box/in/)"

# ---- two of them ----

nginx_api_processes=2
holds 'nginx knows of two processes' nginx_up
holds 'which is well with one' within 10 curl -sf $ops/apid/healthz
for _ in 1 2 3 4; do
	equals 'while the other is not there' 200 "$(ask "$oncor" $url/box/)"
done
setsid "$lib/keeper" "$hub_state/run/apid.2" "$hub_programs/bin/busbar-apid" -c "$hub_state/busbar.conf" -n 2 \
	</dev/null >>"$hub_state/log/apid.2.log" 2>&1 &
holds 'the second comes' within 10 curl -sf $ops/apid.2/healthz
for _ in 1 2 3 4; do
	ask "$oncor" $url/box/ >/dev/null
done
holds 'and does its share' test "$(counts apid.2 'busbar_apid_requests_total{route="GET \/box\/",status="200"}')" -ge 1
hub_stop_one apid.2
sed "/^\[api\]/a grace = 2s" "$hub_state/busbar.conf" >"$work/impatient.conf"
kill "$(cat "$hub_state/run/apid.keeper")"
within 25 gone "$hub_state/run/apid.keeper"
setsid "$lib/keeper" "$hub_state/run/apid" "$hub_programs/bin/busbar-apid" -c "$work/impatient.conf" \
	</dev/null >>"$hub_state/log/apid.log" 2>&1 &
holds 'an impatient one' within 10 curl -sf $ops/apid/healthz
equals 'gives an upload up that comes too slowly' '408 ' \
	"$(raw "PUT /box/test/slow HTTP/1.1\r\n${bearer}Content-Length: 1000\r\nConnection: close\r\n\r\nabc")"
equals 'and keeps what came' 3 "$(offset_of slow)"

# ---- a right that ends ----

says 'the account is closed' 0 '' account close https-oncor
equals 'with its session in use' "401 $words" "$(ask "$oncor" $url/box/in/$file) $(said)"
equals 'and nothing more goes in' 401 "$(ask "$oncor" -T "$work/$file" $url/box/in/x)"
wait $slow
equals 'all of the silent ones were cut' 0 "$(cat "$work/slow.left")"
equals 'every upload and download is on record' 'box.opened box.put box.removed box.transferred login.ok login.refused' \
	"$(sql -c "select string_agg(distinct kind, ' ' order by kind) from audit.event
		where detail->>'door' = 'HTTPS'")"
holds 'no token is in a log' sh -c "! grep -rqF -e '$oncor' -e '$rep' -e '$old' -e 'a good long password' '$hub_state/log'"
holds 'busbar check finds nothing wrong' busbar check
ended
