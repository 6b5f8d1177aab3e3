# area: images static-build
# where: host
# limit: 2400
# test-limit: 2400
# Two builds give the same bytes: another folder, time, umask, number of jobs,
# language, time zone and host name; and the second one without any network.
# The proof is kept: as long as nothing that feeds the build has changed, it is
# not made again.
. tests/lib/inputs.bash

# A copy of the project at other times, which shares only fetched sources.
copy_to() { # FOLDER
	mkdir -p "$1"
	inputs_list | tar -cf - -T - tests/tests.mk tests/host.mk |
		tar -xf - -C "$1"
	find "$1" -exec touch -d '2001-02-03 04:05:06' {} +
}

digests() { # PROJECT: of everything in dist/
	(cd "$1/dist" && find . -type f -print0 | LC_ALL=C sort -z |
		xargs -0 sha256sum)
}

proof() {
	echo "$(inputs_hash) $(digests . | sha256sum)"
}

@test "a second build elsewhere, offline and disturbed, gives the same digests" {
	if [ "$(cat build/test/reproducible 2>/dev/null)" = "$(proof)" ]; then
		skip 'proven before for these very inputs'
	fi
	other=$WORK/some/where/else
	copy_to "$other"
	SOURCE_MIRROR=$PWD/build/sources "$other/static-build/fetch"
	(
		cd "$other"
		umask 077
		unset MAKEFLAGS MAKELEVEL MAKEOVERRIDES CI
		env TZ=Pacific/Kiritimati LC_ALL=C.UTF-8 HOME=/nonexistent \
			unshare --uts sh -c 'hostname elsewhere
			exec make images OFFLINE=1 JOBS=3'
	)
	digests . >"$WORK/first"
	digests "$other" >"$WORK/second"
	diff "$WORK/first" "$WORK/second"
	proof >build/test/reproducible
	rm -rf "$WORK/some"
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
