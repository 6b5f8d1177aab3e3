#!/usr/bin/env bats
# fetch: faults of files and places, with directories and loopback only.
# where: host

setup() {
	root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	dir=$BATS_TEST_TMPDIR
	mkdir -p "$dir/mirror/pool/main/x" "$dir/bare"
	printf 'the whole content\n' > "$dir/mirror/pool/main/x/x_1.orig.tar.gz"
	cp "$dir/mirror/pool/main/x/x_1.orig.tar.gz" "$dir/bare/"
	sha=$(sha256sum < "$dir/bare/x_1.orig.tar.gz" | cut -d' ' -f1)
	export SOURCES_LOCK=$dir/lock SOURCES_DIR=$dir/sources
	export APT_HELPER=$dir/no-apt-here
	unset SOURCE_MIRROR OFFLINE
	lock 18 "$sha"
}

lock() { # SIZE SHA256
	echo "x 1-1 sid pool/main/x/x_1.orig.tar.gz $1 $2 source MIT" \
		> "$SOURCES_LOCK"
}

fetch() {
	run "$root/static-build/fetch"
}

has() {
	[[ "$output" == *"$1"* ]] || {
		printf 'not in the output: %s\n%s\n' "$1" "$output"
		return 1
	}
}

@test "a file comes from a directory laid out as a pool" {
	SOURCE_MIRROR=$dir/mirror fetch
	[ "$status" -eq 0 ]
	cmp "$SOURCES_DIR/x_1.orig.tar.gz" "$dir/bare/x_1.orig.tar.gz"
	[ ! -e "$SOURCES_DIR/x_1.orig.tar.gz.part" ]
}

@test "a file comes from a directory of bare names" {
	SOURCE_MIRROR=$dir/bare fetch
	[ "$status" -eq 0 ]
	[ -f "$SOURCES_DIR/x_1.orig.tar.gz" ]
}

@test "a second run fetches nothing, nor needs a place" {
	SOURCE_MIRROR=$dir/bare fetch
	fetch
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

@test "one wrong byte stops with the name and both hashes" {
	printf 'The whole content\n' > "$dir/bare/x_1.orig.tar.gz"
	wrong=$(sha256sum < "$dir/bare/x_1.orig.tar.gz" | cut -d' ' -f1)
	SOURCE_MIRROR=$dir/bare fetch
	[ "$status" -eq 1 ]
	has x_1.orig.tar.gz
	has "$sha"
	has "$wrong"
	[ ! -e "$SOURCES_DIR/x_1.orig.tar.gz" ]
}

@test "a file that rots after it was fetched stops too" {
	SOURCE_MIRROR=$dir/bare fetch
	printf 'the whole Content\n' > "$SOURCES_DIR/x_1.orig.tar.gz"
	SOURCE_MIRROR=$dir/bare fetch
	[ "$status" -eq 1 ]
	has "$sha"
	has 'delete it'
}

@test "half a file is no file, and the next place is tried" {
	printf 'the who' > "$dir/mirror/pool/main/x/x_1.orig.tar.gz"
	cp "$dir/bare/x_1.orig.tar.gz" "$dir/mirror/"
	SOURCE_MIRROR=$dir/mirror fetch
	[ "$status" -eq 0 ]
	cmp "$SOURCES_DIR/x_1.orig.tar.gz" "$dir/bare/x_1.orig.tar.gz"
}

@test "a file that is gone: says which, where it looked, what to do" {
	rm "$dir/bare/x_1.orig.tar.gz"
	SOURCE_MIRROR=$dir/bare fetch
	[ "$status" -eq 1 ]
	has 'x_1.orig.tar.gz (18 bytes)'
	has "not at $dir/bare"
	has SOURCE_MIRROR
}

@test "OFFLINE=1 fetches nothing and names what is missing" {
	for mirror in '' http://127.0.0.1:9 "$dir"; do
		OFFLINE=1 SOURCE_MIRROR=$mirror fetch
		[ "$status" -eq 1 ]
		has x_1.orig.tar.gz
		[ ! -e "$SOURCES_DIR/x_1.orig.tar.gz" ]
	done
}

@test "OFFLINE=1 takes what a directory has" {
	OFFLINE=1 SOURCE_MIRROR=$dir/mirror fetch
	[ "$status" -eq 0 ]
	cmp "$SOURCES_DIR/x_1.orig.tar.gz" "$dir/bare/x_1.orig.tar.gz"
}

@test "apt's own transport takes over where SOURCE_MIRROR has nothing" {
	cat > "$dir/helper" <<-END
		#!/bin/sh
		for url; do :; done # the last two words are URL and FILE
		while [ "\$#" -gt 2 ]; do shift; done
		echo "\$1" >> "$dir/asked"
		cp "$dir/mirror/\${1#http://mirror.invalid/debian/}" "\$2"
	END
	mkdir "$dir/bin"
	printf '#!/bin/sh\necho http://mirror.invalid/debian/\n' \
		> "$dir/bin/apt-get"
	chmod +x "$dir/helper" "$dir/bin/apt-get"
	rm "$dir/bare/x_1.orig.tar.gz"
	APT_HELPER=$dir/helper PATH=$dir/bin:$PATH SOURCE_MIRROR=$dir/bare fetch
	[ "$status" -eq 0 ]
	grep -qx 'http://mirror.invalid/debian/pool/main/x/x_1.orig.tar.gz' \
		"$dir/asked"
}

@test "a download goes on where it was cut off" {
	cat > "$dir/helper" <<-END
		#!/bin/sh
		while [ "\$#" -gt 2 ]; do shift; done
		have=\$(stat -c %s "\$2" 2>/dev/null || echo 0)
		echo "\$have" >> "$dir/asked"
		tail -c +\$((have + 1)) "$dir/bare/x_1.orig.tar.gz" >> "\$2"
	END
	mkdir "$dir/bin"
	printf '#!/bin/sh\necho http://mirror.invalid/debian\n' \
		> "$dir/bin/apt-get"
	chmod +x "$dir/helper" "$dir/bin/apt-get"
	mkdir "$SOURCES_DIR"
	printf 'the who' > "$SOURCES_DIR/x_1.orig.tar.gz.part"
	APT_HELPER=$dir/helper PATH=$dir/bin:$PATH fetch
	[ "$status" -eq 0 ]
	grep -qx 7 "$dir/asked"
	cmp "$SOURCES_DIR/x_1.orig.tar.gz" "$dir/bare/x_1.orig.tar.gz"
}

@test "a bad lock is refused with its line" {
	lock 18 "${sha%?}"
	fetch
	[ "$status" -ne 0 ]
	has 'lock:1: sha256'
	echo 'x 1-1 sid' > "$SOURCES_LOCK"
	fetch
	has 'lock:1: 8 fields expected, found 3'
	lock 18 "$sha"
	lock 18 "$sha" && sed 'p' -i "$SOURCES_LOCK"
	fetch
	has 'lock:2: x_1.orig.tar.gz is already on line 1'
	sed -i 's|pool/main/x/|pool/../../x/|;2d' "$SOURCES_LOCK"
	fetch
	has 'lock:1: path'
}
