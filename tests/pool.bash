# pool.bash - run jobs side by side and show what each said when it ends.
# Sourced.
#
#   POOL=N                       how many at once
#   pool_run COST OUT COMMAND... start it as COST jobs, waiting for room first;
#                                its output goes to the file OUT
#   pool_fits COST               would it start at once?
#   pool_reap                    wait for one to end, and show its output
#   pool_wait                    wait for all
#
# Jobs are process groups of their own, so that a signal ends all of each.

declare -A pool_jobs=() # "COST OUT" of each, by its process
pool_used=0

pool_fits() {
	[ $pool_used -eq 0 ] || [ $((pool_used + $1)) -le "$POOL" ]
}

pool_reap() {
	local pid cost out
	wait -n -p pid "${!pool_jobs[@]}"
	read -r cost out <<<"${pool_jobs[$pid]}"
	unset "pool_jobs[$pid]"
	pool_used=$((pool_used - cost))
	cat "$out"
}

pool_wait() {
	while [ ${#pool_jobs[@]} -gt 0 ]; do
		pool_reap
	done
}

pool_run() { # COST OUT COMMAND...
	local cost=$1 out=$2
	shift 2
	while ! pool_fits "$cost"; do
		pool_reap
	done
	set -m
	"$@" >"$out" 2>&1 </dev/null &
	set +m
	pool_jobs[$!]="$cost $out"
	pool_used=$((pool_used + cost))
}

pool_end() {
	local pid
	trap '' INT TERM HUP
	for pid in "${!pool_jobs[@]}"; do
		kill -TERM -- "-$pid"
	done 2>/dev/null
	wait
	exit 130
}
trap pool_end INT TERM HUP
