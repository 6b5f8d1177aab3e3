# names.bats - an API server known by its name, and name servers that fail.
bats_require_minimum_version 1.5.0

setup_file() {
	. /keelson/kube-proxy-mini/test/apiserver.bash
	server_certs
	echo 'nameserver 127.0.0.1' >/etc/resolv.conf
}

setup() {
	. /keelson/kube-proxy-mini/test/apiserver.bash
	export SERVER=https://api.example:6443
	server_start
	kubeconfig
	service one 10.96.0.1
	slice one 10.1.0.1
	echo 127.0.0.1 >$DIR/says
	resolver
}

teardown() {
	kill "$(cat $DIR/proxy.pid)" "$(cat $DIR/server.pid)" \
		"$(cat $DIR/resolver.pid)" || true
	wait_for fails kill -0 "$(cat $DIR/server.pid)"
	$PROXY --cleanup
	sed 's/^/# /' $DIR/log
}

# A name server: every name has the address in $DIR/says; "none" means NXDOMAIN,
# "silence" no answer at all.  It writes the queries to $DIR/questions.
resolver() {
	rm -f $DIR/questions
	python3 - 3>&- <<-EOF2 &
		import socket
		s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		s.bind(("127.0.0.1", 53))
		open("$DIR/questions", "w")
		while True:
		    q, peer = s.recvfrom(512)
		    open("$DIR/questions", "a").write("asked\n")
		    says = open("$DIR/says").read().strip()
		    if says == "silence":
		        continue
		    end = q.index(0, 12) + 5
		    has = q[end - 4:end - 2] == bytes([0, 1]) and says != "none"
		    flags = bytes([0x81, 0x83 if says == "none" else 0x80])
		    a = bytes([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4]) + (
		        socket.inet_aton(says) if has else b"")
		    s.sendto(q[:2] + flags + bytes([0, 1, 0, has, 0, 0, 0, 0])
		             + q[12:end] + (a if has else b""), peer)
	EOF2
	echo $! >$DIR/resolver.pid
	wait_for test -e $DIR/questions
}

begin() {
	proxy_start
	wait_for knows one
}

# Its health port answers within two seconds, whatever it says.
answers_soon() {
	curl -sS -m 2 -o /dev/null http://127.0.0.1:10256/healthz
}

helper() {
	cat "/proc/$(cat $DIR/proxy.pid)/task/$(cat $DIR/proxy.pid)/children"
}

@test "a server that is known by name, through DNS" {
	begin
	service two 10.96.0.2
	wait_for knows two
}

@test "silent name servers hold nothing up" {
	begin
	echo silence >$DIR/says
	control drop '{"kind": "Service"}'
	control drop '{"kind": "EndpointSlice"}'
	server_stop
	wait_for grep -q . $DIR/questions
	for _ in 1 2 3 4 5 6 7 8; do
		answers_soon
	done
	nft delete table ip kube-proxy-mini
	within 8 knows one # while the look-up hangs, which takes 10 s or more
	wait_for said 'resolve api.example: Try again'
	server_start
	service one 10.96.0.1
	service two 10.96.0.2
	slice one 10.1.0.1
	control compact '{"kind": "Service"}'
	echo 127.0.0.1 >$DIR/says
	wait_for knows two
}

@test "the port answers while the very first look-up hangs" {
	echo silence >$DIR/says
	proxy_start
	wait_for grep -q . $DIR/questions
	wait_for answers_soon
	for _ in 1 2 3 4 5 6 7 8; do
		answers_soon
	done
	echo 127.0.0.1 >$DIR/says
	wait_for knows one
}

@test "a server that moves is found where DNS says it is now" {
	begin
	server_stop
	server_start --address 127.0.0.2
	service one 10.96.0.1
	service two 10.96.0.2
	slice one 10.1.0.1
	control compact '{"kind": "Service"}'
	echo 127.0.0.2 >$DIR/says
	wait_for knows two
}

@test "a name that is gone is said, and asked for less and less often" {
	echo none >$DIR/says
	proxy_start
	wait_for said 'resolve api.example: Name does not resolve'
	sleep 4
	expect "$(grep -c 'resolve api.example' $DIR/log)" -lt 40
	echo 127.0.0.1 >$DIR/says
	wait_for knows one
}

@test "the process that looks up names has no power, and ends with its parent" {
	begin
	local pid
	pid=$(helper)
	pid=${pid% }
	grep -q 'CapEff:.*0000000000000000' "/proc/$pid/status"
	grep -q 'CapPrm:.*0000000000000000' "/proc/$pid/status"
	grep -q 'NoNewPrivs:.*1' "/proc/$pid/status"
	grep -q 'Seccomp:.*2' "/proc/$pid/status"
	kill -9 "$(cat $DIR/proxy.pid)"
	wait_for fails kill -0 "$pid"
}

@test "without that process it ends, so that it is started anew" {
	begin
	kill -9 "$(helper)"
	wait_for said 'the process that looks up names has ended'
	run -1 wait "$(cat $DIR/proxy.pid)"
	knows one
}

@test "a server that is known by address has no such process" {
	SERVER=https://127.0.0.1:6443 kubeconfig
	begin
	[ -z "$(helper)" ]
}
