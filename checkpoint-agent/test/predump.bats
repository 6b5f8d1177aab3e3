# Pre-dump: memory is copied while the container runs; this needs a kernel that
# tracks which pages are written afterwards.
# where: vm
# limit: 1200
# test-limit: 600
bats_require_minimum_version 1.5.0

DIR=/keep/predump
OUT=$DIR/out
ARCHIVES=$DIR/checkpoints

load_libs() {
	. /keelson/tests/lib/dump.bash
	. /keelson/tests/lib/server.bash
}

# CRIU runs twice.  The second run waits until it is killed, so that the test
# can look at what the first one left.
halting_criu() {
	cat >$DIR/halting-criu <<-'EOT'
		#!/usr/bin/python3
		import os, select, sys
		mark = os.path.dirname(sys.argv[0]) + "/first"
		try:
		    os.close(os.open(mark, os.O_CREAT | os.O_EXCL))
		except FileExistsError:
		    os.rename(mark, mark + "-is-over")
		    poll = select.poll()
		    poll.register(int(sys.argv[2]), 0)
		    poll.poll()
		    sys.exit(1)
		os.execv("/keelson/build/bin/criu", sys.argv)
	EOT
	chmod 755 $DIR/halting-criu
}

setup_file() {
	load_libs
	mkdir -p $OUT $ARCHIVES
	criu_install
	server_certificates $DIR
	halting_criu
	image_make counter counter
	image_make churner churner
}

setup() {
	load_libs
	rm -rf "${OUT:?}"/* $DIR/first* "${ARCHIVES:?}"/*
}

start() { # NAME PROGRAM [OPTION...]
	local name=$1 program=$2
	shift 2
	container_start runc containerd "$name" "$program" "/bin/$program" \
		"$@" /data/count
	wait_for 120 grep -qs '[1-9]' "$CONTAINERS/$name/data/count"
}

# "STEPS WRONG" or "COUNT"
said() { # NAME
	cat "$CONTAINERS/$1/data/count"
}

count_of() { # NAME
	local count
	read -r count _ <"$CONTAINERS/$1/data/count"
	echo $((10#$count))
}

counts_beyond() { # NAME COUNT
	[ "$(count_of "$1")" -gt "$2" ]
}

runs_on() { # NAME
	wait_for counts_beyond "$1" "$(count_of "$1")"
}

# End the container, restore it, and wait until it has taken STEPS more steps.
comes_back() { # NAME PROGRAM ARCHIVE [STEPS]
	local before
	before=$(count_of "$1")
	container_end runc "$1"
	said "$1" | tr 1-9 0 >$OUT/zeros # CRIU wants the file's size as it was
	cp $OUT/zeros "$CONTAINERS/$1/data/count"
	$PROGRAM restore --import "$3" --base "$IMAGES/$2" \
		--bind /data --net keep --bundle $OUT/bundle again \
		</dev/null 3>&-
	wait_for 120 counts_beyond "$1" $((before + ${4:-5}))
}

gone_again() { # NAME
	runc delete --force again
	umount $OUT/bundle/rootfs "$CONTAINERS/$1/rootfs"
	rm -rf $OUT/bundle "${CONTAINERS:?}/$1"
}

removed() { # NAME
	container_end runc "$1"
	umount "$CONTAINERS/$1/rootfs"
	rm -rf "${CONTAINERS:?}/$1"
}

# Bytes of pages below this directory of the archive.
pages_in() { # ARCHIVE DIR
	tar -tvf "$1" | awk -v like="^$2/pages-" \
		'$6 ~ like { n += $3 } END { print n + 0 }'
}

@test "the stop behind a pre-dump is short, and both are told" {
	local whole short before
	start big counter -m 64
	dump --json -o $OUT/a.tar default/pod-big/main >$OUT/a
	dump --json --pre-dump -o $OUT/b.tar default/pod-big/main >$OUT/b
	cat $OUT/a $OUT/b
	whole=$(jq .frozenMicroseconds $OUT/a)
	short=$(jq .frozenMicroseconds $OUT/b)
	before=$(jq .preDumpFrozenMicroseconds $OUT/b)
	expect $((short * 3 / 2)) -lt "$whole"
	expect $((before * 3 / 2)) -lt "$whole"
	expect "$(pages_in $OUT/b.tar checkpoint/parent)" -ge $((64 << 20))
	expect "$(pages_in $OUT/b.tar checkpoint)" -lt $((1 << 20))
	expect "$(jq 'has("preDumpFrozenMicroseconds")' $OUT/a)" = false
	$PROGRAM show --json $OUT/b.tar | jq -e --argjson first "$before" \
		'.statistics.preDumpFrozenMicroseconds == $first'
	$PROGRAM show $OUT/b.tar | grep -q '^pre-dump '
	removed big
}

@test "readers find memory in both parts" {
	start both counter -m 8
	dump -o $OUT/a.tar default/pod-both/main
	dump --pre-dump --manifest -o $OUT/b.tar default/pod-both/main
	$PROGRAM verify $OUT/b.tar
	# of about 2048 pages only those that hold the count differ
	$PROGRAM diff --json $OUT/a.tar $OUT/b.tar >$OUT/diff
	jq .memory $OUT/diff
	jq -e '.memory | .samePages > 2048 and .changedPages < 16 and
		.removedPages == 0' $OUT/diff
	expect "$($PROGRAM memsearch --json $OUT/b.tar /data/count |
		jq -c '[.matches[] | [.pid, .address]]')" = \
		"$($PROGRAM memsearch --json $OUT/a.tar /data/count |
			jq -c '[.matches[] | [.pid, .address]]')"
	expect "$($PROGRAM inspect --json $OUT/b.tar |
		jq '.processes[0].memoryBytes')" -gt $((8 << 20))
	# which reads no memory of a pre-dump, nor what lies there, and --all
	# does
	checkpointctl show $OUT/b.tar | grep -q counter
	checkpointctl inspect --ps-tree --files --sockets --mounts --stats \
		--metadata $OUT/b.tar | grep -q /data/count
	run checkpointctl inspect --ps-tree-env $OUT/b.tar
	[[ "$output" == *EOF* ]]
	removed both
}

# Memory that is written, cleared, given back or mapped again between the runs.
@test "memory in motion comes back as it was" {
	local how
	for how in private shared; do
		start $how churner $how 16
		dump --pre-dump -o $OUT/$how.tar default/pod-$how/main
		expect "$(pages_in $OUT/$how.tar checkpoint)" -gt 0
		comes_back $how churner $OUT/$how.tar 1100
		[[ "$(said $how)" == *" 0000000000" ]]
		gone_again $how
	done
}

@test "sealed and compressed it comes back all the same" {
	age-keygen -o $OUT/key
	start sealed counter -m 8
	dump --pre-dump --compress zstd --manifest \
		--encrypt-to "$(age-keygen -y $OUT/key)" -o $OUT/a.age \
		default/pod-sealed/main
	$PROGRAM verify -i $OUT/key $OUT/a.age
	age -d -i $OUT/key $OUT/a.age | zstd -dc >$OUT/a.tar
	comes_back sealed counter $OUT/a.tar
	gone_again sealed
}

# Restored a second time it counts on from the same number.
from_an_image() {
	$PROGRAM to-image --output $OUT/image --tag before $OUT/a.tar
	skopeo copy -q oci:$OUT/image:before \
		containers-storage:localhost/before
	echo 0000000000 >$OUT/pod/data/count
	podman --runtime runc container restore localhost/before
	wait_for 120 counts_beyond pod $((before + 5))
	podman rm -f -t 0 pod
	rm -r $OUT/image
}

@test "podman brings it back, with runc and with crun" {
	local before runtime
	CONTAINERS=$OUT
	for runtime in runc crun; do
		mkdir -p $OUT/pod/data
		podman --runtime $runtime run -d --name pod --network none \
			-v $OUT/pod/data:/data localhost/counter -m 8 \
			/data/count
		wait_for 120 grep -qs '[1-9]' $OUT/pod/data/count
		dump --pre-dump -o $OUT/a.tar \
			"$(podman inspect -f '{{.Id}}' pod)"
		before=$(count_of pod)
		podman rm -f -t 0 pod
		echo 0000000000 >$OUT/pod/data/count
		podman --runtime $runtime container restore --import $OUT/a.tar
		wait_for 120 counts_beyond pod $((before + 5))
		podman rm -f -t 0 pod
		[ $runtime = crun ] || from_an_image
		rm -r $OUT/pod $OUT/a.tar
	done
}

@test "by request: asked for, switched off, measured" {
	start asked counter -m 8
	server_start --pre-dump --feature-gates PodCheckpoint=true
	expect "$(ask admin POST /checkpoint/default/pod-asked/main)" = 200
	tar -tf "$(jq -r '.items[0]' $DIR/body)" \
		checkpoint/parent/inventory.img
	expect "$(metric checkpoint_agent_predump_frozen_seconds_count)" = 1
	expect "$(ask admin POST \
		'/checkpoint/default/pod-asked/main?preDump=false')" = 200
	fails tar -tf "$(jq -r '.items[0]' $DIR/body)" checkpoint/parent/
	expect "$(metric checkpoint_agent_predump_frozen_seconds_count)" = 1
	expect "$(metric checkpoint_agent_frozen_seconds_count)" = 2
	expect "$(ask admin POST \
		'/checkpoint/default/pod-asked?preDump=true')" = 500
	grep -q 'a pre-dump can be made of one container' $DIR/body
	expect "$(ask admin POST /checkpoint/default/pod-asked)" = 200
	server_stop
	removed asked
}

# ---- faults -----------------------------------------------------------------
is_over() {
	[ -e $DIR/first-is-over ]
}

# It is not frozen, nothing unfinished is left, and the next dump works.
nothing_is_left() { # NAME DIRECTORY
	wait_for no_dump_is_left
	runs_on "$1"
	expect "$(ls -A "$2")" = ""
	dump --pre-dump -o $DIR/next.tar "default/pod-$1/main"
	rm $DIR/next.tar
}

@test "the agent is killed between the two runs" {
	local pid
	start killed counter -m 8
	for ((i = 0; i < 3; i++)); do
		rm -f $DIR/first*
		$PROGRAM dump --criu $DIR/halting-criu --pre-dump \
			-o $OUT/a.tar default/pod-killed/main 3>&- &
		pid=$!
		wait_for 120 is_over
		kill -9 $pid
		wait $pid || true
		nothing_is_left killed $OUT
	done
	removed killed
}

# Most moments fall into the pre-dump, whose pages take longest.
@test "the agent is killed at some moment" {
	local pid moment seed=${SEED:-$SRANDOM}
	echo "# SEED=$seed" >&3
	RANDOM=$seed
	start killed counter -m 16
	for ((i = 0; i < 4; i++)); do
		$PROGRAM dump --criu $CRIU --pre-dump -o $OUT/a.tar \
			default/pod-killed/main 3>&- &
		pid=$!
		moment=$((RANDOM % 2500))
		sleep "$((moment / 1000)).$(printf %03d $((moment % 1000)))"
		kill -9 $pid 2>/dev/null || true
		wait $pid || true
		if [ -e $OUT/a.tar ]; then # the dump was quicker
			$PROGRAM show $OUT/a.tar
			rm $OUT/a.tar
		fi
		nothing_is_left killed $OUT
	done
	removed killed
}

@test "the time is up between the two runs" {
	start late counter -m 8
	server_start --pre-dump --criu $DIR/halting-criu
	expect "$(ask admin POST \
		'/checkpoint/default/pod-late/main?timeout=20')" = 500
	grep -q 'timed out after 20 s' $DIR/body
	is_over
	nothing_is_left late $ARCHIVES
	server_stop
	removed late
}

@test "the disk is full in the middle of the pre-dump" {
	start full counter -m 64
	mkdir $OUT/disk
	mount -t tmpfs -o size=40m disk $OUT/disk
	run -1 dump --pre-dump -o $OUT/disk/a.tar default/pod-full/main
	[[ "$output" == *"pre-dump: "*"No space left"* ]]
	nothing_is_left full $OUT/disk
	umount $OUT/disk
	removed full
}
