#!/usr/bin/env bats
# keelson report: the page of each image and program that was built; what stands
# on it is what the other commands say, and its own commands do what it says.
# How it looks is report_browser.bats.
# where: host
# area: sbom images
bats_require_minimum_version 1.5.0

HERE=$PWD
KEELSON=$HERE/build/bin/keelson

setup() {
	. "$HERE/tests/lib/expect.bash"
	page=$BATS_TEST_TMPDIR/page.html
	want=$BATS_TEST_TMPDIR/want have=$BATS_TEST_TMPDIR/have
}

# Text of the elements `TAG` with class or not, a line each, as a reader's
# parser has it: images/test/page_html.py
text_of() { # PAGE SELECTOR
	python3 "$HERE/images/test/page_html.py" "$@"
}

@test "a page is there for each image, stands alone, and is the same each time" {
	for name in static checkpoint-agent kube-proxy-mini pause; do
		"$KEELSON" report "dist/$name" -o "$page"
		"$KEELSON" report "dist/$name" >"$page.again"
		cmp "$page" "$page.again"
		python3 images/test/page_html.py "$page" check
		expect "$(stat -c %s "$page")" -lt 1000000
		digest=$(jq -r '.manifests[0].digest' "dist/$name/index.json")
		grep -q "<code>$digest</code>" "$page"
	done
}

@test "what it says of packages, patches and CVEs is what other commands say" {
	"$KEELSON" report dist/checkpoint-agent -o "$page"
	# every package of the SBOM that has a source, with its version
	jq -r '.packages[] | select(.SPDXID | test("SPDXRef-(Source|Host)-"))
		| .name + " " + .versionInfo' dist/checkpoint-agent.spdx.json |
		sort >"$want"
	text_of "$page" rows:packages | awk '{ print $1, $2 }' |
		grep -v '^keelson ' | sort >"$have"
	diff "$want" "$have"
	expect "$(cat <(text_of "$page" rows:patches) \
		<(text_of "$page" rows:unused) | wc -l)" -eq "$(jq '[.files[]
		| select(.SPDXID | startswith("SPDXRef-Patch-"))] | length' \
		dist/checkpoint-agent.spdx.json)"
	"$KEELSON" vex dist/checkpoint-agent |
		sed -n 's/^\(CVE-[0-9-]*\) *\([a-z_]*\) .*/\1 \2/p' |
		tr _ ' ' | sort >"$want"
	text_of "$page" verdicts | sort >"$have"
	diff "$want" "$have"
}

@test "the bytes of a program add up to its file, and are those of sbom" {
	"$KEELSON" report build/bin/criu -o "$page"
	expect "$(text_of "$page" parts | awk '{ n += $1 } END { print n }')" \
		-eq "$(stat -c %s build/bin/criu)"
	# of a library that has no memory without bytes in the file
	bytes=$("$KEELSON" sbom --json build/bin/criu | jq '.linked[]
		| select(.name == "libprotobuf-c.a").bytes')
	expect "$(text_of "$page" parts | awk '/protobuf-c\// || /protobuf-c\.c/ {
		n += $1 } END { print n }')" -eq "$bytes"
}

@test "its commands do what the page says" {
	"$KEELSON" report dist/kube-proxy-mini -o "$page"
	text_of "$page" commands >"$have"
	expect "$(wc -l <"$have")" -ge 4
	mkdir -p "$BATS_TEST_TMPDIR/bin"
	ln -sf "$KEELSON" "$BATS_TEST_TMPDIR/bin/keelson"
	while IFS=$'\t' read -r line prints; do
		run -0 env PATH="$BATS_TEST_TMPDIR/bin:$PATH" bash -c "$line" \
			</dev/null
		[ -z "$prints" ] || expect "$output" = "$prints"
	done <"$have"
	"$KEELSON" report build/bin/pause -o "$page"
	text_of "$page" commands >"$have"
	while IFS=$'\t' read -r line prints; do
		run -0 env PATH="$BATS_TEST_TMPDIR/bin:$PATH" bash -c "$line" \
			</dev/null
		[ -z "$prints" ] || expect "$output" = "$prints"
	done <"$have"
}

@test "a stranger with the image alone gets what the image says" {
	cp -r dist/checkpoint-agent "$BATS_TEST_TMPDIR/image"
	cd "$BATS_TEST_TMPDIR"
	"$KEELSON" report image -o page.html
	grep -q 'no recorded evidence' page.html
	text_of page.html rows:packages | grep -q '^musl 1.2.5'
	text_of page.html rows:files | grep -q '^/bin/criu file 0755'
	python3 "$HERE/images/test/page_html.py" page.html check
	# a program is nothing without evidence
	run -1 "$KEELSON" report "$HERE/build/bin/pause" -o other.html
	[[ $output == *"keelson record"* ]]
	[ ! -e other.html ]
}

@test "names that a stranger chose become no markup" {
	cd "$BATS_TEST_TMPDIR"
	mkdir tree
	touch "tree/<script>alert(1)" tree/evil$'\u202e'txt.exe
	tar -C tree --owner=0 --group=0 --mtime=@0 -cf tree.tar .
	python3 "$HERE/images/test/layout.py" tree.tar evil
	jq '.manifests[0].annotations += {
		"org.opencontainers.image.description":
			"</p><script>alert(2)</script>",
		"org.opencontainers.image.version": "\" onload=\"alert(3)",
		"io.containerd.image.name": "a/<img src=x>:1"}' \
		evil/index.json >index.json
	mv index.json evil/
	"$KEELSON" report evil -o page.html
	python3 "$HERE/images/test/page_html.py" page.html check
	grep -q '&lt;script&gt;alert' page.html
	fails grep -q '<script' page.html
	grep -q 'U+202E' page.html
}

@test "signatures are named, with the key that made them" {
	cp -r dist/pause "$BATS_TEST_TMPDIR/image"
	cd "$BATS_TEST_TMPDIR"
	"$KEELSON" report image -o page.html
	grep -q 'no signature beside it' page.html
	"$KEELSON" keygen --no-passphrase key
	"$KEELSON" sign --key key.key image
	"$KEELSON" report image -o page.html
	text_of page.html rows:signatures | grep -q 'not checked'
	"$KEELSON" report --key key.pub image -o page.html
	text_of page.html rows:signatures | grep -q 'key.pub, key [0-9a-f]*'
}

@test "a comparison has what changed, and only that" {
	"$KEELSON" report --diff dist/pause dist/pause.tar -o "$page"
	expect "$(grep -o 'No difference' "$page" | wc -l)" -eq 7
	"$KEELSON" report --diff dist/kube-proxy-mini dist/checkpoint-agent \
		-o "$page"
	python3 images/test/page_html.py "$page" check
	text_of "$page" rows:packages | grep -q '^added criu'
	text_of "$page" rows:cves | grep -q 'CVE-2025-5914 in libarchive'
	text_of "$page" rows:files | grep -q '^removed /bin/kube-proxy-mini'
	run -2 "$KEELSON" report --diff dist/pause
	[[ $output == *"--diff takes two"* ]]
	run -2 "$KEELSON" report dist/pause dist/static
	[[ $output == *"one image or program at a time"* ]]
}
