# health.bats - the HTTP ports of kube-proxy-mini, and what our Node changes.
bats_require_minimum_version 1.5.0

setup_file() {
	. /keelson/kube-proxy-mini/test/apiserver.bash
	server_certs
}

setup() {
	. /keelson/kube-proxy-mini/test/apiserver.bash
	server_start --watch-list
	kubeconfig
	service one 10.96.0.1
	slice one 10.1.0.1
	ip addr replace 192.0.2.7/32 dev lo
	node
}

teardown() {
	kill "$(cat $DIR/proxy.pid)" "$(cat $DIR/server.pid)" || true
	$PROXY --cleanup
	sed 's/^/# /' $DIR/log
}

@test "healthy once the rules are written" {
	control refuse '{"code": 500}'
	proxy_start
	wait_for answers 503 10256 healthz
	answers 503 10256 readyz
	control refuse '{"code": 0}'
	wait_for answers 200 10256 healthz
	[ "$(jq -c '[.nodeEligible, .healthy, .status.IPv4.healthy]' \
		$DIR/body)" = '[true,true,true]' ]
	answers 200 10256 livez
	[ "$(jq -c 'has("nodeEligible")' $DIR/body)" = false ]
	answers 200 10256 readyz
	answers 404 10256 nosuch
	HOST='[::1]' answers 200 10256 healthz # 0.0.0.0 takes both, as in Go
}

# The answers of kube-proxy 1.37, line by line, without Date.
@test "odd paths and HTTP/1.0 are answered as kube-proxy answers them" {
	proxy_start
	wait_for answers 200 10256 healthz
	raw 10256 //healthz?a=b | same_lines 'HTTP/1.1 307 Temporary Redirect' \
		'Content-Type: text/html; charset=utf-8' \
		'Location: /healthz?a=b' 'Content-Length: 48' '' \
		'<a href="/healthz?a=b">Temporary Redirect</a>.' ''
	answers 404 10249 /healthz # that port knows nothing of clean paths
	answers 200 10256 %68ealthz
	raw 10249 /healthz -0 | same_lines 'HTTP/1.0 200 OK' \
		'Content-Type: text/plain; charset=utf-8' \
		'Content-Length: 2' '' ok
	raw 10256 /livez -0 -I | grep -q '^HTTP/1.0 200 OK'
}

raw() { # PORT PATH [CURL-OPTION...]
	local port=$1 path=$2
	shift 2
	curl -sSi --path-as-is "$@" "http://127.0.0.1:$port$path" |
		sed 's/\r$//' | grep -v -e '^Date: ' -e '^X-Content-Type-Options: '
}

same_lines() { # LINE...: standard input is these
	diff <(printf '%s\n' "$@") <(sed '$a\')
}

@test "a health check port that is taken is served once it is free" {
	python3 -c 'import socket, time
s = socket.create_server(("0.0.0.0", 32009))
time.sleep(600)' 3>&- &
	local taker=$!
	wait_for bash -c ': </dev/tcp/127.0.0.1/32009'
	service hc 10.96.0.66 '"type": "LoadBalancer",
		"externalTrafficPolicy": "Local", "healthCheckNodePort": 32009'
	proxy_start
	wait_for said 'health check port not served'
	kill $taker
	HOST=192.0.2.7 wait_for answers 503 32009 healthz
	grep -q '"localEndpoints": 0' $DIR/body
	control delete '{"kind": "Service", "ns": "d", "name": "hc"}'
}

@test "a node that the autoscaler removes is live but not eligible" {
	proxy_start
	wait_for answers 200 10256 healthz
	node ', "taints": [{"key": "ToBeDeletedByClusterAutoscaler",
		"effect": "NoSchedule"}]'
	wait_for answers 503 10256 healthz
	[ "$(jq -c '[.nodeEligible, .healthy]' $DIR/body)" = '[false,true]' ]
	answers 200 10256 livez
	node
	wait_for answers 200 10256 healthz
}

@test "metrics, mode and configuration under kube-proxy's names" {
	proxy_start --cluster-cidr 10.1.0.0/16
	wait_for knows one
	service two 10.96.0.2
	wait_for knows two
	answers 200 10249 metrics
	grep -q '^kubeproxy_sync_proxy_rules_service_changes_total 1' \
		$DIR/body
	grep -q '^process_resident_memory_bytes [1-9]' $DIR/body
	answers 200 10249 proxyMode
	[ "$(cat $DIR/body)" = nftables ]
	answers 200 10249 configz
	[ "$(jq -r '."kubeproxy.config.k8s.io".clusterCIDR' $DIR/body)" = \
		10.1.0.0/16 ]
	answers 200 10249 healthz
}

@test "NodePorts stand on our Node's own address" {
	proxy_start
	service ports 10.96.0.3 '"type": "NodePort",
		"ports": [{"port": 80, "nodePort": 30080}]'
	wait_for knows ports
	nft list map ip kube-proxy-mini services
	nft list map ip kube-proxy-mini services |
		grep -qF '192.0.2.7 . tcp . 30080'
}

@test "NodePorts follow the addresses of interfaces" {
	proxy_start --nodeport-addresses 198.51.100.0/24
	service ports 10.96.0.3 '"type": "NodePort",
		"ports": [{"port": 80, "nodePort": 30080}]'
	wait_for knows ports
	fails lists_net 198.51.100.9
	ip addr add 198.51.100.9/32 dev lo
	wait_for lists_net '198.51.100.9 . tcp . 30080'
	ip addr del 198.51.100.9/32 dev lo
	wait_for fails lists_net 198.51.100.9
}

@test "a Node that is missing holds nothing up" {
	control delete '{"kind": "Node", "ns": "", "name": "n1"}'
	proxy_start
	wait_for knows one
	said 'there is no Node of our name'
}

# Like kube-proxy, which waits 30 s and then accepts NodePorts everywhere.
@test "without a Node, NodePorts come after 30 seconds, on every address" {
	control delete '{"kind": "Node", "ns": "", "name": "n1"}'
	service ports 10.96.0.3 '"type": "NodePort",
		"ports": [{"port": 80, "nodePort": 30080}]'
	proxy_start
	wait_for knows ports
	fails lists_net '. tcp . 30080'
	within 45 lists_net '192.0.2.7 . tcp . 30080'
	said 'our Node has no addresses'
}

@test "a restart without a Node keeps the NodePorts that stand" {
	service ports 10.96.0.3 '"type": "NodePort",
		"ports": [{"port": 80, "nodePort": 30080}]'
	proxy_start
	wait_for lists_net '192.0.2.7 . tcp . 30080'
	proxy_stop
	control delete '{"kind": "Node", "ns": "", "name": "n1"}'
	proxy_start
	wait_for answers 503 10256 readyz
	wait_for waits_for 'an address of our Node'
	lists_net '192.0.2.7 . tcp . 30080'
	node
	wait_for answers 200 10256 readyz
	lists_net '192.0.2.7 . tcp . 30080'
}

waits_for() { # TEXT
	get 10256 readyz
	grep -q "$1" $DIR/body
}

# Its refusal comes last, when the objects have long been listed.
@test "a Node that may not be read holds nothing up" {
	control fault '{"name": "hang", "of": "Node", "seconds": 2}'
	for _ in {1..20}; do
		control fault '{"name": "status", "of": "Node", "code": 403}'
	done
	proxy_start
	wait_for knows one
	said 'kind=nodes'
}

balanced() { # PORT: a Service for load balancers that ask at this port
	service balanced 10.96.0.8 '"type": "LoadBalancer",
		"externalTrafficPolicy": "Local", "healthCheckNodePort": '"$1"
}

@test "healthCheckNodePort: served, counted, moved and closed" {
	proxy_start
	balanced 32456
	export HOST=192.0.2.7
	wait_for answers 503 32456 healthz
	control put '{"kind": "EndpointSlice", "object": {"metadata":
		{"namespace": "d", "name": "balanced-1", "labels":
		{"kubernetes.io/service-name": "balanced"}}, "addressType":
		"IPv4", "ports": [{"name": "", "port": 8080}], "endpoints":
		[{"addresses": ["10.1.0.5"], "nodeName": "n1"},
		{"addresses": ["10.1.0.6"], "nodeName": "other"}]}}'
	wait_for answers 200 32456 ''
	[ "$(jq -c '[.service.name, .localEndpoints]' $DIR/body)" = \
		'["balanced",1]' ]
	curl -sSi http://192.0.2.7:32456/ |
		grep -q '^X-Load-Balancing-Endpoint-Weight: 1'
	balanced 32457
	wait_for answers 200 32457 ''
	run -7 get 32456 ''
	control delete '{"kind": "Service", "ns": "d", "name": "balanced"}'
	wait_for fails get 32457 ''
}

@test "healthCheckNodePort: a port that is taken is said, and tried again" {
	python3 -m http.server -b 0.0.0.0 32456 >/dev/null 2>&1 3>&- &
	local taken=$!
	wait_for answers 200 32456 ''
	proxy_start
	balanced 32456
	wait_for said 'health check port not served" service=d/balanced'
	wait_for requests \
		'^post.*/d/events.*FailedToStartServiceHealthcheck'
	kill $taken
	balanced 32458
	HOST=192.0.2.7 wait_for answers 503 32458 ''
}

# kube-proxy has a server for each family, on addresses that accept NodePorts.
@test "healthCheckNodePort: each family counts its own, on its own addresses" {
	ip addr replace 2001:db8::7/128 dev lo
	ip addr replace 2001:db8::8/128 dev lo
	proxy_start --nodeport-addresses 192.0.2.0/24,2001:db8::7/128
	service balanced 10.96.0.8 '"type": "LoadBalancer", "clusterIPs":
		["10.96.0.8", "fd00:96::8"], "externalTrafficPolicy": "Local",
		"healthCheckNodePort": 32456'
	slice balanced 10.1.0.5
	local_slice 6 '"2001:db8:1::5"' '"2001:db8:1::6"'
	HOST='[2001:db8::7]' wait_for answers 200 32456 ''
	grep -q '"localEndpoints": 2' $DIR/body
	HOST=192.0.2.7 wait_for answers 503 32456 ''
	grep -q '"localEndpoints": 0' $DIR/body
	local_slice 4 '"10.1.0.5"'
	HOST=192.0.2.7 wait_for answers 200 32456 ''
	grep -q '"localEndpoints": 1' $DIR/body
	run -7 get 32456 ''
	HOST='[2001:db8::8]' run -7 get 32456 ''
	metric_by_family 0 0 # there is no external address
	service balanced 10.96.0.8 '"type": "LoadBalancer",
		"externalIPs": ["203.0.113.8"],
		"externalTrafficPolicy": "Local", "healthCheckNodePort": 32456'
	HOST='[2001:db8::7]' wait_for fails get 32456 ''
	HOST=192.0.2.7 answers 200 32456 ''
	control delete '{"kind": "EndpointSlice", "ns": "d", "name":
		"balanced-local-4"}'
	slice balanced 10.1.0.5
	wait_for metric_by_family 1 0
	ip addr del 2001:db8::7/128 dev lo
	ip addr del 2001:db8::8/128 dev lo
}

local_slice() { # FAMILY ADDRESS...: endpoints of `balanced` on our node
	local f=$1 list
	shift
	list=$(printf '{"addresses": [%s], "nodeName": "n1"},' "$@")
	control put '{"kind": "EndpointSlice", "object": {"metadata":
		{"namespace": "d", "name": "balanced-local-'"$f"'", "labels":
		{"kubernetes.io/service-name": "balanced"}}, "addressType":
		"IPv'"$f"'", "ports": [{"name": "", "port": 8080}],
		"endpoints": ['"${list%,}"']}}'
}

metric_by_family() { # IPV4 IPV6: Services without a local endpoint
	local name=kubeproxy_sync_proxy_rules_no_local_endpoints_total
	counts "$name{ip_family=\"IPv4\",traffic_policy=\"external\"}" "$1" &&
		counts "$name{ip_family=\"IPv6\",traffic_policy=\"external\"}" \
			"$2"
}

@test "ServiceCIDRs: addresses of theirs without a Service are dropped" {
	server_stop
	server_start --service-cidrs
	service one 10.96.0.1
	slice one 10.1.0.1
	control put '{"kind": "ServiceCIDR", "object": {"metadata":
		{"name": "kubernetes"}, "spec": {"cidrs": ["10.96.0.0/16"]}}}'
	proxy_start
	wait_for knows one
	wait_for lists_net 10.96.0.0/16
	control put '{"kind": "ServiceCIDR", "object": {"metadata":
		{"name": "more"}, "spec": {"cidrs": ["10.97.0.0/16"]}}}'
	wait_for lists_net 10.97.0.0/16
	control delete '{"kind": "ServiceCIDR", "ns": "", "name": "more"}'
	wait_for fails lists_net 10.97.0.0/16
	knows one
}

@test "a health port that is taken holds nothing up and is tried again" {
	python3 -m http.server -b 0.0.0.0 10256 >/dev/null 2>&1 3>&- &
	local taken=$!
	wait_for answers 200 10256 ''
	proxy_start
	wait_for knows one
	wait_for requests '^post.*FailedToStartProxierHealthcheck'
	kill $taken
	wait_for answers 200 10256 readyz
}

lists_net() { # PREFIX: the rules speak of it
	nft list table ip kube-proxy-mini | grep -qF "$1"
}
