# area: images
# where: vm
# stage: check-discs
# limit: 900
# test-limit: 280
# File systems that export writes: checked by the programs of their formats and
# mounted by the kernel, whose every hash of dm-verity holds.
bats_require_minimum_version 1.5.0

setup_file() {
	modprobe -a loop erofs dm-verity
}

setup() {
	. /keelson/tests/lib/expect.bash
	keelson=/keelson/build/bin/keelson
	here=/keelson/images/test
	dist=/keelson/dist
	cd "$BATS_TEST_TMPDIR" || return
}

teardown() {
	umount mnt 2>/dev/null || true
	veritysetup close it 2>/dev/null || true
	! systemd-dissect --umount mnt 2>/dev/null || true
}

list() { # DIR
	python3 $here/inventory.py "$1"
}

@test "fsck.erofs and the kernel find each file as tar unpacks it" {
	mkdir root root/big && cd root
	for i in $(seq 700); do
		echo "$i" >"big/a-rather-long-name-of-a-file-$i"
	done
	touch big/!first big/-second big/zero
	head -c 4096 /dev/urandom >block
	head -c 12289 /dev/urandom >odd
	head -c 8180 /dev/urandom >ends
	printf '%255s' '' | tr ' ' n >name
	touch "$(cat name)"
	ln block hard && ln block big/hard
	ln -s "$(printf '%3000s' '' | tr ' ' l)" long
	ln -s block short
	mkdir -m 1777 tmp && mkfifo fifo && mknod null c 1 3
	mknod disc b 259 70000
	chown 70000:80000 odd && chmod 6755 odd
	python3 - <<-'EOT'
		import os
		os.setxattr("ends", "user.note", b"note" * 20)
		os.setxattr("odd", "security.capability", bytes.fromhex(
		    "0100000200040000000000000000000000000000"))
	EOT
	touch -d @1234567890 ends
	cd ..
	tar -C root --xattrs --xattrs-include='*' --format=pax \
		--pax-option=delete=atime,delete=ctime,delete=mtime \
		-cf it.tar .
	python3 $here/layout.py it.tar it
	"$keelson" export it --to erofs -o it.raw
	fsck.erofs it.raw
	mkdir mnt want
	tar -C want --xattrs --xattrs-include='*' -xpf it.tar
	mount -t erofs -o loop,ro it.raw mnt
	diff <(list want) <(list mnt)
	umount mnt
	fsck.erofs --extract=extracted --preserve it.raw
	# which it does without attributes
	diff <(list want | sed 's/ [^ ]*$//') <(list extracted | sed 's/ [^ ]*$//')
}

@test "veritysetup verifies the hashes; one byte more or less is noticed" {
	for name in pause static checkpoint-agent; do
		"$keelson" export $dist/$name --to erofs -o $name.raw
		fsck.erofs $name.raw
		veritysetup verify $name.raw $name.verity \
			"$(cat $name.roothash)"
	done
	veritysetup dump static.verity | grep -q "Hash type:.*1"
	# what veritysetup itself makes of the same data, with the same salt
	salt=$(jq -r '.predicate.buildDefinition.internalParameters.verity.salt' \
		static.provenance.json)
	run -0 veritysetup format --salt="$salt" static.raw theirs.verity
	[[ "$output" == *"$(cat static.roothash)"* ]]
	cmp <(tail -c +4097 theirs.verity) <(tail -c +4097 static.verity)
	mkdir mnt
	veritysetup open static.raw it static.verity "$(cat static.roothash)"
	mount -t erofs -o ro /dev/mapper/it mnt
	cmp mnt/etc/ssl/certs/ca-certificates.crt \
		<("$keelson" export $dist/static --to tar -o static.tar >&2 &&
			tar -xOf static.tar etc/ssl/certs/ca-certificates.crt)
	umount mnt
	veritysetup close it
	printf x | dd of=static.raw bs=1 seek=20000 conv=notrunc status=none
	run -2 veritysetup verify static.raw static.verity \
		"$(cat static.roothash)"
}

@test "systemd-dissect takes extensions and portable services" {
	for to in sysext portable; do
		"$keelson" export $dist/checkpoint-agent --to $to -o agent.raw
		systemd-dissect --validate agent.raw
		root=$(cat agent.roothash)
		run -0 --separate-stderr systemd-dissect --json=short \
			--root-hash="$root" agent.raw
		expect "$(jq -r '.mounts[0].designator' <<<"$output")" = root
		expect "$(jq -r '.mounts[0].verity' <<<"$output")" != no
		expect "$(jq -r '.mounts[0].partition_uuid' <<<"$output" |
			tr -d -)" = "${root:0:32}"
		run -0 systemd-dissect --list agent.raw
		[[ "$output" == *usr/* ]]
		mkdir mnt
		systemd-dissect --mount --root-hash="$root" \
			--image-policy=root=verity agent.raw mnt
		find mnt -name criu -type f | grep -q .
		[ $to = portable ] || grep -q '^ID=_any$' \
			mnt/usr/lib/extension-release.d/extension-release.agent
		[ $to = sysext ] || grep -q '^ExecStart=' \
			mnt/usr/lib/systemd/system/agent.service
		umount -R mnt && rmdir mnt
		fails systemd-dissect --mount --mkdir \
			--root-hash="${root//[0-7]/8}" agent.raw mnt
	done
	run -0 systemd-dissect --json=short agent.raw
}

# The lab's mounts are private: what systemd-sysext mounts is seen by it alone.
@test "systemd-sysext merges the extension, by its root hash" {
	mkdir -p /var/lib/extensions
	"$keelson" export $dist/checkpoint-agent --to sysext \
		-o /var/lib/extensions/agent.raw
	SYSTEMD_LOG_LEVEL=debug systemd-sysext merge >log 2>&1
	root=$(cat /var/lib/extensions/agent.roothash)
	grep -q "Verity volume $root-verity status is V" log
	grep -q "Extension 'agent' matches '_any' OS" log
	grep -q "Merged extensions into '/usr'" log
}
