# What can be done with archives that exist, with the real peers: images of
# them, their content, containers brought back from them.
# limit: 900
bats_require_minimum_version 1.5.0

PROGRAM=/keelson/build/bin/checkpoint-agent
CRIU=/keelson/build/bin/criu
OUT=/keep/archives

load_libs() {
	local lib
	for lib in oci wait expect; do
		. "/keelson/tests/lib/$lib.bash"
	done
	export PODMAN_IGNORE_CGROUPSV1_WARNING=1
}

setup_file() {
	load_libs
	mkdir -p $OUT
	install -m 0755 $CRIU /usr/local/sbin/criu
	image_make counter counter
}

setup() {
	load_libs
	rm -rf "${OUT:?}"/*
}

dump() { # [OPTION...] WHAT
	$PROGRAM dump --criu $CRIU "$@"
}

count() {
	local count
	count=$(cat $OUT/count)
	echo $((10#$count))
}

counts_beyond() {
	[ "$(count)" -ge "$1" ]
}

pod_start() {
	podman --runtime runc run -d --name pod --network none -v $OUT:/data \
		localhost/counter /data/count >/dev/null
	wait_for 10 grep -q '[1-9]' $OUT/count
}

# It counts on from there, not from nothing.
pod_goes_on() { # COUNT
	wait_for 10 counts_beyond "$1"
	podman rm -f -t 0 pod >/dev/null
}

# ---- images -----------------------------------------------------------------
@test "an archive becomes an image that podman restores" {
	local how=(none gzip zstd) from=(oci oci-archive oci)
	local suffix=("" .tar "") i
	for i in 0 1 2; do
		pod_start
		dump --compress ${how[i]} -o $OUT/a.tar \
			"$(podman inspect -f '{{.Id}}' pod)"
		before=$(count)
		podman rm -f -t 0 pod >/dev/null
		image=$OUT/image$i${suffix[i]}
		$PROGRAM to-image --tag v1 -o "$image" $OUT/a.tar
		skopeo copy -q "${from[i]}:$image:v1" \
			"containers-storage:localhost/dumped:${how[i]}"
		echo 0000000000 >$OUT/count
		podman --runtime runc container restore \
			"localhost/dumped:${how[i]}"
		pod_goes_on "$before"
		rm $OUT/a.tar
	done
}

@test "images carry what CRI-O, containerd and podman look for" {
	container_start runc containerd noted counter /bin/counter \
		/data/count /count
	wait_for 10 grep -q '[1-9]' $CONTAINERS/noted/data/count
	dump -o $OUT/a.tar default/pod-noted/main
	container_end runc noted
	root_unmount noted
	$PROGRAM to-image --tag v1 -o $OUT/image $OUT/a.tar
	skopeo inspect --raw oci:$OUT/image:v1 >$OUT/manifest
	while read -r key value; do
		expect "$(jq -r --arg k "$key" '.annotations[$k]' \
			$OUT/manifest)" = "$value"
	done <<-EOF
		io.kubernetes.cri-o.annotations.checkpoint.name main
		io.podman.annotations.checkpoint.runtime.name runc
		org.criu.checkpoint.container.name main
		org.criu.checkpoint.pod.name pod-noted
		org.criu.checkpoint.pod.namespace default
		org.criu.checkpoint.rootfsImageName localhost/counter:latest
	EOF
	# one layer: the archive, byte for byte
	layer=$(jq -r '.layers[0].digest' $OUT/manifest)
	cmp $OUT/a.tar "$OUT/image/blobs/sha256/${layer#sha256:}"
	expect "$(stat -c %a "$OUT/image/blobs/sha256/${layer#sha256:}")" \
		= 600
	# a tar of it is the same image
	$PROGRAM to-image --tag v1 -o $OUT/image.tar $OUT/a.tar
	skopeo inspect --raw oci-archive:$OUT/image.tar:v1 |
		cmp - $OUT/manifest
	[ -z "$(find $OUT -name '*.partial')" ]
}

@test "what is no archive becomes no image" {
	echo nonsense >$OUT/nonsense
	run -1 $PROGRAM to-image -o $OUT/image $OUT/nonsense
	age-keygen -o $OUT/key 2>/dev/null
	age -r "$(age-keygen -y $OUT/key)" -o $OUT/sealed $OUT/nonsense
	run -1 $PROGRAM to-image -o $OUT/image $OUT/sealed
	[[ "$output" == *encrypted* ]]
	tar -cf $OUT/other.tar -C $OUT nonsense
	run -1 $PROGRAM to-image -o $OUT/image $OUT/other.tar
	[[ "$output" == *"no config.dump"* ]]
	mkdir $OUT/image
	run -1 $PROGRAM to-image -o $OUT/image $OUT/other.tar
	[ -z "$(ls -A $OUT/image)" ]
	rmdir $OUT/image
	expect "$(find $OUT -name 'image*' | wc -l)" -eq 0
}
