# expect.bash - words that tests say what they expect with.  Sourced.
#
#   fails COMMAND...          true when the command fails; `!` would be
#                             ignored by a shell that stops at errors
#   expect A OPERATOR B       compare numbers or texts, show both if not so

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
