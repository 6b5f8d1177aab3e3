#!/usr/bin/env bats
# A library that lies inside a source is recognised by its files.
# where: host
# area: static-build sbom

bats_require_minimum_version 1.5.0

setup_file() {
	cd "$BATS_TEST_DIRNAME/../../.." || return
	export KEELSON=$PWD/build/bin/keelson
	[ -x "$KEELSON" ]
	ZLIB=$(echo "$PWD"/build/sources/zlib_*.orig.tar.gz)
	export ZLIB
	[ -f "$ZLIB" ]
}

# A tiny program with a part of zlib inside, of which one file is modified.
setup() {
	PATH=/usr/bin:/bin
	unset RECORD_DIR MAKEFILES MAKEFLAGS MFLAGS LIBRARY_PATH CPATH
	mkdir -p "$BATS_TEST_TMPDIR/tiny-0.1/vendor/zlib"
	cd "$BATS_TEST_TMPDIR/tiny-0.1" || return
	tar -xf "$ZLIB" --strip-components=1 -C vendor/zlib --wildcards \
		'*/crc32.c' '*/adler32.c' '*/crc32.h' '*/zutil.h' '*/zlib.h' \
		'*/zconf.h' '*/inffast.c'
	echo '/* ours */' >>vendor/zlib/adler32.c
	cat >main.c <<-'END'
	#include "zlib.h"
	int main(void) { return (int)(crc32(0, 0, 0) + adler32(1, 0, 0)) - 1; }
	END
	flags='-O2 -Ivendor/zlib -o tiny main.c vendor/zlib/crc32.c'
	flags+=' vendor/zlib/adler32.c'
	"$KEELSON" index "$ZLIB" -o "$BATS_TEST_TMPDIR/index"
}

@test "name, version and the modified file, without a version string" {
	"$KEELSON" record -- gcc $flags
	run -1 grep -a '1\.3\.1' tiny
	run -0 "$KEELSON" sbom tiny
	[[ $output != *VENDORED* ]]
	"$KEELSON" sbom --index ../index tiny >table
	grep -E '^vendor/zlib +zlib 1\.3\.1: 6 files as released, 1 modified$' \
		table
	grep -xE ' +modified  vendor/zlib/adler32\.c' table
	grep -E '^\(objects\) +2 .* zlib 1\.3\.1' table
	"$KEELSON" sbom --index ../index --json tiny >json
	[ "$(jq -c '.vendored[0] | [.path, .package, .version, .asReleased,
		.modified]' json)" = \
	'["vendor/zlib","zlib","1.3.1",6,["vendor/zlib/adler32.c"]]' ]
}

@test "each format has it as a package with a purl, and says what is modified" {
	local format
	export SOURCE_DATE_EPOCH=1700000000
	"$KEELSON" record --index ../index -- gcc $flags
	for format in spdx spdx3 cyclonedx cyclonedx-1.6; do
		"$KEELSON" sbom --format "$format" tiny >"$format"
		grep -q 'pkg:generic/zlib@1\.3\.1' "$format"
		grep -q 'modified: vendor/zlib/adler32\.c' "$format"
	done
	[ "$(jq -r '.. | objects | select(.purl? ==
		"pkg:generic/zlib@1.3.1").version' cyclonedx)" = 1.3.1 ]
}

@test "of two releases the one whose files these are" {
	mkdir zlib-1.3
	tar -xf "$ZLIB" --strip-components=1 -C zlib-1.3
	for file in zlib-1.3/*.[ch]; do echo '/* older */' >>"$file"; done
	mv zlib-1.3 ..
	"$KEELSON" index ../zlib-1.3 "$ZLIB" -o both
	[ "$(grep -c '"package"' both)" -eq 2 ]
	"$KEELSON" index "$ZLIB" ../zlib-1.3/ -o again
	cmp both again
	"$KEELSON" record --index both -- gcc $flags
	"$KEELSON" sbom tiny | grep 'zlib 1\.3\.1: 6 files'
}

@test "ids are those of git, and of the index the file it was made of" {
	git hash-object vendor/zlib/crc32.c >id
	grep '"path":"crc32.c"' ../index | grep -F "$(cat id)"
	grep -F "$(sha256sum <"$ZLIB" | cut -d' ' -f1)" ../index
}

@test "what is no index, no archive or no package is refused in words" {
	run -1 "$KEELSON" record --index main.c -- touch ran
	[[ $output == *"main.c: line 1"* ]]
	[ ! -e ran ]
	run -1 "$KEELSON" index main.c -o x
	[[ $output == *"--as NAME-VERSION"* ]]
	run -1 "$KEELSON" index --as main-1 main.c -o x
	[[ $output == *"main.c: "*"tar archive"* ]]
	run -2 "$KEELSON" index "$ZLIB"
	[[ $output == *"-o INDEX"* ]]
	head -c 100000 "$ZLIB" >zlib-1.3.1.tar.gz
	run -1 "$KEELSON" index zlib-1.3.1.tar.gz -o x
	[ ! -e x ]
}
