# What needs a kernel with all its modules: sockets, devices and file systems
# that CRIU cannot dump.  The agent must refuse them in words, and CRIU itself,
# run by runc, must fail.  Volumes of NFS and FUSE that the node has mounted are
# dumped and restored.
# where: vm
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
}

setup_file() {
	load_libs
	install -m 0755 $CRIU /usr/local/sbin/criu
	image_make odd odd
	modprobe -a sctp algif_hash vsock kvm_amd nfs nfsd
	nfs_serve
}

# The lab's own NFS server, at 127.0.0.1:/, and /srv/nfs as a node mounts it.
nfs_serve() {
	mkdir -p /run/export /srv/nfs /var/lib/nfs/v4recovery
	touch /var/lib/nfs/{etab,rmtab}
	mount -t nfsd nfsd /proc/fs/nfsd
	echo '/run/export *(rw,no_root_squash,fsid=0,insecure,no_subtree_check)' \
		>/etc/exports
	exportfs -ra
	rpc.mountd 3>&-
	rpc.nfsd -N 3 -V 4 2
	wait_for mount -t nfs4 127.0.0.1:/ /srv/nfs
}

teardown_file() {
	umount -l /srv/nfs
	rpc.nfsd 0
	pkill -x rpc.mountd
}

setup() {
	load_libs
	rm -rf $OUT
	mkdir -p $OUT
}

teardown() {
	runc list -q | xargs -rn 1 runc delete --force
}

# The agent refuses with these words, and CRIU fails.
both_refuse() { # KIND WORDS
	run -1 $PROGRAM dump --criu $CRIU -o $OUT/a.tar "default/pod-$1/main"
	[[ "$output" == *"$2"* ]] || { echo "$1: $output"; return 1; }
	fails runc checkpoint --leave-running --tcp-established --ext-unix-sk \
		--file-locks --image-path $OUT/images --work-path $OUT "$1"
	odd_counts_on "$1"
	odd_end runc "$1"
}

refused() { # KIND WORDS
	odd_start runc "$1"
	both_refuse "$1" "$2"
}

@test "CRIU does dump through runc what has nothing odd" {
	odd_start runc plain
	runc checkpoint --leave-running --image-path $OUT/images \
		--work-path $OUT plain
	odd_end runc plain
}

@test "sockets of SCTP, of the kernel's ciphers and to a hypervisor" {
	refused sctp 'is a socket of SCTP'
	refused alg-bound "is a socket to the kernel's ciphers (AF_ALG)"
	refused vsock 'is a socket to a hypervisor (vsock)'
}

@test "a machine of KVM, a ruleset of Landlock" {
	[ ! -e /dev/kvm ] || refused kvm 'is a virtual machine of KVM'
	refused landlock 'is a Landlock ruleset'
}

@test "System V memory of the node" {
	odd_filter='del(.linux.namespaces[] | select(.type == "ipc"))' \
		refused sysv "System V shared memory of the node's own"
}

# mount(2) in the container's mount namespace, by a process outside.
mount_into() { # KIND TYPE OPTIONS
	python3 -c 'if True:
		import ctypes, os, sys
		pid, kind, options = sys.argv[1:]
		libc = ctypes.CDLL(None, use_errno=True)
		fuse = os.open("/dev/fuse", os.O_RDWR)
		os.setns(os.open("/proc/%s/ns/mnt" % pid, os.O_RDONLY), 0)
		done = libc.mount(b"127.0.0.1:/", b"/run", kind.encode(), 0,
			options.replace("FD", str(fuse)).encode())
		assert done == 0, os.strerror(ctypes.get_errno())
		print(flush=True)
		sys.stdin.read()' "$(runc state "$1" | jq .pid)" "$2" "$3"
}

@test "NFS mounted inside of the container" {
	odd_start runc plain
	mount_into plain nfs4 \
		addr=127.0.0.1,clientaddr=127.0.0.1,vers=4.2 </dev/null
	both_refuse plain 'a nfs4 file system is mounted at /run inside of the container'
}

@test "FUSE mounted inside of the container" {
	odd_start runc plain
	coproc mount_into plain fuse fd=FD,rootmode=40000,user_id=0,group_id=0 3>&-
	read -r -u "${COPROC[0]}"
	both_refuse plain 'a fuse file system is mounted at /run inside of the container'
	eval "exec ${COPROC[1]}>&-"
}

# /data is the volume; the program writes its count elsewhere.
on_volume() { # FROM
	echo '(.mounts[] | select(.destination == "/data")).destination = "/count"
		| .process.args[2] = "/count/count"
		| .mounts += [{destination: "/data", type: "bind",
			source: "'"$1"'", options: ["rbind", "rw"]}]'
}

comes_back_on() { # FROM
	local before
	odd_filter=$(on_volume "$1") odd_start runc in-data
	$PROGRAM dump --criu $CRIU -o $OUT/a.tar default/pod-in-data/main
	odd_counts_on in-data
	before=$(odd_count in-data)
	runc delete --force in-data
	restore_as_archived --import $OUT/a.tar
	$PROGRAM restore --import $OUT/a.tar --base $IMAGES/odd \
		"${as_archived[@]}" \
		--bundle $OUT/bundle in-data </dev/null 3>&- >$OUT/said 2>&1 ||
		cat $OUT/said
	wait_for odd_is_beyond in-data "$before"
	odd_end runc in-data
	umount $OUT/bundle/rootfs
}

@test "an open file on a volume of NFS comes back" {
	comes_back_on /srv/nfs
}

@test "an open file on a volume of FUSE comes back" {
	mkdir -p /srv/fuse /run/{lower,upper,scratch}
	fuse-overlayfs -o lowerdir=/run/lower,upperdir=/run/upper \
		-o workdir=/run/scratch /srv/fuse 3>&-
	comes_back_on /srv/fuse
	umount /srv/fuse
}

@test "a file on NFS that was deleted while it was open" {
	odd_filter=$(on_volume /srv/nfs) refused ghost-in-data \
		'is a file on NFS that was deleted while it was open'
}
