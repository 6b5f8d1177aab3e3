#!/usr/bin/env bats
# keelson record: the build of a stranger is recorded, and nothing changed.
# where: host
# area: static-build sbom

bats_require_minimum_version 1.5.0

setup_file() {
	cd "$BATS_TEST_DIRNAME/../../.." || return
	export KEELSON=$PWD/build/bin/keelson
	[ -x "$KEELSON" ]
}

# A small project: a generated header, a static library, two programs, several
# sources in one call, compile and link in one call, -pipe, a response file.
setup() {
	PATH=/usr/bin:/bin
	unset RECORD_DIR MAKEFILES MAKEFLAGS MFLAGS LIBRARY_PATH CPATH
	mkdir "$BATS_TEST_TMPDIR/demo"
	cd "$BATS_TEST_TMPDIR/demo" || return
	cat > Makefile <<-'END'
	.RECIPEPREFIX = >
	all: one two
	version.h: version.txt mkversion.sh
	> sh mkversion.sh version.txt > version.h
	libdemo.a: add.o mul.o unused.o
	> ar rcs $@ $^
	%.o: %.c demo.h version.h
	> cc -O2 -g -pipe -c $< -o $@
	one: one.o libdemo.a
	> cc -o $@ one.o -L. -ldemo -lz
	two: two.c three.c words version.h libdemo.a
	> cc @words
	words: Makefile
	> echo '-O2 -g -o two two.c three.c -L. -ldemo' > words
	clean:
	> rm -f *.o *.a one two version.h words
	END
	echo 1.5 > version.txt
	echo 'echo "#define DEMO_VERSION \"$(cat $1)\""' > mkversion.sh
	cat > demo.h <<-'END'
	int add(int a, int b);
	int mul(int a, int b);
	int three(void);
	END
	printf '#include "demo.h"\nint %s(int a, int b) { return a %s b; }\n' \
		add + > add.c
	printf '#include "demo.h"\nint %s(int a, int b) { return a %s b; }\n' \
		mul '*' > mul.c
	echo 'int unused(void) { return 7; }' > unused.c
	printf '#include "demo.h"\nint three(void) { return 3; }\n' > three.c
	cat > one.c <<-'END'
	#include "demo.h"
	#include "version.h"
	#include <stdio.h>
	#include <zlib.h>
	int main(void)
	{
		printf("%s %d %s\n", DEMO_VERSION, add(1, 2), zlibVersion());
		return 0;
	}
	END
	cat > two.c <<-'END'
	#include "demo.h"
	#include "version.h"
	#include <stdio.h>
	int main(void)
	{
		printf("%s %d %d\n", DEMO_VERSION, mul(1, 2), three());
		return 0;
	}
	END
}

record_demo() {
	"$KEELSON" record -- make >/dev/null
}

sum() { # FILE
	sha256sum < "$1" | cut -d' ' -f1
}

# The version that dpkg says a package has.
version() { # PACKAGE
	dpkg-query -W -f '${Version}\n' "$1" | head -n 1
}

@test "recorded and unrecorded outputs are the same, byte by byte" {
	make >/dev/null
	sha256sum one two libdemo.a ./*.o > ../plain
	make clean >/dev/null
	record_demo
	sha256sum -c ../plain
}

@test "every object, library and program has its command" {
	record_demo
	[ "$(jq -c .unseen .keelson/record.json)" = '[]' ]
	for program in one two; do
		"$KEELSON" sbom --rows "$program" > rows
		[ "$(jq '[.sections[].rows[].size] | add' rows)" -gt 0 ]
	done
}

@test "sbom: linked members, and needed libraries with their packages" {
	record_demo
	"$KEELSON" sbom --json one > one.json
	[ "$(jq -c '.linked[] | select(.name == "libdemo.a") |
		[.linked, .members]' one.json)" = '[1,3]' ]
	[ "$(jq -r '.needed[] | select(.name == "libz.so.1") |
		.package + " " + .version' one.json)" = \
		"zlib1g $(version zlib1g)" ]
	[ "$(jq -r '.needed[] | select(.name == "libc.so.6") |
		.package + " " + .version' one.json)" = \
		"libc6 $(version libc6)" ]
	[ "$(jq -r '.linked[] | select(.package == "libc6-dev") |
		.version' one.json)" = "$(version libc6-dev)" ]
	"$KEELSON" sbom two | grep -q '^libdemo.a *1 of 3 .* demo'
}

@test "why: from a symbol to its source by hash" {
	record_demo
	"$KEELSON" why --json one add > add.json
	[ "$(jq -r '.[0].owners[0].source' add.json)" = add.c ]
	[ "$(jq -r '.[0].owners[0].sourceSha256' add.json)" = "$(sum add.c)" ]
	[ "$(jq -r '.[0].owners[0].library' add.json)" = libdemo.a ]
	"$KEELSON" why two three | grep -q "source *three.c, sha256 $(sum three.c)"
	run "$KEELSON" why one unused
	[ "$status" -eq 1 ]
}

@test "a copy, and a stripped copy, are known by their bytes" {
	record_demo
	cp one ../copy
	"$KEELSON" record -- strip -o one.small one
	"$KEELSON" sbom ../copy > /dev/null
	"$KEELSON" why one.small add | grep -q 'source *add.c'
}

@test "system headers have their package, a generated one its generator" {
	record_demo
	[ "$(jq -r 'select(.path == "/usr/include/zlib.h") |
		.package + " " + .version' .keelson/toolchain.jsonl)" = \
		"zlib1g-dev $(version zlib1g-dev)" ]
	jq -r 'select(.ev == "compile" and .source.path == "one.c") |
		.deps[].path' .keelson/build/events.jsonl > deps
	grep -qx version.h deps
	grep -qx /usr/include/zlib.h deps
	[ "$(jq -r 'select(.ev == "generate" and
		.outputs[0].path == "version.h").inputs[].path' \
		.keelson/build/events.jsonl | sort | tr '\n' ' ')" = \
		'mkversion.sh version.txt ' ]
}

@test "a changed source and a second build: both are known" {
	record_demo
	cp one ../first
	sed -i 's/a + b/b + a + 0 * a/' add.c
	echo 2.0 > version.txt
	record_demo
	[ "$(sum one)" != "$(sum ../first)" ]
	"$KEELSON" why one add | grep -q "sha256 $(sum add.c)"
}

@test "git: remote, commit, and files that differ from it" {
	git init -q . && git config user.email a@b && git config user.name a
	git remote add origin https://me:secret@example.org/demo.git
	git add . && git commit -q -m first && git tag v1.5
	echo '/* changed */' >> mul.c
	record_demo
	git status --porcelain > ../status
	run grep keelson ../status
	[ "$status" -eq 1 ]
	[ "$(jq -r .source.kind .keelson/record.json)" = git ]
	[ "$(jq -r .source.remote .keelson/record.json)" = \
		https://example.org/demo.git ]
	[ "$(jq -r .source.commit .keelson/record.json)" = \
		"$(git rev-parse HEAD)" ]
	[ "$(jq -r .source.version .keelson/record.json)" = v1.5-dirty ]
	[ "$(jq -r '.source.modified[] | .path + " " + .sha256' \
		.keelson/record.json)" = "mul.c $(sum mul.c)" ]
	"$KEELSON" why two mul | grep -q 'state *modified'
	"$KEELSON" why one add | grep -q 'state *committed'
	"$KEELSON" why one add | grep -q "demo.git, commit $(git rev-parse HEAD)"
}

@test "git with SHA-256 ids" {
	git init -q --object-format=sha256 .
	git config user.email a@b && git config user.name a
	git add . && git commit -q -m first
	record_demo
	[ "$(jq -c .source.modified .keelson/record.json)" = '[]' ]
	"$KEELSON" why one add | grep -q 'state *committed'
}

@test "Debian source package: version, .dsc and what it was unpacked from" {
	mkdir debian
	echo 'demo (1:1.5-2) unstable; urgency=medium' > debian/changelog
	tar -C .. -cf ../demo_1.5.orig.tar demo
	printf 'Source: demo\nChecksums-Sha256:\n %s %s %s\nFiles:\n x 1 y\n' \
		"$(sum ../demo_1.5.orig.tar)" 1 demo_1.5.orig.tar \
		> ../demo_1.5-2.dsc
	record_demo
	[ "$(jq -r '.source | .kind + " " + .package + " " + .version' \
		.keelson/record.json)" = 'debian demo 1:1.5-2' ]
	[ "$(jq -c '[.source.files[] | [.name, .asStated]]' \
		.keelson/record.json)" = \
		'[["demo_1.5-2.dsc",true],["demo_1.5.orig.tar",true]]' ]
	"$KEELSON" sbom one | grep -q '^libdemo.a .* demo 1:1.5-2 '
	echo x >> ../demo_1.5.orig.tar
	record_demo
	[ "$(jq -c '.source.files[1].asStated' .keelson/record.json)" = false ]
}

@test "tarball: the one beside the tree that has its name" {
	cd .. && mv demo demo-1.5
	tar -czf demo-1.5.tar.gz demo-1.5
	cd demo-1.5
	record_demo
	[ "$(jq -r '.source | .kind + " " + .package + " " + .version' \
		.keelson/record.json)" = 'tarball demo 1.5' ]
	[ "$(jq -r '.source.files[0].sha256' .keelson/record.json)" = \
		"$(sum ../demo-1.5.tar.gz)" ]
}

@test "a compiler called by its absolute path is told" {
	sed -i 's|cc -O2 -g -pipe|/usr/bin/cc -O2 -g -pipe|' Makefile
	run "$KEELSON" record -- make
	[ "$status" -eq 0 ]
	[[ "$output" == *'add.o: no recorded command made it'* ]]
	jq -r '.unseen[]' .keelson/record.json | grep -qx add.o
	run "$KEELSON" sbom one
	[ "$status" -eq 1 ]
	[[ "$output" == *orphan*'absolute path'* ]]
}

@test "the exit code is the command's" {
	run "$KEELSON" record -- sh -c 'exit 7'
	[ "$status" -eq 7 ]
	run -127 "$KEELSON" record -- no-such-command
	echo 'int x = y;' > one.c
	run "$KEELSON" record -- make
	[ "$status" -eq 2 ]
}

@test "what cannot be recorded fails the build and names the call" {
	mkdir -p .keelson/build/events.jsonl
	run "$KEELSON" record -- cc -c add.c -o add.o
	[ "$status" -ne 0 ]
	[[ "$output" == *events.jsonl*'while it ran'*add.c* ]]
}

@test "evidence elsewhere; a path that compilers cannot take is refused" {
	"$KEELSON" record -o ../evidence -- make >/dev/null
	[ ! -e .keelson ]
	run "$KEELSON" sbom one
	[ "$status" -eq 1 ]
	[[ "$output" == *'keelson record'* ]]
	"$KEELSON" sbom --root ../evidence one | grep -q '^libdemo.a'
	run "$KEELSON" record -o '../a b' -- make
	[ "$status" -eq 1 ]
	[[ "$output" == *'-o'* ]]
}

@test "within a recording another is refused" {
	run "$KEELSON" record -- "$KEELSON" record -- true
	[ "$status" -eq 1 ]
	[[ "$output" == *'recorded already'* ]]
}

@test "clang: objects without an assembler, outputs the same" {
	sed -i 's/\bcc\b/clang/' Makefile
	make >/dev/null
	sha256sum one two libdemo.a ./*.o > ../plain
	make clean >/dev/null
	record_demo
	sha256sum -c ../plain
	[ "$(jq -c .unseen .keelson/record.json)" = '[]' ]
	[ "$(jq -r 'select(.ev == "link").tool' .keelson/build/events.jsonl |
		sort -u)" = "$(realpath /usr/bin/ld)" ]
	"$KEELSON" prove one >proof
	grep -qx 'one: proven' proof
	grep -q '^  rebuilt  *2 objects, 1 links' proof
	"$KEELSON" why one add | grep -q "source *add.c, sha256 $(sum add.c)"
	"$KEELSON" why two three | grep -q 'source *three.c'
	"$KEELSON" sbom one | grep -q '^libdemo.a *1 of 3 '
	run "$KEELSON" record -- clang -Wl,-x -c add.c
	[[ "$output" == *'unused'* ]]
	printf 'int f(void) { return x; }' > bad.c
	run "$KEELSON" record -- clang -c bad.c
	[ "$status" -eq 1 ]
	[[ "$output" == *undeclared* ]]
}

@test "C++ and assembler with cmake and ninja; a shared library of its own" {
	mkdir ../cpp && cd ../cpp
	cat > CMakeLists.txt <<-'END'
	cmake_minimum_required(VERSION 3.10)
	project(demo C CXX ASM)
	add_library(part SHARED part.cpp)
	add_library(low STATIC low.c high.S)
	add_executable(prog main.cpp)
	target_link_libraries(prog part low)
	END
	cat > part.cpp <<-'END'
	#include <string>
	std::string part(int n) { return "part" + std::to_string(n); }
	END
	echo 'int low(int x) { return x * 3; }' > low.c
	echo '#define VALUE 5' > high.h
	cat > high.S <<-'END'
	#include "high.h"
	.globl high
	.text
	.type high,@function
	high: mov $VALUE, %eax
	ret
	.size high,.-high
	.section .note.GNU-stack,"",@progbits
	END
	cat > main.cpp <<-'END'
	#include <iostream>
	#include <map>
	#include <string>
	std::string part(int n);
	extern "C" int low(int), high(void);
	int main()
	{
		std::map<std::string, int> m;
		m["a"] = high();
		std::cout << part(low(2)) << m["a"];
	}
	END
	"$KEELSON" record -- sh -c 'cmake -G Ninja -B b . && ninja -C b' \
		> /dev/null
	"$KEELSON" sbom --json b/prog > prog.json
	[ "$(jq -c '.linked[] | select(.name == "liblow.a") |
		[.linked, .members]' prog.json)" = '[2,2]' ]
	[ "$(jq -r '.needed[0] | .name + " " + .package' prog.json)" = \
		'libpart.so cpp' ]
	jq -r '.needed[].package' prog.json | grep -qx libstdc++6
	"$KEELSON" why b/prog high | grep -q 'source *high.S'
	"$KEELSON" sbom b/libpart.so | grep -q '^libstdc++.so.6 *libstdc++6 '
}

@test "link-time optimisation is said, not guessed at" {
	sed -i 's/-O2/-O2 -flto/; s/cc -o \$@/cc -flto -o $@/' Makefile
	run "$KEELSON" record -- make
	[ "$status" -eq 0 ]
	[[ "$output" != *'no recorded command'* ]]
	run "$KEELSON" sbom one
	[ "$status" -eq 1 ]
	[[ "$output" == *'link-time optimisation'* ]]
}

@test "a recipe of a source runs in the shell that its makefile names" {
	sed -i '1a SHELL := /bin/bash\n.SHELLFLAGS := -eu -o pipefail -c' Makefile
	sed -i 's/^> sh mkversion.*/> [[ -o pipefail \&\& $$- == *u* ]]; sh mkversion.sh <(cat version.txt) > $@; : $(SHELL) version.txt/' \
		Makefile
	run make
	[ "$status" -eq 0 ]
	cp version.h ../plain.h
	make clean >/dev/null
	record_demo
	cmp version.h ../plain.h
	[ "$(jq -r 'select(.ev == "generate" and
		.outputs[0].path == "version.h") | .tool, .argv[-1]' \
		.keelson/build/events.jsonl | sed 1q)" = "$(realpath /bin/bash)" ]
	run grep -c keelson .keelson/build/events.jsonl
	[ "$output" = 0 ]
	"$KEELSON" sbom one >/dev/null
}

@test "a makefile with .ONESHELL, or whose shell is none, is left alone" {
	sed -i 's/^> sh mkversion.*/> x=version.txt\n> sh mkversion.sh $$x > $@/' \
		Makefile
	echo '.ONESHELL:' >> Makefile
	record_demo
	grep -q 1.5 version.h
	make clean >/dev/null
	cat >> Makefile <<-'END'
	version.h: SHELL = /usr/bin/perl
	version.h: .SHELLFLAGS = -e
	END
	sed -i '/ONESHELL/d; /^> x=/d
		s/^> sh mkversion.*/> open(F, ">version.h"); print F "#define DEMO_VERSION 1.5"/' \
		Makefile
	sed -i 's/%s %d/%g %d/' one.c two.c
	record_demo
	grep -q 1.5 version.h
}

@test "a compiler's shim that starts what comes first on PATH comes to an end" {
	mkdir ../shims
	cat > ../shims/cc <<-'END'
	#!/bin/bash
	for c in $(type -ap cc); do
		[ "$c" -ef "$0" ] || exec "$c" "$@"
	done
	END
	chmod +x ../shims/cc
	PATH=$(realpath ../shims):$PATH
	make >/dev/null
	sha256sum one two > ../plain
	make clean >/dev/null
	timeout 120 "$KEELSON" record -- make >/dev/null
	sha256sum -c ../plain
	[ "$(jq -c .unseen .keelson/record.json)" = '[]' ]
	[ "$(jq -c 'select(.ev == "compile" and .source.path == "one.c")' \
		.keelson/build/events.jsonl | wc -l)" -eq 1 ]
	printf '#!/bin/sh\nexec tcc "$@"\n' > ../shims/tcc
	mv ../shims/tcc ../shims/odd-gcc
	sed -i 's/tcc/odd-gcc/' ../shims/odd-gcc
	chmod +x ../shims/odd-gcc
	run timeout 60 "$KEELSON" record -- odd-gcc -c add.c
	[ "$status" -eq 125 ]
	[[ "$output" == *'no odd-gcc on PATH'*'what called it'* ]]
}

@test "a link that also says the linker's version is a link" {
	sed -i 's/cc -o \$@ one.o/cc -Wl,-v -o $@ one.o/' Makefile
	"$KEELSON" record -- sh -c 'make && ld -m elf_x86_64 -v' >/dev/null
	[ "$(jq -c .unseen .keelson/record.json)" = '[]' ]
	[ "$(jq -c 'select(.ev == "link") | .output.path' \
		.keelson/build/events.jsonl | sort | tr '\n' ' ')" = \
		'"one" "two" ' ]
	"$KEELSON" sbom one | grep -q '^libdemo.a'
}

@test "objcopy, ld -r and a file made an object: each byte has its source" {
	cat >> Makefile <<-'END'
	three: three.o both.o blob.o one.c
	> cc -o $@ -DTHREE main.c three.o both.o blob.o
	both.o: add.o mul.o
	> ld -r -o both.part add.o mul.o
	> objcopy --redefine-sym mul=mul2 both.part $@
	blob.o: version.txt
	> ld -r -b binary -o $@ version.txt
	> objcopy --rename-section .data=.rodata $@
	END
	cat > main.c <<-'END'
	#include "demo.h"
	int mul2(int a, int b);
	extern const char _binary_version_txt_start[];
	int main(void)
	{
		return add(mul2(1, 2), three()) + _binary_version_txt_start[0];
	}
	END
	make three >/dev/null
	sha256sum three > ../plain
	rm three ./*.o
	"$KEELSON" record -- sh -c 'make three && strip -o small three' >/dev/null
	sha256sum -c ../plain
	[ "$(jq -c .unseen .keelson/record.json)" = '[]' ]
	"$KEELSON" why small mul2 | grep -q 'source *mul.c'
	"$KEELSON" why three _binary_version_txt_start | grep -q version.txt
}

@test "two runs: provenance is the same, what differs is in a second statement" {
	export SOURCE_DATE_EPOCH=1700000000
	"$KEELSON" record -- make one >/dev/null
	"$KEELSON" provenance one >first
	"$KEELSON" provenance --run one >run
	[ "$(jq -r .predicateType run)" = https://slsa.dev/provenance/v1 ]
	[ "$(jq -c .subject run)" = "$(jq -c .subject first)" ]
	[ "$(jq -r .predicate.buildDefinition.internalParameters.kernel run)" = \
		"$(uname -r)" ]
	[ "$(jq -r '.predicate.runDetails.builder.version | ."libc6-dev"' run)" = \
		"$(dpkg-query -f '${Version}' -W libc6-dev)" ]
	jq -e '.predicate.runDetails.metadata |
		.startedOn <= .finishedOn' run
	"$KEELSON" record -- true
	"$KEELSON" provenance one | cmp - first
	"$KEELSON" provenance --run one >again
	[ "$(jq -r .predicate.runDetails.metadata.invocationId run)" != \
		"$(jq -r .predicate.runDetails.metadata.invocationId again)" ]
	rm .keelson/runs.jsonl
	run -1 "$KEELSON" provenance --run one
	[[ $output == *"no run is noted"* ]]
}
