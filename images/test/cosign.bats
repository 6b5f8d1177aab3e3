# area: images
# Signatures go to and fro between keelson and cosign, through a registry that
# knows no referrers.
bats_require_minimum_version 1.5.0

# What the index of a layout has under tags of signatures.
tagged() { # LAYOUT
	jq -r '.manifests[].annotations."org.opencontainers.image.ref.name" // ""
		| select(startswith("sha256-"))' "$1/index.json"
}

setup_file() {
	. /keelson/tests/lib/registry.bash
	. /keelson/tests/lib/wait.bash
	. /keelson/tests/lib/image.bash
	keelson=/keelson/build/bin/keelson
	rm -rf /keep/sign "$REGISTRY_DIR" && mkdir /keep/sign
	cd /keep/sign || return
	registry_start
	cp -r "$DIST/pause" pause
	tag=$(image_tag pause)
	$keelson keygen --no-passphrase alice
	$keelson keygen --no-passphrase bob
	$keelson sign --key alice.key pause
	$keelson attest --key alice.key --type spdx \
		--predicate "$DIST/pause.spdx.json" pause
	for signatures in "$tag" $(tagged pause); do
		registry_push "pause:$signatures" "tags:$signatures"
	done
	oras cp -r --from-oci-layout "pause:$tag" --to-plain-http \
		"localhost:5000/referrers:$tag"
	# cosign would fetch sigstore's own; nothing of it is needed for a key.
	echo '{"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1"}' \
		>root.json
}

teardown_file() {
	. /keelson/tests/lib/registry.bash
	registry_stop
}

setup() {
	. /keelson/tests/lib/image.bash
	keelson=/keelson/build/bin/keelson
	cd /keep/sign || return
	digest=$(jq -r '.manifests[0].digest' pause/index.json)
	export COSIGN_PASSWORD=secret
}

# Run cosign's VERB for a key and a repository of the registry.
checks() { # COSIGN VERB KEY NAME [OPTION...]
	local cosign=$1 verb=$2 key=$3 name=$4
	shift 4
	"$cosign" "$verb" --key "$key" --insecure-ignore-tlog=true \
		--allow-insecure-registry "$@" "localhost:5000/$name@$digest"
}

# The predicate of what cosign verified, as the file had it.
predicate() {
	sed -n 's/^{"payload/&/p' | jq -r .payload | base64 -d | jq .predicate
}

pulled() { # NAME: the image and its signatures under tags, by skopeo
	rm -rf back
	for name in 0.1.0 "${digest/:/-}.sig" "${digest/:/-}.att"; do
		skopeo copy -q --src-tls-verify=false \
			"docker://localhost:5000/$1:$name" "oci:back:$name"
	done
}

@test "cosign 2 accepts what lies under tags" {
	checks cosign verify alice.pub tags
	checks cosign verify-attestation alice.pub tags --type spdxjson \
		>attested
	predicate <attested | diff - <(jq . "$DIST/pause.spdx.json")
	run ! checks cosign verify bob.pub tags
	run ! checks cosign verify-attestation alice.pub tags --type openvex
}

@test "cosign 2 accepts bundles that oras pushed as referrers" {
	checks cosign verify-attestation alice.pub referrers --type spdxjson \
		--new-bundle-format --trusted-root root.json >attested
	predicate <attested | diff - <(jq . "$DIST/pause.spdx.json")
	checks cosign verify-attestation alice.pub referrers \
		--type https://sigstore.dev/cosign/sign/v1 \
		--new-bundle-format --trusted-root root.json
	run ! checks cosign verify-attestation bob.pub referrers \
		--type spdxjson --new-bundle-format --trusted-root root.json
}

@test "keelson accepts what cosign 2 signed, beside its own" {
	rm -f cosign.key cosign.pub
	cosign generate-key-pair
	for signatures in 0.1.0 $(tagged pause); do
		skopeo copy -q --dest-tls-verify=false "oci:pause:$signatures" \
			"docker://localhost:5000/both:$signatures"
	done
	cosign sign -y --key cosign.key --tlog-upload=false \
		--allow-insecure-registry "localhost:5000/both@$digest"
	cosign attest -y --key cosign.key --tlog-upload=false --type spdxjson \
		--predicate "$DIST/pause.spdx.json" --allow-insecure-registry \
		"localhost:5000/both@$digest"
	pulled both
	run -0 "$keelson" verify --key cosign.pub --key alice.pub \
		--threshold 2 back
	[[ "$output" == *'signed by cosign.pub'*'signed by alice.pub'* ]]
	[[ "$output" == *'https://spdx.dev/Document by cosign.pub'* ]]
	[[ "$output" == *'https://spdx.dev/Document by alice.pub'* ]]
	run -1 "$keelson" verify --key bob.pub back
	# Signed once more by us, cosign still finds its own.
	"$keelson" sign --key bob.key back
	skopeo copy -q --dest-tls-verify=false "oci:back:${digest/:/-}.sig" \
		"docker://localhost:5000/both:${digest/:/-}.sig"
	for key in cosign alice bob; do
		checks cosign verify $key.pub both
	done
}

@test "a layout that oras pulled has its signatures" {
	rm -rf pulled
	oras cp -r --from-plain-http localhost:5000/referrers:0.1.0 \
		--to-oci-layout pulled:0.1.0
	run -0 "$keelson" verify --key alice.pub pulled
	[[ "$output" == *'signed by alice.pub'* ]]
	[[ "$output" == *'https://spdx.dev/Document by alice.pub'* ]]
	run -1 "$keelson" verify --key bob.pub pulled
}
