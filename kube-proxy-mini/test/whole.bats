#!/usr/bin/env bats
# whole.bats - from JSON to packets: the program and a small API server on the
# node of net.sh, for what depends on the objects' JSON.

bats_require_minimum_version 1.5.0

. "$BATS_TEST_DIRNAME/rules.bash"

on_node() {
	ip netns exec "$P-node" "$@"
}

# The libraries' programs run on the node.
load_libs() {
	local lib
	for lib in wait certs expect; do
		. "/keelson/tests/lib/$lib.bash"
	done
	PROXY="ip netns exec $P-node /keelson/build/bin/kube-proxy-mini"
	. /keelson/kube-proxy-mini/test/apiserver.bash
	python3() { on_node python3 "$@"; }
	curl() { on_node curl "$@"; }
	nft() { on_node nft "$@"; }
	knows() { # NAME: also one whose ports have names
		nft list map ip kube-proxy-mini services |
			grep -q "\"d/$1[\":]"
	}
}

setup_file() {
	net_up
	load_libs
	mkdir -p "$DIR"
	certs_ca "$DIR" ca
	certs_sign "$DIR" ca server /CN=kube-apiserver IP:127.0.0.1
	certs_sign "$DIR" ca user /CN=system:kube-proxy
	server_start --watch-list
	kubeconfig
	put_node
}

put_node() {
	put Node '{"metadata": {"name": "n1", "labels":
		{"topology.kubernetes.io/zone": "za"}}, "spec": {"podCIDRs":
		["10.128.0.0/16", "fd00:10::/64"]}, "status": {"addresses": [
		{"type": "InternalIP", "address": "192.0.2.2"},
		{"type": "InternalIP", "address": "2001:db8:2::2"}]}}'
}

teardown_file() {
	load_libs
	server_stop
	net_down
}

setup() {
	load_libs
}

teardown() {
	[ ! -e "$DIR/proxy.pid" ] || proxy_stop || true
	rm -f "$DIR/proxy.pid"
	control calm '{}'
	$PROXY --cleanup
	ip -n "$P-node" addr flush dev c1 to 10.55.0.0/16
	for name in web other; do
		control delete "{\"kind\": \"Service\", \"ns\": \"d\",
			\"name\": \"$name\"}" >/dev/null 2>&1 || true
		for f in 4 6; do
			control delete "{\"kind\": \"EndpointSlice\",
				\"ns\": \"d\", \"name\": \"$name-$f\"}" \
				>/dev/null 2>&1 || true
		done
	done
}

put() { # KIND OBJECT
	control put "{\"kind\": \"$1\", \"object\": $2}"
}

# A dual-stack Service at host 41, or with the given spec.
put_service() { # NAME SPEC [STATUS [LABELS]]
	put Service '{"metadata": {"namespace": "d", "name": "'"$1"'",
		"labels": {'"${4:-}"'}}, "spec": {'"$2"'},
		"status": {'"${3:-}"'}}'
}

# Endpoints of each family; in the text @e1 and so on stand for addresses.
put_slices() { # NAME PORTS ENDPOINTS
	local f
	for f in 4 6; do
		put EndpointSlice "$("addresses_$f" <<-END
			{"metadata": {"namespace": "d", "name": "$1-@f",
			"labels": {"kubernetes.io/service-name": "$1"}},
			"addressType": "IPv@f", "ports": [$2],
			"endpoints": [$3]}
		END
		)"
	done
}

HTTP='{"name": "http", "protocol": "TCP", "port": 8080}'
SPEC='"clusterIP": "10.96.0.41", "clusterIPs": ["10.96.0.41", "fd00:96::41"]'

flows() {
	local text f
	text=$(cat)
	for f in 4 6; do
		"addresses_$f" <<<"$text" >"$BATS_TEST_TMPDIR/flows"
		on_node "$here/flows.sh" $f "$BATS_TEST_TMPDIR/flows" \
			>"$BATS_TEST_TMPDIR/out"
		cat "$BATS_TEST_TMPDIR/out"
		! grep -v '^ok ' "$BATS_TEST_TMPDIR/out" || return 1
	done
}

start() {
	proxy_start --conntrack-max-per-core 0 --cluster-cidr \
		10.128.0.0/16,fd00:10::/64 --nodeport-addresses primary "$@"
	wait_for knows web
}

# The object that was put last has reached the kernel.
settled() {
	put_service other '"clusterIP": "10.96.9.9", "ports": [{"port": 9}]'
	wait_for knows other
}

@test "addresses with leading zeros and blanks, written sloppily" {
	put_service web '"type": "LoadBalancer", "clusterIP": "010.096.000.041",
		"clusterIPs": ["010.096.000.041", "fd00:0096::0041"],
		"ports": [{"name": "http", "port": 80, "nodePort": 30001}],
		"externalIPs": ["203.000.113.044", "2001:0db8:cafe::0044"],
		"loadBalancerSourceRanges": [" 192.0.2.000/025",
			"2001:0db8:2::/121 "]' \
		'"loadBalancer": {"ingress": [{"ip": "203.0.113.010"},
			{"ip": "2001:db8:cafe:0::10"}]}'
	put_slices web "$HTTP" '{"addresses": ["@e1"]}'
	start
	flows <<-END
		pod @c41 80 -> 1 kept
		client @b44 80 -> 1 masq
		client @b10 80 -> 1 masq
		client2 @b10 80 -> dropped
		client @node 30001 -> 1 masq
	END
}

# Unknown words are treated as kube-proxy 1.37 does; t_decode tries each one.
@test "words from a newer API server: served, named once, counted" {
	put_service web "$SPEC, "'"type": "LoadBalancer",
		"internalTrafficPolicy": "PreferLocal",
		"externalTrafficPolicy": "PreferLocal",
		"sessionAffinity": "Cookie", "ports": [
		{"name": "next", "protocol": "QUIC", "port": 80},
		{"name": "none", "port": 0},
		{"name": "http", "port": 80, "nodePort": 30001}]' \
		'"loadBalancer": {"ingress": [
			{"ip": "203.0.113.10", "ipMode": "Future"},
			{"ip": "2001:db8:cafe::10", "ipMode": "Future"},
			{"ip": "203.0.113.11"}, {"ip": "2001:db8:cafe::11"}]}'
	put_slices web '{"name": "next", "protocol": "QUIC", "port": 1},
		{"name": "zero", "port": 0}, '"$HTTP" '{"addresses": ["@e1"]},
		{"addresses": ["@e2"], "nodeName": "n1"}'
	start
	flows <<-END
		pod @c41 80 -> 1,2 kept
		client @node 30001 -> 1,2 masq
		client @b11 80 -> 1,2 masq
		client @b10 80 -> dropped
	END
	said 'object="services d/web" values="spec.internalTrafficPolicy: \"Pref'
	said 'spec.ports[0].protocol: \"QUIC\" is not known'
	put_service web "$SPEC, "'"type": "Future", "ports": [
		{"name": "http", "port": 80, "nodePort": 30001}]'
	settled
	flows <<-END
		pod @c41 80 -> 1,2 kept
		client @node 30001 -> 1,2 masq
	END
	said 'spec.type: \"Future\" is not known'
	put_service web "$SPEC, "'"type": "Future", "ports": [
		{"name": "http", "port": 81, "nodePort": 30001}]'
	wait_for metric_above kube_proxy_mini_odd_values_total 10
	[ "$(grep -c 'spec.type' "$DIR/log")" = 1 ]
}

metric_above() { # NAME VALUE
	[ "$(metric "$1")" -gt "$2" ]
}

@test "more ports than 1024, as far as the API goes" {
	python3 - >"$DIR/many.json" <<-END
		import json
		ports = [{"name": f"p{i}", "port": i, "protocol": "UDP"}
		         for i in range(1, 3001)]
		meta = {"namespace": "d", "name": "web"}
		print(json.dumps({"kind": "Service", "object": {
		    "metadata": meta, "spec": {$SPEC, "ports": ports}}}))
	END
	control put "@$DIR/many.json"
	python3 - >"$DIR/slice.json" <<-END
		import json
		ports = [{"name": f"p{i}", "port": 8080, "protocol": "UDP"}
		         for i in range(1, 3001)]
		meta = {"namespace": "d", "name": "web-4",
		        "labels": {"kubernetes.io/service-name": "web"}}
		print(json.dumps({"kind": "EndpointSlice", "object": {
		    "metadata": meta, "addressType": "IPv4", "ports": ports,
		    "endpoints": [{"addresses": ["10.128.1.1"]}]}}))
	END
	control put "@$DIR/slice.json"
	start
	addresses_4 >"$BATS_TEST_TMPDIR/flows" <<-END
		pod -u @c41 1 -> 1 kept
		pod -u @c41 1025 -> 1 kept
		pod -u @c41 3000 -> 1 kept
	END
	on_node "$here/flows.sh" 4 "$BATS_TEST_TMPDIR/flows" |
		tee "$BATS_TEST_TMPDIR/out"
	[ "$(grep -c '^ok ' "$BATS_TEST_TMPDIR/out")" = 3 ]
	fails said 'not understood'
}

@test "a restart keeps NodePorts and hints while the Node cannot be listed" {
	put_service web "$SPEC, "'"type": "NodePort", "ports": [
		{"name": "http", "port": 80, "nodePort": 30001}]'
	put_slices web "$HTTP" '
		{"addresses": ["@e1"], "hints": {"forZones": [{"name": "zb"}]}},
		{"addresses": ["@e2"], "hints": {"forZones": [{"name": "za"}]}}'
	start --detect-local-mode NodeCIDR
	flows <<-END
		pod @c41 80 -> 2 kept
		client @node 30001 -> 2 masq
	END
	for code in 429 403 500 503; do
		proxy_stop
		refuse_node $code
		control delete '{"kind": "Service", "ns": "d", "name":
			"other"}' >/dev/null 2>&1 || true
		proxy_start --conntrack-max-per-core 0 --detect-local-mode \
			NodeCIDR --nodeport-addresses primary
		wait_for waits_for 'our Node'
		flows <<-END
			pod @c41 80 -> 2 kept
			client @node 30001 -> 2 masq
		END
		control calm '{}'
		wait_for answers 200 10256 readyz
	done
	put Node '{"metadata": {"name": "n1", "labels":
		{"topology.kubernetes.io/zone": "za"}}, "spec": {},
		"status": {}}'
	wait_for said 'our Node has lost addresses'
	settled
	flows <<-END
		pod @c41 80 -> 2 kept
		client @node 30001 -> 2 masq
	END
	put_node
}

@test "a restart does without a Node that may not be read for long" {
	put_service web "$SPEC, "'"ports": [{"name": "http", "port": 80}]'
	put_slices web "$HTTP" '{"addresses": ["@e1"]}'
	start
	proxy_stop
	refuse_node 403
	put_slices web "$HTTP" '{"addresses": ["@e2"]}'
	proxy_start --conntrack-max-per-core 0 --cluster-cidr \
		10.128.0.0/16,fd00:10::/64
	wait_for waits_for 'our Node, which the API server does not let us read'
	flows <<<"pod @c41 80 -> 1 kept"
	wait_for 90 answers 200 10256 readyz
	said 'our Node may not be read'
	flows <<<"pod @c41 80 -> 2 kept"
	control calm '{}'
}

refuse_node() { # CODE: for longer than a minute, or until calm
	for _ in {1..30}; do
		control fault '{"name": "status", "of": "Node", "code": '"$1"',
			"retry_after": 2}'
	done
}

waits_for() { # WHAT: readyz says so
	answers 503 10256 readyz && grep -qF "waiting for $1" "$DIR/body"
}

@test "labels: another proxy's Service, taken over and given away" {
	put_service web "$SPEC, "'"ports": [{"name": "http", "port": 80}]'
	put_slices web "$HTTP" '{"addresses": ["@e1"]}'
	start
	flows <<<"pod @c41 80 -> 1 kept"
	put_service web "$SPEC, "'"ports": [{"name": "http", "port": 80}]' \
		'' '"service.kubernetes.io/service-proxy-name": "theirs"'
	wait_for misses web
	settled
	flows <<<"pod @c41 80 -> dropped"
	put_service web "$SPEC, "'"ports": [{"name": "http", "port": 80}]'
	wait_for knows web
	flows <<<"pod @c41 80 -> 1 kept"
}

@test "endpoints as they come: not ready, published, named ports, hints" {
	put_service web "$SPEC, "'"publishNotReadyAddresses": true,
		"trafficDistribution": "PreferClose", "ports": [
		{"name": "http", "port": 80, "targetPort": "web"}]'
	put_slices web '{"name": "http", "port": 8081}' '
		{"addresses": ["@e1"], "conditions": {"ready": true,
			"serving": false, "terminating": true}},
		{"addresses": ["@e2"], "conditions": {"ready": false}},
		{"addresses": ["@e3"]}'
	start
	flows <<<"pod @c41 80 -> 1#8081,3#8081 kept"
	put_slices web "$HTTP" '
		{"addresses": ["@e1"], "hints": {"forZones": [{"name": "zb"}]}},
		{"addresses": ["@e2"], "hints": {"forZones": [{"name": "za"}]}}'
	settled
	flows <<<"pod @c41 80 -> 2 kept"
	put_slices web "$HTTP" '
		{"addresses": ["@e1"], "hints": {"forZones": [{"name": "zb"}],
			"forNodes": [{"name": "n1"}]}},
		{"addresses": ["@e2"], "hints": {"forZones": [{"name": "za"}],
			"forNodes": [{"name": "n2"}]}}'
	control delete '{"kind": "Service", "ns": "d", "name": "other"}'
	wait_for misses other
	flows <<<"pod @c41 80 -> 1 kept"
}

@test "NodePorts on the primary addresses only; none allocated" {
	put_service web "$SPEC, "'"type": "LoadBalancer", "ports": [
		{"name": "http", "port": 80, "nodePort": 30001}]' \
		'"loadBalancer": {"ingress": [{"ip": "203.0.113.10"},
			{"ip": "2001:db8:cafe::10"}]}'
	put_slices web "$HTTP" '{"addresses": ["@e1"]}'
	start
	flows <<-END
		client @node 30001 -> 1 masq
		client @alt 30001 -> refused
		client @b10 80 -> 1 masq
	END
	put_service web "$SPEC, "'"type": "LoadBalancer",
		"allocateLoadBalancerNodePorts": false,
		"ports": [{"name": "http", "port": 80}]' \
		'"loadBalancer": {"ingress": [{"ip": "203.0.113.10"},
			{"ip": "2001:db8:cafe::10", "ipMode": "VIP"}]}'
	settled
	flows <<-END
		client @node 30001 -> refused
		client @b10 80 -> 1 masq
	END
}

many_addresses() { # N: 10.55.0.1 and so on
	local i
	for ((i = 1; i <= $1; i++)); do
		echo "addr add 10.55.$((i / 256)).$((i % 256))/32 dev c1"
	done | ip -n "$P-node" -batch -
}

# The real one used to be lost unless it was among the first.
@test "more addresses than accept NodePorts: the last are left out, and named" {
	put_service web "$SPEC, "'"type": "NodePort", "ports": [
		{"name": "http", "port": 80, "nodePort": 30001}]'
	put_slices web "$HTTP" '{"addresses": ["@e1"]}'
	many_addresses 300
	proxy_start --conntrack-max-per-core 0 \
		--nodeport-addresses 10.55.0.0/16,fd55::/16
	wait_for knows web
	said 'count=44 after=10.55.1.0'
	counts kube_proxy_mini_nodeport_addresses_left_out 44
	cat >"$BATS_TEST_TMPDIR/flows" <<-END
		client 10.55.0.1 30001 -> 1 masq
		client 10.55.1.0 30001 -> 1 masq
		client 10.55.1.1 30001 -> refused
	END
	on_node "$here/flows.sh" 4 "$BATS_TEST_TMPDIR/flows" |
		grep -c '^ok ' | grep -x 3
	# room for one more
	ip -n "$P-node" addr del 10.55.0.7/32 dev c1
	wait_for counts kube_proxy_mini_nodeport_addresses_left_out 43
	sed -i 's/refused/1 masq/' \
		"$BATS_TEST_TMPDIR/flows"
	on_node "$here/flows.sh" 4 "$BATS_TEST_TMPDIR/flows" |
		grep -c '^ok ' | grep -x 3
}

@test "pods known by the node's own networks" {
	put_service web "$SPEC, "'"ports": [{"name": "http", "port": 80}]'
	put_slices web "$HTTP" '{"addresses": ["@e1"]}'
	start --detect-local-mode NodeCIDR
	flows <<-END
		pod @c41 80 -> 1 kept
		client @c41 80 -> 1 masq
	END
}

health() { # STATUS: what the health check port answers, and no other Service's
	[ "$(ip netns exec "$P-client" curl -s -o /dev/null -w '%{http_code}' \
		"http://192.0.2.2:32000/")" = "$1" ]
}

@test "a health check port while endpoints terminate" {
	put_service web "$SPEC, "'"type": "LoadBalancer",
		"externalTrafficPolicy": "Local", "healthCheckNodePort": 32000,
		"ports": [{"name": "http", "port": 80}]' \
		'"loadBalancer": {"ingress": [{"ip": "203.0.113.10"},
			{"ip": "2001:db8:cafe::10"}]}'
	put_slices web "$HTTP" '{"addresses": ["@e1"], "nodeName": "n1"},
		{"addresses": ["@e2"], "nodeName": "n2"}'
	start
	wait_for health 200
	flows <<<"client @b10 80 -> 1 kept"
	put_slices web "$HTTP" '{"addresses": ["@e1"], "nodeName": "n1",
		"conditions": {"ready": false, "serving": true,
		"terminating": true}}, {"addresses": ["@e2"],
		"nodeName": "n2"}'
	wait_for health 503
	flows <<<"client @b10 80 -> 1 kept"
}

# For how many ms in all the program let itself sleep, from the last write of
# rules (0x10, NFNL_MSG_BATCH_BEGIN) before a flow was deleted to that deletion
# (0x102, IPCTNL_MSG_CT_DELETE).
slept_before_deletion() {
	awk '
		/iov=[[][{]iov_base=[[]?[{]nlmsg_len=[0-9]*, nlmsg_type=0x10 / {
			slept = 0
		}
		/^epoll_p?wait.* = 0$/ {
			sub(/.*\], [0-9]+, /, "")
			slept += $0 < 0 ? 1e9 : $0 + 0
		}
		/iov=[[][{]iov_base=[[]?[{]nlmsg_len=[0-9]*, nlmsg_type=0x102 / {
			print slept
			exit
		}' "$1"
}

# kube-proxy takes up to 0.9 s, and we did 1.5 s.  What counts is how long the
# program waits of its own accord: that is the same on a busy machine.
@test "a stale UDP flow is gone in 0.1 s, right after another change, too" {
	command -v strace >/dev/null || skip "no strace here"
	local udp='{"name": "udp", "protocol": "UDP", "port": 8080}'
	local calls=$BATS_TEST_TMPDIR/calls keeper tracer i
	put_service web "$SPEC, "'"ports": [{"name": "udp", "protocol": "UDP",
		"port": 53}]'
	put_service other '"clusterIP": "10.96.0.42", "ports": [
		{"name": "udp", "protocol": "UDP", "port": 53}]'
	put_slices web "$udp" '{"addresses": ["@e1"]}'
	put_slices other "$udp" '{"addresses": ["@e1"]}'
	start
	ip netns exec "$P-pod8" "$BIN/rules-traffic" keep 10.96.0.41 53 4 \
		>"$BATS_TEST_TMPDIR/kept" 3>&- &
	keeper=$!
	wait_for has_flow
	strace -qq -o "$calls" -e trace=sendmsg,epoll_wait,epoll_pwait \
		-p "$(cat $DIR/proxy.pid)" 3>&- &
	tracer=$!
	wait_for grep -q 'TracerPid:.*[1-9]' \
		"/proc/$(cat $DIR/proxy.pid)/status"
	for i in 2 3 4; do
		put_slices other "$udp" "{\"addresses\": [\"@e$i\"]}"
	done
	put_slices web "$udp" '{"addresses": ["@e2"]}'
	wait_for said 'stale UDP flows forgotten'
	wait $keeper
	kill $tracer
	wait $tracer || true
	cat "$BATS_TEST_TMPDIR/kept" "$calls"
	grep -q 10.128.1.2 "$BATS_TEST_TMPDIR/kept"
	[ "$(slept_before_deletion "$calls")" -le 100 ]
}

has_flow() {
	on_node cat /proc/net/nf_conntrack | grep -q 'dst=10.96.0.41 .*dport=53'
}
