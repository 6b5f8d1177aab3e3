#!/usr/bin/env bats
# fuzz.bats - fuzzers are run from their seeds, for their time, and counted.
#
# where: host

bats_require_minimum_version 1.5.0

setup() {
	project=$BATS_TEST_TMPDIR/project
	mkdir -p "$project/tests" "$project/build/host/fuzz/p/test"
	cp "$BATS_TEST_DIRNAME"/../{fuzz,pool.bash} "$project/tests/"
	cd "$project" || return
	export TEST_JOBS=1
}

# A program that is called as libFuzzer's are and notes the options.
fuzzer() { # NAME STATUS
	cat >"build/host/fuzz/p/test/fuzz_$1" <<-END
		#!/bin/sh
		echo "\$@" >said.$1
		echo 'stat::number_of_executed_units: 5'
		exit $2
	END
	chmod +x "build/host/fuzz/p/test/fuzz_$1"
}

run_fuzz() { # NAME...
	tests/fuzz "${@/#/build/host/fuzz/p/test/fuzz_}"
}

@test "each runs from its seeds; a crash is a failure" {
	fuzzer good 0
	fuzzer bad 77
	mkdir -p p/test/corpus/good
	FUZZ_SECONDS=7 run -1 run_fuzz good bad
	[ "${lines[-1]}" = 'fuzz: 1 passed, 1 failed, 0 skipped' ]
	[ "$(cat build/log/check/fuzz.count)" = '1 1 0' ]
	grep -q -- '-max_total_time=7 .* p/test/corpus/good$' said.good
}

@test "when the others have ended, those that wait take less time" {
	fuzzer one 0
	fuzzer two 0
	touch ended
	FUZZ_SECONDS=20 FUZZ_UNTIL=running run_fuzz one
	FUZZ_SECONDS=20 FUZZ_UNTIL=ended run_fuzz two
	grep -q -- '-max_total_time=20 ' said.one
	grep -q -- '-max_total_time=5 ' said.two
}
