#!/usr/bin/env bats
# keelson update, add-source and recipe with Debian's own suites and keys,
# through the mirrors of this machine.
# where: host
# stage: check-fresh
# limit: 900
bats_require_minimum_version 1.5.0

setup() {
	root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	KEELSON=$root/build/bin/keelson
	unset SOURCE_MIRROR KEELSON_KEYRING
	export SOURCES_DIR=$BATS_TEST_TMPDIR/sources
}

@test "our own lock is looked at, in all its suites" {
	cd "$root"
	cp static-build/sources.lock "$BATS_TEST_TMPDIR/before"
	run -0 --separate-stderr "$KEELSON" update --allow-expired --json
	jq -e '[.suites[] | select(.refused)] == []' <<< "$output"
	jq -e '[.packages[] | select(.suiteEnds)] | length > 10' <<< "$output"
	jq -e '.packages[] | select(.package == "mbedtls") |
		.upstreamEnds == "2027-03-31"' <<< "$output"
	cmp static-build/sources.lock "$BATS_TEST_TMPDIR/before"
}

@test "a server and a library are pinned, drafted, built and explained" {
	"$KEELSON" init "$BATS_TEST_TMPDIR/shop"
	cd "$BATS_TEST_TMPDIR/shop" || return
	unset SOURCES_DIR
	for package in zlib dropbear; do
		"$KEELSON" add-source "$package"
		"$KEELSON" recipe "$package"
		"$KEELSON" record --root . -- sh "recipes/$package" > log 2>&1 || {
			tail -n 20 log
			return 1
		}
	done
	build/bin/dropbear -V
	"$KEELSON" sbom build/bin/dropbear | grep dropbear
	run -0 "$KEELSON" update --check
}
