# The HTTP ports of kube-proxy-mini, and what our Node has to do with them.
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
	node
}

teardown() {
	kill "$(cat $DIR/proxy.pid)" "$(cat $DIR/server.pid)" || true
	$PROXY --cleanup
	sed 's/^/# /' $DIR/log
}

node() { # [MORE-OF-SPEC]: our Node with address 192.0.2.7
	control put '{"kind": "Node", "object": {"metadata": {"name": "n1"},
		"spec": {"podCIDRs": ["10.1.0.0/16"] '"${1:-}"'},
		"status": {"addresses": [{"type": "InternalIP",
		"address": "192.0.2.7"}]}}}'
}

@test "healthy once the rules are written" {
	control fault '{"name": "status", "on": "stream", "code": 500}'
	control fault '{"name": "status", "on": "stream", "code": 500}'
	control fault '{"name": "status", "on": "stream", "code": 500}'
	control fault '{"name": "status", "on": "stream", "code": 500}'
	proxy_start
	wait_for 5 answers 503 10256 healthz
	answers 503 10256 readyz
	wait_for 10 answers 200 10256 healthz
	[ "$(jq -c '[.nodeEligible, .healthy, .status.IPv4.healthy]' \
		$DIR/body)" = '[true,true,true]' ]
	answers 200 10256 livez
	[ "$(jq -c 'has("nodeEligible")' $DIR/body)" = false ]
	answers 200 10256 readyz
	answers 404 10256 nosuch
}

@test "a node that the autoscaler removes is live but not eligible" {
	proxy_start
	wait_for 10 answers 200 10256 healthz
	node ', "taints": [{"key": "ToBeDeletedByClusterAutoscaler",
		"effect": "NoSchedule"}]'
	wait_for 5 answers 503 10256 healthz
	[ "$(jq -c '[.nodeEligible, .healthy]' $DIR/body)" = '[false,true]' ]
	answers 200 10256 livez
	node
	wait_for 5 answers 200 10256 healthz
}

@test "metrics, mode and configuration under kube-proxy's names" {
	proxy_start --cluster-cidr 10.1.0.0/16
	wait_for 10 knows one
	service two 10.96.0.2
	wait_for 5 knows two
	answers 200 10249 metrics
	grep -q '^kubeproxy_sync_proxy_rules_service_changes_total{ip_family="IPv4"} 1' \
		$DIR/body
	grep -q '^process_resident_memory_bytes [1-9]' $DIR/body
	answers 200 10249 proxyMode
	[ "$(cat $DIR/body)" = nftables ]
	answers 200 10249 configz
	[ "$(jq -r .kubeproxyconfig.clusterCIDR $DIR/body)" = 10.1.0.0/16 ]
	answers 200 10249 healthz
}

@test "NodePorts stand on our Node's own address" {
	proxy_start
	service ports 10.96.0.3 '"type": "NodePort",
		"ports": [{"port": 80, "nodePort": 30080}]'
	wait_for 10 knows ports
	nft list map ip kube-proxy-mini services
	nft list map ip kube-proxy-mini services |
		grep -qF '192.0.2.7 . tcp . 30080'
}

@test "NodePorts follow the addresses of interfaces" {
	proxy_start --nodeport-addresses 198.51.100.0/24
	service ports 10.96.0.3 '"type": "NodePort",
		"ports": [{"port": 80, "nodePort": 30080}]'
	wait_for 10 knows ports
	fails lists_net 198.51.100.9
	ip addr add 198.51.100.9/32 dev lo
	wait_for 5 lists_net '198.51.100.9 . tcp . 30080'
	ip addr del 198.51.100.9/32 dev lo
	wait_for 5 fails lists_net 198.51.100.9
}

@test "a Node that is missing holds nothing up" {
	control delete '{"kind": "Node", "ns": "", "name": "n1"}'
	proxy_start
	wait_for 5 knows one
	said 'there is no Node of our name'
}

@test "a Node that may not be read holds nothing up" {
	for _ in 1 2 3 4 5 6 7 8 9; do
		control fault '{"name": "status", "on": "stream", "code": 403}'
	done
	proxy_start
	wait_for 20 knows one
}

balanced() { # PORT: a Service for load balancers that ask at this port
	service balanced 10.96.0.8 '"type": "LoadBalancer",
		"externalTrafficPolicy": "Local", "healthCheckNodePort": '"$1"
}

@test "healthCheckNodePort: served, counted, moved and closed" {
	proxy_start
	balanced 32456
	wait_for 10 answers 503 32456 healthz
	control put '{"kind": "EndpointSlice", "object": {"metadata":
		{"namespace": "d", "name": "balanced-1", "labels":
		{"kubernetes.io/service-name": "balanced"}}, "addressType":
		"IPv4", "ports": [{"name": "", "port": 8080}], "endpoints":
		[{"addresses": ["10.1.0.5"], "nodeName": "n1"},
		{"addresses": ["10.1.0.6"], "nodeName": "other"}]}}'
	wait_for 5 answers 200 32456 ''
	[ "$(jq -c '[.service.name, .localEndpoints]' $DIR/body)" = \
		'["balanced",1]' ]
	curl -sSi http://127.0.0.1:32456/ |
		grep -q '^X-Load-Balancing-Endpoint-Weight: 1'
	balanced 32457
	wait_for 5 answers 200 32457 ''
	run -7 get 32456 ''
	control delete '{"kind": "Service", "ns": "d", "name": "balanced"}'
	wait_for 5 fails get 32457 ''
}

@test "healthCheckNodePort: a port that is taken is said, and tried again" {
	python3 -m http.server -b 0.0.0.0 32456 >/dev/null 2>&1 3>&- &
	local taken=$!
	wait_for 5 answers 200 32456 ''
	proxy_start
	balanced 32456
	wait_for 10 said 'health check port not served" service=d/balanced'
	wait_for 5 requests \
		'^post.*/d/events.*FailedToStartServiceHealthcheck'
	kill $taken
	balanced 32458
	wait_for 5 answers 503 32458 ''
}

@test "ServiceCIDRs: addresses of theirs without a Service are dropped" {
	server_stop
	server_start --service-cidrs
	service one 10.96.0.1
	slice one 10.1.0.1
	control put '{"kind": "ServiceCIDR", "object": {"metadata":
		{"name": "kubernetes"}, "spec": {"cidrs": ["10.96.0.0/16"]}}}'
	proxy_start
	wait_for 10 knows one
	wait_for 5 lists_net 10.96.0.0/16
	control put '{"kind": "ServiceCIDR", "object": {"metadata":
		{"name": "more"}, "spec": {"cidrs": ["10.97.0.0/16"]}}}'
	wait_for 5 lists_net 10.97.0.0/16
	control delete '{"kind": "ServiceCIDR", "ns": "", "name": "more"}'
	wait_for 5 fails lists_net 10.97.0.0/16
	knows one
}

@test "a health port that is taken holds nothing up and is tried again" {
	python3 -m http.server -b 0.0.0.0 10256 >/dev/null 2>&1 3>&- &
	local taken=$!
	wait_for 5 answers 200 10256 ''
	proxy_start
	wait_for 10 knows one
	wait_for 5 requests '^post.*FailedToStartProxierHealthcheck'
	kill $taken
	wait_for 10 answers 200 10256 readyz
}

lists_net() { # PREFIX: the rules speak of it
	nft list table ip kube-proxy-mini | grep -qF "$1"
}
