# The system calls that a container is in when it is dumped: its processes are
# in them afterwards, and in a restored container too.
# limit: 400
bats_require_minimum_version 1.5.0
. /keelson/tests/lib/dump.bash

OUT=/keep/calls

setup_file() {
	mkdir -p $OUT
	criu_install
	image_make sleeper sleeper
	image_make busybox sleeper
	cp "$(command -v busybox)" $IMAGES/busybox/bin/
}

setup() {
	rm -rf "${OUT:?}"/*
}

pid_of() { # CONTAINER
	runc state "$1" | jq .pid
}

is_in_call() { # PID NUMBER
	grep -q "^$2 " "/proc/$1/syscall"
}

# The kernel continues these calls by restart_syscall(2).
goes_on_with_call() { # PID
	is_in_call "$1" 219
}

@test "busybox sleep 3600, dumped twice, sleeps on, and sleeps when restored" {
	local pid
	container_start runc containerd nap busybox /bin/busybox sleep 3600
	pid=$(pid_of nap)
	wait_for is_in_call "$pid" '\(35\|230\)'
	dump -o $OUT/a.tar default/pod-nap/main
	wait_for goes_on_with_call "$pid"
	dump -o $OUT/b.tar default/pod-nap/main
	wait_for goes_on_with_call "$pid"
	expect "$(runc state nap | jq -r .status)" = running
	container_end runc nap

	restore_as_archived --import $OUT/a.tar
	$PROGRAM restore --import $OUT/a.tar --base $IMAGES/busybox \
		"${as_archived[@]}" --bundle $OUT/bundle again </dev/null 3>&-
	wait_for is_in_call "$(pid_of again)" '\(35\|230\)'
	runc delete --force again
	umount $OUT/bundle/rootfs
}

all_have_returned() { # CONTAINER
	[ "$(grep -c . "$CONTAINERS/$1/data/calls")" = 5 ]
}

# A call that started again would take 20 seconds or more.
@test "calls with a time-out go on with what is left of it" {
	container_start runc containerd calls sleeper /bin/sleeper 12 /data/calls
	for at in 4 8; do
		sleep 4 # a part of the time that the calls are to last
		dump -o $OUT/$at.tar default/pod-calls/main
	done
	wait_for all_have_returned calls
	cat "$CONTAINERS/calls/data/calls"
	expect "$(grep -cE '^(clock_)?nanosleep.*: 0 after 1[2-9]...$' \
		"$CONTAINERS/calls/data/calls")" = 3
	grep -qE '^poll: 0 after 1[2-9]...$' "$CONTAINERS/calls/data/calls"
	grep -qE '^futex: ETIMEDOUT after 1[2-9]...$' \
		"$CONTAINERS/calls/data/calls"
	container_end runc calls
}
