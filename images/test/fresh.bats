#!/usr/bin/env bats
# keelson update, add-source and fetch, with an archive on loopback that this
# test signs.
# where: host
bats_require_minimum_version 1.5.0

setup_file() {
	export KEELSON=$BATS_TEST_DIRNAME/../../build/bin/keelson
}

setup() {
	load ../../tests/lib/wait
	load archive
	unset SOURCES_DIR
	archive_start
	CHANGELOG=$'zip (1:1.2-1) trixie; urgency=low\n\n  * First.\n\n -- A B <a@b.c>  Mon, 04 Nov 2024 17:22:28 +0000'
	archive_source trixie zip 1:1.2-1 old.patch
	archive_source trixie other 3-1
	archive_deb trixie zones 2026a-1
	archive_sign trixie
	archive_sign trixie-security
	"$KEELSON" init "$BATS_TEST_TMPDIR/shop"
	cd "$BATS_TEST_TMPDIR/shop" || return
}

teardown() {
	archive_stop
}

keelson() { # COMMAND ARGUMENT...: with the key of the archive
	local command=$1
	shift
	"$KEELSON" "$command" --keyring "$ARCHIVE_KEYRING" "$@"
}

pin() {
	keelson add-source zip --suite trixie
	keelson add-source other
	keelson add-source zones --deb rootfs --licence 'LicenseRef-public-domain'
	sed -i 's/^other/# kept as it is\n&/' sources.lock
}

# Newer: zip by security, zones by the suite itself.
renew() {
	CHANGELOG=$'zip (1:1.2-1+deb13u1) trixie-security; urgency=high\n\n  * Fix CVE-2026-12345 and CVE-2025-1000.\n\n -- A B <a@b.c>  Tue, 05 Nov 2024 17:22:28 +0000\n\n'$CHANGELOG
	archive_source trixie-security zip 1:1.2-1+deb13u1 CVE-2026-12345.patch
	archive_sign trixie-security
	archive_deb trixie zones 2026b-1
	archive_sign trixie
}

has() { # TEXT
	[[ "$output" = *"$1"* ]] || {
		printf 'not in the output: %s\n%s\n' "$1" "$output"
		return 1
	}
}

@test "add-source pins the latest version, its files and its licence" {
	pin
	grep -qx "zip 1:1.2-1 trixie pool/main/z/zip/zip_1.2.orig.tar.gz [0-9]* [0-9a-f]* source MIT" sources.lock
	grep -qx "zip 1:1.2-1 trixie pool/main/z/zip/zip_1.2-1.debian.tar.xz [0-9]* [0-9a-f]* patches MIT" sources.lock
	grep -qx "zones 2026a-1 trixie pool/main/z/zones/zones_2026a-1_all.deb [0-9]* [0-9a-f]* rootfs LicenseRef-public-domain" sources.lock
	awk -f "$BATS_TEST_DIRNAME/../../static-build/lib/lock.awk" sources.lock |
		while read -r file size sha _; do
			[ "$(sha256sum < "build/sources/$file" | cut -d' ' -f1)" = "$sha" ]
			[ "$(stat -c %s "build/sources/$file")" = "$size" ]
		done
	run -1 keelson add-source zip
	has 'in the lock already'
	run -1 keelson add-source libother1
	has 'built from the source package other'
	run -1 keelson add-source zipp
	has 'did you mean zip?'
}

@test "two that add at the same time lose nothing" {
	local n=0 one two
	keelson add-source zip --suite trixie & one=$!
	keelson add-source other --suite trixie & two=$!
	wait $one && n=$((n + 1))
	wait $two && n=$((n + 1))
	[ "$n" -ge 1 ]
	[ "$(grep -c ' source ' sources.lock)" -eq "$n" ]
}

@test "nothing newer: exit 0, with ages and ends" {
	pin
	run -0 --separate-stderr keelson update --check
	has 'zip      1:1.2-1 trixie'
	has ' days  20'
	has '3 packages, 0 newer, 0 of them security'
	keelson update --json | jq -e '(.packages | length) == 3 and
		.packages[0].date == "2024-11-04" and .packages[0].newer == null and
		([.suites[].name] | index("trixie-security")) != null'
}

@test "what is newer is shown with its CVEs and patches" {
	pin
	renew
	run -3 --separate-stderr keelson update --check
	has 'zip 1:1.2-1 -> 1:1.2-1+deb13u1 (trixie-security)'
	has 'CVEs in its changelog: CVE-2025-1000 CVE-2026-12345'
	has 'patches added: CVE-2026-12345.patch'
	has 'patches dropped: old.patch'
	has 'zones 2026a-1 -> 2026b-1 (trixie)'
	has '3 packages, 2 newer, 1 of them security'
	rm -r build/sources # as in a fresh checkout
	run -0 --separate-stderr keelson update zip
	has 'patches dropped: old.patch'
	rm build/sources/zip_1.2-1.debian.tar.xz "$ARCHIVE"/pool/main/z/zip/zip_1.2-1.debian.tar.xz
	run -0 --separate-stderr keelson update zip
	has 'patches are not compared'
	run -0 --separate-stderr keelson update other
	has '1 packages, 0 newer'
}

@test "what is newer, as JSON" {
	pin
	renew
	keelson update --json | jq -e '.packages[] | select(.package == "zip") |
		.newer == {version: "1:1.2-1+deb13u1", suite: "trixie-security",
		security: true, cves: ["CVE-2025-1000", "CVE-2026-12345"],
		patchesAdded: ["CVE-2026-12345.patch"],
		patchesDropped: ["old.patch"]}'
}

@test "a security fix below a later version still counts as one" {
	pin
	renew
	archive_source trixie zip 1:1.3-1
	archive_sign trixie
	keelson update --json zip | jq -e '.packages[0].newer |
		.version == "1:1.3-1" and .suite == "trixie" and .security'
	run -0 --separate-stderr keelson update zip
	has '1 newer, 1 of them security'
}

@test "only --write rewrites, and only the lines of what is newer" {
	pin
	renew
	cp sources.lock before
	keelson update
	cmp before sources.lock
	keelson update --write
	grep -qx '# kept as it is' sources.lock
	[ "$(diff before sources.lock | grep -c '^>')" -eq 3 ]
	grep -q '^zip 1:1.2-1+deb13u1 trixie .*/zip_1.2.orig.tar.gz' sources.lock
	grep -q '^zip 1:1.2-1+deb13u1 trixie .*/zip_1.2-1+deb13u1.debian.tar.xz' sources.lock
	[ -f build/sources/zones_2026b-1_all.deb ]
	run -0 keelson update --check
	"$KEELSON" fetch
}

@test "a command that fails puts the old lock back" {
	pin
	renew
	cp sources.lock before
	run -1 keelson update --write --then 'grep -q deb13u1 sources.lock && exit 4'
	has 'is again as it was'
	cmp before sources.lock
	keelson update --write --then 'grep -q deb13u1 sources.lock'
	grep -q deb13u1 sources.lock
	run -2 keelson update --then true
	# what the command or a person wrote meanwhile is kept
	cp before sources.lock
	run -1 keelson update --write --then 'echo "# mine" >> sources.lock; exit 4'
	has 'was changed meanwhile'
	grep -qx '# mine' sources.lock
}

@test "a file that is listed but gone leaves its package as it is" {
	pin
	renew
	rm "$ARCHIVE"/pool/main/z/zip/*deb13u1*
	run -0 --separate-stderr keelson update --write
	has 'listed but not fetched: zip_1.2-1+deb13u1.debian.tar.xz'
	has '1 listed but not fetched'
	grep -q '^zip 1:1.2-1 trixie' sources.lock
	grep -q '^zones 2026b-1 trixie' sources.lock
}

@test "another key, changed indices and changed files are refused" {
	pin
	renew
	cp sources.lock before
	# a file
	echo x >> "$ARCHIVE"/pool/main/z/zip/zip_1.2-1+deb13u1.debian.tar.xz
	run -0 keelson update --write zip
	has 'listed but not fetched'
	cmp before sources.lock
	# an index
	echo "Package: zip" >> "$ARCHIVE/dists/trixie-security/main/source/Sources"
	xz -kf "$ARCHIVE/dists/trixie-security/main/source/Sources"
	run -1 keelson update --write zip
	has 'trixie-security:'
	cmp before sources.lock
	# another key
	archive_sign trixie-security
	gpg --batch --quiet --passphrase '' --quick-gen-key 'Another' ed25519 sign never
	gpg --batch --quiet --yes -u Another --clearsign \
		-o "$ARCHIVE/dists/trixie-security/InRelease" \
		"$ARCHIVE/dists/trixie-security/Release"
	run -1 keelson update --write zip
	has 'trixie-security:'
	cmp before sources.lock
	# no signature at all
	cp "$ARCHIVE/dists/trixie-security/Release" "$ARCHIVE/dists/trixie-security/InRelease"
	run -1 keelson update --write zip
	cmp before sources.lock
}

@test "a mirror that answers with another signed suite is refused" {
	pin
	renew
	archive_sign trixie-updates
	rm -r "$ARCHIVE/dists/trixie-security"
	cp -r "$ARCHIVE/dists/trixie-updates" "$ARCHIVE/dists/trixie-security"
	run -1 keelson update --check --write
	has 'trixie-security: the mirror answers with another suite: Codename trixie-updates'
	grep -q '^zip 1:1.2-1 trixie' sources.lock
}

@test "an index past its date is refused, unless it is allowed" {
	pin
	renew
	archive_sign trixie-security 'Sat, 01 Nov 2025 00:00:00 UTC'
	run -1 keelson update --check
	has 'trixie-security:'
	has 'expired'
	run -0 keelson update --allow-expired zip
	has 'deb13u1'
}

@test "a released suite without its security suite is not up to date" {
	pin
	rm -r "$ARCHIVE/dists/trixie-security"
	run -1 keelson update --check
	has 'trixie-security: no mirror has this suite'
}

@test "fetch takes what the lock says, from a directory as well" {
	pin
	rm -r build/sources
	SOURCE_MIRROR=$ARCHIVE "$KEELSON" fetch
	[ "$(find build/sources -type f | wc -l)" -eq 5 ]
	rm build/sources/zones*
	run -1 env SOURCE_MIRROR="$BATS_TEST_TMPDIR" "$KEELSON" fetch zones
	has 'no mirror has it'
	echo x >> build/sources/other_3.orig.tar.gz
	run -1 "$KEELSON" fetch other
	has 'is not the file that the index lists'
}

@test "a tarball whose names look like options runs nothing" {
	pin
	mkdir top ran
	tree='--to-command=touch ran'
	mkdir -- "top/$tree"
	echo 'AC_INIT' > "top/$tree/configure.ac"
	echo 'all:' > "top/$tree/Makefile"
	echo x > "top/$tree/configure"
	tar -C top -czf build/sources/other_3.orig.tar.gz -- "$tree"
	file=build/sources/other_3.orig.tar.gz
	sed -i "s|\(other_3.orig.tar.gz\) [0-9]* [0-9a-f]*|\1 $(stat -c %s $file) $(sha256sum < $file | cut -d' ' -f1)|" sources.lock
	run -0 "$KEELSON" recipe other
	[ ! -e ran/configure ]
}

@test "mirrors are found where apt has no lists, and not sought in vain" {
	pin
	rm build/sources/zones*
	printf '%s\n' 'Dir::Etc::SourceList "'"$ARCHIVE"'/sources.list";' \
		'Dir::Etc::SourceParts "/dev/null";' \
		'Dir::State::Lists "'"$ARCHIVE"'/no-lists";' \
		'Acquire::http::Proxy "DIRECT";' > "$ARCHIVE/apt.conf"
	echo "deb $ARCHIVE_URL trixie main" > "$ARCHIVE/sources.list"
	mkdir -p "$ARCHIVE/no-lists/partial"
	env -u SOURCE_MIRROR "$KEELSON" fetch zones
	: > "$ARCHIVE/sources.list"
	env -u SOURCE_MIRROR "$KEELSON" fetch
	rm build/sources/zones*
	run -1 env -u SOURCE_MIRROR "$KEELSON" fetch
	has 'no mirror'
}

@test "a package that no suite lists any more is named" {
	pin
	sed -i '/^Package: other/,/^$/d' "$ARCHIVE/.parts/trixie.Sources"
	archive_sign trixie
	run -0 --separate-stderr keelson update
	has 'other: trixie does not list it any more'
}

@test "the end of an upstream branch is announced" {
	pin
	echo 'zip 1.2 2026-12-31 https://example.org/branches' > support
	run -0 --separate-stderr keelson update zip
	has 'zip 1.2: upstream'
	has '2026-12-31 (https://example.org/branches)'
	echo 'zip 1.2 soon https://example.org/branches' > support
	run -1 keelson update zip
	has 'support: line 1: the date is not YEAR-MONTH-DAY'
}
