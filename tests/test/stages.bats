#!/usr/bin/env bats
# stages.bats - the stages of `make check`: order, tally, the fuzzers beside the
# end-to-end tests.
#
# where: host

bats_require_minimum_version 1.5.0

# A project whose make is ours: a stage is a function of stages.bash.
setup() {
	project=$BATS_TEST_TMPDIR/project
	mkdir -p "$project/tests"
	cp "$BATS_TEST_DIRNAME"/../{check,pool.bash} "$project/tests/"
	cd "$project" || return
	export KEELSON_ALONE=$PWD MAKE=$PWD/our-make
	cat >our-make <<-'END'
		#!/bin/bash
		log=build/log/check
		echo "$*" >>calls
		. ./stages.bash
		"${@: -1}"
	END
	chmod +x our-make
}

stages() { # functions on standard input
	cat >stages.bash
}

@test "stages run in order, and their counts add up" {
	stages <<-'END'
		unit() { echo 5 0 1 >$log/unit.count; echo hello from unit; }
		lint() { echo 2 1 0 >$log/lint.count; return 1; }
		images() { :; }
	END
	STAGES='images unit lint' run -1 tests/check
	[ "${lines[-1]}" = '7 passed, 1 failed, 1 skipped' ]
	[[ $output = *'hello from unit'* ]]
	[[ $output = *'lint FAILED'* ]]
	[ "$(grep -oE '(images|unit|lint)$' calls | tr '\n' ' ')" = \
		'images unit lint ' ]
}

@test "a stage that leaves no counts is a failure" {
	stages <<-'END'
		unit() { echo no compiler; return 2; }
	END
	STAGES=unit run -1 tests/check
	[ "${lines[-1]}" = '0 passed, 1 failed, 0 skipped' ]
	[ "${lines[-2]}" = '    no compiler' ]
	[[ ${lines[-3]} = *'unit ended with status 2'* ]]
}

@test "which tests failed stands above the last line" {
	stages <<-'END'
		unit() {
			echo '  t_one: not ok 2 - adds' >>$log/failed
			echo 5 1 0 >$log/unit.count
			return 1
		}
		lint() { echo 2 0 0 >$log/lint.count; }
	END
	STAGES='unit lint' run -1 tests/check
	[ "${lines[-3]}" = '==== failed' ]
	[ "${lines[-2]}" = '  t_one: not ok 2 - adds' ]
}

@test "the fuzzers run beside the end-to-end tests, and are waited for" {
	stages <<-'END'
		fuzz() {
			touch fuzz-began
			until [ -e e2e-ended ]; do sleep 0.1; done
			[ "$(ps -o ni= -p $$)" -eq 19 ] || echo at normal priority
			echo 3 1 0 >$log/fuzz.count
			echo the crash is kept
			return 1
		}
		e2e() {
			until [ -e fuzz-began ]; do sleep 0.1; done
			touch e2e-ended
			echo 4 0 0 >$log/e2e.count
		}
	END
	STAGES='fuzz e2e' run -1 tests/check
	[ "${lines[-1]}" = '7 passed, 1 failed, 0 skipped' ]
	[[ $output = *'the crash is kept'*'fuzz FAILED'* ]]
	[[ $output != *'normal priority'* ]]
}

@test "without end-to-end tests the fuzzers run in their turn" {
	stages <<-'END'
		fuzz() { echo 1 0 0 >$log/fuzz.count; }
		lint() { [ -e $log/fuzz.count ] && echo 1 0 0 >$log/lint.count; }
	END
	STAGES='fuzz lint' tests/check
}

@test "ended, it ends the fuzzers too" {
	stages <<-'END'
		fuzz() { echo $$ >fuzzer; exec sleep 1000; }
		e2e() { until [ -e fuzzer ]; do sleep 0.1; done; sleep 1000; }
	END
	STAGES='fuzz e2e' setsid tests/check >log 2>&1 3>&- &
	until [ -s fuzzer ]; do sleep 0.1; done
	kill -TERM -- "-$!"
	wait $! || true
	until ! kill -0 "$(<fuzzer)" 2>/dev/null; do sleep 0.1; done
}
