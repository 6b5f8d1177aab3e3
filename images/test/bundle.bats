# area: images
# One file with all images of a node, read by those that load images from files.
bats_require_minimum_version 1.5.0

REGISTRY=localhost:5000
NAMES="checkpoint-agent kube-proxy-mini pause static"

setup_file() {
	. /keelson/tests/lib/image.bash
	. /keelson/tests/lib/registry.bash
	. /keelson/tests/lib/wait.bash
	rm -rf /keep/registry /keep/dist
	registry_start
	mkdir /keep/dist
	for name in $NAMES; do
		cp -r /keelson/dist/$name /keelson/dist/$name.*.json /keep/dist
	done
	cd /keep || return
	export HOME=/keep
	/keelson/build/bin/keelson keygen --no-passphrase release
	for name in $NAMES; do
		/keelson/build/bin/keelson sign --key release.key dist/$name
		/keelson/build/bin/keelson attest --key release.key \
			--type openvex --predicate dist/pause.openvex.json \
			dist/$name
	done
	/keelson/build/bin/keelson bundle -q -o node.tar dist/*/
}

teardown_file() {
	. /keelson/tests/lib/registry.bash
	registry_stop
}

setup() {
	. /keelson/tests/lib/containerd.bash
	. /keelson/tests/lib/docker.bash
	. /keelson/tests/lib/image.bash
	. /keelson/tests/lib/wait.bash
	. /keelson/tests/lib/expect.bash
	keelson=/keelson/build/bin/keelson
	tag=$(image_tag pause)
	cd "$BATS_TEST_TMPDIR" || return
}

name_of() { # NAME
	echo "localhost/keelson/$1:$(image_tag "$1")"
}

digest_of() { # NAME
	jq -r '.manifests[0].digest' "/keep/dist/$1/index.json"
}

config_of() { # NAME
	local hex
	hex=$(digest_of "$1")
	jq -r .config.digest "/keep/dist/$1/blobs/sha256/${hex#sha256:}"
}

@test "podman loads every image by its name" {
	podman load -q -i /keep/node.tar
	for name in $NAMES; do
		run -0 podman image inspect --format '{{.Id}}' \
			"$(name_of $name)"
		expect "sha256:$output" = "$(config_of $name)"
	done
}

@test "containerd imports every image with its digest" {
	containerd_start
	ctr images import /keep/node.tar
	for name in $NAMES; do
		run -0 ctr images ls "name==$(name_of $name)"
		[[ "$output" == *"$(digest_of $name)"* ]]
	done
	ctr images export --platform linux/amd64 back.tar "$(name_of pause)"
	containerd_stop
	tar -xf back.tar
	digest=$(digest_of pause)
	cmp "blobs/sha256/${digest#sha256:}" \
		"/keep/dist/pause/blobs/sha256/${digest#sha256:}"
}

@test "docker loads every image by its name" {
	docker_start
	docker_api /images/load -X POST -H 'Content-Type: application/x-tar' \
		--data-binary @/keep/node.tar >loaded
	for name in $NAMES; do
		docker_api "/images/$(name_of $name)/json" >image
		expect "$(jq -r .Id image)" = "$(config_of $name)"
	done
	docker_stop
}

@test "skopeo reads it as docker's archive and as OCI's" {
	for name in $NAMES; do
		skopeo copy -q "docker-archive:/keep/node.tar:$(name_of $name)" \
			"dir:docker-$name"
		expect "$(jq -r .config.digest docker-$name/manifest.json)" = \
			"$(config_of $name)"
		skopeo copy -q --preserve-digests \
			"oci-archive:/keep/node.tar:$(name_of $name)" \
			"dir:oci-$name"
		expect "sha256:$(sha256sum <oci-$name/manifest.json |
			cut -d ' ' -f 1)" = "$(digest_of $name)"
	done
}

@test "keelson verifies, pulls and pushes from it, with SBOM and signature" {
	run -0 "$keelson" verify --require-sbom --key /keep/release.pub \
		/keep/node.tar
	[ "$(grep -c 'the SBOM names them all' <<<"$output")" -eq 4 ]
	[ "$(grep -c 'signed by /keep/release.pub' <<<"$output")" -eq 4 ]
	[ "$(grep -c 'openvex.dev/ns by' <<<"$output")" -eq 4 ]
	"$keelson" pull "/keep/node.tar:pause:$tag" pulled
	run -0 "$keelson" verify --require-sbom --key /keep/release.pub pulled
	diff <(ls /keep/dist/pause/blobs/sha256) <(ls pulled/blobs/sha256)
	expect "$(jq -r '.manifests[0].annotations[
		"io.containerd.image.name"]' pulled/index.json)" = \
		"$(name_of pause)"
	"$keelson" push -q "/keep/node.tar:$(name_of static)" \
		"$REGISTRY/node/static"
	"$keelson" copy -q "/keep/node.tar:pause:$tag" "$REGISTRY/node/pause"
	for name in static pause; do
		"$keelson" pull -q "$REGISTRY/node/$name:$tag" "back-$name"
		"$keelson" verify --key /keep/release.pub "back-$name"
	done
	# a tag that all have names none
	run -1 "$keelson" push /keep/node.tar "$REGISTRY/node/any"
	[[ "$output" == *"several images"* ]]
}

@test "sums and documents are in it" {
	mkdir out
	tar -C out -xf /keep/node.tar
	(cd out && sha256sum --quiet -c SHA256SUMS)
	# every file but the list itself
	expect "$(wc -l <out/SHA256SUMS)" -eq \
		"$(($(find out -type f | wc -l) - 1))"
	for kind in spdx cdx openvex provenance; do
		cmp out/documents/pause.$kind.json /keep/dist/pause.$kind.json
	done
}

@test "documents are found by every name of a layout, and are never two" {
	cp -r /keep/dist/pause /keep/dist/pause.spdx.json .
	cp /keelson/dist/pause.tar .
	for operand in pause/ "pause:$tag" pause.tar "pause.tar:$tag"; do
		"$keelson" bundle -q -o one.tar "$operand"
		tar -xOf one.tar documents/pause.spdx.json |
			cmp - pause.spdx.json
	done
	mkdir other && cp -r /keep/dist/static other/pause
	cp /keep/dist/static.spdx.json other/pause.spdx.json
	run -1 "$keelson" bundle -o two.tar pause other/pause
	[[ "$output" == *"documents/pause.spdx.json: two files"* ]]
	[ ! -e two.tar ]
}

@test "the same images give the same bytes, whoever packs them and where" {
	mkdir other && chmod 777 other
	cp -r /keep/dist other/dist
	(cd other && umask 077 && setpriv --reuid 1234 --regid 1234 \
		--clear-groups "$keelson" bundle -q -o node.tar dist/*/)
	cmp other/node.tar /keep/node.tar
	expect "$(stat -c %a other/node.tar)" = 644
	# from a registry, whose layouts have the same names there
	"$keelson" push -q /keep/dist/pause "$REGISTRY/keelson/pause"
	"$keelson" bundle -q -o one.tar "$REGISTRY/keelson/pause:$tag"
	"$keelson" bundle -q -o two.tar "$REGISTRY/keelson/pause:$tag"
	cmp one.tar two.tar
	"$keelson" verify --require-sbom --key /keep/release.pub one.tar
}

@test "killed or out of space, it leaves the old file and nothing else" {
	mkdir place
	echo old >place/node.tar
	# a registry that never answers: the first image is written by then
	socat TCP-LISTEN:5009,fork,reuseaddr EXEC:'sleep 100' 3>&- &
	socat=$!
	wait_for socat -u OPEN:/dev/null TCP:localhost:5009
	"$keelson" bundle -o place/node.tar /keep/dist/static \
		localhost:5009/never/there:1 2>log 3>&- &
	wait_for grep -q "done" log
	kill -9 $!
	wait $! || true
	kill $socat
	expect "$(ls -A place)" = node.tar
	expect "$(cat place/node.tar)" = old
	mkdir small
	mount -t tmpfs -o size=2m small small
	run -1 "$keelson" bundle -o small/node.tar /keep/dist/*/
	[[ "$output" == *"No space left"* ]]
	expect "$(ls -A small)" = ""
	umount small
}

@test "what does not belong together is refused" {
	run -1 "$keelson" bundle -o x.tar /keep/dist/pause /keep/dist/pause
	[[ "$output" == *"two images of that name"* ]]
	cp -r /keep/dist/pause other
	python3 - other <<-'EOT'
		import hashlib, json, sys
		where = sys.argv[1]
		def blob(digest): return f"{where}/blobs/sha256/{digest[7:]}"
		def put(text):
		    data = json.dumps(text).encode()
		    digest = "sha256:" + hashlib.sha256(data).hexdigest()
		    open(blob(digest), "wb").write(data)
		    return {"digest": digest, "size": len(data)}
		index = json.load(open(f"{where}/index.json"))
		image = index["manifests"][0]
		manifest = json.load(open(blob(image["digest"])))
		config = json.load(open(blob(manifest["config"]["digest"])))
		config["architecture"] = "arm64"
		manifest["config"].update(put(config))
		image.update(put(manifest))
		image["platform"]["architecture"] = "arm64"
		image["annotations"]["io.containerd.image.name"] = "localhost/a:1"
		index["manifests"] = [image]
		json.dump(index, open(f"{where}/index.json", "w"))
	EOT
	run -1 "$keelson" bundle -o x.tar /keep/dist/pause other
	[[ "$output" == *"is for arm64"* ]]
	run -2 "$keelson" bundle -o x.tar /keep/dist/absent
	[[ "$output" == *"it is not there"* ]]
	cp -r /keep/dist/static twice
	sed -i 's/"manifests":/"Manifests":[],"manifests":/' twice/index.json
	run -1 "$keelson" bundle -o x.tar twice
	[ ! -e x.tar ]
}

# docker takes manifest.json, others the index: who swaps two names there gives
# docker another image.
@test "a bundle whose readers would take different images is refused" {
	mkdir out
	tar -C out -xf /keep/node.tar
	pack() { # FILE
		tar -C out --format=ustar -cf "$1" blobs index.json \
			manifest.json oci-layout
	}
	pack good.tar
	"$keelson" verify good.tar
	cp -r out/manifest.json docker
	jq -c '[.[0].RepoTags, .[1].RepoTags] as [$a, $b]
		| .[0].RepoTags = $b | .[1].RepoTags = $a' docker \
		>out/manifest.json
	pack swapped.tar
	run -1 "$keelson" verify swapped.tar
	[[ "$output" == *"by the index it is"* ]]
	jq -c '.[:3]' docker >out/manifest.json
	pack fewer.tar
	run -1 "$keelson" verify fewer.tar
	cp docker out/manifest.json
	cp out/index.json index
	jq -c '.manifests[0].annotations["io.containerd.image.name"] as $a
		| .manifests[1].annotations["io.containerd.image.name"] = $a' \
		index >out/index.json
	pack same.tar
	run -1 "$keelson" verify same.tar
	[[ "$output" == *"two images"* ]]
	jq -c '.manifests[0].annotations["org.opencontainers.image.ref.name"]
		= "localhost/keelson/other:1"' index >out/index.json
	pack other.tar
	run -1 "$keelson" verify other.tar
	[[ "$output" == *"by some readers"* ]]
}
