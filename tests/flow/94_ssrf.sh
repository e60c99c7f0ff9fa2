#!/bin/bash
# Where webhooks may not go: busbar-hookd runs in a network of its own in which every address there is answers, and
# every packet is captured. Of more than sixty ways to name a machine inside, not one packet goes out; a name that
# changes its address between two looks gets nothing at the second.
. "$(dirname "$0")/lib.sh"

sed -e '/^\[hook\]/,/^\[/{/^private_networks/d;s/^ports = .*/ports = 443 8443/}' "$hub_state/busbar.conf" >"$work/hook.conf"
grep -q 'ports = 443 8443' "$work/hook.conf" || not_ok 'settings of production'
printf '[hook]\ntimeout = 3s\nconnect = 2s\n' >>"$work/hook.conf"
echo 'nameserver 127.0.0.53' >"$work/resolv.conf"
cat >"$work/inside" <<-SH
	ip link set lo up && ip route add local default dev lo && ip -6 route add local default dev lo || exit 1
	mount --bind "$work/resolv.conf" /etc/resolv.conf || exit 1
	python3 "$source/tests/lib/hook_world.py" "$work" 2>"$work/world.log" &
	echo \$! >"$work/world.pid"
	for _ in \$(seq 100); do
		[ "\$(grep -c . "$work/ready" 2>/dev/null)" = 10 ] && break
		sleep 0.1
	done
	exec "$hub_programs/bin/busbar-hookd" -c "$work/hook.conf"
SH
trap '{ kill $hookd $(cat "$work/world.pid"); wait $hookd; } 2>/dev/null' EXIT
unshare --net --mount sh "$work/inside" 2>"$work/hookd.log" &
hookd=$!
ready() { grep -q hook.ready "$work/hookd.log"; }
holds 'busbar-hookd runs in a network of its own' within 20 ready

party=$(busbar csp add ssrf --name Curious --json | sed 's/.*"party":\([0-9]*\).*/\1/')
[ "$party" -gt 0 ] 2>/dev/null || party=$(sql -c "select party from party.party where code = 'ssrf'")
# Straight into the table: what the doors refuse at once is not to be the only wall. What a constraint refuses is left out.
try() { echo "$1" >>"$work/urls"; }
begin() {
	sql <<-SQL >"$work/begun" 2>&1
		create temp table wanted (url text);
		$(sed "s/'/''/g; s/.*/insert into wanted values ('&');/" "$work/urls")
		do \$\$ declare w record; begin
			for w in select * from wanted loop
				begin
					insert into hook.endpoint (party, kind, url, secret, challenge, next_at)
					values ($party, 'BUSBAR', w.url, '', 'x', ops.now());
				exception when check_violation then null; end;
			end loop;
			notify hook_due;
		end \$\$;
	SQL
	: >"$work/urls"
}
hex() { python3 -c 'import ipaddress, sys; print(ipaddress.ip_address(sys.argv[1]).packed.hex())' "$1"; }

# ---- the world works: a public address is reached, and seen ----

try https://93.184.215.14/
begin
holds 'a public address is connected to' within 15 grep -q '^93.184.215.14 443$' "$work/accepted"
holds 'and the capture sees it' within 5 grep -q '^93.184.215.14 443$' "$work/packets"
sql -c "delete from hook.endpoint where party = $party" >/dev/null
: >"$work/packets"
: >"$work/accepted"

# ---- addresses inside, as numbers, as names, and in disguise ----

inside4='127.0.0.1 127.255.255.254 0.0.0.0 10.0.0.1 10.255.255.255 172.16.0.1 172.31.255.254 192.168.0.1 192.168.255.255
	169.254.169.254 169.254.0.1 100.64.0.1 100.127.255.254 100.100.100.200 192.0.0.192 192.0.2.1 192.88.99.1 198.18.0.1
	198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255'
inside6='::1 :: ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::127.0.0.1 fe80::1 fc00::1 fd00:ec2::254
	64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 64:ff9b:1::a00:1 2002:7f00:1:: 2002:a00:1::1 2001::1 2001:db8::1 ff02::1 100::1
	3fff::1 5f00::1 fec0::1'
for address in $inside4; do
	try "https://$address/"
	try "https://v4-$(hex "$address").test/"
done
for address in $inside6; do
	try "https://[$address]/"
	try "https://v6-$(hex "$address").test/"
done
for url in https://localhost/ https://LOCALHOST:8443/ https://127.1/ https://127.0.1/ https://2130706433/ https://0x7f000001/ \
	https://0x7f.0.0.1/ https://0177.0.0.1/ https://017700000001/ https://0/ https://127.0.0.1./ https://127.0.0.1:443/ \
	https://93.184.215.14@127.0.0.1/ https://127.0.0.1@93.184.215.14/ 'https://93.184.215.14\@127.0.0.1/' \
	'https://127.0.0.1%2f@93.184.215.14/' 'https://[::1%25lo]/' 'https://[fe80::1%lo]/' https://①②⑦.⓪.⓪.①/ \
	https://127。0。0。1/ https://93.184.215.14:22/ https://93.184.215.14:6379/ https://93.184.215.14:0/ \
	https://93.184.215.14:65536/ "https://both-$(hex 93.184.215.14)-$(hex 127.0.0.1).test/" \
	"https://both-$(hex 127.0.0.1)-$(hex 93.184.215.14).test/" "https://mixed-$(hex ::1).test/" \
	"https://mixed-$(hex fd00::1).test/" https://metadata.google.internal/ 'https://127.0.0.1#@93.184.215.14/' \
	'https://93.184.215.14?@127.0.0.1/'; do
	try "$url"
done
begin
asked=$(sql -c "select count(*) from hook.endpoint where party = $party")
cmp=$([ "$asked" -ge 110 ] && echo enough)
equals 'more than a hundred of them' enough "$cmp"
all_tried() { [ "$(sql -c "select count(distinct endpoint) from hook.attempt join hook.endpoint using (endpoint)
	where party = $party")" = "$asked" ]; }
holds 'each was tried' within 60 all_tried
equals 'each is refused, or no name' 'address name' "$(sql -c "select string_agg(distinct result, ' ' order by result)
	from hook.attempt join hook.endpoint using (endpoint) where party = $party")"
equals 'no name of the world was taken for none' 0 "$(sql -c "select count(*) from hook.attempt join hook.endpoint using (endpoint)
	where party = $party and result = 'name' and url ~ '\.test/'")"
equals 'no packet left' '' "$(sort -u "$work/packets" | tr '\n' ';')"
equals 'nothing was connected to' '' "$(sort -u "$work/accepted" | tr '\n' ';')"

# ---- a name that changes its address ----

sql -c "delete from hook.endpoint where party = $party" >/dev/null
try https://rebind.test/
begin
number=$(sql -c "select max(endpoint) from hook.endpoint where party = $party")
attempts() { sql -c "select count(*) from hook.attempt where endpoint = $number"; }
for n in 1 2 3 4 5 6; do
	# the next attempt, now
	sql -c "update hook.endpoint set next_at = ops.now() where endpoint = $number" -c "notify hook_due" >/dev/null
	within 10 eval "[ \$(attempts) -ge $n ]"
done
equals 'public at the first look, inside at the second, and so on' 't t' "$(sql -c "select bool_and(result <> 'address')
	filter (where nth % 2 = 1) || ' ' || bool_and(result = 'address') filter (where nth % 2 = 0)
	from (select result, row_number() over (order by attempt) as nth from hook.attempt where endpoint = $number) x" | sed 's/true/t/g')"
equals 'is connected to where it is public alone' '93.184.215.14 443' "$(sort -u "$work/packets" | tr '\n' ';' | sed 's/;$//')"
looks=$(grep -c '^rebind.test 1$' "$work/asked")
equals 'and looked up once an attempt' "$(attempts)" "$looks"
ended
