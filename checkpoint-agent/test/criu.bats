# Our CRIU where hardware breakpoints do not fire, as in some virtual machines.
# limit: 120
bats_require_minimum_version 1.5.0
. /keelson/tests/lib/dump.bash

OUT=/keep/criu
NOBREAK=/keelson/build/test/bin/nobreak

setup() {
	rm -rf $OUT
	mkdir -p $OUT/images
	setsid /keelson/build/test/bin/counter $OUT/count \
		</dev/null >/dev/null 2>&1 3>&- &
	wait_for grep -qs '[1-9]' $OUT/count
	pid=$(pgrep -x counter)
}

teardown() {
	pkill -KILL -x counter || true
}

# Run CRIU with the options that all calls share, through $wrapper if it is set.
criu() { # ACTION OPTION...
	${wrapper:-} $CRIU "$@" -D $OUT/images -v4 --network-lock skip \
		--manage-cgroups=ignore
}

# Run `criu ...` so that no breakpoint fires; with -l none below 4 GiB.
without_breakpoints() { # [-l] COMMAND...
	local wrapper=$NOBREAK
	if [ "$1" = -l ]; then
		wrapper="$NOBREAK -l"
		shift
	fi
	"$@"
}

counts_beyond() { # COUNT
	[ $((10#$(cat $OUT/count))) -gt "$1" ]
}

goes_on() {
	wait_for counts_beyond $((10#$(cat $OUT/count) + 5))
}

@test "CRIU notices at its next start that breakpoints no longer fire" {
	mkdir -p /run/criu # where CRIU caches what it has found out
	$CRIU check
	[ -s /run/criu/criu.kdat ]
	run -1 $NOBREAK $CRIU check --feature breakpoints
}

@test "dump and restore work without hardware breakpoints" {
	$CRIU check
	without_breakpoints criu dump -t "$pid" -o dump.log
	fails pgrep -x counter
	without_breakpoints criu restore -d -o restore.log
	goes_on
}

@test "a restore that misses a task fails in time and kills the task" {
	local start=$SECONDS
	$CRIU check --feature breakpoints ||
		skip 'no breakpoint fires on this machine'
	criu dump -t "$pid" -o dump.log
	run -1 without_breakpoints -l criu restore -d -o restore.log --timeout 2
	expect $((SECONDS - start)) -lt 20
	grep "Can't stop all tasks on rt_sigreturn in time" \
		$OUT/images/restore.log
	fails pgrep -x counter
	criu restore -d -o restore.log
	goes_on
}
