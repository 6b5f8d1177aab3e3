#!/usr/bin/env bats
# tally.bats - programs of TAP run side by side and are counted.
#
# where: host

bats_require_minimum_version 1.5.0

setup() {
	project=$BATS_TEST_TMPDIR/project
	mkdir -p "$project/tests" "$project/p"
	cp "$BATS_TEST_DIRNAME"/../{tally,count,pool.bash} "$project/tests/"
	cd "$project" || return
	export TEST_JOBS=2
}

program() { # NAME, its text on standard input
	{
		echo '#!/bin/bash'
		cat
	} >"$1"
	chmod +x "$1"
}

@test "passed, failed and skipped are counted; the reasons are kept" {
	program p/good <<<'echo 1..2; echo ok 1 - a; echo "ok 2 - b # SKIP no peer"'
	program p/bad <<<'echo 1..2; echo ok 1 - a; echo not ok 2 - b; exit 1'
	run -1 tests/tally unit p/good p/bad
	[ "${lines[-1]}" = 'unit: 2 passed, 1 failed, 1 skipped' ]
	[ "$(cat build/log/check/unit.count)" = '2 1 1' ]
	grep -q 'no peer' build/log/check/skipped
	[ "$(wc -l <build/log/check/unit.times)" -eq 2 ]
}

@test "dying, saying nothing, and stopping early are failures" {
	program p/dies <<<'echo 1..1; echo ok 1 - a; kill -SEGV $$'
	program p/silent <<<'exit 0'
	program p/stops <<<'echo 1..3; echo ok 1 - a'
	run -1 tests/tally unit p/dies p/silent p/stops
	[ "${lines[-1]}" = 'unit: 2 passed, 3 failed, 0 skipped' ]
}

@test "two run side by side, and a limit ends what hangs" {
	program p/one <<<'touch one; until [ -e two ]; do sleep 0.1; done
		echo 1..1; echo ok 1 - a'
	program p/two <<<'touch two; until [ -e one ]; do sleep 0.1; done
		echo 1..1; echo ok 1 - a'
	program p/hangs <<<'echo 1..1; sleep 1000'
	TEST_LIMIT_S=10 run -1 tests/tally unit p/one p/two p/hangs
	[ "${lines[-1]}" = 'unit: 2 passed, 1 failed, 0 skipped' ]
}

@test "a script that must be alone follows the others" {
	program p/alone <<-'END'
		# alone: it measures
		[ ! -e at-work ] && [ -e was-there ] && echo ok 1 - a
		echo 1..1
	END
	program p/other <<<'touch at-work was-there; sleep 1; rm at-work
		echo 1..1; echo ok 1 - a'
	tests/tally lint p/alone p/other
}
