# where: host
# The SBOMs of the images that were built: complete, true, and refused when the
# evidence behind them has a hole.  On the machine that built them, for code
# of its own (libgcc) is part of the evidence.
bats_require_minimum_version 1.5.0

NAMES='static checkpoint-agent kube-proxy-mini pause'
HERE=$PWD
KEELSON=$HERE/build/bin/keelson

# The layers of dist/NAME, one over the other.
unpack() { # NAME DIR
	local layout=$HERE/dist/$1 blobs layer manifest
	blobs=$layout/blobs/sha256
	manifest=$(jq -r '[.manifests[] | select(.annotations != null)
		| select(.annotations."org.opencontainers.image.ref.name")
		][0].digest' "$layout/index.json")
	[ "$(jq -r .mediaType "$blobs/${manifest#*:}")" != \
		application/vnd.oci.image.index.v1+json ] ||
		manifest=$(jq -r '.manifests[0].digest' "$blobs/${manifest#*:}")
	mkdir -p "$2"
	for layer in $(jq -r '.layers[].digest' "$blobs/${manifest#*:}"); do
		tar -C "$2" -xf "$blobs/${layer#*:}"
	done
}

setup_file() {
	for name in $NAMES; do
		unpack "$name" "$WORK/$name"
	done
	# a project that may be damaged: links to the real one, evidence copied
	mkdir -p "$WORK/root/build"
	for part in "$HERE"/*; do
		[ "$part" = "$HERE/build" ] || ln -s "$part" "$WORK/root/"
	done
	for part in work sysroot obj; do
		ln -s "$HERE/build/$part" "$WORK/root/build/"
	done
}

setup() {
	. "$HERE/tests/lib/expect.bash"
	cd "$WORK" || return
	rm -rf root/build/evidence
}

sbom_of() {
	echo "$HERE/dist/$1.spdx.json"
}

report_of() { # PROGRAM: as JSON
	"$KEELSON" sbom --root "$HERE" --json "$HERE/build/bin/$1"
}

# Files of an image as `SHA1 SHA256 ./PATH`; a link counts as its target.
files_there() {
	cd "$WORK/$1" || return
	find . \( -type f -o -type l \) ! -path ./usr/share/sbom/\* |
		while read -r path; do
		if [ -L "$path" ]; then
			readlink -n "$path" >../target
		else
			cp "$path" ../target
		fi
		printf '%s %s %s\n' "$(sha1sum <../target | cut -c1-40)" \
			"$(sha256sum <../target | cut -c1-64)" "$path"
	done | LC_ALL=C sort -k 3
	cd ..
}

files_listed() {
	jq -r '([.relationships[] | select(.spdxElementId == "SPDXRef-Image"
		and .relationshipType == "CONTAINS")
		| {(.relatedSpdxElement): true}] | add) as $in
		| .files[] | select($in[.SPDXID])
		| [(.checksums[] | select(.algorithm == "SHA1").checksumValue),
		(.checksums[] | select(.algorithm == "SHA256").checksumValue),
		.fileName] | join(" ")' "$(sbom_of "$1")" |
		LC_ALL=C sort -k 3
}

@test "each SBOM lists every file of its image with its digests, and no other" {
	for name in $NAMES; do
		files_there "$name" >there
		files_listed "$name" >listed
		[ -s there ]
		diff there listed
	done
}

@test "each verification code is that of SPDX 2.3 7.9" {
	for name in $NAMES; do
		code=$(files_listed "$name" | cut -d' ' -f1 | LC_ALL=C sort |
			tr -d '\n' | sha1sum | cut -c1-40)
		said=$(jq -r '.packages[]
			| select(.SPDXID == "SPDXRef-Image")
			.packageVerificationCode.packageVerificationCodeValue' \
			"$(sbom_of "$name")")
		expect "$said" = "$code"
	done
}

@test "the SBOM in an image is the one beside it" {
	for name in $NAMES; do
		cmp "$(sbom_of "$name")" "$name/usr/share/sbom/$name.spdx.json"
	done
}

# The map of a program: that of the last link which put it out.
map_of() {
	local hash
	hash=$(sha256sum <"$HERE/build/bin/debug/$1" | cut -c1-64)
	(cd "$HERE/build/evidence" && jq -r 'select(.ev == "link"
		and .output.sha256 == "'"$hash"'")
		| .name + "/maps/" + .map + ".map"' ./*/events.jsonl) |
		tail -n 1
}

@test "members linked are those of the map, members there those of ar" {
	libc=$HERE/build/sysroot/lib/libc.a
	for program in pause kube-proxy-mini keelson; do
		report_of "$program" | jq '.linked[]
			| select(.name == "libc.a")' >report
		taken=$(sed '/^Linker script/,$d' \
			"$HERE/build/evidence/$(map_of "$program")" |
			grep -c '^[^ ]*libc\.a([^)]*)')
		expect "$(jq .linked report)" -eq "$taken"
		expect "$(jq .members report)" -eq "$(ar t "$libc" | wc -l)"
	done
}

@test "the bytes add up to the sections in memory" {
	for program in checkpoint-agent kube-proxy-mini pause keelson criu; do
		said=$(report_of "$program" | jq .bytes)
		there=$(size -A "$HERE/build/bin/$program" |
			awk 'NF == 3 && $3 > 0 { n += $2 } END { print n }')
		echo "$program: $said of $there"
		# the rest is what the linker fills gaps with
		expect "$said" -le "$there"
		expect "$said" -gt $((there * 97 / 100))
	done
}

@test "CRIU: the counts are those of a CRIU, its patch of ours is named" {
	report_of criu | jq '[.linked[] | {(.name): .linked}] | add' >linked
	expect "$(jq '."libc.a"' linked)" -gt 350
	expect "$(jq '."libc.a"' linked)" -lt 450
	expect "$(jq '."libnl-3.a"' linked)" -eq 15
	expect "$(jq '."libnet.a"' linked)" -eq 11
	jq -e '.files[] | select(.fileName | test("/patches/criu/"))' \
		"$(sbom_of checkpoint-agent)"
}

@test "each package in an image has a purl, a digest and a licence" {
	for name in $NAMES; do
		jq '([.relationships[] | select(.relationshipType == "CONTAINS")
			| {(.relatedSpdxElement): true}] | add) as $in
			| .packages[] | select($in[.SPDXID])
			| select(.SPDXID | startswith("SPDXRef-Source-"))' \
			"$(sbom_of "$name")" >inside
		bad=$(jq -r 'select((.externalRefs[0].referenceType != "purl")
			or (.externalRefs[0].referenceLocator
			| startswith("pkg:deb/debian/") | not)
			or (.checksums | length) != 1
			or .licenseConcluded == "NOASSERTION").name' inside)
		expect "$bad" = ""
	done
}

@test "a scanner finds no purl of what is not in the image" {
	for name in $NAMES; do
		found=$(jq -r '.packages[] | select(.externalRefs != null)
			| select(.externalRefs[0].referenceType == "purl").name' \
			"$(sbom_of "$name")")
		for package in linux-libc-dev gcc-12 cpp-12 dash; do
			fails grep -qx "$package" <<<"$found"
		done
	done
}

@test "no path of the machine that built it is in an SBOM" {
	for name in $NAMES; do
		fails grep -F "$HERE" "$(sbom_of "$name")"
		fails grep -E '"[^"]*(/home/|/tmp/)[^"]*"' "$(sbom_of "$name")"
	done
}

# ---- holes ------------------------------------------------------------------

damage() { # a copy of the evidence to be damaged
	cp -r "$HERE/build/evidence" root/build/evidence
}

refused() { # WORDS
	run "$KEELSON" sbom --root root "$HERE/build/bin/pause"
	echo "$output"
	expect "$status" -eq 1
	[[ $output == *"$1"* ]]
}

@test "without damage, the copy gives the same report" {
	damage
	"$KEELSON" sbom --root root "$HERE/build/bin/pause" >one
	"$KEELSON" sbom --root "$HERE" "$HERE/build/bin/pause" >two
	cmp one two
}

@test "an event deleted: the object is named as an orphan" {
	damage
	sed -i '/"output":{"path":"build.work.musl.musl.obj.crt.rcrt1.o"/d' \
		root/build/evidence/musl/events.jsonl
	refused 'orphan: '
}

@test "a header that was not unpacked so: it is named as an orphan" {
	damage
	sed -i '/src.internal.libc.h"/d' root/build/evidence/musl/manifest.jsonl
	refused 'orphan: build/work/musl/musl/src/internal/libc.h'
}

@test "two members swapped: the library is not what was linked" {
	damage
	rm root/build/sysroot
	mkdir root/build/sysroot swapped
	cp -r "$HERE/build/sysroot/lib" root/build/sysroot/
	(cd swapped && ar x ../root/build/sysroot/lib/libc.a exit.lo abort.lo)
	mv swapped/exit.lo swapped/x
	mv swapped/abort.lo swapped/exit.lo
	mv swapped/x swapped/abort.lo
	ar rs root/build/sysroot/lib/libc.a swapped/exit.lo swapped/abort.lo
	refused 'libc.a was changed since it was linked'
	rm -r root/build/sysroot
	ln -s "$HERE/build/sysroot" root/build/
}

@test "a program that was not built here is refused" {
	run "$KEELSON" sbom --root "$HERE" /usr/bin/true
	expect "$status" -eq 1
	[[ $output == *"no recorded link"* ]]
}
