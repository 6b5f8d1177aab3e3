# where: host
# What stands between sources and the build: one wrong byte, a file that is
# gone, a part of a file, no network.
bats_require_minimum_version 1.5.0

# A lock of the smallest source that is here, and a mirror with it.
setup() {
	export SOURCES_LOCK=$WORK/lock SOURCES_DIR=$WORK/sources
	export SOURCE_MIRROR=$WORK/mirror
	rm -rf "$SOURCES_DIR" "$SOURCE_MIRROR"
	mkdir -p "$SOURCES_DIR" "$SOURCE_MIRROR"
	name=$(awk '$7 == "source" { print $5, $4 }' static-build/sources.lock |
		sort -n | awk 'NR == 1 { sub(/.*\//, "", $2); print $2 }')
	grep -F "/$name" static-build/sources.lock >"$SOURCES_LOCK"
	cp "build/sources/$name" "$SOURCE_MIRROR/"
}

@test "a file comes from the mirror that is named, verified" {
	run -0 static-build/fetch
	cmp "build/sources/$name" "$SOURCES_DIR/$name"
}

@test "one wrong byte stops it with the file's name and both hashes" {
	wanted=$(sha256sum <"$SOURCE_MIRROR/$name" | cut -d ' ' -f 1)
	printf x | dd of="$SOURCE_MIRROR/$name" conv=notrunc status=none
	found=$(sha256sum <"$SOURCE_MIRROR/$name" | cut -d ' ' -f 1)
	run static-build/fetch
	[ "$status" -ne 0 ]
	[[ "$output" == *"$name"* ]]
	[[ "$output" == *"$wanted"* ]]
	[[ "$output" == *"$found"* ]]
	[ ! -e "$SOURCES_DIR/$name" ]
}

@test "what lies in build/sources with a wrong byte is not believed either" {
	cp "$SOURCE_MIRROR/$name" "$SOURCES_DIR/$name"
	printf x | dd of="$SOURCES_DIR/$name" conv=notrunc status=none
	run static-build/fetch
	[ "$status" -ne 0 ]
	[[ "$output" == *"$name"* ]]
}

@test "offline, what is missing is named" {
	rm "$SOURCE_MIRROR/$name"
	OFFLINE=1 run static-build/fetch
	[ "$status" -ne 0 ]
	[[ "$output" == *"$name"* ]]
}

@test "a file that is nowhere is named, with where it was and what to do" {
	sed -i "s|/$name|/gone-$name|" "$SOURCES_LOCK"
	run static-build/fetch
	[ "$status" -ne 0 ]
	[[ "$output" == *"gone-$name"* ]]
	[[ "$output" == *"not at $SOURCE_MIRROR"* ]]
	[[ "$output" == *SOURCE_MIRROR* ]]
}

@test "a broken line of the lock is named by its number" {
	printf '# fine\nthis is no line\n' >"$SOURCES_LOCK"
	run static-build/fetch
	[ "$status" -ne 0 ]
	[[ "$output" == *2* ]]
	[[ "$output" == *"$(basename "$SOURCES_LOCK")"* ]]
}
