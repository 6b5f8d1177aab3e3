# net.bash - a node and its pods, in network namespaces.  Sourced.
#
#   net_make                      make the node: namespace `node`, 10.1.0.2; the
#                                 test itself is outside it, at 10.1.0.1
#   pod_make NAME ADDRESS         add a pod to the node, routed, not bridged
#   in_ns NAME COMMAND...         run a command in a namespace
#   endpoint_start NAME PORT...   start tests/programs/answer in a pod
#
# Pods reach each other only through the node, so its rules see the packets of
# both directions.

in_ns() {
	local name=$1
	shift
	nsenter --net="/run/netns/$name" -- "$@"
}

net_make() {
	ip netns add node
	ip link add to-node type veth peer name eth0 netns node
	ip addr add 10.1.0.1/24 dev to-node
	ip link set to-node up
	ip -n node link set lo up
	ip -n node addr add 10.1.0.2/24 dev eth0
	ip -n node link set eth0 up
	ip -n node route add default via 10.1.0.1
	in_ns node sysctl -qw net.ipv4.ip_forward=1
	# Clients outside reach Services and pods through the node.
	ip route add 10.96.0.0/16 via 10.1.0.2
	ip route add 10.2.0.0/16 via 10.1.0.2
}

pod_make() {
	local name=$1 address=$2

	ip netns add "$name"
	ip link add "to-$name" netns node type veth \
		peer name eth0 netns "$name"
	ip -n "$name" link set lo up
	ip -n "$name" link set eth0 up
	ip -n "$name" addr add "$address/32" dev eth0
	ip -n "$name" route add 169.254.1.1 dev eth0
	ip -n "$name" route add default via 169.254.1.1 dev eth0
	ip -n node addr add 169.254.1.1/32 dev "to-$name"
	ip -n node link set "to-$name" up
	ip -n node route add "$address" dev "to-$name" src 10.1.0.2
}

# Listens on every address of the pod; returns when the first port answers.
endpoint_start() {
	local name=$1
	shift
	in_ns "$name" /keelson/build/test/bin/answer "$name" 0.0.0.0 "$@" \
		>/dev/null 2>&1 3>&- &
	wait_for in_ns "$name" /keelson/build/test/bin/ask 127.0.0.1 "$1"
}
