#!/usr/bin/env bats
# keelson record: other linkers, as the compiler's driver calls them and called
# directly; thin archives, response files, a shared library from a static one.
# lab: strangers
# area: static-build sbom

setup() {
	KEELSON=/keelson/build/bin/keelson
	mkdir "$BATS_TEST_TMPDIR/demo"
	cd "$BATS_TEST_TMPDIR/demo" || return
	printf 'int add(int a, int b) { return a + b; }\n' > add.c
	printf 'int mul(int a, int b) { return a * b; }\n' > mul.c
	cat > main.c <<-'END'
	int add(int a, int b);
	int main(int argc, char **argv)
	{
		(void)argv;
		return add(argc, -1);
	}
	END
}

# Build with and without being recorded; outputs must be the same.
both() { # COMMAND
	sh -ec "$1" >/dev/null
	sha256sum prog ./*.o > ../plain
	rm -f prog ./*.o ./*.a
	"$KEELSON" record -- sh -ec "$1" >/dev/null
	sha256sum -c --quiet ../plain
	[ "$(jq -c .unseen .keelson/record.json)" = '[]' ]
}

links() {
	jq -r 'select(.ev == "link" and .rc == 0) | .output.path' \
		.keelson/build/events.jsonl
}

with() { # LINKER
	both "gcc -c add.c && ar rcs libadd.a add.o &&
		gcc -fuse-ld=$1 -o prog main.c libadd.a"
	links | grep -qx prog
	jq -r 'select(.ev == "link") | .inputs[].path' \
		.keelson/build/events.jsonl | grep -qx libadd.a
	run "$KEELSON" sbom prog
	[ "$status" -eq 1 ]
	[[ $output == *"not a complete map of GNU ld"*"$1"* ]]
}

@test "gold: the same output, its inputs noted, its map not guessed at" {
	with gold
}

@test "lld: the same output, its inputs noted, its map not guessed at" {
	with lld
}

@test "mold: the same output, its inputs noted, its map not guessed at" {
	with mold
}

@test "ld.gold, ld.lld and mold called directly" {
	for linker in ld.gold ld.lld mold; do
		both "gcc -c add.c && gcc -c mul.c &&
			$linker -r -o prog add.o mul.o"
		links | grep -qx prog
		rm -rf .keelson
	done
	rm mul.o
	both 'gcc -c add.c && mold -run gcc -o prog main.c add.o'
}

@test "a thin archive, a response file, --whole-archive" {
	both 'gcc -fPIC -c add.c && gcc -fPIC -c mul.c &&
		ar rcsT libboth.a add.o mul.o && echo "-Llib -o prog" > words &&
		gcc @words -shared -Wl,--whole-archive libboth.a \
			-Wl,--no-whole-archive'
	jq -r 'select(.ev == "archive") | .thin' .keelson/build/events.jsonl |
		grep -qx true
	"$KEELSON" why prog mul | grep -q 'source *mul.c'
}

@test "a static program, position independent: libc's members are counted" {
	both 'gcc -c add.c && gcc -static-pie -O1 -o prog main.c add.o'
	"$KEELSON" sbom --json prog > ../prog.json
	[ "$(jq '.linked[] | select(.name == "libc.a") | .linked > 100
		and .package == "libc6-dev"' ../prog.json)" = true ]
}
