#!/bin/sh
# update.sh - bring the lock up to date on a branch of its own.
#
# usage: update.sh        in the project's directory, a git checkout
#
# What is newer is pinned, the project is built with it, and the branch
# keelson-update is pushed.  When the build fails the lock stays as it was, and
# so does the exit code.  Nothing is pushed when nothing is newer, or when the
# branch says the same already.
#
#   CHECK    what has to succeed with the new lock; default: build.sh
#   REMOTE   where the branch goes; default: origin
#   REPORT   file for the text of a merge request; default: update.md
set -eu

ci=$(cd "$(dirname "$0")" && pwd)
branch=keelson-update
remote=${REMOTE:-origin}
report=${REPORT:-update.md}
lock=$(sed -n 's/^ *lock: *//p' keelson.yaml)
lock=${lock:-sources.lock}
check=${CHECK:-}
[ -n "$check" ] || check="KEY= sh '$ci/build.sh'"

keelson update --write --then "$check" > .update.new
{
	echo 'What the archive has that is newer:'
	echo
	sed 's/^/    /' .update.new
} > "$report"
rm .update.new
cat "$report"
if git diff --quiet -- "$lock"; then
	echo 'nothing to pin'
	exit 0
fi
now=$(git hash-object "$lock")
if git fetch -q "$remote" "$branch" 2> /dev/null &&
	[ "$(git rev-parse "FETCH_HEAD:$lock")" = "$now" ]; then
	echo "$branch has this lock already"
	exit 0
fi
git checkout -q -B "$branch"
git add -- "$lock"
git commit -q -m 'Bring sources up to date' -m "$(cat "$report")" -- "$lock"
git push -q --force "$remote" "$branch"
echo "pushed $branch"
