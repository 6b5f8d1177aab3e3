# server.bash - run the agent's server from the built binary.  Sourced.
#
#   server_certificates DIR   make a CA `ca` with certificates for server, admin
#                             and nobody, and another CA with one for rogue
#   server_start [OPTION...]  start it at $URL and wait until it is ready; its
#                             pid is $BACK, its log $DIR/log, its certificates
#                             are in $DIR, its archives below $ROOT
#   server_stop [SIGNAL]      stop it, wait, return its exit status
#   ask USER METHOD PATH [CURL-OPTION...]
#                             send a request with USER's certificate (-: none);
#                             prints the status, writes $DIR/head and $DIR/body
#   metric NAME               print the current value
#   descriptors_of PID        print how many descriptors are open
#   remember_server           record the state for server_is_as_before
#   server_is_as_before       no more processes, descriptors, mounts or
#                             unfinished files than recorded
#   memory_has PID TEXT       TEXT is somewhere in the memory of that process
#   no_dump_is_left           no CRIU and no guardian are running
#
# The test sets DIR, and ROOT if archives go elsewhere.

# shellcheck source-path=SCRIPTDIR
. "${BASH_SOURCE[0]%/*}/certs.bash"
. "${BASH_SOURCE[0]%/*}/wait.bash"

PROGRAM=/keelson/build/bin/checkpoint-agent
URL=https://127.0.0.1:10350

server_certificates() {
	mkdir -p "$1"
	certs_ca "$1" ca
	certs_ca "$1" rogue-ca
	certs_sign "$1" ca server /CN=node IP:127.0.0.1,DNS:localhost
	certs_sign "$1" ca admin /O=system:masters/CN=admin
	certs_sign "$1" ca nobody /CN=nobody
	certs_sign "$1" rogue-ca rogue /O=system:masters/CN=admin
}

server_start() {
	"$PROGRAM" serve --address 127.0.0.1 --root-dir "${ROOT:-$DIR}" \
		--tls-cert-file "$DIR/server.crt" \
		--tls-private-key-file "$DIR/server.key" \
		--client-ca-file "$DIR/ca.crt" \
		--criu /keelson/build/bin/criu "$@" 2>>"$DIR/log" 3>&- &
	BACK=$!
	wait_for curl -sk -o /dev/null "$URL/nosuch"
}

server_stop() {
	kill -"${1:-TERM}" "$BACK" 2>/dev/null || true
	wait "$BACK"
}

ask() {
	local user=$1 method=$2 path=$3 who=()
	shift 3
	[ "$user" = - ] ||
		who=(--cert "$DIR/$user.crt" --key "$DIR/$user.key")
	curl -sS -X "$method" --path-as-is --cacert "$DIR/ca.crt" "${who[@]}" \
		-o "$DIR/body" -D "$DIR/head" -w '%{http_code}' "$@" "$URL$path"
}

metric() {
	curl -sS --cacert "$DIR/ca.crt" --cert "$DIR/admin.crt" \
		--key "$DIR/admin.key" "$URL/metrics" |
		awk -v name="$1" '$1 == name { print $2; found = 1 }
			END { exit !found }'
}

front_of() { # BACK
	pgrep -P "$1" agent-front
}

descriptors_of() {
	ls "/proc/$1/fd" | wc -l
}

mounts() {
	grep -c . /proc/self/mountinfo
}

no_dump_is_left() {
	! pgrep -x criu && ! pgrep -x ckpt-guardian
}

# TEXT is passed by a pipe, so that no command line holds it.
memory_has() {
	printf %s "$2" | python3 -c '
import sys
pid, text = sys.argv[1], sys.stdin.buffer.read()
with open("/proc/%s/mem" % pid, "rb", 0) as memory:
    for line in open("/proc/%s/maps" % pid):
        low, high = (int(n, 16) for n in line.split()[0].split("-"))
        try:
            memory.seek(low)
            data = memory.read(high - low)
            at = data.find(text)
            if at >= 0:
                print("found in", line, data[max(0, at - 80):at + 80])
                sys.exit(0)
        except (OSError, OverflowError):
            pass
sys.exit(1)' "$1"
}

remember_server() {
	server_was=$(server_looks)
}

# Children, descriptors of both processes, mounts, unfinished files.
server_looks() {
	local front
	front=$(front_of "$BACK")
	echo "children $(pgrep -c -P "$BACK")," \
		"descriptors $(descriptors_of "$BACK")" \
		"$(descriptors_of "$front")," \
		"mounts $(mounts), unfinished" \
		"$(find "${ROOT:-$DIR}/checkpoints" -mindepth 1 -name '.*' 2>/dev/null |
			grep -c .)"
}

server_is_as_before() {
	no_dump_is_left && [ "$(server_looks)" = "$server_was" ]
}
