#!/usr/bin/env bats
# keelson reproduce, on a project of somebody else: what makes a build differ
# is caught, and named down to the line of the source.
# where: host
bats_require_minimum_version 1.5.0
. "$BATS_TEST_DIRNAME/../../tests/lib/expect.bash"

setup() {
	keelson=$PWD/build/bin/keelson
	PATH=$PWD/build/bin:$PATH
	export TMPDIR=/tmp
	cd "$BATS_TEST_TMPDIR" || return
}

# A project with two sources.  Its first build is made here, as its author
# would; the second by `keelson reproduce`.
project() { # [BUILD]
	"$keelson" init shop
	cd shop || return
	cat >src/b.c <<-'END'
		const char *b(void);
		const char *b(void) { return "b"; }
	END
	cat >src/main.c <<-'END'
		#include <stdio.h>
		#include "when.h"
		const char *b(void);
		int main(void) { return printf("%s " WHEN "\n", b()) < 0; }
	END
	echo '#define WHEN "never"' >src/when.h
	cat >Makefile <<-'END'
		.RECIPEPREFIX = >
		OBJECTS = build/obj/main.o build/obj/b.o
		LINK =
		build/bin/shop: $(OBJECTS)
		> mkdir -p build/bin
		> $(CC) -static $(LINK) -o $@ $(OBJECTS)
		build/obj/%.o: src/%.c
		> mkdir -p build/obj
		> $(CC) -Os -c -o $@ $<
	END
}

build() {
	"$keelson" record --root . -- make >"$BATS_TEST_TMPDIR/log" 2>&1 &&
		"$keelson" build >>"$BATS_TEST_TMPDIR/log"
}

reproduce() { # [OPTION...]
	run --separate-stderr "$keelson" reproduce -o statement.json "$@"
	echo "$output"
	echo "$stderr"
}

said() { # TEXT: of the statement
	jq -r "$1" statement.json
}

@test "a build that is the same under every perturbation is said to be so" {
	project
	build
	reproduce
	[ "$status" -eq 0 ]
	[[ $output = *'again'* ]]
	digest=$(jq -r '.manifests[0].digest[7:]' dist/shop/index.json)
	[ "$(said '.subject[0].digest.sha256')" = "$digest" ]
	[ "$(said .predicate.result)" = PASSED ]
	# what this machine allows is said to differ, and nothing else
	for name in user host-name umask locale time-zone clock file-times \
		file-order jobs processors aslr environment; do
		said ".predicate.passedTests + .predicate.warnedTests | .[]" |
			grep -qx "$name"
		said "(.predicate.perturbed + .predicate.notPerturbed)[\"$name\"]" |
			grep -q .
	done
	# nothing is left behind
	[ -z "$(find /tmp -maxdepth 1 -name 'keelson-reproduce-*' \
		-newer keelson.yaml)" ]
}

@test "what the second build sees is what the statement says" {
	project
	build
	command='{ id -u; uname -n; umask; echo "$LC_ALL"; date +%Z; date +%Y;
		echo "$MAKEFLAGS"; nproc; cat /proc/self/personality; ls -U src;
		stat -c %Y src/b.c; pwd; } >'$PWD'/seen'
	reproduce --command "$(echo "$command" | tr '\n\t' '  '); \
		keelson record --root . -- make && keelson build"
	[ "$status" -eq 0 ]
	mapfile -t seen <seen
	differs() { # NAME MINE INDEX: of the second build, unless it is said not to
		said ".predicate.perturbed[\"$1\"]" | grep -qx null ||
			[ "${seen[$3]}" != "$2" ]
	}
	differs user "$(id -u)" 0
	differs host-name "$(uname -n)" 1
	differs umask "$(umask)" 2
	differs locale "${LC_ALL:-}" 3
	differs time-zone "$(date +%Z)" 4
	differs clock "$(date +%Y)" 5
	differs jobs "${MAKEFLAGS:-}" 6
	differs processors "$(nproc)" 7
	differs aslr "$(cat /proc/self/personality)" 8
	differs file-order "$(ls -U src | head -n 1)" 9
	[ "${seen[*]:12:1}" = 981166446 ]
	[ "${seen[*]:13:1}" != "$PWD" ]
}

@test "__DATE__ in a header is caught: image, layer, file, section and line" {
	project
	echo '#define WHEN __DATE__ " " __TIME__' >src/when.h
	build
	reproduce --report report
	[ "$status" -eq 1 ]
	[[ $output = *'dist/shop is sha256:'* ]]
	[[ $output = *'layer sha256:'* ]]
	[[ $output = *'/bin/shop: other content, sections:'*.rodata* ]]
	[[ $output = *'build/obj/main.o: compiled of src/main.c and '* ]]
	[[ $output = *'src/when.h:1 has __DATE__'* ]]
	fails grep -q 'b\.o' <<<"$output"
	[ "$(said .predicate.result)" = FAILED ]
	[ "$(said '.predicate.failedTests[0]')" = shop ]
	if command -v diffoscope; then
		grep -q 'first-file' report
		grep -q '\.rodata' report
	else
		grep -qx 'diffoscope is not installed' report
	fi
}

@test "objects linked in the order of the directory are caught" {
	project
	sed -i 's|^OBJECTS = .*|OBJECTS = $(patsubst src/%.c,build/obj/%.o,\\\
	$(shell find src -name "*.c"))|' Makefile
	build
	reproduce --work /dev/shm
	if said .predicate.perturbed | grep -q file-order; then
		[ "$status" -eq 1 ]
		[[ $output = *'made of its parts in another order: build/obj/'* ]]
	else
		skip 'neither disorderfs nor a tmpfs turns the order here'
	fi
}

@test "a random build id, by argument or by the linker, is caught" {
	project
	sed -i 's|^LINK =|LINK = -Wl,--build-id=0x$(shell od -An -N8 -tx8 \\\
	/dev/urandom \| tr -d " ")|' Makefile
	build
	reproduce
	[ "$status" -eq 1 ]
	[[ $output = *'sections: .note.gnu.build-id'* ]]
	[[ $output = *'linked of '*'other arguments: --build-id=0x'* ]]
	cd ..
	rm -rf shop
	project
	sed -i 's|^LINK =|LINK = -Wl,--build-id=uuid|' Makefile
	build
	reproduce
	[ "$status" -eq 1 ]
	[[ $output = *'--build-id=uuid is random'* ]]
}

@test "a file that a command outside the record wrote is named" {
	project
	echo 'printf "#define USER \"%s\"\n" $(id -u) >build/user.h' >user.sh
	sed -i '1i$(shell mkdir -p build; sh user.sh)' Makefile
	sed -i 's|^#define.*|#include "../build/user.h"\n#define WHEN USER|' \
		src/when.h
	build
	reproduce
	said .predicate.perturbed.user | grep -q '^user' ||
		skip 'user namespaces are refused here'
	[ "$status" -eq 1 ]
	[[ $output = *'build/user.h: other bytes, and no recorded command'* ]]
}

@test "the statement is signed, attached, and fails for another image" {
	project
	build
	"$keelson" keygen --no-passphrase key
	reproduce --key key.key
	[ "$status" -eq 0 ]
	"$keelson" sign --key key.key dist/shop
	run -0 "$keelson" verify --key key.pub dist/shop
	[[ $output = *'https://in-toto.io/attestation/test-result/v0.1 by'* ]]
	# signed layouts are reproduced all the same
	reproduce
	[ "$status" -eq 0 ]
}

@test "what the second build did not make is named; of a clean one it counts" {
	project
	build
	mkdir -p dist/arm64/shop
	echo old >dist/old.txt
	reproduce --without clock
	[ "$status" -eq 0 ]
	[[ $output = *'dist/old.txt: not built the second time: not compared'* ]]
	[[ $output = *'dist/arm64: neither an image nor a file: not compared'* ]]
	command='keelson record --root . -- make && keelson build &&
		{ case $PWD in *longer*) ;; *) : >dist/once ;; esac; }'
	reproduce --without clock --twice --command "$(tr '\n\t' '  ' <<<"$command")"
	[ "$status" -eq 1 ]
	[[ $output = *'dist/once: not built the second time'* ]]
}

@test "two builds at a time do not meet in shared memory" {
	project
	build
	reproduce --command ': >/dev/shm/keelson-test; ls /dev/shm >'$PWD'/seen;
		keelson record --root . -- make && keelson build'
	[ "$status" -eq 0 ]
	said .predicate.perturbed.user | grep -q '^user' ||
		skip 'user namespaces are refused here'
	grep -q keelson-test seen
	[ ! -e /dev/shm/keelson-test ]
}

# Objects of the first build would be taken for up to date.
@test "below the root of a checkout git's list is taken, too" {
	mkdir whole
	git init -q whole
	printf '*.o\ndist\n.keelson\nbin\n' >whole/.gitignore
	cd whole || return
	project
	sed -i 's|build/obj|src|g' Makefile
	build
	[ -e src/b.o ]
	reproduce --without clock --command 'test ! -e src/b.o &&
		keelson record --root . -- make && keelson build'
	[ "$status" -eq 0 ]
}

@test "a second build that fails, or does not know how, says so" {
	project
	build
	run -1 --separate-stderr "$keelson" reproduce --command 'exit 7'
	[[ $stderr = *'the build fails with 7'* ]]
	sed -i /^build:/d keelson.yaml
	run -2 --separate-stderr "$keelson" reproduce
	[[ $stderr = *'`build: COMMAND`'* ]]
	run -2 --separate-stderr "$keelson" reproduce --command true \
		--without gravity
	[[ $stderr = *'--without gravity: none of'* ]]
}
