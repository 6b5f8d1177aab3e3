# Programs from Debian's packages are checkpointed while clients use them.
# Clients notice nothing but a delay, and the restored copy has what the program
# had.
# limit: 400
bats_require_minimum_version 1.5.0

DIR=/keep/workloads

load_libs() {
	local lib
	for lib in oci restore server wait expect workloads; do
		. "/keelson/tests/lib/$lib.bash"
	done
}

setup_file() {
	load_libs
	server_certificates $DIR
	install -m 0755 /keelson/build/bin/criu /usr/local/sbin/criu
}

setup() {
	load_libs
	workloads_begin
}

teardown() {
	workloads_end
}

# End what a failed test has left, so that bats does not wait for it.
teardown_file() {
	load_libs
	end_leftovers
}

# ---- redis ------------------------------------------------------------------
redis() {
	in_pod redis redis-cli "$@"
}

# A hash over all values, in their order.
redis_digest() {
	redis eval "local s = ''
		for i = 1, 20000 do
			s = redis.sha1hex(s .. redis.call('get', 'key:' .. i))
		end
		return s" 0
}

redis_fill() {
	seq 20000 | awk '{ printf "SET key:%d %d%0512d\r\n", $1, $1 * 7, $1 }' |
		redis --pipe >/dev/null
}

# A client that counts up over one connection until it is told to end.  It fails
# if an answer is missing or is not the next number.
redis_client() {
	cat >$DIR/client.py <<-'EOT'
		import os, signal, socket, sys, time
		ends = []
		signal.signal(signal.SIGTERM, lambda *a: ends.append(1))
		s = socket.create_connection(("127.0.0.1", 6379))
		f, n, worst = s.makefile("rb"), 0, 0
		while not ends:
		    at = time.monotonic()
		    s.sendall(b"INCR %s\r\n" % sys.argv[1].encode())
		    n += 1
		    if f.readline() != b":%d\r\n" % n:
		        sys.exit("answer %d is wrong" % n)
		    worst = max(worst, time.monotonic() - at)
		    time.sleep(0.001)
		print("# %d answers, the slowest after %d ms" % (n, worst * 1000))
	EOT
	nsenter --net=/run/netns/redis python3 $DIR/client.py "$1" >$DIR/said.$1 2>&1 3>&- &
	clients+=($!)
}

@test "redis: clients go on, the copy has the data" {
	local digest client
	image_of redis /usr/bin/redis-server
	container_start runc containerd redis redis /usr/bin/redis-server \
		--save '' --appendonly no --dir /tmp
	wait_for redis ping
	redis_fill
	digest=$(redis_digest)
	for client in a b c; do
		redis_client $client
	done
	for ((i = 0; i < TIMES; i++)); do
		checkpoint redis
		expect "$(redis_digest)" = "$digest"
	done
	kill "${clients[@]}"
	wait "${clients[@]}"
	fails grep -v '^# ' $DIR/said.*
	cat $DIR/said.* >&3
	count=$(redis get a)
	come_back runc redis redis
	wait_for redis ping
	expect "$(redis_digest)" = "$digest"
	expect "$(redis get a)" -gt 0
	expect "$(redis get a)" -le "$count"
	redis set after yes
	end_copy runc redis
}

# ---- nginx ------------------------------------------------------------------
nginx_image() {
	image_of nginx /usr/sbin/nginx
	seq 20000 >$IMAGES/nginx/data.txt
	echo nginx:x:1000:1000:nginx:/:/ >>$IMAGES/nginx/etc/passwd
	echo nginx:x:1000: >>$IMAGES/nginx/etc/group
	cat >$IMAGES/nginx/etc/nginx.conf <<-'EOT'
		user nginx;
		worker_processes 3;
		daemon off;
		error_log stderr;
		pid /tmp/nginx.pid;
		events { worker_connections 256; }
		http {
			access_log off;
			sendfile on;
			client_body_temp_path /tmp/body;
			proxy_temp_path /tmp/proxy;
			fastcgi_temp_path /tmp/fastcgi;
			uwsgi_temp_path /tmp/uwsgi;
			scgi_temp_path /tmp/scgi;
			server { listen 8080; root /; }
		}
	EOT
}

# Four clients, which use one connection for many requests and then new ones;
# prints how many requests failed.
nginx_clients() {
	cat >$DIR/requests.py <<-'EOT'
		import http.client, signal, sys, threading, time
		ends, wrong, slow, n = [], [], [0], [0]
		signal.signal(signal.SIGTERM, lambda *a: ends.append(1))
		want = open(sys.argv[1], "rb").read()
		def ask(kept):
		    c = http.client.HTTPConnection("127.0.0.1", 8080, timeout=60)
		    while not ends:
		        at = time.monotonic()
		        try:
		            c.request("GET", "/data.txt")
		            if c.getresponse().read() != want:
		                wrong.append("other bytes")
		        except Exception as e:
		            wrong.append(repr(e))
		        slow[0] = max(slow[0], time.monotonic() - at)
		        n[0] += 1
		        if not kept:
		            c.close()
		        time.sleep(0.005)
		all = [threading.Thread(target=ask, args=(i % 2 == 0,))
		       for i in range(4)]
		[t.start() for t in all]
		[t.join() for t in all]
		print("# %d requests, the slowest took %d ms" % (n[0], slow[0] * 1000))
		sys.exit("\n".join(wrong) if wrong or not n[0] else 0)
	EOT
	nsenter --net=/run/netns/nginx python3 $DIR/requests.py $IMAGES/nginx/data.txt \
		>$DIR/requests 2>&1 3>&- &
	clients=($!)
}

nginx_serves() {
	in_pod nginx curl -sS --max-time 5 -o $DIR/data.txt \
		http://127.0.0.1:8080/data.txt &&
		cmp $DIR/data.txt $IMAGES/nginx/data.txt
}

nginx_has_three() {
	[ "$(pgrep -u 1000 -cx nginx)" = 3 ]
}

@test "nginx: its workers serve every request, here and in the copy, of crun" {
	nginx_image
	CONFIG='.process.capabilities[] +=
		["CAP_CHOWN", "CAP_SETUID", "CAP_SETGID"]' \
		container_start crun containerd nginx nginx \
		/usr/sbin/nginx -c /etc/nginx.conf
	wait_for nginx_serves
	wait_for nginx_has_three
	nginx_clients
	for ((i = 0; i < TIMES; i++)); do
		checkpoint nginx
	done
	kill "${clients[@]}"
	wait "${clients[@]}" || {
		cat $DIR/requests
		return 1
	}
	cat $DIR/requests >&3
	expect "$(tar -tf "$archive" | grep -c 'checkpoint/core-')" -ge 4

	come_back crun nginx nginx
	wait_for nginx_serves
	# the master still replaces a worker that dies
	nginx_has_three
	kill -KILL "$(pgrep -u 1000 -nx nginx)"
	wait_for nginx_has_three
	nginx_serves
	end_copy crun nginx
}

# ---- python -----------------------------------------------------------------
# Each thread hashes its own last hash and writes the number of rounds and the
# result.
python_image() {
	image_of python /usr/bin/python3
	cp -a --parents /usr/lib/python3.* $IMAGES/python
	cat >$IMAGES/python/threads.py <<-'EOT'
		import hashlib, os, threading, time
		fd = os.open("/data/status", os.O_RDWR | os.O_CREAT)
		def run(i):
		    h = hashlib.sha256(b"%d" % i).hexdigest()
		    n = 0
		    while True:
		        h = hashlib.sha256(h.encode()).hexdigest()
		        n += 1
		        os.pwrite(fd, b"%010d %s\n" % (n, h.encode()), i * 76)
		        time.sleep(0.002)
		for i in range(8):
		    threading.Thread(target=run, args=(i,)).start()
	EOT
}

# All eight threads have written, and each result is right and beyond COUNT.
python_is_right() { # [COUNT]
	python3 - "$CONTAINERS/python/data/status" "${1:-0}" <<-'EOT'
		import hashlib, sys
		lines = open(sys.argv[1]).read().splitlines()
		assert len(lines) == 8
		for i, line in enumerate(lines):
		    n, told = int(line[:10]), line[11:]
		    assert n > int(sys.argv[2])
		    h = hashlib.sha256(b"%d" % i).hexdigest()
		    for _ in range(n):
		        h = hashlib.sha256(h.encode()).hexdigest()
		    assert h == told
	EOT
}

python_count() {
	sort $CONTAINERS/python/data/status | tail -n 1 | cut -c -10 |
		sed 's/^0*//'
}

@test "python: eight threads reckon on, here and in the copy, of crun" {
	local before
	python_image
	container_start crun containerd python python /usr/bin/python3 \
		/threads.py
	wait_for python_is_right
	for ((i = 0; i < TIMES; i++)); do
		checkpoint python
		wait_for python_is_right "$(python_count)"
	done
	before=$(python_count)
	come_back crun python python
	wait_for python_is_right "$before"
	end_copy crun python
}

# ---- etcd -------------------------------------------------------------------
@test "etcd: no put is lost, the copy has the revision" {
	image_of etcd /usr/bin/etcd
	container_start runc containerd etcd etcd /usr/bin/etcd \
		--data-dir /tmp/etcd --unsafe-no-fsync \
		--listen-client-urls http://127.0.0.1:2379 \
		--advertise-client-urls http://127.0.0.1:2379 \
		--listen-peer-urls http://127.0.0.1:2380 \
		--initial-advertise-peer-urls http://127.0.0.1:2380 \
		--initial-cluster default=http://127.0.0.1:2380
	wait_for in_pod etcd curl -sf http://127.0.0.1:2379/health
	serves_all runc etcd etcd etcd
	end_copy runc etcd
}

# ---- threads ----------------------------------------------------------------
@test "500 threads: each counts on, here and in the copy" {
	many_round threads 500
	expect "$(find "/proc/$(pgrep -x many)/task" -mindepth 1 -maxdepth 1 |
		wc -l)" = 501
	end_copy runc threads
}
