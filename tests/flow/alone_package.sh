#!/bin/bash
# The Debian package: made, installed by dpkg for real into a copy of this machine that is thrown away (an overlay), used,
# and removed. What runs under systemd is tests/install's.
. "$(dirname "$0")/lib.sh"
build=$(dirname "$BUSBAR_BIN")
root=$work/root
trap 'umount -l "$root/dev" "$root/proc" "$root" "$work/over" 2>/dev/null' EXIT
deb=$(cd "$build" && cpack -G DEB -B "$work/package" 2>&1 | sed -n 's/^CPack: - package: \(.*\.deb\) generated.*/\1/p')
holds 'a package is made' test -s "$deb"
[ -s "$deb" ] || ended
dpkg-deb --fsys-tarfile "$deb" | tar -t >"$work/files"
dpkg-deb -f "$deb" Depends | tr ',' '\n' >"$work/needs"
holds 'it needs what deploy/packages/run names' grep -q 'postgresql-15' "$work/needs"
equals 'but what only the demo needs' '' "$(grep smtpd "$work/needs")"
equals 'all programs that a hub has' "$(sed -n '/hub_install()/,/^}/p' "$lib/hub.sh" | grep -oE 'busbar(-[a-z]+)*' | sort -u | paste -sd' ')" \
	"$(sed -n 's,^./usr/bin/,,p' "$work/files" | grep . | sort -u | paste -sd' ')"
equals 'all units' "$(cd "$source/deploy/systemd" && ls -- *.service *.socket *.timer | paste -sd' ')" \
	"$(sed -n 's,^./usr/lib/systemd/system/,,p' "$work/files" | grep . | LC_ALL=C sort | paste -sd' ')"
equals 'nothing outside of /usr' '' "$(grep -vE '^\./(usr(/.*)?)?$' "$work/files" | head -n 3)"

# ---- a machine to install it on ----

mkdir -p "$root" "$work/over"
mount -t tmpfs -o size=400m tmpfs "$work/over" && mkdir "$work/over/upper" "$work/over/work" &&
	mount -t overlay overlay -o "lowerdir=/,upperdir=$work/over/upper,workdir=$work/over/work" "$root" &&
	mount --bind /dev "$root/dev" && mount -t proc proc "$root/proc"
inside() { chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 "$@"; }
# as if there had never been a hub
for user in $(cut -d: -f1 "$root/etc/passwd" | grep '^busbar'); do inside userdel "$user" >/dev/null 2>&1; done
for group in $(cut -d: -f1 "$root/etc/group" | grep '^busbar'); do inside groupdel "$group" >/dev/null 2>&1; done
cp "$deb" "$root/tmp/busbar.deb"
holds 'dpkg installs it' inside dpkg -i --force-depends /tmp/busbar.deb
equals 'it is there' 'ok installed' "$(inside dpkg-query -W -f '${Status}' busbar | cut -d' ' -f2-)"
equals 'a user for each process' "$(sed -n 's/^u \([a-z-]*\) .*/\1/p' "$source/deploy/systemd/busbar.sysusers" | sort | paste -sd' ')" \
	"$(cut -d: -f1 "$root/etc/passwd" | grep '^busbar' | sort | paste -sd' ')"
equals 'who comes by SFTP is not locked' '* *' "$(awk -F: '$1 == "busbar" || $1 == "busbar-keys" { print $2 }' "$root/etc/shadow" | paste -sd' ')"
equals 'the store is as all doors need it' 'busbar-ingestd busbar-store 2730' "$(inside stat -c '%U %G %a' /var/lib/busbar/store)"
equals 'programs run' "$("$BUSBAR_BIN/busbar" --help | cksum)" "$(inside busbar --help | cksum)"
holds 'keys are made where they are looked for' inside sh -c 'cd / && echo >/etc/busbar/busbar.conf && busbar -c /etc/busbar/busbar.conf keys make && test -s /etc/busbar/keys/pii.key'
holds 'the scripts of the guides lie beside' inside sh -c '/usr/share/busbar/deploy/backup --help && /usr/share/busbar/deploy/restore --help'
holds 'and find what they need' inside sh -c '! grep -rl /srv/busbar /usr/share/busbar/deploy'
for unit in "$root"/usr/lib/systemd/system/busbar-*.service; do
	program=$(sed -n 's/^ExecStart=-\{0,1\}\([^ ]*\).*/\1/p' "$unit" | head -n 1)
	[ -x "$root$program" ] || not_ok "${unit##*/} starts what is there" "$program"
done
equals 'the schema is whole' "$(find "$source/sql" -name '*.sql' | wc -l)" "$(find "$root/usr/share/busbar/sql" -name '*.sql' | wc -l)"
holds 'dpkg installs it over itself, as an upgrade does' inside dpkg -i --force-depends /tmp/busbar.deb
echo kept >"$root/var/lib/busbar/store/kept"
holds 'and removes it' inside dpkg -P busbar
equals 'its programs are gone' no "$([ -e "$root/usr/bin/busbar" ] && echo yes || echo no)"
holds 'what was received and the keys stay' test -e "$root/var/lib/busbar/store/kept" -a -s "$root/etc/busbar/keys/pii.key"
ended
