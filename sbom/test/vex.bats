#!/usr/bin/env bats
# keelson vex and audit: on the images that were built, checked with nm and the linker's
# map; and on a program of strangers, whose verdict a link flips.
# where: host
# area: sbom static-build
bats_require_minimum_version 1.5.0

HERE=$PWD
KEELSON=$HERE/build/bin/keelson

setup() {
	. "$HERE/tests/lib/expect.bash"
	cd "$BATS_TEST_TMPDIR" || return
}

vex() { # ARGUMENT...
	(cd "$HERE" && "$KEELSON" vex "$@")
}

@test "every ground of an image holds by nm and by the map" {
	vex -f openvex dist/checkpoint-agent >vex.json
	jq -r '.statements[] | .status as $s | .status_notes
		| split(". ")[] | $s + " " + .' vex.json >grounds
	# a function that is in the program: where nm says, as large
	grep ' in the program at ' grounds >there
	[ "$(wc -l <there)" -gt 2 ]
	while read -r status program _ _ name _ _ _ _ _ _ address bytes _; do
		expect "$status" = fixed
		program=$(basename "${program%:}")
		# several static functions may have one name
		nm -S "$HERE/build/bin/debug/$program" |
			awk -v name="$name" '$4 == name {
				print "0x" $1, "0x" $2 }' |
			xargs -n 2 printf '%d %d\n' |
			grep -qx "$(printf '%d %d' "${address%,}" "$bytes")"
	done <there
	# a source of which there is no object: no row of the map is from it
	grep -q '^not_affected .*src/locale/iconv.c: no object' grounds
	fails grep -q '(iconv.lo)' "$(map_of checkpoint-agent)"
	fails grep -q '(iconv.lo)' "$(map_of criu)"
	# nothing is said to be affected, for every patch was applied
	expect "$(jq '[.statements[] | select(.status == "affected"
		or .status == "under_investigation")] | length' vex.json)" -eq 0
}

# The map of a program.
map_of() {
	local hash
	hash=$(sha256sum <"$HERE/build/bin/debug/$1" | cut -c1-64)
	jq -r 'select(.ev == "link" and .output.sha256 == "'"$hash"'")
		| "'"$HERE"'/build/evidence/" + .name + "/maps/" + .map
		+ ".map"' "$HERE"/build/evidence/*/events.jsonl | tail -n 1
}

@test "the document beside an image is about that image, and can be repeated" {
	for name in pause kube-proxy-mini checkpoint-agent; do
		digest=$(jq -r '.manifests[0].digest' \
			"$HERE/dist/$name/index.json")
		expect "$(jq -r '[.statements[].products[0]."@id"] | unique[]' \
			"$HERE/dist/$name.openvex.json")" = \
			"pkg:oci/$name@${digest/:/%3A}"
		vex -f openvex "dist/$name" | cmp - "$HERE/dist/$name.openvex.json"
	done
	# each statement names the command that finds it again
	command=$(jq -r '.statements[0].status_notes' \
		"$HERE/dist/pause.openvex.json" | sed 's/.*Found by: keelson //')
	(cd "$HERE" && $KEELSON $command) >again
	grep -q "^$(jq -r '.statements[0] | .vulnerability.name + " *" +
		.status' "$HERE/dist/pause.openvex.json")" again
}

@test "all formats say the same" {
	vex -f openvex dist/checkpoint-agent | jq -r '.statements[]
		| .vulnerability.name + " " + .status' >openvex
	vex -f csaf --namespace https://example.org dist/checkpoint-agent |
		jq -r '.vulnerabilities[] | .cve + " " +
		(.product_status | keys[]
		| ltrimstr("known_"))' | cmp - openvex
	vex -f cyclonedx dist/checkpoint-agent | jq -r '.vulnerabilities[]
		| .id + " " + (.analysis.state
		| if . == "resolved" then "fixed" else . end)' | cmp - openvex
	vex dist/checkpoint-agent.tar | awk '/^CVE-/ { print $1, $2 }' |
		cmp - openvex
}

@test "what is asked wrongly is refused" {
	run -2 vex -f vex dist/pause
	[[ $output == *"not table, openvex, csaf or cyclonedx"* ]]
	run -2 vex -f csaf --namespace example.org dist/pause
	[[ $output == *"--namespace"* ]]
	run -2 vex --cve 2024-1 dist/pause
	[[ $output == *"not CVE-YEAR-NUMBER"* ]]
	run -1 vex --cve CVE-2099-9999 dist/pause
	[[ $output == *"bring its patch with --patch"* ]]
	run -1 vex -f openvex dist/static
	[[ $output == *"nothing to state"* ]]
	run -1 vex -f openvex --patch CVE-2099-9999="$HERE/README.md" dist/pause
	[[ $output == *"fits no source"* ]]
}

# ---- a build of others --------------------------------------------------------

# lib.c has a function that is used and one that is not, which uses a static
# one; a macro; a function that is inlined.  fix.NAME changes each.
make_demo() { # FUNCTION that main calls
	mkdir -p demo && cd demo || return
	cat >lib.h <<-'END'
	int used(int a);
	int risky(int a);
	static inline int low(int a) { return a & 15; }
	END
	cat >lib.c <<-'END'
	#include "lib.h"
	#define STEP 3
	static __attribute__((noinline)) int deep(int a)
	{
		return a * 1234567;
	}
	int used(int a)
	{
		return low(a) + STEP;
	}
	int risky(int a)
	{
		return deep(a) + STEP * a;
	}
	END
	printf '#include "lib.h"\nint main(int n, char **v) { %s }\n' \
		"(void)v; return $1(n);" >main.c
	"$KEELSON" record -- sh -c "cc -O2 -ffunction-sections -c lib.c main.c &&
		ar rc liblib.a lib.o &&
		cc -Wl,--gc-sections -o prog main.o liblib.a" >/dev/null
}

patch_of() { # NAME FILE SED
	mkdir -p a b
	cp "$2" a/ && sed "$3" "$2" >"b/$2"
	diff -u "a/$2" "b/$2" >"fix.$1" || :
	rm -r a b
}

make_patches() {
	patch_of deep lib.c 's/1234567/7/'
	patch_of risky lib.c 's/deep(a) + STEP/deep(a \& 7) + STEP/'
	patch_of used lib.c 's/low(a) +/low(a) -/'
	patch_of macro lib.c 's/STEP 3/STEP 4/'
	patch_of header lib.h 's/15/7/'
}

verdict() { # NAME
	"$KEELSON" vex --patch "CVE-2099-0001=fix.$1" prog |
		awk '/^CVE-/ { print $2 }'
}

@test "a link flips the verdict, and so does the patch" {
	make_demo used
	make_patches
	expect "$(verdict risky)" = not_affected
	expect "$(verdict deep)" = not_affected
	expect "$(verdict used)" = affected
	expect "$(verdict macro)" = under_investigation
	expect "$(verdict header)" = under_investigation
	cd .. && rm -rf demo
	make_demo risky
	make_patches
	expect "$(verdict risky)" = affected
	expect "$(verdict deep)" = affected
	expect "$(verdict used)" = not_affected
	# the same patch, applied before the build
	patch -s <fix.risky
	rm -rf .keelson
	"$KEELSON" record -- sh -c "cc -O2 -ffunction-sections -c lib.c main.c &&
		ar rc liblib.a lib.o &&
		cc -Wl,--gc-sections -o prog main.o liblib.a" >/dev/null
	expect "$(verdict risky)" = fixed
	expect "$(verdict deep)" = affected
}

@test "a dropped function that was inlined elsewhere is not said to be gone" {
	mkdir demo && cd demo
	cat >lib.c <<-'END'
	int small(int a) { return a * 77; }
	int used(int a) { return small(a) + 1; }
	END
	echo 'int used(int); int main(int n, char **v) {
		(void)v; return used(n); }' >main.c
	"$KEELSON" record -- sh -c "cc -O2 -ffunction-sections -c lib.c main.c &&
		cc -Wl,--gc-sections -o prog main.o lib.o" >/dev/null
	fails grep -w small <(nm prog)
	patch_of small lib.c 's/77/78/'
	expect "$(verdict small)" = under_investigation
	"$KEELSON" vex --patch CVE-2099-0001=fix.small prog |
		grep -q 'but used names it and may have it inlined'
}

@test "what cannot be cut into functions is looked into, not said to be absent" {
	mkdir demo && cd demo
	printf '%s\n' 'int unused(int a) { return a + 6; }' >gone.c
	printf '%s\n' '.globl quick' 'quick: mov $5, %eax' ' ret' >quick.S
	printf '%s\n' 'int step(int a) { return a * 77; }' >step.c
	printf '%s\n' '#define step same' '#include "step.c"' \
		'int used(int a) { return same(a) + 1; }' >all.c
	printf '%s\n' 'int quick(void); int used(int);' '#define GO(f) int f(void) { \' \
		'	return used(quick()); }' 'GO(go_on);' 'int other(int);' \
		'int main(void) { return go_on(); }' >main.c
	"$KEELSON" record -- sh -c "cc -O2 -ffunction-sections -c all.c step.c \
		gone.c main.c quick.S &&
		cc -Wl,--gc-sections -o prog main.o all.o step.o gone.o \
			quick.o" >/dev/null
	# assembler, beside C of which nothing is left
	patch_of gone gone.c 's/6/7/'
	expect "$(verdict gone)" = not_affected
	patch_of quick quick.S 's/5/6/'
	cat fix.gone >>fix.quick
	expect "$(verdict quick)" = under_investigation
	# compiled by itself, and dropped; and within another source
	patch_of step step.c 's/77/78/'
	expect "$(verdict step)" = under_investigation
	# a macro's use looks like a declaration
	patch_of go_on main.c 's/GO(go_on)/GO(go_off)/'
	sed -n '/^@@/,$p' fix.go_on | grep -q '^-GO(go_on);'
	"$KEELSON" vex --patch CVE-2099-0001=fix.go_on prog >out
	grep -q "changes GO in main.c: a declaration, or a macro's use" out
	expect "$(verdict go_on)" = under_investigation
	# the same, applied: it is in the source
	cp fix.quick fix.asm && patch -s <fix.asm
	rm -rf .keelson
	"$KEELSON" record -- sh -c "cc -O2 -ffunction-sections -c all.c step.c \
		gone.c main.c quick.S &&
		cc -Wl,--gc-sections -o prog main.o all.o step.o gone.o \
			quick.o" >/dev/null
	expect "$(verdict asm)" = fixed
}

@test "a program of an image without evidence keeps every CVE open" {
	make_demo used
	make_patches
	expect "$(verdict risky)" = not_affected
	# this evidence knows nothing of what is in the image
	"$KEELSON" vex --patch CVE-2099-0001=fix.risky --cve CVE-2099-0001 \
		"$HERE/dist/pause" >out
	grep -q '^CVE-2099-0001 *under_investigation' out
	grep -q '1 program has no evidence' out
	tail -n 1 out | grep -q '^1 of its programs or libraries'
	echo '{"vulns": []}' >feed.json
	run -0 "$KEELSON" audit --feed feed.json prog
	run -1 "$KEELSON" audit --json --feed feed.json "$HERE/dist/pause"
	jq -e '.remaining == 0 and .unknown_programs == 1' <<<"$output"
	run -1 "$KEELSON" audit --feed feed.json "$HERE/dist/pause"
	[[ $output == *"0 remain"*"1 of its programs or libraries have no"* ]]
}

# ---- audit ------------------------------------------------------------------

# A feed of Debian's tracker: CVEs that are open in a suite.
tracker() { # PACKAGE SUITE CVE...
	local package=$1 suite=$2
	shift 2
	printf '%s\n' "$@" | jq -nR --arg p "$package" --arg s "$suite" \
		'{($p): ([inputs | {(.): {releases: {($s): {status: "open"}}}}]
		| add)}'
}

@test "audit: what was patched or left out does not remain, the rest does" {
	tracker musl trixie CVE-2025-26519 CVE-2026-40200 CVE-2099-0001 >feed.json
	run -1 "$KEELSON" audit --root "$HERE" --json --feed feed.json \
		"$HERE/dist/kube-proxy-mini"
	jq -e '.matched == 3 and .remaining == 1' <<<"$output"
	expect "$(jq -r '.findings[] | .cve + " " + .status' <<<"$output")" = \
		"CVE-2099-0001 by_version"
	run -1 "$KEELSON" audit --root "$HERE" --all --feed feed.json \
		"$HERE/dist/kube-proxy-mini"
	[[ $output == *"CVE-2025-26519   not_affected"* ]]
	[[ $output == *"CVE-2026-40200   fixed"* ]]
	# a package that is linked nowhere matches nothing: exit 0 for CI
	tracker musl bookworm CVE-2099-0001 >feed.json
	tracker libarchive trixie CVE-2099-0002 >other.json
	run -0 "$KEELSON" audit --root "$HERE" --feed feed.json \
		--feed other.json "$HERE/dist/kube-proxy-mini"
	[[ $output == *"0 match by version, 0 remain"* ]]
}

@test "audit: a link flips the verdict of an advisory" {
	for function in used risky; do
		make_demo "$function"
		make_patches
		mkdir feeds
		jq -n '{vulnerabilities: [{cve: {id: "CVE-2099-0001",
			configurations: [{nodes: [{cpeMatch: [{vulnerable: true,
			criteria: "cpe:2.3:a:x:demo:*:*:*:*:*:*:*:*"}]}]}]}}]}' \
			>feeds/nvd.json
		run "$KEELSON" audit --feed feeds --sarif \
			--patch CVE-2099-0001=fix.risky prog
		jq -r '.runs[0].results[] | .ruleId + " " + .level' \
			<<<"$output" >"../$function"
		echo "$status" >>"../$function"
		cd .. && rm -rf demo
	done
	expect "$(cat used)" = 0
	expect "$(cat risky)" = "CVE-2099-0001 error
1"
}

@test "audit: ten thousand advisories, and what is no feed" {
	jq -n '[range(10000) | {id: "CVE-2099-\(. + 10000)", affected: [
		{package: {name: (if . % 1000 == 0 then "musl"
		else "p\(.)" end), ecosystem: "Debian:13"}, ranges: [
		{type: "ECOSYSTEM", events: [{introduced: "0"},
		{fixed: "9"}]}]}]}]' >many.json
	run -1 "$KEELSON" audit --root "$HERE" --json --feed many.json \
		"$HERE/dist/pause"
	jq -e '.advisories == 10000 and .remaining == 10' <<<"$output"
	echo '{}' >none.json
	run -1 "$KEELSON" audit --root "$HERE" --feed none.json \
		"$HERE/dist/pause"
	[[ $output == *"none.json: neither Debian's security tracker nor"* ]]
	run -2 "$KEELSON" audit --root "$HERE" "$HERE/dist/pause"
	[[ $output == *"say --feed"* ]]
}
