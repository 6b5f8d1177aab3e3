# containerd restores our archives: CreateContainer with a checkpoint as its
# image, which containerd's CRI supports since 2.1.
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
	for lib in oci wait expect image registry containerd counted; do
		. "/keelson/tests/lib/$lib.bash"
	done
}

setup_file() {
	load_libs
	criu_for_others
	image_make counter counter
	containerd_start
	containerd_images
	registry_start
	registry_push_counter
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

# Sets $sandbox and $id to the ids of the pod and the container.
run_in() { # POD IMAGE
	sandbox=$(cri sandbox default "$1" $CGROUP)
	pods+=" $sandbox"
	id=$(cri create "$sandbox" "$1" main 0 "$2" $DATA:/data \
		/bin/counter -o 20 /data/count /etc/count)
	made+=" $id"
	cri start "$id"
}

# Make $OUT/a.tar of a container that counted to $before, and remove it.
archive_made() { # POD
	run_in "$1" $IMAGE
	wait_for counts_beyond 20
	before=$(count)
	$PROGRAM dump --criu $CRIU -o $OUT/a.tar "default/$1/main"
	cri stop "$id"
	cri remove "$id"
	made=
	echo 0000000000 >$DATA/count
}

# The container $id counts on and has its changed files.
came_back() {
	local pid
	expect "$(number_from count)" -ge "$before"
	wait_for counts_beyond $((before + 20))
	pid=$(ctr -n k8s.io tasks ls | awk -v id="$id" '$1 == id { print $2 }')
	[ $((10#$(cat "/proc/$pid/root/etc/count"))) -ge "$before" ]
}

checkpoint_image() { # NAME
	$PROGRAM to-image --output $OUT/layout --tag checkpoint $OUT/a.tar
	registry_push $OUT/layout:checkpoint "$1"
	registry_pull "$1"
}

status_of() { # ARCHIVE JQ-FILTER
	tar -xOf "$1" status.dump | jq -cS "$2"
}

@test "containerd's own archive of the container says the same" {
	local same='[.annotations, .labels, .metadata, .log_path, .image_ref,
		.state, .created_at, .started_at]'
	run_in told $IMAGE
	wait_for counts_beyond 20
	cri checkpoint "$id" $OUT/theirs.tar
	$PROGRAM dump --criu $CRIU -o $OUT/ours.tar default/told/main
	expect "$(status_of $OUT/ours.tar "$same")" = \
		"$(status_of $OUT/theirs.tar "$same")"
	tar -xOf $OUT/theirs.tar container.log >$OUT/theirs.log
	tar -xOf $OUT/ours.tar container.log |
		cmp -n "$(stat -c %s $OUT/theirs.log)" - $OUT/theirs.log
	[ -s $OUT/theirs.log ]
	comm -23 <(members $OUT/theirs.tar) <(members $OUT/ours.tar) |
		diff /dev/null -
}

# CRIU's images are this kernel's and CRIU's business; a log has its own name.
members() { # ARCHIVE
	tar -tf "$1" | sed 's|^\./||; s|/$||' | grep -v '^checkpoint/' | sort
}

@test "containerd restores from an image, in another pod" {
	archive_made first
	expect "$(tar -xOf $OUT/a.tar config.dump | jq -r .rootfsImageRef |
		sed 's/sha256:[0-9a-f]*$/DIGEST/')" = localhost:5000/counter@DIGEST
	checkpoint_image checkpoint:first
	run_in second localhost:5000/checkpoint:first
	came_back
	# and can be checkpointed again
	$PROGRAM dump --criu $CRIU -o $OUT/b.tar default/second/main
	expect "$(tar -xOf $OUT/b.tar config.dump | jq -r .id)" = "$id"
	wait_for counts_beyond "$(count)"
}

# The tag now names an image without the program.
@test "containerd restores although the tag of the base image has moved" {
	archive_made third
	mv $IMAGES/counter/bin/counter $OUT/
	registry_push_counter
	checkpoint_image checkpoint:third
	run_in fourth localhost:5000/checkpoint:third
	came_back
	mv $OUT/counter $IMAGES/counter/bin/
	registry_push_counter
}

@test "containerd restores from the archive itself" {
	archive_made fifth
	run_in sixth $OUT/a.tar
	came_back
}
