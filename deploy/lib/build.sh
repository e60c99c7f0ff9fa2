# Configures and builds one preset of CMakePresets.json; only what changed is built again. POSIX sh.
. "${lib:?}/say.sh"

build() { # PRESET [TARGET...]
	preset=$1
	shift
	folder=build
	[ "$preset" = release ] || folder=build-$preset
	log=$(mktemp)
	(cd "$lib/../.." && cmake --preset "$preset" && cmake --build "$folder" --parallel \
		${1:+--target "$@"}) >"$log" 2>&1 || {
		grep -E 'error|warning|FAILED' "$log" | head -n 30 >&2
		tail -n 5 "$log" >&2
		rm -f "$log"
		die "the $preset build failed"
	}
	rm -f "$log"
}
