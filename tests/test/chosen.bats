#!/usr/bin/env bats
# chosen.bats - tests/chosen: which tests belong to an area or to a change.
#
# where: host

bats_require_minimum_version 1.5.0

# A house of two programs over one library, committed on main.
setup() {
	local file
	project=$BATS_TEST_TMPDIR/project
	mkdir -p "$project/tests/lib"
	cp "$BATS_TEST_DIRNAME/../chosen" "$project/tests/"
	cp "$BATS_TEST_DIRNAME/../lib/house.py" "$project/tests/lib/"
	cd "$project" || return
	cat >tests/rooms <<-'END'
		checkpoint-agent: checkpoint-agent/dump lib/base
		checkpoint-agent/dump: lib/arc lib/base
		kube-proxy-mini: lib/base
		lib/arc: lib/base
		lib/base:
	END
	for file in checkpoint-agent/{main.c,test/agent.bats,dump/a.c} \
		checkpoint-agent/dump/test/{t_a.c,fuzz_a.c,corpus/a/seed} \
		kube-proxy-mini/{p.c,test/t_p.c,test/proxy.bats} \
		lib/{arc,base}/x.h lib/{arc,base}/test/t_x.c \
		tests/e2e/{both,proxy}.bats tests/lib/wait.bash \
		docs/some.md static-build/recipes/zlib; do
		mkdir -p "${file%/*}"
		echo "# $file" >"$file"
	done
	echo '# area: agent proxy' >>tests/e2e/both.bats
	echo '# area: proxy' >>tests/e2e/proxy.bats
	echo '. tests/lib/kube.bash' >>tests/e2e/proxy.bats
	echo '. wait.bash' >tests/lib/kube.bash
	printf '%s\n' __pycache__/ >.gitignore
	git init -q -b main
	git config user.email test@example.org
	git config user.name test
	git add .
	git commit -qm first
}

# The tests that are chosen after these files have changed, as words.
after() { # FILE...
	local file
	for file; do
		echo more >>"$file"
	done
	tests/chosen --changed | xargs
}

@test "an area has the tests below its folder and those that name it" {
	[ "$(tests/chosen agent | xargs)" = "checkpoint-agent/dump/test/fuzz_a.c\
 checkpoint-agent/dump/test/t_a.c checkpoint-agent/test/agent.bats\
 tests/e2e/both.bats" ]
	[ "$(tests/chosen lib/base proxy | xargs)" = "kube-proxy-mini/test/proxy.bats\
 kube-proxy-mini/test/t_p.c lib/base/test/t_x.c tests/e2e/both.bats\
 tests/e2e/proxy.bats" ]
	run -1 tests/chosen nonsense
	[[ "$output" == *"nonsense: no test belongs to it"* ]]
}

@test "a change touches its room, and rooms that may include it" {
	[ "$(after checkpoint-agent/dump/a.c)" = "$(tests/chosen agent | xargs)" ]
	git checkout -q .
	[ "$(after checkpoint-agent/main.c)" = \
		'checkpoint-agent/test/agent.bats tests/e2e/both.bats' ]
	git checkout -q .
	[ "$(after lib/arc/x.h)" = "$(tests/chosen agent lib/arc | xargs)" ]
	git checkout -q .
	[ "$(after lib/base/x.h)" = "$(tests/chosen agent proxy lib | xargs)" ]
}

@test "committed or not, known to git or not" {
	git checkout -qb branch
	echo more >>lib/base/test/t_x.c
	git commit -qam second
	echo new >lib/arc/test/t_new.c
	[ "$(after docs/some.md lib/arc/test/t_x.c)" = \
		"lib/arc/test/t_new.c lib/arc/test/t_x.c lib/base/test/t_x.c" ]
	[ "$(tests/chosen --changed HEAD | xargs)" = \
		"lib/arc/test/t_new.c lib/arc/test/t_x.c" ]
	run -1 tests/chosen --changed nowhere
	[[ "$output" == *"nowhere: no such commit"* ]]
}

@test "what tests share touches those that mention it; seeds their fuzzer" {
	[ "$(after tests/lib/wait.bash)" = tests/e2e/proxy.bats ]
	git checkout -q .
	[ "$(after checkpoint-agent/dump/test/corpus/a/seed)" = \
		checkpoint-agent/dump/test/fuzz_a.c ]
	git checkout -q .
	[ -z "$(after docs/some.md)" ]
}

@test "what can change everything touches every test" {
	[ "$(after static-build/recipes/zlib)" = "$(git ls-files |
		grep -E '/(t|fuzz)_.*\.c$|\.bats$' | xargs)" ]
}
