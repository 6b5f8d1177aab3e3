#!/bin/sh
# build.sh - build the images of a project and check them.
#
# usage: build.sh        in the project's directory
#
# It runs what other people wrote, configure scripts and makefiles: the job that
# calls it has no key and no token.  sign.sh signs, in a job of its own.
#
#   BUILD    how its programs are built; default: make
set -eu

keelson fetch
keelson record --root . -- sh -c "${BUILD:-make}"
keelson build
for layout in dist/*/; do
	layout=${layout%/}
	keelson verify --require-sbom "$layout"
	keelson provenance --predicate -o "$layout.predicate.json" "$layout"
done
