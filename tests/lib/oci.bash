# oci.bash - containers of runc and crun, set up as by a CRI runtime.  Sourced.
#
#   pod_network NAME                make a network namespace with lo
#   image_make NAME PROGRAM         make a rootfs with /bin/PROGRAM and mount
#                                   points, and import it into podman as
#                                   localhost/NAME
#   image_of NAME FILE...           make a rootfs of the lab's own files;
#                                   programs come with their libraries
#   container_start RUNTIME DIALECT NAME IMAGE ARG...
#   container_end RUNTIME NAME      kill and delete it
#   container_id NAME               print the runtime's id of it
#
# $CONTAINERS/NAME holds config.json, rootfs and data/, which is bind-mounted at
# /data.  The container is called `main`, its pod is default/pod-NAME, its
# network namespace is /run/netns/NAME.  DIALECT says whose annotations name
# them: containerd or crio.  CONFIG, a jq filter, may change config.json.

CONTAINERS=${CONTAINERS:-/keep/containers}
IMAGES=${IMAGES:-/keep/images}

pod_network() {
	ip netns add "$1"
	ip -n "$1" link set lo up
}

image_make() {
	local name=$1 program=$2 rootfs=$IMAGES/$1

	mkdir -p "$rootfs"/{bin,data,dev,etc,proc,run,sys,tmp}
	cp "/keelson/build/test/bin/$program" "$rootfs/bin/"
	echo root:x:0:0:root:/:/ >"$rootfs/etc/passwd"
	tar -C "$rootfs" -c . | podman import -q \
		--change "ENTRYPOINT [\"/bin/$program\"]" - \
		"localhost/$name" >/dev/null
}

# Libraries keep the paths that they have in the lab.
image_of() {
	local rootfs=$IMAGES/$1 file
	shift
	mkdir -p "$rootfs"/{data,dev,etc,proc,run,sys,tmp}
	for file; do
		cp -aL --parents "$file" "$rootfs"
		[ ! -f "$file" ] || ldd "$file" | grep -oE '/[^ ]+' |
			xargs cp -L --parents -t "$rootfs"
	done
	echo root:x:0:0:root:/:/ >"$rootfs/etc/passwd"
	echo root:x:0: >"$rootfs/etc/group"
}

# The annotations that containerd or CRI-O would write, as JSON.
annotations_of() {
	local dialect=$1 name=$2 image=$3

	if [ "$dialect" = containerd ]; then
		cat <<-EOF
			{"io.kubernetes.cri.container-name": "main",
			 "io.kubernetes.cri.container-type": "container",
			 "io.kubernetes.cri.image-name": "localhost/$image:latest",
			 "io.kubernetes.cri.sandbox-id": "sandbox-$name",
			 "io.kubernetes.cri.sandbox-name": "pod-$name",
			 "io.kubernetes.cri.sandbox-namespace": "default",
			 "io.kubernetes.cri.sandbox-uid": "uid-$name"}
		EOF
	else
		cat <<-EOF
			{"io.kubernetes.container.name": "main",
			 "io.kubernetes.pod.name": "pod-$name",
			 "io.kubernetes.pod.namespace": "default",
			 "io.kubernetes.cri-o.ContainerType": "container",
			 "io.kubernetes.cri-o.ImageName": "localhost/$image:latest",
			 "io.kubernetes.cri-o.SandboxID": "sandbox-$name"}
		EOF
	fi
}

# `runc spec` with a tmpfs at /tmp, the bind mount at /data and our names.
config_make() {
	local dialect=$1 name=$2 image=$3
	shift 3

	rm -f "$CONTAINERS/$name/config.json"
	runc spec --bundle "$CONTAINERS/$name"
	jq --argjson notes "$(annotations_of "$dialect" "$name" "$image")" \
		--arg name "$name" --arg data "$CONTAINERS/$name/data" '
		.process.args = $ARGS.positional
		| .process.terminal = false
		| .root.readonly = false
		| .annotations = $notes
		| .linux.cgroupsPath = "/keelson-lab/" + $name
		| .mounts += [
			{destination: "/tmp", type: "tmpfs", source: "tmpfs",
			 options: ["nosuid", "mode=1777"]},
			{destination: "/data", type: "bind", source: $data,
			 options: ["rbind", "rw"]}]
		| (.linux.namespaces[] | select(.type == "network"))
			.path = "/run/netns/" + $name
		'"| ${CONFIG:-.}" --args -- "$@" <"$CONTAINERS/$name/config.json" \
		>"$CONTAINERS/$name/config.json.new"
	mv "$CONTAINERS/$name/config.json.new" "$CONTAINERS/$name/config.json"
}

# Mount the root file system of container NAME: for crio from the storage that
# podman and CRI-O share, for containerd as an overlay of its own.
root_mount() {
	local dir=$CONTAINERS/$1 image options
	image=$(cat "$dir/image")
	mkdir -p "$dir"/{rootfs,upper,scratch}
	if [ "$(cat "$dir/dialect")" = crio ]; then
		podman create "localhost/$image" >"$dir/id"
		mount --bind "$(podman mount "$(cat "$dir/id")")" "$dir/rootfs"
		return
	fi
	echo "$1" >"$dir/id"
	options=lowerdir=$IMAGES/$image,upperdir=$dir/upper
	mount -t overlay "$1" "$dir/rootfs" -o "$options,workdir=$dir/scratch"
}

# Unmount it and delete what was written to it.
root_unmount() {
	local dir=$CONTAINERS/$1
	umount "$dir/rootfs"
	rm -rf "$dir/upper" "$dir/scratch"
	if [ "$(cat "$dir/dialect")" = crio ]; then
		podman rm -f "$(cat "$dir/id")" >/dev/null
	fi
}

container_start() {
	local runtime=$1 dialect=$2 name=$3 image=$4 dir=$CONTAINERS/$3
	shift 4

	mkdir -p "$dir/data"
	echo "$image" >"$dir/image"
	echo "$dialect" >"$dir/dialect"
	root_mount "$name"
	[ -e "/run/netns/$name" ] || pod_network "$name"
	config_make "$dialect" "$name" "$image" "$@"
	# Output goes through a pipe, as with a CRI runtime.
	"$runtime" run --detach --bundle "$dir" "$(cat "$dir/id")" \
		</dev/null > >(exec cat >"$dir/out" 3>&-) 2>&1 3>&-
}

container_end() {
	local runtime=$1 id
	id=$(container_id "$2")
	"$runtime" kill "$id" KILL
	for _ in $(seq 100); do
		if "$runtime" delete "$id" 2>/dev/null; then
			return 0
		fi
		sleep 0.05
	done
	"$runtime" delete --force "$id"
}

container_id() {
	cat "$CONTAINERS/$1/id"
}
