# image.bash - use the images that were built.  Sourced.
#
#   image_tag NAME         print the tag of the layout dist/NAME
#   image_load NAME        load it into podman, print the reference
#   image_unpack NAME DIR  unpack its root file system to DIR/rootfs with umoci
#
# podman's warning about cgroups v1 is turned off.

export PODMAN_IGNORE_CGROUPSV1_WARNING=1
DIST=/keelson/dist

image_tag() {
	jq -re '[.manifests[].annotations
		| select(. != null)
		| ."org.opencontainers.image.ref.name"
		| select(. != null)][0]' "$DIST/$1/index.json"
}

image_load() {
	podman load -q -i "$DIST/$1.tar" | sed -n 's/^Loaded image: //p'
}

image_unpack() {
	umoci unpack --image "$DIST/$1:$(image_tag "$1")" "$2" >/dev/null
}
