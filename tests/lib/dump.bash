# dump.bash - shared by the tests of the agent's commands: containers of the
# lab's runtimes, how to dump them, and the CRIU that restores them.  Sourced.
#
#   dump [OPTION...] WHAT     run our `dump` with our CRIU
#   criu_install              let podman and runc find our CRIU as `criu`

# shellcheck source-path=SCRIPTDIR
. "${BASH_SOURCE[0]%/*}/oci.bash"
. "${BASH_SOURCE[0]%/*}/restore.bash"
. "${BASH_SOURCE[0]%/*}/wait.bash"
. "${BASH_SOURCE[0]%/*}/expect.bash"

PROGRAM=/keelson/build/bin/checkpoint-agent
CRIU=/keelson/build/bin/criu
export PODMAN_IGNORE_CGROUPSV1_WARNING=1

dump() {
	$PROGRAM dump --criu $CRIU "$@"
}

criu_install() {
	install -m 0755 $CRIU /usr/local/sbin/criu
}
