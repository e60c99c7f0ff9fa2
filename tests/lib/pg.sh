# A throw-away PostgreSQL for tests: source this, then
#
#   pg_start DIR   makes a cluster in DIR (if there is none yet) and starts it (if it is not running)
#   pg_stop DIR    stops it in an orderly way
#   pg_kill DIR    SIGKILL to all of its processes at once: a power cut, but for the disk's cache
#
# It listens on a Unix socket in DIR only, trusts everybody who can reach that, and belongs to the
# Unix user postgres when root starts it. fsync is on unless PG_FAST=1. PG_OPTIONS adds lines to
# postgresql.conf when the cluster is made. All print what went wrong and return false.

PG_BIN=${PG_BIN:-/usr/lib/postgresql/15/bin}

pg_as() { # run a program as the cluster's user
	if [ "$(id -u)" = 0 ]; then
		runuser -u postgres -- "$@"
	else
		"$@"
	fi
}

pg_make() {
	mkdir -p "$1" || return 1
	if [ "$(id -u)" = 0 ]; then
		chown postgres: "$1" || return 1
	fi
	chmod 755 "$1"
	pg_as "$PG_BIN/initdb" -D "$1/data.new" -U postgres --auth=trust --encoding=UTF8 \
		--locale=C.UTF-8 --data-checksums --no-sync >"$1/initdb.log" 2>&1 || {
		cat "$1/initdb.log" >&2
		return 1
	}
	{
		echo "listen_addresses = ''"
		echo "unix_socket_directories = '$1'"
		echo "shared_preload_libraries = ''"
		echo "shared_buffers = 64MB"
		echo "max_connections = 60"
		echo "max_wal_size = 1GB"
		echo "log_line_prefix = '%m [%p] %a '"
		echo "timezone = 'UTC'"
		if [ "${PG_FAST:-0}" = 1 ]; then
			echo "fsync = off"
			echo "full_page_writes = off"
		fi
		printf '%s\n' "${PG_OPTIONS:-}"
	} | pg_as tee -a "$1/data.new/postgresql.conf" >/dev/null || return 1
	pg_as mv "$1/data.new" "$1/data" # only a whole cluster gets the name
}

pg_running() {
	[ -S "$1/.s.PGSQL.5432" ] && pg_as "$PG_BIN/pg_isready" -q -h "$1"
}

pg_start() {
	if [ ! -d "$1/data" ]; then
		rm -rf "$1/data.new"
		pg_make "$1" || return 1
	fi
	pg_running "$1" && return 0
	# no TCP port: the number is only part of the socket's name
	pg_as "$PG_BIN/pg_ctl" -s -w -t 60 -D "$1/data" -l "$1/log" -o "-p 5432" start || {
		tail -n 20 "$1/log" >&2
		return 1
	}
}

pg_stop() {
	[ -f "$1/data/postmaster.pid" ] || return 0
	pg_as "$PG_BIN/pg_ctl" -s -w -t 60 -m fast -D "$1/data" stop
}

pg_is_gone() { # also when nobody has asked how it ended
	case $(ps -o stat= -p "$1") in
	Z* | '') return 0 ;;
	esac
	return 1
}

pg_kill() {
	[ -f "$1/data/postmaster.pid" ] || return 0
	pg_main=$(head -n 1 "$1/data/postmaster.pid")
	# stopped first, so that it starts nothing new while its children go
	kill -STOP "$pg_main" 2>/dev/null
	# and last, since they would take leave of their clients when it is gone
	pg_all="$(ps -o pid= --ppid "$pg_main" | tr '\n' ' ') $pg_main"
	for pg_one in $pg_all; do
		kill -KILL "$pg_one" 2>/dev/null
	done
	for pg_one in $pg_all; do
		until pg_is_gone "$pg_one"; do
			sleep 0.02
		done
	done
	# its number may still be taken by its own remains, which a machine that lost power has not
	rm -f "$1/data/postmaster.pid" "$1/.s.PGSQL.5432" "$1/.s.PGSQL.5432.lock"
}
