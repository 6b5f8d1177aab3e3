# area: proxy
# kube-proxy-mini from its image on a node of network namespaces, with Services
# and EndpointSlices of a real API server, seen by real connections.
bats_require_minimum_version 1.5.0

# 10.2.0.1-3 answer as a, b and c; 10.2.0.9 is a pod that only asks.
setup_file() {
	load_libs
	net_make
	pod_make a 10.2.0.1
	pod_make b 10.2.0.2
	pod_make c 10.2.0.3
	pod_make client 10.2.0.9
	for name in a b c; do
		endpoint_start $name 8080 8053
	done
	kube_start $KUBE_DIR
	kube POST /api/v1/nodes '{"apiVersion": "v1", "kind": "Node",
		"metadata": {"name": "node"}}' >/dev/null
	kube_service default web 10.96.0.10 "$WEB_PORTS"
	kube_slice default web "$WEB_SLICE" 10.2.0.1 10.2.0.2 10.2.0.3
	kube_service default dns 10.96.0.53 '"ports": [{"name": "dns",
		"port": 53, "targetPort": 8053, "protocol": "UDP"}]'
	kube_slice default dns '[{"name": "dns", "port": 8053,
		"protocol": "UDP"}]' 10.2.0.1 10.2.0.2 10.2.0.3
	proxy_start
	wait_for ask client 10.96.0.10 80
	wait_for ask client -u 10.96.0.53 53
}

# A process in the background would keep bats waiting.
teardown_file() {
	load_libs
	podman rm -fa -t 0
	pkill -x answer
	kube_stop
}

setup() {
	load_libs
	kube_slice_set default web 10.2.0.1 10.2.0.2 10.2.0.3
	wait_for answers_from 10.96.0.10 80 'a b c'
}

# A client that its test did not get to end would keep bats waiting, too.
teardown() {
	touch /keep/steady-end
}

load_libs() {
	local lib
	export KUBE_ADDRESS=10.1.0.1 KUBE_DIR=/keep/kube
	for lib in kube net proxy expect; do
		. "/keelson/tests/lib/$lib.bash"
	done
	WEB_PORTS='"ports": [{"name": "http", "port": 80,
		"targetPort": 8080, "protocol": "TCP"}]'
	WEB_SLICE='[{"name": "http", "port": 8080, "protocol": "TCP"}]'
}

@test "connections from a pod reach every endpoint evenly" {
	ask client -n 1800 10.96.0.10 80 | is_even 1800 'a b c'
}

@test "datagrams from a pod reach every endpoint evenly" {
	ask client -u -n 1800 10.96.0.53 53 | is_even 1800 'a b c'
}

@test "connections from the node itself reach every endpoint evenly" {
	ask node -n 1800 10.96.0.10 80 | is_even 1800 'a b c'
}

@test "the source address of a pod is kept" {
	run -0 ask client -n 20 10.96.0.10 80
	[ "$(awk '{ print $3 }' <<<"$output" | sort -u)" = 10.2.0.9 ]
}

@test "a pod reaches itself through its Service" {
	run -0 ask a -n 60 10.96.0.10 80
	[ "$(awk '{ print $2 }' <<<"$output" | sort -u | xargs)" = 'a b c' ]
}

@test "a removed endpoint gets no new connection, the others all" {
	kube_slice_set default web 10.2.0.1 10.2.0.3
	wait_for answers_from 10.96.0.10 80 'a c'
	ask client -n 1200 10.96.0.10 80 | is_even 1200 'a c'
}

@test "an added endpoint gets its share" {
	kube_slice_set default web 10.2.0.2
	wait_for answers_from 10.96.0.10 80 b
	kube_slice_set default web 10.2.0.2 10.2.0.3
	wait_for answers_from 10.96.0.10 80 'b c'
	ask client -n 1200 10.96.0.10 80 | is_even 1200 'b c'
}

@test "a Service without endpoints refuses at once" {
	kube_slice_set default web
	wait_for is_refused 10.96.0.10 80
}

@test "an open connection lives on when its Service loses other endpoints" {
	in_ns client bash -c 'exec 9<>/dev/tcp/10.96.0.10/80
		read -r first _ <&9; echo "$first" >/keep/first
		while [ ! -e /keep/go ]; do sleep 0.05; done
		echo again >&9; read -r -t 5 second _ <&9
		[ "$first" = "$second" ]' 3>&- &
	local open=$!
	wait_for test -s /keep/first
	case $(cat /keep/first) in
	a) kube_slice_set default web 10.2.0.1 ;;
	b) kube_slice_set default web 10.2.0.2 ;;
	c) kube_slice_set default web 10.2.0.3 ;;
	esac
	wait_for answers_from 10.96.0.10 80 "$(cat /keep/first)"
	touch /keep/go
	wait $open
}

@test "a Service that is made serves, one that is deleted does not" {
	kube_service default late 10.96.0.77 "$WEB_PORTS"
	kube_slice default late "$WEB_SLICE" 10.2.0.2
	wait_for answers_from 10.96.0.77 80 b
	kube DELETE /api/v1/namespaces/default/services/late >/dev/null
	wait_for fails ask client -w 200 10.96.0.77 80
}

@test "no connection is lost while a hundred other Services come and go" {
	ask client -s 8 -w 2000 10.96.0.10 80 >/keep/steady 3>&- &
	local steady=$!
	for i in $(seq 100); do
		kube_service default "churn-$i" "10.96.1.$i" "$WEB_PORTS"
		kube_slice default "churn-$i" "$WEB_SLICE" 10.2.0.1 10.2.0.2
	done
	for i in $(seq 100); do
		kube DELETE "/api/v1/namespaces/default/services/churn-$i"
		kube DELETE "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/churn-$i"
	done >/dev/null
	wait $steady
	cat /keep/steady
	[ "$(awk '{ print $2 }' /keep/steady | sort -u | xargs)" = 'a b c' ]
}

@test "the API server dies and comes back: traffic goes on, changes arrive" {
	kube_stop
	ask client -n 600 10.96.0.10 80 | is_even 600 'a b c'
	kube_run
	kube_slice_set default web 10.2.0.3
	wait_for answers_from 10.96.0.10 80 c
}

# The proxy can't reach the API server any more: every packet is answered by a
# reset.  A change of each kind makes it send one, so that both watches break.
wire_cut() {
	local refused
	refused=$(has_said 'Connection refused')
	nft add table inet cut
	nft 'add chain inet cut in { type filter hook input priority -300; }'
	nft add rule inet cut in ip saddr 10.1.0.2 tcp dport 6443 \
		reject with tcp reset
	kube_service default poke 10.96.0.67 "$WEB_PORTS"
	kube_slice default poke "$WEB_SLICE" 10.2.0.2
	wait_for has_said_more "$((refused + 2))" 'Connection refused'
	kube DELETE /api/v1/namespaces/default/services/poke >/dev/null
	kube DELETE "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/poke" \
		>/dev/null
}

wire_mend() {
	nft delete table inet cut
}

# How often the proxy has said TEXT.
has_said() {
	podman logs proxy 2>&1 | grep -cF "$1" || true
}

has_said_more() { # COUNT TEXT
	[ "$(has_said "$2")" -gt "$1" ]
}

# Connections all the time, until steady_end; none may fail.
steady_start() {
	rm -f /keep/steady-end /keep/steady
	while [ ! -e /keep/steady-end ]; do
		ask client -s 1 -w 2000 10.96.0.10 80 >>/keep/steady ||
			echo '1 lost' >>/keep/steady
	done 3>&- &
	STEADY=$!
}

steady_end() {
	touch /keep/steady-end
	wait $STEADY
	[ "$(awk '{ print $2 }' /keep/steady | sort -u | xargs)" = 'a b c' ]
}

@test "connections that break are resumed where they stopped, without a list" {
	local lists
	# The previous test broke connections; wait until they are back.
	kube_service default settled 10.96.0.64 "$WEB_PORTS"
	kube_slice default settled "$WEB_SLICE" 10.2.0.2
	wait_for answers_from 10.96.0.64 80 b
	lists=$(has_said 'msg="listed" kind=services')
	wire_cut
	kube_service default broken 10.96.0.66 "$WEB_PORTS"
	kube_slice default broken "$WEB_SLICE" 10.2.0.2
	fails ask client -w 200 10.96.0.66 80
	wire_mend
	wait_for answers_from 10.96.0.66 80 b
	expect "$(has_said 'msg="listed" kind=services')" -eq "$lists"
}

@test "a version that the API server has forgotten: a list, and no flap" {
	local lists
	lists=$(has_said 'msg="listed" kind=services')
	kube_service default passing 10.96.0.65 "$WEB_PORTS"
	kube_slice default passing "$WEB_SLICE" 10.2.0.3
	wait_for answers_from 10.96.0.65 80 c
	steady_start
	wire_cut
	kube_stop
	kube_run
	kube DELETE /api/v1/namespaces/default/services/passing >/dev/null
	kube_slice_set default broken 10.2.0.1
	kube_stop
	kube_run
	wire_mend
	wait_for answers_from 10.96.0.66 80 a
	wait_for fails ask client -w 200 10.96.0.65 80
	expect "$(has_said 'msg="listed" kind=services')" -gt "$lists"
	has_said 'version expired'
	steady_end
}

@test "on TERM it ends with 0 and the rules stay; a new one takes them over" {
	ask client -s 6 -w 2000 10.96.0.10 80 >/keep/steady 3>&- &
	local steady=$!
	expect "$(proxy_end)" = 0
	in_ns node nft list tables | grep -q kube-proxy-mini
	podman rm proxy
	proxy_start
	kube_slice_set default web 10.2.0.2
	wait_for answers_from 10.96.0.10 80 b
	wait $steady
}

@test "--cleanup removes the rules and nothing else" {
	proxy_end
	in_ns node nft add table ip somebody-elses
	proxy --rm "$(cat /keep/proxy-image)" --cleanup
	[ "$(in_ns node nft list tables)" = 'table ip somebody-elses' ]
	fails ask client -w 200 10.96.0.10 80
}
