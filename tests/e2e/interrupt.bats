# area: images
# where: host
# alone: it ends builds at moments that it has measured
# An image build that is killed at any moment leaves nothing half-written under
# a final name, and the next run goes on to the same bytes.
bats_require_minimum_version 1.5.0

setup() {
	OUT=$WORK/out
	mkdir -p "$OUT"
}

build_static() { # COMMAND-PREFIX...
	"$@" build/bin/keelson image build --out "$OUT" images/static.yaml
}

# A file under its final name is whole.
is_whole_or_absent() {
	[ ! -e "$OUT/static" ] || diff -r "$OUT/static" dist/static
	[ ! -e "$OUT/static.tar" ] || cmp "$OUT/static.tar" dist/static.tar
	[ ! -e "$OUT/static.spdx.json" ] ||
		cmp "$OUT/static.spdx.json" dist/static.spdx.json
}

@test "killed at thirty moments, an image is whole or not there" {
	took_ms=60000
	for _ in 1 2 3; do # the shortest time tells least of what runs beside
		rm -rf "$OUT/static" "$OUT"/static.*
		start=$(date +%s%N)
		build_static
		ms=$((($(date +%s%N) - start) / 1000000))
		took_ms=$((ms < took_ms ? ms : took_ms))
	done
	diff -r "$OUT/static" dist/static

	cut=0
	for i in $(seq 30); do
		[ $((i % 3)) -ne 0 ] || rm -rf "$OUT/static" "$OUT"/static.*
		at_ms=$((took_ms * i / 30))
		build_static timeout -s KILL "$((at_ms / 1000)).$(printf %03d \
			$((at_ms % 1000)))" >/dev/null 2>&1 || cut=$((cut + 1))
		is_whole_or_absent
	done
	# It was really cut off, more often than not.
	[ $cut -ge 15 ]

	build_static
	is_whole_or_absent
	diff -r "$OUT/static" dist/static
	[ -z "$(find "$OUT" -mindepth 1 -maxdepth 1 -name '*partial*')" ]
}

@test "interrupted by Ctrl-C it says so and leaves nothing half-written" {
	rm -rf "$OUT"
	mkdir "$OUT"
	run build_static timeout -s INT 0.05
	[ "$status" -ne 0 ]
	is_whole_or_absent
	build_static
	diff -r "$OUT/static" dist/static
}

# bad input: one clear line that names file and place, and loses nothing
@test "a definition with a mistake is named by file and line" {
	printf 'name: broken\nentrypoint: 7\nwhat: is this\n' >"$WORK/broken.yaml"
	run build/bin/keelson image build --out "$OUT" "$WORK/broken.yaml"
	[[ "$status" -eq 1 || "$status" -eq 2 ]]
	[[ "$output" == *broken.yaml*:* ]]
	[ "$(wc -l <<<"$output")" -eq 1 ]
	[ ! -e "$OUT/broken" ]
}
