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
	[ "$(cat build/log/check/failed)" = '  p/bad: not ok 2 - b' ]
	[ "$(wc -l <build/log/check/unit.times)" -eq 2 ]
}

@test "dying, saying nothing, and stopping early are failures" {
	program p/dies <<<'echo 1..1; echo ok 1 - a; kill -SEGV $$'
	program p/silent <<<'exit 0'
	program p/stops <<<'echo 1..3; echo ok 1 - a'
	run -1 tests/tally unit p/dies p/silent p/stops
	[ "${lines[-1]}" = 'unit: 2 passed, 3 failed, 0 skipped' ]
	grep -q 'p/dies: ended with status 139 after 1 of 1 tests' \
		build/log/check/failed
	grep -q 'p/silent: ended with status 0 after 0 of 0 tests' \
		build/log/check/failed
	grep -A 2 'p/stops: .* 1 of 3 tests' build/log/check/failed |
		grep -q 'ok 1 - a'
}

@test "of a failed test the first words are kept, of a passed one none" {
	program p/bad <<<'echo 1..3; echo ok 1 - a; echo "# good"
		echo not ok 2 - b; seq -f "# line %g" 20; echo ok 3 - c
		echo "# good too"; exit 1'
	run -1 tests/tally unit p/bad
	[ "$(wc -l <build/log/check/failed)" -eq 9 ]
	grep -q '# line 8$' build/log/check/failed
	[ "$(grep -c good build/log/check/failed)" -eq 0 ]
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
