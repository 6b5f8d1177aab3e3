#!/usr/bin/env bats
# keelson: building, verifying and comparing images, on what make images made.
# where: host
bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return
	keelson=$PWD/build/bin/keelson
	copy=$BATS_TEST_TMPDIR/pause
	cp -r dist/pause "$copy"
}

says() { # TEXT: in one line of the output
	[ "$(wc -l <<< "$output")" -eq 1 ] && [[ "$output" == *"$1"* ]] || {
		printf 'not one line with: %s\n%s\n' "$1" "$output"
		return 1
	}
}

# The digest of the image, its config, layer: without "sha256:".
image() {
	jq -r '.manifests[0].digest[7:]' "$copy/index.json"
}

blob_of() { # FILTER of the manifest
	jq -r "$1.digest[7:]" "$copy/blobs/sha256/$(image)"
}

@test "verify finds every image as it should be" {
	run -0 "$keelson" verify dist/*/
	[ "$(grep -c 'every digest holds, the SBOM names them all' \
		<<< "$output")" -eq "$(ls -d dist/*/ | wc -l)" ]
}

@test "verify notices one changed byte in any blob, and names it" {
	for blob in "$(image)" "$(blob_of .config)" "$(blob_of '.layers[0]')"; do
		rm -rf "$copy" && cp -r dist/pause "$copy"
		printf '#' | dd of="$copy/blobs/sha256/$blob" bs=1 seek=20 \
			conv=notrunc status=none
		run -1 "$keelson" verify "$copy"
		says "$blob"
	done
}

@test "verify notices a blob that is gone and an index that is none" {
	rm "$copy/blobs/sha256/$(blob_of '.layers[0]')"
	run -1 "$keelson" verify "$copy"
	says 'does not exist'
	echo '{' > "$copy/index.json"
	run -1 "$keelson" verify "$copy"
	says 'index.json'
	run -1 "$keelson" verify "$copy/absent"
	says 'No such file'
}

@test "an archive is read in its place, with the SBOM that is in the image" {
	run -0 "$keelson" verify dist/*.tar
	[ "$(grep -c 'every digest holds, the SBOM names them all' \
		<<< "$output")" -eq "$(ls dist/*.tar | wc -l)" ]
	run -0 "$keelson" diff dist/pause dist/pause.tar
	[ -z "$output" ]
	"$keelson" image show --files dist/static.tar | grep -v ^sbom \
		> "$BATS_TEST_TMPDIR/archive"
	"$keelson" image show --files dist/static | grep -v ^sbom |
		diff - "$BATS_TEST_TMPDIR/archive"
	# the form that other tools write: names with ./, the whole layout
	tar -C dist/pause -cf "$copy.tar" .
	run -0 "$keelson" verify "$copy.tar"
	says 'the SBOM names them all'
}

@test "verify notices what is wrong in an archive" {
	local blob
	for blob in "$(image)" "$(blob_of .config)" "$(blob_of '.layers[0]')"; do
		rm -rf "$copy" && cp -r dist/pause "$copy"
		printf '#' | dd of="$copy/blobs/sha256/$blob" bs=1 seek=20 \
			conv=notrunc status=none
		tar -C "$copy" -cf "$copy.tar" .
		run -1 "$keelson" verify "$copy.tar"
		says "$blob"
	done
	rm "$copy/blobs/sha256/$(blob_of .config)"
	tar -C "$copy" -cf "$copy.tar" .
	run -1 "$keelson" verify "$copy.tar"
	says "no blobs/sha256/$(blob_of .config)"
	head -c 9000 dist/pause.tar > "$copy.tar"
	run -1 "$keelson" verify "$copy.tar"
	says 'ends too early'
	run -1 "$keelson" verify README.md
	says 'README.md: tar:'
	run -1 "$keelson" verify /dev/null
	says 'neither'
}

# A blob into the copy; prints its descriptor.
put() { # FILE TYPE
	local hex
	hex=$(sha256sum < "$1" | cut -d' ' -f1)
	cp "$1" "$copy/blobs/sha256/$hex"
	jq -nc --arg t "$2" --arg d "sha256:$hex" \
		--argjson s "$(stat -c %s "$1")" \
		'{mediaType: $t, digest: $d, size: $s}'
}

@test "an image that another reader takes for another one is refused" {
	local readings=$PWD/images/test/readings.py n=0
	for case in $(python3 "$readings"); do
		rm -rf "$copy" && cp -r dist/pause "$copy"
		python3 "$readings" "$case" "$copy" "$copy.tar"
		[ "$case" = good ] && want=0 || want=1
		echo "$case"
		run -$want "$keelson" verify "$copy.tar"
		echo "$output"
		[[ "$case" = tar_* ]] || run -$want "$keelson" verify "$copy"
		[[ "$case" = tar_* ]] || run -$want "$keelson" diff "$copy" "$copy"
		n=$((n + 1))
	done
	[ $n -gt 25 ]
}

@test "verify notices an SBOM that is not the one inside the image" {
	cd "$BATS_TEST_TMPDIR"
	jq -c '.name = "another"' "$OLDPWD/dist/pause.spdx.json" > sbom
	sbom=$(put sbom application/spdx+json)
	old=$(jq -r '.manifests[1].digest[7:]' pause/index.json)
	jq -c --argjson l "$sbom" '.layers = [$l]' \
		"pause/blobs/sha256/$old" > referrer
	new=$(put referrer application/vnd.oci.image.manifest.v1+json)
	jq -c --argjson m "$new" '.manifests[1] += $m' pause/index.json > index
	mv index pause/index.json
	run -1 "$keelson" verify pause
	says 'does not hold its SBOM'
}

@test "diff tells packages, files and sizes apart, and equal from unequal" {
	run -0 "$keelson" diff dist/pause "$copy"
	[ -z "$output" ]
	run -1 "$keelson" diff dist/pause dist/static
	grep -qx -- '+ package tzdata .*' <<< "$output"
	grep -qx -- '- /pause (.* bytes)' <<< "$output"
	grep -qx -- '+ /etc/passwd (.* bytes)' <<< "$output"
	grep -q -- '^~ /usr/lib/os-release content' <<< "$output"
	grep -q -- '^~ layer .* bytes (+' <<< "$output"
}

@test "list and show tell what jq and tar read" {
	run -0 "$keelson" image list --full dist
	[[ "$output" == *"sha256:$(image)"* ]]
	run -0 "$keelson" image show --files dist/pause
	[[ "$output" == *"digest       sha256:$(image)"* ]]
	tar -tzf "dist/pause/blobs/sha256/$(blob_of '.layers[0]')" |
		sed 's|^|/|' | diff - <(sed -n 's/^0[0-7]* .* \(\/[^ ]*\).*/\1/p' \
		<<< "$output")
}

@test "what people read as tables programs read as JSON" {
	run -0 "$keelson" image list --json
	[ "$(jq -r .name <<<"$output" | sort | tr '\n' ' ')" = \
		'checkpoint-agent kube-proxy-mini pause static ' ]
	[ "$(jq -r 'select(.name == "pause").digest[7:]' <<<"$output")" = \
		"$(image)" ]
	run -0 "$keelson" image show --json --files dist/pause
	[ "$(jq -r '.config.config.Entrypoint[0]' <<<"$output")" = /pause ]
	[ "$(jq -r '.files[] | select(.path == "pause").sha256' \
		<<<"$output")" = "$(sha256sum <build/bin/pause | cut -d ' ' -f 1)" ]
	printf '#' | dd of="$copy/blobs/sha256/$(image)" bs=1 seek=20 \
		conv=notrunc status=none
	run -1 --separate-stderr "$keelson" verify --json dist/static "$copy"
	[ "$(jq -c .verified <<<"$output" | tr '\n' ' ')" = 'true false ' ]
	[[ "$(jq -r 'select(.verified | not).error' <<<"$output")" = \
		*"$(image)"* ]]
}

@test "help names the command that it is asked for" {
	run -0 "$keelson" help image build
	[ "$output" = "$("$keelson" image build --help)" ]
	run -0 "$keelson" image help build
	[ "$output" = "$("$keelson" image build --help)" ]
	run -0 "$keelson" help image
	[ "$output" = "$("$keelson" image --help)" ]
	run -2 "$keelson" help image bild
	[[ "$output" = *'did you mean build?'* ]]
	run -2 "$keelson" help verify it
	[[ "$output" = *'no subcommands'* ]]
}

@test "the same definition gives the same bytes, whatever is around it" {
	(umask 077 && TZ=Pacific/Kiritimati HOME=/nonexistent \
		"$keelson" image build --out "$BATS_TEST_TMPDIR/again" \
		images/pause.yaml)
	diff -r dist/pause "$BATS_TEST_TMPDIR/again/pause"
	cmp dist/pause.tar "$BATS_TEST_TMPDIR/again/pause.tar"
	cmp dist/pause.spdx.json "$BATS_TEST_TMPDIR/again/pause.spdx.json"
	run -0 env SOURCE_DATE_EPOCH=1 "$keelson" image build \
		--out "$BATS_TEST_TMPDIR/other" images/pause.yaml
	run -1 diff -rq dist/pause "$BATS_TEST_TMPDIR/other/pause"
}

@test "two builds of one image at a time both succeed" {
	local jobs=() job # not `jobs -p`, which also has bats' own timer
	for _ in 1 2 3 4; do
		"$keelson" image build --out "$BATS_TEST_TMPDIR/busy" \
			images/pause.yaml 3>&- &
		jobs+=("$!")
	done
	for job in "${jobs[@]}"; do
		wait "$job"
	done
	diff -r dist/pause "$BATS_TEST_TMPDIR/busy/pause"
	# nothing unfinished is left
	[ "$(ls -A "$BATS_TEST_TMPDIR/busy")" = "$(printf 'pause%s\n' \
		'' .cdx.json .notice.txt .sources.txt .spdx.json .spdx3.json \
		.tar)" ]
}

@test "a full disk is said; what was there before stays" {
	out=$BATS_TEST_TMPDIR/small
	mkdir "$out"
	run unshare --mount sh -euc '
		mount -t tmpfs -o size=400k tmpfs "$2"
		"$1" image build --out "$2" images/pause.yaml > /dev/null
		! "$1" image build --out "$2" images/static.yaml
		[ ! -e "$2/static" ] && [ ! -e "$2/static.tar" ]
		diff -r dist/pause "$2/pause"
		umount "$2"; mount -t tmpfs -o size=8m tmpfs "$2"
		"$1" image build --out "$2" images/static.yaml > /dev/null
		[ -z "$(find "$2" -name "*partial*")" ]' - "$keelson" "$out"
	[ "$status" -eq 0 ]
	says 'No space left on device'
}

define() { # TEXT behind what every definition has
	printf 'name: it\ntitle: T\ndescription: D\nuser: "0:0"\n%s\n' "$1" \
		> "$BATS_TEST_TMPDIR/it.yaml"
	run "$keelson" image build --out "$BATS_TEST_TMPDIR" \
		"$BATS_TEST_TMPDIR/it.yaml"
	[ "$status" -ne 0 ]
	[ ! -e "$BATS_TEST_TMPDIR/it" ]
	[ ! -e "$BATS_TEST_TMPDIR/it.tar" ]
}

@test "what a definition asks for and is not there is named with its line" {
	define 'programs: [{name: absent, to: /a}]'
	says 'it.yaml: line 5: programs: absent: not built'
	define 'skel: [/etc/absent]'
	says 'rootfs/skel/etc/absent'
	define 'pick: [absent]'
	says 'it.yaml: line 5: pick: rootfs/pick/absent.yaml: No such file'
	define 'links: [{path: /a, to: nowhere}]'
	says '/a links to nowhere, which is not in the tree'
	define 'links: [{path: ../a, to: b}]'
	says 'it.yaml: links: line 5: path: must be absolute and plain'
	define $'programs: [{name: pause, to: /a}]\ndirectories: [{path: /a}]'
	says '/a comes from'
}

@test "what no image may hold is refused, whoever asks for it" {
	define $'programs: [{name: pause, to: /bin/sh}]'
	says '/bin/sh is a shell, which no image may hold'
	define $'programs: [{name: pause, to: /a}]\nlinks: [{path: /apk, to: a}]'
	says '/apk is a package manager'
	define 'directories: [{path: /open, mode: "0777"}]'
	says '/open is writable by anybody'
	cp -r build/bin "$BATS_TEST_TMPDIR/bin"
	cp /bin/true "$BATS_TEST_TMPDIR/bin/pause"
	run -1 "$keelson" image build --out "$BATS_TEST_TMPDIR" \
		--programs "$BATS_TEST_TMPDIR/bin" images/pause.yaml
	says '/pause is a program that is not static'
}

@test "options that can't be are refused as wrong usage" {
	run -2 "$keelson" image build --release 'a/b' images/pause.yaml
	says 'not a tag'
	run -2 "$keelson" image build --arch i386 images/pause.yaml
	says 'must be one of amd64, arm64, riscv64'
	run -2 env SOURCE_DATE_EPOCH=soon "$keelson" image build \
		images/pause.yaml
	says 'SOURCE_DATE_EPOCH'
	run -2 "$keelson" image build
}
