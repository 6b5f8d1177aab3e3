# where: host
# The SBOMs beside the images that were built: they say what the rules of
# 2026 require, by our checker and by those of others, and agree with what the
# programs, the images and the layouts say.
bats_require_minimum_version 1.5.0

HERE=$PWD
NAMES='static checkpoint-agent kube-proxy-mini pause'
KEELSON=$HERE/build/bin/keelson

setup() {
	. "$HERE/tests/lib/expect.bash"
	. "$HERE/tests/lib/peer.bash"
}

@test "each SBOM has what BSI, CISA and NTIA require" {
	for name in $NAMES; do
		for profile in bsi cisa ntia; do
			"$KEELSON" sbom check --profile $profile \
				"dist/$name.spdx3.json" "dist/$name.cdx.json"
		done
		"$KEELSON" sbom check --profile ntia "dist/$name.spdx.json"
		"$KEELSON" sbom check --profile spdx "dist/$name.spdx.json" \
			"dist/$name.spdx3.json"
		"$KEELSON" sbom check --profile cyclonedx "dist/$name.cdx.json"
	done
}

@test "a field that is missing is named with its component" {
	jq '(.components[] | select(.name == "pause")) |= del(.version)' \
		dist/pause.cdx.json >"$WORK/less.json"
	run -1 "$KEELSON" sbom check --profile bsi "$WORK/less.json"
	[[ $output == *"lacks "*" of BSI TR-03183-2 v2.1.0"* ]]
	[[ $output == *"version             pause "*"a version"* ]]
	run -1 "$KEELSON" sbom check --json "$WORK/less.json"
	expect "$(jq -r '.lacks[] | select(.field == "version").component' \
		<<<"$output")" = pause
	expect "$(jq .conforms <<<"$output")" = false
	run -2 "$KEELSON" sbom check --profile fda dist/pause.cdx.json
	[[ $output == *"not one of bsi, cisa, ntia, spdx, cyclonedx"* ]]
	echo '{}' >"$WORK/none.json"
	run -1 "$KEELSON" sbom check "$WORK/none.json"
	[[ $output == *"none.json: neither SPDX 2, SPDX 3 nor CycloneDX"* ]]
}

@test "SBOMs of other tools are read" {
	cat >"$WORK/syft.json" <<-'END'
	{"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
	 "metadata": {"timestamp": "2026-01-01T00:00:00Z",
	  "tools": [{"vendor": "a", "name": "b", "version": "1"}]},
	 "components": [{"type": "library", "name": "zlib"}]}
	END
	run -1 "$KEELSON" sbom check --profile ntia "$WORK/syft.json"
	for lack in 'sbom author  ' 'relations  ' 'version  .* zlib' \
		'identifier  .* zlib' 'producer  .* zlib'; do
		grep -q "^$lack" <<<"$output"
	done
	fails grep -q '^time' <<<"$output"
}

@test "an image goes by the digest of its manifest, its tar by its hashes" {
	for name in $NAMES; do
		digest=$(jq -r '[.manifests[] | select(.annotations
			."org.opencontainers.image.ref.name")][0].digest' \
			"dist/$name/index.json")
		expect "$(jq -r .metadata.component.purl "dist/$name.cdx.json")" \
			= "pkg:oci/$name@${digest/:/%3A}?arch=amd64&tag=0.1.0"
		expect "$(jq -r '.metadata.component.hashes[]
			| select(.alg == "SHA-512").content' \
			"dist/$name.cdx.json")" \
			= "$(sha512sum <"dist/$name.tar" | cut -c1-128)"
		grep -q "pkg:oci/$name@${digest/:/%3A}" "dist/$name.spdx3.json"
	done
}

# The pinned packages that SBOM $2 says are linked into program $1.
linked_by_sbom() {
	jq -r --arg name "$1" '(.packages[] | select(.name == $name
			and .primaryPackagePurpose == "APPLICATION").SPDXID) as $id
		| (.packages | map({key: .SPDXID, value: .}) | from_entries) as $p
		| [.relationships[] | select(.relationshipType == "GENERATES"
			and .relatedSpdxElement == $id) | $p[.spdxElementId]
			| .name + " " + .versionInfo] | sort | join(",")' "$2"
}

# The SBOM of image $1 as the layout attaches it, as it is in the image, and
# beside both; the notes of its programs against what it says of them.
places_agree() { # NAME SBOM
	local blobs=dist/$1/blobs/sha256 kind referrer manifest layer at note
	for kind in spdx:spdx spdx3:spdx3 cdx:vnd.cyclonedx; do
		referrer=$(jq -r --arg type "application/${kind#*:}+json" \
			'.manifests[] | select(.artifactType == $type).digest' \
			"dist/$1/index.json")
		cmp "${2%.spdx.json}.${kind%:*}.json" \
			"$blobs/$(jq -r '.layers[0].digest' \
			"$blobs/${referrer#*:}" | cut -c8-)" || return 1
	done
	manifest=$(jq -r .subject.digest "$blobs/${referrer#*:}")
	layer=$(jq -r '.layers[0].digest' "$blobs/${manifest#*:}")
	rm -rf "$WORK/tree" && mkdir "$WORK/tree"
	tar -C "$WORK/tree" -xf "$blobs/${layer#*:}"
	cmp "$2" "$WORK/tree/usr/share/sbom/$1.spdx.json" || return 1
	for at in $(jq -r '.packages[]
		| select(.primaryPackagePurpose == "APPLICATION")
		| .packageFileName' "$2"); do
		at=$(find "$WORK/tree" -type f -name "$at" -perm -1)
		objcopy --dump-section ".note.package=$WORK/note" "$at" /dev/null
		note=$(tail -c +17 "$WORK/note" | tr -d '\0')
		expect "$(jq -r '[.linked[][]] | sort | join(",")' \
			<<<"$note")" = "$(linked_by_sbom "${at##*/}" "$2")" ||
			return 1
		expect "$(jq -r '.name + " " + .version + " " + .license' \
			<<<"$note")" = "$(jq -r --arg name "${at##*/}" \
			'.packages[] | select(.primaryPackagePurpose ==
			"APPLICATION" and .name == $name)
			| .name + " " + .versionInfo + " " + .licenseDeclared' \
			"$2")" || return 1
	done
}

@test "note, image, layout and file beside it say the same" {
	for name in $NAMES; do
		places_agree "$name" "dist/$name.spdx.json"
	done
	cp dist/pause.*.json "$WORK/"
	places_agree pause "$WORK/pause.spdx.json"
	for kind in spdx spdx3 cdx; do
		sed -i 's/"0.1.0"/"0.2.0"/' "$WORK/pause.$kind.json"
		fails places_agree pause "$WORK/pause.spdx.json"
		cp dist/pause.$kind.json "$WORK/"
	done
	# no image has it
	"$KEELSON" sbom --format spdx "$KEELSON" >"$WORK/keelson.json"
	objcopy --dump-section ".note.package=$WORK/note" "$KEELSON" /dev/null
	expect "$(tail -c +17 "$WORK/note" | tr -d '\0' |
		jq -r '[.linked[][]] | sort | join(",")')" = \
		"$(linked_by_sbom keelson "$WORK/keelson.json")"
}

@test "one program's SBOM in each format, with files on request" {
	for format in spdx spdx3 cyclonedx cyclonedx-1.6 cyclonedx-1.7; do
		"$KEELSON" sbom --format $format build/bin/pause \
			>"$WORK/$format.json"
		"$KEELSON" sbom check --profile ntia "$WORK/$format.json"
		"$KEELSON" sbom --format $format --files build/bin/pause \
			>"$WORK/all.json"
		grep -q 'musl-[^"]*/src/' "$WORK/all.json"
		fails grep -q 'musl-[^"]*/src/' "$WORK/$format.json"
	done
	cmp "$WORK/cyclonedx.json" "$WORK/cyclonedx-1.6.json"
	expect "$(jq -r '.metadata.component.name + " " + ([.components[]
		| select(.type == "library").name] | join(" "))' \
		"$WORK/cyclonedx.json")" = 'pause musl libgcc-12-dev'
	run -2 "$KEELSON" sbom --format swid build/bin/pause
	[[ $output == *"not one of spdx, spdx3, cyclonedx"* ]]
}

@test "a patch says which CVEs it resolves" {
	expect "$(jq -r '[.. | .pedigree? // empty | .patches[] | .resolves // []
		| .[].id] | unique | join(" ")' dist/checkpoint-agent.cdx.json)" \
		!= ""
	jq -e '[.. | .pedigree? // empty | .patches[]
		| select(.type == "backport" and (.resolves | length) == 0)]
		== []' dist/checkpoint-agent.cdx.json
	# every file name of a patch that holds an id is found again
	for cve in $(jq -r '.files[].fileName' dist/checkpoint-agent.spdx.json |
		grep -o 'CVE-[0-9]*-[0-9]*' | sort -u); do
		grep -q "\"id\": \"$cve\"" dist/checkpoint-agent.cdx.json
		grep -q "\"identifier\": \"$cve\"" \
			dist/checkpoint-agent.spdx3.json
	done
}

@test "what was not patched by Debian is not called Debian's" {
	jq -e '.packages[] | select(.name == "criu")
		| .supplier != "Organization: Debian" and .versionInfo == "4.2.1"
		and ([.externalRefs[].referenceLocator]
		| index("pkg:generic/criu@4.2.1"))' \
		dist/checkpoint-agent.spdx.json
	expect "$(jq -r '[.packages[].externalRefs // [] | .[]
		| select(.referenceType == "purl") | .referenceLocator
		| select(startswith("pkg:deb/debian/")) | select(test("arch=source"))
		| select(endswith("distro=debian-13") | not)] | length' \
		dist/checkpoint-agent.spdx.json)" = 0
}

@test "a lone program says what is linked into it, after strip, too" {
	cp build/bin/pause "$WORK/lone"
	strip "$WORK/lone"
	cd "$WORK"
	run -0 "$KEELSON" sbom lone
	[[ ${lines[0]} == "lone: pause 0.1.0, by its own note" ]]
	grep -q '^musl .*1\.2\.5.* debian-13$' <<<"$output"
	expect "$("$KEELSON" sbom --json lone | jq -r .sha256)" = \
		"$(sha256sum <lone | cut -c1-64)"
	objcopy --remove-section .note.package lone none
	run -1 "$KEELSON" sbom none
	[[ $output == *"neither a project"* ]]
	# a note costs a program little: the largest of ours
	for program in "$HERE"/build/bin/{pause,kube-proxy-mini,criu,keelson} \
		"$HERE/build/bin/checkpoint-agent"; do
		objcopy --dump-section ".note.package=$WORK/note" "$program" \
			/dev/null
		expect "$(stat -c %s "$WORK/note")" -lt 640
	done
}

# ---- checkers of others -----------------------------------------------------

@test "BSI's rules as ntia-conformance-checker reads them" {
	peer ntia-conformance-checker sbomcheck
	for name in $NAMES; do
		cp "dist/$name.spdx3.json" "$WORK/in.json"
		tests/lab/enter -t trixie -w "$WORK" \
			/lab/ntia-conformance-checker/sbomcheck -s spdx3 \
			-c bsi -v /keep/in.json >"$WORK/said" 2>&1 || true
		grep -q '^Conformant: True' "$WORK/said"
		tests/lab/enter -t trixie -w "$WORK" \
			/lab/ntia-conformance-checker/sbomcheck -s spdx3 \
			-c ntia /keep/in.json
	done
}

@test "the model of SPDX 3, as its project's Python bindings have it" {
	peer ntia-conformance-checker lib
	cp dist/*.spdx3.json "$WORK/"
	cat >"$WORK/model.py" <<-'END'
	import sys
	from spdx_python_model import v3_0_1 as spdx
	for path in sys.argv[1:]:
	    objects = spdx.SHACLObjectSet()
	    with open(path, "rb") as f:
	        spdx.JSONLDDeserializer().read(f, objects)
	    missing = {m for m in objects.link() if "spdx.org/rdf" not in m}
	    packages = list(objects.foreach_type(spdx.software_Package))
	    if missing or not packages:
	        sys.exit(f"{path}: {len(packages)} packages, not there: {missing}")
	END
	tests/lab/enter -t trixie -w "$WORK" sh -c \
		'PYTHONPATH=/lab/ntia-conformance-checker/lib python3 \
		/keep/model.py /keep/*.spdx3.json'
	jq '(."@graph"[] | select(.type == "software_Package")
		).software_packageVersion |= 1' dist/pause.spdx3.json \
		>"$WORK/pause.spdx3.json"
	run ! tests/lab/enter -t trixie -w "$WORK" sh -c \
		'PYTHONPATH=/lab/ntia-conformance-checker/lib python3 \
		/keep/model.py /keep/pause.spdx3.json'
}

@test "CycloneDX's schema, strictly" {
	peer cyclonedx lib
	"$KEELSON" sbom --format cyclonedx-1.7 build/bin/criu >"$WORK/criu.cdx.json"
	cp dist/*.cdx.json "$WORK/"
	cat >"$WORK/strict.py" <<-'END'
	import json, sys
	from cyclonedx.schema import SchemaVersion
	from cyclonedx.validation.json import JsonStrictValidator
	for path in sys.argv[1:]:
	    text = open(path).read()
	    version = json.loads(text)["specVersion"].replace(".", "_")
	    fault = JsonStrictValidator(SchemaVersion["V" + version]).validate_str(text)
	    if fault:
	        sys.exit(f"{path}: {fault}")
	END
	tests/lab/enter -t trixie -w "$WORK" sh -c \
		'PYTHONPATH=/lab/cyclonedx/lib python3 /keep/strict.py /keep/*.cdx.json'
}
