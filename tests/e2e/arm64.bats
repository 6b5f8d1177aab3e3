# area: images static-build
# where: host
# limit: 1200
# test-limit: 900
# arm64 from the same recipes, cross-built: pause and the proxy, run by QEMU's user
# mode (which has no seccomp, so the proxy goes no further than its options), and
# images for both processors under one index.  `make check-arm64` has the rest
# (tests/e2e/arm64-all.bats).
bats_require_minimum_version 1.5.0

KEELSON=$PWD/build/bin/keelson
OURS='pause kube-proxy-mini'

setup() {
	. tests/lib/expect.bash
}

run_arm64() {
	qemu-aarch64-static build/arm64/bin/"$1" "${@:2}"
}

digest_of() { # LAYOUT
	jq -r '.manifests[0].digest' "$1/index.json"
}

# A script in the lab, as root of it; $WORK is /keep there.
in_lab() {
	tests/lab/enter -w "$WORK" env PODMAN_IGNORE_CGROUPSV1_WARNING=1 \
		bash -euc "$1"
}

@test "pause, the proxy and their libraries are cross-built for arm64" {
	ARCH=arm64 static-build/build zlib zstd nghttp2 mbedtls bearssl \
		libyaml yyjson
	for program in $OURS; do
		make --no-print-directory STATIC_LIBS_DONE=1 ARCH=arm64 \
			PROGRAM="$program" programs-only
		readelf -h "build/arm64/bin/$program" | grep -q AArch64
		readelf -p .note.package "build/arm64/bin/$program" |
			grep -q '"architecture":"aarch64"'
		readelf -p .note.package "build/bin/$program" |
			grep -q '"architecture":"x86_64"'
		"$KEELSON" inspect --forbid "$PWD/" "build/arm64/bin/$program"
	done
}

@test "the proxy says of itself what the one for amd64 says" {
	run_arm64 kube-proxy-mini --version | diff - \
		<(build/bin/kube-proxy-mini --version)
	run_arm64 kube-proxy-mini --help | diff - \
		<(build/bin/kube-proxy-mini --help)
	run -2 run_arm64 kube-proxy-mini --no-such-option
}

@test "pause runs until TERM" {
	# 124 would be timeout's own, had pause not heard it
	run -0 timeout --preserve-status -k 20 2 \
		qemu-aarch64-static build/arm64/bin/pause
}

@test "each image of an index keeps its digest, and is verified" {
	for name in $OURS; do
		"$KEELSON" image build --arch arm64 --out "$WORK/arm64" \
			"images/$name.yaml"
		"$KEELSON" image join -o "$WORK/multi/$name" "dist/$name" \
			"$WORK/arm64/$name"
		index=$(digest_of "$WORK/multi/$name")
		jq -r '.manifests[].digest' \
			"$WORK/multi/$name/blobs/sha256/${index#*:}" |
			diff - <(digest_of "dist/$name"
				digest_of "$WORK/arm64/$name")
		for image in "$WORK/multi/$name" "$WORK/multi/$name.tar"; do
			"$KEELSON" verify --require-sbom "$image" >"$WORK/said"
			grep -q 'linux/amd64: .*every digest holds' "$WORK/said"
			grep -q 'linux/arm64/v8: .*names them all' "$WORK/said"
			run -2 "$KEELSON" image show "$image"
			[[ $output == *'linux/amd64, linux/arm64/v8'* ]]
			"$KEELSON" image show --platform arm64 "$image" |
				grep -qF "$(digest_of "$WORK/arm64/$name")"
		done
	done
	[ "$("$KEELSON" image list "$WORK/multi" | grep -c arm64)" -eq 2 ]
	"$KEELSON" diff --platform arm64 "$WORK/multi/pause" "$WORK/arm64/pause"
}

@test "two images for one processor, and other products, are not joined" {
	run -1 "$KEELSON" image join -o "$WORK/bad" dist/pause dist/pause
	[[ $output == *'two images for linux/amd64'* ]]
	run -1 "$KEELSON" image join -o "$WORK/bad" dist/pause \
		"$WORK/arm64/kube-proxy-mini"
	[[ $output == *'not the same image'* ]]
	[ ! -e "$WORK/bad" ]
}

@test "a program for one processor gets into no image for the other" {
	run -1 "$KEELSON" image build --arch amd64 --out "$WORK/wrong" \
		--programs build/arm64/bin images/pause.yaml
	[[ $output == *'/pause is a program for arm64, and the image is for amd64'* ]]
	run -1 "$KEELSON" image build --arch arm64 --out "$WORK/wrong" \
		--programs build/bin images/pause.yaml
	[[ $output == *'/pause is a program for amd64, and the image is for arm64'* ]]
	[ ! -e "$WORK/wrong/pause" ]
}

@test "the SBOM is of the same sources, and says arm64" {
	for name in $OURS; do
		for sbom in dist "$WORK/arm64"; do
			jq -r '.packages[] | select(.primaryPackagePurpose
				== "SOURCE") | "\(.name) \(.versionInfo)"' \
				"$sbom/$name.spdx.json" | sort
		done >"$WORK/sources"
		[ -z "$(sort "$WORK/sources" | uniq -u)" ]
		jq -re '.packages[].externalRefs[]?.referenceLocator' \
			"$WORK/arm64/$name.spdx.json" >"$WORK/purls"
		grep -q 'arch=arm64' "$WORK/purls"
		fails grep -q 'arch=amd64&tag' "$WORK/purls"
	done
	"$KEELSON" vex --platform linux/arm64 "$WORK/multi/kube-proxy-mini" \
		>"$WORK/vex"
	"$KEELSON" provenance --platform linux/arm64 "$WORK/multi/pause" |
		grep -q gcc-12-aarch64-linux-gnu
	"$KEELSON" why build/arm64/bin/pause main
}

@test "skopeo and podman take the image of the processor that they want" {
	# shellcheck disable=SC2016 # the lab's shell expands it
	in_lab '. /keelson/tests/lib/image.bash
		tag=$(image_tag pause)
		for arch in amd64 arm64; do
			skopeo inspect --override-arch $arch --format \
				"{{.Architecture}}" oci:/keep/multi/pause:$tag
			skopeo copy -q --override-arch $arch \
				oci-archive:/keep/multi/pause.tar \
				oci:/keep/taken-$arch:$tag
			jq -r ".manifests[0].digest" /keep/taken-$arch/index.json
		done >/keep/taken
		podman load -q -i /keep/multi/pause.tar
		podman image inspect --format "{{.Architecture}}" \
			$(podman images -q | head -n 1) >>/keep/taken'
	diff "$WORK/taken" - <<-END
		amd64
		$(digest_of dist/pause)
		arm64
		$(digest_of "$WORK/arm64/pause")
		amd64
	END
}

@test "the index is pushed, chosen from and pulled with all SBOMs" {
	# shellcheck disable=SC2016 # the lab's shell expands it
	in_lab '. /keelson/tests/lib/wait.bash
		cat >/keep/registry.yml <<-YML
			version: 0.1
			storage: {filesystem: {rootdirectory: /keep/registry}}
			http: {addr: 127.0.0.1:5000}
		YML
		docker-registry serve /keep/registry.yml >/keep/registry.log \
			2>&1 &
		wait_for curl -sf http://127.0.0.1:5000/v2/
		there=127.0.0.1:5000/pause
		/keelson/build/bin/keelson push -q /keep/multi/pause $there
		tag=$(skopeo list-tags --tls-verify=false docker://$there |
			jq -r ".Tags | map(select(startswith(\"sha256\") | not))[0]")
		for arch in amd64 arm64; do
			skopeo inspect --tls-verify=false --override-arch $arch \
				--format "{{.Architecture}}" docker://$there:$tag
		done >/keep/taken
		/keelson/build/bin/keelson copy -q $there:$tag \
			127.0.0.1:5000/copied
		/keelson/build/bin/keelson pull -q 127.0.0.1:5000/copied:$tag \
			/keep/pulled'
	diff "$WORK/taken" <(printf '%s\n' amd64 arm64)
	[ "$(digest_of "$WORK/pulled")" = "$(digest_of "$WORK/multi/pause")" ]
	"$KEELSON" verify --require-sbom "$WORK/pulled" >"$WORK/said"
	[ "$(grep -c 'names them all' "$WORK/said")" -eq 2 ]
}
