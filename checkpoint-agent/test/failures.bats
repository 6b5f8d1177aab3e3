# One call of the kernel's fails, the n-th of its kind, in turn: `dump` says
# what is wrong, and leaves the container running and nothing behind.  strace(1)
# makes it fail, and only in the process that dumps: CRIU is not traced.
#
#   SEED=N   the choice of the run that printed it
#   TIMES=N  so many of the calls of each kind (3); 1000: all
# limit: 800
bats_require_minimum_version 1.5.0
. /keelson/tests/lib/dump.bash

OUT=/keep/failures
TIMES=${TIMES:-3}

setup_file() {
	mkdir -p $OUT
	image_make counter counter
	container_start runc containerd box counter /bin/counter -m 4 \
		/data/count /count
	wait_for grep -q '[1-9]' $CONTAINERS/box/data/count
	echo new >$CONTAINERS/box/rootfs/new
}

teardown_file() {
	container_end runc box
}

setup() {
	seed=${SEED:-$SRANDOM}
	echo "# SEED=$seed" >&3
	RANDOM=$seed
	rm -rf "${OUT:?}"/*
}

count() {
	cat $CONTAINERS/box/data/count
}

has_moved() { # COUNT
	[ "$(count)" != "$1" ]
}

is_thawed() {
	local v1=/sys/fs/cgroup/freezer/keelson-lab/box/freezer.state
	if [ -e $v1 ]; then
		grep -qx THAWED $v1
	else
		grep -qx 0 /sys/fs/cgroup/keelson-lab/box/cgroup.freeze
	fi
}

is_settled() {
	! pgrep -x criu && ! pgrep -x ckpt-guardian
}

# Nothing is left except a log of CRIU.
nothing_is_left() {
	[ -z "$(find $OUT -mindepth 1 ! -name 'failed-*')" ]
}

# A work directory that could not be removed: the next dump removes it.
next_dump_removes_it() {
	nothing_is_left || {
		expect "$(ls -A $OUT)" = .work-box
		dump -o $OUT/next.tar default/pod-box/main
		rm $OUT/next.tar
	}
	nothing_is_left
}

is_untouched() {
	wait_for is_settled
	wait_for is_thawed
	wait_for has_moved "$(count)"
	next_dump_removes_it
}

# How many calls of this kind a dump makes.
calls_of() { # KIND OPTION...
	local kind=$1
	shift
	strace -qq -o $OUT/calls -e trace="$kind" $PROGRAM dump --criu $CRIU \
		"$@" -o $OUT/a.tar default/pod-box/main >/dev/null
	grep -c '(' $OUT/calls
	rm -rf "${OUT:?}"/*
}

# The n-th call of a kind fails with this error.
fails_at() { # KIND N ERROR OPTION...
	local kind=$1 n=$2 error=$3 rc=0
	shift 3
	strace -qq -o /dev/null -e trace="$kind" \
		-e inject="$kind:error=$error:when=$n" \
		$PROGRAM dump --criu $CRIU "$@" -o $OUT/a.tar \
		default/pod-box/main >/dev/null 2>/keep/said || rc=$?
	# a refusal in words, or a fault that does no harm
	if [ $rc != 0 ] && { [ $rc != 1 ] || [ ! -s /keep/said ]; }; then
		echo "$kind $n $error: status $rc: $(cat /keep/said)"
		return 1
	fi
	[ $rc = 1 ] || expect "$(tar -tf $OUT/a.tar | grep -c pages-)" -ge 1
	rm -f $OUT/a.tar $OUT/a.tar.sha256 $OUT/failed-*
	is_untouched || {
		echo "$kind $n $error: $(cat /keep/said)"
		ls -A $OUT
		return 1
	}
}

# Some calls of each kind; all of them where they are few.
some_fail() { # ERROR KIND... -- OPTION...
	local error=$1 kinds=() kind calls n i
	shift
	while [ "$1" != -- ]; do
		kinds+=("$1")
		shift
	done
	shift
	for kind in "${kinds[@]}"; do
		calls=$(calls_of "$kind" "$@")
		[ "$calls" -gt 0 ] || continue
		if [ "$calls" -le "$TIMES" ]; then
			for ((n = 1; n <= calls; n++)); do
				fails_at "$kind" $n "$error" "$@"
			done
			continue
		fi
		for ((i = 0; i < TIMES; i++)); do
			n=$((RANDOM % calls + 1))
			fails_at "$kind" $n "$error" "$@"
		done
	done
}

@test "failures: descriptors and sockets" {
	some_fail EMFILE openat socket socketpair pipe2 epoll_create1 \
		pidfd_open accept4 memfd_create --
}

@test "failures: memory" {
	some_fail ENOMEM mmap brk --
	some_fail ENOMEM mmap -- --compress zstd --manifest
}

@test "failures: processes and messages" {
	some_fail EAGAIN fork clone --
	some_fail ENOBUFS sendmsg sendto recvmsg --
}

@test "failures: the disk" {
	some_fail ENOSPC write pwrite64 splice mkdirat symlinkat linkat \
		renameat bind -- --manifest
	some_fail EIO fsync read readlink getdents64 unlinkat --
}

@test "failures: the disk has no inodes" {
	local n
	for n in 1 2 3 4 5 6 8 10; do
		mount -t tmpfs -o nr_inodes=$n small $OUT
		run $PROGRAM dump --criu $CRIU -o $OUT/a.tar default/pod-box/main
		[ "$status" -le 1 ]
		[ "$status" = 0 ] || [ -n "$output" ]
		rm -f $OUT/a.tar
		is_untouched
		umount $OUT
	done
}

# The container's process has ended by the time the agent starts CRIU.
@test "failures: the container ends before CRIU is started" {
	local agent rc
	container_start runc containerd gone counter /bin/counter \
		/data/count /count
	wait_for grep -q '[1-9]' $CONTAINERS/gone/data/count
	strace -qq -o $OUT/strace -e trace=bind \
		-e inject=bind:delay_exit=3000000 \
		$PROGRAM dump --criu $CRIU -o $OUT/a.tar default/pod-gone/main \
		>/keep/said 2>&1 3>&- &
	agent=$!
	wait_for test -S $OUT/.work-gone/streamer-capture.sock
	container_end runc gone
	rc=0
	wait $agent || rc=$?
	expect $rc = 1
	grep -q 'has ended meanwhile' /keep/said
	rm $OUT/strace
	wait_for is_settled
	wait_for nothing_is_left
}
