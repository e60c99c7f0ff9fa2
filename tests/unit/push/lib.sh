# What tests of busbar-push share: servers in a folder of their own, jobs, the supervisor. Bash, as root.
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
passed=0 failed=0
pids=()

ok() { passed=$((passed + 1)) && echo "ok $1"; }
not_ok() { failed=$((failed + 1)) && echo "not ok $1${2:+: $2}"; }
not() { ! "$@"; }
holds() { # SENTENCE COMMAND...
	local sentence=$1
	shift
	if "$@" >"$work/held" 2>&1; then ok "$sentence"; else not_ok "$sentence" "$*" && head -c 1000 "$work/held"; fi
}
equals() { if [ "$2" = "$3" ]; then ok "$1"; else not_ok "$1" "expected \"$2\", found \"$3\""; fi; }
same() { if cmp "$2" "$3" >"$work/held" 2>&1; then ok "$1"; else not_ok "$1" "$(cat "$work/held")"; fi; }
says() { # SENTENCE STATUS PATTERN COMMAND...
	local sentence=$1 status=$2 pattern=$3 got
	shift 3
	"$@" >"$work/said" 2>&1
	got=$?
	if [ $got = "$status" ] && { [ -z "$pattern" ] || grep -qE "$pattern" "$work/said"; }; then
		ok "$sentence"
	else
		not_ok "$sentence" "status $got, expected $status and $pattern"
		head -c 1000 "$work/said"
	fi
}
ended() {
	echo "$passed passed, $failed failed"
	[ $failed = 0 ]
}
within() { # SECONDS COMMAND...
	local end=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $end ] || return 1
		read -rt 0.05 <>"$work/never" || :
	done
}
dead() { ! kill -0 "$1" 2>/dev/null; }
free_port() {
	python3 -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])'
}
answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

begin() {
	work=$(mktemp -d /tmp/busbar-push-XXXXXX)
	chmod 755 "$work"
	home=$work/theirs
	mkdir -p "$home/in" "$work/small" "$work/dav/in"
	mkfifo "$work/never"
	mount -t tmpfs -o size=1m none "$work/small"
	trap finish EXIT
	ssh-keygen -q -t ed25519 -N '' -f "$work/client"
	ssh-keygen -q -t ed25519 -N '' -f "$work/stranger"
	printf 'late\n' >"$work/late.csv"
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=partner \
		-keyout "$work/tls.key" -out "$work/tls.pem" 2>/dev/null
	cp "$push" "$work/busbar-push"
	push_begin
}
finish() {
	push_end
	[ ! -e "$work/relays" ] || mapfile -t -O "${#pids[@]}" pids <"$work/relays"
	for pid in "${pids[@]}"; do
		kill "$pid" 2>/dev/null
	done
	wait 2>/dev/null
	[ -z "${ftp_login:-}" ] || { userdel "$ftp_login" && rm -f "/etc/pam.d/$ftp_login"; } 2>/dev/null
	umount "$work/small"
	rm -rf "$work"
}

# ---- busbar-push ----

push_end() {
	[ -z "${push_pid:-}" ] || { kill "$push_pid" && wait "$push_pid"; } 2>/dev/null
	push_pid=
}
push_begin() { # [private=CIDR] [ports=LIST] [dropd=USER] [children=N] [stall=T] [rate=N]
	local private=127.0.0.0/8 ports=1-65535 dropd=root children=8 stall=20s rate=1 what
	for what; do
		local "${what?}"
	done
	push_end
	cat >"$work/push.conf" <<-CONF
		[push]
		private_networks = $private
		ports = $ports
		dropd_user = $dropd
		children = $children
		stall = $stall
		least_rate = $rate
		connect = 5s
	CONF
	"$work/busbar-push" -c "$work/push.conf" --listen "unix:$work/push.sock" 2>>"$work/push.log" &
	push_pid=$!
	within 10 python3 -c "import socket; s = socket.socket(socket.AF_UNIX); s.connect('$work/push.sock')"
	within 5 children 0
}
children() { [ "$(pgrep -P "$push_pid" | wc -l)" = "$1" ]; }
json_of() { python3 -c 'import json, sys; print(json.dumps(sys.stdin.read()))'; }
# A job file: later members win, so a caller changes what it likes.
job() { # NAME PIN MEMBERS...
	local name=$1 pin=$2
	shift 2
	python3 - "$work/$name.job" "$pin" "${sshd_port:-0}" "$(id -un)" "$home" "$@" <<-'PY'
		import json, sys
		to, pin, port, login, home = sys.argv[1:6]
		j = {"action": "send", "kind": "SFTP", "host": "127.0.0.1", "port": int(port), "login": login,
		     "path": home + "/in", "pin": pin}
		for more in sys.argv[6:]:
		    j.update(json.loads("{" + more + "}"))
		if j["kind"] != "SFTP" and j["path"].endswith("/theirs/in"):
		    j["path"] = "/in"
		json.dump(j, open(to, "w"))
	PY
}
ask() { # JOB [OPTION | FILE]...
	local name=$1
	shift
	"$here/ask" "$work/push.sock" "$work/$name.job" "$@"
}
names() { ls -A "$home/in" | tr '\n' ' ' | sed 's/ $//'; }
relay() { # COMMAND...: starts what prints its port
	local port
	"$@" >"$work/relay.port" 2>/dev/null &
	echo $! >>"$work/relays"
	within 5 test -s "$work/relay.port"
	cat "$work/relay.port"
	: >"$work/relay.port"
}
between() { relay "$here/between" "$@"; }
# Accepts and never says a word.
mute_port() {
	relay python3 -uc 'import socket, time
s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])
keep = []
while True: keep.append(s.accept())'
}

# ---- servers ----

sshd_begin() {
	sshd_port=$(free_port)
	ssh-keygen -q -t ed25519 -N '' -f "$work/host_ed25519"
	ssh-keygen -q -t ecdsa -N '' -f "$work/host_ecdsa"
	cp "$work/client.pub" "$work/authorized"
	cat >"$work/sshd_config" <<-CONF
		ListenAddress 127.0.0.1:$sshd_port
		HostKey $work/host_ed25519
		HostKey $work/host_ecdsa
		AuthorizedKeysFile $work/authorized
		StrictModes no
		UsePAM no
		PermitRootLogin yes
		PasswordAuthentication no
		KbdInteractiveAuthentication no
		PidFile none
		MaxStartups 100
		Subsystem sftp internal-sftp
		ForceCommand internal-sftp
	CONF
	mkdir -p /run/sshd
	/usr/sbin/sshd -D -f "$work/sshd_config" -E "$work/sshd.log" &
	pids+=($!)
	within 10 answers "$sshd_port"
}
sshd_pin() { # [KIND]: SHA-256 of the host key, in hex
	cut -d' ' -f2 "$work/host_${1:-ed25519}.pub" | base64 -d | sha256sum | cut -d' ' -f1
}
cert_pin() { openssl x509 -in "$work/tls.pem" -outform DER | sha256sum | cut -d' ' -f1; }

# vsftpd knows Unix users only, so there is one for the time of the test.
vsftpd_begin() {
	local how
	ftp_login=bbpush$$
	useradd --no-create-home --home-dir "$home" --shell /bin/sh "$ftp_login"
	echo "$ftp_login:secret of it" | chpasswd
	chown -R "$ftp_login" "$home/in"
	chmod 755 "$home"
	printf 'auth required pam_unix.so\naccount required pam_unix.so\n' >"/etc/pam.d/$ftp_login"
	for how in explicit implicit; do
		free_port >"$work/ftp.$how.port"
		cat >"$work/vsftpd.$how" <<-CONF
			listen=YES
			listen_address=127.0.0.1
			listen_port=$(cat "$work/ftp.$how.port")
			background=NO
			anonymous_enable=NO
			local_enable=YES
			write_enable=YES
			chroot_local_user=YES
			allow_writeable_chroot=YES
			local_root=$home
			pam_service_name=$ftp_login
			ssl_enable=YES
			implicit_ssl=$([ $how = implicit ] && echo YES || echo NO)
			force_local_data_ssl=YES
			force_local_logins_ssl=YES
			require_ssl_reuse=YES
			ssl_tlsv1=YES
			rsa_cert_file=$work/tls.pem
			rsa_private_key_file=$work/tls.key
			seccomp_sandbox=NO
			isolate=NO
			isolate_network=NO
			xferlog_enable=NO
		CONF
		chown root "$work/vsftpd.$how"
		vsftpd "$work/vsftpd.$how" >>"$work/vsftpd.log" 2>&1 &
		pids+=($!)
		within 10 answers "$(cat "$work/ftp.$how.port")"
	done
}
ftp_port() { cat "$work/ftp.$1.port"; }

nginx_begin() {
	nginx_port=$(free_port)
	mkdir -p "$work/nginx"
	chmod -R a+rwX "$work/dav" "$work/nginx"
	printf 'hub:%s\n' "$(openssl passwd -apr1 p)" >"$work/nginx/users"
	cat >"$work/nginx.conf" <<-CONF
		daemon off;
		pid $work/nginx/pid;
		error_log $work/nginx/error.log;
		events { worker_connections 64; }
		http {
			access_log off;
			client_body_temp_path $work/nginx/body;
			proxy_temp_path $work/nginx/proxy;
			fastcgi_temp_path $work/nginx/fastcgi;
			uwsgi_temp_path $work/nginx/uwsgi;
			scgi_temp_path $work/nginx/scgi;
			server {
				listen 127.0.0.1:$nginx_port ssl;
				ssl_certificate $work/tls.pem;
				ssl_certificate_key $work/tls.key;
				root $work/dav;
				client_max_body_size 1g;
				auth_basic partner;
				auth_basic_user_file $work/nginx/users;
				location /in/ { dav_methods PUT; }
				location /away/ { return 302 https://127.0.0.1:$nginx_port/in/; }
			}
		}
	CONF
	nginx -c "$work/nginx.conf" >"$work/nginx/said" 2>&1 &
	pids+=($!)
	within 10 answers "$nginx_port"
}
