# dump.bash - what tests of the agent's commands have in common: containers of
# the lab's runtimes, `dump` on them, and a CRIU for peers that restore.
#
#   dump [OPTION...] WHAT     by our program with our CRIU
#   criu_install              podman and runc find it as `criu`

# shellcheck source-path=SCRIPTDIR
. "${BASH_SOURCE[0]%/*}/oci.bash"
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
