# area: images static-build
# where: host
# limit: 2400
# test-limit: 2400
# Two builds give the same bytes, the second by `keelson reproduce`: elsewhere,
# by another user, offline, at another time, in another language and so on.  It
# takes all processors and the file system as it is, which would make it twice
# as slow; `make reproduce` perturbs these, too.
# The proof is kept: as long as nothing that feeds the build has changed, it is
# not made again.
. tests/lib/inputs.bash

# What was built for other processors is not made again here.
digests() { # PROJECT: of everything in dist/
	(cd "$1/dist" && find . \( -path ./arm64 -o -path ./riscv64 -o \
		-path ./multi \) -prune -o -type f -print0 | LC_ALL=C sort -z |
		xargs -0 sha256sum)
}

proof() {
	echo "$(inputs_hash) $(digests . | sha256sum)"
}

@test "a second build elsewhere, offline and disturbed, gives the same digests" {
	if [ "$(cat build/test/reproducible 2>/dev/null)" = "$(proof)" ]; then
		skip 'proven before for these very inputs'
	fi
	unset MAKEFLAGS MAKELEVEL MAKEOVERRIDES CI
	build/bin/keelson reproduce --work "$WORK" --without processors \
		--without file-order -o "$WORK/statement.json"
	[ "$(jq '.subject | length' "$WORK/statement.json")" -eq \
		"$(ls -d dist/*/ | wc -l)" ]
	for name in user host-name umask locale time-zone file-times jobs aslr \
		environment; do
		jq -e --arg name "$name" '.predicate |
			[.passedTests, .warnedTests] | flatten |
			index($name) != null' "$WORK/statement.json"
	done
	proof >build/test/reproducible
}

@test "make images with nothing changed builds nothing and is quick" {
	digests . >"$WORK/before"
	stat -c '%n %Y' dist/*/index.json >"$WORK/times"
	start=$SECONDS
	make images OFFLINE=1
	[ $((SECONDS - start)) -le 60 ]
	digests . | diff "$WORK/before" -
	stat -c '%n %Y' dist/*/index.json | diff "$WORK/times" -
}
