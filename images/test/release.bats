#!/usr/bin/env bats
# A release of somebody else's project: made, verified from the outside, and
# each kind of file tampered with in turn.
# where: host
bats_require_minimum_version 1.5.0
. "$BATS_TEST_DIRNAME/../../tests/lib/expect.bash"

setup_file() {
	export KEELSON=$PWD/build/bin/keelson MAKE_RELEASE=$PWD/images/release/make
	export PATH=$PWD/build/bin:$PATH
	cd "$BATS_FILE_TMPDIR" || return
	"$KEELSON" keygen --no-passphrase good
	"$KEELSON" keygen --no-passphrase other
	"$KEELSON" init shop
	cd shop || return
	printf '# Changes\n\n## Unreleased\n\n- later\n\n## 0.1.0 - 2026-12-01\n\n%s\n\n## 0.0.9\n\n- old\n' \
		'- first' >CHANGELOG.md
	printf 'build\ndist\n.keelson\n*.json\n' >.gitignore
	git init -q .
	git add .
	git -c user.name=a -c user.email=a@example.org commit -qm first
	{
		"$KEELSON" record --root . -- make && "$KEELSON" build &&
			echo '{"@context": "https://openvex.dev/ns/v0.2.0"}' \
				>dist/shop.openvex.json &&
			"$KEELSON" provenance -o dist/shop.provenance.json \
				dist/shop
		"$KEELSON" reproduce -o reproduction.json
	} >../log 2>&1 3>&- || {
		cat ../log
		return 1
	}
	REPRODUCTION=reproduction.json "$MAKE_RELEASE" ../made 0.1.0 \
		../good.key
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	cp -r "$BATS_FILE_TMPDIR/made" made
	good=$BATS_FILE_TMPDIR/good other=$BATS_FILE_TMPDIR/other
	shop=$BATS_FILE_TMPDIR/shop
}

verify() { # [OPTION...]
	run --separate-stderr "$KEELSON" verify-release made --key "$good.pub" \
		"$@"
}

# What its maker would sign by mistake.
seal() {
	(cd "$shop" && "$KEELSON" release --key "$good.key" \
		"$BATS_TEST_TMPDIR/made") >seal.said
}

refused() { # TEXT
	verify
	[ "$status" -eq 1 ] && [ -z "$output" ] && [[ $stderr = *"$1"* ]] || {
		echo "not refused with $1: $status $output $stderr"
		return 1
	}
}

@test "a release names all its files, and holds" {
	verify --release 0.1.0
	echo "$output$stderr"
	[ "$status" -eq 0 ]
	[[ $output = *'made/images/shop: '*'the SBOM names them all, 6 documents are of this image'* ]]
	[[ $output = *'made: shop 0.1.0, '*' files as signed by '* ]]
	# for those who have no keelson
	(cd made && sha256sum --strict -c SHA256SUMS >/dev/null)
	[ "$(cd made && find . -type f | wc -l)" -eq \
		$(($(wc -l <made/SHA256SUMS) + 2)) ]
	[ "$(jq -r .payload made/release.dsse.json | base64 -d |
		jq -r '.subject[].name' | sort)" = "$(cd made &&
		find . -type f ! -name release.dsse.json -printf '%P\n' | sort)" ]
	# its own section, and no other
	[ "$(cat made/CHANGES.md)" = '## 0.1.0 - 2026-12-01

- first' ]
	# what was built stays as it was: without signatures
	[ "$(jq '.manifests | length' "$shop/dist/shop/index.json")" -lt \
		"$(jq '.manifests | length' made/images/shop/index.json)" ]
	verify --release 0.2.0
	[ "$status" -eq 1 ]
	[[ $stderr = *'release 0.1.0, not 0.2.0'* ]]
}

@test "the same sources and key make the same release" {
	cd "$shop" || return
	REPRODUCTION=reproduction.json "$MAKE_RELEASE" \
		"$BATS_TEST_TMPDIR/again" 0.1.0 "$good.key"
	diff -r "$BATS_TEST_TMPDIR/again" "$BATS_TEST_TMPDIR/made"
}

@test "one changed byte in a file of any kind is caught" {
	(cd made && find . -type f -printf '%P\n') >files
	[ "$(wc -l <files)" -ge 20 ]
	for kind in CHANGES.md SHA256SUMS reproduction.json release.dsse.json \
		images/shop.tar images/shop.spdx.json images/shop.spdx3.json \
		images/shop.cdx.json images/shop.provenance.json \
		images/shop.openvex.json images/shop/index.json \
		images/shop.notice.txt images/shop.sources.txt \
		images/shop/oci-layout; do
		grep -qx "$kind" files
	done
	while read -r file; do
		cp "made/$file" kept
		# the last byte, or the first that may be another
		python3 - "made/$file" <<-'END'
			import sys
			with open(sys.argv[1], "r+b") as f:
			    b = bytearray(f.read())
			    b[len(b) // 2] ^= 1
			    f.seek(0)
			    f.write(b)
		END
		verify
		[ "$status" -eq 1 ] && [ -z "$output" ] || {
			echo "changed and taken: $file $output"
			return 1
		}
		[[ $stderr = *"$file"* ]] || {
			echo "not named: $file: $stderr"
			return 1
		}
		cat kept >"made/$file"
	done <files
	verify
	[ "$status" -eq 0 ]
}

@test "a file too many, too few, or of another kind is caught" {
	echo x >made/images/shop/extra
	refused 'images/shop/extra: not a file of this release'
	rm made/images/shop/extra
	ln -s /etc/passwd made/link
	refused 'made/link: neither a file nor a directory'
	rm made/link
	: >"made/a b"
	refused 'a name with blanks'
	rm "made/a b"
	while read -r file; do
		mv "made/$file" kept
		verify
		[ "$status" -eq 1 ] && [[ $stderr = *"$file"* ]] || {
			echo "not missed: $file $output $stderr"
			return 1
		}
		mv kept "made/$file"
	done < <(cd made && find . -type f -printf '%P\n')
	verify
	[ "$status" -eq 0 ]
}

@test "another key, or none, verifies nothing" {
	run -1 --separate-stderr "$KEELSON" verify-release made \
		--key "$other.pub"
	[[ $stderr = *'signed by none of the keys given'* ]]
	run -2 --separate-stderr "$KEELSON" verify-release made
	[[ $stderr = *'--key FILE is missing'* ]]
	# of several keys one is enough, and the images need that one
	verify --key "$other.pub"
	[ "$status" -eq 0 ]
	# somebody else's list over our images
	(cd "$shop" && "$KEELSON" release --key "$other.key" \
		"$BATS_TEST_TMPDIR/made")
	refused 'signed by none of the keys given'
	verify --key "$other.pub"
	[ "$status" -eq 1 ]
	[[ $stderr = *'signed, but by none of the keys given'* ]]
}

@test "what is listed and signed must also be true" {
	jq '.packages = []' "$shop/dist/shop.spdx.json" \
		>made/images/shop.spdx.json
	seal
	refused 'shop.spdx.json: the image images/shop has no attestation'
	cp "$shop/dist/shop.spdx.json" made/images/
	# the statement of another build
	sed -i 's/"result": "PASSED"/"result": "FAILED"/' made/reproduction.json
	seal
	refused 'reproduction.json: the image images/shop has no attestation'
	# signed, and yet one that says that the second build differed
	cp -r made/images/shop kept
	(cd "$shop" && "$KEELSON" attest --key "$good.key" --type \
		https://in-toto.io/attestation/test-result/v0.1 --predicate \
		"$BATS_TEST_TMPDIR/made/reproduction.json" \
		"$BATS_TEST_TMPDIR/made/images/shop" >/dev/null)
	seal
	refused 'reproduction.json: its result is "FAILED", not "PASSED"'
	rm -r made/images/shop
	mv kept made/images/shop
	cp "$shop/reproduction.json" made/
	# a needed document is left out
	mv made/images/shop.provenance.json .
	seal
	refused 'shop.provenance.json'
	mv shop.provenance.json made/images/
	# another image to load than the one that is signed
	cp "$BATS_TEST_DIRNAME/../../dist/pause.tar" made/images/shop.tar
	seal
	refused "shop.tar: another image than the layout's"
	cp "$shop/dist/shop.tar" made/images/
	# an image without signatures
	mv made/images/shop kept
	cp -r "$shop/dist/shop" made/images/shop
	seal
	refused 'not signed'
	rm -r made/images/shop
	mv kept made/images/shop
	# a document of no image, and no image at all
	echo '{}' >made/images/other.spdx.json
	seal
	refused "images/other.spdx.json: neither an image nor one's document"
	rm made/images/other.spdx.json
	sed -i 's/^## 0.1.0/## 0.2.0/' made/CHANGES.md
	seal
	refused 'does not begin with "## 0.1.0"'
	sed -i 's/^## 0.2.0/## 0.1.0/' made/CHANGES.md
	seal
	verify
	[ "$status" -eq 0 ]
}

@test "no release of a dirty checkout or of another version" {
	cp -r "$shop" mine
	cd mine || return
	run -0 "$MAKE_RELEASE" check 0.1.0
	run -1 "$MAKE_RELEASE" check 0.2.0
	[[ $output = *'keelson.yaml says version 0.1.0, not 0.2.0'* ]]
	run -1 "$MAKE_RELEASE" check ''
	[[ $output = *'say VERSION=0.1.0'* ]]
	mkdir -p lib/base
	echo '#define KEELSON_VERSION "0.0.1"' >lib/base/version.h
	run -1 "$MAKE_RELEASE" check 0.1.0
	[[ $output = *'lib/base/version.h says version 0.0.1, not 0.1.0'* ]]
	rm -r lib
	sed -i 's/^## 0.1.0.*/## 0.1/' CHANGELOG.md
	run -1 "$MAKE_RELEASE" check 0.1.0
	[[ $output = *'CHANGELOG.md has no section "## 0.1.0"'* ]]
	git checkout -q CHANGELOG.md
	sed -i 's/^version: .*/version: "1.10"/' keelson.yaml
	sed -i 's/^## 0.1.0.*/## 1.1/' CHANGELOG.md
	run -1 "$MAKE_RELEASE" check 1.10
	[[ $output = *'CHANGELOG.md has no section "## 1.10"'* ]]
	git checkout -q CHANGELOG.md keelson.yaml
	echo >>src/main.c
	run -1 "$MAKE_RELEASE" check 0.1.0
	[[ $output = *'this checkout is not its commit:'*src/main.c* ]]
	git checkout -q src/main.c
	echo >new.c
	run -1 "$MAKE_RELEASE" check 0.1.0
	[[ $output = *new.c* ]]
	rm new.c
	# nothing half made is left, and nothing is replaced
	run -1 env REPRODUCTION=/not/there "$MAKE_RELEASE" ../half 0.1.0 \
		"$good.key"
	[ ! -e ../half ] && [ -z "$(find .. -maxdepth 1 -name '.release*')" ]
	run -1 env REPRODUCTION=reproduction.json "$MAKE_RELEASE" ../made 0.1.0 \
		"$good.key"
	[[ $output = *'made is there already'* ]]
}
