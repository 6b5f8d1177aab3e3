#!/usr/bin/env bats
# Two runs in one checkout: the second says that it waits, and does; here with
# the project's own Makefile and targets that tell what they do.
# where: host
bats_require_minimum_version 1.5.0

. tests/lib/wait.bash

setup() {
	project=$BATS_TEST_TMPDIR/project
	mkdir -p "$project/static-build" "$project/tests"
	cp Makefile "$project/"
	cp static-build/alone "$project/static-build/"
	cat >"$project/tests/tests.mk" <<-'END'
		first: ; @echo first begins >>told; \
			until [ -e go ]; do sleep 0.05; done; \
			echo first ends >>told
		second: ; @echo second >>told
		nested: ; @$(MAKE) second && make second
		broken: ; @exit 3
	END
	cd "$project" || return
	# as from a terminal, not as from the make that runs the tests
	unset MAKEFLAGS MAKELEVEL MAKEOVERRIDES
	others=()
}

teardown() {
	touch "$project/go"
	[ ${#others[@]} = 0 ] || wait "${others[@]}" || true
}

start() { # LOG TARGET
	make "$2" >"$1" 2>&1 3>&- &
	others+=($!)
}

@test "the second waits for the first, and says so" {
	start one first
	wait_for grep -q begins told
	start two second
	wait_for grep -q 'waiting for it to end' two
	[ "$(cat told)" = 'first begins' ]
	touch go
	wait "${others[@]}"
	[ "$(cat told)" = $'first begins\nfirst ends\nsecond' ]
	[ ! -s one ]
}

@test "a make within a make, and make help, do not wait" {
	make nested
	[ "$(grep -c second told)" = 2 ]
	start one first
	wait_for grep -q begins told
	make help | grep -q 'make images'
}

@test "a copy of the checkout is another one, also within a make" {
	start one first
	wait_for grep -q begins told
	cp -R "$project" "$project.copy"
	KEELSON_ALONE=$project make -C "$project.copy" second
	grep -q second "$project.copy/told"
}

@test "killed, it keeps nobody waiting" {
	setsid make first >one 2>&1 3>&- &
	wait_for grep -q begins told
	kill -KILL -- "-$!"
	run make second
	[ "$status" -eq 0 ]
	grep -q second told
}

@test "a failure is the caller's to see" {
	run make broken
	[ "$status" -eq 2 ]
	[[ "$output" == *'broken] Error 3'* ]]
}
