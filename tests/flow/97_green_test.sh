#!/bin/bash
# Green Button: what a new third party tries its program against. Nothing of it opens what is live.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/green.sh"

says 'a third party' 0 '' csp add try-csp --name 'Try Third Party'
app=$(client try-csp try-app-1)
sql -c "update oauth.client set secret_sha256 = sha256('a secret of the client') where client = $app"
trial=$url/datacustodian/test
post() { # USER:SECRET FORM: the status
	timeout 20 curl -sS --cacert "$hub_state/tls/ca.pem" -u "$1" -d "$2" -o "$work/body" -D "$work/headers" -w '%{http_code}' $trial/oauth/v2/token
}
equals 'a token of the client' '200 application/xml' "$(post 'try-app-1:a secret of the client' grant_type=client_credentials) $(header Content-Type)"
token=$(sed -n 's/.*<client_access_token>\(.*\)<\/client_access_token>.*/\1/p' "$work/body")
equals 'for an hour' 1 "$(count '<expires_in>3600</expires_in>')"
equals 'it runs' '200 1' "$(ask "$token" $trial/espi/1_1/resource/ReadServiceStatus) $(count '<currentStatus>1</currentStatus>')"
equals 'a sample' '200 1 96' "$(ask "$token" $trial/espi/1_1/resource/DownloadSampleData) $(entries IntervalBlock) $(count '<IntervalReading>')"
valid 'is valid'
equals 'a code for whoever asks' "302 https://try-csp.example/back?code=test-code&state=a%26b" \
	"$(ask none "$trial/oauth/v2/authorize?response_type=code&client_id=try-app-1&redirect_uri=https://try-csp.example/back&state=a%26b") $(header Location)"
equals 'but back to where it said alone' '400 ' "$(ask none "$trial/oauth/v2/authorize?response_type=code&client_id=try-app-1&redirect_uri=https://evil.example/") $(header Location)"
equals 'and a pair for it' 200 "$(post 'try-app-1:a secret of the client' 'grant_type=authorization_code&code=test-code')"
pair=$(json "$work/body" $.access_token)
equals 'that opens the sample' 200 "$(ask "$pair" $trial/espi/1_1/resource/DownloadSampleData)"
for row in '401 try-app-1:wrong grant_type=client_credentials' '401 nobody:x grant_type=client_credentials' \
	'400 try-app-1:a_secret grant_type=password' '400 try-app-1:a_secret x=y' '400 try-app-1:a_secret grant_type=authorization_code&code=live'; do
	read -r want who form <<<"$row"
	equals "$form by ${who%:*}" "$want" "$(post "${who/a_secret/a secret of the client}" "$form")"
done
equals 'a token is posted for' 405 "$(ask none $trial/oauth/v2/token)"
equals 'nothing of it is live' '401 401' "$(ask "$token" $base/ReadServiceStatus) $(ask "$pair" $url/v1/me)"
c1=$(token CLIENT "$app" null)
equals 'nor is what is live good for it' 401 "$(ask "$c1" $trial/espi/1_1/resource/DownloadSampleData)"
equals 'nor one that was changed' 401 "$(ask "bbt_f${token:5}" $trial/espi/1_1/resource/ReadServiceStatus)"
ended
