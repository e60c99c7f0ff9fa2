# A customer without script: looks into the mailbox, opens the link, answers. For the demo and the tests. POSIX
# sh; after hub.sh and sink.sh.
#
#   mail_page_port    of the sink (8026)
#   customer_ca       the CA of the portal ($hub_state/tls/ca.pem)

# The newest mail to an address whose subject or body matches: its plain text.
customer_mail() { # ADDRESS [PATTERN]
	/usr/bin/python3 - "$hub_state/mail/Maildir" "$1" "${2:-}" <<-'PY'
		import email, email.policy, os, re, sys
		folder, address, pattern = sys.argv[1:]
		found = []
		for part in ('new', 'cur'):
		    place = os.path.join(folder, part)
		    for name in os.listdir(place) if os.path.isdir(place) else ():
		        path = os.path.join(place, name)
		        try:
		            with open(path, 'rb') as f:
		                m = email.message_from_binary_file(f, policy=email.policy.default)
		        except FileNotFoundError:
		            continue
		        if str(m['Delivered-To'] or m['To']).lower() != address.lower():
		            continue
		        text = m.get_body(('plain',)).get_content()
		        if re.search(pattern, str(m['Subject']) + '\n' + text):
		            found.append((os.stat(path).st_mtime_ns, name, str(m['Subject']), text))
		if not found:
		    sys.exit(1)
		_, _, subject, text = max(found)
		print('Subject: ' + subject + '\n\n' + text)
	PY
}

customer_waits() { # ADDRESS [PATTERN]: until there is one; its text
	for _ in $(seq 1 300); do
		! customer_mail "$@" || return 0
		sleep 0.1
	done
	echo "no mail to $1 that matches \"${2:-}\"" >&2
	return 1
}

customer_link() { grep -oE 'https://[^ <>"]+/a/[A-Za-z0-9_-]{43}' | head -n 1; }
customer_code() { grep -oE '(^|[^0-9])[0-9]{3}[ -]?[0-9]{3}([^0-9]|$)' | tr -cd '0-9\n' | head -n 1; }

# curl as a browser that stays: cookies in a file beside the jar's name.
customer_curl() { # JAR ARGUMENT...
	customer_jar=$1
	shift
	curl -sS --max-time 30 --cacert "${customer_ca:-$hub_state/tls/ca.pem}" -b "$customer_jar" -c "$customer_jar" "$@"
}

# Opens the link of a mail, stays on the page as long as a reader would, and presses one of its buttons
# (CONFIRM, DECLINE, REPORT; STOP, GO on other pages). The page that comes then goes to standard output.
customer_answers() { # JAR LINK CONFIRM|DECLINE|REPORT [CODE]
	customer_page=$(customer_curl "$1" "$2") || return 1
	customer_nonce=$(echo "$customer_page" | sed -n 's/.*name="nonce" value="\([^"]*\)".*/\1/p' | head -n 1)
	customer_dwell=$(echo "$customer_page" | sed -n 's/.*data-dwell="\([0-9]*\)".*/\1/p' | head -n 1)
	customer_action=$(echo "$customer_page" | sed -n 's/.*<form method="post" action="\([^"]*\)".*/\1/p' | head -n 1 |
		sed 's/&amp;/\&/g')
	[ -n "$customer_nonce" ] || { echo "$customer_page" | head -c 2000 >&2; return 1; }
	sleep "$(awk "BEGIN { print (${customer_dwell:-0} + 200) / 1000 }")"
	customer_origin=$(echo "$2" | sed 's,\(https://[^/]*\).*,\1,')
	customer_curl "$1" -L -H "Origin: $customer_origin" --data-urlencode "nonce=$customer_nonce" \
		--data-urlencode "choice=$3" --data-urlencode "agree=1" --data-urlencode "code=${4:-}" \
		"$customer_origin${customer_action:-${2#"$customer_origin"}}"
}
