# Which container is meant: one named by a process, one in state directories
# that an option names, and that it is still the same one when CRIU dumps it.
bats_require_minimum_version 1.5.0
. /keelson/tests/lib/dump.bash

OUT=/keep/out

setup_file() {
	image_make counter counter
}

setup() {
	rm -rf $OUT
	mkdir -p $OUT
}

dump() {
	$PROGRAM dump --criu "${criu:-$CRIU}" -o $OUT/a.tar "$@"
}

counter_start() { # RUNTIME NAME
	container_start "$1" containerd "$2" counter /bin/counter /data/count
	wait_for grep -q '[1-9]' "$CONTAINERS/$2/data/count"
	pid=$("$1" state "$2" | jq .pid)
}

id_in() { # ARCHIVE
	tar -xOf "$1" config.dump | jq -r .id
}

# The kernel reuses a process number: when CRIU starts, the container has ended
# and another process has its number.
swapping_criu() {
	cat >$OUT/criu <<-EOT
		#!/bin/bash
		runc kill swap KILL
		python3 - $pid <<'EOP'
		import os, sys, time
		wanted, name = int(sys.argv[1]), "/proc/sys/kernel/ns_last_pid"
		while os.path.exists("/proc/%d" % wanted):
		    time.sleep(0.01)
		while True:
		    with open(name, "w") as f:
		        f.write(str(wanted - 1))
		    pid = os.fork()
		    if pid == 0 and os.getpid() == wanted:
		        os.setsid()
		        os.closerange(0, 10)
		        os.execv("/keelson/build/test/bin/counter",
		            ["counter", "$OUT/innocent"])
		    if pid == 0:
		        os._exit(0)
		    if pid == wanted:
		        break
		    os.waitpid(pid, 0)
		# out of CRIU's session before CRIU can fail and its group is
		# ended
		while not open("/proc/%d/cmdline" % pid).read().startswith("counter"):
		    time.sleep(0.01)
		EOP
		exec $CRIU "\$@"
	EOT
	chmod 0755 $OUT/criu
	criu=$OUT/criu
}

counts_on() { # FILE
	local count
	count=$((10#$(cat "$1")))
	wait_for counts_beyond "$1" "$count"
}

counts_beyond() { # FILE COUNT
	[ $((10#$(cat "$1"))) -gt "$2" ]
}

@test "swapped between look-up and dump: refused, and nobody is harmed" {
	counter_start runc swap
	swapping_criu
	run -1 dump swap
	[[ "$output" == *"container swap has ended meanwhile"* ]]
	# another process has the number now, and it never stood still for long
	expect "$(tr '\0' ' ' <"/proc/$pid/cmdline")" = "counter $OUT/innocent "
	counts_on $OUT/innocent
	kill "$pid"
	[ ! -e $OUT/a.tar ]
	expect "$(find $OUT -name '.work*')" = ""
	runc delete swap
	root_unmount swap
}

@test "a container is found by any of its processes" {
	local runtime
	for runtime in runc crun; do
		counter_start $runtime by-pid-$runtime
		dump --pid "$pid"
		expect "$(id_in $OUT/a.tar)" = by-pid-$runtime
		rm $OUT/a.tar
		# a process that the runtime added later is not a child of the
		# first one
		$runtime exec --detach by-pid-$runtime /bin/counter /tmp/other \
			3>&-
		wait_for pgrep -xf '/bin/counter /tmp/other'
		dump --pid "$(pgrep -xf '/bin/counter /tmp/other')"
		expect "$(id_in $OUT/a.tar)" = by-pid-$runtime
		rm $OUT/a.tar
		container_end $runtime by-pid-$runtime
	done
}

@test "a process of nobody's is refused, or dumped by its bundle" {
	counter_start runc hidden
	container_end runc hidden
	runc --root /run/nowhere run --detach --bundle $CONTAINERS/hidden \
		hidden </dev/null > >(exec cat >/dev/null 3>&-) 2>&1 3>&-
	pid=$(runc --root /run/nowhere state hidden | jq .pid)
	run -1 dump --pid "$pid"
	[[ "$output" == *"no known runtime has a container with it"* ]]
	run -1 dump default/pod-hidden/main
	[[ "$output" == *"no such container"* ]]
	dump --pid "$pid" --bundle $CONTAINERS/hidden
	tar -xOf $OUT/a.tar spec.dump | cmp - $CONTAINERS/hidden/config.json
	rm $OUT/a.tar
	dump --runtime-root /run/nowhere hidden
	expect "$(id_in $OUT/a.tar)" = hidden
	runc --root /run/nowhere kill hidden KILL
	wait_for runc --root /run/nowhere delete hidden
	run -1 dump --pid "$pid" --bundle $CONTAINERS/hidden
	[[ "$output" == *"no process $pid"* ]]
	run -2 dump
	run -2 dump --pid 1 hidden
}

@test "a container of no pod is known by its runtime and id" {
	counter_start crun plain
	container_end crun plain
	jq 'del(.annotations)' $CONTAINERS/plain/config.json >$OUT/config.json
	cp $OUT/config.json $CONTAINERS/plain/config.json
	crun run --detach --bundle $CONTAINERS/plain plain </dev/null \
		> >(exec cat >/dev/null 3>&-) 2>&1 3>&-
	dump crun/plain/plain
	expect "$(id_in $OUT/a.tar)" = plain
	container_end crun plain
}

# CRI-O copies the annotations of a pod beside its own.
@test "a container that is named twice is passed over, and said to be" {
	CONFIG='.annotations += {"io.kubernetes.cri.sandbox-namespace": "kube-system",
		"io.kubernetes.cri.sandbox-name": "etcd",
		"io.kubernetes.cri.container-name": "etcd"}' \
		container_start runc crio twice counter /bin/counter /data/count
	for name in kube-system/etcd/etcd default/pod-twice/main; do
		run -1 dump $name
		[[ "$output" == *"names of a container passed over"*"id=$(container_id twice)"* ]]
		[[ "$output" == *"no such container"* ]]
	done
	dump "$(container_id twice)"
	expect "$(id_in $OUT/a.tar)" = "$(container_id twice)"
	container_end runc twice
	root_unmount twice
}

@test "an annotation that is no name leads to no other directory" {
	mkdir -p $OUT/here $OUT/there
	CONFIG='.annotations["io.kubernetes.cri.sandbox-name"] = "x/../../there/a"' \
		container_start runc containerd slash counter /bin/counter \
		/data/count
	(cd $OUT/here && $PROGRAM dump --criu $CRIU slash)
	expect "$(ls $OUT/there)" = ''
	expect "$(find $OUT/here -name '*slash*.tar' | wc -l)" = 1
	container_end runc slash
	root_unmount slash
}

# ---- a user's own runtime ---------------------------------------------------
# Run a command as root of a user namespace of user 1000, on the user's files.
rootless_start() { # NAME
	local dir=$OUT/user/$1
	mkdir -p "$dir/rootfs" /run/user/1000
	cp -a $IMAGES/counter/. "$dir/rootfs"
	runc spec --rootless --bundle "$dir"
	jq '.process.args = ["/bin/counter", "/tmp/count"]
		| .process.terminal = false | .root.readonly = false
		| .annotations = {"io.kubernetes.cri.sandbox-namespace": "default",
			"io.kubernetes.cri.sandbox-name": "pod-mine",
			"io.kubernetes.cri.container-name": "main"}
		| del(.mounts[] | select(.destination | startswith("/sys")))
		| .linux.maskedPaths = [] | .linux.readonlyPaths = []
		| (.linux.uidMappings[], .linux.gidMappings[]).hostID = 1000' \
		"$dir/config.json" >"$dir/new"
	mv "$dir/new" "$dir/config.json"
	chown -R 1000:1000 $OUT/user /run/user/1000
	as_user runc --root /run/user/1000/runc run --detach --bundle "$dir" \
		"$1" </dev/null > >(exec cat >/dev/null 3>&-) 2>&1 3>&-
}

as_user() {
	XDG_RUNTIME_DIR=/run/user/1000 setpriv --reuid 1000 --regid 1000 \
		--clear-groups "$@"
}

@test "a user's containers: where an option says so, and never as others'" {
	local state=/run/user/1000/runc pid
	local user=(--runtime-root /run/runc --runtime-root "$state")
	counter_start runc mine
	rootless_start rootless
	pid=$(runc --root $state state rootless | jq .pid)
	run -1 dump rootless
	[[ "$output" == *"no such container"* ]]

	dump "${user[@]}" rootless
	expect "$(id_in $OUT/a.tar)" = rootless
	expect "$(tar -xOf $OUT/a.tar config.dump | jq -r .name)" = rootless
	fails grep -q rootfs-diff.tar <(tar -tf $OUT/a.tar)
	rm $OUT/a.tar
	dump "${user[@]}" user-1000/rootless/rootless
	rm $OUT/a.tar
	kill -0 "$pid"

	# its annotations claim to be a container of a pod, and it is the newest
	dump "${user[@]}" default/pod-mine/main
	expect "$(id_in $OUT/a.tar)" = mine
	rm $OUT/a.tar

	# a user who names the process of somebody else gets nothing
	jq ".init_process_pid = $(runc state mine | jq .pid)
		| .init_process_start = 0" $state/rootless/state.json >$OUT/state
	as_user tee $state/rootless/state.json <$OUT/state >/dev/null
	run -1 dump "${user[@]}" rootless
	[[ "$output" == *"not running"* ]]
	# a link to a file of somebody else is refused, and a pipe blocks nobody
	cp $OUT/state $OUT/of-root
	as_user ln -sf $OUT/of-root $state/rootless/state.json
	run -1 dump "${user[@]}" rootless
	[[ "$output" == *"no such container"* ]]
	as_user rm $state/rootless/state.json
	as_user mkfifo $state/rootless/state.json
	run -1 timeout 60 $PROGRAM dump --criu $CRIU -o $OUT/a.tar "${user[@]}" rootless
	[[ "$output" == *"no such container"* ]]

	kill -KILL "$pid"
	container_end runc mine
}
