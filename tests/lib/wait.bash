# wait.bash - wait for something to become true.  Sourced, not run.
#
#   wait_for COMMAND...          repeat COMMAND every 50 ms until it succeeds.
#                                After a minute, print a message and fail: that
#                                is a guard against hanging, not a statement
#                                about speed
#   wait_for SECONDS COMMAND...  the same for what needs more than a minute
#   within SECONDS COMMAND...    wait for COMMAND, and fail if that took longer
#                                than SECONDS: for what the program promises.
#                                SECONDS lies near the time that the failure
#                                would take, not near the usual time
#
#   number_from COMMAND...       wait until COMMAND prints a number above zero,
#                                and print it: the first one that a restored
#                                program says shows whether it remembers
#
# SLOWNESS, which the lab sets on slow machines, multiplies the limits of
# wait_for, up to 240 seconds: a test should fail before its own limit of 300.

WAIT_LIMIT_S=60
WAIT_LIMIT_MAX_S=240

wait_for() { # [SECONDS] COMMAND...
	local seconds=$WAIT_LIMIT_S end
	if [[ $1 =~ ^[0-9]+$ ]]; then
		seconds=$(($1 > WAIT_LIMIT_S ? $1 : WAIT_LIMIT_S))
		shift
	fi
	seconds=$((seconds * ${SLOWNESS:-1}))
	seconds=$((seconds < WAIT_LIMIT_MAX_S ? seconds : WAIT_LIMIT_MAX_S))
	end=$((SECONDS + seconds))
	while ! "$@" >/dev/null 2>&1; do
		if [ "$SECONDS" -gt "$end" ]; then
			echo "after $seconds s this still fails: $*" >&2
			return 1
		fi
		sleep 0.05
	done
}

within() { # SECONDS COMMAND...
	local limit_us=$(($1 * 1000000)) start=${EPOCHREALTIME/./} took_us
	shift
	wait_for "$@" || return 1
	took_us=$((${EPOCHREALTIME/./} - start))
	if [ $took_us -gt $limit_us ]; then
		echo "took $((took_us / 1000)) ms, at most" \
			"$((limit_us / 1000)) are promised: $*" >&2
		return 1
	fi
}

prints_number() { # COMMAND...
	local number
	number=$("$@") && [ "$number" -gt 0 ]
}

number_from() { # COMMAND...
	wait_for prints_number "$@" && "$@"
}
