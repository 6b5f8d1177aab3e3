#!/usr/bin/env bats
# docs/first-image.md, followed literally with an installed keelson.
# where: host
bats_require_minimum_version 1.5.0

setup() {
	load ../../tests/lib/wait
	load archive
	cd "$BATS_TEST_DIRNAME/../.." || return
	keelson=$PWD/build/bin/keelson
	unset SOURCES_DIR
}

teardown() {
	[ -z "${ARCHIVE:-}" ] || archive_stop
}

# The commands of a page: its blocks of sh, one after the other.
commands_of() { # PAGE
	awk '/^```sh$/ { inside = 1; next } /^```$/ { inside = 0 } inside' "$1"
}

@test "make install puts one program, its man page and completion in place" {
	run env KEELSON_ALONE="$PWD" make --no-print-directory install \
		DESTDIR="$BATS_TEST_TMPDIR/to" PREFIX=/usr
	[ "$status" -eq 0 ]
	cd "$BATS_TEST_TMPDIR/to/usr" || return
	[ "$(find . -type f | sort | tr '\n' ' ')" = "./bin/keelson\
 ./share/bash-completion/completions/keelson ./share/man/man8/keelson.8 " ]
	cmp bin/keelson "$BATS_TEST_DIRNAME/../../build/bin/keelson"
}

@test "the walk-through works as it stands, away from the checkout" {
	archive_start # with the page's source, as Debian has it
	archive_real trixie zlib
	archive_sign trixie
	archive_sign trixie-security
	mkdir -p "$BATS_TEST_TMPDIR/bin"
	cp build/bin/keelson "$BATS_TEST_TMPDIR/bin"
	commands_of docs/first-image.md > "$BATS_TEST_TMPDIR/commands"
	[ "$(grep -c keelson "$BATS_TEST_TMPDIR/commands")" -ge 12 ]
	cd "$BATS_TEST_TMPDIR" || return
	PATH=$BATS_TEST_TMPDIR/bin:$PATH KEELSON_KEYRING=$ARCHIVE_KEYRING \
		run sh -eu commands
	echo "$output"
	[ "$status" -eq 0 ]
	[[ "$output" = *'the SBOM names them all'* ]]
	[[ "$output" = *'build/work/zlib '*'zlib 1.3.1: '* ]]
	cd hello || return
	tar -tzf dist/hello/blobs/sha256/"$(jq -r '.layers[0].digest[7:]' \
		dist/hello/blobs/sha256/"$(jq -r '.manifests[0].digest[7:]' \
		dist/hello/index.json)")" | grep -qx etc/hello.conf
	jq -e '.packages[] | select(.SPDXID == "SPDXRef-Project") |
		.supplier == "Organization: Example Ltd"' dist/hello.spdx.json
	jq -e '[.files[].fileName] | index("./src/main.c") != null or
		any(test("src/main.c$"))' dist/hello.spdx.json
	[ "$(build/bin/hello you)" = 'Hello, you.' ]
}

@test "init changes nothing that exists, and takes no odd name" {
	cd "$BATS_TEST_TMPDIR" || return
	mkdir -p here/src && echo mine > here/src/main.c
	run -1 "$keelson" init here
	[[ "$output" = *'here/src/main.c exists already'* ]]
	[ "$(find here -type f | wc -l)" -eq 1 ]
	run -2 "$keelson" init 'My Shop'
	[[ "$output" = *'say --name NAME'* ]]
	"$keelson" init --name shop 'My Shop'
	cd 'My Shop' || return
	grep -qx 'name: shop' keelson.yaml
	# where a build cannot be recorded, that is said
	run -1 "$keelson" record --root . -- make
	[[ "$output" = *'blanks or quotes in its path'* ]]
}
