# What an archive may not do to the node that restores it, where it lies
# meanwhile, and what a restore leaves behind.
# limit: 600
bats_require_minimum_version 1.5.0
. /keelson/tests/lib/dump.bash

OUT=/keep/restore

setup_file() {
	rm -rf $OUT $OUT.kept
	mkdir -p $OUT $OUT.kept
	criu_install
	image_make counter counter
	for runtime in runc crun; do
		container_start $runtime containerd was-$runtime counter \
			/bin/counter /data/count
		wait_for grep -q '[1-9]' \
			$CONTAINERS/was-$runtime/data/count
		dump -o $OUT.kept/$runtime.tar default/pod-was-$runtime/main
		container_end $runtime was-$runtime
		root_unmount was-$runtime
	done
}

setup() {
	rm -rf $OUT
	mkdir $OUT
}

# archive_change RUNTIME FILTER [FILE...]: $OUT/a.tar with another spec.dump,
# and with files of $OUT/add.
archive_change() {
	local dir=$OUT/unpacked
	rm -rf $dir
	mkdir $dir
	tar -xf $OUT.kept/"$1".tar -C $dir
	jq "$2" $dir/spec.dump >$OUT/spec
	cp $OUT/spec $dir/spec.dump
	shift 2
	[ $# -eq 0 ] || tar -cf $dir/devshm-checkpoint.tar -C $OUT/add "$@"
	tar -cf $OUT/a.tar -C $dir .
}

back() { # RUNTIME [OPTION...]
	local count=$CONTAINERS/was-$1/data/count
	shift
	echo 0000000000 >"$count"
	rm -rf $OUT/bundle
	$PROGRAM restore --import $OUT/a.tar --base $IMAGES/counter \
		--bundle $OUT/bundle "$@" again </dev/null 3>&-
}

back_end() { # RUNTIME
	"$1" delete --force again
	umount $OUT/bundle/rootfs
}

counts() { # RUNTIME
	grep -q '[1-9]' $CONTAINERS/was-"$1"/data/count
}

@test "an archive writes nowhere on the node but below the bundle" {
	local type
	mkdir $OUT/add $OUT/victim
	echo evil >$OUT/add/planted
	for type in bind tmpfs none; do
		archive_change runc "(.mounts[] | select(.destination ==
			\"/dev/shm\")) |= {destination: \"/dev/shm\",
			type: \"$type\", options: [\"rbind\"],
			source: \"$OUT/victim\"}" planted
		run -1 back runc --bind /data --net keep
		[[ "$output" == *"mount /dev/shm ($OUT/victim)"* ]]
		[ -z "$(ls -A $OUT/victim)" ]
	done
	# it is written to the place that an option names
	mkdir $OUT/shm
	back runc --bind /data --net keep --bind /dev/shm=$OUT/shm
	wait_for counts runc
	expect "$(cat $OUT/shm/planted)" = evil
	back_end runc
	[ -z "$(ls -A $OUT/victim)" ]
}

@test "places of the node that no option allows are refused by name" {
	archive_change runc '.mounts += [
			{destination: "/disk", type: "ext4", source: "/dev/vda"}]
		| .linux.namespaces |= map(select(.type != "uts"))
		| .linux.resources.devices += [
			{allow: true, type: "b", major: 8, access: "rw"}]'
	run -1 back runc
	for name in "mount /data" "mount /disk (/dev/vda)" \
		"namespace network (/run/netns/was-runc)" "namespace uts" \
		"device b 8:* (rw)"; do
		[[ "$output" == *"$name"* ]]
	done
	[ ! -e $OUT/bundle/config.json ]
	run -1 back runc --bind /data --net keep --join uts --bind /disk
	[[ "$output" == *"device b 8"* && "$output" != *"mount /d"* ]]
}

@test "--plan shows what would be obeyed, and touches nothing" {
	archive_change runc '.hooks.prestart = [{path: "/bin/evil"}]
		| .annotations["org.criu.config"] = "/etc/evil"'
	$PROGRAM restore --plan --import $OUT/a.tar --bind /data=/srv >$OUT/shown
	grep -Eq "^changed +mount +/data +/keep/.*/data +/srv +by --bind$" \
		$OUT/shown
	grep -Eq '^refused +namespace +network +/run/netns/' $OUT/shown
	grep -Eq '^kept +namespace +pid' $OUT/shown
	grep -Eq '^kept +capability +CAP_KILL' $OUT/shown
	grep -Eq '^dropped +hook +prestart +/bin/evil +never run$' $OUT/shown
	grep -Eq '^dropped +annotation +org.criu.config' $OUT/shown
	$PROGRAM restore --plan --json --import $OUT/a.tar --bind /data \
		--net new | jq -e '.possible and
			([.items[] | select(.fate == "refused")] == [])'
	$PROGRAM restore --plan --json --import - <$OUT/a.tar |
		jq -e '.possible | not'
	[ ! -e $OUT/bundle ]
}

# CRIU runs an action script as root, and runtimes obey more than hooks.
@test "an archive starts no program of the node" {
	for runtime in runc crun; do
		printf '#!/bin/sh\ntouch %s/ran\n' $OUT >$OUT/evil
		chmod 0755 $OUT/evil
		echo "action-script=$OUT/evil" >$OUT/evil.conf
		archive_change $runtime "(.hooks | .prestart, .createRuntime,
				.createContainer, .startContainer, .poststart,
				.poststop) |= [{path: \"$OUT/evil\"}]
			| .Hooks = .hooks
			| .annotations[\"org.criu.config\"] =
				\"$OUT/evil.conf\""
		back $runtime --bind /data --net keep
		wait_for counts $runtime
		back_end $runtime
		[ ! -e $OUT/ran ]
	done
}

# All cgroups of that name, and the limits that an archive may try to set.
groups_of() { # NAME
	find /sys/fs/cgroup/ -depth -type d -name "$1" -print
	find /sys/fs/cgroup/ -path "*/$1/*" '(' -name pids.max -o \
		-name memory.limit_in_bytes -o -name cgroup.max.descendants ')' \
		-exec grep -H . {} +
}

# CRIU makes the cgroups that its images name, writes their limits and enters
# them, in any hierarchy, unless it is told not to.
@test "an archive makes, changes and enters no cgroup of the node" {
	local dir before pid runtime
	for dir in $(groups_roots); do
		mkdir -p "$dir/victim"
	done
	before=$(groups_of victim)
	for runtime in runc crun; do
		archive_change $runtime .
		python3 /keelson/tests/lib/cgroup_image.py \
			$OUT/unpacked/checkpoint/cgroup.img \
			/victim /evil /../evil
		tar -cf $OUT/a.tar -C $OUT/unpacked .
		back $runtime --bind /data --net keep
		wait_for counts $runtime
		pid=$($runtime state again | jq .pid)
		fails grep -E 'evil|victim' "/proc/$pid/cgroup"
		grep -q again "/proc/$pid/cgroup"
		expect "$(groups_of evil)" = ''
		expect "$(groups_of victim)" = "$before"
		back_end $runtime
	done
	find /sys/fs/cgroup/ -depth -type d -name victim -exec rmdir {} +
}

# The tops of all hierarchies: version 1, and version 2 beside it or alone.
groups_roots() {
	awk '$3 == "cgroup" || $3 == "cgroup2" { print $2 }' /proc/self/mounts
}

# ---- what is no regular file ------------------------------------------------
# A command that waits for a writer is ended, with another status.
refuses_file() { # NAME COMMAND...
	local name=$1
	shift
	run -1 timeout 20 "$@"
	[[ "$output" == *"$name"*"not a regular file"* ||
		"$output" == *"$name"*"symbolic link"* ]]
}

@test "links and FIFOs in place of archives are refused at once" {
	cp $OUT.kept/runc.tar $OUT/good.tar
	ln -s good.tar $OUT/link.tar
	mkfifo $OUT/fifo.tar
	for name in link.tar fifo.tar; do
		for command in show inspect verify "memsearch --hex" \
			"restore --plan --import" "to-image -o $OUT/image"; do
			if [ "$command" = "memsearch --hex" ]; then
				refuses_file $name $PROGRAM $command $OUT/$name 00
			else
				refuses_file $name $PROGRAM $command $OUT/$name
			fi
		done
		refuses_file $name $PROGRAM diff $OUT/good.tar $OUT/$name
		ln -sf /etc/passwd $OUT/good.tar.sha256
		refuses_file good.tar.sha256 $PROGRAM verify $OUT/good.tar
		rm $OUT/good.tar.sha256
	done
	# from a pipe, as - says
	$PROGRAM show - < <(cat $OUT/good.tar) | grep -q '^container '
}

@test "links and FIFOs inside of an archive or a layout are refused" {
	local member dir=$OUT/unpacked blob
	for member in spec.dump config.dump checkpoint/inventory.img \
		checkpoint/pstree.img deleted.files; do
		rm -rf $dir $OUT/a.tar $OUT/bundle
		mkdir $dir
		tar -xf $OUT.kept/runc.tar -C $dir
		rm -f $dir/$member
		mkfifo $dir/$member
		tar -cf $OUT/a.tar -C $dir .
		run -1 timeout 20 $PROGRAM restore --import $OUT/a.tar \
			--base $IMAGES/counter --bundle $OUT/bundle \
			--bind /data --net keep again
		[[ "$output" == *"not a regular file"* ]]
	done
	skopeo copy -q containers-storage:localhost/counter oci:$OUT/base:v1
	blob=$(jq -r '.manifests[0].digest | sub(":"; "/")' $OUT/base/index.json)
	for what in index.json "blobs/$blob" blobs/sha256; do
		rm -rf $OUT/layout $OUT/bundle
		cp -r $OUT/base $OUT/layout
		mv $OUT/layout/"$what" $OUT/moved
		ln -s $OUT/moved $OUT/layout/"$what"
		run -1 timeout 20 $PROGRAM restore --import $OUT.kept/runc.tar \
			--base $OUT/layout --bundle $OUT/bundle --bind /data \
			--net keep again
		[[ "$output" == *"symbolic link"* ]]
		run -1 timeout 20 /keelson/build/bin/keelson image show $OUT/layout
		[[ "$output" == *"symbolic link"* ]]
		rm -rf $OUT/moved
	done
}

# ---- what is cut off, and what expands --------------------------------------
@test "an archive that was cut off is refused, wherever the cut is" {
	local at
	cp $OUT.kept/runc.tar $OUT/whole.tar
	for at in 512 5120 $(($(stat -c %s $OUT/whole.tar) / 2 / 512 * 512)) \
		$(($(stat -c %s $OUT/whole.tar) - 1024)); do
		head -c "$at" $OUT/whole.tar >$OUT/a.tar
		run -1 $PROGRAM to-image -o $OUT/image $OUT/a.tar
		[ ! -e $OUT/image ]
		run -1 $PROGRAM inspect $OUT/a.tar
		run -1 back runc --bind /data --net keep
		[ ! -e $OUT/bundle/archive ]
	done
	[[ "$output" == *"cut off"* ]]
}

@test "--max-size bounds what an archive may expand to" {
	mkdir $OUT/add
	tar -xf $OUT.kept/runc.tar -C $OUT/add
	truncate -s 1G $OUT/add/zeros
	tar -c -C $OUT/add . | zstd -q -o $OUT/a.tar
	[ "$(stat -c %s $OUT/a.tar)" -lt 10000000 ]
	for command in show inspect verify "to-image -o $OUT/image" \
		"restore --plan --import"; do
		run -1 $PROGRAM $command $OUT/a.tar --max-size 100Mi
		[[ "$output" == *"expands to more than 104857600 bytes"* ]]
	done
	run -1 $PROGRAM diff --max-size 100Mi $OUT/a.tar $OUT/a.tar
	[[ "$output" == *"--max-size"* ]]
	$PROGRAM show --max-size 2Gi $OUT/a.tar | grep -q '^container '
	run -1 back runc --max-size 100Mi --bind /data --net keep
	[[ "$output" == *"--max-size"* ]]
	[ ! -e $OUT/bundle/archive ]
}

# ---- what fails -------------------------------------------------------------
@test "after a failed restore the same one works" {
	local why
	for runtime in runc crun; do
		archive_change $runtime .
		# CRIU insists on the file that the container has open
		rm $CONTAINERS/was-$runtime/data/count
		rm -rf $OUT/bundle
		run -1 $PROGRAM restore --import $OUT/a.tar \
			--base $IMAGES/counter --bundle $OUT/bundle \
			--bind /data --net keep again </dev/null 3>&-
		[[ "$output" == *"CRIU's log is $OUT/bundle/restore.log: Error "* ]]
		expect "$(ls $OUT/bundle)" = restore.log
		fails $runtime state again
		fails mountpoint -q $OUT/bundle/rootfs
		# crun fails upon cgroups that it has left
		expect "$(find /sys/fs/cgroup/ -maxdepth 2 -name again)" = ''
		echo 0000000000 >$CONTAINERS/was-$runtime/data/count
		$PROGRAM restore --import $OUT/a.tar --base $IMAGES/counter \
			--bundle $OUT/bundle --bind /data --net keep again \
			</dev/null 3>&-
		wait_for counts $runtime
		# the name is taken, and stays with whoever has it
		why=$(! $PROGRAM restore --import $OUT/a.tar \
			--base $IMAGES/counter --bundle $OUT/other \
			--bind /data --net keep again 2>&1 >/dev/null)
		[[ "$why" == *"has a container again"* ]]
		expect "$($runtime state again | jq -r .status)" = running
		back_end $runtime
	done
}

# A runtime that finds the name taken when it restores, and says by whom.
fake_runtime() { # BUNDLE
	rm -f $OUT/asked $OUT/taken
	cat >$OUT/fake <<-EOT
		#!/bin/sh
		echo "\$1" >>$OUT/asked
		case \$1 in
		restore) : >$OUT/taken; exit 1 ;;
		state) [ -e $OUT/taken ] && echo '{"bundle": "$1"}' ;;
		esac
	EOT
	chmod +x $OUT/fake
}

restore_by_fake() {
	rm -rf $OUT/bundle
	run -1 $PROGRAM restore --import $OUT/a.tar --base $IMAGES/counter \
		--runtime $OUT/fake --bundle $OUT/bundle --bind /data \
		--net keep again </dev/null 3>&-
}

@test "a container that took the name meanwhile is not deleted" {
	archive_change runc .
	fake_runtime /tmp
	restore_by_fake
	grep -x restore $OUT/asked
	fails grep delete $OUT/asked
	fake_runtime $OUT/bundle
	restore_by_fake
	grep -x delete $OUT/asked
}

# Another end of a terminal, as runc's recvtty: says what comes from it.
console() { # SOCKET
	python3 - "$1" <<-'EOF'
		import array, os, socket, sys
		s = socket.socket(socket.AF_UNIX)
		s.bind(sys.argv[1])
		s.listen(1)
		c, _ = s.accept()
		_, rights, _, _ = c.recvmsg(256, socket.CMSG_LEN(4))
		fd = array.array("i", rights[0][2])[0]
		while True:
		    data = os.read(fd, 256)
		    sys.stdout.write(data.decode(errors="replace"))
		    sys.stdout.flush()
	EOF
}

# Everything of container_start() but the start.
container_prepare() { # RUNTIME
	local dir=$CONTAINERS/tty-$1
	echo counter >"$dir/image"
	echo containerd >"$dir/dialect"
	root_mount "tty-$1"
	[ -e "/run/netns/tty-$1" ] || pod_network "tty-$1"
	config_make containerd "tty-$1" counter /bin/counter /data/count
}

@test "a container with a terminal comes back with one" {
	local pid
	for runtime in runc crun; do
		archive=$OUT/$runtime-tty.tar
		console $OUT/tty.$runtime >$OUT/out 3>&- &
		pid=$!
		wait_for test -S $OUT/tty.$runtime
		mkdir -p $CONTAINERS/tty-$runtime/data
		CONFIG='.process.terminal = true' container_prepare $runtime
		$runtime run --detach --console-socket $OUT/tty.$runtime \
			--bundle $CONTAINERS/tty-$runtime tty-$runtime 3>&-
		wait_for grep -q '[1-9]' $CONTAINERS/tty-$runtime/data/count
		dump -o $archive default/pod-tty-$runtime/main
		container_end $runtime tty-$runtime
		root_unmount tty-$runtime
		kill $pid || true # it ends with its terminal
		echo 0000000000 >$CONTAINERS/tty-$runtime/data/count
		run -2 $PROGRAM restore --import $archive --net keep \
			--bind /data --base $IMAGES/counter \
			--bundle $OUT/bundle again
		[[ "$output" == *"--console-socket"* ]]
		console $OUT/tty.again.$runtime >$OUT/out 3>&- &
		pid=$!
		wait_for test -S $OUT/tty.again.$runtime
		$PROGRAM restore --import $archive --net keep --bind /data \
			--base $IMAGES/counter --bundle $OUT/bundle \
			--console-socket $OUT/tty.again.$runtime again \
			</dev/null 3>&-
		wait_for grep -q '[1-9]' $CONTAINERS/tty-$runtime/data/count
		readlink /proc/"$($runtime state again | jq .pid)"/fd/0 |
			grep -q '^/dev/pts/'
		back_end $runtime
		rm -rf $OUT/bundle
		kill $pid || true # it ends with its terminal
	done
}

# ---- where the archive lies meanwhile ---------------------------------------
MARKER=a-secret-of-the-container

# secret_dump: $OUT/{plain,zstd,sealed}.tar of a container with 64 MiB, whose
# environment holds $MARKER; the key is $OUT/key.
secret_dump() {
	age-keygen -o $OUT/key 2>/dev/null
	rm -f $CONTAINERS/secret/data/count
	CONFIG=".process.env += [\"SECRET=$MARKER\"]" \
		container_start runc containerd secret counter \
		/bin/counter -m 64 /data/count
	wait_for grep -q '[1-9]' $CONTAINERS/secret/data/count
	dump -o $OUT/plain.tar default/pod-secret/main
	dump --compress zstd -o $OUT/zstd.tar default/pod-secret/main
	dump --encrypt-to "$(age-keygen -y $OUT/key)" -o $OUT/sealed.tar \
		default/pod-secret/main
	container_end runc secret
	root_unmount secret
	spy_make
}

# A runtime that tells what the node sees in the bundle when all is unpacked:
# names of files with $MARKER in them to $OUT/found, with content to $OUT/files.
spy_make() {
	cat >$OUT/spy <<-EOF
		#!/bin/sh
		if [ "\$1" = restore ]; then
			(cd /proc/\$PPID/root$OUT/bundle &&
				grep -rla $MARKER . >$OUT/found
				find . -path ./rootfs -prune -o -type f -size +0 \
					-print >$OUT/files)
		fi
		# memory_bound is for us, not for the container
		[ -z "\$UNBOUND" ] || echo \$\$ >"\$UNBOUND"
		exec runc "\$@"
	EOF
	chmod 0755 $OUT/spy
}

secret_back() { # FILE [OPTION...]
	local file=$1
	shift
	echo 0000000000 >$CONTAINERS/secret/data/count
	$PROGRAM restore --import "$file" --base $IMAGES/counter \
		--bundle $OUT/bundle --bind /data --net keep \
		--identity $OUT/key --runtime $OUT/spy "$@" again \
		3>&-
}

secret_end() {
	wait_for grep -q '[1-9]' $CONTAINERS/secret/data/count
	runc delete --force again
	umount $OUT/bundle/rootfs
	fails grep -rla $MARKER $OUT/bundle
	[ ! -e $OUT/bundle/archive ]
	rm -rf $OUT/bundle
}

# This process gets this much memory, in MiB.
memory_bound() {
	local top=/sys/fs/cgroup/memory file=memory.limit_in_bytes dir
	dir=$top/small
	UNBOUND=$top$(sed -n 's/^[0-9]*:memory://p' /proc/self/cgroup)
	if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
		dir=/sys/fs/cgroup/small file=memory.max
		UNBOUND=/sys/fs/cgroup$(sed -n 's/^0:://p' /proc/self/cgroup)
	fi
	export UNBOUND=$UNBOUND/cgroup.procs
	mkdir -p $dir
	echo $(($1 << 20)) >$dir/$file
	echo $BASHPID >$dir/cgroup.procs
}

secret_back_in() { # MIB FILE [OPTION...]
	(memory_bound "$1" && secret_back "${@:2}")
}

@test "plain text of an encrypted archive never reaches a disk" {
	secret_dump
	secret_back $OUT/sealed.tar
	expect "$(cat $OUT/found $OUT/files)" = ./rpc.conf
	secret_end
	# without encryption config.json, which has the environment, stays
	for archive in plain zstd; do
		secret_back $OUT/$archive.tar
		expect "$(cat $OUT/found)" = ./config.json
		fails grep archive $OUT/files
		rm $OUT/bundle/config.json
		secret_end
	done
}

@test "without room in memory archives go to disk, encrypted ones if told" {
	secret_dump
	run -1 secret_back_in 100 $OUT/sealed.tar
	[[ "$output" == *"it is encrypted, and memory has room for "* &&
		"$output" == *"--allow-plaintext-on-disk"* ]]
	expect "$(ls -A $OUT/bundle)" = ""
	for archive in zstd sealed; do
		secret_back_in 100 $OUT/$archive.tar \
			--allow-plaintext-on-disk >$OUT/said 2>&1
		grep -q "memory has no room for the archive" $OUT/said
		grep -q '^./archive/checkpoint/pages-1.img$' $OUT/found
		rm $OUT/bundle/config.json
		secret_end
	done
	# one that is not compressed needs no room: its pages stay in it
	secret_back_in 100 $OUT/plain.tar >$OUT/said 2>&1
	fails grep "no room" $OUT/said
	rm $OUT/bundle/config.json
	secret_end
}

@test "what comes by a pipe cannot go to disk afterwards" {
	secret_dump
	run -1 secret_back_in 100 - < <(cat $OUT/zstd.tar)
	[[ "$output" == *"standard input cannot be read again"* ]]
	expect "$(ls -A $OUT/bundle)" = ""
}

# A CRIU that does not know where pages stay gets them unpacked.
@test "restores with a CRIU of others, too" {
	secret_dump
	CRIU_FAULT=130 PATH=/usr/sbin:/usr/bin:/sbin:/bin \
		secret_back $OUT/plain.tar
	expect "$(cat $OUT/found)" = ./config.json
	grep -q auto-dedup $OUT/bundle/rpc.conf
	rm $OUT/bundle/config.json
	secret_end
}

# It reads from the pipe and has unpacked a part of the archive.
is_unpacking() { # PID
	compgen -G "/proc/$1/cwd/checkpoint" >/dev/null
}

@test "kill -9 of a restore leaves nothing of the archive" {
	local pid writer
	secret_dump
	mkfifo $OUT/pipe
	head -c 30000000 $OUT/sealed.tar >$OUT/part
	{ cat $OUT/part && exec sleep 1000; } >$OUT/pipe 3>&- &
	writer=$!
	$PROGRAM restore --import - --identity $OUT/key \
		--base $IMAGES/counter --bundle $OUT/bundle --bind /data \
		--net keep again <$OUT/pipe 3>&- &
	pid=$!
	wait_for is_unpacking $pid
	locks_memory $pid
	kill -9 $pid
	fails wait $pid
	kill $writer || true # it ends with its reader
	expect "$(ls -A $OUT/bundle)" = ""
	fails grep $OUT/bundle /proc/self/mounts
	rm -rf $OUT/bundle
	# on disk somebody has to sweep, here while it is being unpacked
	(memory_bound 100 && exec $PROGRAM restore --import $OUT/zstd.tar \
		--base $IMAGES/counter --bundle $OUT/bundle --bind /data \
		--net keep again 3>&-) &
	pid=$!
	wait_for test -e $OUT/bundle/archive
	kill -9 $pid
	fails wait $pid
	wait_for test ! -e $OUT/bundle/archive
}

locks_memory() { # PID
	[ "$(awk '/^VmLck/ { print $2 }' "/proc/$1/status")" -gt 0 ]
}

# The process holds the key and decrypted data in memory.
@test "commands that decrypt an archive keep their memory from being swapped" {
	local command pid writer
	secret_dump
	head -c 30000000 $OUT/sealed.tar >$OUT/part
	for command in inspect show verify; do
		mkfifo $OUT/$command
		{ cat $OUT/part && exec sleep 1000; } >$OUT/$command 3>&- &
		writer=$!
		$PROGRAM $command --identity $OUT/key - <$OUT/$command 3>&- &
		pid=$!
		wait_for locks_memory $pid
		kill $pid $writer
		fails wait $pid
	done
}

# ---- names ------------------------------------------------------------------
@test "names too long for a file are refused before anything stops" {
	local long edge
	long=$(printf 'p%.0s' {1..150})
	edge=$(printf 'n%.0s' {1..63})
	CONFIG=".annotations[\"io.kubernetes.cri.sandbox-name\"] = \"$long\"
		| .annotations[\"io.kubernetes.cri.sandbox-namespace\"] = \"$edge\"
		| .annotations[\"io.kubernetes.cri.container-name\"] = \"$edge\"" \
		container_start runc containerd longname counter /bin/counter \
		/data/count
	wait_for grep -q '[1-9]' $CONTAINERS/longname/data/count
	(cd $OUT && run -1 dump longname &&
		[[ "$output" == *"too long"* ]] && [ -z "$(ls)" ])
	dump -o $OUT/a.tar longname
	container_end runc longname
	root_unmount longname
}
