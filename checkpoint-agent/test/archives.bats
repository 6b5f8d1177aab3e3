# Existing archives against the real peers: conversion to OCI images, inspection,
# and restore.
# limit: 900
bats_require_minimum_version 1.5.0
. /keelson/tests/lib/dump.bash
. /keelson/tests/lib/registry.bash

OUT=/keep/archives

setup_file() {
	mkdir -p $OUT
	criu_install
	image_make counter counter
}

setup() {
	rm -rf "${OUT:?}"/*
}

count() {
	local count
	count=$(cat $OUT/count)
	echo $((10#$count))
}

counts_beyond() {
	[ "$(count)" -ge "$1" ]
}

# It has counted to at least $before.
pod_start() {
	echo 0000000000 >$OUT/count # not what another one has counted
	podman --runtime runc run -d --name pod --network none -v $OUT:/data \
		localhost/counter /data/count >/dev/null
	wait_for counts_beyond 20
	before=$(count)
}

# The restored container continues counting from there.
pod_goes_on() {
	expect "$(number_from count)" -ge "$before"
	podman rm -f -t 0 pod >/dev/null
}

# ---- ACLs -------------------------------------------------------------------
ACL="python3 /keelson/tests/lib/acl.py"

# A file and a directory with ACLs, and a file that must not inherit one.
acls_give() { # ROOT
	touch "$1/etc/acl"
	mkdir "$1/etc/acls"
	touch "$1/etc/acls/none"
	$ACL give "$1/etc/acl"
	$ACL give "$1/etc/acls"
}

acls_show() { # ROOT FILE...
	local file
	for file in "${@:2}"; do
		$ACL show "$1/etc/$file"
	done
}

# ---- images -----------------------------------------------------------------
@test "podman restores an image made from an archive" {
	local how=(none gzip zstd xz) from=(oci oci-archive oci oci)
	local suffix=("" .tar "" "") i acls
	for i in 0 1 2 3; do
		pod_start
		acls_give "$(podman mount pod)"
		acls=$(acls_show "$(podman mount pod)" acl acls)
		dump --compress "${how[i]/xz/none}" -o $OUT/a.tar \
			"$(podman inspect -f '{{.Id}}' pod)"
		[ ${how[i]} != xz ] || {
			xz -0 $OUT/a.tar
			mv $OUT/a.tar.xz $OUT/a.tar
		}
		podman rm -f -t 0 pod >/dev/null
		image=$OUT/image$i${suffix[i]}
		$PROGRAM to-image --tag v1 -o "$image" $OUT/a.tar
		skopeo copy -q "${from[i]}:$image:v1" \
			"containers-storage:localhost/dumped:${how[i]}"
		echo 0000000000 >$OUT/count
		podman --runtime runc container restore \
			"localhost/dumped:${how[i]}"
		expect "$(acls_show "$(podman mount pod)" acl acls)" = "$acls"
		pod_goes_on
		rm $OUT/a.tar
	done
}

@test "images have the annotations of CRI-O, containerd and podman" {
	container_start runc containerd noted counter /bin/counter \
		/data/count /count
	wait_for grep -q '[1-9]' $CONTAINERS/noted/data/count
	dump -o $OUT/a.tar default/pod-noted/main
	container_end runc noted
	root_unmount noted
	$PROGRAM to-image --json --tag v1 -o $OUT/image $OUT/a.tar \
		>$OUT/told
	skopeo inspect --raw oci:$OUT/image:v1 >$OUT/manifest
	expect "$(jq -r .digest $OUT/told)" = \
		"sha256:$(sha256sum <$OUT/manifest | cut -c1-64)"
	while read -r key value; do
		expect "$(jq -r --arg k "$key" '.annotations[$k]' \
			$OUT/manifest)" = "$value"
	done <<-EOF
		io.kubernetes.cri-o.annotations.checkpoint.name main
		io.podman.annotations.checkpoint.runtime.name runc
		org.criu.checkpoint.container.name main
		org.criu.checkpoint.pod.name pod-noted
		org.criu.checkpoint.pod.namespace default
		org.criu.checkpoint.rootfsImageName localhost/counter:latest
	EOF
	# one layer: the archive, byte for byte
	layer=$(jq -r '.layers[0].digest' $OUT/manifest)
	cmp $OUT/a.tar "$OUT/image/blobs/sha256/${layer#sha256:}"
	expect "$(stat -c %a "$OUT/image/blobs/sha256/${layer#sha256:}")" \
		= 600
	# the tar form holds the same image
	$PROGRAM to-image --tag v1 -o $OUT/image.tar $OUT/a.tar
	skopeo inspect --raw oci-archive:$OUT/image.tar:v1 |
		cmp - $OUT/manifest
	[ -z "$(find $OUT -name '*.partial')" ]
}

@test "to-image refuses files that are not archives" {
	echo nonsense >$OUT/nonsense
	run -1 $PROGRAM to-image -o $OUT/image $OUT/nonsense
	age-keygen -o $OUT/key 2>/dev/null
	age -r "$(age-keygen -y $OUT/key)" -o $OUT/sealed $OUT/nonsense
	run -1 $PROGRAM to-image -o $OUT/image $OUT/sealed
	[[ "$output" == *encrypted* ]]
	tar -cf $OUT/other.tar -C $OUT nonsense
	run -1 $PROGRAM to-image -o $OUT/image $OUT/other.tar
	[[ "$output" == *"no config.dump"* ]]
	mkdir $OUT/image
	run -1 $PROGRAM to-image -o $OUT/image $OUT/other.tar
	[ -z "$(ls -A $OUT/image)" ]
	rmdir $OUT/image
	expect "$(find $OUT -name 'image*' | wc -l)" -eq 0
}

# Two nodes, which share nothing but the registry.
@test "podman and our restore use images from a registry" {
	local image=localhost:5000/dumped:v1 layer
	base_make
	registry_start
	pod_start
	dump --compress zstd --manifest -o $OUT/a.tar \
		"$(podman inspect -f '{{.Id}}' pod)"
	podman rm -f -t 0 pod >/dev/null
	$PROGRAM to-image --json --tag v1 -o $OUT/image $OUT/a.tar >$OUT/told
	skopeo copy -q --preserve-digests --dest-tls-verify=false \
		oci:$OUT/image:v1 docker://$image
	skopeo copy -q --dest-tls-verify=false oci:$OUT/base:v2 \
		docker://localhost:5000/layered:v2
	rm -r $OUT/image $OUT/base
	podman pull -q --tls-verify=false $image
	expect "$(podman image inspect -f '{{.Digest}}' $image)" = \
		"$(jq -r .digest $OUT/told)"
	echo 0000000000 >$OUT/count
	podman --runtime runc container restore $image
	pod_goes_on
	# the registry returns the archive byte for byte
	skopeo copy -q --src-tls-verify=false docker://$image oci:$OUT/image:v1
	layer=$(skopeo inspect --raw oci:$OUT/image:v1 |
		jq -r '.layers[0].digest')
	cmp $OUT/a.tar "$OUT/image/blobs/sha256/${layer#sha256:}"
	skopeo copy -q --src-tls-verify=false \
		docker://localhost:5000/layered:v2 oci:$OUT/base:v2
	registry_stop
	binds_make $OUT/a.tar
	echo 0000000000 >$OUT/count
	rm -rf $OUT/bundle
	$PROGRAM restore --import $OUT/a.tar --base $OUT/base --bind /data \
		--bundle $OUT/bundle "${binds[@]}" again </dev/null 3>&-
	expect "$(number_from count)" -ge "$before"
	expect "$(cat $OUT/bundle/rootfs/deep/file)" = upper
	back_end runc
}

# ---- restore ----------------------------------------------------------------
# An image of two layers: the second one deletes, replaces and adds files.
base_make() {
	local made mount
	mkdir -p $IMAGES/counter/{old,deep/er,gone}
	echo lower | tee $IMAGES/counter/old/file $IMAGES/counter/gone/file \
		>$IMAGES/counter/deep/er/file
	podman rmi -f localhost/counter >/dev/null
	image_make counter counter
	made=$(buildah from localhost/counter)
	mount=$(buildah mount "$made")
	rm -r "$mount/gone" "$mount/deep"
	mkdir "$mount/deep"
	echo upper | tee "$mount/deep/file" >"$mount/old/file"
	buildah umount "$made" >/dev/null
	buildah commit -q "$made" localhost/layered >/dev/null
	buildah rm "$made" >/dev/null
	skopeo copy -q containers-storage:localhost/layered oci:$OUT/base:v2
	skopeo copy -q containers-storage:localhost/counter oci:$OUT/base:v1
}

data_count() { # NAME
	local count
	count=$(cat "$CONTAINERS/$1/data/count")
	echo $((10#$count))
}

data_counts_beyond() { # NAME COUNT
	[ "$(data_count "$1")" -gt "$2" ]
}

# back RUNTIME NAME ARCHIVE BASE [OPTION...]: restore; the bundle is kept.
back() {
	local runtime=$1 name=$2 archive=$3 base=$4
	shift 4
	rm -rf $OUT/bundle
	echo 0000000000 >$CONTAINERS/$name/data/count
	restore_as_archived --import "$archive" "$@"
	$PROGRAM restore --json --import "$archive" --base "$base" "$@" \
		"${as_archived[@]}" --bundle $OUT/bundle again </dev/null \
		>$OUT/told 3>&-
	jq -e '.name == "again"' $OUT/told
	expect "$(number_from data_count "$name")" -ge "$before"
}

back_end() { # RUNTIME
	"$1" delete --force again
	umount $OUT/bundle/rootfs
}

@test "runc and crun restore every form of archive" {
	age-keygen -o $OUT/key 2>/dev/null
	public=$(age-keygen -y $OUT/key)
	base_make
	for runtime in runc crun; do
		name=back-$runtime
		container_start $runtime containerd $name counter \
			/bin/counter /data/count /count
		wait_for data_counts_beyond $name 20
		echo new >$CONTAINERS/$name/rootfs/etc/new
		acls_give $CONTAINERS/$name/rootfs
		acls=$(acls_show $CONTAINERS/$name/rootfs acl acls acls/none)
		rm $CONTAINERS/$name/rootfs/old/file
		before=$(data_count $name)
		for how in none gzip zstd; do
			dump --compress $how -o $OUT/$how \
				default/pod-$name/main
		done
		xz -0 <$OUT/none >$OUT/xz
		dump --compress zstd --encrypt-to "$public" -o $OUT/sealed \
			default/pod-$name/main
		container_end $runtime $name
		root_unmount $name
		mkdir $OUT/gnu
		tar -xOf $OUT/none rootfs-diff.tar | tar -x --acls -C $OUT/gnu
		expect "$(acls_show $OUT/gnu acl acls acls/none)" = "$acls"
		rm -r $OUT/gnu
		for how in none gzip zstd xz sealed; do
			$PROGRAM inspect --identity $OUT/key $OUT/$how
			back $runtime $name $OUT/$how $IMAGES/counter \
				--identity $OUT/key
			expect "$(cat $OUT/bundle/rootfs/etc/new)" = new
			expect "$(acls_show $OUT/bundle/rootfs acl acls \
				acls/none)" = "$acls"
			[ ! -e $OUT/bundle/rootfs/old/file ]
			back_end $runtime
			rm $OUT/$how
		done
	done
}

@test "restore takes its base from an OCI layout" {
	base_make
	container_start runc containerd layout counter /bin/counter \
		/data/count /count
	wait_for data_counts_beyond layout 20
	echo new >$CONTAINERS/layout/rootfs/etc/new
	before=$(data_count layout)
	dump -o $OUT/a.tar default/pod-layout/main
	container_end runc layout
	root_unmount layout
	restore_as_archived --import $OUT/a.tar
	run -2 $PROGRAM restore --import $OUT/a.tar --base $OUT/base \
		"${as_archived[@]}" --bundle $OUT/bundle again
	[[ "$output" == *"several images"* ]]
	back runc layout $OUT/a.tar $OUT/base --base-tag v2
	expect "$(cat $OUT/bundle/rootfs/etc/new)" = new
	back_end runc
	# the unpacked base equals podman's view, with owners and modes
	mount=$(podman image mount localhost/layered)
	diff -r "$mount" $OUT/bundle/base
	diff <(cd "$mount" && find . -mindepth 1 -printf '%P %M %U %G %l\n' | sort) \
		<(cd $OUT/bundle/base && find . -mindepth 1 -printf '%P %M %U %G %l\n' |
			sort)
	podman image unmount localhost/layered
	# blobs that do not match their digests
	for blob in $OUT/base/blobs/sha256/*; do
		printf x | dd of="$blob" conv=notrunc bs=1 seek=40 status=none
	done
	rm -rf $OUT/bundle
	run -1 $PROGRAM restore --import $OUT/a.tar --base $OUT/base \
		--base-tag v2 "${as_archived[@]}" --bundle $OUT/bundle again
	[[ "$output" == *"its SHA-256 is not its digest"* ]]
	fails mountpoint -q $OUT/bundle/rootfs
}

@test "restore keeps, makes or joins a network namespace" {
	container_start runc containerd net counter /bin/counter /data/count
	wait_for data_counts_beyond net 20
	before=$(data_count net)
	dump -o $OUT/a.tar default/pod-net/main
	container_end runc net
	root_unmount net
	pod_network other
	declare -A seen
	for net in keep new /run/netns/other; do
		back runc net $OUT/a.tar $IMAGES/counter --net $net
		pid=$(runc state again | jq .pid)
		seen[$net]=$(stat -L -c %i "/proc/$pid/ns/net")
		back_end runc
	done
	expect "${seen[keep]}" = "$(stat -c %i /run/netns/net)"
	expect "${seen[/run/netns/other]}" = "$(stat -c %i /run/netns/other)"
	expect "${seen[new]}" != "${seen[keep]}"
	expect "${seen[new]}" != "$(stat -L -c %i /proc/self/ns/net)"
}

# Give new sources to the files that podman bind-mounts from its own storage.
binds_make() { # ARCHIVE
	local at file
	binds=()
	rm -rf $OUT/binds
	mkdir $OUT/binds
	while read -r at; do
		file=$OUT/binds/${at//\//-}
		[ "$at" = /dev/shm ] && mkdir "$file" || touch "$file"
		binds+=(--bind "$at=$file")
	done < <(tar -xOf "$1" --wildcards '*spec.dump' | jq -r \
		'.mounts[] | select(.type == "bind") | .destination
		| select(. != "/data")')
}

@test "our restore takes archives of podman" {
	local -A runtime=([none]=runc [gzip]=crun [zstd]=runc)
	for how in none gzip zstd; do
		echo 0000000000 >$OUT/count
		podman --runtime ${runtime[$how]} run -d --name pod \
			--network none -v $OUT:/data \
			localhost/counter /data/count
		wait_for counts_beyond 20
		podman --runtime ${runtime[$how]} container checkpoint \
			--compress $how -e $OUT/p.tar pod
		podman rm -f pod
		before=$(count)
		binds_make $OUT/p.tar
		echo 0000000000 >$OUT/count
		rm -rf $OUT/bundle
		$PROGRAM restore --import $OUT/p.tar \
			--runtime ${runtime[$how]} --base $IMAGES/counter \
			--bind /data --bundle $OUT/bundle "${binds[@]}" again \
			</dev/null 3>&-
		expect "$(number_from count)" -ge "$before"
		# in the container's own cgroup, not in the one of the archive
		grep ':pids:.*/again$' "/proc/$(${runtime[$how]} state again |
			jq .pid)/cgroup"
		back_end ${runtime[$how]}
		rm $OUT/p.tar
	done
}

# ---- inspection -------------------------------------------------------------
@test "show and inspect print text and JSON" {
	age-keygen -o $OUT/key 2>/dev/null
	container_start runc containerd look counter /bin/counter \
		-m 4 /data/count /count
	wait_for grep -q '[1-9]' $CONTAINERS/look/data/count
	dump --compress gzip --encrypt-to "$(age-keygen -y $OUT/key)" \
		-o $OUT/a.tar default/pod-look/main
	container_end runc look
	root_unmount look
	run -1 $PROGRAM show $OUT/a.tar
	[[ "$output" == *"--identity"* ]]
	$PROGRAM show --all -i $OUT/key $OUT/a.tar >$OUT/shown
	grep -q '^container     main$' $OUT/shown
	grep -q '^command       /bin/counter -m 4 /data/count /count$' \
		$OUT/shown
	grep -q ' checkpoint/pages-1.img$' $OUT/shown
	$PROGRAM show --json --all -i $OUT/key - <$OUT/a.tar | jq -e '
		.container.name == "main" and
		.statistics.memoryBytes >= 4194304 and
		([.members[].bytes] | add) == .statistics.bytes'
	$PROGRAM inspect --json -i $OUT/key $OUT/a.tar >$OUT/inspected
	jq -e '.processes[0] | .command == "counter" and .pid == 1 and
		.memoryBytes >= 4194304 and
		([.files[] | select(.what == "/data/count")] | length) == 1' \
		$OUT/inspected
	jq -e '[.mounts[].destination] | index("/data") != null' \
		$OUT/inspected
	$PROGRAM inspect -i $OUT/key $OUT/a.tar >$OUT/shown
	grep -Eq '^1 +0 +1 +[0-9]+ +counter$' $OUT/shown
	grep -Eq '^[0-9]+ +/data/count$' $OUT/shown
	grep -q '^  PATH=' $OUT/shown
	run -1 $PROGRAM verify --json -i $OUT/key $OUT/a.tar
	[[ "$output" == *'"intact": false'* ]]
}

# ---- memory -----------------------------------------------------------------
# addresses PATTERN...: the matches of memsearch, "pid address" a line
addresses() {
	$PROGRAM memsearch --json "$@" |
		jq -r '.matches[] | "\(.pid) \(.address)"' | sort
}

keeper_start() { # NAME
	image_make keeper keeper
	container_start runc containerd "$1" keeper /bin/keeper /data/ready
	wait_for test -s "$CONTAINERS/$1/data/ready"
	# once the child waits, its needle is in memory
	child=$(pgrep -P "$(runc state "$1" | jq .pid)")
	wait_for grep -q pause "/proc/$child/wchan"
}

@test "memsearch finds known needles at their addresses" {
	keeper_start keeps
	age-keygen -o $OUT/key 2>/dev/null
	child=$(sed -n 's/^NSpid:.*\t//p' "/proc/$child/status")
	dump -o $OUT/plain.tar default/pod-keeps/main
	dump --compress zstd --encrypt-to "$(age-keygen -y $OUT/key)" \
		-o $OUT/sealed default/pod-keeps/main
	container_end runc keeps
	root_unmount keeps
	for archive in $OUT/plain.tar "$OUT/sealed -i $OUT/key"; do
		for pattern in needle-1001 needle-1002 needle-1003 \
			needle-1004; do
			addresses $archive $pattern
		done >$OUT/found
		diff - $OUT/found <<-EOF
			1 0x10000064
			1 0x10002ffb
			1 0x20005008
			$child 0x30002040
		EOF
	done
	$PROGRAM memsearch --json --max 2 $OUT/plain.tar needle-100 |
		jq -e '.count == 4 and (.matches | length) == 2'
	echo needle-1002 >$OUT/pattern
	expect "$(addresses --pattern-file $OUT/pattern $OUT/plain.tar)" = \
		"1 0x10002ffb"
	hex=$(printf needle-1002 | od -An -tx1 | tr -d ' \n')
	expect "$(addresses --hex $OUT/plain.tar "$hex")" = "1 0x10002ffb"
	expect "$(addresses --pid "$child" $OUT/plain.tar needle-100)" = \
		"$child 0x30002040"
	$PROGRAM memsearch --context 4 $OUT/plain.tar needle-1001 |
		grep -Eq '^1 +keeper +0x10000064 +rw- +anonymous +....needle-1001!!!!$'
	$PROGRAM memsearch --json --context 0 $OUT/plain.tar needle-1001 \
		>$OUT/found
	fails grep -q needle $OUT/found
}

@test "memsearch and checkpointctl agree" {
	image_make keeper keeper
	rm -f $OUT/ready
	podman --runtime runc run -d --name pod --network none -v $OUT:/data \
		localhost/keeper /data/ready
	wait_for test -s $OUT/ready
	dump -o $OUT/p.tar "$(podman inspect -f '{{.Id}}' pod)"
	podman rm -f pod
	for needle in needle needle-1001 needle-1002 no-needle; do
		checkpointctl memparse $OUT/p.tar --pid 1 --search $needle |
			sed -n 's/^| 0*\([0-9a-f]\{8,\}\) .*/1 0x\1/p' |
			diff - <(addresses --pid 1 $OUT/p.tar $needle |
				grep -v 0x20005008) # shared memory: unknown to it
	done
	expect "$(addresses $OUT/p.tar needle-1004 | wc -l)" -eq 1
}

# ---- differences ------------------------------------------------------------
# areas FILE START: "changed added removed" of the area at START
areas() {
	jq -r --arg start "$2" '.memory.processes[].areas[] |
		select(.start == $start) |
		"\(.changedPages) \(.addedPages) \(.removedPages)"' "$1"
}

is_changed() { # NAME
	[ "$(find $CONTAINERS/"$1"/data/ready -newer $OUT/before.tar)" ]
}

@test "diff counts changed pages by area" {
	age-keygen -o $OUT/key 2>/dev/null
	keeper_start diffs
	root=$CONTAINERS/diffs/rootfs
	echo one >$root/etc/file
	dump -o $OUT/before.tar default/pod-diffs/main
	runc kill diffs USR1
	wait_for is_changed diffs
	echo two >$root/etc/file
	echo new >$root/etc/new
	rm $root/etc/passwd
	dump --compress zstd --encrypt-to "$(age-keygen -y $OUT/key)" \
		-o $OUT/after.age default/pod-diffs/main
	container_end runc diffs
	root_unmount diffs
	$PROGRAM diff --json -i $OUT/key $OUT/before.tar $OUT/after.age \
		>$OUT/diff
	expect "$(areas $OUT/diff 0x10000000)" = "1 1 0"
	expect "$(areas $OUT/diff 0x20000000)" = ""
	expect "$(areas $OUT/diff 0x30000000)" = ""
	jq -r '.rootfs[] | "\(.change) \(.what)"' $OUT/diff |
		diff - <(printf '%s\n' "changed /etc/file" "added /etc/new" \
			"added /etc/passwd")
	jq -e '.same == false and .environment == [] and .mounts == [] and
		.files == [] and .processes == [] and
		([.container[] | select(.what == "checkpointedTime")] |
			length) <= 1 and
		.memory.changedPages >= 1' $OUT/diff
	$PROGRAM diff -i $OUT/key $OUT/before.tar $OUT/after.age >$OUT/shown
	grep -Eq '^0x10000000 +0x10010000 +rw- +1 +1 +0 +2 +anonymous$' \
		$OUT/shown
	grep -Eq '^changed +/etc/file +file 0644 0:0, 4 bytes' $OUT/shown
	$PROGRAM diff --json $OUT/before.tar $OUT/before.tar |
		jq -e '.same and .memory.samePages > 0'
	# truncated in the middle of its pages
	head -c 60000 $OUT/before.tar >$OUT/cut.tar
	run -1 $PROGRAM diff $OUT/before.tar $OUT/cut.tar
}

@test "diff sees processes, files, mounts and environment" {
	container_start runc containerd one counter /bin/counter /data/count
	wait_for grep -q '[1-9]' $CONTAINERS/one/data/count
	dump -o $OUT/a.tar default/pod-one/main
	container_end runc one
	root_unmount one
	image_make crowd crowd
	container_start runc containerd two crowd /bin/crowd \
		/data/state /dev/shm /data
	container_end runc two
	jq '.process.env += ["EXTRA=1"] | .mounts |= map(
		select(.destination != "/tmp"))' $CONTAINERS/two/config.json \
		>$OUT/config.json
	mv $OUT/config.json $CONTAINERS/two/config.json
	runc run --detach --bundle $CONTAINERS/two two </dev/null \
		> >(exec cat >/dev/null 3>&-) 2>&1 3>&-
	wait_for test -s $CONTAINERS/two/data/state
	dump -o $OUT/b.tar default/pod-two/main
	container_end runc two
	root_unmount two
	$PROGRAM diff --json --no-memory $OUT/a.tar $OUT/b.tar >$OUT/diff
	jq -e '(.environment | map("\(.change) \(.what) \(.after)")) ==
			["added EXTRA 1"] and
		([.mounts[] | select(.what == "/tmp")][0].change ==
			"removed") and
		([.processes[] | select(.what == "1")][0] |
			.change == "changed" and
			(.before | startswith("counter,")) and
			(.after | startswith("crowd,"))) and
		([.files[].before] | index("/data/count") != null) and
		(.memory == null)' $OUT/diff
}

# ---- integrity --------------------------------------------------------------
@test "verify checks the hash beside an archive and the manifest in it" {
	age-keygen -o $OUT/key 2>/dev/null
	container_start runc containerd sums counter /bin/counter /data/count
	wait_for grep -q '[1-9]' $CONTAINERS/sums/data/count
	dump --manifest -o $OUT/plain.tar default/pod-sums/main
	dump --manifest --compress gzip --encrypt-to \
		"$(age-keygen -y $OUT/key)" -o $OUT/sealed.age \
		default/pod-sums/main
	dump --json -o $OUT/bare.tar default/pod-sums/main >$OUT/told
	expect "$(jq .bytes $OUT/told)" -eq "$(stat -c %s $OUT/bare.tar)"
	container_end runc sums
	root_unmount sums
	(cd $OUT && sha256sum -c plain.tar.sha256 sealed.age.sha256)
	expect "$(stat -c %a $OUT/sealed.age.sha256)" = 600
	expect "$(wc -l <$OUT/sealed.age.sha256)" -eq 1
	$PROGRAM verify --json $OUT/plain.tar |
		jq -e '.intact and .beside and .members > 10'
	$PROGRAM verify --json -i $OUT/key $OUT/sealed.age |
		jq -e '.intact and .beside and .members > 10'
	# without the key only the hash beside it
	$PROGRAM verify --json $OUT/sealed.age |
		jq -e '.intact and .beside and .members == null'
	run -1 $PROGRAM verify $OUT/bare.tar
	[[ "$output" == *"no manifest"* ]]
	[ ! -e $OUT/bare.tar.sha256 ]
	# both detect a single changed byte
	for archive in plain.tar sealed.age; do
		size=$(stat -c %s $OUT/$archive)
		printf '\377' | dd of=$OUT/$archive conv=notrunc bs=1 \
			seek=$((size / 2)) status=none
		run -1 $PROGRAM verify -i $OUT/key $OUT/$archive
		[[ "$output" == *"its SHA-256 differs"* ]]
		rm $OUT/$archive.sha256
		run -1 $PROGRAM verify -i $OUT/key $OUT/$archive
	done
}

# ---- the peers --------------------------------------------------------------
# checkpointctl can read it.
peer_reads() { # ARCHIVE
	checkpointctl show "$1" | grep -q counter
	checkpointctl inspect --all "$1" >$OUT/inspected
	grep -q '/data/count' $OUT/inspected
	checkpointctl inspect --all --format json "$1" |
		jq -e '.[0].process_tree.command == "counter"'
	checkpointctl memparse "$1" | grep -Eq '1 \| counter +\| [1-9]'
	checkpointctl memparse "$1" --pid 1 --search /data/count |
		grep -q /data/count
}

# Our commands can read it.
we_read() { # ARCHIVE
	$PROGRAM show "$1" | grep -q '^container     pod$'
	$PROGRAM inspect --json "$1" | jq -e '.processes[0].memoryBytes > 0'
	$PROGRAM memsearch --json "$1" /data/count | jq -e '.count > 0'
	$PROGRAM diff --json "$1" "$1" | jq -e .same
}

@test "checkpointctl, our commands and podman read every form" {
	table=(ours-none ours-gzip ours-zstd ours-none-manifest
		ours-zstd-manifest podman-none podman-gzip podman-zstd)
	for row in "${table[@]}"; do
		IFS=- read -r whose how manifest <<<"$row"
		echo "# $row"
		pod_start
		if [ $whose = ours ]; then
			dump --compress $how ${manifest:+--manifest} \
				-o $OUT/a.tar \
				"$(podman inspect -f '{{.Id}}' pod)"
		else
			podman container checkpoint --compress $how \
				-e $OUT/a.tar pod
		fi
		podman rm -f -t 0 pod >/dev/null
		peer_reads $OUT/a.tar
		we_read $OUT/a.tar
		echo 0000000000 >$OUT/count
		podman --runtime runc container restore --import $OUT/a.tar
		pod_goes_on
		rm $OUT/a.tar*
	done
}

# Debian has CRIU 4.1, which knows only the old field for the page count.  It
# does not check that hardware breakpoints fire, and hangs where they do not;
# CRIU_FAULT=130 makes it do without them.
@test "an older CRIU restores our archives" {
	[ "$(PATH=/usr/sbin criu --version | head -n 1)" \< "Version: 4.2" ]
	pod_start
	dump -o $OUT/a.tar "$(podman inspect -f '{{.Id}}' pod)"
	podman rm -f -t 0 pod >/dev/null
	echo 0000000000 >$OUT/count
	CRIU_FAULT=130 PATH=/usr/sbin:/usr/bin:/sbin:/bin \
		podman --runtime runc container restore --import $OUT/a.tar
	pod_goes_on
}
