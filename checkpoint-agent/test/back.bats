# The agent's back with real containers and the real CRIU: what archives hold
# in every form, and that no fault leaves a container frozen.
# limit: 600
bats_require_minimum_version 1.5.0
. /keelson/tests/lib/dump.bash

OUT=/keep/back

setup_file() {
	mkdir -p $OUT
	criu_install
	image_make counter counter
	mkdir -p $IMAGES/counter/old $IMAGES/counter/etc/deep
	echo was >$IMAGES/counter/old/file
	echo was >$IMAGES/counter/etc/deep/file
	big_start
}

# Enough memory that a dump takes long enough to be interrupted.
big_start() {
	container_start runc containerd big counter \
		/bin/counter -m 256 /data/count /count
	wait_for grep -q '[1-9]' $CONTAINERS/big/data/count
}

teardown_file() {
	container_end runc big
}

setup() {
	rm -rf "${OUT:?}"/*
}

# In the background; $agent is its process.
dump_meanwhile() { # ARCHIVE
	$PROGRAM dump --criu $CRIU -o "$1" default/pod-big/main 3>&- &
	agent=$!
}

count() {
	local count
	count=$(cat $CONTAINERS/big/data/count)
	echo $((10#$count))
}

counts_beyond() {
	[ "$(count)" -gt "$1" ]
}

file_count() {
	local count
	count=$(cat $OUT/count)
	echo $((10#$count))
}

file_counts_beyond() {
	[ "$(file_count)" -gt "$1" ]
}

is_settled() {
	! pgrep -x criu && ! pgrep -x ckpt-guardian
}

# The container runs, its freezer is thawed, and nothing is left behind.
check_untouched() {
	wait_for is_settled
	wait_for counts_beyond "$(count)"
	expect "$(cat /sys/fs/cgroup/freezer/keelson-lab/big/freezer.state)" \
		= THAWED
	[ -z "$(ls -A $OUT)" ]
}

has_ended() {
	[ "$(runc state big | jq -r .status)" = stopped ]
}

goes_on_or_ended() { # COUNT
	counts_beyond "$1" || has_ended
}

# CRIU runs code of its own inside a process for a few milliseconds; if CRIU is
# killed then, that process dies.  Even so nothing may stay frozen; the container
# is started again.
check_after_criu_was_killed() {
	wait_for is_settled
	wait_for goes_on_or_ended "$(count)"
	if has_ended; then
		echo "# CRIU took the process with it" >&3
		runc delete big
		root_unmount big
		rm $CONTAINERS/big/data/count
		big_start
	fi
	check_untouched
}

# ---- contents ----------------------------------------------------------
@test "file changes and deletions are in the archive" {
	container_start runc containerd changes counter /bin/counter \
		/data/count /count
	wait_for grep -q '[1-9]' $CONTAINERS/changes/data/count
	root=$CONTAINERS/changes/rootfs
	rm $root/old/file
	rm -r $root/etc/deep
	mkdir $root/etc/deep
	echo new >$root/etc/deep/other
	ln $root/etc/deep/other $root/etc/twice
	dump -o $OUT/a.tar default/pod-changes/main
	container_end runc changes

	tar -xOf $OUT/a.tar deleted.files | jq -e \
		'index("/old/file") != null and index("/etc/deep/file") != null'
	mkdir $OUT/diff
	tar -xOf $OUT/a.tar rootfs-diff.tar | tar -x -C $OUT/diff
	expect "$(cat $OUT/diff/etc/deep/other)" = new
	[ $OUT/diff/etc/twice -ef $OUT/diff/etc/deep/other ]
	# mount points are made by the runtime, they are not changes
	[ ! -e $OUT/diff/data ]
	tar -xOf $OUT/a.tar spec.dump | cmp - $CONTAINERS/changes/config.json
}

@test "gzip, zstd and age give the same members" {
	age-keygen -o $OUT/key 2>$OUT/public
	public=$(sed -n 's/^Public key: //p' $OUT/public)
	dump -o $OUT/plain.tar default/pod-big/main
	tar -tf $OUT/plain.tar | sort >$OUT/members
	for how in gzip zstd; do
		dump --compress $how -o $OUT/$how.tar default/pod-big/main
		$how -dc <$OUT/$how.tar | tar -t | sort |
			cmp - $OUT/members
		checkpointctl show $OUT/$how.tar | grep -q main
		rm $OUT/$how.tar
	done
	dump --compress zstd --encrypt-to "$public" -o $OUT/sealed \
		default/pod-big/main
	age -d -i $OUT/key $OUT/sealed | zstd -dc | tar -t | sort |
		cmp - $OUT/members
	fails grep -q config.dump $OUT/sealed
}

@test "our restore brings back a container, podman's archives too" {
	before=$(count)
	dump --compress zstd --manifest -o $OUT/a.tar default/pod-big/main
	$PROGRAM verify $OUT/a.tar
	runc kill big KILL
	wait_for runc delete big
	echo 0000000000 >$CONTAINERS/big/data/count
	$PROGRAM restore --import $OUT/a.tar --base $IMAGES/counter \
		--bind /data --net keep --bundle $OUT/bundle again \
		</dev/null 3>&-
	expect "$(number_from count)" -ge "$before"
	runc delete --force again
	umount $OUT/bundle/rootfs
	root_unmount big
	rm $CONTAINERS/big/data/count
	big_start

	podman --runtime runc run -d --name pod --network none -v $OUT:/data localhost/counter /data/count
	wait_for file_counts_beyond 20
	podman container checkpoint -e $OUT/p.tar pod
	podman rm pod
	before=$(file_count)
	echo 0000000000 >$OUT/count
	mkdir $OUT/binds
	binds=()
	while read -r at; do
		file=$OUT/binds/${at//\//-}
		[ "$at" = /dev/shm ] && mkdir "$file" || touch "$file"
		binds+=(--bind "$at=$file")
	done < <(tar -xOf $OUT/p.tar --wildcards '*spec.dump' | jq -r \
		'.mounts[] | select(.type == "bind") | .destination
		| select(. != "/data")')
	$PROGRAM restore --import $OUT/p.tar --runtime runc \
		--base "$(podman image mount localhost/counter)" \
		--bind /data --bundle $OUT/bundle2 "${binds[@]}" again \
		</dev/null 3>&-
	expect "$(number_from file_count)" -ge "$before"
	runc delete --force again
	umount $OUT/bundle2/rootfs
	podman image unmount localhost/counter
}

@test "a terminal whose master is outside the container is dumped" {
	container_start runc containerd tty counter /bin/counter \
		/data/count /count
	container_end runc tty
	jq '.process.terminal = true' $CONTAINERS/tty/config.json \
		>$OUT/config.json
	mv $OUT/config.json $CONTAINERS/tty/config.json
	python3 -c 'if True:
		import os, socket, sys, time
		s = socket.socket(socket.AF_UNIX)
		s.bind(sys.argv[1])
		s.listen(1)
		c = s.accept()[0]
		keep = socket.recv_fds(c, 100, 1)
		time.sleep(600)' $OUT/console.sock 3>&- &
	keeper=$!
	wait_for test -S $OUT/console.sock
	runc run --detach --bundle $CONTAINERS/tty \
		--console-socket $OUT/console.sock tty 3>&-
	wait_for grep -q '[1-9]' $CONTAINERS/tty/data/count
	dump -o $OUT/a.tar default/pod-tty/main
	container_end runc tty
	kill $keeper
	$PROGRAM show --all $OUT/a.tar | grep -q checkpoint/tty-info.img
}

# ---- what must not happen ---------------------------------------------------
@test "killed at any moment: criu" {
	for ms in 10 40 80 120 160 200; do
		dump_meanwhile $OUT/a.tar
		sleep "0.$(printf %03d "$ms")"
		pkill -9 -x criu || true
		wait $agent || true
		rm -f $OUT/a.tar
		check_after_criu_was_killed
	done
}

@test "killed at any moment: the agent" {
	for ms in 10 40 80 120 160 200; do
		dump_meanwhile $OUT/a.tar
		sleep "0.$(printf %03d "$ms")"
		kill -9 $agent || true
		wait $agent || true
		wait_for is_settled
		rm -f $OUT/a.tar
		check_untouched
	done
}

@test "killed at any moment: both" {
	for ms in 10 60 120 180 300; do
		dump_meanwhile $OUT/a.tar
		sleep "0.$(printf %03d "$ms")"
		kill -9 $agent $(pgrep -x criu) || true
		wait $agent || true
		wait_for is_settled
		rm -f $OUT/a.tar
		check_after_criu_was_killed
	done
}

@test "aborted at any moment" {
	for ms in 10 60 120 180 300; do
		dump_meanwhile $OUT/a.tar
		sleep "0.$(printf %03d "$ms")"
		kill -TERM $agent || true
		wait $agent || true
		rm -f $OUT/a.tar
		check_untouched
	done
}

@test "a full disk leaves no file" {
	mount -t tmpfs -o size=100m small $OUT
	run -1 dump -o $OUT/a.tar default/pod-big/main
	[[ "$output" == *"No space left"* ]]
	[ -z "$(ls -A $OUT)" ]
	umount $OUT
	check_untouched
}

@test "two at once: the second is refused" {
	dump_meanwhile $OUT/a.tar
	wait_for test -d $OUT/.work-big
	run -1 dump -o $OUT/b.tar default/pod-big/main
	[[ "$output" == *"being dumped already"* ]]
	wait $agent
	[ -s $OUT/a.tar ]
	rm $OUT/a.tar
	check_untouched
}

@test "a work directory or a bundle that somebody else made is not used" {
	local victim
	sleep 300 3>&- &
	victim=$!
	mkdir $OUT/.work-big $OUT/bundle
	printf 'boot %s\ncriu %d %d\nfreezer %s\n' \
		"$(cat /proc/sys/kernel/random/boot_id)" $victim \
		"$(cut -d ' ' -f 22 /proc/$victim/stat)" $OUT/victim \
		>$OUT/.work-big/journal
	printf '#!/bin/sh\ntouch %s/ran\n' $OUT >$OUT/.work-big/tar
	chmod 755 $OUT/.work-big/tar
	chown -R 1000 $OUT/.work-big $OUT/bundle

	run -1 dump -o $OUT/a.tar default/pod-big/main
	[[ "$output" == *".work-big belongs to user 1000"* ]]
	[ ! -e $OUT/ran ] && [ ! -e $OUT/victim ] && kill -0 $victim
	rm -r $OUT/.work-big
	dump -o $OUT/a.tar default/pod-big/main
	run -1 $PROGRAM restore --import $OUT/a.tar --base $IMAGES/counter \
		--bundle $OUT/bundle again </dev/null
	[[ "$output" == *"$OUT/bundle belongs to user 1000"* ]]
	[ -z "$(ls -A $OUT/bundle)" ]
	kill $victim
	rm -r $OUT/a.tar $OUT/bundle
	check_untouched
}

@test "what cannot be dumped is refused before it is stopped" {
	# standard output is a file of the node
	mkdir -p $CONTAINERS/loud
	container_start runc containerd loud counter /bin/counter \
		/data/count /count
	container_end runc loud
	runc run --detach --bundle $CONTAINERS/loud loud \
		</dev/null >$OUT/log 2>&1 3>&-
	wait_for grep -q '[1-9]' $CONTAINERS/loud/data/count
	run -1 dump -o $OUT/a.tar default/pod-loud/main
	[[ "$output" == *"is the file $OUT/log outside of the container"* ]]
	container_end runc loud
	rm $OUT/log
	[ -z "$(ls -A $OUT)" ]
}
