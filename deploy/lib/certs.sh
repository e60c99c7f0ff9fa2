# A private CA and a server certificate of a demo (P-256), made once below $hub_state/tls and again when
# they are about to end. In production the certificates come from a public CA. POSIX sh, root; after hub.sh.
#
#   ca.pem ca.key                     the authority; its key is root's
#   server.pem server.key             the chain and the key of all doors; the group may read the key

certs_key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1" 2>>"$hub_state/log/certs.log"; }

certs_last() { # PEM DAYS: true when it is there and lasts that long
	[ -e "$1" ] && openssl x509 -in "$1" -noout -checkend $(($2 * 86400)) >/dev/null 2>&1
}

certs_make() { # GROUP: who may read the server's key
	tls="$hub_state/tls"
	install -d -m 0755 "$tls"
	if ! certs_last "$tls/ca.pem" 60; then
		rm -f "$tls/server.pem"
		(umask 077 && certs_key "$tls/ca.key")
		openssl req -x509 -new -sha256 -key "$tls/ca.key" -days 730 -subj "/CN=Busbar demo CA" \
			-addext basicConstraints=critical,CA:TRUE,pathlen:0 \
			-addext keyUsage=critical,keyCertSign,cRLSign -out "$tls/ca.pem.new" ||
			die "the CA could not be made"
		mv -f "$tls/ca.pem.new" "$tls/ca.pem"
	fi
	if ! certs_last "$tls/server.pem" 30; then
		(umask 077 && certs_key "$tls/server.key")
		cat >"$tls/server.ext" <<-EXT
			basicConstraints = critical,CA:FALSE
			keyUsage = critical,digitalSignature
			extendedKeyUsage = serverAuth
			subjectAltName = DNS:localhost,IP:127.0.0.1,IP:::1
		EXT
		openssl req -new -sha256 -key "$tls/server.key" -subj "/CN=localhost" |
			openssl x509 -req -sha256 -CA "$tls/ca.pem" -CAkey "$tls/ca.key" -CAcreateserial \
				-days 398 -extfile "$tls/server.ext" -out "$tls/server.one" \
				2>>"$hub_state/log/certs.log" || die "the server's certificate could not be made"
		cat "$tls/server.one" "$tls/ca.pem" >"$tls/server.pem.new"
		mv -f "$tls/server.pem.new" "$tls/server.pem"
		rm -f "$tls/server.one" "$tls/server.ext"
	fi
	chmod 644 "$tls/ca.pem" "$tls/server.pem"
	chgrp "$1" "$tls/server.key"
	chmod 640 "$tls/server.key"
}
