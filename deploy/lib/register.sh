# A third party of a demo that comes by the real steps: request, link of a mail, review, certificate, test of its
# connection, second person, live. POSIX sh; after hub.sh, state.sh, sink.sh and customer.sh, while the mails go out
# and the HTTPS door answers. Begun again, it goes on from the state in which CSP3 is.

register_state() { busbar csp show csp3 --json 2>/dev/null | sed -n 's/.*"state":"\([A-Z]*\)".*/\1/p'; }

register_ask() {
	busbar csp register csp3 --name "Third Party 3" --tax-id 912345673 --site https://csp3.example.com/ \
		--privacy https://csp3.example.com/privacy --use "Compares your use with that of homes like yours." \
		--use-es "Compara su consumo con el de hogares como el suyo." --standing "registered, number 10003" \
		--capability "HTTPS and FTPS by client certificate" --terms 1 --contact desk@csp3.example.com
}

register_confirm() {
	register_link=$(customer_waits desk@csp3.example.com '/c/' | grep -oE 'https://[^ <>"]+/c/[A-Za-z0-9_-]{43}' | head -n 1)
	busbar csp confirm "$register_link"
}

# A key of its own, and a certificate of the demo's authority: of CSP3, or of who is named.
register_certificate() { # [CODE]
	at=$hub_state/partners/${1:-csp3}.client
	[ ! -s "$at.pem" ] || return 0
	(umask 077 && openssl genrsa -out "$at.key" 2048) 2>>"$hub_state/log/certs.log"
	printf 'basicConstraints = critical,CA:FALSE\nextendedKeyUsage = clientAuth\n' >"$at.ext"
	openssl req -new -sha256 -key "$at.key" -subj "/CN=${1:-csp3}" | openssl x509 -req -sha256 -days 398 \
		-CA "$hub_state/tls/ca.pem" -CAkey "$hub_state/tls/ca.key" -CAcreateserial -extfile "$at.ext" \
		-out "$at.pem" 2>>"$hub_state/log/certs.log"
}

register_approve() {
	register_certificate || return 1
	SUDO_USER=nobody busbar csp approve csp3 --certificate "$hub_state/partners/csp3.client.pem" --json |
		(umask 077 && sed -n 's/.*"registration_token":"\([^"]*\)".*/\1/p' >"$hub_state/partners/csp3.registration")
	[ -s "$hub_state/partners/csp3.registration" ]
}

register_curl() { # ARGUMENT...: with its certificate
	curl -sSf --max-time 30 --cacert "$hub_state/tls/ca.pem" --cert "$hub_state/partners/csp3.client.pem" \
		--key "$hub_state/partners/csp3.client.key" "$@"
}

register_test() {
	register_url=https://localhost:${nginx_api_port:-8444}/box/test/hello
	echo "hello" >"$hub_state/tmp/hello"
	register_curl -o /dev/null -T "$hub_state/tmp/hello" "$register_url" &&
		register_curl -o "$hub_state/tmp/hello.back" "$register_url" || return 1
	for _ in $(seq 1 50); do
		! busbar csp test csp3 || return 0
		sleep 0.1
	done
	return 1
}

# The second person is another than who reviewed and approved; live is the third party's own.
register_live() {
	busbar csp show csp3 --json | grep -q '"second_by":"' || busbar csp approve csp3 --second || return 1
	busbar csp live csp3 <"$hub_state/partners/csp3.registration"
}

scene_registers() {
	[ "$(register_state)" != ACTIVE ] || return 0
	say "a third party registers, is tested and switches itself to live"
	for _ in 1 2 3 4 5 6; do
		register_was=$(register_state)
		case $register_was in
		'') register_ask ;;
		REQUESTED) register_confirm ;;
		CONFIRMED) SUDO_USER=nobody busbar csp review csp3 --note "demo" ;;
		REVIEWED) register_approve ;;
		APPROVED) register_test ;;
		TESTED) register_live ;;
		esac >>"$hub_state/log/scenes.log" 2>&1
		[ "$(register_state)" != "$register_was" ] ||
			die "CSP3 stays ${register_was:-unknown}; see $hub_state/log/scenes.log"
	done
}
