# kube-proxy-mini beside kube-proxy of the current Kubernetes: each on a node of
# its own, before one real API server, with the same random Services and
# EndpointSlices; what becomes of connections must be the same.
# limit: 3100
# test-limit: 3000
bats_require_minimum_version 1.5.0

. "$BATS_TEST_DIRNAME/rules.bash"

OURS=kpo THEIRS=kpt
# shellcheck disable=SC2034 # read by kube.bash
KUBE_ADDRESS=10.1.0.1
DIR=/keep/differential
WORLDS=${SOAK:-40}

# shellcheck disable=SC2034 # read by kube.bash
load_libs() {
	local lib
	for lib in wait expect kube peer; do
		. "/keelson/tests/lib/$lib.bash"
	done
	KUBE_CIDR=10.96.0.0/16,fd00:96::/112
	KUBE_DIR=$DIR
}

# A node of net.sh that reaches the API server.
node_up() { # PREFIX NUMBER
	"$here/net.sh" up "$1" "$BIN"
	ip link add "to$2" type veth peer name api netns "$1-node"
	ip addr add "10.1.$2.1/30" dev "to$2"
	ip link set "to$2" up
	ip -n "$1-node" addr add "10.1.$2.2/30" dev api
	ip -n "$1-node" link set api up
	ip -n "$1-node" route add 10.1.0.1/32 via "10.1.$2.1"
}

kube_proxy_config() {
	cat <<-END
		apiVersion: kubeproxy.config.k8s.io/v1alpha1
		kind: KubeProxyConfiguration
		mode: nftables
		clientConnection: {kubeconfig: $DIR/kubeconfig}
		hostnameOverride: n1
		clusterCIDR: 10.128.0.0/16,fd00:10::/64
		detectLocalMode: ClusterCIDR
		conntrack: {maxPerCore: 0, min: 0}
		nodePortAddresses: [primary]
		nftables: {minSyncPeriod: 0s}
	END
}

setup_file() {
	load_libs
	peer kubernetes kube-proxy
	here=$BATS_TEST_DIRNAME BIN=/keelson/build/test/bin
	node_up $OURS 1
	node_up $THEIRS 2
	ip addr add 10.1.0.1/32 dev lo
	sysctl -qw net.ipv4.ip_forward=1
	kube_start $DIR
	kube POST /api/v1/nodes '{"metadata": {"name": "n1", "labels":
		{"topology.kubernetes.io/zone": "za"}}, "spec": {"podCIDRs":
		["10.128.0.0/16", "fd00:10::/64"], "podCIDR": "10.128.0.0/16"}}' \
		>/dev/null
	kube PATCH /api/v1/nodes/n1/status '{"status": {"addresses": [
		{"type": "InternalIP", "address": "192.0.2.2"},
		{"type": "InternalIP", "address": "2001:db8:2::2"}]}}' >/dev/null
	kube_bind User system:kube-proxy system:node-proxier
	kube_proxy_config >$DIR/kube-proxy.yaml
	ip netns exec $OURS-node /keelson/build/bin/kube-proxy-mini \
		--kubeconfig $DIR/kubeconfig --hostname-override n1 \
		--cluster-cidr 10.128.0.0/16,fd00:10::/64 \
		--conntrack-max-per-core 0 --nodeport-addresses primary \
		>$DIR/ours.log 2>&1 3>&- &
	echo $! >$DIR/pids
	ip netns exec $THEIRS-node "$PEER" --config $DIR/kube-proxy.yaml \
		>$DIR/theirs.log 2>&1 3>&- &
	echo $! >>$DIR/pids
}

teardown_file() {
	load_libs
	[ -e $DIR/pids ] || return 0
	xargs kill <$DIR/pids || true
	kube_stop
	here=$BATS_TEST_DIRNAME
	"$here/net.sh" down $OURS
	"$here/net.sh" down $THEIRS
}

@test "random worlds: connections end alike beside kube-proxy" {
	seed=${SOAK:+$((SRANDOM % 1000000))}
	seed=${seed:-${SEED:-1}}
	python3 "$BATS_TEST_DIRNAME/differential.py" $DIR "$WORLDS" $seed \
		$OURS $THEIRS >$DIR/said || {
		head -n 60 $DIR/said
		tail -n 1 $DIR/said
		tail -n 3 $DIR/ours.log $DIR/theirs.log
		return 1
	}
	cat $DIR/said >&3
}
