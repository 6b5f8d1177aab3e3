# where: host
# limit: 2400
# Two builds give the same bytes: another folder, time, umask, number of jobs,
# language, time zone and host name; and the second one without any network.
# The proof is kept: as long as nothing that feeds the build has changed, it is
# not made again.

# Everything that images are made from, as one hash.
inputs_of() { # PROJECT
	cd "$1" || return
	{
		project_files | xargs -d '\n' sha256sum
		dpkg-query -W -f '${Package} ${Version}\n' gcc binutils make
	} | sha256sum | cut -d ' ' -f 1
}

# What git knows and what would be committed, tests and words left out.
project_files() {
	git ls-files -co --exclude-standard | LC_ALL=C sort |
		grep -vE '^(tests|docs|bench|deploy|\.ci)/|/test/|\.md$' |
		while IFS= read -r file; do
			[ ! -f "$file" ] || echo "$file"
		done
}

# A copy of the project at other times, which shares only fetched sources.
copy_to() { # FOLDER
	mkdir -p "$1"
	{
		project_files
		git ls-files tests/tests.mk tests/host.mk
	} | tar -cf - -T - | tar -xf - -C "$1"
	find "$1" -exec touch -d '2001-02-03 04:05:06' {} +
}

digests() { # PROJECT: of everything in dist/
	(cd "$1/dist" && find . -type f -print0 | LC_ALL=C sort -z |
		xargs -0 sha256sum)
}

setup_file() {
	PROOF=build/test/reproducible
	INPUTS=$(inputs_of "$PWD")
	export PROOF INPUTS
}

@test "a second build elsewhere, offline and disturbed, gives the same digests" {
	if [ "$(cat "$PROOF" 2>/dev/null)" = "$INPUTS $(digests . |
		sha256sum)" ]; then
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
	echo "$INPUTS $(digests . | sha256sum)" >"$PROOF"
	rm -rf "$WORK/some"
}

@test "make images with nothing changed builds nothing and is quick" {
	digests . >"$WORK/before"
	stat -c '%n %Y' dist/*/index.json >"$WORK/times"
	start=$SECONDS
	make images OFFLINE=1
	[ $((SECONDS - start)) -le 20 ]
	digests . | diff "$WORK/before" -
	stat -c '%n %Y' dist/*/index.json | diff "$WORK/times" -
}
