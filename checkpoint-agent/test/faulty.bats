# The agent when calls of its own fail, in turn, with sanitizers watching
# (tests/lib/faults.py): every command, the start of the server, and one request
# of each kind.
#
#   SEED=N   another choice of failing calls; SOAK=N prints one made at random
#   TIMES=N  so many failing calls for each command or request
# limit: 900
# test-limit: 600
bats_require_minimum_version 1.5.0
. /keelson/tests/lib/dump.bash
. /keelson/tests/lib/server.bash

AGENT=/keelson/build/test/bin/faulty-checkpoint-agent
OUT=/keep/faulty
DIR=$OUT/server

setup_file() {
	mkdir -p $OUT $DIR
	criu_install
	server_certificates $DIR
	image_make counter counter
	container_start runc containerd box counter /bin/counter -m 4 \
		/data/count /count
	wait_for grep -q '[1-9]' $CONTAINERS/box/data/count
	echo new >$CONTAINERS/box/rootfs/new
	dump --manifest -o $OUT/a.tar default/pod-box/main
	dump --compress zstd --manifest -o $OUT/b.tar default/pod-box/main
}

teardown_file() {
	container_end runc box
}

try() { # [OPTION VALUE]... COMMAND...
	python3 /keelson/tests/lib/faults.py "$@" 3>&-
}

@test "faulty: show, verify" {
	try $AGENT --help
	try $AGENT show --all $OUT/a.tar
	try $AGENT show --json $OUT/b.tar
	try $AGENT verify $OUT/b.tar
}

@test "faulty: inspect, diff, memsearch" {
	try $AGENT inspect $OUT/b.tar
	try $AGENT inspect --json $OUT/a.tar
	try $AGENT diff $OUT/a.tar $OUT/b.tar
	try $AGENT memsearch $OUT/a.tar counter
}

@test "faulty: to-image, restore --plan" {
	try --out $OUT/image $AGENT to-image -o $OUT/image/oci \
		$OUT/a.tar
	try $AGENT restore --plan --import $OUT/b.tar --bundle $OUT/bundle \
		--base $IMAGES/counter again
}

@test "what an interrupted to-image left is removed by the next" {
	mkdir -p $OUT/again/oci.partial/blobs/sha256
	touch $OUT/again/oci.partial/blobs/sha256/half $OUT/again/oci.tar.partial
	$PROGRAM to-image -o $OUT/again/oci $OUT/a.tar
	$PROGRAM to-image -o $OUT/again/oci.tar $OUT/a.tar
	expect "$(ls $OUT/again)" = $'oci\noci.tar'
	[ ! -e $OUT/again/oci/blobs/sha256/half ]
	# one that is being written is left alone
	mkdir $OUT/again/two.partial
	run -1 flock $OUT/again/two.partial \
		$PROGRAM to-image -o $OUT/again/two $OUT/a.tar
	[[ "$output" == *"being written by another"* ]]
	[ -d $OUT/again/two.partial ]
}

@test "faulty: check" {
	# it lists what it could not find out beside what it did
	try --vary '(?s).+' $AGENT check --json default/pod-box/main
	try --vary '(?s).+' $AGENT check --json --criu $CRIU --dir $OUT
}

# The container continues counting, however its dump ended.
counts_on() {
	grep -qsx THAWED /sys/fs/cgroup/freezer/keelson-lab/box/freezer.state ||
		grep -qsx 0 /sys/fs/cgroup/keelson-lab/box/cgroup.freeze ||
		return 1
	[ "$(cat $CONTAINERS/box/data/count)" != "$1" ]
}

is_well() {
	wait_for counts_on "$(cat $CONTAINERS/box/data/count)"
}

@test "faulty: dump" {
	export -f counts_on is_well wait_for
	export CONTAINERS WAIT_LIMIT_S WAIT_LIMIT_MAX_S
	try --vary '[0-9]' --well is_well --out $OUT/dump \
		--may '^failed-' --later '^.work-' $AGENT dump --criu $CRIU \
		-o $OUT/dump/a.tar default/pod-box/main
	try --vary '[0-9]' --well is_well --out $OUT/dump \
		--may '^failed-' --later '^.work-' $AGENT dump --criu $CRIU --compress zstd \
		--manifest -o $OUT/dump/a.tar default/pod-box/main
}

# Make $OUT/gone.tar of a container, and remove the container.
keep_gone() {
	container_start runc containerd gone counter /bin/counter \
		/data/count
	wait_for grep -q '[1-9]' $CONTAINERS/gone/data/count
	dump -o $OUT/gone.tar default/pod-gone/main
	container_end runc gone
	root_unmount gone
}

# Wait until the restored container counts, then end it.
end_again() {
	echo 0000000000 >$CONTAINERS/gone/data/count
	wait_for grep -q '[1-9]' $CONTAINERS/gone/data/count
	runc delete --force again
	umount $OUT/back/bundle/rootfs
}

# The runtime does not know the container, and nothing is mounted.
nothing_is_left() {
	! runc state again >/dev/null 2>&1 &&
		! grep $OUT/back/ /proc/self/mountinfo
}

@test "faulty: restore" {
	keep_gone
	export -f end_again nothing_is_left wait_for
	export CONTAINERS OUT WAIT_LIMIT_S WAIT_LIMIT_MAX_S
	try --vary '(?s).+' --end end_again --well nothing_is_left \
		--out $OUT/back $AGENT restore --import $OUT/gone.tar \
		--base $IMAGES/counter --bind /data --net keep \
		--bundle $OUT/back/bundle again
}

@test "faulty: serve, as it starts and for one request of each kind" {
	python3 /keelson/checkpoint-agent/test/faulty.py $AGENT $DIR $CRIU 3>&-
}
