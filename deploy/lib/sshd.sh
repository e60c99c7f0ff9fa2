# sshd of a hub: its users, host keys and process. POSIX sh, root; after hub.sh.
#
#   hub_state        folder of everything that is written
#   hub_programs     folder with bin/
#   sshd_port        where it listens (8022)
#   sshd_address     the address (127.0.0.1)
#
# sshd runs busbar-sftp-keys only when its folder, and each folder above, belongs to root and is
# writable by nobody else. Where that is not so (a hub below /tmp), both programs are copied to a
# folder of their own below /opt, which sshd_down removes.

sshd_users() {
	# "*" is no password; "!" would lock the account. The shell runs the key's command.
	getent passwd busbar >/dev/null || useradd --system --user-group --no-create-home \
		--home-dir / --shell /bin/sh --password '*' busbar
	getent passwd busbar-keys >/dev/null || useradd --system --user-group --no-create-home \
		--home-dir /nonexistent --shell /usr/sbin/nologin --password '*' busbar-keys
	if getent group busbar-store >/dev/null; then
		usermod -a -G busbar-store busbar
	fi
}

sshd_safe() { # FOLDER: root's all the way up
	folder=$(cd "$1" && pwd -P) || return 1
	while :; do
		case $(stat -c '%u %A' "$folder") in
		'0 d????-??-?'*) ;;
		*) return 1 ;;
		esac
		[ "$folder" != / ] || return 0
		folder=$(dirname "$folder")
	done
}

sshd_up() {
	sshd_users
	mkdir -p "$hub_state/run" "$hub_state/log" /run/sshd
	sshd_programs=$hub_programs/bin
	if ! sshd_safe "$sshd_programs"; then
		sshd_programs=$(mktemp -d /opt/busbar-sshd-XXXXXX)
		echo "$sshd_programs" >"$hub_state/run/sshd.programs"
		cp "$hub_programs/bin/busbar-sftp" "$hub_programs/bin/busbar-sftp-keys" "$sshd_programs"
		chmod 755 "$sshd_programs" "$sshd_programs"/*
	fi
	touch "$hub_state/log/sftp.log"
	chown busbar "$hub_state/log/sftp.log"
	sh "$lib/../sshd/host_keys" "$hub_state/keys/sshd" >"$hub_state/log/sshd.keys"
	sh "$lib/../sshd/configure" "${sshd_port:-8022}" "${sshd_address:-127.0.0.1}" "$hub_state/keys/sshd" \
		"$hub_state/run" "$sshd_programs" "$hub_state/busbar.conf" >"$hub_state/run/sshd_config"
	/usr/sbin/sshd -t -f "$hub_state/run/sshd_config" || die "sshd refuses $hub_state/run/sshd_config"
	/usr/sbin/sshd -f "$hub_state/run/sshd_config" -E "$hub_state/log/sshd.log" ||
		die "sshd does not start: $hub_state/log/sshd.log"
}

# Lines for a client's known_hosts.
sshd_known_hosts() {
	for key in "$hub_state"/keys/sshd/*.pub; do
		printf '[%s]:%s %s\n' "${sshd_address:-127.0.0.1}" "${sshd_port:-8022}" "$(cut -d' ' -f1,2 "$key")"
	done
}

# The listener only: open sessions go on to their end.
sshd_down() {
	if [ -e "$hub_state/run/sshd.pid" ]; then
		kill "$(cat "$hub_state/run/sshd.pid")" 2>/dev/null || :
		rm -f "$hub_state/run/sshd.pid"
	fi
	if [ -e "$hub_state/run/sshd.programs" ]; then
		rm -rf "$(cat "$hub_state/run/sshd.programs")"
		rm -f "$hub_state/run/sshd.programs"
	fi
}
