#!/bin/bash
# What the guides show is so: each one's shell blocks run as they stand, in a folder with the var/demo.env that they begin
# with, and what comes is what they say. Where a person opens a browser, curl plays the person.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/api.sh"
. "$lib/sandbox.sh"
trap people_down EXIT
people_up

# ---- as a demo is ----

sandbox_there() (sandbox_up 2)
holds 'a utility for trying' sandbox_there
portal=https://localhost:$nginx_portal_port redirect=https://localhost:$nginx_portal_port/demo-third-party
says 'a third party' 0 '' csp add csp1 --name 'Third Party 1' --contact agreements@csp1.example.com
for one in csp1 oncor; do says "a box for $one" 0 '' account add $one --party $one; done
busbar client add --as csp1 --redirect "$redirect" --scope "$sandbox_scope" --scope FB=34_35 --json >"$work/client"
mkdir -p "$work/guide/var"
{
	cat <<-ENV
		BUSBAR_CA='$hub_state/tls/ca.pem'
		BUSBAR_API_URL='$url'
		BUSBAR_PORTAL_URL='$portal'
		BUSBAR_MAIL_URL='http://localhost:$mail_page_port'
		SAMPLE_DATE='$day'
		CSP1_CLIENT_ID='$(json "$work/client" $.client_id)'
		CSP1_CLIENT_SECRET='$(json "$work/client" $.client_secret)'
		CSP1_REDIRECT_URI='$redirect'
		CSP1_TOKEN='$(token_of csp1)'
		ONCOR_TOKEN='$(token_of oncor)'
		CUSTOMER1_USER='customer1'
		CUSTOMER1_PASSWORD='$(cat "$hub_state/partners/customer1.password")'
	ENV
	busbar synth --samples
} >"$work/guide/var/demo.env"

# Who opens an address: the mails, and says yes to the newest; or the consent. Leaves CODE, as a person would see it.
cat >"$work/person.sh" <<-PERSON
	hub_state=$hub_state nginx_portal_port=$nginx_portal_port nginx_api_port=$nginx_api_port sandbox_dwell=0.5
	curl() { command curl "\$@"; }
	. "$lib/customer.sh"
	. "$lib/sandbox.sh"
	case \$1 in
	http:*)
		customer_waits "\$2" "$BUSBAR_SCENE_INVITATION" >"$work/mail" && customer_answers "$work/jar" "\$(customer_link <"$work/mail")" \\
			CONFIRM "\$(customer_code <"$work/mail")" >"$work/page"
		;;
	*)
		sandbox_jar=$work/sandbox.jar sandbox_portal=$portal
		sandbox_page=\$(customer_curl "\$sandbox_jar" -L -w '\n%{url_effective}' "\$1")
		sandbox_press do=find by=phone value=111-111-1111 via=mail
		sandbox_press do=code "code=\$(echo "\$sandbox_page" | sed -n 's/.*id="code-shown">\([0-9]*\)<.*/\1/p')"
		sleep \$sandbox_dwell
		customer_curl "\$sandbox_jar" -o /dev/null -w '%{redirect_url}' -H "Origin: $portal" --data-urlencode "nonce=\$(sandbox_nonce)" \\
			-d do=yes -d agree=1 -d months=12 -d history=24 -d reads=1 -d billing=1 \\
			-d "\$(echo "\$sandbox_page" | grep -o 'name="p[0-9]*"' | sed 's/name="\(.*\)"/\1=1/')" "\$(echo "\$sandbox_page" | tail -n 1)" |
			sed -n 's/.*[?&]code=\([^&]*\).*/\1/p'
		;;
	esac
PERSON
xdg-open() { CODE=$(bash "$GUIDE_PERSON" "$1" "${CUSTOMER1_EMAIL:-}"); }
export -f xdg-open
export GUIDE_PERSON=$work/person.sh
guide() { # PAGE
	(cd "$work/guide" && "$source/tests/lib/transcript" "$source/docs/guides/$1.md")
}
for page in csp-quick-start green-button-third-party customer-script utility; do
	holds "docs/guides/$page.md shows what is so" guide $page
done
equals 'the customer said yes' ACTIVE "$(sql -c "select state from agreement.agreement where reference = 'quick start'")"
ended
