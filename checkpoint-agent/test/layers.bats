# Whose layers are read: those of the overlay that the runtime mounted, whatever
# the container has mounted since and whatever its image holds; and what was
# deleted stays deleted in a container that is brought back.
# limit: 600
bats_require_minimum_version 1.5.0
. /keelson/tests/lib/dump.bash

OUT=/keep/out
SECRET=/keep/secret
ODD=$'caf\xe9'           # no UTF-8
OTHER=$'caf\xef\xbf\xbd' # what JSON would make of it

# A root file system with busybox, and what the tests below change.
image_shell() {
	local rootfs=$IMAGES/shell
	image_make counter counter
	mkdir -p "$rootfs"
	cp -a $IMAGES/counter/. "$rootfs"
	cp /bin/busybox "$rootfs/bin/busybox"
	for name in sh mount mkdir cp rm ln pivot_root; do
		ln -s busybox "$rootfs/bin/$name"
	done
	mkdir -p "$rootfs"/keep "$rootfs"/d/{sub/more,gone} "$rootfs"/to-{file,link}
	touch "$rootfs"/d/{b,sub/a,sub/more/c,gone/x} "$rootfs/to-dir" \
		"$rootfs"/to-{file,link}/x
	touch "$rootfs/$ODD" "$rootfs/$OTHER"
	ln -s $SECRET "$rootfs/to-secret"
	tar -C "$rootfs" -c . | podman import -q - localhost/shell >/dev/null
}

setup_file() {
	image_shell
	criu_install
}

setup() {
	rm -rf $OUT $SECRET
	mkdir -p $OUT $SECRET/deep
	echo secret >$SECRET/of-the-node
	touch $SECRET/deep/of-the-node
}

shell_start() { # RUNTIME NAME SCRIPT
	rm -f "$CONTAINERS/$2/data/count" # of a container of this name before
	container_start "$1" containerd "$2" shell /bin/sh -c \
		"$3; exec /bin/counter ${AT:-}/data/count"
	wait_for grep -q '[1-9]' "$CONTAINERS/$2/data/count"
}

member() { # NAME
	tar -xOf $OUT/a.tar "$1" 2>/dev/null || true
}

# ---- a container that mounts ------------------------------------------------
# In its user namespace it mounts an overlay whose upper directory has a name
# that is a directory of the node, too, and makes that its root.
HOSTILE='mkdir -p /keep/lower/bin /keep/lower/old /keep/new /keep/secret /keep/w
	cp /bin/counter /bin/busybox /keep/lower/bin
	mount -t overlay mine /keep/new -o \
		userxattr,lowerdir=/keep/lower,upperdir=/keep/secret,workdir=/keep/w
	cd /keep/new && pivot_root . old'
USERS='[{containerID: 0, hostID: 100000, size: 65536}] as $map
	| .linux.namespaces += [{type: "user"}]
	| .linux.uidMappings = $map | .linux.gidMappings = $map
	| del(.linux.namespaces[] | select(.type == "network").path)
	| .process.capabilities[] += ["CAP_CHOWN", "CAP_DAC_OVERRIDE",
		"CAP_FOWNER", "CAP_MKNOD", "CAP_SYS_ADMIN", "CAP_SYS_CHROOT"]
	| .mounts += [{destination: "/keep", type: "tmpfs", source: "x"}]'

@test "an overlay that the container mounted is not believed" {
	local runtime pid
	for runtime in runc crun; do
		mkdir -p $CONTAINERS/hostile/data
		chown 100000:100000 $CONTAINERS/hostile/data
		rm -f $CONTAINERS/hostile/data/count
		CONFIG=$USERS AT=/old shell_start $runtime hostile "$HOSTILE"
		pid=$($runtime state hostile | jq .pid)
		grep -q ' / / .* mine .*upperdir=/keep/secret' \
			"/proc/$pid/mountinfo"
		$PROGRAM check --json hostile >$OUT/json || true
		jq -e '.notInArchive[] | select(contains("that the node has mounted"))' \
			$OUT/json
		run dump -o $OUT/a.tar hostile
		if [ "$status" = 0 ]; then
			fails grep -q of-the-node <(member rootfs-diff.tar)
			fails grep -q of-the-node <(member deleted.files)
			rm $OUT/a.tar
		fi
		container_end $runtime hostile
		root_unmount hostile
	done
}

@test "a link in the image leads to no directory of the node" {
	shell_start runc link 'rm /to-secret; mkdir -p /to-secret/deep'
	dump -o $OUT/a.tar link
	member rootfs-diff.tar | tar -t | grep -x to-secret/deep/
	expect "$(member deleted.files)" = ''
	container_end runc link
	root_unmount link
}

# ---- how layers are written -------------------------------------------------
@test "layers one by one, and names with colons, commas and backslashes" {
	local upper='/keep/up,p:e\r'
	mkdir -p "$upper" /keep/work '/keep/low:er,\1'
	touch '/keep/low:er,\1/below'
	# the overlay of the test instead of the usual one
	root_mount() {
		mkdir -p "$CONTAINERS/$1"/{rootfs,upper,scratch}
		echo "$1" >"$CONTAINERS/$1/id"
		python3 - "$CONTAINERS/$1/rootfs" "$upper" <<-'EOT'
			import ctypes, sys
			libc = ctypes.CDLL(None, use_errno=True)
			def call(number, *args):
			    got = libc.syscall(number, *args)
			    assert got >= 0, (number, args, ctypes.get_errno())
			    return got
			fs = call(430, b"overlay", 0)
			def option(name, value):
			    call(431, fs, 1, name, value.encode(), 0)
			escaped = "".join("\\" + c if c in "\\:," else c for c in sys.argv[2])
			option(b"lowerdir+", "/keep/low:er,\\1")
			option(b"lowerdir+", "/keep/images/shell")
			option(b"upperdir", escaped)
			option(b"workdir", "/keep/work")
			call(431, fs, 6, None, None, 0)
			call(429, call(432, fs, 0, 0), b"", -100, sys.argv[1].encode(), 4)
		EOT
	}
	shell_start runc spelled 'rm -r /d /below; mkdir /d'
	grep 'lowerdir+=' "/proc/$(runc state spelled | jq .pid)/mountinfo"
	dump -o $OUT/a.tar spelled
	expect "$(member deleted.files | jq -c sort)" = \
		'["/below","/d/b","/d/gone","/d/sub"]'
	container_end runc spelled
	umount $CONTAINERS/spelled/rootfs
}

# ---- deleted and brought back -----------------------------------------------
CHANGE='rm -r /d /to-file /to-link /to-dir
	mkdir -p /d/sub/more /to-dir/new; ln -s /d /to-link
	echo text >/to-file; echo text >/d/sub/new'

# Everything but what the runtime makes.
tree_of() { # PID
	(cd "/proc/$1/root" && find d to-* -printf '%p %y %l\n' | sort)
}

@test "directories made anew: what they held does not come back" {
	local runtime
	for runtime in runc crun; do
		shell_start $runtime anew "$CHANGE"
		tree_of "$($runtime state anew | jq .pid)" >$OUT/before
		grep -x 'd/sub/new f ' $OUT/before
		dump -o $OUT/a.tar anew
		expect "$(member deleted.files | jq -c sort)" = \
			'["/d/b","/d/gone","/d/sub/a","/d/sub/more/c"]'
		container_end $runtime anew
		root_unmount anew
		restore_as_archived --import $OUT/a.tar
		$PROGRAM restore --import $OUT/a.tar --base $IMAGES/shell \
			"${as_archived[@]}" --bundle $OUT/$runtime again \
			</dev/null 3>&-
		tree_of "$($runtime state again | jq .pid)" | diff $OUT/before -
		$runtime delete --force again
		umount $OUT/$runtime/rootfs
		rm $OUT/a.tar
	done
}

@test "a deleted name that is no UTF-8 stays deleted" {
	local runtime
	for runtime in runc crun; do
		shell_start $runtime odd 'rm /caf?'
		dump -o $OUT/a.tar odd
		expect "$(member deleted.files)" = ''
		expect "$(member deleted.paths | od -An -tx1)" = \
			' 2f 63 61 66 e9 00'
		$PROGRAM inspect --json $OUT/a.tar | jq -e \
			'.deletedFiles | length == 1'
		container_end $runtime odd
		root_unmount odd
		restore_as_archived --import $OUT/a.tar
		$PROGRAM restore --import $OUT/a.tar --base $IMAGES/shell \
			"${as_archived[@]}" --bundle $OUT/$runtime again \
			</dev/null 3>&-
		[ ! -e "$OUT/$runtime/rootfs/$ODD" ]
		[ -e "$OUT/$runtime/rootfs/$OTHER" ]
		$runtime delete --force again
		umount $OUT/$runtime/rootfs
		rm $OUT/a.tar
	done
}

@test "podman brings the same back" {
	local id
	id=$(podman --runtime runc run -d --name anew --network none \
		localhost/shell /bin/sh -c "$CHANGE; rm /caf?; exec /bin/counter /tmp/count")
	wait_for test -e "/proc/$(podman inspect -f '{{.State.Pid}}' anew)/root/tmp/count"
	tree_of "$(podman inspect -f '{{.State.Pid}}' anew)" >$OUT/before
	dump -o $OUT/a.tar "$id"
	podman rm -f -t 0 anew
	podman --runtime runc container restore --import $OUT/a.tar
	tree_of "$(podman inspect -f '{{.State.Pid}}' anew)" | diff $OUT/before -
	# podman does not know deleted.paths; it damages no other file
	[ -e "$(podman mount anew)/$OTHER" ]
	podman rm -f -t 0 anew
}
