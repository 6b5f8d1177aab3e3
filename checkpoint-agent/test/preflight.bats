# What CRIU cannot dump is refused with a reason before anything is stopped.
# CRIU itself fails on each of these states, after it has stopped the container.
# limit: 600
bats_require_minimum_version 1.5.0

PROGRAM=/keelson/build/bin/checkpoint-agent
CRIU=/keelson/build/bin/criu
OUT=/keep/out

load_libs() {
	local lib
	for lib in odd wait expect; do
		. "/keelson/tests/lib/$lib.bash"
	done
	export PODMAN_IGNORE_CGROUPSV1_WARNING=1
}

setup_file() {
	load_libs
	image_make odd odd
}

# Thaw the container: a frozen one never ends.
teardown() {
	find /sys/fs/cgroup/freezer/keelson-lab -name freezer.state \
		-exec sh -c 'echo THAWED >"$1"' - {} \;
}

setup() {
	load_libs
	rm -rf $OUT
	mkdir -p $OUT
	# if CRIU ran, something was stopped
	printf '#!/bin/sh\ntouch %s/ran\nexit 1\n' $OUT >$OUT/criu
	chmod 0755 $OUT/criu
}

refuses() { # KIND WORDS
	odd_start runc "$1"
	run -1 $PROGRAM dump --criu $OUT/criu -o $OUT/a.tar "default/pod-$1/main"
	if [[ "$output" != *"$2"* ]] || [ -e $OUT/ran ]; then
		echo "$1: $output"
		return 1
	fi
	odd_counts_on "$1"
	[ ! -e $OUT/a.tar ]
	odd_end runc "$1"
}

@test "objects of the kernel that CRIU does not know" {
	refuses io-uring 'is an io_uring (Node.js does without one'
	refuses userfaultfd 'is a userfaultfd'
	refuses perf 'is a performance counter'
	refuses bpf 'is a BPF map'
	refuses mqueue 'is a POSIX message queue'
	refuses memfd-secret 'is secret memory'
	refuses inotify-gone 'watches a file or directory that is no longer'
	if [ "$(cat /proc/sys/vm/nr_hugepages)" = 0 ]; then
		refuses memfd-huge 'is memory of huge pages'
	fi
}

@test "devices" {
	refuses dev-fuse 'is the device /tmp/fuse (10:229)'
}

@test "sockets" {
	refuses netlink-diag 'a netlink socket with an answer that was not read'
	refuses mptcp 'GODEBUG=multipathtcp=0'
	if python3 -c 'import socket; socket.socket(socket.AF_VSOCK)'; then
		refuses vsock 'is a socket to a hypervisor'
	fi
}

@test "unix sockets connected to programs outside" {
	for type in stream dgram; do
		odd_prepare unix-$type-outside
		odd_peer $type $CONTAINERS/unix-$type-outside/data/outside
		refuses unix-$type-outside 'outside of the container at /'
		kill "$peer"
	done
}

@test "processes in namespaces of their own, or traced" {
	refuses traced 'is traced by process'
	refuses new-pid 'is in a process namespace of its own'
	refuses new-time 'is in a time namespace of its own'
	refuses new-user 'has made a user namespace of its own'
	refuses new-mount 'is the file /null outside of the container'
}

@test "files deleted under one name and kept under another" {
	refuses renamed 'was deleted under this name and is still there'
}

@test "System V memory of the node" {
	odd_filter='del(.linux.namespaces[] | select(.type == "ipc"))' \
		refuses sysv "System V shared memory of the node's own"
}

@test "a file system that CRIU does not know, mounted inside" {
	odd_start runc plain
	mount_inside plain /run ramfs
	run -1 $PROGRAM dump --criu $OUT/criu -o $OUT/a.tar default/pod-plain/main
	[[ "$output" == *"a ramfs file system is mounted at /run inside of the container"* ]]
	[ ! -e $OUT/ran ]
	odd_counts_on plain
	odd_end runc plain
}

@test "what only CRIU finds is told with its cause and where its log lies" {
	odd_start runc plain
	mkdir $OUT/outside
	touch -d '2 days ago' $OUT/failed-other.log
	bind_inside plain $OUT/outside /run
	run -1 $PROGRAM dump --criu $CRIU -o $OUT/a.tar default/pod-plain/main
	[[ "$output" == *"criu: mnt: "*"; log: $OUT/failed-plain.log" ]]
	expect "$(stat -c %a $OUT/failed-plain.log)" = 600
	grep -q 'Dumping FAILED' $OUT/failed-plain.log
	[ ! -e $OUT/failed-other.log ]
	odd_counts_on plain
	# a dump that succeeds removes the log
	odd_end runc plain
	odd_start runc plain
	$PROGRAM dump --criu $CRIU -o $OUT/a.tar default/pod-plain/main
	[ ! -e $OUT/failed-plain.log ]
	odd_end runc plain
}
