#!/usr/bin/env bats
# keelson report in a real browser: phone and desktop, light and dark.  The
# screenshots are in build/test/work/images.test.report_browser.browser.
# lab: browser
# stage: check-report
# limit: 900
bats_require_minimum_version 1.5.0

KEELSON=/keelson/build/bin/keelson

setup_file() {
	cd /keelson || return
	for name in checkpoint-agent kube-proxy-mini static; do
		"$KEELSON" report "dist/$name" -o "/tmp/$name.html"
	done
	"$KEELSON" report --release 4.2 build/bin/criu -o /tmp/criu.html
	"$KEELSON" report --diff dist/kube-proxy-mini dist/checkpoint-agent \
		-o /tmp/diff.html
	node images/test/browser.mjs /lab/axe-core/axe.min.js /keep /tmp/*.html \
		>/keep/found.jsonl
}

setup() {
	. /keelson/tests/lib/expect.bash
	. /keelson/tests/lib/peer.bash
	peer axe-core axe.min.js
}

# No page has what the filter finds, in any width and colour.
none() { # FILTER
	run -0 jq -rc "$1"' | select(length > 0)' /keep/found.jsonl
	expect "$output" = ""
}

@test "every page was looked at in all four ways" {
	expect "$(jq -rs 'map([.page, .width, .scheme]) | unique | length' \
		/keep/found.jsonl)" -eq 20
	# and the walk of the keyboard came far
	expect "$(jq -s 'map(.focused) | min' /keep/found.jsonl)" -gt 10
}

@test "nothing reaches over the edge of a page, folded or unfolded" {
	none .over
	none .overUnfolded
}

@test "axe-core finds nothing, folded or unfolded" {
	none .axe
	none .axeUnfolded
}

@test "names in treemaps fit and can be read" {
	none .labels
	expect "$(jq -s 'map(.contrast) | min >= 4.5' /keep/found.jsonl)" = true
}

@test "the keyboard reaches all that can be used, in reading order, seen" {
	none .backwards
	none .unseen
	expect "$(jq -s 'map(select(.focused != .reachable)) | length' \
		/keep/found.jsonl)" -eq 0
}

@test "a page fetches nothing, and its policy has nothing to forbid" {
	expect "$(jq -r '.requests[]' /keep/found.jsonl | grep -cv '^file:///tmp/')" \
		-eq 0
	expect "$(jq -s 'map(.requests | length) | max' /keep/found.jsonl)" -eq 1
	none .messages
}

@test "what is folded away is printed" {
	expect "$(jq -s 'map(.foldedInPrint) | max' /keep/found.jsonl)" -eq 0
}
