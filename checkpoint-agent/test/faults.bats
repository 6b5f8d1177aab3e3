# Faults of the server at random moments of a checkpoint, many times each.
# After each: the container runs, its freezer is thawed, no process, mount,
# descriptor or partial file is left, and the next request works.
#
# Each test prints the SEED of its moments; SEED=... repeats them, TIMES=...
# sets their number.
#
# CRIU runs code inside a process for some milliseconds and keeps its TCP
# connections in repair mode; if it is killed then, the process or a connection
# is lost.  Those tests use a container with a counter and start it again when
# that happens; even so nothing may stay frozen.
# limit: 500
bats_require_minimum_version 1.5.0

DIR=/keep/faults
ROOT=/keep/faults
TIMES=${TIMES:-6}

load_libs() {
	local lib
	for lib in oci server wait expect; do
		. "/keelson/tests/lib/$lib.bash"
	done
}

serve() {
	server_start --keep 2 "$@"
	remember_server
}

# Send a request in the background: $client is the process, the answer goes to
# $DIR/body and its status to $DIR/status.
post_meanwhile() { # POD [QUERY [CURL-OPTION...]]
	local pod=$1 query=${2:-}
	shift $(($# > 1 ? 2 : 1))
	ask admin POST "/checkpoint/default/pod-$pod/main$query" "$@" \
		>$DIR/status 2>&1 3>&- &
	client=$!
}

# One more round?  TIMES of them, and more until the log has the TEXT: moments
# are random, and what must be seen once may miss a few of them.
goes_on() { # ROUND TEXT
	[ "$1" -lt "$TIMES" ] || ! grep -q "$2" $DIR/log
}

answered() { # STATUS|STATUS...
	wait "$client"
	grep -qxE "$1" $DIR/status || {
		cat $DIR/status $DIR/body
		return 1
	}
}

crowd_start() { # [NAME]
	container_start runc containerd "${1:-crowd}" crowd /bin/crowd \
		/data/status /tmp /data
	wait_for test -s "$CONTAINERS/${1:-crowd}/data/status"
}

plain_start() {
	container_start runc containerd plain counter /bin/counter \
		-m 64 /data/count /count
	wait_for test -s "$CONTAINERS/plain/data/count"
}

container_remove() {
	runc delete --force "$1"
	umount "$CONTAINERS/$1/rootfs"
	rm -rf "${CONTAINERS:?}/$1"
}

# A CRIU that waits a random time around a second, then executes the real one.
late_criu() {
	cat >$DIR/late-criu <<-'EOT'
		#!/usr/bin/python3
		import os, random, select, sys
		poll = select.poll()
		poll.register(int(sys.argv[2]), 0)
		if poll.poll(random.randrange(700, 1050)):
		    sys.exit(1)
		os.execv("/keelson/build/bin/criu", sys.argv)
	EOT
	chmod 755 $DIR/late-criu
}

setup_file() {
	load_libs
	server_certificates $DIR
	late_criu
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
	seed=${SEED:-$SRANDOM}
	echo "# SEED=$seed" >&3
	RANDOM=$seed
}

teardown() {
	server_stop || true
	! mountpoint -q $DIR/disk || umount $DIR/disk
}

# A random moment of the 200 ms or so that a checkpoint takes.
a_moment() {
	sleep "0.$(printf %03d $((RANDOM % 250)))"
}

# ---- what must hold afterwards ----------------------------------------------
said() {
	cat "$CONTAINERS/$1"/data/{status,count} 2>/dev/null
}

has_moved() { # POD FROM
	[ "$(said "$1")" != "$2" ]
}

moves_on() { # POD
	wait_for has_moved "$1" "$(said "$1")"
	fails grep -q 'errors=.*[1-9]' <<<"$(said "$1")"
}

is_thawed() { # POD
	local v1=/sys/fs/cgroup/freezer/keelson-lab/$1/freezer.state
	if [ -e "$v1" ]; then
		grep -qx THAWED "$v1"
	else
		grep -qx 0 "/sys/fs/cgroup/keelson-lab/$1/cgroup.freeze"
	fi
}

plain_has_ended() {
	[ "$(runc state plain | jq -r .status)" = stopped ]
}

plain_goes_on_or_ended() { # SAID
	has_moved plain "$1" || plain_has_ended
}

# Start it again if it died with CRIU.
plain_is_there() {
	wait_for plain_goes_on_or_ended "$(said plain)"
	if plain_has_ended; then
		echo "# CRIU took the process with it" >&3
		container_remove plain
		plain_start
	fi
}

is_well() { # POD
	wait_for server_is_as_before || {
		echo "was $server_was, is $(server_looks)"
		return 1
	}
	wait_for is_thawed "$1"
	moves_on "$1"
}

# The next checkpoint works.
next_works() { # POD
	is_well "$1"
	expect "$(ask admin POST "/checkpoint/default/pod-$1/main") \
$(head -c 300 $DIR/body | tr -d '\n' | sed 's/:.*//')" = '200 {"items"'
	is_well "$1"
	expect "$(find $ROOT/checkpoints -name '*.tar' | grep -c .)" -le 6
}

# ---- the client -------------------------------------------------------------
@test "faults: the client disconnects" {
	serve
	for ((i = 0; i < TIMES; i++)); do
		post_meanwhile crowd
		a_moment
		kill -9 $client 2>/dev/null || true
		wait $client || true
		next_works crowd
	done
}

@test "faults: a timeout while CRIU works" {
	serve --criu $DIR/late-criu
	for ((i = 0; i < 60; i++)); do
		goes_on $i 'reason="timed out' || break
		post_meanwhile crowd '?timeout=1'
		answered '200|500'
		grep -qE 'timed out after 1 s|items' $DIR/body
		is_well crowd
	done
	grep -q 'reason="timed out' $DIR/log
	next_works crowd
}

@test "faults: two requests for one container" {
	local second
	serve
	for ((i = 0; i < TIMES; i++)); do
		post_meanwhile crowd
		a_moment
		second=$(curl -sS -X POST --cacert $DIR/ca.crt \
			--cert $DIR/admin.crt --key $DIR/admin.key \
			-o $DIR/second -w '%{http_code}' \
			$URL/checkpoint/default/pod-crowd/main)
		answered '200|409'
		grep -qxE '200|409' <<<"$second"
		grep -q 200 $DIR/status - <<<"$second"
		is_well crowd
	done
	next_works crowd
}

@test "faults: a hundred requests at once, half of the clients disconnect" {
	local clients=() n
	serve
	for ((n = 0; n < 100; n++)); do
		curl -sS -X POST --cacert $DIR/ca.crt --cert $DIR/admin.crt \
			--key $DIR/admin.key -o /dev/null \
			-w '%{http_code}\n' \
			"$URL/checkpoint/default/pod-crowd/main" \
			>>$DIR/statuses 2>&1 3>&- &
		clients+=($!)
	done
	for ((n = 0; n < 100; n += 2)); do
		sleep "0.00$((RANDOM % 9))"
		kill -9 "${clients[n]}" 2>/dev/null || true
	done
	wait "${clients[@]}" || true
	expect "$(grep -cE '^(200|409)$' $DIR/statuses)" -ge 50
	fails grep -qvE '^(200|409)$' $DIR/statuses
	next_works crowd
}

# Half a handshake, half a request, a request that is too large and noise, while
# another client is served.
@test "faults: clients that misbehave, while others work" {
	local fds fd i
	serve
	for ((i = 0; i < TIMES; i++)); do
		fds=()
		post_meanwhile crowd
		for kind in hello half-head large noise; do
			exec {fd}<>/dev/tcp/127.0.0.1/10350
			fds+=("$fd")
			misbehave $kind 1>&"$fd" 2>/dev/null || true
			a_moment
		done
		# large, but Go's server takes it
		expect "$(ask admin GET "/$(head -c 5000 /dev/zero |
			tr '\0' a)")" = 404
		expect "$(ask admin GET /healthz -H "X: $(head -c 20000 \
			/dev/zero | tr '\0' a)")" = 200
		answered 200
		for fd in "${fds[@]}"; do
			exec {fd}>&-
		done
	done
	next_works crowd
}

misbehave() { # KIND
	case $1 in
	hello) printf '\026\003' ;;
	half-head) printf 'POST /checkpoint/de' ;;
	large) head -c 100000 /dev/zero | tr '\0' A ;;
	noise) head -c $((RANDOM % 3000)) /dev/urandom ;;
	esac
}

# ---- processes --------------------------------------------------------------
@test "faults: the process of the job is killed" {
	local child
	serve
	for ((i = 0; i < TIMES; i++)); do
		post_meanwhile crowd
		a_moment
		for child in $(pgrep -P "$BACK"); do
			[ "$(cat "/proc/$child/comm")" = agent-front ] ||
				kill -9 "$child" 2>/dev/null || true
		done
		answered '200|500'
		next_works crowd
	done
}

@test "faults: the front is killed" {
	for ((i = 0; i < TIMES; i++)); do
		serve
		post_meanwhile crowd
		a_moment
		kill -9 "$(front_of "$BACK")"
		wait $client || true
		wait "$BACK" || true
		wait_for no_dump_is_left
		moves_on crowd
	done
	serve
	next_works crowd
}

@test "faults: the back is killed" {
	local front
	for ((i = 0; i < TIMES; i++)); do
		serve
		front=$(front_of "$BACK")
		post_meanwhile crowd
		a_moment
		server_stop KILL || true
		wait $client || true
		wait_for no_dump_is_left
		wait_for fails test -e "/proc/$front"
		moves_on crowd
	done
	serve
	next_works crowd
}

@test "faults: criu is killed" {
	serve
	for ((i = 0; i < TIMES; i++)); do
		post_meanwhile plain
		a_moment
		pkill -9 -x criu || true
		answered '200|500'
		wait_for server_is_as_before
		plain_is_there
		next_works plain
	done
}

@test "faults: all of them are killed at once" {
	for ((i = 0; i < TIMES; i++)); do
		serve
		post_meanwhile plain
		a_moment
		pkill -9 -x 'criu|checkpoint-agen|agent-front' || true
		wait $client || true
		wait "$BACK" || true
		serve # undoes what the killed processes left
		plain_is_there
		is_well plain
		server_stop
	done
	serve
	next_works plain
}

# ---- container and disk -----------------------------------------------------
@test "faults: the container is killed, or killed and deleted" {
	pod_network gone
	serve
	for ((i = 0; i < TIMES; i++)); do
		crowd_start gone
		post_meanwhile gone
		a_moment
		runc kill gone KILL
		[ $((RANDOM % 2)) = 0 ] || runc delete --force gone
		answered '200|404|500'
		container_remove gone
		is_well crowd
	done
	next_works crowd
}

# The archive fits at the start; then another program fills the disk.
@test "faults: the disk becomes full" {
	local before disk=$DIR/disk
	mkdir -p $disk
	mount -t tmpfs -o size=100m disk $disk
	ROOT=$disk serve --root-dir $disk
	before=$(df --output=used $disk | tail -n 1)
	for ((i = 0; i < 60; i++)); do
		goes_on $i 'No space left' || break
		post_meanwhile plain
		a_moment
		fallocate -l $((40 + RANDOM % 50))M $disk/filler || true
		answered '200|500|507'
		rm -f $disk/filler $disk/checkpoints/*.tar
		expect "$(ls -A $disk/checkpoints)" = ""
		expect "$(df --output=used $disk | tail -n 1)" -le \
			$((before + 8))
		plain_is_there
		ROOT=$disk is_well plain
	done
	grep -q 'No space left' $DIR/log
	fallocate -l 60M $disk/filler # and the next request is refused before the dump
	expect "$(ask admin POST /checkpoint/default/pod-plain/main)" = 507
	rm $disk/filler
	ROOT=$disk next_works plain
}

# ---- the runtime ------------------------------------------------------------
# The agent then finds the container by the state directories.
@test "faults: the runtime's socket is gone, hangs or returns garbage" {
	local socket=$DIR/cri.sock peer i
	serve --container-runtime-endpoint unix://$socket
	post_meanwhile crowd
	answered 200
	for how in /dev/null EXEC:'head -c 5000 /dev/urandom' \
		EXEC:'sleep 1' EXEC:yes; do
		socat UNIX-LISTEN:$socket,fork "$how" 2>/dev/null 3>&- &
		peer=$!
		wait_for test -S $socket
		post_meanwhile crowd
		[ $((RANDOM % 2)) = 0 ] || a_moment
		kill $peer
		wait $peer || true
		answered 200
		rm -f $socket
		is_well crowd
	done
	# no process listens on it any more
	python3 -c 'import socket, sys
s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1])' $socket
	next_works crowd
}

# A runtime has 5 s to answer, or less if the request's timeout is shorter.
@test "faults: a request times out while the runtime does not answer" {
	local socket=$DIR/silent.sock how peer
	serve --container-runtime-endpoint unix://$socket
	for how in 'while True: kept.append(s.accept())' 'time.sleep(99)'; do
		python3 -c 'import socket, sys, time
kept, s = [], socket.socket(socket.AF_UNIX)
s.bind(sys.argv[1]); s.listen(1)
exec(sys.argv[2])' $socket "$how" 3>&- &
		peer=$!
		wait_for test -S $socket
		ask admin POST '/checkpoint/default/pod-crowd/main?timeout=1' \
			-w '%{http_code} %{time_total}' >$DIR/status
		expect "$(cut -d ' ' -f 1 $DIR/status)" = 500
		grep -q 'timed out after 1 s' $DIR/body
		awk '{ exit !($2 >= 1 && $2 < 4) }' $DIR/status || {
			cat $DIR/status
			return 1
		}
		kill $peer
		wait $peer || true
		rm -f $socket
		is_well crowd
	done
	next_works crowd
}
