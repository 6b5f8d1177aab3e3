# area: images
# What export writes, read by those that it is for; images that readers could
# take in two ways give nothing.
bats_require_minimum_version 1.5.0

setup() {
	. /keelson/tests/lib/image.bash
	. /keelson/tests/lib/expect.bash
	keelson=/keelson/build/bin/keelson
	here=/keelson/images/test
	dist=/keelson/dist
	tag=$(image_tag pause)
	digest=$(jq -r '.manifests[0].digest' $dist/pause/index.json)
	config=$(jq -r .config.digest \
		"$dist/pause/blobs/sha256/${digest#sha256:}")
	cd "$BATS_TEST_TMPDIR" || return
}

@test "podman and skopeo take docker's archive" {
	"$keelson" export $dist/pause --to docker-archive -o pause.tar
	skopeo copy -q docker-archive:pause.tar dir:read
	expect "$(jq -r .config.digest read/manifest.json)" = "$config"
	podman load -q -i pause.tar
	expect "sha256:$(podman image inspect --format '{{.Id}}' \
		"localhost/keelson/pause:$tag")" = "$config"
	"$keelson" verify --require-sbom pause.tar
}

@test "skopeo and oras take OCI's archive, with what refers to the image" {
	"$keelson" export $dist/pause --to oci-archive -o pause.tar
	skopeo copy -q --preserve-digests \
		"oci-archive:pause.tar:localhost/keelson/pause:$tag" dir:read
	expect "sha256:$(sha256sum <read/manifest.json | cut -d ' ' -f 1)" = \
		"$digest"
	mkdir layout && tar -C layout -xf pause.tar
	oras discover --format json --oci-layout "layout@$digest" |
		grep -q spdx
}

@test "tar and tree are the files of the image" {
	diff_id=$(jq -r '.rootfs.diff_ids[0]' \
		"$dist/pause/blobs/sha256/${config#sha256:}")
	"$keelson" export $dist/pause --to tar -o rootfs.tar
	expect "sha256:$(sha256sum <rootfs.tar | cut -d ' ' -f 1)" = "$diff_id"
	for name in pause static checkpoint-agent; do
		"$keelson" export $dist/$name --to tree -o $name
		image_unpack $name umoci-$name
		diff <(list $name) <(list umoci-$name/rootfs)
	done
	run -1 "$keelson" export $dist/pause --to tree -o pause
	[[ "$output" == *"it is there"* ]]
}

# Of the root, which is in no layer of ours, tools take what time they like.
list() { # DIR
	python3 $here/inventory.py "$1" | grep -v '^\. '
}

# Attributes, hard links and all types of files: as GNU tar unpacks them.
@test "links, attributes and devices come through" {
	mkdir root && cd root
	echo text >file && ln file hard && ln -s file soft
	mkdir -m 1777 tmp && mkfifo -m 640 fifo && mknod null c 1 3
	touch capable && python3 -c 'import os; os.setxattr("capable",
		"security.capability", bytes.fromhex("01000002000400000000000000"
			"00000000000000"))'
	chown 70000:80000 file && chmod 4750 file
	cd ..
	tar -C root --xattrs --xattrs-include='*' --format=pax \
		--pax-option=delete=atime,delete=ctime -cf it.tar .
	python3 $here/layout.py it.tar it
	"$keelson" export it --to tree -o got
	mkdir want && tar -C want --xattrs --xattrs-include='*' -xpf it.tar
	diff <(list want) <(list got)
	list got | grep -q '^capable .* security.capability=0100'
}

@test "without root a tree has no set-id bits, and no leftover is touched" {
	mkdir root other && chmod 777 other
	echo text >root/file && chmod 6755 root/file && mkdir -m 1777 root/tmp
	tar -C root --format=ustar -cf it.tar .
	python3 $here/layout.py it.tar other/it
	export_it() {
		(cd other && setpriv --reuid 1234 --regid 1234 --clear-groups \
			"$keelson" export it --to tree -o got)
	}
	mkdir other/.got.partial
	run -1 export_it
	[[ "$output" == *".got.partial: it is there"*"remove it"* ]]
	rmdir other/.got.partial
	export_it
	expect "$(stat -c %a other/got/file other/got/tmp | xargs)" = "755 1777"
}

@test "the same bytes from another user, directory and umask" {
	mkdir other && chmod 777 other
	cp -r $dist/checkpoint-agent other
	for to in sysext portable; do
		"$keelson" export $dist/checkpoint-agent --to $to -o agent.raw
		(cd other && umask 077 && TZ=Asia/Tokyo setpriv --reuid 1234 \
			--regid 1234 --clear-groups "$keelson" export \
			checkpoint-agent --to $to -o agent.raw)
		for end in raw roothash provenance.json spdx.json; do
			cmp agent.$end other/agent.$end
		done
		rm agent.* other/agent.*
	done
	"$keelson" export $dist/pause --to erofs -o pause.raw
	(cd other && umask 077 && "$keelson" export $dist/pause.tar \
		--to erofs -o pause.raw)
	cmp pause.raw other/pause.raw
	cmp pause.verity other/pause.verity
}

@test "papers replace neither an image's documents nor good ones" {
	cp -r $dist/pause $dist/pause.spdx.json $dist/pause.provenance.json .
	run -1 "$keelson" export pause --to sysext -o pause.raw
	[[ "$output" == *"the image pause: name another place"* ]]
	cmp pause.spdx.json $dist/pause.spdx.json
	cmp pause.provenance.json $dist/pause.provenance.json
	[ ! -e pause.raw ] && [ ! -e pause.roothash ]

	"$keelson" keygen --no-passphrase it
	"$keelson" export pause --to erofs --key it.key -o x.raw
	sha256sum x.* >before
	run -1 "$keelson" export $dist/static --to erofs --key it.pub -o x.raw
	sha256sum --quiet -c before
	"$keelson" export $dist/static --to erofs -o x.raw
	[ ! -e x.sigstore.json ] && [ -e x.roothash ]
}

# What the formats' own programs say without a kernel; with one: discs.bats.
of_vm() { # PROGRAM ARG...
	/lab/vm/lib64/ld-linux-x86-64.so.2 \
		--library-path /lab/vm/usr/lib/x86_64-linux-gnu \
		"/lab/vm/usr/$1" "${@:2}"
}

@test "fsck.erofs and veritysetup accept it, and not with one byte changed" {
	for name in pause static checkpoint-agent; do
		"$keelson" export $dist/$name --to erofs -o $name.raw
		of_vm bin/fsck.erofs $name.raw
		of_vm sbin/veritysetup verify $name.raw $name.verity \
			"$(cat $name.roothash)"
	done
	# systemd refuses an extension that says which system it is
	"$keelson" export $dist/checkpoint-agent --to sysext -o sysext.raw
	dd if=sysext.raw of=fs bs=1M skip=1 status=none
	of_vm bin/dump.erofs --ls --path=/usr/lib fs >names
	grep -q extension-release.d names
	fails grep os-release names
	salt=$(jq -r '.predicate.buildDefinition.internalParameters.verity.salt' \
		static.provenance.json)
	run -0 of_vm sbin/veritysetup format --salt="$salt" static.raw theirs
	[[ "$output" == *"$(cat static.roothash)"* ]]
	cmp <(tail -c +4097 theirs) <(tail -c +4097 static.verity)
	printf x | dd of=static.raw bs=1 seek=20000 conv=notrunc status=none
	run -2 of_vm sbin/veritysetup verify static.raw static.verity \
		"$(cat static.roothash)"
}

@test "root hash in provenance and SBOM; cosign verifies the signature" {
	export HOME=$PWD
	echo '{"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1"}' \
		>root.json
	"$keelson" keygen --no-passphrase mine
	"$keelson" keygen --no-passphrase other
	"$keelson" export $dist/checkpoint-agent --to sysext --key mine.key \
		-o agent.raw
	root=$(cat agent.roothash)
	expect "${#root}" = 64
	expect "$(jq -r '.predicate.buildDefinition.internalParameters
		.verity.rootHash' agent.provenance.json)" = "$root"
	expect "$(jq -r '.subject[0].digest.sha256' agent.provenance.json)" = \
		"$(sha256sum <agent.raw | cut -d ' ' -f 1)"
	expect "sha256:$(jq -r '.predicate.buildDefinition
		.resolvedDependencies[0].digest.sha256' agent.provenance.json)" \
		= "$(jq -r '.manifests[0].digest' \
		$dist/checkpoint-agent/index.json)"
	expect "$(jq -r '.packages[0].externalRefs[0].referenceLocator' \
		agent.spdx.json)" = "$root"
	expect "$(jq -r '.externalDocumentRefs[0].checksum.checksumValue' \
		agent.spdx.json)" = "$(sha1sum \
		<$dist/checkpoint-agent.spdx.json | cut -d ' ' -f 1)"
	checks mine.pub
	fails checks other.pub
	printf x >>agent.raw
	fails checks mine.pub
}

checks() { # KEY
	cosign verify-blob-attestation --new-bundle-format \
		--trusted-root root.json --bundle agent.sigstore.json \
		--key "$1" --insecure-ignore-tlog=true \
		--type slsaprovenance1 agent.raw
}

@test "out of space or refused, nothing is left" {
	mkdir small
	mount -t tmpfs -o size=1m small small
	for to in docker-archive tar tree sysext; do
		run -1 "$keelson" export $dist/checkpoint-agent --to $to \
			-o small/x.raw
		[[ "$output" == *"No space left"* ]]
		expect "$(ls -A small)" = ""
	done
	umount small
	python3 $here/hostile_tar.py good good.tar
	python3 $here/layout.py good.tar good
	run -1 "$keelson" export good --to confext -o x.raw
	[[ "$output" == *"no files in /etc"* ]]
	run -2 "$keelson" export $dist/pause --to floppy -o x.raw
	run -2 "$keelson" export $dist/pause --to sysext -o x.img
	run -2 "$keelson" export $dist/pause --to tar
	expect "$(ls -A)" = $'good\ngood.tar\nsmall'
}

@test "hostile layers are refused by every format" {
	for case in $(python3 $here/hostile_tar.py); do
		python3 $here/hostile_tar.py "$case" "$case.tar"
		python3 $here/layout.py "$case.tar" "$case"
		for to in docker-archive tar tree erofs portable; do
			run "$keelson" export "$case" --to $to -o out.raw
			expect "$status" = "$([ "$case" = good ] && echo 0 || echo 1)"
			[ "$case" != good ] || rm -r out.*
			[ ! -e out.raw ]
		done
	done
}
