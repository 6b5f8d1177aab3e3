# area: images static-build
# where: host
# limit: 2400
# test-limit: 2400
# The Dockerfile, built by buildah in the lab upon a Debian made by mmdebstrap,
# without a network.  A whole build: what was proven for the same inputs and
# the same compiler is not proven again.
bats_require_minimum_version 1.5.0
. tests/lib/inputs.bash

in_lab() {
	tests/lab/enter -w "$WORK" env PODMAN_IGNORE_CGROUPSV1_WARNING=1 "$@"
}

setup_file() {
	export PROOF=build/test/dockerfile
	tests/lab/make bookworm
	mkdir -p "$WORK/context" "$WORK/storage"
	inputs_list | tar -cf - -T - Dockerfile tests/tests.mk tests/host.mk |
		tar -xf - -C "$WORK/context"
}

@test "buildah builds the Dockerfile; the image is the one of make images" {
	if [ "$(cat $PROOF 2>/dev/null)" = "$(inputs_hash Dockerfile)" ]; then
		skip 'proven before for these very inputs'
	fi
	in_lab sh -c 'tar -C /lab/bookworm -c . |
		podman --root /keep/storage import -q - localhost/base'
	# The network is the lab's, which has none: the sources are there.  The
	# limits: buildah would raise them, and not every root may.
	in_lab buildah --root /keep/storage bud --isolation chroot \
		--network host --ulimit nofile=4096:4096 \
		--ulimit nproc=4096:4096 \
		--build-arg BASE=localhost/base \
		--build-arg IMAGE=pause --build-arg SOURCE_MIRROR=/sources \
		--volume /keelson/build/sources:/sources:ro \
		-t localhost/pause-by-dockerfile /keep/context
	in_lab bash -c 'cd /keep; id=$(buildah --root /keep/storage from \
			localhost/pause-by-dockerfile)
		cp -a "$(buildah --root /keep/storage mount "$id")" /keep/found
		. /keelson/tests/lib/image.bash
		image_unpack pause /keep/wanted'
	# The same compiler makes the same bytes; another one another program.
	if [ "$(tests/lab/enter -t bookworm gcc -dumpfullversion)" = \
		"$(gcc -dumpfullversion)" ]; then
		diff -r "$WORK/found" "$WORK/wanted/rootfs"
	else
		[ -x "$WORK/found/pause" ]
	fi
	inputs_hash Dockerfile >$PROOF
	rm -rf --one-file-system "$WORK/storage"
}
