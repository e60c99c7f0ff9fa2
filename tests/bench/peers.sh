# The peers of the transfer benchmark: FTP servers fetched as Debian packages, unpacked (they conflict, so none can be
# installed beside another), started by hand on free ports of 127.0.0.1, stopped by pid. POSIX sh, root.
#
#   peers_cache       folder of the packages and what was unpacked of them
#   peers_state       folder of everything else
#   peers_tools       folder of the bench's programs
#   peers_key         ecdsa or rsa: the key of the servers' certificate
#
# All of them: TLS 1.2 and 1.3, forced on control and data, no limits on sessions, no logs of transfers,
# one Unix user (busbar, which sshd.sh makes) with its home in $peers_state/files, and a tmpfs in its
# folder ram/. Each runs in a mount namespace of its own, which has that tmpfs and, for vsftpd, which
# knows only users of the system, a copy of /etc in which that user has a password.
peers_root=$peers_cache/root
peers_user=busbar
peers_password=bench-pass-1
peers_packages='vsftpd proftpd-core proftpd-mod-crypto pure-ftpd libwrap0 libhiredis0.14 libmemcached11
	libmemcachedutil2 libhashkit2 libpcre2-posix3'

peers_get() {
	mkdir -p "$peers_cache/packages" "$peers_root"
	for package in $peers_packages; do
		[ -z "$(find "$peers_cache/packages" -name "${package}_*.deb")" ] || continue
		(cd "$peers_cache/packages" && apt-get -q download "$package" >>../log 2>&1) ||
			die "cannot fetch $package (apt-get update first?); see $peers_cache/log"
		dpkg -x "$peers_cache/packages/${package}"_*.deb "$peers_root"
	done
	peers_libraries=$(find "$peers_root" -name 'libpcre2-posix.so.3' -printf '%h')
}

peers_certificate() { # KIND OPENSSL_ARGUMENTS...
	kind=$1
	shift
	openssl req -x509 "$@" -nodes -keyout "$peers_state/$kind.key" -out "$peers_state/$kind.crt" -days 30 \
		-subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 2>/dev/null
	cat "$peers_state/$kind.key" "$peers_state/$kind.crt" >"$peers_state/$kind.pem"
}

# vsftpd and ProFTPD check passwords by crypt(3): yescrypt, which like ours wants 16 MiB of memory.
# Pure-FTPd has argon2id, and gets exactly ours: 19 MiB, two passes.
peers_make() {
	rm -rf "$peers_state"
	mkdir -p "$peers_state/empty"
	cp -a /etc "$peers_state/etc"
	install -d -o $peers_user -g $peers_user "$peers_state/files" "$peers_state/files/ram" \
		"$peers_state/files/test"
	peers_certificate rsa -newkey rsa:2048
	peers_certificate ecdsa -newkey ec -pkeyopt ec_paramgen_curve:P-256
	uid=$(id -u $peers_user) gid=$(id -g $peers_user)
	hash=$(perl -e 'print crypt($ARGV[0], "\$y\$j9T\$LdJMENpBABJJ3hIHjB1Bi.")' $peers_password)
	sed -i "s|^\($peers_user:[^:]*:[^:]*:[^:]*:[^:]*\):[^:]*:|\1:$peers_state/files:|" "$peers_state/etc/passwd"
	sed -i "s|^$peers_user:[^:]*|$peers_user:$hash|" "$peers_state/etc/shadow"
	printf 'auth required pam_unix.so\naccount required pam_unix.so\n' >"$peers_state/etc/pam.d/bench"
	(umask 077 && echo "$peers_user:$hash:$uid:$gid::$peers_state/files:/bin/sh" >"$peers_state/users" &&
		echo "$peers_user:x:$gid:" >"$peers_state/groups")
	echo "$peers_user:$("$peers_tools/argon2id" $peers_password):$uid:$gid::$peers_state/files/./::::::::::::" \
		>"$peers_state/pure.passwd"
	"$peers_root/usr/bin/pure-pw" mkdb "$peers_state/pure.pdb" -f "$peers_state/pure.passwd" >/dev/null
	ssh-keygen -q -t ed25519 -N '' -f "$peers_state/hostkey"
	ssh-keygen -q -t ed25519 -N '' -f "$peers_state/userkey"
	chmod 711 "$peers_state"
}

# ---- settings of each ----

peer_vsftpd() { # PORT
	cat >"$peers_state/vsftpd.conf" <<-CONF
		listen=YES
		listen_ipv6=NO
		listen_address=127.0.0.1
		listen_port=$1
		background=NO
		anonymous_enable=NO
		local_enable=YES
		write_enable=YES
		chroot_local_user=YES
		allow_writeable_chroot=YES
		secure_chroot_dir=$peers_state/empty
		pam_service_name=bench
		ssl_enable=YES
		ssl_tlsv1=YES
		ssl_ciphers=ECDHE+AESGCM
		rsa_cert_file=$peers_state/$peers_key.crt
		rsa_private_key_file=$peers_state/$peers_key.key
		connect_from_port_20=NO
		idle_session_timeout=3600
		data_connection_timeout=300
		max_clients=0
		max_per_ip=0
		xferlog_enable=NO
	CONF
	peer_command="$peers_root/usr/sbin/vsftpd $peers_state/vsftpd.conf"
}

# TLSCACertificateFile: without one it reads the system's authorities in every session, which cost 57 ms.
# DelayEngine: answers logins late, on purpose.
peer_proftpd() { # PORT
	case $peers_key in rsa) kind=RSA ;; *) kind=EC ;; esac
	cat >"$peers_state/proftpd.conf" <<-CONF
		ModulePath $peers_root/usr/lib/proftpd
		LoadModule mod_tls.c
		ServerType standalone
		ServerName bench
		DefaultAddress 127.0.0.1
		SocketBindTight on
		UseIPv6 off
		UseReverseDNS off
		Port $1
		User nobody
		Group nogroup
		PidFile $peers_state/proftpd.run
		ScoreboardFile $peers_state/proftpd.score
		DelayEngine off
		AuthOrder mod_auth_file.c
		AuthUserFile $peers_state/users
		AuthGroupFile $peers_state/groups
		DefaultRoot ~
		RequireValidShell off
		MaxInstances 4000
		TimeoutIdle 3600
		WtmpLog off
		TransferLog none
		AllowOverwrite on
		AllowStoreRestart on
		TLSEngine on
		TLSRequired on
		TLSProtocol TLSv1.2 TLSv1.3
		TLSCipherSuite ECDHE+AESGCM
		TLS${kind}CertificateFile $peers_state/$peers_key.crt
		TLS${kind}CertificateKeyFile $peers_state/$peers_key.key
		TLSCACertificateFile $peers_state/$peers_key.crt
	CONF
	peer_command="env LD_LIBRARY_PATH=$peers_libraries $peers_root/usr/sbin/proftpd -n -q -c $peers_state/proftpd.conf"
}

peer_pureftpd() { # PORT
	peer_command="$peers_root/usr/sbin/pure-ftpd -4 -H -E -A -l puredb:$peers_state/pure.pdb -Y 3
		--certfile=$peers_state/$peers_key.pem -J ECDHE+AESGCM -c 4000 -C 4000 -I 60 -u 1 -S 127.0.0.1,$1
		-g $peers_state/pureftpd.run"
}

peer_sshd() { # PORT
	cp "$peers_state/userkey.pub" "$peers_state/authorized"
	chmod 644 "$peers_state/authorized"
	cat >"$peers_state/sshd.conf" <<-CONF
		Port $1
		ListenAddress 127.0.0.1
		HostKey $peers_state/hostkey
		PidFile $peers_state/sshd.run
		AuthorizedKeysFile $peers_state/authorized
		StrictModes no
		UsePAM no
		PasswordAuthentication no
		MaxStartups 2000
		MaxSessions 2000
		ForceCommand internal-sftp -d $peers_state/files
		Subsystem sftp internal-sftp
	CONF
	peer_command="/usr/sbin/sshd -D -e -f $peers_state/sshd.conf"
}

peer_nginx() { # PORT: serves files/test, which others fill
	cat >"$peers_state/nginx.conf" <<-CONF
		daemon off;
		worker_processes auto;
		worker_rlimit_nofile 8192;
		pid $peers_state/nginx.run;
		error_log $peers_state/nginx.err;
		events { worker_connections 4096; }
		http {
			access_log off;
			sendfile on;
			tcp_nopush on;
			keepalive_requests 100000000;
			client_body_temp_path $peers_state/tmp;
			proxy_temp_path $peers_state/tmp;
			fastcgi_temp_path $peers_state/tmp;
			uwsgi_temp_path $peers_state/tmp;
			scgi_temp_path $peers_state/tmp;
			ssl_certificate $peers_state/$peers_key.crt;
			ssl_certificate_key $peers_state/$peers_key.key;
			ssl_protocols TLSv1.2 TLSv1.3;
			server { listen 127.0.0.1:$1 ssl; root $peers_state/files; }
		}
	CONF
	peer_command="/usr/sbin/nginx -p $peers_state -e $peers_state/nginx.err -c $peers_state/nginx.conf"
}

# ---- starting and stopping ----

free_port() {
	while :; do
		port=$(shuf -i 20000-29999 -n 1)
		[ -n "$(ss -Htan "sport = :$port")" ] || break
	done
	echo "$port"
}

peer_start() { # NAME: its port is in $peers_state/NAME.port, its pid in NAME.pid
	port=$(free_port)
	peer_"$1" "$port"
	setsid unshare --mount --propagation private sh -c "
		mount -t tmpfs -o uid=$(id -u $peers_user),mode=755 tmpfs $peers_state/files/ram &&
		mount --bind $peers_state/etc /etc && ulimit -n \$(ulimit -Hn) &&
		exec $peers_tools/meter keep $(echo $peer_command)" </dev/null >"$peers_state/$1.log" 2>&1 &
	echo $! >"$peers_state/$1.pid"
	echo "$port" >"$peers_state/$1.port"
	for _ in $(seq 50); do
		[ -z "$(ss -Htln "sport = :$port")" ] || return 0
		sleep 0.1
	done
	die "$1 does not start; see $peers_state/$1.log"
}

below() { # PID: it and its children's children
	echo "$1"
	for child in $(cat /proc/"$1"/task/*/children 2>/dev/null); do
		below "$child"
	done
}

peer_stop() { # NAME
	[ -e "$peers_state/$1.pid" ] || return 0
	all=$(below "$(cat "$peers_state/$1.pid")")
	kill $all 2>/dev/null || :
	for _ in 1 2 3 4 5; do
		kill -0 $all 2>/dev/null || break
		sleep 0.1
	done
	kill -9 $all 2>/dev/null || :
	rm -f "$peers_state/$1.pid" "$peers_state/$1.port"
}

peers_stop() {
	for name in vsftpd proftpd pureftpd sshd nginx; do
		peer_stop $name
	done
}
