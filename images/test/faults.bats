#!/usr/bin/env bats
# keelson when calls of its own fail, in turn, with sanitizers watching: it says
# what is wrong, prints no part for the whole, and leaves nothing unfinished.
#
#   SEED=N   another choice of failing calls; SOAK=N prints one made at random
#   TIMES=N  so many failing calls for each command (24)
# where: host
bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return
	keelson=build/test/bin/faulty-keelson
	out=$BATS_TEST_TMPDIR/out
}

try() { # [OPTION...] COMMAND...
	python3 tests/lib/faults.py "$@" 3>&-
}

@test "faults: help and completion" {
	try $keelson --help
	try $keelson --completion
}

@test "faults: image list, image show" {
	try $keelson image list dist
	try $keelson image show --files dist/static
}

@test "faults: verify" {
	try $keelson verify dist/pause dist/static.tar
}

@test "faults: diff" {
	try $keelson diff dist/pause dist/static
}

@test "faults: inspect" {
	try $keelson inspect build/bin/pause
}

@test "faults: sbom" {
	# it reads all evidence, a second each time
	TIMES=${TIMES:-10} try $keelson sbom --json build/bin/pause
}

@test "faults: image build" {
	# it prints the seconds that it took
	try --out "$out" --vary ' [0-9.]+$' $keelson image build --out "$out" \
		images/pause.yaml
}

@test "faults: output that cannot be written is an error" {
	local command
	for command in --help 'image list dist' 'image show dist/pause' \
		'verify dist/pause' 'inspect build/bin/pause' \
		'diff dist/pause dist/static' 'sbom build/bin/pause'; do
		run -1 sh -c "build/bin/keelson $command 2>&1 >/dev/full"
		[[ "$output" =~ keelson:\ (standard output|write): ]]
	done
}
