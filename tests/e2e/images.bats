# area: images
# The four images, as registries, runtimes and scanners of others see them.
bats_require_minimum_version 1.5.0

NAMES='static checkpoint-agent kube-proxy-mini pause'

setup_file() {
	. /keelson/tests/lib/image.bash
	mkdir -p /keep/unpacked
	for name in $NAMES; do
		image_unpack "$name" "/keep/unpacked/$name"
	done
}

setup() {
	. /keelson/tests/lib/image.bash
	. /keelson/tests/lib/wait.bash
	. /keelson/tests/lib/expect.bash
}

# The digest of the one image that the layout's index names with a tag.
digest_of() {
	jq -re '[.manifests[] | select(.annotations != null)
		| select(.annotations."org.opencontainers.image.ref.name")
		][0].digest' "$DIST/$1/index.json"
}

@test "skopeo inspects each layout and finds the digest of its index" {
	for name in $NAMES; do
		found=$(skopeo inspect --format '{{.Digest}}' \
			"oci:$DIST/$name:$(image_tag "$name")")
		[ "$found" = "$(digest_of "$name")" ]
	done
}

@test "every blob of each layout is what its name says" {
	for name in $NAMES; do
		cd "$DIST/$name/blobs/sha256"
		[ "$(find . -type f | wc -l)" -ge 3 ]
		for blob in *; do
			echo "$blob  $blob"
		done | sha256sum --quiet --strict -c
		[ "$(jq -r .imageLayoutVersion ../../oci-layout)" = 1.0.0 ]
	done
}

@test "umoci unpacks each image; there is no shell, libc.so or package manager" {
	for name in $NAMES; do
		root=/keep/unpacked/$name/rootfs
		[ -n "$(find "$root" -type f -print -quit)" ]
		run find "$root" ! -type d \( -name sh -o -name '*ash' -o -name 'busybox*' \
			-o -name 'ld-*' -o -name 'libc.so*' -o -name 'libc.musl*' \
			-o -name '*.so' -o -name '*.so.*' -o -name 'apt*' \
			-o -name dpkg -o -name apk -o -name rpm \)
		[ -z "$output" ]
	done
}

@test "a registry takes each image and gives back the same digest" {
	cat >/keep/registry.yml <<-EOF
		version: 0.1
		storage: {filesystem: {rootdirectory: /keep/registry}}
		http: {addr: 127.0.0.1:5000}
	EOF
	docker-registry serve /keep/registry.yml >/keep/registry.log 2>&1 3>&- &
	wait_for curl -sf http://127.0.0.1:5000/v2/
	for name in $NAMES; do
		tag=$(image_tag "$name")
		skopeo copy -q --preserve-digests --dest-tls-verify=false \
			"oci:$DIST/$name:$tag" "docker://127.0.0.1:5000/$name:$tag"
		found=$(skopeo inspect --tls-verify=false \
			--format '{{.Digest}}' "docker://127.0.0.1:5000/$name:$tag")
		[ "$found" = "$(digest_of "$name")" ]
		# Again with what refers to it: the SBOM goes along.
		oras cp -r --from-oci-layout "$DIST/$name:$tag" \
			--to-plain-http "127.0.0.1:5000/with-sbom/$name:$tag"
	done
}

@test "oras finds the SBOM that refers to each image; it is dist/NAME.spdx.json" {
	for name in $NAMES; do
		reference=$DIST/$name:$(image_tag "$name")
		sbom=$(oras discover --oci-layout --format json "$reference" |
			jq -re '.manifests[] | select(.artifactType
				== "application/spdx+json").digest')
		layer=$(oras manifest fetch --oci-layout "$DIST/$name@$sbom" |
			jq -re '.layers[0].digest')
		oras blob fetch --oci-layout --output "/keep/$name.spdx.json" \
			"$DIST/$name@$layer"
		cmp "/keep/$name.spdx.json" "$DIST/$name.spdx.json"
	done
}

@test "the SBOM inside each image that has one names the image and is SPDX 2.3" {
	for name in $NAMES; do
		sbom=$(find "/keep/unpacked/$name/rootfs/usr/share/sbom" \
			-name '*.spdx.json')
		[ -n "$sbom" ]
		[ "$(jq -r .spdxVersion "$sbom")" = SPDX-2.3 ]
		jq -re .name "$sbom" | grep -q "$name"
	done
}

elves() {
	find /keep/unpacked/*/rootfs -type f -print0 |
		xargs -0 file -N | sed -n 's/: *ELF .*//p'
}

@test "every shipped binary is static-pie, RELRO, NOW, without text relocations" {
	[ "$(elves | wc -l)" -ge 4 ]
	while read -r binary; do
		echo "# $binary"
		parts=$(readelf -W --program-headers "$binary")
		tags=$(readelf -W --dynamic "$binary")
		grep -q 'DYN (Position-Independent Executable' <<<"$parts"
		fails grep -q INTERP <<<"$parts"
		grep -q GNU_RELRO <<<"$parts"
		grep -qE 'GNU_STACK .* RW +0x' <<<"$parts"
		fails grep -qE '\((NEEDED|TEXTREL|RPATH|RUNPATH)\)' <<<"$tags"
		grep -qE '\((BIND_NOW|FLAGS_1)\).*(NOW|$)' <<<"$tags"
		grep -q NOW <<<"$tags"
	done < <(elves)
}

@test "keelson inspect takes every shipped binary and refuses what is not one" {
	while read -r binary; do
		/keelson/build/bin/keelson inspect "$binary"
	done < <(elves)
	# A dynamic program of Debian, and a static one that is not ours.
	run ! /keelson/build/bin/keelson inspect /usr/bin/curl
	[ "$status" -eq 1 ]
	[[ "$output" == *INTERP* || "$output" == *NEEDED* ]]
}

@test "no path of the build stands in a shipped binary or file" {
	run grep -rlE '/build/(work|sources|sysroot|obj)/' \
		/keep/unpacked --include='*' -a
	[ -z "$output" ]
}

@test "podman loads each archive and runs what is in it" {
	for name in $NAMES; do
		[ -n "$(image_load "$name")" ]
	done
	run -0 podman run --rm --network none --cgroups disabled \
		"$(image_load checkpoint-agent)" --version
	[[ "$output" == *checkpoint-agent* ]]
	run -0 podman run --rm --network none --cgroups disabled \
		"$(image_load kube-proxy-mini)" --version
	[[ "$output" == *kube-proxy-mini* ]]
}

@test "pause runs from its image, reaps, and ends on TERM" {
	podman run -d --name pause --network none --cgroups disabled \
		"$(image_load pause)"
	pid=$(podman inspect --format '{{.State.Pid}}' pause)
	# A child that another process leaves to it must not stay a zombie.
	nsenter -t "$pid" -p -- sh -c '(sleep 1 3>&- &) ; exit 0'
	wait_for fails ps --ppid "$pid"
	podman stop -t 5 pause
	[ "$(podman inspect --format '{{.State.ExitCode}}' pause)" -eq 0 ]
}

@test "docker's loader would take the archives: config and layers are named" {
	for name in $NAMES; do
		skopeo inspect "docker-archive:$DIST/$name.tar" >/dev/null
	done
}

@test "archives that skopeo and podman write are verified, the SBOM in them too" {
	for name in $NAMES; do
		skopeo copy -q "oci:$DIST/$name:$(image_tag "$name")" \
			"oci-archive:/keep/$name.skopeo.tar"
		podman save -q --format oci-archive -o "/keep/$name.podman.tar" \
			"$(image_load "$name")"
	done
	/keelson/build/bin/keelson verify /keep/*.skopeo.tar /keep/*.podman.tar \
		>/keep/said
	[ "$(grep -c 'the SBOM names them all' /keep/said)" = \
		$((2 * $(wc -w <<<"$NAMES"))) ]
}
