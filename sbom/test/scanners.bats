# where: host
# area: sbom images
# syft lists each thing that is inside once, with its version, in our images
# and in each of their SBOMs, and nothing else.
bats_require_minimum_version 1.5.0

NAMES='checkpoint-agent kube-proxy-mini pause static'

setup() {
	. tests/lib/expect.bash
	. tests/lib/peer.bash
	export HOME=$WORK SYFT_CHECK_FOR_APP_UPDATE=false
}

# What scanners are to list of an image, by its SBOM: in the document all, by
# default in the image Debian's packages and programs alone.
wanted() { # NAME image|document
	jq -r --arg kind "$2" '
		([.relationships[] | select(.relationshipType ==
			"GENERATED_FROM").relatedSpdxElement] | unique) as $parts
		| .packages[]
		| select(.primaryPackagePurpose != "CONTAINER")
		| select(.SPDXID as $id | $parts | index($id) | not)
		| select($kind == "document"
			or .primaryPackagePurpose == "APPLICATION"
			or ([.externalRefs // [] | .[].referenceLocator
				| select(startswith("pkg:deb/"))] != []))
		| .name + " " + .versionInfo' "dist/$1.spdx.json" | sort
}

listed() {
	jq -r '.artifacts[] | .name + " " + .version' | sort
}

syft_lists() { # SOURCE [OPTION...]
	"$PEER" scan -q -o json "$@" | listed
}

@test "syft lists what is in an image, once, by release" {
	peer syft
	for name in $NAMES; do
		expect "$(syft_lists "docker-archive:dist/$name.tar")" = \
			"$(wanted "$name" image)"
	done
	expect "$(syft_lists oci-dir:dist/pause)" = "$(wanted pause image)"
	"$PEER" scan -q -o json docker-archive:dist/pause.tar >"$WORK/pause"
	expect "$(jq -r '.distro | .id + " " + .versionID' "$WORK/pause")" = \
		'debian 13'
	expect "$(jq -r '.artifacts[].purl' "$WORK/pause" | sort)" = \
		"$(jq -r '.packages[].externalRefs // [] | .[]
			| select(.referenceType == "purl").referenceLocator
			| select(startswith("pkg:deb") or
				startswith("pkg:generic/pause"))' \
			dist/pause.spdx.json | sort)"
}

@test "syft lists what comes from elsewhere, too, by the SBOM in the image" {
	peer syft
	expect "$(syft_lists docker-archive:dist/checkpoint-agent.tar \
		--override-default-catalogers sbom-cataloger)" = \
		"$(wanted checkpoint-agent document)"
}

@test "syft lists the same of each SBOM, and no compiler" {
	peer syft
	for name in checkpoint-agent pause static; do
		for format in spdx spdx3 cdx; do
			"$PEER" convert -q "dist/$name.$format.json" -o json \
				>"$WORK/read"
			expect "$(listed <"$WORK/read")" = \
				"$(wanted "$name" document)"
			expect "$(jq -r '.distro | .id + " " + .versionID' \
				"$WORK/read")" = 'debian 13'
		done
	done
	"$PEER" convert -q dist/checkpoint-agent.cdx.json -o json >"$WORK/read"
	expect "$(jq -r '.artifacts[] | select(.name == "criu").cpes[].cpe' \
		"$WORK/read")" = 'cpe:2.3:a:criu:criu:4.2.1:*:*:*:*:*:*:*'
	listed <"$WORK/read" >"$WORK/names"
	fails grep -E '^(gcc|binutils|linux|dash|libcap2|protobuf )' "$WORK/names"
}
