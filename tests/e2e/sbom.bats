# area: sbom images
# where: host
# The SBOMs pass the validator of the SPDX project (from Debian's unstable
# suite, in a tree of its own).

@test "pyspdxtools accepts each image's SPDX document" {
	for sbom in dist/*.spdx.json; do
		echo "# $sbom"
		tests/lab/enter -t sid pyspdxtools -i "/keelson/$sbom"
	done
	[ -e "$sbom" ]
}

@test "pyspdxtools refuses a document with a package that lacks its place" {
	jq 'del(.packages[0].downloadLocation)' dist/pause.spdx.json \
		>"$WORK/broken.spdx.json"
	run tests/lab/enter -t sid -w "$WORK" pyspdxtools \
		-i /keep/broken.spdx.json
	[ "$status" -ne 0 ]
}
