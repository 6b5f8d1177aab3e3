# Faults of the server at random moments of a checkpoint, many times each.
# After every one: the container runs, nothing partial lies there, nothing of
# the dump is left running or frozen, and the next request works.
#
# CRIU itself runs code inside of a process for some milliseconds and keeps its
# TCP connections in repair mode; killed just then it takes the process or a
# connection with it.  There a container of a counter is used, and started
# again when that happens; nothing may stay frozen even so.
# limit: 400
bats_require_minimum_version 1.5.0

PROGRAM=/keelson/build/bin/checkpoint-agent
DIR=/keep/faults
URL=https://127.0.0.1:10350
TIMES=${TIMES:-12}

load_libs() {
	local lib
	for lib in oci certs wait expect; do
		. "/keelson/tests/lib/$lib.bash"
	done
}

serve() {
	$PROGRAM serve --address 127.0.0.1 --root-dir $DIR --keep 2 \
		--tls-cert-file $DIR/server.crt \
		--tls-private-key-file $DIR/server.key \
		--client-ca-file $DIR/ca.crt \
		--criu /keelson/build/bin/criu 2>>$DIR/log 3>&- &
	BACK=$!
	wait_for 5 curl -sk -o /dev/null $URL/nosuch
}

stop() {
	kill "$BACK" 2>/dev/null || true
	wait "$BACK" || true
}

post() { # POD
	curl -sS -X POST --cacert $DIR/ca.crt --cert $DIR/admin.crt \
		--key $DIR/admin.key -o $DIR/body -w '%{http_code}\n' \
		"$URL/checkpoint/default/pod-$1/main"
}

# A checkpoint of POD in the background: $client, status to $DIR/status.
post_meanwhile() {
	post "$1" >$DIR/status 2>&1 3>&- &
	client=$!
}

crowd_start() {
	container_start runc containerd crowd crowd /bin/crowd \
		/data/status /tmp /data
	wait_for 10 test -s "$CONTAINERS/crowd/data/status"
}

plain_start() {
	container_start runc containerd plain counter /bin/counter \
		-m 64 /data/count /count
	wait_for 10 test -s "$CONTAINERS/plain/data/count"
}

container_remove() {
	runc delete --force "$1"
	umount "$CONTAINERS/$1/rootfs"
	rm -rf "${CONTAINERS:?}/$1"
}

setup_file() {
	load_libs
	mkdir -p $DIR
	certs_ca $DIR ca
	certs_sign $DIR ca server /CN=node IP:127.0.0.1
	certs_sign $DIR ca admin /O=system:masters/CN=admin
	image_make crowd crowd
	image_make counter counter
	crowd_start
	plain_start
}

teardown_file() {
	load_libs
	container_remove crowd
	container_remove plain
}

setup() {
	load_libs
	: >$DIR/log
}

teardown() {
	stop
}

# Some moment of the 200 ms or so that a checkpoint takes.
a_moment() {
	sleep "0.$(printf %03d $((RANDOM % 250)))"
}

said() {
	cat "$CONTAINERS/$1"/data/{status,count} 2>/dev/null
}

has_moved() { # POD FROM
	[ "$(said "$1")" != "$2" ]
}

moves_on() { # POD
	wait_for 5 has_moved "$1" "$(said "$1")"
	! said "$1" | grep -q 'errors=.*[1-9]'
}

# Started again, if CRIU took it with it.
plain_moves_on() {
	if [ "$(runc state plain | jq -r .status)" = stopped ]; then
		echo "# CRIU took the process with it" >&3
		container_remove plain
		plain_start
	fi
	moves_on plain
}

no_criu() {
	! pgrep -x criu
}

is_clean() { # POD
	wait_for 10 no_criu
	moves_on "$1"
	expect "$(find $DIR/checkpoints -mindepth 1 -name '.work*' |
		grep -c .)" = 0
	expect "$(find $DIR/checkpoints -name '*.partial' | grep -c .)" = 0
	expect "$(post "$1")" = 200
	expect "$(find $DIR/checkpoints -name '*.tar' | grep -c .)" -le 6
	moves_on "$1"
}

@test "faults: the client hangs up" {
	local i client
	serve
	for ((i = 0; i < TIMES; i++)); do
		post_meanwhile crowd
		a_moment
		kill -9 $client 2>/dev/null || true
		wait $client || true
		wait_for 10 no_criu
		moves_on crowd
	done
	is_clean crowd
}

@test "faults: the process of the job is killed" {
	local i client child
	serve
	for ((i = 0; i < TIMES; i++)); do
		post_meanwhile crowd
		a_moment
		for child in $(pgrep -P "$BACK"); do
			[ "$(cat "/proc/$child/comm")" = agent-front ] ||
				kill -9 "$child" 2>/dev/null || true
		done
		wait $client
		grep -qE '^(200|500)$' $DIR/status
		wait_for 10 no_criu
		moves_on crowd
	done
	is_clean crowd
}

@test "faults: the front is killed" {
	local i client
	for ((i = 0; i < TIMES; i++)); do
		serve
		post_meanwhile crowd
		a_moment
		kill -9 "$(pgrep -P "$BACK" agent-front)"
		wait $client || true
		wait "$BACK" || true
		wait_for 10 no_criu
		moves_on crowd
	done
	serve
	is_clean crowd
}

@test "faults: the back is killed" {
	local i client
	for ((i = 0; i < TIMES; i++)); do
		serve
		post_meanwhile crowd
		a_moment
		kill -9 "$BACK"
		wait $client || true
		wait "$BACK" || true
		wait_for 10 no_criu
		moves_on crowd
	done
	serve
	is_clean crowd
}

@test "faults: criu is killed" {
	local i client
	serve
	for ((i = 0; i < TIMES; i++)); do
		post_meanwhile plain
		a_moment
		pkill -9 -x criu || true
		wait $client
		grep -qE '^(200|500)$' $DIR/status
		plain_moves_on
	done
	is_clean plain
}

@test "faults: all of them are killed at once" {
	local i client
	for ((i = 0; i < TIMES; i++)); do
		serve
		post_meanwhile plain
		a_moment
		pkill -9 -x 'criu|checkpoint-agen|agent-front' || true
		wait $client || true
		wait "$BACK" || true
		serve # which puts right what they left
		plain_moves_on
		stop
	done
	serve
	is_clean plain
}

@test "faults: the container is killed meanwhile" {
	local i client
	serve
	for ((i = 0; i < 5; i++)); do
		container_start runc containerd gone crowd /bin/crowd \
			/data/status /tmp /data
		post_meanwhile gone
		a_moment
		container_remove gone
		wait $client
		grep -qE '^(200|404|500)$' $DIR/status
	done
	is_clean crowd
}
