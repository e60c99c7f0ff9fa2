# A mail server that keeps what it is given (deploy/sink/sink.py), and its page, for the demo and the tests. POSIX
# sh, root; after hub.sh and hub_up.
#
#   mail_port        SMTP on loopback (8025)
#   mail_page_port   the page (8026)
#   mail_text_port   the gateway for text messages (one more than the page's)

sink_users() {
	getent passwd busbar-sink >/dev/null || useradd --system --user-group --no-create-home \
		--home-dir /nonexistent --shell /usr/sbin/nologin busbar-sink
}

sink_up() {
	sink_users
	[ ! -e "$hub_state/run/sink.keeper" ] || ! hub_alive "$(cat "$hub_state/run/sink.keeper")" || return 0
	install -d -m 0700 -o busbar-sink -g busbar-sink "$hub_state/mail"
	install -d -m 0755 "$hub_programs/sink"
	cp "$lib/../sink/sink.py" "$hub_programs/sink/sink.py"
	setsid "$lib/keeper" "$hub_state/run/sink" /usr/bin/python3 "$hub_programs/sink/sink.py" --state "$hub_state/mail" \
		--user busbar-sink --cert "$hub_state/tls/server.pem" --key "$hub_state/tls/server.key" \
		--port "${mail_port:-8025}" --page "${mail_page_port:-8026}" --text "${mail_text_port:-$((${mail_page_port:-8026} + 1))}" </dev/null >>"$hub_state/log/sink.log" 2>&1 &
	for _ in $(seq 1 150); do
		! curl -s -o /dev/null "http://127.0.0.1:${mail_page_port:-8026}/" || return 0
		sleep 0.1
	done
	die "the mail sink does not start: $(tail -n 3 "$hub_state/log/sink.log")"
}

sink_down() { hub_stop_one sink; }
