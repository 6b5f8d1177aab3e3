#!/usr/bin/env bats
# peers.bats - every peer of tests/lab/peers that is there starts, and is of the
# version that the table names.

. tests/lib/peer.bash

# The version that NAME should have, without its v.
wanted() { # NAME
	awk -v name="$1" '$1 == name { sub(/^v/, "", $4); print $4 }' \
		tests/lab/peers
}

says() { # NAME PROGRAM OPTION...
	peer "$1" "$2"
	"$PEER" "${@:3}" 2>&1 | grep -F "$(wanted "$1")"
}

@test "kube-apiserver, kube-proxy" {
	says kubernetes kube-apiserver --version
	says kubernetes kube-proxy --version
}

@test "kubelet" {
	says kubelet kubelet --version
}

@test "crictl" {
	says crictl crictl --version
}

@test "crane" {
	peer crane
	"$PEER" version
}

@test "cosign" {
	peer cosign
	"$PEER" version
}

@test "syft" {
	says syft syft --version
}

@test "grype" {
	says grype grype --version
}

@test "trivy" {
	peer trivy
	"$PEER" --version
}

@test "ntia-conformance-checker, with pyspdxtools" {
	says ntia-conformance-checker sbomcheck --version
	peer ntia-conformance-checker pyspdxtools
	"$PEER" --help | grep -i spdx
}

@test "spdx3-validate" {
	says spdx3-validate spdx3-validate --version
}

@test "CycloneDX's validators" {
	[ -d /lab/cyclonedx ] || skip "no cyclonedx: make check-peers"
	PYTHONPATH=/lab/cyclonedx/lib python3 -c '
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
text = """{"bomFormat": "CycloneDX", "specVersion": "1.6", "version": %s}"""
check = JsonStrictValidator(SchemaVersion.V1_6).validate_str
assert check(text % "1") is None
assert check(text % "true") is not None'
}
