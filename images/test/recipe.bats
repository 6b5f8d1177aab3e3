#!/usr/bin/env bats
# keelson recipe: drafts for real packages build as they stand; where that cannot
# be, they say what to fill in.  More of them are in fresh-mirror.bats.
# where: host
bats_require_minimum_version 1.5.0

setup() {
	root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	KEELSON=$root/build/bin/keelson
	export SOURCE_MIRROR=$root/build/sources
	unset SOURCES_DIR
	"$KEELSON" init "$BATS_TEST_TMPDIR/shop"
	cd "$BATS_TEST_TMPDIR/shop" || return
}

draft() { # PACKAGE: of this project's own lock
	awk -v p="$1" '$1 == p' "$root/static-build/sources.lock" >> sources.lock
	"$KEELSON" recipe "$1"
	"$KEELSON" fetch "$1"
}

built() { # PACKAGE ARCHIVE [OPTION...]: of record
	local package=$1 archive=$2
	shift 2
	"$KEELSON" record "$@" --root . -- sh "recipes/$package" > log 2>&1 || {
		tail -n 20 log
		return 1
	}
	[ -f "build/sysroot/lib/$archive" ]
}

@test "zlib: a configure script of its own, and a program that links it" {
	run draft zlib
	[[ "$output" = *'recipes/zlib: builds zlib with a configure script of its own'* ]]
	"$KEELSON" index build/sources/zlib_*.orig.tar.gz -o build/sources.index
	built zlib libz.a --index build/sources.index
	cat > main.c <<-'END'
		#include <stdio.h>
		#include <zlib.h>
		int main(void) { return puts(zlibVersion()) < 0; }
	END
	mkdir -p build/bin
	"$KEELSON" record --root . -- sh -c 'gcc -static -Ibuild/sysroot/include \
		-o build/bin/app main.c -Lbuild/sysroot/lib -lz'
	build/bin/app
	run -0 "$KEELSON" sbom build/bin/app
	grep '^libz.a ' <<< "$output"
	grep '^build/work/zlib .*zlib 1.3.1: ' <<< "$output"
}

@test "sources elsewhere, and a lock whose path has a space" {
	mkdir 'my locks'
	{
		echo 'paths:'
		echo '  lock: my locks/sources.lock'
	} >> keelson.yaml
	export SOURCES_DIR=$BATS_TEST_TMPDIR/a\ store
	awk '$1 == "zlib"' "$root/static-build/sources.lock" > 'my locks/sources.lock'
	"$KEELSON" recipe zlib
	[ ! -e build/sources ]
	built zlib libz.a
	mkdir "it's"
	cp 'my locks/sources.lock' "it's/sources.lock"
	sed -i "s|lock: .*|lock: it's/sources.lock|" keelson.yaml
	run -1 "$KEELSON" recipe zlib --output other
	[[ "$output" = *'a quote in its path'* ]]
}

@test "libyaml: CMake" {
	run draft libyaml
	[[ "$output" = *'builds libyaml with CMake'* ]]
	built libyaml libyaml.a
	[ -f build/sysroot/include/yaml.h ]
}

@test "bearssl: a Makefile that cannot install says what to fill in" {
	run draft bearssl
	[[ "$output" = *'it has steps to fill in'* ]]
	sed -i 's/^\tmake .*/\ttrue \\/' recipes/bearssl # its build is slow
	run -1 sh recipes/bearssl
	[[ "$output" = *'fill in: install(): the Makefile has no DESTDIR'* ]]
}

@test "a source that changed is not built, a draft is not overwritten" {
	draft zlib
	run -1 "$KEELSON" recipe zlib
	[[ "$output" = *'recipes/zlib exists already'* ]]
	run -1 "$KEELSON" recipe nothing
	[[ "$output" = *'keelson add-source nothing'* ]]
	echo x >> build/sources/zlib_*.orig.tar.gz
	run -1 sh recipes/zlib
	[[ "$output" = *'not the pinned file: keelson fetch'* ]]
}

@test "a bare draft is a recipe as Keelson's own are" {
	awk '$1 == "libyaml"' "$root/static-build/sources.lock" > sources.lock
	mkdir bare
	"$KEELSON" recipe --bare --output bare/libyaml libyaml
	sh -n bare/libyaml
	sed -i "s/^needs=.*/needs=''/" bare/libyaml
	[ "$(awk -f "$root/static-build/lib/order.awk" bare/*)" = libyaml ]
	grep -qx packages=libyaml bare/libyaml
}

@test "drafts are clean for shellcheck" {
	for package in zlib libyaml bearssl; do
		draft "$package"
	done
	shellcheck -S warning recipes/*
}
