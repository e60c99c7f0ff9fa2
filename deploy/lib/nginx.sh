# nginx of a hub: its user, the folders of the sockets, its process. POSIX sh, root; after hub.sh.
#
#   hub_state          folder of everything that is written
#   nginx_address      where it listens (127.0.0.1), at nginx_api_port (8444), nginx_api_tls13_port (8445)
#                      for programs, nginx_portal_port (8443) for people and, on loopback always,
#                      nginx_ops_port (9100)
#   nginx_portal_rate  requests from one network to a mail's links (30r/m)
#   nginx_pages_rate   and to other pages (20r/s)
#   nginx_api_processes  how many busbar-apid there are (1)
#   nginx_shared       whether they take from one socket (no)
#   nginx_names        host names it answers to (localhost 127.0.0.1)

nginx_users() {
	getent passwd busbar-web >/dev/null || useradd --system --user-group --no-create-home \
		--home-dir /nonexistent --shell /usr/sbin/nologin busbar-web
}

# Each process makes its sockets in a folder of its own; their group is nginx's, handed on by the folder.
nginx_folders() {
	nginx_users
	install -d -m 0755 "$hub_state/run/web"
	for process in apid portald ingestd ftpsd dropd auditd agreementd hookd; do
		! getent passwd busbar-$process >/dev/null ||
			install -d -m 2750 -o busbar-$process -g busbar-web "$hub_state/run/web/$process"
	done
}

nginx_up() {
	nginx_folders
	nginx_down
	install -d -m 0700 -o busbar-web "$hub_state/run/nginx"
	nginx_files=$(ulimit -Hn)
	[ "$nginx_files" != unlimited ] && [ "$nginx_files" -lt 65536 ] || nginx_files=65536
	sh "$lib/../nginx/configure" run="$hub_state/run" log="$hub_state/log" sockets="$hub_state/run/web" \
		certificate="$hub_state/tls/server.pem" key="$hub_state/tls/server.key" \
		address="${nginx_address:-127.0.0.1}" names="${nginx_names:-localhost 127.0.0.1}" \
		api_port="${nginx_api_port:-8444}" api_tls13_port="${nginx_api_tls13_port:-8445}" \
		portal_port="${nginx_portal_port:-8443}" portal_rate="${nginx_portal_rate:-30r/m}" \
		portal_burst="${nginx_portal_burst:-30}" pages_rate="${nginx_pages_rate:-20r/s}" pages_burst="${nginx_pages_burst:-200}" demo="${hub_demo:-no}" ops_port="${nginx_ops_port:-9100}" api_processes="${nginx_api_processes:-1}" shared="${nginx_shared:-no}" from_one="${nginx_from_one:-256}" \
		files="$nginx_files" connections="$((nginx_files / 4))"
	/usr/sbin/nginx -p "$hub_state/run/nginx" -c "$hub_state/run/nginx/nginx.conf" \
		-e "$hub_state/log/nginx.log" || die "nginx does not start: $hub_state/log/nginx.log"
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do # it is in the background before it has said its number
		[ ! -s "$hub_state/run/nginx.pid" ] || break
		sleep 0.05
	done
	"$lib/ahead" "$(cat "$hub_state/run/nginx.pid")"
}

nginx_down() {
	[ -e "$hub_state/run/nginx.pid" ] || return 0
	nginx_pid=$(cat "$hub_state/run/nginx.pid")
	kill "$nginx_pid" 2>/dev/null || :
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30; do
		hub_alive "$nginx_pid" || break
		sleep 0.1
	done
	rm -f "$hub_state/run/nginx.pid"
}
