# peer.bash - peers that `make check-peers` builds (tests/lab/peers).  Sourced,
# from the project's root.
#
#   peer NAME [PROGRAM]    set PEER to the path of NAME's program (default
#                          NAME), or skip the test, naming what builds it

peer() {
	local dir
	if [ -d /lab/.trees ]; then
		dir=/lab/$1
	else
		dir=$(tests/lab/tree "$1" 2>/dev/null) || dir=/nonexistent
	fi
	PEER=$dir/${2:-$1}
	[ -x "$PEER" ] || skip "no $1: make check-peers"
}
