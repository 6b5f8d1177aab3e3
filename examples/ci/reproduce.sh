#!/bin/sh
# reproduce.sh - build the project again, elsewhere and otherwise, and compare.
#
# usage: reproduce.sh        in the project's directory, after build.sh
#
# What is committed is cloned and built: a change that is not shows as one.
# The copy is in another directory; umask, locale, time zone and number of jobs
# differ.  Exit code 1, with what differs, when an image is not the same.
#
#   BUILD    as for build.sh
set -eu

here=$PWD
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
remote=$(git remote get-url origin 2> /dev/null || true)
git clone -q "$here" "$copy/a-second-place"
cd "$copy/a-second-place"
[ -z "$remote" ] || git remote set-url origin "$remote"
mkdir -p build
[ ! -d "$here/build/sources" ] || cp -R "$here/build/sources" build/
(
	umask 027
	export LC_ALL=C.UTF-8 TZ=Pacific/Auckland MAKEFLAGS=-j3
	keelson record --root . -- sh -c "${BUILD:-make}" > log 2>&1 &&
		keelson build >> log 2>&1
) || {
	cat log
	exit 1
}
differs=0
for first in "$here"/dist/*/; do
	first=${first%/}
	second=dist/${first##*/}
	if [ -d "$second" ]; then
		keelson diff "$first" "$second" || differs=1
	else
		echo "$second: not made by the second build" >&2
		differs=1
	fi
done
[ "$differs" = 0 ] && echo 'built twice, the same'
exit "$differs"
