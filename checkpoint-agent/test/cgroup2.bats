# A node with cgroup v2 alone: containers are frozen by cgroup.freeze, they come
# back into a cgroup with the same limits, and none of them stays frozen.
# where: vm
# limit: 600
# test-limit: 400
bats_require_minimum_version 1.5.0

OUT=/keep/out
TOP=/sys/fs/cgroup/keelson-lab
LIMITS='.linux.resources += {memory: {limit: 104857600},
	cpu: {quota: 50000, period: 100000}, pids: {limit: 50}}'

load_libs() {
	. /keelson/tests/lib/dump.bash
}

setup_file() {
	load_libs
	criu_install
	image_make counter counter
	for runtime in runc crun; do
		CONFIG=$LIMITS container_start $runtime containerd in-$runtime \
			counter /bin/counter -m 16 /data/count /count
	done
}

teardown_file() {
	for runtime in runc crun; do
		$runtime delete --force in-$runtime
		$runtime delete --force copy-$runtime
		$runtime delete --force again-$runtime
	done
	podman rm -f -t 0 -a
}

setup() {
	load_libs
	mkdir -p $OUT
}

count_of() { # NAME
	local count
	count=$(cat "$CONTAINERS/$1/data/count")
	echo $((10#0${count%%[^0-9]*}))
}

is_beyond() { # NAME COUNT
	[ "$(count_of "$1")" -gt "$2" ]
}

goes_on() { # NAME
	wait_for is_beyond "$1" "$(count_of "$1")"
}

stands() { # NAME
	local events
	read -rd '' events <$TOP/"$1"/cgroup.events || true
	[[ "$events" == *'frozen 1'* ]]
}

is_thawed() { # NAME
	grep -qx 0 $TOP/"$1"/cgroup.freeze &&
		grep -q 'frozen 0' $TOP/"$1"/cgroup.events
}

# Start a dump, $dumping, in the background and catch the moment at which the
# freezer is on.  That lasts milliseconds: poll without sleeping, and try again
# if the moment was missed.
dump_until_frozen() { # NAME
	dumping=
	until stands "$1"; do
		if [ -z "$dumping" ] || ! kill -0 $dumping 2>/dev/null; then
			rm -f $OUT/caught.tar
			$PROGRAM dump --criu $CRIU -o $OUT/caught.tar "$1" \
				>$OUT/said 2>&1 3>&- &
			dumping=$!
		fi
	done
}

cgroup_of() { # RUNTIME NAME
	echo "/sys/fs/cgroup$(sed 's/^0:://' \
		/proc/"$("$1" state "$2" | jq .pid)"/cgroup)"
}

limits_of() { # RUNTIME NAME
	(cd "$(cgroup_of "$1" "$2")" && cat memory.max cpu.max pids.max)
}

@test "the node says what it is" {
	expect "$(stat -f -c %T /sys/fs/cgroup)" = cgroup2fs
	fails grep -q ' - cgroup ' /proc/self/mountinfo
	mkdir -m 0700 $OUT/archives
	$PROGRAM check --criu $CRIU --dir $OUT/archives >$OUT/said
	grep -E '^freezer +ok +cgroup version 2$' $OUT/said
	grep -E '^memory +ok +writes are tracked' $OUT/said
	grep -E '^criu +ok ' $OUT/said
	expect "$($PROGRAM check --json in-runc | jq -r .freezer)" = \
		$TOP/in-runc
}

@test "killed while it stands still, the container is thawed" {
	local dumping
	dump_until_frozen in-runc
	kill -9 $dumping
	wait $dumping || true
	wait_for is_thawed in-runc
	goes_on in-runc
	fails test -e $OUT/caught.tar
}

@test "paused, it is dumped and stays so" {
	runc pause in-runc
	dump -o $OUT/paused.tar in-runc
	stands in-runc
	runc resume in-runc
	goes_on in-runc
}

# Kill the container and restore a copy, which counts on from there in a cgroup
# of its own.
comes_back() { # RUNTIME
	local before
	before=$(count_of "in-$1")
	limits_of "$1" "in-$1" >$OUT/limits
	expect "$(xargs <$OUT/limits)" = '104857600 50000 100000 50'
	"$1" kill "in-$1" KILL
	$PROGRAM restore --import $OUT/in-"$1".tar --base $IMAGES/counter \
		--bundle $OUT/bundle-"$1" --runtime "$1" --net new --bind /data \
		copy-"$1" </dev/null >$OUT/said 2>&1 3>&- || cat $OUT/said
	expect "$(cgroup_of "$1" copy-"$1")" = /sys/fs/cgroup/copy-"$1"
	limits_of "$1" copy-"$1" | diff $OUT/limits -
	wait_for is_beyond "in-$1" "$before"
}

@test "dumped by its freezer, it goes on, and comes back with its limits" {
	local runtime
	for runtime in runc crun; do
		dump -o $OUT/in-$runtime.tar in-$runtime
		is_thawed in-$runtime
		goes_on in-$runtime
		comes_back $runtime
	done
}

# CRIU would make the cgroups that its images name, write their limits and enter
# them; restore.bats says the same of version 1.
@test "an archive makes, changes and enters no other cgroup" {
	local runtime pid
	for runtime in runc crun; do
		rm -rf $OUT/unpacked
		mkdir $OUT/unpacked
		tar -xf $OUT/in-$runtime.tar -C $OUT/unpacked
		python3 /keelson/tests/lib/cgroup_image.py \
			$OUT/unpacked/checkpoint/cgroup.img \
			/keelson-lab/victim /evil /../evil
		tar -cf $OUT/hostile.tar -C $OUT/unpacked .
		mkdir -p $TOP/victim
		$PROGRAM restore --import $OUT/hostile.tar --base $IMAGES/counter \
			--bundle $OUT/again-$runtime --runtime $runtime --net new \
			--bind /data again-$runtime </dev/null >$OUT/said 2>&1 3>&- ||
			cat $OUT/said
		goes_on in-$runtime
		pid=$("$runtime" state again-$runtime | jq .pid)
		expect "$(cat /proc/"$pid"/cgroup)" = 0::/again-$runtime
		expect "$(find /sys/fs/cgroup -name evil)" = ''
		expect "$(cat $TOP/victim/cgroup.procs)" = ''
		expect "$(cat $TOP/victim/pids.max)" = max
	done
	rmdir $TOP/victim
}

# podman runs the agent in a cgroup namespace of its own.
@test "from its image: a container of podman's, with a limit" {
	local archive count=$CONTAINERS/podman/data/count
	. /keelson/tests/lib/agent.bash
	mkdir -p $CONTAINERS/podman/data
	agent_start
	podman run -d --name limited --network none --memory 100m \
		-v $CONTAINERS/podman/data:/data localhost/counter /data/count
	wait_for test -s "$count"
	expect "$(post /checkpoint/podman/limited/limited)" = 200
	archive=$(jq -re '.items[0]' $AGENT/body)
	goes_on podman
	podman rm -f -t 0 limited
	echo 0000000000 >"$count"
	podman container restore --import "$archive"
	goes_on podman
	expect "$(cat /sys/fs/cgroup/"$(podman inspect \
		-f '{{.State.CgroupPath}}' limited)"/memory.max)" = 104857600
	agent_stop
}
