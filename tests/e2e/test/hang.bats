#!/usr/bin/env bats
# hang.bats - a test that hangs is named, and the tests after it run.
#
# where: host

bats_require_minimum_version 1.5.0

# Run the file on standard input, where TEST stands for @test.
run_file() { # LIMIT...
	local file=$BATS_TEST_TMPDIR/file.bats
	{
		printf '# %s\n' "$@"
		sed 's/^TEST/@test/'
	} >"$file"
	# without the environment that this bats gives its own tests
	run env -i PATH=/usr/local/bin:/usr/bin:/bin \
		"$BATS_TEST_DIRNAME/../bats" "$file"
	echo "$output"
}

is_gone() {
	! pgrep -f "$1" >/dev/null
}

@test "what passes, fails or is skipped is said with its time" {
	run_file <<-'END'
		TEST "good in # 3ms" { true; }
		TEST "bad" { false; }
		TEST "left out" { skip "no peer"; }
	END
	grep -qx '1\.\.3' <<<"$output"
	grep -qE '^ok 1 good in # 3ms # [0-9]+ ms$' <<<"$output"
	grep -qE '^not ok 2 bad # [0-9]+ ms$' <<<"$output"
	grep -qE '^ok 3 left out # SKIP no peer # [0-9]+ ms$' <<<"$output"
	[ "$status" -eq 1 ]
}

@test "a command that hangs" {
	run_file 'test-limit: 3' <<-'END'
		teardown() { echo "# down" >&3; }
		TEST "hangs" { sleep 98765; }
		TEST "next" { true; }
	END
	grep -q '^not ok 1 hangs # timeout after 3s' <<<"$output"
	grep -q '^ok 2 next' <<<"$output"
	[ "$(grep -c '^# down' <<<"$output")" -eq 2 ]
}

@test "a grandchild that ignores SIGTERM; the server of setup_file lives" {
	run_file 'test-limit: 3' <<-'END'
		setup_file() {
			sleep 98764 3>&- &
			echo $! >$BATS_FILE_TMPDIR/server
			sleep 2
		}
		teardown_file() { kill "$(cat $BATS_FILE_TMPDIR/server)"; }
		TEST "hangs" { run sh -c 'trap "" TERM; sleep 98763; echo'; }
		TEST "next" { kill -0 "$(cat $BATS_FILE_TMPDIR/server)"; }
	END
	grep -q '^not ok 1 hangs' <<<"$output"
	grep -q '^ok 2 next' <<<"$output"
	is_gone 'sleep 9876[34]'
}

@test "a loop that catches every signal" {
	run_file 'test-limit: 3' <<-'END'
		TEST "hangs" { trap "" ABRT TERM; until false; do sleep 0.1 || :; done; }
		TEST "next" { true; }
	END
	grep -q '^not ok 1 hangs' <<<"$output"
	grep -q '^# hung: it is still there' <<<"$output"
	grep -q '^ok 2 next' <<<"$output"
}

@test "what bats left of its watch over a test keeps nobody waiting" {
	local began=$SECONDS
	run_file 'test-limit: 200' <<-'END'
		TEST "ends at once" { sleep 200 & }
	END
	grep -q '^ok 1 ends at once' <<<"$output"
	[ $((SECONDS - began)) -lt 100 ]
}

@test "a setup_file that hangs ends the file at its limit" {
	run_file 'limit: 3' <<-'END'
		setup_file() { sleep 98762; }
		TEST "next" { true; }
	END
	grep -q '^not ok 0 before the first test' <<<"$output"
	grep -q "^# hung: the file's 3 seconds are over" <<<"$output"
	[ "$status" -eq 1 ]
	is_gone 'sleep 98762'
}

@test "tests that hang do not use up the file's limit" {
	run_file 'limit: 8' 'test-limit: 3' <<-'END'
		TEST "hangs" { sleep 98761; }
		TEST "hangs too" { sleep 98761; }
		TEST "and again" { sleep 98761; }
		TEST "next" { true; }
	END
	[ "$(grep -c '^not ok' <<<"$output")" -eq 3 ]
	grep -q '^ok 4 next' <<<"$output"
}
