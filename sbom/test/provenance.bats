#!/usr/bin/env bats
# keelson provenance: complete, true, and the same each time.
# where: host
# area: sbom images

bats_require_minimum_version 1.5.0

HERE=$PWD
KEELSON=$HERE/build/bin/keelson

setup() {
	. "$HERE/tests/lib/expect.bash"
	cd "$WORK" || return
	"$KEELSON" provenance --root "$HERE" -o said.json "$HERE/dist/pause"
}

dependencies() {
	jq -r '.predicate.buildDefinition.resolvedDependencies[]
		| .digest.sha256 + " " + .name' said.json
}

@test "the statement is about the image's manifest" {
	manifest=$(jq -r '[.manifests[] | select(.annotations
		."org.opencontainers.image.ref.name")][0].digest' \
		"$HERE/dist/pause/index.json")
	expect "sha256:$(jq -r '.subject[0].digest.sha256' said.json)" = \
		"$manifest"
	expect "$(jq -r '._type, .predicateType' said.json | xargs)" = \
		'https://in-toto.io/Statement/v1 https://slsa.dev/provenance/v1'
}

@test "every source, patch, own file and tool is there, by its digest" {
	dependencies >have
	# the lock's lines of what was linked, as the lock has them
	awk '$1 == "musl" { print $6, $4 }' \
		"$HERE/static-build/sources.lock" >want
	# our own files
	(cd "$HERE" && sha256sum pause/pause.c lib/base/version.h |
		sed 's/  / /') >>want
	# the host's, as they are today
	jq -r .path "$HERE/build/evidence/toolchain.jsonl" |
		xargs sha256sum | sed 's/  / /' >>want
	[ "$(wc -l <want)" -gt 20 ]
	sort want >sorted
	expect "$(sort have | comm -13 - sorted)" = ''
	# and nothing of a library that pause does not link
	fails grep -q mbedtls have
}

@test "the same build gives the same bytes" {
	"$KEELSON" provenance --root "$HERE" "$HERE/dist/pause" >again.json
	cmp said.json again.json
	[ ! -e "$HERE/dist/pause.provenance.json" ] ||
		cmp said.json "$HERE/dist/pause.provenance.json"
	# the predicate alone is what stands in the statement
	"$KEELSON" provenance --root "$HERE" --predicate "$HERE/dist/pause" |
		jq -S . >alone.json
	jq -S .predicate said.json | cmp - alone.json
}
