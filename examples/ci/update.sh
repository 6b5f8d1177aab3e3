#!/bin/sh
# update.sh - bring the lock up to date, and build with it.
#
# usage: update.sh        in the project's directory, a git checkout
#
# What is newer is pinned and the project is built with it.  When the build
# fails the lock stays as it was, and the exit code says so.  build/update then
# has report.md, the text of a merge request, and, when something is newer, lock.
# propose.sh pushes that, in a job of its own: this one runs what other people
# wrote and has no token.
#
#   CHECK    what has to succeed with the new lock; default: build.sh
set -eu

ci=$(cd "$(dirname "$0")" && pwd)
lock=$(sed -n 's/^ *lock: *//p' keelson.yaml)
lock=${lock:-sources.lock}
git ls-files --error-unmatch -- "$lock" > /dev/null
check=${CHECK:-}
[ -n "$check" ] || check="sh '$ci/build.sh'"

rm -rf build/update
mkdir -p build/update
keelson update --write --then "$check" > build/update/said
{
	echo 'What the archive has that is newer:'
	echo
	sed 's/^/    /' build/update/said
} > build/update/report.md
rm build/update/said
cat build/update/report.md
if git diff --quiet -- "$lock"; then
	echo 'nothing to pin'
else
	cp -- "$lock" build/update/lock
fi
