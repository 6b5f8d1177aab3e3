#!/usr/bin/env bats
# whole.bats - from JSON to packets: the program with a small API server on the
# node of net.sh, for what only the objects themselves say.

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
	$PROXY --cleanup
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

# A Service of both families at host 41, or what it is told.
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
	wait_for 10 knows web
}

# What was put last is in the kernel too.
settled() {
	put_service other '"clusterIP": "10.96.9.9", "ports": [{"port": 9}]'
	wait_for 10 knows other
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

@test "labels: another proxy's Service, taken over and given away" {
	put_service web "$SPEC, "'"ports": [{"name": "http", "port": 80}]'
	put_slices web "$HTTP" '{"addresses": ["@e1"]}'
	start
	flows <<<"pod @c41 80 -> 1 kept"
	put_service web "$SPEC, "'"ports": [{"name": "http", "port": 80}]' \
		'' '"service.kubernetes.io/service-proxy-name": "theirs"'
	wait_for 10 misses web
	settled
	flows <<<"pod @c41 80 -> dropped"
	put_service web "$SPEC, "'"ports": [{"name": "http", "port": 80}]'
	wait_for 10 knows web
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
	wait_for 10 misses other
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
	wait_for 10 health 200
	flows <<<"client @b10 80 -> 1 kept"
	put_slices web "$HTTP" '{"addresses": ["@e1"], "nodeName": "n1",
		"conditions": {"ready": false, "serving": true,
		"terminating": true}}, {"addresses": ["@e2"],
		"nodeName": "n2"}'
	wait_for 10 health 503
	flows <<<"client @b10 80 -> 1 kept"
}
