#!/bin/sh
# sign.sh - attest and sign the images that build.sh made.
#
# usage: sign.sh        where dist is, which may come from another job
#
# It builds nothing and runs nothing of the project but keelson.
#
#   KEY      the private key (keelson keygen)
#   PUB      the public one: what is signed is verified with it; default:
#            NAME.pub beside NAME.key
#   PASSPHRASE_FILE  opens the key, when it is encrypted
set -eu

pub=${PUB:-${KEY%.key}.pub}
for layout in dist/*/; do
	layout=${layout%/}
	keelson verify --require-sbom "$layout"
	keelson sign --key "$KEY" \
		${PASSPHRASE_FILE:+--passphrase-file "$PASSPHRASE_FILE"} \
		"$layout"
	keelson attest --key "$KEY" \
		${PASSPHRASE_FILE:+--passphrase-file "$PASSPHRASE_FILE"} \
		--type slsaprovenance --predicate "$layout.predicate.json" \
		"$layout"
	keelson verify --require-sbom --key "$pub" "$layout"
done
