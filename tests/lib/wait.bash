# wait.bash - wait for something to become true.  Sourced, not run.
#
#   wait_for SECONDS COMMAND...    until COMMAND succeeds, tried again and again;
#                                  fails, with a word, when it never does;
#                                  as often as SLOWNESS says on machines that
#                                  are that much slower

wait_for() {
	local seconds=$(($1 * ${SLOWNESS:-1}))
	local end=$((${EPOCHREALTIME/./} + seconds * 1000000))
	shift
	while ! "$@" >/dev/null 2>&1; do
		if [ "${EPOCHREALTIME/./}" -gt "$end" ]; then
			echo "waited $seconds s in vain for: $*" >&2
			return 1
		fi
		sleep 0.05
	done
}
