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

@test "the bytes add up to the sections in memory, to the last one" {
	for program in checkpoint-agent kube-proxy-mini pause keelson criu; do
		said=$(report_of "$program" | jq .bytes)
		there=$(size -A "$HERE/build/bin/$program" |
			awk 'NF == 3 && $3 > 0 { n += $2 } END { print n }')
		expect "$program $said" = "$program $there"
	done
}

@test "each byte has the owner that binutils finds, without the map" {
	for program in pause kube-proxy-mini checkpoint-agent criu; do
		python3 "$HERE/sbom/test/rows.py" "$KEELSON" "$HERE" \
			"$HERE/build/bin/$program"
	done
}

@test "of two members of one name each has its own bytes" {
	"$KEELSON" sbom --root "$HERE" --rows "$HERE/build/bin/kube-proxy-mini" \
		>rows
	for member in free.lo realloc.lo; do
		jq --arg name "$member" '[.objects[] | select(.name == $name)
			| .bytes] | sort' rows >bytes
		expect "$(jq length bytes)" -eq 2
		expect "$(jq '.[0]' bytes)" -gt 0
		# the outer function only calls the allocator's
		expect "$(jq '.[1] > 10 * .[0]' bytes)" = true
	done
}

@test "what the linker makes up is not booked to a start file" {
	"$KEELSON" sbom --root "$HERE" --rows "$HERE/build/bin/pause" >rows
	for section in .note.package .got .rela.dyn .dynamic; do
		expect "$(jq -r --arg name "$section" '.sections[]
			| select(.name == $name) | [.rows[].kind] | unique
			| join(" ")' rows)" = linker
	done
}

why() { # WHAT: as JSON
	"$KEELSON" why --root "$HERE" --json "$HERE/build/bin/kube-proxy-mini" \
		"$1" >answer
}

@test "why: from a symbol and an address to the line of the lock" {
	why __libc_free
	expect "$(jq -r '.[0].owners[0] | [.source, .package] | join(" ")' \
		answer)" = "build/work/musl/musl/src/malloc/mallocng/free.c musl"
	line=$(jq '.[0].owners[0].lockLine' answer)
	[[ $(sed -n "${line}p" "$HERE/static-build/sources.lock") == \
		"musl "*"$(jq -r '.[0].owners[0].archive' answer)"* ]]
	address=$(nm "$HERE/build/bin/debug/kube-proxy-mini" |
		awk '$3 == "main" { print "0x" $1 }')
	why "0x$(sed 's/^0x0*//' <<<"$address")"
	expect "$(jq -r '.[0] | [.symbol, .section, .owners[0].package]
		| join(" ")' answer)" = "main .text keelson"
}

@test "why: a file is led to its bytes, what is generated to its source" {
	why src/malloc/mallocng/free.c
	expect "$(jq '[.[0].rows[] | select(.kind == "section") | .size]
		| add' answer)" -eq \
		"$(jq '.[0].bytes' answer)"
	"$KEELSON" why --root "$HERE" --json "$HERE/build/bin/criu" \
		images/core.pb-c.c >answer
	[[ $(jq -r '.[0].generatedFrom[]' answer) == *images/core.proto* ]]
}

# The patch of a CVE, what of it is in a program: checked with the compiler's
# and the linker's own words.
@test "why: a CVE, the patch that fixes it and what it changes" {
	"$KEELSON" why --root "$HERE" --json \
		"$HERE/build/bin/checkpoint-agent" CVE-2026-27135 >answer
	patch=$(jq -r '.[0].patch' answer)
	expect "$patch" = CVE-2026-27135.patch
	file=$HERE/build/work
	file+=/nghttp2/nghttp2/debian/patches/$patch
	expect "$(jq -r '.[0].patchSha256' answer)" = "$(sha256sum <"$file" |
		cut -c1-64)"
	jq -r '.[0].files[0].objects[0].parts[] | [.name, .state,
		(.address | tostring), (.size | tostring)] | join(" ")' \
		answer >parts
	read -r name state address size <parts
	expect "$state" = linked
	grep -q "^+.*iframe->state" "$file"
	expect "$(printf '%016x %016x' "$address" "$size")" = "$(
		nm -S "$HERE/build/bin/debug/checkpoint-agent" |
			awk -v name="$name" '$4 == name { print $1, $2 }')"
	# musl's iconv has two, and no program converts character sets
	"$KEELSON" why --root "$HERE" "$HERE/build/bin/checkpoint-agent" \
		cve-2025-26519 >answer
	expect "$(grep -c '^fixed by .*iconv' answer)" -eq 2
	expect "$(grep -c 'no object is made from it' answer)" -eq 2
	# named by its text alone; the compiler inlined what it changes
	"$KEELSON" why --root "$HERE" "$HERE/build/bin/checkpoint-agent" \
		CVE-2026-40200 >answer
	grep -q '^fixed by 0002-qsort.*, by its text$' answer
	grep -q 'function *pntz: no code of its own' answer
	fails grep -q ' pntz$' <(nm "$HERE/build/bin/debug/checkpoint-agent")
}

@test "why: a CVE that nothing names is said to be unknown, by exit code too" {
	run -1 "$KEELSON" why --root "$HERE" "$HERE/build/bin/pause" \
		CVE-2099-99999
	[[ $output == *"nothing is known about it here"* ]]
}

@test "headers: each is a file with its package, also the machine's" {
	"$KEELSON" sbom --root "$HERE" --files --json "$HERE/build/bin/criu" \
		>files
	expect "$(jq '[.files[] | select(.role == "header")] | length' \
		files)" -eq "$(report_of criu | jq .headers)"
	jq -r '.files[] | select(.ofTheMachine) | [.path, .package, .version,
		.sha256] | join(" ")' files >machine
	[ "$(wc -l <machine)" -gt 2 ]
	while read -r path package version sha256; do
		expect "$(sha256sum <"$path" | cut -c1-64)" = "$sha256"
		command -v dpkg-query >/dev/null || continue
		# a database may know it by the path from before /usr was merged
		expect "$(dpkg-query -S "$path" "${path#/usr}" 2>/dev/null |
			cut -d: -f1 | sort -u)" = "$package"
		expect "$(dpkg-query -W -f '${Version}' "$package")" = \
			"$version"
	done <machine
}

@test "headers: none of the machine's C library is in a program" {
	for program in checkpoint-agent kube-proxy-mini pause keelson criu; do
		"$KEELSON" sbom --root "$HERE" --files \
			"$HERE/build/bin/$program" >files
		fails grep ' /usr/include/' files
	done
}

@test "headers: what one contributed is what addr2line says" {
	"$KEELSON" why --root "$HERE" --json \
		"$HERE/build/bin/kube-proxy-mini" yyjson.h >answer
	jq -r '.[0].readBy[].code[] | [(.address | tostring),
		(.line | tostring)] | join(" ")' answer >code
	[ "$(wc -l <code)" -gt 5 ]
	while read -r address line; do
		said=$(addr2line -e "$HERE/build/bin/debug/kube-proxy-mini" \
			"$(printf '0x%x' "$address")")
		[[ $said == *yyjson.h:$line* ]]
	done <code
	read -r address line <code
	"$KEELSON" why --root "$HERE" "$HERE/build/bin/kube-proxy-mini" \
		"$(printf '0x%x' "$address")" | grep -q \
		"inlined   from build/sysroot/include/yyjson.h, line $line\$"
	# an object without a line table is said to have none
	"$KEELSON" why --root "$HERE" "$HERE/build/bin/pause" \
		src/internal/libc.h | grep -q 'which has no line table'
}

@test "why: what is in no section, no symbol and no file is refused" {
	for what in 0x1 0xffffffffffffffff no_such_symbol nowhere.c; do
		run -1 why "$what"
		[[ $output == *"$what is no address, symbol, object, main"* ]]
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
			| test("^pkg:(deb/debian|generic)/") | not)
			or (.checksums | map(.algorithm)) !=
			["SHA256", "SHA512"]
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

@test "licences are concluded from what is linked and taken" {
	concluded() { # LIST KEY VALUE
		jq -r --arg value "$3" ".$1[] | select(.$2 == \$value)
			.licenseConcluded" "$(sbom_of "$image")"
	}
	image=checkpoint-agent
	# musl-fts (BSD-3-Clause) is in no image
	expect "$(concluded packages name libc.a)" = MIT
	[[ $(concluded packages name musl) != *BSD* ]]
	[[ $(jq -r '.packages[] | select(.name == "musl").licenseDeclared' \
		"$(sbom_of "$image")") == *BSD-3-Clause* ]]
	# util-linux is BSD-3-Clause by its line in the lock
	md5=$(jq -r '.files[].fileName | select(endswith("/lib/md5.c"))' \
		"$(sbom_of "$image")")
	expect "$(concluded files fileName "$md5")" = LicenseRef-public-domain
	image=static
	expect "$(concluded files fileName \
		./etc/ssl/certs/ca-certificates.crt)" = MPL-2.0
}

@test "the tables print the licences that the documents conclude" {
	{ report_of checkpoint-agent; report_of criu; } | jq -r '.linked[]
		| .name + " " + .licence' >said
	for name in libc.a libarchive.a liblzma.a libuuid.a libnet.a; do
		grep "^$name " said | sort -u >one
		expect "$(cat one)" = "$name $(jq -r --arg name "$name" \
			'.packages[] | select(.name == $name)
			| .licenseConcluded' "$(sbom_of checkpoint-agent)")"
	done
	expect "$(grep '^libc.a ' said | sort -u)" = "libc.a MIT"
	"$KEELSON" why --root "$HERE" "$HERE/build/bin/criu" lib/md5.c >answer
	grep -q '^  licence   LicenseRef-public-domain$' answer
}

@test "what was generated says from what and by what, not out of an archive" {
	jq '[.files[] | select(.comment // "" | startswith("generated by"))
		| .SPDXID] as $made
		| {made: ($made | length),
		from: [.relationships[] | select(.relationshipType ==
			"GENERATED_FROM") | select(.spdxElementId as $id
			| $made | any(. == $id)) | .spdxElementId] | unique
			| length,
		unpacked: [.relationships[] | select(.relationshipType ==
			"EXPANDED_FROM_ARCHIVE") | select(.spdxElementId as $id
			| $made | any(. == $id))] | length}' \
		"$(sbom_of checkpoint-agent)" >generated
	expect "$(jq .made generated)" -gt 70
	expect "$(jq .from generated)" -eq "$(jq .made generated)"
	expect "$(jq .unpacked generated)" -eq 0
	jq -e '.files[] | select(.fileName | endswith("/images/core.pb-c.c"))
		| select(.comment == "generated by protoc")' \
		"$(sbom_of checkpoint-agent)"
}

@test "tools of the building machine are in the report, not in the image" {
	for name in $NAMES; do
		jq -r '.packages[].name' "$(sbom_of "$name")" >packages
		for tool in dash cpp-12 gcc-12 make patch sed; do
			fails grep -qx "$tool" packages
		done
	done
	report_of criu | jq -r '.tools[].package' >tools
	for tool in protobuf-c-compiler protobuf-compiler make; do
		grep -qx "$tool" tools
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

@test "an object touched: it is named" {
	damage
	rm root/build/obj
	cp -r "$HERE/build/obj" root/build/
	printf x >>root/build/obj/pause/pause.o
	refused 'build/obj/pause/pause.o has changed since it was linked'
	rm -r root/build/obj
	ln -s "$HERE/build/obj" root/build/
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
	refused 'libc.a has changed since it was linked'
	rm -r root/build/sysroot
	ln -s "$HERE/build/sysroot" root/build/
}

@test "a program that was not built here is refused" {
	run "$KEELSON" sbom --root "$HERE" /usr/bin/true
	expect "$status" -eq 1
	[[ $output == *"no recorded link"* ]]
}
