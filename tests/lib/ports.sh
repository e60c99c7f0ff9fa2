# Ports for tests. Bash, to be sourced.
#
# One that nobody answers at. The number goes on from the last one that anybody on this machine was told, so that two
# who ask at once, or one who asks twice before it listens, are told different ones.
free_port() {
	(
		told=${TMPDIR:-/tmp}/busbar-test-ports
		exec 9>>"$told" && flock 9 || exit 1
		port=$(tail -n 1 "$told")
		for _ in $(seq 9000); do
			port=$((20000 + (${port:-20000} - 19999) % 9000))
			(exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && continue
			echo "$port" >"$told"
			echo "$port"
			exit
		done
		exit 1
	)
}
