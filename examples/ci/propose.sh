#!/bin/sh
# propose.sh - push what update.sh has pinned, on the branch keelson-update.
#
# usage: propose.sh [DIRECTORY]     in a git checkout; default: build/update
#
# It takes lock and report.md from the directory and nothing else, and builds
# nothing.  Nothing is pushed when nothing is newer, or when the branch says the
# same already.  Read the change before you merge it: the job that made it ran
# what other people wrote.
#
#   REMOTE   where the branch goes; default: origin
set -eu

from=${1:-build/update}
branch=keelson-update
remote=${REMOTE:-origin}
lock=$(sed -n 's/^ *lock: *//p' keelson.yaml)
lock=${lock:-sources.lock}
git ls-files --error-unmatch -- "$lock" > /dev/null
if [ ! -f "$from/lock" ] || [ -L "$from/lock" ]; then
	echo 'nothing to pin'
	exit 0
fi
cp -- "$from/lock" "$lock"
now=$(git hash-object -- "$lock")
if git fetch -q "$remote" "$branch" 2> /dev/null &&
	[ "$(git rev-parse "FETCH_HEAD:$lock")" = "$now" ]; then
	echo "$branch has this lock already"
	exit 0
fi
git checkout -q -B "$branch"
git add -- "$lock"
git commit -q -m 'Bring sources up to date' -m "$(cat "$from/report.md")" -- "$lock"
git push -q --force "$remote" "$branch"
echo "pushed $branch"
