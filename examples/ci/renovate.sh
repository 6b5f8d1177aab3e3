#!/bin/sh
# renovate.sh - the two halves of examples/renovate/renovate.json.
#
# usage: renovate.sh list           before Renovate runs: write what is newer as
#                                   build/updates/PACKAGE.json, which it reads
#        renovate.sh pin PACKAGE    its postUpgradeTasks: Renovate has written
#                                   the new version alone; take the whole lines,
#                                   with path, size and SHA-256, from the index
set -eu

lock=$(sed -n 's/^ *lock: *//p' keelson.yaml)
lock=${lock:-sources.lock}
git ls-files --error-unmatch -- "$lock" > /dev/null

case $1 in
list)
	rm -rf build/updates
	mkdir -p build/updates
	keelson update --json > build/updates/.all
	jq -r '.packages[].package' build/updates/.all | while read -r package; do
		jq --arg package "$package" '.packages[] |
			select(.package == $package) | {releases:
				[{version}, (.newer // empty |
					select(.notFetched == null) | {version})]}' \
			build/updates/.all > "build/updates/$package.json"
	done
	rm build/updates/.all
	;;
pin)
	git checkout -q -- "$lock"
	keelson update --write -- "$2"
	;;
*)
	echo 'usage: renovate.sh list | pin PACKAGE' >&2
	exit 2
	;;
esac
