# server.bash - the agent's server from the built binary.  Sourced.
#
#   server_certificates DIR   an authority `ca` and whom it has signed (server,
#                             admin, nobody), another one and its `rogue`
#   server_start [OPTION...]  at $URL, in the background: its process $BACK, its
#                             log $DIR/log, its certificates in $DIR, archives
#                             below $ROOT; ready when this returns
#   server_stop [SIGNAL]      and wait for its end; fails as it does
#   ask USER METHOD PATH [CURL-OPTION...]
#                             prints the status; head and body to $DIR/head
#                             and $DIR/body; USER - shows no certificate
#   metric NAME               its value now
#   descriptors_of PID        how many it has open
#   remember_server           what it looks like now, for server_is_as_before
#   server_is_as_before       no process, descriptor, mount or file more
#   memory_has PID TEXT       is it anywhere in that process?
#   no_dump_is_left           neither CRIU nor a guardian
#
# The test sets DIR, and ROOT when archives should lie elsewhere.

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
	wait_for 10 curl -sk -o /dev/null "$URL/nosuch"
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

# The text comes by a pipe, so that it is nowhere but there.
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

# Its children, the descriptors of both halves, mounts, unfinished files.
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
