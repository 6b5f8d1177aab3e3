#!/usr/bin/env bats
# The evidence is read by a program of others, written from its page alone.
# where: host
# area: static-build sbom

setup_file() {
	cd "$BATS_TEST_DIRNAME/../.." || return
	export KEELSON=$PWD/build/bin/keelson READER=$PWD/static-build/test/reader.py
	[ -x "$KEELSON" ]
}

# An object alone, a library of which a part is taken, what ld -r joined, and
# assembler with a header; the program is stripped.
setup() {
	PATH=/usr/bin:/bin
	unset RECORD_DIR MAKEFILES MAKEFLAGS MFLAGS LIBRARY_PATH CPATH
	mkdir "$BATS_TEST_TMPDIR/demo"
	cd "$BATS_TEST_TMPDIR/demo" || return
	local name
	for name in one two three four unused; do
		echo "int $name(void) { return 1; }" >$name.c
	done
	echo 'int one(void), two(void), three(void), four(void), five(void);
	int main(void) { return one() + two() + three() + four() - five(); }' \
		>main.c
	echo '#define ANSWER $4' >answer.h
	printf '%s\n' '#include "answer.h"' '.globl five' \
		'five: mov ANSWER, %eax' 'ret' \
		'.section .note.GNU-stack,"",@progbits' >five.S
	cat >build.sh <<-'END'
	set -e
	gcc -c one.c two.c unused.c three.c four.c five.S
	ar rcs libdemo.a one.o unused.o two.o
	ld -r -o joined.o three.o four.o
	gcc -O1 -o program main.c joined.o five.o libdemo.a
	strip -o program.stripped program
	END
	"$KEELSON" record -- sh build.sh
}

@test "which sources are linked in: by the page alone, and by keelson" {
	"$READER" .keelson program.stripped >sources
	printf '%s\n' five.S four.c main.c one.c three.c two.c |
		diff - sources
	"$KEELSON" sbom --files --json program |
		jq -r '.files[] | select(.role == "source" and
			(.ofTheMachine | not)).path' | sort | diff - sources
}

@test "a format that the page does not know, and a map that was changed" {
	sed -i 's/"format": *1/"format": 2/' .keelson/record.json
	run "$READER" .keelson program
	[ "$status" -eq 1 ]
	[[ $output == *"format 2"* ]]
	sed -i 's/"format": *2/"format": 1/' .keelson/record.json
	for map in .keelson/build/maps/*; do echo >>"$map"; done
	run "$READER" .keelson program
	[ "$status" -eq 1 ]
	[[ $output == *"was changed"* ]]
}
