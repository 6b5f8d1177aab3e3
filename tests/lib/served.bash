# served.bash - the set-up of files whose tests start the agent's server
# themselves (server.bash).  Sourced at the top, after DIR is set.

load_libs() {
	local lib
	for lib in certs server wait expect; do
		. "/keelson/tests/lib/$lib.bash"
	done
}

setup_file() {
	load_libs
	server_certificates "$DIR"
}

setup() {
	load_libs
	: >"$DIR/log"
}

teardown() {
	server_stop KILL || true
}
