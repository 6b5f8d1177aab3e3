#!/usr/bin/env bats
# record: what it catches, that it changes no byte, that it loses nothing.
# where: host

setup_file() {
	cd "$BATS_TEST_DIRNAME/../../.." || return
	static-build/build --toolchain
}

setup() {
	root=$(cd "$BATS_TEST_DIRNAME/../../.." && pwd -P)
	PATH=$root/build/toolchain/bin:/usr/bin:/bin
	unset RECORD_DIR LIBRARY_PATH CPATH C_INCLUDE_PATH
	cd "$BATS_TEST_TMPDIR" || return
	mkdir events
	printf '#define ANSWER 42\n' > 'an answer.h'
	printf '#include "an answer.h"\nint f(void) { return ANSWER; }\n' > f.c
	printf 'int f(void);\nint main(void) { return f() - 42; }\n' > main.c
	printf '#include "an answer.h"\n.globl g\ng: .long ANSWER\n' > g.S
	printf '.section .note.GNU-stack,"",@progbits\n' >> g.S
}

recorded() { # COMMAND...: with the recorder on
	RECORD_DIR=$PWD/events RECORD_ROOT=$PWD RECORD_NAME=test "$@"
}

# The values of a jq filter over all events, one a line.
events() {
	jq -r "$1" events/events.jsonl
}

build_all() { # every kind of call, in the current directory
	gcc -O2 -c f.c -o f.o
	gcc -pipe -O1 -c main.c
	gcc -c g.S
	ar rcs libf.a f.o g.o
	ld -r -o both.o f.o g.o
	gcc -o one main.o libf.a
	printf '%s\n' -O1 main.c f.c -o two > words
	gcc @words
	strip -o one.stripped one
	objcopy --only-section=.text f.o text.o
}

@test "recorded and unrecorded outputs are the same, byte by byte" {
	mkdir plain
	cp ./*.[chS] plain/
	(cd plain && build_all)
	recorded build_all
	for file in f.o main.o g.o libf.a both.o one two one.stripped text.o; do
		cmp "$file" "plain/$file"
	done
}

@test "a compile has its source, its headers and its object" {
	recorded gcc -c f.c -o f.o
	[ "$(events 'select(.ev == "compile").source.path')" = f.c ]
	[ "$(events 'select(.ev == "compile").deps[].path' | tail -n 1)" = \
		'an answer.h' ]
	[ "$(events 'select(.ev == "compile").source.sha256')" = \
		"$(sha256sum < f.c | cut -d' ' -f1)" ]
	[ "$(events 'select(.ev == "assemble").output.path')" = f.o ]
	[ "$(events 'select(.ev == "assemble").source.sha256')" = \
		"$(events 'select(.ev == "compile").output.sha256')" ]
	[ "$(events .run | sort -u | wc -l)" -eq 1 ]
}

@test "system headers are seen, also where the build asks for -MMD" {
	printf '#include <stdint.h>\nuint8_t x;\n' > x.c
	recorded gcc -MMD -c x.c
	events 'select(.ev == "compile").deps[].path' | grep stdint.h
	[ -f x.d ]
}

@test "several sources, compile and link in one call: each is caught" {
	printf '%s\n' main.c f.c -o two > words
	recorded gcc -pipe @words
	[ "$(events 'select(.ev == "compile").source.path' | sort |
		tr '\n' ' ')" = 'f.c main.c ' ]
	[ "$(events 'select(.ev == "link").output.path')" = two ]
	[ "$(find events/objects -type f | wc -l)" -eq 2 ]
	map=$(events 'select(.ev == "link").map')
	[ "$(sha256sum < "events/maps/$map.map" | cut -d' ' -f1)" = "$map" ]
	[ -z "$(find events/tmp -type f)" ]
}

@test "members of an archive by position, also with equal names" {
	mkdir d
	gcc -c f.c && gcc -c main.c -o d/f.o
	recorded ar qcs libf.a f.o d/f.o
	[ "$(events '.members[].name' | tr '\n' ' ')" = 'f.o f.o ' ]
	[ "$(events '.members[1].sha256')" = \
		"$(sha256sum < d/f.o | cut -d' ' -f1)" ]
}

@test "ld -r keeps its inputs, preprocessing of .S its headers" {
	recorded gcc -c g.S
	gcc -c f.c
	recorded ld -r -o both.o f.o g.o
	[ "$(events 'select(.ev == "link").relocatable')" = true ]
	[ "$(events 'select(.ev == "link").inputs | length')" -eq 2 ]
	events 'select(.ev == "compile").deps[].path' | grep 'an answer.h'
}

@test "make's recipes for generated sources are caught" {
	printf 'all: gen.h\ngen.h: in\n\tsed s/x/y/ in > gen.h\n' > Makefile
	echo x > in
	MAKEFILES=$root/build/toolchain/record.mk recorded make
	[ "$(events 'select(.ev == "generate").outputs[].path')" = gen.h ]
	[ "$(events 'select(.ev == "generate").inputs[].path')" = in ]
}

@test "twenty at once: no line is lost or torn" {
	local jobs=() i # a bare `wait` also waits for bats' own timer
	for i in $(seq 20); do
		recorded gcc -c f.c -o "f$i.o" &
		jobs+=("$!")
	done
	wait "${jobs[@]}"
	[ "$(events .ev | wc -l)" -eq 40 ]
	[ "$(events 'select(.ev == "assemble").output.path' | sort -u |
		wc -l)" -eq 20 ]
}

@test "an event that can't be written fails the build" {
	mkdir events/events.jsonl
	run recorded gcc -c f.c
	[ "$status" -ne 0 ]
	[[ "$output" == *events.jsonl* ]]
	run recorded ar rcs x.a f.c
	[ "$status" -eq 125 ]
}

@test "a failing compile fails as it would without us" {
	echo 'int f(void) { return x; }' > bad.c
	run recorded gcc -c bad.c
	[ "$status" -eq 1 ]
	[[ "$output" == *undeclared* ]]
	[ "$(events 'select(.ev == "compile").rc')" -ne 0 ]
}

@test "files completes a list, and refuses one with a hole" {
	run record files <<< "$(printf 'f.c\t"archive":"a"')"
	[ "$status" -eq 0 ]
	[ "$(jq -r .archive <<< "$output")" = a ]
	[ "$(jq -r .size <<< "$output")" -eq "$(stat -c %s f.c)" ]
	run record files <<< absent
	[ "$status" -eq 125 ]
	[[ "$output" == *absent* ]]
}

@test "a header is hashed once for many calls, and again when it was touched" {
	export RECORD_KNOWN=$PWD/known
	local now
	while [ -z "$(find . -name 'an answer.h' ! -newermt '2 seconds ago')" ]
	do sleep 0.1; done # until it may be remembered
	recorded gcc -c f.c -o f.o
	[ -s known ]
	touch -r 'an answer.h' as-it-was
	sed -i s/42/43/ 'an answer.h'
	touch -r as-it-was 'an answer.h'
	now=$(sha256sum <'an answer.h' | cut -d' ' -f1)
	recorded gcc -c f.c -o f.o
	[ "$(events 'select(.ev == "compile").deps[] |
		select(.path == "an answer.h").sha256' | tail -n 1)" = "$now" ]
}
