# where: host
# What licences demand of the images that were built: texts and copyright lines
# in them, sources to offer, a program that can be linked again; and builds that
# break a licence are refused.
bats_require_minimum_version 1.5.0

NAMES='static checkpoint-agent kube-proxy-mini pause'
HERE=$PWD
KEELSON=$HERE/build/bin/keelson

unpack() { # NAME DIR
	local layout=$HERE/dist/$1 manifest layer
	manifest=$(jq -r '[.manifests[] | select(.artifactType == null)
		][0].digest' "$layout/index.json")
	mkdir -p "$2"
	for layer in $(jq -r '.layers[].digest' \
		"$layout/blobs/sha256/${manifest#*:}"); do
		tar -C "$2" -xf "$layout/blobs/sha256/${layer#*:}"
	done
}

setup_file() {
	for name in $NAMES; do
		unpack "$name" "$WORK/$name"
	done
}

setup() {
	. "$HERE/tests/lib/expect.bash"
	cd "$WORK" || return
}

# A project of links to the real one, with another line of a package's licence
# in the lock.
root_with() { # DIR PACKAGE LICENCE
	mkdir -p "$1/static-build"
	for part in "$HERE"/*; do
		[ "$part" = "$HERE/static-build" ] || ln -s "$part" "$1/"
	done
	for part in "$HERE"/static-build/*; do
		ln -s "$part" "$1/static-build/"
	done
	rm "$1/static-build/sources.lock"
	awk -v package="$2" -v licence="$3" '$1 == package {
		print $1, $2, $3, $4, $5, $6, $7, licence; next } { print }' \
		"$HERE/static-build/sources.lock" >"$1/static-build/sources.lock"
}

@test "each image has a copyright file of all that is linked or taken into it" {
	for name in $NAMES; do
		jq -r '.packages[] | select(.externalRefs != null)
			| select(.externalRefs[] | .referenceType == "purl")
			| select(.primaryPackagePurpose == "SOURCE"
				or .primaryPackagePurpose == "ARCHIVE")
			| .name' "$HERE/dist/$name.spdx.json" | sort -u >packages
		echo keelson >>packages
		expect "$(wc -l <packages)" -gt 1
		while read -r package; do
			grep -q '^License: ' \
				"$name/usr/share/doc/$package/copyright"
		done <packages
		fails grep -rl 'not found' "$name/usr/share/doc"
	done
}

@test "no text is pointed to that is not in the image" {
	for name in $NAMES; do
		grep -rhoE '/usr/share/common-licenses/[A-Za-z0-9.-]*[A-Za-z0-9]' \
			"$name/usr/share/doc" | sort -u >named
		(cd "$name" && find usr/share/common-licenses -type f) \
			2>/dev/null | sed 's:^:/:' | sort >there
		cmp named there
	done
	expect "$(tr '\n' ' ' <named)" = "/usr/share/common-licenses/Apache-2.0 "
}

@test "texts are whole, and the words of their authors" {
	cmp "$HERE/build/work/libuuid/util-linux/COPYING" \
		checkpoint-agent/usr/share/common-licenses/GPL-2
	grep -q 'END OF TERMS AND CONDITIONS' \
		checkpoint-agent/usr/share/common-licenses/LGPL-2.1
	cmp <(tr -d '[:space:]' <"$HERE/LICENSE") <(tr -d '[:space:]' \
		<pause/usr/share/common-licenses/Apache-2.0)
	grep -q 'Permission is hereby granted, free of charge' \
		pause/usr/share/doc/musl/copyright
	grep -q 'Rich Felker' pause/usr/share/doc/musl/copyright
	grep -q 'Jean-loup Gailly' kube-proxy-mini/usr/share/doc/zlib/copyright
	grep -q 'Mozilla Public License Version 2.0' \
		static/usr/share/common-licenses/MPL-2.0
}

@test "SBOMs have the copyright lines and the texts that SPDX has no name for" {
	agent=$HERE/dist/checkpoint-agent
	jq -r '.files[] | select(.fileName | endswith("/deflate.c"))
		.copyrightText' $agent.spdx.json | grep 'Gailly'
	jq -r '.packages[] | select(.name == "zlib").copyrightText' \
		$agent.spdx.json | grep 'Gailly'
	jq -r '.hasExtractedLicensingInfos[].extractedText' \
		$agent.spdx.json >texts
	expect "$(wc -c <texts)" -gt 100
	fails grep -q 'The text is in debian/copyright' texts
	jq -r '.. | objects | select(.name? == "zlib")
		| .evidence.copyright[].text' $agent.cdx.json | grep 'Gailly'
	jq -r '.. | objects | select(.name? == "zlib")
		| .evidence.licenses[].license.id' $agent.cdx.json | grep Zlib
	jq -r '."@graph"[] | select(.name == "zlib"
		and .type == "software_Package") | .software_copyrightText' \
		$agent.spdx3.json | grep 'Gailly'
}

@test "the NOTICE beside an image says what the command says of it" {
	for name in $NAMES; do
		"$KEELSON" licences --root "$HERE" --notice \
			"$HERE/dist/$name" >notice
		cmp <(sed -n '/^---- text 1/,$p' notice) \
			<(sed -n '/^---- text 1/,$p' "$HERE/dist/$name.notice.txt")
		"$KEELSON" licences --root "$HERE" --sources \
			"$HERE/dist/$name" >sources
		cmp sources "$HERE/dist/$name.sources.txt"
	done
	expect "$(grep -c -- '^---- text' "$HERE/dist/static.notice.txt")" -ge 2
}

@test "a program is judged as a whole; only the side of an OR in use counts" {
	"$KEELSON" licences --root "$HERE" --json "$HERE/build/bin/criu" \
		"$HERE/build/bin/kube-proxy-mini" >said
	expect "$(jq -r '.[0].programs[0].whole' said)" = GPL-2.0-only
	expect "$(jq -r '.[1].programs[0].whole' said)" = null
	expect "$(jq -r '.[1].parts[] | select(.name == "mbedtls")
		.usedUnder[].id' said)" = Apache-2.0
	expect "$(jq -r '[.[0].parts[] | select(.usedUnder[].duties[]
		== "relink") | .name] | sort | unique | join(" ")' said)" = \
		"criu libnl3"
	# all of a GPL program is offered, nothing of one that has no GPL
	expect "$(jq '[.[0].parts[] | select(.sourceOffered)] | length' said)" \
		-eq 6
	expect "$(jq '[.[1].parts[] | select(.sourceOffered)] | length' said)" \
		-eq 0
	for program in criu pause kube-proxy-mini checkpoint-agent; do
		"$KEELSON" licences --root "$HERE" --check \
			"$HERE/build/bin/$program"
	done
}

@test "sources are offered with the digests of the very files" {
	"$KEELSON" licences --root "$HERE" --sources --json \
		"$HERE/build/bin/criu" | jq -r '.[0].sources[].files[]
		| select(.role != "patch") | .sha256 + "  " + .name' >sums
	grep -q criu_ sums
	grep -q 'libnl3_.*debian.tar' sums
	(cd "$HERE/build/sources" && sha256sum --quiet -c "$WORK/sums")
	"$KEELSON" licences --root "$HERE" --sources --json \
		"$HERE/build/bin/criu" | jq -r '.[0].sources[].files[]
		| select(.role == "patch") | .sha256 + "  " + .name' >sums
	(cd "$HERE" && sha256sum --quiet -c "$WORK/sums")
	grep -q 'url.*https://' "$HERE/dist/checkpoint-agent.sources.txt"
}

@test "an image with licences that exclude each other is refused, with the chain" {
	root_with conflict libnet Apache-2.0
	cd conflict
	run -1 "$KEELSON" image build --out out images/checkpoint-agent.yaml
	echo "$output"
	[[ $output == *"exclude each other"* ]]
	[[ $output == *"of libnet.a <- source libnet-1.3"* ]]
	[[ $output == *"<- libnet "*", line "*" of the lock"* ]]
	[[ $output == *GPL-2.0-only* && $output == *Apache-2.0* ]]
	[ ! -e out/checkpoint-agent ]
	run -1 "$KEELSON" licences --check "$HERE/build/bin/criu"
	[[ $output == *"conflict: "*criu* ]]
	[[ $output == *"<- member "*" of libnet.a"* ]]
}

@test "an image whose licence has no text is refused, with the chain" {
	root_with missing libnet ISC
	cd missing
	run -1 "$KEELSON" image build --out out images/checkpoint-agent.yaml
	echo "$output"
	[[ $output == *"libnet "*": the text of ISC has to go along"* ]]
	[[ $output == *"<- member "*" of libnet.a <- source libnet-"* ]]
	[ ! -e out/checkpoint-agent ]
}

@test "a licence without a rule is told by --check and stops no build" {
	root_with unknown libnet LicenseRef-mine
	cd unknown
	run -1 "$KEELSON" licences --check "$HERE/build/bin/criu"
	[[ $output == *"no rule says what LicenseRef-mine demands"* ]]
	"$KEELSON" image build --out out images/pause.yaml
}

@test "of a program that others built, tags are enough to find a conflict" {
	mkdir -p theirs && cd theirs
	printf '// SPDX-License-Identifier: GPL-2.0-only\n%s\n' \
		'int f(void); int main(void) { return f(); }' >main.c
	printf '/* SPDX-License-Identifier: Apache-2.0 */\n%s\n' \
		'int f(void) { return 0; }' >f.c
	"$KEELSON" record -- gcc -o prog main.c f.c
	run -1 "$KEELSON" licences --check prog
	echo "$output"
	[[ $output == *"conflict: prog"*Apache-2.0*f.c* ]]
	[[ $output == *"conflict: prog"*GPL-2.0-only*main.c* ]]
	sed -i '1s:Apache-2.0:Apache-2.0 OR GPL-2.0-or-later:' f.c
	"$KEELSON" record -- gcc -o prog main.c f.c
	run "$KEELSON" licences --check prog
	[[ $output != *conflict* ]]
}

@test "a text is the one nearest to the file, in a build of others" {
	cd "$BATS_TEST_TMPDIR" && mkdir third
	text='Permission is hereby granted, free of charge, to any person'
	printf 'Copyright 2001 Afar\n\n%s\n' "$text" >LICENSE
	printf 'Copyright 2002 Near\n\n%s\n' "$text" >third/COPYING
	printf '// SPDX-License-Identifier: MIT\nint f(void){return 0;}\n' \
		>third/f.c
	echo 'int f(void);int main(void){return f();}' >main.c
	"$KEELSON" record -- gcc -o prog main.c third/f.c
	"$KEELSON" licences --notice prog >notice
	grep -q '^---- text 1: MIT, from third/COPYING$' notice
	grep -q '^Copyright 2002 Near$' notice
	fails grep -q Afar notice
}

# ---- relinking ---------------------------------------------------------------

@test "a program is linked again: the same, then with a changed library" {
	"$KEELSON" relink --root "$HERE" -o kit "$HERE/build/bin/criu"
	make -s -C kit relink
	cmp kit/criu "$HERE/build/bin/criu"

	# what a user changes: a function that says so when the program starts
	mkdir changed
	cp kit/lib/libnl-3.a changed/
	cp "$HERE/build/work/libnl3/libnl3/lib/attr.c" attr.c
	cat >>attr.c <<'C'
#include <unistd.h>
__attribute__((constructor)) static void changed(void)
{
	static const char text[] = "a changed libnl speaks\n";

	(void)!write(2, text, sizeof(text) - 1);
}
C
	member=$(ar t changed/libnl-3.a | grep -w attr)
	(cd "$HERE/build/work/libnl3/libnl3" && gcc -c -Os -fPIE -Iinclude \
		-Iinclude/linux-private -D_GNU_SOURCE -DHAVE_STRERROR_L=1 \
		-DHAVE_LITTLE_ENDIAN '-DSYSCONFDIR="/etc/libnl"' -nostdinc \
		-isystem "$HERE/build/sysroot/include" \
		-isystem "$(gcc -print-file-name=include)" \
		-o "$WORK/$member" "$WORK/attr.c")
	ar r changed/libnl-3.a "$member"
	fails sh -c "kit/criu --version 2>&1 | grep 'a changed libnl speaks'"
	make -s -C kit relink REPLACE="$WORK/changed"
	kit/criu --version 2>&1 | grep 'a changed libnl speaks'
	kit/criu --version | grep -i version
}
