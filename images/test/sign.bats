#!/usr/bin/env bats
# keelson keygen, sign, attest, verify --key: with openssl as the peer.
# where: host
bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return
	keelson=$PWD/build/bin/keelson
	forge=$PWD/images/test/forge.py
	dist=$PWD/dist
	cd "$BATS_TEST_TMPDIR" || return
	cp -r "$dist/pause" pause
	for name in alice bob; do
		"$keelson" keygen --no-passphrase $name >$name.said
	done
}

says() { # TEXT: in one line of the output
	[ "$(wc -l <<< "$output")" -eq 1 ] && [[ "$output" == *"$1"* ]] || {
		printf 'not one line with: %s\n%s\n' "$1" "$output"
		return 1
	}
}

sums() { # LAYOUT
	(cd "$1" && find . -type f -exec sha256sum {} + | LC_ALL=C sort)
}

image() { # LAYOUT: the digest of its image
	jq -r '.manifests[0].digest' "$1/index.json"
}

entry() { # FILTER of the index: the path of that manifest
	echo "pause/blobs/sha256/$(jq -r "first(.manifests[] | select($1))
		.digest[7:]" pause/index.json)"
}

@test "openssl reads our keys, and we read its own" {
	echo 'correct horse' >passphrase
	run -0 "$keelson" keygen --passphrase-file passphrase carol
	[ "$(stat -c %a carol.key carol.pub | xargs)" = '600 644' ]
	openssl pkey -in carol.key -passin file:passphrase -pubout |
		cmp - carol.pub
	fingerprint=$(openssl pkey -pubin -in carol.pub -outform DER |
		sha256sum | cut -d ' ' -f 1)
	[[ "$output" == *"carol.pub: sha256:$fingerprint"* ]]
	openssl pkey -in alice.key -pubout | cmp - alice.pub

	openssl ecparam -name prime256v1 -genkey -out sec1.key
	openssl pkcs8 -topk8 -nocrypt -in sec1.key -out plain.key
	openssl pkcs8 -topk8 -v2 aes-256-cbc -v2prf hmacWithSHA256 \
		-passout file:passphrase -in sec1.key -out sealed.key
	openssl pkey -in sec1.key -pubout -out sec1.pub
	chmod 600 ./*.key
	for key in sec1 plain sealed; do
		rm -rf pause && cp -r "$dist/pause" pause
		"$keelson" sign --key $key.key --passphrase-file passphrase \
			pause
		"$keelson" verify --key sec1.pub pause
	done
}

@test "a key that exists is not replaced, one that others may read is not used" {
	before=$(cat alice.key alice.pub)
	run -1 "$keelson" keygen --no-passphrase alice
	says 'alice.pub exists already'
	rm alice.pub
	run -1 "$keelson" keygen --no-passphrase alice
	says 'alice.key exists already'
	[ ! -e alice.pub ]
	[[ "$before" == "$(cat alice.key)"* ]]
	[ "$(find . -name '*.new' -o -name '*.partial')" = '' ]
	chmod 640 bob.key
	run -1 "$keelson" sign --key bob.key pause
	says 'others may use this key (mode 0640): chmod 600 it'
}

@test "a passphrase is asked for on the terminal, twice for a new key" {
	typed() { # COMMAND...: the passphrase as often as it is asked for
		python3 "$BATS_TEST_DIRNAME/typed.py" 'open sesame' "$@"
	}
	typed "$keelson" keygen dora >said
	[ "$(grep -c 'Passphrase of dora: \|The same again: ' said)" -eq 2 ]
	run -1 grep sesame said
	openssl pkey -in dora.key -passin 'pass:open sesame' -pubout |
		cmp - dora.pub
	typed "$keelson" sign --key dora.key pause
	"$keelson" verify --key dora.pub pause
	echo 'open says me' >wrong
	run -1 "$keelson" sign --key dora.key --passphrase-file wrong pause
	says 'dora.key: the passphrase does not open it'
	run -2 setsid -w "$keelson" keygen ellen
	says 'no terminal to ask for its passphrase: give --passphrase-file'
}

@test "the same key and image give the same bytes, whoever signs first" {
	cp -r pause other
	"$keelson" sign --key alice.key pause
	cp -r pause once
	"$keelson" sign --key alice.key pause
	diff -r once pause
	"$keelson" sign --key bob.key pause
	"$keelson" sign --key bob.key other
	"$keelson" sign --key alice.key other
	diff -r pause other
	# Nothing of the image changed, and every blob is named.
	[ "$(image pause)" = "$(image "$dist/pause")" ]
	[ "$(find pause/blobs -type f | wc -l)" -eq \
		$(($(find "$dist/pause/blobs" -type f | wc -l) + 7)) ]
	run -0 "$keelson" diff pause "$dist/pause"
}

@test "openssl verifies both forms of a signature" {
	"$keelson" sign --key alice.key pause
	manifest=$(entry '.annotations."org.opencontainers.image.ref.name"
		// "" | endswith(".sig")')
	jq -r '.layers[0].annotations."dev.cosignproject.cosign/signature"' \
		"$manifest" | base64 -d >claim.sig
	claim=pause/blobs/sha256/$(jq -r '.layers[0].digest[7:]' "$manifest")
	openssl dgst -sha256 -verify alice.pub -signature claim.sig "$claim"
	[ "$(jq -r '.critical.image."docker-manifest-digest"' "$claim")" = \
		"$(image pause)" ]
	[ "$(jq -r '.critical.identity."docker-reference"' "$claim")" = \
		localhost/keelson/pause ]

	manifest=$(entry '.artifactType // "" | contains("sigstore")')
	bundle=pause/blobs/sha256/$(jq -r '.layers[0].digest[7:]' "$manifest")
	jq -r '.dsseEnvelope.signatures[0].sig' "$bundle" | base64 -d >dsse.sig
	jq -r '.dsseEnvelope.payload' "$bundle" | base64 -d >statement
	{
		printf 'DSSEv1 28 application/vnd.in-toto+json %d ' \
			"$(stat -c %s statement)"
		cat statement
	} >signed
	openssl dgst -sha256 -verify alice.pub -signature dsse.sig signed
	[ "$(jq -r '.subject[0].digest.sha256' statement)" = \
		"$(image pause | cut -d : -f 2)" ]
	# The entry of the index has the manifest's annotations.
	[ "$(jq -c .annotations "$manifest")" = "$(jq -c 'first(.manifests[]
		| select(.artifactType // "" | contains("sigstore")))
		.annotations' pause/index.json)" ]
}

@test "verify says who signed, and fails when nobody did whose key is given" {
	run -1 "$keelson" verify --key alice.pub pause
	says ': not signed'
	"$keelson" sign --key alice.key pause
	run -0 "$keelson" verify --key bob.pub --key alice.pub pause
	[[ "$output" == *"signed by alice.pub $(cut -d ' ' -f 2 <alice.said |
		tail -n 1)"* ]]
	[[ "$output" != *bob* ]]
	run -1 "$keelson" verify --key bob.pub pause
	says 'signed, but by none of the keys given'
	"$keelson" verify --json --key alice.pub pause >json
	[ "$(jq -r '.verified, .signed_by[0].key' json | xargs)" = \
		'true alice.pub' ]
	run -1 "$keelson" verify --json --key bob.pub pause
	[ "$(jq '.verified' <<<"${lines[1]}")" = false ]
	run -0 "$keelson" verify pause
	run -2 "$keelson" verify --key alice.pub --key alice.key pause
	says 'the same key'
}

@test "whoever has no key makes no signature: each attempt is refused in words" {
	"$keelson" sign --key alice.key pause
	cp -r pause signed
	tried=0
	while IFS='|' read -r operations why; do
		rm -rf pause && cp -r signed pause
		# shellcheck disable=SC2086 # words
		python3 "$forge" pause $operations
		echo "$operations"
		run -1 "$keelson" verify --key alice.pub pause
		says "$why"
		tried=$((tried + 1))
	done <<-EOT
		no-tag no-bundle|: not signed
		no-bundle claim-reference|signed, but by none of the keys
		claim-digest|the claim is about another image
		claim-cut|signature: sha256:
		claim-twice|are one for some readers
		claim-no-signature|signature: sha256:
		tag-is-image|layers: mediaType is
		no-bundle tag-of-other|: not signed
		bundle-digest|the statement is about another image
		bundle-statement|or what it signs was changed
		bundle-type|payloadType is "text/html"
		bundle-cut|signature: sha256:
		no-tag bundle-hint bundle-statement|signed, but by none of the keys
	EOT
	[ $tried -eq 13 ]
	# A hint is only that: the signature counts.
	rm -rf pause && cp -r signed pause
	python3 "$forge" pause no-tag bundle-hint
	"$keelson" verify --key alice.pub pause
}

@test "a signature of one image is none of another" {
	cp -r "$dist/static" static
	"$keelson" sign --key alice.key pause
	"$keelson" sign --key alice.key static
	# The other's entries and blobs, under their own and under this name.
	cp -n static/blobs/sha256/* pause/blobs/sha256/
	jq -s --arg from "$(image static | cut -c 8-)" \
		--arg to "$(image pause | cut -c 8-)" \
		'.[0].manifests = .[0].manifests[:4] + (.[1].manifests[4:] |
		map(.annotations."org.opencontainers.image.ref.name" |=
			if . then sub($from; $to) else empty end)) | .[0]' \
		pause/index.json static/index.json >index
	mv index pause/index.json
	run -1 "$keelson" verify --key alice.pub pause
	says 'the claim is about another image'
}

@test "attestations carry the file unchanged; a later one takes the place" {
	"$keelson" sign --key alice.key pause
	"$keelson" attest --key alice.key --type spdx \
		--predicate "$dist/pause.spdx.json" pause
	echo '{"a": 1.50}' >one.json
	echo '{"a": 2}' >two.json
	"$keelson" attest --key bob.key --type https://example.org/check/v1 \
		--predicate two.json pause
	cp -r pause before
	"$keelson" attest --key bob.key --type https://example.org/check/v1 \
		--predicate one.json pause
	run -0 "$keelson" verify --key alice.pub --key bob.pub pause
	[[ "$output" == *'https://spdx.dev/Document by alice.pub'* ]]
	[ "$(grep -c 'https://example.org/check/v1 by bob.pub' \
		<<<"$output")" -eq 1 ]
	manifest=$(entry '.annotations."org.opencontainers.image.ref.name"
		// "" | endswith(".att")')
	[ "$(jq '.layers | length' "$manifest")" -eq 2 ]
	for layer in $(jq -r '.layers[].digest[7:]' "$manifest"); do
		jq -r .payload "pause/blobs/sha256/$layer" | base64 -d
	done >payloads
	grep -qF '"predicate":{"a": 1.50}}' payloads
	grep -qF "$(tail -n 3 "$dist/pause.spdx.json")" payloads
	"$keelson" attest --key bob.key --type https://example.org/check/v1 \
		--predicate two.json pause
	diff -r before pause
}

@test "attest refuses what is no predicate, and statements about others" {
	echo '{' >cut.json
	run -1 "$keelson" attest --key bob.key --type spdx \
		--predicate cut.json pause
	says 'predicate: '
	run -2 "$keelson" attest --key bob.key --type sbom \
		--predicate cut.json pause
	says 'none of spdx, cyclonedx, openvex, slsaprovenance'
	statement() { # HEX
		printf '{"_type":"https://in-toto.io/Statement/v1","subject":%s,%s' \
			"[{\"digest\":{\"sha256\":\"$1\"}}]" \
			'"predicateType":"https://slsa.dev/provenance/v1",' 
		printf '"predicate":{"builder":1}}'
	}
	statement "$(image pause | cut -c 8-)" >good.json
	statement 00 >bad.json
	run -1 "$keelson" attest --key bob.key --type slsaprovenance \
		--predicate bad.json pause
	says 'the statement is about another image'
	run -1 "$keelson" attest --key bob.key --type spdx \
		--predicate good.json pause
	says 'it is a statement of type https://slsa.dev/provenance/v1'
	diff -r "$dist/pause" pause
	"$keelson" attest --key bob.key --type slsaprovenance \
		--predicate good.json pause
	layer=$(entry '.artifactType // "" | contains("sigstore")')
	jq -r '.dsseEnvelope.payload' "pause/blobs/sha256/$(
		jq -r '.layers[0].digest[7:]' "$layer")" | base64 -d |
		cmp - good.json
}

@test "k of n builders: signatures are added up, who differs is named" {
	mkdir a b c
	for builder in a b c; do
		cp -r "$dist/pause" $builder/pause
	done
	"$keelson" keygen --no-passphrase carol
	"$keelson" sign --key alice.key a/pause
	"$keelson" sign --key bob.key b/pause
	keys=(--key alice.pub --key bob.pub --key carol.pub)
	run -1 "$keelson" verify --threshold 2 "${keys[@]}" a/pause
	says '1 of the 3 keys given signed it, 2 must have'
	run -0 "$keelson" verify --threshold 2 "${keys[@]}" --with b a/pause
	[[ "$output" == *'signed by alice.pub'*'signed by bob.pub'* ]]
	# Signatures of the same image count for a tar of it, too.
	run -0 "$keelson" verify --threshold 2 "${keys[@]}" --with a --with b \
		"$dist/pause.tar"

	# Another builder's pause differs in one byte of its code.
	layer=$(jq -r '.manifests[0].digest[7:]' c/pause/index.json)
	layer=$(jq -r '.layers[0].digest[7:]' "c/pause/blobs/sha256/$layer")
	mkdir tree
	tar -C tree -xzf "c/pause/blobs/sha256/$layer"
	offset=$(objdump -h tree/pause | awk '$2 == ".text" { print $6 }')
	printf '\360' | dd of=tree/pause bs=1 seek=$((16#$offset + 8)) \
		conv=notrunc status=none
	tar --owner=0 --group=0 --numeric-owner --sort=name -C tree -cf c.tar \
		usr pause etc
	python3 "$BATS_TEST_DIRNAME/layout.py" c.tar c/pause.new
	rm -rf c/pause && mv c/pause.new c/pause
	"$keelson" sign --key carol.key c/pause
	run -0 "$keelson" verify --threshold 2 "${keys[@]}" --with b --with c \
		a/pause
	[[ "$output" == *'c/pause is another image, sha256:'*', signed by carol.pub:'* ]]
	[[ "$output" == *'/pause: other content, sections: .text'* ]]
	run -1 "$keelson" verify --threshold 3 "${keys[@]}" --with b --with c \
		a/pause
	[[ "$output" == *'2 of the 3 keys given signed it, 3 must have'* ]]
	[[ "$output" == *'c/pause is another image'* ]]
	run -2 "$keelson" verify --threshold 4 "${keys[@]}" a/pause
	says '--threshold 4 of 3 keys'
}

@test "a tar, a layout that lies and a missing key are no place to sign" {
	run -2 "$keelson" sign --key alice.key "$dist/pause.tar"
	says 'only the directory of a layout can be signed'
	run -2 "$keelson" sign pause
	says '--key FILE is missing'
	run -1 "$keelson" sign --key alice.pub pause
	says 'a public key cannot sign'
	printf '#' | dd of="$(entry .platform)" bs=1 seek=20 conv=notrunc \
		status=none
	before=$(sums pause)
	run -1 "$keelson" sign --key alice.key pause
	[ "$(sums pause)" = "$before" ]
}
