#!/usr/bin/env bats
# examples/: its scripts run without the services that call them, with a git
# repository on disk and a signed archive on loopback.
# where: host
bats_require_minimum_version 1.5.0

setup() {
	load ../../tests/lib/wait
	load archive
	root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	unset SOURCES_DIR GIT_DIR
	archive_start
	export KEELSON_KEYRING=$ARCHIVE_KEYRING
	mkdir "$BATS_TEST_TMPDIR/bin"
	ln -s "$root/build/bin/keelson" "$BATS_TEST_TMPDIR/bin/keelson"
	export PATH=$BATS_TEST_TMPDIR/bin:$PATH
	export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.org
	export GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.org
	CHANGELOG=$'zip (1.2-1) trixie; urgency=low\n\n  * First.\n\n -- A B <a@b.c>  Mon, 04 Nov 2024 17:22:28 +0000'
	archive_source trixie zip 1.2-1
	archive_sign trixie
	archive_sign trixie-security
	make_project
}

teardown() {
	archive_stop
}

make_project() {
	keelson init "$BATS_TEST_TMPDIR/shop"
	cd "$BATS_TEST_TMPDIR/shop" || return
	cp -r "$root/examples/ci" ci
	keelson add-source zip
	git init -q --bare "$BATS_TEST_TMPDIR/remote.git"
	git init -q -b main .
	git add -A && git commit -q -m first
	git remote add origin "$BATS_TEST_TMPDIR/remote.git"
	git push -q origin main
}

renew() {
	CHANGELOG=$'zip (1.2-1+deb13u1) trixie-security; urgency=high\n\n  * Fix CVE-2026-12345.\n\n -- A B <a@b.c>  Tue, 05 Nov 2024 17:22:28 +0000\n\n'$CHANGELOG
	archive_source trixie-security zip 1.2-1+deb13u1 CVE-2026-12345.patch
	archive_sign trixie-security
}

remote() { # GIT ARGUMENT...
	git -C "$BATS_TEST_TMPDIR/remote.git" "$@"
}

@test "build.sh builds without a key, sign.sh signs what it made" {
	keelson keygen --no-passphrase "$BATS_TEST_TMPDIR/ci"
	KEY=$BATS_TEST_TMPDIR/ci.key sh ci/build.sh
	run -1 keelson verify --key "$BATS_TEST_TMPDIR/ci.pub" dist/shop
	# another job, which has the images and the script alone
	mkdir "$BATS_TEST_TMPDIR/sign"
	cp -r dist ci "$BATS_TEST_TMPDIR/sign/"
	cd "$BATS_TEST_TMPDIR/sign"
	KEY=$BATS_TEST_TMPDIR/ci.key sh ci/sign.sh
	keelson verify --key "$BATS_TEST_TMPDIR/ci.pub" dist/shop
	keelson keygen --no-passphrase "$BATS_TEST_TMPDIR/other"
	run -1 keelson verify --key "$BATS_TEST_TMPDIR/other.pub" dist/shop
	run ! grep -E '^[^#]*(record|keelson build|make|sh -c)' ci/sign.sh ci/propose.sh
	# a build that fails is no image
	cd "$BATS_TEST_TMPDIR/shop"
	run ! env BUILD=false sh ci/build.sh
}

@test "reproduce.sh builds the same, and notices what is not" {
	sh ci/build.sh
	run -0 sh ci/reproduce.sh
	[[ "$output" = *'built twice, the same'* ]]
	sed -i 's|return 0;|puts(__FILE__ " " __TIME__); return 0;|' src/main.c
	sed -i 's|src/main.c$|$(CURDIR)/src/main.c|' Makefile
	git commit -qam 'its own path and time'
	rm -rf build/bin build/obj .keelson
	BUILD='make CFLAGS=-Wno-date-time' sh ci/build.sh
	run -1 env BUILD='make CFLAGS=-Wno-date-time' sh ci/reproduce.sh
	[[ "$output" != *'built twice, the same'* ]]
}

@test "reproduce.sh misses an image that the second build has not made" {
	sh ci/build.sh
	cp -r dist/shop dist/shop2
	run -1 sh ci/reproduce.sh
	[[ "$output" = *'dist/shop2: not made by the second build'* ]]
}

@test "update.sh pins, propose.sh pushes a branch with the lock alone" {
	run -0 sh ci/update.sh
	[[ "$output" = *'nothing to pin'* ]]
	run -0 sh ci/propose.sh
	[[ "$output" = *'nothing to pin'* ]]
	run ! remote rev-parse --verify keelson-update
	renew
	BUILD='make && echo evil >> ci/propose.sh' sh ci/update.sh
	# another job, with a checkout of its own
	cp -r build/update "$BATS_TEST_TMPDIR/update"
	git clone -q -b main "$BATS_TEST_TMPDIR/remote.git" "$BATS_TEST_TMPDIR/propose"
	cd "$BATS_TEST_TMPDIR/propose"
	run -0 sh ci/propose.sh ../update
	[[ "$output" = *'pushed keelson-update'* ]]
	[ "$(remote diff --name-only main keelson-update)" = sources.lock ]
	remote show keelson-update:sources.lock | grep -q '^zip 1.2-1+deb13u1 '
	remote log -1 --format=%B keelson-update | grep -q CVE-2026-12345
	grep -q CVE-2026-12345 ../update/report.md
	git checkout -q main
	run -0 sh ci/propose.sh ../update
	[[ "$output" = *'has this lock already'* ]]
}

@test "update.sh pushes nothing that does not build" {
	renew
	run -1 env CHECK='exit 7' sh ci/update.sh
	git diff --quiet -- sources.lock
	run -0 sh ci/propose.sh
	[[ "$output" = *'nothing to pin'* ]]
	run ! remote rev-parse --verify keelson-update
}

@test "a lock that git does not have is an error, not nothing to pin" {
	renew
	git rm -q --cached sources.lock && git commit -qm 'no lock'
	run ! sh ci/update.sh
	[[ "$output" = *sources.lock* ]]
	run ! sh ci/renovate.sh list
}

@test "renovate's regex finds each line of our lock, its scripts the update" {
	cp "$root/static-build/sources.lock" ours.lock
	python3 - "$root/examples/renovate/renovate.json" ours.lock <<-'EOF'
		import json, re, sys
		manager = json.load(open(sys.argv[1]))["customManagers"][0]
		files, = (p.strip("/") for p in manager["managerFilePatterns"])
		assert re.search(files, "static-build/sources.lock")
		assert not re.search(files, "sources.lock.bak")
		text = open(sys.argv[2]).read()
		pattern = manager["matchStrings"][0].replace("(?<", "(?P<")
		found = [(m["depName"], m["currentValue"])
		         for m in re.finditer(pattern, text)]
		lines = [tuple(line.split()[:2]) for line in text.splitlines()
		         if line and not line.startswith("#")]
		assert len(lines) > 20 and found == lines, (found, lines)
	EOF
	renew
	sh ci/renovate.sh list
	jq -e '.releases == [{"version": "1.2-1"}, {"version": "1.2-1+deb13u1"}]' \
		build/updates/zip.json
	# Renovate writes the version, then calls its task
	sed -i 's/^zip 1.2-1 /zip 1.2-1+deb13u1 /' sources.lock
	sh ci/renovate.sh pin zip
	grep -q '^zip 1.2-1+deb13u1 trixie .*/zip_1.2-1+deb13u1.debian.tar.xz' sources.lock
	keelson fetch
}
