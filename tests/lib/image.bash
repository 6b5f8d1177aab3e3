# image.bash - the built images, as a user of the lab gets them.  Sourced.
#
#   image_tag NAME         the tag that dist/NAME carries
#   image_load NAME        podman load; prints the reference that podman says
#   image_unpack NAME DIR  its root file system, by umoci, into DIR/rootfs
#
# Quiet podman: its word about cgroups v1 is of no use here.

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
