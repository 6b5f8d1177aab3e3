#!/usr/bin/env bats
# build: one toy recipe in a copy of the project, run, skipped, broken, resumed.
# where: host

bats_require_minimum_version 1.5.0

. "$BATS_TEST_DIRNAME/../../tests/lib/wait.bash"
. "$BATS_TEST_DIRNAME/../../tests/lib/expect.bash"
. "$BATS_TEST_DIRNAME/../../tests/lib/toy.bash"

setup_file() {
	export project=$BATS_FILE_TMPDIR/project
	cd "$BATS_TEST_DIRNAME/../.." || return
	toy_project "$project"
}

setup() {
	cd "$project" || return
	export JOBS=2
	recipe toy ''
	recipe other toy
	rm -f static-build/patches/toy/*.patch
}

@test "recipes run in order, with steps, and leave libraries and evidence" {
	build
	[ "$status" -eq 0 ]
	has '[ 1/2] toy'
	has '[ 2/2] other'
	[ -f build/sysroot/lib/libtoy.a ]
	grep -q 'return 2' build/work/toy/toy/toy.c
	line=$(grep '/toy/toy.c"' build/evidence/toy/manifest.jsonl)
	[ "$(jq -r .archive <<< "$line")" = toy_1.orig.tar.gz ]
	[ "$(jq -c .patches <<< "$line")" = '["two.patch"]' ]
	[ "$(jq -r .path build/evidence/toy/installed.jsonl)" = \
		build/sysroot/lib/libtoy.a ]
	[ "$(jq -r .from build/evidence/toy/installed.jsonl)" = \
		build/work/toy/toy/libtoy.a ]
	[ "$(jq -r 'select(.ev == "compile").source.path' \
		build/evidence/toy/events.jsonl)" = build/work/toy/toy/toy.c ]
}

@test "a file that was changed in its place makes its recipe run again" {
	build
	cp build/sysroot/lib/libtoy.a kept
	echo tampered >> build/sysroot/lib/libtoy.a
	build
	[ "$status" -eq 0 ]
	has 'what toy placed has changed since'
	cmp kept build/sysroot/lib/libtoy.a
	build
	[ -z "$output" ]
}

@test "recipes are put in order by what they need" {
	recipe toy other
	recipe other ''
	build
	[ "$status" -eq 0 ]
	has '[ 1/2] other'
	recipe other toy
	build
	[ "$status" -eq 1 ]
	has 'these recipes need each other: other toy'
	recipe other absent
	build
	[ "$status" -eq 1 ]
	has 'recipe other needs absent, which is no recipe'
}

@test "nothing changed: nothing runs" {
	build
	build
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

# What make asks before it starts the three scripts that read everything.
@test "unchanged: yes after a build, no after any change of what it guards" {
	guarded() {
		static-build/unchanged || { build && static-build/unchanged --note; }
	}
	guarded
	static-build/unchanged

	# same size, same times: only the change itself tells
	lib=build/sysroot/lib/libtoy.a
	cp -p $lib kept
	printf X | dd of=$lib bs=1 seek=20 conv=notrunc status=none
	touch -r kept $lib
	fails static-build/unchanged
	guarded
	cmp kept $lib
	static-build/unchanged

	for file in build/sources/toy_1.orig.tar.gz build/stamp/toy \
		static-build/recipes/other static-build/sources.lock \
		build/toolchain/id; do
		touch $file
		fails static-build/unchanged
		guarded
		static-build/unchanged
	done
	rm $lib
	fails static-build/unchanged
}

@test "unchanged: an input that changes during the build leaves no note" {
	rm -f build/stamp/.unchanged.*
	fails static-build/unchanged
	build
	touch static-build/recipes/toy
	static-build/unchanged --note
	fails static-build/unchanged
}

@test "a patch of our own runs its recipe and those that need it" {
	build
	mkdir -p static-build/patches/toy
	cat > static-build/patches/toy/three.patch <<-'END'
	--- a/toy.c
	+++ b/toy.c
	@@ -1 +1 @@
	-int toy(void) { return 2; }
	+int toy(void) { return 3; }
	END
	build
	[ "$status" -eq 0 ]
	has '[ 1/2] toy'
	has '[ 2/2] other'
	[ "$(jq -c 'select(.path | endswith("/toy.c")).patches' \
		build/evidence/toy/manifest.jsonl)" = \
		'["two.patch","static-build/patches/toy/three.patch"]' ]
}

@test "a failing recipe shows its last words and its log, keeps the old" {
	build
	before=$(sha256sum build/sysroot/lib/libtoy.a)
	recipe toy '' 'echo last words; false'
	build
	[ "$status" -eq 1 ]
	has 'toy failed'
	has 'last words'
	has build/log/toy.log
	[ "$(sha256sum build/sysroot/lib/libtoy.a)" = "$before" ]
	recipe toy ''
	build
	[ "$status" -eq 0 ]
	has '[ 1/2] toy'
}

@test "what a recipe no longer installs leaves the sysroot" {
	recipe toy '' 'mkdir -p "$STAGE/include"; : > "$STAGE/include/old.h"'
	build
	[ -f build/sysroot/include/old.h ]
	recipe toy ''
	build
	[ ! -e build/sysroot/include/old.h ]
	[ -f build/sysroot/lib/libtoy.a ]
}

@test "nothing of the caller's environment gets in, nor the network" {
	unshare -n true 2>/dev/null || unshare -rn true ||
		skip 'no network namespaces here'
	recipe toy '' 'env; echo devices; cat /proc/net/dev; echo end'
	CFLAGS=-DBAD LIBRARY_PATH=/bad MAKEFLAGS=-n OFFLINE=1 build toy
	[ "$status" -eq 0 ]
	run ! grep -E 'BAD|/bad|MAKEFLAGS=-n' build/log/toy.log
	grep -q 'LC_ALL=C' build/log/toy.log
	[ "$(sed -n '/^devices/,/^end/p' build/log/toy.log | grep : |
		cut -d: -f1 | tr -d ' \n')" = lo ]
}

@test "an interrupted recipe is the one that runs next" {
	recipe toy '' 'touch "$WORK/started"; sleep 300'
	setsid static-build/build > interrupted.log 2>&1 3>&- &
	cd build/work || return
	wait_for test -e toy/started
	cd ../..
	kill -TERM -- "-$!" # a shell in the background is deaf to INT
	wait "$!" || true
	[ ! -e build/stamp/toy ]
	recipe toy ''
	build
	[ "$status" -eq 0 ]
	has '[ 1/2] toy'
}

@test "directory, umask and job count do not change a byte" {
	build toy
	before=$(sha256sum < build/sysroot/lib/libtoy.a)
	cp -R "$project" "$BATS_TEST_TMPDIR/elsewhere"
	cd "$BATS_TEST_TMPDIR/elsewhere" || return
	rm -rf build/stamp build/work build/sysroot
	umask 077
	JOBS=1 build toy
	[ "$status" -eq 0 ]
	[ "$(sha256sum < build/sysroot/lib/libtoy.a)" = "$before" ]
}

@test "a path that build systems can't bear is refused at once" {
	mkdir "$BATS_TEST_TMPDIR/with blank"
	cp -R static-build lib "$BATS_TEST_TMPDIR/with blank/"
	run "$BATS_TEST_TMPDIR/with blank/static-build/build"
	[ "$status" -eq 1 ]
	has 'the path may hold only'
}

@test "an unknown recipe is named" {
	build zzz
	[ "$status" -eq 1 ]
	has 'no recipe zzz'
}
