#!/usr/bin/env bats
# keelson omnibor and keelson find: git itself is asked for the ids.
# where: host
# area: sbom

bats_require_minimum_version 1.5.0

HERE=$PWD
KEELSON=$HERE/build/bin/keelson

# Every manifest of a store, by the name it has there and as git calls it.
ids_agree() { # DIR-OF-HASH GIT-REPOSITORY
	(cd "$1" && find . -type f | sort | sed 's|^\./\(..\)/|\1|') >have
	(cd "$1" && find "$PWD" -type f | sort) |
		git -C "$2" hash-object --no-filters --stdin-paths >want
	[ -s have ]
	diff have want
}

setup_file() {
	git init -q --object-format=sha256 "$WORK/repo256"
	git init -q "$WORK/repo1"
	"$KEELSON" omnibor --root "$HERE" --sha1 -o "$WORK/graph" \
		"$HERE/build/bin/pause" >"$WORK/said"
}

# Did the last command say this?
says() { # PATTERN
	# shellcheck disable=SC2053 # a pattern
	if [[ $output != $1 ]]; then
		echo "said: $output"
		return 1
	fi
}

setup() {
	. "$HERE/tests/lib/expect.bash"
	cd "$WORK" || return
}

@test "each manifest has the id that git gives it, SHA-256 and SHA-1" {
	ids_agree graph/manifests/gitoid_blob_sha256 repo256
	ids_agree graph/manifests/gitoid_blob_sha1 repo1
}

@test "the index leads from the program to its manifest, and on to a source" {
	artifact=$(git -C repo256 hash-object --no-filters \
		"$HERE/build/bin/pause")
	manifest=$(sed -n "s/^$artifact //p" graph/targets)
	at=graph/manifests/gitoid_blob_sha256
	source=$(git -C repo256 hash-object --no-filters "$HERE/pause/pause.c")
	# strip, link, object
	for _ in 1 2; do
		manifests=$(for m in $manifest; do
			sed -n 's/.* manifest //p' "$at/${m:0:2}/${m:2}"
		done | sort -u)
		manifest="$manifest $manifests"
	done
	for m in $manifest; do
		echo "$at/${m:0:2}/${m:2}"
	done | sort -u | xargs grep -l "^$source\$"
	grep -q "artifact  gitoid:blob:sha256:$artifact" said
}

@test "no file is missing, also where a makefile appends" {
	run -0 "$KEELSON" omnibor --root "$HERE" --linked -o criu \
		"$HERE/build/bin/criu"
	# each manifest that is named is there
	cat criu/manifests/gitoid_blob_sha256/*/* | sed -n 's/.* manifest //p' |
		sort -u | while read -r m; do
		[ -e "criu/manifests/gitoid_blob_sha256/${m:0:2}/${m:2}" ]
	done
	header=$HERE/build/work/criu/criu/criu/include/version.h
	id=$(git -C repo256 hash-object --no-filters "$header")
	grep -q "^$id " criu/targets
}

@test "find tells which programs have a version of a file" {
	id=$(git -C repo1 hash-object --no-filters "$HERE/pause/pause.c")
	run -0 "$KEELSON" find --root "$HERE" --git-id "$id" \
		"$HERE/build/bin/pause"
	says '*pause: pause/pause.c*into*pause.o*'
	# linked into one of them only
	memcpy=$(find "$HERE/build/work/musl/musl/src" -name exit.c)
	id=$(git -C repo256 hash-object --no-filters "$memcpy")
	run -0 "$KEELSON" find --root "$HERE" --json --git-id "$id" \
		"$HERE/build/bin/pause"
	output=$(jq -r '.[0].into[0]' <<<"$output")
	says '*libc.a(exit.lo)'
	# in the library, but not linked
	id=$(git -C repo256 hash-object --no-filters \
		"$HERE/build/work/musl/musl/src/regex/regcomp.c")
	run -1 "$KEELSON" find --root "$HERE" --git-id "$id" \
		"$HERE/build/bin/pause"
	expect "$output" = 'in none of them'
	run -2 "$KEELSON" find --root "$HERE" --git-id abc \
		"$HERE/build/bin/pause"
	says '*--git-id abc*'
}

@test "a copy carries the ids of its manifests, and is the same program" {
	local program=$HERE/build/bin/keelson
	run -0 "$KEELSON" omnibor --root "$HERE" --sha1 -o noted.graph \
		--note noted "$program"
	sed -n 's/^  manifest  gitoid:blob:sha[0-9]*://p' <<<"$output" |
		sort >said.ids
	objcopy --dump-section .note.omnibor=note noted /dev/null
	od -An -v -tx1 note | tr -d ' \n' >note.hex
	[ "$(wc -l <said.ids)" -eq 2 ]
	while read -r id; do grep -q "$id" note.hex; done <said.ids
	readelf -nW noted | grep -q OMNIBOR
	# without the note it is the program, whichever tool takes it out
	objcopy -R .note.omnibor noted without
	objcopy "$program" copied
	cmp without copied
	[ "$(./noted --version)" = "$("$program" --version)" ]
	run -1 "$KEELSON" omnibor --root "$HERE" -o x --note y noted
	says "*noted*"
}
