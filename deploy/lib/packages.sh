# Debian packages, installed only when missing, without starting what they bring. POSIX sh.
. "${lib:?}/say.sh"

# A line of a list is a package, or a package and a command that makes it unnecessary when it is there.
packages_missing() { # LIST...: names of the lists in deploy/packages
	for list in "$@"; do
		sed 's/#.*//' "$lib/../packages/$list"
	done | while read -r name command; do
		[ -n "$name" ] || continue
		[ -z "$command" ] || ! command -v "$command" >/dev/null || continue
		echo "$name"
	done | awk 'BEGIN {
		while (("dpkg-query -W -f \047${Package} ${Status}\\n\047" | getline) > 0)
			if ($2 " " $3 " " $4 == "install ok installed")
				there[$1] = 1
	}
	!there[$1]++ { printf "%s ", $1 }'
}

packages_install() { # LIST...
	missing=$(packages_missing "$@")
	[ -n "$missing" ] || return 0
	[ "$(id -u)" = 0 ] || die "these packages are missing, and installing them takes root: $missing"
	say "installing packages: $missing"
	# keep them from starting services; what ran before is not touched
	policy=
	if [ ! -e /usr/sbin/policy-rc.d ]; then
		policy=/usr/sbin/policy-rc.d
		printf '#!/bin/sh\nexit 101\n' >$policy
		chmod 755 $policy
	fi
	if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
		mkdir -p /etc/postgresql-common
		echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
	fi
	log=$(mktemp)
	ok=true
	{ apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y \
		--no-install-recommends -o Dpkg::Options::=--force-confold $missing; } >"$log" 2>&1 || ok=false
	[ -z "$policy" ] || rm -f $policy
	if ! $ok; then
		tail -n 20 "$log" >&2
		rm -f "$log"
		die "the packages could not be installed"
	fi
	rm -f "$log"
}
