# odd.bash - containers in the states of tests/programs/odd.c.  Sourced.
#
#   odd_start RUNTIME KIND    start a container KIND that counts in data/count;
#                             $odd_filter, a jq program, may change config.json
#   odd_prepare KIND          make its directory, to put files there beforehand
#   odd_end RUNTIME KIND      delete the container and its network namespace
#   odd_counts_on KIND        wait until it has counted further
#   odd_peer stream|dgram AT  start a process that listens at the socket AT; its
#                             pid is $peer
#   mount_inside KIND AT TYPE     mount a file system in its mount namespace
#   bind_inside KIND FROM AT      mount a directory of the node there

. "${BASH_SOURCE[0]%/*}/oci.bash"

# Some states cannot be entered without these.
ODD_CAPABILITIES='["CAP_BPF", "CAP_DAC_OVERRIDE", "CAP_IPC_LOCK", "CAP_KILL",
	"CAP_LEASE", "CAP_MKNOD", "CAP_NET_ADMIN", "CAP_NET_RAW", "CAP_PERFMON",
	"CAP_SYSLOG", "CAP_SYS_ADMIN", "CAP_SYS_CHROOT", "CAP_SYS_PTRACE"]'

odd_prepare() {
	mkdir -p "$CONTAINERS/$1/data"
}

odd_config() { # KIND
	local dir=$CONTAINERS/$1
	config_make containerd "$1" odd /bin/odd "$1" /data/count
	jq --argjson all "$ODD_CAPABILITIES" '
		.process.capabilities[] = $all
		| .linux.resources.devices = [{allow: true, access: "rwm"}]' \
		"$dir/config.json" |
		jq "${odd_filter:-.}" >"$dir/config.json.new"
	mv "$dir/config.json.new" "$dir/config.json"
}

odd_run() { # RUNTIME VERB KIND OPTION...
	local runtime=$1 verb=$2 dir=$CONTAINERS/$3
	"$runtime" "$verb" --detach --bundle "$dir" "${@:4}" "$3" </dev/null \
		> >(exec cat >>"$dir/out" 3>&-) 2>&1 3>&-
}

odd_start() {
	local dir=$CONTAINERS/$2
	odd_prepare "$2"
	rm -f "$dir/data/count"
	echo odd >"$dir/image"
	echo containerd >"$dir/dialect"
	root_mount "$2"
	[ -e "/run/netns/$2" ] || pod_network "$2"
	odd_config "$2"
	odd_run "$1" run "$2" || {
		# rarely, runc finds its own binary in use
		wait_for grep -q 'cloned binary' "$dir/out"
		"$1" delete --force "$2"
		odd_run "$1" run "$2"
	}
	odd_counts_on "$2"
}

odd_end() {
	"$1" delete --force "$2"
	root_unmount "$2"
	ip netns delete "$2"
}

odd_count() { # KIND
	local count
	count=$(cat "$CONTAINERS/$1/data/count")
	echo $((10#$count))
}

odd_is_beyond() { # KIND COUNT
	[ "$(odd_count "$1")" -gt "$2" ]
}

odd_counts_on() {
	wait_for grep -q '^0*[1-9]' "$CONTAINERS/$1/data/count" ||
		{ cat "$CONTAINERS/$1/data/count" && return 1; }
	wait_for odd_is_beyond "$1" "$(odd_count "$1")"
}

odd_peer() {
	python3 -c 'if True:
		import socket, sys, time
		kind = {"stream": socket.SOCK_STREAM, "dgram": socket.SOCK_DGRAM}
		s = socket.socket(socket.AF_UNIX, kind[sys.argv[1]])
		s.bind(sys.argv[2])
		if sys.argv[1] == "stream":
			s.listen(4)
			keep = s.accept()
		time.sleep(600)' "$1" "$2" 3>&- &
	# shellcheck disable=SC2034 # the caller's
	peer=$!
	wait_for test -S "$2"
}

# mount(2), and open_tree(2) with move_mount(2), in its mount namespace.
odd_mount() { # KIND AT TYPE FROM
	python3 -c 'if True:
		import ctypes, os, sys
		pid, at, kind, source = sys.argv[1:]
		libc = ctypes.CDLL(None, use_errno=True)
		tree = -1
		if source:
			tree = libc.syscall(428, -100, source.encode(), 1)
			assert tree >= 0, os.strerror(ctypes.get_errno())
		os.setns(os.open("/proc/%s/ns/mnt" % pid, os.O_RDONLY), 0)
		if source:
			done = libc.syscall(429, tree, b"", -100, at.encode(), 4)
		else:
			done = libc.mount(b"x", at.encode(), kind.encode(), 0, None)
		assert done == 0, os.strerror(ctypes.get_errno())' \
		"$(runc state "$1" | jq .pid)" "$2" "$3" "$4"
}

mount_inside() {
	odd_mount "$1" "$2" "$3" ''
}

bind_inside() {
	odd_mount "$1" "$3" '' "$2"
}
