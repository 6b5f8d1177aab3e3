#!/bin/sh
# build.sh - build the images of a project, check them, sign them.
#
# usage: build.sh        in the project's directory
#
#   BUILD    how its programs are built; default: make
#   KEY      the private key (keelson keygen); unset: nothing is signed
#   KEY.pub  lies beside it: what is signed is verified with it
#   PASSPHRASE_FILE  opens the key, when it is encrypted
set -eu

keelson fetch
keelson record --root . -- sh -c "${BUILD:-make}"
keelson build
for layout in dist/*/; do
	layout=${layout%/}
	keelson verify --require-sbom "$layout"
	[ -n "${KEY:-}" ] || continue
	keelson provenance --predicate -o "$layout.predicate.json" "$layout"
	keelson sign --key "$KEY" \
		${PASSPHRASE_FILE:+--passphrase-file "$PASSPHRASE_FILE"} \
		"$layout"
	keelson attest --key "$KEY" \
		${PASSPHRASE_FILE:+--passphrase-file "$PASSPHRASE_FILE"} \
		--type slsaprovenance --predicate "$layout.predicate.json" \
		"$layout"
	keelson verify --require-sbom --key "${KEY%.key}.pub" "$layout"
done
