# What belongs to a container: its cgroup as the runtime made it, the paths that
# the runtime masked, the processes that a dump holds and those that it cannot
# hold; and what is refused while everything still runs.
# lab: trixie sid
bats_require_minimum_version 1.5.0
. /keelson/tests/lib/dump.bash

OUT=/keep/out

setup_file() {
	image_make counter counter
	criu_install
}

setup() {
	rm -rf $OUT
	mkdir -p $OUT
	printf '#!/bin/sh\ntouch %s/ran\nexit 1\n' $OUT >$OUT/criu
	chmod 0755 $OUT/criu
}

counter_start() { # RUNTIME NAME
	container_start "$1" containerd "$2" counter /bin/counter /data/count
	wait_for grep -q '[1-9]' "$CONTAINERS/$2/data/count"
	pid=$("$1" state "$2" | jq .pid)
}

counter_end() { # RUNTIME NAME
	container_end "$1" "$2"
	root_unmount "$2"
}

counts_beyond() { # FILE COUNT
	[ $((10#$(cat "$1"))) -gt "$2" ]
}

@test "directories that the runtime masks, by whatever it mounts there" {
	local runtime before count=$CONTAINERS/masked/data/count
	for runtime in runc crun; do
		counter_start $runtime masked
		jq -e '.linux.maskedPaths | index("/proc/acpi")' \
			$CONTAINERS/masked/config.json
		dump -o $OUT/a.tar masked
		before=$((10#$(cat "$count")))
		wait_for counts_beyond "$count" "$before"
		counter_end $runtime masked
		echo 0000000000 >"$count"
		restore_as_archived --import $OUT/a.tar
		$PROGRAM restore --import $OUT/a.tar --base $IMAGES/counter \
			"${as_archived[@]}" --bundle $OUT/$runtime again \
			</dev/null 3>&-
		wait_for counts_beyond "$count" $((before - 20))
		$runtime delete --force again
		umount $OUT/$runtime/rootfs
		rm $OUT/a.tar
	done
}

@test "a process that exec has started is named, and runs on" {
	local runtime other
	for runtime in runc crun; do
		counter_start $runtime joined
		$runtime exec --detach joined /bin/counter /tmp/other 3>&-
		wait_for pgrep -xf '/bin/counter /tmp/other'
		other=$(pgrep -xf '/bin/counter /tmp/other')
		$PROGRAM check --json joined | jq -e --arg p "process $other (counter)" \
			'.notInArchive[] | select(startswith($p))'
		dump -o $OUT/a.tar joined >$OUT/said 2>&1
		grep 'not in the archive' $OUT/said | grep "process $other (counter)"
		# CRIU dumps the process tree alone
		$PROGRAM inspect --json $OUT/a.tar | jq -e '.processes | length == 1'
		wait_for counts_beyond "/proc/$other/root/tmp/other" \
			$((10#$(cat "/proc/$other/root/tmp/other")))
		counter_end $runtime joined
		rm $OUT/a.tar
	done
}

# What systemd and docker do when they run in a container.
@test "a first process that went into a cgroup below is frozen with the others" {
	local runtime made
	for runtime in runc crun; do
		counter_start $runtime nested
		made=$($PROGRAM check --json nested | jq -r .freezer)
		[[ "$made" == */nested ]]
		mkdir "$made/init.scope"
		echo "$pid" >"$made/init.scope/cgroup.procs"
		expect "$($PROGRAM check --json nested | jq -r .freezer)" = "$made"
		dump -o $OUT/a.tar nested
		wait_for counts_beyond $CONTAINERS/nested/data/count \
			$((10#$(cat $CONTAINERS/nested/data/count)))
		counter_end $runtime nested
		rm $OUT/a.tar
	done
}

@test "a name that is taken is refused before anything is stopped" {
	counter_start runc named
	echo mine >$OUT/a.tar
	run -1 $PROGRAM dump --criu $OUT/criu -o $OUT/a.tar named
	[[ "$output" == *"a.tar exists already"* ]]
	[ ! -e $OUT/ran ]
	expect "$(cat $OUT/a.tar)" = mine
	counter_end runc named
}

@test "--bundle is a directory as the caller sees it" {
	counter_start runc bundled
	cd $CONTAINERS/bundled
	mkdir $OUT/root
	mount --rbind / $OUT/root
	$PROGRAM dump --criu $CRIU --runtime-root /run/nowhere -o $OUT/a.tar \
		--pid "$pid" --bundle .
	cp config.json $OUT/config.json
	mkdir /run/only-here
	mv $OUT/config.json /run/only-here
	rm $OUT/a.tar
	$PROGRAM dump --criu $CRIU --runtime-root /run/nowhere -o $OUT/a.tar \
		--host-root /proc/1/root --pid "$pid" --bundle /run/only-here
	umount -l $OUT/root
	cd /
	counter_end runc bundled
}

@test "what CRIU does not keep of a process is named" {
	counter_start runc odd
	fails grep -E 'priority|slack|coredump' <($PROGRAM check odd)
	ionice -c 3 -p "$pid"
	echo 0x7f >"/proc/$pid/coredump_filter"
	echo 1000000 >"/proc/$pid/timerslack_ns"
	$PROGRAM check odd >$OUT/said
	for what in 'I/O priority' coredump_filter 'timer slack'; do
		grep "the $what of process $pid (counter) is not kept" $OUT/said
	done
	if [ "$(nproc)" -gt 1 ]; then
		fails grep 'CPU affinity' $OUT/said
		taskset -p 1 "$pid"
		$PROGRAM check odd | grep 'the CPU affinity of process'
	fi
	counter_end runc odd
}
