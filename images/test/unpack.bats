# area: images
# What keelson vouches for is what others unpack; what they could unpack in
# two ways is refused.
bats_require_minimum_version 1.5.0

setup() {
	. /keelson/tests/lib/image.bash
	keelson=/keelson/build/bin/keelson
	here=/keelson/images/test
	cd "$BATS_TEST_TMPDIR" || return
}

# "SHA256 PATH" of every regular file that `show` vouches for, hard links too.
vouched() { # LAYOUT
	"$keelson" image show --files "$1" |
		awk '/^0[0-7]+ / && $4 ~ /^[0-9a-f]+$/ && $5 !~ /\/$/ &&
			!($1 == "0777" && $6 == "->") { print $4, $5 }' |
		LC_ALL=C sort -k 2
}

unpacked() { # DIR
	(cd "$1" && find . -type f -printf '/%P\n' | LC_ALL=C sort |
		while IFS= read -r path; do
			echo "$(sha256sum <".$path" | cut -d ' ' -f 1) $path"
		done)
}

by_tar() { # LAYOUT
	local layer
	layer=$(jq -r '.manifests[0].digest[7:]' "$1/index.json")
	layer=$(jq -r '.layers[0].digest[7:]' "$1/blobs/sha256/$layer")
	mkdir tar && tar -C tar -xzf "$1/blobs/sha256/$layer"
	unpacked tar
}

by_umoci() { # LAYOUT TAG
	umoci unpack --image "$1:$2" umoci >&2
	unpacked umoci/rootfs
}

by_podman() { # LAYOUT TAG
	podman create -q --name "$2" "oci:$1:$2" >&2
	mkdir podman
	podman export "$2" | tar -C podman -x
	podman rm "$2" >&2
	unpacked podman
}

agrees() { # LAYOUT TAG
	vouched "$1" >want
	[ -s want ]
	by_tar "$1" | diff want -
	by_umoci "$1" "$2" | diff want -
	by_podman "$1" "$2" | diff want -
	rm -rf tar umoci podman
}

@test "GNU tar, umoci and podman unpack what keelson vouches for" {
	for name in static checkpoint-agent kube-proxy-mini pause; do
		cp -r "/keelson/dist/$name" .
		agrees "$name" "$(image_tag "$name")"
	done
	python3 $here/hostile_tar.py good good.tar
	python3 $here/layout.py good.tar good
	run -0 "$keelson" verify good
	agrees good it
}

@test "a layer that unpackers read in two ways is refused" {
	for case in $(python3 $here/hostile_tar.py | grep -vx good); do
		python3 $here/hostile_tar.py "$case" "$case.tar"
		python3 $here/layout.py "$case.tar" "$case"
		echo "$case"
		run -1 "$keelson" verify "$case"
		[[ "$output" != *$'\033'* ]]
	done
}

# It matters because umoci, written in Go, takes the other key.
@test "an index that umoci reads differently is refused" {
	cp -r /keelson/dist/pause pause
	python3 $here/readings.py index_case pause
	run -1 "$keelson" verify pause
	umoci unpack --image "pause:$(image_tag pause)" umoci >&2
	[ "$(cat umoci/rootfs/evil)" = evil ]
}

@test "an image without an SBOM passes only where none is required" {
	python3 $here/hostile_tar.py good good.tar
	python3 $here/layout.py good.tar good
	run -0 "$keelson" verify good
	[[ "$output" == *"no SBOM" ]]
	run -1 "$keelson" verify --require-sbom good
	[[ "$output" == *"no SBOM, neither"* ]]
}

# An image's labels, title and messages are its maker's words.
@test "nothing of an image commands the terminal" {
	local layout=$BATS_TEST_TMPDIR/escapes index
	mkdir -p $BATS_TEST_TMPDIR/tree
	echo text >$BATS_TEST_TMPDIR/tree/file
	tar -cf $BATS_TEST_TMPDIR/tree.tar -C $BATS_TEST_TMPDIR/tree file
	python3 $here/layout.py $BATS_TEST_TMPDIR/tree.tar $layout
	index=$(jq '.manifests[0].annotations[
		"org.opencontainers.image.title"] = "a\u001b[2Jb\u009bc"
		| .manifests[0].annotations[
		"org.opencontainers.image.ref.name"] = "t\u001b]0;x\u0007"' \
		$layout/index.json)
	echo "$index" >$layout/index.json
	for command in "image show $layout" "image list $BATS_TEST_TMPDIR" \
		"verify $layout"; do
		"$keelson" $command >$BATS_TEST_TMPDIR/said 2>&1 || true
		run -1 grep -q $'[\e\a]\|\xc2\x9b' $BATS_TEST_TMPDIR/said
	done
	"$keelson" image show $layout | grep -q '^title  *a?\[2Jb?c$'
}
