#!/usr/bin/env bats
# lock: lib/lock.awk keeps the rules that all readers of sources.lock have.
# where: host
bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_DIRNAME/.." || return
	lock=$BATS_TEST_TMPDIR/lock
	hash=$(printf '%064d' 7)
}

# Run the reader over the lock of a case; compare with what must happen.
try() { # EXPECTED, as in lock.cases
	local line=${1%% *} text=${1#* }
	run --separate-stderr awk -f lib/lock.awk "$lock"
	if [ "$1" = ok ]; then
		[ "$status" -eq 0 ]
	else
		[ "$status" -eq 2 ] && [[ $stderr == "$lock:$line: "* ]] &&
			[[ $stderr == *"$text"* ]]
	fi || {
		printf '%s\n' "expected: $1" "status $status: $stderr"
		return 1
	}
}

@test "every case of lock.cases is taken or refused as it says" {
	local count=0 expected='' line
	while IFS= read -r line; do
		case $line in
		'== '*)
			[ -z "$expected" ] || try "$expected"
			expected=${line#*: }
			count=$((count + 1))
			: > "$lock"
			;;
		*) [ -z "$expected" ] || printf '%s\n' "${line//HASH/$hash}" \
			>> "$lock" ;;
		esac
	done < test/lock.cases
	try "$expected"
	[ "$count" -ge 30 ]
}

@test "files of some packages only; a package that is not there is named" {
	printf '%s\n' "a 1 sid pool/a 1 $hash source MIT" \
		"b 1 sid pool/b 2 $hash source MIT" > "$lock"
	run -0 awk -v packages=b -f lib/lock.awk "$lock"
	[ "$output" = "b 2 $hash pool/b b source" ]
	run -2 awk -v packages='b c' -f lib/lock.awk "$lock"
	[[ $output == *'no package c'* ]]
}
