# expect.bash - assertions.  Sourced.
#
#   fails COMMAND...          succeed if the command fails; use it instead of
#                             `!`, which `set -e` ignores
#   expect A OPERATOR B       compare as test(1) does; on failure show both

fails() {
	if "$@"; then
		echo "did not fail: $*"
		return 1
	fi
}

expect() {
	if ! test "$1" "$2" "$3"; then
		echo "expected: $1 $2 $3"
		return 1
	fi
}
