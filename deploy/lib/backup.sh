# What deploy/backup and deploy/restore share: which hub, its cluster, its store. POSIX sh, root; after say.sh.
#
#   hub_conf_file      the settings of that hub
#   backup_dir         the folder of its backups:
#     store/             a copy of the file store, one for all of them
#     db/base/TIME/      a base backup each; TIME.objects: what the store had then
#     db/wal/            what the database wrote since, where somebody follows
#     db/points          moments that can be gone back to: NAME TIME
#     about              whose it is
pgbin=/usr/lib/postgresql/15/bin

conf_value() { # SECTION NAME PRESET
	found=$(awk -v section="[$1]" -v name="$2" '
		/^[ \t]*\[/ { gsub(/[ \t]/, ""); inside = $0 == section; next }
		inside && match($0, "^[ \t]*" name "[ \t]*=[ \t]*") { print substr($0, RLENGTH + 1); exit }' "$hub_conf_file")
	echo "${found:-$3}"
}

# The demo's when it is there, else the one of a hub that was installed.
backup_conf() {
	hub_conf_file=${hub_conf_file:-${BUSBAR_CONF:-}}
	[ -n "$hub_conf_file" ] || hub_conf_file=${BUSBAR_DEMO_STATE:-/var/lib/busbar-demo}/busbar.conf
	[ -e "$hub_conf_file" ] || hub_conf_file=/etc/busbar/busbar.conf
	[ -e "$hub_conf_file" ] || die "there is no $hub_conf_file: say --conf FILE"
	store=$(conf_value store path /var/lib/busbar/store)
	keys=$(conf_value keys path /etc/busbar/keys)
	memory=$(conf_value audit memory /var/lib/busbar/audit/last)
	conninfo=$(conf_value db conninfo 'dbname=busbar')
	socket=$(echo "$conninfo" | sed -n "s/.*host=\([^ ]*\).*/\1/p")
	socket=${socket:-/var/run/postgresql}
	database=$(echo "$conninfo" | sed -n "s/.*dbname=\([^ ]*\).*/\1/p")
	hub_state=$(dirname "$hub_conf_file")
	[ -d "$hub_state/run/db" ] || hub_state= # one of systemd's
	for folder in "$hub_state/programs" "${BUSBAR_DEMO_PROGRAMS:-/opt/busbar-demo}" /usr; do
		[ ! -x "$folder/bin/busbar" ] || break
	done
	hub_programs=$folder
}

# Its user is who owns the socket; the superuser has the user's name. Not asked when it is down.
backup_cluster() {
	[ -S "$socket/.s.PGSQL.5432" ] || die "no database answers at $socket"
	db_user=$(stat -c %U "$socket/.s.PGSQL.5432")
	db_super=$(echo "$db_user" | tr - _)
	db_data=$(super -Atc 'show data_directory') || die "the database at $socket does not let $db_super in"
}

as_user() { (cd / && runuser -u "$db_user" -- "$@"); }
super() { as_user $pgbin/psql -X -q -v ON_ERROR_STOP=1 -h "$socket" -U "$db_super" -d "$database" "$@"; }
about() { sed -n "s/^$1=//p" "$backup_dir/about"; }
stamp() { date -u +%Y%m%dT%H%M%SZ; }
bases() { (cd "$backup_dir/db/base" 2>/dev/null && ls -d ????????T??????Z 2>/dev/null || :); } # oldest first
