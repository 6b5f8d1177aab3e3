# area: images
# push, pull and copy, with registries of others: what we push they read, and we
# pull what they push.
bats_require_minimum_version 1.5.0

REGISTRY=localhost:5000      # docker-registry: no API for referrers
LOCKED=127.0.0.1:5443        # the same with TLS and a login

setup_file() {
	. /keelson/tests/lib/certs.bash
	. /keelson/tests/lib/registry.bash
	. /keelson/tests/lib/wait.bash
	rm -rf /keep/registry /keep/locked /keep/pause
	registry_start
	locked_start
	cp -r /keelson/dist/pause /keep/pause
}

teardown_file() {
	. /keelson/tests/lib/registry.bash
	registry_stop
	kill "$(cat /keep/locked/pid)"
}

# TLS by a CA of its own; somebody's password is "secret".
locked_start() {
	local dir=/keep/locked
	mkdir -p $dir
	certs_ca $dir ca
	certs_sign $dir ca server /CN=registry IP:127.0.0.1,DNS:localhost
	perl -e 'print "somebody:", crypt("secret",
		q($2y$05$abcdefghijklmnopqrstuu)), "\n"' >$dir/htpasswd
	cat >$dir/config.yml <<-EOT
		version: 0.1
		storage: {filesystem: {rootdirectory: $dir/data}}
		http: {addr: "$LOCKED", tls: {certificate: $dir/server.crt,
		  key: $dir/server.key}}
		auth: {htpasswd: {realm: lab, path: $dir/htpasswd}}
	EOT
	docker-registry serve $dir/config.yml >$dir/log 2>&1 3>&- &
	echo $! >$dir/pid
	wait_for curl -s --cacert $dir/ca.crt https://$LOCKED/v2/
}

setup() {
	. /keelson/tests/lib/containerd.bash
	. /keelson/tests/lib/image.bash
	. /keelson/tests/lib/wait.bash
	. /keelson/tests/lib/expect.bash
	keelson=/keelson/build/bin/keelson
	tag=$(image_tag pause)
	digest=$(jq -r '.manifests[0].digest' /keep/pause/index.json)
	cd "$BATS_TEST_TMPDIR" || return
}

# A registry behind registry_front.py at port 5001; its log is ./log.
front() { # FAULT...
	python3 /keelson/images/test/registry_front.py 5001 5000 "$PWD/log" "$@" \
		>front.log 2>&1 3>&- &
	echo $! >front.pid
	wait_for curl -s -o front.answer localhost:5001/v2/
}

teardown() {
	[ ! -e front.pid ] || kill "$(cat front.pid)" || true
}

# DIR is the layout that was pushed: every blob, and the SBOM attached.
is_the_image() { # DIR
	"$keelson" verify --require-sbom "$1"
	[ "$(jq -r '.manifests[0].digest' "$1/index.json")" = "$digest" ]
	diff <(ls /keep/pause/blobs/sha256) <(ls "$1/blobs/sha256")
}

@test "skopeo, oras, podman and umoci read what was pushed" {
	run -0 "$keelson" push /keep/pause "$REGISTRY/others/pause:$tag"
	[[ "$output" == *"$REGISTRY/others/pause:$tag $digest"* ]]
	found=$(skopeo inspect --tls-verify=false --format '{{.Digest}}' \
		"docker://$REGISTRY/others/pause:$tag")
	[ "$found" = "$digest" ]
	skopeo copy -q --src-tls-verify=false \
		"docker://$REGISTRY/others/pause:$tag" oci:skopeo:it
	umoci unpack --image skopeo:it umoci >/dev/null
	cmp umoci/rootfs/pause /keelson/build/bin/pause
	oras cp -r --from-plain-http "$REGISTRY/others/pause:$tag" \
		--to-oci-layout oras:it
	oras discover --plain-http --format json \
		"$REGISTRY/others/pause:$tag" | grep -q spdx
	podman pull -q --tls-verify=false "$REGISTRY/others/pause:$tag"
}

@test "containerd pulls what was pushed, with its digest" {
	"$keelson" push -q /keep/pause "$REGISTRY/ctr/pause:$tag"
	containerd_start
	ctr images pull --plain-http "$REGISTRY/ctr/pause:$tag"
	run -0 ctr images ls "name==$REGISTRY/ctr/pause:$tag"
	[[ "$output" == *"$digest"* ]]
	run -0 ctr images check "name==$REGISTRY/ctr/pause:$tag"
	[[ "$output" == *complete* ]]
	containerd_stop
}

@test "pull brings back every bit, with the SBOM" {
	"$keelson" push /keep/pause "$REGISTRY/back/pause:$tag"
	run -0 "$keelson" pull "$REGISTRY/back/pause:$tag"
	is_the_image pause
	# again, over the old one, and by digest
	"$keelson" pull "$REGISTRY/back/pause@$digest" pause
	[ "$(jq -r '.manifests[0].digest' pause/index.json)" = "$digest" ]
	[ ! -e .pause.partial ]
}

@test "we pull what skopeo, oras and podman pushed" {
	skopeo copy -q --preserve-digests --dest-tls-verify=false \
		"oci:/keep/pause:$tag" "docker://$REGISTRY/by/skopeo:$tag"
	oras cp -r --from-oci-layout "/keep/pause:$tag" \
		--to-plain-http "$REGISTRY/by/oras:$tag"
	image=$(image_load pause)
	podman push -q --tls-verify=false "$image" "$REGISTRY/by/podman:$tag"
	for peer in skopeo oras podman; do
		"$keelson" pull -q "$REGISTRY/by/$peer:$tag" "$peer"
		run -0 "$keelson" verify "$peer"
	done
	is_the_image oras
}

@test "a second push sends nothing; copy within a registry mounts" {
	"$keelson" push /keep/pause "$REGISTRY/twice/pause:$tag"
	run -0 --separate-stderr "$keelson" push --json /keep/pause \
		"$REGISTRY/twice/pause:$tag"
	[ "$(jq .blobs.sent <<<"$output")" = 0 ]
	[ "$(jq .blobs.present <<<"$output")" -gt 2 ]
	run -0 --separate-stderr "$keelson" copy --json \
		"$REGISTRY/twice/pause:$tag" "$REGISTRY/twice/copy"
	[ "$(jq .blobs.sent <<<"$output")" = 0 ]
	[ "$(jq .blobs.mounted <<<"$output")" -gt 2 ]
	[ "$(jq -r .image <<<"$output")" = "$REGISTRY/twice/copy:$tag" ]
	"$keelson" pull -q "$REGISTRY/twice/copy:$tag" back
	is_the_image back
}

@test "a registry with TLS wants its CA and a login; helpers are asked" {
	ca="--ca-file /keep/locked/ca.crt"
	export DOCKER_CONFIG=$PWD/config HOME=$PWD
	ref=$LOCKED/team/pause:$tag
	run -1 "$keelson" push /keep/pause "$ref"
	[[ "$output" == *certificate* ]]
	run -1 "$keelson" push $ca /keep/pause "$ref"
	[[ "$output" == *"docker login"* ]]
	mkdir config bin
	auth=$(printf somebody:secret | base64)
	echo '{"auths":{"'$LOCKED'":{"auth":"'$auth'"}}}' >config/config.json
	"$keelson" push $ca /keep/pause "$ref"
	mkdir cas && cp /keep/locked/ca.crt cas
	skopeo inspect --cert-dir cas --creds somebody:secret \
		"docker://$ref" >/dev/null
	# a helper, which is on PATH; then one that fails
	echo '{"credHelpers":{"'$LOCKED'":"lab"}}' >config/config.json
	cat >bin/docker-credential-lab <<-'EOT'
		#!/bin/sh
		read -r server; echo "$1 $server" >asked
		echo '{"Username":"somebody","Secret":"secret"}'
	EOT
	chmod +x bin/docker-credential-lab
	PATH=$PWD/bin:$PATH "$keelson" pull $ca "$ref" helped
	is_the_image helped
	[ "$(cat asked)" = "get $LOCKED" ]
	run -1 "$keelson" pull $ca "$ref" unhelped
	[[ "$output" == *"docker-credential-lab: it is not on PATH"* ]]
	auth=$(printf me:no | base64)
	echo '{"auths":{"'$LOCKED'":{"auth":"'$auth'"}}}' >config/config.json
	run -1 "$keelson" pull $ca "$ref" denied
	[[ "$output" == *"the login does not allow it"* ]]
	[[ "$output" != *bWU6bm8* ]]
}

@test "a token service gets the login, the registry the token, others neither" {
	"$keelson" push -q /keep/pause "$REGISTRY/token/pause:$tag"
	front token=somebody elsewhere=http://127.0.0.1:5000
	auth=$(printf somebody:secret | base64)
	echo '{"auths":{"localhost:5001":{"auth":"'$auth'"}}}' >auth.json
	"$keelson" pull --auth-file auth.json "localhost:5001/token/pause:$tag"
	is_the_image pause
	grep -q "^GET /token?service=the%2C%20%22registry%22&scope=repository%3A$(
		)token%2Fpause%3Apull auth=Basic" log
	grep -q '^GET /v2/token/pause/blobs/.* auth=Bearer t0ken' log
	# where blobs lie, no token is shown: look with a second front
	kill "$(cat front.pid)"
	python3 /keelson/images/test/registry_front.py 5002 5000 "$PWD/log2" \
		>>front.log 2>&1 3>&- &
	other=$!
	wait_for curl -s -o front.answer localhost:5002/v2/
	front token=somebody elsewhere=http://localhost:5002
	"$keelson" pull --auth-file auth.json \
		"localhost:5001/token/pause:$tag" again
	kill $other
	is_the_image again
	grep -q '^GET /v2/token/pause/blobs/' log2
	run -1 grep auth= log2
}

@test "a busy registry is asked again, when it says" {
	front busy=1 broken=1
	run -0 "$keelson" push /keep/pause "localhost:5001/busy/pause:$tag"
	[[ "$output" == *"it answers 429; again in 1.0 s"* ]]
	[[ "$output" == *"it answers 503"* ]]
	"$keelson" pull -q "$REGISTRY/busy/pause:$tag"
	is_the_image pause
}

@test "a download that breaks off goes on, in this run or the next" {
	cp -r /keelson/dist/static static
	"$keelson" push -q static "$REGISTRY/cut/static:$tag"
	front cut-get=2
	run -0 "$keelson" pull "localhost:5001/cut/static:$tag" back
	[[ "$output" == *"goes on at byte"* ]]
	grep -q '^GET .* range=bytes=[1-9]' log
	"$keelson" verify --require-sbom back
	kill "$(cat front.pid)"
	: >log
	front die=1
	run -1 "$keelson" pull "localhost:5001/cut/static:$tag" later
	[ ! -e later ]
	: >log
	front
	"$keelson" pull "localhost:5001/cut/static:$tag" later
	grep -q '^GET .* range=bytes=[1-9]' log
	"$keelson" verify --require-sbom later
	# a blob that is not what its digest says is not kept
	kill "$(cat front.pid)"
	front lie=1
	run -1 "$keelson" pull "localhost:5001/cut/static:$tag" lied
	[[ "$output" == *"its bytes are sha256:"* ]]
	[ ! -e lied ]
}

@test "what a pull of another image left behind does not become part of this" {
	cp -r /keelson/dist/static static
	"$keelson" push -q static "$REGISTRY/left/static:$tag"
	"$keelson" push -q /keep/pause "$REGISTRY/left/pause:$tag"
	front die=1
	run -1 "$keelson" pull "localhost:5001/left/static:$tag" place
	[ -n "$(ls .place.partial/blobs/sha256)" ]
	"$keelson" pull "$REGISTRY/left/pause:$tag" place
	is_the_image place
}

# An image of one large layer, made of its own parts.
large() { # DIR
	head -c 20000000 /dev/urandom >large
	tar -cf large.tar large
	python3 /keelson/images/test/layout.py large.tar "$1"
	rm large large.tar
}

@test "an upload that breaks off goes on where the registry stands" {
	large large.oci
	front cut-patch=1
	run -0 "$keelson" push large.oci localhost:5001/cut/large:1
	[[ "$output" == *"goes on at byte"* ]]
	grep -q '^GET .*/blobs/uploads/' log
	[ "$(grep -c '^POST' log)" -eq 2 ] # one for each blob
	[ "$(grep -c '^PATCH' log)" -le 4 ]
	"$keelson" pull -q "$REGISTRY/cut/large:1" back
	diff <(ls large.oci/blobs/sha256) <(ls back/blobs/sha256)
}

@test "an upload that stands still and an answer without end are given up" {
	large large.oci
	front stand=1
	run -1 timeout 30 "$keelson" push large.oci localhost:5001/still/large:1
	[[ "$output" == *"the upload does not advance"* ]]
	kill "$(cat front.pid)"
	: >log
	"$keelson" push -q /keep/pause "$REGISTRY/endless/pause:$tag"
	front endless=9
	run -1 timeout 30 "$keelson" pull "localhost:5001/endless/pause:$tag"
	[[ "$output" == *"longer than it may be"* ]]
	expect "$(grep -c '^GET .*/manifests/' log)" = 1
	[ ! -e pause ]
}

# The tag of a list of referrers is made of the digest that a subject says.
@test "a subject that is no digest names no tag" {
	cp -r /keep/pause hostile
	python3 - hostile <<-'EOT'
		import hashlib, json, sys
		where = sys.argv[1]
		index = json.load(open(f"{where}/index.json"))
		image = index["manifests"][0]
		path = f"{where}/blobs/sha256/{image['digest'][7:]}"
		manifest = json.load(open(path))
		manifest["subject"] = {"digest": "sha256:../../other/tags/it",
		    "size": 1, "mediaType": manifest["mediaType"]}
		data = json.dumps(manifest).encode()
		digest = hashlib.sha256(data).hexdigest()
		open(f"{where}/blobs/sha256/{digest}", "wb").write(data)
		image.update(digest="sha256:" + digest, size=len(data))
		index["manifests"] = [image]
		json.dump(index, open(f"{where}/index.json", "w"))
	EOT
	front
	run -1 "$keelson" push "hostile:$tag" "localhost:5001/subject/pause:$tag"
	[[ "$output" == *subject* ]]
	fails grep -q 'tags/it' log
	fails grep -q '^PUT .*/manifests/' log
}

# The registry's list for one image names what belongs to another.
@test "a referrer of another image is not taken for one of this" {
	"$keelson" push -q /keep/pause "$REGISTRY/foreign/it:pause"
	"$keelson" push -q /keelson/dist/static "$REGISTRY/foreign/it:static"
	static=$(jq -r '.manifests[0].digest' /keelson/dist/static/index.json)
	type=application/vnd.oci.image.index.v1+json
	curl -sf -H "Accept: $type" -o list \
		"$REGISTRY/v2/foreign/it/manifests/sha256-${static#sha256:}"
	jq -e '.manifests[0].digest' list
	curl -sf -X PUT -H "Content-Type: $type" --data-binary @list \
		"$REGISTRY/v2/foreign/it/manifests/sha256-${digest#sha256:}"
	run -1 "$keelson" pull "$REGISTRY/foreign/it:pause" pause
	[[ "$output" == *"it refers to another image"* ]]
	[ ! -e pause ]
}

@test "what another reader takes for another image is not pushed" {
	cp -r /keep/pause twice
	sed -i 's/"manifests":/"Manifests":[],"manifests":/' twice/index.json
	run -1 "$keelson" push twice "$REGISTRY/bad/pause:$tag"
	cp -r /keep/pause changed
	blob=$(jq -r '.layers[0].digest[7:]' \
		changed/blobs/sha256/"${digest#sha256:}")
	printf x | dd of=changed/blobs/sha256/"$blob" bs=1 seek=100 \
		conv=notrunc status=none
	run -1 "$keelson" push changed "$REGISTRY/bad/changed:$tag"
	[[ "$output" == *"its bytes are sha256:"* ]]
	run -2 "$keelson" push /keep/pause "registry.example/pause@sha256:0"
	run -2 "$keelson" push /keep/pause pause
	[[ "$output" == *"begin it with the registry"* ]]
	mkdir full && touch full/file
	run -1 "$keelson" pull "$REGISTRY/back/pause:$tag" full
	[[ "$output" == *"is not an OCI layout"* ]]
	[ -e full/file ]
}

@test "a layout that is replaced costs no file outside it" {
	"$keelson" push -q /keep/pause "$REGISTRY/back/pause:$tag"
	mkdir home linked linked/blobs && touch home/dear linked/oci-layout
	ln -s ../../home linked/blobs/sha256
	run "$keelson" pull -q "$REGISTRY/back/pause:$tag" linked
	[ -e home/dear ]
}

# cosign 2 writes a manifest with the tag sha256-DIGEST.sig.
@test "cosign's signature goes along, from registry to layout to registry" {
	export COSIGN_PASSWORD='' HOME=$PWD
	"$keelson" push -q /keep/pause "$REGISTRY/signed/pause:$tag"
	cosign generate-key-pair 2>/dev/null
	cosign sign -y --key cosign.key --tlog-upload=false \
		--allow-http-registry "$REGISTRY/signed/pause@$digest"
	"$keelson" pull -q "$REGISTRY/signed/pause:$tag"
	"$keelson" push -q pause "$REGISTRY/signed/again"
	"$keelson" copy -q "$REGISTRY/signed/again:$tag" "$REGISTRY/other/place"
	for name in signed/again other/place; do
		cosign verify --key cosign.pub --insecure-ignore-tlog=true \
			--allow-http-registry "$REGISTRY/$name@$digest"
	done
}
