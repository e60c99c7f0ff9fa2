# Words on the terminal, for every script here. POSIX sh.
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
	bold=$(printf '\033[1m') dim=$(printf '\033[2m') red=$(printf '\033[31m') plain=$(printf '\033[0m')
else
	bold= dim= red= plain=
fi
started_s=$(date +%s)

say() { # a step, with the seconds since the start
	printf '%s%4ds%s  %s\n' "$dim" $(($(date +%s) - started_s)) "$plain" "$*"
}
die() {
	printf '%s%s: %s%s\n' "$red" "${0##*/}" "$*" "$plain" >&2
	exit 1
}
