# area: images static-build
# where: host
# stage: check-arm64
# limit: 3000
# test-limit: 2400
# All four images for arm64, which `make check-arm64` has built, and what is said
# about them; programs run by QEMU's user mode.
bats_require_minimum_version 1.5.0

KEELSON=$PWD/build/bin/keelson
NAMES='static checkpoint-agent kube-proxy-mini pause'

setup() {
	. tests/lib/expect.bash
}

@test "four images for each processor stand under one index" {
	for name in $NAMES; do
		"$KEELSON" verify --require-sbom "dist/multi/$name" \
			"dist/multi/$name.tar" >"$WORK/said"
		[ "$(grep -c 'linux/amd64: .*names them all' "$WORK/said")" = 2 ]
		[ "$(grep -c 'linux/arm64/v8: .*them all' "$WORK/said")" = 2 ]
	done
	[ "$("$KEELSON" image list dist/arm64 | wc -l)" -eq 5 ]
}

@test "every program of arm64 is what the one for amd64 is" {
	for program in criu checkpoint-agent kube-proxy-mini pause keelson; do
		readelf -h "build/arm64/bin/$program" | grep -q AArch64
		readelf -p .note.package "build/arm64/bin/$program" |
			grep -q '"architecture":"aarch64"'
	done
	"$KEELSON" inspect --forbid "$PWD/" build/arm64/bin/criu \
		build/arm64/bin/checkpoint-agent
	for program in checkpoint-agent keelson; do
		qemu-aarch64-static "build/arm64/bin/$program" --help |
			diff - <("build/bin/$program" --help)
	done
}

@test "what is asked about arm64 is answered from its own evidence" {
	for question in 'why build/arm64/bin/criu main' \
		'sbom build/arm64/bin/checkpoint-agent' \
		'vex --platform arm64 dist/multi/checkpoint-agent' \
		'provenance --platform arm64 dist/multi/checkpoint-agent'; do
		# shellcheck disable=SC2086 # words
		"$KEELSON" $question >"$WORK/answer"
		[ -s "$WORK/answer" ]
	done
	grep -q gcc-12-aarch64-linux-gnu "$WORK/answer"
}
