# Containers in each state of tests/programs/odd.c, and with users and mounts,
# are dumped, run on, and are restored by their own runtime.  At each step the
# program checks that its state is as it was.
# limit: 600
bats_require_minimum_version 1.5.0

PROGRAM=/keelson/build/bin/checkpoint-agent
CRIU=/keelson/build/bin/criu
OUT=/keep/out

load_libs() {
	local lib
	for lib in odd restore wait expect; do
		. "/keelson/tests/lib/$lib.bash"
	done
	export PODMAN_IGNORE_CGROUPSV1_WARNING=1
}

setup_file() {
	load_libs
	image_make odd odd
	install -m 0755 $CRIU /usr/local/sbin/criu
}

setup() {
	load_libs
	rm -rf $OUT
	mkdir -p $OUT
}

# The container as the archive has it: image, changes, a network with no
# connections left over.
again() { # RUNTIME KIND
	local dir=$CONTAINERS/$2
	odd_end "$1" "$2"
	pod_network "$2"
	root_mount "$2"
	tar -xOf $OUT/a.tar rootfs-diff.tar | tar -x -C "$dir/rootfs" || true
	rm -rf "$dir/images"
	mkdir "$dir/images"
	tar -xf $OUT/a.tar -C "$dir/images"
	echo 0000000000 >"$dir/data/count"
	odd_run "$1" restore "$2" --tcp-established --ext-unix-sk --file-locks \
		--image-path "$dir/images/checkpoint" --work-path "$dir/images"
}

round() { # RUNTIME KIND...
	local runtime=$1 kind before
	shift
	for kind in "$@"; do
		odd_start "$runtime" "$kind"
		rm -f $OUT/a.tar
		$PROGRAM dump --criu $CRIU -o $OUT/a.tar "default/pod-$kind/main"
		odd_counts_on "$kind"
		before=$(odd_count "$kind")
		if ! again "$runtime" "$kind" || ! odd_counts_on "$kind"; then
			echo "$kind: $(grep Error "$CONTAINERS/$kind/images/restore.log")"
			return 1
		fi
		expect "$before" -gt 0
		odd_end "$runtime" "$kind"
	done
}

files='ghost ghost-mapped gone-dir flock lock-posix lock-ofd lease
	inotify-overlay inotify-srv inotify-tmpfs fanotify fanotify-srv fifo
	dev-null'
memory='pipe events memfd pidfd sysv shared'
sockets='unix-pair in-flight unix-bound tcp netlink-route packet raw udplite'
processes='zombie stopped new-net new-ipc new-uts new-cgroup rooted'

# shellcheck disable=SC2086 # lists of words
@test "runc: files, deleted ones, locks, watches" {
	round runc $files
}

# shellcheck disable=SC2086
@test "crun: files, deleted ones, locks, watches" {
	round crun $files
}

# shellcheck disable=SC2086
@test "runc: pipes, events, memory that is shared" {
	round runc $memory
}

# shellcheck disable=SC2086
@test "crun: pipes, events, memory that is shared" {
	round crun $memory
}

# shellcheck disable=SC2086
@test "runc: sockets, established TCP among them" {
	round runc $sockets
}

# shellcheck disable=SC2086
@test "crun: sockets, established TCP among them" {
	round crun $sockets
}

# shellcheck disable=SC2086
@test "runc: processes ended, stopped, in namespaces of their own" {
	round runc $processes
}

# ---- stopped by a signal ----------------------------------------------------
is_stopped() { # PID
	grep -q '^State:.T' "/proc/$1/status"
}

# Stop the process by a signal before the dump, while paused, or when CRIU
# starts.
stop_and_dump() { # RUNTIME WHEN
	local criu=$CRIU
	case $2 in
	before) kill -STOP "$first" ;;
	paused) kill -STOP "$first" && $1 pause plain ;;
	late)
		criu=$OUT/criu
		printf '#!/bin/sh\nkill -STOP %s\nexec %s "$@"\n' "$first" \
			$CRIU >"$criu"
		chmod 0755 "$criu"
		;;
	esac
	timeout 60 $PROGRAM dump --criu "$criu" -o $OUT/a.tar \
		default/pod-plain/main
	if [ "$2" = paused ]; then
		expect "$($1 state plain | jq -r .status)" = paused
		$1 resume plain
	fi
}

@test "a process stopped by a signal stays so, in a paused container too" {
	local runtime when first
	for runtime in runc crun; do
		for when in before paused late; do
			odd_start $runtime plain
			first=$(pid_of $runtime plain)
			stop_and_dump $runtime $when
			wait_for is_stopped "$first"
			kill -CONT "$first"
			odd_counts_on plain

			again $runtime plain
			first=$(pid_of $runtime plain)
			wait_for is_stopped "$first"
			kill -CONT "$first"
			odd_counts_on plain
			odd_end $runtime plain
			rm $OUT/a.tar
		done
	done
}

@test "filters and mounts: seccomp, no new privileges, read-only single files" {
	local runtime
	echo here >$OUT/file
	for runtime in runc crun; do
		odd_filter='
			.process.noNewPrivileges = true
			| .linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW",
				syscalls: [{names: ["reboot"],
					action: "SCMP_ACT_ERRNO"}]}
			| .mounts += [{destination: "/file", type: "bind",
				source: "/keep/out/file", options: ["bind", "ro"]}]' \
			round $runtime plain
	done
}

# ---- users ------------------------------------------------------------------
# The ids, capabilities and limits of a process.
rights() { # PID
	grep -E '^(Uid|Gid|Groups|Cap.*|NoNewPrivs|Seccomp):' "/proc/$1/status"
	cat "/proc/$1/limits"
}

pid_of() { # RUNTIME NAME
	"$1" state "$2" | jq .pid
}

# Dump it, see it run on, end it, and wipe the count that it wrote.
dump_and_end() { # RUNTIME KIND OPTION...
	rights "$(pid_of "$1" "$2")" >$OUT/rights
	before=$(odd_count "$2")
	$PROGRAM dump --criu $CRIU "${@:3}" -o $OUT/a.tar "default/pod-$2/main"
	odd_counts_on "$2"
	"$1" delete --force "$2"
	echo 0000000000 >"$CONTAINERS/$2/data/count"
}

# `restore` brings it back with the same ids and rights, and it counts on.
come_back() { # RUNTIME KIND OPTION...
	local runtime=$1 kind=$2
	shift 2
	restore_as_archived --import $OUT/a.tar "$@"
	"$PROGRAM" restore --import $OUT/a.tar --base "$IMAGES/odd" \
		--bundle "$OUT/$runtime" "${as_archived[@]}" "$@" "$kind" \
		</dev/null 3>&- \
		>$OUT/said 2>&1 || cat $OUT/said "$OUT/$runtime/restore.log"
	expect "$(number_from odd_count "$kind")" -ge "$before"
	rights "$(pid_of "$runtime" "$kind")" | diff $OUT/rights -
}

copy_end() { # RUNTIME KIND
	odd_end "$1" "$2"
	umount "$OUT/$1/rootfs"
}

@test "a user that is not root, with groups and without capabilities" {
	local runtime before
	mkdir -p $CONTAINERS/plain/data
	chown 1000:1000 $CONTAINERS/plain/data
	for runtime in runc crun; do
		odd_filter='
			.process.user = {uid: 1000, gid: 1000,
				additionalGids: [2000, 3000]}
			| .process.capabilities[] = []
			| .process.rlimits = [{type: "RLIMIT_NOFILE",
				soft: 100, hard: 200}]' \
			odd_start $runtime plain
		grep -P '^Groups:\t2000 3000' /proc/"$(pid_of $runtime plain)"/status
		dump_and_end $runtime plain
		come_back $runtime plain
		grep -E '^Max open files +100 +200 ' $OUT/rights
		copy_end $runtime plain
		rm $OUT/a.tar
	done
}

# Its root is user 100000 of the node; runtimes bind-mount devices there.
MAPS='def map: [{containerID: 0, hostID: 100000, size: 65536}];
	def ns($type): .linux.namespaces[] | select(.type == $type);
	.linux.namespaces += [{type: "user"}]
	| .linux.uidMappings = map | .linux.gidMappings = map
	| del(ns("network").path)'

@test "a user namespace with maps" {
	local runtime before
	mkdir -p $CONTAINERS/plain/data
	chown 100000:100000 $CONTAINERS/plain/data
	for runtime in runc crun; do
		odd_filter=$MAPS odd_start $runtime plain
		dump_and_end $runtime plain
		come_back $runtime plain
		expect "$(xargs </proc/"$(pid_of $runtime plain)"/uid_map)" = \
			'0 100000 65536'
		copy_end $runtime plain
		rm $OUT/a.tar
	done
}

# A pod with a user namespace; `plain` is its sandbox.
@test "a user namespace that is the pod's: dumped, and told to be no more" {
	mkdir -p $CONTAINERS/{plain,pipe}/data
	chown 100000:100000 $CONTAINERS/{plain,pipe}/data
	odd_filter=$MAPS odd_start runc plain
	odd_filter="$MAPS
		| \"/proc/$(pid_of runc plain)/ns/\" as \$at
		| ns(\"user\").path = \$at + \"user\"
		| ns(\"network\").path = \$at + \"net\"" odd_start runc pipe
	$PROGRAM check default/pod-pipe/main >$OUT/said
	grep 'from which CRIU cannot join a network namespace' $OUT/said
	$PROGRAM dump --criu $CRIU -o $OUT/a.tar default/pod-pipe/main
	odd_counts_on pipe
	odd_end runc pipe
	odd_end runc plain
}

podman_pid() {
	podman inspect -f '{{.State.Pid}}' user
}

@test "podman brings back a user that is not root" {
	local runtime
	mkdir -p $CONTAINERS/podman/data
	chown 1000:1000 $CONTAINERS/podman/data
	for runtime in runc crun; do
		podman --runtime $runtime run -d --name user --network none \
			--user 1000:1000 --group-add 2000 --cap-drop all \
			-v $CONTAINERS/podman/data:/data localhost/odd \
			plain /data/count
		odd_counts_on podman
		rights "$(podman_pid)" >$OUT/rights
		before=$(odd_count podman)
		$PROGRAM dump --criu $CRIU -o $OUT/a.tar podman/user/user
		odd_counts_on podman
		podman rm -f -t 0 user
		echo 0000000000 >$CONTAINERS/podman/data/count
		podman --runtime $runtime container restore --import $OUT/a.tar
		expect "$(number_from odd_count podman)" -ge "$before"
		rights "$(podman_pid)" | diff $OUT/rights -
		podman rm -f -t 0 user
		rm $OUT/a.tar
	done
}

# ---- connections ------------------------------------------------------------
# The connections survive the dump; in the copy both ends are closed, and the
# program runs on.
closed_round() { # RUNTIME DUMP-OPTION RESTORE-OPTION
	local before told=$CONTAINERS/tcp-closed/data/closed
	rm -f "$told"
	odd_start "$1" tcp-closed
	dump_and_end "$1" tcp-closed $2
	fails test -e "$told"
	ip netns delete tcp-closed # what is left of the connections
	pod_network tcp-closed
	come_back "$1" tcp-closed $3
	wait_for test -e "$told"
	odd_counts_on tcp-closed
	expect "$(ip netns exec tcp-closed ss -Htn)" = ''
	copy_end "$1" tcp-closed
	rm -r $OUT/a.tar "${OUT:?}/$1"
}

@test "TCP closed when it comes back, or left out of the dump" {
	local runtime
	for runtime in runc crun; do
		closed_round $runtime '' --close-tcp
		closed_round $runtime --close-tcp ''
	done
}
