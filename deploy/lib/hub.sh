# One hub on this machine: its users, database cluster, settings and processes, all below one folder.
# Used by deploy/demo and by the tests, which run hubs of their own beside it. POSIX sh, root.
#
#   hub_state      folder of everything that is written
#   hub_programs   folder with bin/ and sql/
. "${lib:?}/say.sh"
. "$lib/certs.sh"
. "$lib/nginx.sh"
pgbin=/usr/lib/postgresql/15/bin

# Who writes into the file store shares a group; each process has a user of its own. The users of SFTP
# are made by sshd.sh.
hub_users() {
	getent group busbar-store >/dev/null || groupadd --system busbar-store
	for user in busbar-db busbar-ingestd busbar-ftpsd busbar-apid busbar-dropd busbar-push \
		busbar-auditd busbar-agreementd busbar-bounce busbar-portald busbar-hookd; do
		getent passwd $user >/dev/null || useradd --system --user-group --no-create-home \
			--home-dir /nonexistent --shell /usr/sbin/nologin $user
	done
	for user in busbar-ingestd busbar-ftpsd busbar-apid busbar-dropd busbar-agreementd; do
		id -nG $user | grep -qw busbar-store || usermod -a -G busbar-store $user
	done
}

hub_folders() {
	umask 022
	mkdir -p "$hub_state/run" "$hub_state/log" "$hub_state/tmp"
	install -d -m 0700 -o busbar-db -g busbar-db "$hub_state/db"
	install -d -m 0755 -o busbar-db -g busbar-db "$hub_state/run/db"
	# a store of an earlier demo belongs to the loader alone
	if [ -d "$hub_state/store" ] && [ "$(stat -c %G "$hub_state/store")" != busbar-store ]; then
		chgrp -R busbar-store "$hub_state/store"
		find "$hub_state/store" -type d -exec chmod 2730 {} +
	fi
	install -d -m 2730 -o busbar-ingestd -g busbar-store "$hub_state/store"
	install -d -m 0750 -o busbar-ingestd -g busbar-ingestd "$hub_state/spool"
	install -d -m 0750 -o root -g busbar-ingestd "$hub_state/keys"
	install -d -m 0700 -o busbar-auditd "$hub_state/audit"
	nginx_folders
}

# Copies the programs to where services may read them: the checkout may lie where only root can.
hub_install() { # BUILD_FOLDER SOURCE_FOLDER
	mkdir -p "$hub_programs/bin"
	for program in busbar busbar-ingestd busbar-unpack busbar-sftp busbar-sftp-keys busbar-ftpsd \
		busbar-apid busbar-dropd busbar-push busbar-auditd busbar-verify busbar-witness \
		busbar-agreementd busbar-bounce busbar-portald busbar-hookd; do
		# a new file each time: the old one may be running
		if ! cmp -s "$1/bin/$program" "$hub_programs/bin/$program"; then
			cp "$1/bin/$program" "$hub_programs/bin/.$program.new"
			mv -f "$hub_programs/bin/.$program.new" "$hub_programs/bin/$program"
		fi
	done
	rm -rf "$hub_programs/sql"
	cp -R "$2/sql" "$hub_programs/sql"
	chmod -R u=rwX,go=rX "$hub_programs"
}

as_db() { (cd / && runuser -u busbar-db -- "$@"); } # who may not read where the caller stands
hub_psql() { as_db $pgbin/psql -X -q -v ON_ERROR_STOP=1 -h "$hub_state/run/db" -U busbar_db "$@"; }

hub_database_make() {
	[ ! -e "$hub_state/db/PG_VERSION" ] || return 0
	as_db $pgbin/initdb -D "$hub_state/db" -U busbar_db --auth=peer --data-checksums --encoding=UTF8 \
		--locale=C.UTF-8 >"$hub_state/log/initdb.log" 2>&1 || die "initdb failed: $hub_state/log/initdb.log"
	cp "$lib/../postgresql/hub.conf" "$hub_state/db/hub.conf"
	chown busbar-db "$hub_state/db/hub.conf"
	cat >>"$hub_state/db/postgresql.conf" <<-CONF
		include 'hub.conf'
		unix_socket_directories = '$hub_state/run/db'
		shared_buffers = ${hub_shared_buffers:-512MB}
	CONF
}

# Which Unix user may be which role; written at each start, since a later version may have more of them.
hub_database_map() {
	cat >"$hub_state/db/pg_ident.conf.new" <<-IDENT
		busbar busbar-db      busbar_db
		busbar busbar-ingestd busbar_ingestd
		busbar busbar-ftpsd   busbar_ftpsd
		busbar busbar-apid    busbar_apid
		busbar busbar         busbar_sftp
		busbar busbar-dropd   busbar_dropd
		busbar busbar-keys    busbar_sftp_keys
		busbar busbar-auditd  busbar_auditd
		busbar busbar-agreementd busbar_agreementd
		busbar busbar-bounce  busbar_bounce
		busbar busbar-portald busbar_portald
		busbar busbar-hookd   busbar_hookd
		busbar root           busbar_operator
		busbar root           busbar_migrate
	IDENT
	chown busbar-db: "$hub_state/db/pg_ident.conf.new"
	mv -f "$hub_state/db/pg_ident.conf.new" "$hub_state/db/pg_ident.conf"
	printf 'local all all peer map=busbar\nlocal replication busbar_db peer map=busbar\n' >"$hub_state/db/pg_hba.conf"
	! hub_database_runs || as_db $pgbin/pg_ctl -D "$hub_state/db" reload >/dev/null
}

hub_database_runs() { as_db $pgbin/pg_ctl -D "$hub_state/db" status >/dev/null 2>&1; }

hub_database_start() {
	hub_database_runs && return 0
	as_db $pgbin/pg_ctl -D "$hub_state/db" -l "$hub_state/run/db/postgresql.log" -w -t 60 start >/dev/null ||
		die "PostgreSQL does not start: $hub_state/run/db/postgresql.log"
}

hub_database_prepare() { # once a cluster: roles, then the database and what needs a superuser
	hub_psql -d postgres -f "$hub_programs/sql/roles.sql" >/dev/null
	[ "$(hub_psql -d postgres -Atc "select 1 from pg_database where datname = 'busbar'")" = 1 ] ||
		hub_psql -d postgres -c 'create database busbar owner busbar_owner'
}

hub_conf() {
	cat >"$hub_state/busbar.conf" <<-CONF
		; written by deploy/; docs/settings.md lists all there is
		[db]
		conninfo = host=$hub_state/run/db dbname=busbar
		[store]
		path = $hub_state/store
		[spool]
		path = $hub_state/spool
		[keys]
		path = $hub_state/keys
		[ingest]
		user = busbar-ingestd
		[web]
		sockets = $hub_state/run/web
		count_every = ${web_count_every:-5m}
		[api]
		user = busbar-apid
		url = ${api_url:-https://localhost:${nginx_api_port:-8444}}
		[portal]
		user = busbar-portald
		url = ${portal_url:-https://localhost:${nginx_portal_port:-8443}}
		demo = ${hub_demo:-no}
		${hub_portal_conf:-}
		[drops]
		user = busbar-dropd
		[push]
		user = busbar-push
		socket = unix:$hub_state/run/push.sock
		; partners' servers of a demo and of tests are on this machine
		private_networks = 127.0.0.0/8
		ports = 21 22 443 990 1024-65535
		${hub_push_conf:-}
		[hook]
		user = busbar-hookd
		public_key = $hub_state/hook.pub
		ca = $hub_state/tls/ca.pem
		; receivers of a demo and of tests are on this machine
		private_networks = 127.0.0.0/8
		ports = 443 1024-65535
		${hub_hook_conf:-}
		[audit]
		user = busbar-auditd
		public_key = $hub_state/audit.pub
		memory = $hub_state/audit/last
		${hub_audit_conf:-}
		[agreements]
		user = busbar-agreementd
		[mail]
		; the sink of deploy/lib/sink.sh
		relay = localhost
		relay_port = ${mail_port:-8025}
		ca = $hub_state/tls/ca.pem
		from = no-reply@busbar.example
		bounce = bounce@busbar.example
		[text]
		; the sink too
		gateway = https://localhost:${mail_text_port:-$((${mail_page_port:-8026} + 1))}/text
		ca = $hub_state/tls/ca.pem
		private_networks = 127.0.0.0/8 ::1/128
		ports = 1024-65535
		[csp]
		ca = $hub_state/tls/ca.pem
		[sftp]
		log = $hub_state/log/sftp.log
		[ftps]
		user = busbar-ftpsd
		address = ${ftps_address:-127.0.0.1}
		port = ${ftps_port:-8021}
		implicit_port = ${ftps_implicit_port:-8990}
		certificate = $hub_state/tls/server.pem
		key = $hub_state/tls/server.key
	CONF
	chmod 644 "$hub_state/busbar.conf"
}

busbar() { "$hub_programs/bin/busbar" -c "$hub_state/busbar.conf" "$@"; }

hub_keys() {
	[ -e "$hub_state/keys/audit.key" ] && [ -e "$hub_state/keys/portal.key" ] && [ -e "$hub_state/keys/link.key" ] && [ -e "$hub_state/keys/hook.key" ] && [ -e "$hub_state/keys/consent.key" ] || busbar keys make >/dev/null
	for file in "$hub_state"/keys/*.key; do
		[ "$file" = "$hub_state/keys/audit.key" ] || chgrp busbar-ingestd "$file" # which is auditd's alone
	done
	chgrp busbar-dropd "$hub_state/keys/push.key"
	chgrp busbar-portald "$hub_state/keys/portal.key"
	chgrp busbar-auditd "$hub_state/keys/audit.key"
	chgrp busbar-agreementd "$hub_state/keys/link.key"
	chgrp busbar-hookd "$hub_state/keys/hook.key"
	chmod 640 "$hub_state"/keys/*.key
	# each key that ever signed, a line each
	grep -qsxF "$(busbar keys public)" "$hub_state/audit.pub" || busbar keys public >>"$hub_state/audit.pub"
	busbar keys public --of hook >"$hub_state/hook.pub"
	chmod 644 "$hub_state/audit.pub" "$hub_state/hook.pub"
}

# Does it run? One that has ended and waits for the first process to fetch it, which may take seconds, does not.
hub_alive() { # PID
	{ read -r hub_stat <"/proc/${1:-none}/stat"; } 2>/dev/null || return 1
	case ${hub_stat##*) } in
	[ZX]*) return 1 ;;
	esac
}

# Starts a daemon under a keeper that starts it again when it dies, as systemd does in production.
hub_start_one() { # NAME
	[ ! -e "$hub_state/run/$1.keeper" ] || ! hub_alive "$(cat "$hub_state/run/$1.keeper")" || return 0
	hub_ahead=
	case $1 in
	apid | portald) hub_ahead=$lib/ahead ;;
	esac
	setsid $hub_ahead "$lib/keeper" "$hub_state/run/$1" "$hub_programs/bin/busbar-$1" -c "$hub_state/busbar.conf" \
		</dev/null >>"$hub_state/log/$1.log" 2>&1 &
}

hub_stop_one() { # NAME...: all are told, then waited for
	for hub_one; do
		[ ! -e "$hub_state/run/$hub_one.keeper" ] || kill -TERM "$(cat "$hub_state/run/$hub_one.keeper" 2>/dev/null)" 2>/dev/null || :
	done
	for hub_one; do
		keeper=$(cat "$hub_state/run/$hub_one.keeper" 2>/dev/null) || continue # it has ended
		for _ in $(seq 1 250); do
			hub_alive "$keeper" || break
			sleep 0.1
		done
		rm -f "$hub_state/run/$hub_one.keeper" "$hub_state/run/$hub_one.pid"
	done
}

hub_up() { # BUILD_FOLDER SOURCE_FOLDER: everything but the daemons
	hub_users
	hub_folders
	hub_install "$1" "$2"
	hub_conf
	hub_database_make
	hub_database_map
	hub_database_start
	hub_database_prepare
	busbar migrate --dir "$hub_programs/sql" >"$hub_state/log/migrate.log" 2>&1 || die "migration failed: $(tail -n 3 "$hub_state/log/migrate.log")"
	# a demo and tests are not production: time can be moved, parties made without their steps
	hub_psql -d busbar -c "update ops.setting set value = 'true' where name = 'clock.movable'" >/dev/null
	hub_keys
	certs_make busbar-ftpsd
}

hub_down() {
	for one in "$hub_state"/run/headend-*.keeper; do
		[ ! -e "$one" ] || hub_stop_one "$(basename "$one" .keeper)"
	done
	nginx_down
	hub_stop_one prober ftpsd apid portald dropd push agreementd hookd sink ingestd
	hub_stop_one auditd # it signs what the others did
	if hub_database_runs; then
		as_db $pgbin/pg_ctl -D "$hub_state/db" -m fast -w stop >/dev/null
	fi
}
