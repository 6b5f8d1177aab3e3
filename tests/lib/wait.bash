# wait.bash - wait for something to become true.  Sourced, not run.
#
#   wait_for SECONDS COMMAND...    until COMMAND succeeds, 20 times a second;
#                                  fails, with a word, when it never does

wait_for() {
	local seconds=$1 left
	shift
	for ((left = seconds * 20; left > 0; left--)); do
		if "$@" >/dev/null 2>&1; then
			return 0
		fi
		sleep 0.05
	done
	echo "waited $seconds s in vain for: $*" >&2
	return 1
}
