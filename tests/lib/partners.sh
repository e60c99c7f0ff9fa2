# Servers that partners run, below $work and on free ports of 127.0.0.1, and relays that spoil what goes
# there. Bash, as root; needs within() and the pipe $work/never of the caller.
#
#   home    where the files of SFTP and FTPS come to lie (below it in/)
partners_between=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/between
. "$(dirname "${BASH_SOURCE[0]}")/ports.sh"
pids=()

partners_keys() {
	ssh-keygen -q -t ed25519 -N '' -f "$work/client"
	ssh-keygen -q -t ed25519 -N '' -f "$work/stranger"
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=partner \
		-keyout "$work/tls.key" -out "$work/tls.pem" 2>/dev/null
}
partners_end() {
	[ ! -e "$work/relays" ] || mapfile -t -O "${#pids[@]}" pids <"$work/relays"
	for pid in "${pids[@]}"; do
		kill "$pid" 2>/dev/null
	done
	for pid in "${pids[@]}"; do
		wait "$pid" 2>/dev/null
	done
	[ -z "${ftp_login:-}" ] || { userdel "$ftp_login" && rm -f "/etc/pam.d/$ftp_login"; } 2>/dev/null
}
answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

relay() { # COMMAND...: starts what prints its port
	local port
	"$@" >"$work/relay.port" 2>>"$work/relay.log" &
	echo $! >>"$work/relays"
	within 5 test -s "$work/relay.port"
	cat "$work/relay.port"
	: >"$work/relay.port"
}
between() { relay "$partners_between" "$@"; }
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

# vsftpd knows Unix users only, so there is one for the time of the test. The implicit one has TLS 1.3 alone:
# its preset ciphers of 1.2 do not go with the key.
vsftpd_begin() {
	local how
	ftp_login=bbpush$$
	useradd --no-create-home --home-dir "$home" --shell /bin/sh "$ftp_login"
	echo "$ftp_login:secret of it" | chpasswd
	chown -R "$ftp_login" "$home/in"
	chmod 755 "$home"
	printf 'auth required pam_unix.so\naccount required pam_unix.so\n' >"/etc/pam.d/$ftp_login"
	for how in implicit explicit; do
		free_port >"$work/ftp.$how.port"
		# data connections come to ports of its own, so that a relay can stand before them too: behind those that
		# free_port tells, before those that the kernel takes
		ftp_first=$((29000 + RANDOM % 3700)) ftp_last=$((ftp_first + 15))
		cat >"$work/vsftpd.$how" <<-CONF
			listen=YES
			listen_address=127.0.0.1
			listen_port=$(cat "$work/ftp.$how.port")
			pasv_min_port=$ftp_first
			pasv_max_port=$ftp_last
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
			$([ $how = implicit ] || echo ssl_ciphers=HIGH)
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
