#!/usr/bin/env bats
# cache.bats - trees of the lab are made once for all checkouts.
#
# where: host

bats_require_minimum_version 1.5.0

# A checkout with one recipe, `little`, which says when it is followed.
checkout() { # DIR
	mkdir -p "$1/tests"
	cp -r tests/lab "$1/tests/lab"
	rm -f "$1"/tests/lab/*.packages
	echo one >"$1/tests/lab/little.packages"
	cat >"$1/tests/lab/debian" <<-'END'
		#!/bin/bash
		echo made >>"$XDG_CACHE_HOME/made"
		sleep 0.5
		[ ! -e "$XDG_CACHE_HOME/fail" ] || exit 1
		cp "tests/lab/$1.packages" "$2/packages"
	END
}

setup() {
	cd "$BATS_TEST_DIRNAME/../../.." || return
	export XDG_CACHE_HOME=$BATS_TEST_TMPDIR/cache
	mkdir "$XDG_CACHE_HOME"
	A=$BATS_TEST_TMPDIR/a B=$BATS_TEST_TMPDIR/b
	checkout "$A"
	checkout "$B"
}

times_made() {
	wc -l <"$XDG_CACHE_HOME/made"
}

# Removal keeps the trees used last, and the clock is coarse.
change() { # TEXT
	echo "$1" >"$A/tests/lab/little.packages"
	sleep 0.05
	"$A/tests/lab/make" little
}

@test "two checkouts that want the same tree at once make it once" {
	"$A/tests/lab/make" little &
	"$B/tests/lab/make" little
	wait $!
	[ "$(times_made)" -eq 1 ]
	[ "$("$A/tests/lab/tree" little)" = "$("$B/tests/lab/tree" little)" ]
	[ "$(cat "$("$B/tests/lab/tree" little)/packages")" = one ]
}

@test "a changed list makes another tree; the first stays for others" {
	"$A/tests/lab/make" little
	echo two >"$B/tests/lab/little.packages"
	run -1 "$B/tests/lab/tree" little
	[[ "$output" == *"run make lab"* ]]
	"$B/tests/lab/make" little
	[ "$(cat "$("$A/tests/lab/tree" little)/packages")" = one ]
	[ "$(cat "$("$B/tests/lab/tree" little)/packages")" = two ]
}

@test "what failed is not a tree, its log is shown, the next run makes it" {
	touch "$XDG_CACHE_HOME/fail"
	run -1 "$A/tests/lab/make" little
	[[ "$output" == *"the whole log is build/log/lab-little.log"* ]]
	run -1 "$A/tests/lab/tree" little
	rm "$XDG_CACHE_HOME/fail"
	"$A/tests/lab/make" little
	"$A/tests/lab/tree" little
	run -1 compgen -G "$XDG_CACHE_HOME/keelson/lab/*.partial"
}

@test "the two trees used last are kept, and one of another name" {
	mkdir -p "$XDG_CACHE_HOME/keelson/lab/little-bit-0123456789abcdef"
	for text in first second third; do
		change $text
	done
	cat "$XDG_CACHE_HOME"/keelson/lab/little-????????????????/packages |
		sort | diff - <(printf '%s\n' second third)
	change second
	change fourth
	cat "$XDG_CACHE_HOME"/keelson/lab/little-????????????????/packages |
		sort | diff - <(printf '%s\n' fourth second)
	[ -d "$XDG_CACHE_HOME/keelson/lab/little-bit-0123456789abcdef" ]
}

@test "while somebody is in the lab nothing is removed" {
	change first
	(
		cd "$B" || exit
		. tests/lab/cache.bash
		cache_hold
		exec sleep 60 3>&-
	) &
	holder=$!
	until ! flock -n "$XDG_CACHE_HOME/keelson/lab/.used" true; do
		sleep 0.05
	done
	change second
	change third
	[ -n "$(cd "$A" && . tests/lab/cache.bash && cache_trees little |
		sed -n 3p)" ]
	run -1 "$A/tests/lab/clean"
	[[ "$output" == *"is in use"* ]]
	kill $holder
	wait $holder || true
	"$A/tests/lab/clean"
	[ ! -e "$XDG_CACHE_HOME/keelson/lab" ]
}
