# Unusual containers and nodes: what CRIU would refuse, or do otherwise.
# limit: 400
bats_require_minimum_version 1.5.0
. /keelson/tests/lib/dump.bash

OUT=/keep/unusual

setup_file() {
	mkdir -p $OUT
	logs
	criu_install
	image_make counter counter
}

setup() {
	rm -rf "${OUT:?}"/*
}

counter_start() { # NAME
	container_start runc containerd "$1" counter /bin/counter \
		/data/count /count
	wait_for grep -q '[1-9]' "$CONTAINERS/$1/data/count"
}

# A CRIU whose log becomes long, and one that leaves neither log nor figures.
logs() {
	mkdir -p $OUT.criu
	for how in 'head -c 70000000 /dev/zero | tr "\\0" x >>"$dir/dump.log"' \
		'rm "$dir/dump.log" "$dir/stats-dump"'; do
		cat <<-EOT >"$OUT.criu/${how%% *}"
			#!/bin/bash
			$CRIU "\$@"
			rc=\$?
			dir=\$(echo $OUT/.work-*)
			$how
			exit \$rc
		EOT
	done
	chmod 755 $OUT.criu/*
}

groups_of() { # CONTAINER
	sed -n 's/^Groups:[[:space:]]*//p' \
		"/proc/$(runc state "$1" | jq .pid)/status" | wc -w
}

@test "a process in 3,000 groups is dumped, and is in them again" {
	CONFIG='.process.user.additionalGids =
		[range(1000000000; 1000003000)]' counter_start crowd
	dump -o $OUT/a.tar default/pod-crowd/main
	expect "$(groups_of crowd)" = 3000
	container_end runc crowd
	restore_as_archived --import $OUT/a.tar
	$PROGRAM restore --import $OUT/a.tar --base $IMAGES/counter \
		"${as_archived[@]}" --bundle $OUT/bundle again </dev/null 3>&-
	expect "$(groups_of again)" = 3000
	runc delete --force again
	umount $OUT/bundle/rootfs
}

# skip-mnt leaves the content of /tmp out, lazy-pages waits for a client.
@test "the node's configuration of CRIU does not change a dump" {
	local root
	counter_start plain
	root=/proc/$(runc state plain | jq .pid)/root
	echo kept >"$root/tmp/file"
	mkdir -p /etc/criu $OUT/.criu
	printf 'skip-mnt /tmp\nlazy-pages\nport 27\n' |
		tee /etc/criu/default.conf $OUT/.criu/default.conf >$OUT/conf
	mkdir -p /.criu
	cp $OUT/conf /.criu/default.conf
	HOME=$OUT CRIU_CONFIG_FILE=$OUT/conf timeout 60 \
		$PROGRAM dump --criu $CRIU -o $OUT/a.tar default/pod-plain/main
	rm -r /etc/criu/default.conf /.criu
	for image in $(tar -tf $OUT/a.tar | grep tmpfs-); do
		tar -xOf $OUT/a.tar "$image" | tar -tz
	done | grep -q file
	container_end runc plain
}

@test "a long log is cut, a missing one is left out, and the archive is kept" {
	counter_start logs
	run -0 $PROGRAM dump --criu $OUT.criu/head -o $OUT/a.tar \
		default/pod-logs/main
	[[ "$output" == *"CRIU's log is cut in the archive"* ]]
	tar -xOf $OUT/a.tar dump.log >$OUT/dump.log
	expect "$(stat -c %s $OUT/dump.log)" -lt 68000000
	grep -aq 'bytes of this log are left out' $OUT/dump.log
	$PROGRAM verify $OUT/a.tar || $PROGRAM show $OUT/a.tar
	run -0 $PROGRAM dump --criu $OUT.criu/rm -o $OUT/b.tar \
		default/pod-logs/main
	[[ "$output" == *"CRIU's log is not in the archive"* ]]
	tar -tf $OUT/b.tar | grep -q '^checkpoint/pages-'
	fails grep -qE 'dump.log|stats-dump' <(tar -tf $OUT/b.tar)
	container_end runc logs
}

# ---- holes ------------------------------------------------------------------
holes_make() { # ROOT
	truncate -s 1G "$1/lastlog"
	for ((n = 0; n < 101; n++)); do
		printf x | dd of="$1/lastlog" bs=1 seek=$((n * 10000001)) \
			conv=notrunc status=none
	done
	truncate -s 200M "$1/empty"
	printf begin >"$1/half"
	truncate -s 300M "$1/half"
}

holes_sum() { # ROOT: what is at the data, and the lengths
	for ((n = 0; n < 101; n++)); do
		dd if="$1/lastlog" bs=1 skip=$((n * 10000001)) count=2 \
			status=none | tr '\0' 0
	done
	head -c 6 "$1/half" | tr '\0' 0
	stat -c '%n %s' "$1"/{lastlog,empty,half} | sed 's,.*/,,'
}

@test "holes of files cost nothing, and every reader makes them again" {
	local root=$CONTAINERS/holes/rootfs wanted
	counter_start holes
	holes_make $root
	wanted=$(holes_sum $root)
	timeout 60 $PROGRAM dump --criu $CRIU -o $OUT/a.tar \
		default/pod-holes/main
	expect "$(stat -c %s $OUT/a.tar)" -lt 4000000
	container_end runc holes
	root_unmount holes

	mkdir $OUT/gnu
	tar -xOf $OUT/a.tar rootfs-diff.tar >$OUT/diff.tar
	tar -C $OUT/gnu -xf $OUT/diff.tar
	expect "$(holes_sum $OUT/gnu)" = "$wanted"
	podman import -q $OUT/diff.tar localhost/holes
	expect "$(holes_sum "$(podman image mount localhost/holes)")" = "$wanted"
	podman image unmount localhost/holes
	podman rmi localhost/holes

	mkdir -p $CONTAINERS/holes/data
	restore_as_archived --import $OUT/a.tar
	$PROGRAM restore --import $OUT/a.tar --base $IMAGES/counter \
		"${as_archived[@]}" --bundle $OUT/bundle again </dev/null 3>&-
	expect "$(holes_sum $OUT/bundle/rootfs)" = "$wanted"
	expect "$(du -sk $OUT/bundle/rootfs | cut -f 1)" -lt 20000
	runc delete --force again
	umount $OUT/bundle/rootfs
}

# ---- changed files ----------------------------------------------------------
# 100 MB of changes on a disk that has no room for them twice.
@test "changed files are written once" {
	counter_start big
	head -c 100000000 /dev/urandom >$CONTAINERS/big/rootfs/change
	mkdir $OUT/disk
	mount -t tmpfs -o size=130m disk $OUT/disk
	for how in none zstd; do
		dump --manifest --compress $how -o $OUT/disk/a.tar \
			default/pod-big/main
		$PROGRAM verify $OUT/disk/a.tar
		tar_of $OUT/disk/a.tar | tar -xO rootfs-diff.tar |
			tar -xO change | cmp - $CONTAINERS/big/rootfs/change
		rm $OUT/disk/a.tar*
	done
	umount $OUT/disk
	container_end runc big
}

tar_of() { # ARCHIVE
	zstd -dcf "$1"
}

# The first 256 MiB are kept in memory, the rest in a file.
@test "changes that memory has no room for are in the archive, too" {
	counter_start large
	head -c 300000000 /dev/urandom >$CONTAINERS/large/rootfs/change
	dump --compress zstd -o $OUT/a.tar default/pod-large/main
	tar_of $OUT/a.tar | tar -xO rootfs-diff.tar | tar -xO change |
		cmp - $CONTAINERS/large/rootfs/change
	container_end runc large
}

# As in a pod; it is read after the changes, and a pipe holds at most 1 MiB.
@test "a large /dev/shm comes beside changed files" {
	mkdir $OUT/shm
	head -c 5000000 /dev/urandom >$OUT/shm/segment
	CONFIG="(.mounts[] | select(.destination == \"/dev/shm\")) |=
		{destination: \"/dev/shm\", type: \"bind\",
		 source: \"$OUT/shm\", options: [\"bind\", \"rw\"]}" \
		counter_start shared
	head -c 5000000 /dev/urandom >$CONTAINERS/shared/rootfs/change
	age-keygen -o $OUT/key 2>/dev/null
	for how in "--compress none" "--compress zstd" \
		"--encrypt-to $(age-keygen -y $OUT/key)"; do
		dump $how -o $OUT/a.tar default/pod-shared/main
		case $how in
		--encrypt*) age -d -i $OUT/key -o $OUT/b.tar $OUT/a.tar ;;
		*) cp $OUT/a.tar $OUT/b.tar ;;
		esac
		tar -xOf $OUT/b.tar devshm-checkpoint.tar |
			tar -xO --wildcards '*segment' | cmp - $OUT/shm/segment
		tar -xOf $OUT/b.tar rootfs-diff.tar | tar -xO change |
			cmp - $CONTAINERS/shared/rootfs/change
		rm $OUT/a.tar $OUT/b.tar
	done
	container_end runc shared
}
