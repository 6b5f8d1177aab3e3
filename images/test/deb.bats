#!/usr/bin/env bats
# The .deb of keelson: the same bytes whoever builds it, and a project of
# somebody else is built with it in a clean Debian 12 and in a Debian 13.
# where: host
# limit: 300
bats_require_minimum_version 1.5.0
. "$BATS_TEST_DIRNAME/../../tests/lib/expect.bash"

setup_file() {
	mkdir -p "$WORK"
	DEB=$WORK/$(images/release/deb build/bin/keelson "$WORK")
	export DEB
}

@test "another user's settings give the same package" {
	mkdir "$BATS_TEST_TMPDIR/out"
	(
		umask 077
		export TZ=Pacific/Kiritimati LC_ALL=C.UTF-8 \
			TMPDIR=$BATS_TEST_TMPDIR SOURCE_DATE_EPOCH=7
		images/release/deb build/bin/keelson "$BATS_TEST_TMPDIR/out"
	)
	cmp "$DEB" "$BATS_TEST_TMPDIR/out/${DEB##*/}"
}

@test "what is in it belongs to root, and says what it is" {
	dpkg-deb -c "$DEB" >"$BATS_TEST_TMPDIR/list"
	cat "$BATS_TEST_TMPDIR/list"
	fails grep -v ' root/root ' "$BATS_TEST_TMPDIR/list"
	fails grep -vE '^(drwxr-xr-x|-rwxr-xr-x .*bin/keelson|-rw-r--r--.*share/.*)' \
		"$BATS_TEST_TMPDIR/list"
	[ "$(dpkg-deb -f "$DEB" Version)" = \
		"$(build/bin/keelson --version | grep -oE '[0-9]+\.[0-9.]+')" ]
	fails dpkg-deb -f "$DEB" Depends | grep .
	# of the files alone: directories are of another size elsewhere
	[ "$(dpkg-deb -f "$DEB" Installed-Size)" -eq \
		"$(awk '$1 ~ /^-/ { kib += int(($3 + 1023) / 1024) }
			END { print kib }' "$BATS_TEST_TMPDIR/list")" ]
	dpkg-deb --fsys-tarfile "$DEB" |
		tar -xO ./usr/share/doc/keelson/keelson.spdx.json |
		jq -e '[.packages[].name] | index("musl")'
	dpkg-deb --fsys-tarfile "$DEB" | tar -xO ./usr/bin/keelson |
		cmp - build/bin/keelson
}

# In a tree of the lab, as its root; nothing of this machine is there.
try_in() { # TREE
	cat >"$WORK/try" <<-'END'
		set -eux
		dpkg -i /keep/*.deb
		[ "$(command -v keelson)" = /usr/bin/keelson ]
		# small systems leave out manuals and documents
		dpkg -V keelson | grep -vE '^[^/]* /usr/share/(man|doc)(/|$)' |
			grep . && exit 1
		cd /tmp
		keelson init shop
		cd shop
		keelson record --root . -- make
		keelson build
		keelson verify --require-sbom dist/shop
		keelson sbom build/bin/shop | grep -q libc6-dev
		cat /etc/debian_version
		sed 's/^/digest /' dist/shop/index.json | grep -o 'sha256:[0-9a-f]*'
		dpkg -r keelson
		[ ! -e /usr/bin/keelson ]
	END
	tests/lab/enter -t "$1" -w "$WORK" bash /keep/try
}

@test "installed in a clean Debian 12 it builds a project" {
	tests/lab/make bookworm
	run try_in bookworm
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output = *$'\n12.'* ]]
	[[ $output = *'the SBOM names them all'* ]]
}

@test "installed in a Debian 13 it builds a project" {
	tests/lab/make strangers
	run try_in strangers
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output = *$'\n13'* ]]
	[[ $output = *'the SBOM names them all'* ]]
}
