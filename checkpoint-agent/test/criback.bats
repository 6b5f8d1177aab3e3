# containerd brings our archives back: CreateContainer with a checkpoint as its
# image, which containerd's CRI has known since 2.1.
# lab: sid
# limit: 600
bats_require_minimum_version 1.5.0

PROGRAM=/keelson/build/bin/checkpoint-agent
CRIU=/keelson/build/bin/criu
CGROUP=/keelson-lab
IMAGE=localhost:5000/counter:lab
DATA=/keep/data
OUT=/keep/out

load_libs() {
	local lib
	for lib in oci wait expect image registry containerd; do
		. "/keelson/tests/lib/$lib.bash"
	done
}

setup_file() {
	load_libs
	install -m 0755 $CRIU /usr/local/sbin/criu
	image_make counter counter
	containerd_start
	containerd_images
	registry_start
	push_counter
	registry_pull counter:lab
}

teardown_file() {
	load_libs
	registry_stop
	containerd_stop
}

setup() {
	load_libs
	rm -rf $DATA $OUT
	mkdir -p $DATA $OUT
}

teardown() {
	local id
	for id in $made; do
		cri stop "$id" || true
		cri remove "$id" || true
	done
	for id in $pods; do
		cri end "$id" || true
	done
}

# Whatever is in the image's directory now.
push_counter() {
	rm -rf $CONTAINERD_DIR/image-counter
	umoci init --layout $CONTAINERD_DIR/image-counter
	umoci new --image $CONTAINERD_DIR/image-counter:lab
	umoci insert --image $CONTAINERD_DIR/image-counter:lab $IMAGES/counter /
	push $CONTAINERD_DIR/image-counter:lab counter:lab
}

push() { # LAYOUT:TAG NAME
	skopeo copy -q --dest-tls-verify=false "oci:$1" \
		"docker://localhost:5000/$2"
}

# $sandbox and $id become the pod's and the container's.
run_in() { # POD IMAGE
	sandbox=$(cri sandbox default "$1" $CGROUP)
	pods+=" $sandbox"
	id=$(cri create "$sandbox" "$1" main 0 "$2" $DATA:/data \
		/bin/counter /data/count /etc/count)
	made+=" $id"
	cri start "$id"
}

# The archive $OUT/a.tar of a container that counted until $before and is gone.
archive_made() { # POD
	run_in "$1" $IMAGE
	wait_for 10 counts_beyond 20
	$PROGRAM dump --criu $CRIU -o $OUT/a.tar "default/$1/main"
	before=$(count)
	cri stop "$id"
	cri remove "$id"
	made=
	echo 0000000000 >$DATA/count
}

count() {
	local count
	count=$(cat $DATA/count 2>/dev/null)
	echo $((10#${count:-0}))
}

counts_beyond() { # COUNT
	[ "$(count)" -gt "$1" ]
}

# Of the container $id: it goes on where it was, with the files it had.
came_back() {
	local pid
	wait_for 5 counts_beyond $((before - 20))
	wait_for 5 counts_beyond $((before + 20))
	pid=$(ctr -n k8s.io tasks ls | awk -v id="$id" '$1 == id { print $2 }')
	[ $((10#$(cat "/proc/$pid/root/etc/count"))) -ge $((before - 20)) ]
}

checkpoint_image() { # NAME
	$PROGRAM to-image --output $OUT/layout --tag checkpoint $OUT/a.tar
	push $OUT/layout:checkpoint "$1"
	registry_pull "$1"
}

@test "from an image, in another pod" {
	archive_made first
	expect "$(tar -xOf $OUT/a.tar config.dump | jq -r .rootfsImageRef |
		sed 's/sha256:[0-9a-f]*$/DIGEST/')" = localhost:5000/counter@DIGEST
	checkpoint_image checkpoint:first
	run_in second localhost:5000/checkpoint:first
	came_back
	# and can be checkpointed again
	$PROGRAM dump --criu $CRIU -o $OUT/b.tar default/second/main
	expect "$(tar -xOf $OUT/b.tar config.dump | jq -r .id)" = "$id"
	wait_for 5 counts_beyond "$(count)"
}

# The image that a tag names today is another one: without our program.
@test "from an image, when the base image's tag has moved" {
	archive_made third
	mv $IMAGES/counter/bin/counter $OUT/
	push_counter
	checkpoint_image checkpoint:third
	run_in fourth localhost:5000/checkpoint:third
	came_back
	mv $OUT/counter $IMAGES/counter/bin/
	push_counter
}

@test "from the archive itself" {
	archive_made fifth
	run_in sixth $OUT/a.tar
	came_back
}
