#!/usr/bin/env bats
# keelson prove: programs are rebuilt from what their evidence names and nothing
# else; evidence that names too much or too little, or files that are no longer
# those, are found out.
# where: host
# area: sbom static-build

bats_require_minimum_version 1.5.0

HERE=$PWD
KEELSON=$HERE/build/bin/keelson
SOURCE_DATE_EPOCH=$(. "$HERE/static-build/lib/flags" &&
	echo "$SOURCE_DATE_EPOCH")
export SOURCE_DATE_EPOCH

# A project that may be damaged: links to the real one.
setup_file() {
	"$KEELSON" prove --root "$HERE" --samples 0 --members 0 \
		"$HERE/build/bin/pause" >"$WORK/said" 2>&1 || true
	mkdir -p "$WORK/clean/build"
	for part in "$HERE"/*; do
		[ "$part" = "$HERE/build" ] || ln -s "$part" "$WORK/clean/"
	done
	for part in work sysroot obj bin; do
		ln -s "$HERE/build/$part" "$WORK/clean/build/"
	done
}

# Did the last command say this?
says() { # PATTERN
	# shellcheck disable=SC2053 # a pattern
	if [[ $output != $1 ]]; then
		echo "said: $output"
		return 1
	fi
}

setup() {
	. "$HERE/tests/lib/expect.bash"
	if grep -q 'cannot be shut into a tree here' "$WORK/said"; then
		skip 'no process can be shut into a tree here'
	fi
	cd "$WORK" || return
	rm -rf root
	cp -a clean root
	cp -R "$HERE/build/evidence" root/build/evidence
}

prove_pause() {
	run "$KEELSON" prove --root root --samples 0 --members 4 \
		"$HERE/build/bin/pause"
}

# Change the events of a room; the first word is a filter of jq.
change() { # ROOM FILTER
	local log=root/build/evidence/$1/events.jsonl

	jq -c "$2" "$log" >new.jsonl
	fails cmp -s new.jsonl "$log"
	mv new.jsonl "$log"
}

# Instead of the link, a copy of what it leads to.
own() { # PATH
	local from

	from=$(readlink "root/$1")
	rm "root/$1"
	cp -R "$from" "root/$1"
}

@test "pause is rebuilt whole, to the same bytes, from what is named" {
	run -0 "$KEELSON" prove --root "$HERE" --json --seed 7 --samples 12 \
		"$HERE/build/bin/pause"
	expect "$(jq -r '.proven, .seed, .notDrawn' <<<"$output" | xargs)" \
		= 'true 7 0'
	# every object that was linked, but the host's start files
	linked=$("$KEELSON" sbom --root "$HERE" --json "$HERE/build/bin/pause" |
		jq '.objects - ([.linked[] | select(.name == "(start files)")
			| .linked] | add // 0)')
	[ "$(jq '[.steps[] | select(.verdict == "same")] | length' \
		<<<"$output")" -ge "$linked" ]
	fails jq -e '.steps[] | select(.verdict != "same"
		and .verdict != "given")' <<<"$output"
	expect "$(jq '.takenAway | length' <<<"$output")" = 12
	[ "$(jq '[.takenAway[] | select(.need != "read without effect")]
		| length' <<<"$output")" -gt 0 ]
	# the same seed takes the same files away
	echo "$output" | jq .takenAway >first
	"$KEELSON" prove --root "$HERE" --json --seed 7 --samples 12 \
		"$HERE/build/bin/pause" | jq .takenAway | diff first -
}

@test "all of our own code of kube-proxy-mini is rebuilt, and what was drawn" {
	run -0 "$KEELSON" prove --root "$HERE" --json --samples 4 --members 12 \
		"$HERE/build/bin/kube-proxy-mini"
	expect "$(jq .proven <<<"$output")" = true
	fails jq -e '.steps[] | select(.verdict == "given"
		and .text == "not drawn")
		| select(.output | startswith("build/obj/"))' <<<"$output"
	expect "$(jq '[.steps[] | select(.verdict == "same")
		| select(.output | test("build/sysroot/lib/lib[^/]*[.]a[(]"))]
		| length' <<<"$output")" -ge 8
}

@test "a file too many in the evidence is found" {
	digest=$(sha256sum <"$HERE/lib/base/str.h")
	change pause 'if .ev == "compile" then .deps += [{
		path: "lib/base/str.h", sha256: "'"${digest%% *}"'",
		size: 1}] else . end'
	prove_pause
	expect "$status" = 1
	says '*not proven*pause.o*names a file that was not read: lib/base/str.h*'
}

@test "a file too few in the evidence is found" {
	change pause 'if .ev == "compile" then .deps |= map(select(.path
		| endswith("lib/base/version.h") | not)) else . end'
	prove_pause
	expect "$status" = 1
	says '*not proven*pause.o*fails with what its evidence names*version.h*'
}

@test "other flags than were used are found" {
	change pause 'if .ev == "compile" then .argv |= map(if . == "-Os"
		then "-O0" else . end) else . end'
	prove_pause
	expect "$status" = 1
	says '*not proven*pause.o*other bytes: sha256 is *'
}

@test "a tool that is not the one that the evidence names is found" {
	local tools=root/build/evidence/toolchain.jsonl

	jq -c 'if .path | endswith("/cc1") then .sha256 = 64 * "0" else . end' \
		"$tools" >new.jsonl
	fails cmp -s new.jsonl "$tools"
	mv new.jsonl "$tools"
	prove_pause
	expect "$status" = 1
	says '*/cc1 has changed since the build*'
}

@test "no file of the host is loaded as a plugin because the evidence says so" {
	cp /usr/lib/gcc/x86_64-linux-gnu/*/liblto_plugin.so own_plugin.so
	change pause 'if .ev == "link" then .argv |= map(if endswith(
		"/liblto_plugin.so") then "'"$WORK/own_plugin.so"'"
		else . end) else . end'
	prove_pause
	expect "$status" = 1
	says '*not proven*fails with what its evidence names*own_plugin.so*'
}

@test "a directory that the evidence puts outside the tree is made inside" {
	local up=../../../../../../../../../../../../../../../../../../../..

	change pause 'if .ev == "compile" then .cwd = "'"$up$WORK"'/planted"
		else . end'
	prove_pause
	expect "$status" = 1
	says '*not proven*pause.o*'
	fails test -e "$WORK/planted"
}

@test "an event that was deleted is found" {
	change pause 'select(.ev != "assemble")'
	prove_pause
	expect "$status" = 1
	says '*orphan*pause.o*'
	fails "$KEELSON" sbom --root root "$HERE/build/bin/pause"
}

@test "a header that was touched after the build is found" {
	own lib
	echo '/* touched */' >>root/lib/base/version.h
	prove_pause
	expect "$status" = 1
	says '*lib/base/version.h*changed*'
	fails "$KEELSON" sbom --root root "$HERE/build/bin/pause"
}

@test "two members that changed places are found" {
	rm root/build/sysroot
	mkdir root/build/sysroot
	ln -s "$HERE/build/sysroot/include" root/build/sysroot/
	cp -R "$HERE/build/sysroot/lib" root/build/sysroot/
	ar x --output . root/build/sysroot/lib/libc.a exit.lo _Exit.lo
	mv exit.lo spare && mv _Exit.lo exit.lo && mv spare _Exit.lo
	ar r root/build/sysroot/lib/libc.a exit.lo _Exit.lo
	prove_pause
	expect "$status" = 1
	says '*libc.a*changed*'
	fails "$KEELSON" sbom --root root "$HERE/build/bin/pause"
}

@test "a build through ccache leaves evidence that is true" {
	mkdir -p stranger bin
	printf '#!/bin/sh\necho "taken from a store" >&2\nexit 1\n' >bin/ccache
	chmod +x bin/ccache
	ln -sf ccache bin/gcc
	ln -sf ccache bin/cc
	cd stranger
	printf 'int twice(int a);\n' >twice.h
	printf '#include "twice.h"\nint twice(int a) { return 2 * a; }\n' \
		>twice.c
	printf '#include <stdio.h>\n#include "twice.h"\n%s\n' \
		'int main(void) { printf("%d\n", twice(21)); return 0; }' \
		>main.c
	printf '%s\n' 'all: answer' 'libtwice.a: twice.o' \
		'	ar rcs $@ $^' 'answer: main.o libtwice.a' \
		'	gcc -o $@ main.o -L. -ltwice' >Makefile
	PATH="$WORK/bin:/usr/bin:/bin" "$KEELSON" record -- make CC=gcc
	expect "$(./answer)" = 42
	run -0 "$KEELSON" prove --samples 4 answer
	says '*answer: proven*2 objects, 1 links*'
	run -0 "$KEELSON" omnibor -o omnibor answer
	run -0 "$KEELSON" find --git-id "$(git hash-object twice.c)" answer
	says '*answer: *twice.c*into*'
}
